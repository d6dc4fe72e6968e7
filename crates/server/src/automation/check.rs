//! What is wrong with a rule somebody wrote, with the path to each spot; and what it refers to.

use super::action::Deed;
use super::calendar;
use super::model::{Draft, Uses};
use super::rules::{Stored, StoredRule};
use super::trigger::Trigger;
use crate::activities::ActivityTypes;
use crate::catalogue;
use crate::customers;
use crate::error::{Error, Problem};
use crate::ids::{RuleId, SegmentId, TemplateId, WebhookId};
use crate::mail;
use crate::segments::{self, Segments};
use crate::settings::is_name;
use crate::webhooks;
use crate::work::Work;
use condition::{Catalogue, FieldKind};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

const ADDRESSES_MAX: usize = 20;

/// Refuses what is wrong, with the path to each spot; gives what the rule refers to.
pub fn check(work: &mut Work<'_>, draft: &Draft) -> Result<Uses, Error> {
    check_for(work, draft, None)
}

/// The same for a rule that is there already.
pub fn check_for(work: &mut Work<'_>, draft: &Draft, own: Option<RuleId>) -> Result<Uses, Error> {
    let catalogue = catalogue::get(work)?;
    let definition = draft.definition();
    let mut problems = draft.check();
    let mut uses = Uses::default();
    for (path, json) in definition.conditions() {
        match condition::check_with_trigger(json, &catalogue) {
            Ok(tree) => {
                let needs = condition::needs(&tree);
                uses.segments.extend(needs.segments.into_iter().map(SegmentId));
                uses.fields.extend(needs.fields);
                uses.activity_types.extend(needs.activities.into_keys().flatten());
            }
            Err(found) => problems.extend(found.into_iter().map(|found| catalogue::under(&path, found))),
        }
    }
    let mut checker = Checker {
        types: work.definitions::<ActivityTypes>()?,
        segments: segments::all(work)?,
        rules: work.definitions::<Stored>()?,
        templates: mail::template_names(work, &definition.template_ids())?,
        webhooks: webhooks::names(work, &definition.webhook_ids())?,
        catalogue: &catalogue,
        own,
        problems,
        uses,
    };
    for (place, trigger) in definition.triggers.iter().enumerate() {
        checker.trigger(&format!("/triggers/{place}"), trigger);
    }
    for (path, deed) in definition.deeds() {
        checker.deed(&path, deed);
    }
    let Checker { mut problems, uses, .. } = checker;
    for (path, deed) in definition.deeds() {
        if let Deed::ChangeField { field, value } = deed {
            let found = customers::draft_problems(work, &customers::field_patch(field, value))?;
            problems.extend(found.into_iter().map(|one| {
                let at = if one.code == "unknown_field" || one.code == "read_only" { "field" } else { "value" };
                Problem { path: format!("{path}/{at}"), ..one }
            }));
        }
    }
    calendar::check(work, &definition.triggers, &mut problems)?;
    if problems.is_empty() { Ok(uses) } else { Err(Error::Invalid(problems)) }
}

struct Checker<'c> {
    types: Arc<ActivityTypes>,
    segments: Arc<Segments>,
    rules: Arc<Stored>,
    templates: HashMap<TemplateId, String>,
    webhooks: HashMap<WebhookId, String>,
    catalogue: &'c Catalogue,
    own: Option<RuleId>,
    problems: Vec<Problem>,
    uses: Uses,
}

impl Checker<'_> {
    fn refuse(&mut self, path: String, code: &str, message: impl Into<String>) {
        self.problems.push(Problem::new(path, code, message.into()));
    }

    fn trigger(&mut self, path: &str, trigger: &Trigger) {
        if let Some(kind) = trigger.activity_type() {
            self.activity_type(path, kind);
        }
        if let Some(segment) = trigger.segment() {
            self.segment_to_ask(path, segment);
        }
        if let Some(filter) = trigger.filter()
            && let Err(found) = condition::check_where(filter)
        {
            self.problems.extend(found.into_iter().map(|one| catalogue::under(&format!("{path}/where"), one)));
        }
        match trigger {
            Trigger::SegmentsBuilt { segment_id: Some(segment) } if self.segments.get(*segment).is_some_and(|one| !one.calculated) => {
                self.refuse(format!("{path}/segmentId"), "manual", "only calculated segments are built");
            }
            Trigger::CustomerUpdated { fields } => {
                for (place, field) in fields.iter().enumerate() {
                    self.field(&format!("{path}/fields/{place}"), field);
                }
            }
            Trigger::Inactivity { length, .. } if length.0 == 0 => {
                self.refuse(format!("{path}/for"), "out_of_range", "a time without activity is longer than nothing");
            }
            Trigger::DateReached { field, before, after, .. } => {
                if let Some(kind) = self.field(&format!("{path}/field"), field)
                    && !matches!(kind, FieldKind::Date | FieldKind::Datetime)
                {
                    self.refuse(format!("{path}/field"), "wrong_type", "this field holds neither a date nor an instant");
                }
                if before.is_some() && after.is_some() {
                    self.refuse(format!("{path}/after"), "misplaced", "either before or after");
                }
            }
            Trigger::SubscriptionChanged { list: Some(name), .. } if !is_name(name) => self.name(format!("{path}/list")),
            Trigger::ConsentChanged { purpose: Some(name), .. } if !is_name(name) => self.name(format!("{path}/purpose")),
            _ => {}
        }
    }

    fn name(&mut self, path: String) {
        self.refuse(path, "invalid", "a name has 1 to 64 letters, digits, _, - and .");
    }

    fn activity_type(&mut self, path: &str, kind: &str) {
        self.uses.activity_types.insert(kind.to_owned());
        if self.types.get(kind).is_none() {
            self.refuse(format!("{path}/activityType"), "unknown_activity_type", format!("there is no type of activity {kind:?}"));
        }
    }

    /// The kind of a field, if there is such.
    fn field(&mut self, path: &str, field: &str) -> Option<FieldKind> {
        let name = field.strip_prefix("fields.").unwrap_or(field);
        self.uses.fields.insert(name.to_owned());
        let kind = self.catalogue.fields.get(name).map(|field| field.kind);
        if kind.is_none() {
            self.refuse(path.to_owned(), "unknown_field", format!("there is no field {name:?}"));
        }
        kind
    }

    fn segment_to_ask(&mut self, path: &str, segment: SegmentId) {
        self.uses.segments.insert(segment);
        if self.segments.get(segment).is_none() {
            self.refuse(format!("{path}/segmentId"), "unknown_segment", format!("there is no segment {segment}"));
        }
    }

    fn deed(&mut self, path: &str, deed: &Deed) {
        match deed {
            Deed::AddSegment { segment_id, .. } | Deed::RemoveSegment { segment_id, .. } => {
                self.segment_to_ask(path, *segment_id);
                if self.segments.get(*segment_id).is_some_and(|segment| segment.calculated) {
                    self.refuse(format!("{path}/segmentId"), "calculated", "a calculated segment decides by itself who is in it");
                }
            }
            Deed::AddTrackedSegment { .. } | Deed::AddTargetGroupSegment { .. } => {}
            Deed::ChangeField { field, .. } => {
                self.uses.fields.insert(field.strip_prefix("fields.").unwrap_or(field).to_owned());
            }
            Deed::SendMail { template_id, template_name, to_customer, to, purpose, .. } => {
                self.template(path, *template_id, template_name.as_deref());
                if !to_customer && to.is_empty() {
                    self.refuse(format!("{path}/to"), "missing", "a mail goes to the customer or to an address");
                }
                if ADDRESSES_MAX < to.len() {
                    self.refuse(format!("{path}/to"), "too_many", "at most 20 addresses");
                }
                for (place, address) in to.iter().enumerate() {
                    if !customers::is_address(address) {
                        self.refuse(format!("{path}/to/{place}"), "invalid", "this is not a mail address");
                    }
                }
                if purpose.as_ref().is_some_and(|purpose| !is_name(purpose)) {
                    self.name(format!("{path}/purpose"));
                }
            }
            Deed::TrackActivity { activity_type, .. } => self.activity_type(path, activity_type),
            Deed::Webhook { webhook_id } => {
                if !self.webhooks.contains_key(webhook_id) {
                    self.refuse(format!("{path}/webhookId"), "unknown_webhook", format!("there is no webhook {webhook_id}"));
                }
            }
            Deed::SetSubscription { list, .. } => {
                if !is_name(list) {
                    self.name(format!("{path}/list"));
                }
            }
            Deed::AddNote { title, text } => {
                let found = customers::note_problems(title, text);
                self.problems.extend(found.into_iter().map(|one| Problem { path: format!("{path}{}", one.path), ..one }));
            }
            Deed::StartRule { rule_id } => self.started(path, *rule_id),
        }
    }

    fn template(&mut self, path: &str, id: Option<TemplateId>, name: Option<&str>) {
        match (id, name) {
            (Some(id), None) if !self.templates.contains_key(&id) => {
                self.refuse(format!("{path}/templateId"), "unknown_template", format!("there is no template {id}"));
            }
            (Some(_), None) => {}
            (None, Some(name)) => {
                for field in super::placeholders::names(name) {
                    self.field(&format!("{path}/templateName"), &field);
                }
            }
            _ => self.refuse(format!("{path}/templateId"), "missing", "name the template by its id or by its name"),
        }
    }

    fn started(&mut self, path: &str, rule: RuleId) {
        self.uses.rules.insert(rule);
        let path = format!("{path}/ruleId");
        if Some(rule) == self.own {
            return self.refuse(path, "circle", "a rule does not start itself");
        }
        if !self.rules.all.iter().any(|stored| stored.rule.id == rule) {
            return self.refuse(path, "unknown_rule", format!("there is no rule {rule}"));
        }
        if let Some(own) = self.own
            && leads_to(&self.rules.all, rule, own)
        {
            self.refuse(path, "circle", "that rule starts this one");
        }
    }
}

/// Whether a rule starts another one, if only through others.
fn leads_to(all: &[StoredRule], from: RuleId, to: RuleId) -> bool {
    let (mut seen, mut open) = (BTreeSet::from([from]), vec![from]);
    while let Some(rule) = open.pop() {
        if rule == to {
            return true;
        }
        let started = all.iter().filter(|stored| stored.rule.id == rule).flat_map(|stored| &stored.uses.rules);
        open.extend(started.filter(|next| seen.insert(**next)));
    }
    false
}
