//! Instants as the database keeps them (microseconds UTC) and as JSON shows them (RFC 3339).

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};
use store::{FromColumn, FromRow, Row, StoreError, Value};
use utoipa::ToSchema;

const SECOND: i64 = 1_000_000;

/// An instant in microseconds since 1970, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-01-31T09:30:00Z")]
pub struct Instant(pub i64);

impl Instant {
    pub fn plus_seconds(self, seconds: i64) -> Instant {
        Instant(self.0.saturating_add(seconds.saturating_mul(SECOND)))
    }

    pub fn plus_minutes(self, minutes: i64) -> Instant {
        self.plus_seconds(minutes.saturating_mul(60))
    }

    pub fn plus_days(self, days: i64) -> Instant {
        self.plus_minutes(days.saturating_mul(24 * 60))
    }

    pub fn seconds_until(self, later: Instant) -> i64 {
        (later.0 - self.0) / SECOND
    }

    /// How long to wait from here until `later`; nothing when it has passed.
    pub fn pause_until(self, later: Instant) -> std::time::Duration {
        std::time::Duration::from_micros(u64::try_from(later.0.saturating_sub(self.0)).unwrap_or(0))
    }

    /// Reads RFC 3339, or a date alone as its first instant in UTC.
    pub fn parse(text: &str) -> Option<Instant> {
        let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
        whole.parse::<Timestamp>().ok().map(|at| Instant(at.as_microsecond()))
    }

    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(if self.0 < 0 { Timestamp::MIN } else { Timestamp::MAX })
    }
}

impl std::fmt::Display for Instant {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.timestamp().fmt(out)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(&self.timestamp())
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        Instant::parse(&text).ok_or_else(|| D::Error::custom(format!("{text:?} is not an RFC 3339 time")))
    }
}

impl From<Instant> for Value {
    fn from(at: Instant) -> Value {
        Value::Int(at.0)
    }
}

impl FromColumn for Instant {
    fn from_cell(cell: store::Cell<'_>) -> Option<Instant> {
        i64::from_cell(cell).map(Instant)
    }
}

impl FromRow for Instant {
    fn from_row(row: &Row<'_>) -> Result<Instant, StoreError> {
        row.get(0)
    }
}

/// Where the time comes from: the machine, or a test's hand.
#[derive(Debug, Clone)]
pub enum Clock {
    Machine,
    ByHand(Arc<AtomicI64>),
}

impl Clock {
    pub fn by_hand(start: Instant) -> Clock {
        Clock::ByHand(Arc::new(AtomicI64::new(start.0)))
    }

    pub fn now(&self) -> Instant {
        match self {
            Clock::Machine => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Instant(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
            }
            Clock::ByHand(now) => Instant(now.load(Ordering::SeqCst)),
        }
    }

    /// Moves a clock that is set by hand; the machine's goes by itself.
    pub fn advance_seconds(&self, seconds: i64) {
        if let Clock::ByHand(now) = self {
            now.fetch_add(seconds * SECOND, Ordering::SeqCst);
        }
    }

    pub fn advance_minutes(&self, minutes: i64) {
        self.advance_seconds(minutes * 60);
    }

    pub fn advance_days(&self, days: i64) {
        self.advance_minutes(days * 24 * 60);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants() {
        check("1997-01-01T00:00:00Z", Some("1997-01-01T00:00:00Z"));
        check("1997-01-01", Some("1997-01-01T00:00:00Z"));
        check("2026-03-29T02:30:00+01:00", Some("2026-03-29T01:30:00Z"));
        check("2026-03-29T02:30:00.123456789Z", Some("2026-03-29T02:30:00.123456Z"));
        check("yesterday", None);

        #[track_caller]
        fn check(text: &str, shown: Option<&str>) {
            assert_eq!(Instant::parse(text).map(|at| at.to_string()).as_deref(), shown);
        }
    }
}
