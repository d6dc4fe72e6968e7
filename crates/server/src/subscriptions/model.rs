//! The status of one customer on one list.

use crate::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Subscription {
    pub list: String,
    pub status: Status,
    /// Since when he has this status.
    pub changed_at: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SubscriptionStatus)]
pub enum Status {
    Subscribed,
    /// He was asked to confirm and has not done so yet.
    Pending,
    Unsubscribed,
    /// His address does not take mail.
    Cleaned,
}

impl Status {
    pub const ALL: [Status; 4] = [Status::Subscribed, Status::Pending, Status::Unsubscribed, Status::Cleaned];

    pub fn as_str(self) -> &'static str {
        match self {
            Status::Subscribed => "subscribed",
            Status::Pending => "pending",
            Status::Unsubscribed => "unsubscribed",
            Status::Cleaned => "cleaned",
        }
    }

    pub fn parse(text: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.as_str() == text)
    }
}
