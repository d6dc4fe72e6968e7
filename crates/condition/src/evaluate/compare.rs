//! One value against one test. Nothing holds for a missing value but `not_set` and `empty`.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::calendar::{anniversary, local_date, start_of};
use crate::document::Piece;
use crate::tree::{DateTest, DatetimeTest, Edge, ListOp, NumberTest, TextOp};

/// Beyond it a 64-bit float no longer tells neighbouring whole numbers apart.
pub(crate) const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// The literals of the test and the text are spelled alike: both folded or both plain.
pub(crate) fn text(op: &TextOp, text: Option<&str>) -> bool {
    match op {
        TextOp::Eq(wanted) => text == Some(wanted),
        TextOp::Ne(unwanted) => text.is_some_and(|text| text != unwanted),
        TextOp::In(wanted) => text.is_some_and(|text| among(wanted, text)),
        TextOp::NotIn(unwanted) => text.is_some_and(|text| !among(unwanted, text)),
        TextOp::Contains(part) => text.is_some_and(|text| text.contains(part)),
        TextOp::NotContains(part) => text.is_some_and(|text| !text.contains(part)),
        TextOp::StartsWith(part) => text.is_some_and(|text| text.starts_with(part)),
        TextOp::EndsWith(part) => text.is_some_and(|text| text.ends_with(part)),
        TextOp::Matches(pattern) => text.is_some_and(|text| pattern.matches(text)),
        TextOp::Set => text.is_some_and(|text| !text.is_empty()),
        TextOp::NotSet => text.is_none_or(str::is_empty),
    }
}

pub(crate) fn among(sorted: &[String], text: &str) -> bool {
    sorted.binary_search_by(|other| other.as_str().cmp(text)).is_ok()
}

pub(crate) fn number(test: NumberTest, number: Option<f64>) -> bool {
    let Some(number) = number else { return test == NumberTest::NotSet };
    match test {
        NumberTest::Eq(wanted) => number == wanted,
        NumberTest::Ne(unwanted) => number != unwanted,
        NumberTest::Lt(bound) => number < bound,
        NumberTest::Lte(bound) => number <= bound,
        NumberTest::Gt(bound) => number > bound,
        NumberTest::Gte(bound) => number >= bound,
        NumberTest::Between(from, to) => from <= number && number <= to,
        NumberTest::Modulo(divisor) => number.abs() <= WHOLE_MAX && number.fract() == 0.0 && number as i64 % divisor == 0,
        NumberTest::Set => true,
        NumberTest::NotSet => false,
    }
}

/// Durations reach from now to an instant; the date that the customer's calendar shows there is the bound.
pub(crate) fn date(test: DateTest, date: Option<Date>, zone: &TimeZone, now: i64) -> bool {
    let Some(date) = date else { return test == DateTest::NotSet };
    let ago = |duration: i64| local_date(zone, now.saturating_sub(duration));
    let ahead = |duration: i64| local_date(zone, now.saturating_add(duration));
    match test {
        DateTest::Range { from, to } => from.is_none_or(|from| from <= date) && to.is_none_or(|to| date <= to),
        DateTest::WithinLast(duration) => ago(duration) < date && date <= ago(0),
        DateTest::WithinNext(duration) => ahead(0) < date && date <= ahead(duration),
        DateTest::OlderThan(duration) => date <= ago(duration),
        DateTest::AnniversaryWithin(duration) => {
            let (from, to) = (ahead(0), ahead(duration));
            (from.year()..=to.year()).any(|year| anniversary(date, year).is_some_and(|day| from <= day && day <= to))
        }
        DateTest::AgeGte(years) => is_of_age(date, ago(0), years),
        DateTest::AgeLt(years) => !is_of_age(date, ago(0), years),
        DateTest::Set => true,
        DateTest::NotSet => false,
    }
}

/// Compared part by part, so that whoever was born on 29 February comes of age on 1 March where there is none.
fn is_of_age(born: Date, today: Date, years: i16) -> bool {
    (born.year(), born.month(), born.day()) <= (today.year() - years, today.month(), today.day())
}

pub(crate) fn datetime(test: DatetimeTest, instant: Option<i64>, zone: &TimeZone, now: i64) -> bool {
    let Some(instant) = instant else { return test == DatetimeTest::NotSet };
    match test {
        DatetimeTest::Range { from, to } => {
            from.is_none_or(|from| resolve(from, zone) <= instant) && to.is_none_or(|to| instant < resolve(to, zone))
        }
        DatetimeTest::WithinLast(duration) => now.saturating_sub(duration) < instant && instant <= now,
        DatetimeTest::WithinNext(duration) => now < instant && instant <= now.saturating_add(duration),
        DatetimeTest::OlderThan(duration) => instant <= now.saturating_sub(duration),
        DatetimeTest::Set => true,
        DatetimeTest::NotSet => false,
    }
}

pub(crate) fn resolve(edge: Edge, zone: &TimeZone) -> i64 {
    match edge {
        Edge::Instant(instant) => instant,
        Edge::StartOf(date) => start_of(zone, date),
    }
}

pub(crate) fn list<'a>(op: &ListOp, texts: impl Iterator<Item = &'a str> + Clone) -> bool {
    match op {
        ListOp::Has(wanted) => texts.clone().any(|text| text == wanted),
        ListOp::HasAny(wanted) => texts.clone().any(|text| among(wanted, text)),
        ListOp::HasAll(wanted) => wanted.iter().all(|wanted| texts.clone().any(|text| text == wanted)),
        ListOp::Empty => texts.clone().next().is_none(),
    }
}

/// Null and the empty text are not present.
pub(crate) fn is_present(value: Option<Piece<'_>>) -> bool {
    match value {
        None | Some(Piece::Null) => false,
        Some(Piece::Text(text)) => !text.is_empty(),
        Some(Piece::Boolean(_) | Piece::Signed(_) | Piece::Unsigned(_) | Piece::Float(_) | Piece::List(_) | Piece::Object(_)) => true,
    }
}
