//! SQL for rows of any customer-bound table. Names of tables and columns come from the slices that own them.

use super::moving::{Kept, Table};
use super::union::Union;
use crate::error::Error;
use crate::ids::CustomerId;
use crate::work::Work;
use ::store::{Rows, Statement};

pub fn copy(work: &mut Work<'_>, table: &Table, from: CustomerId, into: CustomerId, only: Option<&[i64]>) -> Result<(), Error> {
    let Table { name, id, columns } = table;
    let mut statement = Statement::new(&format!("insert into {name} (customer_id, {columns}) select cast("));
    statement.bind(into).push(&format!(" as bigint), {columns} from {name} where customer_id = ")).bind(from);
    if let Some(only) = only {
        statement.push(&format!(" and {id} in ")).bind_list(only);
    }
    work.tx.run(&statement)?;
    Ok(())
}

pub fn delete(work: &mut Work<'_>, table: &Table, from: CustomerId, only: Option<&[i64]>) -> Result<Vec<i64>, Error> {
    let Table { name, id, .. } = table;
    let mut statement = Statement::new(&format!("delete from {name} where customer_id = "));
    statement.bind(from);
    if let Some(only) = only {
        statement.push(&format!(" and {id} in ")).bind_list(only);
    }
    statement.push(&format!(" returning {id}"));
    let mut ids: Vec<i64> = work.tx.list(&statement)?;
    ids.sort_unstable();
    Ok(ids)
}

/// The rows of these customers, each after the id of its customer.
pub fn rows(work: &mut Work<'_>, union: &Union, customers: &[CustomerId]) -> Result<Vec<Kept>, Error> {
    let Union { table, columns, .. } = union;
    let mut statement = Statement::new(&format!("select customer_id, {columns} from {table} where customer_id in "));
    statement.bind_list(customers).push(&format!(" order by customer_id, {columns}"));
    Ok(work.tx.list(&statement)?)
}

pub fn forget(work: &mut Work<'_>, union: &Union, customers: &[CustomerId]) -> Result<(), Error> {
    let mut statement = Statement::new(&format!("delete from {} where customer_id in ", union.table));
    statement.bind_list(customers);
    work.tx.run(&statement)?;
    Ok(())
}

pub fn write(work: &mut Work<'_>, union: &Union, all: &[(CustomerId, Kept)]) -> Result<(), Error> {
    let Some((_, first)) = all.first() else { return Ok(()) };
    let mut rows = Rows::with_capacity(first.0.len() + 1, all.len());
    for (customer, kept) in all {
        let mut row = vec![(*customer).into()];
        row.extend(kept.values());
        rows.push_all(row);
    }
    work.tx.insert(&format!("insert into {} (customer_id, {})", union.table, union.columns), rows, "")?;
    Ok(())
}

/// What can be gained, and the rows that say so of the customer `c`.
const GAINED: [(&str, &str); 7] = [
    ("activities", "activities as t where t.customer_id = c.customer_id"),
    ("messages", "messages as t where t.customer_id = c.customer_id"),
    ("notes", "customer_notes as t where t.customer_id = c.customer_id"),
    ("memberships", "memberships as t where t.customer_id = c.customer_id and t.source = 'manual'"),
    ("consents", "consent_answers as t where t.customer_id = c.customer_id"),
    ("subscriptions", "subscriptions as t where t.customer_id = c.customer_id"),
    ("merged", "customer_aliases as t where t.survivor_id = c.customer_id"),
];

pub fn gained(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<Vec<(CustomerId, String)>, Error> {
    let mut statement = Statement::new("");
    for (place, (name, rows)) in GAINED.iter().enumerate() {
        let union = if place == 0 { "" } else { " union all " };
        statement.push(&format!("{union}select c.customer_id, '{name}' from customer_revisions as c where c.customer_id "));
        if place == 0 {
            statement.push("in ").bind_list(customers)
        } else {
            statement.push("{in_ints $1}")
        };
        statement.push(&format!(" and exists (select 1 from {rows})"));
    }
    Ok(work.tx.list(&statement)?)
}

/// Tables without rows are absent.
pub fn counts(work: &mut Work<'_>, tables: &[&str], customer: CustomerId) -> Result<Vec<(String, i64)>, Error> {
    let mut statement = Statement::new("");
    for (place, table) in tables.iter().enumerate() {
        let union = if place == 0 { "" } else { " union all " };
        statement.push(&format!("{union}select '{table}', count(*) from {table} where customer_id = ")).bind(customer);
    }
    let mut counts: Vec<(String, i64)> = work.tx.list(&statement)?;
    counts.retain(|(_, count)| *count != 0);
    Ok(counts)
}
