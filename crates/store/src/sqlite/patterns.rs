//! What SQLite does not bring along: whether a text matches a regular expression.

use regex::Regex;
use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use std::sync::Arc;

/// Adds `matches_pattern(text, pattern)`. The compiled pattern is kept while a statement runs.
pub fn add_function(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("matches_pattern", 2, flags, matches_pattern)
}

/// Null where the text is none.
fn matches_pattern(context: &Context<'_>) -> rusqlite::Result<Option<bool>> {
    let pattern: Arc<Regex> = context.get_or_create_aux(1, compile)?;
    match context.get_raw(0) {
        ValueRef::Text(text) => Ok(std::str::from_utf8(text).ok().map(|text| pattern.is_match(text))),
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Blob(_) => Ok(None),
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn compile(pattern: ValueRef<'_>) -> Result<Regex, Failure> {
    Ok(Regex::new(pattern.as_str()?)?)
}
