//! SQL of membership: who is in which segment, who entered and left, and when customers are to be looked at again.

use crate::error::Error;
use crate::ids::{ChangeId, CustomerId, SegmentId};
use crate::rollups::{Figure, Subject};
use crate::segments::members::Membership;
use crate::segments::model::{Change, Member, MembershipRow, MembershipView, Recorded, Source};
use crate::time::Instant;
use crate::work::Work;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::ops::RangeInclusive;
use store::{FromRow, Row, Rows, Statement, StoreError};

impl FromRow for MembershipRow {
    fn from_row(row: &Row<'_>) -> Result<MembershipRow, StoreError> {
        Ok(MembershipRow { customer: row.get(0)?, segment: row.get(1)?, generation: row.get(2)?, since: row.get(3)?, counter: row.get(4)? })
    }
}

/// All membership rows of customers, of every generation, ordered by customer, segment and generation.
pub fn memberships(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<Vec<MembershipRow>, Error> {
    let mut statement = Statement::new("select customer_id, segment_id, generation, since, counter from memberships where customer_id in ");
    statement.bind_list(customers).push(" order by customer_id, segment_id, generation");
    Ok(work.tx.list(&statement)?)
}

pub fn membership(work: &mut Work<'_>, customer: CustomerId, segment: SegmentId, generation: i64) -> Result<Option<MembershipRow>, Error> {
    Ok(work.tx.first(
        "select customer_id, segment_id, generation, since, counter from memberships where customer_id = $1 and segment_id = $2 and generation = $3",
        &[customer.into(), segment.into(), generation.into()],
    )?)
}

pub fn enter(work: &mut Work<'_>, entering: &[(CustomerId, SegmentId, i64, Instant)], source: Source) -> Result<(), Error> {
    let mut rows = Rows::with_capacity(6, entering.len());
    for (customer, segment, generation, since) in entering {
        rows.push([(*customer).into(), (*segment).into(), (*generation).into(), source.as_str().into(), (*since).into(), 1.into()]);
    }
    let written: Vec<(SegmentId, i64)> = work.tx.insert_returning(
        "insert into memberships (customer_id, segment_id, generation, source, since, counter)",
        &rows,
        "on conflict (customer_id, segment_id, generation) do nothing returning segment_id, generation",
    )?;
    written.into_iter().for_each(|(segment, generation)| work.tallies.add_members(segment, generation, 1));
    Ok(())
}

/// Runs a statement that deletes rows of membership.
pub fn delete(work: &mut Work<'_>, mut statement: Statement) -> Result<(), Error> {
    statement.push(" returning segment_id, generation");
    let gone: Vec<(SegmentId, i64)> = work.tx.list(&statement)?;
    gone.into_iter().for_each(|(segment, generation)| work.tallies.add_members(segment, generation, -1));
    Ok(())
}

/// Since when these customers are in a segment, and how often it was applied; who is not in it is absent.
pub fn applications(
    work: &mut Work<'_>,
    segment: SegmentId,
    generation: i64,
    customers: &[CustomerId],
) -> Result<HashMap<CustomerId, Membership>, Error> {
    let standing = standing(work, segment, generation, customers)?;
    Ok(standing.into_iter().map(|(customer, (membership, _))| (customer, membership)).collect())
}

/// [`applications`], with who put them there.
pub fn standing(
    work: &mut Work<'_>,
    segment: SegmentId,
    generation: i64,
    customers: &[CustomerId],
) -> Result<HashMap<CustomerId, (Membership, Source)>, Error> {
    let mut statement = Statement::new("select customer_id, since, counter, source from memberships where customer_id in ");
    statement.bind_list(customers).push(" and segment_id = ").bind(segment).push(" and generation = ").bind(generation);
    let mut found = HashMap::with_capacity(customers.len());
    work.tx.each(&statement.text, &statement.values, |row| {
        found.insert(row.get(0)?, (Membership { since: row.get(1)?, counter: row.get(2)? }, source(row, 3)?));
        Ok(())
    })?;
    Ok(found)
}

/// Puts customers into a segment; those who are there get this instant and counter.
pub fn apply(
    work: &mut Work<'_>,
    segment: SegmentId,
    generation: i64,
    applied: &[(CustomerId, Membership)],
    source: Source,
) -> Result<(), Error> {
    let customers: Vec<CustomerId> = applied.iter().map(|(customer, _)| *customer).collect();
    let standing = applications(work, segment, generation, &customers)?;
    let mut rows = Rows::with_capacity(6, applied.len());
    for (customer, Membership { since, counter }) in applied {
        work.tallies.add_members(segment, generation, i64::from(!standing.contains_key(customer)));
        rows.push([(*customer).into(), segment.into(), generation.into(), source.as_str().into(), (*since).into(), (*counter).into()]);
    }
    work.tx.insert(
        "insert into memberships (customer_id, segment_id, generation, source, since, counter)",
        rows,
        "on conflict (customer_id, segment_id, generation) do update set since = excluded.since, counter = excluded.counter",
    )?;
    Ok(())
}

/// Makes members by hand of those who were computed, in the order of their ids; gives the last one.
pub fn keep_members(work: &mut Work<'_>, segment: SegmentId, generation: i64, after: i64, limit: usize) -> Result<Option<i64>, Error> {
    let last: Option<i64> = work.tx.one(
        "select max(customer_id) from (select customer_id from memberships where segment_id = $1 and generation = $2 and customer_id > $3
                                       order by customer_id limit $4) as page",
        &[segment.into(), generation.into(), after.into(), (limit as i64).into()],
    )?;
    if let Some(last) = last {
        work.tx.execute(
            "update memberships set source = 'manual'
             where segment_id = $1 and generation = $2 and customer_id > $3 and customer_id <= $4 and source = 'computed'",
            &[segment.into(), generation.into(), after.into(), last.into()],
        )?;
    }
    Ok(last)
}

/// Takes customers out of some generations of a segment.
pub fn leave(work: &mut Work<'_>, segment: SegmentId, generations: RangeInclusive<i64>, customers: &[CustomerId]) -> Result<(), Error> {
    if customers.is_empty() {
        return Ok(());
    }
    let mut statement = Statement::new("delete from memberships where customer_id in ");
    // The sum keeps PostgreSQL from going through the whole segment: a customer is in few of them, a segment may have all customers.
    statement.bind_list(customers).push(" and segment_id + 0 = ").bind(segment);
    statement.push(" and generation >= ").bind(*generations.start()).push(" and generation <= ").bind(*generations.end());
    delete(work, statement)
}

/// Which of these customers are in which of these manual segments.
pub fn members_among(work: &mut Work<'_>, segments: &[SegmentId], customers: &[CustomerId]) -> Result<Vec<(CustomerId, SegmentId)>, Error> {
    let mut statement = Statement::new("select customer_id, segment_id from memberships where customer_id in ");
    statement.bind_list(customers).push(" and segment_id in ").bind_list(segments).push(" order by customer_id, segment_id");
    Ok(work.tx.list(&statement)?)
}

/// Takes customers out of these segments.
pub fn leave_any(work: &mut Work<'_>, segments: &[SegmentId], customers: &[CustomerId]) -> Result<(), Error> {
    let mut statement = Statement::new("delete from memberships where customer_id in ");
    statement.bind_list(customers).push(" and segment_id in ").bind_list(segments);
    delete(work, statement)
}

/// A page of the membership of a segment over its generations up to one, by customer; the last customer is whole.
pub fn memberships_of_segment(
    work: &mut Work<'_>,
    segment: SegmentId,
    generation: i64,
    after: i64,
    limit: usize,
) -> Result<Vec<MembershipRow>, Error> {
    Ok(work.tx.all(
        "select customer_id, segment_id, generation, since, counter from memberships
         where segment_id = $1 and generation <= $2 and customer_id > $3
           and customer_id in (select customer_id from memberships
                               where segment_id = $1 and generation <= $2 and customer_id > $3
                               order by customer_id limit $4)
         order by customer_id, generation",
        &[segment.into(), generation.into(), after.into(), (limit as i64).into()],
    )?)
}

pub fn delete_generations_before(work: &mut Work<'_>, segment: SegmentId, generation: i64, after: i64, last: i64) -> Result<(), Error> {
    let mut statement = Statement::new("delete from memberships where segment_id = ");
    statement.bind(segment).push(" and generation < ").bind(generation);
    statement.push(" and customer_id > ").bind(after).push(" and customer_id <= ").bind(last);
    delete(work, statement)
}

pub fn insert_changes(work: &mut Work<'_>, first: ChangeId, changes: &[Change]) -> Result<(), Error> {
    let mut rows = Rows::with_capacity(6, changes.len());
    for (change, id) in changes.iter().zip(first.0..) {
        let mut cause = json!(change.cause);
        if change.cause.is_asked_for() && work.actor.is_outside() {
            cause["actor"] = json!(*work.actor);
        }
        rows.push([change.customer.into(), id.into(), change.segment.into(), change.at.into(), change.entered.into(), cause.into()]);
    }
    work.tx.insert("insert into membership_changes (customer_id, id, segment_id, at, entered, cause)", rows, "")?;
    changes.iter().for_each(|change| tally(work, change.segment, change.entered, change.at, 1));
    Ok(())
}

/// Who entered or left, or that it was taken back.
pub fn tally(work: &mut Work<'_>, segment: SegmentId, entered: bool, at: Instant, count: i64) {
    let figure = if entered { Figure::Entered } else { Figure::Left };
    work.tallies.add(figure, Subject::Segment(segment), at, count);
}

pub fn changes_of(work: &mut Work<'_>, customer: CustomerId, before: Option<(Instant, i64)>, limit: usize) -> Result<Vec<Recorded>, Error> {
    let (at, id) = before.unwrap_or((Instant(i64::MAX), i64::MAX));
    let mut changes = Vec::new();
    work.tx.each(
        "select id, segment_id, at, entered, cause from membership_changes
         where customer_id = $1 and (at, id) < ($2, $3) order by at desc, id desc limit $4",
        &[customer.into(), at.into(), id.into(), (limit as i64).into()],
        |row| {
            let mut cause: Value = row.get(4)?;
            let unknown = |error| StoreError::bug(format!("cause of a change: {error}"));
            let actor = cause.get_mut("actor").map(Value::take);
            let actor = actor.map(serde_json::from_value).transpose().map_err(unknown)?;
            let cause = serde_json::from_value(cause).map_err(unknown)?;
            let change = Change { customer, segment: row.get(1)?, at: row.get(2)?, entered: row.get(3)?, cause };
            changes.push(Recorded { id: row.get(0)?, change, actor });
            Ok(())
        },
    )?;
    Ok(changes)
}

pub fn size(work: &mut Work<'_>, segment: SegmentId, generation: i64) -> Result<i64, Error> {
    Ok(work.tx.one("select count(*) from memberships where segment_id = $1 and generation = $2", &[segment.into(), generation.into()])?)
}

/// Members of a segment by customer id, after one.
pub fn members(work: &mut Work<'_>, segment: SegmentId, generation: i64, after: i64, limit: usize) -> Result<Vec<Member>, Error> {
    Ok(work.tx.all(
        "select m.customer_id, m.since, m.counter, m.source, c.email, c.firstname, c.lastname
         from memberships as m join customers as c on c.id = m.customer_id
         where m.segment_id = $1 and m.generation = $2 and m.customer_id > $3
         order by m.customer_id limit $4",
        &[segment.into(), generation.into(), after.into(), (limit as i64 + 1).into()],
    )?)
}

impl FromRow for Member {
    fn from_row(row: &Row<'_>) -> Result<Member, StoreError> {
        Ok(Member {
            customer_id: row.get(0)?,
            since: row.get(1)?,
            counter: row.get(2)?,
            source: source(row, 3)?,
            email: row.get(4)?,
            firstname: row.get(5)?,
            lastname: row.get(6)?,
        })
    }
}

fn source(row: &Row<'_>, column: usize) -> Result<Source, StoreError> {
    let text: String = row.get(column)?;
    Source::parse(&text).ok_or_else(|| StoreError::bug(format!("{text:?} is not a source of membership")))
}

/// The segments of customers with their names, in the order of groups and names.
pub fn membership_views(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<Vec<(CustomerId, MembershipView)>, Error> {
    let mut statement = Statement::new(
        "select m.customer_id, s.id, s.name, s.reference, g.id, g.name, s.calculated, m.source, m.since, m.counter
         from memberships as m
         join segments as s on s.id = m.segment_id and s.generation = m.generation
         join segment_groups as g on g.id = s.group_id
         where m.customer_id in ",
    );
    statement.bind_list(customers).push(" order by g.sort_order desc, g.name, s.name, s.id");
    let mut views = Vec::new();
    work.tx.each(&statement.text, &statement.values, |row| {
        let view = MembershipView {
            id: row.get(1)?,
            name: row.get(2)?,
            reference: row.get(3)?,
            group_id: row.get(4)?,
            group_name: row.get(5)?,
            calculated: row.get(6)?,
            source: source(row, 7)?,
            since: row.get(8)?,
            counter: row.get(9)?,
        };
        views.push((row.get(0)?, view));
        Ok(())
    })?;
    Ok(views)
}

pub fn wakes(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<HashMap<CustomerId, Instant>, Error> {
    let mut statement = Statement::new("select customer_id, due_at from segment_wakes where customer_id in ");
    statement.bind_list(customers);
    Ok(work.tx.list::<(CustomerId, Instant)>(&statement)?.into_iter().collect())
}

pub fn set_wakes(work: &mut Work<'_>, wakes: &[(CustomerId, Instant)]) -> Result<(), Error> {
    let mut rows = Rows::with_capacity(2, wakes.len());
    for (customer, due) in wakes {
        rows.push([(*customer).into(), (*due).into()]);
    }
    let upsert = "on conflict (customer_id) do update set due_at = excluded.due_at";
    work.tx.insert("insert into segment_wakes (customer_id, due_at)", rows, upsert)?;
    Ok(())
}

pub fn delete_wakes(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    if customers.is_empty() {
        return Ok(());
    }
    let mut statement = Statement::new("delete from segment_wakes where customer_id in ");
    statement.bind_list(customers);
    work.tx.run(&statement)?;
    Ok(())
}

pub fn due_wakes(work: &mut Work<'_>, limit: usize) -> Result<Vec<(CustomerId, Instant)>, Error> {
    Ok(work.tx.all(
        "select customer_id, due_at from segment_wakes where due_at <= $1 order by due_at, customer_id limit $2 {skip_locked}",
        &[work.now.into(), (limit as i64).into()],
    )?)
}

pub fn next_wake(work: &mut Work<'_>) -> Result<Option<Instant>, Error> {
    Ok(work.tx.one::<Option<i64>>("select min(due_at) from segment_wakes", &[])?.map(Instant))
}

pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    let mut rows = Statement::new("delete from memberships where customer_id in ");
    rows.bind_list(customers);
    delete(work, rows)?;
    let mut changes = Statement::new("delete from membership_changes where customer_id in ");
    changes.bind_list(customers).push(" returning segment_id, entered, at");
    for (segment, entered, at) in work.tx.list::<(SegmentId, bool, Instant)>(&changes)? {
        tally(work, segment, entered, at, -1);
    }
    delete_wakes(work, customers)
}
