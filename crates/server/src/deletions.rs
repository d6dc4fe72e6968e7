//! The log of what is gone, so that others who keep a copy can follow.

pub mod routes;
mod store;

use crate::error::Error;
use crate::time::Instant;
use crate::work::Work;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub const CUSTOMERS: &str = "customers";
pub const ACTIVITIES: &str = "activities";

/// One thing that is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Deletion {
    /// `customers` or `activities`.
    pub entity_type: String,
    pub entity_id: i64,
    /// The type of an activity; for a customer, `merged` if he became a part of another one, else empty.
    #[serde(rename = "type")]
    pub kind: String,
    pub deleted_at: Instant,
}

/// What the type says of a customer who became a part of another one.
pub const MERGED: &str = "merged";

/// Takes the note back that something is gone: it is there again.
pub fn take_back(work: &mut Work<'_>, entity_type: &str, id: i64) -> Result<(), Error> {
    store::delete(work, entity_type, id)
}

/// Notes that these are gone: ids with the type of each, which for customers is empty or `merged`.
pub fn record(work: &mut Work<'_>, entity_type: &str, gone: &[(i64, &str)]) -> Result<(), Error> {
    store::insert(work, entity_type, gone)
}
