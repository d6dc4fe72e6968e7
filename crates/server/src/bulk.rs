//! Bulk actions: one thing done to many customers of the list. Whom it is about is fixed when it begins; a job does it page by
//! page through the operations of the other slices, and keeps what became of each customer, so that it can be taken back.

mod deeds;
pub mod jobs;
mod model;
mod preview;
pub mod routes;
mod store;
mod undo;

pub use model::{Action, Bulk, Order, Outcome, Preview, State, Subject, Verdict};
pub use preview::preview;

use crate::audit;
use crate::customers::{self, Sort};
use crate::error::Error;
use crate::events::Event;
use crate::ids::{BulkId, CustomerId};
use crate::jobs::{self as queue, Job, Wish};
use crate::personal::{Conflict, Joining, Parting};
use crate::work::Work;
use serde_json::{Value, json};
use std::collections::HashSet;

/// Customers one action can be about.
const CHOSEN_MAX: usize = 2_000_000;
/// Customers one unit of work changes, so that nobody waits long for the writer.
const PAGE: usize = 200;
/// Bulk actions one person or key may have under way.
const UNDER_WAY_MAX: i64 = 5;

/// Whom an order is about, in ascending order of their ids, and all that can be wrong with it.
pub fn choose(work: &mut Work<'_>, order: &Order) -> Result<Vec<CustomerId>, Error> {
    check(work, order)?;
    let mut chosen = match (&order.customers, &order.filter) {
        (Some(named), _) => named.clone(),
        (None, Some(filter)) => {
            let max = CHOSEN_MAX + order.except.len() + 1;
            customers::ids_wanted(work, &filter.wanted(Sort::default())?, max).map_err(customers::in_filter)?
        }
        (None, None) => Vec::new(),
    };
    chosen.sort_unstable();
    chosen.dedup();
    let except: HashSet<CustomerId> = order.except.iter().copied().collect();
    chosen.retain(|customer| !except.contains(customer));
    check_total(chosen.len())?;
    Ok(chosen)
}

fn check_total(chosen: usize) -> Result<(), Error> {
    if CHOSEN_MAX < chosen {
        let why = format!("these are more than {CHOSEN_MAX} customers; narrow the filter, and do it in parts");
        return Err(Error::invalid("/filter", "too_many", why));
    }
    Ok(())
}

fn check(work: &mut Work<'_>, order: &Order) -> Result<(), Error> {
    order.check()?;
    order.action.check(work)
}

/// Begins a bulk action for these customers: a job does it.
pub fn create(work: &mut Work<'_>, order: &Order, chosen: &[CustomerId]) -> Result<Bulk, Error> {
    check(work, order)?;
    order.check_expected(chosen.len())?;
    let new = store::New { action: &order.action, filter: order.filter.as_ref(), undo_of: None };
    let bulk = begin(work, &new, chosen, Wish::default())?;
    let what = json!({ "action": order.action.audited(), "customers": chosen.len(), "filter": order.filter });
    audit::record(work, "create", "bulk_action", Some(bulk.id.0), &what)?;
    Ok(bulk)
}

fn begin(work: &mut Work<'_>, new: &store::New<'_>, chosen: &[CustomerId], wish: Wish) -> Result<Bulk, Error> {
    if chosen.is_empty() {
        return Err(Error::conflict("nobody", "there is no customer to do this to"));
    }
    let owner = work.actor.as_ref().clone();
    if UNDER_WAY_MAX <= store::count_under_way(work, &owner)? {
        let why = format!("you have {UNDER_WAY_MAX} bulk actions under way; wait for one of them, or stop it");
        return Err(Error::conflict("too_many_bulk_actions", why));
    }
    let id = BulkId(work.tx.new_id(BulkId::KIND)?);
    let job = queue::enqueue(work, &Job::Bulk { bulk: id }, wish)?;
    // Only an undoing has a key.
    let job = job.ok_or_else(undone)?;
    store::insert(work, id, new, chosen.len(), job)?;
    store::insert_pages(work, id, chosen.chunks(PAGE))?;
    read(work, id)
}

pub fn read(work: &mut Work<'_>, bulk: BulkId) -> Result<Bulk, Error> {
    store::read(work, bulk)?.ok_or(Error::NotFound)
}

/// The newest first, before the given one, with one more than `limit` if there are more.
pub fn page(work: &mut Work<'_>, before: Option<i64>, limit: usize) -> Result<Vec<Bulk>, Error> {
    store::page(work, before, limit)
}

/// What became of customers, by outcome and id, after a place in that order, with one more than `limit` if there are more.
pub fn outcomes(
    work: &mut Work<'_>,
    bulk: BulkId,
    only: Option<Verdict>,
    after: Option<(Verdict, CustomerId)>,
    limit: usize,
) -> Result<Vec<Outcome>, Error> {
    read(work, bulk)?;
    let mut outcomes = store::outcomes(work, bulk, only, after, limit)?;
    let ids: Vec<CustomerId> = outcomes.iter().map(|outcome| outcome.customer_id).collect();
    let names = customers::names(work, &ids)?;
    for outcome in &mut outcomes {
        outcome.name = names.get(&outcome.customer_id).and_then(customers::CustomerName::shown);
    }
    Ok(outcomes)
}

fn check_undoable(bulk: &Bulk) -> Result<(), Error> {
    if !bulk.state.has_ended() {
        return Err(Error::conflict("bulk_under_way", "this bulk action has not ended; wait for it, or stop it first"));
    }
    match (bulk.is_undoable, bulk.undone_by) {
        (true, _) => Ok(()),
        (false, Some(_)) => Err(undone()),
        (false, None) => {
            let why = "neither a deletion can be undone, nor an undoing, nor what changed nobody or is not kept any more";
            Err(Error::conflict("bulk_not_undoable", why))
        }
    }
}

fn undone() -> Error {
    Error::conflict("bulk_undone", "this bulk action was undone already, or is being undone")
}

/// Takes a bulk action back for those whom it has changed: a bulk action of its own. From here on, the one taken back does not go
/// on.
pub fn undo(work: &mut Work<'_>, bulk: BulkId) -> Result<Bulk, Error> {
    store::lock(work, bulk)?;
    let standing = read(work, bulk)?;
    check_undoable(&standing)?;
    let changed = store::changed(work, bulk, CHOSEN_MAX)?;
    let new = store::New { action: &standing.action, filter: standing.filter.as_ref(), undo_of: Some(bulk) };
    let wish = Wish { unique_key: Some(format!("undo_bulk:{bulk}")), ..Wish::default() };
    let undo = begin(work, &new, &changed, wish)?;
    store::set_undone_by(work, bulk, undo.id)?;
    audit::record(work, "undo", "bulk_action", Some(bulk.0), &json!({ "by": undo.id, "customers": changed.len() }))?;
    Ok(undo)
}

/// Stops a bulk action on its way. What was done stays done, and can be undone.
pub fn cancel(work: &mut Work<'_>, bulk: BulkId) -> Result<Bulk, Error> {
    let standing = read(work, bulk)?;
    if let Some(job) = standing.job_id {
        queue::cancel(work, job)?;
    }
    audit::record(work, "cancel", "bulk_action", Some(bulk.0), &json!({}))?;
    // The events of this unit are answered at its end; what is given back is as it will be.
    store::cancel(work, bulk)?;
    read(work, bulk)
}

/// A bulk action whose job is stopped is stopped too, whether it had begun or not.
pub fn react(work: &mut Work<'_>, events: &[Event]) -> Result<(), Error> {
    events.iter().try_for_each(|event| match event {
        Event::JobCancelled { job } => store::cancel_by_job(work, *job),
        _ => Ok(()),
    })
}

/// Takes away what became of customers who are going, and of those who became a part of them.
pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    let parts = customers::parts_of(work, customers)?;
    let all: Vec<CustomerId> = customers.iter().copied().chain(parts).collect();
    store::forget(work, &all)
}

/// What was done to a customer stays under his id when he becomes a part of another one, like his versions.
pub fn merge(_: &mut Work<'_>, _: &Joining<'_>) -> Result<Value, Error> {
    Ok(Value::Null)
}

pub fn unmerge(_: &mut Work<'_>, _: &mut Parting<'_>) -> Result<Vec<Conflict>, Error> {
    Ok(Vec::new())
}
