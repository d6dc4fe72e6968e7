//! HTTP of one's own sessions.

use super::super::model::OpenSession;
use super::super::sessions;
use crate::access::SignedIn;
use crate::app::App;
use crate::error::{Error, ProblemBody};
use crate::http::{NoContent, Path};
use crate::ids::SessionId;
use crate::work;
use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, end_others)).routes(routes!(end))
}

/// The sessions of whoever asks.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct OpenSessions {
    items: Vec<OpenSession>,
}

/// The sessions of whoever is signed in, the one used last first, at most 200.
#[utoipa::path(get, path = "/api/sessions", operation_id = "sessions_list", tag = "session",
    responses((status = 200, body = OpenSessions), (status = 401, body = ProblemBody)))]
async fn list(signed_in: SignedIn) -> Result<Json<OpenSessions>, Error> {
    let session = signed_in.caller.session.clone().ok_or(Error::Unauthorized)?;
    let items = work::read(&signed_in.app, signed_in.caller.actor.clone(), move |work| sessions::open_sessions(work, &session)).await?;
    Ok(Json(OpenSessions { items }))
}

/// End one's other sessions. The one that asks stays.
#[utoipa::path(delete, path = "/api/sessions", operation_id = "sessions_end_others", tag = "session",
    responses((status = 204), (status = 401, body = ProblemBody)))]
async fn end_others(signed_in: SignedIn) -> Result<NoContent, Error> {
    let session = signed_in.caller.session.clone().ok_or(Error::Unauthorized)?;
    let app = signed_in.app;
    work::write(&app, signed_in.caller.actor.clone(), move |work| sessions::end_other_sessions(work, &session)).await?;
    app.callers.forget_all();
    Ok(NoContent)
}

/// End one of one's sessions.
#[utoipa::path(delete, path = "/api/sessions/{id}", operation_id = "sessions_end", tag = "session", params(("id" = i64, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn end(signed_in: SignedIn, Path(id): Path<SessionId>) -> Result<NoContent, Error> {
    if signed_in.caller.session.is_none() {
        return Err(Error::Unauthorized);
    }
    let app = signed_in.app;
    work::write(&app, signed_in.caller.actor.clone(), move |work| sessions::end_session(work, id)).await?;
    app.callers.forget_all();
    Ok(NoContent)
}
