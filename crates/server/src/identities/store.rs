//! SQL of the identities.

use super::model::{Identity, Key};
use crate::error::Error;
use crate::ids::CustomerId;
use crate::work::Work;
use std::collections::HashMap;
use store::{FromRow, Row, Rows, Statement, StoreError};

/// Pairs one statement looks for; it binds two values for each.
pub const PAIRS_MAX: usize = 8_192;

/// Appends `(kind, value) in (values …)`, filled up to a power of two so that few statements are prepared.
fn push_pairs(statement: &mut Statement, keys: &[Key]) {
    statement.push("(kind, value) in (values ");
    for place in 0..keys.len().next_power_of_two() {
        let (kind, value) = keys.get(place).unwrap_or(&keys[keys.len() - 1]);
        statement.push(if place == 0 { "(" } else { ", (" }).bind(kind).push(", ").bind(value).push(")");
    }
    statement.push(")");
}

pub fn find(work: &mut Work<'_>, keys: &[Key], found: &mut HashMap<Key, CustomerId>) -> Result<(), Error> {
    if keys.is_empty() {
        return Ok(());
    }
    let mut statement = Statement::new("select kind, value, customer_id from identities where ");
    push_pairs(&mut statement, keys);
    work.tx.each(&statement.text, &statement.values, |row| {
        found.insert((row.get(0)?, row.get(1)?), row.get(2)?);
        Ok(())
    })?;
    Ok(())
}

/// Gives how many were free.
pub fn insert(work: &mut Work<'_>, identities: &[Identity]) -> Result<u64, Error> {
    let mut rows = Rows::with_capacity(5, identities.len());
    for identity in identities {
        rows.push([
            (&identity.kind).into(),
            (&identity.value).into(),
            identity.customer.into(),
            (&identity.spelled).into(),
            identity.created_at.into(),
        ]);
    }
    let into = "insert into identities (kind, value, customer_id, spelled, created_at)";
    Ok(work.tx.insert_counting(into, &rows, "on conflict (kind, value) do nothing")?)
}

pub fn delete(work: &mut Work<'_>, keys: &[Key]) -> Result<(), Error> {
    if keys.is_empty() {
        return Ok(());
    }
    let mut statement = Statement::new("delete from identities where ");
    push_pairs(&mut statement, keys);
    work.tx.run(&statement)?;
    Ok(())
}

pub fn of_customers(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<Vec<Identity>, Error> {
    let mut statement = Statement::new("select kind, value, customer_id, spelled, created_at from identities where customer_id in ");
    statement.bind_list(customers).push(" order by customer_id, created_at, kind, value");
    Ok(work.tx.list(&statement)?)
}

impl FromRow for Identity {
    fn from_row(row: &Row<'_>) -> Result<Identity, StoreError> {
        Ok(Identity { kind: row.get(0)?, value: row.get(1)?, customer: row.get(2)?, spelled: row.get(3)?, created_at: row.get(4)? })
    }
}

pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    let mut statement = Statement::new("delete from identities where customer_id in ");
    statement.bind_list(customers);
    work.tx.run(&statement)?;
    Ok(())
}
