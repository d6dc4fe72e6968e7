//! Segments as they are kept and shown.

use crate::access::Actor;
use crate::error::Problem;
use crate::events::Cause;
use crate::ids::{BuilderId, ChangeId, CustomerId, GroupId, JobId, SegmentId, TargetGroupId};
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

const NAME_CHARS_MAX: usize = 190;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Segment {
    pub id: SegmentId,
    pub group_id: GroupId,
    pub name: String,
    /// Unique within the group.
    pub reference: String,
    pub description: String,
    /// Whether a condition says who is in it.
    pub calculated: bool,
    /// Newsletter lists that membership is sent to.
    pub export_to_newsletter: Vec<String>,
    /// Whether its members are a target group of the same name.
    pub use_as_target_group: bool,
    pub target_group_id: Option<TargetGroupId>,
    /// The condition tree that membership follows now.
    #[schema(value_type = Object)]
    pub condition: Option<Value>,
    /// A changed condition that is being evaluated for everyone; membership follows it once that is done.
    #[schema(value_type = Object)]
    pub next_condition: Option<Value>,
    pub size: i64,
    pub building: bool,
    pub rebuild_job_id: Option<JobId>,
    /// The builder that made it, and alone changes it.
    pub builder_id: Option<BuilderId>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// Which rows of the membership count; internal.
    #[serde(skip)]
    pub generation: i64,
    #[serde(skip)]
    pub next_generation: Option<i64>,
}

impl Segment {
    /// The condition somebody asked for last, whether it is in force yet or not.
    pub fn wanted_condition(&self) -> Option<&Value> {
        self.next_condition.as_ref().or(self.condition.as_ref())
    }
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = NewSegment)]
pub struct SegmentBody {
    pub group_id: GroupId,
    pub name: String,
    /// Made from the name if absent.
    pub reference: Option<String>,
    #[serde(default)]
    pub description: String,
    /// As the group if absent.
    pub calculated: Option<bool>,
    /// Newsletter lists that membership is sent to.
    #[serde(default)]
    pub export_to_newsletter: Vec<String>,
    /// Make a target group of the same name and link it.
    #[serde(default)]
    pub use_as_target_group: bool,
    #[schema(value_type = Object)]
    pub condition: Option<Value>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SegmentPatch {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<GroupId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub export_to_newsletter: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_as_target_group: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    pub condition: Option<Value>,
}

pub fn new_segment(id: SegmentId, body: &SegmentBody, calculated: bool, now: Instant) -> Segment {
    Segment {
        id,
        group_id: body.group_id,
        name: body.name.trim().to_owned(),
        reference: body.reference.clone().unwrap_or_else(|| reference_of(&body.name)),
        description: body.description.clone(),
        calculated,
        export_to_newsletter: body.export_to_newsletter.clone(),
        use_as_target_group: false,
        target_group_id: None,
        condition: None,
        next_condition: None,
        size: 0,
        building: false,
        rebuild_job_id: None,
        builder_id: None,
        version: 1,
        created_at: now,
        updated_at: now,
        generation: 0,
        next_generation: None,
    }
}

/// Whether a patch changes what a builder says of its segments.
pub fn redefines(patch: &SegmentPatch) -> bool {
    let SegmentPatch { group_id, name, reference, description, condition, export_to_newsletter: _, use_as_target_group: _ } = patch;
    group_id.is_some() || name.is_some() || reference.is_some() || description.is_some() || condition.is_some()
}

pub fn apply(segment: &mut Segment, patch: &SegmentPatch) {
    segment.group_id = patch.group_id.unwrap_or(segment.group_id);
    if let Some(name) = &patch.name {
        name.trim().clone_into(&mut segment.name);
    }
    if let Some(reference) = &patch.reference {
        segment.reference.clone_from(reference);
    }
    if let Some(description) = &patch.description {
        segment.description.clone_from(description);
    }
    if let Some(lists) = &patch.export_to_newsletter {
        segment.export_to_newsletter.clone_from(lists);
    }
}

/// A reference from a name: lower case, words joined by hyphens.
pub fn reference_of(name: &str) -> String {
    let folded = sql::fold_for_search(name);
    let words: Vec<&str> = folded.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("-")
}

pub fn name_problems(name: &str, reference: Option<&str>) -> Vec<Problem> {
    let told = |path: &str| Problem::new(path, "invalid", unfit());
    let mut problems = Vec::new();
    if !fits(name) {
        problems.push(told("/name"));
    }
    if !reference.map_or_else(|| fits(&reference_of(name)), fits) && fits(name) {
        problems.push(told("/reference"));
    }
    problems
}

/// Newsletter lists one group or segment may name.
const LISTS_MAX: usize = 50;

pub fn list_problems(lists: &[String]) -> Vec<Problem> {
    let mut problems = Vec::new();
    if LISTS_MAX < lists.len() {
        problems.push(Problem::new("/exportToNewsletter", "too_many", format!("at most {LISTS_MAX} lists")));
    }
    for (place, list) in lists.iter().enumerate() {
        let path = format!("/exportToNewsletter/{place}");
        if !fits(list) {
            problems.push(Problem::new(path, "invalid", unfit()));
        } else if lists[..place].contains(list) {
            problems.push(Problem::new(path, "twice", format!("{list:?} is named twice")));
        }
    }
    problems
}

fn fits(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= NAME_CHARS_MAX && !text.chars().any(char::is_control)
}

fn unfit() -> String {
    format!("1 to {NAME_CHARS_MAX} characters without control characters")
}

/// How a customer came into a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MembershipSource)]
pub enum Source {
    Manual,
    Computed,
    Rule,
}

impl Source {
    pub fn as_str(self) -> &'static str {
        match self {
            Source::Manual => "manual",
            Source::Computed => "computed",
            Source::Rule => "rule",
        }
    }

    pub fn parse(text: &str) -> Option<Source> {
        match text {
            "manual" => Some(Source::Manual),
            "computed" => Some(Source::Computed),
            "rule" => Some(Source::Rule),
            _ => None,
        }
    }
}

/// A customer entered or left a segment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    pub customer: CustomerId,
    pub segment: SegmentId,
    pub entered: bool,
    pub cause: Cause,
    pub at: Instant,
}

/// A change as it was written down, with whoever asked for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    pub id: ChangeId,
    pub change: Change,
    pub actor: Option<Actor>,
}

/// A membership as evaluation sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MembershipRow {
    pub customer: CustomerId,
    pub segment: SegmentId,
    pub generation: i64,
    pub since: Instant,
    /// How many times it was applied.
    pub counter: i64,
}

/// A segment of a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Membership)]
pub struct MembershipView {
    pub id: SegmentId,
    pub name: String,
    pub reference: String,
    pub group_id: GroupId,
    pub group_name: String,
    pub calculated: bool,
    pub source: Source,
    pub since: Instant,
    /// How many times it was applied.
    pub counter: i64,
}

/// A customer of a segment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    pub customer_id: CustomerId,
    pub since: Instant,
    pub counter: i64,
    pub source: Source,
    pub email: Option<String>,
    pub firstname: Option<String>,
    pub lastname: Option<String>,
}

impl Member {
    /// As whoever may not see customers is shown him.
    pub fn nameless(self) -> Member {
        Member { email: None, firstname: None, lastname: None, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        check("Big spender", "big-spender");
        check("  Über 30 / Wien ", "uber-30-wien");
        check("***", "");

        #[track_caller]
        fn check(name: &str, reference: &str) {
            assert_eq!(reference_of(name), reference);
        }
    }
}
