//! Brings the segments of a builder's group in line with what its settings ask for: new ones are made, changed ones are
//! evaluated anew, superfluous ones go, and whatever is the same already is left alone.

use super::kind::Planned;
use super::model::SavedBuilder;
use crate::audit;
use crate::error::Error;
use crate::ids::{GroupId, SegmentId};
use crate::segments::model::{SegmentBody, SegmentPatch, new_segment};
use crate::segments::{self, Segment, Segments, rebuild, store};
use crate::work::Work;
use condition::Tree;
use serde_json::json;
use std::collections::{HashMap, HashSet};

pub fn bring_in_line(work: &mut Work<'_>, builder: &SavedBuilder, planned: Vec<(Planned, Tree)>) -> Result<(), Error> {
    let mut standing: HashMap<String, Segment> =
        built(work, builder.group_id)?.into_values().map(|segment| (segment.reference.clone(), segment)).collect();
    let mut kept = Vec::with_capacity(planned.len());
    for (planned, tree) in planned {
        let id = match standing.remove(&planned.reference) {
            Some(segment) => change(work, segment, planned)?,
            None => make(work, builder.group_id, planned)?,
        };
        kept.push((id, tree));
    }
    take_away(work, standing.into_values().map(|segment| segment.id).collect())?;
    work.redefine::<Segments>()?;
    refuse_circles(work, &kept)
}

/// The segments of a group, by id.
pub fn built(work: &mut Work<'_>, group: GroupId) -> Result<HashMap<SegmentId, Segment>, Error> {
    let segments = segments::all(work)?;
    let of_group = segments.all.iter().filter(|segment| segment.group_id == group);
    Ok(of_group.map(|segment| (segment.id, segment.clone())).collect())
}

fn make(work: &mut Work<'_>, group: GroupId, planned: Planned) -> Result<SegmentId, Error> {
    let id = SegmentId(work.tx.new_id(SegmentId::KIND)?);
    let body = SegmentBody {
        group_id: group,
        name: planned.name,
        reference: Some(planned.reference),
        description: planned.description,
        calculated: Some(true),
        condition: None,
    };
    let segment = new_segment(id, &body, true, work.now);
    if !store::insert(work, &segment)? {
        return Err(Error::Bug(anyhow::anyhow!("the group of a builder has a segment {:?} that it did not have", segment.reference)));
    }
    audit::record(work, "create", "segment", Some(id.0), &json!(segment))?;
    rebuild::begin(work, id, &planned.condition)?;
    Ok(id)
}

fn change(work: &mut Work<'_>, standing: Segment, planned: Planned) -> Result<SegmentId, Error> {
    let id = standing.id;
    let redefined = standing.wanted_condition() != Some(&planned.condition);
    if !redefined && standing.name == planned.name.trim() && standing.description == planned.description {
        return Ok(id);
    }
    let patch = SegmentPatch {
        name: Some(planned.name),
        description: Some(planned.description),
        condition: redefined.then_some(planned.condition),
        ..SegmentPatch::default()
    };
    let mut new = standing;
    segments::model::apply(&mut new, &patch);
    if !store::update(work, &new)? {
        return Err(Error::Changed);
    }
    audit::record(work, "update", "segment", Some(id.0), &json!(patch))?;
    if let Some(condition) = &patch.condition {
        rebuild::begin(work, id, condition)?;
    }
    Ok(id)
}

/// Removes segments; those that are built on others of them go first. Refused while something else is built on one.
pub fn take_away(work: &mut Work<'_>, gone: HashSet<SegmentId>) -> Result<(), Error> {
    if gone.is_empty() {
        return Ok(());
    }
    let segments = segments::all(work)?;
    let mut ordered: Vec<SegmentId> = segments.compiled.iter().rev().map(|one| one.segment).filter(|id| gone.contains(id)).collect();
    // One that is being rebuilt stands there twice; one whose condition cannot be read any more does not.
    ordered.extend(&gone);
    let mut seen = HashSet::new();
    ordered.retain(|id| seen.insert(*id));
    ordered.into_iter().try_for_each(|id| segments::take_away(work, id))
}

/// Conditions of a builder of one's own may name segments, among them such as are built on its own.
fn refuse_circles(work: &mut Work<'_>, kept: &[(SegmentId, Tree)]) -> Result<(), Error> {
    let mut naming = kept.iter().map(|(id, tree)| (*id, condition::needs(tree).segments)).filter(|(_, named)| !named.is_empty()).peekable();
    if naming.peek().is_none() {
        return Ok(());
    }
    let segments = segments::all(work)?;
    match naming.find_map(|(id, named)| segments.circle(id, &named)) {
        Some(names) => Err(Error::invalid("/settings", "circle", format!("a segment would depend on itself: {names}"))),
        None => Ok(()),
    }
}
