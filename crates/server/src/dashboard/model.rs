//! The figures, and the days they are about. Days are those of the shop's calendar.

use crate::error::Error;
use crate::ids::{RuleId, SegmentId};
use crate::time::Instant;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Dashboard {
    pub customers: Customers,
    pub activities: Activities,
    pub segments: Vec<SegmentFigures>,
    pub rules: Vec<RuleFigures>,
    pub mail: MailFigures,
    pub jobs: JobFigures,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DashboardCustomers)]
pub struct Customers {
    pub total: i64,
    pub active: i64,
    /// Made in the range.
    pub new: i64,
    /// Made in as many days before.
    pub new_before: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DashboardActivities)]
pub struct Activities {
    pub total: i64,
    pub in_range: i64,
    pub in_range_before: i64,
    /// Every day of the range, also those without activities.
    pub by_day: Vec<DayCount>,
    /// The types of the range, the most frequent first.
    pub by_type: Vec<TypeCount>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DayCount {
    #[schema(format = Date)]
    pub day: String,
    pub count: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TypeCount {
    #[serde(rename = "type")]
    pub kind: String,
    pub count: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SegmentFigures {
    pub id: SegmentId,
    pub name: String,
    pub group_name: String,
    pub size: i64,
    pub entered: i64,
    pub left: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleFigures {
    pub id: RuleId,
    pub name: String,
    pub active: bool,
    pub fired: i64,
    pub not_fired: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MailFigures {
    /// Under way now; the others are of the range.
    pub queued: i64,
    pub sent: i64,
    pub failed: i64,
    pub withheld: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct JobFigures {
    pub queued: i64,
    pub running: i64,
    pub dead: i64,
}

/// Days a dashboard looks back at most.
pub const DAYS_MAX: i64 = 366;

/// Whole local days: those asked for and as many before.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    /// Twice as many days as asked for, and the instant at which each begins.
    days: Vec<(Date, Instant)>,
    end: Instant,
    /// Microseconds that fit a whole number of times into each of the days, so that counts by this step add up to days.
    pub step: i64,
}

impl Range {
    pub fn ending_today(now: Instant, zone: &TimeZone, days: i64) -> Result<Range, Error> {
        if !(1..=DAYS_MAX).contains(&days) {
            return Err(Error::invalid("/days", "out_of_range", format!("days is 1 to {DAYS_MAX}")));
        }
        let today = now.timestamp().to_zoned(zone.clone()).date();
        let outside = |error: jiff::Error| Error::Bug(anyhow::Error::new(error).context("a day outside the calendar"));
        let begins = |date: Date| date.to_zoned(zone.clone()).map(|start| Instant(start.timestamp().as_microsecond())).map_err(outside);
        let mut all = Vec::new();
        for back in (0..days * 2).rev() {
            let date = today.checked_sub(back.days()).map_err(outside)?;
            all.push((date, begins(date)?));
        }
        let end = begins(today.tomorrow().map_err(outside)?)?;
        let starts = all.iter().map(|(_, start)| start.0);
        let ends = starts.clone().skip(1).chain([end.0]);
        // A day on which the clock is set is longer or shorter than the others.
        let step = starts.zip(ends).map(|(start, end)| end - start).fold(0, divisor_of_both);
        Ok(Range { days: all, end, step })
    }

    pub fn start(&self) -> Instant {
        self.days[self.days.len() / 2].1
    }

    pub fn start_before(&self) -> Instant {
        self.days[0].1
    }

    pub fn end(&self) -> Instant {
        self.end
    }
}

fn divisor_of_both(one: i64, other: i64) -> i64 {
    if other == 0 { one } else { divisor_of_both(other, one % other) }
}

/// Activities from counts by type and step since the start of the days before.
pub fn activities(range: &Range, total: i64, spans: &[(String, i64, i64)]) -> Activities {
    let mut by_day: Vec<DayCount> =
        range.days[range.days.len() / 2..].iter().map(|(date, _)| DayCount { day: date.to_string(), count: 0 }).collect();
    let mut by_type: BTreeMap<&str, i64> = BTreeMap::new();
    let mut before = 0;
    for (kind, span, count) in spans {
        let at = Instant(range.start_before().0 + span * range.step);
        let day = range.days.partition_point(|(_, start)| *start <= at).saturating_sub(1);
        match day.checked_sub(range.days.len() / 2) {
            None => before += count,
            Some(day) => {
                by_day[day].count += count;
                *by_type.entry(kind).or_default() += count;
            }
        }
    }
    let mut by_type: Vec<TypeCount> = by_type.into_iter().map(|(kind, count)| TypeCount { kind: kind.to_owned(), count }).collect();
    by_type.sort_by_key(|one| -one.count);
    Activities { total, in_range: by_day.iter().map(|day| day.count).sum(), in_range_before: before, by_day, by_type }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000_000;

    fn range(now: &str, zone: &str, days: i64) -> Range {
        Range::ending_today(Instant::parse(now).unwrap(), &TimeZone::get(zone).unwrap(), days).unwrap()
    }

    #[test]
    fn days_are_local_and_the_clock_may_be_set() {
        check("2026-03-02T12:00:00Z", "UTC", "2026-03-01T00:00:00Z", 24 * HOUR);
        check("2026-03-02T23:30:00Z", "Europe/Vienna", "2026-03-01T23:00:00Z", 24 * HOUR);
        check("2026-03-30T12:00:00Z", "Europe/Vienna", "2026-03-28T23:00:00Z", HOUR);
        check("2026-04-06T12:00:00Z", "Australia/Lord_Howe", "2026-04-04T13:00:00Z", HOUR / 2);

        #[track_caller]
        fn check(now: &str, zone: &str, start: &str, step: i64) {
            let range = range(now, zone, 2);
            assert_eq!((range.start().to_string().as_str(), range.step), (start, step));
        }
    }

    #[test]
    fn counts_fall_into_their_day() {
        let range = range("2026-03-30T12:00:00Z", "Europe/Vienna", 2);
        let spans = |at: &str| (Instant::parse(at).unwrap().0 - range.start_before().0) / range.step;
        let counts = [
            ("order".to_owned(), spans("2026-03-28T22:00:00Z"), 1),
            ("order".to_owned(), spans("2026-03-28T23:00:00Z"), 2),
            ("visit".to_owned(), spans("2026-03-29T21:00:00Z"), 4),
            ("visit".to_owned(), spans("2026-03-29T22:00:00Z"), 8),
        ];
        let figures = activities(&range, 99, &counts);
        assert_eq!((figures.in_range_before, figures.in_range), (1, 14));
        let day = |day: &str, count: i64| DayCount { day: day.to_owned(), count };
        assert_eq!(figures.by_day, [day("2026-03-29", 6), day("2026-03-30", 8)]);
        let kind = |kind: &str, count: i64| TypeCount { kind: kind.to_owned(), count };
        assert_eq!(figures.by_type, [kind("visit", 12), kind("order", 2)]);
    }
}
