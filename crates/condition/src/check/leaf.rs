//! The leaves, by their `fact`. What the language names but this version does not know is refused by name.

use super::activity;
use super::compare::{self, Folded};
use super::reading::Reading;
use super::{Checker, Spot, Trigger, pointer};
use crate::catalogue::{Catalogue, Column, Field, FieldKind};
use crate::tree::{AttributeLeaf, AttributeTest, AttributeValueTest, FieldTest, FieldValueTest, Leaf, Test};

/// Facts of the language that are still to come.
const TO_COME: [&str; 24] = [
    "sequence",
    "consent",
    "subscription",
    "company",
    "trigger_segment",
    "trigger_target_group",
    "browser",
    "country",
    "geo_point",
    "hardware",
    "language",
    "operating_system",
    "referrer",
    "search_engine",
    "target_group",
    "time_on_site",
    "url",
    "visited_pages",
    "has_segment",
    "logged_in",
    "segments_changed",
    "local_time",
    "query_parameter",
    "visits",
];

const KNOWN: &str = "`field`, `activity`, `segment`, `customer`, `attribute`";

/// A leaf about a customer, or about the activity that fired the rule.
pub(super) fn customer_leaf(checker: &mut Checker<'_>, spot: Spot<'_>) -> Option<Leaf> {
    let test = match fact(checker, &spot)? {
        "field" => read(checker, &spot, field).map(Test::Field),
        "activity" => activity::read(checker, &spot).map(Test::Activity),
        "segment" => read(checker, &spot, segment),
        "customer" => read(checker, &spot, |reading| reading.id("id").map(|id| Test::Customer { id })),
        "attribute" if checker.trigger == Trigger::Activity => read(checker, &spot, attribute).map(Test::Attribute),
        "attribute" => {
            let message = "`attribute` belongs inside the `where` of an activity, or in a rule that an activity fires";
            checker.problem(pointer(spot.path, "fact"), "out_of_place", message);
            None
        }
        other => unknown(checker, &spot, other),
    };
    Some(Leaf { json: spot.json.clone(), test: test? })
}

/// A leaf about one activity.
pub(super) fn attribute_leaf(checker: &mut Checker<'_>, spot: Spot<'_>) -> Option<AttributeLeaf> {
    match fact(checker, &spot)? {
        "attribute" => {
            let test = read(checker, &spot, attribute)?;
            Some(AttributeLeaf { json: spot.json.clone(), test })
        }
        "field" | "activity" | "segment" | "customer" => {
            checker.problem(pointer(spot.path, "fact"), "out_of_place", "only `attribute` can be asked of an activity");
            None
        }
        other => unknown(checker, &spot, other),
    }
}

fn fact<'j>(checker: &mut Checker<'_>, spot: &Spot<'j>) -> Option<&'j str> {
    let fact = spot.object["fact"].as_str();
    if fact.is_none() {
        checker.problem(pointer(spot.path, "fact"), "wrong_type", format!("expected one of {KNOWN}"));
    }
    fact
}

fn unknown<T>(checker: &mut Checker<'_>, spot: &Spot<'_>, fact: &str) -> Option<T> {
    let path = pointer(spot.path, "fact");
    if TO_COME.contains(&fact) {
        checker.problem(path, "not_supported_yet", format!("`{fact}` is not supported yet"));
    } else {
        checker.problem(path, "unknown_fact", format!("`{fact}` is none of {KNOWN}"));
    }
    None
}

fn read<T>(checker: &mut Checker<'_>, spot: &Spot<'_>, leaf: impl Fn(&mut Reading) -> Option<T>) -> Option<T> {
    let mut reading = Reading::of(checker, spot);
    let test = leaf(&mut reading);
    reading.finish();
    test
}

fn field(reading: &mut Reading) -> Option<FieldTest> {
    let name = reading.name("name");
    let Some(name) = name else {
        // Without its field the operator has no meaning; only its absence would be worth telling.
        return reading.without_operator();
    };
    let Some(Field { kind, column }) = reading.checker.catalogue.fields.get(name).copied() else {
        reading.problem("name", "unknown_field", format!("there is no field `{name}`"));
        return reading.without_operator();
    };
    if column == Column::Custom && !sql::dialect::Dialect::can_name(name) {
        reading.problem("name", "bad_name", format!("the field `{name}` has a name that a condition cannot ask for"));
        return reading.without_operator();
    }
    let folded = match column {
        Column::BuiltIn { folded_column: None, .. } => Folded::Absent,
        Column::BuiltIn { folded_column: Some(_), .. } | Column::Custom => Folded::Stored,
    };
    let value = match kind {
        FieldKind::Text | FieldKind::Select => FieldValueTest::Text(compare::text(reading, folded)?),
        FieldKind::Number => FieldValueTest::Number(compare::number(reading)?),
        FieldKind::Boolean => FieldValueTest::Boolean(compare::boolean(reading)?),
        FieldKind::Date => FieldValueTest::Date(compare::date(reading)?),
        FieldKind::Datetime => FieldValueTest::Datetime(compare::datetime(reading)?),
        FieldKind::Multiselect | FieldKind::List => FieldValueTest::List(compare::list(reading)?),
        FieldKind::Json => FieldValueTest::Present(compare::present(reading)?),
    };
    Some(FieldTest { name: name.to_owned(), column, value })
}

/// Attributes declare no type: the operator and the value it compares with say which one is meant.
fn attribute(reading: &mut Reading) -> Option<AttributeTest> {
    let path = reading.dotted("name");
    let op = reading.op()?;
    let value = match op {
        "eq" | "ne" => match reading.required("value")? {
            serde_json::Value::Number(_) => AttributeValueTest::Number(compare::number(reading)?),
            serde_json::Value::Bool(_) => AttributeValueTest::Boolean(compare::boolean(reading)?),
            serde_json::Value::String(_) => AttributeValueTest::Text(compare::text(reading, Folded::Stored)?),
            _ => {
                reading.problem("value", "wrong_type", "expected a text, a number, true or false");
                return None;
            }
        },
        "in" | "not_in" | "contains" | "not_contains" | "starts_with" | "ends_with" | "matches" => {
            AttributeValueTest::Text(compare::text(reading, Folded::Stored)?)
        }
        "lt" | "lte" | "gt" | "gte" | "between" | "modulo" => AttributeValueTest::Number(compare::number(reading)?),
        "has" | "has_any" | "has_all" | "empty" => AttributeValueTest::List(compare::list(reading)?),
        "set" | "not_set" => AttributeValueTest::Present(compare::present(reading)?),
        "before" | "after" | "on" | "within_last" | "within_next" | "older_than" | "anniversary_within" | "age_gte" | "age_lt" => {
            return reading.unsupported_op(op, "attributes do not declare how they spell a date");
        }
        _ => return reading.unknown_op(op, "the operators of text, numbers, booleans and lists"),
    };
    Some(AttributeTest { path: path?, value })
}

fn segment(reading: &mut Reading) -> Option<Test> {
    let inside = match reading.get("op").map(serde_json::Value::as_str) {
        None | Some(Some("in")) => Some(true),
        Some(Some("not_in")) => Some(false),
        Some(Some(op)) => reading.unknown_op(op, "`in`, `not_in`"),
        Some(None) => {
            reading.problem("op", "wrong_type", "expected `in` or `not_in`");
            None
        }
    };
    if reading.get("counter").is_some() {
        reading.problem("counter", "not_supported_yet", "`counter` is not supported yet");
    }
    let id = match (reading.get("id").is_some(), reading.get("reference").is_some()) {
        (true, false) => segment_by_id(reading),
        (false, true) => segment_by_reference(reading),
        (true, true) => {
            reading.problem("reference", "unknown_key", "give either `id` or `reference`");
            None
        }
        (false, false) => {
            reading.problem("id", "missing", "give `id` or `reference`");
            None
        }
    };
    Some(Test::Segment { id: id?, inside: inside? })
}

fn segment_by_id(reading: &mut Reading) -> Option<i64> {
    let id = reading.id("id")?;
    if !reading.checker.catalogue.segments.contains(&id) {
        reading.problem("id", "unknown_segment", format!("there is no segment {id}"));
        return None;
    }
    Some(id)
}

fn segment_by_reference(reading: &mut Reading) -> Option<i64> {
    let reference = reading.name("reference")?;
    let catalogue: &Catalogue = reading.checker.catalogue;
    match catalogue.references.get(reference).map(Vec::as_slice) {
        Some([id]) => Some(*id),
        Some([_, _, ..]) => {
            reading.problem(
                "reference",
                "ambiguous_reference",
                format!("several segments have the reference `{reference}`; give the `id`"),
            );
            None
        }
        Some([]) | None => {
            reading.problem("reference", "unknown_segment", format!("no segment has the reference `{reference}`"));
            None
        }
    }
}
