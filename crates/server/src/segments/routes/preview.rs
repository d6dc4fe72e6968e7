//! HTTP of looking ahead: what a condition would give, what it says of one customer, who will leave a segment.

use crate::access::{May, Permission, ReadCustomers, ReadSegments};
use crate::app::App;
use crate::error::Error;
use crate::http::{Body, Path, Query};
use crate::ids::SegmentId;
use crate::segments::forecast::{self, Forecast};
use crate::segments::preview::{self, Preview, Trial, Tried, Wanted};
use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const DAYS_DEFAULT: u32 = 30;
const DAYS_MAX: u32 = 366;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(preview)).routes(routes!(test)).routes(routes!(forecast))
}

/// What a condition would give: how many customers, some of them, what each part leaves and each leaf holds for by itself, and
/// how many are in other segments too. Whoever may not read customers is shown none.
#[utoipa::path(post, path = "/api/segments/preview", operation_id = "segments_preview", tag = "segments", request_body = Wanted,
    responses((status = 200, body = Preview)))]
async fn preview(may: May<ReadSegments>, Body(mut wanted): Body<Wanted>) -> Result<Json<Preview>, Error> {
    if !may.caller.holds(ReadCustomers::NAME) {
        wanted.sample = Some(0);
    }
    may.read(move |work| preview::preview(work, &wanted)).await.map(Json)
}

/// What a condition says of one customer, with the answer of every part.
#[utoipa::path(post, path = "/api/segments/test", operation_id = "segments_test", tag = "segments", request_body = Trial,
    responses((status = 200, body = Tried)))]
async fn test(may: May<ReadSegments>, Body(trial): Body<Trial>) -> Result<Json<Tried>, Error> {
    // It shows what is known of a customer.
    if !may.caller.holds(ReadCustomers::NAME) {
        return Err(Error::Forbidden(ReadCustomers::NAME));
    }
    let shown = may.caller.shown();
    may.read(move |work| preview::test(work, &trial, shown)).await.map(Json)
}

#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Ahead {
    /// How many days, today included: 1 to 366, 30 if absent.
    days: Option<u32>,
}

/// How many members will leave a segment on each day if nothing happens but time.
#[utoipa::path(get, path = "/api/segments/{id}/forecast", operation_id = "segments_forecast", tag = "segments",
    params(("id" = i64, Path), Ahead), responses((status = 200, body = Forecast)))]
async fn forecast(may: May<ReadSegments>, Path(segment): Path<SegmentId>, Query(ahead): Query<Ahead>) -> Result<Json<Forecast>, Error> {
    let days = match ahead.days.unwrap_or(DAYS_DEFAULT) {
        days @ 1..=DAYS_MAX => days,
        _ => return Err(Error::invalid("/days", "out_of_range", format!("days are 1 to {DAYS_MAX}"))),
    };
    may.read(move |work| forecast::forecast(work, segment, days)).await.map(Json)
}
