//! Mail: templates refused when they name nothing, messages that arrive once.

use serde_json::{Value, json};
use server::ids::{CustomerId, TemplateId};
use server::mail::{self, Outgoing};
use server::mailer::MailError;
use testkit::{TestApp, on_each_store};

async fn customer(test: &TestApp, body: Value) -> CustomerId {
    CustomerId(test.post("/api/customers", body).await.expect(201)["id"].as_i64().unwrap())
}

async fn template(test: &TestApp, body: Value) -> TemplateId {
    TemplateId(test.post("/api/templates", body).await.expect(201)["id"].as_i64().unwrap())
}

/// A message that waits, as a rule leaves it.
async fn queue(test: &TestApp, customer: CustomerId, template: TemplateId) -> Value {
    let mail = Outgoing::new(customer, template);
    let id = test.write(move |work| mail::queue(work, std::slice::from_ref(&mail))).await.unwrap()[0];
    message(test, id.0).await
}

async fn message(test: &TestApp, id: i64) -> Value {
    let page = test.get("/api/messages").await.expect(200);
    page["items"].as_array().unwrap().iter().find(|message| message["id"] == json!(id)).unwrap().clone()
}

#[tokio::test]
async fn a_mail_arrives_once_for_the_customer_as_he_is_when_it_goes_out() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "ada@example.org", "firstname": "Ada"})).await;
        test.run_due().await;
        let body = json!({"name": "Welcome", "subject": "Hello {{ customer.firstname }}",
            "html": "<p>Dear {{ customer.firstname }} from {{ customer.city | default('somewhere') }}</p>"});
        let welcome = template(test, body).await;
        let queued = queue(test, ada, welcome).await;
        assert_eq!((&queued["state"], &queued["customerId"], &queued["templateId"]), (&json!("planned"), &json!(ada), &json!(welcome)));
        test.patch(&format!("/api/customers/{ada}"), json!({"firstname": "Augusta & <Ada>"})).await.expect(200);

        // The mail, and a look whether somebody else has this name.
        assert_eq!(test.run_due().await, 2);
        let letters = test.mails();
        assert_eq!(letters.len(), 1);
        assert_eq!((letters[0].to.as_str(), letters[0].subject.as_str()), ("ada@example.org", "Hello Augusta & <Ada>"));
        assert_eq!(letters[0].html, "<p>Dear Augusta &amp; &lt;Ada&gt; from somewhere</p>");
        assert_eq!(letters[0].text, "Dear Augusta & <Ada> from somewhere\n");
        let sent = message(test, queued["id"].as_i64().unwrap()).await;
        assert_eq!(
            (&sent["state"], &sent["recipient"], &sent["sentAt"]),
            (&json!("sent"), &json!("ada@example.org"), &json!("2026-03-02T12:00:00Z"))
        );
        test.clock.advance_days(1);
        test.run_due().await;
        assert_eq!(test.mails().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_the_mail_server_refuses_for_now_is_sent_later_under_the_same_key() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let plain = template(test, json!({"name": "Plain", "subject": "S", "text": "T"})).await;
        test.app.mailer.refuse(Some(MailError::Passing("421 come back later".to_owned())));
        let id = queue(test, ada, plain).await["id"].as_i64().unwrap();
        test.run_due().await;
        let waiting = message(test, id).await;
        assert_eq!((&waiting["state"], &waiting["problem"]), (&json!("planned"), &json!("421 come back later")));
        assert_eq!(test.run_due().await, 0, "the pause is not over");

        test.app.mailer.refuse(None);
        test.clock.advance_minutes(1);
        assert_eq!(test.run_due().await, 1);
        let sent = message(test, id).await;
        assert_eq!((&sent["state"], &sent["problem"]), (&json!("sent"), &Value::Null));
        assert!(test.mails()[0].key.starts_with(&format!("{id}.")), "{}", test.mails()[0].key);
    })
    .await;
}

#[tokio::test]
async fn a_crash_after_the_mail_server_took_it_repeats_the_mail_under_its_key() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let plain = template(test, json!({"name": "Plain", "subject": "S", "text": "T"})).await;
        let id = queue(test, ada, plain).await["id"].as_i64().unwrap();
        test.run_due().await;
        // The last unit of work never came: message and job are as the first one left them.
        let undone = [
            "update messages set state = 'sending', sent_at = null",
            "update jobs set state = 'running', leased_until = 0 where kind = 'send_message'",
        ];
        test.write(move |work| undone.iter().try_for_each(|text| work.tx.execute(text, &[]).map(drop)).map_err(Into::into)).await.unwrap();
        assert_eq!(test.run_due().await, 1);
        let letters = test.mails();
        assert_eq!((letters.len(), &letters[0]), (2, &letters[1]));
        let sent = message(test, id).await;
        assert_eq!((&sent["state"], &sent["ambiguous"]), (&json!("sent"), &json!(1)));
        let listed = test.get("/api/messages?ambiguous=true&count=true").await.expect(200);
        assert_eq!((&listed["total"], &listed["items"][0]["id"]), (&json!(1), &json!(id)));
    })
    .await;
}

#[tokio::test]
async fn what_the_mail_server_refuses_for_good_or_too_often_has_failed() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let plain = template(test, json!({"name": "Plain", "subject": "S", "text": "T"})).await;
        test.app.mailer.refuse(Some(MailError::Permanent("550 no such mailbox".to_owned())));
        let refused = queue(test, ada, plain).await["id"].as_i64().unwrap();
        test.run_due().await;
        let failed = message(test, refused).await;
        assert_eq!((&failed["state"], &failed["problem"]), (&json!("failed"), &json!("550 no such mailbox")));

        test.app.mailer.refuse(Some(MailError::Passing("421 come back later".to_owned())));
        let given_up = queue(test, ada, plain).await["id"].as_i64().unwrap();
        for _ in 0..8 {
            test.run_due().await;
            test.clock.advance_minutes(200);
        }
        assert_eq!(message(test, given_up).await["state"], "failed");

        test.app.mailer.refuse(None);
        let jobs = test.get("/api/jobs?kind=send_message&state=dead").await.expect(200);
        assert_eq!(jobs["items"].as_array().unwrap().len(), 1);
        test.post(&format!("/api/jobs/{}/retry", jobs["items"][0]["id"]), json!({})).await.expect(200);
        test.run_due().await;
        assert_eq!(message(test, given_up).await["state"], "sent", "a person asked for another attempt");
        assert_eq!(test.mails().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn no_mail_goes_to_who_has_no_address_or_is_not_active() {
    on_each_store(async |test| {
        let plain = template(test, json!({"name": "Plain", "subject": "S", "text": "T"})).await;
        let nobody = customer(test, json!({"firstname": "Nobody"})).await;
        let gone = customer(test, json!({"email": "gone@example.org", "active": false})).await;
        let (first, second) = (queue(test, nobody, plain).await, queue(test, gone, plain).await);
        test.run_due().await;
        let (first, second) = (message(test, first["id"].as_i64().unwrap()).await, message(test, second["id"].as_i64().unwrap()).await);
        assert_eq!((&first["state"], &first["problem"]), (&json!("suppressed"), &json!("the customer has no mail address")));
        assert_eq!((&second["state"], &second["problem"]), (&json!("suppressed"), &json!("the customer is not active")));
        assert!(test.mails().is_empty());
        let suppressed = test.get(&format!("/api/messages?state=suppressed&customerId={gone}&count=true")).await.expect(200);
        assert_eq!((&suppressed["total"], &suppressed["items"][0]["id"]), (&json!(1), &second["id"]));
    })
    .await;
}

#[tokio::test]
async fn a_template_that_names_what_does_not_exist_is_refused_with_its_part() {
    on_each_store(async |test| {
        let wrong =
            json!({"name": "W", "subject": "{{ customer.fristname }}", "html": "{% if customer.city %}", "text": "{{ shop.urll }}"});
        let refused = test.post("/api/templates", wrong).await.expect(422);
        let found: Vec<(&str, &str)> = refused["problems"]
            .as_array()
            .unwrap()
            .iter()
            .map(|problem| (problem["path"].as_str().unwrap(), problem["code"].as_str().unwrap()))
            .collect();
        assert_eq!(found, [("/subject", "unknown_variable"), ("/html", "syntax"), ("/text", "unknown_variable")]);
        assert_eq!(test.post("/api/templates", json!({"name": "W", "subject": "S"})).await.expect(422)["problems"][0]["path"], "/text");
        assert_eq!(test.post("/api/templates", json!({"name": "W"})).await.status, 422);

        test.post("/api/fields", json!({"name": "tier", "label": "Tier", "kind": "text"})).await.expect(201);
        let tiered = json!({"name": "W", "subject": "{{ customer.fields.tier }}", "text": "{{ activity.attributes.lines.first }}"});
        template(test, tiered.clone()).await;
        assert_eq!(test.post("/api/templates", tiered).await.expect(409)["code"], "duplicate_name");
        let fields = test.get("/api/fields").await.expect(200);
        let refused = test.delete(&format!("/api/fields/{}", fields["items"][0]["id"])).await.expect(409);
        assert_eq!(refused["code"], "in_use");
    })
    .await;
}

#[tokio::test]
async fn a_template_is_changed_previewed_and_removed() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "ada@example.org", "firstname": "Ada"})).await;
        let made = test.post("/api/templates", json!({"name": "A", "subject": "S", "text": "T"})).await;
        assert_eq!(made.etag(), "\"1\"");
        let path = made.headers["location"].to_str().unwrap().to_owned();
        template(test, json!({"name": "B", "subject": "S", "text": "T"})).await;
        assert_eq!(test.patch(&path, json!({"name": "B"})).await.expect(409)["code"], "duplicate_name");
        assert_eq!(test.patch(&path, json!({"subjct": "x"})).await.expect(422)["problems"][0]["path"], "/subjct");
        let changed = test.patch(&path, json!({"subject": "Hi {{ customer.firstname }}"})).await;
        assert_eq!(changed.etag(), "\"2\"");
        let stale = test.send(reqwest::Method::PATCH, &path, Some(json!({"text": "U"})), Some(&test.key), &[("if-match", "\"1\"")]).await;
        assert_eq!(stale.status, 412);
        let shown = test.post(&format!("{path}/preview"), json!({"customerId": ada})).await.expect(200);
        assert_eq!(shown, json!({"subject": "Hi Ada", "html": "", "text": "T"}));
        assert_eq!(
            test.post(&format!("{path}/preview"), json!({"customerId": 999_999})).await.expect(422)["problems"][0]["path"],
            "/customerId"
        );
        let names = |page: Value| page["items"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect::<Vec<_>>();
        assert_eq!(names(test.get("/api/templates").await.expect(200)), ["A", "B"]);
        test.delete(&path).await.expect(204);
        test.get(&path).await.expect(404);
    })
    .await;
}
