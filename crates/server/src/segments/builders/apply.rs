//! Brings the segments of a builder's group in line with what its settings ask for: new ones are made, changed ones are
//! evaluated anew, superfluous ones go, and whatever is the same already is left alone.

use super::kind::Planned;
use super::model::SavedBuilder;
use crate::catalogue::{self, UserKind};
use crate::error::{Error, Problem};
use crate::http::IfMatch;
use crate::ids::{GroupId, SegmentId};
use crate::segments::model::{SegmentBody, SegmentPatch};
use crate::segments::{self, Removal, Segment, Segments, rebuild};
use crate::work::Work;
use condition::Tree;
use std::collections::{BTreeSet, HashMap};

pub fn bring_in_line(work: &mut Work<'_>, builder: &SavedBuilder, planned: Vec<(Planned, Tree)>) -> Result<(), Error> {
    let mut standing: HashMap<String, Segment> =
        built(work, builder.group_id)?.into_values().map(|segment| (segment.reference.clone(), segment)).collect();
    let (mut kept, mut redefined) = (Vec::with_capacity(planned.len()), Vec::new());
    for (planned, tree) in planned {
        let (id, is_redefined) = match standing.remove(&planned.reference) {
            Some(segment) => (segment.id, change(work, &segment, planned)?),
            None => (make(work, builder.group_id, planned)?, true),
        };
        kept.push((id, tree));
        redefined.extend(is_redefined.then_some(id));
    }
    if !redefined.is_empty() {
        rebuild::begin(work, &redefined)?;
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
    let body = SegmentBody {
        group_id: group,
        name: planned.name,
        reference: Some(planned.reference),
        description: planned.description,
        calculated: Some(true),
        condition: Some(planned.condition),
        export_to_newsletter: Vec::new(),
        use_as_target_group: false,
    };
    Ok(segments::insert(work, &body).map_err(of_settings)?.id)
}

/// Gives whether the segment has another condition now.
fn change(work: &mut Work<'_>, standing: &Segment, planned: Planned) -> Result<bool, Error> {
    let redefined = standing.wanted_condition() != Some(&planned.condition);
    if !redefined && standing.name == planned.name.trim() && standing.description == planned.description {
        return Ok(false);
    }
    let patch = SegmentPatch {
        name: Some(planned.name),
        description: Some(planned.description),
        condition: redefined.then_some(planned.condition),
        ..SegmentPatch::default()
    };
    segments::write(work, standing.id, &patch, &IfMatch(None), None).map_err(of_settings)
}

/// What is wrong with a segment is wrong with the settings that ask for it.
fn of_settings(error: Error) -> Error {
    match error {
        Error::Invalid(problems) => {
            Error::Invalid(problems.into_iter().map(|problem| Problem { path: "/settings".to_owned(), ..problem }).collect())
        }
        error => error,
    }
}

/// Removes segments. Refused while something else uses one of them.
pub fn take_away(work: &mut Work<'_>, gone: BTreeSet<SegmentId>) -> Result<(), Error> {
    if gone.is_empty() {
        return Ok(());
    }
    for id in &gone {
        let mut uses = catalogue::uses_of_segment(work, *id)?;
        uses.retain(|one| one.kind != UserKind::Segment || !gone.contains(&SegmentId(one.id)));
        if !uses.is_empty() {
            return Err(catalogue::in_use(&uses));
        }
    }
    segments::take_away(work, gone, Removal::default())
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
