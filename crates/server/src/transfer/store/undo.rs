//! SQL of what imports did, and of taking it back.

use crate::access::{Actor, ActorKind};
use crate::error::{Error, Problem};
use crate::ids::{ActivityId, CustomerId, ImportId, JobId};
use crate::time::Instant;
use crate::transfer::deeds::{Change, Deed};
use crate::transfer::members::Moved;
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

pub fn insert_moved(work: &mut Work<'_>, import: ImportId, moved: &[(i64, Moved)]) -> Result<(), Error> {
    let mut rows = Rows::with_capacity(4, moved.len());
    for (row, moved) in moved {
        rows.push([moved.customer.into(), import.into(), (*row).into(), json!([moved.before, moved.after]).into()]);
    }
    work.tx.insert("insert into import_memberships (customer_id, import_id, row_no, was)", rows, "")?;
    Ok(())
}

/// How these customers were in the segment of an import before rows of it, and after.
pub fn moved(work: &mut Work<'_>, import: ImportId, customers: &[CustomerId]) -> Result<Vec<(i64, Moved)>, Error> {
    let mut statement = Statement::new("select row_no, customer_id, was from import_memberships where import_id = ");
    statement.bind(import).push(" and customer_id in ").bind_list(customers);
    let found: Vec<(i64, CustomerId, Value)> = work.tx.list(&statement)?;
    let moved = found.into_iter().map(|(row, customer, was)| {
        let (before, after) = serde_json::from_value(was).context("how a customer was in a segment cannot be read")?;
        Ok((row, Moved { customer, before, after }))
    });
    moved.collect()
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

/// Where an undoing begins, or goes on.
pub struct Start {
    pub attempt: i64,
    pub at: Place,
    pub done: i64,
    pub total: i64,
    pub counts: Counts,
}

/// Begins an undoing, or goes on with one that was stopped.
pub fn start(work: &mut Work<'_>, import: ImportId, fate: Fate, start: &Start, job: JobId) -> Result<(), Error> {
    let actor = work.actor.clone();
    work.tx.execute(
        "insert into import_undos (import_id, kept, attempt, state, place, part, total, done, counts, job_id, actor_kind, actor_id,
           actor_name, created_at)
         values ($1, $2, $3, 'queued', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         on conflict (import_id) do update set kept = excluded.kept, attempt = excluded.attempt, state = excluded.state,
           place = excluded.place, part = excluded.part, done = excluded.done, counts = excluded.counts, job_id = excluded.job_id,
           actor_kind = excluded.actor_kind, actor_id = excluded.actor_id, actor_name = excluded.actor_name, error = null,
           finished_at = null",
        &[
            import.into(),
            fate.as_str().into(),
            start.attempt.into(),
            start.at.place.into(),
            start.at.part.into(),
            start.total.into(),
            start.done.into(),
            json!(start.counts).into(),
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
pub fn put_back(work: &mut Work<'_>, activities: &[ActivityId]) -> Result<Vec<Overwritten>, Error> {
    let mut statement = Statement::new(OVERWRITTEN);
    statement.push("restored_version is not null and activity_id in ").bind_list(activities);
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
    let mut rows = Rows::new(9);
    for outcome in outcomes {
        rows.push([
            outcome.customer_id.into(),
            import.into(),
            outcome.row.into(),
            outcome.subject.as_str().into(),
            outcome.subject_id.into(),
            json!(outcome.problems).into(),
            Value::Object(outcome.changes.clone()).into(),
            outcome.version.into(),
            work.now.into(),
        ]);
    }
    let into = "insert into import_kept (customer_id, import_id, row_no, subject, subject_id, problems, changes, version, kept_at)";
    work.tx.insert(into, rows, "")?;
    Ok(())
}

/// What an undoing left as it was of these deeds.
pub fn kept_of(work: &mut Work<'_>, import: ImportId, deeds: &[Deed]) -> Result<Vec<Outcome>, Error> {
    Ok(work.tx.list(&of_deeds(KEPT, import, deeds))?)
}

pub fn delete_kept_of(work: &mut Work<'_>, import: ImportId, deeds: &[Deed]) -> Result<(), Error> {
    work.tx.run(&of_deeds("delete from import_kept where ", import, deeds))?;
    Ok(())
}

/// Rows of a customer, an activity or a membership among these of one batch.
fn of_deeds(text: &str, import: ImportId, deeds: &[Deed]) -> Statement {
    let ids = |wanted: Subject| -> Vec<i64> {
        deeds.iter().map(|deed| deed.subject()).filter(|(subject, _)| *subject == wanted).map(|(_, id)| id).collect()
    };
    let rows = || deeds.iter().map(|deed| deed.row());
    let mut statement = Statement::new(text);
    statement.push("import_id = ").bind(import).push(" and row_no between ").bind(rows().min().unwrap_or(0));
    statement.push(" and ").bind(rows().max().unwrap_or(0)).push(" and (subject = 'customer' and subject_id in ");
    statement.bind_list(&ids(Subject::Customer)).push(" or subject = 'activity' and subject_id in ");
    statement.bind_list(&ids(Subject::Activity)).push(" or subject = 'membership' and customer_id in ");
    statement.bind_list(&ids(Subject::Membership)).push(")");
    statement
}

const KEPT: &str = "select customer_id, row_no, subject, subject_id, problems, changes, version, import_id from import_kept where ";

/// The place of something kept in the order of the file.
pub type KeptPlace = (i64, String, i64, i64);

/// What an undoing left as it was, in the order of the file, with one more than `limit` if there are more.
pub fn kept(work: &mut Work<'_>, import: ImportId, after: Option<KeptPlace>, limit: usize) -> Result<Vec<Outcome>, Error> {
    let mut statement = Statement::new(KEPT);
    statement.push("import_id = ").bind(import);
    if let Some((row, subject, id, customer)) = after {
        statement.push(" and (row_no, subject, subject_id, customer_id) > (").bind(row).push(", ").bind(subject).push(", ").bind(id);
        statement.push(", ").bind(customer).push(")");
    }
    statement.push(" order by row_no, subject, subject_id, customer_id limit ").bind(limit as i64 + 1);
    Ok(work.tx.list(&statement)?)
}

/// What undoings of this import, and of others since an instant, left as it was of these subjects: activities, or customers and
/// their memberships. The last versions first.
pub fn kept_since(work: &mut Work<'_>, import: ImportId, since: Instant, subject: Subject, ids: &[i64]) -> Result<Vec<Left>, Error> {
    let mut statement = Statement::new(KEPT);
    statement.push("subject = ").bind(subject.as_str());
    statement.push(if subject == Subject::Activity { " and subject_id in " } else { " and customer_id in " }).bind_list(ids);
    statement.push(" and (import_id = ").bind(import).push(" or kept_at >= ").bind(since).push(")");
    statement.push(" order by version desc, import_id desc, row_no desc");
    Ok(work.tx.list(&statement)?)
}

/// What an undoing left as it was, and of which import.
pub struct Left {
    pub import: ImportId,
    pub outcome: Outcome,
}

/// What is kept of activities that went back to whose they were goes with them.
pub fn hand_back(work: &mut Work<'_>, from: CustomerId, into: CustomerId, activities: &[i64]) -> Result<(), Error> {
    for (table, of_activities) in [("import_changes", "activity_id in "), ("import_kept", "subject = 'activity' and subject_id in ")] {
        let mut statement = Statement::new(&format!("update {table} set customer_id = "));
        statement.bind(into).push(" where customer_id = ").bind(from).push(" and ").push(of_activities).bind_list(activities);
        work.tx.run(&statement)?;
    }
    Ok(())
}

pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    for table in ["import_changes", "import_memberships", "import_kept"] {
        let mut statement = Statement::new(&format!("delete from {table} where customer_id in "));
        statement.bind_list(customers);
        work.tx.run(&statement)?;
    }
    Ok(())
}

/// Imports that ended, or broke off, before an instant and of which it is still kept what they did.
pub fn recorded_before(work: &mut Work<'_>, before: Instant, limit: i64) -> Result<Vec<ImportId>, Error> {
    Ok(work.tx.all(
        "select i.id from imports as i where coalesce(i.finished_at, i.updated_at) < $1
           and not exists (select 1 from import_undos as u where u.import_id = i.id and u.state in ('queued', 'running'))
           and (exists (select 1 from import_deeds as d where d.import_id = i.id)
             or exists (select 1 from import_changes as c where c.import_id = i.id)
             or exists (select 1 from import_memberships as m where m.import_id = i.id)
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
    let moved = work.tx.execute(
        "delete from import_memberships where import_id = $1 and customer_id in
           (select customer_id from import_memberships where import_id = $1 order by customer_id limit $2)",
        &values,
    )?;
    let kept = work.tx.execute(
        "delete from import_kept where import_id = $1 and (row_no, subject, subject_id, customer_id) in
           (select row_no, subject, subject_id, customer_id from import_kept where import_id = $1
            order by row_no, subject, subject_id, customer_id limit $2)",
        &values,
    )?;
    Ok(deeds + changes + moved + kept)
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
        attempt: row.get(first + 2)?,
        state: State::parse(&text(3)?).ok_or_else(|| unknown("the state"))?,
        at: Place { place: row.get(first + 4)?, part: row.get(first + 5)? },
        total: row.get(first + 6)?,
        done: row.get(first + 7)?,
        counts: parsed(row, first + 8, "counts")?,
        error: row.get(first + 9)?,
        job_id: row.get(first + 10)?,
        owner: Actor { kind: ActorKind::parse(&text(11)?), id: row.get(first + 12)?, name: row.get(first + 13)? },
        created_at: row.get(first + 14)?,
        finished_at: row.get(first + 15)?,
    }))
}

impl FromRow for Left {
    fn from_row(row: &Row<'_>) -> Result<Left, StoreError> {
        Ok(Left { import: row.get(7)?, outcome: Outcome::from_row(row)? })
    }
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
            version: row.get(6)?,
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
