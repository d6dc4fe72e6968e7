//! The generated files: written by `cargo xtask generate`, compared by `cargo xtask check`, never edited.

use crate::{command, repository, tidy};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;

struct Generated {
    path: &'static str,
    text: String,
}

pub fn run(arguments: &[String]) -> Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => build_and(write),
        ["--check"] => build_and(compare),
        ["--release"] => release_migrations(),
        _ => bail!("generate takes --check, --release or nothing"),
    }
}

/// Compares with what is in the repository, without building first.
pub fn compare() -> Result<()> {
    let root = repository::root()?;
    let mut stale = Vec::new();
    for file in all(&root)? {
        // A file that is missing differs like an empty one.
        let kept = fs::read_to_string(root.join(file.path)).unwrap_or_default();
        if let Some(difference) = first_difference(&kept, &file.text) {
            println!("{}:{difference}", file.path);
            stale.push(file.path);
        }
    }
    match stale.is_empty() {
        true => Ok(()),
        false => bail!("out of date: {}; run cargo xtask generate", stale.join(", ")),
    }
}

fn write() -> Result<()> {
    let root = repository::root()?;
    for file in all(&root)? {
        write_file(&root, &file)?;
    }
    Ok(())
}

fn write_file(root: &Path, file: &Generated) -> Result<()> {
    let path = root.join(file.path);
    if fs::read_to_string(&path).is_ok_and(|kept| kept == file.text) {
        return Ok(());
    }
    println!("{}", file.path);
    fs::create_dir_all(path.parent().expect("a generated file stands in a folder"))?;
    fs::write(&path, &file.text).with_context(|| format!("cannot write {}", file.path))
}

fn build_and(then: fn() -> Result<()>) -> Result<()> {
    let root = repository::root()?;
    // The binary embeds this folder, and the types that the web app is built with come from the binary.
    fs::create_dir_all(root.join("ui/dist"))?;
    command::run(&mut command::command(&root, &["cargo", "build", "--package", "regulars"]))?;
    then()
}

/// Every generated file, each made from the one before where it depends on it.
fn all(root: &Path) -> Result<Vec<Generated>> {
    let binary = repository::development_binary()?;
    let prints = |what: &str| command::output(command::command(root, &[&*binary.to_string_lossy()]).arg(what));
    let openapi = prints("openapi")?;
    let types = typescript(root, &openapi)?;
    let checksums = tidy::migrations::checksums(&tidy::tree::Tree::read(root)?);
    Ok(vec![
        Generated { path: "openapi.json", text: openapi },
        Generated { path: "ui/src/api/schema.d.ts", text: types },
        Generated { path: "crates/store/schema.sql", text: prints("schema")? },
        Generated { path: tidy::migrations::CHECKSUMS, text: checksums },
    ])
}

/// The same program as `npm run gen:api`, told to print.
fn typescript(root: &Path, openapi: &str) -> Result<String> {
    let input = repository::target()?.join("openapi.json");
    fs::write(&input, openapi).context("cannot write beside the build")?;
    let mut command = command::command(&root.join("ui"), &["node_modules/.bin/openapi-typescript"]);
    command::output(command.arg(&input)).context("the web app's packages may be missing: npm ci in ui/")
}

fn release_migrations() -> Result<()> {
    let root = repository::root()?;
    let text = tidy::migrations::released(&tidy::tree::Tree::read(&root)?);
    write_file(&root, &Generated { path: tidy::migrations::CHECKSUMS, text })
}

/// Where two texts part: the line, and both versions of it.
fn first_difference(kept: &str, made: &str) -> Option<String> {
    if kept == made {
        return None;
    }
    let (mut kept, mut made, mut number) = (kept.lines(), made.lines(), 1);
    loop {
        match (kept.next(), made.next()) {
            (None, None) => return Some(format!("{number}: the line ends differ")),
            (kept, made) if kept == made => number += 1,
            (kept, made) => {
                let shown = |line: Option<&str>| line.unwrap_or("(end of file)").to_owned();
                return Some(format!("{number}: is      {}\n{number}: becomes {}", shown(kept), shown(made)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::first_difference;

    #[test]
    fn the_first_difference_is_named_by_its_line() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_difference("a\nb\n", "a\nc\n").as_deref(), Some("2: is      b\n2: becomes c"));
        assert_eq!(first_difference("", "a\n").as_deref(), Some("1: is      (end of file)\n1: becomes a"));
        assert_eq!(first_difference("a", "a\n").as_deref(), Some("2: the line ends differ"));
    }
}
