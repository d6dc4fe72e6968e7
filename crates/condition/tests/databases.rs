//! A fresh store on each database. PostgreSQL comes from `REGULARS_TEST_POSTGRES`, set by `cargo xtask check`.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sql::Statement;
use store::{DatabaseUrl, FromRow, Options, Row, Store, StoreError, migrate};

/// Which condition, which customer, and whether it holds. A null, which must not be, fails to be read.
#[derive(Debug)]
pub struct Answer {
    pub condition: i64,
    pub customer: i64,
    pub holds: bool,
}

impl FromRow for Answer {
    fn from_row(row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Answer { condition: row.get(0)?, customer: row.get(1)?, holds: row.get(2)? })
    }
}

/// Runs the story on a fresh, migrated SQLite file and in a fresh PostgreSQL schema.
pub async fn on_each_store(story: impl AsyncFn(&Store)) {
    let folder = tempfile::tempdir().expect("a folder for the database");
    let file = format!("sqlite:{}?synchronous=off", folder.path().join("test.db").display());
    story(&migrated(&file).await).await;

    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let server = std::env::var("REGULARS_TEST_POSTGRES").expect("REGULARS_TEST_POSTGRES is not set: run `cargo xtask check`");
    let schema = format!("condition_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let owner = open(&server);
    run(&owner, vec![Statement::new(&format!("create schema {schema}"))]).await;
    let joint = if server.contains('?') { '&' } else { '?' };
    story(&migrated(&format!("{server}{joint}options=-csearch_path%3D{schema}")).await).await;
    run(&owner, vec![Statement::new(&format!("drop schema {schema} cascade"))]).await;
}

fn open(url: &str) -> Store {
    let url: DatabaseUrl = url.parse().expect("a database URL");
    let options = Options { readers: 1, writers: 1, statement_timeout: Duration::from_secs(60), ..Options::default() };
    Store::open(&url, &options).expect("the database can be opened")
}

async fn migrated(url: &str) -> Store {
    let store = open(url);
    migrate::migrate(&store, 0).await.expect("the migrations run");
    store
}

/// Runs the statements in one unit of work.
pub async fn run(store: &Store, statements: Vec<Statement>) {
    let unit = store.write(move |tx| statements.iter().try_for_each(|statement| tx.run(statement).map(|_| ())));
    unit.await.expect("the statements run");
}

pub async fn answers(store: &Store, statement: Statement) -> Vec<Answer> {
    let text = statement.text.clone();
    let unit = store.read(move |tx| tx.list::<Answer>(&statement));
    unit.await.unwrap_or_else(|error| panic!("{error:?}: {text}"))
}
