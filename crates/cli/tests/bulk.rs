//! Bulk actions at the command line.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use serde_json::{Map, Value, json};
use server::access::Actor;
use server::app::App;
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

async fn fill(folder: &Path) -> App {
    let url = format!("sqlite:{}", folder.join("regulars.db").display());
    let config = Config::read(None, [("REGULARS__DATABASE__URL".to_owned(), url)].into_iter()).unwrap();
    let app = serve::open(&config).await.unwrap();
    work::write(&app, Actor::operator(), |work| {
        for city in ["Graz", "Graz", "Wien"] {
            let values = Map::from_iter([("city".to_owned(), json!(city))]);
            customers::create(work, &Draft::new(values), SaveOptions::default())?;
        }
        Ok(())
    })
    .await
    .unwrap();
    app
}

#[tokio::test]
async fn an_action_is_looked_at_done_listed_and_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path()).await;
    let order = json!({"action": {"type": "set_field", "field": "city", "value": "Wien"}, "filter": {}});
    std::fs::write(folder.path().join("move.json"), order.to_string()).unwrap();
    let ahead = json_of(run(folder.path(), &["bulk", "run", "move.json", "--dry-run", "--json"], 0));
    assert_eq!((&ahead["total"], &ahead["changed"], &ahead["same"]), (&json!(3), &json!(2), &json!(1)));
    assert_eq!(json_of(run(folder.path(), &["bulk", "list", "--json"], 0)), json!([]));
    let done = json_of(run(folder.path(), &["bulk", "run", "move.json", "--json"], 0));
    assert_eq!((&done["state"], &done["changed"], &done["same"]), (&json!("done"), &json!(2), &json!(1)));
    let id = done["id"].to_string();
    let undone = String::from_utf8(run(folder.path(), &["bulk", "undo", &id], 0).stdout).unwrap();
    assert!(undone.contains("done; of 2, 2 changed"), "{undone}");
    let listed = String::from_utf8(run(folder.path(), &["bulk", "list"], 0).stdout).unwrap();
    assert!(listed.contains(&format!("undo of {id}")) && listed.contains("command line"), "{listed}");
    run(folder.path(), &["bulk", "undo", &id], 1);
    std::fs::write(folder.path().join("wrong.json"), r#"{"action":{"type":"activate"},"filter":{"shoes":1}}"#).unwrap();
    let refused = run(folder.path(), &["bulk", "run", "wrong.json"], 1);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(told.contains("filter/shoes"), "{told}");
}

#[tokio::test]
async fn what_has_not_come_to_its_end_is_no_success() {
    let folder = tempfile::tempdir().unwrap();
    let app = fill(folder.path()).await;
    let delete = json!({"action": {"type": "delete"}, "filter": {}});
    std::fs::write(folder.path().join("delete.json"), delete.to_string()).unwrap();
    let refused = run(folder.path(), &["bulk", "run", "delete.json"], 1);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(told.contains("expected: say how many"), "{told}");

    work::write(&app, Actor::operator(), |work| {
        let broken = "create trigger broken before insert on bulk_outcomes begin select raise(abort, 'the drawer is stuck'); end";
        Ok(work.tx.execute(broken, &[])?)
    })
    .await
    .unwrap();
    let order = json!({"action": {"type": "deactivate"}, "filter": {}});
    std::fs::write(folder.path().join("off.json"), order.to_string()).unwrap();
    let failed = run(folder.path(), &["bulk", "run", "off.json"], 1);
    let (said, told) = (String::from_utf8_lossy(&failed.stdout), String::from_utf8_lossy(&failed.stderr));
    assert!(said.contains("running; of 3, 0 changed"), "{said}");
    assert!(told.contains("the drawer is stuck"), "{told}");
}
