//! The breaker of an endpoint: who fails again and again is left alone for a while, longer each time, and then tried with
//! one delivery. Pure.

use crate::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Failures in a row before it opens.
pub const FAILURES_MAX: i64 = 5;
const OPEN_S: i64 = 60;
const OPEN_S_MAX: i64 = 60 * 60;
/// Doubled more often than this, the pause is the longest one anyway.
const DOUBLINGS_MAX: i64 = 6;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BreakerState {
    Closed,
    /// Deliveries wait.
    Open,
    /// The next delivery decides.
    HalfOpen,
}

/// A breaker as people see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = WebhookBreaker)]
pub struct BreakerView {
    pub state: BreakerState,
    /// In a row.
    pub failures: i64,
    /// When the next delivery is tried, or could have been.
    pub until: Option<Instant>,
}

/// A breaker as it is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Breaker {
    pub failures: i64,
    /// Since the last success.
    pub openings: i64,
    pub open_until: Option<Instant>,
}

impl Breaker {
    pub fn state(self, now: Instant) -> BreakerState {
        match self.open_until {
            None => BreakerState::Closed,
            Some(until) if now < until => BreakerState::Open,
            Some(_) => BreakerState::HalfOpen,
        }
    }

    pub fn shown(self, now: Instant) -> BreakerView {
        BreakerView { state: self.state(now), failures: self.failures, until: self.open_until }
    }

    /// What becomes of it after one more attempt. A success closes it, whatever came before.
    pub fn after(self, now: Instant, worked: bool) -> Breaker {
        if worked {
            return Breaker::default();
        }
        let failed = Breaker { failures: self.failures + 1, ..self };
        let opens = match self.state(now) {
            BreakerState::Closed => FAILURES_MAX <= failed.failures,
            BreakerState::HalfOpen => true,
            // One that was under way when it opened.
            BreakerState::Open => false,
        };
        if !opens {
            return failed;
        }
        let pause_s = (OPEN_S << self.openings.clamp(0, DOUBLINGS_MAX)).min(OPEN_S_MAX);
        Breaker { openings: self.openings + 1, open_until: Some(now.plus_seconds(pause_s)), ..failed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_with_the_fifth_failure_in_a_row_and_closes_with_a_success() {
        let now = Instant(0);
        let four = (0..4).fold(Breaker::default(), |breaker, _| breaker.after(now, false));
        assert_eq!((four.state(now), four.failures), (BreakerState::Closed, 4));
        let five = four.after(now, false);
        assert_eq!((five.state(now), five.open_until), (BreakerState::Open, Some(now.plus_minutes(1))));
        let six = five.after(now, false);
        assert_eq!((six.failures, six.open_until), (6, five.open_until), "one that was under way changes no pause");
        assert_eq!(five.state(now.plus_minutes(1)), BreakerState::HalfOpen);
        assert_eq!(five.after(now.plus_minutes(1), true), Breaker::default());
    }

    #[test]
    fn pauses_double_up_to_an_hour() {
        let (mut now, mut breaker) = (Instant(0), Breaker { failures: 4, ..Breaker::default() });
        let mut pauses = Vec::new();
        for _ in 0..9 {
            breaker = breaker.after(now, false);
            let until = breaker.open_until.unwrap();
            pauses.push(now.seconds_until(until) / 60);
            now = until;
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }
}
