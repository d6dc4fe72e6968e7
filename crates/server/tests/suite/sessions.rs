//! Sessions: one's own with where they are, ended one by one and all at once; those of others by who keeps users.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::person::{Browser, PASSWORD, add, browser, sign_in};
use testkit::{TestApp, on_each_store};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

async fn sign_in_with<'t>(test: &'t TestApp, email: &str, user_agent: &str) -> Browser<'t> {
    let body = json!({ "email": email, "password": PASSWORD });
    browser(test, test.send(Method::POST, "/api/session", Some(body), None, &[("user-agent", user_agent)]).await)
}

async fn listed(browser: &Browser<'_>) -> Vec<Value> {
    browser.get("/api/sessions").await.expect(200)["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn everybody_sees_his_own_sessions_and_which_one_this_is() {
    on_each_store(async |test| {
        add(test, "ada@example.org", "viewer").await;
        add(test, "bob@example.org", "viewer").await;
        let there = sign_in_with(test, "ada@example.org", FIREFOX).await;
        sign_in(test, "bob@example.org").await;
        test.clock.advance_minutes(30);
        let here = sign_in_with(test, "ada@example.org", "curl/8.5.0").await;
        let sessions = listed(&here).await;
        assert_eq!(sessions.len(), 2, "{sessions:?}");
        let (own, other) = (&sessions[0], &sessions[1]);
        assert_eq!((&own["isCurrent"], &own["userAgent"], &own["cameBy"]), (&json!(true), &json!("curl/8.5.0"), &json!("password")));
        assert_eq!((&other["isCurrent"], &other["userAgent"], &other["address"]), (&json!(false), &json!(FIREFOX), &json!("127.0.0.1")));
        assert_eq!((&other["createdAt"], &other["lastUsedAt"]), (&json!("2026-03-02T12:00:00Z"), &json!("2026-03-02T12:00:00Z")));
        assert_eq!(own["expiresAt"], "2026-03-03T00:30:00Z");

        test.clock.advance_minutes(5);
        there.get("/api/session").await.expect(200);
        let sessions = listed(&here).await;
        assert_eq!((&sessions[0]["lastUsedAt"], &sessions[0]["isCurrent"]), (&json!("2026-03-02T12:35:00Z"), &json!(true)));
        assert_eq!(sessions[1]["lastUsedAt"], "2026-03-02T12:35:00Z");
    })
    .await;
}

#[tokio::test]
async fn one_session_or_all_others_are_ended_and_nobody_elses() {
    on_each_store(async |test| {
        add(test, "ada@example.org", "viewer").await;
        add(test, "bob@example.org", "viewer").await;
        let (here, second, third) =
            (sign_in(test, "ada@example.org").await, sign_in(test, "ada@example.org").await, sign_in(test, "ada@example.org").await);
        let bob = sign_in(test, "bob@example.org").await;
        let sessions = listed(&second).await;
        let id = sessions.iter().find(|session| session["isCurrent"] == true).unwrap()["id"].clone();
        bob.delete(&format!("/api/sessions/{id}")).await.expect(404);
        second.get("/api/session").await.expect(200);
        here.delete(&format!("/api/sessions/{id}")).await.expect(204);
        second.get("/api/session").await.expect(401);
        here.delete(&format!("/api/sessions/{id}")).await.expect(404);

        third.get("/api/session").await.expect(200);
        here.delete("/api/sessions").await.expect(204);
        third.get("/api/session").await.expect(401);
        here.get("/api/session").await.expect(200);
        bob.get("/api/session").await.expect(200);
        assert_eq!(listed(&here).await.len(), 1);
        let entries = test.get("/api/audit?entityType=admin_user&limit=2").await.expect(200);
        let ended: Vec<&Value> = entries["items"].as_array().unwrap().iter().map(|entry| &entry["action"]).collect();
        assert_eq!(ended, ["end_sessions", "end_sessions"]);
    })
    .await;
}

#[tokio::test]
async fn who_keeps_users_sees_how_many_sessions_they_have_and_ends_them() {
    on_each_store(async |test| {
        let ada = add(test, "ada@example.org", "editor").await;
        let path = format!("/api/users/{}", ada["id"]);
        assert_eq!(ada["sessions"], 0);
        let (first, second) = (sign_in(test, "ada@example.org").await, sign_in(test, "ada@example.org").await);
        assert_eq!(test.get(&path).await.expect(200)["sessions"], 2);
        first.delete(&format!("{path}/sessions")).await.expect(403);

        test.delete(&format!("{path}/sessions")).await.expect(204);
        for browser in [first, second] {
            browser.get("/api/session").await.expect(401);
        }
        assert_eq!(test.get("/api/users").await.expect(200)["items"][0]["sessions"], 0);
        let entries = test.get("/api/audit?entityType=admin_user&limit=1").await.expect(200);
        assert_eq!((&entries["items"][0]["action"], &entries["items"][0]["changes"]), (&json!("end_sessions"), &json!({ "sessions": 2 })));
        test.delete("/api/users/999999/sessions").await.expect(404);

        let weak = test.new_key(&["users:write"]).await;
        test.send(Method::DELETE, &format!("{path}/sessions"), None, Some(&weak), &[]).await.expect(403);
    })
    .await;
}

#[tokio::test]
async fn a_session_past_its_time_is_not_listed_and_is_taken_away() {
    on_each_store(async |test| {
        add(test, "ada@example.org", "viewer").await;
        sign_in(test, "ada@example.org").await;
        test.clock.advance_minutes(12 * 60 + 1);
        let here = sign_in(test, "ada@example.org").await;
        assert_eq!(listed(&here).await.len(), 1);
        test.write(server::admin::prune).await.unwrap();
        let contents = test.contents(&[]).await;
        assert_eq!(contents["sessions"].len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_key_has_no_sessions() {
    on_each_store(async |test| {
        for (method, path) in [(Method::GET, "/api/sessions"), (Method::DELETE, "/api/sessions"), (Method::DELETE, "/api/sessions/1")] {
            test.send(method, path, None, Some(&test.key), &[]).await.expect(401);
        }
        test.get("/api/session/second-factor").await.expect(401);
    })
    .await;
}
