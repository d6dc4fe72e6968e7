//! Values on their way to PostgreSQL: bound to a statement, or as the text of a `copy`.

use crate::tx::Rows;
use sql::Value;
use std::fmt::Write as _;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{Format, IsNull, ToSql, Type, to_sql_checked};

/// The rows in the text form of `copy`.
pub fn copied(rows: &Rows) -> String {
    let mut text = String::with_capacity(rows.len() * rows.width() * 12);
    for row in rows.iter() {
        for (place, value) in row.iter().enumerate() {
            if place > 0 {
                text.push('\t');
            }
            write_copied(&mut text, value);
        }
        text.push('\n');
    }
    text
}

/// One value in the text form of `copy`.
fn write_copied(text: &mut String, value: &Value) {
    // Writing to a string cannot fail.
    let _ = match value {
        Value::Null => write!(text, "\\N"),
        Value::Bool(bool) => write!(text, "{}", if *bool { 't' } else { 'f' }),
        Value::Int(int) => write!(text, "{int}"),
        Value::Real(real) => write!(text, "{real}"),
        Value::Text(plain) => {
            for char in plain.chars() {
                match char {
                    '\\' => text.push_str("\\\\"),
                    '\t' => text.push_str("\\t"),
                    '\n' => text.push_str("\\n"),
                    '\r' => text.push_str("\\r"),
                    char => text.push(char),
                }
            }
            Ok(())
        }
        Value::Bytes(bytes) => {
            text.push_str("\\\\x");
            bytes.iter().try_for_each(|byte| write!(text, "{byte:02x}"))
        }
        Value::Ints(_) | Value::Texts(_) => unreachable!("no column holds a list"),
    };
}

#[derive(Debug)]
pub struct Bound<'v>(pub &'v Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self, column: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (self.0, column) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Bool(bool), &Type::BOOL) => bool.to_sql(column, out),
            (Value::Int(int), &Type::INT8) => int.to_sql(column, out),
            (Value::Int(int), &Type::INT4) => i32::try_from(*int)?.to_sql(column, out),
            (Value::Int(int), &Type::FLOAT8) => (*int as f64).to_sql(column, out),
            (Value::Real(real), &Type::FLOAT8) => real.to_sql(column, out),
            (Value::Text(text), &Type::JSONB) => {
                out.extend_from_slice(&[1]);
                text.as_str().to_sql(&Type::TEXT, out)
            }
            (Value::Text(text), &Type::TEXT | &Type::VARCHAR | &Type::NAME | &Type::UNKNOWN) => text.as_str().to_sql(column, out),
            (Value::Ints(ints), &Type::INT8_ARRAY) => ints.to_sql(column, out),
            (Value::Texts(texts), &Type::TEXT_ARRAY) => texts.to_sql(column, out),
            (Value::Bytes(bytes), &Type::BYTEA) => bytes.as_slice().to_sql(column, out),
            (value, column) => Err(format!("{value:?} cannot be bound as {column}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Binary
    }

    to_sql_checked!();
}
