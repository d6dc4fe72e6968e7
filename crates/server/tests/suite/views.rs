//! Saved views: what is kept, what is refused, and who may do what with whose.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, TestApp, on_each_store};

const PASSWORD: &str = "correct horse battery";
const VIEWS: &str = "/api/saved-views";

/// Somebody who signed in.
struct Person<'t> {
    test: &'t TestApp,
    id: i64,
    cookie: String,
    csrf_token: String,
}

impl Person<'_> {
    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.send_for(method, path, body, "*").await
    }

    async fn send_for(&self, method: Method, path: &str, body: Option<Value>, tag: &str) -> Answer {
        let headers = [("cookie", self.cookie.as_str()), ("x-csrf-token", self.csrf_token.as_str()), ("if-match", tag)];
        self.test.send(method, path, body, None, &headers).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    async fn keep(&self, body: Value) -> Value {
        self.send(Method::POST, VIEWS, Some(body)).await.expect(201)
    }

    /// The names of the views he sees.
    async fn names(&self, query: &str) -> Vec<String> {
        let page = self.get(&format!("{VIEWS}?{query}")).await.expect(200);
        page["items"].as_array().unwrap().iter().map(|view| view["name"].as_str().unwrap().to_owned()).collect()
    }
}

async fn person<'t>(test: &'t TestApp, name: &str, role: &str) -> Person<'t> {
    let email = format!("{}@example.org", name.to_lowercase());
    test.post("/api/users", json!({ "email": email, "name": name, "role": role, "password": PASSWORD })).await.expect(201);
    let answer = test.send(Method::POST, "/api/session", Some(json!({ "email": email, "password": PASSWORD })), None, &[]).await;
    let cookie = answer.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let session = answer.expect(200);
    let id = session["user"]["id"].as_i64().unwrap();
    Person { test, id, cookie, csrf_token: session["csrfToken"].as_str().unwrap().to_owned() }
}

fn path_of(view: &Value) -> String {
    format!("{VIEWS}/{}", view["id"])
}

fn paths(refused: &Value) -> Vec<&str> {
    refused["problems"].as_array().unwrap().iter().map(|problem| problem["path"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_view_keeps_how_the_list_is_looked_at() {
    on_each_store(async |test| {
        let ada = person(test, "Ada", "viewer").await;
        test.post("/api/fields", json!({ "name": "tier", "label": "Tier", "kind": "text" })).await.expect(201);
        let group = test.post("/api/segment-groups", json!({ "name": "Value", "calculated": false })).await.expect(201);
        let segment = test.post("/api/segments", json!({ "groupId": group["id"], "name": "Loyal" })).await.expect(201);
        let state = json!({
            "search": "Wien OR Graz", "searchFields": ["city"], "segments": [segment["id"]], "segmentMode": "groups",
            "condition": { "all": [{ "fact": "field", "name": "tier", "op": "eq", "value": "gold" }] },
            "active": true, "density": "compact", "sort": "-lastname",
            "columns": [{ "name": "name", "width": 240 }, { "name": "fields.tier", "width": null }, { "name": "segments", "width": null }],
        });
        let body = json!({ "name": " Gold ", "description": "Who matters", "state": state });
        let made = ada.send(Method::POST, VIEWS, Some(body)).await;
        assert_eq!(made.etag(), "\"1\"");
        let view = made.expect(201);
        assert_eq!((&view["name"], &view["description"], &view["list"]), (&json!("Gold"), &json!("Who matters"), &json!("customers")));
        assert_eq!(view["state"], state);
        assert_eq!((&view["owner"], &view["access"]), (&json!({ "id": ada.id, "name": "Ada" }), &json!("manage")));
        assert_eq!(ada.get(&path_of(&view)).await.expect(200), view);

        test.clock.advance_minutes(1);
        let patch = json!({ "name": "Silver", "state": { "active": null, "density": "comfortable" } });
        let changed = ada.send(Method::PATCH, &path_of(&view), Some(patch.clone())).await;
        assert_eq!(changed.etag(), "\"2\"");
        let changed = changed.expect(200);
        assert_eq!((&changed["name"], &changed["state"]["active"]), (&json!("Silver"), &Value::Null));
        assert_eq!(changed["state"]["search"], "Wien OR Graz");
        assert_eq!(ada.send(Method::PATCH, &path_of(&view), Some(patch.clone())).await.etag(), "\"2\"");
        ada.send_for(Method::PATCH, &path_of(&view), Some(json!({ "name": "Lost" })), "\"1\"").await.expect(412);
        ada.send_for(Method::DELETE, &path_of(&view), None, "\"1\"").await.expect(412);

        test.delete(&format!("/api/segments/{}", segment["id"])).await.expect(204);
        let read = ada.get(&path_of(&view)).await.expect(200);
        assert_eq!(read["state"]["segments"], json!([]), "what is gone is left out");
        ada.send(Method::DELETE, &path_of(&view), None).await.expect(204);
        ada.get(&path_of(&view)).await.expect(404);

        let entries = test.get("/api/audit?entityType=saved_view").await.expect(200);
        let actions: Vec<&str> = entries["items"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["delete", "update", "create"]);
        assert_eq!(entries["items"][1]["changes"], patch);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_a_view_is_told_at_its_spot() {
    on_each_store(async |test| {
        let ada = person(test, "Ada", "editor").await;
        let refused = async |body: Value| ada.send(Method::POST, VIEWS, Some(body)).await.expect(422);
        assert_eq!(paths(&refused(json!({ "name": " " })).await), ["/name"]);
        assert_eq!(paths(&refused(json!({ "name": "x", "list": "orders" })).await), ["/list"]);
        let state = json!({
            "search": "(Wien", "searchFields": ["shoeSize"], "segments": [999_999], "sort": "shoeSize",
            "condition": { "all": [{ "fact": "field", "name": "shoeSize", "op": "eq", "value": 42 }] },
            "columns": [{ "name": "email" }, { "name": "fields.tier" }, { "name": "email" }, { "name": "city", "width": 5 }],
        });
        let all = refused(json!({ "name": "x", "state": state })).await;
        let expected = [
            "/state/searchFields/0",
            "/state/search",
            "/state/condition/all/0/name",
            "/state/segments/0",
            "/state/columns/1/name",
            "/state/columns/2/name",
            "/state/columns/3/width",
            "/state/sort",
        ];
        assert_eq!(paths(&all), expected);
        let words = "a b c d e f g h i j k";
        assert_eq!(paths(&refused(json!({ "name": "x", "state": { "search": words } })).await), ["/state/search"]);
        let shares = json!([{ "userId": 999_999 }, { "role": "owner" }]);
        assert_eq!(paths(&refused(json!({ "name": "x", "shares": shares })).await), ["/shares/0/userId", "/shares/1/role"]);
        let shares = json!([{ "userId": 999_999 }, { "role": "editor" }]);
        assert_eq!(paths(&refused(json!({ "name": "x", "shares": shares })).await), ["/shares/0/userId"]);
        assert_eq!(paths(&refused(json!({ "name": "x", "shares": [{}] })).await), ["/shares/0"]);

        ada.keep(json!({ "name": "Mine" })).await;
        let again = ada.send(Method::POST, VIEWS, Some(json!({ "name": "MINE" }))).await.expect(409);
        assert_eq!((&again["code"], &again["problems"][0]["path"]), (&json!("duplicate_name"), &json!("/name")));
        let other = ada.keep(json!({ "name": "Other" })).await;
        let renamed = ada.send(Method::PATCH, &path_of(&other), Some(json!({ "name": "Mine" }))).await.expect(409);
        assert_eq!(renamed["code"], "duplicate_name");
        let eve = person(test, "Eve", "viewer").await;
        eve.keep(json!({ "name": "Mine" })).await;
    })
    .await;
}

#[tokio::test]
async fn who_may_do_what_with_a_view() {
    on_each_store(async |test| {
        let owner = person(test, "Olga", "editor").await;
        let reader = person(test, "Rita", "viewer").await;
        let writer = person(test, "Wim", "editor").await;
        let outsider = person(test, "Otto", "viewer").await;
        let admin = person(test, "Anna", "admin").await;
        let shares = json!([{ "userId": reader.id }, { "userId": writer.id, "mayEdit": true }]);
        let view = owner.keep(json!({ "name": "Shared", "shares": shares })).await;
        let path = path_of(&view);
        assert_eq!(view["shares"][0], json!({ "user": { "id": reader.id, "name": "Rita" }, "role": null, "mayEdit": false }));

        for (who, access) in [(&owner, "manage"), (&reader, "read"), (&writer, "edit"), (&admin, "manage")] {
            assert_eq!(who.get(&path).await.expect(200)["access"], access);
        }
        for (method, body) in [(Method::GET, None), (Method::PATCH, Some(json!({ "name": "x" }))), (Method::DELETE, None)] {
            outsider.send(method, &path, body).await.expect(404);
        }
        outsider.send(Method::PUT, &format!("{path}/shortcut"), None).await.expect(404);
        assert_eq!(outsider.names("").await, Vec::<String>::new());

        let status = async |who: &Person<'_>, body: Value| who.send(Method::PATCH, &path, Some(body)).await.status.as_u16();
        assert_eq!(status(&reader, json!({ "state": { "density": "compact" } })).await, 403);
        assert_eq!(status(&writer, json!({ "state": { "density": "compact" }, "name": "Ours" })).await, 200);
        assert_eq!(status(&writer, json!({ "shares": [] })).await, 403);
        assert_eq!(status(&writer, json!({ "ownerId": writer.id })).await, 403);
        assert_eq!(status(&owner, json!({ "ownerId": writer.id })).await, 403);
        for who in [&reader, &writer] {
            who.send(Method::DELETE, &path, None).await.expect(403);
        }
        owner.send(Method::POST, VIEWS, Some(json!({ "name": "x", "ownerId": reader.id }))).await.expect(403);

        assert_eq!(status(&owner, json!({ "shares": [{ "role": "viewer" }] })).await, 200);
        assert_eq!(outsider.get(&path).await.expect(200)["access"], "read");
        writer.get(&path).await.expect(404);

        assert_eq!(admin.names("").await, Vec::<String>::new(), "what is others' does not crowd an administrator's menu");
        assert_eq!(admin.names("all=true").await, ["Ours"]);
        assert_eq!(outsider.names("all=true").await, ["Ours"]);
        assert_eq!(writer.names("all=true").await, Vec::<String>::new());
        let handed = admin.send(Method::PATCH, &path, Some(json!({ "ownerId": writer.id }))).await.expect(200);
        assert_eq!(handed["owner"]["name"], "Wim");
        owner.get(&path).await.expect(404);
        writer.send(Method::DELETE, &path, None).await.expect(204);

        let people = outsider.get(&format!("{VIEWS}/people")).await.expect(200);
        let rita = people["items"].as_array().unwrap().iter().find(|one| one["name"] == "Rita").unwrap();
        assert_eq!(rita, &json!({ "id": reader.id, "name": "Rita", "role": "viewer", "active": true }));
    })
    .await;
}

#[tokio::test]
async fn a_shortcut_is_of_the_one_who_has_it() {
    on_each_store(async |test| {
        let ada = person(test, "Ada", "editor").await;
        let eve = person(test, "Eve", "viewer").await;
        let view = ada.keep(json!({ "name": "Both", "shares": [{ "role": "viewer" }] })).await;
        let shortcut = format!("{}/shortcut", path_of(&view));
        for _ in 0..2 {
            eve.send(Method::PUT, &shortcut, None).await.expect(204);
        }
        let has = async |who: &Person<'_>| who.get(&path_of(&view)).await.expect(200)["isShortcut"].as_bool().unwrap();
        assert_eq!((has(&ada).await, has(&eve).await), (false, true));
        assert_eq!(eve.get(&path_of(&view)).await.expect(200)["version"], 1);
        assert_eq!(eve.get(VIEWS).await.expect(200)["items"][0]["isShortcut"], true);
        for _ in 0..2 {
            eve.send(Method::DELETE, &shortcut, None).await.expect(204);
        }
        assert!(!has(&eve).await);
        for number in 0..20 {
            let view = ada.keep(json!({ "name": format!("View {number}") })).await;
            ada.send(Method::PUT, &format!("{}/shortcut", path_of(&view)), None).await.expect(204);
        }
        assert_eq!(ada.send(Method::PUT, &shortcut, None).await.expect(409)["code"], "too_many");
    })
    .await;
}

#[tokio::test]
async fn views_are_listed_by_name_page_by_page() {
    on_each_store(async |test| {
        let ada = person(test, "Ada", "viewer").await;
        for name in ["beta", "Alpha", "gamma"] {
            ada.keep(json!({ "name": name })).await;
        }
        let first = ada.get(&format!("{VIEWS}?limit=2&count=true&list=customers")).await.expect(200);
        assert_eq!(first["total"], 3);
        assert_eq!(ada.names("limit=2").await, ["Alpha", "beta"]);
        assert_eq!(ada.names(&format!("limit=2&cursor={}", first["nextCursor"].as_str().unwrap())).await, ["gamma"]);
        ada.get(&format!("{VIEWS}?list=orders")).await.expect(422);
    })
    .await;
}

#[tokio::test]
async fn when_an_owner_goes_what_he_shared_stays() {
    on_each_store(async |test| {
        let gone = person(test, "Gone", "editor").await;
        let eve = person(test, "Eve", "viewer").await;
        let private = gone.keep(json!({ "name": "Private" })).await;
        let shared = gone.keep(json!({ "name": "Shared", "shares": [{ "userId": eve.id }] })).await;
        let mutual = eve.keep(json!({ "name": "Mutual", "shares": [{ "userId": gone.id }] })).await;
        test.delete(&format!("/api/users/{}", gone.id)).await.expect(204);

        test.get(&path_of(&private)).await.expect(404);
        let kept = eve.get(&path_of(&shared)).await.expect(200);
        assert_eq!((&kept["owner"], &kept["access"], &kept["version"]), (&Value::Null, &json!("read"), &json!(2)));
        assert_eq!(eve.get(&path_of(&mutual)).await.expect(200)["shares"], json!([]));
        test.patch(&path_of(&shared), json!({ "ownerId": eve.id })).await.expect(200);
        assert_eq!(eve.get(&path_of(&shared)).await.expect(200)["access"], "manage");
        let entries = test.get("/api/audit?entityType=saved_view").await.expect(200);
        let told = entries["items"].as_array().unwrap().iter().find(|entry| entry["action"] == "owner_deleted").unwrap();
        assert_eq!(told["changes"], json!({ "ownerId": gone.id, "deleted": [private["id"]], "kept": [shared["id"]] }));
    })
    .await;
}

#[tokio::test]
async fn a_key_sees_views_only_if_it_looks_after_those_of_all() {
    on_each_store(async |test| {
        let ada = person(test, "Ada", "viewer").await;
        let view = ada.keep(json!({ "name": "Hers" })).await;
        assert_eq!(test.get(VIEWS).await.expect(200)["items"][0]["name"], "Hers");
        test.put(&format!("{}/shortcut", path_of(&view)), Value::Null).await.expect(403);
        assert_eq!(test.post(VIEWS, json!({ "name": "Nobody's" })).await.expect(201)["owner"], Value::Null);

        let reader = test.new_key(&["customers:read"]).await;
        let ask = async |method, path: &str, body| test.send(method, path, body, Some(&reader), &[]).await;
        assert_eq!(ask(Method::GET, VIEWS, None).await.expect(200)["items"], json!([]));
        ask(Method::GET, &path_of(&view), None).await.expect(404);
        ask(Method::POST, VIEWS, Some(json!({ "name": "x" }))).await.expect(403);
    })
    .await;
}
