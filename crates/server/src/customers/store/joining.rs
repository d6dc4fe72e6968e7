//! SQL of the rows of customers who become one, and two again: read and written as they stand, fields that are no longer
//! defined included.

use super::super::model::Version;
use super::{INSERT, Standing};
use crate::error::Error;
use crate::ids::CustomerId;
use crate::personal::{Kept, Table};
use crate::time::Instant;
use crate::work::Work;
use store::{FromRow, Rows, Statement};

pub const NOTES: Table = Table { name: "customer_notes", id: "id", columns: "id, at, actor_kind, actor_id, actor_name, title, text" };

/// The columns of [`INSERT`].
fn columns() -> &'static str {
    INSERT.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or_default()
}

const ACTIVE: usize = 3;
const CREATED_AT: usize = 9;
/// Mail address, first name, last name, phone.
const KNOWN_BY: [usize; 4] = [13, 19, 21, 31];

/// The rows as they stand, the first column being the id.
pub fn rows(work: &mut Work<'_>, ids: &[CustomerId]) -> Result<Vec<Kept>, Error> {
    let mut statement = Statement::new(&format!("select {} from customers where id in ", columns()));
    statement.bind_list(ids).push(" order by id");
    Ok(work.tx.list(&statement)?)
}

/// Writes a row as it stood, over the one that is there.
pub fn put_row(work: &mut Work<'_>, row: &Kept) -> Result<(), Error> {
    let standing = self::rows(work, &[CustomerId(row.int(0))])?;
    for (row, count) in standing.iter().map(|standing| (standing, -1)).chain([(row, 1)]) {
        let known = KNOWN_BY.iter().any(|place| !row.text(*place).is_empty());
        Standing { active: row.is_true(ACTIVE), known }.tally(work, Instant(row.int(CREATED_AT)), count);
    }
    let mut rows = Rows::new(super::WIDTH);
    rows.push_all(row.values());
    work.tx.insert(INSERT, rows, super::UPDATE)?;
    Ok(())
}

pub fn insert_revision(work: &mut Work<'_>, customer: CustomerId, revision: i64) -> Result<(), Error> {
    work.tx.execute("insert into customer_revisions (customer_id, revision) values ($1, $2)", &[customer.into(), revision.into()])?;
    work.locked.insert(customer, revision);
    Ok(())
}

pub fn delete_version(work: &mut Work<'_>, customer: CustomerId, version: i64) -> Result<(), Error> {
    work.tx.execute("delete from customer_versions where customer_id = $1 and version = $2", &[customer.into(), version.into()])?;
    Ok(())
}

/// The latest versions of customers, each with its customer.
pub fn latest_versions(work: &mut Work<'_>, customers: &[CustomerId], limit: i64) -> Result<Vec<(CustomerId, Version)>, Error> {
    let mut statement = Statement::new(
        "select version, at, actor_kind, actor_id, actor_name, changes, customer_id, cause from customer_versions where customer_id in ",
    );
    statement.bind_list(customers).push(" order by at desc, version desc limit ").bind(limit);
    let mut versions = Vec::new();
    work.tx.each(&statement.text, &statement.values, |row| {
        let version: Version = FromRow::from_row(row)?;
        versions.push((version.customer_id, version));
        Ok(())
    })?;
    Ok(versions)
}
