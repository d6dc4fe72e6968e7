//! What a `sequence` leaf finds: activities one after the other, one for each step. One walk through the activities in their
//! order answers everything: for each step it keeps the latest instant at which a chain up to that step can begin, because
//! that chain is the shortest and stays in a moving window the longest.

use std::ops::ControlFlow;

use smallvec::SmallVec;

use crate::facts::{Facts, Occurrence};
use crate::measure::{in_window, passes};
use crate::tree::{Selection, SequenceTest, Window};

/// The most steps a sequence has.
pub(crate) const STEPS_MAX: usize = 10;

/// Activities of some types, each slice ordered by time and id.
type Lanes<'a> = SmallVec<[(&'a str, &'a [Occurrence]); 8]>;

/// An activity that ends a chain.
struct Reached<'a> {
    /// How many steps the chain has done.
    steps: usize,
    /// The latest instant at which such a chain begins.
    began: i64,
    by: &'a Occurrence,
}

pub(crate) fn holds(test: &SequenceTest, facts: &Facts, now: i64) -> bool {
    let mut found = false;
    walk(
        test,
        facts,
        now,
        |lane| in_window(test.window, lane, now),
        |reached| {
            found = reached.steps == test.steps.len();
            if found { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        },
    );
    found
}

/// The ids of the activities of the chain that gets furthest, in the order of the steps.
pub(crate) fn furthest(test: &SequenceTest, facts: &Facts, now: i64) -> Vec<i64> {
    let mut chains: Vec<Vec<i64>> = vec![Vec::new(); test.steps.len() + 1];
    walk(
        test,
        facts,
        now,
        |lane| in_window(test.window, lane, now),
        |reached| {
            let mut chain = chains[reached.steps - 1].clone();
            chain.push(reached.by.id);
            chains[reached.steps] = chain;
            if reached.steps == test.steps.len() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        },
    );
    chains.into_iter().rfind(|chain| !chain.is_empty()).unwrap_or_default()
}

/// The exact instant after `now` at which the answer changes, if one does and filters let the same activities through as now.
/// A chain counts from the instant of its last
/// activity until its first one leaves the window.
pub(crate) fn until(test: &SequenceTest, facts: &Facts, now: i64) -> Option<i64> {
    let (first, _) = test.window.bounds(now);
    let (length, end) = match test.window {
        Window::Always => (None, None),
        Window::Last(length) => (Some(length), None),
        Window::Between { from: _, to } => (None, to),
    };
    let to_come = |lane: &'_ [Occurrence]| {
        let end = end.map_or(lane.len(), |end| lane.partition_point(|occurrence| occurrence.at < end));
        lane.partition_point(|occurrence| occurrence.at < first)..end
    };
    // Until when chains have held without a gap, and the first one to come if there is none now.
    let mut standing: Option<i64> = None;
    let mut coming = None;
    walk(
        test,
        facts,
        now,
        |lane| lane.get(to_come(lane)).unwrap_or(&[]),
        |reached| {
            let from = reached.by.at;
            let until = length.map_or(i64::MAX, |length| reached.began.saturating_add(length));
            if reached.steps < test.steps.len() || until <= from.max(now) {
                return ControlFlow::Continue(());
            }
            match standing {
                None if from > now => {
                    coming = Some(from);
                    ControlFlow::Break(())
                }
                Some(held) if held < from => ControlFlow::Break(()),
                held => {
                    standing = held.max(Some(until));
                    ControlFlow::Continue(())
                }
            }
        },
    );
    standing.filter(|until| *until < i64::MAX).or(coming)
}

/// The activities of the types that the steps name, as far as `part` lets them through.
fn lanes<'a>(test: &SequenceTest, facts: &'a Facts, part: impl Fn(&'a [Occurrence]) -> &'a [Occurrence]) -> Lanes<'a> {
    let wanted = |kind: &str| test.steps.iter().any(|step| step.kind.as_deref().is_none_or(|wanted| wanted == kind));
    let types = facts.activities.types().filter(|(kind, _)| wanted(kind));
    types.map(|(kind, lane)| (&**kind, part(lane))).collect()
}

/// Tells of every activity that ends a chain, of more steps before fewer, until it is told to stop. `part` says which of the
/// activities of a type are looked at.
fn walk<'a>(
    test: &SequenceTest,
    facts: &'a Facts,
    now: i64,
    part: impl Fn(&'a [Occurrence]) -> &'a [Occurrence],
    mut tell: impl FnMut(Reached<'a>) -> ControlFlow<()>,
) {
    let selects = |step: &Selection, kind: &str, occurrence: &Occurrence| {
        step.kind.as_deref().is_none_or(|wanted| wanted == kind) && passes(step, occurrence, &facts.zone, now)
    };
    let mut lanes = lanes(test, facts, part);
    let mut latest: [Option<i64>; STEPS_MAX] = [None; STEPS_MAX];
    while let Some((kind, by)) = take_first(&mut lanes) {
        // Backwards, so that an activity never follows itself.
        for (place, step) in test.steps.iter().enumerate().rev() {
            let Some(began) = (if place == 0 { Some(by.at) } else { latest[place - 1] }) else { continue };
            if test.span.is_some_and(|span| by.at.saturating_sub(began) > span) || !selects(step, kind, by) {
                continue;
            }
            latest[place] = Some(began);
            if tell(Reached { steps: place + 1, began, by }).is_break() {
                return;
            }
        }
    }
}

fn take_first<'a>(lanes: &mut Lanes<'a>) -> Option<(&'a str, &'a Occurrence)> {
    let key = |lane: &[Occurrence]| lane.first().map(|occurrence| (occurrence.at, occurrence.id));
    let (kind, lane) = lanes.iter_mut().filter(|(_, lane)| !lane.is_empty()).min_by_key(|(_, lane)| key(lane))?;
    let (first, rest) = lane.split_first()?;
    *lane = rest;
    Some((kind, first))
}
