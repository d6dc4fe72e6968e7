//! A delivery from the wish to its end, and what becomes of it after an attempt. Pure.

use super::sign;
use crate::ids::{ActivityId, CustomerId, DeliveryId, RuleId, WebhookId};
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// What somebody is to be told.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    pub webhook: WebhookId,
    pub customer: CustomerId,
    pub rule: Option<RuleId>,
    pub activity: Option<ActivityId>,
    /// Becomes `type` of the body.
    pub kind: String,
    /// Becomes `data` of the body.
    pub payload: Value,
    /// Of one customer, the same intent is delivered once.
    pub intent: Option<String>,
}

/// Where a delivery stands. The last three are the end, unless a person wants it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DeliveryState)]
pub enum State {
    /// Waits for its first or next attempt.
    Planned,
    /// On its way, answer unknown so far.
    Sending,
    Delivered,
    /// Refused for good: the endpoint said that it is gone.
    Failed,
    /// Given up after the last attempt.
    Dead,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            State::Planned => "planned",
            State::Sending => "sending",
            State::Delivered => "delivered",
            State::Failed => "failed",
            State::Dead => "dead",
        }
    }
}

/// A delivery in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    pub id: DeliveryId,
    pub webhook_id: WebhookId,
    /// Absent for a test.
    pub customer_id: Option<CustomerId>,
    pub rule_id: Option<RuleId>,
    pub activity_id: Option<ActivityId>,
    #[serde(rename = "type")]
    pub kind: String,
    pub intent: Option<String>,
    pub state: State,
    /// Since it was wanted, or wanted again.
    pub attempts: i64,
    /// When it is tried next, unless it has ended; while it is on its way, when it counts as lost.
    pub next_at: Option<Instant>,
    /// What the endpoint answered last.
    pub status_code: Option<i64>,
    /// Why the last attempt did not work.
    pub problem: Option<String>,
    pub created_at: Instant,
    pub delivered_at: Option<Instant>,
}

/// A delivery by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryDetail {
    #[serde(flatten)]
    pub delivery: Delivery,
    /// The header `webhook-id`, the same at every attempt.
    pub message_id: String,
    #[schema(value_type = Object)]
    pub payload: Value,
    /// How the last answer began.
    pub answer: Option<String>,
    /// The latest attempts, the first of them first.
    pub history: Vec<Attempt>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DeliveryAttempt)]
pub struct Attempt {
    pub at: Instant,
    /// Absent if there was no answer.
    pub status: Option<i64>,
    pub duration_ms: i64,
    pub problem: Option<String>,
}

/// A delivery in the hands of a job.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    pub customer: CustomerId,
    pub id: DeliveryId,
    pub kind: String,
    pub payload: Value,
    pub attempts: i64,
    /// How the answer to the last attempt began.
    pub answer: Option<String>,
    pub history: Vec<Attempt>,
    pub created_at: Instant,
}

impl Taken {
    pub fn message_id(&self) -> String {
        sign::message_id(self.id, self.created_at)
    }
}

/// What an endpoint answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    pub status: u16,
    pub excerpt: String,
    pub retry_after_s: Option<i64>,
}

/// What came of one attempt: an answer, or why there was none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub at: Instant,
    pub duration_ms: i64,
    pub answer: Result<Answered, String>,
}

impl Outcome {
    pub fn has_worked(&self) -> bool {
        self.answer.as_ref().is_ok_and(|answered| (200..300).contains(&answered.status))
    }

    /// The endpoint wants nothing any more.
    pub fn is_gone(&self) -> bool {
        self.answer.as_ref().is_ok_and(|answered| answered.status == 410)
    }

    fn problem(&self) -> Option<String> {
        match &self.answer {
            Err(why) => Some(why.clone()),
            Ok(_) if self.has_worked() => None,
            Ok(answered) => Some(format!("the endpoint answered {}", answered.status)),
        }
    }
}

/// What is written down of a delivery after a job had it in its hands.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved {
    pub customer: CustomerId,
    pub id: DeliveryId,
    pub state: State,
    pub attempts: i64,
    pub next_at: Option<Instant>,
    pub status_code: Option<i64>,
    pub answer: Option<String>,
    pub problem: Option<String>,
    pub history: Vec<Attempt>,
    pub delivered_at: Option<Instant>,
}

/// Pauses before the second attempt, the third, and so on, in seconds.
const PAUSES_S: [i64; 9] = [5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600];
/// A pause grows by up to a tenth, so that what failed together does not come back together.
const JITTER_PARTS: i64 = 10;
/// Nobody makes us wait longer.
const RETRY_AFTER_S_MAX: i64 = 24 * 3600;
/// Attempts that are remembered one by one.
const HISTORY_MAX: usize = 20;

/// The delivery after an attempt.
pub fn after(taken: &Taken, outcome: &Outcome, now: Instant) -> Moved {
    let attempts = taken.attempts + 1;
    let retry_after_s = outcome.answer.as_ref().ok().and_then(|answered| answered.retry_after_s);
    let (state, next_at) = if outcome.has_worked() {
        (State::Delivered, None)
    } else if outcome.is_gone() {
        (State::Failed, None)
    } else {
        match next_attempt(taken.id, attempts, now, retry_after_s) {
            Some(at) => (State::Planned, Some(at)),
            None => (State::Dead, None),
        }
    };
    let status = outcome.answer.as_ref().ok().map(|answered| i64::from(answered.status));
    let mut history = taken.history.clone();
    history.push(Attempt { at: outcome.at, status, duration_ms: outcome.duration_ms, problem: outcome.problem() });
    history.drain(..history.len().saturating_sub(HISTORY_MAX));
    Moved {
        customer: taken.customer,
        id: taken.id,
        state,
        attempts,
        next_at,
        status_code: status,
        answer: outcome.answer.as_ref().ok().map(|answered| answered.excerpt.clone()),
        problem: outcome.problem(),
        history,
        delivered_at: (state == State::Delivered).then_some(now),
    }
}

/// When to try again after so many attempts; never after the last one.
fn next_attempt(delivery: DeliveryId, attempts: i64, now: Instant, retry_after_s: Option<i64>) -> Option<Instant> {
    let pause_s = *PAUSES_S.get(usize::try_from(attempts - 1).ok()?)?;
    let asked_s = retry_after_s.unwrap_or(0).clamp(0, RETRY_AFTER_S_MAX);
    let span_us = pause_s * 1_000_000 / JITTER_PARTS;
    let jitter_us = i64::try_from(scattered(delivery.0, attempts) % span_us.unsigned_abs()).unwrap_or(0);
    Some(Instant(now.0 + pause_s.max(asked_s) * 1_000_000 + jitter_us))
}

/// The same number for the same delivery and attempt, and numbers far apart for neighbours (the finaliser of splitmix64).
fn scattered(delivery: i64, attempts: i64) -> u64 {
    let mut mixed = delivery.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(attempts.unsigned_abs());
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: Instant = Instant(1_000_000_000_000_000);

    fn taken(attempts: i64) -> Taken {
        let (customer, id) = (CustomerId(1), DeliveryId(7));
        Taken { customer, id, kind: "k".to_owned(), payload: json!({}), attempts, answer: None, history: Vec::new(), created_at: NOW }
    }

    fn answered(status: u16, retry_after_s: Option<i64>) -> Outcome {
        Outcome { at: NOW, duration_ms: 3, answer: Ok(Answered { status, excerpt: "x".to_owned(), retry_after_s }) }
    }

    #[test]
    fn what_an_answer_leads_to() {
        check(answered(200, None), State::Delivered);
        check(answered(204, None), State::Delivered);
        check(answered(302, None), State::Planned);
        check(answered(400, None), State::Planned);
        check(answered(410, None), State::Failed);
        check(answered(500, None), State::Planned);
        check(Outcome { answer: Err("no answer".to_owned()), ..answered(200, None) }, State::Planned);

        #[track_caller]
        fn check(outcome: Outcome, state: State) {
            let moved = after(&taken(0), &outcome, NOW);
            assert_eq!(moved.state, state);
            assert_eq!(moved.next_at.is_some(), state == State::Planned);
            assert_eq!(moved.problem.is_none(), state == State::Delivered);
        }
    }

    #[test]
    fn pauses_follow_the_schedule_with_a_tenth_of_jitter_and_end() {
        for (place, pause_s) in PAUSES_S.into_iter().enumerate() {
            let next = after(&taken(place as i64), &answered(500, None), NOW).next_at.unwrap();
            let waited_us = next.0 - NOW.0;
            assert!((pause_s * 1_000_000..pause_s * 1_100_000).contains(&waited_us), "{place}: {waited_us}");
        }
        assert_eq!(after(&taken(9), &answered(500, None), NOW).state, State::Dead);
        assert_ne!(scattered(7, 1), scattered(8, 1));
    }

    #[test]
    fn an_endpoint_may_ask_for_a_longer_pause_within_bounds() {
        let waits_s = |asked: i64| NOW.seconds_until(after(&taken(0), &answered(429, Some(asked)), NOW).next_at.unwrap());
        assert_eq!((waits_s(0), waits_s(-9)), (5, 5));
        assert_eq!((waits_s(120), waits_s(i64::MAX)), (120, 24 * 3600));
    }

    #[test]
    fn the_history_is_bounded() {
        let attempt = Attempt { at: NOW, status: Some(500), duration_ms: 1, problem: None };
        let full = Taken { history: vec![attempt; HISTORY_MAX], ..taken(2) };
        let moved = after(&full, &answered(200, None), NOW);
        assert_eq!((moved.history.len(), moved.history.last().unwrap().status), (HISTORY_MAX, Some(200)));
    }
}
