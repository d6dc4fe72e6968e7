//! What happens when events come in: the rules that wait for them are judged together, then the actions of those that
//! fire run, and every look is written into the run log. All of it belongs to the transaction of the events.

use super::act::{self, Effect, Target};
use super::delay::due;
use super::incident::{Happened, Incident};
use super::judge::{Entries, Judged, Match, Round, Verdict, judge};
use super::letting_go;
use super::model::Reentry;
use super::outcome::Outcome;
use super::plans::{Kind, Plan, Triggering, kept};
use super::rules::{self, Ready, Rules};
use super::store::{self, RunRow};
use super::trigger::Key;
use super::{calendar, journeys, timers};
use crate::error::Error;
use crate::events::{Cause, Event};
use crate::ids::{ActivityId, CustomerId, RuleId};
use crate::jobs::Picked;
use crate::segments;
use crate::settings;
use crate::time::Instant;
use crate::work::Work;
use condition::{Needs, Refusal};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rules that may lead to one another before the next one stays still.
const DEPTH_MAX: u32 = 8;

pub fn react(work: &mut Work<'_>, events: &[Event]) -> Result<(), Error> {
    letting_go::keep_what_is_used(work, events)?;
    forget_looks(work, events)?;
    calendar::follow(work, events)?;
    if events.iter().any(|event| matches!(event, Event::TimeZoneChanged)) {
        calendar::reschedule_all(work)?;
    }
    let rules = rules::current(work)?;
    timers::follow(work, &rules, events)?;
    hurry(work, &rules, events)?;
    let imported = events.iter().filter_map(|event| match event {
        Event::ActivityImported(tracked) => Some(tracked.id),
        _ => None,
    });
    work.unheard.extend(imported);
    if work.is_quiet {
        return Ok(());
    }
    let incidents: Vec<Incident> = events.iter().filter(|event| is_heard(work, event)).filter_map(Incident::of).collect();
    look(work, &incidents)
}

/// What follows from history that is brought in is told to nobody.
fn is_heard(work: &Work<'_>, event: &Event) -> bool {
    match event {
        Event::SegmentEntered { cause: Cause::Activity { activity }, .. }
        | Event::SegmentLeft { cause: Cause::Activity { activity }, .. } => !work.unheard.contains(activity),
        _ => true,
    }
}

/// Has customers looked at who wait in a journey for something like this.
fn hurry(work: &mut Work<'_>, rules: &Rules, events: &[Event]) -> Result<(), Error> {
    let Some(awaited) = &rules.awaited else { return Ok(()) };
    let is_awaited = |event: &Event| match event {
        Event::ActivityTracked(tracked) | Event::ActivityImported(tracked) | Event::ActivityChanged(tracked) => {
            awaited.reads_activity(&tracked.kind)
        }
        Event::ActivityDeleted { kind, .. } => awaited.reads_activity(kind),
        Event::SegmentEntered { segment, .. } | Event::SegmentLeft { segment, .. } | Event::MembershipChanged { segment, .. } => {
            awaited.segments.contains(&segment.0)
        }
        Event::ConsentChanged { purpose, .. } => awaited.consents.contains(&**purpose),
        Event::SubscriptionChanged { list, .. } => awaited.subscriptions.contains(&**list),
        Event::CustomerChanged { .. } => !awaited.fields.is_empty() || awaited.company || awaited.days,
        _ => false,
    };
    let mut customers: Vec<CustomerId> = events.iter().filter(|event| is_awaited(event)).filter_map(Event::customer).collect();
    if customers.is_empty() {
        return Ok(());
    }
    customers.sort_unstable();
    customers.dedup();
    if store::hurry(work, &customers)? > 0 {
        work.wake_worker(work.now);
    }
    Ok(())
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

/// Has the rules look that wait for this.
pub fn look(work: &mut Work<'_>, incidents: &[Incident]) -> Result<(), Error> {
    if incidents.is_empty() {
        return Ok(());
    }
    let rules = rules::current(work)?;
    let matches: Vec<Match<'_>> = incidents
        .iter()
        .map(|incident| Match { incident, rules: waiting(&rules, incident) })
        .filter(|matched| !matched.rules.is_empty())
        .collect();
    if matches.is_empty() {
        return Ok(());
    }
    learn(work, &matches)?;
    let mut entries = entries(work, &matches)?;
    let mut round = Round { now: work.now, entries: &mut entries, too_deep: DEPTH_MAX < work.rule_depth };
    let verdicts = judge(&matches, &mut work.known, &mut round);
    let runs = act_on(work, &verdicts)?;
    store::insert_runs(work, &runs)
}

/// The rules, with their triggers, that may mean this.
fn waiting<'r>(rules: &'r Rules, incident: &Incident) -> Vec<&'r (Arc<Ready>, usize)> {
    if let Some(rule) = incident.rule() {
        let by_person = matches!(incident.happened, Happened::Picked { by: Picked::Person, .. });
        return rules.by_itself(rule).filter(|(ready, _)| ready.rule.active || by_person).into_iter().collect();
    }
    let Some(key) = key(&incident.happened) else { return Vec::new() };
    rules.waiting(&key).iter().filter(|(ready, place)| ready.rule.definition.triggers[*place].is_meant(incident)).collect()
}

fn key(happened: &Happened) -> Option<Key> {
    Some(match happened {
        Happened::NewActivity(tracked) => Key::NewActivity(tracked.kind.to_string()),
        Happened::ActivityChanged(tracked) => Key::ActivityChanged(tracked.kind.to_string()),
        Happened::CustomerCreated => Key::CustomerCreated,
        Happened::CustomerUpdated { .. } => Key::CustomerUpdated,
        Happened::SegmentEntered { segment, .. } => Key::SegmentEntered(*segment),
        Happened::SegmentLeft { segment, .. } => Key::SegmentLeft(*segment),
        Happened::SegmentTracked { .. } => Key::SegmentTracked,
        Happened::TargetGroupAssigned { .. } => Key::TargetGroupAssigned,
        Happened::SubscriptionChanged { .. } => Key::SubscriptionChanged,
        Happened::ConsentChanged { .. } => Key::ConsentChanged,
        Happened::CustomersMerged { .. } => Key::CustomersMerged,
        Happened::Timer { .. } | Happened::Picked { .. } | Happened::Started { .. } => return None,
    })
}

/// Makes known of all customers what any of the rules asks about.
fn learn(work: &mut Work<'_>, matches: &[Match<'_>]) -> Result<(), Error> {
    let mut needs = Needs::default();
    let mut seen: Vec<RuleId> = Vec::new();
    for (ready, _) in matches.iter().flat_map(|matched| &matched.rules).copied() {
        if !seen.contains(&ready.rule.id) {
            seen.push(ready.rule.id);
            if ready.rule.is_valid_at(work.now) {
                needs.merge(&ready.needs);
            }
        }
    }
    let mut customers: Vec<CustomerId> = matches.iter().map(|matched| matched.incident.customer).collect();
    customers.sort_unstable();
    customers.dedup();
    let segments = segments::all(work)?;
    segments::ensure_known(work, &segments, &customers, &needs)
}

/// When the rules that do not fire every time last did so.
fn entries(work: &mut Work<'_>, matches: &[Match<'_>]) -> Result<Entries, Error> {
    let mut customers: Vec<CustomerId> = Vec::new();
    let mut asked: Vec<RuleId> = Vec::new();
    for matched in matches {
        for (ready, _) in matched.rules.iter().copied().filter(|(ready, _)| is_entered(ready)) {
            asked.push(ready.rule.id);
            customers.push(matched.incident.customer);
        }
    }
    if asked.is_empty() {
        return Ok(Entries::default());
    }
    asked.sort_unstable();
    asked.dedup();
    customers.sort_unstable();
    customers.dedup();
    store::entries(work, &asked, &customers)
}

fn is_entered(ready: &Ready) -> bool {
    ready.rule.definition.reentry != Reentry::Always || ready.rule.definition.is_journey()
}

/// Runs the actions of the rules that fire, rule by rule; gives the lines of the run log in the order of what happened.
fn act_on(work: &mut Work<'_>, verdicts: &[Verdict<'_>]) -> Result<Vec<RunRow>, Error> {
    let mut firing: BTreeMap<(i64, i64), Vec<usize>> = BTreeMap::new();
    let mut runs = Vec::with_capacity(verdicts.len());
    for (place, verdict) in verdicts.iter().enumerate() {
        let rule = &verdict.rule.rule;
        if verdict.judged == Judged::Fires {
            firing.entry((rule.position, rule.id.0)).or_default().push(place);
        }
        let (outcome, why) = told(rule.version, &verdict.judged)?;
        let activity = verdict.incident.environment(0).activity_id;
        runs.push(RunRow { customer: verdict.incident.customer, rule: rule.id, activity, outcome, why });
    }
    let depth = work.rule_depth;
    for places in firing.values() {
        let ready = verdicts[places[0]].rule;
        let target = |place: &usize| {
            let incident = verdicts[*place].incident;
            Target { customer: incident.customer, environment: Arc::new(incident.environment(depth)) }
        };
        let targets: Vec<Target> = places.iter().map(target).collect();
        if is_entered(ready) {
            let mut fired: Vec<(RuleId, CustomerId)> = targets.iter().map(|target| (ready.rule.id, target.customer)).collect();
            fired.dedup();
            store::put_entries(work, &fired)?;
        }
        let tracked = places.iter().filter_map(|place| verdicts[*place].incident.activity()).map(|one| (one.id, one.clone())).collect();
        for (place, (outcome, why)) in places.iter().zip(carry_out(work, ready, &targets, &tracked)?) {
            runs[*place].outcome = outcome;
            runs[*place].why = text(&why)?;
        }
    }
    if !firing.is_empty() {
        work.rule_depth = depth + 1;
    }
    Ok(runs)
}

/// How the run log says it. Of what fired more is said afterwards.
fn told(version: i64, judged: &Judged) -> Result<(Outcome, String), Error> {
    Ok(match judged {
        Judged::Fires => (Outcome::Fired, String::new()),
        Judged::NotMet(refusals) => {
            let leaves = refusals.iter().map(Leaf::of).collect();
            (Outcome::ConditionNotMet, text(&NotMet { version, leaves })?)
        }
        Judged::OutsideValidity => (Outcome::OutsideValidity, text(&json!({ "version": version }))?),
        Judged::HeldOut => (Outcome::HeldOut, text(&json!({ "version": version }))?),
        Judged::NotAgain(last) => (Outcome::NotAgain, text(&json!({"version": version, "lastAt": last}))?),
        Judged::Stopped(by) => (Outcome::Stopped, text(&json!({"version": version, "byRule": by}))?),
        Judged::TooDeep => (Outcome::TooDeep, text(&json!({"version": version, "depth": DEPTH_MAX}))?),
        Judged::Broken(problem) => (Outcome::Failed, text(&json!({"version": version, "condition": problem}))?),
    })
}

/// Runs or plans the actions of a rule in their order; gives what the run log says of each customer.
fn carry_out(work: &mut Work<'_>, ready: &Ready, targets: &[Target], tracked: &Triggering) -> Result<Vec<(Outcome, Value)>, Error> {
    if ready.rule.definition.is_journey() {
        return journeys::enter(work, ready, targets, tracked);
    }
    let mut actions: Vec<Vec<Value>> = vec![Vec::new(); targets.len()];
    let mut outcomes = vec![Outcome::Fired; targets.len()];
    for (place, action) in ready.rule.definition.actions.iter().enumerate() {
        if action.timing.is_later() {
            for (told, at) in actions.iter_mut().zip(plan(work, ready, place, targets)?) {
                told.push(json!({"position": place, "outcome": "planned", "at": at}));
            }
            continue;
        }
        for (number, done) in act::run(work, ready.rule.id, &action.deed, targets)?.into_iter().enumerate() {
            if matches!(done, Effect::Failed(_)) {
                outcomes[number] = Outcome::Failed;
            }
            let mut told = json!({ "position": place });
            if let (Some(told), Value::Object(more)) = (told.as_object_mut(), done.told()) {
                told.extend(more);
            }
            actions[number].push(told);
        }
    }
    let version = ready.rule.version;
    Ok(outcomes.into_iter().zip(actions).map(|(outcome, actions)| (outcome, json!({"version": version, "actions": actions}))).collect())
}

/// Writes down that an action is to be done later: by this version of the rule, whatever becomes of it. Gives when.
fn plan(work: &mut Work<'_>, ready: &Ready, place: usize, targets: &[Target]) -> Result<Vec<Instant>, Error> {
    let timing = ready.rule.definition.actions[place].timing;
    let instance = settings::zone(work)?;
    let first = work.tx.new_ids(Plan::KIND, targets.len())?.start;
    let mut plans = Vec::with_capacity(targets.len());
    for (target, id) in targets.iter().zip(first..) {
        let zone = work.known.get(target.customer).map_or(&instance, |known| &known.facts.zone);
        let due_at = due(timing.delay, timing.at, work.now, zone);
        work.wake_worker(due_at);
        plans.push(Plan {
            customer: target.customer,
            id,
            rule: ready.rule.id,
            version: ready.rule.version,
            kind: Kind::Action,
            place: place as i64,
            due_at,
            since: work.now,
            entered_at: work.now,
            waits: false,
            unique_key: None,
            environment: kept(&target.environment, work.now, due_at),
            attempts: 0,
        });
    }
    store::insert_plans(work, &plans)?;
    Ok(plans.into_iter().map(|plan| plan.due_at).collect())
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
    /// What [`super::outcome::shown`] goes by: the condition may be another one when the log is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    activities: Option<bool>,
}

impl<'v> Leaf<'v> {
    fn of(refusal: &'v Refusal) -> Leaf<'v> {
        Leaf { path: &refusal.path, saw: &refusal.saw, activities: refusal.is_about_activities.then_some(true) }
    }
}

fn text(why: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(why).map_err(|error| Error::Bug(anyhow::Error::new(error).context("a reason has no JSON form")))
}
