//! SQL of what the door itself keeps: answers to requests that may be repeated, and the size of the database.

use super::idempotency::{KeptAnswer, Reservation};
use crate::error::Error;
use crate::time::Instant;
use crate::work::Work;
use serde_json::{Value, json};
use store::StoreError;

/// What stands under a key that is taken.
pub struct Standing {
    pub request: String,
    pub is_applied: bool,
    pub answer: Option<(u16, KeptAnswer)>,
}

/// Takes the key, unless it is taken.
pub fn reserve(work: &mut Work<'_>, reservation: &Reservation, request: &str) -> Result<bool, Error> {
    let reserved = work.tx.execute(
        "insert into idempotency_keys (actor, key, request, is_applied, created_at) values ($1, $2, $3, false, $4)
         on conflict (actor, key) do nothing",
        &[(&reservation.actor).into(), (&reservation.key).into(), request.into(), reservation.at.into()],
    )?;
    Ok(reserved == 1)
}

/// Frees the key if it is past its time, or was reserved by a request that died before it did anything.
pub fn free_lapsed(work: &mut Work<'_>, reservation: &Reservation, past: Instant, dead: Instant) -> Result<(), Error> {
    work.tx.execute(
        "delete from idempotency_keys
         where actor = $1 and key = $2 and (created_at <= $3 or (is_applied = false and status is null and created_at <= $4))",
        &[(&reservation.actor).into(), (&reservation.key).into(), past.into(), dead.into()],
    )?;
    Ok(())
}

pub fn standing(work: &mut Work<'_>, reservation: &Reservation) -> Result<Option<Standing>, Error> {
    let found: Option<(String, bool, Option<i64>, Option<Value>)> = work.tx.first(
        "select request, is_applied, status, answer from idempotency_keys where actor = $1 and key = $2",
        &[(&reservation.actor).into(), (&reservation.key).into()],
    )?;
    let Some((request, is_applied, status, answer)) = found else { return Ok(None) };
    let answer = match (status.and_then(|status| u16::try_from(status).ok()), answer) {
        (Some(status), Some(answer)) => Some((status, kept(answer)?)),
        _ => None,
    };
    Ok(Some(Standing { request, is_applied, answer }))
}

fn kept(answer: Value) -> Result<KeptAnswer, StoreError> {
    serde_json::from_value(answer).map_err(|error| StoreError::bug(format!("a kept answer cannot be read: {error}")))
}

/// Whether the key is still this request's.
pub fn mark_applied(work: &mut Work<'_>, reservation: &Reservation) -> Result<bool, Error> {
    let marked = work.tx.execute(
        "update idempotency_keys set is_applied = true where actor = $1 and key = $2 and created_at = $3",
        &[(&reservation.actor).into(), (&reservation.key).into(), reservation.at.into()],
    )?;
    Ok(marked == 1)
}

pub fn keep_answer(work: &mut Work<'_>, reservation: &Reservation, status: u16, answer: &KeptAnswer) -> Result<(), Error> {
    work.tx.execute(
        "update idempotency_keys set status = $4, answer = $5 where actor = $1 and key = $2 and created_at = $3",
        &[(&reservation.actor).into(), (&reservation.key).into(), reservation.at.into(), i64::from(status).into(), json!(answer).into()],
    )?;
    Ok(())
}

/// Frees the key of a request that did nothing.
pub fn release(work: &mut Work<'_>, reservation: &Reservation) -> Result<(), Error> {
    work.tx.execute(
        "delete from idempotency_keys where actor = $1 and key = $2 and created_at = $3 and is_applied = false",
        &[(&reservation.actor).into(), (&reservation.key).into(), reservation.at.into()],
    )?;
    Ok(())
}

pub fn delete_before(work: &mut Work<'_>, past: Instant) -> Result<(), Error> {
    work.tx.execute("delete from idempotency_keys where created_at <= $1", &[past.into()])?;
    Ok(())
}

/// Bytes of the database.
pub fn database_bytes(work: &mut Work<'_>) -> Result<i64, Error> {
    Ok(work.tx.one("select {database_bytes}", &[])?)
}
