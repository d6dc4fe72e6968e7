//! Bulk actions end where they may not go on: for an owner who may not do it any more, and where others are chosen than were seen.

use super::bulk::{bulk, done, expect_counts, in_city, move_to, people, start, taken, total};
use reqwest::Method;
use serde_json::{Value, json};
use server::access::{Actor, ActorKind};
use server::bulk::{self as slice, Bulk, Order, jobs as steps};
use server::work;
use testkit::{TestApp, on_each_store};

const MAY_NOT: &str = "whoever started it may not do this any more";

/// A key with this scope beside the one to read customers, and its place.
async fn key_with(test: &TestApp, scope: &str) -> (String, String) {
    let wanted = json!({"name": "shop", "scopes": ["customers:read", "bulk:write", scope]});
    let made = test.post("/api/api-keys", wanted).await.expect(201);
    (made["key"].as_str().unwrap().to_owned(), format!("/api/api-keys/{}", made["id"]))
}

async fn start_as(test: &TestApp, key: &str, order: Value) -> i64 {
    test.send(Method::POST, "/api/bulk", Some(order), Some(key), &[]).await.expect(202)["id"].as_i64().unwrap()
}

#[tokio::test]
async fn it_does_not_go_on_for_a_key_that_was_revoked() {
    on_each_store(async |test| {
        people(test, 450).await;
        let (key, path) = key_with(test, "customers:write").await;
        let order = json!({"action": move_to("Wien"), "filter": {}});
        let id = start_as(test, &key, order.clone()).await;
        let stopped = start_as(test, &key, order).await;
        test.post(&format!("/api/bulk/{stopped}/cancel"), json!({})).await.expect(200);
        let (bulk_id, job) = taken(test, id).await;
        let owner = steps::begin(&test.app, bulk_id).await.unwrap().unwrap();
        assert!(steps::step(&test.app, owner.clone(), job, bulk_id).await.unwrap());
        test.delete(&path).await.expect(204);
        assert!(!steps::step(&test.app, owner, job, bulk_id).await.unwrap());
        let failed = bulk(test, id).await;
        expect_counts(&failed, "failed", [200, 0, 0]);
        assert_eq!((&failed["error"], &failed["isUndoable"]), (&json!(MAY_NOT), &json!(true)));
        assert_ne!(failed["finishedAt"], Value::Null);

        let retrier = test.new_key(&["jobs:write"]).await;
        let retry = format!("/api/jobs/{}/retry", bulk(test, stopped).await["jobId"]);
        test.send(Method::POST, &retry, Some(json!({})), Some(&retrier), &[]).await.expect(200);
        test.run_due().await;
        let failed = bulk(test, stopped).await;
        expect_counts(&failed, "failed", [0, 0, 0]);
        assert_eq!(failed["error"], MAY_NOT, "whoever retries it does not do it himself");
        assert_eq!(total(test, "q=Wien").await, 200);
    })
    .await;
}

#[tokio::test]
async fn it_does_not_go_on_for_a_person_who_may_only_look_or_is_gone() {
    on_each_store(async |test| {
        people(test, 3).await;
        let order: Order = serde_json::from_value(json!({"action": move_to("Wien"), "filter": {}})).unwrap();
        for change in [None, Some(json!({"role": "viewer"})), Some(json!({"active": false})), Some(Value::Null)] {
            let name = format!("{change:?}");
            let draft = json!({"email": "eve@example.org", "name": name, "role": "editor", "password": "correct horse"});
            let user = test.post("/api/users", draft).await.expect(201)["id"].as_i64().unwrap();
            let actor = Actor { kind: ActorKind::AdminUser, id: Some(user), name };
            let begun: Bulk = begin_as(test, actor, &order).await;
            let path = format!("/api/users/{user}");
            if let Some(patch) = change.as_ref().filter(|patch| patch.is_object()) {
                test.patch(&path, patch.clone()).await.expect(200);
            } else if change.is_some() {
                test.delete(&path).await.expect(204);
            }
            test.run_due().await;
            let ended = bulk(test, begun.id.0).await;
            match change {
                None => expect_counts(&ended, "done", [3, 0, 0]),
                Some(_) => {
                    expect_counts(&ended, "failed", [0, 0, 0]);
                    assert_eq!(ended["error"], MAY_NOT);
                }
            }
            if change != Some(Value::Null) {
                test.delete(&path).await.expect(204);
            }
        }
    })
    .await;
}

async fn begin_as(test: &TestApp, actor: Actor, order: &Order) -> Bulk {
    let order = order.clone();
    work::write(&test.app, actor, move |work| {
        let chosen = slice::choose(work, &order)?;
        slice::create(work, &order, &chosen)
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn nothing_begins_when_others_are_chosen_than_were_seen() {
    on_each_store(async |test| {
        let ids = people(test, 3).await;
        let mut order = json!({"action": {"type": "delete"}, "filter": {"condition": in_city("Graz")}, "except": [ids[0]]});
        let refused = test.post("/api/bulk", order.clone()).await.expect(422);
        assert_eq!((&refused["problems"][0]["path"], &refused["problems"][0]["code"]), (&json!("/expected"), &json!("required")));
        order["expected"] = test.post("/api/bulk/preview", order.clone()).await.expect(200)["total"].clone();
        assert_eq!(order["expected"], 2);
        test.post("/api/customers", json!({"email": "late@example.org", "city": "Graz"})).await.expect(201);
        assert_eq!(test.post("/api/bulk", order.clone()).await.expect(409)["code"], "count_changed");
        assert_eq!(test.get("/api/bulk").await.expect(200)["items"], json!([]));
        order["expected"] = json!(3);
        expect_counts(&done(test, order).await, "done", [3, 0, 0]);

        let named = |expected: i64| json!({"action": move_to("Wien"), "customers": [ids[0], ids[0]], "expected": expected});
        assert_eq!(test.post("/api/bulk", named(2)).await.expect(409)["code"], "count_changed");
        start(test, named(1)).await;
        start(test, json!({"action": {"type": "delete"}, "customers": ids})).await;
    })
    .await;
}
