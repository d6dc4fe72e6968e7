//! Activities that are taken back: many at a time removed, or given back what they were. Changes are values by JSON pointer.

use super::model::Row;
use super::store;
use crate::customers;
use crate::error::Error;
use crate::events::Event;
use crate::ids::{ActivityId, CustomerId};
use crate::time::Instant;
use crate::work::Work;
use ::store::StoreError;
use anyhow::Context;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// Those of these activities that are there, their customers locked.
pub fn hold(work: &mut Work<'_>, ids: &[ActivityId]) -> Result<HashMap<ActivityId, Row>, Error> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut customers: Vec<CustomerId> = store::rows(work, ids)?.iter().map(|row| row.customer).collect();
    customers.sort_unstable();
    customers.dedup();
    customers::lock(work, &customers)?;
    let rows = store::rows(work, ids)?;
    // A customer became a part of another one while this unit waited for him.
    if rows.iter().any(|row| !work.locked.contains_key(&row.customer)) {
        return Err(StoreError::Again.into());
    }
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// What stands at the path of a change.
pub fn value_at(row: &Row, path: &str) -> Value {
    match path {
        "/occurredAt" => json!(row.occurred_at),
        "/attributes" => row.attributes.as_ref().clone(),
        "/metadata" => json!(row.metadata),
        _ => Value::Null,
    }
}

/// Removes activities that are held, and logs each deletion. Whoever calls this has it audited.
pub fn remove_many(work: &mut Work<'_>, rows: &[Row]) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    store::delete(work, rows)?;
    store::release_external_ids(work, rows)?;
    store::log_deletions(work, rows)?;
    let gone = |row: &Row| Event::ActivityDeleted { customer: row.customer, activity: row.id, kind: row.kind.clone() };
    rows.iter().for_each(|row| work.tell(gone(row)));
    Ok(())
}

/// Writes values into activities that are held, as their next versions. Whoever calls this has it audited.
pub fn put_back(work: &mut Work<'_>, standing: &[(Row, Map<String, Value>)]) -> Result<(), Error> {
    let mut rows = Vec::with_capacity(standing.len());
    for (old, values) in standing {
        let mut row = Row { version: old.version + 1, updated_at: work.now, ..old.clone() };
        for (path, value) in values {
            match path.as_str() {
                "/occurredAt" => {
                    let at = value.as_str().and_then(Instant::parse);
                    row.occurred_at = at.context("the time that an activity had cannot be read")?;
                }
                "/attributes" => row.attributes = Arc::new(value.clone()),
                "/metadata" => row.metadata = Some(value.clone()).filter(|value| !value.is_null()),
                _ => return Err(Error::Bug(anyhow::anyhow!("activities have no {path:?} that could be put back"))),
            }
        }
        rows.push(row);
    }
    store::delete(work, &rows)?;
    store::insert(work, &rows)?;
    rows.iter().for_each(|row| work.tell(Event::ActivityChanged(row.tracked())));
    Ok(())
}
