//! Mail: templates, and messages from the wish to the mail server. A message is written in the transaction that wants it,
//! with the job that sends it. Which mail server, and how, is the mailer's; when to send, the rules'.

mod admit;
pub mod bounces;
mod clicks;
mod context;
mod deliver;
mod dsn;
mod lanes;
mod leaving;
mod ledger;
mod letter;
mod model;
mod pace;
mod pages;
pub mod public;
mod quiet;
mod render;
pub mod routes;
mod store;
pub mod suppressions;
mod trial;

pub use deliver::deliver;
pub use dsn::mails;
pub use lanes::Lanes;
pub use ledger::{CameBack, Happening, Message, Outgoing, State, Story, Wanted, What};
pub use model::{Draft, Kind, Policy, Rendered, Template, Variant};
pub use trial::{TestMail, preview, test};

use crate::audit;
use crate::error::{Error, Problem};
use crate::events::Event;
use crate::http::IfMatch;
use crate::ids::{CustomerId, JobId, MessageId, TemplateId};
use crate::jobs::{self, Job, Wish};
use crate::personal::{self, Conflict, Joining, Parting};
use crate::time::Instant;
use crate::work::Work;
use ::store::StoreError;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use store::{events, messages};

/// Templates there may be.
const TEMPLATES_MAX: usize = 2_000;
/// Messages that wait for one customer, as far as they are shown.
const WAITING_MAX: i64 = 200;

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
    let draft = crate::http::patched(&standing.draft(), patch)?;
    let template = accepted(work, id, draft, standing.version + 1, standing.created_at)?;
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

/// The names of those of the templates that exist.
pub fn template_names(work: &mut Work<'_>, templates: &[TemplateId]) -> Result<HashMap<TemplateId, String>, Error> {
    Ok(store::template_names(work, templates)?.into_iter().collect())
}

/// Those of the templates that exist, by name.
pub fn templates_named(work: &mut Work<'_>, names: &[String]) -> Result<HashMap<String, TemplateId>, Error> {
    Ok(store::templates_named(work, names)?.into_iter().collect())
}

/// Refuses to let go of a field that templates name. The refusal takes the whole unit back.
pub fn react(work: &mut Work<'_>, events: &[Event]) -> Result<(), Error> {
    for event in events {
        if let Event::LinkGone { name } = event {
            let (vocabulary, missing) = (context::vocabulary(work)?, render::no_such_link(name));
            let names_it =
                |template: &&Template| render::check(template, &vocabulary).iter().any(|problem| problem.message.contains(&missing));
            let templates = store::templates(work, None, TEMPLATES_MAX)?;
            let users: Vec<&str> = templates.iter().filter(names_it).map(|template| template.name.as_str()).collect();
            if !users.is_empty() {
                return Err(Error::conflict("in_use", format!("these templates name the link: {}", users.join(", "))));
            }
        }
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

/// Writes down mails and the jobs that send them. One whose intent was written down before makes no new message.
pub fn queue(work: &mut Work<'_>, mails: &[Outgoing]) -> Result<Vec<MessageId>, Error> {
    if mails.is_empty() {
        return Ok(Vec::new());
    }
    let ids = work.tx.new_ids(MessageId::KIND, mails.len())?;
    messages::insert(work, ids.start, mails)?;
    let mut planned: Vec<(CustomerId, MessageId)> =
        mails.iter().zip(ids.clone()).map(|(mail, id)| (mail.customer, MessageId(id))).collect();
    if mails.iter().any(|mail| mail.intent.is_some()) {
        let all: Vec<MessageId> = ids.map(MessageId).collect();
        let written: HashSet<MessageId> = messages::existing(work, &all)?.into_iter().collect();
        planned.retain(|(_, message)| written.contains(message));
    }
    if planned.is_empty() {
        return Ok(Vec::new());
    }
    events::planned(work, &planned)?;
    let jobs = planned.iter().map(|(customer, message)| send_job(*customer, *message));
    jobs::enqueue_all(work, jobs.collect())?;
    Ok(planned.into_iter().map(|(_, message)| message).collect())
}

/// One at a time: two workers at one message could send it twice.
fn send_job(customer: CustomerId, message: MessageId) -> (Job, Wish) {
    (
        Job::SendMessage { customer, message },
        Wish { customer: Some(customer), unique_key: Some(format!("message:{}", message.0)), ..Wish::default() },
    )
}

/// A message with its history.
pub fn story(work: &mut Work<'_>, message: MessageId) -> Result<Story, Error> {
    let message = messages::by_id(work, message)?.ok_or(Error::NotFound)?;
    let history = events::of(work, message.customer_id, message.id)?;
    Ok(Story { message, history })
}

/// Sends a message after all that is held or has failed. Whatever stands against it is looked at again.
pub fn resend(work: &mut Work<'_>, message: MessageId) -> Result<Story, Error> {
    let standing = for_a_person(work, message)?;
    events::add(work, &standing, What::Resent, &json!({"by": work.actor.name}))?;
    messages::update(work, &Message { state: State::Planned, problem: None, held_until: None, ..standing.clone() })?;
    forget_jobs(work, &standing)?;
    jobs::enqueue_all(work, vec![send_job(standing.customer_id, message)])?;
    audit::record(work, "resend", "message", Some(message.0), &json!({}))?;
    story(work, message)
}

/// Lets go of a message that is held or has failed.
pub fn drop_message(work: &mut Work<'_>, message: MessageId) -> Result<Story, Error> {
    let standing = for_a_person(work, message)?;
    events::add(work, &standing, What::Dropped, &json!({"by": work.actor.name}))?;
    let problem = Some("dropped by hand".to_owned());
    messages::update(work, &Message { state: State::Suppressed, problem, held_until: None, ..standing.clone() })?;
    forget_jobs(work, &standing)?;
    audit::record(work, "drop", "message", Some(message.0), &json!({}))?;
    story(work, message)
}

fn for_a_person(work: &mut Work<'_>, message: MessageId) -> Result<Message, Error> {
    let found = messages::by_id(work, message)?.ok_or(Error::NotFound)?;
    let standing = messages::lock(work, found.customer_id, message)?.ok_or(Error::NotFound)?;
    if !standing.waits_for_a_person() {
        let detail =
            format!("the message is {}; only one that is held or has failed can be sent again or dropped", standing.state.as_str());
        return Err(Error::conflict("message_not_waiting", detail));
    }
    Ok(standing)
}

/// The job of a message that is held for a time is still waiting.
fn forget_jobs(work: &mut Work<'_>, message: &Message) -> Result<(), Error> {
    let planned = jobs::planned_for(work, message.customer_id)?;
    let own = planned.into_iter().filter(|(_, job, _)| matches!(job, Job::SendMessage { message: of, .. } if *of == message.id));
    let own: Vec<JobId> = own.map(|(id, _, _)| id).collect();
    jobs::cancel_all(work, &own)
}

/// Messages of one customer older than the place `(created_at, id)`, newest first.
pub fn of_customer(work: &mut Work<'_>, customer: CustomerId, before: (Instant, i64), limit: usize) -> Result<Vec<Message>, Error> {
    messages::of_customer(work, customer, before, limit)
}

/// What one customer is to get and has not got yet, what is held for a person included.
pub fn upcoming(work: &mut Work<'_>, customer: CustomerId) -> Result<Vec<Message>, Error> {
    messages::waiting(work, customer, WAITING_MAX)
}

/// Takes away the messages of customers who are going. Suppressed addresses stay: they belong to nobody.
pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    events::forget(work, customers)?;
    store::bounces::forget(work, customers)?;
    messages::forget(work, customers)
}

/// The messages of a customer who becomes a part of another one are that one's.
pub fn merge(work: &mut Work<'_>, joining: &Joining<'_>) -> Result<Value, Error> {
    let (from, into) = (joining.from, joining.into);
    let journal = Journal {
        intents: messages::free_intents(work, from, into)?,
        messages: personal::move_all(work, &messages::TABLE, from, into)?,
        events: personal::move_all(work, &events::TABLE, from, into)?,
        bounces: store::bounces::hand_over(work, from, into)?,
    };
    Ok(if journal.is_empty() { Value::Null } else { json!(journal) })
}

pub fn unmerge(work: &mut Work<'_>, parting: &mut Parting<'_>) -> Result<Vec<Conflict>, Error> {
    let (from, into) = (parting.from, parting.into);
    let journal: Journal = parting.journal()?;
    if journal.is_empty() {
        return Ok(Vec::new());
    }
    // What happened to a message since goes with it.
    let events = events::ids_of(work, into, &journal.messages)?;
    personal::move_some(work, &messages::TABLE, into, from, &journal.messages)?;
    personal::move_some(work, &events::TABLE, into, from, &events)?;
    messages::put_intents(work, from, &journal.intents)?;
    store::bounces::hand_back(work, into, from, &journal.bounces)?;
    Ok(Vec::new())
}

/// What went over, and the intents that both customers had: of two messages for one intent, the survivor's keeps it.
#[derive(Default, Serialize, Deserialize)]
struct Journal {
    messages: Vec<i64>,
    events: Vec<i64>,
    bounces: Vec<String>,
    intents: Vec<(MessageId, String)>,
}

impl Journal {
    fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.events.is_empty() && self.bounces.is_empty()
    }
}

fn accepted(work: &mut Work<'_>, id: TemplateId, draft: Draft, version: i64, created_at: Instant) -> Result<Template, Error> {
    let mut problems: Vec<Problem> = draft.check();
    let is_marketing = draft.kind == Kind::Marketing;
    let usual = if is_marketing { Policy::Hold } else { Policy::Ignore };
    let template = Template {
        id,
        name: draft.name.trim().to_owned(),
        kind: draft.kind,
        purpose: draft.purpose,
        list: draft.list,
        subject: draft.subject,
        html: draft.html,
        text: draft.text,
        variants: draft.variants,
        track_opens: draft.track_opens,
        track_clicks: draft.track_clicks,
        quiet_hours: draft.quiet_hours.unwrap_or(usual),
        cap_exempt: draft.cap_exempt.unwrap_or(!is_marketing),
        version,
        created_at,
        updated_at: work.now,
    };
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
