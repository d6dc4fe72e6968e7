//! Roles at the command line: made, copied, changed, given, taken away, and looked for by the doctor.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Stdio};

/// What it prints, and what it complains about.
fn run(folder: &Path, arguments: &[&str], status: i32) -> (String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_regulars"));
    command.args(arguments).env_clear().current_dir(folder).stdin(Stdio::null());
    let output = command.output().unwrap();
    let (printed, told) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {printed}{told}");
    (printed, told)
}

fn json_of(folder: &Path, arguments: &[&str]) -> Value {
    let with_json: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
    serde_json::from_str(&run(folder, &with_json, 0).0).unwrap()
}

#[test]
fn a_role_is_made_changed_given_and_taken_away() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let permissions = run(folder, &["role", "show"], 0).0;
    assert!(permissions.contains("customers:delete") && permissions.contains("delete customers with everything"), "{permissions}");

    let key = run(folder, &["role", "add", "Service", "--permission", "customers:read,customers:write", "--permission", "jobs:read"], 0).0;
    assert_eq!(key, "service\n");
    assert!(run(folder, &["role", "add", "service"], 1).1.contains("there is a role called"));
    assert!(run(folder, &["role", "add", "x", "--permission", "customers:fly"], 2).1.contains("is no permission"));
    run(folder, &["role", "add", "x", "--key", "No key"], 2);
    let copy = json_of(folder, &["role", "add", "Looking", "--from", "viewer", "--key", "look", "--description", "For now"]);
    assert_eq!((&copy["key"], &copy["description"]), (&json!("look"), &json!("For now")));
    assert!(copy["permissions"].as_array().unwrap().contains(&json!("segments:read")));

    run(folder, &["role", "change", "service", "--allow", "exports:write", "--forbid", "jobs:read,customers:write", "--name", "Help"], 0);
    let role = json_of(folder, &["role", "show", "service"]);
    assert_eq!((&role["name"], &role["permissions"]), (&json!("Help"), &json!(["customers:read", "exports:write"])));
    assert!(run(folder, &["role", "change", "admin", "--forbid", "jobs:read"], 1).1.contains("built in"));
    run(folder, &["role", "show", "nobody"], 1);

    run(folder, &["user", "add", "ada@example.org", "--role", "service"], 0);
    assert!(run(folder, &["user", "add", "eve@example.org", "--role", "nobody"], 1).1.contains("there is no role"));
    let listed = run(folder, &["role", "list"], 0).0;
    assert!(listed.lines().any(|line| line.starts_with("service") && line.contains("2 of ") && line.ends_with('1')), "{listed}");
    assert!(run(folder, &["role", "remove", "service"], 1).1.contains("users have this role (1)"));
    run(folder, &["role", "remove", "service", "--replacement", "look"], 0);
    assert_eq!(json_of(folder, &["user", "list"])[0]["role"], "look");
}

#[test]
fn the_doctor_names_roles_of_the_configuration_that_are_not_there() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    let settings = "[oidc]\nissuer = \"http://127.0.0.1:1\"\nclient_id = \"x\"\nrole_claim = \"groups\"\nnew_user_role = \"viewer\"\n\
                    role_map = [\"a=service\", \"b=ghost\", \"c=admin\"]\n";
    std::fs::write(folder.join("oidc.toml"), settings).unwrap();
    run(folder, &["role", "add", "Service"], 0);
    run(folder, &["user", "add", "ada@example.org"], 0);
    // The provider itself cannot be reached either.
    let found = run(folder, &["doctor", "--config", "oidc.toml"], 1).0;
    let told = found.lines().find(|line| line.contains("given roles")).unwrap();
    assert!(told.starts_with("WRONG") && told.ends_with("that are not there: ghost"), "{told}");
    run(folder, &["role", "add", "Ghost"], 0);
    let found = run(folder, &["doctor", "--config", "oidc.toml"], 1).0;
    assert!(found.lines().any(|line| line.starts_with("ok") && line.contains("given roles")), "{found}");
    let wrong = settings.replace("b=ghost", "b=No Role");
    std::fs::write(folder.join("oidc.toml"), wrong).unwrap();
    assert!(run(folder, &["role", "list", "--config", "oidc.toml"], 1).1.contains("oidc.role_map"));
}
