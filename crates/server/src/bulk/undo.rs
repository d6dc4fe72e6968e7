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
        let value = |profile: &Profile| changes[customer].keys().map(|path| customers::value_at(profile, path)).collect::<Vec<_>>();
        let now = standing.get(customer).map(value);
        let side = |place: usize| Some(changes[customer].values().map(|change| change[place].clone()).collect::<Vec<_>>());
        match Standing::of(&now, &side(0), &side(1)) {
            Standing::AsLeft => drafts.push((*customer, Draft::new(customers::patch_back(&changes[customer])))),
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
    fn what_became_is_what_was_the_other_way_round() {
        let changes = json!({"/city": ["Graz", "Wien"]});
        assert_eq!(reversed(changes.as_object().unwrap())["/city"], json!(["Wien", "Graz"]));
    }
}
