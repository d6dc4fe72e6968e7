//! Signing in by way of a provider: who is let in, as what, and every way in which what comes back can be wrong.

use reqwest::{Client, Method, redirect};
use serde_json::{Value, json};
use server::config::Config;
use testkit::person::{App, Browser, PASSWORD, add, sign_in, try_to_sign_in};
use testkit::provider::{CLIENT, Provider, SECRET};
use testkit::{TestApp, on_each_store_configured};

/// Runs the story on each store with a provider that is configured there.
async fn with_provider(change: impl FnOnce(&mut Config), story: impl AsyncFn(&TestApp, &Provider)) {
    let provider = Provider::start().await;
    let configure = |config: &mut Config| {
        config.oidc.issuer.clone_from(&provider.url);
        config.oidc.client_id = CLIENT.to_owned();
        config.oidc.client_secret = SECRET.to_owned();
        change(config);
    };
    on_each_store_configured(configure, async |test| {
        provider.begin(&test.clock);
        story(test, &provider).await;
    })
    .await;
}

/// Where an answer leads, and the cookie it sets with all that belongs to it.
struct Led {
    to: String,
    cookies: Vec<String>,
}

impl Led {
    fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.iter().map(|cookie| cookie.split(';').next().unwrap().to_owned()).find(|cookie| cookie.starts_with(name))
    }
}

async fn follow(address: &str, cookie: &str) -> Led {
    let client = Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
    let answer = client.get(address).header("cookie", cookie).send().await.unwrap();
    assert!(answer.status().is_redirection(), "{address}: {} {}", answer.status(), answer.text().await.unwrap());
    let text = |value: &reqwest::header::HeaderValue| value.to_str().unwrap().to_owned();
    let cookies = answer.headers().get_all("set-cookie").iter().map(text).collect();
    Led { to: text(&answer.headers()["location"]), cookies }
}

/// Somebody who has come back from the provider to this address, and the cookie with which he left.
async fn agreed(test: &TestApp) -> (String, String) {
    let left = follow(&format!("{}/api/oidc/start?to=/customers", test.address), "").await;
    let cookie = left.cookie("regulars_oidc").unwrap();
    let back = follow(&left.to, "").await.to;
    // The provider sends people to the public address; the test listens elsewhere.
    let back = back.replace(&test.app.config.server.public_url, &test.address);
    (back, cookie)
}

async fn arrive(test: &TestApp) -> Led {
    let (back, cookie) = agreed(test).await;
    follow(&back, &cookie).await
}

async fn is_let_in<'t>(test: &'t TestApp, led: &Led) -> (Browser<'t>, Value) {
    let cookie = led.cookie("regulars_session").unwrap_or_else(|| panic!("let in, and not led to {}", led.to));
    let session = test.send(Method::GET, "/api/session", None, None, &[("cookie", &cookie)]).await.expect(200);
    let csrf_token = session["csrfToken"].as_str().unwrap().to_owned();
    (Browser { test, cookie, csrf_token }, session)
}

#[track_caller]
fn is_refused(led: &Led, problem: &str) {
    assert_eq!(led.to, format!("/admin/login?problem={problem}"));
    assert_eq!(led.cookie("regulars_session"), None);
}

#[tokio::test]
async fn who_has_a_user_here_comes_in_by_his_mail_address_and_from_then_on_by_his_login() {
    with_provider(
        |_| {},
        async |test, provider| {
            let ada = add(test, "Ada@example.org", "editor").await;
            let left = follow(&format!("{}/api/oidc/start?to=/customers", test.address), "").await;
            let asked = url::Url::parse(&left.to).unwrap();
            for needed in ["state", "nonce", "code_challenge"] {
                assert!(asked.query_pairs().any(|(name, value)| name == needed && value.len() >= 32), "{needed}: {}", left.to);
            }
            assert!(left.cookies[0].contains("; HttpOnly; SameSite=Lax; Max-Age=600"), "{:?}", left.cookies);

            let led = arrive(test).await;
            assert_eq!(led.to, "/admin/customers");
            let (browser, session) = is_let_in(test, &led).await;
            assert_eq!((&session["user"]["id"], &session["user"]["role"]), (&ada["id"], &json!("editor")));
            assert_eq!(browser.get("/api/sessions").await.expect(200)["items"][0]["cameBy"], "provider");
            let user = test.get(&format!("/api/users/{}", ada["id"])).await.expect(200);
            assert_eq!((&user["hasProvider"], &user["hasPassword"]), (&json!(true), &json!(false)));
            browser.delete("/api/session").await.expect(204);

            provider.say(json!({ "email": "ada@elsewhere.example", "email_verified": false }));
            let (_, session) = is_let_in(test, &arrive(test).await).await;
            assert_eq!(session["user"]["id"], ada["id"]);
            provider.say(json!({ "sub": "somebody-else" }));
            is_refused(&arrive(test).await, "other_login");
            test.delete(&format!("/api/users/{}/provider", ada["id"])).await.expect(204);
            is_let_in(test, &arrive(test).await).await;
        },
    )
    .await;
}

#[tokio::test]
async fn what_is_said_of_somebody_is_believed_only_if_all_of_it_is_right() {
    with_provider(
        |_| {},
        async |test, provider| {
            add(test, "ada@example.org", "editor").await;
            let now = test.clock.now().timestamp().as_second();
            let lies = [
                json!({ "nonce": "another" }),
                json!({ "nonce": null }),
                json!({ "aud": "another client" }),
                json!({ "aud": [CLIENT, "another client"] }),
                json!({ "iss": "https://login.example.net" }),
                json!({ "exp": now - 120 }),
                json!({ "exp": null }),
                json!({ "exp": "9999999999" }),
                json!({ "iat": now + 3600 }),
                json!({ "sub": null }),
            ];
            for lie in lies {
                provider.say(lie.clone());
                assert_eq!(arrive(test).await.to, "/admin/login?problem=token_refused", "{lie}");
            }
            provider.say(json!({}));
            for header in [json!({ "alg": "none" }), json!({ "alg": "HS256" }), json!({ "kid": "another" })] {
                provider.write_header(header.clone());
                assert_eq!(arrive(test).await.to, "/admin/login?problem=token_refused", "{header}");
            }
            provider.write_header(json!({}));
            is_let_in(test, &arrive(test).await).await;
            provider.sign_with_foreign_key();
            is_refused(&arrive(test).await, "token_refused");
            let entries = test.get("/api/audit?entityType=admin_user&limit=1").await.expect(200);
            assert_eq!(entries["items"][0]["changes"]["provider"], "token_refused");
        },
    )
    .await;
}

#[tokio::test]
async fn only_the_browser_that_left_comes_back_and_only_once() {
    with_provider(
        |_| {},
        async |test, _| {
            add(test, "ada@example.org", "editor").await;
            let (back, cookie) = agreed(test).await;
            is_refused(&follow(&back, "").await, "wrong_way");
            is_refused(&follow(&back, "regulars_oidc=0000").await, "wrong_way");
            let (other, _) = agreed(test).await;
            is_refused(&follow(&other, &cookie).await, "wrong_way");
            let state = back.split("state=").nth(1).unwrap();
            is_refused(&follow(&back.replace(state, "0000"), &cookie).await, "wrong_way");
            is_refused(&follow(&format!("{}/api/oidc/callback", test.address), &cookie).await, "wrong_way");
            is_let_in(test, &follow(&back, &cookie).await).await;
            is_refused(&follow(&back, &cookie).await, "wrong_way");

            let (back, cookie) = agreed(test).await;
            test.clock.advance_minutes(10);
            is_refused(&follow(&back, &cookie).await, "wrong_way");
            let (back, cookie) = agreed(test).await;
            let denied = back.replace("code=", "error=access_denied&left=");
            is_refused(&follow(&denied, &cookie).await, "provider_failed");
            is_refused(&follow(&back, &cookie).await, "wrong_way");
            let (back, cookie) = agreed(test).await;
            is_refused(&follow(&back.replace("code=code", "code=guess"), &cookie).await, "provider_failed");
            test.write(server::admin::prune).await.unwrap();
        },
    )
    .await;
}

#[tokio::test]
async fn who_is_unknown_inactive_or_without_a_confirmed_address_stays_outside() {
    with_provider(
        |_| {},
        async |test, provider| {
            is_refused(&arrive(test).await, "unknown_user");
            let ada = add(test, "ada@example.org", "editor").await;
            for unconfirmed in [json!({ "email_verified": false }), json!({ "email_verified": null }), json!({ "email": null })] {
                provider.say(unconfirmed);
                is_refused(&arrive(test).await, "email_not_verified");
            }
            provider.say(json!({}));
            is_let_in(test, &arrive(test).await).await;
            test.patch(&format!("/api/users/{}", ada["id"]), json!({ "active": false })).await.expect(200);
            is_refused(&arrive(test).await, "inactive_user");
            let entries = test.get("/api/audit?entityType=admin_user&limit=1").await.expect(200);
            let entry = &entries["items"][0];
            assert_eq!((&entry["action"], &entry["entityId"]), (&json!("sign_in_failed"), &ada["id"]));
        },
    )
    .await;
}

#[tokio::test]
async fn only_people_of_our_domains_are_let_in() {
    with_provider(
        |config| config.oidc.allowed_domains = vec!["example.org".to_owned()],
        async |test, provider| {
            add(test, "ada@example.org", "editor").await;
            add(test, "eve@example.net", "editor").await;
            provider.say(json!({ "sub": "eve-1", "email": "eve@example.net" }));
            is_refused(&arrive(test).await, "domain_not_allowed");
            provider.say(json!({}));
            is_let_in(test, &arrive(test).await).await;
        },
    )
    .await;
}

#[tokio::test]
async fn who_comes_for_the_first_time_gets_a_user_with_the_configured_role() {
    with_provider(
        |config| config.oidc.new_user_role = "viewer".to_owned(),
        async |test, _| {
            let (browser, session) = is_let_in(test, &arrive(test).await).await;
            assert_eq!((&session["user"]["email"], &session["user"]["name"]), (&json!("ada@example.org"), &json!("Ada Byron")));
            assert_eq!((&session["user"]["role"], &session["user"]["hasPassword"]), (&json!("viewer"), &json!(false)));
            try_to_sign_in(test, "ada@example.org", PASSWORD).await.expect(401);
            is_let_in(test, &arrive(test).await).await;
            assert_eq!(test.get("/api/users?count=true").await.expect(200)["total"], 1);

            // Who has no password shows that it is he by having signed in a moment ago.
            let begun = browser.post("/api/session/second-factor", json!({})).await.expect(200);
            test.clock.advance_minutes(11);
            let late = browser.post("/api/session/second-factor", json!({})).await.expect(422);
            assert_eq!(late["code"], "sign_in_again");
            let app = App::of(begun["secret"].as_str().unwrap());
            browser.post("/api/session/second-factor/confirm", json!({ "code": app.code(test) })).await.expect(200);
        },
    )
    .await;
}

#[tokio::test]
async fn a_claim_can_give_roles_and_the_last_administrator_stays_one() {
    let mapped = |config: &mut Config| {
        config.oidc.role_claim = "groups".to_owned();
        config.oidc.role_map = vec!["crm-admins=admin".to_owned(), "crm=viewer".to_owned()];
    };
    with_provider(mapped, async |test, provider| {
        let ada = add(test, "ada@example.org", "viewer").await;
        let role = async |groups: Value| {
            provider.say(json!({ "groups": groups }));
            is_let_in(test, &arrive(test).await).await.1["user"]["role"].clone()
        };
        assert_eq!(role(json!(["crm", "crm-admins"])).await, "admin");
        assert_eq!(role(json!("crm")).await, "admin", "nobody else is left");
        add(test, "bob@example.org", "admin").await;
        assert_eq!(role(json!("crm")).await, "viewer");
        provider.say(json!({ "groups": ["staff"] }));
        is_refused(&arrive(test).await, "no_role");
        assert_eq!(test.get(&format!("/api/users/{}", ada["id"])).await.expect(200)["role"], "viewer");
    })
    .await;
}

#[tokio::test]
async fn a_claim_can_give_a_role_of_ones_own_and_one_that_is_not_there_is_no_way_in() {
    let mapped = |config: &mut Config| {
        config.oidc.role_claim = "groups".to_owned();
        config.oidc.role_map = ["help=service", "ghosts=ghost", "crm=viewer"].map(str::to_owned).to_vec();
        config.oidc.new_user_role = "newcomer".to_owned();
    };
    with_provider(mapped, async |test, provider| {
        test.post("/api/roles", json!({ "name": "Service", "permissions": ["customers:read"] })).await.expect(201);
        provider.say(json!({ "groups": ["crm", "help"] }));
        let (browser, session) = is_let_in(test, &arrive(test).await).await;
        assert_eq!((&session["user"]["role"], &session["permissions"]), (&json!("service"), &json!(["customers:read"])));
        browser.get("/api/segments").await.expect(403);
        provider.say(json!({ "groups": ["crm", "ghosts"] }));
        is_refused(&arrive(test).await, "no_role");
        provider.say(json!({ "groups": [] }));
        is_refused(&arrive(test).await, "no_role");

        test.post("/api/roles", json!({ "name": "Newcomer", "permissions": [] })).await.expect(201);
        let (_, session) = is_let_in(test, &arrive(test).await).await;
        assert_eq!(session["user"]["role"], "newcomer");
        let tried = test.get("/api/audit?action=sign_in_failed").await.expect(200);
        assert_eq!(tried["items"].as_array().unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn who_comes_by_the_provider_comes_by_nothing_else_that_was_set_up_before() {
    with_provider(
        |_| {},
        async |test, _| {
            let ada = add(test, "ada@example.org", "editor").await;
            let before = sign_in(test, "ada@example.org").await;
            let begun = before.post("/api/session/second-factor", json!({ "password": PASSWORD })).await.expect(200);
            let app = App::of(begun["secret"].as_str().unwrap());
            before.post("/api/session/second-factor/confirm", json!({ "code": app.code(test) })).await.expect(200);
            test.clock.advance_seconds(30);
            let step = try_to_sign_in(test, "ada@example.org", PASSWORD).await.expect(202)["token"].clone();

            let (browser, _) = is_let_in(test, &arrive(test).await).await;
            before.get("/api/customers").await.expect(401);
            try_to_sign_in(test, "ada@example.org", PASSWORD).await.expect(401);
            let half_done = json!({ "token": step, "code": app.code(test) });
            test.send(Method::POST, "/api/session/code", Some(half_done), None, &[]).await.expect(401);
            let user = test.get(&format!("/api/users/{}", ada["id"])).await.expect(200);
            assert_eq!((&user["hasPassword"], &user["secondFactorSince"]), (&json!(false), &Value::Null));

            // The next time nothing ends.
            is_let_in(test, &arrive(test).await).await;
            browser.get("/api/customers").await.expect(200);
        },
    )
    .await;
}

#[tokio::test]
async fn a_role_that_the_provider_changes_is_had_by_who_just_came_alone() {
    let mapped = |config: &mut Config| {
        config.oidc.role_claim = "groups".to_owned();
        config.oidc.role_map = vec!["crm-admins=admin".to_owned(), "crm=viewer".to_owned()];
    };
    with_provider(mapped, async |test, provider| {
        let ada = format!("/api/users/{}", add(test, "ada@example.org", "viewer").await["id"]);
        provider.say(json!({ "groups": ["crm"] }));
        let (first, _) = is_let_in(test, &arrive(test).await).await;
        test.patch(&ada, json!({ "password": PASSWORD })).await.expect(200);
        first.get("/api/customers").await.expect(401);
        let stranger = sign_in(test, "ada@example.org").await;
        is_let_in(test, &arrive(test).await).await;
        stranger.get("/api/customers").await.expect(200);

        provider.say(json!({ "groups": ["crm-admins"] }));
        let (browser, session) = is_let_in(test, &arrive(test).await).await;
        assert_eq!(session["user"]["role"], "admin");
        stranger.get("/api/customers").await.expect(401);
        try_to_sign_in(test, "ada@example.org", PASSWORD).await.expect(401);
        browser.get("/api/users").await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn the_last_administrator_gets_in_whatever_the_provider_makes_of_him() {
    let mapped = |config: &mut Config| {
        config.oidc.role_claim = "groups".to_owned();
        config.oidc.role_map = vec!["ghosts=ghost".to_owned()];
    };
    with_provider(mapped, async |test, provider| {
        add(test, "ada@example.org", "admin").await;
        for groups in [json!(["staff"]), json!(["ghosts"]), json!([])] {
            provider.say(json!({ "groups": groups }));
            let (_, session) = is_let_in(test, &arrive(test).await).await;
            assert_eq!(session["user"]["role"], "admin", "{groups}");
        }
        add(test, "bob@example.org", "admin").await;
        for groups in [json!(["staff"]), json!(["ghosts"])] {
            provider.say(json!({ "groups": groups }));
            is_refused(&arrive(test).await, "no_role");
        }
    })
    .await;
}

#[tokio::test]
async fn a_role_that_the_configuration_names_is_not_taken_away() {
    let mapped = |config: &mut Config| {
        config.oidc.role_claim = "groups".to_owned();
        config.oidc.role_map = vec!["help=service".to_owned()];
        config.oidc.new_user_role = "newcomer".to_owned();
    };
    with_provider(mapped, async |test, _| {
        for (name, status) in [("Service", 409), ("Newcomer", 409), ("Free", 204)] {
            let made = test.post("/api/roles", json!({ "name": name, "permissions": [] })).await.expect(201);
            let path = format!("/api/roles/{}?replacement=viewer", made["key"].as_str().unwrap());
            let answer = test.delete(&path).await.expect(status);
            assert_eq!(answer["code"].as_str(), (status == 409).then_some("role_in_configuration"));
        }
    })
    .await;
}

#[tokio::test]
async fn a_second_factor_is_asked_for_after_the_provider_unless_that_asks_itself() {
    with_provider(
        |config| config.access.require_second_factor = "everyone".to_owned(),
        async |test, provider| {
            add(test, "ada@example.org", "editor").await;
            let (browser, session) = is_let_in(test, &arrive(test).await).await;
            assert_eq!(session["owesSecondFactor"], true);
            let begun = browser.post("/api/session/second-factor", json!({})).await.expect(200);
            let app = App::of(begun["secret"].as_str().unwrap());
            browser.post("/api/session/second-factor/confirm", json!({ "code": app.code(test) })).await.expect(200);
            browser.get("/api/customers").await.expect(200);

            test.clock.advance_seconds(30);
            let led = arrive(test).await;
            assert_eq!(led.cookie("regulars_session"), None);
            let token = led.to.strip_prefix("/admin/login?back=%2Fcustomers#step=").unwrap();
            let body = json!({ "token": token, "code": app.code(test) });
            let given = test.send(Method::POST, "/api/session/code", Some(body), None, &[]).await;
            assert_eq!(given.expect(200)["user"]["email"], "ada@example.org");

            let mut config = test.app.config.clone();
            config.oidc.has_second_factor = true;
            let trusting = TestApp::start_with(&test.database, config).await;
            provider.begin(&trusting.clock);
            let (_, session) = is_let_in(&trusting, &arrive(&trusting).await).await;
            assert_eq!(session["owesSecondFactor"], false);
        },
    )
    .await;
}

#[tokio::test]
async fn passwords_can_be_switched_off() {
    with_provider(
        |config| config.access.passwords = false,
        async |test, _| {
            let ways = test.send(Method::GET, "/api/session/ways", None, None, &[]).await.expect(200);
            assert_eq!(ways, json!({ "passwords": false, "provider": "Single sign-on" }));
            add(test, "ada@example.org", "editor").await;
            assert_eq!(try_to_sign_in(test, "ada@example.org", PASSWORD).await.expect(409)["code"], "passwords_off");
            let (browser, session) = is_let_in(test, &arrive(test).await).await;
            assert_eq!(session["user"]["hasPassword"], false);
            let change = json!({ "currentPassword": PASSWORD, "newPassword": "another horse battery" });
            browser.post("/api/session/password", change).await.expect(409);
            browser.post("/api/session/second-factor", json!({})).await.expect(200);
            let without = json!({ "email": "bob@example.org", "name": "Bob", "role": "viewer" });
            assert_eq!(test.post("/api/users", without).await.expect(201)["hasPassword"], false);
        },
    )
    .await;
}

#[tokio::test]
async fn without_a_provider_there_is_no_such_way() {
    on_each_store_configured(
        |_| {},
        async |test| {
            let ways = test.send(Method::GET, "/api/session/ways", None, None, &[]).await.expect(200);
            assert_eq!(ways, json!({ "passwords": true, "provider": null }));
            test.send(Method::GET, "/api/oidc/start", None, None, &[]).await.expect(404);
            let without = json!({ "email": "bob@example.org", "name": "Bob", "role": "viewer" });
            assert_eq!(test.post("/api/users", without).await.expect(422)["problems"][0]["path"], "/password");
        },
    )
    .await;
    with_provider(
        |config| config.oidc.issuer = "http://127.0.0.1:1".to_owned(),
        async |test, _| {
            add(test, "ada@example.org", "editor").await;
            let led = follow(&format!("{}/api/oidc/start", test.address), "").await;
            is_refused(&led, "provider_failed");
            sign_in(test, "ada@example.org").await;
        },
    )
    .await;
}
