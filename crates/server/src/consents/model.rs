//! An answer to the question whether something is allowed. Pure.

use crate::access::Actor;
use crate::error::{Error, Problem};
use crate::ids::AnswerId;
use crate::personal::Kept;
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const SOURCE_CHARS_MAX: usize = 255;
const NOTE_CHARS_MAX: usize = 10_000;

/// The answer in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Consent {
    pub purpose: String,
    pub granted: bool,
    pub answered_at: Instant,
    /// Where it was given, such as the name of a form.
    pub source: String,
}

/// One answer of the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ConsentAnswer)]
pub struct Answer {
    pub id: AnswerId,
    pub purpose: String,
    /// Null where the answer before was taken back.
    pub granted: Option<bool>,
    pub answered_at: Instant,
    pub source: String,
    pub note: String,
    /// Who wrote it down.
    pub actor: Actor,
}

/// An answer as it comes in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = ConsentBody)]
pub struct Given {
    pub granted: bool,
    /// When the customer answered; now if absent. Not in the future.
    pub answered_at: Option<Instant>,
    #[schema(max_length = 255)]
    pub source: Option<String>,
    #[schema(max_length = 10_000)]
    pub note: Option<String>,
}

pub fn check(purpose: &str, given: &Given, now: Instant) -> Result<(), Error> {
    let mut problems = Vec::new();
    if !crate::settings::is_name(purpose) {
        problems.push(Problem::new("/purpose", "invalid", "a purpose has 1 to 64 letters, digits, _, - and ."));
    }
    if given.answered_at.is_some_and(|at| now < at) {
        problems.push(Problem::new("/answeredAt", "out_of_range", "nobody has answered in the future"));
    }
    for (path, text, chars_max) in [("/source", &given.source, SOURCE_CHARS_MAX), ("/note", &given.note, NOTE_CHARS_MAX)] {
        if text.as_ref().is_some_and(|text| chars_max < text.chars().count()) {
            problems.push(Problem::new(path, "too_long", format!("this may have at most {chars_max} characters")));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// Of two standing answers to one purpose, as rows of purpose, answer, instant and source: denied beats granted; of two that
/// say the same, the later one stands.
pub fn stricter(own: &Kept, other: &Kept) -> Kept {
    let strength = |row: &Kept| (!row.is_true(1), row.int(2));
    if strength(own) < strength(other) { other.clone() } else { own.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn denied_beats_granted_and_later_beats_earlier() {
        check((true, 5), (false, 1), (false, 1));
        check((false, 1), (true, 5), (false, 1));
        check((true, 1), (true, 5), (true, 5));
        check((false, 9), (false, 5), (false, 9));

        #[track_caller]
        fn check(own: (bool, i64), other: (bool, i64), expected: (bool, i64)) {
            let row = |(granted, at): (bool, i64)| Kept(vec![json!("mail"), json!(granted), json!(at), json!("")]);
            assert_eq!(stricter(&row(own), &row(other)), row(expected));
        }
    }
}
