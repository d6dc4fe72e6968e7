//! Duplicates: who is found when he is saved, what becomes of pairs, and what settings say.

use super::merging::{merge, undo};
use reqwest::Method;
use serde_json::{Value, json};
use server::access::Actor;
use server::transfer::{Kind, Opened, Options, Order, Step, open_file};
use testkit::{TestApp, on_each_store};

/// Somebody who is easily known again.
pub fn anna() -> Value {
    json!({"firstname": "Anna", "lastname": "Zimmermann", "birthDate": "1982-04-17", "street": "Lindengasse 7", "zip": "1070",
        "city": "Wien", "countryCode": "AT", "phone": "+43 660 1234567"})
}

/// The same one with a few things said otherwise.
pub fn with(person: Value, more: Value) -> Value {
    let mut person = person;
    person.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    person
}

pub async fn person(test: &TestApp, body: Value) -> i64 {
    test.post("/api/customers", body).await.expect(201)["id"].as_i64().unwrap()
}

/// Two customers who are one, compared.
pub async fn twins(test: &TestApp) -> (i64, i64) {
    let (one, other) = (person(test, anna()).await, person(test, with(anna(), json!({"firstname": "ANNA"}))).await);
    test.run_due().await;
    (one, other)
}

pub async fn listed(test: &TestApp, query: &str) -> Vec<Value> {
    test.get(&format!("/api/duplicates?limit=200&{query}")).await.expect(200)["items"].as_array().unwrap().clone()
}

/// The customers of all open pairs.
pub async fn open(test: &TestApp) -> Vec<(i64, i64)> {
    let mut pairs: Vec<(i64, i64)> = listed(test, "").await.iter().map(both).collect();
    pairs.sort_unstable();
    pairs
}

fn both(pair: &Value) -> (i64, i64) {
    let id = |place: usize| pair["customers"][place]["id"].as_i64().unwrap();
    (id(0), id(1))
}

pub async fn only(test: &TestApp, query: &str) -> Value {
    let mut pairs = listed(test, query).await;
    assert_eq!(pairs.len(), 1, "{pairs:?}");
    pairs.remove(0)
}

pub async fn set(test: &TestApp, duplicates: Value) {
    test.patch("/api/settings", json!({ "duplicates": duplicates })).await.expect(200);
}

/// A full run to its end.
pub async fn search(test: &TestApp, learn: bool) -> Value {
    let job = test.post("/api/duplicates/search", json!({ "learn": learn })).await.expect(202)["jobId"].clone();
    test.run_due().await;
    let ended = test.get(&format!("/api/jobs/{job}")).await.expect(200);
    assert_eq!(ended["state"], "done", "{ended}");
    ended
}

/// How many pairs people merged and declined, by the report.
async fn reviews(test: &TestApp) -> (i64, i64) {
    let report = test.get("/api/duplicates/report").await.expect(200);
    let sum = |name: &str| report["bands"].as_array().unwrap().iter().map(|band| band[name].as_i64().unwrap()).sum();
    (sum("same"), sum("different"))
}

async fn act(test: &TestApp, pair: &Value, act: &str) -> Value {
    test.post(&format!("/api/duplicates/{}/{act}", pair["id"]), json!({})).await.expect(200)
}

#[tokio::test]
async fn who_is_saved_twice_is_found_at_once_with_the_reasons() {
    on_each_store(async |test| {
        let stranger = json!({"firstname": "Lukas", "lastname": "Ebner", "birthDate": "1970-01-02", "zip": "8010", "city": "Graz"});
        person(test, stranger).await;
        let (one, other) = twins(test).await;
        let pair = only(test, "").await;
        assert_eq!((both(&pair), &pair["state"], &pair["changedBy"]), ((one, other), &json!("open"), &Value::Null));
        assert!(0.9 < pair["probability"].as_f64().unwrap(), "{pair}");
        let fields: Vec<&Value> = pair["reasons"].as_array().unwrap().iter().map(|reason| &reason["field"]).collect();
        assert_eq!(fields, ["firstname", "lastname", "birthDate", "street", "place", "phone"]);
        for reason in pair["reasons"].as_array().unwrap() {
            assert!(reason["level"] == "same" && 0.0 < reason["bits"].as_f64().unwrap(), "{reason}");
        }

        let third = person(test, with(anna(), json!({"lastname": "Zimmerman", "phone": null}))).await;
        test.run_due().await;
        assert_eq!(open(test).await, [(one, other), (one, third), (other, third)]);
        let read = test.get(&format!("/api/duplicates/{}", pair["id"])).await.expect(200);
        assert_eq!(read["cluster"], json!([one, other, third]));
        let clusters = test.get("/api/duplicates/clusters").await.expect(200);
        assert_eq!((clusters.as_array().unwrap().len(), &clusters[0]["size"]), (1, &json!(3)));
        assert_eq!(test.get(&format!("/api/customers/{third}/duplicates")).await.expect(200).as_array().unwrap().len(), 2);

        let became = json!({"firstname": "Karl", "lastname": "Novak", "birthDate": "1950-12-01", "phone": null, "street": "Am Rain 3"});
        test.patch(&format!("/api/customers/{third}"), became).await.expect(200);
        test.run_due().await;
        assert_eq!(open(test).await, [(one, other)]);
        test.get("/api/duplicates/99999").await.expect(404);
        test.get("/api/customers/99999/duplicates").await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn who_is_imported_is_found_as_well() {
    on_each_store(async |test| {
        let one = person(test, anna()).await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.csv");
        let rows = "firstname,lastname,birthDate,street,zip,city\nAnna,Zimmermann,1982-04-17,Lindengasse 7,1070,Wien\n";
        std::fs::write(&path, rows).unwrap();
        let options: Options = serde_json::from_value(json!({})).unwrap();
        let order = Order { kind: Kind::Customers, file_name: "people.csv".to_owned(), options };
        let Opened::Ready(mut run) = open_file(&test.app, Actor::operator(), &path, order, false).await.unwrap() else { panic!("new") };
        while !matches!(run.step().await.unwrap().step, Step::End) {}
        test.run_due().await;
        assert_eq!(both(&only(test, "").await).0, one);
    })
    .await;
}

#[tokio::test]
async fn a_declined_pair_stays_so_until_what_was_judged_changes() {
    on_each_store(async |test| {
        let (one, other) = twins(test).await;
        let pair = only(test, "").await;
        let declined = act(test, &pair, "decline").await;
        assert_eq!((&declined["state"], &declined["changedBy"]), (&json!("declined"), &json!("test")));
        assert_eq!(reviews(test).await, (0, 1));
        act(test, &pair, "reopen").await;
        assert_eq!(reviews(test).await, (0, 0), "who takes it back has said nothing");
        act(test, &pair, "decline").await;
        act(test, &pair, "decline").await;
        assert_eq!(reviews(test).await, (0, 1));

        let stays = async |why: &str| {
            assert_eq!(open(test).await, [], "{why}");
            assert_eq!(only(test, "state=declined").await["id"], pair["id"], "{why}");
        };
        test.patch(&format!("/api/customers/{one}"), json!({"language": "de", "firstname": " anna "})).await.expect(200);
        test.run_due().await;
        stays("only the spelling changed").await;
        search(test, false).await;
        search(test, true).await;
        stays("a full run remembers").await;
        set(test, json!({"rules": [{"name": "name and zip", "fields": [{"field": "lastname"}, {"field": "zip"}]}]})).await;
        search(test, false).await;
        stays("a rule looks at the same data").await;
        set(test, json!({"rules": [{"name": "gender", "fields": [{"field": "lastname"}, {"field": "gender"}]}]})).await;
        search(test, false).await;
        act(test, &pair, "decline").await;
        test.patch(&format!("/api/customers/{other}"), json!({"gender": "f"})).await.expect(200);
        test.run_due().await;
        assert_eq!(only(test, "").await["changedBy"], Value::Null, "what only rules compare was judged as well");
        act(test, &pair, "decline").await;
        test.patch(&format!("/api/customers/{other}"), json!({"phone": "+43 660 7654321"})).await.expect(200);
        test.run_due().await;
        assert_eq!(open(test).await, [(one, other)]);
    })
    .await;
}

#[tokio::test]
async fn who_is_not_compared_any_more_leaves_pairs_and_keys() {
    on_each_store(async |test| {
        let kept = person(test, anna()).await;
        for change in [json!({"active": false}), json!({"published": false}), Value::Null] {
            let other = person(test, anna()).await;
            test.run_due().await;
            assert_eq!(open(test).await, [(kept, other)]);
            match change.is_null() {
                true => drop(test.delete(&format!("/api/customers/{other}")).await.expect(204)),
                false => drop(test.patch(&format!("/api/customers/{other}"), change.clone()).await.expect(200)),
            }
            test.run_due().await;
            let contents = test.contents(&[]).await;
            for table in ["duplicate_traits", "duplicate_keys", "duplicate_pairs"] {
                let own = format!("customer_id=Int({other}) ");
                assert!(!contents.get(table).into_iter().flatten().any(|line| format!("{line} ").contains(&own)), "{change}: {table}");
            }
            assert_eq!(open(test).await, []);
            if !change.is_null() {
                test.patch(&format!("/api/customers/{other}"), json!({"active": true, "published": true})).await.expect(200);
                test.run_due().await;
                assert_eq!(open(test).await, [(kept, other)], "he is back");
                test.delete(&format!("/api/customers/{other}")).await.expect(204);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn settings_are_refused_with_every_spot() {
    on_each_store(async |test| {
        let wrong = json!({"scores": {"threshold": 1.5, "mergeFrom": 1.2, "fields": ["nope"]},
            "rules": [{"name": "", "fields": []},
                {"name": "a", "fields": [{"field": "nope"}, {"field": "email", "threshold": 50}, {"field": "zip", "soundex": true}]},
                {"name": "a", "fields": [{"field": "email"}]}],
            "mergeRules": ["b"]});
        let refused = test.patch("/api/settings", json!({ "duplicates": wrong })).await.expect(422);
        let mut paths: Vec<&str> =
            refused["problems"].as_array().unwrap().iter().map(|problem| problem["path"].as_str().unwrap()).collect();
        paths.sort_unstable();
        let expected = [
            "/duplicates/mergeRules/0",
            "/duplicates/rules/0/fields",
            "/duplicates/rules/0/name",
            "/duplicates/rules/1/fields/0/field",
            "/duplicates/rules/1/fields/1/threshold",
            "/duplicates/rules/1/fields/2",
            "/duplicates/rules/2/name",
            "/duplicates/scores/fields/0",
            "/duplicates/scores/mergeFrom",
            "/duplicates/scores/threshold",
        ];
        assert_eq!(paths, expected);
        for odd in
            [json!({"scores": {"treshold": 0.5}}), json!({"rules": [{"name": "a", "fields": [{"field": "zip", "similarity": "x"}]}]})]
        {
            test.patch("/api/settings", json!({ "duplicates": odd })).await.expect(422);
        }
        let tier = test.post("/api/fields", json!({"name": "tier", "kind": "text"})).await.expect(201);
        set(test, json!({"scores": {"fields": ["tier"]}})).await;
        let used = test.delete(&format!("/api/fields/{}", tier["id"])).await.expect(409);
        assert_eq!(used["code"], "in_use");
        set(test, json!({"scores": {"fields": []}})).await;
        test.delete(&format!("/api/fields/{}", tier["id"])).await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn values_that_say_nothing_bring_nobody_together() {
    on_each_store(async |test| {
        for _ in 0..3 {
            person(test, json!({"firstname": "Test", "lastname": "n/a", "phone": "000 0000", "zip": "0000", "city": "unknown"})).await;
        }
        set(test, json!({"rules": [{"name": "phone", "fields": [{"field": "phone"}]}]})).await;
        search(test, false).await;
        assert_eq!(open(test).await, []);
        assert!(!test.contents(&[]).await.contains_key("duplicate_keys"), "there is nothing they could meet by");
    })
    .await;
}

#[tokio::test]
async fn a_list_is_narrowed_and_read_page_by_page() {
    on_each_store(async |test| {
        for number in 0..5 {
            person(test, with(anna(), json!({"email": format!("anna{number}@example.org")}))).await;
            person(test, with(anna(), json!({"firstname": "Karl", "birthDate": "1950-12-01", "phone": format!("0660 99{number}")}))).await;
        }
        test.run_due().await;
        let all: Vec<Value> = listed(test, "").await.into_iter().map(|pair| pair["id"].clone()).collect();
        assert!(20 <= all.len(), "{}", all.len());
        let (mut paged, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = test.get(&format!("/api/duplicates?limit=3&count=true{cursor}")).await.expect(200);
            assert_eq!(page["total"], all.len());
            paged.extend(page["items"].as_array().unwrap().iter().map(|pair| pair["id"].clone()));
            match page["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(paged, all);
        assert_eq!(listed(test, "q=anna3@example").await.len(), 4);
        assert_eq!(listed(test, "q=nobody").await.len(), 0);
        let likely = listed(test, "minProbability=0.99").await;
        assert!(likely.iter().all(|pair| 0.99 <= pair["probability"].as_f64().unwrap()));
        test.get("/api/duplicates?minProbability=2").await.expect(422);
        test.get("/api/duplicates/clusters?limit=0").await.expect(422);
    })
    .await;
}

#[tokio::test]
async fn who_may_read_may_not_decide() {
    on_each_store(async |test| {
        twins(test).await;
        let pair = only(test, "").await;
        let reader = test.new_key(&["duplicates:read"]).await;
        let asked = async |method: Method, path: String, body: Option<Value>, status: u16| {
            test.send(method, &path, body, Some(&reader), &[]).await.expect(status);
        };
        for path in ["/api/duplicates", "/api/duplicates/report", "/api/duplicates/clusters"] {
            asked(Method::GET, path.to_owned(), None, 200).await;
        }
        asked(Method::POST, format!("/api/duplicates/{}/decline", pair["id"]), Some(json!({})), 403).await;
        asked(Method::POST, "/api/duplicates/search".to_owned(), Some(json!({})), 403).await;
    })
    .await;
}

#[tokio::test]
async fn a_merge_ends_pairs_and_counts_and_undoing_it_takes_both_back() {
    on_each_store(async |test| {
        let (one, other) = twins(test).await;
        let third = person(test, anna()).await;
        test.run_due().await;
        let before = test.contents(&super::merging::BESIDE).await;
        let merged = merge(test, one, other, json!({})).await;
        assert_eq!((open(test).await, reviews(test).await), (vec![(one, third)], (1, 0)));
        undo(test, &merged).await;
        super::merging::expect_same(&before, &test.contents(&super::merging::BESIDE).await, "undone");
        test.run_due().await;
        assert_eq!((open(test).await.len(), reviews(test).await), (3, (0, 0)));

        let merged = merge(test, one, other, json!({})).await;
        test.run_due().await;
        undo(test, &merged).await;
        test.patch(&format!("/api/customers/{one}"), json!({"firstname": "Karl", "birthDate": "1950-12-01"})).await.expect(200);
        test.run_due().await;
        let stored = open(test).await;
        search(test, false).await;
        assert_eq!(open(test).await, stored, "what was compared is what he is now");
    })
    .await;
}
