//! Membership of two customers who become one, and two again. By hand it is united; what is computed follows from what the
//! survivor is and did, which is judged when the merge is told. Going back puts the rows where they were and has both judged
//! again, so that only what really changed meanwhile changes.

use super::compiled::Segments;
use super::model::Change;
use super::store::{self, joining as rows};
use super::{known, record};
use crate::error::Error;
use crate::events::Cause;
use crate::ids::{CustomerId, SegmentId};
use crate::personal::{self, Cell, Conflict, Joining, Kept, Parting, Union};
use crate::time::Instant;
use crate::work::Work;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Rows of membership by hand: segment, generation, source, since, counter.
const MANUAL: Union =
    Union { table: "memberships", columns: "segment_id, generation, source, since, counter", kind: "segment", unite: united, keep: kept };

const GENERATION: usize = 1;
const SINCE: usize = 3;
const COUNTER: usize = 4;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Journal {
    manual: Vec<Cell>,
    /// The rows that are not united: of the customer who goes, and of the survivor.
    theirs: Vec<Kept>,
    own: Vec<Kept>,
    /// The generations that were in force.
    generations: BTreeMap<i64, i64>,
    changes: Vec<i64>,
    their_wake: Option<Instant>,
    own_wake: Option<Instant>,
}

/// Since the earlier instant, as often as both together; by the survivor's source.
fn united(own: &Kept, other: &Kept) -> Kept {
    let mut row = own.clone();
    row.0[SINCE] = json!(own.int(SINCE).min(other.int(SINCE)));
    row.0[COUNTER] = json!(own.int(COUNTER).saturating_add(other.int(COUNTER)));
    row
}

/// Without the times that were the other one's.
fn kept(now: &Kept, other: &Kept) -> Kept {
    let mut row = now.clone();
    row.0[COUNTER] = json!((now.int(COUNTER) - other.int(COUNTER)).max(1));
    row
}

fn segment_of(row: &Kept) -> SegmentId {
    SegmentId(row.int(0))
}

pub fn merge(work: &mut Work<'_>, joining: &Joining<'_>) -> Result<Value, Error> {
    let (from, into) = (joining.from, joining.into);
    let segments = work.definitions::<Segments>()?;
    let wakes = store::wakes(work, &[from, into])?;
    let changes = personal::move_all(work, &rows::CHANGES, from, into)?;
    let mut journal = Journal { changes, their_wake: wakes.get(&from).copied(), own_wake: wakes.get(&into).copied(), ..Journal::default() };
    let is_by_hand = |row: &Kept| segments.get(segment_of(row)).is_some_and(|one| !one.calculated && one.generation == row.int(GENERATION));
    let mut own_by_hand: BTreeMap<SegmentId, Kept> = BTreeMap::new();
    let mut their_by_hand: Vec<Kept> = Vec::new();
    for (customer, row) in rows::of(work, &[from, into])? {
        let segment = segment_of(&row);
        journal.generations.extend(segments.generation(segment).map(|generation| (segment.0, generation)));
        match (customer == from, is_by_hand(&row)) {
            (true, true) => their_by_hand.push(row),
            (true, false) => journal.theirs.push(row),
            (false, true) => drop(own_by_hand.insert(segment, row)),
            (false, false) => journal.own.push(row),
        }
    }
    journal.manual = their_by_hand.into_iter().map(|row| Cell::of(&MANUAL, own_by_hand.remove(&segment_of(&row)), row)).collect();
    rows::leave_everything(work, from)?;
    rows::put(work, &journal.manual.iter().map(|cell| (into, cell.after.clone())).collect::<Vec<_>>())?;
    store::delete_wakes(work, &[from])?;
    known::forget(work, &[from, into]);
    let (cause, at) = (Cause::Merge { merge: joining.merge }, work.now);
    let entered = journal.manual.iter().filter(|cell| cell.before.is_none()).map(|cell| segment_of(&cell.other));
    record(work, entered.map(|segment| Change { customer: into, segment, entered: true, cause, at }).collect())?;
    Ok(json!(journal))
}

pub fn unmerge(work: &mut Work<'_>, parting: &mut Parting<'_>) -> Result<Vec<Conflict>, Error> {
    let (from, into) = (parting.from, parting.into);
    let segments = work.definitions::<Segments>()?;
    let journal: Journal = parting.journal()?;
    personal::move_some(work, &rows::CHANGES, into, from, &journal.changes)?;
    let standing: Vec<Kept> = rows::of(work, &[into])?.into_iter().map(|(_, row)| row).collect();
    let fit = Fit::new(work, &segments, &journal)?;
    let mut after = After::default();
    let mut conflicts = part(parting, &fit, &standing, journal.manual, &mut after)?;
    // What the merge itself has made of the survivor's computed membership is taken back.
    let reverted: HashSet<SegmentId> = rows::take_back(work, into, parting.merge, &after.changed)?.into_iter().collect();
    let is_taken_back = |row: &Kept| {
        segments
            .get(segment_of(row))
            .is_some_and(|one| one.calculated && (reverted.contains(&one.id) || one.next_generation == Some(row.int(GENERATION))))
    };
    after.leaving.extend(standing.iter().filter(|row| is_taken_back(row)).cloned());
    let own = fit.rows(journal.own).into_iter().filter(is_taken_back);
    after.put.extend(own.map(|row| (into, row)));
    after.put.extend(fit.rows(journal.theirs).into_iter().map(|row| (from, row)));
    rows::leave(work, into, &after.leaving)?;
    rows::put(work, &after.put)?;
    set_wake(work, from, journal.their_wake)?;
    set_wake(work, into, journal.own_wake)?;
    known::forget(work, &[from, into]);
    conflicts.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(conflicts)
}

/// The judging that follows moves it to an earlier instant, if there is one.
fn set_wake(work: &mut Work<'_>, customer: CustomerId, wake: Option<Instant>) -> Result<(), Error> {
    match wake {
        Some(due) => store::set_wakes(work, &[(customer, due)]),
        None => store::delete_wakes(work, &[customer]),
    }
}

/// What is to be written when two customers part.
#[derive(Default)]
struct After {
    leaving: Vec<Kept>,
    put: Vec<(CustomerId, Kept)>,
    /// Segments in which the survivor stays because he was put there again since.
    changed: Vec<SegmentId>,
}

/// Membership by hand: whoever leaves takes along what was his.
fn part(parting: &mut Parting<'_>, fit: &Fit<'_>, standing: &[Kept], cells: Vec<Cell>, after: &mut After) -> Result<Vec<Conflict>, Error> {
    let (from, into) = (parting.from, parting.into);
    let mut conflicts = Vec::new();
    parting.with_later(|later: &mut [Journal]| {
        let mut later: Vec<&mut Vec<Cell>> = later.iter_mut().map(|journal| &mut journal.manual).collect();
        for cell in cells {
            let segment = segment_of(&cell.other);
            if !fit.is_in_force(&cell.other) {
                conflicts.push(Conflict::new("segment", segment.to_string(), "its members were replaced since, and stay so"));
                continue;
            }
            let now = standing.iter().find(|row| segment_of(row) == segment && fit.is_in_force(row));
            let other = cell.other.clone();
            let parted = cell.part(&MANUAL, &mut later, now);
            if parted.was_changed {
                conflicts.push(Conflict::new("segment", segment.to_string(), "it was changed since and stays as it is"));
                after.changed.extend(parted.survivor.is_some().then_some(segment));
            }
            after.leaving.extend(now.cloned());
            after.put.extend(parted.survivor.map(|row| (into, row)));
            after.put.push((from, other));
        }
    })?;
    Ok(conflicts)
}

/// How rows of that time fit the segments of today.
struct Fit<'f> {
    segments: &'f Segments,
    generations: BTreeMap<i64, i64>,
    /// Segments whose earlier membership is not swept yet.
    untold: BTreeSet<SegmentId>,
}

impl Fit<'_> {
    fn new<'f>(work: &mut Work<'_>, segments: &'f Segments, journal: &Journal) -> Result<Fit<'f>, Error> {
        let is_old = |row: &Kept| segments.generation(segment_of(row)).is_some_and(|generation| row.int(GENERATION) < generation);
        let has_old = journal.theirs.iter().chain(&journal.own).any(is_old);
        let untold = if has_old { rows::untold(work)?.into_iter().collect() } else { BTreeSet::new() };
        Ok(Fit { segments, generations: journal.generations.clone(), untold })
    }

    fn is_in_force(&self, row: &Kept) -> bool {
        self.segments.generation(segment_of(row)) == Some(row.int(GENERATION))
    }

    /// The rows that still mean something, those of a generation that was in force as ones of today's.
    fn rows(&self, rows: Vec<Kept>) -> Vec<Kept> {
        let mut fitting: BTreeMap<(SegmentId, i64), Kept> = BTreeMap::new();
        let mut replaced: Vec<(SegmentId, i64, Kept)> = Vec::new();
        for row in rows {
            let (segment, generation) = (segment_of(&row), row.int(GENERATION));
            let Some(standing) = self.segments.get(segment) else { continue };
            let then = self.generations.get(&segment.0).copied().unwrap_or(standing.generation);
            let is_fit = generation == standing.generation
                || Some(generation) == standing.next_generation
                || (then == standing.generation && self.untold.contains(&segment));
            if is_fit {
                fitting.insert((segment, generation), row);
            } else if generation == then && standing.calculated {
                replaced.push((segment, standing.generation, row));
            }
        }
        for (segment, generation, mut row) in replaced {
            row.0[GENERATION] = json!(generation);
            fitting.entry((segment, generation)).or_insert(row);
        }
        fitting.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(source: &str, since: i64, counter: i64) -> Kept {
        Kept(vec![json!(1), json!(0), json!(source), json!(since), json!(counter)])
    }

    #[test]
    fn counters_are_summed_and_the_earlier_instant_counts() {
        assert_eq!(united(&row("manual", 5, 2), &row("rule", 3, 4)), row("manual", 3, 6));
        assert_eq!(united(&row("rule", 5, 2), &row("manual", 9, 1)), row("rule", 5, 3));
        assert_eq!(kept(&row("manual", 3, 9), &row("rule", 3, 4)), row("manual", 3, 5));
    }
}
