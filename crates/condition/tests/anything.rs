//! Whatever comes to the door: nothing makes it panic, and what it lets in works everywhere.

mod random;

use condition::{
    Catalogue, Facts, Shown, check, check_where, check_with_trigger, due, evaluate, explain, flat, needs, refusals, render, search,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use random::NOWS;
use serde_json::{Map, Value, json};

/// Words that mean something somewhere, so that nonsense comes close to sense.
const KEYS: [&str; 27] = [
    "all",
    "any",
    "not",
    "fact",
    "name",
    "op",
    "value",
    "values",
    "to",
    "exact",
    "type",
    "where",
    "within",
    "from",
    "measure",
    "attribute",
    "steps",
    "span",
    "id",
    "reference",
    "counter",
    "purpose",
    "list",
    "segments",
    "target_groups",
    "extra.value",
    "",
];
const WORDS: [&str; 36] = [
    "field",
    "activity",
    "sequence",
    "segment",
    "consent",
    "subscription",
    "company",
    "customer",
    "attribute",
    "trigger_segment",
    "browser",
    "eq",
    "ne",
    "in",
    "not_in",
    "matches",
    "between",
    "modulo",
    "set",
    "not_set",
    "within_last",
    "older_than",
    "anniversary_within",
    "has_all",
    "granted",
    "count",
    "sum",
    "last",
    "city",
    "score",
    "birthDate",
    "createdAt",
    "extra.value",
    "30d",
    "2024-02-29",
    "(a|b",
];

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => select(&WORDS[..]).prop_map(Value::from), 1 => any::<String>().prop_map(Value::from), 1 => any::<bool>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from), 1 => any::<f64>().prop_map(Value::from), 1 => Just(Value::Null), 1 => Just(json!(1)),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        let key = prop_oneof![9 => select(&KEYS[..]).prop_map(str::to_owned), 1 => any::<String>()];
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            3 => prop::collection::vec((key, inner), 0..6).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// What is done to one place of a condition that was fine.
#[derive(Debug, Clone)]
enum Change {
    Replace(Value),
    Remove,
    Rename(&'static str),
    Add(&'static str, Value),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        anything().prop_map(Change::Replace),
        select(&WORDS[..]).prop_map(|word| Change::Replace(json!(word))),
        Just(Change::Remove),
        select(&KEYS[..]).prop_map(Change::Rename),
        (select(&KEYS[..]), anything()).prop_map(|(key, value)| Change::Add(key, value)),
    ]
}

fn mutated() -> impl Strategy<Value = Value> {
    let changes = prop::collection::vec((any::<Index>(), change()), 1..4);
    (random::conditions::condition(), changes).prop_map(|(mut condition, changes)| {
        for (place, change) in changes {
            let mut paths = vec![String::new()];
            places(&condition, "", &mut paths);
            apply(&mut condition, &paths[place.index(paths.len())], change);
        }
        condition
    })
}

fn places(json: &Value, path: &str, into: &mut Vec<String>) {
    let mut inside = |key: &str, value: &Value| {
        let path = format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"));
        into.push(path.clone());
        places(value, &path, into);
    };
    match json {
        Value::Array(elements) => elements.iter().enumerate().for_each(|(place, value)| inside(&place.to_string(), value)),
        Value::Object(members) => members.iter().for_each(|(key, value)| inside(key, value)),
        _ => {}
    }
}

fn apply(condition: &mut Value, path: &str, change: Change) {
    let (parent, last) = path.rsplit_once('/').unwrap_or(("", ""));
    let members = |condition: &mut Value| condition.pointer_mut(parent).and_then(Value::as_object_mut).map(std::mem::take);
    let edit = |condition: &mut Value, edit: &dyn Fn(&mut Map<String, Value>)| {
        if let Some(mut taken) = members(condition) {
            edit(&mut taken);
            if let Some(place) = condition.pointer_mut(parent) {
                *place = Value::Object(taken);
            }
        }
    };
    match change {
        Change::Replace(value) => condition.pointer_mut(path).into_iter().for_each(|place| *place = value.clone()),
        Change::Remove => edit(condition, &|members| drop(members.remove(last))),
        Change::Rename(key) => edit(condition, &|members| {
            if let Some(value) = members.remove(last) {
                members.insert(key.to_owned(), value);
            }
        }),
        Change::Add(key, value) => {
            if let Some(members) = condition.pointer_mut(path).and_then(Value::as_object_mut) {
                members.insert(key.to_owned(), value);
            }
        }
    }
}

/// Takes it through everything there is.
fn go_through(json: &Value, catalogue: &Catalogue, facts: &Facts) -> Result<(), TestCaseError> {
    let _: Result<_, Vec<_>> = check(json, catalogue);
    let _: Result<_, Vec<_>> = check_where(json);
    let tree = match check_with_trigger(json, catalogue) {
        Ok(tree) => tree,
        Err(problems) => {
            prop_assert!(!problems.is_empty());
            for problem in problems {
                // A key that is missing is told at its place in the object that lacks it.
                let parent = problem.path.rsplit_once('/').map_or("", |(parent, _)| parent);
                prop_assert!(json.pointer(&problem.path).or_else(|| json.pointer(parent)).is_some(), "{problem:?} leads nowhere");
            }
            return Ok(());
        }
    };
    prop_assert_eq!(tree.to_json(), json.clone());
    let read = needs(&tree);
    prop_assert!(read.covers(&read));
    for now in NOWS {
        let holds = evaluate(&tree, facts, now);
        prop_assert_eq!(&explain(&tree, facts, now, Shown::Everything)["matches"], &json!(holds));
        prop_assert_eq!(refusals(&tree, facts, now, 3).is_empty(), holds);
        prop_assert!(due(&tree, facts, now).is_none_or(|due| due > now && read.time));
    }
    let mut statement = sql::Statement::default();
    render(&tree, NOWS[0], &mut statement);
    prop_assert!(statement.values.len() <= sql::VALUES_MAX);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_documents(json in anything(), customer in random::customer(1)) {
        go_through(&json, &random::catalogue(), &customer.facts())?;
        let _: Result<_, Vec<_>> = flat::parse(&json, &random::catalogue());
    }

    #[test]
    fn conditions_that_were_fine_before(json in mutated(), customer in random::customer(1)) {
        go_through(&json, &random::catalogue(), &customer.facts())?;
    }

    #[test]
    fn flat_conditions(
        tests in prop::collection::vec((select(&["and", "or", "and_not"][..]), any::<bool>(), any::<bool>(), anything()), 0..8),
        class in select(&["Customer", "Segment", "CustomerField", "CountActivities", "CountTrackedSegment"][..]),
    ) {
        let tests = tests.into_iter().map(|(operator, opens, closes, options)| {
            let usual = json!({"customerId": 1, "segmentId": "2", "fieldname": "city", "fieldvalue": "x", "count": 2});
            let options = if options.is_object() { options } else { usual };
            json!({"implementationClass": class, "operator": operator, "bracketLeft": opens, "bracketRight": closes, "options": options})
        });
        if let Ok(condition) = flat::parse(&tests.collect(), &random::catalogue()) {
            prop_assert!(check_with_trigger(&condition, &random::catalogue()).is_ok(), "{condition}");
        }
    }

    #[test]
    fn texts_of_searches(
        arbitrary in any::<String>(),
        close in prop::collection::vec(select(&["AND ", "OR ", "NOT ", "!", "(", ")", "\"", "'", "*", "a", "B ", " ", "7", "ü*", "."][..]), 0..30),
    ) {
        for text in [arbitrary, close.concat()] {
            match search::parse(&text, &["id", "city", "note"], &random::catalogue()) {
                Ok(condition) => prop_assert!(check(&condition, &random::catalogue()).is_ok(), "{text:?}: {condition}"),
                Err(problem) => prop_assert!((1..=text.chars().count() + 1).contains(&problem.at), "{text:?}: {problem:?}"),
            }
        }
    }
}
