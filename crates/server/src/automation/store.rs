//! SQL of rules. Their runs stand in `store/runs.rs`, what they have planned in `store/plans.rs`.

mod joining;
mod plans;
mod runs;

pub use joining::*;
pub use plans::*;
pub use runs::*;

use super::model::{Definition, Rule, Uses};
use super::rules::RULES_MAX;
use crate::error::Error;
use crate::ids::RuleId;
use crate::time::Instant;
use crate::work::Work;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::HashMap;
use store::{FromRow, Row, Rows, Statement, StoreError};

pub fn insert(work: &mut Work<'_>, rule: &Rule, uses: &Uses) -> Result<bool, Error> {
    let inserted = work.tx.execute(
        "insert into rules (id, name, description, active, position, definition, uses, valid_from, valid_until,
                            version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (name) do nothing",
        &[
            rule.id.into(),
            (&rule.name).into(),
            (&rule.description).into(),
            rule.active.into(),
            rule.position.into(),
            document(&rule.definition)?.into(),
            document(uses)?.into(),
            rule.valid_from.into(),
            rule.valid_until.into(),
            rule.version.into(),
            rule.created_at.into(),
            rule.updated_at.into(),
        ],
    )?;
    if inserted == 1 {
        keep_version(work, rule)?;
    }
    Ok(inserted == 1)
}

pub fn update(work: &mut Work<'_>, rule: &Rule, uses: &Uses) -> Result<(), Error> {
    work.tx.execute(
        "update rules set name = $2, description = $3, active = $4, position = $5, definition = $6, uses = $7, valid_from = $8,
                valid_until = $9, version = $10, updated_at = $11
         where id = $1",
        &[
            rule.id.into(),
            (&rule.name).into(),
            (&rule.description).into(),
            rule.active.into(),
            rule.position.into(),
            document(&rule.definition)?.into(),
            document(uses)?.into(),
            rule.valid_from.into(),
            rule.valid_until.into(),
            rule.version.into(),
            rule.updated_at.into(),
        ],
    )?;
    keep_version(work, rule)
}

fn keep_version(work: &mut Work<'_>, rule: &Rule) -> Result<(), Error> {
    work.tx.execute(
        "insert into rule_versions (rule_id, version, definition, created_at) values ($1, $2, $3, $4)",
        &[rule.id.into(), rule.version.into(), document(&rule.definition)?.into(), rule.updated_at.into()],
    )?;
    Ok(())
}

pub(super) fn document<T: Serialize + ?Sized>(part: &T) -> Result<Value, Error> {
    serde_json::to_value(part).map_err(|error| Error::Bug(anyhow::Error::new(error).context("a part of a rule has no JSON form")))
}

/// Takes a rule away. What it has planned is dropped when due.
pub fn delete(work: &mut Work<'_>, rule: RuleId) -> Result<(), Error> {
    work.tx.execute("delete from rules where id = $1", &[rule.into()])?;
    work.tx.execute("delete from rule_versions where rule_id = $1", &[rule.into()])?;
    work.tx.execute("delete from rule_schedules where rule_id = $1", &[rule.into()])?;
    Ok(())
}

const COLUMNS: &str = "id, name, description, active, position, definition, valid_from, valid_until, version, created_at, updated_at, uses";

/// All rules in their order, with what each refers to.
pub fn rules(work: &mut Work<'_>) -> Result<Vec<(Rule, Uses)>, Error> {
    let mut rules = Vec::new();
    let text = format!("select {COLUMNS} from rules order by position, id limit $1");
    work.tx.each(&text, &[(RULES_MAX as i64).into()], |row| {
        rules.push((Rule::from_row(row)?, parsed(row, 11)?));
        Ok(())
    })?;
    Ok(rules)
}

/// Definitions by rule and version.
pub fn versions(work: &mut Work<'_>) -> Result<HashMap<(RuleId, i64), Definition>, Error> {
    let mut versions = HashMap::new();
    work.tx.each("select rule_id, version, definition from rule_versions", &[], |row| {
        versions.insert((row.get(0)?, row.get(1)?), parsed(row, 2)?);
        Ok(())
    })?;
    Ok(versions)
}

/// Takes away versions that are not the newest and by which nothing is planned; gives how many.
pub fn prune_versions(work: &mut Work<'_>) -> Result<u64, Error> {
    Ok(work.tx.execute(
        "delete from rule_versions
         where not exists (select 1 from rules r where r.id = rule_versions.rule_id and r.version = rule_versions.version)
           and not exists (select 1 from rule_plans p where p.rule_id = rule_versions.rule_id and p.version = rule_versions.version)",
        &[],
    )?)
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
            definition: parsed(row, 5)?,
            valid_from: row.get(6)?,
            valid_until: row.get(7)?,
            version: row.get(8)?,
            created_at: row.get(9)?,
            updated_at: row.get(10)?,
        })
    }
}

pub(super) fn parsed<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<T, StoreError> {
    let document: Value = row.get(column)?;
    serde_json::from_value(document).map_err(|error| StoreError::bug(format!("a part of a rule this program does not know: {error}")))
}

/// The names of those of the rules that exist.
pub fn names(work: &mut Work<'_>, rules: &[RuleId]) -> Result<HashMap<RuleId, String>, Error> {
    let mut statement = Statement::new("select id, name from rules where id in ");
    statement.bind_list(rules).push(" order by id");
    let named: Vec<(RuleId, String)> = work.tx.list(&statement)?;
    Ok(named.into_iter().collect())
}

/// When a rule looks for everyone: `(rule, place of the trigger, instant)`.
pub type Schedule = (RuleId, i64, Instant);

/// Replaces the instants at which a rule looks for everyone.
pub fn reschedule(work: &mut Work<'_>, rule: RuleId, schedules: &[Schedule]) -> Result<(), Error> {
    work.tx.execute("delete from rule_schedules where rule_id = $1", &[rule.into()])?;
    put_schedules(work, schedules)
}

pub fn put_schedules(work: &mut Work<'_>, schedules: &[Schedule]) -> Result<(), Error> {
    let mut rows = Rows::with_capacity(3, schedules.len());
    for (rule, place, next_at) in schedules {
        rows.push([(*rule).into(), (*place).into(), (*next_at).into()]);
    }
    let suffix = "on conflict (rule_id, place) do update set next_at = excluded.next_at";
    work.tx.insert("insert into rule_schedules (rule_id, place, next_at)", rows, suffix)?;
    Ok(())
}

pub fn next_schedule(work: &mut Work<'_>) -> Result<Option<Instant>, Error> {
    Ok(work.tx.one::<Option<i64>>("select min(next_at) from rule_schedules", &[])?.map(Instant))
}

/// Those that are due, for whoever asks first.
pub fn due_schedules(work: &mut Work<'_>) -> Result<Vec<Schedule>, Error> {
    Ok(work.tx.all(
        "select rule_id, place, next_at from rule_schedules where next_at <= $1 order by next_at, rule_id, place {for_update} {skip_locked}",
        &[work.now.into()],
    )?)
}
