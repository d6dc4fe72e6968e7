//! Jobs as types, and what becomes of one that failed.

use crate::access::Actor;
use crate::ids::{BulkId, CustomerId, ExportId, ImportId, JobId, MessageId, RuleId, SegmentId, WebhookId};
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Everything a worker can be asked to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Hand a message to the mail server.
    SendMessage { customer: CustomerId, message: MessageId },
    /// Deliver what is due for one endpoint.
    DeliverWebhook { webhook: WebhookId },
    /// Want again what was given up of a webhook's deliveries wanted since the instant.
    ReplayDeliveries { webhook: WebhookId, since: Instant },
    /// Take away the deliveries of a webhook that is gone.
    ClearWebhook { webhook: WebhookId },
    /// Have a rule look at everyone for whom its condition holds, or at these customers, from the one after `after` on.
    PickCustomers { rule: RuleId, by: Picked, customers: Vec<CustomerId>, after: i64 },
    /// Note the instants that a trigger of a rule waits for, for customers who were there before, from the one after `after` on.
    SeedTimers { rule: RuleId, place: i64, after: i64 },
    /// Take customers on earlier versions of a journey over to this one, or off it, from the place after `after` on.
    MoveTravellers { rule: RuleId, version: i64, stop: bool, after: (i64, i64) },
    /// Evaluate the segments that are built by this job for all customers: those of the round now, from the customer after
    /// `after` on. `before` counts the customers of earlier rounds.
    RebuildSegments { round: Vec<SegmentId>, before: i64, after: i64 },
    /// Look at some customers again, from the one after `after` on.
    ReviewCustomers { review: Review, after: i64 },
    /// Tell who entered and left a segment when its membership was replaced, and take away the old one.
    SweepSegment { segment: SegmentId, swap: Option<Swap>, after: i64, by: Option<Actor> },
    /// Members of a segment that is not calculated any more become members by hand, from the one after `after` on.
    KeepMembers { segment: SegmentId, after: i64 },
    /// Write down how large the segments were at the end of each day.
    MeasureSegments,
    /// Take the values of a field that is gone from the customers, from the one after `after` on.
    ClearField { field: String, after: i64 },
    /// Compare these customers with everybody, from the one after `after` on.
    CompareCustomers { customers: Vec<CustomerId>, after: i64 },
    /// Look for duplicates among all; whoever is to be described first, from the one after `after` on.
    FindDuplicates { learn: bool, after: i64 },
    /// Go on reading an uploaded file.
    Import { import: ImportId },
    /// Go on taking an import back.
    UndoImport { import: ImportId },
    /// Write the file of an export, from its first row on.
    Export { export: ExportId },
    /// Go on with a bulk action.
    Bulk { bulk: BulkId },
    /// Take away what is past its retention.
    Prune,
}

impl Job {
    pub fn kind(&self) -> &'static str {
        match self {
            Job::SendMessage { .. } => "send_message",
            Job::DeliverWebhook { .. } => "deliver_webhook",
            Job::ReplayDeliveries { .. } => "replay_deliveries",
            Job::ClearWebhook { .. } => "clear_webhook",
            Job::PickCustomers { .. } => "pick_customers",
            Job::SeedTimers { .. } => "seed_timers",
            Job::MoveTravellers { .. } => "move_travellers",
            Job::RebuildSegments { .. } => "rebuild_segments",
            Job::ReviewCustomers { .. } => "review_customers",
            Job::SweepSegment { .. } => "sweep_segment",
            Job::KeepMembers { .. } => "keep_members",
            Job::MeasureSegments => "measure_segments",
            Job::ClearField { .. } => "clear_field",
            Job::CompareCustomers { .. } => "compare_customers",
            Job::FindDuplicates { .. } => "find_duplicates",
            Job::Import { .. } => "import",
            Job::UndoImport { .. } => "undo_import",
            Job::Export { .. } => "export",
            Job::Bulk { .. } => "bulk",
            Job::Prune => "prune",
        }
    }
}

/// Why a rule looks at customers to whom nothing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Picked {
    Cron,
    SegmentsBuilt,
    Person,
}

/// Which customers are looked at again, and for which segments.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Review {
    /// All calculated ones, if empty.
    pub segments: Vec<SegmentId>,
    /// In ascending order; empty if `active` says who.
    pub customers: Vec<CustomerId>,
    /// All who are active, or all who are not.
    pub active: Option<bool>,
}

/// The membership of a segment that counted before, the one that counts now, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swap {
    pub from: i64,
    pub to: i64,
    pub at: Instant,
}

/// A job in the hands of this worker.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    pub id: JobId,
    pub job: Job,
    /// Times it was taken, this one included.
    pub attempts: i64,
    pub done: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = JobState)]
pub enum State {
    Queued,
    Running,
    Done,
    /// Failed too often; waits for a person.
    Dead,
    Cancelled,
}

impl State {
    pub const ALL: [State; 5] = [State::Queued, State::Running, State::Done, State::Dead, State::Cancelled];

    pub fn as_str(self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Running => "running",
            State::Done => "done",
            State::Dead => "dead",
            State::Cancelled => "cancelled",
        }
    }
}

/// How a job ended that can be wanted again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EndedJobState)]
pub enum Ended {
    Dead,
    Cancelled,
}

impl Ended {
    pub fn state(self) -> State {
        match self {
            Ended::Dead => State::Dead,
            Ended::Cancelled => State::Cancelled,
        }
    }
}

/// A job as people see it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Job)]
pub struct JobView {
    pub id: JobId,
    pub kind: String,
    pub state: State,
    pub run_at: Instant,
    pub attempts: i64,
    pub done: i64,
    pub total: Option<i64>,
    #[schema(value_type = Object)]
    pub result: Option<serde_json::Value>,
    pub last_error: Option<String>,
    pub customer_id: Option<CustomerId>,
    pub created_at: Instant,
    pub finished_at: Option<Instant>,
}

const ATTEMPTS_MAX: i64 = 8;

/// What becomes of a failed job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    RetryAt(Instant),
    Bury,
}

/// Later and later, then out of the way.
pub fn after_failure(now: Instant, attempts: i64) -> Next {
    if ATTEMPTS_MAX <= attempts {
        return Next::Bury;
    }
    Next::RetryAt(now.plus_minutes(1 << (attempts - 1).clamp(0, ATTEMPTS_MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_until_the_job_is_put_aside() {
        let now = Instant(0);
        assert_eq!(after_failure(now, 1), Next::RetryAt(now.plus_minutes(1)));
        assert_eq!(after_failure(now, 4), Next::RetryAt(now.plus_minutes(8)));
        assert_eq!(after_failure(now, 8), Next::Bury);
    }
}
