//! SQL of the roll-ups.

use super::model::{Change, Counted, Figure, Stretch};
use crate::error::Error;
use crate::work::Work;
use std::collections::BTreeMap;
use store::{FromRow, Row, Rows, Statement, StoreError};

pub fn insert_changes(work: &mut Work<'_>, first: i64, changes: &[Change]) -> Result<(), Error> {
    let mut rows = Rows::with_capacity(5, changes.len());
    for (change, id) in changes.iter().zip(first..) {
        rows.push([id.into(), change.figure.as_str().into(), (&change.subject).into(), change.quarter.into(), change.count.into()]);
    }
    work.tx.insert("insert into rollup_changes (id, figure, subject, quarter, change)", rows, "")?;
    Ok(())
}

impl FromRow for Change {
    fn from_row(row: &Row<'_>) -> Result<Change, StoreError> {
        Ok(Change { figure: figure(row)?, subject: row.get(1)?, quarter: row.get(2)?, count: row.get(3)? })
    }
}

fn figure(row: &Row<'_>) -> Result<Figure, StoreError> {
    let text: String = row.get(0)?;
    Figure::parse(&text).ok_or_else(|| StoreError::bug(format!("{text:?} is not a figure")))
}

pub fn take_changes(work: &mut Work<'_>, limit: usize) -> Result<Vec<Change>, Error> {
    Ok(work.tx.all(
        "delete from rollup_changes where id in (select id from rollup_changes order by id limit $1 {skip_locked})
         returning figure, subject, quarter, change",
        &[(limit as i64).into()],
    )?)
}

pub fn has_changes(work: &mut Work<'_>) -> Result<bool, Error> {
    Ok(work.tx.first::<i64>("select id from rollup_changes limit 1", &[])?.is_some())
}

/// What nobody has added up yet.
pub fn changes(work: &mut Work<'_>) -> Result<Vec<Change>, Error> {
    Ok(work
        .tx
        .all("select figure, subject, quarter, cast(sum(change) as bigint) from rollup_changes group by figure, subject, quarter", &[])?)
}

/// By figure, span, start and subject.
pub fn add(work: &mut Work<'_>, sums: &BTreeMap<(Figure, i64, i64, &str), i64>) -> Result<(), Error> {
    let mut rows = Rows::with_capacity(5, sums.len());
    for ((figure, span, start, subject), count) in sums {
        rows.push([figure.as_str().into(), (*span).into(), (*start).into(), (*subject).into(), (*count).into()]);
    }
    let upsert = "on conflict (figure, span, start, subject) do update set n = rollups.n + excluded.n";
    work.tx.insert("insert into rollups (figure, span, start, subject, n)", rows, upsert)?;
    Ok(())
}

pub fn delete_empty(work: &mut Work<'_>, figure: Figure) -> Result<(), Error> {
    work.tx.execute("delete from rollups where figure = $1 and n = 0", &[figure.as_str().into()])?;
    Ok(())
}

pub fn count(work: &mut Work<'_>, figures: &[Figure], stretches: &[Stretch]) -> Result<Vec<Counted>, Error> {
    let names: Vec<&str> = figures.iter().map(|figure| figure.as_str()).collect();
    let mut statement = Statement::new("");
    for (number, stretch) in stretches.iter().enumerate() {
        statement.push(if number == 0 { "" } else { " union all " });
        statement.push("select figure, subject, cast(").bind(stretch.place).push(" as bigint) + (start - cast(").bind(stretch.from);
        statement.push(" as bigint)) / cast(").bind(stretch.each).push(" as bigint), cast(sum(n) as bigint) from rollups where figure in ");
        statement.bind_list(&names).push(" and span = ").bind(stretch.span);
        statement.push(" and start >= ").bind(stretch.from).push(" and start < ").bind(stretch.to).push(" group by 1, 2, 3");
    }
    if stretches.is_empty() {
        return Ok(Vec::new());
    }
    Ok(work.tx.list(&statement)?)
}

impl FromRow for Counted {
    fn from_row(row: &Row<'_>) -> Result<Counted, StoreError> {
        Ok(Counted { figure: figure(row)?, subject: row.get(1)?, place: row.get(2)?, count: row.get(3)? })
    }
}
