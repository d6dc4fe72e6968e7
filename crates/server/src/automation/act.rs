//! What the actions of a rule do: one function for each, for many customers at once. An action that cannot be done is told
//! and leaves the others alone; it is found out before anything is written, because a failed statement would take the
//! whole transaction with it.

use super::model::{Action, Delay, Outcome, Rule};
use crate::error::Error;
use crate::events::Cause;
use crate::ids::{ActivityId, CustomerId, RuleId, SegmentId, TemplateId};
use crate::jobs::{self, Job, Wish};
use crate::mail::{self, Outgoing};
use crate::segments;
use crate::work::Work;
use serde_json::{Value, json};

/// A customer to whom something is done, and the activity that led to it.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    pub customer: CustomerId,
    pub activity: Option<ActivityId>,
}

/// Whether an action was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    Done,
    Failed(&'static str),
}

/// Runs or plans the actions of a rule in their order; gives what the run log says about it.
pub fn carry_out(work: &mut Work<'_>, rule: &Rule, targets: &[Target]) -> Result<(Outcome, Value), Error> {
    let (mut outcome, mut told) = (Outcome::Fired, Vec::with_capacity(rule.actions.len()));
    for (position, action) in rule.actions.iter().enumerate() {
        told.push(match action.delay() {
            Some(delay) => {
                let at = delay.after(work.now);
                plan(work, rule.id, position, action, delay, targets)?;
                json!({"position": position, "outcome": "planned", "at": at})
            }
            None => match run(work, rule.id, action, targets)? {
                Deed::Done => json!({"position": position, "outcome": "done"}),
                Deed::Failed(reason) => {
                    outcome = Outcome::Failed;
                    json!({"position": position, "outcome": "failed", "reason": reason})
                }
            },
        });
    }
    Ok((outcome, json!({"version": rule.version, "actions": told})))
}

/// Does one action now.
pub fn run(work: &mut Work<'_>, rule: RuleId, action: &Action, targets: &[Target]) -> Result<Deed, Error> {
    match action {
        Action::AddSegment { segment_id, delay: _ } => add_segment(work, rule, *segment_id, targets),
        Action::SendMail { template_id, delay: _ } => send_mail(work, rule, *template_id, targets),
    }
}

/// Writes down that an action is to be done later, as it is now: changing the rule does not change what was promised.
fn plan(work: &mut Work<'_>, rule: RuleId, position: usize, action: &Action, delay: Delay, targets: &[Target]) -> Result<(), Error> {
    let action =
        serde_json::to_value(action).map_err(|error| Error::Bug(anyhow::Error::new(error).context("an action has no JSON form")))?;
    let run_at = Some(delay.after(work.now));
    let jobs = targets.iter().map(|target| {
        let job = Job::RunAction { customer: target.customer, rule, position, activity: target.activity, action: action.clone() };
        (job, Wish { run_at, customer: Some(target.customer), unique_key: None })
    });
    jobs::enqueue_all(work, jobs.collect())?;
    Ok(())
}

fn add_segment(work: &mut Work<'_>, rule: RuleId, segment: SegmentId, targets: &[Target]) -> Result<Deed, Error> {
    match segments::all(work)?.get(segment) {
        None => return Ok(Deed::Failed("segment_missing")),
        Some(known) if known.calculated => return Ok(Deed::Failed("segment_calculated")),
        Some(_) => {}
    }
    let mut customers: Vec<CustomerId> = targets.iter().map(|target| target.customer).collect();
    customers.sort_unstable();
    customers.dedup();
    segments::add(work, segment, &customers, segments::Source::Rule, Cause::Rule { rule })?;
    Ok(Deed::Done)
}

fn send_mail(work: &mut Work<'_>, rule: RuleId, template: TemplateId, targets: &[Target]) -> Result<Deed, Error> {
    if mail::template_names(work, &[template])?.is_empty() {
        return Ok(Deed::Failed("template_missing"));
    }
    let mails: Vec<Outgoing> = targets
        .iter()
        .map(|target| Outgoing { rule: Some(rule), activity: target.activity, ..Outgoing::new(target.customer, template) })
        .collect();
    mail::queue(work, &mails)?;
    Ok(Deed::Done)
}
