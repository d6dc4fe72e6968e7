//! The chores of the repository: `cargo xtask <chore>`. Each chore is a module; this file only tells them apart.
//! Nothing here is part of the product, and it compiles in seconds: the standard library and two small crates.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "talks to a person at a terminal")]

mod bench;
mod browser;
mod check;
mod client;
mod command;
mod demo;
mod drill;
mod generate;
mod numbers;
mod programs;
mod repository;
mod scratch;
mod serving;
mod test_database;
mod tidy;
mod watched;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask <chore>

  check [--keep-going] [STEP…]  everything a change has to pass; with names, these steps alone
  tidy                          the rules of the repository, in a second
  demo [OPTION…]                a demo shop on 127.0.0.1:8080; options go to `regulars demo`
  generate [--check|--release]  write the generated files; or compare them; or mark the migrations as released
  bench [--write] [OPTION…]     how fast, large and quiet the release build is here, beside hand-written peers
  bench audiences [OPTION…]     twelve audiences over a large shop, beside hand-written SQL and DuckDB
  drill [OPTION…]               what goes wrong in operation, done on purpose to the real program
  with-postgres COMMAND…        run a command beside a private PostgreSQL, named in REGULARS_TEST_POSTGRES";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (chore, rest) = match arguments.split_first() {
        Some((chore, rest)) => (chore.as_str(), rest),
        None => ("", arguments.as_slice()),
    };
    let outcome = match chore {
        "check" => check::run(rest),
        "tidy" => tidy::run().map(|()| ExitCode::SUCCESS),
        "demo" => demo::run(rest).map(|()| ExitCode::SUCCESS),
        "generate" => generate::run(rest).map(|()| ExitCode::SUCCESS),
        "bench" => bench::run(rest).map(|()| ExitCode::SUCCESS),
        "drill" => drill::run(rest).map(|()| ExitCode::SUCCESS),
        "with-postgres" => test_database::run_beside(rest).map(|()| ExitCode::SUCCESS),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
