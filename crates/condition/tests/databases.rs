//! Both databases with the tables of the migrations, empty, one connection each.

use std::error::Error;
use std::sync::atomic::{AtomicU32, Ordering};

use postgres::types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked};
use sql::dialect::Dialect;
use sql::{Statement, Value};

const MIGRATION: &str = include_str!("../../store/migrations/0001_foundation.sql");

/// One answer: which condition, which customer, and whether it holds; none would be a null, which must not be.
pub type Answer = (i64, i64, Option<bool>);

pub trait Database {
    fn execute(&mut self, statement: &Statement);
    fn answers(&mut self, statement: &Statement) -> Vec<Answer>;
}

/// The statements of the migration as this database wants them.
fn migration(dialect: Dialect) -> Vec<String> {
    let (own, others) = match dialect {
        Dialect::Sqlite => ("-- only sqlite:", "-- only postgres:"),
        Dialect::Postgres => ("-- only postgres:", "-- only sqlite:"),
    };
    let lines = MIGRATION
        .lines()
        .filter(|line| !line.trim_start().starts_with(others))
        .map(|line| line.trim_start().strip_prefix(own).unwrap_or(line));
    let text: Vec<&str> = lines.filter(|line| !line.trim_start().starts_with("--")).collect();
    let statements = text.join("\n");
    statements.split(';').filter(|part| !part.trim().is_empty()).map(|part| dialect.translate(part)).collect()
}

pub struct Sqlite(rusqlite::Connection);

impl Sqlite {
    pub fn new() -> Self {
        let connection = rusqlite::Connection::open_in_memory().expect("memory can be had");
        for statement in migration(Dialect::Sqlite) {
            connection.execute_batch(&statement).expect("the migration runs");
        }
        Sqlite(connection)
    }
}

fn sqlite_value(value: &Value) -> rusqlite::types::Value {
    use rusqlite::types::Value as Sqlite;
    match value {
        Value::Null => Sqlite::Null,
        Value::Bool(flag) => Sqlite::Integer(i64::from(*flag)),
        Value::Int(number) => Sqlite::Integer(*number),
        Value::Real(number) => Sqlite::Real(*number),
        Value::Text(text) => Sqlite::Text(text.clone()),
        Value::Bytes(bytes) => Sqlite::Blob(bytes.clone()),
    }
}

impl Database for Sqlite {
    fn execute(&mut self, statement: &Statement) {
        let values = statement.values.iter().map(sqlite_value);
        let text = Dialect::Sqlite.translate(&statement.text);
        self.0.execute(&text, rusqlite::params_from_iter(values)).unwrap_or_else(|error| panic!("{error}: {text}"));
    }

    fn answers(&mut self, statement: &Statement) -> Vec<Answer> {
        let text = Dialect::Sqlite.translate(&statement.text);
        let mut prepared = self.0.prepare(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        let values = statement.values.iter().map(sqlite_value);
        let rows = prepared.query_map(rusqlite::params_from_iter(values), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        rows.and_then(Iterator::collect).unwrap_or_else(|error| panic!("{error}: {text}"))
    }
}

static SCHEMAS: AtomicU32 = AtomicU32::new(0);

/// Works in a schema of its own and takes it away in the end.
pub struct Postgres {
    client: postgres::Client,
    schema: String,
}

impl Postgres {
    pub fn new() -> Self {
        let url = std::env::var("REGULARS_TEST_POSTGRES")
            .expect("REGULARS_TEST_POSTGRES names no database to test on; `cargo xtask check` starts one and sets it");
        let mut client = postgres::Client::connect(&url, postgres::NoTls).expect("the database of REGULARS_TEST_POSTGRES can be reached");
        // The tests of one process run side by side.
        let schema = format!("condition_{}_{}", std::process::id(), SCHEMAS.fetch_add(1, Ordering::Relaxed));
        client.batch_execute(&format!("create schema {schema}; set search_path to {schema}")).expect("a schema can be made");
        let mut database = Postgres { client, schema };
        for statement in migration(Dialect::Postgres) {
            database.client.batch_execute(&statement).expect("the migration runs");
        }
        database
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // The connection may be what failed; the test has its own message then.
        drop(self.client.batch_execute(&format!("drop schema {} cascade", self.schema)));
    }
}

#[derive(Debug)]
struct Bound<'a>(&'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self.0, kind) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Bool(flag), &Type::BOOL) => flag.to_sql(kind, out),
            (Value::Int(number), &Type::INT8) => number.to_sql(kind, out),
            (Value::Real(number), &Type::FLOAT8) => number.to_sql(kind, out),
            (Value::Text(text), &Type::JSONB) => {
                out.extend_from_slice(&[1]);
                out.extend_from_slice(text.as_bytes());
                Ok(IsNull::No)
            }
            (Value::Text(text), &Type::TEXT) => text.to_sql(kind, out),
            (value, kind) => Err(format!("{value:?} where the statement takes {kind}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl Database for Postgres {
    fn execute(&mut self, statement: &Statement) {
        let text = Dialect::Postgres.translate(&statement.text);
        let values: Vec<Bound> = statement.values.iter().map(Bound).collect();
        let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| value as _).collect();
        self.client.execute(&text, &values).unwrap_or_else(|error| panic!("{error:?}: {text}"));
    }

    fn answers(&mut self, statement: &Statement) -> Vec<Answer> {
        let text = Dialect::Postgres.translate(&statement.text);
        let values: Vec<Bound> = statement.values.iter().map(Bound).collect();
        let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| value as _).collect();
        let rows = self.client.query(&text, &values).unwrap_or_else(|error| panic!("{error:?}: {text}"));
        rows.iter().map(|row| (i64::from(row.get::<_, i32>(0)), row.get(1), row.get(2))).collect()
    }
}
