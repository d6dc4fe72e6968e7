//! The flat conditions of the predecessor as a tree: a list of tests, each with a word that joins it to those before it and
//! with a bracket before and after it. The first word means nothing, a closing bracket without an opening one neither, and
//! what is still open at the end closes there. `not` binds more tightly than `and`, and that more than `or`.

mod leaf;

use serde_json::{Value, json};

use crate::catalogue::Catalogue;
use crate::check::{DEPTH_MAX, Problem, check_with_trigger};

/// How many tests a list may have.
const TESTS_MAX: usize = 100;

/// The condition, which may ask about what fired a rule; or all problems, each with a JSON pointer into the list.
pub fn parse(json: &Value, catalogue: &Catalogue) -> Result<Value, Vec<Problem>> {
    let Some(tests) = json.as_array() else {
        return Err(vec![problem(String::new(), "wrong_type", "expected a list of conditions")]);
    };
    if tests.len() > TESTS_MAX {
        return Err(vec![problem(String::new(), "too_long", format!("a list has at most {TESTS_MAX} conditions"))]);
    }
    let mut problems = Vec::new();
    let mut groups = Groups { open: vec![Group::new(false)] };
    for (place, test) in tests.iter().enumerate() {
        let path = format!("/{place}");
        match read(test, &path, catalogue) {
            Ok(found) => groups.add(found, place == 0),
            Err(found) => problems.extend(found),
        }
    }
    let condition = groups.close_all();
    if problems.is_empty() && depth(&condition) > DEPTH_MAX {
        problems.push(problem(String::new(), "too_deep", format!("the brackets nest deeper than the {DEPTH_MAX} levels a condition has")));
    }
    if problems.is_empty() { Ok(condition) } else { Err(problems) }
}

fn problem(path: String, code: &'static str, message: impl Into<String>) -> Problem {
    Problem { path, code, message: message.into() }
}

/// How a test is joined to those before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    And,
    Or,
    AndNot,
}

struct FlatTest {
    word: Word,
    opens: bool,
    leaf: Value,
    closes: bool,
}

fn read(test: &Value, path: &str, catalogue: &Catalogue) -> Result<FlatTest, Vec<Problem>> {
    if !test.is_object() {
        return Err(vec![problem(path.to_owned(), "wrong_type", "expected an object with `implementationClass` and `options`")]);
    }
    let word = match test.get("operator").and_then(Value::as_str).unwrap_or("and") {
        "and" | "" => Word::And,
        "or" => Word::Or,
        "and_not" => Word::AndNot,
        other => {
            let message = format!("`{other}` is none of `and`, `or`, `and_not`");
            return Err(vec![problem(format!("{path}/operator"), "unknown_operator", message)]);
        }
    };
    let leaf = leaf::read(test, path, catalogue).map_err(|problem| vec![problem])?;
    // What the leaf says is told at its place in the list, because its own keys are not those of the predecessor.
    let refused = check_with_trigger(&leaf, catalogue).err().unwrap_or_default();
    if !refused.is_empty() {
        return Err(refused.into_iter().map(|told| problem(format!("{path}/options"), told.code, told.message)).collect());
    }
    let flag = |key: &str| test.get(key).is_some_and(leaf::is_true);
    Ok(FlatTest { word, opens: flag("bracketLeft"), leaf, closes: flag("bracketRight") })
}

/// A bracket, or the whole list: alternatives of tests that hold together.
struct Group {
    is_negated: bool,
    alternatives: Vec<Vec<Value>>,
}

impl Group {
    fn new(is_negated: bool) -> Group {
        Group { is_negated, alternatives: vec![Vec::new()] }
    }

    fn push(&mut self, condition: Value) {
        if let Some(together) = self.alternatives.last_mut() {
            together.push(condition);
        }
    }

    fn condition(self) -> Value {
        let alternatives = self.alternatives.into_iter().map(|together| joined("all", together));
        negated(self.is_negated, joined("any", alternatives.collect()))
    }
}

/// The brackets that are open; the first is the list itself and is never closed.
struct Groups {
    open: Vec<Group>,
}

impl Groups {
    fn add(&mut self, test: FlatTest, is_first: bool) {
        let word = if is_first { Word::And } else { test.word };
        let is_negated = word == Word::AndNot;
        if let (Word::Or, Some(group)) = (word, self.open.last_mut()) {
            group.alternatives.push(Vec::new());
        }
        if test.opens {
            self.open.push(Group::new(is_negated));
        }
        self.push(negated(is_negated && !test.opens, test.leaf));
        if test.closes && self.open.len() > 1 {
            self.close();
        }
    }

    fn push(&mut self, condition: Value) {
        if let Some(group) = self.open.last_mut() {
            group.push(condition);
        }
    }

    fn close(&mut self) {
        if let Some(group) = self.open.pop() {
            self.push(group.condition());
        }
    }

    fn close_all(mut self) -> Value {
        while self.open.len() > 1 {
            self.close();
        }
        self.open.pop().map_or(json!({ "all": [] }), Group::condition)
    }
}

fn negated(is_negated: bool, condition: Value) -> Value {
    if is_negated { json!({ "not": condition }) } else { condition }
}

/// One alone stands for itself.
fn joined(word: &str, mut children: Vec<Value>) -> Value {
    match children.len() {
        1 => children.swap_remove(0),
        _ => json!({ word: children }),
    }
}

fn depth(condition: &Value) -> usize {
    let children = ["all", "any"].into_iter().filter_map(|key| condition[key].as_array()).flatten().chain(condition.get("not"));
    1 + children.map(depth).max().unwrap_or(0)
}

#[cfg(test)]
mod tests;
