//! Identities: what customers are known by, and by one customer only.

use serde_json::{Value, json};
use server::customers;
use server::identities;
use testkit::{TestApp, on_each_store};

async fn customer(test: &TestApp, body: Value) -> i64 {
    test.post("/api/customers", body).await.expect(201)["id"].as_i64().unwrap()
}

async fn known_by(test: &TestApp, kind: &str, value: &str) -> Option<i64> {
    let answer = test.post("/api/customers/lookup", json!({"identities": [{"kind": kind, "value": value}]})).await.expect(200);
    answer["items"][0]["customerId"].as_i64()
}

#[tokio::test]
async fn customers_are_found_by_whatever_they_are_known_by() {
    on_each_store(async |test| {
        let ada =
            customer(test, json!({"email": "Ädä@Example.org", "phone": "0043 660 12-34", "externalIds": {"shop": "A-17", "crm": 4}})).await;
        let token = test.get(&format!("/api/customers/{ada}")).await.expect(200)["token"].as_str().unwrap().to_owned();
        for (kind, value) in [
            ("email", " ÄDÄ@EXAMPLE.ORG "),
            ("email", "a\u{308}da\u{308}@example.org"),
            ("phone", "+43 (660) 1234"),
            ("external:shop", "a-17"),
            ("external:crm", "4"),
            ("token", &token),
        ] {
            assert_eq!(known_by(test, kind, value).await, Some(ada), "{kind} {value}");
        }
        assert_eq!(known_by(test, "external:shop", "4").await, None);
        let many = json!({"identities": [{"kind": "email", "value": "x@y.z"}, {"kind": "external:crm", "value": "4"}]});
        let answer = test.post("/api/customers/lookup", many).await.expect(200);
        assert_eq!(
            answer["items"],
            json!([
            {"kind": "email", "value": "x@y.z", "customerId": null},
            {"kind": "external:crm", "value": "4", "customerId": ada}])
        );
        let refused = test.post("/api/customers/lookup", json!({"identities": [{"kind": "shoe", "value": "1"}]})).await.expect(422);
        assert_eq!(refused["problems"][0]["path"], "/identities/0/kind");
    })
    .await;
}

#[tokio::test]
async fn identities_follow_the_profile() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "ada@example.org", "externalIds": {"shop": "17"}})).await;
        let path = format!("/api/customers/{ada}");
        test.patch(&path, json!({"email": "augusta@example.org", "externalIds": {"shop": "18"}})).await.expect(200);
        assert_eq!(known_by(test, "email", "ada@example.org").await, None);
        assert_eq!(known_by(test, "external:shop", "17").await, None);
        assert_eq!(known_by(test, "email", "augusta@example.org").await, Some(ada));
        let respelled = test.patch(&path, json!({"email": "Augusta@example.org"})).await.expect(200);
        assert_eq!(respelled["identities"][0], json!({"kind": "email", "value": "augusta@example.org", "spelled": "Augusta@example.org"}));
        test.patch(&path, json!({"email": null, "externalIds": null})).await.expect(200);
        assert_eq!(test.get(&path).await.expect(200)["identities"], json!([]));
        test.delete(&path).await.expect(204);
        customer(test, json!({"email": "augusta@example.org"})).await;
    })
    .await;
}

#[tokio::test]
async fn a_customer_may_be_known_by_more_than_stands_in_his_profile() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let other = customer(test, json!({"email": "other@example.org"})).await;
        let path = format!("/api/customers/{ada}");
        let put = async |kind: &str, value: &str| test.put(&format!("{path}/identities/{kind}"), json!({"value": value})).await;
        put("email", "Countess@example.org").await.expect(200);
        let shown = put("external:shop", "17").await.expect(200);
        assert_eq!((&shown["externalIds"], &shown["version"]), (&json!({"shop": "17"}), &json!(3)));
        assert_eq!(put("external:shop", "17").await.expect(200)["version"], 3, "he is known by it already");
        let taken = put("email", "OTHER@example.org").await.expect(409);
        assert_eq!((&taken["code"], &taken["existingId"]), (&json!("duplicate_email"), &json!(other)));
        put("shoe", "41").await.expect(422);
        put("token", "x").await.expect(422);
        put("email", "nonsense").await.expect(422);
        let found = test.get("/api/customers?q=countess").await.expect(200);
        assert_eq!(found["items"][0]["id"], json!(ada));

        let in_profile = test.delete(&format!("{path}/identities/email/ada@example.org")).await.expect(409);
        assert_eq!(in_profile["code"], "identity_in_profile");
        test.delete(&format!("{path}/identities/email/countess@EXAMPLE.org")).await.expect(204);
        test.delete(&format!("{path}/identities/email/countess@example.org")).await.expect(404);
        assert_eq!(known_by(test, "email", "countess@example.org").await, None);
        let versions = test.get(&format!("{path}/versions")).await.expect(200);
        assert_eq!(versions["items"][0]["changes"], json!({"/identities/email": ["Countess@example.org", null]}));
    })
    .await;
}

#[tokio::test]
async fn a_household_may_share_a_phone_but_not_an_address() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "ada@example.org", "phone": "01 234"})).await;
        let ralph = customer(test, json!({"email": "ralph@example.org", "phone": "01 234"})).await;
        assert_eq!(known_by(test, "phone", "01234").await, Some(ada));
        let refused = test.patch(&format!("/api/customers/{ralph}"), json!({"email": "ADA@example.org"})).await.expect(409);
        assert_eq!((&refused["code"], &refused["existingId"]), (&json!("duplicate_email"), &json!(ada)));
        let refused = test.post("/api/customers", json!({"externalIds": {"shop": "1"}, "email": "ada@example.org"})).await.expect(409);
        assert_eq!(refused["problems"][0]["path"], "/email");
        test.patch(&format!("/api/customers/{ralph}"), json!({"phone": null})).await.expect(200);
        assert_eq!(known_by(test, "phone", "01234").await, Some(ada), "it never was his");
    })
    .await;
}

#[tokio::test]
async fn whoever_is_not_known_yet_is_made_once() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let wanted: Vec<Vec<(String, String)>> = [
            vec![("email", "ADA@example.org")],
            vec![("external:shop", "9")],
            vec![("email", "new@example.org"), ("external:shop", "9")],
            vec![("email", "nonsense")],
            vec![("token", "0123")],
        ]
        .map(|known_by| known_by.into_iter().map(|(kind, value)| (kind.to_owned(), value.to_owned())).collect())
        .into();
        let made = test.write(move |work| customers::create_known_by(work, &wanted)).await.unwrap();
        let ids: Vec<Option<i64>> = made.iter().map(|made| made.as_ref().ok().map(|id| id.0)).collect();
        assert_eq!(ids[0], Some(ada));
        assert!(ids[1].is_some() && ids[1] == ids[2]);
        assert_eq!((ids[3], ids[4]), (None, None));
        assert_eq!(known_by(test, "email", "new@example.org").await, ids[1]);
        let asked = vec![("email".to_owned(), "New@Example.org".to_owned()), ("email".to_owned(), "\0".to_owned())];
        let found = test.write(move |work| identities::find(work, &asked)).await.unwrap();
        assert_eq!(
            found.into_iter().collect::<Vec<_>>(),
            [(("email".to_owned(), "new@example.org".to_owned()), server::ids::CustomerId(ids[1].unwrap()))]
        );
    })
    .await;
}
