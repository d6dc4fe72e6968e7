//! The audit log: every change by a person or a key, append-only. What Regulars does by itself is explained where it
//! happened, and is in here only where it undoes what a person decided.

mod model;
pub mod routes;
mod store;

pub use model::{Entry, Part, Thing, Wanted, Who};
pub use store::{asking, searching};

use crate::error::Error;
use crate::ids::AuditId;
use crate::work::Work;
use serde_json::Value;

/// Records what was done to one thing, if someone from outside did it.
pub fn record(work: &mut Work<'_>, action: &str, entity_type: &str, entity: Option<i64>, changes: &Value) -> Result<(), Error> {
    if !work.actor.is_outside() {
        return Ok(());
    }
    record_own(work, action, entity_type, entity, changes)
}

/// [`record`], also if Regulars did it by itself.
pub fn record_own(work: &mut Work<'_>, action: &str, entity_type: &str, entity: Option<i64>, changes: &Value) -> Result<(), Error> {
    let id = AuditId(work.tx.new_id(AuditId::KIND)?);
    let entry = Entry {
        id,
        at: work.now,
        actor: work.actor.as_ref().clone(),
        action: action.to_owned(),
        entity_type: entity_type.to_owned(),
        entity_id: entity,
        changes: changes.clone(),
    };
    store::insert(work, &entry)
}
