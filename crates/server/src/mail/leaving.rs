//! What a customer changes by the links in a mail: leaves what the mail was sent for, or says what he wants. Whoever has the
//! link is taken for him, as the mail itself went to nobody else.

use super::ledger::{Message, What};
use super::store::{self, events, messages};
use super::suppressions::{self, Reason};
use crate::consents::{self, Given};
use crate::customers::{self, Customer};
use crate::error::Error;
use crate::ids::{CustomerId, MessageId};
use crate::subscriptions::{self, Status};
use crate::work::Work;
use serde_json::json;

const UNSUBSCRIBE_LINK: &str = "unsubscribe link";
const PREFERENCE_PAGE: &str = "preference page";

/// What one link is about.
pub struct Addressed {
    pub customer: Customer,
    pub message: Message,
}

/// Nothing, if the customer or the message is gone.
pub fn addressed(work: &mut Work<'_>, customer: CustomerId, message: MessageId) -> Result<Option<Addressed>, Error> {
    let Some(message) = messages::by_id(work, message)? else { return Ok(None) };
    if !customers::is_or_became(work, customer, message.customer_id)? {
        return Ok(None);
    }
    let Some(customer) = customers::read_many(work, &[message.customer_id])?.pop() else { return Ok(None) };
    Ok(Some(Addressed { customer, message }))
}

/// Leaves the list of the mail; without one, denies its purpose; without either, no marketing goes to the address any more.
pub fn unsubscribe(work: &mut Work<'_>, addressed: &Addressed) -> Result<(), Error> {
    let (customer, message) = (addressed.customer.id, &addressed.message);
    let template = store::template(work, message.template_id)?;
    let (list, purpose) = template.map_or((None, None), |template| (template.list, template.purpose));
    let left = match (list, purpose) {
        (Some(list), _) => {
            subscriptions::set(work, customer, &list, Status::Unsubscribed)?;
            json!({ "list": list })
        }
        (None, Some(purpose)) => {
            answer(work, customer, &purpose, false, UNSUBSCRIBE_LINK)?;
            json!({ "purpose": purpose })
        }
        (None, None) => {
            suppressions::suppress(work, &message.recipient, Reason::Unsubscribed, UNSUBSCRIBE_LINK, "")?;
            json!({"address": message.recipient})
        }
    };
    events::add_once(work, message, What::Unsubscribed, &left, "unsubscribed").map(drop)
}

/// What a customer can change on the preference page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// `list:news` or `purpose:profiling`.
    pub field: String,
    pub name: String,
    pub chosen: bool,
}

/// The lists he is or was on, and the purposes he answered.
pub fn choices(work: &mut Work<'_>, customer: CustomerId) -> Result<Vec<Choice>, Error> {
    let lists = subscriptions::list(work, customer)?.into_iter().map(|subscription| Choice {
        field: format!("list:{}", subscription.list),
        chosen: subscription.status == Status::Subscribed,
        name: subscription.list,
    });
    let lists: Vec<Choice> = lists.collect();
    let purposes = consents::list(work, customer)?.into_iter().map(|consent| Choice {
        field: format!("purpose:{}", consent.purpose),
        chosen: consent.granted,
        name: consent.purpose,
    });
    Ok(lists.into_iter().chain(purposes).collect())
}

/// Sets what is chosen; what the page did not show stays as it is.
pub fn choose(work: &mut Work<'_>, addressed: &Addressed, shown: &[String], chosen: &[String]) -> Result<(), Error> {
    let customer = addressed.customer.id;
    for choice in choices(work, customer)?.iter().filter(|choice| shown.contains(&choice.field)) {
        let wanted = chosen.contains(&choice.field);
        if wanted == choice.chosen {
            continue;
        }
        match choice.field.split_once(':') {
            Some(("list", list)) => {
                let status = if wanted { Status::Subscribed } else { Status::Unsubscribed };
                subscriptions::set(work, customer, list, status)?;
            }
            Some((_, purpose)) => answer(work, customer, purpose, wanted, PREFERENCE_PAGE)?,
            None => {}
        }
    }
    Ok(())
}

/// An answer that stands already is not given again.
fn answer(work: &mut Work<'_>, customer: CustomerId, purpose: &str, granted: bool, source: &str) -> Result<(), Error> {
    let standing = consents::granted(work, &[customer], &[purpose])?;
    if standing.first().is_some_and(|(_, _, standing)| *standing == granted) {
        return Ok(());
    }
    let given = Given { granted, answered_at: None, source: Some(source.to_owned()), note: None };
    consents::answer(work, customer, purpose, &given).map(drop)
}
