//! HTTP of builders.

use super::model::{BuilderPatch, Kind, Leftover, NewBuilder, PlannedView, SavedBuilder, Uncovered, Wanted};
use super::uncovered::{self, Place};
use crate::access::{EditSegments, May, ReadSegments};
use crate::app::App;
use crate::error::Error;
use crate::http::{Body, Created, IfMatch, Listing, NoContent, Page, Path, Query, Versioned};
use crate::ids::BuilderId;
use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(kinds))
        .routes(routes!(preview))
        .routes(routes!(read, update, remove))
        .routes(routes!(uncovered))
}

#[derive(Serialize, ToSchema)]
struct SegmentBuilderList {
    items: Vec<SavedBuilder>,
}

/// All builders, by name.
#[utoipa::path(get, path = "/api/segment-builders", operation_id = "segments_list_builders", tag = "segments",
    responses((status = 200, body = SegmentBuilderList)))]
async fn list(may: May<ReadSegments>) -> Result<Json<SegmentBuilderList>, Error> {
    may.read(super::list).await.map(|items| Json(SegmentBuilderList { items }))
}

/// Set up a builder. It gets a calculated group of its own, and its segments are evaluated for everyone in the background.
#[utoipa::path(post, path = "/api/segment-builders", operation_id = "segments_create_builder", tag = "segments", request_body = NewBuilder,
    responses((status = 201, body = SavedBuilder)))]
async fn create(may: May<EditSegments>, Body(body): Body<NewBuilder>) -> Result<Created<SavedBuilder>, Error> {
    let builder = may.write(move |work| super::create(work, &body)).await?;
    Ok(Created { location: format!("/api/segment-builders/{}", builder.id), version: builder.version, body: builder })
}

#[derive(Serialize, ToSchema)]
struct SegmentBuilderKindList {
    items: Vec<Kind>,
}

/// The kinds of builders there are, with what settings they understand.
#[utoipa::path(get, path = "/api/segment-builders/kinds", operation_id = "segments_builder_kinds", tag = "segments",
    responses((status = 200, body = SegmentBuilderKindList)))]
async fn kinds(may: May<ReadSegments>) -> Result<Json<SegmentBuilderKindList>, Error> {
    may.read(|work| Ok(super::kinds(work))).await.map(|items| Json(SegmentBuilderKindList { items }))
}

#[derive(Serialize, ToSchema)]
struct SegmentBuilderPreview {
    segments: Vec<PlannedView>,
}

/// The segments that settings would make, with how many customers would be in each. Nothing is changed.
#[utoipa::path(post, path = "/api/segment-builders/preview", operation_id = "segments_preview_builder", tag = "segments",
    request_body = Wanted, responses((status = 200, body = SegmentBuilderPreview)))]
async fn preview(may: May<ReadSegments>, Body(wanted): Body<Wanted>) -> Result<Json<SegmentBuilderPreview>, Error> {
    may.read(move |work| super::preview(work, &wanted)).await.map(|segments| Json(SegmentBuilderPreview { segments }))
}

/// One builder.
#[utoipa::path(get, path = "/api/segment-builders/{id}", operation_id = "segments_read_builder", tag = "segments",
    params(("id" = i64, Path)), responses((status = 200, body = SavedBuilder)))]
async fn read(may: May<ReadSegments>, Path(builder): Path<BuilderId>) -> Result<Versioned<SavedBuilder>, Error> {
    let builder = may.read(move |work| super::read(work, builder)).await?;
    Ok(Versioned { version: builder.version, body: builder })
}

/// Change a builder. Its segments follow: new ones are made, superfluous ones go, and only those whose condition changed are
/// evaluated for everyone again. An empty patch expands the settings once more.
#[utoipa::path(patch, path = "/api/segment-builders/{id}", operation_id = "segments_update_builder", tag = "segments",
    params(("id" = i64, Path)), request_body = BuilderPatch, responses((status = 200, body = SavedBuilder)))]
async fn update(
    may: May<EditSegments>,
    Path(builder): Path<BuilderId>,
    matching: IfMatch,
    Body(patch): Body<BuilderPatch>,
) -> Result<Versioned<SavedBuilder>, Error> {
    let builder = may.write(move |work| super::update(work, builder, &patch, &matching)).await?;
    Ok(Versioned { version: builder.version, body: builder })
}

#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Removal {
    /// What becomes of the segments it has made; to be said if there are any.
    #[param(inline)]
    segments: Option<Leftover>,
}

/// Remove a builder, and its segments with their group or not.
#[utoipa::path(delete, path = "/api/segment-builders/{id}", operation_id = "segments_remove_builder", tag = "segments",
    params(("id" = i64, Path), Removal), responses((status = 204)))]
async fn remove(may: May<EditSegments>, Path(builder): Path<BuilderId>, Query(removal): Query<Removal>) -> Result<NoContent, Error> {
    may.write(move |work| super::remove(work, builder, removal.segments)).await.map(|()| NoContent)
}

/// Values that are in none of the segments of a term builder, the most frequent first. A page may have fewer items than asked
/// for, or none, and not be the last one: that is the one without `nextCursor`.
#[utoipa::path(get, path = "/api/segment-builders/{id}/uncovered", operation_id = "segments_uncovered", tag = "segments",
    params(("id" = i64, Path), Listing), responses((status = 200, body = Page<Uncovered>)))]
async fn uncovered(
    may: May<ReadSegments>,
    Path(builder): Path<BuilderId>,
    Query(listing): Query<Listing>,
) -> Result<Page<Uncovered>, Error> {
    let (limit, after) = (listing.limit()?, listing.after::<Place>()?);
    let (items, next) = may.read(move |work| uncovered::page(work, builder, after.clone(), limit)).await?;
    Ok(Page::up_to(items, next))
}
