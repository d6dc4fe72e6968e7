//! The second factor: set up, asked for, used once, lost, taken away, and wanted of everybody.

use reqwest::Method;
use serde_json::{Value, json};
use server::config::Config;
use testkit::person::{App, Browser, PASSWORD, add, browser, sign_in, try_to_sign_in};
use testkit::{Answer, TestApp, on_each_store, on_each_store_configured};

const ON: &str = "/api/session/second-factor";
const CODE: &str = "/api/session/code";

/// Sets a second factor up; gives the authenticator app and the recovery codes.
async fn set_up(test: &TestApp, browser: &Browser<'_>) -> (App, Vec<String>) {
    let begun = browser.post(ON, json!({ "password": PASSWORD })).await.expect(200);
    let app = App::of(begun["secret"].as_str().unwrap());
    let confirmed = browser.post(&format!("{ON}/confirm"), json!({ "code": app.code(test) })).await.expect(200);
    let codes = confirmed["codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    (app, codes)
}

/// The token under which a code is owed.
async fn step(test: &TestApp, email: &str) -> String {
    let answer = try_to_sign_in(test, email, PASSWORD).await;
    assert!(!answer.headers.contains_key("set-cookie"), "there is no session before the code");
    answer.expect(202)["token"].as_str().unwrap().to_owned()
}

async fn give(test: &TestApp, token: &str, code: &str) -> Answer {
    test.send(Method::POST, CODE, Some(json!({ "token": token, "code": code })), None, &[]).await
}

fn required(role: &'static str) -> impl FnOnce(&mut Config) {
    move |config| config.access.require_second_factor = role.to_owned()
}

#[tokio::test]
async fn a_second_factor_is_set_up_with_the_password_and_a_first_code_and_asked_for_from_then_on() {
    on_each_store(async |test| {
        add(test, "ada@example.org", "viewer").await;
        let (ada, elsewhere) = (sign_in(test, "ada@example.org").await, sign_in(test, "ada@example.org").await);
        let wrong = ada.post(ON, json!({ "password": "wrong horse battery" })).await.expect(422);
        assert_eq!((&wrong["problems"][0]["path"], &wrong["problems"][0]["code"]), (&json!("/password"), &json!("wrong_password")));
        ada.post(ON, json!({})).await.expect(422);
        let begun = ada.post(ON, json!({ "password": PASSWORD })).await.expect(200);
        let (uri, qr) = (begun["uri"].as_str().unwrap(), begun["qr"].as_str().unwrap());
        assert!(uri.starts_with("otpauth://totp/Regulars") && uri.contains(begun["secret"].as_str().unwrap()), "{uri}");
        assert!(qr.contains("<svg") && !qr.contains("<script"), "{qr}");

        let app = App::of(begun["secret"].as_str().unwrap());
        sign_in(test, "ada@example.org").await;
        let wrong = ada.post(&format!("{ON}/confirm"), json!({ "code": app.wrong_code(test) })).await.expect(422);
        assert_eq!((&wrong["problems"][0]["path"], &wrong["problems"][0]["code"]), (&json!("/code"), &json!("wrong_code")));
        assert_eq!(ada.get(ON).await.expect(200)["since"], Value::Null);
        let confirmed = ada.post(&format!("{ON}/confirm"), json!({ "code": app.code(test) })).await.expect(200);
        assert_eq!(confirmed["codes"].as_array().unwrap().len(), 10);
        ada.get("/api/session").await.expect(200);
        elsewhere.get("/api/session").await.expect(401);
        let standing = ada.get(ON).await.expect(200);
        assert_eq!((&standing["since"], &standing["recoveryCodesLeft"]), (&json!("2026-03-02T12:00:00Z"), &json!(10)));
        assert_eq!(ada.post(ON, json!({ "password": PASSWORD })).await.expect(409)["code"], "second_factor_on");

        test.clock.advance_seconds(30);
        let token = step(test, "ada@example.org").await;
        let entered = browser(test, give(test, &token, &app.code(test)).await);
        entered.get("/api/session").await.expect(200);
        give(test, &token, &app.code(test)).await.expect(401);
        let user = &test.get("/api/users").await.expect(200)["items"][0];
        assert_eq!(user["secondFactorSince"], "2026-03-02T12:00:00Z");
    })
    .await;
}

#[tokio::test]
async fn a_code_is_taken_once_and_a_step_early_or_late() {
    on_each_store(async |test| {
        add(test, "ada@example.org", "viewer").await;
        let (app, _) = set_up(test, &sign_in(test, "ada@example.org").await).await;
        let refused = async |code: &str| {
            let token = step(test, "ada@example.org").await;
            give(test, &token, code).await.expect(422);
        };
        let taken = async |code: &str| {
            let token = step(test, "ada@example.org").await;
            give(test, &token, code).await.expect(200);
        };
        refused(&app.code(test)).await;
        test.clock.advance_seconds(90);
        refused(&app.code_in(test, -60)).await;
        refused(&app.code_in(test, 60)).await;
        taken(&app.code_in(test, -30)).await;
        refused(&app.code_in(test, -30)).await;
        taken(&app.code_in(test, 30)).await;
        // What is older than the last one that was taken is as good as taken.
        refused(&app.code(test)).await;

        test.clock.advance_minutes(2);
        let (token, other) = (step(test, "ada@example.org").await, step(test, "ada@example.org").await);
        let code = app.code(test);
        let (first, second) = tokio::join!(give(test, &token, &code), give(test, &other, &code));
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422], "two who give the same code at once");
    })
    .await;
}

#[tokio::test]
async fn codes_cannot_be_guessed_from_anywhere() {
    on_each_store_configured(
        |config| config.server.behind_proxy = true,
        async |test| {
            let ada = add(test, "ada@example.org", "viewer").await;
            let (app, recovery) = set_up(test, &sign_in(test, "ada@example.org").await).await;
            test.clock.advance_seconds(30);
            let token = step(test, "ada@example.org").await;
            let from = async |place: &str, code: &str| {
                let body = json!({ "token": token, "code": code });
                test.send(Method::POST, CODE, Some(body), None, &[("x-forwarded-for", place)]).await
            };
            for place in 1..=5 {
                from(&format!("203.0.113.{place}"), &app.wrong_code(test)).await.expect(422);
            }
            assert_eq!(from("203.0.113.6", &app.code(test)).await.headers["retry-after"], "900");
            from("203.0.113.7", &recovery[0]).await.expect(429);
            // The password alone forgives nothing.
            let again = step(test, "ada@example.org").await;
            give(test, &again, &app.code(test)).await.expect(429);
            let failed = test.get(&format!("/api/audit?entityType=admin_user&entityId={}", ada["id"])).await.expect(200);
            let failed = failed["items"].as_array().unwrap().iter().filter(|entry| entry["action"] == "sign_in_failed").count();
            assert_eq!(failed, 5);

            test.clock.advance_minutes(15);
            let token = step(test, "ada@example.org").await;
            give(test, &token, &app.code(test)).await.expect(200);
        },
    )
    .await;
}

#[tokio::test]
async fn a_step_lasts_ten_minutes_and_ends_with_the_password_and_the_right_to_sign_in() {
    on_each_store(async |test| {
        let path = format!("/api/users/{}", add(test, "ada@example.org", "viewer").await["id"]);
        let (app, _) = set_up(test, &sign_in(test, "ada@example.org").await).await;
        let late = step(test, "ada@example.org").await;
        test.clock.advance_minutes(10);
        give(test, &late, &app.code(test)).await.expect(401);
        give(test, "0000", &app.code(test)).await.expect(401);

        let before = step(test, "ada@example.org").await;
        test.patch(&path, json!({ "password": "another horse battery" })).await.expect(200);
        give(test, &before, &app.code(test)).await.expect(401);
        test.patch(&path, json!({ "password": PASSWORD })).await.expect(200);
        let before = step(test, "ada@example.org").await;
        test.patch(&path, json!({ "active": false })).await.expect(200);
        give(test, &before, &app.code(test)).await.expect(401);
    })
    .await;
}

#[tokio::test]
async fn a_recovery_code_opens_the_door_once() {
    on_each_store(async |test| {
        add(test, "ada@example.org", "viewer").await;
        let ada = sign_in(test, "ada@example.org").await;
        let (app, codes) = set_up(test, &ada).await;
        let token = step(test, "ada@example.org").await;
        let typed = codes[3].to_uppercase().replace('-', " ");
        give(test, &token, &typed).await.expect(200);
        let token = step(test, "ada@example.org").await;
        give(test, &token, &codes[3]).await.expect(422);
        assert_eq!(ada.get(ON).await.expect(200)["recoveryCodesLeft"], 9);
        let kept = test.contents(&[]).await;
        assert!(!codes.iter().any(|code| kept["recovery_codes"].concat().contains(&code.replace('-', ""))));

        test.clock.advance_seconds(30);
        let renew = format!("{ON}/recovery-codes");
        ada.post(&renew, json!({ "password": PASSWORD, "code": app.wrong_code(test) })).await.expect(422);
        let renewed = ada.post(&renew, json!({ "password": PASSWORD, "code": app.code(test) })).await.expect(200);
        let token = step(test, "ada@example.org").await;
        give(test, &token, &codes[0]).await.expect(422);
        give(test, &token, renewed["codes"][0].as_str().unwrap()).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn it_is_switched_off_with_password_and_code() {
    on_each_store(async |test| {
        add(test, "ada@example.org", "viewer").await;
        let ada = sign_in(test, "ada@example.org").await;
        let (app, _) = set_up(test, &ada).await;
        test.clock.advance_seconds(30);
        let off = format!("{ON}/remove");
        assert_eq!(kept(test).await, ["recovery_codes", "second_factors"]);
        ada.post(&off, json!({ "password": "wrong horse battery", "code": app.code(test) })).await.expect(422);
        ada.post(&off, json!({ "password": PASSWORD, "code": app.wrong_code(test) })).await.expect(422);
        ada.post(&off, json!({ "password": PASSWORD, "code": app.code(test) })).await.expect(204);
        ada.get("/api/session").await.expect(200);
        sign_in(test, "ada@example.org").await;
        assert!(kept(test).await.is_empty());
    })
    .await;
}

/// The tables of second factors in which there is something.
async fn kept(test: &TestApp) -> Vec<String> {
    let tables = ["recovery_codes", "second_factors"];
    test.contents(&[])
        .await
        .into_iter()
        .filter(|(table, rows)| tables.contains(&table.as_str()) && !rows.is_empty())
        .map(|(table, _)| table)
        .collect()
}

#[tokio::test]
async fn who_lost_it_is_helped_by_who_keeps_users_and_signed_out() {
    on_each_store(async |test| {
        let path = format!("/api/users/{}/second-factor", add(test, "ada@example.org", "editor").await["id"]);
        let ada = sign_in(test, "ada@example.org").await;
        set_up(test, &ada).await;
        ada.delete(&path).await.expect(403);
        let weak = test.new_key(&["users:write"]).await;
        test.send(Method::DELETE, &path, None, Some(&weak), &[]).await.expect(403);

        let before = step(test, "ada@example.org").await;
        test.delete(&path).await.expect(204);
        test.delete(&path).await.expect(204);
        ada.get("/api/session").await.expect(401);
        give(test, &before, "000000").await.expect(401);
        sign_in(test, "ada@example.org").await;
        let entries = test.get("/api/audit?entityType=admin_user&limit=2").await.expect(200);
        assert_eq!(entries["items"][1]["changes"], json!({ "secondFactor": "taken_away" }));
    })
    .await;
}

#[tokio::test]
async fn who_must_have_one_may_do_nothing_before_he_has() {
    on_each_store_configured(required("admins"), async |test| {
        add(test, "ada@example.org", "admin").await;
        add(test, "bob@example.org", "editor").await;
        let bob = sign_in(test, "bob@example.org").await;
        bob.get("/api/customers").await.expect(200);

        let signed_in = try_to_sign_in(test, "ada@example.org", PASSWORD).await;
        assert_eq!((&signed_in.body["owesSecondFactor"], &signed_in.body["permissions"]), (&json!(true), &json!([])));
        let ada = browser(test, signed_in);
        for path in ["/api/customers", "/api/users", "/api/audit"] {
            assert_eq!(ada.get(path).await.expect(403)["code"], "second_factor_missing");
        }
        let key = json!({ "name": "shop", "scopes": ["all"] });
        ada.post("/api/api-keys", key).await.expect(403);
        ada.get("/api/sessions").await.expect(200);
        let (app, _) = set_up(test, &ada).await;
        ada.get("/api/users").await.expect(200);
        let session = ada.get("/api/session").await.expect(200);
        assert_eq!(session["owesSecondFactor"], false);
        assert!(session["permissions"].as_array().unwrap().contains(&json!("users:write")));

        test.clock.advance_seconds(30);
        let off = ada.post(&format!("{ON}/remove"), json!({ "password": PASSWORD, "code": app.code(test) })).await;
        assert_eq!(off.expect(409)["code"], "second_factor_required");
    })
    .await;
}

#[tokio::test]
async fn everyone_means_everyone_but_keys() {
    on_each_store_configured(required("everyone"), async |test| {
        add(test, "bob@example.org", "viewer").await;
        let bob = sign_in(test, "bob@example.org").await;
        bob.get("/api/customers").await.expect(403);
        assert_eq!(bob.get(ON).await.expect(200)["isRequired"], true);
        test.get("/api/customers").await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn what_is_shown_once_is_not_kept_for_those_who_repeat_a_request() {
    on_each_store(async |test| {
        add(test, "ada@example.org", "viewer").await;
        let ada = sign_in(test, "ada@example.org").await;
        let headers = [("cookie", ada.cookie.as_str()), ("x-csrf-token", ada.csrf_token.as_str()), ("idempotency-key", "1")];
        let ask = async || test.send(Method::POST, ON, Some(json!({ "password": PASSWORD })), None, &headers).await.expect(200);
        assert!(ask().await["secret"].is_string());
        assert_eq!(ask().await, json!({}));
    })
    .await;
}
