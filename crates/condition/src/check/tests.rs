//! What passes the door, and what is told about what does not.

use serde_json::{Value, json};

use crate::tree::{Node, SegmentTest, Test, TextOp, TextTest, Window};
use crate::{Catalogue, FieldKind, Problem, check, check_where, check_with_trigger};

fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::built_in();
    catalogue.add_custom_field("score", FieldKind::Number);
    catalogue.add_custom_field("bad'name", FieldKind::Text);
    catalogue.add_custom_field("tags", FieldKind::List);
    catalogue.add_custom_field("extra", FieldKind::Json);
    catalogue.add_segment(1, "gold");
    catalogue.add_segment(2, "silver");
    catalogue.add_segment(3, "silver");
    catalogue
}

/// What is told, as `path code`.
fn told(problems: Vec<Problem>) -> Vec<String> {
    problems.into_iter().map(|problem| format!("{} {}", problem.path, problem.code)).collect()
}

#[track_caller]
fn refused(condition: Value, expected: &[&str]) {
    let problems = check(&condition, &catalogue()).expect_err("this must be refused");
    assert_eq!(told(problems), expected, "{condition}");
}

#[track_caller]
fn passes(condition: Value) {
    let tree = check(&condition, &catalogue()).unwrap_or_else(|problems| panic!("{condition}: {problems:#?}"));
    assert_eq!(tree.to_json(), condition);
}

#[test]
fn nodes() {
    passes(json!({"all": []}));
    passes(json!({"not": {"any": [{"all": []}]}}));
    refused(json!([]), &[" wrong_type"]);
    refused(json!({}), &[" missing"]);
    refused(json!({"all": {}}), &["/all wrong_type"]);
    refused(json!({"all": [], "any": []}), &["/any unknown_key"]);
    refused(json!({"not": [], "a/b~": 1}), &["/a~1b~0 unknown_key", "/not wrong_type"]);
    refused(json!({"all": [{"any": [1]}, {"not": null}]}), &["/all/0/any/0 wrong_type", "/all/1/not wrong_type"]);
}

#[test]
fn limits() {
    let nested = |depth: usize| (1..depth).fold(json!({"all": []}), |inner, _| json!({"not": inner}));
    passes(nested(16));
    refused(nested(17), &[&format!("{} too_deep", "/not".repeat(16))]);
    let wide = |nodes: usize| json!({"any": vec![json!({"all": []}); nodes - 1]});
    passes(wide(300));
    refused(wide(400), &["/any/299 too_many_nodes"]);
    let values = |count: usize| json!({"fact": "field", "name": "city", "op": "in", "values": vec!["x"; count]});
    passes(values(1_000));
    refused(values(1_001), &["/values too_many_values"]);
    passes(json!({"any": vec![values(1_000); 10]}));
    refused(json!({"any": vec![values(1_000); 12]}), &["/any/10/values too_many_values"]);
    refused(json!({"fact": "field", "name": "city", "op": "eq", "value": "x".repeat(1_001)}), &["/value too_long"]);
    let filtered = json!({"fact": "activity", "op": "gte", "value": 1, "where": nested(15)});
    passes(filtered.clone());
    refused(json!({"not": filtered}), &[&format!("/not/where{} too_deep", "/not".repeat(14))]);
}

#[test]
fn facts() {
    refused(json!({"fact": 1}), &["/fact wrong_type"]);
    refused(json!({"fact": "weather"}), &["/fact unknown_fact"]);
    for fact in ["browser", "has_segment", "local_time", "visits"] {
        refused(json!({"fact": fact, "whatever": 1}), &["/fact live_fact"]);
        refused(json!({"fact": "activity", "op": "gte", "value": 1, "where": {"fact": fact}}), &["/where/fact live_fact"]);
    }
    refused(json!({"fact": "attribute", "name": "a", "op": "set"}), &["/fact out_of_place"]);
    refused(json!({"fact": "trigger_segment", "op": "gte", "value": 3}), &["/fact out_of_place"]);
    refused(json!({"fact": "trigger_target_group", "op": "gte", "value": 3}), &["/fact out_of_place"]);
}

#[test]
fn fields() {
    passes(json!({"fact": "field", "name": "city", "op": "eq", "value": "Wien", "exact": true}));
    passes(json!({"fact": "field", "name": "score", "op": "between", "value": 1, "to": 2.5}));
    passes(json!({"fact": "field", "name": "emailOk", "op": "eq", "value": false}));
    passes(json!({"fact": "field", "name": "birthDate", "op": "anniversary_within", "value": "7d"}));
    passes(json!({"fact": "field", "name": "createdAt", "op": "on", "value": "2026-05-01"}));
    passes(json!({"fact": "field", "name": "tags", "op": "has_all", "values": ["a"]}));
    passes(json!({"fact": "field", "name": "extra", "op": "set"}));
    refused(json!({"fact": "field"}), &["/name missing"]);
    refused(json!({"fact": "field", "name": "nix", "op": "eq", "value": 1}), &["/name unknown_field"]);
    refused(json!({"fact": "field", "name": "bad'name", "op": "set"}), &["/name bad_name"]);
    refused(json!({"fact": "field", "name": "city", "value": 1}), &["/op missing"]);
    refused(json!({"fact": "field", "name": "city", "op": "lt", "value": 1}), &["/op unknown_operator"]);
    passes(json!({"fact": "field", "name": "city", "op": "matches", "value": "^x"}));
    refused(json!({"fact": "field", "name": "city", "op": "matches", "value": "(x"}), &["/value bad_pattern"]);
    refused(json!({"fact": "field", "name": "city", "op": "eq", "value": 1, "exact": 1}), &["/exact wrong_type", "/value wrong_type"]);
    refused(json!({"fact": "field", "name": "city", "op": "set", "value": "x"}), &["/value unknown_key"]);
    refused(json!({"fact": "field", "name": "city", "op": "contains", "value": ""}), &["/value empty"]);
    refused(json!({"fact": "field", "name": "city", "op": "eq", "value": "a\0b"}), &["/value bad_text"]);
    refused(
        json!({"fact": "field", "name": "city", "op": "in", "values": ["a", 1, null]}),
        &["/values/1 wrong_type", "/values/2 wrong_type"],
    );
    refused(json!({"fact": "field", "name": "score", "op": "between", "value": 2, "to": 1}), &["/to bad_range"]);
    refused(json!({"fact": "field", "name": "score", "op": "between"}), &["/value missing", "/to missing"]);
    refused(json!({"fact": "field", "name": "score", "op": "modulo", "value": 0}), &["/value wrong_type"]);
    refused(json!({"fact": "field", "name": "score", "op": "eq", "value": 1, "exact": true}), &["/exact unknown_key"]);
    refused(json!({"fact": "field", "name": "active", "op": "ne", "value": true}), &["/op unknown_operator"]);
    refused(json!({"fact": "field", "name": "birthDate", "op": "on", "value": "2026-02-29"}), &["/value bad_date"]);
    refused(json!({"fact": "field", "name": "birthDate", "op": "age_gte", "value": 18.5}), &["/value wrong_type"]);
    refused(json!({"fact": "field", "name": "birthDate", "op": "anniversary_within", "value": "400d"}), &["/value bad_duration"]);
    refused(json!({"fact": "field", "name": "createdAt", "op": "within_last", "value": "P1M"}), &["/value bad_duration"]);
    refused(json!({"fact": "field", "name": "createdAt", "op": "after", "value": "yesterday"}), &["/value bad_instant"]);
    refused(json!({"fact": "field", "name": "tags", "op": "has_all", "values": []}), &["/values empty"]);
}

#[test]
fn segments_and_customers() {
    passes(json!({"fact": "segment", "id": 1}));
    passes(json!({"fact": "segment", "reference": "gold", "op": "not_in"}));
    passes(json!({"fact": "customer", "id": 9}));
    refused(json!({"fact": "segment"}), &["/id missing"]);
    refused(json!({"fact": "segment", "id": 9, "op": "eq"}), &["/op unknown_operator", "/id unknown_segment"]);
    refused(json!({"fact": "segment", "id": 1, "reference": "gold"}), &["/reference unknown_key"]);
    refused(json!({"fact": "segment", "reference": "silver"}), &["/reference ambiguous_reference"]);
    refused(json!({"fact": "segment", "reference": "lead"}), &["/reference unknown_segment"]);
    passes(json!({"fact": "segment", "id": 1, "op": "not_in", "counter": {"op": "between", "value": 2, "to": 3}}));
    refused(json!({"fact": "segment", "id": 1, "counter": 3}), &["/counter wrong_type"]);
    refused(json!({"fact": "segment", "id": 1, "counter": {}}), &["/counter/op missing"]);
    refused(
        json!({"fact": "segment", "id": 1, "counter": {"op": "set", "x": 1}}),
        &["/counter/op unknown_operator", "/counter/x unknown_key"],
    );
    refused(json!({"fact": "customer", "id": "9", "op": "eq"}), &["/id wrong_type", "/op unknown_key"]);
}

#[test]
fn activities() {
    passes(json!({"fact": "activity", "type": "order", "within": "90d", "op": "gte", "value": 3}));
    passes(json!({"fact": "activity", "measure": "last", "op": "older_than", "value": "180d"}));
    passes(
        json!({"fact": "activity", "within": {"from": "2026-01-01T00:00:00Z"}, "measure": "sum", "attribute": "a.b", "op": "gt", "value": 1}),
    );
    let leaf = |key: &str, value: Value| {
        let mut leaf = json!({"fact": "activity", "op": "gte", "value": 3});
        leaf[key] = value;
        leaf
    };
    refused(leaf("type", json!("")), &["/type empty"]);
    refused(leaf("within", json!("soon")), &["/within bad_duration"]);
    refused(leaf("within", json!(3)), &["/within wrong_type"]);
    refused(leaf("within", json!({})), &["/within missing"]);
    refused(leaf("within", json!({"from": "x", "till": 1})), &["/within/till unknown_key", "/within/from bad_instant"]);
    refused(leaf("within", json!({"from": "2026-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"})), &["/within/to bad_range"]);
    refused(leaf("measure", json!("median")), &["/measure unknown_measure"]);
    refused(leaf("measure", json!("sum")), &["/attribute missing"]);
    refused(leaf("attribute", json!("total")), &["/attribute unknown_key"]);
    refused(leaf("where", json!({"fact": "field", "name": "city", "op": "set"})), &["/where/fact out_of_place"]);
    refused(leaf("where", json!({"any": [{"fact": "attribute", "name": "a..b", "op": "set"}]})), &["/where/any/0/name bad_name"]);
    refused(leaf("op", json!("set")), &["/op unknown_operator", "/value unknown_key"]);
    refused(json!({"fact": "activity", "op": "not_set"}), &["/op unknown_operator"]);
}

#[test]
fn sequences() {
    let step = |kind: &str| json!({ "type": kind });
    let leaf = |steps: Vec<Value>| json!({"fact": "sequence", "steps": steps});
    let with = |key: &str, value: Value| {
        let mut leaf = leaf(vec![step("visit"), step("order")]);
        leaf[key] = value;
        leaf
    };
    let filter = json!({"fact": "attribute", "name": "total", "op": "gt", "value": 1});
    passes(leaf(vec![json!({}), json!({"fact": "activity", "type": "order", "where": filter})]));
    passes(with("within", json!({"from": "2026-01-01T00:00:00Z"})));
    passes(with("span", json!("2h")));
    passes(leaf(vec![step("visit"); 10]));
    refused(json!({"fact": "sequence"}), &["/steps missing"]);
    refused(leaf(vec![step("visit")]), &["/steps wrong_type"]);
    refused(leaf(vec![step("visit"); 11]), &["/steps wrong_type"]);
    refused(leaf(vec![json!(1), step("")]), &["/steps/0 wrong_type", "/steps/1/type empty"]);
    refused(leaf(vec![step("a"), json!({"op": "gte"})]), &["/steps/1/op unknown_key"]);
    refused(leaf(vec![step("a"), json!({"fact": "field"})]), &["/steps/1/fact out_of_place"]);
    refused(leaf(vec![step("a"), json!({"where": {"fact": "customer"}})]), &["/steps/1/where/fact out_of_place"]);
    refused(with("span", json!("soon")), &["/span bad_duration"]);
    refused(with("measure", json!("count")), &["/measure unknown_key"]);
    refused(json!({"any": vec![leaf(vec![step("a"); 10]); 28]}), &["/any/27/steps/1 too_many_nodes"]);
}

#[test]
fn consents_subscriptions_and_companies() {
    passes(json!({"fact": "consent", "purpose": "newsletter", "op": "unanswered"}));
    refused(json!({"fact": "consent", "op": "asked"}), &["/purpose missing", "/op unknown_operator"]);
    passes(json!({"fact": "subscription", "list": "news", "op": "eq", "value": "subscribed"}));
    passes(json!({"fact": "subscription", "list": "news", "op": "in", "values": []}));
    refused(json!({"fact": "subscription", "list": "", "op": "eq", "value": ""}), &["/list empty", "/value empty"]);
    refused(json!({"fact": "subscription", "list": "news", "op": "ne", "value": "x"}), &["/op unknown_operator"]);
    passes(json!({"fact": "company", "name": "vatId", "op": "starts_with", "value": "AT"}));
    passes(json!({"fact": "company", "name": "createdAt", "op": "within_last", "value": "30d"}));
    refused(json!({"fact": "company", "name": "city", "op": "set"}), &["/name unknown_field"]);
    refused(json!({"fact": "company", "name": "id", "op": "contains", "value": "1"}), &["/op unknown_operator"]);
}

#[test]
fn values_inside_of_documents() {
    passes(json!({"fact": "field", "name": "extra.colour", "op": "eq", "value": "red"}));
    passes(json!({"fact": "field", "name": "extra.sizes.shoe", "op": "between", "value": 1, "to": 2}));
    refused(json!({"fact": "field", "name": "extra..a", "op": "set"}), &["/name bad_name"]);
    refused(json!({"fact": "field", "name": "score.a", "op": "set"}), &["/name unknown_field"]);
    passes(json!({"fact": "field", "name": "extra.born", "op": "age_gte", "value": 1}));
    refused(json!({"fact": "field", "name": "extra.a", "op": "granted"}), &["/op unknown_operator"]);
}

#[test]
fn what_fired_the_rule() {
    let in_rule = |condition: Value| check_with_trigger(&condition, &catalogue()).map(|tree| tree.to_json()).map_err(told);
    for condition in [
        json!({"fact": "trigger_segment", "op": "gte", "value": 3}),
        json!({"fact": "trigger_segment", "segments": [2, 1], "op": "modulo", "value": 3}),
        json!({"fact": "trigger_target_group", "target_groups": [9], "op": "lt", "value": 0.5}),
    ] {
        assert_eq!(in_rule(condition.clone()), Ok(condition));
    }
    let refused =
        |condition: Value, told: &[&str]| assert_eq!(in_rule(condition), Err(told.iter().map(|told| (*told).to_owned()).collect()));
    refused(json!({"fact": "trigger_segment", "segments": [1, 9], "op": "gte", "value": 3}), &["/segments/1 unknown_segment"]);
    refused(json!({"fact": "trigger_target_group", "target_groups": [], "op": "x"}), &["/target_groups empty", "/op unknown_operator"]);
    refused(json!({"fact": "trigger_target_group", "target_groups": ["1"], "op": "set"}), &["/target_groups/0 wrong_type"]);
}

#[test]
fn attributes() {
    let leaf = |op: &str, value: Value| check_where(&json!({"fact": "attribute", "name": "a.b", "op": op, "value": value})).map_err(told);
    for (op, value) in
        [("eq", json!("x")), ("ne", json!(1)), ("eq", json!(true)), ("gt", json!(1)), ("has", json!("x")), ("ends_with", json!("x"))]
    {
        assert!(leaf(op, value).is_ok(), "{op}");
    }
    assert_eq!(leaf("eq", json!(null)), Err(vec!["/value wrong_type".to_owned()]));
    assert_eq!(leaf("ne", json!(true)), Err(vec!["/op unknown_operator".to_owned()]));
    assert_eq!(leaf("gt", json!("x")), Err(vec!["/value wrong_type".to_owned()]));
    for (op, value) in
        [("before", json!("2026-01-01")), ("within_next", json!("3d")), ("age_lt", json!(2)), ("anniversary_within", json!("7d"))]
    {
        assert!(leaf(op, value).is_ok(), "{op}");
    }
    assert_eq!(leaf("on", json!("2026-01-01T00:00:00Z")), Err(vec!["/value bad_date".to_owned()]));
    assert!(check_where(&json!({"fact": "attribute", "name": "a", "op": "between", "value": "2026-01-01", "to": "2026-01-02"})).is_ok());
    assert_eq!(leaf("like", json!("x")), Err(vec!["/op unknown_operator".to_owned()]));
    let mixed = json!({"all": [{"fact": "attribute", "name": "a", "op": "set"}, {"fact": "customer", "id": 1}]});
    assert!(check_with_trigger(&mixed, &catalogue()).is_ok());
    assert_eq!(check_where(&mixed).map_err(told), Err(vec!["/all/1/fact out_of_place".to_owned()]));
}

#[test]
fn a_tree_is_resolved() {
    let root = |condition: Value| check(&condition, &catalogue()).expect("this passes").root;
    let Node::Leaf(leaf) = root(json!({"fact": "field", "name": "city", "op": "in", "values": ["b", "Ä", "ä"]})) else {
        panic!("a leaf")
    };
    let Test::Field(test) = leaf.test else { panic!("a field") };
    let folded = TextTest { exact: false, op: TextOp::In(vec!["b".to_owned(), "ä".to_owned()]) };
    assert_eq!(test.value, crate::tree::FieldValueTest::Text(folded));
    let Node::Leaf(leaf) = root(json!({"fact": "segment", "reference": "gold"})) else { panic!("a leaf") };
    assert_eq!(leaf.test, Test::Segment(SegmentTest { id: 1, inside: true, counter: None }));
    let Node::Leaf(leaf) = root(json!({"fact": "activity", "within": "2h", "op": "gte", "value": 1})) else { panic!("a leaf") };
    let Test::Activity(test) = leaf.test else { panic!("an activity") };
    assert_eq!(test.window, Window::Last(7_200_000_000));
    assert_eq!(test.window.bounds(7_200_000_000), (1, 7_200_000_000));
}
