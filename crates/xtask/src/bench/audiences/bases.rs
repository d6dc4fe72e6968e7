//! The databases that `regulars bench-data` filled: made once for each size, seed and shape of the tables, kept, and copied
//! before anything is done to them.

use super::Options;
use crate::command;
use crate::serving::{Kind, Program};
use crate::test_database::TestDatabase;
use anyhow::{Context, Result};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the rows follow from, beside the numbers of the command line.
const SOURCES: [&str; 5] = [
    "crates/store/migrations/checksums.txt",
    "crates/cli/src/bench_data.rs",
    "crates/cli/src/bench_data/activity.rs",
    "crates/cli/src/bench_data/person.rs",
    "crates/cli/src/demo/random.rs",
];
const COPY: &str = "audiences_copy";

pub struct Bases<'b> {
    options: &'b Options,
    postgres: &'b TestDatabase,
    /// Says whether rows that are kept are still those that would be made.
    fingerprint: String,
}

/// How much is in a base.
pub struct Size {
    pub customers: usize,
    pub activities: usize,
}

impl<'b> Bases<'b> {
    pub fn new(options: &'b Options, postgres: &'b TestDatabase) -> Result<Bases<'b>> {
        let mut hasher = DefaultHasher::new();
        for source in SOURCES {
            fs::read(options.root.join(source)).with_context(|| format!("cannot read {source}"))?.hash(&mut hasher);
        }
        Ok(Bases { options, postgres, fingerprint: format!("{:08x}", hasher.finish() >> 32) })
    }

    pub fn shop(&self) -> Size {
        Size { customers: self.options.customers, activities: self.options.activities }
    }

    /// The URL of a fresh copy; the copy before it is gone.
    pub fn copy(&self, kind: Kind, size: &Size) -> Result<String> {
        let base = self.base(kind, size)?;
        match kind {
            Kind::Sqlite => {
                for end in ["", "-wal", "-shm"] {
                    remove(&self.file(COPY, end))?;
                }
                fs::copy(self.file(&base, ""), self.copied_file()).context("cannot copy the base")?;
            }
            Kind::Postgres => {
                let again =
                    [format!("drop database if exists {COPY}"), format!("create database {COPY} template {base}"), "checkpoint".into()];
                self.postgres.query("postgres", &again.each_ref().map(String::as_str))?;
            }
        }
        command::run(&mut Command::new("sync"))?;
        Ok(self.url(kind, COPY))
    }

    pub fn copied_file(&self) -> PathBuf {
        self.file(COPY, "")
    }

    /// How to serve the copy.
    pub fn program(&self, kind: Kind) -> Result<Program> {
        Program::new(&self.options.program(), &self.url(kind, COPY), &self.options.folder)
    }

    /// Statistics of the copy as a database has them that has been running for a while. SQLite's are refreshed by the product.
    pub fn settle(&self, kind: Kind) -> Result<()> {
        match kind {
            Kind::Sqlite => Ok(()),
            Kind::Postgres => self.postgres.query(COPY, &["vacuum analyze", "checkpoint"]).map(drop),
        }
    }

    /// The columns of the one row that a statement gives on the copy.
    pub fn query(&self, kind: Kind, statement: &str) -> Result<Vec<f64>> {
        let told = match kind {
            Kind::Sqlite => {
                let mut script = Command::new("python3");
                script.arg(self.options.script("query.py")).arg(self.copied_file()).arg(statement);
                command::output(&mut script)?
            }
            Kind::Postgres => self.postgres.query(COPY, &[statement])?,
        };
        told.trim().split('|').map(|column| column.parse().with_context(|| format!("{statement}: {told}"))).collect()
    }

    /// The name of a filled database, made now if it is not there.
    fn base(&self, kind: Kind, size: &Size) -> Result<String> {
        let Size { customers, activities } = size;
        let name = format!("base_{customers}_{activities}_{}_{}", self.options.seed, self.fingerprint);
        if self.is_there(kind, &name)? {
            return Ok(name);
        }
        println!("filling {kind} with {customers} customers and {activities} activities");
        let part = "base_part";
        match kind {
            Kind::Sqlite => ["", "-wal", "-shm"].iter().try_for_each(|end| remove(&self.file(part, end)))?,
            Kind::Postgres => {
                drop(self.postgres.query("postgres", &[&format!("drop database if exists {part}"), &format!("create database {part}")])?)
            }
        }
        let mut fill = Command::new(self.options.program());
        fill.args(["bench-data", "--customers", &customers.to_string(), "--activities", &activities.to_string()]);
        command::run(fill.args(["--seed", &self.options.seed.to_string(), "--database", &self.url(kind, part)]))?;
        match kind {
            Kind::Sqlite => fs::rename(self.file(part, ""), self.file(&name, "")).context("cannot keep the base")?,
            Kind::Postgres => {
                self.postgres.query(part, &["vacuum analyze"])?;
                self.postgres.query("postgres", &[&format!("alter database {part} rename to {name}")])?;
            }
        }
        Ok(name)
    }

    fn is_there(&self, kind: Kind, name: &str) -> Result<bool> {
        match kind {
            Kind::Sqlite => Ok(self.file(name, "").exists()),
            Kind::Postgres => {
                let found = self.postgres.query("postgres", &[&format!("select 1 from pg_database where datname = '{name}'")])?;
                Ok(!found.trim().is_empty())
            }
        }
    }

    fn url(&self, kind: Kind, name: &str) -> String {
        match kind {
            Kind::Sqlite => format!("sqlite:{}", self.file(name, "").display()),
            Kind::Postgres => self.postgres.url(name),
        }
    }

    fn file(&self, name: &str, end: &str) -> PathBuf {
        self.options.folder.join(format!("{name}.db{end}"))
    }
}

fn remove(path: &Path) -> Result<()> {
    match path.exists() {
        true => fs::remove_file(path).with_context(|| format!("cannot remove {}", path.display())),
        false => Ok(()),
    }
}
