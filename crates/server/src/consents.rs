//! Consents: what customers allow, purpose by purpose. The latest answer is in force; every answer is kept.

mod model;
pub mod routes;
mod store;

pub use model::{Answer, Consent, Given};

use crate::audit;
use crate::customers;
use crate::error::Error;
use crate::events::Event;
use crate::ids::{AnswerId, CustomerId};
use crate::personal::{self, Cell, Conflict, Joining, Parting, Union};
use crate::time::Instant;
use crate::work::Work;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The answers in force, by purpose.
pub fn list(work: &mut Work<'_>, customer: CustomerId) -> Result<Vec<Consent>, Error> {
    customers::must_exist(work, customer)?;
    store::list(work, customer)
}

/// Writes down an answer. One that was given before the standing one changes nothing but the history.
pub fn answer(work: &mut Work<'_>, customer: CustomerId, purpose: &str, given: &Given) -> Result<Consent, Error> {
    model::check(purpose, given, work.now)?;
    let standing = lock(work, customer, purpose)?;
    let consent = Consent {
        purpose: purpose.to_owned(),
        granted: given.granted,
        answered_at: given.answered_at.unwrap_or(work.now),
        source: given.source.clone().unwrap_or_default(),
    };
    keep(work, customer, &consent, Some(consent.granted), given.note.as_deref().unwrap_or_default())?;
    audit::record(work, "answer", "consent", Some(customer.0), &json!(consent))?;
    match standing {
        Some(standing) if consent.answered_at < standing.answered_at => Ok(standing),
        standing => {
            store::put(work, customer, &consent)?;
            if standing.is_none_or(|standing| standing.granted != consent.granted) {
                work.tell(Event::ConsentChanged { customer, purpose: purpose.into(), granted: Some(consent.granted) });
            }
            Ok(consent)
        }
    }
}

/// Takes the standing answer back: from now on the customer counts as never asked. What he answered stays in the history.
pub fn take_back(work: &mut Work<'_>, customer: CustomerId, purpose: &str) -> Result<(), Error> {
    let standing = lock(work, customer, purpose)?.ok_or(Error::NotFound)?;
    keep(work, customer, &Consent { answered_at: work.now, source: String::new(), ..standing }, None, "")?;
    store::delete(work, customer, purpose)?;
    audit::record(work, "take_back", "consent", Some(customer.0), &json!({ "purpose": purpose }))?;
    work.tell(Event::ConsentChanged { customer, purpose: purpose.into(), granted: None });
    Ok(())
}

fn lock(work: &mut Work<'_>, customer: CustomerId, purpose: &str) -> Result<Option<Consent>, Error> {
    if customers::lock(work, &[customer])?.is_empty() {
        return Err(Error::NotFound);
    }
    store::read(work, customer, purpose)
}

fn keep(work: &mut Work<'_>, customer: CustomerId, consent: &Consent, granted: Option<bool>, note: &str) -> Result<(), Error> {
    let answer = Answer {
        id: AnswerId(work.tx.new_id(AnswerId::KIND)?),
        purpose: consent.purpose.clone(),
        granted,
        answered_at: consent.answered_at,
        source: consent.source.clone(),
        note: note.to_owned(),
        actor: (*work.actor).clone(),
    };
    store::insert_answer(work, customer, &answer)
}

/// Every answer a customer gave, the latest first, before a place in that order.
pub fn answers(work: &mut Work<'_>, customer: CustomerId, before: Option<(Instant, i64)>, limit: usize) -> Result<Vec<Answer>, Error> {
    store::answers(work, customer, before.unwrap_or((Instant(i64::MAX), i64::MAX)), limit)
}

/// The answers in force for some purposes; who was never asked is absent.
pub fn granted(work: &mut Work<'_>, customers: &[CustomerId], purposes: &[&str]) -> Result<Vec<(CustomerId, String, bool)>, Error> {
    store::granted(work, customers, purposes)
}

/// Takes away what customers who are going have answered.
pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    store::forget(work, customers)
}

const STANDING: Union = Union {
    table: "consents",
    columns: "purpose, granted, answered_at, source",
    kind: "consent",
    unite: model::stricter,
    keep: |now, _| now.clone(),
};

#[derive(Default, Serialize, Deserialize)]
struct Journal {
    standing: Vec<Cell>,
    answers: Vec<i64>,
}

/// The stricter answer stands; the answers of both are kept.
pub fn merge(work: &mut Work<'_>, joining: &Joining<'_>) -> Result<Value, Error> {
    let journal = Journal {
        standing: personal::unite(work, &STANDING, joining.from, joining.into)?,
        answers: personal::move_all(work, &store::ANSWERS, joining.from, joining.into)?,
    };
    Ok(if journal.standing.is_empty() && journal.answers.is_empty() { Value::Null } else { json!(journal) })
}

pub fn unmerge(work: &mut Work<'_>, parting: &mut Parting<'_>) -> Result<Vec<Conflict>, Error> {
    let journal: Journal = parting.journal()?;
    personal::move_some(work, &store::ANSWERS, parting.into, parting.from, &journal.answers)?;
    personal::part(work, &STANDING, parting, journal.standing, |journal: &mut Journal| &mut journal.standing)
}
