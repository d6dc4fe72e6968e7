//! How a look of a rule ended: a line of the run log.

use super::incident::Environment;
use crate::ids::{ActivityId, CustomerId, RuleId, RunId};
use crate::time::Instant;
use condition::Shown;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// How a look of a rule at one event ended, or one of its actions or steps later on.
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
    /// It would have fired, and the customer is among those for whom it never does anything.
    HeldOut,
    /// It would have fired, and has done so for this customer already.
    NotAgain,
    /// It would have fired, and an earlier rule said that no other one shall.
    Stopped,
    /// It would have fired, and too many rules had led to one another already.
    TooDeep,
    /// A delayed action was done.
    ActionDone,
    /// A delayed action was due and could not be done.
    ActionFailed,
    /// A delayed action was due and not wanted any more.
    ActionSkipped,
    /// Somebody went on in a journey.
    WentOn,
    /// Somebody left a journey before its end.
    Exited,
    /// Somebody came to the end of a journey.
    Finished,
    /// What was planned was taken back by a person.
    Cancelled,
}

impl Outcome {
    pub const ALL: [Outcome; 15] = [
        Outcome::Fired,
        Outcome::Failed,
        Outcome::ConditionNotMet,
        Outcome::OutsideValidity,
        Outcome::HeldOut,
        Outcome::NotAgain,
        Outcome::Stopped,
        Outcome::TooDeep,
        Outcome::ActionDone,
        Outcome::ActionFailed,
        Outcome::ActionSkipped,
        Outcome::WentOn,
        Outcome::Exited,
        Outcome::Finished,
        Outcome::Cancelled,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Fired => "fired",
            Outcome::Failed => "failed",
            Outcome::ConditionNotMet => "condition_not_met",
            Outcome::OutsideValidity => "outside_validity",
            Outcome::HeldOut => "held_out",
            Outcome::NotAgain => "not_again",
            Outcome::Stopped => "stopped",
            Outcome::TooDeep => "too_deep",
            Outcome::ActionDone => "action_done",
            Outcome::ActionFailed => "action_failed",
            Outcome::ActionSkipped => "action_skipped",
            Outcome::WentOn => "went_on",
            Outcome::Exited => "exited",
            Outcome::Finished => "finished",
            Outcome::Cancelled => "cancelled",
        }
    }

    /// Whether anything was, or should have been, done to the customer.
    pub fn is_deed(self) -> bool {
        match self {
            Outcome::ConditionNotMet
            | Outcome::OutsideValidity
            | Outcome::HeldOut
            | Outcome::NotAgain
            | Outcome::Stopped
            | Outcome::TooDeep => false,
            Outcome::Fired
            | Outcome::Failed
            | Outcome::ActionDone
            | Outcome::ActionFailed
            | Outcome::ActionSkipped
            | Outcome::WentOn
            | Outcome::Exited
            | Outcome::Finished
            | Outcome::Cancelled => true,
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
    /// The `version` of the rule. For a condition that was not met: the `leaves` that said no, each with its `path` in the
    /// condition and what it `saw`; with `activities`, if that is what the customer did: `withheld` from whoever may not read
    /// activities. For actions: `actions`, each with its `position` or the `path` of its step, its `outcome`
    /// and, where there is one, the `reason`. For journeys: the `path` of the step, and `until` when somebody waits there.
    #[schema(value_type = Object)]
    pub why: Value,
}

/// Lines of the log without what leaves saw of activities, where those are not shown.
pub fn shown(mut runs: Vec<Run>, shown: Shown) -> Vec<Run> {
    if shown == Shown::Everything {
        return runs;
    }
    for leaf in runs.iter_mut().filter_map(|run| run.why.get_mut("leaves")?.as_array_mut()).flatten().filter_map(Value::as_object_mut) {
        if leaf.contains_key("activities") {
            leaf.remove("saw");
            leaf.insert("withheld".to_owned(), Value::Bool(true));
        }
    }
    runs
}

/// Something a rule has planned for a customer.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RulePlan)]
pub struct PlanView {
    pub id: i64,
    pub customer_id: CustomerId,
    /// Absent when he is known by no name and no mail address.
    pub customer_name: Option<String>,
    pub rule_id: RuleId,
    pub rule_name: Option<String>,
    pub version: i64,
    pub kind: super::plans::Kind,
    /// When it goes on at the latest.
    pub due_at: Instant,
    /// Whether it may go on before, because something happens.
    pub waits_for_condition: bool,
    /// Since when the customer is under way.
    pub entered_at: Instant,
    /// The path of the action, step or trigger in the rule.
    pub path: String,
    /// What is to be done; absent for a journey that waits, and a trigger.
    #[schema(value_type = Option<Object>)]
    pub action: Option<Value>,
    pub environment: Environment,
}
