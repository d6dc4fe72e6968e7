//! SQL of what imports did, and of taking it back.

use crate::access::{Actor, ActorKind};
use crate::error::{Error, Problem};
use crate::ids::{ActivityId, CustomerId, ImportId, JobId};
use crate::time::Instant;
use crate::transfer::deeds::{Change, Deed};
use crate::transfer::model::State;
use crate::transfer::undo::{Counts, Fate, Outcome, Place, Subject, Undo, Verdict};
use crate::work::Work;
use anyhow::Context;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use store::{FromRow, Row, Rows, Statement, StoreError};

pub fn insert_deeds<'d>(work: &mut Work<'_>, import: ImportId, place: i64, parts: impl Iterator<Item = &'d [Deed]>) -> Result<(), Error> {
    let mut rows = Rows::new(5);
    for (deeds, part) in parts.zip(0_i64..) {
        let document = serde_json::to_string(deeds).context("deeds of an import have no JSON form")?;
        rows.push([import.into(), place.into(), part.into(), (deeds.len() as i64).into(), document.into()]);
    }
    work.tx.insert("insert into import_deeds (import_id, place, part, size, deeds)", rows, "")?;
    Ok(())
}

pub fn insert_changes(work: &mut Work<'_>, import: ImportId, changes: &[Change]) -> Result<(), Error> {
    let mut rows = Rows::with_capacity(5, changes.len());
    for Change { customer, activity, version, changes } in changes {
        rows.push([(*customer).into(), (*activity).into(), import.into(), (*version).into(), Value::Object(changes.clone()).into()]);
    }
    work.tx.insert("insert into import_changes (customer_id, activity_id, import_id, version, changes)", rows, "")?;
    Ok(())
}

/// How many things an import did.
pub fn total(work: &mut Work<'_>, import: ImportId) -> Result<i64, Error> {
    Ok(work.tx.one("select cast(coalesce(sum(size), 0) as bigint) from import_deeds where import_id = $1", &[import.into()])?)
}

/// The deeds before a place, the last ones first.
pub fn deeds_before(work: &mut Work<'_>, import: ImportId, before: Place) -> Result<Option<(Place, Vec<Deed>)>, Error> {
    let found: Option<(i64, i64, String)> = work.tx.first(
        "select place, part, deeds from import_deeds where import_id = $1 and (place, part) < ($2, $3)
         order by place desc, part desc limit 1",
        &[import.into(), before.place.into(), before.part.into()],
    )?;
    let Some((place, part, deeds)) = found else { return Ok(None) };
    let deeds = serde_json::from_str(&deeds).context("deeds of an import cannot be read")?;
    Ok(Some((Place { place, part }, deeds)))
}

/// Nobody begins an undoing of it, or goes on with it, until the end of this unit.
pub fn lock(work: &mut Work<'_>, import: ImportId) -> Result<(), Error> {
    work.tx.first::<i64>("select id from imports where id = $1 {for_update}", &[import.into()])?;
    Ok(())
}

/// Begins an undoing, or goes on with one that was stopped.
pub fn start(work: &mut Work<'_>, import: ImportId, fate: Fate, total: i64, job: JobId) -> Result<(), Error> {
    let (actor, first) = (work.actor.clone(), Place::default());
    work.tx.execute(
        "insert into import_undos (import_id, kept, state, place, part, total, done, counts, job_id, actor_kind, actor_id, actor_name,
           created_at)
         values ($1, $2, 'queued', $3, $4, $5, 0, $6, $7, $8, $9, $10, $11)
         on conflict (import_id) do update set kept = excluded.kept, state = excluded.state, job_id = excluded.job_id,
           actor_kind = excluded.actor_kind, actor_id = excluded.actor_id, actor_name = excluded.actor_name, error = null,
           finished_at = null",
        &[
            import.into(),
            fate.as_str().into(),
            first.place.into(),
            first.part.into(),
            total.into(),
            json!(Counts::default()).into(),
            job.into(),
            actor.kind.as_str().into(),
            actor.id.into(),
            (&actor.name).into(),
            work.now.into(),
        ],
    )?;
    Ok(())
}

/// Marks it as under way, also after it was stopped; nothing if this job is not to do it.
pub fn begin(work: &mut Work<'_>, import: ImportId, job: JobId) -> Result<bool, Error> {
    let begun = work.tx.execute(
        "update import_undos set state = 'running', error = null, finished_at = null where import_id = $1 and job_id = $2 and state <> 'done'",
        &[import.into(), job.into()],
    )?;
    Ok(begun == 1)
}

/// Takes deeds for this unit. Gives false when somebody else has undone them, or it was stopped.
pub fn take(work: &mut Work<'_>, import: ImportId, from: Place, to: Place) -> Result<bool, Error> {
    let taken = work.tx.execute(
        "update import_undos set place = $4, part = $5 where import_id = $1 and place = $2 and part = $3 and state = 'running'",
        &[import.into(), from.place.into(), from.part.into(), to.place.into(), to.part.into()],
    )?;
    Ok(taken == 1)
}

/// Gives deeds back that were taken in this unit and not undone.
pub fn step_back(work: &mut Work<'_>, import: ImportId, to: Place) -> Result<(), Error> {
    let values = [import.into(), to.place.into(), to.part.into()];
    work.tx.execute("update import_undos set place = $2, part = $3 where import_id = $1", &values)?;
    Ok(())
}

pub fn set_counts(work: &mut Work<'_>, import: ImportId, done: i64, counts: Counts) -> Result<(), Error> {
    let values = [import.into(), done.into(), json!(counts).into()];
    work.tx.execute("update import_undos set done = $2, counts = $3 where import_id = $1", &values)?;
    Ok(())
}

pub fn end(work: &mut Work<'_>, import: ImportId, state: State, error: Option<&str>) -> Result<(), Error> {
    work.tx.execute(
        "update import_undos set state = $2, error = $3, finished_at = $4 where import_id = $1 and state = 'running'",
        &[import.into(), state.as_str().into(), error.into(), work.now.into()],
    )?;
    Ok(())
}

/// Ends one whose job does not go on.
pub fn stop(work: &mut Work<'_>, job: JobId, state: State, error: Option<&str>) -> Result<(), Error> {
    work.tx.execute(
        "update import_undos set state = $2, error = $3, finished_at = $4 where job_id = $1 and state in ('queued', 'running')",
        &[job.into(), state.as_str().into(), error.into(), work.now.into()],
    )?;
    Ok(())
}

/// What an import wrote over of some of these activities.
#[derive(Debug, Clone)]
pub struct Overwritten {
    pub change: Change,
    /// The version in which all of it was put back.
    pub restored_version: Option<i64>,
}

/// What an import changed of these activities.
pub fn changes(work: &mut Work<'_>, import: ImportId, activities: &[ActivityId]) -> Result<Vec<Overwritten>, Error> {
    let mut statement = Statement::new(OVERWRITTEN);
    statement.push("import_id = ").bind(import).push(" and activity_id in ").bind_list(activities);
    Ok(work.tx.list(&statement)?)
}

/// What imports changed of these activities and was put back.
pub fn put_back(work: &mut Work<'_>, customers: &[CustomerId], activities: &[ActivityId]) -> Result<Vec<Overwritten>, Error> {
    let mut statement = Statement::new(OVERWRITTEN);
    statement.push("restored_version is not null and customer_id in ").bind_list(customers);
    statement.push(" and activity_id in ").bind_list(activities);
    Ok(work.tx.list(&statement)?)
}

const OVERWRITTEN: &str = "select customer_id, activity_id, version, changes, restored_version from import_changes where ";

/// Notes in which versions of activities all that an import changed was put back.
pub fn set_restored(work: &mut Work<'_>, import: ImportId, restored: &[(Change, i64)]) -> Result<(), Error> {
    let mut rows = Rows::with_capacity(6, restored.len());
    for (change, version) in restored {
        let changes = Value::Object(change.changes.clone());
        rows.push([
            change.customer.into(),
            change.activity.into(),
            import.into(),
            change.version.into(),
            changes.into(),
            (*version).into(),
        ]);
    }
    work.tx.insert(
        "insert into import_changes (customer_id, activity_id, import_id, version, changes, restored_version)",
        rows,
        "on conflict (customer_id, activity_id, import_id, version) do update set restored_version = excluded.restored_version",
    )?;
    Ok(())
}

pub fn insert_kept<'o>(work: &mut Work<'_>, import: ImportId, outcomes: impl Iterator<Item = &'o Outcome>) -> Result<(), Error> {
    let mut rows = Rows::new(7);
    for outcome in outcomes {
        rows.push([
            outcome.customer_id.into(),
            import.into(),
            outcome.row.into(),
            outcome.subject.as_str().into(),
            outcome.subject_id.into(),
            json!(outcome.problems).into(),
            Value::Object(outcome.changes.clone()).into(),
        ]);
    }
    work.tx.insert("insert into import_kept (customer_id, import_id, row_no, subject, subject_id, problems, changes)", rows, "")?;
    Ok(())
}

/// The place of something kept in the order of the file.
pub type KeptPlace = (i64, String, i64, i64);

/// What an undoing left as it was, in the order of the file, with one more than `limit` if there are more.
pub fn kept(work: &mut Work<'_>, import: ImportId, after: Option<KeptPlace>, limit: usize) -> Result<Vec<Outcome>, Error> {
    let mut statement =
        Statement::new("select customer_id, row_no, subject, subject_id, problems, changes from import_kept where import_id = ");
    statement.bind(import);
    if let Some((row, subject, id, customer)) = after {
        statement.push(" and (row_no, subject, subject_id, customer_id) > (").bind(row).push(", ").bind(subject).push(", ").bind(id);
        statement.push(", ").bind(customer).push(")");
    }
    statement.push(" order by row_no, subject, subject_id, customer_id limit ").bind(limit as i64 + 1);
    Ok(work.tx.list(&statement)?)
}

/// What undoings of imports before this one left as it was of these customers.
pub fn kept_before(work: &mut Work<'_>, import: ImportId, customers: &[CustomerId]) -> Result<Vec<Outcome>, Error> {
    let mut statement =
        Statement::new("select customer_id, row_no, subject, subject_id, problems, changes from import_kept where customer_id in ");
    statement.bind_list(customers).push(" and import_id < ").bind(import).push(" order by import_id desc, row_no desc");
    Ok(work.tx.list(&statement)?)
}

pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    for table in ["import_changes", "import_kept"] {
        let mut statement = Statement::new(&format!("delete from {table} where customer_id in "));
        statement.bind_list(customers);
        work.tx.run(&statement)?;
    }
    Ok(())
}

/// Imports that ended before an instant and of which it is still kept what they did.
pub fn recorded_before(work: &mut Work<'_>, before: Instant, limit: i64) -> Result<Vec<ImportId>, Error> {
    Ok(work.tx.all(
        "select i.id from imports as i where i.finished_at < $1
           and not exists (select 1 from import_undos as u where u.import_id = i.id and u.state in ('queued', 'running'))
           and (exists (select 1 from import_deeds as d where d.import_id = i.id)
             or exists (select 1 from import_changes as c where c.import_id = i.id)
             or exists (select 1 from import_kept as k where k.import_id = i.id))
         order by i.id limit $2",
        &[before.into(), limit.into()],
    )?)
}

/// Takes away some of what is kept with an import; gives how much there was.
pub fn delete_some(work: &mut Work<'_>, import: ImportId, limit: i64) -> Result<u64, Error> {
    let values = [import.into(), limit.into()];
    let deeds = work.tx.execute(
        "delete from import_deeds where import_id = $1
           and (place, part) in (select place, part from import_deeds where import_id = $1 order by place, part limit $2)",
        &values,
    )?;
    let changes = work.tx.execute(
        "delete from import_changes where import_id = $1 and activity_id in
           (select activity_id from import_changes where import_id = $1 order by activity_id limit $2)",
        &values,
    )?;
    let kept = work.tx.execute(
        "delete from import_kept where import_id = $1 and (row_no, subject, subject_id, customer_id) in
           (select row_no, subject, subject_id, customer_id from import_kept where import_id = $1
            order by row_no, subject, subject_id, customer_id limit $2)",
        &values,
    )?;
    Ok(deeds + changes + kept)
}

fn parsed<T: DeserializeOwned>(row: &Row<'_>, column: usize, what: &str) -> Result<T, StoreError> {
    let document: Value = row.get(column)?;
    serde_json::from_value(document).map_err(|error| StoreError::bug(format!("{what} of an undoing: {error}")))
}

fn unknown(what: &str) -> StoreError {
    StoreError::bug(format!("{what} of an undoing that this program does not know"))
}

/// The undoing in a row from this column on, if there is one.
pub fn of_row(row: &Row<'_>, first: usize) -> Result<Option<Undo>, StoreError> {
    if row.get::<Option<i64>>(first)?.is_none() {
        return Ok(None);
    }
    let text = |column: usize| row.get::<String>(first + column);
    Ok(Some(Undo {
        fate: Fate::parse(&text(1)?).ok_or_else(|| unknown("what is kept"))?,
        state: State::parse(&text(2)?).ok_or_else(|| unknown("the state"))?,
        at: Place { place: row.get(first + 3)?, part: row.get(first + 4)? },
        total: row.get(first + 5)?,
        done: row.get(first + 6)?,
        counts: parsed(row, first + 7, "counts")?,
        error: row.get(first + 8)?,
        job_id: row.get(first + 9)?,
        owner: Actor { kind: ActorKind::parse(&text(10)?), id: row.get(first + 11)?, name: row.get(first + 12)? },
        created_at: row.get(first + 13)?,
        finished_at: row.get(first + 14)?,
    }))
}

impl FromRow for Outcome {
    fn from_row(row: &Row<'_>) -> Result<Outcome, StoreError> {
        let problems: Vec<Problem> = parsed(row, 4, "problems")?;
        let changes: Map<String, Value> = parsed(row, 5, "changes")?;
        Ok(Outcome {
            customer_id: row.get(0)?,
            row: row.get(1)?,
            subject: Subject::parse(&row.get::<String>(2)?).ok_or_else(|| unknown("a subject"))?,
            subject_id: row.get(3)?,
            name: None,
            outcome: Verdict::Kept,
            problems,
            changes,
        })
    }
}

impl FromRow for Overwritten {
    fn from_row(row: &Row<'_>) -> Result<Overwritten, StoreError> {
        let changes: Map<String, Value> = parsed(row, 3, "changes")?;
        let change = Change { customer: row.get(0)?, activity: row.get(1)?, version: row.get(2)?, changes };
        Ok(Overwritten { change, restored_version: row.get(4)? })
    }
}
