//! Rules against values, pair by pair.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

#[test]
fn what_is_wrong_with_a_rule() {
    check(json!({ "name": "a", "fields": [{ "field": "email" }] }), &[]);
    check(json!({ "name": "a", "fields": [{ "field": "b", "soundex": true, "similarity": "similar_text", "threshold": 62.5 }] }), &[]);
    check(json!({ "name": " ", "fields": [] }), &["/name", "/fields"]);
    check(json!({ "name": "a", "fields": [{ "field": "" }] }), &["/fields/0/field"]);
    check(json!({ "name": "a", "fields": [{ "field": "b" }, { "field": "b" }] }), &["/fields/1/field"]);
    check(json!({ "name": "a", "fields": [{ "field": "b", "threshold": 50 }] }), &["/fields/0/threshold"]);
    check(json!({ "name": "a", "fields": [{ "field": "b", "similarity": "zip", "threshold": 100.5 }] }), &["/fields/0/threshold"]);
    check(json!({ "name": "a", "fields": [{ "field": "b" }, { "field": "c", "metaphone": true }] }), &["/fields/1"]);
    let many: Vec<Value> = (0..=FIELDS_MAX).map(|number| json!({ "field": format!("f{number}") })).collect();
    check(json!({ "name": "a", "fields": many }), &["/fields"]);

    #[track_caller]
    fn check(rule: Value, expected: &[&str]) {
        let problems = read(rule).check();
        assert_eq!(problems.iter().map(|(pointer, _)| pointer.as_str()).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn unknown_settings_are_refused() {
    let rule = json!({ "name": "a", "fields": [{ "field": "b", "fuzzy": true }] });
    assert!(serde_json::from_value::<Rule>(rule).is_err());
}

#[test]
fn keys_of_a_customer() {
    let rule = read(json!({ "name": "a", "fields": [
        { "field": "given", "transformer": "simplify", "metaphone": true, "soundex": true },
        { "field": "family", "transformer": "simplify", "metaphone": true },
        { "field": "born", "transformer": "date" },
    ] }));

    check(&rule, &["Jörg", "Müller", "1970-01-01"], Some(("joerg\u{1f}mueller\u{1f}1970-01-01", Some("J620"), Some("JRKMLR"))));
    check(&rule, &["0", "Müller", "1970-01-01"], Some(("0\u{1f}mueller\u{1f}1970-01-01", None, Some("MLR"))));
    check(&rule, &["0", "1", "1970-01-01"], Some(("0\u{1f}1\u{1f}1970-01-01", None, None)));
    check(&rule, &["Jörg", " ", "1970-01-01"], None);
    check(&rule, &["Jörg", "Müller", "soon"], None);
    check(&rule, &["Jörg", "Müller"], None);
    check(&Rule { name: String::new(), fields: Vec::new() }, &[], None);

    #[track_caller]
    fn check(rule: &Rule, values: &[&str], expected: Option<(&str, Option<&str>, Option<&str>)>) {
        let keys = keys(rule, values);
        let found = keys.as_ref().map(|keys| (keys.exact.as_str(), keys.soundex.as_deref(), keys.metaphone.as_deref()));
        assert_eq!(found, expected);
    }
}

#[test]
fn two_customers() {
    let sounding = json!([{ "field": "given", "soundex": true, "similarity": "similar_text" }, { "field": "zip", "similarity": "zip" }]);
    check(&sounding, &["Markus", "5020"], &["MARKUS ", "5020"], Some(Judged::Exact));
    check(&sounding, &["markus", "5020"], &["marcus", "5021"], similar(&[Some(250.0 / 3.0), Some(75.0)]));
    check(&sounding, &["markus", "5020"], &["marcus", "1111"], rejected("zip", 0.0, 60.0));
    check(&sounding, &["markus", "5020"], &["thomas", "5020"], None);

    let strict = json!([{ "field": "given", "metaphone": true, "similarity": "similar_text", "threshold": 83.5 }]);
    check(&strict, &["markus"], &["marcus"], rejected("given", 250.0 / 3.0, 83.5));
    let lenient = json!([{ "field": "given", "metaphone": true, "similarity": "similar_text", "threshold": 83.25 }]);
    check(&lenient, &["markus"], &["marcus"], similar(&[Some(250.0 / 3.0)]));

    let partly = json!([{ "field": "given", "soundex": true }, { "field": "zip", "similarity": "zip" }]);
    check(&partly, &["smith", "5020"], &["schmidt", "5021"], similar(&[None, Some(75.0)]));

    let silent = json!([{ "field": "given", "similarity": "similar_text" }]);
    check(&silent, &["markus"], &["marcus"], None);
    check(&silent, &["markus"], &["Markus"], Some(Judged::Exact));

    let plain = json!([{ "field": "given", "soundex": true }]);
    check(&plain, &["markus"], &["marcus"], None);

    #[track_caller]
    fn check(fields: &Value, a: &[&str], b: &[&str], expected: Option<Judged>) {
        let rule = read(json!({ "name": "a", "fields": fields }));
        let (a, b) = (keys(&rule, a).expect("all values"), keys(&rule, b).expect("all values"));
        assert_eq!(rule.judge(&a, &b), expected);
    }
    fn similar(scores: &[Option<f64>]) -> Option<Judged> {
        Some(Judged::Similar { scores: scores.to_vec() })
    }
    fn rejected(field: &str, score: f64, threshold: f64) -> Option<Judged> {
        Some(Judged::Rejected { field: field.to_owned(), score, threshold })
    }
}

#[test]
fn values_with_the_sign_between_values_do_not_run_together() {
    let rule =
        read(json!({ "name": "a", "fields": [{ "field": "given", "transformer": "none" }, { "field": "zip", "transformer": "none" }] }));
    let (a, b) = (keys(&rule, &["a\u{1f}b", "c"]).expect("all values"), keys(&rule, &["a", "b\u{1f}c"]).expect("all values"));
    assert_eq!(rule.judge(&a, &b), None);
    assert_ne!(a.exact, b.exact);
}

proptest! {
    #[test]
    fn any_values_are_judged(a in ["(?s)([ -~]|.){0,30}", "(?s)([ -~]|.){0,30}"], b in ["(?s)([ -~]|.){0,30}", "(?s)([ -~]|.){0,30}"]) {
        let rule = read(json!({ "name": "a", "fields": [
            { "field": "given", "transformer": "simplify", "soundex": true, "metaphone": true, "similarity": "similar_text", "threshold": 0 },
            { "field": "zip", "transformer": "street", "similarity": "zip" },
        ] }));
        let keys = |values: &[String; 2]| keys(&rule, &values.each_ref().map(String::as_str));
        if let (Some(a), Some(b)) = (keys(&a), keys(&b)) {
            prop_assert_eq!(rule.judge(&a, &a), Some(Judged::Exact));
            rule.judge(&a, &b);
        }
    }
}

fn read(rule: Value) -> Rule {
    serde_json::from_value(rule).expect("a rule")
}

/// The values in the order of the rule's fields.
fn keys(rule: &Rule, values: &[&str]) -> Option<Keys> {
    rule.keys(&|name| {
        let at = rule.fields.iter().position(|field| field.field == name)?;
        values.get(at).map(|value| (*value).to_owned())
    })
}
