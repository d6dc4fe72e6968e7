//! Forward-only migrations, one text for both databases, applied under a lock in one transaction each and held by a
//! checksum. Statements are split and run one at a time.

use crate::{Store, StoreError, Tx};
use sha2::{Digest, Sha256};
use sql::dialect::Dialect;

struct Migration {
    number: i64,
    name: &'static str,
    text: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration { number: 1, name: "foundation", text: include_str!("../migrations/0001_foundation.sql") },
    Migration { number: 2, name: "webhooks", text: include_str!("../migrations/0002_webhooks.sql") },
    Migration { number: 3, name: "mail", text: include_str!("../migrations/0003_mail.sql") },
    Migration { number: 4, name: "merging", text: include_str!("../migrations/0004_merging.sql") },
    Migration { number: 5, name: "duplicates", text: include_str!("../migrations/0005_duplicates.sql") },
    Migration { number: 6, name: "views", text: include_str!("../migrations/0006_views.sql") },
    Migration { number: 7, name: "exports", text: include_str!("../migrations/0007_exports.sql") },
    Migration { number: 8, name: "access", text: include_str!("../migrations/0008_access.sql") },
    Migration { number: 9, name: "rollups", text: include_str!("../migrations/0009_rollups.sql") },
    Migration { number: 10, name: "bulk", text: include_str!("../migrations/0010_bulk.sql") },
    Migration { number: 11, name: "audit_and_jobs", text: include_str!("../migrations/0011_audit_and_jobs.sql") },
    Migration { number: 12, name: "roles", text: include_str!("../migrations/0012_roles.sql") },
    Migration { number: 13, name: "import_undo", text: include_str!("../migrations/0013_import_undo.sql") },
];

/// Where the tables of a database stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub applied: i64,
    pub known: i64,
}

/// Applies what is missing; gives the numbers of the migrations that were applied.
pub async fn migrate(store: &Store, now: i64) -> Result<Vec<i64>, StoreError> {
    let mut applied = Vec::new();
    for migration in MIGRATIONS {
        if store.write(move |tx| apply(tx, migration, now)).await? {
            applied.push(migration.number);
        }
    }
    check(store).await?;
    Ok(applied)
}

/// Refuses a database whose tables this program does not fit.
pub async fn check(store: &Store) -> Result<(), StoreError> {
    let standing = standing(store).await?;
    if standing.known < standing.applied {
        return Err(StoreError::Newer { found: standing.applied, known: standing.known });
    }
    if standing.applied < standing.known {
        return Err(StoreError::Older { found: standing.applied, needed: standing.known });
    }
    Ok(())
}

pub async fn standing(store: &Store) -> Result<Standing, StoreError> {
    let known = MIGRATIONS.iter().map(|migration| migration.number).max().unwrap_or(0);
    let applied = store.read(|tx| if has_table(tx)? { latest(tx) } else { Ok(0) }).await?;
    Ok(Standing { applied, known })
}

fn apply(tx: &mut Tx<'_>, migration: &Migration, now: i64) -> Result<bool, StoreError> {
    lock(tx)?;
    tx.execute(
        "create table if not exists migrations (
           number     bigint not null,
           name       {text} not null,
           checksum   {text} not null,
           applied_at bigint not null,
           constraint migrations_pk primary key (number)
         )",
        &[],
    )?;
    let checksum = checksum(migration.text);
    let standing: Option<String> = tx.first("select checksum from migrations where number = $1", &[migration.number.into()])?;
    if let Some(standing) = standing {
        return if standing == checksum { Ok(false) } else { Err(StoreError::ChangedMigration { number: migration.number }) };
    }
    let latest = latest(tx)?;
    if migration.number < latest {
        return Err(StoreError::Newer { found: latest, known: migration.number });
    }
    for statement in statements(migration.text, tx.dialect()) {
        tx.execute(&statement, &[])?;
    }
    tx.execute(
        "insert into migrations (number, name, checksum, applied_at) values ($1, $2, $3, $4)",
        &[migration.number.into(), migration.name.into(), checksum.into(), now.into()],
    )?;
    Ok(true)
}

/// Two processes that start at once migrate one after the other. SQLite's writing transaction is such a lock already.
fn lock(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    match tx.dialect() {
        Dialect::Sqlite => Ok(()),
        Dialect::Postgres => tx.each("select cast(pg_advisory_xact_lock(7205759403) as text)", &[], |_| Ok(())),
    }
}

fn has_table(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let text = match tx.dialect() {
        Dialect::Sqlite => "select count(name) from sqlite_schema where type = 'table' and name = 'migrations'",
        Dialect::Postgres => {
            "select count(table_name) from information_schema.tables where table_schema = current_schema() and table_name = 'migrations'"
        }
    };
    Ok(tx.one::<i64>(text, &[])? > 0)
}

fn latest(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    tx.one("select coalesce(max(number), 0) from migrations", &[])
}

fn checksum(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The statements that count on this database, without comments.
pub fn statements(text: &str, dialect: Dialect) -> Vec<String> {
    let own = match dialect {
        Dialect::Sqlite => "-- only sqlite:",
        Dialect::Postgres => "-- only postgres:",
    };
    let lines = text.lines().filter_map(|line| match line.trim_start().strip_prefix(own) {
        Some(only) => Some(only),
        None if line.trim_start().starts_with("--") => None,
        None => Some(line),
    });
    let whole = lines.collect::<Vec<_>>().join("\n");
    whole.split(';').map(str::trim).filter(|statement| !statement.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_chosen_by_database() {
        let text =
            "-- a remark; with a semicolon\ncreate table a (b {text});\n-- only postgres: create extension x;\ncreate index c on a (b);";
        assert_eq!(statements(text, Dialect::Sqlite), ["create table a (b {text})", "create index c on a (b)"]);
        assert_eq!(statements(text, Dialect::Postgres), ["create table a (b {text})", "create extension x", "create index c on a (b)"]);
    }
}
