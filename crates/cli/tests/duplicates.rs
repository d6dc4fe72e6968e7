//! Duplicates at the command line: describing, looking for pairs, the report.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn run(folder: &Path, arguments: &[&str], status: i32) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_regulars"));
    command.args(arguments).env_clear().current_dir(folder).stdin(Stdio::null());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

fn text(folder: &Path, arguments: &[&str]) -> String {
    String::from_utf8(run(folder, arguments, 0).stdout).unwrap()
}

fn json_of(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&text(folder, arguments)).unwrap()
}

#[test]
fn customers_are_described_pairs_found_and_the_weights_shown() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let people = "firstname,lastname,birthDate,street,zip,city\n\
        Anna,Zimmermann,1982-04-17,Lindengasse 7,1070,Wien\n\
        ANNA,Zimmermann,1982-04-17,Lindengasse 7,1070,Wien\n\
        Lukas,Ebner,1970-01-02,Am Rain 3,8010,Graz\n";
    std::fs::write(folder.join("people.csv"), people).unwrap();
    run(folder, &["import", "customers", "people.csv"], 0);

    assert_eq!(json_of(folder, &["duplicates", "index", "--json"]), json!({"customers": 3}));
    assert_eq!(text(folder, &["duplicates", "index"]), "0 customers described.\n");
    let report = text(folder, &["duplicates", "report"]);
    assert!(report.contains("3 customers are compared; 0 pairs are open") && report.contains("No weights were learned yet"), "{report}");

    let found = json_of(folder, &["duplicates", "find", "--no-learn", "--json"]);
    assert_eq!((&found["state"], &found["result"]["pairs"]), (&json!("done"), &json!(1)));
    assert_eq!(json_of(folder, &["duplicates", "report", "--json"])["model"], Value::Null);
    let found = text(folder, &["duplicates", "find"]);
    assert!(found.starts_with("3 customers, ") && found.contains(" 1 pairs, "), "{found}");
    let report = text(folder, &["duplicates", "report"]);
    assert!(report.contains("1 pairs are open") && report.contains("Last full run: ") && report.contains("birthDate"), "{report}");
    assert_eq!(json_of(folder, &["duplicates", "report", "--json"])["lastRun"]["pairs"], 1);
}
