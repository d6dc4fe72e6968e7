//! The leaves about what fired the rule: an attribute of the activity, the count of a segment, the weight of a target group.

use super::compare;
use super::reading::Reading;
use super::{Checker, Spot, Trigger, pointer};
use crate::tree::TriggerTest;

/// Tells where such a leaf does not belong: in what no event fires.
pub(super) fn belongs(checker: &mut Checker<'_>, spot: &Spot<'_>, fact: &str) -> Option<()> {
    if checker.trigger == Trigger::Present {
        return Some(());
    }
    let message = match fact {
        "attribute" => "`attribute` belongs inside the `where` of an activity, or in a rule that an activity fires".to_owned(),
        _ => format!("`{fact}` belongs in a rule that it fires"),
    };
    checker.problem(pointer(spot.path, "fact"), "out_of_place", message);
    None
}

pub(super) fn segment(reading: &mut Reading) -> Option<TriggerTest> {
    let among = among(reading, "segments");
    let number = compare::number(reading);
    let among = among?;
    for (place, id) in among.iter().flatten().enumerate() {
        if !reading.checker.catalogue.segments.contains(id) {
            reading.problem_at("segments", place, "unknown_segment", format!("there is no segment {id}"));
        }
    }
    Some(TriggerTest { among: sorted(among), number: number? })
}

pub(super) fn target_group(reading: &mut Reading) -> Option<TriggerTest> {
    let among = among(reading, "target_groups");
    let number = compare::number(reading);
    Some(TriggerTest { among: sorted(among?), number: number? })
}

/// Which ones may have fired; without the key any.
fn among(reading: &mut Reading, key: &'static str) -> Option<Option<Vec<i64>>> {
    match reading.get(key) {
        Some(_) => reading.ids(key).map(Some),
        None => Some(None),
    }
}

fn sorted(among: Option<Vec<i64>>) -> Option<Vec<i64>> {
    among.map(|mut ids| {
        ids.sort_unstable();
        ids
    })
}
