//! The size of a segment day by day, also of days on which nothing ran.

use super::segments::{customer, group, often, order, segment};
use serde_json::{Value, json};
use testkit::{TestApp, on_each_store};

/// Days as `day size +entered -left`.
async fn history(test: &TestApp, segment: i64, query: &str) -> Vec<String> {
    let told = test.get(&format!("/api/segments/{segment}/history{query}")).await.expect(200);
    let shown = |day: &Value| format!("{} {} +{} -{}", day["day"].as_str().unwrap(), day["size"], day["entered"], day["left"]);
    told["items"].as_array().unwrap().iter().map(shown).collect()
}

async fn written(test: &TestApp) -> i64 {
    test.write(|work| Ok(work.tx.one("select count(*) from segment_sizes", &[])?)).await.unwrap()
}

#[tokio::test]
async fn every_day_has_its_size_whether_or_not_anybody_was_at_work() {
    on_each_store(async |test| {
        let (ada, bob) = (customer(test, "ada@example.org").await, customer(test, "bob@example.org").await);
        let buyer = segment(test, group(test, true).await, "Buyer", often(1, "3d")).await;
        order(test, ada, "2026-03-02T00:00:00Z", 1.0).await;
        assert_eq!(history(test, buyer, "").await, ["2026-03-02 1 +1 -0"]);
        test.clock.advance_days(1);
        order(test, bob, "2026-03-03T11:00:00Z", 1.0).await;
        let first = ["2026-03-02 1 +1 -0", "2026-03-03 2 +1 -0"];
        assert_eq!(history(test, buyer, "").await, first);
        assert_eq!(written(test).await, 0);

        test.clock.advance_days(5);
        test.run_due().await;
        let all = [
            "2026-03-02 1 +1 -0",
            "2026-03-03 2 +1 -0",
            "2026-03-04 2 +0 -0",
            "2026-03-05 1 +0 -1",
            "2026-03-06 0 +0 -1",
            "2026-03-07 0 +0 -0",
            "2026-03-08 0 +0 -0",
        ];
        assert_eq!(history(test, buyer, "").await, all);
        assert_eq!(written(test).await, 6, "the present day is not over");
        assert_eq!(history(test, buyer, "?from=2026-03-03&to=2026-03-05").await, all[1..4]);
        assert_eq!(history(test, buyer, "?from=2026-03-07&to=2026-04-01").await, all[5..]);
        test.clock.advance_days(3);
        test.run_due().await;
        assert_eq!((written(test).await, history(test, buyer, "").await.len()), (9, 10));
        test.get(&format!("/api/segments/{buyer}/history?from=2000-01-01")).await.expect(422);
        test.get(&format!("/api/segments/{buyer}/history?from=soon")).await.expect(422);
        test.get("/api/segments/99999/history").await.expect(404);
        test.delete(&format!("/api/segments/{buyer}")).await.expect(204);
        assert_eq!(written(test).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_rebuild_counts_on_the_day_it_took_over() {
    on_each_store(async |test| {
        let ada = customer(test, "ada@example.org").await;
        let buyer = segment(test, group(test, true).await, "Buyer", often(5, "300d")).await;
        order(test, ada, "2026-03-02T00:00:00Z", 1.0).await;
        test.clock.advance_days(1);
        test.patch(&format!("/api/segments/{buyer}"), json!({ "condition": often(1, "300d") })).await.expect(200);
        test.run_due().await;
        test.clock.advance_days(2);
        test.run_due().await;
        let expected = ["2026-03-02 0 +0 -0", "2026-03-03 1 +1 -0", "2026-03-04 1 +0 -0", "2026-03-05 1 +0 -0"];
        assert_eq!(history(test, buyer, "").await, expected);
    })
    .await;
}
