//! HTTP of the merges.

use super::model::{Cause, FieldRule, Merge, Named, Picks, Plan, QuarantineState, Quarantined, State, Wish};
use super::quarantine;
use crate::access::{EditMerges, May, ReadMerges};
use crate::app::App;
use crate::error::Error;
use crate::http::{Body, Listing, Page, Path, Query};
use crate::ids::{CustomerId, MergeId, QuarantineId};
use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(merge))
        .routes(routes!(list))
        .routes(routes!(list_quarantine))
        .routes(routes!(dismiss))
        .routes(routes!(read))
        .routes(routes!(undo))
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = MergeBody)]
struct Wanted {
    /// The customer who becomes a part of this one.
    other_id: CustomerId,
    #[serde(default)]
    rule: FieldRule,
    /// By field, such as `email` or `fields.tier`: `"survivor"`, `"other"`, or `{"value": …}`.
    #[serde(default)]
    picks: Picks,
    /// Merge although something speaks for two people.
    #[serde(default)]
    confirm: bool,
    /// Only say what would happen.
    #[serde(default)]
    preview: bool,
}

/// A merge that was done, or the plan of one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = MergeAnswer)]
enum Answer {
    Done(Box<Merge>),
    Planned(Box<Plan>),
}

/// Make another customer a part of this one, or see what that would do.
#[utoipa::path(post, path = "/api/customers/{id}/merge", operation_id = "merging_merge", tag = "merging", params(("id" = i64, Path)),
    request_body = Wanted, responses((status = 200, body = Answer)))]
async fn merge(may: May<EditMerges>, Path(survivor): Path<CustomerId>, Body(wanted): Body<Wanted>) -> Result<Json<Answer>, Error> {
    let Wanted { other_id, rule, picks, confirm, preview } = wanted;
    let wish = Wish { survivor, other: other_id, rule, picks, confirmed: confirm, cause: Cause::Person };
    Ok(Json(match preview {
        true => Answer::Planned(Box::new(may.read(move |work| super::preview(work, &wish)).await?)),
        false => Answer::Done(Box::new(may.write(move |work| super::merge(work, &wish)).await?)),
    }))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only merges of this customer, whichever of the two he was.
    customer_id: Option<CustomerId>,
    state: Option<State>,
}

/// Merges, the newest first.
#[utoipa::path(get, path = "/api/merges", operation_id = "merging_list", tag = "merging", params(Listing, Filter),
    responses((status = 200, body = Page<Named<Merge>>)))]
async fn list(may: May<ReadMerges>, Query(listing): Query<Listing>, Query(filter): Query<Filter>) -> Result<Page<Named<Merge>>, Error> {
    let limit = listing.limit()?;
    let before = listing.after::<MergeId>()?;
    let merges = may.read(move |work| super::list(work, filter.customer_id, filter.state, before, limit)).await?;
    Ok(Page::of(merges, limit, None, |merge| merge.of.id))
}

/// One merge.
#[utoipa::path(get, path = "/api/merges/{id}", operation_id = "merging_read", tag = "merging", params(("id" = i64, Path)),
    responses((status = 200, body = Merge)))]
async fn read(may: May<ReadMerges>, Path(id): Path<MergeId>) -> Result<Json<Merge>, Error> {
    may.read(move |work| super::read(work, id)).await.map(Json)
}

/// Undo a merge: both customers are there again. What happened since is kept, and told where it stands in the way.
#[utoipa::path(post, path = "/api/merges/{id}/undo", operation_id = "merging_undo", tag = "merging", params(("id" = i64, Path)),
    responses((status = 200, body = Merge)))]
async fn undo(may: May<EditMerges>, Path(id): Path<MergeId>) -> Result<Json<Merge>, Error> {
    may.write(move |work| super::undo(work, id)).await.map(Json)
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Waiting {
    /// `open` if absent.
    state: Option<QuarantineState>,
}

/// Pairs that were not merged without a person, the newest first.
#[utoipa::path(get, path = "/api/merges/quarantine", operation_id = "merging_list_quarantine", tag = "merging", params(Listing, Waiting),
    responses((status = 200, body = Page<Named<Quarantined>>)))]
async fn list_quarantine(
    may: May<ReadMerges>,
    Query(listing): Query<Listing>,
    Query(wanted): Query<Waiting>,
) -> Result<Page<Named<Quarantined>>, Error> {
    let limit = listing.limit()?;
    let before = listing.after::<QuarantineId>()?;
    let state = wanted.state.unwrap_or(QuarantineState::Open);
    let pairs = may.read(move |work| quarantine::list(work, state, before, limit)).await?;
    Ok(Page::of(pairs, limit, None, |pair| pair.of.id))
}

/// Let a pair be two people: it does not wait any more.
#[utoipa::path(post, path = "/api/merges/quarantine/{id}/dismiss", operation_id = "merging_dismiss", tag = "merging",
    params(("id" = i64, Path)), responses((status = 200, body = Quarantined)))]
async fn dismiss(may: May<EditMerges>, Path(id): Path<QuarantineId>) -> Result<Json<Quarantined>, Error> {
    may.write(move |work| quarantine::dismiss(work, id)).await.map(Json)
}
