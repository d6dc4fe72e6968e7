//! Who will leave a segment by which day if nothing happens: its members are carried forward through the instants at which
//! time alone may change its condition, or one of those it is built on.

use super::compiled::{Compiled, Segments};
use super::{facts, store};
use crate::error::Error;
use crate::ids::SegmentId;
use crate::settings;
use crate::time::Instant;
use crate::work::Work;
use condition::{Facts, Needs, calendar};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// Members looked at; of a larger segment they are drawn evenly.
const MEMBERS_MAX: usize = 5_000;
/// Members whose facts are loaded at a time.
const PAGE: usize = 500;
/// Instants one member is followed through.
const STEPS_MAX: usize = 400;

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SegmentForecast)]
pub struct Forecast {
    pub size: i64,
    /// Members who were looked at. Where they are fewer than `size`, the numbers of the days are extrapolated from them.
    pub looked_at: i64,
    pub days: Vec<Day>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SegmentForecastDay)]
pub struct Day {
    /// A day of the instance's time zone. The first one is today.
    #[schema(format = Date)]
    pub day: String,
    pub leaving: i64,
}

pub fn forecast(work: &mut Work<'_>, segment: SegmentId, days: u32) -> Result<Forecast, Error> {
    let segments = work.definitions::<Segments>()?;
    let standing = segments.get(segment).ok_or(Error::NotFound)?;
    let size = store::size(work, segment, standing.generation)?;
    let zone = settings::zone(work)?;
    let today = calendar::local_date(&zone, work.now.0);
    let dates: Vec<_> = today.series(jiff::Span::new().days(1)).take(days as usize).collect();
    let end = dates.last().and_then(|last| last.tomorrow().ok()).map_or(work.now.0, |after| calendar::start_of(&zone, after));
    let chain = chain(&segments, segment);
    let members = if chain.is_empty() { Vec::new() } else { store::preview::drawn(work, segment, standing.generation, MEMBERS_MAX)? };
    let mut needs = Needs::default();
    chain.iter().for_each(|one| needs.merge(&one.needs));
    let mut leaving: BTreeMap<String, i64> = BTreeMap::new();
    for page in members.chunks(PAGE) {
        for facts in facts::facts(work, page, &needs)?.into_values() {
            if let Some(at) = leaves_at(&chain, segment, facts, work.now, end) {
                *leaving.entry(calendar::local_date(&zone, at).to_string()).or_default() += 1;
            }
        }
    }
    let looked_at = if chain.is_empty() { size } else { members.len() as i64 };
    let scaled = |count: i64| if looked_at == 0 { 0 } else { (count * size + looked_at / 2) / looked_at };
    let day = |date: jiff::civil::Date| {
        let day = date.to_string();
        Day { leaving: leaving.get(&day).copied().map_or(0, scaled), day }
    };
    Ok(Forecast { size, looked_at, days: dates.into_iter().map(day).collect() })
}

/// The conditions in force that this segment stands on, itself last; none for a manual one.
fn chain(segments: &Segments, segment: SegmentId) -> Vec<&Compiled> {
    let mut wanted = BTreeSet::from([segment.0]);
    let mut chain: Vec<&Compiled> = Vec::new();
    // Those a segment is built on come before it, so from the end every one is known to be wanted when it is met.
    for compiled in segments.compiled.iter().rev().filter(|one| one.in_force) {
        if wanted.contains(&compiled.segment.0) {
            wanted.extend(&compiled.needs.segments);
            chain.push(compiled);
        }
    }
    chain.reverse();
    chain
}

/// When a member is out before `end`, if he will be.
fn leaves_at(chain: &[&Compiled], segment: SegmentId, mut facts: Facts, now: Instant, end: i64) -> Option<i64> {
    let mut at = now.0;
    for _ in 0..STEPS_MAX {
        at = chain.iter().filter_map(|one| condition::due(&one.tree, &facts, at)).min().filter(|due| *due < end)?;
        for one in chain {
            match condition::evaluate(&one.tree, &facts, at) {
                true => drop(facts.segments.entry(one.segment.0).or_insert(1)),
                false => drop(facts.segments.remove(&one.segment.0)),
            }
        }
        if !facts.segments.contains_key(&segment.0) {
            return Some(at);
        }
    }
    None
}
