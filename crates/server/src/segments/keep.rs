//! What follows when a segment stops to be calculated: those who were in it stay, as members by hand.

use super::store;
use crate::access::Actor;
use crate::app::App;
use crate::error::Error;
use crate::ids::SegmentId;
use crate::jobs::{self, Claimed, Job, Wish};
use crate::work::{self, Work};
use crate::worker::Ending;
use serde_json::json;

/// Members changed in one unit of work.
const PAGE: usize = 2_000;

/// Keeps the members of these segments.
pub fn begin(work: &mut Work<'_>, segments: &[SegmentId]) -> Result<(), Error> {
    let jobs = segments.iter().map(|segment| (Job::KeepMembers { segment: *segment, after: 0 }, Wish::default()));
    jobs::enqueue_all(work, jobs.collect()).map(drop)
}

pub async fn step(app: &App, claimed: Claimed) -> Result<Ending, Error> {
    let Job::KeepMembers { segment, after } = claimed.job else {
        return Err(Error::Bug(anyhow::anyhow!("not a job that keeps members")));
    };
    let (id, mut next, mut units) = (claimed.id, Some(after), claimed.done);
    while let Some(after) = next {
        units += 1;
        next = work::write(app, Actor::system(), move |work| {
            let last = match super::all(work)?.get(segment).filter(|standing| !standing.calculated) {
                Some(standing) => store::keep_members(work, segment, standing.generation, after, PAGE)?,
                None => None,
            };
            let Some(last) = last else {
                jobs::finish(work, id, &json!({}))?;
                return Ok(None);
            };
            Ok(jobs::progress(work, id, units, None, &Job::KeepMembers { segment, after: last })?.then_some(last))
        })
        .await?;
    }
    Ok(Ending::Written)
}
