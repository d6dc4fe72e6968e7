//! The save pipeline from end to end: what people set is what happens to a customer on his way in.

use serde_json::{Value, json};
use testkit::{TestApp, on_each_store};

async fn set(test: &TestApp, pipeline: Value) {
    test.patch("/api/settings", json!({"savePipeline": pipeline})).await.expect(200);
}

#[tokio::test]
async fn the_steps_run_in_their_order_and_only_where_they_are_enabled() {
    on_each_store(async |test| {
        test.post("/api/fields", json!({"name": "nickname", "kind": "text"})).await.expect(201);
        test.patch("/api/settings", json!({"blockedAddresses": ["Spam@Example.org "]})).await.expect(200);
        let steps = json!([
            {"step": "clean_email"},
            {"step": "remove_blocked_email"},
            {"step": "mark_email_validity"},
            {"step": "normalize_zip", "options": {"countries": ["GB"]}},
            {"step": "salutation_to_gender", "options": {"map": {"Frau": "female"}}},
            {"step": "copy_fields", "options": {"rules": [{"from": "firstname", "to": "nickname", "overwriteIfNotEmpty": true}]}},
        ]);
        set(test, json!({"steps": steps})).await;
        let body =
            json!({"email": "<müller @example.org>", "countryCode": "GB", "zip": "sw1a1aa", "salutation": "Frau", "firstname": "Ada"});
        let ada = test.post("/api/customers", body).await.expect(201);
        assert_eq!((&ada["email"], &ada["emailOk"]), (&json!("müller@example.org"), &json!(false)));
        assert_eq!((&ada["zip"], &ada["gender"], &ada["fields"]), (&json!("SW1A 1AA"), &json!("female"), &json!({"nickname": "Ada"})));
        let path = format!("/api/customers/{}", ada["id"]);
        let changed = test.patch(&path, json!({"firstname": "Ida", "countryCode": "AT", "zip": "A-1010"})).await.expect(200);
        assert_eq!((&changed["fields"]["nickname"], &changed["zip"]), (&json!("Ida"), &json!("A-1010")));
        let blocked = test.post("/api/customers", json!({"email": "spam@EXAMPLE.org"})).await.expect(201);
        assert_eq!((&blocked["email"], &blocked["emailOk"]), (&Value::Null, &json!(false)));

        let raw = json!({"email": "spam@example.org", "countryCode": "GB", "zip": "m11ae", "saveOptions": {"saveSteps": false}});
        let raw = test.post("/api/customers", raw).await.expect(201);
        assert_eq!((&raw["email"], &raw["zip"], &raw["emailOk"]), (&json!("spam@example.org"), &json!("m11ae"), &Value::Null));

        set(test, json!({"steps": [{"step": "normalize_zip", "enabled": false, "options": {"countries": ["GB"]}}]})).await;
        let left = test.post("/api/customers", json!({"countryCode": "GB", "zip": "m11ae", "email": "<a@b.co>"})).await.expect(201);
        assert_eq!((&left["zip"], &left["email"]), (&json!("m11ae"), &json!("<a@b.co>")));
    })
    .await;
}

#[tokio::test]
async fn one_of_the_required_combinations_must_be_filled_by_whoever_is_published() {
    on_each_store(async |test| {
        set(test, json!({"requiredFields": [["email"], ["firstname", "lastname"]]})).await;
        let refused = test.post("/api/customers", json!({"firstname": "Ada"})).await.expect(422);
        let paths: Vec<&Value> = refused["problems"].as_array().unwrap().iter().map(|problem| &problem["path"]).collect();
        assert_eq!(paths, ["/email", "/lastname"]);
        assert_eq!(refused["problems"][0]["code"], "required");
        test.post("/api/customers", json!({"email": "ada@example.org"})).await.expect(201);
        test.post("/api/customers", json!({"firstname": "0", "lastname": "Byron"})).await.expect(201);
        test.post("/api/customers", json!({"firstname": "Ada", "saveOptions": {"validator": false}})).await.expect(201);

        let draft = test.post("/api/customers", json!({"firstname": "Ada", "published": false})).await.expect(201);
        let path = format!("/api/customers/{}", draft["id"]);
        test.patch(&path, json!({"published": true})).await.expect(422);
        test.patch(&path, json!({"published": true, "lastname": "Byron"})).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn the_same_person_twice_is_refused() {
    on_each_store(async |test| {
        test.post("/api/fields", json!({"name": "club", "kind": "text"})).await.expect(201);
        let combinations = json!([["firstname", "lastname", "zip"], ["lastname", "club"]]);
        set(test, json!({"duplicateCheck": {"enabled": true, "combinations": combinations}})).await;
        let body = json!({"firstname": "Ada", "lastname": "Byron", "zip": "1010", "fields": {"club": "Royal"}});
        let ada = test.post("/api/customers", body).await.expect(201);
        let refused = test.post("/api/customers", json!({"firstname": " ADA ", "lastname": "BYRON", "zip": "1010"})).await.expect(409);
        assert_eq!((&refused["code"], &refused["existingId"]), (&json!("duplicate_customer"), &ada["id"]));
        let paths: Vec<&Value> = refused["problems"].as_array().unwrap().iter().map(|problem| &problem["path"]).collect();
        assert_eq!(paths, ["/firstname", "/lastname", "/zip"]);
        let refused = test.post("/api/customers", json!({"lastname": "byron", "fields": {"club": "ROYAL"}})).await.expect(409);
        assert_eq!(refused["problems"][1]["path"], "/fields/club");

        test.post("/api/customers", json!({"firstname": "Ada", "lastname": "Byron"})).await.expect(201);
        let twin = json!({"firstname": "Ada", "lastname": "Byron", "zip": "1010"});
        let with = |key: &str, value: Value| {
            let mut body = twin.clone();
            body[key] = value;
            body
        };
        test.post("/api/customers", with("active", json!(false))).await.expect(201);
        test.post("/api/customers", with("published", json!(false))).await.expect(201);
        test.post("/api/customers", with("saveOptions", json!({"duplicateCheck": false}))).await.expect(201);

        let path = format!("/api/customers/{}", ada["id"]);
        let own = test.patch(&path, json!({"city": "London", "saveOptions": {"duplicateCheck": false}})).await.expect(200);
        assert_eq!(own["city"], "London");
    })
    .await;
}

#[tokio::test]
async fn a_batch_finds_the_same_person_in_itself() {
    use server::customers::{self, Draft, SaveOptions};
    on_each_store(async |test| {
        let combinations = json!([["firstname", "lastname"]]);
        set(test, json!({"duplicateCheck": {"enabled": true, "combinations": combinations}})).await;
        let values = [
            json!({"firstname": "Ada", "lastname": "Byron", "externalIds": {"shop": "1"}}),
            json!({"firstname": "ada", "lastname": "byron", "externalIds": {"shop": "2"}}),
            json!({"firstname": "Ida", "externalIds": {"shop": "2"}}),
            json!({"firstname": "Ada", "externalIds": {"shop": "1"}, "city": "London"}),
        ];
        let drafts = move || values.iter().map(|values| Draft::new(values.as_object().unwrap().clone())).collect();
        let saved = test.write(move |work| customers::save_many(work, drafts(), SaveOptions::default())).await.unwrap();
        assert!(saved[0].as_ref().unwrap().created);
        assert_eq!(saved[1].as_ref().unwrap_err()[0].code, "duplicate_customer");
        assert!(saved[2].as_ref().unwrap().created, "the refused one left nothing behind");
        assert_eq!(saved[3].as_ref().unwrap().id, saved[0].as_ref().unwrap().id);
    })
    .await;
}
