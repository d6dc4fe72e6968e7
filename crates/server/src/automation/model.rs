//! A rule as people write it and as it is kept: when (triggers), if (a condition), then (actions, or the steps of a journey).

use super::action::{Action, Deed};
use super::delay::Delay;
use super::steps::{self, Step};
use super::trigger::Trigger;
use crate::error::Problem;
use crate::ids::{RuleId, SegmentId, TemplateId, WebhookId};
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use utoipa::ToSchema;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    pub id: RuleId,
    pub name: String,
    pub description: String,
    pub active: bool,
    /// Rules act in this order, then in the order they were made.
    pub position: i64,
    #[serde(flatten)]
    pub definition: Definition,
    /// The first instant it counts.
    pub valid_from: Option<Instant>,
    /// The first instant it does not count any more.
    pub valid_until: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// What a rule looks for and does. What it plans goes on by the definition it was planned under.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RuleDefinition)]
pub struct Definition {
    pub triggers: Vec<Trigger>,
    #[schema(value_type = Object)]
    pub condition: Value,
    /// Each waits for itself. Empty for a journey.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// One after the other. Empty unless the rule is a journey.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// Who is on the journey leaves it at his next step when this holds.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub exit_when: Option<Value>,
    #[serde(default)]
    pub reentry: Reentry,
    /// Percent of the customers for whom it never does anything, always the same ones, to compare the others with.
    #[serde(default)]
    pub holdout: u8,
    /// When it fires for an event, rules after it do not.
    #[serde(default)]
    pub stop_processing: bool,
}

/// How often a rule may fire for the same customer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "policy", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = RuleReentry)]
pub enum Reentry {
    #[default]
    Always,
    Once,
    /// Once in so long a time.
    OncePer {
        period: Delay,
    },
}

impl Reentry {
    /// Whether somebody for whom it fired at `last` may come again.
    pub fn admits(self, last: Option<Instant>, now: Instant) -> bool {
        match (self, last) {
            (Reentry::Always, _) | (_, None) => true,
            (Reentry::Once, Some(_)) => false,
            (Reentry::OncePer { period }, Some(last)) => period.after(last) <= now,
        }
    }
}

impl Rule {
    pub fn is_valid_at(&self, now: Instant) -> bool {
        self.valid_from.is_none_or(|from| from <= now) && self.valid_until.is_none_or(|until| now < until)
    }
}

impl Definition {
    pub fn is_journey(&self) -> bool {
        !self.steps.is_empty()
    }

    /// Everything it can do, with the path.
    pub fn deeds(&self) -> Vec<(String, &Deed)> {
        let actions = self.actions.iter().enumerate().map(|(place, action)| (format!("/actions/{place}"), &action.deed));
        actions.chain(steps::deeds(&self.steps)).collect()
    }

    /// Every condition in it with its path, but those of triggers.
    pub fn conditions(&self) -> Vec<(String, &Value)> {
        let mut all = vec![("/condition".to_owned(), &self.condition)];
        all.extend(self.exit_when.as_ref().map(|condition| ("/exitWhen".to_owned(), condition)));
        all.extend(steps::conditions(&self.steps));
        all
    }

    pub fn template_ids(&self) -> Vec<TemplateId> {
        self.deeds().into_iter().filter_map(|(_, deed)| deed.template()).collect()
    }

    pub fn webhook_ids(&self) -> Vec<WebhookId> {
        self.deeds().into_iter().filter_map(|(_, deed)| deed.webhook()).collect()
    }

    /// Whether its condition holds for everybody.
    pub fn is_unconditional(&self) -> bool {
        self.condition == json!({"all": []})
    }
}

/// What a person writes of a rule.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = RuleDraft)]
pub struct Draft {
    pub name: String,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub active: bool,
    /// Absent: after all others.
    #[serde(default)]
    pub position: Option<i64>,
    pub triggers: Vec<Trigger>,
    /// Absent: always.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub condition: Option<Value>,
    /// What it does, each by itself; or else `steps`.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// What it does one after the other.
    #[serde(default)]
    pub steps: Vec<Step>,
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub exit_when: Option<Value>,
    #[serde(default)]
    pub reentry: Reentry,
    /// 0 to 99.
    #[serde(default)]
    pub holdout: u8,
    #[serde(default)]
    pub stop_processing: bool,
    #[serde(default)]
    pub valid_from: Option<Instant>,
    #[serde(default)]
    pub valid_until: Option<Instant>,
}

const NAME_CHARS_MAX: usize = 200;
const DESCRIPTION_CHARS_MAX: usize = 5_000;
pub const TRIGGERS_MAX: usize = 20;
pub const ACTIONS_MAX: usize = 20;

impl Draft {
    /// What is wrong with it before anyone looks at what it refers to.
    pub fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut require = |holds: bool, path: &str, code: &str, message: &str| {
            if !holds {
                problems.push(Problem::new(path, code, message));
            }
        };
        let description = self.description.as_deref().unwrap_or_default();
        require(!self.name.trim().is_empty(), "/name", "missing", "a rule has a name");
        require(self.name.chars().count() <= NAME_CHARS_MAX, "/name", "too_long", "a name has at most 200 characters");
        let is_short = description.chars().count() <= DESCRIPTION_CHARS_MAX;
        require(is_short, "/description", "too_long", "a description has at most 5000 characters");
        require(!self.triggers.is_empty(), "/triggers", "missing", "a rule has at least one trigger");
        require(self.triggers.len() <= TRIGGERS_MAX, "/triggers", "too_many", "a rule has at most 20 triggers");
        let does_something = !self.actions.is_empty() || !self.steps.is_empty();
        require(does_something, "/actions", "missing", "a rule has at least one action");
        require(self.actions.is_empty() || self.steps.is_empty(), "/steps", "misplaced", "a rule has actions or steps, not both");
        require(self.actions.len() <= ACTIONS_MAX, "/actions", "too_many", "a rule has at most 20 actions");
        require(self.holdout < 100, "/holdout", "out_of_range", "a holdout is 0 to 99 percent");
        let is_ordered = self.valid_from.zip(self.valid_until).is_none_or(|(from, until)| from < until);
        require(is_ordered, "/validUntil", "out_of_range", "a rule ends after it begins");
        let has_period = !matches!(self.reentry, Reentry::OncePer { period } if period.0 == 0);
        require(has_period, "/reentry/period", "out_of_range", "a period is longer than nothing");
        let asks_all = self.triggers.iter().any(Trigger::is_for_all);
        let is_narrowed = !self.definition().is_unconditional();
        require(
            !asks_all || is_narrowed,
            "/condition",
            "missing",
            "a rule that looks for everyone at once has a condition; one that means everyone says so, such as: the id is set",
        );
        require(self.exit_when.is_none() || !self.steps.is_empty(), "/exitWhen", "misplaced", "only a journey can be left");
        problems.extend(steps::check(&self.steps));
        problems
    }

    pub fn of(rule: &Rule) -> Draft {
        let Definition { triggers, condition, actions, steps, exit_when, reentry, holdout, stop_processing } = rule.definition.clone();
        Draft {
            name: rule.name.clone(),
            description: Some(rule.description.clone()),
            active: rule.active,
            position: Some(rule.position),
            triggers,
            condition: Some(condition),
            actions,
            steps,
            exit_when,
            reentry,
            holdout,
            stop_processing,
            valid_from: rule.valid_from,
            valid_until: rule.valid_until,
        }
    }

    pub fn definition(&self) -> Definition {
        let is_there = |condition: &Value| !condition.is_null();
        Definition {
            triggers: self.triggers.clone(),
            condition: self.condition.clone().filter(is_there).unwrap_or_else(|| json!({"all": []})),
            actions: self.actions.clone(),
            steps: self.steps.clone(),
            exit_when: self.exit_when.clone().filter(is_there),
            reentry: self.reentry,
            holdout: self.holdout,
            stop_processing: self.stop_processing,
        }
    }
}

/// What a rule names that could be taken away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uses {
    /// Segments it waits for, puts customers into or asks about.
    pub segments: BTreeSet<SegmentId>,
    /// Fields it waits for, sets or asks about.
    pub fields: BTreeSet<String>,
    /// Types of activities it waits for, tracks or asks about.
    pub activity_types: BTreeSet<String>,
    /// Rules it starts.
    #[serde(default)]
    pub rules: BTreeSet<RuleId>,
}

#[cfg(test)]
impl Rule {
    /// A rule that does nothing.
    pub fn example(id: i64, condition: Value) -> Rule {
        Rule {
            id: RuleId(id),
            name: String::new(),
            description: String::new(),
            active: true,
            position: id,
            definition: Definition {
                triggers: Vec::new(),
                condition,
                actions: Vec::new(),
                steps: Vec::new(),
                exit_when: None,
                reentry: Reentry::Always,
                holdout: 0,
                stop_processing: false,
            },
            valid_from: None,
            valid_until: None,
            version: 1,
            created_at: Instant(0),
            updated_at: Instant(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_counts_from_its_first_instant_until_before_its_last() {
        let rule = |from: Option<i64>, until: Option<i64>| Rule {
            valid_from: from.map(Instant),
            valid_until: until.map(Instant),
            ..Rule::example(1, json!({"all": []}))
        };
        assert!(rule(None, None).is_valid_at(Instant(5)));
        assert!(rule(Some(5), Some(6)).is_valid_at(Instant(5)));
        assert!(!rule(Some(6), None).is_valid_at(Instant(5)));
        assert!(!rule(None, Some(5)).is_valid_at(Instant(5)));
    }

    #[test]
    fn who_may_come_again() {
        let hour = Reentry::OncePer { period: Delay(60) };
        let (start, later) = (Instant(0), Instant(0).plus_minutes(60));
        assert!(Reentry::Always.admits(Some(start), start));
        assert!(Reentry::Once.admits(None, start) && !Reentry::Once.admits(Some(start), later));
        assert!(!hour.admits(Some(start), Instant(later.0 - 1)) && hour.admits(Some(start), later));
    }
}
