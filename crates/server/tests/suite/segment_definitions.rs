//! Definitions as a document: out, in, compared, all or nothing.

use super::segments::{customer, group, members, often, order, segment};
use serde_json::{Value, json};
use testkit::{TestApp, on_each_store};

const PATH: &str = "/api/segments/definitions";

/// Changes as `created segment value/big-spender`, without what is unchanged.
fn told(applied: &Value) -> Vec<String> {
    let shown = |one: &Value| {
        let reference = one["reference"].as_str().unwrap();
        let name = if reference.is_empty() { String::new() } else { format!("/{reference}") };
        format!("{} {} {}{name}", one["change"].as_str().unwrap(), one["kind"].as_str().unwrap(), one["group"].as_str().unwrap())
    };
    applied["differences"].as_array().unwrap().iter().map(shown).filter(|line| !line.starts_with("unchanged")).collect()
}

fn document() -> Value {
    json!({ "groups": [
        { "reference": "value", "name": "Value", "calculated": true, "sortOrder": 10, "exportToNewsletter": ["main"], "segments": [
            { "reference": "kept-buyers", "name": "Kept buyers", "condition": { "all": [
                { "fact": "segment", "reference": "buyers" }, { "not": { "fact": "segment", "reference": "testers", "group": "hand" } },
            ] } },
            { "reference": "buyers", "name": "Buyers", "useAsTargetGroup": true, "condition": often(1, "30d") },
        ] },
        { "reference": "hand", "name": "By hand", "segments": [{ "reference": "testers", "name": "Testers", "description": "Our own" }] },
    ] })
}

#[tokio::test]
async fn a_document_makes_segments_in_the_order_they_need_each_other() {
    on_each_store(async |test| {
        let ada = customer(test, "ada@example.org").await;
        order(test, ada, "2026-03-01T12:00:00Z", 1.0).await;
        let rehearsed = test.post(&format!("{PATH}?dryRun=true"), document()).await.expect(200);
        assert_eq!(rehearsed["created"], 5);
        assert_eq!(test.get("/api/segments").await.expect(200)["items"], json!([]), "nothing was written");

        let applied = test.post(PATH, document()).await.expect(200);
        let expected = [
            "created group value",
            "created segment value/kept-buyers",
            "created segment value/buyers",
            "created group hand",
            "created segment hand/testers",
        ];
        assert_eq!(told(&applied), expected);
        assert!(applied["jobId"].is_i64());
        test.run_due().await;
        let all = test.get("/api/segments").await.expect(200);
        let sizes: Vec<String> =
            all["items"].as_array().unwrap().iter().map(|one| format!("{} {}", one["reference"], one["size"])).collect();
        assert_eq!(sizes, ["\"buyers\" 1", "\"kept-buyers\" 1", "\"testers\" 0"]);

        let again = test.post(&format!("{PATH}?prune=true"), document()).await.expect(200);
        assert_eq!((&again["unchanged"], &again["jobId"], told(&again).len()), (&json!(5), &Value::Null, 0), "{again}");
        let exported = test.get(PATH).await.expect(200);
        let kept = &exported["groups"][0]["segments"][1];
        assert_eq!(kept["condition"]["all"][0], json!({ "fact": "segment", "reference": "buyers" }), "{exported}");
        let applied = test.post(&format!("{PATH}?prune=true"), exported).await.expect(200);
        assert_eq!(applied["unchanged"], 5, "what comes out goes in: {applied}");
    })
    .await;
}

#[tokio::test]
async fn what_is_other_is_told_key_by_key_and_what_is_gone_is_removed_if_asked() {
    on_each_store(async |test| {
        let ada = customer(test, "ada@example.org").await;
        order(test, ada, "2026-03-01T12:00:00Z", 1.0).await;
        test.post(PATH, document()).await.expect(200);
        test.run_due().await;
        let mut changed = document();
        changed["groups"][0]["segments"][1]["condition"]["value"] = json!(2);
        changed["groups"][0]["segments"][0]["condition"] = json!({ "fact": "segment", "reference": "buyers" });
        changed["groups"][0]["name"] = json!("Worth");
        changed["groups"][0].as_object_mut().unwrap().remove("sortOrder");
        changed["groups"].as_array_mut().unwrap().pop();
        let applied = test.post(PATH, changed.clone()).await.expect(200);
        assert_eq!(told(&applied), ["changed group value", "changed segment value/kept-buyers", "changed segment value/buyers"]);
        let parts = |place: usize| applied["differences"][place]["parts"].clone();
        assert_eq!(
            parts(0),
            json!([{ "path": "/name", "before": "Value", "after": "Worth" }, { "path": "/sortOrder", "before": 10, "after": null }])
        );
        assert_eq!(parts(2), json!([{ "path": "/condition/value", "before": 1, "after": 2 }]));

        let pruned = test.post(&format!("{PATH}?prune=true"), changed.clone()).await.expect(200);
        assert_eq!(told(&pruned), ["removed segment hand/testers", "removed group hand"]);
        test.run_due().await;
        let all = test.get("/api/segments").await.expect(200);
        assert_eq!(all["items"].as_array().unwrap().iter().map(|one| one["size"].clone()).collect::<Vec<_>>(), [0, 0]);

        changed["groups"][0]["segments"][1].as_object_mut().unwrap().remove("useAsTargetGroup");
        let linked = test.post(PATH, changed.clone()).await.expect(409);
        assert_eq!(linked["code"], "linked");
        assert!(linked["detail"].as_str().unwrap().starts_with("/groups/0/segments/1: "), "{linked}");
        test.post(&format!("{PATH}?targetGroup=delete"), changed).await.expect(200);
        let emptied = test.post(&format!("{PATH}?prune=true"), json!({ "groups": [] })).await.expect(200);
        assert_eq!(emptied["removed"], 3);
    })
    .await;
}

#[tokio::test]
async fn a_document_with_a_fault_changes_nothing_and_says_where() {
    on_each_store(async |test| {
        let base = document();
        for (change, path, code) in [
            (("/groups/0/segments/1/condition/op", json!("about")), "/groups/0/segments/1/condition/op", "unknown_operator"),
            (
                ("/groups/0/segments/0/condition/all/0/reference", json!("nobody")),
                "/groups/0/segments/0/condition/all/0",
                "unknown_segment",
            ),
            (("/groups/0/segments/1/reference", json!("kept-buyers")), "/groups/0/segments/1/reference", "twice"),
            (
                ("/groups/0/segments/1/condition", json!({ "fact": "segment", "reference": "kept-buyers" })),
                "/groups/0/segments/0/condition",
                "circle",
            ),
            (("/groups/0/segments/1/condition", Value::Null), "/groups/0/segments/1/condition", "required"),
            (("/groups/0/segments/1/name", json!("")), "/groups/0/segments/1/name", "invalid"),
            (("/groups/1/name", json!("")), "/groups/1/name", "invalid"),
            (("/groups/1/segments/0/reference", json!("buyers")), "/groups/0/segments/0/condition/all/0", "ambiguous"),
            (("/groups/1/sortOrder", json!("high")), "/groups/1/sortOrder", "invalid"),
        ] {
            let mut wrong = base.clone();
            match wrong.pointer_mut(change.0) {
                Some(spot) => *spot = change.1,
                None => wrong["groups"][1]["sortOrder"] = change.1,
            }
            let refused = test.post(PATH, wrong).await.expect(422);
            let first = &refused["problems"][0];
            assert_eq!((&first["path"], &first["code"]), (&json!(path), &json!(code)), "{refused}");
        }
        assert_eq!(test.get("/api/segment-groups").await.expect(200)["items"], json!([]), "nothing half-written");
    })
    .await;
}

#[tokio::test]
async fn conditions_go_on_meaning_the_same_segment_when_references_change() {
    on_each_store(async |test| {
        let ada = customer(test, "ada@example.org").await;
        let own = group(test, true).await;
        let buyer = segment(test, own, "Buyer", often(1, "30d")).await;
        let follower = segment(test, own, "Follower", json!({ "fact": "segment", "reference": "buyer" })).await;
        test.patch(&format!("/api/segments/{buyer}"), json!({ "reference": "customer" })).await.expect(200);
        let other =
            test.post("/api/segment-groups", json!({ "name": "Other", "calculated": true })).await.expect(201)["id"].as_i64().unwrap();
        let body = json!({ "groupId": other, "name": "X", "reference": "customer", "condition": often(9, "30d") });
        test.post("/api/segments", body).await.expect(201);
        order(test, ada, "2026-03-01T12:00:00Z", 1.0).await;
        assert_eq!(members(test, follower).await, [ada].into());

        let exported = test.get(PATH).await.expect(200);
        let named =
            &exported["groups"][0]["segments"].as_array().unwrap().iter().find(|one| one["name"] == "Follower").unwrap()["condition"];
        assert_eq!(*named, json!({ "fact": "segment", "group": "group-true", "reference": "customer" }), "{exported}");
        let applied = test.post(PATH, exported).await.expect(200);
        assert_eq!(told(&applied), [""; 0]);
        same(test, follower, buyer).await;
    })
    .await;
}

async fn same(test: &TestApp, follower: i64, buyer: i64) {
    let standing = test.get(&format!("/api/segments/{follower}")).await.expect(200);
    assert_eq!(standing["condition"], json!({ "fact": "segment", "id": buyer }));
}
