//! HTTP of the customers.

mod body;

use super::filter::SegmentMode;
use super::list::{self, Sort, Wanted};
use super::model::{Customer, Draft, Note, SaveOptions, Version};
use crate::access::{DeleteCustomers, EditCustomers, May, ReadCustomers};
use crate::app::App;
use crate::error::Error;
use crate::http::{Body, Created, IfMatch, Listing, NoContent, Page, Path, Query, Versioned};
use crate::ids::{CustomerId, NoteId, SegmentId};
use crate::time::Instant;
use body::CustomerDraft;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_all, create))
        .routes(routes!(read, change, remove))
        .routes(routes!(add_identity))
        .routes(routes!(remove_identity))
        .routes(routes!(versions))
        .routes(routes!(notes, add_note))
        .routes(routes!(remove_note))
}

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct Narrowed {
    /// Words that must all occur in name, address, mail, phone, external ids or texts of custom fields.
    q: Option<String>,
    /// A condition tree as JSON.
    filter: Option<String>,
    /// How several segments are meant: `all` (the default) or `any`.
    #[param(inline)]
    segment_mode: Option<SegmentMode>,
    active: Option<bool>,
    published: Option<bool>,
    /// `id`, `createdAt`, `updatedAt`, `lastname`, `firstname`, `email`, `city` or `zip`; `-` before it turns the order round.
    sort: Option<String>,
}

fn wanted(narrowed: Narrowed, pairs: &[(String, String)]) -> Result<Wanted, Error> {
    let unreadable = |path: &str, message: &str| Error::invalid(path, "invalid", message);
    let segments = pairs.iter().filter(|(name, _)| name == "segment").map(|(_, id)| id.parse().map(SegmentId));
    let segments: Result<Vec<SegmentId>, _> = segments.collect();
    let filter = narrowed.filter.as_deref().map(serde_json::from_str::<Value>).transpose();
    Ok(Wanted {
        words: list::words(narrowed.q.as_deref().unwrap_or_default())?,
        filter: filter.map_err(|error| unreadable("/filter", &format!("the filter is not JSON: {error}")))?,
        segments: segments.map_err(|_| unreadable("/segment", "a segment is named by its id"))?,
        in_all: narrowed.segment_mode.unwrap_or_default() == SegmentMode::All,
        is_active: narrowed.active,
        is_published: narrowed.published,
        sort: narrowed.sort.as_deref().map(Sort::parse).transpose()?.unwrap_or_default(),
    })
}

/// Customers, searched, filtered and sorted. Their identities are not listed.
#[utoipa::path(get, path = "/api/customers", operation_id = "customers_list", tag = "customers",
    params(Listing, Narrowed, ("segment" = Option<Vec<i64>>, Query, description = "Only customers in this segment; may be repeated.")),
    responses((status = 200, body = Page<Customer>)))]
async fn list_all(
    may: May<ReadCustomers>,
    Query(listing): Query<Listing>,
    Query(narrowed): Query<Narrowed>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Page<Customer>, Error> {
    let wanted = wanted(narrowed, &pairs)?;
    may.read(move |work| super::list(work, &wanted, &listing)).await
}

/// Takes `saveOptions` out of a body; the rest is the customer.
fn split(mut values: Map<String, Value>) -> Result<(Map<String, Value>, SaveOptions), Error> {
    let options = match values.shift_remove("saveOptions") {
        None | Some(Value::Null) => SaveOptions::default(),
        Some(options) => serde_json::from_value(options).map_err(|error| Error::invalid("/saveOptions", "invalid", error.to_string()))?,
    };
    Ok((values, options))
}

/// Make a customer.
#[utoipa::path(post, path = "/api/customers", operation_id = "customers_create", tag = "customers", request_body = CustomerDraft,
    responses((status = 201, body = Customer)))]
async fn create(may: May<EditCustomers>, Body(values): Body<Map<String, Value>>) -> Result<Created<Customer>, Error> {
    let (values, options) = split(values)?;
    let draft = Draft::new(values);
    let customer = may.write(move |work| super::create(work, &draft, options)).await?;
    Ok(Created { location: format!("/api/customers/{}", customer.id), version: customer.version, body: customer })
}

/// One customer.
#[utoipa::path(get, path = "/api/customers/{id}", operation_id = "customers_read", tag = "customers", params(("id" = i64, Path)),
    responses((status = 200, body = Customer)))]
async fn read(may: May<ReadCustomers>, Path(id): Path<CustomerId>) -> Result<Versioned<Customer>, Error> {
    let customer = may.read(move |work| super::read(work, id)).await?;
    Ok(Versioned { version: customer.version, body: customer })
}

/// Change a customer by a merge patch: what is absent stays, what is null goes.
#[utoipa::path(patch, path = "/api/customers/{id}", operation_id = "customers_change", tag = "customers", params(("id" = i64, Path)),
    request_body = CustomerDraft, responses((status = 200, body = Customer)))]
async fn change(
    may: May<EditCustomers>,
    if_match: IfMatch,
    Path(id): Path<CustomerId>,
    Body(values): Body<Map<String, Value>>,
) -> Result<Versioned<Customer>, Error> {
    let (values, options) = split(values)?;
    let patch = Value::Object(values);
    let customer = may.write(move |work| super::update(work, id, &patch, &if_match, options)).await?;
    Ok(Versioned { version: customer.version, body: customer })
}

/// Delete a customer and everything that belongs to him.
#[utoipa::path(delete, path = "/api/customers/{id}", operation_id = "customers_remove", tag = "customers", params(("id" = i64, Path)),
    responses((status = 204)))]
async fn remove(may: May<DeleteCustomers>, Path(id): Path<CustomerId>) -> Result<NoContent, Error> {
    may.write(move |work| super::remove(work, id)).await.map(|()| NoContent)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct IdentityValue {
    value: String,
}

/// Make a customer known by one thing more: `email`, `phone`, or `external:` and the name of a system.
#[utoipa::path(put, path = "/api/customers/{id}/identities/{kind}", operation_id = "customers_add_identity", tag = "customers",
    params(("id" = i64, Path), ("kind" = String, Path)), request_body = IdentityValue, responses((status = 200, body = Customer)))]
async fn add_identity(
    may: May<EditCustomers>,
    Path((id, kind)): Path<(CustomerId, String)>,
    Body(body): Body<IdentityValue>,
) -> Result<Versioned<Customer>, Error> {
    let customer = may.write(move |work| super::add_identity(work, id, &kind, &body.value)).await?;
    Ok(Versioned { version: customer.version, body: customer })
}

/// Take one thing away that a customer is known by and that does not stand in his profile.
#[utoipa::path(delete, path = "/api/customers/{id}/identities/{kind}/{value}", operation_id = "customers_remove_identity",
    tag = "customers", params(("id" = i64, Path), ("kind" = String, Path), ("value" = String, Path)), responses((status = 204)))]
async fn remove_identity(may: May<EditCustomers>, Path((id, kind, value)): Path<(CustomerId, String, String)>) -> Result<NoContent, Error> {
    may.write(move |work| super::remove_identity(work, id, &kind, &value)).await.map(|()| NoContent)
}

/// What was changed of a customer, newest first.
#[utoipa::path(get, path = "/api/customers/{id}/versions", operation_id = "customers_versions", tag = "customers",
    params(("id" = i64, Path), Listing), responses((status = 200, body = Page<Version>)))]
async fn versions(may: May<ReadCustomers>, Path(id): Path<CustomerId>, Query(listing): Query<Listing>) -> Result<Page<Version>, Error> {
    let limit = listing.limit()?;
    let before = listing.after::<(Instant, i64)>()?;
    let versions = may.read(move |work| {
        super::must_exist(work, id)?;
        super::versions(work, id, before, limit + 1)
    });
    Ok(Page::of(versions.await?, limit, None, |version| (version.at, version.version)))
}

/// What people noted about a customer, newest first.
#[utoipa::path(get, path = "/api/customers/{id}/notes", operation_id = "customers_notes", tag = "customers",
    params(("id" = i64, Path), Listing), responses((status = 200, body = Page<Note>)))]
async fn notes(may: May<ReadCustomers>, Path(id): Path<CustomerId>, Query(listing): Query<Listing>) -> Result<Page<Note>, Error> {
    let limit = listing.limit()?;
    let before = listing.after::<(Instant, i64)>()?;
    let notes = may.read(move |work| {
        super::must_exist(work, id)?;
        super::notes(work, id, before, limit + 1)
    });
    Ok(Page::of(notes.await?, limit, None, |note| (note.at, note.id.0)))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewNote {
    title: String,
    #[serde(default)]
    text: String,
}

/// Note something about a customer.
#[utoipa::path(post, path = "/api/customers/{id}/notes", operation_id = "customers_add_note", tag = "customers",
    params(("id" = i64, Path)), request_body = NewNote, responses((status = 201, body = Note)))]
async fn add_note(may: May<EditCustomers>, Path(id): Path<CustomerId>, Body(new): Body<NewNote>) -> Result<Created<Note>, Error> {
    let note = may.write(move |work| super::add_note(work, id, &new.title, &new.text)).await?;
    Ok(Created { location: format!("/api/customers/{id}/notes/{}", note.id), version: 1, body: note })
}

/// Take a note away.
#[utoipa::path(delete, path = "/api/customers/{id}/notes/{note}", operation_id = "customers_remove_note", tag = "customers",
    params(("id" = i64, Path), ("note" = i64, Path)), responses((status = 204)))]
async fn remove_note(may: May<EditCustomers>, Path((id, note)): Path<(CustomerId, NoteId)>) -> Result<NoContent, Error> {
    may.write(move |work| super::remove_note(work, id, note)).await.map(|()| NoContent)
}
