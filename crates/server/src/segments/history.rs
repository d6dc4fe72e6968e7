//! How large segments were at the end of each day, and who came and went. Days are those of the shop's calendar. A day that
//! is over is written down by a job; the days since are counted from what is known of who entered and left, so nothing is
//! missing after a time without a worker.

use super::store;
use crate::access::Actor;
use crate::app::App;
use crate::error::{Error, Problem};
use crate::ids::SegmentId;
use crate::jobs::{self, Claimed, Job, Wish};
use crate::settings;
use crate::time::Instant;
use crate::work::{self, Work};
use crate::worker::Ending;
use condition::calendar;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashMap;
use utoipa::ToSchema;

/// Days that are counted or shown at a time.
const DAYS_MAX: i64 = 1_000;
/// Days shown if nobody says which.
const DAYS_DEFAULT: i64 = 90;

/// One day of a segment. The present one is as far as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SegmentDay)]
pub struct Day {
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    /// Members at its end.
    pub size: i64,
    pub entered: i64,
    pub left: i64,
}

/// What is written down of one day.
pub struct Row {
    pub segment: SegmentId,
    pub day: Day,
}

/// The days of a segment, in their order: the last 90 if it is not said which.
pub fn of(work: &mut Work<'_>, segment: SegmentId, from: Option<Date>, to: Option<Date>) -> Result<Vec<Day>, Error> {
    super::all(work)?.get(segment).ok_or(Error::NotFound)?;
    let today = calendar::local_date(&settings::zone(work)?, work.now.0);
    let to = to.unwrap_or(today).min(today);
    let from = from.unwrap_or_else(|| back(to, DAYS_DEFAULT - 1));
    if from < back(to, DAYS_MAX - 1) {
        return Err(Error::Invalid(vec![Problem::new("/from", "out_of_range", format!("at most {DAYS_MAX} days at a time"))]));
    }
    let mut days = store::days_of(work, segment, from, to)?;
    let next = match store::last_day(work)? {
        Some(last) => last.tomorrow().unwrap_or(last).max(from),
        None => from,
    };
    if next <= to {
        days.extend(count(work, next, Some(segment))?.into_iter().map(|row| row.day).filter(|day| day.day <= to));
    }
    Ok(days)
}

fn back(day: Date, days: i64) -> Date {
    day.saturating_sub(days.days())
}

/// Wishes for the job that writes the days down.
pub fn measure_due(work: &mut Work<'_>) -> Result<(), Error> {
    let wish = Wish { unique_key: Some("measure_segments".to_owned()), ..Wish::default() };
    jobs::enqueue(work, &Job::MeasureSegments, wish).map(drop)
}

/// Writes down the days that are over and were not yet.
pub async fn step(app: &App, _: Claimed) -> Result<Ending, Error> {
    let days = work::write(app, Actor::system(), measure).await?;
    Ok(Ending::Done(json!({ "days": days })))
}

fn measure(work: &mut Work<'_>) -> Result<usize, Error> {
    if store::is_untold(work)? {
        return Err(Error::conflict("untold", "who entered and left by a rebuild is still being told; the days are counted after it"));
    }
    let zone = settings::zone(work)?;
    let segments = super::all(work)?;
    let Some(first) = segments.all.iter().map(|segment| segment.created_at).min() else { return Ok(0) };
    let yesterday = back(calendar::local_date(&zone, work.now.0), 1);
    let next = match store::last_day(work)? {
        Some(last) => last.tomorrow().unwrap_or(last),
        None => calendar::local_date(&zone, first.0),
    };
    if yesterday < next {
        return Ok(0);
    }
    let mut rows = count(work, next.max(back(yesterday, DAYS_MAX - 1)), None)?;
    rows.retain(|row| row.day.day <= yesterday);
    store::insert_days(work, &rows)?;
    Ok(rows.len())
}

/// The days from the first one to the present one of a segment, or of all, by segment and day: from the present size
/// backwards, by who entered and left.
fn count(work: &mut Work<'_>, first: Date, only: Option<SegmentId>) -> Result<Vec<Row>, Error> {
    let zone = settings::zone(work)?;
    let today = calendar::local_date(&zone, work.now.0);
    let days: Vec<Date> = first.series(1.day()).take_while(|day| *day <= today).take(DAYS_MAX as usize + 1).collect();
    let start = |day: Date| Instant(calendar::start_of(&zone, day));
    let spans: Vec<(Instant, Instant)> = days.iter().map(|day| (start(*day), start(day.tomorrow().unwrap_or(*day)))).collect();
    let moved = store::movement_by_span(work, &spans, only)?;
    let segments = super::all(work)?;
    let sizes = match only.and_then(|only| segments.get(only)) {
        Some(segment) => HashMap::from([((segment.id, segment.generation), store::size(work, segment.id, segment.generation)?)]),
        None => super::sizes(work)?,
    };
    let mut rows = Vec::new();
    for segment in segments.all.iter().filter(|segment| only.is_none_or(|only| only == segment.id)) {
        let born = calendar::local_date(&zone, segment.created_at.0);
        let mut size = sizes.get(&(segment.id, segment.generation)).copied().unwrap_or(0);
        let own = rows.len();
        for (place, day) in days.iter().enumerate().rev().take_while(|(_, day)| born <= **day) {
            let (entered, left) = moved.get(&(segment.id, place as i64)).copied().unwrap_or_default();
            rows.push(Row { segment: segment.id, day: Day { day: *day, size, entered, left } });
            size += left - entered;
        }
        rows[own..].reverse();
    }
    Ok(rows)
}
