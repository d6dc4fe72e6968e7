//! Merging without a person: what the guards let pass is merged, the rest waits for somebody to look at it.

use super::model::{AutoPair, Cause, FieldRule, Merge, Picks, QuarantineState, Quarantined, Wish};
use super::{guards, store};
use crate::customers;
use crate::error::Error;
use crate::ids::{CustomerId, QuarantineId};
use crate::settings;
use crate::work::Work;
use std::collections::BTreeSet;

/// Pairs one unit of work takes.
pub const PAIRS_MAX: usize = 100;

/// What became of the pairs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Automatic {
    pub merged: Vec<Merge>,
    pub quarantined: Vec<Quarantined>,
    /// Pairs of which one is not there any more, or became a part of somebody.
    pub skipped: Vec<AutoPair>,
}

/// Merges pairs, a hundred at most. It never confirms: a pair that would need it is put into quarantine, with the reasons.
pub fn merge_automatically(work: &mut Work<'_>, pairs: &[AutoPair]) -> Result<Automatic, Error> {
    if PAIRS_MAX < pairs.len() {
        return Err(Error::Bug(anyhow::anyhow!("{} pairs in one unit", pairs.len())));
    }
    let all: BTreeSet<CustomerId> = pairs.iter().flat_map(|pair| [pair.survivor, pair.other]).collect();
    let held = customers::lock(work, &all.into_iter().collect::<Vec<_>>())?;
    let settings = settings::all(work)?;
    let mut done = Automatic::default();
    let mut gone: BTreeSet<CustomerId> = BTreeSet::new();
    for pair in pairs {
        let is_there = |customer: &CustomerId| held.contains(customer) && !gone.contains(customer);
        if pair.survivor == pair.other || ![pair.survivor, pair.other].iter().all(is_there) {
            done.skipped.push(pair.clone());
            continue;
        }
        let [survivor, other] = customers::candidates(work, [pair.survivor, pair.other])?;
        let sharers = match guards::shared_phone(&survivor, &other) {
            Some(phone) => customers::count_with_phone(work, phone)?,
            None => 0,
        };
        let reasons = guards::obstacles(&survivor, &other, &settings.merging, sharers);
        if !reasons.is_empty() {
            let id = QuarantineId(work.tx.new_id(QuarantineId::KIND)?);
            done.quarantined.push(quarantined(work, id, pair, reasons));
            continue;
        }
        let cause = Cause::Automatic { pair_id: pair.pair_id, score: pair.score, rule: pair.rule.clone() };
        let wish =
            Wish { survivor: pair.survivor, other: pair.other, rule: FieldRule::default(), picks: Picks::new(), confirmed: false, cause };
        done.merged.push(super::merge(work, &wish)?);
        gone.insert(pair.other);
    }
    store::quarantine::insert(work, &done.quarantined)?;
    let (merged, quarantined) = (done.merged.len(), done.quarantined.len());
    tracing::info!(merged, quarantined, skipped = done.skipped.len(), "customers were merged without a person");
    Ok(done)
}

fn quarantined(work: &Work<'_>, id: QuarantineId, pair: &AutoPair, reasons: Vec<guards::Reason>) -> Quarantined {
    Quarantined {
        id,
        survivor_id: pair.survivor,
        other_id: pair.other,
        state: QuarantineState::Open,
        pair_id: pair.pair_id,
        score: pair.score,
        rule: pair.rule.clone(),
        reasons,
        at: work.now,
        resolved_at: None,
        resolved_by: None,
    }
}
