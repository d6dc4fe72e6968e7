//! Delivering what is due for one endpoint: at least once, a few at a time, for a bounded time.
//!
//! There is one job for an endpoint, however many deliveries wait, so that one that hangs holds one worker's hand and no
//! other endpoint's deliveries. The first unit of work marks some deliveries as being sent; they go out, outside any
//! transaction; the last unit writes down what became of each. A crash in between leaves them marked: they are due again
//! when the lease of the job is over, and go out under the same `webhook-id`.

use super::breaker::{BreakerState, FAILURES_MAX};
use super::delivery::{self, Moved, Outcome, State, Taken};
use super::model::Standing;
use super::store::{self, deliveries};
use super::{call, job_key};
use crate::access::Actor;
use crate::app::App;
use crate::audit;
use crate::error::Error;
use crate::ids::WebhookId;
use crate::jobs::{self, Claimed, Job, Wish};
use crate::time::Instant;
use crate::work::{self, Work};
use crate::worker::Ending;
use futures_util::{StreamExt, stream};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

/// Endpoints that have a job at a time: half of what a worker has in hand, so that however many hang, other work goes on.
const ENDPOINTS_AT_ONCE: usize = 8;
/// Deliveries of one endpoint that are under way at a time.
const AT_ONCE: usize = 4;
/// Deliveries that one unit of work takes.
const TAKEN_MAX: usize = 16;
/// After this a job begins no further attempt. With the longest timeout on top it still has its lease.
const IN_HAND_MAX: Duration = Duration::from_secs(jobs::LEASE_S as u64 / 4);

/// Makes jobs for endpoints that have something due and no job yet; says whether there were any. Looked for instead of being
/// wished for with each delivery: a wish that meets a job about to end would be lost, or would have to wait for it.
pub async fn call_due(app: &App) -> Result<bool, Error> {
    let due = work::read(app, Actor::system(), due).await?;
    if due.is_empty() {
        return Ok(false);
    }
    let wish =
        |webhook: &WebhookId| (Job::DeliverWebhook { webhook: *webhook }, Wish { unique_key: Some(job_key(*webhook)), ..Wish::default() });
    let made = work::write(app, Actor::system(), move |work| jobs::enqueue_all(work, due.iter().map(wish).collect())).await?;
    Ok(!made.is_empty())
}

/// Whether something is due for an endpoint.
pub fn has_due(work: &mut Work<'_>) -> Result<bool, Error> {
    Ok(!store::due(work)?.is_empty())
}

fn due(work: &mut Work<'_>) -> Result<Vec<WebhookId>, Error> {
    let due = store::due(work)?;
    if due.is_empty() {
        return Ok(due);
    }
    // Of all webhooks: what is on its way is not due.
    let all = store::ids(work)?;
    let wished = jobs::wished(work, &all.into_iter().map(job_key).collect::<Vec<_>>())?;
    let free = ENDPOINTS_AT_ONCE.saturating_sub(wished.len());
    Ok(due.into_iter().filter(|webhook| !wished.contains(&job_key(*webhook))).take(free).collect())
}

/// Delivers until nothing is due, the breaker opens, or the time is over; what is left is for the next job.
pub async fn deliver(app: &App, claimed: &Claimed, webhook: WebhookId) -> Result<Ending, Error> {
    let client = app.webhooks.client()?;
    let begun = std::time::Instant::now();
    let mut done = claimed.done;
    while begun.elapsed() < IN_HAND_MAX {
        let job = claimed.clone();
        let round = work::write(app, Actor::system(), move |work| take(work, &job, webhook, done)).await?;
        let Some((standing, taken)) = round else { break };
        let gate = Arc::new(Gate::of(&standing, app.clock.now(), begun));
        let standing = Arc::new(standing);
        let attempts: Vec<_> =
            taken.into_iter().map(|taken| attempt(app.clone(), client.clone(), standing.clone(), gate.clone(), taken)).collect();
        let outcomes: Vec<(Taken, Option<Outcome>)> = stream::iter(attempts).buffer_unordered(AT_ONCE).collect().await;
        done += outcomes.iter().filter(|(_, outcome)| outcome.is_some()).count() as i64;
        work::write(app, Actor::system(), move |work| record(work, webhook, &outcomes)).await?;
    }
    Ok(Ending::Done(json!({"attempts": done})))
}

/// The endpoint and what to send to it now, if there is anything.
fn take(work: &mut Work<'_>, job: &Claimed, webhook: WebhookId, done: i64) -> Result<Option<(Standing, Vec<Taken>)>, Error> {
    if !jobs::progress(work, job.id, done, None, &job.job)? {
        return Ok(None);
    }
    let Some(standing) = store::read(work, webhook)?.filter(|standing| standing.draft.active) else { return Ok(None) };
    let limit = match standing.breaker.state(work.now) {
        BreakerState::Open => return Ok(None),
        BreakerState::HalfOpen => 1,
        BreakerState::Closed => TAKEN_MAX,
    };
    let taken = deliveries::take(work, webhook, work.now.plus_seconds(jobs::LEASE_S), limit)?;
    Ok(if taken.is_empty() { None } else { Some((standing, taken)) })
}

/// Whether further attempts may begin, as those that ended meanwhile have it.
struct Gate {
    failures: AtomicI64,
    is_gone: AtomicBool,
    begun: std::time::Instant,
}

impl Gate {
    fn of(standing: &Standing, now: Instant, begun: std::time::Instant) -> Gate {
        let failures = match standing.breaker.state(now) {
            BreakerState::Closed => standing.breaker.failures,
            // The one delivery that was taken is the trial.
            BreakerState::Open | BreakerState::HalfOpen => 0,
        };
        Gate { failures: AtomicI64::new(failures), is_gone: AtomicBool::new(false), begun }
    }

    fn is_open(&self) -> bool {
        self.failures.load(Ordering::SeqCst) < FAILURES_MAX && !self.is_gone.load(Ordering::SeqCst) && self.begun.elapsed() < IN_HAND_MAX
    }

    fn note(&self, outcome: &Outcome) {
        match outcome.has_worked() {
            true => self.failures.store(0, Ordering::SeqCst),
            false => drop(self.failures.fetch_add(1, Ordering::SeqCst)),
        }
        self.is_gone.fetch_or(outcome.is_gone(), Ordering::SeqCst);
    }
}

async fn attempt(app: App, client: reqwest::Client, standing: Arc<Standing>, gate: Arc<Gate>, taken: Taken) -> (Taken, Option<Outcome>) {
    if !gate.is_open() {
        return (taken, None);
    }
    let outcome = call::call(&client, &standing, &taken, app.clock.now()).await;
    gate.note(&outcome);
    (taken, Some(outcome))
}

/// Writes down what became of the deliveries, in the order in which the attempts ended.
fn record(work: &mut Work<'_>, webhook: WebhookId, outcomes: &[(Taken, Option<Outcome>)]) -> Result<(), Error> {
    let tried = || outcomes.iter().filter_map(|(_, outcome)| outcome.as_ref());
    if let Some(standing) = store::lock(work, webhook)? {
        let breaker = tried().fold(standing.breaker, |breaker, outcome| breaker.after(work.now, outcome.has_worked()));
        if breaker != standing.breaker {
            store::set_breaker(work, webhook, breaker)?;
        }
        if breaker.openings > standing.breaker.openings {
            tracing::warn!(webhook.id = webhook.0, failures = breaker.failures, "an endpoint fails and is left alone for a while");
        }
        if standing.draft.active && tried().any(Outcome::is_gone) {
            switch_off(work, &standing)?;
        }
    }
    let moves: Vec<Moved> = outcomes.iter().map(|(taken, outcome)| moved(taken, outcome.as_ref(), work)).collect();
    deliveries::write(work, &moves)
}

fn moved(taken: &Taken, outcome: Option<&Outcome>, work: &Work<'_>) -> Moved {
    let Some(outcome) = outcome else { return untried(taken, work.now) };
    let moved = delivery::after(taken, outcome, work.now);
    metrics::counter!("regulars_webhook_deliveries", "state" => moved.state.as_str()).increment(1);
    if moved.state == State::Dead {
        tracing::warn!(delivery.id = taken.id.0, attempts = moved.attempts, "a delivery was given up");
    }
    moved
}

/// It is due as it was; what is known of its last attempt stays.
fn untried(taken: &Taken, now: Instant) -> Moved {
    let last = taken.history.last();
    Moved {
        customer: taken.customer,
        id: taken.id,
        state: State::Planned,
        attempts: taken.attempts,
        next_at: Some(now),
        status_code: last.and_then(|attempt| attempt.status),
        answer: taken.answer.clone(),
        problem: last.and_then(|attempt| attempt.problem.clone()),
        history: taken.history.clone(),
        delivered_at: None,
    }
}

/// The endpoint said that it is gone. What waits for it goes on waiting until somebody switches it on again.
fn switch_off(work: &mut Work<'_>, standing: &Standing) -> Result<(), Error> {
    let problem = "the endpoint answered 410: it wants nothing any more";
    let mut off = standing.clone();
    off.draft.active = false;
    off.problem = Some(problem.to_owned());
    off.version += 1;
    off.updated_at = work.now;
    store::update(work, &off)?;
    tracing::warn!(webhook.id = standing.id.0, "a webhook was switched off: its endpoint answered 410");
    audit::record_own(work, "switch_off", "webhook", Some(standing.id.0), &json!({"active": false, "problem": problem}))
}
