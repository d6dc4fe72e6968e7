//! The syntax of the search box, as a condition: terms one after the other, `AND`, `OR`, `NOT` or `!`, brackets, phrases in
//! quotes, and `*` for anything. `AND` binds more tightly than `OR`, and terms without a word between them mean `AND`.

mod lexer;

use serde_json::{Value, json};

use crate::catalogue::{Catalogue, FieldKind};
use lexer::{Lexeme, Token};

/// The longest text of a search, in characters.
pub const CHARACTERS_MAX: usize = 500;
/// How many terms a search has, ...
const TERMS_MAX: usize = 20;
/// ... how many fields it looks into, ...
pub const FIELDS_MAX: usize = 10;
/// ... and how deep its brackets nest, so that the condition keeps within the limits of its own.
const BRACKETS_MAX: usize = 3;

/// What is wrong, and at which character of the text, the first being 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchProblem {
    pub at: usize,
    pub code: &'static str,
    pub message: String,
}

/// The condition that a text asks for. A term holds if any of the fields is it: a text as a whole and whatever its case, a
/// number by its value. Fields of other kinds find nothing.
pub fn parse(text: &str, fields: &[&str], catalogue: &Catalogue) -> Result<Value, SearchProblem> {
    if text.chars().count() > CHARACTERS_MAX {
        return Err(problem(CHARACTERS_MAX + 1, "too_long", format!("a search has at most {CHARACTERS_MAX} characters")));
    }
    let lexemes = lexer::read(text)?;
    let terms = lexemes.iter().filter(|lexeme| matches!(lexeme.token, Token::Word(_) | Token::Phrase(_)));
    if let Some(first) = terms.clone().nth(TERMS_MAX) {
        return Err(problem(first.at, "too_long", format!("a search has at most {TERMS_MAX} terms")));
    }
    let kind = |name: &&str| catalogue.fields.get(*name).map(|field| ((*name).to_owned(), field.kind));
    let mut parser = Parser { lexemes: &lexemes, end: text.chars().count() + 1, fields: fields.iter().filter_map(kind).collect() };
    if lexemes.is_empty() {
        return Ok(json!({ "all": [] }));
    }
    let condition = parser.alternatives(0)?;
    match parser.lexemes.first() {
        None => Ok(condition),
        Some(lexeme) => Err(problem(lexeme.at, "unexpected", "there is no bracket for this one to close")),
    }
}

fn problem(at: usize, code: &'static str, message: impl Into<String>) -> SearchProblem {
    SearchProblem { at, code, message: message.into() }
}

struct Parser<'l> {
    lexemes: &'l [Lexeme],
    /// The place after the last character.
    end: usize,
    fields: Vec<(String, FieldKind)>,
}

impl Parser<'_> {
    /// Terms joined by `OR`.
    fn alternatives(&mut self, depth: usize) -> Result<Value, SearchProblem> {
        let mut alternatives = vec![self.together(depth)?];
        while self.take(&Token::Or) {
            alternatives.push(self.together(depth)?);
        }
        Ok(joined("any", alternatives))
    }

    /// Terms joined by `AND` or by nothing.
    fn together(&mut self, depth: usize) -> Result<Value, SearchProblem> {
        let mut terms = vec![self.negatable(depth)?];
        loop {
            let is_joined = self.take(&Token::And);
            let ends = matches!(self.lexemes.first(), None | Some(Lexeme { token: Token::Or | Token::Close, .. }));
            if ends && !is_joined {
                return Ok(joined("all", terms));
            }
            terms.push(self.negatable(depth)?);
        }
    }

    fn negatable(&mut self, depth: usize) -> Result<Value, SearchProblem> {
        let mut is_negated = false;
        while self.take(&Token::Not) {
            is_negated = !is_negated;
        }
        let found = self.term(depth)?;
        Ok(if is_negated { json!({ "not": found }) } else { found })
    }

    fn term(&mut self, depth: usize) -> Result<Value, SearchProblem> {
        let Some((lexeme, rest)) = self.lexemes.split_first() else {
            return Err(problem(self.end, "missing", "a term is missing at the end"));
        };
        self.lexemes = rest;
        match &lexeme.token {
            Token::Word(word) => Ok(self.any_field(word, true)),
            Token::Phrase(phrase) => Ok(self.any_field(phrase, false)),
            Token::Open if depth == BRACKETS_MAX => {
                Err(problem(lexeme.at, "too_deep", format!("brackets nest at most {BRACKETS_MAX} deep")))
            }
            Token::Open => {
                let inside = self.alternatives(depth + 1)?;
                match self.take(&Token::Close) {
                    true => Ok(inside),
                    false => Err(problem(lexeme.at, "unclosed", "this bracket is not closed")),
                }
            }
            Token::Close => Err(problem(lexeme.at, "unexpected", "expected a term, not the end of a bracket")),
            Token::And | Token::Or | Token::Not => Err(problem(lexeme.at, "unexpected", "expected a term, not another operator")),
        }
    }

    fn take(&mut self, token: &Token) -> bool {
        match self.lexemes.split_first() {
            Some((first, rest)) if first.token == *token => {
                self.lexemes = rest;
                true
            }
            _ => false,
        }
    }

    fn any_field(&self, term: &str, has_wildcards: bool) -> Value {
        let test = |(name, kind): &(String, FieldKind)| {
            let mut leaf = match kind {
                FieldKind::Text | FieldKind::Select if has_wildcards => with_wildcards(term),
                FieldKind::Text | FieldKind::Select => json!({ "op": "eq", "value": term }),
                FieldKind::Number => json!({ "op": "eq", "value": number(term)? }),
                _ => return None,
            };
            leaf["fact"] = json!("field");
            leaf["name"] = json!(name);
            Some(leaf)
        };
        joined("any", self.fields.iter().filter_map(test).collect())
    }
}

/// One alone stands for itself.
fn joined(word: &str, mut children: Vec<Value>) -> Value {
    match children.len() {
        1 => children.swap_remove(0),
        _ => json!({ word: children }),
    }
}

fn number(term: &str) -> Option<Value> {
    match term.parse::<i64>() {
        Ok(whole) => Some(json!(whole)),
        Err(_) => term.parse::<f64>().ok().filter(|number| number.is_finite()).map(|number| json!(number)),
    }
}

fn with_wildcards(word: &str) -> Value {
    let parts: Vec<&str> = word.split('*').collect();
    match parts.as_slice() {
        [whole] => json!({ "op": "eq", "value": whole }),
        parts if parts.iter().all(|part| part.is_empty()) => json!({ "op": "set" }),
        [start, ""] => json!({ "op": "starts_with", "value": start }),
        ["", end] => json!({ "op": "ends_with", "value": end }),
        ["", part, ""] => json!({ "op": "contains", "value": part }),
        parts => {
            let escaped: Vec<String> = parts.iter().map(|part| regex_syntax::escape(part)).collect();
            json!({ "op": "matches", "value": format!("(?s)^{}$", escaped.join(".*")) })
        }
    }
}

#[cfg(test)]
mod tests;
