//! Merging: two customers who are one person become one, and two again when that was wrong. What becomes of the profile is
//! decided here; what becomes of everything else, by the slices that keep it. Who might be the same is not asked here.

mod automatic;
mod guards;
mod model;
mod plan;
mod preview;
mod quarantine;
pub mod redirect;
pub mod routes;
mod store;
mod undo;

pub use automatic::{Automatic, merge_automatically};
pub use guards::Reason;
pub use model::{
    AutoPair, Cause, FieldPlan, FieldRule, Merge, Named, Origin, Pick, PickedValue, Picks, Plan, QuarantineState, Quarantined, SegmentPlan,
    Side, State, Taken, Wish,
};
pub use preview::preview;
pub use quarantine::{dismiss, list as quarantined};
pub use undo::undo;

use crate::audit;
use crate::customers::{self, Candidate, CustomerName};
use crate::error::{Error, Problem};
use crate::events::Event;
use crate::ids::{CustomerId, MergeId};
use crate::personal::{self, Joining};
use crate::settings;
use crate::work::Work;
use ::store::StoreError;
use plan::Planned;
use serde_json::json;
use std::collections::BTreeSet;

/// Merges that one timeline shows; nobody is that many people.
const SHOWN_MAX: usize = 500;

/// Makes one customer a part of another one. All of it is one unit: no part of it is ever seen without the rest.
pub fn merge(work: &mut Work<'_>, wish: &Wish) -> Result<Merge, Error> {
    check_pair(wish.survivor, wish.other)?;
    let held = customers::lock(work, &[wish.survivor, wish.other])?;
    let [survivor, other] = load(work, wish)?;
    if held.len() < 2 {
        // One of them came or went between the two looks: the unit starts anew.
        return Err(StoreError::Again.into());
    }
    let planned = planned(work, &survivor, &other, wish)?;
    check_guards(work, &survivor, &other, wish.confirmed)?;
    carry_out(work, &survivor, &other, planned, wish)
}

/// Merges those who are found to be one person surely enough. The older one stays.
pub fn react(work: &mut Work<'_>, events: &[Event]) -> Result<(), Error> {
    let found = events.iter().filter_map(|event| match event {
        Event::DuplicateFound { customer, other, pair, probability, rule } => Some(AutoPair {
            survivor: *customer.min(other),
            other: *customer.max(other),
            pair_id: Some(pair.0),
            score: Some(*probability),
            rule: rule.as_deref().map(str::to_owned),
        }),
        _ => None,
    });
    let found: Vec<AutoPair> = found.collect();
    for some in found.chunks(automatic::PAIRS_MAX) {
        merge_automatically(work, some)?;
    }
    Ok(())
}

fn check_pair(survivor: CustomerId, other: CustomerId) -> Result<(), Error> {
    match survivor == other {
        true => Err(Error::invalid("/otherId", "same", "a customer cannot be merged with himself")),
        false => Ok(()),
    }
}

/// Both customers; whoever is named as the other and is not there is a mistake in the body.
fn load(work: &mut Work<'_>, wish: &Wish) -> Result<[Candidate; 2], Error> {
    customers::must_exist(work, wish.survivor)?;
    customers::candidates(work, [wish.survivor, wish.other]).map_err(|error| match error {
        Error::NotFound => Error::invalid("/otherId", "unknown_customer", format!("there is no customer {}", wish.other)),
        error => error,
    })
}

/// What becomes of the profile, with what was picked checked like in a save.
fn planned(work: &mut Work<'_>, survivor: &Candidate, other: &Candidate, wish: &Wish) -> Result<Planned, Error> {
    let (settings, fields) = (settings::all(work)?, settings::fields(work)?);
    let mut planned = plan::plan(survivor, other, wish.rule, &wish.picks, &settings.merging, &fields).map_err(Error::Invalid)?;
    planned.profile = customers::picked(work, [survivor.id, other.id], planned.profile, &planned.values)?;
    Ok(planned)
}

fn check_guards(work: &mut Work<'_>, survivor: &Candidate, other: &Candidate, confirmed: bool) -> Result<(), Error> {
    let settings = settings::all(work)?;
    let refusals = guards::over_limits(survivor, other, &settings.merging);
    if !refusals.is_empty() {
        return Err(conflict("identity_limit", "the customers are known by too much to be one", &refusals));
    }
    let confirmations = guards::confirmations(survivor, other);
    match confirmed || confirmations.is_empty() {
        true => Ok(()),
        false => Err(conflict("confirmation_needed", "these may be two people; confirm that they are one", &confirmations)),
    }
}

fn conflict(code: &'static str, detail: &str, reasons: &[Reason]) -> Error {
    let problems = reasons.iter().map(|reason| Problem::new("", &reason.code, reason.detail.clone())).collect();
    Error::Conflict { code, detail: detail.to_owned(), problems, existing: None }
}

fn carry_out(work: &mut Work<'_>, survivor: &Candidate, other: &Candidate, planned: Planned, wish: &Wish) -> Result<Merge, Error> {
    let id = MergeId(work.tx.new_id(MergeId::KIND)?);
    let joining = Joining { merge: id, from: other.id, into: survivor.id, before: &survivor.profile, profile: &planned.profile };
    let journals = personal::merge(work, &joining)?;
    let merge = Merge {
        id,
        survivor_id: survivor.id,
        other_id: other.id,
        state: State::Done,
        rule: wish.rule,
        cause: wish.cause.clone(),
        at: work.now,
        actor: work.actor.as_ref().clone(),
        taken: Taken { other: name_of(other), fields: planned.fields.into_iter().filter(is_taken).collect() },
        undoable: true,
        covered_by: None,
        undone_at: None,
        undone_by: None,
        conflicts: Vec::new(),
    };
    store::insert(work, &merge, &journals)?;
    store::quarantine::merged(work, survivor.id, other.id)?;
    let changes = json!({"merge": id, "other": other.id, "cause": wish.cause});
    audit::record_own(work, "merge", "customer", Some(survivor.id.0), &changes)?;
    work.tell(Event::CustomersMerged { customer: survivor.id, other: other.id, merge: id });
    Ok(merge)
}

fn name_of(customer: &Candidate) -> CustomerName {
    let profile = &customer.profile;
    CustomerName { email: profile.email.clone(), firstname: profile.firstname.clone(), lastname: profile.lastname.clone() }
}

/// Whether the survivor has another value than before.
fn is_taken(field: &FieldPlan) -> bool {
    field.value != field.survivor
}

pub fn read(work: &mut Work<'_>, merge: MergeId) -> Result<Merge, Error> {
    store::read(work, merge)?.ok_or(Error::NotFound)
}

/// Merges, the newest first, before the given one: those of a customer, whichever of the two he was, or all.
pub fn list(
    work: &mut Work<'_>,
    customer: Option<CustomerId>,
    state: Option<State>,
    before: Option<MergeId>,
    limit: usize,
) -> Result<Vec<Named<Merge>>, Error> {
    let merges = store::page(work, store::Wanted { customer, state }, before, limit)?;
    named(work, merges, |merge| [merge.survivor_id, merge.other_id])
}

/// Names the two customers of each.
fn named<T>(work: &mut Work<'_>, all: Vec<T>, two: impl Fn(&T) -> [CustomerId; 2]) -> Result<Vec<Named<T>>, Error> {
    let ids: BTreeSet<CustomerId> = all.iter().flat_map(&two).collect();
    let names = customers::names(work, &ids.into_iter().collect::<Vec<_>>())?;
    let name = |of: T| {
        let [survivor, other] = two(&of).map(|customer| names.get(&customer).cloned());
        Named { of, survivor, other }
    };
    Ok(all.into_iter().map(name).collect())
}

/// The merges that belong to the story of a customer: his own, and those of whoever became a part of him.
pub fn of_customer(work: &mut Work<'_>, customer: CustomerId) -> Result<Vec<Merge>, Error> {
    let parts = customers::parts_of(work, &[customer])?;
    let all: Vec<CustomerId> = std::iter::once(customer).chain(parts).collect();
    store::of_customers(work, &all, SHOWN_MAX)
}

/// Takes away what merges keep of customers who are going, and of those who became a part of them.
pub fn forget(work: &mut Work<'_>, gone: &[CustomerId]) -> Result<(), Error> {
    let parts = customers::parts_of(work, gone)?;
    let all: Vec<CustomerId> = gone.iter().copied().chain(parts).collect();
    store::forget(work, &all)?;
    store::quarantine::forget(work, &all)
}
