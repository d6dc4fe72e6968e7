//! Rows of either driver, read column by column into our own types.

use crate::StoreError;
use rusqlite::types::ValueRef;
use std::error::Error;
use tokio_postgres::types::{FromSql, Type};

/// One row of an answer, valid while the answer is read.
pub enum Row<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r tokio_postgres::Row),
}

/// A type made from one row: its columns in the order of the statement.
pub trait FromRow: Sized {
    fn from_row(row: &Row<'_>) -> Result<Self, StoreError>;
}

/// A type made from one column.
pub trait FromColumn: Sized {
    fn from_cell(cell: Cell<'_>) -> Option<Self>;
}

/// What a column holds, borrowed from the driver.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'c> {
    Null,
    Bool(bool),
    Int(i64),
    Real(f64),
    Text(&'c str),
    Bytes(&'c [u8]),
}

impl Row<'_> {
    /// The column as `T`; a column of another type is a fault of ours.
    pub fn get<T: FromColumn>(&self, index: usize) -> Result<T, StoreError> {
        let cell = self.cell(index)?;
        T::from_cell(cell).ok_or_else(|| {
            StoreError::bug(format!("column {index} holds {} and cannot be read as {}", kind(cell), std::any::type_name::<T>()))
        })
    }

    /// How many columns there are.
    pub fn width(&self) -> usize {
        match self {
            Row::Sqlite(row) => row.as_ref().column_count(),
            Row::Postgres(row) => row.len(),
        }
    }

    fn cell(&self, index: usize) -> Result<Cell<'_>, StoreError> {
        match self {
            Row::Sqlite(row) => {
                let value = row.get_ref(index).map_err(|error| StoreError::bug(format!("column {index}: {error}")))?;
                Ok(match value {
                    ValueRef::Null => Cell::Null,
                    ValueRef::Integer(int) => Cell::Int(int),
                    ValueRef::Real(real) => Cell::Real(real),
                    ValueRef::Text(text) => {
                        Cell::Text(std::str::from_utf8(text).map_err(|_| StoreError::bug(format!("column {index} is not UTF-8")))?)
                    }
                    ValueRef::Blob(bytes) => Cell::Bytes(bytes),
                })
            }
            Row::Postgres(row) => row.try_get::<_, Cell<'_>>(index).map_err(|error| StoreError::bug(format!("column {index}: {error}"))),
        }
    }
}

impl<'a> FromSql<'a> for Cell<'a> {
    fn from_sql(column: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(match *column {
            Type::BOOL => Cell::Bool(bool::from_sql(column, raw)?),
            Type::INT8 => Cell::Int(i64::from_sql(column, raw)?),
            Type::INT4 => Cell::Int(i64::from(i32::from_sql(column, raw)?)),
            Type::FLOAT8 => Cell::Real(f64::from_sql(column, raw)?),
            Type::BYTEA => Cell::Bytes(raw),
            // The binary form of jsonb is one version byte and the text.
            Type::JSONB => Cell::Text(std::str::from_utf8(raw.get(1..).unwrap_or_default())?),
            _ => Cell::Text(<&str>::from_sql(column, raw)?),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Cell::Null)
    }

    fn accepts(column: &Type) -> bool {
        matches!(
            *column,
            Type::BOOL
                | Type::INT8
                | Type::INT4
                | Type::FLOAT8
                | Type::BYTEA
                | Type::JSONB
                | Type::TEXT
                | Type::VARCHAR
                | Type::NAME
                | Type::UNKNOWN
        )
    }
}

fn kind(cell: Cell<'_>) -> &'static str {
    match cell {
        Cell::Null => "null",
        Cell::Bool(_) => "a boolean",
        Cell::Int(_) => "an integer",
        Cell::Real(_) => "a number",
        Cell::Text(_) => "text",
        Cell::Bytes(_) => "bytes",
    }
}

impl FromColumn for i64 {
    fn from_cell(cell: Cell<'_>) -> Option<i64> {
        match cell {
            Cell::Int(int) => Some(int),
            _ => None,
        }
    }
}

impl FromColumn for f64 {
    fn from_cell(cell: Cell<'_>) -> Option<f64> {
        match cell {
            Cell::Real(real) => Some(real),
            Cell::Int(int) => Some(int as f64),
            _ => None,
        }
    }
}

impl FromColumn for bool {
    fn from_cell(cell: Cell<'_>) -> Option<bool> {
        match cell {
            Cell::Bool(bool) => Some(bool),
            Cell::Int(0) => Some(false),
            Cell::Int(1) => Some(true),
            _ => None,
        }
    }
}

impl FromColumn for String {
    fn from_cell(cell: Cell<'_>) -> Option<String> {
        match cell {
            Cell::Text(text) => Some(text.to_owned()),
            _ => None,
        }
    }
}

impl FromColumn for Vec<u8> {
    fn from_cell(cell: Cell<'_>) -> Option<Vec<u8>> {
        match cell {
            Cell::Bytes(bytes) => Some(bytes.to_vec()),
            _ => None,
        }
    }
}

/// A document column.
impl FromColumn for serde_json::Value {
    fn from_cell(cell: Cell<'_>) -> Option<serde_json::Value> {
        match cell {
            Cell::Text(text) => serde_json::from_str(text).ok(),
            _ => None,
        }
    }
}

impl<T: FromColumn> FromColumn for Option<T> {
    fn from_cell(cell: Cell<'_>) -> Option<Option<T>> {
        match cell {
            Cell::Null => Some(None),
            cell => T::from_cell(cell).map(Some),
        }
    }
}

macro_rules! scalar_rows {
    ($($type:ty),*) => {$(
        impl FromRow for $type {
            fn from_row(row: &Row<'_>) -> Result<Self, StoreError> {
                row.get(0)
            }
        }
    )*};
}
scalar_rows!(i64, f64, bool, String, Vec<u8>, serde_json::Value, Option<i64>, Option<f64>, Option<String>);

macro_rules! tuple_rows {
    ($($name:ident $index:tt),*) => {
        impl<$($name: FromColumn),*> FromRow for ($($name,)*) {
            fn from_row(row: &Row<'_>) -> Result<Self, StoreError> {
                Ok(($(row.get::<$name>($index)?,)*))
            }
        }
    };
}
tuple_rows!(A 0, B 1);
tuple_rows!(A 0, B 1, C 2);
tuple_rows!(A 0, B 1, C 2, D 3);
tuple_rows!(A 0, B 1, C 2, D 3, E 4);
tuple_rows!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple_rows!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple_rows!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
