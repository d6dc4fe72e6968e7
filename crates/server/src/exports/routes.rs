//! HTTP of the exports: wanting a file, following it, fetching it. An export shows customers, so each of these takes
//! `customers:read` beside `exports:write`.

use super::jobs;
use super::model::{Export, Order};
use crate::access::{EditExports, May, ReadCustomers};
use crate::app::App;
use crate::error::Error;
use crate::http::{Body, Listing, NoContent, Page, Path, Query};
use crate::ids::{ExportId, JobId};
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(read, remove)).routes(routes!(file))
}

/// An export that was accepted.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportAccepted {
    pub id: ExportId,
    pub job_id: Option<JobId>,
}

/// Export customers into a file: a job writes it, and it is kept for its owner for a while.
#[utoipa::path(post, path = "/api/exports", operation_id = "exports_create", tag = "exports", request_body = Order,
    responses((status = 202, body = ExportAccepted)))]
async fn create(may: May<EditExports>, Body(order): Body<Order>) -> Result<Response, Error> {
    let may = may.also::<ReadCustomers>()?;
    let export = may.write(move |work| super::create(work, &order)).await?;
    let location = [(header::LOCATION, format!("/api/exports/{}", export.id))];
    Ok((StatusCode::ACCEPTED, location, Json(ExportAccepted { id: export.id, job_id: export.job_id })).into_response())
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Whose {
    /// Those of everybody, for whoever may change users.
    #[serde(default)]
    all: bool,
}

/// Exports, newest first: one's own, or with `all` everybody's.
#[utoipa::path(get, path = "/api/exports", operation_id = "exports_list", tag = "exports", params(Listing, Whose),
    responses((status = 200, body = Page<Export>)))]
async fn list(may: May<EditExports>, Query(listing): Query<Listing>, Query(whose): Query<Whose>) -> Result<Page<Export>, Error> {
    let may = may.also::<ReadCustomers>()?;
    let limit = listing.limit()?;
    let before = listing.after::<i64>()?;
    let owner = if whose.all && super::sees_all(&may.caller) { None } else { Some(may.actor()) };
    let exports = may.read(move |work| super::page(work, owner.as_ref(), before, limit)).await?;
    Ok(Page::of(exports, limit, None, |export| export.id.0))
}

/// One export of one's own, or of anybody for whoever may change users.
#[utoipa::path(get, path = "/api/exports/{id}", operation_id = "exports_read", tag = "exports", params(("id" = i64, Path)),
    responses((status = 200, body = Export)))]
async fn read(may: May<EditExports>, Path(export): Path<ExportId>) -> Result<Json<Export>, Error> {
    let may = may.also::<ReadCustomers>()?;
    let all = super::sees_all(&may.caller);
    may.read(move |work| super::read(work, export, all)).await.map(Json)
}

/// The file, for whoever asked for it and nobody else.
#[utoipa::path(get, path = "/api/exports/{id}/file", operation_id = "exports_file", tag = "exports", params(("id" = i64, Path)),
    responses((status = 200, body = String, content_type = "application/octet-stream")))]
async fn file(may: May<EditExports>, Path(export): Path<ExportId>) -> Result<Response, Error> {
    let may = may.also::<ReadCustomers>()?;
    let export = may.write(move |work| super::open(work, export)).await?;
    let headers = [
        (header::CONTENT_TYPE, export.order.format.content_type().to_owned()),
        (header::CONTENT_LENGTH, export.bytes.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", export.file_name)),
    ];
    let (id, run, bytes) = (export.id, export.run, export.bytes);
    // One chunk in memory at a time; the next one is read when the reader wants it.
    let chunks = stream::try_unfold((may.app, 0, 0), move |(app, place, sent)| async move {
        if bytes <= sent {
            return Ok::<_, Error>(None);
        }
        let chunk = jobs::chunk(&app, id, run, place).await?;
        let sent = sent + chunk.len() as i64;
        Ok(Some((chunk, (app, place + 1, sent))))
    });
    Ok((headers, axum::body::Body::from_stream(chunks)).into_response())
}

/// Take an export away with its file; if it is under way, it stops.
#[utoipa::path(delete, path = "/api/exports/{id}", operation_id = "exports_remove", tag = "exports", params(("id" = i64, Path)),
    responses((status = 204)))]
async fn remove(may: May<EditExports>, Path(export): Path<ExportId>) -> Result<NoContent, Error> {
    let may = may.also::<ReadCustomers>()?;
    let all = super::sees_all(&may.caller);
    may.write(move |work| super::remove(work, export, all)).await?;
    jobs::delete_chunks(&may.app, export, i64::MAX).await?;
    Ok(NoContent)
}
