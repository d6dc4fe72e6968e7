//! Merging over HTTP: what is shown before, what has to be confirmed, where old addresses lead, what waits for a person.

use super::merging::{merge, undo};
use reqwest::Method;
use serde_json::{Value, json};
use server::ids::CustomerId;
use server::merging::{self, AutoPair};
use testkit::{Answer, TestApp, on_each_store};

async fn person(test: &TestApp, body: Value) -> i64 {
    test.post("/api/customers", body).await.expect(201)["id"].as_i64().unwrap()
}

async fn wish(test: &TestApp, survivor: i64, body: Value) -> Answer {
    test.post(&format!("/api/customers/{survivor}/merge"), body).await
}

/// An answer that is not followed.
async fn first_answer(test: &TestApp, method: Method, path: &str, body: Option<Value>) -> (u16, String) {
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let mut request = client.request(method, format!("{}{path}", test.address)).header("x-api-key", &test.key);
    if let Some(body) = body {
        request = request.json(&body);
    }
    let answer = request.send().await.unwrap();
    let location = answer.headers().get("location").map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    (answer.status().as_u16(), location)
}

#[tokio::test]
async fn old_addresses_lead_to_the_survivor_whatever_is_asked_of_them() {
    on_each_store(async |test| {
        let (ada, bob) = (person(test, json!({"email": "ada@example.org"})).await, person(test, json!({"email": "bob@example.org"})).await);
        let merged = merge(test, ada, bob, json!({})).await;
        let description = serde_json::to_value(server::serve::openapi()).unwrap();
        let mut asked = 0;
        for (template, methods) in description["paths"].as_object().unwrap() {
            let Some(rest) = template.strip_prefix("/api/customers/{id}") else { continue };
            let rest = rest.split('/').map(|part| if part.starts_with('{') { "1" } else { part }).collect::<Vec<_>>().join("/");
            for method in methods.as_object().unwrap().keys() {
                let method: Method = method.to_uppercase().parse().unwrap();
                let body = match (method.as_str(), rest.as_str()) {
                    ("GET" | "DELETE", _) => None,
                    (_, "/merge") => Some(json!({"otherId": ada})),
                    (_, "/notes") => Some(json!({"title": "x"})),
                    (_, "/identities/1") => continue,
                    (_, "/consents/1") => Some(json!({"granted": true})),
                    (_, "/subscriptions/1") => Some(json!({"status": "pending"})),
                    _ => Some(json!({"firstname": "x"})),
                };
                let query = if rest == "/explain" { "?segment=1" } else { "" };
                let path = format!("/api/customers/{bob}{rest}{query}");
                let (status, location) = first_answer(test, method.clone(), &path, body).await;
                let expected = if method == Method::GET { 301 } else { 308 };
                assert_eq!((status, location), (expected, format!("/api/customers/{ada}{rest}{query}")), "{method} {path}");
                asked += 1;
            }
        }
        assert!(asked > 15, "{asked}");
        let found = test.get(&format!("/api/customers/{bob}")).await.expect(200);
        assert_eq!(found["id"], ada, "whoever follows is there");
        test.patch(&format!("/api/customers/{bob}"), json!({"firstname": "Followed"})).await.expect(200);
        assert_eq!(test.get(&format!("/api/customers/{ada}")).await.expect(200)["firstname"], "Followed");
        test.get("/api/customers/99999").await.expect(404);
        let powerless = test.new_key(&[]).await;
        test.send(Method::GET, &format!("/api/customers/{bob}"), None, Some(&powerless), &[]).await.expect(403);
        let gone = test.get("/api/deletions?entityType=customers").await.expect(200);
        assert_eq!((&gone["items"][0]["entityId"], &gone["items"][0]["type"]), (&json!(bob), &json!("merged")));
        undo(test, &merged).await;
        assert_eq!(first_answer(test, Method::GET, &format!("/api/customers/{bob}"), None).await.0, 200);
        assert_eq!(test.get("/api/deletions?entityType=customers").await.expect(200)["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_preview_says_what_a_merge_does_and_changes_nothing() {
    on_each_store(async |test| {
        let ada = person(test, json!({"email": "ada@example.org", "firstname": "Ada"})).await;
        let bob = person(test, json!({"email": "bob@example.org", "firstname": "Bob", "city": "Graz"})).await;
        test.post(&format!("/api/customers/{bob}/notes"), json!({"title": "n"})).await.expect(201);
        let before = test.contents(&[]).await;
        let body = json!({"otherId": bob, "preview": true, "picks": {"firstname": "other"}});
        let plan = wish(test, ada, body).await.expect(200);
        let field = |name: &str| plan["fields"].as_array().unwrap().iter().find(|field| field["name"] == name).unwrap().clone();
        assert_eq!(field("firstname"), json!({"name": "firstname", "survivor": "Ada", "other": "Bob", "value": "Bob", "from": "other"}));
        assert_eq!((&field("city")["value"], &field("city")["from"]), (&json!("Graz"), &json!("other")));
        assert_eq!((&plan["moves"]["customer_notes"], &plan["confirmations"]), (&json!(1), &json!([])));
        assert_eq!(test.contents(&[]).await, before);
        let merged = wish(test, ada, json!({"otherId": bob, "picks": {"firstname": "other"}})).await.expect(200);
        let after = test.get(&format!("/api/customers/{ada}")).await.expect(200);
        for name in ["firstname", "city", "email"] {
            assert_eq!(after[name], field(name)["value"], "{name}");
        }
        let taken: Vec<&Value> = merged["taken"]["fields"].as_array().unwrap().iter().map(|field| &field["name"]).collect();
        assert_eq!(taken, [&json!("city"), &json!("firstname")]);
    })
    .await;
}

#[tokio::test]
async fn what_speaks_for_two_people_is_confirmed_and_what_is_too_much_is_refused() {
    on_each_store(async |test| {
        let john = json!({"firstname": "John", "lastname": "Smith", "birthDate": "1950-01-01", "externalIds": {"shop": "1"}});
        let son = json!({"firstname": "john", "lastname": "smith", "birthDate": "1980-01-01", "externalIds": {"shop": "2"}});
        let (john, son) = (person(test, john).await, person(test, son).await);
        let asked = wish(test, john, json!({"otherId": son})).await.expect(409);
        assert_eq!(asked["code"], "confirmation_needed");
        let codes: Vec<&Value> = asked["problems"].as_array().unwrap().iter().map(|problem| &problem["code"]).collect();
        assert_eq!(codes, [&json!("different_external_ids"), &json!("different_birth_dates")]);
        test.patch("/api/settings", json!({"merging": {"identityLimits": {"external:shop": 1}}})).await.expect(200);
        let refused = wish(test, john, json!({"otherId": son, "confirm": true})).await.expect(409);
        assert_eq!(refused["code"], "identity_limit");
        test.patch("/api/settings", json!({"merging": null})).await.expect(200);
        wish(test, john, json!({"otherId": son, "confirm": true})).await.expect(200);

        let check = async |body: Value, status: u16, code: &str| {
            let answer = wish(test, john, body).await.expect(status);
            assert!(answer["code"] == code || answer["problems"][0]["code"] == code, "{answer}");
        };
        check(json!({"otherId": john}), 422, "same").await;
        check(json!({"otherId": 99999}), 422, "unknown_customer").await;
        let eve = person(test, json!({"email": "eve@example.org"})).await;
        person(test, json!({"email": "mallory@example.org"})).await;
        check(json!({"otherId": eve, "picks": {"email": {"value": "no address"}}}), 422, "invalid").await;
        check(json!({"otherId": eve, "picks": {"email": {"value": "mallory@example.org"}}}), 409, "duplicate_email").await;
        check(json!({"otherId": eve, "picks": {"companyId": {"value": 99}}}), 422, "unknown").await;
        check(json!({"otherId": eve, "picks": {"id": "other"}}), 422, "unknown_field").await;
        wish(test, john, json!({"otherId": eve, "rule": "best"})).await.expect(422);
        wish(test, john, json!({"otherId": eve, "picks": {"email": {"value": "fresh@example.org"}}})).await.expect(200);
        let found = test.post("/api/customers/lookup", json!({"identities": [{"kind": "email", "value": "fresh@example.org"}]})).await;
        assert_eq!(found.expect(200)["items"][0]["customerId"], john);
    })
    .await;
}

#[tokio::test]
async fn blocked_values_are_not_taken_over_and_come_back() {
    on_each_store(async |test| {
        let ada = person(test, json!({"email": "ada@example.org"})).await;
        let bob = person(test, json!({"email": "test@test.com", "externalIds": {"shop": "null"}, "phone": "000 0000"})).await;
        let merged = merge(test, ada, bob, json!({})).await;
        let one = test.get(&format!("/api/customers/{ada}")).await.expect(200);
        assert_eq!((&one["phone"], &one["externalIds"], one["identities"].as_array().unwrap().len()), (&Value::Null, &json!({}), 1));
        let before = undo(test, &merged).await;
        assert_eq!(before["conflicts"], json!([]));
        let bob = test.get(&format!("/api/customers/{bob}")).await.expect(200);
        assert_eq!((&bob["email"], bob["identities"].as_array().unwrap().len()), (&json!("test@test.com"), 3));
    })
    .await;
}

fn pair(survivor: i64, other: i64) -> AutoPair {
    AutoPair {
        survivor: CustomerId(survivor),
        other: CustomerId(other),
        pair_id: Some(7),
        score: Some(0.97),
        rule: Some("same".to_owned()),
    }
}

#[tokio::test]
async fn without_a_person_only_what_is_beyond_doubt_is_merged_and_the_rest_waits() {
    on_each_store(async |test| {
        let ada = person(test, json!({"email": "ada@example.org"})).await;
        let same = person(test, json!({"email": "same@example.org"})).await;
        let one = person(test, json!({"externalIds": {"shop": "1"}})).await;
        let two = person(test, json!({"externalIds": {"shop": "2"}})).await;
        let mut shared = Vec::new();
        for _ in 0..4 {
            shared.push(person(test, json!({"phone": "0316 1234"})).await);
        }
        let pairs = [pair(ada, same), pair(one, two), pair(shared[0], shared[1]), pair(ada, same), pair(ada, 99999)];
        let done = test.write(move |work| merging::merge_automatically(work, &pairs)).await.unwrap();
        assert_eq!((done.merged.len(), done.quarantined.len(), done.skipped.len()), (1, 2, 2));
        let merged = test.get("/api/merges").await.expect(200)["items"][0].clone();
        assert_eq!((&merged["survivor"]["email"], &merged["other"]), (&json!("ada@example.org"), &Value::Null), "one of them is gone");
        assert_eq!(merged["cause"], json!({"by": "automatic", "pairId": 7, "score": 0.97, "rule": "same"}));
        undo(test, &merged).await;

        let again = [pair(one, two)];
        test.write(move |work| merging::merge_automatically(work, &again)).await.unwrap();
        let waiting = test.get("/api/merges/quarantine").await.expect(200);
        let reasons: Vec<&Value> = waiting["items"].as_array().unwrap().iter().map(|pair| &pair["reasons"][0]["code"]).collect();
        assert_eq!(reasons, [&json!("shared_value"), &json!("different_external_ids")]);
        let nameless = json!({"email": null, "firstname": null, "lastname": null});
        assert_eq!((&waiting["items"][0]["survivor"], &waiting["items"][0]["other"]), (&nameless, &nameless));
        let dismissed = format!("/api/merges/quarantine/{}/dismiss", waiting["items"][0]["id"]);
        assert_eq!(test.post(&dismissed, json!({})).await.expect(200)["state"], "dismissed");
        assert_eq!(test.post(&dismissed, json!({})).await.expect(409)["code"], "quarantine_resolved");
        let merged = merge(test, two, one, json!({})).await;
        assert_eq!(test.get("/api/merges/quarantine").await.expect(200)["items"], json!([]));
        assert_eq!(test.get("/api/merges/quarantine?state=merged").await.expect(200)["items"][0]["survivorId"], one);
        undo(test, &merged).await;
        assert_eq!(test.get("/api/merges/quarantine").await.expect(200)["items"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_story_tells_of_both() {
    on_each_store(async |test| {
        let ada = person(test, json!({"email": "ada@example.org"})).await;
        let bob = person(test, json!({"email": "bob@example.org", "firstname": "Bob"})).await;
        test.patch(&format!("/api/customers/{bob}"), json!({"city": "Graz"})).await.expect(200);
        let merged = merge(test, ada, bob, json!({})).await;
        let story = async |customer: i64, kinds: &str| -> Vec<Value> {
            let page = test.get(&format!("/api/customers/{customer}/timeline?kinds={kinds}")).await.expect(200);
            page["items"].as_array().unwrap().clone()
        };
        let entry = story(ada, "merge").await.remove(0);
        assert_eq!((&entry["kind"], &entry["title"], &entry["detail"]["undoable"]), (&json!("merge"), &json!("Bob"), &json!(true)));
        assert_eq!(entry["detail"]["taken"][0], json!({"name": "city", "value": "Graz", "from": "other"}));
        let edits = story(ada, "edit").await;
        let owners: Vec<&Value> = edits.iter().map(|edit| &edit["detail"]["customerId"]).collect();
        assert_eq!(owners.iter().filter(|owner| ***owner == json!(bob)).count(), 2, "what was changed of the other one is his story too");
        let versions = test.get(&format!("/api/customers/{ada}/versions?limit=1")).await.expect(200);
        let next = test.get(&format!("/api/customers/{ada}/versions?limit=10&cursor={}", versions["nextCursor"].as_str().unwrap())).await;
        assert_eq!(next.expect(200)["items"].as_array().unwrap().len(), 3, "no version is lost between pages");
        test.clock.advance_minutes(1);
        undo(test, &merged).await;
        let kinds: Vec<Value> = story(ada, "merge").await.into_iter().map(|entry| entry["kind"].clone()).collect();
        assert_eq!(kinds, [json!("unmerge"), json!("merge")]);
        assert_eq!(story(bob, "unmerge").await.len(), 1);
        let listed = test.get(&format!("/api/merges?customerId={bob}&state=undone")).await.expect(200);
        assert_eq!(listed["items"][0]["id"], merged["id"]);
        assert_eq!(listed["items"][0]["other"], json!({"email": "bob@example.org", "firstname": "Bob", "lastname": null}));
        let shown = test.get(&format!("/api/merges/{}", merged["id"])).await.expect(200);
        assert_eq!((&shown["undoable"], &shown["undoneBy"]["name"]), (&json!(false), &json!("test")));
    })
    .await;
}

#[tokio::test]
async fn rules_hear_of_a_merge_and_not_of_what_it_changed() {
    on_each_store(async |test| {
        let rule = async |name: &str, trigger: Value| {
            let body = json!({"name": name, "active": true, "triggers": [trigger], "actions": [{"type": "add_note", "title": name}]});
            test.post("/api/rules", body).await.expect(201);
        };
        let ada = person(test, json!({"email": "ada@example.org"})).await;
        let bob = person(test, json!({"email": "bob@example.org", "firstname": "Bob"})).await;
        rule("Merged", json!({"type": "customers_merged"})).await;
        rule("Changed", json!({"type": "customer_updated"})).await;
        rule("Made", json!({"type": "customer_created"})).await;
        let merged = merge(test, ada, bob, json!({})).await;
        let titles = async |customer: i64| -> Vec<String> {
            let notes = test.get(&format!("/api/customers/{customer}/notes")).await.expect(200);
            notes["items"].as_array().unwrap().iter().map(|note| note["title"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(titles(ada).await, ["Merged"]);
        undo(test, &merged).await;
        assert_eq!((titles(ada).await, titles(bob).await), (vec!["Merged".to_owned()], Vec::new()));
    })
    .await;
}

#[tokio::test]
async fn settings_of_merging_are_checked() {
    on_each_store(async |test| {
        let check = async |merging: Value, path: &str| {
            let answer = test.patch("/api/settings", json!({ "merging": merging })).await.expect(422);
            assert_eq!(answer["problems"][0]["path"], path, "{answer}");
        };
        check(json!({"trustedSources": ["erp", "erp"]}), "/merging/trustedSources/1").await;
        check(json!({"identityLimits": {"fax": 3}}), "/merging/identityLimits/fax").await;
        check(json!({"identityLimits": {"email": 0}}), "/merging/identityLimits/email").await;
        check(json!({"blockedValues": [""]}), "/merging/blockedValues/0").await;
        check(json!({"sharedMax": 0}), "/merging/sharedMax").await;
        let kept = test.patch("/api/settings", json!({"merging": {"trustedSources": ["erp", "shop"]}})).await.expect(200);
        assert_eq!((&kept["merging"]["trustedSources"], &kept["merging"]["sharedMax"]), (&json!(["erp", "shop"]), &json!(3)));
    })
    .await;
}
