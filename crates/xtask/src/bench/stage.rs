//! The databases that are measured on: the shop is made once, and each measurement gets a copy of it, so that no run works
//! on what the one before left behind.

use super::shop;
use crate::command;
use crate::serving::{Kind, Program, Server};
use crate::test_database::TestDatabase;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The shop on one database, made and at rest.
pub struct Stage<'a> {
    pub kind: Kind,
    pub customers: Vec<i64>,
    pub key: String,
    binary: PathBuf,
    folder: &'a Path,
    postgres: &'a TestDatabase,
}

impl<'a> Stage<'a> {
    /// Makes the shop through the API.
    pub fn build(kind: Kind, binary: &Path, folder: &'a Path, postgres: &'a TestDatabase, customers: usize) -> Result<Stage<'a>> {
        let mut stage = Stage { kind, customers: Vec::new(), key: String::new(), binary: binary.to_owned(), folder, postgres };
        if kind == Kind::Postgres {
            postgres.query("postgres", &["create database shop"])?;
        }
        let program = stage.program("shop")?;
        stage.key = program.key()?;
        let server = program.start()?;
        let api = server.api(&stage.key);
        stage.customers = shop::fill(&api, customers).with_context(|| program.last_words())?;
        shop::define(&api)?;
        server.end()?;
        if kind == Kind::Postgres {
            postgres.query("shop", &["vacuum analyze"])?;
        }
        Ok(stage)
    }

    /// A server on a fresh copy of the shop, with everything on the disk that was written before.
    pub fn open(&self) -> Result<Server> {
        match self.kind {
            Kind::Sqlite => {
                for end in ["", "-wal", "-shm"] {
                    let copy = self.file("copy", end);
                    fs::remove_file(&copy).or_else(|error| if copy.exists() { Err(error) } else { Ok(()) })?;
                }
                fs::copy(self.file("shop", ""), self.file("copy", "")).context("cannot copy the shop")?;
            }
            Kind::Postgres => {
                let again = ["drop database if exists copy", "create database copy template shop", "checkpoint"];
                self.postgres.query("postgres", &again)?;
            }
        }
        command::run(&mut Command::new("sync"))?;
        self.program("copy")?.start()
    }

    /// Opens what is not there yet: the first start of all.
    pub fn open_empty(&self) -> Result<Server> {
        let name = format!("empty{}", fs::read_dir(self.folder)?.count());
        if self.kind == Kind::Postgres {
            // The folder tells the names apart, so something has to stand in it.
            fs::write(self.folder.join(&name), "")?;
            self.postgres.query("postgres", &[&format!("create database {name}")])?;
        }
        self.program(&name)?.start()
    }

    fn program(&self, name: &str) -> Result<Program> {
        let url = match self.kind {
            Kind::Sqlite => format!("sqlite:{}", self.file(name, "").display()),
            Kind::Postgres => self.postgres.url(name),
        };
        Program::new(&self.binary, &url, self.folder)
    }

    fn file(&self, name: &str, end: &str) -> PathBuf {
        self.folder.join(format!("{name}.db{end}"))
    }
}
