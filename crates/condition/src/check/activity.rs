//! The `activity` leaf: what is counted, within which time, by which measure.

use serde_json::Value;

use super::compare::{self, in_years};
use super::leaf::attribute_leaf;
use super::reading::{DURATION_EXPECTED, Reading};
use super::{Checker, Spot, pointer};
use crate::calendar;
use crate::tree::{ActivityTest, AttributeLeaf, InstantMeasure, MeasureTest, Node, NumberMeasure, NumberTest, Selection, Window};

const MEASURES: &str = "`count`, `sum`, `average`, `min`, `max`, `distinct`, `first`, `last`, `days_since_last`";

pub(super) fn read(checker: &mut Checker<'_>, spot: &Spot<'_>) -> Option<ActivityTest> {
    let filter = read_filter(checker, spot);
    let window = read_window(checker, spot);
    let mut reading = Reading::of(checker, spot);
    // Both were read above, with paths of their own.
    reading.get("where");
    reading.get("within");
    let kind = read_type(&mut reading);
    let measure = read_measure(&mut reading);
    reading.finish();
    Some(ActivityTest { selection: Selection { kind: kind?, filter: filter? }, window: window?, measure: measure? })
}

/// Nothing inside: of any type. Nothing at all: a type with a problem.
pub(super) fn read_type(reading: &mut Reading) -> Option<Option<String>> {
    match reading.get("type") {
        Some(_) => reading.name("type").map(|name| Some(name.to_owned())),
        None => Some(None),
    }
}

/// Nothing inside: no filter. Nothing at all: a filter with a problem.
pub(super) fn read_filter(checker: &mut Checker<'_>, spot: &Spot<'_>) -> Option<Option<Node<AttributeLeaf>>> {
    match spot.object.get("where") {
        None => Some(None),
        Some(json) => checker.node(json, &pointer(spot.path, "where"), spot.depth + 1, &attribute_leaf).map(Some),
    }
}

pub(super) fn read_window(checker: &mut Checker<'_>, spot: &Spot<'_>) -> Option<Window> {
    let path = pointer(spot.path, "within");
    match spot.object.get("within") {
        None => Some(Window::Always),
        Some(Value::String(text)) => {
            let duration = calendar::parse_duration(text);
            if duration.is_none() {
                checker.problem(path, "bad_duration", DURATION_EXPECTED);
            }
            duration.map(Window::Last)
        }
        Some(Value::Object(ends)) => {
            for key in ends.keys().filter(|key| !matches!(key.as_str(), "from" | "to")) {
                checker.problem(pointer(&path, key), "unknown_key", format!("`{key}` has no use beside `from` and `to`"));
            }
            let from = read_end(checker, ends.get("from"), pointer(&path, "from"));
            let to = read_end(checker, ends.get("to"), pointer(&path, "to"));
            let (from, to) = (from?, to?);
            match (from, to) {
                (None, None) => {
                    checker.problem(path, "missing", "give `from`, `to` or both");
                    None
                }
                (Some(from), Some(to)) if from >= to => {
                    checker.problem(pointer(&path, "to"), "bad_range", "`to` does not lie after `from`");
                    None
                }
                _ => Some(Window::Between { from, to }),
            }
        }
        Some(_) => {
            checker.problem(path, "wrong_type", "expected a duration such as `90d`, or `from` and `to`");
            None
        }
    }
}

fn read_end(checker: &mut Checker<'_>, json: Option<&Value>, path: String) -> Option<Option<i64>> {
    let Some(json) = json else { return Some(None) };
    let instant = json.as_str().and_then(calendar::parse_instant).filter(|instant| in_years(*instant));
    if instant.is_none() {
        checker.problem(path, "bad_instant", "expected an instant such as `2026-05-01T12:00:00Z`");
    }
    instant.map(Some)
}

fn read_measure(reading: &mut Reading) -> Option<MeasureTest> {
    let measure = match reading.get("measure").map(Value::as_str) {
        None => "count",
        Some(Some(measure)) => measure,
        Some(None) => "",
    };
    let number = match measure {
        "count" => NumberMeasure::Count,
        "days_since_last" => NumberMeasure::DaysSinceLast,
        "first" => return compare::datetime(reading).map(|test| MeasureTest::Instant(InstantMeasure::First, test)),
        "last" => return compare::datetime(reading).map(|test| MeasureTest::Instant(InstantMeasure::Last, test)),
        "sum" | "average" | "min" | "max" | "distinct" => {
            // Both are read before either stops the rest, so that both are told.
            let (attribute, test) = (reading.dotted("attribute"), compare::number(reading));
            let attribute = attribute?;
            let number = match measure {
                "sum" => NumberMeasure::Sum(attribute),
                "average" => NumberMeasure::Average(attribute),
                "min" => NumberMeasure::Min(attribute),
                "max" => NumberMeasure::Max(attribute),
                _ => NumberMeasure::Distinct(attribute),
            };
            return always_set(reading, number, test?);
        }
        _ => {
            reading.problem("measure", "unknown_measure", format!("expected one of {MEASURES}"));
            reading.get("attribute");
            return reading.without_operator();
        }
    };
    let test = compare::number(reading)?;
    always_set(reading, number, test)
}

/// What counts from zero has a value for everybody, so asking whether it is set is a mistake.
fn always_set(reading: &mut Reading, measure: NumberMeasure, test: NumberTest) -> Option<MeasureTest> {
    let counts_from_zero = matches!(measure, NumberMeasure::Count | NumberMeasure::Sum(_) | NumberMeasure::Distinct(_));
    if counts_from_zero && matches!(test, NumberTest::Set | NumberTest::NotSet) {
        reading.problem("op", "unknown_operator", "this measure counts from zero and is always set");
        return None;
    }
    Some(MeasureTest::Number(measure, test))
}
