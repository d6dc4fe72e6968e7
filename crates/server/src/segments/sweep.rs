//! After a new membership took over: tells who entered and who left, page by page, and takes the old rows away. A segment
//! has one sweep at a time; one that comes to its end looks whether yet another membership took over meanwhile.

use super::model::{Change, MembershipRow};
use super::{record, store};
use crate::access::Actor;
use crate::app::App;
use crate::customers;
use crate::error::Error;
use crate::events::{Cause, Event};
use crate::ids::{CustomerId, ImportId, JobId, SegmentId};
use crate::jobs::{self, Claimed, Job, Swap, Wish};
use crate::work::{self, Work};
use crate::worker::Ending;
use serde_json::json;

/// Customers looked at in one unit of work.
const PAGE: usize = 1_000;

/// Sweeps segments whose membership was replaced or taken away.
pub fn begin(work: &mut Work<'_>, segments: &[SegmentId]) -> Result<(), Error> {
    let by = work.actor.is_outside().then(|| (*work.actor).clone());
    let wish = |segment: &SegmentId| {
        let key = Wish { unique_key: Some(format!("sweep:{segment}")), ..Wish::default() };
        (Job::SweepSegment { segment: *segment, swap: None, after: 0, by: by.clone() }, key)
    };
    jobs::enqueue_all(work, segments.iter().map(wish).collect()).map(drop)
}

/// What a segment says of its membership.
pub struct Standing {
    pub swap: Swap,
    /// The import whose list it is.
    pub replacement: Option<ImportId>,
}

#[derive(Clone, Copy)]
struct Place {
    swap: Option<Swap>,
    after: i64,
    done: i64,
}

/// Goes through old and new membership until there is nothing more to tell.
pub async fn step(app: &App, claimed: Claimed) -> Result<Ending, Error> {
    let Job::SweepSegment { segment, swap, after, by } = claimed.job else {
        return Err(Error::Bug(anyhow::anyhow!("not a sweep")));
    };
    let (id, mut place) = (claimed.id, Place { swap, after, done: claimed.done });
    loop {
        let (actor, told_by) = (by.clone().unwrap_or_else(Actor::system), by.clone());
        match work::write(app, actor, move |work| unit(work, id, segment, place, &told_by)).await? {
            Some(next) => place = next,
            None => return Ok(Ending::Written),
        }
    }
}

/// One unit of work; gives where to go on.
fn unit(work: &mut Work<'_>, job: JobId, segment: SegmentId, from: Place, by: &Option<Actor>) -> Result<Option<Place>, Error> {
    // Locked, so that a membership that takes over now is seen here, or finds this sweep ended.
    let standing = store::lock_standing(work, segment)?;
    // Of a segment that is gone nothing is told, and every row goes.
    let gone = Swap { from: i64::MAX, to: i64::MAX, at: work.now };
    let swap = match &standing {
        Some(standing) => from.swap.unwrap_or(standing.swap),
        None => gone,
    };
    let rows = store::memberships_of_segment(work, segment, swap.to, from.after, PAGE)?;
    let next = match rows.last().map(|row| row.customer.0) {
        Some(last) => {
            if let Some(standing) = &standing {
                let cause = standing.replacement.map_or(Cause::Rebuild, |import| Cause::Import { import });
                let gone = tell(work, segment, &rows, swap, cause)?;
                if let Some(import) = standing.replacement.filter(|_| !gone.is_empty()) {
                    let gone = store::standing(work, segment, swap.from, &gone)?;
                    let gone = gone.into_iter().map(|(customer, (membership, source))| (customer, membership, source)).collect();
                    work.tell(Event::MembersReplaced { import, segment, gone });
                }
            }
            store::delete_generations_before(work, segment, swap.to, from.after, last)?;
            let seen = rows.chunk_by(|one, other| one.customer == other.customer).count() as i64;
            Some(Place { swap: Some(swap), after: last, done: from.done + seen })
        }
        None => {
            store::set_told(work, segment, swap.to)?;
            let is_newer = standing.is_some_and(|standing| standing.swap.to != swap.to);
            is_newer.then_some(Place { swap: None, after: 0, done: from.done })
        }
    };
    match next {
        Some(Place { swap, after, done }) => {
            jobs::progress(work, job, done, None, &Job::SweepSegment { segment, swap, after, by: by.clone() })?;
        }
        None => jobs::finish(work, job, &json!({ "members": from.done }))?,
    }
    Ok(next)
}

/// Tells who is in the new membership and was not in the old one, and the other way round; gives those who are not.
fn tell(work: &mut Work<'_>, segment: SegmentId, rows: &[MembershipRow], swap: Swap, cause: Cause) -> Result<Vec<CustomerId>, Error> {
    let mut changes = Vec::new();
    for of_one in rows.chunk_by(|one, other| one.customer == other.customer) {
        let was = of_one.iter().any(|row| row.generation == swap.from);
        let change = |entered| Change { customer: of_one[0].customer, segment, entered, cause, at: swap.at };
        match (was, of_one.iter().find(|row| row.generation == swap.to)) {
            // Who entered after the swap was told of then.
            (false, Some(row)) if row.since <= swap.at => changes.push(change(true)),
            (true, None) => changes.push(change(false)),
            _ => {}
        }
    }
    let moved: Vec<CustomerId> = changes.iter().map(|change| change.customer).collect();
    customers::lock(work, &moved)?;
    let gone = changes.iter().filter(|change| !change.entered).map(|change| change.customer).collect();
    record(work, changes)?;
    Ok(gone)
}
