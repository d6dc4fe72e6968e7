//! SQL of what rules did and plan for two customers who become one, and two again.

use crate::error::Error;
use crate::ids::CustomerId;
use crate::personal::{Kept, Table};
use crate::time::Instant;
use crate::work::Work;
use store::{Rows, Statement};

pub const PLANS: Table = Table {
    name: "rule_plans",
    id: "id",
    columns: "id, rule_id, version, kind, place, due_at, since, entered_at, waits, unique_key, environment, attempts",
};

pub const RUNS: Table = Table { name: "rule_runs", id: "id", columns: "id, rule_id, activity_id, at, outcome, is_deed, why" };

/// Takes away the plans of one customer under keys that another one has too; gives them.
pub fn take_shared_plans(work: &mut Work<'_>, from: CustomerId, by: CustomerId) -> Result<Vec<Kept>, Error> {
    Ok(work.tx.all(
        "delete from rule_plans where customer_id = $1 and unique_key in
           (select o.unique_key from rule_plans as o where o.customer_id = $2 and o.unique_key is not null)
         returning id, rule_id, version, kind, place, due_at, since, entered_at, waits, unique_key, environment, attempts",
        &[from.into(), by.into()],
    )?)
}

/// Writes such plans again; whoever is on the same journey anew stays on it.
pub fn put_dropped_plans(work: &mut Work<'_>, customer: CustomerId, plans: &[Kept]) -> Result<(), Error> {
    let mut rows = Rows::with_capacity(13, plans.len());
    for plan in plans {
        let mut values = vec![customer.into()];
        values.extend(plan.values());
        rows.push_all(values);
    }
    let into = "insert into rule_plans (customer_id, id, rule_id, version, kind, place, due_at, since, entered_at, waits, unique_key, \
                environment, attempts)";
    work.tx.insert(into, rows, "on conflict do nothing")?;
    Ok(())
}

/// What waits for something to happen and is not due yet, with its instant.
pub fn waiting(work: &mut Work<'_>, customer: CustomerId) -> Result<Vec<(i64, Instant)>, Error> {
    Ok(work.tx.all(
        "select id, due_at from rule_plans where customer_id = $1 and waits = true and due_at > $2 order by id",
        &[customer.into(), work.now.into()],
    )?)
}

/// Puts the instants back of plans that were hurried at an instant and not looked at since.
pub fn put_back_due(work: &mut Work<'_>, customer: CustomerId, at: Instant, plans: &[(i64, Instant)]) -> Result<(), Error> {
    if plans.is_empty() {
        return Ok(());
    }
    let mut statement = Statement::new("update rule_plans set due_at = w.due_at from (");
    for (place, (id, due)) in plans.iter().enumerate() {
        statement.push(if place == 0 { "select cast(" } else { " union all select cast(" }).bind(*id);
        statement.push(" as bigint) as id, cast(").bind(*due).push(" as bigint) as due_at");
    }
    statement.push(") as w where rule_plans.id = w.id and rule_plans.customer_id = ").bind(customer);
    statement.push(" and rule_plans.due_at = ").bind(at);
    work.tx.run(&statement)?;
    Ok(())
}

/// The runs about a customer: those that did something by him, the others by his activities.
pub fn run_ids(work: &mut Work<'_>, customer: CustomerId) -> Result<Vec<i64>, Error> {
    Ok(work.tx.all(
        "select id from rule_runs where (is_deed = true or activity_id is null) and customer_id = $1
         union
         select n.id from activities as a join rule_runs as n on n.activity_id = a.id where a.customer_id = $1 and n.customer_id = $1
         order by 1",
        &[customer.into()],
    )?)
}
