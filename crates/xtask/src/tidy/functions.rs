//! The functions of a source, with their length in lines: from the line of the name to the closing brace.

use super::source::{Source, in_name, words};

pub struct Function {
    pub name: String,
    pub line: usize,
    pub lines: usize,
}

pub fn rust(source: &Source) -> Vec<Function> {
    named(source, "fn").filter_map(|(name, at)| function(source, name, at, body(source, at)?)).collect()
}

/// Function declarations anywhere, and arrow functions that a constant of the module holds.
pub fn typescript(source: &Source) -> Vec<Function> {
    let declared = named(source, "function").filter_map(|(name, at)| function(source, name, at, typescript_body(source, at)?));
    declared.chain(arrows(source)).collect()
}

/// The names after a keyword, with the position behind each.
fn named<'a>(source: &'a Source, keyword: &'a str) -> impl Iterator<Item = (&'a str, usize)> + 'a {
    words(&source.code, keyword).filter_map(move |at| {
        let after = &source.code[at + keyword.len()..];
        let name = name_at(after.trim_start())?;
        Some((name, at + keyword.len() + (after.len() - after.trim_start().len()) + name.len()))
    })
}

fn name_at(text: &str) -> Option<&str> {
    let end = text.bytes().position(|byte| !in_name(byte) && byte != b'$').unwrap_or(text.len());
    (0 < end).then(|| &text[..end])
}

fn function(source: &Source, name: &str, at: usize, open: usize) -> Option<Function> {
    let line = source.line_at(at);
    Some(Function { name: name.to_owned(), line, lines: source.line_at(source.closing(open)?) + 1 - line })
}

/// The brace that opens the body: the first one outside of brackets. None for a declaration, which ends in a semicolon.
fn body(source: &Source, from: usize) -> Option<usize> {
    let bytes = source.code.as_bytes();
    let mut at = from;
    loop {
        match bytes.get(at)? {
            b'(' | b'[' => at = source.closing(at)?,
            b'{' => return Some(at),
            b';' => return None,
            _ => {}
        }
        at += 1;
    }
}

/// As [`body`], but a brace after one of these is the type of a result.
fn typescript_body(source: &Source, from: usize) -> Option<usize> {
    let mut open = body(source, from)?;
    while source.code[..open].trim_end().ends_with([':', '|', '&', '<', ',']) {
        let closed = source.closing(open)?;
        match body(source, closed + 1) {
            Some(next) => open = next,
            None => return Some(open),
        }
    }
    Some(open)
}

/// `const name = (…) => …` at the left edge, up to the next thing that begins there.
fn arrows(source: &Source) -> Vec<Function> {
    let lines: Vec<&str> = source.code.lines().collect();
    let found = lines.iter().enumerate().filter_map(|(index, line)| {
        let (name, value) = line.strip_prefix("export ").unwrap_or(line).strip_prefix("const ")?.split_once('=')?;
        let more = lines[index + 1..].iter().take_while(|line| line.is_empty() || line.starts_with([' ', '\t', '}', ')', ']']));
        let rest: Vec<&str> = more.copied().collect();
        let blank = rest.iter().rev().take_while(|line| line.trim().is_empty()).count();
        let name = name_at(name)?.to_owned();
        is_arrow(value, &rest).then(|| Function { name, line: index + 1, lines: 1 + rest.len() - blank })
    });
    found.collect()
}

fn is_arrow(value: &str, rest: &[&str]) -> bool {
    let value = value.trim_start().trim_start_matches("async ");
    let begins = value.starts_with(['(', '<']) || name_at(value).is_some_and(|name| value[name.len()..].trim_start().starts_with("=>"));
    begins && (value.contains("=>") || rest.iter().any(|line| line.contains("=>")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rust_functions() {
        check("fn a() {}", &[("a", 1, 1)]);
        check("impl A {\n  pub fn b(x: [u8; 2]) -> Vec<u8>\n  where A: B {\n    \"}\"\n  }\n}", &[("b", 2, 4)]);
        check("trait A { fn b(&self); }\nfn c() { fn d() {\n} }", &[("c", 2, 2), ("d", 2, 1 + 1)]);
        check("type A = fn(u8) -> u8;", &[]);

        #[track_caller]
        fn check(text: &str, expected: &[(&str, usize, usize)]) {
            compare(rust(&Source::rust(text)), expected);
        }
    }

    #[test]
    fn typescript_functions() {
        check("export function a(b: { c: string }): { d: string } {\n  return { d: '}' }\n}", &[("a", 1, 3)]);
        check("function a(): Promise<{ b: string }> {\n}", &[("a", 1, 2)]);
        check("export const a = async ({ b }: B) => {\n  b()\n}\n\n// next\nconst c = 1", &[("a", 1, 3)]);
        check("const a: B = (\n  c,\n) => (\n  d\n)\n", &[("a", 1, 5)]);
        check("const a = [\n  () => b,\n]", &[]);

        #[track_caller]
        fn check(text: &str, expected: &[(&str, usize, usize)]) {
            compare(typescript(&Source::typescript(text)), expected);
        }
    }

    #[track_caller]
    fn compare(found: Vec<Function>, expected: &[(&str, usize, usize)]) {
        let found: Vec<_> = found.iter().map(|function| (function.name.as_str(), function.line, function.lines)).collect();
        assert_eq!(found, expected);
    }
}
