//! Operators and what they compare with, by the type of the value.

use jiff::civil::Date;

use super::reading::Reading;
use crate::calendar::{self, DAY};
use crate::catalogue::FieldKind;
use crate::pattern::Pattern;
use crate::tree::{DateTest, DatetimeTest, Edge, ListOp, ListTest, NumberTest, TextOp, TextTest};

/// Whole numbers up to here are exact in a 64-bit float.
const EXACT_MAX: i64 = 1 << 53;
const AGE_MAX: i64 = 150;
/// Literals keep a year's distance from the ends of four-digit years, so that every neighbour of theirs has four digits too.
const YEARS: std::ops::RangeInclusive<i16> = 1..=9998;

pub(super) const TEXT_OPS: &str = "`eq`, `ne`, `in`, `not_in`, `contains`, `not_contains`, `starts_with`, `ends_with`, `matches`, \
                                   `set`, `not_set`";
pub(super) const NUMBER_OPS: &str = "`eq`, `ne`, `lt`, `lte`, `gt`, `gte`, `between`, `modulo`, `set`, `not_set`";
const DATE_OPS: &str = "`before`, `after`, `on`, `between`, `within_last`, `within_next`, `older_than`, `set`, `not_set`";
const DAY_OPS: &str = "`before`, `after`, `on`, `between`, `within_last`, `within_next`, `older_than`, `anniversary_within`, `age_gte`, \
                       `age_lt`, `set`, `not_set`";
const LIST_OPS: &str = "`has`, `has_any`, `has_all`, `empty`";

/// The comparisons a field of this kind understands.
pub fn operators(kind: FieldKind) -> Vec<&'static str> {
    let quoted = match kind {
        FieldKind::Text | FieldKind::Select => TEXT_OPS,
        FieldKind::Number => NUMBER_OPS,
        FieldKind::Boolean => "`eq`",
        FieldKind::Date => DAY_OPS,
        FieldKind::Datetime => DATE_OPS,
        FieldKind::Multiselect | FieldKind::List => LIST_OPS,
        FieldKind::Json => "`set`, `not_set`",
    };
    quoted.split(", ").map(|quoted| quoted.trim_matches(['`', ' '])).collect()
}

/// Whether a folded form is stored beside the text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Folded {
    Stored,
    Absent,
}

pub(super) fn text(reading: &mut Reading, folded: Folded) -> Option<TextTest> {
    let op = reading.op()?;
    let exact = reading.flag("exact") || folded == Folded::Absent;
    let spell = |text: &str| if exact { text.to_owned() } else { sql::fold(text) };
    let op = match op {
        "eq" => TextOp::Eq(spell(reading.text("value")?)),
        "ne" => TextOp::Ne(spell(reading.text("value")?)),
        "in" => TextOp::In(spelled(reading, spell)?),
        "not_in" => TextOp::NotIn(spelled(reading, spell)?),
        "contains" => TextOp::Contains(spell(reading.text_with_content("value")?)),
        "not_contains" => TextOp::NotContains(spell(reading.text_with_content("value")?)),
        "starts_with" => TextOp::StartsWith(spell(reading.text_with_content("value")?)),
        "ends_with" => TextOp::EndsWith(spell(reading.text_with_content("value")?)),
        "set" => TextOp::Set,
        "not_set" => TextOp::NotSet,
        "matches" => TextOp::Matches(pattern(reading, exact)?),
        _ => return reading.unknown_op(op, TEXT_OPS),
    };
    Some(TextTest { exact, op })
}

fn pattern(reading: &mut Reading, exact: bool) -> Option<Pattern> {
    let source = reading.text_with_content("value")?;
    let pattern = if exact { Pattern::exact(source) } else { Pattern::folded(source) };
    pattern.map_err(|refused| reading.problem("value", refused.code, refused.message)).ok()
}

fn spelled(reading: &mut Reading, spell: impl Fn(&str) -> String) -> Option<Vec<String>> {
    let mut texts: Vec<String> = reading.texts()?.into_iter().map(spell).collect();
    texts.sort_unstable();
    texts.dedup();
    Some(texts)
}

pub(super) fn number(reading: &mut Reading) -> Option<NumberTest> {
    Some(match reading.op()? {
        "eq" => NumberTest::Eq(reading.number("value")?),
        "ne" => NumberTest::Ne(reading.number("value")?),
        "lt" => NumberTest::Lt(reading.number("value")?),
        "lte" => NumberTest::Lte(reading.number("value")?),
        "gt" => NumberTest::Gt(reading.number("value")?),
        "gte" => NumberTest::Gte(reading.number("value")?),
        "between" => {
            let (value, to) = (reading.number("value"), reading.number("to"));
            let (value, to) = (value?, to?);
            if value > to {
                return backwards(reading);
            }
            NumberTest::Between(value, to)
        }
        "modulo" => NumberTest::Modulo(reading.whole_number("value", 1, EXACT_MAX)?),
        "set" => NumberTest::Set,
        "not_set" => NumberTest::NotSet,
        op => return reading.unknown_op(op, NUMBER_OPS),
    })
}

pub(super) fn boolean(reading: &mut Reading) -> Option<bool> {
    match reading.op()? {
        "eq" => reading.boolean("value"),
        op => reading.unknown_op(op, "`eq`"),
    }
}

pub(super) fn list(reading: &mut Reading) -> Option<ListTest> {
    let op = reading.op()?;
    let exact = reading.flag("exact");
    let spell = |text: &str| if exact { text.to_owned() } else { sql::fold(text) };
    let op = match op {
        "has" => ListOp::Has(spell(reading.text("value")?)),
        "has_any" => ListOp::HasAny(spelled(reading, spell)?),
        "has_all" => {
            let all = spelled(reading, spell)?;
            if all.is_empty() {
                reading.problem("values", "empty", "must not be empty");
                return None;
            }
            ListOp::HasAll(all)
        }
        "empty" => ListOp::Empty,
        _ => return reading.unknown_op(op, LIST_OPS),
    };
    Some(ListTest { exact, op })
}

pub(super) fn present(reading: &mut Reading) -> Option<bool> {
    match reading.op()? {
        "set" => Some(true),
        "not_set" => Some(false),
        op => reading.unknown_op(op, "`set`, `not_set`"),
    }
}

pub(super) fn date(reading: &mut Reading) -> Option<DateTest> {
    Some(match reading.op()? {
        // The neighbours exist: the year of a literal keeps its distance from the ends.
        "before" => DateTest::Range { from: None, to: Some(day(reading, "value")?.yesterday().ok()?) },
        "after" => DateTest::Range { from: Some(day(reading, "value")?.tomorrow().ok()?), to: None },
        "on" => {
            let on = day(reading, "value")?;
            DateTest::Range { from: Some(on), to: Some(on) }
        }
        "between" => {
            let (from, to) = (day(reading, "value"), day(reading, "to"));
            let (from, to) = (from?, to?);
            if from > to {
                return backwards(reading);
            }
            DateTest::Range { from: Some(from), to: Some(to) }
        }
        "within_last" => DateTest::WithinLast(reading.duration("value")?),
        "within_next" => DateTest::WithinNext(reading.duration("value")?),
        "older_than" => DateTest::OlderThan(reading.duration("value")?),
        "anniversary_within" => {
            let within = reading.duration("value")?;
            if within > 366 * DAY {
                reading.problem("value", "bad_duration", "an anniversary is never more than 366 days ahead");
                return None;
            }
            DateTest::AnniversaryWithin(within)
        }
        "age_gte" => DateTest::AgeGte(reading.whole_number("value", 0, AGE_MAX)? as i16),
        "age_lt" => DateTest::AgeLt(reading.whole_number("value", 0, AGE_MAX)? as i16),
        "set" => DateTest::Set,
        "not_set" => DateTest::NotSet,
        op => return reading.unknown_op(op, DAY_OPS),
    })
}

pub(super) fn datetime(reading: &mut Reading) -> Option<DatetimeTest> {
    Some(match reading.op()? {
        "before" => DatetimeTest::Range { from: None, to: Some(moment(reading, "value")?.first()) },
        "after" => DatetimeTest::Range { from: Some(moment(reading, "value")?.beyond()?), to: None },
        "on" => {
            let on = Moment::Day(day(reading, "value")?);
            DatetimeTest::Range { from: Some(on.first()), to: Some(on.beyond()?) }
        }
        "between" => {
            let (from, to) = (moment(reading, "value"), moment(reading, "to"));
            let (from, to) = (from?, to?);
            let is_backwards = match (from, to) {
                (Moment::Instant(from), Moment::Instant(to)) => from > to,
                (Moment::Day(from), Moment::Day(to)) => from > to,
                // A day against an instant depends on the zone; backwards, it holds for nobody.
                (Moment::Instant(_), Moment::Day(_)) | (Moment::Day(_), Moment::Instant(_)) => false,
            };
            if is_backwards {
                return backwards(reading);
            }
            DatetimeTest::Range { from: Some(from.first()), to: Some(to.beyond()?) }
        }
        "within_last" => DatetimeTest::WithinLast(reading.duration("value")?),
        "within_next" => DatetimeTest::WithinNext(reading.duration("value")?),
        "older_than" => DatetimeTest::OlderThan(reading.duration("value")?),
        "set" => DatetimeTest::Set,
        "not_set" => DatetimeTest::NotSet,
        op => return reading.unknown_op(op, DATE_OPS),
    })
}

/// A literal of a datetime comparison: one microsecond, or a whole day of the customer's calendar.
#[derive(Clone, Copy)]
enum Moment {
    Instant(i64),
    Day(Date),
}

impl Moment {
    fn first(self) -> Edge {
        match self {
            Moment::Instant(instant) => Edge::Instant(instant),
            Moment::Day(day) => Edge::StartOf(day),
        }
    }

    fn beyond(self) -> Option<Edge> {
        match self {
            Moment::Instant(instant) => instant.checked_add(1).map(Edge::Instant),
            Moment::Day(day) => day.tomorrow().ok().map(Edge::StartOf),
        }
    }
}

fn moment(reading: &mut Reading, key: &'static str) -> Option<Moment> {
    let text = reading.text(key)?;
    let moment = match (calendar::parse_date(text), calendar::parse_instant(text)) {
        (Some(day), _) if YEARS.contains(&day.year()) => Some(Moment::Day(day)),
        (None, Some(instant)) if in_years(instant) => Some(Moment::Instant(instant)),
        _ => None,
    };
    if moment.is_none() {
        reading.problem(key, "bad_instant", "expected an instant such as `2026-05-01T12:00:00Z` or a date such as `2026-05-01`");
    }
    moment
}

fn day(reading: &mut Reading, key: &'static str) -> Option<Date> {
    let day = calendar::parse_date(reading.text(key)?).filter(|day| YEARS.contains(&day.year()));
    if day.is_none() {
        reading.problem(key, "bad_date", "expected a date such as `2026-05-01`");
    }
    day
}

/// Whether an instant keeps the same distance from the ends as a date.
pub(super) fn in_years(instant: i64) -> bool {
    YEARS.contains(&calendar::local_date(&jiff::tz::TimeZone::UTC, instant).year())
}

fn backwards<T>(reading: &mut Reading) -> Option<T> {
    reading.problem("to", "bad_range", "`to` lies before `value`");
    None
}
