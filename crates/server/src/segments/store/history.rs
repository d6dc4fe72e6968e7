//! SQL of the sizes of segments by day.

use crate::error::Error;
use crate::ids::SegmentId;
use crate::segments::history::{Day, Row};
use crate::time::Instant;
use crate::work::Work;
use jiff::civil::Date;
use std::collections::HashMap;
use store::{Rows, Statement, StoreError};

fn date(text: &str) -> Result<Date, StoreError> {
    text.parse().map_err(|error| StoreError::bug(format!("a day of a segment: {error}")))
}

/// The last day that is written down.
pub fn last_day(work: &mut Work<'_>) -> Result<Option<Date>, Error> {
    let last: Option<String> = work.tx.one("select max(day) from segment_sizes", &[])?;
    Ok(last.as_deref().map(date).transpose()?)
}

pub fn days_of(work: &mut Work<'_>, segment: SegmentId, from: Date, to: Date) -> Result<Vec<Day>, Error> {
    let mut days = Vec::new();
    work.tx.each(
        "select day, size, entered_count, left_count from segment_sizes where segment_id = $1 and day >= $2 and day <= $3 order by day",
        &[segment.into(), from.to_string().into(), to.to_string().into()],
        |row| {
            let day: String = row.get(0)?;
            days.push(Day { day: date(&day)?, size: row.get(1)?, entered: row.get(2)?, left: row.get(3)? });
            Ok(())
        },
    )?;
    Ok(days)
}

pub fn insert_days(work: &mut Work<'_>, days: &[Row]) -> Result<(), Error> {
    let mut rows = Rows::with_capacity(5, days.len());
    for Row { segment, day } in days {
        rows.push([(*segment).into(), day.day.to_string().into(), day.size.into(), day.entered.into(), day.left.into()]);
    }
    work.tx.insert(
        "insert into segment_sizes (segment_id, day, size, entered_count, left_count)",
        rows,
        "on conflict (segment_id, day) do nothing",
    )?;
    Ok(())
}

/// Whether there is a segment of whose present membership is not told yet who entered and left.
pub fn is_untold(work: &mut Work<'_>) -> Result<bool, Error> {
    let untold = "select id from segments where generation <> told_generation order by id limit 1";
    Ok(work.tx.first::<i64>(untold, &[])?.is_some())
}

/// How many entered and how many left, by segment and place of the span.
type Movement = HashMap<(SegmentId, i64), (i64, i64)>;

/// How many entered and left a segment, or each, in each of these spans.
pub fn movement_by_span(work: &mut Work<'_>, spans: &[(Instant, Instant)], only: Option<SegmentId>) -> Result<Movement, Error> {
    if spans.is_empty() {
        return Ok(Movement::new());
    }
    let mut statement = Statement::new("select c.segment_id, s.column1, ");
    statement.push("count(*) filter (where c.entered), count(*) filter (where not c.entered) from (values ");
    for (place, (start, end)) in spans.iter().enumerate() {
        statement.push(if place == 0 { "(cast(" } else { ", (cast(" }).bind(place as i64);
        statement.push(" as bigint), cast(").bind(*start).push(" as bigint), cast(").bind(*end).push(" as bigint))");
    }
    // A cross join keeps the order of the tables: each span, then the changes in it by index.
    statement.push(") as s cross join membership_changes as c where c.at >= s.column2 and c.at < s.column3");
    if let Some(only) = only {
        statement.push(" and c.segment_id = ").bind(only);
    }
    statement.push(" group by c.segment_id, s.column1");
    let mut moved = Movement::new();
    work.tx.each(&statement.text, &statement.values, |row| {
        moved.insert((row.get(0)?, row.get(1)?), (row.get(2)?, row.get(3)?));
        Ok(())
    })?;
    Ok(moved)
}
