//! Customers as other slices and people see them.

use super::profile::Profile;
use crate::access::Actor;
use crate::error::{Error, Problem};
use crate::events::Cause;
use crate::identities::IdentityView;
use crate::ids::{CustomerId, GroupId, NoteId, SegmentId};
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A customer with what belongs to him.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    pub id: CustomerId,
    /// Names the customer in links and trackers without giving the id away.
    pub token: String,
    #[serde(flatten)]
    pub profile: Profile,
    /// Everything he is known by. Absent in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identities: Option<Vec<IdentityView>>,
    pub segments: Vec<Membership>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub version: i64,
}

/// A segment the customer is in.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CustomerSegment)]
pub struct Membership {
    pub id: SegmentId,
    pub name: String,
    pub group_id: GroupId,
    pub group_name: String,
    pub reference: String,
    pub calculated: bool,
    /// `manual` or `rule`.
    pub source: String,
    pub since: Instant,
    /// How often he was put in.
    pub counter: i64,
}

/// What someone says about a customer: a merge patch over what is known of him, or over nothing.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Members as in the JSON of a customer, `fields` and `externalIds` included.
    pub values: Map<String, Value>,
    /// Only for a new customer from elsewhere: the token he is known by there.
    pub token: Option<String>,
    /// Only for a new customer from elsewhere: since when he has been one.
    pub created_at: Option<Instant>,
}

impl Draft {
    pub fn new(values: Map<String, Value>) -> Draft {
        Draft { values, ..Draft::default() }
    }
}

/// What of the pipeline one save goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct SaveOptions {
    /// Whether required fields are demanded.
    pub validator: bool,
    /// Whether a certain duplicate is refused.
    pub duplicate_check: bool,
    /// Whether the steps run.
    pub save_steps: bool,
}

impl Default for SaveOptions {
    fn default() -> Self {
        SaveOptions { validator: true, duplicate_check: true, save_steps: true }
    }
}

/// What became of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    pub id: CustomerId,
    pub created: bool,
    /// The version that was written, if anything was.
    pub version: Option<i64>,
}

/// Why a draft was not saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    Invalid(Vec<Problem>),
    /// Another customer is in the way: he has the identity, or is the same person.
    Duplicate {
        code: &'static str,
        problems: Vec<Problem>,
        existing: Option<CustomerId>,
    },
    /// The customer to be changed is not there.
    Missing,
    /// He was changed since he was read.
    Changed,
}

impl Refusal {
    pub fn problems(self) -> Vec<Problem> {
        match self {
            Refusal::Invalid(problems) | Refusal::Duplicate { problems, .. } => problems,
            Refusal::Missing => vec![Problem::new("", "not_found", "there is no such customer")],
            Refusal::Changed => vec![Problem::new("", "changed", "he was changed since he was read")],
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Error {
        match refusal {
            Refusal::Invalid(problems) => Error::Invalid(problems),
            Refusal::Duplicate { code, problems, existing } => {
                let detail = problems.first().map(|problem| problem.message.clone()).unwrap_or_default();
                Error::Conflict { code, detail, problems, existing: existing.map(|customer| customer.0) }
            }
            Refusal::Missing => Error::NotFound,
            Refusal::Changed => Error::Changed,
        }
    }
}

/// Enough to call a customer by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CustomerName {
    pub email: Option<String>,
    pub firstname: Option<String>,
    pub lastname: Option<String>,
}

impl CustomerName {
    /// First and last name, else the mail address.
    pub fn shown(&self) -> Option<String> {
        let parts: Vec<&str> = [&self.firstname, &self.lastname].into_iter().flatten().map(String::as_str).collect();
        if parts.is_empty() { self.email.clone() } else { Some(parts.join(" ")) }
    }
}

/// One change of a customer.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = CustomerVersion)]
pub struct Version {
    /// Of a customer who became a part of this one, his id is in the number.
    pub version: i64,
    /// Whose version it is: this customer's, or that of one who became a part of him.
    #[serde(rename = "customerId")]
    pub customer_id: CustomerId,
    pub at: Instant,
    pub actor: Actor,
    /// Before and after by JSON pointer; empty for the first version.
    #[schema(value_type = Object, example = json!({"/firstname": ["Ada", "Augusta"]}))]
    pub changes: Value,
    /// What brought it about, where an import or its undoing did.
    #[schema(value_type = Option<Object>, example = json!({"by": "import", "import": 5}))]
    pub cause: Option<Cause>,
}

/// What someone wrote down about a customer.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = CustomerNote)]
pub struct Note {
    pub id: NoteId,
    pub at: Instant,
    pub actor: Actor,
    pub title: String,
    pub text: String,
}
