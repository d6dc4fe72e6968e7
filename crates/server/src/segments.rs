//! Segments: groups of customers, put together by hand or computed from a condition. Computed membership changes in the
//! transaction of the event that caused it, and at the instant a window flips.

pub mod builders;
mod compiled;
mod conditions;
pub mod definitions;
mod facts;
mod forecast;
mod groups;
mod history;
mod joining;
mod keep;
mod known;
mod live;
mod members;
mod model;
mod preview;
mod rebuild;
pub mod replacement;
mod review;
pub mod routes;
mod store;
mod sweep;
mod target_groups;
mod vocabulary;

pub use compiled::{Compiled, Segments};
pub use facts::facts;
pub use groups::{Group, GroupBody, create as create_group, list as groups};
pub use history::{Day, measure_due, of as history_of, step as measure_step};
pub use joining::{merge, unmerge};
pub use keep::step as keep_members_step;
pub use known::{Knowledge, Learned, Memory, ensure as ensure_known};
pub use live::{explain, flip_due, next_flip, react};
pub use members::{
    Application, COUNTER_MAX, Changed, Counter, CounterWord, Membership, add, change as change_members, leave_all, manual, standing,
};
pub use model::{Change, Member, MembershipView, Recorded, Segment, SegmentBody, SegmentPatch, Source};
pub use rebuild::step as rebuild_step;
pub use review::{Wanted as BuildWanted, build, step as review_step};
pub use sweep::step as sweep_step;
pub use target_groups::Unlinked;

use crate::audit;
use crate::catalogue;
use crate::error::{Error, Problem};
use crate::events::Event;
use crate::http::IfMatch;
use crate::ids::{ChangeId, CustomerId, GroupId, SegmentId};
use crate::rollups::{self, Figure};
use crate::time::Instant;
use crate::work::Work;
use ::store::StoreError;
use serde_json::json;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// The kinds of jobs by which segments are built, and what follows from that.
pub const JOBS: [&str; 4] = ["rebuild_segments", "review_customers", "sweep_segment", "keep_members"];

/// All segments with their compiled conditions.
pub fn all(work: &mut Work<'_>) -> Result<Arc<Segments>, Error> {
    work.definitions::<Segments>()
}

pub fn create(work: &mut Work<'_>, body: &SegmentBody) -> Result<Segment, Error> {
    builders::refuse_owned(work, body.group_id)?;
    let made = insert(work, body)?;
    if made.calculated {
        rebuild::begin(work, &[made.id])?;
    }
    read(work, made.id)
}

/// Writes a new segment down; whoever calls this has its condition evaluated.
fn insert(work: &mut Work<'_>, body: &SegmentBody) -> Result<Segment, Error> {
    // Until this unit ends nobody removes the group, or makes it one of the other kind.
    if !store::lock_group(work, body.group_id)? {
        return Err(unknown_group());
    }
    let group = groups::read(work, body.group_id)?;
    let calculated = body.calculated.unwrap_or(group.calculated);
    let mut problems = model::name_problems(&body.name, body.reference.as_deref());
    problems.extend(model::list_problems(&body.export_to_newsletter));
    if calculated != group.calculated {
        problems.push(Problem::new("/calculated", "other_kind", "a segment is calculated if and only if its group is"));
    }
    let condition = conditions::accept(work, calculated, body.condition.as_ref(), None)?.unwrap_or_else(|found| {
        problems.extend(found);
        None
    });
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let id = SegmentId(work.tx.new_id(SegmentId::KIND)?);
    let segment = model::new_segment(id, body, calculated, work.now);
    if !store::insert(work, &segment)? {
        return Err(taken(&segment));
    }
    if body.use_as_target_group {
        target_groups::link(work, &segment)?;
    }
    if let Some(condition) = &condition {
        store::set_next_condition(work, id, condition)?;
    }
    work.redefine::<Segments>()?;
    audit::record(work, "create", "segment", Some(id.0), &json!(segment))?;
    Ok(segment)
}

fn unknown_group() -> Error {
    Error::invalid("/groupId", "unknown", "there is no such segment group")
}

fn taken(segment: &Segment) -> Error {
    Error::conflict("duplicate_reference", format!("the group has a segment with the reference {:?} already", segment.reference))
}

pub fn read(work: &mut Work<'_>, segment: SegmentId) -> Result<Segment, Error> {
    let mut found = store::read(work, segment)?.ok_or(Error::NotFound)?;
    found.size = store::size(work, segment, found.generation)?;
    Ok(found)
}

/// Every segment with its size, ordered by group and name.
pub fn list(work: &mut Work<'_>) -> Result<Vec<Segment>, Error> {
    let mut segments = store::list(work)?;
    let sizes = sizes(work)?;
    for segment in &mut segments {
        segment.size = sizes.get(&(segment.id, segment.generation)).copied().unwrap_or(0);
    }
    Ok(segments)
}

/// How many rows of membership there are, by segment and generation.
fn sizes(work: &mut Work<'_>) -> Result<HashMap<(SegmentId, i64), i64>, Error> {
    let sizes = rollups::totals(work, Figure::Members)?;
    let parsed = sizes.iter().filter_map(|(subject, size)| {
        let (segment, generation) = rollups::split(subject)?;
        Some(((SegmentId(segment), generation.parse().ok()?), *size))
    });
    Ok(parsed.collect())
}

/// Lays the patch over the segment; `unlinked` says what becomes of a target group it is no longer used as.
pub fn update(
    work: &mut Work<'_>,
    segment: SegmentId,
    patch: &SegmentPatch,
    matching: &IfMatch,
    unlinked: Option<Unlinked>,
) -> Result<Segment, Error> {
    let standing = store::read(work, segment)?.ok_or(Error::NotFound)?;
    refuse_built(work, &standing, patch)?;
    if write(work, segment, patch, matching, unlinked)? {
        rebuild::begin(work, &[segment])?;
    }
    read(work, segment)
}

/// Refuses to change by hand what a builder decides.
fn refuse_built(work: &mut Work<'_>, standing: &Segment, patch: &SegmentPatch) -> Result<(), Error> {
    if model::redefines(patch) {
        builders::refuse_owned(work, standing.group_id)?;
    }
    match patch.group_id {
        Some(group) => builders::refuse_owned(work, group),
        None => Ok(()),
    }
}

/// Writes a change down; gives whether there is a new condition, which whoever calls this has evaluated.
fn write(
    work: &mut Work<'_>,
    segment: SegmentId,
    patch: &SegmentPatch,
    matching: &IfMatch,
    unlinked: Option<Unlinked>,
) -> Result<bool, Error> {
    let old = store::read(work, segment)?.ok_or(Error::NotFound)?;
    matching.check(old.version)?;
    let mut new = old.clone();
    model::apply(&mut new, patch);
    let mut problems = model::name_problems(&new.name, Some(&new.reference));
    problems.extend(model::list_problems(&new.export_to_newsletter));
    if new.group_id != old.group_id {
        problems.extend(move_problem(work, &old, new.group_id)?);
    }
    let mut condition = None;
    if patch.condition.is_some() {
        match conditions::accept(work, old.calculated, patch.condition.as_ref(), Some(segment))? {
            Ok(accepted) => condition = accepted.filter(|condition| Some(condition) != old.wanted_condition()),
            Err(found) => problems.extend(found),
        }
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if store::other_with(work, new.group_id, &new.reference, segment)?.is_some() {
        return Err(taken(&new));
    }
    // Another unit may take the reference between the look and the write.
    let written = store::update(work, &new).map_err(|error| match error {
        Error::Store(StoreError::Duplicate) => taken(&new),
        error => error,
    });
    if !written? {
        return Err(Error::Changed);
    }
    match patch.use_as_target_group {
        Some(true) if !old.use_as_target_group => target_groups::link(work, &new)?,
        Some(false) => target_groups::unlink(work, &old, unlinked)?,
        _ => target_groups::rename(work, &new)?,
    }
    if let Some(condition) = &condition {
        store::set_next_condition(work, segment, condition)?;
    }
    work.redefine::<Segments>()?;
    audit::record(work, "update", "segment", Some(segment.0), &json!(patch))?;
    Ok(condition.is_some())
}

/// Why a segment cannot move to this group.
fn move_problem(work: &mut Work<'_>, segment: &Segment, group: GroupId) -> Result<Option<Problem>, Error> {
    if !store::lock_group(work, group)? {
        return Err(unknown_group());
    }
    let told = "a calculated segment stays in a calculated group, a manual one in a manual group";
    let is_other_kind = groups::read(work, group)?.calculated != segment.calculated;
    Ok(is_other_kind.then(|| Problem::new("/groupId", "other_kind", told)))
}

/// What becomes of those who use a segment that is removed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Removal {
    /// Segments that are built on it go too; rules let go of it, and those that asked for it are switched off.
    pub cascade: bool,
    /// What becomes of its target group; deleted if it cascades.
    pub unlinked: Option<Unlinked>,
}

/// Removes a segment and its membership. Refused while it is used, with the list of users, unless it cascades.
pub fn remove(work: &mut Work<'_>, segment: SegmentId, removal: Removal) -> Result<(), Error> {
    let segments = all(work)?;
    segments.get(segment).ok_or(Error::NotFound)?;
    if !removal.cascade {
        let mut uses = catalogue::uses_of_segment(work, segment)?;
        uses.retain(|one| one.kind != catalogue::UserKind::TargetGroup || removal.unlinked.is_none());
        if !uses.is_empty() {
            return Err(catalogue::in_use(&uses));
        }
    }
    let mut going = BTreeSet::from([segment]);
    let mut last = vec![segment];
    while let Some(next) = last.pop() {
        last.extend(segments.built_on(next).into_iter().filter(|user| going.insert(*user)));
    }
    if let Some(built) = going.iter().filter_map(|id| segments.get(*id)).find(|one| one.builder_id.is_some()) {
        builders::refuse_owned(work, built.group_id)?;
    }
    take_away(work, going, removal)
}

/// Removes segments that nothing else uses any more, or lets their users go with them.
fn take_away(work: &mut Work<'_>, going: BTreeSet<SegmentId>, removal: Removal) -> Result<(), Error> {
    let segments = all(work)?;
    for id in &going {
        let Some(standing) = segments.get(*id) else { continue };
        let unlinked = removal.unlinked.or(removal.cascade.then_some(Unlinked::Delete));
        target_groups::unlink(work, standing, unlinked)?;
        audit::record(work, "delete", "segment", Some(id.0), &json!({ "name": standing.name }))?;
        work.tell(Event::SegmentDeleted { segment: *id, cascade: removal.cascade });
    }
    let going: Vec<SegmentId> = going.into_iter().collect();
    store::delete(work, &going)?;
    sweep::begin(work, &going)?;
    work.redefine::<Segments>()
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
pub fn changes_of(work: &mut Work<'_>, customer: CustomerId, before: Option<(Instant, i64)>, limit: usize) -> Result<Vec<Recorded>, Error> {
    store::changes_of(work, customer, before, limit)
}

/// When time alone may change the segments of a customer next.
pub fn next_check(work: &mut Work<'_>, customer: CustomerId) -> Result<Option<Instant>, Error> {
    Ok(store::wakes(work, &[customer])?.remove(&customer))
}

/// The names of all groups.
pub fn group_names(work: &mut Work<'_>) -> Result<HashMap<GroupId, String>, Error> {
    Ok(groups::list(work)?.into_iter().map(|group| (group.id, group.name)).collect())
}

/// Takes away all membership of customers who are going.
pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    store::forget(work, customers)
}
