//! Definitions as a document: every group with its segments, named by references, so that it can stand in a file, be
//! compared, and be applied to another instance. Applying is one unit of work: all of it or nothing.

mod difference;
mod naming;
mod plan;

pub use difference::{Change, Difference, Kind, Part, parts_between};

use super::model::{Segment, SegmentBody, SegmentPatch};
use super::{Removal, Unlinked, builders, groups, rebuild, store};
use crate::audit;
use crate::error::{Error, Problem};
use crate::http::IfMatch;
use crate::ids::{GroupId, JobId, SegmentId};
use crate::work::Work;
use groups::{Group, GroupBody, GroupPatch};
use naming::{Name, Names};
use plan::Plan;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use utoipa::ToSchema;

/// Groups and segments one document may hold.
const ENTRIES_MAX: usize = 5_000;

/// What is absent has its default: the document is the whole of everything it names.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SegmentDefinitions)]
pub struct Document {
    pub groups: Vec<GroupDefinition>,
}

/// A group, known by its reference and whether it is calculated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = SegmentGroupDefinition)]
pub struct GroupDefinition {
    pub reference: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub calculated: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    pub show_as_filter: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    pub sort_order: i64,
    #[serde(default, skip_serializing_if = "is_default")]
    pub export_to_newsletter: Vec<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub segments: Vec<SegmentDefinition>,
}

/// A segment, known by its reference within the group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = SegmentDefinition)]
pub struct SegmentDefinition {
    pub reference: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub description: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub export_to_newsletter: Vec<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub use_as_target_group: bool,
    /// Segments in it are named by `reference`; where several have that, `group` and `calculated` of the group say which.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(value_type = Object)]
    pub condition: Option<Value>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// What applying does beside bringing about what the document says.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Remove what the document does not name.
    pub prune: bool,
    /// What becomes of target groups that segments are no longer used as.
    pub unlinked: Option<Unlinked>,
}

/// What applying a document did, or would do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AppliedDefinitions)]
pub struct Applied {
    pub created: usize,
    pub changed: usize,
    pub unchanged: usize,
    pub removed: usize,
    /// Everything that the document names, and everything that is removed.
    pub differences: Vec<Difference>,
    /// The job that evaluates new conditions for everyone.
    pub job_id: Option<JobId>,
}

/// All groups and segments as a document.
pub fn export(work: &mut Work<'_>) -> Result<Document, Error> {
    let (groups, segments) = (groups::list(work)?, store::list(work)?);
    let names = Names::of_standing(&groups, &segments);
    Ok(standing(&groups, &segments, |condition| names.shortest(condition)))
}

/// What stands, as a document; `named` makes a condition out of a kept one.
fn standing(groups: &[Group], segments: &[Segment], named: impl Fn(&Value) -> Value) -> Document {
    let of_group = |group: &Group| GroupDefinition {
        reference: group.reference.clone(),
        name: group.name.clone(),
        calculated: group.calculated,
        show_as_filter: group.show_as_filter,
        sort_order: group.sort_order,
        export_to_newsletter: group.export_to_newsletter.clone(),
        segments: segments.iter().filter(|segment| segment.group_id == group.id).map(|segment| of_segment(segment, &named)).collect(),
    };
    Document { groups: groups.iter().map(of_group).collect() }
}

fn of_segment(segment: &Segment, named: impl Fn(&Value) -> Value) -> SegmentDefinition {
    SegmentDefinition {
        reference: segment.reference.clone(),
        name: segment.name.clone(),
        description: segment.description.clone(),
        export_to_newsletter: segment.export_to_newsletter.clone(),
        use_as_target_group: segment.use_as_target_group,
        condition: segment.wanted_condition().map(named),
    }
}

/// Brings about what the document says.
pub fn apply(work: &mut Work<'_>, document: &Document, options: Options) -> Result<Applied, Error> {
    let entries = document.groups.len() + document.groups.iter().map(|group| group.segments.len()).sum::<usize>();
    if ENTRIES_MAX < entries {
        return Err(Error::TooLarge(format!("a document may hold {ENTRIES_MAX} groups and segments")));
    }
    let (groups, segments) = (groups::list(work)?, store::list(work)?);
    let plan = Plan::new(document, &groups, &segments, options.prune).map_err(Error::Invalid)?;
    let mut carrying = CarryingOut {
        group_ids: groups.iter().map(|group| ((group.reference.clone(), group.calculated), group.id)).collect(),
        ids: plan.names.ids.clone(),
        rebuilt: Vec::new(),
        options,
    };
    for (place, group) in document.groups.iter().enumerate() {
        carrying.group(work, group).map_err(|error| under(&format!("/groups/{place}"), error))?;
    }
    for (name, path, definition, condition) in plan.in_order(document) {
        carrying.segment(work, name, definition, condition).map_err(|error| under(&path, error))?;
    }
    for segment in &plan.going {
        super::remove(work, *segment, Removal { cascade: false, unlinked: options.unlinked })?;
    }
    for group in &plan.going_groups {
        groups::remove(work, *group)?;
    }
    let job_id = match carrying.rebuilt.as_slice() {
        [] => None,
        rebuilt => Some(rebuild::begin(work, rebuilt)?),
    };
    let applied = Applied::of(plan.differences, job_id);
    let counts = json!({ "created": applied.created, "changed": applied.changed, "removed": applied.removed });
    audit::record(work, "apply", "segment_definitions", None, &counts)?;
    Ok(applied)
}

impl Applied {
    fn of(differences: Vec<Difference>, job_id: Option<JobId>) -> Applied {
        let count = |change| differences.iter().filter(|difference| difference.change == change).count();
        Applied {
            created: count(Change::Created),
            changed: count(Change::Changed),
            unchanged: count(Change::Unchanged),
            removed: count(Change::Removed),
            differences,
            job_id,
        }
    }
}

/// A refusal of one entry, with the place of the entry in the document.
fn under(path: &str, error: Error) -> Error {
    let at = |problem: Problem| Problem { path: format!("{path}{}", problem.path), ..problem };
    match error {
        Error::Invalid(problems) => Error::Invalid(problems.into_iter().map(at).collect()),
        Error::Conflict { code, detail, problems, existing } => {
            Error::Conflict { code, detail: format!("{path}: {detail}"), problems: problems.into_iter().map(at).collect(), existing }
        }
        other => other,
    }
}

struct CarryingOut {
    group_ids: HashMap<(String, bool), GroupId>,
    ids: BTreeMap<Name, SegmentId>,
    /// Segments with a new condition.
    rebuilt: Vec<SegmentId>,
    options: Options,
}

impl CarryingOut {
    fn group(&mut self, work: &mut Work<'_>, wanted: &GroupDefinition) -> Result<(), Error> {
        let key = (wanted.reference.clone(), wanted.calculated);
        let Some(id) = self.group_ids.get(&key) else {
            let body = GroupBody {
                name: wanted.name.clone(),
                reference: Some(wanted.reference.clone()),
                calculated: wanted.calculated,
                show_as_filter: wanted.show_as_filter,
                sort_order: wanted.sort_order,
                export_to_newsletter: wanted.export_to_newsletter.clone(),
            };
            let id = groups::create(work, &body)?.id;
            self.group_ids.insert(key, id);
            return Ok(());
        };
        let standing = groups::read(work, *id)?;
        let patch = GroupPatch {
            name: (wanted.name != standing.name).then(|| wanted.name.clone()),
            reference: None,
            show_as_filter: (wanted.show_as_filter != standing.show_as_filter).then_some(wanted.show_as_filter),
            sort_order: (wanted.sort_order != standing.sort_order).then_some(wanted.sort_order),
            export_to_newsletter: (wanted.export_to_newsletter != standing.export_to_newsletter)
                .then(|| wanted.export_to_newsletter.clone()),
            calculated: None,
        };
        if json!(patch) != json!({}) {
            groups::update(work, *id, &patch, &IfMatch(None))?;
        }
        Ok(())
    }

    fn segment(&mut self, work: &mut Work<'_>, name: &Name, wanted: &SegmentDefinition, condition: Option<&Value>) -> Result<(), Error> {
        let condition = condition.map(|condition| naming::with_ids(condition, &self.ids));
        let Some(id) = self.ids.get(name).copied() else {
            let group_id = self.group_ids.get(&(name.group.clone(), name.calculated)).copied();
            let body = SegmentBody {
                group_id: group_id.ok_or_else(|| Error::Bug(anyhow::anyhow!("a definition without its group")))?,
                name: wanted.name.clone(),
                reference: Some(wanted.reference.clone()),
                description: wanted.description.clone(),
                calculated: Some(name.calculated),
                export_to_newsletter: wanted.export_to_newsletter.clone(),
                use_as_target_group: wanted.use_as_target_group,
                condition,
            };
            builders::refuse_owned(work, body.group_id)?;
            let made = super::insert(work, &body)?;
            self.rebuilt.extend(made.calculated.then_some(made.id));
            self.ids.insert(name.clone(), made.id);
            return Ok(());
        };
        let standing = store::read(work, id)?.ok_or(Error::NotFound)?;
        if !name.calculated && condition.is_some() {
            return Err(Error::invalid("/condition", "misplaced", "only a calculated segment has a condition"));
        }
        if name.calculated && condition.is_none() {
            return Err(Error::invalid("/condition", "required", "a calculated segment needs a condition"));
        }
        let patch = SegmentPatch {
            name: (wanted.name != standing.name).then(|| wanted.name.clone()),
            description: (wanted.description != standing.description).then(|| wanted.description.clone()),
            export_to_newsletter: (wanted.export_to_newsletter != standing.export_to_newsletter)
                .then(|| wanted.export_to_newsletter.clone()),
            use_as_target_group: (wanted.use_as_target_group != standing.use_as_target_group).then_some(wanted.use_as_target_group),
            condition: condition.filter(|condition| Some(condition) != standing.wanted_condition()),
            ..SegmentPatch::default()
        };
        super::refuse_built(work, &standing, &patch)?;
        if json!(patch) != json!({}) && super::write(work, id, &patch, &IfMatch(None), self.options.unlinked)? {
            self.rebuilt.push(id);
        }
        Ok(())
    }
}
