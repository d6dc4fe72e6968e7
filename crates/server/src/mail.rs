//! Mail: templates, and messages from the wish to the mail server. A message is written in the transaction that wants it,
//! with the job that sends it. Which mail server, and how, is the mailer's; when to send, the rules'.

mod context;
mod deliver;
mod model;
mod render;
pub mod routes;
mod store;

pub use deliver::deliver;
pub use model::{Draft, Message, Outgoing, Rendered, State, Template};

use crate::audit;
use crate::error::{Error, Problem};
use crate::events::Event;
use crate::http::IfMatch;
use crate::ids::{ActivityId, CustomerId, MessageId, TemplateId};
use crate::jobs::{self, Job, Wish};
use crate::time::Instant;
use crate::work::Work;
use ::store::StoreError;
use serde_json::json;
use std::collections::HashMap;

/// Templates there may be.
const TEMPLATES_MAX: usize = 2_000;

pub fn create(work: &mut Work<'_>, draft: Draft) -> Result<Template, Error> {
    if TEMPLATES_MAX as i64 <= store::count_templates(work)? {
        return Err(Error::conflict("too_many", format!("there are at most {TEMPLATES_MAX} templates")));
    }
    let id = TemplateId(work.tx.new_id(TemplateId::KIND)?);
    let template = accepted(work, id, draft, 1, work.now)?;
    if !store::insert_template(work, &template)? {
        return Err(name_taken(&template.name));
    }
    audit::record(work, "create", "template", Some(id.0), &json!({"name": template.name, "subject": template.subject}))?;
    Ok(template)
}

pub fn read(work: &mut Work<'_>, template: TemplateId) -> Result<Template, Error> {
    store::template(work, template)?.ok_or(Error::NotFound)
}

/// Lays the patch over the template. Messages that wait go out as the template then says.
pub fn update(work: &mut Work<'_>, id: TemplateId, patch: &serde_json::Value, if_match: &IfMatch) -> Result<Template, Error> {
    let standing = store::lock_template(work, id)?.ok_or(Error::NotFound)?;
    if_match.check(standing.version)?;
    let draft = Draft { name: standing.name, subject: standing.subject, html: standing.html, text: standing.text };
    let template = accepted(work, id, crate::http::patched(&draft, patch)?, standing.version + 1, standing.created_at)?;
    if store::template_named(work, &template.name)?.is_some_and(|other| other != id) {
        return Err(name_taken(&template.name));
    }
    // Another unit may take the name between the look and the write.
    store::update_template(work, &template).map_err(|error| match error {
        Error::Store(StoreError::Duplicate) => name_taken(&template.name),
        error => error,
    })?;
    audit::record(work, "update", "template", Some(id.0), patch)?;
    Ok(template)
}

/// Takes a template away. Refused by the rules that use it.
pub fn remove(work: &mut Work<'_>, template: TemplateId) -> Result<(), Error> {
    let standing = store::lock_template(work, template)?.ok_or(Error::NotFound)?;
    store::delete_template(work, template)?;
    work.tell(Event::TemplateDeleted { template });
    audit::record(work, "delete", "template", Some(template.0), &json!({"name": standing.name}))
}

/// The template as this customer would get it now.
pub fn preview(work: &mut Work<'_>, template: TemplateId, customer: CustomerId, activity: Option<ActivityId>) -> Result<Rendered, Error> {
    let template = read(work, template)?;
    let values = context::values(work, customer, activity).map_err(|error| match error {
        Error::NotFound => Error::invalid("/customerId", "unknown_customer", "there is no such customer"),
        error => error,
    })?;
    render::render(&template, &values).map_err(|problem| Error::invalid("", "cannot_render", problem))
}

/// The names of those of the templates that exist.
pub fn template_names(work: &mut Work<'_>, templates: &[TemplateId]) -> Result<HashMap<TemplateId, String>, Error> {
    Ok(store::template_names(work, templates)?.into_iter().collect())
}

/// Those of the templates that exist, by name.
pub fn templates_named(work: &mut Work<'_>, names: &[String]) -> Result<HashMap<String, TemplateId>, Error> {
    if names.is_empty() { Ok(HashMap::new()) } else { store::templates_named(work, names) }
}

/// Refuses to let go of a field that templates name. The refusal takes the whole unit back.
pub fn react(work: &mut Work<'_>, events: &[Event]) -> Result<(), Error> {
    for event in events {
        if let Event::FieldDeleted { name } = event {
            let field = format!("customer.fields.{name}");
            let names_it = |named: &String| named.strip_prefix(&field).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
            let templates = store::templates(work, None, TEMPLATES_MAX)?;
            let users = templates.iter().filter(|template| render::names(template).iter().any(names_it));
            let users: Vec<&str> = users.map(|template| template.name.as_str()).collect();
            if !users.is_empty() {
                return Err(Error::conflict("in_use", format!("these templates name the field: {}", users.join(", "))));
            }
        }
    }
    Ok(())
}

/// Writes down mails and the jobs that send them.
pub fn queue(work: &mut Work<'_>, mails: &[Outgoing]) -> Result<Vec<MessageId>, Error> {
    if mails.is_empty() {
        return Ok(Vec::new());
    }
    let ids = work.tx.new_ids(MessageId::KIND, mails.len())?;
    store::insert_messages(work, ids.start, mails)?;
    let jobs = mails.iter().zip(ids.clone()).map(|(mail, id)| {
        let job = Job::SendMessage { customer: mail.customer, message: MessageId(id) };
        (job, Wish { customer: Some(mail.customer), ..Wish::default() })
    });
    jobs::enqueue_all(work, jobs.collect())?;
    Ok(ids.map(MessageId).collect())
}

/// Messages of one customer older than the place `(created_at, id)`, newest first.
pub fn of_customer(work: &mut Work<'_>, customer: CustomerId, before: (Instant, i64), limit: usize) -> Result<Vec<Message>, Error> {
    store::of_customer(work, customer, before, limit)
}

/// Messages under way, and messages made since the instant, by state.
pub fn count_by_state(work: &mut Work<'_>, since: Instant) -> Result<HashMap<String, i64>, Error> {
    Ok(store::count_by_state(work, since)?.into_iter().collect())
}

/// Takes away the messages of customers who are going.
pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    store::forget(work, customers)
}

fn accepted(work: &mut Work<'_>, id: TemplateId, draft: Draft, version: i64, created_at: Instant) -> Result<Template, Error> {
    let mut problems: Vec<Problem> = draft.check();
    let Draft { name, subject, html, text } = draft;
    let template = Template { id, name: name.trim().to_owned(), subject, html, text, version, created_at, updated_at: work.now };
    problems.extend(render::check(&template, &context::vocabulary(work)?));
    if problems.is_empty() { Ok(template) } else { Err(Error::Invalid(problems)) }
}

fn name_taken(name: &str) -> Error {
    Error::Conflict {
        code: "duplicate_name",
        detail: format!("there is a template named {name:?} already"),
        problems: vec![Problem::new("/name", "duplicate", "another template has this name")],
        existing: None,
    }
}
