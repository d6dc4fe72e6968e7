//! Which values no segment of a builder takes in, the most frequent first. Values are read page by page and asked of the very
//! conditions of the segments, so that the report and membership cannot disagree.

use super::model::Uncovered;
use super::{plan, read, store};
use crate::catalogue;
use crate::error::Error;
use crate::ids::BuilderId;
use crate::work::Work;

/// Different values one request looks at.
const LOOKED_AT_MAX: usize = 2_000;

/// The place of a value in the report: how often it occurs, and the value.
pub type Place = (i64, String);

/// Uncovered values after a place, and the place to go on from if there are values left to look at: also where none of those
/// looked at is uncovered.
pub fn page(work: &mut Work<'_>, builder: BuilderId, after: Option<Place>, limit: usize) -> Result<(Vec<Uncovered>, Option<Place>), Error> {
    let standing = read(work, builder)?;
    let planned = plan(work, &standing.kind, &standing.settings)?;
    let source = work.app.builders.get(&standing.kind).and_then(|kind| kind.source(&standing.settings));
    let source =
        source.ok_or_else(|| Error::conflict("no_source", format!("a builder of kind {} has no values to report on", standing.kind)))?;
    let catalogue = catalogue::get(work)?;
    let values = store::values(work, &source, &catalogue, after, LOOKED_AT_MAX)?;
    let is_full = values.len() == LOOKED_AT_MAX;
    let mut found = Vec::new();
    for value in values.iter() {
        let facts = source.facts(&value.value, &catalogue, work.now);
        if !planned.iter().any(|(_, tree)| condition::evaluate(tree, &facts, work.now.0)) {
            found.push(value.clone());
        }
        if found.len() == limit {
            return Ok((found, Some((value.count, value.value.clone()))));
        }
    }
    let last = values.into_iter().next_back().filter(|_| is_full);
    Ok((found, last.map(|last| (last.count, last.value))))
}
