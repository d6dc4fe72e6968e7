//! Opens and clicks: an activity for what a person did, a note in the message's history for what a program did.

use super::ledger::{Message, What};
use super::store::{events, messages};
use crate::activities::{self, NewActivity, TrackOptions, Who};
use crate::customers;
use crate::error::Error;
use crate::ids::{CustomerId, MessageId};
use crate::links;
use crate::work::Work;
use serde_json::{Map, Value, json};

const CLICK: &str = "mail_click";
const OPEN: &str = "mail_open";
/// Entries after which what happens to a message is no longer written down; nobody clicks that often.
const EVENTS_MAX: i64 = 400;
/// Whatever is clicked so soon after the mail was delivered, or after another link of it, no person has clicked.
const TOO_SOON_S: i64 = 1;

/// Notes that somebody opened a message. Only the first time is an activity.
pub fn opened(work: &mut Work<'_>, customer: CustomerId, message: MessageId, is_machine: bool) -> Result<(), Error> {
    let Some(message) = message_of(work, customer, message)? else { return Ok(()) };
    if is_machine {
        return events::add_once(work, &message, What::Machine, &json!({"what": "open"}), "machine open").map(drop);
    }
    if !events::add_once(work, &message, What::Opened, &json!({}), "opened")? {
        return Ok(());
    }
    track(work, &message, OPEN, Map::new())
}

/// Notes that somebody followed a link of a message to `target`, which is that of the definition with this code.
pub fn clicked(
    work: &mut Work<'_>,
    customer: CustomerId,
    message: MessageId,
    target: &str,
    code: Option<&str>,
    is_machine: bool,
) -> Result<(), Error> {
    let Some(message) = message_of(work, customer, message)? else { return Ok(()) };
    let customer = message.customer_id;
    if EVENTS_MAX <= events::count(work, customer, message.id)? {
        return Ok(());
    }
    if is_machine || is_too_soon(work, &message, target)? {
        return events::add(work, &message, What::Machine, &json!({"what": "click", "url": target}));
    }
    events::add(work, &message, What::Clicked, &json!({ "url": target }))?;
    let mut attributes = Map::new();
    attributes.insert("url".to_owned(), json!(target));
    let links = links::all(work)?;
    match code.and_then(|code| links.coded(code)) {
        Some(link) => {
            attributes.extend(about(&message));
            links::clicked(work, link, customer, attributes).map(drop)
        }
        None => track(work, &message, CLICK, attributes),
    }
}

/// Programs that look for harm follow every link of a mail, at once and all together.
fn is_too_soon(work: &mut Work<'_>, message: &Message, target: &str) -> Result<bool, Error> {
    let since = work.now.plus_seconds(-TOO_SOON_S);
    if message.sent_at.is_none_or(|sent| since <= sent) {
        return Ok(true);
    }
    let history = events::of(work, message.customer_id, message.id)?;
    let others = history.iter().filter(|event| matches!(event.kind, What::Clicked | What::Machine) && since <= event.at);
    let mut others = others.filter(|event| event.detail["url"].as_str().is_some_and(|url| url != target));
    Ok(others.next().is_some())
}

fn message_of(work: &mut Work<'_>, customer: CustomerId, message: MessageId) -> Result<Option<Message>, Error> {
    let Some(message) = messages::by_id(work, message)? else { return Ok(None) };
    Ok(customers::is_or_became(work, customer, message.customer_id)?.then_some(message))
}

fn about(message: &Message) -> Map<String, Value> {
    let mut about = Map::new();
    about.insert("messageId".to_owned(), json!(message.id));
    about.insert("templateId".to_owned(), json!(message.template_id));
    about
}

fn track(work: &mut Work<'_>, message: &Message, kind: &str, mut attributes: Map<String, Value>) -> Result<(), Error> {
    attributes.extend(about(message));
    let activity = NewActivity {
        customer: Who::Id(message.customer_id),
        kind: kind.to_owned(),
        occurred_at: None,
        external_id: None,
        attributes: Value::Object(attributes),
        metadata: None,
    };
    // One that is refused, because the customer is gone or somebody closed the type, leaves the note in the history.
    activities::track(work, &[activity], TrackOptions::default()).map(drop)
}
