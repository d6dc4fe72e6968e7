//! What is planned for one customer.

use super::model::{Planned, PlannedKind, Source};
use crate::automation::{self, Action, Deed, PlanKind, PlanView};
use crate::customers;
use crate::error::Error;
use crate::ids::{CustomerId, TemplateId};
use crate::jobs::{self, Job};
use crate::mail;
use crate::segments;
use crate::work::Work;
use serde_json::{Value, json};

/// Of these sources: actions that wait, journeys he is on, mails, and when time alone may change his segments next; in the order in
/// which they come.
pub fn upcoming(work: &mut Work<'_>, customer: CustomerId, sources: &[Source]) -> Result<Vec<Planned>, Error> {
    customers::must_exist(work, customer)?;
    let mut planned = Vec::new();
    if sources.contains(&Source::Rules) {
        planned.extend(of_rules(work, customer)?);
    }
    if sources.contains(&Source::Mails) {
        planned.extend(of_mails(work, customer)?);
    }
    if sources.contains(&Source::Segments)
        && let Some(at) = segments::next_check(work, customer)?
    {
        let detail = Value::Object(serde_json::Map::new());
        planned.push(Planned { at, kind: PlannedKind::SegmentCheck, title: "segments".to_owned(), detail });
    }
    planned.sort_by_key(|one| one.at);
    Ok(planned)
}

fn of_rules(work: &mut Work<'_>, customer: CustomerId) -> Result<Vec<Planned>, Error> {
    let plans = automation::planned_for(work, customer)?;
    let actions: Vec<Option<Action>> = plans.iter().map(action_of).collect();
    let templates: Vec<TemplateId> = actions.iter().flatten().filter_map(|action| action.deed.template()).collect();
    let template_names = mail::template_names(work, &templates)?;
    let segments = segments::all(work)?;
    let mut planned = Vec::new();
    for (plan, action) in plans.into_iter().zip(actions) {
        let about = match action.map(|action| action.deed) {
            Some(Deed::AddSegment { segment_id, .. } | Deed::RemoveSegment { segment_id, .. }) => {
                segments.get(segment_id).map(|segment| segment.name.clone())
            }
            Some(Deed::SendMail { template_id: Some(template), .. }) => template_names.get(&template).cloned(),
            Some(Deed::SendMail { template_name, .. }) => template_name,
            _ => None,
        };
        let kind = if plan.kind == PlanKind::Journey { PlannedKind::Journey } else { PlannedKind::Action };
        let detail = json!({
            "planId": plan.id, "ruleId": plan.rule_id, "ruleName": plan.rule_name, "path": plan.path, "action": plan.action,
            "about": about, "activityId": plan.environment.activity_id, "waitsForCondition": plan.waits_for_condition,
            "enteredAt": plan.entered_at,
        });
        let title = about.or(plan.rule_name).unwrap_or_else(|| "a deleted rule".to_owned());
        planned.push(Planned { at: plan.due_at, kind, title, detail });
    }
    Ok(planned)
}

fn of_mails(work: &mut Work<'_>, customer: CustomerId) -> Result<Vec<Planned>, Error> {
    let messages = mail::upcoming(work, customer)?;
    let templates: Vec<TemplateId> = messages.iter().map(|message| message.template_id).collect();
    let template_names = mail::template_names(work, &templates)?;
    let mut planned = Vec::new();
    for (id, job, at) in jobs::planned_for(work, customer)? {
        if let Job::SendMessage { message, .. } = job {
            let waiting = messages.iter().find(|waiting| waiting.id == message);
            let name = waiting.and_then(|waiting| template_names.get(&waiting.template_id)).cloned();
            let detail = json!({
                "jobId": id, "messageId": message, "action": {"type": "send_mail"}, "about": name,
                "state": waiting.map(|waiting| waiting.state), "problem": waiting.and_then(|waiting| waiting.problem.clone()),
            });
            planned.push(Planned { at, kind: PlannedKind::Action, title: name.unwrap_or_else(|| "mail".to_owned()), detail });
        }
    }
    Ok(planned)
}

/// An action this program does not know any more is still shown, without what it is about.
fn action_of(plan: &PlanView) -> Option<Action> {
    plan.action.clone().and_then(|action| serde_json::from_value(action).ok())
}
