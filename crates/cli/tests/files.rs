//! Files on their way in at the command line, and the demo: what is printed, what is written beside, how it ends.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use serde_json::{Value, json};
use std::fs;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use store::Store;
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

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_regulars"));
        command.args(arguments).env_clear().current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str], status: i32) -> Output {
        let output = self.command(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    fn prints(&self, arguments: &[&str], status: i32) -> String {
        String::from_utf8(self.run(arguments, status).stdout).unwrap()
    }

    fn reports(&self, arguments: &[&str], status: i32) -> Value {
        serde_json::from_str(&self.prints(&[arguments, &["--json"]].concat(), status)).unwrap()
    }

    fn store(&self) -> Store {
        let url = format!("sqlite:{}", self.folder.path().join("regulars.db").display());
        Store::open(&url.parse().unwrap(), &store::Options::default()).unwrap()
    }

    fn reads(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }
}

const PEOPLE: &str =
    "number;mail;born\n1;ada@example.org;10.12.1815\n2;nobody;1.1.1990\n3;\"carl@example.org;2.2.1990\n4;dora@example.org;soon\n";
const IMPORT: [&str; 7] =
    ["import", "customers", "people.csv", "--map", "number=external:shop,mail=email,born=birthDate", "--date-format", "%d.%m.%Y"];

#[test]
fn refused_rows_are_written_beside_the_file_with_their_reasons() {
    let place = Place::new().with("people.csv", PEOPLE);
    let report = place.reports(&IMPORT, 1);
    assert_eq!((&report["rows"], &report["created"], &report["rejected"]), (&json!(4), &json!(1), &json!(3)), "{report}");
    assert_eq!(report["problemsFile"], "people.csv.problems.csv");
    let problems = place.reads("people.csv.problems.csv");
    let lines: Vec<&str> = problems.lines().collect();
    assert_eq!(lines[0], "row,path,code,message,number,mail,born");
    assert!(lines[1].starts_with("3,/email,invalid,") && lines[1].ends_with(",2,nobody,1.1.1990"), "{}", lines[1]);
    assert!(lines[2].starts_with("4,,broken_row,") && lines[2].ends_with("\"3;\"\"carl@example.org;2.2.1990\""), "{}", lines[2]);
    assert!(lines[3].starts_with("5,/birthDate,invalid,"), "{}", lines[3]);
}

#[test]
fn a_dry_run_writes_nothing_and_the_same_file_is_imported_once() {
    let place = Place::new().with("people.csv", "email\nada@example.org\n");
    let import = ["import", "customers", "people.csv"];
    assert!(place.prints(&[&import[..], &["--dry-run"]].concat(), 0).contains("1 would be created"));
    assert_eq!(place.reports(&import, 0)["created"], 1);
    let before = place.reports(&import, 0);
    assert_eq!((&before["doneBefore"], &before["created"]), (&json!(true), &json!(1)));
    let again = place.reports(&[&import[..], &["--again"]].concat(), 0);
    assert_eq!((&again["created"], &again["updated"]), (&json!(0), &json!(1)));
}

#[test]
fn an_import_is_taken_back() {
    let place = Place::new().with("people.csv", "email,city\nada@example.org,Wien\nbob@example.org,Graz\n");
    let import = place.reports(&["import", "customers", "people.csv"], 0)["importId"].to_string();
    place.run(&["customer", "add", "email=carl@example.org"], 0);
    let undo = ["import", "undo", &import];
    let ahead = place.prints(&[&undo[..], &["--dry-run"]].concat(), 0);
    assert_eq!(ahead, "The import did 2 things. Of the last 2:\n2 customers deleted\n");
    let report = place.reports(&undo, 0);
    assert_eq!((&report["undo"]["state"], &report["undo"]["customersDeleted"]), (&json!("done"), &json!(2)));
    let refused = String::from_utf8(place.run(&undo, 1).stderr).unwrap();
    assert!(refused.contains("import the file again"), "{refused}");
    assert_eq!(place.reports(&["import", "customers", "people.csv"], 0)["created"], 2);
    place.run(&["import", "undo", "4711"], 1);
    place.run(&["import", "undo", &import, "--kept", "all"], 2);
}

#[test]
fn an_undoing_that_was_killed_goes_on() {
    let rows: String = (0..3_000).map(|number| format!("c{number}@example.org\n")).collect();
    let place = Place::new().with("people.csv", &format!("email\n{rows}"));
    let import = place.reports(&["import", "customers", "people.csv"], 0)["importId"].to_string();
    let undo = ["import", "undo", &import];
    let mut killed = place.command(&undo).spawn().unwrap();
    let store = place.store();
    let done = || store.read_blocking(|tx| tx.first::<i64>("select done from import_undos", &[])).unwrap();
    let begun = Instant::now();
    while done().unwrap_or(0) == 0 {
        assert!(begun.elapsed() < Duration::from_secs(60), "nothing was undone");
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert!(done().unwrap() < 3_000);
    let refused = String::from_utf8(place.run(&undo, 1).stderr).unwrap();
    assert!(refused.contains("can go on here in a minute"), "{refused}");
    store.write_blocking(|tx| tx.execute("update jobs set leased_until = 0 where kind = 'undo_import'", &[])).unwrap();
    let report = place.reports(&undo, 0);
    assert_eq!((&report["undo"]["state"], &report["undo"]["customersDeleted"]), (&json!("done"), &json!(3_000)));
}

#[test]
fn customers_and_fields_are_made_by_hand() {
    let place = Place::new();
    place.run(&["field", "add", "size", "--kind", "select", "--option", "s=Small", "--option", "m"], 0);
    let fields = place.reports(&["field", "list"], 0);
    assert_eq!((&fields[0]["name"], &fields[0]["options"][0]["label"]), (&json!("size"), &json!("Small")));
    let ada = place.reports(&["customer", "add", "email= Ada@Example.org", "fields.size=m", "external:shop=7", "birthDate=1815-12-10"], 0);
    assert_eq!((&ada["email"], &ada["fields"]["size"], &ada["birthDate"]), (&json!("Ada@Example.org"), &json!("m"), &json!("1815-12-10")));
    for who in ["ada@example.org", "external:shop=7", &ada["id"].to_string()] {
        assert_eq!(place.reports(&["customer", "show", who], 0)["id"], ada["id"], "{who}");
    }
    let says = |arguments: &[&str], about: &str| {
        let text = String::from_utf8(place.run(arguments, 1).stderr).unwrap();
        assert!(text.contains(about), "{text}");
    };
    says(&["customer", "add", "email=ada@example.org"], "another customer has the mail address");
    says(&["customer", "add", "colour=red"], "no field \"colour\"");
    says(&["customer", "add", "email=bob@example.org", "fields.size=huge"], "fields/size");
    says(&["customer", "show", "bob@example.org"], "there is no customer bob@example.org");
    place.run(&["field", "remove", "size"], 0);
    assert_eq!(place.reports(&["field", "list"], 0), json!([]));
}

#[test]
fn what_cannot_be_asked_is_said_and_ends_with_its_status() {
    let place = Place::new().with("people.csv", PEOPLE);
    let complains = |arguments: &[&str], status: i32, about: &str| {
        let output = place.run(arguments, status);
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains(about), "{text}");
    };
    complains(&["import", "customers", "people.csv", "--map", "number"], 2, "COLUMN=FIELD");
    complains(&["import", "parrots", "people.csv"], 2, "parrots");
    complains(&["import", "customers", "nowhere.csv"], 1, "nowhere.csv");
    complains(&["import", "customers", "people.csv", "--map", "town=city"], 1, "no column \"town\"");
    complains(&["import", "customers", "people.csv", "--map", "mail=colour"], 1, "no field \"colour\"");
}

#[test]
fn an_import_that_is_killed_is_gone_on_with_by_the_same_command() {
    let rows: String = (0..30_000).map(|n| format!("c{n}@example.org\n")).collect();
    let place = Place::new().with("people.csv", &format!("email\n{rows}"));
    place.run(&["migrate"], 0);
    let import = ["import", "customers", "people.csv"];
    let mut child = place.command(&import).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let store = place.store();
    while rows_done(&store) == 0 {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it could be killed");
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let durable = rows_done(&store);
    drop(store);
    let report = place.reports(&import, 0);
    assert_eq!((&report["rows"], &report["created"], &report["updated"]), (&json!(30_000), &json!(30_000), &json!(0)), "{report}");
    assert!(durable < 30_000, "it had ended before it was killed");
    // The heading is the first row.
    assert_eq!(report["resumedAfterRow"], durable + 1, "{report}");
}

#[test]
fn customers_are_written_into_a_file_or_printed() {
    let place = Place::new().with("people.csv", "email,city\nada@example.org,Wien\nbob@example.org,=Graz\n");
    place.run(&["import", "customers", "people.csv"], 0);
    let report = place.reports(&["export", "customers", "--out", "out.csv", "--columns", "email,city", "--sort", "-email"], 0);
    let expected = "email,city\nbob@example.org,'=Graz\nada@example.org,Wien\n";
    assert_eq!(place.reads("out.csv"), expected);
    assert_eq!(report, json!({"file": "out.csv", "rows": 2, "bytes": expected.len()}));
    let found = ["export", "customers", "--out", "-", "--columns", "email", "--search", "wien"];
    assert_eq!(place.prints(&found, 0), "email\nada@example.org\n");
    let told = place.prints(&["export", "customers", "--out", "out.xlsx", "--columns", "email"], 0);
    assert!(told.starts_with("2 customers in out.xlsx ("), "{told}");
    assert!(fs::read(place.folder.path().join("out.xlsx")).unwrap().starts_with(b"PK"));

    let complains = |more: &[&str], words: &str| {
        let refused = place.run(&[&["export", "customers", "--out", "no.csv"], more].concat(), 1);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(said.contains(words), "{said}");
    };
    complains(&["--columns", "shoeSize"], "no column \"shoeSize\"");
    complains(&["--filter", "{"], "--filter is not JSON");
    complains(&["--sort", "shoeSize"], "sort by");
    let names: Vec<String> =
        fs::read_dir(place.folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(!names.iter().any(|name| name.starts_with('.') || name == "no.csv"), "half a file is left: {names:?}");
}

/// What the imports have durably taken so far.
fn rows_done(store: &Store) -> i64 {
    store.read_blocking(|tx| tx.one::<i64>("select coalesce(sum(rows_done), 0) from imports", &[])).unwrap()
}

#[test]
fn the_demo_fills_an_empty_database_once_and_no_other() {
    let place = Place::new().with("people.csv", "email\nada@example.org\n");
    let demo = ["demo", "--no-serve", "--customers", "40", "--database", "sqlite:demo.db"];
    assert!(place.prints(&demo, 0).starts_with("40 customers and "));
    assert_eq!(place.prints(&demo, 0), "", "it is there already");
    place.run(&["import", "customers", "people.csv", "--database", "sqlite:shop.db"], 0);
    let refused = place.run(&["demo", "--no-serve", "--database", "sqlite:shop.db"], 1);
    assert!(String::from_utf8(refused.stderr).unwrap().contains("not empty"));
    let refused = place.run(&["demo", "--listen", "0.0.0.0:0"], 1);
    assert!(String::from_utf8(refused.stderr).unwrap().contains("only listens on this machine"));
}
