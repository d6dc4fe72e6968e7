//! That `due` is exact where it can be; that it is never late is tested against a clock in `tests/due.rs`.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::due;
use crate::calendar::DAY;
use crate::{Catalogue, Facts, FieldValue, Occurrence, check};

const NOW: i64 = 100 * DAY;

#[test]
fn the_exact_instant() {
    let orders =
        |op: &str, value: i64, within: &str| json!({"fact": "activity", "type": "order", "op": op, "value": value, "within": within});
    let days_since_last =
        |op: &str, value: Value| json!({"fact": "activity", "type": "order", "measure": "days_since_last", "op": op, "value": value});
    // Orders 1, 2, 5 and 50 days ago, and one to come in 3 days.
    expect(orders("gte", 3, "30d"), Some(28 * DAY), "the coming order makes up for the first that leaves, not for the second");
    expect(orders("gte", 1, "10d"), Some(13 * DAY), "the coming order is the last to leave");
    expect(orders("gte", 4, "10d"), Some(3 * DAY), "the coming order makes it four");
    expect(orders("eq", 3, "10d"), Some(3 * DAY), "");
    expect(json!({"fact": "activity", "type": "visit", "op": "gte", "value": 1, "within": "10d"}), None, "nothing ever happens");
    expect(json!({"fact": "activity", "type": "order", "op": "lt", "value": 5}), Some(3 * DAY), "");
    expect(json!({"fact": "activity", "type": "order", "op": "lt", "value": 9}), None, "one more is not enough");
    expect(
        json!({"fact": "activity", "type": "order", "measure": "days_since_last", "op": "gte", "value": 2, "within": {"to": "1970-04-12T00:00:00Z"}}),
        Some(DAY),
        "",
    );
    expect(days_since_last("eq", json!(1)), Some(DAY), "a day more is one too many");
    expect(days_since_last("eq", json!(2)), Some(DAY), "");
    expect(days_since_last("modulo", json!(3)), Some(2 * DAY), "");
    expect(json!({"fact": "field", "name": "createdAt", "op": "older_than", "value": "2d"}), Some(DAY), "");
    expect(json!({"fact": "field", "name": "birthDate", "op": "age_gte", "value": 1}), Some(265 * DAY), "");
    expect(json!({"fact": "segment", "id": 1}), None, "");
    let leaving = |op: &str| json!({"fact": "attribute", "name": "leaving", "op": op, "value": "3d"});
    let trips = |op: &str| json!({"fact": "activity", "type": "trip", "op": "gte", "value": 1, "where": leaving(op)});
    // One trip was booked a while ago; it begins in five days.
    expect(trips("within_next"), Some(2 * DAY), "");
    expect(trips("older_than"), Some(8 * DAY), "");
    expect(json!({"fact": "sequence", "steps": [{"type": "order"}, {"type": "trip", "where": leaving("within_next")}]}), Some(2 * DAY), "");
    let sequence = |within: Value, span: Value| {
        let mut leaf = json!({"fact": "sequence", "steps": [{"type": "order"}, {"type": "order"}, {}]});
        let parts = [("within", within), ("span", span)].into_iter().filter(|(_, value)| !value.is_null());
        parts.for_each(|(key, value)| leaf[key] = value);
        leaf
    };
    expect(sequence(json!("10d"), json!(null)), Some(8 * DAY), "the coming order makes up for the first that leaves");
    expect(sequence(json!("4d"), json!(null)), None, "the first two leave before the third comes");
    expect(sequence(json!("6d"), json!(null)), Some(DAY), "the coming order comes too late for that");
    expect(sequence(json!("60d"), json!("4d")), Some(55 * DAY), "");
    expect(sequence(json!({"from": "1970-04-09T00:00:00Z"}), json!(null)), Some(3 * DAY), "with the coming order there are three");
    expect(sequence(json!({"from": "1970-04-09T00:00:00Z", "to": "1970-04-13T00:00:00Z"}), json!(null)), None, "it comes after the end");
    expect(sequence(json!(null), json!(null)), None, "what is done stays done");
}

#[test]
fn a_child_that_never_changes_settles_it() {
    let moving = json!({"fact": "field", "name": "createdAt", "op": "older_than", "value": "2d"});
    let (never, always) = (json!({"any": []}), json!({"all": []}));
    expect(json!({"all": [moving, never]}), None, "");
    expect(json!({"any": [moving, always]}), None, "");
    expect(json!({"any": [moving, never]}), Some(DAY), "");
    expect(json!({"not": {"all": [moving, always]}}), Some(DAY), "");
    let later = json!({"fact": "field", "name": "createdAt", "op": "older_than", "value": "9d"});
    expect(json!({"all": [moving, later]}), Some(8 * DAY), "both must hold");
    expect(json!({"any": [moving, later]}), Some(DAY), "one is enough");
}

/// `after` counts from now.
#[track_caller]
fn expect(condition: Value, after: Option<i64>, why: &str) {
    let mut catalogue = Catalogue::built_in();
    catalogue.add_segment(1, "one");
    let tree = check(&condition, &catalogue).expect("the condition is allowed");
    let mut facts = Facts::new(1, TimeZone::UTC);
    facts.fields.insert("createdAt".into(), FieldValue::Datetime(NOW - DAY));
    facts.fields.insert("birthDate".into(), FieldValue::Date(jiff::civil::date(1970, 1, 1)));
    for (id, days) in [(1, -1), (2, -2), (3, -5), (4, -50), (5, 3)] {
        facts.activities.insert(&"order".into(), Occurrence { id, at: NOW + days * DAY, attributes: None });
    }
    let attributes = Some(crate::Attributes::new(&json!({"leaving": "1970-04-16"})));
    facts.activities.insert(&"trip".into(), Occurrence { id: 6, at: NOW - 20 * DAY, attributes });
    assert_eq!(due(&tree, &facts, NOW).map(|due| due - NOW), after, "{condition} {why}");
}
