//! Segments: groups of customers, put together by hand or computed from a condition. Computed membership changes in the
//! transaction of the event that caused it, and at the instant a window flips.

pub mod builders;
mod compiled;
mod facts;
mod groups;
mod known;
mod live;
mod model;
mod preview;
mod rebuild;
pub mod routes;
mod store;
mod vocabulary;

pub use compiled::{Compiled, Segments};
pub use groups::{Group, GroupBody, create as create_group};
pub use known::{Knowledge, Learned, Memory, ensure as ensure_known};
pub use live::{explain, flip_due, next_flip, react};
pub use model::{Change, Member, MembershipView, Segment, SegmentBody, SegmentPatch, Source};
pub use rebuild::{rebuild, step as rebuild_step, sweep as sweep_step};

use crate::audit;
use crate::catalogue;
use crate::customers;
use crate::error::{Error, Problem};
use crate::events::{Cause, Event};
use crate::http::IfMatch;
use crate::ids::{ChangeId, CustomerId, GroupId, SegmentId};
use crate::work::Work;
use condition::Needs;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// All segments with their compiled conditions.
pub fn all(work: &mut Work<'_>) -> Result<Arc<Segments>, Error> {
    work.definitions::<Segments>()
}

pub fn create(work: &mut Work<'_>, body: &SegmentBody) -> Result<Segment, Error> {
    let group =
        groups::read(work, body.group_id).map_err(|error| if matches!(error, Error::NotFound) { unknown_group() } else { error })?;
    builders::refuse_owned(work, group.id)?;
    let calculated = body.calculated.unwrap_or(group.calculated);
    let mut problems = model::name_problems(&body.name, body.reference.as_deref());
    if calculated != group.calculated {
        problems.push(Problem::new("/calculated", "other_kind", "a segment is calculated if and only if its group is"));
    }
    problems.extend(condition_problems(work, calculated, body.condition.as_ref(), None)?);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let id = SegmentId(work.tx.new_id(SegmentId::KIND)?);
    let segment = model::new_segment(id, body, calculated, work.now);
    if !store::insert(work, &segment)? {
        let detail = format!("the group has a segment with the reference {:?} already", segment.reference);
        return Err(Error::conflict("duplicate_reference", detail));
    }
    work.redefine::<Segments>()?;
    audit::record(work, "create", "segment", Some(id.0), &json!(segment))?;
    if let Some(condition) = &body.condition {
        rebuild::begin(work, id, condition)?;
    }
    read(work, id)
}

fn unknown_group() -> Error {
    Error::invalid("/groupId", "unknown", "there is no such segment group")
}

/// What is wrong with the condition of a segment; `own` is the segment itself if it exists already.
fn condition_problems(
    work: &mut Work<'_>,
    calculated: bool,
    condition: Option<&Value>,
    own: Option<SegmentId>,
) -> Result<Vec<Problem>, Error> {
    let condition = match (calculated, condition) {
        (true, Some(condition)) => condition,
        (true, None) => return Ok(vec![Problem::new("/condition", "required", "a calculated segment needs a condition")]),
        (false, Some(_)) => return Ok(vec![Problem::new("/condition", "misplaced", "only a calculated segment has a condition")]),
        (false, None) => return Ok(Vec::new()),
    };
    let catalogue = catalogue::get(work)?;
    let tree = match condition::check(condition, &catalogue) {
        Ok(tree) => tree,
        Err(problems) => return Ok(problems.into_iter().map(|problem| catalogue::under("/condition", problem)).collect()),
    };
    let Some(own) = own else { return Ok(Vec::new()) };
    let circle = all(work)?.circle(own, &condition::needs(&tree).segments);
    Ok(circle
        .map(|names| Problem::new("/condition", "circle", format!("the segment would depend on itself: {names}")))
        .into_iter()
        .collect())
}

pub fn read(work: &mut Work<'_>, segment: SegmentId) -> Result<Segment, Error> {
    let mut found = store::read(work, segment)?.ok_or(Error::NotFound)?;
    found.size = store::size(work, segment, found.generation)?;
    Ok(found)
}

/// Every segment with its size, ordered by group and name.
pub fn list(work: &mut Work<'_>) -> Result<Vec<Segment>, Error> {
    let mut segments = store::list(work)?;
    let sizes = store::sizes(work)?;
    for segment in &mut segments {
        segment.size = sizes.get(&(segment.id, segment.generation)).copied().unwrap_or(0);
    }
    Ok(segments)
}

pub fn update(work: &mut Work<'_>, segment: SegmentId, patch: &SegmentPatch, matching: &IfMatch) -> Result<Segment, Error> {
    let old = store::read(work, segment)?.ok_or(Error::NotFound)?;
    matching.check(old.version)?;
    if model::redefines(patch) {
        builders::refuse_owned(work, old.group_id)?;
    }
    let mut new = old.clone();
    model::apply(&mut new, patch);
    let mut problems = model::name_problems(&new.name, Some(&new.reference));
    if new.group_id != old.group_id {
        builders::refuse_owned(work, new.group_id)?;
        match groups::read(work, new.group_id) {
            Ok(group) if group.calculated == old.calculated => {}
            Ok(_) => problems.push(Problem::new(
                "/groupId",
                "other_kind",
                "a calculated segment stays in a calculated group, a manual one in a manual group",
            )),
            Err(Error::NotFound) => return Err(unknown_group()),
            Err(error) => return Err(error),
        }
    }
    let redefined = patch.condition.as_ref().filter(|condition| Some(*condition) != old.wanted_condition());
    if redefined.is_some() {
        problems.extend(condition_problems(work, old.calculated, redefined, Some(segment))?);
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if !store::update(work, &new)? {
        return Err(Error::Changed);
    }
    work.redefine::<Segments>()?;
    audit::record(work, "update", "segment", Some(segment.0), &json!(patch))?;
    if let Some(condition) = redefined {
        rebuild::begin(work, segment, condition)?;
    }
    read(work, segment)
}

/// Removes a segment and its membership. Refused while another segment is built on it.
pub fn remove(work: &mut Work<'_>, segment: SegmentId) -> Result<(), Error> {
    let standing = store::read(work, segment)?.ok_or(Error::NotFound)?;
    builders::refuse_owned(work, standing.group_id)?;
    take_away(work, segment)
}

/// [`remove`], whoever made it.
fn take_away(work: &mut Work<'_>, segment: SegmentId) -> Result<(), Error> {
    let standing = store::read(work, segment)?.ok_or(Error::NotFound)?;
    let users = all(work)?.built_on(segment);
    if !users.is_empty() {
        return Err(Error::conflict("in_use", format!("these segments are built on it: {}", users.join(", "))));
    }
    store::delete(work, segment)?;
    work.redefine::<Segments>()?;
    audit::record(work, "delete", "segment", Some(segment.0), &json!({ "name": standing.name }))?;
    work.tell(Event::SegmentDeleted { segment });
    Ok(())
}

/// What a manual change of membership did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changed {
    pub added: u64,
    pub removed: u64,
}

/// Puts customers into a manual segment and takes others out; those who are there or gone already stay as they are.
pub fn change_members(
    work: &mut Work<'_>,
    segment: SegmentId,
    add: &[CustomerId],
    remove: &[CustomerId],
    source: Source,
    cause: Cause,
) -> Result<Changed, Error> {
    let standing = store::read(work, segment)?.ok_or(Error::NotFound)?;
    if standing.calculated {
        return Err(calculated());
    }
    let mut touched: Vec<CustomerId> = add.iter().chain(remove).copied().collect();
    touched.sort();
    touched.dedup();
    let known = customers::lock(work, &touched)?;
    if let Some((place, customer)) = add.iter().enumerate().find(|(_, customer)| !known.contains(customer)) {
        return Err(Error::invalid(format!("/add/{place}"), "unknown_customer", format!("there is no customer {customer}")));
    }
    let members = store::memberships(work, &touched)?;
    let is_member = |customer: &CustomerId| members.iter().any(|row| row.customer == *customer && row.segment == segment);
    let mut entering: Vec<CustomerId> = add.iter().filter(|customer| !is_member(customer) && !remove.contains(customer)).copied().collect();
    entering.sort();
    entering.dedup();
    let leaving: Vec<CustomerId> = touched.iter().filter(|customer| remove.contains(customer) && is_member(customer)).copied().collect();
    store::enter(work, &entering.iter().map(|customer| (*customer, segment, 0, work.now)).collect::<Vec<_>>(), source)?;
    store::leave(work, segment, 0..=0, &leaving)?;
    let changed = Changed { added: entering.len() as u64, removed: leaving.len() as u64 };
    let moves = entering.into_iter().map(|customer| (customer, true)).chain(leaving.into_iter().map(|customer| (customer, false)));
    record(work, moves.map(|(customer, entered)| Change { customer, segment, entered, cause, at: work.now }).collect())?;
    Ok(changed)
}

/// Puts customers into a manual segment, for a rule; those who do not exist are left out. Gives how many were not in it before.
pub fn add(work: &mut Work<'_>, segment: SegmentId, customers: &[CustomerId], source: Source, cause: Cause) -> Result<u64, Error> {
    let segments = all(work)?;
    if segments.get(segment).ok_or(Error::NotFound)?.calculated {
        return Err(calculated());
    }
    let held = customers::lock(work, customers)?;
    // Of those whom a rule was judged for everything is known.
    ensure_known(work, &segments, customers, &Needs::default())?;
    let is_new =
        |customer: &&CustomerId| held.contains(customer) && work.known.get(**customer).is_some_and(|known| !known.is_in(segment, 0));
    let entering: Vec<CustomerId> = customers.iter().filter(is_new).copied().collect();
    store::enter(work, &entering.iter().map(|customer| (*customer, segment, 0, work.now)).collect::<Vec<_>>(), source)?;
    record(work, entering.iter().map(|customer| Change { customer: *customer, segment, entered: true, cause, at: work.now }).collect())?;
    Ok(entering.len() as u64)
}

fn calculated() -> Error {
    Error::conflict("calculated", "the members of a calculated segment follow from its condition")
}

/// Writes down who entered and who left, and tells it.
fn record(work: &mut Work<'_>, changes: Vec<Change>) -> Result<(), Error> {
    if changes.is_empty() {
        return Ok(());
    }
    let first = work.tx.new_ids(ChangeId::KIND, changes.len())?.start;
    store::insert_changes(work, ChangeId(first), &changes)?;
    for change in changes {
        let Change { customer, segment, cause, .. } = change;
        work.tell(match change.entered {
            true => Event::SegmentEntered { customer, segment, cause },
            false => Event::SegmentLeft { customer, segment, cause },
        });
    }
    Ok(())
}

/// The segments of customers, with names, by customer.
pub fn of_customers(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<HashMap<CustomerId, Vec<MembershipView>>, Error> {
    let mut found: HashMap<CustomerId, Vec<MembershipView>> = HashMap::new();
    for (customer, membership) in store::membership_views(work, customers)? {
        found.entry(customer).or_default().push(membership);
    }
    Ok(found)
}

/// When a customer entered and left segments, newest first, before a place in that order.
pub fn changes_of(
    work: &mut Work<'_>,
    customer: CustomerId,
    before: Option<(crate::time::Instant, i64)>,
    limit: usize,
) -> Result<Vec<(ChangeId, Change)>, Error> {
    store::changes_of(work, customer, before, limit)
}

/// When time alone may change the segments of a customer next.
pub fn next_check(work: &mut Work<'_>, customer: CustomerId) -> Result<Option<crate::time::Instant>, Error> {
    Ok(store::wakes(work, &[customer])?.remove(&customer))
}

/// The names of all groups.
pub fn group_names(work: &mut Work<'_>) -> Result<HashMap<GroupId, String>, Error> {
    Ok(groups::list(work)?.into_iter().map(|group| (group.id, group.name)).collect())
}

/// How many entered and left each segment since an instant.
pub fn movement_since(work: &mut Work<'_>, since: crate::time::Instant) -> Result<Vec<(SegmentId, bool, i64)>, Error> {
    store::movement_since(work, since)
}

/// Takes away all membership of customers who are going.
pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    store::forget(work, customers)
}
