//! Duplicates: customers who may be one person. Whoever is saved is compared with all others at once; a full run learns how
//! this shop's customers agree and compares everybody. What is made of a pair is the business of `merging`.

mod compare;
mod describe;
mod known;
mod model;
pub mod routes;
mod search;
mod store;

pub use model::{Cluster, Detail, Judged, Pair, Report, State, Stored};
pub use search::step as search_step;

use crate::app::App;
use crate::audit;
use crate::customers::{self, Customer};
use crate::error::Error;
use crate::events::Event;
use crate::ids::{CustomerId, JobId, PairId};
use crate::jobs::{self, Claimed, Job, Wish};
use crate::personal::{Conflict, Joining, Parting};
use crate::settings;
use crate::work::{self, Work};
use crate::worker::Ending;
use known::Weights;
use matching::clusters::clusters;
use matching::field::{EXTRAS_MAX, Field};
use model::{FieldWeights, Frequent, LevelWeight, ModelView, Spoken};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use store::Indexed;
use store::pairs::Narrowed;

/// Kinds of jobs of this slice, for the command line.
pub const JOBS: [&str; 2] = ["find_duplicates", "compare_customers"];

/// Customers one job compares in one unit of work.
const COMPARED: usize = 20;
/// Customers one job names.
const NAMED: usize = 1_000;
/// Jobs that wait to compare customers, from which on a full run does it.
const MANY: i64 = 20;
/// Frequent values that the report shows of each field.
const FREQUENT_SHOWN: usize = 20;
/// Members of a cluster that a list shows.
const MEMBERS_SHOWN: usize = 100;

/// Has customers compared who are new or were changed in what is compared.
pub fn react(work: &mut Work<'_>, events: &[Event]) -> Result<(), Error> {
    let mut wanted: Vec<CustomerId> = Vec::new();
    for event in events {
        match event {
            Event::CustomerCreated { customer } => wanted.push(*customer),
            Event::CustomerChanged { customer, fields } if fields.iter().any(|name| is_compared(name)) => wanted.push(*customer),
            Event::CustomersMerged { customer, .. } => wanted.push(*customer),
            Event::CustomersUnmerged { customer, other, .. } => wanted.extend([*customer, *other]),
            _ => {}
        }
    }
    if wanted.is_empty() || !settings::all(work)?.duplicates.enabled {
        return Ok(());
    }
    wanted.sort_unstable();
    wanted.dedup();
    let wish = |some: &[CustomerId]| (Job::CompareCustomers { customers: some.to_vec(), after: 0 }, Wish::default());
    jobs::enqueue_all(work, wanted.chunks(NAMED).map(wish).collect()).map(drop)
}

/// Whether a change of this field can make or end a pair.
fn is_compared(name: &str) -> bool {
    const FIELDS: [&str; 12] =
        ["published", "active", "email", "firstname", "lastname", "street", "zip", "city", "countryCode", "phone", "birthDate", "gender"];
    FIELDS.contains(&name) || name.starts_with("fields.")
}

/// Compares the customers of a job, a few in each unit of work.
pub async fn compare_step(app: &App, claimed: Claimed) -> Result<Ending, Error> {
    let Job::CompareCustomers { customers, mut after } = claimed.job else {
        return Err(Error::Bug(anyhow::anyhow!("not a comparison")));
    };
    let (id, total) = (claimed.id, customers.len() as i64);
    if work::write(app, crate::access::Actor::system(), move |work| leave_to_run(work, id)).await? {
        return Ok(Ending::Written);
    }
    loop {
        let customers = customers.clone();
        let unit = work::write(app, crate::access::Actor::system(), move |work| {
            let some: Vec<CustomerId> = customers.iter().filter(|customer| after < customer.0).take(COMPARED).copied().collect();
            let Some(last) = some.last() else {
                jobs::finish(work, id, &json!({ "customers": total }))?;
                return Ok(None);
            };
            let done = customers.iter().filter(|customer| *customer <= last).count() as i64;
            let continued = Job::CompareCustomers { customers: customers.clone(), after: last.0 };
            if !jobs::progress(work, id, done, Some(total), &continued)? {
                return Ok(None);
            }
            compare::compare(work, &some)?;
            Ok(Some(last.0))
        });
        match unit.await? {
            Some(next) => after = next,
            None => return Ok(Ending::Written),
        }
    }
}

/// When very many wait, as after a large import, a full run that has not begun does them all in a fraction of the time.
fn leave_to_run(work: &mut Work<'_>, job: JobId) -> Result<bool, Error> {
    const KEY: &str = "find_duplicates_of_many";
    if jobs::count_waiting(work, "compare_customers", 10 * MANY)? < MANY {
        return Ok(false);
    }
    let learn = !work.definitions::<Weights>()?.is_learned;
    let wish = Wish { run_at: Some(work.now.plus_minutes(1)), unique_key: Some(KEY.to_owned()), ..Wish::default() };
    jobs::enqueue(work, &Job::FindDuplicates { learn, after: 0 }, wish)?;
    // One that has begun may have passed these customers already.
    if !jobs::is_queued(work, KEY)? {
        return Ok(false);
    }
    jobs::finish(work, job, &json!({ "leftToFullRun": true })).map(|()| true)
}

/// Starts a full run; with `learn`, the model is learned anew. One that is under way is not joined by another.
pub fn search(work: &mut Work<'_>, learn: bool) -> Result<JobId, Error> {
    let wish = Wish { unique_key: Some("find_duplicates".to_owned()), ..Wish::default() };
    let id = jobs::enqueue(work, &Job::FindDuplicates { learn, after: 0 }, wish)?
        .ok_or_else(|| Error::conflict("search_under_way", "duplicates are being looked for already"))?;
    audit::record(work, "search", "duplicates", None, &json!({ "learn": learn }))?;
    Ok(id)
}

/// Pairs, the likeliest first, after a place in that order.
pub fn list(work: &mut Work<'_>, narrowed: &Narrowed, after: Option<(f64, i64)>, limit: usize) -> Result<Vec<Pair>, Error> {
    let stored = store::pairs::list(work, narrowed, after, limit)?;
    shown(work, stored)
}

/// The pairs a customer is in, the likeliest first.
pub fn of_customer(work: &mut Work<'_>, customer: CustomerId) -> Result<Vec<Pair>, Error> {
    customers::must_exist(work, customer)?;
    let stored = store::pairs::of_customers(work, &[customer])?;
    shown(work, stored)
}

pub fn read(work: &mut Work<'_>, pair: PairId) -> Result<Detail, Error> {
    let stored = store::pairs::read(work, pair)?.ok_or(Error::NotFound)?;
    let cluster = store::pairs::cluster(work, stored.pair.customer)?;
    let pair = shown(work, vec![stored])?.pop().ok_or(Error::NotFound)?;
    Ok(Detail { pair, cluster })
}

/// Pairs with their customers. A pair of which one is gone already is not shown.
fn shown(work: &mut Work<'_>, stored: Vec<Stored>) -> Result<Vec<Pair>, Error> {
    let ids: std::collections::BTreeSet<CustomerId> = stored.iter().flat_map(|one| [one.pair.customer, one.pair.other]).collect();
    let customers = customers::read_many(work, &ids.into_iter().collect::<Vec<_>>())?;
    let by_id: HashMap<CustomerId, Customer> = customers.into_iter().map(|customer| (customer.id, customer)).collect();
    let pair = |stored: Stored| {
        let customers = vec![by_id.get(&stored.pair.customer)?.clone(), by_id.get(&stored.pair.other)?.clone()];
        let Judged { probability, household, bits, rules, reasons, .. } = stored.pair;
        let Stored { id, state, found_at, changed_at, changed_by, .. } = stored;
        Some(Pair { id, state, customers, probability, household, bits, rules, reasons, found_at, changed_at, changed_by })
    };
    Ok(stored.into_iter().filter_map(pair).collect())
}

/// Somebody says that the two are two. It stays so until what was judged changes.
pub fn decline(work: &mut Work<'_>, pair: PairId) -> Result<Detail, Error> {
    set_state(work, pair, State::Declined)
}

/// Takes that back.
pub fn reopen(work: &mut Work<'_>, pair: PairId) -> Result<Detail, Error> {
    set_state(work, pair, State::Open)
}

fn set_state(work: &mut Work<'_>, pair: PairId, state: State) -> Result<Detail, Error> {
    let stored = store::pairs::read(work, pair)?.ok_or(Error::NotFound)?;
    if stored.state != state {
        let (customers, probability) = ([stored.pair.customer, stored.pair.other], stored.pair.probability);
        let changed = Stored { state, changed_at: work.now, changed_by: Some(work.actor.name.clone()), ..stored };
        store::pairs::put(work, &[changed])?;
        match state {
            State::Declined => drop(review(work, probability, false)?),
            State::Open => {}
        }
        let action = if state == State::Declined { "decline" } else { "reopen" };
        audit::record(work, action, "duplicate", Some(pair.0), &json!({ "customers": customers }))?;
    }
    read(work, pair)
}

fn review(work: &mut Work<'_>, probability: f64, is_same: bool) -> Result<i64, Error> {
    let id = work.tx.new_id("duplicate_review")?;
    store::runs::add_review(work, id, work.now, probability, is_same)?;
    Ok(id)
}

/// Clusters of open pairs, the largest first, then the likeliest.
pub fn list_clusters(work: &mut Work<'_>, limit: usize) -> Result<Vec<Cluster>, Error> {
    let pairs = store::pairs::open(work)?;
    let leaders = clusters(pairs.iter().map(|(one, other, _)| (one.0, other.0)));
    let mut best: HashMap<i64, f64> = HashMap::new();
    for (one, _, probability) in &pairs {
        let likeliest = best.entry(leaders[&one.0]).or_insert(0.0);
        *likeliest = likeliest.max(*probability);
    }
    let mut members: BTreeMap<i64, Vec<CustomerId>> = BTreeMap::new();
    leaders.into_iter().for_each(|(member, leader)| members.entry(leader).or_default().push(CustomerId(member)));
    let mut found: Vec<(f64, Vec<CustomerId>)> = members.into_iter().map(|(leader, members)| (best[&leader], members)).collect();
    found.sort_by(|one, other| other.1.len().cmp(&one.1.len()).then(other.0.total_cmp(&one.0)));
    found.truncate(limit);
    found.iter_mut().for_each(|(_, members)| members.sort_unstable());
    let ids: Vec<CustomerId> = found.iter().flat_map(|(_, members)| members.iter().take(MEMBERS_SHOWN).copied()).collect();
    let by_id: HashMap<CustomerId, Customer> =
        customers::read_many(work, &ids)?.into_iter().map(|customer| (customer.id, customer)).collect();
    let cluster = |(probability, members): (f64, Vec<CustomerId>)| Cluster {
        customers: members.iter().take(MEMBERS_SHOWN).filter_map(|member| by_id.get(member).cloned()).collect(),
        size: members.len(),
        probability,
    };
    Ok(found.into_iter().map(cluster).collect())
}

/// How well duplicates are found, and by what.
pub fn report(work: &mut Work<'_>) -> Result<Report, Error> {
    let narrowed = |state: State| Narrowed { state, min_probability: None, words: String::new() };
    let weights = work.definitions::<Weights>()?;
    let extras = settings::all(work)?.duplicates.scores.fields.clone();
    Ok(Report {
        indexed: store::count(work)?,
        open: store::pairs::count(work, &narrowed(State::Open))?,
        declined: store::pairs::count(work, &narrowed(State::Declined))?,
        bands: store::runs::bands(work)?,
        last_run: store::runs::last(work)?,
        model: weights.is_learned.then(|| view(&weights, &extras)),
    })
}

fn view(weights: &Weights, extras: &[String]) -> ModelView {
    let model = &weights.model;
    let customers = model.customers as f64;
    let pairs = customers * (customers - 1.0) / 2.0;
    let field = |field: Field| {
        let (shares, frequencies) = (&model.shares[field.index()], &model.frequencies[field.index()]);
        let levels = field.levels().iter().enumerate().map(|(place, level)| LevelWeight {
            level: (*level).to_owned(),
            person: shares.person[place],
            household: shares.household[place],
            chance: shares.chance[place],
            bits: (shares.person[place] / shares.chance[place]).log2(),
        });
        let mut frequent: Vec<Frequent> =
            frequencies.values.iter().map(|(value, share)| Frequent { value: value.clone(), share: *share }).collect();
        frequent.sort_by(|one, other| other.share.total_cmp(&one.share));
        frequent.truncate(FREQUENT_SHOWN);
        FieldWeights { field: Spoken::name(field, extras), levels: levels.collect(), frequent }
    };
    let fields = Field::all().filter(|field| field.index() < Field::all().count() - EXTRAS_MAX + extras.len());
    ModelView {
        customers: model.customers,
        expected_same: (model.same + model.moved) * pairs,
        expected_household: model.household * pairs,
        fields: fields.map(field).collect(),
    }
}

/// Takes away what customers are compared by who are going, and the pairs they are in.
pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    let indexed = store::indexed(work, customers)?;
    store::remove(work, &indexed.values().collect::<Vec<_>>())?;
    let pairs: Vec<PairId> = store::pairs::of_customers(work, customers)?.iter().map(|pair| pair.id).collect();
    store::pairs::remove(work, &pairs)
}

/// The pairs of the one who goes over end. That the two were one is what a review says of the pair they made.
pub fn merge(work: &mut Work<'_>, joining: &Joining<'_>) -> Result<Value, Error> {
    let pairs = store::pairs::of_customers(work, &[joining.from])?;
    let indexed = store::indexed(work, &[joining.from])?.remove(&joining.from);
    let both = pairs.iter().find(|pair| [pair.pair.customer, pair.pair.other].contains(&joining.into));
    let review = match both.map(|pair| pair.pair.probability) {
        Some(probability) => Some(review(work, probability, true)?),
        None => None,
    };
    forget(work, &[joining.from])?;
    Ok(if indexed.is_none() && pairs.is_empty() { Value::Null } else { json!(Ended { pairs, indexed, review }) })
}

/// The pairs are back. Both are compared again soon, by what they are now.
pub fn unmerge(work: &mut Work<'_>, parting: &mut Parting<'_>) -> Result<Vec<Conflict>, Error> {
    let Ended { pairs, indexed, review } = parting.journal()?;
    store::pairs::put(work, &pairs)?;
    if let Some(indexed) = indexed {
        store::put_back(work, &indexed)?;
    }
    if let Some(review) = review {
        store::runs::remove_review(work, review)?;
    }
    Ok(Vec::new())
}

/// What ended with a merge.
#[derive(Default, Serialize, Deserialize)]
struct Ended {
    pairs: Vec<Stored>,
    indexed: Option<Indexed>,
    review: Option<i64>,
}
