//! What an explanation says.

use std::sync::Arc;

use jiff::tz::TimeZone;
use serde_json::json;

use super::explain;
use crate::{Attributes, Catalogue, Facts, FieldValue, Occurrence, Text, check};

#[test]
fn an_explanation_keeps_the_shape_of_the_tree() {
    let condition = json!({"all": [
        {"fact": "field", "name": "city", "op": "eq", "value": "WIEN"},
        {"not": {"fact": "activity", "type": "order", "op": "gte", "value": 3, "where": {"fact": "attribute", "name": "total", "op": "gt", "value": 5}}},
    ]});
    let tree = check(&condition, &Catalogue::built_in()).expect("the condition is allowed");
    let mut facts = Facts::new(1, TimeZone::UTC);
    facts.fields.insert("city".into(), FieldValue::Text(Text::new("Wien")));
    for (id, at, total) in [(1, 10, 6), (2, 20, 5), (3, 30, 7)] {
        let attributes = Some(Attributes::new(Arc::new(json!({ "total": total }))));
        facts.activities.insert(&"order".into(), Occurrence { id, at, attributes });
    }

    let explained = explain(&tree, &facts, 100);

    assert_eq!(
        explained,
        json!({
            "condition": condition,
            "matches": true,
            "children": [
                {"condition": condition["all"][0], "matches": true, "saw": "Wien"},
                {"condition": condition["all"][1], "matches": true, "children": [
                    {"condition": condition["all"][1]["not"], "matches": false, "saw": 2, "counted": [3, 1]},
                ]},
            ],
        })
    );
}

#[test]
fn a_leaf_tells_what_it_saw() {
    check_saw(json!({"fact": "field", "name": "city", "op": "set"}), json!(null));
    check_saw(json!({"fact": "field", "name": "createdAt", "op": "set"}), json!("1970-01-01T00:00:00.000007Z"));
    check_saw(json!({"fact": "segment", "id": 4, "op": "not_in"}), json!(true));
    check_saw(json!({"fact": "customer", "id": 2}), json!(1));
    check_saw(json!({"fact": "activity", "measure": "last", "op": "set"}), json!("1970-01-01T00:00:00.000010Z"));
    check_saw(json!({"fact": "activity", "measure": "average", "attribute": "n", "op": "gt", "value": 1}), json!(2.5));

    #[track_caller]
    fn check_saw(condition: serde_json::Value, saw: serde_json::Value) {
        let mut catalogue = Catalogue::built_in();
        catalogue.add_segment(4, "four");
        let mut facts = Facts::new(1, TimeZone::UTC);
        facts.segments.insert(4);
        facts.fields.insert("createdAt".into(), FieldValue::Datetime(7));
        let attributes = Some(Attributes::new(Arc::new(json!({ "n": 2.5 }))));
        facts.activities.insert(&"visit".into(), Occurrence { id: 9, at: 10, attributes });
        let tree = check(&condition, &catalogue).expect("the condition is allowed");
        assert_eq!(explain(&tree, &facts, 100)["saw"], saw);
    }
}
