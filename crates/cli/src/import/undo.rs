//! `regulars import undo`: takes an import back, or says what that would do, and lists what stays as it is and why.

use crate::opening::{Opening, read, told, write};
use crate::print;
use anyhow::bail;
use clap::{Args, ValueEnum};
use serde_json::json;
use server::access::Actor;
use server::app::App;
use server::ids::ImportId;
use server::transfer::State;
use server::transfer::undo::{self, Counts, Fate, Outcome};
use server::{jobs, transfer, worker};

/// What is listed of what stays; all of it is at /api/imports/ID/undo/kept.
const LISTED_MAX: usize = 500;

#[derive(Debug, Args)]
pub struct Undo {
    /// The import.
    import: i64,
    /// Only say what it would do.
    #[arg(long)]
    dry_run: bool,
    /// What becomes of customers and activities that the import made and that have changed since.
    #[arg(long, value_enum, default_value = "keep")]
    kept: FateName,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FateName {
    Keep,
    Delete,
}

pub async fn run(wanted: Undo, opening: &Opening) -> anyhow::Result<()> {
    let (import, app) = (ImportId(wanted.import), opening.app().await?);
    let fate = match wanted.kept {
        FateName::Keep => Fate::Keep,
        FateName::Delete => Fate::Delete,
    };
    if wanted.dry_run {
        return preview(&app, import, fate, opening).await;
    }
    let standing = read(&app, move |work| transfer::read(work, import)).await?.undo;
    // One that was killed on its way goes on.
    if !standing.is_some_and(|undo| is_under_way(undo.state)) {
        write(&app, move |work| undo::begin(work, import, fate)).await?;
    }
    finish(&app, import, opening).await
}

async fn preview(app: &App, import: ImportId, fate: Fate, opening: &Opening) -> anyhow::Result<()> {
    let preview = undo::preview(app, Actor::operator(), import, fate).await.map_err(told)?;
    if opening.json {
        return print::json(&preview);
    }
    print::line(&format!("The import did {} things. Of the last {}:", preview.total, preview.looked_at))?;
    print::line(&summary(preview.counts))?;
    preview.reasons.iter().try_for_each(|reason| print::line(&format!("{} × {}", reason.count, reason.message)))
}

fn is_under_way(state: State) -> bool {
    matches!(state, State::Queued | State::Running)
}

/// Does it now, unless a server on the same database is quicker. Whatever has not come to a good end is told as an error.
async fn finish(app: &App, import: ImportId, opening: &Opening) -> anyhow::Result<()> {
    worker::run_kinds(app, &["undo_import"]).await.map_err(told)?;
    let ended = read(app, move |work| transfer::read(work, import)).await?.undo;
    let Some(ended) = ended else { bail!("it was not begun") };
    let mut kept = read(app, move |work| undo::kept(work, import, None, LISTED_MAX)).await?;
    let is_more = LISTED_MAX < kept.len();
    kept.truncate(LISTED_MAX);
    if opening.json {
        print::json(&json!({ "importId": import, "undo": ended, "kept": kept }))?;
    } else {
        print::line(&format!("Import {import}: {}", summary(ended.counts)))?;
        let rows: Vec<[String; 3]> = kept.iter().map(shown).collect();
        if !rows.is_empty() {
            print::table(["ROW", "KEPT", "WHY"], &rows)?;
        }
        if is_more {
            print::line("There is more that was kept; the web app lists all of it.")?;
        }
    }
    let job = match ended.job_id {
        Some(job) => read(app, move |work| jobs::read(work, job)).await?.last_error,
        None => None,
    };
    match (ended.state, ended.error.or(job)) {
        (State::Done, _) => Ok(()),
        (State::Queued | State::Running | State::Failed | State::Cancelled, Some(why)) => bail!(why),
        (state, None) if is_under_way(state) => {
            bail!("it is being undone by another process; if that one was killed, it can go on here in a minute")
        }
        (state, None) => bail!("it is not done but {}", state.as_str()),
    }
}

fn shown(outcome: &Outcome) -> [String; 3] {
    let reasons: Vec<&str> = outcome.problems.iter().map(|problem| problem.message.as_str()).collect();
    let what = format!("{} {}", outcome.subject.as_str(), outcome.subject_id);
    [outcome.row.to_string(), what, reasons.join("; ")]
}

fn summary(counts: Counts) -> String {
    let parts = [
        (counts.customers_deleted, "customers deleted"),
        (counts.customers_restored, "customers restored"),
        (counts.activities_deleted, "activities deleted"),
        (counts.activities_restored, "activities restored"),
        (counts.memberships_restored, "memberships restored"),
        (counts.kept, "kept"),
        (counts.unchanged, "as before or gone"),
    ];
    let told: Vec<String> = parts.iter().filter(|(count, _)| *count != 0).map(|(count, what)| format!("{count} {what}")).collect();
    if told.is_empty() { "nothing to undo".to_owned() } else { told.join(", ") }
}
