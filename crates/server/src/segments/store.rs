//! SQL of segments and groups. What is stored per customer stands in `store/membership.rs`.

mod circumstances;
mod membership;

pub use circumstances::*;
pub use membership::*;

use super::groups::Group;
use super::model::Segment;
use crate::error::Error;
use crate::ids::{GroupId, JobId, SegmentId};
use crate::work::Work;
use serde_json::Value;
use store::{FromRow, Row, StoreError};

const GROUP_COLUMNS: &str = "id, name, reference, calculated, show_as_filter, sort_order, version, created_at, updated_at";

impl FromRow for Group {
    fn from_row(row: &Row<'_>) -> Result<Group, StoreError> {
        Ok(Group {
            id: row.get(0)?,
            name: row.get(1)?,
            reference: row.get(2)?,
            calculated: row.get(3)?,
            show_as_filter: row.get(4)?,
            sort_order: row.get(5)?,
            version: row.get(6)?,
            created_at: row.get(7)?,
            updated_at: row.get(8)?,
        })
    }
}

pub fn groups(work: &mut Work<'_>) -> Result<Vec<Group>, Error> {
    Ok(work.tx.all(&format!("select {GROUP_COLUMNS} from segment_groups order by sort_order desc, name, id"), &[])?)
}

pub fn group(work: &mut Work<'_>, group: GroupId) -> Result<Option<Group>, Error> {
    Ok(work.tx.first(&format!("select {GROUP_COLUMNS} from segment_groups where id = $1"), &[group.into()])?)
}

/// Gives false when the reference is taken.
pub fn insert_group(work: &mut Work<'_>, group: &Group) -> Result<bool, Error> {
    let inserted = work.tx.execute(
        "insert into segment_groups (id, name, reference, calculated, show_as_filter, sort_order, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8) on conflict (reference, calculated) do nothing",
        &[
            group.id.into(),
            (&group.name).into(),
            (&group.reference).into(),
            group.calculated.into(),
            group.show_as_filter.into(),
            group.sort_order.into(),
            group.version.into(),
            group.created_at.into(),
        ],
    )?;
    Ok(inserted == 1)
}

/// Gives false when another change came first.
pub fn update_group(work: &mut Work<'_>, group: &Group) -> Result<bool, Error> {
    let updated = work.tx.execute(
        "update segment_groups set name = $2, reference = $3, show_as_filter = $4, sort_order = $5, version = version + 1, updated_at = $6
         where id = $1 and version = $7",
        &[
            group.id.into(),
            (&group.name).into(),
            (&group.reference).into(),
            group.show_as_filter.into(),
            group.sort_order.into(),
            work.now.into(),
            group.version.into(),
        ],
    )?;
    Ok(updated == 1)
}

pub fn delete_group(work: &mut Work<'_>, group: GroupId) -> Result<(), Error> {
    work.tx.execute("delete from segment_groups where id = $1", &[group.into()])?;
    Ok(())
}

const COLUMNS: &str = "id, group_id, name, reference, description, calculated, condition, next_condition, rebuild_job_id, version, \
                       created_at, updated_at, generation, next_generation";

impl FromRow for Segment {
    fn from_row(row: &Row<'_>) -> Result<Segment, StoreError> {
        let next_generation: Option<i64> = row.get(13)?;
        Ok(Segment {
            id: row.get(0)?,
            group_id: row.get(1)?,
            name: row.get(2)?,
            reference: row.get(3)?,
            description: row.get(4)?,
            calculated: row.get(5)?,
            condition: row.get(6)?,
            next_condition: row.get(7)?,
            size: 0,
            building: next_generation.is_some(),
            rebuild_job_id: row.get(8)?,
            version: row.get(9)?,
            created_at: row.get(10)?,
            updated_at: row.get(11)?,
            generation: row.get(12)?,
            next_generation,
        })
    }
}

pub fn list(work: &mut Work<'_>) -> Result<Vec<Segment>, Error> {
    Ok(work.tx.all(&format!("select {COLUMNS} from segments order by group_id, name, id"), &[])?)
}

pub fn read(work: &mut Work<'_>, segment: SegmentId) -> Result<Option<Segment>, Error> {
    Ok(work.tx.first(&format!("select {COLUMNS} from segments where id = $1"), &[segment.into()])?)
}

/// Gives false when the reference is taken in the group.
pub fn insert(work: &mut Work<'_>, segment: &Segment) -> Result<bool, Error> {
    let inserted = work.tx.execute(
        "insert into segments (id, group_id, name, reference, description, calculated, generation, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, 0, $7, $8, $8) on conflict (group_id, reference) do nothing",
        &[
            segment.id.into(),
            segment.group_id.into(),
            (&segment.name).into(),
            (&segment.reference).into(),
            (&segment.description).into(),
            segment.calculated.into(),
            segment.version.into(),
            segment.created_at.into(),
        ],
    )?;
    Ok(inserted == 1)
}

/// Gives false when another change came first, or the reference is taken in the group.
pub fn update(work: &mut Work<'_>, segment: &Segment) -> Result<bool, Error> {
    let updated = work.tx.execute(
        "update segments set group_id = $2, name = $3, reference = $4, description = $5, version = version + 1, updated_at = $6
         where id = $1 and version = $7
           and not exists (select 1 from segments as other where other.group_id = $2 and other.reference = $4 and other.id <> $1)",
        &[
            segment.id.into(),
            segment.group_id.into(),
            (&segment.name).into(),
            (&segment.reference).into(),
            (&segment.description).into(),
            work.now.into(),
            segment.version.into(),
        ],
    )?;
    Ok(updated == 1)
}

pub fn delete(work: &mut Work<'_>, segment: SegmentId) -> Result<(), Error> {
    work.tx.execute("delete from segments where id = $1", &[segment.into()])?;
    Ok(())
}

pub fn begin_rebuild(work: &mut Work<'_>, segment: SegmentId, generation: i64, condition: &Value, job: JobId) -> Result<(), Error> {
    work.tx.execute(
        "update segments set next_condition = $2, next_generation = $3, rebuild_job_id = $4, updated_at = $5 where id = $1",
        &[segment.into(), condition.into(), generation.into(), job.into(), work.now.into()],
    )?;
    Ok(())
}

pub fn put_in_force(work: &mut Work<'_>, segment: SegmentId, generation: i64) -> Result<(), Error> {
    work.tx.execute(
        "update segments set condition = next_condition, generation = $2, next_condition = null, next_generation = null, rebuild_job_id = null
         where id = $1 and next_generation = $2",
        &[segment.into(), generation.into()],
    )?;
    Ok(())
}

/// The definition in force stays.
pub fn abandon_rebuild(work: &mut Work<'_>, segment: SegmentId, generation: i64) -> Result<(), Error> {
    work.tx.execute(
        "update segments set next_condition = null, next_generation = null, rebuild_job_id = null where id = $1 and next_generation = $2",
        &[segment.into(), generation.into()],
    )?;
    Ok(())
}
