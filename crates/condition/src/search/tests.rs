//! What texts mean, and what is told of those that mean nothing.

use serde_json::{Value, json};

use super::{SearchProblem, parse};
use crate::{Catalogue, check, evaluate};
use crate::{Facts, FieldValue, Text};

/// The condition in short: fields and operators left out where only the city is asked for its whole value.
fn short(condition: &Value) -> String {
    let list = |children: &Value, word: &str| {
        let children: Vec<String> = children.as_array().into_iter().flatten().map(short).collect();
        format!("({})", children.join(word))
    };
    match condition.as_object().and_then(|object| object.iter().next()) {
        Some((key, children)) if key == "all" => list(children, " & "),
        Some((key, children)) if key == "any" => list(children, " | "),
        Some((key, child)) if key == "not" => format!("!{}", short(child)),
        _ if condition["op"] == "eq" => condition["value"].as_str().map_or_else(|| condition["value"].to_string(), str::to_owned),
        _ => format!("{}:{}", condition["op"].as_str().unwrap_or_default(), condition["value"].as_str().unwrap_or_default()),
    }
}

#[test]
fn texts() {
    means("", "()");
    means("  ", "()");
    means("a", "a");
    means("a b", "(a & b)");
    means("a AND b", "(a & b)");
    means("a OR b", "(a | b)");
    means("a OR b AND c", "(a | (b & c))");
    means("a b OR c d", "((a & b) | (c & d))");
    means("(a OR b) c", "((a | b) & c)");
    means("a(b OR c)d", "(a & (b | c) & d)");
    means("((a))", "a");
    means("!a", "!a");
    means("! ! !a", "!a");
    means("!!a", "a");
    means("NOT a AND NOT !b", "(!a & b)");
    means("!(a b)", "!(a & b)");
    means("a !b", "(a & !b)");
    means("wow! O'Brien 5\"", "(wow! & O'Brien & 5\")");
    means("Andreas Oregon Nottingham", "(Andreas & Oregon & Nottingham)");
    means("rock and roll or not", "(rock & and & roll & or & not)");
    means("ANDOR", "ANDOR");
    means("\"a AND b\" 'c (d' \"\"", "(a AND b & c (d & )");
    means("\"a*\"", "a*");
    means("a*", "starts_with:a");
    means("*a", "ends_with:a");
    means("*a*", "contains:a");
    means("*", "set:");
    means("***", "set:");
    means("a*b", "matches:(?s)^a.*b$");
    means("*a.b*c*", "matches:(?s)^.*a\\.b.*c.*$");
    means("a**", "matches:(?s)^a.*.*$");

    #[track_caller]
    fn means(text: &str, condition: &str) {
        let catalogue = Catalogue::built_in();
        let parsed = parse(text, &["city"], &catalogue).unwrap_or_else(|problem| panic!("{text}: {problem:?}"));
        assert_eq!(short(&parsed), condition, "{text}");
        check(&parsed, &catalogue).unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
    }
}

#[test]
fn problems_name_the_spot() {
    told("AND a", 1, "unexpected");
    told("a AND OR b", 7, "unexpected");
    told("a OR", 5, "missing");
    told("ä AND ", 7, "missing");
    told("a !", 4, "missing");
    told("a ! OR b", 5, "unexpected");
    told("(a", 1, "unclosed");
    told("a (b OR (c)", 3, "unclosed");
    told("a) OR b", 2, "unexpected");
    told("()", 2, "unexpected");
    told("a \"b", 3, "unclosed");
    told("'t Hart", 1, "unclosed");
    told("a\0", 2, "bad_text");
    told("((((a))))", 4, "too_deep");
    told(&"a ".repeat(21), 41, "too_long");
    told(&"a".repeat(501), 501, "too_long");

    #[track_caller]
    fn told(text: &str, at: usize, code: &'static str) {
        let told = parse(text, &["city"], &Catalogue::built_in());
        assert!(matches!(&told, Err(SearchProblem { at: found, code: told, .. }) if (*found, *told) == (at, code)), "{text}: {told:?}");
    }
}

#[test]
fn a_term_looks_into_every_field() {
    let found = parse("7 !ada*", &["id", "firstname", "email", "active", "nonsense"], &Catalogue::built_in());
    let leaf = |name: &str, op: &str, value: Value| json!({"op": op, "value": value, "fact": "field", "name": name});
    let seven = json!({"any": [leaf("id", "eq", json!(7)), leaf("firstname", "eq", json!("7")), leaf("email", "eq", json!("7"))]});
    let ada = json!({"any": [leaf("firstname", "starts_with", json!("ada")), leaf("email", "starts_with", json!("ada"))]});
    assert_eq!(found, Ok(json!({"all": [seven, {"not": ada}]})));
    assert_eq!(parse("x", &["id"], &Catalogue::built_in()), Ok(json!({"any": []})));
}

#[test]
fn the_largest_search_is_a_condition() {
    let catalogue = Catalogue::built_in();
    let fields = ["email", "firstname", "lastname", "street", "zip", "city", "phone", "language", "gender", "salutation"];
    let text = format!("x OR !(a OR b !(a OR b !(a OR b !c))) {}", "!a*b ".repeat(12));
    let condition = parse(&text, &fields, &catalogue).expect("the search is allowed");
    let tree = check(&condition, &catalogue).expect("the condition is allowed");
    let mut facts = Facts::new(1, jiff::tz::TimeZone::UTC);
    facts.fields.insert("city".into(), FieldValue::Text(Text::new("X")));
    assert!(evaluate(&tree, &facts, 0));
}
