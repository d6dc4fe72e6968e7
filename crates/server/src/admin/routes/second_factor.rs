//! HTTP of one's own second factor. Whatever changes it wants a password, or a fresh sign-in of who has none.

use super::super::model::Password;
use super::super::second_factor::{self, Enrolment, Given, Standing};
use super::super::sessions;
use super::{proven, wrong_code};
use crate::access::{Origin, Session, SignedIn};
use crate::app::App;
use crate::error::{Error, ProblemBody};
use crate::http::{Body, KeptAnswer, NoContent};
use crate::ids::AdminUserId;
use crate::work;
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read, begin)).routes(routes!(confirm)).routes(routes!(renew)).routes(routes!(switch_off))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Begin {
    /// Wanted from who has one.
    #[serde(default)]
    password: Option<Password>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FirstCode {
    code: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Shown {
    /// Wanted from who has one.
    #[serde(default)]
    password: Option<Password>,
    /// Six digits of the authenticator app, or a recovery code.
    code: String,
}

/// Each opens the door once. Given out once.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct RecoveryCodes {
    codes: Vec<String>,
}

/// An answer that is kept nowhere: whoever repeats the request learns that it was done.
type Once<T> = (Extension<KeptAnswer>, Json<T>);

fn once<T: Serialize>(answer: T) -> Result<Once<T>, Error> {
    Ok((Extension(KeptAnswer::of(&serde_json::json!({}))?), Json(answer)))
}

fn session_of(signed_in: &SignedIn) -> Result<Session, Error> {
    signed_in.caller.session.clone().ok_or(Error::Unauthorized)
}

/// How one stands with one's second factor.
#[utoipa::path(get, path = "/api/session/second-factor", operation_id = "second_factor_read", tag = "session",
    responses((status = 200, body = Standing), (status = 401, body = ProblemBody)))]
async fn read(signed_in: SignedIn) -> Result<Json<Standing>, Error> {
    let session = session_of(&signed_in)?;
    work::read(&signed_in.app, signed_in.caller.actor.clone(), move |work| second_factor::standing(work, &session)).await.map(Json)
}

/// Begin to set up a second factor: a secret for an authenticator app. It counts once a code of it was confirmed.
#[utoipa::path(post, path = "/api/session/second-factor", operation_id = "second_factor_begin", tag = "session",
    request_body = Begin,
    responses((status = 200, body = Enrolment), (status = 401, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn begin(signed_in: SignedIn, Origin(origin): Origin, Body(sent): Body<Begin>) -> Result<Once<Enrolment>, Error> {
    proven(&signed_in, &origin, sent.password.as_ref()).await?;
    once(work::write(&signed_in.app, signed_in.caller.actor.clone(), second_factor::begin).await?)
}

/// The first code: from now on one is asked for at each sign-in. Gives ten recovery codes; this answer is the only one that
/// shows them. Other sessions end.
#[utoipa::path(post, path = "/api/session/second-factor/confirm", operation_id = "second_factor_confirm", tag = "session",
    request_body = FirstCode,
    responses((status = 200, body = RecoveryCodes), (status = 401, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
async fn confirm(signed_in: SignedIn, Body(sent): Body<FirstCode>) -> Result<Once<RecoveryCodes>, Error> {
    let session = session_of(&signed_in)?;
    let (app, actor) = (signed_in.app, signed_in.caller.actor.clone());
    let codes = work::write(&app, actor, move |work| second_factor::confirm(work, &sent.code, &session)).await?;
    app.callers.forget_all();
    once(RecoveryCodes { codes: codes.ok_or_else(wrong_code)? })
}

/// New recovery codes; the earlier ones open nothing any more.
#[utoipa::path(post, path = "/api/session/second-factor/recovery-codes", operation_id = "second_factor_renew_codes", tag = "session",
    request_body = Shown,
    responses((status = 200, body = RecoveryCodes), (status = 401, body = ProblemBody), (status = 422, body = ProblemBody),
        (status = 429, body = ProblemBody)))]
async fn renew(signed_in: SignedIn, Origin(origin): Origin, Body(sent): Body<Shown>) -> Result<Once<RecoveryCodes>, Error> {
    let given = shown(&signed_in, &origin, &sent).await?;
    let actor = signed_in.caller.actor.clone();
    let codes = work::write(&signed_in.app, actor, move |work| second_factor::renew_recovery_codes(work, &given)).await?;
    once(RecoveryCodes { codes: codes.ok_or_else(wrong_code)? })
}

/// Switch one's second factor off. It needs a code, and cannot be done by who must have one.
#[utoipa::path(post, path = "/api/session/second-factor/remove", operation_id = "second_factor_switch_off", tag = "session",
    request_body = Shown,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody),
        (status = 429, body = ProblemBody)))]
async fn switch_off(signed_in: SignedIn, Origin(origin): Origin, Body(sent): Body<Shown>) -> Result<NoContent, Error> {
    let session = session_of(&signed_in)?;
    let given = shown(&signed_in, &origin, &sent).await?;
    let (app, actor) = (signed_in.app, signed_in.caller.actor.clone());
    if !work::write(&app, actor, move |work| second_factor::switch_off(work, &given, &session)).await? {
        return Err(wrong_code());
    }
    app.callers.forget_all();
    Ok(NoContent)
}

/// What was shown beside the password. The code is counted before it is looked at, as at the door.
async fn shown(signed_in: &SignedIn, origin: &str, sent: &Shown) -> Result<Given, Error> {
    proven(signed_in, origin, sent.password.as_ref()).await?;
    let user = signed_in.caller.actor.id.map(AdminUserId).ok_or(Error::Unauthorized)?;
    work::write(&signed_in.app, signed_in.caller.actor.clone(), move |work| sessions::count_code(work, user)).await?;
    Ok(Given::parse(&sent.code))
}
