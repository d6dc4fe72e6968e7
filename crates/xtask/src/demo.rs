//! `cargo xtask demo`: from a fresh clone to a demo shop in the browser.

use crate::{command, repository};
use anyhow::{Context, Result};
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::time::SystemTime;

/// What the built web app depends on, below `ui/`.
const SOURCES: [&str; 7] = ["src", "public", "index.html", "package.json", "package-lock.json", "vite.config.ts", "tsconfig.json"];

pub fn run(arguments: &[String]) -> Result<()> {
    let root = repository::root()?;
    build_ui(&root.join("ui"))?;
    command::run(&mut command::command(&root, &["cargo", "build", "--release", "--locked", "--package", "regulars"]))?;
    let arguments = arguments.iter().skip_while(|argument| *argument == "--");
    let binary = repository::target()?.join("release").join("regulars");
    // Takes the place of this process, so that signals and the exit status are the binary's own.
    let error = std::process::Command::new(binary).arg("demo").args(arguments).exec();
    Err(error).context("cannot start regulars demo")
}

/// Builds the web app, unless what was built is newer than everything it was made from.
pub fn build_ui(ui: &Path) -> Result<()> {
    let built = fs::metadata(ui.join("dist/index.html")).and_then(|file| file.modified()).ok();
    let changed = SOURCES.iter().filter_map(|source| newest(&ui.join(source))).max();
    if built.is_some() && changed < built {
        return Ok(());
    }
    command::run(&mut command::command(ui, &["npm", "install", "--no-audit", "--no-fund"]))?;
    command::run(&mut command::command(ui, &["npm", "run", "build"]))
}

/// The latest change at or below a path; none when there is nothing.
fn newest(path: &Path) -> Option<SystemTime> {
    let own = fs::metadata(path).ok()?.modified().ok();
    let below = fs::read_dir(path).into_iter().flatten().flatten().filter_map(|entry| newest(&entry.path())).max();
    own.max(below)
}
