//! Builders: segments made from settings, which then live like any others.

use condition::Catalogue;
use reqwest::Method;
use serde_json::{Value, json};
use server::config::Config;
use server::error::Problem;
use server::segments::builders::{Builder, Builders, Planned, read_settings};
use std::collections::{BTreeMap, BTreeSet};
use testkit::{TestApp, on_each_store, on_each_store_with};

async fn customer(test: &TestApp, body: Value) -> i64 {
    test.post("/api/customers", body).await.expect(201)["id"].as_i64().unwrap()
}

/// A saved builder whose segments are evaluated for everyone.
async fn builder(test: &TestApp, kind: &str, settings: Value) -> Value {
    let made = test.post("/api/segment-builders", json!({ "kind": kind, "name": kind, "settings": settings })).await.expect(201);
    test.run_due().await;
    made
}

fn path(builder: &Value) -> String {
    format!("/api/segment-builders/{}", builder["id"])
}

/// The names of a customer's segments.
async fn segments_of(test: &TestApp, customer: i64) -> Vec<String> {
    let listed = test.get(&format!("/api/customers/{customer}/segments")).await.expect(200);
    let names: BTreeSet<String> =
        listed["items"].as_array().unwrap().iter().map(|segment| segment["name"].as_str().unwrap().to_owned()).collect();
    names.into_iter().collect()
}

async fn segments(test: &TestApp) -> BTreeMap<String, Value> {
    let listed = test.get("/api/segments").await.expect(200);
    listed["items"].as_array().unwrap().iter().map(|segment| (segment["reference"].as_str().unwrap().to_owned(), segment.clone())).collect()
}

async fn names(test: &TestApp) -> Vec<String> {
    segments(test).await.into_keys().collect()
}

#[tokio::test]
async fn a_birthday_changes_the_age_segment_at_local_midnight() {
    on_each_store(async |test| {
        let born = |mail: &str, zone: &str| json!({ "email": mail, "birthDate": "2008-03-05", "timeZone": zone });
        let wien = customer(test, born("ada@example.org", "Europe/Vienna")).await;
        let tokyo = customer(test, born("bob@example.org", "Asia/Tokyo")).await;
        builder(test, "age", json!({})).await;
        assert_eq!(segments_of(test, wien).await, ["16 - 18"]);
        assert_eq!(names(test).await.len(), 11);

        test.clock.advance_days(2);
        test.clock.advance_minutes(3 * 60 - 1);
        test.run_due().await;
        assert_eq!(segments_of(test, tokyo).await, ["16 - 18"], "a minute before midnight in Tokyo");
        test.clock.advance_minutes(1);
        test.run_due().await;
        assert_eq!(segments_of(test, tokyo).await, ["18 - 25"]);
        assert_eq!(segments_of(test, wien).await, ["16 - 18"]);
        test.clock.advance_minutes(8 * 60);
        test.run_due().await;
        assert_eq!(segments_of(test, wien).await, ["18 - 25"]);

        test.patch(&format!("/api/customers/{wien}"), json!({ "birthDate": null })).await.expect(200);
        assert!(segments_of(test, wien).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn everybody_is_in_the_segment_of_his_gender_or_in_that_of_none() {
    on_each_store(async |test| {
        let ada = customer(test, json!({ "email": "ada@example.org", "gender": "Female" })).await;
        let made = builder(test, "gender", json!({})).await;
        assert_eq!(names(test).await, ["female", "male", "not-set"]);
        assert_eq!(segments_of(test, ada).await, ["female"]);
        test.patch(&format!("/api/customers/{ada}"), json!({ "gender": "diverse" })).await.expect(200);
        assert_eq!(segments_of(test, ada).await, ["not-set"]);

        let settings = json!({ "mapping": { "male": "male", "female": "female", "diverse": "diverse" }, "notSet": null });
        test.patch(&path(&made), json!({ "settings": settings })).await.expect(200);
        test.run_due().await;
        assert_eq!(names(test).await, ["diverse", "female", "male"]);
        assert_eq!(segments_of(test, ada).await, ["diverse"]);
    })
    .await;
}

#[tokio::test]
async fn the_state_follows_the_postal_code() {
    on_each_store(async |test| {
        let ada = customer(test, json!({ "email": "ada@example.org", "countryCode": "AT", "zip": "1010" })).await;
        builder(test, "state", json!({ "countries": ["AT", "DE"] })).await;
        assert_eq!(names(test).await.len(), 9 + 16);
        assert_eq!(segments_of(test, ada).await, ["AT - Wien"]);
        let moves = async |country: &str, zip: &str| {
            test.patch(&format!("/api/customers/{ada}"), json!({ "countryCode": country, "zip": zip })).await.expect(200);
            segments_of(test, ada).await
        };
        assert_eq!(moves("AT", "9782").await, ["AT - Tirol"]);
        assert!(moves("AT", "2480").await.is_empty());
        assert_eq!(moves("DE", "01067").await, ["DE - Sachsen"]);
        assert!(moves("CH", "8001").await.is_empty());

        let preview = test.post("/api/segment-builders/preview", json!({ "kind": "state" })).await.expect(200);
        let counted: Vec<(&str, i64)> = preview["segments"]
            .as_array()
            .unwrap()
            .iter()
            .map(|segment| (segment["name"].as_str().unwrap(), segment["count"].as_i64().unwrap()))
            .filter(|(_, count)| *count > 0)
            .collect();
        assert_eq!(counted, [("CH - Zürich, Thurgau", 1)]);
    })
    .await;
}

async fn uncovered(test: &TestApp, builder: &Value, query: &str) -> (Vec<(String, i64)>, Value) {
    let page = test.get(&format!("{}/uncovered{query}", path(builder))).await.expect(200);
    let pair = |item: &Value| (item["value"].as_str().unwrap().to_owned(), item["count"].as_i64().unwrap());
    (page["items"].as_array().unwrap().iter().map(pair).collect(), page["nextCursor"].clone())
}

#[tokio::test]
async fn terms_gather_values_and_the_report_names_the_rest() {
    on_each_store(async |test| {
        for (place, city) in ["Wien", "WIEN", "Vienna", "Graz", "Graz", "Linz", "Bad Ischl", ""].into_iter().enumerate() {
            customer(test, json!({ "email": format!("c{place}@example.org"), "city": city })).await;
        }
        let terms = json!([{ "term": "Capital", "phrases": ["wien", "vienna"] }, { "term": "Styria", "phrases": ["Graz"] }]);
        let made = builder(test, "term", json!({ "source": { "field": "city" }, "terms": terms })).await;
        let sized: Vec<(String, i64)> =
            segments(test).await.into_iter().map(|(name, segment)| (name, segment["size"].as_i64().unwrap())).collect();
        assert_eq!(sized, [("Capital".to_owned(), 3), ("Styria".to_owned(), 2)]);
        let (all, end) = uncovered(test, &made, "").await;
        assert_eq!((all, end), (vec![("Bad Ischl".to_owned(), 1), ("Linz".to_owned(), 1)], json!(null)));
        let (first, next) = uncovered(test, &made, "?limit=1").await;
        assert_eq!(first, [("Bad Ischl".to_owned(), 1)]);
        let (second, _) = uncovered(test, &made, &format!("?limit=1&cursor={}", next.as_str().unwrap())).await;
        assert_eq!(second, [("Linz".to_owned(), 1)]);

        let terms = json!([{ "term": "Capital", "phrases": ["wien"] }, { "term": "Spa", "phrases": ["/^bad /"] }]);
        test.patch(&path(&made), json!({ "settings": { "source": { "field": "city" }, "terms": terms } })).await.expect(200);
        test.run_due().await;
        assert_eq!(names(test).await, ["Capital", "Spa"]);
        assert_eq!(segments(test).await["Spa"]["size"], 1);
        let (all, _) = uncovered(test, &made, "").await;
        assert_eq!(all, [("Graz".to_owned(), 2), ("Linz".to_owned(), 1), ("Vienna".to_owned(), 1)]);
    })
    .await;
}

#[tokio::test]
async fn terms_look_into_lists_and_activities() {
    on_each_store(async |test| {
        test.post("/api/fields", json!({ "name": "hobbies", "kind": "list" })).await.expect(201);
        let ada = customer(test, json!({ "email": "ada@example.org", "fields": { "hobbies": ["Ski", "Chess", "Go"] } })).await;
        let terms = json!([{ "term": "Snow", "phrases": ["ski"] }, { "term": "Board", "phrases": ["chess"] }]);
        let every = builder(test, "term", json!({ "source": { "field": "hobbies" }, "terms": terms })).await;
        assert_eq!(segments_of(test, ada).await, ["Board", "Snow"]);
        assert_eq!(uncovered(test, &every, "").await.0, [("Go".to_owned(), 1)]);
        let first = json!({ "source": { "field": "hobbies" }, "terms": terms, "matching": "first" });
        test.patch(&path(&every), json!({ "settings": first })).await.expect(200);
        test.run_due().await;
        assert_eq!(segments_of(test, ada).await, ["Snow"]);
        test.delete(&format!("{}?segments=delete", path(&every))).await.expect(204);

        let source = json!({ "activity": { "type": "order", "attribute": "item.category", "within": "30d" } });
        let terms = json!([{ "term": "Shoes", "phrases": ["boots"] }]);
        let shopping = builder(test, "term", json!({ "source": source, "terms": terms })).await;
        for (category, at) in [("Boots", "2026-03-01T12:00:00Z"), ("Tents", "2026-03-02T12:00:00Z"), ("Ropes", "2025-03-02T12:00:00Z")] {
            let attributes = json!({ "item": { "category": category } });
            let body = json!({ "customer": { "id": ada }, "type": "order", "occurredAt": at, "attributes": attributes });
            test.post("/api/activities", body).await.expect(201);
        }
        assert_eq!(segments_of(test, ada).await, ["Shoes"]);
        assert_eq!(uncovered(test, &shopping, "").await.0, [("Tents".to_owned(), 1)]);
        test.clock.advance_days(29);
        test.run_due().await;
        assert!(segments_of(test, ada).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_stays_the_same_is_not_evaluated_again() {
    on_each_store(async |test| {
        let ranges = |ranges: Value| json!({ "settings": { "ranges": ranges } });
        let (young, middle, old) = (json!({ "from": 0, "to": 29 }), json!({ "from": 30, "to": 59 }), json!({ "from": 60 }));
        let made = builder(test, "age", ranges(json!([young, middle]))["settings"].clone()).await;
        let before = segments(test).await;
        let named = json!({ "from": 30, "to": 59, "name": "Middle" });
        let changed = test.patch(&path(&made), ranges(json!([young, named, old]))).await;
        assert_eq!(changed.etag(), "\"2\"");
        changed.expect(200);
        let after = segments(test).await;
        assert_eq!(after["0 - 29"], before["0 - 29"]);
        assert_eq!((&after["30 - 59"]["name"], &after["30 - 59"]["building"]), (&json!("Middle"), &json!(false)));
        assert_eq!((&after["30 - 59"]["id"], &after["60+"]["building"]), (&before["30 - 59"]["id"], &json!(true)));
        test.run_due().await;

        test.patch(&path(&made), json!({})).await.expect(200);
        assert_eq!(test.run_due().await, 0, "an empty patch finds everything in line");
        let stale = test.send(Method::PATCH, &path(&made), Some(json!({ "name": "x" })), Some(&test.key), &[("if-match", "\"2\"")]).await;
        stale.expect(412);
        let renamed = test.patch(&path(&made), json!({ "name": "Years" })).await.expect(200);
        assert_eq!(test.get(&format!("/api/segment-groups/{}", renamed["groupId"])).await.expect(200)["name"], "Years");
    })
    .await;
}

#[tokio::test]
async fn wrong_settings_are_refused_whole_with_their_paths() {
    on_each_store(async |test| {
        check(test, "horoscope", json!({}), "/kind").await;
        check(test, "age", json!({ "field": "shoeSize" }), "/settings/field").await;
        check(test, "age", json!({ "ranges": [{ "from": 1, "to": "x" }] }), "/settings/ranges/0/to").await;
        check(test, "gender", json!({ "notSet": "" }), "/settings").await;
        check(test, "state", json!({ "countries": ["FR"] }), "/settings/countries/0").await;
        let of_city = |phrases: Value| json!({ "source": { "field": "city" }, "terms": [{ "term": "a", "phrases": phrases }] });
        check(test, "term", json!({ "terms": [] }), "/settings").await;
        check(test, "term", json!({ "source": { "field": "birthDate" }, "terms": [] }), "/settings/source/field").await;
        let deep = json!({ "activity": { "type": "order", "attribute": "a", "within": "1y" } });
        check(test, "term", json!({ "source": deep, "terms": [] }), "/settings/source/activity/within").await;
        check(test, "term", of_city(json!([])), "/settings/terms/0/phrases").await;
        check(test, "term", of_city(json!(["ok", "/(/"])), "/settings/terms/0/phrases/1").await;
        assert!(names(test).await.is_empty());
        assert_eq!(test.get("/api/segment-groups").await.expect(200)["items"], json!([]));

        async fn check(test: &TestApp, kind: &str, settings: Value, path: &str) {
            for place in ["/api/segment-builders", "/api/segment-builders/preview"] {
                let mut body = json!({ "kind": kind, "settings": settings });
                if !place.ends_with("preview") {
                    body["name"] = json!("Wrong");
                }
                let refused = test.post(place, body).await.expect(422);
                assert_eq!(refused["problems"][0]["path"], path, "{refused}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_builder_makes_is_changed_by_it_alone_until_it_goes() {
    on_each_store(async |test| {
        let made = builder(test, "gender", json!({})).await;
        let group = made["groupId"].clone();
        let male = segments(test).await["male"].clone();
        assert_eq!(male["builderId"], made["id"]);
        let own = format!("/api/segments/{}", male["id"]);
        let by_hand = json!({ "groupId": group, "name": "Mine", "condition": { "all": [] } });
        let refused = [
            test.patch(&own, json!({ "name": "Men" })).await.expect(409),
            test.delete(&own).await.expect(409),
            test.post("/api/segments", by_hand.clone()).await.expect(409),
            test.delete(&format!("/api/segment-groups/{group}")).await.expect(409),
        ];
        assert!(refused.iter().all(|answer| answer["code"] == "built"), "{refused:?}");
        let other = test.post("/api/segment-groups", json!({ "name": "Own", "calculated": true })).await.expect(201);
        let body = json!({ "groupId": other["id"], "name": "Men of Graz", "condition": { "fact": "segment", "id": male["id"] } });
        let user = test.post("/api/segments", body).await.expect(201);
        test.patch(&format!("/api/segments/{}", user["id"]), json!({ "groupId": group })).await.expect(409);

        assert_eq!(test.delete(&path(&made)).await.expect(409)["code"], "has_segments");
        assert_eq!(test.delete(&format!("{}?segments=delete", path(&made))).await.expect(409)["code"], "in_use");
        test.delete(&format!("{}?segments=burn", path(&made))).await.expect(422);
        assert_eq!(names(test).await.len(), 4, "nothing is gone");
        test.delete(&format!("{}?segments=keep", path(&made))).await.expect(204);
        test.get(&path(&made)).await.expect(404);
        let renamed = test.patch(&own, json!({ "name": "Men" })).await.expect(200);
        assert_eq!((&renamed["name"], &renamed["builderId"]), (&json!("Men"), &json!(null)));
        test.post("/api/segments", by_hand).await.expect(201);

        let second = json!({ "kind": "gender", "name": "Gender", "reference": "second" });
        let second = test.post("/api/segment-builders", second).await.expect(201);
        test.delete(&format!("{}?segments=delete", path(&second))).await.expect(204);
        test.get(&format!("/api/segment-groups/{}", second["groupId"])).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn builders_and_their_kinds_are_listed() {
    on_each_store(async |test| {
        let kinds = test.get("/api/segment-builders/kinds").await.expect(200);
        let known: Vec<&str> = kinds["items"].as_array().unwrap().iter().map(|kind| kind["kind"].as_str().unwrap()).collect();
        assert_eq!(known, ["age", "gender", "state", "term"]);
        assert!(!kinds.to_string().contains("$ref"), "whole by themselves: {kinds}");
        assert_eq!(kinds["items"][0]["settings"]["properties"]["ranges"]["items"]["required"], json!(["from"]));

        let made = builder(test, "gender", json!({ "notSet": null })).await;
        let listed = test.get("/api/segment-builders").await.expect(200);
        assert_eq!(listed["items"], json!([made]));
        let read = test.get(&path(&made)).await;
        assert_eq!(read.etag(), "\"1\"");
        assert_eq!(read.expect(200), made);
        assert_eq!(test.get(&format!("{}/uncovered", path(&made))).await.expect(409)["code"], "no_source");
        let again = json!({ "kind": "gender", "name": "gender" });
        assert_eq!(test.post("/api/segment-builders", again).await.expect(409)["code"], "duplicate_reference");
    })
    .await;
}

#[test]
fn a_file_of_postal_codes_adds_countries_or_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("regions.csv");
    let mut config = Config::defaults();
    config.segments.postal_regions = file.display().to_string();
    let refused = |config: &Config| format!("{:#}", Builders::built_in(config).err().unwrap());
    assert!(refused(&config).contains("regions.csv"));

    std::fs::write(&file, "country,region,codes\nLI,Oberland,9485\nLI,Unterland,94\n").unwrap();
    assert!(refused(&config).contains("line 3"), "{}", refused(&config));

    std::fs::write(&file, "country,region,codes\nLI,Oberland,9485\n").unwrap();
    let builders = Builders::built_in(&config).unwrap();
    let expanded = |countries: Value| {
        let expanded = builders.get("state").unwrap().expand(&json!({ "countries": countries }), &Catalogue::built_in()).unwrap();
        expanded.into_iter().map(|planned| planned.name).collect::<Vec<_>>()
    };
    assert_eq!(expanded(json!(["LI"])), ["LI - Oberland"]);
    assert_eq!(expanded(json!(["AT"])).len(), 9);
}

/// A kind of one's own: for each id one segment of the members of that segment.
struct Mirrors;

impl Builder for Mirrors {
    fn kind(&self) -> &'static str {
        "mirrors"
    }

    fn summary(&self) -> &'static str {
        "The members of other segments once more."
    }

    fn schema(&self) -> Value {
        json!({ "type": "array", "items": { "type": "integer" } })
    }

    fn expand(&self, settings: &Value, _: &Catalogue) -> Result<Vec<Planned>, Vec<Problem>> {
        let ids: Vec<i64> = read_settings(settings)?;
        let mirror = |(place, id): (usize, &i64)| Planned::new(format!("Mirror {place}"), "", json!({ "fact": "segment", "id": id }));
        Ok(ids.iter().enumerate().map(mirror).collect())
    }
}

#[tokio::test]
async fn segments_of_a_builder_may_be_built_on_each_other_but_not_in_a_circle() {
    on_each_store_with(
        |_| Builders::default().and(Mirrors),
        async |test| {
            let ada = customer(test, json!({ "email": "ada@example.org" })).await;
            let group = test.post("/api/segment-groups", json!({ "name": "Own", "calculated": true })).await.expect(201);
            let everybody = json!({ "groupId": group["id"], "name": "Everybody", "condition": { "all": [] } });
            let everybody = test.post("/api/segments", everybody).await.expect(201)["id"].clone();
            let made = builder(test, "mirrors", json!([everybody])).await;
            let first = segments(test).await["Mirror 0"]["id"].clone();
            test.patch(&path(&made), json!({ "settings": [everybody, first] })).await.expect(200);
            test.run_due().await;
            assert_eq!(segments_of(test, ada).await, ["Everybody", "Mirror 0", "Mirror 1"]);

            let second = segments(test).await["Mirror 1"]["id"].clone();
            let circle = test.patch(&path(&made), json!({ "settings": [second, first] })).await.expect(422);
            assert_eq!((&circle["problems"][0]["path"], &circle["problems"][0]["code"]), (&json!("/settings"), &json!("circle")));
            assert_eq!(segments(test).await["Mirror 0"]["building"], false, "nothing of it was written");
            test.delete(&format!("{}?segments=delete", path(&made))).await.expect(204);
            assert_eq!(names(test).await, ["everybody"]);
        },
    )
    .await;
}
