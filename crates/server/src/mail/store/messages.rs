//! SQL of the messages.

use super::bounces;
use crate::error::Error;
use crate::ids::{CustomerId, MessageId};
use crate::mail::ledger::{Message, Outgoing, State, Wanted};
use crate::personal::Table;
use crate::rollups::{Figure, Subject};
use crate::time::Instant;
use crate::work::Work;
use serde_json::Value;
use store::{FromRow, Row, Rows, Statement, StoreError};

/// Messages that are planned, under ids from `first` on. One whose intent there is already is not written.
pub fn insert(work: &mut Work<'_>, first: i64, mails: &[Outgoing]) -> Result<(), Error> {
    let mut rows = Rows::with_capacity(16, mails.len());
    for (mail, id) in mails.iter().zip(first..) {
        let recipient = mail.to.as_deref().unwrap_or_default();
        rows.push([
            mail.customer.into(),
            id.into(),
            mail.template.into(),
            mail.rule.into(),
            mail.activity.into(),
            mail.purpose.clone().into(),
            mail.intent.clone().into(),
            mail.to.clone().into(),
            recipient.into(),
            sql::fold(recipient).into(),
            "".into(),
            false.into(),
            State::Planned.as_str().into(),
            0.into(),
            work.now.into(),
            work.now.into(),
        ]);
    }
    let written = work.tx.insert_counting(
        "insert into messages (customer_id, id, template_id, rule_id, activity_id, purpose, intent, sent_to, recipient,
           recipient_folded, subject, marketing, state, ambiguous, created_at, changed_at)",
        &rows,
        "on conflict (customer_id, intent) where intent is not null do nothing",
    )?;
    tally(work, State::Planned.as_str().to_owned(), work.now, written as i64);
    Ok(())
}

/// Those of the messages that there are.
pub fn existing(work: &mut Work<'_>, ids: &[MessageId]) -> Result<Vec<MessageId>, Error> {
    let mut statement = Statement::new("select id from messages where id in ");
    statement.bind_list(ids).push(" order by id");
    Ok(work.tx.list(&statement)?)
}

const COLUMNS: &str = "customer_id, id, template_id, rule_id, activity_id, purpose, intent, sent_to, recipient, subject, marketing, \
                       state, problem, held_until, slot_at, ambiguous, created_at, changed_at, sent_at";

/// For sending: nobody else changes it until this unit ends.
pub fn lock(work: &mut Work<'_>, customer: CustomerId, message: MessageId) -> Result<Option<Message>, Error> {
    let text = format!("select {COLUMNS} from messages where customer_id = $1 and id = $2 {{for_update}}");
    Ok(work.tx.first(&text, &[customer.into(), message.into()])?)
}

/// [`lock`], wherever the message has gone since it was that customer's.
pub fn lock_moved(work: &mut Work<'_>, customer: CustomerId, message: MessageId) -> Result<Option<Message>, Error> {
    if let Some(standing) = lock(work, customer, message)? {
        return Ok(Some(standing));
    }
    match by_id(work, message)? {
        None => Ok(None),
        // Gone again between the two looks: the unit starts anew.
        Some(found) => lock(work, found.customer_id, message)?.map(Some).ok_or_else(|| StoreError::Again.into()),
    }
}

pub fn by_id(work: &mut Work<'_>, message: MessageId) -> Result<Option<Message>, Error> {
    Ok(work.tx.first(&format!("select {COLUMNS} from messages where id = $1"), &[message.into()])?)
}

/// Rewrites what changes on the way. What was sent stays as it is; gives the number of messages that changed.
pub fn update(work: &mut Work<'_>, message: &Message) -> Result<u64, Error> {
    let standing = "select state, created_at from messages where customer_id = $1 and id = $2 and state <> 'sent'";
    let standing: Option<(String, Instant)> = work.tx.first(standing, &[message.customer_id.into(), message.id.into()])?;
    let Some((state, created_at)) = standing else { return Ok(0) };
    tally(work, state, created_at, -1);
    tally(work, message.state.as_str().to_owned(), created_at, 1);
    Ok(work.tx.execute(
        "update messages
         set recipient = $3, recipient_folded = $4, subject = $5, marketing = $6, state = $7, problem = $8, held_until = $9,
             slot_at = $10, ambiguous = $11, changed_at = $12, sent_at = $13
         where customer_id = $1 and id = $2 and state <> 'sent'",
        &[
            message.customer_id.into(),
            message.id.into(),
            (&message.recipient).into(),
            sql::fold(&message.recipient).into(),
            (&message.subject).into(),
            message.marketing.into(),
            message.state.as_str().into(),
            message.problem.clone().into(),
            message.held_until.into(),
            message.slot_at.into(),
            message.ambiguous.into(),
            work.now.into(),
            message.sent_at.into(),
        ],
    )?)
}

fn tally(work: &mut Work<'_>, state: String, created_at: Instant, count: i64) {
    work.tallies.add(Figure::Messages, Subject::Name(state.into()), created_at, count);
}

/// When the customer got marketing mail since the instant, or is getting it; the newest first.
pub fn marketing_since(work: &mut Work<'_>, customer: CustomerId, since: Instant, limit: i64) -> Result<Vec<Instant>, Error> {
    Ok(work.tx.all(
        "select coalesce(sent_at, changed_at) from messages
         where customer_id = $1 and marketing and state in ('sent', 'sending') and coalesce(sent_at, changed_at) > $2
         order by coalesce(sent_at, changed_at) desc limit $3",
        &[customer.into(), since.into(), limit.into()],
    )?)
}

/// The newest first, before the place `(created_at, id)`.
pub fn page(work: &mut Work<'_>, wanted: &Wanted, before: (Instant, i64), limit: usize) -> Result<Vec<Message>, Error> {
    let mut statement = Statement::new(&format!("select {COLUMNS} from messages where (created_at, id) < ("));
    statement.bind(before.0).push(", ").bind(before.1).push(")");
    narrow(&mut statement, wanted);
    statement.push(" order by created_at desc, id desc limit ").bind(limit as i64 + 1);
    Ok(work.tx.list(&statement)?)
}

pub fn count(work: &mut Work<'_>, wanted: &Wanted) -> Result<i64, Error> {
    let mut statement = Statement::new("select count(*) from messages where true");
    narrow(&mut statement, wanted);
    Ok(work.tx.one(&statement.text, &statement.values)?)
}

/// How many there are in each state.
pub fn counts(work: &mut Work<'_>, wanted: &Wanted) -> Result<Vec<(String, i64)>, Error> {
    let mut statement = Statement::new("select state, count(*) from messages where true");
    narrow(&mut statement, wanted);
    statement.push(" group by state order by state");
    Ok(work.tx.list(&statement)?)
}

fn narrow(statement: &mut Statement, wanted: &Wanted) {
    if let Some(customer) = wanted.customer {
        statement.push(" and customer_id = ").bind(customer);
    }
    if let Some(state) = wanted.state {
        statement.push(" and state = ").bind(state.as_str());
    }
    if let Some(template) = wanted.template {
        statement.push(" and template_id = ").bind(template);
    }
    if let Some(rule) = wanted.rule {
        statement.push(" and rule_id = ").bind(rule);
    }
    if wanted.ambiguous {
        statement.push(" and ambiguous > 0");
    }
    match wanted.came_back {
        None => between(statement, "created_at", wanted),
        Some(came_back) => {
            let kinds = bounces::kinds(came_back);
            statement.push(" and id in (select message_id from mail_bounces where message_id is not null and kind in ").push(kinds);
            statement.push(" group by message_id having true");
            between(statement, "min(at)", wanted);
            statement.push(")");
        }
    }
    if let Some(part) = &wanted.recipient {
        let place = statement.values.len() + 1;
        statement.values.push(part.as_str().into());
        statement.push(&format!(" and {{contains recipient_folded ${place}}}"));
    }
}

fn between(statement: &mut Statement, at: &str, wanted: &Wanted) {
    if let Some(from) = wanted.from {
        statement.push(&format!(" and {at} >= ")).bind(from);
    }
    if let Some(until) = wanted.until {
        statement.push(&format!(" and {at} < ")).bind(until);
    }
}

/// Messages of one customer, newest first, from the place after `before` on: by instant, then by id.
pub fn of_customer(work: &mut Work<'_>, customer: CustomerId, before: (Instant, i64), limit: usize) -> Result<Vec<Message>, Error> {
    let text = format!(
        "select {COLUMNS} from messages where customer_id = $1 and (created_at, id) < ($2, $3)
         order by created_at desc, id desc limit $4"
    );
    Ok(work.tx.all(&text, &[customer.into(), before.0.into(), before.1.into(), (limit as i64).into()])?)
}

/// What one customer is to get and has not got yet, in the order in which it was planned.
pub fn waiting(work: &mut Work<'_>, customer: CustomerId, limit: i64) -> Result<Vec<Message>, Error> {
    let text = format!(
        "select {COLUMNS} from messages where customer_id = $1 and state in ('planned', 'sending', 'held')
         order by created_at, id limit $2"
    );
    Ok(work.tx.all(&text, &[customer.into(), limit.into()])?)
}

pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    let mut statement = Statement::new("delete from messages where customer_id in ");
    statement.bind_list(customers).push(" returning state, created_at");
    for (state, created_at) in work.tx.list::<(String, Instant)>(&statement)? {
        tally(work, state, created_at, -1);
    }
    Ok(())
}

impl FromRow for Message {
    fn from_row(row: &Row<'_>) -> Result<Message, StoreError> {
        let state: String = row.get(11)?;
        let state =
            serde_json::from_value(Value::String(state)).map_err(|error| StoreError::bug(format!("state of a message: {error}")))?;
        Ok(Message {
            customer_id: row.get(0)?,
            id: row.get(1)?,
            template_id: row.get(2)?,
            rule_id: row.get(3)?,
            activity_id: row.get(4)?,
            purpose: row.get(5)?,
            intent: row.get(6)?,
            to: row.get(7)?,
            recipient: row.get(8)?,
            subject: row.get(9)?,
            marketing: row.get(10)?,
            state,
            problem: row.get(12)?,
            held_until: row.get(13)?,
            slot_at: row.get(14)?,
            ambiguous: row.get(15)?,
            created_at: row.get(16)?,
            changed_at: row.get(17)?,
            sent_at: row.get(18)?,
        })
    }
}

pub const TABLE: Table = Table {
    name: "messages",
    id: "id",
    columns: "id, template_id, rule_id, activity_id, purpose, intent, sent_to, recipient, recipient_folded, subject, marketing, state, \
                  problem, held_until, slot_at, ambiguous, created_at, changed_at, sent_at",
};

/// Takes the intents from one customer that another one has too; gives them.
pub fn free_intents(work: &mut Work<'_>, from: CustomerId, by: CustomerId) -> Result<Vec<(MessageId, String)>, Error> {
    let shared: Vec<(MessageId, String)> = work.tx.all(
        "select id, intent from messages where customer_id = $1 and intent in
           (select intent from messages where customer_id = $2 and intent is not null) order by id",
        &[from.into(), by.into()],
    )?;
    if !shared.is_empty() {
        let ids: Vec<MessageId> = shared.iter().map(|(id, _)| *id).collect();
        let mut statement = Statement::new("update messages set intent = null where customer_id = ");
        statement.bind(from).push(" and id in ").bind_list(&ids);
        work.tx.run(&statement)?;
    }
    Ok(shared)
}

/// Gives intents back to those of the rows that are there.
pub fn put_intents(work: &mut Work<'_>, customer: CustomerId, intents: &[(MessageId, String)]) -> Result<(), Error> {
    if intents.is_empty() {
        return Ok(());
    }
    let mut statement = Statement::new("update messages set intent = w.intent from (");
    for (place, (id, intent)) in intents.iter().enumerate() {
        statement.push(if place == 0 { "select cast(" } else { " union all select cast(" }).bind(*id);
        statement.push(" as bigint) as id, cast(").bind(intent).push(" as text) as intent");
    }
    statement.push(") as w where messages.id = w.id and messages.customer_id = ").bind(customer);
    work.tx.run(&statement)?;
    Ok(())
}
