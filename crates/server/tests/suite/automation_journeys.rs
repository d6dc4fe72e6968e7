//! Journeys: waiting, branching, leaving; on their version, across restarts and changes.

use serde_json::{Value, json};
use testkit::{TestApp, on_each_store};

async fn customer(test: &TestApp, body: Value) -> i64 {
    test.post("/api/customers", body).await.expect(201)["id"].as_i64().unwrap()
}

async fn types(test: &TestApp) {
    for name in ["order", "cart"] {
        test.post("/api/activity-types", json!({"name": name})).await.expect(201);
    }
}

/// A journey that begins with a cart.
async fn journey(test: &TestApp, steps: Value, more: Value) -> i64 {
    let mut body =
        json!({"name": "Journey", "active": true, "triggers": [{"type": "new_activity", "activityType": "cart"}], "steps": steps});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    test.post("/api/rules", body).await.expect(201)["id"].as_i64().unwrap()
}

fn note(title: &str) -> Value {
    json!({"type": "action", "action": {"type": "add_note", "title": title}})
}

fn ordered() -> Value {
    json!({"fact": "activity", "type": "order", "within": "10d", "op": "gte", "value": 1})
}

async fn track(test: &TestApp, customer: i64, kind: &str) {
    test.post("/api/activities", json!({"customer": {"id": customer}, "type": kind})).await.expect(201);
}

async fn notes(test: &TestApp, customer: i64) -> Vec<String> {
    let notes = test.get(&format!("/api/customers/{customer}/notes")).await.expect(200);
    let mut titles: Vec<String> =
        notes["items"].as_array().unwrap().iter().map(|note| note["title"].as_str().unwrap().to_owned()).collect();
    titles.reverse();
    titles
}

async fn runs(test: &TestApp, rule: i64, customer: i64) -> Vec<(String, String)> {
    let runs = test.get(&format!("/api/rules/{rule}/runs?customerId={customer}")).await.expect(200);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut runs: Vec<_> = runs["items"].as_array().unwrap().iter().map(|run| (text(&run["outcome"]), text(&run["why"]["path"]))).collect();
    runs.reverse();
    runs
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect()
}

#[tokio::test]
async fn steps_come_one_after_the_other() {
    on_each_store(async |test| {
        types(test).await;
        let ada = customer(test, json!({"email": "ada@example.org", "timeZone": "Europe/Vienna"})).await;
        let steps = json!([note("first"), {"type": "wait", "for": "1d", "until": "09:00"}, note("second"), {"type": "wait", "for": "2h"}, note("third")]);
        let rule = journey(test, steps, json!({})).await;
        track(test, ada, "cart").await;
        assert_eq!(notes(test, ada).await, ["first"]);
        let planned = test.get(&format!("/api/customers/{ada}/scheduled")).await.expect(200)["items"][0].clone();
        assert_eq!((&planned["kind"], &planned["path"], &planned["dueAt"]), (&json!("journey"), &json!("/steps/1"), &json!("2026-03-04T08:00:00Z")));
        track(test, ada, "cart").await;
        test.clock.advance_minutes(44 * 60);
        test.run_due().await;
        assert_eq!(notes(test, ada).await, ["first", "second"]);
        let places = test.get(&format!("/api/rules/{rule}/places")).await.expect(200);
        assert_eq!(places["items"], json!([{"version": 1, "kind": "journey", "path": "/steps/3", "count": 1}]));
        test.clock.advance_minutes(2 * 60);
        test.run_due().await;
        assert_eq!(notes(test, ada).await, ["first", "second", "third"]);
        let told = pairs(&[("fired", "/steps/1"), ("not_again", ""), ("went_on", "/steps/3"), ("finished", "")]);
        assert_eq!(runs(test, rule, ada).await, told, "who is under way does not begin again");
        track(test, ada, "cart").await;
        assert_eq!(notes(test, ada).await.len(), 4, "who has come to the end may");
    })
    .await;
}

#[tokio::test]
async fn who_waits_for_something_goes_on_when_it_happens_or_when_it_is_too_late() {
    on_each_store(async |test| {
        types(test).await;
        let (ada, bob) =
            (customer(test, json!({"email": "ada@example.org"})).await, customer(test, json!({"email": "bob@example.org"})).await);
        let wait = json!({"type": "wait_for", "condition": ordered(), "timeout": "3d", "onTimeout": "exit"});
        let rule = journey(test, json!([wait, note("ordered")]), json!({})).await;
        track(test, ada, "cart").await;
        track(test, bob, "cart").await;
        test.clock.advance_days(1);
        track(test, ada, "cart").await;
        test.run_due().await;
        assert!(notes(test, ada).await.is_empty());
        track(test, ada, "order").await;
        test.run_due().await;
        assert_eq!((notes(test, ada).await.len(), notes(test, bob).await.len()), (1, 0));
        test.clock.advance_minutes(2 * 24 * 60 - 1);
        test.run_due().await;
        assert_eq!(runs(test, rule, bob).await, pairs(&[("fired", "/steps/0")]));
        test.clock.advance_minutes(1);
        test.run_due().await;
        assert_eq!(runs(test, rule, bob).await, pairs(&[("fired", "/steps/0"), ("exited", "/steps/0")]));
        assert!(notes(test, bob).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn time_alone_can_be_what_somebody_waits_for() {
    on_each_store(async |test| {
        types(test).await;
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        track(test, ada, "order").await;
        let gone = json!({"type": "wait_for", "condition": {"not": ordered()}, "timeout": "30d"});
        journey(test, json!([gone, note("quiet")]), json!({})).await;
        track(test, ada, "cart").await;
        test.clock.advance_minutes(10 * 24 * 60 - 1);
        test.run_due().await;
        assert!(notes(test, ada).await.is_empty());
        test.clock.advance_minutes(1);
        test.run_due().await;
        assert_eq!(notes(test, ada).await, ["quiet"], "the order falls out of the window at this instant");
    })
    .await;
}

#[tokio::test]
async fn branches_see_what_the_steps_before_them_did() {
    on_each_store(async |test| {
        types(test).await;
        let group = test.post("/api/segment-groups", json!({"name": "G"})).await.expect(201);
        let gold = test.post("/api/segments", json!({"groupId": group["id"], "name": "Gold"})).await.expect(201)["id"].clone();
        let wien = json!({"fact": "field", "name": "city", "op": "eq", "value": "Wien"});
        let steps = json!([
            {"type": "action", "action": {"type": "add_segment", "segmentId": gold}},
            {"type": "branch", "branches": [
                {"condition": {"not": {"fact": "segment", "id": gold}}, "steps": [note("not gold")]},
                {"condition": wien, "steps": [note("gold in Wien"), {"type": "wait", "for": "1h"}, note("an hour later")]},
            ], "otherwise": [note("gold elsewhere")]},
            note("all"),
        ]);
        let rule = journey(test, steps, json!({})).await;
        let ada = customer(test, json!({"email": "ada@example.org", "city": "Wien"})).await;
        let bob = customer(test, json!({"email": "bob@example.org", "city": "Graz"})).await;
        for id in [ada, bob] {
            track(test, id, "cart").await;
        }
        test.run_due().await;
        assert_eq!(
            (notes(test, ada).await, notes(test, bob).await),
            (vec!["gold in Wien".to_owned()], vec!["gold elsewhere".to_owned(), "all".to_owned()])
        );
        test.clock.advance_minutes(60);
        test.run_due().await;
        assert_eq!(notes(test, ada).await, ["gold in Wien", "an hour later", "all"]);
        assert_eq!(runs(test, rule, ada).await.last().unwrap().0, "finished");
    })
    .await;
}

#[tokio::test]
async fn a_split_sends_the_same_customer_the_same_way() {
    on_each_store(async |test| {
        types(test).await;
        let steps = json!([{"type": "split", "parts": [{"percent": 30, "steps": [note("A")]}, {"percent": 70, "steps": [note("B")]}]}]);
        journey(test, steps, json!({})).await;
        let mut count = 0;
        for number in 0..60 {
            let id = customer(test, json!({"email": format!("c{number}@example.org")})).await;
            track(test, id, "cart").await;
            track(test, id, "cart").await;
            let titles = notes(test, id).await;
            assert_eq!((titles.len(), &titles[0]), (2, &titles[1]));
            count += usize::from(titles[0] == "A");
        }
        assert!((8..=30).contains(&count), "{count} of 60 went the way of 30 percent");
        let wrong = json!({"name": "Wrong", "triggers": [{"type": "new_activity", "activityType": "cart"}],
            "steps": [{"type": "split", "parts": [{"percent": 30, "steps": []}, {"percent": 60, "steps": []}]}]});
        assert_eq!(test.post("/api/rules", wrong).await.expect(422)["problems"][0]["path"], "/steps/0/parts");
    })
    .await;
}

#[tokio::test]
async fn whoever_orders_leaves() {
    on_each_store(async |test| {
        types(test).await;
        let (ada, bob) = (customer(test, json!({"email": "ada@example.org"})).await, customer(test, json!({"email": "bob@example.org"})).await);
        let steps = json!([{"type": "wait", "for": "1d"}, note("one"), {"type": "exit", "condition": {"fact": "field", "name": "city", "op": "set"}}, note("two")]);
        let rule = journey(test, steps, json!({"exitWhen": ordered()})).await;
        track(test, ada, "cart").await;
        track(test, bob, "cart").await;
        track(test, ada, "order").await;
        test.patch(&format!("/api/customers/{bob}"), json!({"city": "Wien"})).await.expect(200);
        test.clock.advance_days(1);
        test.run_due().await;
        assert_eq!((notes(test, ada).await.len(), notes(test, bob).await), (0, vec!["one".to_owned()]));
        assert_eq!(runs(test, rule, ada).await[1], ("exited".to_owned(), "/steps/0".to_owned()));
        assert_eq!(runs(test, rule, bob).await.last().unwrap(), &("exited".to_owned(), "/steps/2".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn a_change_leaves_those_under_way_alone_or_takes_them_along() {
    on_each_store(async |test| {
        types(test).await;
        let wait = json!({"type": "wait", "name": "pause", "for": "1d"});
        let rule = journey(test, json!([wait, note("old")]), json!({})).await;
        let mut all = Vec::new();
        for name in ["ada", "bob", "eve"] {
            let id = customer(test, json!({"email": format!("{name}@example.org")})).await;
            all.push(id);
        }
        let path = format!("/api/rules/{rule}");
        track(test, all[0], "cart").await;
        test.patch(&path, json!({"steps": [note("before"), wait, note("new")]})).await.expect(200);
        test.run_due().await;
        track(test, all[1], "cart").await;
        test.clock.advance_days(1);
        test.run_due().await;
        assert_eq!(
            (notes(test, all[0]).await, notes(test, all[1]).await),
            (vec!["old".to_owned()], vec!["before".to_owned(), "new".to_owned()])
        );

        track(test, all[0], "cart").await;
        test.patch(&format!("{path}?running=move"), json!({"steps": [wait, note("newest")]})).await.expect(200);
        test.run_due().await;
        test.clock.advance_days(1);
        test.run_due().await;
        assert_eq!(notes(test, all[0]).await, ["old", "before", "newest"]);

        track(test, all[2], "cart").await;
        test.patch(&format!("{path}?running=stop"), json!({"steps": [note("other")]})).await.expect(200);
        test.run_due().await;
        assert_eq!(test.get(&format!("/api/customers/{}/scheduled", all[2])).await.expect(200)["items"], json!([]));
        assert_eq!(runs(test, rule, all[2]).await.last().unwrap().0, "exited");
        test.patch(&format!("{path}?running=fly"), json!({})).await.expect(422);
    })
    .await;
}

#[tokio::test]
async fn what_is_planned_can_be_taken_back_and_goes_with_the_customer() {
    on_each_store(async |test| {
        types(test).await;
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let rule = journey(test, json!([{"type": "wait", "for": "1d"}, note("x")]), json!({})).await;
        track(test, ada, "cart").await;
        let path = format!("/api/customers/{ada}/scheduled");
        let plan = test.get(&path).await.expect(200)["items"][0]["id"].clone();
        assert_eq!(test.get(&format!("/api/rules/{rule}/plans")).await.expect(200)["items"][0]["id"], plan);
        test.delete(&format!("{path}/{plan}")).await.expect(204);
        assert_eq!(runs(test, rule, ada).await.last().unwrap().0, "cancelled");
        track(test, ada, "cart").await;
        test.delete(&format!("/api/customers/{ada}")).await.expect(204);
        assert_eq!(test.get(&format!("/api/rules/{rule}/plans")).await.expect(200)["items"], json!([]));
        test.clock.advance_days(1);
        test.run_due().await;
    })
    .await;
}
