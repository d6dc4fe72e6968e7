//! Rows that say who is in a manual segment: each names a customer, and may say since when and how often.

use super::deeds::Belonging;
use super::model::{MemberMode, Options, RowOutcome};
use crate::customers;
use crate::error::{Error, Problem};
use crate::events::Cause;
use crate::http;
use crate::identities;
use crate::ids::{CustomerId, ImportId, SegmentId};
use crate::segments::{self, Application, COUNTER_MAX, Counter, CounterWord, Source, replacement};
use crate::time::Instant;
use crate::work::Work;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A row that can be read.
#[derive(Debug, Clone)]
pub struct Entry {
    id: Option<CustomerId>,
    /// Kinds and values; whoever is known by the first of them that anybody has is meant.
    known_by: Vec<(String, String)>,
    since: Option<Instant>,
    counter: Option<Counter>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    customer: Reference,
    since: Option<Instant>,
    counter: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Reference {
    id: Option<CustomerId>,
    token: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    #[serde(default)]
    external_id: BTreeMap<String, String>,
}

impl Entry {
    /// What the row names the customer by.
    pub fn named(&self) -> (Option<CustomerId>, &[(String, String)]) {
        (self.id, &self.known_by)
    }
}

pub fn entry(body: Value) -> Result<Entry, Error> {
    if body.get("customer").is_none() {
        return Err(Error::invalid("/customer", "required", "the row names no customer"));
    }
    let Body { customer, since, counter } = http::shaped(body)?;
    let named = |kind: &str, value: Option<String>| value.map(|value| (kind.to_owned(), value));
    let mut known_by: Vec<(String, String)> = named(identities::TOKEN, customer.token).into_iter().collect();
    known_by.extend(customer.external_id.into_iter().map(|(kind, value)| (format!("external:{kind}"), value)));
    known_by.extend(named(identities::EMAIL, customer.email));
    known_by.extend(named(identities::PHONE, customer.phone));
    Ok(Entry { id: customer.id, known_by, since, counter: counter.map(|value| counted(&value)).transpose()? })
}

fn counted(value: &Value) -> Result<Counter, Error> {
    let number = match value {
        Value::String(text) if text == "increase" => return Ok(Counter::Word(CounterWord::Increase)),
        Value::String(text) => text.parse().ok(),
        other => other.as_i64(),
    };
    let told = || Error::invalid("/counter", "invalid", format!("must be \"increase\" or a number from 0 to {COUNTER_MAX}"));
    number.filter(|number| (0..=COUNTER_MAX).contains(number)).map(Counter::Exactly).ok_or_else(told)
}

/// What became of a row, and of whom it was.
pub type Loaded = (RowOutcome, Option<Moved>);

/// How a customer was in the segment, and how he is now.
#[derive(Debug, Clone, Copy)]
pub struct Moved {
    pub customer: CustomerId,
    pub before: Option<Belonging>,
    pub after: Option<Belonging>,
}

/// Does what the rows say; gives what became of each. Without an import only the looks of it are wanted: a list that takes
/// the place of all members is then added.
pub fn load(work: &mut Work<'_>, entries: &[&Entry], options: &Options, import: Option<ImportId>) -> Result<Vec<Loaded>, Error> {
    let segment = options.segment.ok_or_else(|| Error::Bug(anyhow::anyhow!("members without a segment")))?;
    let found = find(work, entries)?;
    let list: Vec<Application> = entries
        .iter()
        .zip(&found)
        .filter_map(|(entry, found)| Some(Application { customer: *found.as_ref().ok()?, since: entry.since, counter: entry.counter }))
        .collect();
    let customers: Vec<CustomerId> = list.iter().map(|one| one.customer).collect();
    let before = belonging(work, segment, &customers)?;
    let cause = import.map_or(Cause::Person, |import| Cause::Import { import });
    let (mut changed, after): (HashSet<CustomerId>, _) = match (options.mode, import) {
        (MemberMode::Replace, Some(import)) => {
            let will_be = replacement::fill(work, segment, import, &list)?.into_iter();
            let after = will_be.map(|(customer, membership)| (customer, Belonging::from((membership, Source::Manual)))).collect();
            (customers.iter().filter(|customer| !before.contains_key(customer)).copied().collect(), after)
        }
        (MemberMode::Add | MemberMode::Replace, _) => {
            let changed = segments::change_members(work, segment, &list, &[], Source::Manual, cause)?;
            (changed.added.into_iter().chain(changed.applied).collect(), belonging(work, segment, &customers)?)
        }
        (MemberMode::Remove, _) => {
            let changed = segments::change_members(work, segment, &[], &customers, Source::Manual, cause)?;
            (changed.removed.into_iter().collect(), HashMap::new())
        }
    };
    // A second row of the same customer finds it done.
    let mut moved: HashSet<CustomerId> = customers.into_iter().filter(|customer| before.get(customer) != after.get(customer)).collect();
    let outcome = |found: Result<CustomerId, Problem>| match found {
        Ok(customer) => {
            let place = || Moved { customer, before: before.get(&customer).copied(), after: after.get(&customer).copied() };
            let outcome = if changed.remove(&customer) { RowOutcome::Created } else { RowOutcome::Updated };
            (outcome, moved.remove(&customer).then(place))
        }
        Err(problem) => (RowOutcome::Rejected(vec![problem]), None),
    };
    Ok(found.into_iter().map(outcome).collect())
}

/// How these customers are in a segment; who is not in it is absent.
pub fn belonging(work: &mut Work<'_>, segment: SegmentId, customers: &[CustomerId]) -> Result<HashMap<CustomerId, Belonging>, Error> {
    let standing = segments::standing(work, segment, customers)?;
    Ok(standing.into_iter().map(|(customer, standing)| (customer, Belonging::from(standing))).collect())
}

/// Whom each row means, locked.
fn find(work: &mut Work<'_>, entries: &[&Entry]) -> Result<Vec<Result<CustomerId, Problem>>, Error> {
    let asked: Vec<(String, String)> =
        entries.iter().filter(|entry| entry.id.is_none()).flat_map(|entry| entry.known_by.iter().cloned()).collect();
    let known = identities::find(work, &asked)?;
    let meant = |entry: &&Entry| {
        let folded = |(kind, value): &(String, String)| (kind.clone(), identities::fold_value(kind, value));
        entry.id.or_else(|| entry.known_by.iter().find_map(|one| known.get(&folded(one)).copied()))
    };
    let meant: Vec<Option<CustomerId>> = entries.iter().map(meant).collect();
    let mut wanted: Vec<CustomerId> = meant.iter().flatten().copied().collect();
    wanted.sort();
    wanted.dedup();
    let held = customers::lock(work, &wanted)?;
    let now = work.now;
    let judge = |(entry, meant): (&&Entry, Option<CustomerId>)| match meant.filter(|customer| held.contains(customer)) {
        None => Err(Problem::new("/customer", "unknown_customer", "no customer is known by this")),
        Some(_) if entry.since.is_some_and(|since| now < since) => {
            Err(Problem::new("/since", "in_future", "nobody is a member since a time to come"))
        }
        Some(customer) => Ok(customer),
    };
    Ok(entries.iter().zip(meant).map(judge).collect())
}
