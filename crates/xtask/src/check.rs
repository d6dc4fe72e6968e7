//! Everything a change has to pass, cheapest first: it stops at the first step that fails, because what comes after is
//! slow and often fails for the same reason.

use crate::test_database::TestDatabase;
use crate::{browser, command, drill, generate, programs, repository, tidy};
use anyhow::{Result, bail, ensure};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

type Step = (&'static str, fn(&Check) -> Result<()>);

/// The binary embeds the web app, so that is built before any Rust of ours. Tests and binary are one build.
const STEPS: [Step; 17] = [
    ("programs", |_| programs::provide()),
    ("format", |check| check.run(&["cargo", "fmt", "--all", "--check"])),
    ("tidy", |_| tidy::run()),
    ("ui packages", |check| check.npm(&["install", "--no-audit", "--no-fund"])),
    ("ui lint", |check| check.npm(&["run", "lint"])),
    ("ui types", |check| check.npm(&["run", "typecheck"])),
    ("ui tests", |check| check.npm(&["run", "test"])),
    ("ui build", |check| check.npm(&["run", "build"])),
    ("clippy", |check| check.run(&["cargo", "clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])),
    ("documentation", documentation),
    ("licences and sources", deny),
    ("build", |check| check.run(&["cargo", "build", "--workspace", "--bins", "--tests", "--locked"])),
    ("generated files", |_| generate::compare()),
    ("tests", tests),
    ("documentation tests", |check| check.run(&["cargo", "test", "--workspace", "--doc", "--locked"])),
    ("drills", |_| drill::run_briefly(DRILL_ROUNDS)),
    ("browser tests", |_| browser::run()),
];

/// Enough to see that a drill works; by hand it is done with more.
const DRILL_ROUNDS: usize = 3;

struct Check {
    root: PathBuf,
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
    let check = Check { root: repository::root()? };

    let mut outcomes = Vec::new();
    for (name, step) in &chosen {
        outcomes.push(check.take(name, *step));
        if !keep_going && outcomes.iter().any(|outcome| !outcome.passed) {
            break;
        }
    }
    Ok(summarise(&outcomes, chosen.len()))
}

impl Check {
    fn take(&self, name: &'static str, step: fn(&Check) -> Result<()>) -> Outcome {
        println!("\n== {name}");
        let began = Instant::now();
        let result = step(self);
        let took = began.elapsed();
        match &result {
            Ok(()) => println!("== {name}: passed in {:.1} s", took.as_secs_f64()),
            Err(error) => println!("== {name}: FAILED in {:.1} s: {error:#}", took.as_secs_f64()),
        }
        Outcome { name, passed: result.is_ok(), took }
    }

    fn run(&self, words: &[&str]) -> Result<()> {
        command::run(&mut command::command(&self.root, words))
    }

    fn npm(&self, words: &[&str]) -> Result<()> {
        let ui = self.root.join("ui");
        ensure!(ui.join("package.json").exists(), "ui/package.json is missing");
        command::run(command::command(&ui, &["npm"]).args(words))
    }

    fn run_tests(&self, words: &[&str]) -> Result<()> {
        let database = TestDatabase::start()?;
        command::run(database.name_to(&mut command::command(&self.root, words)))
    }
}

fn documentation(check: &Check) -> Result<()> {
    let words = ["cargo", "doc", "--workspace", "--no-deps", "--document-private-items", "--locked"];
    command::run(command::command(&check.root, &words).env("RUSTDOCFLAGS", "-Dwarnings"))
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
