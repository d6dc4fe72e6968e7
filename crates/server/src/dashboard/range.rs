//! The days the figures are about. They are days of the shop's calendar.

use crate::error::Error;
use crate::rollups::Stretch;
use crate::time::Instant;
use condition::calendar;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Days a dashboard looks at once.
pub const DAYS_MAX: i64 = 366;

/// Which days: the last ones, today included, or those from one to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    Last(i64),
    Between(Date, Date),
}

/// Whole local days: those asked for, and as many before.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    /// Each with the instant at which it begins.
    pub days: Vec<(Date, Instant)>,
    pub end: Instant,
    before: (Date, Instant),
}

/// Where an amount of [`Range::spans`] belongs.
pub const WITHIN: i64 = 0;
pub const BEFORE: i64 = 1;
pub const AFTER: i64 = 2;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DashboardRange)]
pub struct Shown {
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    pub days: i64,
    /// The first of as many days before.
    #[schema(value_type = String, format = Date)]
    pub before_from: Date,
    #[schema(value_type = String, format = Date)]
    pub before_to: Date,
    /// The instant at which the days before begin.
    pub before_starts_at: Instant,
    /// The instants between which the days lie, the second one excluded.
    pub starts_at: Instant,
    pub ends_at: Instant,
}

impl Range {
    pub fn new(now: Instant, zone: &TimeZone, wanted: Wanted) -> Result<Range, Error> {
        let (from, to) = match wanted {
            Wanted::Last(days) if !(1..=DAYS_MAX).contains(&days) => {
                return Err(Error::invalid("/days", "out_of_range", format!("days is 1 to {DAYS_MAX}")));
            }
            Wanted::Last(days) => {
                let today = calendar::local_date(zone, now.0);
                (today.saturating_sub((days - 1).days()), today)
            }
            Wanted::Between(from, to) => (from, to),
        };
        let count = i64::from(from.until(to).map_or(0, |span| span.get_days())) + 1;
        if !(1..=DAYS_MAX).contains(&count) {
            return Err(Error::invalid("/to", "out_of_range", format!("from the first to the last day it is 1 to {DAYS_MAX} days")));
        }
        let begins = |day: Date| Instant(calendar::start_of(zone, day));
        let before = from.saturating_sub(count.days());
        Ok(Range {
            days: from.series(1.day()).take(count as usize).map(|day| (day, begins(day))).collect(),
            end: begins(to.saturating_add(1.day())),
            before: (before, begins(before)),
        })
    }

    pub fn start(&self) -> Instant {
        self.days[0].1
    }

    pub fn before_start(&self) -> Instant {
        self.before.1
    }

    /// Each day at its place.
    pub fn by_day(&self) -> Vec<Stretch> {
        let starts: Vec<Instant> = self.days.iter().map(|(_, start)| *start).collect();
        Stretch::days(&starts, self.end)
    }

    /// The days asked for, those before, and all time after.
    pub fn spans(&self) -> Vec<Stretch> {
        let mut spans = Stretch::whole(self.start(), self.end, WITHIN);
        spans.extend(Stretch::whole(self.before_start(), self.start(), BEFORE));
        spans.extend(Stretch::whole(self.end, Instant(i64::MAX), AFTER));
        spans
    }

    pub fn shown(&self) -> Shown {
        let from = self.days[0].0;
        let to = self.days[self.days.len() - 1].0;
        Shown {
            from,
            to,
            days: self.days.len() as i64,
            before_from: self.before.0,
            before_to: from.saturating_sub(1.day()),
            before_starts_at: self.before_start(),
            starts_at: self.start(),
            ends_at: self.end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(now: &str, zone: &str, wanted: Wanted) -> Range {
        Range::new(Instant::parse(now).unwrap(), &TimeZone::get(zone).unwrap(), wanted).unwrap()
    }

    #[test]
    fn days_are_local_and_the_clock_may_be_set() {
        check("2026-03-02T12:00:00Z", "UTC", "2026-03-01", "2026-03-01T00:00:00Z", "2026-03-03T00:00:00Z");
        check("2026-03-02T23:30:00Z", "Europe/Vienna", "2026-03-02", "2026-03-01T23:00:00Z", "2026-03-03T23:00:00Z");
        check("2026-03-30T12:00:00Z", "Europe/Vienna", "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-30T22:00:00Z");
        check("2026-04-06T12:00:00Z", "Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00:00Z", "2026-04-06T13:30:00Z");

        #[track_caller]
        fn check(now: &str, zone: &str, first: &str, start: &str, end: &str) {
            let range = range(now, zone, Wanted::Last(2));
            let shown = range.shown();
            assert_eq!(
                (shown.from.to_string().as_str(), shown.starts_at.to_string().as_str(), shown.ends_at.to_string().as_str()),
                (first, start, end)
            );
        }
    }

    #[test]
    fn as_many_days_before_are_compared() {
        let wanted = Wanted::Between("2026-02-01".parse().unwrap(), "2026-02-28".parse().unwrap());
        let shown = range("2026-03-30T12:00:00Z", "Europe/Vienna", wanted).shown();
        assert_eq!(
            (shown.days, shown.before_from.to_string().as_str(), shown.before_to.to_string().as_str()),
            (28, "2026-01-04", "2026-01-31")
        );
    }

    #[test]
    fn what_is_too_long_or_runs_backwards_is_refused() {
        let (zone, now) = (TimeZone::UTC, Instant(0));
        let between = |from: &str, to: &str| Wanted::Between(from.parse().unwrap(), to.parse().unwrap());
        for wanted in [Wanted::Last(0), Wanted::Last(367), between("2026-01-02", "2026-01-01"), between("2024-01-01", "2026-01-01")] {
            assert!(Range::new(now, &zone, wanted).is_err(), "{wanted:?}");
        }
    }
}
