//! SQL of the suppressed addresses.

use crate::error::Error;
use crate::mail::suppressions::{Reason, Suppression};
use crate::work::Work;
use serde_json::Value;
use store::{FromRow, Row, Rows, Statement, StoreError};

const COLUMNS: &str = "address, reason, source, note, at";

pub fn read(work: &mut Work<'_>, address: &str) -> Result<Option<Suppression>, Error> {
    Ok(work.tx.first(&format!("select {COLUMNS} from suppressions where address = $1"), &[address.into()])?)
}

/// Those that are there already stay as they are; gives how many are new.
pub fn insert(work: &mut Work<'_>, suppressions: &[Suppression]) -> Result<u64, Error> {
    let mut rows = Rows::with_capacity(5, suppressions.len());
    for suppression in suppressions {
        rows.push([
            (&suppression.address).into(),
            suppression.reason.as_str().into(),
            (&suppression.source).into(),
            (&suppression.note).into(),
            suppression.at.into(),
        ]);
    }
    let into = "insert into suppressions (address, reason, source, note, at)";
    Ok(work.tx.insert_counting(into, &rows, "on conflict (address) do nothing")?)
}

pub fn put(work: &mut Work<'_>, suppression: &Suppression) -> Result<(), Error> {
    work.tx.execute(
        "insert into suppressions (address, reason, source, note, at) values ($1, $2, $3, $4, $5)
         on conflict (address) do update
         set reason = excluded.reason, source = excluded.source, note = excluded.note, at = excluded.at",
        &[
            (&suppression.address).into(),
            suppression.reason.as_str().into(),
            (&suppression.source).into(),
            (&suppression.note).into(),
            suppression.at.into(),
        ],
    )?;
    Ok(())
}

pub fn delete(work: &mut Work<'_>, address: &str) -> Result<u64, Error> {
    Ok(work.tx.execute("delete from suppressions where address = $1", &[address.into()])?)
}

/// By address, after the given one.
pub fn page(work: &mut Work<'_>, reason: Option<Reason>, part: Option<&str>, after: &str, limit: usize) -> Result<Vec<Suppression>, Error> {
    let mut statement = Statement::new(&format!("select {COLUMNS} from suppressions where address > "));
    statement.bind(after);
    if let Some(reason) = reason {
        statement.push(" and reason = ").bind(reason.as_str());
    }
    if let Some(part) = part {
        let place = statement.values.len() + 1;
        statement.values.push(part.into());
        statement.push(&format!(" and {{contains address ${place}}}"));
    }
    statement.push(" order by address limit ").bind(limit as i64 + 1);
    Ok(work.tx.list(&statement)?)
}

impl FromRow for Suppression {
    fn from_row(row: &Row<'_>) -> Result<Suppression, StoreError> {
        let reason: String = row.get(1)?;
        let reason = serde_json::from_value(Value::String(reason))
            .map_err(|error| StoreError::bug(format!("why an address is suppressed: {error}")))?;
        Ok(Suppression { address: row.get(0)?, reason, source: row.get(2)?, note: row.get(3)?, at: row.get(4)? })
    }
}
