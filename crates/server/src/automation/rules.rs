//! Rules in memory: as they are kept, and compiled against the fields, segments and time zone of the moment.

use super::action::Deed;
use super::model::{Definition as RuleDefinition, Rule, Uses};
use super::steps::Journey;
use super::store;
use super::trigger::{Key, Trigger};
use crate::catalogue;
use crate::error::Error;
use crate::ids::RuleId;
use crate::segments::{self, Segments};
use crate::settings::{self, Fields, Settings};
use crate::work::{Definition, Work};
use condition::{Catalogue, Needs, Tree};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Rules there may be; all are kept in memory.
pub const RULES_MAX: usize = 1_000;

/// The rules as they are kept, and what was last made of them.
pub struct Stored {
    pub all: Vec<StoredRule>,
    /// Definitions of earlier versions by which something may still be planned.
    pub earlier: HashMap<(RuleId, i64), RuleDefinition>,
    ready: Mutex<Option<Arc<Rules>>>,
}

#[derive(Clone)]
pub struct StoredRule {
    pub rule: Rule,
    pub uses: Uses,
}

impl Definition for Stored {
    const KIND: &'static str = "rules";

    fn load(work: &mut Work<'_>) -> Result<Stored, Error> {
        let all: Vec<StoredRule> = store::rules(work)?.into_iter().map(|(rule, uses)| StoredRule { rule, uses }).collect();
        let mut earlier = store::versions(work)?;
        all.iter().for_each(|stored| drop(earlier.remove(&(stored.rule.id, stored.rule.version))));
        Ok(Stored { all, earlier, ready: Mutex::new(None) })
    }
}

/// A rule with its conditions compiled.
pub struct Ready {
    pub rule: Rule,
    /// Or why it cannot judge, if something it was written for has changed since.
    pub condition: Result<Tree, String>,
    /// By place: the filter of the trigger on the attributes of the activity.
    filters: Vec<Option<Tree>>,
    pub exit_when: Option<Tree>,
    pub journey: Journey,
    /// What has to be known of a customer before the rule looks at him.
    pub needs: Needs,
}

/// All rules, compiled against the fields, segments and time zone of the moment.
pub struct Rules {
    fields: Arc<Fields>,
    segments: Arc<Segments>,
    settings: Arc<Settings>,
    by_id: HashMap<RuleId, (Arc<Ready>, usize)>,
    earlier: HashMap<(RuleId, i64), Arc<Ready>>,
    by_key: HashMap<Key, Vec<(Arc<Ready>, usize)>>,
    /// Active rules with a trigger that comes for each customer at an instant of his own, with its place.
    timers: Vec<(Arc<Ready>, usize)>,
    /// Active rules that look for everyone at once.
    for_all: Vec<(Arc<Ready>, usize)>,
    /// What the conditions read that customers may be waiting for in journeys; nothing if there are no such.
    pub awaited: Option<Needs>,
}

/// The rules as this transaction sees them. Compiled anew when rules, fields, segments or settings have changed.
pub fn current(work: &mut Work<'_>) -> Result<Arc<Rules>, Error> {
    let stored = work.definitions::<Stored>()?;
    let (fields, segments, settings) = (settings::fields(work)?, segments::all(work)?, settings::all(work)?);
    let known = stored.ready.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some(rules) = known
        && Arc::ptr_eq(&rules.fields, &fields)
        && Arc::ptr_eq(&rules.segments, &segments)
        && Arc::ptr_eq(&rules.settings, &settings)
    {
        return Ok(rules);
    }
    let catalogue = catalogue::get(work)?;
    let rules = Arc::new(Rules::new(&stored, &catalogue, fields, segments, settings));
    *stored.ready.lock().unwrap_or_else(PoisonError::into_inner) = Some(rules.clone());
    Ok(rules)
}

impl Rules {
    fn new(stored: &Stored, catalogue: &Catalogue, fields: Arc<Fields>, segments: Arc<Segments>, settings: Arc<Settings>) -> Rules {
        let mut rules = Rules {
            fields,
            segments,
            settings,
            by_id: HashMap::new(),
            earlier: HashMap::new(),
            by_key: HashMap::new(),
            timers: Vec::new(),
            for_all: Vec::new(),
            awaited: None,
        };
        let mut awaited = Needs::default();
        for StoredRule { rule, .. } in &stored.all {
            let ready = Arc::new(Ready::new(rule.clone(), catalogue));
            rules.by_id.insert(rule.id, (ready.clone(), 0));
            awaited.merge(&ready.journey.awaited);
            if rule.active {
                rules.list(&ready);
            }
        }
        for ((rule, version), definition) in &stored.earlier {
            // What a rule that is gone has planned is dropped when due.
            if let Some((newest, _)) = rules.by_id.get(rule) {
                let rule = Rule { definition: definition.clone(), version: *version, ..newest.rule.clone() };
                let ready = Arc::new(Ready::new(rule, catalogue));
                awaited.merge(&ready.journey.awaited);
                rules.earlier.insert((ready.rule.id, *version), ready);
            }
        }
        rules.awaited = (awaited != Needs::default()).then_some(awaited);
        rules
    }

    fn list(&mut self, ready: &Arc<Ready>) {
        for (place, trigger) in ready.rule.definition.triggers.iter().enumerate() {
            if let Some(key) = trigger.key() {
                self.by_key.entry(key).or_default().push((ready.clone(), place));
            }
            if trigger.is_timer() {
                self.timers.push((ready.clone(), place));
            }
            if trigger.is_for_all() {
                self.for_all.push((ready.clone(), place));
            }
        }
    }

    /// Triggers of active rules that may mean this, in the order of the rules.
    pub fn waiting(&self, key: &Key) -> &[(Arc<Ready>, usize)] {
        self.by_key.get(key).map_or(&[], Vec::as_slice)
    }

    pub fn get(&self, rule: RuleId) -> Option<&Arc<Ready>> {
        self.by_id.get(&rule).map(|(ready, _)| ready)
    }

    /// The same beside the place of its first trigger.
    pub fn by_itself(&self, rule: RuleId) -> Option<&(Arc<Ready>, usize)> {
        self.by_id.get(&rule)
    }

    /// The rule as it was in a version.
    pub fn version(&self, rule: RuleId, version: i64) -> Option<&Arc<Ready>> {
        self.get(rule).filter(|ready| ready.rule.version == version).or_else(|| self.earlier.get(&(rule, version)))
    }

    pub fn timers(&self) -> impl Iterator<Item = (&Arc<Ready>, i64, &Trigger)> {
        self.timers.iter().map(|(ready, place)| (ready, *place as i64, &ready.rule.definition.triggers[*place]))
    }

    pub fn for_all(&self) -> impl Iterator<Item = (&Arc<Ready>, i64, &Trigger)> {
        self.for_all.iter().map(|(ready, place)| (ready, *place as i64, &ready.rule.definition.triggers[*place]))
    }
}

impl Ready {
    pub fn new(rule: Rule, catalogue: &Catalogue) -> Ready {
        let definition = &rule.definition;
        let mut needs = Needs::default();
        let told = |path: &str, problems: Vec<condition::Problem>| {
            problems.first().map(|problem| format!("{path}{}: {}", problem.path, problem.message)).unwrap_or_default()
        };
        let mut compile = |path: &str, json: &Value| {
            let tree = condition::check_with_trigger(json, catalogue).map_err(|problems| told(path, problems))?;
            needs.merge(&condition::needs(&tree));
            Ok(tree)
        };
        let mut condition = compile("", &definition.condition);
        let mut broken = None;
        let mut part = |path: &str, json: &Value| compile(path, json).map_err(|problem: String| broken = Some(problem)).ok();
        let exit_when = definition.exit_when.as_ref().and_then(|json| part("/exitWhen", json));
        let filters = definition.triggers.iter().map(|trigger| trigger.filter().and_then(|json| part("/triggers", json))).collect();
        let journey = Journey::compile(&definition.steps, catalogue).map_err(|problem| broken = Some(problem)).unwrap_or_default();
        needs.merge(&journey.needs);
        needs.fields.extend(definition.deeds().into_iter().flat_map(|(_, deed)| fields_of(deed)));
        if let Some(problem) = broken {
            condition = Err(problem);
        }
        Ready { condition, filters, exit_when, journey, needs, rule }
    }

    /// The filter of a trigger on the attributes of the activity.
    pub fn filter(&self, place: usize) -> Option<&Tree> {
        self.filters.get(place).and_then(Option::as_ref)
    }
}

/// Fields that have to be known to carry an action out.
fn fields_of(deed: &Deed) -> Vec<String> {
    let mut fields = Vec::new();
    if deed.asks_for_profiling_consent() {
        fields.push("profilingConsent".to_owned());
    }
    if let Deed::SendMail { template_name: Some(name), .. } = deed {
        fields.extend(super::placeholders::names(name));
    }
    fields
}
