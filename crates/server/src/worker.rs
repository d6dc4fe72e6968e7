//! The worker: due jobs, due segment flips, what the calendar asks for. It sleeps until the next of them and is woken when
//! something becomes due earlier. Tests drive the same steps by hand.

use crate::access::Actor;
use crate::app::App;
use crate::error::Error;
use crate::http::idempotency;
use crate::ids::JobId;
use crate::jobs::{self, Claimed, Job};
use crate::time::Instant;
use crate::work;
use crate::{admin, automation, bulk, customers, duplicates, exports, mail, rollups, segments, transfer, webhooks};
use serde_json::{Value, json};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Seconds between two looks at what is to be added up in the roll-ups.
const ROLL_UP_S: i64 = 2;
/// Jobs in hand at a time.
const JOBS_AT_ONCE: usize = 16;
/// The longest sleep: another process may have written something that is due. A look costs two index reads.
const SLEEP_MAX: Duration = Duration::from_secs(1);
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(2);
/// Rounds of [`run_due`] before a test is told that work never ends.
const ROUNDS_MAX: usize = 10_000;

/// How a job ended.
pub enum Ending {
    /// Written down in the unit that did it.
    Written,
    Done(Value),
}

/// Works until told to stop, then finishes what is in hand.
pub async fn run(app: App, stop: CancellationToken) {
    let in_hand = TaskTracker::new();
    while !stop.is_cancelled() {
        app.alarm.silence();
        match step(&app, &in_hand).await {
            Ok(next) => {
                next.into_iter().for_each(|next| app.alarm.ring_by(next));
                rest(&app, &stop).await;
            }
            Err(error) => {
                error.log();
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(PAUSE_AFTER_FAILURE) => {}
                }
            }
        }
    }
    in_hand.close();
    in_hand.wait().await;
}

/// Sleeps until the alarm says that something is due.
async fn rest(app: &App, stop: &CancellationToken) {
    let latest = tokio::time::Instant::now() + SLEEP_MAX;
    loop {
        let pause = app.alarm.due().map_or(SLEEP_MAX, |due| app.clock.now().pause_until(due));
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => return,
            () = tokio::time::sleep_until(latest) => return,
            // Something is due earlier than was known.
            () = app.alarm.changed() => {}
        }
    }
}

/// Does everything that is due now, one after the other, until nothing is; gives how many jobs ran.
pub async fn run_due(app: &App) -> Result<usize, Error> {
    let mut ran = 0;
    for _ in 0..ROUNDS_MAX {
        calendar(app).await?;
        let flipped = flip_due(app).await? | automation::run_due(app).await?;
        webhooks::call_due(app).await?;
        let claimed = work::write(app, Actor::system(), |work| jobs::claim(work, JOBS_AT_ONCE)).await?;
        if claimed.is_empty() && !flipped {
            return Ok(ran);
        }
        for job in claimed {
            ran += 1;
            perform(app, job).await;
        }
    }
    Err(Error::Bug(anyhow::anyhow!("there was still work after {ROUNDS_MAX} rounds")))
}

/// Does what is due of these kinds of jobs, one after the other, until nothing is left of them; for the command line.
pub async fn run_kinds(app: &App, kinds: &'static [&'static str]) -> Result<(), Error> {
    loop {
        let claimed = work::write(app, Actor::system(), move |work| jobs::claim_kinds(work, kinds, 1)).await?;
        if claimed.is_empty() {
            return Ok(());
        }
        for job in claimed {
            perform(app, job).await;
        }
    }
}

/// What is due when, as one look at the database tells it.
struct Look {
    calendar: Option<Instant>,
    flip: Option<Instant>,
    plan: Option<Instant>,
    job: Option<Instant>,
    has_calls: bool,
}

impl Look {
    /// With all hands full, the next look at jobs comes when one of them is free.
    async fn take(app: &App, has_free: bool) -> Result<Look, Error> {
        let look = move |work: &mut work::Work<'_>| {
            Ok(Look {
                calendar: next_of_calendar(work)?,
                flip: segments::next_flip(work)?,
                plan: automation::next_due(work)?,
                job: if has_free { jobs::next_due(work)? } else { None },
                has_calls: webhooks::has_due(work)?,
            })
        };
        work::read(app, Actor::system(), look).await
    }

    fn next(&self) -> Option<Instant> {
        [self.calendar, self.flip, self.plan, self.job].into_iter().flatten().min()
    }
}

/// Does what is due, jobs beside one another; gives when something is due next.
async fn step(app: &App, in_hand: &TaskTracker) -> Result<Option<Instant>, Error> {
    let free = JOBS_AT_ONCE.saturating_sub(in_hand.len());
    let is_due = |at: Option<Instant>| at.is_some_and(|at| at <= app.clock.now());
    let mut look = Look::take(app, 0 < free).await?;
    if is_due(look.calendar) {
        calendar(app).await?;
        look = Look::take(app, 0 < free).await?;
    }
    while is_due(look.flip) || is_due(look.plan) {
        let flipped = is_due(look.flip) && 0 < work::write(app, Actor::system(), segments::flip_due).await?;
        let has_done = is_due(look.plan) && automation::run_due(app).await?;
        look = Look::take(app, 0 < free).await?;
        // What is due may be in the hands of another process.
        if !flipped && !has_done {
            break;
        }
    }
    if look.has_calls {
        // What becomes due for an endpoint before the next look waits for it, a second at most.
        webhooks::call_due(app).await?;
    }
    if is_due(look.job) {
        for job in work::write(app, Actor::system(), move |work| jobs::claim(work, free)).await? {
            let app = app.clone();
            in_hand.spawn(async move {
                perform(&app, job).await;
                app.alarm.ring_by(app.clock.now());
            });
        }
        look = Look::take(app, in_hand.len() < JOBS_AT_ONCE).await?;
    }
    Ok(look.next())
}

async fn perform(app: &App, claimed: Claimed) {
    let (id, attempts, kind) = (claimed.id, claimed.attempts, claimed.job.kind());
    let started = std::time::Instant::now();
    let outcome = dispatch(app, claimed).await;
    metrics::histogram!("regulars_job_seconds", "kind" => kind).record(started.elapsed().as_secs_f64());
    let written = match outcome {
        Ok(Ending::Written) => return,
        Ok(Ending::Done(result)) => work::write(app, Actor::system(), move |work| jobs::finish(work, id, &result)).await,
        Err(error) => {
            error.log();
            metrics::counter!("regulars_job_failures", "kind" => kind).increment(1);
            let text = match &error {
                Error::Bug(cause) => format!("{cause:#}"),
                Error::Store(cause) => cause.to_string(),
                told => told.to_string(),
            };
            tracing::warn!(job.id = id.0, job.kind = kind, job.attempts = attempts, error = text, "a job failed");
            work::write(app, Actor::system(), move |work| jobs::fail(work, id, attempts, &text)).await
        }
    };
    // Its lease runs out and it is taken again.
    if let Err(error) = written {
        error.log();
    }
}

async fn dispatch(app: &App, claimed: Claimed) -> Result<Ending, Error> {
    match &claimed.job {
        Job::SendMessage { customer, message } => mail::deliver(app, &claimed, *customer, *message).await,
        Job::DeliverWebhook { webhook } => webhooks::deliver(app, &claimed, *webhook).await,
        Job::ReplayDeliveries { webhook, since } => webhooks::replay_step(app, &claimed, *webhook, *since).await,
        Job::ClearWebhook { webhook } => webhooks::clear_step(app, &claimed, *webhook).await,
        Job::PickCustomers { .. } => automation::pick_step(app, claimed).await,
        Job::SeedTimers { .. } => automation::seed_step(app, claimed).await,
        Job::MoveTravellers { .. } => automation::move_step(app, claimed).await,
        Job::Prune => prune(app, claimed.id).await,
        Job::RebuildSegments { .. } => segments::rebuild_step(app, claimed).await,
        Job::ReviewCustomers { .. } => segments::review_step(app, claimed).await,
        Job::KeepMembers { .. } => segments::keep_members_step(app, claimed).await,
        Job::MeasureSegments => segments::measure_step(app, claimed).await,
        Job::SweepSegment { .. } => segments::sweep_step(app, claimed).await,
        Job::ClearField { .. } => customers::clear_field(app, claimed).await,
        Job::CompareCustomers { .. } => duplicates::compare_step(app, claimed).await,
        Job::FindDuplicates { .. } => duplicates::search_step(app, claimed).await,
        Job::Import { import } => transfer::jobs::run(app, &claimed, *import).await,
        Job::UndoImport { import } => transfer::undo::jobs::run(app, &claimed, *import).await,
        Job::Export { export } => exports::jobs::run(app, &claimed, *export).await,
        Job::Bulk { bulk } => bulk::jobs::run(app, &claimed, *bulk).await,
    }
}

/// Takes away what is past its retention, a little at a time, so that others can write in between.
async fn prune(app: &App, job: JobId) -> Result<Ending, Error> {
    transfer::jobs::prune(app).await?;
    transfer::undo::jobs::prune(app).await?;
    exports::jobs::prune(app).await?;
    bulk::jobs::prune(app).await?;
    let mut done = 0;
    let mut more = true;
    while more {
        done += 1;
        more = work::write(app, Actor::system(), move |work| {
            jobs::prune(work)?;
            admin::prune(work)?;
            idempotency::prune(work)?;
            let (runs, deliveries) = (automation::prune(work)?, webhooks::prune(work)?);
            Ok((runs || deliveries) && jobs::progress(work, job, done, None, &Job::Prune)?)
        })
        .await?;
    }
    Ok(Ending::Done(json!({"units": done})))
}

/// What comes around once a day.
const DAILY: [&str; 2] = ["measure_segments", "prune"];
/// What comes around as long as there is something to be added up.
const ROLL_UP: &str = "roll_up";

/// When something comes around next by the calendar.
fn next_of_calendar(work: &mut work::Work<'_>) -> Result<Option<Instant>, Error> {
    // One that is not there yet starts to count now.
    let mut all = vec![jobs::next_of_schedules(work, &DAILY)?.unwrap_or(work.now)];
    if rollups::has_changes(work)? {
        all.push(jobs::next_of_schedules(work, &[ROLL_UP])?.unwrap_or(work.now));
    }
    Ok(all.into_iter().chain(automation::next_look(work)?).min())
}

/// What comes around by the calendar: once a day, sizes are written down and old things are taken away; every few seconds,
/// roll-ups are brought up to date if there is something new.
async fn calendar(app: &App) -> Result<(), Error> {
    let is_to_be_added_up = work::write(app, Actor::system(), |work| {
        if jobs::take_schedule(work, DAILY[0], work.now.plus_days(1))? {
            segments::measure_due(work)?;
        }
        automation::look_due(work)?;
        if jobs::take_schedule(work, DAILY[1], work.now.plus_days(1))? {
            jobs::enqueue(work, &Job::Prune, jobs::Wish { unique_key: Some("prune".to_owned()), ..jobs::Wish::default() })?;
        }
        Ok(rollups::has_changes(work)? && jobs::take_schedule(work, ROLL_UP, work.now.plus_seconds(ROLL_UP_S))?)
    });
    if is_to_be_added_up.await? {
        rollups::catch_up(app).await?;
    }
    Ok(())
}

/// Lets windows flip whose instant has come, one unit of work at a time; says whether there were any.
async fn flip_due(app: &App) -> Result<bool, Error> {
    let next = work::read(app, Actor::system(), segments::next_flip).await?;
    if next.is_none_or(|next| app.clock.now() < next) {
        return Ok(false);
    }
    Ok(work::write(app, Actor::system(), segments::flip_due).await? > 0)
}
