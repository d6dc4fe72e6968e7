//! The program as an operator meets it: started, asked, stopped, and told about databases it cannot use.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

const PASSWORD: &str = "correct horse battery";
/// A user without rights, whatever its name.
const NOBODY: u32 = 65_534;

/// A folder with a database, and the program to be run on it.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Place {
        Place { folder: tempfile::tempdir().unwrap() }
    }

    fn database(&self) -> String {
        format!("sqlite:{}", self.folder.path().join("shop.db").display())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_regulars"));
        command.args(arguments).env_clear().current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).args(["--database", &self.database()]).output().unwrap()
    }

    /// What it prints when all is well.
    fn prints(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// What it complains about.
    fn refuses(&self, arguments: &[&str], status: i32) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
        String::from_utf8(output.stderr).unwrap()
    }
}

/// A server that is stopped, however the test ends.
struct Serving {
    child: Child,
    address: String,
}

impl Serving {
    fn start(place: &Place) -> Serving {
        let database = place.database();
        let mut command = place.command(&["serve", "--listen", "127.0.0.1:0", "--database", &database]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("Regulars listens on http://").unwrap_or_else(|| panic!("{line:?}")).to_owned();
        Serving { child, address }
    }

    /// Status and body of an answer, asked for as plainly as can be.
    fn ask(&self, head: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let length = body.len();
        write!(stream, "{head} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}", self.address)
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
    }

    /// Asks it to stop; gives the exit status and what it wrote to standard error.
    fn stop(mut self) -> (Option<i32>, String) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let status = self.child.wait().unwrap();
        let mut written = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut written).unwrap();
        (status.code(), written)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn an_operator_starts_it_lets_people_and_programs_in_and_stops_it() {
    let place = Place::new();
    let mut add = place.command(&["user", "add", "ada@example.org", "--password-stdin", "--database", &place.database()]);
    let mut adding = add.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    adding.stdin.take().unwrap().write_all(format!("{PASSWORD}\n").as_bytes()).unwrap();
    assert!(adding.wait_with_output().unwrap().status.success());
    let key = place.prints(&["key", "add", "shop", "--scope", "users:read"]);
    let key = key.trim_end();
    assert!(key.starts_with("rk_") && !key.contains('\n'), "{key:?}");

    let serving = Serving::start(&place);
    let (status, body) = serving.ask("GET /api/users", &[("x-api-key", key)], "");
    let users: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &users["items"][0]["email"]), (200, &Value::from("ada@example.org")), "{body}");
    let credentials = format!("{{\"email\":\"ada@example.org\",\"password\":\"{PASSWORD}\"}}");
    let (status, body) = serving.ask("POST /api/session", &[("content-type", "application/json")], &credentials);
    assert_eq!(status, 200, "{body}");
    assert_eq!(serving.ask("GET /readyz", &[], ""), (200, "ready".to_owned()));
    let (status, written) = serving.stop();
    assert_eq!(status, Some(0), "{written}");
    assert!(!written.contains("setup?token") && !written.contains(PASSWORD), "{written}");
    assert!(!place.folder.path().join("shop.db-wal").exists(), "the database is one file again");

    let keys: Value = serde_json::from_str(&place.prints(&["key", "list", "--json"])).unwrap();
    assert!(keys[0]["lastUsedAt"].is_string(), "what was collected is written at the end: {keys}");
    let id = keys[0]["id"].to_string();
    place.prints(&["key", "revoke", &id]);
    assert!(place.prints(&["key", "list"]).contains("users:read"));
    let made = place.prints(&["user", "add", "bob@example.org", "--role", "viewer"]);
    assert_eq!(made.lines().nth(1).unwrap().len(), "Password: ".len() + 24, "{made}");
    let users: Value = serde_json::from_str(&place.prints(&["user", "list", "--json"])).unwrap();
    assert_eq!(users[1]["role"], "viewer");
    let ended = place.prints(&["user", "sign-out", "ADA@example.org"]);
    assert_eq!(ended.trim_end(), "ada@example.org was signed out of 1 sessions.");
    assert!(place.prints(&["user", "remove-second-factor", "ada@example.org"]).contains("has no second factor"));
    place.refuses(&["user", "sign-out", "nobody@example.org"], 1);
    assert!(place.refuses(&["user", "add", "ADA@example.org"], 1).contains("another user has this mail address"));
    assert!(place.prints(&["doctor"]).lines().all(|line| line.starts_with("ok ")));
}

#[test]
fn the_first_start_prints_a_link_and_each_start_a_new_one() {
    let place = Place::new();
    let link = |serving: Serving| {
        let address = serving.address.clone();
        let (status, written) = serving.stop();
        assert_eq!(status, Some(0), "{written}");
        let line =
            written.lines().find(|line| line.starts_with("There is no admin user yet.")).unwrap_or_else(|| panic!("{written}")).to_owned();
        assert!(line.contains(&format!("http://{address}/admin/setup?token=")), "{line}");
        line.split_once("token=").unwrap().1.to_owned()
    };
    assert_ne!(link(Serving::start(&place)), link(Serving::start(&place)));
}

#[test]
fn what_describes_the_program_is_printed() {
    let place = Place::new();
    let description: Value = serde_json::from_str(&place.prints(&["openapi"])).unwrap();
    assert_eq!(description["openapi"], "3.1.0");
    let schema = place.prints(&["schema"]);
    assert!(schema.contains("\ncreate table admin_users (") && !schema.contains("CREATE"), "{schema}");
    assert_eq!(schema, place.prints(&["schema"]));
    let defaults = place.prints(&["config", "--defaults"]);
    assert!(defaults.contains("# Where the HTTP server listens."));
    let shown = place.prints(&["config"]);
    assert!(shown.contains(&format!("url = \"{}\"", place.database())), "{shown}");
    std::fs::write(place.folder.path().join("again.toml"), &shown).unwrap();
    assert_eq!(place.prints(&["config", "--config", "again.toml"]), shown, "what is printed can be read again");
}

#[test]
fn wrong_questions_and_wrong_settings_are_told_apart() {
    let place = Place::new();
    place.refuses(&["sing"], 2);
    place.refuses(&["jobs", "list", "--state", "lost"], 2);
    let toml = "[server]\nlisten = \"nowhere\"\nshout = true\n[shop]\ntime_zone = \"Mars/Olympus\"\n[access]\nsession_hours = 0\n";
    std::fs::write(place.folder.path().join("wrong.toml"), toml).unwrap();
    let complaint = place.refuses(&["config", "--config", "wrong.toml"], 1);
    for part in ["server.listen", "server.shout is not a setting", "Mars/Olympus", "access.session_hours: 0"] {
        assert!(complaint.contains(part), "{part} in {complaint}");
    }
    let examined = place.run(&["doctor", "--config", "wrong.toml"]);
    assert_eq!(examined.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&examined.stdout).starts_with("WRONG configuration"));
    let missing = place.run(&["doctor", "--json"]);
    assert_eq!(missing.status.code(), Some(1));
    let findings: Vec<Value> = serde_json::from_slice(&missing.stdout).unwrap();
    assert!(findings.iter().any(|finding| finding["what"] == "database" && finding["ok"] == false), "{findings:?}");
}

/// Says of itself what a provider publishes, with this name in place of its own if there is one.
fn provider(called: Option<&str>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let document = serde_json::json!({
        "issuer": called.unwrap_or(&url), "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"), "jwks_uri": format!("{url}/keys"),
    })
    .to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut asked = [0; 4096];
            let length = stream.read(&mut asked).unwrap();
            assert!(asked[..length].starts_with(b"GET /.well-known/openid-configuration "));
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", document.len());
            stream.write_all(format!("{head}{document}").as_bytes()).unwrap();
        }
    });
    url
}

#[test]
fn the_doctor_asks_the_provider_of_sign_ins() {
    let place = Place::new();
    let finding = |issuer: &str| {
        let toml = format!("[oidc]\nissuer = \"{issuer}\"\nclient_id = \"regulars\"\n");
        std::fs::write(place.folder.path().join("oidc.toml"), toml).unwrap();
        let examined = place.run(&["doctor", "--json", "--config", "oidc.toml"]);
        let findings: Vec<Value> = serde_json::from_slice(&examined.stdout).unwrap();
        let found = findings.into_iter().find(|finding| finding["what"] == "provider").unwrap();
        (found["ok"].as_bool().unwrap(), found["found"].as_str().unwrap().to_owned())
    };
    let url = provider(None);
    assert_eq!(finding(&url), (true, format!("{url} tells how to sign in")));
    let (ok, found) = finding(&provider(Some("https://else.example")));
    assert!(!ok && found.contains("calls itself \"https://else.example\""), "{found}");
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (ok, found) = finding(&format!("http://{free}"));
    assert!(!ok && found.contains("Connection refused"), "{found}");
    let none: Vec<Value> = serde_json::from_slice(&place.run(&["doctor", "--json"]).stdout).unwrap();
    assert!(none.iter().any(|finding| finding["what"] == "provider" && finding["ok"] == true), "{none:?}");
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    let place = Place::new();
    place.prints(&["migrate"]);
    let store = store::Store::open(&place.database().parse().unwrap(), &store::Options::default()).unwrap();
    let newer = "insert into migrations (number, name, checksum, applied_at) values (999, 'later', '', 0)";
    store.write(|tx| tx.execute(newer, &[])).await.unwrap();
    drop(store);
    let complaint = place.refuses(&["serve", "--listen", "127.0.0.1:0"], 1);
    assert!(complaint.contains("was written by a newer version (migration 999"), "{complaint}");
}

#[test]
fn a_database_that_cannot_be_written_is_refused() {
    let place = Place::new();
    place.prints(&["migrate"]);
    let folder = place.folder.path();
    let program = folder.join("regulars");
    std::fs::copy(env!("CARGO_BIN_EXE_regulars"), &program).unwrap();
    for file in std::fs::read_dir(folder).unwrap() {
        set_mode(&file.unwrap().path(), 0o444);
    }
    set_mode(&program, 0o555);
    set_mode(folder, 0o555);
    let mut command = Command::new(&program);
    command.args(["user", "add", "ada@example.org", "--database", &place.database()]).env_clear().current_dir(folder);
    // To the superuser everything can be written.
    if std::fs::metadata(folder).unwrap().uid() == 0 {
        command.uid(NOBODY).gid(NOBODY);
    }
    let output = command.output().unwrap();
    set_mode(folder, 0o755);
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{complaint}");
    assert!(complaint.contains("the database is read-only"), "{complaint}");
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn mails_that_came_back_are_taken_from_files_folders_and_pipes() {
    let place = Place::new();
    let mail = "From: a@b.example\nTo: bounce@shop.example\nSubject: Hello\n\nNo report.\n";
    let file = place.folder.path().join("mbox");
    std::fs::write(&file, format!("From a@b.example Mon Mar  2 12:00:00 2026\n{mail}\nFrom a@b.example Mon Mar  2 12:00:00 2026\n{mail}"))
        .unwrap();
    let maildir = place.folder.path().join("maildir");
    for part in ["new", "cur"] {
        std::fs::create_dir_all(maildir.join(part)).unwrap();
    }
    std::fs::write(maildir.join("cur").join("1"), mail).unwrap();
    for (source, ignored) in [(&file, 2), (&maildir, 1)] {
        let told: Value = serde_json::from_str(&place.prints(&["mail", "bounces", source.to_str().unwrap(), "--json"])).unwrap();
        assert_eq!(told["ignored"], ignored, "{source:?}: {told}");
    }
    assert!(place.prints(&["mail", "bounces", "-"]).contains("ignored"));
    assert!(place.refuses(&["mail", "bounces", "missing"], 1).contains("cannot read missing"));
}
