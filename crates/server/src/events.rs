//! Facts that slices tell each other: one closed list. Who reacts to what stands in `reactions.rs`.

use crate::ids::{ActivityId, CompanyId, CustomerId, ImportId, JobId, RuleId, SegmentId, TemplateId, WebhookId};
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Debug, Clone)]
pub enum Event {
    CustomerCreated {
        customer: CustomerId,
    },
    /// `fields` are the JSON names of what changed; custom fields are `fields.<name>`.
    CustomerChanged {
        customer: CustomerId,
        fields: Arc<[String]>,
    },
    /// The customer is about to go: every slice takes away what it keeps of him.
    CustomerDeleted {
        customer: CustomerId,
    },
    /// The company itself was changed, and with it what is known of those who belong to it.
    CompanyChanged {
        company: CompanyId,
    },
    ConsentChanged {
        customer: CustomerId,
        purpose: Arc<str>,
    },
    SubscriptionChanged {
        customer: CustomerId,
        list: Arc<str>,
    },
    /// A custom field is no longer defined; its values are still stored.
    FieldDeleted {
        name: Arc<str>,
    },
    /// The instance's time zone: days begin at other instants for customers who have no zone of their own.
    TimeZoneChanged,
    ActivityTracked(Arc<Tracked>),
    /// One of the past was brought in: it counts for segments, and nobody is to be told of it now.
    ActivityImported(Arc<Tracked>),
    ActivityChanged(Arc<Tracked>),
    ActivityDeleted {
        customer: CustomerId,
        activity: ActivityId,
        kind: Arc<str>,
    },
    SegmentEntered {
        customer: CustomerId,
        segment: SegmentId,
        cause: Cause,
    },
    SegmentLeft {
        customer: CustomerId,
        segment: SegmentId,
        cause: Cause,
    },
    /// Since when a customer is in a manual segment, or how often it was applied to him.
    MembershipChanged {
        customer: CustomerId,
        segment: SegmentId,
        cause: Cause,
    },
    SegmentDeleted {
        segment: SegmentId,
        /// Whoever uses it lets go of it instead of refusing.
        cascade: bool,
    },
    /// A job that had not ended was stopped by somebody.
    JobCancelled {
        job: JobId,
    },
    ActivityTypeDeleted {
        kind: Arc<str>,
    },
    TemplateDeleted {
        template: TemplateId,
    },
    WebhookDeleted {
        webhook: WebhookId,
    },
}

impl Event {
    /// The customer it is about, if it is about one.
    pub fn customer(&self) -> Option<CustomerId> {
        match self {
            Event::ActivityTracked(tracked) | Event::ActivityImported(tracked) | Event::ActivityChanged(tracked) => Some(tracked.customer),
            Event::CustomerCreated { customer }
            | Event::CustomerChanged { customer, .. }
            | Event::CustomerDeleted { customer }
            | Event::ConsentChanged { customer, .. }
            | Event::SubscriptionChanged { customer, .. }
            | Event::ActivityDeleted { customer, .. }
            | Event::SegmentEntered { customer, .. }
            | Event::SegmentLeft { customer, .. }
            | Event::MembershipChanged { customer, .. } => Some(*customer),
            Event::FieldDeleted { .. }
            | Event::CompanyChanged { .. }
            | Event::TimeZoneChanged
            | Event::SegmentDeleted { .. }
            | Event::JobCancelled { .. }
            | Event::ActivityTypeDeleted { .. }
            | Event::TemplateDeleted { .. }
            | Event::WebhookDeleted { .. } => None,
        }
    }
}

/// An activity as those who react see it.
#[derive(Debug, Clone)]
pub struct Tracked {
    pub id: ActivityId,
    pub customer: CustomerId,
    pub kind: Arc<str>,
    pub occurred_at: Instant,
    pub attributes: Arc<serde_json::Value>,
}

/// Why something happened without a person asking for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Cause {
    Activity {
        activity: ActivityId,
    },
    /// The customer himself was created or changed.
    Customer,
    /// Nothing happened but time.
    Time,
    Rebuild,
    Rule {
        rule: RuleId,
    },
    /// Somebody by hand, in the web app, through the API or at the command line; who, is written down with it.
    Person,
    Import {
        import: ImportId,
    },
    /// Another segment that this one is built on.
    Segment {
        segment: SegmentId,
    },
}

impl Cause {
    /// Whether somebody asked for exactly this, so that it is of interest who.
    pub fn is_asked_for(self) -> bool {
        match self {
            Cause::Person | Cause::Import { .. } => true,
            Cause::Activity { .. } | Cause::Customer | Cause::Time | Cause::Rebuild | Cause::Rule { .. } | Cause::Segment { .. } => false,
        }
    }
}
