//! What people set for the whole instance: named settings, among them the save pipeline, and the definitions of custom
//! fields. How the pipeline runs is the business of the customers.

mod check;
mod comparing;
mod fields;
mod merges;
mod model;
mod pipeline;
pub mod routes;
mod secret;
mod store;

pub use check::{fits, is_name};
pub use comparing::{DuplicateRule, DuplicateRuleField, DuplicateSettings};
pub use fields::{add_field, change_field, clearing_key, read_field, remove_field};
pub use merges::MergingSettings;
#[cfg(test)]
pub use merges::for_tests as merging_for_tests;
pub use model::{BUILT_IN, BUILT_IN_TEXTS, Choice, Field, FieldKind, Fields, NewField};
pub use pipeline::{Cap, CopyRule, DuplicateCheck, MailSettings, QuietHours, SavePipeline, Settings, Step, StepEntry};
pub use secret::{secret, secret_for_signing};

use crate::audit;
use crate::error::Error;
use crate::events::Event;
use crate::http::{IfMatch, merge_patch};
use crate::work::{Definition, Work};
use jiff::tz::TimeZone;
use serde_json::Value;
use std::sync::Arc;

impl Definition for Settings {
    const KIND: &'static str = "settings";
    const IS_HELD: bool = true;

    fn load(work: &mut Work<'_>) -> Result<Self, Error> {
        let (stored, version) = store::settings(work)?;
        pipeline::of_stored(stored, version, &work.app.config.shop.time_zone)
    }
}

impl Definition for Fields {
    const KIND: &'static str = "fields";
    const IS_HELD: bool = true;

    fn load(work: &mut Work<'_>) -> Result<Self, Error> {
        Ok(Fields::new(store::fields(work)?))
    }
}

/// All custom fields, in the order people see them.
pub fn fields(work: &mut Work<'_>) -> Result<Arc<Fields>, Error> {
    work.definitions()
}

/// Every setting with its standing or default value.
pub fn all(work: &mut Work<'_>) -> Result<Arc<Settings>, Error> {
    work.definitions()
}

/// One setting by its JSON name; nothing when there is no such setting.
pub fn value(work: &mut Work<'_>, name: &str) -> Result<Option<Value>, Error> {
    Ok(all(work)?.document().get(name).cloned())
}

/// What happens to a customer on the way into the database.
pub fn save_pipeline(work: &mut Work<'_>) -> Result<Arc<SavePipeline>, Error> {
    Ok(all(work)?.save_pipeline.clone())
}

/// The instance's time zone, for customers who have none of their own.
pub fn zone(work: &mut Work<'_>) -> Result<TimeZone, Error> {
    let settings = all(work)?;
    // A zone that was known when it was set can be missing from another machine's tables.
    Ok(TimeZone::get(&settings.time_zone).unwrap_or(TimeZone::UTC))
}

/// Lays a merge patch over the settings. A member that is null goes back to its default.
pub fn change(work: &mut Work<'_>, patch: &Value, if_match: &IfMatch) -> Result<Arc<Settings>, Error> {
    // First, because it waits for whoever else is changing them, so that what is read next is what stands.
    work.redefine::<Settings>()?;
    let before = all(work)?;
    if_match.check(before.version)?;
    let mut document = before.document();
    merge_patch(&mut document, patch);
    let fields = fields(work)?;
    let after = pipeline::parse(&document, &fields, &work.app.config.shop.time_zone)?;
    let (old, new) = (before.document(), after.document());
    let names = |of: &Value| of.as_object().map(|members| members.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    let changed: Vec<String> = names(&new).into_iter().filter(|name| old.get(name) != new.get(name)).collect();
    if changed.is_empty() {
        return Ok(before);
    }
    store::put_settings(work, changed.iter().map(|name| (name.as_str(), &new[name])), before.version + 1)?;
    if changed.iter().any(|name| name == "timeZone") {
        work.tell(Event::TimeZoneChanged);
    }
    audit::record(work, "update", "settings", None, patch)?;
    all(work)
}
