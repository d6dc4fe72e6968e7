//! SQL of the consents.

use super::model::{Answer, Consent};
use crate::access::{Actor, ActorKind};
use crate::error::Error;
use crate::ids::CustomerId;
use crate::personal::Table;
use crate::time::Instant;
use crate::work::Work;
use store::{FromRow, Row, Statement, StoreError};

pub fn list(work: &mut Work<'_>, customer: CustomerId) -> Result<Vec<Consent>, Error> {
    Ok(work
        .tx
        .all("select purpose, granted, answered_at, source from consents where customer_id = $1 order by purpose", &[customer.into()])?)
}

pub fn read(work: &mut Work<'_>, customer: CustomerId, purpose: &str) -> Result<Option<Consent>, Error> {
    Ok(work.tx.first(
        "select purpose, granted, answered_at, source from consents where customer_id = $1 and purpose = $2",
        &[customer.into(), purpose.into()],
    )?)
}

pub fn put(work: &mut Work<'_>, customer: CustomerId, consent: &Consent) -> Result<(), Error> {
    work.tx.execute(
        "insert into consents (customer_id, purpose, granted, answered_at, source) values ($1, $2, $3, $4, $5)
         on conflict (customer_id, purpose) do update
         set granted = excluded.granted, answered_at = excluded.answered_at, source = excluded.source",
        &[customer.into(), (&consent.purpose).into(), consent.granted.into(), consent.answered_at.into(), (&consent.source).into()],
    )?;
    Ok(())
}

pub fn delete(work: &mut Work<'_>, customer: CustomerId, purpose: &str) -> Result<(), Error> {
    work.tx.execute("delete from consents where customer_id = $1 and purpose = $2", &[customer.into(), purpose.into()])?;
    Ok(())
}

pub fn insert_answer(work: &mut Work<'_>, customer: CustomerId, answer: &Answer) -> Result<(), Error> {
    work.tx.execute(
        "insert into consent_answers (customer_id, id, purpose, granted, answered_at, source, note, actor_kind, actor_id, actor_name)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            customer.into(),
            answer.id.into(),
            (&answer.purpose).into(),
            answer.granted.into(),
            answer.answered_at.into(),
            (&answer.source).into(),
            (&answer.note).into(),
            answer.actor.kind.as_str().into(),
            answer.actor.id.into(),
            (&answer.actor.name).into(),
        ],
    )?;
    Ok(())
}

pub fn answers(work: &mut Work<'_>, customer: CustomerId, before: (Instant, i64), limit: usize) -> Result<Vec<Answer>, Error> {
    Ok(work.tx.all(
        "select id, purpose, granted, answered_at, source, note, actor_kind, actor_id, actor_name from consent_answers
         where customer_id = $1 and (answered_at, id) < ($2, $3) order by answered_at desc, id desc limit $4",
        &[customer.into(), before.0.into(), before.1.into(), (limit as i64 + 1).into()],
    )?)
}

pub fn granted(work: &mut Work<'_>, customers: &[CustomerId], purposes: &[&str]) -> Result<Vec<(CustomerId, String, bool)>, Error> {
    let mut statement = Statement::new("select customer_id, purpose, granted from consents where customer_id in ");
    statement.bind_list(customers).push(" and purpose in ").bind_list(purposes);
    Ok(work.tx.list(&statement)?)
}

pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    for table in ["delete from consents where customer_id in ", "delete from consent_answers where customer_id in "] {
        let mut statement = Statement::new(table);
        statement.bind_list(customers);
        work.tx.run(&statement)?;
    }
    Ok(())
}

impl FromRow for Consent {
    fn from_row(row: &Row<'_>) -> Result<Consent, StoreError> {
        Ok(Consent { purpose: row.get(0)?, granted: row.get(1)?, answered_at: row.get(2)?, source: row.get(3)? })
    }
}

impl FromRow for Answer {
    fn from_row(row: &Row<'_>) -> Result<Answer, StoreError> {
        let kind: String = row.get(6)?;
        Ok(Answer {
            id: row.get(0)?,
            purpose: row.get(1)?,
            granted: row.get(2)?,
            answered_at: row.get(3)?,
            source: row.get(4)?,
            note: row.get(5)?,
            actor: Actor { kind: ActorKind::parse(&kind), id: row.get(7)?, name: row.get(8)? },
        })
    }
}

pub const ANSWERS: Table = Table {
    name: "consent_answers",
    id: "id",
    columns: "id, purpose, granted, answered_at, source, note, actor_kind, actor_id, actor_name",
};
