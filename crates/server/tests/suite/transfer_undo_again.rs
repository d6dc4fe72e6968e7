//! Undoings of imports that are begun again, follow one another, or meet people and merges in between.

use super::merging::{merge, undo as unmerge};
use super::transfer::file;
use super::transfer_undo::{ORDERS, begin, brought, figures, id_of, kept, orders_by_id, people, total, undo_of, undone};
use reqwest::Method;
use serde_json::{Value, json};
use server::transfer::{Kind, Opened};
use testkit::{TestApp, on_each_store};

async fn city(test: &TestApp, customer: i64) -> Value {
    test.get(&format!("/api/customers/{customer}")).await.expect(200)["city"].clone()
}

async fn set_city(test: &TestApp, customer: i64, city: &str) {
    test.patch(&format!("/api/customers/{customer}"), json!({ "city": city })).await.expect(200);
}

#[tokio::test]
async fn what_an_undoing_left_goes_when_nothing_is_in_the_way_any_more() {
    on_each_store(async |test| {
        let customers = people(test, "external:shop,city\n1,Graz\n2,Enns\n").await;
        let orders = brought(test, Kind::Activities, &file("orders.csv", ORDERS), orders_by_id()).await;
        assert_eq!(figures(&undone(test, customers, "keep").await), json!({"kept": 2}));
        undone(test, orders, "keep").await;
        assert_eq!(figures(&undone(test, customers, "keep").await), json!({"customersDeleted": 2}));
        assert_eq!((kept(test, customers).await.len(), total(test, "customers").await), (0, 0));
        assert_eq!(test.post(&format!("/api/imports/{customers}/undo"), json!({})).await.expect(409)["code"], "import_undone");

        test.clock.advance_minutes(1);
        let first = people(test, "external:shop,city\n1,Graz\n").await;
        test.clock.advance_minutes(1);
        let second = people(test, "external:shop,city\n1,Wien\n").await;
        assert_eq!(figures(&undone(test, first, "keep").await), json!({"kept": 1}));
        undone(test, second, "keep").await;
        assert_eq!(figures(&undone(test, first, "keep").await), json!({"customersDeleted": 1}));
    })
    .await;
}

#[tokio::test]
async fn what_a_person_has_set_after_an_undoing_stands() {
    on_each_store(async |test| {
        people(test, "external:shop,city,zip\n1,silver,1\n").await;
        let one = id_of(test, "1").await;
        test.clock.advance_minutes(1);
        let first = people(test, "external:shop,city,zip\n1,gold,2\n").await;
        set_city(test, one, "bronze").await;
        assert_eq!(figures(&undone(test, first, "keep").await), json!({"customersRestored": 1, "kept": 1}));
        set_city(test, one, "gold").await;
        test.patch(&format!("/api/customers/{one}"), json!({"zip": "2"})).await.expect(200);
        test.clock.advance_minutes(1);
        let second = people(test, "external:shop,city\n1,bronze\n").await;
        undone(test, second, "keep").await;
        assert_eq!(city(test, one).await, "gold");
        undone(test, first, "keep").await;
        let now = test.get(&format!("/api/customers/{one}")).await.expect(200);
        assert_eq!((&now["city"], &now["zip"]), (&json!("silver"), &json!("2")), "only what stayed is looked at again");
    })
    .await;
}

#[tokio::test]
async fn activities_are_found_whose_customers_were_merged_or_parted_since() {
    on_each_store(async |test| {
        let order = |amount: &str| {
            let text = format!("customer_id,date,quantity,amount,id\n1,2026-01-01,2,{amount},a\n");
            file("orders.csv", text)
        };
        people(test, "external:shop\n1\n2\n").await;
        let (one, two) = (id_of(test, "1").await, id_of(test, "2").await);
        brought(test, Kind::Activities, &order("1"), orders_by_id()).await;
        test.clock.advance_minutes(1);
        let first = brought(test, Kind::Activities, &order("2"), orders_by_id()).await;
        test.clock.advance_minutes(1);
        let second = brought(test, Kind::Activities, &order("3"), orders_by_id()).await;
        let amount = async || test.get("/api/activities").await.expect(200)["items"][0]["attributes"]["amount"].clone();
        let before = amount().await;
        undone(test, first, "keep").await;
        let merged = merge(test, two, one, json!({})).await;
        undone(test, second, "keep").await;
        assert_ne!(amount().await, before);
        assert_eq!(amount().await.as_f64(), Some(1.0));

        test.clock.advance_minutes(1);
        let third = brought(test, Kind::Activities, &order("4"), orders_by_id()).await;
        unmerge(test, &merged).await;
        test.delete(&format!("/api/customers/{two}")).await.expect(204);
        assert_eq!(figures(&undone(test, third, "keep").await), json!({"activitiesRestored": 1}), "the record went with the order");
    })
    .await;
}

#[tokio::test]
async fn an_activity_that_somebody_changed_between_two_imports_is_not_as_it_was_made() {
    on_each_store(async |test| {
        let order = |amount: &str| file("orders.csv", format!("customer_id,date,quantity,amount,id\n1,2026-01-01,2,{amount},a\n"));
        people(test, "external:shop\n1\n").await;
        let made = brought(test, Kind::Activities, &order("1"), orders_by_id()).await;
        test.clock.advance_minutes(1);
        let changed = brought(test, Kind::Activities, &order("2"), orders_by_id()).await;
        let id = test.get("/api/activities").await.expect(200)["items"][0]["id"].clone();
        test.patch(&format!("/api/activities/{id}"), json!({ "metadata": { "note": "a gift" } })).await.expect(200);
        assert_eq!(figures(&undone(test, changed, "keep").await), json!({"activitiesRestored": 1}));
        assert_eq!(figures(&undone(test, made, "keep").await), json!({"kept": 1}));
        let order = test.get(&format!("/api/activities/{id}")).await.expect(200);
        assert_eq!(order["metadata"]["note"], "a gift");
        assert_eq!(order["attributes"]["amount"].as_f64(), Some(1.0));
    })
    .await;
}

#[tokio::test]
async fn an_interrupted_import_ends_when_it_is_undone_and_its_file_waits() {
    on_each_store(async |test| {
        let csv: String = (0..1_500).map(|number| format!("{number}\n")).collect();
        let list = file("people.csv", format!("external:shop\n{csv}"));
        let Opened::Ready(mut run) = super::transfer::open(test, Kind::Customers, &list, json!({})).await.unwrap() else { panic!() };
        run.step().await.unwrap();
        let import = run.import().unwrap().id.0;
        let shown = test.get(&format!("/api/imports/{import}")).await.expect(200);
        assert_eq!((&shown["state"], &shown["isUndoable"]), (&json!("running"), &json!(true)));
        begin(test, import, "keep").await;
        assert!(run.step().await.is_err());
        let early = super::transfer::open(test, Kind::Customers, &list, json!({})).await.err().unwrap();
        assert_eq!(early.code(), "import_being_undone");
        test.run_due().await;
        assert_eq!(figures(&undo_of(test, import).await), json!({"customersDeleted": 1_000}));
        assert!(matches!(super::transfer::open(test, Kind::Customers, &list, json!({})).await.unwrap(), Opened::Ready(_)));
    })
    .await;
}

#[tokio::test]
async fn who_may_not_see_or_change_activities_does_not_by_undoing() {
    on_each_store(async |test| {
        let orders = brought(test, Kind::Activities, &file("orders.csv", ORDERS), orders_by_id()).await;
        let (undo, kept) = (format!("/api/imports/{orders}/undo"), format!("/api/imports/{orders}/undo/kept"));
        let blind = test.new_key(&["imports:write", "customers:read", "customers:delete"]).await;
        for path in [&undo, &kept] {
            assert_eq!(test.send(Method::GET, path, None, Some(&blind), &[]).await.status.as_u16(), 403);
        }
        let delete = Some(json!({"kept": "delete"}));
        assert_eq!(test.send(Method::POST, &undo, delete, Some(&blind), &[]).await.status.as_u16(), 403);
        assert_eq!(test.send(Method::POST, &undo, Some(json!({})), Some(&blind), &[]).await.status.as_u16(), 202);
    })
    .await;
}
