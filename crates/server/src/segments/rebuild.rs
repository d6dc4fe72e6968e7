//! A changed definition is evaluated for everyone in short units of work. Readers see the old membership until the new
//! one is whole; then it is put in force by one row, and who entered or left is told afterwards, page by page.

use super::compiled::Segments;
use super::model::{Change, MembershipRow, Source};
use super::{facts, live, record, store};
use crate::access::Actor;
use crate::app::App;
use crate::audit;
use crate::customers;
use crate::error::Error;
use crate::events::Cause;
use crate::ids::{CustomerId, JobId, SegmentId};
use crate::jobs::{self, Claimed, Job, Wish};
use crate::time::Instant;
use crate::work::{self, Work};
use crate::worker::Ending;
use serde_json::{Value, json};

/// Customers evaluated in one unit of work: some 20 ms.
const PAGE: usize = 1_000;

/// Starts the evaluation of a condition for everyone; a rebuild of the same segment that is under way is overtaken.
pub fn begin(work: &mut Work<'_>, segment: SegmentId, condition: &Value) -> Result<JobId, Error> {
    let standing = store::read(work, segment)?.ok_or(Error::NotFound)?;
    let generation = standing.next_generation.unwrap_or(standing.generation) + 1;
    let job = Job::RebuildSegment { segment, generation, after: 0 };
    let id = jobs::enqueue(work, &job, Wish::default())?.ok_or_else(|| Error::Bug(anyhow::anyhow!("a job without a key was refused")))?;
    store::begin_rebuild(work, segment, generation, condition, id)?;
    work.redefine::<Segments>()?;
    Ok(id)
}

/// Evaluates a segment for everyone once more.
pub fn rebuild(work: &mut Work<'_>, segment: SegmentId) -> Result<JobId, Error> {
    let standing = store::read(work, segment)?.ok_or(Error::NotFound)?;
    let condition = standing.wanted_condition().cloned();
    let condition = condition.ok_or_else(|| Error::conflict("manual", "a manual segment has no condition to evaluate"))?;
    audit::record(work, "rebuild", "segment", Some(segment.0), &json!({}))?;
    begin(work, segment, &condition)
}

/// Evaluates every segment that time can change once more: days begin at other instants now.
pub fn begin_all_timed(work: &mut Work<'_>) -> Result<(), Error> {
    work.redefine::<Segments>()?;
    let segments = work.definitions::<Segments>()?;
    for compiled in segments.compiled.iter().filter(|one| one.needs.days && one.in_force) {
        if let Some(condition) = segments.get(compiled.segment).and_then(|segment| segment.wanted_condition()) {
            begin(work, compiled.segment, condition)?;
        }
    }
    Ok(())
}

/// Runs a rebuild from where it stands to its end, unit by unit.
pub async fn step(app: &App, claimed: Claimed) -> Result<Ending, Error> {
    let Job::RebuildSegment { segment, generation, mut after } = claimed.job else {
        return Err(Error::Bug(anyhow::anyhow!("not a rebuild")));
    };
    let (id, mut done) = (claimed.id, claimed.done);
    let total = work::read(app, Actor::system(), customers::count).await?;
    loop {
        let page = work::write(app, Actor::system(), move |work| evaluate_page(work, id, segment, generation, after, done, total)).await?;
        match page {
            Some((last, seen)) => (after, done) = (last, done + seen),
            None => return Ok(Ending::Written),
        }
    }
}

/// One page; gives the last customer and how many there were, or nothing when the rebuild has ended.
fn evaluate_page(
    work: &mut Work<'_>,
    job: JobId,
    segment: SegmentId,
    generation: i64,
    after: i64,
    done: i64,
    total: i64,
) -> Result<Option<(i64, i64)>, Error> {
    let segments = work.definitions::<Segments>()?;
    let Some(compiled) = segments.compiled.iter().find(|one| one.segment == segment && one.generation == generation && !one.in_force)
    else {
        // Overtaken by a later definition, or the segment is gone.
        jobs::finish(work, job, &json!({ "overtaken": true }))?;
        return Ok(None);
    };
    let ids = customers::page_of_ids(work, after, PAGE)?;
    let Some(last) = ids.last().copied() else {
        put_in_force(work, segment, generation)?;
        jobs::finish(work, job, &json!({ "customers": done }))?;
        return Ok(None);
    };
    let continued = Job::RebuildSegment { segment, generation, after: last.0 };
    let seen = done + ids.len() as i64;
    if !jobs::progress(work, job, seen, Some(total.max(seen)), &continued)? {
        store::abandon_rebuild(work, segment, generation)?;
        work.redefine::<Segments>()?;
        return Ok(None);
    }
    customers::lock(work, &ids)?;
    let memberships = store::memberships(work, &ids)?;
    let known = facts::load(work, &ids, &compiled.needs, &segments, &memberships)?;
    let row_of = |customer: CustomerId, generation: i64| -> Option<&MembershipRow> {
        let place = memberships.partition_point(|row| (row.customer, row.segment, row.generation) < (customer, segment, generation));
        memberships.get(place).filter(|row| (row.customer, row.segment, row.generation) == (customer, segment, generation))
    };
    let current = segments.generation(segment).unwrap_or(0);
    let (mut entering, mut leaving, mut due) = (Vec::new(), Vec::new(), Vec::new());
    for customer in &ids {
        let Some(facts) = known.get(customer) else { continue };
        let holds = condition::evaluate(&compiled.tree, facts, work.now.0);
        let is_in = row_of(*customer, generation).is_some();
        if holds && !is_in {
            let since = row_of(*customer, current).map_or(work.now, |row| row.since);
            entering.push((*customer, segment, generation, since));
        } else if !holds && is_in {
            leaving.push(*customer);
        }
        due.extend(condition::due(&compiled.tree, facts, work.now.0).map(|due| (*customer, Instant(due))));
    }
    store::enter(work, &entering, Source::Computed)?;
    store::leave(work, segment, generation..=generation, &leaving)?;
    live::wake_earlier(work, &due)?;
    Ok(Some((last.0, ids.len() as i64)))
}

fn put_in_force(work: &mut Work<'_>, segment: SegmentId, generation: i64) -> Result<(), Error> {
    store::put_in_force(work, segment, generation)?;
    work.redefine::<Segments>()?;
    let sweep = Job::SweepSegment { segment, generation, after: 0, swapped_at: work.now };
    jobs::enqueue(work, &sweep, Wish::default())?;
    // Segments that are built on this one follow it.
    let segments = work.definitions::<Segments>()?;
    let built_on: Vec<(SegmentId, Value)> = segments
        .compiled
        .iter()
        .filter(|one| one.in_force && one.needs.segments.contains(&segment.0))
        .filter_map(|one| segments.get(one.segment)?.wanted_condition().map(|condition| (one.segment, condition.clone())))
        .collect();
    for (follower, condition) in built_on {
        begin(work, follower, &condition)?;
    }
    Ok(())
}

/// Goes through old and new membership, tells who entered and left, and takes the old one away.
pub async fn sweep(app: &App, claimed: Claimed) -> Result<Ending, Error> {
    let Job::SweepSegment { segment, generation, mut after, swapped_at } = claimed.job else {
        return Err(Error::Bug(anyhow::anyhow!("not a sweep")));
    };
    let (id, mut done) = (claimed.id, claimed.done);
    loop {
        let place = after;
        let page = work::write(app, Actor::system(), move |work| {
            let page = sweep_page(work, segment, generation, place, swapped_at)?;
            match page {
                Some((last, seen)) => {
                    let continued = Job::SweepSegment { segment, generation, after: last, swapped_at };
                    jobs::progress(work, id, done + seen, None, &continued)?;
                }
                None => jobs::finish(work, id, &json!({}))?,
            }
            Ok(page)
        })
        .await?;
        match page {
            Some((last, seen)) => (after, done) = (last, done + seen),
            None => return Ok(Ending::Written),
        }
    }
}

fn sweep_page(
    work: &mut Work<'_>,
    segment: SegmentId,
    generation: i64,
    after: i64,
    swapped_at: Instant,
) -> Result<Option<(i64, i64)>, Error> {
    let rows = store::memberships_of_segment(work, segment, generation, after, PAGE)?;
    let Some(last) = rows.last().map(|row| row.customer) else { return Ok(None) };
    let is_gone = store::read(work, segment)?.is_none();
    let mut changes = Vec::new();
    for of_one in rows.chunk_by(|one, other| one.customer == other.customer) {
        let customer = of_one[0].customer;
        let new = of_one.iter().find(|row| row.generation == generation);
        let was = of_one.iter().any(|row| row.generation < generation);
        let change = |entered| Change { customer, segment, entered, cause: Cause::Rebuild, at: work.now };
        match (was, new) {
            // Who entered after the swap was told of then.
            (false, Some(row)) if row.since <= swapped_at => changes.push(change(true)),
            (true, None) => changes.push(change(false)),
            _ => {}
        }
    }
    store::delete_generations_before(work, segment, generation, after, last.0)?;
    if !is_gone {
        record(work, changes)?;
    }
    Ok(Some((last.0, rows.len() as i64)))
}
