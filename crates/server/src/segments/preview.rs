//! What a condition would give, before it is saved: how many, some of them, and how many each leaf holds for by itself.

use super::store;
use crate::catalogue;
use crate::customers::{self, CustomerName};
use crate::error::Error;
use crate::ids::CustomerId;
use crate::work::Work;
use condition::Tree;
use condition::tree::{Leaf, Node};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

const SAMPLE_MAX: usize = 100;
const SAMPLE_DEFAULT: usize = 10;
/// Leaves that are counted by themselves; further ones are left out of the answer.
const LEAVES_MAX: usize = 40;

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = PreviewBody)]
pub struct Wanted {
    #[schema(value_type = Object)]
    pub condition: Value,
    /// How many customers to show, at most 100.
    pub sample: Option<usize>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Preview {
    /// Customers for whom the condition holds.
    pub count: i64,
    pub sample: Vec<SampleCustomer>,
    pub leaves: Vec<LeafCount>,
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
    /// Customers for whom this leaf holds by itself.
    pub count: i64,
}

pub fn preview(work: &mut Work<'_>, wanted: &Wanted) -> Result<Preview, Error> {
    let catalogue = catalogue::get(work)?;
    let tree = condition::check(&wanted.condition, &catalogue)
        .map_err(|problems| Error::Invalid(problems.into_iter().map(|problem| catalogue::under("/condition", problem)).collect()))?;
    let mut leaves = Vec::new();
    gather(&tree.root, String::new(), &mut leaves);
    leaves.truncate(LEAVES_MAX);
    let trees: Vec<Tree> = leaves.iter().map(|(_, leaf)| Tree { root: Node::Leaf((*leaf).clone()), zone: tree.zone.clone() }).collect();
    let counts = store::count_matching(work, &tree, &trees)?;
    let limit = wanted.sample.unwrap_or(SAMPLE_DEFAULT).min(SAMPLE_MAX);
    let ids = if counts[0] == 0 { Vec::new() } else { store::matching(work, &tree, limit)? };
    let mut names = customers::names(work, &ids)?;
    let sample = ids.into_iter().filter_map(|id| Some(SampleCustomer { id, name: names.remove(&id)? })).collect();
    let leaves = leaves.into_iter().zip(&counts[1..]).map(|((path, _), count)| LeafCount { path, count: *count }).collect();
    Ok(Preview { count: counts[0], sample, leaves })
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
