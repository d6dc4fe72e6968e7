//! Where the ids of customers lead who became a part of another one: always to one who is there.

use super::store::aliases as store;
use crate::error::Error;
use crate::ids::{CustomerId, MergeId};
use crate::work::Work;
use std::collections::HashMap;

/// Whom each of these ids leads to; those that were never merged are absent.
pub fn resolve(work: &mut Work<'_>, ids: &[CustomerId]) -> Result<HashMap<CustomerId, CustomerId>, Error> {
    if ids.is_empty() { Ok(HashMap::new()) } else { Ok(store::resolve(work, ids)?.into_iter().collect()) }
}

/// Whom an id leads to, if its customer was merged.
pub fn survivor_of(work: &mut Work<'_>, id: CustomerId) -> Result<Option<CustomerId>, Error> {
    Ok(resolve(work, &[id])?.remove(&id))
}

/// Whether one is the other, or became a part of him.
pub fn is_or_became(work: &mut Work<'_>, id: CustomerId, other: CustomerId) -> Result<bool, Error> {
    Ok(id == other || survivor_of(work, id)? == Some(other))
}

/// Those who became a part of these customers.
pub fn of(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<Vec<CustomerId>, Error> {
    store::of(work, customers)
}

/// From now on the id of one leads to the other, and so do those that led to him; gives these.
pub fn redirect(work: &mut Work<'_>, from: CustomerId, into: CustomerId, merge: MergeId) -> Result<Vec<CustomerId>, Error> {
    let redirected = store::redirect(work, from, into)?;
    store::insert(work, from, into, merge)?;
    Ok(redirected)
}

/// The id means its own customer again, and these lead to him.
pub fn put_back(work: &mut Work<'_>, from: CustomerId, redirected: &[CustomerId]) -> Result<(), Error> {
    store::delete(work, from)?;
    store::put_back(work, from, redirected)
}

/// Ids of customers who are going lead nowhere.
pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    store::forget(work, customers)
}
