//! HTTP of the saved views. Who may see customers may keep views of them; what he may do with those of others depends on
//! the view.

use super::model::{Draft, List, Person, View};
use crate::access::{May, ReadCustomers, ShareViews};
use crate::admin::{self, RoleKey};
use crate::app::App;
use crate::error::Error;
use crate::http::{Body, Created, IfMatch, Listing, NoContent, Page, Path, Query, Versioned};
use crate::ids::ViewId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(people))
        .routes(routes!(roles))
        .routes(routes!(read, update, remove))
        .routes(routes!(add_shortcut, remove_shortcut))
}

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Narrowed {
    /// Views of which list; of the customers, if absent.
    #[param(inline)]
    #[serde(default)]
    list: List,
    /// Also those of everybody else, for who has `views:write`.
    #[serde(default)]
    all: bool,
}

/// One's own saved views and those shared with one, by name.
#[utoipa::path(get, path = "/api/saved-views", operation_id = "views_list", tag = "saved-views", params(Listing, Narrowed),
    responses((status = 200, body = Page<View>)))]
async fn list(may: May<ReadCustomers>, Query(listing): Query<Listing>, Query(narrowed): Query<Narrowed>) -> Result<Page<View>, Error> {
    let caller = may.caller.clone();
    let reach = if narrowed.all { super::Reach::Everybodys } else { super::Reach::Usable };
    may.read(move |work| super::list(work, &caller, narrowed.list, reach, &listing)).await
}

/// Keep a view.
#[utoipa::path(post, path = "/api/saved-views", operation_id = "views_create", tag = "saved-views", request_body = Draft,
    responses((status = 201, body = View)))]
async fn create(may: May<ReadCustomers>, Body(draft): Body<Draft>) -> Result<Created<View>, Error> {
    let caller = may.caller.clone();
    let body = may.write(move |work| super::create(work, &caller, draft.clone())).await?;
    Ok(Created { location: format!("/api/saved-views/{}", body.id), version: body.version, body })
}

/// Somebody a view can be shared with.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = SavedViewPerson)]
struct Reachable {
    #[serde(flatten)]
    person: Person,
    role: RoleKey,
    active: bool,
}

/// With whom views can be shared, oldest first: who there is, without mail addresses.
#[utoipa::path(get, path = "/api/saved-views/people", operation_id = "views_people", tag = "saved-views", params(Listing),
    responses((status = 200, body = Page<Reachable>)))]
async fn people(may: May<ShareViews>, Query(listing): Query<Listing>) -> Result<Page<Reachable>, Error> {
    let (limit, after, count) = (listing.limit()?, listing.after::<i64>()?, listing.count);
    let (users, total) = may.read(move |work| admin::users(work, after, limit, count)).await?;
    let reachable = |user: admin::User| Reachable { person: Person { id: user.id, name: user.name }, role: user.role, active: user.active };
    Ok(Page::of(users.into_iter().map(reachable).collect(), limit, total, |one| one.person.id.0))
}

/// A role a view can be shared with.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = SavedViewRole)]
struct ReachableRole {
    key: RoleKey,
    name: String,
}

/// The roles with which views can be shared: the built-in ones first, then by name.
#[utoipa::path(get, path = "/api/saved-views/roles", operation_id = "views_roles", tag = "saved-views",
    responses((status = 200, body = Page<ReachableRole>)))]
async fn roles(may: May<ShareViews>) -> Result<Page<ReachableRole>, Error> {
    let roles = may.read(admin::roles).await?;
    let items = roles.into_iter().map(|role| ReachableRole { key: role.key, name: role.name }).collect();
    Ok(Page { items, next_cursor: None, total: None })
}

/// One saved view.
#[utoipa::path(get, path = "/api/saved-views/{id}", operation_id = "views_read", tag = "saved-views", params(("id" = i64, Path)),
    responses((status = 200, body = View)))]
async fn read(may: May<ReadCustomers>, Path(view): Path<ViewId>) -> Result<Versioned<View>, Error> {
    let caller = may.caller.clone();
    let body = may.read(move |work| super::read(work, &caller, view)).await?;
    Ok(Versioned { version: body.version, body })
}

/// Change a view by a merge patch. With whom it is shared is changed by its owner and by who has `views:write`, if they have
/// `views:share` too.
#[utoipa::path(patch, path = "/api/saved-views/{id}", operation_id = "views_update", tag = "saved-views", params(("id" = i64, Path)),
    request_body = serde_json::Value, responses((status = 200, body = View)))]
async fn update(
    may: May<ReadCustomers>,
    Path(view): Path<ViewId>,
    if_match: IfMatch,
    Body(patch): Body<serde_json::Value>,
) -> Result<Versioned<View>, Error> {
    let caller = may.caller.clone();
    let body = may.write(move |work| super::update(work, &caller, view, &patch, &if_match)).await?;
    Ok(Versioned { version: body.version, body })
}

/// Delete a view, also for those it is shared with.
#[utoipa::path(delete, path = "/api/saved-views/{id}", operation_id = "views_remove", tag = "saved-views", params(("id" = i64, Path)),
    responses((status = 204)))]
async fn remove(may: May<ReadCustomers>, Path(view): Path<ViewId>, if_match: IfMatch) -> Result<NoContent, Error> {
    let caller = may.caller.clone();
    may.write(move |work| super::remove(work, &caller, view, &if_match)).await.map(|()| NoContent)
}

/// Put a view into one's own menu.
#[utoipa::path(put, path = "/api/saved-views/{id}/shortcut", operation_id = "views_add_shortcut", tag = "saved-views",
    params(("id" = i64, Path)), responses((status = 204)))]
async fn add_shortcut(may: May<ReadCustomers>, Path(view): Path<ViewId>) -> Result<NoContent, Error> {
    let caller = may.caller.clone();
    may.write(move |work| super::add_shortcut(work, &caller, view)).await.map(|()| NoContent)
}

/// Take a view out of one's own menu.
#[utoipa::path(delete, path = "/api/saved-views/{id}/shortcut", operation_id = "views_remove_shortcut", tag = "saved-views",
    params(("id" = i64, Path)), responses((status = 204)))]
async fn remove_shortcut(may: May<ReadCustomers>, Path(view): Path<ViewId>) -> Result<NoContent, Error> {
    let caller = may.caller.clone();
    may.write(move |work| super::remove_shortcut(work, &caller, view)).await.map(|()| NoContent)
}
