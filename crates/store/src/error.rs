//! What can go wrong with a database, told apart by what the caller can do about it.

use thiserror::Error;

#[derive(Debug, Error)]
pub enum StoreError {
    /// A unique constraint says no. Which one follows from the statement that was run.
    #[error("a row with the same key exists already")]
    Duplicate,
    /// Deadlock or lost serialisation: nothing was written, trying again may succeed.
    #[error("the database asked to try the transaction again")]
    Again,
    #[error("the statement ran longer than allowed and was stopped")]
    Timeout,
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    #[error("the database is read-only: {0}")]
    ReadOnly(String),
    #[error("the disk of the database is full")]
    Full,
    #[error(
        "the database was written by a newer version (migration {found}, this program knows {known}); use that version or restore a backup"
    )]
    Newer { found: i64, known: i64 },
    #[error("the tables are at migration {found}, this program needs {needed}; run `regulars migrate`")]
    Older { found: i64, needed: i64 },
    #[error("migration {number} was changed after it was applied to this database")]
    ChangedMigration { number: i64 },
    #[error("{0:?} is not a database URL; use sqlite:FILE or postgres://user@host/name")]
    Url(String),
    /// More units wait than the queue holds.
    #[error("too many units of work are waiting")]
    Overloaded,
    #[error("the store is closed")]
    Closed,
    #[error("a unit of work panicked")]
    Panicked,
    /// Ours: a statement that does not fit the tables, a column read as the wrong type.
    #[error("{context}")]
    Bug { context: String },
}

impl StoreError {
    pub fn bug(context: impl Into<String>) -> StoreError {
        StoreError::Bug { context: context.into() }
    }
}

/// What a unit of work may fail with: anything that a database error turns into, and that can tell whether it was one.
pub trait UnitError: From<StoreError> + Send + 'static {
    fn as_store(&self) -> Option<&StoreError>;
}

impl UnitError for StoreError {
    fn as_store(&self) -> Option<&StoreError> {
        Some(self)
    }
}
