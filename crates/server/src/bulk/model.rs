//! Bulk actions as types: what is done, to whom, how far it is, and what became of it for each customer.

use crate::access::{Actor, DeleteCustomers, EditCustomers, EditSegments, Permission};
use crate::customers::{self, Filter, field_patch};
use crate::error::{Error, Problem};
use crate::ids::{BulkId, CustomerId, JobId, SegmentId};
use crate::time::Instant;
use crate::work::Work;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// Customers that can be named one by one.
const NAMED_MAX: usize = 10_000;
/// One thing that is done to many customers. New ones are added here; the compiler then names every place that has to answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = BulkDeed)]
pub enum Action {
    /// Put them into a manual segment.
    #[serde(rename_all = "camelCase")]
    AddToSegment {
        segment_id: SegmentId,
    },
    /// Take them out of a manual segment.
    #[serde(rename_all = "camelCase")]
    RemoveFromSegment {
        segment_id: SegmentId,
    },
    Activate {},
    Deactivate {},
    /// Write a value into a field, as if somebody had done it in the form of each of them; custom ones as `fields.NAME`.
    SetField {
        field: String,
        /// `null` empties it.
        #[schema(value_type = Option<Object>)]
        value: Value,
    },
    AddNote {
        title: String,
        #[serde(default)]
        text: String,
    },
    /// Delete them with everything that belongs to them. This cannot be undone.
    Delete {},
}

/// What an action changes, and so what one must be allowed to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Customers,
    /// Whether they are there at all.
    Existence,
    Segments,
}

impl Subject {
    pub fn permission(self) -> &'static str {
        match self {
            Subject::Customers => EditCustomers::NAME,
            Subject::Existence => DeleteCustomers::NAME,
            Subject::Segments => EditSegments::NAME,
        }
    }
}

impl Action {
    pub fn subject(&self) -> Subject {
        match self {
            Action::AddToSegment { .. } | Action::RemoveFromSegment { .. } => Subject::Segments,
            Action::Activate {} | Action::Deactivate {} | Action::SetField { .. } | Action::AddNote { .. } => Subject::Customers,
            Action::Delete {} => Subject::Existence,
        }
    }

    /// What the audit log says of it: the text of a note is for those who read notes.
    pub fn audited(&self) -> Value {
        match self {
            Action::AddNote { title, .. } => json!({ "type": "add_note", "title": title }),
            Action::AddToSegment { .. }
            | Action::RemoveFromSegment { .. }
            | Action::Activate {}
            | Action::Deactivate {}
            | Action::SetField { .. }
            | Action::Delete {} => json!(self),
        }
    }

    pub fn can_be_undone(&self) -> bool {
        !matches!(self, Action::Delete {})
    }

    /// The field it writes, and the merge patch that does so.
    pub fn patch(&self) -> Option<(&str, Map<String, Value>)> {
        match self {
            Action::Activate {} => Some(("active", field_patch("active", &Value::Bool(true)))),
            Action::Deactivate {} => Some(("active", field_patch("active", &Value::Bool(false)))),
            Action::SetField { field, value } => Some((field.strip_prefix("fields.").unwrap_or(field), field_patch(field, value))),
            Action::AddToSegment { .. } | Action::RemoveFromSegment { .. } | Action::AddNote { .. } | Action::Delete {} => None,
        }
    }

    /// What is wrong with it, whoever it is about.
    pub fn check(&self, work: &mut Work<'_>) -> Result<(), Error> {
        let problems = match self {
            Action::AddToSegment { segment_id } | Action::RemoveFromSegment { segment_id } => segment_problems(work, *segment_id)?,
            Action::SetField { field, value } => match not_for_many(field, value) {
                Some(problem) => vec![problem],
                None => customers::draft_problems(work, &field_patch(field, value))?.into_iter().map(in_action).collect(),
            },
            Action::AddNote { title, text } => {
                let under = |problem: Problem| Problem { path: format!("/action{}", problem.path), ..problem };
                customers::note_problems(title, text).into_iter().map(under).collect()
            }
            Action::Activate {} | Action::Deactivate {} | Action::Delete {} => Vec::new(),
        };
        if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
    }
}

fn segment_problems(work: &mut Work<'_>, segment: SegmentId) -> Result<Vec<Problem>, Error> {
    const PATH: &str = "/action/segmentId";
    match crate::segments::manual(work, segment) {
        Ok(_) => Ok(Vec::new()),
        Err(Error::NotFound) => Ok(vec![Problem::new(PATH, "unknown", "there is no such segment")]),
        Err(Error::Conflict { code, detail, .. }) => Ok(vec![Problem::new(PATH, code, detail)]),
        Err(error) => Err(error),
    }
}

/// What tells customers apart cannot be the same for many, and a field is one field.
fn not_for_many(field: &str, value: &Value) -> Option<Problem> {
    const PATH: &str = "/action/field";
    match field {
        "email" if !value.is_null() => {
            Some(Problem::new(PATH, "unique", "no two customers have the same mail address; it can only be emptied"))
        }
        "externalIds" => Some(Problem::new(PATH, "unique", "no two customers are known by the same id")),
        "fields" => Some(Problem::new(PATH, "unknown_field", "name one custom field, as fields.NAME")),
        _ => None,
    }
}

/// A problem of a patch is one of the field where the field is the mistake, else one of the value.
fn in_action(problem: Problem) -> Problem {
    let is_of_field = ["unknown_field", "read_only"].contains(&problem.code.as_str());
    Problem { path: if is_of_field { "/action/field" } else { "/action/value" }.to_owned(), ..problem }
}

/// What is to be done to whom: to named customers, or to all whom the list of customers shows with a filter.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = NewBulkAction)]
pub struct Order {
    pub action: Action,
    /// Their ids, 10 000 at most.
    #[serde(default)]
    pub customers: Option<Vec<CustomerId>>,
    /// In place of ids; an empty filter is everybody.
    #[serde(default)]
    pub filter: Option<Filter>,
    /// Whom the filter finds and who is not meant, 10 000 at most.
    #[serde(default)]
    pub except: Vec<CustomerId>,
    /// How many customers are chosen, as the preview counted them: if by now they are more or fewer, nothing begins. Required
    /// to delete whom a filter finds.
    #[serde(default)]
    pub expected: Option<i64>,
}

impl Order {
    /// Whether as many are chosen as whoever orders it has seen.
    pub fn check_expected(&self, chosen: usize) -> Result<(), Error> {
        match self.expected {
            Some(expected) if expected != chosen as i64 => {
                let why = format!("{chosen} customers are chosen by now, and not {expected}; look at them anew");
                Err(Error::conflict("count_changed", why))
            }
            None if self.filter.is_some() && self.action == (Action::Delete {}) => {
                Err(Error::invalid("/expected", "required", "say how many customers are to be deleted, as the preview counts them"))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// What can be wrong without a look at the database.
    pub fn check(&self) -> Result<(), Error> {
        let mut problems = Vec::new();
        let too_many = |path: &str| Problem::new(path, "too_long", format!("name {NAMED_MAX} customers at most"));
        match (&self.customers, &self.filter) {
            (Some(_), Some(_)) | (None, None) => {
                problems.push(Problem::new("/customers", "required", "name the customers, or give a filter, and not both"));
            }
            (Some(named), None) if named.is_empty() => problems.push(Problem::new("/customers", "required", "name at least one customer")),
            (Some(named), None) if NAMED_MAX < named.len() => problems.push(too_many("/customers")),
            (Some(_), None) if !self.except.is_empty() => {
                problems.push(Problem::new("/except", "only_filter", "only whom a filter finds can be left out"));
            }
            (Some(_), None) | (None, Some(_)) => {}
        }
        if NAMED_MAX < self.except.len() {
            problems.push(too_many("/except"));
        }
        if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BulkState)]
pub enum State {
    /// Waits for a worker.
    Queued,
    Running,
    Done,
    /// It could not go on: what it writes to is gone.
    Failed,
    /// Stopped on the way. What was done by then stays done.
    Cancelled,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Running => "running",
            State::Done => "done",
            State::Failed => "failed",
            State::Cancelled => "cancelled",
        }
    }

    pub fn parse(text: &str) -> Option<State> {
        [State::Queued, State::Running, State::Done, State::Failed, State::Cancelled].into_iter().find(|state| state.as_str() == text)
    }

    pub fn has_ended(self) -> bool {
        match self {
            State::Queued | State::Running => false,
            State::Done | State::Failed | State::Cancelled => true,
        }
    }
}

/// What became of an action for a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BulkVerdict)]
pub enum Verdict {
    Changed,
    /// He was so already.
    Same,
    /// It could not be done, and that is said.
    Refused,
}

impl Verdict {
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Changed => "changed",
            Verdict::Same => "same",
            Verdict::Refused => "refused",
        }
    }

    pub fn parse(text: &str) -> Option<Verdict> {
        [Verdict::Changed, Verdict::Same, Verdict::Refused].into_iter().find(|verdict| verdict.as_str() == text)
    }
}

/// What became of an action for one customer, with what is needed to go back.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BulkOutcome)]
pub struct Outcome {
    pub customer_id: CustomerId,
    /// What to call him now.
    pub name: Option<String>,
    pub outcome: Verdict,
    /// Before and after by JSON pointer, as in his versions; of a segment `/segments/ID`, of a note `/notes/ID`.
    #[schema(value_type = Object, example = json!({"/firstname": ["Ada", "Augusta"]}))]
    pub changes: Map<String, Value>,
    /// Why it was refused.
    pub problems: Vec<Problem>,
}

impl Outcome {
    fn new(customer: CustomerId, outcome: Verdict) -> Outcome {
        Outcome { customer_id: customer, name: None, outcome, changes: Map::new(), problems: Vec::new() }
    }

    pub fn changed(customer: CustomerId, changes: Map<String, Value>) -> Outcome {
        Outcome { changes, ..Outcome::new(customer, Verdict::Changed) }
    }

    pub fn same(customer: CustomerId) -> Outcome {
        Outcome::new(customer, Verdict::Same)
    }

    pub fn refused(customer: CustomerId, problems: Vec<Problem>) -> Outcome {
        Outcome { problems, ..Outcome::new(customer, Verdict::Refused) }
    }

    /// He was deleted, or became a part of another one.
    pub fn gone(customer: CustomerId) -> Outcome {
        Outcome::refused(customer, vec![Problem::new("", "unknown_customer", "this customer is not there any more")])
    }
}

/// Of how many customers which is true.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BulkCounts)]
pub struct Counts {
    pub changed: i64,
    /// They were so already.
    pub same: i64,
    pub refused: i64,
}

impl Counts {
    pub fn count(&mut self, outcomes: &[Outcome]) {
        for outcome in outcomes {
            match outcome.outcome {
                Verdict::Changed => self.changed += 1,
                Verdict::Same => self.same += 1,
                Verdict::Refused => self.refused += 1,
            }
        }
    }

    pub fn done(&self) -> i64 {
        self.changed + self.same + self.refused
    }
}

/// A bulk action as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BulkAction)]
pub struct Bulk {
    pub id: BulkId,
    pub action: Action,
    /// How they were chosen; nothing when they were named one by one.
    pub filter: Option<Filter>,
    /// The bulk action that this one takes back.
    pub undo_of: Option<BulkId>,
    /// The bulk action that takes this one back.
    pub undone_by: Option<BulkId>,
    /// Whether it can be taken back now.
    pub is_undoable: bool,
    pub state: State,
    /// How many customers were chosen.
    pub total: i64,
    #[serde(flatten)]
    pub counts: Counts,
    /// Why it failed.
    pub error: Option<String>,
    pub job_id: Option<JobId>,
    /// Who started it.
    pub owner: Actor,
    pub created_at: Instant,
    pub finished_at: Option<Instant>,
    /// Until when it is known what became of whom, and it can be undone; nothing until it has ended.
    pub kept_until: Option<Instant>,
    #[serde(skip)]
    pub next_page: i64,
}

/// What an action would do.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BulkPreview)]
pub struct Preview {
    /// How many customers are chosen.
    pub total: i64,
    /// How many of them were looked at, in the order of their ids: the counts are of these.
    pub looked_at: i64,
    #[serde(flatten)]
    pub counts: Counts,
    /// Why it would be refused, the most frequent first.
    pub reasons: Vec<Reason>,
    /// Some of those who were looked at.
    pub samples: Vec<Outcome>,
    /// Whether it could be undone afterwards.
    pub can_be_undone: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BulkReason)]
pub struct Reason {
    pub code: String,
    /// As it was said of one of them.
    pub message: String,
    pub count: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::shaped;

    #[test]
    fn orders() {
        check(json!({"action": {"type": "activate"}, "customers": [1]}), "");
        check(json!({"action": {"type": "activate"}, "filter": {}, "except": [1]}), "");
        check(json!({"action": {"type": "activate"}}), "/customers required");
        check(json!({"action": {"type": "activate"}, "customers": []}), "/customers required");
        check(json!({"action": {"type": "activate"}, "customers": [1], "filter": {}}), "/customers required");
        check(json!({"action": {"type": "activate"}, "customers": vec![1; 10_001]}), "/customers too_long");
        check(json!({"action": {"type": "activate"}, "customers": [1], "except": [1]}), "/except only_filter");
        check(json!({"action": {"type": "activate"}, "filter": {}, "except": vec![1; 10_001]}), "/except too_long");
        check(json!({"action": {"type": "explode"}, "filter": {}}), "/action/type invalid");
        check(json!({"action": {"type": "activate", "loudly": true}, "filter": {}}), "/action invalid");
        check(json!({"action": {"type": "set_field", "field": "city"}, "filter": {}}), "/action invalid");
        check(json!({"action": {"type": "delete"}, "filter": {"shoeSize": 1}}), "/filter/shoeSize invalid");

        #[track_caller]
        fn check(order: Value, wrong: &str) {
            let found = match shaped::<Order>(order.clone()).and_then(|order| order.check()) {
                Ok(()) => String::new(),
                Err(Error::Invalid(problems)) => {
                    problems.iter().map(|problem| format!("{} {}", problem.path, problem.code)).collect::<Vec<_>>().join(", ")
                }
                Err(error) => panic!("{error}"),
            };
            assert_eq!(found, wrong, "{order}");
        }
    }
}
