//! What conditions may name on this instance: built-in and custom fields, and segments. Brings together definitions of
//! several slices, so that all of them check conditions against the same list.

use crate::automation;
use crate::error::{Error, Problem};
use crate::ids::SegmentId;
use crate::segments::{Segment, Segments};
use crate::settings;
use crate::work::Work;
use condition::Catalogue;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The catalogue as of this transaction.
pub fn get(work: &mut Work<'_>) -> Result<Catalogue, Error> {
    let segments = work.definitions::<Segments>()?;
    of(work, &segments.all)
}

/// The catalogue with these segments, for the one who is just loading them.
pub fn of(work: &mut Work<'_>, segments: &[Segment]) -> Result<Catalogue, Error> {
    let mut catalogue = Catalogue::built_in();
    catalogue.zone = settings::zone(work)?;
    for field in &settings::fields(work)?.all {
        catalogue.add_custom_field(&field.name, field.kind.into());
    }
    for segment in segments {
        catalogue.add_segment(segment.id.0, &segment.reference);
    }
    Ok(catalogue)
}

/// What asks for a field: segments and rules. To be asked before the field goes, because without it they cannot be read.
pub fn users_of_field(work: &mut Work<'_>, name: &str) -> Result<Vec<String>, Error> {
    let segments = work.definitions::<Segments>()?;
    let asking = segments.compiled.iter().filter(|one| one.needs.fields.contains(name));
    let mut users: Vec<String> =
        asking.filter_map(|one| segments.get(one.segment)).map(|segment| format!("the segment {}", segment.name)).collect();
    users.dedup();
    users.extend(automation::using_field(work, name)?.into_iter().map(|rule| format!("the rule {rule}")));
    Ok(users)
}

/// Something that uses a segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SegmentUse)]
pub struct Use {
    pub kind: UserKind,
    pub id: i64,
    pub name: String,
    pub via: Via,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SegmentUserKind)]
pub enum UserKind {
    Segment,
    Rule,
    TargetGroup,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SegmentUseVia)]
pub enum Via {
    /// Its condition asks for membership.
    Condition,
    /// One of its actions changes membership.
    Action,
    /// It stands for the members.
    Link,
}

/// What uses a segment: segments that are built on it, its target group, rules.
pub fn uses_of_segment(work: &mut Work<'_>, segment: SegmentId) -> Result<Vec<Use>, Error> {
    let segments = work.definitions::<Segments>()?;
    let standing = segments.get(segment).ok_or(Error::NotFound)?;
    let builders = segments.built_on(segment).into_iter().filter_map(|user| segments.get(user));
    let of = |kind, id, name: &str, via| Use { kind, id, name: name.to_owned(), via };
    let mut uses: Vec<Use> = builders.map(|user| of(UserKind::Segment, user.id.0, &user.name, Via::Condition)).collect();
    uses.extend(standing.target_group_id.map(|target| of(UserKind::TargetGroup, target.0, &standing.name, Via::Link)));
    for (rule, name, by_condition, by_action) in automation::using_segment(work, segment)? {
        let via = [(by_condition, Via::Condition), (by_action, Via::Action)];
        uses.extend(via.into_iter().filter(|(holds, _)| *holds).map(|(_, via)| of(UserKind::Rule, rule.0, &name, via)));
    }
    Ok(uses)
}

/// The refusal to let go of a segment that is used, with all users.
pub fn in_use(uses: &[Use]) -> Error {
    let problem = |(place, one): (usize, &Use)| {
        let (kind, via) = match one.kind {
            UserKind::Segment => ("segment", "is built on it"),
            UserKind::TargetGroup => ("target group", "is linked to it"),
            UserKind::Rule if one.via == Via::Condition => ("rule", "asks for it"),
            UserKind::Rule => ("rule", "changes who is in it"),
        };
        Problem::new(format!("/uses/{place}"), "in_use", format!("the {kind} {:?} {via}", one.name))
    };
    let problems: Vec<Problem> = uses.iter().enumerate().map(problem).collect();
    let detail = format!("the segment is used: {}", problems.iter().map(|one| one.message.as_str()).collect::<Vec<_>>().join(", "));
    Error::Conflict { code: "in_use", detail, problems, existing: None }
}

/// A problem inside a condition as a problem of the document that holds it at `path`.
pub fn under(path: &str, problem: condition::Problem) -> Problem {
    Problem::new(format!("{path}{}", problem.path), problem.code, problem.message)
}
