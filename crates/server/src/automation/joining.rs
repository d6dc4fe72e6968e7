//! What rules did and plan for two customers who become one, and two again.

use super::store;
use crate::error::Error;
use crate::ids::CustomerId;
use crate::personal::{self, Cell, Conflict, Joining, Kept, Parting, Union};
use crate::time::Instant;
use crate::work::Work;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// When a rule last fired, and how often.
const ENTRIES: Union = Union {
    table: "rule_entries",
    columns: "rule_id, last_at, times",
    kind: "rule",
    unite: |own, other| united(own, other),
    keep: without,
};

#[derive(Default, Serialize, Deserialize)]
struct Journal {
    entries: Vec<Cell>,
    runs: Vec<i64>,
    plans: Vec<i64>,
    /// Plans that both had under one key, such as being on the same journey: the survivor's stays.
    dropped: Vec<Kept>,
    /// Plans of the survivor that wait for something to happen and are looked at at once: which, and when they would be due.
    hurried: Vec<(i64, Instant)>,
    at: Option<Instant>,
}

fn united(own: &Kept, other: &Kept) -> Kept {
    Kept(vec![own.0[0].clone(), json!(own.int(1).max(other.int(1))), json!(own.int(2) + other.int(2))])
}

fn without(now: &Kept, other: &Kept) -> Kept {
    Kept(vec![now.0[0].clone(), now.0[1].clone(), json!((now.int(2) - other.int(2)).max(1))])
}

pub fn merge(work: &mut Work<'_>, joining: &Joining<'_>) -> Result<Value, Error> {
    let (from, into) = (joining.from, joining.into);
    let entries = personal::unite(work, &ENTRIES, from, into)?;
    let dropped = store::take_shared_plans(work, from, into)?;
    let plans = personal::move_all(work, &store::PLANS, from, into)?;
    let hurried = store::waiting(work, into)?;
    if !hurried.is_empty() {
        store::hurry(work, &[into])?;
        work.wake_worker(work.now);
    }
    let runs = move_runs(work, from, into)?;
    let journal = Journal { entries, runs, plans, dropped, hurried, at: Some(work.now) };
    Ok(if journal.is_empty() { Value::Null } else { json!(journal) })
}

/// Runs are found by their customer if they did something, and by their activity if not.
fn move_runs(work: &mut Work<'_>, from: CustomerId, into: CustomerId) -> Result<Vec<i64>, Error> {
    let runs = store::run_ids(work, from)?;
    personal::move_some(work, &store::RUNS, from, into, &runs)?;
    Ok(runs)
}

pub fn unmerge(work: &mut Work<'_>, parting: &mut Parting<'_>) -> Result<Vec<Conflict>, Error> {
    let (from, into) = (parting.from, parting.into);
    let journal: Journal = parting.journal()?;
    if journal.is_empty() {
        return Ok(Vec::new());
    }
    if let Some(at) = journal.at {
        store::put_back_due(work, into, at, &journal.hurried)?;
    }
    personal::move_some(work, &store::PLANS, into, from, &journal.plans)?;
    store::put_dropped_plans(work, from, &journal.dropped)?;
    personal::move_some(work, &store::RUNS, into, from, &journal.runs)?;
    personal::part(work, &ENTRIES, parting, journal.entries, |journal: &mut Journal| &mut journal.entries)
}

impl Journal {
    fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.runs.is_empty() && self.plans.is_empty() && self.dropped.is_empty() && self.hurried.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_summed_and_the_later_instant_counts() {
        let row = |at: i64, times: i64| Kept(vec![json!(7), json!(at), json!(times)]);
        assert_eq!(united(&row(5, 2), &row(9, 1)), row(9, 3));
        assert_eq!(without(&row(12, 5), &row(9, 1)), row(12, 4));
    }
}
