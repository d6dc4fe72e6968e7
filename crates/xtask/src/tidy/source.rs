//! A source text taken apart, as far as the rules need it: the code with the content of comments and literals blanked out
//! (same bytes per line, so that positions stay), and the literals by themselves. A scanner, not a parser: it knows where
//! strings, characters, templates and comments begin and end, and nothing of grammar.

pub struct Source {
    pub code: String,
    pub literals: Vec<Literal>,
    /// First and last line of each part that is only built for tests.
    tests: Vec<(usize, usize)>,
}

pub struct Literal {
    pub line: usize,
    pub text: String,
}

impl Source {
    pub fn rust(text: &str) -> Source {
        let mut reader = Reader::new(text);
        while !reader.rest().is_empty() {
            reader.rust();
        }
        reader.finish()
    }

    pub fn typescript(text: &str) -> Source {
        let mut reader = Reader::new(text);
        let mut templates = Vec::new();
        let mut depth = 0;
        while !reader.rest().is_empty() {
            reader.typescript(&mut templates, &mut depth);
        }
        reader.finish()
    }

    pub fn is_test(&self, line: usize) -> bool {
        self.tests.iter().any(|(first, last)| (*first..=*last).contains(&line))
    }

    /// The lines of the code with their numbers.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    pub fn line_at(&self, position: usize) -> usize {
        self.code.as_bytes()[..position].iter().filter(|byte| **byte == b'\n').count() + 1
    }

    /// The position of the bracket that closes the one at `open`.
    pub fn closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0;
        for (offset, byte) in self.code.bytes().enumerate().skip(open) {
            match byte {
                b'{' | b'(' | b'[' => depth += 1,
                b'}' | b')' | b']' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Some(offset);
            }
        }
        None
    }
}

/// Whether this byte can be part of a name.
pub fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

/// The positions at which a word stands by itself.
pub fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let bytes = code.as_bytes();
        let before = at.checked_sub(1).is_none_or(|before| !in_name(bytes[before]));
        before && bytes.get(at + word.len()).is_none_or(|after| !in_name(*after))
    })
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    code: Vec<u8>,
    literals: Vec<Literal>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Reader<'a> {
        Reader { text, at: 0, line: 1, code: Vec::with_capacity(text.len()), literals: Vec::new() }
    }

    fn rest(&self) -> &'a [u8] {
        &self.text.as_bytes()[self.at..]
    }

    fn starts(&self, with: &str) -> bool {
        self.rest().starts_with(with.as_bytes())
    }

    fn keep(&mut self, count: usize) {
        for byte in self.rest().iter().take(count) {
            self.line += usize::from(*byte == b'\n');
            self.code.push(*byte);
        }
        self.at = (self.at + count).min(self.text.len());
    }

    fn blank(&mut self, count: usize) {
        for byte in self.rest().iter().take(count) {
            self.line += usize::from(*byte == b'\n');
            self.code.push(if *byte == b'\n' { b'\n' } else { b' ' });
        }
        self.at = (self.at + count).min(self.text.len());
    }

    /// A literal with `open` bytes before its content and `close` bytes after it. The outermost bytes stay in the code.
    fn literal(&mut self, open: usize, length: usize, close: usize) {
        let end = (self.at + open + length).min(self.text.len());
        let content = &self.text.as_bytes()[(self.at + open).min(end)..end];
        self.literals.push(Literal { line: self.line, text: String::from_utf8_lossy(content).into_owned() });
        self.keep(open);
        self.blank(length);
        self.keep(close);
    }

    fn rust(&mut self) {
        let after_name = self.code.last().is_some_and(|byte| in_name(*byte));
        if self.starts("//") {
            self.blank(until(self.rest(), b"\n"));
        } else if self.starts("/*") {
            self.blank(nested_comment(self.rest()));
        } else if let Some((open, close)) = raw_string(self.rest()).filter(|_| !after_name) {
            let length = until(&self.rest()[open..], close.as_bytes());
            self.literal(open, length, close.len());
        } else if self.starts("\"") {
            self.literal(1, until_quote(&self.rest()[1..], b'"'), 1);
        } else if let Some(length) = character(self.rest()) {
            self.keep(1);
            self.blank(length);
            self.keep(1);
        } else {
            self.keep(1);
        }
    }

    /// `templates` holds, for each template whose `${` is open, the depth of braces at which it goes on.
    fn typescript(&mut self, templates: &mut Vec<usize>, depth: &mut usize) {
        let rest = self.rest();
        match rest[0] {
            b'/' if self.starts("//") => self.blank(until(rest, b"\n")),
            b'/' if self.starts("/*") => self.blank(until(rest, b"*/") + 2),
            b'/' if self.begins_regex() => match until_quote(&rest[1..], b'/') {
                length if length < until(&rest[1..], b"\n") => self.literal(1, length, 1),
                _ => self.keep(1),
            },
            // An apostrophe in the text of a page has no partner on its line.
            quote @ (b'"' | b'\'') => match until_quote(&rest[1..], quote) {
                length if length < until(&rest[1..], b"\n") => self.literal(1, length, 1),
                _ => self.keep(1),
            },
            b'`' => self.template(templates, *depth),
            b'}' if templates.last() == Some(depth) => {
                templates.pop();
                self.template(templates, *depth);
            }
            byte => {
                *depth = if byte == b'{' { *depth + 1 } else { depth.saturating_sub(usize::from(byte == b'}')) };
                self.keep(1);
            }
        }
    }

    /// From a back quote, or from the brace that ends an inserted value, to the next insertion or the end.
    fn template(&mut self, templates: &mut Vec<usize>, depth: usize) {
        let content = &self.rest()[1..];
        let end = until_quote(content, b'`');
        match until(content, b"${") {
            insertion if insertion < end => {
                self.literal(1, insertion, 0);
                self.blank(1);
                self.keep(1);
                templates.push(depth);
            }
            _ => self.literal(1, end, 1),
        }
    }

    /// A slash begins a regular expression where no value stands before it.
    fn begins_regex(&self) -> bool {
        let before = self.code.trim_ascii_end();
        before.ends_with(b"return") || before.last().is_none_or(|byte| b"(,=:[!&|?;".contains(byte)) && !self.starts("/>")
    }

    fn finish(self) -> Source {
        let code = String::from_utf8_lossy(&self.code).into_owned();
        let mut source = Source { code, literals: self.literals, tests: Vec::new() };
        source.tests = test_parts(&source);
        source
    }
}

/// The items under `#[cfg(test)]`.
fn test_parts(source: &Source) -> Vec<(usize, usize)> {
    let marks = source.code.match_indices("#[cfg(test)]");
    let part = |(mark, text): (usize, &str)| {
        let after = mark + text.len();
        let open = after + source.code[after..].find(['{', ';'])?;
        let end = if source.code.as_bytes()[open] == b'{' { source.closing(open)? } else { open };
        Some((source.line_at(mark), source.line_at(end)))
    };
    marks.filter_map(part).collect()
}

/// The number of bytes before a text; all of them when it does not come.
fn until(bytes: &[u8], text: &[u8]) -> usize {
    bytes.windows(text.len()).position(|window| window == text).unwrap_or(bytes.len())
}

/// The number of bytes before a quote that no backslash takes away.
fn until_quote(bytes: &[u8], quote: u8) -> usize {
    let mut at = 0;
    while at < bytes.len() && bytes[at] != quote {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at.min(bytes.len())
}

/// The length of a Rust block comment, which may hold others.
fn nested_comment(bytes: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < bytes.len() {
        match &bytes[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    at
}

/// The length of the opening of a raw string, and its closing.
fn raw_string(bytes: &[u8]) -> Option<(usize, String)> {
    let prefix = ["r", "br", "cr"]
        .into_iter()
        .find(|prefix| bytes.starts_with(prefix.as_bytes()) && matches!(bytes.get(prefix.len()), Some(b'"' | b'#')))?;
    let hashes = bytes[prefix.len()..].iter().take_while(|byte| **byte == b'#').count();
    let open = prefix.len() + hashes;
    (bytes.get(open) == Some(&b'"')).then(|| (open + 1, format!("\"{}", "#".repeat(hashes))))
}

/// The length of the content of a Rust character; none for a lifetime.
fn character(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [b'\'', b'\\', rest @ ..] => Some(2 + until(rest.get(1..)?, b"'")),
        [b'\'', rest @ ..] => {
            let length = std::str::from_utf8(&rest[..rest.len().min(4)]).map_or_else(|error| error.valid_up_to(), str::len);
            let first = std::str::from_utf8(&rest[..length]).ok()?.chars().next()?;
            (rest.get(first.len_utf8()) == Some(&b'\'')).then(|| first.len_utf8())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rust_without_its_comments_and_literals() {
        rust("let a = 1; // { \"x\"", "let a = 1;         ", &[]);
        rust("/* a /* b */ { */ c", "                  c", &[]);
        rust(r#"x("a\"}b", 'y')"#, r#"x("     ", ' ')"#, &[r#"a\"}b"#]);
        rust("r#\"a\"{\"# + r\"b\"", "r#\"   \"# + r\" \"", &["a\"{", "b"]);
        rust("fn a<'a>(b: &'a str) { '{' }", "fn a<'a>(b: &'a str) { ' ' }", &[]);
        rust("'\\'' '\\u{7d}' 'ü' '\"'", "'  ' '      ' '  ' ' '", &[]);
        rust("b'{' b\"{\" for_r\"x\"", "b' ' b\" \" for_r\" \"", &["{", "x"]);
        rust("\"a\nb\" {", "\" \n \" {", &["a\nb"]);

        #[track_caller]
        fn rust(text: &str, code: &str, literals: &[&str]) {
            compare(Source::rust(text), code, literals);
        }
    }

    #[test]
    fn typescript_without_its_comments_and_literals() {
        typescript("a('}') // {", "a(' ')     ", &["}"]);
        typescript("`a${b({c: `}`})}d` + {", "`  {b({c: ` `})} ` + {", &["a", "}", "d"]);
        typescript("<p>Don't {a}</p>", "<p>Don't {a}</p>", &[]);
        typescript("x.replace(/[{'\"]/g, '')", "x.replace(/     /g, '')", &["[{'\"]", ""]);
        typescript("a / b + c / d", "a / b + c / d", &[]);
        typescript("{/* { */}", "{       }", &[]);

        #[track_caller]
        fn typescript(text: &str, code: &str, literals: &[&str]) {
            compare(Source::typescript(text), code, literals);
        }
    }

    #[test]
    fn parts_for_tests() {
        let source = Source::rust("fn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() {}\n}\nfn c() {}\n");
        let lines: Vec<usize> = (1..=6).filter(|line| source.is_test(*line)).collect();
        assert_eq!(lines, [2, 3, 4, 5]);
    }

    #[track_caller]
    fn compare(source: Source, code: &str, literals: &[&str]) {
        assert_eq!(source.code, code);
        assert_eq!(source.literals.iter().map(|literal| literal.text.as_str()).collect::<Vec<_>>(), literals);
    }
}
