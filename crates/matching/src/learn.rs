//! Learns the model from a base, without anybody saying who is who: how often values occur, how strangers agree by chance
//! (two customers drawn at random are strangers), and by expectation maximisation (Dempster, Laird and Rubin 1977) how
//! people and households agree.

use crate::base::Base;
use crate::compare::compare;
use crate::field::{FIELDS, Field, Pattern};
use crate::model::{Frequencies, Kind, Model, Scorer, Shares, value_hash, with_value};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Pairs of strangers looked at: so many for each customer, and at most.
const STRANGERS_EACH: usize = 200;
const STRANGERS: usize = 400_000;

/// Values of a field whose frequency is kept, and how often one must occur among a million customers to be kept.
const VALUES_MAX: usize = 4_000;
const KEPT_PER_MILLION: usize = 10;

const ROUNDS_MAX: usize = 60;
const SETTLED: f64 = 1e-5;

/// Pairs that what we know beforehand weighs as much as, and how many of 100 customers are then expected to be there twice
/// or to share a home with somebody.
const PRIOR_PAIRS: f64 = 30.0;
const PRIOR_TWICE: f64 = 0.02;
const PRIOR_HOUSEHOLD: f64 = 0.05;

/// Pairs with the same levels and, to half a bit, the same rarities.
pub type Patterns = FxHashMap<(Pattern, [i8; 3]), u32>;

/// Steps of a rarity in which pairs are counted together: half a bit.
const STEP: f64 = std::f64::consts::LN_2 / 2.0;

/// Customers, and pairs of strangers, that what is usual weighs as much as.
const USUAL_CUSTOMERS: f64 = 100.0;
const USUAL_STRANGERS: f64 = 10_000.0;

/// The model of a base of which nothing is known but its size.
pub fn usual(customers: u64) -> Model {
    let shares = Field::all().map(|field| Shares { person: person(field), household: household(field), chance: chance(field) });
    let frequencies = Field::all().map(|field| Frequencies { rare: chance(field)[0], values: BTreeMap::new() });
    let pairs = pairs_of(customers as usize);
    let expected = |share: f64| (share * customers as f64).max(0.5) / pairs;
    Model {
        customers,
        same: expected(PRIOR_TWICE) / 2.0,
        moved: expected(PRIOR_TWICE) / 2.0,
        household: expected(PRIOR_HOUSEHOLD),
        shares: shares.collect(),
        frequencies: frequencies.collect(),
    }
}

/// What can be said before any pair was compared: chances and frequencies, and what is usual for the rest.
pub fn begin(base: &Base) -> Model {
    let mut model = usual(base.len() as u64);
    let (frequencies, collisions) = frequencies(base);
    model.frequencies = frequencies;
    for ((shares, chance), collision) in model.shares.iter_mut().zip(chances(base)).zip(collisions) {
        shares.chance = chance;
        // What all values together say is surer than what a sample shows.
        let rest: f64 = shares.chance[1..].iter().sum();
        shares.chance[1..].iter_mut().for_each(|share| *share *= (1.0 - collision) / rest);
        shares.chance[0] = collision;
    }
    model
}

fn pairs_of(customers: usize) -> f64 {
    let customers = customers as f64;
    (customers * (customers - 1.0) / 2.0).max(1.0)
}

/// How people agree with themselves, as a rule: most of what is known of them twice is the same twice.
fn person(field: Field) -> Vec<f64> {
    match field {
        Field::Firstname => vec![0.78, 0.07, 0.08, 0.03, 0.02, 0.02],
        Field::Lastname => vec![0.82, 0.03, 0.07, 0.03, 0.02, 0.03],
        Field::BirthDate => vec![0.86, 0.09, 0.03, 0.02],
        Field::Street => vec![0.75, 0.12, 0.05, 0.08],
        Field::Place => vec![0.80, 0.08, 0.07, 0.05],
        Field::Email => vec![0.65, 0.05, 0.10, 0.20],
        Field::Phone => vec![0.70, 0.10, 0.20],
        Field::Extra(_) => vec![0.80, 0.10, 0.10],
    }
}

/// How people of one household agree in what they share.
fn household(field: Field) -> Vec<f64> {
    match field {
        Field::Firstname | Field::BirthDate | Field::Extra(_) => vec![1.0 / field.levels().len() as f64; field.levels().len()],
        Field::Lastname => vec![0.85, 0.03, 0.02, 0.02, 0.01, 0.07],
        Field::Street => vec![0.90, 0.05, 0.02, 0.03],
        Field::Place => vec![0.93, 0.03, 0.02, 0.02],
        Field::Email => vec![0.10, 0.02, 0.08, 0.80],
        Field::Phone => vec![0.40, 0.05, 0.55],
    }
}

/// How strangers agree, as a rule.
fn chance(field: Field) -> Vec<f64> {
    let mut shares = match field {
        Field::Firstname => vec![0.006, 0.004, 0.003, 0.006, 0.0005],
        Field::Lastname => vec![0.002, 0.0005, 0.001, 0.004, 0.0001],
        Field::BirthDate => vec![0.00005, 0.001, 0.003],
        Field::Street => vec![0.0001, 0.0001, 0.004],
        Field::Place => vec![0.002, 0.002, 0.003],
        Field::Email => vec![0.000_001, 0.000_01, 0.000_03],
        Field::Phone => vec![0.000_001, 0.000_01],
        Field::Extra(_) => vec![0.02, 0.02],
    };
    shares.push(1.0 - shares.iter().sum::<f64>());
    shares
}

/// How often values occur; and by field, how likely two customers share one by chance.
fn frequencies(base: &Base) -> (Vec<Frequencies>, [f64; FIELDS]) {
    let mut collisions = [0.0; FIELDS];
    let kept_from = (base.len() * KEPT_PER_MILLION / 1_000_000).max(2);
    let usually: Vec<f64> = Field::all().map(|field| chance(field)[0]).collect();
    let mut all = Vec::with_capacity(FIELDS);
    for field in Field::all() {
        let mut counts: FxHashMap<u64, (u32, u32)> = FxHashMap::default();
        let mut known = 0_usize;
        for place in 0..base.len() as u32 {
            let hash = with_value(field, &base.seen(place), |pieces| value_hash(field, pieces));
            if let Some(hash) = hash {
                known += 1;
                counts.entry(hash).or_insert((0, place)).0 += 1;
            }
        }
        let total = known.max(1) as f64;
        let squares = |count: u32| f64::from(count) * f64::from(count.saturating_sub(1));
        let collided: f64 = counts.values().map(|(count, _)| squares(*count)).sum();
        let usual = usually[field.index()];
        collisions[field.index()] = ((collided + usual * USUAL_STRANGERS) / (total * total + USUAL_STRANGERS)).min(0.9);
        let mut frequent: Vec<(u32, u32)> = counts.values().copied().filter(|(count, _)| kept_from <= *count as usize).collect();
        frequent.sort_unstable_by(|one, other| other.cmp(one));
        frequent.truncate(VALUES_MAX);
        let listed: f64 = frequent.iter().map(|(count, _)| f64::from(*count)).sum();
        let listed_squares: f64 = frequent.iter().map(|(count, _)| squares(*count)).sum();
        // A value that is not listed is as rare as the average one that two customers share.
        let left = (total - listed).max(1.0);
        let rare = (((collided - listed_squares) / left).max(1.0) / total).min(usual);
        let value = |place: u32| with_value(field, &base.seen(place), |pieces| String::from_utf8_lossy(&pieces.concat()).into_owned());
        // The two of a pair are not counted against themselves.
        let share = |count: u32| (f64::from(count - 1) + usual * USUAL_CUSTOMERS) / (total + USUAL_CUSTOMERS);
        let values: BTreeMap<String, f64> = frequent.into_iter().filter_map(|(count, place)| Some((value(place)?, share(count)))).collect();
        all.push(Frequencies { rare, values });
    }
    (all, collisions)
}

/// How often levels occur among customers drawn at random.
fn chances(base: &Base) -> Vec<Vec<f64>> {
    let mut counts: Vec<Vec<f64>> =
        Field::all().map(|field| chance(field).into_iter().map(|share| share * USUAL_STRANGERS / 10.0).collect()).collect();
    let customers = base.len() as u64;
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut draw = || {
        // Xorshift (Marsaglia 2003): the same base gives the same model.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % customers.max(1)) as u32
    };
    let wanted = STRANGERS.min(STRANGERS_EACH * base.len());
    for _ in 0..if customers < 2 { 0 } else { wanted } {
        let (one, other) = (draw(), draw());
        if one == other {
            continue;
        }
        let pattern = compare(&base.seen(one), &base.seen(other));
        for field in Field::all() {
            if let Some(place) = pattern.level(field).checked_sub(1) {
                counts[field.index()][place] += 1.0;
            }
        }
    }
    for levels in &mut counts {
        let total: f64 = levels.iter().sum();
        levels.iter_mut().for_each(|count| *count /= total);
    }
    counts
}

/// Counts a pair for [`settle`].
pub fn count(patterns: &mut Patterns, pattern: Pattern, rarities: [f64; 3]) {
    let steps = rarities.map(|rarity| (rarity / STEP).round().clamp(-127.0, 127.0) as i8);
    *patterns.entry((pattern, steps)).or_insert(0) += 1;
}

/// Improves the model until what it says of the pairs fits how they agree. `share` is which part of all pairs worth
/// comparing was counted.
pub fn settle(model: &mut Model, patterns: &Patterns, share: f64) {
    let pairs = pairs_of(model.customers as usize);
    let usual = model.clone();
    for _ in 0..ROUNDS_MAX {
        let before = (model.same, model.moved, model.household);
        let sums = expect(model, patterns, share);
        maximise(model, &usual, &sums, pairs);
        let moved = |now: f64, then: f64| SETTLED * then < (now - then).abs();
        if !moved(model.same, before.0) && !moved(model.moved, before.1) && !moved(model.household, before.2) {
            break;
        }
    }
}

/// How many pairs of each kind there seem to be, and how often they agree how well.
struct Sums {
    kinds: [f64; 3],
    person: Vec<Vec<f64>>,
    household: Vec<Vec<f64>>,
}

fn expect(model: &Model, patterns: &Patterns, share: f64) -> Sums {
    let scorer = Scorer::new(model);
    let empty: Vec<Vec<f64>> = Field::all().map(|field| vec![0.0; field.levels().len()]).collect();
    let mut sums = Sums { kinds: [0.0; 3], person: empty.clone(), household: empty };
    for ((pattern, steps), count) in patterns {
        let likely = scorer.shares(*pattern, steps.map(|step| f64::from(step) * STEP));
        for kind in Kind::ALL {
            let weight = likely[kind as usize] * f64::from(*count) / share;
            sums.kinds[kind as usize] += weight;
            let side = if kind == Kind::Household { &mut sums.household } else { &mut sums.person };
            for field in Field::all() {
                if let Some(place) = pattern.level(field).checked_sub(1)
                    && !kind.is_chance(field)
                {
                    side[field.index()][place] += weight;
                }
            }
        }
    }
    sums
}

fn maximise(model: &mut Model, usual: &Model, sums: &Sums, pairs: f64) {
    let [same, moved, household] = sums.kinds;
    let prior = |usual: f64, found: f64| (found + usual * pairs * PRIOR_PAIRS / (PRIOR_PAIRS + found)) / pairs;
    model.same = prior(usual.same, same);
    model.moved = prior(usual.moved, moved);
    model.household = prior(usual.household, household);
    for (index, shares) in model.shares.iter_mut().enumerate() {
        mend(&mut shares.person, &usual.shares[index].person, &sums.person[index]);
        mend(&mut shares.household, &usual.shares[index].household, &sums.household[index]);
    }
}

/// Shares from what was found, with what is usual as so many pairs more.
fn mend(shares: &mut [f64], usual: &[f64], found: &[f64]) {
    let total = found.iter().sum::<f64>() + PRIOR_PAIRS;
    for ((share, usual), found) in shares.iter_mut().zip(usual).zip(found) {
        *share = (found + usual * PRIOR_PAIRS) / total;
    }
}
