//! Rules that look for everyone at once: by the calendar, when segments were built anew, or because a person says so. The
//! customers are found by the rendered condition, page by page, in a job.

use super::incident::{Happened, Incident};
use super::react;
use super::rules::{self, Ready, Stored};
use super::store::{self, Schedule};
use super::trigger::{Missed, Trigger};
use crate::access::Actor;
use crate::app::App;
use crate::customers;
use crate::error::{Error, Problem};
use crate::events::Event;
use crate::ids::{CustomerId, JobId, RuleId, SegmentId};
use crate::jobs::{self, Claimed, Job, Picked, Wish};
use crate::settings;
use crate::time::Instant;
use crate::work::{self, Work};
use crate::worker::Ending;
use cronexpr::{Crontab, MakeTimestamp};
use jiff::tz::TimeZone;
use serde_json::json;

/// Customers looked at in one unit of work.
const PAGE: usize = 500;
/// A run this late was missed.
const LATE_S: i64 = 60;

/// A calendar expression with its zone.
pub struct Calendar {
    crontab: Crontab,
    zone: TimeZone,
    /// Whether it means every hour, or every so many: then it goes by the time that passes, not by what clocks show.
    is_hourly: bool,
}

impl Calendar {
    /// Or what is wrong with it.
    pub fn parse(expression: &str, zone: &str) -> Result<Calendar, String> {
        let words: Vec<&str> = expression.split_whitespace().collect();
        // A sixth word would be taken for a zone.
        let [_, hour, _, _, _] = words[..] else {
            return Err("a calendar expression has five parts: minute, hour, day of month, month, day of week".to_owned());
        };
        let is_hourly = hour.starts_with('*');
        let zone = TimeZone::get(zone).map_err(|error| error.to_string())?;
        let named = zone.iana_name().filter(|_| is_hourly).unwrap_or("UTC");
        let crontab = cronexpr::parse_crontab(&format!("{expression} {named}")).map_err(|error| {
            let text = error.to_string();
            let last = text.lines().map(|line| line.trim().trim_start_matches('^').trim()).rfind(|line| !line.is_empty());
            last.unwrap_or(&text).to_owned()
        })?;
        Ok(Calendar { crontab, zone, is_hourly })
    }

    /// The first instant after this one that it means; nothing if there is none. A time of day that clocks skip comes when
    /// they would have shown it, one that they show twice comes once.
    pub fn next(&self, after: Instant) -> Option<Instant> {
        if self.is_hourly {
            let next = self.crontab.find_next(MakeTimestamp(after.timestamp())).ok()?;
            return Some(Instant(next.timestamp().as_microsecond()));
        }
        // What clocks show, as if it were UTC.
        let mut shown = after.timestamp().to_zoned(self.zone.clone()).datetime();
        for _ in 0..4 {
            let next = self.crontab.find_next(MakeTimestamp(shown.to_zoned(TimeZone::UTC).ok()?.timestamp())).ok()?;
            shown = next.datetime();
            let at = Instant(shown.to_zoned(self.zone.clone()).ok()?.timestamp().as_microsecond());
            if after < at {
                return Some(at);
            }
        }
        None
    }
}

/// What is wrong with the calendar triggers of a rule.
pub fn check(work: &mut Work<'_>, triggers: &[Trigger], problems: &mut Vec<Problem>) -> Result<(), Error> {
    let instance = settings::all(work)?.time_zone.clone();
    for (place, trigger) in triggers.iter().enumerate() {
        let Trigger::Cron { expression, time_zone, .. } = trigger else { continue };
        let zone = time_zone.as_deref().unwrap_or(&instance);
        if TimeZone::get(zone).is_err() {
            let path = format!("/triggers/{place}/timeZone");
            problems.push(Problem::new(path, "unknown_time_zone", format!("there is no time zone {zone:?}")));
            continue;
        }
        let path = format!("/triggers/{place}/expression");
        match Calendar::parse(expression, zone) {
            Ok(calendar) if calendar.next(work.now).is_none() => {
                problems.push(Problem::new(path, "never", "this never comes"));
            }
            Ok(_) => {}
            Err(problem) => problems.push(Problem::new(path, "syntax", problem)),
        }
    }
    Ok(())
}

/// Notes when a rule looks next.
pub fn schedule(work: &mut Work<'_>, rule: RuleId, active: bool, triggers: &[Trigger]) -> Result<(), Error> {
    let instance = settings::all(work)?.time_zone.clone();
    let at = |(place, trigger): (usize, &Trigger)| Some((rule, place as i64, next_of(trigger, &instance, work.now)?));
    let schedules: Vec<Schedule> = if active { triggers.iter().enumerate().filter_map(at).collect() } else { Vec::new() };
    schedules.iter().for_each(|(_, _, at)| work.wake_worker(*at));
    store::reschedule(work, rule, &schedules)
}

fn next_of(trigger: &Trigger, instance: &str, after: Instant) -> Option<Instant> {
    match trigger {
        Trigger::Cron { expression, time_zone, .. } => {
            Calendar::parse(expression, time_zone.as_deref().unwrap_or(instance)).ok()?.next(after)
        }
        _ => None,
    }
}

/// Moves all instants when the instance's time zone has changed.
pub fn reschedule_all(work: &mut Work<'_>) -> Result<(), Error> {
    let instance = settings::all(work)?.time_zone.clone();
    let stored = work.definitions::<Stored>()?;
    let mut schedules: Vec<Schedule> = Vec::new();
    for rule in stored.all.iter().map(|stored| &stored.rule).filter(|rule| rule.active) {
        let triggers = rule.definition.triggers.iter().enumerate();
        schedules.extend(triggers.filter_map(|(place, trigger)| Some((rule.id, place as i64, next_of(trigger, &instance, work.now)?))));
    }
    store::put_schedules(work, &schedules)
}

/// When the calendar asks for a rule next.
pub fn next_look(work: &mut Work<'_>) -> Result<Option<Instant>, Error> {
    store::next_schedule(work)
}

/// Has rules look whose instant has come. Of several that were missed one is made up for, or none, as the rule says.
pub fn look_due(work: &mut Work<'_>) -> Result<(), Error> {
    let due = store::due_schedules(work)?;
    if due.is_empty() {
        return Ok(());
    }
    let instance = settings::all(work)?.time_zone.clone();
    let rules = rules::current(work)?;
    let (mut later, mut wanted) = (Vec::new(), Vec::new());
    for (rule, place, at) in due {
        let waiting = rules.for_all().find(|(ready, own_place, _)| ready.rule.id == rule && *own_place == place);
        let Some((_, _, trigger)) = waiting else {
            // It was switched off or changed meanwhile.
            later.push((rule, place, Instant(i64::MAX)));
            continue;
        };
        later.push((rule, place, next_of(trigger, &instance, work.now).unwrap_or(Instant(i64::MAX))));
        let is_late = at.plus_seconds(LATE_S) < work.now;
        let makes_up = !matches!(trigger, Trigger::Cron { missed: Missed::Skip, .. });
        if makes_up || !is_late {
            wanted.push((rule, Picked::Cron));
        }
    }
    store::put_schedules(work, &later)?;
    let jobs = wanted.into_iter().map(|(rule, by)| pick_job(rule, by, Vec::new()));
    jobs::enqueue_all(work, jobs.collect()).map(drop)
}

/// One walk of a rule at a time: who asks while it walks gets no second one, unless there is something new to be seen.
fn pick_job(rule: RuleId, by: Picked, customers: Vec<CustomerId>) -> (Job, Wish) {
    let is_alone = customers.is_empty() && by != Picked::SegmentsBuilt;
    let unique_key = is_alone.then(|| format!("pick/{rule}"));
    (Job::PickCustomers { rule, by, customers, after: 0 }, Wish { unique_key, ..Wish::default() })
}

/// Has rules look that wait for segments to be built.
pub fn follow(work: &mut Work<'_>, events: &[Event]) -> Result<(), Error> {
    if !events.iter().any(|event| matches!(event, Event::SegmentsBuilt { .. })) {
        return Ok(());
    }
    let rules = rules::current(work)?;
    let mut wanted = Vec::new();
    for event in events {
        let Event::SegmentsBuilt { segments, customers } = event else { continue };
        let is_meant = |segment: Option<SegmentId>| segment.is_none_or(|wanted| segments.contains(&wanted));
        let mut meant: Vec<RuleId> = rules
            .for_all()
            .filter(|(_, _, trigger)| matches!(trigger, Trigger::SegmentsBuilt { segment_id } if is_meant(*segment_id)))
            .map(|(ready, ..)| ready.rule.id)
            .collect();
        meant.dedup();
        wanted.extend(meant.into_iter().map(|rule| pick_job(rule, Picked::SegmentsBuilt, customers.to_vec())));
    }
    jobs::enqueue_all(work, wanted).map(drop)
}

/// Has a rule look for everyone, or for these customers, because a person says so; gives the job.
pub fn run_now(work: &mut Work<'_>, rule: RuleId, customers: Vec<CustomerId>) -> Result<JobId, Error> {
    let (job, wish) = pick_job(rule, Picked::Person, customers);
    let id = jobs::enqueue(work, &job, wish)?;
    id.ok_or_else(|| Error::conflict("already_running", "this rule is looking for customers already"))
}

/// Looks page by page.
pub async fn pick_step(app: &App, claimed: Claimed) -> Result<Ending, Error> {
    let Job::PickCustomers { rule, by, customers, mut after } = claimed.job else {
        return Err(Error::Bug(anyhow::anyhow!("not a job that picks customers")));
    };
    let (id, mut done) = (claimed.id, claimed.done);
    loop {
        let customers = customers.clone();
        let unit = work::write(app, Actor::system(), move |work| {
            let rules = rules::current(work)?;
            let ready = rules.get(rule).filter(|ready| ready.rule.active || by == Picked::Person);
            let found = match ready {
                Some(ready) => page(work, ready, &customers, after)?,
                None => Vec::new(),
            };
            let Some(last) = found.last().map(|customer| customer.0) else {
                jobs::finish(work, id, &json!({ "customers": done }))?;
                return Ok(None);
            };
            let seen = done + found.len() as i64;
            let continued = Job::PickCustomers { rule, by, customers: customers.clone(), after: last };
            if !jobs::progress(work, id, seen, None, &continued)? {
                return Ok(None);
            }
            let held = customers::lock(work, &found)?;
            let held = found.into_iter().filter(|customer| held.contains(customer));
            let incidents: Vec<Incident> = held.map(|customer| Incident { customer, happened: Happened::Picked { rule, by } }).collect();
            react::look(work, &incidents)?;
            Ok(Some((last, seen)))
        });
        match unit.await? {
            Some(next) => (after, done) = next,
            None => return Ok(Ending::Written),
        }
    }
}

/// Customers for whom the condition holds, after one. A condition that cannot be asked finds nobody.
fn page(work: &mut Work<'_>, ready: &Ready, among: &[CustomerId], after: i64) -> Result<Vec<CustomerId>, Error> {
    if !among.is_empty() {
        // Of those who are named the log says why not.
        return Ok(among.iter().filter(|customer| after < customer.0).take(PAGE).copied().collect());
    }
    match &ready.condition {
        Ok(tree) => customers::matching(work, tree, after, PAGE),
        Err(problem) => {
            tracing::warn!(rule.id = ready.rule.id.0, problem, "a rule cannot be judged");
            Ok(Vec::new())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_that_change_lose_and_double_nothing() {
        // Clocks go from 2 to 3 on March 29th, and from 3 back to 2 on October 25th.
        check("30 2 * * *", "2026-03-28T02:00:00Z", &["2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"]);
        check("30 2 * * *", "2026-10-24T02:00:00Z", &["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]);
        check("0 3 * * *", "2026-03-28T03:00:00Z", &["2026-03-29T01:00:00Z"]);
        check("0 * * * *", "2026-03-29T00:00:00Z", &["2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"]);
        check("0 * * * *", "2026-10-24T23:30:00Z", &["2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"]);
        check("0 9 * * MON", "2026-03-02T12:00:00Z", &["2026-03-09T08:00:00Z"]);

        #[track_caller]
        fn check(expression: &str, after: &str, expected: &[&str]) {
            let calendar = Calendar::parse(expression, "Europe/Vienna").unwrap();
            let mut at = Instant::parse(after).unwrap();
            for expected in expected {
                at = calendar.next(at).unwrap();
                assert_eq!(at.to_string(), *expected, "{expression} after {after}");
            }
        }
    }

    #[test]
    fn what_is_no_calendar() {
        for expression in ["", "0 9 * *", "0 9 * * * UTC", "0 25 * * *", "x 9 * * *"] {
            assert!(Calendar::parse(expression, "UTC").is_err(), "{expression}");
        }
        let never = Calendar::parse("0 0 31 2 *", "UTC").unwrap();
        assert_eq!(never.next(Instant(0)), None);
    }
}
