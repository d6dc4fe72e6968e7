//! The rules in memory, ready to judge: conditions compiled, active ones by the type of activity they wait for.

use super::model::{Rule, Trigger};
use super::store;
use crate::catalogue;
use crate::error::Error;
use crate::ids::{SegmentId, TemplateId};
use crate::work::{Definition, Work};
use condition::{Catalogue, Needs, Tree};
use std::collections::HashMap;
use std::sync::Arc;

/// Rules there may be; all are kept in memory.
pub const RULES_MAX: usize = 1_000;

/// A rule with its condition compiled.
pub struct Ready {
    pub rule: Rule,
    /// Segments it puts customers into or asks about.
    pub segments: Vec<SegmentId>,
    /// Why it cannot judge, if something it was written for changed since.
    pub condition: Result<Tree, String>,
    pub needs: Needs,
}

pub struct Rules {
    /// What the conditions were compiled against.
    catalogue: Arc<Catalogue>,
    pub all: Vec<Arc<Ready>>,
    by_activity_type: HashMap<String, Vec<Arc<Ready>>>,
}

impl Definition for Rules {
    const KIND: &'static str = "rules";

    fn load(work: &mut Work<'_>) -> Result<Rules, Error> {
        let catalogue = catalogue::get(work)?;
        let stored = store::rules(work)?;
        let all = stored.into_iter().map(|(rule, segments)| Arc::new(Ready::new(rule, segments, &catalogue))).collect();
        Ok(Rules::new(catalogue, all))
    }
}

/// The rules as this transaction sees them, compiled against the fields and segments as it sees those.
pub fn current(work: &mut Work<'_>) -> Result<Arc<Rules>, Error> {
    let rules = work.definitions::<Rules>()?;
    let catalogue = catalogue::get(work)?;
    if Arc::ptr_eq(&rules.catalogue, &catalogue) || rules.catalogue == catalogue {
        return Ok(rules);
    }
    let again = |ready: &Arc<Ready>| Arc::new(Ready::new(ready.rule.clone(), ready.segments.clone(), &catalogue));
    let all = rules.all.iter().map(again).collect();
    Ok(Arc::new(Rules::new(catalogue, all)))
}

impl Rules {
    fn new(catalogue: Arc<Catalogue>, all: Vec<Arc<Ready>>) -> Rules {
        let mut by_activity_type: HashMap<String, Vec<Arc<Ready>>> = HashMap::new();
        for ready in all.iter().filter(|ready| ready.rule.active) {
            for trigger in &ready.rule.triggers {
                match trigger {
                    Trigger::NewActivity { activity_type } => {
                        let waiting = by_activity_type.entry(activity_type.clone()).or_default();
                        // Two triggers for one event make one run.
                        if !waiting.iter().any(|other| other.rule.id == ready.rule.id) {
                            waiting.push(ready.clone());
                        }
                    }
                }
            }
        }
        Rules { catalogue, all, by_activity_type }
    }

    /// The active rules that wait for this type, in their order.
    pub fn for_activity(&self, kind: &str) -> &[Arc<Ready>] {
        self.by_activity_type.get(kind).map_or(&[], Vec::as_slice)
    }

    pub fn zone(&self) -> &jiff::tz::TimeZone {
        &self.catalogue.zone
    }

    /// The names of the rules that put customers into a segment or ask about it.
    pub fn using_segment(&self, segment: SegmentId) -> Vec<&str> {
        self.all.iter().filter(|ready| ready.segments.contains(&segment)).map(|ready| ready.rule.name.as_str()).collect()
    }

    /// The names of the rules that send a mail made from a template.
    pub fn using_template(&self, template: TemplateId) -> Vec<&str> {
        let sends = |ready: &Ready| ready.rule.actions.iter().any(|action| action.template() == Some(template));
        self.all.iter().filter(|ready| sends(ready)).map(|ready| ready.rule.name.as_str()).collect()
    }

    /// The names of the rules that wait for activities of a type.
    pub fn using_activity_type(&self, kind: &str) -> Vec<&str> {
        let waits = |ready: &Ready| ready.rule.triggers.iter().any(|trigger| trigger.activity_type() == Some(kind));
        self.all.iter().filter(|ready| waits(ready)).map(|ready| ready.rule.name.as_str()).collect()
    }
}

impl Ready {
    pub fn new(rule: Rule, segments: Vec<SegmentId>, catalogue: &Catalogue) -> Ready {
        let compiled = condition::check_with_trigger(&rule.condition, catalogue);
        let needs = compiled.as_ref().map(condition::needs).unwrap_or_default();
        let condition = compiled.map_err(|problems| {
            problems.first().map(|problem| format!("{}: {}", problem.path, problem.message)).unwrap_or_default()
        });
        Ready { rule, segments, condition, needs }
    }
}
