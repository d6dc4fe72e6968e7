//! Custom fields: defined, filled, changed, taken away.

use serde_json::{Value, json};
use server::customers;
use server::ids::CustomerId;
use server::jobs::{self, Job, Wish};
use testkit::{TestApp, on_each_store};

async fn define(test: &TestApp, field: Value) -> Value {
    test.post("/api/fields", field).await.expect(201)
}

#[tokio::test]
async fn a_field_is_defined_changed_and_deleted() {
    on_each_store(async |test| {
        let options = json!([{"value": "gold"}, {"value": "silver", "label": "Silver"}]);
        let tier = define(test, json!({"name": "tier", "label": "Tier", "kind": "select", "options": options, "personal": true})).await;
        assert_eq!(tier["options"], json!([{"value": "gold", "label": "gold"}, {"value": "silver", "label": "Silver"}]));
        assert_eq!(
            (&tier["personal"], &tier["indexed"], &tier["position"], &tier["version"]),
            (&json!(true), &json!(false), &json!(1), &json!(1))
        );
        define(test, json!({"name": "points", "kind": "number"})).await;
        let path = format!("/api/fields/{}", tier["id"]);

        let changed = test.patch(&path, json!({"label": "Level", "position": 9, "options": [{"value": "gold"}]})).await;
        assert_eq!(changed.etag(), "\"2\"");
        assert_eq!(changed.expect(200)["label"], "Level");
        let names: Vec<Value> =
            test.get("/api/fields").await.expect(200)["items"].as_array().unwrap().iter().map(|field| field["name"].clone()).collect();
        assert_eq!(names, ["points", "tier"]);
        let stale = test.send(reqwest::Method::PATCH, &path, Some(json!({"label": "x"})), Some(&test.key), &[("if-match", "\"1\"")]).await;
        stale.expect(412);

        test.delete(&path).await.expect(204);
        test.get(&path).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn a_definition_that_cannot_work_is_refused() {
    on_each_store(async |test| {
        let check = async |field: Value, paths: &[&str]| {
            let refused = test.post("/api/fields", field.clone()).await.expect(422);
            let found: Vec<&str> =
                refused["problems"].as_array().unwrap().iter().map(|problem| problem["path"].as_str().unwrap()).collect();
            assert_eq!(found, paths, "{field}");
        };
        check(json!({"name": "email", "kind": "text"}), &["/name"]).await;
        check(json!({"name": "a'b", "kind": "text"}), &["/name"]).await;
        check(json!({"name": "9lives", "kind": "text"}), &["/name"]).await;
        check(json!({"name": "x".repeat(61), "kind": "text"}), &["/name"]).await;
        check(json!({"name": "tier", "kind": "colour"}), &["/kind"]).await;
        check(json!({"name": "tier", "kind": "select"}), &["/options"]).await;
        check(json!({"name": "tier", "kind": "text", "options": [{"value": "a"}]}), &["/options"]).await;
        check(json!({"name": "tier", "kind": "select", "options": [{"value": "a"}, {"value": "a"}]}), &["/options/1/value"]).await;
        check(json!({"name": "tags", "kind": "list", "indexed": true}), &["/indexed"]).await;
        check(json!({"name": "tags", "kind": "list", "colour": "red"}), &["/colour"]).await;
        let tier = define(test, json!({"name": "tier", "kind": "text"})).await;
        assert_eq!(test.post("/api/fields", json!({"name": "tier", "kind": "text"})).await.expect(409)["code"], "field_exists");
        let path = format!("/api/fields/{}", tier["id"]);
        test.patch(&path, json!({"kind": "number"})).await.expect(422);
        test.patch(&path, json!({"name": "level"})).await.expect(422);
    })
    .await;
}

#[tokio::test]
async fn every_kind_takes_its_own_values_and_no_others() {
    on_each_store(async |test| {
        let options = json!([{"value": "a"}, {"value": "b"}]);
        for kind in ["text", "number", "boolean", "date", "datetime", "list", "json"] {
            define(test, json!({"name": kind, "kind": kind})).await;
        }
        for kind in ["select", "multiselect"] {
            define(test, json!({"name": kind, "kind": kind, "options": options})).await;
        }
        let made = test.post("/api/customers", json!({"email": "ada@example.org"})).await.expect(201);
        let path = format!("/api/customers/{}", made["id"]);
        let takes = async |name: &str, value: Value, kept: Value| {
            let customer = test.patch(&path, json!({"fields": {name: value}})).await.expect(200);
            assert_eq!(customer["fields"][name], kept);
            assert_eq!(test.get(&path).await.expect(200)["fields"][name], kept);
        };
        let refuses = async |name: &str, value: Value, at: &str| {
            let refused = test.patch(&path, json!({"fields": {name: value}})).await.expect(422);
            assert_eq!(refused["problems"][0]["path"], json!(at), "{refused}");
        };
        takes("text", json!(" Füße \u{1f600} "), json!("Füße \u{1f600}")).await;
        takes("text", json!("two\nlines"), json!("two\nlines")).await;
        takes("text", json!("x".repeat(5000)), json!("x".repeat(5000))).await;
        refuses("text", json!("x".repeat(10_000)), "/fields/text").await;
        refuses("text", json!(7), "/fields/text").await;
        takes("number", json!(-1.5), json!(-1.5)).await;
        takes("number", json!(7), json!(7)).await;
        refuses("number", json!("7"), "/fields/number").await;
        refuses("number", json!(1e300), "/fields/number").await;
        takes("boolean", json!(false), json!(false)).await;
        refuses("boolean", json!("false"), "/fields/boolean").await;
        takes("date", json!("2024-02-29"), json!("2024-02-29")).await;
        refuses("date", json!("2023-02-29"), "/fields/date").await;
        takes("datetime", json!("2026-03-29T02:30:00+01:00"), json!("2026-03-29T01:30:00.000000Z")).await;
        refuses("datetime", json!("2026-03-29T02:30:00"), "/fields/datetime").await;
        takes("select", json!("a"), json!("a")).await;
        refuses("select", json!("c"), "/fields/select").await;
        takes("multiselect", json!(["b", "a", "b"]), json!(["b", "a"])).await;
        refuses("multiselect", json!(["a", "c"]), "/fields/multiselect/1").await;
        takes("list", json!(["x", "Y"]), json!(["x", "Y"])).await;
        refuses("list", json!(["x", 1]), "/fields/list/1").await;
        refuses("list", json!("x"), "/fields/list").await;
        takes("json", json!({"a": {"b": 1}, "c": [1, null]}), json!({"a": {"b": 1}, "c": [1, null]})).await;
        takes("json", json!({"a": {"b": null, "d": 2}}), json!({"a": {"d": 2}, "c": [1, null]})).await;
        takes("json", json!([0.5]), json!([0.5])).await;
        takes("text", json!(null), json!(null)).await;
        refuses("shoeSize", json!(41), "/fields/shoeSize").await;
    })
    .await;
}

#[tokio::test]
async fn an_index_comes_and_goes_with_the_flag() {
    on_each_store(async |test| {
        for (name, kind) in [("tier", "text"), ("points", "number"), ("vip", "boolean"), ("met", "date"), ("seen", "datetime")] {
            let field = define(test, json!({"name": name, "kind": kind, "indexed": true})).await;
            let path = format!("/api/fields/{}", field["id"]);
            test.patch(&path, json!({"indexed": false})).await.expect(200);
            test.patch(&path, json!({"indexed": true})).await.expect(200);
        }
        let long = json!({"fields": {"tier": "x".repeat(256)}});
        assert_eq!(test.post("/api/customers", long).await.expect(422)["problems"][0]["code"], "too_long");
        test.post("/api/customers", json!({"fields": {"tier": "ü".repeat(255), "points": 3, "vip": true}})).await.expect(201);

        let note = define(test, json!({"name": "remark", "kind": "text"})).await;
        test.post("/api/customers", json!({"fields": {"remark": "x".repeat(4_000)}})).await.expect(201);
        let refused = test.patch(&format!("/api/fields/{}", note["id"]), json!({"indexed": true})).await.expect(409);
        assert_eq!(refused["code"], "values_too_long");
    })
    .await;
}

#[tokio::test]
async fn the_values_of_a_deleted_field_are_gone_for_good() {
    on_each_store(async |test| {
        let tier = define(test, json!({"name": "tier", "kind": "text", "indexed": true})).await;
        define(test, json!({"name": "points", "kind": "number"})).await;
        let ada = test.post("/api/customers", json!({"fields": {"tier": "gold", "points": 3}})).await.expect(201);
        for number in 0..250 {
            let fields = if number % 2 == 0 { json!({"tier": "x"}) } else { json!({"points": number}) };
            test.post("/api/customers", json!({"fields": fields})).await.expect(201);
        }
        let path = format!("/api/customers/{}", ada["id"]);
        test.delete(&format!("/api/fields/{}", tier["id"])).await.expect(204);
        assert_eq!(test.get(&path).await.expect(200)["fields"], json!({"points": 3}));
        let again = test.post("/api/fields", json!({"name": "tier", "kind": "number"})).await;
        assert_eq!(again.expect(409)["code"], "field_being_cleared");
        let clearing = test.get("/api/jobs?kind=clear_field").await.expect(200)["items"][0]["id"].clone();
        test.post(&format!("/api/jobs/{clearing}/cancel"), json!({})).await.expect(200);
        let again = test.post("/api/fields", json!({"name": "tier", "kind": "number"})).await.expect(409);
        assert_eq!(again["code"], "field_not_cleared");
        assert!(again["detail"].as_str().unwrap().contains(&clearing.to_string()), "{again}");
        test.post(&format!("/api/jobs/{clearing}/retry"), json!({})).await.expect(200);
        assert!(test.run_due().await >= 1);
        define(test, json!({"name": "tier", "kind": "text"})).await;
        assert_eq!(test.get(&path).await.expect(200)["fields"], json!({"points": 3}));
        let all = test.get("/api/customers?limit=500").await.expect(200);
        assert!(all["items"].as_array().unwrap().iter().all(|customer| customer["fields"].get("tier").is_none()));
        assert_eq!(all["items"][2]["fields"], json!({"points": 1}));

        let late = Job::ClearField { field: "points".to_owned(), after: 0 };
        test.write(move |work| jobs::enqueue(work, &late, Wish::default())).await.unwrap();
        test.run_due().await;
        assert_eq!(test.get(&path).await.expect(200)["fields"], json!({"points": 3}), "the field is there");
    })
    .await;
}

#[tokio::test]
async fn a_field_that_something_names_stays() {
    on_each_store(async |test| {
        let tier = define(test, json!({"name": "tier", "kind": "text"})).await;
        test.patch("/api/settings", json!({"savePipeline": {"requiredFields": [["tier"]]}})).await.expect(200);
        let path = format!("/api/fields/{}", tier["id"]);
        assert_eq!(test.delete(&path).await.expect(409)["code"], "in_use");
        test.patch("/api/settings", json!({"savePipeline": null})).await.expect(200);

        let group = test.post("/api/segment-groups", json!({"name": "Value", "calculated": true})).await.expect(201);
        let condition = json!({"fact": "field", "name": "tier", "op": "eq", "value": "gold"});
        let gold = json!({"groupId": group["id"], "name": "Gold", "condition": condition});
        let gold = test.post("/api/segments", gold).await.expect(201);
        let refused = test.delete(&path).await.expect(409);
        assert_eq!((&refused["code"], &refused["detail"]), (&json!("in_use"), &json!("this field is used by the segment Gold")));
        test.delete(&format!("/api/segments/{}", gold["id"])).await.expect(204);
        test.delete(&path).await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn conditions_see_the_fields_they_ask_for_in_their_types() {
    on_each_store(async |test| {
        define(test, json!({"name": "tier", "kind": "text"})).await;
        define(test, json!({"name": "points", "kind": "number"})).await;
        let body =
            json!({"firstname": "Ärnst", "birthDate": "1990-02-28", "timeZone": "Asia/Tokyo", "fields": {"tier": "GOLD", "points": 3}});
        let id = CustomerId(test.post("/api/customers", body).await.expect(201)["id"].as_i64().unwrap());
        let names: Vec<String> =
            ["firstname", "lastname", "birthDate", "active", "createdAt", "tier", "points", "id"].map(str::to_owned).into();
        let facts = test.write(move |work| customers::facts(work, &[id, CustomerId(999)], &names.iter().cloned().collect())).await.unwrap();
        assert_eq!(facts.len(), 1);
        let ernst = &facts[&id];
        assert_eq!(ernst.zone.iana_name(), Some("Asia/Tokyo"));
        let shown: Vec<String> = ["firstname", "lastname", "birthDate", "active", "createdAt", "tier", "points", "id"]
            .iter()
            .map(|name| ernst.fields.get(*name).map(|value| format!("{value:?}")).unwrap_or_default())
            .collect();
        assert_eq!(
            shown,
            [
                r#"Text(Text { plain: "Ärnst", folded: Some("ärnst") })"#.to_owned(),
                String::new(),
                "Date(1990-02-28)".to_owned(),
                "Boolean(true)".to_owned(),
                "Datetime(1772452800000000)".to_owned(),
                r#"Text(Text { plain: "GOLD", folded: Some("gold") })"#.to_owned(),
                "Number(3.0)".to_owned(),
                format!("Number({:.1})", id.0 as f64),
            ]
        );
    })
    .await;
}

/// How the database would run a filter of the list.
async fn plan(test: &TestApp, filter: Value) -> String {
    let rows = test.write(move |work| {
        let catalogue = server::catalogue::get(work)?;
        let is_sqlite = work.tx.dialect() == sql::dialect::Dialect::Sqlite;
        let mut statement = store::Statement::new(if is_sqlite { "explain query plan " } else { "explain " });
        statement.push("select c.id from customers as c where ");
        condition::render(&condition::check(&filter, &catalogue).unwrap(), work.now.0, &mut statement);
        if !is_sqlite {
            // A table of few rows is read whole otherwise.
            work.tx.execute("set local enable_seqscan = off", &[])?;
        }
        let mut rows: Vec<String> = Vec::new();
        work.tx.each(&statement.text, &statement.values, |row| {
            rows.push(row.get(if is_sqlite { 3 } else { 0 })?);
            Ok(())
        })?;
        Ok(rows)
    });
    rows.await.unwrap().join(" | ")
}

#[tokio::test]
async fn a_condition_on_an_indexed_field_uses_the_index() {
    on_each_store(async |test| {
        let tier = define(test, json!({"name": "tier", "kind": "text", "indexed": true})).await;
        let points = define(test, json!({"name": "points", "kind": "number", "indexed": true})).await;
        for (field, op, value) in [(&tier, "eq", json!("Gold")), (&points, "gte", json!(7)), (&points, "eq", json!(7))] {
            let filter = json!({"all": [{"fact": "field", "name": field["name"], "op": op, "value": value}]});
            let plan = plan(test, filter).await;
            assert!(plan.contains(&format!("customers_field_{}", field["id"])) && !plan.contains("SCAN"), "{plan}");
        }
    })
    .await;
}
