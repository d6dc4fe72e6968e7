//! SQL of admin users, keys and set-up links, and who a credential belongs to.

mod factors;
mod provider;
mod roles;
mod sessions;

pub use factors::*;
pub use provider::*;
pub use roles::*;
pub use sessions::*;

use super::model::{ApiKey, CameBy, Draft, User, must_have_second_factor};
use super::role::RoleKey;
use super::sessions::Candidate;
use crate::access::{Actor, ActorKind, Caller, PermissionName, Session};
use crate::error::Error;
use crate::ids::{AdminUserId, ApiKeyId};
use crate::time::Instant;
use crate::work::Work;
use serde_json::{Value, json};
use store::{FromRow, Row, Statement, StoreError};

// --- callers ---

pub fn caller_of_key(work: &mut Work<'_>, hash: &str) -> Result<Option<Caller>, Error> {
    let found: Option<(ApiKeyId, String, Value, Option<Instant>)> = work.tx.first(
        "select id, name, scopes, expires_at from api_keys
         where key_hash = $1 and revoked_at is null and (expires_at is null or expires_at > $2)",
        &[hash.into(), work.now.into()],
    )?;
    let Some((id, name, scopes, expires_at)) = found else { return Ok(None) };
    let actor = Actor { kind: ActorKind::ApiKey, id: Some(id.0), name };
    Ok(Some(Caller { actor, permissions: texts(scopes)?, session: None, expires_at }))
}

pub fn caller_of_session(work: &mut Work<'_>, hash: &str) -> Result<Option<Caller>, Error> {
    let found: Option<Signed> = work.tx.first(
        "select u.id, u.name, u.role, r.permissions, s.id, s.csrf_token, s.came_by, s.created_at, s.seen_at, s.expires_at, f.confirmed_at
         from sessions as s
           join admin_users as u on u.id = s.admin_user_id
           left join roles as r on r.key = u.role
           left join second_factors as f on f.admin_user_id = u.id
         where s.token_hash = $1 and s.expires_at > $2 and u.active = true",
        &[hash.into(), work.now.into()],
    )?;
    let Some(Signed { actor, held, session, expires_at, has_second_factor }) = found else { return Ok(None) };
    let owes = !has_second_factor && must_have_second_factor(&work.app.config, &held, session.came_by);
    // Whoever owes a second factor holds nothing until he has one.
    let permissions = if owes { Vec::new() } else { held.iter().map(|permission| permission.as_str().to_owned()).collect() };
    let session = Session { hash: hash.to_owned(), owes_second_factor: owes, ..session };
    Ok(Some(Caller { actor, permissions, session: Some(session), expires_at: Some(expires_at) }))
}

/// Someone who signed in, as one row tells.
struct Signed {
    actor: Actor,
    held: Vec<PermissionName>,
    session: Session,
    expires_at: Instant,
    has_second_factor: bool,
}

impl FromRow for Signed {
    fn from_row(row: &Row<'_>) -> Result<Signed, StoreError> {
        let id: AdminUserId = row.get(0)?;
        Ok(Signed {
            actor: Actor { kind: ActorKind::AdminUser, id: Some(id.0), name: row.get(1)? },
            held: held(&role_of(&row.get::<String>(2)?)?, row.get(3)?)?,
            session: Session {
                id: row.get(4)?,
                hash: String::new(),
                csrf_token: row.get(5)?,
                came_by: came_by(&row.get::<String>(6)?)?,
                begun_at: row.get(7)?,
                seen_at: row.get(8)?,
                owes_second_factor: false,
            },
            expires_at: row.get(9)?,
            has_second_factor: row.get::<Option<Instant>>(10)?.is_some(),
        })
    }
}

fn role_of(text: &str) -> Result<RoleKey, StoreError> {
    RoleKey::parse(text).ok_or_else(|| StoreError::bug(format!("a role that no program of ours has written: {text}")))
}

fn came_by(text: &str) -> Result<CameBy, StoreError> {
    CameBy::parse(text).ok_or_else(|| StoreError::bug(format!("a way to come in that this program does not know: {text}")))
}

fn texts(list: Value) -> Result<Vec<String>, StoreError> {
    serde_json::from_value(list).map_err(|error| StoreError::bug(format!("scopes of a key: {error}")))
}

// --- users ---

pub fn insert_user(work: &mut Work<'_>, id: AdminUserId, draft: &Draft, password_hash: Option<&str>) -> Result<bool, Error> {
    let inserted = work.tx.execute(
        "insert into admin_users (id, email, email_folded, name, password_hash, role, active, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8)
         on conflict (email_folded) do nothing",
        &[
            id.into(),
            (&draft.email).into(),
            sql::fold(&draft.email).into(),
            (&draft.name).into(),
            password_hash.into(),
            draft.role.as_str().into(),
            draft.active.into(),
            work.now.into(),
        ],
    )?;
    Ok(inserted == 1)
}

const USER: &str = "select u.id, u.email, u.name, u.role, r.name, r.permissions, u.active, u.created_at, u.last_login_at, u.version,
    u.password_hash is not null, exists (select 1 from provider_logins as l where l.admin_user_id = u.id), f.confirmed_at,
    (select count(*) from sessions as s where s.admin_user_id = u.id and s.expires_at > $1)
    from admin_users as u
      left join roles as r on r.key = u.role
      left join second_factors as f on f.admin_user_id = u.id";

pub fn user(work: &mut Work<'_>, id: AdminUserId) -> Result<Option<User>, Error> {
    Ok(work.tx.first(&format!("{USER} where u.id = $2"), &[work.now.into(), id.into()])?)
}

pub fn user_by_email(work: &mut Work<'_>, email: &str) -> Result<Option<User>, Error> {
    Ok(work.tx.first(&format!("{USER} where u.email_folded = $2"), &[work.now.into(), sql::fold(email).into()])?)
}

pub fn users(work: &mut Work<'_>, after: i64, limit: usize) -> Result<Vec<User>, Error> {
    let text = format!("{USER} where u.id > $2 order by u.id limit $3");
    Ok(work.tx.all(&text, &[work.now.into(), after.into(), (limit as i64 + 1).into()])?)
}

pub fn users_of(work: &mut Work<'_>, role: &RoleKey, after: i64, limit: usize) -> Result<Vec<User>, Error> {
    let text = format!("{USER} where u.role = $2 and u.id > $3 order by u.id limit $4");
    Ok(work.tx.all(&text, &[work.now.into(), role.as_str().into(), after.into(), (limit as i64 + 1).into()])?)
}

pub fn count_users_of(work: &mut Work<'_>, role: &RoleKey) -> Result<i64, Error> {
    Ok(work.tx.one("select count(*) from admin_users where role = $1", &[role.as_str().into()])?)
}

pub fn count_users(work: &mut Work<'_>) -> Result<i64, Error> {
    Ok(work.tx.one("select count(*) from admin_users", &[])?)
}

/// Locks the admins who can sign in, so that two who take the role from each other wait for one another.
pub fn lock_admins(work: &mut Work<'_>) -> Result<Vec<AdminUserId>, Error> {
    Ok(work.tx.all("select id from admin_users where role = 'admin' and active = true order by id {for_update}", &[])?)
}

/// Gives [`StoreError::Duplicate`] when another user has the mail address.
pub fn update_user(work: &mut Work<'_>, id: AdminUserId, draft: &Draft) -> Result<(), StoreError> {
    work.tx.execute(
        "update admin_users set email = $2, email_folded = $3, name = $4, role = $5, active = $6, version = version + 1, updated_at = $7
         where id = $1",
        &[
            id.into(),
            (&draft.email).into(),
            sql::fold(&draft.email).into(),
            (&draft.name).into(),
            draft.role.as_str().into(),
            draft.active.into(),
            work.now.into(),
        ],
    )?;
    Ok(())
}

pub fn set_password(work: &mut Work<'_>, id: AdminUserId, password_hash: &str) -> Result<(), Error> {
    work.tx.execute("update admin_users set password_hash = $2 where id = $1", &[id.into(), password_hash.into()])?;
    Ok(())
}

pub fn delete_password(work: &mut Work<'_>, id: AdminUserId) -> Result<(), Error> {
    work.tx.execute("update admin_users set password_hash = null where id = $1", &[id.into()])?;
    Ok(())
}

pub fn set_last_login(work: &mut Work<'_>, id: AdminUserId) -> Result<(), Error> {
    work.tx.execute("update admin_users set last_login_at = $2 where id = $1", &[id.into(), work.now.into()])?;
    Ok(())
}

pub fn delete_user(work: &mut Work<'_>, id: AdminUserId) -> Result<u64, Error> {
    Ok(work.tx.execute("delete from admin_users where id = $1", &[id.into()])?)
}

impl FromRow for User {
    fn from_row(row: &Row<'_>) -> Result<User, StoreError> {
        let role = role_of(&row.get::<String>(3)?)?;
        Ok(User {
            id: row.get(0)?,
            email: row.get(1)?,
            name: row.get(2)?,
            role_name: called(&role, row.get(4)?),
            permissions: held(&role, row.get(5)?)?,
            role,
            active: row.get(6)?,
            created_at: row.get(7)?,
            last_login_at: row.get(8)?,
            version: row.get(9)?,
            has_password: row.get(10)?,
            has_provider: row.get(11)?,
            second_factor_since: row.get(12)?,
            sessions: row.get(13)?,
        })
    }
}

/// Somebody as he is compared with what he types, if he may sign in. He stays so until this unit ends: whoever takes his password
/// then sees the session that it opened.
pub fn candidate(work: &mut Work<'_>, id: AdminUserId) -> Result<Option<Candidate>, Error> {
    let text = "select id, name, password_hash from admin_users where id = $1 and active = true {for_update}";
    Ok(work.tx.first(text, &[id.into()])?)
}

/// The user with this mail address, if he may sign in.
pub fn credentials(work: &mut Work<'_>, email: &str) -> Result<Option<Candidate>, Error> {
    let text = "select id, name, password_hash from admin_users where email_folded = $1 and active = true";
    Ok(work.tx.first(text, &[sql::fold(email).into()])?)
}

impl FromRow for Candidate {
    fn from_row(row: &Row<'_>) -> Result<Candidate, StoreError> {
        Ok(Candidate { id: row.get(0)?, name: row.get(1)?, password_hash: row.get(2)? })
    }
}

// --- the set-up link ---

pub fn replace_setup_link(work: &mut Work<'_>, hash: &str, expires_at: Instant) -> Result<(), Error> {
    delete_setup_links(work)?;
    work.tx.execute("insert into setup_links (token_hash, expires_at) values ($1, $2)", &[hash.into(), expires_at.into()])?;
    Ok(())
}

pub fn delete_setup_links(work: &mut Work<'_>) -> Result<(), Error> {
    work.tx.execute("delete from setup_links", &[])?;
    Ok(())
}

pub fn has_setup_link(work: &mut Work<'_>, hash: &str) -> Result<bool, Error> {
    let found: Option<Instant> =
        work.tx.first("select expires_at from setup_links where token_hash = $1 and expires_at > $2", &[hash.into(), work.now.into()])?;
    Ok(found.is_some())
}

/// Whether the link was there and valid. It is gone afterwards, so that of two who use it at once one is refused.
pub fn take_setup_link(work: &mut Work<'_>, hash: &str) -> Result<bool, Error> {
    let taken = work.tx.execute("delete from setup_links where token_hash = $1 and expires_at > $2", &[hash.into(), work.now.into()])?;
    Ok(taken == 1)
}

// --- keys ---

pub fn insert_key(work: &mut Work<'_>, key: &ApiKey, hash: &str) -> Result<(), Error> {
    work.tx.execute(
        "insert into api_keys (id, name, key_hash, prefix, scopes, created_by, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            key.id.into(),
            (&key.name).into(),
            hash.into(),
            (&key.prefix).into(),
            json!(key.scopes).into(),
            (&key.created_by).into(),
            key.created_at.into(),
            key.expires_at.into(),
        ],
    )?;
    Ok(())
}

const KEY: &str = "id, name, prefix, scopes, created_at, created_by, expires_at, last_used_at, revoked_at";

pub fn key(work: &mut Work<'_>, id: ApiKeyId) -> Result<Option<ApiKey>, Error> {
    Ok(work.tx.first(&format!("select {KEY} from api_keys where id = $1"), &[id.into()])?)
}

/// The newest first, before the given id.
pub fn keys(work: &mut Work<'_>, before: i64, limit: usize) -> Result<Vec<ApiKey>, Error> {
    let text = format!("select {KEY} from api_keys where id < $1 order by id desc limit $2");
    Ok(work.tx.all(&text, &[before.into(), (limit as i64 + 1).into()])?)
}

pub fn count_keys(work: &mut Work<'_>) -> Result<i64, Error> {
    Ok(work.tx.one("select count(*) from api_keys", &[])?)
}

pub fn revoke_key(work: &mut Work<'_>, id: ApiKeyId) -> Result<u64, Error> {
    Ok(work.tx.execute("update api_keys set revoked_at = $2 where id = $1 and revoked_at is null", &[id.into(), work.now.into()])?)
}

/// Writes down when each of the keys was last used, in one statement.
pub fn set_last_used(work: &mut Work<'_>, used: &[(ApiKeyId, Instant)]) -> Result<(), Error> {
    let ids: Vec<ApiKeyId> = used.iter().map(|(id, _)| *id).collect();
    let mut statement = Statement::new("update api_keys set last_used_at = case id");
    for (id, at) in used {
        statement.push(" when ").bind(*id).push(" then cast(").bind(*at).push(" as bigint)");
    }
    statement.push(" end where id in ").bind_list(&ids);
    work.tx.run(&statement)?;
    Ok(())
}

impl FromRow for ApiKey {
    fn from_row(row: &Row<'_>) -> Result<ApiKey, StoreError> {
        Ok(ApiKey {
            id: row.get(0)?,
            name: row.get(1)?,
            prefix: row.get(2)?,
            scopes: texts(row.get(3)?)?,
            created_at: row.get(4)?,
            created_by: row.get(5)?,
            expires_at: row.get(6)?,
            last_used_at: row.get(7)?,
            revoked_at: row.get(8)?,
        })
    }
}
