//! The evaluator and both databases give the same answer: random conditions about random customers.

mod databases;
mod random;

use condition::{Facts, Tree, check, evaluate, fold_document, render};
use databases::{Answer, Database, Postgres, Sqlite};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestRunner};
use random::{Customer, GENERATION, NOWS, SEGMENTS};
use serde_json::{Value, json};
use sql::Statement;

const CUSTOMERS: i64 = 100;
const CONDITIONS: usize = 2_000;
/// How many conditions one statement asks.
const BATCH: usize = 10;

#[test]
fn every_evaluator_gives_the_same_answer() {
    let mut runner = TestRunner::new(Config::default());
    let customers: Vec<Customer> = (1..=CUSTOMERS).map(|id| sample(&mut runner, &random::customer(id))).collect();
    let catalogue = random::catalogue();
    let conditions: Vec<(Value, Tree, i64)> = (0..CONDITIONS)
        .map(|place| {
            let json = sample(&mut runner, &random::condition());
            let tree = check(&json, &catalogue).unwrap_or_else(|problems| panic!("{json} is refused: {problems:#?}"));
            assert_eq!(tree.to_json(), json);
            (json, tree, NOWS[place % NOWS.len()])
        })
        .collect();
    let facts: Vec<Facts> = customers.iter().map(Customer::facts).collect();
    let expected = |tree: &Tree, now: i64| facts.iter().map(|facts| evaluate(tree, facts, now)).collect::<Vec<bool>>();

    let mut holding = 0;
    let mut mixed = 0;
    for (_, tree, now) in &conditions {
        let holds = expected(tree, *now).into_iter().filter(|holds| *holds).count();
        holding += holds;
        mixed += usize::from(0 < holds && holds < facts.len());
    }
    // Conditions that hold for all or for nobody would prove little.
    assert!(mixed * 3 > conditions.len(), "only {mixed} of {} conditions tell customers apart", conditions.len());
    assert!(holding > facts.len());

    for database in [&mut Sqlite::new() as &mut dyn Database, &mut Postgres::new()] {
        store(database, &customers);
        for batch in conditions.chunks(BATCH) {
            let answers = ask(database, batch);
            assert_eq!(answers.len(), batch.len() * customers.len());
            for (place, id, answer) in answers {
                let (json, tree, now) = &batch[place as usize];
                let at = (id - 1) as usize;
                assert_eq!(
                    answer,
                    Some(evaluate(tree, &facts[at], *now)),
                    "at {now}: {json}\n{:#?}\n{}",
                    customers[at],
                    rendered(tree, *now).text
                );
            }
        }
    }
}

/// The deepest and the widest tree that is allowed passes through both databases.
#[test]
fn trees_at_the_limits_run() {
    let leaf = json!({"fact": "field", "name": "note", "op": "ends_with", "value": "x"});
    let mut deep = json!({"fact": "activity", "op": "gte", "value": 2, "within": "1d", "where": {"fact": "attribute", "name": "tags", "op": "has", "value": "x"}});
    for _ in 0..condition::DEPTH_MAX - 2 {
        deep = json!({"not": deep});
    }
    let wide = json!({"any": vec![leaf; condition::NODES_MAX - 1]});
    let many: Vec<String> = (0..condition::VALUES_MAX).map(|number| number.to_string()).collect();
    let lists: Vec<Value> = (0..condition::VALUES_TOTAL_MAX / condition::VALUES_MAX)
        .map(|_| json!({"fact": "field", "name": "labels", "op": "has_all", "values": many}))
        .collect();
    let dates = json!({"any": vec![json!({"fact": "field", "name": "birthDate", "op": "anniversary_within", "value": "30d"}); condition::NODES_MAX - 1]});
    let conditions: Vec<(Value, Tree, i64)> = [deep, wide, json!({ "any": lists }), dates]
        .into_iter()
        .map(|json| {
            let tree = check(&json, &random::catalogue()).expect("the limits are within the limits");
            (json, tree, NOWS[0])
        })
        .collect();
    for database in [&mut Sqlite::new() as &mut dyn Database, &mut Postgres::new()] {
        for condition in &conditions {
            assert!(ask(database, std::slice::from_ref(condition)).is_empty());
        }
    }
}

fn sample<T: std::fmt::Debug>(runner: &mut TestRunner, strategy: &impl Strategy<Value = T>) -> T {
    strategy.new_tree(runner).expect("the filters let most through").current()
}

fn rendered(tree: &Tree, now: i64) -> Statement {
    let mut statement = Statement::default();
    render(tree, now, &mut statement);
    statement
}

/// Asks several conditions about every customer, negations included, in one statement.
fn ask(database: &mut dyn Database, conditions: &[(Value, Tree, i64)]) -> Vec<Answer> {
    let mut statement = Statement::default();
    for (place, (_, tree, now)) in conditions.iter().enumerate() {
        statement.push(if place > 0 { " union all " } else { "" }).push(&format!("select {place}, c.id, not (not ("));
        render(tree, *now, &mut statement);
        statement.push(")) from customers as c");
    }
    database.answers(&statement)
}

fn store(database: &mut dyn Database, customers: &[Customer]) {
    for segment in SEGMENTS {
        let mut insert = Statement::new(
            "insert into segments (id, group_id, name, reference, description, calculated, generation, version, created_at, updated_at) values (",
        );
        list(
            &mut insert,
            vec![
                segment.into(),
                1_i64.into(),
                "".into(),
                segment.to_string().into(),
                "".into(),
                true.into(),
                GENERATION.into(),
                1_i64.into(),
                0_i64.into(),
                0_i64.into(),
            ],
        );
        database.execute(&insert);
    }
    for customer in customers {
        store_customer(database, customer);
        for (segment, generation) in &customer.memberships {
            let mut insert =
                Statement::new("insert into memberships (customer_id, segment_id, generation, source, since, counter) values (");
            list(
                &mut insert,
                vec![customer.id.into(), (*segment).into(), (*generation).into(), "computed".into(), 0_i64.into(), 1_i64.into()],
            );
            database.execute(&insert);
        }
        for activity in &customer.activities {
            let mut insert = Statement::new(
                "insert into activities (customer_id, type, occurred_at, id, attributes, attributes_folded, version, created_at, updated_at) values (",
            );
            let folded = fold_document(&activity.attributes);
            list(
                &mut insert,
                vec![
                    customer.id.into(),
                    activity.kind.into(),
                    activity.at.into(),
                    activity.id.into(),
                    (&activity.attributes).into(),
                    folded.into(),
                    1_i64.into(),
                    0_i64.into(),
                    0_i64.into(),
                ],
            );
            database.execute(&insert);
        }
    }
}

fn store_customer(database: &mut dyn Database, customer: &Customer) {
    let mut insert = Statement::new(
        "insert into customers (id, token, published, active, email_ok, firstname, firstname_folded, city, city_folded, time_zone, time_zone_folded, \
         birth_date, profiling_consent, fields, fields_folded, search_folded, version, created_at, updated_at) values (",
    );
    let mut values: Vec<sql::Value> =
        vec![customer.id.into(), customer.id.to_string().into(), true.into(), customer.active.into(), customer.email_ok.into()];
    for text in &customer.texts {
        values.push(text.clone().into());
        values.push(text.as_deref().map(sql::fold).into());
    }
    let folded = fold_document(&customer.fields).unwrap_or_else(|| customer.fields.clone());
    values.extend([
        customer.birth_date.clone().into(),
        false.into(),
        (&customer.fields).into(),
        folded.into(),
        "".into(),
        1_i64.into(),
        customer.created_at.into(),
        0_i64.into(),
    ]);
    list(&mut insert, values);
    database.execute(&insert);
}

fn list(statement: &mut Statement, values: Vec<sql::Value>) {
    for (place, value) in values.into_iter().enumerate() {
        statement.push(if place > 0 { ", " } else { "" }).bind(value);
    }
    statement.push(")");
}
