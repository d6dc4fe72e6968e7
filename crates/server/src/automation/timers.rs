//! Triggers that come for each customer at an instant of his own: nothing done for so long, or a date of his. The next
//! instant is a row; waking too early costs a look, waking too late is a fault.

use super::delay::{Delay, TimeOfDay};
use super::incident::{Environment, Happened, Incident};
use super::plans::{Kind, Plan};
use super::react;
use super::rules::{self, Ready, Rules};
use super::store;
use super::trigger::Trigger;
use crate::access::Actor;
use crate::activities;
use crate::app::App;
use crate::customers;
use crate::error::Error;
use crate::events::{Event, Tracked};
use crate::ids::{CustomerId, RuleId};
use crate::jobs::{self, Claimed, Job, Wish};
use crate::segments;
use crate::time::Instant;
use crate::work::{self, Work};
use crate::worker::Ending;
use condition::{Facts, FieldValue, Needs};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, ToSpan};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Customers whose instants are computed in one unit of work.
const PAGE: usize = 500;

fn key(rule: RuleId, place: i64) -> String {
    format!("timer/{rule}/{place}")
}

/// Notes the instants that follow from what happened.
pub fn follow(work: &mut Work<'_>, rules: &Rules, events: &[Event]) -> Result<(), Error> {
    let mut fresh: Vec<Plan> = Vec::new();
    let mut sooner: BTreeMap<String, Vec<CustomerId>> = BTreeMap::new();
    for (ready, place, trigger) in rules.timers() {
        let Trigger::Inactivity { activity_type, length } = trigger else { continue };
        for event in events {
            match event {
                Event::ActivityTracked(tracked) | Event::ActivityImported(tracked) if *tracked.kind == **activity_type => {
                    fresh.extend(after_activity(work, ready, place, tracked, *length));
                }
                Event::ActivityChanged(tracked) if *tracked.kind == **activity_type => {
                    fresh.extend(after_activity(work, ready, place, tracked, *length));
                    sooner.entry(key(ready.rule.id, place)).or_default().push(tracked.customer);
                }
                Event::ActivityDeleted { customer, kind, .. } if **kind == **activity_type => {
                    sooner.entry(key(ready.rule.id, place)).or_default().push(*customer);
                }
                _ => {}
            }
        }
    }
    number(work, &mut fresh)?;
    store::insert_plans(work, &fresh)?;
    if !sooner.is_empty() {
        let customers: Vec<CustomerId> = sooner.values().flatten().copied().collect();
        store::hurry_timers(work, &customers, &sooner.into_keys().collect::<Vec<_>>())?;
        work.wake_worker(work.now);
    }
    follow_dates(work, rules, events)
}

/// The instant at which somebody will have been idle for so long. One that is noted already is earlier and does as well.
fn after_activity(work: &mut Work<'_>, ready: &Ready, place: i64, tracked: &Tracked, length: Delay) -> Option<Plan> {
    let due_at = length.after(tracked.occurred_at);
    (work.now < due_at).then(|| plan(work, &ready.rule.id, place, tracked.customer, due_at))
}

fn plan(work: &mut Work<'_>, rule: &RuleId, place: i64, customer: CustomerId, due_at: Instant) -> Plan {
    work.wake_worker(due_at);
    Plan {
        customer,
        id: 0,
        rule: *rule,
        version: 0,
        kind: Kind::Timer,
        place,
        due_at,
        since: work.now,
        entered_at: work.now,
        waits: false,
        unique_key: Some(key(*rule, place)),
        environment: Environment::default(),
        attempts: 0,
    }
}

fn number(work: &mut Work<'_>, plans: &mut Vec<Plan>) -> Result<(), Error> {
    plans.sort_by(|one, other| (one.customer, &one.unique_key, one.due_at).cmp(&(other.customer, &other.unique_key, other.due_at)));
    plans.dedup_by(|other, one| (one.customer, &one.unique_key) == (other.customer, &other.unique_key));
    if !plans.is_empty() {
        let first = work.tx.new_ids(Plan::KIND, plans.len())?.start;
        plans.iter_mut().zip(first..).for_each(|(plan, id)| plan.id = id);
    }
    Ok(())
}

/// Notes the dates of customers who were made or changed.
fn follow_dates(work: &mut Work<'_>, rules: &Rules, events: &[Event]) -> Result<(), Error> {
    let dates: Vec<(&Arc<Ready>, i64, DateTrigger)> =
        rules.timers().filter_map(|(ready, place, trigger)| Some((ready, place, DateTrigger::of(trigger)?))).collect();
    if dates.is_empty() {
        return Ok(());
    }
    let mut touched: Vec<CustomerId> = Vec::new();
    for event in events {
        match event {
            Event::CustomerCreated { customer } | Event::CustomersMerged { customer, .. } => touched.push(*customer),
            Event::CustomersUnmerged { customer, other, .. } => touched.extend([*customer, *other]),
            Event::CustomerChanged { customer, fields } => {
                let is_named = |name: &str| fields.iter().any(|changed| changed.strip_prefix("fields.").unwrap_or(changed) == name);
                if is_named("timeZone") || dates.iter().any(|(_, _, date)| is_named(date.field)) {
                    touched.push(*customer);
                }
            }
            _ => {}
        }
    }
    if touched.is_empty() {
        return Ok(());
    }
    touched.sort_unstable();
    touched.dedup();
    ensure(work, &touched, dates.iter().map(|(_, _, date)| date.field))?;
    let (mut put, mut gone) = (Vec::new(), Vec::new());
    for (ready, place, date) in dates {
        for customer in &touched {
            let next = work.known.get(*customer).and_then(|known| date.next(&known.facts, work.now));
            match next {
                Some(due_at) => put.push(plan(work, &ready.rule.id, place, *customer, due_at)),
                None => gone.push(key(ready.rule.id, place)),
            }
        }
    }
    number(work, &mut put)?;
    // Whoever has no such date any more is looked at once more, and let go; whoever has one gets his instant afterwards.
    gone.sort_unstable();
    gone.dedup();
    if !gone.is_empty() {
        store::hurry_timers(work, &touched, &gone)?;
    }
    store::put_timers(work, &put)
}

fn ensure<'f>(work: &mut Work<'_>, customers: &[CustomerId], fields: impl Iterator<Item = &'f str>) -> Result<(), Error> {
    let needs = Needs { fields: fields.map(str::to_owned).collect(), ..Needs::default() };
    let segments = segments::all(work)?;
    segments::ensure_known(work, &segments, customers, &needs)
}

/// Looks at customers whose instants have come: the rule looks if it is so, and the next instant is noted.
pub fn come(work: &mut Work<'_>, rules: &Rules, plans: &[Plan]) -> Result<(), Error> {
    let Some(first) = plans.first() else { return Ok(()) };
    let (rule, place) = (first.rule, first.place);
    let waiting = rules.timers().find(|(ready, own_place, _)| ready.rule.id == rule && *own_place == place);
    let (mut over, mut later, mut incidents) = (Vec::new(), Vec::new(), Vec::new());
    let next = match waiting {
        None => vec![Coming::Never; plans.len()],
        Some((_, _, Trigger::Inactivity { activity_type, length })) => idle(work, activity_type, *length, plans)?,
        Some((_, _, trigger)) => match DateTrigger::of(trigger) {
            Some(date) => dated(work, date, plans)?,
            None => vec![Coming::Never; plans.len()],
        },
    };
    for (plan, coming) in plans.iter().zip(next) {
        let (has_come, next) = match coming {
            Coming::Never => (false, None),
            Coming::Later(at) => (false, Some(at)),
            Coming::Now(next) => (true, next),
        };
        if has_come {
            incidents.push(Incident { customer: plan.customer, happened: Happened::Timer { rule, place } });
        }
        match next {
            Some(due_at) => {
                work.wake_worker(due_at);
                later.push(Plan { due_at, ..plan.clone() });
            }
            None => over.push(plan.key()),
        }
    }
    store::delete_plans(work, &over)?;
    store::put_plans(work, &later)?;
    react::look(work, &incidents)
}

/// Whether an instant has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coming {
    Never,
    Later(Instant),
    /// It has; and when the next one comes.
    Now(Option<Instant>),
}

fn idle(work: &mut Work<'_>, kind: &str, length: Delay, plans: &[Plan]) -> Result<Vec<Coming>, Error> {
    let customers: Vec<CustomerId> = plans.iter().map(|plan| plan.customer).collect();
    let last = activities::last_of(work, kind, &customers)?;
    let now = work.now;
    let coming = |plan: &Plan| match last.get(&plan.customer).map(|last| length.after(*last)) {
        None => Coming::Never,
        Some(at) if now < at => Coming::Later(at),
        Some(_) => Coming::Now(None),
    };
    Ok(plans.iter().map(coming).collect())
}

fn dated(work: &mut Work<'_>, date: DateTrigger<'_>, plans: &[Plan]) -> Result<Vec<Coming>, Error> {
    let customers: Vec<CustomerId> = plans.iter().map(|plan| plan.customer).collect();
    ensure(work, &customers, std::iter::once(date.field))?;
    let now = work.now;
    let coming = |plan: &Plan| {
        let Some(facts) = work.known.get(plan.customer).map(|known| &known.facts) else { return Coming::Never };
        match date.next(facts, Instant(plan.due_at.0 - 1)) {
            Some(at) if at == plan.due_at => Coming::Now(date.next(facts, now)),
            // What it was computed from is not as it was.
            _ => date.next(facts, now).map_or(Coming::Never, Coming::Later),
        }
    };
    Ok(plans.iter().map(coming).collect())
}

/// A trigger that waits for a date.
#[derive(Debug, Clone, Copy)]
pub struct DateTrigger<'t> {
    pub field: &'t str,
    before: Option<Delay>,
    after: Option<Delay>,
    at: Option<TimeOfDay>,
    yearly: bool,
}

impl<'t> DateTrigger<'t> {
    pub fn of(trigger: &'t Trigger) -> Option<DateTrigger<'t>> {
        match trigger {
            Trigger::DateReached { field, before, after, at, yearly } => {
                let field = field.strip_prefix("fields.").unwrap_or(field);
                Some(DateTrigger { field, before: *before, after: *after, at: *at, yearly: *yearly })
            }
            _ => None,
        }
    }

    /// The first instant after `after` at which it comes for this customer.
    pub fn next(&self, facts: &Facts, after: Instant) -> Option<Instant> {
        let zone = &facts.zone;
        let (date, time) = match facts.fields.get(self.field)? {
            FieldValue::Date(date) => (*date, Time::midnight()),
            FieldValue::Datetime(at) => {
                let local = Instant(*at).timestamp().to_zoned(zone.clone());
                (local.date(), local.time())
            }
            _ => return None,
        };
        let time = self.at.map_or(time, |at| at.0);
        if !self.yearly {
            return self.instant(date, time, zone).filter(|at| after < *at);
        }
        let year = after.timestamp().to_zoned(zone.clone()).year();
        // What comes before or after a date may lie up to two years from it.
        let candidates = (year - 3..=year + 3).filter(|year| i32::from(date.year()) <= i32::from(*year));
        let found = candidates.filter_map(|year| self.instant(in_year(date, year)?, time, zone));
        found.filter(|at| after < *at).min()
    }

    fn instant(&self, date: Date, time: Time, zone: &TimeZone) -> Option<Instant> {
        let minutes = self.after.map_or(0, |delay| delay.0) - self.before.map_or(0, |delay| delay.0);
        let days: Span = (minutes / DAY).days();
        let at = date.checked_add(days).ok()?.to_datetime(time).to_zoned(zone.clone()).ok()?;
        let at = at.timestamp().checked_add(SignedDuration::from_mins(minutes % DAY)).ok()?;
        Some(Instant(at.as_microsecond()))
    }
}

/// Minutes.
const DAY: i64 = 24 * 60;

/// The same day of another year; the last of February for its 29th where there is none.
fn in_year(date: Date, year: i16) -> Option<Date> {
    Date::new(year, date.month(), date.day()).or_else(|_| Date::new(year, date.month(), 28)).ok()
}

/// Notes instants for customers who were there before the rule was.
pub fn begin(work: &mut Work<'_>, rule: RuleId, places: impl Iterator<Item = i64>) -> Result<(), Error> {
    let jobs = places.map(|place| {
        let job = Job::SeedTimers { rule, place, after: 0 };
        (job, Wish { unique_key: Some(format!("seed/{rule}/{place}")), ..Wish::default() })
    });
    jobs::enqueue_all(work, jobs.collect()).map(drop)
}

/// Notes them page by page.
pub async fn seed_step(app: &App, claimed: Claimed) -> Result<Ending, Error> {
    let Job::SeedTimers { rule, place, mut after } = claimed.job else {
        return Err(Error::Bug(anyhow::anyhow!("not a job that notes instants")));
    };
    let (id, mut done) = (claimed.id, claimed.done);
    loop {
        let unit = work::write(app, Actor::system(), move |work| {
            let Some((last, noted)) = seed_page(work, rule, place, after)? else {
                jobs::finish(work, id, &json!({ "customers": done }))?;
                return Ok(None);
            };
            let seen = done + noted as i64;
            let going_on = jobs::progress(work, id, seen, None, &Job::SeedTimers { rule, place, after: last })?;
            Ok(going_on.then_some((last, seen)))
        });
        match unit.await? {
            Some(next) => (after, done) = next,
            None => return Ok(Ending::Written),
        }
    }
}

/// The last customer of the page and how many there were; nothing behind the last page, or if nobody waits any more.
fn seed_page(work: &mut Work<'_>, rule: RuleId, place: i64, after: i64) -> Result<Option<(i64, usize)>, Error> {
    let rules = rules::current(work)?;
    let waiting = rules.timers().find(|(ready, own_place, _)| ready.rule.id == rule && *own_place == place);
    let Some((_, _, trigger)) = waiting else { return Ok(None) };
    let (customers, due): (Vec<CustomerId>, Vec<(CustomerId, Instant)>) = match trigger {
        Trigger::Inactivity { activity_type, length } => {
            let since = work.now.plus_minutes(-length.0);
            let last = activities::last_since(work, activity_type, since, after, PAGE)?;
            (
                last.iter().map(|(customer, _)| *customer).collect(),
                last.iter().map(|(customer, at)| (*customer, length.after(*at))).collect(),
            )
        }
        trigger => {
            let Some(date) = DateTrigger::of(trigger) else { return Ok(None) };
            let page = customers::page_of_ids(work, after, PAGE)?;
            ensure(work, &page, std::iter::once(date.field))?;
            let next = |customer: &CustomerId| Some((*customer, date.next(&work.known.get(*customer)?.facts, work.now)?));
            let due = page.iter().filter_map(next).collect();
            (page, due)
        }
    };
    let Some(last) = customers.last() else { return Ok(None) };
    let held = customers::lock(work, &customers)?;
    let mut plans: Vec<Plan> = due
        .into_iter()
        .filter(|(customer, _)| held.contains(customer))
        .map(|(customer, at)| plan(work, &rule, place, customer, at))
        .collect();
    number(work, &mut plans)?;
    store::put_timers(work, &plans)?;
    Ok(Some((last.0, customers.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_come_where_the_customer_lives() {
        let nine = |before: &str| json!({"type": "date_reached", "field": "birthDate", "before": before, "at": "09:00", "yearly": true});
        check(nine("0d"), "1990-05-04", "Europe/Vienna", "2026-01-01T00:00:00Z", Some("2026-05-04T07:00:00Z"));
        check(nine("0d"), "1990-05-04", "Europe/Vienna", "2026-05-04T07:00:00Z", Some("2027-05-04T07:00:00Z"));
        check(nine("7d"), "1990-01-03", "America/New_York", "2026-06-01T00:00:00Z", Some("2026-12-27T14:00:00Z"));
        check(nine("0d"), "2000-02-29", "UTC", "2026-01-01T00:00:00Z", Some("2026-02-28T09:00:00Z"));
        check(nine("0d"), "2000-02-29", "UTC", "2028-01-01T00:00:00Z", Some("2028-02-29T09:00:00Z"));
        // At two in the morning clocks go to three.
        let gap = json!({"type": "date_reached", "field": "birthDate", "at": "02:30", "yearly": true});
        check(gap, "1990-03-29", "Europe/Vienna", "2026-01-01T00:00:00Z", Some("2026-03-29T01:30:00Z"));
        let once = json!({"type": "date_reached", "field": "birthDate", "after": "36h"});
        check(once.clone(), "2026-05-04", "UTC", "2026-05-01T00:00:00Z", Some("2026-05-05T12:00:00Z"));
        check(once, "2026-05-04", "UTC", "2026-05-05T12:00:00Z", None);
        // Nobody has a birthday before he is born.
        check(nine("0d"), "2030-05-04", "UTC", "2026-01-01T00:00:00Z", None);

        #[track_caller]
        fn check(trigger: serde_json::Value, birth: &str, zone: &str, after: &str, expected: Option<&str>) {
            let trigger: Trigger = serde_json::from_value(trigger).unwrap();
            let mut facts = Facts::new(1, TimeZone::get(zone).unwrap());
            facts.fields.insert("birthDate".into(), FieldValue::Date(birth.parse().unwrap()));
            let next = DateTrigger::of(&trigger).unwrap().next(&facts, Instant::parse(after).unwrap());
            assert_eq!(next.map(|at| at.to_string()).as_deref(), expected);
        }
    }
}
