//! Builders make segments from settings: a builder's kind expands them into calculated segments with conditions, and saving
//! it brings the segments of its group in line. What they make is evaluated like any other segment; a builder itself never
//! looks at a customer.

mod age;
mod apply;
mod gender;
pub mod kind;
mod model;
mod regions;
pub mod routes;
pub mod source;
mod spans;
mod state;
mod store;
mod term;
mod uncovered;

pub use kind::{Builder, Builders, Planned, read_settings};
pub use model::{BuilderPatch, Kind, Leftover, NewBuilder, PlannedView, SavedBuilder, Wanted};

use super::groups::{self, GroupBody, GroupPatch};
use super::model::name_problems;
use crate::audit;
use crate::catalogue;
use crate::config::Config;
use crate::error::{Error, Problem};
use crate::http::IfMatch;
use crate::ids::{BuilderId, GroupId};
use crate::work::Work;
use anyhow::Context;
use condition::{Catalogue, FieldKind, Tree};
use regions::Regions;
use serde_json::{Value, json};
use std::collections::HashSet;
use utoipa::PartialSchema;

/// Builders there may be.
const BUILDERS_MAX: usize = 100;
/// Segments one builder may make.
const SEGMENTS_MAX: usize = 200;

impl Builders {
    /// The kinds that come with Regulars. Fails when a file that the configuration names cannot be read.
    pub fn built_in(config: &Config) -> anyhow::Result<Builders> {
        let mut regions = Regions::built_in();
        let path = &config.segments.postal_regions;
        if !path.is_empty() {
            let unreadable = || format!("segments.postal_regions: cannot use {path}");
            let text = std::fs::read_to_string(path).with_context(unreadable)?;
            regions = regions.replaced_by(Regions::parse(&text).map_err(anyhow::Error::msg).with_context(unreadable)?);
        }
        Ok(Builders::default().and(age::Age).and(gender::Gender).and(state::State { regions }).and(term::Term))
    }
}

/// The JSON schema of settings that are a type.
fn schema<T: PartialSchema>() -> Value {
    serde_json::to_value(T::schema()).expect("a schema has a JSON form")
}

/// Why a field cannot be asked for, if it is not there or holds another kind of value than one of these.
fn field_problems(catalogue: &Catalogue, name: &str, path: &str, kinds: &[FieldKind]) -> Vec<Problem> {
    match catalogue.fields.get(name) {
        None => vec![Problem::new(path, "unknown_field", format!("there is no field {name:?}"))],
        Some(field) if kinds.contains(&field.kind) => Vec::new(),
        Some(field) => {
            let names: Vec<String> = kinds.iter().map(|kind| format!("{kind:?}").to_lowercase()).collect();
            let is = format!("{:?}", field.kind).to_lowercase();
            vec![Problem::new(path, "wrong_kind", format!("{name} is a field of kind {is}, wanted is {}", names.join(" or ")))]
        }
    }
}

/// What settings ask for, every condition checked. Problems have paths into a body that holds `kind` and `settings`.
fn plan(work: &mut Work<'_>, kind: &str, settings: &Value) -> Result<Vec<(Planned, Tree)>, Error> {
    let app = work.app.clone();
    let builder = app.builders.get(kind).ok_or_else(|| Error::invalid("/kind", "unknown", format!("there is no builder {kind:?}")))?;
    let catalogue = catalogue::get(work)?;
    let planned = builder.expand(settings, &catalogue).map_err(|problems| {
        let below = problems.into_iter().map(|problem| Problem { path: format!("/settings{}", problem.path), ..problem });
        Error::Invalid(below.collect())
    })?;
    if SEGMENTS_MAX < planned.len() {
        let told = format!("a builder makes at most {SEGMENTS_MAX} segments, these would be {}", planned.len());
        return Err(Error::invalid("/settings", "too_many_segments", told));
    }
    let mut references = HashSet::new();
    let (mut whole, mut problems) = (Vec::with_capacity(planned.len()), Vec::new());
    for one in planned {
        let refused = |told: String| Problem::new("/settings", "refused", format!("the segment {:?}: {told}", one.reference));
        if !references.insert(one.reference.clone()) {
            problems.push(refused("another one has the same reference".to_owned()));
        }
        let unnamed = name_problems(&one.name, Some(&one.reference));
        problems.extend(unnamed.into_iter().map(|problem| refused(format!("{}: {}", problem.path, problem.message))));
        match condition::check(&one.condition, &catalogue) {
            Ok(tree) => whole.push((one, tree)),
            Err(wrong) => problems.extend(wrong.iter().map(|problem| refused(format!("/condition{}: {}", problem.path, problem.message)))),
        }
    }
    if problems.is_empty() { Ok(whole) } else { Err(Error::Invalid(problems)) }
}

pub fn list(work: &mut Work<'_>) -> Result<Vec<SavedBuilder>, Error> {
    store::list(work)
}

pub fn read(work: &mut Work<'_>, builder: BuilderId) -> Result<SavedBuilder, Error> {
    store::read(work, builder)?.ok_or(Error::NotFound)
}

/// Sets up a builder with a group of its own and makes its segments.
pub fn create(work: &mut Work<'_>, body: &NewBuilder) -> Result<SavedBuilder, Error> {
    if BUILDERS_MAX <= store::list(work)?.len() {
        return Err(Error::conflict("too_many_builders", format!("there can be at most {BUILDERS_MAX} builders")));
    }
    let planned = plan(work, &body.kind, &body.settings)?;
    let group = GroupBody {
        name: body.name.clone(),
        reference: body.reference.clone(),
        calculated: true,
        show_as_filter: true,
        sort_order: 0,
        export_to_newsletter: Vec::new(),
    };
    let group = groups::create(work, &group)?;
    let builder = SavedBuilder {
        id: BuilderId(work.tx.new_id(BuilderId::KIND)?),
        kind: body.kind.clone(),
        name: group.name,
        settings: body.settings.clone(),
        group_id: group.id,
        version: 1,
        created_at: work.now,
        updated_at: work.now,
    };
    store::insert(work, &builder)?;
    audit::record(work, "create", "segment_builder", Some(builder.id.0), &json!(body))?;
    apply::bring_in_line(work, &builder, planned)?;
    Ok(builder)
}

/// Changes a builder and brings its segments in line; those that stay the same are left alone. A patch of nothing expands the
/// settings once more, for a kind that has learnt something since.
pub fn update(work: &mut Work<'_>, builder: BuilderId, patch: &BuilderPatch, matching: &IfMatch) -> Result<SavedBuilder, Error> {
    let mut new = read(work, builder)?;
    matching.check(new.version)?;
    if let Some(settings) = &patch.settings {
        new.settings.clone_from(settings);
    }
    let planned = plan(work, &new.kind, &new.settings)?;
    if let Some(name) = &patch.name {
        let renamed = GroupPatch { name: Some(name.clone()), ..GroupPatch::default() };
        new.name = groups::update(work, new.group_id, &renamed, &IfMatch(None))?.name;
    }
    if !store::update(work, &new)? {
        return Err(Error::Changed);
    }
    audit::record(work, "update", "segment_builder", Some(builder.0), &json!(patch))?;
    apply::bring_in_line(work, &new, planned)?;
    read(work, builder)
}

/// Removes a builder. If it has made segments, somebody has to say what becomes of them.
pub fn remove(work: &mut Work<'_>, builder: BuilderId, leftover: Option<Leftover>) -> Result<(), Error> {
    let standing = read(work, builder)?;
    let made = apply::built(work, standing.group_id)?;
    if leftover.is_none() && !made.is_empty() {
        let detail = format!("it has made {} segments: say ?segments=delete or ?segments=keep", made.len());
        return Err(Error::conflict("has_segments", detail));
    }
    if leftover != Some(Leftover::Keep) {
        apply::take_away(work, made.keys().copied().collect())?;
    }
    store::delete(work, builder)?;
    if leftover != Some(Leftover::Keep) {
        groups::remove(work, standing.group_id)?;
    }
    work.redefine::<super::Segments>()?;
    audit::record(work, "delete", "segment_builder", Some(builder.0), &json!({ "name": standing.name, "segments": leftover }))
}

/// The segments that settings ask for, with how many customers would be in each.
pub fn preview(work: &mut Work<'_>, wanted: &Wanted) -> Result<Vec<PlannedView>, Error> {
    let (planned, trees): (Vec<Planned>, Vec<Tree>) = plan(work, &wanted.kind, &wanted.settings)?.into_iter().unzip();
    let counts = store::counts(work, &trees)?;
    let counted = planned.into_iter().zip(counts).map(|(planned, count)| {
        let Planned { reference, name, description, condition } = planned;
        PlannedView { reference, name, description, condition, count }
    });
    Ok(counted.collect())
}

/// The kinds of builders that this instance knows.
pub fn kinds(work: &Work<'_>) -> Vec<Kind> {
    let told =
        |builder: &dyn Builder| Kind { kind: builder.kind().to_owned(), summary: builder.summary().to_owned(), settings: builder.schema() };
    work.app.builders.iter().map(told).collect()
}

/// Refuses to change by hand what is in a group that a builder owns.
pub fn refuse_owned(work: &mut Work<'_>, group: GroupId) -> Result<(), Error> {
    match store::owner(work, group)? {
        Some(name) => Err(built(&name)),
        None => Ok(()),
    }
}

fn built(name: &str) -> Error {
    Error::conflict("built", format!("the builder {name} makes the segments of this group: change its settings, or remove it"))
}
