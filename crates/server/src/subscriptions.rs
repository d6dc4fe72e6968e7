//! Subscriptions: the status of customers on newsletter lists, list by list. Sending to lists and keeping other systems in
//! step is not the business of this slice.

mod model;
pub mod routes;
mod store;

pub use model::{Status, Subscription};

use crate::audit;
use crate::customers;
use crate::error::Error;
use crate::events::Event;
use crate::ids::CustomerId;
use crate::personal::{self, Cell, Conflict, Joining, Parting, Union};
use crate::work::Work;
use serde_json::{Value, json};
use std::collections::HashSet;

/// The lists a customer is or was on, by name.
pub fn list(work: &mut Work<'_>, customer: CustomerId) -> Result<Vec<Subscription>, Error> {
    customers::must_exist(work, customer)?;
    store::list(work, customer)
}

/// Sets the status of a customer on a list. The status he has already stays as it is, and so does since when.
pub fn set(work: &mut Work<'_>, customer: CustomerId, list: &str, status: Status) -> Result<Subscription, Error> {
    if !crate::settings::is_name(list) {
        return Err(Error::invalid("/list", "invalid", "the name of a list has 1 to 64 letters, digits, _, - and ."));
    }
    if let Some(standing) = lock(work, customer, list)?
        && standing.status == status
    {
        return Ok(standing);
    }
    let subscription = Subscription { list: list.to_owned(), status, changed_at: work.now };
    store::put(work, customer, &subscription)?;
    audit::record(work, "set", "subscription", Some(customer.0), &json!(subscription))?;
    work.tell(Event::SubscriptionChanged { customer, list: list.into(), status: Some(status) });
    Ok(subscription)
}

/// Sets the status of many customers, who are locked already, on a list. Who has it already keeps it as it is.
pub fn set_many(work: &mut Work<'_>, customers: &[CustomerId], list: &str, status: Status) -> Result<(), Error> {
    let standing = store::statuses(work, customers, &[list])?;
    let has_it: HashSet<CustomerId> =
        standing.into_iter().filter(|(_, _, standing)| standing == status.as_str()).map(|(customer, ..)| customer).collect();
    let mut changing: Vec<CustomerId> = customers.iter().filter(|customer| !has_it.contains(customer)).copied().collect();
    changing.sort_unstable();
    changing.dedup();
    store::put_many(work, &changing, &Subscription { list: list.to_owned(), status, changed_at: work.now })?;
    for customer in changing {
        work.tell(Event::SubscriptionChanged { customer, list: list.into(), status: Some(status) });
    }
    Ok(())
}

/// Takes a customer off the records of a list, as if he had never been on it.
pub fn remove(work: &mut Work<'_>, customer: CustomerId, list: &str) -> Result<(), Error> {
    lock(work, customer, list)?.ok_or(Error::NotFound)?;
    store::delete(work, customer, list)?;
    audit::record(work, "delete", "subscription", Some(customer.0), &json!({ "list": list }))?;
    work.tell(Event::SubscriptionChanged { customer, list: list.into(), status: None });
    Ok(())
}

fn lock(work: &mut Work<'_>, customer: CustomerId, list: &str) -> Result<Option<Subscription>, Error> {
    if customers::lock(work, &[customer])?.is_empty() {
        return Err(Error::NotFound);
    }
    store::read(work, customer, list)
}

/// The status on some lists, as conditions name it; who was never on one is absent.
pub fn statuses(work: &mut Work<'_>, customers: &[CustomerId], lists: &[&str]) -> Result<Vec<(CustomerId, String, String)>, Error> {
    store::statuses(work, customers, lists)
}

/// Takes away the subscriptions of customers who are going.
pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    store::forget(work, customers)
}

const UNION: Union = Union {
    table: "subscriptions",
    columns: "list, status, changed_at",
    kind: "subscription",
    unite: model::stricter,
    keep: |now, _| now.clone(),
};

/// On a list that both are on, the stricter status stands.
pub fn merge(work: &mut Work<'_>, joining: &Joining<'_>) -> Result<Value, Error> {
    let cells = personal::unite(work, &UNION, joining.from, joining.into)?;
    Ok(if cells.is_empty() { Value::Null } else { json!(cells) })
}

pub fn unmerge(work: &mut Work<'_>, parting: &mut Parting<'_>) -> Result<Vec<Conflict>, Error> {
    let cells: Vec<Cell> = parting.journal()?;
    personal::part(work, &UNION, parting, cells, |cells: &mut Vec<Cell>| cells)
}
