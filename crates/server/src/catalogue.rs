//! What conditions may name on this instance: built-in and custom fields, and segments. Brings together definitions of
//! several slices, so that all of them check conditions against the same list.

use crate::automation;
use crate::error::{Error, Problem};
use crate::segments::{Segment, Segments};
use crate::settings;
use crate::work::Work;
use condition::Catalogue;

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

/// A problem inside a condition as a problem of the document that holds it at `path`.
pub fn under(path: &str, problem: condition::Problem) -> Problem {
    Problem::new(format!("{path}{}", problem.path), problem.code, problem.message)
}
