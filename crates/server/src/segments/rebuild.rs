//! Definitions are evaluated for everyone in short units of work. Readers see the old membership until the new one is
//! whole; then it is put in force by one row. One job takes several segments through the customers together, in rounds:
//! a segment has its turn when those it is built on are in force. Who entered or left is told by `sweep.rs`.

use super::compiled::{Compiled, Segments};
use super::model::{MembershipRow, Source};
use super::{facts, live, store, sweep};
use crate::access::Actor;
use crate::app::App;
use crate::audit;
use crate::customers;
use crate::error::Error;
use crate::events::Event;
use crate::ids::{CustomerId, JobId, SegmentId};
use crate::jobs::{self, Claimed, Job, Wish};
use crate::time::Instant;
use crate::work::{self, Work};
use crate::worker::Ending;
use condition::Needs;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Customers evaluated in one unit of work: some 20 ms for a few segments.
const PAGE: usize = 1_000;
/// Segments for which a page has its full length.
const SEGMENTS_PER_PAGE: usize = 10;

/// Starts the evaluation of segments for everyone by one job; rebuilds of the same segments that are under way are
/// overtaken.
pub fn begin(work: &mut Work<'_>, segments: &[SegmentId]) -> Result<JobId, Error> {
    let job = Job::RebuildSegments { round: Vec::new(), before: 0, after: 0 };
    let id = jobs::enqueue(work, &job, Wish::default())?.ok_or_else(|| Error::Bug(anyhow::anyhow!("a job without a key was refused")))?;
    store::begin_rebuild(work, segments, id)?;
    work.redefine::<Segments>()?;
    Ok(id)
}

/// Evaluates a segment for everyone once more.
pub fn rebuild(work: &mut Work<'_>, segment: SegmentId) -> Result<JobId, Error> {
    if !super::all(work)?.get(segment).ok_or(Error::NotFound)?.calculated {
        return Err(Error::conflict("manual", "a manual segment has no condition to evaluate"));
    }
    audit::record(work, "rebuild", "segment", Some(segment.0), &json!({}))?;
    begin(work, &[segment])
}

/// Evaluates every segment that time can change once more: days begin at other instants now.
pub fn begin_all_timed(work: &mut Work<'_>) -> Result<(), Error> {
    work.redefine::<Segments>()?;
    let segments = work.definitions::<Segments>()?;
    let timed: BTreeSet<SegmentId> = segments.compiled.iter().filter(|one| one.needs.days).map(|one| one.segment).collect();
    if !timed.is_empty() {
        begin(work, &timed.into_iter().collect::<Vec<_>>())?;
    }
    Ok(())
}

/// The rebuild of a job that was cancelled stops: what is in force stays, and the new definition waits until the job is
/// taken up again or another rebuild begins.
pub fn pause(work: &mut Work<'_>, job: JobId) -> Result<(), Error> {
    if store::pause_rebuild(work, job)? > 0 {
        work.redefine::<Segments>()?;
    }
    Ok(())
}

/// How far a job is.
#[derive(Debug, Clone, Default)]
struct Place {
    /// The segments that are evaluated together; empty before a round begins.
    round: Vec<SegmentId>,
    /// Customers seen in earlier rounds.
    before: i64,
    /// The last customer that was seen.
    after: i64,
    /// Customers seen in all.
    done: i64,
}

impl Place {
    fn job(&self) -> Job {
        Job::RebuildSegments { round: self.round.clone(), before: self.before, after: self.after }
    }

    /// At the beginning of the next round.
    fn next_round(&self) -> Place {
        Place { round: Vec::new(), before: self.done, after: 0, done: self.done }
    }
}

/// Runs a rebuild from where it stands to its end, unit by unit.
pub async fn step(app: &App, claimed: Claimed) -> Result<Ending, Error> {
    let Job::RebuildSegments { round, before, after } = claimed.job else {
        return Err(Error::Bug(anyhow::anyhow!("not a rebuild")));
    };
    let (id, mut place) = (claimed.id, Place { round, before, after, done: claimed.done });
    let customers = work::read(app, Actor::system(), customers::count).await?;
    loop {
        let from = place.clone();
        match work::write(app, Actor::system(), move |work| unit(work, id, &from, customers)).await? {
            Some(next) => place = next,
            None => return Ok(Ending::Written),
        }
    }
}

/// One unit of work; gives where to go on, or nothing when the rebuild has ended.
fn unit(work: &mut Work<'_>, job: JobId, from: &Place, customers: i64) -> Result<Option<Place>, Error> {
    let segments = super::all(work)?;
    let own: Vec<&Compiled> = segments.being_built_by(job).collect();
    let mut place = from.clone();
    if place.round.is_empty() {
        place.round = ready(&own);
    }
    let round: Vec<&Compiled> = own.iter().copied().filter(|one| place.round.contains(&one.segment)).collect();
    let ids = match round.is_empty() {
        true => Vec::new(),
        false => customers::page_of_ids(work, place.after, PAGE.div_ceil(1 + round.len() / SEGMENTS_PER_PAGE))?,
    };
    if let Some(last) = ids.last() {
        place.after = last.0;
        place.done += ids.len() as i64;
    } else {
        place = place.next_round();
    }
    let total = from.before + customers * rounds(&own) as i64;
    if !jobs::progress(work, job, place.done, Some(total.max(place.done)), &place.job())? {
        return Ok(None);
    }
    if !ids.is_empty() {
        evaluate_page(work, &segments, &round, &ids)?;
    } else if !round.is_empty() {
        put_in_force(work, job, &round)?;
    } else if own.is_empty() {
        return end(work, job, &segments, &place);
    }
    Ok(Some(place))
}

/// Nothing is left to evaluate: a job that was cancelled begins anew, any other one has ended.
fn end(work: &mut Work<'_>, job: JobId, segments: &Segments, place: &Place) -> Result<Option<Place>, Error> {
    let waiting: Vec<SegmentId> = segments.waiting_for(job).collect();
    if !waiting.is_empty() {
        store::begin_rebuild(work, &waiting, job)?;
        work.redefine::<Segments>()?;
        return Ok(Some(place.next_round()));
    }
    // What is under way still cannot be evaluated: it names something that is gone.
    pause(work, job)?;
    jobs::finish(work, job, &json!({ "customers": place.done, "overtaken": place.done == 0 }))?;
    Ok(None)
}

/// Those that are built on no other one of them. Circles are refused when a condition is saved; if there were one, all would
/// be ready.
fn ready(own: &[&Compiled]) -> Vec<SegmentId> {
    let needs_none = |one: &&&Compiled| !own.iter().any(|other| one.needs.segments.contains(&other.segment.0));
    let ready: Vec<SegmentId> = own.iter().filter(needs_none).map(|one| one.segment).collect();
    if ready.is_empty() { own.iter().map(|one| one.segment).collect() } else { ready }
}

/// How many rounds these take.
fn rounds(own: &[&Compiled]) -> usize {
    let (mut left, mut count) = (own.to_vec(), 0);
    while !left.is_empty() {
        let ready = ready(&left);
        left.retain(|one| !ready.contains(&one.segment));
        count += 1;
    }
    count
}

fn evaluate_page(work: &mut Work<'_>, segments: &Segments, round: &[&Compiled], ids: &[CustomerId]) -> Result<(), Error> {
    customers::lock(work, ids)?;
    let mut needs = Needs::default();
    round.iter().for_each(|one| needs.merge(&one.needs));
    let memberships = store::memberships(work, ids)?;
    let known = facts::load(work, ids, &needs, segments, &memberships)?;
    let row_of = |customer: CustomerId, segment: SegmentId, generation: i64| -> Option<&MembershipRow> {
        let place = memberships.partition_point(|row| (row.customer, row.segment, row.generation) < (customer, segment, generation));
        memberships.get(place).filter(|row| (row.customer, row.segment, row.generation) == (customer, segment, generation))
    };
    let (mut entering, mut due) = (Vec::new(), Vec::new());
    for one in round {
        let (segment, generation) = (one.segment, one.generation);
        let current = segments.generation(segment).unwrap_or(0);
        let mut leaving = Vec::new();
        for customer in ids {
            let Some(facts) = known.get(customer) else { continue };
            let holds = condition::evaluate(&one.tree, facts, work.now.0);
            let is_in = row_of(*customer, segment, generation).is_some();
            if holds && !is_in {
                let since = row_of(*customer, segment, current).map_or(work.now, |row| row.since);
                entering.push((*customer, segment, generation, since));
            } else if !holds && is_in {
                leaving.push(*customer);
            }
            due.extend(condition::due(&one.tree, facts, work.now.0).map(|due| (*customer, Instant(due))));
        }
        store::leave(work, segment, generation..=generation, &leaving)?;
    }
    store::enter(work, &entering, Source::Computed)?;
    // One row for each customer: his earliest.
    due.sort_unstable();
    due.dedup_by_key(|(customer, _)| *customer);
    live::wake_earlier(work, &due)
}

/// The round is whole: its membership counts from now on. Segments that are built on it follow in a later round.
fn put_in_force(work: &mut Work<'_>, job: JobId, round: &[&Compiled]) -> Result<(), Error> {
    for one in round {
        store::put_in_force(work, one.segment, one.generation)?;
    }
    work.redefine::<Segments>()?;
    let swapped: Vec<SegmentId> = round.iter().map(|one| one.segment).collect();
    sweep::begin(work, &swapped)?;
    work.tell(Event::SegmentsBuilt { segments: swapped.clone().into(), customers: Arc::default() });
    follow(work, Some(job), &swapped)
}

/// Segments that are built on these are evaluated anew, by this job or a new one.
pub fn follow(work: &mut Work<'_>, job: Option<JobId>, changed: &[SegmentId]) -> Result<(), Error> {
    let segments = super::all(work)?;
    let own: BTreeSet<SegmentId> = job.into_iter().flat_map(|job| segments.being_built_by(job)).map(|one| one.segment).collect();
    let is_built_on = |one: &&Compiled| changed.iter().any(|segment| one.needs.segments.contains(&segment.0));
    let followers: BTreeSet<SegmentId> = segments.compiled.iter().filter(is_built_on).map(|one| one.segment).collect();
    let followers: Vec<SegmentId> = followers.difference(&own).copied().collect();
    match (followers.is_empty(), job) {
        (true, _) => Ok(()),
        (false, Some(job)) => {
            store::begin_rebuild(work, &followers, job)?;
            work.redefine::<Segments>()
        }
        (false, None) => begin(work, &followers).map(drop),
    }
}
