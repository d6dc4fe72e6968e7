//! Undoings of imports on their way: killed, stopped, by whom they may be wanted, and for how long.

use super::transfer::file;
use super::transfer_undo::{ORDERS, begin, brought, figures, id_of, orders_by_id, people, preview, total, undo_of, undone};
use reqwest::Method;
use serde_json::{Value, json};
use server::ids::{ImportId, JobId};
use server::jobs::claim;
use server::transfer::Kind;
use server::transfer::undo::jobs as steps;
use testkit::{TestApp, on_each_store};

async fn rows(test: &TestApp, table: &'static str) -> i64 {
    test.write(move |work| Ok(work.tx.one(&format!("select count(*) from {table}"), &[])?)).await.unwrap()
}

async fn taken(test: &TestApp, import: i64) -> (ImportId, JobId) {
    let job = undo_of(test, import).await["jobId"].as_i64().unwrap();
    let claimed = test.write(|work| claim(work, 16)).await.unwrap();
    assert!(claimed.iter().any(|one| one.id.0 == job));
    (ImportId(import), JobId(job))
}

#[tokio::test]
async fn an_undoing_that_was_killed_or_stopped_goes_on_where_it_was() {
    on_each_store(async |test| {
        let csv: String = (0..1_300).map(|number| format!("{number},Name{number}\n")).collect();
        let people = people(test, &format!("external:shop,firstname\n{csv}")).await;
        let ahead = preview(test, people, "keep").await;
        assert_eq!((&ahead["total"], &ahead["lookedAt"], &ahead["customersDeleted"]), (&json!(1_300), &json!(1_050), &json!(1_050)));
        let first = begin(test, people, "keep").await;
        let (id, job) = taken(test, people).await;
        let owner = steps::begin(&test.app, job, id).await.unwrap().unwrap();
        assert!(steps::step(&test.app, owner.clone(), job, id).await.unwrap());
        assert_eq!((total(test, "customers").await, undo_of(test, people).await["done"].as_i64()), (1_250, Some(50)));

        let other = steps::begin(&test.app, job, id).await.unwrap().unwrap();
        assert!(steps::step(&test.app, other, job, id).await.unwrap());
        assert_eq!(total(test, "customers").await, 1_000);
        test.post(&format!("/api/jobs/{first}/cancel"), json!({})).await.expect(200);
        assert!(!steps::step(&test.app, owner, job, id).await.unwrap());
        assert_eq!((undo_of(test, people).await["state"].as_str(), total(test, "customers").await), (Some("cancelled"), 1_000));

        let undo = undone(test, people, "keep").await;
        assert_eq!((figures(&undo), total(test, "customers").await), (json!({"customersDeleted": 1_300}), 0));
        test.post(&format!("/api/jobs/{first}/retry"), json!({})).await.expect(200);
        test.run_due().await;
        assert_eq!(undo_of(test, people).await, undo, "a job of before has nothing more to do");
    })
    .await;
}

#[tokio::test]
async fn an_import_that_was_taken_back_does_not_go_on() {
    on_each_store(async |test| {
        let csv: String = (0..2_500).map(|number| format!("{number}\n")).collect();
        let form = reqwest::multipart::Form::new().text("kind", "customers");
        let part = reqwest::multipart::Part::text(format!("external:shop\n{csv}")).file_name("people.csv");
        let request = test.client.post(format!("{}/api/imports", test.address)).header("x-api-key", &test.key);
        let accepted: Value = request.multipart(form.part("file", part)).send().await.unwrap().json().await.unwrap();
        let (import, job) = (accepted["id"].as_i64().unwrap(), &accepted["jobId"]);
        let early = test.post(&format!("/api/imports/{import}/undo"), json!({})).await.expect(409);
        assert_eq!(early["code"], "import_under_way");
        test.post(&format!("/api/jobs/{job}/cancel"), json!({})).await.expect(200);
        let nothing = test.post(&format!("/api/imports/{import}/undo"), json!({})).await.expect(409);
        assert_eq!(nothing["code"], "import_not_undoable");
        test.post(&format!("/api/jobs/{job}/retry"), json!({})).await.expect(200);
        test.run_due().await;
        undone(test, import, "keep").await;
        assert_eq!(total(test, "customers").await, 0);
        test.write(move |work| {
            work.tx.execute("update imports set state = 'cancelled'", &[])?;
            work.tx.execute("update jobs set state = 'cancelled' where kind = 'import'", &[])?;
            Ok(())
        })
        .await
        .unwrap();
        test.post(&format!("/api/jobs/{job}/retry"), json!({})).await.expect(200);
        test.run_due().await;
        assert_eq!(total(test, "customers").await, 0);
    })
    .await;
}

#[tokio::test]
async fn who_may_not_delete_customers_undoes_no_import_that_made_some() {
    on_each_store(async |test| {
        let people = people(test, "external:shop\n1\n2\n").await;
        let (undo, kept) = (format!("/api/imports/{people}/undo"), format!("/api/imports/{people}/undo/kept"));
        let nobody = test.new_key(&["customers:read", "customers:delete"]).await;
        let importer = test.new_key(&["imports:write", "customers:read"]).await;
        let blind = test.new_key(&["imports:write", "customers:delete"]).await;
        let ask = async |method: Method, path: &str, key: &str| {
            let body = (method == Method::POST).then(|| json!({}));
            test.send(method, path, body, Some(key), &[]).await.status.as_u16()
        };
        for (method, path) in [(Method::GET, &undo), (Method::POST, &undo), (Method::GET, &kept)] {
            assert_eq!(ask(method, path, &nobody).await, 403);
        }
        for method in [Method::GET, Method::POST] {
            assert_eq!(ask(method, &undo, &importer).await, 403);
        }
        assert_eq!((ask(Method::GET, &undo, &blind).await, ask(Method::GET, &kept, &blind).await), (403, 403));

        let wanted = json!({"name": "shop", "scopes": ["imports:write", "customers:delete"]});
        let made = test.post("/api/api-keys", wanted).await.expect(201);
        assert_eq!(ask(Method::POST, &undo, made["key"].as_str().unwrap()).await, 202);
        test.delete(&format!("/api/api-keys/{}", made["id"])).await.expect(204);
        test.run_due().await;
        let failed = undo_of(test, people).await;
        assert_eq!((&failed["state"], &failed["error"]), (&json!("failed"), &json!("whoever started it may not do this any more")));
        assert_eq!(total(test, "customers").await, 2);
        assert_eq!(figures(&undone(test, people, "keep").await), json!({"customersDeleted": 2}));
    })
    .await;
}

#[tokio::test]
async fn what_was_written_over_goes_with_its_customer_and_after_some_time() {
    on_each_store(async |test| {
        brought(test, Kind::Activities, &file("orders.csv", ORDERS), orders_by_id()).await;
        let more =
            brought(test, Kind::Activities, &file("more.csv", ORDERS.replace("2,29.33", "3,1").replace("1,14.96", "3,1")), orders_by_id())
                .await;
        let one = id_of(test, "1").await;
        assert_eq!(rows(test, "import_changes").await, 2);
        let activities = test.get("/api/activities?limit=500").await.expect(200)["items"].clone();
        for activity in activities.as_array().unwrap() {
            test.patch(&format!("/api/activities/{}", activity["id"]), json!({"attributes": {"amount": 77}})).await.expect(200);
        }
        undone(test, more, "keep").await;
        assert_eq!((rows(test, "import_changes").await, rows(test, "import_kept").await), (2, 2));
        test.delete(&format!("/api/customers/{one}")).await.expect(204);
        assert_eq!((rows(test, "import_changes").await, rows(test, "import_kept").await), (1, 1));

        let people = people(test, "external:shop\n7\n").await;
        let one = test.get(&format!("/api/imports/{people}")).await.expect(200);
        assert_eq!((&one["isUndoable"], &one["undoableUntil"]), (&json!(true), &json!("2026-04-01T12:00:00Z")));
        test.clock.advance_days(31);
        assert_eq!(test.post(&format!("/api/imports/{people}/undo"), json!({})).await.expect(409)["code"], "import_not_undoable");
        test.run_due().await;
        let left = [rows(test, "import_deeds").await, rows(test, "import_changes").await, rows(test, "import_kept").await];
        assert_eq!(left, [0, 0, 0]);
        assert_eq!(undo_of(test, more).await["state"], "done", "its figures stay");
    })
    .await;
}
