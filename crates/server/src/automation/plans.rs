//! What comes later: delayed actions, customers on journeys, instants that triggers wait for. Each is a row with the instant
//! at which it goes on; what is due is taken in sets, by the same engine that acts at once.

use super::act::{self, Effect, Target};
use super::incident::Environment;
use super::journeys;
use super::outcome::Outcome;
use super::rules::{self, Ready, Rules};
use super::store::{self, RunRow};
use super::timers;
use crate::access::Actor;
use crate::activities;
use crate::app::App;
use crate::customers;
use crate::error::Error;
use crate::events::Tracked;
use crate::ids::{ActivityId, CustomerId, RuleId};
use crate::jobs::{Next, after_failure};
use crate::segments;
use crate::time::Instant;
use crate::work::{self, Work};
use ::store::StoreError;
use condition::{Needs, evaluate};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use utoipa::ToSchema;

/// Plans taken in one unit of work.
const PLANS_PER_UNIT: usize = 500;
/// What begins the key of a journey; the rule follows.
pub const JOURNEY_KEY: &str = "journey/";

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RulePlanKind)]
pub enum Kind {
    /// A delayed action.
    Action,
    /// A customer on a journey.
    Journey,
    /// An instant that a trigger waits for.
    Timer,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Action => "action",
            Kind::Journey => "journey",
            Kind::Timer => "timer",
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub customer: CustomerId,
    pub id: i64,
    pub rule: RuleId,
    /// The version of the rule it goes by.
    pub version: i64,
    pub kind: Kind,
    /// The action, operation or trigger.
    pub place: i64,
    pub due_at: Instant,
    /// Since when it waits at this place.
    pub since: Instant,
    pub entered_at: Instant,
    /// Whether it may go on before it is due, because something happens.
    pub waits: bool,
    pub unique_key: Option<String>,
    pub environment: Environment,
    pub attempts: i64,
}

impl Plan {
    /// The block their ids are taken from.
    pub const KIND: &'static str = "rule_plan";

    pub fn key(&self) -> (CustomerId, i64) {
        (self.customer, self.id)
    }

    fn target(&self) -> Target {
        Target { customer: self.customer, environment: Arc::new(self.environment.clone()) }
    }
}

/// When the next plan is due.
pub fn next_due(work: &mut Work<'_>) -> Result<Option<Instant>, Error> {
    store::next_plan(work)
}

/// Does what is due, one unit of work; says whether there was anything. A plan that fails for a reason of its own does not
/// keep the others: it is put off, and given up after as many attempts as a job.
pub async fn run_due(app: &App) -> Result<bool, Error> {
    let next = work::read(app, Actor::system(), store::next_plan).await?;
    if next.is_none_or(|next| app.clock.now() < next) {
        return Ok(false);
    }
    match work::write(app, Actor::system(), |work| do_due(work, PLANS_PER_UNIT)).await {
        Ok(count) => Ok(count > 0),
        Err(error) if is_about_the_database(&error) => Err(error),
        Err(error) => {
            error.log();
            one_by_one(app).await?;
            Ok(true)
        }
    }
}

/// Whether it failed for a reason that has nothing to do with what was to be done.
fn is_about_the_database(error: &Error) -> bool {
    match error {
        Error::Store(StoreError::Bug { .. } | StoreError::Duplicate | StoreError::Panicked) => false,
        Error::Store(_) => true,
        _ => false,
    }
}

async fn one_by_one(app: &App) -> Result<(), Error> {
    let due = work::read(app, Actor::system(), |work| store::due_plans(work, PLANS_PER_UNIT)).await?;
    for key in due {
        match work::write(app, Actor::system(), move |work| do_these(work, &[key])).await {
            Ok(_) => {}
            Err(error) if is_about_the_database(&error) => return Err(error),
            Err(error) => {
                error.log();
                let text = error.to_string();
                work::write(app, Actor::system(), move |work| give_up_or_put_off(work, key, &text)).await?;
            }
        }
    }
    Ok(())
}

fn give_up_or_put_off(work: &mut Work<'_>, key: (CustomerId, i64), problem: &str) -> Result<(), Error> {
    let Some(plan) = store::plan(work, key.0, key.1)? else { return Ok(()) };
    match after_failure(work.now, plan.attempts + 1) {
        Next::RetryAt(at) => store::put_off(work, key, at),
        Next::Bury => {
            let why = json!({"version": plan.version, "problem": problem}).to_string();
            let activity = plan.environment.activity_id;
            store::delete_plans(work, &[key])?;
            store::insert_runs(work, &[RunRow { customer: key.0, rule: plan.rule, activity, outcome: Outcome::ActionFailed, why }])
        }
    }
}

fn do_due(work: &mut Work<'_>, limit: usize) -> Result<usize, Error> {
    let due = store::due_plans(work, limit)?;
    do_these(work, &due)
}

/// Does these plans if they are still there and due; gives how many were looked at.
pub fn do_these(work: &mut Work<'_>, due: &[(CustomerId, i64)]) -> Result<usize, Error> {
    let mut customers: Vec<CustomerId> = due.iter().map(|(customer, _)| *customer).collect();
    customers.sort_unstable();
    customers.dedup();
    let held = customers::lock(work, &customers)?;
    let gone: Vec<(CustomerId, i64)> = due.iter().filter(|(customer, _)| !held.contains(customer)).copied().collect();
    store::delete_plans(work, &gone)?;
    let ids: Vec<i64> = due.iter().map(|(_, id)| *id).collect();
    let mut plans = store::take_plans(work, &customers, &ids)?;
    let Some(first) = plans.first() else { return Ok(gone.len()) };
    // What follows from one unit counts as equally deep.
    let depth = first.environment.depth;
    plans.retain(|plan| plan.environment.depth == depth);
    work.rule_depth = depth;
    let rules = rules::current(work)?;
    learn(work, &rules, &plans)?;
    let tracked = triggering(work, &plans)?;
    let count = plans.len() + gone.len();
    let mut groups: BTreeMap<(RuleId, i64, Kind, i64), Vec<Plan>> = BTreeMap::new();
    for plan in plans {
        groups.entry((plan.rule, plan.version, plan.kind, plan.place)).or_default().push(plan);
    }
    let mut runs = Vec::new();
    for ((rule, version, kind, place), plans) in groups {
        let ready = rules.version(rule, version).cloned();
        match (kind, ready) {
            (Kind::Timer, _) => timers::come(work, &rules, &plans)?,
            (_, None) => drop_plans(work, &plans, &mut runs)?,
            (Kind::Action, Some(ready)) => do_action(work, &ready, place, plans, &tracked, &mut runs)?,
            (Kind::Journey, Some(ready)) => journeys::go_on(work, &ready, plans, &tracked, &mut runs)?,
        }
    }
    work.rule_depth = depth + 1;
    store::insert_runs(work, &runs)?;
    Ok(count)
}

/// Makes known of the customers what their rules ask about.
fn learn(work: &mut Work<'_>, rules: &Rules, plans: &[Plan]) -> Result<(), Error> {
    let mut needs = Needs::default();
    let mut seen = Vec::new();
    for plan in plans.iter().filter(|plan| plan.kind != Kind::Timer) {
        if !seen.contains(&(plan.rule, plan.version)) {
            seen.push((plan.rule, plan.version));
            rules.version(plan.rule, plan.version).into_iter().for_each(|ready| needs.merge(&ready.needs));
        }
    }
    let mut customers: Vec<CustomerId> = plans.iter().map(|plan| plan.customer).collect();
    customers.sort_unstable();
    customers.dedup();
    let segments = segments::all(work)?;
    segments::ensure_known(work, &segments, &customers, &needs)
}

/// The activities that led to these plans.
pub type Triggering = HashMap<ActivityId, Arc<Tracked>>;

fn triggering(work: &mut Work<'_>, plans: &[Plan]) -> Result<Triggering, Error> {
    let ids: Vec<ActivityId> = plans.iter().filter_map(|plan| plan.environment.activity_id).collect();
    activities::tracked(work, &ids)
}

/// Has what conditions ask about what fired the rule stand in the facts while `look` looks.
pub fn with_trigger<T>(
    work: &mut Work<'_>,
    plan: (CustomerId, &Environment),
    tracked: &Triggering,
    look: impl FnOnce(&mut condition::Facts) -> T,
) -> Option<T> {
    let (customer, environment) = plan;
    let facts = &mut work.known.get_mut(customer)?.facts;
    let activity = environment.activity_id.and_then(|id| tracked.get(&id));
    facts.trigger = environment.facts(activity.map(|tracked| &**tracked));
    let seen = look(facts);
    facts.trigger = condition::Trigger::default();
    Some(seen)
}

fn drop_plans(work: &mut Work<'_>, plans: &[Plan], runs: &mut Vec<RunRow>) -> Result<(), Error> {
    store::delete_plans(work, &plans.iter().map(Plan::key).collect::<Vec<_>>())?;
    for plan in plans {
        let mut why = json!({"version": plan.version, "reason": "rule_deleted"});
        if plan.kind == Kind::Action {
            why["actions"] = json!([{"position": plan.place, "outcome": "skipped", "reason": "rule_deleted"}]);
        }
        let activity = plan.environment.activity_id;
        let outcome = if plan.kind == Kind::Journey { Outcome::Exited } else { Outcome::ActionSkipped };
        runs.push(RunRow { customer: plan.customer, rule: plan.rule, activity, outcome, why: why.to_string() });
    }
    Ok(())
}

fn do_action(
    work: &mut Work<'_>,
    ready: &Ready,
    place: i64,
    plans: Vec<Plan>,
    tracked: &Triggering,
    runs: &mut Vec<RunRow>,
) -> Result<(), Error> {
    store::delete_plans(work, &plans.iter().map(Plan::key).collect::<Vec<_>>())?;
    let action = usize::try_from(place).ok().and_then(|place| ready.rule.definition.actions.get(place));
    let Some(action) = action else {
        return Err(Error::Bug(anyhow::anyhow!("rule {} has no action {place} in version {}", ready.rule.id, ready.rule.version)));
    };
    let (mut wanted, mut skipped) = (Vec::new(), Vec::new());
    for plan in plans {
        let reason = if !ready.rule.active && !action.timing.even_if_inactive {
            Some("rule_inactive")
        } else if action.timing.recheck && !still_holds(work, ready, &plan, tracked) {
            Some("condition_not_met")
        } else {
            None
        };
        match reason {
            Some(reason) => skipped.push((plan, Effect::Skipped(reason))),
            None => wanted.push(plan),
        }
    }
    let targets: Vec<Target> = wanted.iter().map(Plan::target).collect();
    let done = if targets.is_empty() { Vec::new() } else { act::run(work, ready.rule.id, &action.deed, &targets)? };
    for (plan, done) in wanted.into_iter().zip(done).chain(skipped) {
        let outcome = match &done {
            Effect::Happened => Outcome::ActionDone,
            Effect::Skipped(_) => Outcome::ActionSkipped,
            Effect::Failed(_) => Outcome::ActionFailed,
        };
        let mut told = done.told();
        told["position"] = json!(place);
        let why = json!({"version": plan.version, "actions": [told]}).to_string();
        runs.push(RunRow { customer: plan.customer, rule: plan.rule, activity: plan.environment.activity_id, outcome, why });
    }
    Ok(())
}

fn still_holds(work: &mut Work<'_>, ready: &Ready, plan: &Plan, tracked: &Triggering) -> bool {
    let now = work.now.0;
    let Ok(tree) = &ready.condition else { return false };
    with_trigger(work, (plan.customer, &plan.environment), tracked, |facts| evaluate(tree, facts, now)).unwrap_or(false)
}

/// How far rules that led to one another lie apart before they count as separate: a loop of a month is a habit.
const DEPTH_FADES_AFTER_DAYS: i64 = 1;

/// The environment as it is kept until then.
pub fn kept(environment: &Environment, now: Instant, due_at: Instant) -> Environment {
    let depth = if now.plus_days(DEPTH_FADES_AFTER_DAYS) <= due_at { 0 } else { environment.depth };
    Environment { depth, ..environment.clone() }
}
