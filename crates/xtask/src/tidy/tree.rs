//! The files of the repository, read once. Rules see this instead of the disk, so that a test can write files down.

use super::source::Source;
use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Built, installed or kept by others.
const SKIPPED_FOLDERS: [&str; 5] = ["target", "node_modules", "dist", ".git", "book"];

/// What is text and ours to keep tidy.
const TEXT: [&str; 15] = ["rs", "ts", "tsx", "js", "mjs", "css", "html", "md", "toml", "sql", "sh", "yml", "yaml", "json", "txt"];

/// Written by a program; see `generate.rs`, npm and cargo.
const GENERATED: [&str; 5] = ["ui/src/api/schema.d.ts", "crates/store/schema.sql", "openapi.json", "package-lock.json", "Cargo.lock"];

const FOLDER_DEPTH_MAX: usize = 20;

pub struct Tree {
    /// Every file, text or not, relative to the root.
    pub paths: BTreeSet<String>,
    pub files: Vec<File>,
}

pub struct File {
    pub path: String,
    pub text: String,
    /// For Rust and TypeScript: the text taken apart.
    pub source: Option<Source>,
}

impl Tree {
    pub fn read(root: &Path) -> Result<Tree> {
        let mut paths = BTreeSet::new();
        collect(root, "", FOLDER_DEPTH_MAX, &mut paths)?;
        let texts = paths.iter().filter(|path| is_text(path));
        let files = texts.map(|path| {
            let bytes = fs::read(root.join(path)).with_context(|| format!("cannot read {path}"))?;
            Ok(File::new(path, String::from_utf8_lossy(&bytes).into_owned()))
        });
        Ok(Tree { files: files.collect::<Result<_>>()?, paths })
    }

    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Tree {
        Tree {
            paths: files.iter().map(|(path, _)| (*path).to_owned()).collect(),
            files: files.iter().map(|(path, text)| File::new(path, (*text).to_owned())).collect(),
        }
    }

    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Rust and TypeScript that people write.
    pub fn sources(&self) -> impl Iterator<Item = (&File, &Source)> {
        self.files.iter().filter(|file| !file.is_generated()).filter_map(|file| Some((file, file.source.as_ref()?)))
    }

    pub fn rust(&self) -> impl Iterator<Item = (&File, &Source)> {
        self.sources().filter(|(file, _)| file.path.ends_with(".rs"))
    }

    /// The names of the folders right below one.
    pub fn folders_in(&self, folder: &str) -> BTreeSet<&str> {
        let below = self.paths.iter().filter_map(|path| path.strip_prefix(folder)?.strip_prefix('/'));
        below.filter_map(|path| Some(path.split_once('/')?.0)).collect()
    }

    pub fn has(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        path.is_empty() || self.paths.contains(path) || self.paths.range(folder.clone()..).next().is_some_and(|it| it.starts_with(&folder))
    }
}

impl File {
    fn new(path: &str, text: String) -> File {
        let source = match path.rsplit_once('.').map(|(_, end)| end) {
            Some("rs") => Some(Source::rust(&text)),
            Some("ts" | "tsx") => Some(Source::typescript(&text)),
            _ => None,
        };
        File { path: path.to_owned(), text, source }
    }

    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The lines with their numbers.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    pub fn is_generated(&self) -> bool {
        GENERATED.contains(&self.path.as_str()) || GENERATED.contains(&self.name())
    }

    /// A file that is nothing but tests or measurements.
    pub fn is_test(&self) -> bool {
        let folders = ["/tests/", "/benches/"];
        folders.iter().any(|folder| self.path.contains(folder))
            || self.name() == "tests.rs"
            || self.name().contains(".test.")
            || self.path.starts_with("crates/testkit/")
            || self.path.starts_with("crates/xtask/src/bench")
    }

    /// The rules themselves name what they forbid.
    pub fn is_rule(&self) -> bool {
        self.path.starts_with("crates/xtask/src/tidy")
    }
}

fn collect(root: &Path, folder: &str, depth: usize, paths: &mut BTreeSet<String>) -> Result<()> {
    anyhow::ensure!(0 < depth, "{folder}: folders are nested too deeply");
    for entry in fs::read_dir(root.join(folder)).with_context(|| format!("cannot list {folder:?}"))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        match entry.file_type()?.is_dir() {
            true if SKIPPED_FOLDERS.contains(&name.as_str()) => {}
            true => collect(root, &path, depth - 1, paths)?,
            false => drop(paths.insert(path)),
        }
    }
    Ok(())
}

fn is_text(path: &str) -> bool {
    path == ".ci/run" || path.rsplit_once('.').is_some_and(|(_, end)| TEXT.contains(&end))
}
