//! Settings: their defaults, their changes, and what is refused.

use serde_json::{Value, json};
use testkit::on_each_store;

#[tokio::test]
async fn settings_change_by_merge_patch_and_go_back_to_their_defaults() {
    on_each_store(async |test| {
        let before = test.get("/api/settings").await;
        assert_eq!(before.etag(), "\"0\"");
        let before = before.expect(200);
        assert_eq!((&before["timeZone"], &before["blockedAddresses"]), (&json!("UTC"), &json!([])));
        let steps: Vec<&str> =
            before["savePipeline"]["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect();
        assert_eq!(
            steps,
            ["clean_email", "normalize_zip", "salutation_to_gender", "remove_blocked_email", "copy_fields", "mark_email_validity"]
        );

        let changed =
            test.patch("/api/settings", json!({"timeZone": "Europe/Vienna", "savePipeline": {"requiredFields": [["email"]]}})).await;
        assert_eq!(changed.etag(), "\"1\"");
        let changed = changed.expect(200);
        assert_eq!(changed["timeZone"], json!("Europe/Vienna"));
        assert_eq!(changed["savePipeline"]["requiredFields"], json!([["email"]]));
        assert_eq!(changed["savePipeline"]["steps"], before["savePipeline"]["steps"]);
        assert_eq!(test.get("/api/settings").await.expect(200), changed);

        let back = test.patch("/api/settings", json!({"timeZone": null, "savePipeline": null})).await.expect(200);
        assert_eq!(back, before);
    })
    .await;
}

#[tokio::test]
async fn of_two_changes_to_the_same_settings_one_is_refused() {
    on_each_store(async |test| {
        let headers = [("if-match", "\"0\"")];
        let change = async |address: &str| {
            let patch = json!({"blockedAddresses": [address]});
            test.send(reqwest::Method::PATCH, "/api/settings", Some(patch), Some(&test.key), &headers).await.status.as_u16()
        };
        let (one, two, three) = tokio::join!(change("a@b.co"), change("b@b.co"), change("c@b.co"));
        let mut statuses = [one, two, three];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412, 412]);
    })
    .await;
}

#[tokio::test]
async fn a_setting_that_means_nothing_is_refused_with_its_path() {
    on_each_store(async |test| {
        let check = async |patch: Value, paths: &[&str]| {
            let refused = test.patch("/api/settings", patch.clone()).await.expect(422);
            let found: Vec<&str> =
                refused["problems"].as_array().unwrap().iter().map(|problem| problem["path"].as_str().unwrap()).collect();
            assert_eq!(found, paths, "{patch}");
        };
        check(json!({"colour": "red"}), &["/colour"]).await;
        check(json!({"timeZone": "Mars/Base"}), &["/timeZone"]).await;
        check(json!({"timeZone": 7}), &["/timeZone"]).await;
        check(json!({"blockedAddresses": "a@b.co"}), &["/blockedAddresses"]).await;
        check(
            json!({"savePipeline": {"requiredFields": [["email", "shoeSize"], []]}}),
            &["/savePipeline/requiredFields/0/1", "/savePipeline/requiredFields/1"],
        )
        .await;
        check(
            json!({"savePipeline": {"duplicateCheck": {"combinations": [["active"]]}}}),
            &["/savePipeline/duplicateCheck/combinations/0/0"],
        )
        .await;
        let steps = json!([{"step": "normalize_zip", "options": {"countries": ["AT", "FR"]}},
            {"step": "copy_fields", "options": {"rules": [{"from": "email", "to": "token"}]}}]);
        check(
            json!({"savePipeline": {"steps": steps}}),
            &["/savePipeline/steps/0/options/countries/1", "/savePipeline/steps/1/options/rules/0/to"],
        )
        .await;
        check(json!({"savePipeline": {"steps": [{"step": "dance"}]}}), &["/savePipeline/steps/0"]).await;
        check(json!({"savePipeline": {"steps": [{"step": "clean_email", "options": {"hard": true}}]}}), &["/savePipeline/steps/0"]).await;
        check(json!({"savePipeline": {"steps": [{"step": "clean_email", "order": 1}]}}), &["/savePipeline/steps/0/order"]).await;
        assert_eq!(test.get("/api/settings").await.etag(), "\"0\"");
    })
    .await;
}

#[tokio::test]
async fn who_may_only_read_settings_does_not_change_them() {
    on_each_store(async |test| {
        let key = test.new_key(&["settings:read"]).await;
        let send = async |method, body| test.send(method, "/api/settings", body, Some(&key), &[]).await;
        send(reqwest::Method::GET, None).await.expect(200);
        send(reqwest::Method::PATCH, Some(json!({"timeZone": "Asia/Tokyo"}))).await.expect(403);
    })
    .await;
}
