//! HTTP of rules, their runs, and what they have planned.

use super::journeys::Running;
use super::model::{Draft, Rule};
use super::outcome::{self, Outcome, PlanView, Run};
use super::{simulate, store};
use crate::access::{EditRules, May, ReadRules};
use crate::app::App;
use crate::customers::{self, CustomerName};
use crate::error::Error;
use crate::http::{Accepted, Body, Created, IfMatch, Listing, NoContent, Page, Path, Query, Versioned};
use crate::ids::{CustomerId, RuleId};
use crate::time::Instant;
use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(read, update, remove))
        .routes(routes!(runs))
        .routes(routes!(run))
        .routes(routes!(plans))
        .routes(routes!(places))
        .routes(routes!(scheduled))
        .routes(routes!(cancel))
        .routes(routes!(simulate_one))
        .routes(routes!(replay))
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

#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Changing {
    /// What becomes of customers on its journey; they finish on the version they are on if absent.
    running: Running,
}

/// Change a rule by a merge patch. What it has planned already stays as planned.
#[utoipa::path(patch, path = "/api/rules/{id}", operation_id = "automation_update", tag = "automation", params(("id" = i64, Path), Changing),
    request_body = serde_json::Value, responses((status = 200, body = Rule)))]
async fn update(
    may: May<EditRules>,
    Path(rule): Path<RuleId>,
    Query(changing): Query<Changing>,
    if_match: IfMatch,
    Body(patch): Body<serde_json::Value>,
) -> Result<Versioned<Rule>, Error> {
    let body = may.write(move |work| super::update(work, rule, &patch, &if_match, changing.running)).await?;
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
    /// Only runs from this instant on.
    since: Option<Instant>,
    /// Only runs before this instant.
    until: Option<Instant>,
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
    let Wanted { outcome, customer_id: customer, since, until } = wanted;
    let wanted = store::Wanted { rule, outcome, customer, since, until };
    let (counted, shown) = (listing.count, may.caller.shown());
    let (runs, total) = may
        .read(move |work| {
            super::read(work, rule)?;
            let total = if counted { Some(store::count_runs(work, wanted)?) } else { None };
            let runs = outcome::shown(store::runs(work, wanted, before, limit)?, shown);
            let customers: Vec<CustomerId> = runs.iter().map(|run| run.customer_id).collect();
            let names = customers::names(work, &customers)?;
            let listed = |run: Run| ListedRun { customer_name: names.get(&run.customer_id).and_then(CustomerName::shown), run };
            Ok((runs.into_iter().map(listed).collect(), total))
        })
        .await?;
    Ok(Page::of(runs, limit, total, |listed: &ListedRun| (listed.run.at, listed.run.id.0)))
}

#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct RuleToRun {
    /// These customers only, at most 10000; else everyone for whom the condition holds.
    customers: Vec<CustomerId>,
}

const CUSTOMERS_MAX: usize = 10_000;

/// Have a rule look now, whatever its triggers and also if it is switched off: at everyone for whom its condition holds, or
/// at some customers.
#[utoipa::path(post, path = "/api/rules/{id}/run", operation_id = "automation_run", tag = "automation", params(("id" = i64, Path)),
    request_body = RuleToRun, responses((status = 202, body = Accepted)))]
async fn run(may: May<EditRules>, Path(rule): Path<RuleId>, Body(wanted): Body<RuleToRun>) -> Result<Accepted, Error> {
    if CUSTOMERS_MAX < wanted.customers.len() {
        return Err(Error::invalid("/customers", "too_many", format!("at most {CUSTOMERS_MAX} customers at a time")));
    }
    let job_id = may.write(move |work| super::run(work, rule, wanted.customers.clone())).await?;
    Ok(Accepted { job_id })
}

/// What a rule has planned, the next first.
#[utoipa::path(get, path = "/api/rules/{id}/plans", operation_id = "automation_plans", tag = "automation",
    params(("id" = i64, Path), Listing), responses((status = 200, body = Page<PlanView>)))]
async fn plans(may: May<ReadRules>, Path(rule): Path<RuleId>, Query(listing): Query<Listing>) -> Result<Page<PlanView>, Error> {
    let limit = listing.limit()?;
    let after = listing.after::<(Instant, i64, i64)>()?.unwrap_or((Instant(i64::MIN), i64::MIN, i64::MIN));
    let plans = may
        .read(move |work| {
            super::read(work, rule)?;
            let plans = store::plans_by_rule(work, rule, after, limit)?;
            super::shown(work, plans)
        })
        .await?;
    Ok(Page::of(plans, limit, None, |plan: &PlanView| (plan.due_at, plan.customer_id.0, plan.id)))
}

/// How many customers wait at a place of a rule.
#[derive(Debug, Serialize, ToSchema)]
struct PlaceCount {
    version: i64,
    kind: super::PlanKind,
    /// The path of the action or step.
    path: String,
    count: i64,
}

#[derive(Debug, Serialize, ToSchema)]
struct PlaceCounts {
    items: Vec<PlaceCount>,
}

/// How many customers wait where.
#[utoipa::path(get, path = "/api/rules/{id}/places", operation_id = "automation_places", tag = "automation",
    params(("id" = i64, Path)), responses((status = 200, body = PlaceCounts)))]
async fn places(may: May<ReadRules>, Path(rule): Path<RuleId>) -> Result<Json<PlaceCounts>, Error> {
    let counts = may.read(move |work| super::places(work, rule)).await?;
    let items = counts.into_iter().map(|(version, kind, path, count)| PlaceCount { version, kind, path, count }).collect();
    Ok(Json(PlaceCounts { items }))
}

#[derive(Debug, Serialize, ToSchema)]
struct Scheduled {
    items: Vec<PlanView>,
}

/// What rules have planned for a customer, the next first.
#[utoipa::path(get, path = "/api/customers/{id}/scheduled", operation_id = "automation_scheduled", tag = "automation",
    params(("id" = i64, Path)), responses((status = 200, body = Scheduled)))]
async fn scheduled(may: May<ReadRules>, Path(customer): Path<CustomerId>) -> Result<Json<Scheduled>, Error> {
    let items = may
        .read(move |work| {
            customers::must_exist(work, customer)?;
            super::planned_for(work, customer)
        })
        .await?;
    Ok(Json(Scheduled { items }))
}

/// Take back what a rule has planned for a customer.
#[utoipa::path(delete, path = "/api/customers/{id}/scheduled/{plan}", operation_id = "automation_cancel", tag = "automation",
    params(("id" = i64, Path), ("plan" = i64, Path)), responses((status = 204)))]
async fn cancel(may: May<EditRules>, Path((customer, plan)): Path<(CustomerId, i64)>) -> Result<NoContent, Error> {
    may.write(move |work| super::cancel(work, customer, plan)).await.map(|()| NoContent)
}

/// What a rule would do for one customer, real or made up, from something that happens to him until nothing is planned any
/// more. The engine does it all, and then everything is undone: nothing is kept and nobody gets anything.
#[utoipa::path(post, path = "/api/rules/simulate", operation_id = "automation_simulate", tag = "automation",
    request_body = simulate::Wanted, responses((status = 200, body = simulate::Simulated)))]
async fn simulate_one(may: May<EditRules>, Body(wanted): Body<simulate::Wanted>) -> Result<Json<simulate::Simulated>, Error> {
    let shown = may.caller.shown();
    let simulated = may.rehearse(move |work| simulate::simulate(work, &wanted)).await?;
    Ok(Json(simulate::Simulated { runs: outcome::shown(simulated.runs, shown), ..simulated }))
}

/// What a rule would have done in the last days, had it been on: every activity of these days is looked at again, at its own
/// time. Reads only.
#[utoipa::path(post, path = "/api/rules/replay", operation_id = "automation_replay", tag = "automation",
    request_body = simulate::replay::Wanted, responses((status = 200, body = simulate::replay::Replayed)))]
async fn replay(may: May<EditRules>, Body(wanted): Body<simulate::replay::Wanted>) -> Result<Json<simulate::replay::Replayed>, Error> {
    simulate::replay::run(&may.app, may.actor(), wanted).await.map(Json)
}
