//! Groups of segments: all calculated, or all manual.

use super::model::{name_problems, reference_of};
use super::store;
use crate::audit;
use crate::error::Error;
use crate::http::IfMatch;
use crate::ids::GroupId;
use crate::time::Instant;
use crate::work::Work;
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
}

pub fn list(work: &mut Work<'_>) -> Result<Vec<Group>, Error> {
    store::groups(work)
}

pub fn read(work: &mut Work<'_>, group: GroupId) -> Result<Group, Error> {
    store::group(work, group)?.ok_or(Error::NotFound)
}

pub fn create(work: &mut Work<'_>, body: &GroupBody) -> Result<Group, Error> {
    let problems = name_problems(&body.name, body.reference.as_deref());
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
    let mut new = read(work, group)?;
    matching.check(new.version)?;
    if let Some(name) = &patch.name {
        name.trim().clone_into(&mut new.name);
    }
    if let Some(reference) = &patch.reference {
        new.reference.clone_from(reference);
    }
    new.show_as_filter = patch.show_as_filter.unwrap_or(new.show_as_filter);
    new.sort_order = patch.sort_order.unwrap_or(new.sort_order);
    let problems = name_problems(&new.name, Some(&new.reference));
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if store::groups(work)?.iter().any(|other| other.id != group && other.reference == new.reference && other.calculated == new.calculated)
    {
        return Err(taken(&new));
    }
    if !store::update_group(work, &new)? {
        return Err(Error::Changed);
    }
    audit::record(work, "update", "segment_group", Some(group.0), &json!(patch))?;
    read(work, group)
}

/// Removes an empty group.
pub fn remove(work: &mut Work<'_>, group: GroupId) -> Result<(), Error> {
    let standing = read(work, group)?;
    super::builders::refuse_owned(work, group)?;
    if super::all(work)?.all.iter().any(|segment| segment.group_id == group) {
        return Err(Error::conflict("in_use", "the group has segments; remove or move them first"));
    }
    store::delete_group(work, group)?;
    audit::record(work, "delete", "segment_group", Some(group.0), &json!({ "name": standing.name }))
}
