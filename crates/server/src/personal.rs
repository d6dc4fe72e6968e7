//! Which slice owns which customer-bound table: who forgets a customer, who takes what is his over to another one and back,
//! and where his data can be. A test holds the list against the tables that exist.

mod moving;
mod parting;
mod store;
mod union;

pub use moving::{Kept, Table, move_all, move_some};
pub use parting::{Conflict, Joining, Journals, Parting};
pub use union::{Cell, Union, part, unite};

use crate::error::Error;
use crate::events::Event;
use crate::ids::CustomerId;
use crate::work::Work;
use crate::{
    activities, automation, bulk, consents, customers, duplicates, identities, jobs, mail, merging, segments, subscriptions, transfer,
    webhooks,
};
use serde_json::Value;

type Forget = fn(&mut Work<'_>, &[CustomerId]) -> Result<(), Error>;
type Merge = fn(&mut Work<'_>, &Joining<'_>) -> Result<Value, Error>;
type Unmerge = fn(&mut Work<'_>, &mut Parting<'_>) -> Result<Vec<Conflict>, Error>;

/// A slice that keeps something of customers, and what it does with it.
struct Owner {
    slice: &'static str,
    /// Its tables that have a `customer_id`.
    tables: &'static [&'static str],
    forget: Forget,
    /// Takes everything over to the survivor; gives what it takes to go back.
    merge: Merge,
    unmerge: Unmerge,
}

macro_rules! owners {
    ($($slice:ident: $($table:literal)*);* $(;)?) => {
        &[$(Owner {
            slice: stringify!($slice),
            tables: &[$($table),*],
            forget: $slice::forget,
            merge: $slice::merge,
            unmerge: $slice::unmerge,
        }),*]
    };
}

/// In the order in which they are asked: the customers last, who are written with the identities they then have.
const OWNERS: &[Owner] = owners! {
    jobs: "jobs";
    mail: "messages" "message_events" "mail_bounces";
    webhooks: "webhook_deliveries";
    automation: "rule_runs" "rule_plans" "rule_entries";
    activities: "activities" "activity_external_ids";
    duplicates: "duplicate_traits" "duplicate_keys" "duplicate_pairs";
    segments: "memberships" "membership_changes" "segment_wakes";
    subscriptions: "subscriptions";
    consents: "consents" "consent_answers";
    transfer: "import_changes" "import_memberships" "import_kept";
    bulk: "bulk_outcomes";
    identities: "identities";
    customers: "customer_revisions" "customer_versions" "customer_notes" "customer_aliases";
};

/// Tables that stay under the id of a customer who was merged into another one, and are read through it.
pub const KEPT_UNDER_OLD_ID: [&str; 6] =
    ["customer_versions", "customer_aliases", "bulk_outcomes", "import_changes", "import_memberships", "import_kept"];

/// Every table that has a `customer_id`, with the slice that owns it.
pub fn tables() -> impl Iterator<Item = (&'static str, &'static str)> {
    OWNERS.iter().flat_map(|owner| owner.tables.iter().map(|table| (*table, owner.slice)))
}

/// When customers are deleted, every slice takes away what it keeps of them.
pub fn react(work: &mut Work<'_>, events: &[Event]) -> Result<(), Error> {
    let gone: Vec<CustomerId> = events
        .iter()
        .filter_map(|event| match event {
            Event::CustomerDeleted { customer } => Some(*customer),
            _ => None,
        })
        .collect();
    if gone.is_empty() {
        return Ok(());
    }
    // What merges keep of those they merged is found by where their ids lead, which the customers forget.
    merging::forget(work, &gone)?;
    OWNERS.iter().try_for_each(|owner| (owner.forget)(work, &gone))
}

/// How many rows a customer has that would go over, by what they are. Runs of rules are too many to count.
pub fn counts(work: &mut Work<'_>, customer: CustomerId) -> Result<Vec<(String, i64)>, Error> {
    let is_counted = |table: &&str| !KEPT_UNDER_OLD_ID.contains(table) && !["rule_runs", "customer_revisions"].contains(table);
    let counted: Vec<&str> = tables().map(|(table, _)| table).filter(is_counted).collect();
    store::counts(work, &counted, customer)
}

/// What these customers have that people, or they themselves, brought about after they were made, by the name of it; not what
/// follows from that.
pub fn gained(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<Vec<(CustomerId, String)>, Error> {
    if customers.is_empty() { Ok(Vec::new()) } else { store::gained(work, customers) }
}

/// Takes everything that is one customer's over to another one, who is locked like him. The journals lead back.
pub fn merge(work: &mut Work<'_>, joining: &Joining<'_>) -> Result<Journals, Error> {
    let mut journals = Journals::default();
    for owner in OWNERS {
        journals.keep(owner.slice, (owner.merge)(work, joining)?);
    }
    Ok(journals)
}

/// Goes back by the journals. What happened since is kept; where that stands against what was, it is told.
pub fn unmerge(work: &mut Work<'_>, parting: &mut Parting<'_>) -> Result<Vec<Conflict>, Error> {
    let mut conflicts = Vec::new();
    for owner in OWNERS {
        parting.slice = owner.slice;
        conflicts.extend((owner.unmerge)(work, parting)?);
    }
    Ok(conflicts)
}
