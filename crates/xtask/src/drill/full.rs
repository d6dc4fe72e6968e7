//! No room left for the database file: writers are told so, readers are served, and work goes on once there is room.

use super::ground::{Ground, Shop};
use super::ledger::{Heard, Ledger, Sender, check_refusal, deliver};
use crate::client::{Api, Connection};
use crate::serving::{Program, Server};
use crate::watched::Watched;
use crate::{command, programs};
use anyhow::{Context, Result, bail, ensure};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const ROOM_KIB: u64 = 36 << 10;
/// Taken away before, given back afterwards.
const BALLAST_KIB: u64 = 12 << 10;
const FULL_WITHIN: Duration = Duration::from_secs(120);
const BACK_WITHIN: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(50);
/// Refusals to look at before room is made.
const REFUSALS: usize = 20;

/// `$1` the folder, `$2` its size.
const SMALL_DISK: &str = r#"
mkdir "$1"
mount -t tmpfs -o "size=$2" regulars-drill "$1" || { rmdir "$1"; exit 1; }
trap 'umount -l "$1"; rmdir "$1"' EXIT
echo running
while read -r _; do :; done
"#;

/// How the room is kept small.
enum Room {
    /// A small file system of its own; with a file in it that can be removed.
    Disk { folder: PathBuf, _mounted: Watched },
    /// The largest file the process may write. For those who may not mount.
    Limit,
}

pub fn run(ground: &mut Ground) -> Result<String> {
    let (mut memberships, mut refused, mut how) = (0, 0, "");
    let mut ledger = Ledger::default();
    for round in 0..ground.rounds {
        // A full disk is made once per round, on a file that is new.
        let room = Room::small(&ground.folder.join(format!("small{round}")))?;
        let program = room.program(ground, round)?;
        let key = program.key()?;
        let server = program.start()?;
        let shop = Shop::make(&server, &key)?;
        let mut round_ledger = fill(&server.api(&key), &shop, round)?;
        room.enlarge(&server)?;
        go_on(&server.api(&key), &shop, round, &mut round_ledger)?;
        let program = restart(server)?;
        let server = program.start()?;
        memberships += round_ledger.check(&server.api(&key), &shop).context("after the room came back and a restart")?;
        server.end()?;
        sound(&program)?;
        how = room.described();
        refused += round_ledger.refused;
        ledger.add(round_ledger);
    }
    Ok(format!(
        "{} times {how}: {refused} writes refused (503 with Retry-After) while reads were served, taken again once there was room, \
         {} acknowledged orders, each there exactly once, {memberships} memberships right, and the file is sound",
        ground.rounds,
        ledger.acknowledged.len(),
    ))
}

impl Room {
    fn small(folder: &Path) -> Result<Room> {
        if !programs::is_root()? {
            return Ok(Room::Limit);
        }
        let path = folder.to_str().context("a folder that is not UTF-8")?;
        match Watched::start(None, SMALL_DISK, &[path, &format!("{ROOM_KIB}k")]) {
            Ok(mounted) => {
                fs::write(folder.join("ballast"), vec![0; BALLAST_KIB as usize * 1024])?;
                Ok(Room::Disk { folder: folder.to_owned(), _mounted: mounted })
            }
            // Root without the right to mount, as in most containers.
            Err(_) => Ok(Room::Limit),
        }
    }

    fn program(&self, ground: &Ground, round: usize) -> Result<Program> {
        let mut program = Program::new(ground.binary, "", &ground.folder)?;
        let file = match self {
            Room::Disk { folder, .. } => folder.join("regulars.db"),
            Room::Limit => {
                // Counted in blocks of 512 bytes. The signal that comes with it would end the program.
                let blocks = (ROOM_KIB - BALLAST_KIB) * 2;
                let limited = format!("trap '' XFSZ; ulimit -S -f {blocks}; exec \"$@\"");
                program.under = ["sh", "-c", &limited, "sh"].map(str::to_owned).to_vec();
                ground.folder.join(format!("limited{round}.db"))
            }
        };
        program.database = format!("sqlite:{}", file.display());
        Ok(program)
    }

    fn enlarge(&self, server: &Server) -> Result<()> {
        match self {
            Room::Disk { folder, .. } => fs::remove_file(folder.join("ballast")).context("cannot remove the ballast"),
            Room::Limit => command::run(Command::new("prlimit").args(["--fsize=unlimited:", "--pid", &server.pid().to_string()])),
        }
    }

    fn described(&self) -> &'static str {
        match self {
            Room::Disk { .. } => "a disk that is full",
            Room::Limit => "a file that must not grow",
        }
    }
}

/// Sends orders until there is no room, and then some more.
fn fill(api: &Api, shop: &Shop, round: usize) -> Result<Ledger> {
    let mut sender = Sender::new(api, shop, round, 1);
    let mut connection = Connection::open(&api.address)?;
    let began = Instant::now();
    for _ in 0..REFUSALS {
        loop {
            ensure!(began.elapsed() < FULL_WITHIN, "it was not full within {FULL_WITHIN:?}");
            let orders = sender.next();
            match deliver(&mut connection, api, &orders)? {
                Heard::Taken => sender.ledger.acknowledged.extend(orders),
                // Refused means not kept, here: nothing went wrong after the commit.
                Heard::Refused => break,
                Heard::Nothing => bail!("a connection was closed without an answer"),
            }
        }
        sender.ledger.refused += 1;
    }
    fill_with_customers(&mut connection, api, began)?;
    api.get("/api/activities?limit=1").context("reading while there is no room")?;
    sender.ledger.check(api, shop).context("while there is no room")?;
    Ok(sender.ledger)
}

/// Where many orders find no room, one customer still may.
fn fill_with_customers(connection: &mut Connection, api: &Api, began: Instant) -> Result<()> {
    for number in 0.. {
        ensure!(began.elapsed() < FULL_WITHIN, "it was not full within {FULL_WITHIN:?}");
        let customer = json!({ "email": format!("late{number}@example.org") }).to_string();
        let answer = connection.exchange(&api.request("POST", "/api/customers", customer.as_bytes()))?;
        match answer.status {
            201 => {}
            503 => return check_refusal(&answer),
            status => bail!("a new customer got {status}: {}", String::from_utf8_lossy(answer.body)),
        }
    }
    Ok(())
}

/// Sends orders until they are taken again.
fn go_on(api: &Api, shop: &Shop, round: usize, ledger: &mut Ledger) -> Result<()> {
    let mut sender = Sender::new(api, shop, round, 3);
    let mut connection = Connection::open(&api.address)?;
    let began = Instant::now();
    let mut taken = 0;
    while taken < REFUSALS {
        let orders = sender.next();
        match deliver(&mut connection, api, &orders)? {
            Heard::Taken => {
                sender.ledger.acknowledged.extend(orders);
                taken += 1;
            }
            Heard::Refused => std::thread::sleep(PAUSE),
            Heard::Nothing => bail!("a connection was closed without an answer"),
        }
        ensure!(began.elapsed() < BACK_WITHIN, "nothing was taken within {BACK_WITHIN:?} after there was room");
    }
    ledger.add(sender.ledger);
    Ok(())
}

fn restart(server: Server) -> Result<Program> {
    let mut program = server.program.clone();
    server.end()?;
    program.under.clear();
    Ok(program)
}

/// SQLite's own look at every page of the file.
fn sound(program: &Program) -> Result<()> {
    let file = program.database.trim_start_matches("sqlite:");
    let check = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('pragma integrity_check').fetchone()[0])";
    let found = command::output(Command::new("python3").args(["-c", check, file]))?;
    ensure!(found.trim() == "ok", "the file is damaged: {found}");
    Ok(())
}
