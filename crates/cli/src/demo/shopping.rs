//! What the people of the demo shop do over two years: visits, orders, returns, reviews, newsletters opened, with the
//! seasons and weekdays of a shop for outdoor goods.

use super::people::{Person, Span};
use super::random::Random;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use server::activities::{NewActivity, Who};
use server::time::Instant;

/// Name, and the price around which its goods are.
const CATEGORIES: [(&str, f64); 6] =
    [("hiking-boots", 139.0), ("running", 89.0), ("climbing", 64.0), ("camping", 112.0), ("ski-touring", 168.0), ("cycling", 74.0)];
/// How much is bought in each month, January first: spring and the weeks before Christmas.
const MONTHS: [f64; 12] = [0.8, 0.7, 0.95, 1.1, 1.15, 1.0, 0.9, 0.85, 0.95, 1.0, 1.35, 1.5];
/// And on each weekday, Monday first.
const WEEKDAYS: [f64; 7] = [1.1, 0.95, 0.9, 0.95, 0.85, 0.95, 1.3];
/// The most that a month and a weekday can make of a rate.
const BUSIEST: f64 = 1.5 * 1.3;
const HOURS: [f64; 24] =
    [0.3, 0.15, 0.1, 0.1, 0.1, 0.2, 0.5, 0.9, 1.0, 1.1, 1.2, 1.2, 1.3, 1.2, 1.1, 1.1, 1.2, 1.4, 1.6, 2.0, 2.2, 2.0, 1.4, 0.7];
/// Days between two newsletters.
const NEWSLETTER_DAYS: usize = 7;
/// Bounds of one person's history.
const ORDERS_MAX: usize = 400;
const VISITS_MAX: usize = 600;

/// Everything that one person does from his first day on, not in order of time.
pub fn of(person: &Person, random: &mut Random, span: Span) -> Vec<NewActivity> {
    let mut history = History { person, span, random, activities: Vec::new(), zone: zone(person) };
    let end = person.since.plus_seconds((person.habit.stays_days * 86_400.0) as i64).min(span.to);
    let channel = if history.random.chance(0.7) { "web" } else { "app" };
    history.add("registration", person.since, json!({ "channel": channel }));
    history.orders(end);
    history.visits(end);
    history.newsletters();
    let until = span.to;
    history.activities.retain(|activity| activity.occurred_at.is_some_and(|at| at < until));
    history.activities
}

fn zone(person: &Person) -> TimeZone {
    let name = person.draft.values.get("timeZone").and_then(Value::as_str).unwrap_or("UTC");
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

struct History<'h> {
    person: &'h Person,
    span: Span,
    random: &'h mut Random,
    activities: Vec<NewActivity>,
    zone: TimeZone,
}

impl History<'_> {
    fn add(&mut self, kind: &str, at: Instant, attributes: Value) {
        self.activities.push(NewActivity {
            customer: Who::Known { kind: "external:shop".to_owned(), value: self.person.number.clone() },
            kind: kind.to_owned(),
            occurred_at: Some(at),
            external_id: Some(format!("{}-{}", self.person.number, self.activities.len() + 1)),
            attributes,
            metadata: None,
        });
    }

    /// The instants, `days` apart on average and more often on busy days, at which something happens.
    fn instants(&mut self, days: f64, end: Instant, max: usize) -> Vec<Instant> {
        let mut at = self.person.since.0 as f64;
        let mut found = Vec::new();
        while found.len() < max {
            at += self.random.wait(days / BUSIEST) * 86_400e6;
            if end.0 as f64 <= at {
                break;
            }
            // Thinning: on a quiet day most of what a busy one would bring is left out.
            let local = self.local(Instant(at as i64));
            let busy = MONTHS[local.month() as usize - 1] * WEEKDAYS[local.weekday().to_monday_zero_offset() as usize];
            if self.random.chance(busy / BUSIEST) {
                found.push(self.at_an_hour(local));
            }
        }
        found
    }

    fn local(&self, at: Instant) -> DateTime {
        let timestamp = Timestamp::from_microsecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH);
        self.zone.to_datetime(timestamp)
    }

    /// That day at an hour when people are awake.
    fn at_an_hour(&mut self, day: DateTime) -> Instant {
        let hour = self.random.weighted(&HOURS) as i8;
        let time = jiff::civil::time(hour, self.random.between(0, 60) as i8, self.random.between(0, 60) as i8, 0);
        let zoned = self.zone.to_zoned(day.date().to_datetime(time)).map(|zoned| zoned.timestamp());
        let at = zoned.unwrap_or_else(|_| Timestamp::from_microsecond(0).unwrap_or(Timestamp::UNIX_EPOCH));
        Instant(at.as_microsecond()).max(self.person.since.plus_minutes(3))
    }

    fn orders(&mut self, end: Instant) {
        let first = self.person.since.plus_minutes(self.random.between(8, 600));
        let mut instants = vec![first];
        instants.extend(self.instants(self.person.habit.order_days, end, ORDERS_MAX));
        for (place, at) in instants.into_iter().enumerate() {
            self.order(place + 1, at);
        }
    }

    fn order(&mut self, place: usize, at: Instant) {
        let (category, price) = self.category();
        for minutes in 1..=self.random.between(1, 5) {
            let page = self.random.between(1, 40);
            self.add("page_view", at.plus_minutes(-2 * minutes), json!({ "url": format!("/{category}/{page}"), "category": category }));
        }
        let quantity = 1 + (self.random.share() * self.random.share() * 4.0) as i64;
        let amount = (price * (0.4 + 1.2 * self.random.share()) * quantity as f64 * self.person.habit.spending.clamp(0.5, 3.0) * 100.0)
            .round()
            / 100.0;
        let order = format!("{}-{place}", self.person.number);
        let channel = if self.random.chance(0.75) { "web" } else { "app" };
        let attributes = json!({
            "orderNumber": order, "amount": amount, "quantity": quantity, "category": category, "currency": self.currency(), "channel": channel,
        });
        self.add("order", at, attributes);
        if self.random.chance(self.person.habit.returns) {
            let days = self.random.between(3, 21);
            let back = (amount * if self.random.chance(0.6) { 1.0 } else { 0.5 } * 100.0).round() / 100.0;
            self.add("return", at.plus_days(days), json!({ "orderNumber": order, "amount": back, "category": category }));
        }
        if self.random.chance(self.person.habit.reviews) {
            let days = self.random.between(5, 40);
            let stars = 1 + self.random.weighted(&[0.06, 0.06, 0.13, 0.3, 0.45]);
            self.add("review", at.plus_days(days), json!({ "category": category, "stars": stars }));
        }
    }

    fn category(&mut self) -> (&'static str, f64) {
        match self.random.chance(0.6) {
            true => CATEGORIES[self.person.habit.favourite],
            false => self.random.pick(&CATEGORIES),
        }
    }

    fn currency(&self) -> &'static str {
        match self.person.draft.values.get("countryCode").and_then(Value::as_str) {
            Some("CH") => "CHF",
            Some("GB") => "GBP",
            _ => "EUR",
        }
    }

    fn visits(&mut self, end: Instant) {
        for at in self.instants(self.person.habit.visit_days, end, VISITS_MAX) {
            if self.random.chance(0.35) {
                let device = if self.random.chance(0.6) { "phone" } else { "desktop" };
                self.add("login", at, json!({ "device": device }));
            }
            let (category, _) = self.category();
            for minutes in 0..self.random.between(1, 4) {
                let page = self.random.between(1, 40);
                self.add("page_view", at.plus_minutes(minutes + 1), json!({ "url": format!("/{category}/{page}"), "category": category }));
            }
        }
    }

    fn newsletters(&mut self) {
        if self.person.habit.opens <= 0.0 {
            return;
        }
        for (number, day) in (3..self.span.days() as usize).step_by(NEWSLETTER_DAYS).enumerate() {
            let sent = self.span.at(day as f64);
            if sent <= self.person.since || !self.random.chance(self.person.habit.opens) {
                continue;
            }
            let at = sent.plus_minutes(self.random.wait(400.0) as i64 + 5);
            self.add("newsletter_open", at, json!({ "campaign": format!("weekly-{:03}", number + 1) }));
        }
    }
}
