//! DuckDB on the same rows, by Python in a private environment.

use super::sheet::Peer;
use super::{NOW_S, Options};
use crate::command;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Exports the rows from a file of SQLite and asks DuckDB for the audiences.
pub fn duckdb(options: &Options, database: &Path) -> Result<Peer> {
    let python = environment(options)?;
    let rows = options.folder.join("rows");
    println!("exporting the rows, and asking DuckDB for the audiences");
    command::run(Command::new(&python).arg(options.script("export.py")).args([database, &rows]))?;
    let mut script = Command::new(&python);
    script.arg(options.script("duckdb_peer.py")).args([&rows, &options.script("duckdb.sql")]);
    let told = command::output(script.arg(format!("{NOW_S}000000")).arg(options.runs.to_string()))?;
    Peer::read(&serde_json::from_str(&told).with_context(|| format!("not JSON: {told}"))?)
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
