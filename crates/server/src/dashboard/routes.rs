//! HTTP of the dashboard.

use super::model::{Dashboard, Returning};
use super::range;
use crate::access::{May, ReadActivities, ReadCustomers};
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
    OpenApiRouter::new().routes(routes!(read)).routes(routes!(returning))
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

impl Wanted {
    fn range(self) -> Result<range::Wanted, Error> {
        match (self.from, self.to) {
            (Some(from), Some(to)) => Ok(range::Wanted::Between(from, to)),
            (None, None) => Ok(range::Wanted::Last(self.days.unwrap_or(DAYS_DEFAULT))),
            (Some(_), None) => Err(Error::invalid("/to", "missing", "from comes with to")),
            (None, Some(_)) => Err(Error::invalid("/from", "missing", "to comes with from")),
        }
    }
}

/// Figures of some days, next to those of as many days before.
#[utoipa::path(get, path = "/api/dashboard", operation_id = "dashboard_read", tag = "dashboard", params(Wanted),
    responses((status = 200, body = Dashboard)))]
async fn read(may: May<ReadCustomers>, Query(wanted): Query<Wanted>) -> Result<Json<Dashboard>, Error> {
    let wanted = wanted.range()?;
    may.read(move |work| super::read(work, wanted)).await.map(Json)
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct OfType {
    /// A type of activity; if absent, `order` where there is such a type, else the most frequent one of these days.
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// Customers who did something of one type in some days: for the first time ever, or again; next to those of as many days before. It
/// takes `customers:read` beside `activities:read`.
#[utoipa::path(get, path = "/api/dashboard/returning", operation_id = "dashboard_returning", tag = "dashboard", params(Wanted, OfType),
    responses((status = 200, body = Returning)))]
async fn returning(
    may: May<ReadActivities>,
    Query(wanted): Query<Wanted>,
    Query(of_type): Query<OfType>,
) -> Result<Json<Returning>, Error> {
    let wanted = wanted.range()?;
    may.also::<ReadCustomers>()?.read(move |work| super::returning(work, wanted, of_type.kind.clone())).await.map(Json)
}
