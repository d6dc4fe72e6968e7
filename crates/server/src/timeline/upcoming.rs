//! What is planned for one customer.

use super::model::{Planned, PlannedKind};
use crate::automation::{self, Action};
use crate::customers;
use crate::error::Error;
use crate::ids::{CustomerId, RuleId, TemplateId};
use crate::jobs::{self, Job};
use crate::mail;
use crate::segments;
use crate::work::Work;
use serde_json::{Value, json};

/// Actions that wait, and when time alone may change his segments next; in the order in which they come.
pub fn upcoming(work: &mut Work<'_>, customer: CustomerId) -> Result<Vec<Planned>, Error> {
    customers::must_exist(work, customer)?;
    let mut planned = Vec::new();
    let jobs = jobs::planned_for(work, customer)?;
    let rules: Vec<RuleId> =
        jobs.iter().filter_map(|(_, job, _)| if let Job::RunAction { rule, .. } = job { Some(*rule) } else { None }).collect();
    let rule_names = automation::names(work, &rules)?;
    let actions: Vec<Option<Action>> = jobs.iter().map(|(_, job, _)| action_of(job)).collect();
    let messages = mail::upcoming(work, customer)?;
    let of_actions = actions.iter().flatten().filter_map(Action::template);
    let templates: Vec<TemplateId> = of_actions.chain(messages.iter().map(|message| message.template_id)).collect();
    let template_names = mail::template_names(work, &templates)?;
    let segments = segments::all(work)?;
    for ((id, job, at), action) in jobs.into_iter().zip(actions) {
        match job {
            Job::RunAction { rule, position, activity, action: raw, .. } => {
                let about = match action {
                    Some(Action::AddSegment { segment_id, .. }) => segments.get(segment_id).map(|segment| segment.name.clone()),
                    Some(Action::SendMail { template_id, .. }) => template_names.get(&template_id).cloned(),
                    None => None,
                };
                let rule_name = rule_names.get(&rule);
                let detail = json!({
                    "jobId": id, "ruleId": rule, "ruleName": rule_name, "position": position, "action": raw, "about": about,
                    "activityId": activity,
                });
                let title = about.or_else(|| rule_name.cloned()).unwrap_or_else(|| "a deleted rule".to_owned());
                planned.push(Planned { at, kind: PlannedKind::Action, title, detail });
            }
            Job::SendMessage { message, .. } => {
                let waiting = messages.iter().find(|waiting| waiting.id == message);
                let name = waiting.and_then(|waiting| template_names.get(&waiting.template_id)).cloned();
                let detail = json!({
                    "jobId": id, "messageId": message, "action": {"type": "send_mail"}, "about": name,
                    "state": waiting.map(|waiting| waiting.state), "problem": waiting.and_then(|waiting| waiting.problem.clone()),
                });
                planned.push(Planned { at, kind: PlannedKind::Action, title: name.unwrap_or_else(|| "mail".to_owned()), detail });
            }
            Job::RebuildSegments { .. }
            | Job::ReviewCustomers { .. }
            | Job::SweepSegment { .. }
            | Job::KeepMembers { .. }
            | Job::MeasureSegments
            | Job::ClearField { .. }
            | Job::Import { .. }
            | Job::Prune => {}
        }
    }
    if let Some(at) = segments::next_check(work, customer)? {
        planned.push(Planned {
            at,
            kind: PlannedKind::SegmentCheck,
            title: "segments".to_owned(),
            detail: Value::Object(serde_json::Map::new()),
        });
    }
    planned.sort_by_key(|one| one.at);
    Ok(planned)
}

fn action_of(job: &Job) -> Option<Action> {
    match job {
        // An action this program does not know any more is still shown, without what it is about.
        Job::RunAction { action, .. } => serde_json::from_value(action.clone()).ok(),
        _ => None,
    }
}
