//! HTTP of the roles, and of what they can hold.

use super::super::reach::Reach;
use super::super::role::{NewRole, Role, RoleKey};
use crate::access::{EditUsers, May, PERMISSIONS, PermissionName, ReadUsers};
use crate::app::App;
use crate::error::Error;
use crate::http::{Body, Created, IfMatch, Listing, NoContent, Page, Path, Query, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(read, update, remove)).routes(routes!(permissions))
}

/// One thing a role or a key can hold.
#[derive(Debug, Serialize, ToSchema)]
struct DescribedPermission {
    name: PermissionName,
    /// What whoever holds it may do.
    allows: &'static str,
    /// What it is of little use without.
    needs: &'static [PermissionName],
}

/// All permissions there are, in the order in which they are listed everywhere.
#[utoipa::path(get, path = "/api/permissions", operation_id = "roles_permissions", tag = "roles",
    responses((status = 200, body = Page<DescribedPermission>)))]
async fn permissions(_may: May<ReadUsers>) -> Result<Page<DescribedPermission>, Error> {
    let describe = |name: &PermissionName| DescribedPermission { name: *name, allows: name.allows(), needs: name.needs() };
    Ok(Page { items: PERMISSIONS.iter().map(describe).collect(), next_cursor: None, total: Some(PERMISSIONS.len() as i64) })
}

/// Roles: the built-in ones first, then those of one's own by name.
#[utoipa::path(get, path = "/api/roles", operation_id = "roles_list", tag = "roles", params(Listing),
    responses((status = 200, body = Page<Role>)))]
async fn list(may: May<ReadUsers>, Query(listing): Query<Listing>) -> Result<Page<Role>, Error> {
    let (limit, after) = (listing.limit()?, listing.after::<(usize, String, RoleKey)>()?);
    let mut roles = may.read(super::super::roles).await?;
    let total = listing.count.then_some(roles.len() as i64);
    roles.retain(|role| after.as_ref().is_none_or(|after| *after < role.place()));
    roles.truncate(limit + 1);
    Ok(Page::of(roles, limit, total, Role::place))
}

/// Make a role. It can hold what whoever makes it holds himself.
#[utoipa::path(post, path = "/api/roles", operation_id = "roles_create", tag = "roles", request_body = NewRole,
    responses((status = 201, body = Role)))]
async fn create(may: May<EditUsers>, Body(new): Body<NewRole>) -> Result<Created<Role>, Error> {
    let reach = Reach::Of(may.caller.clone());
    let role = may.write(move |work| super::super::add_role(work, new.clone(), &reach)).await?;
    Ok(Created { location: format!("/api/roles/{}", role.key), version: role.version, body: role })
}

/// One role.
#[utoipa::path(get, path = "/api/roles/{key}", operation_id = "roles_read", tag = "roles", params(("key" = String, Path)),
    responses((status = 200, body = Role)))]
async fn read(may: May<ReadUsers>, Path(key): Path<RoleKey>) -> Result<Versioned<Role>, Error> {
    let role = may.read(move |work| super::super::role(work, &key)).await?;
    Ok(Versioned { version: role.version, body: role })
}

/// Change a role by a merge patch. It counts from the next request of whoever has it. Nobody changes a role that holds what he
/// does not hold himself, or puts such a permission into one (403); built-in ones stay as they are (409 `built_in_role`).
#[utoipa::path(patch, path = "/api/roles/{key}", operation_id = "roles_update", tag = "roles", params(("key" = String, Path)),
    request_body = serde_json::Value, responses((status = 200, body = Role)))]
async fn update(
    may: May<EditUsers>,
    Path(key): Path<RoleKey>,
    if_match: IfMatch,
    Body(patch): Body<serde_json::Value>,
) -> Result<Versioned<Role>, Error> {
    let reach = Reach::Of(may.caller.clone());
    let role = may.write(move |work| super::super::change_role(work, &key, &patch, &if_match, &reach)).await?;
    may.app.callers.forget_all();
    Ok(Versioned { version: role.version, body: role })
}

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Removal {
    /// The role that whoever has this one gets instead.
    #[param(value_type = Option<String>)]
    #[serde(default)]
    replacement: Option<RoleKey>,
}

/// Remove a role. As long as users have it, `replacement` says which one they get (409 `role_in_use` without it). One that the
/// configuration gives to those who come by the provider stays (409 `role_in_configuration`). Views are no longer shared with it.
#[utoipa::path(delete, path = "/api/roles/{key}", operation_id = "roles_remove", tag = "roles", params(("key" = String, Path), Removal),
    responses((status = 204)))]
async fn remove(
    may: May<EditUsers>,
    Path(key): Path<RoleKey>,
    Query(removal): Query<Removal>,
    if_match: IfMatch,
) -> Result<NoContent, Error> {
    let reach = Reach::Of(may.caller.clone());
    may.write(move |work| super::super::remove_role(work, &key, removal.replacement.as_ref(), &if_match, &reach)).await?;
    may.app.callers.forget_all();
    Ok(NoContent)
}
