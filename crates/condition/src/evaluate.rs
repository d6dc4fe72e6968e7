//! The answer for one customer, in the process. It allocates nothing for counts, fields, segments and attributes.

pub(crate) mod compare;

use serde_json::Value;

use crate::facts::{Attributes, Facts, FieldValue};
use crate::measure;
use crate::tree::{ActivityTest, AttributeTest, AttributeValueTest, FieldTest, FieldValueTest, Leaf, MeasureTest, Path, Test, Tree};

/// Whether the condition holds for the customer at `now`.
pub fn evaluate(tree: &Tree, facts: &Facts, now: i64) -> bool {
    tree.root.holds(&|leaf| holds(leaf, facts, now))
}

pub(crate) fn holds(leaf: &Leaf, facts: &Facts, now: i64) -> bool {
    match &leaf.test {
        Test::Field(test) => field(test, facts, now),
        Test::Activity(test) => activity(test, facts, now),
        Test::Segment { id, inside } => facts.segments.contains(id) == *inside,
        Test::Customer { id } => facts.customer == *id,
        Test::Attribute(test) => attribute(test, facts.trigger.as_ref()),
    }
}

/// A field whose value is of another type than the test expects is as good as missing.
fn field(test: &FieldTest, facts: &Facts, now: i64) -> bool {
    let value = facts.fields.get(test.name.as_str());
    match &test.value {
        FieldValueTest::Text(test) => {
            let text = if let Some(FieldValue::Text(text)) = value { Some(text) } else { None };
            compare::text(&test.op, text.map(|text| if test.exact { &*text.plain } else { text.folded() }))
        }
        FieldValueTest::Number(test) => {
            compare::number(*test, if let Some(FieldValue::Number(number)) = value { Some(*number) } else { None })
        }
        FieldValueTest::Boolean(wanted) => matches!(value, Some(FieldValue::Boolean(flag)) if flag == wanted),
        FieldValueTest::Date(test) => compare::date(*test, date_of(value), &facts.zone, now),
        FieldValueTest::Datetime(test) => compare::datetime(*test, datetime_of(value), &facts.zone, now),
        FieldValueTest::List(test) => {
            let list = if let Some(FieldValue::List(list)) = value { list.as_slice() } else { &[] };
            compare::list(&test.op, list.iter().map(|text| if test.exact { &*text.plain } else { text.folded() }))
        }
        FieldValueTest::Present(wanted) => matches!(value, Some(FieldValue::Json(json)) if compare::is_present(Some(json))) == *wanted,
    }
}

pub(crate) fn date_of(value: Option<&FieldValue>) -> Option<jiff::civil::Date> {
    if let Some(FieldValue::Date(date)) = value { Some(*date) } else { None }
}

pub(crate) fn datetime_of(value: Option<&FieldValue>) -> Option<i64> {
    if let Some(FieldValue::Datetime(instant)) = value { Some(*instant) } else { None }
}

pub(crate) fn activity(test: &ActivityTest, facts: &Facts, now: i64) -> bool {
    match &test.measure {
        MeasureTest::Number(measure, number) => compare::number(*number, measure::number(measure, test, facts, now)),
        MeasureTest::Instant(measure, datetime) => {
            compare::datetime(*datetime, measure::instant(*measure, test, facts, now), &facts.zone, now)
        }
    }
}

/// Without attributes there are no values.
pub(crate) fn attribute(test: &AttributeTest, attributes: Option<&Attributes>) -> bool {
    let plain = || attributes.and_then(|attributes| at(&attributes.plain, &test.path));
    let spelled = |exact: bool| if exact { plain() } else { attributes.and_then(|attributes| at(attributes.folded(), &test.path)) };
    match &test.value {
        AttributeValueTest::Text(test) => compare::text(&test.op, spelled(test.exact).and_then(Value::as_str)),
        AttributeValueTest::Number(test) => compare::number(*test, plain().and_then(Value::as_f64)),
        AttributeValueTest::Boolean(wanted) => plain().and_then(Value::as_bool) == Some(*wanted),
        AttributeValueTest::List(test) => {
            let list = spelled(test.exact).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            compare::list(&test.op, list.iter().filter_map(Value::as_str))
        }
        AttributeValueTest::Present(wanted) => compare::is_present(plain()) == *wanted,
    }
}

/// The value at a path. Steps lead through objects only.
pub(crate) fn at<'v>(document: &'v Value, path: &Path) -> Option<&'v Value> {
    path.iter().try_fold(document, |value, step| value.as_object()?.get(step))
}
