//! HTTP of the imports: sending a file, looking at its first rows, following what came of it.

use super::model::{Import, Kind, RowProblem};
use super::records::Content;
use super::source::{Rows, Source};
use super::store::undo::KeptPlace;
use super::undo::{self, Fate, Outcome, Preview};
use super::upload::{self, Form};
use super::{jobs, run, store};
use crate::access::{EditImports, May, ReadActivities, ReadCustomers};
use crate::app::App;
use crate::error::Error;
use crate::http::{Body, Listing, Page, Path, Query};
use crate::ids::{ImportId, JobId, SegmentId};
use axum::Json;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{DefaultBodyLimit, Multipart};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Rows shown of a file that someone is about to import.
const PEEKED_ROWS: usize = 20;

pub fn router() -> OpenApiRouter<App> {
    // The size of a file is counted as it comes in; the limit of JSON bodies is not for it.
    let files = OpenApiRouter::new()
        .routes(routes!(create))
        .routes(routes!(import_members))
        .routes(routes!(peek))
        .layer(DefaultBodyLimit::disable());
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(read))
        .routes(routes!(problems))
        .routes(routes!(preview_undo, undo))
        .routes(routes!(kept))
        .merge(files)
}

/// The parts of the form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only describes the form")]
struct ImportForm {
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    kind: Kind,
    /// JSON text of ImportOptions.
    options: Option<String>,
}

/// An import that was accepted.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportAccepted {
    pub id: ImportId,
    pub job_id: Option<JobId>,
}

/// Import a file of customers, activities or members of a segment: it is kept, checked against the mapping, and read by a job.
#[utoipa::path(post, path = "/api/imports", operation_id = "transfer_create", tag = "transfer",
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = 202, body = ImportAccepted)))]
async fn create(may: May<EditImports>, parts: Result<Multipart, MultipartRejection>) -> Result<Response, Error> {
    take(&may, parts, |_| {}).await
}

/// The parts of the form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only describes the form")]
struct MembersForm {
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// JSON text of ImportOptions; `mode` says what becomes of the customers: `add`, `remove` or `replace`.
    options: Option<String>,
}

/// Import a list of members of a manual segment, one customer in each row: by id, mail address, phone number, token or id in
/// another system, with `since` and `counter` if wanted. Read by a job; who was not found is among the import's problems.
#[utoipa::path(post, path = "/api/segments/{id}/members/import", operation_id = "transfer_import_members", tag = "transfer",
    params(("id" = i64, Path)), request_body(content = MembersForm, content_type = "multipart/form-data"),
    responses((status = 202, body = ImportAccepted)))]
async fn import_members(
    may: May<EditImports>,
    Path(segment): Path<SegmentId>,
    parts: Result<Multipart, MultipartRejection>,
) -> Result<Response, Error> {
    take(&may, parts, move |form| {
        form.kind = Some(Kind::Members);
        form.options.segment = Some(segment);
    })
    .await
}

/// Receives a form, lets `adjust` say what the route knows, and accepts the order; what was kept goes if that fails.
async fn take(
    may: &May<EditImports>,
    parts: Result<Multipart, MultipartRejection>,
    adjust: impl FnOnce(&mut Form),
) -> Result<Response, Error> {
    let mut form = Form::default();
    let received = match parts {
        Ok(parts) => upload::receive(may, parts, &mut form).await,
        Err(_) => Err(Error::UnsupportedType("send the file as multipart/form-data".to_owned())),
    };
    adjust(&mut form);
    let kept = form.file.as_ref().map(|file| file.import);
    let accepted = match received {
        Ok(()) => accept(may, form).await,
        Err(error) => Err(error),
    };
    if let (Err(_), Some(import)) = (&accepted, kept) {
        jobs::delete_pieces(&may.app, import).await?;
    }
    let import = accepted?;
    let place = import.job_id.map(|job| format!("/api/jobs/{job}")).unwrap_or_default();
    let body = Json(ImportAccepted { id: import.id, job_id: import.job_id });
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, place)], body).into_response())
}

/// Checks the order against the start of the file and hands it to a job.
async fn accept(may: &May<EditImports>, form: Form) -> Result<Import, Error> {
    let (order, file) = form.into_order()?;
    let source = Source::Upload { app: may.app.clone(), import: file.import, next: 0, left: file.bytes };
    let rows = Rows::open(source, &order.options, &order.file_name).await?;
    run::plan(&may.app, &order, rows.columns.as_deref()).await?;
    may.write(move |work| super::enqueue(work, file.import, &order, &file.hash, file.bytes)).await
}

/// The first rows of a file.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Peek {
    columns: Vec<String>,
    /// Texts by column; of NDJSON the members of each line.
    #[schema(value_type = Vec<Vec<Object>>)]
    rows: Vec<Vec<Value>>,
}

/// Look at the first rows of a file, for mapping its columns. Nothing is kept.
#[utoipa::path(post, path = "/api/imports/peek", operation_id = "transfer_peek", tag = "transfer",
    request_body(content = ImportForm, content_type = "multipart/form-data"), responses((status = 200, body = Peek)))]
async fn peek(_may: May<EditImports>, parts: Result<Multipart, MultipartRejection>) -> Result<Json<Peek>, Error> {
    let parts = parts.map_err(|_| Error::UnsupportedType("send the file as multipart/form-data".to_owned()))?;
    let (start, name, options) = upload::start_of(parts).await?;
    let mut rows = Rows::open(Source::Start(start), &options, &name).await?;
    let mut peek = Peek { columns: rows.columns.clone().unwrap_or_default(), rows: Vec::new() };
    while peek.rows.len() < PEEKED_ROWS
        && let Some(row) = rows.next().await?
    {
        match row.content {
            Content::Fields(fields) => peek.rows.push(fields.into_iter().map(Value::from).collect()),
            Content::Json(Value::Object(members)) => {
                let new: Vec<String> = members.keys().filter(|name| !peek.columns.contains(name)).cloned().collect();
                peek.columns.extend(new);
                peek.rows.push(peek.columns.iter().map(|name| members.get(name).cloned().unwrap_or_default()).collect());
            }
            Content::Json(other) => peek.rows.push(vec![other]),
            Content::Unreadable { text, .. } => peek.rows.push(vec![text.into()]),
        }
    }
    Ok(Json(peek))
}

/// Imports, newest first.
#[utoipa::path(get, path = "/api/imports", operation_id = "transfer_list", tag = "transfer", params(Listing),
    responses((status = 200, body = Page<Import>)))]
async fn list(may: May<EditImports>, Query(listing): Query<Listing>) -> Result<Page<Import>, Error> {
    let limit = listing.limit()?;
    let before = listing.after::<i64>()?;
    let imports = may.read(move |work| store::page(work, before, limit)).await?;
    Ok(Page::of(imports, limit, None, |import| import.id.0))
}

/// One import.
#[utoipa::path(get, path = "/api/imports/{id}", operation_id = "transfer_read", tag = "transfer", params(("id" = i64, Path)),
    responses((status = 200, body = Import)))]
async fn read(may: May<EditImports>, Path(import): Path<ImportId>) -> Result<Json<Import>, Error> {
    may.read(move |work| super::read(work, import)).await.map(Json)
}

/// Rows that were refused, in the order of the file.
#[utoipa::path(get, path = "/api/imports/{id}/problems", operation_id = "transfer_problems", tag = "transfer",
    params(("id" = i64, Path), Listing), responses((status = 200, body = Page<RowProblem>)))]
async fn problems(may: May<EditImports>, Path(import): Path<ImportId>, Query(listing): Query<Listing>) -> Result<Page<RowProblem>, Error> {
    let limit = listing.limit()?;
    let after = listing.after::<i64>()?.unwrap_or(0);
    let refused = may.read(move |work| {
        super::read(work, import)?;
        super::problems(work, import, after, limit + 1)
    });
    Ok(Page::of(refused.await?, limit, None, |refused| refused.row))
}

#[derive(Debug, Clone, Default, Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportUndoOrder)]
struct UndoOrder {
    /// What becomes of customers and activities that the import made and that have changed since: `keep` (if absent) or
    /// `delete`.
    #[serde(default)]
    kept: Fate,
}

/// Who sees what became of things must be allowed to see them.
async fn check_seen(may: &May<EditImports>, import: ImportId) -> Result<(), Error> {
    may.also::<ReadCustomers>()?;
    let found = may.read(move |work| super::read(work, import)).await?;
    match found.kind {
        Kind::Activities => may.also::<ReadActivities>().map(drop),
        Kind::Customers | Kind::Members => Ok(()),
    }
}

/// The permissions to undo this import: where it made customers, also the one to delete them; and where activities that others
/// changed are to go too, the one to change activities.
async fn check_undo(may: &May<EditImports>, import: ImportId, fate: Fate) -> Result<(), Error> {
    let found = may.read(move |work| super::read(work, import)).await?;
    let missing = undo::permissions(&found, fate).into_iter().find(|permission| !may.caller.holds(permission));
    missing.map_or(Ok(()), |permission| Err(Error::Forbidden(permission)))
}

/// What undoing an import would do: how many customers and activities would go or become as they were, what would stay and why,
/// with samples. The last thousand things that the import did are looked at; nothing is kept of it.
#[utoipa::path(get, path = "/api/imports/{id}/undo", operation_id = "transfer_preview_undo", tag = "transfer",
    params(("id" = i64, Path), UndoOrder), responses((status = 200, body = Preview)))]
async fn preview_undo(may: May<EditImports>, Path(import): Path<ImportId>, Query(order): Query<UndoOrder>) -> Result<Json<Preview>, Error> {
    check_seen(&may, import).await?;
    check_undo(&may, import, order.kept).await?;
    undo::preview(&may.app, may.actor(), import, order.kept).await.map(Json)
}

/// Undo an import that has ended: what it made is deleted, what it changed becomes what it was, value by value, and whatever was
/// changed since stays and is told. A job does it; one that was stopped goes on where it was, and one that left
/// something as it was can be started again to look at that. An undoing is not undone: import the file again.
#[utoipa::path(post, path = "/api/imports/{id}/undo", operation_id = "transfer_undo", tag = "transfer",
    params(("id" = i64, Path)), request_body = UndoOrder, responses((status = 202, body = ImportAccepted)))]
async fn undo(may: May<EditImports>, Path(import): Path<ImportId>, Body(order): Body<UndoOrder>) -> Result<Response, Error> {
    check_undo(&may, import, order.kept).await?;
    let begun = may.write(move |work| undo::begin(work, import, order.kept)).await?;
    let job_id = begun.undo.and_then(|undo| undo.job_id);
    let place = job_id.map(|job| format!("/api/jobs/{job}")).unwrap_or_default();
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, place)], Json(ImportAccepted { id: import, job_id })).into_response())
}

/// What the undoing of an import left as it was, in the order of the file, each with why.
#[utoipa::path(get, path = "/api/imports/{id}/undo/kept", operation_id = "transfer_kept", tag = "transfer",
    params(("id" = i64, Path), Listing), responses((status = 200, body = Page<Outcome>)))]
async fn kept(may: May<EditImports>, Path(import): Path<ImportId>, Query(listing): Query<Listing>) -> Result<Page<Outcome>, Error> {
    check_seen(&may, import).await?;
    let limit = listing.limit()?;
    let after = listing.after::<KeptPlace>()?;
    let kept = may.read(move |work| undo::kept(work, import, after.clone(), limit)).await?;
    Ok(Page::of(kept, limit, None, |one| (one.row, one.subject, one.subject_id, one.customer_id)))
}
