//! What an `activity` leaf measures: which activities count at an instant, and the number or instant they come to.

use jiff::tz::TimeZone;
use rustc_hash::FxHashSet;
use smallvec::SmallVec;
use sql::exact::ExactSum;

use crate::calendar::DAY;
use crate::document::Piece;
use crate::evaluate::attribute;
use crate::facts::{Facts, Occurrence};
use crate::tree::{ActivityTest, InstantMeasure, NumberMeasure, Path, Selection, Window};

/// The activities of the type, of any time; each slice ordered by time. Only where any type counts there are several.
pub(crate) type Lanes<'a> = SmallVec<[&'a [Occurrence]; 8]>;

pub(crate) fn lanes<'a>(selection: &Selection, facts: &'a Facts) -> Lanes<'a> {
    match &selection.kind {
        Some(kind) => SmallVec::from_iter([facts.activities.of(kind)]),
        None => facts.activities.types().map(|(_, occurrences)| occurrences).collect(),
    }
}

/// The part of a slice that lies in the window.
pub(crate) fn in_window(window: Window, lane: &[Occurrence], now: i64) -> &[Occurrence] {
    let (first, last) = window.bounds(now);
    let start = lane.partition_point(|occurrence| occurrence.at < first);
    let end = lane.partition_point(|occurrence| occurrence.at <= last);
    lane.get(start..end).unwrap_or(&[])
}

/// Whether an activity of the right type passes the filter.
pub(crate) fn passes(selection: &Selection, occurrence: &Occurrence, zone: &TimeZone, now: i64) -> bool {
    match &selection.filter {
        None => true,
        Some(filter) => filter.holds(&|leaf| attribute(&leaf.test, occurrence.attributes.as_ref(), zone, now)),
    }
}

/// The activities that count, type by type.
pub(crate) fn counted<'a>(test: &'a ActivityTest, facts: &'a Facts, now: i64) -> impl Iterator<Item = &'a Occurrence> {
    let in_window = lanes(&test.selection, facts).into_iter().flat_map(move |lane| in_window(test.window, lane, now));
    in_window.filter(move |occurrence| passes(&test.selection, occurrence, &facts.zone, now))
}

/// How many count. Without a filter that is two searches in each slice.
pub(crate) fn count(test: &ActivityTest, facts: &Facts, now: i64) -> usize {
    match &test.selection.filter {
        None => lanes(&test.selection, facts).into_iter().map(|lane| in_window(test.window, lane, now).len()).sum(),
        Some(_) => counted(test, facts, now).count(),
    }
}

pub(crate) fn number(measure: &NumberMeasure, test: &ActivityTest, facts: &Facts, now: i64) -> Option<f64> {
    let numbers = |path| counted(test, facts, now).filter_map(move |occurrence| number_at(occurrence, path));
    match measure {
        NumberMeasure::Count => Some(count(test, facts, now) as f64),
        NumberMeasure::Sum(path) => Some(total(numbers(path)).sum().unwrap_or(0.0)),
        NumberMeasure::Average(path) => total(numbers(path)).average(),
        NumberMeasure::Min(path) => numbers(path).reduce(f64::min),
        NumberMeasure::Max(path) => numbers(path).reduce(f64::max),
        NumberMeasure::Distinct(path) => Some(distinct(path, test, facts, now) as f64),
        NumberMeasure::DaysSinceLast => last(test, facts, now).map(|last| (now.saturating_sub(last) / DAY) as f64),
    }
}

/// What a measure comes to where no activity counts.
pub(crate) fn of_nothing(measure: &NumberMeasure) -> Option<f64> {
    match measure {
        NumberMeasure::Count | NumberMeasure::Sum(_) | NumberMeasure::Distinct(_) => Some(0.0),
        NumberMeasure::Average(_) | NumberMeasure::Min(_) | NumberMeasure::Max(_) | NumberMeasure::DaysSinceLast => None,
    }
}

pub(crate) fn instant(measure: InstantMeasure, test: &ActivityTest, facts: &Facts, now: i64) -> Option<i64> {
    match measure {
        InstantMeasure::First => first(test, facts, now),
        InstantMeasure::Last => last(test, facts, now),
    }
}

fn first(test: &ActivityTest, facts: &Facts, now: i64) -> Option<i64> {
    let firsts = lanes(&test.selection, facts).into_iter().filter_map(|lane| {
        in_window(test.window, lane, now).iter().find(|occurrence| passes(&test.selection, occurrence, &facts.zone, now))
    });
    firsts.map(|occurrence| occurrence.at).min()
}

pub(crate) fn last(test: &ActivityTest, facts: &Facts, now: i64) -> Option<i64> {
    let newest_first = |lane| in_window(test.window, lane, now).iter().rev();
    let lasts = lanes(&test.selection, facts)
        .into_iter()
        .filter_map(|lane| newest_first(lane).find(|occurrence| passes(&test.selection, occurrence, &facts.zone, now)));
    lasts.map(|occurrence| occurrence.at).max()
}

fn number_at(occurrence: &Occurrence, path: &Path) -> Option<f64> {
    occurrence.attributes.as_ref()?.plain.at(path)?.as_f64()
}

fn distinct(path: &Path, test: &ActivityTest, facts: &Facts, now: i64) -> usize {
    let mut texts = FxHashSet::default();
    let mut numbers = FxHashSet::default();
    let mut booleans = FxHashSet::default();
    for attributes in counted(test, facts, now).filter_map(|occurrence| occurrence.attributes.as_ref()) {
        match attributes.folded().at(path) {
            Some(Piece::Text(text)) => {
                texts.insert(text);
            }
            Some(number @ (Piece::Signed(_) | Piece::Unsigned(_) | Piece::Float(_))) => {
                // Adding zero makes the two zeros one.
                numbers.extend(number.as_f64().map(|number| (number + 0.0).to_bits()));
            }
            Some(Piece::Boolean(flag)) => {
                booleans.insert(flag);
            }
            Some(Piece::Null | Piece::List(_) | Piece::Object(_)) | None => {}
        }
    }
    texts.len() + numbers.len() + booleans.len()
}

fn total(numbers: impl Iterator<Item = f64>) -> ExactSum {
    let mut total = ExactSum::default();
    total.extend(numbers);
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_zeros_are_one() {
        let test = json!({"fact": "activity", "measure": "distinct", "attribute": "n", "op": "eq", "value": 3});
        let tree = crate::check(&test, &crate::Catalogue::built_in()).expect("the condition is allowed");
        let mut facts = Facts::new(1, jiff::tz::TimeZone::UTC);
        for (id, n) in [json!(0), json!(-0.0), json!("Ä"), json!("ä"), json!(null), json!(false)].into_iter().enumerate() {
            let attributes = Some(crate::Attributes::new(&json!({ "n": n })));
            facts.activities.insert(&"visit".into(), Occurrence { id: id as i64, at: 0, attributes });
        }
        assert!(crate::evaluate(&tree, &facts, 1));
    }
}
