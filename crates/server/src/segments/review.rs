//! Customers looked at again because somebody asks for it: those who are named, or those who are active or not. Unlike a
//! rebuild this changes membership in place, customer by customer.

use super::{live, rebuild};
use crate::access::Actor;
use crate::app::App;
use crate::audit;
use crate::customers;
use crate::error::{Error, Problem};
use crate::events::Event;
use crate::ids::{CustomerId, JobId, SegmentId};
use crate::jobs::{self, Claimed, Job, Review, Wish};
use crate::work::{self, Work};
use crate::worker::Ending;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use utoipa::ToSchema;

/// Customers looked at in one unit of work.
const PAGE: usize = 500;
/// Customers one order may name.
const CUSTOMERS_MAX: usize = 10_000;

/// What is to be built anew. At least one of these is given.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = RebuildBody)]
pub struct Wanted {
    /// All calculated segments.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub all: bool,
    /// These calculated segments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<SegmentId>,
    /// For these customers only, at most 10000.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub customers: Vec<CustomerId>,
    /// For active customers only, or for those who are not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
}

/// Builds segments anew by one job: for everyone beside the old membership, which counts until the new one is whole; for
/// some customers in place.
pub fn build(work: &mut Work<'_>, wanted: &Wanted) -> Result<JobId, Error> {
    check(wanted)?;
    let segments = super::all(work)?;
    for (place, segment) in wanted.segments.iter().enumerate() {
        let wrong = |code, message: String| Error::invalid(format!("/segments/{place}"), code, message);
        match segments.get(*segment) {
            Some(segment) if segment.calculated => {}
            Some(segment) => return Err(wrong("manual", format!("{:?} has no condition to evaluate", segment.name))),
            None => return Err(wrong("unknown", format!("there is no segment {segment}"))),
        }
    }
    audit::record(work, "rebuild", "segment", None, &json!(wanted))?;
    if wanted.customers.is_empty() && wanted.active.is_none() {
        let calculated = || segments.all.iter().filter(|segment| segment.calculated).map(|segment| segment.id).collect();
        return rebuild::begin(work, &if wanted.segments.is_empty() { calculated() } else { wanted.segments.clone() });
    }
    let known = customers::names(work, &wanted.customers)?;
    if let Some((place, customer)) = wanted.customers.iter().enumerate().find(|(_, customer)| !known.contains_key(customer)) {
        return Err(Error::invalid(format!("/customers/{place}"), "unknown_customer", format!("there is no customer {customer}")));
    }
    let mut customers = wanted.customers.clone();
    customers.sort_unstable();
    customers.dedup();
    let review = Review { segments: wanted.segments.clone(), customers, active: wanted.active };
    let id = jobs::enqueue(work, &Job::ReviewCustomers { review, after: 0 }, Wish::default())?;
    id.ok_or_else(|| Error::Bug(anyhow::anyhow!("a job without a key was refused")))
}

fn check(wanted: &Wanted) -> Result<(), Error> {
    let mut problems = Vec::new();
    if !wanted.all && wanted.segments.is_empty() && wanted.customers.is_empty() && wanted.active.is_none() {
        problems.push(Problem::new("", "required", "say what to build: all, segments, customers or active"));
    }
    if wanted.all && !wanted.segments.is_empty() {
        problems.push(Problem::new("/segments", "misplaced", "all segments are asked for already"));
    }
    if wanted.active.is_some() && !wanted.customers.is_empty() {
        problems.push(Problem::new("/active", "misplaced", "the customers are named already"));
    }
    if CUSTOMERS_MAX < wanted.customers.len() {
        problems.push(Problem::new("/customers", "too_many", format!("at most {CUSTOMERS_MAX} customers at a time")));
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// Looks at the customers from where the job stands to the end, unit by unit.
pub async fn step(app: &App, claimed: Claimed) -> Result<Ending, Error> {
    let Job::ReviewCustomers { review, mut after } = claimed.job else {
        return Err(Error::Bug(anyhow::anyhow!("not a review")));
    };
    let (id, mut done) = (claimed.id, claimed.done);
    let total = match review.customers.len() {
        0 => work::read(app, Actor::system(), customers::count).await?,
        some => some as i64,
    };
    loop {
        let review = review.clone();
        let unit = work::write(app, Actor::system(), move |work| {
            let found = page(work, &review, after)?;
            let Some(last) = found.last() else {
                jobs::finish(work, id, &json!({ "customers": done }))?;
                tell_built(work, &review)?;
                return Ok(None);
            };
            let (last, seen) = (last.0, done + found.len() as i64);
            let continued = Job::ReviewCustomers { review: review.clone(), after: last };
            if !jobs::progress(work, id, seen, Some(total.max(seen)), &continued)? {
                return Ok(None);
            }
            let held: Vec<CustomerId> = customers::lock(work, &found)?.into_iter().collect();
            live::look_again(work, &held, &review.segments)?;
            Ok(Some((last, seen)))
        });
        match unit.await? {
            Some(next) => (after, done) = next,
            None => return Ok(Ending::Written),
        }
    }
}

/// Tells which segments were built for whom. Those who are active, or not, are too many to name: all are meant.
fn tell_built(work: &mut Work<'_>, review: &Review) -> Result<(), Error> {
    let segments: Arc<[SegmentId]> = match review.segments.is_empty() {
        true => super::all(work)?.all.iter().filter(|segment| segment.calculated).map(|segment| segment.id).collect(),
        false => review.segments.as_slice().into(),
    };
    work.tell(Event::SegmentsBuilt { segments, customers: review.customers.as_slice().into() });
    Ok(())
}

/// The customers that are next.
fn page(work: &mut Work<'_>, review: &Review, after: i64) -> Result<Vec<CustomerId>, Error> {
    match review.active {
        Some(active) => customers::page_of_ids_by_active(work, active, after, PAGE),
        None => Ok(review.customers.iter().filter(|customer| after < customer.0).take(PAGE).copied().collect()),
    }
}
