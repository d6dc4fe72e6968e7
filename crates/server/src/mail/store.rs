//! SQL of templates and messages.

use super::model::{Message, Outgoing, State, Template};
use crate::error::Error;
use crate::ids::{CustomerId, MessageId, TemplateId};
use crate::time::Instant;
use crate::work::Work;
use serde_json::Value;
use std::collections::HashMap;
use store::{FromRow, Row, Rows, Statement, StoreError};

pub fn insert_template(work: &mut Work<'_>, template: &Template) -> Result<bool, Error> {
    let inserted = work.tx.execute(
        "insert into mail_templates (id, name, subject, html, text, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (name) do nothing",
        &[
            template.id.into(),
            (&template.name).into(),
            (&template.subject).into(),
            (&template.html).into(),
            (&template.text).into(),
            template.version.into(),
            template.created_at.into(),
            template.updated_at.into(),
        ],
    )?;
    Ok(inserted == 1)
}

pub fn update_template(work: &mut Work<'_>, template: &Template) -> Result<(), Error> {
    work.tx.execute(
        "update mail_templates set name = $2, subject = $3, html = $4, text = $5, version = $6, updated_at = $7 where id = $1",
        &[
            template.id.into(),
            (&template.name).into(),
            (&template.subject).into(),
            (&template.html).into(),
            (&template.text).into(),
            template.version.into(),
            template.updated_at.into(),
        ],
    )?;
    Ok(())
}

pub fn delete_template(work: &mut Work<'_>, template: TemplateId) -> Result<(), Error> {
    work.tx.execute("delete from mail_templates where id = $1", &[template.into()])?;
    Ok(())
}

pub fn template(work: &mut Work<'_>, template: TemplateId) -> Result<Option<Template>, Error> {
    Ok(work.tx.first(
        "select id, name, subject, html, text, version, created_at, updated_at from mail_templates where id = $1",
        &[template.into()],
    )?)
}

/// For a change: nobody else changes it until this unit ends.
pub fn lock_template(work: &mut Work<'_>, template: TemplateId) -> Result<Option<Template>, Error> {
    Ok(work.tx.first(
        "select id, name, subject, html, text, version, created_at, updated_at from mail_templates where id = $1 {for_update}",
        &[template.into()],
    )?)
}

pub fn template_named(work: &mut Work<'_>, name: &str) -> Result<Option<TemplateId>, Error> {
    Ok(work.tx.first("select id from mail_templates where name = $1", &[name.into()])?)
}

pub fn templates_named(work: &mut Work<'_>, names: &[String]) -> Result<HashMap<String, TemplateId>, Error> {
    let mut statement = Statement::new("select name, id from mail_templates where name in ");
    statement.bind_list(names);
    let found: Vec<(String, TemplateId)> = work.tx.list(&statement)?;
    Ok(found.into_iter().collect())
}

/// By name, after the given one.
pub fn templates(work: &mut Work<'_>, after: Option<&str>, limit: usize) -> Result<Vec<Template>, Error> {
    Ok(work.tx.all(
        "select id, name, subject, html, text, version, created_at, updated_at from mail_templates
         where name > $1 order by name limit $2",
        &[after.unwrap_or_default().into(), (limit as i64 + 1).into()],
    )?)
}

pub fn count_templates(work: &mut Work<'_>) -> Result<i64, Error> {
    Ok(work.tx.one("select count(*) from mail_templates", &[])?)
}

pub fn template_names(work: &mut Work<'_>, ids: &[TemplateId]) -> Result<Vec<(TemplateId, String)>, Error> {
    let mut statement = Statement::new("select id, name from mail_templates where id in ");
    statement.bind_list(ids).push(" order by id");
    Ok(work.tx.list(&statement)?)
}

impl FromRow for Template {
    fn from_row(row: &Row<'_>) -> Result<Template, StoreError> {
        Ok(Template {
            id: row.get(0)?,
            name: row.get(1)?,
            subject: row.get(2)?,
            html: row.get(3)?,
            text: row.get(4)?,
            version: row.get(5)?,
            created_at: row.get(6)?,
            updated_at: row.get(7)?,
        })
    }
}

/// Messages that wait, under ids from `first` on.
pub fn insert_messages(work: &mut Work<'_>, first: i64, mails: &[Outgoing]) -> Result<(), Error> {
    let mut rows = Rows::with_capacity(9, mails.len());
    for (mail, id) in mails.iter().zip(first..) {
        rows.push([
            mail.customer.into(),
            id.into(),
            mail.template.into(),
            mail.rule.into(),
            mail.activity.into(),
            "".into(),
            "".into(),
            State::Queued.as_str().into(),
            work.now.into(),
        ]);
    }
    work.tx.insert(
        "insert into messages (customer_id, id, template_id, rule_id, activity_id, recipient, subject, state, created_at)",
        &rows,
        "",
    )?;
    Ok(())
}

const COLUMNS: &str = "customer_id, id, template_id, rule_id, activity_id, recipient, subject, state, problem, created_at, sent_at";

/// For sending: nobody else changes it until this unit ends.
pub fn lock_message(work: &mut Work<'_>, customer: CustomerId, message: MessageId) -> Result<Option<Message>, Error> {
    let text = format!("select {COLUMNS} from messages where customer_id = $1 and id = $2 {{for_update}}");
    Ok(work.tx.first(&text, &[customer.into(), message.into()])?)
}

/// Rewrites what changes on the way. What was sent stays as it is.
pub fn move_message(work: &mut Work<'_>, message: &Message) -> Result<u64, Error> {
    Ok(work.tx.execute(
        "update messages set recipient = $3, subject = $4, state = $5, problem = $6, sent_at = $7
         where customer_id = $1 and id = $2 and state <> 'sent'",
        &[
            message.customer_id.into(),
            message.id.into(),
            (&message.recipient).into(),
            (&message.subject).into(),
            message.state.as_str().into(),
            message.problem.clone().into(),
            message.sent_at.into(),
        ],
    )?)
}

/// What a list of messages is narrowed to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    pub customer: Option<CustomerId>,
    pub state: Option<State>,
}

/// The newest first, before the place `(created_at, id)`.
pub fn messages(work: &mut Work<'_>, wanted: Wanted, before: (Instant, i64), limit: usize) -> Result<Vec<Message>, Error> {
    let mut statement = Statement::new(&format!("select {COLUMNS} from messages where (created_at, id) < ("));
    statement.bind(before.0).push(", ").bind(before.1).push(")");
    narrow(&mut statement, wanted);
    statement.push(" order by created_at desc, id desc limit ").bind(limit as i64 + 1);
    Ok(work.tx.list(&statement)?)
}

pub fn count_messages(work: &mut Work<'_>, wanted: Wanted) -> Result<i64, Error> {
    let mut statement = Statement::new("select count(*) from messages where true");
    narrow(&mut statement, wanted);
    Ok(work.tx.one(&statement.text, &statement.values)?)
}

fn narrow(statement: &mut Statement, wanted: Wanted) {
    if let Some(customer) = wanted.customer {
        statement.push(" and customer_id = ").bind(customer);
    }
    if let Some(state) = wanted.state {
        statement.push(" and state = ").bind(state.as_str());
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

/// How many messages are in each state: those still under way whenever they were made, the others made since the instant.
pub fn count_by_state(work: &mut Work<'_>, since: Instant) -> Result<Vec<(String, i64)>, Error> {
    Ok(work.tx.all(
        "select state, count(*) from messages where state in ('queued', 'sending') group by state
         union all
         select state, count(*) from messages where state in ('sent', 'failed', 'withheld') and created_at >= $1 group by state",
        &[since.into()],
    )?)
}

pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    let mut statement = Statement::new("delete from messages where customer_id in ");
    statement.bind_list(customers);
    work.tx.run(&statement)?;
    Ok(())
}

impl FromRow for Message {
    fn from_row(row: &Row<'_>) -> Result<Message, StoreError> {
        let state: String = row.get(7)?;
        let state =
            serde_json::from_value(Value::String(state)).map_err(|error| StoreError::bug(format!("state of a message: {error}")))?;
        Ok(Message {
            customer_id: row.get(0)?,
            id: row.get(1)?,
            template_id: row.get(2)?,
            rule_id: row.get(3)?,
            activity_id: row.get(4)?,
            recipient: row.get(5)?,
            subject: row.get(6)?,
            state,
            problem: row.get(8)?,
            created_at: row.get(9)?,
            sent_at: row.get(10)?,
        })
    }
}
