//! The program `regulars`: reads the command line, hands over to one file per group of commands, and says how it ended:
//! 0 done, 1 failed, 2 asked wrongly.
#![allow(clippy::print_stderr, reason = "a program at the command line talks to standard error")]

mod admin;
mod bench_data;
mod bulk;
mod customers;
mod demo;
mod describe;
mod doctor;
mod duplicates;
mod export;
mod import;
mod jobs;
mod mail;
mod merges;
mod opening;
mod print;
mod roles;
mod rules;
mod segments;
mod serve;
mod webhooks;

use clap::{Parser, Subcommand};
use opening::Opening;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Customer profiles, live segments and automation in one program.
#[derive(Debug, Parser)]
#[command(name = "regulars", version, propagate_version = true, arg_required_else_help = true)]
struct Arguments {
    #[command(flatten)]
    opening: Opening,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the web app and the API, and do the work that is due.
    Serve(serve::Serve),
    /// Bring the tables of the database up to date.
    Migrate,
    /// People who may sign in to the web app.
    #[command(subcommand)]
    User(admin::User),
    /// Roles: what users may do.
    #[command(subcommand)]
    Role(roles::Roles),
    /// Keys by which programs call the API.
    #[command(subcommand)]
    Key(admin::Key),
    /// One customer by hand: make, show.
    #[command(subcommand)]
    Customer(customers::Customers),
    /// Custom fields of customers.
    #[command(subcommand)]
    Field(customers::Fields),
    /// A made-up shop with two years of history, for looking around.
    Demo(demo::Demo),
    /// Fill an empty database with made-up customers and activities, for measurements.
    BenchData(bench_data::BenchData),
    /// Read customers or activities from a file, or take that back.
    #[command(subcommand)]
    Import(import::Command),
    /// Write customers into a file.
    Export(export::Arguments),
    /// One thing done to many customers: look ahead, run, list, undo.
    #[command(subcommand)]
    Bulk(bulk::Command),
    /// Segments: list, build anew, lists of members, definitions in a file.
    #[command(subcommand)]
    Segments(segments::Segments),
    /// Rules: list, run now, simulate, definitions in a file.
    #[command(subcommand)]
    Rules(rules::Rules),
    /// Work for later: what waits, runs, is done or has failed.
    #[command(subcommand)]
    Jobs(jobs::Jobs),
    /// Webhooks: list them, have deliveries that were given up delivered again.
    #[command(subcommand)]
    Webhooks(webhooks::Webhooks),
    /// Mail: what came back.
    #[command(subcommand)]
    Mail(mail::Mail),
    /// Merges: customers who became one, merging two, undoing it.
    #[command(subcommand)]
    Merges(merges::Merges),
    /// Duplicates: describe customers, look for pairs, what was found and by which weights.
    #[command(subcommand)]
    Duplicates(duplicates::Duplicates),
    /// Print the description of the API (OpenAPI).
    Openapi,
    /// Print the statements that make the tables.
    Schema,
    /// Print the configuration in force, without secrets.
    Config(describe::Configuration),
    /// Look for what is wrong with the configuration and what it depends on.
    Doctor,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        eprintln!("regulars: TLS was set up twice");
        return ExitCode::FAILURE;
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("regulars: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(arguments)) {
        Ok(code) => code,
        // Whoever reads our output has seen enough.
        Err(error) if print::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("regulars: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let opening = arguments.opening;
    match arguments.command {
        Command::Serve(command) => serve::run(command, &opening).await?,
        Command::Migrate => describe::migrate(&opening).await?,
        Command::User(command) => admin::run_user(command, &opening).await?,
        Command::Role(command) => roles::run(command, &opening).await?,
        Command::Key(command) => admin::run_key(command, &opening).await?,
        Command::Customer(command) => customers::run_customer(command, &opening).await?,
        Command::Field(command) => customers::run_field(command, &opening).await?,
        Command::Demo(command) => demo::run(command, &opening).await?,
        Command::BenchData(command) => bench_data::run(command, &opening).await?,
        Command::Import(command) => return import::run(command, &opening).await,
        Command::Export(command) => export::run(command, &opening).await?,
        Command::Bulk(command) => bulk::run(command, &opening).await?,
        Command::Segments(command) => return segments::run(command, &opening).await,
        Command::Rules(command) => rules::run(command, &opening).await?,
        Command::Jobs(command) => jobs::run(command, &opening).await?,
        Command::Webhooks(command) => webhooks::run(command, &opening).await?,
        Command::Mail(command) => mail::run(command, &opening).await?,
        Command::Merges(command) => merges::run(command, &opening).await?,
        Command::Duplicates(command) => return duplicates::run(command, &opening).await,
        Command::Openapi => describe::openapi()?,
        Command::Schema => describe::schema().await?,
        Command::Config(command) => describe::configuration(&command, &opening)?,
        Command::Doctor => return doctor::run(&opening).await,
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_commands_are_well_formed() {
        Arguments::command().debug_assert();
    }
}
