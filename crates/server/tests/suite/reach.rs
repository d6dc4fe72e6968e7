//! How far permissions reach: what one alone does not open, what is shown to whom, and that handing on goes by what somebody holds now.

use super::segments::{customer, group, often, segment};
use reqwest::Method;
use serde_json::{Value, json};
use server::admin::{self, Reach, RoleKey, UserPatch};
use server::http::IfMatch;
use server::ids::AdminUserId;
use testkit::person::{PASSWORD, add, sign_in};
use testkit::{TestApp, on_each_store};

async fn role(test: &TestApp, name: &str, permissions: &[&str]) {
    test.post("/api/roles", json!({ "name": name, "permissions": permissions })).await.expect(201);
}

/// A key of this name with these scopes, and its place.
async fn key(test: &TestApp, name: &str, scopes: &[&str]) -> (String, String) {
    let made = test.post("/api/api-keys", json!({ "name": name, "scopes": scopes })).await.expect(201);
    (made["key"].as_str().unwrap().to_owned(), format!("/api/api-keys/{}", made["id"]))
}

#[tokio::test]
async fn what_shows_customers_takes_the_permission_to_see_them_too() {
    on_each_store(async |test| {
        let ada = customer(test, "ada@example.org").await;
        let order = json!({ "what": "customers", "format": "csv" });
        let export = test.post("/api/exports", order.clone()).await.expect(202)["id"].clone();
        let move_to = json!({ "action": { "type": "set_field", "field": "city", "value": "Wien" }, "customers": [ada] });
        let bulk = test.post("/api/bulk", move_to.clone()).await.expect(202)["id"].clone();
        let webhook = json!({ "name": "W", "url": "https://example.org/in" });
        let webhook = test.post("/api/webhooks", webhook).await.expect(201)["id"].clone();
        let sent = test.post(&format!("/api/webhooks/{webhook}/test"), json!({})).await.expect(202)["id"].clone();
        test.run_due().await;

        let (post, get, none) = (Method::POST, Method::GET, Value::Null);
        let since = json!({ "since": "2026-01-01T00:00:00Z" });
        let cases = [
            ("exports:write", post.clone(), "/api/exports".to_owned(), order),
            ("exports:write", get.clone(), "/api/exports".to_owned(), none.clone()),
            ("exports:write", get.clone(), format!("/api/exports/{export}"), none.clone()),
            ("exports:write", get, format!("/api/exports/{export}/file"), none.clone()),
            ("exports:write", Method::DELETE, format!("/api/exports/{export}"), none.clone()),
            ("bulk:write", post.clone(), "/api/bulk/preview".to_owned(), move_to.clone()),
            ("bulk:write", post.clone(), "/api/bulk".to_owned(), move_to),
            ("bulk:write", post.clone(), format!("/api/bulk/{bulk}/undo"), none.clone()),
            ("bulk:write", post.clone(), format!("/api/bulk/{bulk}/cancel"), none.clone()),
            ("webhooks:write", post.clone(), format!("/api/webhooks/{webhook}/replay"), since),
            ("webhooks:write", post, format!("/api/deliveries/{sent}/replay"), none),
        ];
        for (scope, method, path, body) in cases {
            let body = Some(body).filter(|body| !body.is_null());
            let blind = test.new_key(&[scope, "customers:write", "customers:delete", "segments:write", "users:write"]).await;
            let refused = test.send(method.clone(), &path, body, Some(&blind), &[]).await.expect(403);
            assert_eq!(refused["detail"], "this needs the permission customers:read", "{method} {path}");
        }
    })
    .await;
}

#[tokio::test]
async fn who_may_not_see_customers_leads_no_webhook_elsewhere() {
    on_each_store(async |test| {
        let webhook = json!({ "name": "W", "url": "https://example.org/in" });
        let id = test.post("/api/webhooks", webhook).await.expect(201)["id"].clone();
        let path = format!("/api/webhooks/{id}");
        let patch = async |key: &str, body: Value| test.send(Method::PATCH, &path, Some(body), Some(key), &[]).await;
        let blind = test.new_key(&["webhooks:write"]).await;
        let elsewhere = json!({ "url": "https://example.net/in" });
        assert_eq!(patch(&blind, elsewhere.clone()).await.expect(403)["detail"], "this needs the permission customers:read");
        patch(&blind, json!({ "description": "Shop", "url": "https://example.org/in" })).await.expect(200);
        let seeing = test.new_key(&["webhooks:write", "customers:read"]).await;
        assert_eq!(patch(&seeing, elsewhere).await.expect(200)["url"], "https://example.net/in");
    })
    .await;
}

#[tokio::test]
async fn segments_are_explained_to_who_may_see_them_and_name_members_to_who_may_see_customers() {
    on_each_store(async |test| {
        let ada = customer(test, "ada@example.org").await;
        let group = group(test, true).await;
        let named_ada = json!({ "fact": "field", "name": "email", "op": "eq", "value": "ada@example.org" });
        let segment = segment(test, group, "Ada", named_ada).await;
        let explain = format!("/api/customers/{ada}/explain?segment={segment}");
        let members = format!("/api/segments/{segment}/members");
        let ask = async |scopes: &[&str], path: &str| {
            let key = test.new_key(scopes).await;
            test.send(Method::GET, path, None, Some(&key), &[]).await
        };
        let refused = ask(&["customers:read"], &explain).await.expect(403);
        assert_eq!(refused["detail"], "this needs the permission segments:read");
        assert_eq!(ask(&["customers:read", "segments:read"], &explain).await.expect(200)["matches"], true);
        let nameless = ask(&["segments:read"], &members).await.expect(200)["items"][0].clone();
        assert_eq!((&nameless["customerId"], &nameless["email"]), (&json!(ada), &Value::Null));
        let named = ask(&["segments:read", "customers:read"], &members).await.expect(200)["items"][0].clone();
        assert_eq!(named["email"], "ada@example.org");
    })
    .await;
}

#[tokio::test]
async fn what_somebody_did_is_explained_to_who_may_see_activities_and_its_consequence_to_everybody() {
    on_each_store(async |test| {
        test.post("/api/activity-types", json!({ "name": "order" })).await.expect(201);
        let ada = customer(test, "ada@example.org").await;
        let group = group(test, true).await;
        let spent = json!({ "fact": "activity", "type": "order", "measure": "sum", "attribute": "amount", "op": "gt", "value": 40,
            "within": "30d" });
        let city = json!({ "fact": "field", "name": "city", "op": "eq", "value": "Graz" });
        let asked = json!({ "any": [spent, city] });
        let segment = segment(test, group, "Spent", asked.clone()).await;
        let dear = json!({ "fact": "attribute", "name": "amount", "op": "gt", "value": 50 });
        let rule = json!({ "name": "Dear", "active": true, "triggers": [{ "type": "new_activity", "activityType": "order" }],
            "condition": { "any": [dear, city] }, "actions": [{ "type": "add_note", "title": "Dear" }] });
        let rule = test.post("/api/rules", rule).await.expect(201)["id"].clone();
        let order = json!({ "customer": { "id": ada }, "type": "order", "attributes": { "amount": 49 } });
        let order = test.post("/api/activities", order).await.expect(201)["id"].clone();

        let tried = json!({ "condition": asked, "customerId": ada });
        let simulated = json!({ "ruleId": rule, "customerId": ada, "activity": { "type": "order", "attributes": { "amount": 49 } } });
        let routes = [
            (Method::GET, format!("/api/customers/{ada}/explain?segment={segment}"), Value::Null, "/tree/children"),
            (Method::POST, "/api/segments/test".to_owned(), tried, "/tree/children"),
            (Method::GET, format!("/api/rules/{rule}/runs"), Value::Null, "/items/0/why/leaves"),
            (Method::POST, "/api/rules/simulate".to_owned(), simulated, "/runs/0/why/leaves"),
        ];
        let key =
            async |more: &[&str]| test.new_key(&[&["customers:read", "segments:read", "rules:write", "rules:read"], more].concat()).await;
        let (seeing, blind) = (key(&["activities:read"]).await, key(&[]).await);
        for (place, (method, path, body, leaves)) in routes.into_iter().enumerate() {
            let ask = async |key: &str| {
                let body = Some(body.clone()).filter(|body| !body.is_null());
                test.send(method.clone(), &path, body, Some(key), &[]).await.expect(200)
            };
            let (seen, told) = (ask(&seeing).await, ask(&blind).await);
            if place < 2 {
                assert!(seen["dueAt"].is_string() && told["dueAt"].is_null(), "{path}: it would tell when something was done");
            }
            let (seen, told) = (&seen.pointer(leaves).unwrap(), &told.pointer(leaves).unwrap());
            assert_eq!(seen[0]["saw"], 49, "{path}");
            if place < 2 {
                assert_eq!(seen[0]["counted"], json!([order]));
                assert_eq!(told[0], json!({ "condition": spent, "matches": true, "withheld": true }), "{path}");
            } else {
                assert_eq!(told[0], json!({ "path": "/any/0", "activities": true, "withheld": true }), "{path}");
            }
            assert_eq!((&told[1], &told[1]["saw"]), (&seen[1], &Value::Null), "{path}: what is none of his activities");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_planned_is_shown_as_far_as_its_source_is() {
    on_each_store(async |test| {
        test.post("/api/activity-types", json!({ "name": "order" })).await.expect(201);
        let ada = customer(test, "ada@example.org").await;
        let group = group(test, true).await;
        segment(test, group, "Recent", often(1, "30d")).await;
        let template = json!({ "name": "Thanks", "subject": "Thank you", "text": "T" });
        let template = test.post("/api/templates", template).await.expect(201)["id"].clone();
        let action = |delay: &str| json!({ "type": "send_mail", "templateId": template, "delay": delay });
        let rule = json!({ "name": "Thank", "active": true, "triggers": [{ "type": "new_activity", "activityType": "order" }],
            "actions": [action("3h"), action("0m")] });
        test.post("/api/rules", rule).await.expect(201);
        test.post("/api/activities", json!({ "customer": { "id": ada }, "type": "order" })).await.expect(201);

        let path = format!("/api/customers/{ada}/upcoming");
        let seen = async |scope: &str| {
            let key = test.new_key(&["customers:read", scope]).await;
            let planned = test.send(Method::GET, &path, None, Some(&key), &[]).await.expect(200);
            let kinds = planned["items"].as_array().unwrap().iter().map(|one| match &one["detail"]["messageId"] {
                Value::Null => one["kind"].as_str().unwrap().to_owned(),
                _ => "mail".to_owned(),
            });
            kinds.collect::<Vec<_>>()
        };
        assert_eq!(seen("activities:read").await, [""; 0]);
        assert_eq!(seen("rules:read").await, ["action"]);
        assert_eq!(seen("mail:read").await, ["mail"]);
        assert_eq!(seen("segments:read").await, ["segment_check"]);
        assert_eq!(seen("all").await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_bulk_action_ends_when_its_owner_may_not_see_customers_any_more() {
    on_each_store(async |test| {
        customer(test, "c@example.org").await;
        role(test, "Tried", &["customers:read", "customers:write", "bulk:write"]).await;
        add(test, "ada@example.org", "tried").await;
        let ada = sign_in(test, "ada@example.org").await;
        let order = json!({ "action": { "type": "set_field", "field": "city", "value": "Wien" }, "filter": {} });
        let begun = ada.post("/api/bulk", order).await.expect(202);
        test.patch("/api/roles/tried", json!({ "permissions": ["customers:write", "bulk:write"] })).await.expect(200);
        test.run_due().await;
        assert_eq!(test.get(&format!("/api/bulk/{}", begun["id"])).await.expect(200)["state"], "failed");
    })
    .await;
}

#[tokio::test]
async fn nobody_revokes_a_key_that_reaches_further_than_he_does() {
    on_each_store(async |test| {
        let (keeper, _) = key(test, "keeper", &["users:write", "jobs:read"]).await;
        let (_, own) = key(test, "own", &["jobs:read"]).await;
        let revoke = async |path: &str| test.send(Method::DELETE, path, None, Some(&keeper), &[]).await;
        for scopes in [["jobs:read", "jobs:write"], ["all", "jobs:read"]] {
            let (strong, path) = key(test, "strong", &scopes).await;
            revoke(&path).await.expect(403);
            test.send(Method::GET, "/api/jobs", None, Some(&strong), &[]).await.expect(200);
        }
        revoke(&own).await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn who_was_recognised_a_moment_ago_hands_on_what_he_holds_now() {
    on_each_store(async |test| {
        let strong = ["customers:read", "users:read", "users:write"];
        role(test, "Keeper", &strong).await;
        role(test, "Service", &["customers:read"]).await;
        let ada = add(test, "ada@example.org", "keeper").await["id"].as_i64().unwrap();
        let eve = format!("/api/users/{}", add(test, "eve@example.org", "service").await["id"]);
        let (_, key) = key(test, "shop", &["customers:read"]).await;
        let browser = sign_in(test, "ada@example.org").await;
        browser.get("/api/users").await.expect(200);

        // Another process changes it: this one goes on knowing Ada for as long as it remembers her.
        let weaker = json!({ "permissions": ["users:read", "users:write"] });
        let keeper = RoleKey::parse("keeper").unwrap();
        test.write(move |work| admin::change_role(work, &keeper, &weaker, &IfMatch(None), &Reach::Everything)).await.unwrap();
        browser.get("/api/customers").await.expect(200);
        let user = json!({ "email": "x@example.org", "name": "X", "role": "service", "password": PASSWORD });
        let cases = [
            (Method::POST, "/api/api-keys", json!({ "name": "mine", "scopes": ["customers:read"] })),
            (Method::DELETE, key.as_str(), Value::Null),
            (Method::POST, "/api/roles", json!({ "name": "Mine", "permissions": ["customers:read"] })),
            (Method::PATCH, "/api/roles/keeper", json!({ "permissions": strong })),
            (Method::DELETE, "/api/roles/service?replacement=viewer", Value::Null),
            (Method::POST, "/api/users", user),
            (Method::PATCH, eve.as_str(), json!({ "password": "another horse battery" })),
            (Method::DELETE, &format!("{eve}/sessions"), Value::Null),
            (Method::DELETE, eve.as_str(), Value::Null),
        ];
        for (method, path, body) in cases {
            let refused = browser.send(method.clone(), path, Some(body).filter(|body| !body.is_null())).await.expect(403);
            assert_eq!(refused["detail"], "this needs the permission customers:read", "{method} {path}");
        }
        let empty = json!({ "name": "Empty", "permissions": [] });
        browser.post("/api/roles", empty.clone()).await.expect(201);
        let viewer = UserPatch { role: RoleKey::parse("viewer"), ..UserPatch::default() };
        let demoted = move |work: &mut server::work::Work<'_>| {
            admin::change_user(work, AdminUserId(ada), &viewer, None, &IfMatch(None), &Reach::Everything)
        };
        test.write(demoted).await.unwrap();
        browser.get("/api/users").await.expect(200);
        assert_eq!(browser.post("/api/roles", empty.clone()).await.expect(403)["detail"], "this needs the permission users:write");
        test.write(move |work| admin::sign_out_everywhere(work, AdminUserId(ada), &Reach::Everything)).await.unwrap();
        browser.get("/api/users").await.expect(200);
        browser.post("/api/roles", empty).await.expect(401);
    })
    .await;
}

#[tokio::test]
async fn a_mail_address_given_by_somebody_else_ends_the_sessions_of_who_gets_it() {
    on_each_store(async |test| {
        let ada = format!("/api/users/{}", add(test, "ada@example.org", "admin").await["id"]);
        let browser = sign_in(test, "ada@example.org").await;
        let own = browser.send(Method::PATCH, &ada, Some(json!({ "email": "ada@example.net" }))).await;
        own.expect(200);
        browser.get("/api/customers").await.expect(200);
        test.patch(&ada, json!({ "name": "Augusta" })).await.expect(200);
        browser.get("/api/customers").await.expect(200);
        test.patch(&ada, json!({ "email": "eve@example.org" })).await.expect(200);
        browser.get("/api/customers").await.expect(401);
    })
    .await;
}

#[tokio::test]
async fn a_view_whose_owner_is_gone_goes_with_the_last_role_it_was_shared_with() {
    on_each_store(async |test| {
        role(test, "Service", &["customers:read"]).await;
        let ada = add(test, "ada@example.org", "admin").await;
        add(test, "bob@example.org", "admin").await;
        let browser = sign_in(test, "ada@example.org").await;
        let draft = |name: &str, roles: &[&str]| {
            json!({ "name": name, "shares": roles.iter().map(|role| json!({ "role": role })).collect::<Vec<_>>() })
        };
        browser.post("/api/saved-views", draft("Service alone", &["service"])).await.expect(201);
        browser.post("/api/saved-views", draft("Both", &["service", "viewer"])).await.expect(201);
        test.post("/api/saved-views", draft("A key's", &["service"])).await.expect(201);
        let names = async || {
            let views = test.get("/api/saved-views").await.expect(200);
            views["items"].as_array().unwrap().iter().map(|view| view["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        test.delete(&format!("/api/users/{}", ada["id"])).await.expect(204);
        assert_eq!(names().await, ["A key's", "Both", "Service alone"]);
        test.delete("/api/roles/service").await.expect(204);
        assert_eq!(names().await, ["A key's", "Both"]);
        let told = test.get("/api/audit?entityType=saved_view&action=unshare").await.expect(200);
        assert_eq!(told["items"][0]["changes"]["deleted"].as_array().unwrap().len(), 1);
    })
    .await;
}
