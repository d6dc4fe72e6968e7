//! What customers are known by: mail addresses, phone numbers, ids of other systems, the public token. Each belongs to one
//! customer; a customer may have several of a kind. Who a customer is belongs to the next slice.

mod model;
pub mod routes;
mod store;

pub use model::{EMAIL, Identity, IdentityView, Key, PHONE, TOKEN, VALUE_CHARS_MAX, check_kind, external, fold_value, is_system};

use crate::error::Error;
use crate::ids::CustomerId;
use crate::work::Work;
use std::collections::HashMap;

/// Who is known by each of these. Values are folded here, and the answer has them folded.
pub fn find(work: &mut Work<'_>, wanted: &[(String, String)]) -> Result<HashMap<Key, CustomerId>, Error> {
    let keys: Vec<Key> = wanted.iter().map(|(kind, value)| (kind.clone(), fold_value(kind, value))).collect();
    find_folded(work, keys)
}

/// [`find`] for values that are folded already.
pub fn find_folded(work: &mut Work<'_>, mut keys: Vec<Key>) -> Result<HashMap<Key, CustomerId>, Error> {
    // A value with NUL is nobody's: no database can hold it.
    keys.retain(|(kind, value)| !kind.contains('\0') && !value.contains('\0'));
    keys.sort_unstable();
    keys.dedup();
    let mut found = HashMap::with_capacity(keys.len());
    for some in keys.chunks(store::PAIRS_MAX) {
        store::find(work, some, &mut found)?;
    }
    Ok(found)
}

/// Writes identities down. Gives back those that belong to somebody else, which stay his.
pub fn claim(work: &mut Work<'_>, mut wanted: Vec<Identity>) -> Result<Vec<Identity>, Error> {
    // In one order everywhere, so that two transactions with the same identities wait for each other and never in a circle.
    wanted.sort_by(|one, other| (&one.kind, &one.value).cmp(&(&other.kind, &other.value)));
    let written = store::insert(work, &wanted)?;
    if written == wanted.len() as u64 {
        return Ok(Vec::new());
    }
    let owners = find_folded(work, wanted.iter().map(Identity::key).collect())?;
    wanted.retain(|identity| owners.get(&identity.key()) != Some(&identity.customer));
    Ok(wanted)
}

/// Takes identities away from whoever has them.
pub fn release(work: &mut Work<'_>, mut keys: Vec<Key>) -> Result<(), Error> {
    keys.sort_unstable();
    for some in keys.chunks(store::PAIRS_MAX) {
        store::delete(work, some)?;
    }
    Ok(())
}

/// Everything these customers are known by, the token included, in the order it was given to them.
pub fn of_customers(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<HashMap<CustomerId, Vec<Identity>>, Error> {
    let mut of: HashMap<CustomerId, Vec<Identity>> = HashMap::with_capacity(customers.len());
    for identity in store::of_customers(work, customers)? {
        of.entry(identity.customer).or_default().push(identity);
    }
    Ok(of)
}

/// Takes away what customers who are going were known by.
pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    store::forget(work, customers)
}
