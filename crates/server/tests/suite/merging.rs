//! Merging and undoing it: every table goes over, and comes back byte by byte.

use super::mail_sending::{queue, template};
use super::transfer_undo::written_over;
use serde_json::{Value, json};
use server::ids::{CustomerId, TemplateId, WebhookId};
use server::mail::Outgoing;
use server::{duplicates, personal, webhooks, worker};
use std::collections::BTreeMap;
use testkit::{TestApp, on_each_store};

/// What a merge and its undoing leave behind, and what only counts.
pub const BESIDE: [&str; 5] = ["merges", "audit_entries", "id_blocks", "definition_versions", "customer_revisions"];

pub async fn merge(test: &TestApp, survivor: i64, other: i64, more: Value) -> Value {
    let mut body = json!({"otherId": other, "confirm": true});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    test.post(&format!("/api/customers/{survivor}/merge"), body).await.expect(200)
}

pub async fn undo(test: &TestApp, merge: &Value) -> Value {
    test.post(&format!("/api/merges/{}/undo", merge["id"]), json!({})).await.expect(200)
}

/// A shop in which customers can have everything.
pub struct Shop {
    random: u64,
    pub by_hand: Vec<i64>,
    company: i64,
    mail: TemplateId,
    webhook: WebhookId,
}

impl Shop {
    pub async fn open(test: &TestApp, seed: u64) -> Shop {
        for name in ["order", "cart"] {
            test.post("/api/activity-types", json!({"name": name})).await.expect(201);
        }
        test.post("/api/fields", json!({"name": "tier", "kind": "text"})).await.expect(201);
        let company = id(test.post("/api/companies", json!({"name": "Huber"})).await.expect(201));
        let group = id(test.post("/api/segment-groups", json!({"name": "Hand"})).await.expect(201));
        let mut by_hand = Vec::new();
        for name in ["Friends", "Family"] {
            by_hand.push(id(test.post("/api/segments", json!({"groupId": group, "name": name})).await.expect(201)));
        }
        let group = id(test.post("/api/segment-groups", json!({"name": "Computed", "calculated": true})).await.expect(201));
        let orders = |count: i64, within: &str| json!({"fact": "activity", "type": "order", "within": within, "op": "gte", "value": count});
        let conditions = [
            orders(2, "90d"),
            json!({"not": orders(1, "30d")}),
            json!({"all": [{"fact": "segment", "id": by_hand[0]}, {"fact": "field", "name": "city", "op": "eq", "value": "Graz"}]}),
            json!({"fact": "consent", "purpose": "news", "op": "granted"}),
            json!({"fact": "field", "name": "birthDate", "op": "set"}),
        ];
        for (place, condition) in conditions.iter().enumerate() {
            test.post("/api/segments", json!({"groupId": group, "name": format!("S{place}"), "condition": condition})).await.expect(201);
        }
        let cart = json!([{"type": "new_activity", "activityType": "cart"}]);
        let steps = json!([{"type": "wait_for", "condition": orders(9, "10d"), "timeout": "5d", "onTimeout": "exit"},
            {"type": "action", "action": {"type": "add_note", "title": "ordered"}}]);
        rule(test, json!({"name": "Journey", "active": true, "triggers": cart, "steps": steps})).await;
        let later = json!([{"type": "add_note", "title": "Later", "delay": "3d"}]);
        rule(test, json!({"name": "Later", "active": true, "triggers": cart, "actions": later})).await;
        let never = json!({"fact": "field", "name": "city", "op": "eq", "value": "Nowhere"});
        rule(test, json!({"name": "Never", "active": true, "triggers": cart, "condition": never, "actions": later})).await;
        let idle = json!([{"type": "inactivity", "activityType": "order", "for": "40d"},
            {"type": "date_reached", "field": "birthDate", "yearly": true}]);
        let noted = json!([{"type": "add_note", "title": "Idle"}]);
        rule(test, json!({"name": "Idle", "active": true, "triggers": idle, "actions": noted})).await;
        let mail = template(test, json!({"name": "Plain", "subject": "S", "text": "T"})).await;
        let made = test.post("/api/webhooks", json!({"name": "hook", "url": "http://127.0.0.1:9/"})).await.expect(201);
        test.run_due().await;
        Shop { random: seed, by_hand, company, mail, webhook: WebhookId(id(made)) }
    }

    pub fn next(&mut self, below: u64) -> u64 {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 33) % below
    }

    /// A customer with a bit of everything.
    pub async fn customer(&mut self, test: &TestApp, number: u64) -> i64 {
        let mut body = json!({"email": format!("c{number}@example.org"), "externalIds": {"shop": format!("s{number}")}});
        let choices: [(&str, Vec<Value>); 8] = [
            ("firstname", vec![json!("Ada"), json!("Bob"), Value::Null]),
            ("lastname", vec![json!("Byron"), Value::Null]),
            ("city", vec![json!("Graz"), json!("Linz"), Value::Null]),
            ("phone", vec![json!("0660 1234"), json!(format!("0660 {number}")), Value::Null]),
            ("birthDate", vec![json!("1990-06-01"), json!("1985-12-24"), Value::Null]),
            ("companyId", vec![json!(self.company), Value::Null]),
            ("profilingConsent", vec![json!(true), json!(false)]),
            ("fields", vec![json!({"tier": "gold"}), json!({"tier": format!("t{number}")}), json!({})]),
        ];
        for (name, values) in choices {
            body[name] = values[self.next(values.len() as u64) as usize].clone();
        }
        let customer = id(test.post("/api/customers", body).await.expect(201));
        let path = format!("/api/customers/{customer}");
        if self.next(2) == 0 {
            let city = if self.next(2) == 0 { "Graz" } else { "Wien" };
            test.patch(&path, json!({"city": city})).await.expect(200);
        }
        test.put(&format!("{path}/identities/email"), json!({"value": format!("also{number}@example.org")})).await.expect(200);
        for place in 0..1 + self.next(4) {
            let at = test.clock.now().plus_days(-(self.next(100) as i64)).to_string();
            let body = json!({"customer": {"id": customer}, "type": "order", "occurredAt": at, "externalId": format!("o-{number}-{place}"),
                "attributes": {"amount": 10 * place}});
            test.post("/api/activities", body).await.expect(201);
        }
        test.post("/api/activities", json!({"customer": {"id": customer}, "type": "cart"})).await.expect(201);
        test.post(&format!("{path}/notes"), json!({"title": format!("note {number}")})).await.expect(201);
        for purpose in ["news", "profiling"] {
            if self.next(3) != 0 {
                test.put(&format!("{path}/consents/{purpose}"), json!({"granted": self.next(2) == 0, "source": "form"})).await.expect(200);
            }
        }
        let statuses = ["subscribed", "pending", "unsubscribed", "cleaned"];
        for list in ["weekly", "daily"] {
            if self.next(3) != 0 {
                let status = statuses[self.next(4) as usize];
                test.put(&format!("{path}/subscriptions/{list}"), json!({"status": status})).await.expect(200);
            }
        }
        for segment in self.by_hand.clone() {
            if self.next(3) != 0 {
                let add = json!({"add": [customer], "counter": 1 + self.next(5)});
                test.post(&format!("/api/segments/{segment}/members"), add).await.expect(200);
            }
        }
        self.correspond(test, customer, number).await;
        let called = json!({"action": {"type": "add_note", "title": "called"}, "customers": [customer]});
        test.post("/api/bulk", called).await.expect(202);
        worker::run_kinds(&test.app, &["bulk"]).await.unwrap();
        written_over(test, customer).await;
        worker::run_kinds(&test.app, &duplicates::JOBS).await.unwrap();
        test.clock.advance_minutes(self.next(600) as i64);
        customer
    }

    /// Mails, one of which bounced, and deliveries; some for an intent that others have too.
    async fn correspond(&self, test: &TestApp, customer: i64, number: u64) {
        for intent in ["welcome".to_owned(), format!("own {number}")] {
            let mail = Outgoing { intent: Some(intent.clone()), ..Outgoing::new(CustomerId(customer), self.mail) };
            let message = queue(test, mail).await.unwrap();
            let delivery = webhooks::Outgoing {
                webhook: self.webhook,
                customer: CustomerId(customer),
                rule: None,
                activity: None,
                kind: "customer.met".to_owned(),
                payload: json!({}),
                intent: Some(intent),
            };
            test.write(move |work| webhooks::queue(work, std::slice::from_ref(&delivery))).await.unwrap();
            let message_id = format!("{message}.{}@localhost", test.clock.now().0);
            let bounce =
                json!({"kind": "soft", "address": format!("c{number}@example.org"), "messageId": message_id, "diagnostic": "full"});
            test.post("/api/bounces", json!({"items": [bounce]})).await.expect(200);
        }
    }
}

fn id(made: Value) -> i64 {
    made["id"].as_i64().unwrap()
}

async fn rule(test: &TestApp, body: Value) {
    test.post("/api/rules", body).await.expect(201);
}

/// What differs between two contents, one line for each. That both are to be compared with others again is no difference.
fn difference(before: &BTreeMap<String, Vec<String>>, after: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let mut lines = Vec::new();
    for table in before.keys().chain(after.keys()).collect::<std::collections::BTreeSet<_>>() {
        let (empty_one, empty_other) = (Vec::new(), Vec::new());
        let (one, other) = (before.get(table).unwrap_or(&empty_one), after.get(table).unwrap_or(&empty_other));
        lines.extend(one.iter().filter(|line| !other.contains(line)).map(|line| format!("- {table}: {line}")));
        lines.extend(other.iter().filter(|line| !one.contains(line)).map(|line| format!("+ {table}: {line}")));
    }
    lines.retain(|line| !line.contains("compare_customers"));
    lines
}

#[track_caller]
pub fn expect_same(before: &BTreeMap<String, Vec<String>>, after: &BTreeMap<String, Vec<String>>, what: &str) {
    let lines = difference(before, after);
    assert!(lines.is_empty(), "{what}\n{}", lines.join("\n"));
}

fn of_customer<'c>(contents: &'c BTreeMap<String, Vec<String>>, table: &str, customer: i64) -> Vec<&'c String> {
    let own = format!("customer_id=Int({customer}) ");
    contents.get(table).into_iter().flatten().filter(|line| format!("{line} ").contains(&own)).collect()
}

#[tokio::test]
async fn nothing_of_the_other_customer_is_left_behind_in_any_table() {
    on_each_store(async |test| {
        let mut shop = Shop::open(test, 3).await;
        let (mut filled, mut pairs) = (std::collections::BTreeSet::new(), Vec::new());
        for number in 0..6 {
            pairs.push((shop.customer(test, 2 * number).await, shop.customer(test, 2 * number + 1).await));
        }
        test.run_due().await;
        let before = test.contents(&[]).await;
        for (survivor, other) in &pairs {
            filled.extend(personal::tables().map(|(table, _)| table).filter(|table| !of_customer(&before, table, *other).is_empty()));
            merge(test, *survivor, *other, json!({})).await;
        }
        let after = test.contents(&[]).await;
        for (table, slice) in personal::tables() {
            let is_kept = personal::KEPT_UNDER_OLD_ID.contains(&table);
            assert!(filled.contains(table) || table == "customer_aliases", "the shop fills no {table} of {slice}");
            for (_, other) in &pairs {
                let left = of_customer(&after, table, *other);
                assert_eq!(left.is_empty(), !is_kept, "{slice} leaves {left:?} in {table}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_merged_and_undone_is_byte_by_byte_as_before() {
    on_each_store(async |test| {
        let mut shop = Shop::open(test, 7).await;
        let rules = ["newest", "most_complete", "most_trusted", "survivor"];
        for number in 0..12 {
            let (survivor, other) = (shop.customer(test, 2 * number).await, shop.customer(test, 2 * number + 1).await);
            if number % 2 == 0 {
                test.run_due().await;
            }
            let before = test.contents(&BESIDE).await;
            let picks = if shop.next(2) == 0 { json!({"email": "other"}) } else { json!({}) };
            let rule = rules[shop.next(4) as usize];
            let merged = merge(test, survivor, other, json!({"rule": rule, "picks": picks})).await;
            test.get(&format!("/api/customers/{survivor}")).await.expect(200);
            let undone = undo(test, &merged).await;
            assert_eq!((&undone["state"], &undone["conflicts"]), (&json!("undone"), &json!([])));
            expect_same(&before, &test.contents(&BESIDE).await, &format!("pair {number}, {rule}"));
        }
    })
    .await;
}

#[tokio::test]
async fn merges_of_merges_are_undone_in_the_order_they_came_to_what_was_before() {
    on_each_store(async |test| {
        let mut shop = Shop::open(test, 11).await;
        let mut all = Vec::new();
        for number in 0..5 {
            all.push(shop.customer(test, number).await);
        }
        let before = test.contents(&BESIDE).await;
        let first = merge(test, all[0], all[1], json!({})).await;
        let second = merge(test, all[0], all[2], json!({"rule": "newest"})).await;
        let third = merge(test, all[3], all[0], json!({})).await;
        let fourth = merge(test, all[3], all[4], json!({"picks": {"city": {"value": "Steyr"}}})).await;
        for old in &all[..3] {
            let found = test.post("/api/activities", json!({"customer": {"id": old}, "type": "visit"})).await.expect(201);
            let activity = test.get(&format!("/api/activities/{}", found["id"])).await.expect(200);
            assert_eq!(activity["customerId"], all[3], "{old} leads to the last survivor");
            test.delete(&format!("/api/activities/{}", found["id"])).await.expect(204);
        }
        let covered = test.post(&format!("/api/merges/{}/undo", first["id"]), json!({})).await.expect(409);
        assert_eq!(covered["code"], "merge_covered");
        assert!(covered["detail"].as_str().unwrap().contains(&format!("undo merge {} first", third["id"])), "{covered}");
        for merged in [&fourth, &third, &second, &first] {
            undo(test, merged).await;
        }
        let mut after = test.contents(&BESIDE).await;
        let mut before = before;
        // The visits themselves have left their marks.
        for table in ["activity_types", "deletions"] {
            before.remove(table);
            after.remove(table);
        }
        expect_same(&before, &after, "all four undone");
        test.post(&format!("/api/merges/{}/undo", first["id"]), json!({})).await.expect(409);
    })
    .await;
}

/// In any order the state is the same again; only how often a customer was changed and looked at is told apart.
#[tokio::test]
async fn merges_into_one_customer_are_undone_in_any_order() {
    on_each_store(async |test| {
        for seed in 0..4 {
            let mut shop = if seed == 0 { Shop::open(test, 20).await } else { Shop { random: seed, ..Shop::known(test).await } };
            let mut all = Vec::new();
            for number in 0..4 {
                all.push(shop.customer(test, 100 * (seed + 1) + number).await);
            }
            let before = state_of(test).await;
            let rules = ["newest", "most_complete", "survivor"];
            let mut merges = Vec::new();
            for other in &all[1..] {
                merges.push(merge(test, all[0], *other, json!({"rule": rules[shop.next(3) as usize]})).await);
                test.clock.advance_minutes(1);
            }
            while !merges.is_empty() {
                let place = shop.next(merges.len() as u64) as usize;
                let undone = undo(test, &merges.remove(place)).await;
                assert_eq!(undone["conflicts"], json!([]), "seed {seed}");
            }
            expect_same(&before, &state_of(test).await, &format!("seed {seed}"));
        }
    })
    .await;
}

impl Shop {
    /// The shop that is open already.
    async fn known(test: &TestApp) -> Shop {
        let segments = test.get("/api/segments?limit=100").await.expect(200);
        let by_hand = segments["items"].as_array().unwrap().iter().filter(|one| one["calculated"] == false).cloned().map(id).collect();
        let first = async |path: &str| id(test.get(path).await.expect(200)["items"][0].clone());
        Shop {
            random: 0,
            by_hand,
            company: first("/api/companies").await,
            mail: TemplateId(first("/api/templates").await),
            webhook: WebhookId(first("/api/webhooks").await),
        }
    }
}

async fn state_of(test: &TestApp) -> BTreeMap<String, Vec<String>> {
    let mut contents = test.contents(&BESIDE).await;
    for table in ["customer_versions", "membership_changes", "segment_wakes"] {
        contents.remove(table);
    }
    let without = |line: &String, names: &[&str]| {
        let parts = line.split(' ').filter(|part| !names.iter().any(|name| part.starts_with(name)));
        parts.collect::<Vec<_>>().join(" ")
    };
    for (table, names) in [("customers", ["version=", "updated_at="].as_slice()), ("memberships", &["since="])] {
        let lines = contents.get_mut(table).unwrap();
        *lines = lines.iter().map(|line| without(line, names)).collect();
    }
    contents
}
