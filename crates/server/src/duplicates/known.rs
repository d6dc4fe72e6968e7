//! What comparing goes by, kept in memory: how customers are described, and the model in force.

use super::describe::Describer;
use super::model::{Judged, Spoken};
use super::store;
use crate::error::Error;
use crate::ids::CustomerId;
use crate::settings;
use crate::work::{Definition, Work};
use matching::compare::compare;
use matching::learn;
use matching::model::{Model, Scorer};
use matching::traits::Seen;

/// Before the first full run, a base is taken to be at least this large.
const USUAL_CUSTOMERS: i64 = 10_000;

/// The model in force. Before the first full run it is what is usual, for a base of this size.
pub struct Weights {
    pub model: Model,
    pub scorer: Scorer,
    /// Whether it was learned from the customers.
    pub is_learned: bool,
}

impl Definition for Weights {
    const KIND: &'static str = "duplicate_weights";

    fn load(work: &mut Work<'_>) -> Result<Weights, Error> {
        let learned = store::runs::model(work)?;
        let is_learned = learned.is_some();
        let model = match learned {
            Some(model) => model,
            None => learn::usual(store::count(work)?.max(USUAL_CUSTOMERS) as u64),
        };
        Ok(Weights::new(model, is_learned))
    }
}

impl Weights {
    pub fn new(model: Model, is_learned: bool) -> Weights {
        Weights { scorer: Scorer::new(&model), model, is_learned }
    }

    /// The two as the model sees them, with nothing said of rules.
    pub fn judge(&self, describer: &Describer, one: (CustomerId, &[u8]), other: (CustomerId, &[u8])) -> Option<Judged> {
        let (older, newer) = if one.0 < other.0 { (one, other) } else { (other, one) };
        let (a, b) = (Seen::decode(older.1)?, Seen::decode(newer.1)?);
        let pattern = compare(&a, &b);
        let score = self.scorer.score(pattern, &a);
        let extras = &describer.settings.scores.fields;
        Some(Judged {
            customer: older.0,
            other: newer.0,
            probability: score.probability,
            household: score.household,
            bits: score.bits,
            rules: Vec::new(),
            reasons: self.scorer.reasons(pattern, &a).iter().map(|reason| Spoken::new(reason, extras)).collect(),
            judged: fingerprint(&[older.1, newer.1]),
        })
    }
}

/// What was judged, as a number. Its own and not a library's, because it is stored: FNV-1a (Fowler, Noll and Vo).
pub fn fingerprint(parts: &[&[u8]]) -> i64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        for byte in part.len().to_le_bytes().iter().chain(*part) {
            sum = (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    sum as i64
}

/// How customers are described now.
pub fn describer(work: &mut Work<'_>) -> Result<Describer, Error> {
    let settings = settings::all(work)?;
    Ok(Describer::new(&settings.duplicates, &settings.merging))
}
