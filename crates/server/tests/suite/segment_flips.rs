//! Windows that flip while nobody is at work: what time did is told afterwards as it happened.

use super::segments::{customer, group, members, often, order, segment};
use serde_json::{Value, json};
use server::ids::CustomerId;
use server::segments as slice;
use testkit::{TestApp, on_each_store};

/// One or two orders in the last ten days.
fn some() -> Value {
    json!({ "all": [often(1, "10d"), { "not": often(3, "10d") }] })
}

async fn told(test: &TestApp, customer: i64) -> Vec<(bool, String)> {
    let told = test.write(move |work| slice::changes_of(work, CustomerId(customer), None, 100)).await.unwrap();
    told.iter().rev().map(|one| (one.change.entered, one.change.at.to_string())).collect()
}

#[tokio::test]
async fn every_flip_of_a_downtime_is_told_at_its_own_instant() {
    on_each_store(async |test| {
        let ada = customer(test, "ada@example.org").await;
        let segment = segment(test, group(test, true).await, "Some", some()).await;
        for at in ["2026-03-01T06:00:00Z", "2026-03-01T07:00:00Z", "2026-03-01T08:00:00Z"] {
            order(test, ada, at, 1.0).await;
        }
        let before = [(true, "2026-03-02T12:00:00Z".to_owned()), (false, "2026-03-02T12:00:00Z".to_owned())];
        assert_eq!(told(test, ada).await, before);
        test.clock.advance_days(200);
        test.run_due().await;
        assert!(members(test, segment).await.is_empty());
        let flips = [(true, "2026-03-11T06:00:00Z".to_owned()), (false, "2026-03-11T08:00:00Z".to_owned())];
        assert_eq!(told(test, ada).await[2..], flips);
    })
    .await;
}

#[tokio::test]
async fn an_event_during_a_downtime_first_catches_up_with_time() {
    on_each_store(async |test| {
        let ada = customer(test, "ada@example.org").await;
        let group = group(test, true).await;
        let buyer = segment(test, group, "Buyer", often(1, "10d")).await;
        let visitor = json!({ "fact": "activity", "type": "visit", "within": "10d", "op": "gte", "value": 1 });
        let visitor = segment(test, group, "Visitor", visitor).await;
        order(test, ada, "2026-03-02T12:00:00Z", 1.0).await;
        test.clock.advance_days(12);
        let visit = json!({ "customer": { "id": ada }, "type": "visit", "occurredAt": "2026-03-13T12:00:00Z" });
        test.post("/api/activities", visit).await.expect(201);
        assert_eq!((members(test, buyer).await, members(test, visitor).await), ([].into(), [ada].into()), "without the worker");
        test.run_due().await;
        assert_eq!((members(test, buyer).await, members(test, visitor).await), ([].into(), [ada].into()));
        assert_eq!(told(test, ada).await.len(), 3, "nothing goes back behind a later look");
    })
    .await;
}

#[tokio::test]
async fn many_missed_flips_are_caught_up_in_the_order_of_their_instants() {
    on_each_store(async |test| {
        segment(test, group(test, true).await, "Buyer", often(1, "10d")).await;
        let activity = |number: i64| {
            let at = test.clock.now().plus_minutes(-(number * 7919 % 1_300));
            json!({ "customer": { "email": format!("c{number}@example.org") }, "type": "order", "occurredAt": at })
        };
        let all: Vec<Value> = (0..700).map(activity).collect();
        test.post("/api/activities", json!({ "activities": all, "createCustomers": true })).await.expect(200);
        test.clock.advance_days(30);
        test.run_due().await;
        let left: Vec<(i64, i64)> =
            test.write(|work| Ok(work.tx.all("select at, id from membership_changes where not entered order by id", &[])?)).await.unwrap();
        assert_eq!(left.len(), 700);
        assert!(left.is_sorted_by_key(|(at, _)| *at), "in the order of their instants");
        assert_eq!(left[699].0, server::time::Instant::parse("2026-03-12T12:00:00Z").unwrap().0);
    })
    .await;
}
