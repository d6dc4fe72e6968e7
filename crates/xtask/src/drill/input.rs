//! Input that no client should send and some client will: each gets an answer that says what is wrong, none a 500, and the
//! good part of what was sent is kept.

use super::ground::Ground;
use crate::client::{Api, Connection, id};
use crate::serving::{Program, Server};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::fs;
use std::process::{Command, Stdio};

/// A request, and the status and code of the problem that it must be answered with.
struct Case {
    name: &'static str,
    method: &'static str,
    path: &'static str,
    body: Vec<u8>,
    status: u16,
    code: &'static str,
}

/// What an import is given, and how it must end.
struct File {
    name: &'static str,
    bytes: &'static [u8],
    options: &'static [&'static str],
    status: i32,
    customers: u64,
    says: &'static str,
}

const FILES: [File; 6] = [
    File {
        name: "byte-order-mark.csv",
        bytes: b"\xef\xbb\xbfmail,first\nbom1@example.org,Ren\xc3\xa9e\nbom2@example.org,Zo\xc3\xab\n",
        options: &["--map", "mail=email,first=firstname"],
        status: 0,
        customers: 2,
        says: "",
    },
    File {
        name: "broken-quotes.csv",
        bytes: b"mail,first\nquote1@example.org,Ada\nquote2@example.org,\"Bob\" the builder\nquote3@example.org,Eve\n",
        options: &["--map", "mail=email,first=firstname"],
        status: 1,
        customers: 2,
        says: "3",
    },
    File {
        name: "too-few-fields.csv",
        bytes: b"mail,first\nfew1@example.org,Ada\nfew2@example.org\n",
        options: &["--map", "mail=email,first=firstname"],
        status: 1,
        customers: 1,
        says: "3",
    },
    File {
        name: "not-utf-8.csv",
        bytes: b"mail,first\nlatin1@example.org,Ren\xe9\nlatin2@example.org,Ada\n",
        options: &["--map", "mail=email,first=firstname"],
        status: 1,
        customers: 1,
        says: "2",
    },
    File {
        name: "windows-1252.csv",
        bytes: b"mail,first\nwin1@example.org,Ren\xe9\n",
        options: &["--map", "mail=email,first=firstname", "--encoding", "windows-1252"],
        status: 0,
        customers: 1,
        says: "",
    },
    File {
        name: "missing-column.csv",
        bytes: b"mail,first\nmissing@example.org,Ada\n",
        options: &["--map", "mail=email,given=firstname"],
        status: 1,
        customers: 0,
        says: "given",
    },
];

pub fn run(ground: &mut Ground) -> Result<String> {
    let program = ground.program()?;
    let key = program.key()?;
    let server = program.start()?;
    let api = server.api(&key);
    let ada = id(&api.create("/api/customers", &json!({ "email": "ada@example.org" }))?)?;
    let cases = cases();
    for case in &cases {
        ask(&api, case).with_context(|| case.name)?;
    }
    without_key(&server)?;
    lost_update(&api, ada)?;
    half_good_batch(&api, ada)?;
    for file in &FILES {
        import(ground, &program, &api, file).with_context(|| file.name)?;
    }
    server.end()?;
    Ok(format!(
        "{} bad requests, each answered with its 4xx problem; a lost update got 412; of a batch the good items were kept and each bad \
         one named; {} files imported as far as they could be, with the rows that could not",
        cases.len() + 1,
        FILES.len()
    ))
}

fn cases() -> Vec<Case> {
    let post = |name, path, body: &str, status, code| Case { name, method: "POST", path, body: body.as_bytes().to_vec(), status, code };
    let get = |name, path, status, code| Case { name, method: "GET", path, body: Vec::new(), status, code };
    let nested = |depth: usize| format!("{}{}{}", "{\"not\":".repeat(depth), "{\"all\":[]}", "}".repeat(depth));
    let many: Vec<Value> = (0..1001).map(|_| json!({ "customer": { "id": 1 }, "type": "order" })).collect();
    let mut not_text = b"{\"email\":\"ad".to_vec();
    not_text.extend([0xff, 0xfe]);
    not_text.extend(b"a@example.org\"}");
    let leaves = vec![json!({ "fact": "field", "name": "email", "op": "set" }); 400];
    vec![
        post("cut off", "/api/customers", "{\"email\":\"x@example.org\"", 400, "malformed"),
        post("no JSON at all", "/api/customers", "email=x@example.org", 400, "malformed"),
        Case { name: "not UTF-8", body: not_text, ..post("", "/api/customers", "", 400, "malformed") },
        post("a number as mail address", "/api/customers", "{\"email\":7}", 422, "invalid"),
        post("a list instead of an object", "/api/customers", "[1,2]", 422, "invalid"),
        post("an unknown field", "/api/customers", "{\"emial\":\"x@example.org\"}", 422, "invalid"),
        post("no mail address", "/api/customers", "{\"email\":\"at home\"}", 422, "invalid"),
        post("a NUL character", "/api/customers", "{\"firstname\":\"a\\u0000b\"}", 422, "invalid"),
        post("a text without end", "/api/customers", &json!({ "firstname": "x".repeat(100_000) }).to_string(), 422, "invalid"),
        post("ten megabytes", "/api/activities", &json!({ "activities": "x".repeat(10 << 20) }).to_string(), 413, "too_large"),
        post("a thousand and one activities", "/api/activities", &json!({ "activities": many }).to_string(), 413, "too_large"),
        post("an activity of nobody", "/api/activities", "{\"customer\":{\"id\":999999999},\"type\":\"order\"}", 422, "invalid"),
        post(
            "an activity on the 30th of February",
            "/api/activities",
            "{\"customer\":{\"id\":1},\"type\":\"order\",\"occurredAt\":\"2026-02-30T00:00:00Z\"}",
            422,
            "invalid",
        ),
        post("brackets without end", "/api/activities", &"[".repeat(200_000), 400, "malformed"),
        post("a condition too deep", "/api/segments/preview", &format!("{{\"condition\":{}}}", nested(40)), 422, "invalid"),
        post("a condition much too deep", "/api/segments/preview", &format!("{{\"condition\":{}}}", nested(20_000)), 400, "malformed"),
        post("a condition too large", "/api/segments/preview", &json!({ "condition": { "all": leaves } }).to_string(), 422, "invalid"),
        post("a fact that is none", "/api/segments/preview", "{\"condition\":{\"fact\":\"weather\"}}", 422, "invalid"),
        get("an unknown id", "/api/customers/999999999", 404, "not_found"),
        get("an id that is a word", "/api/customers/ada", 404, "not_found"),
        get("an id beyond numbers", "/api/customers/99999999999999999999", 404, "not_found"),
        get("a path that is none", "/api/weather", 404, "not_found"),
        get("a cursor of nobody's", "/api/activities?cursor=x%27%20or%201=1", 422, "invalid"),
        get("a limit beyond limits", "/api/activities?limit=100000", 422, "invalid"),
        get("a parameter that is none", "/api/activities?from=yesterday", 422, "invalid"),
        Case { name: "a method that is none", method: "PUT", ..get("", "/api/activities", 405, "wrong_method") },
    ]
}

fn ask(api: &Api, case: &Case) -> Result<()> {
    let mut connection = Connection::open(&api.address)?;
    let answer = connection.exchange(&api.request(case.method, case.path, &case.body))?;
    let (status, kind) = (answer.status, answer.header("content-type").unwrap_or_default().to_owned());
    let problem = answer.json()?;
    let right = status == case.status && kind == "application/problem+json" && problem["code"] == case.code;
    ensure!(right, "expected {} {}, got {status} {kind} {problem}", case.status, case.code);
    if status == 422 {
        let named =
            problem["problems"].as_array().is_some_and(|all| all.iter().all(|one| one["path"].is_string() && one["message"].is_string()));
        ensure!(named, "it does not say where: {problem}");
    }
    Ok(())
}

fn without_key(server: &Server) -> Result<()> {
    let stranger = server.api("rk_nobody");
    let answer = stranger.send("GET", "/api/customers", b"")?;
    ensure!(answer.status == 401 && answer.json["code"] == "unauthorized", "a stranger got {}: {}", answer.status, answer.json);
    Ok(())
}

/// Two read the same version and change it; the second one is told.
fn lost_update(api: &Api, customer: i64) -> Result<()> {
    let path = format!("/api/customers/{customer}");
    let patch = |version: i64, name: &str| -> Result<(u16, Value)> {
        let body = json!({ "firstname": name }).to_string();
        let request = api.request("PATCH", &path, body.as_bytes());
        let request = String::from_utf8(request)?.replacen("\r\n", &format!("\r\nIf-Match: \"{version}\"\r\n"), 1);
        let mut connection = Connection::open(&api.address)?;
        let answer = connection.exchange(request.as_bytes())?;
        Ok((answer.status, answer.json()?))
    };
    let version = api.get(&path)?["version"].as_i64().context("a customer without a version")?;
    let (first, _) = patch(version, "Ada")?;
    let (second, problem) = patch(version, "Eve")?;
    ensure!(first == 200 && second == 412, "the first change got {first}, the second {second}: {problem}");
    ensure!(api.get(&path)?["firstname"] == "Ada", "the second change was made");
    Ok(())
}

fn half_good_batch(api: &Api, customer: i64) -> Result<()> {
    let good = |number: u8| json!({ "customer": { "id": customer }, "type": "order", "externalId": format!("good-{number}") });
    let activities = json!([
        good(1),
        { "customer": { "id": 999_999_999 }, "type": "order" },
        { "customer": { "id": customer } },
        { "customer": { "id": customer }, "type": "order", "attributes": 7 },
        "order",
        good(2),
    ]);
    let results = api.post("/api/activities", &json!({ "activities": activities }))?.expect(200)?;
    let results = results["results"].as_array().context("no results")?.clone();
    let states: Vec<&str> = results.iter().filter_map(|result| result["status"].as_str()).collect();
    ensure!(states == ["created", "rejected", "rejected", "rejected", "rejected", "created"], "{results:?}");
    let begins = |place: usize, path: &Value| path.as_str().is_some_and(|path| path.starts_with(&format!("/activities/{place}")));
    let mut rejected = results.iter().enumerate().filter(|(_, result)| result["status"] == "rejected");
    ensure!(rejected.all(|(place, result)| begins(place, &result["problems"][0]["path"])), "a problem is not at its place: {results:?}");
    let mut kept = 0;
    api.each(&format!("/api/activities?customerId={customer}"), |_| {
        kept += 1;
        Ok(())
    })?;
    ensure!(kept == 2, "{kept} activities were kept");
    Ok(())
}

/// Imports a file beside the running server.
fn import(ground: &Ground, program: &Program, api: &Api, file: &File) -> Result<()> {
    let path = ground.folder.join(file.name);
    fs::write(&path, file.bytes)?;
    let customers =
        || -> Result<u64> { api.get("/api/customers?limit=1&count=true")?["total"].as_u64().context("a list without its total") };
    let before = customers()?;
    let mut command = Command::new(&program.binary);
    command.args(["import", "customers"]).arg(&path).args(file.options).args(["--database", &program.database]);
    let output = command.stdin(Stdio::null()).output()?;
    let mut said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let problems = path.with_extension("csv.problems.csv");
    if problems.exists() {
        said += &fs::read_to_string(&problems)?;
    }
    ensure!(output.status.code() == Some(file.status), "it ended with {} instead of {}: {said}", output.status, file.status);
    let made = customers()? - before;
    ensure!(made == file.customers, "{made} customers were made instead of {}: {said}", file.customers);
    ensure!(said.contains(file.says), "it does not say {:?}: {said}", file.says);
    Ok(())
}
