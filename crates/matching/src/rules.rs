//! Rules as the predecessor had them: fields whose values together are a key, with sounds and likeness for those who mistype.
//! Two customers are compared only if they share a key; who finds those that do is no matter of this file.

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use crate::matchers::Matcher;
use crate::phonetics::{metaphone, soundex};
use crate::transformers::Transformer;

/// More fields than this make no rule.
pub const FIELDS_MAX: usize = 16;

/// Between the values of a key, and so in none of them.
const BETWEEN: char = '\u{1f}';

/// Fields that together say that two customers are one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    pub name: String,
    pub fields: Vec<RuleField>,
}

/// One field of a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RuleField {
    pub field: String,
    #[serde(default)]
    pub transformer: Transformer,
    #[serde(default)]
    pub soundex: bool,
    #[serde(default)]
    pub metaphone: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub similarity: Option<Matcher>,
    /// From this score on, 0 to 100, instead of the matcher's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
}

/// What a customer is found by under one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// All values together.
    pub exact: String,
    /// The sounds of the fields that have the flag, in their order; nothing if none of them sounds.
    pub soundex: Option<String>,
    pub metaphone: Option<String>,
    /// The transformed values, one for each field.
    pub values: Vec<String>,
}

/// What a rule says of two customers.
#[derive(Debug, Clone, PartialEq)]
pub enum Judged {
    Exact,
    /// The score of each field; nothing for fields that are not compared.
    Similar {
        scores: Vec<Option<f64>>,
    },
    /// The first field that is not similar enough.
    Rejected {
        field: String,
        score: f64,
        threshold: f64,
    },
}

impl Rule {
    /// What is wrong, each with the JSON pointer of its place.
    pub fn check(&self) -> Vec<(String, String)> {
        let mut problems = Vec::new();
        let mut report = |pointer: String, message: &str| problems.push((pointer, message.to_owned()));
        if self.name.trim().is_empty() {
            report("/name".to_owned(), "a rule needs a name");
        }
        if self.fields.is_empty() {
            report("/fields".to_owned(), "a rule needs at least one field");
        }
        if self.fields.len() > FIELDS_MAX {
            report("/fields".to_owned(), &format!("at most {FIELDS_MAX} fields"));
        }
        let mut seen = FxHashSet::default();
        for (at, field) in self.fields.iter().enumerate() {
            if field.field.trim().is_empty() {
                report(format!("/fields/{at}/field"), "the name of a field is missing");
            } else if !seen.insert(field.field.as_str()) {
                report(format!("/fields/{at}/field"), "the rule names this field twice");
            }
            if field.threshold.is_some() && field.similarity.is_none() {
                report(format!("/fields/{at}/threshold"), "a threshold needs a similarity");
            }
            if field.threshold.is_some_and(|threshold| !(0.0..=100.0).contains(&threshold)) {
                report(format!("/fields/{at}/threshold"), "a threshold is a number from 0 to 100");
            }
        }
        let sounding = self.fields.iter().position(|field| field.soundex || field.metaphone);
        if let Some(at) = sounding.filter(|_| !self.compares()) {
            report(format!("/fields/{at}"), "what sounds alike must also be compared: a field needs a similarity");
        }
        problems
    }

    /// The keys of a customer; nothing if a value is missing. `0` and 1970-01-01 are values.
    pub fn keys(&self, values: &dyn Fn(&str) -> Option<String>) -> Option<Keys> {
        let values: Vec<String> = self.fields.iter().map(|field| field.transformer.apply(&values(&field.field)?)).collect::<Option<_>>()?;
        let mut exact = String::with_capacity(values.iter().map(|value| value.len() + 1).sum());
        for (at, value) in values.iter().enumerate() {
            if at > 0 {
                exact.push(BETWEEN);
            }
            exact.extend(value.chars().map(|char| if char == BETWEEN { ' ' } else { char }));
        }
        (!values.is_empty()).then(|| Keys {
            exact,
            soundex: self.sound(&values, |field| field.soundex, soundex),
            metaphone: self.sound(&values, |field| field.metaphone, metaphone),
            values,
        })
    }

    fn sound(&self, values: &[String], is_meant: fn(&RuleField) -> bool, encode: fn(&str) -> String) -> Option<String> {
        let meant = self.fields.iter().zip(values).filter(|(field, _)| is_meant(field));
        let token: String = meant.map(|(_, value)| encode(value)).collect();
        (!token.is_empty()).then_some(token)
    }

    /// What the rule says of two customers by their keys under it; nothing if they share none, or if it compares no field.
    /// The older customer comes first: texts may be alike in one direction only.
    pub fn judge(&self, a: &Keys, b: &Keys) -> Option<Judged> {
        if a.values == b.values {
            return Some(Judged::Exact);
        }
        let share = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
        if !self.compares() || !(share(&a.metaphone, &b.metaphone) || share(&a.soundex, &b.soundex)) {
            return None;
        }
        let mut scores = Vec::with_capacity(self.fields.len());
        for ((field, a), b) in self.fields.iter().zip(&a.values).zip(&b.values) {
            let Some(matcher) = field.similarity else {
                scores.push(None);
                continue;
            };
            let (score, threshold) = (matcher.score(a, b), field.threshold.unwrap_or(matcher.threshold()));
            if score < threshold {
                return Some(Judged::Rejected { field: field.field.clone(), score, threshold });
            }
            scores.push(Some(score));
        }
        Some(Judged::Similar { scores })
    }

    fn compares(&self) -> bool {
        self.fields.iter().any(|field| field.similarity.is_some())
    }
}

#[cfg(test)]
mod tests;
