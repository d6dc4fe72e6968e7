//! What applying a document means: what is new, other, the same or gone, and in which order segments have to be written so
//! that each finds those it is built on. Pure.

use super::difference::{Difference, Kind, differences};
use super::naming::{Name, Names};
use super::{Document, SegmentDefinition, standing};
use crate::error::Problem;
use crate::ids::{GroupId, SegmentId};
use crate::segments::conditions::each_segment;
use crate::segments::groups::Group;
use crate::segments::model::Segment;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashSet};

pub struct Plan {
    /// What stands has its id here.
    pub names: Names,
    pub differences: Vec<Difference>,
    /// Segments to be removed: whoever is built on another one comes before it.
    pub going: Vec<SegmentId>,
    pub going_groups: Vec<GroupId>,
    /// Each segment of the document after those it is built on.
    order: Vec<Entry>,
}

/// A segment of the document.
struct Entry {
    name: Name,
    /// Places of the group and the segment.
    place: (usize, usize),
    /// With whole names.
    condition: Option<Value>,
    needs: BTreeSet<Name>,
}

impl Entry {
    fn path(&self) -> String {
        format!("/groups/{}/segments/{}", self.place.0, self.place.1)
    }
}

impl Plan {
    /// The plan, or everything that is wrong with the document.
    pub fn new(document: &Document, groups: &[Group], segments: &[Segment], prune: bool) -> Result<Plan, Vec<Problem>> {
        let mut problems = repeated(document);
        let names = Names::of_standing(groups, segments).with(document, !prune);
        let entries = entries(document, &names, &mut problems);
        let order = in_order(entries).unwrap_or_else(|circle| {
            problems.extend(circle);
            Vec::new()
        });
        if !problems.is_empty() {
            return Err(problems);
        }
        let before = standing(groups, segments, |condition| names.whole(condition));
        let mut wanted = document.clone();
        for entry in &order {
            wanted.groups[entry.place.0].segments[entry.place.1].condition.clone_from(&entry.condition);
        }
        let mut plan = Plan { names, differences: differences(&before, &wanted), going: Vec::new(), going_groups: Vec::new(), order };
        if prune {
            plan.prune(document, &before, groups, segments);
        }
        Ok(plan)
    }

    /// What the document does not name goes.
    fn prune(&mut self, document: &Document, before: &Document, groups: &[Group], segments: &[Segment]) {
        let kept_group =
            |group: &Group| document.groups.iter().any(|one| one.reference == group.reference && one.calculated == group.calculated);
        let kept: HashSet<&Name> = self.order.iter().map(|entry| &entry.name).collect();
        let mut left: BTreeMap<SegmentId, BTreeSet<SegmentId>> = BTreeMap::new();
        for (name, id) in self.names.ids.iter().filter(|(name, _)| !kept.contains(name)) {
            let condition = segments.iter().find(|segment| segment.id == *id).and_then(Segment::wanted_condition);
            left.insert(*id, condition.map(built_on).unwrap_or_default());
            self.differences.push(Difference::removed(Kind::Segment, name));
        }
        // Conditions have no circles, so that there always is one that no other is built on.
        while let Some(id) = left.keys().copied().find(|id| !left.iter().any(|(user, needs)| user != id && needs.contains(id))) {
            left.remove(&id);
            self.going.push(id);
        }
        for (group, definition) in groups.iter().zip(&before.groups).filter(|(group, _)| !kept_group(group)) {
            self.going_groups.push(group.id);
            let name = Name { group: definition.reference.clone(), calculated: definition.calculated, reference: String::new() };
            self.differences.push(Difference::removed(Kind::Group, &name));
        }
    }

    /// The segments of the document, each after those it is built on, with its condition in whole names.
    pub fn in_order<'p>(
        &'p self,
        document: &'p Document,
    ) -> impl Iterator<Item = (&'p Name, String, &'p SegmentDefinition, Option<&'p Value>)> {
        self.order.iter().map(|entry| {
            let definition = &document.groups[entry.place.0].segments[entry.place.1];
            (&entry.name, entry.path(), definition, entry.condition.as_ref())
        })
    }
}

/// Groups and segments that are in the document twice.
fn repeated(document: &Document) -> Vec<Problem> {
    let (mut problems, mut groups) = (Vec::new(), HashSet::new());
    for (at, group) in document.groups.iter().enumerate() {
        if !groups.insert((&group.reference, group.calculated)) {
            problems.push(Problem::new(format!("/groups/{at}/reference"), "twice", format!("{:?} stands above already", group.reference)));
        }
        let mut segments = HashSet::new();
        for (place, segment) in group.segments.iter().enumerate() {
            if !segments.insert(&segment.reference) {
                let path = format!("/groups/{at}/segments/{place}/reference");
                problems.push(Problem::new(path, "twice", format!("{:?} stands above already", segment.reference)));
            }
        }
    }
    problems
}

fn entries(document: &Document, names: &Names, problems: &mut Vec<Problem>) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (at, group) in document.groups.iter().enumerate() {
        for (place, segment) in group.segments.iter().enumerate() {
            let name = Name { group: group.reference.clone(), calculated: group.calculated, reference: segment.reference.clone() };
            let mut entry = Entry { name, place: (at, place), condition: None, needs: BTreeSet::new() };
            match segment.condition.as_ref().map(|condition| names.resolve(condition)) {
                None => {}
                Some(Ok((condition, needs))) => {
                    entry.condition = Some(condition);
                    entry.needs = needs;
                }
                Some(Err(found)) => {
                    let at = format!("{}/condition", entry.path());
                    problems.extend(found.into_iter().map(|problem| Problem { path: format!("{at}{}", problem.path), ..problem }));
                }
            }
            entries.push(entry);
        }
    }
    entries
}

/// Sorts so that every segment comes after those it is built on, or says which go round in a circle.
fn in_order(mut left: Vec<Entry>) -> Result<Vec<Entry>, Vec<Problem>> {
    let mut sorted = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let waiting: HashSet<Name> = left.iter().map(|entry| entry.name.clone()).collect();
        let (ready, later): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|entry| entry.needs.iter().all(|needed| !waiting.contains(needed)));
        if ready.is_empty() {
            let told = |entry: &Entry| {
                let path = format!("{}/condition", entry.path());
                Problem::new(path, "circle", "the segment would depend on itself, or on segments that do")
            };
            return Err(later.iter().map(told).collect());
        }
        sorted.extend(ready);
        left = later;
    }
    Ok(sorted)
}

/// The segments that a kept condition is built on.
fn built_on(condition: &Value) -> BTreeSet<SegmentId> {
    let mut found = BTreeSet::new();
    each_segment(&mut condition.clone(), "", &mut |leaf, _| found.extend(leaf.get("id").and_then(Value::as_i64).map(SegmentId)));
    found
}
