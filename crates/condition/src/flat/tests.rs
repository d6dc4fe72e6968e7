//! What flat conditions mean, by truth tables, and what is told of those that cannot be imported.

use serde_json::{Value, json};

use super::parse;
use crate::{Catalogue, Facts, FieldKind, FieldValue, check_with_trigger, evaluate};
use jiff::tz::TimeZone;

const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::built_in();
    NAMES.into_iter().for_each(|name| catalogue.add_custom_field(name, FieldKind::Boolean));
    catalogue.add_custom_field("score", FieldKind::Number);
    catalogue.add_custom_field("tags", FieldKind::List);
    catalogue.add_custom_field("extra", FieldKind::Json);
    catalogue.add_segment(3, "three");
    catalogue
}

/// A test from words such as `or ( a`, `and_not b )`.
fn flat(text: &str) -> Value {
    let mut test = json!({ "bracketLeft": false, "bracketRight": false, "operator": null });
    for word in text.split(' ') {
        match word {
            "(" => test["bracketLeft"] = json!(true),
            ")" => test["bracketRight"] = json!(true),
            "and" | "or" | "and_not" => test["operator"] = json!(word),
            name => {
                test["implementationClass"] = json!("\\CustomerManagementFrameworkBundle\\ActionTrigger\\Condition\\CustomerField");
                test["options"] = json!({ "fieldname": name, "fieldvalue": "1" });
            }
        }
    }
    test
}

#[test]
fn truth_tables() {
    type Truth = fn([bool; 5]) -> bool;
    check(&[], |_| true);
    check(&["a"], |[a, ..]| a);
    check(&["and_not a"], |[a, ..]| a);
    check(&["or a", "and b"], |[a, b, ..]| a && b);
    check(&["a", "or b", "and c"], |[a, b, c, ..]| a || b && c);
    check(&["a", "and b", "or c"], |[a, b, c, ..]| a && b || c);
    check(&["a", "and_not b", "or c", "and_not d"], |[a, b, c, d, _]| a && !b || c && !d);
    check(&["( a", "or b )", "and c"], |[a, b, c, ..]| (a || b) && c);
    check(&["a", "and_not ( b", "or c )"], |[a, b, c, ..]| a && !(b || c));
    check(&["a", "and_not ( b", "and_not c )", "or d"], |[a, b, c, d, _]| a && (!b || c) || d);
    check(&["a", "or ( b", "and ( c", "or d )", "and e )"], |[a, b, c, d, e]| a || b && (c || d) && e);
    check(&["a", "and ( b )", "or c"], |[a, b, c, ..]| a && b || c);
    check(&["a )", "or b )", "and c"], |[a, b, c, ..]| a || b && c);
    check(&["a", "and ( b", "or c"], |[a, b, c, ..]| a && (b || c));
    check(&["( a", "or ( b", "and c"], |[a, b, c, ..]| a || b && c);

    #[track_caller]
    fn check(tests: &[&str], truth: Truth) {
        let list: Value = tests.iter().map(|test| flat(test)).collect();
        let condition = parse(&list, &catalogue()).unwrap_or_else(|problems| panic!("{tests:?}: {problems:?}"));
        let tree = check_with_trigger(&condition, &catalogue()).expect("what is imported is allowed");
        for bits in 0..32_u8 {
            let flags: [bool; 5] = std::array::from_fn(|place| bits >> place & 1 == 1);
            let mut facts = Facts::new(1, TimeZone::UTC);
            facts.fields = NAMES.into_iter().zip(flags).map(|(name, flag)| (name.into(), FieldValue::Boolean(flag))).collect();
            assert_eq!(evaluate(&tree, &facts, 0), truth(flags), "{tests:?} {flags:?} {condition}");
        }
    }
}

#[test]
fn leaves() {
    let count = |options: Value| ("CountActivities", options);
    let field = |name: &str, value: Value| ("CustomerField", json!({ "fieldname": name, "fieldvalue": value }));
    becomes(
        count(json!({"type": "order", "operator": ">=", "count": "3"})),
        json!({"fact": "activity", "type": "order", "op": "gte", "value": 3}),
    );
    becomes(count(json!({"type": "", "operator": "%", "count": 2})), json!({"fact": "activity", "op": "modulo", "value": 2}));
    becomes(count(json!({"count": 0})), json!({"fact": "activity", "op": "eq", "value": 0}));
    becomes(("Customer", json!({"customerId": "7"})), json!({"fact": "customer", "id": 7}));
    becomes(("Customer", json!({"customerId": 7, "not": "on"})), json!({"not": {"fact": "customer", "id": 7}}));
    becomes(("Segment", json!({"segmentId": 3, "not": "0"})), json!({"fact": "segment", "id": 3, "op": "in"}));
    becomes(("Segment", json!({"segmentId": 3, "not": true})), json!({"fact": "segment", "id": 3, "op": "not_in"}));
    becomes(field("city", json!("Wien")), json!({"fact": "field", "name": "city", "op": "eq", "value": "Wien"}));
    becomes(field("city", json!("")), json!({"fact": "field", "name": "city", "op": "not_set"}));
    becomes(field("birthdate", json!("1990-05-01")), json!({"fact": "field", "name": "birthDate", "op": "on", "value": "1990-05-01"}));
    becomes(field("score", json!("2.5")), json!({"fact": "field", "name": "score", "op": "eq", "value": 2.5}));
    becomes(field("active", json!("0")), json!({"fact": "field", "name": "active", "op": "eq", "value": false}));
    becomes(field("tags", json!("x")), json!({"fact": "field", "name": "tags", "op": "has", "value": "x"}));
    becomes(field("tags", Value::Null), json!({"fact": "field", "name": "tags", "op": "empty"}));
    becomes(("CountTrackedSegment", json!({"count": 2, "segments": []})), json!({"fact": "trigger_segment", "op": "gte", "value": 2}));
    becomes(
        ("CountTrackedSegment", json!({"operator": "<", "count": 2, "segments": ["3"]})),
        json!({"fact": "trigger_segment", "op": "lt", "value": 2, "segments": [3]}),
    );
    becomes(
        ("CountTargetGroupWeight", json!({"count": "9", "targetGroup": [4, 5]})),
        json!({"fact": "trigger_target_group", "op": "gte", "value": 9, "target_groups": [4, 5]}),
    );

    #[track_caller]
    fn becomes((class, options): (&str, Value), leaf: Value) {
        let list = json!([{"implementationClass": class, "options": options}]);
        assert_eq!(parse(&list, &catalogue()), Ok(leaf));
    }
}

#[test]
fn problems_name_the_place_in_the_list() {
    let test = |class: &str, options: Value| json!({"implementationClass": class, "options": options});
    let fine = || test("Customer", json!({"customerId": 1}));
    told(json!({}), &[" wrong_type"]);
    told(json!([1, fine(), "x"]), &["/0 wrong_type", "/2 wrong_type"]);
    told(json!([fine(), test("My\\Own", json!({}))]), &["/1/implementationClass unknown_condition"]);
    told(json!([fine(), {"operator": "xor"}]), &["/1/operator unknown_operator"]);
    told(json!([test("CountActivities", json!({"operator": "!=", "count": 1}))]), &["/0/options/operator unknown_operator"]);
    told(json!([test("CountActivities", json!({"count": "many"}))]), &["/0/options/count wrong_type"]);
    told(json!([test("CountActivities", json!({"operator": "%", "count": 0}))]), &["/0/options wrong_type"]);
    told(json!([test("Customer", json!({}))]), &["/0/options/customerId wrong_type"]);
    told(json!([test("Segment", json!({"segmentId": 9}))]), &["/0/options unknown_segment"]);
    told(json!([test("CustomerField", json!({"fieldname": "nix"}))]), &["/0/options/fieldname unknown_field"]);
    told(json!([test("CustomerField", json!({"fieldname": "score", "fieldvalue": "x"}))]), &["/0/options/fieldvalue wrong_type"]);
    told(json!([test("CustomerField", json!({"fieldname": "birthdate", "fieldvalue": "x"}))]), &["/0/options bad_date"]);
    told(json!([test("CustomerField", json!({"fieldname": "extra", "fieldvalue": "x"}))]), &["/0/options/fieldvalue wrong_type"]);
    told(json!([test("CountTrackedSegment", json!({"count": 1, "segments": ["x"]}))]), &["/0/options/segments wrong_type"]);
    told(json!(vec![fine(); 101]), &[" too_long"]);
    let deep: Value = (0..20).map(|_| flat("and_not ( a")).collect();
    told(deep, &[" too_deep"]);

    #[track_caller]
    fn told(list: Value, expected: &[&str]) {
        let problems = parse(&list, &catalogue()).expect_err("this cannot be imported");
        let told: Vec<String> = problems.into_iter().map(|problem| format!("{} {}", problem.path, problem.code)).collect();
        assert_eq!(told, expected, "{list}");
    }
}
