//! The documents agree with the repository: the map shows what is there, and links lead somewhere.

use super::tree::{File, Tree};
use super::{Violation, slices};
use std::collections::BTreeMap;

const MAP: &str = "ARCHITECTURE.md";

/// Every crate is on the map, as `crates/name` or in the drawing below `crates/`, and no other.
pub fn architecture_crates(tree: &Tree) -> Vec<Violation> {
    let Some(map) = tree.file(MAP) else {
        return vec![Violation::new(MAP, 1, "map", "the file is missing")];
    };
    let named = named_crates(map);
    let existing = tree.folders_in("crates");
    let missing = existing.iter().filter(|name| !named.contains_key(*name));
    let mut found: Vec<Violation> = missing.map(|name| Violation::new(MAP, 1, "map", format!("crates/{name} is not on it"))).collect();
    let gone = named.iter().filter(|(name, _)| !existing.contains(*name));
    found.extend(gone.map(|(name, line)| Violation::new(MAP, *line, "map", format!("crates/{name} does not exist"))));
    found
}

/// The list under the heading that ends in "slices" has the slices that exist, in their order.
pub fn architecture_slices(tree: &Tree) -> Vec<Violation> {
    let listed = tree.file(MAP).map(listed_slices).unwrap_or_default();
    let existing = slices::existing(tree);
    if listed.iter().map(|(_, name)| *name).eq(existing.iter().copied()) {
        return Vec::new();
    }
    let line = listed.first().map_or(1, |(line, _)| *line);
    let what = format!("under a heading that ends in \"slices\", the first words of the entries must be: {}", existing.join(", "));
    vec![Violation::new(MAP, line, "map", what)]
}

/// Relative links lead to a file or folder of the repository.
pub fn links(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in tree.files.iter().filter(|file| file.path.ends_with(".md")) {
        for (number, line) in prose(file) {
            let broken = targets(&line).into_iter().filter(|target| !leads_somewhere(tree, &file.path, target));
            found.extend(broken.map(|target| Violation::new(&file.path, number, "link", format!("{target} does not exist"))));
        }
    }
    found
}

/// The crates that a text names, each with its first line.
fn named_crates(file: &File) -> BTreeMap<&str, usize> {
    let mut named = BTreeMap::new();
    let mut drawing_indent = None;
    for (number, line) in file.lines() {
        let indent = line.len() - line.trim_start().len();
        let mut name = |name| {
            named.entry(name).or_insert(number);
        };
        line.match_indices("crates/").filter_map(|(at, prefix)| first_name(&line[at + prefix.len()..])).for_each(&mut name);
        if line.trim_start().starts_with("crates/ ") || line.trim() == "crates/" {
            drawing_indent = Some(indent);
        } else if drawing_indent.is_some_and(|drawing| indent <= drawing) {
            drawing_indent = None;
        } else if drawing_indent.is_some() {
            let entry = line.trim_start();
            first_name(entry).filter(|first| entry[first.len()..].starts_with('/')).into_iter().for_each(&mut name);
        }
    }
    named
}

fn first_name(text: &str) -> Option<&str> {
    let end = text.bytes().position(|byte| !byte.is_ascii_alphanumeric() && byte != b'_' && byte != b'-').unwrap_or(text.len());
    (0 < end).then(|| &text[..end])
}

/// Entries of lists and tables whose first word stands in back quotes.
fn listed_slices(file: &File) -> Vec<(usize, &str)> {
    let is_heading = |line: &str| line.starts_with('#') && line.to_lowercase().trim_end().ends_with("slices");
    let section = file.lines().skip_while(|(_, line)| !is_heading(line)).skip(1).take_while(|(_, line)| !line.starts_with('#'));
    let entry = |line: &'_ str| line.starts_with(|first: char| "-*|".contains(first) || first.is_ascii_digit());
    let entries = section.filter(|(_, line)| entry(line));
    entries
        .filter_map(|(number, line)| {
            let text = line.trim_start_matches(|mark: char| "-*|. ".contains(mark) || mark.is_ascii_digit());
            Some((number, text.strip_prefix('`')?.split('`').next()?))
        })
        .collect()
}

/// The lines outside of code blocks, without what stands in back quotes.
fn prose(file: &File) -> Vec<(usize, String)> {
    let mut fenced = false;
    let mut lines = Vec::new();
    for (number, line) in file.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            lines.push((number, line.split('`').step_by(2).collect::<Vec<_>>().join(" ")));
        }
    }
    lines
}

fn targets(line: &str) -> Vec<&str> {
    let ends = [("](", ')'), ("src=\"", '"'), ("href=\"", '"')];
    let found = ends.into_iter().flat_map(|(begins, ends)| {
        let places = line.match_indices(begins).map(move |(at, _)| &line[at + begins.len()..]);
        places.filter_map(move |rest| rest.split(ends).next())
    });
    found.filter_map(|target| target.split([' ', '#']).next()).collect()
}

fn leads_somewhere(tree: &Tree, from: &str, target: &str) -> bool {
    if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
        return true;
    }
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut path: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." if path.pop().is_none() => return false,
            ".." => {}
            part => path.push(part),
        }
    }
    tree.has(&path.join("/"))
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;

    #[test]
    fn the_map_shows_every_crate() {
        let crates = [("crates/sql/src/lib.rs", ""), ("crates/store/src/lib.rs", "")];
        let with = |map: &str| found(architecture_crates, &[crates[0], crates[1], (MAP, map)]);
        assert_eq!(found(architecture_crates, &crates), ["ARCHITECTURE.md:1: the file is missing"]);
        assert!(with("```text\ncrates/   all of them\n  sql/    statements\n    fold.rs\n  store/  drivers\nui/\n```").is_empty());
        assert!(with("`crates/sql` and `crates/store/src/lib.rs`.").is_empty());
        assert_eq!(with("crates/\n  sql/\n"), ["ARCHITECTURE.md:1: crates/store is not on it"]);
        assert_eq!(with("crates/\n  sql/\n  store/\n  shop/\n"), ["ARCHITECTURE.md:4: crates/shop does not exist"]);
    }

    #[test]
    fn the_map_lists_the_slices_in_order() {
        let slices = [("crates/server/src/audit.rs", ""), ("crates/server/src/jobs.rs", ""), ("crates/server/src/app.rs", "")];
        let with = |map: &str| found(architecture_slices, &[slices[0], slices[1], slices[2], (MAP, map)]).len();
        assert_eq!(with("# Map\n## The slices\nIn order:\n\n1. `audit`: who did it\n2. `jobs`: later\n\n## Next\n- `mail`\n"), 0);
        assert_eq!(with("## Order of slices\n| slice | what |\n|---|---|\n| `audit` | who |\n| `jobs` | later |\n"), 0);
        assert_eq!(with("## Slices\n- `jobs`\n- `audit`\n"), 1);
        assert_eq!(with("## Slices\n- `audit`\n"), 1);
        assert_eq!(with("## Slices\n- `audit`\n- `jobs`\n- `mail`\n"), 1);
    }

    #[test]
    fn links_lead_somewhere() {
        let page = |text: &str| found(links, &[("docs/guide/a.md", text), ("docs/b.md", ""), ("README.md", "")]);
        assert!(page("[b](../b.md#part) [top](../../README.md \"title\") [here](#x) [web](https://example.org) [folder](..)").is_empty());
        assert!(page("`[c](c.md)`\n```\n[c](c.md)\n```\n").is_empty());
        assert_eq!(page("see\n[c](c.md)"), ["docs/guide/a.md:2: c.md does not exist"]);
        assert_eq!(page("<img src=\"../c.png\">"), ["docs/guide/a.md:1: ../c.png does not exist"]);
        assert_eq!(page("[out](../../../x.md)"), ["docs/guide/a.md:1: ../../../x.md does not exist"]);
    }
}
