//! What links of mails lead to, for anybody who has the link. None of it needs to be signed in, and none of it fails: where
//! something cannot be written down now, whoever clicked is led on all the same.

use super::context::address;
use super::leaving::{self, Addressed};
use super::pages::{self, Language};
use super::{clicks, letter};
use crate::access::{Actor, Origin};
use crate::app::App;
use crate::error::Error;
use crate::http::public;
use crate::ids::{CustomerId, MessageId};
use crate::links::{self, Signer, Use};
use crate::work;
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

/// A form of ours, or what a mail program sends to unsubscribe.
const FORM_BYTES_MAX: usize = 64 * 1024;

pub fn router() -> Router<App> {
    Router::new()
        .route("/t/u/{token}", get(ask_to_unsubscribe).post(unsubscribe))
        .route("/t/p/{token}", get(preferences).post(choose))
        .route("/t/c/{token}", get(click))
        .route("/t/o/{token}", get(open))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
}

type Found = (Addressed, Signer);

/// The message of a token that is ours.
async fn found(app: &App, origin: &Origin, purpose: Use, token: String) -> Result<Found, Response> {
    if let Some(refused) = public::refusal(app, origin) {
        return Err(refused);
    }
    let read = work::read(app, Actor::system(), move |work| {
        let Some(signer) = links::reader(work)? else { return Ok(None) };
        let Some((customer, message)) = signer.read(purpose, &token, "") else { return Ok(None) };
        Ok(leaving::addressed(work, customer, message)?.map(|addressed| (addressed, signer)))
    });
    match read.await {
        Ok(Some(found)) => Ok(found),
        Ok(None) => Err(public::nothing_here()),
        Err(error) => Err(public::not_now(error)),
    }
}

fn language(addressed: &Addressed) -> Language {
    Language::of(addressed.customer.profile.language.as_deref())
}

async fn ask_to_unsubscribe(State(app): State<App>, origin: Origin, Path(token): Path<String>) -> Response {
    match found(&app, &origin, Use::Unsubscribe, token).await {
        Ok((addressed, signer)) => {
            let preferences = address(&app, &signer, Use::Preferences, &addressed.message);
            public::page(StatusCode::OK, pages::unsubscribe(language(&addressed), &preferences))
        }
        Err(answer) => answer,
    }
}

/// The button of the page, and the one click of a mail program (RFC 8058).
async fn unsubscribe(State(app): State<App>, origin: Origin, Path(token): Path<String>) -> Response {
    let (addressed, signer) = match found(&app, &origin, Use::Unsubscribe, token).await {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let page = pages::unsubscribed(language(&addressed), &address(&app, &signer, Use::Preferences, &addressed.message));
    match work::write(&app, Actor::system(), move |work| leaving::unsubscribe(work, &addressed)).await {
        Ok(()) => public::page(StatusCode::OK, page),
        Err(error) => public::not_now(error),
    }
}

async fn preferences(State(app): State<App>, origin: Origin, Path(token): Path<String>) -> Response {
    match found(&app, &origin, Use::Preferences, token).await {
        Ok((addressed, _)) => shown(&app, addressed, false).await,
        Err(answer) => answer,
    }
}

async fn choose(State(app): State<App>, origin: Origin, Path(token): Path<String>, body: Bytes) -> Response {
    let addressed = match found(&app, &origin, Use::Preferences, token).await {
        Ok((addressed, _)) => addressed,
        Err(answer) => return answer,
    };
    let (mut shown_before, mut chosen) = (Vec::new(), Vec::new());
    for (name, value) in url::form_urlencoded::parse(&body) {
        match name.as_ref() {
            "shown" => shown_before.push(value.into_owned()),
            "chosen" => chosen.push(value.into_owned()),
            _ => {}
        }
    }
    let written = work::write(&app, Actor::system(), move |work| {
        let Some(addressed) = leaving::addressed(work, addressed.customer.id, addressed.message.id)? else { return Ok(None) };
        leaving::choose(work, &addressed, &shown_before, &chosen)?;
        Ok(Some(addressed))
    });
    match written.await {
        Ok(Some(addressed)) => shown(&app, addressed, true).await,
        Ok(None) => public::nothing_here(),
        Err(error) => public::not_now(error),
    }
}

async fn shown(app: &App, addressed: Addressed, saved: bool) -> Response {
    let (language, customer) = (language(&addressed), addressed.customer.id);
    match work::read(app, Actor::system(), move |work| leaving::choices(work, customer)).await {
        Ok(choices) => public::page(StatusCode::OK, pages::preferences(language, &choices, saved)),
        Err(Error::NotFound) => public::nothing_here(),
        Err(error) => public::not_now(error),
    }
}

#[derive(Debug, Clone, Deserialize)]
struct Target {
    /// Where the link led before it led here.
    u: String,
    /// The code of its definition.
    l: Option<String>,
}

/// Leads on to where the link in the mail led. The token is signed with that address, so it leads nowhere else.
async fn click(
    State(app): State<App>,
    origin: Origin,
    method: Method,
    headers: HeaderMap,
    Path(token): Path<String>,
    target: Result<Query<Target>, QueryRejection>,
) -> Response {
    if let Some(refused) = public::refusal(&app, &origin) {
        return refused;
    }
    let Ok(Query(Target { u: target, l: code })) = target else { return public::nothing_here() };
    let signed = letter::signed_with(&target, code.as_deref());
    let (customer, message) = match known(&app, Use::Click, token, signed).await {
        Ok(Some(known)) => known,
        Ok(None) => return public::nothing_here(),
        Err(error) => return public::not_now(error),
    };
    let is_machine = public::is_machine(&method, &headers);
    let url = target.clone();
    let noted = work::write(&app, Actor::system(), move |work| clicks::clicked(work, customer, message, &url, code.as_deref(), is_machine));
    if let Err(error) = noted.await {
        error.log();
    }
    public::leads_to(&target)
}

/// One pixel that cannot be seen.
const PICTURE: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// The picture that tells that a mail was opened; whoever asks gets it.
async fn open(State(app): State<App>, origin: Origin, method: Method, headers: HeaderMap, Path(name): Path<String>) -> Response {
    if let Some(refused) = public::refusal(&app, &origin) {
        return refused;
    }
    if let Some(token) = name.strip_suffix(".gif") {
        let is_machine = public::is_machine(&method, &headers);
        match known(&app, Use::Open, token.to_owned(), String::new()).await {
            Ok(Some((customer, message))) => {
                let noted = work::write(&app, Actor::system(), move |work| clicks::opened(work, customer, message, is_machine));
                if let Err(error) = noted.await {
                    error.log();
                }
            }
            Ok(None) => {}
            Err(error) => error.log(),
        }
    }
    ([(header::CONTENT_TYPE, "image/gif"), (header::CACHE_CONTROL, "no-store"), (header::REFERRER_POLICY, "no-referrer")], PICTURE)
        .into_response()
}

/// Whom and what a token is about, if it is ours.
async fn known(app: &App, purpose: Use, token: String, signed: String) -> Result<Option<(CustomerId, MessageId)>, Error> {
    work::read(app, Actor::system(), move |work| Ok(links::reader(work)?.and_then(|signer| signer.read(purpose, &token, &signed)))).await
}
