//! When time alone may change the answer.
//!
//! Each leaf tells the earliest instant at which its answer may differ. A tree that holds needs all of its `all` to hold, so
//! it waits for the first to fall; one that does not hold waits for the last of those that fail, and for none if one of them
//! never changes. `any` is the mirror image.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use smallvec::SmallVec;

use crate::calendar::{DAY, anniversary, crossings, local_date};
use crate::evaluate::{compare, date_at, date_of, datetime_of, document_of, holds};
use crate::facts::{Attributes, Facts, FieldValue, Occurrence};
use crate::tree::{ActivityTest, AttributeTest, AttributeValueTest, DateTest, DatetimeTest, FieldTest, FieldValueTest, Leaf, MeasureTest};
use crate::tree::{Node, NumberMeasure, NumberTest, Selection, Test, Tree, Window};
use crate::{measure, needs, sequence};

/// How many arrivals and departures a count is followed through. Past them the last instant looked at is the answer: early,
/// which costs a look and harms nothing.
const STEPS_MAX: usize = 1_000;

const NEVER: i64 = i64::MAX;

/// The earliest instant after `now` at which the answer may change if nothing happens. At every instant before it the
/// answer is the one of `now`. Never late; early where the exact instant would cost more than a look.
pub fn due(tree: &Tree, facts: &Facts, now: i64) -> Option<i64> {
    let outlook = look(&tree.root, facts, now);
    (outlook.until < NEVER).then_some(outlook.until)
}

/// An answer and the instant until which it stands.
#[derive(Clone, Copy)]
struct Outlook {
    holds: bool,
    until: i64,
}

fn look(node: &Node<Leaf>, facts: &Facts, now: i64) -> Outlook {
    match node {
        Node::All(children) => together(children, facts, now, true),
        Node::Any(children) => together(children, facts, now, false),
        Node::Not(child) => {
            let outlook = look(child, facts, now);
            Outlook { holds: !outlook.holds, until: outlook.until }
        }
        Node::Leaf(leaf) => Outlook { holds: holds(leaf, facts, now), until: leaf_until(leaf, facts, now) },
    }
}

/// `all` for true, `any` for false: one child that answers otherwise decides.
fn together(children: &[Node<Leaf>], facts: &Facts, now: i64, otherwise: bool) -> Outlook {
    let mut first = NEVER;
    let mut last_of_deciding: Option<i64> = None;
    for child in children {
        let outlook = look(child, facts, now);
        if outlook.holds == otherwise {
            first = first.min(outlook.until);
        } else {
            last_of_deciding = Some(last_of_deciding.map_or(outlook.until, |last| last.max(outlook.until)));
        }
    }
    match last_of_deciding {
        Some(until) => Outlook { holds: !otherwise, until },
        None => Outlook { holds: otherwise, until: first },
    }
}

fn leaf_until(leaf: &Leaf, facts: &Facts, now: i64) -> i64 {
    match &leaf.test {
        Test::Field(test) => field_until(test, facts.fields.get(test.name.as_str()), &facts.zone, now),
        Test::Activity(test) => activity_until(test, facts, now),
        Test::Sequence(test) => {
            let filters = test.steps.iter().map(|step| filter_until(step, facts, now)).min().unwrap_or(NEVER);
            sequence::until(test, facts, now).unwrap_or(NEVER).min(filters)
        }
        Test::Attribute(test) => attribute_until(test, facts.trigger.attributes.as_ref(), &facts.zone, now),
        Test::Company(test) => field_until(test, facts.company.get(test.name.as_str()), &facts.zone, now),
        Test::Segment(_)
        | Test::Consent { .. }
        | Test::Subscription { .. }
        | Test::Customer { .. }
        | Test::TriggerSegment(_)
        | Test::TriggerTargetGroup(_) => NEVER,
    }
}

fn field_until(test: &FieldTest, value: Option<&FieldValue>, zone: &TimeZone, now: i64) -> i64 {
    match &test.value {
        FieldValueTest::Date(test) => date_of(value).map_or(NEVER, |date| date_until(*test, date, zone, now)),
        FieldValueTest::Datetime(test) => datetime_of(value).map_or(NEVER, |instant| datetime_until(*test, instant, now)),
        FieldValueTest::Text(_)
        | FieldValueTest::Number(_)
        | FieldValueTest::Boolean(_)
        | FieldValueTest::List(_)
        | FieldValueTest::Present(_) => NEVER,
        FieldValueTest::Inside(test) => attribute_until(test, document_of(value), zone, now),
    }
}

fn attribute_until(test: &AttributeTest, attributes: Option<&Attributes>, zone: &TimeZone, now: i64) -> i64 {
    let AttributeValueTest::Date(date_test) = &test.value else { return NEVER };
    let date = attributes.and_then(|attributes| date_at(attributes, &test.path));
    date.map_or(NEVER, |date| date_until(*date_test, date, zone, now))
}

/// When a filter may begin to let other activities through: where it asks how far away a date is.
fn filter_until(selection: &Selection, facts: &Facts, now: i64) -> i64 {
    let Some(filter) = selection.filter.as_ref().filter(|filter| needs::filter_moves(filter)) else { return NEVER };
    let mut until = NEVER;
    for occurrence in measure::lanes(selection, facts).into_iter().flatten() {
        let attributes = occurrence.attributes.as_ref();
        filter.each(&mut |leaf| until = until.min(attribute_until(&leaf.test, attributes, &facts.zone, now)));
    }
    until
}

fn datetime_until(test: DatetimeTest, instant: i64, now: i64) -> i64 {
    match test {
        DatetimeTest::WithinLast(duration) => next(now, [instant, instant.saturating_add(duration)]),
        DatetimeTest::WithinNext(duration) => next(now, [instant.saturating_sub(duration), instant]),
        DatetimeTest::OlderThan(duration) => next(now, [instant.saturating_add(duration)]),
        DatetimeTest::Range { .. } | DatetimeTest::Set | DatetimeTest::NotSet => NEVER,
    }
}

/// A date is compared with what the calendar shows now, some time ago, or some time ahead: the answer may change when one of
/// them steps to the date or past it.
fn date_until(test: DateTest, date: Date, zone: &TimeZone, now: i64) -> i64 {
    let step = |date: Option<Date>, shift: i64| {
        let crossings = date.map_or_else(SmallVec::new, |date| crossings(zone, date));
        next(now, crossings.into_iter().map(|instant| instant.saturating_add(shift)))
    };
    match test {
        DateTest::WithinLast(duration) => step(Some(date), 0).min(step(Some(date), duration)),
        DateTest::WithinNext(duration) => step(Some(date), 0).min(step(Some(date), -duration)),
        DateTest::OlderThan(duration) => step(Some(date), duration),
        DateTest::AgeGte(years) | DateTest::AgeLt(years) => step(anniversary(date, date.year().saturating_add(years)), 0),
        DateTest::AnniversaryWithin(duration) => {
            // From last year's, which may have just been, to the one after next, which may come into view.
            let year = local_date(zone, now).year();
            let anniversaries = (year - 1..=year + 2).filter_map(|year| anniversary(date, year));
            let steps = anniversaries.map(|day| step(Some(day), -duration).min(step(day.tomorrow().ok(), 0)));
            steps.min().unwrap_or(NEVER)
        }
        DateTest::Range { .. } | DateTest::Set | DateTest::NotSet => NEVER,
    }
}

fn activity_until(test: &ActivityTest, facts: &Facts, now: i64) -> i64 {
    filter_until(&test.selection, facts, now).min(measure_until(test, facts, now))
}

/// When the measure may change while the filter lets the same activities through as now.
fn measure_until(test: &ActivityTest, facts: &Facts, now: i64) -> i64 {
    let mut changes = Changes::of(test, facts, now);
    match &test.measure {
        MeasureTest::Number(NumberMeasure::Count, number) => count_until(*number, measure::count(test, facts, now) as i64, &mut changes),
        MeasureTest::Number(NumberMeasure::DaysSinceLast, number) => {
            let days = measure::last(test, facts, now).map_or(NEVER, |last| days_until(*number, last, now));
            days.min(changes.next_change().map_or(NEVER, |change| change.at))
        }
        MeasureTest::Number(
            NumberMeasure::Sum(_) | NumberMeasure::Average(_) | NumberMeasure::Min(_) | NumberMeasure::Max(_) | NumberMeasure::Distinct(_),
            _,
        ) => changes.next_change().map_or(NEVER, |change| change.at),
        MeasureTest::Instant(measure, datetime) => {
            let instant = measure::instant(*measure, test, facts, now);
            let flip = instant.map_or(NEVER, |instant| datetime_until(*datetime, instant, now));
            flip.min(changes.next_change().map_or(NEVER, |change| change.at))
        }
    }
}

/// Follows the count through arrivals and departures until the test answers otherwise.
fn count_until(test: NumberTest, mut count: i64, changes: &mut Changes<'_>) -> i64 {
    let holds = compare::number(test, Some(count as f64));
    let flips = |count: i64| compare::number(test, Some(count as f64)) != holds;
    if let Some(leaving) = changes.only_leaving() {
        // The usual case, in which nothing but the count has to be looked at. Those that leave together are taken for ones
        // that leave one by one, which at worst is early.
        let last = leaving.iter().zip(1..).find(|(_, gone)| flips(count - gone));
        return last.map_or(NEVER, |(occurrence, _)| leaves(occurrence, changes.length));
    }
    let mut reached = NEVER;
    for _ in 0..STEPS_MAX {
        let Some(change) = changes.next_change() else { return NEVER };
        count += change.by;
        if flips(count) {
            return change.at;
        }
        reached = change.at;
    }
    reached
}

/// When the number of whole days since `last` reaches one for which the test may answer otherwise.
fn days_until(test: NumberTest, last: i64, now: i64) -> i64 {
    let days = now.saturating_sub(last) / DAY;
    // A fraction is no number of days; `as` stops at the ends of 64 bits, far beyond every instant.
    let candidates = match test {
        NumberTest::Eq(value) | NumberTest::Ne(value) => [value.ceil() as i64, (value.floor() as i64).saturating_add(1)],
        NumberTest::Lt(value) | NumberTest::Gte(value) => [value.ceil() as i64; 2],
        NumberTest::Lte(value) | NumberTest::Gt(value) => [(value.floor() as i64).saturating_add(1); 2],
        NumberTest::Between(from, to) => [from.ceil() as i64, (to.floor() as i64).saturating_add(1)],
        NumberTest::Modulo(divisor) if days % divisor == 0 => [days + 1; 2],
        NumberTest::Modulo(divisor) => [(days / divisor + 1).saturating_mul(divisor); 2],
        NumberTest::Set | NumberTest::NotSet => return NEVER,
    };
    let day = candidates.into_iter().filter(|candidate| *candidate > days).min();
    day.map_or(NEVER, |day| last.saturating_add(day.saturating_mul(DAY)))
}

fn next(now: i64, instants: impl IntoIterator<Item = i64>) -> i64 {
    instants.into_iter().filter(|instant| *instant > now).min().unwrap_or(NEVER)
}

/// One instant at which activities come into the window or leave it.
struct Change {
    at: i64,
    by: i64,
}

/// The changes still to come, in order of time.
struct Changes<'a> {
    test: &'a ActivityTest,
    zone: &'a TimeZone,
    now: i64,
    /// How long an activity stays, for a window that moves.
    length: Option<i64>,
    lanes: SmallVec<[Lane<'a>; 8]>,
}

/// The activities of one type that have not left yet, and those that have not come yet.
#[derive(Clone, Copy)]
struct Lane<'a> {
    leaving: &'a [Occurrence],
    entering: &'a [Occurrence],
}

impl<'a> Changes<'a> {
    fn of(test: &'a ActivityTest, facts: &'a Facts, now: i64) -> Self {
        let (first, _) = test.window.bounds(now);
        let (length, end) = match test.window {
            Window::Always => (None, NEVER),
            Window::Last(length) => (Some(length), NEVER),
            Window::Between { from: _, to } => (None, to.unwrap_or(NEVER)),
        };
        let lane = |all: &'a [Occurrence]| {
            let all = &all[..all.partition_point(|occurrence| occurrence.at < end)];
            let leaving = if length.is_some() { &all[all.partition_point(|occurrence| occurrence.at < first)..] } else { &[] };
            Lane { leaving, entering: &all[all.partition_point(|occurrence| occurrence.at <= now || occurrence.at < first)..] }
        };
        Changes { test, zone: &facts.zone, now, length, lanes: measure::lanes(&test.selection, facts).into_iter().map(lane).collect() }
    }

    /// The activities that leave, where all of one type count and none is still to come.
    fn only_leaving(&self) -> Option<&'a [Occurrence]> {
        match (&self.test.selection.filter, self.lanes.as_slice()) {
            (None, [lane]) if lane.entering.is_empty() => Some(lane.leaving),
            _ => None,
        }
    }

    /// All that changes at the next instant, in one.
    fn next_change(&mut self) -> Option<Change> {
        let at = self.next_instant()?;
        let (test, length, zone, now) = (self.test, self.length, self.zone, self.now);
        let passes = |occurrence: &Occurrence| measure::passes(&test.selection, occurrence, zone, now);
        let mut by = 0;
        for lane in &mut self.lanes {
            while let Some((occurrence, rest)) = lane.entering.split_first().filter(|(occurrence, _)| occurrence.at == at) {
                by += i64::from(passes(occurrence));
                lane.entering = rest;
            }
            while let Some((occurrence, rest)) = lane.leaving.split_first().filter(|(occurrence, _)| leaves(occurrence, length) == at) {
                by -= i64::from(passes(occurrence));
                lane.leaving = rest;
            }
        }
        Some(Change { at, by })
    }

    /// The next instant at which an activity that passes the filter comes or leaves.
    fn next_instant(&mut self) -> Option<i64> {
        let (test, length, zone, now) = (self.test, self.length, self.zone, self.now);
        let passes = |occurrence: &Occurrence| measure::passes(&test.selection, occurrence, zone, now);
        let mut earliest: Option<i64> = None;
        for lane in &mut self.lanes {
            skip_unfit(&passes, &mut lane.entering);
            skip_unfit(&passes, &mut lane.leaving);
            let enters = lane.entering.first().map(|occurrence| occurrence.at);
            let leaves = lane.leaving.first().map(|occurrence| leaves(occurrence, length));
            earliest = [earliest, enters, leaves].into_iter().flatten().min();
        }
        earliest
    }
}

fn leaves(occurrence: &Occurrence, length: Option<i64>) -> i64 {
    length.map_or(NEVER, |length| occurrence.at.saturating_add(length))
}

fn skip_unfit(passes: &impl Fn(&Occurrence) -> bool, occurrences: &mut &[Occurrence]) {
    while let Some((_, rest)) = occurrences.split_first().filter(|(occurrence, _)| !passes(occurrence)) {
        *occurrences = rest;
    }
}

#[cfg(test)]
mod tests;
