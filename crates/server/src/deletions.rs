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
    /// The type of an activity; empty for a customer.
    #[serde(rename = "type")]
    pub kind: String,
    pub deleted_at: Instant,
}

/// Notes that these are gone: ids with the type of each, which is empty for customers.
pub fn record(work: &mut Work<'_>, entity_type: &str, gone: &[(i64, &str)]) -> Result<(), Error> {
    store::insert(work, entity_type, gone)
}
