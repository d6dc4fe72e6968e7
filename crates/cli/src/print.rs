//! What commands print: lines and tables for people, JSON for programs. Standard output carries data only.

use serde::Serialize;
use std::io::{self, Write};

/// Prints text as it is, with a line end.
pub fn line(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    Ok(out.flush()?)
}

pub fn json(value: &impl Serialize) -> anyhow::Result<()> {
    line(&serde_json::to_string_pretty(value)?)
}

/// Prints rows in columns as wide as their longest text.
pub fn table<const N: usize>(heads: [&str; N], rows: &[[String; N]]) -> anyhow::Result<()> {
    let width = |column: usize| {
        let texts = rows.iter().map(|row| row[column].chars().count());
        texts.max().unwrap_or(0).max(heads[column].chars().count())
    };
    let widths: Vec<usize> = (0..N).map(width).collect();
    let print = |row: [&str; N]| {
        let padded: Vec<String> = row.iter().zip(&widths).map(|(text, width)| format!("{text:width$}")).collect();
        line(padded.join("  ").trim_end())
    };
    print(heads)?;
    rows.iter().try_for_each(|row| print(row.each_ref().map(String::as_str)))
}

/// A moment, or a dash.
pub fn moment(at: Option<impl std::fmt::Display>) -> String {
    at.map_or_else(|| "-".to_owned(), |at| at.to_string())
}

/// Whether printing failed because nobody reads any more.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
