//! The `activity` leaf in SQL: a subselect over activities, of one customer or of all.

use sql::{Statement, Value};

use super::rows::Rows;
use super::{Asked, Of, attribute, compare, negate, node, order};
use crate::calendar::DAY;
use crate::evaluate::compare::WHOLE_MAX;
use crate::measure;
use crate::tree::{ActivityTest, AttributeLeaf, InstantMeasure, MeasureTest, Node, NumberMeasure, NumberTest, Path, Selection, Window};
use crate::{evaluate, needs};

pub(super) fn render(test: &ActivityTest, asked: Asked<'_>, into: &mut Statement) {
    let by_keys = order::is_found_by_keys(test, asked.now);
    let rows = if by_keys && asked.of == Of::Rest { Rows::AllAtOnce } else { Rows::of(asked, by_keys) };
    let is_negative = holds_of_none(test, asked);
    negate(is_negative, asked, into);
    // Where the select names the customer in its tests, for the days of his time zone, it can only be about him.
    let is_about_him = needs::of_activity(test).days;
    let own = match asked.of {
        _ if rows != Rows::Each => "true",
        Of::Everybody if !is_about_him => "{own a.customer_id c.id}",
        Of::Some | Of::Rest if !is_about_him && order::is_answered_by_keys(test, asked.now) => "{own a.customer_id c.id}",
        Of::Nobody | Of::Everybody | Of::Some | Of::Rest | Of::Few => "a.customer_id = c.id",
    };
    match least(test) {
        Some(1) => {
            rows.open("activities as a", "a.customer_id", into);
            selected([&test.selection], test.window, asked, into);
            into.push(")");
        }
        Some(least) => {
            rows.begin("v.customer_id", into);
            into.push(&format!("(select a.customer_id from activities as a where {own}"));
            selected([&test.selection], test.window, asked, into);
            if rows == Rows::Each {
                into.push(" {enough a.customer_id ").bind(least).push("}");
            } else {
                into.push(GROUPED).push(" having count(*) >= ").bind(least);
            }
            into.push(") as v");
            rows.end("v.customer_id", into);
            into.push(")");
        }
        None => compared(test, own, rows, is_negative, asked, into),
    }
}

/// Compares the measure of each customer with activities.
fn compared(test: &ActivityTest, own: &str, rows: Rows, is_negative: bool, asked: Asked<'_>, into: &mut Statement) {
    rows.begin("v.customer_id", into);
    into.push("(");
    measured(test, own, asked, into);
    into.push(") as v");
    rows.end("v.customer_id", into);
    into.push(if is_negative { " and not (" } else { " and (" });
    match &test.measure {
        MeasureTest::Number(_, number) => compare::number_holds(into, "v.value", *number),
        MeasureTest::Instant(_, datetime) => {
            compare::datetime_holds(into, "v.value", *datetime, asked.zone, asked.now, &Value::Int);
        }
    }
    into.push("))");
}

/// Whether it holds of no activities. Then those are looked for of whom it does not hold: where no activity counts there is
/// no group to find.
pub(super) fn holds_of_none(test: &ActivityTest, asked: Asked<'_>) -> bool {
    match &test.measure {
        MeasureTest::Number(measure, number) => evaluate::compare::number(*number, measure::of_nothing(measure)),
        MeasureTest::Instant(_, datetime) => evaluate::compare::datetime(*datetime, None, asked.zone, asked.now),
    }
}

/// Asked whether there is any, or none, a database stops at the first.
pub(super) fn asks_whether_any(test: &ActivityTest) -> bool {
    least(test) == Some(1)
}

/// How many activities have to be there, or must not be, if only that is asked.
fn least(test: &ActivityTest) -> Option<i64> {
    let MeasureTest::Number(NumberMeasure::Count, number) = test.measure else { return None };
    let least = match number {
        NumberTest::Gte(limit) | NumberTest::Lt(limit) => limit.ceil(),
        NumberTest::Gt(limit) | NumberTest::Lte(limit) => limit.floor() + 1.0,
        NumberTest::Ne(0.0) | NumberTest::Eq(0.0) => 1.0,
        NumberTest::Eq(_)
        | NumberTest::Ne(_)
        | NumberTest::Between(_, _)
        | NumberTest::Modulo(_)
        | NumberTest::Set
        | NumberTest::NotSet => return None,
    };
    (1.0..WHOLE_MAX).contains(&least).then_some(least as i64)
}

/// How many activities there must be so that so many of them, or of the values in them, can count. Their keys say it without
/// reading what they hold.
pub(super) fn at_least(test: &ActivityTest) -> Option<ActivityTest> {
    let MeasureTest::Number(measure, number) = &test.measure else { return None };
    let reads_attributes = match measure {
        NumberMeasure::Count => test.selection.filter.is_some(),
        NumberMeasure::Distinct(_) => true,
        NumberMeasure::Sum(_)
        | NumberMeasure::Average(_)
        | NumberMeasure::Min(_)
        | NumberMeasure::Max(_)
        | NumberMeasure::DaysSinceLast => false,
    };
    let (NumberTest::Gte(least) | NumberTest::Gt(least) | NumberTest::Eq(least) | NumberTest::Between(least, _)) = *number else {
        return None;
    };
    let selection = Selection { kind: test.selection.kind.clone(), filter: None };
    let measure = MeasureTest::Number(NumberMeasure::Count, NumberTest::Gte(least));
    (reads_attributes && 2.0 <= least).then_some(ActivityTest { selection, window: test.window, measure })
}

/// Every measure is grouped by customer, also where there is but one: Citus takes it only so.
const GROUPED: &str = " group by a.customer_id";

/// The measure of each customer with activities; `own` says whose they are.
fn measured(test: &ActivityTest, own: &str, asked: Asked<'_>, into: &mut Statement) {
    match &test.measure {
        MeasureTest::Number(NumberMeasure::Count, _) => into.push("select a.customer_id, cast(count(*) as {double})"),
        MeasureTest::Number(NumberMeasure::Sum(path), _) => {
            into.push(&format!("select a.customer_id, coalesce({}, 0.0)", token("sum", path)))
        }
        MeasureTest::Number(NumberMeasure::Average(path), _) => into.push(&format!("select a.customer_id, {}", token("average", path))),
        MeasureTest::Number(NumberMeasure::Min(path), _) => into.push(&format!("select a.customer_id, min({})", token("number", path))),
        MeasureTest::Number(NumberMeasure::Max(path), _) => into.push(&format!("select a.customer_id, max({})", token("number", path))),
        MeasureTest::Number(NumberMeasure::Distinct(path), _) => into.push(&format!("select a.customer_id, {}", distinct(path))),
        MeasureTest::Number(NumberMeasure::DaysSinceLast, _) => {
            into.push("select a.customer_id, cast((").bind(asked.now);
            into.push(&format!(" - max(a.occurred_at)) / {DAY} as {{double}})"))
        }
        MeasureTest::Instant(InstantMeasure::First, _) => into.push("select a.customer_id, min(a.occurred_at)"),
        MeasureTest::Instant(InstantMeasure::Last, _) => into.push("select a.customer_id, max(a.occurred_at)"),
    };
    into.push(&format!(" as value from activities as a where {own}"));
    selected([&test.selection], test.window, asked, into);
    into.push(GROUPED);
}

fn distinct(path: &Path) -> String {
    format!("cast({{distinct coalesce(a.attributes_folded, a.attributes):{}}} as {{double}})", path.join("."))
}

fn token(name: &str, path: &Path) -> String {
    format!("{{{name} a.attributes:{}}}", path.join("."))
}

/// Goes on with the tests of the activity `a`: it lies in the window, one of the selections takes it, and it is not from
/// the future.
pub(super) fn selected<'t>(selections: impl IntoIterator<Item = &'t Selection>, window: Window, asked: Asked<'_>, into: &mut Statement) {
    let selections: Vec<&Selection> = selections.into_iter().collect();
    let mut kinds: Vec<Option<&String>> = selections.iter().map(|selection| selection.kind.as_ref()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    match kinds.as_slice() {
        [None, ..] => {}
        [Some(kind)] => {
            into.push(" and a.type = ").bind(*kind);
        }
        kinds => {
            for (place, kind) in kinds.iter().flatten().enumerate() {
                into.push(if place == 0 { " and a.type in (" } else { ", " }).bind(*kind);
            }
            into.push(")");
        }
    }
    let (first, last) = window.bounds(asked.now);
    if first > i64::MIN {
        into.push(" and a.occurred_at >= ").bind(first);
    }
    into.push(" and a.occurred_at <= ").bind(last);
    if let [Selection { filter: Some(filter), .. }] = selections.as_slice() {
        into.push(" and ");
        passes(filter, Asked { is_strict: false, ..asked }, into);
    }
}

/// Whether the activity `a` is one of the selection.
pub(super) fn selected_by(selection: &Selection, asked: Asked<'_>, into: &mut Statement) {
    match &selection.kind {
        Some(kind) => into.push("(a.type = ").bind(kind),
        None => into.push("(true"),
    };
    if let Some(filter) = &selection.filter {
        into.push(" and ");
        passes(filter, Asked { is_strict: true, ..asked }, into);
    }
    into.push(")");
}

fn passes(filter: &Node<AttributeLeaf>, asked: Asked<'_>, into: &mut Statement) {
    node(filter, asked, into, &|leaf: &AttributeLeaf, asked: Asked<'_>, into: &mut Statement| attribute(&leaf.test, asked, into));
}
