//! The job that reads an uploaded file. Taken up again by another worker, it goes on where it was.

use super::model::{Import, State};
use super::run::Run;
use super::source::Source;
use super::store;
use super::unit::{self, Step};
use crate::access::Actor;
use crate::app::App;
use crate::error::Error;
use crate::ids::{ImportId, JobId};
use crate::jobs::{self, Claimed};
use crate::work::{self, Work};
use crate::worker::Ending;
use serde_json::json;

/// Pieces of an upload taken away per unit of work.
const PIECES_PER_UNIT: i64 = 32;
/// Days that an upload nobody reads is kept: one that broke off, or was cancelled and may be retried.
const UPLOAD_DAYS: i64 = 7;
/// Uploads that one pruning takes away; the rest goes the next day.
const PRUNED_MAX: i64 = 100;

/// Reads the file to its end, or until the job is cancelled.
pub async fn run(app: &App, claimed: &Claimed, id: ImportId) -> Result<Ending, Error> {
    let job = claimed.id;
    let opened = work::write(app, Actor::system(), move |work| open(work, job, id)).await?;
    let Some((import, actor)) = opened else { return Ok(Ending::Done(json!({ "missing": true }))) };
    if import.state.has_ended() {
        return Ok(Ending::Done(json!({ "importId": id })));
    }
    let source = Source::Upload { app: app.clone(), import: id, next: 0, left: import.bytes_total };
    let mut run = match Run::of(app, actor, import.clone(), source).await {
        Ok(run) => run,
        // The fields were changed since the upload.
        Err(Error::Invalid(problems)) => {
            let why = problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>().join("; ");
            work::write(app, Actor::system(), move |work| unit::end(work, &import, State::Failed, Some(&why), import.counts)).await?;
            return Ok(Ending::Written);
        }
        Err(error) => return Err(error),
    };
    let mut step = Step::More;
    while step == Step::More {
        step = run.step().await?.step;
    }
    if step != Step::Cancelled {
        delete_pieces(app, id).await?;
    }
    tracing::info!(import.id = id.0, job.id = job.0, rows = run.counts().rows_done, "an import has come to its end");
    Ok(Ending::Written)
}

/// The import and on whose behalf it runs. One that was stopped is opened again if its job was asked to go on.
fn open(work: &mut Work<'_>, job: JobId, id: ImportId) -> Result<Option<(Import, Actor)>, Error> {
    if !jobs::is_running(work, job)? {
        return Ok(None);
    }
    store::reopen(work, id)?;
    if store::read(work, id)?.is_some_and(|import| import.options.dry_run && !import.state.has_ended()) {
        store::rewind(work, id)?;
    }
    let import = store::read(work, id)?;
    Ok(import.zip(store::actor(work, id)?))
}

/// In small units, so that a large upload does not hold the writer.
pub async fn delete_pieces(app: &App, import: ImportId) -> Result<(), Error> {
    while work::write(app, Actor::system(), move |work| store::delete_pieces(work, import, PIECES_PER_UNIT)).await? > 0 {}
    Ok(())
}

/// Takes away uploads nobody will read, and problems past their retention.
pub async fn prune(app: &App) -> Result<(), Error> {
    let broken_off = work::write(app, Actor::system(), |work| {
        let retention = work.app.config.retention.finished_jobs_days;
        store::prune_problems(work, work.now.plus_days(-retention))?;
        store::unread_uploads(work, work.now.plus_days(-UPLOAD_DAYS), PRUNED_MAX)
    });
    for import in broken_off.await? {
        delete_pieces(app, import).await?;
    }
    Ok(())
}
