//! HTTP of the deletions: reading only.

use super::{ACTIVITIES, CUSTOMERS, Deletion, store};
use crate::access::{May, ReadCustomers};
use crate::app::App;
use crate::error::Error;
use crate::http::{Listing, Page, Query};
use crate::time::Instant;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// `customers` or `activities`.
    entity_type: String,
    /// Only what went at this instant or later.
    since: Option<Instant>,
}

/// What is gone, in the order it went.
#[utoipa::path(get, path = "/api/deletions", operation_id = "deletions_list", tag = "deletions", params(Listing, Wanted),
    responses((status = 200, body = Page<Deletion>)))]
async fn list(may: May<ReadCustomers>, Query(listing): Query<Listing>, Query(wanted): Query<Wanted>) -> Result<Page<Deletion>, Error> {
    if ![CUSTOMERS, ACTIVITIES].contains(&wanted.entity_type.as_str()) {
        return Err(Error::invalid("/entityType", "unknown", format!("this is {CUSTOMERS} or {ACTIVITIES}")));
    }
    let limit = listing.limit()?;
    let after = listing.after::<(Instant, i64)>()?;
    let since = wanted.since.unwrap_or(Instant(i64::MIN));
    let gone = may.read(move |work| store::page(work, &wanted.entity_type, since, after, limit)).await?;
    Ok(Page::of(gone, limit, None, |deletion| (deletion.deleted_at, deletion.entity_id)))
}
