//! SQL of previews: every leaf is looked at once for each customer; all that is counted, and who is shown, follows from the
//! answers.

use crate::error::Error;
use crate::ids::{CustomerId, SegmentId};
use crate::work::Work;
use condition::Tree;
use condition::tree::{Leaf, Node};
use store::Statement;

/// What is counted, in the order of the answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    pub whole: i64,
    /// By leaf, from left to right.
    pub leaves: Vec<i64>,
    /// By child of the root, together with those before it.
    pub steps: Vec<i64>,
    /// By other segment: its members, and those of them for whom the whole holds.
    pub overlaps: Vec<(i64, i64)>,
    /// The newest customers for whom the whole holds.
    pub sample: Vec<CustomerId>,
}

/// Counts a tree whose leaves are given from left to right, in one pass over the base.
pub fn count(work: &mut Work<'_>, tree: &Tree, leaves: &[&Leaf], others: &[(SegmentId, i64)], sample: usize) -> Result<Counts, Error> {
    let steps = steps(&tree.root);
    let mut statement = Statement::new("with looked as materialized (select c.id as id");
    for (place, leaf) in leaves.iter().enumerate() {
        statement.push(", ");
        let alone = Tree { root: Node::Leaf((*leaf).clone()), zone: tree.zone.clone() };
        condition::render(&alone, work.now.0, &mut statement);
        statement.push(&format!(" as l{place}"));
    }
    for (place, (segment, generation)) in others.iter().enumerate() {
        statement.push(", exists (select 1 from memberships as m where m.customer_id = c.id and m.segment_id = ").bind(*segment);
        statement.push(" and m.generation = ").bind(*generation).push(&format!(") as s{place}"));
    }
    let whole = answer(&tree.root, &mut 0);
    statement.push(&format!(" from customers as c) select cast(null as bigint), count(*) filter (where {whole})"));
    for place in 0..leaves.len() {
        statement.push(&format!(", count(*) filter (where l{place})"));
    }
    for step in &steps {
        statement.push(&format!(", count(*) filter (where {})", answer(step, &mut 0)));
    }
    for place in 0..others.len() {
        statement.push(&format!(", count(*) filter (where s{place}), count(*) filter (where s{place} and {whole})"));
    }
    // A customer who is shown has a row of his own, in which nothing is counted.
    let nothing = ", 0".repeat(1 + leaves.len() + steps.len() + 2 * others.len());
    statement.push(&format!(" from looked union all select n.id{nothing} from (select id from looked where {whole}"));
    statement.push(" order by id desc limit ").bind(sample as i64).push(") as n");
    let mut counts = Counts::default();
    work.tx.each(&statement.text, &statement.values, |row| {
        if let Some(customer) = row.get::<Option<CustomerId>>(0)? {
            counts.sample.push(customer);
            return Ok(());
        }
        let mut places = 2..;
        let mut next = || places.next().map_or(Ok(0), |place| row.get::<i64>(place));
        counts.leaves = leaves.iter().map(|_| next()).collect::<Result<_, _>>()?;
        counts.steps = steps.iter().map(|_| next()).collect::<Result<_, _>>()?;
        counts.overlaps = others.iter().map(|_| Ok((next()?, next()?))).collect::<Result<_, store::StoreError>>()?;
        counts.whole = row.get(1)?;
        Ok(())
    })?;
    counts.sample.sort_unstable_by(|one, other| other.cmp(one));
    Ok(counts)
}

/// The root with its first child, with the first two, and so on; a root without children has no steps.
fn steps(root: &Node<Leaf>) -> Vec<Node<Leaf>> {
    match root {
        Node::All(children) => (1..=children.len()).map(|count| Node::All(children[..count].to_vec())).collect(),
        Node::Any(children) => (1..=children.len()).map(|count| Node::Any(children[..count].to_vec())).collect(),
        Node::Not(_) | Node::Leaf(_) => Vec::new(),
    }
}

/// The answer of a node, put together from the answers of its leaves.
fn answer(node: &Node<Leaf>, next: &mut usize) -> String {
    match node {
        Node::All(children) if children.is_empty() => "true".to_owned(),
        Node::Any(children) if children.is_empty() => "false".to_owned(),
        Node::All(children) => format!("({})", children.iter().map(|child| answer(child, next)).collect::<Vec<_>>().join(" and ")),
        Node::Any(children) => format!("({})", children.iter().map(|child| answer(child, next)).collect::<Vec<_>>().join(" or ")),
        Node::Not(child) => format!("not ({})", answer(child, next)),
        Node::Leaf(_) => {
            *next += 1;
            format!("l{}", *next - 1)
        }
    }
}

/// Members of a segment in an order that has nothing to do with who they are, so that the first of them are a fair sample.
pub fn drawn(work: &mut Work<'_>, segment: SegmentId, generation: i64, limit: usize) -> Result<Vec<CustomerId>, Error> {
    Ok(work.tx.all(
        "select customer_id from memberships where segment_id = $1 and generation = $2
         order by customer_id % 2147483647 * 48271 % 2147483647, customer_id limit $3",
        &[segment.into(), generation.into(), (limit as i64).into()],
    )?)
}
