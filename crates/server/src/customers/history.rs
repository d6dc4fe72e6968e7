//! What was changed of a customer by whom, and what people wrote down about him.

use super::model::{Note, Version};
use super::store::history as store;
use crate::audit;
use crate::error::{Error, Problem};
use crate::ids::{CustomerId, NoteId};
use crate::time::Instant;
use crate::work::Work;
use serde_json::{Map, Value, json};
use std::collections::{HashMap, HashSet};

const TITLE_CHARS_MAX: usize = 190;
const TEXT_CHARS_MAX: usize = 10_000;

/// Writes down one version of each of these customers.
pub fn add_versions(work: &mut Work<'_>, versions: &[(CustomerId, i64, Map<String, Value>)]) -> Result<(), Error> {
    store::insert_versions(work, versions)
}

/// Versions of a customer and of those who became a part of him, newest first, before the given place (instant and number).
pub fn versions(work: &mut Work<'_>, customer: CustomerId, before: Option<(Instant, i64)>, limit: usize) -> Result<Vec<Version>, Error> {
    store::versions(work, customer, before, limit)
}

/// What one version of each of these customers changed; of whom it is not kept any more is absent.
pub fn changes_of(work: &mut Work<'_>, versions: &[(CustomerId, i64)]) -> Result<HashMap<CustomerId, Map<String, Value>>, Error> {
    let wanted: HashMap<CustomerId, i64> = versions.iter().copied().collect();
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    let customers: Vec<CustomerId> = wanted.keys().copied().collect();
    let numbers: HashSet<i64> = wanted.values().copied().collect();
    let found = store::changes_in(work, &customers, &numbers.into_iter().collect::<Vec<i64>>())?.into_iter();
    let of_version = |(customer, version, changes): (CustomerId, i64, Value)| match changes {
        Value::Object(changes) if wanted[&customer] == version => Some((customer, changes)),
        _ => None,
    };
    Ok(found.filter_map(of_version).collect())
}

/// Those of these customers who are otherwise than in their first version: what was changed and put back does not count.
pub fn changed_since_made(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<HashSet<CustomerId>, Error> {
    let mut changed: HashMap<(CustomerId, String), [Value; 2]> = HashMap::new();
    for (customer, _, changes) in store::changes_from(work, customers, 2)? {
        for (path, change) in changes.as_object().into_iter().flatten() {
            let [before, after] = [change[0].clone(), change[1].clone()];
            changed.entry((customer, path.clone())).or_insert_with(|| [before, Value::Null])[1] = after;
        }
    }
    Ok(changed.into_iter().filter(|(_, [before, after])| before != after).map(|((customer, _), _)| customer).collect())
}

/// Notes about a customer, newest first, before the given place (instant and id).
pub fn notes(work: &mut Work<'_>, customer: CustomerId, before: Option<(Instant, i64)>, limit: usize) -> Result<Vec<Note>, Error> {
    store::notes(work, customer, before, limit)
}

/// What is wrong with a note.
pub fn note_problems(title: &str, text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, value, chars_max) in [("/title", title, TITLE_CHARS_MAX), ("/text", text, TEXT_CHARS_MAX)] {
        if value.contains('\0') {
            problems.push(Problem::new(path, "nul", "text must not contain the NUL character"));
        }
        if chars_max < value.chars().count() {
            problems.push(Problem::new(path, "too_long", format!("this may have at most {chars_max} characters")));
        }
    }
    if title.trim().is_empty() {
        problems.push(Problem::new("/title", "required", "a note needs a title"));
    }
    problems
}

/// Writes a note down.
pub fn add_note(work: &mut Work<'_>, customer: CustomerId, title: &str, text: &str) -> Result<Note, Error> {
    let problems = note_problems(title, text);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    super::must_exist(work, customer)?;
    let id = NoteId(work.tx.new_id(NoteId::KIND)?);
    let note = Note { id, at: work.now, actor: work.actor.as_ref().clone(), title: title.trim().to_owned(), text: text.to_owned() };
    store::insert_notes(work, &[customer], &note)?;
    audit::record(work, "add_note", "customer", Some(customer.0), &json!({"note": id}))?;
    Ok(note)
}

/// Writes the same note down about many customers who exist; gives the first of its ids, which follow one another.
pub fn add_notes(work: &mut Work<'_>, customers: &[CustomerId], title: &str, text: &str) -> Result<NoteId, Error> {
    let id = NoteId(work.tx.new_ids(NoteId::KIND, customers.len())?.start);
    let note = Note { id, at: work.now, actor: work.actor.as_ref().clone(), title: title.trim().to_owned(), text: text.to_owned() };
    store::insert_notes(work, customers, &note)?;
    Ok(id)
}

/// Takes a note away.
pub fn remove_note(work: &mut Work<'_>, customer: CustomerId, note: NoteId) -> Result<(), Error> {
    if store::delete_note(work, customer, note)? == 0 {
        return Err(Error::NotFound);
    }
    audit::record(work, "remove_note", "customer", Some(customer.0), &json!({"note": note}))
}

/// Takes away those of these notes that are still there; gives whom they were about.
pub fn remove_notes(work: &mut Work<'_>, notes: &[(CustomerId, NoteId)]) -> Result<Vec<CustomerId>, Error> {
    store::delete_notes(work, notes)
}

/// Takes away what was written down about customers who are going.
pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    store::forget_versions(work, customers)?;
    store::forget_notes(work, customers)
}
