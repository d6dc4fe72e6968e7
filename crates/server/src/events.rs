//! Facts that slices tell each other: one closed list. Who reacts to what stands in `reactions.rs`.

use crate::admin::RoleKey;
use crate::automation::Environment;
use crate::ids::{
    ActivityId, AdminUserId, CompanyId, CustomerId, ImportId, JobId, MergeId, PairId, RuleId, SegmentId, TargetGroupId, TemplateId,
    WebhookId,
};
use crate::segments::{Membership, Source};
use crate::subscriptions::Status;
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

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
        /// Nothing when the answer was taken back.
        granted: Option<bool>,
    },
    SubscriptionChanged {
        customer: CustomerId,
        list: Arc<str>,
        /// Nothing when he is off the records of the list.
        status: Option<Status>,
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
    /// A list that an import brought took the place of a segment's members, and these are none any more.
    MembersReplaced {
        import: ImportId,
        segment: SegmentId,
        /// With how they were in it.
        gone: Arc<[(CustomerId, Membership, Source)]>,
    },
    /// Since when a customer is in a manual segment, or how often it was applied to him.
    MembershipChanged {
        customer: CustomerId,
        segment: SegmentId,
        cause: Cause,
    },
    /// A segment was tracked for a visitor who is this customer, for the `count`th time.
    SegmentTracked {
        customer: CustomerId,
        segment: SegmentId,
        count: i64,
    },
    /// A target group was assigned to a visitor who is this customer.
    TargetGroupAssigned {
        customer: CustomerId,
        target_group: TargetGroupId,
        weight: f64,
        by: Assignment,
    },
    /// Two customers are one person surely enough to be merged without asking, as the settings say.
    DuplicateFound {
        customer: CustomerId,
        other: CustomerId,
        pair: PairId,
        probability: f64,
        /// The rule that says so; the model, if there is none.
        rule: Option<Arc<str>>,
    },
    /// `other` is gone, and what he was belongs to this customer now.
    CustomersMerged {
        customer: CustomerId,
        other: CustomerId,
        merge: MergeId,
    },
    /// A merge was undone: `other` is back with what was his.
    CustomersUnmerged {
        customer: CustomerId,
        other: CustomerId,
        merge: MergeId,
    },
    /// New membership is in force: of these segments, for these customers, or for all where none are named.
    SegmentsBuilt {
        segments: Arc<[SegmentId]>,
        customers: Arc<[CustomerId]>,
    },
    /// An action of another rule wants this one to look at the customer.
    RuleStarted {
        customer: CustomerId,
        rule: RuleId,
        environment: Arc<Environment>,
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
    /// A job failed as often as jobs are tried.
    JobBuried {
        job: JobId,
        error: Arc<str>,
    },
    ActivityTypeDeleted {
        kind: Arc<str>,
    },
    /// There is no link of this name any more: it was taken away, or is called otherwise.
    LinkGone {
        name: Arc<str>,
    },
    TemplateDeleted {
        template: TemplateId,
    },
    WebhookDeleted {
        webhook: WebhookId,
    },
    /// Somebody who signed in is gone.
    AdminUserDeleted {
        user: AdminUserId,
    },
    /// A role is gone; nobody has it any more.
    RoleDeleted {
        role: RoleKey,
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
            | Event::MembershipChanged { customer, .. }
            | Event::SegmentTracked { customer, .. }
            | Event::TargetGroupAssigned { customer, .. }
            | Event::DuplicateFound { customer, .. }
            | Event::CustomersMerged { customer, .. }
            | Event::CustomersUnmerged { customer, .. }
            | Event::RuleStarted { customer, .. } => Some(*customer),
            Event::FieldDeleted { .. }
            | Event::CompanyChanged { .. }
            | Event::TimeZoneChanged
            | Event::SegmentsBuilt { .. }
            | Event::MembersReplaced { .. }
            | Event::SegmentDeleted { .. }
            | Event::JobCancelled { .. }
            | Event::JobBuried { .. }
            | Event::ActivityTypeDeleted { .. }
            | Event::LinkGone { .. }
            | Event::TemplateDeleted { .. }
            | Event::WebhookDeleted { .. }
            | Event::AdminUserDeleted { .. }
            | Event::RoleDeleted { .. } => None,
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

/// By what a target group was assigned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TargetGroupAssignment)]
pub enum Assignment {
    #[default]
    All,
    Documents,
    TargetingRules,
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
    /// An import was taken back.
    ImportUndone {
        import: ImportId,
    },
    /// Another segment that this one is built on.
    Segment {
        segment: SegmentId,
    },
    /// Two customers became one, or two again.
    Merge {
        merge: MergeId,
    },
}

impl Cause {
    /// Whether somebody asked for exactly this, so that it is of interest who.
    pub fn is_asked_for(self) -> bool {
        match self {
            Cause::Person | Cause::Import { .. } | Cause::ImportUndone { .. } => true,
            Cause::Activity { .. }
            | Cause::Customer
            | Cause::Time
            | Cause::Rebuild
            | Cause::Rule { .. }
            | Cause::Segment { .. }
            | Cause::Merge { .. } => false,
        }
    }
}
