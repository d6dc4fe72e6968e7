//! Rules: they fire with the event or after their delay, or say why not.

use serde_json::{Value, json};
use server::activities::{NewActivity, TrackOptions, Who, track};
use server::error::Error;
use server::ids::CustomerId;
use testkit::{TestApp, on_each_store};

async fn customer(test: &TestApp, name: &str) -> i64 {
    let body = json!({"email": format!("{name}@example.org"), "firstname": name});
    test.post("/api/customers", body).await.expect(201)["id"].as_i64().unwrap()
}

/// A manual segment of a group of its own.
async fn segment(test: &TestApp, name: &str) -> i64 {
    let group = test.post("/api/segment-groups", json!({"name": format!("Group of {name}")})).await.expect(201);
    test.post("/api/segments", json!({"groupId": group["id"], "name": name})).await.expect(201)["id"].as_i64().unwrap()
}

async fn template(test: &TestApp, text: &str) -> i64 {
    let body = json!({"name": text, "subject": "Thank you", "text": text});
    test.post("/api/templates", body).await.expect(201)["id"].as_i64().unwrap()
}

async fn order_type(test: &TestApp) {
    test.post("/api/activity-types", json!({"name": "order"})).await.expect(201);
}

/// An active rule on new orders.
async fn rule(test: &TestApp, name: &str, condition: Value, actions: Value) -> i64 {
    let body = json!({"name": name, "active": true, "triggers": [{"type": "new_activity", "activityType": "order"}],
        "condition": condition, "actions": actions});
    test.post("/api/rules", body).await.expect(201)["id"].as_i64().unwrap()
}

async fn order(test: &TestApp, customer: i64, amount: f64) -> Value {
    let body = json!({"customer": {"id": customer}, "type": "order", "attributes": {"amount": amount}});
    test.post("/api/activities", body).await.expect(201)
}

async fn segments_of(test: &TestApp, customer: i64) -> Vec<i64> {
    let customer = test.get(&format!("/api/customers/{customer}")).await.expect(200);
    customer["segments"].as_array().unwrap().iter().map(|segment| segment["id"].as_i64().unwrap()).collect()
}

async fn runs(test: &TestApp, rule: i64) -> Vec<Value> {
    test.get(&format!("/api/rules/{rule}/runs")).await.expect(200)["items"].as_array().unwrap().clone()
}

fn orders(op: &str, value: i64) -> Value {
    json!({"fact": "activity", "type": "order", "op": op, "value": value})
}

#[tokio::test]
async fn a_rule_fires_in_the_transaction_of_its_event() {
    on_each_store(async |test| {
        order_type(test).await;
        let (ada, regular) = (customer(test, "ada").await, segment(test, "Regular").await);
        let thanks = template(test, "Thank you for {{ activity.attributes.amount }}, {{ customer.firstname }}").await;
        let actions = json!([{"type": "add_segment", "segmentId": regular}, {"type": "send_mail", "templateId": thanks}]);
        let second = rule(test, "Second order", orders("gte", 2), actions).await;
        order(test, ada, 10.0).await;
        assert!(segments_of(test, ada).await.is_empty());
        let activity = order(test, ada, 20.5).await;
        assert_eq!(segments_of(test, ada).await, [regular], "no worker has run yet");
        assert!(test.mails().is_empty());
        test.run_due().await;
        assert_eq!(test.mails().len(), 1);
        assert_eq!(test.mails()[0].text, "Thank you for 20.5, ada");

        let runs = runs(test, second).await;
        assert_eq!((&runs[0]["outcome"], &runs[0]["activityId"], &runs[0]["customerId"]), (&json!("fired"), &activity["id"], &json!(ada)));
        let done = json!([{"position": 0, "outcome": "done"}, {"position": 1, "outcome": "done"}]);
        assert_eq!(runs[0]["why"], json!({"version": 1, "actions": done}));
        assert_eq!(runs[1]["outcome"], "condition_not_met");
        assert_eq!(runs[1]["why"], json!({"version": 1, "leaves": [{"path": "", "saw": 1, "activities": true}]}));
        let entered = test.get(&format!("/api/customers/{ada}")).await.expect(200);
        assert_eq!(entered["segments"][0]["source"], "rule");
    })
    .await;
}

#[tokio::test]
async fn a_rule_says_which_leaf_said_no_and_what_it_saw() {
    on_each_store(async |test| {
        order_type(test).await;
        let (ada, regular) = (customer(test, "ada").await, segment(test, "Regular").await);
        let condition = json!({"all": [
            {"fact": "field", "name": "firstname", "op": "eq", "value": "ADA"},
            {"any": [
                {"fact": "attribute", "name": "amount", "op": "gte", "value": 50},
                {"fact": "segment", "id": regular},
            ]},
        ]});
        let big = rule(test, "Big order", condition, json!([{"type": "add_segment", "segmentId": regular}])).await;
        order(test, ada, 49.0).await;
        let leaves = json!([{"path": "/all/1/any/0", "saw": 49.0, "activities": true}, {"path": "/all/1/any/1", "saw": false}]);
        assert_eq!(runs(test, big).await[0]["why"]["leaves"], leaves);
        order(test, ada, 50.0).await;
        assert_eq!(segments_of(test, ada).await, [regular]);
        let narrowed = test.get(&format!("/api/rules/{big}/runs?outcome=fired&count=true")).await.expect(200);
        assert_eq!((&narrowed["total"], narrowed["items"].as_array().unwrap().len()), (&json!(1), 1));
        let page = test.get(&format!("/api/rules/{big}/runs?limit=1")).await.expect(200);
        let next = test.get(&format!("/api/rules/{big}/runs?limit=1&cursor={}", page["nextCursor"].as_str().unwrap())).await.expect(200);
        assert_eq!((&page["items"][0]["outcome"], &next["items"][0]["outcome"]), (&json!("fired"), &json!("condition_not_met")));
        assert_eq!(next["nextCursor"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn a_rule_counts_only_between_its_first_and_its_last_instant() {
    on_each_store(async |test| {
        order_type(test).await;
        let (ada, regular) = (customer(test, "ada").await, segment(test, "Regular").await);
        let id = rule(test, "Spring", json!({"all": []}), json!([{"type": "add_segment", "segmentId": regular}])).await;
        let path = format!("/api/rules/{id}");
        test.patch(&path, json!({"validFrom": "2026-03-02T12:01:00Z", "validUntil": "2026-03-02T12:02:00Z"})).await.expect(200);
        order(test, ada, 1.0).await;
        assert_eq!(runs(test, id).await[0]["outcome"], "outside_validity");
        assert!(segments_of(test, ada).await.is_empty());
        test.clock.advance_minutes(1);
        order(test, ada, 1.0).await;
        assert_eq!(runs(test, id).await[0]["outcome"], "fired");
        test.clock.advance_minutes(1);
        order(test, ada, 1.0).await;
        assert_eq!(runs(test, id).await[0]["outcome"], "outside_validity");
        let wrong = test.patch(&path, json!({"validUntil": "2026-03-02T12:01:00Z"})).await.expect(422);
        assert_eq!(wrong["problems"][0]["path"], "/validUntil");
    })
    .await;
}

#[tokio::test]
async fn rules_judge_the_state_before_any_of_them_acts() {
    on_each_store(async |test| {
        order_type(test).await;
        let (ada, one, two) = (customer(test, "ada").await, segment(test, "One").await, segment(test, "Two").await);
        let add = |segment: i64| json!([{"type": "add_segment", "segmentId": segment}]);
        let first = rule(test, "First", json!({"fact": "segment", "id": two, "op": "not_in"}), add(one)).await;
        let second = rule(test, "Second", json!({"fact": "segment", "id": one, "op": "not_in"}), add(two)).await;
        order(test, ada, 1.0).await;
        assert_eq!(segments_of(test, ada).await, [one, two]);
        order(test, ada, 1.0).await;
        assert_eq!(
            (&runs(test, first).await[0]["outcome"], &runs(test, second).await[0]["outcome"]),
            (&json!("condition_not_met"), &json!("condition_not_met"))
        );
    })
    .await;
}

#[tokio::test]
async fn activities_sent_together_fire_what_they_would_have_fired_one_by_one() {
    on_each_store(async |test| {
        order_type(test).await;
        let (ada, bob, regular) = (customer(test, "ada").await, customer(test, "bob").await, segment(test, "Regular").await);
        let third = rule(test, "Third order", orders("eq", 3), json!([{"type": "add_segment", "segmentId": regular}])).await;
        let one = |customer: i64| json!({"customer": {"id": customer}, "type": "order"});
        let batch = json!({"activities": [one(ada), one(bob), one(ada), one(ada), one(ada), one(bob)]});
        test.post("/api/activities", batch).await.expect(200);
        assert_eq!((segments_of(test, ada).await, segments_of(test, bob).await), (vec![regular], vec![]));
        let outcomes: Vec<Value> = runs(test, third).await.into_iter().map(|run| run["outcome"].clone()).collect();
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == json!("fired")).count(), 1);
        assert_eq!(outcomes.len(), 6);
    })
    .await;
}

#[tokio::test]
async fn a_rule_that_acts_once_does_so_once_for_activities_sent_together() {
    on_each_store(async |test| {
        order_type(test).await;
        let (thanked, thanks) = (segment(test, "Thanked").await, template(test, "Thank you").await);
        let condition = json!({"not": {"fact": "segment", "id": thanked}});
        let actions = json!([{"type": "add_segment", "segmentId": thanked}, {"type": "send_mail", "templateId": thanks}]);
        let rule = rule(test, "Thank once", condition, actions).await;
        let ada = test.post("/api/customers", json!({"email": "ada@example.org"})).await.expect(201)["id"].clone();
        let order = json!({"customer": {"id": ada}, "type": "order"});
        test.post("/api/activities", json!({"activities": [order, order, order]})).await.expect(200);
        test.post("/api/activities", order.clone()).await.expect(201);
        test.run_due().await;
        assert_eq!(test.mails().len(), 1);
        let runs = test.get(&format!("/api/rules/{rule}/runs")).await.expect(200);
        let outcomes: Vec<&str> = runs["items"].as_array().unwrap().iter().map(|run| run["outcome"].as_str().unwrap()).collect();
        assert_eq!(outcomes, ["condition_not_met", "condition_not_met", "condition_not_met", "fired"]);
    })
    .await;
}

#[tokio::test]
async fn an_activity_that_is_changed_or_sent_again_fires_nothing() {
    on_each_store(async |test| {
        order_type(test).await;
        let ada = customer(test, "ada").await;
        let thanks = template(test, "Thank you").await;
        let always = json!([{"type": "send_mail", "templateId": thanks}]);
        let trigger = json!({"type": "new_activity", "activityType": "order"});
        let id = rule(test, "Always", json!({"all": []}), always).await;
        test.patch(&format!("/api/rules/{id}"), json!({"triggers": [trigger, trigger]})).await.expect(200);
        let body = |amount: i64| json!({"customer": {"id": ada}, "type": "order", "externalId": "o-1", "attributes": {"amount": amount}});
        let made = test.post("/api/activities", body(1)).await.expect(201);
        test.post("/api/activities", body(2)).await.expect(200);
        test.patch(&format!("/api/activities/{}", made["id"]), json!({"attributes": {"amount": 3}})).await.expect(200);
        test.run_due().await;
        assert_eq!((runs(test, id).await.len(), test.mails().len()), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn a_delayed_action_runs_when_it_is_due() {
    on_each_store(async |test| {
        order_type(test).await;
        let (ada, regular) = (customer(test, "ada").await, segment(test, "Regular").await);
        let thanks = template(test, "Thank you for {{ activity.attributes.amount }}").await;
        let actions = json!([{"type": "add_segment", "segmentId": regular, "delay": "120m"}, {"type": "send_mail", "templateId": thanks, "delay": "1d"}]);
        let id = rule(test, "Later", json!({"all": []}), actions).await;
        let shown = test.get(&format!("/api/rules/{id}")).await.expect(200);
        assert_eq!((&shown["actions"][0]["delay"], &shown["actions"][1]["delay"]), (&json!("2h"), &json!("1d")));
        let activity = order(test, ada, 7.0).await;
        let planned = json!([
            {"position": 0, "outcome": "planned", "at": "2026-03-02T14:00:00Z"}, {"position": 1, "outcome": "planned", "at": "2026-03-03T12:00:00Z"}]);
        assert_eq!(runs(test, id).await[0]["why"]["actions"], planned);
        test.run_due().await;
        test.clock.advance_minutes(119);
        assert_eq!(test.run_due().await, 0);
        test.clock.advance_minutes(1);
        test.run_due().await;
        assert_eq!(segments_of(test, ada).await, [regular]);
        let done = runs(test, id).await[0].clone();
        assert_eq!((&done["outcome"], &done["activityId"], &done["why"]["actions"][0]["position"]), (&json!("action_done"), &activity["id"], &json!(0)));
        test.clock.advance_days(1);
        test.run_due().await;
        assert_eq!(test.mails().len(), 1);
        assert_eq!(test.mails()[0].text, "Thank you for 7.0");
    })
    .await;
}

#[tokio::test]
async fn a_delayed_action_of_a_rule_that_is_off_or_gone_is_skipped_and_says_so() {
    on_each_store(async |test| {
        order_type(test).await;
        let (ada, regular) = (customer(test, "ada").await, segment(test, "Regular").await);
        let id = rule(test, "Later", json!({"all": []}), json!([{"type": "add_segment", "segmentId": regular, "delay": "2m"}])).await;
        order(test, ada, 1.0).await;
        test.patch(&format!("/api/rules/{id}"), json!({"active": false})).await.expect(200);
        test.clock.advance_minutes(2);
        test.run_due().await;
        assert!(segments_of(test, ada).await.is_empty());
        let skipped = runs(test, id).await[0].clone();
        assert_eq!((&skipped["outcome"], &skipped["why"]["actions"][0]["reason"]), (&json!("action_skipped"), &json!("rule_inactive")));

        test.patch(&format!("/api/rules/{id}"), json!({"active": true})).await.expect(200);
        order(test, ada, 1.0).await;
        test.delete(&format!("/api/rules/{id}")).await.expect(204);
        test.clock.advance_minutes(2);
        test.run_due().await;
        assert!(segments_of(test, ada).await.is_empty());
        let told = test.get(&format!("/api/customers/{ada}/timeline?kinds=rule&limit=1")).await.expect(200);
        assert_eq!(told["items"][0]["detail"]["why"]["actions"][0]["reason"], "rule_deleted");
        test.delete(&format!("/api/customers/{ada}")).await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn two_workers_that_see_the_same_plans_do_them_once() {
    on_each_store(async |test| {
        order_type(test).await;
        let thanks = template(test, "Thank you").await;
        rule(test, "Later", json!({"all": []}), json!([{"type": "send_mail", "templateId": thanks, "delay": "2m"}])).await;
        for name in ["ada", "bob", "cem", "dora"] {
            let customer = customer(test, name).await;
            order(test, customer, 1.0).await;
        }
        test.clock.advance_minutes(2);
        let look = || server::automation::run_due(&test.app);
        let (one, two, three) = tokio::join!(look(), look(), look());
        one.and(two).and(three).unwrap();
        test.run_due().await;
        assert_eq!(test.mails().len(), 4);
    })
    .await;
}

#[tokio::test]
async fn a_unit_that_fails_leaves_neither_activity_nor_membership_nor_mail() {
    on_each_store(async |test| {
        order_type(test).await;
        let (ada, regular) = (customer(test, "ada").await, segment(test, "Regular").await);
        let thanks = template(test, "Thank you").await;
        let actions = json!([{"type": "add_segment", "segmentId": regular}, {"type": "send_mail", "templateId": thanks}]);
        let id = rule(test, "Always", json!({"all": []}), actions).await;
        let failed = test
            .write(move |work| {
                let activity = NewActivity {
                    customer: Who::Id(CustomerId(ada)),
                    kind: "order".to_owned(),
                    occurred_at: None,
                    external_id: None,
                    attributes: json!({}),
                    metadata: None,
                };
                track(work, &[activity], TrackOptions::default())?;
                // What follows is written before the unit ends; then it ends badly.
                let events = work.take_events();
                server::automation::react(work, &events)?;
                Err::<(), Error>(Error::conflict("test", "the unit fails at last"))
            })
            .await;
        assert!(failed.is_err());
        assert!(segments_of(test, ada).await.is_empty());
        assert!(runs(test, id).await.is_empty());
        assert_eq!(test.get("/api/messages").await.expect(200)["items"], json!([]));
        assert_eq!(test.get("/api/jobs?kind=send_message").await.expect(200)["items"], json!([]));
        order(test, ada, 1.0).await;
        assert_eq!((segments_of(test, ada).await, runs(test, id).await.len()), (vec![regular], 1));
    })
    .await;
}

#[tokio::test]
async fn a_rule_that_refers_to_nothing_is_refused_with_the_paths() {
    on_each_store(async |test| {
        let group = test.post("/api/segment-groups", json!({"name": "G", "calculated": true})).await.expect(201);
        let computed = test.post("/api/segments", json!({"groupId": group["id"], "name": "C", "condition": {"all": []}})).await.expect(201);
        let body = json!({"name": "Wrong", "triggers": [{"type": "new_activity", "activityType": "order"}],
            "condition": {"all": [{"fact": "segment", "id": 999}]},
            "actions": [{"type": "add_segment", "segmentId": 999}, {"type": "send_mail", "templateId": 999}, {"type": "add_segment", "segmentId": computed["id"]}]});
        let refused = test.post("/api/rules", body).await.expect(422);
        let paths: Vec<&str> = refused["problems"].as_array().unwrap().iter().map(|problem| problem["path"].as_str().unwrap()).collect();
        assert_eq!(paths, ["/condition/all/0/id", "/triggers/0/activityType", "/actions/0/segmentId", "/actions/1/templateId", "/actions/2/segmentId"]);
        let late = json!({"name": "Late", "triggers": [], "actions": [{"type": "send_mail", "templateId": 1, "delay": "2 weeks"}]});
        assert_eq!(test.post("/api/rules", late).await.expect(422)["problems"][0]["path"], "/actions/0");
        let empty = test.post("/api/rules", json!({"name": " ", "triggers": [], "actions": []})).await.expect(422);
        assert_eq!(empty["problems"].as_array().unwrap().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn what_a_rule_uses_stays() {
    on_each_store(async |test| {
        order_type(test).await;
        test.post("/api/fields", json!({"name": "tier", "label": "Tier", "kind": "text"})).await.expect(201);
        let field = test.get("/api/fields").await.expect(200)["items"][0]["id"].clone();
        let (put, asked, thanks) = (segment(test, "Put").await, segment(test, "Asked").await, template(test, "Thank you").await);
        let condition = json!({"any": [{"fact": "segment", "id": asked}, {"fact": "field", "name": "tier", "op": "set"}]});
        let actions = json!([{"type": "add_segment", "segmentId": put}, {"type": "send_mail", "templateId": thanks}]);
        let id = rule(test, "Uses them", condition, actions).await;
        let used = [
            format!("/api/segments/{put}"),
            format!("/api/segments/{asked}"),
            format!("/api/templates/{thanks}"),
            format!("/api/fields/{field}"),
            "/api/activity-types/order".to_owned(),
        ];
        for path in &used {
            let refused = test.delete(path).await.expect(409);
            assert_eq!(refused["code"], "in_use", "{path}");
            assert!(refused["detail"].as_str().unwrap().contains("Uses them"), "{refused}");
            test.get(path).await.expect(200);
        }
        test.delete(&format!("/api/rules/{id}")).await.expect(204);
        for path in &used {
            test.delete(path).await.expect(204);
        }
    })
    .await;
}

#[tokio::test]
async fn rules_are_listed_in_their_order_and_changed_against_their_version() {
    on_each_store(async |test| {
        order_type(test).await;
        let regular = segment(test, "Regular").await;
        let add = || json!([{"type": "add_segment", "segmentId": regular}]);
        let one = rule(test, "One", json!(null), add()).await;
        let two = rule(test, "Two", json!({"all": []}), add()).await;
        let path = format!("/api/rules/{two}");
        let read = test.get(&path).await;
        assert_eq!(read.etag(), "\"1\"");
        assert_eq!(read.expect(200)["position"], json!(2));
        test.patch(&path, json!({"position": 0})).await.expect(200);
        let listed = test.get("/api/rules?count=true").await.expect(200);
        let ids: Vec<&Value> = listed["items"].as_array().unwrap().iter().map(|rule| &rule["id"]).collect();
        assert_eq!((ids, &listed["total"]), (vec![&json!(two), &json!(one)], &json!(2)));
        let stale =
            test.send(reqwest::Method::PATCH, &path, Some(json!({"active": false})), Some(&test.key), &[("if-match", "\"1\"")]).await;
        assert_eq!(stale.expect(412)["code"], "changed");
        assert_eq!(test.patch(&path, json!({"name": "One"})).await.expect(409)["code"], "duplicate_name");
        let again = json!({"name": "One", "triggers": [{"type": "new_activity", "activityType": "order"}], "actions": add()});
        assert_eq!(test.post("/api/rules", again).await.expect(409)["code"], "duplicate_name");
        assert_eq!(test.get(&format!("/api/rules/{one}")).await.expect(200)["condition"], json!({"all": []}));
    })
    .await;
}

#[tokio::test]
async fn runs_are_taken_away_when_their_retention_is_over() {
    on_each_store(async |test| {
        order_type(test).await;
        let (ada, regular) = (customer(test, "ada").await, segment(test, "Regular").await);
        let add = || json!([{"type": "add_segment", "segmentId": regular}]);
        let (kept, gone) = (rule(test, "Kept", json!({"all": []}), add()).await, rule(test, "Gone", json!({"all": []}), add()).await);
        order(test, ada, 1.0).await;
        test.delete(&format!("/api/rules/{gone}")).await.expect(204);
        test.run_due().await;
        test.clock.advance_days(60);
        order(test, ada, 1.0).await;
        test.clock.advance_days(31);
        test.run_due().await;
        assert_eq!(runs(test, kept).await.len(), 1);
        let told = test.get(&format!("/api/customers/{ada}/timeline?kinds=rule")).await.expect(200);
        assert_eq!(told["items"].as_array().unwrap().len(), 1, "also those of the rule that is gone");
    })
    .await;
}
