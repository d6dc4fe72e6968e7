//! SQL of builders.

use super::model::{SavedBuilder, Uncovered};
use super::source::Source;
use crate::error::Error;
use crate::ids::{BuilderId, GroupId};
use crate::work::Work;
use condition::{Catalogue, Column, FieldKind, Tree, calendar};
use store::{FromRow, Row, Statement, StoreError};

const COLUMNS: &str = "id, kind, name, settings, group_id, version, created_at, updated_at";

impl FromRow for SavedBuilder {
    fn from_row(row: &Row<'_>) -> Result<SavedBuilder, StoreError> {
        Ok(SavedBuilder {
            id: row.get(0)?,
            kind: row.get(1)?,
            name: row.get(2)?,
            settings: row.get(3)?,
            group_id: row.get(4)?,
            version: row.get(5)?,
            created_at: row.get(6)?,
            updated_at: row.get(7)?,
        })
    }
}

pub fn list(work: &mut Work<'_>) -> Result<Vec<SavedBuilder>, Error> {
    Ok(work.tx.all(&format!("select {COLUMNS} from segment_builders order by name, id"), &[])?)
}

pub fn read(work: &mut Work<'_>, builder: BuilderId) -> Result<Option<SavedBuilder>, Error> {
    Ok(work.tx.first(&format!("select {COLUMNS} from segment_builders where id = $1"), &[builder.into()])?)
}

/// The name of the builder that a group belongs to.
pub fn owner(work: &mut Work<'_>, group: GroupId) -> Result<Option<String>, Error> {
    Ok(work.tx.first("select name from segment_builders where group_id = $1", &[group.into()])?)
}

pub fn insert(work: &mut Work<'_>, builder: &SavedBuilder) -> Result<(), Error> {
    work.tx.execute(
        "insert into segment_builders (id, kind, name, settings, group_id, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $7)",
        &[
            builder.id.into(),
            (&builder.kind).into(),
            (&builder.name).into(),
            (&builder.settings).into(),
            builder.group_id.into(),
            builder.version.into(),
            builder.created_at.into(),
        ],
    )?;
    Ok(())
}

/// Gives false when another change came first.
pub fn update(work: &mut Work<'_>, builder: &SavedBuilder) -> Result<bool, Error> {
    let updated = work.tx.execute(
        "update segment_builders set name = $2, settings = $3, version = version + 1, updated_at = $4 where id = $1 and version = $5",
        &[builder.id.into(), (&builder.name).into(), (&builder.settings).into(), work.now.into(), builder.version.into()],
    )?;
    Ok(updated == 1)
}

pub fn delete(work: &mut Work<'_>, builder: BuilderId) -> Result<(), Error> {
    work.tx.execute("delete from segment_builders where id = $1", &[builder.into()])?;
    Ok(())
}

/// How many customers each tree holds for: one pass over the base.
pub fn counts(work: &mut Work<'_>, trees: &[Tree]) -> Result<Vec<i64>, Error> {
    let mut counts = Vec::with_capacity(trees.len());
    if trees.is_empty() {
        return Ok(counts);
    }
    let mut statement = Statement::new("select ");
    for (place, tree) in trees.iter().enumerate() {
        statement.push(if place == 0 { "count(*) filter (where " } else { ", count(*) filter (where " });
        condition::render(tree, work.now.0, &mut statement);
        statement.push(")");
    }
    statement.push(" from customers as c");
    work.tx.each(&statement.text, &statement.values, |row| {
        for place in 0..trees.len() {
            counts.push(row.get(place)?);
        }
        Ok(())
    })?;
    Ok(counts)
}

impl FromRow for Uncovered {
    fn from_row(row: &Row<'_>) -> Result<Uncovered, StoreError> {
        Ok(Uncovered { value: row.get(0)?, count: row.get(1)? })
    }
}

/// The different values of a source with how often each occurs, the most frequent first, after a place in that order.
pub fn values(
    work: &mut Work<'_>,
    source: &Source,
    catalogue: &Catalogue,
    after: Option<(i64, String)>,
    limit: usize,
) -> Result<Vec<Uncovered>, Error> {
    let mut statement = Statement::new("select v.value, count(*) from (");
    every_value(source, catalogue, work.now.0, &mut statement)?;
    statement.push(") as v where v.value <> '' group by v.value");
    if let Some((count, value)) = after {
        statement.push(" having count(*) < ").bind(count);
        statement.push(" or (count(*) = ").bind(count).push(" and v.value > ").bind(value).push(")");
    }
    statement.push(" order by 2 desc, 1 limit ").bind(limit as i64);
    Ok(work.tx.list(&statement)?)
}

/// Selects all values, as often as they occur.
fn every_value(source: &Source, catalogue: &Catalogue, now: i64, into: &mut Statement) -> Result<(), Error> {
    match source {
        Source::Field(name) => {
            let field = catalogue.fields.get(name).ok_or(Error::NotFound)?;
            into.push(&match (field.column, field.kind) {
                (Column::BuiltIn { column, .. }, _) => format!("select c.{column} as value from customers as c"),
                (Column::Custom, FieldKind::List | FieldKind::Multiselect) => {
                    format!("select cast(e.value as text) as value from customers as c, {{elements e c.fields:{name}}}")
                }
                (Column::Custom, _) => format!("select {{string c.fields:{name}}} as value from customers as c"),
            });
        }
        Source::Activity { kind, attribute, within } => {
            into.push(&format!("select {{string a.attributes:{attribute}}} as value from activities as a where a.type = "));
            into.bind(kind).push(" and a.occurred_at <= ").bind(now);
            if let Some(length) = within.as_deref().and_then(calendar::parse_duration) {
                into.push(" and a.occurred_at > ").bind(now.saturating_sub(length));
            }
        }
    }
    Ok(())
}
