//! Activities: recorded once, many at a time, each with its own outcome.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::{TestApp, on_each_store};

async fn customer(test: &TestApp, email: &str) -> i64 {
    test.post("/api/customers", json!({ "email": email })).await.expect(201)["id"].as_i64().unwrap()
}

fn statuses(answer: &Value) -> Vec<&str> {
    answer["results"].as_array().unwrap().iter().map(|result| result["status"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_batch_says_of_each_activity_what_became_of_it() {
    on_each_store(async |test| {
        let ada = customer(test, "ada@example.org").await;
        let batch = json!({ "activities": [
            { "customer": { "id": ada }, "type": "order", "occurredAt": "1997-01-01T00:00:00Z", "attributes": { "amount": 29.33, "quantity": 2 } },
            { "customer": { "email": "ADA@example.org" }, "type": "visit" },
            { "customer": { "email": "nobody@example.org" }, "type": "visit" },
            { "customer": { "id": 999_999 }, "type": "visit" },
            { "customer": { "id": ada }, "type": "visit", "occurredAt": "yesterday" },
            { "customer": { "id": ada, "email": "ada@example.org" }, "type": "visit" },
            { "customer": { "id": ada }, "type": "", "attributes": [] },
            { "customer": { "id": ada }, "type": "visit", "attributes": { "text": "a\u{0}b" } },
            { "customer": { "id": ada }, "type": "visit", "colour": "red" },
            "not an activity",
        ] });
        let answer = test.post("/api/activities", batch).await.expect(200);
        let mut expected = vec!["created", "created"];
        expected.extend(["rejected"; 8]);
        assert_eq!(statuses(&answer), expected, "{answer}");
        let path = |place: usize| answer["results"][place]["problems"][0]["path"].as_str().unwrap().to_owned();
        assert_eq!(path(2), "/activities/2/customer");
        assert_eq!(path(4), "/activities/4/occurredAt");
        assert_eq!(path(6), "/activities/6/type");
        assert_eq!(path(8), "/activities/8/colour");

        let list = test.get(&format!("/api/activities?customerId={ada}&count=true")).await.expect(200);
        assert_eq!((&list["total"], &list["items"][1]["attributes"]), (&json!(2), &json!({ "amount": 29.33, "quantity": 2 })));
        assert_eq!(list["items"][1]["occurredAt"], "1997-01-01T00:00:00Z");
    })
    .await;
}

#[tokio::test]
async fn an_external_id_names_one_activity_of_its_type() {
    on_each_store(async |test| {
        let (ada, bob) = (customer(test, "ada@example.org").await, customer(test, "bob@example.org").await);
        let order = |customer: i64, amount: f64| json!({ "customer": { "id": customer }, "type": "order", "externalId": "o-1", "attributes": { "amount": amount } });
        let first = test.post("/api/activities", order(ada, 10.0)).await.expect(201);
        assert_eq!(first["version"], 1);
        let second = test.post("/api/activities", order(ada, 12.5)).await.expect(200);
        assert_eq!((&second["id"], &second["version"], &second["attributes"]["amount"]), (&first["id"], &json!(2), &json!(12.5)));
        let same = test.post("/api/activities", order(ada, 12.5)).await.expect(200);
        assert_eq!(same["version"], 2, "what changes nothing writes nothing");
        let stolen = test.post("/api/activities", order(bob, 1.0)).await.expect(422);
        assert_eq!(stolen["problems"][0]["code"], "other_customer");
        let other_type = test.post("/api/activities", json!({ "customer": { "id": bob }, "type": "return", "externalId": "o-1" })).await;
        other_type.expect(201);

        let again = json!({ "activities": [order(ada, 1.0), { "customer": { "id": ada }, "type": "order", "externalId": "o-2" },
            { "customer": { "id": ada }, "type": "order", "externalId": "o-2", "attributes": { "amount": 3 } },
            { "customer": { "id": bob }, "type": "order", "externalId": "o-2" }] });
        let answer = test.post("/api/activities", again).await.expect(200);
        assert_eq!(statuses(&answer), ["updated", "created", "updated", "rejected"], "{answer}");
        let list = test.get(&format!("/api/activities?customerId={ada}&type=order&count=true")).await.expect(200);
        assert_eq!(list["total"], 2);
        let amounts: BTreeSet<String> = list["items"].as_array().unwrap().iter().map(|item| item["attributes"]["amount"].to_string()).collect();
        assert_eq!(amounts, ["1.0", "3"].map(str::to_owned).into());
    })
    .await;
}

#[tokio::test]
async fn customers_nobody_knows_are_made_when_asked() {
    on_each_store(async |test| {
        let visit = |email: &str| json!({ "customer": { "email": email }, "type": "visit" });
        let batch = |create: bool| json!({ "activities": [visit("new@example.org"), visit("NEW@example.org"),
            { "customer": { "externalId": { "shop": "17" } }, "type": "visit" }], "createCustomers": create });
        let refused = test.post("/api/activities", batch(false)).await.expect(200);
        assert_eq!(statuses(&refused), ["rejected"; 3]);
        let made = test.post("/api/activities", batch(true)).await.expect(200);
        assert_eq!(statuses(&made), ["created"; 3]);
        assert_eq!(made["results"][0]["customerId"], made["results"][1]["customerId"]);
        assert_ne!(made["results"][0]["customerId"], made["results"][2]["customerId"]);
        let known = test.get(&format!("/api/customers/{}", made["results"][2]["customerId"])).await.expect(200);
        assert_eq!(known["externalIds"], json!({ "shop": "17" }));
    })
    .await;
}

#[tokio::test]
async fn every_activity_appears_on_exactly_one_page() {
    on_each_store(async |test| {
        let ada = customer(test, "ada@example.org").await;
        let day = |number: i64| format!("2025-01-{:02}T00:00:00Z", number % 20 + 1);
        let batch: Vec<Value> =
            (0..60).map(|n| json!({ "customer": { "id": ada }, "type": if n % 2 == 0 { "a" } else { "b" }, "occurredAt": day(n) })).collect();
        test.post("/api/activities", json!({ "activities": batch })).await.expect(200);
        for (filter, expected) in [("", 60), ("&type=a", 30), ("&from=2025-01-05T00:00:00Z&to=2025-01-10T00:00:00Z", 15), ("&modifiedSince=2020-01-01", 60)] {
            let (mut seen, mut cursor, mut last) = (BTreeSet::new(), String::new(), String::from("9999"));
            loop {
                let page = test.get(&format!("/api/activities?limit=7{filter}{cursor}")).await.expect(200);
                for item in page["items"].as_array().unwrap() {
                    assert!(seen.insert(item["id"].as_i64().unwrap()), "twice: {item}");
                    if !filter.contains("modifiedSince") {
                        let at = item["occurredAt"].as_str().unwrap().to_owned();
                        assert!(at <= last);
                        last = at;
                    }
                }
                match page["nextCursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            assert_eq!(seen.len(), expected, "{filter}");
        }
        test.get("/api/activities?cursor=nonsense").await.expect(422);
        test.get("/api/activities?limit=0").await.expect(422);
    })
    .await;
}

#[tokio::test]
async fn an_activity_can_be_patched_and_removed() {
    on_each_store(async |test| {
        let ada = customer(test, "ada@example.org").await;
        let order = json!({ "customer": { "id": ada }, "type": "order", "attributes": { "amount": 10, "gift": true }, "metadata": { "ip": "x" } });
        let made = test.post("/api/activities", order).await;
        let (tag, made) = (made.etag(), made.expect(201));
        let path = format!("/api/activities/{}", made["id"]);
        let change = json!({ "attributes": { "amount": 11, "gift": null }, "occurredAt": "2026-01-01T00:00:00Z" });
        let patched = test.send(reqwest::Method::PATCH, &path, Some(change.clone()), Some(&test.key), &[("if-match", &tag)]).await.expect(200);
        assert_eq!((&patched["attributes"], &patched["metadata"]), (&json!({ "amount": 11 }), &json!({ "ip": "x" })));
        let lost = test.send(reqwest::Method::PATCH, &path, Some(change), Some(&test.key), &[("if-match", &tag)]).await;
        lost.expect(412);
        let refused = test.patch(&path, json!({ "type": "visit", "occurredAt": 5 })).await.expect(422);
        assert_eq!(refused["problems"].as_array().unwrap().len(), 2);
        test.delete(&path).await.expect(204);
        test.get(&path).await.expect(404);
        let gone = test.get("/api/deletions?entityType=activities&since=2020-01-01").await.expect(200);
        assert_eq!((&gone["items"][0]["entityId"], &gone["items"][0]["type"]), (&made["id"], &json!("order")));
    })
    .await;
}

#[tokio::test]
async fn a_type_may_declare_its_attributes() {
    on_each_store(async |test| {
        let ada = customer(test, "ada@example.org").await;
        let declared = json!({ "name": "order", "label": "Order", "closed": true, "attributes": [{ "name": "amount", "kind": "number", "required": true }] });
        test.post("/api/activity-types", declared.clone()).await.expect(201);
        test.post("/api/activity-types", declared).await.expect(409);
        let wrong = test.post("/api/activities", json!({ "customer": { "id": ada }, "type": "order", "attributes": { "amount": "ten", "extra": 1 } })).await;
        let wrong = wrong.expect(422);
        let paths: Vec<&str> = wrong["problems"].as_array().unwrap().iter().map(|problem| problem["path"].as_str().unwrap()).collect();
        assert_eq!(paths, ["/attributes/amount", "/attributes/extra"]);
        test.post("/api/activities", json!({ "customer": { "id": ada }, "type": "order", "attributes": { "amount": 10 } })).await.expect(201);
        test.post("/api/activities", json!({ "customer": { "id": ada }, "type": "never seen" })).await.expect(201);
        let types = test.get("/api/activity-types").await.expect(200);
        let names: Vec<(&str, i64)> =
            types["items"].as_array().unwrap().iter().map(|item| (item["name"].as_str().unwrap(), item["count"].as_i64().unwrap())).collect();
        assert_eq!(names, [("never seen", 1), ("order", 1)]);
        test.delete("/api/activity-types/order").await.expect(409);
        let opened = test.patch("/api/activity-types/order", json!({ "closed": false })).await.expect(200);
        assert_eq!(opened["closed"], false);
        test.post("/api/activities", json!({ "customer": { "id": ada }, "type": "order", "attributes": { "amount": 1, "extra": 1 } })).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_an_activity_is_refused_before_anything_is_written() {
    on_each_store(async |test| {
        let ada = customer(test, "ada@example.org").await;
        let one = json!({ "customer": { "id": ada }, "type": "visit" });
        let many: Vec<&Value> = vec![&one; 1_001];
        assert_eq!(test.post("/api/activities", json!({ "activities": many })).await.expect(413)["code"], "too_large");
        test.post("/api/activities", json!({ "activities": [], "type": "visit" })).await.expect(422);
        test.post("/api/activities", json!([1, 2])).await.expect(422);
        test.post("/api/activities", json!({ "customer": { "id": ada }, "type": "x".repeat(101) })).await.expect(422);
        let large = json!({ "customer": { "id": ada }, "type": "visit", "attributes": { "text": "x".repeat(70_000) } });
        assert_eq!(test.post("/api/activities", large).await.expect(422)["problems"][0]["code"], "too_large");
        assert_eq!(test.get("/api/activities?count=true").await.expect(200)["total"], 0);
        assert_eq!(test.post("/api/activities", json!({ "activities": [] })).await.expect(200)["results"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn requests_that_come_together_are_all_answered_with_their_own() {
    on_each_store(async |test| {
        let ada = customer(test, "ada@example.org").await;
        let senders = (0..80_i64).map(|number| async move {
            let body = json!({ "customer": { "id": if number % 10 == 0 { -1 } else { ada } }, "type": "visit", "externalId": format!("v{number}"), "attributes": { "n": number } });
            (number, test.post("/api/activities", body).await)
        });
        for (number, answer) in futures_util::future::join_all(senders).await {
            if number % 10 == 0 {
                answer.expect(422);
            } else {
                assert_eq!(answer.expect(201)["attributes"]["n"], number);
            }
        }
        assert_eq!(test.get("/api/activities?count=true").await.expect(200)["total"], 72);
    })
    .await;
}
