//! Aggregates of JSON values: of the numbers among them, by the steps of [`sql::exact`], and of how many are different.

use rusqlite::Connection;
use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::types::ValueRef;
use sql::exact::ExactSum;
use std::collections::HashSet;

/// Adds `exact_sum(json)` and `exact_average(json)`, which are null where no value is a number, and `exact_distinct(json)`, which
/// counts texts, numbers and booleans.
pub fn add_functions(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_aggregate_function("exact_sum", 1, flags, Exact(ExactSum::sum))?;
    connection.create_aggregate_function("exact_average", 1, flags, Exact(ExactSum::average))?;
    connection.create_aggregate_function("exact_distinct", 1, flags, Distinct)
}

struct Exact(fn(&ExactSum) -> Option<f64>);

impl Aggregate<ExactSum, Option<f64>> for Exact {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<ExactSum> {
        Ok(ExactSum::default())
    }

    /// Of all JSON values only numbers are spelled so that they can be read as one.
    fn step(&self, context: &mut Context<'_>, sum: &mut ExactSum) -> rusqlite::Result<()> {
        if let ValueRef::Text(json) = context.get_raw(0) {
            sum.extend(std::str::from_utf8(json).ok().and_then(|json| json.parse().ok()));
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, sum: Option<ExactSum>) -> rusqlite::Result<Option<f64>> {
        Ok(sum.and_then(|sum| self.0(&sum)))
    }
}

struct Distinct;

#[derive(PartialEq, Eq, Hash)]
enum Seen {
    Text(Box<str>),
    /// Its bits, of which both zeros have the same.
    Number(u64),
    Boolean(bool),
}

impl Aggregate<HashSet<Seen>, i64> for Distinct {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<HashSet<Seen>> {
        Ok(HashSet::new())
    }

    fn step(&self, context: &mut Context<'_>, seen: &mut HashSet<Seen>) -> rusqlite::Result<()> {
        if let ValueRef::Text(json) = context.get_raw(0) {
            seen.extend(std::str::from_utf8(json).ok().and_then(read));
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, seen: Option<HashSet<Seen>>) -> rusqlite::Result<i64> {
        Ok(seen.map_or(0, |seen| seen.len() as i64))
    }
}

fn read(json: &str) -> Option<Seen> {
    match json {
        "true" => Some(Seen::Boolean(true)),
        "false" => Some(Seen::Boolean(false)),
        _ if json.contains('\\') => serde_json::from_str(json).ok().map(Seen::Text),
        _ => match json.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
            Some(text) => Some(Seen::Text(text.into())),
            None => json.parse().ok().map(|number: f64| Seen::Number((number + 0.0).to_bits())),
        },
    }
}
