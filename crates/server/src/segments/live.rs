//! Membership that keeps up: an event re-evaluates the segments that can feel it, for the customers it touches, in the
//! transaction it was told in; a window that flips does so when its instant comes.

use super::compiled::{Compiled, Segments};
use super::known::{self, Known};
use super::model::{Change, MembershipRow, Source};
use super::{facts, rebuild, record, store};
use crate::customers;
use crate::error::Error;
use crate::events::{Cause, Event};
use crate::ids::{CompanyId, CustomerId, SegmentId};
use crate::time::Instant;
use crate::work::Work;
use condition::{Facts, Needs, Shown, Tree};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::{Arc, LazyLock};
use std::thread::available_parallelism;

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

/// What is to be looked at for one customer, and why.
#[derive(Debug, Clone)]
struct Look {
    places: Places,
    cause: Cause,
    /// The instant that is asked about: now, or the one at which a window flipped.
    at: Instant,
    wakes: Wakes,
}

type Touched = BTreeMap<CustomerId, Look>;

/// Flips that are later than this are evaluated on what the database says: what is remembered may reach back only from a
/// later instant.
const LATE_S: i64 = 60;

/// Re-evaluates what the events may have changed.
pub fn react(work: &mut Work<'_>, events: &[Event]) -> Result<(), Error> {
    let segments = work.definitions::<Segments>()?;
    known::recall(work, &segments, events.iter().filter_map(Event::customer))?;
    known::follow(work, &segments, events);
    let mut touched = touched_by(work, &segments, events)?;
    // Not before now: customers of a company are locked only when they are found.
    touched.values_mut().for_each(|look| look.at = work.now);
    evaluate(work, &segments, &touched)?;
    match events.iter().any(|event| matches!(event, Event::TimeZoneChanged)) {
        true => rebuild::begin_all_timed(work),
        false => Ok(()),
    }
}

/// Whom the events are about, and what has to be looked at for them.
fn touched_by(work: &mut Work<'_>, segments: &Segments, events: &[Event]) -> Result<Touched, Error> {
    let (mut by_kind, mut touched) = (HashMap::<Arc<str>, Places>::new(), Touched::new());
    let everything = Places::of(segments, |_| true);
    let now = work.now;
    let mut touch = |customer: CustomerId, places: &Places, cause: Cause| {
        if !places.is_empty() {
            let entry = touched.entry(customer).or_insert(Look { places: Places::default(), cause, at: now, wakes: Wakes::Earlier });
            entry.places.add(places);
            entry.cause = cause;
        }
    };
    for event in events {
        match event {
            Event::ActivityTracked(tracked) | Event::ActivityImported(tracked) | Event::ActivityChanged(tracked) => {
                let places = by_kind.entry(tracked.kind.clone()).or_insert_with(|| reading_kind(segments, &tracked.kind));
                touch(tracked.customer, places, Cause::Activity { activity: tracked.id });
            }
            Event::ActivityDeleted { customer, activity, kind } => {
                let places = by_kind.entry(kind.clone()).or_insert_with(|| reading_kind(segments, kind));
                touch(*customer, places, Cause::Activity { activity: *activity });
            }
            Event::CustomerCreated { customer } => touch(*customer, &everything, Cause::Customer),
            Event::CustomerChanged { customer, fields } => touch(*customer, &reading_fields(segments, fields), Cause::Customer),
            Event::SegmentEntered { customer, segment, .. }
            | Event::SegmentLeft { customer, segment, .. }
            | Event::MembershipChanged { customer, segment, .. } => {
                touch(*customer, &built_on_manual(segments, *segment), Cause::Segment { segment: *segment });
            }
            Event::FieldDeleted { name } => refuse_if_used(segments, "field", |needs| needs.fields.contains(&**name))?,
            Event::ActivityTypeDeleted { kind } => {
                refuse_if_used(segments, "type of activity", |needs| needs.activities.contains_key(&Some(kind.to_string())))?;
            }
            Event::ConsentChanged { customer, purpose, .. } => {
                touch(*customer, &Places::of(segments, |one| one.needs.consents.contains(&**purpose)), Cause::Customer);
            }
            Event::SubscriptionChanged { customer, list, .. } => {
                touch(*customer, &Places::of(segments, |one| one.needs.subscriptions.contains(&**list)), Cause::Customer);
            }
            Event::CompanyChanged { company } => {
                let places = Places::of(segments, |one| one.needs.company);
                let members = if places.is_empty() { Vec::new() } else { members_of(work, *company)? };
                members.into_iter().for_each(|customer| touch(customer, &places, Cause::Customer));
            }
            Event::JobCancelled { job } => rebuild::pause(work, *job)?,
            // Whatever was his may have become another one's.
            Event::CustomersMerged { customer, merge, .. } => touch(*customer, &everything, Cause::Merge { merge: *merge }),
            Event::CustomersUnmerged { customer, other, merge } => {
                [customer, other].into_iter().for_each(|one| touch(*one, &everything, Cause::Merge { merge: *merge }));
            }
            Event::TimeZoneChanged
            | Event::CustomerDeleted { .. }
            | Event::SegmentDeleted { .. }
            | Event::JobBuried { .. }
            | Event::TemplateDeleted { .. }
            | Event::SegmentTracked { .. }
            | Event::TargetGroupAssigned { .. }
            | Event::SegmentsBuilt { .. }
            | Event::MembersReplaced { .. }
            | Event::DuplicateFound { .. }
            | Event::RuleStarted { .. }
            | Event::LinkGone { .. }
            | Event::WebhookDeleted { .. }
            | Event::AdminUserDeleted { .. }
            | Event::RoleDeleted { .. } => {}
        }
    }
    Ok(touched)
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

/// Everyone who belongs to a company, locked; what was known of them is out of date.
fn members_of(work: &mut Work<'_>, company: CompanyId) -> Result<Vec<CustomerId>, Error> {
    let members = customers::of_company(work, company)?;
    customers::lock(work, &members)?;
    known::forget(work, &members);
    Ok(members)
}

/// Segments built on computed ones were looked at together with them.
fn built_on_manual(segments: &Segments, segment: SegmentId) -> Places {
    let is_manual = segments.get(segment).is_some_and(|segment| !segment.calculated);
    Places::of(segments, |one| is_manual && one.needs.segments.contains(&segment.0))
}

fn reading_kind(segments: &Segments, kind: &str) -> Places {
    Places::of(segments, |one| one.needs.reads_activity(kind))
}

fn reading_fields(segments: &Segments, fields: &[String]) -> Places {
    // Another time zone moves days.
    let zone_moved = fields.iter().any(|name| name == "timeZone");
    let company_moved = fields.iter().any(|name| name == "companyId");
    Places::of(segments, |one| {
        let reads = |name: &String| one.needs.fields.contains(name.strip_prefix("fields.").unwrap_or(name));
        fields.iter().any(reads) || (company_moved && one.needs.company) || (zone_moved && one.needs.days)
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

/// Evaluates, writes and tells. Customers are judged by what is known at the end of the unit, at the instant asked about.
fn evaluate(work: &mut Work<'_>, segments: &Segments, touched: &Touched) -> Result<(), Error> {
    let Some(earliest) = touched.values().map(|look| look.at).min() else { return Ok(()) };
    let ids: Vec<CustomerId> = touched.keys().copied().collect();
    learn(work, segments, &ids, &needs_of(segments, touched.values().map(|look| &look.places)), earliest)?;
    let overdue = catch_up(work, segments, touched)?;
    let known = work.known.each_mut().filter_map(|(customer, known)| Some((customer, touched.get(customer)?, known)));
    let mut asked: Vec<Asked<'_>> = known.map(|(customer, look, known)| Asked { late: overdue.get(customer), look, known }).collect();
    asked.sort_unstable_by_key(|asked| asked.known.facts.customer);
    judge_side_by_side(segments, &mut asked).write(work)
}

/// One customer to be judged.
struct Asked<'k> {
    /// What is looked at first because its instant has passed.
    late: Option<&'k Look>,
    look: &'k Look,
    known: &'k mut Known,
}

/// Customers for whom a further thread is worth starting.
const EACH_THREAD_MIN: usize = 128;

/// Judging is arithmetic, and no customer's verdict depends on another's.
fn judge_side_by_side(segments: &Segments, asked: &mut [Asked<'_>]) -> Verdict {
    static CORES: LazyLock<usize> = LazyLock::new(|| available_parallelism().map_or(1, NonZero::get));
    let threads = (asked.len() / EACH_THREAD_MIN).clamp(1, *CORES);
    let (own, others) = asked.split_at_mut(asked.len().div_ceil(threads));
    std::thread::scope(|scope| {
        let shares = others.chunks_mut(own.len().max(1));
        let others: Vec<_> = shares.map(|share| scope.spawn(|| Verdict::of(segments, share))).collect();
        let mut verdict = Verdict::of(segments, own);
        for other in others {
            verdict.add(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        verdict
    })
}

/// Makes known what is needed to judge from the earliest instant on.
fn learn(work: &mut Work<'_>, segments: &Segments, ids: &[CustomerId], needs: &Needs, earliest: Instant) -> Result<(), Error> {
    let now = std::mem::replace(&mut work.now, earliest);
    let learned = known::ensure(work, segments, ids, needs);
    work.now = now;
    learned
}

/// Customers whose instant has passed without anybody looking, while no worker ran: what time has changed is looked at
/// first, so that no later look goes back behind this one.
fn catch_up(work: &mut Work<'_>, segments: &Segments, touched: &Touched) -> Result<Touched, Error> {
    let is_late = |(customer, look): &(&CustomerId, &Look)| {
        let wake = work.known.get(**customer).and_then(|known| known.wake);
        look.wakes == Wakes::Earlier && wake.is_some_and(|wake| wake <= look.at)
    };
    let late: Vec<(CustomerId, Instant)> = touched.iter().filter(is_late).map(|(customer, look)| (*customer, look.at)).collect();
    if late.is_empty() {
        return Ok(Touched::new());
    }
    let timed = Places::of(segments, |one| one.needs.time);
    let ids: Vec<CustomerId> = late.iter().map(|(customer, _)| *customer).collect();
    learn(work, segments, &ids, &needs_of(segments, std::iter::once(&timed)), work.now)?;
    let look = |at| Look { places: timed.clone(), cause: Cause::Time, at, wakes: Wakes::Exact };
    Ok(late.into_iter().map(|(customer, at)| (customer, look(at))).collect())
}

/// The facts that the touched segments need, and those that are built on them: they follow when these change.
fn needs_of<'p>(segments: &Segments, touched: impl Iterator<Item = &'p Places>) -> Needs {
    let mut union = Places::default();
    touched.for_each(|places| union.add(places));
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
    fn of(segments: &Segments, asked: &mut [Asked<'_>]) -> Verdict {
        let mut verdict = Verdict::default();
        for Asked { late, look, known } in asked {
            for look in late.iter().chain([&*look]) {
                verdict.judge(segments, look, known);
            }
        }
        verdict
    }

    fn add(&mut self, other: Verdict) {
        let Verdict { entering, leaving, changes, waking, resting } = other;
        self.entering.extend(entering);
        for (from, customers) in leaving {
            self.leaving.entry(from).or_default().extend(customers);
        }
        self.changes.extend(changes);
        self.waking.extend(waking);
        self.resting.extend(resting);
    }

    fn judge(&mut self, segments: &Segments, look: &Look, known: &mut Known) {
        let Look { places, cause, at, wakes } = look;
        let customer = CustomerId(known.facts.customer);
        let mut changed: Vec<i64> = Vec::new();
        let mut due: Option<i64> = None;
        for (place, compiled) in segments.compiled.iter().enumerate() {
            if !places.contains(place) && !changed.iter().any(|segment| compiled.needs.segments.contains(segment)) {
                continue;
            }
            let holds = condition::evaluate(&compiled.tree, &known.facts, at.0);
            if compiled.needs.time {
                due = due.into_iter().chain(condition::due(&compiled.tree, &known.facts, at.0)).min();
            }
            let (segment, generation) = (compiled.segment, compiled.generation);
            if holds == known.is_in(segment, generation) {
                continue;
            }
            if holds {
                self.entering.push((customer, segment, generation, *at));
                known.enter(MembershipRow { customer, segment, generation, since: *at, counter: 1 }, compiled.in_force);
            } else {
                self.leaving.entry((segment, generation, compiled.in_force)).or_default().push(customer);
                known.leave(segment, generation, compiled.in_force);
            }
            if compiled.in_force {
                let cause = if places.contains(place) { *cause } else { Cause::Segment { segment: SegmentId(changed[0]) } };
                self.changes.push(Change { customer, segment, entered: holds, cause, at: *at });
                changed.push(segment.0);
            }
        }
        self.wake(customer, known, due.map(Instant), *wakes);
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

    fn write(mut self, work: &mut Work<'_>) -> Result<(), Error> {
        store::enter(work, &self.entering, Source::Computed)?;
        // One statement for each segment somebody leaves, however many leave it.
        for ((segment, generation, in_force), customers) in &self.leaving {
            // Rows of older generations that are not swept yet go too, or the sweep would tell it again.
            let first = if *in_force { 0 } else { *generation };
            store::leave(work, *segment, first..=*generation, customers)?;
        }
        store::delete_wakes(work, &self.resting)?;
        set_wakes(work, &self.waking)?;
        self.changes.sort_by_key(|change| change.at);
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

/// Looks at the customers whose instant came first, each as of that instant; gives how many there were. Whoever has further
/// instants behind him comes again, so that after a time without a worker everything is told in the order it happened.
pub fn flip_due(work: &mut Work<'_>) -> Result<usize, Error> {
    let due = store::due_wakes(work, FLIPS_PER_UNIT)?;
    if due.is_empty() {
        return Ok(0);
    }
    let segments = work.definitions::<Segments>()?;
    let ids: Vec<CustomerId> = due.iter().map(|(customer, _)| *customer).collect();
    let held = customers::lock(work, &ids)?;
    let late = work.now.plus_seconds(-LATE_S);
    known::recall(
        work,
        &segments,
        due.iter().filter(|(customer, at)| held.contains(customer) && late <= *at).map(|(customer, _)| *customer),
    )?;
    let places = Places::of(&segments, |one| one.needs.time);
    let look = |at| Look { places: places.clone(), cause: Cause::Time, at, wakes: Wakes::Exact };
    let (standing, gone): (Vec<_>, Vec<_>) = due.iter().partition(|(customer, _)| held.contains(customer));
    store::delete_wakes(work, &gone.into_iter().map(|(customer, _)| customer).collect::<Vec<_>>())?;
    evaluate(work, &segments, &standing.into_iter().map(|(customer, at)| (customer, look(at))).collect())?;
    Ok(due.len())
}

/// Evaluates these segments, or all, once more for customers this unit has locked, on what the database says.
pub fn look_again(work: &mut Work<'_>, customers: &[CustomerId], wanted: &[SegmentId]) -> Result<(), Error> {
    let segments = work.definitions::<Segments>()?;
    let places = Places::of(&segments, |one| wanted.is_empty() || wanted.contains(&one.segment));
    let wakes = if wanted.is_empty() { Wakes::Exact } else { Wakes::Earlier };
    let look = Look { places, cause: Cause::Rebuild, at: work.now, wakes };
    evaluate(work, &segments, &customers.iter().map(|customer| (*customer, look.clone())).collect())
}

/// The next instant at which time alone may change a segment.
pub fn next_flip(work: &mut Work<'_>) -> Result<Option<Instant>, Error> {
    store::next_wake(work)
}

/// When time alone may change the answer. From that one could tell when something was done.
pub fn due_shown(tree: &Tree, facts: &Facts, now: Instant, shown: Shown) -> Option<Instant> {
    let is_shown = shown == Shown::Everything || condition::needs(tree).activities.is_empty();
    is_shown.then(|| condition::due(tree, facts, now.0).map(Instant)).flatten()
}

/// Why a customer is in a segment or not: the condition with the answer of every leaf and what it saw.
pub fn explain(work: &mut Work<'_>, customer: CustomerId, segment: SegmentId, shown: Shown) -> Result<Value, Error> {
    let segments = work.definitions::<Segments>()?;
    let standing = segments.get(segment).ok_or(Error::NotFound)?;
    let membership = store::membership(work, customer, segment, standing.generation)?;
    let compiled = segments.compiled.iter().find(|one| one.segment == segment && one.in_force);
    let Some(compiled) = compiled else {
        customers::read(work, customer)?;
        return Ok(json!({ "matches": membership.is_some(), "tree": null, "since": membership.map(|row| row.since), "dueAt": null }));
    };
    let facts = facts::facts(work, &[customer], &compiled.needs)?.remove(&customer).ok_or(Error::NotFound)?;
    let due = due_shown(&compiled.tree, &facts, work.now, shown);
    Ok(json!({
        "matches": membership.is_some(),
        "tree": condition::explain(&compiled.tree, &facts, work.now.0, shown),
        "since": membership.map(|row| row.since),
        "dueAt": due,
    }))
}
