//! Pairs that were not merged without a person: somebody merges them, or says that they are two.

use super::model::{Named, QuarantineState, Quarantined};
use super::store::quarantine as store;
use crate::audit;
use crate::duplicates;
use crate::error::Error;
use crate::ids::QuarantineId;
use crate::work::Work;
use serde_json::json;

/// The newest first, before the given one.
pub fn list(
    work: &mut Work<'_>,
    state: QuarantineState,
    before: Option<QuarantineId>,
    limit: usize,
) -> Result<Vec<Named<Quarantined>>, Error> {
    let pairs = store::page(work, state, before, limit)?;
    super::named(work, pairs, |pair| [pair.survivor_id, pair.other_id])
}

/// Lets a pair be two people.
pub fn dismiss(work: &mut Work<'_>, pair: QuarantineId) -> Result<Quarantined, Error> {
    let standing = store::read(work, pair)?.ok_or(Error::NotFound)?;
    if !store::resolve(work, pair, QuarantineState::Dismissed)? {
        return Err(Error::conflict("quarantine_resolved", format!("this pair was {} already", standing.state.as_str())));
    }
    duplicates::tell_apart(work, standing.survivor_id, standing.other_id)?;
    audit::record(
        work,
        "dismiss",
        "merge_quarantine",
        Some(pair.0),
        &json!({"survivor": standing.survivor_id, "other": standing.other_id}),
    )?;
    store::read(work, pair)?.ok_or(Error::NotFound)
}
