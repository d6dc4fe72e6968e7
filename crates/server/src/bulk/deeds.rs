//! What actions do: one function for each, for a page of customers at once. Nobody is asked twice, and whoever is so already
//! is left alone.

use super::model::{Action, Outcome};
use crate::customers::{self, Draft, Profile, SaveOptions};
use crate::error::{Error, Problem};
use crate::events::Cause;
use crate::ids::{CustomerId, SegmentId};
use crate::segments::{self, Application, Membership, Source};
use crate::time::Instant;
use crate::work::Work;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::{HashMap, HashSet};

/// How a customer is in a segment, as outcomes keep it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub since: Instant,
    pub counter: i64,
    pub source: Source,
}

impl From<(Membership, Source)> for Kept {
    fn from((membership, source): (Membership, Source)) -> Kept {
        Kept { since: membership.since, counter: membership.counter, source }
    }
}

/// Does it to these customers; one outcome for each, in order.
pub fn run(work: &mut Work<'_>, action: &Action, page: &[CustomerId]) -> Result<Vec<Outcome>, Error> {
    let held = customers::lock(work, page)?;
    let there: Vec<CustomerId> = page.iter().filter(|customer| held.contains(customer)).copied().collect();
    let done = match action {
        _ if there.is_empty() => Vec::new(),
        Action::AddToSegment { segment_id } => add(work, *segment_id, &there)?,
        Action::RemoveFromSegment { segment_id } => remove(work, *segment_id, &there)?,
        Action::Activate {} | Action::Deactivate {} | Action::SetField { .. } => match action.patch() {
            Some((field, patch)) => set(work, field, patch, &there)?,
            None => Vec::new(),
        },
        Action::AddNote { title, text } => note(work, title, text, &there)?,
        Action::Delete {} => {
            customers::remove_many(work, &there)?;
            deleted(&there)
        }
    };
    Ok(in_order(page, done))
}

/// One outcome for each customer of a page: who has none is gone.
pub fn in_order(page: &[CustomerId], outcomes: Vec<Outcome>) -> Vec<Outcome> {
    let mut of: HashMap<CustomerId, Outcome> = outcomes.into_iter().map(|outcome| (outcome.customer_id, outcome)).collect();
    page.iter().map(|customer| of.remove(customer).unwrap_or_else(|| Outcome::gone(*customer))).collect()
}

/// What [`run`] would say of these customers. To be run where nothing is kept: of deletions alone it is known without trying.
pub fn rehearse(work: &mut Work<'_>, action: &Action, page: &[CustomerId]) -> Result<Vec<Outcome>, Error> {
    if *action != (Action::Delete {}) {
        return run(work, action, page);
    }
    let there: Vec<CustomerId> = customers::names(work, page)?.into_keys().collect();
    Ok(in_order(page, deleted(&there)))
}

fn deleted(customers: &[CustomerId]) -> Vec<Outcome> {
    customers.iter().map(|customer| Outcome::changed(*customer, Map::new())).collect()
}

fn one_change(path: String, before: Value, after: Value) -> Map<String, Value> {
    Map::from_iter([(path, json!([before, after]))])
}

fn add(work: &mut Work<'_>, segment: SegmentId, there: &[CustomerId]) -> Result<Vec<Outcome>, Error> {
    let applications: Vec<Application> = there.iter().map(|customer| Application::plain(*customer)).collect();
    let changed = segments::change_members(work, segment, &applications, &[], Source::Manual, Cause::Person)?;
    let added: HashSet<CustomerId> = changed.added.into_iter().collect();
    let after = json!(Kept { since: work.now, counter: 1, source: Source::Manual });
    let outcome = |customer: &CustomerId| match added.contains(customer) {
        true => Outcome::changed(*customer, one_change(format!("/segments/{segment}"), Value::Null, after.clone())),
        false => Outcome::same(*customer),
    };
    Ok(there.iter().map(outcome).collect())
}

fn remove(work: &mut Work<'_>, segment: SegmentId, there: &[CustomerId]) -> Result<Vec<Outcome>, Error> {
    let before = segments::standing(work, segment, there)?;
    segments::change_members(work, segment, &[], there, Source::Manual, Cause::Person)?;
    let outcome = |customer: &CustomerId| match before.get(customer) {
        Some(was) => Outcome::changed(*customer, one_change(format!("/segments/{segment}"), json!(Kept::from(*was)), Value::Null)),
        None => Outcome::same(*customer),
    };
    Ok(there.iter().map(outcome).collect())
}

fn set(work: &mut Work<'_>, field: &str, patch: Map<String, Value>, there: &[CustomerId]) -> Result<Vec<Outcome>, Error> {
    let wanted = customers::value_held(work, &patch, field)?.map_err(Error::Invalid)?;
    let before = profiles(work, there)?;
    let is_so = |customer: &CustomerId| before.get(customer).is_some_and(|profile| profile.get(field) == wanted);
    let (same, open): (Vec<CustomerId>, Vec<CustomerId>) = there.iter().copied().partition(is_so);
    let draft = Draft::new(patch);
    let drafts: Vec<(CustomerId, &Draft)> = open.iter().map(|customer| (*customer, &draft)).collect();
    let saved = save(work, &drafts, &before, SaveOptions::default())?;
    Ok(same.into_iter().map(Outcome::same).chain(saved).collect())
}

/// Saves customers of whom is known how they were; says of each what is otherwise now.
pub fn save(
    work: &mut Work<'_>,
    drafts: &[(CustomerId, &Draft)],
    before: &HashMap<CustomerId, Profile>,
    options: SaveOptions,
) -> Result<Vec<Outcome>, Error> {
    let saved = customers::change_many(work, drafts, options)?;
    let written: Vec<CustomerId> = drafts.iter().map(|(customer, _)| *customer).collect();
    let after = profiles(work, &written)?;
    let outcome = |(customer, saved): (CustomerId, Result<_, Vec<Problem>>)| match (saved, before.get(&customer), after.get(&customer)) {
        (Err(problems), _, _) => Outcome::refused(customer, problems),
        (Ok(_), Some(before), Some(after)) if before != after => Outcome::changed(customer, customers::changes(before, after)),
        (Ok(_), _, _) => Outcome::same(customer),
    };
    Ok(written.into_iter().zip(saved).map(outcome).collect())
}

/// What these customers are by now, without their ids in other systems.
pub fn profiles(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<HashMap<CustomerId, Profile>, Error> {
    Ok(customers::profiles(work, customers)?.into_iter().map(|(customer, _, profile)| (customer, profile)).collect())
}

fn note(work: &mut Work<'_>, title: &str, text: &str, there: &[CustomerId]) -> Result<Vec<Outcome>, Error> {
    let first = customers::add_notes(work, there, title, text)?;
    let outcome = |(customer, note): (&CustomerId, i64)| {
        Outcome::changed(*customer, one_change(format!("/notes/{note}"), Value::Null, json!(title.trim())))
    };
    Ok(there.iter().zip(first.0..).map(outcome).collect())
}
