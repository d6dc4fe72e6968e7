//! SQL of the facts: a statement that selects the columns that are needed and no other.

use super::super::facts::{CustomerFacts, Wanted};
use crate::error::Error;
use crate::ids::CustomerId;
use crate::work::Work;
use condition::{Column, FieldKind, FieldValue, Text, calendar};
use jiff::tz::TimeZone;
use rustc_hash::FxHashMap;
use serde_json::Value;
use std::collections::HashMap;
use store::{Row, Statement, StoreError};

pub fn facts(
    work: &mut Work<'_>,
    customers: &[CustomerId],
    wanted: &[Wanted],
    zone: &TimeZone,
) -> Result<HashMap<CustomerId, CustomerFacts>, Error> {
    let mut statement = Statement::new("select id, time_zone");
    let has_custom = wanted.iter().any(|wanted| matches!(wanted.column, Column::Custom));
    if has_custom {
        statement.push(", fields, fields_folded");
    }
    for wanted in wanted {
        if let Column::BuiltIn { column, folded_column } = wanted.column {
            statement.push(", ").push(column);
            if let Some(folded) = folded_column {
                statement.push(", ").push(folded);
            }
        }
    }
    statement.push(" from customers where id in ").bind_list(customers);
    let mut facts = HashMap::with_capacity(customers.len());
    work.tx.each(&statement.text, &statement.values, |row| {
        facts.insert(row.get(0)?, one(row, wanted, has_custom, zone)?);
        Ok(())
    })?;
    Ok(facts)
}

fn one(row: &Row<'_>, wanted: &[Wanted], has_custom: bool, zone: &TimeZone) -> Result<CustomerFacts, StoreError> {
    let (plain, folded) = match has_custom {
        true => (row.get::<Value>(2)?, row.get::<Value>(3)?),
        false => (Value::Null, Value::Null),
    };
    let mut next = if has_custom { 4 } else { 2 };
    let mut fields = FxHashMap::with_capacity_and_hasher(wanted.len(), Default::default());
    for wanted in wanted {
        let value = match wanted.column {
            Column::BuiltIn { folded_column, .. } => {
                let at = next;
                next += if folded_column.is_some() { 2 } else { 1 };
                built_in(row, at, wanted.kind, folded_column.is_some())?
            }
            Column::Custom => match (plain.get(&*wanted.name), folded.get(&*wanted.name)) {
                (Some(plain), Some(folded)) => FieldValue::read(wanted.kind, plain, folded),
                _ => None,
            },
        };
        if let Some(value) = value {
            fields.insert(wanted.name.clone(), value);
        }
    }
    let own: Option<String> = row.get(1)?;
    Ok(CustomerFacts { fields, zone: calendar::zone_of(own.as_deref(), zone) })
}

fn built_in(row: &Row<'_>, at: usize, kind: FieldKind, has_folded: bool) -> Result<Option<FieldValue>, StoreError> {
    Ok(match kind {
        FieldKind::Number => row.get::<Option<f64>>(at)?.map(FieldValue::Number),
        FieldKind::Boolean => row.get::<Option<bool>>(at)?.map(FieldValue::Boolean),
        FieldKind::Date => row.get::<Option<String>>(at)?.as_deref().and_then(calendar::parse_date).map(FieldValue::Date),
        FieldKind::Datetime => row.get::<Option<i64>>(at)?.map(FieldValue::Datetime),
        FieldKind::Text | FieldKind::Select | FieldKind::Multiselect | FieldKind::List | FieldKind::Json => {
            let plain: Option<String> = row.get(at)?;
            let folded: Option<String> = if has_folded { row.get(at + 1)? } else { plain.clone() };
            plain.zip(folded).map(|(plain, folded)| FieldValue::Text(Text::from_pair(&plain, &folded)))
        }
    })
}
