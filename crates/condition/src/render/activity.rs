//! The `activity` leaf in SQL: a subselect over the customer's activities. Sums take the steps of `measure.rs`, in its order.

use sql::{Statement, Value};

use super::{attribute, compare, node, selected};
use crate::calendar::DAY;
use crate::evaluate;
use crate::measure::{self, MILLION, SUMMAND_MAX};
use crate::tree::{
    ActivityTest, AttributeLeaf, InstantMeasure, MeasureTest, Node, NumberMeasure, NumberTest, Path, Selection, Tree, Window,
};

pub(super) fn render(test: &ActivityTest, tree: &Tree, now: i64, into: &mut Statement) {
    match &test.measure {
        MeasureTest::Number(NumberMeasure::Count, number) if asks_for_any(*number) => exists(test, tree, now, "exists (", into),
        MeasureTest::Number(NumberMeasure::Count, number) if asks_for_none(*number) => exists(test, tree, now, "not exists (", into),
        MeasureTest::Number(measure, number) => {
            let of_nothing = evaluate::compare::number(*number, measure::of_nothing(measure));
            let holds = |into: &mut Statement, value: &str| compare::number_holds(into, value, *number);
            selected(into, of_nothing, holds, |into| select_number(measure, test, tree, now, into));
        }
        MeasureTest::Instant(measure, datetime) => {
            let of_nothing = evaluate::compare::datetime(*datetime, None, &tree.zone, now);
            let holds = |into: &mut Statement, value: &str| compare::datetime_holds(into, value, *datetime, &tree.zone, now, &Value::Int);
            selected(into, of_nothing, holds, |into| {
                into.push(match measure {
                    InstantMeasure::First => "select min(a.occurred_at) as value",
                    InstantMeasure::Last => "select max(a.occurred_at) as value",
                });
                from_activities([&test.selection], test.window, tree, now, into);
                into.push(GROUPED);
            });
        }
    }
}

/// Every measure is grouped by customer, although there is but one: Citus takes it only so. Where no activity counts there
/// is no group, no row, and the answer is the one of nothing.
const GROUPED: &str = " group by a.customer_id";

/// Asked whether there is any, a database stops at the first.
fn asks_for_any(test: NumberTest) -> bool {
    matches!(test, NumberTest::Gte(1.0) | NumberTest::Gt(0.0) | NumberTest::Ne(0.0))
}

fn asks_for_none(test: NumberTest) -> bool {
    matches!(test, NumberTest::Lt(1.0) | NumberTest::Lte(0.0) | NumberTest::Eq(0.0))
}

fn exists(test: &ActivityTest, tree: &Tree, now: i64, word: &str, into: &mut Statement) {
    into.push(word).push("select 1");
    from_activities([&test.selection], test.window, tree, now, into);
    into.push(")");
}

fn select_number(measure: &NumberMeasure, test: &ActivityTest, tree: &Tree, now: i64, into: &mut Statement) {
    match measure {
        NumberMeasure::Count => {
            into.push("select cast(count(*) as {double}) as value");
        }
        NumberMeasure::Sum(path) => {
            into.push(&format!("select {} / {MILLION}.0 as value", total()));
            return from_millionths(path, test, tree, now, into);
        }
        NumberMeasure::Average(path) => {
            into.push(&format!("select {} / cast(count(*) as {{double}}) / {MILLION}.0 as value", total()));
            return from_millionths(path, test, tree, now, into);
        }
        NumberMeasure::Min(path) => {
            into.push(&format!("select min({}) as value", number_at(path)));
        }
        NumberMeasure::Max(path) => {
            into.push(&format!("select max({}) as value", number_at(path)));
        }
        NumberMeasure::Distinct(path) => {
            let path = path.join(".");
            into.push(&format!(
                "select cast(count(distinct {{string coalesce(a.attributes_folded, a.attributes):{path}}}) + \
                 count(distinct {{number a.attributes:{path}}}) + count(distinct {{boolean a.attributes:{path}}}) as {{double}}) as value"
            ));
        }
        NumberMeasure::DaysSinceLast => {
            into.push("select cast((").bind(now).push(&format!(" - max(a.occurred_at)) / {DAY} as {{double}}) as value"));
        }
    }
    from_activities([&test.selection], test.window, tree, now, into);
    into.push(GROUPED);
}

fn number_at(path: &Path) -> String {
    format!("{{number a.attributes:{}}}", path.join("."))
}

/// The sum of `n.millionths`, whole units and rest added apart so that neither leaves 64 bits.
fn total() -> String {
    format!("(cast(sum(n.millionths / {MILLION}) as {{double}}) * {MILLION}.0 + cast(sum(n.millionths % {MILLION}) as {{double}}))")
}

fn from_millionths(path: &Path, test: &ActivityTest, tree: &Tree, now: i64, into: &mut Statement) {
    into.push(&format!(
        " from (select x.customer_id, {{whole x.scaled}} as millionths from (select r.customer_id, \
         (case when r.number > {SUMMAND_MAX:.1} then {SUMMAND_MAX:.1} when r.number < -{SUMMAND_MAX:.1} then -{SUMMAND_MAX:.1} \
         else r.number end) * {MILLION}.0 + case when r.number < 0.0 then -0.5 else 0.5 end as scaled \
         from (select a.customer_id, max({}) as number",
        number_at(path)
    ));
    from_activities([&test.selection], test.window, tree, now, into);
    // Each activity is a group of its own. Without groups the databases copy the reading of the number into every place
    // that names it, which takes twice as long.
    into.push(" group by a.customer_id, a.type, a.occurred_at, a.id) as r where r.number is not null) as x) as n group by n.customer_id");
}

/// The activities in the window that one of the selections takes, and nothing from the future.
pub(super) fn from_activities<'t>(
    selections: impl IntoIterator<Item = &'t Selection>,
    window: Window,
    tree: &Tree,
    now: i64,
    into: &mut Statement,
) {
    let selections: Vec<&Selection> = selections.into_iter().collect();
    into.push(" from activities as a where a.customer_id = c.id");
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
    let (first, last) = window.bounds(now);
    if first > i64::MIN {
        into.push(" and a.occurred_at >= ").bind(first);
    }
    into.push(" and a.occurred_at <= ").bind(last);
    if let [Selection { filter: Some(filter), .. }] = selections.as_slice() {
        into.push(" and ");
        passes(filter, tree, now, into);
    }
}

/// Whether the activity `a` is one of the selection.
pub(super) fn selected_by(selection: &Selection, tree: &Tree, now: i64, into: &mut Statement) {
    match &selection.kind {
        Some(kind) => into.push("(a.type = ").bind(kind),
        None => into.push("(true"),
    };
    if let Some(filter) = &selection.filter {
        into.push(" and ");
        passes(filter, tree, now, into);
    }
    into.push(")");
}

fn passes(filter: &Node<AttributeLeaf>, tree: &Tree, now: i64, into: &mut Statement) {
    node(filter, into, &|leaf: &AttributeLeaf, into: &mut Statement| attribute(&leaf.test, tree, now, into));
}
