//! What the links of a mail do: unsubscribing, preferences, clicks and opens; and links without a mail.

use super::mail_sending::{customer, kinds, send, story, template};
use reqwest::{Method, Response, redirect};
use serde_json::{Value, json};
use server::mailer::Letter;
use testkit::{TestApp, on_each_store};

const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// A browser that shows where it is led instead of going there.
pub async fn visit(test: &TestApp, method: Method, url: &str, agent: &str, form: Option<&str>) -> Response {
    let client = reqwest::Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
    let path = url.strip_prefix(&test.app.config.server.public_url).unwrap_or(url);
    let mut request = client.request(method, format!("{}{path}", test.address)).header("user-agent", agent);
    if let Some(form) = form {
        request = request.header("content-type", "application/x-www-form-urlencoded").body(form.to_owned());
    }
    request.send().await.unwrap()
}

async fn get(test: &TestApp, url: &str) -> Response {
    visit(test, Method::GET, url, BROWSER, None).await
}

pub fn header<'l>(letter: &'l Letter, name: &str) -> Option<&'l str> {
    letter.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
}

/// The addresses of links in the HTML of a letter.
fn links(letter: &Letter) -> Vec<String> {
    letter.html.split("href=\"").skip(1).map(|rest| unescaped(rest.split('"').next().unwrap())).collect()
}

fn unescaped(text: &str) -> String {
    text.replace("&#x2f;", "/").replace("&amp;", "&")
}

fn location(response: &Response) -> &str {
    response.headers()["location"].to_str().unwrap()
}

async fn activities(test: &TestApp, customer: i64, kind: &str) -> Vec<Value> {
    let page = test.get(&format!("/api/activities?customerId={customer}&type={kind}")).await.expect(200);
    page["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn unsubscribing_leaves_the_list_end_to_end() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "ada@example.org", "language": "de"})).await;
        test.put(&format!("/api/customers/{ada}/subscriptions/news"), json!({"status": "subscribed"})).await.expect(200);
        let body = json!({"name": "N", "kind": "marketing", "list": "news", "subject": "S",
            "html": "<p><a href=\"{{ links.unsubscribe }}\">x</a> <a href=\"{{ links.preferences }}\">y</a></p>", "trackClicks": true});
        let news = template(test, body).await;
        let id = send(test, ada, news).await;
        test.run_due().await;
        let letter = test.mails().remove(0);
        let url = header(&letter, "List-Unsubscribe").unwrap().trim_matches(['<', '>']).to_owned();
        assert_eq!(header(&letter, "List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
        assert_eq!(links(&letter)[0], url, "a link of our own is not tracked");
        assert!(links(&letter)[1].contains("/t/p/"));

        let page = get(test, &url).await;
        assert_eq!((page.status().as_u16(), page.headers()["referrer-policy"].to_str().unwrap()), (200, "no-referrer"));
        assert!(page.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
        let text = page.text().await.unwrap();
        assert!(text.contains("<button>Abmelden</button>") && !text.contains("<script"), "{text}");
        let status = async || test.get(&format!("/api/customers/{ada}/subscriptions")).await.expect(200)[0]["status"].clone();
        assert_eq!(status().await, "subscribed", "looking changes nothing");

        for _ in 0..2 {
            let done = visit(test, Method::POST, &url, "", Some("List-Unsubscribe=One-Click")).await;
            assert_eq!(done.status(), 200);
        }
        assert_eq!(status().await, "unsubscribed");
        assert_eq!(kinds(&story(test, id).await), ["planned", "sending", "sent", "unsubscribed"]);
        let later = send(test, ada, news).await;
        test.run_due().await;
        assert_eq!(story(test, later).await["problem"], "the customer is not subscribed to news");
    })
    .await;
}

#[tokio::test]
async fn without_a_list_the_purpose_is_denied_and_without_either_the_address_is_suppressed() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        test.run_due().await;
        test.put(&format!("/api/customers/{ada}/consents/offers"), json!({"granted": true})).await.expect(200);
        let offers = template(test, json!({"name": "O", "kind": "marketing", "purpose": "offers", "subject": "S", "text": "T"})).await;
        let bare = template(test, json!({"name": "B", "kind": "marketing", "subject": "S", "text": "T"})).await;
        let other = template(test, json!({"name": "T", "subject": "S", "text": "T"})).await;
        for template in [offers, bare, other] {
            send(test, ada, template).await;
        }
        test.run_due().await;
        let letters = test.mails();
        assert_eq!(header(&letters[2], "List-Unsubscribe"), None);
        for letter in &letters[..2] {
            let url = header(letter, "List-Unsubscribe").unwrap().trim_matches(['<', '>']);
            assert_eq!(visit(test, Method::POST, url, "", None).await.status(), 200);
        }
        let consents = test.get(&format!("/api/customers/{ada}/consents")).await.expect(200);
        assert_eq!((&consents[0]["granted"], &consents[0]["source"]), (&json!(false), &json!("unsubscribe link")));
        let suppressed = test.get("/api/suppressions").await.expect(200);
        assert_eq!(
            (&suppressed["items"][0]["address"], &suppressed["items"][0]["reason"]),
            (&json!("ada@example.org"), &json!("unsubscribed"))
        );
    })
    .await;
}

#[tokio::test]
async fn preferences_are_changed_without_scripts() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        for list in ["news", "sales"] {
            test.put(&format!("/api/customers/{ada}/subscriptions/{list}"), json!({"status": "subscribed"})).await.expect(200);
        }
        test.put(&format!("/api/customers/{ada}/consents/profiling"), json!({"granted": false})).await.expect(200);
        let body = json!({"name": "N", "kind": "marketing", "list": "news", "subject": "S", "text": "{{ links.preferences }}"});
        send(test, ada, template(test, body).await).await;
        test.run_due().await;
        let url = test.mails()[0].text.clone();
        let page = get(test, &url).await.text().await.unwrap();
        assert!(page.contains("value=\"list:news\" checked>news") && page.contains("value=\"purpose:profiling\">profiling"), "{page}");

        let form = "shown=list%3Anews&shown=list%3Asales&shown=purpose%3Aprofiling&chosen=list%3Asales&chosen=purpose%3Aprofiling\
                    &chosen=list%3Aother&shown=list%3Aother";
        let saved = visit(test, Method::POST, &url, BROWSER, Some(form)).await.text().await.unwrap();
        assert!(saved.contains("Saved."), "{saved}");
        let lists = test.get(&format!("/api/customers/{ada}/subscriptions")).await.expect(200);
        let found: Vec<(&Value, &Value)> = lists.as_array().unwrap().iter().map(|one| (&one["list"], &one["status"])).collect();
        assert_eq!(found, [(&json!("news"), &json!("unsubscribed")), (&json!("sales"), &json!("subscribed"))]);
        assert_eq!(test.get(&format!("/api/customers/{ada}/consents")).await.expect(200)[0]["granted"], true);
    })
    .await;
}

#[tokio::test]
async fn a_click_is_an_activity_and_leads_on() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "ada@example.org", "language": "de"})).await;
        let link = json!({"name": "sale", "target": "https://shop.example/{language}/sale", "activityType": "sale_click",
            "attributes": [{"attribute": "campaign", "value": "summer"}], "utm": {"source": "mail"}});
        let link = test.post("/api/links", link).await.expect(201);
        let html = "<a href=\"https://shop.example/a?x=1&amp;y=2\">a</a> <a href=\"{{ link('sale') }}\">s</a>";
        let body = json!({"name": "N", "subject": "S", "html": html, "trackClicks": true, "trackOpens": true});
        let id = send(test, ada, template(test, body).await).await;
        test.run_due().await;
        let letter = test.mails().remove(0);
        let found = links(&letter);
        assert!(!letter.text.contains("/t/c/"), "{}", letter.text);
        test.clock.advance_minutes(5);

        let led = get(test, &found[0]).await;
        assert_eq!((led.status().as_u16(), location(&led)), (302, "https://shop.example/a?x=1&y=2"));
        let clicks = activities(test, ada.0, "mail_click").await;
        assert_eq!(clicks[0]["attributes"]["url"], "https://shop.example/a?x=1&y=2");
        assert_eq!(clicks[0]["attributes"]["messageId"], json!(id));
        test.clock.advance_minutes(5);
        let led = get(test, &found[1]).await;
        assert_eq!(location(&led), "https://shop.example/de/sale?utm_source=mail");
        assert_eq!(activities(test, ada.0, "sale_click").await[0]["attributes"]["campaign"], "summer");

        let picture = letter.html.split("<img src=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        for _ in 0..2 {
            let opened = get(test, &picture).await;
            assert_eq!((opened.status().as_u16(), opened.headers()["content-type"].to_str().unwrap()), (200, "image/gif"));
        }
        assert_eq!(activities(test, ada.0, "mail_open").await.len(), 1, "an open counts once");
        assert_eq!(kinds(&story(test, id).await)[3..], ["clicked", "clicked", "opened"]);

        test.patch(&format!("/api/links/{}", link["id"]), json!({"active": false})).await.expect(200);
        test.clock.advance_minutes(5);
        assert_eq!(get(test, &found[1]).await.status(), 302);
        assert_eq!(activities(test, ada.0, "sale_click").await.len(), 1, "switched off, it leads on and counts nothing");
    })
    .await;
}

#[tokio::test]
async fn no_address_leads_where_no_mail_led() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let body = json!({"name": "N", "subject": "S", "html": "<a href=\"https://shop.example/\">a</a>", "trackClicks": true});
        send(test, ada, template(test, body).await).await;
        test.run_due().await;
        let url = links(&test.mails()[0])[0].clone();
        let elsewhere = url.replace("shop.example", "evil.example");
        let token = url.split("/t/c/").nth(1).unwrap().split('?').next().unwrap();
        for wrong in [
            elsewhere.as_str(),
            "/t/c/00?u=https%3A%2F%2Fevil.example",
            "/t/c/00",
            &format!("/t/c/{token}"),
            &format!("/t/u/{token}"),
            &format!("/t/p/{token}"),
            "/t/l/unknown",
            "/t/l/unknown?cmfa=1&cmfc=2",
            "/t/u/%00",
            "/t/c/%ff?u=%ff",
        ] {
            let answer = get(test, wrong).await;
            assert!(answer.headers().get("location").is_none(), "{wrong}");
            assert!(answer.status().is_client_error(), "{wrong}: {}", answer.status());
        }
        assert_eq!(get(test, "/t/o/nothing.gif").await.status(), 200);
    })
    .await;
}

#[tokio::test]
async fn programs_that_follow_links_count_for_nothing() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "ada@example.org"})).await;
        let html = "<a href=\"https://shop.example/a\">a</a> <a href=\"https://shop.example/b\">b</a>";
        let body = json!({"name": "N", "subject": "S", "html": html, "trackClicks": true, "trackOpens": true});
        let id = send(test, ada, template(test, body).await).await;
        test.run_due().await;
        let found = links(&test.mails()[0]);
        for link in &found {
            assert_eq!(get(test, link).await.status(), 302, "within a second of the delivery");
        }
        test.clock.advance_minutes(1);
        assert_eq!(visit(test, Method::HEAD, &found[0], BROWSER, None).await.status(), 302);
        let bot = "Mozilla/5.0 (compatible; ExampleBot/1.0)";
        assert_eq!(visit(test, Method::GET, &found[0], bot, None).await.status(), 302);
        test.clock.advance_minutes(1);
        assert!(activities(test, ada.0, "mail_click").await.is_empty());
        assert_eq!(kinds(&story(test, id).await)[3..], ["machine", "machine", "machine", "machine"]);
        get(test, &found[0]).await;
        assert_eq!(activities(test, ada.0, "mail_click").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn links_in_foreign_newsletters_know_the_customer_by_his_token() {
    on_each_store(async |test| {
        let ada = test.post("/api/customers", json!({"email": "ada@example.org"})).await.expect(201);
        let (id, token) = (ada["id"].as_i64().unwrap(), ada["token"].as_str().unwrap());
        let body = json!({"name": "sale", "target": "https://shop.example/sale#top", "activityType": "sale_click"});
        let link = test.post("/api/links", body.clone()).await.expect(201);
        assert_eq!(test.post("/api/links", body).await.expect(409)["code"], "duplicate_name");
        let code = link["code"].as_str().unwrap();
        let placed = test.get(&format!("/api/links/{}/placeholder?system=mailchimp", link["id"])).await.expect(200);
        assert_eq!(placed["landing"], format!("https://shop.example/sale?cmfa={code}&cmfc=*|ID_ENCODED|*#top"));
        let url = placed["url"].as_str().unwrap().replace("*|ID_ENCODED|*", token);
        let led = get(test, &url).await;
        assert_eq!(location(&led), "https://shop.example/sale#top");
        assert_eq!(activities(test, id, "sale_click").await.len(), 1);

        assert_eq!(get(test, &format!("/t/hit?cmfa={code}&cmfc={token}")).await.status(), 204);
        assert_eq!(activities(test, id, "sale_click").await.len(), 2);
        for nobody in [format!("/t/hit?cmfa={code}&cmfc=unknown"), format!("/t/hit?cmfa=unknown&cmfc={token}"), "/t/hit".to_owned()] {
            assert_eq!(get(test, &nobody).await.status(), 204, "{nobody}");
        }
        assert_eq!(get(test, &format!("/t/l/{code}?cmfc=unknown")).await.status(), 302);
        assert_eq!(activities(test, id, "sale_click").await.len(), 2);
        assert_eq!(
            test.get(&format!("/api/links/{}/placeholder?system=other", link["id"])).await.expect(422)["problems"][0]["path"],
            "/system"
        );
        test.delete(&format!("/api/links/{}", link["id"])).await.expect(204);
        assert_eq!(get(test, &format!("/t/l/{code}")).await.status(), 404);
    })
    .await;
}

#[tokio::test]
async fn a_template_speaks_the_customers_language_and_is_tried_before() {
    on_each_store(async |test| {
        let ada = customer(test, json!({"email": "ada@example.org", "firstname": "Ada", "language": "de-AT"})).await;
        let wrong = json!({"name": "W", "subject": "S", "text": "T", "variants": [
            {"language": "de", "subject": "S", "html": "{{ customer.fristname }}"},
            {"language": "DE", "subject": "", "text": "{{ link('x') }}"}]});
        let refused = test.post("/api/templates", wrong).await.expect(422);
        let found: Vec<&str> = refused["problems"].as_array().unwrap().iter().map(|problem| problem["path"].as_str().unwrap()).collect();
        assert_eq!(found, ["/variants/1/language", "/variants/1/subject", "/variants/0/html", "/variants/1/text"]);

        let body = json!({"name": "W", "subject": "Hello {{ customer.firstname }}", "text": "T", "variants": [
            {"language": "de", "subject": "Hallo {{ customer.firstname }}", "text": "{% for s in segments %}{{ s.name }}{% endfor %}."}]});
        let welcome = template(test, body).await;
        send(test, ada, welcome).await;
        test.run_due().await;
        assert_eq!((test.mails()[0].subject.as_str(), test.mails()[0].text.as_str()), ("Hallo Ada", "."));
        let path = format!("/api/templates/{welcome}");
        let shown = test.post(&format!("{path}/preview"), json!({"customerId": ada, "language": "en"})).await.expect(200);
        assert_eq!(shown["subject"], "Hello Ada");

        test.post(&format!("{path}/test"), json!({"customerId": ada, "to": "me@example.org"})).await.expect(200);
        let letter = test.mails().pop().unwrap();
        assert_eq!((letter.to.as_str(), letter.subject.as_str()), ("me@example.org", "[Test] Hallo Ada"));
        assert_eq!(header(&letter, "X-Regulars-Test"), Some("yes"));
        assert_eq!(test.get("/api/messages?count=true").await.expect(200)["total"], 1);
        test.post(&format!("{path}/test"), json!({"customerId": ada, "to": "me"})).await.expect(422);
    })
    .await;
}

#[tokio::test]
async fn a_link_that_templates_name_stays_under_its_name() {
    on_each_store(async |test| {
        let body = json!({"name": "sale", "target": "https://shop.example/sale", "activityType": "visit"});
        let link = test.post("/api/links", body).await.expect(201);
        let path = format!("/api/links/{}", link["id"]);
        let template = json!({"name": "Sale", "subject": "S", "text": "{{ link('sale') }}"});
        let template = test.post("/api/templates", template).await.expect(201);
        let refused = test.delete(&path).await.expect(409);
        assert_eq!(refused["code"], "in_use");
        assert!(refused["detail"].as_str().unwrap().contains("Sale"), "{refused}");
        assert_eq!(test.patch(&path, json!({"name": "sail"})).await.expect(409)["code"], "in_use");
        test.patch(&path, json!({"target": "https://shop.example/other"})).await.expect(200);
        test.delete(&format!("/api/templates/{}", template["id"])).await.expect(204);
        test.delete(&path).await.expect(204);
    })
    .await;
}
