//! Customers who were saved are compared with all others at once: through the keys that are stored, as a full run would.

use super::clusters::{self, Two};
use super::describe::{BY_RULE, BY_SOUND, Described, Describer};
use super::known::{self, Weights};
use super::model::{Judged, Rejection, State, Stored};
use super::store::{self, Indexed, Look};
use crate::customers;
use crate::error::Error;
use crate::events::Event;
use crate::ids::{CustomerId, PairId};
use crate::settings::DuplicateSettings;
use crate::work::Work;
use matching::blocks::BLOCK_MAX;
use matching::rules::{Judged as ByRule, Keys};
use std::collections::{BTreeSet, HashMap};

/// Compares these customers with everybody. Those who are gone or not to be compared are taken out. Nothing is done, and false
/// given, while somebody has yet to write the keys of many, by whom they would not be met.
pub fn compare(work: &mut Work<'_>, ids: &[CustomerId]) -> Result<bool, Error> {
    if store::take_turn(work)?.is_some_and(|until| work.now < until) {
        return Ok(false);
    }
    let describer = known::describer(work)?;
    let described = index(work, &describer, ids)?;
    let ids: Vec<CustomerId> = described.iter().map(|one| one.customer).collect();
    let standing = if ids.is_empty() { Vec::new() } else { store::pairs::of_customers(work, &ids)? };
    let mut candidates = meet(work, &described)?;
    // Who was a pair before is looked at again, whatever they share now.
    for stored in &standing {
        let (one, other) = (stored.pair.customer, stored.pair.other);
        let (one, other) = if ids.contains(&one) { (one, other) } else { (other, one) };
        candidates.entry(one).or_default().insert(other);
    }
    let met = in_order(&candidates);
    let mut pairs = judge_pairs(work, &describer, &met)?.0;
    let beyond = clusters::beyond(work, &describer, &ids, &met, &pairs)?;
    pairs.extend(judge_pairs(work, &describer, &beyond)?.0);
    settle(work, &describer, standing, pairs).map(|_| true)
}

/// Brings what is stored of these customers up to date, and gives what they are compared by.
pub fn index(work: &mut Work<'_>, describer: &Describer, ids: &[CustomerId]) -> Result<Vec<Described>, Error> {
    let profiles = customers::profiles(work, ids)?;
    let described: Vec<Described> =
        profiles.iter().filter_map(|(id, version, profile)| describer.describe(*id, *version, profile)).collect();
    let standing = store::indexed(work, ids)?;
    let by_id: HashMap<CustomerId, &Described> = described.iter().map(|one| (one.customer, one)).collect();
    let gone: Vec<&Indexed> = standing.values().filter(|one| !by_id.contains_key(&one.customer)).collect();
    store::remove(work, &gone)?;
    let lost: Vec<CustomerId> = ids.iter().filter(|id| !by_id.contains_key(id)).copied().collect();
    let parted: Vec<PairId> = if lost.is_empty() { Vec::new() } else { ids_of(store::pairs::of_customers(work, &lost)?) };
    store::pairs::remove(work, &parted)?;
    // The version alone does not tell: a merge that is undone takes it back, and the next change has it again.
    let is_other = |one: &&Described| {
        let keys = one.encoded_keys();
        let now = (one.version, describer.basis, one.traits.as_slice(), keys.as_slice());
        standing.get(&one.customer).is_none_or(|stored| now != (stored.version, stored.basis, &stored.traits, &stored.keys))
    };
    let changed: Vec<&Described> = described.iter().filter(is_other).collect();
    let before: Vec<&Indexed> =
        changed.iter().filter_map(|one| standing.get(&one.customer).filter(|stored| stored.keys != one.encoded_keys())).collect();
    store::remove_keys(work, &store::keys_of(before))?;
    let rows: Vec<Indexed> = changed.iter().map(|one| one.indexed(describer.basis)).collect();
    store::put(work, &rows)?;
    Ok(described)
}

fn ids_of(pairs: Vec<Stored>) -> Vec<PairId> {
    pairs.into_iter().map(|pair| pair.id).collect()
}

/// Whom each of the customers is to be compared with, and by which rules they met.
type Candidates = HashMap<CustomerId, BTreeSet<CustomerId>>;

fn meet(work: &mut Work<'_>, described: &[Described]) -> Result<Candidates, Error> {
    let mut open: Vec<(CustomerId, Look)> =
        described.iter().flat_map(|one| one.keys.iter().map(|met| (one.customer, Look::Block(*met)))).collect();
    let mut candidates = Candidates::new();
    while !open.is_empty() {
        let looks: Vec<Look> = open.iter().map(|(_, look)| *look).collect();
        let mut next = Vec::new();
        for ((customer, look), found) in open.into_iter().zip(store::look(work, &looks)?) {
            match narrower(look, customer).filter(|_| BLOCK_MAX < found.len()) {
                Some(narrower) => next.push((customer, narrower)),
                None => candidates.entry(customer).or_default().extend(found.into_iter().filter(|other| *other != customer)),
            }
        }
        open = next;
    }
    Ok(candidates)
}

/// How to look on when a block is too large.
fn narrower(look: Look, customer: CustomerId) -> Option<Look> {
    match look {
        Look::Block(met) => Some(Look::Half(met)),
        Look::Half(met) => Some(Look::Neighbours(met, customer)),
        Look::Neighbours(..) => None,
    }
}

/// Every two of them once.
fn in_order(candidates: &Candidates) -> Vec<Two> {
    let pairs = candidates.iter().flat_map(|(one, others)| others.iter().map(|other| (*one.min(other), *one.max(other))));
    let mut pairs: Vec<Two> = pairs.collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// Those of the pairs that are one person by the model or by a rule; and those that rules told apart.
pub fn judge_pairs(work: &mut Work<'_>, describer: &Describer, pairs: &[Two]) -> Result<(Vec<Judged>, Vec<Rejection>), Error> {
    let ids: BTreeSet<CustomerId> = pairs.iter().flat_map(|(one, other)| [*one, *other]).collect();
    let ids: Vec<CustomerId> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let indexed = store::indexed(work, &ids)?;
    let weights = work.definitions::<Weights>()?;
    let judged = |(one, other): &Two| {
        let (one, other) = (indexed.get(one)?, indexed.get(other)?);
        weights.judge(describer, (one.customer, &one.traits), (other.customer, &other.traits))
    };
    let mut judged: Vec<Judged> = pairs.iter().filter_map(judged).collect();
    let rejected = by_rules(work, describer, &ids, &mut judged)?;
    let scores = &describer.settings.scores;
    for pair in judged.iter_mut().filter(|_| !scores.enabled) {
        (pair.probability, pair.household, pair.bits, pair.reasons) = (0.0, 0.0, 0.0, Vec::new());
    }
    judged.retain(|pair| (scores.enabled && scores.threshold <= pair.probability) || !pair.rules.is_empty());
    Ok((judged, rejected))
}

/// Notes for each pair the rules under which it is one person; gives those that rules brought together and told apart.
fn by_rules(work: &mut Work<'_>, describer: &Describer, ids: &[CustomerId], pairs: &mut [Judged]) -> Result<Vec<Rejection>, Error> {
    if describer.settings.rules.is_empty() {
        return Ok(Vec::new());
    }
    let mut rejected = Vec::new();
    let profiles = customers::profiles(work, ids)?;
    let beside: HashMap<CustomerId, String> =
        profiles.iter().filter_map(|(id, _, profile)| Some((*id, describer.beside(profile)?))).collect();
    for pair in pairs.iter_mut() {
        if let Some((one, other)) = beside.get(&pair.customer).zip(beside.get(&pair.other)) {
            pair.judged = known::fingerprint(&[&pair.judged.to_le_bytes(), one.as_bytes(), other.as_bytes()]);
        }
    }
    for rule in &describer.settings.rules {
        let keys: HashMap<CustomerId, Keys> =
            profiles.iter().filter_map(|(id, _, profile)| Some((*id, describer.keys(rule, profile)?))).collect();
        for pair in pairs.iter_mut() {
            let said = keys.get(&pair.customer).zip(keys.get(&pair.other)).and_then(|(one, other)| rule.judge(one, other));
            match said {
                Some(ByRule::Exact | ByRule::Similar { .. }) => pair.rules.push(rule.name.clone()),
                Some(ByRule::Rejected { field, score, threshold }) => {
                    let (customer_id, other_id, rule) = (pair.customer, pair.other, rule.name.clone());
                    rejected.push(Rejection { customer_id, other_id, rule, field, score, threshold });
                }
                None => {}
            }
        }
    }
    Ok(rejected)
}

/// Lays what was found over what stands: new pairs, those that are judged otherwise, those that are none any more. Gives how
/// many are new.
pub fn settle(work: &mut Work<'_>, describer: &Describer, standing: Vec<Stored>, pairs: Vec<Judged>) -> Result<usize, Error> {
    let mut before: HashMap<(CustomerId, CustomerId), Stored> =
        standing.into_iter().map(|stored| ((stored.pair.customer, stored.pair.other), stored)).collect();
    let (mut written, mut same) = (Vec::new(), Vec::new());
    let mut fresh: Vec<Judged> = Vec::new();
    for pair in pairs {
        match before.remove(&(pair.customer, pair.other)) {
            None => fresh.push(pair),
            Some(stored) if stored.pair == pair => same.push(stored),
            // What was judged is another one now: a declined pair is open again.
            Some(stored) if stored.pair.judged != pair.judged => {
                written.push(Stored { state: State::Open, changed_at: work.now, changed_by: None, pair, ..stored });
            }
            Some(stored) => written.push(Stored { pair, ..stored }),
        }
    }
    let gone: Vec<PairId> = before.into_values().filter(|stored| !stays(stored)).map(|stored| stored.id).collect();
    store::pairs::remove(work, &gone)?;
    let count = fresh.len();
    if 0 < count {
        let first = work.tx.new_ids(PairId::KIND, count)?.start;
        written.extend(fresh.into_iter().zip(first..).map(|(pair, id)| Stored {
            id: PairId(id),
            state: State::Open,
            pair,
            found_at: work.now,
            changed_at: work.now,
            changed_by: None,
        }));
    }
    store::pairs::put(work, &written)?;
    // Also of those that stand: what is merged without asking may have been set since they were found.
    tell(work, describer, written.iter().chain(&same));
    Ok(count)
}

/// A declined pair is remembered, also while it would not be shown.
fn stays(stored: &Stored) -> bool {
    stored.state == State::Declined
}

/// Whether a pair is merged without asking: the rule that says so, if one does.
pub fn merges(settings: &DuplicateSettings, pair: &Judged) -> Option<Option<String>> {
    let rule = pair.rules.iter().find(|rule| settings.merge_rules.contains(rule));
    let is_sure = settings.scores.enabled && settings.scores.merge_from.is_some_and(|from| from <= pair.probability);
    (rule.is_some() || is_sure).then(|| rule.cloned())
}

/// Tells of pairs that are to be merged without asking.
fn tell<'s>(work: &mut Work<'_>, describer: &Describer, found: impl Iterator<Item = &'s Stored>) {
    for stored in found.filter(|stored| stored.state == State::Open) {
        if let Some(rule) = merges(&describer.settings, &stored.pair) {
            work.tell(Event::DuplicateFound {
                customer: stored.pair.customer,
                other: stored.pair.other,
                pair: stored.id,
                probability: stored.pair.probability,
                rule: rule.map(Into::into),
            });
        }
    }
}

/// The kinds of keys that rules make.
pub const RULE_KINDS: [i64; 2] = [BY_RULE, BY_SOUND];
