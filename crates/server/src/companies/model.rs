//! A company, and what can be said of it. Pure.

use crate::error::{Error, Problem};
use crate::ids::CompanyId;
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const CHARS_MAX: usize = 255;

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Company {
    pub id: CompanyId,
    #[serde(flatten)]
    pub draft: CompanyDraft,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CompanyDraft {
    /// Not unique: two companies may have the same name.
    #[schema(min_length = 1, max_length = 255)]
    pub name: String,
    /// The number under which it pays value added tax.
    #[schema(max_length = 255)]
    pub vat_id: Option<String>,
}

/// Trimmed, and refused with every problem there is.
pub fn checked(draft: CompanyDraft) -> Result<CompanyDraft, Error> {
    let name = draft.name.trim().to_owned();
    let vat_id = draft.vat_id.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let mut problems = Vec::new();
    if name.is_empty() {
        problems.push(Problem::new("/name", "required", "a company has a name"));
    }
    for (path, text) in [("/name", Some(&name)), ("/vatId", vat_id.as_ref())] {
        let Some(text) = text else { continue };
        if CHARS_MAX < text.chars().count() {
            problems.push(Problem::new(path, "too_long", format!("this may have at most {CHARS_MAX} characters")));
        }
        if text.contains(char::is_control) {
            problems.push(Problem::new(path, "invalid", "this is one line of text, without control characters"));
        }
    }
    if problems.is_empty() { Ok(CompanyDraft { name, vat_id }) } else { Err(Error::Invalid(problems)) }
}
