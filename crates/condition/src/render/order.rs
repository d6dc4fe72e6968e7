//! In which order the parts of a condition are asked, and of whom. Only what the tree says counts: no statistics.

use super::{Asked, Of, activity};
use crate::calendar::DAY;
use crate::needs::{self, Reach};
use crate::tree::{ActivityTest, Answer, FieldTest, FieldValueTest, Leaf, Node, Test, TextOp};

/// In a longer window there is so much that asking each customer is as cheap: his activities lie side by side.
const SHORT: i64 = 400 * DAY;

/// Fields by which few are found.
const FINDING: [&str; 7] = ["id", "token", "email", "firstname", "lastname", "city", "zip"];

/// What is cheaper comes before what is dearer; then what holds for who did something, who are fewer; then what looks at
/// less time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Cost {
    kind: Kind,
    is_negative: bool,
    reach: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
enum Kind {
    #[default]
    Constant,
    Field,
    Company,
    /// Segments, consents, subscriptions.
    Belonging,
    /// Activities of a short window, by their keys.
    Recent,
    /// Activities by their keys.
    Key,
    /// Activities by what they hold.
    Attribute,
    Sequence,
}

/// The same condition with tests of keys beside those leaves of activities that only hold where there is enough of them.
pub(super) fn narrowed(node: &Node<Leaf>) -> Node<Leaf> {
    match node {
        Node::All(children) => {
            let beside = |child| match (enough_for(child), child) {
                (Some(enough), leaf) => vec![enough, leaf.clone()],
                (None, child) => vec![narrowed(child)],
            };
            Node::All(children.iter().flat_map(beside).collect())
        }
        Node::Any(children) => Node::Any(children.iter().map(narrowed).collect()),
        Node::Not(child) => Node::Not(Box::new(narrowed(child))),
        Node::Leaf(leaf) => match enough_for(node) {
            Some(enough) => Node::All(vec![enough, Node::Leaf(leaf.clone())]),
            None => Node::Leaf(leaf.clone()),
        },
    }
}

fn enough_for(node: &Node<Leaf>) -> Option<Node<Leaf>> {
    let Node::Leaf(Leaf { json, test: Test::Activity(test) }) = node else { return None };
    Some(Node::Leaf(Leaf { json: json.clone(), test: Test::Activity(activity::at_least(test)?) }))
}

/// The children of an `all` or `any`. They may change places: no leaf is ever null.
pub(super) fn cheap_first<'n>(children: &'n [Node<Leaf>], asked: Asked<'_>) -> Vec<&'n Node<Leaf>> {
    let mut sorted: Vec<&Node<Leaf>> = children.iter().collect();
    sorted.sort_by_cached_key(|child| cost(child, asked));
    sorted
}

/// The children of an `any`, and of whom they are asked. Of more customers it holds that they did something once than that they
/// did it often: where it has to be read what activities hold, that comes first, and those who are left are counted one by one.
pub(super) fn for_any<'n>(children: &'n [Node<Leaf>], asked: Asked<'_>) -> Vec<(&'n Node<Leaf>, Of)> {
    let reads_one = |node: &Node<Leaf>| match node {
        Node::Leaf(Leaf { test: Test::Activity(test), .. }) => {
            activity_kind(test, asked.now) == Kind::Attribute && activity::asks_whether_any(test) && !activity::holds_of_none(test, asked)
        }
        Node::Leaf(_) | Node::All(_) | Node::Any(_) | Node::Not(_) => false,
    };
    let sorted = cheap_first(children, asked);
    let reads = asked.of == Of::Everybody && sorted.iter().any(|child| reads_one(child));
    if !reads {
        return sorted.into_iter().map(|child| (child, asked.of)).collect();
    }
    let (cheap, dear): (Vec<_>, Vec<_>) = sorted.into_iter().partition(|child| cost(child, asked).kind < Kind::Key);
    let (first, rest): (Vec<_>, Vec<_>) = dear.into_iter().partition(|child| reads_one(child));
    let of = |child| if cost(child, asked).kind == Kind::Key { Of::Few } else { asked.of };
    cheap.into_iter().chain(first).chain(rest).map(|child| (child, of(child))).collect()
}

/// Whether every customer is asked for something that is not written down with him.
pub(super) fn reads_more_than_fields(parts: &[(&Node<Leaf>, Of)], asked: Asked<'_>) -> bool {
    parts.iter().any(|(part, _)| Kind::Field < cost(part, asked).kind)
}

/// Parts of an `all` in the order in which they are asked: what is found all at once, what is answered by the keys of
/// activities, what has to be read.
pub(super) fn stages<'n>(parts: &[&'n Node<Leaf>], asked: Asked<'_>) -> [Vec<&'n Node<Leaf>>; 3] {
    let mut stages = [Vec::new(), Vec::new(), Vec::new()];
    let [found, by_keys, read] = &mut stages;
    for part in parts {
        match cost(part, asked).kind {
            Kind::Constant | Kind::Field | Kind::Company | Kind::Belonging | Kind::Recent => found.push(*part),
            Kind::Key => by_keys.push(*part),
            Kind::Attribute | Kind::Sequence => read.push(*part),
        }
    }
    stages
}

/// Of whom the next part of an `all` is asked after this one.
pub(super) fn left_by(child: &Node<Leaf>, asked: Asked<'_>) -> Of {
    match child {
        Node::Leaf(leaf) if finds_few(&leaf.test) => Of::Few,
        Node::All(children) => children.iter().fold(asked.of, |of, child| left_by(child, Asked { of, ..asked })),
        Node::Any(_) | Node::Not(_) | Node::Leaf(_) => {
            let cost = cost(child, asked);
            let lets_most_pass = cost.kind <= Kind::Company || cost.is_negative;
            match asked.of {
                Of::Few | Of::Rest => asked.of,
                Of::Nobody | Of::Everybody | Of::Some if !lets_most_pass => Of::Rest,
                Of::Nobody | Of::Everybody | Of::Some if parts_customers(child) => Of::Some,
                Of::Nobody | Of::Everybody | Of::Some => asked.of,
            }
        }
    }
}

/// Whether the customers of whom it holds, or of whom it does not, are soon found by the keys of activities alone.
pub(super) fn is_found_by_keys(test: &ActivityTest, now: i64) -> bool {
    activity_kind(test, now) == Kind::Recent
}

/// Whether no document has to be read.
pub(super) fn is_answered_by_keys(test: &ActivityTest, now: i64) -> bool {
    activity_kind(test, now) <= Kind::Key
}

fn activity_kind(test: &ActivityTest, now: i64) -> Kind {
    let needs = needs::of_activity(test);
    let reads_attributes = needs.activities.values().any(|need| need.needs_attributes);
    let is_short = !needs.activities.values().any(|need| need.reach == Reach::All || need.reach.since(now) < now.saturating_sub(SHORT));
    match (reads_attributes, is_short && !needs.days) {
        (true, _) => Kind::Attribute,
        (false, true) => Kind::Recent,
        (false, false) => Kind::Key,
    }
}

fn cost(node: &Node<Leaf>, asked: Asked<'_>) -> Cost {
    match node {
        Node::All(children) | Node::Any(children) => children.iter().map(|child| cost(child, asked)).max().unwrap_or_default(),
        Node::Not(child) => {
            let cost = cost(child, asked);
            Cost { is_negative: !cost.is_negative, ..cost }
        }
        Node::Leaf(leaf) => leaf_cost(&leaf.test, asked),
    }
}

fn leaf_cost(test: &Test, asked: Asked<'_>) -> Cost {
    let cost = |kind, is_negative| Cost { kind, is_negative, reach: 0 };
    match test {
        Test::Customer { .. } | Test::Attribute(_) | Test::TriggerSegment(_) | Test::TriggerTargetGroup(_) => Cost::default(),
        Test::Field(_) => cost(Kind::Field, false),
        Test::Company(_) => cost(Kind::Company, false),
        Test::Segment(test) => cost(Kind::Belonging, !test.inside),
        Test::Consent { answer, .. } => cost(Kind::Belonging, *answer == Answer::Unanswered),
        Test::Subscription { .. } => cost(Kind::Belonging, false),
        Test::Activity(test) => {
            let (first, last) = test.window.bounds(asked.now);
            let reach = last.saturating_sub(first);
            Cost { kind: activity_kind(test, asked.now), is_negative: activity::holds_of_none(test, asked), reach }
        }
        Test::Sequence(_) => cost(Kind::Sequence, false),
    }
}

/// Whether all must hold, one of some texts in a field among it, and something that is not written down with the customer.
pub(super) fn is_narrow(node: &Node<Leaf>, asked: Asked<'_>) -> bool {
    let Node::All(parts) = node else { return false };
    parts.iter().any(parts_customers) && Kind::Company < cost(node, asked).kind
}

/// Whether it asks a field for one of some texts.
fn parts_customers(node: &Node<Leaf>) -> bool {
    let Node::Leaf(Leaf { test: Test::Field(test), .. }) = node else { return false };
    matches!(&test.value, FieldValueTest::Text(test) if matches!(test.op, TextOp::Eq(_) | TextOp::In(_)))
}

fn finds_few(test: &Test) -> bool {
    let is_equal = |test: &FieldTest| match &test.value {
        FieldValueTest::Text(test) => matches!(&test.op, TextOp::Eq(wanted) if !wanted.is_empty()),
        FieldValueTest::Number(test) => matches!(test, crate::tree::NumberTest::Eq(_)),
        _ => false,
    };
    match test {
        Test::Customer { .. } => true,
        Test::Field(test) => FINDING.contains(&test.name.as_str()) && is_equal(test),
        _ => false,
    }
}
