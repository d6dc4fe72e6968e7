//! What an import did, as it is kept for undoing it: whom and what it made and changed, in the order of its rows. Values that
//! it wrote over stand elsewhere, where they go with their customer: in his versions, and of activities and memberships in tables for it.

use super::members::Moved;
use super::store::undo as store;
use super::undo::Subject;
use crate::activities::{self, OutcomeStatus};
use crate::customers::Saved;
use crate::error::Error;
use crate::events::Event;
use crate::ids::{ActivityId, CustomerId, ImportId};
use crate::segments::{Membership, Source};
use crate::time::Instant;
use crate::work::Work;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};

/// Deeds that are kept together, and undone in one unit of work.
pub const PART: usize = 250;
/// Where deeds stand that came after the last row of a file: beyond what a file can have.
const BEHIND_ROWS: i64 = 1 << 50;

/// One thing that an import did, with the row it is of: 0 if it is of none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    #[serde(rename = "c")]
    MadeCustomer(i64, CustomerId),
    /// By this version of his.
    #[serde(rename = "v")]
    ChangedCustomer(i64, CustomerId, i64),
    #[serde(rename = "a")]
    MadeActivity(i64, ActivityId),
    #[serde(rename = "u")]
    ChangedActivity(i64, ActivityId, i64),
    #[serde(rename = "m")]
    Member(i64, CustomerId),
}

impl Deed {
    /// Whom it is about, as far as it says so.
    pub fn customer(self) -> Option<CustomerId> {
        match self {
            Deed::MadeCustomer(_, customer) | Deed::ChangedCustomer(_, customer, _) | Deed::Member(_, customer, ..) => Some(customer),
            Deed::MadeActivity(..) | Deed::ChangedActivity(..) => None,
        }
    }

    /// What it is about, and which one: of memberships, whose.
    pub fn subject(self) -> (Subject, i64) {
        match self {
            Deed::MadeCustomer(_, customer) | Deed::ChangedCustomer(_, customer, _) => (Subject::Customer, customer.0),
            Deed::MadeActivity(_, activity) | Deed::ChangedActivity(_, activity, _) => (Subject::Activity, activity.0),
            Deed::Member(_, customer) => (Subject::Membership, customer.0),
        }
    }

    pub fn row(self) -> i64 {
        match self {
            Deed::MadeCustomer(row, _)
            | Deed::ChangedCustomer(row, ..)
            | Deed::MadeActivity(row, _)
            | Deed::ChangedActivity(row, ..)
            | Deed::Member(row, ..) => row,
        }
    }
}

/// How a customer is in a segment: since when, how often, and how he came there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Belonging(pub Instant, pub i64, pub Source);

impl From<(Membership, Source)> for Belonging {
    fn from((membership, source): (Membership, Source)) -> Belonging {
        Belonging(membership.since, membership.counter, source)
    }
}

/// What an import changed of one activity.
#[derive(Debug, Clone)]
pub struct Change {
    pub customer: CustomerId,
    pub activity: ActivityId,
    /// The version that it made.
    pub version: i64,
    /// Before and after by JSON pointer.
    pub changes: Map<String, Value>,
}

/// What one batch did.
#[derive(Default)]
pub struct Done {
    deeds: Vec<Deed>,
    changes: Vec<Change>,
    moved: Vec<(i64, Moved)>,
    customers: HashSet<CustomerId>,
    activities: HashSet<ActivityId>,
}

impl Done {
    /// Rows of the same customer make or change him once.
    pub fn customer(&mut self, row: i64, saved: &Saved) {
        let Some(version) = saved.version.filter(|_| self.customers.insert(saved.id)) else { return };
        self.deeds.push(if saved.created { Deed::MadeCustomer(row, saved.id) } else { Deed::ChangedCustomer(row, saved.id, version) });
    }

    /// Customers who were made because activities name them, among what was told.
    pub fn made_for_activities(&mut self, told: &[Event], rows: Vec<(CustomerId, i64)>, last: i64) {
        let mut row_of: HashMap<CustomerId, i64> = HashMap::with_capacity(rows.len());
        for (customer, row) in rows {
            row_of.entry(customer).or_insert(row);
        }
        let made = told.iter().filter_map(|event| match event {
            Event::CustomerCreated { customer } => Some(*customer),
            _ => None,
        });
        self.deeds.extend(made.map(|customer| Deed::MadeCustomer(row_of.get(&customer).copied().unwrap_or(last), customer)));
    }

    pub fn activity(&mut self, row: i64, outcome: &activities::Outcome) {
        let (Some(activity), Some(customer)) = (outcome.id, outcome.customer_id) else { return };
        let is_created = outcome.status == OutcomeStatus::Created;
        if !(is_created || outcome.changed.is_some()) || !self.activities.insert(activity) {
            return;
        }
        match &outcome.changed {
            Some(changed) if !is_created => {
                self.deeds.push(Deed::ChangedActivity(row, activity, changed.version));
                self.changes.push(Change { customer, activity, version: changed.version, changes: changed.changes.clone() });
            }
            _ => self.deeds.push(Deed::MadeActivity(row, activity)),
        }
    }

    pub fn member(&mut self, row: i64, moved: Moved) {
        self.deeds.push(Deed::Member(row, moved.customer));
        self.moved.push((row, moved));
    }

    /// Keeps it with the import, under the last row of the batch.
    pub fn write_down(mut self, work: &mut Work<'_>, import: ImportId, last: i64) -> Result<(), Error> {
        // Whoever was made stands before what was made for him.
        self.deeds.sort_by_key(|deed| deed.row());
        store::insert_deeds(work, import, last, self.deeds.chunks(PART))?;
        store::insert_changes(work, import, &self.changes)?;
        store::insert_moved(work, import, &self.moved)
    }
}

/// Keeps who is no member any more since the list of an import took the place of all members.
pub fn replaced(work: &mut Work<'_>, import: ImportId, gone: &[(CustomerId, Membership, Source)]) -> Result<(), Error> {
    let was = |(customer, membership, source): &(CustomerId, Membership, Source)| {
        (0, Moved { customer: *customer, before: Some(Belonging::from((*membership, *source))), after: None })
    };
    let mut moved: Vec<(i64, Moved)> = gone.iter().map(was).collect();
    moved.sort_unstable_by_key(|(_, moved)| moved.customer);
    let Some((_, last)) = moved.last() else { return Ok(()) };
    let place = BEHIND_ROWS + last.customer.0;
    let deeds: Vec<Deed> = moved.iter().map(|(row, moved)| Deed::Member(*row, moved.customer)).collect();
    store::insert_deeds(work, import, place, deeds.chunks(PART))?;
    store::insert_moved(work, import, &moved)
}
