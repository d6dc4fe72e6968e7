//! What an explanation says.

use jiff::tz::TimeZone;
use serde_json::json;

use super::{Shown, explain};
use crate::{Attributes, Catalogue, Facts, FieldValue, Fired, Occurrence, Text, check, check_with_trigger};

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
        let attributes = Some(Attributes::new(&json!({ "total": total })));
        facts.activities.insert(&"order".into(), Occurrence { id, at, attributes });
    }

    let explained = explain(&tree, &facts, 100, Shown::Everything);

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
    check_saw(json!({"fact": "segment", "id": 4, "counter": {"op": "gt", "value": 5}}), json!(3));
    check_saw(json!({"fact": "customer", "id": 2}), json!(1));
    check_saw(json!({"fact": "consent", "purpose": "newsletter", "op": "granted"}), json!("denied"));
    check_saw(json!({"fact": "consent", "purpose": "profiling", "op": "granted"}), json!("unanswered"));
    check_saw(json!({"fact": "subscription", "list": "news", "op": "eq", "value": "x"}), json!("pending"));
    check_saw(json!({"fact": "company", "name": "name", "op": "set"}), json!("Ada & Co"));
    check_saw(json!({"fact": "company", "name": "vatId", "op": "set"}), json!(null));
    check_saw(json!({"fact": "field", "name": "extra.a", "op": "gt", "value": 1}), json!("one"));
    check_saw(json!({"fact": "trigger_segment", "op": "gt", "value": 1}), json!(2));
    check_saw(json!({"fact": "trigger_segment", "segments": [4], "op": "gt", "value": 1}), json!(null));
    check_saw(json!({"fact": "trigger_target_group", "target_groups": [6, 5], "op": "gt", "value": 1}), json!(1.5));
    check_saw(json!({"fact": "sequence", "steps": [{"type": "visit"}, {}]}), json!(1));
    check_saw(json!({"fact": "activity", "measure": "last", "op": "set"}), json!("1970-01-01T00:00:00.000010Z"));
    check_saw(json!({"fact": "activity", "measure": "average", "attribute": "n", "op": "gt", "value": 1}), json!(2.5));

    #[track_caller]
    fn check_saw(condition: serde_json::Value, saw: serde_json::Value) {
        let mut catalogue = Catalogue::built_in();
        catalogue.add_segment(4, "four");
        let mut facts = Facts::new(1, TimeZone::UTC);
        catalogue.add_custom_field("extra", crate::FieldKind::Json);
        facts.segments.insert(4, 3);
        facts.consents.insert("newsletter".into(), false);
        facts.subscriptions.insert("news".into(), "pending".into());
        facts.company.insert("name".into(), FieldValue::Text(Text::new("Ada & Co")));
        facts.fields.insert("extra".into(), FieldValue::Json(Attributes::new(&json!({"a": "one"}))));
        facts.trigger.segment = Some(Fired { id: 7, number: 2.0 });
        facts.trigger.target_group = Some(Fired { id: 5, number: 1.5 });
        facts.fields.insert("createdAt".into(), FieldValue::Datetime(7));
        let attributes = Some(Attributes::new(&json!({ "n": 2.5 })));
        facts.activities.insert(&"visit".into(), Occurrence { id: 9, at: 10, attributes });
        let tree = check_with_trigger(&condition, &catalogue).expect("the condition is allowed");
        assert_eq!(explain(&tree, &facts, 100, Shown::Everything)["saw"], saw);
    }
}

#[test]
fn what_somebody_did_is_withheld_and_what_follows_from_it_is_told() {
    let order = json!({"fact": "activity", "type": "order", "measure": "sum", "attribute": "total", "op": "gt", "value": 5});
    let sequence = json!({"fact": "sequence", "steps": [{"type": "order"}, {"type": "visit"}]});
    let attribute = json!({"fact": "attribute", "name": "total", "op": "eq", "value": 7});
    let city = json!({"fact": "field", "name": "city", "op": "set"});
    let condition = json!({"any": [order, {"not": sequence}, attribute, city]});
    let tree = check_with_trigger(&condition, &Catalogue::built_in()).expect("the condition is allowed");
    let mut facts = Facts::new(1, TimeZone::UTC);
    let attributes = || Some(Attributes::new(&json!({ "total": 7 })));
    facts.activities.insert(&"order".into(), Occurrence { id: 1, at: 10, attributes: attributes() });
    facts.trigger.attributes = attributes();

    assert_eq!(
        explain(&tree, &facts, 100, Shown::NoActivities)["children"],
        json!([
            {"condition": order, "matches": true, "withheld": true},
            {"condition": {"not": sequence}, "matches": true, "children": [{"condition": sequence, "matches": false, "withheld": true}]},
            {"condition": attribute, "matches": true, "withheld": true},
            {"condition": city, "matches": false, "saw": null},
        ])
    );
}

#[test]
fn a_sequence_names_the_chain_that_got_furthest() {
    let mut facts = Facts::new(1, TimeZone::UTC);
    for (id, at, kind) in [(1, 10, "order"), (2, 20, "visit"), (5, 30, "visit"), (4, 30, "order"), (6, 40, "mail"), (7, 50, "order")] {
        facts.activities.insert(&kind.into(), Occurrence { id, at, attributes: None });
    }
    told(&["visit", "order"], None, json!([2, 4]), true, &facts);
    told(&["order", "visit", "order"], None, json!([1, 2, 4]), true, &facts);
    told(&["visit", "visit", "visit"], None, json!([2, 5]), false, &facts);
    told(&["order", "order", "order"], None, json!([1, 4, 7]), true, &facts);
    told(&["visit", "mail", "mail"], None, json!([5, 6]), false, &facts);
    told(&["mail", "visit"], None, json!([6]), false, &facts);
    told(&["return", "visit"], None, json!([]), false, &facts);
    told(&["order", "mail"], Some("PT0.00001S"), json!([4, 6]), true, &facts);
    told(&["order", "mail"], Some("PT0.000009S"), json!([7]), false, &facts);

    #[track_caller]
    fn told(kinds: &[&str], span: Option<&str>, chain: serde_json::Value, holds: bool, facts: &Facts) {
        let steps: Vec<_> = kinds.iter().map(|kind| json!({ "type": kind })).collect();
        let mut condition = json!({"fact": "sequence", "steps": steps});
        span.into_iter().for_each(|span| condition["span"] = json!(span));
        let tree = check(&condition, &Catalogue::built_in()).expect("the condition is allowed");
        let explained = explain(&tree, facts, 100, Shown::Everything);
        assert_eq!((&explained["counted"], &explained["matches"]), (&chain, &json!(holds)), "{condition}");
        assert_eq!(explained["saw"], json!(chain.as_array().map_or(0, Vec::len)));
    }
}
