//! SQL of the membership of two customers who become one, and two again.

use super::membership;
use crate::error::Error;
use crate::ids::{CustomerId, MergeId, SegmentId};
use crate::personal::{Kept, Table};
use crate::time::Instant;
use crate::work::Work;
use std::collections::HashSet;
use store::{Rows, Statement};

pub const CHANGES: Table = Table { name: "membership_changes", id: "id", columns: "id, segment_id, at, entered, cause" };

/// All rows: segment, generation, source, since, counter.
pub fn of(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<Vec<(CustomerId, Kept)>, Error> {
    let mut statement =
        Statement::new("select customer_id, segment_id, generation, source, since, counter from memberships where customer_id in ");
    statement.bind_list(customers).push(" order by customer_id, segment_id, generation");
    let rows: Vec<Kept> = work.tx.list(&statement)?;
    let split = |mut row: Kept| (CustomerId(row.int(0)), Kept(row.0.split_off(1)));
    Ok(rows.into_iter().map(split).collect())
}

/// Writes rows, over those of the same generation.
pub fn put(work: &mut Work<'_>, all: &[(CustomerId, Kept)]) -> Result<(), Error> {
    let customers: Vec<CustomerId> = all.iter().map(|(customer, _)| *customer).collect();
    let standing: HashSet<(CustomerId, i64, i64)> =
        of(work, &customers)?.into_iter().map(|(customer, row)| (customer, row.int(0), row.int(1))).collect();
    let mut rows = Rows::with_capacity(6, all.len());
    for (customer, row) in all {
        let is_new = !standing.contains(&(*customer, row.int(0), row.int(1)));
        work.tallies.add_members(SegmentId(row.int(0)), row.int(1), i64::from(is_new));
        let mut values = vec![(*customer).into()];
        values.extend(row.values());
        rows.push_all(values);
    }
    let suffix = "on conflict (customer_id, segment_id, generation)
                  do update set source = excluded.source, since = excluded.since, counter = excluded.counter";
    work.tx.insert("insert into memberships (customer_id, segment_id, generation, source, since, counter)", rows, suffix)?;
    Ok(())
}

/// Takes these rows of a customer away.
pub fn leave(work: &mut Work<'_>, customer: CustomerId, rows: &[Kept]) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut statement = Statement::new("delete from memberships where customer_id = ");
    statement.bind(customer).push(" and (segment_id, generation) in (values ");
    for (place, row) in rows.iter().enumerate() {
        statement.push(if place == 0 { "(cast(" } else { ", (cast(" }).bind(row.int(0)).push(" as bigint), cast(");
        statement.bind(row.int(1)).push(" as bigint))");
    }
    statement.push(")");
    membership::delete(work, statement)
}

pub fn leave_everything(work: &mut Work<'_>, customer: CustomerId) -> Result<(), Error> {
    let mut statement = Statement::new("delete from memberships where customer_id = ");
    statement.bind(customer);
    membership::delete(work, statement)
}

/// Takes away the changes that a merge made, as far as nothing followed upon them, and gives their segments.
pub fn take_back(work: &mut Work<'_>, customer: CustomerId, merge: MergeId, except: &[SegmentId]) -> Result<Vec<SegmentId>, Error> {
    let mut statement = Statement::new("delete from membership_changes where customer_id = ");
    statement.bind(customer).push(" and {string cause:by} = 'merge' and {number cause:merge} = cast(").bind(merge).push(" as bigint)");
    if !except.is_empty() {
        statement.push(" and segment_id not in ").bind_list(except);
    }
    statement.push(" and not exists (select 1 from membership_changes as l where l.customer_id = ").bind(customer);
    statement.push(
        " and l.segment_id = membership_changes.segment_id and (l.at, l.id) > (membership_changes.at, membership_changes.id))
         returning segment_id, entered, at",
    );
    let taken: Vec<(SegmentId, bool, Instant)> = work.tx.list(&statement)?;
    taken.iter().for_each(|(segment, entered, at)| membership::tally(work, *segment, *entered, *at, -1));
    Ok(taken.into_iter().map(|(segment, _, _)| segment).collect())
}

/// Segments whose membership before the present one is not swept yet.
pub fn untold(work: &mut Work<'_>) -> Result<Vec<SegmentId>, Error> {
    Ok(work.tx.all("select id from segments where generation <> told_generation order by id", &[])?)
}
