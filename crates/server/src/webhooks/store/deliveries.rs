//! SQL of the deliveries.

use super::super::NOBODY;
use super::super::delivery::{Delivery, DeliveryDetail, Moved, Outgoing, State, Taken};
use super::super::sign;
use super::{document, read_document};
use crate::error::Error;
use crate::ids::{CustomerId, DeliveryId, WebhookId};
use crate::personal::Table;
use crate::time::Instant;
use crate::work::Work;
use serde_json::{Value, json};
use store::{FromRow, Row, Rows, Statement, StoreError};

/// Deliveries that wait, under ids from `first` on. One whose intent is known is left out.
pub fn insert(work: &mut Work<'_>, first: i64, wanted: &[Outgoing]) -> Result<(), Error> {
    let mut rows = Rows::with_capacity(13, wanted.len());
    for (outgoing, id) in wanted.iter().zip(first..) {
        rows.push([
            outgoing.customer.into(),
            id.into(),
            outgoing.webhook.into(),
            outgoing.rule.into(),
            outgoing.activity.into(),
            (&outgoing.kind).into(),
            (&outgoing.payload).into(),
            outgoing.intent.clone().into(),
            State::Planned.as_str().into(),
            0.into(),
            work.now.into(),
            json!([]).into(),
            work.now.into(),
        ]);
    }
    work.tx.insert(
        "insert into webhook_deliveries (customer_id, id, webhook_id, rule_id, activity_id, kind, payload, intent, state, attempts,
         next_at, history, created_at)",
        rows,
        "on conflict (customer_id, intent) where intent is not null do nothing",
    )?;
    Ok(())
}

/// The deliveries with one of these intents of one of these customers.
pub fn by_intent(
    work: &mut Work<'_>,
    customers: &[CustomerId],
    intents: &[String],
) -> Result<Vec<(CustomerId, String, DeliveryId)>, Error> {
    let mut statement = Statement::new("select customer_id, intent, id from webhook_deliveries where customer_id in ");
    statement.bind_list(customers).push(" and intent in ").bind_list(intents);
    Ok(work.tx.list(&statement)?)
}

/// Takes what is due first, also what a job that died left marked as being sent. Nobody else takes it before the instant.
pub fn take(work: &mut Work<'_>, webhook: WebhookId, until: Instant, limit: usize) -> Result<Vec<Taken>, Error> {
    let mut taken: Vec<Taken> = work.tx.all(
        "update webhook_deliveries set state = 'sending', next_at = $4
         where (customer_id, id) in (select customer_id, id from webhook_deliveries where webhook_id = $1 and next_at <= $2
           order by next_at, id limit $3 {skip_locked})
         returning customer_id, id, kind, payload, attempts, answer, history, created_at",
        &[webhook.into(), work.now.into(), (limit as i64).into(), until.into()],
    )?;
    taken.sort_by_key(|delivery| delivery.id);
    Ok(taken)
}

/// Writes down what became of some deliveries. One that was taken away meanwhile does not come back, and one that has ended
/// stays as it is.
pub fn write(work: &mut Work<'_>, moves: &[Moved]) -> Result<(), Error> {
    let mut statement = Statement::new(
        "update webhook_deliveries set state = m.state, attempts = m.attempts, next_at = m.next_at, status_code = m.status_code,
         answer = m.answer, problem = m.problem, history = m.history, delivered_at = m.delivered_at from (",
    );
    for (place, moved) in moves.iter().enumerate() {
        statement.push(if place == 0 { "select cast(" } else { " union all select cast(" }).bind(moved.customer);
        statement.push(" as bigint) as customer_id, cast(").bind(moved.id);
        statement.push(" as bigint) as id, cast(").bind(moved.state.as_str());
        statement.push(" as text) as state, cast(").bind(moved.attempts);
        statement.push(" as bigint) as attempts, cast(").bind(moved.next_at);
        statement.push(" as bigint) as next_at, cast(").bind(moved.status_code);
        statement.push(" as bigint) as status_code, cast(").bind(moved.answer.clone());
        statement.push(" as text) as answer, cast(").bind(moved.problem.clone());
        statement.push(" as text) as problem, cast(").bind(document(&moved.history)?);
        statement.push(" as {json}) as history, cast(").bind(moved.delivered_at);
        statement.push(" as bigint) as delivered_at");
    }
    statement.push(") as m where webhook_deliveries.customer_id = m.customer_id and webhook_deliveries.id = m.id");
    statement.push(" and webhook_deliveries.state = 'sending'");
    if !moves.is_empty() {
        work.tx.run(&statement)?;
    }
    Ok(())
}

/// Wants one again that has ended; gives how many that were.
pub fn replay(work: &mut Work<'_>, customer: CustomerId, delivery: DeliveryId) -> Result<u64, Error> {
    Ok(work.tx.execute(
        "update webhook_deliveries set state = 'planned', attempts = 0, next_at = $3, delivered_at = null
         where customer_id = $1 and id = $2 and state in ('delivered', 'failed', 'dead')",
        &[customer.into(), delivery.into(), work.now.into()],
    )?)
}

/// Wants up to `limit` again that were given up; gives how many.
pub fn replay_dead(work: &mut Work<'_>, webhook: WebhookId, since: Instant, limit: usize) -> Result<u64, Error> {
    Ok(work.tx.execute(
        "update webhook_deliveries set state = 'planned', attempts = 0, next_at = $3
         where (customer_id, id) in (select customer_id, id from webhook_deliveries
           where webhook_id = $1 and state = 'dead' and created_at >= $2 order by created_at, id limit $4)",
        &[webhook.into(), since.into(), work.now.into(), (limit as i64).into()],
    )?)
}

const COLUMNS: &str = "id, webhook_id, customer_id, rule_id, activity_id, kind, intent, state, attempts, next_at, status_code, problem,
    created_at, delivered_at";

pub fn read(work: &mut Work<'_>, delivery: DeliveryId) -> Result<Option<DeliveryDetail>, Error> {
    Ok(work.tx.first(&format!("select {COLUMNS}, payload, answer, history from webhook_deliveries where id = $1"), &[delivery.into()])?)
}

/// What a list of deliveries is narrowed to.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    pub webhook: WebhookId,
    pub customer: Option<CustomerId>,
    pub state: Option<State>,
}

/// The newest first, before the place `(created_at, id)`.
pub fn list(work: &mut Work<'_>, wanted: Wanted, before: (Instant, i64), limit: usize) -> Result<Vec<Delivery>, Error> {
    let mut statement = Statement::new(&format!("select {COLUMNS} from webhook_deliveries where (created_at, id) < ("));
    statement.bind(before.0).push(", ").bind(before.1).push(")");
    narrow(&mut statement, wanted);
    statement.push(" order by created_at desc, id desc limit ").bind(limit as i64 + 1);
    Ok(work.tx.list(&statement)?)
}

pub fn count(work: &mut Work<'_>, wanted: Wanted) -> Result<i64, Error> {
    let mut statement = Statement::new("select count(*) from webhook_deliveries where true");
    narrow(&mut statement, wanted);
    Ok(work.tx.one(&statement.text, &statement.values)?)
}

fn narrow(statement: &mut Statement, wanted: Wanted) {
    match wanted.customer {
        // The sum keeps the databases from walking through all deliveries of the webhook: a customer has few.
        Some(customer) => statement.push(" and customer_id = ").bind(customer).push(" and webhook_id + 0 = ").bind(wanted.webhook),
        None => statement.push(" and webhook_id = ").bind(wanted.webhook),
    };
    if let Some(state) = wanted.state {
        statement.push(" and state = ").bind(state.as_str());
    }
}

pub fn count_waiting(work: &mut Work<'_>) -> Result<i64, Error> {
    Ok(work.tx.one("select count(*) from webhook_deliveries where next_at is not null", &[])?)
}

pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    let mut statement = Statement::new("delete from webhook_deliveries where customer_id in ");
    statement.bind_list(customers);
    work.tx.run(&statement)?;
    Ok(())
}

/// Takes away up to `limit` deliveries of a webhook; gives how many.
pub fn delete_of(work: &mut Work<'_>, webhook: WebhookId, limit: usize) -> Result<u64, Error> {
    Ok(work.tx.execute(
        "delete from webhook_deliveries where (customer_id, id) in (select d.customer_id, d.id from webhook_deliveries as d
           where d.webhook_id = $1 limit $2)",
        &[webhook.into(), (limit as i64).into()],
    )?)
}

/// Takes away up to `limit` that were delivered before the instant; gives how many.
pub fn prune(work: &mut Work<'_>, before: Instant, limit: usize) -> Result<u64, Error> {
    Ok(work.tx.execute(
        "delete from webhook_deliveries where (customer_id, id) in (select d.customer_id, d.id from webhook_deliveries as d
           where d.delivered_at < $1 limit $2)",
        &[before.into(), (limit as i64).into()],
    )?)
}

impl FromRow for Taken {
    fn from_row(row: &Row<'_>) -> Result<Taken, StoreError> {
        Ok(Taken {
            customer: row.get(0)?,
            id: row.get(1)?,
            kind: row.get(2)?,
            payload: row.get(3)?,
            attempts: row.get(4)?,
            answer: row.get(5)?,
            history: read_document(row.get(6)?)?,
            created_at: row.get(7)?,
        })
    }
}

impl FromRow for Delivery {
    fn from_row(row: &Row<'_>) -> Result<Delivery, StoreError> {
        let customer: CustomerId = row.get(2)?;
        let state: String = row.get(7)?;
        Ok(Delivery {
            id: row.get(0)?,
            webhook_id: row.get(1)?,
            customer_id: (customer != NOBODY).then_some(customer),
            rule_id: row.get(3)?,
            activity_id: row.get(4)?,
            kind: row.get(5)?,
            intent: row.get(6)?,
            state: read_document(Value::String(state))?,
            attempts: row.get(8)?,
            next_at: row.get(9)?,
            status_code: row.get(10)?,
            problem: row.get(11)?,
            created_at: row.get(12)?,
            delivered_at: row.get(13)?,
        })
    }
}

impl FromRow for DeliveryDetail {
    fn from_row(row: &Row<'_>) -> Result<DeliveryDetail, StoreError> {
        let delivery = Delivery::from_row(row)?;
        let message_id = sign::message_id(delivery.id, delivery.created_at);
        Ok(DeliveryDetail { delivery, message_id, payload: row.get(14)?, answer: row.get(15)?, history: read_document(row.get(16)?)? })
    }
}

pub const TABLE: Table = Table {
    name: "webhook_deliveries",
    id: "id",
    columns: "id, webhook_id, rule_id, activity_id, kind, payload, intent, state, attempts, next_at, status_code, answer, problem, \
                  history, created_at, delivered_at",
};

/// Takes the intents from one customer that another one has too; gives them.
pub fn free_intents(work: &mut Work<'_>, from: CustomerId, by: CustomerId) -> Result<Vec<(DeliveryId, String)>, Error> {
    let shared: Vec<(DeliveryId, String)> = work.tx.all(
        "select id, intent from webhook_deliveries where customer_id = $1 and intent in
           (select intent from webhook_deliveries where customer_id = $2 and intent is not null) order by id",
        &[from.into(), by.into()],
    )?;
    if !shared.is_empty() {
        let ids: Vec<DeliveryId> = shared.iter().map(|(id, _)| *id).collect();
        let mut statement = Statement::new("update webhook_deliveries set intent = null where customer_id = ");
        statement.bind(from).push(" and id in ").bind_list(&ids);
        work.tx.run(&statement)?;
    }
    Ok(shared)
}

/// Gives intents back to those of the rows that are there.
pub fn put_intents(work: &mut Work<'_>, customer: CustomerId, intents: &[(DeliveryId, String)]) -> Result<(), Error> {
    if intents.is_empty() {
        return Ok(());
    }
    let mut statement = Statement::new("update webhook_deliveries set intent = w.intent from (");
    for (place, (id, intent)) in intents.iter().enumerate() {
        statement.push(if place == 0 { "select cast(" } else { " union all select cast(" }).bind(*id);
        statement.push(" as bigint) as id, cast(").bind(intent).push(" as text) as intent");
    }
    statement.push(") as w where webhook_deliveries.id = w.id and webhook_deliveries.customer_id = ").bind(customer);
    work.tx.run(&statement)?;
    Ok(())
}
