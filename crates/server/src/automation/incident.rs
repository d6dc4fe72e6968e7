//! Something that happened to one customer, as rules see it; and what is kept of it for actions that come later.

use crate::events::{Assignment, Cause, Event, Tracked};
use crate::ids::{ActivityId, CustomerId, RuleId, SegmentId, TargetGroupId};
use crate::jobs::Picked;
use crate::subscriptions::Status;
use condition::{Attributes, Fired};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

#[derive(Debug, Clone)]
pub struct Incident {
    pub customer: CustomerId,
    pub happened: Happened,
}

#[derive(Debug, Clone)]
pub enum Happened {
    NewActivity(Arc<Tracked>),
    ActivityChanged(Arc<Tracked>),
    CustomerCreated,
    CustomerUpdated {
        fields: Arc<[String]>,
    },
    SegmentEntered {
        segment: SegmentId,
        by_rebuild: bool,
    },
    SegmentLeft {
        segment: SegmentId,
        by_rebuild: bool,
    },
    SegmentTracked {
        segment: SegmentId,
        count: i64,
    },
    TargetGroupAssigned {
        target_group: TargetGroupId,
        weight: f64,
        by: Assignment,
    },
    SubscriptionChanged {
        list: Arc<str>,
        status: Option<Status>,
    },
    ConsentChanged {
        purpose: Arc<str>,
        granted: Option<bool>,
    },
    CustomersMerged {
        other: CustomerId,
    },
    /// An instant of his own came: inactivity, or a date.
    Timer {
        rule: RuleId,
        place: i64,
    },
    /// He is among those for whom a rule looks that looks for everyone, or was picked by a person.
    Picked {
        rule: RuleId,
        by: Picked,
    },
    /// An action of another rule.
    Started {
        rule: RuleId,
        environment: Arc<Environment>,
    },
}

/// What fired a rule. It is kept with everything the rule plans.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = RuleEnvironment)]
pub struct Environment {
    /// The kind of trigger.
    #[serde(default)]
    pub trigger: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity_id: Option<ActivityId>,
    /// The segment that was tracked, entered or left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment_id: Option<SegmentId>,
    /// How often it was tracked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment_count: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_group_id: Option<TargetGroupId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_group_weight: Option<f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted: Option<bool>,
    /// The customer that was merged into this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_id: Option<CustomerId>,
    /// How many rules led to one another before this one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub depth: u32,
}

fn is_zero(depth: &u32) -> bool {
    *depth == 0
}

impl Environment {
    /// What conditions may ask about what fired the rule.
    pub fn facts(&self, activity: Option<&Tracked>) -> condition::Trigger {
        condition::Trigger {
            attributes: activity.map(|activity| Attributes::new(&activity.attributes)),
            segment: self.segment_id.zip(self.segment_count).map(|(id, count)| Fired { id: id.0, number: count as f64 }),
            target_group: self.target_group_id.zip(self.target_group_weight).map(|(id, weight)| Fired { id: id.0, number: weight }),
        }
    }
}

impl Incident {
    /// What of an event is of interest to rules.
    pub fn of(event: &Event) -> Option<Incident> {
        let happened = match event {
            Event::ActivityTracked(tracked) => Happened::NewActivity(tracked.clone()),
            Event::ActivityChanged(tracked) => Happened::ActivityChanged(tracked.clone()),
            Event::CustomerCreated { .. } => Happened::CustomerCreated,
            Event::CustomerChanged { fields, .. } => Happened::CustomerUpdated { fields: fields.clone() },
            Event::SegmentEntered { segment, cause, .. } => {
                Happened::SegmentEntered { segment: *segment, by_rebuild: *cause == Cause::Rebuild }
            }
            Event::SegmentLeft { segment, cause, .. } => Happened::SegmentLeft { segment: *segment, by_rebuild: *cause == Cause::Rebuild },
            Event::SegmentTracked { segment, count, .. } => Happened::SegmentTracked { segment: *segment, count: *count },
            Event::TargetGroupAssigned { target_group, weight, by, .. } => {
                Happened::TargetGroupAssigned { target_group: *target_group, weight: *weight, by: *by }
            }
            Event::SubscriptionChanged { list, status, .. } => Happened::SubscriptionChanged { list: list.clone(), status: *status },
            Event::ConsentChanged { purpose, granted, .. } => Happened::ConsentChanged { purpose: purpose.clone(), granted: *granted },
            Event::CustomersMerged { other, .. } => Happened::CustomersMerged { other: *other },
            Event::RuleStarted { rule, environment, .. } => Happened::Started { rule: *rule, environment: environment.clone() },
            _ => return None,
        };
        Some(Incident { customer: event.customer()?, happened })
    }

    pub fn activity(&self) -> Option<&Arc<Tracked>> {
        match &self.happened {
            Happened::NewActivity(tracked) | Happened::ActivityChanged(tracked) => Some(tracked),
            _ => None,
        }
    }

    /// The rule it is about alone, if it is.
    pub fn rule(&self) -> Option<RuleId> {
        match &self.happened {
            Happened::Timer { rule, .. } | Happened::Picked { rule, .. } | Happened::Started { rule, .. } => Some(*rule),
            _ => None,
        }
    }

    /// What is kept of it.
    pub fn environment(&self, depth: u32) -> Environment {
        let environment = |trigger: &str| Environment { trigger: trigger.to_owned(), depth, ..Environment::default() };
        match &self.happened {
            Happened::NewActivity(tracked) => Environment { activity_id: Some(tracked.id), ..environment("new_activity") },
            Happened::ActivityChanged(tracked) => Environment { activity_id: Some(tracked.id), ..environment("activity_changed") },
            Happened::CustomerCreated => environment("customer_created"),
            Happened::CustomerUpdated { fields } => Environment { fields: fields.to_vec(), ..environment("customer_updated") },
            Happened::SegmentEntered { segment, .. } => Environment { segment_id: Some(*segment), ..environment("segment_entered") },
            Happened::SegmentLeft { segment, .. } => Environment { segment_id: Some(*segment), ..environment("segment_left") },
            Happened::SegmentTracked { segment, count } => {
                Environment { segment_id: Some(*segment), segment_count: Some(*count), ..environment("segment_tracked") }
            }
            Happened::TargetGroupAssigned { target_group, weight, .. } => Environment {
                target_group_id: Some(*target_group),
                target_group_weight: Some(*weight),
                ..environment("target_group_assigned")
            },
            Happened::SubscriptionChanged { list, status } => {
                Environment { list: Some(list.to_string()), status: *status, ..environment("subscription_changed") }
            }
            Happened::ConsentChanged { purpose, granted } => {
                Environment { purpose: Some(purpose.to_string()), granted: *granted, ..environment("consent_changed") }
            }
            Happened::CustomersMerged { other } => Environment { merged_id: Some(*other), ..environment("customers_merged") },
            Happened::Timer { .. } => environment("timer"),
            Happened::Picked { by: Picked::Cron, .. } => environment("cron"),
            Happened::Picked { by: Picked::SegmentsBuilt, .. } => environment("segments_built"),
            Happened::Picked { by: Picked::Person, .. } => environment("person"),
            Happened::Started { environment, .. } => Environment { depth, ..(**environment).clone() },
        }
    }
}
