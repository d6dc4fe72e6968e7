//! The databases behind one door: a unit of work is a closure that runs to completion on a database thread.
//! This crate knows drivers, transactions, rows, ids and migrations; it knows nothing of customers.

mod error;
mod ids;
pub mod inspect;
mod lane;
pub mod migrate;
mod postgres;
mod row;
mod sqlite;
mod tx;
mod url;

pub use error::{StoreError, UnitError};
pub use row::{Cell, FromColumn, FromRow, Row};
pub use sql::{Statement, Value};
pub use tx::{Rows, Tx};
pub use url::{DatabaseUrl, Synchronous};

use lane::{Lane, Task};
use sql::dialect::Dialect;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// How a store is opened. Sizes are per process.
#[derive(Debug, Clone)]
pub struct Options {
    /// Threads (and, on PostgreSQL, connections) that read.
    pub readers: usize,
    /// PostgreSQL connections that write. SQLite has one writer.
    pub writers: usize,
    /// A statement that runs longer is stopped.
    pub statement_timeout: Duration,
    /// Page cache of each SQLite connection, in KiB.
    pub cache_kib: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { readers: 4, writers: 6, statement_timeout: Duration::from_secs(30), cache_kib: 32_768 }
    }
}

/// An open database. Cheap to clone; the threads end when the last clone is gone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    dialect: Dialect,
    // Dropped before the writer: SQLite tidies its log away when the last connection closes, and a reader may not write.
    reading: Lane,
    writing: Lane,
}

impl Store {
    /// Opens the database named by the URL and starts its threads. The tables are not touched: see [`migrate`].
    pub fn open(url: &DatabaseUrl, options: &Options) -> Result<Store, StoreError> {
        let (dialect, writing, reading) = match url {
            DatabaseUrl::Sqlite { path, synchronous } => {
                let (writing, reading) = sqlite::open(path, *synchronous, options)?;
                (Dialect::Sqlite, writing, reading)
            }
            DatabaseUrl::Postgres { url } => {
                let (writing, reading) = postgres::open(url, options)?;
                (Dialect::Postgres, writing, reading)
            }
        };
        Ok(Store { inner: Arc::new(Inner { dialect, writing, reading }) })
    }

    pub fn dialect(&self) -> Dialect {
        self.inner.dialect
    }

    /// Units that wait for a thread right now: (writing, reading).
    pub fn waiting(&self) -> (usize, usize) {
        (self.inner.writing.waiting(), self.inner.reading.waiting())
    }

    /// Runs the unit in one transaction and answers when it is durable. The unit may run more than once: when the
    /// database reports a deadlock or a lost serialisation, or the connection had been lost before, everything it did is
    /// undone and it starts again.
    pub async fn write<T, E>(&self, unit: impl for<'t> FnMut(&'t mut Tx<'t>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: UnitError,
    {
        let answer = send(&self.inner.writing, unit, false)?;
        answer.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// [`Store::write`] of a unit that does the work of many: it joins no other one's transaction, so that it is not kept from
    /// its answer by those who come after it.
    pub async fn write_many<T, E>(&self, unit: impl for<'t> FnMut(&'t mut Tx<'t>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: UnitError,
    {
        let answer = send(&self.inner.writing, unit, true)?;
        answer.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// Runs the unit on one snapshot. What it writes is an error.
    pub async fn read<T, E>(&self, unit: impl for<'t> FnMut(&'t mut Tx<'t>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: UnitError,
    {
        let answer = send(&self.inner.reading, unit, false)?;
        answer.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// [`Store::write`] for callers that are not asynchronous.
    pub fn write_blocking<T, E>(&self, unit: impl for<'t> FnMut(&'t mut Tx<'t>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: UnitError,
    {
        let answer = send(&self.inner.writing, unit, false)?;
        answer.blocking_recv().unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// [`Store::read`] for callers that are not asynchronous.
    pub fn read_blocking<T, E>(&self, unit: impl for<'t> FnMut(&'t mut Tx<'t>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: UnitError,
    {
        let answer = send(&self.inner.reading, unit, false)?;
        answer.blocking_recv().unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }
}

fn send<T, E>(
    lane: &Lane,
    unit: impl for<'t> FnMut(&'t mut Tx<'t>) -> Result<T, E> + Send + 'static,
    is_many: bool,
) -> Result<oneshot::Receiver<Result<T, E>>, E>
where
    T: Send + 'static,
    E: UnitError,
{
    let (reply, answer) = oneshot::channel();
    lane.send(Task::new(unit, reply, is_many))?;
    Ok(answer)
}
