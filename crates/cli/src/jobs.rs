//! `regulars jobs …`: what waits, runs, is done or has failed.

use crate::opening::{Opening, read, told, write};
use crate::print;
use clap::{Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use server::app::App;
use server::ids::JobId;
use server::jobs::{self, JobView, State};
use server::worker;
use std::time::Duration;

/// How often the job is looked at while it runs.
const LOOK_EVERY: Duration = Duration::from_millis(100);

#[derive(Debug, Subcommand)]
pub enum Jobs {
    /// List jobs, newest first.
    List {
        #[arg(long, value_enum)]
        state: Option<StateName>,
        /// Only jobs of this kind, such as import.
        #[arg(long)]
        kind: Option<String>,
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
    },
    /// Put a dead or cancelled job back into the queue.
    Retry { id: i64 },
    /// Stop a job that has not ended.
    Cancel { id: i64 },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum StateName {
    Queued,
    Running,
    Done,
    Dead,
    Cancelled,
}

impl StateName {
    fn state(self) -> State {
        match self {
            StateName::Queued => State::Queued,
            StateName::Running => State::Running,
            StateName::Done => State::Done,
            StateName::Dead => State::Dead,
            StateName::Cancelled => State::Cancelled,
        }
    }
}

pub async fn run(command: Jobs, opening: &Opening) -> anyhow::Result<()> {
    let app = opening.app().await?;
    let shown = match command {
        Jobs::List { state, kind, limit } => {
            let (state, limit) = (state.map(StateName::state), limit as usize);
            let mut listed = read(&app, move |work| jobs::page(work, state, kind.as_deref(), None, limit)).await?;
            listed.truncate(limit);
            listed
        }
        Jobs::Retry { id } => vec![write(&app, move |work| jobs::retry(work, JobId(id))).await?],
        Jobs::Cancel { id } => vec![write(&app, move |work| jobs::cancel(work, JobId(id))).await?],
    };
    if opening.json {
        return print::json(&shown);
    }
    let rows: Vec<_> = shown.into_iter().map(row).collect();
    print::table(["id", "kind", "state", "due", "attempts", "done", "last error"], &rows)
}

fn row(job: JobView) -> [String; 7] {
    let done = match job.total {
        Some(total) => format!("{}/{total}", job.done),
        None => job.done.to_string(),
    };
    let error = job.last_error.unwrap_or_default();
    [job.id.to_string(), job.kind, job.state.as_str().to_owned(), job.run_at.to_string(), job.attempts.to_string(), done, error]
}

/// Does the work here, unless a server has taken it already, and shows how far it is until it has ended. Stopped at any
/// instant, a server or the next such command goes on with it.
pub async fn follow(app: &App, job: JobId, kinds: &'static [&'static str]) -> anyhow::Result<JobView> {
    let bar = ProgressBar::new(0);
    bar.set_style(ProgressStyle::with_template("{bar:30} {percent:>3} %  {pos} customers, {eta} left")?);
    let mut looks = tokio::time::interval(LOOK_EVERY);
    let mut working = Box::pin(worker::run_kinds(app, kinds));
    let mut is_working = true;
    loop {
        tokio::select! {
            worked = &mut working, if is_working => {
                worked.map_err(told)?;
                is_working = false;
            }
            _ = looks.tick() => {}
        }
        let standing = read(app, move |work| jobs::read(work, job)).await?;
        bar.set_length(standing.total.unwrap_or_default() as u64);
        bar.set_position(standing.done as u64);
        match standing.state {
            State::Queued if !is_working => {
                let why = standing.last_error.unwrap_or_default();
                anyhow::bail!("job {job} failed and is tried again at {}: {why}", standing.run_at);
            }
            // What follows from it is done too before the program ends.
            State::Done | State::Dead | State::Cancelled if !is_working => {
                bar.finish_and_clear();
                return Ok(standing);
            }
            State::Queued | State::Running | State::Done | State::Dead | State::Cancelled => {}
        }
    }
}
