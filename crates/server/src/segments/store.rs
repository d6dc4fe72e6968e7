//! SQL of segments and groups. What is stored per customer stands in `store/membership.rs`.

mod history;
pub mod joining;
mod membership;
pub mod preview;

pub use history::*;
pub use membership::*;

use super::groups::Group;
use super::model::Segment;
use super::sweep::Standing;
use crate::error::Error;
use crate::ids::{GroupId, ImportId, JobId, SegmentId, TargetGroupId};
use crate::jobs::Swap;
use crate::work::Work;
use serde_json::{Value, json};
use store::{FromRow, Row, Statement, StoreError};

const GROUP_COLUMNS: &str = "id, name, reference, calculated, show_as_filter, sort_order, version, created_at, updated_at, export_lists";

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
            export_to_newsletter: lists(row, 9)?,
        })
    }
}

fn lists(row: &Row<'_>, column: usize) -> Result<Vec<String>, StoreError> {
    serde_json::from_value(row.get(column)?).map_err(|error| StoreError::bug(format!("names of newsletter lists: {error}")))
}

pub fn groups(work: &mut Work<'_>) -> Result<Vec<Group>, Error> {
    Ok(work.tx.all(&format!("select {GROUP_COLUMNS} from segment_groups order by sort_order desc, name, id"), &[])?)
}

pub fn group(work: &mut Work<'_>, group: GroupId) -> Result<Option<Group>, Error> {
    Ok(work.tx.first(&format!("select {GROUP_COLUMNS} from segment_groups where id = $1"), &[group.into()])?)
}

/// Keeps a group as it is until the unit ends: nothing is put into it or taken out by somebody else. Gives false if it is
/// not there.
pub fn lock_group(work: &mut Work<'_>, group: GroupId) -> Result<bool, Error> {
    Ok(work.tx.first::<i64>("select id from segment_groups where id = $1 {for_update}", &[group.into()])?.is_some())
}

/// Gives false when the reference is taken.
pub fn insert_group(work: &mut Work<'_>, group: &Group) -> Result<bool, Error> {
    let inserted = work.tx.execute(
        "insert into segment_groups (id, name, reference, calculated, show_as_filter, sort_order, version, created_at, updated_at,
           export_lists)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9) on conflict (reference, calculated) do nothing",
        &[
            group.id.into(),
            (&group.name).into(),
            (&group.reference).into(),
            group.calculated.into(),
            group.show_as_filter.into(),
            group.sort_order.into(),
            group.version.into(),
            group.created_at.into(),
            json!(group.export_to_newsletter).into(),
        ],
    )?;
    Ok(inserted == 1)
}

/// Gives false when another change came first.
pub fn update_group(work: &mut Work<'_>, group: &Group) -> Result<bool, Error> {
    let updated = work.tx.execute(
        "update segment_groups set name = $2, reference = $3, show_as_filter = $4, sort_order = $5, version = version + 1, updated_at = $6,
           calculated = $8, export_lists = $9
         where id = $1 and version = $7",
        &[
            group.id.into(),
            (&group.name).into(),
            (&group.reference).into(),
            group.show_as_filter.into(),
            group.sort_order.into(),
            work.now.into(),
            group.version.into(),
            group.calculated.into(),
            json!(group.export_to_newsletter).into(),
        ],
    )?;
    Ok(updated == 1)
}

pub fn delete_group(work: &mut Work<'_>, group: GroupId) -> Result<(), Error> {
    work.tx.execute("delete from segment_groups where id = $1", &[group.into()])?;
    Ok(())
}

const COLUMNS: &str = "select s.id, s.group_id, s.name, s.reference, s.description, s.calculated, s.condition, s.next_condition, \
                       s.rebuild_job_id, s.version, s.created_at, s.updated_at, s.generation, s.next_generation, s.export_lists, t.id, b.id \
                       from segments as s left join target_groups as t on t.segment_id = s.id \
                       left join segment_builders as b on b.group_id = s.group_id";

impl FromRow for Segment {
    fn from_row(row: &Row<'_>) -> Result<Segment, StoreError> {
        let (next_generation, target_group_id): (Option<i64>, Option<TargetGroupId>) = (row.get(13)?, row.get(15)?);
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
            export_to_newsletter: lists(row, 14)?,
            use_as_target_group: target_group_id.is_some(),
            target_group_id,
            builder_id: row.get(16)?,
        })
    }
}

pub fn list(work: &mut Work<'_>) -> Result<Vec<Segment>, Error> {
    Ok(work.tx.all(&format!("{COLUMNS} order by s.group_id, s.name, s.id"), &[])?)
}

pub fn read(work: &mut Work<'_>, segment: SegmentId) -> Result<Option<Segment>, Error> {
    Ok(work.tx.first(&format!("{COLUMNS} where s.id = $1"), &[segment.into()])?)
}

/// Gives false when the reference is taken in the group.
pub fn insert(work: &mut Work<'_>, segment: &Segment) -> Result<bool, Error> {
    let inserted = work.tx.execute(
        "insert into segments (id, group_id, name, reference, description, calculated, generation, swapped_at, told_generation,
           last_generation, version, created_at, updated_at, export_lists)
         values ($1, $2, $3, $4, $5, $6, 0, $8, 0, 0, $7, $8, $8, $9) on conflict (group_id, reference) do nothing",
        &[
            segment.id.into(),
            segment.group_id.into(),
            (&segment.name).into(),
            (&segment.reference).into(),
            (&segment.description).into(),
            segment.calculated.into(),
            segment.version.into(),
            segment.created_at.into(),
            json!(segment.export_to_newsletter).into(),
        ],
    )?;
    Ok(inserted == 1)
}

/// Gives false when another change came first.
pub fn update(work: &mut Work<'_>, segment: &Segment) -> Result<bool, Error> {
    let updated = work.tx.execute(
        "update segments set group_id = $2, name = $3, reference = $4, description = $5, version = version + 1, updated_at = $6,
           export_lists = $8
         where id = $1 and version = $7",
        &[
            segment.id.into(),
            segment.group_id.into(),
            (&segment.name).into(),
            (&segment.reference).into(),
            (&segment.description).into(),
            work.now.into(),
            segment.version.into(),
            json!(segment.export_to_newsletter).into(),
        ],
    )?;
    Ok(updated == 1)
}

/// The segment of a group with this reference, if it is not this one.
pub fn other_with(work: &mut Work<'_>, group: GroupId, reference: &str, segment: SegmentId) -> Result<Option<SegmentId>, Error> {
    Ok(work.tx.first(
        "select id from segments where group_id = $1 and reference = $2 and id <> $3",
        &[group.into(), reference.into(), segment.into()],
    )?)
}

pub fn delete(work: &mut Work<'_>, segments: &[SegmentId]) -> Result<(), Error> {
    for table in ["delete from segments where id in ", "delete from segment_sizes where segment_id in "] {
        let mut statement = Statement::new(table);
        statement.bind_list(segments);
        work.tx.run(&statement)?;
    }
    Ok(())
}

pub fn set_next_condition(work: &mut Work<'_>, segment: SegmentId, condition: &Value) -> Result<(), Error> {
    work.tx.execute("update segments set next_condition = $2 where id = $1", &[segment.into(), condition.into()])?;
    Ok(())
}

/// Gives calculated segments a new generation, to be filled by a job with whom the condition wanted last holds for.
pub fn begin_rebuild(work: &mut Work<'_>, segments: &[SegmentId], job: JobId) -> Result<(), Error> {
    let mut statement = Statement::new("update segments set next_condition = coalesce(next_condition, condition), ");
    statement.push("last_generation = last_generation + 1, next_generation = last_generation + 1, rebuild_job_id = ").bind(job);
    statement.push(", updated_at = ").bind(work.now).push(" where calculated and id in ").bind_list(segments);
    work.tx.run(&statement)?;
    Ok(())
}

pub fn put_in_force(work: &mut Work<'_>, segment: SegmentId, generation: i64) -> Result<(), Error> {
    work.tx.execute(
        "update segments set condition = next_condition, generation = $2, swapped_at = $3, next_condition = null, next_generation = null,
           rebuild_job_id = null
         where id = $1 and next_generation = $2",
        &[segment.into(), generation.into(), work.now.into()],
    )?;
    Ok(())
}

/// What a job builds is built no longer; the definition in force stays, the new one waits. Gives how many segments it built.
pub fn pause_rebuild(work: &mut Work<'_>, job: JobId) -> Result<u64, Error> {
    let paused = "update segments set next_generation = null where rebuild_job_id = $1 and next_generation is not null";
    Ok(work.tx.execute(paused, &[job.into()])?)
}

/// What counts of a segment's membership, kept as it is until the unit ends.
pub fn lock_standing(work: &mut Work<'_>, segment: SegmentId) -> Result<Option<Standing>, Error> {
    Ok(work.tx.first(
        "select told_generation, generation, swapped_at, replacement_id from segments where id = $1 {for_update}",
        &[segment.into()],
    )?)
}

impl FromRow for Standing {
    fn from_row(row: &Row<'_>) -> Result<Standing, StoreError> {
        let swap = Swap { from: row.get(0)?, to: row.get(1)?, at: row.get(2)? };
        Ok(Standing { swap, replacement: row.get(3)? })
    }
}

pub fn set_told(work: &mut Work<'_>, segment: SegmentId, generation: i64) -> Result<(), Error> {
    work.tx.execute("update segments set told_generation = $2 where id = $1", &[segment.into(), generation.into()])?;
    Ok(())
}

/// Gives a manual segment a new generation, to be filled from a list.
pub fn begin_replacement(work: &mut Work<'_>, segment: SegmentId, import: ImportId, job: Option<JobId>) -> Result<(), Error> {
    work.tx.execute(
        "update segments set last_generation = last_generation + 1, next_generation = last_generation + 1, replacement_id = $2,
           rebuild_job_id = $3
         where id = $1 and not calculated",
        &[segment.into(), import.into(), job.into()],
    )?;
    Ok(())
}

/// The generation that an import fills, until another one takes its place. One that was paused goes on.
pub fn replacement(work: &mut Work<'_>, segment: SegmentId, import: ImportId) -> Result<Option<i64>, Error> {
    Ok(work.tx.first(
        "update segments set next_generation = last_generation
         where id = $1 and replacement_id = $2 and generation < last_generation and not calculated returning next_generation",
        &[segment.into(), import.into()],
    )?)
}

/// What an import fills is filled no longer. Gives how many segments that were.
pub fn pause_replacement(work: &mut Work<'_>, import: ImportId) -> Result<u64, Error> {
    let paused = "update segments set next_generation = null where replacement_id = $1 and next_generation is not null";
    Ok(work.tx.execute(paused, &[import.into()])?)
}

/// The segments of a group become manual, with the membership that is in force.
pub fn make_manual(work: &mut Work<'_>, group: GroupId) -> Result<Vec<SegmentId>, Error> {
    Ok(work.tx.all(
        "update segments set calculated = false, condition = null, next_condition = null, next_generation = null, rebuild_job_id = null,
           version = version + 1, updated_at = $2
         where group_id = $1 returning id",
        &[group.into(), work.now.into()],
    )?)
}

pub fn insert_target_group(work: &mut Work<'_>, id: TargetGroupId, segment: &Segment) -> Result<(), Error> {
    work.tx.execute(
        "insert into target_groups (id, name, active, segment_id, version, created_at, updated_at) values ($1, $2, $3, $4, 1, $5, $5)
         on conflict (segment_id) do nothing",
        &[id.into(), (&segment.name).into(), true.into(), segment.id.into(), work.now.into()],
    )?;
    Ok(())
}

pub fn delete_target_group(work: &mut Work<'_>, target: TargetGroupId) -> Result<(), Error> {
    work.tx.execute("delete from target_groups where id = $1", &[target.into()])?;
    Ok(())
}

pub fn unlink_target_group(work: &mut Work<'_>, target: TargetGroupId) -> Result<(), Error> {
    work.tx.execute(
        "update target_groups set segment_id = null, version = version + 1, updated_at = $2 where id = $1",
        &[target.into(), work.now.into()],
    )?;
    Ok(())
}

pub fn rename_target_group(work: &mut Work<'_>, target: TargetGroupId, name: &str) -> Result<(), Error> {
    work.tx.execute(
        "update target_groups set name = $2, version = version + 1, updated_at = $3 where id = $1 and name <> $2",
        &[target.into(), name.into(), work.now.into()],
    )?;
    Ok(())
}
