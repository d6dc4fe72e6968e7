//! HTTP of the suppressed addresses.

use super::super::store::suppressions as store;
use super::super::suppressions::{self, Imported, Reason, Suppression, Wanted};
use crate::access::{EditMail, May, ReadMail};
use crate::app::App;
use crate::error::Error;
use crate::http::{Body, Listing, NoContent, Page, Path, Query};
use axum::Json;
use axum::body::Bytes;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(remove)).routes(routes!(import))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    reason: Option<Reason>,
    /// A part of the address.
    q: Option<String>,
}

/// Addresses that get no mail.
#[utoipa::path(get, path = "/api/suppressions", operation_id = "mail_suppressions", tag = "mail", params(Listing, Filter),
    responses((status = 200, body = Page<Suppression>)))]
async fn list(may: May<ReadMail>, Query(listing): Query<Listing>, Query(filter): Query<Filter>) -> Result<Page<Suppression>, Error> {
    let limit = listing.limit()?;
    let after = listing.after::<String>()?.unwrap_or_default();
    let part = filter.q.map(|part| sql::fold(part.trim())).filter(|part| !part.is_empty());
    let found = may.read(move |work| store::page(work, filter.reason, part.as_deref(), &after, limit)).await?;
    Ok(Page::of(found, limit, None, |suppression| suppression.address.clone()))
}

/// Suppress an address, or change why it is.
#[utoipa::path(post, path = "/api/suppressions", operation_id = "mail_suppress", tag = "mail", request_body = Wanted,
    responses((status = 200, body = Suppression)))]
async fn add(may: May<EditMail>, Body(wanted): Body<Wanted>) -> Result<Json<Suppression>, Error> {
    may.write(move |work| suppressions::add(work, &wanted)).await.map(Json)
}

/// Let an address get mail again.
#[utoipa::path(delete, path = "/api/suppressions/{address}", operation_id = "mail_unsuppress", tag = "mail",
    params(("address" = String, Path)), responses((status = 204)))]
async fn remove(may: May<EditMail>, Path(address): Path<String>) -> Result<NoContent, Error> {
    may.write(move |work| suppressions::remove(work, &address)).await.map(|()| NoContent)
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Because {
    /// `manual` if absent.
    reason: Option<Reason>,
}

/// Suppress the addresses of a text, one in a line.
#[utoipa::path(post, path = "/api/suppressions/import", operation_id = "mail_suppressions_import", tag = "mail", params(Because),
    request_body(content = String, content_type = "text/plain"), responses((status = 200, body = Imported)))]
async fn import(may: May<EditMail>, Query(because): Query<Because>, body: Bytes) -> Result<Json<Imported>, Error> {
    let text = String::from_utf8(body.to_vec()).map_err(|_| Error::Malformed("send the text as UTF-8".to_owned()))?;
    let reason = because.reason.unwrap_or(Reason::Manual);
    may.write(move |work| suppressions::import(work, &text, reason)).await.map(Json)
}
