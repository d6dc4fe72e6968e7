//! Looking ahead: what a condition would give, what it says of one customer, who will leave.

use serde_json::{Value, json};
use testkit::{TestApp, on_each_store};

fn city(city: &str) -> Value {
    json!({"fact": "field", "name": "city", "op": "eq", "value": city})
}

fn orders(within: &str, count: i64) -> Value {
    json!({"fact": "activity", "type": "order", "within": within, "op": "gte", "value": count})
}

/// Ann and Bob live in Graz, Cid in Wien. Ann ordered 25 and 2 days ago, Bob 10 days ago, Cid never.
async fn three(test: &TestApp) -> Vec<Value> {
    let mut ids = Vec::new();
    for (name, city, days) in [("Ann", "Graz", vec![25, 2]), ("Bob", "Graz", vec![10]), ("Cid", "Wien", vec![])] {
        let customer = test.post("/api/customers", json!({"firstname": name, "city": city})).await.expect(201);
        for ago in days {
            let at = server::time::Instant(test.clock.now().0 - i64::from(ago) * condition::calendar::DAY);
            let order = json!({"customer": {"id": customer["id"]}, "type": "order", "occurredAt": at});
            test.post("/api/activities", order).await.expect(201);
        }
        ids.push(customer["id"].clone());
    }
    ids
}

async fn segment(test: &TestApp, group: &Value, reference: &str, condition: Value) -> Value {
    let body = json!({"groupId": group, "name": reference, "reference": reference, "condition": condition});
    let made = test.post("/api/segments", body).await.expect(201);
    test.run_due().await;
    made["id"].clone()
}

async fn group(test: &TestApp) -> Value {
    test.post("/api/segment-groups", json!({"name": "Live", "calculated": true})).await.expect(201)["id"].clone()
}

#[tokio::test]
async fn a_preview_tells_where_customers_are_lost() {
    on_each_store(async |test| {
        three(test).await;
        let group = group(test).await;
        let ordered = segment(test, &group, "ordered", orders("30d", 1)).await;
        let condition = json!({"all": [city("graz"), {"not": orders("7d", 1)}, {"any": [city("wien"), orders("30d", 1)]}]});
        let body = json!({"condition": condition, "overlapWith": [ordered]});
        let preview = test.post("/api/segments/preview", body).await.expect(200);
        assert_eq!((&preview["count"], &preview["sample"][0]["firstname"]), (&json!(1), &json!("Bob")));
        let steps = [("/all/0", 2), ("/all/1", 1), ("/all/2", 1)].map(|(path, count)| json!({"path": path, "count": count}));
        assert_eq!(preview["steps"], json!(steps));
        let leaves = [("/all/0", 2), ("/all/1/not", 1), ("/all/2/any/0", 1), ("/all/2/any/1", 2)];
        assert_eq!(preview["leaves"], json!(leaves.map(|(path, count)| json!({"path": path, "count": count}))));
        assert_eq!(preview["overlaps"], json!([{"segment": ordered, "size": 2, "both": 1}]));

        let any = json!({"condition": {"any": [orders("30d", 2), city("wien"), city("graz")]}});
        let any = test.post("/api/segments/preview", any).await.expect(200);
        let counts: Vec<&Value> = any["steps"].as_array().unwrap().iter().map(|step| &step["count"]).collect();
        assert_eq!((counts, &any["count"]), (vec![&json!(1), &json!(2), &json!(3)], &json!(3)));
        let empty = test.post("/api/segments/preview", json!({"condition": {"any": []}})).await.expect(200);
        assert_eq!((&empty["count"], &empty["steps"]), (&json!(0), &json!([])));

        let refused = test.post("/api/segments/preview", json!({"condition": city("x"), "overlapWith": [ordered, 999]})).await.expect(422);
        assert_eq!(refused["problems"][0]["path"], "/overlapWith/1");
        let key = test.new_key(&["segments:read"]).await;
        let path = "/api/segments/preview";
        let shy = test.send(reqwest::Method::POST, path, Some(json!({"condition": city("graz")})), Some(&key), &[]).await.expect(200);
        assert_eq!((&shy["count"], &shy["sample"]), (&json!(2), &json!([])));
    })
    .await;
}

#[tokio::test]
async fn one_customer_can_be_tested() {
    on_each_store(async |test| {
        let ids = three(test).await;
        let condition = json!({"all": [city("graz"), orders("30d", 2)]});
        let tested = test.post("/api/segments/test", json!({"condition": condition, "customerId": ids[0]})).await.expect(200);
        assert_eq!((&tested["matches"], &tested["tree"]["children"][1]["saw"]), (&json!(true), &json!(2)));
        // His older order is 30 days old five days from now.
        assert_eq!(tested["dueAt"], "2026-03-07T12:00:00Z");
        let other = test.post("/api/segments/test", json!({"condition": condition, "customerId": ids[2]})).await.expect(200);
        assert_eq!((&other["matches"], &other["dueAt"]), (&json!(false), &Value::Null));
        let refused = test.post("/api/segments/test", json!({"condition": condition, "customerId": 999_999})).await.expect(422);
        assert_eq!(refused["problems"][0]["path"], "/customerId");
        test.post("/api/segments/test", json!({"condition": {"all": [{}]}, "customerId": ids[0]})).await.expect(422);
        let key = test.new_key(&["segments:read"]).await;
        let body = json!({"condition": condition, "customerId": ids[0]});
        test.send(reqwest::Method::POST, "/api/segments/test", Some(body), Some(&key), &[]).await.expect(403);
    })
    .await;
}

#[tokio::test]
async fn a_forecast_is_what_time_then_does() {
    on_each_store(async |test| {
        three(test).await;
        let group = group(test).await;
        let ordered = segment(test, &group, "ordered", orders("30d", 1)).await;
        let member = json!({"fact": "segment", "reference": "ordered"});
        let built = segment(test, &group, "built", json!({"all": [member, {"not": city("wien")}]})).await;
        for id in [&ordered, &built] {
            let forecast = test.get(&format!("/api/segments/{id}/forecast?days=40")).await.expect(200);
            assert_eq!((&forecast["size"], &forecast["lookedAt"]), (&json!(2), &json!(2)));
            let days = forecast["days"].as_array().unwrap();
            assert_eq!((days.len(), &days[0]["day"]), (40, &json!("2026-03-02")));
            let leaving: Vec<&Value> = days.iter().filter(|day| day["leaving"] != 0).collect();
            // Bob ordered 10 days ago, Ann 2 days ago last.
            assert_eq!(leaving, [&json!({"day": "2026-03-22", "leaving": 1}), &json!({"day": "2026-03-30", "leaving": 1})]);
        }
        for (days, size) in [(20, 1), (8, 0)] {
            test.clock.advance_minutes(days * 24 * 60);
            test.run_due().await;
            assert_eq!(test.get(&format!("/api/segments/{built}")).await.expect(200)["size"], size);
        }
        test.get(&format!("/api/segments/{ordered}/forecast?days=0")).await.expect(422);
        test.get("/api/segments/999/forecast").await.expect(404);
    })
    .await;
}
