//! A connection. Statements that answer nothing are sent and not waited for: their answers are read together with the next
//! one that somebody waits for, at the latest before the commit. A unit of work costs a few round trips, not one for each
//! statement, and the server works while the unit goes on.

use super::values::{self, Bound};
use super::{Use, failure, lists, named};
use crate::StoreError;
use crate::row::Row;
use crate::tx::Rows;
use futures_util::{SinkExt, TryStreamExt};
use sql::Value;
use sql::dialect::Dialect;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::future::{Future, poll_fn, ready};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use tokio::runtime::Runtime;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Statement};

/// Prepared statements kept by each connection.
const STATEMENTS_MAX: usize = 2_000;
/// Rows from which `copy` is faster than one statement with lists.
const COPY_FROM: usize = 256;

/// The answer to a statement nobody has waited for yet.
type Sent = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

pub struct Session {
    /// Drives the connection while somebody waits.
    runtime: Runtime,
    client: Arc<Client>,
    statements: HashMap<String, Statement>,
    sent: Vec<Sent>,
    purpose: Use,
    is_alone: bool,
    /// Whether the server has answered since the transaction began.
    is_heard: bool,
    /// Whether a statement of the transaction failed: nothing of it can be committed any more.
    has_failed: bool,
}

impl Session {
    pub fn new(runtime: Runtime, client: Client) -> Session {
        let (statements, sent) = (HashMap::new(), Vec::new());
        let (purpose, is_alone, is_heard, has_failed) = (Use::Reading, false, false, false);
        Session { runtime, client: Arc::new(client), statements, sent, purpose, is_alone, is_heard, has_failed }
    }

    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Whether everything that was sent has its answer.
    pub fn is_answered(&self) -> bool {
        self.sent.is_empty()
    }

    /// Begins a transaction. Whether the server is still there shows with the first answer. Who writes takes the lock of
    /// definitions before any other, so that nobody waits for it with something in hand.
    pub fn begin(&mut self, purpose: Use, alone: bool) {
        (self.purpose, self.is_alone, self.is_heard, self.has_failed) = (purpose, false, false, false);
        let begun = match purpose {
            Use::Writing => self.send_plain("begin").and_then(|()| self.hold(alone)),
            Use::Reading => self.send_plain("begin isolation level repeatable read read only"),
        };
        if let Err(error) = begun {
            self.sent.push(Box::pin(ready(Err(error))));
        }
    }

    /// Whether the transaction asked for the lock of definitions for itself alone.
    pub fn is_alone(&self) -> bool {
        self.is_alone
    }

    /// Ends a transaction that wrote nothing. A connection that is gone is noticed when it is used again.
    pub fn leave(&mut self) {
        drop(self.send_plain("commit"));
    }

    /// Makes sure before a commit that the server has taken part in the transaction and nothing has failed: once a commit is
    /// sent, nobody can tell from a lost connection whether it happened.
    pub fn prepare_commit(&mut self) -> Result<(), StoreError> {
        if !self.is_heard {
            self.wait(ready(Ok(())))?;
        }
        if self.has_failed { Err(StoreError::bug("a unit of work went on after a statement of it had failed")) } else { Ok(()) }
    }

    pub fn commit(&mut self) -> Result<(), StoreError> {
        self.run_plain("commit")
    }

    /// Takes everything back. Gives the failure of a statement nobody had waited for.
    pub fn roll_back(&mut self) -> Result<(), StoreError> {
        self.run_plain("rollback")
    }

    /// Statements without values and rows.
    pub fn run_plain(&mut self, text: &str) -> Result<(), StoreError> {
        let client = self.client.clone();
        self.wait(async { client.batch_execute(text).await.map_err(|error| failure(&error)) })
    }

    pub fn each(
        &mut self,
        text: &str,
        values: &[Value],
        mut take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let statement = self.prepare(text)?;
        let client = self.client.clone();
        let bound = bound(values);
        // Row by row as they come in: a whole base does not have to fit into memory twice.
        let asked = async {
            let mut rows = pin!(client.query_raw(&statement, params(&bound)).await.map_err(|error| named(&error, text))?);
            let mut taken = Ok(());
            while let Some(row) = rows.try_next().await.map_err(|error| named(&error, text))? {
                taken = taken.and_then(|()| take(&Row::Postgres(&row)));
            }
            Ok(taken)
        };
        self.wait(asked)?
    }

    pub fn execute(&mut self, text: &str, values: &[Value]) -> Result<u64, StoreError> {
        let statement = self.prepare(text)?;
        self.count(&statement, &bound(values), text)
    }

    /// Takes the lock of definitions, which all who write share unless they change definitions. It is named by their table;
    /// before there is one, there is nothing to hold.
    pub fn hold(&mut self, alone: bool) -> Result<(), StoreError> {
        if self.purpose == Use::Reading {
            return Ok(());
        }
        self.is_alone |= alone;
        let text = match alone {
            true => "select pg_advisory_xact_lock(cast(to_regclass('definition_versions') as bigint))",
            false => "select pg_advisory_xact_lock_shared(cast(to_regclass('definition_versions') as bigint))",
        };
        let statement = self.prepare(text)?;
        let client = self.client.clone();
        self.send(Box::pin(async move { client.execute(&statement, &[]).await.map(drop).map_err(|error| named(&error, text)) }))
    }

    /// Inserts the rows. A failure is told by the next statement that is waited for.
    pub fn insert(&mut self, into: &str, rows: Rows, suffix: &str) -> Result<(), StoreError> {
        if COPY_FROM <= rows.len() && suffix.is_empty() {
            return self.copy(into, &rows).map(drop);
        }
        let columns = self.columns(into, rows.width())?;
        let text = if rows.len() == 1 { None } else { lists::text(into, &columns, suffix) };
        if text.is_none() && rows.len() > 1 {
            return self.insert_counting(into, &rows, suffix).map(drop);
        }
        let text = text.unwrap_or_else(|| values_text(into, rows.width(), 1, suffix));
        let statement = self.prepare(&text)?;
        let (client, into) = (self.client.clone(), into.to_owned());
        self.send(Box::pin(async move {
            let bound = if rows.len() == 1 { bound(rows.values()) } else { lists::columns(&rows, &columns)? };
            client.execute(&statement, &params(&bound)).await.map(drop).map_err(|error| named(&error, &into))
        }))
    }

    /// Inserts the rows and says how many it wrote or changed.
    pub fn insert_counting(&mut self, into: &str, rows: &Rows, suffix: &str) -> Result<u64, StoreError> {
        if COPY_FROM <= rows.len() && suffix.is_empty() {
            return self.copy(into, rows);
        }
        let columns = self.columns(into, rows.width())?;
        if rows.len() > 1
            && let Some(text) = lists::text(into, &columns, suffix)
        {
            let statement = self.prepare(&text)?;
            return self.count(&statement, &lists::columns(rows, &columns)?, into);
        }
        // Powers of two, so that any number of rows uses a handful of prepared statements.
        let per_statement = (sql::VALUES_MAX / rows.width()).min(256);
        let mut touched = 0;
        let mut rest = rows.values();
        while !rest.is_empty() {
            let left = rest.len() / rows.width();
            let count = per_statement.min(left);
            let count = 1_usize << count.ilog2();
            let (now, later) = rest.split_at(count * rows.width());
            touched += self.execute(&values_text(into, rows.width(), count, suffix), now)?;
            rest = later;
        }
        Ok(touched)
    }

    /// [`Session::insert`] of a statement that answers rows.
    pub fn insert_each(
        &mut self,
        into: &str,
        rows: &Rows,
        suffix: &str,
        mut take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let columns = self.columns(into, rows.width())?;
        let Some(text) = lists::text(into, &columns, suffix) else {
            let text = values_text(into, rows.width(), 1, suffix);
            return rows.iter().try_for_each(|row| self.each(&text, row, &mut take));
        };
        let statement = self.prepare(&text)?;
        let answered = self.query(&statement, &lists::columns(rows, &columns)?, into)?;
        answered.iter().try_for_each(|row| take(&Row::Postgres(row)))
    }

    fn copy(&mut self, into: &str, rows: &Rows) -> Result<u64, StoreError> {
        let target = into.trim().strip_prefix("insert into").ok_or_else(|| StoreError::bug(format!("not an insert: {into}")))?;
        let statement = self.prepare(&format!("copy {} from stdin", target.trim()))?;
        let text = values::copied(rows);
        let client = self.client.clone();
        self.wait(async {
            let copied = async {
                let mut sink = pin!(client.copy_in::<_, std::io::Cursor<String>>(&statement).await?);
                sink.send(std::io::Cursor::new(text)).await?;
                sink.finish().await
            };
            copied.await.map_err(|error| named(&error, into))
        })
    }

    /// Of which types the columns are: the plain statement says.
    fn columns(&mut self, into: &str, width: usize) -> Result<Vec<tokio_postgres::types::Type>, StoreError> {
        Ok(self.prepare(&values_text(into, width, 1, ""))?.params().to_vec())
    }

    fn query(&mut self, statement: &Statement, bound: &[BoundBox<'_>], text: &str) -> Result<Vec<tokio_postgres::Row>, StoreError> {
        let client = self.client.clone();
        self.wait(async { client.query(statement, &params(bound)).await.map_err(|error| named(&error, text)) })
    }

    fn count(&mut self, statement: &Statement, bound: &[BoundBox<'_>], text: &str) -> Result<u64, StoreError> {
        let client = self.client.clone();
        self.wait(async { client.execute(statement, &params(bound)).await.map_err(|error| named(&error, text)) })
    }

    fn prepare(&mut self, text: &str) -> Result<Statement, StoreError> {
        if let Some(known) = self.statements.get(text) {
            return Ok(known.clone());
        }
        let client = self.client.clone();
        let translated = Dialect::Postgres.translate(text);
        let statement = self.wait(async { client.prepare(&translated).await.map_err(|error| named(&error, text)) })?;
        if STATEMENTS_MAX <= self.statements.len() {
            self.statements.clear();
        }
        self.statements.insert(text.to_owned(), statement.clone());
        Ok(statement)
    }

    fn send_plain(&mut self, text: &'static str) -> Result<(), StoreError> {
        let client = self.client.clone();
        self.send(Box::pin(async move { client.batch_execute(text).await.map_err(|error| failure(&error)) }))
    }

    /// Sends a statement; its answer is read later. What cannot even be sent fails at once.
    fn send(&mut self, mut sent: Sent) -> Result<(), StoreError> {
        let answered = self.runtime.block_on(async {
            // Asked once, it is on its way to the connection, which writes it when it has its turn.
            let answered = poll_fn(|context| Poll::Ready(sent.as_mut().poll(context))).await;
            tokio::task::yield_now().await;
            answered
        });
        match answered {
            Poll::Pending => self.sent.push(sent),
            Poll::Ready(answer) => {
                self.has_failed |= answer.is_err();
                return answer;
            }
        }
        Ok(())
    }

    /// Waits for an answer, and for those of everything that was sent before it.
    fn wait<T>(&mut self, last: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        let sent = std::mem::take(&mut self.sent);
        let (sent, last) = self.runtime.block_on(async { tokio::join!(all(sent), last) });
        let answer = sent.and(last);
        self.is_heard = true;
        self.has_failed |= answer.is_err();
        answer
    }
}

/// Waits for all; gives the first failure.
async fn all(sent: Vec<Sent>) -> Result<(), StoreError> {
    let mut outcome = Ok(());
    for answer in sent {
        let answer = answer.await;
        outcome = outcome.and(answer);
    }
    outcome
}

pub type BoundBox<'v> = Box<dyn ToSql + Sync + Send + 'v>;

fn bound(values: &[Value]) -> Vec<BoundBox<'_>> {
    values.iter().map(|value| Box::new(Bound(value)) as BoundBox<'_>).collect()
}

fn params<'p>(bound: &'p [BoundBox<'_>]) -> Vec<&'p (dyn ToSql + Sync)> {
    bound.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect()
}

fn values_text(into: &str, width: usize, count: usize, suffix: &str) -> String {
    let mut text = format!("{into} values ");
    for row in 0..count {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..width {
            let comma = if column == 0 { "" } else { ", " };
            // Writing to a string cannot fail.
            let _ = write!(text, "{comma}${}", row * width + column + 1);
        }
        text.push(')');
    }
    text.push(' ');
    text.push_str(suffix);
    text
}
