//! Customers: made, changed, found, deleted.

use reqwest::Method;
use serde_json::{Value, json};
use server::customers::{self, Draft, SaveOptions};
use testkit::{TestApp, on_each_store};

async fn customer(test: &TestApp, body: Value) -> i64 {
    test.post("/api/customers", body).await.expect(201)["id"].as_i64().unwrap()
}

#[tokio::test]
async fn a_customer_is_made_read_changed_and_deleted() {
    on_each_store(async |test| {
        let body = json!({"email": "Ada@Example.org", "firstname": "Ada", "lastname": "Byron", "countryCode": "at", "zip": "A-1010",
            "salutation": "mrs", "externalIds": {"shop": "17"}});
        let made = test.post("/api/customers", body).await;
        assert_eq!(made.etag(), "\"1\"");
        let ada = made.expect(201);
        let path = format!("/api/customers/{}", ada["id"]);
        assert_eq!(ada["token"].as_str().unwrap().len(), 32);
        assert_eq!(
            (&ada["countryCode"], &ada["zip"], &ada["gender"], &ada["emailOk"]),
            (&json!("AT"), &json!("1010"), &json!("female"), &json!(true))
        );
        assert_eq!((&ada["active"], &ada["published"], &ada["profilingConsent"]), (&json!(true), &json!(true), &json!(false)));
        assert_eq!(
            ada["identities"],
            json!([
            {"kind": "email", "value": "ada@example.org", "spelled": "Ada@Example.org"},
            {"kind": "external:shop", "value": "17", "spelled": "17"}])
        );

        test.clock.advance_minutes(5);
        let changed = test.patch(&path, json!({"firstname": "Augusta", "zip": null, "externalIds": {"crm": "c-4"}})).await;
        assert_eq!(changed.etag(), "\"2\"");
        let changed = changed.expect(200);
        assert_eq!(changed["externalIds"], json!({"crm": "c-4", "shop": "17"}));
        assert_eq!(
            (&changed["zip"], &changed["createdAt"], &changed["updatedAt"]),
            (&Value::Null, &json!("2026-03-02T12:00:00Z"), &json!("2026-03-02T12:05:00Z"))
        );

        test.delete(&path).await.expect(204);
        test.get(&path).await.expect(404);
        test.delete(&path).await.expect(404);
        let gone = test.get("/api/deletions?entityType=customers").await.expect(200);
        assert_eq!((&gone["items"][0]["entityId"], &gone["items"][0]["deletedAt"]), (&ada["id"], &json!("2026-03-02T12:05:00Z")));
        test.post("/api/customers", json!({"email": "ada@example.org"})).await.expect(201);
    })
    .await;
}

#[tokio::test]
async fn of_two_changes_to_the_same_version_one_is_refused() {
    on_each_store(async |test| {
        let path = format!("/api/customers/{}", customer(test, json!({"firstname": "Ada"})).await);
        let change = async |name: &str| {
            let headers = [("if-match", "\"1\"")];
            test.send(Method::PATCH, &path, Some(json!({"firstname": name})), Some(&test.key), &headers).await.status.as_u16()
        };
        let (one, two, three) = tokio::join!(change("Augusta"), change("Ida"), change("Eda"));
        let mut statuses = [one, two, three];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412, 412]);
        assert_eq!(test.get(&path).await.etag(), "\"2\"");
        let unread = test.send(Method::PATCH, &path, Some(json!({"firstname": "x"})), Some(&test.key), &[("if-match", "\"soon\"")]).await;
        assert_eq!(unread.expect(412)["code"], "changed");
        test.patch("/api/customers/999999", json!({"firstname": "x"})).await.expect(404);
        test.patch("/api/customers/first", json!({"firstname": "x"})).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn versions_tell_what_changed_and_who_did_it() {
    on_each_store(async |test| {
        test.post("/api/fields", json!({"name": "tier", "kind": "text"})).await.expect(201);
        let path = format!("/api/customers/{}", customer(test, json!({"firstname": "Ada", "fields": {"tier": "gold"}})).await);
        test.clock.advance_minutes(1);
        test.patch(&path, json!({"firstname": "Augusta", "fields": {"tier": null}, "externalIds": {"shop": "17"}})).await.expect(200);
        let same = test.patch(&path, json!({"firstname": " Augusta ", "fields": {}})).await;
        assert_eq!(same.etag(), "\"2\"", "nothing changed, so there is no new version");
        test.clock.advance_minutes(1);
        test.patch(&path, json!({"active": false})).await.expect(200);
        let versions = test.get(&format!("{path}/versions")).await.expect(200);
        let shown: Vec<(i64, &str, Value)> = versions["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| (item["version"].as_i64().unwrap(), item["actor"]["name"].as_str().unwrap(), item["changes"].clone()))
            .collect();
        assert_eq!(
            shown,
            [
                (3, "test", json!({"/active": [true, false]})),
                (2, "test", json!({"/firstname": ["Ada", "Augusta"], "/fields/tier": ["gold", null], "/externalIds/shop": [null, "17"]})),
                (1, "test", json!({})),
            ]
        );
        let first = test.get(&format!("{path}/versions?limit=2")).await.expect(200);
        let rest = test.get(&format!("{path}/versions?limit=2&cursor={}", first["nextCursor"].as_str().unwrap())).await.expect(200);
        assert_eq!((&rest["items"][0]["version"], &rest["nextCursor"]), (&json!(1), &Value::Null));
        test.get("/api/customers/999999/versions").await.expect(404);
        let entries = test.get("/api/audit?entityType=customer").await.expect(200);
        assert_eq!(entries["items"][0]["action"], "update");
    })
    .await;
}

#[tokio::test]
async fn notes_are_written_read_and_taken_away() {
    on_each_store(async |test| {
        let path = format!("/api/customers/{}/notes", customer(test, json!({"firstname": "Ada"})).await);
        let first = test.post(&path, json!({"title": "Called", "text": "Likes\nmachines"})).await.expect(201);
        test.post(&path, json!({"title": "Wrote"})).await.expect(201);
        test.post(&path, json!({"title": " "})).await.expect(422);
        test.post(&path, json!({"title": "x".repeat(191), "text": "x".repeat(10_001)})).await.expect(422);
        let notes = test.get(&path).await.expect(200);
        let titles: Vec<&Value> = notes["items"].as_array().unwrap().iter().map(|note| &note["title"]).collect();
        assert_eq!(titles, ["Wrote", "Called"]);
        test.delete(&format!("{path}/{}", first["id"])).await.expect(204);
        test.delete(&format!("{path}/{}", first["id"])).await.expect(404);
        test.post("/api/customers/999999/notes", json!({"title": "Nobody"})).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once_with_its_path() {
    on_each_store(async |test| {
        let body = json!({"email": 5, "firstname": "x".repeat(256), "lastname": "x".repeat(10_000), "birthDate": "2023-02-29",
            "timeZone": "Mars/Base", "countryCode": "Austria", "shoeSize": 41, "id": 7, "city": "two\nlines", "active": "yes",
            "fields": {"no/pe": 1}, "externalIds": {"a b": "1", "shop": "x".repeat(191)}, "phone": null});
        let refused = test.post("/api/customers", body).await.expect(422);
        let problems = refused["problems"].as_array().unwrap();
        let mut found: Vec<(&str, &str)> =
            problems.iter().map(|problem| (problem["path"].as_str().unwrap(), problem["code"].as_str().unwrap())).collect();
        found.sort_unstable();
        assert_eq!(
            found,
            [
                ("/active", "wrong_type"),
                ("/birthDate", "invalid"),
                ("/city", "invalid"),
                ("/countryCode", "invalid"),
                ("/email", "wrong_type"),
                ("/externalIds/a b", "invalid"),
                ("/externalIds/shop", "too_long"),
                ("/fields/no~1pe", "unknown_field"),
                ("/firstname", "too_long"),
                ("/id", "read_only"),
                ("/lastname", "too_long"),
                ("/shoeSize", "unknown_field"),
                ("/timeZone", "unknown_time_zone"),
            ]
        );
        assert_eq!(test.get("/api/customers?count=true").await.expect(200)["total"], 0);
        test.post("/api/customers", json!({"email": "no address"})).await.expect(422);
        test.post("/api/customers", json!([1])).await.expect(422);
        test.post("/api/customers", json!({"saveOptions": {"fast": true}})).await.expect(422);
    })
    .await;
}

#[tokio::test]
async fn nul_never_reaches_the_database() {
    on_each_store(async |test| {
        let path = format!("/api/customers/{}", customer(test, json!({"email": "ada@example.org"})).await);
        assert_eq!(test.post("/api/customers", json!({"firstname": "A\0da"})).await.expect(422)["problems"][0]["code"], "nul");
        assert_eq!(test.get("/api/customers?q=%00").await.expect(422)["problems"][0]["code"], "nul");
        test.delete(&format!("{path}/identities/email/a%00b")).await.expect(404);
        test.put(&format!("{path}/identities/email%00"), json!({"value": "x@y.z"})).await.expect(404);
        let drafts = || vec![Draft::new(json!({"firstname": "A\0da"}).as_object().unwrap().clone())];
        let outcome = test.write(move |work| customers::save_many(work, drafts(), SaveOptions::default())).await.unwrap();
        assert_eq!(outcome[0].as_ref().unwrap_err()[0].code, "nul");
    })
    .await;
}

#[tokio::test]
async fn of_many_who_want_the_same_address_exactly_one_gets_it() {
    on_each_store(async |test| {
        let attempts = (0..24).map(|number| {
            let email = if number % 2 == 0 { "ada@example.org" } else { "ADA@Example.org" };
            test.post("/api/customers", json!({"email": email, "externalIds": {"shop": number.to_string()}}))
        });
        let answers = futures_util::future::join_all(attempts).await;
        let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
        assert_eq!(made.len(), 1);
        for answer in refused {
            let answer = answer.expect(409);
            assert_eq!((&answer["code"], &answer["existingId"]), (&json!("duplicate_email"), &made[0].body["id"]));
        }
        let all = test.get("/api/customers?count=true").await.expect(200);
        assert_eq!(all["total"], 1);
    })
    .await;
}

fn drafts(values: &[Value]) -> Vec<Draft> {
    values.iter().map(|values| Draft::new(values.as_object().unwrap().clone())).collect()
}

#[tokio::test]
async fn a_bulk_save_repeated_changes_nothing() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "ada@example.org", "firstname": "Ada"})).await;
        let values: Vec<Value> = (0..200)
            .map(|number| json!({"externalIds": {"shop": format!("c-{number}")}, "email": format!("c{number}@example.org"), "zip": number.to_string()}))
            .chain([
                json!({"email": "ADA@example.org", "lastname": "Byron"}),
                json!({"externalIds": {"shop": "c-7"}, "city": "Wien"}),
                json!({"externalIds": {"shop": "c-8"}, "email": "ada@example.org"}),
                json!({"externalIds": {"shop": "c-9"}, "birthDate": "soon"}),
            ])
            .collect();
        let save = async |values: Vec<Value>| {
            let save = test.write(move |work| customers::save_many(work, drafts(&values), SaveOptions::default()));
            save.await.unwrap()
        };
        let first = save(values.clone()).await;
        assert!(first[..200].iter().all(|saved| saved.as_ref().unwrap().created));
        assert_eq!(first[200].as_ref().unwrap().id.0, ada);
        assert_eq!(first[201].as_ref().unwrap().id, first[7].as_ref().unwrap().id);
        assert!(!first[201].as_ref().unwrap().created);
        assert_eq!(first[202].as_ref().unwrap_err()[0].code, "duplicate_email");
        assert_eq!(first[203].as_ref().unwrap_err()[0].path, "/birthDate");
        let seven = test.get(&format!("/api/customers/{}", first[7].as_ref().unwrap().id)).await.expect(200);
        assert_eq!((&seven["city"], &seven["zip"], &seven["version"]), (&json!("Wien"), &json!("7"), &json!(1)));
        let nine = test.get(&format!("/api/customers/{}", first[9].as_ref().unwrap().id)).await.expect(200);
        assert_eq!(nine["birthDate"], Value::Null);

        let second = save(values).await;
        for (one, other) in first.iter().zip(&second) {
            assert_eq!(one.as_ref().map(|saved| saved.id).ok(), other.as_ref().map(|saved| saved.id).ok());
            assert!(other.as_ref().map_or(true, |saved| !saved.created));
        }
        let all = test.get("/api/customers?count=true&limit=500").await.expect(200);
        assert_eq!(all["total"], 201);
        assert!(all["items"].as_array().unwrap().iter().all(|item| item["version"] == 1 || item["id"] == ada));
        let nobody = save(Vec::new()).await;
        assert!(nobody.is_empty());
    })
    .await;
}

#[tokio::test]
async fn imported_customers_keep_their_token_and_their_age() {
    on_each_store(async |test| {
        let token = "a1d0c6e83f027327d8461063f4ac58a6";
        let draft = || Draft {
            token: Some(token.to_owned()),
            created_at: server::time::Instant::parse("2020-01-01T00:00:00Z"),
            ..drafts(&[json!({"externalIds": {"old": "42"}})]).remove(0)
        };
        let saved = test.write(move |work| customers::save_many(work, vec![draft()], SaveOptions::default())).await.unwrap();
        let id = saved[0].as_ref().unwrap().id;
        let imported = test.get(&format!("/api/customers/{id}")).await.expect(200);
        assert_eq!((&imported["token"], &imported["createdAt"]), (&json!(token), &json!("2020-01-01T00:00:00Z")));
        let found = test.post("/api/customers/lookup", json!({"identities": [{"kind": "token", "value": token}]})).await.expect(200);
        assert_eq!(found["items"][0]["customerId"], json!(id));
        test.post("/api/customers", json!({"token": token})).await.expect(422);
    })
    .await;
}

#[tokio::test]
async fn bulk_saves_and_single_ones_race_without_harm() {
    on_each_store(async |test| {
        let bulk = |from: i64| {
            let values: Vec<Value> = (from..from + 60).map(|number| json!({"email": format!("c{number}@example.org")})).collect();
            test.write(move |work| customers::save_many(work, drafts(&values), SaveOptions::default()))
        };
        let (one, two, three) = tokio::join!(bulk(0), bulk(30), bulk(15));
        for saved in [one, two, three] {
            assert!(saved.unwrap().iter().all(Result::is_ok));
        }
        assert_eq!(test.get("/api/customers?count=true").await.expect(200)["total"], 90);
    })
    .await;
}
