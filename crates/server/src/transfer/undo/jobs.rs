//! The job that takes an import back, some deeds at a time, on behalf of whoever wanted it. The deeds, what became of them and
//! the place are one unit: taken up again after a crash, nothing is undone twice.

use super::model::{Undo, Verdict};
use crate::access::Actor;
use crate::admin;
use crate::app::App;
use crate::audit;
use crate::error::Error;
use crate::ids::{ImportId, JobId};
use crate::jobs::{self, Claimed, Job};
use crate::transfer::model::{Import, State};
use crate::transfer::store::undo as store;
use crate::work::{self, Work};
use crate::worker::Ending;
use serde_json::json;

/// Imports of which one pruning takes away what they did; the rest goes the next day.
const PRUNED_MAX: i64 = 500;
/// Rows taken away per unit of work.
const ROWS_PER_UNIT: i64 = 1_000;

/// Goes on to the end, or until the job is stopped.
pub async fn run(app: &App, claimed: &Claimed, import: ImportId) -> Result<Ending, Error> {
    let Some(owner) = begin(app, claimed.id, import).await? else {
        return Ok(Ending::Done(json!({ "importId": import, "nothingToDo": true })));
    };
    while step(app, owner.clone(), claimed.id, import).await? {}
    tracing::info!(import.id = import.0, job.id = claimed.id.0, "the undoing of an import has come to its end");
    Ok(Ending::Written)
}

/// Marks it as under way; gives on whose behalf, or nothing if there is nothing to be done.
pub async fn begin(app: &App, job: JobId, import: ImportId) -> Result<Option<Actor>, Error> {
    let begun = work::write(app, Actor::system(), move |work| {
        let is_begun = jobs::is_running(work, job)? && store::begin(work, import, job)?;
        Ok(if is_begun { crate::transfer::read(work, import)?.undo } else { None })
    });
    Ok(begun.await?.map(|undo| undo.owner))
}

/// Undoes the next deeds; says whether there may be more.
pub async fn step(app: &App, owner: Actor, job: JobId, import: ImportId) -> Result<bool, Error> {
    work::write(app, owner, move |work| unit(work, job, import)).await
}

fn unit(work: &mut Work<'_>, job: JobId, id: ImportId) -> Result<bool, Error> {
    let import = crate::transfer::read(work, id)?;
    let Some(undo) = import.undo.clone() else { return Err(Error::NotFound) };
    let next = store::deeds_before(work, id, undo.at)?;
    let done = undo.done + next.as_ref().map_or(0, |(_, deeds)| deeds.len() as i64);
    if !jobs::progress(work, job, done, Some(undo.total), &Job::UndoImport { import: id })? {
        return Ok(false);
    }
    let Some((place, deeds)) = next else {
        if undo.done < undo.total {
            finish(work, job, &import, &undo, State::Failed, Some("what this import did is not kept any more"))?;
            return Ok(false);
        }
        finish(work, job, &import, &undo, State::Done, None)?;
        return Ok(false);
    };
    if !store::take(work, id, undo.at, place)? {
        return Ok(false);
    }
    let outcomes = match check_owner(work, &import, &undo).and_then(|()| super::take_back(work, &import, undo.fate, &deeds)) {
        Ok(outcomes) => outcomes,
        // Its owner may not do it any more, or the segment is gone; nothing of these deeds was undone.
        Err(error @ (Error::Conflict { .. } | Error::NotFound)) => {
            store::step_back(work, id, undo.at)?;
            let why = if matches!(error, Error::NotFound) { "the segment is gone".to_owned() } else { error.to_string() };
            finish(work, job, &import, &undo, State::Failed, Some(&why))?;
            return Ok(false);
        }
        Err(error) => return Err(error),
    };
    let mut counts = undo.counts;
    counts.count(&outcomes);
    store::set_counts(work, id, done, counts)?;
    if undo.is_again() {
        store::delete_kept_of(work, id, &deeds)?;
    }
    store::insert_kept(work, id, outcomes.iter().filter(|outcome| outcome.outcome == Verdict::Kept))?;
    Ok(true)
}

fn check_owner(work: &mut Work<'_>, import: &Import, undo: &Undo) -> Result<(), Error> {
    for permission in super::permissions(import, undo.fate) {
        if !admin::may_now(work, &undo.owner, permission)? {
            return Err(Error::conflict("owner_may_not", "whoever started it may not do this any more"));
        }
    }
    Ok(())
}

/// Ends an undoing, and its job with it.
fn finish(work: &mut Work<'_>, job: JobId, import: &Import, undo: &Undo, state: State, error: Option<&str>) -> Result<(), Error> {
    store::end(work, import.id, state, error)?;
    let result = json!({ "importId": import.id, "state": state, "error": error, "counts": undo.counts });
    audit::record(work, "finish", "import", Some(import.id.0), &result)?;
    jobs::finish(work, job, &result)
}

/// Takes away what imports did long ago, with what their undoings left, a little at a time.
pub async fn prune(app: &App) -> Result<(), Error> {
    let old = work::read(app, Actor::system(), |work| {
        let kept_days = work.app.config.imports.undo_days;
        store::recorded_before(work, work.now.plus_days(-kept_days), PRUNED_MAX)
    });
    for import in old.await? {
        while work::write(app, Actor::system(), move |work| store::delete_some(work, import, ROWS_PER_UNIT)).await? > 0 {}
    }
    Ok(())
}
