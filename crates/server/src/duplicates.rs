//! Duplicates: customers who may be one person. Whoever is saved is compared with all others at once; a full run learns how
//! this shop's customers agree and compares everybody. What is made of a pair is the business of `merging`.

mod clusters;
mod compare;
mod describe;
mod describing;
mod known;
mod model;
pub mod routes;
mod search;
mod store;

pub use model::{Cluster, Detail, Judged, Pair, Report, State, Stored};
pub use search::step as search_step;

use crate::access::Actor;
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
use describing::Goes;
use known::Weights;
use matching::field::{EXTRAS_MAX, Field};
use model::{FieldWeights, Frequent, LevelWeight, ModelView, Spoken};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use store::Indexed;
use store::pairs::Narrowed;
use store::runs::Review;

/// Kinds of jobs of this slice, for the command line.
pub const JOBS: [&str; 2] = ["find_duplicates", "compare_customers"];

/// Customers one job compares in one unit of work.
const COMPARED: usize = 20;
/// Seconds after which somebody looks again whether a full run has come so far that he can go on.
const NEXT_LOOK_S: i64 = 5;
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
    !["profilingConsent", "companyId", "emailOk", "externalIds"].contains(&name)
}

/// Compares the customers of a job, a few in each unit of work.
pub async fn compare_step(app: &App, claimed: Claimed) -> Result<Ending, Error> {
    let Job::CompareCustomers { customers, mut after } = claimed.job.clone() else {
        return Err(Error::Bug(anyhow::anyhow!("not a comparison")));
    };
    let (id, total) = (claimed.id, customers.len() as i64);
    let mut is_first = true;
    loop {
        let (customers, claimed) = (customers.clone(), claimed.clone());
        let unit = work::write(app, Actor::system(), move |work| {
            if is_first && leave_to_run(work, id)? {
                return Ok(None);
            }
            let some: Vec<CustomerId> = customers.iter().filter(|customer| after < customer.0).take(COMPARED).copied().collect();
            let last = some.last().map_or(after, |last| last.0);
            let done = customers.iter().filter(|customer| customer.0 <= last).count() as i64;
            let continued = Job::CompareCustomers { customers: customers.clone(), after: last };
            if !compare::compare(work, &some)? {
                return jobs::postpone(work, &claimed, work.now.plus_seconds(NEXT_LOOK_S)).map(|()| None);
            }
            if !jobs::progress(work, id, done, Some(total), &continued)? {
                return Ok(None);
            }
            if done < total {
                return Ok(Some(last));
            }
            jobs::finish(work, id, &json!({ "customers": total })).map(|()| None)
        });
        match unit.await? {
            Some(next) => (after, is_first) = (next, false),
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
    let id = jobs::enqueue(work, &Job::FindDuplicates { learn, after: 0 }, wish)?.ok_or_else(under_way)?;
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
            State::Declined => review(work, pair, probability, false)?,
            State::Open => store::runs::remove_review(work, pair)?,
        }
        let action = if state == State::Declined { "decline" } else { "reopen" };
        audit::record(work, action, "duplicate", Some(pair.0), &json!({ "customers": customers }))?;
    }
    read(work, pair)
}

fn review(work: &mut Work<'_>, pair: PairId, probability: f64, is_same: bool) -> Result<(), Error> {
    store::runs::put_review(work, Review { pair, at: work.now, probability, is_same })
}

/// Somebody says of two customers that they are two, wherever it was that he looked at them.
pub fn tell_apart(work: &mut Work<'_>, one: CustomerId, other: CustomerId) -> Result<(), Error> {
    let pairs = store::pairs::of_customers(work, &[one])?;
    match pairs.iter().find(|stored| stored.is_of(other)) {
        Some(stored) => decline(work, stored.id).map(drop),
        None => Ok(()),
    }
}

/// How many customers are to be compared and are not described as they are now.
pub fn count_waiting(work: &mut Work<'_>) -> Result<i64, Error> {
    let describer = known::describer(work)?;
    store::count_stale(work, describer.basis)
}

fn under_way() -> Error {
    Error::conflict("search_under_way", "duplicates are being looked for already")
}

/// Describes all of those, and tells how many are done so far. Gives how many they were.
pub async fn index(app: &App, tell: impl Fn(i64) + Send + Sync + 'static) -> Result<i64, Error> {
    if work::read(app, Actor::system(), describing::is_owed).await? {
        return Err(under_way());
    }
    let goes: Goes = Arc::new(move |work, _, done| {
        describing::stay_at_it(work)?;
        tell(done);
        Ok(true)
    });
    let described = describing::describe_all(app, 0, &goes).await?;
    let done = described.done;
    describing::write_keys(app, described, &goes).await?;
    Ok(done)
}

/// Clusters of open pairs, the largest first, then the likeliest.
pub fn list_clusters(work: &mut Work<'_>, limit: usize) -> Result<Vec<Cluster>, Error> {
    let pairs = store::pairs::open(work)?;
    let leaders = matching::clusters::clusters(pairs.iter().map(|(one, other, _)| (one.0, other.0)));
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

/// How many pairs nobody has looked at yet.
pub fn count_open(work: &mut Work<'_>) -> Result<i64, Error> {
    store::pairs::count(work, &narrowed(State::Open))
}

fn narrowed(state: State) -> Narrowed {
    Narrowed { state, min_probability: None, words: String::new() }
}

/// How well duplicates are found, and by what.
pub fn report(work: &mut Work<'_>) -> Result<Report, Error> {
    let weights = work.definitions::<Weights>()?;
    let extras = settings::all(work)?.duplicates.scores.fields.clone();
    Ok(Report {
        indexed: store::count(work)?,
        open: count_open(work)?,
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
    // Whoever is being described or compared right now is not written back after he is gone.
    store::take_turn(work)?;
    let indexed = store::indexed(work, customers)?;
    store::remove(work, &indexed.values().collect::<Vec<_>>())?;
    let pairs: Vec<PairId> = store::pairs::of_customers(work, customers)?.iter().map(|pair| pair.id).collect();
    store::pairs::remove(work, &pairs)
}

/// The pairs of the one who goes over end. That the two were one is what a review says of the pair they made, if a person
/// merged them.
pub fn merge(work: &mut Work<'_>, joining: &Joining<'_>) -> Result<Value, Error> {
    let pairs = store::pairs::of_customers(work, &[joining.from])?;
    let indexed = store::indexed(work, &[joining.from])?.remove(&joining.from);
    let mut reviewed = None;
    if let Some(both) = pairs.iter().find(|stored| stored.is_of(joining.into)) {
        reviewed = store::runs::review(work, both.id)?;
        if work.actor.is_outside() {
            review(work, both.id, both.pair.probability, true)?;
        }
    }
    forget(work, &[joining.from])?;
    Ok(json!(Ended { pairs, indexed, reviewed }))
}

/// All is back as it was; then both are compared again by what they are now. Two who would be merged again without asking
/// are told apart: somebody has just said that they are two.
pub fn unmerge(work: &mut Work<'_>, parting: &mut Parting<'_>) -> Result<Vec<Conflict>, Error> {
    let Ended { pairs, indexed, reviewed } = parting.journal()?;
    store::put(work, indexed.as_slice())?;
    let partners: Vec<CustomerId> = pairs.iter().flat_map(|stored| [stored.pair.customer, stored.pair.other]).collect();
    let there = store::indexed(work, &partners)?;
    let is_whole = |stored: &Stored| there.contains_key(&stored.pair.customer) && there.contains_key(&stored.pair.other);
    let (mut pairs, halves): (Vec<Stored>, Vec<Stored>) = pairs.into_iter().partition(is_whole);
    // Whose other half is a part of the survivor by a later merge comes back with that one.
    parting.with_later(|later: &mut [Ended]| {
        for half in halves {
            let of = |journal: &&mut Ended| journal.indexed.as_ref().is_some_and(|indexed| half.is_of(indexed.customer));
            if let Some(journal) = later.iter_mut().find(of) {
                journal.pairs.push(half);
            }
        }
    })?;
    if let Some(both) = pairs.iter_mut().find(|stored| stored.is_of(parting.into)) {
        match reviewed {
            Some(reviewed) => store::runs::put_review(work, reviewed)?,
            None => store::runs::remove_review(work, both.id)?,
        }
        let settings = settings::all(work)?;
        if both.state == State::Open && compare::merges(&settings.duplicates, &both.pair).is_some() {
            (both.state, both.changed_at, both.changed_by) = (State::Declined, work.now, Some(work.actor.name.clone()));
            review(work, both.id, both.pair.probability, false)?;
        }
    }
    store::pairs::put(work, &pairs)?;
    Ok(Vec::new())
}

/// What ended with a merge.
#[derive(Default, serde::Serialize, serde::Deserialize)]
struct Ended {
    pairs: Vec<Stored>,
    indexed: Option<Indexed>,
    /// What was said of the two before.
    reviewed: Option<Review>,
}
