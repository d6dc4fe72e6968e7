//! Reads the keys of one leaf, tells what is wrong with each, and in the end which of them nobody wanted.

use serde_json::{Map, Value};
use sql::dialect::Dialect;

use super::{Checker, Spot, VALUES_MAX, VALUES_TOTAL_MAX, pointer};
use crate::calendar;
use crate::tree::Path;

/// The longest text a condition may compare with, in characters.
const TEXT_MAX: usize = 1_000;
/// The longest name of a field, an attribute, a type, in characters.
const NAME_MAX: usize = 200;
/// The most steps of a dotted path.
const STEPS_MAX: usize = 16;

pub(super) struct Reading<'c, 'a, 'j> {
    pub checker: &'c mut Checker<'a>,
    object: &'j Map<String, Value>,
    path: &'j str,
    used: Vec<&'static str>,
}

impl<'c, 'a, 'j> Reading<'c, 'a, 'j> {
    pub fn of(checker: &'c mut Checker<'a>, spot: &Spot<'j>) -> Self {
        Reading { checker, object: spot.object, path: spot.path, used: vec!["fact"] }
    }

    /// Reads an object inside of the leaf.
    pub fn inside<'s>(&'s mut self, object: &'j Map<String, Value>, path: &'j str) -> Reading<'s, 'a, 'j> {
        Reading { checker: self.checker, object, path, used: Vec::new() }
    }

    pub fn problem_at(&mut self, key: &str, place: usize, code: &'static str, message: String) {
        self.checker.problem(format!("{}/{place}", pointer(self.path, key)), code, message);
    }

    pub fn problem(&mut self, key: &str, code: &'static str, message: impl Into<String>) {
        self.checker.problem(pointer(self.path, key), code, message);
    }

    /// Looks at a key that may be absent.
    pub fn get(&mut self, key: &'static str) -> Option<&'j Value> {
        self.used.push(key);
        self.object.get(key)
    }

    pub fn required(&mut self, key: &'static str) -> Option<&'j Value> {
        let value = self.get(key);
        if value.is_none() {
            self.problem(key, "missing", format!("`{key}` is missing"));
        }
        value
    }

    /// Tells of every key that was not looked at.
    pub fn finish(mut self) {
        for key in self.object.keys() {
            if !self.used.contains(&key.as_str()) {
                self.problem(key, "unknown_key", format!("`{key}` has no use here"));
            }
        }
    }

    /// The operator. Where it is missing, what it compares with cannot be judged and is left alone.
    pub fn op(&mut self) -> Option<&'j str> {
        let Some(op) = self.required("op") else { return self.without_operands() };
        let Some(op) = op.as_str() else {
            self.problem("op", "wrong_type", "expected the name of an operator");
            return self.without_operands();
        };
        Some(op)
    }

    pub fn unknown_op<T>(&mut self, op: &str, known: &str) -> Option<T> {
        self.problem("op", "unknown_operator", format!("`{op}` is none of {known}"));
        self.without_operands()
    }

    /// Leaves the operator alone too, where it is not known what it would compare.
    pub fn without_operator<T>(&mut self) -> Option<T> {
        self.used.push("op");
        self.without_operands()
    }

    fn without_operands<T>(&mut self) -> Option<T> {
        self.used.extend(["value", "values", "to", "exact"]);
        None
    }

    /// True only where it is given and true.
    pub fn flag(&mut self, key: &'static str) -> bool {
        match self.get(key) {
            None => false,
            Some(Value::Bool(flag)) => *flag,
            Some(_) => {
                self.problem(key, "wrong_type", "expected true or false");
                false
            }
        }
    }

    pub fn boolean(&mut self, key: &'static str) -> Option<bool> {
        let value = self.required(key)?.as_bool();
        if value.is_none() {
            self.problem(key, "wrong_type", "expected true or false");
        }
        value
    }

    pub fn number(&mut self, key: &'static str) -> Option<f64> {
        let value = self.required(key)?.as_f64();
        if value.is_none() {
            self.problem(key, "wrong_type", "expected a number");
        }
        value
    }

    pub fn whole_number(&mut self, key: &'static str, least: i64, most: i64) -> Option<i64> {
        let value = self.required(key)?;
        let whole = value.as_i64().or_else(|| value.as_f64().filter(|number| number.fract() == 0.0).map(|number| number as i64));
        let whole = whole.filter(|number| (least..=most).contains(number));
        if whole.is_none() {
            self.problem(key, "wrong_type", format!("expected a whole number from {least} to {most}"));
        }
        whole
    }

    pub fn id(&mut self, key: &'static str) -> Option<i64> {
        let id = self.required(key)?.as_i64();
        if id.is_none() {
            self.problem(key, "wrong_type", "expected an id: a whole number");
        }
        id
    }

    pub fn text(&mut self, key: &'static str) -> Option<&'j str> {
        let value = self.required(key)?;
        let path = pointer(self.path, key);
        self.text_at(value, path)
    }

    pub fn text_with_content(&mut self, key: &'static str) -> Option<&'j str> {
        let text = self.text(key)?;
        if text.is_empty() {
            self.problem(key, "empty", "must not be empty");
            return None;
        }
        Some(text)
    }

    /// The list under `values`.
    pub fn texts(&mut self) -> Option<Vec<&'j str>> {
        let list = self.list("values", "expected a list of texts")?;
        let path = pointer(self.path, "values");
        let texts: Vec<_> = list.iter().enumerate().map(|(place, value)| self.text_at(value, format!("{path}/{place}"))).collect();
        texts.into_iter().collect()
    }

    /// A list of ids with at least one in it.
    pub fn ids(&mut self, key: &'static str) -> Option<Vec<i64>> {
        let list = self.list(key, "expected a list of ids")?;
        if list.is_empty() {
            self.problem(key, "empty", "must not be empty");
            return None;
        }
        let mut ids = Vec::with_capacity(list.len());
        for (place, value) in list.iter().enumerate() {
            match value.as_i64() {
                Some(id) => ids.push(id),
                None => self.problem_at(key, place, "wrong_type", "expected an id: a whole number".to_owned()),
            }
        }
        (ids.len() == list.len()).then_some(ids)
    }

    fn list(&mut self, key: &'static str, expected: &str) -> Option<&'j Vec<Value>> {
        let Some(list) = self.required(key)?.as_array() else {
            self.problem(key, "wrong_type", expected);
            return None;
        };
        if list.len() > VALUES_MAX {
            self.problem(key, "too_many_values", format!("a list has at most {VALUES_MAX} values"));
            return None;
        }
        let before = self.checker.values;
        self.checker.values += list.len();
        if self.checker.values > VALUES_TOTAL_MAX && before <= VALUES_TOTAL_MAX {
            self.problem(key, "too_many_values", format!("a condition has at most {VALUES_TOTAL_MAX} list values in all"));
        }
        Some(list)
    }

    fn text_at(&mut self, value: &'j Value, path: String) -> Option<&'j str> {
        let Some(text) = value.as_str() else {
            self.checker.problem(path, "wrong_type", "expected a text");
            return None;
        };
        if text.contains('\0') {
            self.checker.problem(path, "bad_text", "a text cannot contain the NUL character");
            return None;
        }
        if text.chars().count() > TEXT_MAX {
            self.checker.problem(path, "too_long", format!("a text has at most {TEXT_MAX} characters"));
            return None;
        }
        Some(text)
    }

    /// The name of a type or a reference.
    pub fn name(&mut self, key: &'static str) -> Option<&'j str> {
        let name = self.text_with_content(key)?;
        if name.chars().count() > NAME_MAX {
            self.problem(key, "too_long", format!("a name has at most {NAME_MAX} characters"));
            return None;
        }
        Some(name)
    }

    /// A dotted path into a document.
    pub fn dotted(&mut self, key: &'static str) -> Option<Path> {
        let name = self.name(key)?;
        self.path_in(key, name)
    }

    /// A dotted path that is a part of the text under a key.
    pub fn path_in(&mut self, key: &'static str, name: &str) -> Option<Path> {
        let steps: Path = name.split('.').map(str::to_owned).collect();
        if !steps.iter().all(|step| Dialect::can_name(step)) {
            self.problem(
                key,
                "bad_name",
                "a step of a path is not empty and has no quotes, braces, backslash, `$`, `:` or control character",
            );
            return None;
        }
        if steps.len() > STEPS_MAX {
            self.problem(key, "bad_name", format!("a path has at most {STEPS_MAX} steps"));
            return None;
        }
        Some(steps)
    }

    pub fn duration(&mut self, key: &'static str) -> Option<i64> {
        let text = self.text(key)?;
        let duration = calendar::parse_duration(text);
        if duration.is_none() {
            self.problem(key, "bad_duration", DURATION_EXPECTED);
        }
        duration
    }
}

pub(super) const DURATION_EXPECTED: &str =
    "expected a duration such as `90d`, `12h`, `30m`, `2w` or `P90D`; years and months have no exact length, 200 years are the most";
