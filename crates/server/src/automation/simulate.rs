//! What a rule would do, before it is switched on. For one customer the engine itself does it in a unit of work that is
//! undone; for the days that were, the activities are looked at again, each at its own time (`simulate/replay.rs`).

pub mod replay;

use super::check;
use super::incident::{Environment, Happened, Incident};
use super::model::{Draft, Rule};
use super::outcome::{PlanView, Run};
use super::rules::Stored;
use super::{plans, react, store};
use crate::activities::{self, NewActivity, TrackOptions, Who};
use crate::customers::{self, SaveOptions};
use crate::error::{Error, Problem};
use crate::ids::{CustomerId, RuleId};
use crate::jobs::Picked;
use crate::reactions;
use crate::time::Instant;
use crate::work::Work;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;
use utoipa::ToSchema;

const DAYS_MAX: i64 = 730;
const DAYS_DEFAULT: i64 = 365;
/// Times something comes due before the simulation ends.
const STEPS_MAX: usize = 200;
const RUNS_MAX: usize = 500;

#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
#[schema(as = RuleToSimulate)]
pub struct Wanted {
    /// A rule that is there; with `rule` beside it, as it would be after this change.
    pub rule_id: Option<RuleId>,
    pub rule: Option<Draft>,
    /// A customer who is there; or else `customer`.
    pub customer_id: Option<CustomerId>,
    /// A made-up one, as he would be sent to `POST /api/customers`.
    #[schema(value_type = Option<Object>)]
    pub customer: Option<Map<String, Value>>,
    /// What he does. The triggers of the rule decide whether it looks.
    pub activity: Option<TriedActivity>,
    /// In place of an activity: what else is to have fired the rule. Its triggers are not asked then.
    pub environment: Option<Environment>,
    /// How far to look ahead, at most 730.
    pub days: Option<i64>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TriedActivity {
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    #[schema(value_type = Object)]
    pub attributes: Map<String, Value>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RuleSimulated)]
pub struct Simulated {
    /// What the run log would say of this rule, in order of time. Empty when no trigger of the rule means what happened.
    pub runs: Vec<Run>,
    /// What would still be planned at the end.
    pub plans: Vec<PlanView>,
    /// How many lines other rules would have written, because this one or the activity led to them.
    pub runs_of_others: i64,
    pub until: Instant,
}

/// Does it. Whoever calls this undoes it.
pub fn simulate(work: &mut Work<'_>, wanted: &Wanted) -> Result<Simulated, Error> {
    let days = wanted.days.unwrap_or(DAYS_DEFAULT);
    if !(1..=DAYS_MAX).contains(&days) {
        return Err(Error::invalid("/days", "out_of_range", format!("1 to {DAYS_MAX} days")));
    }
    let (start, until) = (work.now, work.now.plus_days(days));
    let rule = stand_in(work, wanted.rule_id, wanted.rule.as_ref(), true)?;
    let customer = who(work, wanted)?;
    reactions::settle(work)?;
    happen(work, wanted, rule.id, customer)?;
    reactions::settle(work)?;
    for _ in 0..STEPS_MAX {
        let due: Vec<(CustomerId, i64)> = {
            let plans = store::plans_of(work, customer, true)?;
            let Some(next) = plans.first().map(|plan| plan.due_at).filter(|next| *next <= until) else { break };
            work.now = work.now.max(next);
            plans.iter().filter(|plan| plan.due_at <= work.now).map(plans::Plan::key).collect()
        };
        plans::do_these(work, &due)?;
        reactions::settle(work)?;
    }
    let asked = store::Wanted { rule: rule.id, outcome: None, customer: Some(customer), since: Some(start), until: None };
    let mut runs = store::runs(work, asked, (Instant(i64::MAX), i64::MAX), RUNS_MAX)?;
    runs.reverse();
    let left = store::plans_of(work, customer, false)?.into_iter().filter(|plan| plan.rule == rule.id).collect();
    let plans = super::shown(work, left)?;
    let all = store::count_runs_of(work, customer, start)?;
    Ok(Simulated { runs_of_others: all - runs.len() as i64, runs, plans, until })
}

/// The rule that is meant, as it would be; written down so that the engine finds it if `keep`.
fn stand_in(work: &mut Work<'_>, id: Option<RuleId>, draft: Option<&Draft>, keep: bool) -> Result<Rule, Error> {
    let standing = match id {
        Some(id) => {
            Some(store::rule(work, id)?.ok_or_else(|| Error::invalid("/ruleId", "unknown_rule", format!("there is no rule {id}")))?)
        }
        None => None,
    };
    let draft = match (draft, &standing) {
        (Some(draft), _) => draft.clone(),
        (None, Some(standing)) => Draft::of(standing),
        (None, None) => return Err(Error::invalid("/rule", "missing", "say which rule: by its id, or as a draft")),
    };
    let uses = check::check_for(work, &draft, id).map_err(|error| under("/rule", error))?;
    let position = draft.position.or(standing.as_ref().map(|rule| rule.position)).unwrap_or(i64::MAX);
    let (new_id, version, created_at) = match &standing {
        Some(rule) => (rule.id, rule.version + 1, rule.created_at),
        None if keep => (RuleId(work.tx.new_id(RuleId::KIND)?), 1, work.now),
        None => (RuleId(0), 1, work.now),
    };
    let rule = Rule { active: true, ..super::accepted(draft, new_id, position, version, created_at, work.now) };
    if keep {
        match standing {
            Some(_) => store::update(work, &rule, &uses)?,
            None => {
                let name = format!("{} ({})", rule.name, rule.id);
                store::insert(work, &Rule { name, ..rule.clone() }, &uses)?;
            }
        }
        work.redefine::<Stored>()?;
    }
    Ok(rule)
}

/// Problems as those of the document that holds it at `path`.
pub fn under(path: &str, error: Error) -> Error {
    match error {
        Error::Invalid(problems) => {
            let below = |one: Problem| Problem { path: format!("{path}{}", one.path), ..one };
            Error::Invalid(problems.into_iter().map(below).collect())
        }
        other => other,
    }
}

fn who(work: &mut Work<'_>, wanted: &Wanted) -> Result<CustomerId, Error> {
    match (wanted.customer_id, &wanted.customer) {
        (Some(id), None) => match customers::lock(work, &[id])?.contains(&id) {
            true => Ok(id),
            false => Err(Error::invalid("/customerId", "unknown_customer", format!("there is no customer {id}"))),
        },
        (None, Some(values)) => {
            let options = SaveOptions { validator: false, duplicate_check: false, save_steps: true };
            let made = customers::create(work, &customers::Draft::new(values.clone()), options);
            made.map(|customer| customer.id).map_err(|error| under("/customer", error))
        }
        _ => Err(Error::invalid("/customerId", "missing", "name one customer, or make one up")),
    }
}

fn happen(work: &mut Work<'_>, wanted: &Wanted, rule: RuleId, customer: CustomerId) -> Result<(), Error> {
    match (&wanted.activity, &wanted.environment) {
        (Some(activity), None) => {
            let tried = NewActivity {
                customer: Who::Id(customer),
                kind: activity.kind.clone(),
                occurred_at: None,
                external_id: None,
                attributes: Value::Object(activity.attributes.clone()),
                metadata: None,
            };
            let outcome = activities::track(work, &[tried], TrackOptions::default())?.pop();
            let problems = outcome.map(|outcome| outcome.problems).unwrap_or_default();
            if problems.is_empty() { Ok(()) } else { Err(under("/activity", Error::Invalid(problems))) }
        }
        (None, Some(environment)) => {
            let happened = Happened::Started { rule, environment: Arc::new(environment.clone()) };
            react::look(work, &[Incident { customer, happened }])
        }
        (None, None) => react::look(work, &[Incident { customer, happened: Happened::Picked { rule, by: Picked::Person } }]),
        (Some(_), Some(_)) => Err(Error::invalid("/environment", "misplaced", "an activity or an environment, not both")),
    }
}
