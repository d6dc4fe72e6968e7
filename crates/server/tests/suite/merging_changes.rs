//! What happens between a merge and its undoing: it is kept, and told where it stands in the way.

use super::mail_leaving::{header, visit};
use super::merging::{merge, undo};
use super::segments::{customer, group, members, often, order, segment};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{TestApp, on_each_store};

async fn read(test: &TestApp, customer: i64) -> Value {
    test.get(&format!("/api/customers/{customer}")).await.expect(200)
}

async fn person(test: &TestApp, body: Value) -> i64 {
    test.post("/api/customers", body).await.expect(201)["id"].as_i64().unwrap()
}

fn kinds(merge: &Value) -> Vec<String> {
    let text = |conflict: &Value| format!("{} {}", conflict["kind"].as_str().unwrap(), conflict["name"].as_str().unwrap());
    merge["conflicts"].as_array().unwrap().iter().map(text).collect()
}

#[tokio::test]
async fn fields_that_were_changed_since_keep_the_later_value() {
    on_each_store(async |test| {
        let ada = person(test, json!({"email": "ada@example.org", "firstname": "Ada"})).await;
        let bob = person(test, json!({"email": "bob@example.org", "lastname": "Byron", "city": "Graz"})).await;
        let merged = merge(test, ada, bob, json!({})).await;
        let one = read(test, ada).await;
        assert_eq!([&one["firstname"], &one["lastname"], &one["city"]], [&json!("Ada"), &json!("Byron"), &json!("Graz")]);
        assert_eq!(one["email"], "ada@example.org");
        test.patch(&format!("/api/customers/{ada}"), json!({"lastname": "Lovelace"})).await.expect(200);
        let undone = undo(test, &merged).await;
        assert_eq!(kinds(&undone), ["field lastname"]);
        let (ada, bob) = (read(test, ada).await, read(test, bob).await);
        assert_eq!([&ada["firstname"], &ada["lastname"], &ada["city"]], [&json!("Ada"), &json!("Lovelace"), &Value::Null]);
        assert_eq!([&bob["email"], &bob["lastname"], &bob["version"]], [&json!("bob@example.org"), &json!("Byron"), &json!(1)]);
    })
    .await;
}

#[tokio::test]
async fn identities_lead_to_the_survivor_and_back_unless_they_are_somebody_elses_by_then() {
    on_each_store(async |test| {
        let ada = person(test, json!({"email": "ada@example.org", "phone": "1"})).await;
        let bob = person(test, json!({"email": "bob@example.org", "externalIds": {"shop": "7"}})).await;
        let token = read(test, bob).await["token"].clone();
        let merged = merge(test, ada, bob, json!({"picks": {"email": "other"}})).await;
        let identities = json!({"identities": [{"kind": "email", "value": "bob@example.org"}, {"kind": "external:shop", "value": "7"},
            {"kind": "token", "value": token}, {"kind": "email", "value": "ada@example.org"}]});
        let found = test.post("/api/customers/lookup", identities).await.expect(200);
        assert!(found["items"].as_array().unwrap().iter().all(|item| item["customerId"] == ada), "{found}");
        assert_eq!(read(test, ada).await["email"], "bob@example.org");

        test.patch(&format!("/api/customers/{ada}"), json!({"email": "new@example.org"})).await.expect(200);
        let eve = person(test, json!({"email": "bob@example.org"})).await;
        let undone = undo(test, &merged).await;
        assert_eq!(kinds(&undone), ["identity email bob@example.org", "field email", "field email"]);
        assert_eq!(
            [&read(test, ada).await["email"], &read(test, eve).await["email"]],
            [&json!("new@example.org"), &json!("bob@example.org")]
        );
        let bob = read(test, bob).await;
        assert_eq!([&bob["email"], &bob["externalIds"]["shop"], &bob["token"]], [&Value::Null, &json!("7"), &token]);
    })
    .await;
}

#[tokio::test]
async fn what_is_new_stays_with_the_survivor_and_what_moved_goes_back_with_its_changes() {
    on_each_store(async |test| {
        let (ada, bob) = (customer(test, "ada@example.org").await, customer(test, "bob@example.org").await);
        order(test, bob, "2026-02-01T00:00:00Z", 10.0).await;
        order(test, bob, "2026-02-02T00:00:00Z", 20.0).await;
        let of = async |customer: i64| -> Vec<Value> {
            let page = test.get(&format!("/api/activities?customerId={customer}")).await.expect(200);
            page["items"].as_array().unwrap().clone()
        };
        let moved = of(bob).await;
        test.put(&format!("/api/customers/{ada}/consents/news"), json!({"granted": true})).await.expect(200);
        test.put(&format!("/api/customers/{bob}/consents/news"), json!({"granted": false})).await.expect(200);
        test.put(&format!("/api/customers/{bob}/subscriptions/weekly"), json!({"status": "unsubscribed"})).await.expect(200);
        test.put(&format!("/api/customers/{ada}/subscriptions/weekly"), json!({"status": "subscribed"})).await.expect(200);
        let merged = merge(test, ada, bob, json!({})).await;
        let news = test.get(&format!("/api/customers/{ada}/consents")).await.expect(200);
        assert_eq!(news[0]["granted"], false, "denied beats granted");
        let answers = test.get(&format!("/api/customers/{ada}/consent-answers")).await.expect(200);
        assert_eq!(answers["items"].as_array().unwrap().len(), 2, "both answers are kept");
        let weekly = test.get(&format!("/api/customers/{ada}/subscriptions")).await.expect(200);
        assert_eq!(weekly[0]["status"], "unsubscribed");

        order(test, ada, "2026-03-01T00:00:00Z", 30.0).await;
        test.patch(&format!("/api/activities/{}", moved[0]["id"]), json!({"attributes": {"amount": 99}})).await.expect(200);
        test.delete(&format!("/api/activities/{}", moved[1]["id"])).await.expect(204);
        test.clock.advance_minutes(1);
        test.put(&format!("/api/customers/{ada}/consents/news"), json!({"granted": true})).await.expect(200);
        let undone = undo(test, &merged).await;
        assert_eq!(kinds(&undone), ["consent news"]);
        let (own, back) = (of(ada).await, of(bob).await);
        assert_eq!((own.len(), &own[0]["attributes"]["amount"]), (1, &json!(30.0)));
        assert_eq!((back.len(), &back[0]["attributes"]["amount"]), (1, &json!(99)));
        let granted =
            async |customer: i64| test.get(&format!("/api/customers/{customer}/consents")).await.expect(200)[0]["granted"].clone();
        assert_eq!([granted(ada).await, granted(bob).await], [json!(true), json!(false)]);
        let status =
            async |customer: i64| test.get(&format!("/api/customers/{customer}/subscriptions")).await.expect(200)[0]["status"].clone();
        assert_eq!([status(ada).await, status(bob).await], [json!("subscribed"), json!("unsubscribed")]);
    })
    .await;
}

#[tokio::test]
async fn segments_are_judged_by_what_both_did_and_again_when_they_part() {
    on_each_store(async |test| {
        let (ada, bob) = (customer(test, "ada@example.org").await, customer(test, "bob@example.org").await);
        let by_hand = test.post("/api/segments", json!({"groupId": group(test, false).await, "name": "Hand"})).await.expect(201);
        let by_hand = by_hand["id"].as_i64().unwrap();
        let regular = segment(test, group(test, true).await, "Regular", often(2, "90d")).await;
        order(test, ada, "2026-03-01T00:00:00Z", 1.0).await;
        order(test, bob, "2026-02-01T00:00:00Z", 1.0).await;
        for add in [json!({"add": [ada], "counter": 2}), json!({"add": [bob], "counter": 3, "since": "2026-01-01T00:00:00Z"})] {
            test.post(&format!("/api/segments/{by_hand}/members"), add).await.expect(200);
        }
        assert!(members(test, regular).await.is_empty());
        let merged = merge(test, ada, bob, json!({})).await;
        assert_eq!(members(test, regular).await, [ada].into(), "both orders are his now");
        let page = test.get(&format!("/api/segments/{by_hand}/members")).await.expect(200);
        let only = &page["items"][0];
        assert_eq!(
            (&only["counter"], &only["since"], page["items"].as_array().unwrap().len()),
            (&json!(5), &json!("2026-01-01T00:00:00Z"), 1)
        );
        let story = test.get(&format!("/api/customers/{ada}/timeline?kinds=segment_entered")).await.expect(200);
        assert_eq!(story["items"][0]["detail"]["cause"], json!({"by": "merge", "merge": merged["id"]}));

        test.clock.advance_days(40);
        test.run_due().await;
        order(test, ada, "2026-04-10T00:00:00Z", 1.0).await;
        let more = json!({"add": [ada], "counter": "increase", "since": "2026-04-10T00:00:00Z"});
        test.post(&format!("/api/segments/{by_hand}/members"), more).await.expect(200);
        let undone = undo(test, &merged).await;
        assert_eq!(kinds(&undone), [format!("segment {by_hand}")]);
        assert_eq!(members(test, regular).await, [ada].into(), "by now he has two orders of his own");
        let page = test.get(&format!("/api/segments/{by_hand}/members")).await.expect(200);
        let counters: Vec<&Value> = page["items"].as_array().unwrap().iter().map(|member| &member["counter"]).collect();
        assert_eq!(counters, [&json!(3), &json!(3)], "three of his own, and the three of the other");
    })
    .await;
}

#[tokio::test]
async fn a_mail_on_its_way_is_the_survivors_and_its_links_still_work() {
    on_each_store(async |test| {
        let (ada, bob) = (customer(test, "ada@example.org").await, customer(test, "bob@example.org").await);
        let template = json!({"name": "News", "kind": "marketing", "purpose": "news", "subject": "S", "text": "T"});
        let template = super::mail_sending::template(test, template).await;
        let granted = json!({"granted": true, "source": "form"});
        for who in [ada, bob] {
            test.put(&format!("/api/customers/{who}/consents/news"), granted.clone()).await.expect(200);
        }
        let first = super::mail_sending::send(test, server::ids::CustomerId(bob), template).await;
        test.run_due().await;
        let later = super::mail_sending::send(test, server::ids::CustomerId(bob), template).await;
        let merged = merge(test, ada, bob, json!({})).await;
        test.run_due().await;
        for message in [first, later] {
            let story = super::mail_sending::story(test, message).await;
            assert_eq!((&story["customerId"], &story["state"]), (&json!(ada), &json!("sent")), "{story}");
        }
        let letter = test.mails().remove(0);
        let url = header(&letter, "List-Unsubscribe").unwrap().trim_matches(['<', '>']).to_owned();
        assert_eq!(visit(test, Method::POST, &url, "", Some("List-Unsubscribe=One-Click")).await.status(), 200);
        let news = test.get(&format!("/api/customers/{ada}/consents")).await.expect(200);
        assert_eq!(news[0]["granted"], false, "he left by the link of a mail to the other one");
        let undone = undo(test, &merged).await;
        assert_eq!(kinds(&undone), ["consent news"]);
        let story = super::mail_sending::story(test, first).await;
        assert_eq!(story["customerId"], bob);
    })
    .await;
}

#[tokio::test]
async fn whoever_is_deleted_takes_the_merges_into_him_along() {
    on_each_store(async |test| {
        let ada = person(test, json!({"email": "ada@example.org"})).await;
        let bob = person(test, json!({"email": "bob.unforgettable@example.org", "lastname": "Unforgettable"})).await;
        test.patch(&format!("/api/customers/{bob}"), json!({"city": "Unforgettable"})).await.expect(200);
        let merged = merge(test, ada, bob, json!({})).await;
        test.delete(&format!("/api/customers/{ada}")).await.expect(204);
        let gone = test.post(&format!("/api/merges/{}/undo", merged["id"]), json!({})).await.expect(409);
        assert_eq!(gone["code"], "survivor_gone");
        test.get(&format!("/api/customers/{bob}")).await.expect(404);
        let left = test.contents(&[]).await;
        let named: Vec<_> =
            left.iter().filter(|(_, lines)| lines.iter().any(|line| line.to_lowercase().contains("unforgettable"))).collect();
        assert!(named.iter().all(|(table, _)| *table == "audit_entries"), "{named:?}");
    })
    .await;
}

#[tokio::test]
async fn activities_that_come_in_during_a_merge_are_the_survivors() {
    on_each_store(async |test| {
        let (ada, bob) = (customer(test, "ada@example.org").await, customer(test, "bob@example.org").await);
        let track = async |number: usize| {
            let who = if number.is_multiple_of(2) { json!({"id": bob}) } else { json!({"email": "bob@example.org"}) };
            let body = json!({"customer": who, "type": "order", "externalId": format!("o{number}")});
            test.post("/api/activities", body).await.expect(201);
        };
        let merging = async { merge(test, ada, bob, json!({})).await };
        let tracking = async { futures_util::future::join_all((0..40).map(track)).await };
        tokio::join!(tracking, merging);
        let page = test.get(&format!("/api/activities?customerId={ada}&limit=100")).await.expect(200);
        assert_eq!(page["items"].as_array().unwrap().len(), 40);
    })
    .await;
}

#[tokio::test]
async fn a_merge_that_breaks_down_changes_nothing() {
    on_each_store(async |test| {
        let ada = person(test, json!({"email": "ada@example.org"})).await;
        let bob = person(test, json!({"email": "bob@example.org", "lastname": "Byron"})).await;
        order(test, bob, "2026-03-01T00:00:00Z", 1.0).await;
        let before = test.contents(&["id_blocks"]).await;
        let wish = move || server::merging::Wish {
            survivor: server::ids::CustomerId(ada),
            other: server::ids::CustomerId(bob),
            rule: Default::default(),
            picks: Default::default(),
            confirmed: false,
            cause: server::merging::Cause::Person,
        };
        let broken = test
            .write(move |work| {
                server::merging::merge(work, &wish())?;
                Err::<(), _>(server::error::Error::NotFound)
            })
            .await;
        assert!(broken.is_err());
        assert_eq!(test.contents(&["id_blocks"]).await, before);
    })
    .await;
}
