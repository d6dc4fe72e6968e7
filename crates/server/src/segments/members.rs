//! Membership by hand: put in, taken out, applied again. A calculated segment has none of it.

use super::compiled::Segments;
use super::model::{Change, Segment, Source};
use super::{known, record, store};
use crate::customers;
use crate::error::Error;
use crate::events::{Cause, Event};
use crate::ids::{CustomerId, SegmentId};
use crate::time::Instant;
use crate::work::Work;
use condition::Needs;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;

/// The highest counter that can be set.
pub const COUNTER_MAX: i64 = 1_000_000_000;

/// How often a segment was applied to a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged, expecting = "\"increase\" or a whole number")]
#[schema(as = MembershipCounter)]
pub enum Counter {
    Exactly(i64),
    Word(CounterWord),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MembershipCounterWord)]
pub enum CounterWord {
    /// One more, unless `since` names the very instant that is stored already: the same application told again.
    Increase,
}

/// A segment applied to a customer. What is absent stays as it is; for a new member it is now, and 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Application {
    pub customer: CustomerId,
    pub since: Option<Instant>,
    pub counter: Option<Counter>,
}

impl Application {
    /// Being in it, and nothing more.
    pub fn plain(customer: CustomerId) -> Application {
        Application { customer, since: None, counter: None }
    }

    /// What is stored afterwards.
    pub fn applied(&self, standing: Option<Membership>, now: Instant) -> Membership {
        let since = self.since.or(standing.map(|standing| standing.since)).unwrap_or(now);
        let counter = match (self.counter, standing) {
            (Some(Counter::Exactly(number)), _) => number,
            (_, None) => 1,
            (None, Some(standing)) => standing.counter,
            (Some(Counter::Word(CounterWord::Increase)), Some(standing)) if self.since == Some(standing.since) => standing.counter.max(1),
            (Some(Counter::Word(CounterWord::Increase)), Some(standing)) => standing.counter + 1,
        };
        Membership { since, counter }
    }
}

/// Since when, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    pub since: Instant,
    pub counter: i64,
}

/// Customers to whom something happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    pub added: Vec<CustomerId>,
    pub removed: Vec<CustomerId>,
    /// Members before and after, with another instant or counter.
    pub applied: Vec<CustomerId>,
}

/// Applies a manual segment to customers and takes others out. Whoever is named by both ends outside, and both are told.
/// Those who are there or gone already stay as they are.
pub fn change(
    work: &mut Work<'_>,
    segment: SegmentId,
    add: &[Application],
    remove: &[CustomerId],
    source: Source,
    cause: Cause,
) -> Result<Changed, Error> {
    let standing = manual(work, segment)?;
    let mut touched: Vec<CustomerId> = add.iter().map(|one| one.customer).chain(remove.iter().copied()).collect();
    touched.sort();
    touched.dedup();
    let held = customers::lock(work, &touched)?;
    if let Some((place, one)) = add.iter().enumerate().find(|(_, one)| !held.contains(&one.customer)) {
        return Err(Error::invalid(format!("/add/{place}"), "unknown_customer", format!("there is no customer {}", one.customer)));
    }
    let before = store::applications(work, segment, standing.generation, &touched)?;
    let mut after: HashMap<CustomerId, Membership> = before.clone();
    for one in add {
        after.insert(one.customer, one.applied(after.get(&one.customer).copied(), work.now));
    }
    let mut changed = Changed::default();
    for customer in touched {
        let (was, is) = (before.get(&customer), after.get(&customer));
        match (was, is) {
            (None, Some(_)) => changed.added.push(customer),
            (Some(was), Some(is)) if was != is && !remove.contains(&customer) => changed.applied.push(customer),
            _ => {}
        }
        if is.is_some() && remove.contains(&customer) {
            changed.removed.push(customer);
        }
    }
    let stays = |customer: &&CustomerId| !remove.contains(customer);
    let written: Vec<(CustomerId, Membership)> =
        changed.added.iter().filter(stays).chain(&changed.applied).map(|customer| (*customer, after[customer])).collect();
    store::apply(work, segment, standing.generation, &written, source)?;
    store::leave(work, segment, 0..=standing.generation, &changed.removed)?;
    tell(work, segment, &changed, cause)?;
    Ok(changed)
}

fn tell(work: &mut Work<'_>, segment: SegmentId, changed: &Changed, cause: Cause) -> Result<(), Error> {
    let at = work.now;
    let entered = changed.added.iter().map(|customer| (*customer, true));
    let left = changed.removed.iter().map(|customer| (*customer, false));
    record(work, entered.chain(left).map(|(customer, entered)| Change { customer, segment, entered, cause, at }).collect())?;
    changed.applied.iter().for_each(|customer| work.tell(Event::MembershipChanged { customer: *customer, segment, cause }));
    Ok(())
}

/// Puts customers into a manual segment, for a rule; those who do not exist are left out. Gives how many were not in it before.
pub fn add(work: &mut Work<'_>, segment: SegmentId, customers: &[CustomerId], source: Source, cause: Cause) -> Result<u64, Error> {
    let segments = work.definitions::<Segments>()?;
    let standing = segments.get(segment).ok_or(Error::NotFound)?;
    if standing.calculated {
        return Err(calculated());
    }
    let held = customers::lock(work, customers)?;
    // Of those whom a rule was judged for everything is known.
    known::ensure(work, &segments, customers, &Needs::default())?;
    let is_new = |customer: &&CustomerId| {
        held.contains(customer) && work.known.get(**customer).is_some_and(|known| !known.is_in(segment, standing.generation))
    };
    let added: Vec<CustomerId> = customers.iter().filter(is_new).copied().collect();
    let rows: Vec<_> = added.iter().map(|customer| (*customer, segment, standing.generation, work.now)).collect();
    store::enter(work, &rows, source)?;
    let count = added.len() as u64;
    tell(work, segment, &Changed { added, ..Changed::default() }, cause)?;
    Ok(count)
}

/// Takes customers out of all of these manual segments they are in.
pub fn leave_all(work: &mut Work<'_>, segments: &[SegmentId], customers: &[CustomerId], cause: Cause) -> Result<(), Error> {
    let leaving = store::members_among(work, segments, customers)?;
    if leaving.is_empty() {
        return Ok(());
    }
    store::leave_any(work, segments, customers)?;
    let at = work.now;
    let change = |(customer, segment)| Change { customer, segment, entered: false, cause, at };
    record(work, leaving.into_iter().map(change).collect())
}

/// How these customers are in a manual segment; who is not in it is absent.
pub fn standing(
    work: &mut Work<'_>,
    segment: SegmentId,
    customers: &[CustomerId],
) -> Result<HashMap<CustomerId, (Membership, Source)>, Error> {
    let generation = manual(work, segment)?.generation;
    store::standing(work, segment, generation, customers)
}

/// The segment, if its members are kept by hand.
pub fn manual(work: &mut Work<'_>, segment: SegmentId) -> Result<Segment, Error> {
    let standing = store::read(work, segment)?.ok_or(Error::NotFound)?;
    if standing.calculated { Err(calculated()) } else { Ok(standing) }
}

fn calculated() -> Error {
    Error::conflict("calculated", "the members of a calculated segment follow from its condition")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn applications() {
        let increase = Some(Counter::Word(CounterWord::Increase));
        check(None, None, None, (9, 1));
        check(None, Some(4), increase, (4, 1));
        check(None, None, Some(Counter::Exactly(0)), (9, 0));
        check(Some((3, 7)), None, None, (3, 7));
        check(Some((3, 7)), Some(5), None, (5, 7));
        check(Some((3, 7)), None, increase, (3, 8));
        check(Some((3, 7)), Some(5), increase, (5, 8));
        check(Some((3, 7)), Some(3), increase, (3, 7));
        check(Some((3, 0)), Some(3), increase, (3, 1));
        check(Some((3, 7)), Some(3), Some(Counter::Exactly(2)), (3, 2));

        #[track_caller]
        fn check(standing: Option<(i64, i64)>, since: Option<i64>, counter: Option<Counter>, expected: (i64, i64)) {
            let standing = standing.map(|(since, counter)| Membership { since: Instant(since), counter });
            let one = Application { customer: CustomerId(1), since: since.map(Instant), counter };
            let applied = one.applied(standing, Instant(9));
            assert_eq!((applied.since.0, applied.counter), expected, "{standing:?} {one:?}");
        }
    }
}
