//! HTTP of the settings and the custom fields.

use super::model::{Field, NewField};
use super::pipeline::Settings;
use crate::access::{EditSettings, May, ReadFields, ReadSettings};
use crate::app::App;
use crate::error::Error;
use crate::http::{Body, Created, IfMatch, Listing, NoContent, Page, Path, Query, Versioned};
use crate::ids::FieldId;
use serde_json::Value;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read, change)).routes(routes!(list_fields, add_field)).routes(routes!(
        read_field,
        change_field,
        remove_field
    ))
}

fn versioned(settings: Arc<Settings>) -> Versioned<Value> {
    Versioned { version: settings.version, body: settings.document() }
}

/// All settings with their standing values.
#[utoipa::path(get, path = "/api/settings", operation_id = "settings_read", tag = "settings", responses((status = 200, body = Settings)))]
async fn read(may: May<ReadSettings>) -> Result<Versioned<Value>, Error> {
    may.read(|work| super::all(work).map(versioned)).await
}

/// Change settings by a merge patch. A setting that is null goes back to its default.
#[utoipa::path(patch, path = "/api/settings", operation_id = "settings_change", tag = "settings",
    request_body(content = Object, content_type = "application/json"), responses((status = 200, body = Settings)))]
async fn change(may: May<EditSettings>, if_match: IfMatch, Body(patch): Body<Value>) -> Result<Versioned<Value>, Error> {
    may.write(move |work| super::change(work, &patch, &if_match).map(versioned)).await
}

/// The custom fields by position. There are few: one page holds them all.
#[utoipa::path(get, path = "/api/fields", operation_id = "settings_list_fields", tag = "settings", params(Listing),
    responses((status = 200, body = Page<Field>)))]
async fn list_fields(may: May<ReadFields>, Query(listing): Query<Listing>) -> Result<Page<Field>, Error> {
    let limit = listing.limit()?;
    let after = listing.after::<(i64, i64)>()?;
    let fields = may.read(super::fields).await?;
    let total = listing.count.then_some(fields.all.len() as i64);
    let key = |field: &Field| (field.position, field.id.0);
    let rest: Vec<Field> =
        fields.all.iter().filter(|field| after.is_none_or(|after| after < key(field))).take(limit + 1).cloned().collect();
    Ok(Page::of(rest, limit, total, key))
}

/// Define a custom field.
#[utoipa::path(post, path = "/api/fields", operation_id = "settings_add_field", tag = "settings", request_body = NewField,
    responses((status = 201, body = Field)))]
async fn add_field(may: May<EditSettings>, Body(new): Body<NewField>) -> Result<Created<Field>, Error> {
    let field = may.write(move |work| super::add_field(work, &new)).await?;
    Ok(Created { location: format!("/api/fields/{}", field.id), version: field.version, body: field })
}

/// One custom field.
#[utoipa::path(get, path = "/api/fields/{id}", operation_id = "settings_read_field", tag = "settings", params(("id" = i64, Path)),
    responses((status = 200, body = Field)))]
async fn read_field(may: May<ReadFields>, Path(id): Path<FieldId>) -> Result<Versioned<Field>, Error> {
    let field = may.read(move |work| super::read_field(work, id)).await?;
    Ok(Versioned { version: field.version, body: field })
}

/// Change label, options, flags or position of a field. Its name and kind never change.
#[utoipa::path(patch, path = "/api/fields/{id}", operation_id = "settings_change_field", tag = "settings", params(("id" = i64, Path)),
    request_body(content = Object, content_type = "application/json"), responses((status = 200, body = Field)))]
async fn change_field(
    may: May<EditSettings>,
    if_match: IfMatch,
    Path(id): Path<FieldId>,
    Body(patch): Body<Value>,
) -> Result<Versioned<Field>, Error> {
    let field = may.write(move |work| super::change_field(work, id, &patch, &if_match)).await?;
    Ok(Versioned { version: field.version, body: field })
}

/// Delete a field and, in the background, its values.
#[utoipa::path(delete, path = "/api/fields/{id}", operation_id = "settings_remove_field", tag = "settings", params(("id" = i64, Path)),
    responses((status = 204)))]
async fn remove_field(may: May<EditSettings>, Path(id): Path<FieldId>) -> Result<NoContent, Error> {
    may.write(move |work| super::remove_field(work, id)).await.map(|()| NoContent)
}
