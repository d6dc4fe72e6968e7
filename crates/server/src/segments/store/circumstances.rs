//! SQL of what conditions ask about customers beside their fields, activities and segments.

use crate::error::Error;
use crate::ids::CustomerId;
use crate::time::Instant;
use crate::work::Work;
use store::{FromRow, Row, Statement, StoreError};

/// The answers in force for some purposes.
pub fn consents(work: &mut Work<'_>, customers: &[CustomerId], purposes: &[&str]) -> Result<Vec<(CustomerId, String, bool)>, Error> {
    let mut statement = Statement::new("select customer_id, purpose, granted from consents where customer_id in ");
    statement.bind_list(customers).push(" and purpose in ").bind_list(purposes);
    Ok(work.tx.list(&statement)?)
}

/// The status on some lists.
pub fn subscriptions(work: &mut Work<'_>, customers: &[CustomerId], lists: &[&str]) -> Result<Vec<(CustomerId, String, String)>, Error> {
    let mut statement = Statement::new("select customer_id, list, status from subscriptions where customer_id in ");
    statement.bind_list(customers).push(" and list in ").bind_list(lists);
    Ok(work.tx.list(&statement)?)
}

/// The company of a customer.
pub struct CompanyRow {
    pub customer: CustomerId,
    pub id: i64,
    pub name: (String, String),
    pub vat_id: Option<(String, String)>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl FromRow for CompanyRow {
    fn from_row(row: &Row<'_>) -> Result<CompanyRow, StoreError> {
        let vat_id: Option<String> = row.get(4)?;
        Ok(CompanyRow {
            customer: row.get(0)?,
            id: row.get(1)?,
            name: (row.get(2)?, row.get(3)?),
            vat_id: vat_id.zip(row.get(5)?),
            created_at: row.get(6)?,
            updated_at: row.get(7)?,
        })
    }
}

pub fn companies(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<Vec<CompanyRow>, Error> {
    let mut statement = Statement::new(
        "select c.id, o.id, o.name, o.name_folded, o.vat_id, o.vat_id_folded, o.created_at, o.updated_at
         from customers as c join companies as o on o.id = c.company_id where c.id in ",
    );
    statement.bind_list(customers);
    Ok(work.tx.list(&statement)?)
}
