//! The text of a few typical conditions. What it means is tested on both databases in `tests/agreement.rs`.

use serde_json::{Value, json};
use sql::Statement;

use super::render;
use crate::{Catalogue, check};

#[test]
fn statements() {
    expect(json!({"all": []}), "true");
    expect(json!({"not": {"any": []}}), "not (false)");
    expect(json!({"fact": "customer", "id": 7}), "c.id = $1");
    expect(json!({"fact": "field", "name": "city", "op": "eq", "value": "Wien"}), "coalesce(c.city_folded, '') = $1");
    expect(
        json!({"any": [{"fact": "field", "name": "token", "op": "eq", "value": "X"}, {"fact": "segment", "id": 1}]}),
        "(coalesce(c.token, '') = $1 or exists (select 1 from memberships as m join segments as s \
         on s.id = m.segment_id and s.generation = m.generation where m.customer_id = c.id and m.segment_id = $2))",
    );
    expect(
        json!({"fact": "activity", "type": "order", "op": "gte", "value": 1, "within": "1d"}),
        "exists (select 1 from activities as a where a.customer_id = c.id and a.type = $1 and a.occurred_at >= $2 and a.occurred_at <= $3)",
    );
    expect(
        json!({"fact": "sequence", "steps": [{"type": "visit"}, {"type": "order"}], "span": "1h"}),
        "(exists (select 1 from activities as a where a.customer_id = c.id and a.type = $1 and a.occurred_at <= $2) and \
         exists (select 1 from activities as a where a.customer_id = c.id and a.type = $3 and a.occurred_at <= $4) and \
         exists (select 1 from (select s.customer_id, s.occurred_at, s.id, s.is_2, max(case when s.is_1 then s.occurred_at end) \
         over (partition by s.customer_id order by s.occurred_at, s.id rows between unbounded preceding and 1 preceding) as began_1 \
         from (select a.customer_id, a.occurred_at, a.id, (a.type = $5) as is_1, (a.type = $6) as is_2 from activities as a \
         where a.customer_id = c.id and a.type in ($7, $8) and a.occurred_at <= $9) as s) as s \
         where s.is_2 and s.began_1 is not null and s.occurred_at - s.began_1 <= $10))",
    );
    expect(
        json!({"fact": "company", "name": "name", "op": "not_set"}),
        "not exists (select 1 from companies as o where o.id = c.company_id and not (not (o.name_folded is not null and o.name_folded <> '')))",
    );
    expect(
        json!({"fact": "activity", "op": "gte", "value": 3, "where": {"fact": "attribute", "name": "a.b", "op": "gt", "value": 1}}),
        "coalesce((select v.value >= $1 from (select cast(count(*) as {double}) as value from activities as a where a.customer_id = c.id \
         and a.occurred_at <= $2 and coalesce({number a.attributes:a.b} > $3, false) group by a.customer_id) as v), false)",
    );
}

#[test]
fn a_calendar_test_asks_each_group_of_zones() {
    let mut statement = Statement::default();
    let mut catalogue = Catalogue::built_in();
    catalogue.zone = jiff::tz::TimeZone::get("Europe/Vienna").expect("the zone is known");
    let condition = json!({"fact": "field", "name": "birthDate", "op": "age_gte", "value": 18});
    let tree = check(&condition, &catalogue).expect("the condition is allowed");
    // Half past midnight in Vienna, so that London is still a day behind.
    render(&tree, 1_772_321_400_000_000, &mut statement);
    assert!(statement.text.contains("'europe/london'"), "{}", statement.text);
    assert!(!statement.text.contains("'europe/berlin'"), "{}", statement.text);
    assert_eq!(statement.values, ["2008-02-28".into(), "2008-03-01".into()]);
}

#[track_caller]
fn expect(condition: Value, text: &str) {
    let mut catalogue = Catalogue::built_in();
    catalogue.add_segment(1, "one");
    let mut statement = Statement::default();
    render(&check(&condition, &catalogue).expect("the condition is allowed"), 1_000_000_000_000_000, &mut statement);
    assert_eq!(statement.text, text);
}
