//! SQL of the merges and of the pairs that wait for a person.

pub mod quarantine;

use super::model::{Cause, FieldRule, Merge, State, Taken};
use crate::access::{Actor, ActorKind};
use crate::error::Error;
use crate::ids::{CustomerId, MergeId};
use crate::personal::{Conflict, Journals};
use crate::work::Work;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::{FromRow, Row, Rows, Statement, StoreError};

fn document<T: Serialize>(part: &T) -> Result<String, Error> {
    serde_json::to_string(part).map_err(|error| Error::Bug(anyhow::Error::new(error).context("a part of a merge has no JSON form")))
}

fn parsed<T: DeserializeOwned>(value: Value) -> Result<T, StoreError> {
    serde_json::from_value(value).map_err(|error| StoreError::bug(format!("a part of a merge: {error}")))
}

fn actor(row: &Row<'_>, at: usize) -> Result<Option<Actor>, StoreError> {
    let kind: Option<String> = row.get(at)?;
    let Some(kind) = kind else { return Ok(None) };
    Ok(Some(Actor { kind: ActorKind::parse(&kind), id: row.get(at + 1)?, name: row.get(at + 2)? }))
}

pub fn insert(work: &mut Work<'_>, merge: &Merge, journals: &Journals) -> Result<(), Error> {
    let mut rows = Rows::new(12);
    rows.push([
        merge.id.into(),
        merge.survivor_id.into(),
        merge.other_id.into(),
        merge.state.as_str().into(),
        merge.rule.as_str().into(),
        document(&merge.cause)?.into(),
        merge.at.into(),
        merge.actor.kind.as_str().into(),
        merge.actor.id.into(),
        (&merge.actor.name).into(),
        document(&merge.taken)?.into(),
        document(journals)?.into(),
    ]);
    let into = "insert into merges (id, survivor_id, other_id, state, rule, cause, at, actor_kind, actor_id, actor_name, fields, journal)";
    work.tx.insert(into, rows, "")?;
    Ok(())
}

const COLUMNS: &str = "m.id, m.survivor_id, m.other_id, m.state, m.rule, m.cause, m.at, m.actor_kind, m.actor_id, m.actor_name, m.fields, \
     m.undone_at, m.undoer_kind, m.undoer_id, m.undoer_name, m.conflicts, m.journal is not null, \
     (select min(o.id) from merges as o where o.other_id = m.survivor_id and o.state = 'done')";

impl FromRow for Merge {
    fn from_row(row: &Row<'_>) -> Result<Merge, StoreError> {
        let rule: FieldRule = parsed(Value::String(row.get(4)?))?;
        let cause: Cause = parsed(row.get(5)?)?;
        let taken: Taken = parsed(row.get(10)?)?;
        let conflicts: Option<Value> = row.get(15)?;
        let conflicts: Vec<Conflict> = conflicts.map(parsed).transpose()?.unwrap_or_default();
        let state = State::parse(&row.get::<String>(3)?);
        let has_journal: bool = row.get(16)?;
        let covered_by: Option<MergeId> = row.get(17)?;
        let covered_by = covered_by.filter(|_| state == State::Done);
        Ok(Merge {
            id: row.get(0)?,
            survivor_id: row.get(1)?,
            other_id: row.get(2)?,
            state,
            rule,
            cause,
            at: row.get(6)?,
            actor: actor(row, 7)?.unwrap_or_else(Actor::system),
            taken,
            undoable: state == State::Done && has_journal && covered_by.is_none(),
            covered_by,
            undone_at: row.get(11)?,
            undone_by: actor(row, 12)?,
            conflicts,
        })
    }
}

pub fn read(work: &mut Work<'_>, merge: MergeId) -> Result<Option<Merge>, Error> {
    Ok(work.tx.first(&format!("select {COLUMNS} from merges as m where m.id = $1"), &[merge.into()])?)
}

/// What a merge needs to be undone; nothing once it was forgotten.
pub fn journals(work: &mut Work<'_>, merge: MergeId) -> Result<Option<Journals>, Error> {
    let text: Option<Option<String>> = work.tx.first("select journal from merges where id = $1 {for_update}", &[merge.into()])?;
    Ok(text.flatten().map(|text| journal(&text)).transpose()?)
}

fn journal(text: &str) -> Result<Journals, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::bug(format!("the journal of a merge: {error}")))
}

/// Later merges into the same customer that still stand, in their order, with their journals.
pub fn later(work: &mut Work<'_>, merge: &Merge) -> Result<Vec<(MergeId, Journals)>, Error> {
    let found: Vec<(MergeId, String)> = work.tx.all(
        "select id, journal from merges where survivor_id = $1 and state = 'done' and (at, id) > ($2, $3) and journal is not null
         order by at, id {for_update}",
        &[merge.survivor_id.into(), merge.at.into(), merge.id.into()],
    )?;
    Ok(found.into_iter().map(|(id, text)| Ok((id, journal(&text)?))).collect::<Result<_, StoreError>>()?)
}

pub fn rewrite(work: &mut Work<'_>, merge: MergeId, journals: &Journals) -> Result<(), Error> {
    work.tx.execute("update merges set journal = $2 where id = $1", &[merge.into(), document(journals)?.into()])?;
    Ok(())
}

pub fn undo(work: &mut Work<'_>, merge: MergeId, conflicts: &[Conflict]) -> Result<(), Error> {
    let actor = work.actor.clone();
    work.tx.execute(
        "update merges set state = 'undone', journal = null, undone_at = $2, undoer_kind = $3, undoer_id = $4, undoer_name = $5, conflicts = $6
         where id = $1",
        &[merge.into(), work.now.into(), actor.kind.as_str().into(), actor.id.into(), (&actor.name).into(), document(&conflicts)?.into()],
    )?;
    Ok(())
}

/// Which merges a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    pub customer: Option<CustomerId>,
    pub state: Option<State>,
}

/// The newest first, before the given one.
pub fn page(work: &mut Work<'_>, wanted: Wanted, before: Option<MergeId>, limit: usize) -> Result<Vec<Merge>, Error> {
    let mut statement = Statement::new(&format!("select {COLUMNS} from merges as m where m.id < "));
    statement.bind(before.map_or(i64::MAX, |before| before.0));
    if let Some(customer) = wanted.customer {
        statement.push(" and (m.survivor_id = ").bind(customer).push(" or m.other_id = ").bind(customer).push(")");
    }
    if let Some(state) = wanted.state {
        statement.push(" and m.state = ").bind(state.as_str());
    }
    statement.push(" order by m.id desc limit ").bind(limit as i64 + 1);
    Ok(work.tx.list(&statement)?)
}

/// Merges that are part of the story of these customers: done before the place, or undone before it, the newest first.
pub fn of_customers(work: &mut Work<'_>, customers: &[CustomerId], limit: usize) -> Result<Vec<Merge>, Error> {
    let mut statement = Statement::new(&format!("select {COLUMNS} from merges as m where m.survivor_id in "));
    statement.bind_list(customers).push(" or m.other_id in ").bind_list(customers);
    statement.push(" order by m.at desc, m.id desc limit ").bind(limit as i64);
    Ok(work.tx.list(&statement)?)
}

/// Of merges into customers who are going nothing stays but that they were.
pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    let nothing = document(&Taken::default())?;
    let mut statement = Statement::new("update merges set journal = null, conflicts = null, fields = cast(");
    statement.bind(nothing).push(" as {json}) where survivor_id in ").bind_list(customers);
    statement.push(" or other_id in ").bind_list(customers);
    work.tx.run(&statement)?;
    Ok(())
}
