//! Work for later: written in the transaction that wants it done, done at least once by a worker, retried with growing
//! pauses, and put aside as dead when it keeps failing. What a job does belongs to the slice it is for; see `worker.rs`.

mod model;
pub mod routes;
mod store;

pub use model::{Claimed, Ended, Job, JobView, Next, Picked, Review, State, Swap, after_failure};

use crate::error::Error;
use crate::events::Event;
use crate::ids::{CustomerId, JobId};
use crate::personal::{Conflict, Joining, Parting};
use crate::time::Instant;
use crate::work::Work;
use serde_json::{Value, json};
use std::collections::HashSet;

/// Seconds a worker may keep a job without a sign of life before another one takes it.
pub const LEASE_S: i64 = 60;

/// Jobs that are put back into the queue at once.
const RETRIED_MAX: i64 = 10_000;

/// When, for whom, and under which key a job is wanted.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Absent: at once.
    pub run_at: Option<Instant>,
    pub customer: Option<CustomerId>,
    /// At most one unfinished job has this key; wishing for it again changes nothing.
    pub unique_key: Option<String>,
}

/// Writes a job down. Gives `None` when an unfinished job has the same key.
pub fn enqueue(work: &mut Work<'_>, job: &Job, wish: Wish) -> Result<Option<JobId>, Error> {
    Ok(enqueue_all(work, vec![(job.clone(), wish)])?.pop())
}

/// Writes many jobs down in one statement; those whose key is taken are left out of the answer.
pub fn enqueue_all(work: &mut Work<'_>, wishes: Vec<(Job, Wish)>) -> Result<Vec<JobId>, Error> {
    if wishes.is_empty() {
        return Ok(Vec::new());
    }
    let earliest = wishes.iter().map(|(_, wish)| wish.run_at.unwrap_or(work.now)).min().unwrap_or(work.now);
    let first = work.tx.new_ids(JobId::KIND, wishes.len())?.start;
    let jobs: Vec<(JobId, Job, Wish)> = wishes.into_iter().zip(first..).map(|((job, wish), id)| (JobId(id), job, wish)).collect();
    store::insert(work, &jobs)?;
    work.wake_worker(earliest);
    if jobs.iter().all(|(_, _, wish)| wish.unique_key.is_none()) {
        return Ok(jobs.into_iter().map(|(id, _, _)| id).collect());
    }
    store::existing(work, &jobs.iter().map(|(id, _, _)| *id).collect::<Vec<_>>())
}

/// Whether a worker has this job in hand and gave a sign of life.
pub fn is_running(work: &mut Work<'_>, job: JobId) -> Result<bool, Error> {
    store::is_running(work, job)
}

/// Takes due jobs, and those whose worker gave no sign of life, for this worker.
pub fn claim(work: &mut Work<'_>, limit: usize) -> Result<Vec<Claimed>, Error> {
    store::claim(work, limit)
}

/// [`claim`] for these kinds only.
pub fn claim_kinds(work: &mut Work<'_>, kinds: &[&str], limit: usize) -> Result<Vec<Claimed>, Error> {
    store::claim_kinds(work, kinds, limit)
}

/// When the next job wants to run.
pub fn next_due(work: &mut Work<'_>) -> Result<Option<Instant>, Error> {
    store::next_due(work)
}

/// The job is done. Part of the unit that did it, where that is one unit.
pub fn finish(work: &mut Work<'_>, job: JobId, result: &Value) -> Result<(), Error> {
    store::finish(work, job, result)
}

/// [`finish`], unless the job is not this worker's any more: it took so long that another one took it, or it was cancelled.
/// Called first in the unit that does the work, it keeps the work from being done twice.
pub fn finish_own(work: &mut Work<'_>, claimed: &Claimed, result: &Value) -> Result<bool, Error> {
    store::finish_own(work, claimed.id, claimed.attempts, result)
}

/// The job failed: it is tried again later, or put aside.
pub fn fail(work: &mut Work<'_>, job: JobId, attempts: i64, error: &str) -> Result<(), Error> {
    match after_failure(work.now, attempts) {
        Next::RetryAt(at) => {
            store::retry_at(work, job, at, error)?;
            work.wake_worker(at);
        }
        Next::Bury => {
            if store::bury(work, job, error)? {
                work.tell(Event::JobBuried { job, error: error.into() });
            }
        }
    }
    Ok(())
}

/// Not now, and that is nobody's fault: it comes again at the instant, and this time does not count. Nothing happens to a
/// job that is not this worker's any more.
pub fn postpone(work: &mut Work<'_>, claimed: &Claimed, at: Instant) -> Result<(), Error> {
    store::postpone(work, claimed.id, claimed.attempts, at)?;
    work.wake_worker(at);
    Ok(())
}

/// Says how far a long job is and keeps it for another lease. Gives false when it was cancelled: the job stops there.
pub fn progress(work: &mut Work<'_>, job: JobId, done: i64, total: Option<i64>, continued: &Job) -> Result<bool, Error> {
    store::progress(work, job, done, total, continued)
}

/// Puts a failed, dead or cancelled job back into the queue.
pub fn retry(work: &mut Work<'_>, job: JobId) -> Result<JobView, Error> {
    if store::requeue(work, job)? == 0 {
        return Err(match read(work, job)?.state {
            State::Dead | State::Cancelled => Error::conflict("job_under_way", "another job is at the same already"),
            State::Queued | State::Running | State::Done => {
                Error::conflict("job_not_ended", "only a job that is dead or cancelled can be retried")
            }
        });
    }
    work.wake_worker(work.now);
    read(work, job)
}

/// Puts all jobs of this end, and of this kind if one is given, back into the queue, the oldest first; gives how many. Of several with
/// one key the newest goes, and what another job is at already is done with.
pub fn retry_all(work: &mut Work<'_>, ended: Ended, kind: Option<&str>) -> Result<u64, Error> {
    let retried = store::requeue_all(work, ended.state(), kind, RETRIED_MAX)?;
    store::settle_superseded(work, ended.state())?;
    if retried > 0 {
        work.wake_worker(work.now);
    }
    Ok(retried)
}

/// Stops a job that has not ended; one that is running stops at its next step.
pub fn cancel(work: &mut Work<'_>, job: JobId) -> Result<JobView, Error> {
    if store::cancel(work, job)? == 0 {
        read(work, job)?;
        return Err(Error::conflict("job_ended", "this job has ended already"));
    }
    work.tell(Event::JobCancelled { job });
    read(work, job)
}

/// Stops jobs that wait, because what they were for is settled.
pub fn cancel_all(work: &mut Work<'_>, jobs: &[JobId]) -> Result<(), Error> {
    if jobs.is_empty() { Ok(()) } else { store::cancel_queued(work, jobs) }
}

pub fn read(work: &mut Work<'_>, job: JobId) -> Result<JobView, Error> {
    store::read(work, job)?.ok_or(Error::NotFound)
}

/// Whether an unfinished job has this key.
pub fn is_wished(work: &mut Work<'_>, unique_key: &str) -> Result<bool, Error> {
    store::has_key(work, unique_key)
}

/// A job of this key that was put aside or stopped before it was done.
pub fn stopped(work: &mut Work<'_>, unique_key: &str) -> Result<Option<JobId>, Error> {
    store::stopped_with_key(work, unique_key)
}

/// Whether a job of this key waits and has not begun.
pub fn is_queued(work: &mut Work<'_>, unique_key: &str) -> Result<bool, Error> {
    store::is_queued(work, unique_key)
}

/// How many of the newest jobs that wait are of a kind: of very many, only these are looked at.
pub fn count_waiting(work: &mut Work<'_>, kind: &str, newest: i64) -> Result<i64, Error> {
    store::count_waiting(work, kind, newest)
}

/// Those of the keys that an unfinished job has.
pub fn wished(work: &mut Work<'_>, unique_keys: &[String]) -> Result<HashSet<String>, Error> {
    Ok(store::keys(work, unique_keys)?.into_iter().collect())
}

/// Jobs, newest first, before the given one, with one more than `limit` if there are more.
pub fn page(
    work: &mut Work<'_>,
    state: Option<State>,
    kind: Option<&str>,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<JobView>, Error> {
    store::page(work, state, kind, before, limit)
}

/// What is planned for a customer and has not run yet.
pub fn planned_for(work: &mut Work<'_>, customer: CustomerId) -> Result<Vec<(JobId, Job, Instant)>, Error> {
    store::planned_for(work, customer)
}

/// Jobs by state, for the dashboard and the metrics.
pub fn count_by_state(work: &mut Work<'_>) -> Result<Vec<(String, i64)>, Error> {
    store::count_by_state(work)
}

/// Jobs that have not ended well yet, by state: reads nothing of those that have.
pub fn count_open(work: &mut Work<'_>) -> Result<Vec<(String, i64)>, Error> {
    store::count_open(work)
}

/// Since when the oldest of the jobs that are due has been waiting.
pub fn waiting_since(work: &mut Work<'_>) -> Result<Option<Instant>, Error> {
    store::waiting_since(work)
}

/// Takes away the jobs of customers who are going.
pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    store::forget(work, customers)
}

/// Takes away jobs that ended long ago.
pub fn prune(work: &mut Work<'_>) -> Result<(), Error> {
    let before = work.now.plus_days(-work.app.config.retention.finished_jobs_days);
    store::prune(work, before)
}

/// Whether a schedule is due now; if so its next instant is set. A schedule that is new starts at `next`.
pub fn take_schedule(work: &mut Work<'_>, name: &str, next: Instant) -> Result<bool, Error> {
    store::take_schedule(work, name, next)
}

/// When the first of these schedules is due; nothing while one of them is missing.
pub fn next_of_schedules(work: &mut Work<'_>, names: &[&str]) -> Result<Option<Instant>, Error> {
    let standing = store::schedules(work, names)?;
    Ok(if standing.len() < names.len() { None } else { standing.into_iter().min() })
}

/// The jobs of a customer who becomes a part of another one are about that one.
pub fn merge(work: &mut Work<'_>, joining: &Joining<'_>) -> Result<Value, Error> {
    let moved = store::hand_over(work, joining.from, joining.into)?;
    Ok(if moved.is_empty() { Value::Null } else { json!(moved) })
}

pub fn unmerge(work: &mut Work<'_>, parting: &mut Parting<'_>) -> Result<Vec<Conflict>, Error> {
    let moved: Vec<JobId> = parting.journal()?;
    store::hand_back(work, parting.into, parting.from, &moved)?;
    Ok(Vec::new())
}
