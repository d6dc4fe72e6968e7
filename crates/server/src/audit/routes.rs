//! HTTP of the audit log: reading only.

use super::{Entry, store};
use crate::access::{May, ReadAudit};
use crate::app::App;
use crate::error::Error;
use crate::http::{Listing, Page, Query};
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
    /// Only entries about this kind of thing, such as `segment`.
    entity_type: Option<String>,
    /// Only entries about this one.
    entity_id: Option<i64>,
}

/// Who changed what, newest first.
#[utoipa::path(get, path = "/api/audit", operation_id = "audit_list", tag = "audit", params(Listing, Wanted),
    responses((status = 200, body = Page<Entry>)))]
async fn list(may: May<ReadAudit>, Query(listing): Query<Listing>, Query(wanted): Query<Wanted>) -> Result<Page<Entry>, Error> {
    let limit = listing.limit()?;
    let before = listing.after::<i64>()?;
    let entries = may.read(move |work| store::page(work, wanted.entity_type.as_deref(), wanted.entity_id, before, limit)).await?;
    Ok(Page::of(entries, limit, None, |entry| entry.id.0))
}
