//! SQL of the jobs.

use super::model::{Claimed, Job, JobView, State};
use super::{LEASE_S, Wish};
use crate::error::Error;
use crate::ids::{CustomerId, JobId};
use crate::time::Instant;
use crate::work::Work;
use serde_json::{Value, json};
use store::{FromRow, Row, Rows, Statement, StoreError};

pub fn insert(work: &mut Work<'_>, jobs: &[(JobId, Job, Wish)]) -> Result<(), Error> {
    let mut rows = Rows::with_capacity(10, jobs.len());
    for (id, job, wish) in jobs {
        rows.push([
            (*id).into(),
            job.kind().into(),
            payload(job)?.into(),
            State::Queued.as_str().into(),
            wish.run_at.unwrap_or(work.now).into(),
            0.into(),
            0.into(),
            wish.customer.into(),
            wish.unique_key.clone().into(),
            work.now.into(),
        ]);
    }
    work.tx.insert(
        "insert into jobs (id, kind, payload, state, run_at, attempts, done, customer_id, unique_key, created_at)",
        rows,
        "on conflict (unique_key) where unique_key is not null and state in ('queued', 'running') do nothing",
    )?;
    Ok(())
}

fn payload(job: &Job) -> Result<Value, Error> {
    serde_json::to_value(job).map_err(|error| Error::Bug(anyhow::Error::new(error).context("a job has no JSON form")))
}

pub fn existing(work: &mut Work<'_>, ids: &[JobId]) -> Result<Vec<JobId>, Error> {
    let mut statement = Statement::new("select id from jobs where id in ");
    statement.bind_list(ids).push(" order by id");
    Ok(work.tx.list(&statement)?)
}

/// Two statements, one for each index: what is due, and what was left lying.
pub fn claim(work: &mut Work<'_>, limit: usize) -> Result<Vec<Claimed>, Error> {
    let values = [work.now.into(), work.now.plus_seconds(LEASE_S).into(), (limit as i64).into()];
    let mut claimed = work.tx.all(
        "update jobs set state = 'running', leased_until = $2, attempts = attempts + 1
         where id in (select id from jobs where state = 'queued' and run_at <= $1 order by run_at, id limit $3 {skip_locked})
         returning id, payload, attempts, done",
        &values,
    )?;
    claimed.extend(work.tx.all(
        "update jobs set leased_until = $2, attempts = attempts + 1
         where id in (select id from jobs where state = 'running' and leased_until <= $1 order by leased_until limit $3 {skip_locked})
         returning id, payload, attempts, done",
        &values,
    )?);
    // Databases give them in any order: the oldest has its turn first.
    claimed.sort_unstable_by_key(|claimed: &Claimed| claimed.id);
    Ok(claimed)
}

pub fn claim_kinds(work: &mut Work<'_>, kinds: &[&str], limit: usize) -> Result<Vec<Claimed>, Error> {
    let mut statement = Statement::new("update jobs set state = 'running', leased_until = ");
    statement.bind(work.now.plus_seconds(LEASE_S)).push(", attempts = attempts + 1 where id in (select id from jobs where (state = ");
    statement.push("'queued' and run_at <= ").bind(work.now).push(" or state = 'running' and leased_until <= ").bind(work.now);
    statement.push(") and kind in ").bind_list(kinds).push(" order by run_at, id limit ").bind(limit as i64);
    statement.push(" {skip_locked}) returning id, payload, attempts, done");
    Ok(work.tx.list(&statement)?)
}

impl FromRow for Claimed {
    fn from_row(row: &Row<'_>) -> Result<Claimed, StoreError> {
        Ok(Claimed { id: row.get(0)?, job: job(row, 1)?, attempts: row.get(2)?, done: row.get(3)? })
    }
}

fn job(row: &Row<'_>, column: usize) -> Result<Job, StoreError> {
    let payload: Value = row.get(column)?;
    serde_json::from_value(payload).map_err(|error| StoreError::bug(format!("a job this program does not know: {error}")))
}

pub fn next_due(work: &mut Work<'_>) -> Result<Option<Instant>, Error> {
    let queued: Option<i64> = work.tx.one("select min(run_at) from jobs where state = 'queued'", &[])?;
    let left_lying: Option<i64> = work.tx.one("select min(leased_until) from jobs where state = 'running'", &[])?;
    Ok(queued.into_iter().chain(left_lying).min().map(Instant))
}

pub fn finish(work: &mut Work<'_>, job: JobId, result: &Value) -> Result<(), Error> {
    work.tx.execute(
        "update jobs set state = 'done', result = $2, finished_at = $3, leased_until = null, unique_key = null, last_error = null
         where id = $1 and state = 'running'",
        &[job.into(), result.into(), work.now.into()],
    )?;
    Ok(())
}

pub fn finish_own(work: &mut Work<'_>, job: JobId, attempts: i64, result: &Value) -> Result<bool, Error> {
    let touched = work.tx.execute(
        "update jobs set state = 'done', result = $3, finished_at = $4, leased_until = null, unique_key = null, last_error = null
         where id = $1 and attempts = $2 and state = 'running'",
        &[job.into(), attempts.into(), result.into(), work.now.into()],
    )?;
    Ok(touched == 1)
}

pub fn retry_at(work: &mut Work<'_>, job: JobId, at: Instant, error: &str) -> Result<(), Error> {
    work.tx.execute(
        "update jobs set state = 'queued', run_at = $2, last_error = $3, leased_until = null where id = $1 and state = 'running'",
        &[job.into(), at.into(), error.into()],
    )?;
    Ok(())
}

pub fn postpone(work: &mut Work<'_>, job: JobId, attempts: i64, at: Instant) -> Result<(), Error> {
    work.tx.execute(
        "update jobs set state = 'queued', run_at = $3, attempts = attempts - 1, leased_until = null
         where id = $1 and attempts = $2 and state = 'running'",
        &[job.into(), attempts.into(), at.into()],
    )?;
    Ok(())
}

pub fn bury(work: &mut Work<'_>, job: JobId, error: &str) -> Result<bool, Error> {
    let touched = work.tx.execute(
        "update jobs set state = 'dead', last_error = $2, finished_at = $3, leased_until = null
         where id = $1 and state = 'running'",
        &[job.into(), error.into(), work.now.into()],
    )?;
    Ok(touched == 1)
}

pub fn progress(work: &mut Work<'_>, id: JobId, done: i64, total: Option<i64>, continued: &Job) -> Result<bool, Error> {
    let touched = work.tx.execute(
        "update jobs set done = $2, total = $3, payload = $4, leased_until = $5 where id = $1 and state = 'running'",
        &[id.into(), done.into(), total.into(), payload(continued)?.into(), work.now.plus_seconds(LEASE_S).into()],
    )?;
    Ok(touched == 1)
}

pub fn is_running(work: &mut Work<'_>, job: JobId) -> Result<bool, Error> {
    let found: Option<i64> =
        work.tx.first("select id from jobs where id = $1 and state = 'running' and leased_until > $2", &[job.into(), work.now.into()])?;
    Ok(found.is_some())
}

/// What was cancelled under a worker's hands waits until that one has noticed for sure.
pub fn requeue(work: &mut Work<'_>, job: JobId) -> Result<u64, Error> {
    let requeued = work.tx.execute(
        "update jobs set state = 'queued', run_at = case when leased_until > $2 then leased_until else $2 end, attempts = 0, finished_at = null
         where id = $1 and state in ('dead', 'cancelled')
           and not exists (select 1 from jobs as o where o.unique_key = jobs.unique_key and o.state in ('queued', 'running'))",
        &[job.into(), work.now.into()],
    );
    requeued.map_err(key_taken)
}

/// Somebody wished for the same while the statement ran: it sees that when it looks anew.
fn key_taken(error: StoreError) -> Error {
    match error {
        StoreError::Duplicate => StoreError::Again.into(),
        other => other.into(),
    }
}

/// [`requeue`] of the oldest. Of several with one key the newest alone: the others wanted the same.
pub fn requeue_all(work: &mut Work<'_>, state: State, kind: Option<&str>, limit: i64) -> Result<u64, Error> {
    let mut statement = Statement::new("update jobs set state = 'queued', run_at = case when leased_until > ");
    statement.bind(work.now).push(" then leased_until else ").bind(work.now).push(" end, attempts = 0, finished_at = null where state = ");
    statement.bind(state.as_str()).push(" and id in (select j.id from jobs as j where j.state = ").bind(state.as_str());
    if let Some(kind) = kind {
        statement.push(" and j.kind = ").bind(kind);
    }
    statement.push(" and (j.unique_key is null or j.id in (select max(o.id) from jobs as o where o.unique_key is not null and o.state = ");
    statement.bind(state.as_str()).push(" group by o.unique_key) and not exists (select 1 from jobs as o");
    statement
        .push(" where o.unique_key = j.unique_key and o.state in ('queued', 'running'))) order by j.id limit ")
        .bind(limit)
        .push(" {skip_locked})");
    work.tx.run(&statement).map_err(key_taken)
}

/// Ends those of this end whose wish another job has: they would do the same once more.
pub fn settle_superseded(work: &mut Work<'_>, state: State) -> Result<u64, Error> {
    Ok(work.tx.execute(
        "update jobs set state = 'done', result = $2, unique_key = null, last_error = null where state = $1
           and unique_key in (select o.unique_key from jobs as o where o.unique_key is not null and o.state in ('queued', 'running'))",
        &[state.as_str().into(), (&json!({ "superseded": true })).into()],
    )?)
}

/// The worker that has it in hand is known by its lease until that is over.
pub fn cancel(work: &mut Work<'_>, job: JobId) -> Result<u64, Error> {
    Ok(work.tx.execute(
        "update jobs set state = 'cancelled', finished_at = $2 where id = $1 and state in ('queued', 'running')",
        &[job.into(), work.now.into()],
    )?)
}

pub fn cancel_queued(work: &mut Work<'_>, jobs: &[JobId]) -> Result<(), Error> {
    let mut statement = Statement::new("update jobs set state = 'cancelled', finished_at = ");
    statement.bind(work.now).push(" where state = 'queued' and id in ").bind_list(jobs);
    work.tx.run(&statement)?;
    Ok(())
}

const COLUMNS: &str = "id, kind, state, run_at, attempts, done, total, result, last_error, customer_id, created_at, finished_at";

pub fn read(work: &mut Work<'_>, job: JobId) -> Result<Option<JobView>, Error> {
    Ok(work.tx.first(&format!("select {COLUMNS} from jobs where id = $1"), &[job.into()])?)
}

/// The newest first, before the given id.
pub fn page(
    work: &mut Work<'_>,
    state: Option<State>,
    kind: Option<&str>,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<JobView>, Error> {
    let mut statement = Statement::new(&format!("select {COLUMNS} from jobs where id < "));
    statement.bind(before.unwrap_or(i64::MAX));
    if let Some(state) = state {
        statement.push(" and state = ").bind(state.as_str());
    }
    if let Some(kind) = kind {
        statement.push(" and kind = ").bind(kind);
    }
    statement.push(" order by id desc limit ").bind(limit as i64 + 1);
    Ok(work.tx.list(&statement)?)
}

impl FromRow for JobView {
    fn from_row(row: &Row<'_>) -> Result<JobView, StoreError> {
        let state: String = row.get(2)?;
        let state = serde_json::from_value(Value::String(state)).map_err(|error| StoreError::bug(format!("state of a job: {error}")))?;
        Ok(JobView {
            id: row.get(0)?,
            kind: row.get(1)?,
            state,
            run_at: row.get(3)?,
            attempts: row.get(4)?,
            done: row.get(5)?,
            total: row.get(6)?,
            result: row.get(7)?,
            last_error: row.get(8)?,
            customer_id: row.get(9)?,
            created_at: row.get(10)?,
            finished_at: row.get(11)?,
        })
    }
}

/// Whether a job of this key waits for a worker.
pub fn is_queued(work: &mut Work<'_>, unique_key: &str) -> Result<bool, Error> {
    let text = "select count(*) from jobs where unique_key = $1 and state in ('queued', 'running') and state = 'queued'";
    Ok(work.tx.one::<i64>(text, &[unique_key.into()])? > 0)
}

/// How many of the newest jobs that wait are of a kind.
pub fn count_waiting(work: &mut Work<'_>, kind: &str, newest: i64) -> Result<i64, Error> {
    let text = "select count(*) from (select kind from jobs where state = 'queued' order by id desc limit $2) as waiting where kind = $1";
    Ok(work.tx.one(text, &[kind.into(), newest.into()])?)
}

pub fn has_key(work: &mut Work<'_>, key: &str) -> Result<bool, Error> {
    Ok(work.tx.first::<i64>("select id from jobs where unique_key = $1 and state in ('queued', 'running')", &[key.into()])?.is_some())
}

/// The job of this key that was put aside or stopped, if there is one.
pub fn stopped_with_key(work: &mut Work<'_>, key: &str) -> Result<Option<JobId>, Error> {
    Ok(work
        .tx
        .first("select id from jobs where unique_key = $1 and state in ('dead', 'cancelled') order by id desc limit 1", &[key.into()])?)
}

pub fn keys(work: &mut Work<'_>, keys: &[String]) -> Result<Vec<String>, Error> {
    let mut statement = Statement::new("select unique_key from jobs where unique_key in ");
    statement.bind_list(keys).push(" and state in ('queued', 'running')");
    Ok(work.tx.list(&statement)?)
}

/// Planned jobs one customer page shows at most.
const PLANNED_MAX: i64 = 200;

pub fn planned_for(work: &mut Work<'_>, customer: CustomerId) -> Result<Vec<(JobId, Job, Instant)>, Error> {
    let mut planned = Vec::new();
    work.tx.each(
        "select id, payload, run_at from jobs where customer_id = $1 and state = 'queued' order by run_at, id limit $2",
        &[customer.into(), PLANNED_MAX.into()],
        |row| {
            planned.push((row.get(0)?, job(row, 1)?, row.get(2)?));
            Ok(())
        },
    )?;
    Ok(planned)
}

pub fn count_by_state(work: &mut Work<'_>) -> Result<Vec<(String, i64)>, Error> {
    Ok(work.tx.all("select state, count(*) from jobs group by state order by state", &[])?)
}

/// How many of a state there are of each kind.
pub fn count_by_kind(work: &mut Work<'_>, state: State) -> Result<Vec<(String, i64)>, Error> {
    Ok(work.tx.all("select kind, count(*) from jobs where state = $1 group by kind order by kind", &[state.as_str().into()])?)
}

pub fn count_open(work: &mut Work<'_>) -> Result<Vec<(String, i64)>, Error> {
    Ok(work.tx.all("select state, count(*) from jobs where state in ('queued', 'running', 'dead') group by state order by state", &[])?)
}

pub fn waiting_since(work: &mut Work<'_>) -> Result<Option<Instant>, Error> {
    let text = "select min(run_at) from jobs where state = 'queued' and run_at <= $1";
    Ok(work.tx.one::<Option<i64>>(text, &[work.now.into()])?.map(Instant))
}

pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    let mut statement = Statement::new("delete from jobs where customer_id in ");
    statement.bind_list(customers);
    work.tx.run(&statement)?;
    Ok(())
}

pub fn hand_over(work: &mut Work<'_>, from: CustomerId, into: CustomerId) -> Result<Vec<JobId>, Error> {
    let mut moved: Vec<JobId> =
        work.tx.all("update jobs set customer_id = $2 where customer_id = $1 returning id", &[from.into(), into.into()])?;
    moved.sort_unstable();
    Ok(moved)
}

/// Those of the jobs that are still there.
pub fn hand_back(work: &mut Work<'_>, from: CustomerId, into: CustomerId, jobs: &[JobId]) -> Result<(), Error> {
    if jobs.is_empty() {
        return Ok(());
    }
    let mut statement = Statement::new("update jobs set customer_id = ");
    statement.bind(into).push(" where customer_id = ").bind(from).push(" and id in ").bind_list(jobs);
    work.tx.run(&statement)?;
    Ok(())
}

pub fn prune(work: &mut Work<'_>, before: Instant) -> Result<(), Error> {
    work.tx.execute("delete from jobs where state in ('done', 'cancelled') and finished_at < $1", &[before.into()])?;
    Ok(())
}

/// Only one of several workers gets a `true`: the row changes hands once.
pub fn schedules(work: &mut Work<'_>, names: &[&str]) -> Result<Vec<Instant>, Error> {
    let mut statement = Statement::new("select next_at from schedules where name in ");
    statement.bind_list(names);
    Ok(work.tx.list(&statement)?)
}

pub fn take_schedule(work: &mut Work<'_>, name: &str, next: Instant) -> Result<bool, Error> {
    let inserted = work
        .tx
        .execute("insert into schedules (name, next_at) values ($1, $2) on conflict (name) do nothing", &[name.into(), next.into()])?;
    if inserted == 1 {
        return Ok(false);
    }
    let taken = work
        .tx
        .execute("update schedules set next_at = $2 where name = $1 and next_at <= $3", &[name.into(), next.into(), work.now.into()])?;
    Ok(taken == 1)
}
