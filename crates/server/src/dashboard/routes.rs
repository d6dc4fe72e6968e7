//! HTTP of the dashboard.

use super::model::Dashboard;
use super::range;
use crate::access::{May, ReadCustomers};
use crate::app::App;
use crate::error::Error;
use crate::http::Query;
use axum::Json;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read))
}

const DAYS_DEFAULT: i64 = 30;

#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Days to look back, today included; 1 to 366, 30 if absent.
    days: Option<i64>,
    /// The first day instead, with `to`.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// The last day, at most 366 with the first one.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Date>,
}

/// Figures of some days, next to those of as many days before.
#[utoipa::path(get, path = "/api/dashboard", operation_id = "dashboard_read", tag = "dashboard", params(Wanted),
    responses((status = 200, body = Dashboard)))]
async fn read(may: May<ReadCustomers>, Query(wanted): Query<Wanted>) -> Result<Json<Dashboard>, Error> {
    let wanted = match (wanted.from, wanted.to) {
        (Some(from), Some(to)) => range::Wanted::Between(from, to),
        (None, None) => range::Wanted::Last(wanted.days.unwrap_or(DAYS_DEFAULT)),
        (Some(_), None) => return Err(Error::invalid("/to", "missing", "from comes with to")),
        (None, Some(_)) => return Err(Error::invalid("/from", "missing", "to comes with from")),
    };
    may.read(move |work| super::read(work, wanted)).await.map(Json)
}
