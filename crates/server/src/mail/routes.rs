//! HTTP of templates; of messages, suppressed addresses and bounces in the files of its folder.

mod bounces;
mod messages;
mod suppressions;

use super::model::{Draft, Rendered, Template};
use super::store;
use super::trial::{self, TestMail};
use crate::access::{EditMail, May, Permission, ReadCustomers, ReadMail};
use crate::app::App;
use crate::error::Error;
use crate::http::{Body, Created, IfMatch, Listing, NoContent, Page, Path, Query, Versioned};
use crate::ids::{ActivityId, CustomerId, TemplateId};
use axum::Json;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(read, update, remove))
        .routes(routes!(preview))
        .routes(routes!(test))
        .merge(messages::router())
        .merge(suppressions::router())
        .merge(bounces::router())
}

/// Mail templates by name.
#[utoipa::path(get, path = "/api/templates", operation_id = "mail_list", tag = "mail", params(Listing),
    responses((status = 200, body = Page<Template>)))]
async fn list(may: May<ReadMail>, Query(listing): Query<Listing>) -> Result<Page<Template>, Error> {
    let limit = listing.limit()?;
    let after = listing.after::<String>()?;
    let templates = may.read(move |work| store::templates(work, after.as_deref(), limit)).await?;
    Ok(Page::of(templates, limit, None, |template| template.name.clone()))
}

/// Add a mail template. Names it does not know are refused with the part they stand in.
#[utoipa::path(post, path = "/api/templates", operation_id = "mail_create", tag = "mail", request_body = Draft,
    responses((status = 201, body = Template)))]
async fn create(may: May<EditMail>, Body(draft): Body<Draft>) -> Result<Created<Template>, Error> {
    let body = may.write(move |work| super::create(work, draft.clone())).await?;
    Ok(Created { location: format!("/api/templates/{}", body.id), version: body.version, body })
}

/// One mail template.
#[utoipa::path(get, path = "/api/templates/{id}", operation_id = "mail_read", tag = "mail", params(("id" = i64, Path)),
    responses((status = 200, body = Template)))]
async fn read(may: May<ReadMail>, Path(template): Path<TemplateId>) -> Result<Versioned<Template>, Error> {
    let body = may.read(move |work| super::read(work, template)).await?;
    Ok(Versioned { version: body.version, body })
}

/// Change a mail template by a merge patch.
#[utoipa::path(patch, path = "/api/templates/{id}", operation_id = "mail_update", tag = "mail", params(("id" = i64, Path)),
    request_body = serde_json::Value, responses((status = 200, body = Template)))]
async fn update(
    may: May<EditMail>,
    Path(template): Path<TemplateId>,
    if_match: IfMatch,
    Body(patch): Body<serde_json::Value>,
) -> Result<Versioned<Template>, Error> {
    let body = may.write(move |work| super::update(work, template, &patch, &if_match)).await?;
    Ok(Versioned { version: body.version, body })
}

/// Remove a mail template that no rule uses.
#[utoipa::path(delete, path = "/api/templates/{id}", operation_id = "mail_remove", tag = "mail", params(("id" = i64, Path)),
    responses((status = 204)))]
async fn remove(may: May<EditMail>, Path(template): Path<TemplateId>) -> Result<NoContent, Error> {
    may.write(move |work| super::remove(work, template)).await.map(|()| NoContent)
}

/// Whom to show a template for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct PreviewFor {
    customer_id: CustomerId,
    /// The activity the mail would answer.
    activity_id: Option<ActivityId>,
    /// The customer's own if absent.
    language: Option<String>,
}

/// It shows what is known of a customer.
fn may_see_customers<P: Permission>(may: &May<P>) -> Result<(), Error> {
    if may.caller.holds(ReadCustomers::NAME) { Ok(()) } else { Err(Error::Forbidden(ReadCustomers::NAME)) }
}

/// A template as one customer would get it.
#[utoipa::path(post, path = "/api/templates/{id}/preview", operation_id = "mail_preview", tag = "mail", params(("id" = i64, Path)),
    request_body = PreviewFor, responses((status = 200, body = Rendered)))]
async fn preview(may: May<ReadMail>, Path(template): Path<TemplateId>, Body(wanted): Body<PreviewFor>) -> Result<Json<Rendered>, Error> {
    may_see_customers(&may)?;
    may.read(move |work| trial::preview(work, template, wanted.customer_id, wanted.activity_id, wanted.language.as_deref())).await.map(Json)
}

/// Send a template to an address as one customer would get it: at once, marked as a test, and not counted as his mail.
#[utoipa::path(post, path = "/api/templates/{id}/test", operation_id = "mail_test", tag = "mail", params(("id" = i64, Path)),
    request_body = TestMail, responses((status = 200, body = Rendered)))]
async fn test(may: May<EditMail>, Path(template): Path<TemplateId>, Body(wanted): Body<TestMail>) -> Result<Json<Rendered>, Error> {
    may_see_customers(&may)?;
    trial::test(&may.app, may.actor(), template, wanted).await.map(Json)
}
