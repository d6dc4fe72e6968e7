//! HTTP of segments and their groups.

use super::groups::{self, Group, GroupBody, GroupPatch};
use super::model::{Member, MembershipView, Segment, SegmentBody, SegmentPatch, Source};
use super::preview::{self, Preview, Wanted};
use super::vocabulary::{self, Vocabulary};
use super::{rebuild, store};
use crate::access::{EditSegments, May, ReadCustomers, ReadSegments};
use crate::app::App;
use crate::audit;
use crate::error::Error;
use crate::events::Cause;
use crate::http::{Accepted, Body, Created, IfMatch, Listing, NoContent, Page, Path, Query, Versioned};
use crate::ids::{CustomerId, GroupId, SegmentId};
use axum::Json;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Customers one request may add or remove.
const MEMBERS_MAX: usize = 1_000;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_groups, create_group))
        .routes(routes!(read_group, update_group, remove_group))
        .routes(routes!(list, create))
        .routes(routes!(preview))
        .routes(routes!(read, update, remove))
        .routes(routes!(members, change_members))
        .routes(routes!(start_rebuild))
        .routes(routes!(of_customer))
        .routes(routes!(explain))
        .routes(routes!(catalogue))
        .merge(super::builders::routes::router())
}

#[derive(Serialize, ToSchema)]
struct SegmentGroupList {
    items: Vec<Group>,
}

/// All groups, in the order they are shown.
#[utoipa::path(get, path = "/api/segment-groups", operation_id = "segments_list_groups", tag = "segments",
    responses((status = 200, body = SegmentGroupList)))]
async fn list_groups(may: May<ReadSegments>) -> Result<Json<SegmentGroupList>, Error> {
    may.read(groups::list).await.map(|items| Json(SegmentGroupList { items }))
}

/// Make a group.
#[utoipa::path(post, path = "/api/segment-groups", operation_id = "segments_create_group", tag = "segments", request_body = GroupBody,
    responses((status = 201, body = Group)))]
async fn create_group(may: May<EditSegments>, Body(body): Body<GroupBody>) -> Result<Created<Group>, Error> {
    let group = may.write(move |work| groups::create(work, &body)).await?;
    Ok(Created { location: format!("/api/segment-groups/{}", group.id), version: group.version, body: group })
}

/// One group.
#[utoipa::path(get, path = "/api/segment-groups/{id}", operation_id = "segments_read_group", tag = "segments", params(("id" = i64, Path)),
    responses((status = 200, body = Group)))]
async fn read_group(may: May<ReadSegments>, Path(group): Path<GroupId>) -> Result<Versioned<Group>, Error> {
    let group = may.read(move |work| groups::read(work, group)).await?;
    Ok(Versioned { version: group.version, body: group })
}

/// Change a group.
#[utoipa::path(patch, path = "/api/segment-groups/{id}", operation_id = "segments_update_group", tag = "segments", params(("id" = i64, Path)),
    request_body = GroupPatch, responses((status = 200, body = Group)))]
async fn update_group(
    may: May<EditSegments>,
    Path(group): Path<GroupId>,
    matching: IfMatch,
    Body(patch): Body<GroupPatch>,
) -> Result<Versioned<Group>, Error> {
    let group = may.write(move |work| groups::update(work, group, &patch, &matching)).await?;
    Ok(Versioned { version: group.version, body: group })
}

/// Remove an empty group.
#[utoipa::path(delete, path = "/api/segment-groups/{id}", operation_id = "segments_remove_group", tag = "segments", params(("id" = i64, Path)),
    responses((status = 204)))]
async fn remove_group(may: May<EditSegments>, Path(group): Path<GroupId>) -> Result<NoContent, Error> {
    may.write(move |work| groups::remove(work, group)).await?;
    Ok(NoContent)
}

#[derive(Serialize, ToSchema)]
struct SegmentList {
    items: Vec<Segment>,
}

/// All segments with their sizes.
#[utoipa::path(get, path = "/api/segments", operation_id = "segments_list", tag = "segments", responses((status = 200, body = SegmentList)))]
async fn list(may: May<ReadSegments>) -> Result<Json<SegmentList>, Error> {
    may.read(super::list).await.map(|items| Json(SegmentList { items }))
}

/// Make a segment. A calculated one is evaluated for everyone in the background.
#[utoipa::path(post, path = "/api/segments", operation_id = "segments_create", tag = "segments", request_body = SegmentBody,
    responses((status = 201, body = Segment)))]
async fn create(may: May<EditSegments>, Body(body): Body<SegmentBody>) -> Result<Created<Segment>, Error> {
    let segment = may.write(move |work| super::create(work, &body)).await?;
    Ok(Created { location: format!("/api/segments/{}", segment.id), version: segment.version, body: segment })
}

/// One segment with its size.
#[utoipa::path(get, path = "/api/segments/{id}", operation_id = "segments_read", tag = "segments", params(("id" = i64, Path)),
    responses((status = 200, body = Segment)))]
async fn read(may: May<ReadSegments>, Path(segment): Path<SegmentId>) -> Result<Versioned<Segment>, Error> {
    let segment = may.read(move |work| super::read(work, segment)).await?;
    Ok(Versioned { version: segment.version, body: segment })
}

/// Change a segment. With a new condition, membership follows the old one until everyone is evaluated.
#[utoipa::path(patch, path = "/api/segments/{id}", operation_id = "segments_update", tag = "segments", params(("id" = i64, Path)),
    request_body = SegmentPatch, responses((status = 200, body = Segment)))]
async fn update(
    may: May<EditSegments>,
    Path(segment): Path<SegmentId>,
    matching: IfMatch,
    Body(patch): Body<SegmentPatch>,
) -> Result<Versioned<Segment>, Error> {
    let segment = may.write(move |work| super::update(work, segment, &patch, &matching)).await?;
    Ok(Versioned { version: segment.version, body: segment })
}

/// Remove a segment. Its members stay customers.
#[utoipa::path(delete, path = "/api/segments/{id}", operation_id = "segments_remove", tag = "segments", params(("id" = i64, Path)),
    responses((status = 204)))]
async fn remove(may: May<EditSegments>, Path(segment): Path<SegmentId>) -> Result<NoContent, Error> {
    may.write(move |work| super::remove(work, segment)).await?;
    Ok(NoContent)
}

/// The members of a segment, by customer id.
#[utoipa::path(get, path = "/api/segments/{id}/members", operation_id = "segments_members", tag = "segments",
    params(("id" = i64, Path), Listing), responses((status = 200, body = Page<Member>)))]
async fn members(may: May<ReadSegments>, Path(segment): Path<SegmentId>, Query(listing): Query<Listing>) -> Result<Page<Member>, Error> {
    let (limit, after) = (listing.limit()?, listing.after::<i64>()?.unwrap_or(0));
    let (members, total) = may
        .read(move |work| {
            let standing = store::read(work, segment)?.ok_or(Error::NotFound)?;
            let total = if listing.count { Some(store::size(work, segment, standing.generation)?) } else { None };
            Ok((store::members(work, segment, standing.generation, after, limit)?, total))
        })
        .await?;
    Ok(Page::of(members, limit, total, |member| member.customer_id.0))
}

#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MemberChange {
    /// Customers to put in.
    #[serde(default)]
    add: Vec<CustomerId>,
    /// Customers to take out.
    #[serde(default)]
    remove: Vec<CustomerId>,
}

#[derive(Serialize, ToSchema)]
struct MemberChanged {
    added: u64,
    removed: u64,
}

/// Put customers into a manual segment, or take them out.
#[utoipa::path(post, path = "/api/segments/{id}/members", operation_id = "segments_change_members", tag = "segments", params(("id" = i64, Path)),
    request_body = MemberChange, responses((status = 200, body = MemberChanged)))]
async fn change_members(
    may: May<EditSegments>,
    Path(segment): Path<SegmentId>,
    Body(body): Body<MemberChange>,
) -> Result<Json<MemberChanged>, Error> {
    if MEMBERS_MAX < body.add.len() + body.remove.len() {
        return Err(Error::TooLarge(format!("at most {MEMBERS_MAX} customers at a time")));
    }
    let changed = may
        .write(move |work| {
            audit::record(work, "change_members", "segment", Some(segment.0), &json!(body))?;
            super::change_members(work, segment, &body.add, &body.remove, Source::Manual, Cause::Person)
        })
        .await?;
    Ok(Json(MemberChanged { added: changed.added, removed: changed.removed }))
}

/// Evaluate a segment for everyone once more, in the background.
#[utoipa::path(post, path = "/api/segments/{id}/rebuild", operation_id = "segments_rebuild", tag = "segments", params(("id" = i64, Path)),
    responses((status = 202, body = Accepted)))]
async fn start_rebuild(may: May<EditSegments>, Path(segment): Path<SegmentId>) -> Result<Accepted, Error> {
    let job_id = may.write(move |work| rebuild::rebuild(work, segment)).await?;
    Ok(Accepted { job_id })
}

/// What a condition would give: how many customers, some of them, and how many each leaf holds for by itself.
#[utoipa::path(post, path = "/api/segments/preview", operation_id = "segments_preview", tag = "segments", request_body = Wanted,
    responses((status = 200, body = Preview)))]
async fn preview(may: May<ReadSegments>, Body(wanted): Body<Wanted>) -> Result<Json<Preview>, Error> {
    may.read(move |work| preview::preview(work, &wanted)).await.map(Json)
}

#[derive(Serialize, ToSchema)]
struct MembershipList {
    items: Vec<MembershipView>,
}

/// The segments of a customer.
#[utoipa::path(get, path = "/api/customers/{id}/segments", operation_id = "segments_of_customer", tag = "segments", params(("id" = i64, Path)),
    responses((status = 200, body = MembershipList)))]
async fn of_customer(may: May<ReadCustomers>, Path(customer): Path<CustomerId>) -> Result<Json<MembershipList>, Error> {
    let items = may
        .read(move |work| {
            crate::customers::read(work, customer)?;
            Ok(super::of_customers(work, &[customer])?.remove(&customer).unwrap_or_default())
        })
        .await?;
    Ok(Json(MembershipList { items }))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// The segment to explain.
    segment: SegmentId,
}

/// Why a customer is in a segment or not: the condition with the answer of every leaf and what it saw.
#[utoipa::path(get, path = "/api/customers/{id}/explain", operation_id = "segments_explain", tag = "segments", params(("id" = i64, Path), Asked),
    responses((status = 200, body = Object)))]
async fn explain(may: May<ReadCustomers>, Path(customer): Path<CustomerId>, Query(asked): Query<Asked>) -> Result<Json<Value>, Error> {
    may.read(move |work| super::explain(work, customer, asked.segment)).await.map(Json)
}

/// What conditions can speak of here: fields, types of activities, segments, and the comparisons of each kind of value.
#[utoipa::path(get, path = "/api/condition-catalogue", operation_id = "segments_catalogue", tag = "segments",
    responses((status = 200, body = Vocabulary)))]
async fn catalogue(may: May<ReadSegments>) -> Result<Json<Vocabulary>, Error> {
    may.read(vocabulary::read).await.map(Json)
}
