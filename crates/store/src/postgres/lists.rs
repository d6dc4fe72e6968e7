//! Many rows in one statement: each column is bound as one list, so that any number of rows is the same prepared text and
//! one round trip.

use super::session::BoundBox;
use crate::StoreError;
use crate::tx::Rows;
use sql::Value;
use tokio_postgres::types::Type;

/// The statement that inserts lists into these columns; nothing if a column has a type that is never inserted this way.
pub fn text(into: &str, columns: &[Type], suffix: &str) -> Option<String> {
    let lists: Vec<&str> = columns.iter().map(list_type).collect::<Option<_>>()?;
    let names: Vec<String> = (0..columns.len()).map(|place| format!("c{place}")).collect();
    let cast = |(name, column): (&String, &Type)| if *column == Type::JSONB { format!("r.{name}::jsonb") } else { format!("r.{name}") };
    let selected: Vec<String> = names.iter().zip(columns).map(cast).collect();
    let bound: Vec<String> = lists.iter().enumerate().map(|(place, list)| format!("${}::{list}[]", place + 1)).collect();
    Some(format!("{into} select {} from unnest({}) as r({}) {suffix}", selected.join(", "), bound.join(", "), names.join(", ")))
}

fn list_type(column: &Type) -> Option<&'static str> {
    Some(match *column {
        Type::INT8 | Type::INT4 => "bigint",
        Type::FLOAT8 => "double precision",
        Type::BOOL => "boolean",
        Type::TEXT | Type::VARCHAR | Type::JSONB => "text",
        Type::BYTEA => "bytea",
        _ => return None,
    })
}

/// The values of each column.
pub fn columns<'r>(rows: &'r Rows, columns: &[Type]) -> Result<Vec<BoundBox<'r>>, StoreError> {
    columns.iter().enumerate().map(|(place, of)| column(rows, place, of)).collect()
}

fn column<'r>(rows: &'r Rows, place: usize, of: &Type) -> Result<BoundBox<'r>, StoreError> {
    let values = || rows.iter().map(move |row| &row[place]);
    Ok(match *of {
        Type::INT8 | Type::INT4 => Box::new(list(values(), |value| if let Value::Int(int) = value { Some(*int) } else { None })?),
        Type::FLOAT8 => Box::new(list(values(), |value| match value {
            Value::Real(real) => Some(*real),
            Value::Int(int) => Some(*int as f64),
            _ => None,
        })?),
        Type::BOOL => Box::new(list(values(), |value| if let Value::Bool(bool) = value { Some(*bool) } else { None })?),
        Type::BYTEA => Box::new(list(values(), |value| if let Value::Bytes(bytes) = value { Some(bytes.as_slice()) } else { None })?),
        _ => Box::new(list(values(), |value| if let Value::Text(text) = value { Some(text.as_str()) } else { None })?),
    })
}

fn list<'r, T>(values: impl Iterator<Item = &'r Value>, read: impl Fn(&'r Value) -> Option<T>) -> Result<Vec<Option<T>>, StoreError> {
    values
        .map(|value| match value {
            Value::Null => Ok(None),
            value => read(value).map(Some).ok_or_else(|| StoreError::bug(format!("{value:?} in a column of another type"))),
        })
        .collect()
}
