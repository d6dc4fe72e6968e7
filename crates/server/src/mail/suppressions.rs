//! Addresses that get no mail, whoever they belong to.

use super::store::suppressions as store;
use crate::audit;
use crate::customers;
use crate::error::{Error, Problem};
use crate::time::Instant;
use crate::work::Work;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Suppression {
    /// Folded: upper and lower case are the same.
    pub address: String,
    pub reason: Reason,
    /// Who or what suppressed it.
    pub source: String,
    pub note: String,
    pub at: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SuppressionReason)]
pub enum Reason {
    Manual,
    Bounced,
    Complained,
    /// From everything that is marketing; other mail goes out.
    Unsubscribed,
    Blocked,
}

impl Reason {
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Manual => "manual",
            Reason::Bounced => "bounced",
            Reason::Complained => "complained",
            Reason::Unsubscribed => "unsubscribed",
            Reason::Blocked => "blocked",
        }
    }

    pub fn is_for_all_mail(self) -> bool {
        match self {
            Reason::Manual | Reason::Bounced | Reason::Complained | Reason::Blocked => true,
            Reason::Unsubscribed => false,
        }
    }
}

/// An address that somebody suppresses by hand.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SuppressionBody)]
pub struct Wanted {
    pub address: String,
    /// `manual` if absent.
    pub reason: Option<Reason>,
    #[serde(default)]
    pub note: String,
}

const NOTE_CHARS_MAX: usize = 1_000;
const ADDRESS_CHARS_MAX: usize = 320;
/// Lines of an imported file.
pub const LINES_MAX: usize = 100_000;

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SuppressionImport)]
pub struct Imported {
    pub added: u64,
    /// Suppressed before; they stay as they are.
    pub known: u64,
    /// The numbers of lines that are no address; the first hundred.
    pub refused: Vec<usize>,
    pub refused_count: usize,
}

const REFUSED_SHOWN_MAX: usize = 100;

/// Whether and why an address is suppressed.
pub fn of(work: &mut Work<'_>, address: &str) -> Result<Option<Suppression>, Error> {
    store::read(work, &sql::fold(address.trim()))
}

/// Suppresses an address by hand, or gives the reason anew.
pub fn add(work: &mut Work<'_>, wanted: &Wanted) -> Result<Suppression, Error> {
    let mut problems = Vec::new();
    let Some(address) = address(&wanted.address) else {
        return Err(Error::invalid("/address", "invalid", "this is not a mail address"));
    };
    if NOTE_CHARS_MAX < wanted.note.chars().count() {
        problems.push(Problem::new("/note", "too_long", format!("this may have at most {NOTE_CHARS_MAX} characters")));
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let reason = wanted.reason.unwrap_or(Reason::Manual);
    let suppression = Suppression { address, reason, source: work.actor.name.clone(), note: wanted.note.clone(), at: work.now };
    store::put(work, &suppression)?;
    audit::record(work, "add", "suppression", None, &json!({"reason": reason}))?;
    Ok(suppression)
}

/// Suppresses an address that is not suppressed already. One that was for marketing alone is then for all mail.
pub fn suppress(work: &mut Work<'_>, address: &str, reason: Reason, source: &str, note: &str) -> Result<(), Error> {
    let Some(address) = self::address(address) else { return Ok(()) };
    let suppression =
        Suppression { address, reason, source: source.to_owned(), note: note.chars().take(NOTE_CHARS_MAX).collect(), at: work.now };
    match store::read(work, &suppression.address)? {
        Some(standing) if standing.reason.is_for_all_mail() || !reason.is_for_all_mail() => Ok(()),
        Some(_) | None => store::put(work, &suppression),
    }
}

pub fn remove(work: &mut Work<'_>, address: &str) -> Result<(), Error> {
    if store::delete(work, &sql::fold(address.trim()))? == 0 {
        return Err(Error::NotFound);
    }
    audit::record(work, "remove", "suppression", None, &json!({}))
}

/// Suppresses every address of a text, one in a line, which may go on after a comma or a semicolon.
pub fn import(work: &mut Work<'_>, text: &str, reason: Reason) -> Result<Imported, Error> {
    if LINES_MAX < text.lines().count() {
        return Err(Error::TooLarge(format!("a file has at most {LINES_MAX} lines")));
    }
    let (mut found, mut imported) = (Vec::new(), Imported::default());
    for (number, line) in text.lines().enumerate() {
        let cell = line.split([',', ';', '\t']).next().unwrap_or_default().trim().trim_matches('"');
        match address(cell) {
            _ if cell.is_empty() => {}
            Some(address) => found.push(address),
            None => {
                imported.refused_count += 1;
                if imported.refused.len() < REFUSED_SHOWN_MAX {
                    imported.refused.push(number + 1);
                }
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    let source = format!("import by {}", work.actor.name);
    let suppressions: Vec<Suppression> = found
        .into_iter()
        .map(|address| Suppression { address, reason, source: source.clone(), note: String::new(), at: work.now })
        .collect();
    imported.added = if suppressions.is_empty() { 0 } else { store::insert(work, &suppressions)? };
    imported.known = suppressions.len() as u64 - imported.added;
    audit::record(work, "import", "suppression", None, &json!({"added": imported.added}))?;
    Ok(imported)
}

/// The form in which addresses are compared; nothing if it is none.
fn address(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = customers::is_address(text) && text.chars().count() <= ADDRESS_CHARS_MAX && !text.contains('\0');
    fits.then(|| sql::fold(text))
}
