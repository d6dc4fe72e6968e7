//! Roll-ups: whatever happens, they say what a count of the rows says.

use super::merging::{Shop, merge};
use super::transfer::{file, import};
use serde_json::{Value, json};
use server::rollups;
use server::time::Instant;
use server::transfer::Kind;
use server::work::Work;
use store::Statement;
use testkit::{TestApp, on_each_store};

const HOUR: i64 = 3_600_000_000;

/// What stands in the tables, counted row by row: figure, subject, hour, number.
type Counted = Vec<(String, String, i64, i64)>;

const ROWS: &str = "select 'activities', type, occurred_at / $1, count(*) from activities group by 2, 3
    union all select 'customers', case when active then 'active' else 'inactive' end, created_at / $1, count(*) from customers group by 2, 3
    union all select 'known', 'known', created_at / $1, count(*) from customers
      where email is not null or phone is not null or firstname is not null or lastname is not null group by 3
    union all select 'members', segment_id || ':' || generation, 0, count(*) from memberships group by 2, 3
    union all select case when entered then 'entered' else 'left' end, cast(segment_id as text), at / $1, count(*)
      from membership_changes group by 1, 2, 3
    union all select 'runs', rule_id || ':' || outcome, at / $1, count(*) from rule_runs group by 2, 3
    union all select 'messages', state, created_at / $1, count(*) from messages group by 2, 3
    union all select 'came_back', subject, at / $1, count(*) from
      (select case when kind = 'complaint' then 'complained' else 'bounced' end as subject, min(at) as at from mail_bounces
       where message_id is not null group by message_id, case when kind = 'complaint' then 'complained' else 'bounced' end) as b
      group by 2, 3";

/// By quarters, hours and days of UTC; hours are told, days only where they do not agree with them.
const ROLLED_UP: &str =
    "select figure, subject, start / 4, cast(sum(n) as bigint) from rollups where span = case figure when 'members' then 96 else 4 end
    group by 1, 2, 3 having sum(n) <> 0";

pub async fn compare(test: &TestApp) {
    while rollups::catch_up(&test.app).await.expect("they are added up") {}
    let read = |text: &'static str, values: Vec<store::Value>| {
        test.write(move |work: &mut Work<'_>| {
            let mut counted: Counted = work.tx.list(&Statement { text: text.to_owned(), values: values.clone() })?;
            counted.sort();
            Ok(counted)
        })
    };
    let rows = read(ROWS, vec![HOUR.into()]).await.expect("they are counted");
    assert_eq!(read(ROLLED_UP, Vec::new()).await.expect("they are read"), rows);
    for span in [1, 96] {
        let other = "select figure, subject, cast(0 as bigint), cast(sum(n) as bigint) from rollups where span = $1 and figure <> 'members'
            group by 1, 2, 3 having sum(n) <> 0";
        let mut whole: std::collections::BTreeMap<(String, String), i64> = std::collections::BTreeMap::new();
        rows.iter().filter(|row| row.0 != "members").for_each(|row| *whole.entry((row.0.clone(), row.1.clone())).or_default() += row.3);
        let whole: Counted = whole.into_iter().map(|((figure, subject), count)| (figure, subject, 0, count)).collect();
        assert_eq!(read(other, vec![span.into()]).await.expect("they are read"), whole, "rows of {span} quarters");
    }
}

async fn customer(test: &TestApp, name: &str) -> Value {
    test.post("/api/customers", json!({"email": format!("{name}@example.org"), "firstname": name})).await.expect(201)["id"].clone()
}

/// One thing that somebody does, by chance.
async fn happen(test: &TestApp, shop: &mut Shop, customers: &mut Vec<i64>, merges: &mut Vec<Value>) {
    let one = customers[shop.next(customers.len() as u64) as usize];
    let segment = shop.by_hand[0];
    let ago = test.clock.now().plus_days(-(shop.next(900) as i64)).plus_minutes(shop.next(1440) as i64);
    match shop.next(14) {
        // History, some of it again and at another time.
        0 | 1 => {
            let order = |n: u64| json!({"customer": {"id": one}, "type": "order", "externalId": format!("{one}-{}", n % 7), "occurredAt": ago.plus_minutes(n as i64 * 31)});
            test.post("/api/activities", json!({"activities": (0..12).map(order).collect::<Vec<_>>()})).await.expect(200);
        }
        2 => {
            let found = test.get("/api/activities?limit=1").await.expect(200);
            let path = format!("/api/activities/{}", found["items"][0]["id"]);
            test.patch(&path, json!({"occurredAt": ago})).await.expect(200);
        }
        3 => {
            let found = test.get("/api/activities?limit=1").await.expect(200);
            test.delete(&format!("/api/activities/{}", found["items"][0]["id"])).await.expect(204);
        }
        4 => drop(test.patch(&format!("/api/customers/{one}"), json!({"active": shop.next(2) == 0, "city": "Graz"})).await.expect(200)),
        5 => drop(test.post(&format!("/api/segments/{segment}/members"), json!({"add": [one], "counter": 3})).await.expect(200)),
        6 => drop(test.post(&format!("/api/segments/{segment}/members"), json!({"remove": [one]})).await.expect(200)),
        7 if customers.len() > 3 => {
            let other = customers.iter().copied().find(|other| *other != one).unwrap();
            merges.push(merge(test, one, other, json!({"rule": "newest"})).await);
            customers.retain(|customer| *customer != other);
        }
        8 => {
            if let Some(merged) = merges.pop() {
                test.post(&format!("/api/merges/{}/undo", merged["id"]), json!({})).await;
            }
        }
        9 if customers.len() > 4 => {
            test.delete(&format!("/api/customers/{one}")).await.expect(204);
            customers.retain(|customer| *customer != one);
        }
        10 => become_known_or_anonymous(test, shop, one).await,
        11 => {
            let mut sometimes = |text: String| if shop.next(3) == 0 { text } else { String::new() };
            let rows = (one..one + 3)
                .map(|number| format!("s{number},{},{}\n", sometimes(format!("i{number}@example.org")), sometimes("Ina".to_owned())));
            let csv = format!("external:shop,email,lastname\n{}", rows.collect::<String>());
            import(test, Kind::Customers, &file(&format!("{ago}.csv"), csv), json!({})).await;
        }
        12 => {
            let field = ["email", "phone", "firstname", "lastname"][shop.next(4) as usize];
            let clear = json!({"action": {"type": "set_field", "field": field, "value": null}, "customers": customers});
            test.post("/api/bulk", clear).await.expect(202);
            test.run_due().await;
        }
        _ => test.clock.advance_days(shop.next(20) as i64),
    }
}

async fn become_known_or_anonymous(test: &TestApp, shop: &mut Shop, customer: i64) {
    let mut sometimes = |text: String| if shop.next(4) == 0 { json!(text) } else { Value::Null };
    let body = json!({"email": sometimes(format!("k{customer}@example.org")), "phone": sometimes(format!("0699 {customer}")),
        "firstname": sometimes("Kim".to_owned()), "lastname": sometimes("Karg".to_owned())});
    test.patch(&format!("/api/customers/{customer}"), body).await.expect(200);
}

#[tokio::test]
async fn whatever_happens_they_are_what_is_there() {
    on_each_store(async |test| {
        let mut shop = Shop::open(test, 5).await;
        let (mut customers, mut merges) = (Vec::new(), Vec::new());
        for number in 0..9 {
            customers.push(shop.customer(test, number).await);
        }
        compare(test).await;
        for round in 0..60 {
            happen(test, &mut shop, &mut customers, &mut merges).await;
            if round % 7 == 0 {
                test.run_due().await;
            }
            compare(test).await;
        }

        // A definition changes, a segment goes, logs are cut.
        let computed =
            test.get("/api/segments").await.expect(200)["items"].as_array().unwrap().iter().find(|one| one["name"] == "S0").unwrap()["id"]
                .clone();
        let wider = json!({"condition": {"fact": "activity", "type": "order", "op": "gte", "value": 1}});
        test.patch(&format!("/api/segments/{computed}"), wider).await.expect(200);
        test.run_due().await;
        compare(test).await;
        test.delete(&format!("/api/segments/{}?cascade=true", shop.by_hand[1])).await.expect(204);
        test.run_due().await;
        compare(test).await;
        test.clock.advance_days(500);
        test.run_due().await;
        compare(test).await;
    })
    .await;
}

#[tokio::test]
async fn whoever_is_known_by_one_thing_alone_counts_as_known_through_merges_and_deletions() {
    on_each_store(async |test| {
        let made = async |body: Value| test.post("/api/customers", body).await.expect(201)["id"].as_i64().unwrap();
        for (name, value) in [("email", "ada@example.org"), ("phone", "0660 1"), ("firstname", "Ada"), ("lastname", "Byron")] {
            let nameless = made(json!({"externalIds": {"shop": name}})).await;
            let known = made(json!({name: value})).await;
            let merged = merge(test, nameless, known, json!({"rule": "newest"})).await;
            compare(test).await;
            test.post(&format!("/api/merges/{}/undo", merged["id"]), json!({})).await.expect(200);
            compare(test).await;
            test.patch(&format!("/api/customers/{nameless}"), json!({name: "b@example.org"})).await.expect(200);
            compare(test).await;
            for id in [known, nameless] {
                test.delete(&format!("/api/customers/{id}")).await.expect(204);
                compare(test).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_read_is_the_same_before_and_after_it_was_added_up() {
    on_each_store(async |test| {
        let ada = customer(test, "ada").await;
        let at = |hour: i64| json!({"customer": {"id": ada}, "type": "order", "occurredAt": Instant(test.clock.now().0 - hour * HOUR)});
        test.post("/api/activities", json!({"activities": (0..50).map(at).collect::<Vec<_>>()})).await.expect(200);

        let before = test.get("/api/dashboard?days=7").await.expect(200);
        assert_eq!(before["activities"]["total"], 50);
        while rollups::catch_up(&test.app).await.unwrap() {}
        assert_eq!(test.get("/api/dashboard?days=7").await.expect(200), before);
        assert_eq!(test.get("/api/activity-types").await.expect(200)["items"][0]["count"], 50);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_lost_or_counted_twice_while_others_write() {
    on_each_store(async |test| {
        let mut ids = Vec::new();
        for name in ["ada", "bob", "cyd", "dan"] {
            ids.push(customer(test, name).await);
        }
        let writing = async |id: &Value| {
            for _ in 0..15 {
                let one = json!({"customer": {"id": id}, "type": "order"});
                test.post("/api/activities", json!({"activities": [one, one]})).await.expect(200);
            }
        };
        let adding_up = async || {
            for _ in 0..30 {
                rollups::catch_up(&test.app).await.expect("they are added up");
            }
        };
        tokio::join!(writing(&ids[0]), writing(&ids[1]), writing(&ids[2]), writing(&ids[3]), adding_up(), adding_up());

        assert_eq!(test.get("/api/dashboard?days=7").await.expect(200)["activities"]["inRange"], 120);
        compare(test).await;
    })
    .await;
}
