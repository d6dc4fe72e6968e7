//! Back to how customers were before an action, as far as they still are as it left them: whoever was changed since stays as
//! he is, and that is told.

use super::deeds::{self, Kept};
use super::model::{Action, Outcome};
use crate::customers::{self, Draft, Profile, SaveOptions};
use crate::error::{Error, Problem};
use crate::events::Cause;
use crate::ids::{CustomerId, NoteId, SegmentId};
use crate::segments::{self, Application, Counter, Source};
use crate::work::Work;
use serde_json::{Map, Value, json};
use std::collections::{HashMap, HashSet};

/// What the action changed, by customer: before and after by JSON pointer.
pub type Changes = HashMap<CustomerId, Map<String, Value>>;

/// How a customer stands between what was and what the action made of it.
enum Standing {
    AsLeft,
    AsBefore,
    ChangedSince,
}

impl Standing {
    fn of<T: PartialEq>(now: &T, before: &T, after: &T) -> Standing {
        if now == after {
            Standing::AsLeft
        } else if now == before {
            Standing::AsBefore
        } else {
            Standing::ChangedSince
        }
    }
}

/// Takes the action back for these customers; one outcome for each, in order.
pub fn run(work: &mut Work<'_>, action: &Action, changes: &Changes, page: &[CustomerId]) -> Result<Vec<Outcome>, Error> {
    let held = customers::lock(work, page)?;
    // With customers who are gone goes what was kept of them; of those who are there it is needed.
    if changes.is_empty() && !held.is_empty() {
        return Err(Error::conflict("changes_gone", "what was is not kept any more"));
    }
    let there: Vec<CustomerId> =
        page.iter().filter(|customer| held.contains(customer) && changes.contains_key(customer)).copied().collect();
    let done = match action {
        _ if there.is_empty() => Vec::new(),
        Action::AddToSegment { segment_id } | Action::RemoveFromSegment { segment_id } => members(work, *segment_id, changes, &there)?,
        Action::Activate {} | Action::Deactivate {} | Action::SetField { .. } => fields(work, changes, &there)?,
        Action::AddNote { .. } => notes(work, changes, &there)?,
        Action::Delete {} => return Err(Error::Bug(anyhow::anyhow!("a deletion is to be taken back"))),
    };
    Ok(deeds::in_order(page, done))
}

/// The other way round.
fn reversed(changes: &Map<String, Value>) -> Map<String, Value> {
    changes.iter().map(|(path, change)| (path.clone(), json!([change[1], change[0]]))).collect()
}

fn changed_since(customer: CustomerId) -> Outcome {
    Outcome::refused(customer, vec![Problem::new("", "changed_since", "this was changed since, and stays so")])
}

fn members(work: &mut Work<'_>, segment: SegmentId, changes: &Changes, there: &[CustomerId]) -> Result<Vec<Outcome>, Error> {
    let path = format!("/segments/{segment}");
    let standing = segments::standing(work, segment, there)?;
    let (mut outcomes, mut leaving, mut coming) = (Vec::new(), Vec::new(), HashMap::<Source, Vec<Application>>::new());
    for customer in there {
        let [before, after] = kept(changes[customer].get(&path).unwrap_or(&Value::Null))?;
        let now = standing.get(customer).map(|standing| Kept::from(*standing));
        outcomes.push(match Standing::of(&now, &before, &after) {
            Standing::AsLeft => {
                match before {
                    Some(was) => {
                        let counter = Some(Counter::Exactly(was.counter));
                        let application = Application { customer: *customer, since: Some(was.since), counter };
                        coming.entry(was.source).or_default().push(application);
                    }
                    None => leaving.push(*customer),
                }
                Outcome::changed(*customer, reversed(&changes[customer]))
            }
            Standing::AsBefore => Outcome::same(*customer),
            Standing::ChangedSince => changed_since(*customer),
        });
    }
    segments::change_members(work, segment, &[], &leaving, Source::Manual, Cause::Person)?;
    for (source, applications) in coming {
        segments::change_members(work, segment, &applications, &[], source, Cause::Person)?;
    }
    Ok(outcomes)
}

fn kept(change: &Value) -> Result<[Option<Kept>; 2], Error> {
    let read = |value: &Value| serde_json::from_value(value.clone());
    match (read(&change[0]), read(&change[1])) {
        (Ok(before), Ok(after)) => Ok([before, after]),
        _ => Err(Error::Bug(anyhow::anyhow!("a change of membership cannot be read: {change}"))),
    }
}

fn fields(work: &mut Work<'_>, changes: &Changes, there: &[CustomerId]) -> Result<Vec<Outcome>, Error> {
    let standing = deeds::profiles(work, there)?;
    let (mut outcomes, mut drafts) = (Vec::new(), Vec::new());
    for customer in there {
        let now = standing.get(customer).map(|profile| values(profile, &changes[customer]));
        let side = |place: usize| Some(changes[customer].values().map(|change| change[place].clone()).collect::<Vec<_>>());
        match Standing::of(&now, &side(0), &side(1)) {
            Standing::AsLeft => drafts.push((*customer, Draft::new(patch_back(&changes[customer])))),
            Standing::AsBefore => outcomes.push(Outcome::same(*customer)),
            Standing::ChangedSince => outcomes.push(changed_since(*customer)),
        }
    }
    // What was is put back as it was: neither written otherwise nor held to demands of today. Only a duplicate is refused.
    let options = SaveOptions { validator: false, duplicate_check: true, save_steps: false };
    let drafts: Vec<(CustomerId, &Draft)> = drafts.iter().map(|(customer, draft)| (*customer, draft)).collect();
    outcomes.extend(deeds::save(work, &drafts, &standing, options)?);
    Ok(outcomes)
}

/// What stands now where something was changed.
fn values(profile: &Profile, changes: &Map<String, Value>) -> Vec<Value> {
    changes.keys().map(|path| profile.get(path.rsplit('/').next().unwrap_or_default())).collect()
}

/// The merge patch that puts back what was before.
fn patch_back(changes: &Map<String, Value>) -> Map<String, Value> {
    let (mut patch, mut custom) = (Map::new(), Map::new());
    for (path, change) in changes {
        match path.strip_prefix("/fields/") {
            Some(name) => custom.insert(name.to_owned(), value_back(&change[0], &change[1])),
            None => patch.insert(path.trim_start_matches('/').to_owned(), change[0].clone()),
        };
    }
    if !custom.is_empty() {
        patch.insert("fields".to_owned(), Value::Object(custom));
    }
    patch
}

/// A document is merged into what stands: what came to it is taken away by name.
fn value_back(before: &Value, after: &Value) -> Value {
    let (Value::Object(was), Value::Object(is)) = (before, after) else { return before.clone() };
    let added = is.keys().filter(|key| !was.contains_key(*key)).map(|key| (key.clone(), Value::Null));
    was.iter().map(|(key, value)| (key.clone(), value_back(value, is.get(key).unwrap_or(&Value::Null)))).chain(added).collect()
}

fn notes(work: &mut Work<'_>, changes: &Changes, there: &[CustomerId]) -> Result<Vec<Outcome>, Error> {
    let written = |customer: &CustomerId| {
        let ids = changes[customer].keys().filter_map(|path| path.strip_prefix("/notes/")?.parse().ok());
        ids.map(|note| (*customer, NoteId(note))).collect::<Vec<_>>()
    };
    let notes: Vec<(CustomerId, NoteId)> = there.iter().flat_map(written).collect();
    let removed: HashSet<CustomerId> = customers::remove_notes(work, &notes)?.into_iter().collect();
    let outcome = |customer: &CustomerId| match removed.contains(customer) {
        true => Outcome::changed(*customer, reversed(&changes[customer])),
        false => Outcome::same(*customer),
    };
    Ok(there.iter().map(outcome).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_is_put_back_where_it_was() {
        let changes = json!({"/city": ["Graz", "Wien"], "/fields/tier": [null, "gold"], "/fields/points": [3, null]});
        let changes = changes.as_object().unwrap();
        let mut now = Profile { city: Some("Wien".to_owned()), ..Profile::default() };
        now.fields.insert("tier".to_owned(), json!("gold"));
        assert_eq!(values(&now, changes), [json!("Wien"), json!("gold"), Value::Null]);
        assert_eq!(Value::Object(patch_back(changes)), json!({"city": "Graz", "fields": {"tier": null, "points": 3}}));
        assert_eq!(reversed(changes)["/city"], json!(["Wien", "Graz"]));
        let was = json!({"a": 1, "in": {"b": [1], "gone": true}});
        let is = json!({"a": 2, "new": {"c": 1}, "in": {"b": [1, 2], "d": null}});
        let changes = json!({"/fields/doc": [was, is]});
        let patch = patch_back(changes.as_object().unwrap());
        assert_eq!(patch["fields"]["doc"], json!({"a": 1, "in": {"b": [1], "gone": true, "d": null}, "new": null}));
        let mut document = is;
        crate::http::merge_patch(&mut document, &patch["fields"]["doc"]);
        assert_eq!(document, was);
    }
}
