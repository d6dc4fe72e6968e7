//! Signing in and out, and the link by which the first admin user is made. Passwords are compared between two units of
//! work, never inside one: the attempt is counted before, so that many at once are not cheaper than one after the other.

use super::model::{Draft, Reach, Role, User};
use super::{store, users};
use crate::access::{Actor, Session, hash};
use crate::app::App;
use crate::audit;
use crate::error::Error;
use crate::ids::AdminUserId;
use crate::time::Instant;
use crate::work::{self, Work};
use serde_json::json;

/// Random bytes of a session's token, and of the token that protects its writes.
const TOKEN_BYTES: usize = 32;
const USER_AGENT_CHARS_MAX: usize = 300;
/// How often the use of a session is written down.
const SEEN_EVERY_S: i64 = 60;
const SETUP_VALID_MINUTES: i64 = 24 * 60;

/// Someone who says who he is.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Stands for mail address and place together; neither can be read from it.
    pub subject: String,
    /// The user with this mail address.
    pub candidate: Option<Candidate>,
}

/// Who he says he is, and what his password must match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub id: AdminUserId,
    pub name: String,
    pub password_hash: String,
}

/// A session that has just begun, with the texts that are given out once.
#[derive(Debug, Clone)]
pub struct Opened {
    pub user: User,
    pub token: String,
    pub csrf_token: String,
}

/// Counts the attempt, or refuses it when there were too many of this mail address from this place.
pub fn begin(work: &mut Work<'_>, email: &str, origin: &str) -> Result<Attempt, Error> {
    let subject = hash(&format!("{}\n{origin}", sql::fold(email.trim())));
    let until = work.now.plus_minutes(work.app.config.access.login_lock_minutes);
    let attempts_max = work.app.config.access.login_failures;
    if store::count_attempt(work, &subject, until, attempts_max)?.is_none() {
        let locked_until = store::attempts_counted_until(work, &subject)?.unwrap_or(until);
        return Err(Error::TooMany { retry_after_s: work.now.seconds_until(locked_until).max(1) });
    }
    let candidate = store::credentials(work, email.trim())?;
    Ok(Attempt { subject, candidate })
}

/// The password was wrong, or nobody has this mail address. What was typed is not kept: it may have been a password.
pub fn refuse(work: &mut Work<'_>, attempt: &Attempt, origin: &str) -> Result<(), Error> {
    let user = attempt.candidate.as_ref().map(|candidate| candidate.id.0);
    audit::record(work, "sign_in_failed", "admin_user", user, &json!({ "from": origin }))
}

/// The password was right: a new session begins and the one the browser had before ends.
pub fn admit(work: &mut Work<'_>, subject: &str, candidate: &Candidate, before: Option<&str>, user_agent: &str) -> Result<Opened, Error> {
    let user = still_right(work, subject, candidate)?;
    if let Some(before) = before {
        store::delete_session(work, before)?;
    }
    open(work, user, user_agent)
}

/// The attempt counts no more, unless the user was locked out or given another password while this one was compared.
fn still_right(work: &mut Work<'_>, subject: &str, candidate: &Candidate) -> Result<User, Error> {
    let user = store::user(work, candidate.id)?.ok_or(Error::Unauthorized)?;
    if store::credentials(work, &user.email)?.is_none_or(|standing| standing.password_hash != candidate.password_hash) {
        return Err(Error::Unauthorized);
    }
    store::forget_attempts(work, subject)?;
    Ok(user)
}

/// The mail address of whoever is signed in, so that the password he gives is counted like one at the door.
pub fn own_email(work: &mut Work<'_>) -> Result<String, Error> {
    let id = work.actor.id.map(AdminUserId).ok_or(Error::Unauthorized)?;
    Ok(store::user(work, id)?.ok_or(Error::Unauthorized)?.email)
}

/// Someone gives himself another password. His session stays, those elsewhere end.
pub fn change_password(
    work: &mut Work<'_>,
    subject: &str,
    candidate: &Candidate,
    password_hash: &str,
    kept: &Session,
) -> Result<(), Error> {
    let user = still_right(work, subject, candidate)?;
    store::set_password(work, user.id, password_hash)?;
    store::delete_other_sessions_of(work, user.id, &kept.hash)?;
    audit::record(work, "update", "admin_user", Some(user.id.0), &json!({ "password": "changed" }))
}

fn open(work: &mut Work<'_>, user: User, user_agent: &str) -> Result<Opened, Error> {
    let (token, csrf_token) = (work.app.random_token(TOKEN_BYTES), work.app.random_token(TOKEN_BYTES));
    let user_agent: String = user_agent.chars().take(USER_AGENT_CHARS_MAX).collect();
    let expires_at = expiry(work);
    store::insert_session(work, user.id, &hash(&token), &csrf_token, &user_agent, expires_at)?;
    store::set_last_login(work, user.id)?;
    audit::record(work, "sign_in", "admin_user", Some(user.id.0), &json!({}))?;
    Ok(Opened { user: User { last_login_at: Some(work.now), ..user }, token, csrf_token })
}

pub fn close(work: &mut Work<'_>, session: &Session) -> Result<(), Error> {
    store::delete_session(work, &session.hash)?;
    let user = work.actor.id;
    audit::record(work, "sign_out", "admin_user", user, &json!({}))
}

fn expiry(work: &Work<'_>) -> Instant {
    work.now.plus_minutes(work.app.config.access.session_hours * 60)
}

/// Whether its use has not been written down for a while.
pub fn is_stale(session: &Session, now: Instant) -> bool {
    SEEN_EVERY_S <= session.seen_at.seconds_until(now)
}

/// The session is in use: it lasts for another while from now.
pub async fn keep_session(app: &App, hash: String) -> Result<(), Error> {
    work::write(app, Actor::system(), move |work| {
        let expires_at = expiry(work);
        store::keep_session(work, &hash, expires_at)
    })
    .await
}

/// While there is no admin user: the address at which the first one is made, once, within a day. An earlier one ends.
pub async fn offer_setup(app: &App) -> Result<Option<String>, Error> {
    let token = work::write(app, Actor::system(), |work| {
        if store::count_users(work)? > 0 {
            return Ok(None);
        }
        let token = work.app.random_token(TOKEN_BYTES);
        let expires_at = work.now.plus_minutes(SETUP_VALID_MINUTES);
        store::replace_setup_link(work, &hash(&token), expires_at)?;
        Ok(Some(token))
    })
    .await?;
    let address = app.config.server.public_url.trim_end_matches('/');
    Ok(token.map(|token| format!("{address}/admin/setup?token={token}")))
}

/// Whether the link can be used, asked before a password is hashed for it.
pub fn may_set_up(work: &mut Work<'_>, token: &str) -> Result<bool, Error> {
    Ok(store::has_setup_link(work, &hash(token))? && store::count_users(work)? == 0)
}

/// Makes the first admin user and signs him in. The link is used up.
pub fn set_up(work: &mut Work<'_>, token: &str, draft: Draft, password_hash: &str, user_agent: &str) -> Result<Opened, Error> {
    if !store::take_setup_link(work, &hash(token))? || store::count_users(work)? > 0 {
        return Err(setup_refused());
    }
    let draft = Draft { role: Role::Admin, active: true, ..draft };
    let user = users::add_user(work, draft, password_hash, &Reach::Everything)?;
    open(work, user, user_agent)
}

pub fn setup_refused() -> Error {
    Error::invalid("/token", "invalid", "this link has been used, has expired or was replaced; start Regulars again for a new one")
}
