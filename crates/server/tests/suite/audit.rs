//! The audit log: who did what to which thing and when, asked for each by itself and together, page by page.

use reqwest::Method;
use serde_json::{Value, json};
use server::access::ActorKind;
use server::audit::{self, Part, Thing, Wanted, Who};
use server::time::Instant;
use sql::Statement;
use testkit::{TestApp, on_each_store};

/// What a filter shows, as "action type text of the changes".
async fn shown(test: &TestApp, filter: &str) -> Vec<String> {
    let page = test.get(&format!("/api/audit?{filter}")).await.expect(200);
    page["items"].as_array().unwrap().iter().map(told).collect()
}

fn told(entry: &Value) -> String {
    let name = entry["changes"]["name"].as_str().unwrap_or("-");
    format!("{} {} {name}", entry["action"].as_str().unwrap(), entry["entityType"].as_str().unwrap())
}

#[tokio::test]
async fn entries_are_found_by_who_did_what_to_which_thing_and_when() {
    on_each_store(async |test| {
        test.post("/api/companies", json!({"name": "Ätna Ltd"})).await.expect(201);
        test.clock.advance_minutes(10);
        let other = test.new_key(&["customers:write"]).await;
        let second = json!({"name": "Second"});
        let made = test.send(Method::POST, "/api/companies", Some(second), Some(&other), &[]).await.expect(201);
        test.clock.advance_minutes(10);
        test.delete(&format!("/api/companies/{}", made["id"])).await.expect(204);

        let all = test.get("/api/audit?entityType=company").await.expect(200);
        let keys: Vec<&Value> = all["items"].as_array().unwrap().iter().map(|entry| &entry["actor"]["id"]).collect();
        let (first, second) = (keys[2], keys[1]);
        check(test, "entityType=company", &["delete company Second", "create company Second", "create company Ätna Ltd"]).await;
        check(test, &format!("actor=api_key:{first}"), &["delete company Second", "create company Ätna Ltd"]).await;
        check(test, &format!("actor=api_key:{second}"), &["create company Second"]).await;
        check(test, "actor=operator&entityType=company", &[]).await;
        check(test, "actor=operator", &["create api_key test", "create api_key test"]).await;
        check(test, "action=delete", &["delete company Second"]).await;
        check(test, &format!("entityType=company&entityId={}&action=create", made["id"]), &["create company Second"]).await;
        check(test, "entityType=company&from=2026-03-02T12:10:00Z&until=2026-03-02T12:20:00Z", &["create company Second"]).await;
        check(test, "entityType=company&until=2026-03-02T12:10:00Z", &["create company Ätna Ltd"]).await;
        check(test, "q=SECOND&action=create", &["create company Second"]).await;
        check(test, "q=%C3%84tna", &["create company Ätna Ltd"]).await;
        check(test, "q=command%20LINE", &["create api_key test", "create api_key test"]).await;
        check(test, "q=100%25", &[]).await;
    })
    .await;

    async fn check(test: &TestApp, filter: &str, expected: &[&str]) {
        assert_eq!(shown(test, filter).await, expected, "{filter}");
    }
}

#[tokio::test]
async fn a_filtered_log_is_paged_without_gaps_and_repetitions() {
    on_each_store(async |test| {
        for number in 0..7 {
            test.post("/api/companies", json!({"name": format!("Company {number}")})).await.expect(201);
            test.post("/api/segment-groups", json!({"name": format!("Group {number}")})).await.expect(201);
        }
        let mut seen = Vec::new();
        let mut cursor = String::new();
        for pages in 1.. {
            let page = test.get(&format!("/api/audit?entityType=company&action=create&limit=3{cursor}")).await.expect(200);
            seen.extend(page["items"].as_array().unwrap().iter().map(told));
            let Some(next) = page["nextCursor"].as_str() else {
                assert_eq!(pages, 3);
                break;
            };
            cursor = format!("&cursor={next}");
        }
        let expected: Vec<String> = (0..7).rev().map(|number| format!("create company Company {number}")).collect();
        assert_eq!(seen, expected);
    })
    .await;
}

#[tokio::test]
async fn a_rare_text_is_looked_for_piece_by_piece() {
    on_each_store(async |test| {
        test.post("/api/companies", json!({"name": "Rare"})).await.expect(201);
        test.clock.advance_minutes(10);
        test.write(|work| {
            work.tx.execute(
                "insert into audit_entries (id, at, actor_kind, actor_name, action, entity_type, changes)
                 with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 30000)
                 select n + 1000000, cast($1 as bigint) + n, 'system', '', 'create', 'company', $2 from numbers",
                &[work.now.into(), (&json!({"name": "Frequent"})).into()],
            )?;
            Ok(())
        })
        .await
        .unwrap();

        let first = test.get("/api/audit?q=rare").await.expect(200);
        assert_eq!(first["items"], json!([]));
        assert_eq!(first["lookedBackTo"], "2026-03-02T12:10:00.010001Z");
        let second = test.get(&format!("/api/audit?q=rare&cursor={}", first["nextCursor"].as_str().unwrap())).await.expect(200);
        assert_eq!(second["items"].as_array().unwrap().iter().map(told).collect::<Vec<_>>(), ["create company Rare"]);
        assert_eq!((&second["lookedBackTo"], &second["nextCursor"]), (&Value::Null, &Value::Null));
        // Where the rest of the filter leaves few, all of them are looked at.
        check(test, "q=rare&actor=operator", &[], true).await;
        check(test, "q=rare&until=2026-03-02T12:10:00Z", &["create company Rare"], true).await;
        check(test, "q=frequent&limit=2", &["create company Frequent"; 2], false).await;
    })
    .await;

    async fn check(test: &TestApp, filter: &str, expected: &[&str], is_last: bool) {
        let page = test.get(&format!("/api/audit?{filter}")).await.expect(200);
        assert_eq!(page["items"].as_array().unwrap().iter().map(told).collect::<Vec<_>>(), expected, "{filter}");
        assert_eq!(page["nextCursor"].is_null(), is_last, "{filter}");
        assert_eq!(page["lookedBackTo"], Value::Null, "{filter}");
    }
}

#[tokio::test]
async fn a_filter_that_means_nothing_is_refused_at_its_spot() {
    on_each_store(async |test| {
        let long = "x".repeat(201);
        for (filter, spot) in [
            ("actor=ada", "/actor"),
            ("actor=admin_user", "/actor"),
            ("from=2026-03-02&until=2026-03-02", "/until"),
            (&format!("q={long}"), "/q"),
            ("entityId=7", "/entityId"),
        ] {
            let refused = test.get(&format!("/api/audit?{filter}")).await.expect(422);
            assert_eq!(refused["problems"][0]["path"], spot, "{filter}");
        }
        test.get("/api/audit?from=yesterday").await.expect(422);
        let outsider = test.new_key(&["jobs:read"]).await;
        test.send(Method::GET, "/api/audit?actor=operator", None, Some(&outsider), &[]).await.expect(403);
    })
    .await;
}

#[tokio::test]
async fn each_filter_has_an_index_that_gives_the_order() {
    on_each_store(async |test| {
        // In an empty log one index is as good as another, and for what nearly all entries have none is better than time.
        for number in 0..40 {
            test.post("/api/companies", json!({"name": format!("Company {number}")})).await.expect(201);
        }
        let none = Wanted::default;
        let who = Some(Who { kind: ActorKind::ApiKey, id: Some(999) });
        for (wanted, index) in [
            (none(), "audit_entries_by_time"),
            (Wanted { from: Some(Instant(1)), until: Some(Instant(9)), ..none() }, "audit_entries_by_time"),
            (Wanted { who, ..none() }, "audit_entries_by_actor"),
            (Wanted { action: Some("delete".to_owned()), ..none() }, "audit_entries_by_action"),
            (Wanted { thing: thing("segment", None), ..none() }, "audit_entries_by_type"),
            (Wanted { thing: thing("company", Some(1)), ..none() }, "audit_entries_by_entity"),
        ] {
            let plan = plan(test, audit::asking(&wanted, END, 50)).await;
            assert!(plan.contains(index) && !plan.contains("B-TREE") && !plan.contains("Sort"), "{wanted:?}: {plan}");
        }
    })
    .await;
}

#[tokio::test]
async fn of_several_filters_the_one_that_leads_furthest_back_is_asked_and_the_others_are_looked_at() {
    on_each_store(async |test| {
        let (company, group) = (json!({"name": "Rare"}), json!({"name": "Seldom"}));
        test.post("/api/companies", company).await.expect(201);
        test.post("/api/segment-groups", group).await.expect(201);
        test.clock.advance_minutes(10);
        test.write(|work| {
            work.tx.execute(
                "insert into audit_entries (id, at, actor_kind, actor_name, action, entity_type, changes)
                 with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 45000)
                 select n + 1000000, cast($1 as bigint) + n, 'system', '', case when n % 3 = 0 then 'create' else 'update' end,
                   case when n % 3 = 0 then 'segment_group' else 'company' end, $2 from numbers",
                &[work.now.into(), (&json!({"name": "Frequent"})).into()],
            )?;
            Ok(())
        })
        .await
        .unwrap();

        // Of creations and segment groups there are 15 000, all of which are looked at; of changes and companies 30 000.
        check(test, "action=create&entityType=company", &["create company Rare"], None).await;
        check(test, "action=update&entityType=company&q=rare", &[], Some("2026-03-02T12:10:00.015001Z")).await;
        check(test, "action=update&entityType=segment_group", &[], None).await;
        check(test, "actor=system&action=update&entityType=segment_group", &[], None).await;
        check(test, "actor=system&entityType=company&action=delete", &[], None).await;
        check(test, "actor=system&entityType=company&limit=2", &["update company Frequent"; 2], None).await;
    })
    .await;

    async fn check(test: &TestApp, filter: &str, expected: &[&str], looked_back_to: Option<&str>) {
        let page = test.get(&format!("/api/audit?{filter}")).await.expect(200);
        assert_eq!(page["items"].as_array().unwrap().iter().map(told).collect::<Vec<_>>(), expected, "{filter}");
        assert_eq!(page["lookedBackTo"], json!(looked_back_to), "{filter}");
        assert_eq!(page["nextCursor"].is_string(), looked_back_to.is_some() || filter.contains("limit"), "{filter}");
    }
}

#[tokio::test]
async fn what_is_looked_at_comes_from_an_index_in_its_order() {
    on_each_store(async |test| {
        for number in 0..40 {
            test.post("/api/companies", json!({"name": format!("Company {number}")})).await.expect(201);
        }
        let who = Who { kind: ActorKind::ApiKey, id: Some(999) };
        let [segments, company] = [thing("segment", None), thing("company", Some(1))];
        let all = Wanted { who: Some(who), action: Some("delete".to_owned()), thing: segments.clone(), ..Wanted::default() };
        for (part, index) in [
            (Part::Who(who), "audit_entries_by_actor"),
            (Part::Action("delete"), "audit_entries_by_action"),
            (Part::Thing(segments.as_ref().unwrap()), "audit_entries_by_type"),
            (Part::Thing(company.as_ref().unwrap()), "audit_entries_by_entity"),
        ] {
            let plan = plan(test, audit::searching(&all, Some(part), END, 50)).await;
            assert!(plan.contains(index) && !plan.contains("B-TREE") && !plan.contains("Sort"), "{part:?}: {plan}");
        }
    })
    .await;
}

const END: (Instant, i64) = (Instant(i64::MAX), i64::MAX);

fn thing(kind: &str, id: Option<i64>) -> Option<Thing> {
    Some(Thing { kind: kind.to_owned(), id })
}

/// How the database would look for entries.
async fn plan(test: &TestApp, asking: Statement) -> String {
    let rows = test.write(move |work| {
        let is_sqlite = work.tx.dialect() == sql::dialect::Dialect::Sqlite;
        if !is_sqlite {
            work.tx.execute("analyze audit_entries", &[])?;
            // A table of few rows is read whole otherwise, and sorted.
            work.tx.execute("set local enable_seqscan = off", &[])?;
            work.tx.execute("set local enable_sort = off", &[])?;
        }
        let text = format!("{}{}", if is_sqlite { "explain query plan " } else { "explain " }, asking.text);
        let mut rows: Vec<String> = Vec::new();
        work.tx.each(&text, &asking.values, |row| {
            rows.push(row.get(if is_sqlite { 3 } else { 0 })?);
            Ok(())
        })?;
        Ok(rows)
    });
    rows.await.unwrap().join(" | ")
}
