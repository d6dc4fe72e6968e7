//! Customers on journeys: one row each, which says where he stands and until when he waits. What a step does is done by the
//! same functions as the actions of a simple rule.

use super::act::{self, Effect, Target};
use super::outcome::Outcome;
use super::plans::{JOURNEY_KEY, Kind, Plan, Triggering, kept, with_trigger};
use super::rules::{Ready, Rules};
use super::steps::{Op, Progress, Standing, Then, Traveller, lot};
use super::store::{self, RunRow};
use crate::customers;
use crate::error::Error;
use crate::ids::{ActivityId, CustomerId, RuleId};
use crate::time::Instant;
use crate::work::Work;
use condition::{Facts, Tree};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// A customer as his facts show him.
pub struct Known<'k> {
    pub rule: RuleId,
    pub facts: &'k Facts,
    pub now: Instant,
}

impl Traveller for Known<'_> {
    fn holds(&mut self, tree: &Tree) -> bool {
        condition::evaluate(tree, self.facts, self.now.0)
    }

    fn due(&mut self, tree: &Tree) -> Option<Instant> {
        condition::due(tree, self.facts, self.now.0).map(Instant)
    }

    fn zone(&self) -> TimeZone {
        self.facts.zone.clone()
    }

    fn lot(&self, place: usize) -> u32 {
        lot(self.rule.0, place as i64, CustomerId(self.facts.customer)) / 100
    }
}

/// Somebody on his way in this unit of work.
struct Going {
    target: Target,
    plan: Option<Plan>,
    entered_at: Instant,
    progress: Progress,
}

/// Sends customers for whom a rule fires on its journey; gives what the run log says of each.
pub fn enter(work: &mut Work<'_>, ready: &Ready, targets: &[Target], tracked: &Triggering) -> Result<Vec<(Outcome, Value)>, Error> {
    let start = Standing { place: 0, waits_since: None };
    let mut going = Vec::with_capacity(targets.len());
    for target in targets {
        let progress = look(work, ready, target, start, tracked)?;
        going.push(Going { target: target.clone(), plan: None, entered_at: work.now, progress });
    }
    let told = travel(work, ready, going)?;
    Ok(told.into_iter().map(|(outcome, why)| (if outcome == Outcome::Failed { outcome } else { Outcome::Fired }, why)).collect())
}

/// Takes customers further whose time has come, or for whom something may have happened.
pub fn go_on(work: &mut Work<'_>, ready: &Ready, plans: Vec<Plan>, tracked: &Triggering, runs: &mut Vec<RunRow>) -> Result<(), Error> {
    let mut going = Vec::with_capacity(plans.len());
    for plan in plans {
        let target = Target { customer: plan.customer, environment: Arc::new(plan.environment.clone()) };
        let place = usize::try_from(plan.place).unwrap_or(usize::MAX);
        let leaves = match &ready.exit_when {
            _ if !ready.rule.active => true,
            Some(tree) => {
                let now = work.now.0;
                with_trigger(work, (plan.customer, &plan.environment), tracked, |facts| condition::evaluate(tree, facts, now))
                    .unwrap_or(true)
            }
            None => false,
        };
        let progress = match (leaves, &ready.condition) {
            (true, _) => Progress { acts: Vec::new(), then: Then::Exited { place } },
            (false, Err(problem)) => return Err(Error::Bug(anyhow::anyhow!("rule {}: {problem}", ready.rule.id))),
            (false, Ok(_)) => look(work, ready, &target, Standing { place, waits_since: Some(plan.since) }, tracked)?,
        };
        going.push(Going { target, entered_at: plan.entered_at, plan: Some(plan), progress });
    }
    let keys: Vec<(CustomerId, Option<ActivityId>)> = going.iter().map(|one| (one.target.customer, one.target.activity())).collect();
    let waited: Vec<bool> = going.iter().map(stays).collect();
    for (((customer, activity), (outcome, why)), waited) in keys.into_iter().zip(travel(work, ready, going)?).zip(waited) {
        // Looking at somebody who goes on waiting is no news.
        if !waited {
            runs.push(RunRow { customer, rule: ready.rule.id, activity, outcome, why: why.to_string() });
        }
    }
    Ok(())
}

/// Whether somebody waits where he waited.
fn stays(going: &Going) -> bool {
    let Some(plan) = &going.plan else { return false };
    let waits_at = match going.progress.then {
        Then::Waits { place, .. } => Some(place as i64),
        _ => None,
    };
    going.progress.acts.is_empty() && waits_at == Some(plan.place)
}

fn look(work: &mut Work<'_>, ready: &Ready, target: &Target, from: Standing, tracked: &Triggering) -> Result<Progress, Error> {
    let now = work.now;
    let found = with_trigger(work, (target.customer, &target.environment), tracked, |facts| {
        ready.journey.advance(from, now, &mut Known { rule: ready.rule.id, facts, now })
    });
    found.ok_or_else(|| Error::Bug(anyhow::anyhow!("nothing is known of customer {}", target.customer)))
}

/// Does what lies on everybody's way and writes down where he stands then.
fn travel(work: &mut Work<'_>, ready: &Ready, going: Vec<Going>) -> Result<Vec<(Outcome, Value)>, Error> {
    // All ways lead forward, so the order of the places is everybody's order.
    let mut by_place: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (number, one) in going.iter().enumerate() {
        one.progress.acts.iter().for_each(|place| by_place.entry(*place).or_default().push(number));
    }
    let mut told: Vec<Vec<Value>> = vec![Vec::new(); going.len()];
    let mut failed = vec![false; going.len()];
    for (place, numbers) in by_place {
        let Some(Op::Act(deed)) = ready.journey.ops.get(place) else { continue };
        let targets: Vec<Target> = numbers.iter().map(|number| going[*number].target.clone()).collect();
        for (number, done) in numbers.into_iter().zip(act::run(work, ready.rule.id, deed, &targets)?) {
            let mut one = done.told();
            one["path"] = json!(ready.journey.path(place));
            failed[number] |= matches!(done, Effect::Failed(_));
            told[number].push(one);
        }
    }
    settle(work, ready, &going)?;
    let lines = going.iter().zip(told).zip(failed).map(|((one, actions), failed)| {
        let mut why = json!({"version": ready.rule.version});
        if !actions.is_empty() {
            why["actions"] = json!(actions);
        }
        let outcome = match &one.progress.then {
            Then::Waits { place, until, .. } => {
                why["path"] = json!(ready.journey.path(*place));
                why["until"] = json!(until);
                Outcome::WentOn
            }
            Then::LooksAgain { place } => {
                why["path"] = json!(ready.journey.path(*place));
                Outcome::WentOn
            }
            Then::Exited { place } => {
                why["path"] = json!(ready.journey.path(*place));
                if !ready.rule.active {
                    why["reason"] = json!("rule_inactive");
                }
                Outcome::Exited
            }
            Then::Finished => Outcome::Finished,
        };
        (if failed { Outcome::Failed } else { outcome }, why)
    });
    Ok(lines.collect())
}

/// Writes down who waits where, and takes away who is out.
fn settle(work: &mut Work<'_>, ready: &Ready, going: &[Going]) -> Result<(), Error> {
    let mut out = Vec::new();
    let mut standing: Vec<(&Going, usize, Instant, bool)> = Vec::new();
    for one in going {
        match one.progress.then {
            Then::Waits { place, until, for_condition } => standing.push((one, place, until, for_condition)),
            Then::LooksAgain { place } => standing.push((one, place, work.now, false)),
            Then::Exited { .. } | Then::Finished => out.extend(one.plan.as_ref().map(Plan::key)),
        }
    }
    store::delete_plans(work, &out)?;
    if standing.is_empty() {
        return Ok(());
    }
    let fresh = standing.iter().filter(|(one, ..)| one.plan.is_none()).count();
    let mut ids = if fresh == 0 { 0..0 } else { work.tx.new_ids(Plan::KIND, fresh)? };
    let mut plans = Vec::with_capacity(standing.len());
    for (one, place, due_at, waits) in standing {
        let id = one.plan.as_ref().map(|plan| plan.id).or_else(|| ids.next());
        let id = id.ok_or_else(|| Error::Bug(anyhow::anyhow!("fewer ids than new plans")))?;
        let since = if stays(one) { one.plan.as_ref().map(|plan| plan.since) } else { None };
        work.wake_worker(due_at);
        plans.push(Plan {
            customer: one.target.customer,
            id,
            rule: ready.rule.id,
            version: ready.rule.version,
            kind: Kind::Journey,
            place: place as i64,
            due_at,
            since: since.unwrap_or(work.now),
            entered_at: one.entered_at,
            waits,
            unique_key: Some(format!("{JOURNEY_KEY}{}", ready.rule.id)),
            environment: kept(&one.target.environment, work.now, due_at),
            attempts: 0,
        });
    }
    store::put_plans(work, &plans)
}

/// What becomes of customers on a journey when its rule changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RunningCustomers)]
pub enum Running {
    /// They finish on the version they are on.
    #[default]
    Finish,
    /// They go on at the same step of the new version; who stands at a step that is gone finishes on his version.
    Move,
    /// They leave.
    Stop,
}

/// The place `(customer, plan)` behind a page, and how many were moved.
pub type Page = ((i64, i64), usize);

/// Moves a page of those who are on earlier versions; nothing when there are none left.
pub fn move_page(work: &mut Work<'_>, ready: &Ready, earlier: &Rules, running: Running, after: (i64, i64)) -> Result<Option<Page>, Error> {
    const PAGE: usize = 500;
    let found = store::plans_before(work, ready.rule.id, ready.rule.version, after, PAGE)?;
    let Some(last) = found.last().map(|plan| (plan.customer.0, plan.id)) else { return Ok(None) };
    let mut customers: Vec<CustomerId> = found.iter().map(|plan| plan.customer).collect();
    customers.dedup();
    customers::lock(work, &customers)?;
    let ids: Vec<i64> = found.iter().map(|plan| plan.id).collect();
    let (mut moved, mut stopped) = (Vec::new(), Vec::new());
    for mut plan in store::plans_at(work, &customers, &ids)? {
        let place = usize::try_from(plan.place).unwrap_or(usize::MAX);
        let new_place = earlier.version(plan.rule, plan.version).and_then(|old| ready.journey.place_of(&old.journey, place));
        match (running, new_place) {
            (Running::Stop, _) => stopped.push(plan),
            (Running::Move, Some(place)) => {
                (plan.place, plan.version) = (place as i64, ready.rule.version);
                moved.push(plan);
            }
            (Running::Move, None) | (Running::Finish, _) => {}
        }
    }
    store::put_plans(work, &moved)?;
    store::delete_plans(work, &stopped.iter().map(Plan::key).collect::<Vec<_>>())?;
    let line = |plan: &Plan| RunRow {
        customer: plan.customer,
        rule: plan.rule,
        activity: plan.environment.activity_id,
        outcome: Outcome::Exited,
        why: json!({"version": plan.version, "reason": "rule_changed"}).to_string(),
    };
    store::insert_runs(work, &stopped.iter().map(line).collect::<Vec<_>>())?;
    Ok(Some((last, moved.len() + stopped.len())))
}

/// Where a place of a journey stands in the rule.
pub fn path(ready: &Ready, place: i64) -> String {
    usize::try_from(place).map_or_else(|_| String::new(), |place| ready.journey.path(place).to_owned())
}
