//! Pairs as people see them.

use crate::customers::Customer;
use crate::ids::{CustomerId, PairId};
use crate::time::Instant;
use matching::field::Field;
use matching::model::Reason;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DuplicateState)]
pub enum State {
    /// Waits for somebody to say whether they are one person.
    Open,
    /// Somebody said that they are two. It stays so until what was judged changes.
    Declined,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Declined => "declined",
        }
    }
}

/// What one field says for or against.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = DuplicateReason)]
pub struct Spoken {
    /// `firstname`, `lastname`, `birthDate`, `street`, `place`, `email`, `phone`, or `fields.<name>`.
    pub field: String,
    /// How well they agree: `same`, `close`, `different` and others.
    pub level: String,
    /// How much likelier this is for one person than for two strangers: a power of 2. Below 0 it speaks against.
    pub bits: f64,
}

impl Spoken {
    pub fn new(reason: &Reason, extras: &[String]) -> Spoken {
        let level = reason.level.to_owned();
        Spoken { field: Spoken::name(reason.field, extras), level, bits: (reason.bits * 100.0).round() / 100.0 }
    }

    /// What a field is called.
    pub fn name(field: Field, extras: &[String]) -> String {
        match field {
            Field::Firstname => "firstname".to_owned(),
            Field::Lastname => "lastname".to_owned(),
            Field::BirthDate => "birthDate".to_owned(),
            Field::Street => "street".to_owned(),
            Field::Place => "place".to_owned(),
            Field::Email => "email".to_owned(),
            Field::Phone => "phone".to_owned(),
            Field::Extra(place) => format!("fields.{}", extras.get(usize::from(place)).map_or("", String::as_str)),
        }
    }
}

/// Two customers as they were judged. `customer` has the smaller id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    pub customer: CustomerId,
    pub other: CustomerId,
    /// 0 when the model is not asked.
    pub probability: f64,
    pub household: f64,
    pub bits: f64,
    /// Names of rules under which they are one.
    pub rules: Vec<String>,
    pub reasons: Vec<Spoken>,
    /// Says whether what was judged is still the same.
    pub judged: i64,
}

/// A pair as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stored {
    pub id: PairId,
    pub state: State,
    pub pair: Judged,
    pub found_at: Instant,
    pub changed_at: Instant,
    pub changed_by: Option<String>,
}

impl Stored {
    pub fn is_of(&self, customer: CustomerId) -> bool {
        [self.pair.customer, self.pair.other].contains(&customer)
    }
}

/// Two customers who may be one person.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DuplicatePair)]
pub struct Pair {
    pub id: PairId,
    pub state: State,
    /// The two, the older one first.
    pub customers: Vec<Customer>,
    /// How likely they are one person, from 0 to 1; 0 when the model is not asked.
    pub probability: f64,
    /// How likely they are two people of one household.
    pub household: f64,
    /// The same as a weight: the odds as a power of 2.
    pub bits: f64,
    pub rules: Vec<String>,
    /// What speaks for and against, field by field.
    pub reasons: Vec<Spoken>,
    pub found_at: Instant,
    pub changed_at: Instant,
    /// Who declined it.
    pub changed_by: Option<String>,
}

/// A pair with everybody who hangs together with the two.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DuplicatePairDetail)]
pub struct Detail {
    #[serde(flatten)]
    pub pair: Pair,
    /// All customers who are one person with these two by open pairs, in the order of their ids; a hundred at most.
    pub cluster: Vec<CustomerId>,
}

/// Customers who may all be one person.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DuplicateCluster)]
pub struct Cluster {
    /// In the order of their ids; a hundred at most.
    pub customers: Vec<Customer>,
    /// How many they are.
    pub size: usize,
    /// The highest probability among its pairs.
    pub probability: f64,
}

/// Two customers that a rule brought together and then told apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DuplicateRejection)]
pub struct Rejection {
    pub customer_id: CustomerId,
    pub other_id: CustomerId,
    pub rule: String,
    pub field: String,
    pub score: f64,
    pub threshold: f64,
}

/// How often people agreed with pairs of about one probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
#[schema(as = DuplicateBand)]
pub struct Band {
    pub from: f64,
    pub to: f64,
    /// Pairs that were merged, and pairs that were declined.
    pub same: i64,
    pub different: i64,
}

/// A full run.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DuplicateRun)]
pub struct Run {
    pub at: Instant,
    pub customers: i64,
    /// How often two customers were compared.
    pub compared: i64,
    /// Customers who have so much in common with many others that only some of those were compared.
    pub cut: i64,
    pub pairs: i64,
    pub millis: i64,
    /// Some of those whom a rule brought together and then told apart.
    pub rejected: Vec<Rejection>,
}

/// How well duplicates are found, and by what.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DuplicateReport)]
pub struct Report {
    /// Customers that are compared.
    pub indexed: i64,
    pub open: i64,
    pub declined: i64,
    pub bands: Vec<Band>,
    pub last_run: Option<Run>,
    /// What the model learned; absent before the first full run.
    pub model: Option<ModelView>,
}

/// The tables of weights.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DuplicateModel)]
pub struct ModelView {
    pub customers: u64,
    /// How many pairs of one person and of one household it expects.
    pub expected_same: f64,
    pub expected_household: f64,
    pub fields: Vec<FieldWeights>,
}

/// What the model knows of one field.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DuplicateFieldWeights)]
pub struct FieldWeights {
    pub field: String,
    pub levels: Vec<LevelWeight>,
    /// The most frequent values with their share of all.
    pub frequent: Vec<Frequent>,
}

/// How often a level occurs, as shares of 1.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DuplicateLevelWeight)]
pub struct LevelWeight {
    pub level: String,
    /// Among two of one person, two of one household, two strangers.
    pub person: f64,
    pub household: f64,
    pub chance: f64,
    /// log2 of person / chance; for `same` it grows with the rarity of the value.
    pub bits: f64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DuplicateFrequentValue)]
pub struct Frequent {
    pub value: String,
    pub share: f64,
}
