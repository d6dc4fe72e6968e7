//! HTTP of signing in by way of a provider. A browser walks through here, so every answer leads somewhere: to the provider, into
//! the web app, or back to its door with the reason.

use super::super::oidc;
use super::super::provider::{self, Identity, Refusal, TRIP_MINUTES};
use super::super::sessions::{Entered, Place};
use super::session::{place, session_cookie};
use crate::access::{Actor, ActorKind, Origin};
use crate::app::App;
use crate::error::{Error, ProblemBody};
use crate::http;
use crate::ids::AdminUserId;
use crate::work;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use url::form_urlencoded::byte_serialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(start)).routes(routes!(callback))
}

const TRIP_COOKIE: &str = "regulars_oidc";
const PATH: &str = "/api/oidc";
/// Random bytes of what the browser keeps while it is away.
const BROWSER_BYTES: usize = 32;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Start {
    /// The page of the web app to come back to.
    to: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Callback {
    code: Option<String>,
    state: Option<String>,
    /// What the provider says instead of a code.
    error: Option<String>,
}

/// Leads a browser to the provider to sign in there.
#[utoipa::path(get, path = "/api/oidc/start", operation_id = "oidc_start", tag = "session", security(()), params(Start),
    responses((status = 303), (status = 404, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn start(State(app): State<App>, Origin(origin): Origin, http::Query(asked): http::Query<Start>) -> Result<Response, Error> {
    if !app.config.oidc.is_on() {
        return Err(Error::NotFound);
    }
    app.doorstep.take(&origin, app.clock.now())?;
    let departure = match oidc::depart(&app, provider::page(asked.to.as_deref())).await {
        Ok(departure) => departure,
        Err(refusal) => return Ok(door(&app, refusal)),
    };
    let browser = app.random_token(BROWSER_BYTES);
    let kept = browser.clone();
    let (state, trip) = (departure.state, departure.trip);
    work::write(&app, Actor::anonymous(), move |work| provider::depart(work, &state, &kept, &trip)).await?;
    Ok(lead(departure.address.as_str(), &[trip_cookie(&app, &browser, TRIP_MINUTES * 60)]))
}

/// Where the provider leads the browser back to.
#[utoipa::path(get, path = "/api/oidc/callback", operation_id = "oidc_callback", tag = "session", security(()), params(Callback),
    responses((status = 303), (status = 404, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn callback(
    State(app): State<App>,
    Origin(origin): Origin,
    headers: HeaderMap,
    http::Query(sent): http::Query<Callback>,
) -> Result<Response, Error> {
    if !app.config.oidc.is_on() {
        return Err(Error::NotFound);
    }
    app.threshold.take(&origin, app.clock.now())?;
    let (browser, state) = (http::cookie(&headers, TRIP_COOKIE).unwrap_or_default().to_owned(), sent.state.unwrap_or_default());
    let trip = work::write(&app, Actor::anonymous(), move |work| provider::come_back(work, &state, &browser)).await?;
    let Some(trip) = trip else { return Ok(door(&app, Refusal::WrongWay)) };
    if let Some(error) = sent.error {
        tracing::info!(error, "the provider did not sign somebody in");
        return Ok(door(&app, Refusal::Provider));
    }
    let identity = match oidc::identity(&app, sent.code.unwrap_or_default(), &trip).await {
        Ok(identity) => identity,
        Err(refusal) => {
            refuse(&app, None, refusal, origin).await?;
            return Ok(door(&app, refusal));
        }
    };
    let place = place(&app, &headers, &origin);
    let back_to = trip.back_to;
    match arrive(&app, identity, place, origin).await? {
        Err(refusal) => Ok(door(&app, refusal)),
        Ok(Entered::In(opened)) => Ok(lead(&format!("/admin{back_to}"), &[session_cookie(&app, &opened), trip_cookie(&app, "", 0)])),
        Ok(Entered::OwesCode(step)) => {
            let back: String = byte_serialize(back_to.as_bytes()).collect();
            // What stands behind # is sent to nobody.
            Ok(lead(&format!("/admin/login?back={back}#step={}", step.token), &[trip_cookie(&app, "", 0)]))
        }
    }
}

async fn arrive(app: &App, identity: Identity, place: Place, origin: String) -> Result<Result<Entered, Refusal>, Error> {
    let asked = identity.clone();
    let found = work::read(app, Actor::anonymous(), move |work| provider::found(work, &asked)).await?;
    let (id, name) = match found {
        Some(user) => (Some(user.id), user.name),
        None => (None, identity.name.clone().unwrap_or_default()),
    };
    let actor = Actor { kind: ActorKind::AdminUser, id: id.map(|id| id.0), name };
    let entered = work::write(app, actor, move |work| provider::arrive(work, &identity, &place)).await?;
    app.callers.forget_all();
    if let Err(refusal) = &entered {
        refuse(app, id, *refusal, origin).await?;
    }
    Ok(entered)
}

async fn refuse(app: &App, user: Option<AdminUserId>, refusal: Refusal, origin: String) -> Result<(), Error> {
    work::write(app, Actor::anonymous(), move |work| provider::refuse(work, user, refusal, &origin)).await
}

/// Back to where one signs in, with the reason. Whoever comes the wrong way may have another trip under way in another tab.
fn door(app: &App, refusal: Refusal) -> Response {
    let over = (refusal != Refusal::WrongWay).then(|| trip_cookie(app, "", 0));
    lead(&format!("/admin/login?problem={}", refusal.code()), over.as_slice())
}

fn lead(to: &str, cookies: &[String]) -> Response {
    let Ok(location) = HeaderValue::from_str(to) else {
        return Error::Bug(anyhow::anyhow!("an address cannot be sent in a header")).into_response();
    };
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
    // Cookies are made of names and hexadecimal digits.
    response.headers_mut().extend(cookies.iter().filter_map(|cookie| Some((header::SET_COOKIE, HeaderValue::from_str(cookie).ok()?))));
    response
}

/// Lax, because the browser comes back from elsewhere.
fn trip_cookie(app: &App, browser: &str, max_age_s: i64) -> String {
    let secure = if app.config.server.is_secure() { "; Secure" } else { "" };
    format!("{TRIP_COOKIE}={browser}; Path={PATH}; HttpOnly; SameSite=Lax; Max-Age={max_age_s}{secure}")
}
