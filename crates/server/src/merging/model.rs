//! Merges as they are wished for, kept and shown.

use super::guards::Reason;
use crate::access::Actor;
use crate::customers::CustomerName;
use crate::ids::{CustomerId, MergeId, QuarantineId, SegmentId};
use crate::personal::Conflict;
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Whose value a field gets where nobody picks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MergeRule)]
pub enum FieldRule {
    /// The value that was changed last.
    Newest,
    /// The survivor's, and the other one's where the survivor has none.
    #[default]
    MostComplete,
    /// That of the customer who is known in the more trusted system.
    MostTrusted,
    /// The survivor's in any case.
    Survivor,
}

impl FieldRule {
    pub fn as_str(self) -> &'static str {
        match self {
            FieldRule::Newest => "newest",
            FieldRule::MostComplete => "most_complete",
            FieldRule::MostTrusted => "most_trusted",
            FieldRule::Survivor => "survivor",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MergeSide)]
pub enum Side {
    Survivor,
    Other,
}

/// What somebody chose for a field: the value of one of the two, or a third one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged, expecting = "\"survivor\", \"other\" or {\"value\": …}")]
#[schema(as = MergePick)]
pub enum Pick {
    Side(Side),
    Value(PickedValue),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MergePickedValue)]
pub struct PickedValue {
    pub value: Value,
}

/// By field: `email`, `birthDate`, `fields.tier`.
pub type Picks = BTreeMap<String, Pick>;

/// Who wants a merge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "by", rename_all = "snake_case")]
#[schema(as = MergeCause)]
pub enum Cause {
    Person,
    /// A rule of the search for duplicates that may merge by itself.
    Automatic {
        #[serde(rename = "pairId")]
        pair_id: Option<i64>,
        score: Option<f64>,
        rule: Option<String>,
    },
}

pub struct Wish {
    pub survivor: CustomerId,
    pub other: CustomerId,
    pub rule: FieldRule,
    pub picks: Picks,
    /// Whether the reasons that ask for a confirmation were seen.
    pub confirmed: bool,
    pub cause: Cause,
}

/// Where the value of a field came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MergeOrigin)]
pub enum Origin {
    Survivor,
    Other,
    /// Both say the same, or it follows from both.
    Both,
    Picked,
}

/// What becomes of one field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = MergedField)]
pub struct FieldPlan {
    pub name: String,
    pub survivor: Value,
    pub other: Value,
    pub value: Value,
    pub from: Origin,
}

/// A segment that one of the two is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MergedSegment)]
pub struct SegmentPlan {
    pub id: SegmentId,
    pub name: String,
    /// Membership of a calculated segment is judged anew.
    pub calculated: bool,
    pub survivor: bool,
    pub other: bool,
    /// How often both were put in together.
    pub counter: i64,
}

/// What a merge would do.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MergePlan)]
pub struct Plan {
    pub survivor_id: CustomerId,
    pub other_id: CustomerId,
    pub rule: FieldRule,
    pub fields: Vec<FieldPlan>,
    pub segments: Vec<SegmentPlan>,
    /// Rows that the survivor would get, by what they are.
    pub moves: BTreeMap<String, i64>,
    /// What asks for a confirmation.
    pub confirmations: Vec<Reason>,
    /// What refuses the merge, even if it is confirmed.
    pub refusals: Vec<Reason>,
    /// What is good to know.
    pub warnings: Vec<Reason>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MergeState)]
pub enum State {
    Done,
    Undone,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            State::Done => "done",
            State::Undone => "undone",
        }
    }

    pub fn parse(text: &str) -> State {
        if text == "undone" { State::Undone } else { State::Done }
    }
}

/// What of a merge is shown of the one who went, and of what the survivor took from him.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = MergeTaken)]
pub struct Taken {
    pub other: CustomerName,
    pub fields: Vec<FieldPlan>,
}

/// A merge that was done, and perhaps undone.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Merge {
    pub id: MergeId,
    pub survivor_id: CustomerId,
    pub other_id: CustomerId,
    pub state: State,
    pub rule: FieldRule,
    pub cause: Cause,
    pub at: Instant,
    pub actor: Actor,
    pub taken: Taken,
    /// Whether it can be undone now.
    pub undoable: bool,
    /// The merge to undo first: the survivor has become a part of another customer.
    pub covered_by: Option<MergeId>,
    pub undone_at: Option<Instant>,
    pub undone_by: Option<Actor>,
    /// What could not go back to what it was.
    pub conflicts: Vec<Conflict>,
}

/// A merge or a pair in a list, with what its two customers are called now; null for who is not there any more.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Named<T> {
    #[serde(flatten)]
    pub of: T,
    pub survivor: Option<CustomerName>,
    pub other: Option<CustomerName>,
}

/// A pair that could be merged without a person.
#[derive(Debug, Clone, PartialEq)]
pub struct AutoPair {
    pub survivor: CustomerId,
    pub other: CustomerId,
    pub pair_id: Option<i64>,
    pub score: Option<f64>,
    pub rule: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = QuarantineState)]
pub enum QuarantineState {
    Open,
    Merged,
    Dismissed,
}

impl QuarantineState {
    pub fn as_str(self) -> &'static str {
        match self {
            QuarantineState::Open => "open",
            QuarantineState::Merged => "merged",
            QuarantineState::Dismissed => "dismissed",
        }
    }

    pub fn parse(text: &str) -> QuarantineState {
        match text {
            "merged" => QuarantineState::Merged,
            "dismissed" => QuarantineState::Dismissed,
            _ => QuarantineState::Open,
        }
    }
}

/// A pair that was not merged without a person, and why.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = QuarantinedPair)]
pub struct Quarantined {
    pub id: QuarantineId,
    pub survivor_id: CustomerId,
    pub other_id: CustomerId,
    pub state: QuarantineState,
    pub pair_id: Option<i64>,
    pub score: Option<f64>,
    pub rule: Option<String>,
    pub reasons: Vec<Reason>,
    pub at: Instant,
    pub resolved_at: Option<Instant>,
    pub resolved_by: Option<Actor>,
}
