//! Types of activities: open by default, so that a new one needs no ceremony; a type may declare attributes and refuse others.

use super::{model, store};
use crate::audit;
use crate::error::{Error, Problem};
use crate::events::Event;
use crate::http::IfMatch;
use crate::rollups::{self, Figure};
use crate::time::Instant;
use crate::work::{Definition, Work};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Attributes a type may declare.
const ATTRIBUTES_MAX: usize = 200;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActivityType {
    pub name: String,
    pub label: String,
    /// Whether attributes that are not declared are refused.
    pub closed: bool,
    pub attributes: Vec<AttributeRule>,
    /// How many activities of it there are.
    #[serde(default)]
    pub count: i64,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AttributeRule {
    pub name: String,
    pub kind: AttributeKind,
    #[serde(default)]
    pub required: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttributeKind {
    Text,
    Number,
    Boolean,
    Datetime,
    Json,
}

impl AttributeKind {
    fn accepts(self, value: &Value) -> bool {
        match self {
            AttributeKind::Text => value.is_string(),
            AttributeKind::Number => value.is_number(),
            AttributeKind::Boolean => value.is_boolean(),
            AttributeKind::Datetime => value.as_str().is_some_and(|text| Instant::parse(text).is_some()),
            AttributeKind::Json => true,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            AttributeKind::Text => "text",
            AttributeKind::Number => "number",
            AttributeKind::Boolean => "boolean",
            AttributeKind::Datetime => "datetime",
            AttributeKind::Json => "json",
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            AttributeKind::Text => "text",
            AttributeKind::Number => "a number",
            AttributeKind::Boolean => "true or false",
            AttributeKind::Datetime => "an RFC 3339 time",
            AttributeKind::Json => "any value",
        }
    }
}

/// All types, ordered by name.
pub struct ActivityTypes {
    pub all: Vec<ActivityType>,
}

impl Definition for ActivityTypes {
    const KIND: &'static str = "activity_types";

    fn load(work: &mut Work<'_>) -> Result<Self, Error> {
        Ok(ActivityTypes { all: store::types(work)? })
    }
}

impl ActivityTypes {
    pub fn get(&self, name: &str) -> Option<&ActivityType> {
        self.all.binary_search_by(|known| known.name.as_str().cmp(name)).ok().map(|place| &self.all[place])
    }

    /// Where attributes break the rules of their type.
    pub fn problems(&self, kind: &str, attributes: &Value) -> Vec<Problem> {
        self.get(kind).map_or_else(Vec::new, |known| known.problems(attributes))
    }
}

impl ActivityType {
    fn problems(&self, attributes: &Value) -> Vec<Problem> {
        let mut problems = Vec::new();
        let path = |name: &str| format!("/attributes/{}", name.replace('~', "~0").replace('/', "~1"));
        for rule in &self.attributes {
            match attributes.get(&rule.name) {
                None | Some(Value::Null) if rule.required => problems.push(Problem::new(path(&rule.name), "required", "is required")),
                None | Some(Value::Null) => {}
                Some(value) if rule.kind.accepts(value) => {}
                Some(_) => problems.push(Problem::new(path(&rule.name), "invalid", format!("must be {}", rule.kind.as_str()))),
            }
        }
        if self.closed {
            let unknown = attributes.as_object().into_iter().flat_map(|members| members.keys());
            for name in unknown.filter(|name| !self.attributes.iter().any(|rule| rule.name == **name)) {
                problems.push(Problem::new(path(name), "unknown", "is not declared for this type"));
            }
        }
        problems
    }
}

/// Attributes one type is shown with at most.
const SEEN_MAX: usize = 100;

/// Notes down the attributes of an activity with their kinds, by dotted path; what is known already stays.
pub fn note_attributes(attributes: &Value, above: &str, seen: &mut BTreeMap<String, &'static str>) {
    for (key, value) in attributes.as_object().into_iter().flatten() {
        let path = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
        let kind = match value {
            Value::Object(_) => {
                note_attributes(value, &path, seen);
                continue;
            }
            Value::String(_) => AttributeKind::Text,
            Value::Number(_) => AttributeKind::Number,
            Value::Bool(_) => AttributeKind::Boolean,
            Value::Array(_) => AttributeKind::Json,
            Value::Null => continue,
        };
        if seen.len() < SEEN_MAX {
            seen.entry(path).or_insert(kind.name());
        }
    }
}

/// A type as it is made or, without a name, changed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ActivityTypeBody {
    pub name: String,
    pub label: Option<String>,
    #[serde(default)]
    pub closed: bool,
    #[serde(default)]
    pub attributes: Vec<AttributeRule>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ActivityTypePatch {
    pub label: Option<String>,
    pub closed: Option<bool>,
    pub attributes: Option<Vec<AttributeRule>>,
}

fn rule_problems(rules: &[AttributeRule]) -> Vec<Problem> {
    let mut problems = Vec::new();
    if ATTRIBUTES_MAX < rules.len() {
        problems.push(Problem::new("/attributes", "too_many", format!("at most {ATTRIBUTES_MAX} attributes")));
    }
    for (place, rule) in rules.iter().enumerate() {
        if rule.name.is_empty() || rules[..place].iter().any(|earlier| earlier.name == rule.name) {
            problems.push(Problem::new(format!("/attributes/{place}/name"), "invalid", "must not be empty, nor come twice"));
        }
    }
    problems
}

pub fn list(work: &mut Work<'_>) -> Result<Vec<ActivityType>, Error> {
    let mut all = work.definitions::<ActivityTypes>()?.all.clone();
    for (name, count) in rollups::totals(work, Figure::Activities)? {
        if let Some(known) = all.iter_mut().find(|known| known.name == name) {
            known.count = count;
        }
    }
    Ok(all)
}

pub fn read(work: &mut Work<'_>, name: &str) -> Result<ActivityType, Error> {
    let mut known = work.definitions::<ActivityTypes>()?.get(name).cloned().ok_or(Error::NotFound)?;
    known.count = store::count_of_kind(work, name)?;
    Ok(known)
}

pub fn create(work: &mut Work<'_>, body: &ActivityTypeBody) -> Result<ActivityType, Error> {
    let mut problems = model::kind_problems(&body.name);
    problems.iter_mut().for_each(|problem| problem.path = "/name".to_owned());
    problems.extend(rule_problems(&body.attributes));
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let known = ActivityType {
        name: body.name.clone(),
        label: body.label.clone().unwrap_or_else(|| body.name.clone()),
        closed: body.closed,
        attributes: body.attributes.clone(),
        count: 0,
        version: 1,
        created_at: work.now,
        updated_at: work.now,
    };
    if !store::insert_type(work, &known)? {
        return Err(Error::conflict("duplicate_name", format!("there is an activity type {:?} already", body.name)));
    }
    work.redefine::<ActivityTypes>()?;
    audit::record(work, "create", "activity_type", None, &json!(known))?;
    read(work, &body.name)
}

pub fn update(work: &mut Work<'_>, name: &str, patch: &ActivityTypePatch, matching: &IfMatch) -> Result<ActivityType, Error> {
    let mut known = read(work, name)?;
    matching.check(known.version)?;
    if let Some(label) = &patch.label {
        known.label.clone_from(label);
    }
    if let Some(attributes) = &patch.attributes {
        known.attributes.clone_from(attributes);
    }
    known.closed = patch.closed.unwrap_or(known.closed);
    let problems = rule_problems(&known.attributes);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if !store::update_type(work, &known)? {
        return Err(Error::Changed);
    }
    work.redefine::<ActivityTypes>()?;
    audit::record(work, "update", "activity_type", None, &json!({ "name": name, "patch": patch }))?;
    read(work, name)
}

pub fn remove(work: &mut Work<'_>, name: &str) -> Result<(), Error> {
    let known = read(work, name)?;
    if known.count > 0 {
        let detail = format!("there are {} activities of this type; delete them first", known.count);
        return Err(Error::conflict("in_use", detail));
    }
    store::delete_type(work, name)?;
    work.redefine::<ActivityTypes>()?;
    work.tell(Event::ActivityTypeDeleted { kind: name.into() });
    audit::record(work, "delete", "activity_type", None, &json!({ "name": name }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_a_type() {
        check(json!({"amount": 1.5, "paid": true}), &[]);
        check(json!({"amount": "1.5", "paid": true}), &["/attributes/amount"]);
        check(json!({"paid": null, "extra": 1}), &["/attributes/amount", "/attributes/extra"]);
        check(json!({"amount": 1, "at": "2026-01-01"}), &[]);
        check(json!({"amount": 1, "at": "soon"}), &["/attributes/at"]);

        #[track_caller]
        fn check(attributes: Value, paths: &[&str]) {
            let rule = |name: &str, kind, required| AttributeRule { name: name.to_owned(), kind, required };
            let order = ActivityType {
                name: "order".to_owned(),
                label: "Order".to_owned(),
                closed: true,
                attributes: vec![
                    rule("amount", AttributeKind::Number, true),
                    rule("paid", AttributeKind::Boolean, false),
                    rule("at", AttributeKind::Datetime, false),
                ],
                count: 0,
                version: 1,
                created_at: Instant(0),
                updated_at: Instant(0),
            };
            let found: Vec<String> = order.problems(&attributes).into_iter().map(|problem| problem.path).collect();
            assert_eq!(found, paths);
        }
    }
}
