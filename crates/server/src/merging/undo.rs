//! Undoing a merge: both are there again as they were. What happened since is kept; where that stands in the way of what
//! was, it is told.

use super::model::{Merge, State};
use super::store;
use crate::audit;
use crate::customers;
use crate::error::Error;
use crate::events::Event;
use crate::ids::MergeId;
use crate::personal::{self, Journals, Parting};
use crate::work::Work;
use serde_json::json;

pub fn undo(work: &mut Work<'_>, id: MergeId) -> Result<Merge, Error> {
    let found = store::read(work, id)?.ok_or(Error::NotFound)?;
    // Whoever merges or undoes with this survivor waits here, so that what is read next is what stands.
    let held = customers::lock(work, &[found.survivor_id])?;
    let journals = store::journals(work, id)?;
    let merge = store::read(work, id)?.ok_or(Error::NotFound)?;
    let (merge, journals) = undoable(merge, journals, !held.is_empty())?;
    let later = store::later(work, &merge)?;
    let mut rewritten: Vec<Journals> = later.iter().map(|(_, journals)| journals.clone()).collect();
    let mut parting =
        Parting { merge: id, from: merge.other_id, into: merge.survivor_id, slice: "", journals: &journals, later: &mut rewritten };
    let conflicts = personal::unmerge(work, &mut parting)?;
    for ((later, before), after) in later.iter().zip(&rewritten) {
        if before != after {
            store::rewrite(work, *later, after)?;
        }
    }
    store::undo(work, id, &conflicts)?;
    store::quarantine::reopen(work, merge.survivor_id, merge.other_id, merge.at)?;
    audit::record_own(work, "unmerge", "customer", Some(merge.survivor_id.0), &json!({"merge": id, "other": merge.other_id}))?;
    work.tell(Event::CustomersUnmerged { customer: merge.survivor_id, other: merge.other_id, merge: id });
    super::read(work, id)
}

/// The merge with its way back, or why there is none.
fn undoable(merge: Merge, journals: Option<Journals>, is_survivor_there: bool) -> Result<(Merge, Journals), Error> {
    if merge.state == State::Undone {
        return Err(Error::conflict("merge_undone", "this merge was undone already"));
    }
    if let Some(covering) = merge.covered_by {
        let detail = format!("customer {} has become a part of another one since; undo merge {covering} first", merge.survivor_id);
        return Err(Error::conflict("merge_covered", detail));
    }
    match journals.filter(|_| is_survivor_there) {
        Some(journals) => Ok((merge, journals)),
        None => {
            let detail = format!("customer {} was deleted, and with him all that was kept of this merge", merge.survivor_id);
            Err(Error::conflict("survivor_gone", detail))
        }
    }
}
