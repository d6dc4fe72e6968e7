//! The two pages: what was measured of the audiences, and how the databases go about them.

use super::sheet::Sheet;
use super::{Findings, NOW_S, Options, ingest, peers};
use crate::bench::report::Machine;
use crate::bench::{machine, shop};
use crate::command;
use crate::test_database::DURABLE;
use anyhow::{Context, Result};
use serde_json::Value;
use std::fmt::Write;
use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

pub fn audiences(options: &Options, machine: &Machine, findings: &Findings) -> Result<String> {
    let Options { customers, activities, runs, .. } = options;
    let duckdb = findings.peers.iter().find(|peer| peer.name == "DuckDB");
    let table = |sheet: &Sheet| format!("## {}\n\n{}\n", sheet.kind, sheet.table(*customers, duckdb));
    let mut tables: String = findings.sheets.iter().map(table).collect();
    if let (Some(sheet), false) = (findings.sheets.first(), findings.peers.is_empty()) {
        let names: Vec<&str> = sheet.rows.iter().map(|row| row.name.as_str()).collect();
        tables += &format!("## Peers\n\n{}\n", peers::table(&findings.peers, &names));
    }
    let told: String = findings.peers.iter().map(|peer| format!("- {}.\n", peer.told)).collect();
    let notes: String = findings.figures.notes.iter().map(|note| format!("- {note}\n")).collect();
    Ok(format!(
        "# Audiences

Written by `cargo xtask bench audiences --write` on {written}. {customers} customers with {activities} activities of twelve
types over three years, by `regulars bench-data --seed {seed}`. Milliseconds: **the shortest** and the median of {runs} runs,
after one that warms up.

Machine: {described}. Load average {before:.1} before and {after:.1} after the runs; databases, `regulars` and whoever
measures share these cores.

{tables}## Live

{figures}
{missed}
## What is measured

- The conditions stand in [bench/audiences/audiences.json](../bench/audiences/audiences.json), beside the statements written by
  hand for SQLite, PostgreSQL and DuckDB. The plans of the rendered ones stand on [a page of their own](plans.md).
- The clock of the measuring server stands at {now}, when the story of the rows ends.
- *Preview* is what somebody waits for who builds the audience: the request over HTTP, with the count, the count of each
  leaf, and ten customers. *Rendered* is the statement of the condition that counts, *by hand* the best one that we know to
  write, both on the same connection; the rendered one may take 1.2 times as long. They take turns at who goes first, and
  PostgreSQL plans both each time: it would keep the plan of a statement without bound values, as those by hand are.
- *Peers* read the rows that were exported from SQLite after the rebuilds. DuckDB keeps them in a file of its own, polars in
  memory, by type. The sketch is an index in columns that is no part of the product ([decision
  11](decisions/0011-columnar-facts.md)).
- All counts are equal: preview, rendered, written by hand and the members of the rebuilt segment on each database, and
  all peers. Otherwise the run fails.
- *Rebuild* is the time from the request that makes the segment until its members count, by the job; *sweep* tells who
  entered, after that.
- One customer: a snapshot of his own, all that the twelve conditions need read from the database, all of them evaluated,
  and the next instant at which time changes one.
- {segments} live segments: counts in windows of 7 to 365 days of eight types, sums, averages, attributes, what did not
  happen, fields, and segments over segments. Every customer did something once before it begins.
- Flips: {flips} customers did something once and leave a segment a day later, spread evenly over one minute, while requests with 100
  other activities follow one another. The size of the segment, asked for over HTTP, says which flip is the first that is not done, and the
  clock how late that one is.
- SQLite runs with `synchronous=full` in WAL mode, PostgreSQL on the same machine with {settings}.
{told}{notes}
## Again

`cargo xtask bench audiences` prints this page, `--write` keeps it and the plans. `--customers N --activities N` measures another
size, `--database sqlite previews` a part of it. Filled databases are kept: those of SQLite in `target/bench`, PostgreSQL's in
`regulars-bench-postgres` below the folder for temporary files.
",
        written = written(options)?,
        seed = options.seed,
        described = machine.described,
        before = machine.load_before,
        after = machine::load()?,
        figures = findings.figures.tables(),
        missed = missed(findings),
        now = shop::timestamp(NOW_S),
        segments = ingest::SEGMENTS,
        flips = options.flips,
        settings = DURABLE.replace("-c ", "").split_whitespace().collect::<Vec<_>>().join(", "),
    ))
}

fn missed(findings: &Findings) -> String {
    let slow: Vec<String> = findings.sheets.iter().flat_map(Sheet::slow).collect();
    let missed: Vec<String> = slow.into_iter().chain(findings.figures.missed()).map(|line| format!("- {line}\n")).collect();
    match missed.is_empty() {
        true => "Everything that was wanted was reached.\n".to_owned(),
        false => format!("Not reached:\n\n{}", missed.concat()),
    }
}

pub fn plans(options: &Options, findings: &Findings) -> Result<String> {
    let audiences: Vec<Value> = serde_json::from_str(&fs::read_to_string(options.script("audiences.json"))?)?;
    let mut out = format!(
        "# Plans of the audiences

Written by `cargo xtask bench audiences --write` on {}, for {} customers and {} activities: how the databases go about the
statements that are rendered for the conditions of [bench/audiences/audiences.json](../bench/audiences/audiences.json).
",
        written(options)?,
        options.customers,
        options.activities
    );
    for audience in &audiences {
        let name = audience["name"].as_str().context("an audience without a name")?;
        let title = audience["title"].as_str().with_context(|| format!("{name} without a title"))?;
        write!(out, "\n## {name}\n\n{}.\n", capitalised(title))?;
        for sheet in &findings.sheets {
            for row in sheet.rows.iter().filter(|row| row.name == name) {
                write!(out, "\n{}:\n\n```text\n{}\n```\n", sheet.kind, row.plan)?;
            }
        }
    }
    Ok(out)
}

fn written(options: &Options) -> Result<String> {
    let commit = command::output(&mut command::command(&options.root, &["git", "describe", "--always", "--dirty"]))?;
    let now = shop::timestamp(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs());
    Ok(format!("{}, at {}", &now[..10], commit.trim()))
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
