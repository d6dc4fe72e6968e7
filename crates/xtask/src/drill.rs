//! `cargo xtask drill`: what goes wrong in operation, done on purpose to the real program: killed, told to stop, its
//! database away, full, read-only or from the future. Each drill says in one line what it saw.

mod crash;
mod drain;
mod full;
mod ground;
mod input;
mod ledger;
mod mail;
mod race;
mod refusal;
mod restart;

use crate::repository;
use crate::scratch::Scratch;
use crate::serving::Kind;
use crate::test_database::TestDatabase;
use anyhow::{Context, Result, anyhow, bail, ensure};
use ground::Ground;
use std::path::PathBuf;
use std::time::Instant;

const USAGE: &str = "drill takes --rounds N, --mails N, --only NAME, --database sqlite|postgres, --release, --binary FILE";
const ROUNDS: usize = 20;
/// Mails that go out in the mail drill; in a check, fewer.
const MAILS: usize = 10_000;
const MAILS_BRIEFLY: usize = 300;

type Run = fn(&mut Ground) -> Result<String>;

struct Drill {
    name: &'static str,
    on: &'static [Kind],
    run: Run,
}

const BOTH: &[Kind] = &[Kind::Sqlite, Kind::Postgres];

const DRILLS: [Drill; 8] = [
    Drill { name: "crash", on: BOTH, run: crash::run },
    Drill { name: "restart", on: &[Kind::Postgres], run: restart::run },
    Drill { name: "full", on: &[Kind::Sqlite], run: full::run },
    Drill { name: "race", on: BOTH, run: race::run },
    Drill { name: "drain", on: BOTH, run: drain::run },
    Drill { name: "mail", on: BOTH, run: mail::run },
    Drill { name: "input", on: BOTH, run: input::run },
    Drill { name: "refusal", on: BOTH, run: refusal::run },
];

/// What was asked for on the command line.
struct Plan {
    rounds: usize,
    mails: usize,
    only: Vec<String>,
    databases: Vec<Kind>,
    binary: PathBuf,
}

pub fn run(arguments: &[String]) -> Result<()> {
    Plan::of(arguments)?.carry_out()
}

/// Few rounds, on the program that the other steps of a check have built.
pub fn run_briefly(rounds: usize) -> Result<()> {
    let binary = repository::development_binary()?;
    Plan { rounds, mails: MAILS_BRIEFLY, only: Vec::new(), databases: BOTH.to_vec(), binary }.carry_out()
}

impl Plan {
    fn of(arguments: &[String]) -> Result<Plan> {
        let binary = repository::development_binary()?;
        let mut plan = Plan { rounds: ROUNDS, mails: MAILS, only: Vec::new(), databases: BOTH.to_vec(), binary };
        let mut words = arguments.iter().map(String::as_str);
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("{word} needs a value; {USAGE}"));
            match word {
                "--rounds" => plan.rounds = value()?.parse()?,
                "--mails" => plan.mails = value()?.parse()?,
                "--only" => plan.only.push(value()?.to_owned()),
                "--database" => plan.databases = vec![Kind::parse(value()?)?],
                "--release" => plan.binary = repository::target()?.join("release").join("regulars"),
                "--binary" => plan.binary = PathBuf::from(value()?),
                _ => bail!("{USAGE}"),
            }
        }
        let names = DRILLS.map(|drill| drill.name);
        if let Some(unknown) = plan.only.iter().find(|name| !names.contains(&name.as_str())) {
            bail!("there is no drill {unknown:?}; there are: {}", names.join(", "));
        }
        Ok(plan)
    }

    /// Side by side on each database: most of the time goes by with waiting.
    fn carry_out(&self) -> Result<()> {
        ensure!(self.binary.exists(), "{} has not been built", self.binary.display());
        let scratch = Scratch::new("drill")?;
        let outcomes: Vec<Result<Vec<String>>> = std::thread::scope(|scope| {
            let running: Vec<_> = self.databases.iter().map(|kind| scope.spawn(|| self.carry_out_on(*kind, &scratch))).collect();
            running.into_iter().map(|one| one.join().map_err(|_| anyhow!("a drill panicked"))?).collect()
        });
        let failed = outcomes.into_iter().collect::<Result<Vec<_>>>()?.concat();
        ensure!(failed.is_empty(), "{} failed", failed.join(", "));
        Ok(())
    }

    /// One drill after the other; gives those that failed.
    fn carry_out_on(&self, kind: Kind, scratch: &Scratch) -> Result<Vec<String>> {
        // Durable: a crash of the database is part of it.
        let mut postgres = TestDatabase::start_durable()?;
        let mut failed = Vec::new();
        let is_wanted =
            |drill: &&Drill| drill.on.contains(&kind) && (self.only.is_empty() || self.only.iter().any(|name| name == drill.name));
        for drill in DRILLS.iter().filter(is_wanted) {
            let name = format!("{}_{kind}", drill.name).to_lowercase();
            let folder = scratch.path.join(&name);
            std::fs::create_dir(&folder)?;
            let began = Instant::now();
            let mut ground =
                Ground { kind, rounds: self.rounds, mails: self.mails, binary: &self.binary, folder, name, postgres: &mut postgres };
            let outcome = (drill.run)(&mut ground);
            let took = began.elapsed().as_secs_f64();
            match outcome {
                Ok(saw) => println!("{} on {kind} ({took:.1} s): {saw}", drill.name),
                Err(error) => {
                    println!("{} on {kind} ({took:.1} s): FAILED: {error:#}", drill.name);
                    failed.push(format!("{} on {kind}", drill.name));
                }
            }
        }
        Ok(failed)
    }
}
