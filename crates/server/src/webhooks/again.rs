//! Deliveries in bulk: those that were given up wanted once more, and those of a webhook that was removed taken away. Jobs,
//! a little at a time.

use super::store::deliveries;
use crate::access::Actor;
use crate::app::App;
use crate::error::Error;
use crate::ids::WebhookId;
use crate::jobs::{self, Claimed};
use crate::time::Instant;
use crate::work;
use crate::worker::Ending;
use serde_json::json;

/// Deliveries that one unit of work touches, so that nobody waits long for the writer.
const TOUCHED_AT_ONCE: usize = 500;

/// The kinds of jobs by which the command line has deliveries wanted again.
pub const JOBS: [&str; 1] = ["replay_deliveries"];

/// Wants again what was given up of the deliveries wanted since the instant.
pub async fn replay_step(app: &App, claimed: &Claimed, webhook: WebhookId, since: Instant) -> Result<Ending, Error> {
    let mut done = claimed.done;
    loop {
        let job = claimed.clone();
        let step = work::write(app, Actor::system(), move |work| {
            let touched = deliveries::replay_dead(work, webhook, since, TOUCHED_AT_ONCE)?;
            work.wake_worker(work.now);
            Ok((touched, jobs::progress(work, job.id, done + touched as i64, None, &job.job)?))
        });
        let (touched, goes_on) = step.await?;
        done += touched as i64;
        if !goes_on || touched < TOUCHED_AT_ONCE as u64 {
            return Ok(Ending::Done(json!({"deliveries": done})));
        }
    }
}

/// Takes away the deliveries of a webhook that is gone.
pub async fn clear_step(app: &App, claimed: &Claimed, webhook: WebhookId) -> Result<Ending, Error> {
    let mut done = claimed.done;
    loop {
        let job = claimed.clone();
        let step = work::write(app, Actor::system(), move |work| {
            let touched = deliveries::delete_of(work, webhook, TOUCHED_AT_ONCE)?;
            Ok((touched, jobs::progress(work, job.id, done + touched as i64, None, &job.job)?))
        });
        let (touched, goes_on) = step.await?;
        done += touched as i64;
        if !goes_on || touched < TOUCHED_AT_ONCE as u64 {
            return Ok(Ending::Done(json!({"deliveries": done})));
        }
    }
}
