//! Bytes in, rows out: CSV records and lines of NDJSON, found in pieces of any size. Strict where it matters: the `csv`
//! crate reads broken quotes as well as it can without a word, here they are a problem that names its row, and reading
//! goes on with the next line. Rows are numbered as a spreadsheet or editor shows them: the first line is row 1.

use crate::error::{Error, Problem};
use crate::http;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// The longest row; a quote that is never closed would otherwise swallow the file.
const ROW_BYTES_MAX: usize = 1024 * 1024;
/// How much of a row that cannot be read is kept for the report.
const SHOWN_BYTES_MAX: usize = 1_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ImportFormat)]
pub enum Format {
    Csv,
    /// One JSON object per line.
    Ndjson,
}

/// One row of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub number: u64,
    pub content: Content,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    Fields(Vec<String>),
    Json(Value),
    Unreadable { problem: Problem, text: String },
}

/// Finds the rows in the pieces it is fed.
pub struct Scanner {
    format: Format,
    delimiter: u8,
    buffer: Vec<u8>,
    /// Where the next row begins in the buffer.
    from: usize,
    rows: u64,
    /// Line breaks inside of fields so far, for telling lines from rows.
    inner_lines: u64,
    /// Inside of a line that was given up: it goes on until its end is found.
    skipping: bool,
    ended: bool,
}

enum Split {
    /// A record and the bytes it takes with its line end.
    Whole {
        fields: Vec<Vec<u8>>,
        length: usize,
    },
    Broken(&'static str),
    More,
}

impl Scanner {
    pub fn new(format: Format, delimiter: u8) -> Scanner {
        Scanner { format, delimiter, buffer: Vec::new(), from: 0, rows: 0, inner_lines: 0, skipping: false, ended: false }
    }

    /// Where the next piece is to be appended.
    pub fn input(&mut self) -> &mut Vec<u8> {
        self.buffer.drain(..self.from);
        self.from = 0;
        &mut self.buffer
    }

    /// No piece follows.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// The next row, or nothing until more is fed. Empty lines count as rows and are left out.
    pub fn next_row(&mut self) -> Option<Row> {
        loop {
            if self.skipping && !self.skip_line() {
                return None;
            }
            let rest = &self.buffer[self.from..];
            if rest.is_empty() {
                return None;
            }
            if let Some(length) = line_end(rest, 0, self.ended) {
                self.from += length;
                self.rows += 1;
                continue;
            }
            return match self.format {
                Format::Csv => self.next_record(),
                Format::Ndjson => self.next_line(),
            };
        }
    }

    fn next_record(&mut self) -> Option<Row> {
        match split(&self.buffer[self.from..], self.delimiter, self.ended) {
            Split::More => None,
            // The report shows the whole line.
            Split::Broken(_) if !self.has_line() => None,
            Split::Broken(what) => Some(self.give_up(what)),
            Split::Whole { fields, length } => {
                let record = &self.buffer[self.from..self.from + length];
                let inner = record.iter().filter(|byte| **byte == b'\n').count().saturating_sub(1) as u64;
                self.from += length;
                self.rows += 1;
                let content = texts(fields).unwrap_or_else(|(problem, fields)| Content::Unreadable { problem, text: shown(&fields) });
                self.inner_lines += inner;
                Some(Row { number: self.rows, content })
            }
        }
    }

    fn next_line(&mut self) -> Option<Row> {
        let rest = &self.buffer[self.from..];
        let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let (length, whole) = match end.and_then(|at| Some((at, line_end(rest, at, self.ended)?))) {
            Some((at, ending)) => (at, at + ending),
            None if ROW_BYTES_MAX < rest.len() => return Some(self.give_up("is longer than 1 MiB")),
            None if self.ended => (rest.len(), rest.len()),
            None => return None,
        };
        let line = &rest[..length];
        let content = json(line).map_or_else(|problem| Content::Unreadable { problem, text: shown(line) }, Content::Json);
        self.from += whole;
        self.rows += 1;
        Some(Row { number: self.rows, content })
    }

    /// Whether the line that begins here is there to its end, or to where it is too long.
    fn has_line(&self) -> bool {
        let rest = &self.buffer[self.from..];
        self.ended || ROW_BYTES_MAX < rest.len() || rest.iter().any(|byte| matches!(byte, b'\n' | b'\r'))
    }

    /// Reports the row and goes on with the line after its first.
    fn give_up(&mut self, what: &str) -> Row {
        self.rows += 1;
        let rest = &self.buffer[self.from..];
        let length = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
        let text = shown(&rest[..length]);
        let line = self.rows + self.inner_lines;
        let message = format!("the row that begins on line {line} {what}");
        self.skipping = true;
        Row { number: self.rows, content: Content::Unreadable { problem: Problem::new("", "broken_row", message), text } }
    }

    /// Whether the end of the line was found.
    fn skip_line(&mut self) -> bool {
        let rest = &self.buffer[self.from..];
        let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        match end.and_then(|at| Some(at + line_end(rest, at, self.ended)?)) {
            Some(length) => self.from += length,
            None if end.is_none() => self.from = self.buffer.len(),
            // A carriage return at the very end: a line feed may follow it.
            None => return false,
        }
        self.skipping = end.is_none() && !self.ended;
        !self.skipping
    }
}

/// The length of the line end at this place, if there is one and it is known to be whole.
fn line_end(bytes: &[u8], at: usize, ended: bool) -> Option<usize> {
    match (bytes.get(at)?, bytes.get(at + 1)) {
        (b'\n', _) => Some(1),
        (b'\r', Some(b'\n')) => Some(2),
        (b'\r', Some(_)) => Some(1),
        (b'\r', None) if ended => Some(1),
        _ => None,
    }
}

fn split(bytes: &[u8], delimiter: u8, ended: bool) -> Split {
    let bytes_seen = &bytes[..bytes.len().min(ROW_BYTES_MAX + 1)];
    let cut = bytes_seen.len() < bytes.len() || ROW_BYTES_MAX < bytes.len();
    let mut fields = Vec::new();
    let mut at = 0;
    loop {
        let (field, end) = match field(bytes_seen, at, delimiter) {
            Field::Whole(field, end) => (field, end),
            Field::Broken(what) => return Split::Broken(what),
            Field::Open if cut => return Split::Broken("is longer than 1 MiB, or a quote in it is never closed"),
            Field::Open if ended => return Split::Broken("has a quote that is never closed"),
            Field::Open => return Split::More,
        };
        fields.push(field);
        match bytes_seen.get(end) {
            Some(byte) if *byte == delimiter => at = end + 1,
            Some(_) => match line_end(bytes_seen, end, ended) {
                Some(length) => return Split::Whole { fields, length: end + length },
                None => return Split::More,
            },
            None if cut => return Split::Broken("is longer than 1 MiB"),
            None if ended => return Split::Whole { fields, length: end },
            None => return Split::More,
        }
    }
}

enum Field {
    /// The field, and where it ends.
    Whole(Vec<u8>, usize),
    /// A quote is not closed in what is there.
    Open,
    Broken(&'static str),
}

fn field(bytes: &[u8], from: usize, delimiter: u8) -> Field {
    if bytes.get(from) == Some(&b'"') {
        return quoted(bytes, from + 1, delimiter);
    }
    let length = bytes[from..].iter().position(|byte| *byte == delimiter || matches!(byte, b'\n' | b'\r'));
    let end = length.map_or(bytes.len(), |length| from + length);
    match bytes[from..end].contains(&b'"') {
        true => Field::Broken("has a quote inside of a field that does not begin with one"),
        false => Field::Whole(bytes[from..end].to_vec(), end),
    }
}

fn quoted(bytes: &[u8], mut from: usize, delimiter: u8) -> Field {
    let mut field = Vec::new();
    loop {
        let Some(length) = bytes[from..].iter().position(|byte| *byte == b'"') else { return Field::Open };
        let quote = from + length;
        field.extend_from_slice(&bytes[from..quote]);
        match bytes.get(quote + 1) {
            Some(b'"') => {
                field.push(b'"');
                from = quote + 2;
            }
            Some(byte) if *byte != delimiter && !matches!(byte, b'\n' | b'\r') => return Field::Broken("goes on after a closing quote"),
            // At the end of what is there this may still become a doubled quote; then the caller comes again with more.
            _ => return Field::Whole(field, quote + 1),
        }
    }
}

fn texts(fields: Vec<Vec<u8>>) -> Result<Content, (Problem, Vec<u8>)> {
    let mut texts = Vec::with_capacity(fields.len());
    for (place, field) in fields.iter().enumerate() {
        let wrong = |code, message: &str| (Problem::new("", code, format!("field {} {message}", place + 1)), fields.join(&b", "[..]));
        if field.contains(&0) {
            return Err(wrong("nul", "contains the NUL character; if the file is UTF-16, say so with the option `encoding`"));
        }
        match std::str::from_utf8(field) {
            Ok(text) => texts.push(text.to_owned()),
            Err(_) => {
                let message =
                    "has bytes that are no text in the encoding of the file; name it with the option `encoding`, such as windows-1252";
                return Err(wrong("encoding", message));
            }
        }
    }
    Ok(Content::Fields(texts))
}

fn json(line: &[u8]) -> Result<Value, Problem> {
    if std::str::from_utf8(line).is_err() {
        return Err(Problem::new("", "encoding", "the line has bytes that are no text in the encoding of the file"));
    }
    match http::parse::<Value>(line) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err(Problem::new("", "invalid", "the line is not a JSON object")),
        Err(Error::Invalid(mut problems)) => Err(problems.pop().unwrap_or_else(|| Problem::new("", "invalid", "the line is not accepted"))),
        Err(error) => Err(Problem::new("", "malformed", error.to_string())),
    }
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(SHOWN_BYTES_MAX)]).into_owned()
}

/// The delimiter that the first line uses most, outside of quotes; a comma when it uses none.
pub fn detect_delimiter(start: &[u8]) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
    let mut quoted = false;
    for byte in start {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if !quoted => {
                if let Some((_, count)) = counts.iter_mut().find(|(candidate, _)| candidate == byte) {
                    *count += 1;
                }
            }
            _ => {}
        }
    }
    // Of equals the earlier in the list.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| *delimiter)
}

#[cfg(test)]
mod tests;
