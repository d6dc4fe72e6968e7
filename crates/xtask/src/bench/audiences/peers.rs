//! Others who answer the same questions about the same rows: DuckDB and polars, by Python in a private environment, and the
//! sketch of an index in columns.

use super::{NOW_S, Options};
use crate::bench::figures::{median, min, number};
use crate::{command, repository};
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What one of them found out.
pub struct Peer {
    pub name: &'static str,
    /// Which one it was, and what else there is to know of it.
    pub told: String,
    /// Counts and milliseconds by audience.
    audiences: BTreeMap<String, (i64, Vec<f64>)>,
}

/// Exports the rows from a file of SQLite and asks everybody who can be had; of the others it says why not.
pub fn ask(options: &Options, database: &Path, note: &mut impl FnMut(String)) -> Result<Vec<Peer>> {
    println!("exporting the rows, and asking DuckDB, polars and the sketch");
    let rows = options.folder.join("rows");
    command::run(Command::new("python3").arg(options.script("export.py")).args([database, &rows]))?;
    let mut peers = Vec::new();
    for (name, ask) in [("DuckDB", duckdb as fn(&Options, &Path) -> Result<Value>), ("polars", polars), ("sketch", sketch)] {
        match ask(options, &rows).and_then(|told| Peer::read(name, &told)) {
            Ok(peer) => peers.push(peer),
            Err(error) => note(format!("**{name} was not measured**: {error:#}.")),
        }
    }
    Ok(peers)
}

fn duckdb(options: &Options, rows: &Path) -> Result<Value> {
    let mut script = Command::new(environment(options)?);
    answers(script.arg(options.script("duckdb_peer.py")).args([rows, &options.script("duckdb.sql")]), options)
}

fn polars(options: &Options, rows: &Path) -> Result<Value> {
    let mut script = Command::new(environment(options)?);
    answers(script.arg(options.script("polars_peer.py")).arg(rows), options)
}

fn sketch(options: &Options, rows: &Path) -> Result<Value> {
    let target = repository::target()?.join("columnar");
    let mut build = command::command(&options.root.join("bench/columnar"), &["cargo", "build", "--release", "--locked", "--quiet"]);
    command::run(build.arg("--target-dir").arg(&target))?;
    answers(Command::new(target.join("release/columnar")).arg(rows), options)
}

fn answers(program: &mut Command, options: &Options) -> Result<Value> {
    let told = command::output(program.arg(format!("{NOW_S}000000")).arg(options.runs.to_string()))?;
    serde_json::from_str(&told).with_context(|| format!("not JSON: {told}"))
}

/// The interpreter of an environment that has what the scripts need.
fn environment(options: &Options) -> Result<PathBuf> {
    let folder = options.folder.join("python");
    let python = folder.join("bin/python");
    if !python.exists() {
        command::run(Command::new("python3").args(["-m", "venv"]).arg(&folder)).context("Python cannot make an environment")?;
    }
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
    command::run(install.arg(options.script("requirements.txt"))).context("the packages of Python cannot be had")?;
    Ok(python)
}

impl Peer {
    pub fn read(name: &'static str, told: &Value) -> Result<Peer> {
        let audiences = told["audiences"].as_object().context("no audiences")?.iter().map(|(audience, one)| {
            let count = one["count"].as_i64().with_context(|| format!("{audience} without a count"))?;
            Ok((audience.clone(), (count, serde_json::from_value(one["ms"].clone())?)))
        });
        let version = told["version"].as_str().context("no version")?;
        let load_s = told["loadS"].as_f64().context("no time of loading")?;
        let mut about = format!("{name} ({version}) loaded the exported rows in {load_s:.1} s");
        if let (Some(bytes), Some(append_ns)) = (told["bytesPerActivity"].as_f64(), told["appendNs"].as_f64()) {
            write!(about, "; it takes {bytes:.1} MB of memory for a million activities, and one more activity takes it {append_ns:.0} ns")?;
        }
        Ok(Peer { name, told: about, audiences: audiences.collect::<Result<_>>()? })
    }

    pub fn counts(&self) -> impl Iterator<Item = (&str, i64)> {
        self.audiences.iter().map(|(audience, (count, _))| (audience.as_str(), *count))
    }

    pub fn ms(&self, audience: &str) -> &[f64] {
        self.audiences.get(audience).map_or(&[], |(_, ms)| ms)
    }
}

/// Markdown: the milliseconds of each audience by each of them, and of all audiences.
pub fn table(peers: &[Peer], audiences: &[&str]) -> String {
    let cells = |cells: &mut dyn Iterator<Item = String>| cells.collect::<Vec<_>>().join(" | ");
    let mut out =
        format!("| audience | {} |\n|---|{}\n", cells(&mut peers.iter().map(|peer| peer.name.to_owned())), "---:|".repeat(peers.len()));
    for audience in audiences {
        let times = peers.iter().map(|peer| format!("**{}** {}", number(min(peer.ms(audience))), number(median(peer.ms(audience)))));
        out += &format!("| {audience} | {} |\n", cells(&mut times.into_iter()));
    }
    let totals = peers.iter().map(|peer| number(audiences.iter().map(|audience| min(peer.ms(audience))).sum()));
    out + &format!("| all, by their minima | {} |\n", cells(&mut totals.into_iter()))
}
