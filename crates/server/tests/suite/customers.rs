//! Customers: made, changed, found, deleted.

use serde_json::{Value, json};
use testkit::on_each_store;

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
