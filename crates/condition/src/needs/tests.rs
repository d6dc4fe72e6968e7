//! What conditions read.

use serde_json::{Value, json};

use super::{ActivityNeed, Needs, Reach, needs};
use crate::calendar::DAY;
use crate::{Catalogue, check_with_trigger};

fn needs_of(condition: Value) -> Needs {
    let mut catalogue = Catalogue::built_in();
    catalogue.add_segment(3, "three");
    needs(&check_with_trigger(&condition, &catalogue).expect("the condition is allowed"))
}

#[test]
fn every_leaf_tells_what_it_reads() {
    let count = |within: &str| json!({"fact": "activity", "type": "order", "op": "gte", "value": 1, "within": within});
    let needs = needs_of(json!({"all": [
        {"not": {"fact": "field", "name": "city", "op": "set"}},
        {"any": [{"fact": "segment", "reference": "three"}, {"fact": "attribute", "name": "total", "op": "gt", "value": 1}]},
        count("30d"), count("90d"),
        {"fact": "activity", "measure": "sum", "attribute": "total", "op": "gt", "value": 1},
        {"fact": "sequence", "steps": [{"type": "visit"}, {"type": "mail", "where": {"all": []}}], "within": "7d"},
        {"fact": "segment", "id": 3, "counter": {"op": "gt", "value": 2}},
        {"fact": "consent", "purpose": "newsletter", "op": "granted"},
        {"fact": "subscription", "list": "news", "op": "eq", "value": "pending"},
        {"fact": "company", "name": "name", "op": "set"},
    ]}));
    assert_eq!(needs.fields.into_iter().collect::<Vec<_>>(), ["city"]);
    assert_eq!(needs.segments.into_iter().collect::<Vec<_>>(), [3]);
    assert!(needs.trigger && needs.time && needs.moves);
    assert_eq!(needs.activities[&Some("order".to_owned())], ActivityNeed { needs_attributes: false, reach: Reach::Within(90 * DAY) });
    assert_eq!(needs.activities[&Some("visit".to_owned())], ActivityNeed { needs_attributes: false, reach: Reach::Within(7 * DAY) });
    assert_eq!(needs.activities[&Some("mail".to_owned())], ActivityNeed { needs_attributes: true, reach: Reach::Within(7 * DAY) });
    assert_eq!(needs.counters.into_iter().collect::<Vec<_>>(), [3]);
    assert_eq!(needs.consents.into_iter().collect::<Vec<_>>(), ["newsletter"]);
    assert_eq!(needs.subscriptions.into_iter().collect::<Vec<_>>(), ["news"]);
    assert!(needs.company);
    assert_eq!(needs.activities[&None], ActivityNeed { needs_attributes: true, reach: Reach::All });
}

#[test]
fn time_moves_some_conditions_only() {
    check(json!({"fact": "field", "name": "city", "op": "set"}), (false, false));
    check(json!({"fact": "field", "name": "createdAt", "op": "after", "value": "2026-01-01"}), (false, false));
    check(json!({"fact": "field", "name": "createdAt", "op": "within_last", "value": "1d"}), (true, true));
    check(json!({"fact": "field", "name": "birthDate", "op": "age_gte", "value": 18}), (true, true));
    // An order dated in the future changes the count when its day comes.
    check(json!({"fact": "activity", "op": "gte", "value": 1}), (true, false));
    check(json!({"fact": "company", "name": "createdAt", "op": "older_than", "value": "1d"}), (true, true));
    check(json!({"fact": "sequence", "steps": [{}, {}]}), (true, false));
    check(json!({"fact": "sequence", "steps": [{}, {}], "within": "1d"}), (true, true));
    check(json!({"fact": "activity", "measure": "days_since_last", "op": "gte", "value": 1}), (true, true));

    #[track_caller]
    fn check(condition: Value, (time, moves): (bool, bool)) {
        let needs = needs_of(condition);
        assert_eq!((needs.time, needs.moves), (time, moves));
    }
}

#[test]
fn another_time_zone_moves_days() {
    let created = |op: &str, value: &str| json!({"fact": "field", "name": "createdAt", "op": op, "value": value});
    check(json!({"fact": "field", "name": "birthDate", "op": "age_gte", "value": 18}), true);
    check(json!({"fact": "field", "name": "birthDate", "op": "before", "value": "2026-05-01"}), false);
    check(created("on", "2026-05-01"), true);
    check(created("before", "2026-05-01T00:00:00Z"), false);
    check(created("within_last", "7d"), false);
    check(json!({"fact": "activity", "measure": "last", "op": "after", "value": "2026-05-01"}), true);
    check(json!({"fact": "activity", "op": "gte", "value": 1, "within": "7d"}), false);
    let leaving = json!({"fact": "attribute", "name": "leaving", "op": "within_next", "value": "7d"});
    check(json!({"fact": "activity", "op": "gte", "value": 1, "where": leaving}), true);
    check(json!({"fact": "sequence", "steps": [{}, {"where": {"not": leaving}}]}), true);
    check(json!({"fact": "company", "name": "createdAt", "op": "on", "value": "2026-05-01"}), true);

    #[track_caller]
    fn check(condition: Value, days: bool) {
        assert_eq!(needs_of(condition.clone()).days, days, "{condition}");
    }
}

#[test]
fn the_further_reach_counts() {
    check(Reach::Within(5), Reach::Within(7), Reach::Within(7));
    check(Reach::From(5), Reach::From(7), Reach::From(5));
    check(Reach::From(5), Reach::Within(7), Reach::Either { within: 7, from: 5 });
    check(Reach::Either { within: 7, from: 5 }, Reach::Within(9), Reach::Either { within: 9, from: 5 });
    check(Reach::All, Reach::Within(7), Reach::All);
    assert_eq!(Reach::Either { within: 7, from: 95 }.since(100), 94);
    assert_eq!(Reach::Either { within: 7, from: 90 }.since(100), 90);

    #[track_caller]
    fn check(one: Reach, other: Reach, both: Reach) {
        assert_eq!(one.or(other), both);
        assert_eq!(other.or(one), both);
    }
}

#[test]
fn merging_adds_up() {
    let mut all = needs_of(json!({"fact": "field", "name": "city", "op": "set"}));
    all.merge(&needs_of(json!({"fact": "activity", "type": "order", "op": "gte", "value": 1, "within": "1d"})));
    assert!(all.reads_activity("order") && !all.reads_activity("visit"));
    all.merge(&needs_of(json!({"fact": "activity", "op": "gte", "value": 1, "within": "1d"})));
    assert!(all.reads_activity("visit"));
    assert_eq!(all.activities.len(), 2);
}
