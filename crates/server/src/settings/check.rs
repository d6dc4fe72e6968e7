//! What a custom field accepts. Pure.

use super::model::{Field, FieldKind};
use crate::error::Problem;
use condition::calendar;
use serde_json::{Number, Value};

/// Characters of a text; of a text the database indexes; of an entry of a list.
pub const TEXT_CHARS_MAX: usize = 5_000;
pub const INDEXED_CHARS_MAX: usize = 255;
const ENTRY_CHARS_MAX: usize = 255;
/// Entries of a list.
const ENTRIES_MAX: usize = 200;
/// A document, as JSON text and in depth.
const JSON_BYTES_MAX: usize = 16_384;
const JSON_DEPTH_MAX: usize = 16;

/// The value as it is kept, or what is wrong with it at this path. Null is no value and never gets here.
pub fn fits(field: &Field, value: &Value, path: &str) -> Result<Value, Problem> {
    match field.kind {
        FieldKind::Text => text(value, path, if field.is_indexed { INDEXED_CHARS_MAX } else { TEXT_CHARS_MAX }).map(Value::String),
        FieldKind::Number => match value.as_number().filter(|number| is_safe(number)) {
            Some(number) => Ok(Value::Number(number.clone())),
            None => Err(wrong(path, "a number")),
        },
        FieldKind::Boolean => value.is_boolean().then(|| value.clone()).ok_or_else(|| wrong(path, "true or false")),
        FieldKind::Date => match value.as_str().and_then(calendar::parse_date) {
            Some(date) => Ok(Value::String(date.to_string())),
            None => Err(wrong(path, "a date that exists, such as 2024-02-29")),
        },
        FieldKind::Datetime => match value.as_str().and_then(calendar::parse_instant) {
            Some(instant) => Ok(Value::String(calendar::instant_text(instant))),
            None => Err(wrong(path, "an RFC 3339 time with an offset")),
        },
        FieldKind::Select => option(field, value, path),
        FieldKind::Multiselect => entries(value, path, |entry, path| option(field, entry, path)),
        FieldKind::List => entries(value, path, |entry, path| text(entry, path, ENTRY_CHARS_MAX).map(Value::String)),
        FieldKind::Json => document(value, path),
    }
}

/// Numbers both databases and JavaScript keep as they are.
fn is_safe(number: &Number) -> bool {
    number.as_f64().is_some_and(|number| number.is_finite() && number.abs() <= 1e15)
}

fn wrong(path: &str, wanted: &str) -> Problem {
    Problem::new(path, "wrong_type", format!("this must be {wanted}"))
}

fn text(value: &Value, path: &str, chars_max: usize) -> Result<String, Problem> {
    let text = value.as_str().ok_or_else(|| wrong(path, "a text"))?.trim();
    if text.contains('\0') {
        return Err(Problem::new(path, "nul", "text must not contain the NUL character"));
    }
    if chars_max < text.chars().count() {
        return Err(Problem::new(path, "too_long", format!("this may have at most {chars_max} characters")));
    }
    Ok(text.to_owned())
}

fn option(field: &Field, value: &Value, path: &str) -> Result<Value, Problem> {
    let chosen = value.as_str().ok_or_else(|| wrong(path, "one of the options"))?;
    match field.has_option(chosen) {
        true => Ok(Value::String(chosen.to_owned())),
        false => Err(Problem::new(path, "not_an_option", format!("{chosen:?} is not an option of {}", field.name))),
    }
}

fn entries(value: &Value, path: &str, check: impl Fn(&Value, &str) -> Result<Value, Problem>) -> Result<Value, Problem> {
    let list = value.as_array().ok_or_else(|| wrong(path, "a list"))?;
    if ENTRIES_MAX < list.len() {
        return Err(Problem::new(path, "too_long", format!("this may have at most {ENTRIES_MAX} entries")));
    }
    let mut kept = Vec::with_capacity(list.len());
    for (place, entry) in list.iter().enumerate() {
        let entry = check(entry, &format!("{path}/{place}"))?;
        // Twice the same says nothing more.
        if !kept.contains(&entry) {
            kept.push(entry);
        }
    }
    Ok(Value::Array(kept))
}

fn document(value: &Value, path: &str) -> Result<Value, Problem> {
    let text = value.to_string();
    if JSON_BYTES_MAX < text.len() {
        return Err(Problem::new(path, "too_long", format!("this may have at most {JSON_BYTES_MAX} bytes as JSON")));
    }
    if JSON_DEPTH_MAX < depth(value) {
        return Err(Problem::new(path, "too_deep", format!("this may be nested {JSON_DEPTH_MAX} deep at most")));
    }
    match has_nul(value) {
        true => Err(Problem::new(path, "nul", "text must not contain the NUL character")),
        false => Ok(value.clone()),
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(entries) => 1 + entries.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(entries) => entries.iter().any(has_nul),
        Value::Object(members) => members.iter().any(|(name, member)| name.contains('\0') || has_nul(member)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

const NAME_CHARS_MAX: usize = 64;

/// Whether a purpose, a list or the like can be called this.
pub fn is_name(text: &str) -> bool {
    let fits = |char: char| char.is_ascii_alphanumeric() || "_-.".contains(char);
    !text.is_empty() && text.len() <= NAME_CHARS_MAX && text.chars().all(fits)
}
