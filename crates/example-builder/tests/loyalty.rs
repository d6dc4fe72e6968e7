//! The example in a running instance, on each database.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use example_builder::Loyalty;
use serde_json::{Value, json};
use server::config::Config;
use server::segments::builders::Builders;
use std::collections::BTreeMap;
use testkit::{TestApp, on_each_store_with};

fn builders(config: &Config) -> Builders {
    Builders::built_in(config).unwrap().and(Loyalty)
}

fn settings(tiers: Value) -> Value {
    json!({ "activityType": "order", "amount": "amount", "tiers": tiers })
}

async fn spend(test: &TestApp, customer: &Value, at: &str, amount: f64) {
    let body = json!({ "customer": { "id": customer }, "type": "order", "occurredAt": at, "attributes": { "amount": amount } });
    test.post("/api/activities", body).await.expect(201);
}

async fn sizes(test: &TestApp) -> BTreeMap<String, i64> {
    test.run_due().await;
    let listed = test.get("/api/segments").await.expect(200);
    let segments = listed["items"].as_array().unwrap().iter();
    segments.map(|segment| (segment["name"].as_str().unwrap().to_owned(), segment["size"].as_i64().unwrap())).collect()
}

#[tokio::test]
async fn tiers_follow_what_was_spent_and_time() {
    on_each_store_with(builders, async |test| {
        let ada = test.post("/api/customers", json!({ "email": "ada@example.org" })).await.expect(201)["id"].clone();
        let tiers = json!([{ "name": "Silver", "from": 100 }, { "name": "Gold", "from": 500 }]);
        let body = json!({ "kind": "loyalty", "name": "Loyalty", "settings": settings(tiers) });
        test.post("/api/segment-builders", body).await.expect(201);
        let of = |silver, gold| BTreeMap::from([("Silver".to_owned(), silver), ("Gold".to_owned(), gold)]);
        assert_eq!(sizes(test).await, of(0, 0));

        spend(test, &ada, "2026-03-01T12:00:00Z", 120.0).await;
        assert_eq!(sizes(test).await, of(1, 0));
        spend(test, &ada, "2026-03-02T12:00:00Z", 400.0).await;
        assert_eq!(sizes(test).await, of(0, 1));
        test.clock.advance_days(364);
        assert_eq!(sizes(test).await, of(1, 0), "the first order is a year old");
        test.clock.advance_days(1);
        assert_eq!(sizes(test).await, of(0, 0));
    })
    .await;
}

#[tokio::test]
async fn wrong_settings_are_refused_with_their_path() {
    on_each_store_with(builders, async |test| {
        let tiers = json!([{ "name": "Gold", "from": 500 }, { "name": "Silver", "from": 100 }]);
        let body = json!({ "kind": "loyalty", "settings": settings(tiers) });
        let refused = test.post("/api/segment-builders/preview", body).await.expect(422);
        assert_eq!(refused["problems"][0]["path"], "/settings/tiers/1/from");
        let body = json!({ "kind": "loyalty", "settings": { "activityType": "order", "amount": "a..b", "tiers": [] } });
        let refused = test.post("/api/segment-builders/preview", body).await.expect(422);
        assert_eq!(refused["problems"][0]["path"], "/settings/amount");
    })
    .await;
}
