//! SQL of the subscriptions.

use super::model::{Status, Subscription};
use crate::error::Error;
use crate::ids::CustomerId;
use crate::work::Work;
use store::{FromRow, Row, Rows, Statement, StoreError};

pub fn list(work: &mut Work<'_>, customer: CustomerId) -> Result<Vec<Subscription>, Error> {
    Ok(work.tx.all("select list, status, changed_at from subscriptions where customer_id = $1 order by list", &[customer.into()])?)
}

pub fn read(work: &mut Work<'_>, customer: CustomerId, list: &str) -> Result<Option<Subscription>, Error> {
    Ok(work.tx.first(
        "select list, status, changed_at from subscriptions where customer_id = $1 and list = $2",
        &[customer.into(), list.into()],
    )?)
}

pub fn put(work: &mut Work<'_>, customer: CustomerId, subscription: &Subscription) -> Result<(), Error> {
    work.tx.execute(
        "insert into subscriptions (customer_id, list, status, changed_at) values ($1, $2, $3, $4)
         on conflict (customer_id, list) do update set status = excluded.status, changed_at = excluded.changed_at",
        &[customer.into(), (&subscription.list).into(), subscription.status.as_str().into(), subscription.changed_at.into()],
    )?;
    Ok(())
}

/// The same for many customers.
pub fn put_many(work: &mut Work<'_>, customers: &[CustomerId], subscription: &Subscription) -> Result<(), Error> {
    let mut rows = Rows::with_capacity(4, customers.len());
    for customer in customers {
        let status = subscription.status.as_str();
        rows.push([(*customer).into(), (&subscription.list).into(), status.into(), subscription.changed_at.into()]);
    }
    work.tx.insert(
        "insert into subscriptions (customer_id, list, status, changed_at)",
        rows,
        "on conflict (customer_id, list) do update set status = excluded.status, changed_at = excluded.changed_at",
    )?;
    Ok(())
}

pub fn delete(work: &mut Work<'_>, customer: CustomerId, list: &str) -> Result<(), Error> {
    work.tx.execute("delete from subscriptions where customer_id = $1 and list = $2", &[customer.into(), list.into()])?;
    Ok(())
}

pub fn statuses(work: &mut Work<'_>, customers: &[CustomerId], lists: &[&str]) -> Result<Vec<(CustomerId, String, String)>, Error> {
    let mut statement = Statement::new("select customer_id, list, status from subscriptions where customer_id in ");
    statement.bind_list(customers).push(" and list in ").bind_list(lists);
    Ok(work.tx.list(&statement)?)
}

pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    let mut statement = Statement::new("delete from subscriptions where customer_id in ");
    statement.bind_list(customers);
    work.tx.run(&statement)?;
    Ok(())
}

impl FromRow for Subscription {
    fn from_row(row: &Row<'_>) -> Result<Subscription, StoreError> {
        let status: String = row.get(1)?;
        let status = Status::parse(&status).ok_or_else(|| StoreError::bug(format!("{status:?} is no status of a subscription")))?;
        Ok(Subscription { list: row.get(0)?, status, changed_at: row.get(2)? })
    }
}
