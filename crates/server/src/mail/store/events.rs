//! SQL of what happened to messages.

use crate::error::Error;
use crate::ids::{CustomerId, MessageEventId, MessageId};
use crate::mail::ledger::{Happening, Message, What};
use crate::personal::Table;
use crate::work::Work;
use serde_json::Value;
use store::{FromRow, Row, Rows, Statement, StoreError};

/// Entries one message shows.
const SHOWN_MAX: i64 = 500;

pub fn add(work: &mut Work<'_>, message: &Message, what: What, detail: &Value) -> Result<(), Error> {
    let id = MessageEventId(work.tx.new_id(MessageEventId::KIND)?);
    work.tx.execute(
        "insert into message_events (customer_id, id, message_id, at, kind, detail) values ($1, $2, $3, $4, $5, $6)",
        &[message.customer_id.into(), id.into(), message.id.into(), work.now.into(), what.as_str().into(), detail.into()],
    )?;
    Ok(())
}

/// What happens to a message once only; gives false when it had happened.
pub fn add_once(work: &mut Work<'_>, message: &Message, what: What, detail: &Value, once: &str) -> Result<bool, Error> {
    let id = MessageEventId(work.tx.new_id(MessageEventId::KIND)?);
    let inserted = work.tx.execute(
        "insert into message_events (customer_id, id, message_id, at, kind, detail, once) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (customer_id, message_id, once) where once is not null do nothing",
        &[message.customer_id.into(), id.into(), message.id.into(), work.now.into(), what.as_str().into(), detail.into(), once.into()],
    )?;
    Ok(inserted == 1)
}

/// That messages were planned.
pub fn planned(work: &mut Work<'_>, messages: &[(CustomerId, MessageId)]) -> Result<(), Error> {
    let first = work.tx.new_ids(MessageEventId::KIND, messages.len())?.start;
    let mut rows = Rows::with_capacity(6, messages.len());
    for ((customer, message), id) in messages.iter().zip(first..) {
        rows.push([(*customer).into(), id.into(), (*message).into(), work.now.into(), What::Planned.as_str().into(), "{}".into()]);
    }
    work.tx.insert("insert into message_events (customer_id, id, message_id, at, kind, detail)", rows, "")?;
    Ok(())
}

/// In the order in which it happened.
pub fn of(work: &mut Work<'_>, customer: CustomerId, message: MessageId) -> Result<Vec<Happening>, Error> {
    Ok(work.tx.all(
        "select id, at, kind, detail from message_events where customer_id = $1 and message_id = $2 order by at, id limit $3",
        &[customer.into(), message.into(), SHOWN_MAX.into()],
    )?)
}

pub fn count(work: &mut Work<'_>, customer: CustomerId, message: MessageId) -> Result<i64, Error> {
    Ok(work.tx.one("select count(*) from message_events where customer_id = $1 and message_id = $2", &[customer.into(), message.into()])?)
}

pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    let mut statement = Statement::new("delete from message_events where customer_id in ");
    statement.bind_list(customers);
    work.tx.run(&statement)?;
    Ok(())
}

impl FromRow for Happening {
    fn from_row(row: &Row<'_>) -> Result<Happening, StoreError> {
        let kind: String = row.get(2)?;
        let kind =
            serde_json::from_value(Value::String(kind)).map_err(|error| StoreError::bug(format!("what happened to a message: {error}")))?;
        Ok(Happening { id: row.get(0)?, at: row.get(1)?, kind, detail: row.get(3)? })
    }
}

pub const TABLE: Table = Table { name: "message_events", id: "id", columns: "id, message_id, at, kind, detail, once" };

/// All that happened to some messages of a customer.
pub fn ids_of(work: &mut Work<'_>, customer: CustomerId, messages: &[i64]) -> Result<Vec<i64>, Error> {
    let mut statement = Statement::new("select id from message_events where customer_id = ");
    statement.bind(customer).push(" and message_id in ").bind_list(messages).push(" order by id");
    Ok(work.tx.list(&statement)?)
}
