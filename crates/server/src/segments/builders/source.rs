//! Where values come from that builders sort into segments: a field of customers, or an attribute of what they did.

use super::field_problems;
use crate::error::Problem;
use crate::time::Instant;
use condition::{Attributes, Catalogue, Facts, FieldKind, FieldValue, Occurrence, Text};
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub enum Source {
    /// A field of texts or choices, one or many.
    Field(String),
    /// A text among the attributes of activities.
    Activity {
        #[serde(rename = "type")]
        kind: String,
        /// A dotted path.
        attribute: String,
        /// Only activities of late, such as `365d`.
        within: Option<String>,
    },
}

/// Fields that hold texts.
const KINDS: [FieldKind; 4] = [FieldKind::Text, FieldKind::Select, FieldKind::List, FieldKind::Multiselect];

impl Source {
    /// What is wrong with it, with paths into it.
    pub fn problems(&self, catalogue: &Catalogue) -> Vec<Problem> {
        if let Source::Field(name) = self {
            return field_problems(catalogue, name, "/field", &KINDS);
        }
        let refused = condition::check(&self.any(&[json!({ "op": "set" })]), catalogue).err().unwrap_or_default();
        let key = |path: &str| match path.rsplit('/').next() {
            Some("name") => "attribute",
            Some("within") => "within",
            _ => "type",
        };
        refused
            .into_iter()
            .map(|problem| Problem::new(format!("/activity/{}", key(&problem.path)), problem.code, problem.message))
            .collect()
    }

    /// The test that a value is one of these, as operator and operands.
    pub fn is_one_of(&self, values: &[&str], catalogue: &Catalogue) -> Value {
        json!({ "op": if self.is_list(catalogue) { "has_any" } else { "in" }, "values": values })
    }

    fn is_list(&self, catalogue: &Catalogue) -> bool {
        let Source::Field(name) = self else { return false };
        catalogue.fields.get(name).is_some_and(|field| matches!(field.kind, FieldKind::List | FieldKind::Multiselect))
    }

    /// The condition that a value passes one of the tests, each given as operator and operands.
    pub fn any(&self, tests: &[Value]) -> Value {
        let beginning = match self {
            Source::Field(name) => json!({ "fact": "field", "name": name }),
            Source::Activity { attribute, .. } => json!({ "fact": "attribute", "name": attribute }),
        };
        let mut leaves: Vec<Value> = tests
            .iter()
            .map(|test| {
                let mut leaf = beginning.clone();
                crate::http::merge_patch(&mut leaf, test);
                leaf
            })
            .collect();
        let passed = if leaves.len() == 1 { leaves.remove(0) } else { json!({ "any": leaves }) };
        let Source::Activity { kind, within, .. } = self else { return passed };
        let mut activity = json!({ "fact": "activity", "type": kind, "where": passed, "op": "gte", "value": 1 });
        if let Some(within) = within {
            activity["within"] = json!(within);
        }
        activity
    }

    /// What would be known of a customer of whom nothing was known but this value.
    pub fn facts(&self, value: &str, catalogue: &Catalogue, now: Instant) -> Facts {
        let mut facts = Facts::new(0, TimeZone::UTC);
        match self {
            Source::Field(name) if self.is_list(catalogue) => {
                facts.fields.insert(name.as_str().into(), FieldValue::List(vec![Text::new(value)]));
            }
            Source::Field(name) => {
                facts.fields.insert(name.as_str().into(), FieldValue::Text(Text::new(value)));
            }
            Source::Activity { kind, attribute, .. } => {
                let attributes = attribute.rsplit('.').fold(json!(value), |inner, step| json!({ step: inner }));
                let attributes = Some(Attributes::new(&attributes));
                facts.activities.insert(&kind.as_str().into(), Occurrence { id: 0, at: now.0, attributes });
            }
        }
        facts
    }
}
