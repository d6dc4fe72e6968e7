//! Tables of mappings: what is refused before anything is read, and the bodies that rows become.

use super::*;
use serde_json::json;

fn options(value: Value) -> Options {
    serde_json::from_value(value).unwrap()
}

fn plan(kind: Kind, columns: Option<&str>, with: Value) -> Result<Plan, Vec<Problem>> {
    let columns: Option<Vec<String>> = columns.map(|names| names.split(',').map(str::to_owned).collect());
    let (options, fields) = (options(with), Fields::default());
    let columns = columns.as_deref();
    Plan::new(&Wanted { kind, options: &options, file_name: "orders.csv", columns, fields: &fields, zone: TimeZone::UTC })
}

#[test]
fn what_is_wrong_is_said_before_anything_is_read() {
    use Kind::{Activities, Customers};
    check(Customers, "email,name", json!({}), "");
    check(Customers, "a,b", json!({}), "incomplete");
    check(Customers, "email,email", json!({}), "duplicate_column");
    check(Customers, "a,b", json!({"map": {"a": "email", "c": "city"}}), "missing_column");
    check(Customers, "a,b", json!({"map": {"a": "email", "b": "email"}}), "mapped_twice");
    check(Customers, "a,b", json!({"map": {"a": "email", "b": "colour"}}), "unknown_field");
    check(Customers, "email", json!({"rowIds": true}), "incomplete");
    check(Customers, "email", json!({"set": {"active": "perhaps"}}), "invalid");
    check(Customers, "email", json!({"timeZone": "Mars/Olympus", "dateFormat": "%!"}), "invalid invalid");
    check(Activities, "a,b", json!({"map": {"a": "customer.email", "b": "occurredAt"}}), "incomplete");
    check(Activities, "a,b", json!({"map": {"a": "customer.email", "b": "occurredAt"}, "activityType": "order"}), "");
    check(Activities, "type,occurredAt", json!({}), "incomplete");
    let clash = json!({"map": {"a": "attributes.total", "b": "attributes.total.net"}, "set": {"type": "x", "customer.id": "1", "occurredAt": "2026-01-01"}});
    check(Activities, "a,b", clash, "mapped_twice");

    #[track_caller]
    fn check(kind: Kind, columns: &str, with: Value, codes: &str) {
        let problems = plan(kind, Some(columns), with).err().unwrap_or_default();
        let found: Vec<&str> = problems.iter().map(|problem| problem.code.as_str()).collect();
        assert_eq!(found.join(" "), codes, "{problems:?}");
    }
}

#[test]
fn rows_become_bodies() {
    let orders = json!({"map": {"who": "customer.external:shop", "day": "occurredAt", "usd": "attributes.amount:number"}, "activityType": "order", "rowIds": true});
    let id = |row: u64| format!("{}-{row}", &hash("orders.csv")[..NAME_DIGITS]);
    let body = json!({"customer": {"externalId": {"shop": "004"}}, "occurredAt": "1997-01-01T00:00:00Z", "attributes": {"amount": 29.33},
        "type": "order", "externalId": id(7)});
    check(orders.clone(), &["004", "1997-01-01", "29.33"], Ok(body));
    let body = json!({"customer": {"externalId": {"shop": "004"}}, "type": "order", "externalId": id(7)});
    check(orders.clone(), &[" 004 ", "", ""], Ok(body));
    check(orders.clone(), &["004", "1.1.97", "lots"], Err("/occurredAt /attributes/amount"));
    check(orders.clone(), &["004", "1997-01-01"], Err("too_few_fields"));
    check(orders, &["004", "1997-01-01", "1", "2"], Err("too_many_fields"));

    #[track_caller]
    fn check(with: Value, fields: &[&str], expected: Result<Value, &str>) {
        let plan = plan(Kind::Activities, Some("who,day,usd"), with).unwrap();
        let content = Content::Fields(fields.iter().map(|field| (*field).to_owned()).collect());
        let told = plan.body(Row { number: 7, content }).map_err(|problems| {
            let place = |problem: &Problem| if problem.path.is_empty() { problem.code.clone() } else { problem.path.clone() };
            problems.iter().map(place).collect::<Vec<_>>().join(" ")
        });
        assert_eq!(told, expected.map_err(str::to_owned));
    }
}

#[test]
fn lines_become_bodies() {
    let line = json!({"who": {"mail": "ada@example.org"}, "n": 3, "on": "2026-01-02", "gone": null});
    let with = json!({"map": {"who.mail": "customer.email", "n": "attributes.n:number", "on": "occurredAt", "gone": "externalId"}, "activityType": "visit"});
    let body =
        json!({"customer": {"email": "ada@example.org"}, "attributes": {"n": 3}, "occurredAt": "2026-01-02T00:00:00Z", "type": "visit"});
    check(with, &line, &body);
    check(json!({}), &line, &line);
    let whole = json!({"type": "order"});
    check(
        json!({"set": {"type": "visit", "attributes.source": "file"}}),
        &whole,
        &json!({"type": "order", "attributes": {"source": "file"}}),
    );

    #[track_caller]
    fn check(with: Value, line: &Value, expected: &Value) {
        let plan = plan(Kind::Activities, None, with).unwrap();
        assert_eq!(plan.body(Row { number: 1, content: Content::Json(line.clone()) }).unwrap(), *expected);
    }
}

#[test]
fn delimiters_that_were_asked_for() {
    check(None, Ok(None));
    check(Some("tab"), Ok(Some(b'\t')));
    check(Some(";"), Ok(Some(b';')));
    check(Some("::"), Err(()));
    check(Some("\""), Err(()));

    #[track_caller]
    fn check(asked: Option<&str>, expected: Result<Option<u8>, ()>) {
        let options = Options { delimiter: asked.map(str::to_owned), ..Options::default() };
        assert_eq!(delimiter(&options).map_err(drop), expected, "{asked:?}");
    }
}
