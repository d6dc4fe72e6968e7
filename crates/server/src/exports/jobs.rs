//! The job that writes the file of an export. Half a file cannot be gone on with: taken up again, it begins anew, under the
//! next number, and only the chunks of the last number count. Whoever still writes under an earlier one stops.

use super::model::State;
use super::store;
use super::walk::Walk;
use crate::access::Actor;
use crate::app::App;
use crate::error::Error;
use crate::ids::{ExportId, JobId};
use crate::jobs::{self, Claimed, Job};
use crate::work::{self, Work};
use crate::worker::Ending;
use serde_json::json;
use std::sync::Arc;

/// Bytes of a chunk, the last one aside. What of a page goes over it is in the same chunk.
const CHUNK_BYTES: usize = 1024 * 1024;
/// The largest file; also what a zip holds without an addition that not every spreadsheet knows.
const FILE_BYTES_MAX: i64 = 4 * 1024 * 1024 * 1024 - 1;
/// Chunks taken away per unit of work.
const CHUNKS_PER_UNIT: i64 = 32;
/// Exports whose chunks one pruning takes away; the rest goes the next day.
const PRUNED_MAX: i64 = 500;

/// A file that is being written.
pub struct Run {
    app: App,
    job: JobId,
    export: ExportId,
    run: i64,
    walk: Walk,
    chunks: i64,
    bytes: i64,
}

/// How it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    More,
    /// The file is there.
    End,
    /// It cannot be written, and that is said.
    Failed,
    /// The job was stopped, or another worker goes on with it.
    Stopped,
    /// The export is gone.
    Gone,
}

/// Writes the file to its end, or until the job is stopped.
pub async fn run(app: &App, claimed: &Claimed, export: ExportId) -> Result<Ending, Error> {
    let mut run = match Run::begin(app, claimed, export).await? {
        Ok(run) => run,
        Err(Step::Gone) => return Ok(Ending::Done(json!({ "missing": true }))),
        Err(_) => return Ok(Ending::Written),
    };
    let mut step = Step::More;
    while step == Step::More {
        step = run.step().await?;
    }
    if step != Step::End {
        delete_chunks(app, export, run.run).await?;
    }
    tracing::info!(export.id = export.0, job.id = claimed.id.0, rows = run.walk.rows, bytes = run.bytes, "an export has come to its end");
    Ok(if step == Step::Gone { Ending::Done(json!({ "missing": true })) } else { Ending::Written })
}

impl Run {
    /// Begins a file from its first row, or says why there is nothing to begin.
    pub async fn begin(app: &App, claimed: &Claimed, export: ExportId) -> Result<Result<Run, Step>, Error> {
        let job = claimed.id;
        let begun = work::write(app, Actor::system(), move |work| {
            let run = store::begin(work, export)?;
            Ok(run.zip(store::read(work, export)?))
        });
        let Some((run, found)) = begun.await? else { return Ok(Err(Step::Gone)) };
        delete_chunks(app, export, run - 1).await?;
        let walk = match Walk::begin(app, found.owner, &found.order).await {
            Ok(walk) => walk,
            // A field or a segment it names is gone since it was asked for, or there are too many rows.
            Err(error @ Error::Invalid(_)) => {
                let why = why(error);
                work::write(app, Actor::system(), move |work| fail(work, job, export, run, &why)).await?;
                return Ok(Err(Step::Failed));
            }
            Err(error) => return Err(error),
        };
        Ok(Ok(Run { app: app.clone(), job, export, run, walk, chunks: 0, bytes: 0 }))
    }

    /// Writes the next customers, what has come together of the file, and how far it is.
    pub async fn step(&mut self) -> Result<Step, Error> {
        let more = self.walk.next().await?;
        let chunk = self.walk.take(if more { CHUNK_BYTES } else { 1 }).map(Arc::<[u8]>::from);
        let length = chunk.as_ref().map_or(0, |chunk| chunk.len());
        let (place, bytes) = (self.chunks, self.bytes + i64::try_from(length).unwrap_or(i64::MAX));
        self.chunks += i64::from(chunk.is_some());
        self.bytes = bytes;
        let (job, export, run, rows, total) = (self.job, self.export, self.run, self.walk.rows, self.walk.total);
        work::write(&self.app, Actor::system(), move |work| {
            if !jobs::progress(work, job, rows, Some(total.max(rows)), &Job::Export { export })? {
                return Ok(Step::Stopped);
            }
            if store::advance(work, export, run, &store::Stage { rows, total: total.max(rows), bytes })? == 0 {
                return Ok(if store::read(work, export)?.is_some() { Step::Stopped } else { Step::Gone });
            }
            if FILE_BYTES_MAX < bytes {
                fail(
                    work,
                    job,
                    export,
                    run,
                    &format!("the file would have more than {FILE_BYTES_MAX} bytes; choose fewer customers or columns"),
                )?;
                return Ok(Step::Failed);
            }
            if let Some(chunk) = &chunk {
                store::insert_chunk(work, export, run, place, chunk)?;
            }
            if more {
                return Ok(Step::More);
            }
            let keep_hours = work.app.config.exports.keep_hours;
            store::end(work, export, run, State::Done, None, Some(work.now.plus_minutes(keep_hours * 60)))?;
            jobs::finish(work, job, &json!({ "exportId": export, "rows": rows, "bytes": bytes }))?;
            Ok(Step::End)
        })
        .await
    }
}

/// Gives an export up, and ends its job: to try again would end the same way.
fn fail(work: &mut Work<'_>, job: JobId, export: ExportId, run: i64, why: &str) -> Result<(), Error> {
    store::end(work, export, run, State::Failed, Some(why), None)?;
    jobs::finish(work, job, &json!({ "exportId": export, "error": why }))
}

fn why(error: Error) -> String {
    match error {
        Error::Invalid(problems) => problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>().join("; "),
        other => other.to_string(),
    }
}

/// Takes the chunks of an export away up to those of a number, in small units, so that a large file does not hold the writer.
pub async fn delete_chunks(app: &App, export: ExportId, run: i64) -> Result<(), Error> {
    while work::write(app, Actor::system(), move |work| store::delete_chunks(work, export, run, CHUNKS_PER_UNIT)).await? > 0 {}
    Ok(())
}

/// Takes away files past their time, what is left of those that were never done, and exports that ended long ago.
pub async fn prune(app: &App) -> Result<(), Error> {
    let left = work::write(app, Actor::system(), |work| {
        let retention = work.app.config.retention.finished_jobs_days;
        store::delete_before(work, work.now.plus_days(-retention))?;
        store::unfetchable(work, PRUNED_MAX)
    });
    for export in left.await? {
        delete_chunks(app, export, i64::MAX).await?;
    }
    Ok(())
}

/// A part of the file.
pub async fn chunk(app: &App, export: ExportId, run: i64, place: i64) -> Result<Vec<u8>, Error> {
    let found = work::read(app, Actor::system(), move |work| store::chunk(work, export, run, place)).await?;
    found.ok_or(Error::Gone { code: "export_expired", detail: "the rest of this file is not kept any more".to_owned() })
}
