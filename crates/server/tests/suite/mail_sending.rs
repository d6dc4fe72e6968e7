//! Sending: what a crash leaves behind, who gets nothing, what waits and until when.

use serde_json::{Value, json};
use server::ids::{CustomerId, MessageId, TemplateId};
use server::mail::{self, Outgoing};
use server::mailer::MailError;
use testkit::{TestApp, on_each_store, on_each_store_configured};

pub async fn customer(test: &TestApp, body: Value) -> CustomerId {
    CustomerId(test.post("/api/customers", body).await.expect(201)["id"].as_i64().unwrap())
}

pub async fn template(test: &TestApp, body: Value) -> TemplateId {
    TemplateId(test.post("/api/templates", body).await.expect(201)["id"].as_i64().unwrap())
}

pub async fn plain(test: &TestApp) -> TemplateId {
    template(test, json!({"name": "Plain", "subject": "S", "text": "T"})).await
}

pub async fn marketing(test: &TestApp) -> TemplateId {
    template(test, json!({"name": "News", "kind": "marketing", "subject": "S", "text": "T"})).await
}

pub async fn queue(test: &TestApp, mail: Outgoing) -> Option<i64> {
    test.write(move |work| mail::queue(work, std::slice::from_ref(&mail))).await.unwrap().first().map(|id| id.0)
}

pub async fn send(test: &TestApp, customer: CustomerId, template: TemplateId) -> i64 {
    queue(test, Outgoing::new(customer, template)).await.unwrap()
}

pub async fn story(test: &TestApp, id: i64) -> Value {
    test.get(&format!("/api/messages/{id}")).await.expect(200)
}

pub fn kinds(story: &Value) -> Vec<&str> {
    story["history"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect()
}

/// As if the process had died after the first unit of work: nobody has written down what the mail server said.
async fn crash_while_sending(test: &TestApp) {
    let undone = ["update messages set state = 'sending', sent_at = null", "update jobs set state = 'running', leased_until = 0"];
    test.write(move |work| undone.iter().try_for_each(|text| work.tx.execute(text, &[]).map(drop)).map_err(Into::into)).await.unwrap();
}

#[tokio::test]
async fn every_state_is_written_down_with_its_instant() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let id = send(test, ada, plain(test).await).await;
        test.clock.advance_minutes(1);
        test.run_due().await;
        let told = story(test, id).await;
        assert_eq!(kinds(&told), ["planned", "sending", "sent"]);
        assert_eq!(
            (&told["history"][0]["at"], &told["history"][2]["at"]),
            (&json!("2026-03-02T12:00:00Z"), &json!("2026-03-02T12:01:00Z"))
        );
        let counts = test.get("/api/messages/counts").await.expect(200);
        assert_eq!(counts, json!({"failed": 0, "held": 0, "planned": 0, "sending": 0, "sent": 1, "suppressed": 0}));
        let found = test.get("/api/messages?q=ADA%40&state=sent&count=true").await.expect(200);
        assert_eq!((&found["total"], &found["items"][0]["id"]), (&json!(1), &json!(id)));
        assert_eq!(test.get("/api/messages?q=bob&count=true").await.expect(200)["total"], 0);
    })
    .await;
}

#[tokio::test]
async fn what_was_planned_and_never_begun_is_sent_once_after_a_crash() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let id = send(test, ada, plain(test).await).await;
        // Claimed, and then the process died.
        test.write(|work| Ok(work.tx.execute("update jobs set state = 'running', leased_until = 0", &[]).map(drop)?)).await.unwrap();
        test.run_due().await;
        let told = story(test, id).await;
        assert_eq!((&told["state"], &told["ambiguous"], test.mails().len()), (&json!("sent"), &json!(0), 1));
    })
    .await;
}

#[tokio::test]
async fn what_was_written_down_as_sent_is_not_sent_again_whatever_becomes_of_the_job() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        send(test, ada, plain(test).await).await;
        test.run_due().await;
        test.write(|work| Ok(work.tx.execute("update jobs set state = 'running', leased_until = 0", &[]).map(drop)?)).await.unwrap();
        test.run_due().await;
        assert_eq!(test.mails().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_ambiguous_waits_for_a_person_if_that_is_the_policy() {
    on_each_store_configured(
        |config| config.mail.ambiguous = "hold".to_owned(),
        async |test| {
            let ada = customer(test, json!({"email": "ada@example.org"})).await;
            let plain = plain(test).await;
            let id = send(test, ada, plain).await;
            test.run_due().await;
            crash_while_sending(test).await;
            test.run_due().await;
            test.clock.advance_days(2);
            test.run_due().await;
            let held = story(test, id).await;
            assert_eq!((&held["state"], &held["problem"], &held["ambiguous"]), (&json!("held"), &json!("ambiguous"), &json!(1)));
            assert_eq!(test.mails().len(), 1);

            let again = test.post(&format!("/api/messages/{id}/resend"), json!({})).await.expect(200);
            assert_eq!(again["state"], "planned");
            test.run_due().await;
            let letters = test.mails();
            assert_eq!((letters.len(), &letters[0].key), (2, &letters[1].key));
            let told = story(test, id).await;
            assert_eq!(kinds(&told), ["planned", "sending", "sent", "ambiguous", "held", "resent", "sending", "sent"]);
            assert_eq!(test.post(&format!("/api/messages/{id}/drop"), json!({})).await.expect(409)["code"], "message_not_waiting");

            test.app.mailer.refuse(Some(MailError::Unclear("the connection broke".to_owned())));
            let dropped = send(test, ada, plain).await;
            test.run_due().await;
            assert_eq!(story(test, dropped).await["problem"], "ambiguous");
            let told = test.post(&format!("/api/messages/{dropped}/drop"), json!({})).await.expect(200);
            assert_eq!((&told["state"], &told["problem"]), (&json!("suppressed"), &json!("dropped by hand")));
        },
    )
    .await;
}

#[tokio::test]
async fn a_mail_server_that_is_away_costs_no_attempt() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let id = send(test, ada, plain(test).await).await;
        test.app.mailer.refuse(Some(MailError::Unreachable("connection refused".to_owned())));
        for _ in 0..30 {
            test.run_due().await;
            test.clock.advance_minutes(1);
        }
        let waiting = story(test, id).await;
        assert_eq!((&waiting["state"], &waiting["problem"]), (&json!("planned"), &json!("connection refused")));
        test.app.mailer.refuse(None);
        test.clock.advance_minutes(15);
        test.run_due().await;
        let sent = story(test, id).await;
        assert_eq!((&sent["state"], &sent["ambiguous"], test.mails().len()), (&json!("sent"), &json!(0), 1));
    })
    .await;
}

#[tokio::test]
async fn the_same_intent_makes_one_message_of_a_customer() {
    on_each_store(async |test| {
        let (ada, bob) =
            (customer(test, json!({"email": "ada@example.org"})).await, customer(test, json!({"email": "b@example.org"})).await);
        test.run_due().await;
        let plain = plain(test).await;
        let wanted = |customer| Outgoing { intent: Some("step 7".to_owned()), ..Outgoing::new(customer, plain) };
        let both = [wanted(ada), wanted(bob), wanted(ada)];
        let made = test.write(move |work| mail::queue(work, &both)).await.unwrap();
        assert_eq!(made.len(), 2);
        assert_eq!(queue(test, wanted(ada)).await, None);
        assert!(queue(test, Outgoing::new(ada, plain)).await.is_some());
        assert_eq!(test.run_due().await, 3);
        assert_eq!(test.mails().len(), 3);
        let first: MessageId = made[0];
        assert_eq!(story(test, first.0).await["intent"], "step 7");
    })
    .await;
}

#[tokio::test]
async fn queueing_many_takes_as_many_statements_as_queueing_few() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let plain = plain(test).await;
        let mut counted = Vec::new();
        for count in [2, 200] {
            let mails: Vec<Outgoing> =
                (0..count).map(|number| Outgoing { intent: Some(format!("{count} {number}")), ..Outgoing::new(ada, plain) }).collect();
            let statements = test.write(move |work| {
                let before = work.tx.statements();
                mail::queue(work, &mails)?;
                Ok(work.tx.statements() - before)
            });
            counted.push(statements.await.unwrap());
        }
        // Ids come in blocks, so that some units fetch one more than others.
        assert!(counted.iter().all(|statements| *statements <= 8), "{counted:?}");
    })
    .await;
}

#[tokio::test]
async fn consent_is_looked_at_when_the_mail_goes() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let news = template(test, json!({"name": "N", "kind": "marketing", "purpose": "news", "subject": "S", "text": "T"})).await;
        let never_asked = send(test, ada, news).await;
        test.run_due().await;
        let told = story(test, never_asked).await;
        assert_eq!((&told["state"], &told["problem"]), (&json!("suppressed"), &json!("there is no consent to news")));

        test.put(&format!("/api/customers/{ada}/consents/news"), json!({"granted": true})).await.expect(200);
        let asked = send(test, ada, news).await;
        let besides = queue(test, Outgoing { purpose: Some("profiling".to_owned()), ..Outgoing::new(ada, news) }).await.unwrap();
        test.run_due().await;
        assert_eq!(story(test, asked).await["state"], "sent");
        assert_eq!(story(test, besides).await["problem"], "there is no consent to profiling");

        let too_late = send(test, ada, news).await;
        test.put(&format!("/api/customers/{ada}/consents/news"), json!({"granted": false})).await.expect(200);
        test.run_due().await;
        assert_eq!(story(test, too_late).await["state"], "suppressed");
    })
    .await;
}

#[tokio::test]
async fn suppressed_addresses_get_nothing() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "Ada@Example.org"})).await;
        let (plain, news) = (plain(test).await, marketing(test).await);
        test.post("/api/suppressions", json!({"address": "ADA@example.org", "note": "asked by phone"})).await.expect(200);
        let id = send(test, ada, plain).await;
        test.run_due().await;
        let told = story(test, id).await;
        assert_eq!((&told["state"], &told["problem"]), (&json!("suppressed"), &json!("the address is suppressed: manual")));

        test.post("/api/suppressions", json!({"address": "ada@example.org", "reason": "unsubscribed"})).await.expect(200);
        let (first, second) = (send(test, ada, plain).await, send(test, ada, news).await);
        test.run_due().await;
        assert_eq!((&story(test, first).await["state"], &story(test, second).await["state"]), (&json!("sent"), &json!("suppressed")));

        let text = "bob@example.org;left\nnobody\n\n\"eve@example.org\"\nADA@example.org\nbob@example.org\n";
        let sent = test.client.post(format!("{}/api/suppressions/import?reason=blocked", test.address)).header("x-api-key", &test.key);
        let answer: Value = sent.header("content-type", "text/plain").body(text).send().await.unwrap().json().await.unwrap();
        assert_eq!(answer, json!({"added": 2, "known": 1, "refused": [2], "refusedCount": 1}));
        let listed = test.get("/api/suppressions?reason=blocked").await.expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 2);
        test.delete("/api/suppressions/ada@example.org").await.expect(204);
        test.delete("/api/suppressions/ada@example.org").await.expect(404);
        let id = send(test, ada, news).await;
        test.run_due().await;
        assert_eq!(story(test, id).await["state"], "sent");
        test.post("/api/suppressions", json!({"address": "nobody"})).await.expect(422);
    })
    .await;
}

#[tokio::test]
async fn over_the_cap_marketing_waits_and_other_mail_goes() {
    on_each_store(async |test| {
        test.patch("/api/settings", json!({"mail": {"cap": {"count": 2, "days": 7}}})).await.expect(200);
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let (plain, news) = (plain(test).await, marketing(test).await);
        let drop = json!({"name": "D", "kind": "marketing", "quietHours": "drop", "subject": "S", "text": "T"});
        let (dropping, exempt) =
            (template(test, drop).await, json!({"name": "E", "kind": "marketing", "capExempt": true, "subject": "S", "text": "T"}));
        let exempt = template(test, exempt).await;
        send(test, ada, news).await;
        test.run_due().await;
        test.clock.advance_days(1);
        send(test, ada, news).await;
        test.run_due().await;
        let (third, urgent) = (send(test, ada, news).await, send(test, ada, plain).await);
        let dropped = send(test, ada, dropping).await;
        test.run_due().await;
        let free = send(test, ada, exempt).await;
        test.run_due().await;
        let held = story(test, third).await;
        assert_eq!(
            (&held["state"], &held["problem"], &held["heldUntil"]),
            (&json!("held"), &json!("the cap is reached"), &json!("2026-03-09T12:00:00Z"))
        );
        assert_eq!((&story(test, urgent).await["state"], &story(test, free).await["state"]), (&json!("sent"), &json!("sent")));
        assert_eq!(story(test, dropped).await["state"], "suppressed");
    })
    .await;
}

#[tokio::test]
async fn quiet_hours_end_by_the_customers_clock_also_in_the_night_it_changes() {
    on_each_store(async |test| {
        test.patch("/api/settings", json!({"mail": {"quietHours": {"from": "21:00", "to": "08:00"}}})).await.expect(200);
        let vienna = customer(test, json!({"email": "v@example.org", "timeZone": "Europe/Vienna"})).await;
        let tokyo = customer(test, json!({"email": "t@example.org", "timeZone": "Asia/Tokyo"})).await;
        let (news, plain) = (marketing(test).await, plain(test).await);
        // Saturday, 28 March 2026, 22:00 in Vienna, the evening before summer time; Sunday 06:00 in Tokyo.
        test.clock.advance_days(26);
        test.clock.advance_minutes(9 * 60);
        let (held, also_held, urgent) = (send(test, vienna, news).await, send(test, tokyo, news).await, send(test, vienna, plain).await);
        test.run_due().await;
        assert_eq!(story(test, held).await["heldUntil"], "2026-03-29T06:00:00Z");
        assert_eq!(story(test, also_held).await["heldUntil"], "2026-03-28T23:00:00Z");
        assert_eq!(story(test, urgent).await["state"], "sent");
        let planned = test.get(&format!("/api/customers/{vienna}/upcoming")).await;
        assert_eq!(planned.status, 200, "{}", planned.body);

        test.clock.advance_minutes(9 * 60 - 1);
        test.run_due().await;
        assert_eq!((&story(test, also_held).await["state"], &story(test, held).await["state"]), (&json!("sent"), &json!("held")));
        test.clock.advance_minutes(1);
        test.run_due().await;
        let told = story(test, held).await;
        assert_eq!((&told["state"], &told["heldUntil"]), (&json!("sent"), &Value::Null));
        assert_eq!(kinds(&told), ["planned", "held", "sending", "sent"]);
    })
    .await;
}

#[tokio::test]
async fn a_person_can_send_what_is_held_for_a_time_and_it_goes_once() {
    on_each_store(async |test| {
        test.patch("/api/settings", json!({"mail": {"quietHours": {"from": "11:00", "to": "13:00"}}})).await.expect(200);
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let id = send(test, ada, marketing(test).await).await;
        test.run_due().await;
        test.patch("/api/settings", json!({"mail": null})).await.expect(200);
        test.post(&format!("/api/messages/{id}/resend"), json!({})).await.expect(200);
        test.run_due().await;
        test.clock.advance_days(1);
        test.run_due().await;
        assert_eq!((&story(test, id).await["state"], test.mails().len()), (&json!("sent"), 1));
    })
    .await;
}

#[tokio::test]
async fn mails_to_one_domain_keep_their_distance() {
    on_each_store_configured(
        |config| config.mail.per_minute_per_domain = 2,
        async |test| {
            let plain = plain(test).await;
            let mut customers = Vec::new();
            for address in ["a0@slow.example", "a1@slow.example", "a2@slow.example", "a@other.example"] {
                customers.push(customer(test, json!({ "email": address })).await);
            }
            test.run_due().await;
            for customer in customers {
                send(test, customer, plain).await;
            }
            let addresses = || test.mails().iter().map(|letter| letter.to.clone()).collect::<Vec<_>>();
            test.run_due().await;
            assert_eq!(addresses(), ["a0@slow.example", "a@other.example"]);
            test.clock.advance_seconds(29);
            test.run_due().await;
            assert_eq!(addresses().len(), 2);
            test.clock.advance_seconds(1);
            test.run_due().await;
            assert_eq!(addresses().len(), 3);
            test.clock.advance_seconds(30);
            test.run_due().await;
            assert_eq!(addresses().len(), 4);
            let jobs = test.get("/api/jobs?kind=send_message").await.expect(200);
            assert!(jobs["items"].as_array().unwrap().iter().all(|job| job["attempts"] == 1), "{jobs}");
        },
    )
    .await;
}

#[tokio::test]
async fn a_new_sender_is_warmed_up_day_by_day() {
    let change = |config: &mut server::config::Config| {
        config.mail.warmup_start = "2026-03-02".to_owned();
        config.mail.warmup_first = 2;
        config.mail.warmup_growth_percent = 50;
    };
    on_each_store_configured(change, async |test| {
        let (ada, plain) = (customer(test, json!({"email": "ada@example.org"})).await, plain(test).await);
        for _ in 0..6 {
            send(test, ada, plain).await;
        }
        for expected in [2, 5, 6] {
            test.run_due().await;
            assert_eq!(test.mails().len(), expected);
            test.clock.advance_days(1);
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_deleted_customer_was_to_get_is_gone_with_him() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let id = send(test, ada, plain(test).await).await;
        test.delete(&format!("/api/customers/{ada}")).await.expect(204);
        test.run_due().await;
        test.get(&format!("/api/messages/{id}")).await.expect(404);
        assert!(test.mails().is_empty());
        let left = test.write(|work| Ok(work.tx.one::<i64>("select count(*) from message_events", &[])?)).await.unwrap();
        assert_eq!(left, 0);
    })
    .await;
}
