//! Signing in and out, who one is, and the first admin user.

use super::super::model::{Draft, Password, Role};
use super::super::sessions::{self, Opened};
use crate::access::{self, Actor, ActorKind, Credential, Origin, SignedIn};
use crate::app::App;
use crate::error::{Error, ProblemBody};
use crate::http::{Body, NoContent};
use crate::ids::AdminUserId;
use crate::work;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(sign_in, read, sign_out)).routes(routes!(change_password)).routes(routes!(set_up))
}

/// How long a browser keeps the cookie at most. The session behind it ends earlier when it is not used.
const COOKIE_S: i64 = 30 * 24 * 3_600;

/// Who is signed in, and what writing requests must repeat.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Session)]
struct SessionView {
    user: SessionUser,
    permissions: Vec<String>,
    /// To be sent as `X-CSRF-Token` with every request that is not a `GET`.
    csrf_token: String,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct SessionUser {
    id: AdminUserId,
    email: String,
    name: String,
    role: Role,
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

type WithCookie<T> = (StatusCode, [(HeaderName, String); 1], T);

/// Sign in with mail address and password.
#[utoipa::path(post, path = "/api/session", operation_id = "session_sign_in", tag = "session", security(()), request_body = SignIn,
    responses((status = 200, body = SessionView), (status = 401, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn sign_in(
    State(app): State<App>,
    Origin(origin): Origin,
    headers: HeaderMap,
    Body(sent): Body<SignIn>,
) -> Result<WithCookie<Json<SessionView>>, Error> {
    app.doorstep.take(&origin, app.clock.now())?;
    let from = origin.clone();
    let attempt = work::write(&app, Actor::anonymous(), move |work| sessions::begin(work, &sent.email, &from)).await?;
    let standing = attempt.candidate.as_ref().map(|candidate| candidate.password_hash.clone());
    let is_right = app.passwords.is_right(&sent.password, standing).await?;
    let Some(candidate) = attempt.candidate.clone().filter(|_| is_right) else {
        work::write(&app, Actor::anonymous(), move |work| sessions::refuse(work, &attempt, &origin)).await?;
        return Err(Error::Unauthorized);
    };
    let before = match Credential::of(&headers, &app.config) {
        Some(Credential::Session { hash }) => Some(hash),
        _ => None,
    };
    let user_agent = user_agent(&headers);
    let actor = Actor { kind: ActorKind::AdminUser, id: Some(candidate.id.0), name: candidate.name.clone() };
    let opened =
        work::write(&app, actor, move |work| sessions::admit(work, &attempt.subject, &candidate, before.as_deref(), &user_agent)).await?;
    app.callers.forget_all();
    Ok(welcome(&app, StatusCode::OK, opened))
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/session", operation_id = "session_read", tag = "session",
    responses((status = 200, body = SessionView), (status = 401, body = ProblemBody)))]
async fn read(signed_in: SignedIn) -> Result<Json<SessionView>, Error> {
    let (Some(session), Some(id)) = (signed_in.caller.session.clone(), signed_in.caller.actor.id) else {
        return Err(Error::Unauthorized);
    };
    let actor = signed_in.caller.actor.clone();
    let user = work::read(&signed_in.app, actor, move |work| super::super::user(work, AdminUserId(id))).await?;
    let user = SessionUser { id: user.id, email: user.email, name: user.name, role: user.role };
    Ok(Json(SessionView { user, permissions: signed_in.caller.permissions.clone(), csrf_token: session.csrf_token }))
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
    responses((status = 204), (status = 401, body = ProblemBody), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn change_password(signed_in: SignedIn, Origin(origin): Origin, Body(sent): Body<PasswordChange>) -> Result<NoContent, Error> {
    sent.new_password.check("/newPassword")?;
    let session = signed_in.caller.session.clone().ok_or(Error::Unauthorized)?;
    let (app, actor) = (signed_in.app, signed_in.caller.actor.clone());
    let from = origin.clone();
    let attempt = work::write(&app, actor.clone(), move |work| {
        let email = sessions::own_email(work)?;
        sessions::begin(work, &email, &from)
    })
    .await?;
    let standing = attempt.candidate.as_ref().map(|candidate| candidate.password_hash.clone());
    let is_right = app.passwords.is_right(&sent.current_password, standing).await?;
    let Some(candidate) = attempt.candidate.clone().filter(|_| is_right) else {
        work::write(&app, actor, move |work| sessions::refuse(work, &attempt, &origin)).await?;
        return Err(Error::invalid("/currentPassword", "wrong_password", "this is not your current password"));
    };
    let hash = app.passwords.hash(&sent.new_password).await?;
    work::write(&app, actor, move |work| sessions::change_password(work, &attempt.subject, &candidate, &hash, &session)).await?;
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
    if !work::read(&app, Actor::anonymous(), move |work| sessions::may_set_up(work, &token)).await? {
        return Err(sessions::setup_refused());
    }
    let draft = Draft { email: sent.email, name: sent.name, role: Role::Admin, active: true }.checked()?;
    let hash = app.passwords.hash(&sent.password).await?;
    let user_agent = user_agent(&headers);
    let actor = Actor { kind: ActorKind::AdminUser, id: None, name: draft.name.clone() };
    let opened = work::write(&app, actor, move |work| sessions::set_up(work, &sent.token, draft.clone(), &hash, &user_agent)).await?;
    Ok(welcome(&app, StatusCode::CREATED, opened))
}

fn welcome(app: &App, status: StatusCode, opened: Opened) -> WithCookie<Json<SessionView>> {
    let Opened { user, token, csrf_token } = opened;
    let permissions = user.role.permissions().into_iter().map(str::to_owned).collect();
    let user = SessionUser { id: user.id, email: user.email, name: user.name, role: user.role };
    let view = SessionView { user, permissions, csrf_token };
    (status, [(header::SET_COOKIE, cookie(app, &token, COOKIE_S))], Json(view))
}

fn cookie(app: &App, token: &str, max_age_s: i64) -> String {
    let name = access::session_cookie(&app.config);
    let secure = if app.config.server.is_secure() { "; Secure" } else { "" };
    format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_s}{secure}")
}

fn user_agent(headers: &HeaderMap) -> String {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}
