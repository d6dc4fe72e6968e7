//! Rules as a document: named by names in place of ids, so that it can stand in a file, be compared, and be applied to
//! another instance. Applying is one unit of work: all of it or nothing.

use super::journeys::Running;
use super::model::{Draft, Rule};
use super::rules::Stored;
use crate::error::{Error, Problem};
use crate::http::{self, IfMatch};
use crate::ids::{RuleId, TemplateId, WebhookId};
use crate::mail;
use crate::segments::definitions::{Change, Part, parts_between};
use crate::segments::{self, Segments};
use crate::webhooks;
use crate::work::Work;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// What is absent has its default: the document is the whole of every rule it names.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Each as it is sent to `POST /api/rules`, with `segment: group/reference`, `template`, `webhook` and `rule` by name.
    pub rules: Vec<Map<String, Value>>,
}

/// What applying a document did, or would do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Applied {
    pub created: usize,
    pub changed: usize,
    pub unchanged: usize,
    pub removed: usize,
    pub differences: Vec<Difference>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    pub change: Change,
    pub name: String,
    /// What is other, of a rule that stays.
    pub parts: Vec<Part>,
}

const RULES_MAX: usize = 1_000;

pub fn export(work: &mut Work<'_>) -> Result<Document, Error> {
    let rules = super::all(work)?;
    let names = Names::of_rules(work, &rules)?;
    let document = |rule: &Rule| {
        let mut value = json!(Draft::of(rule));
        names.to_names(&mut value);
        drop_defaults(value)
    };
    Ok(Document { rules: rules.iter().map(document).collect() })
}

/// What has its default need not be said.
fn drop_defaults(value: Value) -> Map<String, Value> {
    let Value::Object(mut rule) = value else { return Map::new() };
    let is_default = |name: &str, value: &Value| match name {
        _ if value.is_null() => true,
        "reentry" => *value == json!({"policy": "always"}),
        "holdout" => *value == json!(0),
        "stopProcessing" | "active" => *value == json!(false),
        "condition" => *value == json!({"all": []}),
        "actions" | "steps" => *value == json!([]),
        "description" => *value == json!(""),
        _ => false,
    };
    rule.retain(|name, value| !is_default(name, value));
    rule
}

/// Brings about what the document says; takes rules away that it does not name if `prune`.
pub fn apply(work: &mut Work<'_>, document: &Document, prune: bool) -> Result<Applied, Error> {
    let mut wanted = read(document)?;
    let standing: HashMap<String, Rule> = super::all(work)?.into_iter().map(|rule| (rule.name.clone(), rule)).collect();
    let before: HashMap<String, Map<String, Value>> =
        export(work)?.rules.into_iter().filter_map(|rule| Some((name_of(&rule)?, rule))).collect();
    let mut applied = Applied { created: 0, changed: 0, unchanged: 0, removed: 0, differences: Vec::new() };
    // Those that start others come after them.
    while !wanted.is_empty() {
        let names = Names::of_document(work, document)?;
        let open: BTreeSet<String> = wanted.iter().map(|(_, name, _)| name.clone()).collect();
        let (ready, later): (Vec<_>, Vec<_>) =
            wanted.into_iter().partition(|(_, name, rule)| !started(&json!(rule)).iter().any(|one| one != name && open.contains(one)));
        if ready.is_empty() {
            let place = later.first().map_or(0, |(place, ..)| *place);
            return Err(Error::invalid(format!("/rules/{place}"), "circle", "these rules start one another"));
        }
        for (place, name, rule) in ready {
            let difference = apply_one(work, &names, place, &rule, standing.get(&name), before.get(&name))?;
            match difference.change {
                Change::Created => applied.created += 1,
                Change::Changed => applied.changed += 1,
                Change::Unchanged | Change::Removed => applied.unchanged += 1,
            }
            applied.differences.push(difference);
        }
        wanted = later;
    }
    if prune {
        let named: BTreeSet<String> = document.rules.iter().filter_map(name_of).collect();
        let mut gone: Vec<&Rule> = standing.values().filter(|rule| !named.contains(&rule.name)).collect();
        gone.sort_by_key(|rule| std::cmp::Reverse(rule.id));
        for rule in gone {
            super::remove(work, rule.id)?;
            applied.removed += 1;
            applied.differences.push(Difference { change: Change::Removed, name: rule.name.clone(), parts: Vec::new() });
        }
    }
    Ok(applied)
}

type Wanted = (usize, String, Map<String, Value>);

fn read(document: &Document) -> Result<Vec<Wanted>, Error> {
    if RULES_MAX < document.rules.len() {
        return Err(Error::invalid("/rules", "too_many", format!("at most {RULES_MAX} rules")));
    }
    let mut problems = Vec::new();
    let mut wanted: Vec<Wanted> = Vec::new();
    for (place, rule) in document.rules.iter().enumerate() {
        match name_of(rule) {
            Some(name) if wanted.iter().any(|(_, other, _)| *other == name) => {
                problems.push(Problem::new(format!("/rules/{place}/name"), "duplicate", "another rule of the document has this name"));
            }
            Some(name) => wanted.push((place, name, rule.clone())),
            None => problems.push(Problem::new(format!("/rules/{place}/name"), "missing", "a rule has a name")),
        }
    }
    if problems.is_empty() { Ok(wanted) } else { Err(Error::Invalid(problems)) }
}

fn name_of(rule: &Map<String, Value>) -> Option<String> {
    Some(rule.get("name")?.as_str()?.trim().to_owned())
}

fn apply_one(
    work: &mut Work<'_>,
    names: &Names,
    place: usize,
    rule: &Map<String, Value>,
    standing: Option<&Rule>,
    before: Option<&Map<String, Value>>,
) -> Result<Difference, Error> {
    let path = format!("/rules/{place}");
    let name = name_of(rule).unwrap_or_default();
    let mut value = json!(rule);
    let mut problems = Vec::new();
    names.to_ids(&mut value, &path, &mut problems);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let mut draft: Draft = http::shaped(value).map_err(|error| super::simulate::under(&path, error))?;
    draft.position = draft.position.or(standing.map(|rule| rule.position));
    let mut after = json!(draft);
    names.to_names(&mut after);
    let after = drop_defaults(after);
    let parts = before.map(|before| parts_between(&json!(before), &json!(after))).unwrap_or_default();
    let change = match (standing, parts.is_empty()) {
        (None, _) => Change::Created,
        (Some(_), true) => Change::Unchanged,
        (Some(_), false) => Change::Changed,
    };
    let done = match (change, standing) {
        (Change::Created, _) => super::create(work, draft).map(drop),
        (Change::Changed, Some(rule)) => super::update(work, rule.id, &json!(draft), &IfMatch(None), Running::Finish).map(drop),
        _ => Ok(()),
    };
    done.map_err(|error| super::simulate::under(&path, error))?;
    Ok(Difference { change, name, parts })
}

/// The names of the rules that a rule starts.
fn started(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    match value {
        Value::Object(members) => {
            if members.get("type") == Some(&json!("start_rule")) {
                found.extend(members.get("rule").and_then(Value::as_str).map(str::to_owned));
            }
            members.values().for_each(|member| found.extend(started(member)));
        }
        Value::Array(entries) => entries.iter().for_each(|entry| found.extend(started(entry))),
        _ => {}
    }
    found
}

/// Ids and names of what rules refer to.
struct Names {
    segments: Arc<Segments>,
    groups: HashMap<i64, String>,
    by_kind: HashMap<&'static str, Both>,
}

/// Names by id, and ids by name.
type Both = (HashMap<i64, String>, HashMap<String, i64>);

/// The member of an action that holds an id, and the one that holds a name.
const KINDS: [(&str, &str); 3] = [("templateId", "template"), ("webhookId", "webhook"), ("ruleId", "rule")];

impl Names {
    fn of_rules(work: &mut Work<'_>, rules: &[Rule]) -> Result<Names, Error> {
        let templates: Vec<TemplateId> = rules.iter().flat_map(|rule| rule.definition.template_ids()).collect();
        let hooks: Vec<WebhookId> = rules.iter().flat_map(|rule| rule.definition.webhook_ids()).collect();
        let templates = mail::template_names(work, &templates)?.into_iter().map(|(id, name)| (id.0, name));
        let templates: Vec<(i64, String)> = templates.collect();
        let hooks: Vec<(i64, String)> = webhooks::names(work, &hooks)?.into_iter().map(|(id, name)| (id.0, name)).collect();
        Names::new(work, templates, hooks)
    }

    fn of_document(work: &mut Work<'_>, document: &Document) -> Result<Names, Error> {
        let mut named = Named::default();
        document.rules.iter().for_each(|rule| named.gather(&json!(rule)));
        let templates = mail::templates_named(work, &named.templates)?.into_iter().map(|(name, id)| (id.0, name)).collect();
        let hooks = webhooks::all_named(work, &named.webhooks)?.into_iter().map(|(name, id)| (id.0, name)).collect();
        Names::new(work, templates, hooks)
    }

    fn new(work: &mut Work<'_>, templates: Vec<(i64, String)>, hooks: Vec<(i64, String)>) -> Result<Names, Error> {
        let rules = work.definitions::<Stored>()?;
        let rules: Vec<(i64, String)> = rules.all.iter().map(|stored| (stored.rule.id.0, stored.rule.name.clone())).collect();
        let both = |pairs: Vec<(i64, String)>| {
            let by_name = pairs.iter().map(|(id, name)| (name.clone(), *id)).collect();
            (pairs.into_iter().collect(), by_name)
        };
        let by_kind = HashMap::from([("template", both(templates)), ("webhook", both(hooks)), ("rule", both(rules))]);
        let groups = segments::groups(work)?.into_iter().map(|group| (group.id.0, group.reference)).collect();
        Ok(Names { segments: segments::all(work)?, groups, by_kind })
    }

    /// `group/reference`, if that means this segment alone.
    fn segment_name(&self, id: i64) -> Option<String> {
        let segment = self.segments.all.iter().find(|one| one.id.0 == id)?;
        let name = format!("{}/{}", self.groups.get(&segment.group_id.0)?, segment.reference);
        (self.segment_ids(&name) == [id]).then_some(name)
    }

    fn segment_ids(&self, name: &str) -> Vec<i64> {
        let is_meant = |one: &&crate::segments::Segment| {
            self.groups.get(&one.group_id.0).is_some_and(|group| name.strip_prefix(group.as_str()) == Some(&format!("/{}", one.reference)))
        };
        self.segments.all.iter().filter(is_meant).map(|one| one.id.0).collect()
    }

    fn to_names(&self, value: &mut Value) {
        match value {
            Value::Object(members) => {
                for (id_key, name_key) in KINDS {
                    let name = members.get(id_key).and_then(Value::as_i64).and_then(|id| self.by_kind[name_key].0.get(&id));
                    if let Some(name) = name.cloned() {
                        members.shift_remove(id_key);
                        members.insert(name_key.to_owned(), json!(name));
                    }
                }
                if let Some(name) = members.get("segmentId").and_then(Value::as_i64).and_then(|id| self.segment_name(id)) {
                    members.shift_remove("segmentId");
                    members.insert("segment".to_owned(), json!(name));
                }
                self.leaf_to_reference(members);
                members.values_mut().for_each(|member| self.to_names(member));
            }
            Value::Array(entries) => entries.iter_mut().for_each(|entry| self.to_names(entry)),
            _ => {}
        }
    }

    /// A condition names a segment by its reference, where that means one alone.
    fn leaf_to_reference(&self, leaf: &mut Map<String, Value>) {
        let id = leaf.get("id").and_then(Value::as_i64).filter(|_| leaf.get("fact") == Some(&json!("segment")));
        let Some(segment) = id.and_then(|id| self.segments.all.iter().find(|one| one.id.0 == id)) else { return };
        if self.segments.all.iter().filter(|one| one.reference == segment.reference).count() == 1 {
            leaf.shift_remove("id");
            leaf.insert("reference".to_owned(), json!(segment.reference));
        }
    }

    fn to_ids(&self, value: &mut Value, path: &str, problems: &mut Vec<Problem>) {
        match value {
            Value::Object(members) => {
                let is_action = members.contains_key("type");
                for (id_key, name_key) in KINDS.into_iter().filter(|_| is_action) {
                    let Some(name) = members.get(name_key).and_then(Value::as_str).map(str::to_owned) else { continue };
                    match self.by_kind[name_key].1.get(&name) {
                        Some(id) => {
                            members.shift_remove(name_key);
                            members.insert(id_key.to_owned(), json!(id));
                        }
                        None => {
                            problems.push(Problem::new(format!("{path}/{name_key}"), "unknown", format!("there is no {name_key} {name:?}")))
                        }
                    }
                }
                if let Some(name) = members.get("segment").and_then(Value::as_str).filter(|_| is_action).map(str::to_owned) {
                    match self.segment_ids(&name)[..] {
                        [id] => {
                            members.shift_remove("segment");
                            members.insert("segmentId".to_owned(), json!(id));
                        }
                        [] => problems.push(Problem::new(
                            format!("{path}/segment"),
                            "unknown_segment",
                            format!("there is no segment {name:?}"),
                        )),
                        _ => problems.push(Problem::new(format!("{path}/segment"), "ambiguous", format!("several segments are {name:?}"))),
                    }
                }
                for (key, member) in members.iter_mut() {
                    self.to_ids(member, &format!("{path}/{key}"), problems);
                }
            }
            Value::Array(entries) => {
                for (place, entry) in entries.iter_mut().enumerate() {
                    self.to_ids(entry, &format!("{path}/{place}"), problems);
                }
            }
            _ => {}
        }
    }
}

/// The names a document uses.
#[derive(Default)]
struct Named {
    templates: Vec<String>,
    webhooks: Vec<String>,
}

impl Named {
    fn gather(&mut self, value: &Value) {
        match value {
            Value::Object(members) => {
                self.templates.extend(members.get("template").and_then(Value::as_str).map(str::to_owned));
                self.webhooks.extend(members.get("webhook").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|member| self.gather(member));
            }
            Value::Array(entries) => entries.iter().for_each(|entry| self.gather(entry)),
            _ => {}
        }
    }
}

/// The rule that somebody means: by its name, or its id.
pub fn named(work: &mut Work<'_>, text: &str) -> Result<Option<RuleId>, Error> {
    let rules = super::all(work)?;
    let by_name = rules.iter().find(|rule| rule.name == text);
    let by_id = || text.parse().ok().and_then(|id| rules.iter().find(|rule| rule.id == RuleId(id)));
    Ok(by_name.or_else(by_id).map(|rule| rule.id))
}
