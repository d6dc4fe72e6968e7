//! SQL of the deletions.

use super::Deletion;
use crate::error::Error;
use crate::time::Instant;
use crate::work::Work;
use store::{FromRow, Row, Rows, StoreError};

pub fn insert(work: &mut Work<'_>, entity_type: &str, gone: &[(i64, &str)]) -> Result<(), Error> {
    let mut rows = Rows::with_capacity(4, gone.len());
    for (id, kind) in gone {
        rows.push([entity_type.into(), (*id).into(), (*kind).into(), work.now.into()]);
    }
    let into = "insert into deletions (entity_type, entity_id, type, deleted_at)";
    work.tx.insert(into, rows, "on conflict (entity_type, entity_id) do nothing")?;
    Ok(())
}

pub fn delete(work: &mut Work<'_>, entity_type: &str, id: i64) -> Result<(), Error> {
    work.tx.execute("delete from deletions where entity_type = $1 and entity_id = $2", &[entity_type.into(), id.into()])?;
    Ok(())
}

/// In the order they went, from an instant on, after the given place.
pub fn page(
    work: &mut Work<'_>,
    entity_type: &str,
    since: Instant,
    after: Option<(Instant, i64)>,
    limit: usize,
) -> Result<Vec<Deletion>, Error> {
    let (at, id) = after.map_or((since, i64::MIN), |after| after.max((since, i64::MIN)));
    Ok(work.tx.all(
        "select entity_type, entity_id, type, deleted_at from deletions
         where entity_type = $1 and (deleted_at, entity_id) > ($2, $3) order by deleted_at, entity_id limit $4",
        &[entity_type.into(), at.into(), id.into(), (limit as i64 + 1).into()],
    )?)
}

impl FromRow for Deletion {
    fn from_row(row: &Row<'_>) -> Result<Deletion, StoreError> {
        Ok(Deletion { entity_type: row.get(0)?, entity_id: row.get(1)?, kind: row.get(2)?, deleted_at: row.get(3)? })
    }
}
