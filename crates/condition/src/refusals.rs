//! Which leaves kept a condition from holding: the cheap part of [`crate::explain()`], for logs with a line per event.

use serde_json::Value;

use crate::evaluate::holds;
use crate::explain::{is_about_activities, saw};
use crate::facts::Facts;
use crate::tree::{Leaf, Node, Tree};

/// One leaf that stood in the way: where, as a JSON pointer into the condition, and what it saw.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    pub path: String,
    pub saw: Value,
    /// Whether that is something the customer did.
    pub is_about_activities: bool,
}

/// The leaves that kept the condition from holding, as they stand, at most `max`; none where it holds. Of an `all`, the first
/// child that said no is told; of an `any`, every one. A node without children stands for itself.
pub fn refusals(tree: &Tree, facts: &Facts, now: i64, max: usize) -> Vec<Refusal> {
    let mut search = Search { facts, now, max, path: String::new(), found: Vec::new() };
    if !search.holds(&tree.root) {
        search.node(&tree.root, true);
    }
    search.found
}

struct Search<'a> {
    facts: &'a Facts,
    now: i64,
    max: usize,
    path: String,
    found: Vec<Refusal>,
}

impl Search<'_> {
    fn holds(&self, node: &Node<Leaf>) -> bool {
        node.holds(&|leaf| holds(leaf, self.facts, self.now))
    }

    /// Told of a node whose answer is not the wanted one.
    fn node(&mut self, node: &Node<Leaf>, wanted: bool) {
        if self.max <= self.found.len() {
            return;
        }
        match node {
            Node::Leaf(leaf) => self.tell(saw(leaf, self.facts, self.now), is_about_activities(leaf)),
            Node::Not(child) => self.below("/not", |search| search.node(child, !wanted)),
            Node::All(children) | Node::Any(children) if children.is_empty() => self.tell(Value::Null, false),
            Node::All(children) if wanted => self.first(children, "all", wanted),
            Node::Any(children) if !wanted => self.first(children, "any", wanted),
            Node::All(children) => self.every(children, "all", wanted),
            Node::Any(children) => self.every(children, "any", wanted),
        }
    }

    /// One child alone decided.
    fn first(&mut self, children: &[Node<Leaf>], key: &str, wanted: bool) {
        if let Some(place) = children.iter().position(|child| self.holds(child) != wanted) {
            self.below(&format!("/{key}/{place}"), |search| search.node(&children[place], wanted));
        }
    }

    /// It took all of them.
    fn every(&mut self, children: &[Node<Leaf>], key: &str, wanted: bool) {
        for (place, child) in children.iter().enumerate() {
            self.below(&format!("/{key}/{place}"), |search| search.node(child, wanted));
        }
    }

    fn below(&mut self, step: &str, look: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.push_str(step);
        look(self);
        self.path.truncate(length);
    }

    fn tell(&mut self, saw: Value, is_about_activities: bool) {
        self.found.push(Refusal { path: self.path.clone(), saw, is_about_activities });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Catalogue, FieldValue, Text, check};
    use jiff::tz::TimeZone;
    use serde_json::json;

    #[test]
    fn the_leaves_that_decided_are_told() {
        let is = |name: &str, value: &str| json!({"fact": "field", "name": name, "op": "eq", "value": value});
        let (wien, graz, at, de) = (is("city", "Wien"), is("city", "Graz"), is("countryCode", "AT"), is("countryCode", "DE"));
        check_told(json!({"all": [wien, at]}), &[]);
        check_told(json!({"all": [wien, de, graz]}), &[("/all/1", json!("AT"))]);
        check_told(json!({"any": [graz, {"all": [at, de]}]}), &[("/any/0", json!("Wien")), ("/any/1/all/1", json!("AT"))]);
        check_told(json!({"not": {"any": [graz, at]}}), &[("/not/any/1", json!("AT"))]);
        check_told(json!({"not": {"all": [wien, at]}}), &[("/not/all/0", json!("Wien")), ("/not/all/1", json!("AT"))]);
        check_told(json!({"any": []}), &[("", json!(null))]);
        check_told(
            json!({"any": [graz, graz, graz, graz]}),
            &[("/any/0", json!("Wien")), ("/any/1", json!("Wien")), ("/any/2", json!("Wien"))],
        );

        #[track_caller]
        fn check_told(condition: Value, told: &[(&str, Value)]) {
            let tree = check(&condition, &Catalogue::built_in()).expect("the condition is allowed");
            let mut facts = Facts::new(1, TimeZone::UTC);
            facts.fields.insert("city".into(), FieldValue::Text(Text::new("Wien")));
            facts.fields.insert("countryCode".into(), FieldValue::Text(Text::new("AT")));
            let found = refusals(&tree, &facts, 0, 3);
            let found: Vec<(&str, Value)> = found.iter().map(|refusal| (refusal.path.as_str(), refusal.saw.clone())).collect();
            assert_eq!(found, told);
        }
    }
}
