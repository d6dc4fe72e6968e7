//! The `sequence` leaf: which activities, one after the other, within which time.

use serde_json::Value;

use super::activity::{read_filter, read_type, read_window};
use super::reading::Reading;
use super::{Checker, Spot, pointer};
use crate::sequence::STEPS_MAX;
use crate::tree::{Selection, SequenceTest};

const STEPS_MIN: usize = 2;

pub(super) fn read(checker: &mut Checker<'_>, spot: &Spot<'_>) -> Option<SequenceTest> {
    let steps = read_steps(checker, spot);
    let window = read_window(checker, spot);
    let mut reading = Reading::of(checker, spot);
    // Both were read above, with paths of their own.
    reading.get("steps");
    reading.get("within");
    let span = match reading.get("span") {
        Some(_) => reading.duration("span").map(Some),
        None => Some(None),
    };
    reading.finish();
    Some(SequenceTest { steps: steps?, window: window?, span: span? })
}

fn read_steps(checker: &mut Checker<'_>, spot: &Spot<'_>) -> Option<Vec<Selection>> {
    let path = pointer(spot.path, "steps");
    let Some(json) = spot.object.get("steps") else {
        checker.problem(path, "missing", "`steps` is missing");
        return None;
    };
    let Some(steps) = json.as_array().filter(|steps| (STEPS_MIN..=STEPS_MAX).contains(&steps.len())) else {
        checker.problem(path, "wrong_type", format!("expected a list of {STEPS_MIN} to {STEPS_MAX} steps"));
        return None;
    };
    let steps = steps.iter().enumerate().map(|(place, step)| read_step(checker, step, &format!("{path}/{place}"), spot.depth + 1));
    // Each is looked at, so that all problems are told.
    steps.collect::<Vec<_>>().into_iter().collect()
}

/// A step is an `activity` without what it is measured by.
fn read_step(checker: &mut Checker<'_>, json: &Value, path: &str, depth: usize) -> Option<Selection> {
    checker.count_node(path, depth)?;
    let Some(object) = json.as_object() else {
        checker.problem(path.to_owned(), "wrong_type", "expected an object with `type`, `where` or both");
        return None;
    };
    if object.get("fact").is_some_and(|fact| fact != "activity") {
        checker.problem(pointer(path, "fact"), "out_of_place", "a step is an `activity`");
    }
    let spot = Spot { json, object, path, depth };
    let filter = read_filter(checker, &spot);
    let mut reading = Reading::of(checker, &spot);
    reading.get("where");
    let kind = read_type(&mut reading);
    reading.finish();
    Some(Selection { kind: kind?, filter: filter? })
}
