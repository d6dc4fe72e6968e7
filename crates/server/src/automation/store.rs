//! SQL of rules and their runs.

use super::model::{Outcome, Rule, Run, Uses};
use super::rules::RULES_MAX;
use crate::error::Error;
use crate::ids::{ActivityId, CustomerId, RuleId, RunId};
use crate::time::Instant;
use crate::work::Work;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::HashMap;
use store::{FromRow, Row, Rows, Statement, StoreError};

pub fn insert(work: &mut Work<'_>, rule: &Rule, uses: &Uses) -> Result<bool, Error> {
    let inserted = work.tx.execute(
        "insert into rules (id, name, description, active, position, triggers, condition, actions, uses, valid_from, valid_until,
                            version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict (name) do nothing",
        &[
            rule.id.into(),
            (&rule.name).into(),
            (&rule.description).into(),
            rule.active.into(),
            rule.position.into(),
            document(&rule.triggers)?.into(),
            (&rule.condition).into(),
            document(&rule.actions)?.into(),
            document(uses)?.into(),
            rule.valid_from.into(),
            rule.valid_until.into(),
            rule.version.into(),
            rule.created_at.into(),
            rule.updated_at.into(),
        ],
    )?;
    Ok(inserted == 1)
}

pub fn update(work: &mut Work<'_>, rule: &Rule, uses: &Uses) -> Result<(), Error> {
    work.tx.execute(
        "update rules set name = $2, description = $3, active = $4, position = $5, triggers = $6, condition = $7, actions = $8,
                uses = $9, valid_from = $10, valid_until = $11, version = $12, updated_at = $13
         where id = $1",
        &[
            rule.id.into(),
            (&rule.name).into(),
            (&rule.description).into(),
            rule.active.into(),
            rule.position.into(),
            document(&rule.triggers)?.into(),
            (&rule.condition).into(),
            document(&rule.actions)?.into(),
            document(uses)?.into(),
            rule.valid_from.into(),
            rule.valid_until.into(),
            rule.version.into(),
            rule.updated_at.into(),
        ],
    )?;
    Ok(())
}

fn document<T: Serialize + ?Sized>(part: &T) -> Result<Value, Error> {
    serde_json::to_value(part).map_err(|error| Error::Bug(anyhow::Error::new(error).context("a part of a rule has no JSON form")))
}

pub fn delete(work: &mut Work<'_>, rule: RuleId) -> Result<(), Error> {
    work.tx.execute("delete from rules where id = $1", &[rule.into()])?;
    Ok(())
}

const COLUMNS: &str = "id, name, description, active, position, triggers, condition, actions, valid_from, valid_until, version, \
                       created_at, updated_at, uses";

/// All rules in their order, with what each refers to.
pub fn rules(work: &mut Work<'_>) -> Result<Vec<(Rule, Uses)>, Error> {
    let mut rules = Vec::new();
    let text = format!("select {COLUMNS} from rules order by position, id limit $1");
    work.tx.each(&text, &[(RULES_MAX as i64).into()], |row| {
        rules.push((Rule::from_row(row)?, parsed(row, 13)?));
        Ok(())
    })?;
    Ok(rules)
}

pub fn rule(work: &mut Work<'_>, rule: RuleId) -> Result<Option<Rule>, Error> {
    Ok(work.tx.first(&format!("select {COLUMNS} from rules where id = $1"), &[rule.into()])?)
}

/// For a change: nobody else changes it until this unit ends.
pub fn lock(work: &mut Work<'_>, rule: RuleId) -> Result<Option<Rule>, Error> {
    Ok(work.tx.first(&format!("select {COLUMNS} from rules where id = $1 {{for_update}}"), &[rule.into()])?)
}

/// In their order, after the place `(position, id)`.
pub fn page(work: &mut Work<'_>, after: (i64, i64), limit: usize) -> Result<Vec<Rule>, Error> {
    let text = format!("select {COLUMNS} from rules where (position, id) > ($1, $2) order by position, id limit $3");
    Ok(work.tx.all(&text, &[after.0.into(), after.1.into(), (limit as i64 + 1).into()])?)
}

pub fn named(work: &mut Work<'_>, name: &str) -> Result<Option<RuleId>, Error> {
    Ok(work.tx.first("select id from rules where name = $1", &[name.into()])?)
}

/// How many rules there are, and the position after the last.
pub fn extent(work: &mut Work<'_>) -> Result<(i64, i64), Error> {
    Ok(work.tx.one("select count(*), coalesce(max(position), 0) + 1 from rules", &[])?)
}

impl FromRow for Rule {
    fn from_row(row: &Row<'_>) -> Result<Rule, StoreError> {
        Ok(Rule {
            id: row.get(0)?,
            name: row.get(1)?,
            description: row.get(2)?,
            active: row.get(3)?,
            position: row.get(4)?,
            triggers: parsed(row, 5)?,
            condition: row.get(6)?,
            actions: parsed(row, 7)?,
            valid_from: row.get(8)?,
            valid_until: row.get(9)?,
            version: row.get(10)?,
            created_at: row.get(11)?,
            updated_at: row.get(12)?,
        })
    }
}

fn parsed<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<T, StoreError> {
    let document: Value = row.get(column)?;
    serde_json::from_value(document).map_err(|error| StoreError::bug(format!("a part of a rule this program does not know: {error}")))
}

/// A line of the run log to be written; `why` is JSON already.
#[derive(Debug)]
pub struct RunRow {
    pub customer: CustomerId,
    pub rule: RuleId,
    pub activity: Option<ActivityId>,
    pub outcome: Outcome,
    pub why: String,
}

pub fn insert_runs(work: &mut Work<'_>, runs: &[RunRow]) -> Result<(), Error> {
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
    work.tx.insert("insert into rule_runs (customer_id, id, rule_id, activity_id, at, outcome, is_deed, why)", &rows, "")?;
    Ok(())
}

/// What a list of runs is narrowed to.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    pub rule: RuleId,
    pub outcome: Option<Outcome>,
    pub customer: Option<CustomerId>,
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

fn narrow(statement: &mut Statement, wanted: Wanted) {
    if let Some(outcome) = wanted.outcome {
        statement.push(" and outcome = ").bind(outcome.as_str());
    }
    if let Some(customer) = wanted.customer {
        statement.push(" and customer_id = ").bind(customer);
    }
}

/// Runs about one customer in which something was, or should have been, done to him; newest first, before the place.
pub fn deeds_of(work: &mut Work<'_>, customer: CustomerId, before: (Instant, i64), limit: usize) -> Result<Vec<Run>, Error> {
    let mut statement = Statement::new(&format!("select {RUN_COLUMNS} from rule_runs where is_deed = true and customer_id = "));
    statement.bind(customer).push(" and (at, id) < (").bind(before.0).push(", ").bind(before.1);
    statement.push(") order by at desc, id desc limit ").bind(limit as i64);
    Ok(work.tx.list(&statement)?)
}

/// How often each rule came to which outcome since the instant.
pub fn count_outcomes(work: &mut Work<'_>, since: Instant) -> Result<Vec<(RuleId, Outcome, i64)>, Error> {
    let mut counts = Vec::new();
    work.tx.each(
        "select r.id, n.outcome, count(*) from rules r join rule_runs n on n.rule_id = r.id and n.at >= $1
         group by r.id, n.outcome order by r.id",
        &[since.into()],
        |row| {
            counts.push((row.get(0)?, outcome(row, 1)?, row.get(2)?));
            Ok(())
        },
    )?;
    Ok(counts)
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

/// The names of those of the rules that exist.
pub fn names(work: &mut Work<'_>, rules: &[RuleId]) -> Result<HashMap<RuleId, String>, Error> {
    let mut statement = Statement::new("select id, name from rules where id in ");
    statement.bind_list(rules).push(" order by id");
    let named: Vec<(RuleId, String)> = work.tx.list(&statement)?;
    Ok(named.into_iter().collect())
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
    Ok(work.tx.run(&statement)?)
}

pub fn forget_deeds(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    let mut statement = Statement::new("delete from rule_runs where is_deed = true and customer_id in ");
    statement.bind_list(customers);
    work.tx.run(&statement)?;
    Ok(())
}

pub fn forget_looks(work: &mut Work<'_>, activities: &[ActivityId]) -> Result<(), Error> {
    let mut statement = Statement::new("delete from rule_runs where is_deed = false and activity_id in ");
    statement.bind_list(activities);
    work.tx.run(&statement)?;
    Ok(())
}
