//! HTTP of the API keys.

use super::super::model::ApiKey;
use super::super::reach::Reach;
use crate::access::{EditUsers, May, ReadUsers};
use crate::app::App;
use crate::error::Error;
use crate::http::{Body, KeptAnswer, Listing, NoContent, Page, Path, Query};
use crate::ids::ApiKeyId;
use crate::time::Instant;
use axum::http::{HeaderName, StatusCode, header};
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(read, revoke))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct NewKey {
    name: String,
    /// Permissions, or `all`.
    scopes: Vec<String>,
    expires_at: Option<Instant>,
}

/// A key as it is shown once.
#[derive(Debug, Serialize, ToSchema)]
struct NewApiKey {
    #[serde(flatten)]
    api_key: ApiKey,
    /// To be sent as `X-API-Key`. It cannot be shown again.
    key: String,
}

/// API keys, newest first, revoked ones included.
#[utoipa::path(get, path = "/api/api-keys", operation_id = "api_keys_list", tag = "api-keys", params(Listing),
    responses((status = 200, body = Page<ApiKey>)))]
async fn list(may: May<ReadUsers>, Query(listing): Query<Listing>) -> Result<Page<ApiKey>, Error> {
    let (limit, before, count) = (listing.limit()?, listing.after::<i64>()?, listing.count);
    let (keys, total) = may.read(move |work| super::super::api_keys(work, before, limit, count)).await?;
    Ok(Page::of(keys, limit, total, |key| key.id.0))
}

type Answer = (StatusCode, [(HeaderName, String); 1], Extension<KeptAnswer>, Json<NewApiKey>);

/// Make an API key. The answer is the only one that shows it.
#[utoipa::path(post, path = "/api/api-keys", operation_id = "api_keys_create", tag = "api-keys", request_body = NewKey,
    responses((status = 201, body = NewApiKey)))]
async fn create(may: May<EditUsers>, Body(sent): Body<NewKey>) -> Result<Answer, Error> {
    if sent.scopes.is_empty() {
        return Err(Error::invalid("/scopes", "required", "a key needs at least one scope"));
    }
    let reach = Reach::Of(may.caller.clone());
    let (api_key, key) = may
        .write(move |work| {
            reach.covers_scopes(work, &sent.scopes)?;
            let (id, key) = super::super::add_key(work, &sent.name, &sent.scopes, sent.expires_at)?;
            Ok((super::super::api_key(work, id)?, key))
        })
        .await?;
    let location = [(header::LOCATION, format!("/api/api-keys/{}", api_key.id))];
    // Whoever repeats the request learns that it was done, but the key stands nowhere in the database.
    let kept = KeptAnswer::of(&api_key)?;
    Ok((StatusCode::CREATED, location, Extension(kept), Json(NewApiKey { api_key, key })))
}

/// One API key.
#[utoipa::path(get, path = "/api/api-keys/{id}", operation_id = "api_keys_read", tag = "api-keys", params(("id" = i64, Path)),
    responses((status = 200, body = ApiKey)))]
async fn read(may: May<ReadUsers>, Path(id): Path<ApiKeyId>) -> Result<Json<ApiKey>, Error> {
    may.read(move |work| super::super::api_key(work, id)).await.map(Json)
}

/// Revoke a key: it opens nothing any more. Nobody revokes one that reaches further than he does (403).
#[utoipa::path(delete, path = "/api/api-keys/{id}", operation_id = "api_keys_revoke", tag = "api-keys", params(("id" = i64, Path)),
    responses((status = 204)))]
async fn revoke(may: May<EditUsers>, Path(id): Path<ApiKeyId>) -> Result<NoContent, Error> {
    let reach = Reach::Of(may.caller.clone());
    may.write(move |work| super::super::revoke_key(work, id, &reach)).await?;
    may.app.callers.forget_all();
    Ok(NoContent)
}
