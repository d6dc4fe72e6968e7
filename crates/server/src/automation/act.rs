//! What actions do: one function for each, for many customers at once. An action that cannot be done is told and leaves the
//! others alone; it is found out before anything is written, because a failed statement would take the whole transaction
//! with it.

use super::action::Deed;
use super::incident::Environment;
use super::placeholders;
use crate::activities::{self, NewActivity, TrackOptions, Who};
use crate::customers::{self, Draft, SaveOptions};
use crate::error::{Error, Problem};
use crate::events::{Cause, Event};
use crate::ids::{ActivityId, CustomerId, RuleId, SegmentId, TemplateId, WebhookId};
use crate::mail::{self, Outgoing};
use crate::segments::{self, Application, Counter, CounterWord, Source};
use crate::subscriptions;
use crate::webhooks::{self, Outgoing as Delivery};
use crate::work::Work;
use condition::FieldValue;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A customer to whom something is done, and what led to it.
#[derive(Debug, Clone)]
pub struct Target {
    pub customer: CustomerId,
    pub environment: Arc<Environment>,
}

impl Target {
    pub fn activity(&self) -> Option<ActivityId> {
        self.environment.activity_id
    }
}

/// What became of an action for one customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    Happened,
    /// Left out on purpose.
    Skipped(&'static str),
    Failed(String),
}

impl Effect {
    fn failed(reason: &str) -> Effect {
        Effect::Failed(reason.to_owned())
    }

    /// As the run log says it.
    pub fn told(&self) -> Value {
        match self {
            Effect::Happened => json!({"outcome": "done"}),
            Effect::Skipped(reason) => json!({"outcome": "skipped", "reason": reason}),
            Effect::Failed(reason) => json!({"outcome": "failed", "reason": reason}),
        }
    }
}

/// Does one action now, for customers of whom is known what the rule needs; gives what became of it for each of them.
pub fn run(work: &mut Work<'_>, rule: RuleId, deed: &Deed, targets: &[Target]) -> Result<Vec<Effect>, Error> {
    let may = |work: &Work<'_>, target: &Target| !deed.asks_for_profiling_consent() || has_profiling_consent(work, target.customer);
    let (mut done, mut open) = (vec![Effect::Skipped("no_profiling_consent"); targets.len()], Vec::new());
    for (place, target) in targets.iter().enumerate() {
        if may(work, target) {
            open.push(place);
        }
    }
    let meant: Vec<Target> = open.iter().map(|place| targets[*place].clone()).collect();
    if !meant.is_empty() {
        for (place, one) in open.into_iter().zip(dispatch(work, rule, deed, &meant)?) {
            done[place] = one;
        }
    }
    Ok(done)
}

fn has_profiling_consent(work: &Work<'_>, customer: CustomerId) -> bool {
    let known = work.known.get(customer).and_then(|known| known.facts.fields.get("profilingConsent"));
    matches!(known, Some(FieldValue::Boolean(true)))
}

fn dispatch(work: &mut Work<'_>, rule: RuleId, deed: &Deed, targets: &[Target]) -> Result<Vec<Effect>, Error> {
    match deed {
        Deed::AddSegment { segment_id, remove_others, increase_counter, .. } => {
            let how = How { remove_others: *remove_others, increase_counter: *increase_counter };
            let done = add_segment(work, rule, *segment_id, how, targets)?;
            Ok(vec![done; targets.len()])
        }
        Deed::RemoveSegment { segment_id, .. } => {
            let done = remove_segment(work, rule, *segment_id, targets)?;
            Ok(vec![done; targets.len()])
        }
        Deed::AddTrackedSegment { remove_others, increase_counter, .. } => {
            let how = How { remove_others: *remove_others, increase_counter: *increase_counter };
            add_by_environment(work, rule, how, targets, "no_tracked_segment", |_, target| {
                target.environment.segment_count.and(target.environment.segment_id)
            })
        }
        Deed::AddTargetGroupSegment { remove_others, increase_counter, .. } => {
            let how = How { remove_others: *remove_others, increase_counter: *increase_counter };
            let segments = segments::all(work)?;
            add_by_environment(work, rule, how, targets, "no_target_group_segment", |_, target| {
                let group = target.environment.target_group_id?;
                segments.all.iter().find(|segment| segment.target_group_id == Some(group)).map(|segment| segment.id)
            })
        }
        Deed::ChangeField { field, value } => change_field(work, field, value, targets),
        Deed::SendMail { template_id, template_name, to_customer, to, purpose, .. } => {
            let (name, purpose) = (template_name.as_deref(), purpose.as_deref());
            let wanted = Wanted { id: *template_id, name, to_customer: *to_customer, to, purpose };
            send_mail(work, rule, &wanted, targets)
        }
        Deed::TrackActivity { activity_type, attributes } => track_activity(work, activity_type, attributes, targets),
        Deed::Webhook { webhook_id } => call_webhook(work, rule, *webhook_id, targets),
        Deed::SetSubscription { list, status } => {
            let customers: Vec<CustomerId> = targets.iter().map(|target| target.customer).collect();
            subscriptions::set_many(work, &customers, list, *status)?;
            Ok(vec![Effect::Happened; targets.len()])
        }
        Deed::AddNote { title, text } => {
            let customers: Vec<CustomerId> = targets.iter().map(|target| target.customer).collect();
            customers::add_notes(work, &customers, title, text)?;
            Ok(vec![Effect::Happened; targets.len()])
        }
        Deed::StartRule { rule_id } => start_rule(work, *rule_id, targets),
    }
}

/// How a segment is applied.
#[derive(Clone, Copy)]
struct How {
    remove_others: bool,
    increase_counter: bool,
}

fn customers_of(targets: &[Target]) -> Vec<CustomerId> {
    let mut customers: Vec<CustomerId> = targets.iter().map(|target| target.customer).collect();
    customers.sort_unstable();
    customers.dedup();
    customers
}

fn add_segment(work: &mut Work<'_>, rule: RuleId, segment: SegmentId, how: How, targets: &[Target]) -> Result<Effect, Error> {
    let segments = segments::all(work)?;
    let group = match segments.get(segment) {
        None => return Ok(Effect::failed("segment_missing")),
        Some(known) if known.calculated => return Ok(Effect::failed("segment_calculated")),
        Some(known) => known.group_id,
    };
    let customers = customers_of(targets);
    let cause = Cause::Rule { rule };
    if how.increase_counter {
        let counter = Some(Counter::Word(CounterWord::Increase));
        let application = |customer: &CustomerId| Application { customer: *customer, since: Some(work.now), counter };
        let applications: Vec<Application> = customers.iter().map(application).collect();
        segments::change_members(work, segment, &applications, &[], Source::Rule, cause)?;
    } else {
        segments::add(work, segment, &customers, Source::Rule, cause)?;
    }
    if how.remove_others {
        let others = segments.all.iter().filter(|other| other.group_id == group && other.id != segment && !other.calculated);
        let others: Vec<SegmentId> = others.map(|other| other.id).collect();
        segments::leave_all(work, &others, &customers, cause)?;
    }
    Ok(Effect::Happened)
}

fn remove_segment(work: &mut Work<'_>, rule: RuleId, segment: SegmentId, targets: &[Target]) -> Result<Effect, Error> {
    match segments::all(work)?.get(segment) {
        None => return Ok(Effect::failed("segment_missing")),
        Some(known) if known.calculated => return Ok(Effect::failed("segment_calculated")),
        Some(_) => {}
    }
    segments::change_members(work, segment, &[], &customers_of(targets), Source::Rule, Cause::Rule { rule })?;
    Ok(Effect::Happened)
}

/// Puts each customer into the segment that his environment names.
fn add_by_environment(
    work: &mut Work<'_>,
    rule: RuleId,
    how: How,
    targets: &[Target],
    none: &'static str,
    segment_of: impl Fn(&Work<'_>, &Target) -> Option<SegmentId>,
) -> Result<Vec<Effect>, Error> {
    let mut by_segment: BTreeMap<SegmentId, Vec<usize>> = BTreeMap::new();
    let mut done = vec![Effect::Skipped(none); targets.len()];
    for (place, target) in targets.iter().enumerate() {
        if let Some(segment) = segment_of(work, target) {
            by_segment.entry(segment).or_default().push(place);
        }
    }
    for (segment, places) in by_segment {
        let meant: Vec<Target> = places.iter().map(|place| targets[*place].clone()).collect();
        let one = add_segment(work, rule, segment, how, &meant)?;
        places.into_iter().for_each(|place| done[place] = one.clone());
    }
    Ok(done)
}

fn change_field(work: &mut Work<'_>, field: &str, value: &Value, targets: &[Target]) -> Result<Vec<Effect>, Error> {
    let customers = customers_of(targets);
    let draft = Draft::new(customers::field_patch(field, value));
    let changes: Vec<(CustomerId, &Draft)> = customers.iter().map(|customer| (*customer, &draft)).collect();
    let outcomes = customers::change_many(work, &changes, SaveOptions::default())?;
    let problem = |problems: Vec<Problem>| problems.first().map_or_else(String::new, |one| format!("{}: {}", one.path, one.message));
    let outcomes: HashMap<CustomerId, Effect> = customers
        .into_iter()
        .zip(outcomes)
        .map(|(customer, outcome)| (customer, outcome.map_or_else(|problems| Effect::Failed(problem(problems)), |_| Effect::Happened)))
        .collect();
    Ok(targets.iter().map(|target| outcomes.get(&target.customer).cloned().unwrap_or(Effect::failed("customer_missing"))).collect())
}

/// Which mail goes to whom.
struct Wanted<'w> {
    id: Option<TemplateId>,
    name: Option<&'w str>,
    to_customer: bool,
    to: &'w [String],
    purpose: Option<&'w str>,
}

fn send_mail(work: &mut Work<'_>, rule: RuleId, wanted: &Wanted<'_>, targets: &[Target]) -> Result<Vec<Effect>, Error> {
    let templates = templates(work, wanted, targets)?;
    let mut mails = Vec::with_capacity(targets.len());
    let mut done = Vec::with_capacity(targets.len());
    for (target, template) in targets.iter().zip(templates) {
        match template {
            Ok(template) => {
                let one = |to: Option<String>| Outgoing {
                    to,
                    rule: Some(rule),
                    activity: target.activity(),
                    purpose: wanted.purpose.map(str::to_owned),
                    ..Outgoing::new(target.customer, template)
                };
                mails.extend(wanted.to_customer.then(|| one(None)));
                mails.extend(wanted.to.iter().map(|address| one(Some(address.clone()))));
                done.push(Effect::Happened);
            }
            Err(reason) => done.push(Effect::Failed(reason)),
        }
    }
    mail::queue(work, &mails)?;
    Ok(done)
}

/// The template for each customer, or why there is none.
fn templates(work: &mut Work<'_>, wanted: &Wanted<'_>, targets: &[Target]) -> Result<Vec<Result<TemplateId, String>>, Error> {
    if let Some(id) = wanted.id {
        let is_there = !mail::template_names(work, &[id])?.is_empty();
        return Ok(vec![if is_there { Ok(id) } else { Err("template_missing".to_owned()) }; targets.len()]);
    }
    let name = wanted.name.unwrap_or_default();
    let filled = |target: &Target| match work.known.get(target.customer) {
        Some(known) => placeholders::fill(name, &known.facts).map_err(|field| format!("no value for {field}")),
        None => Err("customer_missing".to_owned()),
    };
    let names: Vec<Result<String, String>> = targets.iter().map(filled).collect();
    let mut asked: Vec<String> = names.iter().flatten().cloned().collect();
    asked.sort_unstable();
    asked.dedup();
    let found = mail::templates_named(work, &asked)?;
    let template = |name: String| found.get(&name).copied().ok_or_else(|| format!("there is no template {name:?}"));
    Ok(names.into_iter().map(|name| name.and_then(template)).collect())
}

fn track_activity(work: &mut Work<'_>, kind: &str, attributes: &Map<String, Value>, targets: &[Target]) -> Result<Vec<Effect>, Error> {
    let activity = |target: &Target| NewActivity {
        customer: Who::Id(target.customer),
        kind: kind.to_owned(),
        occurred_at: None,
        external_id: None,
        attributes: Value::Object(attributes.clone()),
        metadata: None,
    };
    let activities: Vec<NewActivity> = targets.iter().map(activity).collect();
    let outcomes = activities::track(work, &activities, TrackOptions::default())?;
    let done = |outcome: activities::Outcome| match outcome.problems.first() {
        Some(problem) => Effect::Failed(format!("{}: {}", problem.path, problem.message)),
        None => Effect::Happened,
    };
    Ok(outcomes.into_iter().map(done).collect())
}

fn start_rule(work: &mut Work<'_>, rule: RuleId, targets: &[Target]) -> Result<Vec<Effect>, Error> {
    let rules = super::rules::current(work)?;
    match rules.get(rule) {
        None => return Ok(vec![Effect::failed("rule_missing"); targets.len()]),
        Some(ready) if !ready.rule.active => return Ok(vec![Effect::Skipped("rule_inactive"); targets.len()]),
        Some(_) => {}
    }
    for target in targets {
        work.tell(Event::RuleStarted { customer: target.customer, rule, environment: target.environment.clone() });
    }
    Ok(vec![Effect::Happened; targets.len()])
}

/// What webhooks are told of by rules.
const FIRED: &str = "rule.fired";

fn call_webhook(work: &mut Work<'_>, rule: RuleId, webhook: WebhookId, targets: &[Target]) -> Result<Vec<Effect>, Error> {
    if !webhooks::active(work, &[webhook])?.contains(&webhook) {
        let is_there = webhooks::names(work, &[webhook])?.contains_key(&webhook);
        let done = if is_there { Effect::Skipped("webhook_inactive") } else { Effect::failed("webhook_missing") };
        return Ok(vec![done; targets.len()]);
    }
    let customers: HashMap<CustomerId, Value> =
        customers::read_many(work, &customers_of(targets))?.into_iter().map(|customer| (customer.id, json!(customer))).collect();
    let activities: Vec<ActivityId> = targets.iter().filter_map(Target::activity).collect();
    let activities = activities::tracked(work, &activities)?;
    let name = super::names(work, &[rule])?.remove(&rule);
    let delivery = |target: &Target| {
        let activity = target.activity().and_then(|id| activities.get(&id)).map(|activity| {
            json!({"id": activity.id, "type": activity.kind, "occurredAt": activity.occurred_at, "attributes": activity.attributes})
        });
        Delivery {
            webhook,
            customer: target.customer,
            rule: Some(rule),
            activity: target.activity(),
            kind: FIRED.to_owned(),
            payload: json!({
                "rule": {"id": rule, "name": name}, "customer": customers.get(&target.customer), "activity": activity,
                "environment": target.environment,
            }),
            intent: None,
        }
    };
    let deliveries: Vec<Delivery> = targets.iter().map(delivery).collect();
    webhooks::queue(work, &deliveries)?;
    Ok(vec![Effect::Happened; targets.len()])
}
