//! SQL of attempts to sign in, of steps between password and code, and of sessions.

use super::came_by;
use crate::admin::model::{CameBy, OpenSession};
use crate::error::Error;
use crate::ids::{AdminUserId, SessionId};
use crate::time::Instant;
use crate::work::Work;
use store::{FromRow, Row, StoreError};

// --- attempts ---

/// Counts an attempt, unless there were too many: then it gives `None` and counts nothing.
pub fn count_attempt(work: &mut Work<'_>, subject: &str, until: Instant, attempts_max: i64) -> Result<Option<i64>, Error> {
    Ok(work.tx.first(
        "insert into login_attempts (subject, failures, counted_until) values ($1, 1, $2)
         on conflict (subject) do update set
           failures = case when login_attempts.counted_until <= $3 then 1 else login_attempts.failures + 1 end,
           counted_until = excluded.counted_until
         where login_attempts.counted_until <= $3 or login_attempts.failures < $4
         returning failures",
        &[subject.into(), until.into(), work.now.into(), attempts_max.into()],
    )?)
}

pub fn attempts_counted_until(work: &mut Work<'_>, subject: &str) -> Result<Option<Instant>, Error> {
    Ok(work.tx.first("select counted_until from login_attempts where subject = $1", &[subject.into()])?)
}

pub fn forget_attempts(work: &mut Work<'_>, subject: &str) -> Result<(), Error> {
    work.tx.execute("delete from login_attempts where subject = $1", &[subject.into()])?;
    Ok(())
}

// --- steps ---

pub fn insert_step(
    work: &mut Work<'_>,
    user: AdminUserId,
    hash: &str,
    came_by: CameBy,
    password_mark: &str,
    expires_at: Instant,
) -> Result<(), Error> {
    work.tx.execute(
        "insert into sign_in_steps (token_hash, admin_user_id, came_by, password_mark, expires_at) values ($1, $2, $3, $4, $5)",
        &[hash.into(), user.into(), came_by.as_str().into(), password_mark.into(), expires_at.into()],
    )?;
    Ok(())
}

/// Who owes a code, how he came, and what his password was kept as then.
pub fn step(work: &mut Work<'_>, hash: &str) -> Result<Option<(AdminUserId, CameBy, String)>, Error> {
    let found: Option<(AdminUserId, String, String)> = work.tx.first(
        "select admin_user_id, came_by, password_mark from sign_in_steps where token_hash = $1 and expires_at > $2",
        &[hash.into(), work.now.into()],
    )?;
    let Some((user, way, mark)) = found else { return Ok(None) };
    Ok(Some((user, came_by(&way)?, mark)))
}

/// Whether the step was there. It is gone afterwards.
pub fn take_step(work: &mut Work<'_>, hash: &str) -> Result<bool, Error> {
    Ok(work.tx.execute("delete from sign_in_steps where token_hash = $1", &[hash.into()])? == 1)
}

pub fn delete_steps_of(work: &mut Work<'_>, user: AdminUserId) -> Result<(), Error> {
    work.tx.execute("delete from sign_in_steps where admin_user_id = $1", &[user.into()])?;
    Ok(())
}

// --- sessions ---

pub fn insert_session(work: &mut Work<'_>, user: AdminUserId, session: &OpenSession, hash: &str, csrf_token: &str) -> Result<(), Error> {
    work.tx.execute(
        "insert into sessions
           (token_hash, id, admin_user_id, csrf_token, came_by, user_agent, address, created_at, seen_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            hash.into(),
            session.id.into(),
            user.into(),
            csrf_token.into(),
            session.came_by.as_str().into(),
            (&session.user_agent).into(),
            (&session.address).into(),
            session.created_at.into(),
            session.last_used_at.into(),
            session.expires_at.into(),
        ],
    )?;
    Ok(())
}

/// The sessions of a user, the one used last first.
pub fn sessions_of(work: &mut Work<'_>, user: AdminUserId, limit: usize) -> Result<Vec<OpenSession>, Error> {
    Ok(work.tx.all(
        "select id, user_agent, address, came_by, created_at, seen_at, expires_at from sessions
         where admin_user_id = $1 and expires_at > $2 order by seen_at desc, id desc limit $3",
        &[user.into(), work.now.into(), (limit as i64).into()],
    )?)
}

impl FromRow for OpenSession {
    fn from_row(row: &Row<'_>) -> Result<OpenSession, StoreError> {
        Ok(OpenSession {
            id: row.get(0)?,
            user_agent: row.get(1)?,
            address: row.get(2)?,
            came_by: came_by(&row.get::<String>(3)?)?,
            created_at: row.get(4)?,
            last_used_at: row.get(5)?,
            expires_at: row.get(6)?,
            is_current: false,
        })
    }
}

pub fn keep_session(work: &mut Work<'_>, hash: &str, expires_at: Instant) -> Result<(), Error> {
    work.tx.execute(
        "update sessions set seen_at = $2, expires_at = $3 where token_hash = $1 and expires_at > $2",
        &[hash.into(), work.now.into(), expires_at.into()],
    )?;
    Ok(())
}

pub fn delete_session(work: &mut Work<'_>, hash: &str) -> Result<(), Error> {
    work.tx.execute("delete from sessions where token_hash = $1", &[hash.into()])?;
    Ok(())
}

/// Whether the user had this session.
pub fn delete_session_of(work: &mut Work<'_>, user: AdminUserId, id: SessionId) -> Result<bool, Error> {
    Ok(work.tx.execute("delete from sessions where admin_user_id = $1 and id = $2", &[user.into(), id.into()])? == 1)
}

pub fn delete_other_sessions_of(work: &mut Work<'_>, user: AdminUserId, kept: &str) -> Result<u64, Error> {
    Ok(work.tx.execute("delete from sessions where admin_user_id = $1 and token_hash <> $2", &[user.into(), kept.into()])?)
}

pub fn delete_sessions_of(work: &mut Work<'_>, user: AdminUserId) -> Result<u64, Error> {
    Ok(work.tx.execute("delete from sessions where admin_user_id = $1", &[user.into()])?)
}

// --- what is past ---

pub fn delete_past_sessions(work: &mut Work<'_>) -> Result<(), Error> {
    work.tx.execute("delete from sessions where expires_at <= $1", &[work.now.into()])?;
    Ok(())
}

pub fn delete_past_attempts(work: &mut Work<'_>) -> Result<(), Error> {
    work.tx.execute("delete from login_attempts where counted_until <= $1", &[work.now.into()])?;
    Ok(())
}

pub fn delete_past_steps(work: &mut Work<'_>) -> Result<(), Error> {
    work.tx.execute("delete from sign_in_steps where expires_at <= $1", &[work.now.into()])?;
    Ok(())
}
