//! SQL of the audit log.

use super::model::{Entry, Place, Wanted};
use crate::access::{Actor, ActorKind};
use crate::error::Error;
use crate::time::Instant;
use crate::work::Work;
use store::{FromRow, Row, Statement, StoreError};

/// How many entries one page of a text looks at: a text that is rare must not read a log of years.
const LOOKED_AT_MAX: usize = 20_000;

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

/// The newest first, before the place `(at, id)`; of a text, those among the next [`LOOKED_AT_MAX`].
pub fn page(work: &mut Work<'_>, wanted: &Wanted, before: Place, limit: usize) -> Result<Vec<Entry>, Error> {
    Ok(work.tx.list(&asking(wanted, before, limit))?)
}

/// Where the last of the entries is that a page of a text has looked at; none when there are no more.
pub fn reached(work: &mut Work<'_>, wanted: &Wanted, before: Place) -> Result<Option<Place>, Error> {
    let mut statement = Statement::new("select e.at, e.id, count(*) over () from (");
    narrow(&mut statement, "e.at, e.id", wanted, before, LOOKED_AT_MAX);
    statement.push(") as e order by e.at, e.id limit 1");
    let oldest: Option<(Instant, i64, i64)> = work.tx.first(&statement.text, &statement.values)?;
    Ok(oldest.filter(|(_, _, looked_at)| *looked_at == LOOKED_AT_MAX as i64).map(|(at, id, _)| (at, id)))
}

/// The statement of a page.
pub fn asking(wanted: &Wanted, before: Place, limit: usize) -> Statement {
    const COLUMNS: &str = "e.id, e.at, e.actor_kind, e.actor_id, e.actor_name, e.action, e.entity_type, e.entity_id, e.changes";
    let mut statement = Statement::new("");
    let Some(text) = &wanted.text else {
        narrow(&mut statement, COLUMNS, wanted, before, limit + 1);
        return statement;
    };
    statement.push("select ").push(COLUMNS).push(" from (");
    narrow(&mut statement, COLUMNS, wanted, before, LOOKED_AT_MAX);
    // Of letters beyond ASCII the spelling counts. A folded column would be one more copy of what is known of customers. The name
    // comes first, so that its collation is that of the whole.
    // PostgreSQL writes a space behind each colon and comma of a document.
    statement.push(") as e where {contains lower(e.actor_name || ' ' || coalesce(replace(replace(cast(e.changes as text), '\": ', '\":'), ', \"', ',\"'), '')) ");
    statement.bind(text.to_ascii_lowercase()).push("} order by e.at desc, e.id desc limit ").bind(limit as i64 + 1);
    statement
}

/// The newest of what the filter leaves but for its text. Ids come in blocks, one for each process, and so the order is that of time.
fn narrow(statement: &mut Statement, columns: &str, wanted: &Wanted, before: Place, limit: usize) {
    statement.push("select ").push(columns).push(" from audit_entries as e where (e.at, e.id) < (");
    statement.bind(before.0).push(", ").bind(before.1).push(")");
    if let Some(who) = wanted.who {
        statement.push(" and e.actor_kind = ").bind(who.kind.as_str());
        match who.id {
            Some(id) => statement.push(" and e.actor_id = ").bind(id),
            None => statement.push(" and e.actor_id is null"),
        };
    }
    if let Some(action) = &wanted.action {
        statement.push(" and e.action = ").bind(action);
    }
    if let Some(entity_type) = &wanted.entity_type {
        statement.push(" and e.entity_type = ").bind(entity_type);
    }
    if let Some(entity) = wanted.entity {
        statement.push(" and e.entity_id = ").bind(entity);
    }
    if let Some(from) = wanted.from {
        statement.push(" and e.at >= ").bind(from);
    }
    if let Some(until) = wanted.until {
        statement.push(" and e.at < ").bind(until);
    }
    statement.push(" order by e.at desc, e.id desc limit ").bind(limit as i64);
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
