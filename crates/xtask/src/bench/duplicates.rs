//! `cargo xtask bench duplicates`: how well and how fast duplicates are found among made-up customers, of whom the truth is
//! known, and in files of one's own.

use crate::{command, repository};
use anyhow::{Context, Result, bail, ensure};
use std::path::PathBuf;
use std::process::Command;

const USAGE: &str = "bench duplicates takes --customers N (several times), --crowd N (all of one surname and place), --csv FILE (several times, as FEBRL writes them)";
const CUSTOMERS: [&str; 3] = ["10000", "100000", "1000000"];

pub fn run(arguments: &[String]) -> Result<()> {
    let mut wanted: Vec<[String; 2]> = Vec::new();
    let mut words = arguments.iter().map(String::as_str);
    while let Some(word) = words.next() {
        let mut value = || words.next().map(str::to_owned).with_context(|| format!("{word} needs a value; {USAGE}"));
        match word {
            "--customers" => wanted.push(["people".to_owned(), value()?]),
            "--crowd" => wanted.push(["crowd".to_owned(), value()?]),
            "--csv" => wanted.push(["csv".to_owned(), value()?]),
            _ => bail!("{USAGE}"),
        }
    }
    if wanted.is_empty() {
        wanted = CUSTOMERS.map(|customers| ["people".to_owned(), customers.to_owned()]).to_vec();
    }
    let root = repository::root()?;
    let build = ["cargo", "build", "--release", "--locked", "--package", "matching", "--example", "quality"];
    command::run(&mut command::command(&root, &build))?;
    let program: PathBuf = repository::target()?.join("release").join("examples").join("quality");
    for [kind, what] in wanted {
        println!("{kind} {what}");
        ensure!(Command::new(&program).args([&kind, &what]).status()?.success(), "it could not be measured");
    }
    Ok(())
}
