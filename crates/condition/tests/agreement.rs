//! The evaluator and both databases give the same answer: random conditions about random customers.

mod databases;
mod random;

use condition::{Facts, Tree, check_with_trigger, evaluate, fold_document, render, render_count, render_each, render_whom};
use databases::{Answer, answers, on_each_store, run};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use random::{Activity, Company, Customer, GENERATION, NOWS, SEGMENTS};
use serde_json::{Value, json};
use sql::Statement;
use std::hash::{BuildHasher, RandomState};
use store::Store;

const CUSTOMERS: i64 = 100;
/// More of them, and other ones, by hand: `REGULARS_TEST_CONDITIONS=100000 REGULARS_TEST_SEED=7`.
const CONDITIONS: u64 = 2_000;
/// How many conditions one statement asks.
const BATCH: usize = 10;

#[tokio::test]
async fn every_evaluator_gives_the_same_answer() {
    let seed = from_environment("REGULARS_TEST_SEED").unwrap_or_else(any_seed);
    let count = from_environment("REGULARS_TEST_CONDITIONS").unwrap_or(CONDITIONS) as usize;
    let mut runner = seeded(seed);
    let customers: Vec<Customer> = (1..=CUSTOMERS).map(|id| sample(&mut runner, &random::customer(id))).collect();
    let catalogue = random::catalogue();
    let conditions: Vec<(Value, Tree, i64)> = (0..count)
        .map(|place| {
            let json = sample(&mut runner, &random::conditions::condition());
            let tree = check_with_trigger(&json, &catalogue).unwrap_or_else(|problems| panic!("{json} is refused: {problems:#?}"));
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

    on_each_store(async |store| {
        run(store, inserts(&customers)).await;
        for batch in conditions.chunks(BATCH) {
            for form in FORMS {
                let answers = ask(store, batch, form).await;
                assert_eq!(answers.len(), batch.len() * customers.len());
                for answer in answers {
                    let (json, tree, now) = &batch[answer.condition as usize];
                    let at = (answer.customer - 1) as usize;
                    let asked = || format!("seed {seed}, at {now}: {json}\n{:#?}\n{}", customers[at], rendered(tree, *now, form).text);
                    assert_eq!(answer.holds, evaluate(tree, &facts[at], *now), "{}", asked());
                }
            }
            // As the test of a row it is spared what a database cannot make of an expression: joins, and the use of indexes.
            for (json, tree, now) in batch {
                let wanted = facts.iter().zip(1..).filter(|(facts, _)| evaluate(tree, facts, *now)).map(|(_, id)| id);
                let wanted: Vec<i64> = wanted.collect();
                for statement in [matching(tree, *now), whom(tree, *now)] {
                    let found: Vec<i64> = listed(store, statement.clone()).await;
                    assert_eq!(found, wanted, "seed {seed}, at {now}: {json}\n{}", statement.text);
                }
                let mut statement = Statement::default();
                render_count(tree, *now, &mut statement);
                let counted: Vec<i64> = listed(store, statement.clone()).await;
                assert_eq!(counted, [wanted.len() as i64], "seed {seed}, at {now}: {json}\n{}", statement.text);
            }
        }
    })
    .await;
}

/// The deepest and the widest tree that is allowed passes through both databases.
#[tokio::test]
async fn trees_at_the_limits_run() {
    let leaf = json!({"fact": "field", "name": "note", "op": "ends_with", "value": "x"});
    let tagged = json!({"fact": "attribute", "name": "tags", "op": "has", "value": "x"});
    let mut deep = json!({"fact": "activity", "op": "gte", "value": 2, "within": "1d", "where": tagged});
    for _ in 0..condition::DEPTH_MAX - 2 {
        deep = json!({"not": deep});
    }
    let wide = json!({"any": vec![leaf; condition::NODES_MAX - 1]});
    let many: Vec<String> = (0..condition::VALUES_MAX).map(|number| number.to_string()).collect();
    let lists: Vec<Value> = (0..condition::VALUES_TOTAL_MAX / condition::VALUES_MAX)
        .map(|_| json!({"fact": "field", "name": "labels", "op": "has_all", "values": many}))
        .collect();
    let step = json!({"type": "order", "where": {"fact": "attribute", "name": "value", "op": "set"}});
    let sequence = json!({"fact": "sequence", "steps": vec![step; 10], "within": "30d", "span": "1d"});
    let nested = (2..condition::DEPTH_MAX - 2).fold(sequence.clone(), |inner, _| json!({ "not": inner }));
    let sequences = json!({"any": vec![sequence; 14]});
    let soon = json!({"fact": "field", "name": "birthDate", "op": "anniversary_within", "value": "30d"});
    let dates = json!({"any": vec![soon; condition::NODES_MAX - 1]});
    let outside = json!({"fact": "segment", "id": SEGMENTS[0], "op": "not_in"});
    let outsiders = json!({"all": vec![outside; condition::NODES_MAX - 1]});
    let conditions: Vec<(Value, Tree, i64)> = [deep, wide, json!({ "any": lists }), nested, sequences, dates, outsiders]
        .into_iter()
        .map(|json| {
            let tree = check_with_trigger(&json, &random::catalogue()).expect("the limits are within the limits");
            (json, tree, NOWS[0])
        })
        .collect();
    on_each_store(async |store| {
        for condition in &conditions {
            for form in FORMS {
                assert!(ask(store, std::slice::from_ref(condition), form).await.is_empty());
            }
        }
    })
    .await;
}

fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is not a whole number: {text:?}")))
}

fn any_seed() -> u64 {
    RandomState::new().hash_one(0)
}

/// The same seed gives the same customers and conditions.
fn seeded(seed: u64) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

fn sample<T: std::fmt::Debug>(runner: &mut TestRunner, strategy: &impl Strategy<Value = T>) -> T {
    strategy.new_tree(runner).expect("the filters let most through").current()
}

type Form = fn(&Tree, i64, &mut Statement);

/// For everybody, and for a few.
const FORMS: [Form; 2] = [render, render_each];

fn rendered(tree: &Tree, now: i64, form: Form) -> Statement {
    let mut statement = Statement::default();
    form(tree, now, &mut statement);
    statement
}

/// The customers for whom a condition holds, found by it.
fn matching(tree: &Tree, now: i64) -> Statement {
    let mut statement = Statement::new("select c.id from customers as c where ");
    render(tree, now, &mut statement);
    statement.push(" order by c.id");
    statement
}

/// The same, perhaps without looking at the customers.
fn whom(tree: &Tree, now: i64) -> Statement {
    let mut statement = Statement::new("select c.id");
    render_whom(tree, now, &mut statement);
    statement.push(" order by c.id");
    statement
}

async fn listed(store: &Store, statement: Statement) -> Vec<i64> {
    store.read(move |tx| tx.list::<i64>(&statement)).await.expect("the statement runs")
}

/// Asks several conditions about every customer, under a negation of a negation, in one statement.
async fn ask(store: &Store, conditions: &[(Value, Tree, i64)], form: Form) -> Vec<Answer> {
    let mut statement = Statement::default();
    for (place, (_, tree, now)) in conditions.iter().enumerate() {
        statement.push(if place > 0 { " union all " } else { "" }).push(&format!("select {place}, c.id, not (not ("));
        form(tree, *now, &mut statement);
        statement.push(")) from customers as c");
    }
    answers(store, statement).await
}

fn inserts(customers: &[Customer]) -> Vec<Statement> {
    let mut statements: Vec<Statement> = SEGMENTS.into_iter().map(segment).collect();
    for customer in customers {
        statements.push(customer_row(customer));
        let memberships = customer.memberships.iter();
        statements.extend(memberships.map(|(segment, generation, counter)| membership(customer.id, *segment, *generation, *counter)));
        statements.extend(customer.consents.iter().map(|(purpose, granted)| consent(customer.id, purpose, *granted)));
        statements.extend(customer.subscriptions.iter().map(|(list, status)| subscription(customer.id, list, status)));
        statements.extend(customer.company.as_ref().map(company_row));
        statements.extend(customer.activities.iter().map(|activity| activity_row(customer.id, activity)));
    }
    statements
}

fn segment(id: i64) -> Statement {
    let columns = "segments (id, group_id, name, reference, description, calculated, generation, export_lists, told_generation, last_generation, swapped_at, version, created_at, updated_at)";
    let reference = id.to_string().into();
    let mut values: Vec<sql::Value> = vec![id.into(), 1.into(), "".into(), reference, "".into(), true.into(), GENERATION.into()];
    values.extend([(&json!([])).into(), GENERATION.into(), GENERATION.into(), 0.into(), 1.into(), 0.into(), 0.into()]);
    insert(columns, values)
}

fn membership(customer: i64, segment: i64, generation: i64, counter: i64) -> Statement {
    let columns = "memberships (customer_id, segment_id, generation, source, since, counter)";
    insert(columns, vec![customer.into(), segment.into(), generation.into(), "computed".into(), 0.into(), counter.into()])
}

fn consent(customer: i64, purpose: &str, granted: bool) -> Statement {
    let columns = "consents (customer_id, purpose, granted, answered_at, source)";
    insert(columns, vec![customer.into(), purpose.into(), granted.into(), 0.into(), "".into()])
}

fn subscription(customer: i64, list: &str, status: &str) -> Statement {
    insert("subscriptions (customer_id, list, status, changed_at)", vec![customer.into(), list.into(), status.into(), 0.into()])
}

fn company_row(Company { id, name, vat_id, created_at }: &Company) -> Statement {
    let columns = "companies (id, name, name_folded, vat_id, vat_id_folded, version, created_at, updated_at)";
    let folded = vat_id.as_deref().map(sql::fold).into();
    let values = vec![(*id).into(), name.into(), sql::fold(name).into(), vat_id.clone().into(), folded, 1.into()];
    insert(columns, values.into_iter().chain([(*created_at).into(), (*created_at).into()]).collect())
}

fn activity_row(customer: i64, activity: &Activity) -> Statement {
    let columns = "activities (customer_id, type, occurred_at, id, attributes, attributes_folded, version, created_at, updated_at)";
    let Activity { id, kind, at, attributes } = activity;
    let folded = fold_document(attributes).into();
    insert(
        columns,
        vec![customer.into(), (*kind).into(), (*at).into(), (*id).into(), attributes.into(), folded, 1.into(), 0.into(), 0.into()],
    )
}

fn customer_row(customer: &Customer) -> Statement {
    let columns = "customers (id, token, published, active, email_ok, firstname, firstname_folded, city, city_folded, time_zone, \
                   time_zone_folded, birth_date, profiling_consent, company_id, fields, fields_folded, search_folded, version, created_at, updated_at)";
    let id = customer.id;
    let mut values: Vec<sql::Value> = vec![id.into(), id.to_string().into(), true.into(), customer.active.into(), customer.email_ok.into()];
    for text in &customer.texts {
        values.extend([text.clone().into(), text.as_deref().map(sql::fold).into()]);
    }
    let folded = fold_document(&customer.fields).unwrap_or_else(|| customer.fields.clone());
    let company = customer.company.as_ref().map(|company| company.id);
    values.extend([customer.birth_date.clone().into(), false.into(), company.into()]);
    values.extend([(&customer.fields).into(), folded.into(), "".into()]);
    values.extend([1.into(), customer.created_at.into(), 0.into()]);
    insert(columns, values)
}

fn insert(columns: &str, values: Vec<sql::Value>) -> Statement {
    let mut statement = Statement::new(&format!("insert into {columns} values ("));
    for (place, value) in values.into_iter().enumerate() {
        statement.push(if place > 0 { ", " } else { "" }).bind(value);
    }
    statement.push(")");
    statement
}
