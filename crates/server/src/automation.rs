//! Rules: when something happens, if the customer is such, then do that. Judged and acted upon in the transaction of the
//! event; what is to happen later is a plan. Every look is kept in the run log with the reason.
//!
//! A new trigger is a variant in `trigger.rs`, a new action one in `action.rs`; the compiler then names every place that has
//! to answer. What an action does is one function in `act.rs`. See `docs/rules.md`.

mod act;
mod action;
mod calendar;
mod check;
pub mod definitions;
mod delay;
mod incident;
mod joining;
mod journeys;
mod judge;
mod letting_go;
mod model;
mod outcome;
mod placeholders;
mod plans;
mod react;
pub mod routes;
mod rules;
pub mod simulate;
mod steps;
mod store;
mod timers;
mod trigger;

pub use action::{Action, Deed, Timing};
pub use calendar::{look_due, next_look, pick_step};
pub use delay::{Delay, TimeOfDay};
pub use incident::Environment;
pub use joining::{merge, unmerge};
pub use journeys::Running;
pub use model::{Definition, Draft, Reentry, Rule};
pub use outcome::{Outcome, PlanView, Run};
pub use plans::{Kind as PlanKind, next_due, run_due};
pub use react::react;
pub use steps::{Branch, OnTimeout, Part, Step};
pub use timers::seed_step;
pub use trigger::{Missed, Trigger};

use crate::access::Actor;
use crate::activities;
use crate::app::App;
use crate::audit;
use crate::customers::{self, CustomerName};
use crate::error::{Error, Problem};
use crate::http::{self, IfMatch};
use crate::ids::{CustomerId, JobId, RuleId, SegmentId, TemplateId, WebhookId};
use crate::jobs::{self, Claimed, Job, Wish};
use crate::time::Instant;
use crate::work::{self, Work};
use crate::worker::Ending;
use ::store::StoreError;
use plans::Plan;
use rules::{RULES_MAX, Rules, Stored, StoredRule};
use serde_json::{Value, json};
use std::collections::HashMap;
use store::RunRow;

/// The kinds of jobs by which rules look at many customers.
pub const JOBS: [&str; 3] = ["pick_customers", "seed_timers", "move_travellers"];

pub fn create(work: &mut Work<'_>, draft: Draft) -> Result<Rule, Error> {
    let uses = check::check(work, &draft)?;
    let (count, last) = store::extent(work)?;
    if RULES_MAX as i64 <= count {
        return Err(Error::conflict("too_many", format!("there are at most {RULES_MAX} rules")));
    }
    let id = RuleId(work.tx.new_id(RuleId::KIND)?);
    let position = draft.position.unwrap_or(last);
    let rule = accepted(draft, id, position, 1, work.now, work.now);
    if !store::insert(work, &rule, &uses)? {
        return Err(name_taken(&rule.name));
    }
    work.redefine::<Stored>()?;
    prepare(work, None, &rule)?;
    audit::record(work, "create", "rule", Some(id.0), &json!(rule))?;
    Ok(rule)
}

pub fn read(work: &mut Work<'_>, rule: RuleId) -> Result<Rule, Error> {
    store::rule(work, rule)?.ok_or(Error::NotFound)
}

/// Lays the patch over the rule. What it has planned stays as it was planned; `running` says what becomes of customers on
/// its journey.
pub fn update(work: &mut Work<'_>, id: RuleId, patch: &Value, if_match: &IfMatch, running: Running) -> Result<Rule, Error> {
    let standing = store::lock(work, id)?.ok_or(Error::NotFound)?;
    if_match.check(standing.version)?;
    let draft: Draft = http::patched(&Draft::of(&standing), patch)?;
    let uses = check::check_for(work, &draft, Some(id))?;
    let position = draft.position.unwrap_or(standing.position);
    let rule = accepted(draft, id, position, standing.version + 1, standing.created_at, work.now);
    if store::named(work, &rule.name)?.is_some_and(|other| other != id) {
        return Err(name_taken(&rule.name));
    }
    // Another unit may take the name between the look and the write.
    store::update(work, &rule, &uses).map_err(|error| match error {
        Error::Store(StoreError::Duplicate) => name_taken(&rule.name),
        error => error,
    })?;
    work.redefine::<Stored>()?;
    prepare(work, Some(&standing), &rule)?;
    if running != Running::Finish && standing.definition.is_journey() {
        let job = Job::MoveTravellers { rule: id, version: rule.version, stop: running == Running::Stop, after: (0, 0) };
        jobs::enqueue(work, &job, Wish::default())?;
    }
    audit::record(work, "update", "rule", Some(id.0), patch)?;
    Ok(rule)
}

/// Notes when the rule looks next, by the calendar and for each customer.
fn prepare(work: &mut Work<'_>, before: Option<&Rule>, rule: &Rule) -> Result<(), Error> {
    calendar::schedule(work, rule.id, rule.active, &rule.definition.triggers)?;
    let triggers = &rule.definition.triggers;
    let is_new = |place: usize| before.is_none_or(|before| !before.active || before.definition.triggers.get(place) != triggers.get(place));
    let places: Vec<i64> = triggers
        .iter()
        .enumerate()
        .filter(|(place, trigger)| rule.active && trigger.is_timer() && is_new(*place))
        .map(|(place, _)| place as i64)
        .collect();
    timers::begin(work, rule.id, places.into_iter())
}

/// Takes a rule away. What it planned is dropped when due; its runs stay until their retention ends.
pub fn remove(work: &mut Work<'_>, rule: RuleId) -> Result<(), Error> {
    let standing = store::lock(work, rule)?.ok_or(Error::NotFound)?;
    let starters = using(work, |stored| stored.uses.rules.contains(&rule) && stored.rule.id != rule)?;
    if !starters.is_empty() {
        return Err(Error::conflict("in_use", format!("the rule is started by {}", letting_go::in_words(&starters))));
    }
    store::delete(work, rule)?;
    work.redefine::<Stored>()?;
    audit::record(work, "delete", "rule", Some(rule.0), &json!({"name": standing.name}))
}

/// Has a rule look for everyone for whom its condition holds, or at these customers.
pub fn run(work: &mut Work<'_>, rule: RuleId, customers: Vec<CustomerId>) -> Result<JobId, Error> {
    let standing = read(work, rule)?;
    if customers.is_empty() && standing.definition.is_unconditional() {
        let told = "a rule that looks for everyone has a condition; else name the customers";
        return Err(Error::invalid("/customers", "missing", told));
    }
    let known = customers::names(work, &customers)?;
    if let Some((place, customer)) = customers.iter().enumerate().find(|(_, customer)| !known.contains_key(customer)) {
        return Err(Error::invalid(format!("/customers/{place}"), "unknown_customer", format!("there is no customer {customer}")));
    }
    let mut customers = customers;
    customers.sort_unstable();
    customers.dedup();
    audit::record(work, "run", "rule", Some(rule.0), &json!({ "customers": customers }))?;
    calendar::run_now(work, rule, customers)
}

/// Takes customers on a journey over to its newest version, or off it, page by page.
pub async fn move_step(app: &App, claimed: Claimed) -> Result<Ending, Error> {
    let Job::MoveTravellers { rule, version, stop, mut after } = claimed.job else {
        return Err(Error::Bug(anyhow::anyhow!("not a job that moves customers on journeys")));
    };
    let (id, mut done) = (claimed.id, claimed.done);
    let running = if stop { Running::Stop } else { Running::Move };
    loop {
        let unit = work::write(app, Actor::system(), move |work| {
            let rules = rules::current(work)?;
            // A later change of the rule has a job of its own.
            let ready = rules.get(rule).filter(|ready| ready.rule.version == version).cloned();
            let page = match ready {
                Some(ready) => journeys::move_page(work, &ready, &rules, running, after)?,
                None => None,
            };
            let Some((last, moved)) = page else {
                jobs::finish(work, id, &json!({ "customers": done }))?;
                return Ok(None);
            };
            let seen = done + moved as i64;
            let going_on = jobs::progress(work, id, seen, None, &Job::MoveTravellers { rule, version, stop, after: last })?;
            Ok(going_on.then_some((last, seen)))
        });
        match unit.await? {
            Some(next) => (after, done) = next,
            None => return Ok(Ending::Written),
        }
    }
}

/// What rules have planned for a customer, the next first.
pub fn planned_for(work: &mut Work<'_>, customer: CustomerId) -> Result<Vec<PlanView>, Error> {
    let plans = store::plans_of(work, customer, false)?;
    shown(work, plans)
}

/// How many customers wait at which place of which version: `(version, kind, path, count)`.
pub fn places(work: &mut Work<'_>, rule: RuleId) -> Result<Vec<(i64, PlanKind, String, i64)>, Error> {
    read(work, rule)?;
    let rules = rules::current(work)?;
    let counts = store::count_plans(work, rule)?.into_iter().map(|(version, kind, place, count)| {
        let path = match kind {
            PlanKind::Journey => rules.version(rule, version).map(|ready| journeys::path(ready, place)).unwrap_or_default(),
            PlanKind::Action | PlanKind::Timer => format!("/actions/{place}"),
        };
        (version, kind, path, count)
    });
    Ok(counts.collect())
}

/// Plans as people see them.
fn shown(work: &mut Work<'_>, plans: Vec<Plan>) -> Result<Vec<PlanView>, Error> {
    let rules = rules::current(work)?;
    let customers: Vec<CustomerId> = plans.iter().map(|plan| plan.customer).collect();
    let names = customers::names(work, &customers)?;
    let view = |plan: Plan| {
        let ready = rules.version(plan.rule, plan.version);
        let place = usize::try_from(plan.place).unwrap_or(usize::MAX);
        let action = ready.filter(|_| plan.kind == PlanKind::Action).and_then(|ready| ready.rule.definition.actions.get(place));
        let path = path_of(&rules, &plan);
        PlanView {
            id: plan.id,
            customer_id: plan.customer,
            customer_name: names.get(&plan.customer).and_then(CustomerName::shown),
            rule_id: plan.rule,
            rule_name: rules.get(plan.rule).map(|ready| ready.rule.name.clone()),
            version: plan.version,
            kind: plan.kind,
            due_at: plan.due_at,
            waits_for_condition: plan.waits,
            entered_at: plan.entered_at,
            path,
            action: action.map(|action| json!(action)),
            environment: plan.environment,
        }
    };
    Ok(plans.into_iter().map(view).collect())
}

/// Where in its rule a plan stands.
fn path_of(rules: &Rules, plan: &Plan) -> String {
    match plan.kind {
        PlanKind::Action => format!("/actions/{}", plan.place),
        PlanKind::Journey => rules.version(plan.rule, plan.version).map(|ready| journeys::path(ready, plan.place)).unwrap_or_default(),
        PlanKind::Timer => format!("/triggers/{}", plan.place),
    }
}

/// Takes back what a rule has planned for a customer.
pub fn cancel(work: &mut Work<'_>, customer: CustomerId, plan: i64) -> Result<(), Error> {
    customers::lock(work, &[customer])?;
    let plan = store::plan(work, customer, plan)?.filter(|plan| plan.kind != PlanKind::Timer).ok_or(Error::NotFound)?;
    store::delete_plans(work, &[plan.key()])?;
    let rules = rules::current(work)?;
    let mut why = json!({"version": plan.version, "by": work.actor.name});
    match plan.kind {
        PlanKind::Journey => why["path"] = json!(path_of(&rules, &plan)),
        PlanKind::Action | PlanKind::Timer => why["actions"] = json!([{"position": plan.place, "outcome": "cancelled"}]),
    }
    let activity = plan.environment.activity_id;
    let row = RunRow { customer, rule: plan.rule, activity, outcome: Outcome::Cancelled, why: why.to_string() };
    store::insert_runs(work, &[row])?;
    audit::record(work, "cancel", "rule_plan", Some(plan.id), &json!({"customer": customer, "rule": plan.rule}))
}

/// The rules that ask about the segment or change who is in it, with their names and whether they do the one or the other.
pub fn using_segment(work: &mut Work<'_>, segment: SegmentId) -> Result<Vec<(RuleId, String, bool, bool)>, Error> {
    let stored = work.definitions::<Stored>()?;
    let mut users = Vec::new();
    for stored in stored.all.iter().filter(|stored| stored.uses.segments.contains(&segment)) {
        let (by_condition, by_action) = letting_go::ways(work, stored, segment)?;
        users.push((stored.rule.id, stored.rule.name.clone(), by_condition, by_action));
    }
    Ok(users)
}

/// The names of the rules that ask about the field, wait for it or set it.
pub fn using_field(work: &mut Work<'_>, field: &str) -> Result<Vec<String>, Error> {
    using(work, |stored| stored.uses.fields.contains(field))
}

/// The names of the rules that wait for activities of the type, track them or ask about them.
pub fn using_activity_type(work: &mut Work<'_>, kind: &str) -> Result<Vec<String>, Error> {
    using(work, |stored| stored.uses.activity_types.contains(kind))
}

/// The names of the rules that send mails made from the template.
pub fn using_template(work: &mut Work<'_>, template: TemplateId) -> Result<Vec<String>, Error> {
    using(work, |stored| stored.rule.definition.template_ids().contains(&template))
}

/// The names of the rules that call the webhook.
pub fn using_webhook(work: &mut Work<'_>, webhook: WebhookId) -> Result<Vec<String>, Error> {
    using(work, |stored| stored.rule.definition.webhook_ids().contains(&webhook))
}

fn using(work: &mut Work<'_>, uses: impl Fn(&StoredRule) -> bool) -> Result<Vec<String>, Error> {
    let stored = work.definitions::<Stored>()?;
    Ok(stored.all.iter().filter(|stored| uses(stored)).map(|stored| stored.rule.name.clone()).collect())
}

/// All rules in their order.
pub fn all(work: &mut Work<'_>) -> Result<Vec<Rule>, Error> {
    Ok(work.definitions::<Stored>()?.all.iter().map(|stored| stored.rule.clone()).collect())
}

/// The names of those of the rules that exist.
pub fn names(work: &mut Work<'_>, rules: &[RuleId]) -> Result<HashMap<RuleId, String>, Error> {
    store::names(work, rules)
}

/// Runs about a customer that did something, or should have, older than the place `(at, id)`; newest first.
pub fn deeds_of(work: &mut Work<'_>, customer: CustomerId, before: (Instant, i64), limit: usize) -> Result<Vec<Run>, Error> {
    store::deeds_of(work, customer, before, limit)
}

/// Runs one unit of work takes away.
const PRUNED_AT_ONCE: usize = 2_000;

/// Takes away some of the runs whose retention is over; gives whether there may be more.
pub fn prune(work: &mut Work<'_>) -> Result<bool, Error> {
    let rules = store::with_runs(work)?;
    let before = work.now.plus_days(-work.app.config.retention.rule_runs_days);
    let more = store::prune(work, &rules, before, PRUNED_AT_ONCE)? == PRUNED_AT_ONCE as u64;
    if !more && store::prune_versions(work)? > 0 {
        work.redefine::<Stored>()?;
    }
    Ok(more)
}

/// Takes away what is kept of customers who are going.
pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    store::forget_plans(work, customers)?;
    store::forget_deeds(work, customers)?;
    // Looks that led to nothing are found by their activity: there are too many for an index by customer.
    let activities = activities::ids_of(work, customers)?;
    store::forget_looks(work, &activities)
}

fn accepted(draft: Draft, id: RuleId, position: i64, version: i64, created_at: Instant, now: Instant) -> Rule {
    let definition = draft.definition();
    Rule {
        id,
        name: draft.name.trim().to_owned(),
        description: draft.description.unwrap_or_default(),
        active: draft.active,
        position,
        definition,
        valid_from: draft.valid_from,
        valid_until: draft.valid_until,
        version,
        created_at,
        updated_at: now,
    }
}

fn name_taken(name: &str) -> Error {
    Error::Conflict {
        code: "duplicate_name",
        detail: format!("there is a rule named {name:?} already"),
        problems: vec![Problem::new("/name", "duplicate", "another rule has this name")],
        existing: None,
    }
}
