//! Everything a change has to pass, cheapest first: it stops at the first step that fails, because what comes after is
//! slow and often fails for the same reason.

use crate::test_database::TestDatabase;
use crate::{browser, command, drill, generate, programs, repository, tidy};
use anyhow::{Result, anyhow, bail, ensure};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

type Step = (&'static str, fn(&Check) -> Result<()>);

/// The binary embeds the web app, so that is built before any Rust of ours. Tests and binary are one build.
const STEPS: [Step; 18] = [
    ("programs", |_| programs::provide()),
    ("format", |check| check.run(&["cargo", "fmt", "--all", "--check"])),
    ("tidy", |_| tidy::run()),
    ("ui packages", |check| check.npm(&["install", "--no-audit", "--no-fund"])),
    ("ui lint", |check| check.npm(&["run", "lint"])),
    ("ui types", |check| check.npm(&["run", "typecheck"])),
    ("ui tests", |check| check.npm(&["run", "test"])),
    ("ui build", |check| check.npm(&["run", "build"])),
    ("licences and sources", deny),
    ("build", |check| check.run(&["cargo", "build", "--workspace", "--bins", "--tests", "--locked"])),
    ("generated files", |_| generate::compare()),
    ("clippy", |check| check.run(&["cargo", "clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])),
    ("drills", |_| drill::run_briefly(DRILL_ROUNDS)),
    ("browser tests on PostgreSQL", |_| browser::run_smoke()),
    ("documentation", documentation),
    ("tests", tests),
    ("documentation tests", |check| check.run(&["cargo", "test", "--workspace", "--doc", "--locked"])),
    ("browser tests", |_| browser::run()),
];

/// What is done beside another step that leaves a core free now and then.
const ASIDE: [(&str, &str); 6] = [
    ("ui lint", "clippy"),
    ("ui types", "clippy"),
    ("ui tests", "clippy"),
    ("drills", "clippy"),
    ("browser tests on PostgreSQL", "clippy"),
    ("documentation", "tests"),
];

/// Enough to see that a drill works; by hand it is done with more.
const DRILL_ROUNDS: usize = 3;

struct Check {
    root: PathBuf,
    /// Nothing was built yet that a next build could go on from.
    is_fresh: bool,
    /// What commands print, where that is shown later.
    kept: Option<Mutex<Vec<u8>>>,
}

struct Outcome {
    name: &'static str,
    passed: bool,
    took: Duration,
}

/// Tells whether every step passed. Why one failed has been said by then, and the last line is the count.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    let keep_going = arguments.iter().any(|argument| argument == "--keep-going");
    let names: Vec<&str> = arguments.iter().map(String::as_str).filter(|argument| *argument != "--keep-going").collect();
    if let Some(unknown) = names.iter().find(|name| !STEPS.iter().any(|(step, _)| step == *name)) {
        bail!("there is no step {unknown:?}; there are: {}", STEPS.map(|(name, _)| name).join(", "));
    }
    let chosen: Vec<Step> = STEPS.into_iter().filter(|(name, _)| names.is_empty() || names.contains(name)).collect();
    let check = Check { root: repository::root()?, is_fresh: is_fresh()?, kept: None };

    let mut outcomes = Vec::new();
    let is_chosen = |wanted: &str| chosen.iter().any(|(name, _)| *name == wanted);
    let beside = |name: &str| ASIDE.iter().find(|(aside, main)| *aside == name && is_chosen(main)).map(|(_, main)| *main);
    for (name, step) in chosen.iter().filter(|(name, _)| beside(name).is_none()) {
        let others: Vec<Step> = chosen.iter().filter(|(other, _)| beside(other) == Some(*name)).copied().collect();
        outcomes.extend(check.take_with((name, *step), &others)?);
        if !keep_going && outcomes.iter().any(|outcome| !outcome.passed) {
            break;
        }
    }
    Ok(summarise(&outcomes, chosen.len()))
}

impl Check {
    fn take(&self, name: &'static str, step: fn(&Check) -> Result<()>) -> Outcome {
        self.say(&format!("\n== {name}"));
        let began = Instant::now();
        let result = step(self);
        let took = began.elapsed();
        match &result {
            Ok(()) => self.say(&format!("== {name}: passed in {:.1} s", took.as_secs_f64())),
            Err(error) => self.say(&format!("== {name}: FAILED in {:.1} s: {error:#}", took.as_secs_f64())),
        }
        Outcome { name, passed: result.is_ok(), took }
    }

    /// A step in the open, and others beside it whose output follows when all are done.
    fn take_with(&self, (name, step): Step, aside: &[Step]) -> Result<Vec<Outcome>> {
        let beside = Check { root: self.root.clone(), is_fresh: self.is_fresh, kept: Some(Mutex::default()) };
        let (first, others) = std::thread::scope(|scope| {
            let others = scope.spawn(|| aside.iter().map(|(name, step)| beside.take(name, *step)).collect::<Vec<_>>());
            (self.take(name, step), others.join())
        });
        let printed = beside.kept.map(Mutex::into_inner).transpose().unwrap_or_else(|poisoned| Some(poisoned.into_inner()));
        std::io::stdout().write_all(&printed.unwrap_or_default())?;
        let others = others.map_err(|_| anyhow!("a step beside {name} broke off"))?;
        Ok(std::iter::once(first).chain(others).collect())
    }

    fn run(&self, words: &[&str]) -> Result<()> {
        self.obey(&mut self.command(words))
    }

    /// Where everything is built for the first time, what a next build could go on from is not kept: that takes a third more.
    fn command(&self, words: &[&str]) -> Command {
        let mut command = command::command(&self.root, words);
        if self.is_fresh {
            command.env("CARGO_INCREMENTAL", "0");
        }
        command
    }

    fn obey(&self, command: &mut Command) -> Result<()> {
        let Some(kept) = &self.kept else { return command::run(command) };
        let (printed, result) = command::run_quietly(command)?;
        kept.lock().unwrap_or_else(PoisonError::into_inner).extend(printed);
        result
    }

    fn say(&self, line: &str) {
        match &self.kept {
            Some(kept) => kept.lock().unwrap_or_else(PoisonError::into_inner).extend(format!("{line}\n").into_bytes()),
            None => println!("{line}"),
        }
    }

    fn npm(&self, words: &[&str]) -> Result<()> {
        let ui = self.root.join("ui");
        ensure!(ui.join("package.json").exists(), "ui/package.json is missing");
        self.obey(command::command(&ui, &["npm"]).args(words))
    }

    fn run_tests(&self, words: &[&str]) -> Result<()> {
        let database = TestDatabase::start()?;
        command::run(database.name_to(&mut self.command(words)))
    }
}

/// Whether the server has never been built here so that a next build can go on from it.
fn is_fresh() -> Result<bool> {
    let kept = repository::development_binary()?.with_file_name("incremental");
    let Ok(folders) = std::fs::read_dir(kept) else { return Ok(true) };
    let is_server = |name: std::ffi::OsString| name.to_string_lossy().starts_with("server-");
    Ok(!folders.flatten().any(|folder| is_server(folder.file_name())))
}

fn documentation(check: &Check) -> Result<()> {
    let words = ["cargo", "doc", "--workspace", "--no-deps", "--document-private-items", "--locked"];
    check.obey(check.command(&words).env("RUSTDOCFLAGS", "-Dwarnings"))
}

/// Where cargo-deny is not installed, the same rules are held by the tidy tests over `cargo metadata`.
fn deny(check: &Check) -> Result<()> {
    if !command::has_cargo("deny") {
        println!("cargo-deny is not installed: the step \"tidy\" has looked at licences and sources");
        return Ok(());
    }
    check.run(&["cargo", "deny", "check", "licenses", "bans", "sources"])
}

/// Every Rust test, on both databases. A runner that is not here is not built: that would take longer than it saves.
fn tests(check: &Check) -> Result<()> {
    match command::has_cargo("nextest") {
        true => check.run_tests(&["cargo", "nextest", "run", "--workspace", "--locked"]),
        false => check.run_tests(&["cargo", "test", "--workspace", "--lib", "--bins", "--tests", "--locked", "--no-fail-fast"]),
    }
}

/// The last line is for machines as well: `N passed, N failed`.
fn summarise(outcomes: &[Outcome], planned: usize) -> ExitCode {
    println!();
    for outcome in outcomes {
        let word = if outcome.passed { "passed" } else { "FAILED" };
        println!("{word}  {:>7.1} s  {}", outcome.took.as_secs_f64(), outcome.name);
    }
    let passed = outcomes.iter().filter(|outcome| outcome.passed).count();
    let failed = outcomes.len() - passed;
    if outcomes.len() < planned {
        println!("{} not reached", planned - outcomes.len());
    }
    println!("{passed} passed, {failed} failed");
    match failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
