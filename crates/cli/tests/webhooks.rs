//! Webhooks at the command line: looking at them, and wanting again what was given up.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use serde_json::{Value, json};
use server::access::Actor;
use server::config::Config;
use server::ids::CustomerId;
use server::webhooks::{self, Draft, Outgoing};
use server::{serve, work};
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn run(folder: &Path, arguments: &[&str], status: i32) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_regulars"));
    command.args(arguments).env_clear().current_dir(folder).stdin(Stdio::null());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

fn json_of(output: Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A webhook named Shop with three deliveries that were given up.
async fn fill(folder: &Path) {
    let url = format!("sqlite:{}", folder.join("regulars.db").display());
    let config = Config::read(None, [("REGULARS__DATABASE__URL".to_owned(), url)].into_iter()).unwrap();
    let app = serve::open(&config).await.unwrap();
    work::write(&app, Actor::operator(), |work| {
        let draft = json!({"name": "Shop", "url": "https://example.org/in", "headers": {"authorization": "Bearer hidden"}});
        let draft: Draft = serde_json::from_value(draft).unwrap();
        let (webhook, _) = webhooks::create(work, draft)?;
        let (customer, kind, payload) = (CustomerId(1), "order".to_owned(), json!({}));
        let outgoing = Outgoing { webhook: webhook.id, customer, rule: None, activity: None, kind, payload, intent: None };
        webhooks::queue(work, &vec![outgoing; 3])?;
        work.tx.execute("update webhook_deliveries set state = 'dead', next_at = null", &[])?;
        Ok(())
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn webhooks_are_listed_and_what_was_given_up_is_wanted_again() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fill(folder).await;

    let listed = run(folder, &["webhooks", "list", "--json"], 0);
    assert!(!String::from_utf8_lossy(&listed.stdout).contains("hidden"));
    let listed = json_of(listed);
    assert_eq!((&listed[0]["name"], &listed[0]["breaker"]["state"]), (&json!("Shop"), &json!("closed")));
    let table = String::from_utf8(run(folder, &["webhooks", "list"], 0).stdout).unwrap();
    assert!(table.lines().nth(1).unwrap().contains("Shop"), "{table}");

    let job = json_of(run(folder, &["webhooks", "replay", "Shop", "--since", "2026-01-01", "--json"], 0));
    assert_eq!((&job["state"], &job["result"]), (&json!("done"), &json!({"deliveries": 3})));
    let again = json_of(run(folder, &["webhooks", "replay", "1", "--since", "2026-01-01", "--json"], 0));
    assert_eq!(again["result"], json!({"deliveries": 0}), "they wait already");

    let unknown = run(folder, &["webhooks", "replay", "Nobody", "--since", "2026-01-01"], 1);
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("there is no webhook Nobody"));
    run(folder, &["webhooks", "replay", "Shop", "--since", "soon"], 2);
    run(folder, &["webhooks", "replay", "Shop"], 2);
}
