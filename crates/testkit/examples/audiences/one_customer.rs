//! One customer at a time asked for all audiences, everything about him read from the database: many of them, and again and
//! again the one who did most.

use crate::Audience;
use anyhow::{Context, Result};
use condition::{Needs, Tree};
use serde_json::{Value, json};
use server::access::Actor;
use server::app::App;
use server::error::Error;
use server::ids::CustomerId;
use server::work::{self, Work};
use server::{catalogue, customers, segments};
use std::time::{Duration, Instant};

/// Customers asked, spread over the base, and times the busiest one is.
const CUSTOMERS: usize = 5_000;
const TIMES: usize = 500;

pub async fn measure(app: &App, audiences: &[Audience]) -> Result<Value> {
    let ids = work::read(app, Actor::operator(), |work| customers::page_of_ids(work, 0, usize::MAX >> 1)).await?;
    let some: Vec<CustomerId> = ids.iter().step_by(ids.len().div_ceil(CUSTOMERS)).copied().collect();
    let busiest = "select customer_id, count(*) from activities group by customer_id order by 2 desc, 1 limit 1";
    let busiest = work::read(app, Actor::operator(), |work| Ok(work.tx.one::<(CustomerId, i64)>(busiest, &[])?)).await?;
    let mut each = times(app, audiences, some).await?;
    let mut again = times(app, audiences, vec![busiest.0; TIMES]).await?;
    let seconds = each.iter().map(|asked| asked.whole).sum::<Duration>().as_secs_f64();
    let judging = each.iter().map(|asked| asked.judging).sum::<Duration>().as_secs_f64();
    Ok(json!({
        "perSecond": each.len() as f64 / seconds, "judgedPerSecond": each.len() as f64 / judging,
        "p50Ms": within(&mut each, 0.5), "p99Ms": within(&mut each, 0.99),
        "busiest": { "activities": busiest.1, "p50Ms": within(&mut again, 0.5), "p99Ms": within(&mut again, 0.99) },
    }))
}

/// How long one customer took: as a whole, and without the reading.
struct Asked {
    whole: Duration,
    judging: Duration,
}

async fn times(app: &App, audiences: &[Audience], ids: Vec<CustomerId>) -> Result<Vec<Asked>> {
    let (trees, needs) = compile(app, audiences).await?;
    let (trees, needs) = (std::sync::Arc::new(trees), std::sync::Arc::new(needs));
    let mut all = Vec::with_capacity(ids.len());
    for id in ids {
        let (trees, needs) = (trees.clone(), needs.clone());
        let ask = move |work: &mut Work<'_>| ask(work, id, &trees, &needs);
        all.push(work::read(app, Actor::operator(), ask).await?);
    }
    Ok(all)
}

async fn compile(app: &App, audiences: &[Audience]) -> Result<(Vec<Tree>, Needs)> {
    let conditions: Vec<Value> = audiences.iter().map(|audience| audience.condition.clone()).collect();
    let compile = move |work: &mut Work<'_>| {
        let catalogue = catalogue::get(work)?;
        let trees = conditions.iter().map(|condition| condition::check(condition, &catalogue)).collect::<Result<Vec<_>, _>>();
        let trees = trees.map_err(|problems| Error::Bug(anyhow::anyhow!("{problems:?}")))?;
        let mut needs = Needs::default();
        trees.iter().for_each(|tree| needs.merge(&condition::needs(tree)));
        Ok((trees, needs))
    };
    work::read(app, Actor::operator(), compile).await.context("the audiences cannot be read")
}

fn ask(work: &mut Work<'_>, id: CustomerId, trees: &[Tree], needs: &Needs) -> Result<Asked, Error> {
    let began = Instant::now();
    let all = segments::all(work)?;
    segments::ensure_known(work, &all, &[id], needs)?;
    let read = Instant::now();
    let known = work.known.get(id).ok_or(Error::NotFound)?;
    let inside = trees.iter().filter(|tree| condition::evaluate(tree, &known.facts, work.now.0)).count();
    let due = trees.iter().filter_map(|tree| condition::due(tree, &known.facts, work.now.0)).min();
    std::hint::black_box((inside, due));
    Ok(Asked { whole: began.elapsed(), judging: read.elapsed() })
}

/// The time that this share of them stayed within, in milliseconds.
fn within(all: &mut [Asked], share: f64) -> f64 {
    all.sort_unstable_by_key(|asked| asked.whole);
    let place = (all.len() as f64 * share).ceil() as usize;
    all.get(place.saturating_sub(1)).map_or(f64::NAN, |asked| asked.whole.as_secs_f64() * 1e3)
}
