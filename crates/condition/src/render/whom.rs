//! Who all of them are, or how many, where nothing is read of a customer but his id. Where the condition asks for nothing else
//! either, it begins with those whom one of its leaves finds, and leaves the customers alone.

use sql::Statement;

use super::{Asked, Of, activity, every, members_of, order, whole};
use crate::needs;
use crate::tree::{Answer, Leaf, Node, Test, Tree};

/// Each of them may look at every customer again.
const APART_MAX: usize = 4;

pub(super) fn render(tree: &Tree, asked: Asked<'_>, into: &mut Statement) {
    of_node(&order::narrowed(&tree.root), asked, into);
}

fn of_node(root: &Node<Leaf>, asked: Asked<'_>, into: &mut Statement) {
    if let Node::Any(branches) = root
        && (2..=APART_MAX).contains(&branches.len())
        && branches.iter().all(|branch| order::is_narrow(branch, asked))
    {
        return apart(branches, asked, into);
    }
    if !reads_ids_only(root) {
        into.push(" from customers as c where ");
        return whole(root, asked, into);
    }
    let mut parts = match root {
        Node::All(children) => order::cheap_first(children, asked),
        other => vec![other],
    };
    let leader = parts.iter().position(|part| finds_all(part, asked)).map(|place| parts.remove(place));
    let [mut found, by_keys, read] = order::stages(&parts, asked);
    let mut repeats = leader.is_some_and(repeats);
    let others = if repeats {
        found.extract_if(.., |part| is_of_activities(part) && of_others(part, asked).is_some()).collect()
    } else {
        Vec::new()
    };
    repeats &= others.is_empty();
    let at_first = leader.map_or(asked.of, |leader| order::left_by(leader, asked));
    let left = left_by_all(&found, Asked { of: at_first, ..asked });
    let at_last = left_by_all(&by_keys, Asked { of: left, ..asked });
    // What is dear is asked when all else is done.
    let is_fenced = !read.is_empty() && at_last == Of::Rest;
    into.push(" from ").push(if is_fenced { "(select c.id from " } else { "" }).push(if repeats { "(select c.id from " } else { "" });
    match leader {
        Some(leader) => without(leader, &others, asked, into),
        None => drop(into.push("customers")),
    }
    into.push(" as c where ");
    let (mut next, mut of) = (found, at_first);
    if repeats {
        every(&next, Asked { of, ..asked }, into);
        into.push(" group by c.id) as c where ");
        (next, of) = (Vec::new(), left);
    }
    next.extend(by_keys);
    if is_fenced {
        every(&next, Asked { of, ..asked }, into);
        into.push(" {fence}) as c where ");
        return one_after_the_other(&read, Asked { of: at_last, ..asked }, into);
    }
    next.extend(read);
    every(&next, Asked { of, ..asked }, into);
}

/// Each branch finds its customers in the way that is best for it.
fn apart(branches: &[Node<Leaf>], asked: Asked<'_>, into: &mut Statement) {
    for (place, branch) in branches.iter().enumerate() {
        into.push(if place == 0 { " from (select c.id" } else { " union select c.id" });
        of_node(branch, asked, into);
    }
    into.push(") as c where true");
}

/// A table of those whom the leader finds, without those of whom the others do not hold.
fn without(leader: &Node<Leaf>, others: &[&Node<Leaf>], asked: Asked<'_>, into: &mut Statement) {
    if others.is_empty() {
        return ids(leader, asked, into);
    }
    into.push("(select c.id from ");
    ids(leader, asked, into);
    for unwanted in others.iter().filter_map(|other| of_others(other, asked)) {
        into.push(" as c except select c.id from ");
        ids(unwanted, asked, into);
    }
    into.push(" as c)");
}

/// Parts that must all hold, in an order that PostgreSQL keeps too.
fn one_after_the_other(parts: &[&Node<Leaf>], asked: Asked<'_>, into: &mut Statement) {
    let Some((last, before)) = parts.split_last() else { return };
    for part in before {
        into.push("case when ");
        whole(part, asked, into);
        into.push(" then ");
    }
    whole(last, asked, into);
    into.push(&" else false end".repeat(before.len()));
}

pub(super) fn render_count(tree: &Tree, asked: Asked<'_>, into: &mut Statement) {
    match of_others(&tree.root, asked) {
        Some(others) => {
            into.push("select (select count(*) from customers) - (select count(distinct c.id) from ");
            ids(others, asked, into);
            into.push(" as c)");
        }
        None => {
            into.push("select count(*)");
            render(tree, asked, into);
        }
    }
}

/// The leaf that finds those of whom the condition does not hold.
fn of_others<'n>(root: &'n Node<Leaf>, asked: Asked<'_>) -> Option<&'n Node<Leaf>> {
    match root {
        Node::Not(child) if finds_all(child, asked) => Some(child),
        Node::Leaf(leaf) if finds_others(&leaf.test, asked) => Some(root),
        Node::All(_) | Node::Any(_) | Node::Not(_) | Node::Leaf(_) => None,
    }
}

fn ids(leader: &Node<Leaf>, asked: Asked<'_>, into: &mut Statement) {
    let asked = Asked { of: Of::Nobody, ..asked };
    match (leader, segments(leader)) {
        (Node::Any(_), Some(segments)) => members_of(&segments, true, asked, into),
        (leader, _) => whole(leader, asked, into),
    }
}

fn is_of_activities(part: &Node<Leaf>) -> bool {
    match part {
        Node::Not(child) => is_of_activities(child),
        Node::Leaf(leaf) => matches!(leaf.test, Test::Activity(_)),
        Node::All(_) | Node::Any(_) => false,
    }
}

fn left_by_all(parts: &[&Node<Leaf>], asked: Asked<'_>) -> Of {
    parts.iter().fold(asked.of, |of, part| order::left_by(part, Asked { of, ..asked }))
}

/// Whether those of whom it holds are found without asking each customer.
fn finds_all(part: &Node<Leaf>, asked: Asked<'_>) -> bool {
    let Node::Leaf(leaf) = part else { return segments(part).is_some() };
    match &leaf.test {
        Test::Segment(test) => test.inside,
        Test::Consent { answer, .. } => *answer != Answer::Unanswered,
        Test::Subscription { .. } => true,
        Test::Activity(test) => !activity::holds_of_none(test, asked) && order::is_found_by_keys(test, asked.now),
        Test::Field(_)
        | Test::Sequence(_)
        | Test::Company(_)
        | Test::Customer { .. }
        | Test::Attribute(_)
        | Test::TriggerSegment(_)
        | Test::TriggerTargetGroup(_) => false,
    }
}

/// Whether those of whom it does not hold are.
fn finds_others(test: &Test, asked: Asked<'_>) -> bool {
    match test {
        Test::Segment(test) => !test.inside,
        Test::Consent { answer, .. } => *answer == Answer::Unanswered,
        Test::Activity(test) => activity::holds_of_none(test, asked) && order::is_found_by_keys(test, asked.now),
        Test::Subscription { .. }
        | Test::Field(_)
        | Test::Sequence(_)
        | Test::Company(_)
        | Test::Customer { .. }
        | Test::Attribute(_)
        | Test::TriggerSegment(_)
        | Test::TriggerTargetGroup(_) => false,
    }
}

/// Whether what a leader finds may name a customer several times.
fn repeats(leader: &Node<Leaf>) -> bool {
    match leader {
        Node::Leaf(Leaf { test: Test::Activity(test), .. }) => activity::asks_whether_any(test),
        Node::Leaf(_) => false,
        Node::All(_) | Node::Any(_) | Node::Not(_) => true,
    }
}

/// The segments in one of which a customer is to be, if that is all that is asked.
pub(super) fn segments(node: &Node<Leaf>) -> Option<Vec<i64>> {
    match node {
        Node::Leaf(Leaf { test: Test::Segment(test), .. }) => (test.inside && test.counter.is_none()).then(|| vec![test.id]),
        Node::Any(children) if !children.is_empty() => {
            children.iter().map(segments).collect::<Option<Vec<_>>>().map(|ids| ids.into_iter().flatten().collect())
        }
        Node::All(_) | Node::Any(_) | Node::Not(_) | Node::Leaf(_) => None,
    }
}

/// The segment in which a customer is not to be, if that is all that is asked.
pub(super) fn segments_without(node: &Node<Leaf>) -> Option<Vec<i64>> {
    match node {
        Node::Leaf(Leaf { test: Test::Segment(test), .. }) => (!test.inside && test.counter.is_none()).then(|| vec![test.id]),
        Node::Not(child) => segments(child),
        Node::All(_) | Node::Any(_) | Node::Leaf(_) => None,
    }
}

fn reads_ids_only(node: &Node<Leaf>) -> bool {
    let needs = needs::of_node(node);
    needs.fields.is_empty() && !needs.company && !needs.days
}
