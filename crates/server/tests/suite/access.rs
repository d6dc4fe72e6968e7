//! Who is let in: every operation of the API against callers who may not use it.

use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashSet;
use testkit::{TestApp, on_each_store};

/// Operations that need no credentials.
const PUBLIC: [&str; 6] = ["session_sign_in", "session_ways", "session_give_code", "session_set_up", "oidc_start", "oidc_callback"];
/// Operations for people who signed in, whatever they may do; keys have no session.
const FOR_SESSIONS: [&str; 11] = [
    "session_read",
    "session_sign_out",
    "session_change_password",
    "sessions_list",
    "sessions_end",
    "sessions_end_others",
    "second_factor_read",
    "second_factor_begin",
    "second_factor_confirm",
    "second_factor_renew_codes",
    "second_factor_switch_off",
];

struct Operation {
    id: String,
    method: Method,
    path: String,
}

/// All operations of the description, each with a path that could exist.
fn operations() -> Vec<Operation> {
    let description = serde_json::to_value(server::serve::openapi()).unwrap();
    let mut found = Vec::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        let parts: Vec<&str> = path.split('/').map(|part| if part.starts_with('{') { "1" } else { part }).collect();
        for (method, operation) in methods.as_object().unwrap() {
            found.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase().parse().unwrap(),
                path: parts.join("/"),
            });
        }
    }
    found
}

async fn expect_for_all(test: &TestApp, key: Option<&str>, status: u16, except: &[&str]) {
    for operation in operations().iter().filter(|operation| !except.contains(&operation.id.as_str())) {
        let answer = test.send(operation.method.clone(), &operation.path, None, key, &[]).await;
        assert_eq!(answer.status.as_u16(), status, "{}: {}", operation.id, answer.body);
        assert_eq!(answer.headers["content-type"], "application/problem+json", "{}", operation.id);
    }
}

#[test]
fn operation_ids_are_unique_and_begin_with_a_slice() {
    let mut seen = HashSet::new();
    for operation in operations() {
        assert!(operation.id.contains('_'), "{}", operation.id);
        assert!(seen.insert(operation.id.clone()), "{} twice", operation.id);
    }
    for known in PUBLIC.iter().chain(&FOR_SESSIONS) {
        assert!(seen.contains(*known), "{known} is gone");
    }
}

#[tokio::test]
async fn nobody_gets_in_without_credentials() {
    on_each_store(async |test| {
        expect_for_all(test, None, 401, &PUBLIC).await;
        expect_for_all(test, Some("rk_000000000000000000000000000000000000000000000000"), 401, &PUBLIC).await;
    })
    .await;
}

#[tokio::test]
async fn a_key_without_scopes_may_do_nothing() {
    on_each_store(async |test| {
        let powerless = test.new_key(&[]).await;
        let except: Vec<&str> = PUBLIC.iter().chain(&FOR_SESSIONS).copied().collect();
        expect_for_all(test, Some(&powerless), 403, &except).await;
    })
    .await;
}

#[tokio::test]
async fn a_key_that_expired_or_was_revoked_opens_nothing() {
    on_each_store(async |test| {
        let body = json!({ "name": "short", "scopes": ["all"], "expiresAt": "2026-03-02T12:10:00Z" });
        let expiring = test.post("/api/api-keys", body).await.expect(201);
        let key = expiring["key"].as_str().unwrap();
        let made = test.post("/api/api-keys", json!({ "name": "doomed", "scopes": ["all"] })).await.expect(201);
        let revoked = made["key"].as_str().unwrap();
        for key in [key, revoked] {
            test.send(Method::GET, "/api/users", None, Some(key), &[]).await.expect(200);
        }
        test.delete(&format!("/api/api-keys/{}", made["id"])).await.expect(204);
        expect_for_all(test, Some(revoked), 401, &PUBLIC).await;
        test.clock.advance_minutes(10);
        expect_for_all(test, Some(key), 401, &PUBLIC).await;
    })
    .await;
}

#[tokio::test]
async fn a_key_does_what_its_scopes_say_and_no_more() {
    on_each_store(async |test| {
        let reader = test.new_key(&["users:read"]).await;
        let bearer = format!("Bearer {reader}");
        test.send(Method::GET, "/api/users", None, Some(&reader), &[]).await.expect(200);
        test.send(Method::GET, "/api/users", None, None, &[("authorization", &bearer)]).await.expect(200);
        let refused = test.send(Method::GET, "/api/audit", None, Some(&reader), &[]).await.expect(403);
        assert_eq!(refused["detail"], "this needs the permission audit:read");
        let body = json!({ "name": "x", "scopes": ["users:read"] });
        test.send(Method::POST, "/api/api-keys", Some(body), Some(&reader), &[]).await.expect(403);
    })
    .await;
}

#[tokio::test]
async fn nobody_hands_on_more_than_he_has() {
    on_each_store(async |test| {
        let keeper = test.new_key(&["users:write", "jobs:read"]).await;
        let ask = async |path: &str, body: Value| test.send(Method::POST, path, Some(body), Some(&keeper), &[]).await;
        ask("/api/api-keys", json!({ "name": "a", "scopes": ["jobs:read"] })).await.expect(201);
        ask("/api/api-keys", json!({ "name": "b", "scopes": ["jobs:write"] })).await.expect(403);
        ask("/api/api-keys", json!({ "name": "c", "scopes": ["all"] })).await.expect(403);
        let user = json!({ "email": "eve@example.org", "name": "Eve", "role": "admin", "password": "correct horse battery" });
        ask("/api/users", user.clone()).await.expect(403);
        let admin = test.post("/api/users", user).await.expect(201);
        let path = format!("/api/users/{}", admin["id"]);
        let password = json!({ "password": "another horse battery" });
        test.send(Method::PATCH, &path, Some(password), Some(&keeper), &[]).await.expect(403);
        test.send(Method::DELETE, &path, None, Some(&keeper), &[]).await.expect(403);
    })
    .await;
}
