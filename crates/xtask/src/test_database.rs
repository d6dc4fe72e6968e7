//! A private PostgreSQL: its own data in a temporary folder, the loopback address, a free port. Nothing on this machine
//! that already runs is touched, and nothing stays.

use crate::watched::Watched;
use crate::{command, programs, repository};
use anyhow::{Context, Result};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The variable by which tests learn where PostgreSQL is.
const VARIABLE: &str = "REGULARS_TEST_POSTGRES";

/// `$1` the folder of the programs, `$2` the folder for temporary files, `$3` the port, `$4` settings, `$5` the folder of a
/// server that is kept, or nothing. The language is one that sorts unlike bytes, as on most servers: a column that forgot
/// its collation shows in the tests.
const SCRIPT: &str = r#"
programs=$1 port=$3 settings=$4 kept=$5
if [ -n "$kept" ]; then
  folder=$kept
  mkdir -p "$folder"
else
  folder=$(mktemp -d "$2/regulars-postgres-XXXXXX")
  trap 'rm -rf "$folder"' EXIT
fi
complain() { cat "$folder/log" >&2; exit 1; }
start() {
  "$programs/pg_ctl" start -D "$folder/db" -l "$folder/log" --wait --silent -o "-p $port -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories='' -c max_connections=300 $settings" </dev/null || complain
}
stop() { "$programs/pg_ctl" stop -D "$folder/db" -m "$1" --wait --silent; }
[ -e "$folder/db/PG_VERSION" ] || "$programs/initdb" -D "$folder/db" --username=postgres --auth=trust --encoding=UTF8 --no-sync \
  --locale-provider=icu --icu-locale=en-US --locale=C.UTF-8 >"$folder/log" 2>&1 || complain
start
echo running
while read -r order; do
  case $order in
    start) start ;;
    stop) stop fast || complain ;;
    crash) stop immediate || complain ;;
  esac
  echo done
done
if [ -n "$kept" ]; then stop fast; else stop immediate || true; fi
"#;

/// As fast as it gets.
const FORGETFUL: &str = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off";

/// What is acknowledged is on the disk. The sizes keep checkpoints of one measurement out of the next.
pub const DURABLE: &str = "-c fsync=on -c full_page_writes=on -c synchronous_commit=on \
     -c shared_buffers=512MB -c max_wal_size=8GB -c checkpoint_timeout=30min";

pub struct TestDatabase {
    pub port: u16,
    programs: PathBuf,
    server: Watched,
}

impl TestDatabase {
    pub fn start() -> Result<TestDatabase> {
        TestDatabase::start_with(FORGETFUL, None)
    }

    /// One that keeps what it acknowledged.
    pub fn start_durable() -> Result<TestDatabase> {
        TestDatabase::start_with(DURABLE, None)
    }

    /// One whose databases are there again the next time, in a folder that it makes for itself.
    pub fn start_kept(folder: &Path) -> Result<TestDatabase> {
        TestDatabase::start_with(DURABLE, Some(folder))
    }

    fn start_with(settings: &str, kept: Option<&Path>) -> Result<TestDatabase> {
        let programs = programs::postgres().context("PostgreSQL is missing: install the package postgresql")?;
        let port = free_port()?;
        // PostgreSQL refuses to run as root.
        let user = programs::is_root()?.then_some("postgres");
        let temporary = std::env::temp_dir();
        let kept = kept.map(text).transpose()?.unwrap_or_default();
        let arguments = [text(&programs)?, text(&temporary)?, &port.to_string(), settings, kept];
        let server = Watched::start(user, SCRIPT, &arguments).context("cannot start PostgreSQL")?;
        Ok(TestDatabase { port, programs, server })
    }

    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Starts the server that was stopped or crashed, on the same port.
    pub fn restart(&mut self) -> Result<()> {
        self.server.order("start")
    }

    /// Ends the server in order; whoever is connected is sent away.
    pub fn stop(&mut self) -> Result<()> {
        self.server.order("stop")
    }

    /// Ends the server as a crash does: it recovers from its log when it starts again.
    pub fn crash(&mut self) -> Result<()> {
        self.server.order("crash")
    }

    /// Runs statements by psql; gives the rows, their columns parted by `|`.
    pub fn query(&self, database: &str, statements: &[&str]) -> Result<String> {
        let mut psql = self.program("psql");
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1", "--dbname", database]);
        psql.args(statements.iter().flat_map(|statement| ["--command", statement]));
        command::output(&mut psql)
    }

    /// One of PostgreSQL's own programs, told where this server is.
    pub fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.env("PGOPTIONS", "--client-min-messages=warning");
        command.args(["--host", "127.0.0.1", "--port", &self.port.to_string(), "--username", "postgres"]);
        command
    }

    /// Tells a command where this database is.
    pub fn name_to<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env(VARIABLE, self.url("postgres"))
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
