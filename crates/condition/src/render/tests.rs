//! The text of a few typical conditions. What it means is tested on both databases in `tests/agreement.rs`.

use serde_json::{Value, json};
use sql::Statement;

use super::{render, render_count, render_each, render_whom};
use crate::{Catalogue, Tree, check};

#[test]
fn statements() {
    expect(json!({"all": []}), "true");
    expect(json!({"not": {"any": []}}), "not (false)");
    expect(json!({"fact": "customer", "id": 7}), "c.id = $1");
    expect(json!({"fact": "field", "name": "city", "op": "eq", "value": "Wien"}), "coalesce(c.city_folded, '') = $1");
    expect(
        json!({"any": [{"fact": "segment", "id": 1}, {"fact": "field", "name": "token", "op": "eq", "value": "X"}]}),
        "((c.token is not null and c.token = $1) or {among c.id m.customer_id} memberships as m join segments as s on s.id = m.segment_id \
         and s.generation = m.generation where {is_among c.id m.customer_id} and m.segment_id = $2))",
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
}

#[test]
fn activities_of_a_short_time_are_found_all_at_once() {
    let last_day = json!({"fact": "activity", "type": "order", "op": "gte", "value": 1, "within": "1d"});
    expect(
        last_day.clone(),
        "{among c.id a.customer_id} activities as a where {is_among c.id a.customer_id} and a.type = $1 and a.occurred_at >= $2 and a.occurred_at <= $3)",
    );
    expect(
        json!({"fact": "activity", "op": "lt", "value": 3, "within": "1d"}),
        "not {among c.id v.customer_id} (select a.customer_id from activities as a where true and a.occurred_at >= $1 \
         and a.occurred_at <= $2 group by a.customer_id having count(*) >= $3) as v where {is_among c.id v.customer_id})",
    );
    let of_one = json!({"all": [last_day, {"fact": "customer", "id": 7}]});
    let one_by_one = "exists (select 1 from activities as a where a.customer_id = c.id and a.type = ";
    expect(of_one.clone(), &format!("(c.id = $1 and {one_by_one}$2 and a.occurred_at >= $3 and a.occurred_at <= $4))"));
    assert!(rendered(&of_one["all"][0], render_each).starts_with(one_by_one));
}

#[test]
fn whoever_is_found_by_keys_is_not_looked_up() {
    let ordered = json!({"fact": "activity", "type": "order", "op": "gte", "value": 1, "within": "1d"});
    let silent = json!({"fact": "activity", "type": "login", "op": "eq", "value": 0, "within": "7d"});
    let found = "(select a.customer_id as id from activities as a where true and a.type = $1 and a.occurred_at >= $2 \
                 and a.occurred_at <= $3) as c";
    assert_eq!(rendered(&ordered, render_whom), format!(" from (select c.id from {found} where true group by c.id) as c where true"));
    let both = rendered(&json!({"all": [silent, ordered]}), render_whom);
    let begin = format!(" from (select c.id from {found} except select c.id from (select a.customer_id as id from activities as a where");
    assert!(both.starts_with(&begin) && both.ends_with(") as c) as c where true"), "{both}");
    let field = json!({"fact": "field", "name": "firstname", "op": "eq", "value": "Ernst"});
    let condition = json!({"all": [ordered, field]});
    assert_eq!(rendered(&condition, render_whom), format!(" from customers as c where {}", rendered(&condition, render)));
    assert_eq!(rendered(&silent, render_whom), format!(" from customers as c where ({})", rendered(&silent, render)));
    let others = format!("select (select count(*) from customers) - (select count(distinct c.id) from {found})");
    assert_eq!(rendered(&silent, render_count), others);
    assert_eq!(rendered(&json!({ "not": ordered }), render_count), others);
    assert_eq!(rendered(&ordered, render_count), format!("select count(*){}", rendered(&ordered, render_whom)));
}

#[test]
fn what_is_dear_is_asked_of_those_who_are_left() {
    let member = |id: i64| json!({"fact": "segment", "id": id});
    let often = json!({"fact": "activity", "type": "order", "op": "gte", "value": 3});
    let spent = json!({"fact": "activity", "type": "order", "measure": "sum", "attribute": "value", "op": "gte", "value": 100});
    let text = rendered(&json!({"all": [spent, often, {"any": [member(1), member(2)]}]}), render_whom);
    let begin = " from (select c.id from (select c.id from (select m.customer_id as id from memberships as m join segments as s \
                 on s.id = m.segment_id and s.generation = m.generation where true and m.segment_id in ($1, $2)) as c \
                 where true group by c.id) as c where (exists (select 1 from (select a.customer_id from activities as a \
                 where {own a.customer_id c.id} and a.type = $3 and a.occurred_at <= $4 {enough a.customer_id $5}) as v \
                 where v.customer_id = c.id)) {fence}) as c where exists (select 1 from (select a.customer_id, coalesce({sum a.attributes:value}";
    assert!(text.starts_with(begin), "{text}");
}

#[test]
fn branches_that_ask_a_field_and_more_are_asked_apart() {
    let from = |country: &str| json!({"fact": "field", "name": "countryCode", "op": "eq", "value": country});
    let did = |kind: &str| json!({"fact": "activity", "type": kind, "op": "gte", "value": 1, "within": "1d"});
    let (one, other) = (json!({"all": [from("DE"), did("order")]}), json!({"all": [from("AT"), did("login")]}));
    let apart = rendered(&json!({"any": [one, other]}), render_whom);
    let (begin, end) = apart.split_once(" union select c.id").unwrap();
    assert_eq!(begin, format!(" from (select c.id{}", rendered(&one, render_whom)));
    assert!(end.starts_with(" from customers as c where (c.country_code_folded = $") && end.ends_with(") as c where true"), "{end}");
    let beside_a_field = rendered(&json!({"any": [one, from("CH")]}), render_whom);
    assert!(beside_a_field.starts_with(" from customers as c where (c.country_code_folded = $1 or ("), "{beside_a_field}");
}

#[test]
fn segments_are_asked_for_together() {
    let member = |id: i64| json!({"fact": "segment", "id": id});
    let joined = "memberships as m join segments as s on s.id = m.segment_id and s.generation = m.generation where";
    expect(
        json!({"any": [member(1), member(2)]}),
        &format!("({{among c.id m.customer_id}} {joined} {{is_among c.id m.customer_id}} and m.segment_id in ($1, $2)))"),
    );
    expect(
        json!({"all": [{"not": member(1)}, {"fact": "segment", "id": 2, "op": "not_in"}]}),
        "(not exists (select 1 from memberships as m where m.customer_id = c.id and \
         (m.segment_id = $1 and m.generation = (select s.generation from segments as s where s.id = $2) or \
         m.segment_id = $3 and m.generation = (select s.generation from segments as s where s.id = $4))))",
    );
    let none_of_many = rendered(&json!({"all": vec![json!({"not": member(1)}); 9]}), render);
    assert_eq!(none_of_many, format!("(not exists (select 1 from {joined} m.customer_id = c.id and m.segment_id {{in_ints $1}}))"));
}

#[test]
fn who_did_it_once_is_looked_for_before_who_did_it_often() {
    let phone = json!({"fact": "attribute", "name": "device", "op": "eq", "value": "Phone"});
    let once = json!({"fact": "activity", "type": "view", "op": "gte", "value": 1, "where": phone});
    let often = json!({"fact": "activity", "type": "visit", "op": "gte", "value": 9});
    let text = rendered(&json!({"any": [often, once]}), render_whom);
    let own = "a.customer_id = c.id and a.type";
    let filter = "{plain coalesce(a.attributes_folded, a.attributes):device} = $3";
    assert_eq!(
        text,
        format!(
            " from customers as c where ((exists (select 1 from activities as a where {own} = $1 and a.occurred_at <= $2 and {filter}) or \
             exists (select 1 from (select a.customer_id from activities as a where {own} = $4 and a.occurred_at <= $5 \
             {{enough a.customer_id $6}}) as v where v.customer_id = c.id)))"
        )
    );
}

#[test]
fn a_null_stands_for_false_where_nothing_negates_it() {
    let named = json!({"fact": "field", "name": "firstname", "op": "starts_with", "value": "E"});
    assert_eq!(rendered(&named, render_whom), " from customers as c where (c.firstname_folded >= $1 and c.firstname_folded < $2)");
    let strict = "(c.firstname_folded is not null and c.firstname_folded >= $1 and c.firstname_folded < $2)";
    assert_eq!(rendered(&json!({ "not": named }), render_whom), format!(" from customers as c where not ({strict})"));
    expect(named, strict);
    let is_json = json!({"fact": "attribute", "name": "size", "op": "in", "values": ["42", "m"]});
    let sized = rendered(&json!({"fact": "activity", "op": "gte", "value": 1, "where": is_json}), render_whom);
    assert!(sized.contains(" and {string coalesce(a.attributes_folded, a.attributes):size} in ("), "{sized}");
}

#[test]
fn what_activities_hold_is_read_where_there_are_enough_of_them() {
    let condition =
        json!({"fact": "activity", "op": "gte", "value": 3, "where": {"fact": "attribute", "name": "a.b", "op": "gt", "value": 1}});
    let enough = "exists (select 1 from (select a.customer_id from activities as a where {own a.customer_id c.id} \
                  and a.occurred_at <= $1 {enough a.customer_id $2}) as v where v.customer_id = c.id)";
    let passing = "exists (select 1 from (select a.customer_id from activities as a where a.customer_id = c.id and a.occurred_at <= $3 \
                   and {number a.attributes:a.b} > $4 {enough a.customer_id $5}) as v where v.customer_id = c.id)";
    expect(condition.clone(), &format!("({enough} and {passing})"));
    assert!(!rendered(&condition, render_each).contains(" and exists"));
}

#[test]
fn what_is_cheap_and_lets_few_pass_comes_first() {
    let visited = json!({"fact": "activity", "type": "visit", "op": "gte", "value": 1, "within": "90d"});
    let ordered = json!({"fact": "activity", "type": "order", "op": "gte", "value": 1, "within": "7d"});
    let silent = json!({"fact": "activity", "type": "login", "op": "eq", "value": 0, "within": "7d"});
    let member = json!({"fact": "segment", "id": 1});
    let field = json!({"fact": "field", "name": "city", "op": "eq", "value": "wien", "exact": true});
    let condition = json!({"all": [silent, visited, ordered, member, field]});
    let tree = check(&condition, &catalogue()).expect("the condition is allowed");
    let mut statement = Statement::default();
    render(&tree, 1_000_000_000_000_000, &mut statement);
    let place = |text: &str| statement.values.iter().position(|value| *value == text.into()).expect("it is bound");
    let places = [place("wien"), place("order"), place("visit"), place("login")];
    assert!(places.is_sorted(), "{}", statement.text);
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
    assert_eq!(rendered(&condition, render), text);
}

fn rendered(condition: &Value, form: fn(&Tree, i64, &mut Statement)) -> String {
    let mut statement = Statement::default();
    form(&check(condition, &catalogue()).expect("the condition is allowed"), 1_000_000_000_000_000, &mut statement);
    statement.text
}

fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::built_in();
    catalogue.add_segment(1, "one");
    catalogue.add_segment(2, "two");
    catalogue
}
