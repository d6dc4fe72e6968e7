//! Merging at the command line.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use serde_json::{Map, Value, json};
use server::access::Actor;
use server::config::Config;
use server::customers::{self, Draft, SaveOptions};
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

/// Two customers with different ids in one system.
async fn fill(folder: &Path) {
    let url = format!("sqlite:{}", folder.join("regulars.db").display());
    let config = Config::read(None, [("REGULARS__DATABASE__URL".to_owned(), url)].into_iter()).unwrap();
    let app = serve::open(&config).await.unwrap();
    work::write(&app, Actor::operator(), |work| {
        for number in ["1", "2"] {
            let mut values = Map::new();
            values.insert("firstname".to_owned(), json!(format!("Nr. {number}")));
            values.insert("externalIds".to_owned(), json!({ "shop": number }));
            customers::create(work, &Draft::new(values), SaveOptions::default())?;
        }
        Ok(())
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn customers_are_merged_listed_and_parted_again() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path()).await;
    let refused = run(folder.path(), &["merges", "merge", "1", "2"], 1);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(told.contains("different ids in the system shop"), "{told}");
    let merged = json_of(run(folder.path(), &["merges", "merge", "1", "2", "--confirm", "--json"], 0));
    assert_eq!((&merged["survivorId"], &merged["otherId"], &merged["state"]), (&json!(1), &json!(2), &json!("done")));
    let listed = String::from_utf8(run(folder.path(), &["merges", "list"], 0).stdout).unwrap();
    assert!(listed.contains("Nr. 2") && listed.contains("command line"), "{listed}");
    let id = merged["id"].to_string();
    let undone = json_of(run(folder.path(), &["--json", "merges", "undo", &id], 0));
    assert_eq!((&undone["state"], &undone["conflicts"]), (&json!("undone"), &json!([])));
    assert_eq!(json_of(run(folder.path(), &["merges", "list", "--undone", "--json"], 0)).as_array().unwrap().len(), 1);
    run(folder.path(), &["merges", "undo", &id], 1);
}
