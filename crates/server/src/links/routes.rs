//! HTTP of the link definitions.

use super::model::{Draft, Link, placeholder_of};
use super::store;
use crate::access::{EditMail, May, ReadMail};
use crate::app::App;
use crate::error::Error;
use crate::http::{Body, Created, IfMatch, Listing, NoContent, Page, Path, Query, Versioned};
use crate::ids::LinkId;
use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(read, update, remove)).routes(routes!(placeholder))
}

/// Link definitions by name.
#[utoipa::path(get, path = "/api/links", operation_id = "links_list", tag = "links", params(Listing),
    responses((status = 200, body = Page<Link>)))]
async fn list(may: May<ReadMail>, Query(listing): Query<Listing>) -> Result<Page<Link>, Error> {
    let limit = listing.limit()?;
    let after = listing.after::<String>()?;
    let links = may.read(move |work| store::page(work, after.as_deref(), limit)).await?;
    Ok(Page::of(links, limit, None, |link| link.name.clone()))
}

/// Add a link definition; its code is handed out.
#[utoipa::path(post, path = "/api/links", operation_id = "links_create", tag = "links", request_body = Draft,
    responses((status = 201, body = Link)))]
async fn create(may: May<EditMail>, Body(draft): Body<Draft>) -> Result<Created<Link>, Error> {
    let body = may.write(move |work| super::create(work, draft.clone())).await?;
    Ok(Created { location: format!("/api/links/{}", body.id), version: body.version, body })
}

/// One link definition.
#[utoipa::path(get, path = "/api/links/{id}", operation_id = "links_read", tag = "links", params(("id" = i64, Path)),
    responses((status = 200, body = Link)))]
async fn read(may: May<ReadMail>, Path(link): Path<LinkId>) -> Result<Versioned<Link>, Error> {
    let body = may.read(move |work| super::read(work, link)).await?;
    Ok(Versioned { version: body.version, body })
}

/// Change a link definition by a merge patch.
#[utoipa::path(patch, path = "/api/links/{id}", operation_id = "links_update", tag = "links", params(("id" = i64, Path)),
    request_body = serde_json::Value, responses((status = 200, body = Link)))]
async fn update(
    may: May<EditMail>,
    Path(link): Path<LinkId>,
    if_match: IfMatch,
    Body(patch): Body<serde_json::Value>,
) -> Result<Versioned<Link>, Error> {
    let body = may.write(move |work| super::update(work, link, &patch, &if_match)).await?;
    Ok(Versioned { version: body.version, body })
}

/// Remove a link definition. Links to it that are out lead nowhere from then on.
#[utoipa::path(delete, path = "/api/links/{id}", operation_id = "links_remove", tag = "links", params(("id" = i64, Path)),
    responses((status = 204)))]
async fn remove(may: May<EditMail>, Path(link): Path<LinkId>) -> Result<NoContent, Error> {
    may.write(move |work| super::remove(work, link)).await.map(|()| NoContent)
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct For {
    /// `mailchimp`, `brevo`, `cleverreach`, `activecampaign` or `regulars`.
    system: Option<String>,
    /// How a system that is not listed spells the field with the customer's public token.
    placeholder: Option<String>,
}

/// Addresses to paste into a foreign newsletter system, which puts the customer's public token into them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Placed {
    /// Records the click here and leads on.
    url: String,
    /// Leads to the shop's page directly; the page tells us (`/t/hit?cmfa=…&cmfc=…`).
    landing: String,
    placeholder: String,
}

const PLACEHOLDER_CHARS_MAX: usize = 100;

/// A link for a foreign newsletter system.
#[utoipa::path(get, path = "/api/links/{id}/placeholder", operation_id = "links_placeholder", tag = "links",
    params(("id" = i64, Path), For), responses((status = 200, body = Placed)))]
async fn placeholder(may: May<ReadMail>, Path(link): Path<LinkId>, Query(wanted): Query<For>) -> Result<Json<Placed>, Error> {
    let placeholder = match (&wanted.system, &wanted.placeholder) {
        (Some(system), None) => placeholder_of(system).map(str::to_owned).ok_or_else(|| {
            Error::invalid("/system", "unknown_system", "give the placeholder of a system that is not known here in `placeholder`")
        })?,
        (None, Some(placeholder)) if (1..=PLACEHOLDER_CHARS_MAX).contains(&placeholder.chars().count()) => placeholder.clone(),
        _ => return Err(Error::invalid("", "ambiguous", "name a system or a placeholder")),
    };
    let public_url = may.app.config.server.public_url.trim_end_matches('/').to_owned();
    let link = may.read(move |work| super::read(work, link)).await?;
    let landing = link.landing(&placeholder).unwrap_or_default();
    Ok(Json(Placed { url: format!("{public_url}/t/l/{}?cmfc={placeholder}", link.code), landing, placeholder }))
}
