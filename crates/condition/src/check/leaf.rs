//! The leaves, by their `fact`. What the language keeps for visitors on a page is refused by name.

use serde_json::Value;

use super::compare::{self, Folded};
use super::reading::Reading;
use super::{Checker, Spot, activity, pointer, segment, sequence, trigger};
use crate::catalogue::{COMPANY_FIELDS, Column, Field, FieldKind, company_field};
use crate::tree::{Answer, AttributeLeaf, AttributeTest, AttributeValueTest, FieldTest, FieldValueTest, Leaf, Test};

/// Facts of a visitor while he is on a page. No stored condition can know them.
const LIVE: [&str; 18] = [
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

const KNOWN: [&str; 11] = [
    "field",
    "activity",
    "sequence",
    "segment",
    "consent",
    "subscription",
    "company",
    "customer",
    "attribute",
    "trigger_segment",
    "trigger_target_group",
];

/// A leaf about a customer, or about what fired the rule.
pub(super) fn customer_leaf(checker: &mut Checker<'_>, spot: Spot<'_>) -> Option<Leaf> {
    let test = match fact(checker, &spot)? {
        "field" => read(checker, &spot, field).map(Test::Field),
        "activity" => activity::read(checker, &spot).map(Test::Activity),
        "sequence" => sequence::read(checker, &spot).map(Test::Sequence),
        "segment" => segment::read(checker, &spot).map(Test::Segment),
        "consent" => read(checker, &spot, consent),
        "subscription" => read(checker, &spot, subscription),
        "company" => read(checker, &spot, company).map(Test::Company),
        "customer" => read(checker, &spot, |reading| reading.id("id").map(|id| Test::Customer { id })),
        fact @ ("attribute" | "trigger_segment" | "trigger_target_group") => {
            trigger::belongs(checker, &spot, fact)?;
            match fact {
                "attribute" => read(checker, &spot, attribute).map(Test::Attribute),
                "trigger_segment" => read(checker, &spot, trigger::segment).map(Test::TriggerSegment),
                _ => read(checker, &spot, trigger::target_group).map(Test::TriggerTargetGroup),
            }
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
        other if KNOWN.contains(&other) => {
            checker.problem(pointer(spot.path, "fact"), "out_of_place", "only `attribute` can be asked of an activity");
            None
        }
        other => unknown(checker, &spot, other),
    }
}

fn fact<'j>(checker: &mut Checker<'_>, spot: &Spot<'j>) -> Option<&'j str> {
    let fact = spot.object["fact"].as_str();
    if fact.is_none() {
        checker.problem(pointer(spot.path, "fact"), "wrong_type", format!("expected one of {}", known()));
    }
    fact
}

fn unknown<T>(checker: &mut Checker<'_>, spot: &Spot<'_>, fact: &str) -> Option<T> {
    let path = pointer(spot.path, "fact");
    if LIVE.contains(&fact) {
        let message = format!("`{fact}` is known only while a visitor is on a page; a stored condition cannot use it");
        checker.problem(path, "live_fact", message);
    } else {
        checker.problem(path, "unknown_fact", format!("`{fact}` is none of {}", known()));
    }
    None
}

fn known() -> String {
    KNOWN.map(|fact| format!("`{fact}`")).join(", ")
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
    let Some(field) = reading.checker.catalogue.fields.get(name).copied() else { return inside_field(reading, name) };
    if field.column == Column::Custom && !sql::dialect::Dialect::can_name(name) {
        reading.problem("name", "bad_name", format!("the field `{name}` has a name that a condition cannot ask for"));
        return reading.without_operator();
    }
    let value = of_kind(reading, field)?;
    Some(FieldTest { name: name.to_owned(), column: field.column, value })
}

/// A path into a field that is a document.
fn inside_field(reading: &mut Reading, name: &str) -> Option<FieldTest> {
    let parts = name.split_once('.').and_then(|(first, rest)| Some((first, rest, reading.checker.catalogue.fields.get(first)?)));
    let Some((field, rest, Field { kind: FieldKind::Json, column })) = parts else {
        reading.problem("name", "unknown_field", format!("there is no field `{name}`"));
        return reading.without_operator();
    };
    let column = *column;
    // The field itself is the first step of the path in the database.
    let (whole, path) = (reading.path_in("name", name), rest.split('.').map(str::to_owned).collect());
    let value = attribute_value(reading)?;
    whole.map(|_| FieldTest { name: field.to_owned(), column, value: FieldValueTest::Inside(AttributeTest { path, value }) })
}

fn of_kind(reading: &mut Reading, Field { kind, column }: Field) -> Option<FieldValueTest> {
    let folded = match column {
        Column::BuiltIn { folded_column: None, .. } => Folded::Absent,
        Column::BuiltIn { folded_column: Some(_), .. } | Column::Custom => Folded::Stored,
    };
    Some(match kind {
        FieldKind::Text | FieldKind::Select => FieldValueTest::Text(compare::text(reading, folded)?),
        FieldKind::Number => FieldValueTest::Number(compare::number(reading)?),
        FieldKind::Boolean => FieldValueTest::Boolean(compare::boolean(reading)?),
        FieldKind::Date => FieldValueTest::Date(compare::date(reading)?),
        FieldKind::Datetime => FieldValueTest::Datetime(compare::datetime(reading)?),
        FieldKind::Multiselect | FieldKind::List => FieldValueTest::List(compare::list(reading)?),
        FieldKind::Json => FieldValueTest::Present(compare::present(reading)?),
    })
}

fn company(reading: &mut Reading) -> Option<FieldTest> {
    let Some(name) = reading.name("name") else { return reading.without_operator() };
    let Some(field) = company_field(name) else {
        reading.problem(
            "name",
            "unknown_field",
            format!("`{name}` is none of {}", COMPANY_FIELDS.map(|name| format!("`{name}`")).join(", ")),
        );
        return reading.without_operator();
    };
    let value = of_kind(reading, field)?;
    Some(FieldTest { name: name.to_owned(), column: field.column, value })
}

fn consent(reading: &mut Reading) -> Option<Test> {
    let purpose = reading.name("purpose");
    let answer = match reading.op()? {
        "granted" => Answer::Granted,
        "denied" => Answer::Denied,
        "unanswered" => Answer::Unanswered,
        op => return reading.unknown_op(op, "`granted`, `denied`, `unanswered`"),
    };
    Some(Test::Consent { purpose: purpose?.to_owned(), answer })
}

fn subscription(reading: &mut Reading) -> Option<Test> {
    let list = reading.name("list");
    let statuses = match reading.op()? {
        "eq" => reading.text_with_content("value").map(|status| vec![status.to_owned()]),
        "in" => reading.texts().map(|statuses| statuses.into_iter().map(str::to_owned).collect()),
        op => return reading.unknown_op(op, "`eq`, `in`"),
    };
    let mut statuses: Vec<String> = statuses?;
    statuses.sort_unstable();
    statuses.dedup();
    Some(Test::Subscription { list: list?.to_owned(), statuses })
}

/// Attributes declare no type: the operator and the value it compares with say which one is meant.
fn attribute(reading: &mut Reading) -> Option<AttributeTest> {
    let (path, value) = (reading.dotted("name"), attribute_value(reading));
    Some(AttributeTest { path: path?, value: value? })
}

fn attribute_value(reading: &mut Reading) -> Option<AttributeValueTest> {
    Some(match reading.op()? {
        "eq" | "ne" => match reading.required("value")? {
            Value::Number(_) => AttributeValueTest::Number(compare::number(reading)?),
            Value::Bool(_) => AttributeValueTest::Boolean(compare::boolean(reading)?),
            Value::String(_) => AttributeValueTest::Text(compare::text(reading, Folded::Stored)?),
            _ => {
                reading.problem("value", "wrong_type", "expected a text, a number, true or false");
                return None;
            }
        },
        "in" | "not_in" | "contains" | "not_contains" | "starts_with" | "ends_with" | "matches" => {
            AttributeValueTest::Text(compare::text(reading, Folded::Stored)?)
        }
        "between" if matches!(reading.get("value"), Some(Value::String(_))) => AttributeValueTest::Date(compare::date(reading)?),
        "lt" | "lte" | "gt" | "gte" | "between" | "modulo" => AttributeValueTest::Number(compare::number(reading)?),
        "has" | "has_any" | "has_all" | "empty" => AttributeValueTest::List(compare::list(reading)?),
        "set" | "not_set" => AttributeValueTest::Present(compare::present(reading)?),
        "before" | "after" | "on" | "within_last" | "within_next" | "older_than" | "anniversary_within" | "age_gte" | "age_lt" => {
            AttributeValueTest::Date(compare::date(reading)?)
        }
        op => return reading.unknown_op(op, "the operators of text, numbers, booleans, dates and lists"),
    })
}
