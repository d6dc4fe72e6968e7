//! Roles of one's own: made, changed, given, taken away, and what whoever has one may do from then on.

use futures_util::future::join_all;
use futures_util::join;
use reqwest::Method;
use serde_json::{Value, json};
use server::config::Config;
use testkit::person::{Browser, PASSWORD, add, browser, sign_in, try_to_sign_in};
use testkit::{Answer, TestApp, on_each_store, on_each_store_configured};

const ROLES: &str = "/api/roles";

async fn role(test: &TestApp, name: &str, permissions: &[&str]) -> Value {
    test.post(ROLES, json!({ "name": name, "permissions": permissions })).await.expect(201)
}

fn keys(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|role| role["key"].as_str().unwrap()).collect()
}

#[track_caller]
fn is_refused(answer: Answer, status: u16, path: &str, code: &str) {
    let refused = answer.expect(status);
    assert_eq!((&refused["problems"][0]["path"], &refused["problems"][0]["code"]), (&json!(path), &json!(code)), "{refused}");
}

#[tokio::test]
async fn a_role_is_made_read_changed_and_taken_away() {
    on_each_store(async |test| {
        let sent = json!({ "name": " Service ", "description": "Phone and mail", "permissions": ["activities:read", "customers:read", "customers:read"] });
        let answer = test.post(ROLES, sent).await;
        assert_eq!(answer.headers["location"], "/api/roles/service");
        let made = answer.expect(201);
        assert_eq!((&made["key"], &made["name"], &made["users"]), (&json!("service"), &json!("Service"), &json!(0)));
        assert_eq!((&made["permissions"], &made["isBuiltIn"]), (&json!(["customers:read", "activities:read"]), &json!(false)));
        assert_eq!(test.get("/api/roles/service").await.expect(200), made);

        add(test, "ada@example.org", "service").await;
        role(test, "Analysis", &["segments:read"]).await;
        let all = test.get("/api/roles?count=true").await.expect(200);
        assert_eq!(keys(&all), ["admin", "editor", "viewer", "analysis", "service"]);
        assert_eq!((&all["total"], &all["items"][4]["users"]), (&json!(5), &json!(1)));
        let first = test.get("/api/roles?limit=4").await.expect(200);
        let rest = test.get(&format!("/api/roles?limit=4&cursor={}", first["nextCursor"].as_str().unwrap())).await.expect(200);
        assert_eq!((keys(&first).len(), keys(&rest)), (4, vec!["service"]));
        let users = test.get("/api/users?role=service&count=true").await.expect(200);
        assert_eq!((&users["total"], &users["items"][0]["roleName"]), (&json!(1), &json!("Service")));
        assert_eq!(test.get("/api/users?role=analysis").await.expect(200)["items"], json!([]));

        let tag = test.get("/api/roles/service").await.etag();
        let changes = json!({ "name": "Help desk", "description": null, "permissions": ["customers:read", "customers:write"] });
        let patch = async |body: &Value| test.send(Method::PATCH, "/api/roles/service", Some(body.clone()), Some(&test.key), &[("if-match", &tag)]).await;
        let changed = patch(&changes).await.expect(200);
        assert_eq!((&changed["key"], &changed["name"], &changed["version"]), (&json!("service"), &json!("Help desk"), &json!(2)));
        assert_eq!((&changed["description"], &changed["users"]), (&Value::Null, &json!(1)));
        patch(&changes).await.expect(412);
        assert_eq!(test.patch("/api/roles/service", changes).await.expect(200)["version"], 2, "nothing was changed");

        test.delete("/api/roles/analysis").await.expect(204);
        test.get("/api/roles/analysis").await.expect(404);
        let entries = test.get("/api/audit?entityType=role").await.expect(200);
        let told: Vec<&Value> = entries["items"].as_array().unwrap().iter().map(|entry| &entry["changes"]).collect();
        assert_eq!(told.len(), 4);
        assert_eq!((&told[0]["key"], &told[0]["permissions"]), (&json!("analysis"), &json!(["segments:read"])));
        assert_eq!(told[1]["name"], json!(["Service", "Help desk"]));
        assert_eq!(told[1]["permissions"], json!([["customers:read", "activities:read"], ["customers:read", "customers:write"]]));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_a_role_is_refused_with_the_spot() {
    on_each_store(async |test| {
        role(test, "Service", &[]).await;
        let ask = async |body: Value| test.post(ROLES, body).await;
        is_refused(ask(json!({ "name": "", "permissions": [] })).await, 422, "/name", "length");
        is_refused(ask(json!({ "name": "x", "permissions": ["customers:fly"] })).await, 422, "/permissions/0", "invalid");
        is_refused(ask(json!({ "name": "x", "permissions": [], "key": "No key" })).await, 422, "/key", "invalid");
        is_refused(ask(json!({ "name": "x", "permissions": [], "key": "service" })).await, 409, "/key", "taken");
        is_refused(ask(json!({ "name": "x", "permissions": [], "key": "admin" })).await, 409, "/key", "taken");
        is_refused(ask(json!({ "name": "sErVice", "permissions": [] })).await, 409, "/name", "taken");
        is_refused(ask(json!({ "name": "Editor", "permissions": [] })).await, 409, "/name", "taken");
        assert_eq!(ask(json!({ "name": "Sérvice", "permissions": [] })).await.expect(201)["key"], "service-2");
        is_refused(test.patch("/api/roles/service-2", json!({ "name": "SERVICE" })).await, 409, "/name", "taken");

        for built_in in ["admin", "editor", "viewer"] {
            let path = format!("{ROLES}/{built_in}");
            assert_eq!(test.patch(&path, json!({ "name": "x" })).await.expect(409)["code"], "built_in_role");
            assert_eq!(test.delete(&path).await.expect(409)["code"], "built_in_role");
        }
        test.patch("/api/roles/nobody", json!({ "name": "x" })).await.expect(404);
        test.delete("/api/roles/nobody").await.expect(404);

        let user = json!({ "email": "eve@example.org", "name": "Eve", "role": "nobody", "password": PASSWORD });
        is_refused(test.post("/api/users", user).await, 422, "/role", "unknown");
        let ada = add(test, "ada@example.org", "service").await;
        is_refused(test.patch(&format!("/api/users/{}", ada["id"]), json!({ "role": "nobody" })).await, 422, "/role", "unknown");
        let view = json!({ "name": "x", "shares": [{ "role": "service" }, { "role": "x-unheard-of" }] });
        is_refused(test.post("/api/saved-views", view).await, 422, "/shares/1/role", "unknown");
    })
    .await;
}

#[tokio::test]
async fn there_are_only_so_many() {
    on_each_store(async |test| {
        for number in 0..100 {
            role(test, &format!("Role {number}"), &[]).await;
        }
        let refused = test.post(ROLES, json!({ "name": "One more", "permissions": [] })).await.expect(409);
        assert_eq!(refused["code"], "too_many");
    })
    .await;
}

#[tokio::test]
async fn a_change_counts_from_the_next_request_of_whoever_has_it() {
    on_each_store(async |test| {
        role(test, "Service", &["customers:read", "customers:write"]).await;
        add(test, "ada@example.org", "service").await;
        let ada = sign_in(test, "ada@example.org").await;
        let session = ada.get("/api/session").await.expect(200);
        assert_eq!((&session["user"]["role"], &session["user"]["roleName"]), (&json!("service"), &json!("Service")));
        assert_eq!(session["permissions"], json!(["customers:read", "customers:write"]));
        let customer = ada.post("/api/customers", json!({ "email": "c@example.org" })).await.expect(201);
        let path = format!("/api/customers/{}", customer["id"]);
        assert_eq!(ada.delete(&path).await.expect(403)["detail"], "this needs the permission customers:delete");

        let roles = ["customers:read", "customers:delete", "segments:read"];
        test.patch("/api/roles/service", json!({ "permissions": roles })).await.expect(200);
        ada.post("/api/customers", json!({ "email": "d@example.org" })).await.expect(403);
        ada.get("/api/segments").await.expect(200);
        assert_eq!(ada.get("/api/session").await.expect(200)["permissions"], json!(roles));
        ada.delete(&path).await.expect(204);

        role(test, "Nothing", &[]).await;
        test.send(Method::DELETE, "/api/roles/service?replacement=nothing", None, Some(&test.key), &[]).await.expect(204);
        ada.get("/api/customers").await.expect(403);
        assert_eq!(ada.get("/api/session").await.expect(200)["permissions"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn another_process_knows_of_a_change_after_five_seconds() {
    on_each_store(async |test| {
        role(test, "Service", &["customers:read"]).await;
        add(test, "ada@example.org", "service").await;
        let ada = sign_in(test, "ada@example.org").await;
        let beside = test.beside().await;
        let there = Browser { test: &beside, cookie: ada.cookie.clone(), csrf_token: ada.csrf_token.clone() };
        there.get("/api/customers").await.expect(200);
        test.patch("/api/roles/service", json!({ "permissions": ["segments:read"] })).await.expect(200);
        ada.get("/api/customers").await.expect(403);
        test.clock.advance_seconds(5);
        there.get("/api/customers").await.expect(403);
        there.get("/api/segments").await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn nobody_reaches_further_by_roles_than_he_does_himself() {
    on_each_store(async |test| {
        role(test, "Keeper", &["customers:read", "users:read", "users:write"]).await;
        role(test, "Service", &["customers:read"]).await;
        role(test, "Strong", &["customers:read", "rules:write"]).await;
        add(test, "ada@example.org", "keeper").await;
        let bob = add(test, "bob@example.org", "strong").await;
        let eve = add(test, "eve@example.org", "service").await;
        let ada = sign_in(test, "ada@example.org").await;
        let patch = async |path: &str, body: Value| ada.send(Method::PATCH, path, Some(body)).await;

        ada.post(ROLES, json!({ "name": "Mine", "permissions": ["customers:read"] })).await.expect(201);
        let refused = ada.post(ROLES, json!({ "name": "More", "permissions": ["customers:read", "audit:read"] })).await.expect(403);
        assert_eq!(refused["detail"], "this needs the permission audit:read");
        patch("/api/roles/mine", json!({ "permissions": ["users:read"] })).await.expect(200);
        patch("/api/roles/mine", json!({ "permissions": ["jobs:read"] })).await.expect(403);
        patch("/api/roles/keeper", json!({ "permissions": ["users:write", "segments:write"] })).await.expect(403);
        patch("/api/roles/strong", json!({ "permissions": [] })).await.expect(403);
        ada.delete("/api/roles/strong?replacement=service").await.expect(403);
        ada.delete("/api/roles/service?replacement=strong").await.expect(403);
        ada.delete("/api/roles/service?replacement=admin").await.expect(403);

        let eve = format!("/api/users/{}", eve["id"]);
        patch(&eve, json!({ "role": "strong" })).await.expect(403);
        patch(&eve, json!({ "role": "viewer" })).await.expect(403);
        patch(&eve, json!({ "role": "mine" })).await.expect(200);
        let bob = format!("/api/users/{}", bob["id"]);
        patch(&bob, json!({ "role": "mine" })).await.expect(403);
        patch(&bob, json!({ "password": "another horse battery" })).await.expect(403);
        ada.delete(&bob).await.expect(403);
        let user = json!({ "email": "x@example.org", "name": "X", "role": "strong", "password": PASSWORD });
        ada.post("/api/users", user).await.expect(403);

        // What one takes from oneself is gone at once, and cannot be taken back.
        patch("/api/roles/keeper", json!({ "permissions": ["users:read", "users:write"] })).await.expect(200);
        patch("/api/roles/keeper", json!({ "permissions": ["customers:read", "users:read", "users:write"] })).await.expect(403);
    })
    .await;
}

#[tokio::test]
async fn a_role_that_users_have_goes_only_for_another_one_and_its_shares_go_with_it() {
    on_each_store(async |test| {
        role(test, "Service", &["customers:read"]).await;
        let ada = add(test, "ada@example.org", "service").await;
        let bob = add(test, "bob@example.org", "service").await;
        let shares = json!([{ "role": "service" }, { "role": "viewer" }]);
        let view = test.post("/api/saved-views", json!({ "name": "Shared", "shares": shares })).await.expect(201);
        let reader = sign_in(test, "ada@example.org").await;
        let path = format!("/api/saved-views/{}", view["id"]);
        reader.get(&path).await.expect(200);

        let refused = test.delete("/api/roles/service").await.expect(409);
        assert_eq!(refused["code"], "role_in_use");
        assert!(refused["detail"].as_str().unwrap().contains("(2)"), "{refused}");
        is_refused(test.delete("/api/roles/service?replacement=service").await, 422, "/replacement", "invalid");
        is_refused(test.delete("/api/roles/service?replacement=nobody").await, 422, "/replacement", "unknown");
        let tag = test.get("/api/roles/service").await.etag();
        let gone = test.send(Method::DELETE, "/api/roles/service?replacement=editor", None, Some(&test.key), &[("if-match", &tag)]).await;
        gone.expect(204);
        for user in [&ada, &bob] {
            let moved = test.get(&format!("/api/users/{}", user["id"])).await.expect(200);
            assert_eq!((&moved["role"], &moved["roleName"], &moved["version"]), (&json!("editor"), &json!("Editor"), &json!(2)));
        }
        reader.get(&path).await.expect(404);
        assert_eq!(test.get(&path).await.expect(200)["shares"], json!([{ "user": null, "role": "viewer", "mayEdit": false }]));
        let told = test.get("/api/audit?entityType=role&action=delete").await.expect(200);
        assert_eq!(told["items"][0]["changes"]["users"], json!([ada["id"], bob["id"]]));
        assert_eq!(told["items"][0]["changes"]["replacement"], "editor");
    })
    .await;
}

#[tokio::test]
async fn whoever_is_given_a_role_while_it_goes_is_not_left_with_it() {
    on_each_store(async |test| {
        let ada = add(test, "ada@example.org", "viewer").await;
        let ada = format!("/api/users/{}", ada["id"]);
        for round in 0..8 {
            let key = role(test, "Passing", &["customers:read"]).await["key"].as_str().unwrap().to_owned();
            let newcomers = (0..3).map(|number| {
                let email = format!("{round}-{number}@example.org");
                test.post("/api/users", json!({ "email": email, "name": "New", "role": key, "password": PASSWORD }))
            });
            let path = format!("{ROLES}/{key}?replacement=editor");
            let view = json!({ "name": format!("View {round}"), "shares": [{ "role": key }] });
            let (added, given, renamed, shared, gone) = join!(
                join_all(newcomers),
                test.patch(&ada, json!({ "role": key })),
                test.patch(&ada, json!({ "name": format!("Ada {round}") })),
                test.post("/api/saved-views", view),
                test.delete(&path),
            );
            gone.expect(204);
            for answer in added.iter().chain([&given, &shared]) {
                assert!([200, 201, 422].contains(&answer.status.as_u16()), "{}: {}", answer.status, answer.body);
            }
            assert!([200, 412].contains(&renamed.status.as_u16()), "{}: {}", renamed.status, renamed.body);
            let roles = test.get(ROLES).await.expect(200);
            let users = test.get("/api/users?limit=100").await.expect(200);
            for user in users["items"].as_array().unwrap() {
                assert!(keys(&roles).contains(&user["role"].as_str().unwrap()), "{user}");
            }
            let views = test.get("/api/saved-views").await.expect(200);
            assert!(!views.to_string().contains("passing"), "{views}");
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_may_say_who_may_what_must_have_a_second_factor_where_admins_must() {
    let required = |config: &mut Config| config.access.require_second_factor = "admins".to_owned();
    on_each_store_configured(required, async |test| {
        role(test, "Service", &["customers:read"]).await;
        role(test, "Keeper", &["customers:read", "users:write"]).await;
        add(test, "ada@example.org", "keeper").await;
        add(test, "bob@example.org", "service").await;
        let signed_in = try_to_sign_in(test, "ada@example.org", PASSWORD).await;
        assert_eq!((&signed_in.body["owesSecondFactor"], &signed_in.body["permissions"]), (&json!(true), &json!([])));
        assert_eq!(browser(test, signed_in).get("/api/customers").await.expect(403)["code"], "second_factor_missing");
        let bob = sign_in(test, "bob@example.org").await;
        bob.get("/api/customers").await.expect(200);
        test.patch("/api/roles/service", json!({ "permissions": ["customers:read", "users:write"] })).await.expect(200);
        assert_eq!(bob.get("/api/customers").await.expect(403)["code"], "second_factor_missing");
    })
    .await;
}

#[tokio::test]
async fn the_last_administrator_stays_one_whatever_own_roles_hold() {
    on_each_store(async |test| {
        let all = test.get("/api/roles/admin").await.expect(200)["permissions"].clone();
        test.post(ROLES, json!({ "name": "Everything", "permissions": all })).await.expect(201);
        let ada = format!("/api/users/{}", add(test, "ada@example.org", "admin").await["id"]);
        add(test, "bob@example.org", "everything").await;
        assert_eq!(test.patch(&ada, json!({ "role": "everything" })).await.expect(409)["code"], "last_admin");
        let bob = sign_in(test, "bob@example.org").await;
        assert_eq!(bob.delete(&ada).await.expect(409)["code"], "last_admin");
        assert_eq!(bob.delete("/api/roles/everything?replacement=admin").await.status, 204);
        test.patch(&ada, json!({ "role": "viewer" })).await.expect(200);
    })
    .await;
}

/// What somebody with all but one permission is refused, and that he is let through with it.
#[tokio::test]
async fn functions_that_reach_far_have_permissions_of_their_own() {
    on_each_store(async |test| {
        let all: Vec<String> = test.get("/api/permissions").await.expect(200)["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect();
        let customer = test.post("/api/customers", json!({ "email": "c@example.org" })).await.expect(201)["id"].clone();
        let relocate = json!({ "action": { "type": "set_field", "field": "city", "value": "Wien" }, "customers": [customer] });
        let delete = json!({ "action": { "type": "delete" }, "customers": [customer] });
        let view = json!({ "name": "Mine", "shares": [{ "role": "viewer" }] });
        role(test, "Tried", &[]).await;
        add(test, "ada@example.org", "tried").await;
        let ada = sign_in(test, "ada@example.org").await;
        let cases = [
            ("exports:write", Method::POST, "/api/exports", Some(json!({ "what": "customers", "format": "csv" })), 202),
            ("exports:write", Method::GET, "/api/exports", None, 200),
            ("bulk:write", Method::POST, "/api/bulk/preview", Some(relocate), 200),
            ("customers:delete", Method::POST, "/api/bulk/preview", Some(delete.clone()), 200),
            ("bulk:write", Method::POST, "/api/bulk/preview", Some(delete), 200),
            ("views:share", Method::POST, "/api/saved-views", Some(view), 201),
            ("views:share", Method::GET, "/api/saved-views/people", None, 200),
            ("views:share", Method::GET, "/api/saved-views/roles", None, 200),
            ("users:read", Method::GET, "/api/permissions", None, 200),
        ];
        for (permission, method, path, body, status) in cases {
            let others: Vec<&String> = all.iter().filter(|one| *one != permission).collect();
            test.patch("/api/roles/tried", json!({ "permissions": others })).await.expect(200);
            let refused = ada.send(method.clone(), path, body.clone()).await.expect(403);
            assert_eq!(refused["detail"], format!("this needs the permission {permission}"));
            test.patch("/api/roles/tried", json!({ "permissions": all })).await.expect(200);
            ada.send(method, path, body).await.expect(status);
        }

        let hidden = test.post("/api/saved-views", json!({ "name": "Nobody's" })).await.expect(201)["id"].clone();
        let hidden = format!("/api/saved-views/{hidden}");
        ada.get(&hidden).await.expect(200);
        let others: Vec<&String> = all.iter().filter(|one| *one != "views:write").collect();
        test.patch("/api/roles/tried", json!({ "permissions": others })).await.expect(200);
        ada.get(&hidden).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn a_bulk_action_ends_when_its_owner_may_start_none_any_more() {
    on_each_store(async |test| {
        test.post("/api/customers", json!({ "email": "c@example.org" })).await.expect(201);
        role(test, "Tried", &["customers:read", "customers:write", "bulk:write"]).await;
        add(test, "ada@example.org", "tried").await;
        let ada = sign_in(test, "ada@example.org").await;
        let order = json!({ "action": { "type": "set_field", "field": "city", "value": "Wien" }, "filter": {} });
        let begun = ada.post("/api/bulk", order).await.expect(202);
        test.patch("/api/roles/tried", json!({ "permissions": ["customers:read", "customers:write"] })).await.expect(200);
        test.run_due().await;
        let ended = test.get(&format!("/api/bulk/{}", begun["id"])).await.expect(200);
        assert_eq!((&ended["state"], &ended["error"]), (&json!("failed"), &json!("whoever started it may not do this any more")));
    })
    .await;
}
