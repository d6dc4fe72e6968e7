//! Actions whose delay has passed. Before one is done, the world is looked at again: the customer, the rule, its switch.

use super::act::{self, Deed, Target};
use super::model::{Action, Outcome};
use super::rules::Stored;
use super::store::{self, RunRow};
use crate::access::Actor;
use crate::app::App;
use crate::customers;
use crate::error::Error;
use crate::ids::{ActivityId, CustomerId, RuleId};
use crate::jobs::{self, Claimed, Job};
use crate::work::{self, Work};
use crate::worker::Ending;
use serde_json::{Value, json};

/// Does the action, writes the line of the run log and ends the job, all or nothing.
pub async fn run_action(app: &App, claimed: &Claimed) -> Result<Ending, Error> {
    let claimed = claimed.clone();
    work::write(app, Actor::system(), move |work| {
        let Job::RunAction { customer, rule, position, activity, action } = &claimed.job else {
            return Err(Error::Bug(anyhow::anyhow!("job {} runs no action", claimed.id)));
        };
        if jobs::finish_own(work, &claimed, &json!({}))? {
            perform(work, *customer, *rule, *position, *activity, action)?;
        }
        Ok(())
    })
    .await?;
    Ok(Ending::Written)
}

fn perform(
    work: &mut Work<'_>,
    customer: CustomerId,
    rule: RuleId,
    position: usize,
    activity: Option<ActivityId>,
    action: &Value,
) -> Result<(), Error> {
    if !customers::lock(work, &[customer])?.contains(&customer) {
        // His log went with him.
        return Ok(());
    }
    let action: Action = serde_json::from_value(action.clone())
        .map_err(|error| Error::Bug(anyhow::Error::new(error).context("an action this program does not know")))?;
    let (outcome, reason) = match wanted(work, rule)? {
        Err(reason) => (Outcome::ActionSkipped, Some(reason)),
        Ok(()) => match act::run(work, rule, &action, &[Target { customer, activity }])? {
            Deed::Done => (Outcome::ActionDone, None),
            Deed::Failed(reason) => (Outcome::ActionFailed, Some(reason)),
        },
    };
    let mut told = json!({"position": position, "outcome": outcome, "action": action});
    if let Some(reason) = reason {
        told["reason"] = json!(reason);
    }
    let why = json!({"actions": [told]}).to_string();
    store::insert_runs(work, &[RunRow { customer, rule, activity, outcome, why }])
}

/// Whether the rule still stands behind what it planned.
fn wanted(work: &mut Work<'_>, rule: RuleId) -> Result<Result<(), &'static str>, Error> {
    let stored = work.definitions::<Stored>()?;
    Ok(match stored.all.iter().find(|stored| stored.rule.id == rule) {
        None => Err("rule_deleted"),
        Some(stored) if !stored.rule.active => Err("rule_inactive"),
        Some(_) => Ok(()),
    })
}
