//! `regulars bulk …`: one thing done to many customers, as the API takes it; what it would do, what became of it, and back again.

use crate::opening::{Opening, read, told, write};
use crate::print;
use anyhow::{Context, bail};
use clap::Subcommand;
use server::access::Actor;
use server::app::App;
use server::bulk::{self, Bulk, Order, State};
use server::ids::BulkId;
use server::{http, jobs, worker};
use std::path::PathBuf;

const LISTED_MAX: usize = 500;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// List bulk actions, the newest first.
    List,
    /// Do what a file says: the body of POST /api/bulk, as JSON.
    Run {
        /// The file; - for standard input.
        file: PathBuf,
        /// Only say what it would do.
        #[arg(long)]
        dry_run: bool,
    },
    /// Take a bulk action back, for every customer who was not changed since.
    Undo {
        /// The bulk action.
        bulk: i64,
    },
}

pub async fn run(command: Command, opening: &Opening) -> anyhow::Result<()> {
    let app = opening.app().await?;
    match command {
        Command::List => list(&app, opening).await,
        Command::Run { file, dry_run } => {
            let text = if file.as_os_str() == "-" { std::io::read_to_string(std::io::stdin()) } else { std::fs::read_to_string(&file) };
            let text = text.with_context(|| format!("cannot read {}", file.display()))?;
            let order: Order = http::parse(text.as_bytes()).map_err(told)?;
            if dry_run { preview(&app, order, opening).await } else { start(&app, order, opening).await }
        }
        Command::Undo { bulk } => {
            let undo = write(&app, move |work| bulk::undo(work, BulkId(bulk))).await?;
            finish(&app, undo.id, opening).await
        }
    }
}

async fn preview(app: &App, order: Order, opening: &Opening) -> anyhow::Result<()> {
    let preview = bulk::preview(app, Actor::operator(), order).await.map_err(told)?;
    if opening.json {
        return print::json(&preview);
    }
    let counts = preview.counts;
    print::line(&format!("{} customers are chosen. Of the first {}:", preview.total, preview.looked_at))?;
    print::line(&format!("{} would change, {} are so already, {} cannot be changed.", counts.changed, counts.same, counts.refused))?;
    preview.reasons.iter().try_for_each(|reason| print::line(&format!("{} × {}", reason.count, reason.message)))
}

async fn start(app: &App, order: Order, opening: &Opening) -> anyhow::Result<()> {
    let asked = order.clone();
    let chosen = read(app, move |work| bulk::choose(work, &asked)).await?;
    let begun = write(app, move |work| bulk::create(work, &order, &chosen)).await?;
    finish(app, begun.id, opening).await
}

/// Does it now, unless a server on the same database is quicker. Whatever has not come to a good end is told as an error.
async fn finish(app: &App, bulk: BulkId, opening: &Opening) -> anyhow::Result<()> {
    worker::run_kinds(app, &["bulk"]).await.map_err(told)?;
    let ended = read(app, move |work| bulk::read(work, bulk)).await?;
    match opening.json {
        true => print::json(&ended)?,
        false => print::line(&format!("Bulk action {}: {}", ended.id, summary(&ended)))?,
    }
    let job = match ended.job_id {
        Some(job) => read(app, move |work| jobs::read(work, job)).await?.last_error,
        None => None,
    };
    match (ended.state, ended.error.or(job)) {
        (State::Done, _) => Ok(()),
        (State::Queued | State::Running | State::Failed | State::Cancelled, Some(why)) => bail!(why),
        (state, None) => bail!("it is not done but {}", state.as_str()),
    }
}

fn summary(bulk: &Bulk) -> String {
    let counts = bulk.counts;
    let state = bulk.state.as_str();
    format!("{state}; of {}, {} changed, {} were so already, {} refused", bulk.total, counts.changed, counts.same, counts.refused)
}

async fn list(app: &App, opening: &Opening) -> anyhow::Result<()> {
    let found = read(app, |work| bulk::page(work, None, LISTED_MAX)).await?;
    if opening.json {
        return print::json(&found);
    }
    let row = |one: &Bulk| {
        let action = || serde_json::json!(one.action).to_string();
        let what = one.undo_of.map_or_else(action, |undone| format!("undo of {undone}"));
        [one.id.to_string(), what, summary(one), one.owner.name.clone(), print::moment(Some(one.created_at))]
    };
    print::table(["ID", "WHAT", "RESULT", "BY", "AT"], &found.iter().map(row).collect::<Vec<_>>())
}
