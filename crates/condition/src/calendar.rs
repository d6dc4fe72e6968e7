//! Durations, dates, instants and time zones as the language knows them. Instants are microseconds since 1970 in UTC.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use smallvec::SmallVec;

pub const SECOND: i64 = 1_000_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;
pub const WEEK: i64 = 7 * DAY;

/// The longest duration a condition may name: 200 years.
pub const DURATION_MAX: i64 = 73_050 * DAY;

/// Two changes of a zone's offset further apart than this from a midnight cannot move that midnight.
const MIDNIGHT_MOVES_WITHIN: i64 = 25 * HOUR;

/// `90d`, `12h`, `30m`, `2w`, or an ISO 8601 duration without years and months, which have no exact length.
pub fn parse_duration(text: &str) -> Option<i64> {
    let duration = if text.starts_with('P') { iso_duration(text)? } else { short_duration(text)? };
    (1..=DURATION_MAX).contains(&duration).then_some(duration)
}

fn short_duration(text: &str) -> Option<i64> {
    let unit = match text.chars().last()? {
        'm' => MINUTE,
        'h' => HOUR,
        'd' => DAY,
        'w' => WEEK,
        _ => return None,
    };
    let digits = &text[..text.len() - 1];
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse::<i64>().ok()?.checked_mul(unit)
}

fn iso_duration(text: &str) -> Option<i64> {
    let span: Span = text.parse().ok()?;
    if span.get_years() != 0 || span.get_months() != 0 {
        return None;
    }
    let days = i64::from(span.get_weeks()).checked_mul(7)?.checked_add(i64::from(span.get_days()))?;
    let parts = [
        (days, DAY),
        (i64::from(span.get_hours()), HOUR),
        (span.get_minutes(), MINUTE),
        (span.get_seconds(), SECOND),
        (span.get_milliseconds(), 1_000),
        (span.get_microseconds(), 1),
    ];
    parts.into_iter().try_fold(0_i64, |sum, (count, unit)| sum.checked_add(count.checked_mul(unit)?))
}

/// A date that exists, as `YYYY-MM-DD`.
pub fn parse_date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    let is_shaped = bytes.len() == 10
        && bytes.iter().enumerate().all(|(place, byte)| if place == 4 || place == 7 { *byte == b'-' } else { byte.is_ascii_digit() });
    if !is_shaped {
        return None;
    }
    Date::new(text[..4].parse().ok()?, text[5..7].parse().ok()?, text[8..].parse().ok()?).ok()
}

/// An instant in RFC 3339, with an offset. What is finer than a microsecond is cut off.
pub fn parse_instant(text: &str) -> Option<i64> {
    let timestamp: Timestamp = text.parse().ok()?;
    Some(timestamp.as_microsecond())
}

/// The one spelling in which custom fields store an instant: `YYYY-MM-DDTHH:MM:SS.ffffffZ`. It sorts like the instants do.
pub fn instant_text(instant: i64) -> String {
    format!("{:.6}", timestamp(instant))
}

/// Reads what [`instant_text`] writes and nothing else. The last two hours before the end of jiff's time are none, as in
/// the `{instant x}` of `sql::dialect`.
pub fn parse_instant_text(text: &str) -> Option<i64> {
    if text.len() != 27 || !text.is_ascii() || parse_date(&text[..10]).is_none() || text >= "9999-12-30T22" {
        return None;
    }
    let instant = parse_instant(text)?;
    (instant_text(instant) == text).then_some(instant)
}

/// The zone a customer lives in: the one of that name, else the instance's.
pub fn zone_of(name: Option<&str>, instance: &TimeZone) -> TimeZone {
    name.and_then(|name| TimeZone::get(name).ok()).unwrap_or_else(|| instance.clone())
}

/// The date that the calendar in this zone shows at this instant.
pub fn local_date(zone: &TimeZone, instant: i64) -> Date {
    zone.to_datetime(timestamp(instant)).date()
}

/// The first instant of a day in this zone.
pub fn start_of(zone: &TimeZone, date: Date) -> i64 {
    // Refused only at the ends of time, beyond every instant we hold.
    zone.to_timestamp(date.to_datetime(Time::midnight())).map_or(i64::MAX, Timestamp::as_microsecond)
}

/// The instants at which the calendar in this zone may step to this date, or back from it: where an offset changes around
/// midnight, a calendar can show the new day, then the old one again.
pub fn crossings(zone: &TimeZone, date: Date) -> SmallVec<[i64; 4]> {
    let start = start_of(zone, date);
    let mut instants: SmallVec<[i64; 4]> = SmallVec::new();
    instants.push(start);
    for transition in zone.following(timestamp(start.saturating_sub(MIDNIGHT_MOVES_WITHIN))) {
        let at = transition.timestamp().as_microsecond();
        if at > start.saturating_add(MIDNIGHT_MOVES_WITHIN) {
            break;
        }
        instants.push(at);
    }
    instants
}

/// The anniversary of a date in a year; 29 February moves to 1 March where there is none.
pub fn anniversary(date: Date, year: i16) -> Option<Date> {
    Date::new(year, date.month(), date.day()).or_else(|_| Date::new(year, 3, 1)).ok()
}

fn timestamp(instant: i64) -> Timestamp {
    Timestamp::from_microsecond(instant).unwrap_or(if instant < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        check("90d", Some(90 * DAY));
        check("12h", Some(12 * HOUR));
        check("30m", Some(30 * MINUTE));
        check("2w", Some(14 * DAY));
        check("P90D", Some(90 * DAY));
        check("P1DT12H", Some(36 * HOUR));
        check("PT0.5S", Some(SECOND / 2));
        for nonsense in ["", "d", "-3d", "0d", "1.5d", "90", "90 d", "P1M", "P1Y", "P", "-P1D", "99999999999999999999d", "2000000d", "3ü"]
        {
            check(nonsense, None);
        }

        #[track_caller]
        fn check(text: &str, duration: Option<i64>) {
            assert_eq!(parse_duration(text), duration, "{text:?}");
        }
    }

    #[test]
    fn dates() {
        check("2024-02-29", true);
        check("2023-02-29", false);
        check("2024-2-29", false);
        check("20240229xx", false);
        check("2024-02-2９", false);

        #[track_caller]
        fn check(text: &str, exists: bool) {
            assert_eq!(parse_date(text).map(|date| date.to_string()), exists.then(|| text.to_owned()), "{text:?}");
        }
    }

    #[test]
    fn instants_have_one_spelling() {
        let text = "2024-02-29T23:59:59.000001Z";
        assert_eq!(parse_instant_text(text).map(instant_text).as_deref(), Some(text));
        assert_eq!(instant_text(0), "1970-01-01T00:00:00.000000Z");
        for other in ["2024-02-29T23:59:59Z", "2024-02-29t23:59:59.000001Z", "2024-02-29T23:59:60.000000Z", "2024-02-30T23:59:59.000001Z"] {
            assert_eq!(parse_instant_text(other), None, "{other}");
        }
    }

    #[test]
    fn a_calendar_can_step_back() {
        let goose_bay = TimeZone::get("America/Goose_Bay").expect("the zone is known");
        let day = jiff::civil::date(2005, 10, 30);
        let instants = crossings(&goose_bay, day);
        assert_eq!(instants.len(), 2);
        assert_eq!(local_date(&goose_bay, instants[0]), day);
        assert_eq!(local_date(&goose_bay, instants[1]), jiff::civil::date(2005, 10, 29));
    }
}
