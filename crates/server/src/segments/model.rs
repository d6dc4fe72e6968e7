//! Segments as they are kept and shown.

use crate::error::Problem;
use crate::events::Cause;
use crate::ids::{CustomerId, GroupId, JobId, SegmentId};
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
    /// The condition tree that membership follows now.
    #[schema(value_type = Object)]
    pub condition: Option<Value>,
    /// A changed condition that is being evaluated for everyone; membership follows it once that is done.
    #[schema(value_type = Object)]
    pub next_condition: Option<Value>,
    pub size: i64,
    pub building: bool,
    pub rebuild_job_id: Option<JobId>,
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
        condition: None,
        next_condition: None,
        size: 0,
        building: false,
        rebuild_job_id: None,
        version: 1,
        created_at: now,
        updated_at: now,
        generation: 0,
        next_generation: None,
    }
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
}

/// A reference from a name: lower case, words joined by hyphens.
pub fn reference_of(name: &str) -> String {
    let folded = sql::fold_for_search(name);
    let words: Vec<&str> = folded.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("-")
}

pub fn name_problems(name: &str, reference: Option<&str>) -> Vec<Problem> {
    let fits = |text: &str| !text.trim().is_empty() && text.chars().count() <= NAME_CHARS_MAX && !text.chars().any(char::is_control);
    let told = |path: &str| Problem::new(path, "invalid", format!("1 to {NAME_CHARS_MAX} characters without control characters"));
    let mut problems = Vec::new();
    if !fits(name) {
        problems.push(told("/name"));
    }
    if !reference.map_or_else(|| fits(&reference_of(name)), fits) && fits(name) {
        problems.push(told("/reference"));
    }
    problems
}

/// How a customer came into a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
