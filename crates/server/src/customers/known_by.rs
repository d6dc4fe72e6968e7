//! What a customer is known by beside his profile: further mail addresses, phone numbers, ids in other systems.

use super::batch::{Loaded, identities_of};
use super::model::Customer;
use super::save::{self, write_known_by};
use super::{read, steps, store};
use crate::audit;
use crate::error::{Error, Problem};
use crate::identities::{self, EMAIL, Identity, TOKEN};
use crate::ids::CustomerId;
use crate::settings;
use crate::work::Work;
use serde_json::json;

/// Identities one customer may have.
const IDENTITIES_MAX: usize = 50;

/// Makes a customer known by one thing more. What he is known by already changes nothing.
pub fn add_identity(work: &mut Work<'_>, id: CustomerId, kind: &str, value: &str) -> Result<Customer, Error> {
    check(kind, value)?;
    let mut customer = lock_and_load(work, id)?;
    let wanted = Identity::new(kind, value, id, work.now);
    if customer.identities.iter().any(|identity| identity.key() == wanted.key()) {
        return read(work, id);
    }
    if IDENTITIES_MAX <= customer.identities.len() {
        return Err(Error::conflict("too_many_identities", format!("a customer has at most {IDENTITIES_MAX} identities")));
    }
    if !identities::claim(work, vec![wanted.clone()])?.is_empty() {
        let existing = identities::find_folded(work, vec![wanted.key()])?.get(&wanted.key()).map(|owner| owner.0);
        let code = if kind == EMAIL { "duplicate_email" } else { "duplicate_identity" };
        let detail = "another customer is known by this".to_owned();
        return Err(Error::Conflict { code, problems: vec![Problem::new("/value", code, detail.clone())], detail, existing });
    }
    customer.identities.push(wanted.clone());
    write_known_by(work, customer, json!({format!("/identities/{kind}"): [null, wanted.spelled]}))?;
    audit::record(work, "add_identity", "customer", Some(id.0), &json!({"kind": kind}))?;
    read(work, id)
}

/// Takes one thing away that a customer is known by. What stands in his profile is changed there.
pub fn remove_identity(work: &mut Work<'_>, id: CustomerId, kind: &str, value: &str) -> Result<(), Error> {
    let mut customer = lock_and_load(work, id)?;
    let key = (kind.to_owned(), identities::fold_value(kind, value));
    let place = customer.identities.iter().position(|identity| identity.key() == key && kind != TOKEN).ok_or(Error::NotFound)?;
    let profile = &customer.stored.profile;
    let is_in_profile = identities_of(profile).iter().any(|(kind, spelled)| (kind.clone(), identities::fold_value(kind, spelled)) == key);
    if is_in_profile {
        let detail = "this stands in the customer's profile; change it there".to_owned();
        return Err(Error::conflict("identity_in_profile", detail));
    }
    let gone = customer.identities.remove(place);
    identities::release(work, vec![key])?;
    write_known_by(work, customer, json!({format!("/identities/{kind}"): [gone.spelled, null]}))?;
    audit::record(work, "remove_identity", "customer", Some(id.0), &json!({"kind": kind}))
}

fn lock_and_load(work: &mut Work<'_>, id: CustomerId) -> Result<Loaded, Error> {
    store::lock(work, &[id])?;
    let fields = settings::fields(work)?;
    save::load(work, &[id], &fields)?.remove(&id).ok_or(Error::NotFound)
}

fn check(kind: &str, value: &str) -> Result<(), Error> {
    if kind == TOKEN || !identities::check_kind(kind) {
        return Err(Error::invalid("/kind", "unknown_kind", "a kind is email, phone, or external: and the name of a system"));
    }
    let value = value.trim();
    let length = value.chars().count();
    if !(1..=identities::VALUE_CHARS_MAX).contains(&length) || value.contains(char::is_control) {
        let message = format!("this is one line of 1 to {} characters", identities::VALUE_CHARS_MAX);
        return Err(Error::invalid("/value", "invalid", message));
    }
    if kind == EMAIL && !steps::has_shape(value) {
        return Err(Error::invalid("/value", "invalid", "this is not a mail address"));
    }
    Ok(())
}
