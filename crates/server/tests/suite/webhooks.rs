//! Webhooks themselves: made, changed, rotated, removed, and what is wrong with those that are refused.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{TestApp, on_each_store};

async fn create(test: &TestApp, name: &str) -> Value {
    test.post("/api/webhooks", json!({"name": name, "url": "https://example.org/in"})).await.expect(201)
}

fn problems(refused: &Value) -> Vec<(&str, &str)> {
    let all = refused["problems"].as_array().unwrap();
    all.iter().map(|problem| (problem["path"].as_str().unwrap(), problem["code"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn a_webhook_is_made_read_changed_and_removed() {
    on_each_store(async |test| {
        let draft = json!({"name": " Shop ", "url": "https://example.org/in", "headers": {"X-Shop": "1", "X-Old": "2"}});
        let made = test.post("/api/webhooks", draft).await;
        assert_eq!(made.etag(), "\"1\"");
        let path = made.headers["location"].to_str().unwrap().to_owned();
        let made = made.expect(201);
        assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
        let shown = test.get(&path).await.expect(200);
        let expected = json!({
            "id": made["id"], "name": "Shop", "url": "https://example.org/in", "description": "", "active": true,
            "headers": {"x-shop": "1", "x-old": "2"}, "timeoutS": 10, "problem": null,
            "breaker": {"state": "closed", "failures": 0, "until": null}, "rotatingUntil": null,
            "version": 1, "createdAt": "2026-03-02T12:00:00Z", "updatedAt": "2026-03-02T12:00:00Z",
        });
        assert_eq!(shown, expected);

        let changed = test.patch(&path, json!({"timeoutS": 3, "headers": {"x-old": null}})).await;
        assert_eq!(changed.etag(), "\"2\"");
        let changed = changed.expect(200);
        assert_eq!((&changed["timeoutS"], &changed["headers"]), (&json!(3), &json!({"x-shop": "1"})));
        assert_eq!(test.patch(&path, json!({"timeoutS": 3})).await.etag(), "\"2\"", "nothing changed");
        let stale = test.send(Method::PATCH, &path, Some(json!({"timeoutS": 4})), Some(&test.key), &[("if-match", "\"1\"")]).await;
        assert_eq!(stale.status, 412);

        create(test, "Other").await;
        assert_eq!(problems(&test.patch(&path, json!({"name": "Other"})).await.expect(409)), [("/name", "duplicate")]);
        let twin = json!({"name": "Other", "url": "https://example.org"});
        assert_eq!(test.post("/api/webhooks", twin).await.expect(409)["code"], "duplicate_name");

        test.delete(&path).await.expect(204);
        test.get(&path).await.expect(404);
        test.delete(&path).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn lists_go_by_name_and_page_by_key() {
    on_each_store(async |test| {
        for name in ["C", "A", "B"] {
            create(test, name).await;
        }
        let names = |page: &Value| page["items"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect::<Vec<_>>();
        let first = test.get("/api/webhooks?limit=2&count=true").await.expect(200);
        assert_eq!((names(&first), &first["total"]), (vec![json!("A"), json!("B")], &json!(3)));
        let cursor = first["nextCursor"].as_str().unwrap();
        let second = test.get(&format!("/api/webhooks?limit=2&cursor={cursor}")).await.expect(200);
        assert_eq!((names(&second), &second["nextCursor"]), (vec![json!("C")], &Value::Null));
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_said_with_its_path() {
    on_each_store(async |test| {
        let refuse = async |draft: Value| test.post("/api/webhooks", draft).await.expect(422);
        assert_eq!(problems(&refuse(json!({"name": "W", "url": "ftp://example.org"})).await), [("/url", "invalid")]);
        assert_eq!(problems(&refuse(json!({"name": "W", "url": "https://u:p@example.org"})).await), [("/url", "invalid")]);
        let many = json!({"name": "", "url": "x", "timeoutS": 0, "headers": {"Host": "a", "webhook-id": "b", "x": "\n"}});
        let expected = [
            ("/name", "required"),
            ("/url", "invalid"),
            ("/timeoutS", "out_of_range"),
            ("/headers/Host", "reserved"),
            ("/headers/webhook-id", "reserved"),
            ("/headers/x", "invalid"),
        ];
        assert_eq!(problems(&refuse(many).await), expected);
        let unknown = refuse(json!({"name": "W", "url": "https://example.org", "secret": "x"})).await;
        assert_eq!(problems(&unknown), [("/secret", "invalid")]);
        let text = refuse(json!({"name": "W", "url": "https://example.org", "timeoutS": "x"})).await;
        assert_eq!(problems(&text), [("/timeoutS", "invalid")]);

        let id = create(test, "W").await["id"].clone();
        let wrong = test.patch(&format!("/api/webhooks/{id}"), json!({"headers": {"te": "x"}})).await.expect(422);
        assert_eq!(problems(&wrong), [("/headers/te", "reserved")]);
        let since = test.post(&format!("/api/webhooks/{id}/replay"), json!({"since": "soon"})).await.expect(422);
        assert_eq!(problems(&since), [("/since", "invalid")]);
        test.get(&format!("/api/webhooks/{id}/deliveries?state=lost")).await.expect(422);
        test.get("/api/webhooks/999/deliveries").await.expect(404);
        test.post("/api/webhooks/999/rotate", json!({})).await.expect(404);
        test.post("/api/webhooks/999/test", json!({})).await.expect(404);
        test.post("/api/webhooks/999/replay", json!({"since": "2026-01-01"})).await.expect(404);
        test.get("/api/deliveries/999").await.expect(404);
        test.post("/api/deliveries/999/replay", json!({})).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn a_secret_is_shown_once_and_stands_in_no_list_audit_or_kept_answer() {
    on_each_store(async |test| {
        let draft = json!({"name": "W", "url": "https://example.org/token", "headers": {"authorization": "Bearer hidden"}});
        let once = [("idempotency-key", "one")];
        let first = test.send(Method::POST, "/api/webhooks", Some(draft.clone()), Some(&test.key), &once).await.expect(201);
        let secret = first["secret"].as_str().unwrap().to_owned();
        let again = test.send(Method::POST, "/api/webhooks", Some(draft), Some(&test.key), &once).await.expect(201);
        assert_eq!((&again["id"], again.get("secret")), (&first["id"], None));

        let path = format!("/api/webhooks/{}", first["id"]);
        let rotated = test.post(&format!("{path}/rotate"), json!({})).await;
        assert_eq!(rotated.etag(), "\"2\"");
        let rotated = rotated.expect(200);
        assert_ne!(rotated["secret"], first["secret"]);
        assert_eq!(rotated["rotatingUntil"], "2026-03-03T12:00:00Z");

        let audit = test.get("/api/audit").await.expect(200);
        let told: Vec<&Value> = audit["items"].as_array().unwrap().iter().filter(|entry| entry["entityType"] == "webhook").collect();
        assert_eq!(told.iter().map(|entry| entry["action"].as_str().unwrap()).collect::<Vec<_>>(), ["rotate", "create"]);
        for shown in [test.get(&path).await.expect(200), test.get("/api/webhooks").await.expect(200), audit] {
            let text = shown.to_string();
            assert!(!text.contains(&secret) && !text.contains(rotated["secret"].as_str().unwrap()), "{text}");
        }
        let entries = test.get("/api/audit").await.expect(200).to_string();
        assert!(!entries.contains("hidden") && !entries.contains("/token"), "{entries}");

        test.clock.advance_days(1);
        assert_eq!(test.get(&path).await.expect(200)["rotatingUntil"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn secrets_that_count_at_a_time_are_bounded() {
    on_each_store(async |test| {
        let path = format!("/api/webhooks/{}/rotate", create(test, "W").await["id"]);
        for _ in 0..4 {
            test.post(&path, json!({})).await.expect(200);
        }
        assert_eq!(test.post(&path, json!({})).await.expect(409)["code"], "too_many");
        test.clock.advance_days(1);
        test.post(&path, json!({})).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn who_may_only_read_sees_no_values_of_headers_and_changes_nothing() {
    on_each_store(async |test| {
        let draft = json!({"name": "W", "url": "https://example.org", "headers": {"authorization": "Bearer hidden"}});
        let id = test.post("/api/webhooks", draft).await.expect(201)["id"].clone();
        let sent = test.post(&format!("/api/webhooks/{id}/test"), json!({})).await.expect(202)["id"].clone();
        let reader = test.new_key(&["webhooks:read"]).await;
        let ask = async |method: Method, path: &str, body: Option<Value>| test.send(method, path, body, Some(&reader), &[]).await;
        let path = format!("/api/webhooks/{id}");
        let shown = ask(Method::GET, &path, None).await.expect(200);
        assert_eq!(shown["headers"], json!({"authorization": "***"}));
        assert_eq!(ask(Method::GET, "/api/webhooks", None).await.expect(200)["items"][0]["headers"], shown["headers"]);
        ask(Method::GET, &format!("{path}/deliveries"), None).await.expect(200);
        let refused = ask(Method::GET, &format!("/api/deliveries/{sent}"), None).await.expect(403);
        assert_eq!(refused["detail"], "this needs the permission customers:read");
        for (method, path) in [
            (Method::POST, "/api/webhooks".to_owned()),
            (Method::PATCH, path.clone()),
            (Method::DELETE, path.clone()),
            (Method::POST, format!("{path}/rotate")),
            (Method::POST, format!("{path}/test")),
            (Method::POST, format!("{path}/replay")),
            (Method::POST, format!("/api/deliveries/{sent}/replay")),
        ] {
            let refused = ask(method, &path, Some(json!({}))).await.expect(403);
            assert_eq!(refused["detail"], "this needs the permission webhooks:write", "{path}");
        }
        let both = test.new_key(&["webhooks:read", "customers:read"]).await;
        test.send(Method::GET, &format!("/api/deliveries/{sent}"), None, Some(&both), &[]).await.expect(200);
    })
    .await;
}
