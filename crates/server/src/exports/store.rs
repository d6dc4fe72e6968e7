//! SQL of the exports.

use super::model::{Export, Order, State};
use crate::access::{Actor, ActorKind};
use crate::error::Error;
use crate::ids::{ExportId, JobId};
use crate::time::Instant;
use crate::work::Work;
use serde_json::Value;
use store::{FromRow, Row, Statement, StoreError};

pub fn insert(work: &mut Work<'_>, export: ExportId, order: &Order, file_name: &str, job: Option<JobId>) -> Result<(), Error> {
    let actor = work.actor.clone();
    let wanted = serde_json::to_value(order).map_err(|error| Error::Bug(anyhow::Error::new(error).context("an order has no JSON form")))?;
    work.tx.execute(
        "insert into exports (id, wanted, file_name, state, run, rows_done, bytes, job_id, actor_kind, actor_id, actor_name, created_at)
         values ($1, $2, $3, 'queued', 0, 0, 0, $4, $5, $6, $7, $8)",
        &[
            export.into(),
            wanted.into(),
            file_name.into(),
            job.into(),
            actor.kind.as_str().into(),
            actor.id.into(),
            (&actor.name).into(),
            work.now.into(),
        ],
    )?;
    Ok(())
}

/// With what has become of the job: one that was put aside has not written the file.
const SHOWN: &str = "select e.id, e.wanted, e.file_name, e.state, e.rows_done, e.rows_total, e.bytes, e.error, e.job_id, e.actor_kind, \
                     e.actor_id, e.actor_name, e.created_at, e.finished_at, e.expires_at, e.run, j.state, j.last_error \
                     from exports as e left join jobs as j on j.id = e.job_id where ";

struct Found(Export);

/// Whether the file is past its time is a question of now.
fn as_of(now: Instant, found: Found) -> Export {
    let Found(mut export) = found;
    if export.state == State::Done && export.expires_at.is_some_and(|end| end <= now) {
        export.state = State::Expired;
    }
    export
}

pub fn read(work: &mut Work<'_>, export: ExportId) -> Result<Option<Export>, Error> {
    let found: Option<Found> = work.tx.first(&format!("{SHOWN} e.id = $1"), &[export.into()])?;
    let now = work.now;
    Ok(found.map(|found| as_of(now, found)))
}

/// The newest first, before the given id; of one owner, or of all.
pub fn page(work: &mut Work<'_>, owner: Option<&Actor>, before: Option<i64>, limit: usize) -> Result<Vec<Export>, Error> {
    let mut statement = Statement::new(SHOWN);
    statement.push("e.id < ").bind(before.unwrap_or(i64::MAX));
    if let Some(owner) = owner {
        statement.push(" and e.actor_kind = ").bind(owner.kind.as_str()).push(" and e.actor_id = ").bind(owner.id);
    }
    statement.push(" order by e.id desc limit ").bind(limit as i64 + 1);
    let now = work.now;
    Ok(work.tx.list::<Found>(&statement)?.into_iter().map(|found| as_of(now, found)).collect())
}

pub fn count_under_way(work: &mut Work<'_>, owner: &Actor) -> Result<i64, Error> {
    Ok(work.tx.one(
        "select count(*) from exports as e join jobs as j on j.id = e.job_id
         where e.actor_kind = $1 and e.actor_id = $2 and j.state in ('queued', 'running')",
        &[owner.kind.as_str().into(), owner.id.into()],
    )?)
}

/// Begins the file anew under the next number; nothing if the export is gone or done.
pub fn begin(work: &mut Work<'_>, export: ExportId) -> Result<Option<i64>, Error> {
    Ok(work.tx.first(
        "update exports set state = 'running', run = run + 1, rows_done = 0, bytes = 0, error = null, finished_at = null
         where id = $1 and state <> 'done' returning run",
        &[export.into()],
    )?)
}

/// How far a file is.
pub struct Stage {
    pub rows: i64,
    pub total: i64,
    pub bytes: i64,
}

/// Nothing is touched when it is begun anew elsewhere, was stopped, or is gone.
pub fn advance(work: &mut Work<'_>, export: ExportId, run: i64, stage: &Stage) -> Result<u64, Error> {
    Ok(work.tx.execute(
        "update exports set rows_done = $3, rows_total = $4, bytes = $5 where id = $1 and run = $2 and state = 'running'",
        &[export.into(), run.into(), stage.rows.into(), stage.total.into(), stage.bytes.into()],
    )?)
}

pub fn end(
    work: &mut Work<'_>,
    export: ExportId,
    run: i64,
    state: State,
    error: Option<&str>,
    expires_at: Option<Instant>,
) -> Result<(), Error> {
    work.tx.execute(
        "update exports set state = $3, error = $4, expires_at = $5, finished_at = $6 where id = $1 and run = $2 and state = 'running'",
        &[export.into(), run.into(), state.as_str().into(), error.into(), expires_at.into(), work.now.into()],
    )?;
    Ok(())
}

/// Stops the export whose job was stopped.
pub fn cancel(work: &mut Work<'_>, job: JobId) -> Result<(), Error> {
    work.tx.execute(
        "update exports set state = 'cancelled', finished_at = $2 where job_id = $1 and state in ('queued', 'running')",
        &[job.into(), work.now.into()],
    )?;
    Ok(())
}

pub fn fail(work: &mut Work<'_>, job: JobId, error: &str) -> Result<(), Error> {
    work.tx.execute(
        "update exports set state = 'failed', error = $2, finished_at = $3 where job_id = $1 and state in ('queued', 'running')",
        &[job.into(), error.into(), work.now.into()],
    )?;
    Ok(())
}

pub fn delete(work: &mut Work<'_>, export: ExportId) -> Result<(), Error> {
    work.tx.execute("delete from exports where id = $1", &[export.into()])?;
    Ok(())
}

/// Takes away exports that ended, or were wanted, before an instant and whose file is not kept any more.
pub fn delete_before(work: &mut Work<'_>, before: Instant) -> Result<(), Error> {
    work.tx.execute(
        "delete from exports where coalesce(finished_at, created_at) < $1 and (expires_at is null or expires_at <= $2)",
        &[before.into(), work.now.into()],
    )?;
    Ok(())
}

/// Exports that have chunks and no file: past their time, given up, or taken away.
pub fn unfetchable(work: &mut Work<'_>, limit: i64) -> Result<Vec<ExportId>, Error> {
    Ok(work.tx.all(
        "select distinct c.export_id from export_chunks as c
         where not exists (select 1 from exports as e where e.id = c.export_id
           and (e.state in ('queued', 'running') or e.state = 'done' and e.expires_at > $1))
         order by c.export_id limit $2",
        &[work.now.into(), limit.into()],
    )?)
}

pub fn insert_chunk(work: &mut Work<'_>, export: ExportId, run: i64, place: i64, content: &[u8]) -> Result<(), Error> {
    work.tx.execute(
        "insert into export_chunks (export_id, run, position, content) values ($1, $2, $3, $4)",
        &[export.into(), run.into(), place.into(), content.to_vec().into()],
    )?;
    Ok(())
}

pub fn chunk(work: &mut Work<'_>, export: ExportId, run: i64, place: i64) -> Result<Option<Vec<u8>>, Error> {
    Ok(work.tx.first(
        "select content from export_chunks where export_id = $1 and run = $2 and position = $3",
        &[export.into(), run.into(), place.into()],
    )?)
}

/// Takes away the first chunks of an export up to those of a number; gives how many there were.
pub fn delete_chunks(work: &mut Work<'_>, export: ExportId, run: i64, limit: i64) -> Result<u64, Error> {
    Ok(work.tx.execute(
        "delete from export_chunks where export_id = $1 and (run, position) in
           (select run, position from export_chunks where export_id = $1 and run <= $2 order by run, position limit $3)",
        &[export.into(), run.into(), limit.into()],
    )?)
}

impl FromRow for Found {
    fn from_row(row: &Row<'_>) -> Result<Found, StoreError> {
        let (wanted, state, kind): (Value, String, String) = (row.get(1)?, row.get(3)?, row.get(9)?);
        let order = serde_json::from_value(wanted).map_err(|error| StoreError::bug(format!("what an export is of: {error}")))?;
        let state = State::parse(&state).ok_or_else(|| StoreError::bug("a state of an export that this program does not know"))?;
        let (job_state, job_error): (Option<String>, Option<String>) = (row.get(16)?, row.get(17)?);
        let is_put_aside = matches!(state, State::Queued | State::Running) && job_state.as_deref() == Some("dead");
        Ok(Found(Export {
            id: row.get(0)?,
            order,
            file_name: row.get(2)?,
            state: if is_put_aside { State::Failed } else { state },
            rows_done: row.get(4)?,
            rows_total: row.get(5)?,
            bytes: row.get(6)?,
            error: if is_put_aside { job_error } else { row.get(7)? },
            job_id: row.get(8)?,
            owner: Actor { kind: ActorKind::parse(&kind), id: row.get(10)?, name: row.get(11)? },
            created_at: row.get(12)?,
            finished_at: row.get(13)?,
            expires_at: row.get(14)?,
            run: row.get(15)?,
        }))
    }
}
