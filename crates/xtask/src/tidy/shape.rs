//! How a file looks from outside: its opening, its length, the length of its functions, its place.

use super::tree::Tree;
use super::{Violation, functions};

const FILE_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;

/// A reader learns first what a file is.
pub fn opening_comments(tree: &Tree) -> Vec<Violation> {
    let opens = |path: &str, text: &str| match path.ends_with(".rs") {
        true => text.starts_with("//!"),
        false => text.starts_with("//") || text.starts_with("/*"),
    };
    let silent = tree.sources().filter(|(file, _)| !opens(&file.path, &file.text));
    silent.map(|(file, _)| Violation::new(&file.path, 1, "opening", "the file does not open with a comment that says what it is")).collect()
}

pub fn file_lengths(tree: &Tree) -> Vec<Violation> {
    let lengths = tree.sources().map(|(file, _)| (file, file.text.lines().count()));
    let long = lengths.filter(|(_, lines)| FILE_LINES_MAX < *lines);
    long.map(|(file, lines)| Violation::new(&file.path, lines, "length", format!("{lines} lines, {FILE_LINES_MAX} are allowed"))).collect()
}

pub fn function_lengths(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for (file, source) in tree.sources() {
        let functions = if file.path.ends_with(".rs") { functions::rust(source) } else { functions::typescript(source) };
        for function in functions.iter().filter(|function| FUNCTION_LINES_MAX < function.lines) {
            let what = format!("{} has {} lines, {FUNCTION_LINES_MAX} are allowed", function.name, function.lines);
            found.push(Violation::new(&file.path, function.line, "function length", what));
        }
    }
    found
}

/// `name.rs` beside `name/`: a search for a file finds it by its name.
pub fn no_mod_files(tree: &Tree) -> Vec<Violation> {
    let files = tree.rust().filter(|(file, _)| file.name() == "mod.rs");
    files.map(|(file, _)| Violation::new(&file.path, 1, "mod.rs", "name the file like its module")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn files_open_with_a_comment() {
        check(opening_comments, "crates/a/src/a.rs", "//! What this is.\n", &[]);
        check(opening_comments, "crates/a/src/a.rs", "// What this is.\n", &[1]);
        check(opening_comments, "ui/src/a.tsx", "// What this is.\n", &[]);
        check(opening_comments, "ui/src/a.tsx", "import a from 'a'\n", &[1]);
        check(opening_comments, "ui/src/api/schema.d.ts", "export type a = 1\n", &[]);
    }

    #[test]
    fn files_are_short() {
        check(file_lengths, "ui/src/a.ts", &"a\n".repeat(500), &[]);
        check(file_lengths, "ui/src/a.ts", &"a\n".repeat(501), &[501]);
        check(file_lengths, "ui/src/api/schema.d.ts", &"a\n".repeat(501), &[]);
    }

    #[test]
    fn functions_are_short() {
        let of_lines = |lines: usize| format!("\nfn a() {{{}}}", "\n".repeat(lines - 1));
        check(function_lengths, "a.rs", &of_lines(70), &[]);
        check(function_lengths, "a.rs", &of_lines(71), &[2]);
        check(function_lengths, "a.ts", &of_lines(71).replace("fn", "function"), &[2]);
    }

    #[test]
    fn modules_are_found_by_name() {
        check(no_mod_files, "crates/a/src/b/mod.rs", "//! B.", &[1]);
        check(no_mod_files, "crates/a/src/b.rs", "//! B.", &[]);
    }
}
