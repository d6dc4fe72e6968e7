//! What uses a segment, and what becomes of it when the segment goes.

use super::segments::{customer, group, members, order, segment};
use serde_json::{Value, json};
use testkit::{TestApp, on_each_store};

async fn rule(test: &TestApp, name: &str, condition: Value, segments: &[i64]) -> i64 {
    let actions: Vec<Value> = segments.iter().map(|id| json!({ "type": "add_segment", "segmentId": id })).collect();
    let triggers = json!([{ "type": "new_activity", "activityType": "order" }]);
    let body = json!({ "name": name, "active": true, "triggers": triggers, "condition": condition, "actions": actions });
    test.post("/api/rules", body).await.expect(201)["id"].as_i64().unwrap()
}

#[tokio::test]
async fn a_segment_goes_only_with_all_that_use_it() {
    on_each_store(async |test| {
        let ada = customer(test, "ada@example.org").await;
        order(test, ada, "2026-03-01T00:00:00Z", 1.0).await;
        let manual = group(test, false).await;
        let make = async |name: &str, target: bool| {
            let body = json!({ "groupId": manual, "name": name, "useAsTargetGroup": target });
            test.post("/api/segments", body).await.expect(201)["id"].as_i64().unwrap()
        };
        let (friends, others) = (make("Friends", true).await, make("Others", false).await);
        let computed = group(test, true).await;
        let friendly = segment(test, computed, "Friendly", json!({ "fact": "segment", "id": friends })).await;
        let friendlier = segment(test, computed, "Friendlier", json!({ "fact": "segment", "id": friendly })).await;
        let always = json!({ "all": [] });
        let adds = rule(test, "Adds", always.clone(), &[friends, others]).await;
        let only_adds = rule(test, "Only adds", always.clone(), &[friends]).await;
        let asks = rule(test, "Asks", json!({ "fact": "segment", "id": friends }), &[others]).await;
        let far = rule(test, "Far", json!({ "fact": "segment", "id": friendlier }), &[others]).await;

        let uses = test.get(&format!("/api/segments/{friends}/uses")).await.expect(200);
        let mut told: Vec<String> =
            uses["items"].as_array().unwrap().iter().map(|one| format!("{} {} {}", one["kind"], one["name"], one["via"])).collect();
        told.sort();
        let expected = [
            r#""rule" "Adds" "action""#,
            r#""rule" "Asks" "condition""#,
            r#""rule" "Only adds" "action""#,
            r#""segment" "Friendly" "condition""#,
            r#""target_group" "Friends" "link""#,
        ];
        assert_eq!(told, expected);
        let path = format!("/api/segments/{friends}");
        let refused = test.delete(&path).await.expect(409);
        assert_eq!((&refused["code"], refused["problems"].as_array().unwrap().len()), (&json!("in_use"), 5), "{refused}");
        test.delete(&format!("{path}?targetGroup=delete")).await.expect(409);
        test.get("/api/segments/99999/uses").await.expect(404);

        test.delete(&format!("{path}?cascade=true")).await.expect(204);
        for gone in [friends, friendly, friendlier] {
            test.get(&format!("/api/segments/{gone}")).await.expect(404);
        }
        let standing = async |rule: i64| {
            let rule = test.get(&format!("/api/rules/{rule}")).await.expect(200);
            (rule["active"].as_bool().unwrap(), rule["actions"].as_array().unwrap().len())
        };
        assert_eq!(standing(adds).await, (true, 1), "it goes on with what is left");
        assert_eq!(standing(only_adds).await, (false, 0));
        assert_eq!((standing(asks).await, standing(far).await), ((false, 1), (false, 1)), "what they ask for cannot be answered");
        order(test, ada, "2026-03-01T01:00:00Z", 1.0).await;
        assert_eq!(members(test, others).await, [ada].into());
        test.run_due().await;
        let rows: Vec<(i64, i64)> =
            test.write(|work| Ok(work.tx.all("select segment_id, count(*) from memberships group by segment_id", &[])?)).await.unwrap();
        assert_eq!(rows, [(others, 1)], "the rows of what is gone are gone");
        let targets: i64 = test.write(|work| Ok(work.tx.one("select count(*) from target_groups", &[])?)).await.unwrap();
        assert_eq!(targets, 0);
        test.delete(&format!("/api/rules/{asks}")).await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn a_target_group_may_outlive_its_segment() {
    on_each_store(async |test| {
        let group = group(test, false).await;
        let body = json!({ "groupId": group, "name": "Friends", "useAsTargetGroup": true });
        let friends = test.post("/api/segments", body).await.expect(201)["id"].clone();
        test.delete(&format!("/api/segments/{friends}")).await.expect(409);
        test.delete(&format!("/api/segments/{friends}?targetGroup=keep")).await.expect(204);
        let left: Vec<(String, Option<i64>)> =
            test.write(|work| Ok(work.tx.all("select name, segment_id from target_groups", &[])?)).await.unwrap();
        assert_eq!(left, [("Friends".to_owned(), None)]);
    })
    .await;
}
