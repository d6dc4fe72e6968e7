//! Groups and what segments say of themselves: kinds, moves, references, newsletter lists, target groups.

use super::segments::{customer, group, members, often, order, segment};
use serde_json::{Value, json};
use testkit::{TestApp, on_each_store};

async fn target_groups(test: &TestApp) -> Vec<(String, Option<i64>)> {
    test.write(|work| Ok(work.tx.all("select name, segment_id from target_groups order by id", &[])?)).await.unwrap()
}

#[tokio::test]
async fn a_group_that_stops_to_be_calculated_keeps_its_members() {
    on_each_store(async |test| {
        let (ada, bob) = (customer(test, "ada@example.org").await, customer(test, "bob@example.org").await);
        let own = group(test, true).await;
        let buyer = segment(test, own, "Buyer", often(1, "30d")).await;
        let other =
            test.post("/api/segment-groups", json!({ "name": "Other", "calculated": true })).await.expect(201)["id"].as_i64().unwrap();
        let follower = segment(test, other, "Follower", json!({ "fact": "segment", "id": buyer })).await;
        order(test, ada, "2026-03-01T12:00:00Z", 1.0).await;

        let path = format!("/api/segment-groups/{own}");
        assert_eq!(test.patch(&path, json!({ "calculated": false })).await.expect(200)["calculated"], false);
        test.run_due().await;
        let standing = test.get(&format!("/api/segments/{buyer}")).await.expect(200);
        assert_eq!((&standing["calculated"], &standing["condition"], &standing["size"]), (&json!(false), &Value::Null, &json!(1)));
        let page = test.get(&format!("/api/segments/{buyer}/members")).await.expect(200);
        assert_eq!((&page["items"][0]["customerId"], &page["items"][0]["source"]), (&json!(ada), &json!("manual")));
        test.clock.advance_days(60);
        order(test, bob, "2026-05-01T00:00:00Z", 1.0).await;
        test.run_due().await;
        assert_eq!(
            (members(test, buyer).await, members(test, follower).await),
            ([ada].into(), [ada].into()),
            "time changes nothing any more"
        );
        test.post(&format!("/api/segments/{buyer}/members"), json!({ "add": [bob], "remove": [ada] })).await.expect(200);
        assert_eq!((members(test, buyer).await, members(test, follower).await), ([bob].into(), [bob].into()));

        let refused = test.patch(&path, json!({ "calculated": true })).await.expect(409);
        assert_eq!(refused["code"], "has_segments");
        let empty = test.post("/api/segment-groups", json!({ "name": "Empty" })).await.expect(201);
        let flipped = test.patch(&format!("/api/segment-groups/{}", empty["id"]), json!({ "calculated": true })).await.expect(200);
        assert_eq!(flipped["calculated"], true);
    })
    .await;
}

#[tokio::test]
async fn segments_move_between_groups_of_their_kind() {
    on_each_store(async |test| {
        let (manual, calculated) = (group(test, false).await, group(test, true).await);
        let other = test.post("/api/segment-groups", json!({ "name": "Other" })).await.expect(201)["id"].clone();
        let friends = test.post("/api/segments", json!({ "groupId": manual, "name": "Friends" })).await.expect(201);
        let path = format!("/api/segments/{}", friends["id"]);
        assert_eq!(test.patch(&path, json!({ "groupId": other })).await.expect(200)["groupId"], other);
        let refused = test.patch(&path, json!({ "groupId": calculated })).await.expect(422);
        assert_eq!((&refused["problems"][0]["path"], &refused["problems"][0]["code"]), (&json!("/groupId"), &json!("other_kind")));
        test.post("/api/segments", json!({ "groupId": manual, "name": "Friends" })).await.expect(201);
        let taken = test.patch(&path, json!({ "groupId": manual })).await.expect(409);
        assert_eq!(taken["code"], "duplicate_reference");
        test.delete(&format!("/api/segment-groups/{other}")).await.expect(409);
    })
    .await;
}

#[tokio::test]
async fn of_two_who_want_a_reference_at_once_one_is_told_that_it_is_taken() {
    on_each_store(async |test| {
        let statuses = |one: &testkit::Answer, other: &testkit::Answer| {
            let mut both = [one.status.as_u16(), other.status.as_u16()];
            both.sort_unstable();
            both
        };
        let group = json!({ "name": "Value" });
        let (one, other) = tokio::join!(test.post("/api/segment-groups", group.clone()), test.post("/api/segment-groups", group));
        assert_eq!(statuses(&one, &other), [201, 409]);
        test.post("/api/segment-groups", json!({ "name": "Value", "calculated": true })).await.expect(201);

        let mut groups = Vec::new();
        let mut segments = Vec::new();
        for name in ["A", "B"] {
            let made = test.post("/api/segment-groups", json!({ "name": name })).await.expect(201)["id"].clone();
            let body = json!({ "groupId": groups.first().unwrap_or(&made), "name": name });
            segments.push(test.post("/api/segments", body).await.expect(201)["id"].clone());
            groups.push(made);
        }
        for (kind, ids) in [("segment-groups", &groups), ("segments", &segments)] {
            let path = |place: usize| format!("/api/{kind}/{}", ids[place]);
            let (first, second) = (path(0), path(1));
            let patch = json!({ "reference": "wanted" });
            let (one, other) = tokio::join!(test.patch(&first, patch.clone()), test.patch(&second, patch));
            assert_eq!(statuses(&one, &other), [200, 409], "{kind}: {} {}", one.body, other.body);
        }
    })
    .await;
}

#[tokio::test]
async fn newsletter_lists_are_kept_and_checked() {
    on_each_store(async |test| {
        let body = json!({ "name": "Value", "exportToNewsletter": ["main"] });
        let made = test.post("/api/segment-groups", body).await.expect(201);
        assert_eq!(made["exportToNewsletter"], json!(["main"]));
        let path = format!("/api/segment-groups/{}", made["id"]);
        assert_eq!(test.patch(&path, json!({ "exportToNewsletter": [] })).await.expect(200)["exportToNewsletter"], json!([]));
        let segment = json!({ "groupId": made["id"], "name": "A", "exportToNewsletter": ["main", "weekly"] });
        let segment = test.post("/api/segments", segment).await.expect(201);
        assert_eq!(segment["exportToNewsletter"], json!(["main", "weekly"]));
        let twice = test.patch(&format!("/api/segments/{}", segment["id"]), json!({ "exportToNewsletter": ["a", "a"] })).await.expect(422);
        assert_eq!(twice["problems"][0]["path"], "/exportToNewsletter/1");
    })
    .await;
}

#[tokio::test]
async fn a_segment_used_as_target_group_has_one_of_its_name() {
    on_each_store(async |test| {
        let group = group(test, false).await;
        let body = json!({ "groupId": group, "name": "Friends", "useAsTargetGroup": true });
        let friends = test.post("/api/segments", body).await.expect(201);
        let (id, path) = (friends["id"].as_i64().unwrap(), format!("/api/segments/{}", friends["id"]));
        assert_eq!(friends["useAsTargetGroup"], true);
        assert!(friends["targetGroupId"].is_i64());
        test.patch(&path, json!({ "name": "Best friends" })).await.expect(200);
        assert_eq!(target_groups(test).await, [("Best friends".to_owned(), Some(id))]);

        let refused = test.patch(&path, json!({ "useAsTargetGroup": false })).await.expect(409);
        assert_eq!(refused["code"], "linked");
        let kept = test.patch(&format!("{path}?targetGroup=keep"), json!({ "useAsTargetGroup": false })).await.expect(200);
        assert_eq!((&kept["useAsTargetGroup"], &kept["targetGroupId"]), (&json!(false), &Value::Null));
        test.patch(&path, json!({ "useAsTargetGroup": true, "name": "Friends" })).await.expect(200);
        assert_eq!(target_groups(test).await, [("Best friends".to_owned(), None), ("Friends".to_owned(), Some(id))]);
        test.patch(&format!("{path}?targetGroup=delete"), json!({ "useAsTargetGroup": false })).await.expect(200);
        assert_eq!(target_groups(test).await, [("Best friends".to_owned(), None)]);
        test.patch(&format!("{path}?targetGroup=burn"), json!({})).await.expect(422);
    })
    .await;
}

#[tokio::test]
async fn the_catalogue_names_segments_group_by_group_and_says_which_are_filters() {
    on_each_store(async |test| {
        for (name, place, is_filter) in [("Low", 1, true), ("High", 9, true), ("Hidden", 5, false)] {
            let group = json!({ "name": name, "sortOrder": place, "showAsFilter": is_filter });
            let group = test.post("/api/segment-groups", group).await.expect(201);
            for segment in ["A", "B"] {
                test.post("/api/segments", json!({ "groupId": group["id"], "name": format!("{segment} of {name}") })).await.expect(201);
            }
        }
        let catalogue = test.get("/api/condition-catalogue").await.expect(200);
        let named: Vec<(&str, bool)> = catalogue["segments"]
            .as_array()
            .unwrap()
            .iter()
            .map(|segment| (segment["name"].as_str().unwrap(), segment["showAsFilter"].as_bool().unwrap()))
            .collect();
        let expected = [
            ("A of High", true),
            ("B of High", true),
            ("A of Hidden", false),
            ("B of Hidden", false),
            ("A of Low", true),
            ("B of Low", true),
        ];
        assert_eq!(named, expected);
    })
    .await;
}
