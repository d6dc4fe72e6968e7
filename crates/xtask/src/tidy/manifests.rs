//! What comes into the house: versions in one place, no dependency without a use, known licences, known sources. Licences
//! are allowed in `deny.toml`, for this and for cargo-deny.

use super::Violation;
use super::source::words;
use super::tree::{File, Tree};
use crate::command;
use anyhow::{Context, Result};
use serde_json::Value;
use std::path::Path;

const RUST_REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";
const NPM_REGISTRY: &str = "https://registry.npmjs.org/";

struct Dependency<'a> {
    line: usize,
    name: &'a str,
    text: &'a str,
}

/// One version per library, chosen in one place.
pub fn workspace_versions(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in members(tree) {
        for dependency in dependencies(file) {
            let inherited = ["workspace = true", "workspace=true"].iter().any(|inherited| dependency.text.contains(inherited));
            if !inherited {
                let what = format!("{}: versions stand in the root manifest; write {}.workspace = true", dependency.name, dependency.name);
                found.push(Violation::new(&file.path, dependency.line, "dependency version", what));
            }
        }
    }
    found
}

/// A dependency that no source of its crate names is only built, never used. Drivers belong to the store alone.
pub fn unused_dependencies(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in members(tree) {
        let folder = file.path.trim_end_matches("Cargo.toml");
        for dependency in dependencies(file) {
            let name = dependency.name.replace('-', "_");
            let is_named = tree.rust().any(|(source, parts)| source.path.starts_with(folder) && names(&parts.code, &name));
            if !is_named {
                let what = format!("no source of this crate names {}", dependency.name);
                found.push(Violation::new(&file.path, dependency.line, "unused dependency", what));
            }
        }
    }
    found
}

/// The web app's packages: from the public registry, and with a licence we may ship if they are shipped.
pub fn web_packages(tree: &Tree) -> Vec<Violation> {
    let allowed = allowed_licences(tree);
    let mut found = Vec::new();
    for file in tree.files.iter().filter(|file| file.name() == "package-lock.json") {
        let mut report = |what: String| found.push(Violation::new(&file.path, 1, "package", what));
        let Ok(lock) = serde_json::from_str::<Value>(&file.text) else {
            report("this is not JSON".to_owned());
            continue;
        };
        let packages = lock["packages"].as_object().into_iter().flatten().filter(|(path, _)| !path.is_empty());
        for (path, package) in packages {
            if package["resolved"].as_str().is_some_and(|from| !from.starts_with(NPM_REGISTRY)) {
                report(format!("{path} does not come from {NPM_REGISTRY}"));
            }
            let licence = package["license"].as_str().unwrap_or_default();
            if package["dev"] != true && !is_allowed(licence, &allowed) {
                report(format!("{path} has the licence {licence:?}, which deny.toml does not allow"));
            }
        }
    }
    found
}

/// Everything that is built into the product on this platform, as cargo resolved it.
pub fn metadata(root: &Path) -> Result<Value> {
    let version = command::output(&mut command::command(root, &["rustc", "-vV"]))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc does not say what it builds for")?;
    let words = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", host];
    serde_json::from_str(&command::output(&mut command::command(root, &words))?).context("cargo metadata printed something else")
}

pub fn packages(tree: &Tree, metadata: &Value) -> Vec<Violation> {
    let allowed = allowed_licences(tree);
    let mut found = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let licence = package["license"].as_str().unwrap_or_default();
        if !is_allowed(licence, &allowed) {
            let what = format!("{name} has the licence {licence:?}, which deny.toml does not allow");
            found.push(Violation::new("Cargo.lock", 1, "licence", what));
        }
        if package["source"].as_str().is_some_and(|source| source != RUST_REGISTRY) {
            found.push(Violation::new("Cargo.lock", 1, "source", format!("{name} does not come from crates.io")));
        }
    }
    found
}

fn members(tree: &Tree) -> impl Iterator<Item = &File> {
    tree.files.iter().filter(|file| file.path.starts_with("crates/") && file.name() == "Cargo.toml")
}

/// The entries of every table of dependencies, and the tables that are one dependency each.
fn dependencies(file: &File) -> Vec<Dependency<'_>> {
    let (mut inside, mut found) = (false, Vec::new());
    for (line, text) in file.lines().map(|(line, text)| (line, text.trim())) {
        if let Some(header) = text.strip_prefix('[') {
            let header = header.trim_end_matches(']');
            inside = header.ends_with("dependencies");
            if let Some((_, name)) = header.split_once("dependencies.") {
                found.push(Dependency { line, name, text });
            }
        } else if inside && !text.is_empty() && !text.starts_with('#') {
            let name = text.split(['=', '.', ' ']).next().unwrap_or_default();
            found.push(Dependency { line, name, text });
        }
    }
    found
}

/// Whether code names a crate: as the beginning of a path, or in a `use` by itself.
fn names(code: &str, name: &str) -> bool {
    words(code, name).any(|at| {
        let (before, after) = (code[..at].trim_end(), code[at + name.len()..].trim_start());
        !before.ends_with("crate::")
            && (after.starts_with("::") || before.ends_with("use") && (after.starts_with(';') || after.starts_with("as ")))
    })
}

/// Without the list everything would be wrong; so this says it once.
pub fn licence_list(tree: &Tree) -> Vec<Violation> {
    match allowed_licences(tree).is_empty() {
        true => vec![Violation::new("deny.toml", 1, "licence", "the list of allowed licences is missing: allow = [ … ], one per line")],
        false => Vec::new(),
    }
}

fn allowed_licences(tree: &Tree) -> Vec<&str> {
    let text = tree.file("deny.toml").map_or("", |file| &file.text);
    let list = text.lines().skip_while(|line| line.trim() != "allow = [").skip(1).take_while(|line| line.trim() != "]");
    list.filter_map(|line| line.trim().strip_prefix('"')?.split('"').next()).collect()
}

/// Whether an SPDX expression can be met by allowed licences alone. A slash is the old way to write `OR`.
fn is_allowed(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    allowed.is_empty() || !words.is_empty() && any(&words, &mut at, allowed) && at == words.len()
}

fn any(words: &[&str], at: &mut usize, allowed: &[&str]) -> bool {
    let mut outcome = all(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        outcome |= all(words, at, allowed);
    }
    outcome
}

fn all(words: &[&str], at: &mut usize, allowed: &[&str]) -> bool {
    let mut outcome = one(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        outcome &= one(words, at, allowed);
    }
    outcome
}

fn one(words: &[&str], at: &mut usize, allowed: &[&str]) -> bool {
    let Some(word) = words.get(*at) else { return false };
    *at += 1;
    if *word == "(" {
        let outcome = any(words, at, allowed);
        *at += 1;
        return outcome && words.get(*at - 1) == Some(&")");
    }
    match (words.get(*at), words.get(*at + 1)) {
        (Some(&"WITH"), Some(exception)) => {
            *at += 2;
            allowed.contains(&format!("{word} WITH {exception}").as_str())
        }
        _ => allowed.contains(word),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{check, found};
    use super::*;

    const MANIFEST: &str = "crates/a/Cargo.toml";
    const DENY: (&str, &str) = ("deny.toml", "[licenses]\nallow = [\n  \"MIT\", # short\n  \"Apache-2.0 WITH LLVM-exception\",\n]\n");

    #[test]
    fn versions_stand_in_the_root() {
        let text =
            "[package]\nversion = \"1\"\n[dependencies]\na.workspace = true\nb = { workspace = true, features = [\"c\"] }\nd = \"1\"\n";
        check(workspace_versions, MANIFEST, text, &[6]);
        check(workspace_versions, MANIFEST, "[dev-dependencies.a]\nversion = \"1\"\n", &[1]);
        check(workspace_versions, MANIFEST, "[target.'cfg(unix)'.dependencies]\n# why\na = { path = \"../a\" }\n", &[3]);
    }

    #[test]
    fn dependencies_are_used() {
        let manifest = (MANIFEST, "[dependencies]\nserde-json.workspace = true\n");
        let unused = ["crates/a/Cargo.toml:2: no source of this crate names serde-json"];
        assert!(found(unused_dependencies, &[manifest, ("crates/a/src/lib.rs", "use serde_json::Value;")]).is_empty());
        assert!(found(unused_dependencies, &[manifest, ("crates/a/tests/b.rs", "#[serde_json::main]")]).is_empty());
        assert_eq!(found(unused_dependencies, &[manifest, ("crates/a/src/lib.rs", "// serde_json::Value\nlet serde_json = 1;")]), unused);
        assert_eq!(found(unused_dependencies, &[manifest, ("crates/b/src/lib.rs", "use serde_json::Value;")]), unused);
        assert_eq!(found(unused_dependencies, &[manifest, ("crates/a/src/lib.rs", "use crate::serde_json::Value;")]), unused);
    }

    #[test]
    fn licences_are_on_the_list() {
        check(licence_list, "deny.toml", DENY.1, &[]);
        check(licence_list, "deny.toml", "[licenses]\n", &[1]);
        let cases = [
            ("MIT", true),
            ("GPL-3.0", false),
            ("", false),
            ("MIT OR GPL-3.0", true),
            ("MIT AND GPL-3.0", false),
            ("GPL-3.0/MIT", true),
            ("(MIT OR GPL-3.0) AND MIT", true),
            ("(MIT AND GPL-3.0) OR GPL-2.0", false),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("Apache-2.0", false),
            ("MIT MIT", false),
            ("(MIT", false),
        ];
        let tree = Tree::of(&[DENY]);
        for (licence, expected) in cases {
            assert_eq!(is_allowed(licence, &allowed_licences(&tree)), expected, "{licence:?}");
        }
    }

    #[test]
    fn packages_come_from_the_registries() {
        let metadata = serde_json::json!({ "packages": [
            { "name": "ours", "license": "MIT", "source": null },
            { "name": "fine", "license": "MIT", "source": RUST_REGISTRY },
            { "name": "forked", "license": "MIT", "source": "git+https://example.org/forked" },
            { "name": "closed", "license": null, "source": RUST_REGISTRY },
        ]});
        let found: Vec<String> = packages(&Tree::of(&[DENY]), &metadata).into_iter().map(|violation| violation.what).collect();
        assert_eq!(found, ["forked does not come from crates.io", "closed has the licence \"\", which deny.toml does not allow"]);
    }

    #[test]
    fn web_packages_come_from_the_registry() {
        let lock = r#"{"packages": {
            "": {"name": "ui"},
            "a": {"resolved": "https://registry.npmjs.org/a.tgz", "license": "MIT"},
            "b": {"resolved": "https://mirror.example.org/b.tgz", "license": "MIT"},
            "c": {"resolved": "https://registry.npmjs.org/c.tgz", "license": "GPL-3.0"},
            "d": {"resolved": "https://registry.npmjs.org/d.tgz", "license": "GPL-3.0", "dev": true}
        }}"#;
        let found = found(web_packages, &[DENY, ("ui/package-lock.json", lock)]);
        assert_eq!(
            found,
            [
                "ui/package-lock.json:1: b does not come from https://registry.npmjs.org/",
                "ui/package-lock.json:1: c has the licence \"GPL-3.0\", which deny.toml does not allow",
            ]
        );
    }
}
