//! What conditions may name on this instance: built-in and custom fields, and segments. Brings together definitions of
//! several slices, so that all of them check conditions against the same list.

use crate::error::{Error, Problem};
use crate::segments::{Segment, Segments};
use crate::settings::{self, FieldKind};
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
    catalogue.zone = work.app.config.time_zone();
    for field in &settings::fields(work)?.all {
        catalogue.add_custom_field(&field.name, kind(field.kind));
    }
    for segment in segments {
        catalogue.add_segment(segment.id.0, &segment.reference);
    }
    Ok(catalogue)
}

fn kind(kind: FieldKind) -> condition::FieldKind {
    match kind {
        FieldKind::Text => condition::FieldKind::Text,
        FieldKind::Number => condition::FieldKind::Number,
        FieldKind::Boolean => condition::FieldKind::Boolean,
        FieldKind::Date => condition::FieldKind::Date,
        FieldKind::Datetime => condition::FieldKind::Datetime,
        FieldKind::Select => condition::FieldKind::Select,
        FieldKind::Multiselect => condition::FieldKind::Multiselect,
        FieldKind::List => condition::FieldKind::List,
        FieldKind::Json => condition::FieldKind::Json,
    }
}

/// A problem inside a condition as a problem of the document that holds it at `path`.
pub fn under(path: &str, problem: condition::Problem) -> Problem {
    Problem::new(format!("{path}{}", problem.path), problem.code, problem.message)
}
