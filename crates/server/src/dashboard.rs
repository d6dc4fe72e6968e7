//! The figures people start their day with. Asks the slices that own them, a fixed number of statements however long the
//! range; keeps nothing itself.

mod model;
pub mod routes;

pub use model::{Dashboard, Range};

use crate::activities;
use crate::automation;
use crate::customers;
use crate::error::Error;
use crate::jobs;
use crate::mail;
use crate::segments;
use crate::settings;
use crate::work::Work;
use std::collections::HashMap;

/// The figures of the last `days` days, today included, next to those of as many days before.
pub fn read(work: &mut Work<'_>, days: i64) -> Result<Dashboard, Error> {
    let zone = settings::zone(work)?;
    let range = Range::ending_today(work.now, &zone, days)?;
    Ok(Dashboard {
        customers: of_customers(work, &range)?,
        activities: of_activities(work, &range)?,
        segments: of_segments(work, &range)?,
        rules: of_rules(work, &range)?,
        mail: of_mail(work, &range)?,
        jobs: of_jobs(work)?,
    })
}

fn of_customers(work: &mut Work<'_>, range: &Range) -> Result<model::Customers, Error> {
    let counted = customers::count_by_active(work, range.start(), range.start_before())?;
    let active = counted.iter().filter(|group| group.active).map(|group| group.total).sum();
    Ok(model::Customers {
        total: counted.iter().map(|group| group.total).sum(),
        active,
        new: counted.iter().map(|group| group.new).sum(),
        new_before: counted.iter().map(|group| group.new_before).sum(),
    })
}

fn of_activities(work: &mut Work<'_>, range: &Range) -> Result<model::Activities, Error> {
    let total = activities::count_by_kind(work)?.iter().map(|(_, count)| count).sum();
    let spans = activities::count_by_span(work, range.start_before(), range.end(), range.step)?;
    Ok(model::activities(range, total, &spans))
}

fn of_segments(work: &mut Work<'_>, range: &Range) -> Result<Vec<model::SegmentFigures>, Error> {
    let mut moved: HashMap<_, (i64, i64)> = HashMap::new();
    for (segment, entered, count) in segments::movement_since(work, range.start())? {
        let both = moved.entry(segment).or_default();
        *(if entered { &mut both.0 } else { &mut both.1 }) += count;
    }
    let groups = segments::group_names(work)?;
    Ok(segments::list(work)?
        .into_iter()
        .map(|segment| {
            let (entered, left) = moved.get(&segment.id).copied().unwrap_or_default();
            let group_name = groups.get(&segment.group_id).cloned().unwrap_or_default();
            model::SegmentFigures { id: segment.id, name: segment.name, group_name, size: segment.size, entered, left }
        })
        .collect())
}

fn of_rules(work: &mut Work<'_>, range: &Range) -> Result<Vec<model::RuleFigures>, Error> {
    let mut runs: HashMap<_, (i64, i64)> = HashMap::new();
    for (rule, outcome, count) in automation::count_outcomes(work, range.start())? {
        let both = runs.entry(rule).or_default();
        match outcome {
            automation::Outcome::Fired | automation::Outcome::Failed => both.0 += count,
            // What was done later belongs to a look that fired before.
            outcome if outcome.is_deed() => {}
            _ => both.1 += count,
        }
    }
    Ok(automation::all(work)?
        .into_iter()
        .map(|rule| {
            let (fired, not_fired) = runs.get(&rule.id).copied().unwrap_or_default();
            model::RuleFigures { id: rule.id, name: rule.name, active: rule.active, fired, not_fired }
        })
        .collect())
}

fn of_mail(work: &mut Work<'_>, range: &Range) -> Result<model::MailFigures, Error> {
    let states = mail::count_by_state(work, range.start())?;
    let count = |state: mail::State| states.get(state.as_str()).copied().unwrap_or(0);
    Ok(model::MailFigures {
        queued: count(mail::State::Planned) + count(mail::State::Sending) + count(mail::State::Held),
        sent: count(mail::State::Sent),
        failed: count(mail::State::Failed),
        withheld: count(mail::State::Suppressed),
    })
}

fn of_jobs(work: &mut Work<'_>) -> Result<model::JobFigures, Error> {
    let states: HashMap<String, i64> = jobs::count_open(work)?.into_iter().collect();
    let count = |state: jobs::State| states.get(state.as_str()).copied().unwrap_or(0);
    Ok(model::JobFigures { queued: count(jobs::State::Queued), running: count(jobs::State::Running), dead: count(jobs::State::Dead) })
}
