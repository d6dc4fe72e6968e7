//! Jobs: retried with growing pauses, put aside, retried by hand.

use serde_json::json;
use server::jobs::{Job, Wish, enqueue};
use server::mailer::MailError;
use testkit::on_each_store;

#[tokio::test]
async fn a_job_that_keeps_failing_is_put_aside_and_can_be_retried() {
    on_each_store(async |test| {
        let ada = test.post("/api/customers", json!({"email": "ada@example.org"})).await.expect(201)["id"].clone();
        test.post("/api/activity-types", json!({"name": "order"})).await.expect(201);
        let thanks = test.post("/api/templates", json!({"name": "Thanks", "subject": "S", "text": "T"})).await.expect(201)["id"].clone();
        let rule = json!({"name": "Thank", "active": true, "triggers": [{"type": "new_activity", "activityType": "order"}],
            "actions": [{"type": "send_mail", "templateId": thanks}]});
        test.post("/api/rules", rule).await.expect(201);
        test.run_due().await;
        test.app.mailer.refuse(Some(MailError::Passing("421 come back later".to_owned())));
        test.post("/api/activities", json!({"customer": {"id": ada}, "type": "order"})).await.expect(201);
        let id = test.get("/api/jobs?kind=send_message").await.expect(200)["items"][0]["id"].clone();
        assert_eq!(test.run_due().await, 1);
        assert_eq!(test.run_due().await, 0, "the pause is not over");
        for _ in 0..8 {
            test.clock.advance_minutes(200);
            test.run_due().await;
        }
        let dead = test.get(&format!("/api/jobs/{id}")).await.expect(200);
        assert_eq!((&dead["state"], &dead["attempts"]), (&json!("dead"), &json!(8)));
        assert!(dead["lastError"].is_string());
        let again = test.post(&format!("/api/jobs/{id}/retry"), json!({})).await.expect(200);
        assert_eq!((&again["state"], &again["attempts"]), (&json!("queued"), &json!(0)));
        test.post(&format!("/api/jobs/{id}/cancel"), json!({})).await.expect(200);
        let ended = test.post(&format!("/api/jobs/{id}/cancel"), json!({})).await;
        assert_eq!(ended.expect(409)["code"], "job_ended");
    })
    .await;
}

#[tokio::test]
async fn a_key_is_taken_once_until_its_job_has_ended() {
    on_each_store(async |test| {
        let wish = || Wish { unique_key: Some("prune".to_owned()), ..Wish::default() };
        let first = test.write(move |work| enqueue(work, &Job::Prune, wish())).await.unwrap();
        assert!(first.is_some());
        assert!(test.write(move |work| enqueue(work, &Job::Prune, wish())).await.unwrap().is_none());
        assert_eq!(test.run_due().await, 1);
        assert!(test.write(move |work| enqueue(work, &Job::Prune, wish())).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn a_job_whose_worker_died_is_taken_by_another() {
    on_each_store(async |test| {
        test.write(|work| enqueue(work, &Job::Prune, Wish::default())).await.unwrap();
        let taken = test.write(|work| server::jobs::claim(work, 5)).await.unwrap();
        assert_eq!(taken.len(), 1);
        assert_eq!(test.run_due().await, 0, "its lease has not run out");
        test.clock.advance_minutes(2);
        assert_eq!(test.run_due().await, 1);
    })
    .await;
}
