//! The door: JSON in, a typed and resolved [`Tree`] out, or every problem with the path to its spot.

mod activity;
mod compare;
mod leaf;
mod reading;
mod segment;
mod sequence;
mod trigger;

pub use compare::operators;

use serde_json::{Map, Value};

use crate::catalogue::Catalogue;
use crate::tree::{AttributeLeaf, Node, Tree};

/// How deep a tree may be, the leaves included; a `where` counts on from its activity.
pub const DEPTH_MAX: usize = 16;
/// How many nodes and leaves a tree may have in all.
pub const NODES_MAX: usize = 300;
/// How many values one list may have.
pub const VALUES_MAX: usize = 1_000;
/// How many list values a tree may have in all, so that it fits into one statement (`sql::VALUES_MAX`).
pub const VALUES_TOTAL_MAX: usize = 10_000;

/// What is wrong, and where: `path` is a JSON pointer into the condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub path: String,
    pub code: &'static str,
    pub message: String,
}

/// A condition about a customer.
pub fn check(json: &Value, catalogue: &Catalogue) -> Result<Tree, Vec<Problem>> {
    let mut checker = Checker::new(catalogue, Trigger::Absent);
    let root = checker.node(json, "", 1, &leaf::customer_leaf);
    checker.finish(root.map(|root| Tree { root, zone: catalogue.zone.clone() }))
}

/// The condition of a rule: it may also ask about what fired it, by `attribute`, `trigger_segment` and `trigger_target_group`.
pub fn check_with_trigger(json: &Value, catalogue: &Catalogue) -> Result<Tree, Vec<Problem>> {
    let mut checker = Checker::new(catalogue, Trigger::Present);
    let root = checker.node(json, "", 1, &leaf::customer_leaf);
    checker.finish(root.map(|root| Tree { root, zone: catalogue.zone.clone() }))
}

/// A condition about one activity alone: nothing but `attribute` leaves.
pub fn check_where(json: &Value) -> Result<Node<AttributeLeaf>, Vec<Problem>> {
    let catalogue = Catalogue::built_in();
    let mut checker = Checker::new(&catalogue, Trigger::Present);
    let root = checker.node(json, "", 1, &leaf::attribute_leaf);
    checker.finish(root)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Trigger {
    Absent,
    Present,
}

struct Checker<'a> {
    catalogue: &'a Catalogue,
    trigger: Trigger,
    problems: Vec<Problem>,
    nodes: usize,
    values: usize,
}

/// Where a leaf stands in the tree.
struct Spot<'j> {
    json: &'j Value,
    object: &'j Map<String, Value>,
    path: &'j str,
    depth: usize,
}

type ReadLeaf<'r, L> = dyn Fn(&mut Checker<'_>, Spot<'_>) -> Option<L> + 'r;

impl<'a> Checker<'a> {
    fn new(catalogue: &'a Catalogue, trigger: Trigger) -> Self {
        Checker { catalogue, trigger, problems: Vec::new(), nodes: 0, values: 0 }
    }

    fn finish<T>(self, checked: Option<T>) -> Result<T, Vec<Problem>> {
        match checked {
            Some(checked) if self.problems.is_empty() => Ok(checked),
            Some(_) | None => Err(self.problems),
        }
    }

    fn problem(&mut self, path: String, code: &'static str, message: impl Into<String>) {
        self.problems.push(Problem { path, code, message: message.into() });
    }

    fn node<L>(&mut self, json: &Value, path: &str, depth: usize, leaf: &ReadLeaf<'_, L>) -> Option<Node<L>> {
        self.count_node(path, depth)?;
        let Some(object) = json.as_object() else {
            self.problem(path.to_owned(), "wrong_type", "expected an object with `all`, `any`, `not` or `fact`");
            return None;
        };
        let key = ["all", "any", "not", "fact"].into_iter().find(|key| object.contains_key(*key));
        match key {
            Some("all") => self.children(object, "all", path, depth, leaf).map(Node::All),
            Some("any") => self.children(object, "any", path, depth, leaf).map(Node::Any),
            Some("not") => {
                self.only_key(object, "not", path);
                let child = self.node(&object["not"], &format!("{path}/not"), depth + 1, leaf)?;
                Some(Node::Not(Box::new(child)))
            }
            Some(_) => leaf(self, Spot { json, object, path, depth }).map(Node::Leaf),
            None => {
                self.problem(path.to_owned(), "missing", "expected one of `all`, `any`, `not` or `fact`");
                None
            }
        }
    }

    fn count_node(&mut self, path: &str, depth: usize) -> Option<()> {
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            // Told once, at the first node past the limit.
            if self.nodes == NODES_MAX + 1 {
                self.problem(path.to_owned(), "too_many_nodes", format!("a condition has at most {NODES_MAX} nodes"));
            }
            return None;
        }
        if depth > DEPTH_MAX {
            self.problem(path.to_owned(), "too_deep", format!("a condition is at most {DEPTH_MAX} levels deep"));
            return None;
        }
        Some(())
    }

    fn children<L>(
        &mut self,
        object: &Map<String, Value>,
        key: &str,
        path: &str,
        depth: usize,
        leaf: &ReadLeaf<'_, L>,
    ) -> Option<Vec<Node<L>>> {
        self.only_key(object, key, path);
        let path = format!("{path}/{key}");
        let Some(list) = object[key].as_array() else {
            self.problem(path, "wrong_type", "expected a list of conditions");
            return None;
        };
        // Every child is looked at, so that all problems are told at once; past the limit of nodes there is nothing to tell.
        let mut children = Vec::new();
        for (place, child) in list.iter().enumerate() {
            if self.nodes > NODES_MAX {
                return None;
            }
            children.push(self.node(child, &format!("{path}/{place}"), depth + 1, leaf));
        }
        children.into_iter().collect()
    }

    fn only_key(&mut self, object: &Map<String, Value>, only: &str, path: &str) {
        for key in object.keys().filter(|key| *key != only) {
            self.problem(pointer(path, key), "unknown_key", format!("`{key}` has no use beside `{only}`"));
        }
    }
}

/// The JSON pointer one step further.
fn pointer(path: &str, key: &str) -> String {
    format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests;
