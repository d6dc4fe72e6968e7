//! What is known of customers while conditions look at them, kept in memory from one unit of work to the next. Every unit
//! that touches a customer locks him and moves his revision on, so what an earlier unit knew counts exactly if nobody has
//! touched him since, in this process or another: the database says so with the lock.

use super::compiled::Segments;
use super::model::MembershipRow;
use super::{facts, store};
use crate::error::Error;
use crate::events::{Event, Tracked};
use crate::ids::{CustomerId, SegmentId};
use crate::settings::{self, Fields, Settings};
use crate::time::Instant;
use crate::work::Work;
use condition::{Attributes, Facts, Needs, Occurrence};
use lru::LruCache;
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One customer: what conditions may ask, his membership of every generation, and when he is to be looked at again.
pub struct Known {
    pub facts: Facts,
    pub memberships: Vec<MembershipRow>,
    pub wake: Option<Instant>,
}

/// What one unit of work knows.
#[derive(Default)]
pub struct Knowledge {
    of: FxHashMap<CustomerId, Known>,
    extent: Extent,
}

/// What all that is known covers: the union of what was asked for since the definitions changed.
#[derive(Debug, Clone, Default)]
struct Extent {
    number: u64,
    needs: Arc<Needs>,
}

impl Extent {
    /// The number of an extent that no memory has.
    const PRIVATE: u64 = 0;
}

/// What a unit that was committed leaves behind.
#[derive(Default)]
pub struct Learned {
    extent: u64,
    known: Vec<(CustomerId, i64, Known)>,
}

impl Knowledge {
    pub fn get(&self, customer: CustomerId) -> Option<&Known> {
        self.of.get(&customer)
    }

    pub fn get_mut(&mut self, customer: CustomerId) -> Option<&mut Known> {
        self.of.get_mut(&customer)
    }

    pub fn each_mut(&mut self) -> impl Iterator<Item = (&CustomerId, &mut Known)> {
        self.of.iter_mut()
    }

    /// What is worth keeping, by customer with the revision this unit gave him. What it knows of others it did not lock,
    /// so it may be out of date tomorrow.
    pub fn learned(self, locked: &FxHashMap<CustomerId, i64>) -> Learned {
        let known = self.of.into_iter().filter_map(|(customer, known)| Some((customer, *locked.get(&customer)?, known)));
        Learned { extent: self.extent.number, known: known.collect() }
    }
}

#[cfg(test)]
impl FromIterator<Facts> for Knowledge {
    fn from_iter<I: IntoIterator<Item = Facts>>(all: I) -> Knowledge {
        let known = |facts: Facts| (CustomerId(facts.customer), Known { facts, memberships: Vec::new(), wake: None });
        Knowledge { of: all.into_iter().map(known).collect(), extent: Extent::default() }
    }
}

/// What an instance remembers of customers; the least recently used go when it is full.
pub struct Memory {
    state: Mutex<State>,
    bytes_max: usize,
}

struct State {
    basis: Option<Basis>,
    extent: Extent,
    kept: LruCache<CustomerId, Kept, FxBuildHasher>,
    bytes: usize,
}

struct Kept {
    revision: i64,
    bytes: usize,
    known: Known,
}

/// The definitions under which things are known.
struct Basis {
    segments: Arc<Segments>,
    fields: Arc<Fields>,
    settings: Arc<Settings>,
}

impl Basis {
    fn is(&self, other: &Basis) -> bool {
        Arc::ptr_eq(&self.segments, &other.segments)
            && Arc::ptr_eq(&self.fields, &other.fields)
            && Arc::ptr_eq(&self.settings, &other.settings)
    }
}

impl Memory {
    pub fn new(mib_max: usize) -> Memory {
        let kept = LruCache::unbounded_with_hasher(FxBuildHasher);
        let extent = Extent { number: Extent::PRIVATE + 1, needs: Arc::default() };
        let state = State { basis: None, extent, kept, bytes: 0 };
        Memory { state: Mutex::new(state), bytes_max: mib_max << 20 }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Customers remembered, and the bytes they take.
    pub fn size(&self) -> (usize, usize) {
        let state = self.lock();
        (state.kept.len(), state.bytes)
    }

    /// Keeps what a committed unit knew, unless more is asked for by now.
    pub fn keep(&self, learned: Learned) {
        if learned.known.is_empty() {
            return;
        }
        let sized: Vec<(CustomerId, Kept)> = learned
            .known
            .into_iter()
            .map(|(customer, revision, known)| (customer, Kept { revision, bytes: bytes_of(&known), known }))
            .filter(|(_, kept)| kept.bytes <= self.bytes_max / SHARE_MAX)
            .collect();
        let mut state = self.lock();
        if state.extent.number != learned.extent {
            return;
        }
        for (customer, kept) in sized {
            if state.kept.peek(&customer).is_some_and(|standing| kept.revision <= standing.revision) {
                continue;
            }
            state.bytes += kept.bytes;
            if let Some(before) = state.kept.put(customer, kept) {
                state.bytes -= before.bytes;
            }
        }
        while self.bytes_max < state.bytes
            && let Some((_, gone)) = state.kept.pop_lru()
        {
            state.bytes -= gone.bytes;
        }
    }
}

/// One customer takes at most this part of the memory; whoever is larger is read anew each time.
const SHARE_MAX: usize = 16;

impl State {
    fn forget_all(&mut self, needs: Needs) {
        self.kept.clear();
        self.bytes = 0;
        self.extent = Extent { number: self.extent.number + 1, needs: Arc::new(needs) };
    }
}

/// Brings back what earlier units knew of customers this one has locked, as they were before it. To be called before
/// [`follow`], and for customers of whom nothing has been told yet.
pub fn recall(work: &mut Work<'_>, segments: &Arc<Segments>, customers: impl Iterator<Item = CustomerId>) -> Result<(), Error> {
    let basis = Basis { segments: segments.clone(), fields: settings::fields(work)?, settings: settings::all(work)? };
    let app = work.app.clone();
    let mut state = app.memory.lock();
    if !state.basis.as_ref().is_some_and(|standing| standing.is(&basis)) {
        state.forget_all(Needs::default());
        state.basis = Some(basis);
    }
    move_to(work, &state.extent);
    for customer in customers {
        if work.known.of.contains_key(&customer) {
            continue;
        }
        let Some(revision) = work.locked.get(&customer) else { continue };
        if let Some(kept) = state.kept.pop(&customer) {
            state.bytes -= kept.bytes;
            if kept.revision + 1 == *revision {
                work.known.of.insert(customer, kept.known);
            }
        }
    }
    Ok(())
}

/// What is known so far may not cover a larger extent.
fn move_to(work: &mut Work<'_>, extent: &Extent) {
    if work.known.extent.number != extent.number || extent.number == Extent::PRIVATE {
        work.known.of.clear();
        work.known.extent = extent.clone();
    }
}

/// Lets go of what is known of customers who changed without being told of one by one.
pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) {
    customers.iter().for_each(|customer| drop(work.known.of.remove(customer)));
}

/// Follows what this unit did: new activities are added to what is known; whoever changed otherwise is read anew.
pub fn follow(work: &mut Work<'_>, segments: &Segments, events: &[Event]) {
    for event in events {
        match event {
            Event::ActivityTracked(tracked) | Event::ActivityImported(tracked) => note(work, tracked),
            Event::ActivityChanged(tracked) => drop(work.known.of.remove(&tracked.customer)),
            Event::ActivityDeleted { customer, .. }
            | Event::CustomerCreated { customer }
            | Event::CustomerChanged { customer, .. }
            | Event::ConsentChanged { customer, .. }
            | Event::SubscriptionChanged { customer, .. }
            | Event::MembershipChanged { customer, .. }
            | Event::CustomerDeleted { customer } => drop(work.known.of.remove(customer)),
            Event::CustomersMerged { customer, other, .. } | Event::CustomersUnmerged { customer, other, .. } => {
                forget(work, &[*customer, *other]);
            }
            // Who was put in with another counter than the first is read anew.
            Event::SegmentEntered { customer, segment, .. } if work.known.extent.needs.counters.contains(&segment.0) => {
                drop(work.known.of.remove(customer));
            }
            // What is computed was noted when it was written.
            Event::SegmentEntered { customer, segment, .. } if is_manual(segments, *segment) => {
                let (generation, since) = (segments.generation(*segment).unwrap_or(0), work.now);
                if let Some(known) = work.known.get_mut(*customer) {
                    known.enter(MembershipRow { customer: *customer, segment: *segment, generation, since, counter: 1 }, true);
                }
            }
            Event::SegmentLeft { customer, segment, .. } if is_manual(segments, *segment) => {
                let generation = segments.generation(*segment).unwrap_or(0);
                if let Some(known) = work.known.get_mut(*customer) {
                    known.leave(*segment, generation, true);
                }
            }
            Event::SegmentEntered { .. }
            | Event::SegmentLeft { .. }
            | Event::SegmentDeleted { .. }
            | Event::JobCancelled { .. }
            | Event::JobBuried { .. }
            | Event::FieldDeleted { .. }
            | Event::TemplateDeleted { .. }
            | Event::ActivityTypeDeleted { .. }
            | Event::CompanyChanged { .. }
            | Event::TimeZoneChanged
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
}

fn is_manual(segments: &Segments, segment: SegmentId) -> bool {
    segments.get(segment).is_some_and(|segment| !segment.calculated)
}

fn note(work: &mut Work<'_>, tracked: &Tracked) {
    let Some(known) = work.known.of.get_mut(&tracked.customer) else { return };
    let Some(need) = work.known.extent.needs.activity(&tracked.kind) else { return };
    let attributes = need.needs_attributes.then(|| Attributes::new(&tracked.attributes));
    let occurrence = Occurrence { id: tracked.id.0, at: tracked.occurred_at.0, attributes };
    known.facts.activities.insert(&tracked.kind, occurrence);
    known.facts.activities.forget_before(&tracked.kind, need.reach.since(work.now.0));
}

impl Known {
    pub fn is_in(&self, segment: SegmentId, generation: i64) -> bool {
        self.memberships.iter().any(|row| row.segment == segment && row.generation == generation)
    }

    /// Notes a membership that was written; readers see it if it is in force.
    pub fn enter(&mut self, row: MembershipRow, in_force: bool) {
        if in_force {
            self.facts.segments.insert(row.segment.0, row.counter);
        }
        self.memberships.push(row);
    }

    /// Notes that the membership of a generation was taken away, and with the one in force those before it.
    pub fn leave(&mut self, segment: SegmentId, generation: i64, in_force: bool) {
        if in_force {
            self.facts.segments.remove(&segment.0);
        }
        let ends = |row: &MembershipRow| row.generation == generation || (in_force && row.generation < generation);
        self.memberships.retain(|row| row.segment != segment || !ends(row));
    }
}

/// Reads whoever is not known yet, so that these conditions can be asked about all of these customers who exist.
pub fn ensure(work: &mut Work<'_>, segments: &Segments, customers: &[CustomerId], needs: &Needs) -> Result<(), Error> {
    if !work.known.extent.needs.covers(needs) {
        widen(work, needs);
    }
    let missing: Vec<CustomerId> = customers.iter().filter(|customer| !work.known.of.contains_key(customer)).copied().collect();
    if missing.is_empty() {
        return Ok(());
    }
    let needs = work.known.extent.needs.clone();
    let memberships = store::memberships(work, &missing)?;
    let wakes = store::wakes(work, &missing)?;
    for (customer, facts) in facts::load(work, &missing, &needs, segments, &memberships)? {
        let known = Known { facts, memberships: Vec::new(), wake: wakes.get(&customer).copied() };
        work.known.of.insert(customer, known);
    }
    for row in memberships {
        if let Some(known) = work.known.get_mut(row.customer) {
            known.memberships.push(row);
        }
    }
    Ok(())
}

fn widen(work: &mut Work<'_>, needs: &Needs) {
    let mut wider = (*work.known.extent.needs).clone();
    wider.merge(needs);
    let app = work.app.clone();
    let mut state = app.memory.lock();
    if state.extent.number == work.known.extent.number {
        state.forget_all(wider);
        move_to(work, &state.extent);
    } else {
        // The definitions have moved on meanwhile: what this unit knows is for itself alone.
        move_to(work, &Extent { number: Extent::PRIVATE, needs: Arc::new(wider) });
    }
}

/// About what it takes in memory.
fn bytes_of(known: &Known) -> usize {
    const CUSTOMER: usize = 600;
    const FIELD: usize = 120;
    const MEMBERSHIP: usize = size_of::<MembershipRow>() + 24;
    const CIRCUMSTANCE: usize = 64;
    const LANE: usize = 64;
    let occurrence = |occurrence: &Occurrence| size_of::<Occurrence>() + occurrence.attributes.as_ref().map_or(0, Attributes::size);
    let lanes = known.facts.activities.types().map(|(_, lane)| LANE + lane.iter().map(occurrence).sum::<usize>());
    let fields = known.facts.fields.len() + known.facts.company.len();
    let circumstances = known.facts.consents.len() + known.facts.subscriptions.len();
    CUSTOMER + fields * FIELD + circumstances * CIRCUMSTANCE + known.memberships.len() * MEMBERSHIP + lanes.sum::<usize>()
}
