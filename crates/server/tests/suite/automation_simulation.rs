//! Looking before leaping: what a rule would do for one customer, and what it would have done in the last days.

use serde_json::{Value, json};
use testkit::{TestApp, on_each_store};

async fn order(test: &TestApp, customer: i64, amount: i64) {
    let body = json!({"customer": {"id": customer}, "type": "order", "attributes": {"amount": amount}});
    test.post("/api/activities", body).await.expect(201);
}

/// An order type, a template, and a draft that thanks from the second order on, a day later.
async fn draft(test: &TestApp) -> Value {
    test.post("/api/activity-types", json!({"name": "order"})).await.expect(201);
    let thanks = test.post("/api/templates", json!({"name": "Thanks", "subject": "S", "text": "T"})).await.expect(201)["id"].clone();
    json!({"name": "Thank", "triggers": [{"type": "new_activity", "activityType": "order"}],
        "condition": {"fact": "activity", "type": "order", "within": "30d", "op": "gte", "value": 2},
        "actions": [{"type": "add_note", "title": "Second"}, {"type": "send_mail", "templateId": thanks, "delay": "1d"}]})
}

#[tokio::test]
async fn nothing_of_a_simulation_is_kept() {
    on_each_store(async |test| {
        let draft = draft(test).await;
        let ada = test.post("/api/customers", json!({"email": "ada@example.org"})).await.expect(201)["id"].as_i64().unwrap();
        order(test, ada, 1).await;
        let wanted = json!({"rule": draft, "customerId": ada, "activity": {"type": "order", "attributes": {"amount": 5}}});
        let seen = test.post("/api/rules/simulate", wanted).await.expect(200);
        let outcomes: Vec<(&str, &str)> =
            seen["runs"].as_array().unwrap().iter().map(|run| (run["at"].as_str().unwrap(), run["outcome"].as_str().unwrap())).collect();
        assert_eq!(outcomes, [("2026-03-02T12:00:00Z", "fired"), ("2026-03-03T12:00:00Z", "action_done")]);
        assert_eq!(seen["plans"], json!([]));
        // Not yet, if one looks ahead for less than it takes.
        let draft_again = json!({"rule": draft, "customer": {"firstname": "Made"}, "activity": {"type": "order"}});
        let seen = test.post("/api/rules/simulate", draft_again).await.expect(200);
        assert_eq!(seen["runs"][0]["outcome"], "condition_not_met");
        test.run_due().await;
        assert_eq!(test.get("/api/rules").await.expect(200)["items"], json!([]));
        assert_eq!(test.get("/api/customers?count=true").await.expect(200)["total"], 1);
        let activities = test.get(&format!("/api/activities?customerId={ada}")).await.expect(200);
        assert_eq!((activities["items"].as_array().unwrap().len(), test.mails().len()), (1, 0));
        assert_eq!(test.get(&format!("/api/customers/{ada}/notes")).await.expect(200)["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_standing_rule_and_its_journey_are_simulated_to_the_end() {
    on_each_store(async |test| {
        draft(test).await;
        let note = |title: &str| json!({"type": "action", "action": {"type": "add_note", "title": title}});
        let body = json!({"name": "Journey", "triggers": [{"type": "customers_merged"}],
            "steps": [note("a"), {"type": "wait", "for": "3d"}, {"type": "branch", "branches": [
                {"condition": {"fact": "field", "name": "city", "op": "set"}, "steps": [note("b")]}], "otherwise": [{"type": "wait", "for": "60d"}]}, note("c")]});
        let rule = test.post("/api/rules", body).await.expect(201)["id"].clone();
        let run = async |customer: Value, days: i64| {
            test.post("/api/rules/simulate", json!({"ruleId": rule, "customer": customer, "days": days})).await.expect(200)
        };
        let seen = run(json!({"city": "Wien"}), 30).await;
        let last = seen["runs"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&last["outcome"], &last["at"]), (&json!("finished"), &json!("2026-03-05T12:00:00Z")));
        let seen = run(json!({}), 30).await;
        assert_eq!((&seen["plans"][0]["path"], &seen["plans"][0]["dueAt"]), (&json!("/steps/2/otherwise/0"), &json!("2026-05-04T12:00:00Z")));
        assert_eq!(test.get(&format!("/api/rules/{rule}/runs")).await.expect(200)["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_simulated_is_told_at_its_spot() {
    on_each_store(async |test| {
        let draft = draft(test).await;
        check(test, json!({"customer": {}}), "/rule").await;
        check(test, json!({"rule": draft}), "/customerId").await;
        check(test, json!({"rule": draft, "customerId": 999}), "/customerId").await;
        check(test, json!({"ruleId": 999, "customer": {}}), "/ruleId").await;
        check(test, json!({"rule": draft, "customer": {"email": "no"}}), "/customer/email").await;
        check(test, json!({"rule": draft, "customer": {}, "days": 0}), "/days").await;
        let mut wrong = draft.clone();
        wrong["actions"] = json!([]);
        check(test, json!({"rule": wrong, "customer": {}}), "/rule/actions").await;

        async fn check(test: &TestApp, wanted: Value, path: &str) {
            let refused = test.post("/api/rules/simulate", wanted).await.expect(422);
            assert_eq!(refused["problems"][0]["path"], path, "{refused}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_last_days_are_looked_at_in_their_own_time() {
    on_each_store(async |test| {
        let draft = draft(test).await;
        let ada =
            test.post("/api/customers", json!({"email": "ada@example.org", "firstname": "Ada"})).await.expect(201)["id"].as_i64().unwrap();
        let bob = test.post("/api/customers", json!({"email": "bob@example.org"})).await.expect(201)["id"].as_i64().unwrap();
        // Ada orders on days 0, 40, 50 and 60; Bob on day 60.
        for (days, customers) in [(0, vec![ada]), (40, vec![ada]), (10, vec![ada]), (10, vec![ada, bob])] {
            test.clock.advance_days(days);
            for id in customers {
                order(test, id, 10).await;
            }
        }
        test.clock.advance_minutes(60);
        let seen = test.post("/api/rules/replay", json!({"rule": draft, "days": 30})).await.expect(200);
        // In the window lie days 40, 50 and 60: at the first of them the order of day 0 is too long ago.
        assert_eq!((&seen["customers"], &seen["outcomes"]), (&json!(2), &json!({"fired": 2, "condition_not_met": 2})));
        assert_eq!(seen["actions"], json!({"/actions/0": 2, "/actions/1": 1}), "the last mail is still to come");
        let entries = seen["entries"].as_array().unwrap();
        assert_eq!((entries.len(), &entries[0]["customerName"], &entries[0]["at"]), (4, &json!("Ada"), &json!("2026-04-21T12:00:00Z")));
        assert_eq!(entries[3]["at"], "2026-05-02T12:00:00Z");
        let mut once = draft.clone();
        once["reentry"] = json!({"policy": "once"});
        let seen = test.post("/api/rules/replay", json!({"rule": once, "days": 30})).await.expect(200);
        assert_eq!(seen["outcomes"], json!({"fired": 1, "condition_not_met": 2, "not_again": 1}));
        assert_eq!(test.get(&format!("/api/customers/{ada}/notes")).await.expect(200)["items"], json!([]));
        let mut other = draft;
        other["triggers"] = json!([{"type": "customers_merged"}]);
        let refused = test.post("/api/rules/replay", json!({"rule": other, "days": 30})).await.expect(422);
        assert_eq!(refused["problems"][0]["path"], "/rule/triggers");
    })
    .await;
}
