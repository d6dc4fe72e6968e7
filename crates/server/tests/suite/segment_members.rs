//! Membership by hand: instants, counters, lists from files, and who did it.

use super::segments::{customer, group, members, segment};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use testkit::{TestApp, on_each_store};

async fn manual(test: &TestApp, name: &str) -> i64 {
    let group = group(test, false).await;
    test.post("/api/segments", json!({ "groupId": group, "name": name })).await.expect(201)["id"].as_i64().unwrap()
}

async fn member(test: &TestApp, segment: i64, customer: i64) -> (Value, Value) {
    let page = test.get(&format!("/api/segments/{segment}/members")).await.expect(200);
    let found = page["items"].as_array().unwrap().iter().find(|one| one["customerId"] == customer).unwrap().clone();
    (found["since"].clone(), found["counter"].clone())
}

/// The entries about segments in a customer's timeline, newest first.
async fn story(test: &TestApp, customer: i64) -> Vec<Value> {
    let page = test.get(&format!("/api/customers/{customer}/timeline?kinds=segment_entered")).await.expect(200);
    page["items"].as_array().unwrap().clone()
}

/// Sends a list of members and reads it; gives the import.
async fn import(test: &TestApp, segment: i64, content: &str, options: Value) -> Value {
    let form = Form::new().part("file", Part::text(content.to_owned()).file_name("list.csv")).text("options", options.to_string());
    let path = format!("{}/api/segments/{segment}/members/import", test.address);
    let sent = test.client.post(path).header("x-api-key", &test.key).multipart(form).send().await.unwrap();
    assert_eq!(sent.status().as_u16(), 202);
    let accepted: Value = sent.json().await.unwrap();
    test.run_due().await;
    test.get(&format!("/api/imports/{}", accepted["id"])).await.expect(200)
}

fn counts(import: &Value) -> (i64, i64, i64) {
    let count = |name: &str| import[name].as_i64().unwrap();
    (count("created"), count("updated"), count("rejected"))
}

#[tokio::test]
async fn a_segment_applied_again_keeps_what_is_not_said() {
    on_each_store(async |test| {
        let ada = customer(test, "ada@example.org").await;
        let friends = manual(test, "Friends").await;
        let path = format!("/api/segments/{friends}/members");
        let apply = async |body: Value| {
            let changed = test.post(&path, body).await.expect(200);
            (changed, member(test, friends, ada).await)
        };
        let done = |added: i64, applied: i64| json!({ "added": added, "removed": 0, "applied": applied });
        let (start, early) = (json!("2026-03-02T12:00:00Z"), json!("2026-01-01T00:00:00Z"));
        assert_eq!(apply(json!({ "add": [ada] })).await, (done(1, 0), (start.clone(), json!(1))));
        test.clock.advance_minutes(5);
        assert_eq!(apply(json!({ "add": [ada] })).await, (done(0, 0), (start.clone(), json!(1))), "omitted is kept");
        assert_eq!(apply(json!({ "add": [ada], "counter": "increase" })).await, (done(0, 1), (start.clone(), json!(2))));
        assert_eq!(apply(json!({ "add": [ada], "since": early, "counter": "increase" })).await, (done(0, 1), (early.clone(), json!(3))));
        assert_eq!(apply(json!({ "add": [ada], "since": early, "counter": "increase" })).await, (done(0, 0), (early.clone(), json!(3))));
        assert_eq!(apply(json!({ "add": [ada], "counter": 10 })).await, (done(0, 1), (early.clone(), json!(10))));
        for (wrong, at) in [
            (json!({ "add": [ada], "since": "2027-01-01T00:00:00Z" }), "/since"),
            (json!({ "add": [ada], "counter": -1 }), "/counter"),
            (json!({ "add": [ada], "counter": "more" }), "/counter"),
        ] {
            let refused = test.post(&path, wrong).await.expect(422);
            assert_eq!(refused["problems"][0]["path"], at, "{refused}");
        }
        assert_eq!(story(test, ada).await.len(), 1, "only coming and going is told");
    })
    .await;
}

#[tokio::test]
async fn who_is_named_by_both_lists_ends_outside_and_both_are_told() {
    on_each_store(async |test| {
        let (ada, bob) = (customer(test, "ada@example.org").await, customer(test, "bob@example.org").await);
        let friends = manual(test, "Friends").await;
        let friendly = segment(test, group(test, true).await, "Friendly", json!({ "fact": "segment", "id": friends })).await;
        let path = format!("/api/segments/{friends}/members");
        test.post(&path, json!({ "add": [bob] })).await.expect(200);
        let changed = test.post(&path, json!({ "add": [ada, bob], "remove": [bob, ada] })).await.expect(200);
        assert_eq!(changed, json!({ "added": 1, "removed": 2, "applied": 0 }));
        assert!(members(test, friends).await.is_empty() && members(test, friendly).await.is_empty());
        let kinds: Vec<Value> = story(test, ada).await.iter().map(|one| one["kind"].clone()).collect();
        assert_eq!(kinds, ["segment_left", "segment_entered"]);
        let cause = &story(test, ada).await[0]["detail"]["cause"];
        assert_eq!((&cause["by"], &cause["actor"]["kind"], &cause["actor"]["name"]), (&json!("person"), &json!("api_key"), &json!("test")));
    })
    .await;
}

#[tokio::test]
async fn lists_of_members_are_added_and_removed_with_a_report() {
    on_each_store(async |test| {
        let (ada, bob) = (customer(test, "ada@example.org").await, customer(test, "bob@example.org").await);
        let eve = json!({ "email": "eve@example.org", "externalIds": { "shop": "17" } });
        let eve = test.post("/api/customers", eve).await.expect(201)["id"].as_i64().unwrap();
        let friends = manual(test, "Friends").await;
        test.post(&format!("/api/segments/{friends}/members"), json!({ "add": [ada] })).await.expect(200);

        let list = format!(
            "id,email,external:shop,counter\n,ADA@example.org,,\n{bob},,,5\n,,17,\n,nobody@example.org,,\n{bob},,,5\n99999,,,\n,,,\n"
        );
        let done = import(test, friends, &list, json!({})).await;
        assert_eq!((&done["state"], counts(&done)), (&json!("done"), (2, 2, 3)), "{done}");
        assert_eq!(members(test, friends).await, [ada, bob, eve].into());
        assert_eq!(member(test, friends, bob).await.1, json!(5));
        let problems = test.get(&format!("/api/imports/{}/problems", done["id"])).await.expect(200);
        let rows: Vec<(i64, &str)> = problems["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["row"].as_i64().unwrap(), one["problems"][0]["code"].as_str().unwrap()))
            .collect();
        assert_eq!(rows, [(5, "unknown_customer"), (7, "unknown_customer"), (8, "required")]);
        let cause = &story(test, bob).await[0]["detail"]["cause"];
        assert_eq!((&cause["by"], &cause["import"], &cause["actor"]["kind"]), (&json!("import"), &done["id"], &json!("api_key")));

        let rehearsed = import(test, friends, &format!("id\n{ada}\n"), json!({ "mode": "remove", "dryRun": true })).await;
        assert_eq!((counts(&rehearsed), members(test, friends).await.len()), ((1, 0, 0), 3));
        let removed =
            import(test, friends, "email\nada@example.org\nada@example.org\nbob@example.org\n", json!({ "mode": "remove" })).await;
        assert_eq!((counts(&removed), members(test, friends).await), ((2, 1, 0), [eve].into()));
    })
    .await;
}

#[tokio::test]
async fn a_list_takes_the_place_of_all_members_at_once() {
    on_each_store(async |test| {
        let (ada, bob) = (customer(test, "ada@example.org").await, customer(test, "bob@example.org").await);
        let eve = customer(test, "eve@example.org").await;
        let friends = manual(test, "Friends").await;
        let friendly = segment(test, group(test, true).await, "Friendly", json!({ "fact": "segment", "id": friends })).await;
        let before = json!({ "add": [ada, bob], "counter": 4 });
        test.post(&format!("/api/segments/{friends}/members"), before).await.expect(200);
        test.clock.advance_minutes(5);

        let nobody = import(test, friends, "email\nnobody@example.org\n", json!({ "mode": "replace" })).await;
        assert_eq!((&nobody["state"], members(test, friends).await), (&json!("failed"), [ada, bob].into()), "{nobody}");
        assert_eq!(test.get(&format!("/api/segments/{friends}")).await.expect(200)["building"], false);
        let done = import(test, friends, "email\nbob@example.org\neve@example.org\n", json!({ "mode": "replace" })).await;
        assert_eq!((&done["state"], counts(&done)), (&json!("done"), (1, 1, 0)), "{done}");
        assert_eq!(members(test, friends).await, [bob, eve].into());
        assert_eq!(members(test, friendly).await, [bob, eve].into());
        assert_eq!(member(test, friends, bob).await, (json!("2026-03-02T12:00:00Z"), json!(4)), "who stays keeps what he has");
        let titles = |story: &[Value]| story.iter().map(|one| format!("{} {}", one["kind"], one["title"])).collect::<Vec<_>>();
        assert_eq!(titles(&story(test, ada).await)[..2], ["\"segment_left\" \"Friendly\"", "\"segment_left\" \"Friends\""]);
        let told = story(test, eve).await;
        let cause = &told.iter().find(|one| one["title"] == "Friends").unwrap()["detail"]["cause"];
        assert_eq!((&cause["by"], &cause["import"], &cause["actor"]["kind"]), (&json!("import"), &done["id"], &json!("api_key")));

        test.post(&format!("/api/segments/{friends}/members"), json!({ "add": [ada], "remove": [bob] })).await.expect(200);
        assert_eq!(members(test, friendly).await, [ada, eve].into(), "by hand it goes on from there");
        let path = format!("/api/segments/{friendly}/members/import");
        let form = Form::new().part("file", Part::text("id\n1\n").file_name("list.csv"));
        let refused =
            test.client.post(format!("{}{path}", test.address)).header("x-api-key", &test.key).multipart(form).send().await.unwrap();
        assert_eq!(refused.status().as_u16(), 409, "a calculated segment");
    })
    .await;
}
