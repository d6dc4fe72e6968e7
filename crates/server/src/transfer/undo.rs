//! Imports taken back: a job goes through what an import did from the last deed to the first. What the import made goes, what it
//! changed becomes what it was, and whatever was changed since stays as it is, which is told. What came of an undoing that
//! stopped stands, and it goes on from there.

mod activities;
mod customers;
mod earlier;
pub mod jobs;
mod members;
mod model;
mod preview;

pub use model::{Counts, Fate, Outcome, Place, Preview, Reason, Subject, Undo, Verdict};
pub use preview::preview;

use super::deeds::Deed;
use super::model::{Import, Kind, MemberMode, State};
use super::store::{self, undo::Start};
use super::unit;
use crate::access::{DeleteCustomers, EditActivities, EditImports, Permission};
use crate::audit;
use crate::customers as people;
use crate::error::Error;
use crate::events::Cause;
use crate::ids::{CustomerId, ImportId};
use crate::jobs::{Job, Wish};
use crate::segments::replacement;
use crate::work::Work;
use earlier::Earlier;
use serde_json::json;
use std::collections::{HashMap, HashSet};

/// What it takes to undo this import, as its owner wants it.
pub fn permissions(import: &Import, fate: Fate) -> Vec<&'static str> {
    let makes_customers = match import.kind {
        Kind::Customers => true,
        Kind::Activities => import.options.create_customers,
        Kind::Members => false,
    };
    let delete = makes_customers.then_some(DeleteCustomers::NAME);
    // What others have changed since goes.
    let edit = (import.kind == Kind::Activities && fate == Fate::Delete).then_some(EditActivities::NAME);
    [EditImports::NAME].into_iter().chain(delete).chain(edit).collect()
}

/// The import to be taken back, or why it cannot be now. One that nobody may be waiting for, as the command line was
/// interrupted, ends with it.
fn opened(work: &mut Work<'_>, id: ImportId) -> Result<Import, Error> {
    let mut import = super::read(work, id)?;
    if import.is_endable() {
        unit::end(work, &import, State::Cancelled, None, import.counts)?;
        import = super::read(work, id)?;
    }
    check(work, &import)?;
    Ok(import)
}

fn check(work: &mut Work<'_>, import: &Import) -> Result<(), Error> {
    if !import.state.has_ended() {
        return Err(Error::conflict("import_under_way", "this import has not ended; wait for it, or stop it first"));
    }
    if import.undo.as_ref().is_some_and(|undo| !undo.may_begin()) {
        return Err(undone());
    }
    if !import.is_undoable {
        let why = "nothing was done by this import, or what it did is not kept any more";
        return Err(Error::conflict("import_not_undoable", why));
    }
    let replaced = import.options.segment.filter(|_| import.options.mode == MemberMode::Replace);
    match replaced {
        Some(segment) if !replacement::is_told(work, segment)? => {
            Err(Error::conflict("import_under_way", "this import has not ended; wait for it, or stop it first"))
        }
        Some(_) | None => Ok(()),
    }
}

fn undone() -> Error {
    Error::conflict("import_undone", "this import was undone already, or is being undone; to have it back, import the file again")
}

/// Takes an import back: a job does it. One that was stopped goes on where it was; one that left something as it was looks at
/// that again.
pub fn begin(work: &mut Work<'_>, import: ImportId, fate: Fate) -> Result<Import, Error> {
    store::undo::lock(work, import)?;
    let standing = opened(work, import)?;
    let wish = Wish { unique_key: Some(format!("undo_import:{import}")), ..Wish::default() };
    let job = crate::jobs::enqueue(work, &Job::UndoImport { import }, wish)?.ok_or_else(undone)?;
    let start = match &standing.undo {
        None => Start { attempt: 1, at: Place::default(), done: 0, total: store::undo::total(work, import)?, counts: Counts::default() },
        Some(Undo { state: State::Done, attempt, total, counts, .. }) => {
            Start { attempt: attempt + 1, at: Place::default(), done: 0, total: *total, counts: Counts { kept: 0, ..*counts } }
        }
        Some(undo) => Start { attempt: undo.attempt, at: undo.at, done: undo.done, total: undo.total, counts: undo.counts },
    };
    store::undo::start(work, import, fate, &start, job)?;
    audit::record(work, "undo", "import", Some(import.0), &json!({ "kept": fate, "total": start.total }))?;
    super::read(work, import)
}

/// Of an undoing that is begun again, those deeds that it left as they were.
fn left(work: &mut Work<'_>, import: &Import, deeds: &[Deed]) -> Result<Vec<Deed>, Error> {
    if !import.undo.as_ref().is_some_and(Undo::is_again) {
        return Ok(deeds.to_vec());
    }
    let kept: HashSet<(i64, (Subject, i64))> =
        store::undo::kept_of(work, import.id, deeds)?.iter().map(|kept| (kept.row, kept.subject())).collect();
    Ok(deeds.iter().filter(|deed| kept.contains(&(deed.row(), deed.subject()))).copied().collect())
}

/// What was left as it was, in the order of the file, with one more than `limit` if there are more.
pub fn kept(work: &mut Work<'_>, import: ImportId, after: Option<store::undo::KeptPlace>, limit: usize) -> Result<Vec<Outcome>, Error> {
    super::read(work, import)?;
    let mut kept = store::undo::kept(work, import, after, limit)?;
    name(work, &mut kept)?;
    Ok(kept)
}

/// Says of each outcome what to call the customer; nothing of those who are gone.
fn name(work: &mut Work<'_>, outcomes: &mut [Outcome]) -> Result<(), Error> {
    let ids: Vec<CustomerId> = outcomes.iter().map(|outcome| outcome.customer_id).collect();
    let names = people::names(work, &ids)?;
    for outcome in outcomes.iter_mut().filter(|outcome| outcome.name.is_none()) {
        outcome.name = names.get(&outcome.customer_id).and_then(people::CustomerName::shown);
    }
    Ok(())
}

/// Takes these deeds back; says what became of each thing.
fn take_back(work: &mut Work<'_>, import: &Import, fate: Fate, deeds: &[Deed]) -> Result<Vec<Outcome>, Error> {
    // As the rules looked, or not, when it was brought in.
    work.is_quiet = !import.options.run_rules;
    work.cause = Some(Cause::ImportUndone { import: import.id });
    let deeds = &left(work, import, deeds)?;
    let mut outcomes = members::take_back(work, import, deeds)?;
    outcomes.extend(activities::take_back(work, import, fate, deeds)?);
    outcomes.extend(customers::restore(work, import, deeds)?);
    // Whoever was made for activities goes after them.
    outcomes.extend(customers::delete(work, fate, deeds)?);
    work.cause = None;
    Ok(outcomes)
}

/// Those of these customers who are not there because they became a part of another one.
fn merged(work: &mut Work<'_>, missing: &[CustomerId]) -> Result<HashMap<CustomerId, CustomerId>, Error> {
    if missing.is_empty() { Ok(HashMap::new()) } else { people::resolve(work, missing) }
}
