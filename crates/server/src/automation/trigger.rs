//! What makes a rule look, and whether something that happened is it.

use super::delay::{Delay, TimeOfDay};
use super::incident::{Happened, Incident};
use crate::events::Assignment;
use crate::ids::{SegmentId, TargetGroupId};
use crate::subscriptions::Status;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = RuleTrigger)]
pub enum Trigger {
    /// An activity of this type was tracked for the first time.
    #[serde(rename_all = "camelCase")]
    NewActivity {
        activity_type: String,
        /// A condition of `attribute` leaves on its attributes.
        #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<Object>)]
        filter: Option<Value>,
    },
    /// An activity of this type was changed.
    #[serde(rename_all = "camelCase")]
    ActivityChanged {
        activity_type: String,
        #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<Object>)]
        filter: Option<Value>,
    },
    CustomerCreated {},
    /// One of these fields changed, or any if none is named; custom ones as `fields.<name>`.
    #[serde(rename_all = "camelCase")]
    CustomerUpdated {
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fields: Vec<String>,
    },
    /// A customer came into the segment. Those whom a new definition of the segment brings in count only if `onRebuild`.
    #[serde(rename_all = "camelCase")]
    SegmentEntered {
        segment_id: SegmentId,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        on_rebuild: bool,
    },
    #[serde(rename_all = "camelCase")]
    SegmentLeft {
        segment_id: SegmentId,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        on_rebuild: bool,
    },
    /// Segments were built anew: the rule looks for everyone for whom its condition holds.
    #[serde(rename_all = "camelCase")]
    SegmentsBuilt {
        /// Only when this one was among them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        segment_id: Option<SegmentId>,
    },
    /// By the calendar: the rule looks for everyone for whom its condition holds.
    #[serde(rename_all = "camelCase")]
    Cron {
        /// Minute, hour, day of month, month, day of week.
        #[schema(example = "0 9 * * MON")]
        expression: String,
        /// Absent: the instance's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        time_zone: Option<String>,
        #[serde(default, skip_serializing_if = "Missed::is_default")]
        missed: Missed,
    },
    /// A segment was tracked for a visitor who is known.
    #[serde(rename_all = "camelCase")]
    SegmentTracked {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        segment_id: Option<SegmentId>,
    },
    /// A target group was assigned to a visitor who is known.
    #[serde(rename_all = "camelCase")]
    TargetGroupAssigned {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        target_group_id: Option<TargetGroupId>,
        #[serde(default, skip_serializing_if = "is_all")]
        assignment: Assignment,
    },
    #[serde(rename_all = "camelCase")]
    SubscriptionChanged {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        list: Option<String>,
        /// Only when he came to this status.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<Status>,
    },
    #[serde(rename_all = "camelCase")]
    ConsentChanged {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        purpose: Option<String>,
        /// Only when it was given, or only when it was denied or taken back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        granted: Option<bool>,
    },
    /// Another customer was merged into him.
    CustomersMerged {},
    /// There has been no activity of this type for so long, since the last one.
    #[serde(rename_all = "camelCase")]
    Inactivity {
        activity_type: String,
        #[serde(rename = "for")]
        length: Delay,
    },
    /// A date of the customer has come.
    #[serde(rename_all = "camelCase")]
    DateReached {
        /// A field that holds a date or an instant.
        field: String,
        /// How long before it; or after it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Delay>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<Delay>,
        /// At this time where the customer lives; for dates midnight if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<TimeOfDay>,
        /// Every year; a 29th of February comes on the 28th in other years.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        yearly: bool,
    },
}

/// What becomes of runs that came due while nobody was there to do them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MissedRuns)]
pub enum Missed {
    /// One run makes up for all of them.
    #[default]
    Once,
    Skip,
}

impl Missed {
    fn is_default(&self) -> bool {
        *self == Missed::default()
    }
}

/// Under which a trigger is found when something happens.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    NewActivity(String),
    ActivityChanged(String),
    CustomerCreated,
    CustomerUpdated,
    SegmentEntered(SegmentId),
    SegmentLeft(SegmentId),
    SegmentTracked,
    TargetGroupAssigned,
    SubscriptionChanged,
    ConsentChanged,
    CustomersMerged,
}

impl Trigger {
    /// Nothing for triggers that do not wait for an event about one customer.
    pub fn key(&self) -> Option<Key> {
        Some(match self {
            Trigger::NewActivity { activity_type, .. } => Key::NewActivity(activity_type.clone()),
            Trigger::ActivityChanged { activity_type, .. } => Key::ActivityChanged(activity_type.clone()),
            Trigger::CustomerCreated {} => Key::CustomerCreated,
            Trigger::CustomerUpdated { .. } => Key::CustomerUpdated,
            Trigger::SegmentEntered { segment_id, .. } => Key::SegmentEntered(*segment_id),
            Trigger::SegmentLeft { segment_id, .. } => Key::SegmentLeft(*segment_id),
            Trigger::SegmentTracked { .. } => Key::SegmentTracked,
            Trigger::TargetGroupAssigned { .. } => Key::TargetGroupAssigned,
            Trigger::SubscriptionChanged { .. } => Key::SubscriptionChanged,
            Trigger::ConsentChanged { .. } => Key::ConsentChanged,
            Trigger::CustomersMerged {} => Key::CustomersMerged,
            Trigger::SegmentsBuilt { .. } | Trigger::Cron { .. } | Trigger::Inactivity { .. } | Trigger::DateReached { .. } => return None,
        })
    }

    /// Whether it makes the rule look for everyone at once.
    pub fn is_for_all(&self) -> bool {
        matches!(self, Trigger::SegmentsBuilt { .. } | Trigger::Cron { .. })
    }

    /// Whether it comes for each customer at an instant of his own.
    pub fn is_timer(&self) -> bool {
        matches!(self, Trigger::Inactivity { .. } | Trigger::DateReached { .. })
    }

    pub fn filter(&self) -> Option<&Value> {
        match self {
            Trigger::NewActivity { filter, .. } | Trigger::ActivityChanged { filter, .. } => filter.as_ref(),
            _ => None,
        }
    }

    pub fn activity_type(&self) -> Option<&str> {
        match self {
            Trigger::NewActivity { activity_type, .. }
            | Trigger::ActivityChanged { activity_type, .. }
            | Trigger::Inactivity { activity_type, .. } => Some(activity_type),
            _ => None,
        }
    }

    pub fn segment(&self) -> Option<SegmentId> {
        match self {
            Trigger::SegmentEntered { segment_id, .. } | Trigger::SegmentLeft { segment_id, .. } => Some(*segment_id),
            Trigger::SegmentTracked { segment_id } | Trigger::SegmentsBuilt { segment_id } => *segment_id,
            _ => None,
        }
    }

    /// Whether this is what it waits for, once the key fits. A filter on attributes is not looked at here.
    pub fn is_meant(&self, incident: &Incident) -> bool {
        match (self, &incident.happened) {
            (Trigger::CustomerUpdated { fields }, Happened::CustomerUpdated { fields: changed }) => {
                fields.is_empty() || changed.iter().any(|changed| fields.iter().any(|wanted| is_field(wanted, changed)))
            }
            (
                Trigger::SegmentEntered { on_rebuild, .. } | Trigger::SegmentLeft { on_rebuild, .. },
                Happened::SegmentEntered { by_rebuild, .. } | Happened::SegmentLeft { by_rebuild, .. },
            ) => *on_rebuild || !by_rebuild,
            (Trigger::SegmentTracked { segment_id }, Happened::SegmentTracked { segment, .. }) => {
                segment_id.is_none_or(|wanted| wanted == *segment)
            }
            (Trigger::TargetGroupAssigned { target_group_id, assignment }, Happened::TargetGroupAssigned { target_group, by, .. }) => {
                target_group_id.is_none_or(|wanted| wanted == *target_group) && (is_all(assignment) || assignment == by)
            }
            (Trigger::SubscriptionChanged { list, status }, Happened::SubscriptionChanged { list: changed, status: now }) => {
                list.as_ref().is_none_or(|wanted| *wanted == **changed) && status.is_none_or(|wanted| Some(wanted) == *now)
            }
            (Trigger::ConsentChanged { purpose, granted }, Happened::ConsentChanged { purpose: changed, granted: now }) => {
                purpose.as_ref().is_none_or(|wanted| *wanted == **changed) && granted.is_none_or(|wanted| wanted == now.unwrap_or(false))
            }
            _ => true,
        }
    }
}

fn is_all(assignment: &Assignment) -> bool {
    *assignment == Assignment::All
}

/// A custom field may be written with or without the word before it.
fn is_field(wanted: &str, changed: &str) -> bool {
    wanted == changed || changed.strip_prefix("fields.") == Some(wanted)
}
