//! The browser tests: the real binary with demo content, and headless Chromium before it. All of them on SQLite, the ways that
//! everything else stands on also on PostgreSQL.

use crate::test_database::{self, TestDatabase};
use crate::watched::Watched;
use crate::{command, programs, repository, serving};
use anyhow::{Context, Result, anyhow, bail, ensure};
use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Who logs in. The password is no secret: the shop lives for the length of the tests, on the loopback address.
const EMAIL: &str = "browser@example.org";
const PASSWORD: &str = "correct horse battery staple";

/// A development build generates slowly, and the tests need no more than some pages of customers.
const CUSTOMERS: &str = "400";
const FEW_CUSTOMERS: &str = "40";
const READY_WITHIN: Duration = Duration::from_secs(180);
const ASK_EVERY: Duration = Duration::from_millis(200);

/// `$1` the binary, `$2` the folder for its log, `$3` the address, `$4` the number of customers, `$5` the database. The server
/// may take ten seconds to end in order.
const SCRIPT: &str = r#"
mkdir "$2"
trap 'rm -rf "$2"' EXIT
(trap - INT TERM HUP; exec "$1" demo --database "$5" --listen "$3" --customers "$4") >"$2/log" 2>&1 </dev/null &
server=$!
echo running
read -r _ || true
kill -TERM $server 2>/dev/null || true
tries=100
while [ $tries -gt 0 ] && kill -0 $server 2>/dev/null; do tries=$((tries - 1)); sleep 0.1; done
kill -KILL $server 2>/dev/null || true
"#;

/// All of them.
pub fn run() -> Result<()> {
    let folder = std::env::temp_dir().join(format!("regulars-browser-{}", std::process::id()));
    let database = format!("sqlite:{}", folder.join("demo.db").display());
    test(&Shop { folder: &folder, database, customers: CUSTOMERS, is_smoke: false })
}

/// The ways that everything else stands on, on PostgreSQL.
pub fn run_smoke() -> Result<()> {
    let folder = std::env::temp_dir().join(format!("regulars-browser-postgres-{}", std::process::id()));
    let postgres = TestDatabase::start()?;
    test(&Shop { folder: &folder, database: postgres.url("postgres"), customers: FEW_CUSTOMERS, is_smoke: true })
}

/// A shop to be tested.
struct Shop<'s> {
    folder: &'s Path,
    database: String,
    customers: &'s str,
    /// Whether only that is tested which everything else stands on.
    is_smoke: bool,
}

fn test(shop: &Shop<'_>) -> Result<()> {
    let chromium = programs::chromium().context("chromium is missing")?;
    let binary = repository::development_binary()?;
    ensure!(binary.exists(), "{} has not been built", binary.display());
    let Shop { folder, database, customers, is_smoke } = shop;
    let address = format!("127.0.0.1:{}", test_database::free_port()?);

    let arguments = [&*binary.to_string_lossy(), &folder.to_string_lossy(), &address, customers, database];
    let _shop = Watched::start(None, SCRIPT, &arguments).context("cannot start the demo")?;
    let outcome = wait_until_ready(&address).and_then(|()| {
        add_user(&binary, database)?;
        let mut tests = command::command(&repository::root()?.join("ui"), &["npm", "run", "test:browser"]);
        tests.env("REGULARS_URL", format!("http://{address}")).env("REGULARS_EMAIL", EMAIL).env("REGULARS_PASSWORD", PASSWORD);
        if *is_smoke {
            tests.env("REGULARS_SMOKE", "1");
        }
        let failures = folder.join("failures");
        tests.env("CHROMIUM", &chromium).env("REGULARS_BINARY", &binary).env("REGULARS_FAILURES", &failures);
        command::run(&mut tests).map_err(|error| match std::fs::read_to_string(&failures) {
            Ok(failures) => anyhow!("{}", failures.trim_end()),
            // It ended before it could tell.
            Err(_) => error,
        })
    });
    if outcome.is_err() {
        show(&folder.join("log"));
    }
    outcome
}

fn wait_until_ready(address: &str) -> Result<()> {
    let began = Instant::now();
    while !serving::is_ready(address) {
        if READY_WITHIN < began.elapsed() {
            bail!("the demo was not ready within {} s", READY_WITHIN.as_secs());
        }
        std::thread::sleep(ASK_EVERY);
    }
    Ok(())
}

fn add_user(binary: &Path, database: &str) -> Result<()> {
    let words = ["user", "add", EMAIL, "--role", "admin", "--password-stdin", "--database", database];
    let mut command = command::command(&repository::root()?, &[&*binary.to_string_lossy()]);
    let mut child = command.args(words).stdin(Stdio::piped()).spawn().context("cannot start regulars user add")?;
    writeln!(child.stdin.take().expect("standard input was piped above"), "{PASSWORD}")?;
    ensure!(child.wait()?.success(), "regulars user add failed");
    Ok(())
}

fn show(log: &Path) {
    match std::fs::read_to_string(log) {
        Ok(text) => println!("what the demo wrote:\n{text}"),
        Err(error) => println!("what the demo wrote cannot be read: {error}"),
    }
}
