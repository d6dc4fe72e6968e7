//! What an operator or a developer wants to know of a database: the tables it has, and whether it can be written.

use crate::{Store, StoreError, Tx, UnitError};

const HEADER: &str = "-- The tables after all migrations, as SQLite keeps them. Generated: change a migration, not this file.";

/// The statements that make the tables of a SQLite database, sorted by name.
pub async fn schema(store: &Store) -> Result<String, StoreError> {
    let statements: Vec<String> = store.read(|tx| tx.all("select sql from sqlite_schema where sql is not null order by name", &[])).await?;
    let mut text = HEADER.to_owned();
    for statement in statements {
        text.push_str("\n\n");
        // SQLite writes the first words of a statement in its own way.
        let words = statement.replacen("CREATE TABLE", "create table", 1).replacen("CREATE INDEX", "create index", 1);
        text.push_str(&words.replacen("CREATE UNIQUE INDEX", "create unique index", 1));
        text.push(';');
    }
    text.push('\n');
    Ok(text)
}

/// Writes and takes it back.
pub async fn check_writable(store: &Store) -> Result<(), StoreError> {
    match store.write(write_and_undo).await {
        Ok(()) | Err(Undone::OnPurpose) => Ok(()),
        Err(Undone::Failed(error)) => Err(error),
    }
}

fn write_and_undo(tx: &mut Tx<'_>) -> Result<(), Undone> {
    tx.execute("create table write_check (id bigint not null, constraint write_check_pk primary key (id))", &[])?;
    Err(Undone::OnPurpose)
}

enum Undone {
    OnPurpose,
    Failed(StoreError),
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Undone {
        Undone::Failed(error)
    }
}

impl UnitError for Undone {
    fn as_store(&self) -> Option<&StoreError> {
        match self {
            Undone::OnPurpose => None,
            Undone::Failed(error) => Some(error),
        }
    }
}
