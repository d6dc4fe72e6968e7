//! SQL of the pairs that wait for a person.

use super::super::model::{QuarantineState, Quarantined};
use super::{actor, document, parsed};
use crate::error::Error;
use crate::ids::{CustomerId, QuarantineId};
use crate::time::Instant;
use crate::work::Work;
use store::{FromRow, Row, Rows, Statement, StoreError};

/// A pair that waits already stays as it is.
pub fn insert(work: &mut Work<'_>, pairs: &[Quarantined]) -> Result<(), Error> {
    let mut rows = Rows::with_capacity(9, pairs.len());
    for pair in pairs {
        rows.push([
            pair.id.into(),
            pair.survivor_id.into(),
            pair.other_id.into(),
            pair.state.as_str().into(),
            pair.pair_id.into(),
            pair.score.into(),
            pair.rule.clone().into(),
            document(&pair.reasons)?.into(),
            pair.at.into(),
        ]);
    }
    work.tx.insert(
        "insert into merge_quarantine (id, survivor_id, other_id, state, pair_id, score, rule, reasons, at)",
        rows,
        "on conflict (survivor_id, other_id) where state = 'open' do nothing",
    )?;
    Ok(())
}

const COLUMNS: &str = "q.id, q.survivor_id, q.other_id, q.state, q.pair_id, q.score, q.rule, q.reasons, q.at, q.resolved_at, \
     q.resolver_kind, q.resolver_id, q.resolver_name";

impl FromRow for Quarantined {
    fn from_row(row: &Row<'_>) -> Result<Quarantined, StoreError> {
        Ok(Quarantined {
            id: row.get(0)?,
            survivor_id: row.get(1)?,
            other_id: row.get(2)?,
            state: QuarantineState::parse(&row.get::<String>(3)?),
            pair_id: row.get(4)?,
            score: row.get(5)?,
            rule: row.get(6)?,
            reasons: parsed(row.get(7)?)?,
            at: row.get(8)?,
            resolved_at: row.get(9)?,
            resolved_by: actor(row, 10)?,
        })
    }
}

/// The newest first, before the given one; of those that wait only pairs of customers who are both there.
pub fn page(work: &mut Work<'_>, state: QuarantineState, before: Option<QuarantineId>, limit: usize) -> Result<Vec<Quarantined>, Error> {
    let mut statement = Statement::new(&format!("select {COLUMNS} from merge_quarantine as q where q.state = "));
    statement.bind(state.as_str()).push(" and q.id < ").bind(before.map_or(i64::MAX, |before| before.0));
    if state == QuarantineState::Open {
        statement.push(" and exists (select 1 from customers as c where c.id = q.survivor_id)");
        statement.push(" and exists (select 1 from customers as c where c.id = q.other_id)");
    }
    statement.push(" order by q.id desc limit ").bind(limit as i64 + 1);
    Ok(work.tx.list(&statement)?)
}

pub fn read(work: &mut Work<'_>, pair: QuarantineId) -> Result<Option<Quarantined>, Error> {
    Ok(work.tx.first(&format!("select {COLUMNS} from merge_quarantine as q where q.id = $1"), &[pair.into()])?)
}

/// Gives false when it was resolved before.
pub fn resolve(work: &mut Work<'_>, pair: QuarantineId, state: QuarantineState) -> Result<bool, Error> {
    let actor = work.actor.clone();
    let changed = work.tx.execute(
        "update merge_quarantine set state = $2, resolved_at = $3, resolver_kind = $4, resolver_id = $5, resolver_name = $6
         where id = $1 and state = 'open'",
        &[pair.into(), state.as_str().into(), work.now.into(), actor.kind.as_str().into(), actor.id.into(), (&actor.name).into()],
    )?;
    Ok(changed == 1)
}

/// Pairs of these two, whoever of them was to survive, are resolved by their merge.
pub fn merged(work: &mut Work<'_>, one: CustomerId, other: CustomerId) -> Result<(), Error> {
    let actor = work.actor.clone();
    work.tx.execute(
        "update merge_quarantine set state = 'merged', resolved_at = $3, resolver_kind = $4, resolver_id = $5, resolver_name = $6
         where state = 'open' and ((survivor_id = $1 and other_id = $2) or (survivor_id = $2 and other_id = $1))",
        &[one.into(), other.into(), work.now.into(), actor.kind.as_str().into(), actor.id.into(), (&actor.name).into()],
    )?;
    Ok(())
}

/// What a merge at this instant had resolved waits again.
pub fn reopen(work: &mut Work<'_>, one: CustomerId, other: CustomerId, at: Instant) -> Result<(), Error> {
    work.tx.execute(
        "update merge_quarantine set state = 'open', resolved_at = null, resolver_kind = null, resolver_id = null, resolver_name = null
         where state = 'merged' and resolved_at = $3
           and ((survivor_id = $1 and other_id = $2) or (survivor_id = $2 and other_id = $1))",
        &[one.into(), other.into(), at.into()],
    )?;
    Ok(())
}

pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    let mut statement = Statement::new("delete from merge_quarantine where survivor_id in ");
    statement.bind_list(customers).push(" or other_id in ").bind_list(customers);
    work.tx.run(&statement)?;
    Ok(())
}
