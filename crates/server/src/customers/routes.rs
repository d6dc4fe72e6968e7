//! HTTP of the customers.

use super::model::{Customer, Draft, SaveOptions};
use crate::access::{EditCustomers, May, ReadCustomers};
use crate::app::App;
use crate::error::Error;
use crate::http::{Body, Created, IfMatch, NoContent, Path, Versioned};
use crate::ids::CustomerId;
use serde_json::{Map, Value};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create)).routes(routes!(read, change, remove))
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
#[utoipa::path(post, path = "/api/customers", operation_id = "customers_create", tag = "customers",
    request_body(content = Object, content_type = "application/json"), responses((status = 201, body = Customer)))]
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

/// Change a customer by a merge patch.
#[utoipa::path(patch, path = "/api/customers/{id}", operation_id = "customers_change", tag = "customers", params(("id" = i64, Path)),
    request_body(content = Object, content_type = "application/json"), responses((status = 200, body = Customer)))]
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
async fn remove(may: May<EditCustomers>, Path(id): Path<CustomerId>) -> Result<NoContent, Error> {
    may.write(move |work| super::remove(work, id)).await.map(|()| NoContent)
}
