//! SQL of the ids of customers who became a part of another one.

use crate::error::Error;
use crate::ids::{CustomerId, MergeId};
use crate::work::Work;
use store::Statement;

pub fn resolve(work: &mut Work<'_>, ids: &[CustomerId]) -> Result<Vec<(CustomerId, CustomerId)>, Error> {
    let mut statement = Statement::new("select customer_id, survivor_id from customer_aliases where customer_id in ");
    statement.bind_list(ids);
    Ok(work.tx.list(&statement)?)
}

pub fn of(work: &mut Work<'_>, survivors: &[CustomerId]) -> Result<Vec<CustomerId>, Error> {
    let mut statement = Statement::new("select customer_id from customer_aliases where survivor_id in ");
    statement.bind_list(survivors).push(" order by customer_id");
    Ok(work.tx.list(&statement)?)
}

pub fn insert(work: &mut Work<'_>, customer: CustomerId, survivor: CustomerId, merge: MergeId) -> Result<(), Error> {
    work.tx.execute(
        "insert into customer_aliases (customer_id, survivor_id, merge_id) values ($1, $2, $3)",
        &[customer.into(), survivor.into(), merge.into()],
    )?;
    Ok(())
}

pub fn redirect(work: &mut Work<'_>, from: CustomerId, into: CustomerId) -> Result<Vec<CustomerId>, Error> {
    let text = "update customer_aliases set survivor_id = $2 where survivor_id = $1 returning customer_id";
    let mut redirected: Vec<CustomerId> = work.tx.all(text, &[from.into(), into.into()])?;
    redirected.sort_unstable();
    Ok(redirected)
}

pub fn delete(work: &mut Work<'_>, customer: CustomerId) -> Result<(), Error> {
    work.tx.execute("delete from customer_aliases where customer_id = $1", &[customer.into()])?;
    Ok(())
}

pub fn put_back(work: &mut Work<'_>, survivor: CustomerId, customers: &[CustomerId]) -> Result<(), Error> {
    if customers.is_empty() {
        return Ok(());
    }
    let mut statement = Statement::new("update customer_aliases set survivor_id = ");
    statement.bind(survivor).push(" where customer_id in ").bind_list(customers);
    work.tx.run(&statement)?;
    Ok(())
}

pub fn forget(work: &mut Work<'_>, survivors: &[CustomerId]) -> Result<(), Error> {
    let mut statement = Statement::new("delete from customer_aliases where survivor_id in ");
    statement.bind_list(survivors);
    work.tx.run(&statement)?;
    Ok(())
}
