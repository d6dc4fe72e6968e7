//! How long something waits: minutes, hours or days, then until a local time of day if one is named.

use crate::time::Instant;
use jiff::ToSpan;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use utoipa::ToSchema;

/// Minutes an action waits; written as `2m`, `3h` or `1d`, shown in the largest unit that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, example = "2h", pattern = "^[0-9]+[mhd]$")]
pub struct Delay(pub i64);

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;
const DELAY_MAX: i64 = 730 * DAY;

impl Delay {
    pub fn parse(text: &str) -> Option<Delay> {
        let (number, unit) = match text.as_bytes().last()? {
            b'm' => (&text[..text.len() - 1], 1),
            b'h' => (&text[..text.len() - 1], HOUR),
            b'd' => (&text[..text.len() - 1], DAY),
            _ => return None,
        };
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let minutes = number.parse::<i64>().ok()?.checked_mul(unit)?;
        (minutes <= DELAY_MAX).then_some(Delay(minutes))
    }

    pub fn after(self, now: Instant) -> Instant {
        now.plus_minutes(self.0)
    }
}

impl std::fmt::Display for Delay {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            minutes if minutes > 0 && minutes % DAY == 0 => write!(out, "{}d", minutes / DAY),
            minutes if minutes > 0 && minutes % HOUR == 0 => write!(out, "{}h", minutes / HOUR),
            minutes => write!(out, "{minutes}m"),
        }
    }
}

impl Serialize for Delay {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Delay {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Delay::parse(&text).ok_or_else(|| D::Error::custom(format!("{text:?} is not a delay such as 2m, 3h or 1d, of at most 730 days")))
    }
}

/// A local time of day, `09:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, example = "09:00", pattern = "^[0-2][0-9]:[0-5][0-9]$")]
pub struct TimeOfDay(pub Time);

impl TimeOfDay {
    pub fn parse(text: &str) -> Option<TimeOfDay> {
        let (hour, minute) = text.split_once(':')?;
        let number = |part: &str| (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse::<i8>().ok())?;
        Time::new(number(hour)?, number(minute)?, 0, 0).ok().map(TimeOfDay)
    }

    /// The first instant from `from` on at which clocks in the zone show this time. Where they skip it, the instant they
    /// would have shown it; where they show it twice, the first.
    pub fn next(self, from: Instant, zone: &TimeZone) -> Instant {
        let local = from.timestamp().to_zoned(zone.clone());
        let on = |days: i32| local.date().checked_add(days.days()).ok()?.to_datetime(self.0).to_zoned(zone.clone()).ok();
        // A day later is enough unless a zone skips a whole day.
        let found = (0..4).filter_map(on).map(|at| Instant(at.timestamp().as_microsecond())).find(|at| from <= *at);
        found.unwrap_or(from)
    }
}

impl std::fmt::Display for TimeOfDay {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:02}:{:02}", self.0.hour(), self.0.minute())
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        TimeOfDay::parse(&text).ok_or_else(|| D::Error::custom(format!("{text:?} is not a time of day such as 09:00")))
    }
}

/// When something that waits goes on: after the delay, then at the next such time of day where the customer lives.
pub fn due(delay: Option<Delay>, at: Option<TimeOfDay>, now: Instant, zone: &TimeZone) -> Instant {
    let after = delay.map_or(now, |delay| delay.after(now));
    at.map_or(after, |at| at.next(after, zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays() {
        check("2m", Some("2m"));
        check("120m", Some("2h"));
        check("48h", Some("2d"));
        check("25h", Some("25h"));
        check("0d", Some("0m"));
        check("731d", None);
        check("-2m", None);
        check("+2m", None);
        check("2", None);
        check("", None);
        check("2w", None);
        check("99999999999999999999d", None);

        #[track_caller]
        fn check(text: &str, shown: Option<&str>) {
            assert_eq!(Delay::parse(text).map(|delay| delay.to_string()).as_deref(), shown, "{text:?}");
        }
    }

    #[test]
    fn times_of_day_are_local() {
        check("2026-03-28T09:00:00Z", "10:00", "2026-03-28T09:00:00Z");
        check("2026-03-28T09:00:01Z", "10:00", "2026-03-29T08:00:00Z");
        // Clocks go from 02:00 to 03:00 on the 29th, and from 03:00 back to 02:00 on October 25th.
        check("2026-03-28T22:00:00Z", "02:30", "2026-03-29T01:30:00Z");
        check("2026-10-24T22:00:00Z", "02:30", "2026-10-25T00:30:00Z");
        check("2026-10-25T00:31:00Z", "02:30", "2026-10-26T01:30:00Z");

        #[track_caller]
        fn check(from: &str, at: &str, expected: &str) {
            let zone = TimeZone::get("Europe/Vienna").unwrap();
            let found = TimeOfDay::parse(at).unwrap().next(Instant::parse(from).unwrap(), &zone);
            assert_eq!(found.to_string(), expected, "{at} from {from}");
        }
    }

    #[test]
    fn what_is_no_time_of_day() {
        for text in ["", "9:00", "24:00", "09:60", "09-00", "+9:00", "09:00:00"] {
            assert_eq!(TimeOfDay::parse(text), None, "{text:?}");
        }
    }
}
