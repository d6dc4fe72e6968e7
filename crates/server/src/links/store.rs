//! SQL of the links.

use super::model::{Attribute, Link, Utm};
use crate::error::Error;
use crate::ids::LinkId;
use crate::work::Work;
use serde::Serialize;
use serde_json::Value;
use store::{FromRow, Row, StoreError};

const COLUMNS: &str = "id, code, name, target, active, activity_type, attributes, utm, version, created_at, updated_at";

fn json(part: &impl Serialize) -> String {
    serde_json::to_string(part).expect("texts have a JSON form")
}

/// Gives false when the name is taken.
pub fn insert(work: &mut Work<'_>, link: &Link) -> Result<bool, Error> {
    let inserted = work.tx.execute(
        "insert into link_definitions
           (id, code, name, target, active, activity_type, attributes, utm, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (name) do nothing",
        &[
            link.id.into(),
            (&link.code).into(),
            (&link.name).into(),
            (&link.target).into(),
            link.active.into(),
            (&link.activity_type).into(),
            json(&link.attributes).into(),
            json(&link.utm).into(),
            link.version.into(),
            link.created_at.into(),
            link.updated_at.into(),
        ],
    )?;
    Ok(inserted == 1)
}

pub fn update(work: &mut Work<'_>, link: &Link) -> Result<(), Error> {
    work.tx.execute(
        "update link_definitions
         set name = $2, target = $3, active = $4, activity_type = $5, attributes = $6, utm = $7, version = $8, updated_at = $9
         where id = $1",
        &[
            link.id.into(),
            (&link.name).into(),
            (&link.target).into(),
            link.active.into(),
            (&link.activity_type).into(),
            json(&link.attributes).into(),
            json(&link.utm).into(),
            link.version.into(),
            link.updated_at.into(),
        ],
    )?;
    Ok(())
}

pub fn delete(work: &mut Work<'_>, link: LinkId) -> Result<(), Error> {
    work.tx.execute("delete from link_definitions where id = $1", &[link.into()])?;
    Ok(())
}

pub fn read(work: &mut Work<'_>, link: LinkId) -> Result<Option<Link>, Error> {
    Ok(work.tx.first(&format!("select {COLUMNS} from link_definitions where id = $1"), &[link.into()])?)
}

/// For a change: nobody else changes it until this unit ends.
pub fn lock(work: &mut Work<'_>, link: LinkId) -> Result<Option<Link>, Error> {
    Ok(work.tx.first(&format!("select {COLUMNS} from link_definitions where id = $1 {{for_update}}"), &[link.into()])?)
}

pub fn named(work: &mut Work<'_>, name: &str) -> Result<Option<LinkId>, Error> {
    Ok(work.tx.first("select id from link_definitions where name = $1", &[name.into()])?)
}

pub fn count(work: &mut Work<'_>) -> Result<i64, Error> {
    Ok(work.tx.one("select count(*) from link_definitions", &[])?)
}

pub fn all(work: &mut Work<'_>) -> Result<Vec<Link>, Error> {
    Ok(work.tx.all(&format!("select {COLUMNS} from link_definitions order by name"), &[])?)
}

/// By name, after the given one.
pub fn page(work: &mut Work<'_>, after: Option<&str>, limit: usize) -> Result<Vec<Link>, Error> {
    Ok(work.tx.all(
        &format!("select {COLUMNS} from link_definitions where name > $1 order by name limit $2"),
        &[after.unwrap_or_default().into(), (limit as i64 + 1).into()],
    )?)
}

impl FromRow for Link {
    fn from_row(row: &Row<'_>) -> Result<Link, StoreError> {
        let unreadable = |error: serde_json::Error| StoreError::bug(format!("a link cannot be read: {error}"));
        let (attributes, utm): (Value, Value) = (row.get(6)?, row.get(7)?);
        let attributes: Vec<Attribute> = serde_json::from_value(attributes).map_err(unreadable)?;
        let utm: Utm = serde_json::from_value(utm).map_err(unreadable)?;
        Ok(Link {
            id: row.get(0)?,
            code: row.get(1)?,
            name: row.get(2)?,
            target: row.get(3)?,
            active: row.get(4)?,
            activity_type: row.get(5)?,
            attributes,
            utm,
            version: row.get(8)?,
            created_at: row.get(9)?,
            updated_at: row.get(10)?,
        })
    }
}
