//! The model that says how likely two customers are one person, after Fellegi and Sunter ("A Theory for Record Linkage",
//! 1969), with the frequency of values (Winkler 1988) and two more kinds of pairs than "one person" and "strangers": people
//! of one household, and one person at two homes.
//!
//! For each kind of pair the model knows how often every level of agreement occurs. How likely a pair is one person follows
//! by Bayes' rule, fields taken as independent within a kind.

use crate::field::{FIELDS, Field, LEVELS_MAX, Pattern};
use crate::traits::Seen;
use rustc_hash::{FxHashMap, FxHasher};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::hash::Hasher;

/// What a pair can be, strangers aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One person, and both know of the same home.
    Same,
    /// One person who has moved in between.
    Moved,
    /// Two people of one household.
    Household,
}

impl Kind {
    pub const ALL: [Kind; 3] = [Kind::Same, Kind::Moved, Kind::Household];

    /// Whether agreement in this field is nothing but chance for this kind of pair.
    pub fn is_chance(self, field: Field) -> bool {
        match self {
            Kind::Same => false,
            Kind::Moved => field.goes_with_the_home(),
            Kind::Household => !field.is_shared_at_home(),
        }
    }
}

/// How often each level occurs among pairs of which both have a value, by kind of pair. Shares of 1, best level first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shares {
    /// One person.
    pub person: Vec<f64>,
    pub household: Vec<f64>,
    /// Strangers.
    pub chance: Vec<f64>,
}

/// How often values occur among all customers who have one.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Frequencies {
    /// The share of a value that is not listed.
    pub rare: f64,
    pub values: BTreeMap<String, f64>,
}

/// What was learned of a base.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Model {
    /// Customers it was learned from.
    pub customers: u64,
    /// The share of each kind among all pairs of customers.
    pub same: f64,
    pub moved: f64,
    pub household: f64,
    /// By the index of the field.
    pub shares: Vec<Shares>,
    pub frequencies: Vec<Frequencies>,
}

/// A pair as the model sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// How likely they are one person, from 0 to 1.
    pub probability: f64,
    /// How likely they are two people of one household.
    pub household: f64,
    /// The same as a weight: log2 of the odds.
    pub bits: f64,
}

/// What one field says for or against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reason {
    pub field: Field,
    pub level: &'static str,
    /// How much likelier this agreement is for one person than for strangers, as log2.
    pub bits: f64,
}

/// A model made ready for many pairs.
#[derive(Debug, Clone)]
pub struct Scorer {
    /// By field, level and kind: ln of how much likelier than among strangers.
    logs: [[[f64; 3]; LEVELS_MAX]; FIELDS],
    priors: [f64; 3],
    /// By field: ln of the chance of the best level, and what to take instead for a value.
    chances: [f64; FIELDS],
    rare: [f64; FIELDS],
    /// The most that the rarity of a value can add.
    most: [f64; FIELDS],
    frequent: FxHashMap<u64, f64>,
}

impl Scorer {
    pub fn new(model: &Model) -> Scorer {
        let mut scorer = Scorer {
            logs: [[[0.0; 3]; LEVELS_MAX]; FIELDS],
            priors: [model.same.ln(), model.moved.ln(), model.household.ln()],
            chances: [0.0; FIELDS],
            rare: [0.0; FIELDS],
            most: [0.0; FIELDS],
            frequent: FxHashMap::default(),
        };
        for (field, (shares, frequencies)) in Field::all().zip(model.shares.iter().zip(&model.frequencies)) {
            let index = field.index();
            for kind in Kind::ALL {
                if kind.is_chance(field) {
                    continue;
                }
                let likely = if kind == Kind::Household { &shares.household } else { &shares.person };
                for (place, (share, chance)) in likely.iter().zip(&shares.chance).enumerate() {
                    scorer.logs[index][place + 1][kind as usize] = (share / chance).ln();
                }
            }
            scorer.chances[index] = shares.chance[0].ln();
            scorer.rare[index] = frequencies.rare.ln();
            let least = frequencies.values.values().fold(frequencies.rare, |least, share| least.min(*share));
            scorer.most[index] = (scorer.chances[index] - least.ln()).max(0.0);
            let values = frequencies.values.iter().map(|(value, share)| (value_hash(field, &[value.as_bytes()]), share.ln()));
            scorer.frequent.extend(values);
        }
        scorer
    }

    /// How much more, as ln, agreement in just this value says than agreement in any value.
    fn rarity(&self, field: Field, hash: u64) -> f64 {
        let share = self.frequent.get(&hash).copied().unwrap_or(self.rare[field.index()]);
        self.chances[field.index()] - share
    }

    /// What the rarity of the values they share adds for each kind of pair.
    pub fn rarities(&self, pattern: Pattern, one: &Seen<'_>) -> [f64; 3] {
        let mut sums = [0.0; 3];
        for field in Field::all() {
            if pattern.level(field) == 1 {
                let rarity = self.rarity(field, value_of(field, one));
                for kind in Kind::ALL {
                    if !kind.is_chance(field) {
                        sums[kind as usize] += rarity;
                    }
                }
            }
        }
        sums
    }

    /// The ln of how likely each kind is against strangers, rarities included.
    fn logs_of(&self, pattern: Pattern, rarities: [f64; 3]) -> [f64; 3] {
        let mut sums = self.priors;
        sums.iter_mut().zip(rarities).for_each(|(sum, rarity)| *sum += rarity);
        for (index, levels) in self.logs.iter().enumerate() {
            let logs = levels[((pattern.0 >> (4 * index)) & 7) as usize];
            sums.iter_mut().zip(logs).for_each(|(sum, log)| *sum += log);
        }
        sums
    }

    /// The score of a pair that is at least this likely one person; nothing for all others, most of which are told apart
    /// without looking up how rare their values are.
    pub fn score_from(&self, pattern: Pattern, one: &Seen<'_>, least: f64) -> Option<Score> {
        let mut most = 0.0;
        for (index, rarity) in self.most.iter().enumerate() {
            most += if (pattern.0 >> (4 * index)) & 15 == 1 { *rarity } else { 0.0 };
        }
        let [same, moved, _] = self.logs_of(pattern, [most; 3]);
        if same.max(moved) + std::f64::consts::LN_2 < (least / (1.0 - least)).ln() {
            return None;
        }
        Some(self.score(pattern, one)).filter(|score| least <= score.probability)
    }

    pub fn score(&self, pattern: Pattern, one: &Seen<'_>) -> Score {
        self.score_with(pattern, self.rarities(pattern, one))
    }

    pub fn score_with(&self, pattern: Pattern, rarities: [f64; 3]) -> Score {
        let [same, moved, household] = self.logs_of(pattern, rarities);
        let person = ln_sum(same, moved);
        let others = ln_sum(household, 0.0);
        let odds = person - others;
        let all = ln_sum(person, others);
        Score { probability: 1.0 / (1.0 + (-odds).exp()), household: (household - all).exp(), bits: odds / std::f64::consts::LN_2 }
    }

    /// How likely each kind is, strangers left out.
    pub fn shares(&self, pattern: Pattern, rarities: [f64; 3]) -> [f64; 3] {
        let logs = self.logs_of(pattern, rarities);
        let all = logs.iter().fold(0.0, |sum, log| ln_sum(sum, *log));
        logs.map(|log| (log - all).exp())
    }

    /// Field by field, what speaks for and against; those without a value on one side are left out.
    pub fn reasons(&self, pattern: Pattern, one: &Seen<'_>) -> Vec<Reason> {
        let [same, moved, _] = self.logs_of(pattern, self.rarities(pattern, one));
        let kind = if moved <= same { Kind::Same } else { Kind::Moved };
        let mut reasons = Vec::new();
        for field in Field::all() {
            let level = pattern.level(field);
            let Some(name) = level.checked_sub(1).and_then(|place| field.levels().get(place)) else { continue };
            let mut bits = self.logs[field.index()][level][kind as usize];
            if level == 1 && !kind.is_chance(field) {
                bits += self.rarity(field, value_of(field, one));
            }
            reasons.push(Reason { field, level: name, bits: bits / std::f64::consts::LN_2 });
        }
        reasons
    }
}

fn ln_sum(a: f64, b: f64) -> f64 {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    high + (low - high).exp().ln_1p()
}

/// The value whose frequency counts when a field agrees in full, as the pieces it is made of.
pub fn with_value<T>(field: Field, seen: &Seen<'_>, take: impl FnOnce(&[&[u8]]) -> T) -> Option<T> {
    match field {
        Field::Firstname => some(&[seen.first], take),
        Field::Lastname => some(&[seen.last], take),
        Field::BirthDate if seen.born == 0 => None,
        Field::BirthDate => Some(take(&[seen.born.to_string().as_bytes()])),
        Field::Street => some(&[seen.street, b" ", seen.number], take),
        Field::Place => some(&[seen.zip], take),
        Field::Email => some(&[seen.email_local, b"@", seen.email_domain], take),
        Field::Phone => some(&[seen.phone], take),
        Field::Extra(place) => some(&[seen.extras[usize::from(place)]], take),
    }
}

fn some<T>(pieces: &[&[u8]], take: impl FnOnce(&[&[u8]]) -> T) -> Option<T> {
    if pieces[0].is_empty() { None } else { Some(take(pieces)) }
}

fn value_of(field: Field, seen: &Seen<'_>) -> u64 {
    with_value(field, seen, |pieces| value_hash(field, pieces)).unwrap_or(0)
}

pub fn value_hash(field: Field, pieces: &[&[u8]]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write_usize(field.index());
    // Piece by piece must give what the whole text gives.
    pieces.iter().flat_map(|piece| piece.iter()).for_each(|byte| hasher.write_u8(*byte));
    hasher.finish()
}
