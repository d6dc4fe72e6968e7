//! Deliveries of webhooks: signed, retried, left alone by the breaker, wanted again.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use server::ids::{CustomerId, DeliveryId, WebhookId};
use server::webhooks::{self, Outgoing};
use server::worker;
use sha2::Sha256;
use testkit::endpoint::{Endpoint, Received};
use testkit::{TestApp, on_each_store};
use tokio_util::sync::CancellationToken;

async fn webhook(test: &TestApp, name: &str, url: &str) -> Value {
    test.post("/api/webhooks", json!({"name": name, "url": url, "timeoutS": 1})).await.expect(201)
}

async fn customer(test: &TestApp, email: &str) -> i64 {
    test.post("/api/customers", json!({ "email": email })).await.expect(201)["id"].as_i64().unwrap()
}

fn outgoing(webhook: &Value, customer: i64) -> Outgoing {
    Outgoing {
        webhook: WebhookId(webhook["id"].as_i64().unwrap()),
        customer: CustomerId(customer),
        rule: None,
        activity: None,
        kind: "order.placed".to_owned(),
        payload: json!({"amount": 29.5}),
        intent: None,
    }
}

async fn queue(test: &TestApp, wanted: Vec<Outgoing>) -> Vec<i64> {
    let ids = test.write(move |work| webhooks::queue(work, &wanted)).await.unwrap();
    ids.into_iter().map(|DeliveryId(id)| id).collect()
}

async fn delivery(test: &TestApp, id: i64) -> Value {
    test.get(&format!("/api/deliveries/{id}")).await.expect(200)
}

async fn shown(test: &TestApp, webhook: &Value) -> Value {
    test.get(&format!("/api/webhooks/{}", webhook["id"])).await.expect(200)
}

/// The check that the documentation recommends.
fn verified(received: &Received, secret: &str) -> bool {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{}.{}.", received.header("webhook-id"), received.header("webhook-timestamp")).as_bytes());
    mac.update(&received.body);
    let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    received.header("webhook-signature").split(' ').any(|given| given == expected)
}

#[tokio::test]
async fn a_delivery_arrives_signed_and_is_written_down() {
    on_each_store(async |test| {
        let endpoint = Endpoint::start().await;
        let draft = json!({"name": "W", "url": endpoint.url, "headers": {"Authorization": "Bearer x"}});
        let made = test.post("/api/webhooks", draft).await.expect(201);
        let ada = customer(test, "ada@example.org").await;
        test.run_due().await;
        let id = queue(test, vec![outgoing(&made, ada)]).await[0];
        let waiting = delivery(test, id).await;
        assert_eq!((&waiting["state"], &waiting["nextAt"]), (&json!("planned"), &json!("2026-03-02T12:00:00Z")));

        assert_eq!(test.run_due().await, 1);
        let received = endpoint.received();
        assert_eq!(received.len(), 1);
        assert!(verified(&received[0], made["secret"].as_str().unwrap()));
        assert!(!verified(&received[0], "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
        assert_eq!(received[0].json(), json!({"type": "order.placed", "timestamp": "2026-03-02T12:00:00Z", "data": {"amount": 29.5}}));
        assert_eq!(received[0].header("webhook-timestamp"), "1772452800");
        assert_eq!(received[0].header("content-type"), "application/json");
        assert_eq!(received[0].header("authorization"), "Bearer x");
        assert!(received[0].header("user-agent").starts_with("Regulars/"));

        let done = delivery(test, id).await;
        assert_eq!((&done["state"], &done["attempts"], &done["statusCode"]), (&json!("delivered"), &json!(1), &json!(200)));
        assert_eq!((&done["answer"], &done["deliveredAt"]), (&json!("thank you"), &json!("2026-03-02T12:00:00Z")));
        assert_eq!((&done["messageId"], &done["customerId"]), (&json!(received[0].header("webhook-id")), &json!(ada)));
        assert_eq!(done["history"][0]["status"], 200);
        assert_eq!(test.run_due().await, 0, "once is enough");
        let figures = test.get("/metrics").await.body;
        assert!(figures.as_str().unwrap().contains("regulars_webhook_deliveries{state=\"delivered\"}"));
    })
    .await;
}

#[tokio::test]
async fn what_fails_is_tried_again_by_the_schedule_and_given_up() {
    on_each_store(async |test| {
        let endpoint = Endpoint::start().await;
        endpoint.answer_with(500, &[], &"x".repeat(5_000));
        let made = webhook(test, "W", &endpoint.url).await;
        let id = queue(test, vec![outgoing(&made, customer(test, "ada@example.org").await)]).await[0];
        let pauses_s = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
        for (place, pause_s) in pauses_s.into_iter().enumerate() {
            test.run_due().await;
            assert_eq!(endpoint.received().len(), place + 1);
            let waiting = delivery(test, id).await;
            assert_eq!((&waiting["state"], &waiting["problem"]), (&json!("planned"), &json!("the endpoint answered 500")));
            assert_eq!(waiting["answer"].as_str().unwrap().len(), 1024);
            test.clock.advance_seconds(pause_s - 1);
            test.run_due().await;
            assert_eq!(endpoint.received().len(), place + 1, "not before {pause_s} s");
            // The jitter of a tenth, and the breaker that opened with the fifth failure in a row.
            test.clock.advance_seconds(1 + pause_s / 10 + 1);
            test.clock.advance_minutes(if pause_s < 3_600 { 0 } else { 32 });
        }
        test.run_due().await;
        let dead = delivery(test, id).await;
        assert_eq!((&dead["state"], &dead["attempts"], &dead["nextAt"]), (&json!("dead"), &json!(10), &Value::Null));
        assert_eq!(dead["history"].as_array().unwrap().len(), 10);
        let sent = endpoint.received();
        assert!(sent.iter().all(|one| one.header("webhook-id") == sent[0].header("webhook-id") && one.body == sent[0].body));
        assert!(sent.iter().all(|one| verified(one, made["secret"].as_str().unwrap())));
        assert_ne!(sent[0].header("webhook-timestamp"), sent[9].header("webhook-timestamp"));
    })
    .await;
}

#[tokio::test]
async fn an_endpoint_that_asks_for_time_gets_it() {
    on_each_store(async |test| {
        let endpoint = Endpoint::start().await;
        endpoint.answer_with(429, &[("retry-after", "120")], "");
        let made = webhook(test, "W", &endpoint.url).await;
        queue(test, vec![outgoing(&made, customer(test, "ada@example.org").await)]).await;
        test.run_due().await;
        endpoint.answer(204);
        test.clock.advance_seconds(119);
        assert_eq!(test.run_due().await, 0);
        test.clock.advance_seconds(2);
        assert_eq!((test.run_due().await, endpoint.received().len()), (1, 2));
    })
    .await;
}

#[tokio::test]
async fn redirects_refusals_and_silence_are_failures_that_name_no_address() {
    on_each_store(async |test| {
        let (endpoint, elsewhere) = (Endpoint::start().await, Endpoint::start().await);
        endpoint.answer_with(307, &[("location", &elsewhere.url)], "");
        let redirecting = webhook(test, "Redirecting", &endpoint.url).await;
        let silent_one = Endpoint::start().await;
        silent_one.hang(true);
        let silent = webhook(test, "Silent", &silent_one.url).await;
        let nowhere = webhook(test, "Nowhere", "http://127.0.0.1:1/token").await;
        let ada = customer(test, "ada@example.org").await;
        let ids = queue(test, [&redirecting, &silent, &nowhere].map(|made| outgoing(made, ada)).to_vec()).await;
        test.run_due().await;
        assert!(elsewhere.received().is_empty());
        let mut told = Vec::new();
        for id in ids {
            let failed = delivery(test, id).await;
            assert_eq!((&failed["state"], &failed["attempts"]), (&json!("planned"), &json!(1)));
            told.push((failed["statusCode"].clone(), failed["problem"].as_str().unwrap().to_owned()));
        }
        assert_eq!(told[0], (json!(307), "the endpoint answered 307".to_owned()));
        assert_eq!(told[1], (Value::Null, "no answer within 1 s".to_owned()));
        assert!(told[2].1.starts_with("cannot connect") && !told[2].1.contains("token"), "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_switched_off_and_what_waits_goes_on_waiting() {
    on_each_store(async |test| {
        let endpoint = Endpoint::start().await;
        endpoint.answer(410);
        let made = webhook(test, "W", &endpoint.url).await;
        let path = format!("/api/webhooks/{}", made["id"]);
        let ada = customer(test, "ada@example.org").await;
        let first = queue(test, vec![outgoing(&made, ada)]).await[0];
        test.run_due().await;
        assert_eq!(delivery(test, first).await["state"], "failed");
        let off = shown(test, &made).await;
        assert_eq!((&off["active"], &off["version"]), (&json!(false), &json!(2)));
        assert!(off["problem"].as_str().unwrap().contains("410"));
        let audit = test.get("/api/audit").await.expect(200);
        assert_eq!((&audit["items"][0]["action"], &audit["items"][0]["actor"]["kind"]), (&json!("switch_off"), &json!("system")));
        assert_eq!(test.post(&format!("{path}/test"), json!({})).await.expect(409)["code"], "not_active");

        endpoint.answer(200);
        let second = queue(test, vec![outgoing(&made, ada)]).await[0];
        assert_eq!(test.run_due().await, 0);
        let on = test.patch(&path, json!({"active": true})).await.expect(200);
        assert_eq!(on["problem"], Value::Null);
        assert_eq!(test.run_due().await, 1);
        assert_eq!(delivery(test, second).await["state"], "delivered");
        assert_eq!(delivery(test, first).await["state"], "failed");
    })
    .await;
}

#[tokio::test]
async fn an_endpoint_that_hangs_delays_no_other() {
    on_each_store(async |test| {
        let (hanging, healthy) = (Endpoint::start().await, Endpoint::start().await);
        hanging.hang(true);
        let slow = test.post("/api/webhooks", json!({"name": "Slow", "url": hanging.url, "timeoutS": 30})).await.expect(201);
        let quick = webhook(test, "Quick", &healthy.url).await;
        let ada = customer(test, "ada@example.org").await;
        queue(test, vec![outgoing(&slow, ada); 40]).await;
        let stop = CancellationToken::new();
        let working = tokio::spawn(worker::run(test.app.clone(), stop.clone()));
        hanging.has_received(4).await;

        queue(test, vec![outgoing(&quick, ada); 20]).await;
        healthy.has_received(20).await;
        assert_eq!(hanging.received().len(), 4, "four at a time");
        let jobs = test.get("/api/jobs?kind=deliver_webhook&state=running").await.expect(200);
        assert!(!jobs["items"].as_array().unwrap().is_empty(), "it still hangs");

        hanging.hang(false);
        hanging.has_received(40).await;
        stop.cancel();
        working.await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn however_many_endpoints_hang_half_of_the_worker_is_free() {
    on_each_store(async |test| {
        let hanging = Endpoint::start().await;
        hanging.hang(true);
        let ada = customer(test, "ada@example.org").await;
        let mut wanted = Vec::new();
        for number in 0..20 {
            let draft = json!({"name": format!("W{number}"), "url": hanging.url, "timeoutS": 30});
            wanted.push(outgoing(&test.post("/api/webhooks", draft).await.expect(201), ada));
        }
        queue(test, wanted).await;
        let stop = CancellationToken::new();
        let working = tokio::spawn(worker::run(test.app.clone(), stop.clone()));
        hanging.has_received(8).await;

        let field = test.post("/api/fields", json!({"name": "tier", "label": "Tier", "kind": "text"})).await.expect(201);
        test.delete(&format!("/api/fields/{}", field["id"])).await.expect(204);
        let cleared =
            async || test.get("/api/jobs?kind=clear_field&state=done&count=true").await.expect(200)["items"].as_array().unwrap().len();
        while cleared().await == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(hanging.received().len(), 8);

        hanging.hang(false);
        hanging.has_received(20).await;
        stop.cancel();
        working.await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_breaker_opens_tries_one_and_closes() {
    on_each_store(async |test| {
        let endpoint = Endpoint::start().await;
        endpoint.answer(503);
        let made = webhook(test, "W", &endpoint.url).await;
        let ada = customer(test, "ada@example.org").await;
        let ids = queue(test, vec![outgoing(&made, ada); 30]).await;
        test.run_due().await;
        let tried = endpoint.received().len();
        assert!((5..=8).contains(&tried), "those under way when it opened, no more: {tried}");
        let breaker = shown(test, &made).await["breaker"].clone();
        assert_eq!(breaker, json!({"state": "open", "failures": tried, "until": "2026-03-02T12:01:00Z"}));
        let attempts = async || {
            let mut all = 0;
            for id in &ids {
                all += delivery(test, *id).await["attempts"].as_i64().unwrap();
            }
            all
        };
        assert_eq!(attempts().await, tried as i64, "waiting uses no attempts");
        test.clock.advance_seconds(59);
        assert_eq!(test.run_due().await, 0);

        test.clock.advance_seconds(1);
        assert_eq!(shown(test, &made).await["breaker"]["state"], "half_open");
        test.run_due().await;
        assert_eq!(endpoint.received().len(), tried + 1);
        let breaker = shown(test, &made).await["breaker"].clone();
        assert_eq!((&breaker["state"], &breaker["until"]), (&json!("open"), &json!("2026-03-02T12:03:00Z")));

        endpoint.answer(200);
        test.clock.advance_minutes(6);
        test.run_due().await;
        let closed = json!({"state": "closed", "failures": 0, "until": null});
        assert_eq!(shown(test, &made).await["breaker"], closed);
        let left = test.get(&format!("/api/webhooks/{}/deliveries?state=delivered&count=true", made["id"])).await.expect(200);
        assert_eq!(left["total"], 30);
    })
    .await;
}

#[tokio::test]
async fn another_address_closes_the_breaker() {
    on_each_store(async |test| {
        let (broken, endpoint) = (Endpoint::start().await, Endpoint::start().await);
        broken.answer(500);
        let made = webhook(test, "W", &broken.url).await;
        queue(test, vec![outgoing(&made, customer(test, "ada@example.org").await); 9]).await;
        test.run_due().await;
        test.patch(&format!("/api/webhooks/{}", made["id"]), json!({"url": endpoint.url})).await.expect(200);
        assert_eq!(shown(test, &made).await["breaker"]["state"], "closed");
        test.clock.advance_seconds(6);
        test.run_due().await;
        assert_eq!(endpoint.received().len(), 9);
    })
    .await;
}

#[tokio::test]
async fn a_crash_after_the_endpoint_took_it_repeats_the_delivery_under_its_id() {
    on_each_store(async |test| {
        let endpoint = Endpoint::start().await;
        let made = webhook(test, "W", &endpoint.url).await;
        let id = queue(test, vec![outgoing(&made, customer(test, "ada@example.org").await)]).await[0];
        test.run_due().await;
        // The last unit of work never came: delivery and job are as the first one left them.
        let undone = [
            "update webhook_deliveries set state = 'sending', delivered_at = null, attempts = 0, next_at = created_at + 60000000",
            "update jobs set state = 'running', leased_until = created_at + 60000000, unique_key = 'webhook:1' where kind = 'deliver_webhook'",
        ];
        test.write(move |work| undone.iter().try_for_each(|text| work.tx.execute(text, &[]).map(drop)).map_err(Into::into)).await.unwrap();
        test.clock.advance_seconds(59);
        assert_eq!(test.run_due().await, 0, "another process may still have it in hand");
        test.clock.advance_seconds(1);
        assert_eq!(test.run_due().await, 1);
        let received = endpoint.received();
        assert_eq!((received.len(), received[0].header("webhook-id")), (2, received[1].header("webhook-id")));
        assert_eq!(delivery(test, id).await["state"], "delivered");
    })
    .await;
}

#[tokio::test]
async fn what_has_ended_is_delivered_again_when_somebody_wants_it() {
    on_each_store(async |test| {
        let endpoint = Endpoint::start().await;
        let made = webhook(test, "W", &endpoint.url).await;
        let ada = customer(test, "ada@example.org").await;
        let id = queue(test, vec![outgoing(&made, ada)]).await[0];
        let path = format!("/api/deliveries/{id}/replay");
        assert_eq!(test.post(&path, json!({})).await.expect(409)["code"], "delivery_not_ended");
        test.run_due().await;
        let again = test.post(&path, json!({})).await.expect(200);
        assert_eq!((&again["state"], &again["attempts"]), (&json!("planned"), &json!(0)));
        test.run_due().await;
        let received = endpoint.received();
        assert_eq!((received.len(), received[0].header("webhook-id")), (2, received[1].header("webhook-id")));
        assert_eq!(delivery(test, id).await["history"].as_array().unwrap().len(), 2);

        let old = queue(test, vec![outgoing(&made, ada); 3]).await;
        test.clock.advance_minutes(1);
        let new = queue(test, vec![outgoing(&made, ada); 3]).await;
        let dead = "update webhook_deliveries set state = 'dead', next_at = null where state = 'planned'";
        test.write(move |work| Ok(work.tx.execute(dead, &[])?)).await.unwrap();
        let wanted = json!({"since": "2026-03-02T12:01:00Z"});
        let job = test.post(&format!("/api/webhooks/{}/replay", made["id"]), wanted).await.expect(202)["jobId"].clone();
        test.run_due().await;
        assert_eq!(test.get(&format!("/api/jobs/{job}")).await.expect(200)["result"], json!({"deliveries": 3}));
        assert_eq!(endpoint.received().len(), 5);
        assert_eq!(delivery(test, old[0]).await["state"], "dead");
        assert_eq!(delivery(test, new[2]).await["state"], "delivered");
    })
    .await;
}

#[tokio::test]
async fn a_customers_intent_is_delivered_once_and_queueing_many_costs_as_many_statements_as_one() {
    on_each_store(async |test| {
        let endpoint = Endpoint::start().await;
        let made = webhook(test, "W", &endpoint.url).await;
        let (ada, bob) = (customer(test, "ada@example.org").await, customer(test, "bob@example.org").await);
        let meant = |customer: i64, intent: &str| Outgoing { intent: Some(intent.to_owned()), ..outgoing(&made, customer) };
        let first = queue(test, vec![meant(ada, "a"), meant(bob, "a"), meant(ada, "a"), outgoing(&made, ada)]).await;
        assert_eq!((first[0], first[0] == first[1]), (first[2], false));
        assert_eq!(queue(test, vec![meant(ada, "a"), meant(ada, "b")]).await[0], first[0]);
        test.run_due().await;
        assert_eq!(endpoint.received().len(), 4);

        let mut counts = Vec::new();
        for count in [1, 100] {
            let wanted: Vec<Outgoing> = (0..count).map(|number| meant(bob, &format!("{count}.{number}"))).collect();
            let statements = test.write(move |work| {
                work.tx.new_id(DeliveryId::KIND)?;
                let before = work.tx.statements();
                webhooks::queue(work, &wanted)?;
                Ok(work.tx.statements() - before)
            });
            counts.push(statements.await.unwrap());
        }
        assert_eq!(counts[0], counts[1]);
    })
    .await;
}

#[tokio::test]
async fn during_a_rotation_both_secrets_sign() {
    on_each_store(async |test| {
        let endpoint = Endpoint::start().await;
        let made = webhook(test, "W", &endpoint.url).await;
        let path = format!("/api/webhooks/{}", made["id"]);
        let rotated = test.post(&format!("{path}/rotate"), json!({})).await.expect(200);
        let sent = test.post(&format!("{path}/test"), json!({})).await.expect(202);
        assert_eq!((&sent["type"], &sent["customerId"]), (&json!("webhook.test"), &Value::Null));
        test.run_due().await;
        test.clock.advance_days(1);
        test.post(&format!("{path}/test"), json!({})).await.expect(202);
        test.run_due().await;
        let (old, new) = (made["secret"].as_str().unwrap(), rotated["secret"].as_str().unwrap());
        let signed: Vec<_> = endpoint.received().iter().map(|one| (verified(one, old), verified(one, new))).collect();
        assert_eq!(signed, [(true, true), (false, true)]);
    })
    .await;
}

#[tokio::test]
async fn deliveries_go_with_their_customer_their_webhook_and_their_time() {
    on_each_store(async |test| {
        let endpoint = Endpoint::start().await;
        let made = webhook(test, "W", &endpoint.url).await;
        let path = format!("/api/webhooks/{}/deliveries", made["id"]);
        let (ada, bob) = (customer(test, "ada@example.org").await, customer(test, "bob@example.org").await);
        let ids = queue(test, vec![outgoing(&made, ada), outgoing(&made, bob)]).await;
        let of_ada = test.get(&format!("{path}?customerId={ada}&state=planned&count=true")).await.expect(200);
        assert_eq!((&of_ada["total"], &of_ada["items"][0]["id"]), (&json!(1), &json!(ids[0])));
        test.delete(&format!("/api/customers/{ada}")).await.expect(204);
        test.get(&format!("/api/deliveries/{}", ids[0])).await.expect(404);
        test.run_due().await;
        assert_eq!(endpoint.received().len(), 1);

        test.clock.advance_days(31);
        endpoint.answer(500);
        let waiting = queue(test, vec![outgoing(&made, bob)]).await[0];
        test.run_due().await;
        test.get(&format!("/api/deliveries/{}", ids[1])).await.expect(404);
        delivery(test, waiting).await;

        test.delete(&format!("/api/webhooks/{}", made["id"])).await.expect(204);
        test.clock.advance_minutes(1);
        test.run_due().await;
        test.get(&format!("/api/deliveries/{waiting}")).await.expect(404);
        assert_eq!(endpoint.received().len(), 2, "nothing is sent for a webhook that is gone");
    })
    .await;
}
