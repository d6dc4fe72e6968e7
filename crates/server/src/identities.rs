//! What customers are known by: mail addresses, phone numbers, ids of other systems, the public token. Each belongs to one
//! customer; a customer may have several of a kind. Who a customer is belongs to the next slice.

mod model;
pub mod routes;
mod store;

pub use model::{EMAIL, Identity, IdentityView, Key, PHONE, TOKEN, VALUE_CHARS_MAX, check_kind, external, fold_value, is_system};

use crate::error::Error;
use crate::ids::CustomerId;
use crate::personal::{Conflict, Joining, Parting};
use crate::settings;
use crate::time::Instant;
use crate::work::Work;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
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

/// Makes the survivor known by all the other one is known by, from now on; what stands on the list of blocked values is
/// nobody's any more.
pub fn merge(work: &mut Work<'_>, joining: &Joining<'_>) -> Result<Value, Error> {
    let settings = settings::all(work)?;
    let theirs: Vec<Identity> = of_customers(work, &[joining.from])?.remove(&joining.from).unwrap_or_default();
    let (blocked, moved): (Vec<Identity>, Vec<Identity>) =
        theirs.iter().cloned().partition(|identity| identity.kind != TOKEN && settings.merging.blocks(&identity.spelled));
    store::forget(work, &[joining.from])?;
    let given: Vec<Identity> =
        moved.iter().map(|identity| Identity { customer: joining.into, created_at: work.now, ..identity.clone() }).collect();
    store::insert(work, &given)?;
    let kept = |identities: &[Identity]| identities.iter().map(KeptIdentity::of).collect();
    Ok(json!(Journal { moved: kept(&moved), blocked: kept(&blocked) }))
}

/// Gives the other customer back what is still there to give.
pub fn unmerge(work: &mut Work<'_>, parting: &mut Parting<'_>) -> Result<Vec<Conflict>, Error> {
    let Journal { moved, blocked } = parting.journal()?;
    let of = parting.from;
    let keys: Vec<Key> = moved.iter().map(|identity| (identity.kind.clone(), identity.value.clone())).collect();
    let owners = find_folded(work, keys.clone())?;
    let mut conflicts = Vec::new();
    let mut back: Vec<Identity> = Vec::new();
    for (identity, key) in moved.into_iter().zip(&keys) {
        match owners.get(key) {
            Some(owner) if *owner == parting.into => back.push(identity.of_customer(of)),
            Some(_) => conflicts.push(Conflict::new("identity", identity.name(), "somebody else is known by it now, and stays so")),
            None => conflicts.push(Conflict::new("identity", identity.name(), "it was taken away since, and stays away")),
        }
    }
    release(work, back.iter().map(Identity::key).collect())?;
    back.extend(blocked.into_iter().map(|identity| identity.of_customer(of)));
    let taken = claim(work, back)?;
    let name = |identity: &Identity| format!("{} {}", identity.kind, identity.spelled);
    conflicts.extend(taken.iter().map(|one| Conflict::new("identity", name(one), "somebody else is known by it now, and stays so")));
    Ok(conflicts)
}

#[derive(Default, Serialize, Deserialize)]
struct Journal {
    moved: Vec<KeptIdentity>,
    blocked: Vec<KeptIdentity>,
}

#[derive(Serialize, Deserialize)]
struct KeptIdentity {
    kind: String,
    value: String,
    spelled: String,
    created_at: Instant,
}

impl KeptIdentity {
    fn of(identity: &Identity) -> KeptIdentity {
        let Identity { kind, value, spelled, created_at, .. } = identity.clone();
        KeptIdentity { kind, value, spelled, created_at }
    }

    fn of_customer(self, customer: CustomerId) -> Identity {
        Identity { kind: self.kind, value: self.value, customer, spelled: self.spelled, created_at: self.created_at }
    }

    fn name(&self) -> String {
        format!("{} {}", self.kind, self.spelled)
    }
}
