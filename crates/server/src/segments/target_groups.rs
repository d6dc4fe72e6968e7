//! Target groups that segments are used as. A linked one has the name of its segment.

use super::model::Segment;
use super::store;
use crate::error::Error;
use crate::ids::TargetGroupId;
use crate::work::Work;
use serde::Deserialize;
use utoipa::ToSchema;

/// What becomes of the target group when its segment is no longer used as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unlinked {
    Delete,
    /// It stays, without a segment.
    Keep,
}

/// Makes an active target group named like the segment, and links it.
pub fn link(work: &mut Work<'_>, segment: &Segment) -> Result<(), Error> {
    let id = TargetGroupId(work.tx.new_id(TargetGroupId::KIND)?);
    store::insert_target_group(work, id, segment)
}

/// Does away with the link if the segment has one; refused unless the caller says how.
pub fn unlink(work: &mut Work<'_>, segment: &Segment, how: Option<Unlinked>) -> Result<(), Error> {
    match (segment.target_group_id, how) {
        (None, _) => Ok(()),
        (Some(target), Some(Unlinked::Delete)) => store::delete_target_group(work, target),
        (Some(target), Some(Unlinked::Keep)) => store::unlink_target_group(work, target),
        (Some(target), None) => {
            let detail = format!("the target group {target} is linked to it; say targetGroup=delete or targetGroup=keep");
            Err(Error::conflict("linked", detail))
        }
    }
}

/// A linked target group takes the name of its segment.
pub fn rename(work: &mut Work<'_>, segment: &Segment) -> Result<(), Error> {
    match segment.target_group_id {
        Some(target) => store::rename_target_group(work, target, &segment.name),
        None => Ok(()),
    }
}
