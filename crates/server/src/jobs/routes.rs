//! HTTP of the jobs: looking, retrying, cancelling, and following one as it runs.

use super::model::{Ended, JobView, State};
use super::store;
use crate::access::{EditJobs, May, ReadJobs};
use crate::app::App;
use crate::audit;
use crate::error::Error;
use crate::http::{Body, Listing, Page, Path, Query};
use crate::ids::JobId;
use axum::Json;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(counts))
        .routes(routes!(retry_all))
        .routes(routes!(read))
        .routes(routes!(retry))
        .routes(routes!(cancel))
        .routes(routes!(follow))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    state: Option<State>,
    /// Only jobs of this kind, such as `import`.
    kind: Option<String>,
}

/// Jobs, newest first.
#[utoipa::path(get, path = "/api/jobs", operation_id = "jobs_list", tag = "jobs", params(Listing, Wanted),
    responses((status = 200, body = Page<JobView>)))]
async fn list(may: May<ReadJobs>, Query(listing): Query<Listing>, Query(wanted): Query<Wanted>) -> Result<Page<JobView>, Error> {
    let limit = listing.limit()?;
    let before = listing.after::<i64>()?;
    let jobs = may.read(move |work| store::page(work, wanted.state, wanted.kind.as_deref(), before, limit)).await?;
    Ok(Page::of(jobs, limit, None, |job| job.id.0))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Counted {
    state: State,
}

/// How many jobs of a state there are of each kind; kinds without any are left out.
#[utoipa::path(get, path = "/api/jobs/counts", operation_id = "jobs_counts", tag = "jobs", params(Counted),
    responses((status = 200, body = BTreeMap<String, i64>)))]
async fn counts(may: May<ReadJobs>, Query(counted): Query<Counted>) -> Result<Json<BTreeMap<String, i64>>, Error> {
    let counts = may.read(move |work| store::count_by_kind(work, counted.state)).await?;
    Ok(Json(counts.into_iter().collect()))
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RetryJobs)]
struct Again {
    state: Ended,
    /// Only jobs of this kind, such as `send_message`.
    kind: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RetriedJobs)]
struct Retried {
    /// How many run again.
    retried: u64,
}

/// Put all dead jobs, or all that were cancelled, back into the queue: the 10000 oldest. Where several wanted the same, the newest
/// of them does, unless another job is at it already.
#[utoipa::path(post, path = "/api/jobs/retry", operation_id = "jobs_retry_all", tag = "jobs", request_body = Again,
    responses((status = 200, body = Retried)))]
async fn retry_all(may: May<EditJobs>, Body(again): Body<Again>) -> Result<Json<Retried>, Error> {
    may.write(move |work| {
        let retried = super::retry_all(work, again.state, again.kind.as_deref())?;
        audit::record(work, "retry", "job", None, &json!({ "state": again.state, "kind": again.kind, "count": retried }))?;
        Ok(Json(Retried { retried }))
    })
    .await
}

/// One job.
#[utoipa::path(get, path = "/api/jobs/{id}", operation_id = "jobs_read", tag = "jobs", params(("id" = i64, Path)),
    responses((status = 200, body = JobView)))]
async fn read(may: May<ReadJobs>, Path(job): Path<JobId>) -> Result<Json<JobView>, Error> {
    may.read(move |work| super::read(work, job)).await.map(Json)
}

/// Put a dead or cancelled job back into the queue.
#[utoipa::path(post, path = "/api/jobs/{id}/retry", operation_id = "jobs_retry", tag = "jobs", params(("id" = i64, Path)),
    responses((status = 200, body = JobView)))]
async fn retry(may: May<EditJobs>, Path(job): Path<JobId>) -> Result<Json<JobView>, Error> {
    may.write(move |work| {
        audit::record(work, "retry", "job", Some(job.0), &json!({}))?;
        super::retry(work, job)
    })
    .await
    .map(Json)
}

/// Stop a job that has not ended.
#[utoipa::path(post, path = "/api/jobs/{id}/cancel", operation_id = "jobs_cancel", tag = "jobs", params(("id" = i64, Path)),
    responses((status = 200, body = JobView)))]
async fn cancel(may: May<EditJobs>, Path(job): Path<JobId>) -> Result<Json<JobView>, Error> {
    may.write(move |work| {
        audit::record(work, "cancel", "job", Some(job.0), &json!({}))?;
        super::cancel(work, job)
    })
    .await
    .map(Json)
}

/// Pause between two looks at a job that is followed, and how long one connection follows it; browsers reconnect.
const LOOK_EVERY: Duration = Duration::from_millis(500);
const LOOKS_MAX: usize = 1_200;

/// A job as it runs: an event `job` whenever it has changed, until it has ended.
#[utoipa::path(get, path = "/api/jobs/{id}/events", operation_id = "jobs_follow", tag = "jobs", params(("id" = i64, Path)),
    responses((status = 200, body = String, content_type = "text/event-stream")))]
async fn follow(may: May<ReadJobs>, Path(id): Path<JobId>) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Error> {
    let first = may.read(move |work| super::read(work, id)).await?;
    let start = (may, Some(first), String::new(), 0_usize);
    let events = futures_util::stream::unfold(start, move |(may, mut ready, last, mut looks)| async move {
        loop {
            if let Some(job) = ready.take() {
                let ended = !matches!(job.state, State::Queued | State::Running);
                let text = serde_json::to_string(&job).unwrap_or_default();
                if text != last {
                    looks = if ended { LOOKS_MAX } else { looks };
                    return Some((Ok(Event::default().event("job").data(text.clone())), (may, None, text, looks)));
                }
            }
            if LOOKS_MAX <= looks {
                return None;
            }
            looks += 1;
            tokio::time::sleep(LOOK_EVERY).await;
            match may.read(move |work| super::read(work, id)).await {
                Ok(job) => ready = Some(job),
                Err(error) => {
                    error.log();
                    return None;
                }
            }
        }
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}
