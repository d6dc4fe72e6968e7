//! Lists of customers: every sort walks through all of them once, and every filter keeps what it says.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::{TestApp, on_each_store};

async fn customer(test: &TestApp, body: Value) -> i64 {
    test.post("/api/customers", body).await.expect(201)["id"].as_i64().unwrap()
}

async fn ids(test: &TestApp, query: &str) -> Vec<i64> {
    let page = test.get(&format!("/api/customers?limit=500&{query}")).await.expect(200);
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn every_order_shows_every_customer_once() {
    on_each_store(async |test| {
        let mut all = BTreeSet::new();
        for number in 0..41 {
            let name =
                |every: i64| (number % every != 0).then(|| format!("{}ame {}", if number % 2 == 0 { 'n' } else { 'N' }, number % every));
            let body = json!({"firstname": name(3), "lastname": name(5), "city": name(2), "zip": name(41),
                "email": (number % 4 != 0).then(|| format!("C{number}@example.org"))});
            all.insert(customer(test, body).await);
            if number % 3 == 0 {
                test.clock.advance_seconds(1);
            }
        }
        for sort in ["id", "createdAt", "updatedAt", "lastname", "firstname", "email", "city", "zip"] {
            let upwards = walk(test, sort).await;
            let mut downwards = walk(test, &format!("-{sort}")).await;
            downwards.reverse();
            assert_eq!(upwards, downwards, "{sort}");
            assert_eq!(upwards.len(), all.len(), "{sort}");
            assert_eq!(upwards.into_iter().collect::<BTreeSet<_>>(), all, "{sort}");
        }
        let page = test.get("/api/customers?limit=3&sort=lastname").await.expect(200);
        let cursor = page["nextCursor"].as_str().unwrap();
        test.get(&format!("/api/customers?sort=firstname&cursor={cursor}")).await.expect(422);
        test.get(&format!("/api/customers?sort=-lastname&cursor={cursor}")).await.expect(422);
        test.get("/api/customers?cursor=nonsense").await.expect(422);
        test.get("/api/customers?sort=shoeSize").await.expect(422);
        test.get("/api/customers?limit=0").await.expect(422);
    })
    .await;
}

async fn walk(test: &TestApp, sort: &str) -> Vec<i64> {
    let mut seen = Vec::new();
    let mut cursor = String::new();
    for _ in 0..100 {
        let page = test.get(&format!("/api/customers?limit=7&sort={sort}{cursor}")).await.expect(200);
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()));
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return seen,
        }
    }
    panic!("the list sorted by {sort} does not end");
}

#[tokio::test]
async fn a_search_finds_all_its_words_whatever_their_case_and_accents() {
    on_each_store(async |test| {
        test.post("/api/fields", json!({"name": "nickname", "kind": "text"})).await.expect(201);
        let body = json!({"firstname": "Jörg", "lastname": "Weiß", "city": "Zürich", "email": "jw@example.org",
            "externalIds": {"shop": "K-100"}, "fields": {"nickname": "Der Große"}});
        let joerg = customer(test, body).await;
        let other = customer(test, json!({"firstname": "Иван", "city": "Zürich"})).await;
        for query in ["jorg", "JÖRG weiss", "zuri%20Weiß", "K-100", "grosse", "example.org%20zürich", "we_iss%20OR"] {
            let expected: &[i64] = if query.starts_with("we_") { &[] } else { &[joerg] };
            assert_eq!(ids(test, &format!("q={query}")).await, expected, "{query}");
        }
        assert_eq!(ids(test, "q=иван").await, [other]);
        assert_eq!(ids(test, "q=zürich").await, [joerg, other]);
        assert_eq!(ids(test, "q=").await, [joerg, other]);
        test.get("/api/customers?q=a%20b%20c%20d%20e%20f%20g%20h%20i%20j%20k").await.expect(422);
    })
    .await;
}

#[tokio::test]
async fn lists_are_narrowed_by_flags_conditions_and_segments() {
    on_each_store(async |test| {
        test.post("/api/fields", json!({"name": "points", "kind": "number"})).await.expect(201);
        let ada = customer(test, json!({"firstname": "Ada", "fields": {"points": 5}})).await;
        let bob = customer(test, json!({"firstname": "Bob", "active": false, "fields": {"points": 1}})).await;
        let eve = customer(test, json!({"firstname": "Eve", "published": false})).await;
        assert_eq!(ids(test, "active=true").await, [ada, eve]);
        assert_eq!(ids(test, "active=false").await, [bob]);
        assert_eq!(ids(test, "published=false").await, [eve]);
        assert_eq!(ids(test, "active=true&published=true").await, [ada]);
        test.get("/api/customers?active=perhaps").await.expect(422);

        let filtered = async |filter: Value| {
            let text = serde_json::to_string(&filter).unwrap();
            let url = reqwest::Url::parse_with_params("http://x/", &[("filter", text)]).unwrap();
            test.get(&format!("/api/customers?count=true&{}", url.query().unwrap())).await
        };
        let rich = json!({"fact": "field", "name": "points", "op": "gte", "value": 5});
        let page = filtered(rich.clone()).await.expect(200);
        assert_eq!((&page["items"][0]["id"], &page["total"]), (&json!(ada), &json!(1)));
        assert_eq!(filtered(json!({"not": rich})).await.expect(200)["total"], 2);
        let refused = filtered(json!({"all": [{"fact": "field", "name": "shoeSize", "op": "eq", "value": 1}]})).await.expect(422);
        assert!(refused["problems"][0]["path"].as_str().unwrap().starts_with("/filter/all/0"), "{refused}");
        test.get("/api/customers?filter={").await.expect(422);

        let group = test.post("/api/segment-groups", json!({"name": "Clubs", "calculated": false})).await.expect(201)["id"].clone();
        let mut segments = Vec::new();
        for (name, members) in [("Red", vec![ada, bob]), ("Blue", vec![bob, eve])] {
            let made = test.post("/api/segments", json!({"groupId": group, "name": name, "calculated": false})).await.expect(201);
            test.post(&format!("/api/segments/{}/members", made["id"]), json!({"add": members})).await.expect(200);
            segments.push(made["id"].as_i64().unwrap());
        }
        let (red, blue) = (segments[0], segments[1]);
        assert_eq!(ids(test, &format!("segment={red}")).await, [ada, bob]);
        assert_eq!(ids(test, &format!("segment={red}&segment={blue}")).await, [bob]);
        assert_eq!(ids(test, &format!("segment={red}&segment={blue}&segmentMode=any")).await, [ada, bob, eve]);
        assert_eq!(ids(test, &format!("segment={red}&active=true&q=ada")).await, [ada]);
        test.get("/api/customers?segment=red").await.expect(422);
        let shown = test.get(&format!("/api/customers/{bob}")).await.expect(200);
        let named: Vec<(&Value, &Value)> =
            shown["segments"].as_array().unwrap().iter().map(|one| (&one["name"], &one["groupName"])).collect();
        assert_eq!(named, [(&json!("Blue"), &json!("Clubs")), (&json!("Red"), &json!("Clubs"))]);
        assert_eq!(shown["segments"][0]["source"], "manual");
    })
    .await;
}
