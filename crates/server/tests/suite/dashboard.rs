//! The dashboard: figures of a range next to those of the range before.

use super::merging::{merge, undo};
use reqwest::Method;
use serde_json::{Value, json};
use server::time::Instant;
use testkit::{TestApp, on_each_store};

#[tokio::test]
async fn figures_are_counted_by_local_day_and_compared_with_the_days_before() {
    on_each_store(async |test| {
        let ada = test.post("/api/customers", json!({"email": "ada@example.org"})).await.expect(201)["id"].clone();
        test.clock.advance_days(10);
        test.post("/api/customers", json!({"email": "bob@example.org", "active": false})).await.expect(201);
        let order = |at: &str| json!({"customer": {"id": ada}, "type": "order", "occurredAt": at});
        let visit = |at: &str| json!({"customer": {"id": ada}, "type": "visit", "occurredAt": at});
        let activities = json!({"activities": [
            order("2026-03-12T00:00:00Z"), order("2026-03-12T11:00:00Z"), visit("2026-03-06T00:00:00Z"), order("2026-03-05T23:59:59Z"),
            order("2026-02-27T00:00:00Z"), order("2026-02-26T23:59:59Z"), visit("2026-03-11T12:00:00Z")]});
        test.post("/api/activities", activities).await.expect(200);

        let shown = test.get("/api/dashboard?days=7").await.expect(200);
        let customers = &shown["customers"];
        let figures = ["total", "active", "new", "newBefore"].map(|figure| customers[figure].as_i64().unwrap());
        assert_eq!(figures, [2, 1, 1, 1]);
        assert_eq!(customers["byDay"][5], json!({"day": "2026-03-11", "new": 0, "total": 1}));
        assert_eq!(customers["byDay"][6], json!({"day": "2026-03-12", "new": 1, "total": 2}));
        let figures = &shown["activities"];
        assert_eq!((&figures["total"], &figures["inRange"], &figures["inRangeBefore"]), (&json!(7), &json!(4), &json!(2)));
        let days = figures["byDay"].as_array().unwrap();
        assert_eq!(
            (days.len(), &days[0], &days[1]),
            (7, &json!({"day": "2026-03-06", "count": 1}), &json!({"day": "2026-03-07", "count": 0}))
        );
        assert_eq!(days[6], json!({"day": "2026-03-12", "count": 2}));
        let types = json!([{"type": "order", "count": 2, "countBefore": 2, "byDay": [0, 0, 0, 0, 0, 0, 2]},
            {"type": "visit", "count": 2, "countBefore": 0, "byDay": [1, 0, 0, 0, 0, 1, 0]}]);
        assert_eq!(figures["byType"], types);

        let shown = test.get("/api/dashboard?from=2026-02-26&to=2026-03-05").await.expect(200);
        assert_eq!((&shown["range"]["days"], &shown["range"]["beforeFrom"]), (&json!(8), &json!("2026-02-18")));
        assert_eq!((&shown["activities"]["inRange"], &shown["activities"]["inRangeBefore"]), (&json!(3), &json!(0)));
        assert_eq!(shown["customers"]["byDay"][7], json!({"day": "2026-03-05", "new": 0, "total": 1}), "who came later is not there yet");
        for (query, path) in
            [("days=0", "/days"), ("from=2026-03-05", "/to"), ("to=2026-03-05", "/from"), ("from=2026-03-05&to=2026-03-04", "/to")]
        {
            assert_eq!(test.get(&format!("/api/dashboard?{query}")).await.expect(422)["problems"][0]["path"], path);
        }
    })
    .await;
}

#[tokio::test]
async fn who_can_be_named_or_reached_is_known_and_everybody_else_anonymous() {
    on_each_store(async |test| {
        let made = async |body: Value| test.post("/api/customers", body).await.expect(201)["id"].clone();
        made(json!({"email": "ada@example.org", "firstname": "Ada"})).await;
        let bob = made(json!({"firstname": "Bob", "externalIds": {"shop": "1"}})).await;
        test.clock.advance_days(10);
        made(json!({"phone": "0660 1", "active": false})).await;
        made(json!({"lastname": "Byron", "published": false})).await;
        for shop in ["2", "3", "4"] {
            made(json!({"externalIds": {"shop": shop}, "city": "Graz"})).await;
        }
        expect_known(test, [7, 4], [5, 2], [2, 2]).await;

        test.patch(&format!("/api/customers/{bob}"), json!({"firstname": null})).await.expect(200);
        expect_known(test, [7, 3], [5, 2], [2, 1]).await;
        test.post("/api/customers", json!({"externalIds": {"shop": "5"}, "email": "five@example.org"})).await.expect(201);
        expect_known(test, [8, 4], [6, 3], [2, 1]).await;
    })
    .await;
}

/// All and known of all time, of the last seven days, and of the seven before; and the lists behind them.
async fn expect_known(test: &TestApp, ever: [i64; 2], new: [i64; 2], before: [i64; 2]) {
    let shown = test.get("/api/dashboard?days=7").await.expect(200);
    let (range, shown) = (&shown["range"], &shown["customers"]);
    for (names, figures) in [(["total", "known"], ever), (["new", "newKnown"], new), (["newBefore", "newKnownBefore"], before)] {
        assert_eq!(names.map(|name| shown[name].as_i64().unwrap()), figures, "{names:?}");
    }
    let is = |op: &str| ["email", "phone", "firstname", "lastname"].map(|name| json!({"fact": "field", "name": name, "op": op}));
    let (known, anonymous) = (json!({"any": is("set")}), json!({"all": is("not_set")}));
    assert_eq!(listed(test, &known).await, ever[1]);
    assert_eq!(listed(test, &anonymous).await, ever[0] - ever[1]);
    let made = json!({"fact": "field", "name": "createdAt", "op": "between", "value": range["startsAt"], "to": range["endsAt"]});
    assert_eq!(listed(test, &json!({"all": [made, known]})).await, new[1]);
    assert_eq!(listed(test, &json!({"all": [made, anonymous]})).await, new[0] - new[1]);
}

#[tokio::test]
async fn segments_rules_mail_and_jobs_have_their_figures() {
    on_each_store(async |test| {
        let ada = test.post("/api/customers", json!({"email": "ada@example.org"})).await.expect(201)["id"].clone();
        test.post("/api/activity-types", json!({"name": "order"})).await.expect(201);
        let group = test.post("/api/segment-groups", json!({"name": "Value"})).await.expect(201);
        let regular = test.post("/api/segments", json!({"groupId": group["id"], "name": "Regular"})).await.expect(201)["id"].clone();
        let thanks = test.post("/api/templates", json!({"name": "Thanks", "subject": "S", "text": "T"})).await.expect(201)["id"].clone();
        let rule = json!({"name": "Second", "active": true, "triggers": [{"type": "new_activity", "activityType": "order"}],
            "condition": {"fact": "activity", "type": "order", "op": "gte", "value": 2}, "actions": [
            {"type": "add_segment", "segmentId": regular}, {"type": "send_mail", "templateId": thanks}, {"type": "send_mail", "templateId": thanks, "delay": "1d"}]});
        let rule = test.post("/api/rules", rule).await.expect(201)["id"].clone();
        for _ in 0..2 {
            test.post("/api/activities", json!({"customer": {"id": ada}, "type": "order"})).await.expect(201);
        }
        test.run_due().await;
        test.post(&format!("/api/segments/{regular}/members"), json!({"remove": [ada]})).await.expect(200);

        let shown = test.get("/api/dashboard").await.expect(200);
        assert_eq!(shown["segments"], json!([{"id": regular, "name": "Regular", "groupName": "Value", "size": 0, "entered": 1, "left": 1}]));
        assert_eq!(shown["rules"], json!([{"id": rule, "name": "Second", "active": true, "fired": 1, "notFired": 1, "firedBefore": 0}]));
        let mail = json!({"queued": 0, "sent": 1, "failed": 0, "withheld": 0, "bounced": 0, "complained": 0,
            "sentBefore": 0, "failedBefore": 0, "withheldBefore": 0, "bouncedBefore": 0, "complainedBefore": 0});
        assert_eq!(shown["mail"], mail);
        let jobs = json!({"queued": 0, "running": 0, "dead": 0, "waitingSince": null});
        assert_eq!(shown["jobs"], jobs, "what a rule has planned is no job yet");
        assert_eq!((&shown["webhooks"], &shown["duplicates"]), (&json!({"waiting": 0}), &json!({"open": 0})));
    })
    .await;
}

/// How many customers a list shows for a condition.
async fn listed(test: &TestApp, filter: &Value) -> Value {
    let url = reqwest::Url::parse_with_params("http://x/", &[("filter", filter.to_string())]).unwrap();
    test.get(&format!("/api/customers?count=true&{}", url.query().unwrap())).await.expect(200)["total"].clone()
}

#[tokio::test]
async fn a_figure_leads_to_as_many_as_it_counts_whatever_the_time_of_day_and_the_zones() {
    on_each_store(async |test| {
        test.patch("/api/settings", json!({"timeZone": "Europe/Vienna"})).await.expect(200);
        let rule = json!({"name": "Note", "active": true, "triggers": [{"type": "new_activity", "activityType": "order"}],
            "actions": [{"type": "add_note", "title": "ordered"}]});
        test.post("/api/activity-types", json!({"name": "order"})).await.expect(201);
        let rule = test.post("/api/rules", rule).await.expect(201)["id"].clone();
        // At 13:00, 23:59 and 00:00 of Vienna.
        for (place, minutes) in [(0, 659), (1, 1), (2, 12 * 60)] {
            let body = json!({"email": format!("c{place}@example.org"), "timeZone": "America/New_York"});
            let id = test.post("/api/customers", body).await.expect(201)["id"].clone();
            test.post("/api/activities", json!({"customer": {"id": id}, "type": "order"})).await.expect(201);
            test.clock.advance_minutes(minutes);
        }
        for (query, new) in [("days=1", 1), ("days=2", 3), ("from=2026-03-02&to=2026-03-02", 2)] {
            let shown = test.get(&format!("/api/dashboard?{query}")).await.expect(200);
            let (starts, ends) = (shown["range"]["startsAt"].as_str().unwrap(), shown["range"]["endsAt"].as_str().unwrap());
            assert_eq!((&shown["customers"]["new"], &shown["rules"][0]["fired"]), (&json!(new), &json!(new)), "{query}");
            let before = Instant(Instant::parse(ends).unwrap().0 - 1);
            let made = json!({"fact": "field", "name": "createdAt", "op": "between", "value": starts, "to": before});
            assert_eq!(listed(test, &made).await, new, "{query}");
            let active = json!({"fact": "activity", "type": "order", "within": {"from": starts, "to": ends}, "op": "gte", "value": 1});
            assert_eq!(listed(test, &active).await, new, "{query}");
            let runs = test.get(&format!("/api/rules/{rule}/runs?count=true&since={starts}&until={ends}")).await.expect(200);
            assert_eq!(runs["total"], new, "{query}");
        }
    })
    .await;
}

const COMERS: [[&str; 4]; 2] = [["new", "returning", "startsAt", "endsAt"], ["newBefore", "returningBefore", "beforeStartsAt", "startsAt"]];

/// New and returning customers of some days and of those before, each as many as the list behind it shows.
async fn comers(test: &TestApp, query: &str) -> [i64; 4] {
    let shown = test.get(&format!("/api/dashboard/returning?{query}")).await.expect(200);
    let mut figures = Vec::new();
    for [new, returning, starts, ends] in COMERS {
        let (starts, ends) = (shown["range"][starts].clone(), shown["range"][ends].as_str().unwrap());
        let last = Instant(Instant::parse(ends).unwrap().0 - 1);
        let first = |op: &str| json!({"fact": "activity", "type": shown["type"], "measure": "first", "op": op, "value": starts});
        let mut for_the_first_time = first("between");
        for_the_first_time["to"] = json!(last);
        let did = json!({"fact": "activity", "type": shown["type"], "within": {"from": starts, "to": ends}, "op": "gte", "value": 1});
        assert_eq!(shown[new], listed(test, &for_the_first_time).await, "{query}: {new}");
        assert_eq!(shown[returning], listed(test, &json!({"all": [did, first("before")]})).await, "{query}: {returning}");
        figures.extend([new, returning].map(|name| shown[name].as_i64().unwrap()));
    }
    figures.try_into().unwrap()
}

#[tokio::test]
async fn who_does_something_for_the_first_time_is_new_and_else_returns_whatever_becomes_of_history() {
    on_each_store(async |test| {
        test.patch("/api/settings", json!({"timeZone": "Europe/Vienna"})).await.expect(200);
        let mut ids = Vec::new();
        for name in ["ada", "bob", "cyd", "dan"] {
            let made = test.post("/api/customers", json!({"email": format!("{name}@example.org"), "timeZone": "America/New_York"})).await;
            ids.push(made.expect(201)["id"].as_i64().unwrap());
        }
        let (ada, bob, cyd, dan) = (ids[0], ids[1], ids[2], ids[3]);
        let order =
            |id: i64, at: &str| json!({"customer": {"id": id}, "type": "order", "occurredAt": at, "externalId": format!("{id}-{at}")});
        // Days of Vienna begin at 23:00. Dan's order lies ahead, and a visit is no order.
        let visit = json!({"customer": {"id": bob}, "type": "visit", "occurredAt": "2026-01-01T00:00:00Z"});
        let activities = [
            order(ada, "2026-02-01T00:00:00Z"),
            order(ada, "2026-02-17T22:59:59.999999Z"),
            order(ada, "2026-02-23T23:00:00Z"),
            order(ada, "2026-03-02T11:00:00Z"),
            order(bob, "2026-02-23T22:59:59.999999Z"),
            order(bob, "2026-02-23T23:00:00Z"),
            order(cyd, "2026-02-23T23:00:00Z"),
            order(cyd, "2026-02-28T12:00:00Z"),
            order(dan, "2026-03-02T22:00:00Z"),
            visit,
        ];
        test.post("/api/activities", json!({"activities": activities})).await.expect(200);
        let week = "days=7&type=order";
        assert_eq!(comers(test, week).await, [1, 2, 1, 1]);
        assert_eq!(comers(test, "from=2026-02-16&to=2026-02-23").await, [1, 1, 0, 0]);
        assert_eq!(comers(test, "days=7&type=visit").await, [0; 4]);
        test.clock.advance_minutes(10 * 60 + 30);
        assert_eq!(comers(test, week).await, [2, 2, 1, 1], "what lay ahead has come");

        // History is brought in, moved and taken away.
        test.post("/api/activities", json!({"activities": [order(cyd, "2026-02-20T00:00:00Z"), order(dan, "2025-01-01T00:00:00Z")]}))
            .await
            .expect(200);
        assert_eq!(comers(test, week).await, [0, 4, 2, 1]);
        let late = test.get(&format!("/api/activities?customerId={dan}")).await.expect(200)["items"][1]["id"].clone();
        test.patch(&format!("/api/activities/{late}"), json!({"occurredAt": "2026-03-01T00:00:00Z"})).await.expect(200);
        assert_eq!(comers(test, week).await, [1, 3, 2, 1]);
        test.delete(&format!("/api/activities/{late}")).await.expect(204);
        let merged = merge(test, ada, dan, json!({"rule": "newest"})).await;
        assert_eq!(comers(test, week).await, [0, 3, 2, 1]);
        undo(test, &merged).await;
        assert_eq!(comers(test, week).await, [1, 3, 2, 1]);
        test.delete(&format!("/api/customers/{cyd}")).await.expect(204);
        assert_eq!(comers(test, week).await, [1, 2, 1, 1]);
    })
    .await;
}

#[tokio::test]
async fn new_and_returning_are_those_of_the_type_that_is_asked_for_or_the_usual_one() {
    on_each_store(async |test| {
        let path = "/api/dashboard/returning";
        let nothing = test.get(path).await.expect(200);
        assert_eq!((&nothing["type"], &nothing["new"], &nothing["returningBefore"]), (&Value::Null, &json!(0), &json!(0)));
        let ada = test.post("/api/customers", json!({"email": "ada@example.org"})).await.expect(201)["id"].clone();
        let done = |kind: &str| json!({"customer": {"id": ada}, "type": kind});
        test.post("/api/activities", json!({"activities": [done("visit"), done("login"), done("visit")]})).await.expect(200);
        let usual = test.get(path).await.expect(200);
        assert_eq!((&usual["type"], &usual["new"], &usual["range"]["days"]), (&json!("visit"), &json!(1), &json!(30)));
        test.post("/api/activity-types", json!({"name": "order"})).await.expect(201);
        assert_eq!(test.get(path).await.expect(200)["type"], "order");

        let refused = test.get(&format!("{path}?type=cart")).await.expect(422);
        assert_eq!((&refused["problems"][0]["path"], &refused["problems"][0]["code"]), (&json!("/type"), &json!("unknown_activity_type")));
        assert_eq!(test.get(&format!("{path}?from=2026-03-05")).await.expect(422)["problems"][0]["path"], "/to");
        for (held, missing) in [("customers:read", "activities:read"), ("activities:read", "customers:read")] {
            let key = test.new_key(&[held]).await;
            let refused = test.send(Method::GET, path, None, Some(&key), &[]).await.expect(403);
            assert_eq!(refused["detail"], format!("this needs the permission {missing}"));
        }
    })
    .await;
}
