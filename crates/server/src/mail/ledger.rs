//! Messages: one row for each mail that somebody is to get, what state it is in, and what happened to it. Pure.

use crate::ids::{ActivityId, CustomerId, MessageEventId, MessageId, RuleId, TemplateId};
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A mail somebody is to get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    pub customer: CustomerId,
    pub template: TemplateId,
    /// Absent: the customer's own address.
    pub to: Option<String>,
    pub rule: Option<RuleId>,
    pub activity: Option<ActivityId>,
    /// A consent that must be granted besides the template's own.
    pub purpose: Option<String>,
    /// The same intent makes one message only.
    pub intent: Option<String>,
}

impl Outgoing {
    /// A mail to the customer's own address, with nothing further to it.
    pub fn new(customer: CustomerId, template: TemplateId) -> Outgoing {
        Outgoing { customer, template, to: None, rule: None, activity: None, purpose: None, intent: None }
    }
}

/// Where a message stands. `Sent` and `Suppressed` are the end, and so is `Failed` unless a person sends it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MessageState)]
pub enum State {
    Planned,
    /// Handed to the mail server, answer unknown so far.
    Sending,
    Sent,
    Failed,
    /// Not sent on purpose; `problem` says why.
    Suppressed,
    /// Waits until `heldUntil`, or for a person if there is no such instant; `problem` says why.
    Held,
}

impl State {
    pub const ALL: [State; 6] = [State::Planned, State::Sending, State::Sent, State::Failed, State::Suppressed, State::Held];

    pub fn as_str(self) -> &'static str {
        match self {
            State::Planned => "planned",
            State::Sending => "sending",
            State::Sent => "sent",
            State::Failed => "failed",
            State::Suppressed => "suppressed",
            State::Held => "held",
        }
    }
}

/// Why a message is held for which nobody knows whether the mail server took it.
pub const AMBIGUOUS: &str = "ambiguous";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    pub id: MessageId,
    pub customer_id: CustomerId,
    pub template_id: TemplateId,
    pub rule_id: Option<RuleId>,
    pub activity_id: Option<ActivityId>,
    /// A consent it needs besides the template's own.
    pub purpose: Option<String>,
    pub intent: Option<String>,
    /// Where it goes if not to the customer's own address.
    pub to: Option<String>,
    /// Known when the message goes out: it is rendered for the customer as he is then.
    pub recipient: String,
    pub subject: String,
    pub marketing: bool,
    pub state: State,
    /// Why it was suppressed, is held, has failed, or has to be tried again.
    pub problem: Option<String>,
    pub held_until: Option<Instant>,
    /// How often it was handed over without an answer that we know of. The customer may have got it that many times more.
    pub ambiguous: i64,
    #[serde(skip)]
    pub slot_at: Option<Instant>,
    pub created_at: Instant,
    pub changed_at: Instant,
    pub sent_at: Option<Instant>,
}

impl Message {
    /// The same for every attempt, so that a message sent twice can be recognised as one. The instant keeps messages of
    /// two installations with one sender apart.
    pub fn key(&self) -> String {
        format!("{}.{}", self.id, self.created_at.0)
    }

    /// Whether a person may send it again or drop it.
    pub fn waits_for_a_person(&self) -> bool {
        match self.state {
            State::Held | State::Failed => true,
            State::Planned | State::Sending | State::Sent | State::Suppressed => false,
        }
    }
}

/// How a message that was sent was not welcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CameBack {
    /// It came back, for good or for now.
    Bounced,
    /// Whoever reads there calls it unwanted.
    Complained,
}

impl CameBack {
    pub fn as_str(self) -> &'static str {
        match self {
            CameBack::Bounced => "bounced",
            CameBack::Complained => "complained",
        }
    }
}

/// Something that happened to a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MessageEvent)]
pub struct Happening {
    pub id: MessageEventId,
    pub at: Instant,
    pub kind: What,
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MessageEventKind)]
pub enum What {
    Planned,
    Sending,
    Sent,
    Failed,
    Suppressed,
    Held,
    /// It was being sent when the program or the connection broke down.
    Ambiguous,
    /// A person sent it again.
    Resent,
    /// A person dropped it.
    Dropped,
    Opened,
    Clicked,
    /// A program opened it or followed a link.
    Machine,
    Unsubscribed,
    HardBounce,
    SoftBounce,
    Complaint,
}

impl What {
    pub fn as_str(self) -> &'static str {
        match self {
            What::Planned => "planned",
            What::Sending => "sending",
            What::Sent => "sent",
            What::Failed => "failed",
            What::Suppressed => "suppressed",
            What::Held => "held",
            What::Ambiguous => "ambiguous",
            What::Resent => "resent",
            What::Dropped => "dropped",
            What::Opened => "opened",
            What::Clicked => "clicked",
            What::Machine => "machine",
            What::Unsubscribed => "unsubscribed",
            What::HardBounce => "hard_bounce",
            What::SoftBounce => "soft_bounce",
            What::Complaint => "complaint",
        }
    }

    pub fn of(state: State) -> What {
        match state {
            State::Planned => What::Planned,
            State::Sending => What::Sending,
            State::Sent => What::Sent,
            State::Failed => What::Failed,
            State::Suppressed => What::Suppressed,
            State::Held => What::Held,
        }
    }
}

/// A message with what happened to it, in the order in which it did.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MessageStory)]
pub struct Story {
    #[serde(flatten)]
    pub message: Message,
    pub history: Vec<Happening>,
}

/// What a list of messages is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub customer: Option<CustomerId>,
    pub state: Option<State>,
    pub template: Option<TemplateId>,
    pub rule: Option<RuleId>,
    pub ambiguous: bool,
    /// A part of the recipient's address, folded.
    pub recipient: Option<String>,
    pub came_back: Option<CameBack>,
    /// When it was made; with `came_back`, when that was first. The end is excluded.
    pub from: Option<Instant>,
    pub until: Option<Instant>,
}
