//! SQL of roles of one's own. Those that are built in have no row.

use super::role_of;
use crate::access::PermissionName;
use crate::admin::role::{Role, RoleKey};
use crate::error::Error;
use crate::ids::AdminUserId;
use crate::work::Work;
use serde_json::{Value, json};
use std::collections::HashMap;
use store::{FromRow, Row, Statement, StoreError};

/// What a user holds by this role, of whose row this was read, if it has one. A permission that there is no more is held by nobody.
pub fn held(role: &RoleKey, permissions: Option<Value>) -> Result<Vec<PermissionName>, StoreError> {
    match (role.built_in(), permissions) {
        (Some(built_in), _) => Ok(built_in.permissions()),
        (None, Some(permissions)) => parsed(permissions),
        (None, None) => Ok(Vec::new()),
    }
}

/// What this role is called.
pub fn called(role: &RoleKey, name: Option<String>) -> String {
    match role.built_in() {
        Some(built_in) => built_in.name().to_owned(),
        None => name.unwrap_or_else(|| role.as_str().to_owned()),
    }
}

fn parsed(permissions: Value) -> Result<Vec<PermissionName>, StoreError> {
    let names: Vec<String> =
        serde_json::from_value(permissions).map_err(|error| StoreError::bug(format!("permissions of a role: {error}")))?;
    Ok(names.iter().filter_map(|name| PermissionName::parse(name)).collect())
}

const ROLE: &str = "select key, name, description, permissions, version, created_at, updated_at from roles";

/// All there are; their number has a bound. How many users each of them has is another question.
pub fn roles(work: &mut Work<'_>) -> Result<Vec<Role>, Error> {
    Ok(work.tx.all(ROLE, &[])?)
}

pub fn role(work: &mut Work<'_>, key: &RoleKey) -> Result<Option<Role>, Error> {
    Ok(work.tx.first(&format!("{ROLE} where key = $1"), &[key.as_str().into()])?)
}

/// Those of them that are there, with what they hold. Until this unit ends, nobody changes or removes them.
pub fn lock_roles(work: &mut Work<'_>, keys: &[&RoleKey]) -> Result<HashMap<RoleKey, Vec<PermissionName>>, Error> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let names: Vec<&str> = keys.iter().map(|key| key.as_str()).collect();
    let mut statement = Statement::new("select key, permissions from roles where key in ");
    statement.bind_list(&names).push(" order by key {for_update}");
    let mut found = HashMap::new();
    work.tx.each(&statement.text, &statement.values, |row| {
        found.insert(role_of(&row.get::<String>(0)?)?, parsed(row.get(1)?)?);
        Ok(())
    })?;
    Ok(found)
}

/// How many users each role has, built-in ones included.
pub fn count_users_by_role(work: &mut Work<'_>) -> Result<HashMap<RoleKey, i64>, Error> {
    let counted: Vec<(String, i64)> = work.tx.all("select role, count(*) from admin_users group by role", &[])?;
    counted.into_iter().map(|(role, users)| Ok((role_of(&role)?, users))).collect()
}

/// Gives [`StoreError::Duplicate`] when another role has the key or the name.
pub fn insert_role(work: &mut Work<'_>, role: &Role) -> Result<(), StoreError> {
    work.tx.execute(
        "insert into roles (key, name, name_folded, description, permissions, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, 1, $6, $6)",
        &[
            role.key.as_str().into(),
            (&role.name).into(),
            sql::fold(&role.name).into(),
            role.description.clone().into(),
            json!(role.permissions).into(),
            work.now.into(),
        ],
    )?;
    Ok(())
}

/// Gives [`StoreError::Duplicate`] when another role has the name.
pub fn update_role(work: &mut Work<'_>, role: &Role) -> Result<(), StoreError> {
    work.tx.execute(
        "update roles set name = $2, name_folded = $3, description = $4, permissions = $5, version = version + 1, updated_at = $6
         where key = $1",
        &[
            role.key.as_str().into(),
            (&role.name).into(),
            sql::fold(&role.name).into(),
            role.description.clone().into(),
            json!(role.permissions).into(),
            work.now.into(),
        ],
    )?;
    Ok(())
}

pub fn delete_role(work: &mut Work<'_>, key: &RoleKey) -> Result<(), Error> {
    work.tx.execute("delete from roles where key = $1", &[key.as_str().into()])?;
    Ok(())
}

/// Gives everybody who has one role another one; gives who they are, in ascending order.
pub fn move_users(work: &mut Work<'_>, from: &RoleKey, to: &RoleKey) -> Result<Vec<AdminUserId>, Error> {
    let mut moved: Vec<AdminUserId> = work.tx.all(
        "update admin_users set role = $2, version = version + 1, updated_at = $3 where role = $1 returning id",
        &[from.as_str().into(), to.as_str().into(), work.now.into()],
    )?;
    moved.sort_unstable();
    Ok(moved)
}

impl FromRow for Role {
    fn from_row(row: &Row<'_>) -> Result<Role, StoreError> {
        Ok(Role {
            key: role_of(&row.get::<String>(0)?)?,
            name: row.get(1)?,
            description: row.get(2)?,
            permissions: parsed(row.get(3)?)?,
            is_built_in: false,
            users: 0,
            version: row.get(4)?,
            created_at: Some(row.get(5)?),
            updated_at: Some(row.get(6)?),
        })
    }
}
