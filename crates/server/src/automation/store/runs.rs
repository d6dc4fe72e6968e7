//! SQL of the run log.

use super::super::outcome::{Outcome, Run};
use crate::error::Error;
use crate::ids::{ActivityId, CustomerId, RuleId, RunId};
use crate::rollups::{Figure, Subject};
use crate::time::Instant;
use crate::work::Work;
use serde_json::Value;
use store::{FromRow, Row, Rows, Statement, StoreError};

/// A line of the run log to be written; `why` is JSON already.
#[derive(Debug, Clone)]
pub struct RunRow {
    pub customer: CustomerId,
    pub rule: RuleId,
    pub activity: Option<ActivityId>,
    pub outcome: Outcome,
    pub why: String,
}

pub fn insert_runs(work: &mut Work<'_>, runs: &[RunRow]) -> Result<(), Error> {
    if runs.is_empty() {
        return Ok(());
    }
    let first = work.tx.new_ids(RunId::KIND, runs.len())?.start;
    let mut rows = Rows::with_capacity(8, runs.len());
    for (run, id) in runs.iter().zip(first..) {
        rows.push([
            run.customer.into(),
            id.into(),
            run.rule.into(),
            run.activity.into(),
            work.now.into(),
            run.outcome.as_str().into(),
            run.outcome.is_deed().into(),
            (&run.why).into(),
        ]);
    }
    work.tx.insert("insert into rule_runs (customer_id, id, rule_id, activity_id, at, outcome, is_deed, why)", rows, "")?;
    runs.iter().for_each(|run| work.tallies.add(Figure::Runs, Subject::Outcome(run.rule, run.outcome.as_str()), work.now, 1));
    Ok(())
}

/// What a list of runs is narrowed to.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    pub rule: RuleId,
    pub outcome: Option<Outcome>,
    pub customer: Option<CustomerId>,
    pub since: Option<Instant>,
    pub until: Option<Instant>,
}

const RUN_COLUMNS: &str = "id, rule_id, customer_id, activity_id, at, outcome, why";

/// The newest first, before the place `(at, id)`.
pub fn runs(work: &mut Work<'_>, wanted: Wanted, before: (Instant, i64), limit: usize) -> Result<Vec<Run>, Error> {
    let mut statement = Statement::new(&format!("select {RUN_COLUMNS} from rule_runs where rule_id = "));
    statement.bind(wanted.rule).push(" and (at, id) < (").bind(before.0).push(", ").bind(before.1).push(")");
    narrow(&mut statement, wanted);
    statement.push(" order by at desc, id desc limit ").bind(limit as i64 + 1);
    Ok(work.tx.list(&statement)?)
}

pub fn count_runs(work: &mut Work<'_>, wanted: Wanted) -> Result<i64, Error> {
    let mut statement = Statement::new("select count(*) from rule_runs where rule_id = ");
    statement.bind(wanted.rule);
    narrow(&mut statement, wanted);
    Ok(work.tx.one(&statement.text, &statement.values)?)
}

/// How many lines there are about a customer from an instant on.
pub fn count_runs_of(work: &mut Work<'_>, customer: CustomerId, since: Instant) -> Result<i64, Error> {
    Ok(work.tx.one("select count(*) from rule_runs where at >= $1 and customer_id = $2", &[since.into(), customer.into()])?)
}

fn narrow(statement: &mut Statement, wanted: Wanted) {
    if let Some(outcome) = wanted.outcome {
        statement.push(" and outcome = ").bind(outcome.as_str());
    }
    if let Some(customer) = wanted.customer {
        statement.push(" and customer_id = ").bind(customer);
    }
    if let Some(since) = wanted.since {
        statement.push(" and at >= ").bind(since);
    }
    if let Some(until) = wanted.until {
        statement.push(" and at < ").bind(until);
    }
}

/// Runs about one customer in which something was, or should have been, done to him; newest first, before the place.
pub fn deeds_of(work: &mut Work<'_>, customer: CustomerId, before: (Instant, i64), limit: usize) -> Result<Vec<Run>, Error> {
    let mut statement = Statement::new(&format!("select {RUN_COLUMNS} from rule_runs where (is_deed = true or activity_id is null)"));
    statement.push(" and is_deed = true and customer_id = ").bind(customer);
    statement.push(" and (at, id) < (").bind(before.0).push(", ").bind(before.1);
    statement.push(") order by at desc, id desc limit ").bind(limit as i64);
    Ok(work.tx.list(&statement)?)
}

impl FromRow for Run {
    fn from_row(row: &Row<'_>) -> Result<Run, StoreError> {
        Ok(Run {
            id: row.get(0)?,
            rule_id: row.get(1)?,
            customer_id: row.get(2)?,
            activity_id: row.get(3)?,
            at: row.get(4)?,
            outcome: outcome(row, 5)?,
            why: row.get(6)?,
        })
    }
}

fn outcome(row: &Row<'_>, column: usize) -> Result<Outcome, StoreError> {
    let text: String = row.get(column)?;
    serde_json::from_value(Value::String(text)).map_err(|error| StoreError::bug(format!("outcome of a run: {error}")))
}

/// Rules that have runs, also those that are gone: found by going from one to the next in the index, so that the number of
/// runs does not matter.
pub fn with_runs(work: &mut Work<'_>) -> Result<Vec<RuleId>, Error> {
    Ok(work.tx.all(
        "with recursive found (rule_id) as (
             select min(rule_id) from rule_runs
             union all
             select (select min(n.rule_id) from rule_runs n where n.rule_id > found.rule_id) from found where found.rule_id is not null
         )
         select rule_id from found where rule_id is not null",
        &[],
    )?)
}

/// Takes away up to `limit` runs that are older than the instant; gives how many.
pub fn prune(work: &mut Work<'_>, rules: &[RuleId], before: Instant, limit: usize) -> Result<u64, Error> {
    let mut statement =
        Statement::new("delete from rule_runs where (customer_id, id) in (select n.customer_id, n.id from rule_runs n where n.rule_id in ");
    statement.bind_list(rules).push(" and n.at < ").bind(before).push(" limit ").bind(limit as i64).push(")");
    delete(work, statement)
}

/// Takes away runs that are found by their customer: deeds, and looks that were not at an activity.
pub fn forget_deeds(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    let mut statement = Statement::new("delete from rule_runs where (is_deed = true or activity_id is null) and customer_id in ");
    statement.bind_list(customers);
    delete(work, statement).map(drop)
}

pub fn forget_looks(work: &mut Work<'_>, activities: &[ActivityId]) -> Result<(), Error> {
    let mut statement = Statement::new("delete from rule_runs where is_deed = false and activity_id in ");
    statement.bind_list(activities);
    delete(work, statement).map(drop)
}

/// Runs a statement that deletes lines of the log; gives how many.
fn delete(work: &mut Work<'_>, mut statement: Statement) -> Result<u64, Error> {
    statement.push(" returning rule_id, outcome, at");
    let mut deleted = Vec::new();
    work.tx.each(&statement.text, &statement.values, |row| {
        deleted.push((row.get(0)?, outcome(row, 1)?, row.get(2)?));
        Ok(())
    })?;
    for (rule, outcome, at) in &deleted {
        work.tallies.add(Figure::Runs, Subject::Outcome(*rule, outcome.as_str()), *at, -1);
    }
    Ok(deleted.len() as u64)
}
