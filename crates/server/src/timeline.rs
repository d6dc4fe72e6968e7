//! Everything that happened to one customer in one list, and what is planned for him. Reads from the slices that keep it;
//! keeps nothing itself.

mod entries;
mod model;
pub mod routes;
mod upcoming;

pub use model::{Density, Entry, Kind, Place, Planned, PlannedKind, Source};
pub use upcoming::upcoming;

use crate::activities::{self, ActivityTypes};
use crate::automation;
use crate::consents;
use crate::customers;
use crate::error::Error;
use crate::ids::CustomerId;
use crate::mail;
use crate::merging;
use crate::segments;
use crate::work::Work;
use entries::Found;

/// What happened, newest first, from the place after `before` on; `limit` entries and one more if there are more. Every
/// source is asked for that many, so the number of statements does not grow with the list.
pub fn list(
    work: &mut Work<'_>,
    customer: CustomerId,
    sources: &[Source],
    before: Option<Place>,
    limit: usize,
) -> Result<Vec<Entry>, Error> {
    customers::must_exist(work, customer)?;
    let mut found: Vec<(Place, Found)> = Vec::new();
    for source in sources {
        found.extend(from(work, *source, customer, before, limit)?);
    }
    found.sort_by(|(one, _), (other, _)| other.cmp(one));
    found.truncate(limit + 1);
    entries::entries(work, found)
}

/// Into how many stretches the time of a customer is cut to show how much he did.
const STRETCHES: usize = 60;

/// How much a customer did in the course of time.
pub fn density(work: &mut Work<'_>, customer: CustomerId) -> Result<Density, Error> {
    customers::must_exist(work, customer)?;
    let (from, counts) = activities::density(work, customer, STRETCHES)?.unwrap_or((work.now, Vec::new()));
    Ok(Density { from, until: work.now, counts })
}

fn from(
    work: &mut Work<'_>,
    source: Source,
    customer: CustomerId,
    before: Option<Place>,
    limit: usize,
) -> Result<Vec<(Place, Found)>, Error> {
    let before = source.before(before);
    let wanted = limit + 1;
    Ok(match source {
        Source::Activities => {
            let types = work.definitions::<ActivityTypes>()?;
            let found = activities::of_customer(work, customer, Some(before), &[], wanted)?;
            let label = |kind: &str| types.get(kind).map_or_else(|| kind.to_owned(), |known| known.label.clone());
            found
                .into_iter()
                .map(|one| (source.place(one.occurred_at, one.id.0), Found::Activity { label: label(&one.kind), activity: one }))
                .collect()
        }
        Source::Notes => {
            let found = customers::notes(work, customer, Some(before), wanted)?;
            found.into_iter().map(|note| (source.place(note.at, note.id.0), Found::Note(note))).collect()
        }
        Source::Consents => {
            let found = consents::answers(work, customer, Some(before), wanted)?;
            found.into_iter().map(|answer| (source.place(answer.answered_at, answer.id.0), Found::Consent(answer))).collect()
        }
        Source::Segments => {
            let found = segments::changes_of(work, customer, Some(before), wanted)?;
            found.into_iter().map(|one| (source.place(one.change.at, one.id.0), Found::Change(one))).collect()
        }
        Source::Edits => {
            let found = customers::versions(work, customer, Some(before), wanted)?;
            found.into_iter().map(|version| (source.place(version.at, version.version), Found::Edit(version))).collect()
        }
        Source::Mails => {
            let found = mail::of_customer(work, customer, before, wanted)?;
            found.into_iter().map(|message| (source.place(message.created_at, message.id.0), Found::Mail(message))).collect()
        }
        Source::Merges => {
            let merges = merging::of_customer(work, customer)?;
            let mut found: Vec<(Place, Found)> = merges.into_iter().flat_map(|merge| entries::of_merge(&merge, customer)).collect();
            found.retain(|(place, _)| (place.0, place.2) < before);
            found.sort_by(|(one, _), (other, _)| other.cmp(one));
            found.truncate(wanted);
            found
        }
        Source::Rules => {
            let found = automation::deeds_of(work, customer, before, wanted)?;
            found.into_iter().map(|run| (source.place(run.at, run.id.0), Found::Run(run))).collect()
        }
    })
}
