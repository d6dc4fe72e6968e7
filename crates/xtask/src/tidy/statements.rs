//! SQL: where it may stand, and the words that would tie it to one database.

use super::Violation;
use super::tree::{File, Tree};

/// How statements begin, with something else that they then have, so that a sentence is not taken for one.
const BEGINNINGS: [(&str, &[&str]); 10] = [
    ("select ", &[" from ", "$", "select 1", "exists (", "(select "]),
    ("insert into ", &[" values", " select ", "("]),
    ("update ", &[" set "]),
    ("delete from ", &["delete from "]),
    ("with ", &[" as (", " as materialized ("]),
    ("create table ", &["("]),
    ("create index ", &[" on "]),
    ("create unique index ", &[" on "]),
    ("alter table ", &["alter table "]),
    ("drop table ", &["drop table "]),
];

/// What the three databases do not share, or what would let a statement see more than it was asked for.
const FORBIDDEN: [(&str, &str); 22] = [
    ("= any(", "write in ($1, $2)"),
    ("= any (", "write in ($1, $2)"),
    ("unnest", "write a values list"),
    ("distinct on", "use a window function"),
    ("lateral", "use a join or a window function"),
    ("merge into", "write insert … on conflict"),
    ("by rollup", "write one select per level"),
    ("now()", "bind the time of the unit of work"),
    ("current_timestamp", "bind the time of the unit of work"),
    (" like ", "use the token {contains x y}"),
    (" ilike ", "use the token {contains x y} on a folded column"),
    ("::", "write cast(x as type)"),
    (" offset ", "page by key"),
    ("select *", "name the columns"),
    (".*,", "name the columns"),
    (".* from", "name the columns"),
    ("returning *", "name the columns"),
    ("strftime", "times are microseconds; compute in Rust"),
    ("datetime(", "times are microseconds; compute in Rust"),
    ("julianday", "times are microseconds; compute in Rust"),
    ("date_trunc", "times are microseconds; compute in Rust"),
    ("to_timestamp", "times are microseconds; compute in Rust"),
];

/// A statement stands in the store of its slice, where the next reader looks for it.
pub fn places(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for (file, source) in tree.rust().filter(|(file, _)| !may_hold_sql(file)) {
        for literal in source.literals.iter().filter(|literal| !source.is_test(literal.line)) {
            let text = flat(&literal.text);
            if is_statement(&text.to_lowercase()) && (is_lower(&text) || is_upper(&text)) {
                found.push(Violation::new(
                    &file.path,
                    literal.line,
                    "sql place",
                    format!("{:?} belongs into the slice's store.rs", shown(&text)),
                ));
            }
        }
    }
    found
}

/// One text for every database, in one spelling.
pub fn portability(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    // The dialects exist to hold what differs.
    let stores = tree
        .rust()
        .filter(|(file, _)| may_hold_sql(file) && !file.is_test() && !file.is_rule() && !file.path.ends_with("sql/src/dialect.rs"));
    for (file, source) in stores {
        for literal in source.literals.iter().filter(|literal| !source.is_test(literal.line)) {
            let text = flat(&literal.text);
            if is_part(&text.to_lowercase()) {
                judge(file, literal.line, &text, &mut found);
            }
        }
    }
    for file in tree.files.iter().filter(|file| file.path.ends_with(".sql") && !file.is_generated() && !file.is_test()) {
        for (number, line) in file.lines().filter(|(_, line)| !line.trim_start().starts_with("--")) {
            judge(file, number, &flat(line), &mut found);
        }
    }
    found
}

fn judge(file: &File, line: usize, text: &str, found: &mut Vec<Violation>) {
    let spaced = format!(" {text} ");
    for (word, instead) in FORBIDDEN.iter().filter(|(word, _)| spaced.to_lowercase().contains(word)) {
        found.push(Violation::new(&file.path, line, "sql portability", format!("{:?}: {instead}", word.trim())));
    }
    if is_upper(text) {
        found.push(Violation::new(&file.path, line, "sql case", "sql is written in lower case"));
    }
}

fn may_hold_sql(file: &File) -> bool {
    let crates = ["crates/store/", "crates/sql/", "crates/condition/"];
    crates.iter().any(|home| file.path.starts_with(home))
        || file.path.starts_with("crates/server/") && (file.name() == "store.rs" || file.path.contains("/store/"))
        || file.is_test()
        || file.is_rule()
}

/// In one line, with single spaces, continued lines joined.
fn flat(text: &str) -> String {
    text.replace("\\\n", " ").replace("\\n", " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_statement(text: &str) -> bool {
    BEGINNINGS.iter().any(|(begins, has)| text.starts_with(begins) && has.iter().any(|part| text.contains(part)))
}

/// Whether a text in a store is SQL: a statement, or a piece from which one is put together.
fn is_part(text: &str) -> bool {
    let pieces = [
        "select ",
        "from ",
        "where ",
        "and ",
        "or ",
        "order by ",
        "limit ",
        "on conflict ",
        "returning ",
        "join ",
        "values ",
        "exists (",
        "(",
    ];
    is_statement(text) || pieces.iter().any(|piece| text.starts_with(piece)) || has_placeholder(text)
}

fn has_placeholder(text: &str) -> bool {
    text.as_bytes().windows(2).any(|pair| pair[0] == b'$' && pair[1].is_ascii_digit())
}

fn is_lower(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
}

/// "SELECT", not the "Select" that begins a sentence.
fn is_upper(text: &str) -> bool {
    let first = text.split(' ').next().unwrap_or_default();
    first.chars().all(|letter| letter.is_ascii_uppercase())
        && BEGINNINGS.iter().any(|(begins, _)| begins.split(' ').next() == Some(&first.to_lowercase()))
}

fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{check, found};
    use super::*;

    #[test]
    fn statements_stand_in_stores() {
        let code = "fn a() {\n  b(\"select name from fields where id = $1\");\n}";
        check(places, "crates/server/src/fields.rs", code, &[2]);
        check(places, "crates/cli/src/main.rs", &code.replace("select name from", "SELECT name FROM"), &[2]);
        check(places, "crates/server/src/fields.rs", "const A: &str = \"\n  update fields set name = $1\";", &[1]);
        check(places, "crates/server/src/fields.rs", "const A: &str = r#\"with a as (select 1)\"#;", &[1]);
        check(places, "crates/server/src/fields/store.rs", code, &[]);
        check(places, "crates/store/src/pool.rs", code, &[]);
        check(places, "crates/server/tests/fields.rs", code, &[]);
        check(places, "crates/server/src/fields.rs", &format!("#[cfg(test)]\nmod tests {{\n{code}\n}}"), &[]);
    }

    #[test]
    fn sentences_are_no_statements() {
        let words =
            ["select", "update the customer", "create", "with care", "delete", "Select a customer from the list", "insert into a segment"];
        for word in words {
            check(places, "crates/server/src/a.rs", &format!("const A: &str = \"{word}\";"), &[]);
        }
    }

    #[test]
    fn words_of_one_database_are_found() {
        let tied = [
            "select id from a where id = any($1)",
            "select id from unnest($1)",
            "select distinct on (a) b from c",
            "select id from a, lateral (select 1)",
            "merge into a using b",
            "select a from b group by rollup (a)",
            "select now() from a",
            "and name like $1",
            "select a::text from b",
            "select a from b limit 1 offset 2",
            "select * from a",
            "select a.*, b from c",
            "insert into a (b) values ($1) returning *",
            "select strftime('%s', a) from b",
            "select datetime(a) from b",
            "SELECT a FROM b",
        ];
        for text in tied.iter().filter(|text| !text.starts_with("merge")) {
            check(portability, "crates/server/src/a/store.rs", &format!("fn a() {{ b(\"{text}\") }}"), &[1]);
        }
        for text in tied {
            check(portability, "crates/store/migrations/0002_a.sql", &format!("-- now() is fine here\n{text}"), &[2]);
        }
    }

    #[test]
    fn what_all_databases_share_is_fine() {
        let shared =
            "const A: &str = \"select count(*), cast(a as text) from b where a in ($1, $2)\"; const B: &str = \"looks like std::fmt\";";
        check(portability, "crates/server/src/a/store.rs", shared, &[]);
        check(portability, "crates/sql/src/dialect.rs", "const A: &str = \"select a::text from b\";", &[]);
        assert_eq!(
            found(portability, &[("crates/condition/src/render.rs", "a(\"and b like \\\n   $1\")")]),
            ["crates/condition/src/render.rs:1: \"like\": use the token {contains x y}"]
        );
    }
}
