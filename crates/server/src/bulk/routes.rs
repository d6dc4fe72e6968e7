//! HTTP of the bulk actions. Whoever may see customers may see them; to start, stop or undo one takes `bulk:write` as well, and
//! the permission for what it changes.

use super::model::{Action, Bulk, Order, Outcome, Preview, Subject, Verdict};
use crate::access::{DeleteCustomers, EditCustomers, EditSegments, May, ReadCustomers, RunBulk};
use crate::app::App;
use crate::error::Error;
use crate::http::{Body, Listing, Page, Path, Query};
use crate::ids::{BulkId, CustomerId, JobId};
use crate::work::Work;
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(preview))
        .routes(routes!(read))
        .routes(routes!(outcomes))
        .routes(routes!(undo))
        .routes(routes!(cancel))
}

/// A bulk action that was accepted.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BulkAccepted {
    pub id: BulkId,
    pub job_id: Option<JobId>,
}

fn accepted(bulk: &Bulk) -> Response {
    let location = [(header::LOCATION, format!("/api/bulk/{}", bulk.id))];
    (StatusCode::ACCEPTED, location, Json(BulkAccepted { id: bulk.id, job_id: bulk.job_id })).into_response()
}

/// The permissions for what the action does: to see customers, and to change what it changes.
fn check(may: &May<RunBulk>, action: &Action) -> Result<(), Error> {
    may.also::<ReadCustomers>()?;
    match action.subject() {
        Subject::Customers => may.also::<EditCustomers>().map(drop),
        Subject::Existence => may.also::<DeleteCustomers>().map(drop),
        Subject::Segments => may.also::<EditSegments>().map(drop),
    }
}

/// Writes with the permissions for what the action does.
async fn write<T: Send + 'static>(
    may: &May<RunBulk>,
    action: &Action,
    operation: impl FnMut(&mut Work<'_>) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    check(may, action)?;
    may.write(operation).await
}

/// What a bulk action would do: how many customers are chosen, and, of the first of them, how many would change, are so already
/// or cannot be changed, with samples. Nothing is kept.
#[utoipa::path(post, path = "/api/bulk/preview", operation_id = "bulk_preview", tag = "bulk", request_body = Order,
    responses((status = 200, body = Preview)))]
async fn preview(may: May<RunBulk>, Body(order): Body<Order>) -> Result<Json<Preview>, Error> {
    check(&may, &order.action)?;
    super::preview(&may.app, may.actor(), order).await.map(Json)
}

/// Do one thing to many customers: those who are named, or all whom a filter finds now. A job does it; whoever matches the
/// filter later is left alone. With `expected`, nothing begins unless so many are chosen (`409 count_changed`). Besides
/// `bulk:write` and `customers:read`, changes to segments take `segments:write`, deletions `customers:delete`, all others
/// `customers:write`.
#[utoipa::path(post, path = "/api/bulk", operation_id = "bulk_create", tag = "bulk", request_body = Order,
    responses((status = 202, body = BulkAccepted)))]
async fn create(may: May<RunBulk>, Body(order): Body<Order>) -> Result<Response, Error> {
    let (asked, action) = (order.clone(), order.action.clone());
    check(&may, &action)?;
    let chosen = may.read(move |work| super::choose(work, &asked)).await?;
    let bulk = write(&may, &action, move |work| super::create(work, &order, &chosen)).await?;
    Ok(accepted(&bulk))
}

/// Bulk actions, newest first.
#[utoipa::path(get, path = "/api/bulk", operation_id = "bulk_list", tag = "bulk", params(Listing),
    responses((status = 200, body = Page<Bulk>)))]
async fn list(may: May<ReadCustomers>, Query(listing): Query<Listing>) -> Result<Page<Bulk>, Error> {
    let limit = listing.limit()?;
    let before = listing.after::<i64>()?;
    let all = may.read(move |work| super::page(work, before, limit)).await?;
    Ok(Page::of(all, limit, None, |bulk| bulk.id.0))
}

/// One bulk action.
#[utoipa::path(get, path = "/api/bulk/{id}", operation_id = "bulk_read", tag = "bulk", params(("id" = i64, Path)),
    responses((status = 200, body = Bulk)))]
async fn read(may: May<ReadCustomers>, Path(bulk): Path<BulkId>) -> Result<Json<Bulk>, Error> {
    may.read(move |work| super::read(work, bulk)).await.map(Json)
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Narrowed {
    /// Only customers for whom this came of it.
    outcome: Option<Verdict>,
}

/// What became of each customer, by outcome and id. Of those who were deleted, only the number is kept.
#[utoipa::path(get, path = "/api/bulk/{id}/outcomes", operation_id = "bulk_outcomes", tag = "bulk",
    params(("id" = i64, Path), Listing, Narrowed), responses((status = 200, body = Page<Outcome>)))]
async fn outcomes(
    may: May<ReadCustomers>,
    Path(bulk): Path<BulkId>,
    Query(listing): Query<Listing>,
    Query(narrowed): Query<Narrowed>,
) -> Result<Page<Outcome>, Error> {
    let limit = listing.limit()?;
    let after = listing.after::<(Verdict, CustomerId)>()?;
    let outcomes = may.read(move |work| super::outcomes(work, bulk, narrowed.outcome, after, limit)).await?;
    Ok(Page::of(outcomes, limit, None, |one| (one.outcome, one.customer_id)))
}

/// Take a bulk action back, as a bulk action of its own: customers who still are as it left them become as they were before.
/// Whoever was changed since stays as he is, and is refused. Deletions cannot be undone.
#[utoipa::path(post, path = "/api/bulk/{id}/undo", operation_id = "bulk_undo", tag = "bulk", params(("id" = i64, Path)),
    responses((status = 202, body = BulkAccepted)))]
async fn undo(may: May<RunBulk>, Path(bulk): Path<BulkId>) -> Result<Response, Error> {
    let action = may.also::<ReadCustomers>()?.read(move |work| Ok(super::read(work, bulk)?.action)).await?;
    let undo = write(&may, &action, move |work| super::undo(work, bulk)).await?;
    Ok(accepted(&undo))
}

/// Stop a bulk action that has not ended. What was done stays done, and can be undone.
#[utoipa::path(post, path = "/api/bulk/{id}/cancel", operation_id = "bulk_cancel", tag = "bulk", params(("id" = i64, Path)),
    responses((status = 200, body = Bulk)))]
async fn cancel(may: May<RunBulk>, Path(bulk): Path<BulkId>) -> Result<Json<Bulk>, Error> {
    let action = may.also::<ReadCustomers>()?.read(move |work| Ok(super::read(work, bulk)?.action)).await?;
    write(&may, &action, move |work| super::cancel(work, bulk)).await.map(Json)
}
