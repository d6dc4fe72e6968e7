//! What comes back: delivery reports, complaints, what other systems tell; and that our mails are signed.

use super::mail_sending::{customer, kinds, plain, send, story};
use super::rollups::compare;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, SigningKey, Verifier};
use serde_json::{Value, json};
use server::mailer::{Letter, Mailer};
use sha2::{Digest, Sha256};
use testkit::{TestApp, on_each_store, on_each_store_configured};

async fn bring(test: &TestApp, mail: &str) -> Value {
    let request = test.client.post(format!("{}/api/bounces", test.address)).header("x-api-key", &test.key);
    let answer = request.header("content-type", "message/rfc822").body(mail.to_owned()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

/// A report as mail servers write it.
fn report(to: &str, message_id: &str, status: &str, action: &str, number: usize) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example\r\nTo: {to}\r\nSubject: Undelivered\r\nMessage-ID: <report{number}@mx.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nIt did not work.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; ada@example.org\r\nAction: {action}\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp; 550 no such\r\n  mailbox here\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nFrom: shop@shop.example\r\nMessage-ID: <{message_id}>\r\nSubject: S\r\n\r\n--b--\r\n"
    )
}

async fn email_ok(test: &TestApp, customer: impl std::fmt::Display) -> Value {
    test.get(&format!("/api/customers/{customer}")).await.expect(200)["emailOk"].clone()
}

fn with_bounce_address(config: &mut server::config::Config) {
    config.mail.bounce_address = "bounce@shop.example".to_owned();
}

#[tokio::test]
async fn a_mail_that_cannot_be_delivered_takes_its_address_out_of_use() {
    on_each_store_configured(with_bounce_address, async |test| {
        let ada = customer(test, json!({"email": "Ada@example.org"})).await;
        let plain = plain(test).await;
        let id = send(test, ada, plain).await;
        test.run_due().await;
        let back = test.mails()[0].return_path.clone().unwrap();
        assert!(back.starts_with("bounce+") && back.ends_with("@shop.example") && back.len() <= 64 + 13, "{back}");

        let told = bring(test, &report(&back, "", "5.1.1", "failed", 1)).await;
        assert_eq!(told, json!({"hard": 1, "soft": 0, "complaints": 0, "known": 0, "ignored": 0}));
        assert_eq!(bring(test, &report(&back, "", "5.1.1", "failed", 1)).await["known"], 1);
        let story = story(test, id).await;
        assert_eq!(kinds(&story)[3..], ["hard_bounce"]);
        assert_eq!(story["history"][3]["detail"]["diagnostic"], "smtp; 550 no such mailbox here");
        assert_eq!(email_ok(test, ada).await, false);
        assert_eq!(test.get("/api/suppressions").await.expect(200)["items"][0]["reason"], "bounced");
    })
    .await;
}

#[tokio::test]
async fn a_customer_who_has_another_address_by_now_is_left_alone() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let plain = plain(test).await;
        send(test, ada, plain).await;
        test.run_due().await;
        let message_id = format!("{}@localhost", test.mails()[0].key);
        test.patch(&format!("/api/customers/{ada}"), json!({"email": "ada@example.net"})).await.expect(200);
        assert_eq!(bring(test, &report("bounce@shop.example", &message_id, "5.1.1", "failed", 1)).await["hard"], 1);
        assert_ne!(email_ok(test, ada).await, false);
        assert_eq!(test.get("/api/suppressions").await.expect(200)["items"][0]["address"], "ada@example.org");
    })
    .await;
}

#[tokio::test]
async fn what_comes_back_for_now_counts_when_it_does_so_often() {
    on_each_store_configured(with_bounce_address, async |test| {
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let plain = plain(test).await;
        send(test, ada, plain).await;
        test.run_due().await;
        let back = test.mails()[0].return_path.clone().unwrap();
        bring(test, &report(&back, "", "4.2.2", "delayed", 0)).await;
        test.clock.advance_days(31);
        for number in 1..5 {
            assert_eq!(bring(test, &report(&back, "", "5.2.2", "failed", number)).await["soft"], 1);
        }
        assert!(test.get("/api/suppressions").await.expect(200)["items"].as_array().unwrap().is_empty());
        bring(test, &report(&back, "", "4.4.1", "failed", 5)).await;
        assert_eq!(test.get("/api/suppressions").await.expect(200)["items"][0]["reason"], "bounced");
        assert_eq!(email_ok(test, ada).await, false);
    })
    .await;
}

#[tokio::test]
async fn reports_that_prove_nothing_change_nothing() {
    on_each_store_configured(with_bounce_address, async |test| {
        customer(test, json!({"email": "ada@example.org"})).await;
        let forged = report("bounce+00112233445566778899aabbccddeeff001122@shop.example", "1.17@localhost", "5.1.1", "failed", 1);
        assert_eq!(bring(test, &forged).await["ignored"], 1);
        assert_eq!(bring(test, &report("bounce@shop.example", "", "2.0.0", "delivered", 2)).await["ignored"], 1);
        assert_eq!(bring(test, "not a mail").await["ignored"], 1);
        assert_eq!(bring(test, "").await["ignored"], 1);
        assert!(test.get("/api/suppressions").await.expect(200)["items"].as_array().unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_complaint_ends_all_mail_to_the_address() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let plain = plain(test).await;
        let id = send(test, ada, plain).await;
        test.run_due().await;
        let key = test.mails()[0].key.clone();
        let complaint = format!(
            "From: fbl@mx.example\r\nTo: abuse@shop.example\r\nMIME-Version: 1.0\r\nMessage-ID: <f1@mx.example>\r\n\
             Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nA complaint.\r\n\
             --b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: X/1\r\nVersion: 1\r\n\r\n\
             --b\r\nContent-Type: message/rfc822\r\n\r\nFrom: shop@shop.example\r\nTo: ada@example.org\r\nMessage-ID: <{key}@localhost>\r\n\
             Subject: S\r\n\r\nT\r\n--b--\r\n"
        );
        assert_eq!(bring(test, &complaint).await["complaints"], 1);
        assert_eq!(bring(test, &complaint).await["known"], 1);
        assert_eq!(kinds(&story(test, id).await)[3..], ["complaint"]);
        let later = send(test, ada, plain).await;
        test.run_due().await;
        assert_eq!(story(test, later).await["problem"], "the address is suppressed: complained");
    })
    .await;
}

#[tokio::test]
async fn other_systems_tell_bounces_by_address() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let body = json!({"items": [{"kind": "hard", "address": "ADA@example.org", "status": "5.1.1", "id": "x1"},
            {"kind": "complaint", "address": "bob@example.org"}, {"kind": "soft", "address": "no address"}]});
        let told = test.post("/api/bounces", body.clone()).await.expect(200);
        assert_eq!(told, json!({"hard": 1, "soft": 0, "complaints": 1, "known": 0, "ignored": 1}));
        assert_eq!(test.post("/api/bounces", body).await.expect(200)["known"], 2);
        assert_eq!(email_ok(test, ada).await, false);
        test.post("/api/bounces", json!({"items": [{"kind": "hard"}]})).await.expect(422);
        test.send(reqwest::Method::POST, "/api/bounces", None, Some(&test.key), &[]).await.expect(415);
    })
    .await;
}

/// Header fields of a mail as they stand, folded lines joined, and its body.
fn parted(mail: &str) -> (Vec<(String, String)>, String) {
    let (head, body) = mail.split_once("\r\n\r\n").unwrap();
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let fields = unfolded.split("\r\n").map(|line| line.split_once(':').unwrap()).map(|(name, value)| (name.to_owned(), value.to_owned()));
    (fields.collect(), body.to_owned())
}

fn squeezed(text: &str) -> String {
    text.split([' ', '\t']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// RFC 6376, 3.4.2: names in lower case, runs of white space as one, none at the ends.
fn relaxed(name: &str, value: &str) -> String {
    format!("{}:{}\r\n", name.to_ascii_lowercase(), squeezed(value))
}

#[tokio::test]
async fn the_signature_of_a_mail_can_be_verified() {
    let folder = tempfile::tempdir().unwrap();
    let key = SigningKey::from_bytes(&[7; 32]);
    let file = folder.path().join("dkim.key");
    std::fs::write(&file, STANDARD.encode(key.to_bytes())).unwrap();
    let mut config = server::config::Config::defaults().mail;
    config.dkim_selector = "s1".to_owned();
    config.dkim_domain = "shop.example".to_owned();
    config.dkim_key_file = file.display().to_string();
    let mailer = Mailer::folder(folder.path(), &config).unwrap();
    let headers = vec![("List-Unsubscribe", "<https://r.example/t/u/1>".to_owned())];
    let letter = Letter {
        to: "ada@example.org".to_owned(),
        subject: "Grüße".to_owned(),
        html: "<p>Hä?</p>".to_owned(),
        text: "Hä?  \n\n".to_owned(),
        key: "1.2".to_owned(),
        headers,
        return_path: None,
    };
    mailer.send(&letter).await.unwrap();

    let mail = std::fs::read_to_string(folder.path().join("1-2.eml")).unwrap();
    let (fields, body) = parted(&mail);
    let field = |wanted: &str| fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    let (name, signature) = field("DKIM-Signature").unwrap();
    let tags: Vec<(&str, String)> = signature
        .split(';')
        .filter_map(|tag| tag.split_once('='))
        .map(|(name, value)| (name.trim(), value.split_whitespace().collect()))
        .collect();
    let tag = |wanted: &str| tags.iter().find(|(name, _)| *name == wanted).unwrap().1.clone();
    assert_eq!(
        (tag("a"), tag("c"), tag("d"), tag("s")),
        ("ed25519-sha256".into(), "relaxed/relaxed".into(), "shop.example".into(), "s1".into())
    );

    let lines: Vec<String> = body
        .split("\r\n")
        .map(|line| {
            let begins = if line.starts_with([' ', '\t']) { " " } else { "" };
            format!("{begins}{}", squeezed(line))
        })
        .collect();
    let canonical = format!("{}\r\n", lines.join("\r\n").trim_end_matches("\r\n"));
    assert_eq!(tag("bh"), STANDARD.encode(Sha256::digest(canonical.as_bytes())));

    assert!(tag("h").split(':').any(|name| name == "list-unsubscribe"), "{}", tag("h"));
    let mut signed: String = tag("h").split(':').filter_map(field).map(|(name, value)| relaxed(name, value)).collect();
    let (before, _) = signature.rsplit_once("b=").unwrap();
    signed.push_str(relaxed(name, &format!("{before}b=")).trim_end());
    let bytes: [u8; 64] = STANDARD.decode(tag("b")).unwrap().try_into().unwrap();
    key.verifying_key().verify(&Sha256::digest(signed.as_bytes()), &Signature::from_bytes(&bytes)).unwrap();

    config.dkim_key_file = folder.path().join("missing").display().to_string();
    assert!(Mailer::folder(folder.path(), &config).is_err_and(|error| error.contains("cannot read")));
}

#[tokio::test]
async fn the_dashboard_counts_messages_that_came_back_once_and_leads_to_them() {
    on_each_store(async |test| {
        let (ada, bob) =
            (customer(test, json!({"email": "ada@example.org"})).await, customer(test, json!({"email": "bob@example.org"})).await);
        let plain = plain(test).await;
        for customer in [ada, bob, bob] {
            send(test, customer, plain).await;
        }
        test.run_due().await;
        let ids: Vec<String> = test.mails().iter().map(|mail| format!("{}@localhost", mail.key)).collect();
        bring(test, &report("bounce@shop.example", &ids[0], "4.2.2", "delayed", 1)).await;
        test.clock.advance_days(7);
        bring(test, &report("bounce@shop.example", &ids[0], "5.1.1", "failed", 2)).await;
        bring(test, &report("bounce@shop.example", &ids[1], "5.1.1", "failed", 3)).await;
        let complaint = json!({"kind": "complaint", "messageId": ids[2]});
        let nobodys = json!({"kind": "hard", "address": "else@example.org"});
        test.post("/api/bounces", json!({"items": [complaint, nobodys]})).await.expect(200);

        let shown = test.get("/api/dashboard?days=7").await.expect(200);
        let figures = ["bounced", "complained", "bouncedBefore", "complainedBefore"].map(|name| shown["mail"][name].as_i64().unwrap());
        assert_eq!(figures, [1, 1, 1, 0], "the second report of a message counts no more, and what is about no message does not");
        let span = format!("from={}&until={}", shown["range"]["startsAt"].as_str().unwrap(), shown["range"]["endsAt"].as_str().unwrap());
        for (how, count) in [("bounced", 1), ("complained", 1)] {
            let listed = test.get(&format!("/api/messages?cameBack={how}&{span}&count=true")).await.expect(200);
            assert_eq!((listed["items"].as_array().unwrap().len(), &listed["total"]), (count, &json!(count)), "{how}");
        }
        assert_eq!(test.get("/api/messages?cameBack=bounced&count=true").await.expect(200)["total"], 2);
        assert_eq!(test.get(&format!("/api/messages?{span}&count=true")).await.expect(200)["total"], 0, "made in the days before");

        compare(test).await;
        test.delete(&format!("/api/customers/{ada}")).await.expect(204);
        compare(test).await;
        assert_eq!(test.get("/api/dashboard?days=7").await.expect(200)["mail"]["bouncedBefore"], 0);
    })
    .await;
}
