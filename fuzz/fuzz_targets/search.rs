//! Any text as a search: it becomes a condition that is allowed, or a problem within the text.
#![no_main]

use condition::{Catalogue, check, search};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let catalogue = Catalogue::built_in();
    match search::parse(text, &["id", "email", "city"], &catalogue) {
        Ok(condition) => assert!(check(&condition, &catalogue).is_ok(), "{condition}"),
        Err(problem) => assert!((1..=text.chars().count() + 1).contains(&problem.at), "{problem:?}"),
    }
});
