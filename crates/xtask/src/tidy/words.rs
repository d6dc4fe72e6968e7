//! Words that say too little, and words that must not be left lying around.

use super::Violation;
use super::source::{Source, in_name, words};
use super::tree::{File, Tree};

/// They fit everything, so they name nothing.
const EMPTY: [&str; 7] = ["manager", "helper", "util", "handler", "service", "info", "common"];

const RUST_ITEMS: [&str; 6] = ["struct", "enum", "fn", "mod", "trait", "type"];
const TYPESCRIPT_ITEMS: [&str; 5] = ["function", "class", "interface", "type", "enum"];

/// Open points belong into an issue, and a test runs or does not exist.
const LOOSE_ENDS: [&str; 14] = [
    "TODO",
    "FIXME",
    "todo!",
    "unimplemented!",
    "#[ignore",
    "it.skip(",
    "test.skip(",
    "describe.skip(",
    "it.only(",
    "test.only(",
    "describe.only(",
    "it.todo(",
    "test.todo(",
    "@ts-ignore",
];

/// Folders of the machine something was written on.
const MACHINE: [&str; 3] = ["/work/", "/root/", "/tmp/"];

/// Names of files and of items.
pub fn names(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for (file, source) in tree.sources() {
        let mut report = |line: usize, name: &str| {
            if let Some(word) = empty_word(name) {
                found.push(Violation::new(&file.path, line, "names", format!("{name}: {word} says nothing; say what it does")));
            }
        };
        let folders = file.path.split('/').map(|part| part.split('.').next().unwrap_or(part));
        folders.for_each(|part| report(1, part));
        items(file, source).for_each(|(at, name)| report(source.line_at(at), name));
    }
    found
}

fn items<'a>(file: &File, source: &'a Source) -> impl Iterator<Item = (usize, &'a str)> {
    let keywords: &[&str] = if file.path.ends_with(".rs") { &RUST_ITEMS } else { &TYPESCRIPT_ITEMS };
    let places = keywords.iter().flat_map(|keyword| words(&source.code, keyword).map(|at| at + keyword.len()));
    places.filter_map(|at| {
        let rest = source.code[at..].strip_prefix(' ')?;
        let end = rest.bytes().position(|byte| !in_name(byte)).unwrap_or(rest.len());
        Some((at, &rest[..end]))
    })
}

/// The empty word in a name, whatever its spelling: snake, kebab or camel, singular or plural.
fn empty_word(name: &str) -> Option<&'static str> {
    let mut spaced = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() || letter == '_' || letter == '-' {
            spaced.push(' ');
        }
        spaced.extend(letter.to_lowercase().filter(|letter| letter.is_alphanumeric()));
    }
    EMPTY.into_iter().find(|empty| spaced.split(' ').any(|word| word == *empty || word.strip_suffix('s') == Some(empty)))
}

pub fn loose_ends(tree: &Tree) -> Vec<Violation> {
    let found = in_every_line(tree, |line| LOOSE_ENDS.into_iter().find(|word| has(line, word)));
    found.map(|(file, line, word)| Violation::new(&file.path, line, "loose end", format!("{word}: finish it, or open an issue"))).collect()
}

pub fn machine_paths(tree: &Tree) -> Vec<Violation> {
    let found = in_every_line(tree, |line| MACHINE.into_iter().find(|path| line.match_indices(path).any(|(at, _)| !continues(line, at))));
    found.map(|(file, line, path)| Violation::new(&file.path, line, "machine path", format!("{path} exists on one machine only"))).collect()
}

fn in_every_line(tree: &Tree, find: fn(&str) -> Option<&'static str>) -> impl Iterator<Item = (&File, usize, &'static str)> {
    let files = tree.files.iter().filter(|file| !file.is_generated() && !file.is_rule());
    files.flat_map(move |file| file.lines().filter_map(move |(number, line)| Some((file, number, find(line)?))))
}

/// The word, not as a part of a longer one.
fn has(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let after = line[at + word.len()..].bytes().next();
        !continues(line, at) && (!word.ends_with(|end: char| end.is_ascii_alphabetic()) || after.is_none_or(|after| !in_name(after)))
    })
}

fn continues(line: &str, at: usize) -> bool {
    line[..at].bytes().next_back().is_some_and(|before| in_name(before) || before == b'.')
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn names_say_something() {
        check(names, "crates/a/src/b.rs", "struct CustomerManager;\nfn util() {}\nenum Info {}\nmod helpers {}\n", &[1, 2, 3, 4]);
        check(names, "crates/a/src/date_utils.rs", "//! Dates.", &[1]);
        check(names, "ui/src/common/b.ts", "// B.\nfunction eventHandler() {}", &[1, 2]);
        check(names, "crates/a/src/b.rs", "// fn helper\nfn information(services_used: u8) { handle(); }\nstruct Handled;", &[]);
    }

    #[test]
    fn nothing_is_left_for_later() {
        check(loose_ends, "docs/a.md", "Later.\nTODO: more\n", &[2]);
        check(loose_ends, "crates/a/src/b.rs", "fn a() { todo!() }\n// FIXME\n#[ignore = \"slow\"]\nunimplemented!();", &[1, 2, 3, 4]);
        check(loose_ends, "ui/src/a.test.ts", "it('a')\nit.skip('b')\ndescribe.only('c')", &[2, 3]);
        check(loose_ends, "crates/a/src/b.rs", "fn a() { b.wait.skip(1) }\nlet TODOS = 1;\ntodo = \"warn\"", &[]);
    }

    #[test]
    fn no_file_knows_the_machine() {
        check(machine_paths, "docs/a.md", "cd /work/main\n", &[1]);
        check(machine_paths, "crates/a/src/b.rs", "let a = \"/tmp/b\";\nlet b = \"/root/c\";", &[1, 2]);
        check(machine_paths, "crates/a/src/b.rs", "let a = \"https://example.org/framework/work/\";", &[]);
        check(machine_paths, "crates/a/src/b.rs", "std::env::temp_dir()", &[]);
    }
}
