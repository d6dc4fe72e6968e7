//! HTTP of segments and their groups.

mod preview;

use super::definitions::{self, Applied, Document};
use super::groups::{self, Group, GroupBody, GroupPatch};
use super::history::{self, Day};
use super::members::{self, Application, COUNTER_MAX, Counter};
use super::model::{Member, MembershipView, Segment, SegmentBody, SegmentPatch, Source};
use super::review::{self, Wanted as ToBuild};
use super::target_groups::Unlinked;
use super::vocabulary::{self, Vocabulary};
use super::{Removal, rebuild, store};
use crate::access::{EditSegments, May, ReadCustomers, ReadSegments};
use crate::app::App;
use crate::audit;
use crate::catalogue::{self, Use};
use crate::error::{Error, Problem};
use crate::events::Cause;
use crate::http::{Accepted, Body, Created, IfMatch, Listing, NoContent, Page, Path, Query, Versioned};
use crate::ids::{CustomerId, GroupId, SegmentId};
use crate::time::Instant;
use crate::work::{self, Work};
use axum::Json;
use jiff::civil::Date;
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
        .routes(routes!(start_build))
        .routes(routes!(export, apply))
        .routes(routes!(read, update, remove))
        .routes(routes!(members, change_members))
        .routes(routes!(start_rebuild))
        .routes(routes!(uses))
        .routes(routes!(history))
        .routes(routes!(of_customer))
        .routes(routes!(explain))
        .routes(routes!(condition_catalogue))
        .merge(preview::router())
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

#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct Unlinking {
    /// What becomes of the target group when the segment is no longer used as one.
    #[param(inline)]
    target_group: Option<Unlinked>,
}

/// Change a segment. With a new condition, membership follows the old one until everyone is evaluated.
#[utoipa::path(patch, path = "/api/segments/{id}", operation_id = "segments_update", tag = "segments",
    params(("id" = i64, Path), Unlinking),
    request_body = SegmentPatch, responses((status = 200, body = Segment)))]
async fn update(
    may: May<EditSegments>,
    Path(segment): Path<SegmentId>,
    Query(unlinking): Query<Unlinking>,
    matching: IfMatch,
    Body(patch): Body<SegmentPatch>,
) -> Result<Versioned<Segment>, Error> {
    let segment = may.write(move |work| super::update(work, segment, &patch, &matching, unlinking.target_group)).await?;
    Ok(Versioned { version: segment.version, body: segment })
}

#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct Removing {
    /// Remove segments that are built on it too, take it out of the actions of rules, switch off rules that ask for it, and
    /// delete its target group.
    #[serde(default)]
    cascade: bool,
    /// What becomes of its target group.
    #[param(inline)]
    target_group: Option<Unlinked>,
}

/// Remove a segment. Its members stay customers. Refused with the list of users while it is used, unless it cascades.
#[utoipa::path(delete, path = "/api/segments/{id}", operation_id = "segments_remove", tag = "segments",
    params(("id" = i64, Path), Removing), responses((status = 204)))]
async fn remove(may: May<EditSegments>, Path(segment): Path<SegmentId>, Query(removing): Query<Removing>) -> Result<NoContent, Error> {
    let removal = Removal { cascade: removing.cascade, unlinked: removing.target_group };
    may.write(move |work| super::remove(work, segment, removal)).await?;
    Ok(NoContent)
}

#[derive(Serialize, ToSchema)]
struct SegmentUseList {
    items: Vec<Use>,
}

/// What uses a segment: segments that are built on it, its target group, rules that ask for it or change who is in it.
#[utoipa::path(get, path = "/api/segments/{id}/uses", operation_id = "segments_uses", tag = "segments", params(("id" = i64, Path)),
    responses((status = 200, body = SegmentUseList)))]
async fn uses(may: May<ReadSegments>, Path(segment): Path<SegmentId>) -> Result<Json<SegmentUseList>, Error> {
    may.read(move |work| catalogue::uses_of_segment(work, segment)).await.map(|items| Json(SegmentUseList { items }))
}

#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Span {
    /// The first day; 90 days before the last one if absent.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// The last day; today if absent.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Date>,
}

#[derive(Serialize, ToSchema)]
struct SegmentDayList {
    items: Vec<Day>,
}

/// How large a segment was at the end of each day, and how many entered and left it during the day.
#[utoipa::path(get, path = "/api/segments/{id}/history", operation_id = "segments_history", tag = "segments",
    params(("id" = i64, Path), Span), responses((status = 200, body = SegmentDayList)))]
async fn history(may: May<ReadSegments>, Path(segment): Path<SegmentId>, Query(span): Query<Span>) -> Result<Json<SegmentDayList>, Error> {
    may.read(move |work| history::of(work, segment, span.from, span.to)).await.map(|items| Json(SegmentDayList { items }))
}

/// All groups and segments as a document that can be applied here or elsewhere.
#[utoipa::path(get, path = "/api/segments/definitions", operation_id = "segments_export", tag = "segments",
    responses((status = 200, body = Document)))]
async fn export(may: May<ReadSegments>) -> Result<Json<Document>, Error> {
    may.read(definitions::export).await.map(Json)
}

#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct Applying {
    /// Say what would be done, and do nothing.
    #[serde(default)]
    dry_run: bool,
    /// Remove groups and segments that the document does not name.
    #[serde(default)]
    prune: bool,
    /// What becomes of target groups that segments are no longer used as.
    #[param(inline)]
    target_group: Option<Unlinked>,
}

/// Bring about what a document says of groups and segments: all of it or nothing. Gives what was other.
#[utoipa::path(post, path = "/api/segments/definitions", operation_id = "segments_apply", tag = "segments", params(Applying),
    request_body = Document, responses((status = 200, body = Applied)))]
async fn apply(may: May<EditSegments>, Query(applying): Query<Applying>, Body(document): Body<Document>) -> Result<Json<Applied>, Error> {
    let options = definitions::Options { prune: applying.prune, unlinked: applying.target_group };
    let operation = move |work: &mut Work<'_>| definitions::apply(work, &document, options);
    match applying.dry_run {
        true => work::rehearse(&may.app, may.actor(), operation).await,
        false => may.write(operation).await,
    }
    .map(Json)
}

/// The members of a segment, by customer id; with names and mail addresses for whoever may see customers.
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
    let is_named = may.also::<ReadCustomers>().is_ok();
    let members = members.into_iter().map(|member| if is_named { member } else { member.nameless() }).collect();
    Ok(Page::of(members, limit, total, |member: &Member| member.customer_id.0))
}

#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MemberChange {
    /// Customers to put in. Who is named by both lists ends outside.
    #[serde(default)]
    add: Vec<CustomerId>,
    /// Customers to take out.
    #[serde(default)]
    remove: Vec<CustomerId>,
    /// Since when those who are put in are members. Absent: members keep theirs, others are it from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Instant>,
    /// How often the segment was applied to those who are put in. Absent: members keep theirs, others have 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    counter: Option<Counter>,
}

impl MemberChange {
    fn check(&self, now: Instant) -> Result<(), Error> {
        if MEMBERS_MAX < self.add.len() + self.remove.len() {
            return Err(Error::TooLarge(format!("at most {MEMBERS_MAX} customers at a time")));
        }
        let mut problems = Vec::new();
        if self.since.is_some_and(|since| now < since) {
            problems.push(Problem::new("/since", "in_future", "nobody is a member since a time to come"));
        }
        if let Some(Counter::Exactly(number)) = self.counter
            && !(0..=COUNTER_MAX).contains(&number)
        {
            problems.push(Problem::new("/counter", "out_of_range", format!("0 to {COUNTER_MAX}, or \"increase\"")));
        }
        if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
    }
}

#[derive(Serialize, ToSchema)]
struct MemberChanged {
    added: usize,
    removed: usize,
    /// Members before and after, with another instant or counter.
    applied: usize,
}

/// Put customers into a manual segment, apply it again to its members, or take customers out.
#[utoipa::path(post, path = "/api/segments/{id}/members", operation_id = "segments_change_members", tag = "segments", params(("id" = i64, Path)),
    request_body = MemberChange, responses((status = 200, body = MemberChanged)))]
async fn change_members(
    may: May<EditSegments>,
    Path(segment): Path<SegmentId>,
    Body(body): Body<MemberChange>,
) -> Result<Json<MemberChanged>, Error> {
    let changed = may
        .write(move |work| {
            body.check(work.now)?;
            audit::record(work, "change_members", "segment", Some(segment.0), &json!(body))?;
            let add: Vec<Application> =
                body.add.iter().map(|customer| Application { customer: *customer, since: body.since, counter: body.counter }).collect();
            members::change(work, segment, &add, &body.remove, Source::Manual, Cause::Person)
        })
        .await?;
    Ok(Json(MemberChanged { added: changed.added.len(), removed: changed.removed.len(), applied: changed.applied.len() }))
}

/// Evaluate a segment for everyone once more, in the background.
#[utoipa::path(post, path = "/api/segments/{id}/rebuild", operation_id = "segments_rebuild", tag = "segments", params(("id" = i64, Path)),
    responses((status = 202, body = Accepted)))]
async fn start_rebuild(may: May<EditSegments>, Path(segment): Path<SegmentId>) -> Result<Accepted, Error> {
    let job_id = may.write(move |work| rebuild::rebuild(work, segment)).await?;
    Ok(Accepted { job_id })
}

/// Evaluate segments once more, in the background: all or some of them, for everyone or for some customers.
#[utoipa::path(post, path = "/api/segments/rebuild", operation_id = "segments_build", tag = "segments", request_body = ToBuild,
    responses((status = 202, body = Accepted)))]
async fn start_build(may: May<EditSegments>, Body(wanted): Body<ToBuild>) -> Result<Accepted, Error> {
    let job_id = may.write(move |work| review::build(work, &wanted)).await?;
    Ok(Accepted { job_id })
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

/// Why a customer is in a segment or not: the condition with the answer of every leaf and what it saw. It takes `segments:read`
/// beside `customers:read`; what he did is `withheld` without `activities:read`.
#[utoipa::path(get, path = "/api/customers/{id}/explain", operation_id = "segments_explain", tag = "segments", params(("id" = i64, Path), Asked),
    responses((status = 200, body = Object)))]
async fn explain(may: May<ReadCustomers>, Path(customer): Path<CustomerId>, Query(asked): Query<Asked>) -> Result<Json<Value>, Error> {
    let shown = may.caller.shown();
    may.also::<ReadSegments>()?.read(move |work| super::explain(work, customer, asked.segment, shown)).await.map(Json)
}

/// What conditions can speak of here: fields, types of activities, segments, and the comparisons of each kind of value.
#[utoipa::path(get, path = "/api/condition-catalogue", operation_id = "segments_catalogue", tag = "segments",
    responses((status = 200, body = Vocabulary)))]
async fn condition_catalogue(may: May<ReadSegments>) -> Result<Json<Vocabulary>, Error> {
    may.read(vocabulary::read).await.map(Json)
}
