//! Rebuilds: of one, of all, of some customers; stopped, taken up again, overtaken.

use super::segments::{customer, group, members, often, order, segment};
use serde_json::{Value, json};
use server::activities::{NewActivity, TrackOptions, Who, track};
use server::events::Event;
use server::ids::{CompanyId, CustomerId};
use server::segments as slice;
use server::time::Instant;
use std::collections::BTreeSet;
use std::sync::mpsc;
use std::time::Duration;
use testkit::{TestApp, on_each_store};

/// Takes stored membership away behind the back of the program.
async fn spoil(test: &TestApp, segment: i64, customer: i64) {
    let values = [segment.into(), customer.into()];
    let spoilt = "delete from memberships where segment_id = $1 and customer_id = $2";
    test.write(move |work| Ok(work.tx.execute(spoilt, &values)?)).await.unwrap();
}

/// What was told of a customer's membership of a segment, oldest first.
async fn moves(test: &TestApp, customer: i64, segment: i64) -> Vec<bool> {
    let told = test.write(move |work| slice::changes_of(work, CustomerId(customer), None, 100)).await.unwrap();
    told.iter().rev().filter(|one| one.change.segment.0 == segment).map(|one| one.change.entered).collect()
}

async fn job(test: &TestApp, id: &Value) -> Value {
    test.get(&format!("/api/jobs/{id}")).await.expect(200)
}

#[tokio::test]
async fn all_segments_are_built_by_one_job_each_after_those_it_is_built_on() {
    on_each_store(async |test| {
        let (ada, bob) = (customer(test, "ada@example.org").await, customer(test, "bob@example.org").await);
        let group = group(test, true).await;
        let buyer = segment(test, group, "Buyer", often(1, "30d")).await;
        let quiet = segment(test, group, "Quiet", json!({ "not": { "fact": "segment", "id": buyer } })).await;
        let both =
            segment(test, group, "Both", json!({ "any": [{ "fact": "segment", "id": buyer }, { "fact": "segment", "id": quiet }] })).await;
        order(test, ada, "2026-03-02T11:00:00Z", 1.0).await;
        assert_eq!(moves(test, ada, quiet).await, [true, false]);
        spoil(test, buyer, ada).await;
        spoil(test, both, bob).await;

        let accepted = test.post("/api/segments/rebuild", json!({ "all": true })).await.expect(202);
        assert_eq!(members(test, buyer).await, [].into(), "readers see the old membership");
        test.run_due().await;
        assert_eq!(members(test, buyer).await, [ada].into());
        assert_eq!(members(test, quiet).await, [bob].into());
        assert_eq!(members(test, both).await, [ada, bob].into());
        let done = job(test, &accepted["jobId"]).await;
        assert_eq!(
            (&done["state"], &done["done"], &done["total"]),
            (&json!("done"), &json!(6), &json!(6)),
            "three rounds of two customers"
        );
        assert_eq!(moves(test, ada, quiet).await, [true, false], "a segment is not seen on the old membership of another one");
        assert_eq!(moves(test, ada, buyer).await, [true, true], "who had been lost is told anew");
        assert_eq!(moves(test, bob, both).await, [true, true]);
    })
    .await;
}

#[tokio::test]
async fn a_rebuild_that_is_cancelled_leaves_what_is_in_force_and_can_be_taken_up_again() {
    on_each_store(async |test| {
        let (ada, bob) = (customer(test, "ada@example.org").await, customer(test, "bob@example.org").await);
        let regular = segment(test, group(test, true).await, "Regular", often(1, "30d")).await;
        order(test, ada, "2026-03-01T12:00:00Z", 1.0).await;
        let path = format!("/api/segments/{regular}");
        let changed = test.patch(&path, json!({ "condition": often(2, "30d") })).await.expect(200);
        let cancel = format!("/api/jobs/{}/cancel", changed["rebuildJobId"]);
        test.post(&cancel, json!({})).await.expect(200);

        let standing = test.get(&path).await.expect(200);
        assert_eq!((&standing["building"], &standing["condition"]), (&json!(false), &often(1, "30d")));
        assert_eq!(standing["nextCondition"], often(2, "30d"), "what was asked for is not lost");
        order(test, bob, "2026-03-01T12:00:00Z", 1.0).await;
        order(test, bob, "2026-03-01T13:00:00Z", 1.0).await;
        test.run_due().await;
        assert_eq!(members(test, regular).await, [ada, bob].into());

        test.post(&format!("/api/jobs/{}/retry", changed["rebuildJobId"]), json!({})).await.expect(200);
        test.run_due().await;
        assert_eq!(members(test, regular).await, [bob].into());
        let standing = test.get(&path).await.expect(200);
        assert_eq!((&standing["condition"], &standing["nextCondition"]), (&often(2, "30d"), &Value::Null));
        assert_eq!((moves(test, ada, regular).await, moves(test, bob, regular).await), (vec![true, false], vec![true]));
    })
    .await;
}

#[tokio::test]
async fn a_rebuild_whose_worker_died_is_gone_on_with() {
    on_each_store(async |test| {
        let ada = customer(test, "ada@example.org").await;
        let regular = segment(test, group(test, true).await, "Regular", often(1, "30d")).await;
        order(test, ada, "2026-03-01T12:00:00Z", 1.0).await;
        spoil(test, regular, ada).await;
        let accepted = test.post(&format!("/api/segments/{regular}/rebuild"), json!({})).await.expect(202);
        let taken = test.write(|work| server::jobs::claim(work, 10)).await.unwrap();
        assert_eq!(taken.len(), 1);
        test.run_due().await;
        assert!(members(test, regular).await.is_empty(), "the dead worker holds it still");
        test.clock.advance_seconds(61);
        test.run_due().await;
        assert_eq!(members(test, regular).await, [ada].into());
        assert_eq!(job(test, &accepted["jobId"]).await["state"], "done");
    })
    .await;
}

#[tokio::test]
async fn what_an_overtaken_rebuild_left_behind_is_not_told() {
    on_each_store(async |test| {
        let (ada, bob) = (customer(test, "ada@example.org").await, customer(test, "bob@example.org").await);
        let regular = segment(test, group(test, true).await, "Regular", often(2, "30d")).await;
        order(test, ada, "2026-03-01T12:00:00Z", 1.0).await;
        let path = format!("/api/segments/{regular}");
        test.patch(&path, json!({ "condition": often(1, "30d") })).await.expect(200);
        // Judged by the condition that is being built, which then never comes into force.
        order(test, bob, "2026-03-01T12:00:00Z", 1.0).await;
        test.patch(&path, json!({ "condition": often(3, "30d") })).await.expect(200);
        test.run_due().await;
        assert!(members(test, regular).await.is_empty());
        assert_eq!((moves(test, ada, regular).await, moves(test, bob, regular).await), (vec![], vec![]));

        test.patch(&path, json!({ "condition": often(1, "30d") })).await.expect(200);
        test.run_due().await;
        assert_eq!((moves(test, ada, regular).await, moves(test, bob, regular).await), (vec![true], vec![true]));
    })
    .await;
}

#[tokio::test]
async fn who_is_made_by_a_unit_that_knows_nothing_of_the_rebuild_is_not_missed_by_it() {
    on_each_store(async |test| {
        let regular = segment(test, group(test, true).await, "Regular", often(9, "30d")).await;
        order(test, customer(test, "first@example.org").await, "2026-03-01T12:00:00Z", 1.0).await;
        let other = test.beside().await;
        let ((reads, has_read), (go, may_go)) = (mpsc::channel(), mpsc::channel());
        // A unit that looks at the definitions, and then takes its time.
        let slow = test.write(move |work| {
            slice::all(work)?;
            let _ = reads.send(());
            let _ = may_go.recv_timeout(Duration::from_secs(2));
            let customer = Who::Known { kind: "email".to_owned(), value: "ada@example.org".to_owned() };
            let order = NewActivity {
                customer,
                kind: "order".to_owned(),
                occurred_at: None,
                external_id: None,
                attributes: json!({}),
                metadata: None,
            };
            track(work, &[order], TrackOptions { create_customers: true, ..TrackOptions::default() }).map(drop)
        });
        let rebuild = async {
            while has_read.try_recv().is_err() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let path = format!("/api/segments/{regular}");
            let rebuilt = async {
                other.patch(&path, json!({ "condition": often(1, "30d") })).await.expect(200);
                other.run_due().await;
            };
            let goes_on = async {
                tokio::time::sleep(Duration::from_millis(400)).await;
                let _ = go.send(());
            };
            tokio::join!(rebuilt, goes_on);
        };
        let (written, ()) = tokio::join!(slow, rebuild);
        written.unwrap();
        test.run_due().await;
        assert_eq!(members(test, regular).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_unit_that_had_to_wait_for_a_customer_is_not_earlier_than_what_he_did_meanwhile() {
    on_each_store(async |test| {
        let ada = customer(test, "ada@example.org").await;
        let regular = segment(test, group(test, true).await, "Regular", often(1, "30d")).await;
        let ((begins, has_begun), (go, may_go)) = (mpsc::channel(), mpsc::channel());
        // SQLite has one writer at a time: there the order comes afterwards.
        let earlier = test.write(move |work| {
            let _ = begins.send(());
            let _ = may_go.recv_timeout(Duration::from_millis(500));
            let (customer, occurred_at) = (Who::Id(CustomerId(ada)), Some(Instant(work.now.0 - 60 * 86_400_000_000)));
            let (kind, attributes) = ("order".to_owned(), json!({}));
            let old = NewActivity { customer, kind, occurred_at, external_id: None, attributes, metadata: None };
            track(work, &[old], TrackOptions::default()).map(drop)
        });
        let later = async {
            while has_begun.try_recv().is_err() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            test.clock.advance_seconds(1);
            let now = json!({ "customer": { "id": ada }, "type": "order" });
            test.post("/api/activities", now).await.expect(201);
            let _ = go.send(());
        };
        let (written, ()) = tokio::join!(earlier, later);
        written.unwrap();
        assert_eq!(moves(test, ada, regular).await, [true], "he entered, and left at no time");
    })
    .await;
}

#[tokio::test]
async fn a_change_of_a_company_judges_its_members_at_the_time_they_are_locked() {
    on_each_store(async |test| {
        let company = test.post("/api/companies", json!({ "name": "Huber" })).await.expect(201)["id"].as_i64().unwrap();
        let body = json!({ "email": "ada@example.org", "companyId": company });
        let ada = test.post("/api/customers", body).await.expect(201)["id"].as_i64().unwrap();
        let huber = json!({ "fact": "company", "name": "name", "op": "eq", "value": "Huber" });
        let condition = json!({ "all": [huber, often(1, "30d")] });
        let regular = segment(test, group(test, true).await, "Regular", condition).await;
        // One second from now.
        order(test, ada, "2026-03-02T12:00:01Z", 1.0).await;
        assert_eq!(members(test, regular).await, [].into());
        let clock = test.clock.clone();
        let changed = test.write(move |work| {
            clock.advance_seconds(1);
            work.tell(Event::CompanyChanged { company: CompanyId(company) });
            Ok(())
        });
        changed.await.unwrap();
        assert_eq!(members(test, regular).await, [ada].into());
    })
    .await;
}

#[tokio::test]
async fn chosen_customers_are_looked_at_again_in_place() {
    on_each_store(async |test| {
        let mut all = Vec::new();
        for name in ["ada", "bob", "eve"] {
            let id = customer(test, &format!("{name}@example.org")).await;
            order(test, id, "2026-03-01T12:00:00Z", 1.0).await;
            all.push(id);
        }
        let [ada, bob, eve] = all[..] else { panic!() };
        test.patch(&format!("/api/customers/{eve}"), json!({ "active": false })).await.expect(200);
        let group_id = group(test, true).await;
        let regular = segment(test, group_id, "Regular", often(1, "30d")).await;
        let buyer = segment(test, group_id, "Buyer", often(1, "60d")).await;
        for id in [ada, bob, eve] {
            spoil(test, regular, id).await;
            spoil(test, buyer, id).await;
        }
        let build = async |wanted: Value| {
            test.post("/api/segments/rebuild", wanted).await.expect(202);
            test.run_due().await;
            (members(test, regular).await, members(test, buyer).await)
        };
        assert_eq!(build(json!({ "customers": [ada], "segments": [regular] })).await, ([ada].into(), [].into()));
        assert_eq!(build(json!({ "customers": [bob, ada] })).await, ([ada, bob].into(), [ada, bob].into()));
        assert_eq!(build(json!({ "active": false })).await, ([ada, bob, eve].into(), [ada, bob, eve].into()));
        spoil(test, buyer, eve).await;
        assert_eq!(build(json!({ "active": true })).await.1, [ada, bob].into());

        let manual =
            test.post("/api/segments", json!({ "groupId": group(test, false).await, "name": "M" })).await.expect(201)["id"].clone();
        for (wrong, path) in [
            (json!({}), ""),
            (json!({ "segments": [regular, 99_999] }), "/segments/1"),
            (json!({ "segments": [manual] }), "/segments/0"),
            (json!({ "customers": [99_999] }), "/customers/0"),
            (json!({ "customers": [ada], "active": true }), "/active"),
            (json!({ "all": true, "segments": [regular] }), "/segments"),
        ] {
            let refused = test.post("/api/segments/rebuild", wrong).await.expect(422);
            assert_eq!(refused["problems"][0]["path"], path, "{refused}");
        }
        test.post(&format!("/api/segments/{manual}/rebuild"), json!({})).await.expect(409);
    })
    .await;
}

#[tokio::test]
async fn an_evaluation_takes_as_many_statements_for_many_customers_as_for_few() {
    on_each_store(async |test| {
        let group = group(test, true).await;
        segment(test, group, "Regular", often(1, "30d")).await;
        segment(test, group, "Viennese", json!({ "fact": "field", "name": "city", "op": "eq", "value": "Wien" })).await;
        segment(
            test,
            group,
            "Both",
            json!({ "all": [{ "fact": "segment", "reference": "regular" }, { "fact": "segment", "reference": "viennese" }] }),
        )
        .await;
        let mut customers: Vec<i64> = Vec::new();
        for number in 0..60 {
            let body = json!({ "email": format!("c{number}@example.org"), "city": "Wien" });
            customers.push(test.post("/api/customers", body).await.expect(201)["id"].as_i64().unwrap());
        }
        let mut counts = BTreeSet::new();
        for some in [&customers[0..3], &customers[3..60]] {
            let ids: Vec<CustomerId> = some.iter().map(|id| CustomerId(*id)).collect();
            for id in &ids {
                spoil(test, 2, id.0).await;
            }
            let count = test.write(move |work| {
                server::customers::lock(work, &ids)?;
                let before = work.tx.statements();
                let changed = ids.iter().map(|customer| Event::CustomerChanged { customer: *customer, fields: ["city".to_owned()].into() });
                slice::react(work, &changed.collect::<Vec<_>>())?;
                Ok(work.tx.statements() - before)
            });
            counts.insert(count.await.unwrap());
        }
        assert_eq!(counts.len(), 1, "{counts:?}");
        assert!(counts.iter().all(|count| *count < 20), "{counts:?}");
    })
    .await;
}
