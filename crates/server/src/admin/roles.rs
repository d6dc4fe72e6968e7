//! Roles: the three that are always there, and those that are made here. Nobody gives, makes, changes or takes away a role that
//! holds more than he does himself. Whoever gives a role holds on to it until his unit ends, so that nobody is left with one that
//! is gone.

use super::reach::Reach;
use super::role::{BuiltIn, Content, NewRole, Role, RoleKey};
use super::store;
use crate::access::PermissionName;
use crate::audit;
use crate::error::{Error, Problem};
use crate::events::Event;
use crate::http::{self, IfMatch};
use crate::work::Work;
use ::store::StoreError;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Roles of one's own.
const ROLES_MAX: usize = 100;

/// All roles, the built-in ones first, then by name.
pub fn roles(work: &mut Work<'_>) -> Result<Vec<Role>, Error> {
    let users = store::count_users_by_role(work)?;
    let own = store::roles(work)?;
    let mut all: Vec<Role> = BuiltIn::ALL.into_iter().map(|role| role.role(0)).chain(own).collect();
    for role in &mut all {
        role.users = users.get(&role.key).copied().unwrap_or(0);
    }
    all.sort_by_cached_key(Role::place);
    Ok(all)
}

pub fn role(work: &mut Work<'_>, key: &RoleKey) -> Result<Role, Error> {
    let users = store::count_users_of(work, key)?;
    match key.built_in() {
        Some(built_in) => Ok(built_in.role(users)),
        None => Ok(Role { users, ..store::role(work, key)?.ok_or(Error::NotFound)? }),
    }
}

/// What those of these roles hold that are there. They stay there, and as they are, until this unit ends.
pub fn hold_roles(work: &mut Work<'_>, keys: &[RoleKey]) -> Result<HashMap<RoleKey, Vec<PermissionName>>, Error> {
    let own: Vec<&RoleKey> = keys.iter().filter(|key| key.built_in().is_none()).collect();
    let mut held = store::lock_roles(work, &own)?;
    held.extend(keys.iter().filter_map(|key| Some((key.clone(), key.built_in()?.permissions()))));
    Ok(held)
}

/// What a role holds that is to be given to somebody; it stays there until this unit ends.
pub fn hold(work: &mut Work<'_>, key: &RoleKey) -> Result<Vec<PermissionName>, Error> {
    hold_roles(work, std::slice::from_ref(key))?.remove(key).ok_or_else(|| unknown("/role", key))
}

fn unknown(path: &str, key: &RoleKey) -> Error {
    Error::invalid(path, "unknown", format!("there is no role {:?}", key.as_str()))
}

pub fn add_role(work: &mut Work<'_>, new: NewRole, reach: &Reach) -> Result<Role, Error> {
    let content = Content { name: new.name, description: new.description, permissions: new.permissions }.checked()?;
    reach.covers(work, &content.permissions)?;
    let standing = roles(work)?;
    if ROLES_MAX + BuiltIn::ALL.len() <= standing.len() {
        return Err(Error::conflict("too_many", format!("there are at most {ROLES_MAX} roles of one's own")));
    }
    let is_taken = |key: &RoleKey| standing.iter().any(|role| role.key == *key);
    let key = new.key.unwrap_or_else(|| RoleKey::of_name(&content.name, is_taken));
    if is_taken(&key) {
        return Err(taken("/key", "duplicate_key", format!("there is a role with the key {:?} already", key.as_str())));
    }
    check_name(&standing, &key, &content.name)?;
    let role = laid_over(BuiltIn::Viewer.role(0), key.clone(), &content);
    store::insert_role(work, &role).map_err(|error| name_taken(error, &content.name))?;
    let changes = json!({ "key": key, "name": content.name, "description": content.description, "permissions": content.permissions });
    audit::record(work, "create", "role", None, &changes)?;
    self::role(work, &key)
}

/// Lays a merge patch over a role. Whoever has it may do so from his next request on. A patch that changes nothing makes no new
/// version.
pub fn change_role(work: &mut Work<'_>, key: &RoleKey, patch: &Value, if_match: &IfMatch, reach: &Reach) -> Result<Role, Error> {
    must_be_own(key)?;
    store::lock_roles(work, &[key])?;
    let standing = role(work, key)?;
    if_match.check(standing.version)?;
    reach.covers(work, &standing.permissions)?;
    let before = standing.content();
    let content = http::patched(&before, patch)?.checked()?;
    reach.covers(work, &content.permissions)?;
    if content == before {
        return Ok(standing);
    }
    let all = roles(work)?;
    check_name(&all, key, &content.name)?;
    let changes = differences(key, &before, &content);
    store::update_role(work, &laid_over(standing, key.clone(), &content)).map_err(|error| name_taken(error, &content.name))?;
    audit::record(work, "update", "role", None, &changes)?;
    role(work, key)
}

/// Takes a role away, and the shares of views with it. Whoever has it gets the other one, in the same transaction; without one,
/// nobody may have it.
pub fn remove_role(
    work: &mut Work<'_>,
    key: &RoleKey,
    replacement: Option<&RoleKey>,
    if_match: &IfMatch,
    reach: &Reach,
) -> Result<(), Error> {
    must_be_own(key)?;
    // Both at once, so that of two who replace one by the other none waits for what the other one holds.
    let both: Vec<RoleKey> = std::iter::once(key).chain(replacement).cloned().collect();
    let held = hold_roles(work, &both)?;
    let standing = role(work, key)?;
    if_match.check(standing.version)?;
    reach.covers(work, &standing.permissions)?;
    must_not_be_configured(work, key)?;
    let moved = match replacement {
        Some(other) if other == key => {
            return Err(Error::invalid("/replacement", "invalid", "this is the role that is to go"));
        }
        Some(other) => {
            let held = held.get(other).ok_or_else(|| unknown("/replacement", other))?;
            reach.covers(work, held)?;
            store::move_users(work, key, other)?
        }
        None if standing.users > 0 => {
            let detail = format!("users have this role ({}); name the one they get instead of it as `replacement`", standing.users);
            return Err(Error::conflict("role_in_use", detail));
        }
        None => Vec::new(),
    };
    store::delete_role(work, key)?;
    work.tell(Event::RoleDeleted { role: key.clone() });
    let what = json!({
        "key": key, "name": standing.name, "permissions": standing.permissions, "replacement": replacement, "users": moved,
    });
    audit::record(work, "delete", "role", None, &what)
}

fn must_be_own(key: &RoleKey) -> Result<(), Error> {
    if key.built_in().is_some() {
        let detail = "this role is built in and stays as it is; make one of your own from it";
        return Err(Error::conflict("built_in_role", detail));
    }
    Ok(())
}

/// Whoever the provider gives a role that is gone would not get in.
fn must_not_be_configured(work: &Work<'_>, key: &RoleKey) -> Result<(), Error> {
    if work.app.config.oidc.roles().contains(key) {
        let detail = "the configuration names this role under [oidc] as one that the provider gives; change that first";
        return Err(Error::conflict("role_in_configuration", detail));
    }
    Ok(())
}

fn laid_over(role: Role, key: RoleKey, content: &Content) -> Role {
    let Content { name, description, permissions } = content.clone();
    Role { key, name, description, permissions, ..role }
}

fn differences(key: &RoleKey, before: &Content, after: &Content) -> Value {
    let pairs = [
        ("name", json!(before.name), json!(after.name)),
        ("description", json!(before.description), json!(after.description)),
        ("permissions", json!(before.permissions), json!(after.permissions)),
    ];
    let changed = pairs.into_iter().filter(|(_, old, new)| old != new).map(|(name, old, new)| (name.to_owned(), json!([old, new])));
    Value::Object(Map::from_iter(std::iter::once(("key".to_owned(), json!(key))).chain(changed)))
}

/// No two roles are called the same, whatever is written large in it.
fn check_name(standing: &[Role], own: &RoleKey, name: &str) -> Result<(), Error> {
    match standing.iter().any(|role| role.key != *own && sql::fold(&role.name) == sql::fold(name)) {
        true => Err(same_name(name)),
        false => Ok(()),
    }
}

/// Somebody else was quicker.
fn name_taken(error: StoreError, name: &str) -> Error {
    match error {
        StoreError::Duplicate => same_name(name),
        error => Error::Store(error),
    }
}

fn same_name(name: &str) -> Error {
    taken("/name", "duplicate_name", format!("there is a role called {name:?} already"))
}

fn taken(path: &str, code: &'static str, detail: String) -> Error {
    let problems = vec![Problem::new(path, "taken", detail.clone())];
    Error::Conflict { code, detail, problems, existing: None }
}
