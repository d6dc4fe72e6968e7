//! Why the answer is what it is: the tree again, with the answer of every node and what each leaf saw.

use serde_json::{Value, json};

use crate::calendar::instant_text;
use crate::document::Piece;
use crate::evaluate::compare::WHOLE_MAX;
use crate::evaluate::{answer_of, document_of, holds, trigger_number};
use crate::facts::{Attributes, Facts, FieldValue};
use crate::tree::{ActivityTest, AttributeTest, FieldTest, FieldValueTest, Leaf, MeasureTest, Node, SegmentTest, Test, Tree};
use crate::{measure, sequence};

/// How many of the activities that counted are named, the newest first.
const COUNTED_MAX: usize = 100;

/// What an explanation shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    Everything,
    /// Leaves that ask about activities give their answer alone.
    NoActivities,
}

/// `{"condition", "matches", "children"}` for a node; `{"condition", "matches", "saw"}` for a leaf, and `counted` where it
/// asks about activities. A sequence saw the number of steps done; counted are those of the chain that got furthest, in order.
/// What is not shown is `withheld`.
pub fn explain(tree: &Tree, facts: &Facts, now: i64, shown: Shown) -> Value {
    explain_node(&tree.root, facts, now, shown)
}

fn explain_node(node: &Node<Leaf>, facts: &Facts, now: i64, shown: Shown) -> Value {
    let children: Vec<Value> = match node {
        Node::All(children) | Node::Any(children) => children.iter().map(|child| explain_node(child, facts, now, shown)).collect(),
        Node::Not(child) => vec![explain_node(child, facts, now, shown)],
        Node::Leaf(leaf) => return explain_leaf(leaf, facts, now, shown),
    };
    json!({ "condition": node.to_json(), "matches": node.holds(&|leaf| holds(leaf, facts, now)), "children": children })
}

fn explain_leaf(leaf: &Leaf, facts: &Facts, now: i64, shown: Shown) -> Value {
    if shown == Shown::NoActivities && is_about_activities(leaf) {
        return json!({ "condition": leaf.json, "matches": holds(leaf, facts, now), "withheld": true });
    }
    let mut explained = json!({ "condition": leaf.json, "matches": holds(leaf, facts, now), "saw": saw(leaf, facts, now) });
    match &leaf.test {
        Test::Activity(test) => explained["counted"] = counted(test, facts, now),
        Test::Sequence(test) => explained["counted"] = json!(sequence::furthest(test, facts, now)),
        _ => {}
    }
    explained
}

/// Whether what a leaf saw is something that customers did. An attribute is one of the activity that fired a rule.
pub(crate) fn is_about_activities(leaf: &Leaf) -> bool {
    match &leaf.test {
        Test::Activity(_) | Test::Sequence(_) | Test::Attribute(_) => true,
        Test::Field(_)
        | Test::Segment(_)
        | Test::Consent { .. }
        | Test::Subscription { .. }
        | Test::Company(_)
        | Test::Customer { .. }
        | Test::TriggerSegment(_)
        | Test::TriggerTargetGroup(_) => false,
    }
}

pub(crate) fn saw(leaf: &Leaf, facts: &Facts, now: i64) -> Value {
    match &leaf.test {
        Test::Field(test) => field(test, facts.fields.get(test.name.as_str())),
        Test::Activity(test) => activity(test, facts, now),
        Test::Sequence(test) => json!(sequence::furthest(test, facts, now).len()),
        Test::Segment(SegmentTest { id, counter: None, .. }) => Value::Bool(facts.segments.contains_key(id)),
        Test::Segment(SegmentTest { id, counter: Some(_), .. }) => json!(facts.segments.get(id)),
        Test::Consent { purpose, answer: _ } => json!(answer_of(facts, purpose).as_str()),
        Test::Subscription { list, statuses: _ } => json!(facts.subscriptions.get(list.as_str())),
        Test::Company(test) => field(test, facts.company.get(test.name.as_str())),
        Test::Customer { id: _ } => json!(facts.customer),
        Test::Attribute(test) => attribute(test, facts.trigger.attributes.as_ref()),
        Test::TriggerSegment(test) => trigger_number(test, facts.trigger.segment).map_or(Value::Null, number_json),
        Test::TriggerTargetGroup(test) => trigger_number(test, facts.trigger.target_group).map_or(Value::Null, number_json),
    }
}

fn field(test: &FieldTest, value: Option<&FieldValue>) -> Value {
    if let FieldValueTest::Inside(test) = &test.value {
        return attribute(test, document_of(value));
    }
    match value {
        None => Value::Null,
        Some(FieldValue::Text(text)) => json!(text.plain),
        Some(FieldValue::Number(number)) => number_json(*number),
        Some(FieldValue::Boolean(flag)) => json!(flag),
        Some(FieldValue::Date(date)) => json!(date.to_string()),
        Some(FieldValue::Datetime(instant)) => json!(instant_text(*instant)),
        Some(FieldValue::List(texts)) => texts.iter().map(|text| json!(text.plain)).collect(),
        Some(FieldValue::Json(document)) => document.plain.to_value(),
    }
}

fn activity(test: &ActivityTest, facts: &Facts, now: i64) -> Value {
    match &test.measure {
        MeasureTest::Number(number, _) => measure::number(number, test, facts, now).map_or(Value::Null, number_json),
        MeasureTest::Instant(instant, _) => measure::instant(*instant, test, facts, now).map_or(Value::Null, |at| json!(instant_text(at))),
    }
}

fn counted(test: &ActivityTest, facts: &Facts, now: i64) -> Value {
    let mut counted: Vec<_> = measure::counted(test, facts, now).map(|occurrence| (occurrence.at, occurrence.id)).collect();
    counted.sort_unstable_by(|one, other| other.cmp(one));
    counted.into_iter().take(COUNTED_MAX).map(|(_, id)| json!(id)).collect()
}

fn attribute(test: &AttributeTest, attributes: Option<&Attributes>) -> Value {
    attributes.and_then(|attributes| attributes.plain.at(&test.path)).map_or(Value::Null, Piece::to_value)
}

/// Whole numbers without a decimal point.
fn number_json(number: f64) -> Value {
    let whole = number as i64;
    if whole as f64 == number && number.abs() < WHOLE_MAX { json!(whole) } else { json!(number) }
}

#[cfg(test)]
mod tests;
