//! Full runs: the same pairs as one by one, rules, cancelling, merging without asking.

use super::duplicates::{anna, only, open, person, search, set, twins, with};
use super::duplicates_clusters::three;
use super::merging::undo;
use serde_json::{Value, json};
use server::ids::CustomerId;
use server::jobs::{self, Job, Wish};
use server::{duplicates, worker};
use std::collections::BTreeMap;
use testkit::{TestApp, on_each_store};

/// All pairs with their figures and rules.
async fn pairs(test: &TestApp) -> Vec<String> {
    let contents = test.contents(&[]).await;
    let beside = ["pair_id=", "found_at=", "changed_at="];
    let without =
        |line: &String| line.split(' ').filter(|part| !beside.iter().any(|name| part.starts_with(name))).collect::<Vec<_>>().join(" ");
    contents.get("duplicate_pairs").into_iter().flatten().map(without).collect()
}

async fn forget_pairs(test: &TestApp) {
    test.write(|work| Ok(work.tx.execute("delete from duplicate_pairs", &[])?)).await.unwrap();
}

/// Looks at everybody once more, as if they had all been saved.
async fn compare_all(test: &TestApp, ids: &[i64]) {
    let customers: Vec<CustomerId> = ids.iter().map(|id| CustomerId(*id)).collect();
    let job = Job::CompareCustomers { customers, after: 0 };
    test.write(move |work| jobs::enqueue(work, &job, Wish::default())).await.unwrap();
    test.run_due().await;
}

/// A village: many of one name and zip, some of whom are there twice; more of one name, zip and birth date than a block
/// takes; and threes who meet through one of them, in each order.
fn village() -> Vec<Value> {
    const FIRST: [&str; 12] = ["Anna", "Maria", "Peter", "Johannes", "Eva", "Lukas", "Sarah", "Franz", "Julia", "Karl", "Ida", "Tobias"];
    let mut people = Vec::new();
    for number in 0..72_usize {
        let (year, month, day) = (1950 + number * 7 % 50, 1 + number * 5 % 12, 1 + number * 11 % 28);
        let born = format!("{year}-{month:02}-{day:02}");
        let one = json!({"firstname": FIRST[number % 12], "lastname": "Huber", "birthDate": born, "zip": "1010", "city": "Wien",
            "countryCode": "AT", "street": format!("Gasse {}", 1 + number % 31)});
        if number % 5 == 0 {
            people.push(with(one.clone(), json!({"street": null, "firstname": one["firstname"].as_str().unwrap().to_uppercase()})));
        }
        people.push(one);
    }
    people
        .extend((0..53).map(|_| json!({"firstname": "Ute", "lastname": "Lang", "birthDate": "1960-06-06", "zip": "8010", "city": "Graz"})));
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    for (number, (order, family)) in orders.into_iter().zip(["Ebner", "Weber", "Kogler", "Pichler", "Steiner", "Zeller"]).enumerate() {
        let three = three(family, &family.replace("er", "ekr"), number);
        people.extend(order.map(|place| three[place].clone()));
    }
    people
}

#[tokio::test]
async fn one_by_one_and_all_at_once_give_the_same_pairs() {
    on_each_store(async |test| {
        let mut ids = Vec::new();
        for one in village() {
            ids.push(person(test, one).await);
            worker::run_kinds(&test.app, &duplicates::JOBS).await.unwrap();
        }
        let one_by_one = pairs(test).await;
        assert!(2 * 1_300 < one_by_one.len(), "{}", one_by_one.len());
        forget_pairs(test).await;
        let ended = search(test, false).await;
        assert_eq!(pairs(test).await, one_by_one);
        assert!(53 <= ended["result"]["cut"].as_i64().unwrap(), "{ended}");
        assert_eq!(ended["result"]["pairs"].as_i64().unwrap() as usize * 2, one_by_one.len());

        search(test, true).await;
        let learned = pairs(test).await;
        assert_ne!(learned, one_by_one, "other weights, other figures");
        search(test, false).await;
        assert_eq!(pairs(test).await, learned, "nothing has changed");
        forget_pairs(test).await;
        compare_all(test, &ids).await;
        assert_eq!(pairs(test).await, learned);
    })
    .await;
}

fn by_sound(name: &str, sound: &str, threshold: f64) -> Value {
    json!({"name": name, "fields": [
        {"field": "firstname", sound: true, "similarity": "similar_text", "threshold": threshold},
        {"field": "lastname", sound: true, "similarity": "similar_text", "threshold": 90}]})
}

#[tokio::test]
async fn rules_find_by_value_and_by_sound_and_say_whom_they_told_apart() {
    on_each_store(async |test| {
        let exact = json!({"name": "exact", "fields": [{"field": "street", "transformer": "street"}, {"field": "zip"}]});
        let rules = json!([exact, by_sound("soundex", "soundex", 80.0), by_sound("metaphone", "metaphone", 70.0)]);
        set(test, json!({"scores": {"enabled": false}, "rules": rules})).await;
        let people = [
            json!({"street": "Hauptstraße 5", "zip": "1010"}),
            json!({"street": "Hauptstr. 5", "zip": "1010"}),
            json!({"street": "Hauptstr. 5", "zip": "1020"}),
            json!({"firstname": "Markus", "lastname": "Novak"}),
            json!({"firstname": "Marcus", "lastname": "Novak"}),
            json!({"firstname": "Robert", "lastname": "Kowalski"}),
            json!({"firstname": "Rupert", "lastname": "Kowalski"}),
            json!({"firstname": "Philip", "lastname": "Ebner"}),
            json!({"firstname": "Filip", "lastname": "Ebner"}),
        ];
        let mut ids = Vec::new();
        for one in people {
            ids.push(person(test, one).await);
            test.run_due().await;
        }
        let rules_of = async || -> BTreeMap<(i64, i64), Value> {
            let all = super::duplicates::listed(test, "").await;
            let customers = |pair: &Value| (pair["customers"][0]["id"].as_i64().unwrap(), pair["customers"][1]["id"].as_i64().unwrap());
            all.iter().map(|pair| (customers(pair), pair["rules"].clone())).collect()
        };
        let found = rules_of().await;
        let expected = [
            ((ids[0], ids[1]), json!(["exact"])),
            ((ids[3], ids[4]), json!(["soundex", "metaphone"])),
            ((ids[7], ids[8]), json!(["metaphone"])),
        ];
        assert_eq!(found, BTreeMap::from(expected));
        assert_eq!(only(test, "q=markus").await["probability"], 0.0, "nobody asked the model");
        let stored = pairs(test).await;
        forget_pairs(test).await;
        search(test, false).await;
        assert_eq!(pairs(test).await, stored);
        let rejected = test.get("/api/duplicates/report").await.expect(200)["lastRun"]["rejected"].clone();
        let told_apart = rejected.as_array().unwrap().iter().find(|one| one["rule"] == "soundex" && one["customerId"] == ids[5]).unwrap();
        assert_eq!(
            (&told_apart["otherId"], &told_apart["field"], &told_apart["threshold"]),
            (&json!(ids[6]), &json!("firstname"), &json!(80.0))
        );
        assert!((told_apart["score"].as_f64().unwrap() - 66.67).abs() < 0.01, "{told_apart}");
    })
    .await;
}

#[tokio::test]
async fn other_rules_and_fields_count_from_the_next_full_run_on() {
    on_each_store(async |test| {
        test.post("/api/fields", json!({"name": "club", "kind": "text"})).await.expect(201);
        let club = json!({"fields": {"club": "Ruderverein Albatros 1899"}});
        let one = person(test, with(json!({"firstname": "Ida", "lastname": "Lang"}), club.clone())).await;
        let other = person(test, with(json!({"firstname": "Eva", "lastname": "Steiner"}), club)).await;
        let (a, b) = twins(test).await;
        assert_eq!(open(test).await, [(a, b)]);
        set(test, json!({"rules": [{"name": "club", "fields": [{"field": "club"}]}]})).await;
        test.run_due().await;
        assert_eq!(open(test).await, [(a, b)]);
        search(test, false).await;
        assert_eq!(open(test).await, [(one, other), (a, b)]);
        set(test, json!({"rules": [], "scores": {"fields": ["club"]}})).await;
        search(test, true).await;
        assert_eq!(open(test).await, [(a, b)]);
        let report = test.get("/api/duplicates/report").await.expect(200);
        let fields: Vec<&Value> = report["model"]["fields"].as_array().unwrap().iter().map(|field| &field["field"]).collect();
        assert_eq!(fields, ["firstname", "lastname", "birthDate", "street", "place", "email", "phone", "fields.club"]);
        assert_eq!((&report["indexed"], &report["open"], &report["model"]["customers"]), (&json!(4), &json!(1), &json!(4)));
        for field in report["model"]["fields"].as_array().unwrap() {
            for level in field["levels"].as_array().unwrap() {
                assert!(level["bits"].is_number() && 0.0 < level["chance"].as_f64().unwrap(), "{level}");
            }
        }
        set(test, json!({"enabled": false, "scores": {"threshold": 0.9999999999}})).await;
        person(test, anna()).await;
        test.run_due().await;
        assert_eq!(open(test).await, [(a, b)], "whoever is saved is not compared now");
    })
    .await;
}

#[tokio::test]
async fn a_full_run_is_alone_and_can_be_cancelled_and_taken_up_again() {
    on_each_store(async |test| {
        set(test, json!({"enabled": false})).await;
        let (one, other) = twins(test).await;
        assert_eq!(open(test).await, []);
        let job = test.post("/api/duplicates/search", json!({})).await.expect(202)["jobId"].clone();
        assert_eq!(test.post("/api/duplicates/search", json!({})).await.expect(409)["code"], "search_under_way");
        let claimed = test.write(|work| jobs::claim(work, 1)).await.unwrap().pop().unwrap();
        assert_eq!(test.post("/api/duplicates/search", json!({})).await.expect(409)["code"], "search_under_way");
        test.post(&format!("/api/jobs/{job}/cancel"), json!({})).await.expect(200);
        duplicates::search_step(&test.app, claimed).await.unwrap();
        assert_eq!(test.get(&format!("/api/jobs/{job}")).await.expect(200)["state"], "cancelled");
        assert_eq!(test.get("/api/duplicates/report").await.expect(200)["lastRun"], Value::Null);
        test.post(&format!("/api/jobs/{job}/retry"), json!({})).await.expect(200);
        assert_eq!(test.post("/api/duplicates/search", json!({})).await.expect(409)["code"], "search_under_way", "it is alone again");
        test.clock.advance_minutes(1);
        test.run_due().await;
        let ended = test.get(&format!("/api/jobs/{job}")).await.expect(200);
        assert_eq!((&ended["state"], &ended["result"]["pairs"]), (&json!("done"), &json!(1)));
        assert_eq!((&ended["done"], &ended["total"]), (&json!(2), &json!(2)));
        assert_eq!(open(test).await, [(one, other)]);
        let run = test.get("/api/duplicates/report").await.expect(200)["lastRun"].clone();
        assert_eq!((&run["customers"], &run["pairs"]), (&json!(2), &json!(1)));
        search(test, false).await;
    })
    .await;
}

async fn merges(test: &TestApp) -> Vec<Value> {
    test.get("/api/merges").await.expect(200)["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn who_is_surely_one_is_merged_without_asking_if_that_is_wanted() {
    on_each_store(async |test| {
        let (one, other) = twins(test).await;
        assert_eq!(merges(test).await, [] as [Value; 0], "unless it is wanted, it is not done");
        let pair = only(test, "").await;
        set(test, json!({"scores": {"mergeFrom": 0.9}})).await;
        search(test, false).await;
        let merged = merges(test).await.remove(0);
        assert_eq!((&merged["survivorId"], &merged["otherId"]), (&json!(one), &json!(other)));
        assert_eq!(merged["cause"], json!({"by": "automatic", "pairId": pair["id"], "score": pair["probability"], "rule": null}));
        let report = test.get("/api/duplicates/report").await.expect(200);
        assert!(report["bands"].as_array().unwrap().iter().all(|band| band["same"] == 0), "nobody has said that they are one");

        undo(test, &merged).await;
        test.run_due().await;
        search(test, false).await;
        assert_eq!((open(test).await, merges(test).await.len()), (Vec::new(), 1), "whoever undoes it says that they are two");
        assert_eq!(only(test, "state=declined").await["changedBy"], "test");

        let third = person(test, with(anna(), json!({"phone": "+43 660 7777777"}))).await;
        test.run_due().await;
        assert_eq!(merges(test).await[0]["otherId"], third, "the one who was saved is merged at once");
    })
    .await;
}

#[tokio::test]
async fn rules_merge_and_guards_object() {
    on_each_store(async |test| {
        let rule = json!({"name": "sure", "fields": [{"field": "lastname"}, {"field": "birthDate", "transformer": "date"}]});
        set(test, json!({"scores": {"enabled": false}, "rules": [rule], "mergeRules": ["sure"]})).await;
        let one = person(test, anna()).await;
        let other = person(test, with(anna(), json!({"firstname": "Ann"}))).await;
        test.run_due().await;
        let merged = merges(test).await.remove(0);
        assert_eq!((&merged["survivorId"], &merged["otherId"], &merged["cause"]["rule"]), (&json!(one), &json!(other), &json!("sure")));

        let kept_apart = json!({"lastname": "Ebner", "birthDate": "1970-01-02"});
        person(test, with(kept_apart.clone(), json!({"externalIds": {"shop": "1"}}))).await;
        person(test, with(kept_apart, json!({"externalIds": {"shop": "2"}}))).await;
        test.run_due().await;
        search(test, false).await;
        let waiting = test.get("/api/merges/quarantine").await.expect(200)["items"].clone();
        assert_eq!((waiting.as_array().unwrap().len(), &waiting[0]["reasons"][0]["code"]), (1, &json!("different_external_ids")));
        assert_eq!(only(test, "").await["id"], waiting[0]["pairId"]);
        test.post(&format!("/api/merges/quarantine/{}/dismiss", waiting[0]["id"]), json!({})).await.expect(200);
        search(test, false).await;
        assert_eq!(test.get("/api/merges/quarantine").await.expect(200)["items"], json!([]), "they are two, and it is remembered");
        assert_eq!(only(test, "state=declined").await["id"], waiting[0]["pairId"]);
    })
    .await;
}

#[tokio::test]
async fn very_many_who_wait_are_left_to_a_full_run() {
    on_each_store(async |test| {
        for number in 0..60 {
            let body = json!({"firstname": format!("Person{number}"), "lastname": format!("Familie{number}"),
                "email": format!("person{number}@example.org"), "birthDate": format!("19{}-0{}-1{}", 50 + number % 40, 1 + number % 9, number % 7)});
            test.post("/api/customers", body).await.expect(201);
        }
        let twin = json!({"firstname": "Person7", "lastname": "Familie7", "birthDate": "1957-08-10", "email": "seven@example.org"});
        test.post("/api/customers", twin).await.expect(201);

        test.run_due().await;
        let waiting = test.get("/api/jobs?kind=find_duplicates").await.expect(200);
        assert_eq!((waiting["items"].as_array().unwrap().len(), &waiting["items"][0]["state"]), (1, &json!("queued")));
        let compared = test.get("/api/jobs?kind=compare_customers&limit=100").await.expect(200);
        let left = compared["items"].as_array().unwrap().iter().filter(|job| job["result"]["leftToFullRun"] == json!(true)).count();
        assert!(0 < left && left < 61, "{left} of 61 were left to the full run");
        test.clock.advance_minutes(1);
        test.run_due().await;

        let found = test.get("/api/duplicates").await.expect(200);
        assert_eq!(found["items"].as_array().unwrap().len(), 1, "{found:?}");
        assert_eq!(test.get("/api/duplicates/report").await.expect(200)["indexed"], 61);
    })
    .await;
}
