//! Imports taken back: what they made goes, what they changed becomes what it was, and what was changed since stays.

use super::merging::{merge, undo as unmerge};
use super::transfer::{File, counts, file, import, open, orders_map};
use serde_json::{Value, json};
use server::transfer::{Kind, Opened};
use server::worker;
use testkit::{TestApp, on_each_store};

/// Imports a file; gives the import's id.
pub async fn brought(test: &TestApp, kind: Kind, file: &File, options: Value) -> i64 {
    import(test, kind, file, options).await;
    newest(test).await
}

async fn newest(test: &TestApp) -> i64 {
    test.get("/api/imports?limit=1").await.expect(200)["items"][0]["id"].as_i64().unwrap()
}

pub async fn people(test: &TestApp, csv: &str) -> i64 {
    brought(test, Kind::Customers, &file("people.csv", csv), json!({})).await
}

pub async fn begin(test: &TestApp, import: i64, kept: &str) -> i64 {
    let accepted = test.post(&format!("/api/imports/{import}/undo"), json!({ "kept": kept })).await.expect(202);
    accepted["jobId"].as_i64().unwrap()
}

/// Takes an import back; gives its undoing as it is then.
pub async fn undone(test: &TestApp, import: i64, kept: &str) -> Value {
    begin(test, import, kept).await;
    test.run_due().await;
    let undo = undo_of(test, import).await;
    assert_eq!(undo["state"], "done", "{undo}");
    assert_eq!(undo["done"], undo["total"]);
    undo
}

pub async fn undo_of(test: &TestApp, import: i64) -> Value {
    test.get(&format!("/api/imports/{import}")).await.expect(200)["undo"].clone()
}

/// Those figures that are not zero.
pub fn figures(undo: &Value) -> Value {
    let names =
        ["customersDeleted", "customersRestored", "activitiesDeleted", "activitiesRestored", "membershipsRestored", "kept", "unchanged"];
    names.iter().filter(|name| undo[**name] != 0).map(|name| ((*name).to_owned(), undo[*name].clone())).collect()
}

/// Row, what it is about, and the codes of why it stays.
pub async fn kept(test: &TestApp, import: i64) -> Vec<Value> {
    let page = test.get(&format!("/api/imports/{import}/undo/kept")).await.expect(200);
    let codes = |one: &Value| one["problems"].as_array().unwrap().iter().map(|problem| problem["code"].clone()).collect::<Vec<_>>();
    page["items"].as_array().unwrap().iter().map(|one| json!([one["row"], one["subject"], codes(one)])).collect()
}

pub async fn preview(test: &TestApp, import: i64, kept: &str) -> Value {
    test.get(&format!("/api/imports/{import}/undo?kept={kept}")).await.expect(200)
}

/// Whom the shop knows by this number.
async fn known_as(test: &TestApp, shop: &str) -> Option<Value> {
    let page = test.get("/api/customers?limit=500").await.expect(200);
    let mut all = page["items"].as_array().unwrap().clone();
    all.retain(|one| one["externalIds"]["shop"] == shop);
    all.pop()
}

pub async fn id_of(test: &TestApp, shop: &str) -> i64 {
    known_as(test, shop).await.unwrap()["id"].as_i64().unwrap()
}

pub async fn total(test: &TestApp, what: &str) -> i64 {
    test.get(&format!("/api/{what}?count=true&limit=1")).await.expect(200)["total"].as_i64().unwrap()
}

/// What an undoing must leave as it found it before the import, as far as it says what is.
async fn state(test: &TestApp) -> Value {
    let mut customers = test.get("/api/customers?limit=500").await.expect(200)["items"].clone();
    let mut activities = test.get("/api/activities?limit=500").await.expect(200)["items"].clone();
    for one in customers.as_array_mut().unwrap().iter_mut().chain(activities.as_array_mut().unwrap()) {
        for name in ["version", "updatedAt"] {
            one.as_object_mut().unwrap().remove(name);
        }
    }
    json!([customers, activities])
}

/// Leaves of a customer what two imports have written over and one of them, taken back, has left as it was.
pub async fn written_over(test: &TestApp, customer: i64) {
    let answer = |answer: i64| {
        let body = json!({"customer": {"id": customer}, "type": "survey", "externalId": format!("survey {customer}"),
            "occurredAt": "2026-01-01T00:00:00Z", "attributes": {"answer": answer}});
        file("surveys.ndjson", body.to_string())
    };
    brought(test, Kind::Activities, &answer(1), json!({})).await;
    let second = brought(test, Kind::Activities, &answer(2), json!({})).await;
    let found = test.get(&format!("/api/activities?customerId={customer}&type=survey")).await.expect(200);
    let path = format!("/api/activities/{}", found["items"][0]["id"]);
    test.patch(&path, json!({"attributes": {"answer": 3}})).await.expect(200);
    begin(test, second, "keep").await;
    worker::run_kinds(&test.app, &["undo_import"]).await.unwrap();
    assert_eq!(figures(&undo_of(test, second).await), json!({"kept": 1}));
    let group = json!({"name": format!("Lists {customer}"), "calculated": false});
    let group = test.post("/api/segment-groups", group).await.expect(201)["id"].clone();
    let list = json!({"groupId": group, "name": format!("List {customer}")});
    let segment = test.post("/api/segments", list).await.expect(201)["id"].clone();
    brought(test, Kind::Members, &file("list.csv", format!("id\n{customer}\n")), json!({"segment": segment})).await;
}

#[tokio::test]
async fn what_it_made_goes_and_what_it_changed_becomes_what_it_was() {
    on_each_store(async |test| {
        test.post("/api/fields", json!({"name": "tier", "kind": "text"})).await.expect(201);
        people(test, "external:shop,email,city,fields.tier\n1,ada@example.org,Graz,gold\n").await;
        let before = state(test).await;
        let file = file("people.csv", "external:shop,email,city,fields.tier\n1,ada@example.net,Wien,\n2,,Linz,silver\n3,,Enns,\n");
        let second = brought(test, Kind::Customers, &file, json!({})).await;
        let ada = id_of(test, "1").await;

        let ahead = preview(test, second, "keep").await;
        assert_eq!((&ahead["total"], &ahead["lookedAt"]), (&json!(3), &json!(3)));
        assert_eq!(figures(&ahead), json!({"customersDeleted": 2, "customersRestored": 1}));
        let sample = ahead["samples"].as_array().unwrap().iter().find(|one| one["outcome"] == "restored").unwrap();
        assert_eq!(sample["changes"], json!({"/email": ["ada@example.net", "ada@example.org"], "/city": ["Wien", "Graz"]}));
        assert_eq!(total(test, "customers").await, 3, "a look ahead changes nothing");

        let undo = undone(test, second, "keep").await;
        assert_eq!(figures(&undo), figures(&ahead));
        assert_eq!((state(test).await, undo["owner"]["kind"].as_str()), (before, Some("api_key")));
        assert_eq!(test.get("/api/deletions?entityType=customers").await.expect(200)["items"].as_array().unwrap().len(), 2);
        let versions = test.get(&format!("/api/customers/{ada}/versions")).await.expect(200)["items"].clone();
        let causes: Vec<&Value> = versions.as_array().unwrap().iter().map(|version| &version["cause"]["by"]).collect();
        assert_eq!(causes, ["import_undone", "import", "import"]);
        let audit = test.get(&format!("/api/audit?entityType=import&entityId={second}")).await.expect(200);
        let actions: Vec<&Value> = audit["items"].as_array().unwrap().iter().map(|entry| &entry["action"]).collect();
        assert_eq!(actions, ["finish", "undo", "finish", "create"]);

        let again = test.post(&format!("/api/imports/{second}/undo"), json!({})).await.expect(409);
        assert_eq!(again["code"], "import_undone");
        let Opened::Ready(_) = open(test, Kind::Customers, &file, json!({})).await.unwrap() else { panic!("it counts as imported") };
        assert_eq!(import(test, Kind::Customers, &file, json!({})).await.0, counts(3, 2, 1, 0));
    })
    .await;
}

#[tokio::test]
async fn value_by_value_what_was_changed_since_stays() {
    on_each_store(async |test| {
        people(test, "external:shop,email,city,zip\n1,ada@example.org,Graz,8010\n2,bob@example.org,Graz,8010\n3,,Graz,8010\n4,,Graz,\n")
            .await;
        let second = people(
            test,
            "external:shop,email,city,zip\n1,ada@example.net,Wien,1010\n2,bob@example.net,Wien,1010\n3,,Wien,1010\n4,,Wien,\n",
        )
        .await;
        let ids = [id_of(test, "1").await, id_of(test, "2").await, id_of(test, "3").await, id_of(test, "4").await];
        test.patch(&format!("/api/customers/{}", ids[0]), json!({"city": "Linz", "lastname": "Byron"})).await.expect(200);
        test.post("/api/customers", json!({"email": "bob@example.org"})).await.expect(201);
        test.delete(&format!("/api/customers/{}", ids[2])).await.expect(204);
        merge(test, ids[1], ids[3], json!({})).await;

        let undo = undone(test, second, "keep").await;
        assert_eq!(figures(&undo), json!({"customersRestored": 1, "kept": 3, "unchanged": 1}));
        let expected =
            [json!([2, "customer", ["changed_since"]]), json!([3, "customer", ["duplicate_email"]]), json!([5, "customer", ["merged"]])];
        assert_eq!(kept(test, second).await, expected);
        let ada = known_as(test, "1").await.unwrap();
        let found = ["email", "city", "zip", "lastname"].map(|name| ada[name].clone());
        assert_eq!(found, ["ada@example.org", "Linz", "8010", "Byron"].map(|text| json!(text)));
        assert_eq!(known_as(test, "2").await.unwrap()["city"], "Wien", "a profile is put back whole or not at all");
    })
    .await;
}

#[tokio::test]
async fn who_has_got_what_the_import_did_not_bring_stays_unless_that_is_to_go_too() {
    on_each_store(async |test| {
        let group = test.post("/api/segment-groups", json!({"name": "Clubs", "calculated": false})).await.expect(201);
        let club = test.post("/api/segments", json!({"groupId": group["id"], "name": "Club"})).await.expect(201)["id"].clone();
        let csv: String = (1..=9).map(|number| format!("{number},Name{number}\n")).collect();
        let csv = format!("external:shop,firstname\n{csv}");
        let mut all = Vec::new();
        for fate in ["keep", "delete"] {
            let people = people(test, &csv).await;
            let mut ids = Vec::new();
            for number in 1..=9 {
                ids.push(id_of(test, &number.to_string()).await);
            }
            test.post("/api/activities", json!({"customer": {"id": ids[0]}, "type": "visit"})).await.expect(201);
            test.post(&format!("/api/customers/{}/notes", ids[1]), json!({"title": "Called"})).await.expect(201);
            test.post(&format!("/api/segments/{club}/members"), json!({"add": [ids[2]]})).await.expect(200);
            test.patch(&format!("/api/customers/{}", ids[3]), json!({"city": "Linz"})).await.expect(200);
            test.put(&format!("/api/customers/{}/consents/news", ids[4]), json!({"granted": true})).await.expect(200);
            test.put(&format!("/api/customers/{}/subscriptions/weekly", ids[5]), json!({"status": "pending"})).await.expect(200);
            merge(test, ids[6], ids[7], json!({})).await;
            test.patch(&format!("/api/customers/{}", ids[8]), json!({"city": "Linz"})).await.expect(200);
            test.patch(&format!("/api/customers/{}", ids[8]), json!({"city": null})).await.expect(200);

            let ahead = preview(test, people, fate).await;
            let undo = undone(test, people, fate).await;
            assert_eq!(figures(&undo), figures(&ahead));
            assert_eq!(ahead["reasons"].as_array().unwrap().len(), if fate == "keep" { 8 } else { 3 });
            all.push((figures(&undo), kept(test, people).await));
            for id in ids {
                drop(test.delete(&format!("/api/customers/{id}")).await);
            }
        }
        let stay = |row: i64, codes: &[&str]| json!([row, "customer", codes]);
        let (merged, gone) = (stay(8, &["edited", "has_merged"]), stay(9, &["merged"]));
        let kept = vec![
            stay(2, &["has_activities"]),
            stay(3, &["has_notes"]),
            stay(4, &["has_memberships"]),
            stay(5, &["edited"]),
            stay(6, &["has_consents"]),
            stay(7, &["has_subscriptions"]),
            merged.clone(),
            gone.clone(),
        ];
        assert_eq!(all[0], (json!({"customersDeleted": 1, "kept": 8}), kept));
        assert_eq!(all[1], (json!({"customersDeleted": 7, "kept": 2}), vec![merged, gone]));
    })
    .await;
}

pub const ORDERS: &str = "customer_id,date,quantity,amount,id\n1,2026-01-01,2,29.33,a\n1,2026-01-18,2,29.73,b\n2,2026-01-04,1,14.96,c\n";

pub fn orders_by_id() -> Value {
    let mut options = orders_map();
    options["map"]["id"] = json!("externalId");
    options["createCustomers"] = json!(true);
    options.as_object_mut().unwrap().remove("rowIds");
    options
}

#[tokio::test]
async fn activities_go_or_become_what_they_were_and_segments_follow() {
    on_each_store(async |test| {
        let group = test.post("/api/segment-groups", json!({"name": "Live", "calculated": true})).await.expect(201);
        let condition = json!({"fact": "activity", "type": "order", "op": "gte", "value": 1});
        let buyers = json!({"groupId": group["id"], "name": "Buyers", "condition": condition});
        let buyers = test.post("/api/segments", buyers).await.expect(201)["id"].clone();
        test.run_due().await;
        people(test, "external:shop\n1\n").await;
        let before = state(test).await;
        let orders = file("orders.csv", ORDERS);
        let first = brought(test, Kind::Activities, &orders, orders_by_id()).await;
        let after_first = state(test).await;
        let members = format!("segments/{buyers}/members");
        assert_eq!((total(test, &members).await, total(test, "customers").await), (2, 2));

        let corrected = file("more.csv", ORDERS.replace("29.33", "31").replace("c\n", "c\n2,2026-02-01,9,1,d\n"));
        let second = brought(test, Kind::Activities, &corrected, orders_by_id()).await;
        assert_eq!(figures(&undone(test, second, "keep").await), json!({"activitiesDeleted": 1, "activitiesRestored": 1}));
        assert_eq!(state(test).await, after_first);
        assert_eq!(figures(&preview(test, first, "keep").await), json!({"customersDeleted": 1, "activitiesDeleted": 3}));
        assert_eq!(figures(&undone(test, first, "keep").await), json!({"customersDeleted": 1, "activitiesDeleted": 3}));
        assert_eq!((state(test).await, total(test, &members).await), (before, 0));
        assert_eq!(test.get("/api/dashboard?days=365").await.status, 200);
        assert_eq!(import(test, Kind::Activities, &orders, orders_by_id()).await.0, counts(3, 3, 0, 0));
    })
    .await;
}

#[tokio::test]
async fn an_activity_that_was_changed_since_stays() {
    on_each_store(async |test| {
        let first = brought(test, Kind::Activities, &file("orders.csv", ORDERS), orders_by_id()).await;
        let second =
            brought(test, Kind::Activities, &file("more.csv", ORDERS.replace("29.", "31.").replace("01-18", "01-19")), orders_by_id())
                .await;
        let of = async |external: &str| {
            let page = test.get("/api/activities?limit=500").await.expect(200);
            page["items"].as_array().unwrap().iter().find(|one| one["externalId"] == external).cloned()
        };
        let id = of("b").await.unwrap()["id"].clone();
        test.patch(&format!("/api/activities/{id}"), json!({"attributes": {"amount": 1}})).await.expect(200);
        assert_eq!(figures(&undone(test, second, "keep").await), json!({"activitiesRestored": 2, "kept": 1}));
        assert_eq!(kept(test, second).await, [json!([3, "activity", ["changed_since"]])]);
        let order = of("b").await.unwrap();
        assert_eq!((&order["occurredAt"], &order["attributes"]["amount"]), (&json!("2026-01-18T00:00:00Z"), &json!(1)));
        assert_eq!(figures(&undone(test, first, "keep").await), json!({"customersDeleted": 1, "activitiesDeleted": 2, "kept": 2}));
        assert_eq!(kept(test, first).await, [json!([2, "customer", ["has_activities"]]), json!([3, "activity", ["changed_since"]])]);
        let third = brought(test, Kind::Activities, &file("orders.csv", ORDERS), orders_by_id()).await;
        test.patch(&format!("/api/activities/{}", of("c").await.unwrap()["id"]), json!({"metadata": {"seen": true}})).await.expect(200);
        let all = json!({"customersDeleted": 1, "activitiesDeleted": 2, "activitiesRestored": 1});
        assert_eq!(figures(&undone(test, third, "delete").await), all);
    })
    .await;
}

#[tokio::test]
async fn two_imports_over_the_same_rows_are_undone_in_either_order() {
    on_each_store(async |test| {
        let group = test.post("/api/segment-groups", json!({"name": "Clubs", "calculated": false})).await.expect(201);
        let club = test.post("/api/segments", json!({"groupId": group["id"], "name": "Club"})).await.expect(201)["id"].clone();
        people(test, "external:shop,city,zip\n1,Graz,8010\n2,Enns,4470\n").await;
        let activity = json!({"customer": {"externalId": {"shop": "1"}}, "type": "order", "externalId": "a",
            "occurredAt": "2025-01-01T00:00:00Z", "attributes": {"amount": 5}});
        test.post("/api/activities", activity).await.expect(201);
        let before = state(test).await;
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0], [0, 2, 1], [2, 0, 1]] {
            let (mut customers, mut activities, mut members) = (Vec::new(), Vec::new(), Vec::new());
            for (round, city) in ["Wien", "Linz", "Wels"].into_iter().enumerate() {
                test.clock.advance_minutes(1);
                customers.push(people(test, &format!("external:shop,city,zip\n1,{city},1010\n2,{city},4470\n")).await);
                let orders = ORDERS.replace("29.33", &round.to_string());
                let mut options = orders_by_id();
                options["createCustomers"] = json!(false);
                let orders = file(&format!("orders{round}.csv"), orders.split("1,2026-01-18").next().unwrap());
                activities.push(brought(test, Kind::Activities, &orders, options).await);
                let list = file("list.csv", format!("external:shop,since\n1,2026-01-0{}\n", round + 1));
                members.push(brought(test, Kind::Members, &list, json!({"segment": club})).await);
            }
            for place in order {
                for import in [customers[place], activities[place], members[place]] {
                    undone(test, import, "keep").await;
                }
            }
            assert_eq!(state(test).await, before, "{order:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn members_are_as_before() {
    on_each_store(async |test| {
        let group = test.post("/api/segment-groups", json!({"name": "Clubs", "calculated": false})).await.expect(201);
        let club = test.post("/api/segments", json!({"groupId": group["id"], "name": "Club"})).await.expect(201)["id"].clone();
        people(test, "external:shop\n1\n2\n3\n4\n").await;
        let mut ids = Vec::new();
        for shop in ["1", "2", "3", "4"] {
            ids.push(id_of(test, shop).await);
        }
        let path = format!("/api/segments/{club}/members");
        test.post(&path, json!({"add": ids[..2], "since": "2026-01-01T00:00:00Z", "counter": 7})).await.expect(200);
        let members = async || {
            let page = test.get(&format!("{path}?limit=500")).await.expect(200);
            let shown = |one: &Value| json!([one["customerId"], one["since"], one["counter"], one["source"]]);
            page["items"].as_array().unwrap().iter().map(shown).collect::<Vec<_>>()
        };
        let before = members().await;
        for mode in ["add", "remove", "replace"] {
            let list = file("list.csv", "external:shop,since,counter\n1,2026-02-01,9\n3,,\n");
            let list = brought(test, Kind::Members, &list, json!({"segment": club, "mode": mode})).await;
            if mode == "replace" {
                let early = test.post(&format!("/api/imports/{list}/undo"), json!({})).await.expect(409);
                assert_eq!(early["code"], "import_under_way", "it is not known yet who went");
            }
            test.run_due().await;
            let undo = undone(test, list, "keep").await;
            let moved = match mode {
                "add" => 2,
                "remove" => 1,
                _ => 3,
            };
            assert_eq!((figures(&undo), members().await), (json!({"membershipsRestored": moved}), before.clone()), "{mode}");
        }
        let list = file("list.csv", "external:shop\n3\n4\n");
        let list = brought(test, Kind::Members, &list, json!({"segment": club})).await;
        test.post(&path, json!({"add": [ids[2]], "counter": "increase"})).await.expect(200);
        assert_eq!(figures(&undone(test, list, "keep").await), json!({"membershipsRestored": 1, "kept": 1}));
        assert_eq!(kept(test, list).await, [json!([2, "membership", ["changed_since"]])]);
    })
    .await;
}

#[tokio::test]
async fn a_customer_who_is_two_again_is_put_back() {
    on_each_store(async |test| {
        people(test, "external:shop,city\n1,Graz\n2,Graz\n").await;
        let second = people(test, "external:shop,city\n1,Wien\n2,Wien\n").await;
        let merged = merge(test, id_of(test, "1").await, id_of(test, "2").await, json!({})).await;
        unmerge(test, &merged).await;
        test.run_due().await;
        assert_eq!(figures(&undone(test, second, "keep").await), json!({"customersRestored": 2}));
    })
    .await;
}
