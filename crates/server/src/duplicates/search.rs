//! The full run: everybody who changed is described, the model is learned, all blocks are compared, and what was found is laid
//! over what stands. Comparing happens in memory, outside of any transaction.

use super::NEXT_LOOK_S;
use super::clusters::Two;
use super::compare::{self, RULE_KINDS};
use super::describe::Describer;
use super::describing::{self, Goes};
use super::known::{self, Weights};
use super::model::{Judged, Rejection, Run};
use super::store;
use crate::access::Actor;
use crate::app::App;
use crate::customers;
use crate::error::Error;
use crate::ids::{CustomerId, JobId};
use crate::jobs::{self, Claimed, Job};
use crate::work::{self, Work};
use crate::worker::Ending;
use anyhow::anyhow;
use matching::base::Base;
use matching::blocks::BLOCK_MAX;
use matching::model::Model;
use matching::search::{self, Found};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Customers whose pairs are written in one unit of work.
const WRITTEN: usize = 500;
/// Rejections of a run that are kept.
const REJECTED_MAX: usize = 200;
/// How often somebody looks whether the run is still wanted while it compares.
const LOOK: Duration = Duration::from_secs(1);

pub async fn step(app: &App, claimed: Claimed) -> Result<Ending, Error> {
    let Job::FindDuplicates { learn, after } = claimed.job else {
        return Err(Error::Bug(anyhow!("not a search for duplicates")));
    };
    let begun = Instant::now();
    if !work::write(app, Actor::system(), move |work| take_run(work, claimed.id)).await? {
        let is_taken = move |work: &mut Work<'_>| jobs::postpone(work, &claimed, work.now.plus_seconds(NEXT_LOOK_S));
        return work::write(app, Actor::system(), is_taken).await.map(|()| Ending::Written);
    }
    let total = work::read(app, Actor::system(), customers::count).await?;
    let goes = goes(claimed.id, learn, claimed.done, total);
    let described = describing::describe_all(app, after, &goes).await?;
    let found = if described.goes_on { find(app, claimed.id, learn, total, begun).await } else { Ok(None) };
    // Also if somebody cancelled, or comparing failed: who is saved from now on meets the others by their keys.
    describing::write_keys(app, described, &goes).await?;
    if let Some(result) = found? {
        work::write(app, Actor::system(), move |work| jobs::finish(work, claimed.id, &result)).await?;
    }
    Ok(Ending::Written)
}

/// Compares everybody and writes down what came of it; nothing when the job was cancelled.
async fn find(app: &App, job: JobId, learn: bool, done: i64, begun: Instant) -> Result<Option<serde_json::Value>, Error> {
    let all = read(app).await?;
    let customers = all.base.len();
    let Some((model, found)) = in_memory(app, job, done, learn, all).await? else { return Ok(None) };
    let run_id = keep_model(app, customers, &found, model).await?;
    let candidates = candidates(app, &found).await?;
    let Some((pairs, rejected)) = write_all(app, job, done, learn, candidates).await? else { return Ok(None) };
    let millis = begun.elapsed().as_millis() as i64;
    let result = json!({ "customers": done, "compared": found.compared, "cut": found.cut, "pairs": pairs, "millis": millis });
    work::write(app, Actor::system(), move |work| store::runs::finish(work, run_id, pairs, millis, &rejected)).await?;
    Ok(Some(result))
}

/// One full run at a time: two would do everything twice.
fn take_run(work: &mut Work<'_>, job: JobId) -> Result<bool, Error> {
    let other = store::run_in_hand(work)?;
    if other != job && (jobs::is_running(work, other)? || describing::is_owed(work)?) {
        return Ok(false);
    }
    store::take_run(work, job).map(|()| true)
}

/// Notes how far describing is, and asks whether it is to go on.
fn goes(job: JobId, learn: bool, before: i64, total: i64) -> Goes {
    Arc::new(move |work, after, count| {
        let done = before + count;
        goes_on(work, job, (done, total.max(done)), &Job::FindDuplicates { learn, after })
    })
}

fn goes_on(work: &mut Work<'_>, job: JobId, (done, total): (i64, i64), continued: &Job) -> Result<bool, Error> {
    describing::stay_at_it(work)?;
    jobs::progress(work, job, done, Some(total), continued)
}

/// What is compared in memory: the traits of everybody, who is a pair already, and the model in force.
struct All {
    base: Base,
    known: Vec<(i64, i64)>,
    weights: Arc<Weights>,
}

async fn read(app: &App) -> Result<All, Error> {
    work::read(app, Actor::system(), |work| {
        let mut base = Base::default();
        let mut odd = 0;
        store::each_traits(work, |customer, traits| odd += usize::from(!base.push(customer.0, traits)))?;
        if 0 < odd {
            return Err(Error::Bug(anyhow!("the traits of {odd} customers cannot be read")));
        }
        let known = store::pairs::all(work)?.into_iter().map(|(one, other)| (one.0, other.0)).collect();
        Ok(All { base, known, weights: work.definitions::<Weights>()? })
    })
    .await
}

/// Learns and compares on threads of their own. Nothing when the job was cancelled meanwhile.
async fn in_memory(app: &App, job: JobId, done: i64, learn: bool, all: All) -> Result<Option<(Option<Model>, Found)>, Error> {
    let stop = Arc::new(AtomicBool::new(false));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (threshold, is_scored) = work::read(app, Actor::system(), |work| {
        let describer = known::describer(work)?;
        Ok((describer.settings.scores.threshold, describer.settings.scores.enabled))
    })
    .await?;
    let flag = stop.clone();
    let mut comparing = tokio::task::spawn_blocking(move || {
        if !is_scored {
            return (None, Found::default());
        }
        let learned = learn.then(|| search::learn(&all.base, threads, &flag));
        let model = learned.as_ref().unwrap_or(&all.weights.model);
        let found = search::find(&all.base, model, threshold, &all.known, threads, &flag);
        (learned, found)
    });
    loop {
        tokio::select! {
            ended = &mut comparing => {
                let ended = ended.map_err(|error| Error::Bug(anyhow::Error::new(error).context("comparing broke off")))?;
                return Ok((!stop.load(Ordering::Relaxed)).then_some(ended));
            }
            () = tokio::time::sleep(LOOK) => {
                let goes_on = work::write(app, Actor::system(), move |work| {
                    goes_on(work, job, (done, done), &Job::FindDuplicates { learn, after: 0 })
                });
                if !goes_on.await? {
                    stop.store(true, Ordering::Relaxed);
                }
            }
        }
    }
}

/// Writes the run down, and puts its model in force before anything is judged by it.
async fn keep_model(app: &App, customers: usize, found: &Found, model: Option<Model>) -> Result<i64, Error> {
    let (compared, cut) = (found.compared as i64, found.cut as i64);
    work::write(app, Actor::system(), move |work| {
        let id = work.tx.new_id("duplicate_run")?;
        let run = Run { at: work.now, customers: customers as i64, compared, cut, pairs: 0, millis: 0, rejected: Vec::new() };
        if model.is_some() {
            store::runs::remove_models(work)?;
            work.redefine::<Weights>()?;
        }
        store::runs::insert(work, id, &run, model.as_ref())?;
        Ok(id)
    })
    .await
}

/// All who are to be judged: found by the model, brought together by a rule, or a pair already.
async fn candidates(app: &App, found: &Found) -> Result<Vec<Two>, Error> {
    let mut all: Vec<Two> = found.pairs.iter().map(|pair| (CustomerId(pair.one), CustomerId(pair.other))).collect();
    let more = work::read(app, Actor::system(), |work| {
        let mut more: Vec<Two> = Vec::new();
        if !known::describer(work)?.settings.rules.is_empty() {
            for kind in RULE_KINDS {
                more.extend(by_rules(work, kind)?);
            }
        }
        more.extend(store::pairs::all(work)?);
        Ok(more)
    });
    all.extend(more.await?);
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// Those who share a key of a rule. Of very many only neighbours, as with blocks of the model.
fn by_rules(work: &mut Work<'_>, kind: i64) -> Result<Vec<Two>, Error> {
    let mut keys = store::keys_of_kind(work, kind)?;
    keys.sort_unstable();
    let mut all = Vec::new();
    for block in keys.chunk_by(|one, other| one.0.key == other.0.key) {
        for (place, (_, customer)) in block.iter().enumerate() {
            let near = &block[place.saturating_sub(BLOCK_MAX)..place];
            all.extend(near.iter().map(|(_, other)| (*customer.min(other), *customer.max(other))));
        }
    }
    Ok(all)
}

/// Judges the candidates by what is stored now and writes what came of it. Gives the number of pairs and some rejections.
async fn write_all(app: &App, job: JobId, done: i64, learn: bool, candidates: Vec<Two>) -> Result<Option<(i64, Vec<Rejection>)>, Error> {
    let mut pairs = 0;
    let mut rejected = Vec::new();
    let mut rest = &candidates[..];
    while !rest.is_empty() {
        let some: Vec<Two> = rest[..end_of_page(rest)].to_vec();
        rest = &rest[some.len()..];
        let unit = work::write(app, Actor::system(), move |work| {
            store::take_turn(work)?;
            let describer = known::describer(work)?;
            let (count, rejected) = write_some(work, &describer, &some)?;
            let goes_on = goes_on(work, job, (done, done), &Job::FindDuplicates { learn, after: 0 })?;
            Ok(goes_on.then_some((count, rejected)))
        });
        let Some((count, more)) = unit.await? else { return Ok(None) };
        pairs += count as i64;
        rejected.extend(more);
        rejected.truncate(REJECTED_MAX);
    }
    Ok(Some((pairs, rejected)))
}

/// How many of the candidates make a page: whole customers only, so that all pairs of one are settled together.
fn end_of_page(candidates: &[Two]) -> usize {
    let mut customers = 0;
    for (place, candidate) in candidates.iter().enumerate() {
        if place == 0 || candidates[place - 1].0 != candidate.0 {
            customers += 1;
            if WRITTEN < customers {
                return place;
            }
        }
    }
    candidates.len()
}

fn write_some(work: &mut Work<'_>, describer: &Describer, candidates: &[Two]) -> Result<(usize, Vec<Rejection>), Error> {
    let first: BTreeSet<CustomerId> = candidates.iter().map(|(one, _)| *one).collect();
    let (pairs, rejected): (Vec<Judged>, Vec<Rejection>) = compare::judge_pairs(work, describer, candidates)?;
    let count = pairs.len();
    let mut standing = store::pairs::of_customers(work, &first.iter().copied().collect::<Vec<_>>())?;
    // Pairs that were found while this run was comparing are not its to end.
    standing.retain(|stored| candidates.binary_search(&(stored.pair.customer, stored.pair.other)).is_ok());
    compare::settle(work, describer, standing, pairs)?;
    Ok((count, rejected))
}
