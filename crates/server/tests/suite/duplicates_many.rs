//! Very many customers at once: described together while others change them, broken off, and one full run at a time.

use super::duplicates::{anna, open, person, set, with};
use serde_json::json;
use server::jobs::{self, Job, Wish};
use server::time::Instant;
use server::{duplicates, worker};
use testkit::{TestApp, on_each_store};

/// So many that they are described together.
const MANY: i64 = 220;

/// Kind, key, what splits it, and whose it is.
type Key = (i64, i64, i64, i64);

async fn many(test: &TestApp) -> Vec<i64> {
    set(test, json!({"enabled": false})).await;
    let mut ids = Vec::new();
    for number in 0..MANY {
        let (mail, street) = (format!("mail{number}@shop.example"), format!("Gasse {}", number % 90));
        ids.push(person(test, with(anna(), json!({"lastname": format!("Huber{number}"), "email": mail, "street": street}))).await);
    }
    set(test, json!({"enabled": true})).await;
    ids
}

/// The keys as they are noted with the traits, and as they stand where customers meet.
async fn keys(test: &TestApp) -> (Vec<Key>, Vec<Key>) {
    let noted = test.write(|work| {
        let all: Vec<(i64, Vec<u8>)> = work.tx.all("select customer_id, keys from duplicate_traits", &[])?;
        let number = |bytes: &[u8]| i64::from_le_bytes(bytes.try_into().unwrap());
        let split = |(id, bytes): (i64, Vec<u8>)| {
            bytes.chunks(17).map(|key| (i64::from(key[0]), number(&key[1..9]), number(&key[9..]), id)).collect::<Vec<Key>>()
        };
        Ok(all.into_iter().flat_map(split).collect::<Vec<Key>>())
    });
    let mut noted = noted.await.unwrap();
    noted.sort_unstable();
    let standing = test.write(|work| {
        let text = "select kind, key, sub, customer_id from duplicate_keys order by kind, key, sub, customer_id";
        Ok(work.tx.all::<Key>(text, &[])?)
    });
    (noted, standing.await.unwrap())
}

async fn described(test: &TestApp) -> i64 {
    test.get("/api/duplicates/report").await.expect(200)["indexed"].as_i64().unwrap()
}

#[tokio::test]
async fn very_many_are_described_together() {
    on_each_store(async |test| {
        let ids = many(test).await;
        others_change_them_meanwhile(test, &ids).await;
        it_breaks_off(test).await;
        nearly_all_are_to_be_compared_no_more(test, &ids).await;
        two_full_runs_are_wanted(test).await;
        whoever_owes_keys_is_waited_for(test).await;
        a_run_that_is_cancelled_owes_no_keys(test).await;
        a_run_that_fails_owes_no_keys(test).await;
    })
    .await;
}

async fn others_change_them_meanwhile(test: &TestApp, ids: &[i64]) {
    let meddle = async {
        for place in 0..12 {
            test.delete(&format!("/api/customers/{}", ids[place * 18])).await.expect(204);
            let changed = json!({"lastname": format!("Steiner{place}"), "birthDate": null});
            test.patch(&format!("/api/customers/{}", ids[place * 18 + 7]), changed).await.expect(200);
            worker::run_kinds(&test.app, &["compare_customers"]).await.unwrap();
        }
    };
    let (done, ()) = tokio::join!(duplicates::index(&test.app, |_| {}), meddle);
    assert!((MANY - 12..=MANY).contains(&done.unwrap()));
    duplicates::index(&test.app, |_| {}).await.unwrap();
    let (noted, standing) = keys(test).await;
    assert_eq!(described(test).await, MANY - 12);
    assert!(3 * MANY < noted.len() as i64, "{}", noted.len());
    assert!(noted == standing, "{} keys are noted, {} stand", noted.len(), standing.len());
}

/// As a server leaves it that ends after the traits and some of the keys.
async fn it_breaks_off(test: &TestApp) {
    let (noted, _) = keys(test).await;
    let text = "update schedules set next_at = 1 where name = 'compare_customers'";
    test.write(|work| Ok(work.tx.execute(text, &[])?)).await.unwrap();
    test.write(|work| Ok(work.tx.execute("delete from duplicate_keys where key > 0", &[])?)).await.unwrap();
    assert_eq!(duplicates::index(&test.app, |_| {}).await.unwrap(), MANY - 12);
    let (again, standing) = keys(test).await;
    assert!(again == noted && again == standing);
    assert_eq!(duplicates::index(&test.app, |_| {}).await.unwrap(), 0, "all is well now");
}

/// While nobody is compared who is saved.
async fn nearly_all_are_to_be_compared_no_more(test: &TestApp, ids: &[i64]) {
    set(test, json!({"enabled": false})).await;
    let text = "update customers set version = version + 1, active = (id <= $1)";
    let last = ids[4];
    test.write(move |work| Ok(work.tx.execute(text, &[last.into()])?)).await.unwrap();
    assert_eq!(duplicates::index(&test.app, |_| {}).await.unwrap(), MANY - 12);
    let (noted, standing) = keys(test).await;
    assert_eq!(described(test).await, 4, "one of the five was deleted");
    assert!(noted == standing);
    set(test, json!({"enabled": true})).await;
}

async fn two_full_runs_are_wanted(test: &TestApp) {
    let wish = || (Job::FindDuplicates { learn: false, after: 0 }, Wish::default());
    let wanted = test.write(move |work| jobs::enqueue_all(work, vec![wish(), wish()])).await.unwrap();
    let mut claimed = test.write(|work| jobs::claim_kinds(work, &["find_duplicates"], 2)).await.unwrap();
    let (one, other) = (claimed.remove(0), claimed.remove(0));
    let (one, other) = tokio::join!(duplicates::search_step(&test.app, one), duplicates::search_step(&test.app, other));
    assert!(one.is_ok() && other.is_ok());
    let mut states = Vec::new();
    for job in wanted {
        states.push(test.get(&format!("/api/jobs/{job}")).await.expect(200)["state"].as_str().unwrap().to_owned());
    }
    states.sort();
    assert_eq!(states, ["done", "queued"]);
    test.clock.advance_minutes(1);
    test.run_due().await;
    let count = "select count(*) from duplicate_runs where ended_at is not null";
    let runs: i64 = test.write(|work| Ok(work.tx.one(count, &[])?)).await.unwrap();
    assert_eq!(runs, 2);
}

/// Until when somebody is taken to be writing the keys of many; 0 when nobody owes any.
async fn mark(test: &TestApp, until: Option<Instant>) -> i64 {
    test.write(move |work| {
        if let Some(until) = until {
            work.tx.execute("update schedules set next_at = $1 where name = 'compare_customers'", &[until.into()])?;
        }
        Ok(work.tx.one("select next_at from schedules where name = 'compare_customers'", &[])?)
    })
    .await
    .unwrap()
}

/// A comparison would miss those whose keys are missing, and so would another run that takes everything away.
async fn whoever_owes_keys_is_waited_for(test: &TestApp) {
    mark(test, Some(test.clock.now().plus_minutes(1))).await;
    let saved = person(test, with(anna(), json!({"lastname": "Huber3", "email": "other@shop.example", "street": "Gasse 3"}))).await;
    for (seconds, waiting) in [(0, 1), (30, 1), (31, 0)] {
        test.clock.advance_seconds(seconds);
        worker::run_kinds(&test.app, &["compare_customers"]).await.unwrap();
        let jobs = test.get("/api/jobs?kind=compare_customers&state=queued").await.expect(200);
        assert_eq!(jobs["items"].as_array().unwrap().len(), waiting, "{jobs}");
        if waiting == 1 {
            assert!(open(test).await.iter().all(|pair| pair.1 != saved));
            assert!(duplicates::index(&test.app, |_| {}).await.unwrap_err().to_string().contains("looked for already"));
        }
    }
    assert!(open(test).await.iter().any(|pair| pair.1 == saved), "who gives no sign of life is waited for no more");
    mark(test, Some(Instant(0))).await;
}

async fn a_run_that_is_cancelled_owes_no_keys(test: &TestApp) {
    let all = "update customers set version = version + 1, active = true";
    test.write(move |work| Ok(work.tx.execute(all, &[])?)).await.unwrap();
    let wish = || (Job::FindDuplicates { learn: false, after: 0 }, Wish::default());
    let wanted = test.write(move |work| jobs::enqueue_all(work, vec![wish()])).await.unwrap();
    let claimed = test.write(|work| jobs::claim_kinds(work, &["find_duplicates"], 1)).await.unwrap().remove(0);
    test.post(&format!("/api/jobs/{}/cancel", wanted[0]), json!({})).await.expect(200);
    let stale = test.write(duplicates::count_waiting).await.unwrap();
    duplicates::search_step(&test.app, claimed).await.unwrap();
    let (noted, standing) = keys(test).await;
    assert!(noted == standing, "{} keys are noted, {} stand", noted.len(), standing.len());
    assert_eq!((stale, test.write(duplicates::count_waiting).await.unwrap()), (described(test).await, 0), "what was begun is whole");
    assert!(200 <= stale, "{stale} are too few to be described together");
    assert_eq!(mark(test, None).await, 0);
}

/// As if what is stored of one customer were damaged: comparing cannot begin, but the others are described.
async fn a_run_that_fails_owes_no_keys(test: &TestApp) {
    let damage = "update duplicate_traits set traits = $1 where customer_id = (select min(customer_id) from duplicate_traits)";
    test.write(move |work| Ok(work.tx.execute(damage, &[vec![0_u8].into()])?)).await.unwrap();
    let change = "update customers set version = version + 1 where id > (select min(customer_id) from duplicate_traits)";
    test.write(move |work| Ok(work.tx.execute(change, &[])?)).await.unwrap();
    let wish = || (Job::FindDuplicates { learn: false, after: 0 }, Wish::default());
    test.write(move |work| jobs::enqueue_all(work, vec![wish()])).await.unwrap();
    let claimed = test.write(|work| jobs::claim_kinds(work, &["find_duplicates"], 1)).await.unwrap().remove(0);
    let failed = duplicates::search_step(&test.app, claimed).await.err().unwrap();
    assert!(format!("{failed:?}").contains("cannot be read"), "{failed:?}");
    let (noted, standing) = keys(test).await;
    assert!(noted == standing, "{} keys are noted, {} stand", noted.len(), standing.len());
    assert_eq!(mark(test, None).await, 0);
}
