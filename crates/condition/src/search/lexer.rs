//! A search text as words, phrases, operators and brackets, each with its place.

use super::{SearchProblem, problem};

#[derive(Debug, PartialEq)]
pub(super) enum Token {
    Word(String),
    /// A text in quotes, without them.
    Phrase(String),
    And,
    Or,
    Not,
    Open,
    Close,
}

/// A token and the number of its first character.
#[derive(Debug)]
pub(super) struct Lexeme {
    pub at: usize,
    pub token: Token,
}

/// Operators are whole words in capital letters; `!` and quotes count where a term begins, brackets everywhere.
pub(super) fn read(text: &str) -> Result<Vec<Lexeme>, SearchProblem> {
    let chars: Vec<char> = text.chars().collect();
    let mut lexemes = Vec::new();
    let mut place = 0;
    while let Some(char) = chars.get(place) {
        let at = place + 1;
        let (token, length) = match char {
            char if char.is_whitespace() => {
                place += 1;
                continue;
            }
            '\0' => return Err(problem(at, "bad_text", "a text cannot contain the NUL character")),
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            '!' => (Token::Not, 1),
            quote @ ('"' | '\'') => phrase(&chars[at..], *quote).ok_or_else(|| problem(at, "unclosed", "this quote is not closed"))?,
            _ => word(&chars[place..]),
        };
        if matches!(&token, Token::Phrase(phrase) if phrase.contains('\0')) {
            return Err(problem(at, "bad_text", "a text cannot contain the NUL character"));
        }
        lexemes.push(Lexeme { at, token });
        place += length;
    }
    Ok(lexemes)
}

/// What follows an opening quote.
fn phrase(rest: &[char], quote: char) -> Option<(Token, usize)> {
    let length = rest.iter().position(|char| *char == quote)?;
    Some((Token::Phrase(rest[..length].iter().collect()), length + 2))
}

fn word(rest: &[char]) -> (Token, usize) {
    let ends = |char: &char| char.is_whitespace() || matches!(char, '(' | ')' | '\0');
    let length = rest.iter().position(ends).unwrap_or(rest.len());
    let word: String = rest[..length].iter().collect();
    let token = match word.as_str() {
        "AND" => Token::And,
        "OR" => Token::Or,
        "NOT" => Token::Not,
        _ => Token::Word(word),
    };
    (token, length)
}
