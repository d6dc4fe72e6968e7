//! What was found, made readable: names looked up for all entries at once.

use super::model::{Entry, Kind, Place, Source};
use crate::activities::Activity;
use crate::automation::{self, Run};
use crate::consents::Answer;
use crate::customers::{Note, Version};
use crate::error::Error;
use crate::events::Cause;
use crate::ids::{CustomerId, RuleId, SegmentId, TemplateId};
use crate::mail::{self, Message};
use crate::merging::Merge;
use crate::segments::{self, Recorded, Segments};
use crate::work::Work;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// One row of one source.
pub enum Found {
    Activity { activity: Activity, label: String },
    Note(Note),
    Consent(Answer),
    Change(Recorded),
    Edit(Version),
    Mail(Message),
    Run(Run),
    Merge(Box<Merge>),
    Unmerge(Box<Merge>),
}

/// A merge and its undoing are two entries. On the story of the one who went and came back, only those since he is back count:
/// what was merged is the survivor's story.
pub fn of_merge(merge: &Merge, customer: CustomerId) -> Vec<(Place, Found)> {
    let mut found = Vec::new();
    if merge.other_id != customer {
        found.push((Source::Merges.place(merge.at, merge.id.0), Found::Merge(Box::new(merge.clone()))));
    }
    if let Some(at) = merge.undone_at {
        found.push((Source::Merges.place(at, merge.id.0), Found::Unmerge(Box::new(merge.clone()))));
    }
    found
}

/// Names of what entries refer to; what is gone has none.
struct Names {
    rules: HashMap<RuleId, String>,
    templates: HashMap<TemplateId, String>,
    segments: Arc<Segments>,
}

pub fn entries(work: &mut Work<'_>, found: Vec<(Place, Found)>) -> Result<Vec<Entry>, Error> {
    let rules: Vec<RuleId> = found.iter().filter_map(|(_, found)| found.rule()).collect();
    let templates: Vec<TemplateId> = found.iter().filter_map(|(_, found)| found.template()).collect();
    let names = Names {
        rules: automation::names(work, &rules)?,
        templates: mail::template_names(work, &templates)?,
        segments: segments::all(work)?,
    };
    Ok(found.into_iter().map(|((at, _, id), found)| names.entry(at, id, found)).collect())
}

impl Found {
    fn rule(&self) -> Option<RuleId> {
        match self {
            Found::Change(recorded) => match recorded.change.cause {
                Cause::Rule { rule } => Some(rule),
                Cause::Activity { .. }
                | Cause::Customer
                | Cause::Time
                | Cause::Rebuild
                | Cause::Person
                | Cause::Import { .. }
                | Cause::ImportUndone { .. }
                | Cause::Segment { .. }
                | Cause::Merge { .. } => None,
            },
            Found::Mail(message) => message.rule_id,
            Found::Run(run) => Some(run.rule_id),
            Found::Activity { .. } | Found::Note(_) | Found::Consent(_) | Found::Edit(_) | Found::Merge(_) | Found::Unmerge(_) => None,
        }
    }

    fn template(&self) -> Option<TemplateId> {
        match self {
            Found::Mail(message) => Some(message.template_id),
            Found::Activity { .. }
            | Found::Note(_)
            | Found::Consent(_)
            | Found::Change(_)
            | Found::Edit(_)
            | Found::Run(_)
            | Found::Merge(_)
            | Found::Unmerge(_) => None,
        }
    }
}

impl Names {
    fn entry(&self, at: crate::time::Instant, id: i64, found: Found) -> Entry {
        let (kind, title, detail) = match found {
            Found::Activity { activity, label } => (Kind::Activity, label, of_activity(&activity)),
            Found::Note(note) => {
                let detail = json!({"noteId": note.id, "text": note.text, "actor": note.actor});
                (Kind::Note, note.title, detail)
            }
            Found::Consent(answer) => {
                let detail = json!({
                    "purpose": answer.purpose, "granted": answer.granted, "source": answer.source, "note": answer.note,
                    "actor": answer.actor,
                });
                (Kind::Consent, answer.purpose, detail)
            }
            Found::Change(recorded) => self.of_change(&recorded),
            Found::Edit(version) => {
                let detail = json!({"version": version.version, "customerId": version.customer_id, "actor": version.actor, "changes": version.changes});
                (Kind::Edit, changed_fields(&version), detail)
            }
            Found::Mail(message) => self.of_mail(&message),
            Found::Run(run) => {
                let rule = self.rules.get(&run.rule_id);
                let detail = json!({
                    "ruleId": run.rule_id, "ruleName": rule, "activityId": run.activity_id, "outcome": run.outcome, "why": run.why,
                });
                (Kind::Rule, named(rule, "a deleted rule"), detail)
            }
            Found::Merge(merge) => {
                let taken: Vec<Value> =
                    merge.taken.fields.iter().map(|field| json!({"name": field.name, "value": field.value, "from": field.from})).collect();
                let detail = json!({
                    "mergeId": merge.id, "survivorId": merge.survivor_id, "otherId": merge.other_id, "other": merge.taken.other,
                    "rule": merge.rule, "cause": merge.cause, "actor": merge.actor, "taken": taken, "undoable": merge.undoable,
                    "coveredBy": merge.covered_by, "state": merge.state,
                });
                (Kind::Merge, merged_name(&merge), detail)
            }
            Found::Unmerge(merge) => {
                let detail = json!({
                    "mergeId": merge.id, "survivorId": merge.survivor_id, "otherId": merge.other_id, "other": merge.taken.other,
                    "actor": merge.undone_by, "conflicts": merge.conflicts,
                });
                (Kind::Unmerge, merged_name(&merge), detail)
            }
        };
        Entry { at, kind, id, title, detail }
    }

    fn of_change(&self, recorded: &Recorded) -> (Kind, String, Value) {
        let change = &recorded.change;
        let name = self.segment(change.segment);
        let mut detail = json!({"segmentId": change.segment, "segmentName": name, "cause": change.cause});
        if let Cause::Rule { rule } = change.cause {
            detail["ruleName"] = json!(self.rules.get(&rule));
        }
        if let Some(actor) = &recorded.actor {
            detail["cause"]["actor"] = json!(actor);
        }
        if let Cause::Segment { segment } = change.cause {
            detail["causeSegmentName"] = json!(self.segment(segment));
        }
        let kind = if change.entered { Kind::SegmentEntered } else { Kind::SegmentLeft };
        (kind, named(name.as_ref(), "a deleted segment"), detail)
    }

    fn of_mail(&self, message: &Message) -> (Kind, String, Value) {
        let template = self.templates.get(&message.template_id);
        let title = match message.subject.is_empty() {
            // What is not rendered yet has no subject.
            true => named(template, "a deleted template"),
            false => message.subject.clone(),
        };
        let detail = json!({
            "messageId": message.id, "templateId": message.template_id, "templateName": template, "ruleId": message.rule_id,
            "ruleName": message.rule_id.and_then(|rule| self.rules.get(&rule)), "recipient": message.recipient, "state": message.state,
            "problem": message.problem, "sentAt": message.sent_at,
        });
        (Kind::Mail, title, detail)
    }

    fn segment(&self, segment: SegmentId) -> Option<String> {
        self.segments.get(segment).map(|segment| segment.name.clone())
    }
}

fn of_activity(activity: &Activity) -> Value {
    json!({
        "activityId": activity.id, "type": activity.kind, "externalId": activity.external_id, "attributes": activity.attributes,
        "trackedAt": activity.created_at,
    })
}

/// Fields a title names.
const FIELDS_NAMED_MAX: usize = 4;

fn changed_fields(version: &Version) -> String {
    let names: Vec<&str> = version.changes.as_object().into_iter().flatten().map(|(path, _)| path.trim_start_matches('/')).collect();
    match names.as_slice() {
        [] => "created".to_owned(),
        few if few.len() <= FIELDS_NAMED_MAX => few.join(", "),
        many => format!("{} and {} more", many[..FIELDS_NAMED_MAX].join(", "), many.len() - FIELDS_NAMED_MAX),
    }
}

fn merged_name(merge: &Merge) -> String {
    merge.taken.other.shown().unwrap_or_else(|| format!("customer {}", merge.other_id))
}

fn named(name: Option<&String>, gone: &str) -> String {
    name.cloned().unwrap_or_else(|| gone.to_owned())
}
