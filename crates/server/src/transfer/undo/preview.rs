//! What undoing an import would do: for the deeds that would be undone first it is done, and nothing of it kept, so that a
//! preview says what the undoing itself would say.

use super::model::{Counts, Fate, Outcome, Preview, Reason, Verdict};
use crate::access::Actor;
use crate::app::App;
use crate::customers;
use crate::error::Error;
use crate::ids::{CustomerId, ImportId};
use crate::transfer::model::State;
use crate::transfer::store::undo as store;
use crate::work::{self, Work};
use std::collections::HashMap;

/// Deeds that are looked at, in one unit of work.
const LOOKED_AT_MAX: usize = 1_000;
/// Samples of each verdict: what stays is what one wants to see.
const SAMPLES: [(Verdict, usize); 3] = [(Verdict::Kept, 8), (Verdict::Deleted, 6), (Verdict::Restored, 6)];
/// Reasons that are told.
const REASONS_MAX: usize = 10;

pub async fn preview(app: &App, actor: Actor, import: ImportId, fate: Fate) -> Result<Preview, Error> {
    work::rehearse(app, actor, move |work| look(work, import, fate)).await
}

fn look(work: &mut Work<'_>, id: ImportId, fate: Fate) -> Result<Preview, Error> {
    let import = super::opened(work, id)?;
    let (total, done, mut at) = match &import.undo {
        Some(undo) if undo.state == State::Done => (undo.total, 0, super::Place::default()),
        Some(undo) => (undo.total, undo.done, undo.at),
        None => (store::total(work, id)?, 0, super::Place::default()),
    };
    let (mut outcomes, mut names, mut looked_at) = (Vec::new(), HashMap::new(), 0);
    while looked_at < LOOKED_AT_MAX
        && let Some((place, deeds)) = store::deeds_before(work, id, at)?
    {
        let customers: Vec<CustomerId> = deeds.iter().filter_map(|deed| deed.customer()).collect();
        // Of those who go, the names are asked for before.
        names.extend(customers::names(work, &customers)?);
        outcomes.extend(super::take_back(work, &import, fate, &deeds)?);
        looked_at += deeds.len();
        at = place;
    }
    let mut counts = Counts::default();
    counts.count(&outcomes);
    let mut samples = samples(&outcomes);
    for sample in &mut samples {
        sample.name = names.get(&sample.customer_id).and_then(customers::CustomerName::shown);
    }
    super::name(work, &mut samples)?;
    Ok(Preview { total: total - done, looked_at: looked_at as i64, counts, reasons: reasons(&outcomes), samples })
}

fn reasons(outcomes: &[Outcome]) -> Vec<Reason> {
    let mut reasons: HashMap<&str, Reason> = HashMap::new();
    for problem in outcomes.iter().flat_map(|outcome| &outcome.problems) {
        let new = || Reason { code: problem.code.clone(), message: problem.message.clone(), count: 0 };
        reasons.entry(&problem.code).or_insert_with(new).count += 1;
    }
    let mut reasons: Vec<Reason> = reasons.into_values().collect();
    reasons.sort_by(|one, other| (other.count, &one.code).cmp(&(one.count, &other.code)));
    reasons.truncate(REASONS_MAX);
    reasons
}

fn samples(outcomes: &[Outcome]) -> Vec<Outcome> {
    let of = |(verdict, max): (Verdict, usize)| outcomes.iter().filter(move |one| one.outcome == verdict).take(max).cloned();
    SAMPLES.into_iter().flat_map(of).collect()
}
