//! HTTP of the subscriptions.

use super::model::{Status, Subscription};
use crate::access::{EditCustomers, May, ReadCustomers};
use crate::app::App;
use crate::error::Error;
use crate::http::{Body, NoContent, Path};
use crate::ids::CustomerId;
use axum::Json;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(set, remove))
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SubscriptionBody {
    status: Status,
}

/// The newsletter lists a customer is or was on.
#[utoipa::path(get, path = "/api/customers/{id}/subscriptions", operation_id = "subscriptions_list", tag = "subscriptions",
    params(("id" = i64, Path)), responses((status = 200, body = Vec<Subscription>)))]
async fn list(may: May<ReadCustomers>, Path(customer): Path<CustomerId>) -> Result<Json<Vec<Subscription>>, Error> {
    may.read(move |work| super::list(work, customer)).await.map(Json)
}

/// Set the status of a customer on a list.
#[utoipa::path(put, path = "/api/customers/{id}/subscriptions/{list}", operation_id = "subscriptions_set", tag = "subscriptions",
    params(("id" = i64, Path), ("list" = String, Path)), request_body = SubscriptionBody, responses((status = 200, body = Subscription)))]
async fn set(
    may: May<EditCustomers>,
    Path((customer, list)): Path<(CustomerId, String)>,
    Body(body): Body<SubscriptionBody>,
) -> Result<Json<Subscription>, Error> {
    may.write(move |work| super::set(work, customer, &list, body.status)).await.map(Json)
}

/// Forget that a customer was ever on a list.
#[utoipa::path(delete, path = "/api/customers/{id}/subscriptions/{list}", operation_id = "subscriptions_remove", tag = "subscriptions",
    params(("id" = i64, Path), ("list" = String, Path)), responses((status = 204)))]
async fn remove(may: May<EditCustomers>, Path((customer, list)): Path<(CustomerId, String)>) -> Result<NoContent, Error> {
    may.write(move |work| super::remove(work, customer, &list)).await.map(|()| NoContent)
}
