//! HTTP of rules and their runs.

use super::model::{Draft, Outcome, Rule, Run};
use super::store;
use crate::access::{EditRules, May, ReadRules};
use crate::app::App;
use crate::customers::{self, CustomerName};
use crate::error::Error;
use crate::http::{Body, Created, IfMatch, Listing, NoContent, Page, Path, Query, Versioned};
use crate::ids::{CustomerId, RuleId};
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(read, update, remove)).routes(routes!(runs))
}

/// Rules in the order in which they act.
#[utoipa::path(get, path = "/api/rules", operation_id = "automation_list", tag = "automation", params(Listing),
    responses((status = 200, body = Page<Rule>)))]
async fn list(may: May<ReadRules>, Query(listing): Query<Listing>) -> Result<Page<Rule>, Error> {
    let limit = listing.limit()?;
    let after = listing.after::<(i64, i64)>()?.unwrap_or((i64::MIN, i64::MIN));
    let counted = listing.count;
    let (rules, total) = may
        .read(move |work| {
            let total = if counted { Some(store::extent(work)?.0) } else { None };
            Ok((store::page(work, after, limit)?, total))
        })
        .await?;
    Ok(Page::of(rules, limit, total, |rule| (rule.position, rule.id.0)))
}

/// Add a rule.
#[utoipa::path(post, path = "/api/rules", operation_id = "automation_create", tag = "automation", request_body = Draft,
    responses((status = 201, body = Rule)))]
async fn create(may: May<EditRules>, Body(draft): Body<Draft>) -> Result<Created<Rule>, Error> {
    let body = may.write(move |work| super::create(work, draft.clone())).await?;
    Ok(Created { location: format!("/api/rules/{}", body.id), version: body.version, body })
}

/// One rule.
#[utoipa::path(get, path = "/api/rules/{id}", operation_id = "automation_read", tag = "automation", params(("id" = i64, Path)),
    responses((status = 200, body = Rule)))]
async fn read(may: May<ReadRules>, Path(rule): Path<RuleId>) -> Result<Versioned<Rule>, Error> {
    let body = may.read(move |work| super::read(work, rule)).await?;
    Ok(Versioned { version: body.version, body })
}

/// Change a rule by a merge patch. What it has planned already stays as planned.
#[utoipa::path(patch, path = "/api/rules/{id}", operation_id = "automation_update", tag = "automation", params(("id" = i64, Path)),
    request_body = serde_json::Value, responses((status = 200, body = Rule)))]
async fn update(
    may: May<EditRules>,
    Path(rule): Path<RuleId>,
    if_match: IfMatch,
    Body(patch): Body<serde_json::Value>,
) -> Result<Versioned<Rule>, Error> {
    let body = may.write(move |work| super::update(work, rule, &patch, &if_match)).await?;
    Ok(Versioned { version: body.version, body })
}

/// Remove a rule. What it has planned is skipped when it comes due.
#[utoipa::path(delete, path = "/api/rules/{id}", operation_id = "automation_remove", tag = "automation", params(("id" = i64, Path)),
    responses((status = 204)))]
async fn remove(may: May<EditRules>, Path(rule): Path<RuleId>) -> Result<NoContent, Error> {
    may.write(move |work| super::remove(work, rule)).await.map(|()| NoContent)
}

#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct Wanted {
    outcome: Option<Outcome>,
    /// Only runs about this customer.
    customer_id: Option<CustomerId>,
}

/// A run beside the name of its customer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ListedRun {
    #[serde(flatten)]
    run: Run,
    /// Absent when he is gone, or known by no name and no mail address.
    customer_name: Option<String>,
}

/// What a rule made of each event, and why; newest first.
#[utoipa::path(get, path = "/api/rules/{id}/runs", operation_id = "automation_runs", tag = "automation",
    params(("id" = i64, Path), Listing, Wanted), responses((status = 200, body = Page<ListedRun>)))]
async fn runs(
    may: May<ReadRules>,
    Path(rule): Path<RuleId>,
    Query(listing): Query<Listing>,
    Query(wanted): Query<Wanted>,
) -> Result<Page<ListedRun>, Error> {
    let limit = listing.limit()?;
    let before = listing.after::<(Instant, i64)>()?.unwrap_or((Instant(i64::MAX), i64::MAX));
    let wanted = store::Wanted { rule, outcome: wanted.outcome, customer: wanted.customer_id };
    let counted = listing.count;
    let (runs, total) = may
        .read(move |work| {
            super::read(work, rule)?;
            let total = if counted { Some(store::count_runs(work, wanted)?) } else { None };
            let runs = store::runs(work, wanted, before, limit)?;
            let customers: Vec<CustomerId> = runs.iter().map(|run| run.customer_id).collect();
            let names = customers::names(work, &customers)?;
            let listed = |run: Run| ListedRun { customer_name: names.get(&run.customer_id).and_then(CustomerName::shown), run };
            Ok((runs.into_iter().map(listed).collect(), total))
        })
        .await?;
    Ok(Page::of(runs, limit, total, |listed: &ListedRun| (listed.run.at, listed.run.id.0)))
}
