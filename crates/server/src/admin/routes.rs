//! HTTP of admin users, keys and sessions.

mod keys;
mod session;
mod users;

use crate::app::App;
use utoipa_axum::router::OpenApiRouter;

pub fn router() -> OpenApiRouter<App> {
    session::router().merge(users::router()).merge(keys::router())
}
