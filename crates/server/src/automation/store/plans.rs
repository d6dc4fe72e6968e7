//! SQL of what rules have planned, and of when they last fired for whom.

use super::super::judge::{Entered, Entries};
use super::super::plans::{JOURNEY_KEY, Kind, Plan};
use super::{document, parsed};
use crate::error::Error;
use crate::ids::{CustomerId, RuleId};
use crate::time::Instant;
use crate::work::Work;
use serde_json::Value;
use store::{FromRow, Row, Rows, Statement, StoreError};

const COLUMNS: &str = "customer_id, id, rule_id, version, kind, place, due_at, since, entered_at, waits, unique_key, environment, attempts";

impl FromRow for Plan {
    fn from_row(row: &Row<'_>) -> Result<Plan, StoreError> {
        Ok(Plan {
            customer: row.get(0)?,
            id: row.get(1)?,
            rule: row.get(2)?,
            version: row.get(3)?,
            kind: kind(row, 4)?,
            place: row.get(5)?,
            due_at: row.get(6)?,
            since: row.get(7)?,
            entered_at: row.get(8)?,
            waits: row.get(9)?,
            unique_key: row.get(10)?,
            environment: parsed(row, 11)?,
            attempts: row.get(12)?,
        })
    }
}

/// Writes plans down; one whose key is taken stays out.
pub fn insert_plans(work: &mut Work<'_>, plans: &[Plan]) -> Result<(), Error> {
    write_plans(work, plans, "on conflict do nothing")
}

/// Writes plans down, over those that are there under their ids.
pub fn put_plans(work: &mut Work<'_>, plans: &[Plan]) -> Result<(), Error> {
    let suffix = "on conflict (customer_id, id) do update set version = excluded.version, place = excluded.place, due_at = excluded.due_at, \
                  since = excluded.since, waits = excluded.waits, attempts = excluded.attempts";
    write_plans(work, plans, suffix)
}

/// Writes instants down that triggers wait for, over those that were there.
pub fn put_timers(work: &mut Work<'_>, plans: &[Plan]) -> Result<(), Error> {
    let suffix = "on conflict (customer_id, unique_key) where unique_key is not null do update set due_at = excluded.due_at, attempts = 0";
    write_plans(work, plans, suffix)
}

fn write_plans(work: &mut Work<'_>, plans: &[Plan], suffix: &str) -> Result<(), Error> {
    if plans.is_empty() {
        return Ok(());
    }
    let mut rows = Rows::with_capacity(13, plans.len());
    for plan in plans {
        rows.push([
            plan.customer.into(),
            plan.id.into(),
            plan.rule.into(),
            plan.version.into(),
            plan.kind.as_str().into(),
            plan.place.into(),
            plan.due_at.into(),
            plan.since.into(),
            plan.entered_at.into(),
            plan.waits.into(),
            plan.unique_key.clone().into(),
            document(&plan.environment)?.into(),
            plan.attempts.into(),
        ]);
    }
    work.tx.insert(&format!("insert into rule_plans ({COLUMNS})"), rows, suffix)?;
    Ok(())
}

/// The first of those that are due: `(customer, id)`.
pub fn due_plans(work: &mut Work<'_>, limit: usize) -> Result<Vec<(CustomerId, i64)>, Error> {
    Ok(work.tx.all(
        "select customer_id, id from rule_plans where due_at <= $1 order by due_at, customer_id, id limit $2",
        &[work.now.into(), (limit as i64).into()],
    )?)
}

/// When the next one is due.
pub fn next_plan(work: &mut Work<'_>) -> Result<Option<Instant>, Error> {
    Ok(work.tx.first("select due_at from rule_plans order by due_at limit 1", &[])?)
}

/// Those of the plans that are still there and due, once their customers are locked; in the order of their instants.
pub fn take_plans(work: &mut Work<'_>, customers: &[CustomerId], ids: &[i64]) -> Result<Vec<Plan>, Error> {
    let mut statement = Statement::new(&format!("select {COLUMNS} from rule_plans where customer_id in "));
    statement.bind_list(customers).push(" and id in ").bind_list(ids).push(" and due_at <= ").bind(work.now);
    statement.push(" order by due_at, customer_id, id");
    Ok(work.tx.list(&statement)?)
}

/// Those of the plans that are still there, once their customers are locked.
pub fn plans_at(work: &mut Work<'_>, customers: &[CustomerId], ids: &[i64]) -> Result<Vec<Plan>, Error> {
    let mut statement = Statement::new(&format!("select {COLUMNS} from rule_plans where customer_id in "));
    statement.bind_list(customers).push(" and id in ").bind_list(ids).push(" order by customer_id, id");
    Ok(work.tx.list(&statement)?)
}

pub fn delete_plans(work: &mut Work<'_>, plans: &[(CustomerId, i64)]) -> Result<(), Error> {
    if plans.is_empty() {
        return Ok(());
    }
    let (customers, ids): (Vec<CustomerId>, Vec<i64>) = plans.iter().copied().unzip();
    let mut statement = Statement::new("delete from rule_plans where customer_id in ");
    statement.bind_list(&customers).push(" and id in ").bind_list(&ids);
    work.tx.run(&statement)?;
    Ok(())
}

/// Has those who wait for something to happen looked at again at once.
pub fn hurry(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<u64, Error> {
    let mut statement = Statement::new("update rule_plans set due_at = ");
    statement.bind(work.now).push(" where waits = true and due_at > ").bind(work.now);
    statement.push(" and customer_id in ").bind_list(customers);
    Ok(work.tx.run(&statement)?)
}

/// Has these instants looked at again at once: what they were computed from has changed.
pub fn hurry_timers(work: &mut Work<'_>, customers: &[CustomerId], keys: &[String]) -> Result<u64, Error> {
    let mut statement = Statement::new("update rule_plans set due_at = ");
    statement.bind(work.now).push(" where unique_key in ").bind_list(keys).push(" and customer_id in ").bind_list(customers);
    Ok(work.tx.run(&statement)?)
}

/// Puts one plan off after it failed.
pub fn put_off(work: &mut Work<'_>, plan: (CustomerId, i64), until: Instant) -> Result<(), Error> {
    work.tx.execute(
        "update rule_plans set due_at = $3, attempts = attempts + 1 where customer_id = $1 and id = $2",
        &[plan.0.into(), plan.1.into(), until.into()],
    )?;
    Ok(())
}

/// What is planned for one customer, the next first; instants that triggers wait for only if asked for.
pub fn plans_of(work: &mut Work<'_>, customer: CustomerId, timers: bool) -> Result<Vec<Plan>, Error> {
    let mut statement = Statement::new(&format!("select {COLUMNS} from rule_plans where customer_id = "));
    statement.bind(customer);
    if !timers {
        statement.push(" and kind <> ").bind(Kind::Timer.as_str());
    }
    statement.push(" order by due_at, id limit 500");
    Ok(work.tx.list(&statement)?)
}

pub fn plan(work: &mut Work<'_>, customer: CustomerId, plan: i64) -> Result<Option<Plan>, Error> {
    let text = format!("select {COLUMNS} from rule_plans where customer_id = $1 and id = $2");
    Ok(work.tx.first(&text, &[customer.into(), plan.into()])?)
}

/// What a rule has planned by versions before this one, in the order of customers, after the place `(customer, id)`.
pub fn plans_before(work: &mut Work<'_>, rule: RuleId, version: i64, after: (i64, i64), limit: usize) -> Result<Vec<Plan>, Error> {
    let text = format!(
        "select {COLUMNS} from rule_plans where rule_id = $1 and version < $2 and kind = 'journey' and (customer_id, id) > ($3, $4)
         order by customer_id, id limit $5"
    );
    Ok(work.tx.all(&text, &[rule.into(), version.into(), after.0.into(), after.1.into(), (limit as i64).into()])?)
}

/// A page of what a rule has planned, the next first, after the place `(due_at, customer, id)`.
pub fn plans_by_rule(work: &mut Work<'_>, rule: RuleId, after: (Instant, i64, i64), limit: usize) -> Result<Vec<Plan>, Error> {
    let text = format!(
        "select {COLUMNS} from rule_plans where rule_id = $1 and kind <> 'timer' and (due_at, customer_id, id) > ($2, $3, $4)
         order by due_at, customer_id, id limit $5"
    );
    Ok(work.tx.all(&text, &[rule.into(), after.0.into(), after.1.into(), after.2.into(), (limit as i64 + 1).into()])?)
}

/// How many customers are at which place of which version of a rule: `(version, kind, place, count)`.
pub fn count_plans(work: &mut Work<'_>, rule: RuleId) -> Result<Vec<(i64, Kind, i64, i64)>, Error> {
    let mut counts = Vec::new();
    work.tx.each(
        "select version, kind, place, count(*) from rule_plans where rule_id = $1 and kind <> 'timer' group by version, kind, place
         order by version, kind, place",
        &[rule.into()],
        |row| {
            counts.push((row.get(0)?, kind(row, 1)?, row.get(2)?, row.get(3)?));
            Ok(())
        },
    )?;
    Ok(counts)
}

fn kind(row: &Row<'_>, column: usize) -> Result<Kind, StoreError> {
    let text: String = row.get(column)?;
    serde_json::from_value(Value::String(text)).map_err(|error| StoreError::bug(format!("kind of a plan: {error}")))
}

/// When these rules last fired for these customers, and who is on their journeys.
pub fn entries(work: &mut Work<'_>, rules: &[RuleId], customers: &[CustomerId]) -> Result<Entries, Error> {
    let mut entries = Entries::default();
    let mut statement = Statement::new("select rule_id, customer_id, last_at from rule_entries where customer_id in ");
    statement.bind_list(customers).push(" and rule_id in ").bind_list(rules);
    work.tx.each(&statement.text, &statement.values, |row| {
        entries.insert((row.get(0)?, row.get(1)?), Entered { last: Some(row.get(2)?), is_under_way: false });
        Ok(())
    })?;
    let keys: Vec<String> = rules.iter().map(|rule| format!("{JOURNEY_KEY}{rule}")).collect();
    let mut statement = Statement::new("select rule_id, customer_id from rule_plans where customer_id in ");
    statement.bind_list(customers).push(" and unique_key in ").bind_list(&keys).push(" and unique_key is not null");
    work.tx.each(&statement.text, &statement.values, |row| {
        entries.entry((row.get(0)?, row.get(1)?)).or_default().is_under_way = true;
        Ok(())
    })?;
    Ok(entries)
}

/// Notes that rules fired for customers now.
pub fn put_entries(work: &mut Work<'_>, fired: &[(RuleId, CustomerId)]) -> Result<(), Error> {
    if fired.is_empty() {
        return Ok(());
    }
    let mut rows = Rows::with_capacity(4, fired.len());
    for (rule, customer) in fired {
        rows.push([(*customer).into(), (*rule).into(), work.now.into(), 1.into()]);
    }
    let suffix = "on conflict (customer_id, rule_id) do update set last_at = excluded.last_at, times = rule_entries.times + 1";
    work.tx.insert("insert into rule_entries (customer_id, rule_id, last_at, times)", rows, suffix)?;
    Ok(())
}

pub fn forget_plans(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    let mut statement = Statement::new("delete from rule_plans where customer_id in ");
    statement.bind_list(customers);
    work.tx.run(&statement)?;
    let mut statement = Statement::new("delete from rule_entries where customer_id in ");
    statement.bind_list(customers);
    work.tx.run(&statement)?;
    Ok(())
}
