//! SQL of the audit log.

use super::model::{Entry, Part, Place, Wanted};
use crate::access::{Actor, ActorKind};
use crate::error::Error;
use crate::work::Work;
use store::{FromRow, Row, Statement, StoreError};

const COLUMNS: &str = "e.id, e.at, e.actor_kind, e.actor_id, e.actor_name, e.action, e.entity_type, e.entity_id, e.changes";

/// How many entries one page looks at of what no index finds: what is rare must not read a log of years.
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

/// The newest first, before the place `(at, id)`, and where the search has to go on. What one index finds is found; of a text, or of
/// parts that have an index each, those are found that are among the next [`LOOKED_AT_MAX`] of the part that leads furthest back.
pub fn page(work: &mut Work<'_>, wanted: &Wanted, before: Place, limit: usize) -> Result<(Vec<Entry>, Option<Place>), Error> {
    if wanted.text.is_none() && wanted.parts().len() < 2 {
        return Ok((work.tx.list(&asking(wanted, before, limit))?, None));
    }
    let (part, reached) = narrowest(work, wanted, before)?;
    let entries = work.tx.list(&searching(wanted, part, before, limit))?;
    let is_full = limit < entries.len();
    Ok((entries, reached.filter(|_| !is_full)))
}

/// The part that leads furthest back, and where the last entry is that a page looks at by it; none when it looks at all of them.
fn narrowest<'w>(work: &mut Work<'_>, wanted: &'w Wanted, before: Place) -> Result<(Option<Part<'w>>, Option<Place>), Error> {
    let mut parts: Vec<Option<Part<'w>>> = wanted.parts().into_iter().map(Some).collect();
    if parts.is_empty() {
        parts.push(None);
    }
    // At most three statements, of which none reads more than a page may look at.
    let ways: Vec<_> = parts.into_iter().map(|part| Ok((part, reached(work, wanted, part, before)?))).collect::<Result<_, Error>>()?;
    Ok(ways.into_iter().min_by_key(|(_, reached)| *reached).expect("there is a way by time alone where there is no other"))
}

fn reached(work: &mut Work<'_>, wanted: &Wanted, part: Option<Part<'_>>, before: Place) -> Result<Option<Place>, Error> {
    let mut statement = Statement::new("select e.at, e.id from audit_entries as e where ");
    stretch(&mut statement, wanted, before);
    narrow(&mut statement, part.as_slice());
    newest(&mut statement, 1).push(" offset ").bind(LOOKED_AT_MAX as i64 - 1);
    Ok(work.tx.first(&statement.text, &statement.values)?)
}

/// The statement of a page for which one index, or none, is asked.
pub fn asking(wanted: &Wanted, before: Place, limit: usize) -> Statement {
    let mut statement = Statement::new("select ");
    statement.push(COLUMNS).push(" from audit_entries as e where ");
    stretch(&mut statement, wanted, before);
    narrow(&mut statement, &wanted.parts());
    newest(&mut statement, limit + 1);
    statement
}

/// The statement of a page of those among the next `LOOKED_AT_MAX` by this part.
pub fn searching(wanted: &Wanted, part: Option<Part<'_>>, before: Place, limit: usize) -> Statement {
    let mut statement = Statement::new("select ");
    statement.push(COLUMNS).push(" from (select ").push(COLUMNS).push(" from audit_entries as e where ");
    stretch(&mut statement, wanted, before);
    narrow(&mut statement, part.as_slice());
    newest(&mut statement, LOOKED_AT_MAX);
    statement.push(") as e where 1 = 1");
    narrow(&mut statement, &wanted.parts());
    if let Some(text) = &wanted.text {
        // Of letters beyond ASCII the spelling counts. A folded column would be one more copy of what is known of customers. The name
        // comes first, so that its collation is that of the whole.
        // PostgreSQL writes a space behind each colon and comma of a document.
        statement.push(" and {contains lower(e.actor_name || ' ' || coalesce(replace(replace(cast(e.changes as text), '\": ', '\":'), ', \"', ',\"'), '')) ");
        statement.bind(text.to_ascii_lowercase()).push("}");
    }
    newest(&mut statement, limit + 1);
    statement
}

/// When it was, and before which place. One bound above and one below: of two above, SQLite goes by the one that comes first.
fn stretch(statement: &mut Statement, wanted: &Wanted, before: Place) {
    let before = wanted.until.map_or(before, |until| before.min((until, i64::MIN)));
    statement.push("(e.at, e.id) < (").bind(before.0).push(", ").bind(before.1).push(")");
    if let Some(from) = wanted.from {
        statement.push(" and e.at >= ").bind(from);
    }
}

fn narrow(statement: &mut Statement, parts: &[Part<'_>]) {
    for part in parts {
        match part {
            Part::Who(who) => {
                statement.push(" and e.actor_kind = ").bind(who.kind.as_str());
                match who.id {
                    Some(id) => statement.push(" and e.actor_id = ").bind(id),
                    None => statement.push(" and e.actor_id is null"),
                }
            }
            Part::Action(action) => statement.push(" and e.action = ").bind(*action),
            Part::Thing(thing) => {
                statement.push(" and e.entity_type = ").bind(&thing.kind);
                match thing.id {
                    Some(id) => statement.push(" and e.entity_id = ").bind(id),
                    None => statement,
                }
            }
        };
    }
}

/// Ids come in blocks, one for each process, and so the order is that of time.
fn newest(statement: &mut Statement, count: usize) -> &mut Statement {
    statement.push(" order by e.at desc, e.id desc limit ").bind(count as i64)
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
