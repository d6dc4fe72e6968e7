//! Measures audiences on one database, by a clock that stands still. `rebuild`: each of them as a computed segment. `ask`: its
//! preview over HTTP, the statement that is rendered for it beside one written by hand, and one customer asked for all of
//! them. Started by `cargo xtask bench audiences`, which holds the counts against each other; prints JSON.

mod one_customer;
mod rebuild;
mod statements;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use server::config::Config;
use server::mailer::Mailer;
use server::segments::builders::Builders;
use server::serve;
use server::time::{Clock, Instant};
use std::fs;
use std::io::Write;
use testkit::TestApp;

const USAGE: &str = "audiences rebuild|ask DATABASE AUDIENCES.json HAND_WRITTEN.sql NOW RUNS";

/// Statements over many millions of rows take long.
const STATEMENT_TIMEOUT_S: u64 = 900;

struct Audience {
    name: String,
    condition: Value,
    by_hand: String,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, database, audiences, by_hand, now, runs] = arguments.as_slice() else { bail!("{USAGE}") };
    let now = Instant::parse(now).with_context(|| format!("{now} is no instant"))?;
    let audiences = read_audiences(audiences, by_hand, now)?;
    let test = open(database, now).await?;
    let measured = match what.as_str() {
        "rebuild" => rebuild::all(&test, &audiences).await?,
        "ask" => ask(&test, &audiences, runs.parse()?).await?,
        _ => bail!("{USAGE}"),
    };
    Ok(writeln!(std::io::stdout(), "{measured}")?)
}

async fn ask(test: &TestApp, audiences: &[Audience], runs: usize) -> Result<Value> {
    let mut measured: Vec<Measured> = audiences.iter().map(|_| Measured::default()).collect();
    // The first round warms up.
    for run in 0..=runs {
        for (audience, measured) in audiences.iter().zip(&mut measured) {
            let preview = statements::preview(test, audience).await?;
            // Whichever comes first finds less in the caches.
            let (rendered, by_hand) = if run % 2 == 0 {
                let rendered = statements::rendered(&test.app, audience).await?;
                (rendered, statements::by_hand(&test.app, audience).await?)
            } else {
                let by_hand = statements::by_hand(&test.app, audience).await?;
                (statements::rendered(&test.app, audience).await?, by_hand)
            };
            let taken = [preview, rendered, by_hand];
            measured.counts = taken.map(|(count, _)| count);
            if 0 < run {
                measured.ms.iter_mut().zip(taken).for_each(|(all, (_, ms))| all.push(ms));
            }
        }
    }
    let mut shown = Vec::new();
    for (audience, measured) in audiences.iter().zip(measured) {
        let plan = statements::plan(&test.app, audience).await?;
        let ([preview, rendered, by_hand], ms) = (measured.counts, measured.ms);
        shown.push(json!({
            "name": audience.name, "plan": plan,
            "counts": { "preview": preview, "rendered": rendered, "byHand": by_hand },
            "previewMs": ms[0], "renderedMs": ms[1], "byHandMs": ms[2],
        }));
    }
    Ok(json!({ "audiences": shown, "oneCustomer": one_customer::measure(&test.app, audiences).await? }))
}

/// Previewed, as rendered and as written by hand: the counts, and the milliseconds of each run.
#[derive(Default)]
struct Measured {
    counts: [i64; 3],
    ms: [Vec<f64>; 3],
}

fn read_audiences(audiences: &str, by_hand: &str, now: Instant) -> Result<Vec<Audience>> {
    let text = fs::read_to_string(audiences).with_context(|| format!("cannot read {audiences}"))?;
    let by_hand = fs::read_to_string(by_hand).with_context(|| format!("cannot read {by_hand}"))?;
    let audiences: Vec<Value> = serde_json::from_str(&text).context("the audiences are no list")?;
    let read = |audience: &Value| -> Result<Audience> {
        let name = audience["name"].as_str().context("an audience without a name")?.to_owned();
        let (_, statement) = by_hand.split_once(&format!("-- {name}\n")).with_context(|| format!("{name} is not written by hand"))?;
        let (statement, _) = statement.split_once(';').with_context(|| format!("the statement of {name} does not end"))?;
        Ok(Audience { name, condition: audience["condition"].clone(), by_hand: statement.replace(":now", &now.0.to_string()) })
    };
    audiences.iter().map(read).collect()
}

async fn open(database: &str, now: Instant) -> Result<TestApp> {
    ensure!(rustls::crypto::ring::default_provider().install_default().is_ok(), "TLS was set up twice");
    let mut config = Config::defaults();
    config.database.url = database.to_owned();
    config.database.statement_timeout_s = STATEMENT_TIMEOUT_S;
    // One connection reads, so that every statement finds the same pages in its cache.
    config.database.readers = 1;
    let app = serve::open_with(&config, Clock::by_hand(now), Mailer::Absent, Builders::default()).await?;
    Ok(TestApp::serve(app, database).await)
}
