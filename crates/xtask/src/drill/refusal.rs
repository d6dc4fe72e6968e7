//! Databases that cannot be used: the program says which and why, in words, and does not pretend to work.

use super::ground::{Ground, Shop};
use super::ledger::{Heard, Sender, deliver};
use crate::client::Connection;
use crate::serving::{Kind, Program};
use crate::{command, programs, repository, test_database};
use anyhow::{Context, Result, ensure};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::{Duration, Instant};

/// A statement that makes a database one of a newer version.
const NEWER: &str = "drill/newer_database.sql";
const BACK_WITHIN: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(50);

pub fn run(ground: &mut Ground) -> Result<String> {
    match ground.kind {
        Kind::Sqlite => sqlite(ground),
        Kind::Postgres => postgres(ground),
    }
}

fn sqlite(ground: &mut Ground) -> Result<String> {
    let program = ground.program()?;
    program.key()?;
    program.start()?.end()?;
    let file = ground.folder.join("regulars.db");

    let read_only = {
        let mut program = program.clone();
        if programs::is_root()? {
            // Root may write whatever the permissions say, unless it gives that right away.
            let without = "-dac_override,-dac_read_search,-fowner";
            program.under = ["setpriv", "--bounding-set", without, "--inh-caps", without, "--"].map(str::to_owned).to_vec();
        }
        fs::set_permissions(&file, Permissions::from_mode(0o444))?;
        fs::set_permissions(&ground.folder, Permissions::from_mode(0o555))?;
        // The log stands in the same folder and is there already.
        let said = refused(&program, &["read-only", "read only", "readonly"]);
        fs::set_permissions(&ground.folder, Permissions::from_mode(0o755))?;
        fs::set_permissions(&file, Permissions::from_mode(0o644))?;
        said.context("a file that may only be read")?
    };

    let run = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(open(sys.argv[2]).read())";
    command::run(Command::new("python3").args(["-c", run]).arg(&file).arg(repository::root()?.join(NEWER)))?;
    let newer = refused(&program, &["newer version"]).context("a database of a newer version")?;

    fs::write(&file, "this is a shopping list, not a database\n".repeat(200))?;
    let foreign = refused(&program, &["not a database"]).context("a file that is no database")?;
    Ok(format!("read-only file: {read_only:?}; newer database: {newer:?}; another file: {foreign:?}"))
}

fn postgres(ground: &mut Ground) -> Result<String> {
    let program = ground.program()?;
    let key = program.key()?;
    let named = ground.name.clone();
    let turns = turns_read_only(ground, &program, &key)?;

    let read_only = |on: &str| [format!("alter database {named} set default_transaction_read_only = {on}")];
    let set = |statement: [String; 1]| ground.postgres.query("postgres", &[&statement[0]]);
    set(read_only("on"))?;
    let at_start = refused(&program, &["read-only", "read only"]).context("a database that may only be read");
    set(read_only("off"))?;
    let at_start = at_start?;

    let statement = fs::read_to_string(repository::root()?.join(NEWER))?;
    ground.postgres.query(&named, &[&statement])?;
    let newer = refused(&program, &["newer version"]).context("a database of a newer version")?;

    let nobody = Program { database: format!("postgres://postgres@127.0.0.1:{}/none", test_database::free_port()?), ..program };
    let away = refused(&nobody, &["cannot be reached"]).context("a server that is not there")?;
    Ok(format!("{turns}; read-only from the start: {at_start:?}; newer database: {newer:?}; no server: {away:?}"))
}

/// It becomes read-only while it serves, as after a change of the leading server, and can be written again later.
fn turns_read_only(ground: &mut Ground, program: &Program, key: &str) -> Result<String> {
    let server = program.start()?;
    let shop = Shop::make(&server, key)?;
    let api = server.api(key);
    let mut connection = Connection::open(&api.address)?;
    let mut sender = Sender::new(&api, &shop, 0, 0);
    let wait_for = |connection: &mut Connection, sender: &mut Sender, expected: Heard| -> Result<()> {
        let began = Instant::now();
        loop {
            let orders = sender.next();
            let heard = deliver(connection, &api, &orders)?;
            if heard == Heard::Taken {
                sender.ledger.acknowledged.extend(orders);
            }
            if heard == expected {
                return Ok(());
            }
            ensure!(began.elapsed() < BACK_WITHIN, "orders are {heard:?} instead of {expected:?} after {BACK_WITHIN:?}");
            std::thread::sleep(PAUSE);
        }
    };
    let set = |on: &str| {
        let statement = format!("alter system set default_transaction_read_only = {on}");
        ground.postgres.query("postgres", &["set default_transaction_read_only = off", &statement, "select pg_reload_conf()"])
    };
    wait_for(&mut connection, &mut sender, Heard::Taken)?;
    set("on")?;
    let refused = wait_for(&mut connection, &mut sender, Heard::Refused).and_then(|()| api.get("/api/activities?limit=1").map(drop));
    set("off")?;
    refused.context("while it may only be read")?;
    wait_for(&mut connection, &mut sender, Heard::Taken).context("when it may be written again")?;
    sender.ledger.check(&api, &shop)?;
    server.end()?;
    Ok("read-only while serving: 503 with Retry-After, reads served, writes taken again afterwards".to_owned())
}

/// Starts it, expects it to end with status 1, and gives the line that says why.
fn refused(program: &Program, words: &[&str]) -> Result<String> {
    let (status, said) = program.fail()?;
    ensure!(status.code() == Some(1), "it ended with {status}, not with 1:\n{said}");
    // Its last words, not one of the lines that came before.
    let line = said.lines().last().filter(|line| words.iter().any(|word| line.contains(word)));
    let line = line.with_context(|| format!("it does not say {words:?} but:\n{said}"))?;
    let folder = program.log.parent().context("a log without a folder")?;
    Ok(line.replace(&format!("{}/", folder.display()), ""))
}
