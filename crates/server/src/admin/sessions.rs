//! Signing in and out, and the sessions that are open. Passwords are compared between two units of work, never inside one:
//! the attempt is counted before, so that many at once are not cheaper than one after the other.

use super::model::{CameBy, OpenSession, User, is_asked_elsewhere};
use super::reach::Reach;
use super::second_factor::{self, Given};
use super::{store, users};
use crate::access::{Actor, ActorKind, Session, hash};
use crate::app::App;
use crate::audit;
use crate::error::Error;
use crate::ids::{AdminUserId, SessionId};
use crate::time::Instant;
use crate::work::{self, Work};
use serde_json::json;

/// Random bytes of a session's token, of the token that protects its writes, and of the token of a step.
const TOKEN_BYTES: usize = 32;
const USER_AGENT_CHARS_MAX: usize = 300;
/// How often the use of a session is written down.
const SEEN_EVERY_S: i64 = 60;
/// How long somebody may look for his code.
const STEP_VALID_MINUTES: i64 = 10;
/// Sessions that one user is shown.
const LISTED_MAX: usize = 200;

/// Someone who says who he is.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Stands for mail address and place together; neither can be read from it.
    pub subject: String,
    /// The user with this mail address.
    pub candidate: Option<Candidate>,
}

/// Who he says he is, and what his password must match, if he has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub id: AdminUserId,
    pub name: String,
    pub password_hash: Option<String>,
}

impl Candidate {
    pub fn actor(&self) -> Actor {
        Actor { kind: ActorKind::AdminUser, id: Some(self.id.0), name: self.name.clone() }
    }

    /// Says whether the password is still the one it was, and nothing else of it.
    fn password_mark(&self) -> String {
        hash(self.password_hash.as_deref().unwrap_or_default())
    }
}

/// The browser in which somebody signs in.
#[derive(Debug, Clone)]
pub struct Place {
    /// The hash of the session it had before, which ends.
    pub before: Option<String>,
    pub user_agent: String,
    pub address: String,
}

/// How far somebody has come who has proved who he is.
#[derive(Debug, Clone)]
pub enum Entered {
    In(Box<Opened>),
    /// He owes a code. There is no session before he gives it.
    OwesCode(Step),
}

/// A session that has just begun, with the texts that are given out once.
#[derive(Debug, Clone)]
pub struct Opened {
    pub user: User,
    pub came_by: CameBy,
    pub token: String,
    pub csrf_token: String,
}

/// What says, together with a code, who somebody is.
#[derive(Debug, Clone)]
pub struct Step {
    pub token: String,
    pub expires_at: Instant,
}

/// A step as it is kept.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub candidate: Candidate,
    pub came_by: CameBy,
}

/// Counts the attempt, or refuses it when there were too many of this mail address from this place.
pub fn begin(work: &mut Work<'_>, email: &str, origin: &str) -> Result<Attempt, Error> {
    let subject = hash(&format!("{}\n{origin}", sql::fold(email.trim())));
    count(work, &subject)?;
    let candidate = store::credentials(work, email.trim())?;
    Ok(Attempt { subject, candidate })
}

fn count(work: &mut Work<'_>, subject: &str) -> Result<(), Error> {
    let until = work.now.plus_minutes(work.app.config.access.login_lock_minutes);
    let attempts_max = work.app.config.access.login_failures;
    if store::count_attempt(work, subject, until, attempts_max)?.is_none() {
        let locked_until = store::attempts_counted_until(work, subject)?.unwrap_or(until);
        return Err(Error::TooMany { retry_after_s: work.now.seconds_until(locked_until).max(1) });
    }
    Ok(())
}

/// The password or the code was wrong, or nobody has this mail address. What was typed is not kept: it may have been a
/// password.
pub fn refuse(work: &mut Work<'_>, user: Option<AdminUserId>, origin: &str) -> Result<(), Error> {
    audit::record(work, "sign_in_failed", "admin_user", user.map(|user| user.0), &json!({ "from": origin }))
}

/// The password was right: a new session begins and the one the browser had before ends, unless a code is owed.
pub fn admit(work: &mut Work<'_>, subject: &str, candidate: &Candidate, place: &Place) -> Result<Entered, Error> {
    let user = still_right(work, subject, candidate)?;
    enter(work, user, CameBy::Password, place)
}

/// The attempt counts no more, unless the user was locked out or given another password while this one was compared.
pub fn still_right(work: &mut Work<'_>, subject: &str, candidate: &Candidate) -> Result<User, Error> {
    if store::candidate(work, candidate.id)?.as_ref() != Some(candidate) {
        return Err(Error::Unauthorized);
    }
    store::forget_attempts(work, subject)?;
    store::user(work, candidate.id)?.ok_or(Error::Unauthorized)
}

/// Lets somebody in who has proved who he is.
pub fn enter(work: &mut Work<'_>, user: User, came_by: CameBy, place: &Place) -> Result<Entered, Error> {
    if user.second_factor_since.is_none() || is_asked_elsewhere(&work.app.config, came_by) {
        return open(work, user, came_by, place).map(|opened| Entered::In(Box::new(opened)));
    }
    let candidate = store::candidate(work, user.id)?.ok_or(Error::Unauthorized)?;
    let step = Step { token: work.app.random_token(TOKEN_BYTES), expires_at: work.now.plus_minutes(STEP_VALID_MINUTES) };
    store::insert_step(work, user.id, &hash(&step.token), came_by, &candidate.password_mark(), step.expires_at)?;
    Ok(Entered::OwesCode(step))
}

/// Who owes a code under this token. The answer he gives is counted: codes are short.
pub fn begin_code(work: &mut Work<'_>, token: &str) -> Result<Waiting, Error> {
    let (user, came_by, mark) = store::step(work, &hash(token))?.ok_or(Error::Unauthorized)?;
    let candidate = store::candidate(work, user)?.filter(|candidate| candidate.password_mark() == mark).ok_or(Error::Unauthorized)?;
    count_code(work, user)?;
    Ok(Waiting { candidate, came_by })
}

/// Counts a code of this user from anywhere: whoever guesses codes knows the password, and may come from many places.
pub fn count_code(work: &mut Work<'_>, user: AdminUserId) -> Result<(), Error> {
    let subject = code_subject(user);
    count(work, &subject)
}

pub fn forget_codes(work: &mut Work<'_>, user: AdminUserId) -> Result<(), Error> {
    store::forget_attempts(work, &code_subject(user))
}

fn code_subject(user: AdminUserId) -> String {
    hash(&format!("code\n{user}"))
}

/// Opens the session if the code is right, and gives `None` if it is not. A step is good for one session.
pub fn answer(work: &mut Work<'_>, token: &str, waiting: &Waiting, given: &Given, place: &Place) -> Result<Option<Opened>, Error> {
    if store::candidate(work, waiting.candidate.id)?.as_ref() != Some(&waiting.candidate) {
        return Err(Error::Unauthorized);
    }
    if !second_factor::accepts(work, waiting.candidate.id, given)? {
        return Ok(None);
    }
    if !store::take_step(work, &hash(token))? {
        return Err(Error::Unauthorized);
    }
    let user = users::user(work, waiting.candidate.id)?;
    open(work, user, waiting.came_by, place).map(Some)
}

/// The mail address of whoever is signed in, so that the password he gives is counted like one at the door.
pub fn own_email(work: &mut Work<'_>) -> Result<String, Error> {
    Ok(own(work)?.email)
}

/// Whoever is signed in.
pub fn own(work: &mut Work<'_>) -> Result<User, Error> {
    let id = work.actor.id.map(AdminUserId).ok_or(Error::Unauthorized)?;
    store::user(work, id)?.ok_or(Error::Unauthorized)
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

pub fn open(work: &mut Work<'_>, user: User, came_by: CameBy, place: &Place) -> Result<Opened, Error> {
    if let Some(before) = &place.before {
        store::delete_session(work, before)?;
    }
    let (token, csrf_token) = (work.app.random_token(TOKEN_BYTES), work.app.random_token(TOKEN_BYTES));
    let expires_at = expiry(work);
    let session = OpenSession {
        id: SessionId(work.tx.new_id(SessionId::KIND)?),
        user_agent: place.user_agent.chars().take(USER_AGENT_CHARS_MAX).collect(),
        address: place.address.clone(),
        came_by,
        created_at: work.now,
        last_used_at: work.now,
        expires_at,
        is_current: true,
    };
    store::insert_session(work, user.id, &session, &hash(&token), &csrf_token)?;
    store::set_last_login(work, user.id)?;
    audit::record(work, "sign_in", "admin_user", Some(user.id.0), &json!({ "cameBy": came_by }))?;
    Ok(Opened { user: User { last_login_at: Some(work.now), ..user }, came_by, token, csrf_token })
}

pub fn close(work: &mut Work<'_>, session: &Session) -> Result<(), Error> {
    store::delete_session(work, &session.hash)?;
    let user = work.actor.id;
    audit::record(work, "sign_out", "admin_user", user, &json!({}))
}

/// The sessions of whoever asks, the one used last first.
pub fn open_sessions(work: &mut Work<'_>, current: &Session) -> Result<Vec<OpenSession>, Error> {
    let user = own(work)?.id;
    let mut sessions = store::sessions_of(work, user, LISTED_MAX)?;
    for session in &mut sessions {
        session.is_current = session.id == current.id;
    }
    Ok(sessions)
}

/// Ends one of one's own sessions.
pub fn end_session(work: &mut Work<'_>, id: SessionId) -> Result<(), Error> {
    let user = own(work)?.id;
    if !store::delete_session_of(work, user, id)? {
        return Err(Error::NotFound);
    }
    audit::record(work, "end_sessions", "admin_user", Some(user.0), &json!({ "sessions": 1 }))
}

/// Ends all of one's own sessions but the one that asks.
pub fn end_other_sessions(work: &mut Work<'_>, kept: &Session) -> Result<(), Error> {
    let user = own(work)?.id;
    let ended = store::delete_other_sessions_of(work, user, &kept.hash)?;
    audit_ended(work, user, ended)
}

/// Ends all sessions of a user, and what he has half done of a sign-in; gives how many sessions he had.
pub fn sign_out_everywhere(work: &mut Work<'_>, id: AdminUserId, reach: &Reach) -> Result<u64, Error> {
    let user = users::user(work, id)?;
    reach.covers(work, &user.permissions)?;
    store::delete_steps_of(work, id)?;
    let ended = store::delete_sessions_of(work, id)?;
    audit_ended(work, id, ended)?;
    Ok(ended)
}

fn audit_ended(work: &mut Work<'_>, user: AdminUserId, ended: u64) -> Result<(), Error> {
    if ended == 0 {
        return Ok(());
    }
    audit::record(work, "end_sessions", "admin_user", Some(user.0), &json!({ "sessions": ended }))
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
