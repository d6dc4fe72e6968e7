//! What happens when events come in: the rules that wait for them are judged together, then the actions of those that
//! fire run, and every look is written into the run log. All of it belongs to the transaction of the events.

use super::act::{self, Target};
use super::judge::{Judged, Match, Verdict, judge};
use super::letting_go;
use super::model::Outcome;
use super::rules;
use super::store::{self, RunRow};
use crate::error::Error;
use crate::events::{Event, Tracked};
use crate::ids::{ActivityId, CustomerId};
use crate::segments;
use crate::work::Work;
use condition::Needs;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

pub fn react(work: &mut Work<'_>, events: &[Event]) -> Result<(), Error> {
    keep_what_is_used(work, events)?;
    forget_looks(work, events)?;
    let fresh: Vec<Arc<Tracked>> = events
        .iter()
        .filter_map(|event| match event {
            Event::ActivityTracked(tracked) => Some(tracked.clone()),
            _ => None,
        })
        .collect();
    if fresh.is_empty() {
        return Ok(());
    }
    let rules = rules::current(work)?;
    let matches: Vec<Match<'_>> = fresh
        .iter()
        .map(|event| Match { event, rules: rules.for_activity(&event.kind) })
        .filter(|matched| !matched.rules.is_empty())
        .collect();
    if matches.is_empty() {
        return Ok(());
    }
    learn(work, &matches)?;
    let verdicts = judge(&matches, &mut work.known, work.now);
    let runs = act_on(work, verdicts)?;
    store::insert_runs(work, &runs)
}

/// Why a rule did not fire for an activity is of interest as long as there is the activity.
fn forget_looks(work: &mut Work<'_>, events: &[Event]) -> Result<(), Error> {
    let gone: Vec<ActivityId> = events
        .iter()
        .filter_map(|event| match event {
            Event::ActivityDeleted { activity, .. } => Some(*activity),
            _ => None,
        })
        .collect();
    if gone.is_empty() { Ok(()) } else { store::forget_looks(work, &gone) }
}

/// Makes known of all customers what any of the rules asks about.
fn learn(work: &mut Work<'_>, matches: &[Match<'_>]) -> Result<(), Error> {
    let mut needs = Needs::default();
    let mut seen: Vec<&str> = Vec::new();
    for matched in matches {
        if !seen.contains(&&*matched.event.kind) {
            seen.push(&matched.event.kind);
            matched.rules.iter().filter(|ready| ready.rule.is_valid_at(work.now)).for_each(|ready| needs.merge(&ready.needs));
        }
    }
    let mut customers: Vec<CustomerId> = matches.iter().map(|matched| matched.event.customer).collect();
    customers.sort_unstable();
    customers.dedup();
    let segments = segments::all(work)?;
    segments::ensure_known(work, &segments, &customers, &needs)
}

/// Runs the actions of the rules that fire, rule by rule; gives the lines of the run log in the order of the events.
fn act_on(work: &mut Work<'_>, verdicts: Vec<Verdict<'_>>) -> Result<Vec<RunRow>, Error> {
    let mut firing: BTreeMap<(i64, i64), Vec<usize>> = BTreeMap::new();
    let mut runs = Vec::with_capacity(verdicts.len());
    for (place, verdict) in verdicts.iter().enumerate() {
        let rule = &verdict.rule.rule;
        let (outcome, why) = match &verdict.judged {
            Judged::Fires => {
                firing.entry((rule.position, rule.id.0)).or_default().push(place);
                (Outcome::Fired, String::new())
            }
            Judged::NotMet(refusals) => {
                let leaves = refusals.iter().map(|refusal| Leaf { path: &refusal.path, saw: &refusal.saw }).collect();
                (Outcome::ConditionNotMet, text(&NotMet { version: rule.version, leaves })?)
            }
            Judged::OutsideValidity => (Outcome::OutsideValidity, text(&serde_json::json!({"version": rule.version}))?),
            Judged::Broken(problem) => (Outcome::Failed, text(&serde_json::json!({"version": rule.version, "condition": problem}))?),
        };
        runs.push(RunRow { customer: verdict.event.customer, rule: rule.id, activity: Some(verdict.event.id), outcome, why });
    }
    for places in firing.values() {
        let rule = &verdicts[places[0]].rule.rule;
        let target = |place: &usize| Target { customer: verdicts[*place].event.customer, activity: Some(verdicts[*place].event.id) };
        let targets: Vec<Target> = places.iter().map(target).collect();
        let (outcome, why) = act::carry_out(work, rule, &targets)?;
        let why = text(&why)?;
        for place in places {
            runs[*place].outcome = outcome;
            runs[*place].why.clone_from(&why);
        }
    }
    Ok(runs)
}

/// Why a condition was not met, as short as it can be: there is one for every event that did not fire.
#[derive(Serialize)]
struct NotMet<'v> {
    version: i64,
    leaves: Vec<Leaf<'v>>,
}

#[derive(Serialize)]
struct Leaf<'v> {
    path: &'v str,
    saw: &'v Value,
}

fn text(why: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(why).map_err(|error| Error::Bug(anyhow::Error::new(error).context("a reason has no JSON form")))
}

/// Refuses to let go of what a rule refers to. The refusal takes the whole unit back.
fn keep_what_is_used(work: &mut Work<'_>, events: &[Event]) -> Result<(), Error> {
    for event in events {
        let (what, names) = match event {
            Event::SegmentDeleted { segment, cascade: true } => {
                letting_go::of_segment(work, *segment)?;
                continue;
            }
            Event::SegmentDeleted { segment, cascade: false } => {
                let users = super::using_segment(work, *segment)?;
                ("segment", users.into_iter().map(|(_, name, ..)| name).collect())
            }
            Event::TemplateDeleted { template } => ("template", super::using_template(work, *template)?),
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

fn in_words(names: &[String]) -> String {
    let named: Vec<String> = names.iter().take(NAMED_MAX).map(|name| format!("{name:?}")).collect();
    let rules = if names.len() == 1 { "the rule" } else { "the rules" };
    match names.len().saturating_sub(NAMED_MAX) {
        0 => format!("{rules} {}", named.join(", ")),
        more => format!("{rules} {} and {more} more", named.join(", ")),
    }
}
