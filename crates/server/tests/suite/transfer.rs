//! Imports: files of this machine and uploads, each row decided once, whatever happens in between.

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use server::access::Actor;
use server::customers::{self, Customer};
use server::error::Error;
use server::ids::JobId;
use server::jobs;
use server::transfer::{Counts, Import, Kind, Opened, Options, Order, RowProblem, Run, State, Step, open_file, problems};
use server::work::Work;
use std::path::PathBuf;
use testkit::{Answer, TestApp, on_each_store};

/// A file in a folder of its own.
pub struct File {
    path: PathBuf,
    _folder: tempfile::TempDir,
}

pub fn file(name: &str, content: impl AsRef<[u8]>) -> File {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    File { path, _folder: folder }
}

fn order(kind: Kind, file: &File, options: Value) -> Order {
    let file_name = file.path.file_name().unwrap().to_string_lossy().into_owned();
    Order { kind, file_name, options: serde_json::from_value::<Options>(options).unwrap() }
}

async fn open(test: &TestApp, kind: Kind, file: &File, options: Value) -> Result<Opened, Error> {
    open_file(&test.app, Actor::operator(), &file.path, order(kind, file, options), false).await
}

async fn ready(test: &TestApp, kind: Kind, file: &File, options: Value) -> Run {
    match open(test, kind, file, options).await.unwrap() {
        Opened::Ready(run) => *run,
        Opened::Before(import) => panic!("this was imported before: {import:?}"),
    }
}

/// Reads to the end; gives what came of it and the rows that were refused.
async fn finish(mut run: Run) -> (Counts, Vec<RowProblem>) {
    let mut refused = Vec::new();
    loop {
        let stage = run.step().await.unwrap();
        refused.extend(stage.problems);
        match stage.step {
            Step::More => {}
            Step::End => return (stage.counts, refused),
            other => panic!("{other:?}"),
        }
    }
}

pub async fn import(test: &TestApp, kind: Kind, file: &File, options: Value) -> (Counts, Vec<RowProblem>) {
    finish(ready(test, kind, file, options).await).await
}

fn counts(rows_done: i64, created: i64, updated: i64, rejected: i64) -> Counts {
    Counts { rows_done, created, updated, rejected }
}

fn told(refused: &[RowProblem]) -> Vec<String> {
    refused.iter().map(|row| format!("{} {} {}", row.row, row.problems[0].path, row.problems[0].code)).collect()
}

async fn total(test: &TestApp, what: &str) -> i64 {
    test.get(&format!("/api/{what}?count=true&limit=1")).await.expect(200)["total"].as_i64().unwrap()
}

/// All customers, in the order in which they were made.
async fn everyone(test: &TestApp) -> Vec<Customer> {
    let read = |work: &mut Work<'_>| {
        let ids = customers::page_of_ids(work, 0, 5_000)?;
        customers::read_many(work, &ids)
    };
    test.write(read).await.unwrap()
}

#[tokio::test]
async fn columns_that_are_named_like_fields_are_those_fields() {
    on_each_store(async |test| {
        let csv = "email,firstname,external:shop,favourite colour\nada@example.org, Ada ,17,red\n,Bob,18,blue\n";
        let (done, refused) = import(test, Kind::Customers, &file("customers.csv", csv), json!({})).await;
        assert_eq!((done, refused), (counts(2, 2, 0, 0), Vec::new()));
        let everyone = everyone(test).await;
        assert_eq!(everyone[0].profile.firstname.as_deref(), Some("Ada"));
        assert_eq!(everyone[1].profile.external_ids["shop"], "18");
    })
    .await;
}

#[tokio::test]
async fn every_row_that_cannot_be_taken_is_named_and_the_others_are_taken() {
    on_each_store(async |test| {
        let csv = b"\xef\xbb\xbfemail;firstname;birthDate\r\n\
            ada@example.org;\"Ada; Countess\";1815-12-10\r\n\
            bob@example.org;\"Bob;1990-01-01\r\n\
            carl@example.org;Carl;31.12.1990\r\n\
            dora@example.org;Dora\r\n\
            emil@example.org;Emil;1990-01-01;more\r\n\
            fritz@example.org;Fr\xe4nzi;1990-01-01\r\n\
            not an address;Gerda;1990-01-01\r\n\
            ada@example.org;Augusta;\r\n";
        let (done, refused) = import(test, Kind::Customers, &file("customers.csv", csv), json!({})).await;
        assert_eq!(done, counts(8, 1, 1, 6));
        let expected =
            ["3  broken_row", "4 /birthDate invalid", "5  too_few_fields", "6  too_many_fields", "7  encoding", "8 /email invalid"];
        assert_eq!(told(&refused), expected);
        let ada = json!(everyone(test).await[0]);
        assert_eq!((&ada["firstname"], &ada["birthDate"]), (&json!("Augusta"), &json!("1815-12-10")), "an empty cell takes nothing away");
    })
    .await;
}

#[tokio::test]
async fn other_encodings_are_read_when_they_are_named_or_marked() {
    on_each_store(async |test| {
        let latin = file("latin.csv", b"email,lastname\na@example.org,M\xfcller\n");
        import(test, Kind::Customers, &latin, json!({ "encoding": "windows-1252" })).await;
        let wide: Vec<u8> = "\u{feff}email\tlastname\nb@example.org\tMüller\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        import(test, Kind::Customers, &file("wide.csv", wide), json!({})).await;
        let names: Vec<Option<String>> = everyone(test).await.into_iter().map(|customer| customer.profile.lastname).collect();
        assert_eq!(names, [Some("Müller".to_owned()), Some("Müller".to_owned())]);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_the_order_is_said_before_anything_is_written() {
    on_each_store(async |test| {
        let csv = file("customers.csv", "mail,mail,name\na@example.org,b@example.org,Ada\n");
        let cases = [
            (json!({ "map": { "mail": "email" } }), "duplicate_column"),
            (json!({ "map": { "name": "firstname", "town": "city" } }), "duplicate_column missing_column"),
            (json!({ "encoding": "klingon" }), "invalid"),
            (json!({ "delimiter": "::" }), "invalid"),
        ];
        for (options, codes) in cases {
            let Err(Error::Invalid(problems)) = open(test, Kind::Customers, &csv, options.clone()).await else { panic!("{options}") };
            assert_eq!(problems.iter().map(|problem| problem.code.as_str()).collect::<Vec<_>>().join(" "), codes);
        }
        let empty = open(test, Kind::Customers, &file("empty.csv", ""), json!({})).await;
        assert!(matches!(empty, Err(Error::Invalid(problems)) if problems[0].code == "empty"));
        assert_eq!((everyone(test).await.len(), total_imports(test).await), (0, 0));
    })
    .await;
}

async fn total_imports(test: &TestApp) -> usize {
    test.get("/api/imports").await.expect(200)["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_unit_takes_the_same_few_statements_for_ten_rows_and_for_a_thousand() {
    on_each_store(async |test| {
        let people = |count: usize| -> String { (0..count).map(|n| format!("{count}-{n},c{count}-{n}@example.org\n")).collect() };
        let orders = |count: usize| -> String { (0..count).map(|n| format!("{count}-{n},2026-01-01,{n},1\n")).collect() };
        let mut statements = Vec::new();
        for count in [10, 1_000, 10_000] {
            let customers = file("people.csv", "external:shop,email\n".to_owned() + &people(count));
            let orders = file(&format!("orders-{count}.csv"), "customer_id,date,quantity,amount\n".to_owned() + &orders(count));
            for mut run in
                [ready(test, Kind::Customers, &customers, json!({})).await, ready(test, Kind::Activities, &orders, orders_map()).await]
            {
                let mut most = 0;
                loop {
                    let stage = run.step().await.unwrap();
                    most = most.max(stage.statements);
                    if stage.step == Step::End {
                        assert_eq!(stage.counts.created, count as i64);
                        break;
                    }
                }
                statements.push(most);
            }
        }
        let (customers, orders): (Vec<u64>, Vec<u64>) =
            (statements.iter().step_by(2).copied().collect(), statements.iter().skip(1).step_by(2).copied().collect());
        // A block of ids may run out, and lists of identities are cut to what a statement can bind.
        assert!(customers.iter().all(|count| *count <= customers[0] + 3), "{customers:?}");
        assert!(orders.iter().all(|count| *count <= orders[0] + 3), "{orders:?}");
    })
    .await;
}

const ORDERS: &str = "customer_id,date,quantity,amount\n00004,1997-01-01,2,29.33\n00004,1997-01-18,2,29.73\n00018,1997-01-04,1,14.96\n";

fn orders_map() -> Value {
    json!({
        "map": { "customer_id": "customer.external:shop", "date": "occurredAt", "quantity": "attributes.quantity:number", "amount": "attributes.amount:number" },
        "activityType": "order", "rowIds": true,
    })
}

#[tokio::test]
async fn orders_need_customers_unless_they_may_be_made() {
    on_each_store(async |test| {
        let orders = file("orders.csv", ORDERS);
        let (done, refused) = import(test, Kind::Activities, &orders, orders_map()).await;
        assert_eq!((done, told(&refused)[0].as_str()), (counts(3, 0, 0, 3), "2 /customer unknown_customer"));
        let mut options = orders_map();
        options["createCustomers"] = json!(true);
        let (done, _) = import(test, Kind::Activities, &orders, options).await;
        assert_eq!((done, everyone(test).await.len()), (counts(3, 3, 0, 0), 2));
        let list = test.get("/api/activities?from=1997-01-18T00:00:00Z").await.expect(200);
        assert_eq!(list["items"][0]["attributes"], json!({ "quantity": 2, "amount": 29.73 }));
        assert_eq!(list["items"][0]["occurredAt"], "1997-01-18T00:00:00Z");
    })
    .await;
}

#[tokio::test]
async fn rules_look_at_imported_activities_only_on_demand() {
    on_each_store(async |test| {
        test.post("/api/activity-types", json!({ "name": "order" })).await.expect(201);
        let group = test.post("/api/segment-groups", json!({ "name": "Marks" })).await.expect(201);
        let mark = test.post("/api/segments", json!({ "groupId": group["id"], "name": "Mark" })).await.expect(201);
        let triggers = json!([{ "type": "new_activity", "activityType": "order" }]);
        let actions = json!([{ "type": "add_segment", "segmentId": mark["id"] }]);
        let rule = json!({ "name": "Marks", "active": true, "triggers": triggers, "actions": actions });
        test.post("/api/rules", rule).await.expect(201);
        let mut options = orders_map();
        options["createCustomers"] = json!(true);
        import(test, Kind::Activities, &file("orders.csv", ORDERS), options.clone()).await;
        let members = format!("/api/segments/{}/members?count=true", mark["id"]);
        assert_eq!(test.get(&members).await.expect(200)["total"], 0);
        options["runRules"] = json!(true);
        import(test, Kind::Activities, &file("more.csv", ORDERS), options).await;
        assert_eq!(test.get(&members).await.expect(200)["total"], 2);
    })
    .await;
}

#[tokio::test]
async fn the_same_file_is_imported_once_and_again_only_on_demand() {
    on_each_store(async |test| {
        let customers = file("customers.csv", "id,mail\n1,a@example.org\n2,b@example.org\n1,c@example.org\n");
        let options = json!({ "map": { "id": "external:shop", "mail": "email" } });
        assert_eq!(import(test, Kind::Customers, &customers, options.clone()).await.0, counts(3, 2, 1, 0));
        let Opened::Before(before) = open(test, Kind::Customers, &customers, options.clone()).await.unwrap() else {
            panic!("it runs again")
        };
        assert_eq!((before.state, before.counts), (State::Done, counts(3, 2, 1, 0)));

        let order = order(Kind::Customers, &customers, options);
        let Opened::Ready(again) = open_file(&test.app, Actor::operator(), &customers.path, order, true).await.unwrap() else {
            panic!("it does not run again")
        };
        assert_eq!(finish(*again).await.0, counts(3, 0, 3, 0));
        let mails: Vec<Option<String>> = everyone(test).await.into_iter().map(|customer| customer.profile.email).collect();
        assert_eq!(mails, [Some("c@example.org".to_owned()), Some("b@example.org".to_owned())]);
    })
    .await;
}

/// 2500 rows: three units, the second of which refuses some.
fn many_customers() -> File {
    let row = |n: usize| match n {
        1_500..1_510 => format!("{n},nobody\n"),
        _ => format!("{n},c{n}@example.org\n"),
    };
    file("many.csv", "external:shop,email\n".to_owned() + &(0..2_500).map(row).collect::<String>())
}

#[tokio::test]
async fn an_import_that_was_killed_goes_on_where_it_was() {
    on_each_store(async |test| {
        let customers = many_customers();
        for (units, rows) in [(1, 1_000), (1, 2_000)] {
            let mut killed = ready(test, Kind::Customers, &customers, json!({})).await;
            for _ in 0..units {
                killed.step().await.unwrap();
            }
            drop(killed);
            let standing: Vec<Value> = test.get("/api/imports").await.expect(200)["items"].as_array().unwrap().clone();
            assert_eq!((standing.len(), &standing[0]["rowsDone"], &standing[0]["state"]), (1, &json!(rows), &json!("running")));
        }
        let run = ready(test, Kind::Customers, &customers, json!({})).await;
        let import = run.import().unwrap().id;
        assert_eq!(finish(run).await.0, counts(2_500, 2_490, 0, 10));
        assert_eq!(everyone(test).await.len(), 2_490);
        let refused = test.write(move |work| problems(work, import, 0, 100)).await.unwrap();
        assert_eq!(refused.iter().map(|row| row.row).collect::<Vec<_>>(), (1_502..1_512).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn two_who_go_on_with_one_import_do_not_load_a_row_twice() {
    on_each_store(async |test| {
        let customers = many_customers();
        let mut one = ready(test, Kind::Customers, &customers, json!({})).await;
        let mut two = ready(test, Kind::Customers, &customers, json!({})).await;
        one.step().await.unwrap();
        assert!(matches!(two.step().await, Err(Error::Conflict { code: "import_moved_on", .. })));
        assert_eq!(finish(one).await.0, counts(2_500, 2_490, 0, 10));
    })
    .await;
}

#[tokio::test]
async fn a_changed_file_is_a_new_import_and_row_ids_keep_it_from_doubling() {
    on_each_store(async |test| {
        let mut options = orders_map();
        options["createCustomers"] = json!(true);
        let orders = file("orders.csv", ORDERS);
        import(test, Kind::Activities, &orders, options.clone()).await;
        std::fs::write(&orders.path, format!("{ORDERS}00019,1997-02-01,1,10\n")).unwrap();
        assert_eq!(import(test, Kind::Activities, &orders, options).await.0, counts(4, 1, 3, 0));
        assert_eq!(total(test, "activities").await, 4);
    })
    .await;
}

#[tokio::test]
async fn a_dry_run_says_what_would_happen_and_writes_nothing() {
    on_each_store(async |test| {
        test.post("/api/customers", json!({ "email": "c7@example.org" })).await.expect(201);
        let mut rows: String = (0..1_200).map(|n| format!("c{n}@example.org,Ada\n")).collect();
        rows += "c3@example.org,Bob\nnobody,Bob\n";
        let customers = file("customers.csv", "email,firstname\n".to_owned() + &rows);
        let (dry, refused) = import(test, Kind::Customers, &customers, json!({ "dryRun": true })).await;
        assert_eq!((dry, told(&refused)), (counts(1_202, 1_199, 2, 1), vec!["1203 /email invalid".to_owned()]));
        assert_eq!((everyone(test).await.len(), total_imports(test).await), (1, 0));
        assert_eq!(import(test, Kind::Customers, &customers, json!({})).await.0, dry);
    })
    .await;
}

#[tokio::test]
async fn lines_of_json_are_what_the_api_takes() {
    on_each_store(async |test| {
        test.post("/api/fields", json!({ "name": "size", "kind": "number" })).await.expect(201);
        let lines = "{\"email\":\"ada@example.org\",\"fields\":{\"size\":42}}\n\n{\"email\":1}\n{\"mail\":\"x\"}\n{\n";
        let (done, refused) = import(test, Kind::Customers, &file("c.ndjson", lines), json!({})).await;
        assert_eq!(done, counts(4, 1, 0, 3));
        assert_eq!(refused.iter().map(|row| row.row).collect::<Vec<_>>(), [3, 4, 5]);
        let orders = "{\"customer\":{\"email\":\"ada@example.org\"},\"type\":\"order\",\"occurredAt\":\"2026-01-01\",\"attributes\":{\"n\":1}}\n\
            {\"customer\":{\"email\":\"ada@example.org\"},\"type\":\"order\"}\n{\"customer\":{},\"type\":\"order\",\"occurredAt\":\"2026-01-01\"}\n";
        let (done, refused) = import(test, Kind::Activities, &file("o.jsonl", orders), json!({})).await;
        assert_eq!(done, counts(3, 1, 0, 2));
        assert_eq!(told(&refused), ["2 /occurredAt required", "3 /customer ambiguous"]);
    })
    .await;
}

async fn send(test: &TestApp, path: &str, kind: &str, options: Option<Value>, name: &str, content: &[u8]) -> Answer {
    let part = Part::bytes(content.to_vec()).file_name(name.to_owned());
    let mut form = Form::new().part("file", part).text("kind", kind.to_owned());
    if let Some(options) = options {
        form = form.text("options", options.to_string());
    }
    let response = test.client.post(format!("{}{path}", test.address)).header("x-api-key", &test.key).multipart(form).send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, body: response.json().await.unwrap() }
}

#[tokio::test]
async fn an_upload_is_read_by_a_job() {
    on_each_store(async |test| {
        let content = std::fs::read(many_customers().path).unwrap();
        let accepted = send(test, "/api/imports", "customers", None, "many.csv", &content).await;
        let (location, accepted) = (accepted.headers["location"].to_str().unwrap().to_owned(), accepted.expect(202));
        assert_eq!(location, format!("/api/jobs/{}", accepted["jobId"]));
        test.run_due().await;
        let path = format!("/api/imports/{}", accepted["id"]);
        let import = test.get(&path).await.expect(200);
        let told = |name: &str| import[name].as_i64().unwrap();
        assert_eq!((told("created"), told("rejected"), told("bytesDone")), (2_490, 10, content.len() as i64), "{import}");
        assert_eq!((&import["state"], &import["fileName"]), (&json!("done"), &json!("many.csv")));
        let job = test.get(&location).await.expect(200);
        assert_eq!((&job["state"], &job["result"]["created"], &job["done"]), (&json!("done"), &json!(2_490), &job["total"]));

        let first = test.get(&format!("{path}/problems?limit=6")).await.expect(200);
        let rest = test.get(&format!("{path}/problems?limit=6&cursor={}", first["nextCursor"].as_str().unwrap())).await.expect(200);
        assert_eq!((&first["items"][0]["row"], rest["items"].as_array().unwrap().len()), (&json!(1_502), 4));
        let log = test.get("/api/audit?entityType=import").await.expect(200);
        assert_eq!((&log["items"][0]["action"], &log["items"][1]["action"]), (&json!("finish"), &json!("create")));
        assert_eq!(log["items"][0]["actor"]["kind"], "api_key", "the rows were written for the one who sent them");
    })
    .await;
}

#[tokio::test]
async fn an_upload_that_does_not_fit_is_refused_and_not_kept() {
    on_each_store(async |test| {
        let content = b"mail,name\na@example.org,Ada\n";
        let wrong = send(test, "/api/imports", "customers", Some(json!({ "map": { "town": "city" } })), "c.csv", content).await;
        assert_eq!(wrong.expect(422)["problems"][0]["code"], "missing_column");
        let wrong = send(test, "/api/imports", "parrots", None, "c.csv", content).await;
        assert_eq!(wrong.expect(422)["problems"][0]["path"], "/kind");
        let wrong = send(test, "/api/imports", "customers", Some(json!({ "colour": 1 })), "c.csv", content).await;
        assert_eq!(wrong.expect(422)["problems"][0]["path"], "/colour");
        test.post("/api/imports", json!({})).await.expect(415);
        assert_eq!(total_imports(test).await, 0);
        let pieces = test.write(|work| Ok(work.tx.one::<i64>("select count(*) from import_chunks", &[])?)).await.unwrap();
        assert_eq!(pieces, 0);
        let viewer = test.new_key(&["customers:read"]).await;
        test.send(reqwest::Method::GET, "/api/imports", None, Some(&viewer), &[]).await.expect(403);
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_upload_stops_and_can_be_taken_up_again() {
    on_each_store(async |test| {
        let content = std::fs::read(many_customers().path).unwrap();
        let accepted = send(test, "/api/imports", "customers", None, "many.csv", &content).await.expect(202);
        let job = format!("/api/jobs/{}", accepted["jobId"]);
        let import = format!("/api/imports/{}", accepted["id"]);
        test.post(&format!("{job}/cancel"), json!({})).await.expect(200);
        let stopped = test.get(&import).await.expect(200);
        assert_eq!((&stopped["state"], stopped["finishedAt"].is_string()), (&json!("cancelled"), true), "although nobody had begun it");
        test.run_due().await;
        assert_eq!(everyone(test).await.len(), 0);
        test.post(&format!("{job}/retry"), json!({})).await.expect(200);
        test.run_due().await;
        let import = test.get(&import).await.expect(200);
        assert_eq!((&import["state"], &import["created"]), (&json!("done"), &json!(2_490)));
    })
    .await;
}

#[tokio::test]
async fn an_upload_whose_job_was_put_aside_has_failed_until_it_is_retried() {
    on_each_store(async |test| {
        let content = b"email\na@example.org\n";
        let accepted = send(test, "/api/imports", "customers", None, "c.csv", content).await.expect(202);
        let job = JobId(accepted["jobId"].as_i64().unwrap());
        let import = format!("/api/imports/{}", accepted["id"]);
        let given_up = test.write(move |work| {
            jobs::claim(work, 1)?;
            jobs::fail(work, job, 8, "the disk is full")
        });
        given_up.await.unwrap();
        let failed = test.get(&import).await.expect(200);
        assert_eq!((&failed["state"], &failed["error"]), (&json!("failed"), &json!("the disk is full")));
        test.post(&format!("/api/jobs/{job}/retry"), json!({})).await.expect(200);
        test.run_due().await;
        let done = test.get(&import).await.expect(200);
        assert_eq!((&done["state"], &done["error"], &done["created"]), (&json!("done"), &Value::Null, &json!(1)));
    })
    .await;
}

#[tokio::test]
async fn an_uploaded_dry_run_reports_and_writes_no_customer() {
    on_each_store(async |test| {
        let content = b"email\na@example.org\nnobody\na@example.org\n";
        let accepted = send(test, "/api/imports", "customers", Some(json!({ "dryRun": true })), "c.csv", content).await.expect(202);
        test.run_due().await;
        let import: Import = serde_json::from_value(test.get(&format!("/api/imports/{}", accepted["id"])).await.expect(200)).unwrap();
        assert_eq!((import.counts, import.state), (counts(3, 1, 1, 1), State::Done));
        assert_eq!(everyone(test).await.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn the_first_rows_can_be_looked_at_before() {
    on_each_store(async |test| {
        let peek = send(test, "/api/imports/peek", "customers", None, "c.csv", b"mail;name\na@example.org;Ada\n").await.expect(200);
        assert_eq!(peek, json!({ "columns": ["mail", "name"], "rows": [["a@example.org", "Ada"]] }));
        let peek = send(test, "/api/imports/peek", "customers", None, "c.ndjson", b"{\"a\":1}\n{\"b\":\"x\"}\n").await.expect(200);
        assert_eq!(peek, json!({ "columns": ["a", "b"], "rows": [[1], [null, "x"]] }));
    })
    .await;
}

#[tokio::test]
async fn uploads_nobody_reads_are_taken_away_after_a_while() {
    on_each_store(async |test| {
        let left = |test: &TestApp| test.app.clone();
        let app = left(test);
        test.write(|work| {
            let values = [9_999.into(), 0.into(), work.now.into(), vec![1_u8].into()];
            Ok(work.tx.execute("insert into import_chunks (import_id, position, created_at, content) values ($1, $2, $3, $4)", &values)?)
        })
        .await
        .unwrap();
        let count = async || test.write(|work| Ok(work.tx.one::<i64>("select count(*) from import_chunks", &[])?)).await.unwrap();
        server::transfer::jobs::prune(&app).await.unwrap();
        assert_eq!(count().await, 1);
        test.clock.advance_days(8);
        server::transfer::jobs::prune(&app).await.unwrap();
        assert_eq!(count().await, 0);
    })
    .await;
}
