//! Segments by terms: each term has phrases, and whoever has a value that is one of them, or matches one of them, is in the
//! segment of the term. A report names the values that no phrase covers.

use super::kind::{Builder, Planned, read_settings};
use super::schema;
use super::source::Source;
use crate::error::Problem;
use condition::Catalogue;
use regex::Regex;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::LazyLock;
use utoipa::ToSchema;

pub struct Term;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct TermSettings {
    /// Where the values come from.
    #[schema(inline)]
    source: Source,
    #[schema(inline)]
    terms: Vec<TermPhrases>,
    /// Whether somebody is in the segment of every term that matches, or of the first one alone.
    #[serde(default)]
    #[schema(inline)]
    matching: Matching,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct TermPhrases {
    /// Names the segment. The phrases of a term that is named twice are put together.
    term: String,
    /// Each one a whole value, or a regular expression between slashes that a part of a value matches. Case makes no difference.
    phrases: Vec<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Matching {
    #[default]
    Every,
    First,
}

/// `/pattern/`, with the flags of other dialects that say what holds anyway.
static BETWEEN_SLASHES: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("(?s)^/(.+)/[iu]*$").expect("a pattern written here, built by the tests"));

/// A term with its phrases by what they are.
struct Told<'s> {
    term: &'s str,
    values: Vec<&'s str>,
    patterns: Vec<&'s str>,
}

impl Told<'_> {
    fn condition(&self, source: &Source, catalogue: &Catalogue) -> Value {
        let values = (!self.values.is_empty()).then(|| source.is_one_of(&self.values, catalogue));
        let tests: Vec<Value> = values.into_iter().chain(self.patterns.iter().map(|pattern| matches(pattern))).collect();
        source.any(&tests)
    }
}

fn matches(pattern: &str) -> Value {
    json!({ "op": "matches", "value": pattern })
}

impl Builder for Term {
    fn kind(&self) -> &'static str {
        "term"
    }

    fn summary(&self) -> &'static str {
        "One segment for each term, by phrases and regular expressions over a field or an attribute of activities."
    }

    fn schema(&self) -> Value {
        schema::<TermSettings>()
    }

    fn expand(&self, settings: &Value, catalogue: &Catalogue) -> Result<Vec<Planned>, Vec<Problem>> {
        let TermSettings { source, terms, matching } = read_settings(settings)?;
        let mut problems: Vec<Problem> =
            source.problems(catalogue).into_iter().map(|problem| Problem { path: format!("/source{}", problem.path), ..problem }).collect();
        if problems.is_empty() {
            problems = terms.iter().enumerate().flat_map(|(place, term)| phrase_problems(&source, term, place, catalogue)).collect();
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let conditions: Vec<(&str, Value)> = gathered(&terms).iter().map(|told| (told.term, told.condition(&source, catalogue))).collect();
        Ok(conditions
            .iter()
            .enumerate()
            .map(|(place, (term, own))| {
                let earlier: Vec<&Value> = conditions[..place].iter().map(|(_, condition)| condition).collect();
                let condition = match matching {
                    Matching::First if !earlier.is_empty() => json!({ "all": [own, { "not": { "any": earlier } }] }),
                    Matching::First | Matching::Every => own.clone(),
                };
                Planned::new(*term, "", condition)
            })
            .collect())
    }

    fn source(&self, settings: &Value) -> Option<Source> {
        read_settings::<TermSettings>(settings).ok().map(|settings| settings.source)
    }
}

/// The terms in their order, each one once.
fn gathered(terms: &[TermPhrases]) -> Vec<Told<'_>> {
    let mut gathered: Vec<Told<'_>> = Vec::new();
    for TermPhrases { term, phrases } in terms {
        let place = gathered.iter().position(|told| told.term == term).unwrap_or_else(|| {
            gathered.push(Told { term, values: Vec::new(), patterns: Vec::new() });
            gathered.len() - 1
        });
        for phrase in phrases {
            match pattern(phrase) {
                Some(pattern) => gathered[place].patterns.push(pattern),
                None => gathered[place].values.push(phrase),
            }
        }
    }
    gathered
}

fn pattern(phrase: &str) -> Option<&str> {
    BETWEEN_SLASHES.captures(phrase).and_then(|found| found.get(1)).map(|inner| inner.as_str())
}

/// Patterns are checked one by one, so that each problem has the path of its phrase.
fn phrase_problems(source: &Source, term: &TermPhrases, place: usize, catalogue: &Catalogue) -> Vec<Problem> {
    let path = format!("/terms/{place}/phrases");
    if term.phrases.is_empty() {
        return vec![Problem::new(path, "empty", "give at least one phrase")];
    }
    let mut problems = Vec::new();
    for (place, phrase) in term.phrases.iter().enumerate() {
        let test = match pattern(phrase) {
            Some(pattern) => matches(pattern),
            None => source.is_one_of(&[phrase.as_str()], catalogue),
        };
        let refused = condition::check(&source.any(&[test]), catalogue).err().unwrap_or_default();
        problems.extend(refused.into_iter().map(|problem| Problem::new(format!("{path}/{place}"), problem.code, problem.message)));
    }
    problems
}
