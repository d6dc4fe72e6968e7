//! Customers: who they are, what was changed of them, what was noted about them. What they did and where they belong is
//! the business of later slices.

mod aliases;
mod batch;
mod clearing;
mod facts;
mod filter;
mod history;
mod joining;
mod known_by;
mod list;
mod model;
mod patch;
mod profile;
mod restoring;
pub mod routes;
mod save;
mod steps;
mod store;

pub use aliases::{is_or_became, resolve, survivor_of};
pub use clearing::{clear_field, react};
pub use facts::{CustomerFacts, facts};
pub use filter::{Filter, SegmentMode, in_filter};
pub use history::{add_note, add_notes, changed_since_made, changes_of, note_problems, notes, remove_note, remove_notes, versions};
pub use joining::{Candidate, candidates, merge, picked, unmerge};
pub use known_by::{add_identity, remove_identity};
pub use list::{SEGMENTS_MAX, Sort, Wanted, check as check_wanted, count as count_wanted, ids as ids_wanted, list, words as search_words};
pub use model::{Customer, CustomerName, Draft, Membership, Note, Refusal, SaveOptions, Saved, Version};
pub use patch::field_patch;
pub use profile::{Profile, changes};
pub use restoring::{patch_back, value_at};
pub use save::BATCH_MAX;
pub use steps::has_shape as is_address;
pub use store::values::Spot;

use crate::audit;
use crate::deletions;
use crate::error::{Error, Problem};
use crate::events::Event;
use crate::http::IfMatch;
use crate::identities::{self, IdentityView, TOKEN};
use crate::ids::{CompanyId, CustomerId};
use crate::settings;
use crate::work::Work;
use batch::Target;
use condition::Tree;
use serde_json::{Map, Value, json};
use std::collections::{HashMap, HashSet};

/// A customer with everything that belongs to him.
pub fn read(work: &mut Work<'_>, id: CustomerId) -> Result<Customer, Error> {
    let mut customer = read_many(work, &[id])?.pop().ok_or(Error::NotFound)?;
    let identities = identities::of_customers(work, &[id])?.remove(&id).unwrap_or_default();
    let shown = identities.iter().filter(|identity| identity.kind != TOKEN);
    customer.identities = Some(shown.map(IdentityView::from).collect());
    Ok(customer)
}

/// Those of these customers who exist, in the order asked for. Their identities are not listed.
pub fn read_many(work: &mut Work<'_>, ids: &[CustomerId]) -> Result<Vec<Customer>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let fields = settings::fields(work)?;
    let mut loaded = save::load(work, ids, &fields)?;
    let mut segments = store::memberships(work, ids)?;
    let customer = |id: &CustomerId| {
        let stored = loaded.remove(id)?.stored;
        Some(Customer {
            id: stored.id,
            token: stored.token,
            profile: stored.profile,
            identities: None,
            segments: segments.remove(id).unwrap_or_default(),
            created_at: stored.created_at,
            updated_at: stored.updated_at,
            version: stored.version,
        })
    };
    Ok(ids.iter().filter_map(customer).collect())
}

/// Those of these customers who exist, with their versions, in the order of their ids, and without external ids: less than
/// [`read_many`] gives, and sooner.
pub fn profiles(work: &mut Work<'_>, ids: &[CustomerId]) -> Result<Vec<(CustomerId, i64, Profile)>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let fields = settings::fields(work)?;
    let profile = |mut stored: store::Stored| {
        save::complete(&mut stored.profile, &[], &fields);
        (stored.id, stored.version, stored.profile)
    };
    Ok(store::read(work, ids)?.into_iter().map(profile).collect())
}

/// The versions of those of these customers who exist.
pub fn current_versions(work: &mut Work<'_>, ids: &[CustomerId]) -> Result<HashMap<CustomerId, i64>, Error> {
    store::current_versions(work, ids)
}

/// Makes a customer.
pub fn create(work: &mut Work<'_>, draft: &Draft, options: SaveOptions) -> Result<Customer, Error> {
    let saved = save_one(work, Target::New, draft, options)?;
    let values = Value::Object(draft.values.clone());
    audit::record(work, "create", "customer", Some(saved.id.0), &values)?;
    read(work, saved.id)
}

/// Lays a merge patch over a customer. A patch that changes nothing makes no new version.
pub fn update(work: &mut Work<'_>, id: CustomerId, patch: &Value, if_match: &IfMatch, options: SaveOptions) -> Result<Customer, Error> {
    let Value::Object(values) = patch else {
        return Err(Error::invalid("", "wrong_type", "a change of a customer is an object"));
    };
    save_one(work, Target::Existing(id, if_match.0), &Draft::new(values.clone()), options)?;
    audit::record(work, "update", "customer", Some(id.0), patch)?;
    read(work, id)
}

fn save_one(work: &mut Work<'_>, target: Target, draft: &Draft, options: SaveOptions) -> Result<Saved, Error> {
    let outcome = save::save(work, &[(target, draft)], options)?.pop();
    Ok(outcome.ok_or_else(|| Error::Bug(anyhow::anyhow!("a draft without an outcome")))??)
}

/// Deletes a customer. What other slices keep of him goes in the same transaction.
pub fn remove(work: &mut Work<'_>, id: CustomerId) -> Result<(), Error> {
    if store::lock(work, &[id])?.is_empty() {
        return Err(Error::NotFound);
    }
    remove_many(work, &[id])?;
    audit::record(work, "delete", "customer", Some(id.0), &json!({}))
}

/// [`remove`] of many who are there and locked. Whoever calls this has it audited.
pub fn remove_many(work: &mut Work<'_>, ids: &[CustomerId]) -> Result<(), Error> {
    let gone: Vec<(i64, &str)> = ids.iter().map(|id| (id.0, "")).collect();
    deletions::record(work, deletions::CUSTOMERS, &gone)?;
    store::delete(work, ids)?;
    ids.iter().for_each(|id| work.tell(Event::CustomerDeleted { customer: *id }));
    Ok(())
}

/// Creates or changes customers in bulk, [`BATCH_MAX`] at most: a draft is about whoever is known by one of its external
/// ids, else by its mail address, else about somebody new. One outcome for each draft, in order.
pub fn save_many(work: &mut Work<'_>, drafts: Vec<Draft>, options: SaveOptions) -> Result<Vec<Result<Saved, Vec<Problem>>>, Error> {
    let wishes: Vec<(Target, &Draft)> = drafts.iter().map(|draft| (Target::Known, draft)).collect();
    let outcomes = save::save(work, &wishes, options)?;
    Ok(outcomes.into_iter().map(|outcome| outcome.map_err(Refusal::problems)).collect())
}

/// Lays a draft over each of these customers, [`BATCH_MAX`] at most. One outcome for each, in order.
pub fn change_many(
    work: &mut Work<'_>,
    changes: &[(CustomerId, &Draft)],
    options: SaveOptions,
) -> Result<Vec<Result<Saved, Vec<Problem>>>, Error> {
    let wishes: Vec<(Target, &Draft)> = changes.iter().map(|(customer, draft)| (Target::Existing(*customer, None), *draft)).collect();
    let outcomes = save::save(work, &wishes, options)?;
    Ok(outcomes.into_iter().map(|outcome| outcome.map_err(Refusal::problems)).collect())
}

/// What a field holds once a value is written into it, or what is wrong with that, before anyone knows of whom. The steps that
/// run when a customer is saved may write it otherwise.
pub fn value_held(work: &mut Work<'_>, values: &Map<String, Value>, field: &str) -> Result<Result<Value, Vec<Problem>>, Error> {
    let (fields, mut profile) = (settings::fields(work)?, Profile::default());
    let problems = patch::apply(&mut profile, values, &fields);
    Ok(if problems.is_empty() { Ok(profile.get(field)) } else { Err(problems) })
}

/// What is wrong with a change of a customer before anyone knows of whom.
pub fn draft_problems(work: &mut Work<'_>, values: &Map<String, Value>) -> Result<Vec<Problem>, Error> {
    let fields = settings::fields(work)?;
    Ok(patch::apply(&mut Profile::default(), values, &fields))
}

/// Customers who are known by these identities, one for each list; whoever is not there yet is made with nothing but them.
pub fn create_known_by(work: &mut Work<'_>, known_by: &[Vec<(String, String)>]) -> Result<Vec<Result<CustomerId, Vec<Problem>>>, Error> {
    let drafts: Vec<Result<Draft, Vec<Problem>>> = known_by.iter().map(|identities| draft_of(identities)).collect();
    let wishes: Vec<(Target, &Draft)> = drafts.iter().filter_map(|draft| Some((Target::Known, draft.as_ref().ok()?))).collect();
    let options = SaveOptions { validator: false, duplicate_check: false, save_steps: true };
    let mut outcomes = save::save(work, &wishes, options)?.into_iter();
    let mut customers = Vec::with_capacity(drafts.len());
    for draft in &drafts {
        customers.push(match draft {
            Err(problems) => Err(problems.clone()),
            Ok(_) => match outcomes.next() {
                Some(outcome) => outcome.map(|saved| saved.id).map_err(Refusal::problems),
                None => return Err(Error::Bug(anyhow::anyhow!("a draft without an outcome"))),
            },
        });
    }
    Ok(customers)
}

fn draft_of(identities: &[(String, String)]) -> Result<Draft, Vec<Problem>> {
    let mut values = Map::new();
    let mut external = Map::new();
    for (kind, value) in identities {
        match kind.strip_prefix("external:") {
            Some(system) => drop(external.insert(system.to_owned(), json!(value))),
            None if [identities::EMAIL, identities::PHONE].contains(&kind.as_str()) => drop(values.insert(kind.clone(), json!(value))),
            // A token is given by us: whoever names one we do not know means nobody.
            None => return Err(vec![Problem::new("", "unknown_customer", format!("nobody can be made from the identity {kind:?}"))]),
        }
    }
    if !external.is_empty() {
        values.insert("externalIds".to_owned(), Value::Object(external));
    }
    Ok(Draft::new(values))
}

/// Locks these customers in the order of their ids until the unit ends, and says which of them exist.
pub fn lock(work: &mut Work<'_>, ids: &[CustomerId]) -> Result<HashSet<CustomerId>, Error> {
    if ids.is_empty() { Ok(HashSet::new()) } else { store::lock(work, ids) }
}

/// Ids in ascending order, after the given one: for walks over all customers.
pub fn page_of_ids(work: &mut Work<'_>, after: i64, limit: usize) -> Result<Vec<CustomerId>, Error> {
    store::page_of_ids(work, after, limit)
}

/// [`page_of_ids`] of those who are active, or of those who are not.
pub fn page_of_ids_by_active(work: &mut Work<'_>, active: bool, after: i64, limit: usize) -> Result<Vec<CustomerId>, Error> {
    store::page_of_ids_by_active(work, active, after, limit)
}

/// Customers who are published and for whom a condition holds, in the order of their ids, after one.
pub fn matching(work: &mut Work<'_>, tree: &Tree, after: i64, limit: usize) -> Result<Vec<CustomerId>, Error> {
    store::list::matching(work, tree, after, limit)
}

/// Those who became a part of these customers.
pub fn parts_of(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<Vec<CustomerId>, Error> {
    aliases::of(work, customers)
}

/// How many customers have a phone number.
pub fn count_with_phone(work: &mut Work<'_>, phone: &str) -> Result<i64, Error> {
    store::count_with_phone(work, &sql::fold(phone))
}

/// How many customers there are.
pub fn count(work: &mut Work<'_>) -> Result<i64, Error> {
    store::count(work)
}

/// Everyone who belongs to a company, in the order of their ids.
pub fn of_company(work: &mut Work<'_>, company: CompanyId) -> Result<Vec<CustomerId>, Error> {
    store::of_company(work, company)
}

/// The values that the newest customers have in a field, with how often.
pub fn newest_values(work: &mut Work<'_>, spot: &Spot, newest: i64) -> Result<Vec<(String, i64)>, Error> {
    store::values::newest(work, spot, newest)
}

/// What to call these customers; those who do not exist are absent.
pub fn names(work: &mut Work<'_>, ids: &[CustomerId]) -> Result<HashMap<CustomerId, CustomerName>, Error> {
    if ids.is_empty() { Ok(HashMap::new()) } else { store::names(work, ids) }
}

/// Takes away what this slice keeps beside the row of customers who are going, and of those who became a part of them.
pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    let also = aliases::of(work, customers)?;
    let all: Vec<CustomerId> = customers.iter().copied().chain(also).collect();
    history::forget(work, &all)?;
    aliases::forget(work, customers)
}

/// Not found, unless the customer is there.
pub fn must_exist(work: &mut Work<'_>, id: CustomerId) -> Result<(), Error> {
    match store::names(work, &[id])?.is_empty() {
        true => Err(Error::NotFound),
        false => Ok(()),
    }
}
