//! The `segment` leaf: which segment, in it or not, and how often membership was applied.

use serde_json::Value;

use super::compare;
use super::reading::Reading;
use super::{Checker, Spot, pointer};
use crate::catalogue::Catalogue;
use crate::tree::{NumberTest, SegmentTest};

pub(super) fn read(checker: &mut Checker<'_>, spot: &Spot<'_>) -> Option<SegmentTest> {
    // Named here, because what is read of it lives as long as the leaf.
    let path = pointer(spot.path, "counter");
    let mut reading = Reading::of(checker, spot);
    let test = membership(&mut reading, &path);
    reading.finish();
    test
}

fn membership<'j>(reading: &mut Reading<'_, '_, 'j>, counter_path: &'j str) -> Option<SegmentTest> {
    let inside = match reading.get("op").map(Value::as_str) {
        None | Some(Some("in")) => Some(true),
        Some(Some("not_in")) => Some(false),
        Some(Some(op)) => reading.unknown_op(op, "`in`, `not_in`"),
        Some(None) => {
            reading.problem("op", "wrong_type", "expected `in` or `not_in`");
            None
        }
    };
    let counter = counter(reading, counter_path);
    let id = match (reading.get("id").is_some(), reading.get("reference").is_some()) {
        (true, false) => segment_by_id(reading),
        (false, true) => segment_by_reference(reading),
        (true, true) => {
            reading.problem("reference", "unknown_key", "give either `id` or `reference`");
            None
        }
        (false, false) => {
            reading.problem("id", "missing", "give `id` or `reference`");
            None
        }
    };
    Some(SegmentTest { id: id?, inside: inside?, counter: counter? })
}

/// Nothing inside: not asked about.
fn counter<'j>(reading: &mut Reading<'_, '_, 'j>, path: &'j str) -> Option<Option<NumberTest>> {
    let object = match reading.get("counter") {
        None => return Some(None),
        Some(Value::Object(object)) => object,
        Some(_) => {
            reading.problem("counter", "wrong_type", "expected an object with `op` and `value`");
            return None;
        }
    };
    let mut inside = reading.inside(object, path);
    let number = compare::number(&mut inside);
    if matches!(number, Some(NumberTest::Set | NumberTest::NotSet)) {
        inside.problem("op", "unknown_operator", "a member always has a counter");
    }
    inside.finish();
    number.map(Some)
}

fn segment_by_id(reading: &mut Reading) -> Option<i64> {
    let id = reading.id("id")?;
    if !reading.checker.catalogue.segments.contains(&id) {
        reading.problem("id", "unknown_segment", format!("there is no segment {id}"));
        return None;
    }
    Some(id)
}

fn segment_by_reference(reading: &mut Reading) -> Option<i64> {
    let reference = reading.name("reference")?;
    let catalogue: &Catalogue = reading.checker.catalogue;
    match catalogue.references.get(reference).map(Vec::as_slice) {
        Some([id]) => Some(*id),
        Some([_, _, ..]) => {
            reading.problem(
                "reference",
                "ambiguous_reference",
                format!("several segments have the reference `{reference}`; give the `id`"),
            );
            None
        }
        Some([]) | None => {
            reading.problem("reference", "unknown_segment", format!("no segment has the reference `{reference}`"));
            None
        }
    }
}
