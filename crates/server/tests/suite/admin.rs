//! Admin users: signing in and out, the set-up link, the last administrator, keys and their use.

use reqwest::Method;
use serde_json::{Value, json};
use server::config::Config;
use testkit::person::{Browser, PASSWORD, add, browser, sign_in, try_to_sign_in};
use testkit::{TestApp, on_each_store};

#[tokio::test]
async fn who_signs_in_gets_a_session_whose_writes_need_its_token() {
    on_each_store(async |test| {
        add(test, "Ada@example.org", "admin").await;
        let answer = try_to_sign_in(test, " ada@EXAMPLE.org ", PASSWORD).await;
        let cookie = answer.headers["set-cookie"].to_str().unwrap().to_owned();
        assert!(cookie.starts_with("regulars_session=") && cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie}");
        let ada = browser(test, answer);
        let session = ada.get("/api/session").await.expect(200);
        assert_eq!((&session["user"]["email"], &session["user"]["role"]), (&json!("Ada@example.org"), &json!("admin")));
        assert!(session["permissions"].as_array().unwrap().contains(&json!("users:write")));
        assert_eq!(session["csrfToken"], json!(ada.csrf_token));

        let key = json!({ "name": "shop", "scopes": ["customers:read"] });
        let headers = [("cookie", ada.cookie.as_str())];
        test.send(Method::POST, "/api/api-keys", Some(key.clone()), None, &headers).await.expect(403);
        let wrong = [("cookie", ada.cookie.as_str()), ("x-csrf-token", "0000")];
        test.send(Method::POST, "/api/api-keys", Some(key.clone()), None, &wrong).await.expect(403);
        let made = ada.send(Method::POST, "/api/api-keys", Some(key)).await.expect(201);
        assert_eq!(made["createdBy"], "Ada");

        let out = ada.send(Method::DELETE, "/api/session", None).await;
        assert!(out.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
        ada.get("/api/session").await.expect(401);
        let entries = test.get("/api/audit?entityType=admin_user").await.expect(200);
        let actions: Vec<&str> = entries["items"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["sign_out", "sign_in", "create"]);
        assert_eq!(entries["items"][1]["actor"], json!({ "kind": "admin_user", "id": session["user"]["id"], "name": "Ada" }));
    })
    .await;
}

#[tokio::test]
async fn too_many_wrong_passwords_lock_one_address_for_a_while() {
    on_each_store(async |test| {
        let ada = add(test, "ada@example.org", "viewer").await;
        for _ in 0..5 {
            assert_eq!(try_to_sign_in(test, "ada@example.org", "wrong horse").await.expect(401)["code"], "unauthorized");
        }
        let locked = try_to_sign_in(test, "ADA@example.org", PASSWORD).await;
        assert_eq!(locked.headers["retry-after"], "900");
        assert_eq!(locked.expect(429)["code"], "too_many_requests");
        for _ in 0..5 {
            try_to_sign_in(test, "nobody@example.org", "wrong horse").await.expect(401);
        }
        try_to_sign_in(test, "nobody@example.org", "wrong horse").await.expect(429);

        test.clock.advance_minutes(15);
        sign_in(test, "ada@example.org").await;
        for _ in 0..4 {
            try_to_sign_in(test, "ada@example.org", "wrong horse").await.expect(401);
        }
        sign_in(test, "ada@example.org").await;
        try_to_sign_in(test, "ada@example.org", "wrong horse").await.expect(401);

        let failed = test.get(&format!("/api/audit?entityType=admin_user&entityId={}", ada["id"])).await.expect(200);
        let failed = failed["items"].as_array().unwrap().iter().filter(|entry| entry["action"] == "sign_in_failed").count();
        assert_eq!(failed, 10);
    })
    .await;
}

#[tokio::test]
async fn many_at_once_guess_no_more_often_than_one_after_the_other() {
    on_each_store(async |test| {
        add(test, "ada@example.org", "viewer").await;
        let guesses = (0..12).map(|_| try_to_sign_in(test, "ada@example.org", "wrong horse"));
        let answers = futures_util::future::join_all(guesses).await;
        let tried = answers.iter().filter(|answer| answer.status == 401).count();
        assert_eq!(tried, 5, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn each_sign_in_is_a_new_session_and_ends_the_one_before() {
    on_each_store(async |test| {
        add(test, "ada@example.org", "viewer").await;
        let first = sign_in(test, "ada@example.org").await;
        let elsewhere = sign_in(test, "ada@example.org").await;
        let body = json!({ "email": "ada@example.org", "password": PASSWORD });
        let answer = test.send(Method::POST, "/api/session", Some(body), None, &[("cookie", &first.cookie)]).await;
        let second = browser(test, answer);
        assert_ne!(first.cookie, second.cookie);
        first.get("/api/session").await.expect(401);
        second.get("/api/session").await.expect(200);
        elsewhere.get("/api/session").await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn a_session_lasts_while_it_is_used() {
    on_each_store(async |test| {
        add(test, "ada@example.org", "viewer").await;
        let ada = sign_in(test, "ada@example.org").await;
        for _ in 0..3 {
            test.clock.advance_minutes(11 * 60);
            ada.get("/api/session").await.expect(200);
        }
        test.clock.advance_minutes(12 * 60 + 1);
        ada.get("/api/session").await.expect(401);
    })
    .await;
}

#[tokio::test]
async fn sessions_end_with_the_password_and_with_the_right_to_sign_in() {
    on_each_store(async |test| {
        let path = format!("/api/users/{}", add(test, "ada@example.org", "viewer").await["id"]);
        let ada = sign_in(test, "ada@example.org").await;
        test.patch(&path, json!({ "name": "Ada Byron" })).await.expect(200);
        ada.get("/api/session").await.expect(200);
        test.patch(&path, json!({ "password": "another horse battery" })).await.expect(200);
        ada.get("/api/session").await.expect(401);
        try_to_sign_in(test, "ada@example.org", PASSWORD).await.expect(401);

        let ada = browser(test, try_to_sign_in(test, "ada@example.org", "another horse battery").await);
        test.patch(&path, json!({ "active": false })).await.expect(200);
        ada.get("/api/session").await.expect(401);
        try_to_sign_in(test, "ada@example.org", "another horse battery").await.expect(401);
        let entries = test.get("/api/audit?entityType=admin_user").await.expect(200);
        assert!(!entries.to_string().contains("horse"), "{entries}");
    })
    .await;
}

#[tokio::test]
async fn whoever_is_signed_in_changes_his_own_password() {
    on_each_store(async |test| {
        add(test, "ada@example.org", "viewer").await;
        let (here, elsewhere) = (sign_in(test, "ada@example.org").await, sign_in(test, "ada@example.org").await);
        let change = |current: &str, new: &str| json!({ "currentPassword": current, "newPassword": new });
        let path = "/api/session/password";
        let wrong = here.send(Method::POST, path, Some(change("wrong horse battery", "another horse battery"))).await.expect(422);
        assert_eq!((&wrong["problems"][0]["path"], &wrong["problems"][0]["code"]), (&json!("/currentPassword"), &json!("wrong_password")));
        let short = here.send(Method::POST, path, Some(change(PASSWORD, "short"))).await.expect(422);
        assert_eq!(short["problems"][0]["path"], "/newPassword");
        elsewhere.get("/api/session").await.expect(200);

        here.send(Method::POST, path, Some(change(PASSWORD, "another horse battery"))).await.expect(204);
        here.get("/api/session").await.expect(200);
        elsewhere.get("/api/session").await.expect(401);
        try_to_sign_in(test, "ada@example.org", PASSWORD).await.expect(401);
        try_to_sign_in(test, "ada@example.org", "another horse battery").await.expect(200);
        // A key is nobody who has a password.
        test.post(path, change(PASSWORD, "another horse battery")).await.expect(401);
    })
    .await;
}

#[tokio::test]
async fn roles_decide_what_a_person_may_do() {
    on_each_store(async |test| {
        for role in ["viewer", "editor", "admin"] {
            add(test, &format!("{role}@example.org"), role).await;
        }
        let viewer = sign_in(test, "viewer@example.org").await;
        viewer.get("/api/jobs").await.expect(200);
        viewer.send(Method::POST, "/api/jobs/1/retry", None).await.expect(403);
        let editor = sign_in(test, "editor@example.org").await;
        editor.send(Method::POST, "/api/jobs/1/retry", None).await.expect(404);
        editor.get("/api/users").await.expect(403);
        editor.get("/api/audit").await.expect(403);
        let admin = sign_in(test, "admin@example.org").await;
        admin.get("/api/users").await.expect(200);
        admin.get("/api/audit").await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn there_is_always_an_administrator_left() {
    on_each_store(async |test| {
        let ada = add(test, "ada@example.org", "admin").await;
        let path = format!("/api/users/{}", ada["id"]);
        for change in [json!({ "role": "editor" }), json!({ "active": false })] {
            assert_eq!(test.patch(&path, change).await.expect(409)["code"], "last_admin");
        }
        assert_eq!(test.delete(&path).await.expect(409)["code"], "last_admin");
        test.patch(&path, json!({ "name": "Ada Byron" })).await.expect(200);

        let bob = add(test, "bob@example.org", "admin").await;
        let other = format!("/api/users/{}", bob["id"]);
        let demote = json!({ "role": "viewer" });
        let (first, second) = tokio::join!(test.patch(&path, demote.clone()), test.patch(&other, demote.clone()));
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "two who demote each other at once");
    })
    .await;
}

#[tokio::test]
async fn users_are_kept_like_every_other_resource() {
    on_each_store(async |test| {
        let made = add(test, "ada@example.org", "viewer").await;
        let path = format!("/api/users/{}", made["id"]);
        let body = json!({ "email": "ADA@example.org", "name": "x", "role": "viewer", "password": PASSWORD });
        assert_eq!(test.post("/api/users", body).await.expect(409)["code"], "duplicate_email");
        let wrong = json!({ "email": "no address", "name": "", "role": "viewer", "password": PASSWORD });
        assert_eq!(test.post("/api/users", wrong).await.expect(422)["problems"].as_array().unwrap().len(), 2);
        let short = json!({ "email": "b@example.org", "name": "B", "role": "viewer", "password": "short" });
        assert_eq!(test.post("/api/users", short).await.expect(422)["problems"][0]["path"], "/password");

        let read = test.get(&path).await;
        assert_eq!(read.etag(), "\"1\"");
        let changed = test.send(Method::PATCH, &path, Some(json!({ "name": "Ada B" })), Some(&test.key), &[("if-match", "\"1\"")]).await;
        assert_eq!(changed.expect(200)["version"], 2);
        let lost = test.send(Method::PATCH, &path, Some(json!({ "name": "Ada C" })), Some(&test.key), &[("if-match", "\"1\"")]).await;
        lost.expect(412);
        assert_eq!(test.patch(&path, json!({ "name": null })).await.expect(422)["problems"][0]["path"], "/name");

        let bob = add(test, "bob@example.org", "viewer").await;
        let taken = test.patch(&format!("/api/users/{}", bob["id"]), json!({ "email": "ada@example.org" })).await;
        assert_eq!(taken.expect(409)["code"], "duplicate_email");
        let page = test.get("/api/users?limit=1&count=true").await.expect(200);
        assert_eq!((&page["items"][0]["id"], &page["total"]), (&made["id"], &json!(2)));
        let next = test.get(&format!("/api/users?limit=1&cursor={}", page["nextCursor"].as_str().unwrap())).await.expect(200);
        assert_eq!((&next["items"][0]["id"], &next["nextCursor"]), (&bob["id"], &Value::Null));
        test.delete(&path).await.expect(204);
        test.get(&path).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn the_setup_link_makes_the_first_admin_once() {
    on_each_store(async |test| {
        let link = async || server::admin::offer_setup(&test.app).await.unwrap();
        let token = |link: Option<String>| link.unwrap().split_once("/admin/setup?token=").unwrap().1.to_owned();
        let ask = async |token: &str| {
            let body = json!({ "token": token, "email": "ada@example.org", "name": "Ada", "password": PASSWORD });
            test.send(Method::POST, "/api/setup", Some(body), None, &[]).await
        };
        let replaced = token(link().await);
        let expired = token(link().await);
        assert_eq!(ask(&replaced).await.expect(422)["problems"][0]["path"], "/token");
        test.clock.advance_days(1);
        ask(&expired).await.expect(422);

        let valid = token(link().await);
        let (first, second) = tokio::join!(ask(&valid), ask(&valid));
        let (made, refused) = if first.status == 201 { (first, second) } else { (second, first) };
        assert_eq!((made.status.as_u16(), refused.status.as_u16()), (201, 422), "{} {}", made.body, refused.body);
        assert_eq!(made.body["user"]["role"], "admin");
        browser(test, made).get("/api/users").await.expect(200);
        ask(&valid).await.expect(422);
        assert_eq!(link().await, None);
    })
    .await;
}

#[tokio::test]
async fn whoever_knocks_too_often_has_to_wait() {
    on_each_store(async |test| {
        let knock = async || {
            let body = json!({ "token": "x", "email": "a@example.org", "name": "A", "password": PASSWORD });
            test.send(Method::POST, "/api/setup", Some(body), None, &[("x-forwarded-for", "203.0.113.9")]).await
        };
        for _ in 0..30 {
            knock().await.expect(422);
        }
        knock().await.expect(429);
        test.clock.advance_minutes(1);
        knock().await.expect(422);
    })
    .await;
}

#[tokio::test]
async fn over_tls_the_cookie_is_bound_to_the_host() {
    on_each_store(async |test| {
        add(test, "ada@example.org", "viewer").await;
        let mut config = Config::defaults();
        config.server.public_url = "https://crm.example.org".to_owned();
        let secure = TestApp::start_with(&test.database, config).await;
        let answer = try_to_sign_in(&secure, "ada@example.org", PASSWORD).await;
        let cookie = answer.headers["set-cookie"].to_str().unwrap().to_owned();
        assert!(cookie.starts_with("__Host-regulars_session=") && cookie.ends_with("; Secure"), "{cookie}");
        let ada = browser(&secure, answer);
        ada.get("/api/session").await.expect(200);
        let planted = Browser { cookie: ada.cookie.replace("__Host-", ""), ..ada };
        planted.get("/api/session").await.expect(401);
    })
    .await;
}

#[tokio::test]
async fn keys_are_shown_once_and_tell_when_they_were_used() {
    on_each_store(async |test| {
        let wrong = test.post("/api/api-keys", json!({ "name": "shop", "scopes": ["everything"] })).await.expect(422);
        assert_eq!(wrong["problems"][0]["path"], "/scopes/0");
        test.post("/api/api-keys", json!({ "name": "shop", "scopes": [] })).await.expect(422);
        let past = json!({ "name": "shop", "scopes": ["all"], "expiresAt": "2020-01-01T00:00:00Z" });
        assert_eq!(test.post("/api/api-keys", past).await.expect(422)["problems"][0]["path"], "/expiresAt");

        let made = test.post("/api/api-keys", json!({ "name": "shop", "scopes": ["jobs:read"] })).await.expect(201);
        let key = made["key"].as_str().unwrap().to_owned();
        assert!(key.starts_with(made["prefix"].as_str().unwrap()));
        let path = format!("/api/api-keys/{}", made["id"]);
        let read = test.get(&path).await.expect(200);
        assert_eq!((&read["key"], &read["lastUsedAt"]), (&Value::Null, &Value::Null));

        test.send(Method::GET, "/api/jobs", None, Some(&key), &[]).await.expect(200);
        test.clock.advance_minutes(1);
        server::admin::write_key_uses(&test.app).await.unwrap();
        assert_eq!(test.get(&path).await.expect(200)["lastUsedAt"], "2026-03-02T12:00:00Z");
        test.delete(&path).await.expect(204);
        test.delete(&path).await.expect(204);
        assert_eq!(test.get(&path).await.expect(200)["revokedAt"], "2026-03-02T12:01:00Z");
        assert_eq!(test.get("/api/api-keys?limit=1").await.expect(200)["items"][0]["id"], made["id"]);
    })
    .await;
}
