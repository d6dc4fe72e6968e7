//! What a rule can do, and when. What each action does stands in `act.rs`.

use super::delay::{Delay, TimeOfDay};
use crate::ids::{RuleId, SegmentId, TemplateId, WebhookId};
use crate::subscriptions::Status;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Something to do, at once or later.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = RuleAction)]
pub struct Action {
    #[serde(flatten)]
    pub deed: Deed,
    #[serde(flatten)]
    pub timing: Timing,
}

/// When an action of a rule is done. In a journey the steps before it say so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = RuleActionTiming)]
pub struct Timing {
    /// Absent: when the rule fires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<Delay>,
    /// After the delay, at this time of day where the customer lives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<TimeOfDay>,
    /// When it comes due, do it only if the condition of the rule holds (still).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recheck: bool,
    /// When it comes due, do it also if the rule has been switched off.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub even_if_inactive: bool,
}

impl Timing {
    const NAMES: [&str; 4] = ["delay", "at", "recheck", "evenIfInactive"];

    pub fn is_later(&self) -> bool {
        self.at.is_some() || self.delay.is_some_and(|delay| delay.0 > 0)
    }
}

impl<'de> Deserialize<'de> for Action {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut whole = Map::<String, Value>::deserialize(from)?;
        let timing: Map<String, Value> = Timing::NAMES.iter().filter_map(|name| whole.remove_entry(*name)).collect();
        let part = |error: serde_path_to_error::Error<serde_json::Error>| match error.path().to_string().as_str() {
            "." | "?" => D::Error::custom(error.inner()),
            path => D::Error::custom(format!("{path}: {}", error.inner())),
        };
        Ok(Action {
            deed: serde_path_to_error::deserialize(Value::Object(whole)).map_err(part)?,
            timing: serde_path_to_error::deserialize(Value::Object(timing)).map_err(part)?,
        })
    }
}

/// What is done. New ones are added here; the compiler then names every place that has to answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = RuleDeed)]
pub enum Deed {
    /// Put the customer into a manual segment.
    #[serde(rename_all = "camelCase")]
    AddSegment {
        segment_id: SegmentId,
        /// Take him out of the other segments of its group.
        #[serde(default, skip_serializing_if = "is_false")]
        remove_others: bool,
        /// Count one more application, as of now.
        #[serde(default, skip_serializing_if = "is_false")]
        increase_counter: bool,
        /// Leave customers alone who have not consented to profiling.
        #[serde(default, skip_serializing_if = "is_false")]
        consider_profiling_consent: bool,
    },
    /// Take the customer out of a manual segment.
    #[serde(rename_all = "camelCase")]
    RemoveSegment {
        segment_id: SegmentId,
        #[serde(default, skip_serializing_if = "is_false")]
        consider_profiling_consent: bool,
    },
    /// Put the customer into the segment whose tracking fired the rule.
    #[serde(rename_all = "camelCase")]
    AddTrackedSegment {
        #[serde(default, skip_serializing_if = "is_false")]
        remove_others: bool,
        #[serde(default, skip_serializing_if = "is_false")]
        increase_counter: bool,
        #[serde(default, skip_serializing_if = "is_false")]
        consider_profiling_consent: bool,
    },
    /// Put the customer into the segment that is used as the target group whose assignment fired the rule.
    #[serde(rename_all = "camelCase")]
    AddTargetGroupSegment {
        #[serde(default, skip_serializing_if = "is_false")]
        remove_others: bool,
        #[serde(default, skip_serializing_if = "is_false")]
        increase_counter: bool,
        #[serde(default, skip_serializing_if = "is_false")]
        consider_profiling_consent: bool,
    },
    /// Set a field of the customer, as if somebody had written it into his form; custom ones as `fields.<name>`.
    #[serde(rename_all = "camelCase")]
    ChangeField {
        field: String,
        /// `null` empties it.
        #[schema(value_type = Option<Object>)]
        value: Value,
    },
    /// Send a mail.
    #[serde(rename_all = "camelCase")]
    SendMail {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        template_id: Option<TemplateId>,
        /// In place of an id: the name of a template, with values of the customer in braces: `Welcome {language}`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        template_name: Option<String>,
        /// To the customer himself.
        #[serde(default = "yes", skip_serializing_if = "is_true")]
        to_customer: bool,
        /// And to these addresses, each a mail of its own.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        to: Vec<String>,
        /// Only to customers who have granted this purpose.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        purpose: Option<String>,
        #[serde(default, skip_serializing_if = "is_false")]
        consider_profiling_consent: bool,
    },
    /// Track an activity of the customer, now.
    #[serde(rename_all = "camelCase")]
    TrackActivity {
        activity_type: String,
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        #[schema(value_type = Object)]
        attributes: Map<String, Value>,
    },
    /// Call a webhook with the customer, the activity that fired the rule, and the rule.
    #[serde(rename_all = "camelCase")]
    Webhook { webhook_id: WebhookId },
    /// Set his status on a newsletter list.
    #[serde(rename_all = "camelCase")]
    SetSubscription { list: String, status: Status },
    /// Write a note about him.
    #[serde(rename_all = "camelCase")]
    AddNote {
        title: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        text: String,
    },
    /// Have another rule look at him, whatever its triggers.
    #[serde(rename_all = "camelCase")]
    StartRule { rule_id: RuleId },
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_true(flag: &bool) -> bool {
    *flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

impl Deed {
    /// The segment it names, to put customers into it or take them out.
    pub fn segment(&self) -> Option<SegmentId> {
        match self {
            Deed::AddSegment { segment_id, .. } | Deed::RemoveSegment { segment_id, .. } => Some(*segment_id),
            _ => None,
        }
    }

    pub fn template(&self) -> Option<TemplateId> {
        match self {
            Deed::SendMail { template_id, .. } => *template_id,
            _ => None,
        }
    }

    pub fn webhook(&self) -> Option<WebhookId> {
        match self {
            Deed::Webhook { webhook_id } => Some(*webhook_id),
            _ => None,
        }
    }

    pub fn started(&self) -> Option<RuleId> {
        match self {
            Deed::StartRule { rule_id } => Some(*rule_id),
            _ => None,
        }
    }

    /// The custom or built-in field it changes, as conditions name it.
    pub fn field(&self) -> Option<&str> {
        match self {
            Deed::ChangeField { field, .. } => Some(field.strip_prefix("fields.").unwrap_or(field)),
            _ => None,
        }
    }

    pub fn activity_type(&self) -> Option<&str> {
        match self {
            Deed::TrackActivity { activity_type, .. } => Some(activity_type),
            _ => None,
        }
    }

    /// Whether it leaves customers alone who have not consented to profiling.
    pub fn asks_for_profiling_consent(&self) -> bool {
        match self {
            Deed::AddSegment { consider_profiling_consent, .. }
            | Deed::RemoveSegment { consider_profiling_consent, .. }
            | Deed::AddTrackedSegment { consider_profiling_consent, .. }
            | Deed::AddTargetGroupSegment { consider_profiling_consent, .. }
            | Deed::SendMail { consider_profiling_consent, .. } => *consider_profiling_consent,
            Deed::ChangeField { .. }
            | Deed::TrackActivity { .. }
            | Deed::Webhook { .. }
            | Deed::SetSubscription { .. }
            | Deed::AddNote { .. }
            | Deed::StartRule { .. } => false,
        }
    }
}

impl Action {
    /// The segment it puts customers into when the rule fires, not later.
    pub fn segment_at_once(&self) -> Option<SegmentId> {
        match &self.deed {
            Deed::AddSegment { segment_id, .. } if !self.timing.is_later() => Some(*segment_id),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_action_is_what_and_when_in_one_object() {
        let text = json!({"type": "add_segment", "segmentId": 7, "delay": "2m", "recheck": true});
        let action: Action = serde_json::from_value(text.clone()).unwrap();
        assert_eq!(action.timing.delay, Some(Delay(2)));
        assert!(action.timing.is_later());
        assert_eq!(serde_json::to_value(&action).unwrap(), text);
    }

    #[test]
    fn what_is_wrong_with_an_action_is_named() {
        check(json!({"type": "add_segment"}), "missing field `segmentId`");
        check(json!({"type": "add_segment", "segmentId": "x"}), "invalid type: string \"x\"");
        check(json!({"type": "add_segment", "segmentId": 1, "color": 2}), "unknown field `color`");
        check(json!({"type": "add_segment", "segmentId": 1, "delay": "soon"}), "delay: \"soon\" is not a delay");
        check(json!({"type": "fly"}), "unknown variant `fly`");

        #[track_caller]
        fn check(action: Value, expected: &str) {
            let error = serde_json::from_value::<Action>(action).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
