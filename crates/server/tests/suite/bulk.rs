//! Bulk actions: whom they are about is fixed at the beginning, every page is done once, and what became of each customer is
//! kept.

use reqwest::Method;
use serde_json::{Value, json};
use server::bulk::jobs as steps;
use server::customers::{Draft, SaveOptions, save_many};
use server::ids::{BulkId, JobId};
use server::jobs::claim;
use std::collections::BTreeSet;
use testkit::{TestApp, on_each_store};

/// Makes customers in Graz; gives their ids.
pub async fn people(test: &TestApp, count: usize) -> Vec<i64> {
    let draft = |number| {
        let values = json!({"email": format!("c{number}@example.org"), "firstname": format!("Name {number}"), "city": "Graz"});
        Draft::new(values.as_object().unwrap().clone())
    };
    let drafts: Vec<Draft> = (0..count).map(draft).collect();
    let saved = test.write(move |work| save_many(work, drafts.clone(), SaveOptions::default())).await.unwrap();
    saved.into_iter().map(|one| one.unwrap().id.0).collect()
}

pub fn in_city(city: &str) -> Value {
    json!({"fact": "field", "name": "city", "op": "eq", "value": city})
}

pub fn move_to(city: &str) -> Value {
    json!({"type": "set_field", "field": "city", "value": city})
}

pub async fn start(test: &TestApp, order: Value) -> i64 {
    test.post("/api/bulk", order).await.expect(202)["id"].as_i64().unwrap()
}

/// Starts it and does it; gives it as it is then.
pub async fn done(test: &TestApp, order: Value) -> Value {
    let id = start(test, order).await;
    test.run_due().await;
    bulk(test, id).await
}

pub async fn bulk(test: &TestApp, id: i64) -> Value {
    test.get(&format!("/api/bulk/{id}")).await.expect(200)
}

pub async fn customer(test: &TestApp, id: i64) -> Value {
    test.get(&format!("/api/customers/{id}")).await.expect(200)
}

pub async fn total(test: &TestApp, query: &str) -> Value {
    test.get(&format!("/api/customers?limit=1&count=true&{query}")).await.expect(200)["total"].clone()
}

/// State, and of how many customers what came of it.
#[track_caller]
pub fn expect_counts(bulk: &Value, state: &str, [changed, same, refused]: [i64; 3]) {
    let found = (&bulk["state"], &bulk["changed"], &bulk["same"], &bulk["refused"]);
    assert_eq!(found, (&json!(state), &json!(changed), &json!(same), &json!(refused)), "{bulk}");
}

/// The job of a bulk action, in the hands of a worker that may die.
pub async fn taken(test: &TestApp, id: i64) -> (BulkId, JobId) {
    let job = bulk(test, id).await["jobId"].as_i64().unwrap();
    let claimed = test.write(|work| claim(work, 16)).await.unwrap();
    assert!(claimed.iter().any(|one| one.id.0 == job));
    (BulkId(id), JobId(job))
}

#[tokio::test]
async fn it_is_done_to_those_who_matched_when_it_began() {
    on_each_store(async |test| {
        let group = test.post("/api/segment-groups", json!({"name": "Places", "calculated": true})).await.expect(201);
        let viennese = json!({"groupId": group["id"], "name": "Viennese", "condition": in_city("Wien")});
        let viennese = test.post("/api/segments", viennese).await.expect(201)["id"].clone();
        let ids = people(test, 450).await;
        test.patch(&format!("/api/customers/{}", ids[7]), json!({"city": "Linz"})).await.expect(200);
        test.run_due().await;

        let id = start(test, json!({"action": move_to("Wien"), "filter": {"condition": in_city("Graz")}, "except": [ids[8]]})).await;
        let waiting = bulk(test, id).await;
        expect_counts(&waiting, "queued", [0, 0, 0]);
        assert_eq!((&waiting["total"], &waiting["isUndoable"]), (&json!(448), &json!(false)));
        let late = test.post("/api/customers", json!({"email": "late@example.org", "city": "Graz"})).await.expect(201)["id"].clone();
        test.patch(&format!("/api/customers/{}", ids[9]), json!({"city": "Wien"})).await.expect(200);
        test.clock.advance_minutes(1);
        test.run_due().await;

        let ended = bulk(test, id).await;
        expect_counts(&ended, "done", [447, 1, 0]);
        assert_eq!((&ended["isUndoable"], &ended["error"]), (&json!(true), &Value::Null));
        assert_eq!((&ended["finishedAt"], &ended["keptUntil"]), (&json!("2026-03-02T12:01:00Z"), &json!("2026-03-16T12:01:00Z")));
        for (who, city) in [(ids[7], "Linz"), (ids[8], "Graz"), (late.as_i64().unwrap(), "Graz"), (ids[449], "Wien")] {
            assert_eq!(customer(test, who).await["city"], city);
        }
        assert_eq!(total(test, &format!("segment={viennese}")).await, 448);
        let versions = test.get(&format!("/api/customers/{}/versions", ids[0])).await.expect(200);
        assert_eq!(versions["items"][0]["changes"], json!({"/city": ["Graz", "Wien"]}));
        assert_eq!(versions["items"][0]["actor"]["kind"], "api_key");
        let job = test.get(&format!("/api/jobs/{}", ended["jobId"])).await.expect(200);
        assert_eq!((&job["kind"], &job["done"], &job["total"]), (&json!("bulk"), &json!(448), &json!(448)));
        assert_eq!(job["result"]["bulkId"], id);
        let audited = test.get("/api/audit?entityType=bulk_action").await.expect(200);
        assert_eq!((&audited["items"][0]["action"], &audited["items"][0]["entityId"]), (&json!("create"), &json!(id)));
        let left: i64 = test.write(|work| Ok(work.tx.one("select count(*) from bulk_pages", &[])?)).await.unwrap();
        assert_eq!(left, 0, "nobody is on a page who is done");
    })
    .await;
}

#[tokio::test]
async fn what_became_of_each_customer_is_listed_in_pages() {
    on_each_store(async |test| {
        let ids = people(test, 25).await;
        let named: Vec<i64> = ids[..20].iter().copied().chain([ids[0], 9_999_999]).collect();
        for id in &ids[..5] {
            test.patch(&format!("/api/customers/{id}"), json!({"city": "Wien"})).await.expect(200);
        }
        let ended = done(test, json!({"action": move_to("Wien"), "customers": named})).await;
        expect_counts(&ended, "done", [15, 5, 1]);
        assert_eq!((&ended["total"], &ended["filter"]), (&json!(21), &Value::Null));
        let path = format!("/api/bulk/{}/outcomes", ended["id"]);
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = test.get(&format!("{path}?limit=4{cursor}")).await.expect(200);
            seen.extend(page["items"].as_array().unwrap().clone());
            let Some(next) = page["nextCursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        let found: Vec<(i64, &str)> =
            seen.iter().map(|one| (one["customerId"].as_i64().unwrap(), one["outcome"].as_str().unwrap())).collect();
        let changed = ids[5..20].iter().map(|id| (*id, "changed"));
        let same = ids[..5].iter().map(|id| (*id, "same"));
        assert_eq!(found, changed.chain([(9_999_999, "refused")]).chain(same).collect::<Vec<_>>());
        assert_eq!((&seen[0]["name"], &seen[0]["changes"]), (&json!("Name 5"), &json!({"/city": ["Graz", "Wien"]})));
        let refused = test.get(&format!("{path}?outcome=refused")).await.expect(200);
        assert_eq!(refused["items"].as_array().unwrap().len(), 1);
        assert_eq!(refused["items"][0]["problems"][0]["code"], "unknown_customer");
        test.get(&format!("{path}?outcome=lost")).await.expect(422);
        test.get("/api/bulk/77/outcomes").await.expect(404);
        let all = test.get("/api/bulk").await.expect(200);
        assert_eq!((&all["items"][0]["id"], &all["items"][0]["action"]), (&ended["id"], &move_to("Wien")));

        test.delete(&format!("/api/customers/{}", ids[5])).await.expect(204);
        let of_him = test.get(&format!("{path}?limit=1")).await.expect(200);
        assert_eq!(of_him["items"][0]["customerId"], ids[6], "nothing is kept of who is gone");
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_dies_on_the_way_leaves_nothing_done_twice() {
    on_each_store(async |test| {
        let ids = people(test, 450).await;
        let id = start(test, json!({"action": {"type": "add_note", "title": "Called"}, "filter": {}})).await;
        let (bulk_id, job) = taken(test, id).await;
        let owner = steps::begin(&test.app, bulk_id).await.unwrap().unwrap();
        assert!(steps::step(&test.app, owner.clone(), job, bulk_id).await.unwrap());
        expect_counts(&bulk(test, id).await, "running", [200, 0, 0]);
        assert_eq!(test.run_due().await, 0, "its lease has not run out");
        test.clock.advance_minutes(2);
        test.run_due().await;
        expect_counts(&bulk(test, id).await, "done", [450, 0, 0]);
        assert!(!steps::step(&test.app, owner, job, bulk_id).await.unwrap(), "the one who was thought dead stops");
        for id in [ids[0], ids[199], ids[200], ids[449]] {
            let notes = test.get(&format!("/api/customers/{id}/notes")).await.expect(200);
            assert_eq!(notes["items"].as_array().unwrap().len(), 1, "{notes}");
        }
        let notes: i64 = test.write(|work| Ok(work.tx.one("select count(*) from customer_notes", &[])?)).await.unwrap();
        assert_eq!(notes, 450);
    })
    .await;
}

#[tokio::test]
async fn what_is_stopped_half_way_stays_so_far_and_can_go_on_or_back() {
    on_each_store(async |test| {
        people(test, 450).await;
        let id = start(test, json!({"action": move_to("Wien"), "filter": {}})).await;
        let (bulk_id, job) = taken(test, id).await;
        let owner = steps::begin(&test.app, bulk_id).await.unwrap().unwrap();
        assert!(steps::step(&test.app, owner.clone(), job, bulk_id).await.unwrap());
        test.post(&format!("/api/bulk/{id}/undo"), json!({})).await.expect(409);
        let stopped = test.post(&format!("/api/bulk/{id}/cancel"), json!({})).await.expect(200);
        expect_counts(&stopped, "cancelled", [200, 0, 0]);
        assert!(!steps::step(&test.app, owner, job, bulk_id).await.unwrap());
        let again = test.post(&format!("/api/bulk/{id}/cancel"), json!({})).await.expect(409);
        assert_eq!(again["code"], "job_ended");
        test.run_due().await;
        assert_eq!(total(test, "q=Wien").await, 200);

        test.post(&format!("/api/jobs/{job}/retry"), json!({})).await.expect(200);
        test.clock.advance_minutes(2);
        test.run_due().await;
        expect_counts(&bulk(test, id).await, "done", [450, 0, 0]);

        let second = start(test, json!({"action": move_to("Linz"), "filter": {}})).await;
        let (bulk_id, job) = taken(test, second).await;
        let owner = steps::begin(&test.app, bulk_id).await.unwrap().unwrap();
        assert!(steps::step(&test.app, owner, job, bulk_id).await.unwrap());
        test.post(&format!("/api/jobs/{job}/cancel"), json!({})).await.expect(200);
        expect_counts(&bulk(test, second).await, "cancelled", [200, 0, 0]);
        let undo = test.post(&format!("/api/bulk/{second}/undo"), json!({})).await.expect(202)["id"].as_i64().unwrap();
        test.run_due().await;
        expect_counts(&bulk(test, undo).await, "done", [200, 0, 0]);
        assert_eq!((total(test, "q=Linz").await, total(test, "q=Wien").await), (json!(0), json!(450)));
        test.post(&format!("/api/jobs/{job}/retry"), json!({})).await.expect(200);
        test.clock.advance_minutes(2);
        test.run_due().await;
        assert_eq!(total(test, "q=Linz").await, 0, "what was taken back does not go on");
    })
    .await;
}

#[tokio::test]
async fn a_preview_says_what_the_action_then_does_and_keeps_nothing() {
    on_each_store(async |test| {
        let ids = people(test, 30).await;
        for id in &ids[..4] {
            test.patch(&format!("/api/customers/{id}"), json!({"city": "Wien"})).await.expect(200);
        }
        for id in &ids[10..13] {
            test.patch(&format!("/api/customers/{id}"), json!({"firstname": null, "lastname": "Byron"})).await.expect(200);
        }
        let pipeline = json!({"savePipeline": {"requiredFields": [["firstname"]]}});
        test.patch("/api/settings", pipeline).await.expect(200);
        test.run_due().await;
        let order = json!({"action": move_to("Wien"), "filter": {}});
        let preview = test.post("/api/bulk/preview", order.clone()).await.expect(200);
        assert_eq!((&preview["total"], &preview["lookedAt"], &preview["canBeUndone"]), (&json!(30), &json!(30), &json!(true)));
        assert_eq!((&preview["changed"], &preview["same"], &preview["refused"]), (&json!(23), &json!(4), &json!(3)));
        assert_eq!((&preview["reasons"][0]["code"], &preview["reasons"][0]["count"]), (&json!("required"), &json!(3)));
        let samples = preview["samples"].as_array().unwrap();
        let verdicts: Vec<&str> = samples.iter().map(|one| one["outcome"].as_str().unwrap()).collect();
        assert_eq!(verdicts.len(), 18);
        assert_eq!(verdicts.into_iter().collect::<BTreeSet<_>>(), BTreeSet::from(["changed", "refused", "same"]));
        assert_eq!((&samples[0]["name"], &samples[0]["changes"]), (&json!("Name 4"), &json!({"/city": ["Graz", "Wien"]})));
        assert_eq!(total(test, "q=Wien").await, 4);
        assert_eq!(test.get("/api/bulk").await.expect(200)["items"], json!([]));
        expect_counts(&done(test, order).await, "done", [23, 4, 3]);

        let delete = json!({"action": {"type": "delete"}, "customers": [ids[0], 9_999_999]});
        let preview = test.post("/api/bulk/preview", delete).await.expect(200);
        assert_eq!((&preview["changed"], &preview["refused"], &preview["canBeUndone"]), (&json!(1), &json!(1), &json!(false)));
        customer(test, ids[0]).await;
        let nobody = json!({"action": {"type": "delete"}, "filter": {"q": "nobody"}, "expected": 0});
        assert_eq!(test.post("/api/bulk/preview", nobody.clone()).await.expect(200)["total"], 0);
        assert_eq!(test.post("/api/bulk", nobody).await.expect(409)["code"], "nobody");
    })
    .await;
}

#[tokio::test]
async fn of_very_many_the_first_are_looked_at_and_all_are_counted() {
    on_each_store(async |test| {
        let ids: Vec<i64> = people(test, 1_000).await;
        test.post("/api/customers", json!({"email": "one.more@example.org"})).await.expect(201);
        let preview = test.post("/api/bulk/preview", json!({"action": {"type": "deactivate"}, "filter": {}})).await.expect(200);
        assert_eq!((&preview["total"], &preview["lookedAt"], &preview["changed"]), (&json!(1_001), &json!(1_000), &json!(1_000)));
        let order = json!({"action": {"type": "deactivate"}, "filter": {}, "except": ids[..10]});
        assert_eq!(test.post("/api/bulk/preview", order).await.expect(200)["total"], 991);
    })
    .await;
}

#[tokio::test]
async fn orders_are_checked_before_a_job_is_made() {
    on_each_store(async |test| {
        let ids = people(test, 1).await;
        let group = test.post("/api/segment-groups", json!({"name": "Places", "calculated": true})).await.expect(201);
        let computed = json!({"groupId": group["id"], "name": "Viennese", "condition": in_city("Wien")});
        let computed = test.post("/api/segments", computed).await.expect(201)["id"].clone();
        let set = |field: &str, value: Value| json!({"type": "set_field", "field": field, "value": value});
        let wrong = [
            (json!({"type": "add_to_segment", "segmentId": 77}), "/action/segmentId unknown"),
            (json!({"type": "remove_from_segment", "segmentId": computed}), "/action/segmentId calculated"),
            (set("shoeSize", json!(1)), "/action/field unknown_field"),
            (set("fields.shoeSize", json!(1)), "/action/field unknown_field"),
            (set("fields", json!({"a": 1})), "/action/field unknown_field"),
            (set("createdAt", json!("x")), "/action/field read_only"),
            (set("email", json!("a@example.org")), "/action/field unique"),
            (set("externalIds", Value::Null), "/action/field unique"),
            (set("birthDate", json!("2024-02-30")), "/action/value invalid"),
            (json!({"type": "add_note", "title": " "}), "/action/title required"),
        ];
        for path in ["/api/bulk", "/api/bulk/preview"] {
            let refused = async |order: Value| {
                let answer = test.post(path, order).await.expect(422);
                format!("{} {}", answer["problems"][0]["path"].as_str().unwrap(), answer["problems"][0]["code"].as_str().unwrap())
            };
            for (action, expected) in &wrong {
                assert_eq!(refused(json!({"action": action, "customers": ids})).await, *expected);
            }
            let by = async |filter: Value| refused(json!({"action": {"type": "activate"}, "filter": filter})).await;
            assert_eq!(
                by(json!({"condition": {"fact": "field", "name": "shoeSize", "op": "eq", "value": 1}})).await,
                "/filter/condition/name unknown_field"
            );
            assert_eq!(by(json!({"q": "a b c d e f g h i j k"})).await, "/filter/q too_long");
        }
        assert_eq!(test.get("/api/bulk").await.expect(200)["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn each_action_takes_the_permission_for_what_it_changes() {
    on_each_store(async |test| {
        let ids = people(test, 2).await;
        let group = test.post("/api/segment-groups", json!({"name": "Clubs", "calculated": false})).await.expect(201);
        let club = test.post("/api/segments", json!({"groupId": group["id"], "name": "Red"})).await.expect(201)["id"].clone();
        let join = json!({"action": {"type": "add_to_segment", "segmentId": club}, "customers": ids});
        let relocate = json!({"action": move_to("Wien"), "customers": ids});
        let ask = async |key: &str, path: &str, body: &Value| {
            test.send(Method::POST, path, Some(body.clone()), Some(key), &[]).await.status.as_u16()
        };
        let reader = test.new_key(&["customers:read"]).await;
        let editor = test.new_key(&["customers:read", "bulk:write", "customers:write"]).await;
        let grouper = test.new_key(&["customers:read", "bulk:write", "segments:write"]).await;
        for (key, may_join, may_relocate) in [(&reader, false, false), (&editor, false, true), (&grouper, true, false)] {
            for (order, may) in [(&join, may_join), (&relocate, may_relocate)] {
                assert_eq!(ask(key, "/api/bulk/preview", order).await, if may { 200 } else { 403 });
                assert_eq!(ask(key, "/api/bulk", order).await, if may { 202 } else { 403 });
            }
        }
        test.run_due().await;
        let all = test.send(Method::GET, "/api/bulk", None, Some(&reader), &[]).await.expect(200);
        let relocated = all["items"].as_array().unwrap().iter().find(|one| one["action"]["type"] == "set_field").unwrap();
        let undo = format!("/api/bulk/{}/undo", relocated["id"]);
        for (key, status) in [(&reader, 403), (&grouper, 403), (&editor, 202)] {
            assert_eq!(ask(key, &undo, &json!({})).await, status);
        }
        let cancel = format!("/api/bulk/{}/cancel", relocated["id"]);
        assert_eq!(ask(&reader, &cancel, &json!({})).await, 403);
    })
    .await;
}

#[tokio::test]
async fn few_are_under_way_at_once_and_a_repeated_request_starts_no_second_one() {
    on_each_store(async |test| {
        people(test, 2).await;
        let order = json!({"action": {"type": "deactivate"}, "filter": {}});
        let key = [("idempotency-key", "once")];
        let first = test.send(Method::POST, "/api/bulk", Some(order.clone()), Some(&test.key), &key).await.expect(202);
        let again = test.send(Method::POST, "/api/bulk", Some(order.clone()), Some(&test.key), &key).await.expect(202);
        assert_eq!(first, again);
        for _ in 0..4 {
            start(test, order.clone()).await;
        }
        assert_eq!(test.post("/api/bulk", order).await.expect(409)["code"], "too_many_bulk_actions");
    })
    .await;
}

#[tokio::test]
async fn outcomes_are_kept_as_long_as_ended_jobs() {
    on_each_store(async |test| {
        people(test, 3).await;
        let ended = done(test, json!({"action": {"type": "deactivate"}, "filter": {}})).await;
        test.clock.advance_minutes(13 * 24 * 60);
        test.run_due().await;
        expect_counts(&bulk(test, ended["id"].as_i64().unwrap()).await, "done", [3, 0, 0]);
        test.clock.advance_minutes(2 * 24 * 60);
        test.run_due().await;
        test.get(&format!("/api/bulk/{}", ended["id"])).await.expect(404);
        let left: i64 = test.write(|work| Ok(work.tx.one("select count(*) from bulk_outcomes", &[])?)).await.unwrap();
        assert_eq!(left, 0);
    })
    .await;
}
