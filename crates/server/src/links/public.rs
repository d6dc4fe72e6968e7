//! What anybody can ask for: a short link, which leads on, and the note of a page that somebody came by a link. Neither says
//! whether anybody was recognised, and neither fails.

use super::model::About;
use crate::access::{Actor, Origin};
use crate::app::App;
use crate::customers;
use crate::http::public;
use crate::identities::{self, TOKEN};
use crate::work;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

pub fn router() -> Router<App> {
    Router::new().route("/t/l/{code}", get(short)).route("/t/hit", get(hit).post(hit))
}

/// The parameters of the predecessor: which link, and the public token of who clicked.
#[derive(Debug, Clone, Default, Deserialize)]
struct Clicked {
    #[serde(default)]
    cmfa: String,
    #[serde(default)]
    cmfc: String,
}

/// Leads to where the definition says.
async fn short(
    State(app): State<App>,
    origin: Origin,
    method: Method,
    headers: axum::http::HeaderMap,
    Path(code): Path<String>,
    clicked: Result<Query<Clicked>, QueryRejection>,
) -> Response {
    if let Some(refused) = public::refusal(&app, &origin) {
        return refused;
    }
    let token = clicked.map(|Query(clicked)| clicked.cmfc).unwrap_or_default();
    let counts = !token.is_empty() && !public::is_machine(&method, &headers);
    let asked = (code.clone(), token.clone());
    let target = work::read(&app, Actor::system(), move |work| {
        let (code, token) = &asked;
        let links = super::all(work)?;
        let Some(link) = links.coded(code) else { return Ok(None) };
        let mut about = About::default();
        if !token.is_empty() {
            let found = identities::find(work, &[(TOKEN.to_owned(), token.clone())])?;
            if let Some(customer) = customers::read_many(work, &found.into_values().collect::<Vec<_>>())?.pop() {
                let text = |value: &Option<String>| value.clone().unwrap_or_default();
                let profile = &customer.profile;
                about =
                    About { token: customer.token.clone(), language: text(&profile.language), country_code: text(&profile.country_code) };
            }
        }
        Ok(link.address(&about))
    })
    .await;
    match target {
        Ok(Some(target)) => {
            if counts {
                record(&app, code, token).await;
            }
            public::leads_to(target.as_str())
        }
        Ok(None) => public::nothing_here(),
        Err(error) => public::not_now(error),
    }
}

/// Notes that somebody came to a page by a link.
async fn hit(
    State(app): State<App>,
    origin: Origin,
    method: Method,
    headers: axum::http::HeaderMap,
    clicked: Result<Query<Clicked>, QueryRejection>,
) -> Response {
    if let Some(refused) = public::refusal(&app, &origin) {
        return refused;
    }
    if let Ok(Query(Clicked { cmfa, cmfc })) = clicked
        && !cmfa.is_empty()
        && !cmfc.is_empty()
        && !public::is_machine(&method, &headers)
    {
        record(&app, cmfa, cmfc).await;
    }
    StatusCode::NO_CONTENT.into_response()
}

/// A click that cannot be written down now is lost; whoever clicked is led on.
async fn record(app: &App, code: String, token: String) {
    let written = work::write(app, Actor::system(), move |work| super::clicked_by_token(work, &code, &token)).await;
    if let Err(error) = written {
        error.log();
    }
}
