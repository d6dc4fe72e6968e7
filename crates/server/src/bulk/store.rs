//! SQL of the bulk actions.

use super::model::{Action, Bulk, Counts, Outcome, State, Verdict};
use super::undo::Changes;
use crate::access::{Actor, ActorKind};
use crate::customers::Filter;
use crate::error::{Error, Problem};
use crate::ids::{BulkId, CustomerId, JobId};
use crate::time::Instant;
use crate::work::Work;
use anyhow::Context;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use store::{FromRow, Row, Rows, Statement, StoreError};

/// What is written down of a new bulk action beside whom it is about.
pub struct New<'n> {
    pub action: &'n Action,
    pub filter: Option<&'n Filter>,
    pub undo_of: Option<BulkId>,
}

pub fn insert(work: &mut Work<'_>, bulk: BulkId, new: &New<'_>, total: usize, job: JobId) -> Result<(), Error> {
    let actor = work.actor.clone();
    work.tx.execute(
        "insert into bulk_actions (id, action, wanted, undo_of, state, next_page, total, changed, same, refused, job_id, actor_kind,
           actor_id, actor_name, created_at)
         values ($1, $2, $3, $4, 'queued', 0, $5, 0, 0, 0, $6, $7, $8, $9, $10)",
        &[
            bulk.into(),
            document(new.action)?.into(),
            new.filter.map(document).transpose()?.into(),
            new.undo_of.into(),
            (total as i64).into(),
            job.into(),
            actor.kind.as_str().into(),
            actor.id.into(),
            (&actor.name).into(),
            work.now.into(),
        ],
    )?;
    Ok(())
}

fn document(value: &impl Serialize) -> Result<Value, Error> {
    Ok(serde_json::to_value(value).context("a part of a bulk action has no JSON form")?)
}

pub fn insert_pages<'p>(work: &mut Work<'_>, bulk: BulkId, pages: impl Iterator<Item = &'p [CustomerId]>) -> Result<(), Error> {
    let mut rows = Rows::new(3);
    for (page, position) in pages.zip(0_i64..) {
        rows.push([bulk.into(), position.into(), document(&page)?.into()]);
    }
    work.tx.insert("insert into bulk_pages (bulk_id, position, customers)", rows, "")?;
    Ok(())
}

/// With what has become of the job, and of the last attempt to take it back.
const SHOWN: &str = "select b.id, b.action, b.wanted, b.undo_of, b.state, b.next_page, b.total, b.changed, b.same, b.refused, b.error, \
                     b.job_id, b.actor_kind, b.actor_id, b.actor_name, b.created_at, b.finished_at, j.state, j.last_error, u.id, \
                     u.state, k.state from bulk_actions as b left join jobs as j on j.id = b.job_id \
                     left join bulk_actions as u on u.id = b.undone_by left join jobs as k on k.id = u.job_id where ";

/// A bulk action without what time says of it.
struct Found {
    bulk: Bulk,
    undo_state: Option<State>,
}

/// How long outcomes are kept is a question of the configuration, and whether one can go back follows from it.
fn shown(work: &Work<'_>, found: Found) -> Bulk {
    let Found { mut bulk, undo_state } = found;
    bulk.kept_until = bulk.finished_at.map(|end| end.plus_days(work.app.config.retention.finished_jobs_days));
    let is_kept = bulk.kept_until.is_none_or(|end| work.now < end);
    let is_undone = undo_state.is_some_and(|state| !matches!(state, State::Failed | State::Cancelled));
    let is_changed = bulk.state.has_ended() && 0 < bulk.counts.changed;
    bulk.is_undoable = is_changed && is_kept && !is_undone && bulk.undo_of.is_none() && bulk.action.can_be_undone();
    bulk
}

pub fn read(work: &mut Work<'_>, bulk: BulkId) -> Result<Option<Bulk>, Error> {
    let found: Option<Found> = work.tx.first(&format!("{SHOWN} b.id = $1"), &[bulk.into()])?;
    Ok(found.map(|found| shown(work, found)))
}

/// The newest first, before the given id.
pub fn page(work: &mut Work<'_>, before: Option<i64>, limit: usize) -> Result<Vec<Bulk>, Error> {
    let mut statement = Statement::new(SHOWN);
    statement.push("b.id < ").bind(before.unwrap_or(i64::MAX)).push(" order by b.id desc limit ").bind(limit as i64 + 1);
    let found: Vec<Found> = work.tx.list(&statement)?;
    Ok(found.into_iter().map(|found| shown(work, found)).collect())
}

pub fn count_under_way(work: &mut Work<'_>, owner: &Actor) -> Result<i64, Error> {
    Ok(work.tx.one(
        "select count(*) from bulk_actions as b join jobs as j on j.id = b.job_id
         where b.actor_kind = $1 and b.actor_id = $2 and j.state in ('queued', 'running')",
        &[owner.kind.as_str().into(), owner.id.into()],
    )?)
}

/// Begins, or goes on, also after it was stopped; nothing if it is gone, has ended otherwise, or is taken back.
pub fn begin(work: &mut Work<'_>, bulk: BulkId) -> Result<bool, Error> {
    let begun = work.tx.execute(
        "update bulk_actions set state = 'running', finished_at = null
         where id = $1 and state in ('queued', 'running', 'cancelled')
           and undone_by is null",
        &[bulk.into()],
    )?;
    Ok(begun == 1)
}

/// Ends what was put aside and then taken back, and so cannot begin again.
pub fn end_undone(work: &mut Work<'_>, bulk: BulkId, error: &str) -> Result<(), Error> {
    work.tx.execute(
        "update bulk_actions set state = 'failed', error = $2, finished_at = $3
         where id = $1 and state in ('queued', 'running') and undone_by is not null",
        &[bulk.into(), error.into(), work.now.into()],
    )?;
    Ok(())
}

/// Nobody begins it, or goes on with it, until the end of this unit.
pub fn lock(work: &mut Work<'_>, bulk: BulkId) -> Result<(), Error> {
    work.tx.first::<i64>("select id from bulk_actions where id = $1 {for_update}", &[bulk.into()])?;
    Ok(())
}

pub fn set_undone_by(work: &mut Work<'_>, bulk: BulkId, undo: BulkId) -> Result<(), Error> {
    work.tx.execute("update bulk_actions set undone_by = $2 where id = $1", &[bulk.into(), undo.into()])?;
    Ok(())
}

/// The customers of a page; nothing behind the last one.
pub fn customers(work: &mut Work<'_>, bulk: BulkId, position: i64) -> Result<Option<Vec<CustomerId>>, Error> {
    let found: Option<Value> =
        work.tx.first("select customers from bulk_pages where bulk_id = $1 and position = $2", &[bulk.into(), position.into()])?;
    Ok(found.map(serde_json::from_value).transpose().context("a page of a bulk action cannot be read")?)
}

/// Takes a page for this unit. Gives false when somebody else has worked on it, or the action was stopped.
pub fn take(work: &mut Work<'_>, bulk: BulkId, position: i64) -> Result<bool, Error> {
    let taken = work.tx.execute(
        "update bulk_actions set next_page = next_page + 1 where id = $1 and next_page = $2 and state = 'running' and undone_by is null",
        &[bulk.into(), position.into()],
    )?;
    Ok(taken == 1)
}

/// Whom a page is about need not be known once it is done.
pub fn delete_page(work: &mut Work<'_>, bulk: BulkId, position: i64) -> Result<(), Error> {
    work.tx.execute("delete from bulk_pages where bulk_id = $1 and position = $2", &[bulk.into(), position.into()])?;
    Ok(())
}

pub fn set_counts(work: &mut Work<'_>, bulk: BulkId, counts: Counts) -> Result<(), Error> {
    work.tx.execute(
        "update bulk_actions set changed = $2, same = $3, refused = $4 where id = $1",
        &[bulk.into(), counts.changed.into(), counts.same.into(), counts.refused.into()],
    )?;
    Ok(())
}

pub fn end(work: &mut Work<'_>, bulk: BulkId, state: State, error: Option<&str>) -> Result<(), Error> {
    work.tx.execute(
        "update bulk_actions set state = $2, error = $3, finished_at = $4 where id = $1 and state = 'running'",
        &[bulk.into(), state.as_str().into(), error.into(), work.now.into()],
    )?;
    Ok(())
}

const CANCEL: &str = "update bulk_actions set state = 'cancelled', finished_at = $2 where state in ('queued', 'running') and ";

pub fn cancel(work: &mut Work<'_>, bulk: BulkId) -> Result<(), Error> {
    work.tx.execute(&format!("{CANCEL} id = $1"), &[bulk.into(), work.now.into()])?;
    Ok(())
}

pub fn cancel_by_job(work: &mut Work<'_>, job: JobId) -> Result<(), Error> {
    work.tx.execute(&format!("{CANCEL} job_id = $1"), &[job.into(), work.now.into()])?;
    Ok(())
}

pub fn insert_outcomes<'o>(work: &mut Work<'_>, bulk: BulkId, outcomes: impl Iterator<Item = &'o Outcome>) -> Result<(), Error> {
    let mut rows = Rows::new(5);
    for outcome in outcomes {
        rows.push([
            outcome.customer_id.into(),
            bulk.into(),
            outcome.outcome.as_str().into(),
            document(&outcome.changes)?.into(),
            document(&outcome.problems)?.into(),
        ]);
    }
    work.tx.insert("insert into bulk_outcomes (customer_id, bulk_id, outcome, changes, problems)", rows, "")?;
    Ok(())
}

/// By outcome and customer, after a place in that order.
pub fn outcomes(
    work: &mut Work<'_>,
    bulk: BulkId,
    only: Option<Verdict>,
    after: Option<(Verdict, CustomerId)>,
    limit: usize,
) -> Result<Vec<Outcome>, Error> {
    let mut statement = Statement::new("select customer_id, outcome, changes, problems from bulk_outcomes where bulk_id = ");
    statement.bind(bulk);
    if let Some(only) = only {
        statement.push(" and outcome = ").bind(only.as_str());
    }
    if let Some((verdict, customer)) = after {
        statement.push(" and (outcome, customer_id) > (").bind(verdict.as_str()).push(", ").bind(customer).push(")");
    }
    statement.push(" order by outcome, customer_id limit ").bind(limit as i64 + 1);
    Ok(work.tx.list(&statement)?)
}

/// Whom an action has changed, in the order of their ids.
pub fn changed(work: &mut Work<'_>, bulk: BulkId, limit: usize) -> Result<Vec<CustomerId>, Error> {
    Ok(work.tx.all(
        "select customer_id from bulk_outcomes where bulk_id = $1 and outcome = 'changed' order by customer_id limit $2",
        &[bulk.into(), (limit as i64).into()],
    )?)
}

/// What an action changed of these customers.
pub fn changes(work: &mut Work<'_>, bulk: BulkId, customers: &[CustomerId]) -> Result<Changes, Error> {
    let mut statement = Statement::new("select customer_id, changes from bulk_outcomes where customer_id in ");
    statement.bind_list(customers).push(" and bulk_id = ").bind(bulk).push(" and outcome = 'changed'");
    let mut changes = Changes::with_capacity(customers.len());
    work.tx.each(&statement.text, &statement.values, |row| {
        changes.insert(row.get(0)?, parsed(row, 1, "changes")?);
        Ok(())
    })?;
    Ok(changes)
}

pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    let mut statement = Statement::new("delete from bulk_outcomes where customer_id in ");
    statement.bind_list(customers);
    work.tx.run(&statement)?;
    Ok(())
}

/// Bulk actions that ended, or were wanted and never ended, before an instant; not those of which there still is an undoing, which
/// reads what was.
pub fn before(work: &mut Work<'_>, before: Instant, limit: i64) -> Result<Vec<BulkId>, Error> {
    Ok(work.tx.all(
        "select b.id from bulk_actions as b left join jobs as j on j.id = b.job_id
         where coalesce(b.finished_at, b.created_at) < $1 and coalesce(j.state, 'done') not in ('queued', 'running')
           and not exists (select 1 from bulk_actions as u where u.id = b.undone_by)
         order by b.id limit $2",
        &[before.into(), limit.into()],
    )?)
}

/// Takes away some of what became of customers; gives how many there were.
pub fn delete_outcomes(work: &mut Work<'_>, bulk: BulkId, limit: i64) -> Result<u64, Error> {
    Ok(work.tx.execute(
        "delete from bulk_outcomes where bulk_id = $1 and customer_id in
           (select customer_id from bulk_outcomes where bulk_id = $1 order by outcome, customer_id limit $2)",
        &[bulk.into(), limit.into()],
    )?)
}

pub fn delete_pages(work: &mut Work<'_>, bulk: BulkId) -> Result<(), Error> {
    work.tx.execute("delete from bulk_pages where bulk_id = $1", &[bulk.into()])?;
    Ok(())
}

pub fn delete(work: &mut Work<'_>, bulk: BulkId) -> Result<(), Error> {
    work.tx.execute("delete from bulk_actions where id = $1", &[bulk.into()])?;
    Ok(())
}

fn parsed<T: DeserializeOwned>(row: &Row<'_>, column: usize, what: &str) -> Result<T, StoreError> {
    let document: Value = row.get(column)?;
    serde_json::from_value(document).map_err(|error| StoreError::bug(format!("{what} of a bulk action: {error}")))
}

fn state(text: &str) -> Result<State, StoreError> {
    State::parse(text).ok_or_else(|| StoreError::bug("a state of a bulk action that this program does not know"))
}

/// One whose job was put aside does not go on by itself.
fn seen(standing: State, job: Option<&str>) -> State {
    if !standing.has_ended() && job == Some("dead") { State::Failed } else { standing }
}

impl FromRow for Found {
    fn from_row(row: &Row<'_>) -> Result<Found, StoreError> {
        let kind: String = row.get(12)?;
        let standing = state(&row.get::<String>(4)?)?;
        let job_state: Option<String> = row.get(17)?;
        let shown = seen(standing, job_state.as_deref());
        let undo_state = row.get::<Option<String>>(20)?.as_deref().map(state).transpose()?;
        let undo_job: Option<String> = row.get(21)?;
        let filter: Option<Value> = row.get(2)?;
        let bulk = Bulk {
            id: row.get(0)?,
            action: parsed(row, 1, "what is done")?,
            filter: filter.map(|_| parsed(row, 2, "the filter")).transpose()?,
            undo_of: row.get(3)?,
            undone_by: row.get(19)?,
            is_undoable: false,
            state: shown,
            next_page: row.get(5)?,
            total: row.get(6)?,
            counts: Counts { changed: row.get(7)?, same: row.get(8)?, refused: row.get(9)? },
            error: if shown == standing { row.get(10)? } else { row.get(18)? },
            job_id: row.get(11)?,
            owner: Actor { kind: ActorKind::parse(&kind), id: row.get(13)?, name: row.get(14)? },
            created_at: row.get(15)?,
            finished_at: row.get(16)?,
            kept_until: None,
        };
        Ok(Found { bulk, undo_state: undo_state.map(|state| seen(state, undo_job.as_deref())) })
    }
}

impl FromRow for Outcome {
    fn from_row(row: &Row<'_>) -> Result<Outcome, StoreError> {
        let outcome: String = row.get(1)?;
        let changes: Map<String, Value> = parsed(row, 2, "changes")?;
        let problems: Vec<Problem> = parsed(row, 3, "problems")?;
        Ok(Outcome {
            customer_id: row.get(0)?,
            name: None,
            outcome: Verdict::parse(&outcome).ok_or_else(|| StoreError::bug("an outcome that this program does not know"))?,
            changes,
            problems,
        })
    }
}
