//! HTTP of a customer's past and future.

use super::model::{Density, Entry, Kind, Place, Planned, Source, start_of};
use crate::access::{May, ReadActivities, ReadCustomers};
use crate::app::App;
use crate::error::Error;
use crate::http::{Listing, Page, Path, Query};
use crate::ids::CustomerId;
use crate::time::Instant;
use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(density)).routes(routes!(upcoming))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Only these kinds, separated by commas: `activity`, `note`, `consent`, `segment_entered`, `segment_left`, `edit`, `mail`, `rule`,
    /// `merge`, `unmerge`.
    /// Entering and leaving segments come together.
    kinds: Option<String>,
    /// Only what happened before this instant.
    until: Option<Instant>,
}

impl Wanted {
    fn sources(&self) -> Result<Vec<Source>, Error> {
        let Some(kinds) = &self.kinds else { return Ok(Source::ALL.to_vec()) };
        let mut sources = Vec::new();
        for name in kinds.split(',') {
            let kind: Kind = serde_json::from_value(serde_json::Value::String(name.trim().to_owned()))
                .map_err(|_| Error::invalid("/kinds", "unknown_kind", format!("{name:?} is not a kind of entry")))?;
            if !sources.contains(&kind.source()) {
                sources.push(kind.source());
            }
        }
        Ok(sources)
    }
}

/// Everything that happened to a customer, newest first, as far as the caller may see it.
#[utoipa::path(get, path = "/api/customers/{id}/timeline", operation_id = "timeline_list", tag = "timeline",
    params(("id" = i64, Path), Listing, Wanted), responses((status = 200, body = Page<Entry>)))]
async fn list(
    may: May<ReadCustomers>,
    Path(customer): Path<CustomerId>,
    Query(listing): Query<Listing>,
    Query(wanted): Query<Wanted>,
) -> Result<Page<Entry>, Error> {
    let limit = listing.limit()?;
    let before = listing.after::<Place>()?.into_iter().chain(wanted.until.map(start_of)).min();
    let sources: Vec<Source> = wanted.sources()?.into_iter().filter(|source| source.is_shown_to(&may.caller)).collect();
    let entries = may.read(move |work| super::list(work, customer, &sources, before, limit)).await?;
    Ok(Page::of(entries, limit, None, |entry| entry.kind.source().place(entry.at, entry.id)))
}

/// How much a customer did in the course of time, for a picture of it.
#[utoipa::path(get, path = "/api/customers/{id}/timeline/density", operation_id = "timeline_density", tag = "timeline",
    params(("id" = i64, Path)), responses((status = 200, body = Density)))]
async fn density(may: May<ReadActivities>, Path(customer): Path<CustomerId>) -> Result<Json<Density>, Error> {
    may.read(move |work| super::density(work, customer)).await.map(Json)
}

/// What is planned for a customer, in the order in which it comes, as far as the caller may see where it comes from: rules, mails,
/// segments.
#[utoipa::path(get, path = "/api/customers/{id}/upcoming", operation_id = "timeline_upcoming", tag = "timeline",
    params(("id" = i64, Path)), responses((status = 200, body = Page<Planned>)))]
async fn upcoming(may: May<ReadCustomers>, Path(customer): Path<CustomerId>) -> Result<Page<Planned>, Error> {
    let sources = Source::ALL.into_iter().filter(|source| source.is_shown_to(&may.caller)).collect::<Vec<_>>();
    let items = may.read(move |work| super::upcoming(work, customer, &sources)).await?;
    Ok(Page { items, next_cursor: None, total: None })
}
