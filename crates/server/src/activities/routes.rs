//! HTTP of activities and their types.

use super::model;
use super::model::{NewActivityBody, Row};
use super::types::{ActivityTypeBody, ActivityTypePatch};
use super::{Activity, ActivityType, NewActivity, Outcome, OutcomeStatus, TrackOptions, intake, store, types};
use crate::access::{EditActivities, EditSettings, May, ReadActivities, ReadSettings};
use crate::app::App;
use crate::error::{Error, Problem};
use crate::http::{self, Body, Created, IfMatch, Listing, NoContent, Page, Path, Query, RawBody, Versioned};
use crate::ids::{ActivityId, CustomerId};
use crate::time::Instant;
use axum::Json;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Activities one request may carry.
const BATCH_MAX: usize = 1_000;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(track, list))
        .routes(routes!(read, update, remove))
        .routes(routes!(list_types, create_type))
        .routes(routes!(read_type, update_type, remove_type))
}

/// The members of either form, each still as it was sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Envelope<'b> {
    #[serde(borrow)]
    activities: Option<Vec<&'b RawValue>>,
    create_customers: Option<bool>,
    run_rules: Option<bool>,
    #[serde(borrow)]
    customer: Option<&'b RawValue>,
    #[serde(borrow, rename = "type")]
    kind: Option<&'b RawValue>,
    #[serde(borrow)]
    occurred_at: Option<&'b RawValue>,
    #[serde(borrow)]
    external_id: Option<&'b RawValue>,
    #[serde(borrow)]
    attributes: Option<&'b RawValue>,
    #[serde(borrow)]
    metadata: Option<&'b RawValue>,
}

/// Many activities at once.
#[derive(ToSchema)]
#[schema(as = NewActivities, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes the body, which is read piece by piece")]
struct BatchBody {
    /// Up to 1000.
    activities: Vec<NewActivityBody>,
    /// Make customers for identities nobody has.
    create_customers: Option<bool>,
    /// `false` for history that is brought in late: segments follow, rules do not look. `true` if absent.
    run_rules: Option<bool>,
}

#[derive(ToSchema)]
#[schema(as = TrackBody)]
#[serde(untagged)]
#[expect(dead_code, clippy::large_enum_variant, reason = "describes the body, which is read piece by piece")]
enum TrackBody {
    One(NewActivityBody),
    Many(BatchBody),
}

#[derive(Serialize, ToSchema)]
#[schema(as = TrackResults)]
struct Results {
    results: Vec<Outcome>,
}

/// Record what customers did: one activity, or up to 1000 in `activities` with an outcome for each.
#[utoipa::path(post, path = "/api/activities", operation_id = "activities_track", tag = "activities", request_body = TrackBody,
    responses((status = 200, body = Results), (status = 201, body = Activity)))]
async fn track(may: May<EditActivities>, RawBody(bytes): RawBody) -> Result<Response, Error> {
    let envelope: Envelope<'_> = http::parse_document(&bytes)?;
    match &envelope.activities {
        Some(_) => track_many(&may, &envelope).await,
        None => track_one(&may, http::parse(&bytes)?).await,
    }
}

async fn track_one(may: &May<EditActivities>, body: NewActivityBody) -> Result<Response, Error> {
    let options = TrackOptions { create_customers: body.create_customers, run_rules: body.run_rules };
    let activity = body.into_new().map_err(|problem| Error::Invalid(vec![problem]))?;
    let outcome = intake::send(&may.app, vec![activity.clone()], options).await?.pop();
    let outcome = outcome.ok_or_else(|| Error::Bug(anyhow::anyhow!("an activity without an outcome")))?;
    let (Some(id), Some(customer)) = (outcome.id, outcome.customer_id) else { return Err(Error::Invalid(outcome.problems)) };
    if outcome.status == OutcomeStatus::Created {
        // What was just written need not be read.
        let body = model::Row::new(id, customer, &activity, outcome.at).into_activity();
        return Ok(Created { location: format!("/api/activities/{id}"), version: body.version, body }.into_response());
    }
    let body = may.read(move |work| super::read(work, id)).await?;
    Ok(Versioned { version: body.version, body }.into_response())
}

async fn track_many(may: &May<EditActivities>, envelope: &Envelope<'_>) -> Result<Response, Error> {
    let single = [envelope.customer, envelope.kind, envelope.occurred_at, envelope.external_id, envelope.attributes, envelope.metadata];
    if single.iter().any(Option::is_some) {
        return Err(Error::invalid("", "ambiguous", "send either one activity or a list in \"activities\", not both"));
    }
    let items = envelope.activities.as_deref().unwrap_or_default();
    if BATCH_MAX < items.len() {
        return Err(Error::TooLarge(format!("a batch has at most {BATCH_MAX} activities")));
    }
    let parsed: Vec<Result<NewActivity, Vec<Problem>>> = items.iter().map(|item| parse_item(item)).collect();
    let good: Vec<NewActivity> = parsed.iter().filter_map(|item| item.as_ref().ok()).cloned().collect();
    let options =
        TrackOptions { create_customers: envelope.create_customers.unwrap_or(false), run_rules: envelope.run_rules.unwrap_or(true) };
    let tracked = if good.is_empty() { Vec::new() } else { intake::send(&may.app, good, options).await? };
    let mut tracked = tracked.into_iter();
    let mut results = Vec::with_capacity(parsed.len());
    for (place, item) in parsed.into_iter().enumerate() {
        let mut outcome = match item {
            Ok(_) => tracked.next().ok_or_else(|| Error::Bug(anyhow::anyhow!("an activity without an outcome")))?,
            Err(problems) => Outcome::rejected(problems),
        };
        outcome.problems.iter_mut().for_each(|problem| problem.path = format!("/activities/{place}{}", problem.path));
        results.push(outcome);
    }
    Ok(Json(Results { results }).into_response())
}

/// One item of a batch; what is wrong with it costs the others nothing.
fn parse_item(item: &RawValue) -> Result<NewActivity, Vec<Problem>> {
    let body: NewActivityBody = http::parse(item.get().as_bytes()).map_err(|error| match error {
        Error::Invalid(problems) => problems,
        other => vec![Problem::new("", other.code(), other.to_string())],
    })?;
    if body.create_customers {
        return Err(vec![Problem::new("/createCustomers", "misplaced", "stands beside \"activities\", for all of them")]);
    }
    body.into_new().map_err(|problem| vec![problem])
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Only activities of this type.
    #[serde(rename = "type")]
    kind: Option<String>,
    customer_id: Option<CustomerId>,
    /// That occurred at or after this instant.
    from: Option<Instant>,
    /// That occurred before this instant.
    to: Option<Instant>,
    /// That were recorded or changed since; the list is then in the order of change.
    modified_since: Option<Instant>,
}

/// Activities, newest first; with `modifiedSince`, in the order of change.
#[utoipa::path(get, path = "/api/activities", operation_id = "activities_list", tag = "activities", params(Listing, Wanted),
    responses((status = 200, body = Page<Activity>)))]
async fn list(may: May<ReadActivities>, Query(listing): Query<Listing>, Query(wanted): Query<Wanted>) -> Result<Page<Activity>, Error> {
    let limit = listing.limit()?;
    let by_change = wanted.modified_since.is_some();
    let wanted = store::Wanted {
        customer: wanted.customer_id,
        kinds: wanted.kind.into_iter().collect(),
        from: wanted.from,
        to: wanted.to,
        modified_since: wanted.modified_since,
        before: listing.after::<(i64, i64)>()?.map(|(at, id)| (Instant(at), id)),
    };
    let (rows, total) = may
        .read(move |work| {
            let total = if listing.count { Some(store::count(work, &wanted)?) } else { None };
            Ok((store::page(work, &wanted, limit)?, total))
        })
        .await?;
    let items = rows.into_iter().map(Row::into_activity).collect();
    Ok(Page::of(items, limit, total, |item: &Activity| (if by_change { item.updated_at.0 } else { item.occurred_at.0 }, item.id.0)))
}

/// One activity.
#[utoipa::path(get, path = "/api/activities/{id}", operation_id = "activities_read", tag = "activities", params(("id" = i64, Path)),
    responses((status = 200, body = Activity)))]
async fn read(may: May<ReadActivities>, Path(activity): Path<ActivityId>) -> Result<Versioned<Activity>, Error> {
    let activity = may.read(move |work| super::read(work, activity)).await?;
    Ok(Versioned { version: activity.version, body: activity })
}

/// Change time, attributes or metadata of an activity by a merge patch.
#[utoipa::path(patch, path = "/api/activities/{id}", operation_id = "activities_update", tag = "activities", params(("id" = i64, Path)),
    request_body = Object, responses((status = 200, body = Activity)))]
async fn update(
    may: May<EditActivities>,
    Path(activity): Path<ActivityId>,
    matching: IfMatch,
    Body(patch): Body<Value>,
) -> Result<Versioned<Activity>, Error> {
    let activity = may.write(move |work| super::update(work, activity, &patch, &matching)).await?;
    Ok(Versioned { version: activity.version, body: activity })
}

/// Remove an activity. The deletion is logged.
#[utoipa::path(delete, path = "/api/activities/{id}", operation_id = "activities_remove", tag = "activities", params(("id" = i64, Path)),
    responses((status = 204)))]
async fn remove(may: May<EditActivities>, Path(activity): Path<ActivityId>) -> Result<NoContent, Error> {
    may.write(move |work| super::remove(work, activity)).await?;
    Ok(NoContent)
}

#[derive(Serialize, ToSchema)]
struct ActivityTypeList {
    items: Vec<ActivityType>,
}

/// All types of activities, with their numbers.
#[utoipa::path(get, path = "/api/activity-types", operation_id = "activities_list_types", tag = "activities",
    responses((status = 200, body = ActivityTypeList)))]
async fn list_types(may: May<ReadSettings>) -> Result<Json<ActivityTypeList>, Error> {
    may.read(types::list).await.map(|items| Json(ActivityTypeList { items }))
}

/// Declare a type and its attributes. Types nobody declared come into being with their first activity.
#[utoipa::path(post, path = "/api/activity-types", operation_id = "activities_create_type", tag = "activities", request_body = ActivityTypeBody,
    responses((status = 201, body = ActivityType)))]
async fn create_type(may: May<EditSettings>, Body(body): Body<ActivityTypeBody>) -> Result<Created<ActivityType>, Error> {
    let known = may.write(move |work| types::create(work, &body)).await?;
    Ok(Created { location: format!("/api/activity-types/{}", known.name), version: known.version, body: known })
}

/// One type.
#[utoipa::path(get, path = "/api/activity-types/{name}", operation_id = "activities_read_type", tag = "activities",
    params(("name" = String, Path)), responses((status = 200, body = ActivityType)))]
async fn read_type(may: May<ReadSettings>, Path(name): Path<String>) -> Result<Versioned<ActivityType>, Error> {
    let known = may.read(move |work| types::read(work, &name)).await?;
    Ok(Versioned { version: known.version, body: known })
}

/// Change label or declared attributes of a type. Activities that are there already stay as they are.
#[utoipa::path(patch, path = "/api/activity-types/{name}", operation_id = "activities_update_type", tag = "activities",
    params(("name" = String, Path)), request_body = ActivityTypePatch, responses((status = 200, body = ActivityType)))]
async fn update_type(
    may: May<EditSettings>,
    Path(name): Path<String>,
    matching: IfMatch,
    Body(patch): Body<ActivityTypePatch>,
) -> Result<Versioned<ActivityType>, Error> {
    let known = may.write(move |work| types::update(work, &name, &patch, &matching)).await?;
    Ok(Versioned { version: known.version, body: known })
}

/// Remove a type that has no activities.
#[utoipa::path(delete, path = "/api/activity-types/{name}", operation_id = "activities_remove_type", tag = "activities",
    params(("name" = String, Path)), responses((status = 204)))]
async fn remove_type(may: May<EditSettings>, Path(name): Path<String>) -> Result<NoContent, Error> {
    may.write(move |work| types::remove(work, &name)).await?;
    Ok(NoContent)
}
