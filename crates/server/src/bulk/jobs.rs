//! The job that does a bulk action, page by page, on behalf of whoever wanted it. A page, what became of its customers and the
//! place after it are one unit: taken up again after a crash, nothing is done twice.

use super::model::{Bulk, Outcome, State, Verdict};
use super::{deeds, store, undo};
use crate::access::{Actor, Permission, ReadCustomers, RunBulk};
use crate::admin;
use crate::app::App;
use crate::error::Error;
use crate::ids::{BulkId, CustomerId, JobId};
use crate::jobs::{self, Claimed, Job};
use crate::work::{self, Work};
use crate::worker::Ending;
use serde_json::json;

/// Bulk actions that one pruning takes away; the rest goes the next day.
const PRUNED_MAX: i64 = 500;
/// Outcomes taken away per unit of work.
const OUTCOMES_PER_UNIT: i64 = 1_000;

/// Goes on to the end, or until the job is stopped.
pub async fn run(app: &App, claimed: &Claimed, bulk: BulkId) -> Result<Ending, Error> {
    let Some(owner) = begin(app, bulk).await? else { return Ok(Ending::Done(json!({ "bulkId": bulk, "nothingToDo": true }))) };
    while step(app, owner.clone(), claimed.id, bulk).await? {}
    tracing::info!(bulk.id = bulk.0, job.id = claimed.id.0, "a bulk action has come to its end");
    Ok(Ending::Written)
}

/// Marks it as under way; gives on whose behalf, or nothing if there is nothing to be done.
pub async fn begin(app: &App, bulk: BulkId) -> Result<Option<Actor>, Error> {
    let begun = work::write(app, Actor::system(), move |work| {
        let is_begun = store::begin(work, bulk)?;
        if !is_begun {
            store::end_undone(work, bulk, "it was undone before it could go on")?;
        }
        Ok(store::read(work, bulk)?.filter(|_| is_begun))
    });
    Ok(begun.await?.map(|bulk| bulk.owner))
}

/// Does the next page; says whether there may be another one.
pub async fn step(app: &App, owner: Actor, job: JobId, bulk: BulkId) -> Result<bool, Error> {
    work::write(app, owner, move |work| unit(work, job, bulk)).await
}

fn unit(work: &mut Work<'_>, job: JobId, id: BulkId) -> Result<bool, Error> {
    let bulk = super::read(work, id)?;
    let page = store::customers(work, id, bulk.next_page)?;
    let done = bulk.counts.done() + page.as_ref().map_or(0, |page| page.len() as i64);
    if !jobs::progress(work, job, done, Some(bulk.total), &Job::Bulk { bulk: id })? {
        return Ok(false);
    }
    let Some(page) = page else {
        finish(work, job, &bulk, State::Done, None)?;
        return Ok(false);
    };
    if !store::take(work, id, bulk.next_page)? {
        return Ok(false);
    }
    let outcomes = match perform(work, &bulk, &page) {
        Ok(outcomes) => outcomes,
        // What it writes to is gone since it began, or its owner may not do it any more; nothing of this page was written.
        Err(error @ (Error::Conflict { .. } | Error::NotFound | Error::Invalid(_))) => {
            finish(work, job, &bulk, State::Failed, Some(&why(error)))?;
            return Ok(false);
        }
        Err(error) => return Err(error),
    };
    let mut counts = bulk.counts;
    counts.count(&outcomes);
    store::set_counts(work, id, counts)?;
    // Of whom there is nothing any more, nothing is kept here either.
    let is_kept = |outcome: &&Outcome| bulk.action.can_be_undone() || outcome.outcome != Verdict::Changed;
    store::insert_outcomes(work, id, outcomes.iter().filter(is_kept))?;
    store::delete_page(work, id, bulk.next_page)?;
    Ok(true)
}

fn perform(work: &mut Work<'_>, bulk: &Bulk, page: &[CustomerId]) -> Result<Vec<Outcome>, Error> {
    for permission in [ReadCustomers::NAME, RunBulk::NAME, bulk.action.subject().permission()] {
        if !admin::may_now(work, &bulk.owner, permission)? {
            return Err(Error::conflict("owner_may_not", "whoever started it may not do this any more"));
        }
    }
    match bulk.undo_of {
        None => deeds::run(work, &bulk.action, page),
        Some(undone) => {
            let changes = store::changes(work, undone, page)?;
            undo::run(work, &bulk.action, &changes, page)
        }
    }
}

/// Ends a bulk action, and its job with it.
fn finish(work: &mut Work<'_>, job: JobId, bulk: &Bulk, state: State, error: Option<&str>) -> Result<(), Error> {
    store::end(work, bulk.id, state, error)?;
    jobs::finish(work, job, &json!({ "bulkId": bulk.id, "state": state, "error": error, "counts": bulk.counts }))
}

fn why(error: Error) -> String {
    match error {
        Error::Invalid(problems) => problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>().join("; "),
        Error::NotFound => "the segment is gone".to_owned(),
        other => other.to_string(),
    }
}

/// Takes away bulk actions that ended long ago, with what became of whom, a little at a time.
pub async fn prune(app: &App) -> Result<(), Error> {
    let old = work::read(app, Actor::system(), |work| {
        let retention = work.app.config.retention.finished_jobs_days;
        store::before(work, work.now.plus_days(-retention), PRUNED_MAX)
    });
    for bulk in old.await? {
        while work::write(app, Actor::system(), move |work| store::delete_outcomes(work, bulk, OUTCOMES_PER_UNIT)).await? > 0 {}
        work::write(app, Actor::system(), move |work| {
            store::delete_pages(work, bulk)?;
            store::delete(work, bulk)
        })
        .await?;
    }
    Ok(())
}
