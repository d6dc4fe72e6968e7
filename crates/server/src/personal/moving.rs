//! Rows that go over to another customer, and rows kept as they were. A row never changes its customer in place: it is
//! written for the other one and deleted.

use super::store;
use crate::error::Error;
use crate::ids::CustomerId;
use crate::work::Work;
use ::store::{Cell, FromColumn, FromRow, Row, StoreError};
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

/// A table whose rows go over as they are: its name, the column that tells its rows apart, and all columns but the customer.
pub struct Table {
    pub name: &'static str,
    pub id: &'static str,
    pub columns: &'static str,
}

/// Takes all rows of one customer over; gives their ids.
pub fn move_all(work: &mut Work<'_>, table: &Table, from: CustomerId, into: CustomerId) -> Result<Vec<i64>, Error> {
    store::copy(work, table, from, into, None)?;
    store::delete(work, table, from, None)
}

/// Takes those of the rows over that are still there.
pub fn move_some(work: &mut Work<'_>, table: &Table, from: CustomerId, into: CustomerId, ids: &[i64]) -> Result<(), Error> {
    if ids.is_empty() {
        return Ok(());
    }
    store::copy(work, table, from, into, Some(ids))?;
    store::delete(work, table, from, Some(ids)).map(drop)
}

/// A row as it stands in the database, to be written again just so.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Kept(pub Vec<Value>);

impl Kept {
    pub fn values(&self) -> Vec<::store::Value> {
        self.0.iter().map(bound).collect()
    }

    pub fn int(&self, place: usize) -> i64 {
        self.0.get(place).and_then(Value::as_i64).unwrap_or_default()
    }

    pub fn text(&self, place: usize) -> &str {
        self.0.get(place).and_then(Value::as_str).unwrap_or_default()
    }

    /// SQLite keeps what is true as a number.
    pub fn is_true(&self, place: usize) -> bool {
        self.0.get(place).is_some_and(|value| value.as_bool().unwrap_or(value.as_i64() == Some(1)))
    }
}

struct Plain(Value);

impl FromColumn for Plain {
    fn from_cell(cell: Cell<'_>) -> Option<Plain> {
        Some(Plain(match cell {
            Cell::Null => Value::Null,
            Cell::Bool(bool) => Value::Bool(bool),
            Cell::Int(int) => Value::Number(int.into()),
            Cell::Real(real) => Value::Number(Number::from_f64(real)?),
            Cell::Text(text) => Value::String(text.to_owned()),
            Cell::Bytes(_) => return None,
        }))
    }
}

impl FromRow for Kept {
    fn from_row(row: &Row<'_>) -> Result<Kept, StoreError> {
        let cells = (0..row.width()).map(|place| row.get::<Plain>(place).map(|plain| plain.0));
        cells.collect::<Result<Vec<Value>, StoreError>>().map(Kept)
    }
}

fn bound(value: &Value) -> ::store::Value {
    match value {
        Value::Null => ::store::Value::Null,
        Value::Bool(bool) => ::store::Value::Bool(*bool),
        Value::Number(number) => match number.as_i64() {
            Some(int) => ::store::Value::Int(int),
            None => ::store::Value::Real(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => ::store::Value::Text(text.clone()),
        Value::Array(_) | Value::Object(_) => ::store::Value::Text(value.to_string()),
    }
}
