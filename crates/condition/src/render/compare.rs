//! One value against one test, in SQL. Every test is false where the value is null; `not_set` and `empty` are negations.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use sql::{Statement, Value};

use super::zone::by_zone;
use super::{Form, Seen, selected};
use crate::calendar::local_date;
use crate::evaluate::compare::{WHOLE_MAX, resolve};
use crate::tree::{DateTest, DatetimeTest, Edge, ListOp, ListTest, NumberTest, TextOp, TextTest};

pub(super) fn text(into: &mut Statement, seen: &Seen, test: &TextTest) {
    match &test.op {
        // A missing text passes for an empty one, and is not asked for.
        TextOp::Eq(wanted)
            if let (Form::Column(column), false) = (&seen.form, wanted.is_empty())
                && is_indexed(column) =>
        {
            bound(into, &format!("coalesce({column}, '')"), " = ", wanted);
        }
        TextOp::Eq(wanted) => seen.once(into, |into, value| bound(into, value, " = ", wanted)),
        TextOp::Ne(unwanted) => seen.once(into, |into, value| bound(into, value, " <> ", unwanted)),
        TextOp::In(wanted) if wanted.is_empty() => {
            into.push("false");
        }
        TextOp::In(wanted) => seen.once(into, |into, value| listed(into, value, " in ", wanted)),
        TextOp::NotIn(unwanted) if unwanted.is_empty() => seen.once(into, |into, value| {
            into.push(value).push(" is not null");
        }),
        TextOp::NotIn(unwanted) => seen.once(into, |into, value| listed(into, value, " not in ", unwanted)),
        TextOp::Contains(part) => seen.often(into, |into, value| contains(into, value, part)),
        TextOp::NotContains(part) => seen.often(into, |into, value| {
            into.push("not (");
            contains(into, value, part);
            into.push(")");
        }),
        TextOp::StartsWith(part) if let (Form::Column(_), Some(end)) = (&seen.form, after_all_with(part)) => {
            seen.often(into, |into, value| {
                bound(into, value, " >= ", part);
                bound(into.push(" and "), value, " < ", end);
            })
        }
        TextOp::StartsWith(part) => seen.once(into, |into, value| {
            bound(into, &format!("substr({value}, 1, {})", part.chars().count()), " = ", part);
        }),
        // Of a shorter text this is less than the part, however a database understands a start before the first character.
        TextOp::EndsWith(part) => seen.often(into, |into, value| {
            bound(into, &format!("substr({value}, length({value}) - {} + 1)", part.chars().count()), " = ", part);
        }),
        TextOp::Matches(pattern) => seen.often(into, |into, value| {
            into.push("{matches ").push(value).push(" ").bind(&pattern.text).push("}");
        }),
        TextOp::Set => seen.once(into, is_some_text),
        TextOp::NotSet => seen.none(into, is_some_text),
    }
}

/// Whether an index holds an empty text in place of a missing one.
fn is_indexed(column: &str) -> bool {
    ["c.email_folded", "c.firstname_folded", "c.lastname_folded", "c.city_folded", "c.zip_folded"].contains(&column)
}

/// The first text behind all that start with this one. Databases compare bytes, whose order is that of the characters.
fn after_all_with(start: &str) -> Option<String> {
    let mut chars: Vec<char> = start.chars().collect();
    while let Some(last) = chars.pop() {
        if let Some(next) = (last..=char::MAX).nth(1) {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

/// Whether the texts that are looked for are spelled as no number, boolean, list or object is, so that what a value is spelled
/// as says enough.
pub(super) fn is_of_texts_only(test: &TextTest) -> bool {
    let is_json = |text: &String| serde_json::from_str::<serde_json::Value>(text).is_ok();
    match &test.op {
        TextOp::Eq(wanted) => !is_json(wanted),
        TextOp::In(wanted) => !wanted.iter().any(is_json),
        TextOp::Ne(_)
        | TextOp::NotIn(_)
        | TextOp::Contains(_)
        | TextOp::NotContains(_)
        | TextOp::StartsWith(_)
        | TextOp::EndsWith(_)
        | TextOp::Matches(_)
        | TextOp::Set
        | TextOp::NotSet => false,
    }
}

/// A few values are bound one by one, for SQLite reads a list that is bound as one like a table.
pub(super) fn listed<T: Clone + Into<Value>>(into: &mut Statement, value: &str, word: &str, list: &[T]) {
    const FEW: usize = 8;
    into.push(value).push(word);
    if FEW < list.len() {
        into.bind_list(list);
        return;
    }
    for (place, entry) in list.iter().enumerate() {
        into.push(if place == 0 { "(" } else { ", " }).bind(entry.clone());
    }
    into.push(")");
}

fn is_some_text(into: &mut Statement, value: &str) {
    into.push(value).push(" <> ''");
}

fn contains(into: &mut Statement, value: &str, part: &str) {
    into.push("{contains ").push(value).push(" ").bind(part).push("}");
}

fn bound(into: &mut Statement, value: &str, operator: &str, literal: impl Into<Value>) {
    into.push(value).push(operator).bind(literal);
}

pub(super) fn number(into: &mut Statement, seen: &Seen, test: NumberTest) {
    // An index is no help to find what is missing, and `is null` must reach the value.
    if let (NumberTest::NotSet, Form::Indexed(value)) = (test, &seen.form) {
        into.push(value).push(" is null");
        return;
    }
    let holds = |into: &mut Statement, value: &str| number_holds(into, value, test);
    match test {
        NumberTest::Modulo(_) | NumberTest::Between(_, _) => seen.often(into, holds),
        NumberTest::Eq(_)
        | NumberTest::Ne(_)
        | NumberTest::Lt(_)
        | NumberTest::Lte(_)
        | NumberTest::Gt(_)
        | NumberTest::Gte(_)
        | NumberTest::Set
        | NumberTest::NotSet => seen.once(into, holds),
    }
}

/// The test of a number that may be null; null where it is, but for `set` and `not_set`.
pub(super) fn number_holds(into: &mut Statement, value: &str, test: NumberTest) {
    match test {
        NumberTest::Eq(wanted) => bound(into, value, " = ", wanted),
        NumberTest::Ne(unwanted) => bound(into, value, " <> ", unwanted),
        NumberTest::Lt(limit) => bound(into, value, " < ", limit),
        NumberTest::Lte(limit) => bound(into, value, " <= ", limit),
        NumberTest::Gt(limit) => bound(into, value, " > ", limit),
        NumberTest::Gte(limit) => bound(into, value, " >= ", limit),
        NumberTest::Between(from, to) => {
            into.push(value).push(" between ").bind(from).push(" and ").bind(to);
        }
        // The case keeps numbers away that no whole number can hold.
        NumberTest::Modulo(divisor) => {
            into.push(&format!("case when {value} between -{WHOLE_MAX:.1} and {WHOLE_MAX:.1} then {{whole {value}}} = {value} and "));
            into.push(&format!("{{whole {value}}} % ")).bind(divisor).push(" = 0 else false end");
        }
        NumberTest::Set => {
            into.push(value).push(" is not null");
        }
        NumberTest::NotSet => {
            into.push(value).push(" is null");
        }
    }
}

/// Not compared: SQLite would go through an index for it, although half of all customers may be found there.
pub(super) fn boolean_column(into: &mut Statement, seen: &Seen, wanted: bool) {
    seen.once(into, |into, column| {
        into.push(if wanted { "" } else { "not " }).push(column);
    });
}

/// The value is a boolean itself.
pub(super) fn holds(into: &mut Statement, seen: &Seen) {
    seen.once(into, |into, value| {
        into.push(value);
    });
}

/// Dates are texts of one shape, so they compare as they are spelled.
pub(super) fn date(into: &mut Statement, seen: &Seen, test: DateTest, zone: &TimeZone, now: i64) {
    let at = |shift: i64| move |zone: &TimeZone| local_date(zone, now.saturating_add(shift));
    let span = |from: i64, to: i64| move |zone: &TimeZone| (at(from)(zone), at(to)(zone));
    let after_until = |into: &mut Statement, value: &str, (after, until): (Date, Date)| {
        bound(into, value, " > ", after.to_string());
        bound(into.push(" and "), value, " <= ", until.to_string());
    };
    if test == DateTest::NotSet {
        return not_set(into, seen);
    }
    seen.often(into, |into, value| match test {
        DateTest::Range { from: Some(from), to: Some(to) } => {
            bound(into, value, " >= ", from.to_string());
            bound(into.push(" and "), value, " <= ", to.to_string());
        }
        DateTest::Range { from: Some(from), to: None } => bound(into, value, " >= ", from.to_string()),
        DateTest::Range { from: None, to: Some(to) } => bound(into, value, " <= ", to.to_string()),
        DateTest::WithinLast(duration) => by_zone(into, zone, span(-duration, 0), |into, span| after_until(into, value, span)),
        DateTest::WithinNext(duration) => by_zone(into, zone, span(0, duration), |into, span| after_until(into, value, span)),
        DateTest::OlderThan(duration) => by_zone(into, zone, at(-duration), |into, day| bound(into, value, " <= ", day.to_string())),
        DateTest::AnniversaryWithin(duration) => by_zone(into, zone, span(0, duration), |into, span| anniversary(into, value, span)),
        DateTest::AgeGte(years) => by_zone(into, zone, at(0), |into, today| bound(into, value, " <= ", years_before(today, years))),
        DateTest::AgeLt(years) => by_zone(into, zone, at(0), |into, today| bound(into, value, " > ", years_before(today, years))),
        DateTest::Set | DateTest::Range { from: None, to: None } => {
            into.push(value).push(" is not null");
        }
        DateTest::NotSet => {
            into.push(value).push(" is null");
        }
    });
}

/// May name a 29 February that does not exist; as a text it still stands between its neighbours.
fn years_before(today: Date, years: i16) -> String {
    format!("{:04}-{:02}-{:02}", today.year() - years, today.month(), today.day())
}

/// Month and day, year by year of the span. Where the year has no 29 February, that one is on 1 March.
fn anniversary(into: &mut Statement, value: &str, (from, to): (Date, Date)) {
    let month_and_day = |date: Date| format!("{:02}-{:02}", date.month(), date.day());
    into.push("(");
    for year in from.year()..=to.year() {
        let first = if year == from.year() { month_and_day(from) } else { "01-01".to_owned() };
        let last = if year == to.year() { month_and_day(to) } else { "12-31".to_owned() };
        let has_first_of_march = first.as_str() <= "03-01" && "03-01" <= last.as_str();
        if year > from.year() {
            into.push(" or ");
        }
        into.push(&format!("substr({value}, 6) between ")).bind(&first).push(" and ").bind(&last);
        if has_first_of_march && !from.with().year(year).day(1).build().is_ok_and(Date::in_leap_year) {
            into.push(&format!(" or substr({value}, 6) = '02-29'"));
        }
    }
    into.push(")");
}

/// `spell` says how the value stores an instant.
pub(super) fn datetime(into: &mut Statement, seen: &Seen, test: DatetimeTest, zone: &TimeZone, now: i64, spell: &dyn Fn(i64) -> Value) {
    if test == DatetimeTest::NotSet {
        return not_set(into, seen);
    }
    seen.often(into, |into, value| datetime_holds(into, value, test, zone, now, spell));
}

/// The test of an instant that may be null, `not_set` excepted.
pub(super) fn datetime_holds(
    into: &mut Statement,
    value: &str,
    test: DatetimeTest,
    zone: &TimeZone,
    now: i64,
    spell: &dyn Fn(i64) -> Value,
) {
    let between = |into: &mut Statement, (from, to): (Option<i64>, Option<i64>)| {
        into.push(value).push(" is not null");
        if let Some(from) = from {
            bound(into.push(" and "), value, " >= ", spell(from));
        }
        if let Some(to) = to {
            bound(into.push(" and "), value, " < ", spell(to));
        }
    };
    // Whole microseconds: what lies after an instant begins one later.
    let after = |shift: i64| Some(now.saturating_add(shift).saturating_add(1));
    match test {
        DatetimeTest::Range { from, to } => {
            let ends = |zone: &TimeZone| (from.map(|from| resolve(from, zone)), to.map(|to| resolve(to, zone)));
            if [from, to].into_iter().flatten().any(|edge| matches!(edge, Edge::StartOf(_))) {
                by_zone(into, zone, ends, between);
            } else {
                between(into, ends(zone));
            }
        }
        DatetimeTest::WithinLast(duration) => between(into, (after(-duration), after(0))),
        DatetimeTest::WithinNext(duration) => between(into, (after(0), after(duration))),
        DatetimeTest::OlderThan(duration) => between(into, (None, after(-duration))),
        DatetimeTest::Set => between(into, (None, None)),
        DatetimeTest::NotSet => {
            into.push(value).push(" is null");
        }
    }
}

fn not_set(into: &mut Statement, seen: &Seen) {
    seen.none(into, |into, value| {
        into.push(value).push(" is not null");
    });
}

/// `place` is a document and a path.
pub(super) fn list(into: &mut Statement, place: &str, test: &ListTest) {
    match &test.op {
        ListOp::Has(wanted) => {
            into.push(&format!("exists (select 1 from {{strings e {place}}} where e.value = ")).bind(wanted).push(")");
        }
        ListOp::HasAny(wanted) if wanted.is_empty() => {
            into.push("false");
        }
        ListOp::HasAny(wanted) => {
            into.push(&format!("exists (select 1 from {{strings e {place}}} where e.value in ")).bind_list(wanted).push(")");
        }
        // Counted, because a thousand `exists` would be deeper than SQLite allows.
        ListOp::HasAll(wanted) => {
            into.push(&format!("(select count(distinct e.value) from {{strings e {place}}} where e.value in ")).bind_list(wanted);
            into.push(&format!(") = {}", wanted.len()));
        }
        ListOp::Empty => {
            into.push(&format!("not exists (select 1 from {{strings e {place}}})"));
        }
    }
}

/// `place` is a document and a path.
pub(super) fn present(into: &mut Statement, place: &str, wanted: bool) {
    if !wanted {
        into.push("not ");
    }
    let test = |into: &mut Statement, value: &str| {
        into.push(value).push(" <> 'null' and coalesce(v.text <> '', true)");
    };
    selected(into, false, test, |into| {
        into.push(&format!("select {{kind {place}}} as value, {{string {place}}} as text"));
    });
}
