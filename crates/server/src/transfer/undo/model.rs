//! The undoing of an import as types: what is wanted, how far it is, what becomes of each thing.

use crate::access::Actor;
use crate::error::Problem;
use crate::ids::{CustomerId, JobId};
use crate::time::Instant;
use crate::transfer::model::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What becomes of customers and activities that the import made and that have changed since.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportUndoKept)]
pub enum Fate {
    #[default]
    Keep,
    Delete,
}

impl Fate {
    pub fn as_str(self) -> &'static str {
        match self {
            Fate::Keep => "keep",
            Fate::Delete => "delete",
        }
    }

    pub fn parse(text: &str) -> Option<Fate> {
        [Fate::Keep, Fate::Delete].into_iter().find(|fate| fate.as_str() == text)
    }
}

/// What an import did something to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportUndoSubject)]
pub enum Subject {
    Customer,
    Activity,
    Membership,
}

impl Subject {
    pub fn as_str(self) -> &'static str {
        match self {
            Subject::Customer => "customer",
            Subject::Activity => "activity",
            Subject::Membership => "membership",
        }
    }

    pub fn parse(text: &str) -> Option<Subject> {
        [Subject::Customer, Subject::Activity, Subject::Membership].into_iter().find(|subject| subject.as_str() == text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportUndoVerdict)]
pub enum Verdict {
    Deleted,
    Restored,
    /// It stays as it is, and why is said.
    Kept,
    /// It is as it was before the import already, or is gone.
    Unchanged,
}

/// What becomes of one thing that the import did.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ImportUndoOutcome)]
pub struct Outcome {
    /// The row of the file it is of; 0 if of none, such as of a member who was not in the list.
    pub row: i64,
    pub subject: Subject,
    /// The customer or the activity; of a membership, the segment.
    pub subject_id: i64,
    pub customer_id: CustomerId,
    /// What to call the customer.
    pub name: Option<String>,
    pub outcome: Verdict,
    /// Why it is kept.
    pub problems: Vec<Problem>,
    /// Of what is restored, what stands and what comes back; of what is kept, what was before the import and what that wrote.
    /// By JSON pointer.
    #[schema(value_type = Object, example = json!({"/city": ["Wien", "Graz"]}))]
    pub changes: Map<String, Value>,
    /// The version that the import made of it; 0 where there are none.
    #[serde(skip)]
    pub version: i64,
}

impl Outcome {
    /// As its deed says it.
    pub fn subject(&self) -> (Subject, i64) {
        match self.subject {
            Subject::Customer | Subject::Activity => (self.subject, self.subject_id),
            Subject::Membership => (self.subject, self.customer_id.0),
        }
    }
}

/// Who and what is judged.
#[derive(Debug, Clone, Copy)]
pub struct Thing {
    pub row: i64,
    pub subject: Subject,
    pub id: i64,
    pub customer: CustomerId,
    /// The version that the import made of it; 0 where there are none.
    pub version: i64,
}

impl Thing {
    fn outcome(self, outcome: Verdict) -> Outcome {
        let Thing { row, subject, id, customer, version } = self;
        let (problems, changes) = (Vec::new(), Map::new());
        Outcome { row, subject, subject_id: id, customer_id: customer, name: None, outcome, problems, changes, version }
    }

    pub fn deleted(self) -> Outcome {
        self.outcome(Verdict::Deleted)
    }

    pub fn unchanged(self) -> Outcome {
        self.outcome(Verdict::Unchanged)
    }

    pub fn restored(self, changes: Map<String, Value>) -> Outcome {
        Outcome { changes, ..self.outcome(Verdict::Restored) }
    }

    pub fn kept(self, problems: Vec<Problem>, changes: Map<String, Value>) -> Outcome {
        Outcome { problems, changes, ..self.outcome(Verdict::Kept) }
    }

    pub fn changed_since(self, changes: Map<String, Value>) -> Outcome {
        self.kept(vec![Problem::new("", "changed_since", "this was changed since, and stays so")], changes)
    }

    pub fn not_recorded(self) -> Outcome {
        let why = "it is not kept any more what this was before";
        self.kept(vec![Problem::new("", "not_recorded", why)], Map::new())
    }

    pub fn merged(self) -> Outcome {
        let why = "this customer became a part of another one; undo the merge first";
        self.kept(vec![Problem::new("", "merged", why)], Map::new())
    }
}

/// How much of what became what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ImportUndoCounts)]
pub struct Counts {
    pub customers_deleted: i64,
    pub customers_restored: i64,
    pub activities_deleted: i64,
    pub activities_restored: i64,
    pub memberships_restored: i64,
    /// What stays as it is, in whole or in part.
    pub kept: i64,
    /// What was as before the import already, or is gone.
    pub unchanged: i64,
}

impl Counts {
    pub fn count(&mut self, outcomes: &[Outcome]) {
        for outcome in outcomes {
            *match (outcome.outcome, outcome.subject) {
                (Verdict::Deleted, Subject::Customer) => &mut self.customers_deleted,
                (Verdict::Restored, Subject::Customer) => &mut self.customers_restored,
                (Verdict::Deleted, Subject::Activity) => &mut self.activities_deleted,
                (Verdict::Restored, Subject::Activity) => &mut self.activities_restored,
                (Verdict::Deleted | Verdict::Restored, Subject::Membership) => &mut self.memberships_restored,
                (Verdict::Kept, _) => &mut self.kept,
                (Verdict::Unchanged, _) => &mut self.unchanged,
            } += 1;
        }
    }
}

/// The undoing of an import as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ImportUndo)]
pub struct Undo {
    /// What becomes of customers and activities that the import made and that have changed since.
    pub fate: Fate,
    pub state: State,
    /// How many things the import did, and how many of them were looked at.
    pub total: i64,
    pub done: i64,
    #[serde(flatten)]
    pub counts: Counts,
    /// Why it failed.
    pub error: Option<String>,
    pub job_id: Option<JobId>,
    /// Who wanted it.
    pub owner: Actor,
    pub created_at: Instant,
    pub finished_at: Option<Instant>,
    /// The deeds that were undone last.
    #[serde(skip)]
    pub at: Place,
    /// How often it was begun after it had come to its end, and one more.
    #[serde(skip)]
    pub attempt: i64,
}

impl Undo {
    /// Whether it can go on, or look again at what it left as it was.
    pub fn may_begin(&self) -> bool {
        match self.state {
            State::Failed | State::Cancelled => true,
            State::Done => 0 < self.counts.kept,
            State::Queued | State::Running => false,
        }
    }

    /// Whether only what was left as it was is to be looked at.
    pub fn is_again(&self) -> bool {
        1 < self.attempt || self.state == State::Done
    }
}

/// Where deeds of an import stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub place: i64,
    pub part: i64,
}

impl Default for Place {
    /// Behind the last deed.
    fn default() -> Place {
        Place { place: i64::MAX, part: i64::MAX }
    }
}

/// What an undoing would do.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ImportUndoPreview)]
pub struct Preview {
    /// How many things are to be undone.
    pub total: i64,
    /// How many of them were looked at, the last ones first: the counts are of these.
    pub looked_at: i64,
    #[serde(flatten)]
    pub counts: Counts,
    /// Why something would be kept, the most frequent first.
    pub reasons: Vec<Reason>,
    /// Some of what was looked at.
    pub samples: Vec<Outcome>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ImportUndoReason)]
pub struct Reason {
    pub code: String,
    /// As it was said of one of them.
    pub message: String,
    pub count: i64,
}
