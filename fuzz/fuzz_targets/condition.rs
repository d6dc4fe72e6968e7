//! Any JSON as a condition, and any as flat conditions: nothing panics, and what is let in works everywhere.
#![no_main]

use condition::{Catalogue, Facts, FieldKind, check_with_trigger, due, evaluate, explain, flat, refusals, render};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

const NOW: i64 = 1_772_325_000_000_000;

fuzz_target!(|bytes: &[u8]| {
    let Ok(json) = serde_json::from_slice::<Value>(bytes) else { return };
    let catalogue = catalogue();
    let facts = Facts::new(1, catalogue.zone.clone());
    for json in [Some(json.clone()), flat::parse(&json, &catalogue).ok()].into_iter().flatten() {
        let Ok(tree) = check_with_trigger(&json, &catalogue) else { continue };
        let holds = evaluate(&tree, &facts, NOW);
        assert_eq!(explain(&tree, &facts, NOW)["matches"], Value::Bool(holds));
        assert_eq!(refusals(&tree, &facts, NOW, 4).is_empty(), holds);
        assert!(due(&tree, &facts, NOW).is_none_or(|due| due > NOW));
        let mut statement = sql::Statement::default();
        render(&tree, NOW, &mut statement);
        assert!(statement.values.len() <= sql::VALUES_MAX);
    }
});

fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::built_in();
    catalogue.add_custom_field("score", FieldKind::Number);
    catalogue.add_custom_field("tags", FieldKind::List);
    catalogue.add_custom_field("extra", FieldKind::Json);
    catalogue.add_segment(1, "one");
    catalogue
}
