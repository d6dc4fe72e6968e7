//! Bulk actions taken back: whoever still is as the action left him becomes as he was, and whoever was changed since stays so.

use super::bulk::{bulk, customer, done, expect_counts, in_city, move_to, people, start, taken, total};
use super::merging::{merge, undo as unmerge};
use serde_json::{Value, json};
use server::bulk::jobs as steps;
use server::ids::{BulkId, JobId};
use server::jobs::{claim, fail};
use testkit::{TestApp, on_each_store};

/// Takes it back; gives the undoing as it is then.
async fn undone(test: &TestApp, ended: &Value) -> Value {
    let id = test.post(&format!("/api/bulk/{}/undo", ended["id"]), json!({})).await.expect(202)["id"].as_i64().unwrap();
    test.run_due().await;
    bulk(test, id).await
}

/// Two manual segments, of which one is looked at by a computed one.
async fn clubs(test: &TestApp) -> (Value, Value) {
    let group = test.post("/api/segment-groups", json!({"name": "Clubs", "calculated": false})).await.expect(201);
    let computed = test.post("/api/segment-groups", json!({"name": "Computed", "calculated": true})).await.expect(201);
    let red = test.post("/api/segments", json!({"groupId": group["id"], "name": "Red"})).await.expect(201)["id"].clone();
    let condition = json!({"fact": "segment", "id": red});
    let reddish = json!({"groupId": computed["id"], "name": "Reddish", "condition": condition});
    let reddish = test.post("/api/segments", reddish).await.expect(201)["id"].clone();
    (red, reddish)
}

async fn members(test: &TestApp, segment: &Value) -> Vec<Value> {
    let page = test.get(&format!("/api/segments/{segment}/members?limit=500")).await.expect(200);
    page["items"].as_array().unwrap().iter().map(|one| json!([one["customerId"], one["since"], one["counter"], one["source"]])).collect()
}

#[tokio::test]
async fn a_value_is_put_back_unless_it_was_changed_since() {
    on_each_store(async |test| {
        test.post("/api/fields", json!({"name": "tier", "kind": "text"})).await.expect(201);
        let ids = people(test, 12).await;
        test.patch(&format!("/api/customers/{}", ids[0]), json!({"fields": {"tier": "silver"}})).await.expect(200);
        let gold = json!({"type": "set_field", "field": "fields.tier", "value": "gold"});
        let ended = done(test, json!({"action": gold, "filter": {}})).await;
        expect_counts(&ended, "done", [12, 0, 0]);
        let patches = [(1, json!({"fields": {"tier": "platinum"}})), (2, json!({"fields": {"tier": null}})), (3, json!({"city": "Linz"}))];
        for (place, patch) in patches {
            test.patch(&format!("/api/customers/{}", ids[place]), patch).await.expect(200);
        }
        test.delete(&format!("/api/customers/{}", ids[4])).await.expect(204);
        let merged = merge(test, ids[5], ids[6], json!({})).await;
        test.run_due().await;

        let undo = undone(test, &ended).await;
        expect_counts(&undo, "done", [8, 1, 2]);
        assert_eq!((&undo["undoOf"], &undo["action"], &undo["isUndoable"]), (&ended["id"], &ended["action"], &json!(false)));
        let outcomes = test.get(&format!("/api/bulk/{}/outcomes?outcome=refused", undo["id"])).await.expect(200);
        let refused: Vec<Value> =
            outcomes["items"].as_array().unwrap().iter().map(|one| json!([one["customerId"], one["problems"][0]["code"]])).collect();
        assert_eq!(refused, [json!([ids[1], "changed_since"]), json!([ids[6], "unknown_customer"])]);
        for (place, tier) in [(0, json!("silver")), (1, json!("platinum")), (2, Value::Null), (3, Value::Null), (11, Value::Null)] {
            assert_eq!(customer(test, ids[place]).await["fields"]["tier"], tier, "{place}");
        }
        assert_eq!(customer(test, ids[3]).await["city"], "Linz");
        let standing = bulk(test, ended["id"].as_i64().unwrap()).await;
        assert_eq!((&standing["undoneBy"], &standing["isUndoable"]), (&undo["id"], &json!(false)));

        let path = |id: &Value| format!("/api/bulk/{id}/undo");
        assert_eq!(test.post(&path(&ended["id"]), json!({})).await.expect(409)["code"], "bulk_undone");
        assert_eq!(test.post(&path(&undo["id"]), json!({})).await.expect(409)["code"], "bulk_not_undoable");
        let audited = test.get("/api/audit?entityType=bulk_action").await.expect(200);
        assert_eq!((&audited["items"][0]["action"], &audited["items"][0]["changes"]["by"]), (&json!("undo"), &undo["id"]));
        unmerge(test, &merged).await;
        assert_eq!(customer(test, ids[6]).await["fields"]["tier"], "gold", "he was not there when it was undone");
    })
    .await;
}

#[tokio::test]
async fn those_put_in_leave_and_those_taken_out_come_back_as_they_were() {
    on_each_store(async |test| {
        let (red, reddish) = clubs(test).await;
        let ids = people(test, 6).await;
        let path = format!("/api/segments/{red}/members");
        test.post(&path, json!({"add": [ids[0]], "since": "2025-01-01T00:00:00Z", "counter": 7})).await.expect(200);
        test.run_due().await;
        let before = members(test, &red).await;
        let added = done(test, json!({"action": {"type": "add_to_segment", "segmentId": red}, "filter": {}})).await;
        expect_counts(&added, "done", [5, 1, 0]);
        assert_eq!(members(test, &reddish).await.len(), 6);
        test.clock.advance_minutes(5);
        test.post(&path, json!({"add": [ids[1]], "counter": "increase"})).await.expect(200);
        test.post(&path, json!({"remove": [ids[2]]})).await.expect(200);
        let undo = undone(test, &added).await;
        expect_counts(&undo, "done", [3, 1, 1]);
        let left = members(test, &red).await;
        assert_eq!(left.len(), 2);
        assert!(left.contains(&before[0]), "{left:?}");
        assert_eq!(members(test, &reddish).await.len(), 2);

        let before = members(test, &red).await;
        let removed = done(test, json!({"action": {"type": "remove_from_segment", "segmentId": red}, "filter": {}})).await;
        expect_counts(&removed, "done", [2, 4, 0]);
        assert_eq!((members(test, &red).await.len(), members(test, &reddish).await.len()), (0, 0));
        test.clock.advance_minutes(5);
        expect_counts(&undone(test, &removed).await, "done", [2, 0, 0]);
        assert_eq!(members(test, &red).await, before);
        assert_eq!(members(test, &reddish).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn active_customers_and_notes_go_back_too() {
    on_each_store(async |test| {
        let ids = people(test, 5).await;
        test.patch(&format!("/api/customers/{}", ids[0]), json!({"active": false})).await.expect(200);
        let off = done(test, json!({"action": {"type": "deactivate"}, "filter": {}})).await;
        expect_counts(&off, "done", [4, 1, 0]);
        assert_eq!(total(test, "active=true").await, 0);
        expect_counts(&undone(test, &off).await, "done", [4, 0, 0]);
        assert_eq!((total(test, "active=true").await, total(test, "active=false").await), (json!(4), json!(1)));
        let on = done(test, json!({"action": {"type": "activate"}, "filter": {}})).await;
        expect_counts(&on, "done", [1, 4, 0]);

        let noted = done(test, json!({"action": {"type": "add_note", "title": " Called ", "text": "Nobody there"}, "filter": {}})).await;
        let audited = test.get("/api/audit?entityType=bulk_action").await.expect(200);
        let deed = json!({"type": "add_note", "title": " Called "});
        assert_eq!(audited["items"][0]["changes"]["action"], deed, "the text of a note is for those who read notes");
        let notes = test.get(&format!("/api/customers/{}/notes", ids[0])).await.expect(200);
        assert_eq!((&notes["items"][0]["title"], &notes["items"][0]["text"]), (&json!("Called"), &json!("Nobody there")));
        test.delete(&format!("/api/customers/{}/notes/{}", ids[0], notes["items"][0]["id"])).await.expect(204);
        expect_counts(&undone(test, &noted).await, "done", [4, 1, 0]);
        let left: i64 = test.write(|work| Ok(work.tx.one("select count(*) from customer_notes", &[])?)).await.unwrap();
        assert_eq!(left, 0);
    })
    .await;
}

#[tokio::test]
async fn a_mail_address_comes_back_unless_somebody_else_has_it_now() {
    on_each_store(async |test| {
        let ids = people(test, 3).await;
        let clear = json!({"type": "set_field", "field": "email", "value": null});
        let cleared = done(test, json!({"action": clear, "filter": {}})).await;
        expect_counts(&cleared, "done", [3, 0, 0]);
        assert_eq!(customer(test, ids[1]).await["email"], Value::Null);
        test.post("/api/customers", json!({"email": "c1@example.org"})).await.expect(201);
        let undo = undone(test, &cleared).await;
        expect_counts(&undo, "done", [2, 0, 1]);
        let refused = test.get(&format!("/api/bulk/{}/outcomes?outcome=refused", undo["id"])).await.expect(200);
        assert_eq!(refused["items"][0]["customerId"], ids[1]);
        assert_eq!(refused["items"][0]["problems"][0]["code"], "duplicate_email");
        assert_eq!(customer(test, ids[2]).await["email"], "c2@example.org");
    })
    .await;
}

#[tokio::test]
async fn deleted_customers_are_gone_and_only_their_number_is_kept() {
    on_each_store(async |test| {
        let ids = people(test, 230).await;
        test.post(&format!("/api/customers/{}/notes", ids[0]), json!({"title": "Called"})).await.expect(201);
        test.patch(&format!("/api/customers/{}", ids[7]), json!({"city": "Linz"})).await.expect(200);
        let deleted = done(test, json!({"action": {"type": "delete"}, "filter": {"condition": in_city("Graz")}, "expected": 229})).await;
        expect_counts(&deleted, "done", [229, 0, 0]);
        assert_eq!(deleted["isUndoable"], false);
        assert_eq!(total(test, "").await, 1);
        let gone = test.get("/api/deletions?entityType=customers&limit=500").await.expect(200);
        assert_eq!(gone["items"].as_array().unwrap().len(), 229);
        let outcomes = test.get(&format!("/api/bulk/{}/outcomes", deleted["id"])).await.expect(200);
        assert_eq!(outcomes["items"], json!([]));
        let undo = test.post(&format!("/api/bulk/{}/undo", deleted["id"]), json!({})).await.expect(409);
        assert_eq!(undo["code"], "bulk_not_undoable");
        let nobody = done(test, json!({"action": move_to("Linz"), "filter": {}})).await;
        let undo = test.post(&format!("/api/bulk/{}/undo", nobody["id"]), json!({})).await.expect(409);
        assert_eq!(undo["code"], "bulk_not_undoable");
    })
    .await;
}

#[tokio::test]
async fn an_action_whose_segment_goes_on_the_way_fails_and_can_be_looked_at() {
    on_each_store(async |test| {
        let (red, reddish) = clubs(test).await;
        people(test, 250).await;
        test.run_due().await;
        let order = json!({"action": {"type": "add_to_segment", "segmentId": red}, "filter": {}});
        let accepted = test.post("/api/bulk", order).await.expect(202);
        let (id, job) = (accepted["id"].as_i64().unwrap(), JobId(accepted["jobId"].as_i64().unwrap()));
        test.write(|work| claim(work, 16)).await.unwrap();
        let owner = steps::begin(&test.app, BulkId(id)).await.unwrap().unwrap();
        assert!(steps::step(&test.app, owner.clone(), job, BulkId(id)).await.unwrap());
        test.delete(&format!("/api/segments/{reddish}")).await.expect(204);
        test.delete(&format!("/api/segments/{red}")).await.expect(204);
        assert!(!steps::step(&test.app, owner, job, BulkId(id)).await.unwrap());
        let failed = bulk(test, id).await;
        expect_counts(&failed, "failed", [200, 0, 0]);
        assert_eq!(failed["error"], "the segment is gone");
        let undo = undone(test, &failed).await;
        assert_eq!((&undo["state"], &undo["error"]), (&json!("failed"), &json!("the segment is gone")));
        assert_eq!(bulk(test, id).await["isUndoable"], true, "what failed can be tried again");
    })
    .await;
}

#[tokio::test]
async fn a_document_comes_back_without_what_came_to_it() {
    on_each_store(async |test| {
        test.post("/api/fields", json!({"name": "doc", "kind": "json"})).await.expect(201);
        let ids = people(test, 2).await;
        let was = json!({"a": 1, "in": {"b": [1], "c": 2}});
        test.patch(&format!("/api/customers/{}", ids[0]), json!({"fields": {"doc": was}})).await.expect(200);
        let value = json!({"a": 2, "new": {"x": 1}, "in": {"c": null, "d": 3}});
        let ended = done(test, json!({"action": {"type": "set_field", "field": "fields.doc", "value": value}, "filter": {}})).await;
        expect_counts(&ended, "done", [2, 0, 0]);
        assert_eq!(customer(test, ids[0]).await["fields"]["doc"], json!({"a": 2, "in": {"b": [1], "d": 3}, "new": {"x": 1}}));
        expect_counts(&undone(test, &ended).await, "done", [2, 0, 0]);
        assert_eq!(customer(test, ids[0]).await["fields"]["doc"], was);
        assert_eq!(customer(test, ids[1]).await["fields"]["doc"], Value::Null);
    })
    .await;
}

/// Puts the job of a bulk action aside, as if it had failed too often.
async fn put_aside(test: &TestApp, id: i64) -> JobId {
    let (bulk, job) = taken(test, id).await;
    let owner = steps::begin(&test.app, bulk).await.unwrap().unwrap();
    assert!(steps::step(&test.app, owner, job, bulk).await.unwrap());
    test.write(move |work| fail(work, job, 1_000, "the disk is full")).await.unwrap();
    job
}

#[tokio::test]
async fn what_was_put_aside_and_taken_back_ends_and_an_undoing_put_aside_can_be_tried_again() {
    on_each_store(async |test| {
        people(test, 450).await;
        let id = start(test, json!({"action": move_to("Wien"), "filter": {}})).await;
        let job = put_aside(test, id).await;
        let failed = bulk(test, id).await;
        expect_counts(&failed, "failed", [200, 0, 0]);
        assert_eq!((&failed["error"], &failed["isUndoable"]), (&json!("the disk is full"), &json!(true)));

        let path = format!("/api/bulk/{id}/undo");
        let first = test.post(&path, json!({})).await.expect(202)["id"].as_i64().unwrap();
        assert_eq!(test.post(&path, json!({})).await.expect(409)["code"], "bulk_undone");
        put_aside(test, first).await;
        assert_eq!(bulk(test, id).await["isUndoable"], true);
        let second = undone(test, &failed).await;
        expect_counts(&second, "done", [0, 200, 0]);
        assert_eq!(bulk(test, id).await["undoneBy"], second["id"]);

        test.post(&format!("/api/jobs/{job}/retry"), json!({})).await.expect(200);
        test.run_due().await;
        let ended = bulk(test, id).await;
        expect_counts(&ended, "failed", [200, 0, 0]);
        assert_eq!(ended["error"], "it was undone before it could go on");
        assert_ne!(ended["finishedAt"], Value::Null);
        assert_eq!(total(test, "q=Wien").await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_action_that_goes_on_is_not_taken_back_and_one_taken_back_does_not_go_on() {
    on_each_store(async |test| {
        people(test, 450).await;
        let id = start(test, json!({"action": move_to("Wien"), "filter": {}})).await;
        let job = put_aside(test, id).await;
        test.post(&format!("/api/jobs/{job}/retry"), json!({})).await.expect(200);
        let path = format!("/api/bulk/{id}/undo");
        assert_eq!(test.post(&path, json!({})).await.expect(409)["code"], "bulk_under_way");
        test.post(&format!("/api/bulk/{id}/cancel"), json!({})).await.expect(200);
        test.post(&path, json!({})).await.expect(202);
        assert_eq!(steps::begin(&test.app, BulkId(id)).await.unwrap(), None);
        expect_counts(&bulk(test, id).await, "cancelled", [200, 0, 0]);
    })
    .await;
}

#[tokio::test]
async fn what_was_is_kept_as_long_as_an_undoing_needs_it_and_without_it_nothing_is_put_back() {
    on_each_store(async |test| {
        people(test, 250).await;
        let day = 24 * 60;
        let ended = done(test, json!({"action": move_to("Wien"), "filter": {}})).await;
        test.clock.advance_minutes(13 * day);
        let undo = test.post(&format!("/api/bulk/{}/undo", ended["id"]), json!({})).await.expect(202)["id"].as_i64().unwrap();
        let (undo_id, job) = taken(test, undo).await;
        let owner = steps::begin(&test.app, undo_id).await.unwrap().unwrap();
        assert!(steps::step(&test.app, owner.clone(), job, undo_id).await.unwrap());
        test.clock.advance_minutes(2 * day);
        steps::prune(&test.app).await.unwrap();
        assert!(steps::step(&test.app, owner.clone(), job, undo_id).await.unwrap());
        assert!(!steps::step(&test.app, owner, job, undo_id).await.unwrap());
        expect_counts(&bulk(test, undo).await, "done", [250, 0, 0]);
        assert_eq!(total(test, "q=Wien").await, 0);
        test.clock.advance_minutes(15 * day);
        for _ in 0..2 {
            steps::prune(&test.app).await.unwrap();
        }
        assert_eq!(test.get("/api/bulk").await.expect(200)["items"], json!([]));

        let ended = done(test, json!({"action": move_to("Wien"), "filter": {}})).await;
        test.clock.advance_minutes(15 * day);
        let old = bulk(test, ended["id"].as_i64().unwrap()).await;
        assert_eq!(old["isUndoable"], false, "it may be taken away at any time");
        let ended = done(test, json!({"action": move_to("Linz"), "filter": {}})).await;
        let undo = test.post(&format!("/api/bulk/{}/undo", ended["id"]), json!({})).await.expect(202)["id"].as_i64().unwrap();
        test.write(|work| Ok(work.tx.execute("delete from bulk_outcomes", &[])?)).await.unwrap();
        test.run_due().await;
        let failed = bulk(test, undo).await;
        expect_counts(&failed, "failed", [0, 0, 0]);
        assert_eq!(failed["error"], "what was is not kept any more");
        assert_eq!(total(test, "q=Linz").await, 250);
    })
    .await;
}
