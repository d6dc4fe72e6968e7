//! The language of conditions on a running instance: what its leaves see there, and the routes that read it.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::{TestApp, on_each_store};

async fn customer(test: &TestApp, email: &str) -> i64 {
    test.post("/api/customers", json!({ "email": email })).await.expect(201)["id"].as_i64().unwrap()
}

async fn track(test: &TestApp, customer: i64, kind: &str, at: &str) {
    let body = json!({ "customer": { "id": customer }, "type": kind, "occurredAt": at, "attributes": { "category": "Shoes" } });
    test.post("/api/activities", body).await.expect(201);
}

async fn group(test: &TestApp, calculated: bool) -> i64 {
    let body = json!({ "name": format!("Group {calculated}"), "calculated": calculated });
    test.post("/api/segment-groups", body).await.expect(201)["id"].as_i64().unwrap()
}

async fn segment(test: &TestApp, group: i64, condition: &Value) -> i64 {
    let body = json!({ "groupId": group, "name": condition.to_string(), "reference": condition.to_string(), "condition": condition });
    let made = test.post("/api/segments", body).await.expect(201);
    test.run_due().await;
    made["id"].as_i64().unwrap()
}

async fn members(test: &TestApp, segment: i64) -> BTreeSet<i64> {
    let page = test.get(&format!("/api/segments/{segment}/members?limit=500")).await.expect(200);
    page["items"].as_array().unwrap().iter().map(|member| member["customerId"].as_i64().unwrap()).collect()
}

async fn run(test: &TestApp, statements: Vec<(&'static str, Vec<sql::Value>)>) {
    let unit = move |work: &mut server::work::Work<'_>| {
        for (text, values) in &statements {
            work.tx.execute(text, values)?;
        }
        Ok(())
    };
    test.write(unit).await.unwrap();
}

#[tokio::test]
async fn a_sequence_is_there_with_its_last_step_and_gone_when_the_first_leaves_the_window() {
    on_each_store(async |test| {
        let ada = customer(test, "ada@example.org").await;
        let shoes = json!({ "fact": "attribute", "name": "category", "op": "matches", "value": "^shoe" });
        let steps = json!([{ "type": "visit" }, { "type": "order", "where": shoes }]);
        let buyers = segment(test, group(test, true).await, &json!({ "fact": "sequence", "steps": steps, "within": "30d" })).await;
        track(test, ada, "order", "2026-02-20T12:00:00Z").await;
        track(test, ada, "visit", "2026-02-21T12:00:00Z").await;
        assert!(members(test, buyers).await.is_empty(), "he ordered before he visited");
        track(test, ada, "order", "2026-02-22T12:00:00Z").await;
        assert_eq!(members(test, buyers).await, [ada].into());

        let told = test.get(&format!("/api/customers/{ada}/explain?segment={buyers}")).await.expect(200);
        assert_eq!((&told["matches"], &told["dueAt"]), (&json!(true), &json!("2026-03-23T12:00:00Z")));
        assert_eq!((&told["tree"]["saw"], told["tree"]["counted"].as_array().unwrap().len()), (&json!(2), 2));
        test.clock.advance_days(20);
        test.run_due().await;
        assert_eq!(members(test, buyers).await, [ada].into());
        test.clock.advance_days(1);
        test.run_due().await;
        assert!(members(test, buyers).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn circumstances_are_seen_by_the_evaluator_and_the_database_alike() {
    on_each_store(async |test| {
        let (ada, bob) = (customer(test, "ada@example.org").await, customer(test, "bob@example.org").await);
        let manual = test.post("/api/segments", json!({ "groupId": group(test, false).await, "name": "VIP" })).await.expect(201);
        let vip = manual["id"].as_i64().unwrap();
        test.post(&format!("/api/segments/{vip}/members"), json!({ "add": [ada, bob] })).await.expect(200);
        let consent = "insert into consents (customer_id, purpose, granted, answered_at, source) values ($1, $2, $3, 0, '')";
        let company = "insert into companies (id, name, name_folded, vat_id, vat_id_folded, version, created_at, updated_at)
             values (7, 'Ada & Co', 'ada & co', null, null, 1, $1, $1)";
        run(
            test,
            vec![
                ("update memberships set counter = 3 where customer_id = $1", vec![ada.into()]),
                (consent, vec![ada.into(), "newsletter".into(), true.into()]),
                (consent, vec![bob.into(), "newsletter".into(), false.into()]),
                (consent, vec![bob.into(), "profiling".into(), true.into()]),
                ("insert into subscriptions (customer_id, list, status, changed_at) values ($1, 'news', 'pending', 0)", vec![bob.into()]),
                (company, vec![1_700_000_000_000_000_i64.into()]),
                ("update customers set company_id = 7 where id = $1", vec![ada.into()]),
            ],
        )
        .await;
        let group = group(test, true).await;
        let consent = |op: &str| json!({ "fact": "consent", "purpose": "newsletter", "op": op });
        let company = |name: &str, op: &str, value: Value| json!({ "fact": "company", "name": name, "op": op, "value": value });
        let counter = |op: &str| json!({ "fact": "segment", "id": vip, "op": op, "counter": { "op": "gte", "value": 2 } });
        for (condition, expected) in [
            (counter("in"), vec![ada]),
            (counter("not_in"), vec![bob]),
            (consent("granted"), vec![ada]),
            (consent("denied"), vec![bob]),
            (json!({ "fact": "consent", "purpose": "profiling", "op": "unanswered" }), vec![ada]),
            (json!({ "fact": "subscription", "list": "news", "op": "in", "values": ["pending", "subscribed"] }), vec![bob]),
            (company("name", "starts_with", json!("ADA")), vec![ada]),
            (company("id", "eq", json!(7)), vec![ada]),
            (company("createdAt", "before", json!("2026-01-01")), vec![ada]),
            (json!({ "fact": "company", "name": "name", "op": "not_set" }), vec![bob]),
            (json!({ "fact": "company", "name": "vatId", "op": "not_set" }), vec![ada, bob]),
        ] {
            let segment = segment(test, group, &condition).await;
            assert_eq!(members(test, segment).await, expected.iter().copied().collect(), "{condition}");
            let preview = test.post("/api/segments/preview", json!({ "condition": condition })).await.expect(200);
            assert_eq!(preview["count"], json!(expected.len()), "{condition}");
        }
    })
    .await;
}

#[tokio::test]
async fn another_time_zone_moves_the_days_that_conditions_name() {
    on_each_store(async |test| {
        let ada = customer(test, "ada@example.org").await;
        track(test, ada, "order", "2026-03-01T23:30:00Z").await;
        let last = json!({ "fact": "activity", "type": "order", "measure": "last", "op": "on", "value": "2026-03-02" });
        let that_day = segment(test, group(test, true).await, &last).await;
        assert!(members(test, that_day).await.is_empty());
        test.patch(&format!("/api/customers/{ada}"), json!({ "timeZone": "Europe/Vienna" })).await.expect(200);
        assert_eq!(members(test, that_day).await, [ada].into());
    })
    .await;
}

#[tokio::test]
async fn conditions_are_checked_without_being_kept() {
    on_each_store(async |test| {
        let check = async |body: Value| test.post("/api/conditions/check", body).await.expect(200)["problems"].clone();
        let orders = json!({ "fact": "activity", "type": "order", "op": "gte", "value": 1 });
        assert_eq!(check(json!({ "condition": orders })).await, json!([]));
        let problems =
            check(json!({ "condition": { "any": [orders, { "fact": "field", "name": "city", "op": "matches", "value": "ab(" }] } })).await;
        assert_eq!(problems, json!([{ "path": "/any/1/value", "code": "bad_pattern", "message": "at character 3: unclosed group" }]));
        let live = check(json!({ "condition": { "fact": "browser" } })).await;
        assert_eq!(live[0]["code"], "live_fact");
        let fired = json!({ "fact": "trigger_segment", "op": "gte", "value": 3 });
        assert_eq!(check(json!({ "condition": fired })).await[0]["code"], "out_of_place");
        assert_eq!(check(json!({ "condition": fired, "ofRule": true })).await, json!([]));
    })
    .await;
}

#[tokio::test]
async fn searches_and_flat_conditions_become_trees() {
    on_each_store(async |test| {
        let ada = customer(test, "ada@example.org").await;
        customer(test, "bob@example.org").await;
        let parse = async |body: Value| test.post("/api/conditions/search", body).await;
        let found = parse(json!({ "text": format!("{ada} OR carl* !bob*") })).await.expect(200);
        let preview = test.post("/api/segments/preview", json!({ "condition": found["condition"] })).await.expect(200);
        assert_eq!((&preview["count"], &preview["sample"][0]["id"]), (&json!(1), &json!(ada)));
        let one = parse(json!({ "text": "ada", "fields": ["firstname"] })).await.expect(200);
        assert_eq!(one["condition"], json!({ "fact": "field", "name": "firstname", "op": "eq", "value": "ada" }));
        let problem = parse(json!({ "text": "ada AND OR" })).await.expect(422)["problems"][0].clone();
        let message = "at character 9: expected a term, not another operator";
        assert_eq!(problem, json!({ "path": "/text", "code": "unexpected", "message": message }));
        let unknown = parse(json!({ "text": "ada", "fields": ["email", "nix"] })).await.expect(422);
        assert_eq!((&unknown["problems"][0]["path"], &unknown["problems"][0]["code"]), (&json!("/fields/1"), &json!("unknown_field")));

        let class = "\\CustomerManagementFrameworkBundle\\ActionTrigger\\Condition\\CountActivities";
        let flat = |count: i64| json!({ "implementationClass": class, "options": { "type": "order", "operator": ">", "count": count } });
        let import = async |conditions: Value| test.post("/api/conditions/import", json!({ "conditions": conditions })).await;
        let imported = import(json!([flat(2)])).await.expect(200);
        assert_eq!(imported["condition"], json!({ "fact": "activity", "type": "order", "op": "gt", "value": 2 }));
        let problems = import(json!([flat(2), { "implementationClass": "Weather" }])).await.expect(422);
        assert_eq!(problems["problems"][0]["path"], "/conditions/1/implementationClass");
    })
    .await;
}

#[tokio::test]
async fn values_are_suggested_with_how_often_they_are_there() {
    on_each_store(async |test| {
        let levels = json!([{"value": "g", "label": "Gold"}, {"value": "s", "label": "Silver"}]);
        test.post("/api/fields", json!({"name": "level", "kind": "select", "options": levels})).await.expect(201);
        test.post("/api/fields", json!({"name": "tags", "kind": "list"})).await.expect(201);
        test.post("/api/fields", json!({"name": "nick", "kind": "text", "personal": true})).await.expect(201);
        let mut ids = Vec::new();
        for (name, city, level) in [("ada", "Graz", "g"), ("bob", "Gra\u{df}dorf", "g"), ("cyd", "Linz", "s"), ("dan", "Linz", "g")] {
            let fields = json!({"level": level, "tags": ["vip", name], "nick": name});
            let customer = json!({"email": format!("{name}@example.org"), "city": city, "fields": fields});
            ids.push(test.post("/api/customers", customer).await.expect(201)["id"].clone());
        }
        let order =
            |of: usize, way: &str| json!({"customer": {"id": ids[of]}, "type": "order", "attributes": {"total": 3, "ship": {"way": way}}});
        let activities = json!({"activities": [order(0, "post"), order(1, "pick-up"), order(2, "post")]});
        test.post("/api/activities", activities).await.expect(200);
        let values = async |query: &str| {
            let found = test.get(&format!("/api/conditions/values?{query}")).await.expect(200);
            let shown = found["values"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| format!("{}={}", one["label"].as_str().or(one["value"].as_str()).unwrap(), one["count"]));
            (shown.collect::<Vec<_>>().join(" "), found["of"].clone(), found["sampled"].clone())
        };

        assert_eq!(values("fact=field&name=city").await, ("Linz=2 Graz=1 Gra\u{df}dorf=1".to_owned(), json!(4), json!(false)));
        assert_eq!(values("fact=field&name=city&q=GRA&limit=1").await.0, "Graz=1");
        assert_eq!(values("fact=field&name=level").await.0, "Gold=3 Silver=1");
        assert_eq!(values("fact=field&name=level&q=silv").await.0, "Silver=1");
        assert_eq!(values("fact=field&name=tags&q=vi").await.0, "vip=4");
        assert_eq!(values("fact=field&name=nick&q=b").await.0, "bob=1");
        assert_eq!(values("fact=attribute&type=order&name=ship.way").await, ("post=2 pick-up=1".to_owned(), json!(3), json!(false)));
        assert_eq!(values("fact=attribute&type=order&name=total").await.0, "");
        for (query, path) in [
            ("fact=field&name=none", "/name"),
            ("fact=field&name=createdAt", "/name"),
            ("fact=attribute&name=ship", "/type"),
            ("fact=attribute&type=order&name=a'b", "/name"),
            ("fact=field&name=city&limit=0", "/limit"),
        ] {
            let refused = test.get(&format!("/api/conditions/values?{query}")).await.expect(422);
            assert_eq!(refused["problems"][0]["path"], path, "{query}");
        }

        let key = test.new_key(&["segments:read"]).await;
        let status = async |query: &str| {
            let path = format!("/api/conditions/values?{query}");
            test.send(reqwest::Method::GET, &path, None, Some(&key), &[]).await.status.as_u16()
        };
        assert_eq!(status("fact=field&name=city").await, 200);
        for query in ["fact=field&name=nick", "fact=field&name=lastname", "fact=attribute&type=order&name=ship.way"] {
            assert_eq!(status(query).await, 403, "{query}");
        }
    })
    .await;
}
