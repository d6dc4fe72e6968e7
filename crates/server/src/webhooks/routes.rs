//! HTTP of webhooks and deliveries.

use super::delivery::{Delivery, DeliveryDetail, State};
use super::model::{Draft, Webhook};
use super::store::{self, deliveries};
use crate::access::{EditWebhooks, May, Permission, ReadCustomers, ReadWebhooks};
use crate::app::App;
use crate::error::Error;
use crate::http::{Accepted, Body, IfMatch, KeptAnswer, Listing, NoContent, Page, Path, Query, Versioned};
use crate::ids::{CustomerId, DeliveryId, WebhookId};
use crate::time::Instant;
use axum::http::{HeaderName, StatusCode, header};
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(read, update, remove))
        .routes(routes!(rotate))
        .routes(routes!(test))
        .routes(routes!(deliveries))
        .routes(routes!(replay_all))
        .routes(routes!(delivery))
        .routes(routes!(replay))
}

/// A webhook with its secret, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WebhookWithSecret {
    #[serde(flatten)]
    webhook: Webhook,
    /// What deliveries are signed with. It cannot be shown again.
    secret: String,
}

/// The webhook as this caller may see it.
fn shown(may: &May<ReadWebhooks>, webhook: Webhook) -> Webhook {
    if may.caller.holds(EditWebhooks::NAME) { webhook } else { webhook.without_header_values() }
}

/// Webhooks by name.
#[utoipa::path(get, path = "/api/webhooks", operation_id = "webhooks_list", tag = "webhooks", params(Listing),
    responses((status = 200, body = Page<Webhook>)))]
async fn list(may: May<ReadWebhooks>, Query(listing): Query<Listing>) -> Result<Page<Webhook>, Error> {
    let (limit, after, counted) = (listing.limit()?, listing.after::<String>()?, listing.count);
    let (webhooks, total) = may
        .read(move |work| {
            let total = if counted { Some(store::count(work)?) } else { None };
            Ok((super::list(work, after.as_deref(), limit)?, total))
        })
        .await?;
    let webhooks = webhooks.into_iter().map(|webhook| shown(&may, webhook)).collect();
    Ok(Page::of(webhooks, limit, total, |webhook: &Webhook| webhook.draft.name.clone()))
}

type WithSecret<const N: usize> = (StatusCode, [(HeaderName, String); N], Extension<KeptAnswer>, Json<WebhookWithSecret>);

/// Add a webhook. The answer shows its secret.
#[utoipa::path(post, path = "/api/webhooks", operation_id = "webhooks_create", tag = "webhooks", request_body = Draft,
    responses((status = 201, body = WebhookWithSecret)))]
async fn create(may: May<EditWebhooks>, Body(draft): Body<Draft>) -> Result<WithSecret<2>, Error> {
    let (webhook, secret) = may.write(move |work| super::create(work, draft.clone())).await?;
    let headers = [(header::LOCATION, format!("/api/webhooks/{}", webhook.id)), etag(&webhook)];
    // Whoever repeats the request learns that it was done, but gets the secret by rotating it.
    let kept = KeptAnswer::of(&webhook)?;
    Ok((StatusCode::CREATED, headers, Extension(kept), Json(WebhookWithSecret { webhook, secret })))
}

fn etag(webhook: &Webhook) -> (HeaderName, String) {
    (header::ETAG, format!("\"{}\"", webhook.version))
}

/// One webhook.
#[utoipa::path(get, path = "/api/webhooks/{id}", operation_id = "webhooks_read", tag = "webhooks", params(("id" = i64, Path)),
    responses((status = 200, body = Webhook)))]
async fn read(may: May<ReadWebhooks>, Path(webhook): Path<WebhookId>) -> Result<Versioned<Webhook>, Error> {
    let webhook = may.read(move |work| super::read(work, webhook)).await?;
    Ok(Versioned { version: webhook.version, body: shown(&may, webhook) })
}

/// Change a webhook by a merge patch. Another address gets what is known of customers, so that it takes `customers:read` as well.
#[utoipa::path(patch, path = "/api/webhooks/{id}", operation_id = "webhooks_update", tag = "webhooks", params(("id" = i64, Path)),
    request_body = serde_json::Value, responses((status = 200, body = Webhook)))]
async fn update(
    may: May<EditWebhooks>,
    Path(webhook): Path<WebhookId>,
    if_match: IfMatch,
    Body(patch): Body<serde_json::Value>,
) -> Result<Versioned<Webhook>, Error> {
    let sees_customers = may.caller.holds(ReadCustomers::NAME);
    let is_moved = |patch: &serde_json::Value, webhook: &Webhook| patch.get("url").is_some_and(|url| *url != webhook.draft.url);
    let body = may
        .write(move |work| {
            if is_moved(&patch, &super::read(work, webhook)?) && !sees_customers {
                return Err(Error::Forbidden(ReadCustomers::NAME));
            }
            super::update(work, webhook, &patch, &if_match)
        })
        .await?;
    Ok(Versioned { version: body.version, body })
}

/// Remove a webhook that no rule uses, with its deliveries.
#[utoipa::path(delete, path = "/api/webhooks/{id}", operation_id = "webhooks_remove", tag = "webhooks", params(("id" = i64, Path)),
    responses((status = 204)))]
async fn remove(may: May<EditWebhooks>, Path(webhook): Path<WebhookId>) -> Result<NoContent, Error> {
    may.write(move |work| super::remove(work, webhook)).await.map(|()| NoContent)
}

/// Give a webhook a new secret. The answer shows it; the earlier one signs too for 24 hours.
#[utoipa::path(post, path = "/api/webhooks/{id}/rotate", operation_id = "webhooks_rotate", tag = "webhooks", params(("id" = i64, Path)),
    responses((status = 200, body = WebhookWithSecret)))]
async fn rotate(may: May<EditWebhooks>, Path(webhook): Path<WebhookId>) -> Result<WithSecret<1>, Error> {
    let (webhook, secret) = may.write(move |work| super::rotate(work, webhook)).await?;
    let kept = KeptAnswer::of(&webhook)?;
    Ok((StatusCode::OK, [etag(&webhook)], Extension(kept), Json(WebhookWithSecret { webhook, secret })))
}

/// Send a test delivery, in the way of all others.
#[utoipa::path(post, path = "/api/webhooks/{id}/test", operation_id = "webhooks_test", tag = "webhooks", params(("id" = i64, Path)),
    responses((status = 202, body = Delivery)))]
async fn test(
    may: May<EditWebhooks>,
    Path(webhook): Path<WebhookId>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<Delivery>), Error> {
    let delivery = may.write(move |work| super::test(work, webhook)).await?;
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, format!("/api/deliveries/{}", delivery.id))], Json(delivery)))
}

#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Only deliveries about this customer.
    customer_id: Option<CustomerId>,
    state: Option<State>,
}

/// Deliveries of a webhook, newest first.
#[utoipa::path(get, path = "/api/webhooks/{id}/deliveries", operation_id = "webhooks_deliveries", tag = "webhooks",
    params(("id" = i64, Path), Listing, Wanted), responses((status = 200, body = Page<Delivery>)))]
async fn deliveries(
    may: May<ReadWebhooks>,
    Path(webhook): Path<WebhookId>,
    Query(listing): Query<Listing>,
    Query(wanted): Query<Wanted>,
) -> Result<Page<Delivery>, Error> {
    let limit = listing.limit()?;
    let before = listing.after::<(Instant, i64)>()?.unwrap_or((Instant(i64::MAX), i64::MAX));
    let wanted = deliveries::Wanted { webhook, customer: wanted.customer_id, state: wanted.state };
    let counted = listing.count;
    let (found, total) = may
        .read(move |work| {
            super::read(work, webhook)?;
            let total = if counted { Some(deliveries::count(work, wanted)?) } else { None };
            Ok((deliveries::list(work, wanted, before, limit)?, total))
        })
        .await?;
    Ok(Page::of(found, limit, total, |delivery| (delivery.created_at, delivery.id.0)))
}

/// From when on.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReplaySince {
    /// Deliveries that were wanted at this instant or later.
    since: Instant,
}

/// Deliver everything again that was given up, as a job. It takes `customers:read` as well.
#[utoipa::path(post, path = "/api/webhooks/{id}/replay", operation_id = "webhooks_replay_all", tag = "webhooks", params(("id" = i64, Path)),
    request_body = ReplaySince, responses((status = 202, body = Accepted)))]
async fn replay_all(may: May<EditWebhooks>, Path(webhook): Path<WebhookId>, Body(wanted): Body<ReplaySince>) -> Result<Accepted, Error> {
    let job_id = may.also::<ReadCustomers>()?.write(move |work| super::replay_all(work, webhook, wanted.since)).await?;
    Ok(Accepted { job_id })
}

/// One delivery with what is sent and how each attempt went.
#[utoipa::path(get, path = "/api/deliveries/{id}", operation_id = "webhooks_delivery", tag = "webhooks", params(("id" = i64, Path)),
    responses((status = 200, body = DeliveryDetail)))]
async fn delivery(may: May<ReadWebhooks>, Path(delivery): Path<DeliveryId>) -> Result<Json<DeliveryDetail>, Error> {
    // It shows what is known of a customer.
    may.also::<ReadCustomers>()?.read(move |work| super::delivery(work, delivery)).await.map(Json)
}

/// Deliver something again that has ended, however it ended. It takes `customers:read` as well.
#[utoipa::path(post, path = "/api/deliveries/{id}/replay", operation_id = "webhooks_replay", tag = "webhooks", params(("id" = i64, Path)),
    responses((status = 200, body = Delivery)))]
async fn replay(may: May<EditWebhooks>, Path(delivery): Path<DeliveryId>) -> Result<Json<Delivery>, Error> {
    may.also::<ReadCustomers>()?.write(move |work| super::replay(work, delivery)).await.map(Json)
}
