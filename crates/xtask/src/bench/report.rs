//! The page that says what was measured, where, and what of it is not as it was wanted.

use super::figures::Figures;
use super::machine;
use super::shop::{self, ACTIVITIES_EACH};
use crate::command;
use crate::test_database::DURABLE;
use anyhow::Result;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub const PATH: &str = "docs/benchmarks.md";

/// The machine as it was before the measurements.
pub struct Machine {
    pub described: String,
    pub load_before: f64,
}

impl Machine {
    pub fn look(folder: &Path) -> Result<Machine> {
        Ok(Machine { described: machine::describe(folder)?, load_before: machine::load()? })
    }
}

pub fn page(root: &Path, machine: &Machine, figures: &Figures, runs: usize, measured: Duration, customers: usize) -> Result<String> {
    let commit = command::output(&mut command::command(root, &["git", "describe", "--always", "--dirty"]))?;
    let now = shop::timestamp(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs());
    let missed = match figures.missed() {
        none if none.is_empty() => "Everything that was wanted was reached.".to_owned(),
        missed => format!("Not reached:\n\n- {}", missed.join("\n- ")),
    };
    let settings = DURABLE.replace("-c ", "").split_whitespace().collect::<Vec<_>>().join(", ");
    let notes: String = figures.notes.iter().map(|note| format!("- {note}\n")).collect();
    Ok(format!(
        "# Benchmarks

Written by `cargo xtask bench --write` on {date}, at {commit}. Median of {runs} runs, in brackets the lowest and the highest.

Machine: {machine}. Load average {before:.1} before and {after:.1} after the runs; the load generator, the databases and
`regulars` share these cores.

{tables}
{missed}

## What is measured

- The base: {customers} customers with {ACTIVITIES_EACH} activities each on average, spread over a year, made through the API. Each
  measurement starts on a fresh copy of it, and what was acknowledged is counted in the database afterwards.
- Ten live segments are kept up to date by every activity: counts and sums in windows of 1 to 365 days, an average, an
  attribute inside a window, what did *not* happen, a customer field, and segments that ask for other segments. Five rules
  look at every activity of their type; most act on a fraction of them, one of them by a mail in two hours.
- An activity is one of five types with one or two attributes. `{singles}`: {secs} s after a warm-up in which
  every customer did something once, so that the server remembers him, and of 2 s more. The requests are made beforehand, each connection has one request at a time, and each answer is checked.
- SQLite runs with `synchronous=full` in WAL mode. PostgreSQL runs on the same machine with {settings}.
- The hand-written peer on PostgreSQL ([bench/postgres_peer.sql](../bench/postgres_peer.sql)) is pgbench with 32 clients and
  one prepared statement that stores the activity, counts it and reads the customer's segments, on the same server. The peer
  on SQLite ([bench/sqlite_peer.py](../bench/sqlite_peer.py)) does the same in transactions of 1000. Both know no
  conditions, no rules and no HTTP: they say what the machine gave in these minutes.
- Membership is written in the transaction of the activity, so the time from the acknowledgement to the visible membership
  is zero by construction. The test: 1000 times an activity that puts its customer into a segment, then a read of that
  customer's segments on another connection as soon as the answer is there; how often the segment was missing is counted.
- Idle: memory and processor time of `regulars` over 30 s without requests, its worker running. PostgreSQL itself is not counted.
{notes}
## Again

`cargo xtask bench` prints this page, `--write` keeps it. `cargo xtask bench singles batches --database sqlite --runs 1
--seconds 5` measures a part of it.
",
        date = &now[..10],
        commit = commit.trim(),
        machine = machine.described,
        before = machine.load_before,
        after = machine::load()?,
        tables = figures.tables(),
        singles = super::SINGLES,
        secs = measured.as_secs(),
    ))
}
