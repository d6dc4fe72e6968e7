//! The figures, and how they follow from what was counted.

use super::range::{AFTER, BEFORE, Range, Shown, WITHIN};
use crate::automation::{Outcome, Rule};
use crate::ids::{RuleId, SegmentId};
use crate::mail;
use crate::rollups::{self, Counted, Figure};
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Dashboard {
    pub range: Shown,
    pub customers: Customers,
    pub activities: Activities,
    pub segments: Vec<SegmentFigures>,
    pub rules: Vec<RuleFigures>,
    pub mail: MailFigures,
    pub duplicates: DuplicateFigures,
    pub jobs: JobFigures,
    pub webhooks: WebhookFigures,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DashboardCustomers)]
pub struct Customers {
    pub total: i64,
    pub active: i64,
    /// Can be named or reached: have a mail address, a phone number, a first or a last name. The others are anonymous.
    pub known: i64,
    /// Made in the range.
    pub new: i64,
    /// Made in as many days before.
    pub new_before: i64,
    /// Made in the range, and known by now.
    pub new_known: i64,
    pub new_known_before: i64,
    /// Every day of the range.
    pub by_day: Vec<CustomerDay>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CustomerDay {
    #[schema(format = Date)]
    pub day: String,
    pub new: i64,
    /// Of those who are there today, how many were made by the end of the day.
    pub total: i64,
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

/// Customers who did something of one type in the range: for the first time ever, or again.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DashboardReturning)]
pub struct Returning {
    pub range: Shown,
    /// Absent when none was asked for and nothing was done.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Did it in the range, and never earlier.
    pub new: i64,
    /// Did it in the range, and earlier.
    pub returning: i64,
    /// The same of as many days before.
    pub new_before: i64,
    pub returning_before: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DayCount {
    #[schema(format = Date)]
    pub day: String,
    pub count: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TypeCount {
    #[serde(rename = "type")]
    pub kind: String,
    pub count: i64,
    pub count_before: i64,
    /// A number for each day of the range; absent of all but the eight most frequent types.
    pub by_day: Option<Vec<i64>>,
}

/// Types that are told day by day.
const TYPES_BY_DAY: usize = 8;

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
    /// How often it fired in as many days before.
    pub fired_before: i64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MailFigures {
    /// Under way now; the others are of the range.
    pub queued: i64,
    pub sent: i64,
    pub failed: i64,
    pub withheld: i64,
    /// Messages that came back in the range for the first time.
    pub bounced: i64,
    /// Messages that were complained about in the range for the first time.
    pub complained: i64,
    pub sent_before: i64,
    pub failed_before: i64,
    pub withheld_before: i64,
    pub bounced_before: i64,
    pub complained_before: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DuplicateFigures {
    /// Pairs that nobody has looked at.
    pub open: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobFigures {
    pub queued: i64,
    pub running: i64,
    pub dead: i64,
    /// Since when the oldest job that is due has been waiting.
    pub waiting_since: Option<Instant>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct WebhookFigures {
    /// Deliveries that were not taken yet.
    pub waiting: i64,
}

/// What was counted: by day, of the range and around it, and whenever.
pub struct Counts {
    pub by_day: Vec<Counted>,
    pub by_span: Vec<Counted>,
    pub ever: Vec<Counted>,
}

fn of(counted: &[Counted], figure: Figure) -> impl Iterator<Item = &Counted> {
    counted.iter().filter(move |one| one.figure == figure)
}

fn sum(counted: &[Counted], figure: Figure) -> i64 {
    of(counted, figure).map(|one| one.count).sum()
}

impl Counts {
    fn at(&self, figure: Figure, place: i64) -> impl Iterator<Item = (&str, i64)> {
        of(&self.by_span, figure).filter(move |one| one.place == place).map(|one| (one.subject.as_str(), one.count))
    }

    /// By subject.
    pub fn in_range(&self, figure: Figure) -> impl Iterator<Item = (&str, i64)> {
        self.at(figure, WITHIN)
    }

    fn sum_at(&self, figure: Figure, place: i64) -> i64 {
        self.at(figure, place).map(|(_, count)| count).sum()
    }
}

/// How many there are on each day.
fn days<'c>(range: &Range, counted: impl Iterator<Item = &'c Counted>) -> Vec<i64> {
    let mut days = vec![0; range.days.len()];
    for one in counted {
        if let Some(day) = usize::try_from(one.place).ok().and_then(|place| days.get_mut(place)) {
            *day += one.count;
        }
    }
    days
}

pub fn customers(range: &Range, counts: &Counts) -> Customers {
    let total = sum(&counts.ever, Figure::Customers);
    let new = days(range, of(&counts.by_day, Figure::Customers));
    let mut then = total - counts.sum_at(Figure::Customers, AFTER);
    let mut by_day: Vec<CustomerDay> = Vec::with_capacity(new.len());
    for ((day, _), new) in range.days.iter().zip(&new).rev() {
        by_day.push(CustomerDay { day: day.to_string(), new: *new, total: then });
        then -= new;
    }
    by_day.reverse();
    Customers {
        total,
        active: of(&counts.ever, Figure::Customers).filter(|one| one.subject == "active").map(|one| one.count).sum(),
        known: sum(&counts.ever, Figure::Known),
        new: new.iter().sum(),
        new_before: counts.sum_at(Figure::Customers, BEFORE),
        new_known: counts.sum_at(Figure::Known, WITHIN),
        new_known_before: counts.sum_at(Figure::Known, BEFORE),
        by_day,
    }
}

pub fn activities(range: &Range, counts: &Counts) -> Activities {
    let before: HashMap<&str, i64> = counts.at(Figure::Activities, BEFORE).collect();
    let mut by_type: Vec<TypeCount> = counts
        .in_range(Figure::Activities)
        .map(|(kind, count)| TypeCount { kind: kind.to_owned(), count, count_before: before.get(kind).copied().unwrap_or(0), by_day: None })
        .collect();
    by_type.sort_by_key(|one| -one.count);
    for kind in by_type.iter_mut().take(TYPES_BY_DAY) {
        kind.by_day = Some(days(range, of(&counts.by_day, Figure::Activities).filter(|one| one.subject == kind.kind)));
    }
    let by_day = range.days.iter().zip(days(range, of(&counts.by_day, Figure::Activities)));
    Activities {
        total: sum(&counts.ever, Figure::Activities),
        in_range: counts.sum_at(Figure::Activities, WITHIN),
        in_range_before: before.values().sum(),
        by_day: by_day.map(|((day, _), count)| DayCount { day: day.to_string(), count }).collect(),
        by_type,
    }
}

pub fn rules(all: &[Rule], counts: &Counts) -> Vec<RuleFigures> {
    let (within, before) = (looks(counts, WITHIN), looks(counts, BEFORE));
    let of = |looks: &HashMap<i64, (i64, i64)>, rule: &Rule| looks.get(&rule.id.0).copied().unwrap_or_default();
    let figures = all.iter().map(|rule| {
        let ((fired, not_fired), (fired_before, _)) = (of(&within, rule), of(&before, rule));
        RuleFigures { id: rule.id, name: rule.name.clone(), active: rule.active, fired, not_fired, fired_before }
    });
    figures.collect()
}

/// How often each rule fired and did not.
fn looks(counts: &Counts, place: i64) -> HashMap<i64, (i64, i64)> {
    let mut looks: HashMap<i64, (i64, i64)> = HashMap::new();
    for (subject, count) in counts.at(Figure::Runs, place) {
        let Some((rule, outcome)) = rollups::split(subject) else { continue };
        let (fired, not_fired) = looks.entry(rule).or_default();
        match Outcome::ALL.iter().find(|one| one.as_str() == outcome) {
            Some(Outcome::Fired | Outcome::Failed) => *fired += count,
            // What was done later belongs to a look that fired before.
            Some(outcome) if outcome.is_deed() => {}
            _ => *not_fired += count,
        }
    }
    looks
}

pub fn mail(counts: &Counts) -> MailFigures {
    let of_subject = |figure: Figure, place: i64, wanted: &str| -> i64 {
        counts.at(figure, place).filter(|(subject, _)| *subject == wanted).map(|(_, count)| count).sum()
    };
    let at = |place: i64, state: mail::State| of_subject(Figure::Messages, place, state.as_str());
    let back = |place: i64, how: mail::CameBack| of_subject(Figure::CameBack, place, how.as_str());
    let under_way = [mail::State::Planned, mail::State::Sending, mail::State::Held].map(mail::State::as_str);
    MailFigures {
        queued: of(&counts.ever, Figure::Messages).filter(|one| under_way.contains(&one.subject.as_str())).map(|one| one.count).sum(),
        sent: at(WITHIN, mail::State::Sent),
        failed: at(WITHIN, mail::State::Failed),
        withheld: at(WITHIN, mail::State::Suppressed),
        bounced: back(WITHIN, mail::CameBack::Bounced),
        complained: back(WITHIN, mail::CameBack::Complained),
        sent_before: at(BEFORE, mail::State::Sent),
        failed_before: at(BEFORE, mail::State::Failed),
        withheld_before: at(BEFORE, mail::State::Suppressed),
        bounced_before: back(BEFORE, mail::CameBack::Bounced),
        complained_before: back(BEFORE, mail::CameBack::Complained),
    }
}

#[cfg(test)]
mod tests {
    use super::super::range::Wanted;
    use super::*;
    use jiff::tz::TimeZone;

    fn range() -> Range {
        Range::new(Instant::parse("2026-03-30T12:00:00Z").unwrap(), &TimeZone::UTC, Wanted::Last(2)).unwrap()
    }

    fn counted(figure: Figure, subject: &str, place: i64, count: i64) -> Counted {
        Counted { figure, subject: subject.to_owned(), place, count }
    }

    #[test]
    fn types_are_told_by_day_and_compared() {
        let of = |kind: &str, place, count| counted(Figure::Activities, kind, place, count);
        let counts = Counts {
            by_day: vec![of("order", 0, 2), of("visit", 0, 4), of("visit", 1, 8)],
            by_span: vec![of("order", WITHIN, 2), of("visit", WITHIN, 12), of("order", BEFORE, 1), of("order", AFTER, 3)],
            ever: vec![of("order", 0, 30), of("visit", 0, 69)],
        };
        let figures = activities(&range(), &counts);
        assert_eq!((figures.total, figures.in_range, figures.in_range_before), (99, 14, 1));
        let day = |day: &str, count: i64| DayCount { day: day.to_owned(), count };
        assert_eq!(figures.by_day, [day("2026-03-29", 6), day("2026-03-30", 8)]);
        let kind = |kind: &str, count, count_before, days: [i64; 2]| TypeCount {
            kind: kind.to_owned(),
            count,
            count_before,
            by_day: Some(days.to_vec()),
        };
        assert_eq!(figures.by_type, [kind("visit", 12, 0, [4, 8]), kind("order", 2, 1, [2, 0])]);
    }

    #[test]
    fn customers_are_summed_up_backwards_from_today() {
        let of = |subject: &str, place, count| counted(Figure::Customers, subject, place, count);
        let counts = Counts {
            by_day: vec![of("active", 0, 2), of("inactive", 0, 1), of("active", 1, 4)],
            by_span: vec![
                of("active", WITHIN, 6),
                of("inactive", WITHIN, 1),
                of("active", BEFORE, 5),
                of("active", AFTER, 10),
                counted(Figure::Known, "known", WITHIN, 3),
                counted(Figure::Known, "known", BEFORE, 2),
            ],
            ever: vec![of("active", 0, 90), of("inactive", 0, 10), counted(Figure::Known, "known", 0, 60)],
        };
        let figures = customers(&range(), &counts);
        assert_eq!((figures.total, figures.active, figures.new, figures.new_before), (100, 90, 7, 5));
        assert_eq!((figures.known, figures.new_known, figures.new_known_before), (60, 3, 2));
        assert_eq!(figures.by_day.iter().map(|day| (day.new, day.total)).collect::<Vec<_>>(), [(3, 86), (4, 90)]);
    }
}
