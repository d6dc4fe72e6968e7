//! The rules in memory, ready to judge: conditions compiled, active ones by the type of activity they wait for.

use super::model::{Rule, Trigger, Uses};
use super::store;
use crate::catalogue;
use crate::error::Error;
use crate::segments::{self, Segments};
use crate::settings::{self, Fields, Settings};
use crate::work::{Definition, Work};
use condition::{Catalogue, Needs, Tree};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Rules there may be; all are kept in memory.
pub const RULES_MAX: usize = 1_000;

/// The rules as they are kept, and what was last made of them.
pub struct Stored {
    pub all: Vec<StoredRule>,
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
        let all = store::rules(work)?.into_iter().map(|(rule, uses)| StoredRule { rule, uses }).collect();
        Ok(Stored { all, ready: Mutex::new(None) })
    }
}

/// A rule with its condition compiled.
pub struct Ready {
    pub rule: Rule,
    /// Or why it cannot judge, if something it was written for has changed since.
    pub condition: Result<Tree, String>,
    pub needs: Needs,
}

/// All rules, compiled against the fields, segments and time zone of the moment.
pub struct Rules {
    fields: Arc<Fields>,
    segments: Arc<Segments>,
    settings: Arc<Settings>,
    by_activity_type: HashMap<String, Vec<Arc<Ready>>>,
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
    let by_activity_type = by_activity_type(&stored.all, &catalogue);
    let rules = Arc::new(Rules { fields, segments, settings, by_activity_type });
    *stored.ready.lock().unwrap_or_else(PoisonError::into_inner) = Some(rules.clone());
    Ok(rules)
}

fn by_activity_type(all: &[StoredRule], catalogue: &Catalogue) -> HashMap<String, Vec<Arc<Ready>>> {
    let mut by_type: HashMap<String, Vec<Arc<Ready>>> = HashMap::new();
    for stored in all.iter().filter(|stored| stored.rule.active) {
        let ready = Arc::new(Ready::new(stored.rule.clone(), catalogue));
        for trigger in &ready.rule.triggers {
            match trigger {
                Trigger::NewActivity { activity_type } => {
                    let waiting = by_type.entry(activity_type.clone()).or_default();
                    // Two triggers for one event make one run.
                    if !waiting.iter().any(|other| other.rule.id == ready.rule.id) {
                        waiting.push(ready.clone());
                    }
                }
            }
        }
    }
    by_type
}

impl Rules {
    /// The active rules that wait for this type, in their order.
    pub fn for_activity(&self, kind: &str) -> &[Arc<Ready>] {
        self.by_activity_type.get(kind).map_or(&[], Vec::as_slice)
    }
}

impl Ready {
    pub fn new(rule: Rule, catalogue: &Catalogue) -> Ready {
        let compiled = condition::check_with_trigger(&rule.condition, catalogue);
        let needs = compiled.as_ref().map(condition::needs).unwrap_or_default();
        let condition = compiled
            .map_err(|problems| problems.first().map(|problem| format!("{}: {}", problem.path, problem.message)).unwrap_or_default());
        Ready { rule, condition, needs }
    }
}
