//! The rules of the repository that neither the compiler nor clippy holds. Each rule is a function from the files to what
//! is wrong with them, so that a test can show each one a violation. Run by `cargo xtask tidy` and by `cargo test`.

mod documents;
mod functions;
mod manifests;
pub mod migrations;
mod shape;
mod slices;
mod source;
mod statements;
pub mod tree;
mod words;

use crate::repository;
use anyhow::{Result, bail};
use std::fmt;
use tree::Tree;

type Rule = fn(&Tree) -> Vec<Violation>;

const RULES: [Rule; 23] = [
    shape::opening_comments,
    shape::file_lengths,
    shape::function_lengths,
    shape::no_mod_files,
    statements::places,
    statements::portability,
    slices::order,
    slices::known,
    slices::private_stores,
    slices::drivers,
    words::names,
    words::loose_ends,
    words::machine_paths,
    migrations::primary_keys,
    migrations::personal_tables,
    migrations::recorded,
    manifests::workspace_versions,
    manifests::unused_dependencies,
    manifests::licence_list,
    manifests::web_packages,
    documents::architecture_crates,
    documents::architecture_slices,
    documents::links,
];

#[derive(Debug)]
pub struct Violation {
    path: String,
    line: usize,
    rule: &'static str,
    what: String,
}

impl Violation {
    fn new(path: &str, line: usize, rule: &'static str, what: impl Into<String>) -> Violation {
        Violation { path: path.to_owned(), line, rule, what: what.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "{}:{}: {}: {}", self.path, self.line, self.rule, self.what)
    }
}

pub fn run() -> Result<()> {
    let root = repository::root()?;
    let tree = Tree::read(&root)?;
    let mut violations: Vec<Violation> = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    violations.extend(manifests::packages(&tree, &manifests::metadata(&root)?));
    for violation in &violations {
        println!("{violation}");
    }
    match violations.len() {
        0 => Ok(()),
        count => bail!("{count} violations of the repository's rules"),
    }
}

/// What a rule finds in files written down in a test, as `path:line: what`.
#[cfg(test)]
fn found(rule: Rule, files: &[(&str, &str)]) -> Vec<String> {
    rule(&Tree::of(files)).iter().map(|violation| format!("{}:{}: {}", violation.path, violation.line, violation.what)).collect()
}

/// Holds a rule against one file: the lines where it must find something.
#[cfg(test)]
#[track_caller]
fn check(rule: Rule, path: &str, text: &str, lines: &[usize]) {
    let mut found: Vec<usize> = rule(&Tree::of(&[(path, text)])).iter().map(|violation| violation.line).collect();
    found.sort_unstable();
    assert_eq!(found, lines, "{path}:\n{text}");
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_repository_keeps_its_rules() {
        if let Err(error) = super::run() {
            panic!("{error:#}");
        }
    }
}
