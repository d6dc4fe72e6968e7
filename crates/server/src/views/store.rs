//! SQL of the saved views.

use super::model::{Asker, List, Person, Share, SharedWith, State};
use crate::admin::RoleKey;
use crate::error::Error;
use crate::ids::{AdminUserId, ViewId};
use crate::time::Instant;
use crate::work::Work;
use serde_json::{Value, json};
use std::collections::HashMap;
use store::{FromRow, Row, Rows, Statement, StoreError};

/// A view without those it is shared with.
pub struct Stored {
    pub id: ViewId,
    pub name: String,
    pub description: Option<String>,
    pub list: List,
    pub state: State,
    pub owner: Option<Person>,
    pub is_shortcut: bool,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// `$1` is the user who asks.
const VIEW: &str = "select v.id, v.name, v.description, v.list, v.state, v.owner_id, u.name, v.version, v.created_at, v.updated_at, \
     exists (select 1 from saved_view_shortcuts as s where s.view_id = v.id and s.user_id = $1) \
     from saved_views as v left join admin_users as u on u.id = v.owner_id";

/// Those the asker uses himself: his own, what is shared with him by name or by role, and of those he looks after what he
/// has in his menu. `$2` says whether it is all, `$4` whether he looks after others.
const USABLE: &str = "($2 = true or v.owner_id = $1 \
     or exists (select 1 from saved_view_shares as h where h.view_id = v.id and (h.user_id = $1 or h.role = $3)) \
     or ($4 = true and exists (select 1 from saved_view_shortcuts as s where s.view_id = v.id and s.user_id = $1)))";

/// No user has this id, and 0 stands for a role.
const NO_USER: i64 = -1;
/// No role is called so, and an empty one stands for a user.
const NO_ROLE: &str = "-";

fn user_of(asker: &Asker) -> i64 {
    asker.user.map_or(NO_USER, |user| user.0)
}

fn role_of(asker: &Asker) -> &str {
    asker.role.as_ref().map_or(NO_ROLE, RoleKey::as_str)
}

pub fn one(work: &mut Work<'_>, asker: &Asker, view: ViewId) -> Result<Option<Stored>, Error> {
    Ok(work.tx.first(&format!("{VIEW} where v.id = $2"), &[user_of(asker).into(), view.into()])?)
}

/// By folded name and id, after a place in that order, with one more than `limit` if there are more.
pub fn page(work: &mut Work<'_>, asker: &Asker, all: bool, list: List, after: (String, i64), limit: usize) -> Result<Vec<Stored>, Error> {
    let text = format!("{VIEW} where {USABLE} and v.list = $5 and (v.name_folded, v.id) > ($6, $7) order by v.name_folded, v.id limit $8");
    let values = [
        user_of(asker).into(),
        all.into(),
        role_of(asker).into(),
        asker.administers.into(),
        list.as_str().into(),
        after.0.into(),
        after.1.into(),
        (limit as i64 + 1).into(),
    ];
    Ok(work.tx.all(&text, &values)?)
}

pub fn count(work: &mut Work<'_>, asker: &Asker, all: bool, list: List) -> Result<i64, Error> {
    let values = [user_of(asker).into(), all.into(), role_of(asker).into(), asker.administers.into(), list.as_str().into()];
    Ok(work.tx.one(&format!("select count(*) from saved_views as v where {USABLE} and v.list = $5"), &values)?)
}

/// How many views are this user's, or nobody's.
pub fn count_of(work: &mut Work<'_>, owner: Option<AdminUserId>) -> Result<i64, Error> {
    Ok(work.tx.one(
        "select count(*) from saved_views where owner_id is not distinct from cast($1 as bigint)",
        &[owner.map(|user| user.0).into()],
    )?)
}

/// For a change: nobody else changes it until this unit ends. Whether it is there.
pub fn lock(work: &mut Work<'_>, view: ViewId) -> Result<bool, Error> {
    let found: Option<ViewId> = work.tx.first("select id from saved_views where id = $1 {for_update}", &[view.into()])?;
    Ok(found.is_some())
}

/// With whom these views are shared.
pub fn shares(work: &mut Work<'_>, views: &[ViewId]) -> Result<HashMap<ViewId, Vec<SharedWith>>, Error> {
    let mut shares: HashMap<ViewId, Vec<SharedWith>> = HashMap::new();
    if views.is_empty() {
        return Ok(shares);
    }
    let mut statement = Statement::new(
        "select h.view_id, h.role, h.may_edit, u.id, u.name from saved_view_shares as h left join admin_users as u on u.id = h.user_id
         where h.view_id in ",
    );
    statement.bind_list(views).push(" and (h.user_id = 0 or u.id is not null) order by h.view_id, h.role, h.user_id");
    work.tx.each(&statement.text, &statement.values, |row| {
        let role: String = row.get(1)?;
        let user = match row.get::<Option<AdminUserId>>(3)? {
            Some(id) => Some(Person { id, name: row.get(4)? }),
            None => None,
        };
        let with = SharedWith { user, role: RoleKey::parse(&role), may_edit: row.get(2)? };
        shares.entry(row.get(0)?).or_default().push(with);
        Ok(())
    })?;
    Ok(shares)
}

pub fn insert(work: &mut Work<'_>, view: &Stored) -> Result<(), Error> {
    work.tx.execute(
        "insert into saved_views (id, owner_id, is_left, list, name, name_folded, description, state, version, created_at, updated_at)
         values ($1, $2, false, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            view.id.into(),
            view.owner.as_ref().map(|person| person.id.0).into(),
            view.list.as_str().into(),
            (&view.name).into(),
            sql::fold(&view.name).into(),
            view.description.clone().into(),
            (&json!(view.state)).into(),
            view.version.into(),
            view.created_at.into(),
            view.updated_at.into(),
        ],
    )?;
    Ok(())
}

pub fn update(work: &mut Work<'_>, view: &Stored) -> Result<(), Error> {
    work.tx.execute(
        "update saved_views set owner_id = $2, name = $3, name_folded = $4, description = $5, state = $6, version = $7, updated_at = $8
         where id = $1",
        &[
            view.id.into(),
            view.owner.as_ref().map(|person| person.id.0).into(),
            (&view.name).into(),
            sql::fold(&view.name).into(),
            view.description.clone().into(),
            (&json!(view.state)).into(),
            view.version.into(),
            view.updated_at.into(),
        ],
    )?;
    Ok(())
}

pub fn delete(work: &mut Work<'_>, view: ViewId) -> Result<(), Error> {
    for text in [
        "delete from saved_view_shares where view_id = $1",
        "delete from saved_view_shortcuts where view_id = $1",
        "delete from saved_views where id = $1",
    ] {
        work.tx.execute(text, &[view.into()])?;
    }
    Ok(())
}

pub fn replace_shares(work: &mut Work<'_>, view: ViewId, shares: &[Share]) -> Result<(), Error> {
    work.tx.execute("delete from saved_view_shares where view_id = $1", &[view.into()])?;
    if shares.is_empty() {
        return Ok(());
    }
    let mut rows = Rows::with_capacity(4, shares.len());
    for share in shares {
        let (role, user) = share.place();
        rows.push([view.into(), user.into(), role.into(), share.may_edit.into()]);
    }
    work.tx.insert("insert into saved_view_shares (view_id, user_id, role, may_edit)", rows, "")?;
    Ok(())
}

/// The users there are among these.
pub fn people(work: &mut Work<'_>, users: &[AdminUserId]) -> Result<HashMap<AdminUserId, String>, Error> {
    if users.is_empty() {
        return Ok(HashMap::new());
    }
    let mut statement = Statement::new("select id, name from admin_users where id in ");
    statement.bind_list(users);
    Ok(work.tx.list::<(AdminUserId, String)>(&statement)?.into_iter().collect())
}

pub fn insert_shortcut(work: &mut Work<'_>, user: AdminUserId, view: ViewId) -> Result<bool, Error> {
    let text = "insert into saved_view_shortcuts (user_id, view_id) values ($1, $2) on conflict (user_id, view_id) do nothing";
    Ok(work.tx.execute(text, &[user.into(), view.into()])? == 1)
}

pub fn delete_shortcut(work: &mut Work<'_>, user: AdminUserId, view: ViewId) -> Result<bool, Error> {
    let text = "delete from saved_view_shortcuts where user_id = $1 and view_id = $2";
    Ok(work.tx.execute(text, &[user.into(), view.into()])? == 1)
}

pub fn count_shortcuts(work: &mut Work<'_>, user: AdminUserId) -> Result<i64, Error> {
    Ok(work.tx.one("select count(*) from saved_view_shortcuts where user_id = $1", &[user.into()])?)
}

/// Takes away the views whose owner is gone and that are shared with this role alone; gives their ids.
pub fn delete_left_to(work: &mut Work<'_>, role: &RoleKey) -> Result<Vec<ViewId>, Error> {
    let gone: Vec<ViewId> = work.tx.all(
        "delete from saved_views where owner_id is null and is_left = true
         and id in (select h.view_id from saved_view_shares as h where h.role = $1)
         and not exists (select 1 from saved_view_shares as h where h.view_id = saved_views.id and h.role <> $1) returning id",
        &[role.as_str().into()],
    )?;
    delete_shortcuts_to(work, &gone)?;
    Ok(gone)
}

fn delete_shortcuts_to(work: &mut Work<'_>, gone: &[ViewId]) -> Result<(), Error> {
    if gone.is_empty() {
        return Ok(());
    }
    let mut statement = Statement::new("delete from saved_view_shortcuts where view_id in ");
    statement.bind_list(gone);
    work.tx.run(&statement)?;
    Ok(())
}

/// Shared with this role no longer; gives how many views were.
pub fn delete_shares_with(work: &mut Work<'_>, role: &RoleKey) -> Result<u64, Error> {
    Ok(work.tx.execute("delete from saved_view_shares where role = $1", &[role.as_str().into()])?)
}

// --- a user who is gone ---

pub fn delete_marks_of(work: &mut Work<'_>, user: AdminUserId) -> Result<(), Error> {
    for text in ["delete from saved_view_shares where user_id = $1", "delete from saved_view_shortcuts where user_id = $1"] {
        work.tx.execute(text, &[user.into()])?;
    }
    Ok(())
}

/// Takes away his views that are shared with nobody; gives their ids.
pub fn delete_unshared_of(work: &mut Work<'_>, user: AdminUserId) -> Result<Vec<ViewId>, Error> {
    let gone: Vec<ViewId> = work.tx.all(
        "delete from saved_views where owner_id = $1
         and not exists (select 1 from saved_view_shares as h where h.view_id = saved_views.id) returning id",
        &[user.into()],
    )?;
    delete_shortcuts_to(work, &gone)?;
    Ok(gone)
}

/// Makes his views nobody's; gives their ids.
pub fn disown(work: &mut Work<'_>, user: AdminUserId) -> Result<Vec<ViewId>, Error> {
    Ok(work.tx.all(
        "update saved_views set owner_id = null, is_left = true, version = version + 1, updated_at = $2 where owner_id = $1 returning id",
        &[user.into(), work.now.into()],
    )?)
}

impl FromRow for Stored {
    fn from_row(row: &Row<'_>) -> Result<Stored, StoreError> {
        let list: String = row.get(3)?;
        let owner = match (row.get::<Option<AdminUserId>>(5)?, row.get::<Option<String>>(6)?) {
            (Some(id), Some(name)) => Some(Person { id, name }),
            _ => None,
        };
        Ok(Stored {
            id: row.get(0)?,
            name: row.get(1)?,
            description: row.get(2)?,
            list: List::parse(&list).ok_or_else(|| StoreError::bug(format!("a list this program does not know: {list}")))?,
            state: serde_json::from_value(row.get::<Value>(4)?)
                .map_err(|error| StoreError::bug(format!("the state of a view: {error}")))?,
            owner,
            version: row.get(7)?,
            created_at: row.get(8)?,
            updated_at: row.get(9)?,
            is_shortcut: row.get(10)?,
        })
    }
}
