//! HTTP of what comes back: as JSON from another system, or the mail itself.

use super::super::bounces::{self, Bounce, Taken, Told};
use crate::access::{EditMail, May};
use crate::app::App;
use crate::error::{Error, Problem};
use crate::http;
use axum::Json;
use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(take))
}

const ITEMS_MAX: usize = 500;

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BounceBatch)]
struct Batch {
    items: Vec<Told>,
}

/// Tell what came back: as JSON, or as the mail itself (`message/rfc822`). The same one twice is taken once.
#[utoipa::path(post, path = "/api/bounces", operation_id = "mail_bounces", tag = "mail",
    request_body(content((Batch = "application/json"), (String = "message/rfc822"))), responses((status = 200, body = Taken)))]
async fn take(may: May<EditMail>, headers: HeaderMap, body: Bytes) -> Result<Json<Taken>, Error> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match kind.split(';').next().unwrap_or_default().trim() {
        "message/rfc822" => may.write(move |work| bounces::take_mail(work, &body)).await.map(Json),
        "application/json" => {
            let batch: Batch = http::parse(&body)?;
            if ITEMS_MAX < batch.items.len() {
                return Err(Error::Invalid(vec![Problem::new("/items", "too_long", format!("at most {ITEMS_MAX} at a time"))]));
            }
            let told = batch.items.into_iter().map(Told::bounce).collect::<Result<Vec<Bounce>, Error>>()?;
            may.write(move |work| bounces::take(work, &told)).await.map(Json)
        }
        _ => Err(Error::UnsupportedType("send application/json or message/rfc822".to_owned())),
    }
}
