//! A `regulars serve` that we start, watch and end as we like: in order, or as a crash does. It ends when we do.

use crate::client::{Api, Connection};
use crate::{command, test_database};
use anyhow::{Context, Result, bail, ensure};
use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

const READY_WITHIN: Duration = Duration::from_secs(60);
const ENDED_WITHIN: Duration = Duration::from_secs(40);
const LOOK_EVERY: Duration = Duration::from_millis(1);
const LOG_LINES_SHOWN: usize = 30;

/// Which database it keeps its rows in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Sqlite,
    Postgres,
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str(match self {
            Kind::Sqlite => "SQLite",
            Kind::Postgres => "PostgreSQL",
        })
    }
}

impl Kind {
    pub fn parse(name: &str) -> Result<Kind> {
        match name {
            "sqlite" => Ok(Kind::Sqlite),
            "postgres" => Ok(Kind::Postgres),
            _ => bail!("{name} is neither sqlite nor postgres"),
        }
    }
}

/// How to start it; may be used again and again.
#[derive(Clone)]
pub struct Program {
    pub binary: PathBuf,
    pub database: String,
    pub address: String,
    /// Everything it writes, start after start.
    pub log: PathBuf,
    /// A command line that starts it under other circumstances than ours.
    pub under: Vec<String>,
    /// Settings as environment variables.
    pub settings: Vec<(&'static str, String)>,
}

pub struct Server {
    pub program: Program,
    /// From the start of the process until it said that it is ready.
    pub ready_after: Duration,
    child: Child,
}

impl Program {
    pub fn new(binary: &Path, database: &str, folder: &Path) -> Result<Program> {
        Ok(Program {
            binary: binary.to_owned(),
            database: database.to_owned(),
            address: format!("127.0.0.1:{}", test_database::free_port()?),
            log: folder.join("regulars.log"),
            under: Vec::new(),
            settings: Vec::new(),
        })
    }

    /// A key that may do everything. Made before anything is served, so it also makes the tables.
    pub fn key(&self) -> Result<String> {
        let mut command = Command::new(&self.binary);
        command.args(["key", "add", "xtask", "--scope", "all", "--database", &self.database]).envs(self.settings.iter().cloned());
        command.stdin(Stdio::null());
        Ok(command::output(&mut command)?.trim().to_owned())
    }

    /// Starts it and waits until it is ready.
    pub fn start(&self) -> Result<Server> {
        let began = Instant::now();
        let mut server = Server { child: self.spawn()?, ready_after: Duration::ZERO, program: self.clone() };
        while !is_ready(&self.address) {
            if let Some(status) = server.child.try_wait()? {
                bail!("regulars ended with {status} before it was ready:\n{}", self.last_words());
            }
            ensure!(began.elapsed() < READY_WITHIN, "regulars was not ready within {READY_WITHIN:?}:\n{}", self.last_words());
            std::thread::sleep(LOOK_EVERY);
        }
        server.ready_after = began.elapsed();
        Ok(server)
    }

    /// Starts it where it cannot run; gives its status and what it said.
    pub fn fail(&self) -> Result<(ExitStatus, String)> {
        std::fs::remove_file(&self.log).or_else(|error| if self.log.exists() { Err(error) } else { Ok(()) })?;
        let mut child = self.spawn()?;
        match wait(&mut child)? {
            Some(status) => Ok((status, self.last_words())),
            None => {
                child.kill().context("cannot end regulars")?;
                child.wait()?;
                bail!("regulars runs, though it should not:\n{}", self.last_words())
            }
        }
    }

    fn spawn(&self) -> Result<Child> {
        let log = File::options().create(true).append(true).open(&self.log).context("cannot write the log")?;
        // The kernel ends it when this process is gone, however that happens.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]).args(&self.under).arg(&self.binary);
        command.args(["serve", "--database", &self.database, "--listen", &self.address]).envs(self.settings.iter().cloned());
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        command.spawn().context("cannot start setpriv")
    }

    /// The end of the log, without colours.
    pub fn last_words(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_else(|error| format!("(its log cannot be read: {error})"));
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(LOG_LINES_SHOWN)..].join("\n")
    }
}

impl Server {
    pub fn api(&self, key: &str) -> Api {
        Api::new(&self.program.address, key)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn is_running(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Ends it at once, in the middle of whatever it does.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill().context("cannot kill regulars")?;
        self.child.wait().context("cannot wait for regulars")?;
        Ok(())
    }

    /// Asks it to end, and returns at once.
    pub fn terminate(&self) -> Result<()> {
        command::run(Command::new("kill").args(["-TERM", &self.pid().to_string()]))
    }

    /// Waits for the end that was asked for.
    pub fn ended(mut self) -> Result<ExitStatus> {
        match wait(&mut self.child)? {
            Some(status) => Ok(status),
            None => bail!("regulars did not end within {ENDED_WITHIN:?}:\n{}", self.program.last_words()),
        }
    }

    /// Ends it in order.
    pub fn end(self) -> Result<()> {
        self.terminate()?;
        let program = self.program.clone();
        let status = self.ended()?;
        ensure!(status.success(), "regulars ended with {status}:\n{}", program.last_words());
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already, which is as good.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn wait(child: &mut Child) -> Result<Option<ExitStatus>> {
    let began = Instant::now();
    while began.elapsed() < ENDED_WITHIN {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        std::thread::sleep(LOOK_EVERY);
    }
    Ok(None)
}

/// Whether `/readyz` says 200. Nobody listening yet is no error here.
pub fn is_ready(address: &str) -> bool {
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\n\r\n");
    let ask = || Connection::open(address)?.exchange(request.as_bytes()).map(|answer| answer.status);
    ask().is_ok_and(|status| status == 200)
}
