//! HTTP of duplicates.

use super::model::{Cluster, Detail, Pair, Report, State};
use super::store::pairs::{self, Narrowed};
use crate::access::{EditDuplicates, May, ReadDuplicates};
use crate::app::App;
use crate::error::Error;
use crate::http::{Accepted, Body, Listing, Page, Path, Query};
use crate::ids::{CustomerId, PairId};
use axum::Json;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(clusters))
        .routes(routes!(report))
        .routes(routes!(search))
        .routes(routes!(read))
        .routes(routes!(decline))
        .routes(routes!(reopen))
        .routes(routes!(of_customer))
}

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
struct Wanted {
    /// `open` if absent.
    state: Option<State>,
    /// From this probability on, 0 to 1.
    min_probability: Option<f64>,
    /// Part of what either of the two is known by.
    q: Option<String>,
}

/// Pairs of customers who may be one person, the likeliest first.
#[utoipa::path(get, path = "/api/duplicates", operation_id = "duplicates_list", tag = "duplicates", params(Listing, Wanted),
    responses((status = 200, body = Page<Pair>)))]
async fn list(may: May<ReadDuplicates>, Query(listing): Query<Listing>, Query(wanted): Query<Wanted>) -> Result<Page<Pair>, Error> {
    let (limit, after, counted) = (listing.limit()?, listing.after::<(f64, i64)>()?, listing.count);
    if wanted.min_probability.is_some_and(|least| !(0.0..=1.0).contains(&least)) {
        return Err(Error::invalid("/minProbability", "out_of_range", "a probability lies between 0 and 1"));
    }
    let words = sql::fold_for_search(wanted.q.unwrap_or_default().trim());
    let narrowed = Narrowed { state: wanted.state.unwrap_or(State::Open), min_probability: wanted.min_probability, words };
    let (found, total) = may
        .read(move |work| {
            let total = if counted { Some(pairs::count(work, &narrowed)?) } else { None };
            Ok((super::list(work, &narrowed, after, limit)?, total))
        })
        .await?;
    Ok(Page::of(found, limit, total, |pair| (pair.probability, pair.id.0)))
}

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Shown {
    /// At most this many, 1 to 200; 50 if absent.
    limit: Option<usize>,
}

/// Clusters of customers who may all be one person, the largest first.
#[utoipa::path(get, path = "/api/duplicates/clusters", operation_id = "duplicates_clusters", tag = "duplicates", params(Shown),
    responses((status = 200, body = Vec<Cluster>)))]
async fn clusters(may: May<ReadDuplicates>, Query(shown): Query<Shown>) -> Result<Json<Vec<Cluster>>, Error> {
    let limit = shown.limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        return Err(Error::invalid("/limit", "out_of_range", "a limit lies between 1 and 200"));
    }
    may.read(move |work| super::list_clusters(work, limit)).await.map(Json)
}

/// How well duplicates are found: reviews by probability, the last full run, what the model learned.
#[utoipa::path(get, path = "/api/duplicates/report", operation_id = "duplicates_report", tag = "duplicates",
    responses((status = 200, body = Report)))]
async fn report(may: May<ReadDuplicates>) -> Result<Json<Report>, Error> {
    may.read(super::report).await.map(Json)
}

/// How to search.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DuplicateSearch)]
struct ToSearch {
    /// Whether the model is learned anew from the customers.
    #[serde(default = "learns")]
    learn: bool,
}

fn learns() -> bool {
    true
}

/// Look for duplicates among all customers.
#[utoipa::path(post, path = "/api/duplicates/search", operation_id = "duplicates_search", tag = "duplicates", request_body = ToSearch,
    responses((status = 202, body = Accepted)))]
async fn search(may: May<EditDuplicates>, Body(wanted): Body<ToSearch>) -> Result<Accepted, Error> {
    let job_id = may.write(move |work| super::search(work, wanted.learn)).await?;
    Ok(Accepted { job_id })
}

/// One pair, with everybody who hangs together with the two.
#[utoipa::path(get, path = "/api/duplicates/{id}", operation_id = "duplicates_read", tag = "duplicates", params(("id" = i64, Path)),
    responses((status = 200, body = Detail)))]
async fn read(may: May<ReadDuplicates>, Path(pair): Path<PairId>) -> Result<Json<Detail>, Error> {
    may.read(move |work| super::read(work, pair)).await.map(Json)
}

/// Say that the two are two. It is remembered until what was judged changes.
#[utoipa::path(post, path = "/api/duplicates/{id}/decline", operation_id = "duplicates_decline", tag = "duplicates",
    params(("id" = i64, Path)), responses((status = 200, body = Detail)))]
async fn decline(may: May<EditDuplicates>, Path(pair): Path<PairId>) -> Result<Json<Detail>, Error> {
    may.write(move |work| super::decline(work, pair)).await.map(Json)
}

/// Take a decline back.
#[utoipa::path(post, path = "/api/duplicates/{id}/reopen", operation_id = "duplicates_reopen", tag = "duplicates",
    params(("id" = i64, Path)), responses((status = 200, body = Detail)))]
async fn reopen(may: May<EditDuplicates>, Path(pair): Path<PairId>) -> Result<Json<Detail>, Error> {
    may.write(move |work| super::reopen(work, pair)).await.map(Json)
}

/// The pairs a customer is in.
#[utoipa::path(get, path = "/api/customers/{id}/duplicates", operation_id = "duplicates_of_customer", tag = "duplicates",
    params(("id" = i64, Path)), responses((status = 200, body = Vec<Pair>)))]
async fn of_customer(may: May<ReadDuplicates>, Path(customer): Path<CustomerId>) -> Result<Json<Vec<Pair>>, Error> {
    may.read(move |work| super::of_customer(work, customer)).await.map(Json)
}
