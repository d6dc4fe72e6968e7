//! Groups of segments: all calculated, or all manual.

use super::compiled::Segments;
use super::model::{list_problems, name_problems, reference_of};
use super::{keep, store};
use crate::audit;
use crate::error::Error;
use crate::http::IfMatch;
use crate::ids::GroupId;
use crate::time::Instant;
use crate::work::Work;
use ::store::StoreError;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SegmentGroup)]
pub struct Group {
    pub id: GroupId,
    pub name: String,
    /// Unique among the groups of its kind.
    pub reference: String,
    pub calculated: bool,
    /// Whether lists of customers offer it as a filter.
    pub show_as_filter: bool,
    /// Higher comes first.
    pub sort_order: i64,
    /// Newsletter lists that membership of its segments is sent to.
    pub export_to_newsletter: Vec<String>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = NewSegmentGroup)]
pub struct GroupBody {
    pub name: String,
    /// Made from the name if absent.
    pub reference: Option<String>,
    #[serde(default)]
    pub calculated: bool,
    #[serde(default)]
    pub show_as_filter: bool,
    #[serde(default)]
    pub sort_order: i64,
    /// Newsletter lists that membership of its segments is sent to.
    #[serde(default)]
    pub export_to_newsletter: Vec<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = SegmentGroupPatch)]
pub struct GroupPatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show_as_filter: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_order: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub export_to_newsletter: Option<Vec<String>>,
    /// A group without segments becomes calculated. One that stops to be calculated keeps its segments with those who are in
    /// them as members by hand; their conditions are dropped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calculated: Option<bool>,
}

pub fn list(work: &mut Work<'_>) -> Result<Vec<Group>, Error> {
    store::groups(work)
}

pub fn read(work: &mut Work<'_>, group: GroupId) -> Result<Group, Error> {
    store::group(work, group)?.ok_or(Error::NotFound)
}

pub fn create(work: &mut Work<'_>, body: &GroupBody) -> Result<Group, Error> {
    let mut problems = name_problems(&body.name, body.reference.as_deref());
    problems.extend(list_problems(&body.export_to_newsletter));
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let group = Group {
        id: GroupId(work.tx.new_id(GroupId::KIND)?),
        name: body.name.trim().to_owned(),
        reference: body.reference.clone().unwrap_or_else(|| reference_of(&body.name)),
        calculated: body.calculated,
        show_as_filter: body.show_as_filter,
        sort_order: body.sort_order,
        export_to_newsletter: body.export_to_newsletter.clone(),
        version: 1,
        created_at: work.now,
        updated_at: work.now,
    };
    if !store::insert_group(work, &group)? {
        return Err(taken(&group));
    }
    audit::record(work, "create", "segment_group", Some(group.id.0), &json!(group))?;
    Ok(group)
}

fn taken(group: &Group) -> Error {
    Error::conflict("duplicate_reference", format!("there is a group with the reference {:?} already", group.reference))
}

pub fn update(work: &mut Work<'_>, group: GroupId, patch: &GroupPatch, matching: &IfMatch) -> Result<Group, Error> {
    let old = lock(work, group)?;
    matching.check(old.version)?;
    let mut new = old.clone();
    if let Some(name) = &patch.name {
        name.trim().clone_into(&mut new.name);
    }
    if let Some(reference) = &patch.reference {
        new.reference.clone_from(reference);
    }
    if let Some(lists) = &patch.export_to_newsletter {
        new.export_to_newsletter.clone_from(lists);
    }
    new.show_as_filter = patch.show_as_filter.unwrap_or(new.show_as_filter);
    new.sort_order = patch.sort_order.unwrap_or(new.sort_order);
    new.calculated = patch.calculated.unwrap_or(new.calculated);
    let mut problems = name_problems(&new.name, Some(&new.reference));
    problems.extend(list_problems(&new.export_to_newsletter));
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if store::groups(work)?.iter().any(|other| other.id != group && other.reference == new.reference && other.calculated == new.calculated)
    {
        return Err(taken(&new));
    }
    // Another unit may take the reference between the look and the write.
    let written = store::update_group(work, &new).map_err(|error| match error {
        Error::Store(StoreError::Duplicate) => taken(&new),
        error => error,
    });
    if !written? {
        return Err(Error::Changed);
    }
    if new.calculated != old.calculated {
        super::builders::refuse_owned(work, group)?;
        flip(work, group, new.calculated)?;
    }
    audit::record(work, "update", "segment_group", Some(group.0), &json!(patch))?;
    read(work, group)
}

/// A segment cannot be calculated without a condition, so only an empty group becomes calculated. The other way round,
/// whoever is in a segment stays in it.
fn flip(work: &mut Work<'_>, group: GroupId, calculated: bool) -> Result<(), Error> {
    if calculated {
        return match has_segments(work, group)? {
            true => Err(Error::conflict("has_segments", "its segments have no conditions; remove or move them first")),
            false => Ok(()),
        };
    }
    let segments = store::make_manual(work, group)?;
    work.redefine::<Segments>()?;
    keep::begin(work, &segments)
}

fn has_segments(work: &mut Work<'_>, group: GroupId) -> Result<bool, Error> {
    Ok(super::all(work)?.all.iter().any(|segment| segment.group_id == group))
}

/// The group as it stays until this unit ends.
fn lock(work: &mut Work<'_>, group: GroupId) -> Result<Group, Error> {
    if !store::lock_group(work, group)? {
        return Err(Error::NotFound);
    }
    read(work, group)
}

/// Removes an empty group.
pub fn remove(work: &mut Work<'_>, group: GroupId) -> Result<(), Error> {
    let standing = lock(work, group)?;
    super::builders::refuse_owned(work, group)?;
    if has_segments(work, group)? {
        return Err(Error::conflict("in_use", "the group has segments; remove or move them first"));
    }
    store::delete_group(work, group)?;
    audit::record(work, "delete", "segment_group", Some(group.0), &json!({ "name": standing.name }))
}
