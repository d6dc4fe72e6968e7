//! Aggregates of the numbers among JSON values, by the steps of [`sql::exact`].

use rusqlite::Connection;
use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::types::ValueRef;
use sql::exact::ExactSum;

/// Adds `exact_sum(json)` and `exact_average(json)`, which are null where no value is a number.
pub fn add_functions(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_aggregate_function("exact_sum", 1, flags, Exact(ExactSum::sum))?;
    connection.create_aggregate_function("exact_average", 1, flags, Exact(ExactSum::average))
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
