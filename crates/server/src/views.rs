//! Saved views: how somebody looks at a list, kept under a name and shared with others. What the list then shows is the
//! business of the list.

mod model;
pub mod routes;
mod store;

pub use model::{Access, Draft, View};

use crate::access::{ActorKind, Caller, EditViews, Permission, ShareViews};
use crate::admin::{self, RoleKey};
use crate::audit;
use crate::catalogue;
use crate::conditions;
use crate::customers;
use crate::error::{Error, Problem};
use crate::events::Event;
use crate::http::{self, IfMatch, Listing, Page};
use crate::ids::{AdminUserId, ViewId};
use crate::segments;
use crate::settings;
use crate::work::Work;
use ::store::StoreError;
use model::{Asker, List, Person, Share, State};
use serde_json::{Value, json};
use store::Stored;

/// Views one owner may have, and shortcuts in one menu.
const VIEWS_MAX: i64 = 200;
const SHORTCUTS_MAX: i64 = 20;

/// Which views are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// One's own, and those shared with one.
    Usable,
    /// What one may see at all: for who looks after the views of all, those of everybody.
    Everybodys,
}

fn asker(work: &mut Work<'_>, caller: &Caller) -> Result<Asker, Error> {
    let is_user = caller.actor.kind == ActorKind::AdminUser;
    let user = caller.actor.id.filter(|_| is_user).map(AdminUserId);
    let role = match user {
        Some(user) => Some(admin::user(work, user)?.role),
        None => None,
    };
    Ok(Asker { user, role, administers: caller.holds(EditViews::NAME), shares: caller.holds(ShareViews::NAME) })
}

pub fn list(work: &mut Work<'_>, caller: &Caller, list: List, reach: Reach, listing: &Listing) -> Result<Page<View>, Error> {
    let limit = listing.limit()?;
    let after = listing.after::<(String, i64)>()?.unwrap_or_default();
    let asker = asker(work, caller)?;
    // A key has no views of its own, so what it may see is what it is asked for.
    let all = asker.administers && (reach == Reach::Everybodys || asker.user.is_none());
    let found = store::page(work, &asker, all, list, after, limit)?;
    let total = if listing.count { Some(store::count(work, &asker, all, list)?) } else { None };
    let views = shown(work, &asker, found)?;
    Ok(Page::of(views, limit, total, |view| (sql::fold(&view.name), view.id.0)))
}

pub fn create(work: &mut Work<'_>, caller: &Caller, draft: Draft) -> Result<View, Error> {
    let asker = asker(work, caller)?;
    let draft = draft.checked()?;
    let owner = draft.owner_id.or(asker.user);
    if owner != asker.user || owner.is_none() {
        must_administer(&asker)?;
    }
    check_state(work, &draft.state)?;
    if !draft.shares.is_empty() {
        must_share(&asker)?;
        check_shares(work, &draft.shares)?;
    }
    if VIEWS_MAX <= store::count_of(work, owner)? {
        return Err(Error::conflict("too_many", format!("one owner has at most {VIEWS_MAX} saved views")));
    }
    let view = Stored {
        id: ViewId(work.tx.new_id(ViewId::KIND)?),
        owner: owner_named(work, owner)?,
        name: draft.name.clone(),
        description: draft.description.clone(),
        list: draft.list,
        state: draft.state.clone(),
        is_shortcut: false,
        version: 1,
        created_at: work.now,
        updated_at: work.now,
    };
    store::insert(work, &view).map_err(|error| name_taken(error, &draft.name))?;
    store::replace_shares(work, view.id, &draft.shares)?;
    audit::record(work, "create", "saved_view", Some(view.id.0), &json!(draft))?;
    seen(work, &asker, view.id)
}

pub fn read(work: &mut Work<'_>, caller: &Caller, view: ViewId) -> Result<View, Error> {
    let asker = asker(work, caller)?;
    seen(work, &asker, view)
}

/// Lays a merge patch over a view. A patch that changes nothing makes no new version.
pub fn update(work: &mut Work<'_>, caller: &Caller, view: ViewId, patch: &Value, if_match: &IfMatch) -> Result<View, Error> {
    let asker = asker(work, caller)?;
    let standing = lock(work, &asker, view)?;
    if standing.access < Access::Edit {
        return Err(Error::Forbidden("to change this view"));
    }
    if_match.check(standing.version)?;
    let before = standing.draft();
    let draft = http::patched(&before, patch)?.checked()?;
    if draft == before {
        return Ok(standing);
    }
    if draft.shares != before.shares {
        must_manage(standing.access)?;
        must_share(&asker)?;
        check_shares(work, &draft.shares)?;
    }
    if draft.owner_id != before.owner_id {
        must_administer(&asker)?;
        if VIEWS_MAX <= store::count_of(work, draft.owner_id)? {
            return Err(Error::conflict("too_many", format!("one owner has at most {VIEWS_MAX} saved views")));
        }
    }
    // What became wrong since it was kept must not stand in the way of another name.
    if draft.state != before.state {
        check_state(work, &draft.state)?;
    }
    let changed = Stored {
        id: view,
        owner: owner_named(work, draft.owner_id)?,
        name: draft.name.clone(),
        description: draft.description,
        list: draft.list,
        state: draft.state,
        is_shortcut: standing.is_shortcut,
        version: standing.version + 1,
        created_at: standing.created_at,
        updated_at: work.now,
    };
    store::update(work, &changed).map_err(|error| name_taken(error, &draft.name))?;
    if draft.shares != before.shares {
        store::replace_shares(work, view, &draft.shares)?;
    }
    audit::record(work, "update", "saved_view", Some(view.0), patch)?;
    seen(work, &asker, view)
}

pub fn remove(work: &mut Work<'_>, caller: &Caller, view: ViewId, if_match: &IfMatch) -> Result<(), Error> {
    let asker = asker(work, caller)?;
    let standing = lock(work, &asker, view)?;
    must_manage(standing.access)?;
    if_match.check(standing.version)?;
    store::delete(work, view)?;
    audit::record(work, "delete", "saved_view", Some(view.0), &json!({ "name": standing.name }))
}

/// Puts a view into the menu of the caller, where it may be already.
pub fn add_shortcut(work: &mut Work<'_>, caller: &Caller, view: ViewId) -> Result<(), Error> {
    let asker = asker(work, caller)?;
    let standing = lock(work, &asker, view)?;
    let user = asker.user.ok_or(Error::Forbidden("to have a menu"))?;
    if !standing.is_shortcut && SHORTCUTS_MAX <= store::count_shortcuts(work, user)? {
        return Err(Error::conflict("too_many", format!("a menu has room for {SHORTCUTS_MAX} views")));
    }
    match store::insert_shortcut(work, user, view)? {
        true => audit::record(work, "add_shortcut", "saved_view", Some(view.0), &json!({})),
        false => Ok(()),
    }
}

pub fn remove_shortcut(work: &mut Work<'_>, caller: &Caller, view: ViewId) -> Result<(), Error> {
    let asker = asker(work, caller)?;
    seen(work, &asker, view)?;
    let user = asker.user.ok_or(Error::Forbidden("to have a menu"))?;
    match store::delete_shortcut(work, user, view)? {
        true => audit::record(work, "remove_shortcut", "saved_view", Some(view.0), &json!({})),
        false => Ok(()),
    }
}

/// Lets go of users and roles that are gone. What users shared stays with those it was
/// shared with and is nobody's, until the last role goes that has it; the rest goes.
pub fn react(work: &mut Work<'_>, events: &[Event]) -> Result<(), Error> {
    events.iter().try_for_each(|event| match event {
        Event::AdminUserDeleted { user } => let_go(work, *user),
        Event::RoleDeleted { role } => unshare(work, role),
        _ => Ok(()),
    })
}

fn unshare(work: &mut Work<'_>, role: &RoleKey) -> Result<(), Error> {
    let deleted = store::delete_left_to(work, role)?;
    match store::delete_shares_with(work, role)? {
        0 => Ok(()),
        views => audit::record(work, "unshare", "saved_view", None, &json!({ "role": role, "views": views, "deleted": deleted })),
    }
}

fn let_go(work: &mut Work<'_>, user: AdminUserId) -> Result<(), Error> {
    store::delete_marks_of(work, user)?;
    let deleted = store::delete_unshared_of(work, user)?;
    let kept = store::disown(work, user)?;
    if deleted.is_empty() && kept.is_empty() {
        return Ok(());
    }
    let changes = json!({ "ownerId": user, "deleted": deleted, "kept": kept });
    audit::record(work, "owner_deleted", "saved_view", None, &changes)
}

fn lock(work: &mut Work<'_>, asker: &Asker, view: ViewId) -> Result<View, Error> {
    if !store::lock(work, view)? {
        return Err(Error::NotFound);
    }
    seen(work, asker, view)
}

/// The view as the asker sees it. What he may not know of is not there.
fn seen(work: &mut Work<'_>, asker: &Asker, view: ViewId) -> Result<View, Error> {
    let found = store::one(work, asker, view)?;
    shown(work, asker, found.into_iter().collect())?.pop().ok_or(Error::NotFound)
}

/// With those they are shared with and what the asker may do; without those he may not know of.
fn shown(work: &mut Work<'_>, asker: &Asker, found: Vec<Stored>) -> Result<Vec<View>, Error> {
    let ids: Vec<ViewId> = found.iter().map(|view| view.id).collect();
    let mut shares = store::shares(work, &ids)?;
    let (fields, segments) = (settings::fields(work)?, segments::all(work)?);
    let show = |view: Stored| {
        let shares = shares.remove(&view.id).unwrap_or_default();
        let access = model::access(view.owner.as_ref(), &shares, asker)?;
        Some(View {
            id: view.id,
            name: view.name,
            description: view.description,
            list: view.list,
            state: model::without_gone(view.state, &fields, |segment| segments.get(segment).is_some()),
            owner: view.owner,
            shares,
            access,
            is_shortcut: view.is_shortcut,
            version: view.version,
            created_at: view.created_at,
            updated_at: view.updated_at,
        })
    };
    Ok(found.into_iter().filter_map(show).collect())
}

fn must_manage(access: Access) -> Result<(), Error> {
    if access < Access::Manage { Err(Error::Forbidden("to share and delete this view")) } else { Ok(()) }
}

fn must_administer(asker: &Asker) -> Result<(), Error> {
    if asker.administers { Ok(()) } else { Err(Error::Forbidden(EditViews::NAME)) }
}

fn must_share(asker: &Asker) -> Result<(), Error> {
    if asker.shares { Ok(()) } else { Err(Error::Forbidden(ShareViews::NAME)) }
}

fn owner_named(work: &mut Work<'_>, owner: Option<AdminUserId>) -> Result<Option<Person>, Error> {
    let Some(id) = owner else { return Ok(None) };
    match store::people(work, &[id])?.remove(&id) {
        Some(name) => Ok(Some(Person { id, name })),
        None => Err(Error::invalid("/ownerId", "unknown", format!("there is no user {id}"))),
    }
}

fn check_shares(work: &mut Work<'_>, shares: &[Share]) -> Result<(), Error> {
    let users: Vec<AdminUserId> = shares.iter().filter_map(|share| share.user_id).collect();
    let known = store::people(work, &users)?;
    let roles: Vec<RoleKey> = shares.iter().filter_map(|share| share.role.clone()).collect();
    let held = admin::hold_roles(work, &roles)?;
    let problem = |(place, share): (usize, &Share)| {
        if let Some(user) = share.user_id.filter(|user| !known.contains_key(user)) {
            return Some(Problem::new(format!("/shares/{place}/userId"), "unknown", format!("there is no user {user}")));
        }
        let role = share.role.as_ref().filter(|role| !held.contains_key(role))?;
        Some(Problem::new(format!("/shares/{place}/role"), "unknown", format!("there is no role {:?}", role.as_str())))
    };
    refuse(shares.iter().enumerate().filter_map(problem).collect())
}

/// Refuses a state that the list could not be asked with.
fn check_state(work: &mut Work<'_>, state: &State) -> Result<(), Error> {
    let (catalogue, fields, segments) = (catalogue::get(work)?, settings::fields(work)?, segments::all(work)?);
    let mut problems = conditions::search_problems(state.search.as_deref(), &state.search_fields, &catalogue, "/state");
    if let Some(condition) = &state.condition {
        let found = condition::check(condition, &catalogue).err().unwrap_or_default();
        problems.extend(found.into_iter().map(|problem| catalogue::under("/state/condition", problem)));
    }
    if customers::SEGMENTS_MAX < state.segments.len() {
        let message = format!("name {} segments at most", customers::SEGMENTS_MAX);
        problems.push(Problem::new("/state/segments", "too_long", message));
    }
    for (place, segment) in state.segments.iter().enumerate().filter(|(_, segment)| segments.get(**segment).is_none()) {
        problems.push(Problem::new(format!("/state/segments/{place}"), "unknown", format!("there is no segment {segment}")));
    }
    problems.extend(model::column_problems(&state.columns, &fields));
    if let Some(Err(Error::Invalid(found))) = state.sort.as_deref().map(customers::Sort::parse) {
        problems.extend(found.into_iter().map(|problem| Problem { path: format!("/state{}", problem.path), ..problem }));
    }
    refuse(problems)
}

fn refuse(problems: Vec<Problem>) -> Result<(), Error> {
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

fn name_taken(error: Error, name: &str) -> Error {
    match error {
        Error::Store(StoreError::Duplicate) => {
            let detail = format!("there is a view called {name:?} already");
            let problems = vec![Problem::new("/name", "taken", detail.clone())];
            Error::Conflict { code: "duplicate_name", detail, problems, existing: None }
        }
        error => error,
    }
}
