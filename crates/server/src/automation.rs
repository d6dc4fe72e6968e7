//! Rules: when something happens, if the customer is such, then do that. Judged and acted upon in the transaction of the
//! event; what is to happen later is a job. Every look is kept in the run log with the reason.
//!
//! A new trigger or action is a variant in `model.rs`; the compiler then names every place that has to answer. What an
//! action does is one function in `act.rs`.

mod act;
mod delayed;
mod judge;
mod letting_go;
mod model;
mod react;
pub mod routes;
mod rules;
mod store;

pub use delayed::run_action;
pub use model::{Action, Delay, Draft, Outcome, Rule, Run, Trigger};
pub use react::react;

use crate::activities::{self, ActivityTypes};
use crate::audit;
use crate::catalogue;
use crate::error::{Error, Problem};
use crate::http::{self, IfMatch};
use crate::ids::{CustomerId, RuleId, SegmentId, TemplateId};
use crate::mail;
use crate::segments;
use crate::time::Instant;
use crate::work::Work;
use ::store::StoreError;
use model::Uses;
use rules::{RULES_MAX, Stored, StoredRule};
use serde_json::{Value, json};
use std::collections::HashMap;

pub fn create(work: &mut Work<'_>, draft: Draft) -> Result<Rule, Error> {
    let uses = check(work, &draft)?;
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
    audit::record(work, "create", "rule", Some(id.0), &json!(rule))?;
    Ok(rule)
}

pub fn read(work: &mut Work<'_>, rule: RuleId) -> Result<Rule, Error> {
    store::rule(work, rule)?.ok_or(Error::NotFound)
}

/// Lays the patch over the rule. Actions it has planned stay as they were planned.
pub fn update(work: &mut Work<'_>, id: RuleId, patch: &Value, if_match: &IfMatch) -> Result<Rule, Error> {
    let standing = store::lock(work, id)?.ok_or(Error::NotFound)?;
    if_match.check(standing.version)?;
    let draft: Draft = http::patched(&Draft::of(&standing), patch)?;
    let uses = check(work, &draft)?;
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
    audit::record(work, "update", "rule", Some(id.0), patch)?;
    Ok(rule)
}

/// Takes a rule away. What it planned is skipped when due; its runs stay until their retention ends.
pub fn remove(work: &mut Work<'_>, rule: RuleId) -> Result<(), Error> {
    let standing = store::lock(work, rule)?.ok_or(Error::NotFound)?;
    store::delete(work, rule)?;
    work.redefine::<Stored>()?;
    audit::record(work, "delete", "rule", Some(rule.0), &json!({"name": standing.name}))
}

/// The rules that ask about the segment or put customers into it, with their names and whether they do the one or the other.
pub fn using_segment(work: &mut Work<'_>, segment: SegmentId) -> Result<Vec<(RuleId, String, bool, bool)>, Error> {
    let stored = work.definitions::<Stored>()?;
    let mut users = Vec::new();
    for stored in stored.all.iter().filter(|stored| stored.uses.segments.contains(&segment)) {
        let (by_condition, by_action) = letting_go::ways(work, stored, segment)?;
        users.push((stored.rule.id, stored.rule.name.clone(), by_condition, by_action));
    }
    Ok(users)
}

/// The names of the rules that ask about the field.
pub fn using_field(work: &mut Work<'_>, field: &str) -> Result<Vec<String>, Error> {
    using(work, |stored| stored.uses.fields.contains(field))
}

/// The names of the rules that wait for activities of the type or ask about them.
pub fn using_activity_type(work: &mut Work<'_>, kind: &str) -> Result<Vec<String>, Error> {
    using(work, |stored| stored.uses.activity_types.contains(kind))
}

/// The names of the rules that send mails made from the template.
pub fn using_template(work: &mut Work<'_>, template: TemplateId) -> Result<Vec<String>, Error> {
    using(work, |stored| stored.rule.actions.iter().any(|action| action.template() == Some(template)))
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

/// How often each rule came to which outcome since the instant.
pub fn count_outcomes(work: &mut Work<'_>, since: Instant) -> Result<Vec<(RuleId, Outcome, i64)>, Error> {
    store::count_outcomes(work, since)
}

/// Runs one unit of work takes away.
const PRUNED_AT_ONCE: usize = 2_000;

/// Takes away some of the runs whose retention is over; gives whether there may be more.
pub fn prune(work: &mut Work<'_>) -> Result<bool, Error> {
    let rules = store::with_runs(work)?;
    let before = work.now.plus_days(-work.app.config.retention.rule_runs_days);
    Ok(store::prune(work, &rules, before, PRUNED_AT_ONCE)? == PRUNED_AT_ONCE as u64)
}

/// Takes away what is kept of customers who are going.
pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    store::forget_deeds(work, customers)?;
    // Looks that led to nothing are found by their activity: there are too many for an index by customer.
    let activities = activities::ids_of(work, customers)?;
    store::forget_looks(work, &activities)
}

fn accepted(draft: Draft, id: RuleId, position: i64, version: i64, created_at: Instant, now: Instant) -> Rule {
    let condition = draft.condition();
    Rule {
        id,
        name: draft.name.trim().to_owned(),
        description: draft.description.unwrap_or_default(),
        active: draft.active,
        position,
        triggers: draft.triggers,
        condition,
        actions: draft.actions,
        valid_from: draft.valid_from,
        valid_until: draft.valid_until,
        version,
        created_at,
        updated_at: now,
    }
}

/// Refuses what is wrong, with the path to each spot; gives what the rule refers to.
fn check(work: &mut Work<'_>, draft: &Draft) -> Result<Uses, Error> {
    let mut problems = draft.check();
    let mut uses = Uses::default();
    match condition::check_with_trigger(&draft.condition(), &catalogue::get(work)?) {
        Ok(tree) => {
            let needs = condition::needs(&tree);
            uses.segments.extend(needs.segments.into_iter().map(SegmentId));
            uses.fields = needs.fields;
            uses.activity_types.extend(needs.activities.into_keys().flatten());
        }
        Err(found) => problems.extend(found.into_iter().map(|found| catalogue::under("/condition", found))),
    }
    check_triggers(work, draft, &mut problems)?;
    check_actions(work, draft, &mut problems)?;
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    uses.segments.extend(draft.actions.iter().filter_map(Action::segment));
    uses.activity_types.extend(draft.triggers.iter().map(|Trigger::NewActivity { activity_type }| activity_type.clone()));
    Ok(uses)
}

fn check_triggers(work: &mut Work<'_>, draft: &Draft, problems: &mut Vec<Problem>) -> Result<(), Error> {
    let types = work.definitions::<ActivityTypes>()?;
    for (place, trigger) in draft.triggers.iter().enumerate() {
        match trigger {
            Trigger::NewActivity { activity_type } if types.get(activity_type).is_none() => {
                let path = format!("/triggers/{place}/activityType");
                problems.push(Problem::new(path, "unknown_activity_type", format!("there is no type of activity {activity_type:?}")));
            }
            Trigger::NewActivity { .. } => {}
        }
    }
    Ok(())
}

fn check_actions(work: &mut Work<'_>, draft: &Draft, problems: &mut Vec<Problem>) -> Result<(), Error> {
    let wanted: Vec<TemplateId> = draft.actions.iter().filter_map(Action::template).collect();
    let templates = mail::template_names(work, &wanted)?;
    let segments = segments::all(work)?;
    for (place, action) in draft.actions.iter().enumerate() {
        match action {
            Action::AddSegment { segment_id, delay: _ } => match segments.get(*segment_id) {
                Some(segment) if !segment.calculated => {}
                Some(_) => problems.push(Problem::new(
                    format!("/actions/{place}/segmentId"),
                    "calculated",
                    "a calculated segment decides by itself who is in it",
                )),
                None => problems.push(Problem::new(
                    format!("/actions/{place}/segmentId"),
                    "unknown_segment",
                    format!("there is no segment {segment_id}"),
                )),
            },
            Action::SendMail { template_id, delay: _ } if !templates.contains_key(template_id) => {
                let path = format!("/actions/{place}/templateId");
                problems.push(Problem::new(path, "unknown_template", format!("there is no template {template_id}")));
            }
            Action::SendMail { .. } => {}
        }
    }
    Ok(())
}

fn name_taken(name: &str) -> Error {
    Error::Conflict {
        code: "duplicate_name",
        detail: format!("there is a rule named {name:?} already"),
        problems: vec![Problem::new("/name", "duplicate", "another rule has this name")],
        existing: None,
    }
}
