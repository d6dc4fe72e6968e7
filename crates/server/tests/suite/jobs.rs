//! Jobs: retried with growing pauses, put aside, retried by hand.

use reqwest::Method;
use serde_json::{Value, json};
use server::ids::{ImportId, JobId};
use server::jobs::{self, Job, Wish, enqueue};
use server::mailer::MailError;
use testkit::{TestApp, on_each_store};

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

/// Jobs that were tried as often as jobs are, and put aside.
async fn dead(test: &TestApp, jobs: &[(Job, Option<&str>)]) -> Vec<JobId> {
    let mut dead = Vec::new();
    for (job, key) in jobs.iter().cloned() {
        let key = key.map(str::to_owned);
        let id = test.write(move |work| {
            let id = enqueue(work, &job, Wish { unique_key: key.clone(), ..Wish::default() })?.unwrap();
            jobs::claim(work, 1)?;
            jobs::fail(work, id, 8, "it went wrong")?;
            Ok(id)
        });
        dead.push(id.await.unwrap());
    }
    dead
}

async fn state(test: &TestApp, job: JobId) -> Value {
    test.get(&format!("/api/jobs/{job}")).await.expect(200)["state"].clone()
}

#[tokio::test]
async fn all_dead_jobs_of_a_kind_are_retried_at_once_and_counted() {
    on_each_store(async |test| {
        let import = |id: i64| (Job::Import { import: ImportId(id) }, None);
        let ids = dead(test, &[import(1), (Job::MeasureSegments, None), import(2)]).await;
        assert_eq!(test.get("/api/jobs/counts?state=dead").await.expect(200), json!({"import": 2, "measure_segments": 1}));
        let retry = json!({"state": "dead", "kind": "import"});
        assert_eq!(test.post("/api/jobs/retry", retry.clone()).await.expect(200), json!({"retried": 2}));
        assert_eq!(test.post("/api/jobs/retry", retry).await.expect(200), json!({"retried": 0}));
        let again = test.get(&format!("/api/jobs/{}", ids[0])).await.expect(200);
        assert_eq!((&again["state"], &again["attempts"], &again["finishedAt"]), (&json!("queued"), &json!(0), &Value::Null));
        assert_eq!(state(test, ids[1]).await, "dead");
        assert_eq!(test.post("/api/jobs/retry", json!({"state": "dead"})).await.expect(200), json!({"retried": 1}));
        test.run_due().await;
        assert_eq!(test.get("/api/jobs/counts?state=dead").await.expect(200), json!({}));

        let entry = test.get("/api/audit?entityType=job&action=retry&limit=1").await.expect(200)["items"][0].clone();
        assert_eq!((&entry["entityId"], &entry["changes"]), (&Value::Null, &json!({"state": "dead", "kind": null, "count": 1})));
    })
    .await;
}

#[tokio::test]
async fn only_who_may_change_jobs_retries_them_and_only_what_has_ended_badly() {
    on_each_store(async |test| {
        let ids = dead(test, &[(Job::MeasureSegments, None)]).await;
        let reader = test.new_key(&["jobs:read"]).await;
        let all = json!({"state": "dead"});
        test.send(Method::POST, "/api/jobs/retry", Some(all), Some(&reader), &[]).await.expect(403);
        let outsider = test.new_key(&["customers:read"]).await;
        test.send(Method::GET, "/api/jobs/counts?state=dead", None, Some(&outsider), &[]).await.expect(403);
        for wrong in [json!({}), json!({"state": "running"}), json!({"state": "dead", "kinds": []})] {
            test.post("/api/jobs/retry", wrong).await.expect(422);
        }
        assert_eq!(state(test, ids[0]).await, "dead");
    })
    .await;
}

#[tokio::test]
async fn of_several_dead_jobs_with_one_key_one_runs_again() {
    on_each_store(async |test| {
        let keyed = || (Job::MeasureSegments, Some("measure"));
        let ids = dead(test, &[keyed(), keyed(), (Job::MeasureSegments, Some("other"))]).await;
        assert_eq!(test.post("/api/jobs/retry", json!({"state": "dead"})).await.expect(200), json!({"retried": 2}));
        let older = test.get(&format!("/api/jobs/{}", ids[0])).await.expect(200);
        assert_eq!((&older["state"], &older["result"]), (&json!("done"), &json!({"superseded": true})), "the newer one does the same");
        assert_eq!(state(test, ids[1]).await, "queued");
        let wish = || Wish { unique_key: Some("measure".to_owned()), ..Wish::default() };
        assert!(test.write(move |work| enqueue(work, &Job::MeasureSegments, wish())).await.unwrap().is_none(), "it has its key again");
        assert_eq!(test.post("/api/jobs/retry", json!({"state": "dead"})).await.expect(200), json!({"retried": 0}));
    })
    .await;
}

#[tokio::test]
async fn what_another_job_is_at_is_not_retried() {
    on_each_store(async |test| {
        let ids = dead(test, &[(Job::MeasureSegments, Some("measure"))]).await;
        let wish = || Wish { unique_key: Some("measure".to_owned()), ..Wish::default() };
        let newer = test.write(move |work| enqueue(work, &Job::MeasureSegments, wish())).await.unwrap();
        assert!(newer.is_some(), "the key of a dead job is free");
        let retry = format!("/api/jobs/{}/retry", ids[0]);
        assert_eq!(test.post(&retry, json!({})).await.expect(409)["code"], "job_under_way");
        test.run_due().await;
        test.post(&retry, json!({})).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn what_was_cancelled_under_a_workers_hands_waits_until_he_must_have_noticed() {
    on_each_store(async |test| {
        let job = test.write(|work| enqueue(work, &Job::MeasureSegments, Wish::default())).await.unwrap().unwrap();
        let taken = test.write(|work| jobs::claim(work, 1)).await.unwrap();
        assert_eq!(taken.len(), 1);
        for _ in 0..2 {
            test.post(&format!("/api/jobs/{job}/cancel"), json!({})).await.expect(200);
            test.post(&format!("/api/jobs/{job}/retry"), json!({})).await.expect(200);
        }
        let goes_on = test.write(move |work| jobs::progress(work, job, 1, None, &Job::MeasureSegments)).await.unwrap();
        assert!(!goes_on, "the first worker is to stop");
        assert!(test.write(|work| jobs::claim(work, 1)).await.unwrap().is_empty());
        test.clock.advance_minutes(1);
        assert_eq!(test.write(|work| jobs::claim(work, 1)).await.unwrap().len(), 1);
    })
    .await;
}
