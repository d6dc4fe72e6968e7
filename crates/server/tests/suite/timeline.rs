//! The timeline of a customer: everything in one order, page by page, and what is planned.

use reqwest::Method;
use serde_json::{Value, json};
use server::customers;
use server::ids::CustomerId;
use testkit::{TestApp, on_each_store};

/// A customer to whom a little of everything happened.
async fn story(test: &TestApp) -> i64 {
    let ada =
        test.post("/api/customers", json!({"email": "ada@example.org", "firstname": "Ada"})).await.expect(201)["id"].as_i64().unwrap();
    test.post("/api/activity-types", json!({"name": "order", "label": "Order"})).await.expect(201);
    let group = test.post("/api/segment-groups", json!({"name": "Value"})).await.expect(201);
    let regular = test.post("/api/segments", json!({"groupId": group["id"], "name": "Regular"})).await.expect(201);
    let thanks = test.post("/api/templates", json!({"name": "Thanks", "subject": "Thank you", "text": "T"})).await.expect(201);
    let rule = json!({"name": "Thank", "active": true, "triggers": [{"type": "new_activity", "activityType": "order"}], "actions": [
        {"type": "add_segment", "segmentId": regular["id"]}, {"type": "send_mail", "templateId": thanks["id"]},
        {"type": "send_mail", "templateId": thanks["id"], "delay": "3h"}]});
    test.post("/api/rules", rule).await.expect(201);
    test.clock.advance_minutes(1);
    let order = json!({"customer": {"id": ada}, "type": "order", "attributes": {"amount": 5}});
    test.post("/api/activities", order).await.expect(201);
    test.run_due().await;
    test.clock.advance_minutes(1);
    test.write(move |work| customers::add_note(work, CustomerId(ada), "Called", "Likes tea")).await.unwrap();
    test.clock.advance_minutes(1);
    test.patch(&format!("/api/customers/{ada}"), json!({"firstname": "Augusta"})).await.expect(200);
    test.clock.advance_minutes(1);
    test.post(&format!("/api/segments/{}/members", regular["id"]), json!({"remove": [ada]})).await.expect(200);
    ada
}

fn kinds_and_titles(items: &[Value]) -> Vec<(&str, &str)> {
    items.iter().map(|item| (item["kind"].as_str().unwrap(), item["title"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn everything_is_there_newest_first_whatever_the_page_size() {
    on_each_store(async |test| {
        let ada = story(test).await;
        let whole = test.get(&format!("/api/customers/{ada}/timeline")).await.expect(200);
        let all = whole["items"].as_array().unwrap().clone();
        assert_eq!(
            kinds_and_titles(&all),
            [
                ("segment_left", "Regular"),
                ("edit", "firstname"),
                ("note", "Called"),
                ("mail", "Thank you"),
                ("rule", "Thank"),
                ("segment_entered", "Regular"),
                ("activity", "Order"),
                ("edit", "created"),
            ]
        );
        assert_eq!(whole["nextCursor"], Value::Null);
        assert_eq!((&all[0]["detail"]["cause"]["by"], &all[0]["at"]), (&json!("person"), &json!("2026-03-02T12:04:00Z")));
        assert_eq!((&all[5]["detail"]["cause"]["by"], &all[5]["detail"]["ruleName"]), (&json!("rule"), &json!("Thank")));
        assert_eq!((&all[3]["detail"]["state"], &all[3]["detail"]["templateName"]), (&json!("sent"), &json!("Thanks")));
        assert_eq!(all[6]["detail"]["attributes"], json!({"amount": 5}));
        for size in 1..=3 {
            let (mut paged, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = test.get(&format!("/api/customers/{ada}/timeline?limit={size}{cursor}")).await.expect(200);
                paged.extend(page["items"].as_array().unwrap().clone());
                let Some(next) = page["nextCursor"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            assert_eq!(paged, all, "pages of {size}");
        }
    })
    .await;
}

#[tokio::test]
async fn kinds_can_be_chosen_and_what_the_caller_may_not_see_is_left_out() {
    on_each_store(async |test| {
        let ada = story(test).await;
        let path = format!("/api/customers/{ada}/timeline");
        let chosen = test.get(&format!("{path}?kinds=note,mail")).await.expect(200);
        assert_eq!(kinds_and_titles(chosen["items"].as_array().unwrap()), [("note", "Called"), ("mail", "Thank you")]);
        assert_eq!(test.get(&format!("{path}?kinds=dance")).await.expect(422)["problems"][0]["path"], "/kinds");
        let key = test.new_key(&["customers:read", "activities:read"]).await;
        let seen = test.send(reqwest::Method::GET, &path, None, Some(&key), &[]).await.expect(200);
        let kinds: Vec<&str> = kinds_and_titles(seen["items"].as_array().unwrap()).into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, ["edit", "note", "activity", "edit"]);
        test.get("/api/customers/999999/timeline").await.expect(404);
        test.get("/api/customers/999999/upcoming").await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn what_is_planned_is_shown_and_can_be_cancelled() {
    on_each_store(async |test| {
        let ada = story(test).await;
        let path = format!("/api/customers/{ada}/upcoming");
        let planned = test.get(&path).await.expect(200)["items"].clone();
        assert_eq!(planned.as_array().unwrap().len(), 1);
        assert_eq!(
            (&planned[0]["kind"], &planned[0]["title"], &planned[0]["at"], &planned[0]["detail"]["ruleName"]),
            (&json!("action"), &json!("Thanks"), &json!("2026-03-02T15:01:00Z"), &json!("Thank"))
        );
        let group = test.post("/api/segment-groups", json!({"name": "Recent", "calculated": true})).await.expect(201);
        let recent = json!({"groupId": group["id"], "name": "Recent", "condition": {"fact": "activity", "type": "order", "within": "30d", "op": "gte", "value": 1}});
        test.post("/api/segments", recent).await.expect(201);
        test.run_due().await;
        test.post("/api/activities", json!({"customer": {"id": ada}, "type": "order"})).await.expect(201);
        let checked = test.get(&path).await.expect(200)["items"].clone();
        let check = checked.as_array().unwrap().iter().find(|item| item["kind"] == "segment_check").unwrap().clone();
        assert_eq!(check["at"], "2026-04-01T12:01:00Z", "when the first order falls out of the window");

        let plan = &planned[0]["detail"]["planId"];
        test.delete(&format!("/api/customers/{ada}/scheduled/{plan}")).await.expect(204);
        let left = test.get(&path).await.expect(200)["items"].clone();
        assert!(left.as_array().unwrap().iter().all(|item| item["detail"]["planId"] != *plan));
        test.delete(&format!("/api/customers/{ada}/scheduled/{plan}")).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn it_shows_when_a_customer_did_much_and_what_was_before() {
    on_each_store(async |test| {
        let ada = test.post("/api/customers", json!({"email": "ada@example.org"})).await.expect(201)["id"].as_i64().unwrap();
        let path = format!("/api/customers/{ada}/timeline/density");
        assert_eq!(test.get(&path).await.expect(200)["counts"], json!([]));
        test.post("/api/activity-types", json!({"name": "order"})).await.expect(201);
        // The clock stands at noon of the second of March.
        let ahead = json!({"customer": {"id": ada}, "type": "order", "occurredAt": "2026-03-02T12:01:00Z"});
        test.post("/api/activities", ahead).await.expect(201);
        assert_eq!(test.get(&path).await.expect(200)["counts"], json!([]), "all of it lies ahead");
        for at in ["2026-03-01T12:00:00Z", "2026-03-01T12:10:00Z", "2026-03-02T00:00:00Z", "2026-03-02T11:59:00Z"] {
            let order = json!({"customer": {"id": ada}, "type": "order", "occurredAt": at});
            test.post("/api/activities", order).await.expect(201);
        }
        let density = test.get(&path).await.expect(200);
        assert_eq!((&density["from"], &density["until"]), (&json!("2026-03-01T12:00:00Z"), &json!("2026-03-02T12:00:00Z")));
        let counts: Vec<i64> = serde_json::from_value(density["counts"].clone()).unwrap();
        let some: Vec<(usize, i64)> = counts.iter().copied().enumerate().filter(|(_, count)| *count != 0).collect();
        assert_eq!((counts.len(), some), (60, vec![(0, 2), (29, 1), (59, 2)]));

        let before =
            test.get(&format!("/api/customers/{ada}/timeline?kinds=activity&until=2026-03-02T00:00:00Z&limit=1")).await.expect(200);
        assert_eq!(before["items"][0]["at"], "2026-03-01T12:10:00Z");
        let cursor = before["nextCursor"].as_str().unwrap();
        let rest =
            test.get(&format!("/api/customers/{ada}/timeline?kinds=activity&until=2026-03-02T00:00:00Z&cursor={cursor}")).await.expect(200);
        assert_eq!(rest["items"].as_array().unwrap().len(), 1);
        assert_eq!(rest["items"][0]["at"], "2026-03-01T12:00:00Z");

        test.get("/api/customers/999/timeline/density").await.expect(404);
        let outsider = test.new_key(&["customers:read"]).await;
        test.send(Method::GET, &path, None, Some(&outsider), &[]).await.expect(403);
    })
    .await;
}
