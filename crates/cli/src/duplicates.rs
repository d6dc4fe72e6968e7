//! `regulars duplicates …`: describe customers, look for those who are one person, what was found and by which weights.

use crate::jobs::follow;
use crate::opening::{Opening, read, write};
use crate::print;
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use server::app::App;
use server::duplicates::{self, Report};
use server::jobs::State;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub enum Duplicates {
    /// Describe the customers who were changed since they were compared, so that those who are saved meet them.
    Index,
    /// Compare everybody with everybody who could be the same one.
    Find(Find),
    /// Show how many pairs there are, how often people agreed with them, and the weights.
    Report,
}

#[derive(Debug, Args)]
pub struct Find {
    /// Keep the weights in force instead of learning them anew.
    #[arg(long)]
    no_learn: bool,
}

pub async fn run(command: Duplicates, opening: &Opening) -> anyhow::Result<ExitCode> {
    let app = opening.app().await?;
    match command {
        Duplicates::Index => index(&app, opening).await?,
        Duplicates::Find(wanted) => return find(&app, !wanted.no_learn, opening).await,
        Duplicates::Report => report(&app, opening).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn index(app: &App, opening: &Opening) -> anyhow::Result<()> {
    let bar = ProgressBar::new(read(app, duplicates::count_waiting).await? as u64);
    bar.set_style(ProgressStyle::with_template("{bar:30} {percent:>3} %  {pos} customers, {eta} left")?);
    let shown = bar.clone();
    let done = duplicates::index(app, move |done| shown.set_position(done as u64)).await?;
    bar.finish_and_clear();
    if opening.json { print::json(&json!({ "customers": done })) } else { print::line(&format!("{done} customers described.")) }
}

async fn find(app: &App, learn: bool, opening: &Opening) -> anyhow::Result<ExitCode> {
    let job = write(app, move |work| duplicates::search(work, learn)).await?;
    let ended = follow(app, job, &duplicates::JOBS).await?;
    let figure = |name: &str| ended.result.as_ref().and_then(|result| result[name].as_i64()).unwrap_or_default();
    if opening.json {
        print::json(&ended)?;
    } else if ended.state == State::Done {
        let (customers, compared, pairs) = (figure("customers"), figure("compared"), figure("pairs"));
        let seconds = figure("millis") as f64 / 1_000.0;
        print::line(&format!("{customers} customers, {compared} comparisons, {pairs} pairs, {seconds:.1} s."))?;
    } else {
        print::line(&format!("Job {job}: {}.", ended.state.as_str()))?;
    }
    Ok(if ended.state == State::Done { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn report(app: &App, opening: &Opening) -> anyhow::Result<()> {
    let report = read(app, duplicates::report).await?;
    if opening.json {
        return print::json(&report);
    }
    let Report { indexed, open, declined, .. } = report;
    print::line(&format!("{indexed} customers are compared; {open} pairs are open, {declined} declined."))?;
    if let Some(run) = &report.last_run {
        let seconds = run.millis as f64 / 1_000.0;
        print::line(&format!("Last full run: {}, {} customers, {} pairs, {seconds:.1} s.", run.at, run.customers, run.pairs))?;
    }
    print::line("")?;
    let bands = report.bands.iter().map(|band| {
        let (said, same) = (band.same + band.different, band.same as f64);
        let agreed = if said == 0 { "-".to_owned() } else { format!("{:.1} %", 100.0 * same / said as f64) };
        [format!("{} to {}", band.from, band.to), band.same.to_string(), band.different.to_string(), agreed]
    });
    print::table(["probability", "merged", "declined", "agreed"], &bands.collect::<Vec<_>>())?;
    let Some(model) = report.model else {
        return print::line("\nNo weights were learned yet: what is usual counts. `regulars duplicates find` learns them.");
    };
    print::line(&format!(
        "\n{:.0} pairs of one person are expected, {:.0} of one household.\n",
        model.expected_same, model.expected_household
    ))?;
    let share = |share: f64| format!("{share:.6}");
    let rows = model.fields.iter().flat_map(|field| field.levels.iter().map(move |level| (field, level))).map(|(field, level)| {
        let (person, household, chance) = (share(level.person), share(level.household), share(level.chance));
        [field.field.clone(), level.level.clone(), person, household, chance, format!("{:+.1}", level.bits)]
    });
    print::table(["field", "level", "person", "household", "chance", "bits"], &rows.collect::<Vec<_>>())
}
