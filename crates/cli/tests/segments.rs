//! Segments and rules at the command line: definitions in a file, lists of members, building, looking ahead.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use serde_json::Value;
use std::fs;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A folder with files and a database, and the program to be run in it.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Place {
        Place { folder: tempfile::tempdir().unwrap() }
    }

    fn with(self, name: &str, content: &str) -> Place {
        fs::write(self.folder.path().join(name), content).unwrap();
        self
    }

    fn run(&self, arguments: &[&str], status: i32) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_regulars"));
        command.args(arguments).env_clear().current_dir(self.folder.path()).stdin(Stdio::null());
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    fn prints(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.run(arguments, 0).stdout).unwrap()
    }

    fn complains(&self, arguments: &[&str], status: i32) -> String {
        String::from_utf8(self.run(arguments, status).stderr).unwrap()
    }

    /// References and sizes, by reference.
    fn sizes(&self) -> Vec<String> {
        let all: Vec<Value> = serde_json::from_str(&self.prints(&["segments", "list", "--json"])).unwrap();
        let mut sizes: Vec<String> = all.iter().map(|one| format!("{} {}", one["reference"].as_str().unwrap(), one["size"])).collect();
        sizes.sort();
        sizes
    }
}

const DEFINITIONS: &str = "\
groups:
  - reference: place
    name: Place
    calculated: true
    sortOrder: 10
    segments:
      - reference: viennese
        name: Viennese
        condition: { fact: field, name: city, op: eq, value: Wien }
      - reference: viennese-friends
        name: Viennese friends
        condition:
          all:
            - { fact: segment, reference: viennese }
            - { fact: segment, reference: friends }
  - reference: hand
    name: By hand
    segments:
      - { reference: friends, name: Friends }
";

const PEOPLE: &str = "email,city\nada@example.org,Wien\nbob@example.org,Wien\neve@example.org,Graz\n";

#[test]
fn definitions_stand_in_a_file_and_are_applied_as_a_whole() {
    let place = Place::new().with("shop.yaml", DEFINITIONS).with("people.csv", PEOPLE);
    place.run(&["import", "customers", "people.csv"], 0);
    let rehearsed = place.prints(&["segments", "apply", "shop.yaml", "--dry-run"]);
    let expected = "+ group place\n+ segment place/viennese\n+ segment place/viennese-friends\n+ group hand\n+ segment hand/friends\n\
                    5 created, 0 changed, 0 unchanged, 0 removed. Nothing was written.\n";
    assert_eq!(rehearsed, expected);
    assert!(place.sizes().is_empty());
    place.prints(&["segments", "apply", "shop.yaml"]);
    let built = place.prints(&["segments", "build", "--all"]);
    assert!(built.contains("done, 6 customers looked at"), "{built}");
    assert_eq!(place.sizes(), ["friends 0", "viennese 2", "viennese-friends 0"]);

    place.prints(&["segments", "export", "again.yaml"]);
    let exported = fs::read_to_string(place.folder.path().join("again.yaml")).unwrap();
    assert_eq!(place.prints(&["segments", "apply", "again.yaml", "--prune"]), "0 created, 0 changed, 5 unchanged, 0 removed.\n");
    assert_eq!(place.prints(&["segments", "export"]), exported);
    let place = place.with("changed.yaml", &exported.replace("Wien", "Graz").replace("Viennese friends", "Friends in Graz"));
    let changed = place.prints(&["segments", "apply", "changed.yaml"]);
    assert!(changed.contains("~ segment place/viennese\n    condition/value: \"Wien\" → \"Graz\"\n"), "{changed}");
    assert!(changed.contains("    name: \"Viennese friends\" → \"Friends in Graz\"\n"), "{changed}");
    place.prints(&["segments", "build", "--segment", "place/viennese"]);
    assert_eq!(place.sizes(), ["friends 0", "viennese 1", "viennese-friends 0"]);
    let place = place.with("empty.yaml", "groups: []\n");
    let pruned = place.prints(&["segments", "apply", "empty.yaml", "--prune"]);
    assert!(pruned.contains("- segment hand/friends\n") && pruned.ends_with("5 removed.\n"), "{pruned}");
}

#[test]
fn a_file_with_a_fault_says_where() {
    let place = Place::new().with("shop.yaml", &DEFINITIONS.replace("op: eq", "op: about")).with("broken.yaml", "groups: [\n");
    let complaint = place.complains(&["segments", "apply", "shop.yaml"], 1);
    assert!(complaint.contains("groups/0/segments/0/condition/op"), "{complaint}");
    let place = place.with("unknown.yaml", &DEFINITIONS.replace("sortOrder", "order"));
    assert!(place.complains(&["segments", "apply", "unknown.yaml"], 1).contains("groups/0/order"), "the key is named");
    assert!(place.complains(&["segments", "apply", "broken.yaml"], 1).contains("broken.yaml is not YAML"));
    assert!(place.sizes().is_empty());
}

#[test]
fn lists_of_members_are_brought_in() {
    let place = Place::new().with("shop.yaml", DEFINITIONS).with("people.csv", PEOPLE);
    let place = place
        .with("friends.csv", "email\nada@example.org\neve@example.org\nnobody@example.org\n")
        .with("bob.csv", "id,email\n,bob@example.org\n");
    place.run(&["import", "customers", "people.csv"], 0);
    place.run(&["segments", "apply", "shop.yaml"], 0);
    place.run(&["segments", "build", "--all"], 0);
    let added = place.run(&["segments", "members", "friends", "--add", "friends.csv"], 1);
    let told = String::from_utf8(added.stdout).unwrap();
    assert!(told.starts_with("3 rows: 2 changed, 0 as they were, 1 rejected\n"), "{told}");
    let problems = fs::read_to_string(place.folder.path().join("friends.csv.problems.csv")).unwrap();
    assert!(problems.contains("4,/customer,unknown_customer"), "{problems}");
    assert_eq!(place.sizes(), ["friends 2", "viennese 2", "viennese-friends 1"]);
    place.prints(&["segments", "members", "hand/friends", "--replace", "bob.csv"]);
    place.prints(&["segments", "build", "--active"]);
    assert_eq!(place.sizes(), ["friends 1", "viennese 2", "viennese-friends 1"]);
    let listed = place.prints(&["segments", "list"]);
    assert!(listed.lines().any(|line| line.contains("hand") && line.contains("manual")), "{listed}");

    assert!(place.complains(&["segments", "members", "viennese", "--add", "bob.csv"], 1).contains("follow from its condition"));
    assert!(place.complains(&["segments", "members", "nobody", "--add", "bob.csv"], 1).contains("there is no segment nobody"));
    place.complains(&["segments", "build"], 2);
    place.complains(&["segments", "build", "--active", "--inactive"], 2);
    place.complains(&["segments", "members", "friends", "--add", "bob.csv", "--remove", "bob.csv"], 2);
}

const RULES: &str = "\
rules:
  - name: Start
    active: true
    triggers: [{ type: customer_created }]
    actions: [{ type: start_rule, rule: Welcome }]
  - name: Welcome
    active: true
    triggers: [{ type: customers_merged }]
    condition: { fact: field, name: firstname, op: set }
    actions:
      - { type: add_segment, segment: hand/friends }
      - { type: add_note, title: Call him, delay: 2d, at: '09:00' }
";

#[test]
fn rules_are_applied_exported_tried_and_run() {
    let segments = "groups: [{ reference: hand, name: By hand, segments: [{ reference: friends, name: Friends }] }]";
    let place = Place::new().with("segments.yaml", segments).with("rules.yaml", RULES);
    let place = place.with("wrong.yaml", &RULES.replace("hand/friends", "hand/foes"));
    let place = place.with("customers.csv", "firstname,email\nAda,ada@example.org\n,bob@example.org\n");
    let early = place.complains(&["rules", "apply", "rules.yaml"], 1);
    assert!(early.contains("rules/1/actions/0/segment") && early.contains("there is no segment"), "{early}");
    place.prints(&["segments", "apply", "segments.yaml"]);
    assert!(place.complains(&["rules", "apply", "wrong.yaml"], 1).contains("hand/foes"));
    let rehearsed = place.prints(&["rules", "apply", "rules.yaml", "--dry-run"]);
    assert_eq!(rehearsed, "+ Welcome\n+ Start\n2 created, 0 changed, 0 unchanged, 0 removed. Nothing was written.\n");
    assert_eq!(place.prints(&["rules", "list", "--json"]).trim(), "[]");
    place.prints(&["rules", "apply", "rules.yaml"]);
    let exported = place.prints(&["rules", "export"]);
    assert!(exported.contains("hand/friends") && exported.contains("Welcome"), "{exported}");
    place.prints(&["rules", "export", "again.yaml"]);
    assert_eq!(place.prints(&["rules", "apply", "again.yaml", "--prune"]), "0 created, 0 changed, 2 unchanged, 0 removed.\n");

    let seen = place.prints(&["rules", "simulate", "Welcome", "--made-up", "{\"firstname\":\"Eve\"}"]);
    assert!(seen.contains("fired") && seen.contains("action_done") && seen.ends_with("Nothing was kept.\n"), "{seen}");
    place.prints(&["import", "customers", "customers.csv"]);
    let ran = place.prints(&["rules", "run", "Welcome"]);
    assert!(ran.contains("1 customers looked at"), "Bob has no first name: {ran}");
    assert_eq!(place.sizes(), ["friends 1"]);
    let changed = place.with("changed.yaml", &RULES.replace("2d", "3d"));
    let told = changed.prints(&["rules", "apply", "changed.yaml"]);
    assert!(told.contains("~ Welcome\n    actions/1/delay: \"2d\" → \"3d\""), "{told}");
    assert!(changed.complains(&["rules", "simulate", "Nothing", "--customer", "1"], 1).contains("there is no rule Nothing"));
}
