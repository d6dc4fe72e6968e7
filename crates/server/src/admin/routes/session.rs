//! Signing in and out, who one is, and the first admin user.

use super::super::model::{Draft, Password, User, must_have_second_factor};
use super::super::role::{BuiltIn, RoleKey};
use super::super::second_factor::Given;
use super::super::sessions::{self, Entered, Opened, Place};
use super::super::setup;
use crate::access::{self, Actor, ActorKind, Credential, Origin, SignedIn};
use crate::app::App;
use crate::error::{Error, ProblemBody};
use crate::http::{Body, NoContent};
use crate::ids::AdminUserId;
use crate::time::Instant;
use crate::work;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(sign_in, read, sign_out))
        .routes(routes!(ways))
        .routes(routes!(give_code))
        .routes(routes!(change_password))
        .routes(routes!(set_up))
}

/// How long a browser keeps the cookie at most. The session behind it ends earlier when it is not used.
const COOKIE_S: i64 = 30 * 24 * 3_600;

/// Who is signed in, and what writing requests must repeat.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Session)]
struct SessionView {
    user: SessionUser,
    /// None while a second factor is owed.
    permissions: Vec<String>,
    /// Whether a second factor has to be set up before anything else.
    owes_second_factor: bool,
    /// To be sent as `X-CSRF-Token` with every request that is not a `GET`.
    csrf_token: String,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SessionUser {
    id: AdminUserId,
    email: String,
    name: String,
    role: RoleKey,
    role_name: String,
    /// Whether he signs in with a password.
    has_password: bool,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignIn {
    email: String,
    password: Password,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PasswordChange {
    current_password: Password,
    new_password: Password,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetUp {
    /// From the link that was printed when Regulars started.
    token: String,
    email: String,
    name: String,
    password: Password,
}

/// A code is owed: the answer to it is what opens a session.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SignInStep)]
struct StepView {
    /// To be sent with the code.
    token: String,
    expires_at: Instant,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CodeAnswer {
    token: String,
    /// Six digits of the authenticator app, or a recovery code.
    code: String,
}

/// By which ways one can sign in here.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SignInWays)]
struct Ways {
    passwords: bool,
    /// What the button of the provider says, if there is one; it leads to `/api/oidc/start`.
    provider: Option<String>,
}

type WithCookie<T> = (StatusCode, [(HeaderName, String); 1], T);

/// By which ways one can sign in.
#[utoipa::path(get, path = "/api/session/ways", operation_id = "session_ways", tag = "session", security(()),
    responses((status = 200, body = Ways)))]
async fn ways(State(app): State<App>) -> Json<Ways> {
    let oidc = &app.config.oidc;
    Json(Ways { passwords: app.config.access.passwords, provider: oidc.is_on().then(|| oidc.label.clone()) })
}

/// Sign in with mail address and password. Who has a second factor is not signed in yet, but told (202) under which token the
/// code has to be sent.
#[utoipa::path(post, path = "/api/session", operation_id = "session_sign_in", tag = "session", security(()), request_body = SignIn,
    responses((status = 200, body = SessionView), (status = 202, body = StepView), (status = 401, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn sign_in(State(app): State<App>, Origin(origin): Origin, headers: HeaderMap, Body(sent): Body<SignIn>) -> Result<Response, Error> {
    app.doorstep.take(&origin, app.clock.now())?;
    if !app.config.access.passwords {
        return Err(no_passwords());
    }
    let place = place(&app, &headers, &origin);
    let from = origin.clone();
    let attempt = work::write(&app, Actor::anonymous(), move |work| sessions::begin(work, &sent.email, &from)).await?;
    let standing = attempt.candidate.as_ref().and_then(|candidate| candidate.password_hash.clone());
    let is_right = app.passwords.is_right(&sent.password, standing).await?;
    let Some(candidate) = attempt.candidate.clone().filter(|_| is_right) else {
        let user = attempt.candidate.map(|candidate| candidate.id);
        work::write(&app, Actor::anonymous(), move |work| sessions::refuse(work, user, &origin)).await?;
        return Err(Error::Unauthorized);
    };
    let entered = work::write(&app, candidate.actor(), move |work| sessions::admit(work, &attempt.subject, &candidate, &place)).await?;
    app.callers.forget_all();
    Ok(match entered {
        Entered::In(opened) => welcome(&app, StatusCode::OK, *opened).into_response(),
        Entered::OwesCode(step) => {
            let step = StepView { token: step.token, expires_at: step.expires_at };
            (StatusCode::ACCEPTED, Json(step)).into_response()
        }
    })
}

/// The second step of signing in: the code. Wrong ones are counted for the user, wherever they come from.
#[utoipa::path(post, path = "/api/session/code", operation_id = "session_give_code", tag = "session", security(()),
    request_body = CodeAnswer,
    responses((status = 200, body = SessionView), (status = 401, body = ProblemBody), (status = 422, body = ProblemBody),
        (status = 429, body = ProblemBody)))]
async fn give_code(
    State(app): State<App>,
    Origin(origin): Origin,
    headers: HeaderMap,
    Body(sent): Body<CodeAnswer>,
) -> Result<WithCookie<Json<SessionView>>, Error> {
    app.doorstep.take(&origin, app.clock.now())?;
    let place = place(&app, &headers, &origin);
    let token = sent.token.clone();
    let waiting = work::write(&app, Actor::anonymous(), move |work| sessions::begin_code(work, &token)).await?;
    let (user, actor) = (waiting.candidate.id, waiting.candidate.actor());
    let given = Given::parse(&sent.code);
    let opened = work::write(&app, actor, move |work| sessions::answer(work, &sent.token, &waiting, &given, &place)).await?;
    let Some(opened) = opened else {
        work::write(&app, Actor::anonymous(), move |work| sessions::refuse(work, Some(user), &origin)).await?;
        return Err(super::wrong_code());
    };
    app.callers.forget_all();
    Ok(welcome(&app, StatusCode::OK, opened))
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/session", operation_id = "session_read", tag = "session",
    responses((status = 200, body = SessionView), (status = 401, body = ProblemBody)))]
async fn read(signed_in: SignedIn) -> Result<Json<SessionView>, Error> {
    let session = signed_in.caller.session.clone().ok_or(Error::Unauthorized)?;
    let user = work::read(&signed_in.app, signed_in.caller.actor.clone(), sessions::own).await?;
    Ok(Json(SessionView {
        user: shown(&signed_in.app, user),
        permissions: signed_in.caller.permissions.clone(),
        owes_second_factor: session.owes_second_factor,
        csrf_token: session.csrf_token,
    }))
}

/// Sign out: the session ends and the cookie is taken away.
#[utoipa::path(delete, path = "/api/session", operation_id = "session_sign_out", tag = "session",
    responses((status = 204), (status = 401, body = ProblemBody)))]
async fn sign_out(signed_in: SignedIn) -> Result<([(HeaderName, String); 1], NoContent), Error> {
    let session = signed_in.caller.session.clone().ok_or(Error::Unauthorized)?;
    let app = signed_in.app;
    work::write(&app, signed_in.caller.actor.clone(), move |work| sessions::close(work, &session)).await?;
    app.callers.forget_all();
    Ok(([(header::SET_COOKIE, cookie(&app, "", 0))], NoContent))
}

/// Give oneself another password. This session stays, the others end. A wrong current password counts as a failed attempt
/// to sign in.
#[utoipa::path(post, path = "/api/session/password", operation_id = "session_change_password", tag = "session",
    request_body = PasswordChange,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody),
        (status = 429, body = ProblemBody)))]
async fn change_password(signed_in: SignedIn, Origin(origin): Origin, Body(sent): Body<PasswordChange>) -> Result<NoContent, Error> {
    sent.new_password.check("/newPassword")?;
    let session = signed_in.caller.session.clone().ok_or(Error::Unauthorized)?;
    if !signed_in.app.config.access.passwords {
        return Err(no_passwords());
    }
    let (subject, candidate) = super::with_password(&signed_in, &origin, &sent.current_password, "/currentPassword").await?;
    let (app, actor) = (signed_in.app, signed_in.caller.actor.clone());
    let hash = app.passwords.hash(&sent.new_password).await?;
    work::write(&app, actor, move |work| sessions::change_password(work, &subject, &candidate, &hash, &session)).await?;
    app.callers.forget_all();
    Ok(NoContent)
}

/// Make the first admin user with the link that was printed at the start, and sign in.
#[utoipa::path(post, path = "/api/setup", operation_id = "session_set_up", tag = "session", security(()), request_body = SetUp,
    responses((status = 201, body = SessionView), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn set_up(
    State(app): State<App>,
    Origin(origin): Origin,
    headers: HeaderMap,
    Body(sent): Body<SetUp>,
) -> Result<WithCookie<Json<SessionView>>, Error> {
    app.doorstep.take(&origin, app.clock.now())?;
    let token = sent.token.clone();
    if !work::read(&app, Actor::anonymous(), move |work| setup::may_set_up(work, &token)).await? {
        return Err(setup::refused());
    }
    let draft = Draft { email: sent.email, name: sent.name, role: BuiltIn::Admin.key(), active: true }.checked()?;
    let hash = app.passwords.hash(&sent.password).await?;
    let place = place(&app, &headers, &origin);
    let actor = Actor { kind: ActorKind::AdminUser, id: None, name: draft.name.clone() };
    let opened = work::write(&app, actor, move |work| setup::set_up(work, &sent.token, draft.clone(), &hash, &place)).await?;
    Ok(welcome(&app, StatusCode::CREATED, opened))
}

fn welcome(app: &App, status: StatusCode, opened: Opened) -> WithCookie<Json<SessionView>> {
    let cookie = session_cookie(app, &opened);
    let Opened { user, came_by, csrf_token, .. } = opened;
    let owes = user.second_factor_since.is_none() && must_have_second_factor(&app.config, &user.permissions, came_by);
    let permissions = if owes { Vec::new() } else { user.permissions.iter().map(|held| held.as_str().to_owned()).collect() };
    let view = SessionView { user: shown(app, user), permissions, owes_second_factor: owes, csrf_token };
    (status, [(header::SET_COOKIE, cookie)], Json(view))
}

fn shown(app: &App, user: User) -> SessionUser {
    let has_password = user.has_password && app.config.access.passwords;
    SessionUser { id: user.id, email: user.email, name: user.name, role: user.role, role_name: user.role_name, has_password }
}

/// The cookie of a session that has just begun.
pub fn session_cookie(app: &App, opened: &Opened) -> String {
    cookie(app, &opened.token, COOKIE_S)
}

fn cookie(app: &App, token: &str, max_age_s: i64) -> String {
    let name = access::session_cookie(&app.config);
    let secure = if app.config.server.is_secure() { "; Secure" } else { "" };
    format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_s}{secure}")
}

/// The browser that signs in.
pub fn place(app: &App, headers: &HeaderMap, origin: &str) -> Place {
    let before = match Credential::of(headers, &app.config) {
        Some(Credential::Session { hash }) => Some(hash),
        _ => None,
    };
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    Place { before, user_agent, address: origin.to_owned() }
}

fn no_passwords() -> Error {
    Error::conflict("passwords_off", "passwords are switched off here; sign in with the provider")
}
