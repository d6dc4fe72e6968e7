//! How fast mail goes out: a distance between two mails to one domain, and a number of mails a day while a sender is warmed
//! up. Each message is given its place once, when it first wants to go, and waits for it.

use super::store::paces;
use crate::config;
use crate::error::Error;
use crate::time::Instant;
use crate::work::Work;
use jiff::civil::Date;
use jiff::tz::TimeZone;

const MINUTE: i64 = 60_000_000;
/// Days after which a sender counts as known.
const WARMUP_DAYS: i64 = 60;
/// The name of the warm-up among the domains; none is spelled so.
const WARMUP: &str = "*";

/// When a message to this domain may go: now, or at the place it is given.
pub fn slot(work: &mut Work<'_>, domain: &str) -> Result<Instant, Error> {
    let app = work.app.clone();
    let config = &app.config.mail;
    let mut slot = work.now;
    if let Some(start) = warmup_start(config)
        && let Some(today) = day_since(start, work.now)
    {
        let standing = paces::lock(work, WARMUP)?.unwrap_or((Instant(0), 0));
        let (day, used) = next_place(config, today, (standing.0.0, standing.1));
        paces::put(work, WARMUP, Instant(day), used)?;
        slot = slot.max(first_instant(start, day));
    }
    if config.per_minute_per_domain > 0 {
        let free = paces::lock(work, domain)?.map_or(Instant(0), |standing| standing.0);
        slot = slot.max(free);
        paces::put(work, domain, Instant(slot.0 + MINUTE / config.per_minute_per_domain), 0)?;
    }
    Ok(slot)
}

/// Whether there is any pace to keep.
pub fn is_kept(config: &config::Mail) -> bool {
    config.per_minute_per_domain > 0 || warmup_start(config).is_some()
}

fn warmup_start(config: &config::Mail) -> Option<Date> {
    // What is no date was refused at start.
    config.warmup_start.parse().ok()
}

/// The day of the warm-up, from 0; nothing before it begins and after it is over.
fn day_since(start: Date, now: Instant) -> Option<i64> {
    let today = now.timestamp().to_zoned(TimeZone::UTC).date();
    let day = i64::from(start.until(today).ok()?.get_days());
    (0..WARMUP_DAYS).contains(&day).then_some(day)
}

fn first_instant(start: Date, day: i64) -> Instant {
    let midnight = start.to_zoned(TimeZone::UTC).map(|at| at.timestamp().as_microsecond()).unwrap_or_default();
    Instant(midnight).plus_days(day)
}

/// Mails that may go out on a day of the warm-up.
fn limit(config: &config::Mail, day: i64) -> i64 {
    let growth = 1.0 + config.warmup_growth_percent as f64 / 100.0;
    let days = i32::try_from(day).unwrap_or(i32::MAX);
    (config.warmup_first as f64 * growth.powi(days)).min(1e12) as i64
}

/// The day on which the next one goes, and how many go on it then, given the day up to which places were given.
fn next_place(config: &config::Mail, today: i64, standing: (i64, i64)) -> (i64, i64) {
    let (day, used) = if standing.0 < today { (today, 0) } else { standing };
    if used < limit(config, day) || WARMUP_DAYS <= day { (day, used + 1) } else { (day + 1, 1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn places_are_given_day_by_day() {
        let config = config::Mail { warmup_first: 2, warmup_growth_percent: 50, ..Config::defaults().mail };
        let mut place = (0, 0);
        let days: Vec<i64> = (0..8)
            .map(|_| {
                place = next_place(&config, 0, place);
                place.0
            })
            .collect();
        assert_eq!(days, [0, 0, 1, 1, 1, 2, 2, 2]);
        assert_eq!(next_place(&config, 9, place), (9, 1), "what was not used on earlier days is lost");
    }

    #[test]
    fn the_days_of_a_warm_up() {
        let start = "2026-03-01".parse().unwrap();
        let day = |text: &str| day_since(start, Instant::parse(text).unwrap());
        assert_eq!(day("2026-02-28T23:59:59Z"), None);
        assert_eq!(day("2026-03-01T00:00:00Z"), Some(0));
        assert_eq!(day("2026-03-02T12:00:00Z"), Some(1));
        assert_eq!(day("2026-04-30T00:00:00Z"), None);
        assert_eq!(first_instant(start, 1).to_string(), "2026-03-02T00:00:00Z");
    }
}
