//! What rules refer to and somebody wants to take away: refused, or let go of on purpose. When a segment goes so, actions
//! about it go too; a rule that asks or waits for it, or has nothing left to do, is switched off and kept for somebody to mend.

use super::rules::{Stored, StoredRule};
use super::steps::{self, Step};
use super::store;
use crate::audit;
use crate::catalogue;
use crate::error::Error;
use crate::events::Event;
use crate::ids::SegmentId;
use crate::work::Work;
use serde_json::json;

/// Refuses to let go of what a rule refers to. The refusal takes the whole unit back.
pub fn keep_what_is_used(work: &mut Work<'_>, events: &[Event]) -> Result<(), Error> {
    for event in events {
        let (what, names) = match event {
            Event::SegmentDeleted { segment, cascade: true } => {
                of_segment(work, *segment)?;
                continue;
            }
            Event::SegmentDeleted { segment, cascade: false } => {
                let users = super::using_segment(work, *segment)?;
                ("segment", users.into_iter().map(|(_, name, ..)| name).collect())
            }
            Event::TemplateDeleted { template } => ("template", super::using_template(work, *template)?),
            Event::WebhookDeleted { webhook } => ("webhook", super::using_webhook(work, *webhook)?),
            Event::FieldDeleted { name } => ("field", super::using_field(work, name)?),
            Event::ActivityTypeDeleted { kind } => ("type of activity", super::using_activity_type(work, kind)?),
            _ => continue,
        };
        if !names.is_empty() {
            return Err(Error::conflict("in_use", format!("the {what} is used by {}", in_words(&names))));
        }
    }
    Ok(())
}

/// Rules a refusal names.
const NAMED_MAX: usize = 5;

pub fn in_words(names: &[String]) -> String {
    let named: Vec<String> = names.iter().take(NAMED_MAX).map(|name| format!("{name:?}")).collect();
    let rules = if names.len() == 1 { "the rule" } else { "the rules" };
    match names.len().saturating_sub(NAMED_MAX) {
        0 => format!("{rules} {}", named.join(", ")),
        more => format!("{rules} {} and {more} more", named.join(", ")),
    }
}

fn of_segment(work: &mut Work<'_>, segment: SegmentId) -> Result<(), Error> {
    let stored = work.definitions::<Stored>()?;
    let users: Vec<&StoredRule> = stored.all.iter().filter(|stored| stored.uses.segments.contains(&segment)).collect();
    if users.is_empty() {
        return Ok(());
    }
    let catalogue = catalogue::get(work)?;
    for StoredRule { rule, uses } in users {
        let (mut rule, mut uses) = (rule.clone(), uses.clone());
        let definition = &mut rule.definition;
        definition.actions.retain(|action| action.deed.segment() != Some(segment));
        let has_step = steps::deeds(&definition.steps).iter().any(|(_, deed)| deed.segment() == Some(segment));
        without(&mut definition.steps, segment);
        uses.segments.remove(&segment);
        let has_something_to_do = !definition.actions.is_empty() || (!definition.steps.is_empty() && !has_step);
        let waits_for_it = definition.triggers.iter().any(|trigger| trigger.segment() == Some(segment));
        let asks_well = definition.conditions().iter().all(|(_, json)| condition::check_with_trigger(json, &catalogue).is_ok());
        rule.active &= has_something_to_do && !waits_for_it && asks_well;
        rule.version += 1;
        rule.updated_at = work.now;
        store::update(work, &rule, &uses)?;
        let change = json!({ "letsGoOfSegment": segment, "actions": rule.definition.actions, "active": rule.active });
        audit::record(work, "update", "rule", Some(rule.id.0), &change)?;
    }
    work.redefine::<Stored>()
}

/// Takes the steps away that change the segment, however deep they lie.
fn without(steps: &mut Vec<Step>, segment: SegmentId) {
    steps.retain(|step| !matches!(step, Step::Action { action, .. } if action.segment() == Some(segment)));
    for step in steps {
        match step {
            Step::Branch { branches, otherwise, .. } => {
                branches.iter_mut().for_each(|branch| without(&mut branch.steps, segment));
                without(otherwise, segment);
            }
            Step::Split { parts, .. } => parts.iter_mut().for_each(|part| without(&mut part.steps, segment)),
            Step::Action { .. } | Step::Wait { .. } | Step::WaitFor { .. } | Step::Exit { .. } => {}
        }
    }
}

/// Whether a rule asks or waits for a segment, and whether one of its actions is about it.
pub fn ways(work: &mut Work<'_>, stored: &StoredRule, segment: SegmentId) -> Result<(bool, bool), Error> {
    let definition = &stored.rule.definition;
    let by_action = definition.deeds().iter().any(|(_, deed)| deed.segment() == Some(segment));
    if definition.triggers.iter().any(|trigger| trigger.segment() == Some(segment)) {
        return Ok((true, by_action));
    }
    let catalogue = catalogue::get(work)?;
    let asks = definition.conditions().into_iter().any(|(_, json)| match condition::check_with_trigger(json, &catalogue) {
        Ok(tree) => condition::needs(&tree).segments.contains(&segment.0),
        // It is written down that the rule uses it.
        Err(_) => !by_action,
    });
    Ok((asks, by_action))
}
