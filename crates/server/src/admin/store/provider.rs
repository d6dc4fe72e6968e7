//! SQL of those who sign in with a provider, and of their way there and back.

use crate::admin::provider::Trip;
use crate::error::Error;
use crate::ids::AdminUserId;
use crate::time::Instant;
use crate::work::Work;
use store::{FromRow, Row, StoreError};

pub fn insert_trip(work: &mut Work<'_>, state: &str, browser: &str, trip: &Trip, expires_at: Instant) -> Result<(), Error> {
    work.tx.execute(
        "insert into provider_trips (state_hash, browser_hash, nonce, verifier, back_to, expires_at) values ($1, $2, $3, $4, $5, $6)",
        &[state.into(), browser.into(), (&trip.nonce).into(), (&trip.verifier).into(), (&trip.back_to).into(), expires_at.into()],
    )?;
    Ok(())
}

pub fn trip(work: &mut Work<'_>, state: &str, browser: &str) -> Result<Option<Trip>, Error> {
    Ok(work.tx.first(
        "select nonce, verifier, back_to from provider_trips where state_hash = $1 and browser_hash = $2 and expires_at > $3",
        &[state.into(), browser.into(), work.now.into()],
    )?)
}

/// Whether the trip was still under way. It is over afterwards.
pub fn end_trip(work: &mut Work<'_>, state: &str) -> Result<bool, Error> {
    Ok(work.tx.execute("delete from provider_trips where state_hash = $1", &[state.into()])? == 1)
}

impl FromRow for Trip {
    fn from_row(row: &Row<'_>) -> Result<Trip, StoreError> {
        Ok(Trip { nonce: row.get(0)?, verifier: row.get(1)?, back_to: row.get(2)? })
    }
}

pub fn login(work: &mut Work<'_>, issuer: &str, subject: &str) -> Result<Option<AdminUserId>, Error> {
    let text = "select admin_user_id from provider_logins where issuer = $1 and subject = $2";
    Ok(work.tx.first(text, &[issuer.into(), subject.into()])?)
}

/// Whether nobody else has this login, and the user no other one.
pub fn insert_login(work: &mut Work<'_>, issuer: &str, subject: &str, user: AdminUserId) -> Result<bool, Error> {
    let inserted = work.tx.execute(
        "insert into provider_logins (issuer, subject, admin_user_id, created_at) values ($1, $2, $3, $4) on conflict do nothing",
        &[issuer.into(), subject.into(), user.into(), work.now.into()],
    )?;
    Ok(inserted == 1)
}

pub fn delete_logins_of(work: &mut Work<'_>, user: AdminUserId) -> Result<u64, Error> {
    Ok(work.tx.execute("delete from provider_logins where admin_user_id = $1", &[user.into()])?)
}

pub fn delete_past_trips(work: &mut Work<'_>) -> Result<(), Error> {
    work.tx.execute("delete from provider_trips where expires_at <= $1", &[work.now.into()])?;
    Ok(())
}
