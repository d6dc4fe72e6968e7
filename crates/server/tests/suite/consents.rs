//! What customers allow, and the lists they are on.

use serde_json::{Value, json};
use testkit::{TestApp, on_each_store};

async fn ada(test: &TestApp) -> String {
    let ada = test.post("/api/customers", json!({"firstname": "Ada"})).await.expect(201);
    format!("/api/customers/{}", ada["id"])
}

#[tokio::test]
async fn the_latest_answer_is_in_force_and_all_are_kept() {
    on_each_store(async |test| {
        let ada = ada(test).await;
        let newsletter = format!("{ada}/consents/newsletter");
        let body = json!({"granted": true, "source": "checkout", "note": "ticked the box"});
        let given = test.put(&newsletter, body).await.expect(200);
        assert_eq!((&given["granted"], &given["answeredAt"]), (&json!(true), &json!("2026-03-02T12:00:00Z")));

        let late = json!({"granted": false, "answeredAt": "2026-01-01T00:00:00Z", "source": "old letter"});
        assert_eq!(test.put(&newsletter, late).await.expect(200)["granted"], true);
        test.clock.advance_minutes(1);
        test.put(&newsletter, json!({"granted": false})).await.expect(200);
        test.put(&format!("{ada}/consents/profiling"), json!({"granted": true})).await.expect(200);
        let standing = test.get(&format!("{ada}/consents")).await.expect(200);
        let short: Vec<(&Value, &Value)> =
            standing.as_array().unwrap().iter().map(|consent| (&consent["purpose"], &consent["granted"])).collect();
        assert_eq!(short, [(&json!("newsletter"), &json!(false)), (&json!("profiling"), &json!(true))]);

        test.clock.advance_minutes(1);
        test.delete(&newsletter).await.expect(204);
        test.delete(&newsletter).await.expect(404);
        assert_eq!(test.get(&format!("{ada}/consents")).await.expect(200).as_array().unwrap().len(), 1);
        let first = test.get(&format!("{ada}/consent-answers?limit=2")).await.expect(200);
        let rest = test.get(&format!("{ada}/consent-answers?cursor={}", first["nextCursor"].as_str().unwrap())).await.expect(200);
        let answers: Vec<Value> = [first, rest].iter().flat_map(|page| page["items"].as_array().unwrap().clone()).collect();
        let granted: Vec<(&Value, &Value)> = answers.iter().map(|answer| (&answer["purpose"], &answer["granted"])).collect();
        let (letter, profiling) = (&json!("newsletter"), &json!("profiling"));
        let (yes, no, none) = (&json!(true), &json!(false), &Value::Null);
        assert_eq!(granted, [(letter, none), (profiling, yes), (letter, no), (letter, yes), (letter, no)]);
        let timeline = test.get(&format!("{ada}/timeline?kinds=consent")).await.expect(200);
        let titles: Vec<(&Value, &Value)> =
            timeline["items"].as_array().unwrap().iter().map(|entry| (&entry["title"], &entry["detail"]["granted"])).collect();
        assert_eq!(titles, granted);
        assert_eq!((&answers[3]["note"], &answers[3]["actor"]["kind"]), (&json!("ticked the box"), &json!("api_key")));
    })
    .await;
}

#[tokio::test]
async fn a_subscription_keeps_since_when() {
    on_each_store(async |test| {
        let ada = ada(test).await;
        let weekly = format!("{ada}/subscriptions/weekly");
        test.put(&weekly, json!({"status": "pending"})).await.expect(200);
        test.clock.advance_minutes(5);
        let confirmed = test.put(&weekly, json!({"status": "subscribed"})).await.expect(200);
        test.clock.advance_minutes(5);
        assert_eq!(test.put(&weekly, json!({"status": "subscribed"})).await.expect(200), confirmed);
        assert_eq!(confirmed["changedAt"], "2026-03-02T12:05:00Z");
        assert_eq!(test.get(&format!("{ada}/subscriptions")).await.expect(200), json!([confirmed]));
        test.delete(&weekly).await.expect(204);
        assert_eq!(test.get(&format!("{ada}/subscriptions")).await.expect(200), json!([]));
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_told_and_what_was_kept_goes_with_the_customer() {
    on_each_store(async |test| {
        let ada = ada(test).await;
        let refused = test.put(&format!("{ada}/consents/a%20b"), json!({"granted": true, "answeredAt": "2030-01-01T00:00:00Z"})).await;
        let refused = refused.expect(422);
        assert_eq!((&refused["problems"][0]["path"], &refused["problems"][1]["path"]), (&json!("/purpose"), &json!("/answeredAt")));
        test.put(&format!("{ada}/consents/x"), json!({"granted": "yes"})).await.expect(422);
        test.put(&format!("{ada}/subscriptions/x"), json!({"status": "perhaps"})).await.expect(422);
        test.put(&format!("{ada}/subscriptions/a%20b"), json!({"status": "pending"})).await.expect(422);
        test.put("/api/customers/999999/consents/x", json!({"granted": true})).await.expect(404);
        test.put("/api/customers/999999/subscriptions/x", json!({"status": "pending"})).await.expect(404);

        test.put(&format!("{ada}/consents/x"), json!({"granted": true})).await.expect(200);
        test.put(&format!("{ada}/subscriptions/x"), json!({"status": "pending"})).await.expect(200);
        test.delete(&ada).await.expect(204);
        for list in ["consents", "consent-answers", "subscriptions"] {
            test.get(&format!("{ada}/{list}")).await.expect(404);
        }
    })
    .await;
}

#[tokio::test]
async fn segments_follow_what_is_allowed_and_where_customers_belong() {
    on_each_store(async |test| {
        let ada = ada(test).await;
        let group = test.post("/api/segment-groups", json!({"name": "Live", "calculated": true})).await.expect(201);
        let allows = json!({"fact": "consent", "purpose": "news", "op": "granted"});
        let subscribed = json!({"fact": "subscription", "list": "weekly", "op": "eq", "value": "subscribed"});
        let huber = json!({"fact": "company", "name": "name", "op": "eq", "value": "huber"});
        for (name, condition) in [("Allows", allows), ("Huber", huber), ("Subscribed", subscribed)] {
            test.post("/api/segments", json!({"groupId": group["id"], "name": name, "condition": condition})).await.expect(201);
        }
        test.run_due().await;
        let segments = async || -> Vec<Value> {
            let found = test.get(&format!("{ada}/segments")).await.expect(200);
            found["items"].as_array().unwrap().iter().map(|segment| segment["name"].clone()).collect()
        };
        assert!(segments().await.is_empty());
        test.put(&format!("{ada}/consents/news"), json!({"granted": true})).await.expect(200);
        assert_eq!(segments().await, [json!("Allows")]);
        test.put(&format!("{ada}/subscriptions/weekly"), json!({"status": "subscribed"})).await.expect(200);
        assert_eq!(segments().await, [json!("Allows"), json!("Subscribed")]);

        let company = test.post("/api/companies", json!({"name": "Alpen"})).await.expect(201);
        test.patch(&ada, json!({"companyId": company["id"]})).await.expect(200);
        assert_eq!(segments().await.len(), 2);
        test.patch(&format!("/api/companies/{}", company["id"]), json!({"name": "Huber"})).await.expect(200);
        assert_eq!(segments().await, [json!("Allows"), json!("Huber"), json!("Subscribed")]);

        test.delete(&format!("{ada}/consents/news")).await.expect(204);
        test.delete(&format!("{ada}/subscriptions/weekly")).await.expect(204);
        test.patch(&ada, json!({"companyId": null})).await.expect(200);
        assert!(segments().await.is_empty());
    })
    .await;
}
