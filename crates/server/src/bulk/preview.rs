//! What a bulk action would do: how many customers are chosen is counted, and for the first of them it is done and nothing of
//! it kept, so that a preview says what the action itself would say.

use super::model::{Counts, Order, Outcome, Preview, Reason, Verdict};
use super::{PAGE, choose, deeds};
use crate::access::Actor;
use crate::app::App;
use crate::customers::{self, CustomerName, Sort};
use crate::error::Error;
use crate::ids::CustomerId;
use crate::work::{self, Work};
use std::collections::HashMap;

/// Customers that are looked at.
const LOOKED_AT_MAX: usize = 1_000;
/// Samples of each outcome: what changes is what one wants to see.
const SAMPLES: [(Verdict, usize); 3] = [(Verdict::Changed, 12), (Verdict::Refused, 5), (Verdict::Same, 3)];
/// Reasons that are told.
const REASONS_MAX: usize = 10;

pub async fn preview(app: &App, actor: Actor, order: Order) -> Result<Preview, Error> {
    let asked = order.clone();
    let (total, first) = work::read(app, actor.clone(), move |work| first(work, &asked)).await?;
    let mut outcomes = Vec::with_capacity(first.len());
    for page in first.chunks(PAGE) {
        let (page, action) = (page.to_vec(), order.action.clone());
        outcomes.extend(work::rehearse(app, actor.clone(), move |work| look(work, &action, &page)).await?);
    }
    let mut counts = Counts::default();
    counts.count(&outcomes);
    Ok(Preview {
        total,
        looked_at: outcomes.len() as i64,
        counts,
        reasons: reasons(&outcomes),
        samples: samples(outcomes),
        can_be_undone: order.action.can_be_undone(),
    })
}

/// How many are chosen, and the first of them.
fn first(work: &mut Work<'_>, order: &Order) -> Result<(i64, Vec<CustomerId>), Error> {
    let Some(filter) = order.filter.as_ref().filter(|_| order.except.is_empty()) else {
        let mut chosen = choose(work, order)?;
        let total = chosen.len() as i64;
        chosen.truncate(LOOKED_AT_MAX);
        return Ok((total, chosen));
    };
    // To count is much less than to read all of them.
    super::check(work, order)?;
    let wanted = filter.wanted(Sort::default())?;
    let total = customers::count_wanted(work, &wanted).map_err(customers::in_filter)?;
    super::check_total(usize::try_from(total).unwrap_or(usize::MAX))?;
    Ok((total, customers::ids_wanted(work, &wanted, LOOKED_AT_MAX)?))
}

fn look(work: &mut Work<'_>, action: &super::Action, page: &[CustomerId]) -> Result<Vec<Outcome>, Error> {
    let names = customers::names(work, page)?;
    let mut outcomes = deeds::rehearse(work, action, page)?;
    for outcome in &mut outcomes {
        outcome.name = names.get(&outcome.customer_id).and_then(CustomerName::shown);
    }
    Ok(outcomes)
}

fn reasons(outcomes: &[Outcome]) -> Vec<Reason> {
    let mut reasons: HashMap<&str, Reason> = HashMap::new();
    for problem in outcomes.iter().filter_map(|outcome| outcome.problems.first()) {
        let new = || Reason { code: problem.code.clone(), message: problem.message.clone(), count: 0 };
        reasons.entry(&problem.code).or_insert_with(new).count += 1;
    }
    let mut reasons: Vec<Reason> = reasons.into_values().collect();
    reasons.sort_by(|one, other| (other.count, &one.code).cmp(&(one.count, &other.code)));
    reasons.truncate(REASONS_MAX);
    reasons
}

fn samples(outcomes: Vec<Outcome>) -> Vec<Outcome> {
    let of = |(verdict, max): (Verdict, usize)| outcomes.iter().filter(move |one| one.outcome == verdict).take(max).cloned();
    SAMPLES.into_iter().flat_map(of).collect()
}
