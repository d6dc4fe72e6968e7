//! What rules do, for whom and how often; and what they do not.

use serde_json::{Value, json};
use testkit::endpoint::Endpoint;
use testkit::{TestApp, on_each_store};

async fn customer(test: &TestApp, body: Value) -> i64 {
    test.post("/api/customers", body).await.expect(201)["id"].as_i64().unwrap()
}

async fn group(test: &TestApp, name: &str) -> i64 {
    test.post("/api/segment-groups", json!({"name": name})).await.expect(201)["id"].as_i64().unwrap()
}

async fn segment(test: &TestApp, group: i64, name: &str) -> i64 {
    test.post("/api/segments", json!({"groupId": group, "name": name})).await.expect(201)["id"].as_i64().unwrap()
}

/// An active rule on new orders; `more` is laid over it.
async fn rule(test: &TestApp, name: &str, actions: Value, more: Value) -> i64 {
    let mut body =
        json!({"name": name, "active": true, "triggers": [{"type": "new_activity", "activityType": "order"}], "actions": actions});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    test.post("/api/rules", body).await.expect(201)["id"].as_i64().unwrap()
}

async fn order(test: &TestApp, customer: i64) {
    test.post("/api/activities", json!({"customer": {"id": customer}, "type": "order"})).await.expect(201);
}

async fn outcomes(test: &TestApp, rule: i64) -> Vec<String> {
    let runs = test.get(&format!("/api/rules/{rule}/runs")).await.expect(200);
    runs["items"].as_array().unwrap().iter().map(|run| run["outcome"].as_str().unwrap().to_owned()).collect()
}

async fn last_actions(test: &TestApp, rule: i64) -> Value {
    test.get(&format!("/api/rules/{rule}/runs")).await.expect(200)["items"][0]["why"]["actions"].clone()
}

async fn segments_of(test: &TestApp, customer: i64) -> Vec<(i64, i64)> {
    let customer = test.get(&format!("/api/customers/{customer}")).await.expect(200);
    let pair = |segment: &Value| (segment["id"].as_i64().unwrap(), segment["counter"].as_i64().unwrap());
    let mut pairs: Vec<(i64, i64)> = customer["segments"].as_array().unwrap().iter().map(pair).collect();
    pairs.sort_unstable();
    pairs
}

#[tokio::test]
async fn segments_are_applied_counted_and_exchanged() {
    on_each_store(async |test| {
        test.post("/api/activity-types", json!({"name": "order"})).await.expect(201);
        let level = group(test, "Level").await;
        let (silver, gold, other) = (segment(test, level, "Silver").await, segment(test, level, "Gold").await, segment(test, group(test, "Other").await, "Other").await);
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        for id in [silver, other] {
            test.post(&format!("/api/segments/{id}/members"), json!({"add": [ada]})).await.expect(200);
        }
        let promote = json!([{"type": "add_segment", "segmentId": gold, "removeOthers": true, "increaseCounter": true}, {"type": "remove_segment", "segmentId": other}]);
        rule(test, "Promote", promote, json!({})).await;
        order(test, ada).await;
        assert_eq!(segments_of(test, ada).await, [(gold, 1)]);
        test.clock.advance_minutes(1);
        order(test, ada).await;
        assert_eq!(segments_of(test, ada).await, [(gold, 2)]);
    })
    .await;
}

#[tokio::test]
async fn who_did_not_consent_to_profiling_is_left_alone() {
    on_each_store(async |test| {
        test.post("/api/activity-types", json!({"name": "order"})).await.expect(201);
        let gold = segment(test, group(test, "Level").await, "Gold").await;
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let bob = customer(test, json!({"email": "bob@example.org", "profilingConsent": true})).await;
        let actions =
            json!([{"type": "add_segment", "segmentId": gold, "considerProfilingConsent": true}, {"type": "add_note", "title": "Ordered"}]);
        let rule = rule(test, "Gold", actions, json!({})).await;
        let both: Vec<Value> = [ada, bob].iter().map(|id| json!({"customer": {"id": id}, "type": "order"})).collect();
        test.post("/api/activities", json!({"activities": both})).await.expect(200);
        assert_eq!((segments_of(test, ada).await.len(), segments_of(test, bob).await.len()), (0, 1));
        let runs = test.get(&format!("/api/rules/{rule}/runs?customerId={ada}")).await.expect(200);
        let told = json!([{"position": 0, "outcome": "skipped", "reason": "no_profiling_consent"}, {"position": 1, "outcome": "done"}]);
        assert_eq!((&runs["items"][0]["outcome"], &runs["items"][0]["why"]["actions"]), (&json!("fired"), &told));
    })
    .await;
}

#[tokio::test]
async fn fields_notes_activities_and_subscriptions_are_written() {
    on_each_store(async |test| {
        for name in ["order", "reward"] {
            test.post("/api/activity-types", json!({"name": name})).await.expect(201);
        }
        test.post(
            "/api/fields",
            json!({"name": "tier", "label": "Tier", "kind": "select", "options": [{"value": "gold", "label": "Gold"}]}),
        )
        .await
        .expect(201);
        let ada = customer(test, json!({"email": "ada@example.org", "city": "Graz"})).await;
        let actions = json!([
            {"type": "change_field", "field": "fields.tier", "value": "gold"},
            {"type": "change_field", "field": "city", "value": null},
            {"type": "add_note", "title": "Ordered", "text": "Again"},
            {"type": "track_activity", "activityType": "reward", "attributes": {"points": 5}},
            {"type": "set_subscription", "list": "shop", "status": "pending"},
        ]);
        let rule = rule(test, "All", actions, json!({})).await;
        order(test, ada).await;
        let shown = test.get(&format!("/api/customers/{ada}")).await.expect(200);
        assert_eq!((&shown["fields"]["tier"], &shown["city"]), (&json!("gold"), &Value::Null));
        let notes = test.get(&format!("/api/customers/{ada}/notes")).await.expect(200);
        assert_eq!((&notes["items"][0]["title"], &notes["items"][0]["text"]), (&json!("Ordered"), &json!("Again")));
        let rewards = test.get(&format!("/api/activities?customerId={ada}&type=reward")).await.expect(200);
        assert_eq!(rewards["items"][0]["attributes"], json!({"points": 5}));
        let lists = test.get(&format!("/api/customers/{ada}/subscriptions")).await.expect(200);
        assert_eq!(lists[0]["status"], "pending");
        assert_eq!(outcomes(test, rule).await, ["fired"]);
    })
    .await;
}

#[tokio::test]
async fn an_action_that_cannot_be_done_is_told_and_leaves_the_others_alone() {
    on_each_store(async |test| {
        test.post("/api/activity-types", json!({"name": "order"})).await.expect(201);
        customer(test, json!({"email": "taken@example.org"})).await;
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let actions = json!([{"type": "change_field", "field": "email", "value": "taken@example.org"},
            {"type": "send_mail", "templateName": "Thanks {language}"}, {"type": "add_note", "title": "Ordered"}]);
        let rule = rule(test, "Clumsy", actions, json!({})).await;
        order(test, ada).await;
        let told = last_actions(test, rule).await;
        assert_eq!(outcomes(test, rule).await, ["failed"]);
        assert_eq!(
            (&told[0]["outcome"], &told[1]["reason"], &told[2]["outcome"]),
            (&json!("failed"), &json!("no value for language"), &json!("done"))
        );
        assert!(told[0]["reason"].as_str().unwrap().contains("/email"), "{told}");
        assert_eq!(test.get(&format!("/api/customers/{ada}")).await.expect(200)["email"], "ada@example.org");
    })
    .await;
}

#[tokio::test]
async fn a_template_is_chosen_by_the_language_of_the_customer() {
    on_each_store(async |test| {
        test.post("/api/activity-types", json!({"name": "order"})).await.expect(201);
        for (name, text) in [("Thanks de", "Danke"), ("Thanks en", "Thank you")] {
            test.post("/api/templates", json!({"name": name, "subject": name, "text": text})).await.expect(201);
        }
        let rule = rule(test, "Thanks", json!([{"type": "send_mail", "templateName": "Thanks {language}"}]), json!({})).await;
        for (name, language) in [("ada", "de"), ("bob", "en"), ("eve", "fr")] {
            let id = customer(test, json!({"email": format!("{name}@example.org"), "language": language})).await;
            order(test, id).await;
        }
        test.run_due().await;
        let mut texts: Vec<String> = test.mails().into_iter().map(|mail| mail.text.trim().to_owned()).collect();
        texts.sort();
        assert_eq!(texts, ["Danke", "Thank you"]);
        assert_eq!(last_actions(test, rule).await[0]["reason"], "there is no template \"Thanks fr\"");
    })
    .await;
}

#[tokio::test]
async fn a_rule_fires_as_often_as_it_may() {
    on_each_store(async |test| {
        test.post("/api/activity-types", json!({"name": "order"})).await.expect(201);
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let note = json!([{"type": "add_note", "title": "x"}]);
        let once = rule(test, "Once", note.clone(), json!({"reentry": {"policy": "once"}})).await;
        let daily = rule(test, "Daily", note.clone(), json!({"reentry": {"policy": "once_per", "period": "1d"}})).await;
        let never = rule(test, "Nobody", note, json!({"holdout": 99})).await;
        let both = json!({"customer": {"id": ada}, "type": "order"});
        test.post("/api/activities", json!({"activities": [both, both]})).await.expect(200);
        test.clock.advance_minutes(24 * 60 - 1);
        order(test, ada).await;
        test.clock.advance_minutes(1);
        order(test, ada).await;
        assert_eq!(outcomes(test, once).await, ["not_again", "not_again", "not_again", "fired"]);
        assert_eq!(outcomes(test, daily).await, ["fired", "not_again", "not_again", "fired"]);
        let held = outcomes(test, never).await;
        assert!(held.iter().all(|outcome| *outcome == held[0]), "the same customer is always held out, or never: {held:?}");
        // What is known of him goes with him.
        test.delete(&format!("/api/customers/{ada}")).await.expect(204);
        assert_eq!(outcomes(test, once).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_rule_may_keep_those_after_it_from_firing() {
    on_each_store(async |test| {
        test.post("/api/activity-types", json!({"name": "order"})).await.expect(201);
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let note = json!([{"type": "add_note", "title": "x"}]);
        let first = rule(test, "First", note.clone(), json!({"stopProcessing": true, "reentry": {"policy": "once"}})).await;
        let second = rule(test, "Second", note, json!({})).await;
        order(test, ada).await;
        order(test, ada).await;
        assert_eq!(
            (outcomes(test, first).await, outcomes(test, second).await),
            (vec!["not_again".to_owned(), "fired".to_owned()], vec!["fired".to_owned(), "stopped".to_owned()])
        );
    })
    .await;
}

#[tokio::test]
async fn rules_lead_to_one_another_only_so_often() {
    on_each_store(async |test| {
        for name in ["order", "ping"] {
            test.post("/api/activity-types", json!({"name": name})).await.expect(201);
        }
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let ping = json!([{"type": "track_activity", "activityType": "ping"}]);
        rule(test, "Start", ping.clone(), json!({})).await;
        let circle = rule(test, "Circle", ping, json!({"triggers": [{"type": "new_activity", "activityType": "ping"}]})).await;
        order(test, ada).await;
        let told = outcomes(test, circle).await;
        assert_eq!((told[0].as_str(), told.len()), ("too_deep", 9), "{told:?}");
        let pings = test.get(&format!("/api/activities?customerId={ada}&type=ping")).await.expect(200);
        assert_eq!(pings["items"].as_array().unwrap().len(), 9);
        // The same with a minute in between comes to rest as well.
        let later = json!({"actions": [{"type": "track_activity", "activityType": "ping", "delay": "1m"}]});
        test.patch(&format!("/api/rules/{circle}"), later).await.expect(200);
        order(test, ada).await;
        for _ in 0..20 {
            test.clock.advance_minutes(1);
            test.run_due().await;
        }
        let pings = test.get(&format!("/api/activities?customerId={ada}&type=ping")).await.expect(200);
        assert!(pings["items"].as_array().unwrap().len() < 20);
        assert_eq!(outcomes(test, circle).await[0], "too_deep");
    })
    .await;
}

#[tokio::test]
async fn a_rule_starts_another_one_and_no_circle_of_them() {
    on_each_store(async |test| {
        test.post("/api/activity-types", json!({"name": "order"})).await.expect(201);
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let named = json!({"triggers": [{"type": "customers_merged"}], "condition": {"fact": "attribute", "name": "amount", "op": "set"}});
        let second = rule(test, "Second", json!([{"type": "add_note", "title": "x"}]), named).await;
        let first = rule(test, "First", json!([{"type": "start_rule", "ruleId": second}]), json!({})).await;
        order(test, ada).await;
        assert_eq!(
            (outcomes(test, first).await, outcomes(test, second).await),
            (vec!["fired".to_owned()], vec!["condition_not_met".to_owned()])
        );
        let circle = json!({"actions": [{"type": "start_rule", "ruleId": first}]});
        let refused = test.patch(&format!("/api/rules/{second}"), circle).await.expect(422);
        assert_eq!((&refused["problems"][0]["code"], &refused["problems"][0]["path"]), (&json!("circle"), &json!("/actions/0/ruleId")));
        assert_eq!(test.delete(&format!("/api/rules/{second}")).await.expect(409)["code"], "in_use");
        test.patch(&format!("/api/rules/{second}"), json!({"active": false})).await.expect(200);
        order(test, ada).await;
        assert_eq!(last_actions(test, first).await[0]["reason"], "rule_inactive");
    })
    .await;
}

#[tokio::test]
async fn a_delayed_action_looks_again_if_it_shall() {
    on_each_store(async |test| {
        test.post("/api/activity-types", json!({"name": "order"})).await.expect(201);
        let ada = customer(test, json!({"email": "ada@example.org", "city": "Wien"})).await;
        let actions = json!([{"type": "add_note", "title": "checked", "delay": "1h", "recheck": true},
            {"type": "add_note", "title": "anyway", "delay": "1h", "evenIfInactive": true}]);
        let rule = rule(test, "Wien", actions, json!({"condition": {"fact": "field", "name": "city", "op": "eq", "value": "Wien"}})).await;
        order(test, ada).await;
        test.patch(&format!("/api/customers/{ada}"), json!({"city": "Graz"})).await.expect(200);
        test.clock.advance_minutes(60);
        test.run_due().await;
        let notes = async || {
            let notes = test.get(&format!("/api/customers/{ada}/notes")).await.expect(200);
            notes["items"].as_array().unwrap().iter().map(|note| note["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(notes().await, ["anyway"]);
        test.patch(&format!("/api/customers/{ada}"), json!({"city": "Wien"})).await.expect(200);
        order(test, ada).await;
        test.patch(&format!("/api/rules/{rule}"), json!({"active": false})).await.expect(200);
        test.clock.advance_minutes(60);
        test.run_due().await;
        assert_eq!(notes().await, ["anyway", "anyway"]);
    })
    .await;
}

#[tokio::test]
async fn an_action_can_wait_for_a_time_of_day_where_the_customer_lives() {
    on_each_store(async |test| {
        test.post("/api/activity-types", json!({"name": "order"})).await.expect(201);
        let vienna = customer(test, json!({"email": "ada@example.org", "timeZone": "Europe/Vienna"})).await;
        let york = customer(test, json!({"email": "bob@example.org", "timeZone": "America/New_York"})).await;
        rule(test, "Morning", json!([{"type": "add_note", "title": "x", "delay": "1d", "at": "09:00"}]), json!({})).await;
        let mut due = Vec::new();
        for id in [vienna, york] {
            order(test, id).await;
            due.push(test.get(&format!("/api/customers/{id}/scheduled")).await.expect(200)["items"][0]["dueAt"].clone());
        }
        // It is 12:00 UTC: 13:00 in Vienna, 07:00 in New York.
        assert_eq!(due, ["2026-03-04T08:00:00Z", "2026-03-03T14:00:00Z"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_an_action_is_told_at_its_spot() {
    on_each_store(async |test| {
        test.post("/api/activity-types", json!({"name": "order"})).await.expect(201);
        check(test, json!({"type": "change_field", "field": "shoe", "value": 1}), "/actions/0/field").await;
        check(test, json!({"type": "change_field", "field": "active", "value": "maybe"}), "/actions/0/value").await;
        check(test, json!({"type": "add_note", "title": " "}), "/actions/0/title").await;
        check(test, json!({"type": "send_mail"}), "/actions/0/templateId").await;
        check(test, json!({"type": "send_mail", "templateName": "Hi {shoe}"}), "/actions/0/templateName").await;
        check(test, json!({"type": "track_activity", "activityType": "flight"}), "/actions/0/activityType").await;
        check(test, json!({"type": "set_subscription", "list": "a b", "status": "pending"}), "/actions/0/list").await;
        check(test, json!({"type": "start_rule", "ruleId": 999}), "/actions/0/ruleId").await;
        check(test, json!({"type": "add_note", "title": "x", "delay": "soon"}), "/actions/0").await;

        async fn check(test: &TestApp, action: Value, path: &str) {
            let body = json!({"name": "Wrong", "triggers": [{"type": "new_activity", "activityType": "order"}], "actions": [action]});
            let refused = test.post("/api/rules", body).await.expect(422);
            assert_eq!(refused["problems"][0]["path"], path, "{refused}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_webhook_is_told_of_the_customer_and_what_fired_the_rule() {
    on_each_store(async |test| {
        test.post("/api/activity-types", json!({"name": "order"})).await.expect(201);
        let endpoint = Endpoint::start().await;
        let made = test.post("/api/webhooks", json!({"name": "Shop", "url": endpoint.url, "active": true})).await.expect(201);
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let rule = rule(test, "Tell", json!([{"type": "webhook", "webhookId": made["id"]}]), json!({})).await;
        let order = json!({"customer": {"id": ada}, "type": "order", "attributes": {"amount": 7}});
        test.post("/api/activities", order).await.expect(201);
        test.run_due().await;
        let received = endpoint.received();
        assert_eq!(received.len(), 1);
        let body = received[0].json();
        assert_eq!((&body["type"], &body["data"]["rule"]["name"]), (&json!("rule.fired"), &json!("Tell")));
        assert_eq!(
            (&body["data"]["customer"]["email"], &body["data"]["activity"]["attributes"]),
            (&json!("ada@example.org"), &json!({"amount": 7}))
        );
        assert_eq!(body["data"]["environment"]["trigger"], "new_activity");
        let path = format!("/api/webhooks/{}", made["id"]);
        assert_eq!(test.delete(&path).await.expect(409)["code"], "in_use");
        test.patch(&path, json!({"active": false})).await.expect(200);
        test.post("/api/activities", json!({"customer": {"id": ada}, "type": "order"})).await.expect(201);
        assert_eq!(last_actions(test, rule).await[0]["reason"], "webhook_inactive");
    })
    .await;
}

#[tokio::test]
async fn a_mail_goes_to_the_customer_and_to_others_if_he_allows_it() {
    on_each_store(async |test| {
        test.post("/api/activity-types", json!({"name": "order"})).await.expect(201);
        let thanks =
            test.post("/api/templates", json!({"name": "Order", "subject": "S", "text": "{{ customer.email }}"})).await.expect(201)["id"]
                .clone();
        let actions = json!([{"type": "send_mail", "templateId": thanks, "to": ["shop@example.org"], "purpose": "news"}]);
        rule(test, "Tell", actions, json!({})).await;
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let bob = customer(test, json!({"email": "bob@example.org"})).await;
        test.put(&format!("/api/customers/{ada}/consents/news"), json!({"granted": true})).await.expect(200);
        for id in [ada, bob] {
            order(test, id).await;
        }
        test.run_due().await;
        let mut sent: Vec<(String, String)> = test.mails().into_iter().map(|mail| (mail.to, mail.text.trim().to_owned())).collect();
        sent.sort();
        let from_ada = "ada@example.org".to_owned();
        assert_eq!(sent, [(from_ada.clone(), from_ada.clone()), ("shop@example.org".to_owned(), from_ada)]);
    })
    .await;
}

#[tokio::test]
async fn one_plan_that_cannot_be_done_does_not_keep_the_others() {
    on_each_store(async |test| {
        test.post("/api/activity-types", json!({"name": "order"})).await.expect(201);
        let (ada, bob) =
            (customer(test, json!({"email": "ada@example.org"})).await, customer(test, json!({"email": "bob@example.org"})).await);
        let rule = rule(test, "Later", json!([{"type": "add_note", "title": "x", "delay": "1m"}]), json!({})).await;
        order(test, ada).await;
        order(test, bob).await;
        test.write(move |work| Ok(work.tx.execute("update rule_plans set place = 7 where customer_id = $1", &[ada.into()])?))
            .await
            .unwrap();
        test.clock.advance_minutes(1);
        test.run_due().await;
        assert_eq!(outcomes(test, rule).await, ["action_done", "fired", "fired"]);
        let waiting = test.get(&format!("/api/customers/{ada}/scheduled")).await.expect(200);
        assert_eq!(waiting["items"][0]["dueAt"], "2026-03-02T12:02:00Z", "it is tried again");
        for _ in 0..8 {
            test.clock.advance_minutes(200);
            test.run_due().await;
        }
        let told = test.get(&format!("/api/rules/{rule}/runs?customerId={ada}")).await.expect(200);
        assert_eq!((&told["items"][0]["outcome"], told["items"][0]["why"]["problem"].is_string()), (&json!("action_failed"), true));
        assert_eq!(test.get(&format!("/api/customers/{ada}/scheduled")).await.expect(200)["items"], json!([]));
    })
    .await;
}
