//! Membership that keeps up: an event re-evaluates the segments that can feel it, for the customers it touches, in the
//! transaction it was told in; a window that flips does so when its instant comes.

use super::compiled::{Compiled, Segments};
use super::known::{self, Known};
use super::model::{Change, MembershipRow, Source};
use super::{facts, rebuild, record, store};
use crate::customers;
use crate::error::Error;
use crate::events::{Cause, Event};
use crate::ids::{CustomerId, SegmentId};
use crate::time::Instant;
use crate::work::Work;
use condition::Needs;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Customers whose windows are looked at in one unit of work.
const FLIPS_PER_UNIT: usize = 500;

/// Places in [`Segments::compiled`], as a set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Places(Vec<u64>);

impl Places {
    fn of(segments: &Segments, wanted: impl Fn(&Compiled) -> bool) -> Places {
        let mut places = Places(vec![0; segments.compiled.len().div_ceil(64)]);
        for (place, compiled) in segments.compiled.iter().enumerate() {
            if wanted(compiled) {
                places.0[place / 64] |= 1 << (place % 64);
            }
        }
        places
    }

    fn add(&mut self, others: &Places) {
        self.0.resize(self.0.len().max(others.0.len()), 0);
        self.0.iter_mut().zip(&others.0).for_each(|(own, other)| *own |= other);
    }

    fn contains(&self, place: usize) -> bool {
        self.0.get(place / 64).is_some_and(|word| word & (1 << (place % 64)) != 0)
    }

    fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }
}

/// What an evaluation is about: for each customer the places to look at, and why.
type Touched = BTreeMap<CustomerId, (Places, Cause)>;

/// Re-evaluates what the events may have changed.
pub fn react(work: &mut Work<'_>, events: &[Event]) -> Result<(), Error> {
    let segments = work.definitions::<Segments>()?;
    known::recall(work, &segments, events.iter().filter_map(Event::customer))?;
    known::follow(work, &segments, events);
    if segments.compiled.is_empty() {
        return Ok(());
    }
    let mut by_kind: HashMap<Arc<str>, Places> = HashMap::new();
    let mut touched = Touched::new();
    let mut moved = false;
    let mut touch = |customer: CustomerId, places: &Places, cause: Cause| {
        if !places.is_empty() {
            let entry = touched.entry(customer).or_insert_with(|| (Places::default(), cause));
            entry.0.add(places);
            entry.1 = cause;
        }
    };
    for event in events {
        match event {
            Event::ActivityTracked(tracked) | Event::ActivityImported(tracked) | Event::ActivityChanged(tracked) => {
                let places = by_kind.entry(tracked.kind.clone()).or_insert_with(|| reading_kind(&segments, &tracked.kind));
                touch(tracked.customer, places, Cause::Activity { activity: tracked.id });
            }
            Event::ActivityDeleted { customer, activity, kind } => {
                let places = by_kind.entry(kind.clone()).or_insert_with(|| reading_kind(&segments, kind));
                touch(*customer, places, Cause::Activity { activity: *activity });
            }
            Event::CustomerCreated { customer } => touch(*customer, &Places::of(&segments, |_| true), Cause::Customer),
            Event::CustomerChanged { customer, fields } => touch(*customer, &reading_fields(&segments, fields), Cause::Customer),
            // Segments built on computed ones were looked at together with them.
            Event::SegmentEntered { customer, segment, .. } | Event::SegmentLeft { customer, segment, .. } => {
                if segments.get(*segment).is_some_and(|segment| !segment.calculated) {
                    let places = Places::of(&segments, |one| one.needs.segments.contains(&segment.0));
                    touch(*customer, &places, Cause::Segment { segment: *segment });
                }
            }
            Event::FieldDeleted { name } => refuse_if_used(&segments, "field", |needs| needs.fields.contains(&**name))?,
            Event::ActivityTypeDeleted { kind } => {
                refuse_if_used(&segments, "type of activity", |needs| needs.activities.contains_key(&Some(kind.to_string())))?;
            }
            Event::TimeZoneChanged => moved = true,
            Event::CustomerDeleted { .. } | Event::SegmentDeleted { .. } | Event::TemplateDeleted { .. } => {}
        }
    }
    evaluate(work, &segments, &touched, Wakes::Earlier)?;
    if moved { rebuild::begin_all_timed(work) } else { Ok(()) }
}

/// What conditions name stays: without it they would mean something else.
fn refuse_if_used(segments: &Segments, what: &str, uses: impl Fn(&Needs) -> bool) -> Result<(), Error> {
    let users = segments.compiled.iter().filter(|one| uses(&one.needs)).filter_map(|one| segments.get(one.segment));
    let mut names: Vec<&str> = users.map(|segment| segment.name.as_str()).collect();
    names.dedup();
    match names.is_empty() {
        true => Ok(()),
        false => Err(Error::conflict("in_use", format!("these segments use the {what}: {}", names.join(", ")))),
    }
}

fn reading_kind(segments: &Segments, kind: &str) -> Places {
    Places::of(segments, |one| one.needs.reads_activity(kind))
}

fn reading_fields(segments: &Segments, fields: &[String]) -> Places {
    // Another time zone moves days.
    let zone_moved = fields.iter().any(|name| name == "timeZone");
    Places::of(segments, |one| {
        let reads = |name: &String| one.needs.fields.contains(name.strip_prefix("fields.").unwrap_or(name));
        fields.iter().any(reads) || (zone_moved && one.needs.days)
    })
}

/// What becomes of the instants at which customers are to be looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wakes {
    /// Only some segments were evaluated: an earlier instant replaces the standing one, a later one does not.
    Earlier,
    /// All segments that time can change were evaluated: the instant is exact.
    Exact,
}

fn evaluate(work: &mut Work<'_>, segments: &Segments, touched: &Touched, wakes: Wakes) -> Result<(), Error> {
    if touched.is_empty() {
        return Ok(());
    }
    let ids: Vec<CustomerId> = touched.keys().copied().collect();
    let needs = needs_of(segments, touched);
    known::ensure(work, segments, &ids, &needs)?;
    let mut verdict = Verdict::default();
    for (customer, (places, cause)) in touched {
        if let Some(known) = work.known.get_mut(*customer) {
            verdict.judge(segments, places, *cause, known, wakes, work.now);
        }
    }
    verdict.write(work)
}

/// The facts that the touched segments need, and those that are built on them: they follow when these change.
fn needs_of(segments: &Segments, touched: &Touched) -> Needs {
    let mut union = Places::default();
    touched.values().for_each(|(places, _)| union.add(places));
    let mut needs = Needs::default();
    let mut moving: Vec<i64> = Vec::new();
    for (place, compiled) in segments.compiled.iter().enumerate() {
        if union.contains(place) || moving.iter().any(|segment| compiled.needs.segments.contains(segment)) {
            needs.merge(&compiled.needs);
            moving.push(compiled.segment.0);
        }
    }
    needs
}

/// What an evaluation found out, gathered over all customers so that it is written with few statements.
#[derive(Default)]
struct Verdict {
    entering: Vec<(CustomerId, SegmentId, i64, Instant)>,
    /// By segment and generation, with whether readers see it.
    leaving: BTreeMap<(SegmentId, i64, bool), Vec<CustomerId>>,
    changes: Vec<Change>,
    /// Customers to be looked at again at another instant than was written down.
    waking: Vec<(CustomerId, Instant)>,
    /// Those for whom time changes nothing any more.
    resting: Vec<CustomerId>,
}

impl Verdict {
    fn judge(&mut self, segments: &Segments, places: &Places, cause: Cause, known: &mut Known, wakes: Wakes, now: Instant) {
        let customer = CustomerId(known.facts.customer);
        let mut changed: Vec<i64> = Vec::new();
        let mut due: Option<i64> = None;
        for (place, compiled) in segments.compiled.iter().enumerate() {
            if !places.contains(place) && !changed.iter().any(|segment| compiled.needs.segments.contains(segment)) {
                continue;
            }
            let holds = condition::evaluate(&compiled.tree, &known.facts, now.0);
            if compiled.needs.time {
                due = due.into_iter().chain(condition::due(&compiled.tree, &known.facts, now.0)).min();
            }
            let (segment, generation) = (compiled.segment, compiled.generation);
            if holds == known.is_in(segment, generation) {
                continue;
            }
            if holds {
                self.entering.push((customer, segment, generation, now));
                known.enter(MembershipRow { customer, segment, generation, since: now, counter: 1 }, compiled.in_force);
            } else {
                self.leaving.entry((segment, generation, compiled.in_force)).or_default().push(customer);
                known.leave(segment, generation, compiled.in_force);
            }
            if compiled.in_force {
                let cause = if places.contains(place) { cause } else { Cause::Segment { segment: SegmentId(changed[0]) } };
                self.changes.push(Change { customer, segment, entered: holds, cause, at: now });
                changed.push(segment.0);
            }
        }
        self.wake(customer, known, due.map(Instant), wakes);
    }

    fn wake(&mut self, customer: CustomerId, known: &mut Known, due: Option<Instant>, wakes: Wakes) {
        match (due, known.wake) {
            (Some(due), Some(standing)) if due == standing || (standing < due && wakes == Wakes::Earlier) => {}
            (Some(due), _) => {
                self.waking.push((customer, due));
                known.wake = Some(due);
            }
            (None, Some(_)) if wakes == Wakes::Exact => {
                self.resting.push(customer);
                known.wake = None;
            }
            (None, _) => {}
        }
    }

    fn write(self, work: &mut Work<'_>) -> Result<(), Error> {
        store::enter(work, &self.entering, Source::Computed)?;
        // One statement for each segment somebody leaves, however many leave it.
        for ((segment, generation, in_force), customers) in &self.leaving {
            // Rows of older generations that are not swept yet go too, or the sweep would tell it again.
            let first = if *in_force { 0 } else { *generation };
            store::leave(work, *segment, first..=*generation, customers)?;
        }
        store::delete_wakes(work, &self.resting)?;
        set_wakes(work, &self.waking)?;
        record(work, self.changes)
    }
}

/// Moves wakes forward to earlier instants. Most activities do not change the earliest one, so reading first saves writes.
pub fn wake_earlier(work: &mut Work<'_>, wanted: &[(CustomerId, Instant)]) -> Result<(), Error> {
    if wanted.is_empty() {
        return Ok(());
    }
    let ids: Vec<CustomerId> = wanted.iter().map(|(customer, _)| *customer).collect();
    let standing = store::wakes(work, &ids)?;
    let earlier = |(customer, due): &&(CustomerId, Instant)| standing.get(customer).is_none_or(|standing| due < standing);
    let moved: Vec<(CustomerId, Instant)> = wanted.iter().filter(earlier).copied().collect();
    set_wakes(work, &moved)
}

fn set_wakes(work: &mut Work<'_>, wakes: &[(CustomerId, Instant)]) -> Result<(), Error> {
    store::set_wakes(work, wakes)?;
    wakes.iter().map(|(_, due)| *due).min().into_iter().for_each(|due| work.wake_worker(due));
    Ok(())
}

/// Looks at customers for whom time has come; gives how many there were.
pub fn flip_due(work: &mut Work<'_>) -> Result<usize, Error> {
    let due = store::due_wakes(work, FLIPS_PER_UNIT)?;
    if due.is_empty() {
        return Ok(0);
    }
    let segments = work.definitions::<Segments>()?;
    let known = customers::lock(work, &due)?;
    known::recall(work, &segments, known.iter().copied())?;
    let places = Places::of(&segments, |one| one.needs.time);
    let touched: Touched = known.into_iter().map(|customer| (customer, (places.clone(), Cause::Time))).collect();
    let orphans: Vec<CustomerId> = due.iter().filter(|customer| !touched.contains_key(customer)).copied().collect();
    store::delete_wakes(work, &orphans)?;
    evaluate(work, &segments, &touched, Wakes::Exact)?;
    Ok(due.len())
}

/// The next instant at which time alone may change a segment.
pub fn next_flip(work: &mut Work<'_>) -> Result<Option<Instant>, Error> {
    store::next_wake(work)
}

/// Why a customer is in a segment or not: the condition with the answer of every leaf and what it saw.
pub fn explain(work: &mut Work<'_>, customer: CustomerId, segment: SegmentId) -> Result<Value, Error> {
    let segments = work.definitions::<Segments>()?;
    let standing = segments.get(segment).ok_or(Error::NotFound)?;
    let membership = store::membership(work, customer, segment, standing.generation)?;
    let compiled = segments.compiled.iter().find(|one| one.segment == segment && one.in_force);
    let Some(compiled) = compiled else {
        customers::read(work, customer)?;
        return Ok(json!({ "matches": membership.is_some(), "tree": null, "since": membership.map(|row| row.since), "dueAt": null }));
    };
    let facts = facts::facts(work, &[customer], &compiled.needs)?.remove(&customer).ok_or(Error::NotFound)?;
    let due = condition::due(&compiled.tree, &facts, work.now.0).map(Instant);
    Ok(json!({
        "matches": membership.is_some(),
        "tree": condition::explain(&compiled.tree, &facts, work.now.0),
        "since": membership.map(|row| row.since),
        "dueAt": due,
    }))
}
