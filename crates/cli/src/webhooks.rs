//! `regulars webhooks …`: where they go and how they do; deliveries that were given up, wanted again.

use crate::opening::{Opening, read, told, write};
use crate::print;
use anyhow::Context;
use clap::Subcommand;
use server::app::App;
use server::ids::WebhookId;
use server::jobs;
use server::time::Instant;
use server::webhooks::{self, BreakerState, Webhook};
use server::worker;

/// More than there may be.
const LISTED_MAX: usize = 1_000;

#[derive(Debug, Subcommand)]
pub enum Webhooks {
    /// List webhooks with the state of their breakers.
    List,
    /// Have deliveries that were given up delivered again; a server sends them.
    Replay {
        /// The webhook: its name or its id.
        webhook: String,
        /// Those that were wanted at this instant or later, such as 2026-03-01 or 2026-03-01T12:00:00Z.
        #[arg(long, value_parser = instant)]
        since: Instant,
    },
}

fn instant(text: &str) -> Result<Instant, String> {
    Instant::parse(text).ok_or_else(|| "this is neither a date nor a time as in RFC 3339".to_owned())
}

pub async fn run(command: Webhooks, opening: &Opening) -> anyhow::Result<()> {
    let app = opening.app().await?;
    match command {
        Webhooks::List => list(&app, opening).await,
        Webhooks::Replay { webhook, since } => replay(&app, &webhook, since, opening).await,
    }
}

async fn list(app: &App, opening: &Opening) -> anyhow::Result<()> {
    let all = read(app, |work| webhooks::list(work, None, LISTED_MAX)).await?;
    let all: Vec<Webhook> = all.into_iter().map(Webhook::without_header_values).collect();
    if opening.json {
        return print::json(&all);
    }
    let state = |webhook: &Webhook| match (webhook.draft.active, webhook.breaker.state) {
        (false, _) => "off",
        (true, BreakerState::Closed) => "on",
        (true, BreakerState::Open) => "waits",
        (true, BreakerState::HalfOpen) => "on trial",
    };
    let row = |webhook: &Webhook| {
        let (failures, until) = (webhook.breaker.failures.to_string(), print::moment(webhook.breaker.until));
        [webhook.id.to_string(), webhook.draft.name.clone(), state(webhook).to_owned(), failures, until, webhook.draft.url.clone()]
    };
    let rows: Vec<_> = all.iter().map(row).collect();
    print::table(["id", "name", "state", "failures", "until", "url"], &rows)
}

async fn replay(app: &App, text: &str, since: Instant, opening: &Opening) -> anyhow::Result<()> {
    let name = text.to_owned();
    let by_name = read(app, move |work| webhooks::named(work, &name)).await?;
    let id = by_name.or_else(|| text.parse().ok().map(WebhookId)).with_context(|| format!("there is no webhook {text}"))?;
    let known = read(app, move |work| webhooks::names(work, &[id])).await?;
    anyhow::ensure!(known.contains_key(&id), "there is no webhook {text}");
    let job = write(app, move |work| webhooks::replay_all(work, id, since)).await?;
    worker::run_kinds(app, &webhooks::JOBS).await.map_err(told)?;
    let standing = read(app, move |work| jobs::read(work, job)).await?;
    if opening.json {
        return print::json(&standing);
    }
    print::line(&format!("Job {job}: {}, {} deliveries wanted again.", standing.state.as_str(), standing.done))
}
