//! Whom an order is about, in the words of the list of customers.

use super::list::{Sort, Wanted, words};
use crate::error::{Error, Problem};
use crate::ids::SegmentId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Customers in all of the segments, or in any of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SegmentMode {
    #[default]
    All,
    Any,
}

/// Which customers: what the list of customers takes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
#[schema(as = CustomerFilter)]
pub struct Filter {
    /// Words that must all occur in name, address, mail, phone, external ids or texts of custom fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// A condition tree.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    pub condition: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<SegmentId>,
    pub segment_mode: SegmentMode,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<bool>,
}

impl Filter {
    /// Them, in an order.
    pub fn wanted(&self, sort: Sort) -> Result<Wanted, Error> {
        Ok(Wanted {
            words: words(self.q.as_deref().unwrap_or_default()).map_err(in_filter)?,
            filter: self.condition.clone(),
            segments: self.segments.clone(),
            in_all: self.segment_mode == SegmentMode::All,
            is_active: self.active,
            is_published: self.published,
            sort,
        })
    }
}

/// What the list of customers says of its parameters, said of the members of a filter.
pub fn in_filter(error: Error) -> Error {
    let Error::Invalid(problems) = error else { return error };
    let moved = |problem: Problem| {
        let path = match problem.path.strip_prefix("/filter") {
            Some(rest) => format!("/filter/condition{rest}"),
            None if problem.path == "/segment" => "/filter/segments".to_owned(),
            None => format!("/filter{}", problem.path),
        };
        Problem { path, ..problem }
    };
    Error::Invalid(problems.into_iter().map(moved).collect())
}
