//! A list that takes the place of all members of a manual segment. It is written beside them page by page and put in force
//! at the end, like the rebuild of a calculated one: readers see the old members until the new list is whole.

use super::compiled::Segments;
use super::members::{self, Application, Membership};
use super::model::Source;
use super::{rebuild, store, sweep};
use crate::customers;
use crate::error::Error;
use crate::ids::{CustomerId, ImportId, JobId, SegmentId};
use crate::work::Work;
use std::collections::HashMap;

/// Begins a replacement; another one that is under way is overtaken.
pub fn begin(work: &mut Work<'_>, segment: SegmentId, import: ImportId, job: Option<JobId>) -> Result<(), Error> {
    members::manual(work, segment)?;
    store::begin_replacement(work, segment, import, job)?;
    work.redefine::<Segments>()
}

/// Writes down some of the new members. Who is a member already keeps what is not given. Gives how they will be members.
pub fn fill(
    work: &mut Work<'_>,
    segment: SegmentId,
    import: ImportId,
    list: &[Application],
) -> Result<HashMap<CustomerId, Membership>, Error> {
    let standing = members::manual(work, segment)?;
    let generation = store::replacement(work, segment, import)?;
    let generation = generation.ok_or_else(|| Error::conflict("overtaken", "another list is taking the place of the members"))?;
    let customers: Vec<CustomerId> = list.iter().map(|one| one.customer).collect();
    customers::lock(work, &customers)?;
    let mut written = store::applications(work, segment, generation, &customers)?;
    let before = store::applications(work, segment, standing.generation, &customers)?;
    for one in list {
        let earlier = written.get(&one.customer).or(before.get(&one.customer)).copied();
        written.insert(one.customer, one.applied(earlier, work.now));
    }
    let rows: Vec<_> = written.iter().map(|(customer, membership)| (*customer, *membership)).collect();
    store::apply(work, segment, generation, &rows, Source::Manual)?;
    Ok(written)
}

/// Puts the new list in force, and has it told who entered and left.
pub fn put_in_force(work: &mut Work<'_>, segment: SegmentId, import: ImportId) -> Result<(), Error> {
    let Some(generation) = store::replacement(work, segment, import)? else {
        return Err(Error::conflict("overtaken", "another list is taking the place of the members"));
    };
    store::put_in_force(work, segment, generation)?;
    work.redefine::<Segments>()?;
    sweep::begin(work, &[segment])?;
    rebuild::follow(work, None, &[segment])
}

/// Whether all has been told of lists that took the place of a segment's members.
pub fn is_told(work: &mut Work<'_>, segment: SegmentId) -> Result<bool, Error> {
    Ok(store::lock_standing(work, segment)?.is_none_or(|standing| standing.swap.from == standing.swap.to))
}

/// Stops what an import fills; the members stay as they are.
pub fn give_up(work: &mut Work<'_>, import: ImportId) -> Result<(), Error> {
    if store::pause_replacement(work, import)? > 0 {
        work.redefine::<Segments>()?;
    }
    Ok(())
}
