//! `due` against a brute-force clock: before it nothing changes, however finely one looks.

mod random;

use condition::calendar::{DAY, HOUR, anniversary, local_date, parse_date, start_of};
use condition::{Facts, FieldValue, check_with_trigger, due, evaluate};
use jiff::civil::Date;
use proptest::prelude::*;
use random::{LENGTHS, NOWS};
use serde_json::Value;

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_changes_before_it_is_due(
        json in random::conditions::condition(),
        customer in random::customer(1),
        now in prop::sample::select(&NOWS[..]),
        shift in -3 * DAY..3 * DAY,
    ) {
        let now = now + shift;
        let tree = check_with_trigger(&json, &random::catalogue()).expect("the generator makes what is allowed");
        let facts = customer.facts();
        let answer = evaluate(&tree, &facts, now);
        let due = due(&tree, &facts, now);
        prop_assert!(due.is_none_or(|due| due > now));
        let text = json.to_string();
        let asks_how_far = ["within_", "anniversary_", "older_than", "age_"].iter().any(|word| text.contains(word));
        if json["fact"] == "sequence" && !asks_how_far {
            prop_assert!(due.is_none_or(|due| evaluate(&tree, &facts, due) != answer), "a sequence knows its instant exactly");
        }

        let end = due.unwrap_or(i64::MAX);
        for instant in instants(&facts, now).into_iter().flat_map(|instant| [instant - 1, instant, instant + 1]) {
            if now < instant && instant < end {
                prop_assert_eq!(evaluate(&tree, &facts, instant), answer, "at {}, {} after {}, due {:?}", instant, instant - now, now, due);
            }
        }
    }
}

/// Every instant at which anything about this customer can happen; and, as nobody can be sure of that, each sixth hour of a
/// year and some.
fn instants(facts: &Facts, now: i64) -> Vec<i64> {
    let mut moments: Vec<i64> =
        facts.activities.types().flat_map(|(_, occurrences)| occurrences.iter().map(|occurrence| occurrence.at)).collect();
    for value in facts.fields.values().chain(facts.company.values()) {
        match value {
            FieldValue::Datetime(at) => moments.push(*at),
            FieldValue::Date(date) => moments.extend(midnights(*date, facts, now)),
            FieldValue::Json(document) => dates_in(&document.plain.to_value(), &mut |date| moments.extend(midnights(date, facts, now))),
            _ => {}
        }
    }
    for attributes in facts.activities.types().flat_map(|(_, lane)| lane).filter_map(|occurrence| occurrence.attributes.as_ref()) {
        dates_in(&attributes.plain.to_value(), &mut |date| moments.extend(midnights(date, facts, now)));
    }
    let around = |moment: i64| LENGTHS.into_iter().flat_map(move |length| [moment + length, moment - length]);
    let days_after = |moment: i64| (0..8).map(move |days| moment + days * DAY);
    let hours = (0..400 * 4).map(|hours| now + hours * 6 * HOUR);
    moments.iter().flat_map(|moment| around(*moment).chain(days_after(*moment))).chain(hours).collect()
}

fn dates_in(document: &Value, take: &mut dyn FnMut(Date)) {
    match document {
        Value::String(text) => parse_date(text).into_iter().for_each(take),
        Value::Array(elements) => elements.iter().for_each(|element| dates_in(element, take)),
        Value::Object(members) => members.values().for_each(|member| dates_in(member, take)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Where a date and its anniversaries begin and end.
fn midnights(date: Date, facts: &Facts, now: i64) -> Vec<i64> {
    let year = local_date(&facts.zone, now).year();
    let days = (year - 1..=year + 2).filter_map(|year| anniversary(date, year)).chain([date]);
    days.flat_map(|day| [Some(day), day.tomorrow().ok()])
        .flatten()
        .map(|day| start_of(&facts.zone, day))
        .filter(|start| *start < i64::MAX / 2)
        .collect()
}
