//! Merges pairs of customers on one database and undoes it all, several at a time, and holds the contents of every table
//! before against those after. Started by `cargo xtask bench merges`; prints JSON.

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use server::access::Actor;
use server::app::App;
use server::config::Config;
use server::ids::{CustomerId, MergeId};
use server::mailer::Mailer;
use server::merging::{self, Cause, FieldRule, Picks, Wish};
use server::segments::builders::Builders;
use server::time::{Clock, Instant};
use server::{serve, work};
use std::collections::BTreeMap;
use std::io::Write;
use std::time;
use testkit::{START, TestApp};
use tokio::task::JoinSet;

const USAGE: &str = "merges DATABASE PAIRS";
/// Units of work under way at once, and customers of one request.
const AT_ONCE: usize = 8;
const BATCH: usize = 500;
/// What merges and their undoing leave behind, what only counts, and whose turn it is to compare.
const BESIDE: [&str; 6] = ["merges", "audit_entries", "id_blocks", "definition_versions", "customer_revisions", "schedules"];

type Contents = BTreeMap<String, Vec<String>>;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [database, pairs] = arguments.as_slice() else { bail!("{USAGE}") };
    let (test, pairs) = (open(database).await?, pairs.parse::<usize>()?);
    let customers = fill(&test, 2 * pairs).await?;
    let before = test.contents(&BESIDE).await;
    let wishes: Vec<(i64, i64)> = customers.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
    let (merges, merged_in) = all(&test.app, wishes, |work, (survivor, other)| {
        let wish = Wish {
            survivor: CustomerId(survivor),
            other: CustomerId(other),
            rule: FieldRule::Newest,
            picks: Picks::new(),
            confirmed: true,
            cause: Cause::Person,
        };
        merging::merge(work, &wish).map(|merge| merge.id)
    })
    .await?;
    let (conflicts, undone_in) =
        all(&test.app, merges, |work, merge: MergeId| merging::undo(work, merge).map(|merge| merge.conflicts.len())).await?;
    let after = test.contents(&BESIDE).await;
    let told = json!({
        "pairs": pairs, "conflicts": conflicts.iter().sum::<usize>(), "tables": before.len(), "differences": differences(&before, &after),
        "mergesPerSecond": pairs as f64 / merged_in, "undosPerSecond": pairs as f64 / undone_in,
    });
    Ok(writeln!(std::io::stdout(), "{told}")?)
}

async fn open(database: &str) -> Result<TestApp> {
    ensure!(rustls::crypto::ring::default_provider().install_default().is_ok(), "TLS was set up twice");
    let mut config = Config::defaults();
    config.database.url = database.to_owned();
    let clock = Clock::by_hand(Instant::parse(START).context("no instant to start at")?);
    let app = serve::open_with(&config, clock, Mailer::Absent, Builders::default()).await?;
    Ok(TestApp::serve(app, database).await)
}

/// Does a thing for each of these, in units of work of their own; gives the answers and the seconds it took.
async fn all<I, T>(app: &App, of: Vec<I>, operation: fn(&mut work::Work<'_>, I) -> Result<T, server::error::Error>) -> Result<(Vec<T>, f64)>
where
    I: Copy + Send + 'static,
    T: Send + 'static,
{
    let began = time::Instant::now();
    let mut answers = Vec::with_capacity(of.len());
    let mut under_way = JoinSet::new();
    for one in of {
        if AT_ONCE <= under_way.len()
            && let Some(done) = under_way.join_next().await
        {
            answers.push(done??);
        }
        let app = app.clone();
        under_way.spawn(async move { work::write(&app, Actor::operator(), move |work| operation(work, one)).await });
    }
    while let Some(done) = under_way.join_next().await {
        answers.push(done??);
    }
    Ok((answers, began.elapsed().as_secs_f64()))
}

/// Customers with activities, segments by hand and computed, notes, consents and subscriptions.
async fn fill(test: &TestApp, count: usize) -> Result<Vec<i64>> {
    let create = async |path: &str, body: Value| test.post(path, body).await.expect(201)["id"].as_i64().context("no id");
    create("/api/activity-types", json!({"name": "order"})).await.ok();
    let group = create("/api/segment-groups", json!({"name": "Hand"})).await?;
    let by_hand = create("/api/segments", json!({"groupId": group, "name": "Friends"})).await?;
    let group = create("/api/segment-groups", json!({"name": "Computed", "calculated": true})).await?;
    for (place, within) in ["10d", "30d", "90d"].iter().enumerate() {
        let condition = json!({"fact": "activity", "type": "order", "within": within, "op": "gte", "value": place + 1});
        create("/api/segments", json!({"groupId": group, "name": within, "condition": condition})).await?;
    }
    test.run_due().await;
    let mut customers = Vec::with_capacity(count);
    for first in (0..count).step_by(BATCH) {
        let numbers = first..(first + BATCH).min(count);
        let activities: Vec<Value> = numbers.clone().flat_map(|number| (0..4).map(move |place| order(number, place))).collect();
        for some in activities.chunks(1_000) {
            test.post("/api/activities", json!({"activities": some, "createCustomers": true})).await.expect(200);
        }
        let identities: Vec<Value> = numbers.map(|number| json!({"kind": "email", "value": email(number)})).collect();
        let found = test.post("/api/customers/lookup", json!({ "identities": identities })).await.expect(200);
        let found = found["items"].as_array().context("no items")?.iter().filter_map(|item| item["customerId"].as_i64());
        let found: Vec<i64> = found.collect();
        test.post(&format!("/api/segments/{by_hand}/members"), json!({ "add": found })).await.expect(200);
        customers.extend(found);
    }
    ensure!(customers.len() == count, "{} customers are there", customers.len());
    all(&test.app, customers.clone(), |work, customer| {
        let customer = CustomerId(customer);
        server::customers::add_note(work, customer, "met", "")?;
        server::subscriptions::set(work, customer, "weekly", server::subscriptions::Status::Subscribed)?;
        let given = server::consents::Given { granted: customer.0 % 2 == 0, answered_at: None, source: None, note: None };
        server::consents::answer(work, customer, "news", &given).map(drop)
    })
    .await?;
    Ok(customers)
}

fn email(number: usize) -> String {
    format!("c{number}@example.org")
}

fn order(number: usize, place: usize) -> Value {
    let day = 1 + (number + 7 * place) % 28;
    json!({"customer": {"email": email(number)}, "type": "order", "occurredAt": format!("2026-02-{day:02}T10:00:00Z"),
        "externalId": format!("o{number}-{place}"), "attributes": {"amount": number % 100}})
}

/// Rows that are there only before or only after.
fn differences(before: &Contents, after: &Contents) -> usize {
    let count = |one: &Contents, other: &Contents| -> usize {
        let missing = |(table, lines): (&String, &Vec<String>)| {
            let others = other.get(table).map_or(&[][..], Vec::as_slice);
            lines.iter().filter(|line| others.binary_search(line).is_err()).count()
        };
        one.iter().map(missing).sum()
    };
    count(before, after) + count(after, before)
}
