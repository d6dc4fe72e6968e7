//! The shape of the server: slices call only those before them, and keep their statements to themselves.

use super::Violation;
use super::source::{Source, in_name, words};
use super::tree::{File, Tree};

/// The order of the slices. Identities come before customers: a customer is found by them, and they know no customer.
pub const SLICES: [&str; 29] = [
    "audit",
    "jobs",
    "rollups",
    "settings",
    "identities",
    "deletions",
    "companies",
    "customers",
    "activities",
    "consents",
    "subscriptions",
    "privacy",
    "segments",
    "duplicates",
    "merging",
    "accounts",
    "links",
    "mail",
    "targeting",
    "webhooks",
    "automation",
    "newsletter",
    "timeline",
    "admin",
    "views",
    "transfer",
    "exports",
    "bulk",
    "dashboard",
];

/// Beside the slices: what a unit of work and the process itself keep in the database.
const SHARED: [&str; 6] = ["app", "work", "worker", "access", "http", "personal"];

const SERVER: &str = "crates/server/src/";

const DRIVERS: [&str; 3] = ["rusqlite", "postgres", "tokio_postgres"];

/// The slices that have a file.
pub fn existing(tree: &Tree) -> Vec<&'static str> {
    SLICES.into_iter().filter(|slice| tree.has(&format!("{SERVER}{slice}.rs"))).collect()
}

pub fn order(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for (file, source) in tree.rust() {
        let Some(own) = slice_of(file) else { continue };
        for (at, name) in references(source) {
            if place(name).is_some_and(|other| own < other) {
                let what = format!("{} comes before {name} and must not call it: tell an event, or move the operation", SLICES[own]);
                found.push(Violation::new(&file.path, source.line_at(at), "slice order", what));
            }
        }
    }
    found
}

/// The slice a folder is part of: a large slice may keep a store in its parts too.
fn top(folder: &str) -> &str {
    folder.split('/').next().unwrap_or(folder)
}

/// A folder with a store is a slice, so it has a place in the order, unless it is one of the few that all slices share.
pub fn known(tree: &Tree) -> Vec<Violation> {
    let stores = tree.rust().filter_map(|(file, _)| Some((file, file.path.strip_prefix(SERVER)?.strip_suffix("/store.rs")?)));
    let unknown = stores.filter(|(_, slice)| place(top(slice)).is_none() && !SHARED.contains(&top(slice)));
    unknown
        .map(|(file, slice)| {
            Violation::new(&file.path, 1, "slice order", format!("{slice} has a store but no place in the order of slices"))
        })
        .collect()
}

pub fn private_stores(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for (file, source) in tree.rust().filter(|(file, _)| file.path.starts_with(SERVER)) {
        let open = source.lines().filter(|(_, line)| line.trim_start().starts_with("pub") && line.contains("mod store"));
        found.extend(open.map(|(line, _)| Violation::new(&file.path, line, "store", "the store of a slice is private to it")));
    }
    found
}

/// The drivers of the databases are known to one crate. The condition language is tried on both databases in its tests.
pub fn drivers(tree: &Tree) -> Vec<Violation> {
    let exempt = |file: &File| file.path.starts_with("crates/store/") || file.path.starts_with("crates/condition/tests/");
    let mut found = Vec::new();
    for (file, source) in tree.rust().filter(|(file, _)| !exempt(file)) {
        for driver in DRIVERS {
            let named = words(&source.code, driver).filter(|at| is_crate(&source.code, *at, driver));
            let what = "a database driver is named outside of crates/store";
            found.extend(named.map(|at| Violation::new(&file.path, source.line_at(at), "driver", what)));
        }
    }
    found
}

fn is_crate(code: &str, at: usize, name: &str) -> bool {
    let (before, after) = (code[..at].trim_end(), &code[at + name.len()..]);
    (after.starts_with("::") && !before.ends_with("::")) || (before.ends_with("use") && after.starts_with([';', ' ']))
}

fn place(name: &str) -> Option<usize> {
    SLICES.iter().position(|slice| *slice == name)
}

fn slice_of(file: &File) -> Option<usize> {
    let path = file.path.strip_prefix(SERVER)?;
    place(path.split(['/', '.']).next()?)
}

/// What is named right after `crate::` or a chain of `super::`, singly or in braces.
fn references(source: &Source) -> Vec<(usize, &str)> {
    let roots = ["crate", "super"].into_iter().flat_map(|root| words(&source.code, root).map(move |at| at + root.len()));
    let mut found = Vec::new();
    for at in roots {
        let Some(path) = source.code[at..].strip_prefix("::") else { continue };
        match path.strip_prefix('{').and_then(|_| source.closing(at + 2)) {
            Some(close) => found.extend(group(&source.code, at + 3, close)),
            None => found.push((at + 2, name(path))),
        }
    }
    found
}

/// The first name of each path in `{a::b, c, d::{e, f}}`.
fn group(code: &str, from: usize, to: usize) -> Vec<(usize, &str)> {
    let (mut depth, mut fresh, mut found) = (0, true, Vec::new());
    for (offset, byte) in code[from..to].bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            b',' if depth == 0 => fresh = true,
            byte if fresh && in_name(byte) => {
                found.push((from + offset, name(&code[from + offset..to])));
                fresh = false;
            }
            _ => {}
        }
    }
    found
}

fn name(text: &str) -> &str {
    &text[..text.bytes().position(|byte| !in_name(byte)).unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn a_slice_calls_only_those_before_it() {
        check(order, "crates/server/src/customers.rs", "use crate::identities;\nuse crate::segments;\n", &[2]);
        check(order, "crates/server/src/customers/routes.rs", "fn a() { crate::automation::fire() }", &[1]);
        check(order, "crates/server/src/customers.rs", "use crate::{\n  jobs::{Job, segments},\n  mail,\n};", &[3]);
        check(order, "crates/server/src/customers.rs", "use super::admin::Role;", &[1]);
        check(order, "crates/server/src/customers.rs", "// crate::segments\nuse crate::customers::model;\nuse crate::segments_view;", &[]);
        check(order, "crates/server/src/reactions.rs", "use crate::{segments, automation};", &[]);
        check(order, "crates/server/src/segments.rs", "use crate::customers;", &[]);
    }

    #[test]
    fn a_slice_has_a_place() {
        check(known, "crates/server/src/segments/store.rs", "", &[]);
        check(known, "crates/server/src/work/store.rs", "", &[]);
        check(known, "crates/server/src/loyalty/store.rs", "", &[1]);
    }

    #[test]
    fn stores_are_private() {
        check(private_stores, "crates/server/src/segments.rs", "mod store;\n", &[]);
        check(private_stores, "crates/server/src/segments.rs", "pub mod model;\npub mod store;\n", &[2]);
        check(private_stores, "crates/server/src/segments.rs", "pub(crate) mod store;\n", &[1]);
    }

    #[test]
    fn drivers_are_named_in_one_crate() {
        check(drivers, "crates/server/src/jobs.rs", "use rusqlite::Row;", &[1]);
        check(drivers, "crates/server/src/jobs.rs", "fn a(b: &postgres::Row) {}", &[1]);
        check(drivers, "crates/server/src/jobs.rs", "// postgres::Row\nlet a = store::postgres::open(\"postgres://\");", &[]);
        check(drivers, "crates/store/src/sqlite.rs", "use rusqlite::Row;", &[]);
        check(drivers, "crates/condition/tests/agreement.rs", "use rusqlite::Row;", &[]);
    }
}
