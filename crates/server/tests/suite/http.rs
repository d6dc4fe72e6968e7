//! The door: bad input, requests that are repeated, what operators and browsers are told.

use reqwest::Method;
use serde_json::{Value, json};
use server::config::Config;
use testkit::{Answer, TestApp, on_each_store};

const PROBLEM: &str = "application/problem+json";

async fn send_raw(test: &TestApp, kind: &str, body: impl Into<reqwest::Body>) -> Answer {
    let request = test.client.post(format!("{}/api/api-keys", test.address)).header("x-api-key", &test.key);
    let response = request.header("content-type", kind).body(body).send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    assert_eq!(headers["content-type"], PROBLEM);
    Answer { status, headers, body: response.json().await.unwrap() }
}

#[tokio::test]
async fn bad_input_is_named_and_never_a_fault_of_ours() {
    on_each_store(async |test| {
        let check = async |body: &str, status: u16, code: &str, path: Option<&str>| {
            let problem = send_raw(test, "application/json", body.to_owned()).await.expect(status);
            assert_eq!(problem["code"], code, "{body}: {problem}");
            assert_eq!(problem["problems"][0]["path"].as_str(), path, "{body}: {problem}");
            assert!(problem["requestId"].is_string(), "{problem}");
        };
        check("{\"name\": ", 400, "malformed", None).await;
        check("", 400, "malformed", None).await;
        check("[]", 422, "invalid", Some("")).await;
        check("{\"name\": 7, \"scopes\": []}", 422, "invalid", Some("/name")).await;
        check("{\"name\": \"a\", \"scopes\": [\"all\", 7]}", 422, "invalid", Some("/scopes/1")).await;
        check("{\"name\": \"a\", \"scopes\": [], \"colour\": 1}", 422, "invalid", Some("/colour")).await;
        check("{\"name\": \"a\\u0000\", \"scopes\": [\"all\"]}", 422, "invalid", Some("")).await;
        check("{\"name\": \"a\", \"scopes\": [\"all\"], \"expiresAt\": \"soon\"}", 422, "invalid", Some("/expiresAt")).await;
        let deep = format!("{{\"name\": {}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
        check(&deep, 422, "invalid", Some("/name")).await;
        send_raw(test, "text/plain", "{}").await.expect(415);
        send_raw(test, "application/json", vec![0xff, 0xfe]).await.expect(400);
        let large = format!("{{\"name\": \"{}\"}}", "a".repeat(10 * 1024 * 1024));
        assert_eq!(send_raw(test, "application/json", large).await.expect(413)["code"], "too_large");
    })
    .await;
}

#[tokio::test]
async fn what_does_not_exist_is_said_in_the_same_form() {
    on_each_store(async |test| {
        let missing = test.get("/api/nothing").await;
        assert_eq!(missing.headers["content-type"], PROBLEM);
        missing.expect(404);
        test.get("/api/users/99").await.expect(404);
        test.get("/api/users/ninety").await.expect(404);
        let wrong = test.put("/api/users", json!({})).await;
        assert_eq!(wrong.headers["content-type"], PROBLEM);
        assert_eq!(wrong.headers["allow"], "GET,HEAD,POST");
        assert_eq!(wrong.expect(405)["code"], "wrong_method");
        test.get("/api/users?limit=0").await.expect(422);
        test.get("/api/users?limit=501").await.expect(422);
        test.get("/api/users?limit=many").await.expect(422);
        test.get("/api/users?cursor=nonsense").await.expect(422);
    })
    .await;
}

#[tokio::test]
async fn requests_can_be_found_in_the_log_by_their_id() {
    on_each_store(async |test| {
        let own = test.get("/api/nothing").await;
        assert_eq!(own.headers["x-request-id"].to_str().unwrap(), own.body["requestId"]);
        let given = test.send(Method::GET, "/api/nothing", None, None, &[("x-request-id", "abc-1")]).await;
        assert_eq!(given.body["requestId"], "abc-1");
        let foul = test.send(Method::GET, "/api/nothing", None, None, &[("x-request-id", "a b")]).await;
        assert_ne!(foul.body["requestId"], "a b");
    })
    .await;
}

async fn make_key(test: &TestApp, idempotency_key: &str, name: &str) -> Answer {
    let body = json!({ "name": name, "scopes": ["jobs:read"] });
    test.send(Method::POST, "/api/api-keys", Some(body), Some(&test.key), &[("idempotency-key", idempotency_key)]).await
}

async fn keys(test: &TestApp) -> i64 {
    test.get("/api/api-keys?count=true").await.expect(200)["total"].as_i64().unwrap()
}

#[tokio::test]
async fn a_repeated_request_is_answered_and_not_done_again() {
    on_each_store(async |test| {
        let before = keys(test).await;
        let first = make_key(test, "order-1", "shop").await;
        let location = first.headers["location"].clone();
        let first = first.expect(201);
        let again = make_key(test, "order-1", "shop").await;
        assert_eq!((&again.headers["idempotency-replayed"], &again.headers["location"]), (&"true".parse().unwrap(), &location));
        let again = again.expect(201);
        assert_eq!(again["id"], first["id"]);
        assert_eq!(again["key"], Value::Null, "the secret is not kept anywhere");
        assert_eq!(make_key(test, "order-1", "another").await.expect(422)["code"], "idempotency_key_reused");
        assert_eq!(keys(test).await, before + 1);

        let other = test.new_key(&["all"]).await;
        let body = json!({ "name": "shop", "scopes": ["jobs:read"] });
        let theirs = test.send(Method::POST, "/api/api-keys", Some(body), Some(&other), &[("idempotency-key", "order-1")]).await;
        assert_ne!(theirs.expect(201)["id"], first["id"], "each caller has his own keys");

        test.clock.advance_days(1);
        assert_ne!(make_key(test, "order-1", "shop").await.expect(201)["id"], first["id"], "a day later it is a new request");
        make_key(test, "", "shop").await.expect(400);
        make_key(test, &"a".repeat(201), "shop").await.expect(400);
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_repeated_too_but_not_one_that_is_about_the_caller() {
    on_each_store(async |test| {
        make_key(test, "bad", "").await.expect(422);
        assert_eq!(make_key(test, "bad", "").await.headers["idempotency-replayed"], "true");
        let reader = test.new_key(&["jobs:read"]).await;
        for _ in 0..2 {
            let body = json!({ "name": "a", "scopes": ["jobs:read"] });
            let headers = [("idempotency-key", "mine")];
            let refused = test.send(Method::POST, "/api/api-keys", Some(body), Some(&reader), &headers).await;
            assert!(!refused.headers.contains_key("idempotency-replayed"));
            refused.expect(403);
        }
        test.send(Method::POST, "/api/api-keys", Some(json!({})), None, &[("idempotency-key", "mine")]).await.expect(401);
    })
    .await;
}

#[tokio::test]
async fn of_many_at_once_with_the_same_key_one_is_done() {
    on_each_store(async |test| {
        let before = keys(test).await;
        let all = (0..8).map(|_| make_key(test, "race", "shop"));
        let answers = futures_util::future::join_all(all).await;
        for answer in answers {
            assert!([201, 409].contains(&answer.status.as_u16()), "{}", answer.body);
        }
        assert_eq!(keys(test).await, before + 1);
    })
    .await;
}

#[tokio::test]
async fn a_crash_can_lose_the_answer_but_does_the_work_once() {
    on_each_store(async |test| {
        let before = keys(test).await;
        make_key(test, "lost", "shop").await.expect(201);
        let lose = |text: &'static str| test.write(move |work| Ok(work.tx.execute(text, &[])?));
        lose("update idempotency_keys set status = null, answer = null").await.unwrap();
        assert_eq!(make_key(test, "lost", "shop").await.expect(409)["code"], "idempotency_answer_lost");
        test.clock.advance_minutes(11);
        make_key(test, "lost", "shop").await.expect(409);
        assert_eq!(keys(test).await, before + 1);

        // As if the process had died before the unit of work was committed.
        lose("update idempotency_keys set is_applied = false").await.unwrap();
        make_key(test, "lost", "shop").await.expect(201);
        lose("update idempotency_keys set is_applied = false, status = null, answer = null").await.unwrap();
        assert_eq!(make_key(test, "lost", "shop").await.expect(409)["code"], "idempotency_under_way");
    })
    .await;
}

#[tokio::test]
async fn activities_with_a_key_carry_the_mark_in_their_own_transaction() {
    on_each_store(async |test| {
        let send = async || {
            let activity = json!({ "customer": { "email": "ada@example.org" }, "type": "order", "attributes": { "amount": 7 } });
            let body = json!({ "activities": [activity], "createCustomers": true });
            let headers = [("idempotency-key", "batch-1")];
            test.send(Method::POST, "/api/activities", Some(body), Some(&test.key), &headers).await.expect(200)
        };
        let first = send().await;
        let marks = "select count(*) from idempotency_keys where is_applied = true and status = 200";
        assert_eq!(test.write(|work| Ok(work.tx.one::<i64>(marks, &[])?)).await.unwrap(), 1);
        assert_eq!(send().await, first);
    })
    .await;
}

#[tokio::test]
async fn what_is_past_is_pruned_once_a_day() {
    on_each_store(async |test| {
        make_key(test, "old", "shop").await.expect(201);
        test.run_due().await;
        test.clock.advance_days(1);
        test.run_due().await;
        let left = test.write(|work| Ok(work.tx.one::<i64>("select count(*) from idempotency_keys", &[])?)).await.unwrap();
        assert_eq!(left, 0);
    })
    .await;
}

#[tokio::test]
async fn operators_see_that_it_is_well() {
    on_each_store(async |test| {
        let open = async |path: &str| test.send(Method::GET, path, None, None, &[]).await;
        open("/healthz").await.expect(200);
        open("/readyz").await.expect(200);
        test.get("/api/users/99").await.expect(404);
        let figures = open("/metrics").await.expect(200);
        let text = figures.as_str().unwrap();
        for expected in [
            "regulars_http_requests_total{method=\"GET\",route=\"/api/users/{id}\",status=\"404\"}",
            "regulars_http_request_seconds_bucket",
            "regulars_database_up 1",
            "regulars_jobs{state=\"dead\"} 0",
            "regulars_units_waiting{lane=\"write\"}",
        ] {
            assert!(text.contains(expected), "{expected} in {text}");
        }

        let mut config = Config::defaults();
        config.metrics.public = false;
        let closed = TestApp::start_with(&test.database, config).await;
        closed.send(Method::GET, "/metrics", None, None, &[]).await.expect(401);
        let powerless = closed.new_key(&[]).await;
        closed.send(Method::GET, "/metrics", None, Some(&powerless), &[]).await.expect(403);
        closed.get("/metrics").await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_process_that_only_works_answers_operators_alone() {
    on_each_store(async |test| {
        let mut config = Config::defaults();
        config.server.roles = vec!["worker".to_owned()];
        let store = test.app.store.clone();
        let app = server::app::App::new(
            store,
            test.clock.clone(),
            config,
            server::mailer::Mailer::mailbox(),
            server::segments::builders::Builders::default(),
        );
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = tokio_util::sync::CancellationToken::new();
        let running = tokio::spawn(server::serve::run(app, listener, stop.clone()));
        let ask = async |path: &str| test.client.get(format!("http://{address}{path}")).send().await.unwrap().status();
        assert_eq!(ask("/readyz").await, 200);
        assert_eq!(ask("/api/session").await, 404);
        stop.cancel();
        running.await.unwrap().unwrap();
    })
    .await;
}

#[tokio::test]
async fn browsers_are_told_to_trust_nothing_from_elsewhere() {
    on_each_store(async |test| {
        let docs = test.send(Method::GET, "/docs", None, None, &[]).await;
        assert!(docs.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'self'"));
        assert_eq!(docs.headers["x-content-type-options"], "nosniff");
        assert!(docs.expect(200).as_str().unwrap().contains("/api/api-keys"));
        let list = test.get("/api/users").await;
        assert_eq!(list.headers["cache-control"], "no-store");
        let description = test.send(Method::GET, "/api/openapi.json", None, None, &[]).await.expect(200);
        assert_eq!(description["openapi"], "3.1.0");
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let home = client.get(format!("{}/", test.address)).send().await.unwrap();
        assert_eq!((home.status().as_u16(), &home.headers()["location"]), (307, &"/admin/".parse().unwrap()));
    })
    .await;
}

#[tokio::test]
async fn who_sends_too_much_still_hears_why() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    on_each_store(async |test| {
        // More than what lies unread between the two of them can hold: it is only sent whole when the server reads it.
        let body = vec![b' '; 40 << 20];
        for (path, key, status) in [("/api/activities", test.key.as_str(), "413"), ("/api/imports", "rk_nobody", "401")] {
            let mut stream = tokio::net::TcpStream::connect(test.address.trim_start_matches("http://")).await.unwrap();
            let head = format!(
                "POST {path} HTTP/1.1\r\nHost: x\r\nX-API-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.write_all(&body).await.unwrap();
            let mut answer = [0; 12];
            stream.read_exact(&mut answer).await.unwrap();
            assert_eq!(std::str::from_utf8(&answer).unwrap(), format!("HTTP/1.1 {status}"));
        }
    })
    .await;
}
