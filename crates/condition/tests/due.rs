//! `due` against a brute-force clock: before it nothing changes, however finely one looks.

mod random;

use condition::calendar::{DAY, HOUR, MINUTE};
use condition::{check, due, evaluate};
use proptest::prelude::*;
use random::NOWS;

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn nothing_changes_before_it_is_due(json in random::condition(), customer in random::customer(1), now in prop::sample::select(&NOWS[..]), shift in -3 * DAY..3 * DAY) {
        let now = now + shift;
        let tree = check(&json, &random::catalogue()).expect("the generator makes what is allowed");
        let facts = customer.facts();
        let answer = evaluate(&tree, &facts, now);
        let due = due(&tree, &facts, now);
        prop_assert!(due.is_none_or(|due| due > now));

        // Every instant at which anything about this customer can happen, and its neighbours.
        let mut instants: Vec<i64> = Vec::new();
        let lengths = [0, 1_000_000, 30 * MINUTE, HOUR, 12 * HOUR, DAY, 36 * HOUR, 2 * DAY, 28 * DAY, 30 * DAY, 365 * DAY];
        let mut moments: Vec<i64> = customer.activities.iter().map(|activity| activity.at).collect();
        moments.push(customer.created_at);
        moments.extend(facts.fields.values().filter_map(|value| if let condition::FieldValue::Datetime(at) = value { Some(*at) } else { None }));
        for moment in moments {
            instants.extend(lengths.iter().flat_map(|length| [moment + length, moment - length]));
            instants.extend((0..8).map(|days| moment + days * DAY));
        }
        // Midnights of every zone lie on quarters of an hour; four hundred days see every window and anniversary come by.
        let quarter = 15 * MINUTE;
        let first = now - now % quarter;
        let quarters = if needs_calendar(&json) { 400 * 96 } else { 0 };
        instants.extend((0..quarters).map(|place| first + place * quarter));
        let end = due.unwrap_or(i64::MAX);
        for instant in instants.into_iter().flat_map(|instant| [instant - 1, instant, instant + 1]) {
            if now < instant && instant < end {
                prop_assert_eq!(evaluate(&tree, &facts, instant), answer, "at {}, {} after {}, due {:?}", instant, instant - now, now, due);
            }
        }
    }
}

fn needs_calendar(json: &serde_json::Value) -> bool {
    let text = json.to_string();
    ["birthDate", "joined"].iter().any(|name| text.contains(name))
}
