//! An open transaction: statements in, rows out, ids from the blocks of this process.

use crate::ids::{self, Ids};
use crate::row::{FromRow, Row};
use crate::{StoreError, postgres, sqlite};
use sql::dialect::Dialect;
use sql::{Statement, Value};
use std::cell::RefCell;
use std::ops::Range;

/// A transaction on either database. A failed statement on PostgreSQL ends the transaction: what may collide is
/// written with `on conflict`, not tried and caught.
pub struct Tx<'a> {
    driver: Driver<'a>,
    ids: &'a Ids,
    reserved: &'a Reserved,
    statements: u64,
}

/// What a transaction reserved and did not use; given to the process once it is committed.
pub type Reserved = RefCell<Vec<(&'static str, Range<i64>)>>;

pub enum Driver<'a> {
    Sqlite(&'a sqlite::Session),
    Postgres(&'a mut postgres::Session),
}

impl<'a> Tx<'a> {
    pub(crate) fn new(driver: Driver<'a>, ids: &'a Ids, reserved: &'a Reserved) -> Tx<'a> {
        Tx { driver, ids, reserved, statements: 0 }
    }

    pub fn dialect(&self) -> Dialect {
        match self.driver {
            Driver::Sqlite(_) => Dialect::Sqlite,
            Driver::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Statements run so far; many rows inserted in one call count as one. For tests that hold an operation to a constant
    /// number of them.
    pub fn statements(&self) -> u64 {
        self.statements
    }

    /// The first row, if there is one.
    pub fn first<T: FromRow>(&mut self, text: &str, values: &[Value]) -> Result<Option<T>, StoreError> {
        let mut found = None;
        self.each(text, values, |row| {
            if found.is_none() {
                found = Some(T::from_row(row)?);
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// The only row of a statement that always has one (a count, a `returning`).
    pub fn one<T: FromRow>(&mut self, text: &str, values: &[Value]) -> Result<T, StoreError> {
        self.first(text, values)?.ok_or_else(|| StoreError::bug(format!("no row where there is always one: {text}")))
    }

    pub fn all<T: FromRow>(&mut self, text: &str, values: &[Value]) -> Result<Vec<T>, StoreError> {
        let mut rows = Vec::new();
        self.each(text, values, |row| {
            rows.push(T::from_row(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// [`Tx::all`] of a statement that was built.
    pub fn list<T: FromRow>(&mut self, statement: &Statement) -> Result<Vec<T>, StoreError> {
        self.all(&statement.text, &statement.values)
    }

    /// Hands every row to `take` without keeping them.
    pub fn each(&mut self, text: &str, values: &[Value], take: impl FnMut(&Row<'_>) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.statements += 1;
        match &mut self.driver {
            Driver::Sqlite(session) => session.each(text, values, take),
            Driver::Postgres(session) => session.each(text, values, take),
        }
    }

    /// Runs a statement that answers no rows; gives the number of rows it touched.
    pub fn execute(&mut self, text: &str, values: &[Value]) -> Result<u64, StoreError> {
        self.statements += 1;
        match &mut self.driver {
            Driver::Sqlite(session) => session.execute(text, values),
            Driver::Postgres(session) => session.execute(text, values),
        }
    }

    /// [`Tx::execute`] of a statement that was built.
    pub fn run(&mut self, statement: &Statement) -> Result<u64, StoreError> {
        self.execute(&statement.text, &statement.values)
    }

    /// Inserts many rows in one call. `into` is the statement up to and without `values`, `suffix` what follows them
    /// (`on conflict …`, or nothing). On PostgreSQL nobody waits for the answer: a failure is that of the next statement, or
    /// of the commit.
    pub fn insert(&mut self, into: &str, rows: Rows, suffix: &str) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        self.statements += 1;
        match &mut self.driver {
            Driver::Sqlite(session) => session.insert(into, &rows, suffix).map(drop),
            Driver::Postgres(session) => session.insert(into, rows, suffix),
        }
    }

    /// [`Tx::insert`] that waits, and says how many rows were written or changed.
    pub fn insert_counting(&mut self, into: &str, rows: &Rows, suffix: &str) -> Result<u64, StoreError> {
        if rows.is_empty() {
            return Ok(0);
        }
        self.statements += 1;
        match &mut self.driver {
            Driver::Sqlite(session) => session.insert(into, rows, suffix),
            Driver::Postgres(session) => session.insert_counting(into, rows, suffix),
        }
    }

    /// [`Tx::insert`] with `returning` in the suffix: gives what was written, which may be less than was to be.
    pub fn insert_returning<T: FromRow>(&mut self, into: &str, rows: &Rows, suffix: &str) -> Result<Vec<T>, StoreError> {
        let mut written = Vec::with_capacity(rows.len());
        if rows.is_empty() {
            return Ok(written);
        }
        self.statements += 1;
        let take = |row: &Row<'_>| {
            written.push(T::from_row(row)?);
            Ok(())
        };
        match &mut self.driver {
            Driver::Sqlite(session) => session.insert_each(into, rows, suffix, take)?,
            Driver::Postgres(session) => session.insert_each(into, rows, suffix, take)?,
        }
        Ok(written)
    }

    /// To be called before definitions change: waits until no other unit that writes is under way, and keeps others from
    /// beginning until this one ends. On SQLite that is so of itself.
    pub fn hold_definitions(&mut self) -> Result<(), StoreError> {
        match &mut self.driver {
            Driver::Sqlite(_) => Ok(()),
            Driver::Postgres(session) => session.hold(true),
        }
    }

    pub fn new_id(&mut self, kind: &'static str) -> Result<i64, StoreError> {
        Ok(self.new_ids(kind, 1)?.start)
    }

    /// `count` fresh ids of a kind, following one another.
    pub fn new_ids(&mut self, kind: &'static str, count: usize) -> Result<Range<i64>, StoreError> {
        let count = i64::try_from(count).map_err(|_| StoreError::bug("too many ids at once"))?;
        let own = self.reserved.borrow_mut().iter_mut().find(|(of, _)| *of == kind).and_then(|(_, block)| ids::take(block, count));
        if let Some(taken) = own.or_else(|| self.ids.take(kind, count)) {
            return Ok(taken);
        }
        let size = count.max(ids::BLOCK);
        let end: i64 = self.one(
            "insert into id_blocks (kind, next_id) values ($1, $2)
             on conflict (kind) do update set next_id = id_blocks.next_id + $3
             returning next_id",
            &[kind.into(), (size + 1).into(), size.into()],
        )?;
        let mut block = end - size..end;
        let taken = ids::take(&mut block, count).ok_or_else(|| StoreError::bug("a block smaller than asked for"))?;
        self.reserved.borrow_mut().push((kind, block));
        Ok(taken)
    }
}

/// Rows to insert, flat: `width` values each.
#[derive(Debug, Clone)]
pub struct Rows {
    width: usize,
    values: Vec<Value>,
}

impl Rows {
    pub fn new(width: usize) -> Rows {
        Rows { width, values: Vec::new() }
    }

    pub fn with_capacity(width: usize, rows: usize) -> Rows {
        Rows { width, values: Vec::with_capacity(width * rows) }
    }

    /// Adds one row.
    ///
    /// # Panics
    /// When the row does not have the width it was announced with.
    pub fn push<const N: usize>(&mut self, row: [Value; N]) {
        assert_eq!(N, self.width, "a row of another width");
        self.values.extend(row);
    }

    /// Adds one row whose width is not known when it is compiled.
    ///
    /// # Panics
    /// As [`Rows::push`].
    pub fn push_all(&mut self, row: Vec<Value>) {
        assert_eq!(row.len(), self.width, "a row of another width");
        self.values.extend(row);
    }

    pub fn width(&self) -> usize {
        self.width
    }

    pub fn len(&self) -> usize {
        self.values.len() / self.width
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &[Value]> {
        self.values.chunks(self.width)
    }

    pub(crate) fn values(&self) -> &[Value] {
        &self.values
    }
}
