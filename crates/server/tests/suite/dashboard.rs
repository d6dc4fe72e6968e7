//! The dashboard: figures of a range next to those of the range before.

use serde_json::json;
use testkit::on_each_store;

#[tokio::test]
async fn figures_are_counted_by_local_day_and_compared_with_the_days_before() {
    on_each_store(async |test| {
        let ada = test.post("/api/customers", json!({"email": "ada@example.org"})).await.expect(201)["id"].clone();
        test.clock.advance_days(10);
        test.post("/api/customers", json!({"email": "bob@example.org", "active": false})).await.expect(201);
        let order = |at: &str| json!({"customer": {"id": ada}, "type": "order", "occurredAt": at});
        let visit = |at: &str| json!({"customer": {"id": ada}, "type": "visit", "occurredAt": at});
        let activities = json!({"activities": [
            order("2026-03-12T00:00:00Z"), order("2026-03-12T11:00:00Z"), visit("2026-03-06T00:00:00Z"), order("2026-03-05T23:59:59Z"),
            order("2026-02-27T00:00:00Z"), order("2026-02-26T23:59:59Z"), visit("2026-03-11T12:00:00Z")]});
        test.post("/api/activities", activities).await.expect(200);

        let shown = test.get("/api/dashboard?days=7").await.expect(200);
        assert_eq!(shown["customers"], json!({"total": 2, "active": 1, "new": 1, "newBefore": 1}));
        let figures = &shown["activities"];
        assert_eq!((&figures["total"], &figures["inRange"], &figures["inRangeBefore"]), (&json!(7), &json!(4), &json!(2)));
        let days = figures["byDay"].as_array().unwrap();
        assert_eq!(
            (days.len(), &days[0], &days[1]),
            (7, &json!({"day": "2026-03-06", "count": 1}), &json!({"day": "2026-03-07", "count": 0}))
        );
        assert_eq!(days[6], json!({"day": "2026-03-12", "count": 2}));
        assert_eq!(figures["byType"], json!([{"type": "order", "count": 2}, {"type": "visit", "count": 2}]));
        assert_eq!(test.get("/api/dashboard?days=0").await.expect(422)["problems"][0]["path"], "/days");
    })
    .await;
}

#[tokio::test]
async fn segments_rules_mail_and_jobs_have_their_figures() {
    on_each_store(async |test| {
        let ada = test.post("/api/customers", json!({"email": "ada@example.org"})).await.expect(201)["id"].clone();
        test.post("/api/activity-types", json!({"name": "order"})).await.expect(201);
        let group = test.post("/api/segment-groups", json!({"name": "Value"})).await.expect(201);
        let regular = test.post("/api/segments", json!({"groupId": group["id"], "name": "Regular"})).await.expect(201)["id"].clone();
        let thanks = test.post("/api/templates", json!({"name": "Thanks", "subject": "S", "text": "T"})).await.expect(201)["id"].clone();
        let rule = json!({"name": "Second", "active": true, "triggers": [{"type": "new_activity", "activityType": "order"}],
            "condition": {"fact": "activity", "type": "order", "op": "gte", "value": 2}, "actions": [
            {"type": "add_segment", "segmentId": regular}, {"type": "send_mail", "templateId": thanks}, {"type": "send_mail", "templateId": thanks, "delay": "1d"}]});
        let rule = test.post("/api/rules", rule).await.expect(201)["id"].clone();
        for _ in 0..2 {
            test.post("/api/activities", json!({"customer": {"id": ada}, "type": "order"})).await.expect(201);
        }
        test.run_due().await;
        test.post(&format!("/api/segments/{regular}/members"), json!({"remove": [ada]})).await.expect(200);

        let shown = test.get("/api/dashboard").await.expect(200);
        assert_eq!(shown["segments"], json!([{"id": regular, "name": "Regular", "groupName": "Value", "size": 0, "entered": 1, "left": 1}]));
        assert_eq!(shown["rules"], json!([{"id": rule, "name": "Second", "active": true, "fired": 1, "notFired": 1}]));
        assert_eq!(shown["mail"], json!({"queued": 0, "sent": 1, "failed": 0, "withheld": 0}));
        assert_eq!(shown["jobs"], json!({"queued": 0, "running": 0, "dead": 0}), "what a rule has planned is no job yet");
    })
    .await;
}
