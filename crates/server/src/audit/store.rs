//! SQL of the audit log.

use super::model::Entry;
use crate::access::{Actor, ActorKind};
use crate::error::Error;
use crate::work::Work;
use store::{FromRow, Row, Statement, StoreError};

pub fn insert(work: &mut Work<'_>, entry: &Entry) -> Result<(), Error> {
    work.tx.execute(
        "insert into audit_entries (id, at, actor_kind, actor_id, actor_name, action, entity_type, entity_id, changes)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            entry.id.into(),
            entry.at.into(),
            entry.actor.kind.as_str().into(),
            entry.actor.id.into(),
            (&entry.actor.name).into(),
            (&entry.action).into(),
            (&entry.entity_type).into(),
            entry.entity_id.into(),
            (&entry.changes).into(),
        ],
    )?;
    Ok(())
}

/// The newest first, before the given id; of one kind of thing if asked.
pub fn page(
    work: &mut Work<'_>,
    entity_type: Option<&str>,
    entity: Option<i64>,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<Entry>, Error> {
    let mut statement = Statement::new(
        "select id, at, actor_kind, actor_id, actor_name, action, entity_type, entity_id, changes from audit_entries where id < ",
    );
    statement.bind(before.unwrap_or(i64::MAX));
    if let Some(entity_type) = entity_type {
        statement.push(" and entity_type = ").bind(entity_type);
    }
    if let Some(entity) = entity {
        statement.push(" and entity_id = ").bind(entity);
    }
    statement.push(" order by id desc limit ").bind(limit as i64 + 1);
    Ok(work.tx.list(&statement)?)
}

impl FromRow for Entry {
    fn from_row(row: &Row<'_>) -> Result<Entry, StoreError> {
        let kind: String = row.get(2)?;
        Ok(Entry {
            id: row.get(0)?,
            at: row.get(1)?,
            actor: Actor { kind: ActorKind::parse(&kind), id: row.get(3)?, name: row.get(4)? },
            action: row.get(5)?,
            entity_type: row.get(6)?,
            entity_id: row.get(7)?,
            changes: row.get::<Option<serde_json::Value>>(8)?.unwrap_or_default(),
        })
    }
}
