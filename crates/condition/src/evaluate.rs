//! The answer for one customer, in the process. It allocates nothing for counts, fields, segments and attributes.

pub(crate) mod compare;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::document::Piece;
use crate::facts::{Attributes, Facts, FieldValue, Fired};
use crate::tree::{
    ActivityTest, AttributeTest, AttributeValueTest, FieldTest, FieldValueTest, MeasureTest, Path, SegmentTest, TriggerTest,
};
use crate::tree::{Answer, Leaf, Test, Tree};
use crate::{calendar, measure, sequence};

/// Whether the condition holds for the customer at `now`.
pub fn evaluate(tree: &Tree, facts: &Facts, now: i64) -> bool {
    tree.root.holds(&|leaf| holds(leaf, facts, now))
}

pub(crate) fn holds(leaf: &Leaf, facts: &Facts, now: i64) -> bool {
    match &leaf.test {
        Test::Field(test) => field(test, facts.fields.get(test.name.as_str()), &facts.zone, now),
        Test::Activity(test) => activity(test, facts, now),
        Test::Sequence(test) => sequence::holds(test, facts, now),
        Test::Segment(test) => segment(test, facts),
        Test::Consent { purpose, answer } => answer_of(facts, purpose) == *answer,
        Test::Subscription { list, statuses } => {
            facts.subscriptions.get(list.as_str()).is_some_and(|status| compare::among(statuses, status))
        }
        Test::Company(test) => field(test, facts.company.get(test.name.as_str()), &facts.zone, now),
        Test::Customer { id } => facts.customer == *id,
        Test::Attribute(test) => attribute(test, facts.trigger.attributes.as_ref(), &facts.zone, now),
        Test::TriggerSegment(test) => trigger(test, facts.trigger.segment),
        Test::TriggerTargetGroup(test) => trigger(test, facts.trigger.target_group),
    }
}

fn segment(test: &SegmentTest, facts: &Facts) -> bool {
    let counter = facts.segments.get(&test.id);
    counter.is_some_and(|counter| test.counter.is_none_or(|number| compare::number(number, Some(*counter as f64)))) == test.inside
}

pub(crate) fn answer_of(facts: &Facts, purpose: &str) -> Answer {
    match facts.consents.get(purpose) {
        Some(true) => Answer::Granted,
        Some(false) => Answer::Denied,
        None => Answer::Unanswered,
    }
}

/// What fired the rule, if it is one of those that are asked about, is a number; else there is none.
pub(crate) fn trigger(test: &TriggerTest, fired: Option<Fired>) -> bool {
    compare::number(test.number, trigger_number(test, fired))
}

pub(crate) fn trigger_number(test: &TriggerTest, fired: Option<Fired>) -> Option<f64> {
    let fired = fired.filter(|fired| test.among.as_ref().is_none_or(|among| among.binary_search(&fired.id).is_ok()));
    fired.map(|fired| fired.number)
}

/// A field whose value is of another type than the test expects is as good as missing.
pub(crate) fn field(test: &FieldTest, value: Option<&FieldValue>, zone: &TimeZone, now: i64) -> bool {
    match &test.value {
        FieldValueTest::Text(test) => {
            let text = if let Some(FieldValue::Text(text)) = value { Some(text) } else { None };
            compare::text(&test.op, text.map(|text| if test.exact { &*text.plain } else { text.folded() }))
        }
        FieldValueTest::Number(test) => {
            compare::number(*test, if let Some(FieldValue::Number(number)) = value { Some(*number) } else { None })
        }
        FieldValueTest::Boolean(wanted) => matches!(value, Some(FieldValue::Boolean(flag)) if flag == wanted),
        FieldValueTest::Date(test) => compare::date(*test, date_of(value), zone, now),
        FieldValueTest::Datetime(test) => compare::datetime(*test, datetime_of(value), zone, now),
        FieldValueTest::List(test) => {
            let list = if let Some(FieldValue::List(list)) = value { list.as_slice() } else { &[] };
            compare::list(&test.op, list.iter().map(|text| if test.exact { &*text.plain } else { text.folded() }))
        }
        FieldValueTest::Present(wanted) => {
            compare::is_present(document_of(value).and_then(|document| document.plain.at(&Path::new()))) == *wanted
        }
        FieldValueTest::Inside(test) => attribute(test, document_of(value), zone, now),
    }
}

pub(crate) fn date_of(value: Option<&FieldValue>) -> Option<Date> {
    if let Some(FieldValue::Date(date)) = value { Some(*date) } else { None }
}

pub(crate) fn datetime_of(value: Option<&FieldValue>) -> Option<i64> {
    if let Some(FieldValue::Datetime(instant)) = value { Some(*instant) } else { None }
}

pub(crate) fn document_of(value: Option<&FieldValue>) -> Option<&Attributes> {
    if let Some(FieldValue::Json(document)) = value { Some(document) } else { None }
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
pub(crate) fn attribute(test: &AttributeTest, attributes: Option<&Attributes>, zone: &TimeZone, now: i64) -> bool {
    let path = &test.path;
    let plain = || attributes.and_then(|attributes| attributes.plain.at(path));
    let spelled = |exact: bool| if exact { plain() } else { attributes.and_then(|attributes| attributes.folded().at(path)) };
    match &test.value {
        AttributeValueTest::Text(test) => compare::text(&test.op, spelled(test.exact).and_then(Piece::as_str)),
        AttributeValueTest::Number(test) => compare::number(*test, plain().and_then(Piece::as_f64)),
        AttributeValueTest::Boolean(wanted) => plain().and_then(Piece::as_bool) == Some(*wanted),
        AttributeValueTest::Date(test) => compare::date(*test, attributes.and_then(|attributes| date_at(attributes, path)), zone, now),
        AttributeValueTest::List(test) => {
            let list = spelled(test.exact).map(Piece::elements).into_iter().flatten();
            compare::list(&test.op, list.filter_map(Piece::as_str))
        }
        AttributeValueTest::Present(wanted) => compare::is_present(plain()) == *wanted,
    }
}

/// The date at a path, if the text there is one.
pub(crate) fn date_at(attributes: &Attributes, path: &Path) -> Option<Date> {
    attributes.plain.at(path)?.as_str().and_then(calendar::parse_date)
}
