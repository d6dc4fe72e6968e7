//! What one would write by hand, measured on the same machine in the same minutes: it says how fast the machine was.

use super::load::WARM_UP;
use super::shop::ACTIVITIES_EACH;
use crate::command;
use crate::test_database::TestDatabase;
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const DATABASE: &str = "peer";

/// Activities per second of one hand-written statement of PostgreSQL, from 32 clients, each one durable.
pub fn postgres(root: &Path, server: &TestDatabase, customers: usize, measured: Duration) -> Result<f64> {
    let again = [format!("drop database if exists {DATABASE}"), format!("create database {DATABASE}")];
    server.query("postgres", &again.each_ref().map(String::as_str))?;
    let mut tables = server.program("psql");
    tables.args(["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", DATABASE]);
    tables.args(["--set", &format!("customers={customers}"), "--set", &format!("activities_each={ACTIVITIES_EACH}")]);
    command::run(tables.arg("--file").arg(root.join("bench/postgres_tables.sql")))?;
    server.query(DATABASE, &["checkpoint"])?;
    pgbench(root, server, customers, WARM_UP)?;
    pgbench(root, server, customers, measured)
}

fn pgbench(root: &Path, server: &TestDatabase, customers: usize, time: Duration) -> Result<f64> {
    let mut pgbench = server.program("pgbench");
    pgbench.args(["--no-vacuum", "--protocol", "prepared", "--client", "32", "--jobs", "2"]);
    pgbench.args(["--time", &time.as_secs().to_string(), "--define", &format!("customers={customers}")]);
    let told = command::output(pgbench.arg("--file").arg(root.join("bench/postgres_peer.sql")).arg(DATABASE))?;
    let rate = told.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    rate.with_context(|| format!("pgbench gives no rate:\n{told}"))
}

/// The version of SQLite, and the activities per second of hand-written transactions of 1000, each one durable.
pub fn sqlite(root: &Path, folder: &Path, customers: usize, measured: Duration) -> Result<(String, f64)> {
    let folder = folder.join(DATABASE);
    fs::create_dir(&folder)?;
    let mut script = Command::new("python3");
    script.arg(root.join("bench/sqlite_peer.py")).arg(folder.join("peer.db"));
    script.args([customers.to_string(), ACTIVITIES_EACH.to_string(), measured.as_secs().to_string()]);
    let told = command::output(&mut script)?;
    fs::remove_dir_all(folder)?;
    let (version, rate) = told.trim().split_once(' ').with_context(|| format!("no rate: {told}"))?;
    Ok((version.to_owned(), rate.parse()?))
}
