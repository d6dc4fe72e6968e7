//! Builders as they are kept and shown.

use crate::ids::{BuilderId, GroupId};
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// A builder that was set up: it owns one calculated group and makes all segments in it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SegmentBuilder)]
pub struct SavedBuilder {
    pub id: BuilderId,
    pub kind: String,
    pub name: String,
    #[schema(value_type = Object)]
    pub settings: Value,
    /// The group of its segments.
    pub group_id: GroupId,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = NewSegmentBuilder)]
pub struct NewBuilder {
    /// One of `/api/segment-builders/kinds`.
    pub kind: String,
    /// Also the name of the group.
    pub name: String,
    /// The reference of the group; made from the name if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What the kind understands; what is absent has its default.
    #[serde(default = "no_settings")]
    #[schema(value_type = Object)]
    pub settings: Value,
}

fn no_settings() -> Value {
    json!({})
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = SegmentBuilderPatch)]
pub struct BuilderPatch {
    /// Also the new name of the group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// All settings anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    pub settings: Option<Value>,
}

/// A kind of builder, for those who choose one.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = SegmentBuilderKind)]
pub struct Kind {
    pub kind: String,
    pub summary: String,
    /// JSON schema of the settings.
    #[schema(value_type = Object)]
    pub settings: Value,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = SegmentBuilderPreviewBody)]
pub struct Wanted {
    pub kind: String,
    #[serde(default = "no_settings")]
    #[schema(value_type = Object)]
    pub settings: Value,
}

/// A segment that a builder would make.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = PlannedSegment)]
pub struct PlannedView {
    pub reference: String,
    pub name: String,
    pub description: String,
    #[schema(value_type = Object)]
    pub condition: Value,
    /// Customers who would be in it now.
    pub count: i64,
}

/// What becomes of the segments when their builder goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BuiltSegments)]
pub enum Leftover {
    /// They go too, and their group.
    Delete,
    /// They stay as they are and can be changed by hand from now on.
    Keep,
}

/// A value that no segment of a builder takes in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = UncoveredValue)]
pub struct Uncovered {
    pub value: String,
    /// How often it occurs: customers of a field, activities of an attribute.
    pub count: i64,
}
