//! How many there are of what grows with the base, by time, so that nobody has to count it. Whoever writes rows tallies what
//! that changes; the unit of work writes the tallies down as rows of their own, which no other unit waits for; the worker adds
//! them up. What is read is both together, so it is exact at any moment. docs/decisions/0018-roll-ups.md says why.

mod model;
mod store;

pub use model::{Counted, Figure, Stretch, Subject, Tallies, split};

use crate::access::Actor;
use crate::app::App;
use crate::error::Error;
use crate::ids::RollupChangeId;
use crate::work::{self, Work};
use std::collections::BTreeMap;

/// Changes that one unit of work adds up.
const CHANGES_PER_UNIT: usize = 5_000;
/// Units in a row, so that whoever waits for the worker does not wait long.
const UNITS_MAX: usize = 10;

/// Writes down what a unit of work has changed, as its last step.
pub fn write_down(work: &mut Work<'_>) -> Result<(), Error> {
    let changes = work.tallies.take();
    if changes.is_empty() {
        return Ok(());
    }
    let first = work.tx.new_ids(RollupChangeId::KIND, changes.len())?.start;
    store::insert_changes(work, first, &changes)
}

/// Whether there is something to be added up.
pub fn has_changes(work: &mut Work<'_>) -> Result<bool, Error> {
    store::has_changes(work)
}

/// Adds changes up, the oldest first; says whether there may be more.
pub fn add_up(work: &mut Work<'_>) -> Result<bool, Error> {
    let changes = store::take_changes(work, CHANGES_PER_UNIT)?;
    let mut sums: BTreeMap<(Figure, i64, i64, &str), i64> = BTreeMap::new();
    for change in &changes {
        for span in change.figure.spans() {
            let start = change.quarter - change.quarter.rem_euclid(*span);
            *sums.entry((change.figure, *span, start, &change.subject)).or_default() += change.count;
        }
    }
    sums.retain(|_, count| *count != 0);
    store::add(work, &sums)?;
    // Generations come and go; what is left of the others are a few zeros.
    if changes.iter().any(|change| change.figure == Figure::Members) {
        store::delete_empty(work, Figure::Members)?;
    }
    Ok(changes.len() == CHANGES_PER_UNIT)
}

/// [`add_up`] for as long as there is more, within bounds; says whether there still is.
pub async fn catch_up(app: &App) -> Result<bool, Error> {
    for _ in 0..UNITS_MAX {
        if !work::write(app, Actor::system(), add_up).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What stood in the roll-ups at one moment, with what was not added up yet.
pub struct Reader {
    changes: Vec<model::Change>,
}

pub fn reader(work: &mut Work<'_>) -> Result<Reader, Error> {
    Ok(Reader { changes: store::changes(work)? })
}

impl Reader {
    /// How many there are of each subject at each place; those of which there are none are absent.
    pub fn count(&self, work: &mut Work<'_>, figures: &[Figure], stretches: &[Stretch]) -> Result<Vec<Counted>, Error> {
        let mut counts: BTreeMap<(Figure, String, i64), i64> = BTreeMap::new();
        for counted in store::count(work, figures, stretches)? {
            *counts.entry((counted.figure, counted.subject, counted.place)).or_default() += counted.count;
        }
        for change in self.changes.iter().filter(|change| figures.contains(&change.figure)) {
            if let Some(stretch) = stretches.iter().find(|stretch| stretch.has(change.quarter)) {
                *counts.entry((change.figure, change.subject.clone(), stretch.place_of(change.quarter))).or_default() += change.count;
            }
        }
        counts.retain(|_, count| *count != 0);
        Ok(counts.into_iter().map(|((figure, subject, place), count)| Counted { figure, subject, place, count }).collect())
    }
}

/// How many there are of each subject, whenever.
pub fn totals(work: &mut Work<'_>, figure: Figure) -> Result<Vec<(String, i64)>, Error> {
    let counted = reader(work)?.count(work, &[figure], &[Stretch::always()])?;
    Ok(counted.into_iter().map(|counted| (counted.subject, counted.count)).collect())
}
