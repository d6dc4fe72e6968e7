//! Customers of an import that is taken back: those it made go, unless they have got what it did not bring; those it changed
//! get back what they were, value by value.

use super::Earlier;
use super::earlier::{Ways, shown};
use super::model::{Fate, Outcome, Subject, Thing};
use crate::customers::{self, Customer, Draft, SaveOptions};
use crate::error::{Error, Problem};
use crate::ids::CustomerId;
use crate::personal;
use crate::transfer::deeds::Deed;
use crate::transfer::model::Import;
use crate::work::Work;
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};

fn thing(row: i64, customer: CustomerId, version: i64) -> Thing {
    Thing { row, subject: Subject::Customer, id: customer.0, customer, version }
}

/// What becomes of those who are not there any more.
fn absent(work: &mut Work<'_>, missing: &[(i64, CustomerId)]) -> Result<Vec<Outcome>, Error> {
    let ids: Vec<CustomerId> = missing.iter().map(|(_, customer)| *customer).collect();
    let merged = super::merged(work, &ids)?;
    let outcome = |(row, customer): &(i64, CustomerId)| {
        let thing = thing(*row, *customer, 0);
        if merged.contains_key(customer) { thing.merged() } else { thing.unchanged() }
    };
    Ok(missing.iter().map(outcome).collect())
}

/// Gives customers back what they were before the import changed them.
pub fn restore(work: &mut Work<'_>, import: &Import, deeds: &[Deed]) -> Result<Vec<Outcome>, Error> {
    // From the last row on: what one gave up for another comes back to him after that one has given it up.
    let changed = deeds.iter().rev().filter_map(|deed| match deed {
        Deed::ChangedCustomer(row, customer, version) => Some((*row, *customer, *version)),
        Deed::MadeCustomer(..) | Deed::MadeActivity(..) | Deed::ChangedActivity(..) | Deed::Member(..) => None,
    });
    let changed: Vec<(i64, CustomerId, i64)> = changed.collect();
    let ids: Vec<CustomerId> = changed.iter().map(|(_, customer, _)| *customer).collect();
    let held = customers::lock(work, &ids)?;
    let versions: Vec<(CustomerId, i64)> = changed.iter().map(|(_, customer, version)| (*customer, *version)).collect();
    let changes = customers::changes_of(work, &versions)?;
    let standing: HashMap<CustomerId, Customer> =
        customers::read_many(work, &ids)?.into_iter().map(|customer| (customer.id, customer)).collect();
    let keys: Vec<i64> = ids.iter().map(|customer| customer.0).collect();
    let earlier = Earlier::of(work, import, Subject::Customer, &keys)?;
    let (mut outcomes, mut missing, mut drafts) = (Vec::new(), Vec::new(), Vec::new());
    for (row, customer, version) in changed {
        let Some(now) = standing.get(&customer).filter(|_| held.contains(&customer)) else {
            missing.push((row, customer));
            continue;
        };
        let thing = thing(row, customer, version);
        let Some(changes) = changes.get(&customer) else {
            outcomes.push(thing.not_recorded());
            continue;
        };
        let changes = earlier.unwound(thing, changes);
        let Ways { back, kept } = Ways::of(changes, |path| customers::value_at(&now.profile, path));
        if !kept.is_empty() {
            outcomes.push(thing.changed_since(kept));
        } else if back.is_empty() {
            outcomes.push(thing.unchanged());
        }
        if !back.is_empty() {
            drafts.push((thing, back));
        }
    }
    outcomes.extend(absent(work, &missing)?);
    save(work, drafts, outcomes)
}

/// What was is put back as it was: neither written otherwise nor held to demands of today.
fn save(work: &mut Work<'_>, backs: Vec<(Thing, Map<String, Value>)>, mut outcomes: Vec<Outcome>) -> Result<Vec<Outcome>, Error> {
    let options = SaveOptions { validator: false, duplicate_check: false, save_steps: false };
    let drafts: Vec<(CustomerId, Draft)> =
        backs.iter().map(|(thing, back)| (thing.customer, Draft::new(customers::patch_back(back)))).collect();
    let drafts: Vec<(CustomerId, &Draft)> = drafts.iter().map(|(customer, draft)| (*customer, draft)).collect();
    for ((thing, back), saved) in backs.into_iter().zip(customers::change_many(work, &drafts, options)?) {
        match saved {
            Ok(_) => outcomes.push(thing.restored(shown(&back))),
            // Somebody else has the mail address by now, or the company is gone.
            Err(problems) => match outcomes.iter_mut().find(|outcome| outcome.customer_id == thing.customer) {
                Some(kept) => {
                    kept.problems.extend(problems);
                    kept.changes.extend(back);
                }
                None => outcomes.push(thing.kept(problems, back)),
            },
        }
    }
    Ok(outcomes)
}

/// Deletes customers whom the import made.
pub fn delete(work: &mut Work<'_>, fate: Fate, deeds: &[Deed]) -> Result<Vec<Outcome>, Error> {
    let made = deeds.iter().filter_map(|deed| match deed {
        Deed::MadeCustomer(row, customer) => Some((*row, *customer)),
        Deed::ChangedCustomer(..) | Deed::MadeActivity(..) | Deed::ChangedActivity(..) | Deed::Member(..) => None,
    });
    let made: Vec<(i64, CustomerId)> = made.collect();
    let ids: Vec<CustomerId> = made.iter().map(|(_, customer)| *customer).collect();
    let held = customers::lock(work, &ids)?;
    let (there, missing): (Vec<_>, Vec<_>) = made.into_iter().partition(|(_, customer)| held.contains(customer));
    let ids: Vec<CustomerId> = there.iter().map(|(_, customer)| *customer).collect();
    let reasons = reasons(work, &ids)?;
    let mut outcomes = absent(work, &missing)?;
    let mut going = Vec::with_capacity(there.len());
    for (row, customer) in there {
        let problems = reasons.get(&customer).cloned().unwrap_or_default();
        // Another customer is a part of him, who would go with him.
        let stays = match fate {
            Fate::Keep => !problems.is_empty(),
            Fate::Delete => problems.iter().any(|problem| problem.code == "has_merged"),
        };
        if stays {
            outcomes.push(thing(row, customer, 1).kept(problems, Map::new()));
        } else {
            outcomes.push(thing(row, customer, 1).deleted());
            going.push(customer);
        }
    }
    if !going.is_empty() {
        customers::remove_many(work, &going)?;
    }
    Ok(outcomes)
}

/// What these customers have got since they were made.
fn reasons(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<HashMap<CustomerId, Vec<Problem>>, Error> {
    if customers.is_empty() {
        return Ok(HashMap::new());
    }
    let mut reasons: HashMap<CustomerId, Vec<Problem>> = HashMap::new();
    let changed: HashSet<CustomerId> = customers::changed_since_made(work, customers)?;
    for customer in changed {
        reasons.entry(customer).or_default().push(Problem::new("", "edited", "the customer was edited since"));
    }
    for (customer, gained) in personal::gained(work, customers)? {
        let problem = match gained.as_str() {
            "activities" => Problem::new("", "has_activities", "the customer has activities that this import did not bring"),
            "messages" => Problem::new("", "has_messages", "mail was sent to the customer"),
            "notes" => Problem::new("", "has_notes", "there are notes about the customer"),
            "memberships" => Problem::new("", "has_memberships", "the customer was put into a segment by hand or by a list"),
            "consents" => Problem::new("", "has_consents", "the customer has given or refused consent"),
            "subscriptions" => Problem::new("", "has_subscriptions", "the customer is on the records of a newsletter list"),
            "merged" => Problem::new("", "has_merged", "another customer became a part of this one; undo the merge first"),
            other => return Err(Error::Bug(anyhow::anyhow!("customers can gain {other:?}, and nobody says what that is"))),
        };
        reasons.entry(customer).or_default().push(problem);
    }
    Ok(reasons)
}
