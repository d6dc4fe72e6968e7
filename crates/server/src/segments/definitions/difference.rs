//! What is other between two documents, key by key.

use super::naming::Name;
use super::{Document, GroupDefinition, SegmentDefinition};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashMap;
use utoipa::ToSchema;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DefinitionChange)]
pub enum Change {
    Created,
    Changed,
    Unchanged,
    Removed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DefinitionKind)]
pub enum Kind {
    Group,
    Segment,
}

/// One group or segment: what stands against what the document says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = DefinitionDifference)]
pub struct Difference {
    pub change: Change,
    pub kind: Kind,
    /// The reference of the group.
    pub group: String,
    pub calculated: bool,
    /// The reference of the segment; empty for a group.
    pub reference: String,
    /// What is other, of something that stays.
    pub parts: Vec<Part>,
}

/// One value that is other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = DefinitionPart)]
pub struct Part {
    /// JSON pointer into the definition.
    pub path: String,
    #[schema(value_type = Object)]
    pub before: Option<Value>,
    #[schema(value_type = Object)]
    pub after: Option<Value>,
}

impl Difference {
    fn new(change: Change, kind: Kind, name: &Name, parts: Vec<Part>) -> Difference {
        let Name { group, calculated, reference } = name.clone();
        Difference { change, kind, group, calculated, reference, parts }
    }

    pub fn removed(kind: Kind, name: &Name) -> Difference {
        Difference::new(Change::Removed, kind, name, Vec::new())
    }

    fn between(kind: Kind, name: &Name, before: Option<Value>, after: Value) -> Difference {
        let Some(before) = before else { return Difference::new(Change::Created, kind, name, Vec::new()) };
        let parts = parts_between(&before, &after);
        let change = if parts.is_empty() { Change::Unchanged } else { Change::Changed };
        Difference::new(change, kind, name, parts)
    }
}

/// What the document says of each of its groups and segments against what stands.
pub fn differences(before: &Document, wanted: &Document) -> Vec<Difference> {
    let standing: HashMap<(&str, bool), &GroupDefinition> =
        before.groups.iter().map(|group| ((group.reference.as_str(), group.calculated), group)).collect();
    let mut found = Vec::new();
    for group in &wanted.groups {
        let before = standing.get(&(group.reference.as_str(), group.calculated)).copied();
        let name = |reference: &str| Name { group: group.reference.clone(), calculated: group.calculated, reference: reference.to_owned() };
        let alone = |group: &GroupDefinition| json!(GroupDefinition { segments: Vec::new(), ..group.clone() });
        found.push(Difference::between(Kind::Group, &name(""), before.map(alone), alone(group)));
        let known: HashMap<&str, &SegmentDefinition> =
            before.into_iter().flat_map(|group| &group.segments).map(|segment| (segment.reference.as_str(), segment)).collect();
        for segment in &group.segments {
            let before = known.get(segment.reference.as_str()).map(|segment| json!(segment));
            found.push(Difference::between(Kind::Segment, &name(&segment.reference), before, json!(segment)));
        }
    }
    found
}

/// What is other between two values, at the deepest spots.
pub fn parts_between(before: &Value, after: &Value) -> Vec<Part> {
    let mut parts = Vec::new();
    compare("", Some(before), Some(after), &mut parts);
    parts
}

/// Goes into objects, and into lists of the same length; anything else is other as a whole.
fn compare(path: &str, before: Option<&Value>, after: Option<&Value>, parts: &mut Vec<Part>) {
    match (before, after) {
        (before, after) if before == after => {}
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let gone = before.keys().filter(|key| !after.contains_key(*key));
            for key in after.keys().chain(gone) {
                let step = key.replace('~', "~0").replace('/', "~1");
                compare(&format!("{path}/{step}"), before.get(key), after.get(key), parts);
            }
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) if before.len() == after.len() => {
            for (place, (before, after)) in before.iter().zip(after).enumerate() {
                compare(&format!("{path}/{place}"), Some(before), Some(after), parts);
            }
        }
        (before, after) => parts.push(Part { path: path.to_owned(), before: before.cloned(), after: after.cloned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_told_at_the_deepest_spot() {
        check(json!({ "a": 1 }), json!({ "a": 1 }), &[]);
        check(json!({ "a": 1, "b": 2 }), json!({ "a": 1, "c": 3 }), &["/c: - 3", "/b: 2 -"]);
        check(json!({ "a": { "b": [1, { "c": 2 }] } }), json!({ "a": { "b": [1, { "c": 4 }] } }), &["/a/b/1/c: 2 4"]);
        check(json!({ "a": [1] }), json!({ "a": [1, 2] }), &["/a: [1] [1,2]"]);
        check(json!({ "a/b": 1 }), json!({ "a/b": "x" }), &["/a~1b: 1 \"x\""]);

        #[track_caller]
        fn check(before: Value, after: Value, expected: &[&str]) {
            let mut parts = Vec::new();
            compare("", Some(&before), Some(&after), &mut parts);
            let shown = |value: &Option<Value>| value.as_ref().map_or_else(|| "-".to_owned(), Value::to_string);
            let told: Vec<String> =
                parts.iter().map(|part| format!("{}: {} {}", part.path, shown(&part.before), shown(&part.after))).collect();
            assert_eq!(told, expected);
        }
    }
}
