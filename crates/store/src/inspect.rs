//! What an operator or a developer wants to know of a database: the tables it has, what is in them, and whether it can be
//! written.

use crate::{Cell, FromColumn, Store, StoreError, Tx, UnitError};
use sql::dialect::Dialect;
use std::collections::BTreeMap;

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

/// Every row of every table as a line of text, by table and sorted; tables without rows are absent. For small databases.
pub async fn contents(store: &Store) -> Result<BTreeMap<String, Vec<String>>, StoreError> {
    store.read(all_rows).await
}

fn all_rows(tx: &mut Tx<'_>) -> Result<BTreeMap<String, Vec<String>>, StoreError> {
    let text = match tx.dialect() {
        Dialect::Sqlite => {
            "select t.name, c.name from sqlite_schema as t join pragma_table_info(t.name) as c where t.type = 'table' order by t.name, c.cid"
        }
        Dialect::Postgres => {
            "select cast(table_name as text), cast(column_name as text) from information_schema.columns
             where table_schema = current_schema() order by table_name, ordinal_position"
        }
    };
    let mut columns: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (table, column) in tx.all::<(String, String)>(text, &[])? {
        columns.entry(table).or_default().push(column);
    }
    let mut contents = BTreeMap::new();
    for (table, columns) in columns {
        let mut lines = Vec::new();
        tx.each(&format!("select {} from \"{table}\"", columns.join(", ")), &[], |row| {
            let cells = (0..row.width()).map(|place| row.get::<Shown>(place));
            let cells = cells.zip(&columns).map(|(cell, column)| Ok(format!("{column}={}", cell?.0)));
            lines.push(cells.collect::<Result<Vec<String>, StoreError>>()?.join(" "));
            Ok(())
        })?;
        if !lines.is_empty() {
            lines.sort_unstable();
            contents.insert(table, lines);
        }
    }
    Ok(contents)
}

struct Shown(String);

impl FromColumn for Shown {
    fn from_cell(cell: Cell<'_>) -> Option<Shown> {
        Some(Shown(format!("{cell:?}")))
    }
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
