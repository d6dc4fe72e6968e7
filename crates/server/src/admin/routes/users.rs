//! HTTP of the admin users.

use super::super::model::{Draft, Password, User, UserPatch};
use super::super::provider;
use super::super::reach::Reach;
use super::super::role::RoleKey;
use crate::access::{EditUsers, May, ReadUsers};
use crate::app::App;
use crate::error::Error;
use crate::http::{Body, Created, IfMatch, Listing, NoContent, Page, Path, Query, Versioned};
use crate::ids::AdminUserId;
use crate::work::Work;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(read, update, remove))
        .routes(routes!(end_sessions))
        .routes(routes!(remove_second_factor))
        .routes(routes!(disconnect_provider))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUser {
    email: String,
    name: String,
    role: RoleKey,
    /// May be absent where one can sign in with the provider.
    #[serde(default)]
    password: Option<Password>,
}

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Narrowed {
    /// Only those who have this role.
    #[param(value_type = Option<String>)]
    #[serde(default)]
    role: Option<RoleKey>,
}

/// Admin users, oldest first.
#[utoipa::path(get, path = "/api/users", operation_id = "users_list", tag = "users", params(Listing, Narrowed),
    responses((status = 200, body = Page<User>)))]
async fn list(may: May<ReadUsers>, Query(listing): Query<Listing>, Query(narrowed): Query<Narrowed>) -> Result<Page<User>, Error> {
    let (limit, after, count) = (listing.limit()?, listing.after::<i64>()?, listing.count);
    let operation = move |work: &mut Work<'_>| match &narrowed.role {
        Some(role) => super::super::users_of(work, role, after, limit, count),
        None => super::super::users(work, after, limit, count),
    };
    let (users, total) = may.read(operation).await?;
    Ok(Page::of(users, limit, total, |user| user.id.0))
}

/// Add someone who may sign in.
#[utoipa::path(post, path = "/api/users", operation_id = "users_create", tag = "users", request_body = NewUser,
    responses((status = 201, body = User)))]
async fn create(may: May<EditUsers>, Body(sent): Body<NewUser>) -> Result<Created<User>, Error> {
    let draft = Draft { email: sent.email, name: sent.name, role: sent.role, active: true }.checked()?;
    let reach = Reach::Of(may.caller.clone());
    let hash = match &sent.password {
        Some(password) => Some(may.app.passwords.hash(password).await?),
        None if may.app.config.oidc.is_on() => None,
        None => return Err(Error::invalid("/password", "required", "without a provider he needs a password")),
    };
    let user = may.write(move |work| super::super::add_user(work, draft.clone(), hash.as_deref(), &reach)).await?;
    Ok(Created { location: format!("/api/users/{}", user.id), version: user.version, body: user })
}

/// One admin user.
#[utoipa::path(get, path = "/api/users/{id}", operation_id = "users_read", tag = "users", params(("id" = i64, Path)),
    responses((status = 200, body = User)))]
async fn read(may: May<ReadUsers>, Path(id): Path<AdminUserId>) -> Result<Versioned<User>, Error> {
    let user = may.read(move |work| super::super::user(work, id)).await?;
    Ok(Versioned { version: user.version, body: user })
}

/// Change a user. A new password, or losing the right to sign in, ends his sessions.
#[utoipa::path(patch, path = "/api/users/{id}", operation_id = "users_update", tag = "users", params(("id" = i64, Path)),
    request_body = UserPatch, responses((status = 200, body = User)))]
async fn update(
    may: May<EditUsers>,
    Path(id): Path<AdminUserId>,
    if_match: IfMatch,
    Body(patch): Body<UserPatch>,
) -> Result<Versioned<User>, Error> {
    let hash = match &patch.password {
        Some(password) => Some(may.app.passwords.hash(password).await?),
        None => None,
    };
    let reach = Reach::Of(may.caller.clone());
    let user = may.write(move |work| super::super::change_user(work, id, &patch, hash.as_deref(), &if_match, &reach)).await?;
    may.app.callers.forget_all();
    Ok(Versioned { version: user.version, body: user })
}

/// Remove a user. What he did stays under his name.
#[utoipa::path(delete, path = "/api/users/{id}", operation_id = "users_remove", tag = "users", params(("id" = i64, Path)),
    responses((status = 204)))]
async fn remove(may: May<EditUsers>, Path(id): Path<AdminUserId>, if_match: IfMatch) -> Result<NoContent, Error> {
    let reach = Reach::Of(may.caller.clone());
    may.write(move |work| super::super::remove_user(work, id, &if_match, &reach)).await?;
    may.app.callers.forget_all();
    Ok(NoContent)
}

/// Sign a user out everywhere: all his sessions end.
#[utoipa::path(delete, path = "/api/users/{id}/sessions", operation_id = "users_end_sessions", tag = "users",
    params(("id" = i64, Path)), responses((status = 204)))]
async fn end_sessions(may: May<EditUsers>, Path(id): Path<AdminUserId>) -> Result<NoContent, Error> {
    let reach = Reach::Of(may.caller.clone());
    may.write(move |work| super::super::sign_out_everywhere(work, id, &reach)).await?;
    may.app.callers.forget_all();
    Ok(NoContent)
}

/// Take the second factor from a user who lost it. His sessions end.
#[utoipa::path(delete, path = "/api/users/{id}/second-factor", operation_id = "users_remove_second_factor", tag = "users",
    params(("id" = i64, Path)), responses((status = 204)))]
async fn remove_second_factor(may: May<EditUsers>, Path(id): Path<AdminUserId>) -> Result<NoContent, Error> {
    let reach = Reach::Of(may.caller.clone());
    may.write(move |work| super::super::take_second_factor_away(work, id, &reach)).await?;
    may.app.callers.forget_all();
    Ok(NoContent)
}

/// Let go of the login at the provider under which a user comes, so that he can come under another one. His sessions end.
#[utoipa::path(delete, path = "/api/users/{id}/provider", operation_id = "users_disconnect_provider", tag = "users",
    params(("id" = i64, Path)), responses((status = 204)))]
async fn disconnect_provider(may: May<EditUsers>, Path(id): Path<AdminUserId>) -> Result<NoContent, Error> {
    let reach = Reach::Of(may.caller.clone());
    may.write(move |work| provider::disconnect(work, id, &reach)).await?;
    may.app.callers.forget_all();
    Ok(NoContent)
}
