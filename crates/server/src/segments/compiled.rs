//! All segments as the running system uses them: conditions compiled, what each one reads, and the order in which segments
//! that are built on others have to be looked at.

use super::model::Segment;
use super::store;
use crate::catalogue;
use crate::error::Error;
use crate::ids::{JobId, SegmentId};
use crate::work::{Definition, Work};
use condition::{Needs, Tree};
use std::collections::{BTreeSet, HashMap};

/// One condition that membership follows. While a segment is being rebuilt it has two: the one in force and the next one.
pub struct Compiled {
    pub segment: SegmentId,
    pub generation: i64,
    pub tree: Tree,
    pub needs: Needs,
    /// Whether this is the membership that readers see.
    pub in_force: bool,
}

pub struct Segments {
    pub all: Vec<Segment>,
    /// In the order of evaluation: a segment comes after those it is built on.
    pub compiled: Vec<Compiled>,
    /// What segments need whose new conditions are not evaluated: a rebuild was cancelled.
    waiting: Vec<(SegmentId, Needs)>,
    by_id: HashMap<SegmentId, usize>,
}

impl Definition for Segments {
    const KIND: &'static str = "segments";
    const IS_HELD: bool = true;

    fn load(work: &mut Work<'_>) -> Result<Self, Error> {
        let all = store::list(work)?;
        // The catalogue reads segments too, but only their names.
        let catalogue = catalogue::of(work, &all)?;
        let (mut compiled, mut waiting) = (Vec::new(), Vec::new());
        for segment in &all {
            let next = segment.next_generation.zip(segment.next_condition.as_ref()).map(|(generation, json)| (generation, json, false));
            let current = segment.condition.as_ref().map(|json| (segment.generation, json, true));
            for (generation, json, in_force) in current.into_iter().chain(next) {
                match condition::check(json, &catalogue) {
                    Ok(tree) => compiled.push(Compiled { segment: segment.id, generation, needs: condition::needs(&tree), tree, in_force }),
                    // What takes its place no longer names what is gone.
                    Err(_) if in_force && segment.next_condition.is_some() => {}
                    // A field it names is gone: its membership stays as it is until someone mends the condition.
                    Err(problems) => {
                        tracing::error!(segment.id = segment.id.0, ?problems, "the condition of a segment no longer holds water")
                    }
                }
            }
        }
        for segment in all.iter().filter(|segment| segment.next_generation.is_none()) {
            let tree = segment.next_condition.as_ref().and_then(|json| condition::check(json, &catalogue).ok());
            waiting.extend(tree.map(|tree| (segment.id, condition::needs(&tree))));
        }
        let by_id = all.iter().enumerate().map(|(place, segment)| (segment.id, place)).collect();
        Ok(Segments { compiled: in_order(compiled), waiting, all, by_id })
    }
}

/// Sorts so that every segment comes after those it is built on. Circles are refused when a condition is saved.
fn in_order(compiled: Vec<Compiled>) -> Vec<Compiled> {
    let mut left: Vec<Compiled> = compiled;
    let mut sorted: Vec<Compiled> = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let waiting: BTreeSet<i64> = left.iter().map(|one| one.segment.0).collect();
        let (ready, later): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|one| one.needs.segments.iter().all(|needed| !waiting.contains(needed) || *needed == one.segment.0));
        if ready.is_empty() {
            sorted.extend(later);
            break;
        }
        sorted.extend(ready);
        left = later;
    }
    sorted
}

impl Segments {
    pub fn get(&self, segment: SegmentId) -> Option<&Segment> {
        self.by_id.get(&segment).map(|place| &self.all[*place])
    }

    /// The generation that readers of a segment see.
    pub fn generation(&self, segment: SegmentId) -> Option<i64> {
        self.get(segment).map(|segment| segment.generation)
    }

    /// The conditions that a job is evaluating for everyone.
    pub fn being_built_by(&self, job: JobId) -> impl Iterator<Item = &Compiled> {
        let builds = move |one: &&Compiled| !one.in_force && self.get(one.segment).is_some_and(|own| own.rebuild_job_id == Some(job));
        self.compiled.iter().filter(builds)
    }

    /// Segments whose new definition waits for a job that was cancelled.
    pub fn waiting_for(&self, job: JobId) -> impl Iterator<Item = SegmentId> {
        let waits = move |own: &&Segment| own.rebuild_job_id == Some(job) && !own.building && own.next_condition.is_some();
        self.all.iter().filter(waits).map(|own| own.id)
    }

    /// What the condition of each segment needs that was asked for last, in force or not.
    fn wanted(&self) -> impl Iterator<Item = (SegmentId, &Needs)> {
        let is_wanted = |one: &&Compiled| !one.in_force || self.get(one.segment).is_some_and(|own| own.next_condition.is_none());
        let compiled = self.compiled.iter().filter(is_wanted).map(|one| (one.segment, &one.needs));
        compiled.chain(self.waiting.iter().map(|(segment, needs)| (*segment, needs)))
    }

    /// The segments whose conditions name this one.
    pub fn built_on(&self, segment: SegmentId) -> Vec<SegmentId> {
        let users = self.wanted().filter(|(user, needs)| needs.segments.contains(&segment.0) && *user != segment);
        users.map(|(user, _)| user).collect::<BTreeSet<SegmentId>>().into_iter().collect()
    }

    /// If `segment` were built on `needed`, the circle of names that this closes.
    pub fn circle(&self, segment: SegmentId, needed: &BTreeSet<i64>) -> Option<String> {
        let mut paths: Vec<Vec<SegmentId>> = needed.iter().map(|id| vec![SegmentId(*id)]).collect();
        let mut seen = BTreeSet::new();
        while let Some(path) = paths.pop() {
            let last = *path.last()?;
            if last == segment {
                let name = |id: &SegmentId| self.get(*id).map_or_else(|| id.to_string(), |segment| segment.name.clone());
                let whole: Vec<String> = std::iter::once(&segment).chain(&path).map(name).collect();
                return Some(whole.join(" → "));
            }
            if seen.insert(last) {
                let next = self.wanted().filter(|(user, _)| *user == last).flat_map(|(_, needs)| &needs.segments);
                paths.extend(next.map(|id| path.iter().copied().chain([SegmentId(*id)]).collect()));
            }
        }
        None
    }
}
