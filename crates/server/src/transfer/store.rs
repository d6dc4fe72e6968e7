//! SQL of the imports.

pub mod undo;

use super::model::{Counts, Import, Kind, Options, Position, RowProblem, State};
use crate::access::{Actor, ActorKind};
use crate::error::{Error, Problem};
use crate::ids::{ImportId, JobId};
use crate::time::Instant;
use crate::work::Work;
use serde_json::Value;
use store::{FromRow, Row, Rows, Statement, StoreError};

/// What is written down of a new import beside what is shown of it.
pub struct New<'n> {
    pub import: &'n Import,
    pub file_hash: &'n str,
}

pub fn insert(work: &mut Work<'_>, new: &New<'_>) -> Result<(), Error> {
    let import = new.import;
    let actor = work.actor.clone();
    work.tx.execute(
        "insert into imports (id, kind, file_name, file_hash, options, state, row_no, bytes_done, bytes_total, rows_done, created,
           updated, rejected, job_id, actor_kind, actor_id, actor_name, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, 0, 0, $7, 0, 0, 0, 0, $8, $9, $10, $11, $12, $12)",
        &[
            import.id.into(),
            import.kind.as_str().into(),
            (&import.file_name).into(),
            new.file_hash.into(),
            document(&import.options)?.into(),
            import.state.as_str().into(),
            import.bytes_total.into(),
            import.job_id.into(),
            actor.kind.as_str().into(),
            actor.id.into(),
            (&actor.name).into(),
            work.now.into(),
        ],
    )?;
    Ok(())
}

fn document(options: &Options) -> Result<Value, Error> {
    serde_json::to_value(options).map_err(|error| Error::Bug(anyhow::Error::new(error).context("options have no JSON form")))
}

/// With whether what it did is kept, and its undoing.
const SHOWN: &str = "select i.id, i.kind, i.file_name, i.options, i.state, i.rows_done, i.created, i.updated, i.rejected, i.bytes_done, \
                     i.bytes_total, i.error, i.job_id, i.created_at, i.finished_at, i.row_no, \
                     exists (select 1 from import_deeds as d where d.import_id = i.id), u.import_id, u.kept, u.attempt, u.state, u.place, u.part, \
                     u.total, u.done, u.counts, u.error, u.job_id, u.actor_kind, u.actor_id, u.actor_name, u.created_at, u.finished_at \
                     from imports as i left join import_undos as u on u.import_id = i.id where ";

/// How long what an import did is kept is a question of the configuration, and whether one can go back follows from it.
fn shown(work: &Work<'_>, mut import: Import) -> Import {
    let days = work.app.config.imports.undo_days;
    import.undoable_until = import.finished_at.filter(|_| import.is_undoable).map(|end| end.plus_days(days));
    let may_begin = import.undo.as_ref().is_none_or(crate::transfer::undo::Undo::may_begin);
    let is_kept = if import.is_endable() { import.is_undoable } else { import.undoable_until.is_some_and(|end| work.now < end) };
    import.is_undoable = may_begin && is_kept;
    import
}

pub fn read(work: &mut Work<'_>, import: ImportId) -> Result<Option<Import>, Error> {
    let found: Option<Import> = work.tx.first(&format!("{SHOWN} i.id = $1"), &[import.into()])?;
    Ok(found.map(|import| shown(work, import)))
}

/// The newest first, before the given id.
pub fn page(work: &mut Work<'_>, before: Option<i64>, limit: usize) -> Result<Vec<Import>, Error> {
    let mut statement = Statement::new(&format!("{SHOWN} i.id < "));
    statement.bind(before.unwrap_or(i64::MAX)).push(" order by i.id desc limit ").bind(limit as i64 + 1);
    let found: Vec<Import> = work.tx.list(&statement)?;
    Ok(found.into_iter().map(|import| shown(work, import)).collect())
}

/// Imports of the same bytes as the same kind from the command line that were not taken back, the newest first.
pub fn of_file(work: &mut Work<'_>, kind: Kind, file_hash: &str, limit: i64) -> Result<Vec<Import>, Error> {
    let text = format!(
        "{SHOWN} i.file_hash = $1 and i.kind = $2 and i.job_id is null and (u.state is null or u.state <> 'done')
                          order by i.id desc limit $3"
    );
    Ok(work.tx.all(&text, &[file_hash.into(), kind.as_str().into(), limit.into()])?)
}

/// Whether an import of the same bytes as the same kind is on its way back.
pub fn is_being_undone(work: &mut Work<'_>, kind: Kind, file_hash: &str) -> Result<bool, Error> {
    let under_way: Option<i64> = work.tx.first(
        "select i.id from imports as i join import_undos as u on u.import_id = i.id
         where i.file_hash = $1 and i.kind = $2 and u.state in ('queued', 'running') limit 1",
        &[file_hash.into(), kind.as_str().into()],
    )?;
    Ok(under_way.is_some())
}

/// On whose behalf the rows are written.
pub fn actor(work: &mut Work<'_>, import: ImportId) -> Result<Option<Actor>, Error> {
    let found: Option<(String, Option<i64>, String)> =
        work.tx.first("select actor_kind, actor_id, actor_name from imports where id = $1", &[import.into()])?;
    Ok(found.map(|(kind, id, name)| Actor { kind: ActorKind::parse(&kind), id, name }))
}

/// Moves on from one position to the next. Nothing is touched when somebody else has moved on meanwhile.
pub fn advance(work: &mut Work<'_>, import: ImportId, from: Position, to: Position, counts: Counts) -> Result<u64, Error> {
    Ok(work.tx.execute(
        "update imports set row_no = $3, bytes_done = $4, rows_done = $5, created = $6, updated = $7, rejected = $8, state = 'running',
           updated_at = $9
         where id = $1 and row_no = $2 and state in ('queued', 'running')",
        &[
            import.into(),
            from.row.into(),
            to.row.into(),
            to.bytes.into(),
            counts.rows_done.into(),
            counts.created.into(),
            counts.updated.into(),
            counts.rejected.into(),
            work.now.into(),
        ],
    )?)
}

pub fn end(work: &mut Work<'_>, import: ImportId, state: State, error: Option<&str>) -> Result<(), Error> {
    work.tx.execute(
        "update imports set state = $2, error = $3, updated_at = $4, finished_at = $4 where id = $1 and state in ('queued', 'running')",
        &[import.into(), state.as_str().into(), error.into(), work.now.into()],
    )?;
    Ok(())
}

pub fn cancel(work: &mut Work<'_>, job: JobId) -> Result<(), Error> {
    work.tx.execute(
        "update imports set state = 'cancelled', updated_at = $2, finished_at = $2 where job_id = $1 and state in ('queued', 'running')",
        &[job.into(), work.now.into()],
    )?;
    Ok(())
}

pub fn fail(work: &mut Work<'_>, job: JobId, error: &str) -> Result<(), Error> {
    work.tx.execute(
        "update imports set state = 'failed', error = $2, updated_at = $3, finished_at = $3 where job_id = $1 and state in ('queued', 'running')",
        &[job.into(), error.into(), work.now.into()],
    )?;
    Ok(())
}

/// Opens an import that was stopped and not taken back, so that it goes on where it was.
pub fn reopen(work: &mut Work<'_>, import: ImportId) -> Result<(), Error> {
    work.tx.execute(
        "update imports set state = 'running', error = null, finished_at = null, updated_at = $2
         where id = $1 and state in ('cancelled', 'failed')
           and not exists (select 1 from import_undos as u where u.import_id = $1)",
        &[import.into(), work.now.into()],
    )?;
    Ok(())
}

/// Back to the first row; for dry runs, which have written nothing that could be gone on from.
pub fn rewind(work: &mut Work<'_>, import: ImportId) -> Result<(), Error> {
    work.tx.execute(
        "update imports set row_no = 0, bytes_done = 0, rows_done = 0, created = 0, updated = 0, rejected = 0 where id = $1",
        &[import.into()],
    )?;
    work.tx.execute("delete from import_problems where import_id = $1", &[import.into()])?;
    Ok(())
}

pub fn insert_problems(work: &mut Work<'_>, import: ImportId, problems: &[RowProblem]) -> Result<(), Error> {
    let mut rows = Rows::with_capacity(3, problems.len());
    for problem in problems {
        let document = serde_json::to_value(&problem.problems).map_err(|error| Error::Bug(error.into()))?;
        rows.push([import.into(), problem.row.into(), document.into()]);
    }
    work.tx.insert("insert into import_problems (import_id, row_no, problems)", rows, "")?;
    Ok(())
}

/// Refused rows in the order of the file, after a row.
pub fn problems(work: &mut Work<'_>, import: ImportId, after: i64, limit: usize) -> Result<Vec<RowProblem>, Error> {
    Ok(work.tx.all(
        "select row_no, problems from import_problems where import_id = $1 and row_no > $2 order by row_no limit $3",
        &[import.into(), after.into(), (limit as i64).into()],
    )?)
}

pub fn insert_piece(work: &mut Work<'_>, import: ImportId, position: i64, content: &[u8]) -> Result<(), Error> {
    work.tx.execute(
        "insert into import_chunks (import_id, position, created_at, content) values ($1, $2, $3, $4)",
        &[import.into(), position.into(), work.now.into(), content.to_vec().into()],
    )?;
    Ok(())
}

pub fn piece(work: &mut Work<'_>, import: ImportId, position: i64) -> Result<Option<Vec<u8>>, Error> {
    Ok(work.tx.first("select content from import_chunks where import_id = $1 and position = $2", &[import.into(), position.into()])?)
}

/// Takes away the first pieces of an upload; gives how many there were.
pub fn delete_pieces(work: &mut Work<'_>, import: ImportId, limit: i64) -> Result<u64, Error> {
    Ok(work.tx.execute(
        "delete from import_chunks where import_id = $1
           and position in (select position from import_chunks where import_id = $1 order by position limit $2)",
        &[import.into(), limit.into()],
    )?)
}

/// Uploads begun before an instant that no import under way reads: they broke off, or were left behind.
pub fn unread_uploads(work: &mut Work<'_>, before: Instant, limit: i64) -> Result<Vec<ImportId>, Error> {
    Ok(work.tx.all(
        "select distinct c.import_id from import_chunks as c
         where c.created_at < $1
           and not exists (select 1 from imports as i where i.id = c.import_id and i.state in ('queued', 'running'))
         order by c.import_id limit $2",
        &[before.into(), limit.into()],
    )?)
}

/// Takes away what was refused in imports that ended before an instant: it may hold what people wrote.
pub fn prune_problems(work: &mut Work<'_>, before: Instant) -> Result<(), Error> {
    work.tx.execute("delete from import_problems where import_id in (select id from imports where finished_at < $1)", &[before.into()])?;
    Ok(())
}

impl FromRow for Import {
    fn from_row(row: &Row<'_>) -> Result<Import, StoreError> {
        let unknown = |what: &str| StoreError::bug(format!("{what} of an import that this program does not know"));
        let (kind, state): (String, String) = (row.get(1)?, row.get(4)?);
        let options: Value = row.get(3)?;
        Ok(Import {
            id: row.get(0)?,
            kind: Kind::parse(&kind).ok_or_else(|| unknown("kind"))?,
            file_name: row.get(2)?,
            options: serde_json::from_value(options).map_err(|error| StoreError::bug(format!("options of an import: {error}")))?,
            state: State::parse(&state).ok_or_else(|| unknown("state"))?,
            counts: Counts { rows_done: row.get(5)?, created: row.get(6)?, updated: row.get(7)?, rejected: row.get(8)? },
            bytes_done: row.get(9)?,
            bytes_total: row.get(10)?,
            error: row.get(11)?,
            job_id: row.get(12)?,
            created_at: row.get(13)?,
            finished_at: row.get(14)?,
            row: row.get(15)?,
            is_undoable: row.get(16)?,
            undoable_until: None,
            undo: undo::of_row(row, 17)?,
        })
    }
}

impl FromRow for RowProblem {
    fn from_row(row: &Row<'_>) -> Result<RowProblem, StoreError> {
        let problems: Value = row.get(1)?;
        let problems: Vec<Problem> =
            serde_json::from_value(problems).map_err(|error| StoreError::bug(format!("problems of an import: {error}")))?;
        Ok(RowProblem { row: row.get(0)?, problems })
    }
}
