//! Activities as they come in, as they are kept and as they are shown.

use super::types::ActivityTypes;
use crate::error::{Error, Problem};
use crate::events::Tracked;
use crate::http;
use crate::ids::{ActivityId, CustomerId};
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

const TYPE_CHARS_MAX: usize = 100;
const EXTERNAL_ID_CHARS_MAX: usize = 190;
/// Bytes of JSON that the attributes, and the metadata, of one activity may have.
const DOCUMENT_BYTES_MAX: usize = 65_536;

/// An activity that wants to be recorded.
#[derive(Debug, Clone)]
pub struct NewActivity {
    pub customer: Who,
    pub kind: String,
    /// Absent: now.
    pub occurred_at: Option<Instant>,
    pub external_id: Option<String>,
    pub attributes: Value,
    pub metadata: Option<Value>,
}

/// How many customers came for the first time and how many came again, in a stretch of time and in the one before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Comers {
    pub new: i64,
    pub returning: i64,
    pub new_before: i64,
    pub returning_before: i64,
}

/// How an activity names its customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    Id(CustomerId),
    /// By an identity: its kind (`email`, `phone`, `token`, `external:<name>`) and value.
    Known {
        kind: String,
        value: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrackOptions {
    /// Make a customer for an identity that nobody has.
    pub create_customers: bool,
    /// Let rules react. Without it the activities are history that is brought in late: segments follow, rules do not look.
    pub run_rules: bool,
}

impl Default for TrackOptions {
    fn default() -> Self {
        TrackOptions { create_customers: false, run_rules: true }
    }
}

/// An activity as the API takes it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = NewActivity)]
pub struct NewActivityBody {
    pub customer: CustomerReference,
    #[serde(rename = "type")]
    pub kind: String,
    /// When it happened; now if absent.
    pub occurred_at: Option<Instant>,
    /// The sender's own id. A second activity of the same type with the same id updates the first.
    pub external_id: Option<String>,
    #[serde(default)]
    #[schema(value_type = Object)]
    pub attributes: Option<Value>,
    #[schema(value_type = Object)]
    pub metadata: Option<Value>,
    /// For a single activity: make the customer if nobody has this identity.
    #[serde(default)]
    pub create_customers: bool,
    /// `false` for history that is brought in late: segments follow, rules do not look. `true` if absent.
    #[serde(default = "yes")]
    pub run_rules: bool,
}

fn yes() -> bool {
    true
}

/// Exactly one of its members.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CustomerReference {
    pub id: Option<CustomerId>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub token: Option<String>,
    /// One entry: the kind of the id and the id, such as `{"shop": "17"}`.
    pub external_id: Option<BTreeMap<String, String>>,
}

impl CustomerReference {
    fn into_who(self) -> Result<Who, Problem> {
        let mut named: Vec<Who> = self.id.map(Who::Id).into_iter().collect();
        let known =
            |kind: &str, value: Option<String>| value.map(|value| Who::Known { kind: kind.to_owned(), value: value.trim().to_owned() });
        named.extend(known("email", self.email));
        named.extend(known("phone", self.phone));
        named.extend(known("token", self.token));
        let external = self.external_id.unwrap_or_default();
        named.extend(external.into_iter().map(|(kind, value)| Who::Known { kind: format!("external:{kind}"), value }));
        match (named.pop(), named.is_empty()) {
            (Some(Who::Known { value, .. }), true) if value.is_empty() => Err(Problem::new("/customer", "empty", "the identity is empty")),
            (Some(who), true) => Ok(who),
            _ => Err(Problem::new("/customer", "ambiguous", "name the customer by exactly one of id, email, phone, token, externalId")),
        }
    }
}

impl NewActivityBody {
    pub fn into_new(self) -> Result<NewActivity, Problem> {
        Ok(NewActivity {
            customer: self.customer.into_who()?,
            kind: self.kind,
            occurred_at: self.occurred_at,
            external_id: self.external_id.filter(|id| !id.is_empty()),
            attributes: self.attributes.unwrap_or_else(|| json!({})),
            metadata: self.metadata,
        })
    }
}

impl NewActivity {
    pub fn problems(&self, types: &ActivityTypes) -> Vec<Problem> {
        let mut problems = kind_problems(&self.kind);
        if self.external_id.as_ref().is_some_and(|id| EXTERNAL_ID_CHARS_MAX < id.chars().count()) {
            problems.push(Problem::new("/externalId", "too_long", format!("at most {EXTERNAL_ID_CHARS_MAX} characters")));
        }
        problems.extend(document_problems("/attributes", &self.attributes));
        problems.extend(self.metadata.iter().flat_map(|metadata| document_problems("/metadata", metadata)));
        problems.extend(types.problems(&self.kind, &self.attributes));
        problems
    }
}

pub fn kind_problems(kind: &str) -> Vec<Problem> {
    if kind.trim().is_empty() || TYPE_CHARS_MAX < kind.chars().count() || kind.chars().any(char::is_control) {
        return vec![Problem::new("/type", "invalid", format!("a type is 1 to {TYPE_CHARS_MAX} characters without control characters"))];
    }
    Vec::new()
}

fn document_problems(path: &str, document: &Value) -> Vec<Problem> {
    if !document.is_object() {
        return vec![Problem::new(path, "invalid", "must be an object")];
    }
    // Counting is only worth its time for documents that could be large.
    if too_large(document, &mut DOCUMENT_BYTES_MAX.clone()) {
        return vec![Problem::new(path, "too_large", format!("at most {DOCUMENT_BYTES_MAX} bytes of JSON"))];
    }
    Vec::new()
}

/// Whether the document has more bytes than are left, counting roughly and stopping as soon as it is known.
fn too_large(value: &Value, left: &mut usize) -> bool {
    let own = match value {
        Value::String(text) => text.len() + 2,
        Value::Array(items) => return items.iter().any(|item| too_large(item, left)),
        Value::Object(members) => {
            return members.iter().any(|(key, member)| {
                *left = left.saturating_sub(key.len() + 4);
                too_large(member, left)
            });
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => 8,
    };
    *left = left.saturating_sub(own);
    *left == 0
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeStatus {
    Created,
    Updated,
    Rejected,
}

/// What became of one activity that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TrackOutcome)]
pub struct Outcome {
    pub status: OutcomeStatus,
    pub id: Option<ActivityId>,
    pub customer_id: Option<CustomerId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    /// When it was written.
    #[serde(skip)]
    pub at: Instant,
}

impl Outcome {
    pub fn done(status: OutcomeStatus, row: &Row) -> Outcome {
        Outcome { status, id: Some(row.id), customer_id: Some(row.customer), problems: Vec::new(), at: row.updated_at }
    }

    pub fn rejected(problems: Vec<Problem>) -> Outcome {
        Outcome { status: OutcomeStatus::Rejected, id: None, customer_id: None, problems, at: Instant(0) }
    }

    /// The outcome for a later mention of the same activity in one batch.
    pub fn seen_again(mut self, again: bool) -> Outcome {
        if again && self.status == OutcomeStatus::Created {
            self.status = OutcomeStatus::Updated;
        }
        self
    }
}

/// An activity as it is shown.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    pub id: ActivityId,
    pub customer_id: CustomerId,
    #[serde(rename = "type")]
    pub kind: String,
    pub occurred_at: Instant,
    pub external_id: Option<String>,
    #[schema(value_type = Object)]
    pub attributes: Value,
    #[schema(value_type = Object)]
    pub metadata: Value,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub version: i64,
}

/// An activity as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub id: ActivityId,
    pub customer: CustomerId,
    pub kind: Arc<str>,
    pub occurred_at: Instant,
    pub external_id: Option<String>,
    pub attributes: Arc<Value>,
    pub metadata: Option<Value>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Row {
    pub fn new(id: ActivityId, customer: CustomerId, activity: &NewActivity, now: Instant) -> Row {
        Row {
            id,
            customer,
            kind: activity.kind.as_str().into(),
            occurred_at: activity.occurred_at.unwrap_or(now),
            external_id: activity.external_id.clone(),
            attributes: Arc::new(activity.attributes.clone()),
            metadata: activity.metadata.clone(),
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// Puts a later mention of the same activity in its place.
    pub fn take_over(&mut self, later: Row) {
        *self = Row { id: self.id, ..later };
    }

    /// Continues the life of the row that is there already. Metadata that was not sent is kept.
    pub fn succeed(&mut self, old: &Row) {
        self.id = old.id;
        self.version = old.version + 1;
        self.created_at = old.created_at;
        if self.metadata.is_none() {
            self.metadata.clone_from(&old.metadata);
        }
    }

    pub fn differs_from(&self, old: &Row) -> bool {
        self.occurred_at != old.occurred_at || self.attributes != old.attributes || self.metadata != old.metadata
    }

    pub fn tracked(&self) -> Arc<Tracked> {
        Arc::new(Tracked {
            id: self.id,
            customer: self.customer,
            kind: self.kind.clone(),
            occurred_at: self.occurred_at,
            attributes: self.attributes.clone(),
        })
    }

    pub fn into_activity(self) -> Activity {
        Activity {
            id: self.id,
            customer_id: self.customer,
            kind: self.kind.to_string(),
            occurred_at: self.occurred_at,
            external_id: self.external_id,
            attributes: Arc::unwrap_or_clone(self.attributes),
            metadata: self.metadata.unwrap_or_else(|| json!({})),
            created_at: self.created_at,
            updated_at: self.updated_at,
            version: self.version,
        }
    }
}

/// What a merge patch may touch.
const PATCHABLE: [&str; 3] = ["occurredAt", "attributes", "metadata"];

/// The row with a merge patch laid over it.
pub fn patched(old: &Row, patch: &Value, now: Instant) -> Result<Row, Error> {
    let Some(changes) = patch.as_object() else {
        return Err(Error::invalid("", "invalid", "a patch is an object"));
    };
    let mut problems = Vec::new();
    for name in changes.keys().filter(|name| !PATCHABLE.contains(&name.as_str())) {
        problems.push(Problem::new(format!("/{name}"), "not_changeable", "only occurredAt, attributes and metadata can be changed"));
    }
    let mut new = Row { version: old.version + 1, updated_at: now, ..old.clone() };
    if let Some(at) = changes.get("occurredAt") {
        match at.as_str().and_then(Instant::parse) {
            Some(at) => new.occurred_at = at,
            None => problems.push(Problem::new("/occurredAt", "invalid", "must be an RFC 3339 time")),
        }
    }
    let over = |standing: Value, name: &str| {
        let mut document = standing;
        if let Some(change) = changes.get(name) {
            http::merge_patch(&mut document, change);
        }
        document
    };
    new.attributes = Arc::new(over(old.attributes.as_ref().clone(), "attributes"));
    let metadata = over(old.metadata.clone().unwrap_or_else(|| json!({})), "metadata");
    problems.extend(document_problems("/attributes", &new.attributes));
    problems.extend(document_problems("/metadata", &metadata));
    new.metadata = Some(metadata).filter(|metadata| metadata != &Value::Object(Map::new()));
    if problems.is_empty() { Ok(new) } else { Err(Error::Invalid(problems)) }
}
