//! Segments: membership changes with the event that caused it, and at the instant a window flips.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::{TestApp, on_each_store};

pub async fn customer(test: &TestApp, email: &str) -> i64 {
    test.post("/api/customers", json!({ "email": email })).await.expect(201)["id"].as_i64().unwrap()
}

pub async fn order(test: &TestApp, customer: i64, at: &str, amount: f64) {
    let body = json!({ "customer": { "id": customer }, "type": "order", "occurredAt": at, "attributes": { "amount": amount } });
    test.post("/api/activities", body).await.expect(201);
}

pub async fn group(test: &TestApp, calculated: bool) -> i64 {
    let body = json!({ "name": format!("Group {calculated}"), "calculated": calculated });
    test.post("/api/segment-groups", body).await.expect(201)["id"].as_i64().unwrap()
}

/// A computed segment, evaluated for everyone.
pub async fn segment(test: &TestApp, group: i64, name: &str, condition: Value) -> i64 {
    let body = json!({ "groupId": group, "name": name, "condition": condition });
    let made = test.post("/api/segments", body).await.expect(201);
    test.run_due().await;
    made["id"].as_i64().unwrap()
}

pub async fn members(test: &TestApp, segment: i64) -> BTreeSet<i64> {
    let page = test.get(&format!("/api/segments/{segment}/members?limit=500")).await.expect(200);
    page["items"].as_array().unwrap().iter().map(|member| member["customerId"].as_i64().unwrap()).collect()
}

pub fn often(count: i64, within: &str) -> Value {
    json!({ "fact": "activity", "type": "order", "within": within, "op": "gte", "value": count })
}

#[tokio::test]
async fn membership_is_there_when_the_activity_is_answered_and_gone_at_the_instant_the_window_flips() {
    on_each_store(async |test| {
        let ada = customer(test, "ada@example.org").await;
        let regular = segment(test, group(test, true).await, "Regular", often(3, "90d")).await;
        order(test, ada, "2026-01-01T12:00:00Z", 1.0).await;
        order(test, ada, "2026-02-01T12:00:00Z", 1.0).await;
        assert!(members(test, regular).await.is_empty());
        order(test, ada, "2026-03-01T12:00:00Z", 1.0).await;
        assert_eq!(members(test, regular).await, [ada].into());

        let told = test.get(&format!("/api/customers/{ada}/explain?segment={regular}")).await.expect(200);
        assert_eq!((&told["matches"], &told["dueAt"]), (&json!(true), &json!("2026-04-01T12:00:00Z")));
        test.clock.advance_days(29);
        test.clock.advance_seconds(24 * 3600 - 1);
        test.run_due().await;
        assert_eq!(members(test, regular).await, [ada].into(), "one second before the window flips");
        test.clock.advance_seconds(1);
        test.run_due().await;
        assert!(members(test, regular).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn silence_makes_a_segment_by_itself() {
    on_each_store(async |test| {
        let (ada, bob) = (customer(test, "ada@example.org").await, customer(test, "bob@example.org").await);
        let lost = json!({ "all": [
            { "fact": "activity", "type": "order", "op": "gte", "value": 1 },
            { "not": { "fact": "activity", "type": "order", "within": "180d", "op": "gte", "value": 1 } },
        ] });
        let lost = segment(test, group(test, true).await, "Lost", lost).await;
        order(test, ada, "2026-03-01T00:00:00Z", 1.0).await;
        test.clock.advance_days(200);
        test.run_due().await;
        assert_eq!(members(test, lost).await, [ada].into());
        order(test, ada, "2026-09-17T00:00:00Z", 1.0).await;
        order(test, bob, "2020-01-01T00:00:00Z", 1.0).await;
        assert_eq!(members(test, lost).await, [bob].into());
    })
    .await;
}

#[tokio::test]
async fn segments_built_on_segments_follow_in_the_same_transaction() {
    on_each_store(async |test| {
        let (ada, bob) = (customer(test, "ada@example.org").await, customer(test, "bob@example.org").await);
        let group = group(test, true).await;
        let buyer = segment(test, group, "Buyer", often(1, "30d")).await;
        let quiet = segment(test, group, "Not a buyer", json!({ "not": { "fact": "segment", "id": buyer } })).await;
        let both = segment(
            test,
            group,
            "Either",
            json!({ "any": [{ "fact": "segment", "id": buyer }, { "fact": "segment", "reference": "not-a-buyer" }] }),
        )
        .await;
        assert_eq!(members(test, quiet).await, [ada, bob].into());
        order(test, ada, "2026-03-02T11:00:00Z", 1.0).await;
        assert_eq!(members(test, buyer).await, [ada].into());
        assert_eq!(members(test, quiet).await, [bob].into());
        assert_eq!(members(test, both).await, [ada, bob].into());
        test.clock.advance_days(31);
        test.run_due().await;
        assert_eq!(members(test, quiet).await, [ada, bob].into());

        let circle =
            test.patch(&format!("/api/segments/{buyer}"), json!({ "condition": { "fact": "segment", "id": both } })).await.expect(422);
        assert_eq!(circle["problems"][0]["code"], "circle", "{circle}");
        test.delete(&format!("/api/segments/{buyer}")).await.expect(409);
        test.delete(&format!("/api/segments/{both}")).await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn a_new_definition_takes_over_when_it_is_evaluated_for_everyone() {
    on_each_store(async |test| {
        let (ada, bob) = (customer(test, "ada@example.org").await, customer(test, "bob@example.org").await);
        let spent = |least: f64| json!({ "fact": "activity", "type": "order", "measure": "sum", "attribute": "amount", "op": "gte", "value": least });
        let spender = segment(test, group(test, true).await, "Spender", spent(100.0)).await;
        order(test, ada, "2026-01-01T00:00:00Z", 150.0).await;
        order(test, bob, "2026-01-01T00:00:00Z", 50.0).await;
        assert_eq!(members(test, spender).await, [ada].into());
        let since = test.get(&format!("/api/customers/{ada}/segments")).await.expect(200)["items"][0]["since"].clone();
        test.clock.advance_minutes(5);

        let changed = test.patch(&format!("/api/segments/{spender}"), json!({ "condition": spent(40.0) })).await.expect(200);
        assert_eq!(changed["building"], true);
        assert_eq!(members(test, spender).await, [ada].into(), "readers see the old membership");
        let eve = customer(test, "eve@example.org").await;
        order(test, eve, "2026-01-02T00:00:00Z", 45.0).await;
        assert_eq!(members(test, spender).await, [ada].into());
        test.run_due().await;
        assert_eq!(members(test, spender).await, [ada, bob, eve].into(), "what came meanwhile is not lost");
        let after = test.get(&format!("/api/customers/{ada}/segments")).await.expect(200)["items"][0]["since"].clone();
        assert_eq!(since, after, "who stays has been in it since he entered");

        test.patch(&format!("/api/segments/{spender}"), json!({ "condition": spent(120.0) })).await.expect(200);
        test.run_due().await;
        assert_eq!(members(test, spender).await, [ada].into());
        let timeline = test.write(move |work| server::segments::changes_of(work, server::ids::CustomerId(bob), None, 10)).await.unwrap();
        let moves: Vec<bool> = timeline.iter().rev().map(|one| one.change.entered).collect();
        assert_eq!(moves, [true, false]);
    })
    .await;
}

#[tokio::test]
async fn manual_segments_are_changed_by_hand_and_computed_ones_are_not() {
    on_each_store(async |test| {
        let (ada, bob) = (customer(test, "ada@example.org").await, customer(test, "bob@example.org").await);
        let (manual, computed) = (group(test, false).await, group(test, true).await);
        let friends = test.post("/api/segments", json!({ "groupId": manual, "name": "Friends" })).await.expect(201)["id"].as_i64().unwrap();
        let friendly = segment(test, computed, "Friendly", json!({ "fact": "segment", "id": friends })).await;
        let path = format!("/api/segments/{friends}/members");
        assert_eq!(
            test.post(&path, json!({ "add": [ada, bob, ada] })).await.expect(200),
            json!({ "added": 2, "removed": 0, "applied": 0 })
        );
        assert_eq!(
            test.post(&path, json!({ "add": [ada], "remove": [bob] })).await.expect(200),
            json!({ "added": 0, "removed": 1, "applied": 0 })
        );
        assert_eq!(members(test, friendly).await, [ada].into());
        let unknown = test.post(&path, json!({ "add": [bob, 99_999] })).await.expect(422);
        assert_eq!(unknown["problems"][0]["path"], "/add/1");
        assert_eq!(members(test, friends).await, [ada].into(), "all or nothing");
        test.post(&format!("/api/segments/{friendly}/members"), json!({ "add": [bob] })).await.expect(409);
        test.post("/api/segments", json!({ "groupId": manual, "name": "X", "condition": often(1, "1d") })).await.expect(422);
        test.post("/api/segments", json!({ "groupId": computed, "name": "X" })).await.expect(422);
        test.post("/api/segments", json!({ "groupId": manual, "name": "Friends" })).await.expect(409);

        test.delete(&format!("/api/customers/{ada}")).await.expect(204);
        assert!(members(test, friends).await.is_empty());
        assert!(members(test, friendly).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn fields_that_change_move_customers_too() {
    on_each_store(async |test| {
        let ada = customer(test, "ada@example.org").await;
        let condition = json!({ "all": [{ "fact": "field", "name": "city", "op": "eq", "value": "WIEN" }, { "fact": "field", "name": "active", "op": "eq", "value": true }] });
        let viennese = segment(test, group(test, true).await, "Viennese", condition).await;
        assert!(members(test, viennese).await.is_empty());
        test.patch(&format!("/api/customers/{ada}"), json!({ "city": "Wien" })).await.expect(200);
        assert_eq!(members(test, viennese).await, [ada].into());
        test.patch(&format!("/api/customers/{ada}"), json!({ "active": false })).await.expect(200);
        assert!(members(test, viennese).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn conditions_that_cannot_be_are_refused_with_the_spot() {
    on_each_store(async |test| {
        let group = group(test, true).await;
        let wrong = json!({ "all": [often(1, "1d"), { "fact": "field", "name": "nothing", "op": "eq", "value": 1 }, { "fact": "moon" }] });
        let answer = test.post("/api/segments", json!({ "groupId": group, "name": "X", "condition": wrong })).await.expect(422);
        let paths: Vec<&str> = answer["problems"].as_array().unwrap().iter().map(|problem| problem["path"].as_str().unwrap()).collect();
        assert!(paths.iter().all(|path| path.starts_with("/condition/all/1") || path.starts_with("/condition/all/2")), "{answer}");
        let mut deep = often(1, "1d");
        for _ in 0..40 {
            deep = json!({ "not": deep });
        }
        test.post("/api/segments/preview", json!({ "condition": deep })).await.expect(422);
    })
    .await;
}

/// Random activities at random times, deletions, changes of customers and by hand, the clock moving on, by two processes in
/// turn of which each remembers what it has seen: whatever happens, what is stored is what evaluating everything from scratch
/// gives.
#[tokio::test]
async fn stored_membership_is_always_what_a_fresh_look_would_give() {
    on_each_store(async |test| {
        let conditions = [
            often(2, "10d"),
            json!({ "not": often(1, "5d") }),
            json!({ "fact": "activity", "type": "order", "measure": "sum", "attribute": "amount", "within": "20d", "op": "gte", "value": 100 }),
            json!({ "fact": "activity", "where": { "fact": "attribute", "name": "amount", "op": "gt", "value": 50 }, "within": "P7D", "op": "eq", "value": 1 }),
            json!({ "any": [{ "fact": "segment", "reference": "s0" }, { "fact": "segment", "reference": "s2" }] }),
            json!({ "all": [{ "fact": "segment", "reference": "by-hand" }, { "fact": "field", "name": "city", "op": "eq", "value": "Graz" }] }),
            json!({ "fact": "sequence", "steps": [{}, { "where": { "fact": "attribute", "name": "amount", "op": "gt", "value": 50 } }, {}], "within": "9d", "span": "P5D" }),
        ];
        let other = test.beside().await;
        let manual = group(test, false).await;
        let by_hand = json!({ "groupId": manual, "name": "By hand", "reference": "by-hand" });
        let by_hand = test.post("/api/segments", by_hand).await.expect(201)["id"].clone();
        let group = group(test, true).await;
        let mut segments = Vec::new();
        for (place, condition) in conditions.iter().enumerate() {
            segments.push(segment(test, group, &format!("S{place}"), condition.clone()).await);
        }
        let mut customers = Vec::new();
        for number in 0..6 {
            customers.push(customer(test, &format!("c{number}@example.org")).await);
        }
        let mut random = 42_u64;
        let mut next = |below: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) % below
        };
        for _ in 0..80 {
            let (test, idle) = if next(3) == 0 { (&other, test) } else { (test, &other) };
            let who = customers[next(6) as usize];
            let back = next(12 * 24 * 60) as i64;
            let at = test.clock.now().plus_minutes(-back + 24 * 60);
            order(test, who, &at.to_string(), next(120) as f64).await;
            if next(5) == 0 {
                let list = test.get("/api/activities?limit=1").await.expect(200);
                test.delete(&format!("/api/activities/{}", list["items"][0]["id"])).await.expect(204);
            }
            let somebody = customers[next(6) as usize];
            match next(6) {
                0 => {
                    let city = if next(2) == 0 { "Graz" } else { "Linz" };
                    test.patch(&format!("/api/customers/{somebody}"), json!({ "city": city })).await.expect(200);
                }
                1 => {
                    let change = if next(2) == 0 { json!({ "add": [somebody] }) } else { json!({ "remove": [somebody] }) };
                    test.post(&format!("/api/segments/{by_hand}/members"), change).await.expect(200);
                }
                2 => {
                    let latest = &test.get("/api/activities?limit=1").await.expect(200)["items"][0]["id"];
                    let amount = json!({ "attributes": { "amount": next(120) } });
                    test.patch(&format!("/api/activities/{latest}"), amount).await.expect(200);
                }
                _ => {}
            }
            test.clock.advance_minutes(next(3 * 24 * 60) as i64);
            if next(2) == 0 { test } else { idle }.run_due().await;
            test.run_due().await;
            for (segment, condition) in segments.iter().zip(&conditions) {
                let fresh = test.post("/api/segments/preview", json!({ "condition": condition, "sample": 100 })).await.expect(200);
                let fresh: BTreeSet<i64> = fresh["sample"].as_array().unwrap().iter().map(|one| one["id"].as_i64().unwrap()).collect();
                assert_eq!(members(test, *segment).await, fresh, "{condition}");
            }
        }
    })
    .await;
}
