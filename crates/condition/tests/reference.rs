//! The examples of docs/conditions.md are what they say they are: conditions.

use std::collections::BTreeSet;

use condition::{Catalogue, FieldKind, check_with_trigger};
use serde_json::{Deserializer, Value};

const REFERENCE: &str = include_str!("../../../docs/conditions.md");

#[test]
fn every_example_is_allowed() {
    let mut catalogue = Catalogue::built_in();
    catalogue.add_custom_field("preferences", FieldKind::Json);
    for (id, reference) in [(1, "newsletter-reader"), (4, "four"), (9, "nine")] {
        catalogue.add_segment(id, reference);
    }
    let mut facts = BTreeSet::new();
    let blocks = REFERENCE.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
    for example in blocks.flat_map(|block| Deserializer::from_str(block).into_iter::<Value>()) {
        let example = example.expect("an example is JSON");
        check_with_trigger(&example, &catalogue).unwrap_or_else(|problems| panic!("{example}: {problems:#?}"));
        facts.extend(example["fact"].as_str().map(str::to_owned));
    }
    let shown: Vec<&str> = facts.iter().map(String::as_str).collect();
    assert_eq!(shown, ["activity", "attribute", "company", "consent", "field", "segment", "sequence", "subscription", "trigger_segment"]);
}
