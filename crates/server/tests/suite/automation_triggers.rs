//! What makes rules look: everything that can happen to a customer, the calendar, instants of his own.

use serde_json::{Value, json};
use server::events::{Assignment, Event};
use server::ids::{CustomerId, SegmentId, TargetGroupId};
use testkit::{TestApp, on_each_store};

async fn customer(test: &TestApp, body: Value) -> i64 {
    test.post("/api/customers", body).await.expect(201)["id"].as_i64().unwrap()
}

async fn segment(test: &TestApp, name: &str) -> i64 {
    let group = test.post("/api/segment-groups", json!({"name": format!("Group of {name}")})).await.expect(201);
    test.post("/api/segments", json!({"groupId": group["id"], "name": name})).await.expect(201)["id"].as_i64().unwrap()
}

/// A rule that writes a note.
async fn noting(test: &TestApp, name: &str, triggers: Value, condition: Value) -> i64 {
    let body = json!({"name": name, "active": true, "triggers": triggers, "condition": condition,
        "actions": [{"type": "add_note", "title": name}]});
    test.post("/api/rules", body).await.expect(201)["id"].as_i64().unwrap()
}

fn always() -> Value {
    json!({"all": []})
}

/// How often a rule fired for a customer.
async fn fired(test: &TestApp, rule: i64, customer: i64) -> usize {
    let path = format!("/api/rules/{rule}/runs?outcome=fired&customerId={customer}");
    test.get(&path).await.expect(200)["items"].as_array().unwrap().len()
}

/// Notes outlast the run log.
async fn notes(test: &TestApp, customer: i64) -> usize {
    test.get(&format!("/api/customers/{customer}/notes")).await.expect(200)["items"].as_array().unwrap().len()
}

async fn track(test: &TestApp, customer: i64, kind: &str, attributes: Value) -> Value {
    test.post("/api/activities", json!({"customer": {"id": customer}, "type": kind, "attributes": attributes})).await.expect(201)
}

async fn types(test: &TestApp, names: &[&str]) {
    for name in names {
        test.post("/api/activity-types", json!({"name": name})).await.expect(201);
    }
}

#[tokio::test]
async fn activities_fire_by_their_attributes_and_when_they_change() {
    on_each_store(async |test| {
        types(test, &["order"]).await;
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let big = json!({"fact": "attribute", "name": "amount", "op": "gte", "value": 50});
        let new = noting(test, "Big", json!([{"type": "new_activity", "activityType": "order", "where": big}]), always()).await;
        let changed = noting(test, "Changed", json!([{"type": "activity_changed", "activityType": "order", "where": big}]), always()).await;
        track(test, ada, "order", json!({"amount": 10})).await;
        assert_eq!(test.get(&format!("/api/rules/{new}/runs")).await.expect(200)["items"], json!([]), "a filter is no look");
        let order = track(test, ada, "order", json!({"amount": 60})).await;
        assert_eq!((fired(test, new, ada).await, fired(test, changed, ada).await), (1, 0));
        let path = format!("/api/activities/{}", order["id"]);
        test.patch(&path, json!({"attributes": {"amount": 20}})).await.expect(200);
        test.patch(&path, json!({"attributes": {"amount": 70}})).await.expect(200);
        assert_eq!((fired(test, new, ada).await, fired(test, changed, ada).await), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn customers_fire_when_they_come_and_when_named_fields_change() {
    on_each_store(async |test| {
        test.post("/api/fields", json!({"name": "tier", "label": "Tier", "kind": "text"})).await.expect(201);
        let created = noting(test, "Created", json!([{"type": "customer_created"}]), always()).await;
        let any = noting(test, "Any", json!([{"type": "customer_updated"}]), always()).await;
        let named = noting(test, "Named", json!([{"type": "customer_updated", "fields": ["city", "fields.tier"]}]), always()).await;
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let path = format!("/api/customers/{ada}");
        assert_eq!((fired(test, created, ada).await, fired(test, any, ada).await), (1, 0));
        test.patch(&path, json!({"firstname": "Ada"})).await.expect(200);
        assert_eq!((fired(test, any, ada).await, fired(test, named, ada).await), (1, 0));
        test.patch(&path, json!({"fields": {"tier": "gold"}})).await.expect(200);
        test.patch(&path, json!({"city": "Wien"})).await.expect(200);
        assert_eq!((fired(test, any, ada).await, fired(test, named, ada).await), (3, 2));
        let wrong = json!({"name": "Wrong", "triggers": [{"type": "customer_updated", "fields": ["shoe"]}], "actions": [{"type": "add_note", "title": "x"}]});
        assert_eq!(test.post("/api/rules", wrong).await.expect(422)["problems"][0]["path"], "/triggers/0/fields/0");
    })
    .await;
}

#[tokio::test]
async fn segments_fire_when_somebody_enters_or_leaves_but_not_when_they_are_redefined() {
    on_each_store(async |test| {
        types(test, &["order"]).await;
        let group = test.post("/api/segment-groups", json!({"name": "Value", "calculated": true})).await.expect(201);
        let orders = |count: i64| json!({"fact": "activity", "type": "order", "op": "gte", "value": count});
        let body = json!({"groupId": group["id"], "name": "Regular", "condition": orders(2)});
        let regular = test.post("/api/segments", body).await.expect(201)["id"].as_i64().unwrap();
        test.run_due().await;
        let entered = noting(test, "Entered", json!([{"type": "segment_entered", "segmentId": regular}]), always()).await;
        let left = noting(test, "Left", json!([{"type": "segment_left", "segmentId": regular}]), always()).await;
        let also = noting(test, "Also", json!([{"type": "segment_entered", "segmentId": regular, "onRebuild": true}]), always()).await;
        let built =
            noting(test, "Built", json!([{"type": "segments_built", "segmentId": regular}]), json!({"fact": "segment", "id": regular}))
                .await;
        let (ada, bob) =
            (customer(test, json!({"email": "ada@example.org"})).await, customer(test, json!({"email": "bob@example.org"})).await);
        track(test, bob, "order", json!({})).await;
        track(test, ada, "order", json!({})).await;
        let second = track(test, ada, "order", json!({})).await;
        assert_eq!((fired(test, entered, ada).await, fired(test, also, ada).await, fired(test, left, ada).await), (1, 1, 0));
        test.delete(&format!("/api/activities/{}", second["id"])).await.expect(204);
        assert_eq!((fired(test, entered, ada).await, fired(test, left, ada).await), (1, 1));
        test.patch(&format!("/api/segments/{regular}"), json!({"condition": orders(1)})).await.expect(200);
        test.run_due().await;
        assert_eq!((fired(test, entered, bob).await, fired(test, also, bob).await, fired(test, built, bob).await), (0, 1, 1));
        // A rule that waits for a segment keeps it.
        let refused = test.delete(&format!("/api/segments/{regular}")).await.expect(409);
        assert_eq!(refused["code"], "in_use");
    })
    .await;
}

#[tokio::test]
async fn history_that_is_brought_in_fires_nothing() {
    on_each_store(async |test| {
        types(test, &["order"]).await;
        let group = test.post("/api/segment-groups", json!({"name": "Value", "calculated": true})).await.expect(201);
        let condition = json!({"fact": "activity", "type": "order", "op": "gte", "value": 1});
        let body = json!({"groupId": group["id"], "name": "Regular", "condition": condition});
        let regular = test.post("/api/segments", body).await.expect(201)["id"].as_i64().unwrap();
        test.run_due().await;
        let triggers = json!([{"type": "new_activity", "activityType": "order"}, {"type": "segment_entered", "segmentId": regular}]);
        let rule = noting(test, "Loud", triggers, always()).await;
        let (ada, bob) =
            (customer(test, json!({"email": "ada@example.org"})).await, customer(test, json!({"email": "bob@example.org"})).await);
        let order = |customer: i64, rules: bool| json!({"customer": {"id": customer}, "type": "order", "runRules": rules});
        test.post("/api/activities", order(ada, false)).await.expect(201);
        test.post("/api/activities", order(bob, true)).await.expect(201);
        // Two things happened to Bob, and each is one run.
        assert_eq!((fired(test, rule, ada).await, fired(test, rule, bob).await), (0, 2));
    })
    .await;
}

#[tokio::test]
async fn consents_and_subscriptions_fire() {
    on_each_store(async |test| {
        let given = noting(test, "Given", json!([{"type": "consent_changed", "purpose": "news", "granted": true}]), always()).await;
        let denied = noting(test, "Denied", json!([{"type": "consent_changed", "granted": false}]), always()).await;
        let on = noting(test, "On", json!([{"type": "subscription_changed", "list": "shop", "status": "subscribed"}]), always()).await;
        let any = noting(test, "Any", json!([{"type": "subscription_changed"}]), always()).await;
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let path = |what: &str| format!("/api/customers/{ada}/{what}");
        test.put(&path("consents/news"), json!({"granted": true})).await.expect(200);
        test.put(&path("consents/other"), json!({"granted": true})).await.expect(200);
        assert_eq!((fired(test, given, ada).await, fired(test, denied, ada).await), (1, 0));
        test.delete(&path("consents/news")).await.expect(204);
        assert_eq!((fired(test, given, ada).await, fired(test, denied, ada).await), (1, 1));
        test.put(&path("subscriptions/shop"), json!({"status": "pending"})).await.expect(200);
        test.put(&path("subscriptions/shop"), json!({"status": "subscribed"})).await.expect(200);
        assert_eq!((fired(test, on, ada).await, fired(test, any, ada).await), (1, 2));
    })
    .await;
}

#[tokio::test]
async fn what_the_web_tells_carries_its_environment() {
    on_each_store(async |test| {
        let (sporty, target) = (segment(test, "Sporty").await, segment(test, "Cyclists").await);
        let linked = test.patch(&format!("/api/segments/{target}"), json!({"useAsTargetGroup": true})).await.expect(200);
        let group = linked["targetGroupId"].as_i64().unwrap();
        let tracked = json!({"name": "Tracked", "active": true, "triggers": [{"type": "segment_tracked"}],
            "condition": {"fact": "trigger_segment", "op": "gte", "value": 3, "segments": [sporty]},
            "actions": [{"type": "add_tracked_segment", "increaseCounter": true}]});
        let tracked = test.post("/api/rules", tracked).await.expect(201)["id"].as_i64().unwrap();
        let assigned = json!({"name": "Assigned", "active": true, "triggers": [{"type": "target_group_assigned", "assignment": "documents"}],
            "condition": {"fact": "trigger_target_group", "op": "gte", "value": 5}, "actions": [{"type": "add_target_group_segment"}]});
        test.post("/api/rules", assigned).await.expect(201);
        let merged = noting(test, "Merged", json!([{"type": "customers_merged"}]), always()).await;
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        for (count, by) in [(2, Assignment::Documents), (3, Assignment::TargetingRules)] {
            test.write(move |work| {
                let customer = CustomerId(ada);
                server::customers::lock(work, &[customer])?;
                work.tell(Event::SegmentTracked { customer, segment: SegmentId(sporty), count });
                work.tell(Event::TargetGroupAssigned { customer, target_group: TargetGroupId(group), weight: 7.0, by });
                work.tell(Event::CustomersMerged { customer, other: CustomerId(99), merge: server::ids::MergeId(1) });
                Ok(())
            })
            .await
            .unwrap();
        }
        let shown = test.get(&format!("/api/customers/{ada}")).await.expect(200);
        let mut ids: Vec<i64> = shown["segments"].as_array().unwrap().iter().map(|one| one["id"].as_i64().unwrap()).collect();
        ids.sort_unstable();
        assert_eq!(ids, [sporty, target]);
        assert_eq!((fired(test, tracked, ada).await, fired(test, merged, ada).await), (1, 2));
    })
    .await;
}

#[tokio::test]
async fn the_calendar_finds_those_for_whom_the_condition_holds_and_nobody_else() {
    on_each_store(async |test| {
        // It is 12:00 UTC on March 2nd, a Monday.
        let named = json!({"fact": "field", "name": "firstname", "op": "eq", "value": "Ada"});
        let daily = json!([{"type": "cron", "expression": "0 9 * * *", "timeZone": "Europe/Vienna"}]);
        let rule = noting(test, "Daily", daily.clone(), named.clone()).await;
        let skipping = json!([{"type": "cron", "expression": "0 9 * * *", "timeZone": "Europe/Vienna", "missed": "skip"}]);
        let skipping = noting(test, "Skipping", skipping, named).await;
        let nobody = noting(test, "Nobody", daily.clone(), json!({"fact": "activity", "type": "order", "op": "gte", "value": 1})).await;
        let ada = customer(test, json!({"email": "ada@example.org", "firstname": "Ada"})).await;
        let hidden = customer(test, json!({"email": "h@example.org", "firstname": "Ada", "published": false})).await;
        let bob = customer(test, json!({"email": "bob@example.org", "firstname": "Bob"})).await;
        test.clock.advance_minutes(20 * 60 - 1);
        test.run_due().await;
        assert_eq!(fired(test, rule, ada).await, 0);
        test.clock.advance_minutes(1);
        test.run_due().await;
        test.run_due().await;
        assert_eq!((fired(test, rule, ada).await, fired(test, skipping, ada).await), (1, 1));
        assert_eq!((fired(test, rule, bob).await, fired(test, rule, hidden).await, fired(test, nobody, bob).await), (0, 0, 0));
        // Nobody was there for three days: one run makes up for them, or none.
        test.clock.advance_days(3);
        test.clock.advance_minutes(5);
        test.run_due().await;
        assert_eq!((fired(test, rule, ada).await, fired(test, skipping, ada).await), (2, 1));
        let everyone = json!({"name": "All", "triggers": daily, "actions": [{"type": "add_note", "title": "x"}]});
        assert_eq!(test.post("/api/rules", everyone).await.expect(422)["problems"][0]["path"], "/condition");
    })
    .await;
}

#[tokio::test]
async fn a_calendar_that_cannot_be_read_is_refused_at_its_spot() {
    on_each_store(async |test| {
        for (expression, zone, path) in [
            ("0 25 * * *", "UTC", "/triggers/0/expression"),
            ("0 9 * *", "UTC", "/triggers/0/expression"),
            ("0 9 * * * UTC", "UTC", "/triggers/0/expression"),
            ("0 0 31 2 *", "UTC", "/triggers/0/expression"),
            ("0 9 * * *", "Mars/Olympus", "/triggers/0/timeZone"),
        ] {
            let body = json!({"name": "Cron", "triggers": [{"type": "cron", "expression": expression, "timeZone": zone}],
                "condition": {"fact": "field", "name": "id", "op": "set"}, "actions": [{"type": "add_note", "title": "x"}]});
            let refused = test.post("/api/rules", body).await.expect(422);
            assert_eq!(refused["problems"][0]["path"], path, "{expression}: {refused}");
        }
    })
    .await;
}

#[tokio::test]
async fn clocks_that_are_put_forward_or_back_lose_and_double_no_run() {
    on_each_store(async |test| {
        // Clocks go from 2 to 3 on March 29th.
        let named = json!({"fact": "field", "name": "firstname", "op": "eq", "value": "Ada"});
        let rule = noting(test, "Night", json!([{"type": "cron", "expression": "30 2 * * *", "timeZone": "Europe/Vienna"}]), named).await;
        let ada = customer(test, json!({"email": "ada@example.org", "firstname": "Ada"})).await;
        test.clock.advance_days(25);
        test.run_due().await;
        let before = fired(test, rule, ada).await;
        // Four nights, in the second of which there is no 2:30.
        for _ in 0..4 * 24 {
            test.clock.advance_minutes(60);
            test.run_due().await;
        }
        assert_eq!(fired(test, rule, ada).await - before, 4);
    })
    .await;
}

#[tokio::test]
async fn nothing_done_for_so_long_fires_at_the_very_instant() {
    on_each_store(async |test| {
        types(test, &["login", "order"]).await;
        let (ada, eve) =
            (customer(test, json!({"email": "ada@example.org"})).await, customer(test, json!({"email": "eve@example.org"})).await);
        track(test, ada, "login", json!({})).await;
        // Noted for those who were there before the rule.
        let rule = noting(test, "Idle", json!([{"type": "inactivity", "activityType": "login", "for": "10d"}]), always()).await;
        test.run_due().await;
        test.clock.advance_days(4);
        let last = track(test, ada, "login", json!({})).await;
        track(test, ada, "order", json!({})).await;
        test.clock.advance_days(9);
        test.clock.advance_minutes(24 * 60 - 1);
        test.run_due().await;
        assert_eq!(fired(test, rule, ada).await, 0);
        test.clock.advance_minutes(1);
        test.run_due().await;
        assert_eq!((fired(test, rule, ada).await, fired(test, rule, eve).await), (1, 0));
        test.clock.advance_days(30);
        test.run_due().await;
        assert_eq!(fired(test, rule, ada).await, 1, "once for each time");
        track(test, ada, "login", json!({})).await;
        test.clock.advance_days(10);
        test.run_due().await;
        assert_eq!(fired(test, rule, ada).await, 2);
        // What was taken away does not count: Eve's first login is the last one then.
        track(test, eve, "login", json!({})).await;
        test.clock.advance_days(5);
        let second = track(test, eve, "login", json!({})).await;
        test.delete(&format!("/api/activities/{}", second["id"])).await.expect(204);
        test.clock.advance_days(5);
        test.run_due().await;
        assert_eq!(fired(test, rule, eve).await, 1);
        assert!(last["id"].is_number());
    })
    .await;
}

#[tokio::test]
async fn a_birthday_comes_every_year_where_the_customer_lives() {
    on_each_store(async |test| {
        let vienna = json!({"email": "ada@example.org", "birthDate": "1990-03-04", "timeZone": "Europe/Vienna"});
        let ada = customer(test, vienna).await;
        let trigger = json!([{"type": "date_reached", "field": "birthDate", "before": "1d", "at": "09:00", "yearly": true}]);
        let rule = noting(test, "Birthday", trigger, always()).await;
        test.run_due().await;
        let york = json!({"email": "bob@example.org", "birthDate": "1991-03-04", "timeZone": "America/New_York"});
        let bob = customer(test, york).await;
        // 09:00 in Vienna is 08:00 UTC, in New York 14:00.
        test.clock.advance_minutes(20 * 60);
        test.run_due().await;
        assert_eq!((notes(test, ada).await, notes(test, bob).await), (1, 0));
        test.clock.advance_minutes(6 * 60);
        test.run_due().await;
        assert_eq!((notes(test, ada).await, notes(test, bob).await), (1, 1));
        test.clock.advance_days(100);
        test.run_due().await;
        // He moves and turns out to be younger: the instant follows.
        test.patch(&format!("/api/customers/{bob}"), json!({"birthDate": "1991-06-20"})).await.expect(200);
        test.clock.advance_days(10);
        test.run_due().await;
        assert_eq!(notes(test, bob).await, 2);
        test.clock.advance_days(260);
        test.run_due().await;
        assert_eq!((notes(test, ada).await, notes(test, bob).await), (2, 2));
        test.patch(&format!("/api/rules/{rule}"), json!({"active": false})).await.expect(200);
        test.clock.advance_days(365);
        test.run_due().await;
        assert_eq!((notes(test, ada).await, notes(test, bob).await), (2, 2));
    })
    .await;
}

#[tokio::test]
async fn a_person_can_have_a_rule_look_now() {
    on_each_store(async |test| {
        let named = json!({"fact": "field", "name": "firstname", "op": "eq", "value": "Ada"});
        let rule = noting(test, "By hand", json!([{"type": "customers_merged"}]), named).await;
        test.patch(&format!("/api/rules/{rule}"), json!({"active": false})).await.expect(200);
        let ada = customer(test, json!({"email": "ada@example.org", "firstname": "Ada"})).await;
        let bob = customer(test, json!({"email": "bob@example.org", "firstname": "Bob"})).await;
        let path = format!("/api/rules/{rule}/run");
        assert!(test.post(&path, json!({})).await.expect(202)["jobId"].is_number());
        test.run_due().await;
        assert_eq!((fired(test, rule, ada).await, fired(test, rule, bob).await), (1, 0));
        test.post(&path, json!({"customers": [bob]})).await.expect(202);
        test.run_due().await;
        let told = test.get(&format!("/api/rules/{rule}/runs?customerId={bob}")).await.expect(200);
        assert_eq!(told["items"][0]["outcome"], "condition_not_met", "who is named is told why not");
        assert_eq!(test.post(&path, json!({"customers": [999]})).await.expect(422)["problems"][0]["path"], "/customers/0");
    })
    .await;
}
