//! `cargo xtask bench merges`: pairs of customers merged and all merges undone, on both databases; every table must then
//! hold what it held before, byte by byte.

use crate::scratch::Scratch;
use crate::serving::Kind;
use crate::test_database::TestDatabase;
use crate::{command, repository};
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::path::PathBuf;

const USAGE: &str = "bench merges takes --pairs N, --database sqlite|postgres, and --program FILE for the example `merges`, built already";
const PAIRS: usize = 10_000;

pub fn run(arguments: &[String]) -> Result<()> {
    let (mut pairs, mut databases, mut program) = (PAIRS, vec![Kind::Sqlite, Kind::Postgres], None);
    let mut words = arguments.iter().map(String::as_str);
    while let Some(word) = words.next() {
        let mut value = || words.next().with_context(|| format!("{word} needs a value; {USAGE}"));
        match word {
            "--pairs" => pairs = value()?.parse()?,
            "--database" => databases = vec![Kind::parse(value()?)?],
            "--program" => program = Some(PathBuf::from(value()?)),
            _ => bail!("{USAGE}"),
        }
    }
    let root = repository::root()?;
    let program = match program {
        Some(program) => program,
        None => {
            let build = ["cargo", "build", "--release", "--locked", "--package", "testkit", "--example", "merges"];
            command::run(&mut command::command(&root, &build))?;
            repository::target()?.join("release").join("examples").join("merges")
        }
    };
    let scratch = Scratch::new("bench-merges")?;
    for kind in databases {
        let postgres = if kind == Kind::Postgres { Some(TestDatabase::start_durable()?) } else { None };
        let url = match &postgres {
            Some(postgres) => postgres.url("postgres"),
            None => format!("sqlite:{}", scratch.path.join("merges.db").display()),
        };
        let output = std::process::Command::new(&program).args([&url, &pairs.to_string()]).output().context("cannot start the example")?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let told: Value = serde_json::from_slice(&output.stdout)?;
        let rate = |name: &str| told[name].as_f64().unwrap_or_default();
        println!(
            "{kind}: {pairs} merges, {:.0}/s; {pairs} undos, {:.0}/s; {} conflicts, {} rows differ in {} tables",
            rate("mergesPerSecond"),
            rate("undosPerSecond"),
            told["conflicts"],
            told["differences"],
            told["tables"],
        );
        ensure!(told["conflicts"] == 0 && told["differences"] == 0, "{kind} does not hold what it held before");
    }
    Ok(())
}
