//! A rule as people write it and as it is kept: when (triggers), if (a condition), then (actions, each with its delay).
//! Triggers and actions are closed sets; what an action does stands in `act.rs`.

use crate::error::Problem;
use crate::ids::{ActivityId, CustomerId, RuleId, RunId, SegmentId, TemplateId};
use crate::time::Instant;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
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
    pub triggers: Vec<Trigger>,
    #[schema(value_type = Object)]
    pub condition: Value,
    pub actions: Vec<Action>,
    /// The first instant it counts.
    pub valid_from: Option<Instant>,
    /// The first instant it does not count any more.
    pub valid_until: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Rule {
    pub fn is_valid_at(&self, now: Instant) -> bool {
        self.valid_from.is_none_or(|from| from <= now) && self.valid_until.is_none_or(|until| now < until)
    }
}

/// What makes a rule look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Trigger {
    /// An activity of this type was tracked for the first time; changing one later does not count.
    NewActivity {
        #[serde(rename = "activityType")]
        activity_type: String,
    },
}

/// What a rule does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = RuleAction)]
pub enum Action {
    /// Put the customer into a manual segment.
    AddSegment {
        #[serde(rename = "segmentId")]
        segment_id: SegmentId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        delay: Option<Delay>,
    },
    /// Send the customer a mail.
    SendMail {
        #[serde(rename = "templateId")]
        template_id: TemplateId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        delay: Option<Delay>,
    },
}

impl Action {
    /// The segment it puts customers into when the rule fires, not later.
    pub fn segment_at_once(&self) -> Option<SegmentId> {
        self.segment().filter(|_| self.delay().is_none())
    }

    pub fn delay(&self) -> Option<Delay> {
        match self {
            Action::AddSegment { delay, .. } | Action::SendMail { delay, .. } => delay.filter(|delay| delay.0 > 0),
        }
    }

    pub fn segment(&self) -> Option<SegmentId> {
        match self {
            Action::AddSegment { segment_id, .. } => Some(*segment_id),
            Action::SendMail { .. } => None,
        }
    }

    pub fn template(&self) -> Option<TemplateId> {
        match self {
            Action::SendMail { template_id, .. } => Some(*template_id),
            Action::AddSegment { .. } => None,
        }
    }
}

/// Minutes an action waits; written as `2m`, `3h` or `1d`, shown in the largest unit that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, example = "2h", pattern = "^[0-9]+[mhd]$")]
pub struct Delay(pub i64);

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;
const DELAY_MAX: i64 = 730 * DAY;

impl Delay {
    pub fn parse(text: &str) -> Option<Delay> {
        let (number, unit) = match text.as_bytes().last()? {
            b'm' => (&text[..text.len() - 1], 1),
            b'h' => (&text[..text.len() - 1], HOUR),
            b'd' => (&text[..text.len() - 1], DAY),
            _ => return None,
        };
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let minutes = number.parse::<i64>().ok()?.checked_mul(unit)?;
        (minutes <= DELAY_MAX).then_some(Delay(minutes))
    }

    pub fn after(self, now: Instant) -> Instant {
        now.plus_minutes(self.0)
    }
}

impl std::fmt::Display for Delay {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            minutes if minutes > 0 && minutes % DAY == 0 => write!(out, "{}d", minutes / DAY),
            minutes if minutes > 0 && minutes % HOUR == 0 => write!(out, "{}h", minutes / HOUR),
            minutes => write!(out, "{minutes}m"),
        }
    }
}

impl Serialize for Delay {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Delay {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Delay::parse(&text).ok_or_else(|| D::Error::custom(format!("{text:?} is not a delay such as 2m, 3h or 1d, of at most 730 days")))
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
    pub actions: Vec<Action>,
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
        require(
            description.chars().count() <= DESCRIPTION_CHARS_MAX,
            "/description",
            "too_long",
            "a description has at most 5000 characters",
        );
        require(!self.triggers.is_empty(), "/triggers", "missing", "a rule has at least one trigger");
        require(self.triggers.len() <= TRIGGERS_MAX, "/triggers", "too_many", "a rule has at most 20 triggers");
        require(!self.actions.is_empty(), "/actions", "missing", "a rule has at least one action");
        require(self.actions.len() <= ACTIONS_MAX, "/actions", "too_many", "a rule has at most 20 actions");
        let is_ordered = self.valid_from.zip(self.valid_until).is_none_or(|(from, until)| from < until);
        require(is_ordered, "/validUntil", "out_of_range", "a rule ends after it begins");
        problems
    }

    pub fn of(rule: &Rule) -> Draft {
        Draft {
            name: rule.name.clone(),
            description: Some(rule.description.clone()),
            active: rule.active,
            position: Some(rule.position),
            triggers: rule.triggers.clone(),
            condition: Some(rule.condition.clone()),
            actions: rule.actions.clone(),
            valid_from: rule.valid_from,
            valid_until: rule.valid_until,
        }
    }

    /// A condition that always holds, where none was written.
    pub fn condition(&self) -> Value {
        self.condition.clone().filter(|condition| !condition.is_null()).unwrap_or_else(|| json!({"all": []}))
    }
}

/// What a rule names that could be taken away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uses {
    /// Segments it puts customers into or asks about.
    pub segments: BTreeSet<SegmentId>,
    /// Fields it asks about.
    pub fields: BTreeSet<String>,
    /// Types of activities it waits for or asks about.
    pub activity_types: BTreeSet<String>,
}

/// How a look of a rule at one event ended, or one of its actions later on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RunOutcome)]
pub enum Outcome {
    /// Its actions were done or planned.
    Fired,
    /// It fired, and at least one action could not be done.
    Failed,
    ConditionNotMet,
    OutsideValidity,
    /// A delayed action was done.
    ActionDone,
    /// A delayed action was due and could not be done.
    ActionFailed,
    /// A delayed action was due and not wanted any more.
    ActionSkipped,
}

impl Outcome {
    pub const ALL: [Outcome; 7] = [
        Outcome::Fired,
        Outcome::Failed,
        Outcome::ConditionNotMet,
        Outcome::OutsideValidity,
        Outcome::ActionDone,
        Outcome::ActionFailed,
        Outcome::ActionSkipped,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Fired => "fired",
            Outcome::Failed => "failed",
            Outcome::ConditionNotMet => "condition_not_met",
            Outcome::OutsideValidity => "outside_validity",
            Outcome::ActionDone => "action_done",
            Outcome::ActionFailed => "action_failed",
            Outcome::ActionSkipped => "action_skipped",
        }
    }

    /// Whether anything was, or should have been, done to the customer.
    pub fn is_deed(self) -> bool {
        match self {
            Outcome::Fired | Outcome::Failed | Outcome::ActionDone | Outcome::ActionFailed | Outcome::ActionSkipped => true,
            Outcome::ConditionNotMet | Outcome::OutsideValidity => false,
        }
    }
}

/// A line of the run log.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RuleRun)]
pub struct Run {
    pub id: RunId,
    pub rule_id: RuleId,
    pub customer_id: CustomerId,
    pub activity_id: Option<ActivityId>,
    pub at: Instant,
    pub outcome: Outcome,
    /// For a condition that was not met: the `version` of the rule and the `leaves` that said no, each with its `path` in the
    /// condition and what it `saw`. For actions: `actions`, each with its `position`, its `outcome` and, where there is
    /// one, the `reason`.
    #[schema(value_type = Object)]
    pub why: Value,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays() {
        check("2m", Some("2m"));
        check("120m", Some("2h"));
        check("48h", Some("2d"));
        check("25h", Some("25h"));
        check("0d", Some("0m"));
        check("731d", None);
        check("-2m", None);
        check("+2m", None);
        check("2", None);
        check("", None);
        check("2w", None);
        check("99999999999999999999d", None);

        #[track_caller]
        fn check(text: &str, shown: Option<&str>) {
            assert_eq!(Delay::parse(text).map(|delay| delay.to_string()).as_deref(), shown, "{text:?}");
        }
    }

    #[test]
    fn a_rule_counts_from_its_first_instant_until_before_its_last() {
        let rule = |from: Option<i64>, until: Option<i64>| Rule {
            id: RuleId(1),
            name: String::new(),
            description: String::new(),
            active: true,
            position: 1,
            triggers: Vec::new(),
            condition: json!({"all": []}),
            actions: Vec::new(),
            valid_from: from.map(Instant),
            valid_until: until.map(Instant),
            version: 1,
            created_at: Instant(0),
            updated_at: Instant(0),
        };
        assert!(rule(None, None).is_valid_at(Instant(5)));
        assert!(rule(Some(5), Some(6)).is_valid_at(Instant(5)));
        assert!(!rule(Some(6), None).is_valid_at(Instant(5)));
        assert!(!rule(None, Some(5)).is_valid_at(Instant(5)));
    }
}
