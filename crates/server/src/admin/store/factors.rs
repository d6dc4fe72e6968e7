//! SQL of second factors and recovery codes.

use crate::admin::second_factor::Kept;
use crate::error::Error;
use crate::ids::AdminUserId;
use crate::work::Work;
use store::{FromRow, Row, Statement, StoreError};

/// Keeps a secret that is not confirmed yet. Gives false if a confirmed one stands there.
pub fn put_second_factor(work: &mut Work<'_>, user: AdminUserId, secret: &str) -> Result<bool, Error> {
    let put = work.tx.execute(
        "insert into second_factors (admin_user_id, secret, last_step, created_at) values ($1, $2, 0, $3)
         on conflict (admin_user_id) do update set secret = excluded.secret, created_at = excluded.created_at
         where second_factors.confirmed_at is null",
        &[user.into(), secret.into(), work.now.into()],
    )?;
    Ok(put == 1)
}

pub fn second_factor(work: &mut Work<'_>, user: AdminUserId) -> Result<Option<Kept>, Error> {
    Ok(work.tx.first("select secret, confirmed_at from second_factors where admin_user_id = $1", &[user.into()])?)
}

impl FromRow for Kept {
    fn from_row(row: &Row<'_>) -> Result<Kept, StoreError> {
        Ok(Kept { secret: row.get(0)?, confirmed_at: row.get(1)? })
    }
}

/// Whether this very secret was waiting for its first code.
pub fn confirm_second_factor(work: &mut Work<'_>, user: AdminUserId, secret: &str, step: i64) -> Result<bool, Error> {
    let confirmed = work.tx.execute(
        "update second_factors set confirmed_at = $3, last_step = $4
         where admin_user_id = $1 and secret = $2 and confirmed_at is null",
        &[user.into(), secret.into(), work.now.into(), step.into()],
    )?;
    Ok(confirmed == 1)
}

/// Whether no code of this step of time or of a later one was taken before. Now one was.
pub fn take_code_step(work: &mut Work<'_>, user: AdminUserId, step: i64) -> Result<bool, Error> {
    let taken = work.tx.execute(
        "update second_factors set last_step = $2 where admin_user_id = $1 and last_step < $2 and confirmed_at is not null",
        &[user.into(), step.into()],
    )?;
    Ok(taken == 1)
}

pub fn delete_second_factor(work: &mut Work<'_>, user: AdminUserId) -> Result<(), Error> {
    work.tx.execute("delete from second_factors where admin_user_id = $1", &[user.into()])?;
    delete_recovery_codes(work, user)
}

pub fn count_recovery_codes(work: &mut Work<'_>, user: AdminUserId) -> Result<i64, Error> {
    Ok(work.tx.one("select count(*) from recovery_codes where admin_user_id = $1", &[user.into()])?)
}

pub fn replace_recovery_codes(work: &mut Work<'_>, user: AdminUserId, hashes: &[String]) -> Result<(), Error> {
    delete_recovery_codes(work, user)?;
    let mut statement = Statement::new("insert into recovery_codes (admin_user_id, code_hash) values ");
    for (position, hash) in hashes.iter().enumerate() {
        statement.push(if position == 0 { "(" } else { ", (" }).bind(user).push(", ").bind(hash).push(")");
    }
    work.tx.run(&statement)?;
    Ok(())
}

/// Whether the code was there. It is gone afterwards.
pub fn take_recovery_code(work: &mut Work<'_>, user: AdminUserId, hash: &str) -> Result<bool, Error> {
    let taken = work.tx.execute("delete from recovery_codes where admin_user_id = $1 and code_hash = $2", &[user.into(), hash.into()])?;
    Ok(taken == 1)
}

fn delete_recovery_codes(work: &mut Work<'_>, user: AdminUserId) -> Result<(), Error> {
    work.tx.execute("delete from recovery_codes where admin_user_id = $1", &[user.into()])?;
    Ok(())
}
