//! `Idempotency-Key`: a `POST` that is repeated with the same key, because its answer got lost, is not done again but
//! answered as the first time. The key is reserved before the work, marked in the very transaction that does the work, and
//! gets its answer afterwards; so a crash in between can lose the answer but never do the work twice. Bodies of forms
//! (uploads) are not read here: such a request is told apart by its place and length alone.

use super::{BODY_BYTES_MAX, store};
use crate::access::{self, Actor, Caller};
use crate::app::App;
use crate::error::Error;
use crate::time::Instant;
use crate::work::{self, Work};
use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tracing::Instrument;

const KEY_HEADER: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED_HEADER: HeaderName = HeaderName::from_static("idempotency-replayed");
const KEY_CHARS_MAX: usize = 200;
/// How long a key is known.
const KEPT_MINUTES: i64 = 24 * 60;
/// Longer than any request may take: one that has neither done its work nor been answered by then is dead.
const DEAD_AFTER_MINUTES: i64 = 10;
/// Answers longer than this are not kept; their repetition is told that the work has been done.
const ANSWER_BYTES_MAX: u64 = 1024 * 1024;

/// A key in the hands of one request.
#[derive(Debug, Clone)]
pub struct Reservation {
    pub actor: String,
    pub key: String,
    /// When it was reserved: tells this request from one that took the key over.
    pub at: Instant,
}

/// An answer as it is kept. A route puts one into the extensions of its answer when that must not be kept as it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeptAnswer {
    pub content_type: Option<String>,
    pub location: Option<String>,
    pub etag: Option<String>,
    pub body: String,
}

impl KeptAnswer {
    /// An answer with another body than the one that was given.
    pub fn of(body: &impl Serialize) -> Result<KeptAnswer, Error> {
        let body = serde_json::to_string(body).map_err(|error| Error::Bug(error.into()))?;
        Ok(KeptAnswer { content_type: Some("application/json".to_owned()), location: None, etag: None, body })
    }
}

tokio::task_local! {
    /// The key of the request that this task works for.
    static RESERVED: Reservation;
}

/// The reservation of the request that is under way, if it has one.
pub fn reserved() -> Option<Reservation> {
    RESERVED.try_with(Clone::clone).ok()
}

/// Part of each unit of work of the request: what it did and the mark that it was done are durable together, or neither.
pub fn mark(work: &mut Work<'_>, reservation: &Reservation) -> Result<(), Error> {
    if store::mark_applied(work, reservation)? { Ok(()) } else { Err(under_way()) }
}

/// Forgets keys that are past their time.
pub fn prune(work: &mut Work<'_>) -> Result<(), Error> {
    let past = work.now.plus_minutes(-KEPT_MINUTES);
    store::delete_before(work, past)
}

/// The layer: lets everything pass that has no key.
pub async fn once(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !request.headers().contains_key(KEY_HEADER) {
        return next.run(request).await;
    }
    // Someone unknown has no keys of his own; what he asks for is refused by the route, or public.
    let Ok(caller) = access::recognise(&app, request.headers()).await else { return next.run(request).await };
    match reserve(&app, &caller, request).await {
        Ok(Reserved::Fresh(reservation, request)) => {
            // A task of its own: when the caller goes away the work goes on, and its answer is there when he comes back.
            let work = RESERVED.scope(reservation.clone(), carry_out(app, reservation, request, next));
            let request_id = super::request_id();
            let work = super::with_request_id(request_id, work).in_current_span();
            tokio::spawn(work).await.unwrap_or_else(|error| Error::Bug(error.into()).into_response())
        }
        Ok(Reserved::Answered(answer)) => answer,
        Err(error) => error.into_response(),
    }
}

enum Reserved {
    Fresh(Reservation, Request),
    Answered(Response),
}

async fn reserve(app: &App, caller: &Caller, request: Request) -> Result<Reserved, Error> {
    let key = request.headers().get(KEY_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if key.is_empty() || KEY_CHARS_MAX < key.len() {
        return Err(Error::Malformed(format!("Idempotency-Key has 1 to {KEY_CHARS_MAX} visible characters")));
    }
    let actor = format!("{}:{}", caller.actor.kind.as_str(), caller.actor.id.unwrap_or_default());
    let reservation = Reservation { actor, key: key.to_owned(), at: app.clock.now() };
    let (request, fingerprint) = read(request).await?;
    let wanted = (reservation.clone(), fingerprint.clone());
    let standing = work::write(app, Actor::system(), move |work| {
        let (reservation, fingerprint) = &wanted;
        let (past, dead) = (work.now.plus_minutes(-KEPT_MINUTES), work.now.plus_minutes(-DEAD_AFTER_MINUTES));
        store::free_lapsed(work, reservation, past, dead)?;
        if store::reserve(work, reservation, fingerprint)? {
            return Ok(None);
        }
        store::standing(work, reservation)?.map(Some).ok_or_else(under_way)
    })
    .await?;
    match standing {
        None => Ok(Reserved::Fresh(reservation, request)),
        Some(standing) if standing.request != fingerprint => {
            Err(Error::Refused { code: "idempotency_key_reused", detail: "this Idempotency-Key was used for another request".to_owned() })
        }
        Some(store::Standing { answer: Some((status, kept)), .. }) => Ok(Reserved::Answered(replay(status, kept)?)),
        Some(store::Standing { is_applied: true, .. }) => {
            Err(Error::conflict("idempotency_answer_lost", "this request was carried out, but its answer was not kept"))
        }
        Some(_) => Err(under_way()),
    }
}

fn under_way() -> Error {
    Error::conflict("idempotency_under_way", "the first request with this Idempotency-Key is still under way")
}

/// The request and what tells it from others.
async fn read(request: Request) -> Result<(Request, String), Error> {
    let (parts, body) = request.into_parts();
    let text = |name: HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut digest = Sha256::new();
    digest.update(parts.uri.to_string());
    let body = match text(header::CONTENT_TYPE).starts_with("multipart/") {
        true => {
            digest.update(format!("\nform of {}", text(header::CONTENT_LENGTH)));
            body
        }
        false => {
            let bytes = to_bytes(body, BODY_BYTES_MAX).await.map_err(|_| too_large())?;
            digest.update("\n");
            digest.update(&bytes);
            Body::from(bytes)
        }
    };
    let fingerprint = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((Request::from_parts(parts, body), fingerprint))
}

fn too_large() -> Error {
    Error::TooLarge(format!("a body may have at most {BODY_BYTES_MAX} bytes"))
}

/// Does the work and keeps the answer; the caller gets it even when it cannot be kept.
async fn carry_out(app: App, reservation: Reservation, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let (response, kept) = keepable(response).await;
    let status = response.status().as_u16();
    let written = match kept {
        Some(kept) => work::write(&app, Actor::system(), move |work| store::keep_answer(work, &reservation, status, &kept)).await,
        None => work::write(&app, Actor::system(), move |work| store::release(work, &reservation)).await,
    };
    if let Err(error) = written {
        error.log();
    }
    response
}

/// The answer with what is kept of it, if it is an answer to the request and not to the moment or the person.
async fn keepable(response: Response) -> (Response, Option<KeptAnswer>) {
    let status = response.status();
    let of_the_moment =
        [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS].contains(&status);
    let length = response.body().size_hint().exact();
    if of_the_moment || !(status.is_success() || status.is_client_error()) || length.is_none_or(|length| ANSWER_BYTES_MAX < length) {
        return (response, None);
    }
    let (parts, body) = response.into_parts();
    let bytes = match to_bytes(body, ANSWER_BYTES_MAX as usize).await {
        Ok(bytes) => bytes,
        Err(error) => return (Error::Bug(error.into()).into_response(), None),
    };
    let text = |name: HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (content_type, location, etag) = (text(header::CONTENT_TYPE), text(header::LOCATION), text(header::ETAG));
    let kept = match parts.extensions.get::<KeptAnswer>() {
        Some(instead) => Some(KeptAnswer { location, etag, ..instead.clone() }),
        None => utf8(&bytes).map(|body| KeptAnswer { content_type, location, etag, body }),
    };
    (Response::from_parts(parts, Body::from(bytes)), kept)
}

fn utf8(bytes: &Bytes) -> Option<String> {
    String::from_utf8(bytes.to_vec()).ok()
}

fn replay(status: u16, kept: KeptAnswer) -> Result<Response, Error> {
    let status = StatusCode::from_u16(status).map_err(|error| Error::Bug(error.into()))?;
    let mut response = (status, kept.body).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    let texts = [(header::CONTENT_TYPE, kept.content_type), (header::LOCATION, kept.location), (header::ETAG, kept.etag)];
    for (name, text) in texts {
        if let Some(text) = text {
            headers.insert(name, HeaderValue::try_from(text).map_err(|error| Error::Bug(error.into()))?);
        }
    }
    headers.insert(REPLAYED_HEADER, HeaderValue::from_static("true"));
    Ok(response)
}
