//! SQL of the settings and of the definitions of custom fields.

use super::model::{Choice, Field, FieldKind};
use crate::error::Error;
use crate::ids::FieldId;
use crate::work::Work;
use serde_json::Value;
use store::{FromRow, Row, Rows, StoreError};

/// What was set, and the version of the whole.
pub fn settings(work: &mut Work<'_>) -> Result<(Vec<(String, Value)>, i64), Error> {
    let mut version = 0;
    let mut stored = Vec::new();
    work.tx.each("select name, value, version from settings order by name", &[], |row| {
        stored.push((row.get(0)?, row.get(1)?));
        version = version.max(row.get(2)?);
        Ok(())
    })?;
    Ok((stored, version))
}

pub fn put_settings<'s>(work: &mut Work<'_>, values: impl Iterator<Item = (&'s str, &'s Value)>, version: i64) -> Result<(), Error> {
    let mut rows = Rows::new(4);
    for (name, value) in values {
        rows.push([name.into(), value.into(), version.into(), work.now.into()]);
    }
    work.tx.insert(
        "insert into settings (name, value, version, updated_at)",
        rows,
        "on conflict (name) do update set value = excluded.value, version = excluded.version, updated_at = excluded.updated_at",
    )?;
    Ok(())
}

pub fn fields(work: &mut Work<'_>) -> Result<Vec<Field>, Error> {
    Ok(work.tx.all("select id, name, label, kind, options, is_personal, is_indexed, position, version from fields order by id", &[])?)
}

impl FromRow for Field {
    fn from_row(row: &Row<'_>) -> Result<Field, StoreError> {
        let unreadable = |error: serde_json::Error| StoreError::bug(format!("a field this program cannot read: {error}"));
        let kind: FieldKind = serde_json::from_value(Value::String(row.get(3)?)).map_err(unreadable)?;
        let options: Vec<Choice> = serde_json::from_value(row.get(4)?).map_err(unreadable)?;
        Ok(Field {
            id: row.get(0)?,
            name: row.get(1)?,
            label: row.get(2)?,
            kind,
            options,
            is_personal: row.get(5)?,
            is_indexed: row.get(6)?,
            position: row.get(7)?,
            version: row.get(8)?,
        })
    }
}

fn options(field: &Field) -> String {
    serde_json::to_string(&field.options).expect("options are texts, which have a JSON form")
}

/// Gives false when the name is taken.
pub fn insert_field(work: &mut Work<'_>, field: &Field) -> Result<bool, Error> {
    let inserted = work.tx.execute(
        "insert into fields (id, name, label, kind, options, is_personal, is_indexed, position, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) on conflict (name) do nothing",
        &[
            field.id.into(),
            (&field.name).into(),
            (&field.label).into(),
            field.kind.as_str().into(),
            options(field).into(),
            field.is_personal.into(),
            field.is_indexed.into(),
            field.position.into(),
            field.version.into(),
            work.now.into(),
        ],
    )?;
    Ok(inserted == 1)
}

/// Gives false when the standing version is another.
pub fn update_field(work: &mut Work<'_>, field: &Field, standing: i64) -> Result<bool, Error> {
    let updated = work.tx.execute(
        "update fields set label = $2, options = $3, is_personal = $4, is_indexed = $5, position = $6, version = $7, updated_at = $8
         where id = $1 and version = $9",
        &[
            field.id.into(),
            (&field.label).into(),
            options(field).into(),
            field.is_personal.into(),
            field.is_indexed.into(),
            field.position.into(),
            field.version.into(),
            work.now.into(),
            standing.into(),
        ],
    )?;
    Ok(updated == 1)
}

pub fn delete_field(work: &mut Work<'_>, id: FieldId) -> Result<(), Error> {
    work.tx.execute("delete from fields where id = $1", &[id.into()])?;
    Ok(())
}

/// The expression comes from a checked name; an id is a number. Neither can break out of the statement.
pub fn create_index(work: &mut Work<'_>, id: FieldId, expression: &str) -> Result<(), Error> {
    work.tx.execute(&format!("create index customers_field_{id} on customers (({expression}), id)"), &[])?;
    Ok(())
}

pub fn drop_index(work: &mut Work<'_>, id: FieldId) -> Result<(), Error> {
    work.tx.execute(&format!("drop index if exists customers_field_{id}"), &[])?;
    Ok(())
}

pub fn has_text_over(work: &mut Work<'_>, name: &str, chars: usize) -> Result<bool, Error> {
    let text = format!("select id from customers where length({{string fields_folded:{name}}}) > $1 limit 1");
    Ok(work.tx.first::<FieldId>(&text, &[(chars as i64).into()])?.is_some())
}

pub fn secret(work: &mut Work<'_>, name: &str) -> Result<Option<String>, Error> {
    Ok(work.tx.first("select value from secrets where name = $1", &[name.into()])?)
}

/// Leaves the one alone that is there.
pub fn insert_secret(work: &mut Work<'_>, name: &str, value: &str) -> Result<(), Error> {
    work.tx.execute(
        "insert into secrets (name, value, created_at) values ($1, $2, $3) on conflict (name) do nothing",
        &[name.into(), value.into(), work.now.into()],
    )?;
    Ok(())
}
