//! The figures people start their day with. What grows with the base is read from the roll-ups, the rest asked of the slices that
//! own it: a fixed number of statements, however long the range and however large the base. What roll-ups cannot say is asked for by itself.

mod model;
mod range;
pub mod routes;

pub use model::{Dashboard, Returning};
pub use range::{Range, Wanted};

use crate::activities::{self, ActivityTypes, Comers};
use crate::automation;
use crate::duplicates;
use crate::error::Error;
use crate::jobs;
use crate::rollups::{self, Figure, Stretch};
use crate::segments;
use crate::settings;
use crate::time::Instant;
use crate::webhooks;
use crate::work::Work;
use model::Counts;
use std::collections::HashMap;

/// The figures of a range of days, next to those of as many days before.
pub fn read(work: &mut Work<'_>, wanted: Wanted) -> Result<Dashboard, Error> {
    let zone = settings::zone(work)?;
    let range = Range::new(work.now, &zone, wanted)?;
    let counts = count(work, &range)?;
    Ok(Dashboard {
        range: range.shown(),
        customers: model::customers(&range, &counts),
        activities: model::activities(&range, &counts),
        segments: of_segments(work, &counts)?,
        rules: model::rules(&automation::all(work)?, &counts),
        mail: model::mail(&counts),
        duplicates: model::DuplicateFigures { open: duplicates::count_open(work)? },
        jobs: of_jobs(work)?,
        webhooks: model::WebhookFigures { waiting: webhooks::count_waiting(work)? },
    })
}

/// What is asked for if nothing else is.
const USUAL_TYPE: &str = "order";

/// New and returning customers of a type of activity: not from the roll-ups, as somebody who came on two days is one customer.
pub fn returning(work: &mut Work<'_>, wanted: Wanted, kind: Option<String>) -> Result<Returning, Error> {
    let zone = settings::zone(work)?;
    let range = Range::new(work.now, &zone, wanted)?;
    let types = work.definitions::<ActivityTypes>()?;
    let kind = match kind {
        Some(kind) if types.get(&kind).is_none() => {
            return Err(Error::invalid("/type", "unknown_activity_type", format!("there is no type of activity {kind:?}")));
        }
        None if types.get(USUAL_TYPE).is_some() => Some(USUAL_TYPE.to_owned()),
        None => most_frequent(work, &range)?,
        named => named,
    };
    // What lies in the future counts for nothing yet, as in conditions.
    let end = range.end.min(Instant(work.now.0 + 1));
    let comers = match &kind {
        Some(kind) => activities::comers(work, kind, range.before_start(), range.start(), end)?,
        None => Comers::default(),
    };
    let Comers { new, returning, new_before, returning_before } = comers;
    Ok(Returning { range: range.shown(), kind, new, returning, new_before, returning_before })
}

fn most_frequent(work: &mut Work<'_>, range: &Range) -> Result<Option<String>, Error> {
    let within = Stretch::whole(range.start(), range.end, range::WITHIN);
    let counted = rollups::reader(work)?.count(work, &[Figure::Activities], &within)?;
    Ok(counted.into_iter().max_by_key(|one| one.count).map(|one| one.subject))
}

fn count(work: &mut Work<'_>, range: &Range) -> Result<Counts, Error> {
    let reader = rollups::reader(work)?;
    let timed = [
        Figure::Activities,
        Figure::Customers,
        Figure::Known,
        Figure::Entered,
        Figure::Left,
        Figure::Runs,
        Figure::Messages,
        Figure::CameBack,
    ];
    Ok(Counts {
        by_day: reader.count(work, &[Figure::Activities, Figure::Customers], &range.by_day())?,
        by_span: reader.count(work, &timed, &range.spans())?,
        ever: reader.count(work, &[Figure::Activities, Figure::Customers, Figure::Known, Figure::Messages], &[Stretch::always()])?,
    })
}

fn of_segments(work: &mut Work<'_>, counts: &Counts) -> Result<Vec<model::SegmentFigures>, Error> {
    let groups = segments::group_names(work)?;
    let entered: HashMap<&str, i64> = counts.in_range(Figure::Entered).collect();
    let left: HashMap<&str, i64> = counts.in_range(Figure::Left).collect();
    let figures = segments::list(work)?.into_iter().map(|segment| {
        let id = segment.id.to_string();
        let of = |moved: &HashMap<&str, i64>| moved.get(id.as_str()).copied().unwrap_or(0);
        let (entered, left) = (of(&entered), of(&left));
        let group_name = groups.get(&segment.group_id).cloned().unwrap_or_default();
        model::SegmentFigures { id: segment.id, name: segment.name, group_name, size: segment.size, entered, left }
    });
    Ok(figures.collect())
}

fn of_jobs(work: &mut Work<'_>) -> Result<model::JobFigures, Error> {
    let states: HashMap<String, i64> = jobs::count_open(work)?.into_iter().collect();
    let count = |state: jobs::State| states.get(state.as_str()).copied().unwrap_or(0);
    Ok(model::JobFigures {
        queued: count(jobs::State::Queued),
        running: count(jobs::State::Running),
        dead: count(jobs::State::Dead),
        waiting_since: jobs::waiting_since(work)?,
    })
}
