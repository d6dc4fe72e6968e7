//! What customers do. Activities come in many at a time; each is written once under its external id, and everything that
//! follows from it (segments, rules) follows in the same transaction.

mod intake;
mod model;
pub mod routes;
mod store;
mod types;

pub use intake::Intake;
pub use model::{Activity, Comers, NewActivity, NewActivityBody, Outcome, OutcomeStatus, TrackOptions, Who};
pub use types::{ActivityType, ActivityTypes, AttributeKind, AttributeRule};

use crate::audit;
use crate::error::{Error, Problem};
use crate::events::{Event, Tracked};
use crate::http::IfMatch;
use crate::ids::{ActivityId, CustomerId};
use crate::personal::{self, Conflict, Joining, Parting};
use crate::rollups::{self, Figure};
use crate::time::Instant;
use crate::work::Work;
use crate::{customers, identities};
use condition::{ActivityNeed, Occurrence};
use model::Row;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// Records activities, in the order given, and says of each what became of it. A rejected one leaves no trace.
pub fn track(work: &mut Work<'_>, activities: &[NewActivity], options: TrackOptions) -> Result<Vec<Outcome>, Error> {
    let types = work.definitions::<ActivityTypes>()?;
    let mut outcomes: Vec<Option<Outcome>> = activities.iter().map(|activity| refusal(&types, activity)).collect();
    let customers = resolve(work, activities, options, &mut outcomes)?;
    let accepted: Vec<usize> = (0..activities.len()).filter(|place| outcomes[*place].is_none()).collect();
    register(work, &types, accepted.iter().map(|place| activities[*place].kind.as_str()))?;

    let first = work.tx.new_ids(ActivityId::KIND, accepted.len().max(1))?.start;
    let mut rows: Vec<Row> = Vec::with_capacity(accepted.len());
    let mut named: HashMap<(Arc<str>, String), usize> = HashMap::new();
    let mut row_of = vec![None; activities.len()];
    for (place, id) in accepted.iter().copied().zip(first..) {
        let activity = &activities[place];
        let row = Row::new(ActivityId(id), customers[place], activity, work.now);
        let earlier = row.external_id.clone().and_then(|external| named.get(&(row.kind.clone(), external)).copied());
        match earlier {
            // The same external id twice in one batch: the later one is what holds.
            Some(earlier) if rows[earlier].customer == row.customer => {
                rows[earlier].take_over(row);
                row_of[place] = Some(earlier);
            }
            Some(_) => outcomes[place] = Some(Outcome::rejected(vec![another_customer()])),
            None => {
                if let Some(external) = row.external_id.clone() {
                    named.insert((row.kind.clone(), external), rows.len());
                }
                row_of[place] = Some(rows.len());
                rows.push(row);
            }
        }
    }
    let written = write(work, rows, options)?;
    let mut told = HashSet::new();
    Ok((0..activities.len())
        .map(|place| match outcomes[place].take() {
            Some(outcome) => outcome,
            None => row_of[place]
                .map_or_else(|| Outcome::rejected(vec![another_customer()]), |row| written[row].clone().seen_again(!told.insert(row))),
        })
        .collect())
}

/// What is wrong with an activity by itself.
fn refusal(types: &ActivityTypes, activity: &NewActivity) -> Option<Outcome> {
    let problems = activity.problems(types);
    (!problems.is_empty()).then(|| Outcome::rejected(problems))
}

fn another_customer() -> Problem {
    Problem::new("/externalId", "other_customer", "an activity of this type with this external id belongs to another customer")
}

/// The customer of each activity, locked; those nobody knows are made if that was asked, else the activity is rejected.
fn resolve(
    work: &mut Work<'_>,
    activities: &[NewActivity],
    options: TrackOptions,
    outcomes: &mut [Option<Outcome>],
) -> Result<Vec<CustomerId>, Error> {
    let open = |outcomes: &[Option<Outcome>]| (0..activities.len()).filter(|place| outcomes[*place].is_none()).collect::<Vec<_>>();
    let mut known: HashMap<(String, String), CustomerId> = HashMap::new();
    let mut refused: HashMap<(String, String), Vec<Problem>> = HashMap::new();
    let mut asked: Vec<(String, String)> = Vec::new();
    for place in open(outcomes) {
        if let Who::Known { kind, value } = &activities[place].customer {
            asked.push((kind.clone(), value.clone()));
        }
    }
    if !asked.is_empty() {
        asked.sort();
        asked.dedup();
        known = identities::find(work, &asked)?;
        if options.create_customers {
            let missing: Vec<_> = asked.iter().filter(|asked| !known.contains_key(&folded(asked))).map(|one| vec![one.clone()]).collect();
            for (identity, made) in missing.iter().zip(customers::create_known_by(work, &missing)?) {
                match made {
                    Ok(id) => drop(known.insert(folded(&identity[0]), id)),
                    Err(problems) => drop(refused.insert(folded(&identity[0]), problems)),
                }
            }
        }
    }
    let mut found = vec![CustomerId(0); activities.len()];
    for place in open(outcomes) {
        let found_by = match &activities[place].customer {
            Who::Id(id) => Ok(*id),
            Who::Known { kind, value } => {
                let key = folded(&(kind.clone(), value.clone()));
                known.get(&key).copied().ok_or_else(|| refused.get(&key).cloned().unwrap_or_else(|| vec![unknown_customer()]))
            }
        };
        match found_by {
            Ok(customer) => found[place] = customer,
            Err(problems) => outcomes[place] = Some(Outcome::rejected(about_customer(problems))),
        }
    }
    let mut wanted: Vec<CustomerId> = open(outcomes).iter().map(|place| found[*place]).collect();
    wanted.sort();
    wanted.dedup();
    let locked = lock(work, wanted, &mut found)?;
    for place in open(outcomes) {
        if !locked.contains(&found[place]) {
            outcomes[place] = Some(Outcome::rejected(vec![unknown_customer()]));
        }
    }
    Ok(found)
}

/// Locks these customers. Whoever became a part of another one is that one, in `found` too.
fn lock(work: &mut Work<'_>, wanted: Vec<CustomerId>, found: &mut [CustomerId]) -> Result<HashSet<CustomerId>, Error> {
    let mut locked = customers::lock(work, &wanted)?;
    let missing: Vec<CustomerId> = wanted.into_iter().filter(|customer| !locked.contains(customer)).collect();
    let survivors = customers::resolve(work, &missing)?;
    if !survivors.is_empty() {
        found.iter_mut().for_each(|customer| *customer = survivors.get(customer).copied().unwrap_or(*customer));
        let mut others: Vec<CustomerId> = survivors.into_values().collect();
        others.sort_unstable();
        locked.extend(customers::lock(work, &others)?);
    }
    Ok(locked)
}

/// Problems of a customer that was to be made, as problems of the activity that names him.
fn about_customer(mut problems: Vec<Problem>) -> Vec<Problem> {
    for problem in problems.iter_mut().filter(|problem| !problem.path.starts_with("/customer")) {
        problem.path = format!("/customer{}", problem.path);
    }
    problems
}

fn folded(identity: &(String, String)) -> (String, String) {
    (identity.0.clone(), identities::fold_value(&identity.0, &identity.1))
}

fn unknown_customer() -> Problem {
    Problem::new("/customer", "unknown_customer", "no customer is known by this; create him first or send createCustomers")
}

/// Types are open: one that was never seen before is noted down.
fn register<'k>(work: &mut Work<'_>, types: &ActivityTypes, kinds: impl Iterator<Item = &'k str>) -> Result<(), Error> {
    let mut unseen: Vec<&str> = kinds.filter(|kind| types.get(kind).is_none()).collect();
    unseen.sort_unstable();
    unseen.dedup();
    if unseen.is_empty() {
        return Ok(());
    }
    store::register_types(work, &unseen)?;
    work.redefine::<ActivityTypes>()
}

/// Writes rows that all have different external ids, as new ones or over those that are there.
fn write(work: &mut Work<'_>, rows: Vec<Row>, options: TrackOptions) -> Result<Vec<Outcome>, Error> {
    let standing = store::claim_external_ids(work, &rows)?;
    let before: HashMap<ActivityId, Row> = match standing.is_empty() {
        true => HashMap::new(),
        false => store::rows(work, &standing.values().copied().collect::<Vec<_>>())?.into_iter().map(|row| (row.id, row)).collect(),
    };
    let (mut outcomes, mut fresh, mut replaced, mut told) = (Vec::with_capacity(rows.len()), Vec::new(), Vec::new(), Vec::new());
    for mut row in rows {
        let old = standing.get(&row.id).and_then(|id| before.get(id));
        let Some(old) = old else {
            outcomes.push(Outcome::done(OutcomeStatus::Created, &row));
            let tracked = row.tracked();
            told.push(if options.run_rules { Event::ActivityTracked(tracked) } else { Event::ActivityImported(tracked) });
            fresh.push(row);
            continue;
        };
        if old.customer != row.customer {
            outcomes.push(Outcome::rejected(vec![another_customer()]));
            continue;
        }
        row.succeed(old);
        outcomes.push(Outcome::done(OutcomeStatus::Updated, &row));
        if row.differs_from(old) {
            told.push(Event::ActivityChanged(row.tracked()));
            replaced.push(row);
        }
    }
    store::delete(work, &replaced)?;
    fresh.append(&mut replaced);
    store::insert(work, &fresh)?;
    told.into_iter().for_each(|event| work.tell(event));
    Ok(outcomes)
}

pub fn read(work: &mut Work<'_>, activity: ActivityId) -> Result<Activity, Error> {
    let row = store::rows(work, &[activity])?.pop().ok_or(Error::NotFound)?;
    Ok(row.into_activity())
}

/// Changes time, attributes or metadata by a merge patch; type and customer stay.
pub fn update(work: &mut Work<'_>, activity: ActivityId, patch: &Value, matching: &IfMatch) -> Result<Activity, Error> {
    let standing = store::rows(work, &[activity])?.pop().ok_or(Error::NotFound)?;
    customers::lock(work, &[standing.customer])?;
    let old = store::rows(work, &[activity])?.pop().ok_or(Error::NotFound)?;
    matching.check(old.version)?;
    let new = model::patched(&old, patch, work.now)?;
    let types = work.definitions::<ActivityTypes>()?;
    let problems = types.problems(&new.kind, &new.attributes);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    store::delete(work, std::slice::from_ref(&old))?;
    store::insert(work, std::slice::from_ref(&new))?;
    audit::record(work, "update", "activity", Some(activity.0), patch)?;
    work.tell(Event::ActivityChanged(new.tracked()));
    Ok(new.into_activity())
}

/// Removes an activity and logs the deletion.
pub fn remove(work: &mut Work<'_>, activity: ActivityId) -> Result<(), Error> {
    let row = store::rows(work, &[activity])?.pop().ok_or(Error::NotFound)?;
    customers::lock(work, &[row.customer])?;
    store::delete(work, std::slice::from_ref(&row))?;
    store::release_external_ids(work, std::slice::from_ref(&row))?;
    store::log_deletions(work, std::slice::from_ref(&row))?;
    audit::record(work, "delete", "activity", Some(activity.0), &json!({}))?;
    work.tell(Event::ActivityDeleted { customer: row.customer, activity, kind: row.kind.clone() });
    Ok(())
}

/// Activities of one customer, newest first, before a place in that order; of certain types if any are named.
pub fn of_customer(
    work: &mut Work<'_>,
    customer: CustomerId,
    before: Option<(Instant, i64)>,
    kinds: &[String],
    limit: usize,
) -> Result<Vec<Activity>, Error> {
    let wanted = store::Wanted { customer: Some(customer), kinds: kinds.to_vec(), before, ..store::Wanted::default() };
    Ok(store::page(work, &wanted, limit)?.into_iter().map(Row::into_activity).collect())
}

/// Attributes by dotted path, each with its kind.
type Attributes = BTreeMap<String, &'static str>;

/// Every type with its attributes: those declared, and those of the latest activities.
pub fn vocabulary(work: &mut Work<'_>) -> Result<Vec<(ActivityType, Attributes)>, Error> {
    let types = work.definitions::<ActivityTypes>()?;
    let mut all: Vec<(ActivityType, BTreeMap<String, &'static str>)> = types
        .all
        .iter()
        .map(|known| (known.clone(), known.attributes.iter().map(|rule| (rule.name.clone(), rule.kind.name())).collect()))
        .collect();
    for (kind, attributes) in store::latest_attributes(work)? {
        if let Some((_, seen)) = all.iter_mut().find(|(known, _)| known.name == kind) {
            types::note_attributes(&attributes, "", seen);
        }
    }
    Ok(all)
}

/// The texts that the newest activities of a type have at the path of an attribute, with how often.
pub fn newest_values(work: &mut Work<'_>, kind: &str, path: &str, newest: i64) -> Result<Vec<(String, i64)>, Error> {
    store::newest_values(work, kind, path, newest)
}

/// How many activities there are of each type.
pub fn count_by_kind(work: &mut Work<'_>) -> Result<Vec<(String, i64)>, Error> {
    rollups::totals(work, Figure::Activities)
}

/// What conditions need to know of the activities of these customers, in order of time.
pub fn occurrences(
    work: &mut Work<'_>,
    customers: &[CustomerId],
    needs: &BTreeMap<Option<String>, ActivityNeed>,
    take: impl FnMut(CustomerId, &Arc<str>, Occurrence),
) -> Result<(), Error> {
    if let Some(all) = needs.get(&None) {
        // A need for every type covers the others; its reach is the longest of them.
        let whole = needs.values().copied().fold(*all, ActivityNeed::or);
        return store::occurrences_of_all(work, customers, whole, work.now.0, take);
    }
    store::occurrences(work, customers, needs, take)
}

/// These activities as those who react see them, for rules that act on them later.
pub fn tracked(work: &mut Work<'_>, activities: &[ActivityId]) -> Result<HashMap<ActivityId, Arc<Tracked>>, Error> {
    if activities.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(store::rows(work, activities)?.into_iter().map(|row| (row.id, row.tracked())).collect())
}

/// Who of the customers who did something of a type from `start` up to `end` did it for the first time ever, and who had done it
/// earlier; and the same of those who did it from `before` up to `start`.
pub fn comers(work: &mut Work<'_>, kind: &str, before: Instant, start: Instant, end: Instant) -> Result<Comers, Error> {
    store::comers(work, kind, before, start, end)
}

/// Customers who did something of these types after an instant, in the order of their ids, after one.
pub fn active_since(work: &mut Work<'_>, kinds: &[String], since: Instant, after: i64, limit: usize) -> Result<Vec<CustomerId>, Error> {
    store::active_since(work, kinds, since, after, limit)
}

/// When these customers last did something of a type; those who never did are absent.
pub fn last_of(work: &mut Work<'_>, kind: &str, customers: &[CustomerId]) -> Result<HashMap<CustomerId, Instant>, Error> {
    store::last_of(work, kind, customers)
}

/// How busy a customer was: since when, and how many activities there were in each of so many equally long stretches until now. What lies
/// in the future counts for the last of them; where all of it does, there is nothing to say yet.
pub fn density(work: &mut Work<'_>, customer: CustomerId, stretches: usize) -> Result<Option<(Instant, Vec<i64>)>, Error> {
    let now = work.now;
    let Some(from) = store::first_of(work, customer)?.filter(|from| *from <= now) else { return Ok(None) };
    let width_micros = (now.0 - from.0) / stretches as i64 + 1;
    let mut counts = vec![0; stretches];
    for (place, count) in store::density(work, customer, from, width_micros)? {
        let place = usize::try_from(place).unwrap_or(0).min(stretches - 1);
        counts[place] += count;
    }
    Ok(Some((from, counts)))
}

/// When customers last did something of a type, of those who did it after an instant; in the order of their ids, after one.
pub fn last_since(work: &mut Work<'_>, kind: &str, since: Instant, after: i64, limit: usize) -> Result<Vec<(CustomerId, Instant)>, Error> {
    store::last_since(work, kind, since, after, limit)
}

pub fn ids_of(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<Vec<ActivityId>, Error> {
    store::ids_of(work, customers)
}

/// Takes away the activities of customers who are going, and logs each deletion.
pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    store::forget(work, customers)
}

/// The activities of a customer who becomes a part of another one are that one's, and so are their external ids.
pub fn merge(work: &mut Work<'_>, joining: &Joining<'_>) -> Result<Value, Error> {
    let moved = personal::move_all(work, &store::TABLE, joining.from, joining.into)?;
    if moved.is_empty() {
        return Ok(Value::Null);
    }
    store::hand_external_ids_over(work, joining.from, joining.into)?;
    Ok(json!(moved))
}

/// An activity that was changed since goes back with its change; one that was deleted stays away.
pub fn unmerge(work: &mut Work<'_>, parting: &mut Parting<'_>) -> Result<Vec<Conflict>, Error> {
    let moved: Vec<i64> = parting.journal()?;
    personal::move_some(work, &store::TABLE, parting.into, parting.from, &moved)?;
    store::hand_external_ids_back(work, parting.into, parting.from, &moved)?;
    Ok(Vec::new())
}
