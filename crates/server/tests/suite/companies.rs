//! Companies, and the customers who belong to them.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::on_each_store;

#[tokio::test]
async fn a_company_is_made_found_joined_and_removed() {
    on_each_store(async |test| {
        let made = test.post("/api/companies", json!({"name": " Rösterei Huber ", "vatId": "ATU12345678"})).await;
        assert_eq!(made.etag(), "\"1\"");
        let huber = made.expect(201);
        assert_eq!((&huber["name"], &huber["vatId"]), (&json!("Rösterei Huber"), &json!("ATU12345678")));
        let other = test.post("/api/companies", json!({"name": "Alpenkaffee"})).await.expect(201);
        let path = format!("/api/companies/{}", huber["id"]);

        let names = async |query: &str| -> Vec<Value> {
            let page = test.get(&format!("/api/companies?{query}")).await.expect(200);
            page["items"].as_array().unwrap().iter().map(|company| company["name"].clone()).collect()
        };
        assert_eq!(names("").await, [json!("Alpenkaffee"), json!("Rösterei Huber")]);
        assert_eq!(names("q=HUBER").await, [json!("Rösterei Huber")]);
        assert_eq!(names("q=u1234").await, [json!("Rösterei Huber")]);
        let first = test.get("/api/companies?limit=1&count=true").await.expect(200);
        assert_eq!(first["total"], 2);
        let rest = names(&format!("limit=1&cursor={}", first["nextCursor"].as_str().unwrap())).await;
        assert_eq!(rest, [json!("Rösterei Huber")]);

        let ada = test.post("/api/customers", json!({"firstname": "Ada", "companyId": huber["id"]})).await.expect(201);
        assert_eq!(ada["companyId"], huber["id"]);
        assert_eq!(test.delete(&path).await.expect(409)["code"], "in_use");
        let customer = format!("/api/customers/{}", ada["id"]);
        test.patch(&customer, json!({"companyId": other["id"]})).await.expect(200);
        let version = &test.get(&format!("{customer}/versions")).await.expect(200)["items"][0];
        assert_eq!(version["changes"]["/companyId"], json!([huber["id"], other["id"]]));
        test.delete(&path).await.expect(204);
        test.get(&path).await.expect(404);
        test.patch(&customer, json!({"companyId": null})).await.expect(200);
        assert_eq!(test.get(&customer).await.expect(200)["companyId"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_a_company_is_told() {
    on_each_store(async |test| {
        let refused = test.post("/api/companies", json!({"name": " ", "vatId": "x".repeat(256)})).await.expect(422);
        assert_eq!((&refused["problems"][0]["path"], &refused["problems"][1]["path"]), (&json!("/name"), &json!("/vatId")));
        test.post("/api/companies", json!({"name": "Huber", "size": 3})).await.expect(422);

        let huber = test.post("/api/companies", json!({"name": "Huber"})).await.expect(201);
        let path = format!("/api/companies/{}", huber["id"]);
        let change = async |tag: &str, name: &str| {
            test.send(Method::PATCH, &path, Some(json!({"name": name})), Some(&test.key), &[("if-match", tag)]).await.status.as_u16()
        };
        assert_eq!((change("\"1\"", "Huber & Co").await, change("\"1\"", "Lost").await), (200, 412));
        assert_eq!(test.get(&path).await.expect(200)["name"], "Huber & Co");

        for (company, code) in [(json!(999_999), "unknown"), (json!("Huber"), "wrong_type")] {
            let refused = test.post("/api/customers", json!({"firstname": "Ada", "companyId": company})).await.expect(422);
            assert_eq!((&refused["problems"][0]["path"], &refused["problems"][0]["code"]), (&json!("/companyId"), &json!(code)));
        }
    })
    .await;
}
