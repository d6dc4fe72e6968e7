//! Activities of an import that is taken back: those it made go, unless they were changed since; those it changed get back what
//! they were.

use super::Earlier;
use super::earlier::{Ways, shown};
use super::model::{Fate, Outcome, Subject, Thing};
use crate::activities::{self, Row};
use crate::error::Error;
use crate::ids::{ActivityId, CustomerId};
use crate::transfer::deeds::{Change, Deed};
use crate::transfer::model::Import;
use crate::transfer::store::undo as store;
use crate::work::Work;
use serde_json::{Map, Value};
use std::collections::HashMap;

fn thing(row: i64, activity: &Row, version: i64) -> Thing {
    Thing { row, subject: Subject::Activity, id: activity.id.0, customer: activity.customer, version }
}

/// Of an activity that is not there any more, it is not known whose it was.
fn gone(row: i64, activity: ActivityId) -> Outcome {
    Thing { row, subject: Subject::Activity, id: activity.0, customer: CustomerId(0), version: 0 }.unchanged()
}

pub fn take_back(work: &mut Work<'_>, import: &Import, fate: Fate, deeds: &[Deed]) -> Result<Vec<Outcome>, Error> {
    let (mut made, mut changed) = (Vec::new(), Vec::new());
    for deed in deeds {
        match deed {
            Deed::MadeActivity(row, activity) => made.push((*row, *activity)),
            Deed::ChangedActivity(row, activity, version) => changed.push((*row, *activity, *version)),
            Deed::MadeCustomer(..) | Deed::ChangedCustomer(..) | Deed::Member(..) => {}
        }
    }
    let ids: Vec<ActivityId> = made.iter().map(|(_, activity)| *activity).chain(changed.iter().map(|(_, activity, _)| *activity)).collect();
    let held = activities::hold(work, &ids)?;
    let mut outcomes = restore(work, import, &changed, &held)?;
    outcomes.extend(delete(work, fate, &made, &held)?);
    Ok(outcomes)
}

fn restore(
    work: &mut Work<'_>,
    import: &Import,
    changed: &[(i64, ActivityId, i64)],
    held: &HashMap<ActivityId, Row>,
) -> Result<Vec<Outcome>, Error> {
    if changed.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ActivityId> = changed.iter().map(|(_, activity, _)| *activity).collect();
    let found = store::changes(work, import.id, &ids)?.into_iter().map(|found| found.change);
    let changes: HashMap<(ActivityId, i64), Change> = found.map(|change| ((change.activity, change.version), change)).collect();
    let keys: Vec<i64> = ids.iter().map(|activity| activity.0).collect();
    let earlier = Earlier::of(work, import, Subject::Activity, &keys)?;
    let (mut outcomes, mut back_to, mut restored) = (Vec::new(), Vec::new(), Vec::new());
    for (row, activity, version) in changed {
        let Some(standing) = held.get(activity) else {
            outcomes.push(gone(*row, *activity));
            continue;
        };
        let thing = thing(*row, standing, *version);
        let Some(change) = changes.get(&(*activity, *version)) else {
            outcomes.push(thing.not_recorded());
            continue;
        };
        let unwound = earlier.unwound(thing, &change.changes);
        let Ways { back, kept } = Ways::of(unwound, |path| activities::value_at(standing, path));
        if back.is_empty() && kept.is_empty() {
            outcomes.push(thing.unchanged());
        }
        if !back.is_empty() {
            outcomes.push(thing.restored(shown(&back)));
            if kept.is_empty() {
                restored.push((change.clone(), standing.version + 1));
            }
            let values: Map<String, Value> = back.into_iter().map(|(path, change)| (path, change[0].clone())).collect();
            back_to.push((standing.clone(), values));
        }
        if !kept.is_empty() {
            outcomes.push(thing.changed_since(kept));
        }
    }
    activities::put_back(work, &back_to)?;
    store::set_restored(work, import.id, &restored)?;
    Ok(outcomes)
}

fn delete(work: &mut Work<'_>, fate: Fate, made: &[(i64, ActivityId)], held: &HashMap<ActivityId, Row>) -> Result<Vec<Outcome>, Error> {
    let later: Vec<&Row> = made.iter().filter_map(|(_, activity)| held.get(activity)).filter(|row| row.version != 1).collect();
    let as_made = back_at_first(work, &later)?;
    let (mut outcomes, mut going) = (Vec::with_capacity(made.len()), Vec::with_capacity(made.len()));
    for (row, activity) in made {
        let Some(standing) = held.get(activity) else {
            outcomes.push(gone(*row, *activity));
            continue;
        };
        let is_as_made = standing.version == 1 || as_made.contains(activity);
        if is_as_made || fate == Fate::Delete {
            outcomes.push(thing(*row, standing, 1).deleted());
            going.push(standing.clone());
        } else {
            outcomes.push(thing(*row, standing, 1).changed_since(Map::new()));
        }
    }
    activities::remove_many(work, &going)?;
    Ok(outcomes)
}

/// Those of these activities that imports have changed and their undoings have put back, so that they are as they were made.
fn back_at_first(work: &mut Work<'_>, later: &[&Row]) -> Result<Vec<ActivityId>, Error> {
    if later.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ActivityId> = later.iter().map(|row| row.id).collect();
    let put_back = store::put_back(work, &ids)?;
    let undone: HashMap<(ActivityId, i64), i64> =
        put_back.into_iter().filter_map(|one| Some(((one.change.activity, one.restored_version?), one.change.version))).collect();
    Ok(later.iter().map(|row| (row.id, row.version)).filter(|(id, version)| is_as(&undone, *id, *version, 1)).map(|(id, _)| id).collect())
}

/// Whether one version of an activity is as another one was: by undoings, each of which found the version that its import had made,
/// and not what somebody wrote after that.
fn is_as(undone: &HashMap<(ActivityId, i64), i64>, activity: ActivityId, mut version: i64, wanted: i64) -> bool {
    while version != wanted {
        match undone.get(&(activity, version)) {
            // Each step leads to an earlier version.
            Some(changed) if is_as(undone, activity, version - 1, *changed) => version = changed - 1,
            Some(_) | None => return false,
        }
    }
    true
}
