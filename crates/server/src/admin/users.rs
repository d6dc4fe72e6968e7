//! Who may sign in. There is always someone left who may do everything.

use super::model::{Draft, User, UserPatch};
use super::reach::Reach;
use super::role::{BuiltIn, RoleKey};
use super::{roles, store};
use crate::access::ActorKind;
use crate::audit;
use crate::error::{Error, Problem};
use crate::events::Event;
use crate::http::IfMatch;
use crate::ids::AdminUserId;
use crate::work::Work;
use ::store::StoreError;
use serde_json::{Map, Value, json};

/// Users by id, after the given one, with one more than `limit` if there are more.
pub fn users(work: &mut Work<'_>, after: Option<i64>, limit: usize, count: bool) -> Result<(Vec<User>, Option<i64>), Error> {
    let total = if count { Some(store::count_users(work)?) } else { None };
    Ok((store::users(work, after.unwrap_or(0), limit)?, total))
}

/// Those of them who have this role.
pub fn users_of(
    work: &mut Work<'_>,
    role: &RoleKey,
    after: Option<i64>,
    limit: usize,
    count: bool,
) -> Result<(Vec<User>, Option<i64>), Error> {
    let total = if count { Some(store::count_users_of(work, role)?) } else { None };
    Ok((store::users_of(work, role, after.unwrap_or(0), limit)?, total))
}

pub fn user(work: &mut Work<'_>, id: AdminUserId) -> Result<User, Error> {
    store::user(work, id)?.ok_or(Error::NotFound)
}

pub fn user_by_email(work: &mut Work<'_>, email: &str) -> Result<User, Error> {
    store::user_by_email(work, email.trim())?.ok_or(Error::NotFound)
}

/// Adds a user who signs in with the hashed password, or with the provider only. Whoever holds an unused set-up link loses it.
pub fn add_user(work: &mut Work<'_>, draft: Draft, password_hash: Option<&str>, reach: &Reach) -> Result<User, Error> {
    let draft = draft.checked()?;
    let held = roles::hold(work, &draft.role)?;
    reach.covers(work, &held)?;
    let id = AdminUserId(work.tx.new_id(AdminUserId::KIND)?);
    if !store::insert_user(work, id, &draft, password_hash)? {
        return Err(email_taken());
    }
    store::delete_setup_links(work)?;
    let changes = json!({ "email": draft.email, "name": draft.name, "role": draft.role, "active": draft.active });
    audit::record(work, "create", "admin_user", Some(id.0), &changes)?;
    user(work, id)
}

/// Changes a user. Sessions end when he may no longer sign in, when the password is another one, or when somebody else gives him
/// another mail address.
pub fn change_user(
    work: &mut Work<'_>,
    id: AdminUserId,
    patch: &UserPatch,
    password_hash: Option<&str>,
    if_match: &IfMatch,
    reach: &Reach,
) -> Result<User, Error> {
    let admins = store::lock_admins(work)?;
    let standing = user(work, id)?;
    if_match.check(standing.version)?;
    reach.covers(work, &standing.permissions)?;
    let draft = Draft {
        email: patch.email.clone().unwrap_or_else(|| standing.email.clone()),
        name: patch.name.clone().unwrap_or_else(|| standing.name.clone()),
        role: patch.role.clone().unwrap_or_else(|| standing.role.clone()),
        active: patch.active.unwrap_or(standing.active),
    }
    .checked()?;
    let held = match roles::hold(work, &draft.role) {
        // His role has just gone, and he was given another one.
        Err(Error::Invalid(_)) if patch.role.is_none() => return Err(Error::Changed),
        held => held?,
    };
    reach.covers(work, &held)?;
    if draft.role.built_in() != Some(BuiltIn::Admin) || !draft.active {
        keep_one_admin(&admins, id)?;
    }
    let mut changes = differences(&standing, &draft);
    if changes.is_empty() && password_hash.is_none() {
        return Ok(standing);
    }
    store::update_user(work, id, &draft).map_err(|error| match error {
        StoreError::Duplicate => email_taken(),
        error => Error::Store(error),
    })?;
    if let Some(hash) = password_hash {
        store::set_password(work, id, hash)?;
        changes.insert("password".to_owned(), json!("changed"));
    }
    let is_readdressed = draft.email != standing.email && !is_oneself(work, id);
    if password_hash.is_some() || !draft.active || is_readdressed {
        store::delete_steps_of(work, id)?;
        store::delete_sessions_of(work, id)?;
    }
    audit::record(work, "update", "admin_user", Some(id.0), &Value::Object(changes))?;
    user(work, id)
}

/// Removes a user and ends his sessions. What he did stays under his name.
pub fn remove_user(work: &mut Work<'_>, id: AdminUserId, if_match: &IfMatch, reach: &Reach) -> Result<(), Error> {
    let admins = store::lock_admins(work)?;
    let standing = user(work, id)?;
    if_match.check(standing.version)?;
    reach.covers(work, &standing.permissions)?;
    keep_one_admin(&admins, id)?;
    store::delete_steps_of(work, id)?;
    store::delete_sessions_of(work, id)?;
    store::delete_second_factor(work, id)?;
    store::delete_logins_of(work, id)?;
    store::delete_user(work, id)?;
    work.tell(Event::AdminUserDeleted { user: id });
    audit::record(work, "delete", "admin_user", Some(id.0), &json!({ "email": standing.email, "name": standing.name }))
}

fn is_oneself(work: &Work<'_>, id: AdminUserId) -> bool {
    work.actor.kind == ActorKind::AdminUser && work.actor.id == Some(id.0)
}

fn keep_one_admin(admins: &[AdminUserId], leaving: AdminUserId) -> Result<(), Error> {
    if admins == [leaving] {
        return Err(Error::conflict("last_admin", "this is the last active administrator; make someone else one first"));
    }
    Ok(())
}

fn email_taken() -> Error {
    let detail = "another user has this mail address".to_owned();
    let problems = vec![Problem::new("/email", "taken", detail.clone())];
    Error::Conflict { code: "duplicate_email", detail, problems, existing: None }
}

/// What changes, each as the old and the new value.
fn differences(standing: &User, draft: &Draft) -> Map<String, Value> {
    let pairs = [
        ("email", json!(standing.email), json!(draft.email)),
        ("name", json!(standing.name), json!(draft.name)),
        ("role", json!(standing.role), json!(draft.role)),
        ("active", json!(standing.active), json!(draft.active)),
    ];
    pairs.into_iter().filter(|(_, old, new)| old != new).map(|(name, old, new)| (name.to_owned(), json!([old, new]))).collect()
}
