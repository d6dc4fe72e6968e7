//! Quiet hours: whether it is quiet for a customer, and until when. Pure; days with a change of the clock included.

use crate::settings::QuietHours;
use crate::time::Instant;
use jiff::civil::Time;
use jiff::tz::TimeZone;

/// Until when it is quiet at this instant in this zone; nothing when it is not.
pub fn until(quiet: QuietHours, now: Instant, zone: &TimeZone) -> Option<Instant> {
    let local = now.timestamp().to_zoned(zone.clone());
    let time = local.time();
    if !is_quiet(quiet, time) {
        return None;
    }
    let day = if time < quiet.to { local.date() } else { local.date().tomorrow().ok()? };
    // Where that time does not exist, because the clock is put forward, it is the instant as much later.
    let end = day.to_datetime(quiet.to).to_zoned(zone.clone()).ok()?;
    let end = Instant(end.timestamp().as_microsecond());
    // Where the clock is put back over the end, the first of the two has passed and the second ends it.
    Some(if now < end { end } else { now.plus_minutes(60) })
}

fn is_quiet(quiet: QuietHours, time: Time) -> bool {
    match quiet.from < quiet.to {
        true => quiet.from <= time && time < quiet.to,
        false => quiet.from <= time || time < quiet.to,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_at_the_customers_own_time() {
        let night = ("22:00", "08:00");
        check(night, "2026-01-10T12:00:00Z", "Europe/Vienna", None);
        check(night, "2026-01-10T20:59:59Z", "Europe/Vienna", None);
        check(night, "2026-01-10T21:00:00Z", "Europe/Vienna", Some("2026-01-11T07:00:00Z"));
        check(night, "2026-01-11T06:59:59Z", "Europe/Vienna", Some("2026-01-11T07:00:00Z"));
        check(night, "2026-01-11T07:00:00Z", "Europe/Vienna", None);
        check(night, "2026-01-10T12:00:00Z", "Asia/Tokyo", None);
        check(night, "2026-01-10T14:00:00Z", "Asia/Tokyo", Some("2026-01-10T23:00:00Z"));
        check(("12:00", "14:00"), "2026-01-10T11:30:00Z", "Europe/Vienna", Some("2026-01-10T13:00:00Z"));
    }

    #[test]
    fn the_night_in_which_the_clock_changes() {
        // In spring the night is an hour shorter, and 02:30 does not exist.
        check(("22:00", "08:00"), "2026-03-28T21:30:00Z", "Europe/Vienna", Some("2026-03-29T06:00:00Z"));
        check(("22:00", "02:30"), "2026-03-28T23:30:00Z", "Europe/Vienna", Some("2026-03-29T01:30:00Z"));
        // In autumn it is an hour longer, and 02:30 comes twice.
        check(("22:00", "08:00"), "2026-10-24T20:30:00Z", "Europe/Vienna", Some("2026-10-25T07:00:00Z"));
        check(("22:00", "02:30"), "2026-10-25T00:15:00Z", "Europe/Vienna", Some("2026-10-25T00:30:00Z"));
        check(("22:00", "02:30"), "2026-10-25T01:15:00Z", "Europe/Vienna", Some("2026-10-25T02:15:00Z"));
    }

    #[track_caller]
    fn check(hours: (&str, &str), now: &str, zone: &str, expected: Option<&str>) {
        let quiet = QuietHours { from: hours.0.parse().unwrap(), to: hours.1.parse().unwrap() };
        let found = until(quiet, Instant::parse(now).unwrap(), &TimeZone::get(zone).unwrap());
        assert_eq!(found.map(|at| at.to_string()).as_deref(), expected, "{now} {zone}");
    }
}
