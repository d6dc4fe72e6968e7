//! Around every request: its id, its span in the log, its place in the metrics, the time it may take, and that
//! its sender hears the answer.

use super::rest::read_rest;
use crate::app::App;
use crate::error::Error;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::time::{Duration, Instant};
use tracing::Instrument;

const REQUEST_ID_HEADER: HeaderName = HeaderName::from_static("x-request-id");
const REQUEST_ID_CHARS_MAX: usize = 64;
/// Random bytes of an id that we give ourselves.
const REQUEST_ID_BYTES: usize = 8;
/// How long a request may take until its answer begins; one that brings a file may take its time.
const TIME_MAX: Duration = Duration::from_secs(60);
const UPLOAD_TIME_MAX: Duration = Duration::from_secs(60 * 60);

tokio::task_local! {
    static REQUEST_ID: String;
}

/// The id of the request that this task works for, as it is shown in the log and in problems.
pub fn request_id() -> Option<String> {
    REQUEST_ID.try_with(Clone::clone).ok()
}

/// Runs something on behalf of the request, on whatever task.
pub async fn with_request_id<T>(id: Option<String>, work: impl Future<Output = T>) -> T {
    match id {
        Some(id) => REQUEST_ID.scope(id, work).await,
        None => work.await,
    }
}

/// The layer.
pub async fn observe(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = given_id(request.headers()).unwrap_or_else(|| app.random_token(REQUEST_ID_BYTES));
    // The pattern, not the address: an address can hold what must not be logged, and there are endlessly many.
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let method = match request.method().as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known.to_owned(),
        _ => "other".to_owned(),
    };
    let time_max = if is_upload(request.headers()) { UPLOAD_TIME_MAX } else { TIME_MAX };
    let span = tracing::info_span!("request", request.id = id, method, route);
    let started = Instant::now();
    let answered = async {
        let answer = tokio::time::timeout(time_max, next.run(read_rest(request))).await;
        let response = answer.unwrap_or_else(|_| {
            tracing::error!("a request took too long and was stopped");
            Error::TookTooLong.into_response()
        });
        let (took, status) = (started.elapsed(), response.status());
        tracing::debug!(status = status.as_u16(), duration_ms = took.as_secs_f64() * 1_000.0, "answered");
        record(method, route, status, took);
        response
    };
    let mut response = REQUEST_ID.scope(id.clone(), answered).instrument(span).await;
    if let Ok(value) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID_HEADER, value);
    }
    response
}

/// The id a proxy or caller gave, if it is one that can be logged.
fn given_id(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(REQUEST_ID_HEADER)?.to_str().ok()?;
    let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    (is_plain && (1..=REQUEST_ID_CHARS_MAX).contains(&text.len())).then(|| text.to_owned())
}

fn is_upload(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/"))
}

fn record(method: String, route: String, status: StatusCode, took: Duration) {
    let status = status.as_u16().to_string();
    metrics::counter!("regulars_http_requests_total", "method" => method.clone(), "route" => route.clone(), "status" => status)
        .increment(1);
    metrics::histogram!("regulars_http_request_seconds", "method" => method, "route" => route).record(took.as_secs_f64());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_ids_are_taken_over() {
        check("4bf92f35-77b3.a_1", true);
        check("", false);
        check("a b", false);
        check("a\"b", false);
        check(&"a".repeat(65), false);

        #[track_caller]
        fn check(text: &str, taken: bool) {
            let headers = HeaderMap::from_iter([(REQUEST_ID_HEADER, HeaderValue::from_str(text).unwrap())]);
            assert_eq!(given_id(&headers).is_some(), taken, "{text:?}");
        }
    }
}
