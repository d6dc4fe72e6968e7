//! A private PostgreSQL for tests: its own data in a temporary folder, the loopback address, a free port. It is as fast
//! as it gets and forgets everything; nothing on this machine that already runs is touched.

use crate::watched::Watched;
use crate::{command, programs, repository};
use anyhow::{Context, Result};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

/// The variable by which tests learn where PostgreSQL is.
const VARIABLE: &str = "REGULARS_TEST_POSTGRES";

/// `$1` the folder of the programs, `$2` the folder for temporary files, `$3` the port. The language is one that sorts
/// unlike bytes, as on most servers: a column that forgot its collation shows in the tests.
const SCRIPT: &str = r#"
folder=$(mktemp -d "$2/regulars-postgres-XXXXXX")
trap 'rm -rf "$folder"' EXIT
complain() { cat "$folder/log" >&2; exit 1; }
"$1/initdb" -D "$folder/db" --username=postgres --auth=trust --encoding=UTF8 --no-sync \
  --locale-provider=icu --icu-locale=en-US --locale=C.UTF-8 >"$folder/log" 2>&1 || complain
"$1/pg_ctl" start -D "$folder/db" -l "$folder/log" --wait --silent -o "-p $3 -c listen_addresses=127.0.0.1 \
  -c unix_socket_directories='' -c max_connections=300 -c fsync=off -c full_page_writes=off -c synchronous_commit=off" \
  </dev/null || complain
echo running
read -r _ || true
"$1/pg_ctl" stop -D "$folder/db" -m immediate --silent || true
"#;

pub struct TestDatabase {
    url: String,
    _server: Watched,
}

impl TestDatabase {
    pub fn start() -> Result<TestDatabase> {
        let folder = programs::postgres().context("PostgreSQL is missing: install the package postgresql")?;
        let port = free_port()?.to_string();
        // PostgreSQL refuses to run as root.
        let user = programs::is_root()?.then_some("postgres");
        let temporary = std::env::temp_dir();
        let server = Watched::start(user, SCRIPT, &[text(&folder)?, text(&temporary)?, &port]).context("cannot start PostgreSQL")?;
        Ok(TestDatabase { url: format!("postgres://postgres@127.0.0.1:{port}/postgres"), _server: server })
    }

    /// Tells a command where this database is.
    pub fn name_to<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env(VARIABLE, &self.url)
    }
}

/// `cargo xtask with-postgres COMMAND…`
pub fn run_beside(words: &[String]) -> Result<()> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    anyhow::ensure!(!words.is_empty(), "name the command to run");
    let database = TestDatabase::start()?;
    command::run(database.name_to(&mut command::command(&repository::root()?, &words)))
}

/// A port that nobody listens on at this moment.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("cannot listen on the loopback address")?;
    Ok(listener.local_addr()?.port())
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))
}
