//! The status of one customer on one list.

use crate::personal::Kept;
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

    fn strictness(self) -> u8 {
        match self {
            Status::Subscribed => 0,
            Status::Pending => 1,
            Status::Unsubscribed => 2,
            Status::Cleaned => 3,
        }
    }

    pub fn parse(text: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// Of two statuses on one list, as rows of list, status and instant, the one under which less is sent: an address that takes
/// no mail, then one who left, one who did not confirm, one who is on it. Of two alike, the later one.
pub fn stricter(own: &Kept, other: &Kept) -> Kept {
    let strength = |row: &Kept| (Status::parse(row.text(1)).map(Status::strictness), row.int(2));
    if strength(own) < strength(other) { other.clone() } else { own.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_status_under_which_less_is_sent_stands() {
        check(("subscribed", 5), ("pending", 1), ("pending", 1));
        check(("unsubscribed", 1), ("pending", 5), ("unsubscribed", 1));
        check(("unsubscribed", 9), ("cleaned", 5), ("cleaned", 5));
        check(("subscribed", 1), ("subscribed", 5), ("subscribed", 5));

        #[track_caller]
        fn check(own: (&str, i64), other: (&str, i64), expected: (&str, i64)) {
            let row = |(status, at): (&str, i64)| Kept(vec![json!("news"), json!(status), json!(at)]);
            assert_eq!(stricter(&row(own), &row(other)), row(expected));
        }
    }
}
