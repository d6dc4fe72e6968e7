//! Exports: files of customers, whole or not there, for whoever asked for them.

use calamine::{Data, Reader, Xlsx};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::{Value, json};
use server::customers::{Draft, SaveOptions, save_many};
use server::exports::{Run, Step};
use server::jobs::{Job, claim};
use std::io::{Cursor, Write};
use testkit::{TestApp, on_each_store, on_each_store_configured};

/// Makes customers, many at a time.
async fn people(test: &TestApp, count: usize, values: fn(usize) -> Value) {
    for start in (0..count).step_by(1_000) {
        let drafts = (start..count.min(start + 1_000)).map(|number| Draft::new(values(number).as_object().unwrap().clone()));
        let drafts: Vec<Draft> = drafts.collect();
        let saved = test.write(move |work| save_many(work, drafts.clone(), SaveOptions::default())).await.unwrap();
        assert!(saved.iter().all(Result::is_ok));
    }
}

fn numbered(number: usize) -> Value {
    json!({"email": format!("c{number}@example.org"), "firstname": format!("Name {}", number % 7), "active": !number.is_multiple_of(3)})
}

/// With texts so long that a thousand of them are more than a chunk.
fn wordy(number: usize) -> Value {
    json!({"email": format!("c{number}@example.org"), "fields": {"story": format!("{number} ").repeat(400)}})
}

async fn wanted(test: &TestApp, order: Value) -> i64 {
    test.post("/api/exports", order).await.expect(202)["id"].as_i64().unwrap()
}

async fn export(test: &TestApp, id: i64) -> Value {
    test.get(&format!("/api/exports/{id}")).await.expect(200)
}

async fn fetch(test: &TestApp, id: i64, key: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
    let request = test.client.get(format!("{}/api/exports/{id}/file", test.address)).header("x-api-key", key);
    let response = request.header("accept-encoding", "gzip, br").send().await.unwrap();
    (response.status(), response.headers().clone(), response.bytes().await.unwrap().to_vec())
}

/// The file of an order, made now.
async fn file(test: &TestApp, order: Value) -> Vec<u8> {
    let id = wanted(test, order).await;
    test.run_due().await;
    let (status, _, bytes) = fetch(test, id, &test.key).await;
    assert_eq!(status, 200, "{} {}", String::from_utf8_lossy(&bytes), export(test, id).await);
    bytes
}

fn csv(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn xlsx(bytes: Vec<u8>) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    book.worksheet_range("Customers").unwrap().rows().map(<[Data]>::to_vec).collect()
}

/// The names of the columns, and the rows.
fn parquet(bytes: &[u8]) -> (Vec<String>, Vec<Vec<Field>>) {
    let mut kept = tempfile::tempfile().unwrap();
    kept.write_all(bytes).unwrap();
    let reader = SerializedFileReader::new(kept).unwrap();
    let columns = reader.metadata().file_metadata().schema().get_fields().iter().map(|field| field.name().to_owned()).collect();
    let rows = reader.get_row_iter(None).unwrap().map(|row| row.unwrap().get_column_iter().map(|(_, field)| field.clone()).collect());
    (columns, rows.collect())
}

async fn chunks(test: &TestApp) -> i64 {
    test.write(|work| Ok(work.tx.one("select count(*) from export_chunks", &[])?)).await.unwrap()
}

#[tokio::test]
async fn a_file_holds_the_customers_of_the_list_in_its_order() {
    on_each_store(async |test| {
        people(test, 1_201, numbered).await;
        let order = json!({"what": "customers", "format": "csv", "columns": ["id", "firstname", "active"], "sort": "-firstname",
            "filter": {"active": true}});
        let id = wanted(test, order).await;
        let waiting = export(test, id).await;
        assert_eq!((&waiting["state"], &waiting["rowsDone"], &waiting["format"]), (&json!("queued"), &json!(0), &json!("csv")));
        test.get(&format!("/api/exports/{id}/file")).await.expect(409);
        test.run_due().await;
        let done = export(test, id).await;
        assert_eq!((&done["state"], &done["rowsDone"], &done["rowsTotal"]), (&json!("done"), &json!(800), &json!(800)));
        assert_eq!((&done["finishedAt"], &done["expiresAt"]), (&json!("2026-03-02T12:00:00Z"), &json!("2026-03-04T12:00:00Z")));
        let job = test.get(&format!("/api/jobs/{}", done["jobId"])).await.expect(200);
        assert_eq!(
            (&job["state"], &job["done"], &job["total"], &job["kind"]),
            (&json!("done"), &json!(800), &json!(800), &json!("export"))
        );

        let (status, headers, bytes) = fetch(test, id, &test.key).await;
        assert_eq!(status, 200);
        assert_eq!(headers["content-type"], "text/csv; charset=utf-8");
        assert_eq!(headers["content-disposition"], "attachment; filename=\"customers-20260302-120000.csv\"");
        assert_eq!(headers["content-length"], bytes.len().to_string().as_str());
        assert!(!headers.contains_key("content-encoding"));
        assert_eq!(done["bytes"], bytes.len());
        let rows = csv(&bytes);
        assert_eq!(rows[0], ["id", "firstname", "active"]);
        let mut listed = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = test.get(&format!("/api/customers?active=true&sort=-firstname&limit=500{cursor}")).await.expect(200);
            listed.extend(page["items"].as_array().unwrap().iter().map(|one| one["id"].to_string()));
            let Some(next) = page["nextCursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(rows[1..].iter().map(|row| row[0].clone()).collect::<Vec<_>>(), listed);
        assert!(rows[1..].iter().all(|row| row[2] == "true"));
    })
    .await;
}

/// One customer with a value of each kind, one with next to nothing, a group with two segments.
async fn two_people(test: &TestApp) -> (i64, i64, i64) {
    for (name, kind) in
        [("points", "number"), ("keen", "boolean"), ("since", "date"), ("seen", "datetime"), ("likes", "list"), ("box", "json")]
    {
        test.post("/api/fields", json!({"name": name, "kind": kind})).await.expect(201);
    }
    let ada = json!({"email": "ada@example.org", "firstname": "=1+1", "lastname": "O'Hara, \"Ada\"", "phone": "+43 1 234567", "birthDate": "1815-12-10",
        "externalIds": {"shop": "17"}, "fields": {"points": -5.5, "keen": true, "since": "2020-02-29",
        "seen": "2026-01-31T09:30:00Z", "likes": ["tea", "jam"], "box": {"a": [1]}}});
    let ada = test.post("/api/customers", ada).await.expect(201)["id"].as_i64().unwrap();
    let bob = test.post("/api/customers", json!({"firstname": "Bob", "active": false})).await.expect(201)["id"].as_i64().unwrap();
    let group = test.post("/api/segment-groups", json!({"name": "Clubs", "calculated": false})).await.expect(201)["id"].as_i64().unwrap();
    let mut segments = Vec::new();
    for (name, members) in [("Red", vec![ada]), ("Blue", vec![ada, bob])] {
        let made = test.post("/api/segments", json!({"groupId": group, "name": name, "calculated": false})).await.expect(201);
        test.post(&format!("/api/segments/{}/members", made["id"]), json!({"add": members})).await.expect(200);
        segments.push(made["id"].as_i64().unwrap());
    }
    (group, segments[0], ada)
}

fn all_columns(group: i64, red: i64) -> Vec<String> {
    let plain = "id email firstname lastname phone birthDate active createdAt companyId external:shop fields.points keen fields.since fields.seen \
                 fields.likes fields.box segments";
    plain.split_whitespace().map(str::to_owned).chain([format!("group:{group}"), format!("segment:{red}")]).collect()
}

const HEADS: [&str; 19] = [
    "id",
    "email",
    "firstname",
    "lastname",
    "phone",
    "birthDate",
    "active",
    "createdAt",
    "companyId",
    "external:shop",
    "fields.points",
    "fields.keen",
    "fields.since",
    "fields.seen",
    "fields.likes",
    "fields.box",
    "segments",
    "Segments Clubs",
    "Segment Clubs:Red",
];

fn expect_csv(bytes: &[u8], ada: i64) {
    let rows = csv(bytes);
    assert_eq!(rows[0], HEADS);
    let who = [&ada.to_string(), "ada@example.org", "'=1+1", "O'Hara, \"Ada\"", "+43 1 234567", "1815-12-10", "true"];
    assert_eq!(rows[1][..7], who);
    let more = ["2026-03-02T12:00:00Z", "", "17", "-5.5", "true", "2020-02-29", "2026-01-31T09:30:00Z", "tea | jam", "{\"a\":[1]}"];
    assert_eq!(rows[1][7..16], more);
    assert_eq!(rows[1][16..], ["Blue | Red", "Blue | Red", "true"]);
    let bob = &rows[2];
    assert_eq!([&bob[1], &bob[6], &bob[10], &bob[16], &bob[18]], ["", "false", "", "Blue", "false"]);
}

fn expect_xlsx(bytes: Vec<u8>, ada: i64) {
    let rows = xlsx(bytes);
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[0].iter().map(ToString::to_string).collect::<Vec<_>>(), HEADS);
    let text = |text: &str| Data::String(text.to_owned());
    assert_eq!(rows[1][0], Data::Float(ada as f64));
    assert_eq!(rows[1][2..6], [text("=1+1"), text("O'Hara, \"Ada\""), text("+43 1 234567"), text("1815-12-10")]);
    assert_eq!([&rows[1][6], &rows[1][8], &rows[1][10]], [&Data::Bool(true), &Data::Empty, &Data::Float(-5.5)]);
    let serial = |cell: &Data| match cell {
        Data::DateTime(at) => at.as_f64(),
        other => panic!("{other:?}"),
    };
    assert_eq!((serial(&rows[1][7]), serial(&rows[1][12])), (46_083.5, 43_890.0));
    assert_eq!(rows[2][18], Data::Bool(false));
}

fn expect_parquet(bytes: &[u8], ada: i64) {
    let (names, rows) = parquet(bytes);
    assert_eq!(names, HEADS);
    assert_eq!(rows.len(), 2);
    let text = |text: &str| Field::Str(text.to_owned());
    assert_eq!(rows[0][..4], [Field::Long(ada), text("ada@example.org"), text("=1+1"), text("O'Hara, \"Ada\"")]);
    let noon = Field::TimestampMicros(1_772_452_800_000_000);
    assert_eq!(rows[0][4..8], [text("+43 1 234567"), Field::Date(-56_270), Field::Bool(true), noon]);
    assert_eq!(rows[0][8..13], [Field::Null, text("17"), Field::Double(-5.5), Field::Bool(true), Field::Date(18_321)]);
    assert_eq!(rows[1][1..3], [Field::Null, text("Bob")]);
    assert_eq!(rows[1][18], Field::Bool(false));
}

#[tokio::test]
async fn every_format_tells_the_same() {
    on_each_store(async |test| {
        let (group, red, ada) = two_people(test).await;
        let columns = all_columns(group, red);
        let order = |format: &str| json!({"what": "customers", "format": format, "columns": columns});
        expect_csv(&file(test, order("csv")).await, ada);
        expect_xlsx(file(test, order("xlsx")).await, ada);
        expect_parquet(&file(test, order("parquet")).await, ada);
    })
    .await;
}

#[tokio::test]
async fn csv_is_written_as_it_is_wanted() {
    on_each_store(async |test| {
        two_people(test).await;
        let order = json!({"what": "customers", "format": "csv", "columns": ["firstname", "active"], "delimiter": ";", "bom": true, "sort": "firstname"});
        assert_eq!(file(test, order).await, "\u{feff}firstname;active\n'=1+1;true\nBob;false\n".as_bytes());
        let nobody = json!({"what": "customers", "format": "csv", "columns": ["id"], "filter": {"q": "nobody"}});
        assert_eq!(file(test, nobody).await, b"id\n");
        let usual = csv(&file(test, json!({"what": "customers", "format": "csv"})).await);
        assert_eq!(usual[0][..4], ["id", "active", "gender", "email"]);
    })
    .await;
}

#[tokio::test]
async fn orders_are_checked_before_a_job_is_made() {
    on_each_store(async |test| {
        let refused = async |order: Value| {
            let mut order = order;
            order["what"] = json!("customers");
            let answer = test.post("/api/exports", order).await.expect(422);
            answer["problems"].as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(refused(json!({"format": "pdf"})).await, ["/format"]);
        assert_eq!(refused(json!({"format": "csv", "columns": []})).await, ["/columns"]);
        let columns = json!(["email", "shoeSize", "segment:7", "email", "group:x", "external:"]);
        let wrong = refused(json!({"format": "csv", "columns": columns})).await;
        assert_eq!(wrong, ["/columns/1", "/columns/2", "/columns/3", "/columns/4", "/columns/5"]);
        let condition = json!({"all": [{"fact": "field", "name": "shoeSize", "op": "eq", "value": 1}]});
        assert_eq!(refused(json!({"format": "csv", "filter": {"condition": condition}})).await, ["/filter/condition/all/0/name"]);
        assert_eq!(refused(json!({"format": "csv", "filter": {"q": "a b c d e f g h i j k"}})).await, ["/filter/q"]);
        let segments: Vec<i64> = (1..=51).collect();
        assert_eq!(refused(json!({"format": "csv", "filter": {"segments": segments}})).await, ["/filter/segments"]);
        assert_eq!(refused(json!({"format": "csv", "sort": "shoeSize"})).await, ["/sort"]);
        assert_eq!(refused(json!({"format": "csv", "delimiter": "no"})).await, ["/delimiter"]);
        assert_eq!(refused(json!({"format": "xlsx", "bom": true})).await, ["/bom"]);
        assert_eq!(test.get("/api/jobs?kind=export").await.expect(200)["items"], json!([]));
        for _ in 0..5 {
            wanted(test, json!({"what": "customers", "format": "csv"})).await;
        }
        let sixth = test.post("/api/exports", json!({"what": "customers", "format": "csv"})).await.expect(409);
        assert_eq!(sixth["code"], "too_many_exports");
    })
    .await;
}

#[tokio::test]
async fn a_file_is_its_owners_alone() {
    on_each_store(async |test| {
        people(test, 3, numbered).await;
        let (owner, other, blind) = (
            test.new_key(&["customers:read", "exports:write"]).await,
            test.new_key(&["customers:read", "exports:write"]).await,
            test.new_key(&["customers:read", "segments:read", "jobs:write"]).await,
        );
        let order = json!({"what": "customers", "format": "csv"});
        let as_key = async |method: Method, path: &str, key: &str| test.send(method, path, None, Some(key), &[]).await;
        test.send(Method::POST, "/api/exports", Some(order.clone()), Some(&blind), &[]).await.expect(403);
        let made = test.send(Method::POST, "/api/exports", Some(order), Some(&owner), &[]).await.expect(202);
        let id = made["id"].as_i64().unwrap();
        let path = format!("/api/exports/{id}");
        test.run_due().await;

        as_key(Method::GET, &path, &other).await.expect(404);
        as_key(Method::DELETE, &path, &other).await.expect(404);
        assert_eq!(fetch(test, id, &other).await.0, 404);
        assert_eq!(fetch(test, id, &blind).await.0, 403);
        for listing in ["/api/exports", "/api/exports?all=true"] {
            assert_eq!(as_key(Method::GET, listing, &other).await.expect(200)["items"], json!([]));
        }
        assert_eq!(as_key(Method::GET, "/api/exports", &owner).await.expect(200)["items"][0]["id"], id);
        assert_eq!(fetch(test, id, &owner).await.0, 200);

        assert_eq!(test.get("/api/exports").await.expect(200)["items"], json!([]), "an administrator's own");
        assert_eq!(test.get("/api/exports?all=true").await.expect(200)["items"][0]["id"], id);
        test.get(&path).await.expect(200);
        assert_eq!(fetch(test, id, &test.key).await.0, 404, "the file is not the administrator's");
        let audited = test.get("/api/audit").await.expect(200);
        let deeds: Vec<&str> = audited["items"].as_array().unwrap().iter().filter_map(|one| one["action"].as_str()).collect();
        assert_eq!(deeds.iter().filter(|deed| **deed == "download").count(), 1, "{deeds:?}");
        test.delete(&path).await.expect(204);
        as_key(Method::GET, &path, &owner).await.expect(404);
        assert_eq!(chunks(test).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_file_expires_and_is_cleared_away() {
    on_each_store_configured(
        |config| config.exports.keep_hours = 5,
        async |test| {
            people(test, 3, numbered).await;
            let id = wanted(test, json!({"what": "customers", "format": "csv"})).await;
            test.run_due().await;
            test.clock.advance_minutes(5 * 60 - 1);
            assert_eq!(fetch(test, id, &test.key).await.0, 200);
            test.clock.advance_minutes(1);
            let gone = test.get(&format!("/api/exports/{id}/file")).await.expect(410);
            assert_eq!(gone["code"], "export_expired");
            assert_eq!(export(test, id).await["state"], "expired");

            assert_eq!(chunks(test).await, 1);
            test.clock.advance_days(2);
            test.run_due().await;
            assert_eq!(chunks(test).await, 0, "the daily clearing has been");
            assert_eq!(export(test, id).await["state"], "expired");
            test.clock.advance_days(20);
            test.run_due().await;
            test.get(&format!("/api/exports/{id}")).await.expect(404);
        },
    )
    .await;
}

/// The only job of an export that waits, taken as a worker takes it, and begun.
async fn begun(test: &TestApp, id: i64) -> Run {
    let claimed = test.write(|work| claim(work, 100)).await.unwrap();
    let own = claimed.iter().find(|claimed| matches!(claimed.job, Job::Export { .. })).unwrap();
    Run::begin(&test.app, own, server::ids::ExportId(id)).await.unwrap().ok().unwrap()
}

async fn step_until_a_chunk_is_kept(test: &TestApp, run: &mut Run) {
    for _ in 0..3 {
        assert_eq!(run.step().await.unwrap(), Step::More);
    }
    assert!(chunks(test).await > 0);
}

#[tokio::test]
async fn whoever_dies_in_the_middle_leaves_no_half_file() {
    on_each_store(async |test| {
        test.post("/api/fields", json!({"name": "story", "kind": "text"})).await.expect(201);
        people(test, 2_100, wordy).await;
        test.run_due().await;
        let order = json!({"what": "customers", "format": "csv", "columns": ["email", "story"]});
        let id = wanted(test, order.clone()).await;
        let mut dying = begun(test, id).await;
        step_until_a_chunk_is_kept(test, &mut dying).await;
        let half = export(test, id).await;
        assert_eq!((&half["state"], &half["rowsDone"], &half["rowsTotal"]), (&json!("running"), &json!(1_500), &json!(2_100)));
        test.get(&format!("/api/exports/{id}/file")).await.expect(409);

        test.clock.advance_seconds(61);
        let mut other = begun(test, id).await;
        assert_eq!(dying.step().await.unwrap(), Step::Stopped, "somebody else goes on");
        while other.step().await.unwrap() == Step::More {}
        let (status, _, bytes) = fetch(test, id, &test.key).await;
        assert_eq!(status, 200);
        let rows = csv(&bytes);
        assert_eq!(rows.len(), 2_101);
        assert!((1..=2_100).all(|row| rows[row][0] == format!("c{}@example.org", row - 1)));

        let whole = file(test, order).await;
        assert_eq!(whole, bytes, "it is the file of one who did not die");
    })
    .await;
}

#[tokio::test]
async fn what_is_stopped_or_taken_away_leaves_nothing() {
    on_each_store(async |test| {
        test.post("/api/fields", json!({"name": "story", "kind": "text"})).await.expect(201);
        people(test, 2_100, wordy).await;
        test.run_due().await;
        let order = json!({"what": "customers", "format": "csv", "columns": ["email", "story"]});

        let waiting = wanted(test, order.clone()).await;
        let job = export(test, waiting).await["jobId"].clone();
        test.post(&format!("/api/jobs/{job}/cancel"), json!({})).await.expect(200);
        assert_eq!(export(test, waiting).await["state"], "cancelled");
        test.run_due().await;
        test.get(&format!("/api/exports/{waiting}/file")).await.expect(409);
        test.post(&format!("/api/jobs/{job}/retry"), json!({})).await.expect(200);
        test.run_due().await;
        assert_eq!(fetch(test, waiting, &test.key).await.0, 200, "it was wanted again");
        test.delete(&format!("/api/exports/{waiting}")).await.expect(204);

        let stopped = wanted(test, order.clone()).await;
        let mut run = begun(test, stopped).await;
        step_until_a_chunk_is_kept(test, &mut run).await;
        let job = export(test, stopped).await["jobId"].clone();
        test.post(&format!("/api/jobs/{job}/cancel"), json!({})).await.expect(200);
        assert_eq!(run.step().await.unwrap(), Step::Stopped);
        assert_eq!(export(test, stopped).await["state"], "cancelled");
        test.delete(&format!("/api/exports/{stopped}")).await.expect(204);
        assert_eq!(chunks(test).await, 0);

        let gone = wanted(test, order.clone()).await;
        let mut run = begun(test, gone).await;
        step_until_a_chunk_is_kept(test, &mut run).await;
        test.delete(&format!("/api/exports/{gone}")).await.expect(204);
        assert_eq!(run.step().await.unwrap(), Step::Gone);
        assert_eq!(chunks(test).await, 0);

        let queued = wanted(test, order).await;
        test.delete(&format!("/api/exports/{queued}")).await.expect(204);
        test.run_due().await;
        assert_eq!(chunks(test).await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_export_of_what_is_gone_meanwhile_fails_and_says_so() {
    on_each_store(async |test| {
        people(test, 3, numbered).await;
        let field = test.post("/api/fields", json!({"name": "tier", "kind": "text"})).await.expect(201)["id"].clone();
        let id = wanted(test, json!({"what": "customers", "format": "xlsx", "columns": ["email", "fields.tier"]})).await;
        test.delete(&format!("/api/fields/{field}")).await.expect(204);
        test.run_due().await;
        let failed = export(test, id).await;
        assert_eq!(failed["state"], "failed");
        assert!(failed["error"].as_str().unwrap().contains("fields.tier"), "{failed}");
        test.get(&format!("/api/exports/{id}/file")).await.expect(409);
    })
    .await;
}
