//! SQL of versions and notes.

use super::super::model::{Note, Version};
use crate::access::{Actor, ActorKind};
use crate::error::Error;
use crate::ids::{CustomerId, NoteId};
use crate::time::Instant;
use crate::work::Work;
use serde_json::{Map, Value, json};
use store::{FromRow, Row, Rows, Statement, StoreError};

pub fn insert_versions(work: &mut Work<'_>, versions: &[(CustomerId, i64, Map<String, Value>)]) -> Result<(), Error> {
    let mut rows = Rows::with_capacity(8, versions.len());
    let actor = work.actor.clone();
    let cause = work.cause.map(|cause| json!(cause));
    for (customer, version, changes) in versions {
        rows.push([
            (*customer).into(),
            (*version).into(),
            work.now.into(),
            actor.kind.as_str().into(),
            actor.id.into(),
            (&actor.name).into(),
            Value::Object(changes.clone()).into(),
            cause.clone().into(),
        ]);
    }
    work.tx.insert(
        "insert into customer_versions (customer_id, version, at, actor_kind, actor_id, actor_name, changes, cause)",
        rows,
        "",
    )?;
    Ok(())
}

/// Those of customers who became a part of him are numbered so that no two have the same number: their id is in it.
pub fn versions(work: &mut Work<'_>, customer: CustomerId, before: Option<(Instant, i64)>, limit: usize) -> Result<Vec<Version>, Error> {
    let (at, version) = before.unwrap_or((Instant(i64::MAX), i64::MAX));
    Ok(work.tx.all(
        "select number, at, actor_kind, actor_id, actor_name, changes, of_customer, cause from
           (select version as number, at, actor_kind, actor_id, actor_name, changes, customer_id as of_customer, cause
            from customer_versions where customer_id = $1
            union all
            select v.customer_id * 1048576 + v.version, v.at, v.actor_kind, v.actor_id, v.actor_name, v.changes, v.customer_id, v.cause
            from customer_aliases as a join customer_versions as v on v.customer_id = a.customer_id where a.survivor_id = $1) as w
         where (at, number) < ($2, $3) order by at desc, number desc limit $4",
        &[customer.into(), at.into(), version.into(), (limit as i64).into()],
    )?)
}

/// What changed of these customers in their versions from one number on, in order.
pub fn changes_from(work: &mut Work<'_>, customers: &[CustomerId], version: i64) -> Result<Vec<(CustomerId, i64, Value)>, Error> {
    let mut statement = Statement::new("select customer_id, version, changes from customer_versions where customer_id in ");
    statement.bind_list(customers).push(" and version >= ").bind(version).push(" order by customer_id, version");
    Ok(work.tx.list(&statement)?)
}

/// What changed of these customers in their versions with these numbers.
pub fn changes_in(work: &mut Work<'_>, customers: &[CustomerId], versions: &[i64]) -> Result<Vec<(CustomerId, i64, Value)>, Error> {
    let mut statement = Statement::new("select customer_id, version, changes from customer_versions where customer_id in ");
    statement.bind_list(customers).push(" and version in ").bind_list(versions);
    Ok(work.tx.list(&statement)?)
}

/// The note about each of these customers, under ids from the note's own on.
pub fn insert_notes(work: &mut Work<'_>, customers: &[CustomerId], note: &Note) -> Result<(), Error> {
    let mut rows = Rows::with_capacity(8, customers.len());
    for (customer, id) in customers.iter().zip(note.id.0..) {
        rows.push([
            (*customer).into(),
            id.into(),
            note.at.into(),
            note.actor.kind.as_str().into(),
            note.actor.id.into(),
            (&note.actor.name).into(),
            (&note.title).into(),
            (&note.text).into(),
        ]);
    }
    let into = "insert into customer_notes (customer_id, id, at, actor_kind, actor_id, actor_name, title, text)";
    work.tx.insert(into, rows, "")?;
    Ok(())
}

pub fn notes(work: &mut Work<'_>, customer: CustomerId, before: Option<(Instant, i64)>, limit: usize) -> Result<Vec<Note>, Error> {
    let (at, id) = before.unwrap_or((Instant(i64::MAX), i64::MAX));
    Ok(work.tx.all(
        "select id, at, actor_kind, actor_id, actor_name, title, text from customer_notes
         where customer_id = $1 and (at, id) < ($2, $3) order by at desc, id desc limit $4",
        &[customer.into(), at.into(), id.into(), (limit as i64).into()],
    )?)
}

pub fn delete_note(work: &mut Work<'_>, customer: CustomerId, note: NoteId) -> Result<u64, Error> {
    Ok(work.tx.execute("delete from customer_notes where customer_id = $1 and id = $2", &[customer.into(), note.into()])?)
}

pub fn delete_notes(work: &mut Work<'_>, notes: &[(CustomerId, NoteId)]) -> Result<Vec<CustomerId>, Error> {
    let (customers, ids): (Vec<CustomerId>, Vec<NoteId>) = notes.iter().copied().unzip();
    let mut statement = Statement::new("delete from customer_notes where customer_id in ");
    statement.bind_list(&customers).push(" and id in ").bind_list(&ids).push(" returning customer_id");
    Ok(work.tx.list(&statement)?)
}

pub fn forget_versions(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    let mut statement = Statement::new("delete from customer_versions where customer_id in ");
    statement.bind_list(customers);
    work.tx.run(&statement)?;
    Ok(())
}

pub fn forget_notes(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    let mut statement = Statement::new("delete from customer_notes where customer_id in ");
    statement.bind_list(customers);
    work.tx.run(&statement)?;
    Ok(())
}

fn actor(row: &Row<'_>, at: usize) -> Result<Actor, StoreError> {
    Ok(Actor { kind: ActorKind::parse(&row.get::<String>(at)?), id: row.get(at + 1)?, name: row.get(at + 2)? })
}

impl FromRow for Version {
    fn from_row(row: &Row<'_>) -> Result<Version, StoreError> {
        let cause: Option<Value> = row.get(7)?;
        Ok(Version {
            version: row.get(0)?,
            at: row.get(1)?,
            actor: actor(row, 2)?,
            changes: row.get(5)?,
            customer_id: row.get(6)?,
            cause: cause
                .map(serde_json::from_value)
                .transpose()
                .map_err(|error| StoreError::bug(format!("cause of a version: {error}")))?,
        })
    }
}

impl FromRow for Note {
    fn from_row(row: &Row<'_>) -> Result<Note, StoreError> {
        Ok(Note { id: row.get(0)?, at: row.get(1)?, actor: actor(row, 2)?, title: row.get(5)?, text: row.get(6)? })
    }
}
