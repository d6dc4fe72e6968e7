//! The migrations: what every table has, and that a released migration stays as it was.

use super::Violation;
use super::source::words;
use super::tree::{File, Tree};
use std::collections::BTreeMap;

const FOLDER: &str = "crates/store/migrations/";
const OWNERS: &str = "crates/server/src/personal.rs";

/// One line per migration: its name, its checksum, and the version it was released in. Written by `generate`, which
/// renews the line of a migration until it is released and never afterwards.
pub const CHECKSUMS: &str = "crates/store/migrations/checksums.txt";
const UNRELEASED: &str = "unreleased";

struct Table<'a> {
    file: &'a File,
    line: usize,
    body: &'a str,
}

/// A constraint without a name cannot be dropped alike on both databases.
pub fn primary_keys(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in migrations(tree) {
        for (name, table) in created(file) {
            let named = table.body.lines().any(|line| line.trim_start().starts_with("constraint ") && line.contains(" primary key"));
            if !named {
                found.push(Violation::new(&file.path, table.line, "primary key", format!("{name} has no named primary key")));
            }
        }
    }
    found
}

/// What is kept about a customer is exported, erased and merged: every such table has an owner who knows how.
pub fn personal_tables(tree: &Tree) -> Vec<Violation> {
    let tables = standing(tree);
    let bound = tables.iter().filter(|(_, table)| words(table.body, "customer_id").next().is_some());
    let owners = tree.file(OWNERS).and_then(|file| file.source.as_ref());
    let is_owned = |name: &str| {
        owners
            .is_some_and(|source| words(&source.code, name).next().is_some() || source.literals.iter().any(|literal| literal.text == name))
    };
    let orphans = bound.filter(|(name, _)| !is_owned(name));
    orphans
        .map(|(name, table)| {
            Violation::new(&table.file.path, table.line, "personal data", format!("{name} has a customer_id but no owner in {OWNERS}"))
        })
        .collect()
}

/// Whoever has run a migration never runs it again.
pub fn recorded(tree: &Tree) -> Vec<Violation> {
    let records = records(tree);
    let mut found = Vec::new();
    for file in migrations(tree) {
        match records.get(file.name()) {
            Some((sum, _)) if *sum == checksum(&file.text) => {}
            Some((_, version)) if *version != UNRELEASED => {
                found.push(Violation::new(&file.path, 1, "migration", format!("changed although released in {version}: write a new one")));
            }
            _ => found.push(Violation::new(&file.path, 1, "migration", "its checksum is not recorded: run cargo xtask generate")),
        }
    }
    let lost = records.keys().filter(|name| !tree.has(&format!("{FOLDER}{name}")));
    found.extend(lost.map(|name| Violation::new(CHECKSUMS, 1, "migration", format!("{name} is recorded and gone"))));
    found
}

/// The content of [`CHECKSUMS`] for the migrations as they are.
pub fn checksums(tree: &Tree) -> String {
    recording(tree, UNRELEASED)
}

/// The same with every migration so far marked as released in the version of the workspace.
pub fn released(tree: &Tree) -> String {
    let manifest = tree.file("Cargo.toml").map_or("", |file| &file.text);
    let version = manifest.lines().find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"')).unwrap_or(UNRELEASED);
    recording(tree, version)
}

fn recording(tree: &Tree, version: &str) -> String {
    let records = records(tree);
    let line = |file: &File| match records.get(file.name()) {
        Some((sum, released)) if *released != UNRELEASED => format!("{} {sum} {released}\n", file.name()),
        _ => format!("{} {} {version}\n", file.name(), checksum(&file.text)),
    };
    migrations(tree).map(line).collect()
}

fn records(tree: &Tree) -> BTreeMap<&str, (&str, &str)> {
    let text = tree.file(CHECKSUMS).map_or("", |file| &file.text);
    let parts = text.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    parts.filter_map(|parts| Some((*parts.first()?, (*parts.get(1)?, *parts.get(2)?)))).collect()
}

fn migrations(tree: &Tree) -> impl Iterator<Item = &File> {
    tree.files.iter().filter(|file| file.path.starts_with(FOLDER) && file.path.ends_with(".sql"))
}

/// FNV-1a of 64 bits: it guards against slips, not against malice.
fn checksum(text: &str) -> String {
    let sum = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{sum:016x}")
}

/// The tables that stand after all migrations. A column added later counts as part of the table.
fn standing(tree: &Tree) -> BTreeMap<&str, Table<'_>> {
    let mut tables = BTreeMap::new();
    for file in migrations(tree) {
        tables.extend(created(file));
        for (number, line) in file.lines() {
            let words: Vec<&str> = line.split([' ', ';']).filter(|word| !word.is_empty()).collect();
            match words.as_slice() {
                ["drop", "table", name] => drop(tables.remove(name)),
                ["alter", "table", name, "rename", "to", new] => {
                    tables.remove(name).map(|table| tables.insert(new, table));
                }
                ["alter", "table", name, "add", "column", "customer_id", ..] => {
                    tables.insert(name, Table { file, line: number, body: line });
                }
                _ => {}
            }
        }
    }
    tables
}

/// Every `create table name (…)`, which begins at the left edge and ends where a line begins with its closing bracket.
fn created(file: &File) -> Vec<(&str, Table<'_>)> {
    let begins = file.text.match_indices("create table ").filter(|(at, _)| *at == 0 || file.text.as_bytes()[at - 1] == b'\n');
    let table = |(at, keyword): (usize, &str)| {
        let rest = &file.text[at + keyword.len()..];
        let body = &rest[..rest.find("\n)").unwrap_or(rest.len())];
        let name = body.split([' ', '(']).next().unwrap_or_default();
        let line = file.text[..at].lines().count() + 1;
        (name, Table { file, line, body })
    };
    begins.map(table).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{check, found};
    use super::*;

    const FIRST: &str = "crates/store/migrations/0001_first.sql";

    #[test]
    fn tables_have_a_named_primary_key() {
        check(primary_keys, FIRST, "-- a\ncreate table a (\n  id bigint not null,\n  constraint a_pk primary key (id)\n);\n", &[]);
        check(primary_keys, FIRST, "-- a\ncreate table a (\n  id bigint primary key\n);\ncreate table b (\n  id bigint\n);\n", &[2, 5]);
    }

    #[test]
    fn tables_about_customers_have_an_owner() {
        let notes = (FIRST, "create table notes (\n  customer_id bigint not null\n);\ncreate table rules (\n  id bigint\n);\n");
        let missing = ["crates/store/migrations/0001_first.sql:1: notes has a customer_id but no owner in crates/server/src/personal.rs"];
        assert_eq!(found(personal_tables, &[notes]), missing);
        assert_eq!(found(personal_tables, &[notes, (OWNERS, "// notes\n")]), missing);
        assert!(found(personal_tables, &[notes, (OWNERS, "const A: &str = \"notes\";")]).is_empty());
        assert!(found(personal_tables, &[notes, ("crates/store/migrations/0002_b.sql", "drop table notes;\n")]).is_empty());
        assert!(
            found(personal_tables, &[notes, ("crates/store/migrations/0002_b.sql", "alter table notes rename to b;\ndrop table b;\n")])
                .is_empty()
        );
        assert_eq!(found(personal_tables, &[(FIRST, "alter table rules add column customer_id bigint;\n")]).len(), 1);
    }

    #[test]
    fn a_released_migration_stays_as_it_was() {
        let first = (FIRST, "create table a ();\n");
        let open = checksums(&Tree::of(&[first]));
        assert!(found(recorded, &[first, (CHECKSUMS, &open)]).is_empty());
        assert_eq!(
            found(recorded, &[first]),
            ["crates/store/migrations/0001_first.sql:1: its checksum is not recorded: run cargo xtask generate"]
        );
        assert_eq!(
            found(recorded, &[(CHECKSUMS, &open)]),
            ["crates/store/migrations/checksums.txt:1: 0001_first.sql is recorded and gone"]
        );

        let manifest = ("Cargo.toml", "[workspace.package]\nversion = \"1.2.0\"\n");
        let closed = released(&Tree::of(&[first, manifest, (CHECKSUMS, &open)]));
        let edited = (FIRST, "create table b ();\n");
        assert_eq!(
            found(recorded, &[edited, (CHECKSUMS, &closed)]),
            ["crates/store/migrations/0001_first.sql:1: changed although released in 1.2.0: write a new one"]
        );
        assert_eq!(checksums(&Tree::of(&[edited, (CHECKSUMS, &closed)])), closed, "generating again does not launder it");
        assert_ne!(checksums(&Tree::of(&[edited, (CHECKSUMS, &open)])), open);
    }
}
