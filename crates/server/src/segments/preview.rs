//! What a condition would give, before it is saved: how many, some of them, where they are lost on the way, how many each
//! leaf holds for by itself, who is in other segments too; and what it says of one customer.

use super::compiled::Segments;
use super::{facts, live, store};
use crate::catalogue;
use crate::customers::{self, CustomerName};
use crate::error::{Error, Problem};
use crate::ids::{CustomerId, SegmentId};
use crate::time::Instant;
use crate::work::Work;
use condition::tree::{Leaf, Node};
use condition::{Shown, Tree};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

const SAMPLE_MAX: usize = 100;
const SAMPLE_DEFAULT: usize = 10;
const OVERLAPS_MAX: usize = 10;

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = PreviewBody)]
pub struct Wanted {
    #[schema(value_type = Object)]
    pub condition: Value,
    /// How many customers to show, at most 100.
    pub sample: Option<usize>,
    /// Segments whose members to hold against it, at most 10.
    #[serde(default)]
    pub overlap_with: Vec<SegmentId>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Preview {
    /// Customers for whom the condition holds.
    pub count: i64,
    pub sample: Vec<SampleCustomer>,
    pub leaves: Vec<LeafCount>,
    /// The parts of an `all` or `any` one after the other: who is left after each part of an `all`, who was reached by each
    /// part of an `any`.
    pub steps: Vec<LeafCount>,
    pub overlaps: Vec<Overlap>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SampleCustomer {
    pub id: CustomerId,
    #[serde(flatten)]
    pub name: CustomerName,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LeafCount {
    /// JSON pointer into the condition.
    pub path: String,
    /// For a leaf: customers for whom it holds by itself. For a step: together with the parts before it.
    pub count: i64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SegmentOverlap)]
pub struct Overlap {
    pub segment: SegmentId,
    /// Members of the other segment.
    pub size: i64,
    /// Those of them for whom the condition holds.
    pub both: i64,
}

pub fn preview(work: &mut Work<'_>, wanted: &Wanted) -> Result<Preview, Error> {
    let tree = checked(work, &wanted.condition)?;
    let segments = work.definitions::<Segments>()?;
    let others = others(&segments, &wanted.overlap_with)?;
    let mut leaves = Vec::new();
    gather(&tree.root, String::new(), &mut leaves);
    let limit = wanted.sample.unwrap_or(SAMPLE_DEFAULT).min(SAMPLE_MAX);
    let counts = store::preview::count(work, &tree, &leaves.iter().map(|(_, leaf)| *leaf).collect::<Vec<_>>(), &others, limit)?;
    let mut names = customers::names(work, &counts.sample)?;
    let sample = counts.sample.into_iter().filter_map(|id| Some(SampleCustomer { id, name: names.remove(&id)? })).collect();
    let key = if matches!(tree.root, Node::Any(_)) { "any" } else { "all" };
    let steps = counts.steps.iter().enumerate().map(|(place, count)| LeafCount { path: format!("/{key}/{place}"), count: *count });
    let overlaps =
        others.iter().zip(&counts.overlaps).map(|((segment, _), (size, both))| Overlap { segment: *segment, size: *size, both: *both });
    Ok(Preview {
        count: counts.whole,
        sample,
        steps: steps.collect(),
        overlaps: overlaps.collect(),
        leaves: leaves.into_iter().zip(&counts.leaves).map(|((path, _), count)| LeafCount { path, count: *count }).collect(),
    })
}

fn checked(work: &mut Work<'_>, condition: &Value) -> Result<Tree, Error> {
    let catalogue = catalogue::get(work)?;
    condition::check(condition, &catalogue)
        .map_err(|problems| Error::Invalid(problems.into_iter().map(|problem| catalogue::under("/condition", problem)).collect()))
}

/// The segments to compare with, each with the generation that readers see.
fn others(segments: &Segments, wanted: &[SegmentId]) -> Result<Vec<(SegmentId, i64)>, Error> {
    if OVERLAPS_MAX < wanted.len() {
        return Err(Error::invalid("/overlapWith", "too_many", format!("at most {OVERLAPS_MAX} segments at a time")));
    }
    let mut problems = Vec::new();
    let mut others = Vec::new();
    for (place, segment) in wanted.iter().enumerate() {
        match segments.generation(*segment) {
            Some(generation) => others.push((*segment, generation)),
            None => problems.push(Problem::new(format!("/overlapWith/{place}"), "unknown", format!("there is no segment {segment}"))),
        }
    }
    if problems.is_empty() { Ok(others) } else { Err(Error::Invalid(problems)) }
}

/// The leaves of a tree with their paths, from left to right.
fn gather<'t>(node: &'t Node<Leaf>, path: String, into: &mut Vec<(String, &'t Leaf)>) {
    let mut each = |name: &str, children: &'t [Node<Leaf>]| {
        for (place, child) in children.iter().enumerate() {
            gather(child, format!("{path}/{name}/{place}"), into);
        }
    };
    match node {
        Node::All(children) => each("all", children),
        Node::Any(children) => each("any", children),
        Node::Not(child) => gather(child, format!("{path}/not"), into),
        Node::Leaf(leaf) => into.push((path, leaf)),
    }
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = ConditionTest)]
pub struct Trial {
    #[schema(value_type = Object)]
    pub condition: Value,
    pub customer_id: CustomerId,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ConditionTested)]
pub struct Tried {
    /// Whether the condition holds for the customer now.
    pub matches: bool,
    /// The condition with the answer of every part and what each leaf saw. What customers did is `withheld` from whoever may not
    /// read activities.
    #[schema(value_type = Object)]
    pub tree: Value,
    /// When time alone may change the answer.
    pub due_at: Option<Instant>,
}

/// What a condition says of one customer, and why.
pub fn test(work: &mut Work<'_>, trial: &Trial, shown: Shown) -> Result<Tried, Error> {
    let tree = checked(work, &trial.condition)?;
    let unknown = || Error::invalid("/customerId", "unknown", format!("there is no customer {}", trial.customer_id));
    let mut known = facts::facts(work, &[trial.customer_id], &condition::needs(&tree))?;
    let facts = known.remove(&trial.customer_id).ok_or_else(unknown)?;
    Ok(Tried {
        matches: condition::evaluate(&tree, &facts, work.now.0),
        tree: condition::explain(&tree, &facts, work.now.0, shown),
        due_at: live::due_shown(&tree, &facts, work.now, shown),
    })
}
