//! Handing a message to the mail server: at least once, and recognisable when twice.
//!
//! The first unit of work renders the message for the customer as he is now and marks it as being sent; then it goes out,
//! outside any transaction; the last unit marks what became of it and ends the job, both or neither. A crash after the mail
//! server took it and before the last unit sends it again, under the same Message-ID. What is marked as sent stays unsent
//! by any later attempt.

use super::model::{Message, Rendered, State};
use super::{context, render, store};
use crate::access::Actor;
use crate::app::App;
use crate::error::Error;
use crate::ids::{CustomerId, MessageId};
use crate::jobs::{self, Claimed, Next};
use crate::mailer::{Letter, MailError};
use crate::work::{self, Work};
use crate::worker::Ending;
use serde_json::{Value, json};
use std::time::Duration;

/// Longer than this no mail server may take, so that the job still belongs to this worker when it is written down.
const HAND_OVER_MAX: Duration = Duration::from_secs(jobs::LEASE_S as u64 / 2);

/// Brings one message as far as it gets.
pub async fn deliver(app: &App, claimed: &Claimed, customer: CustomerId, message: MessageId) -> Result<Ending, Error> {
    let job = claimed.clone();
    let prepared = work::write(app, Actor::system(), move |work| prepare(work, &job, customer, message)).await?;
    let Some((letter, message)) = prepared else { return Ok(Ending::Written) };
    let sent = tokio::time::timeout(HAND_OVER_MAX, app.mailer.send(&letter)).await;
    let sent = sent.unwrap_or_else(|_| Err(MailError::Passing(format!("the mail server took longer than {} s", HAND_OVER_MAX.as_secs()))));
    let job = claimed.clone();
    work::write(app, Actor::system(), move |work| record(work, &job, message.clone(), sent.as_ref().map(drop))).await?;
    Ok(Ending::Written)
}

/// The letter to send, if there is one to send; else the job is over.
fn prepare(work: &mut Work<'_>, job: &Claimed, customer: CustomerId, id: MessageId) -> Result<Option<(Letter, Message)>, Error> {
    let Some(mut message) = store::lock_message(work, customer, id)? else {
        jobs::finish(work, job.id, &json!({"message": "gone"}))?;
        return Ok(None);
    };
    match message.state {
        State::Queued | State::Sending | State::Failed => {}
        State::Sent | State::Withheld => {
            end(work, job, message)?;
            return Ok(None);
        }
    }
    let values = context::values(work, customer, message.activity_id)?;
    let recipient = match recipient(&values) {
        Ok(recipient) => recipient,
        Err(reason) => {
            end(work, job, Message { state: State::Withheld, problem: Some(reason.to_owned()), ..message })?;
            return Ok(None);
        }
    };
    let rendered = match store::template(work, message.template_id)? {
        Some(template) => render::render(&template, &values),
        None => Err("the template was deleted".to_owned()),
    };
    match rendered {
        Ok(Rendered { subject, html, text }) => {
            message = Message { state: State::Sending, recipient, subject, problem: None, ..message };
            store::move_message(work, &message)?;
            let letter = Letter { to: message.recipient.clone(), subject: message.subject.clone(), html, text, key: message.key() };
            Ok(Some((letter, message)))
        }
        Err(problem) => {
            end(work, job, Message { state: State::Failed, problem: Some(problem), ..message })?;
            Ok(None)
        }
    }
}

/// Where the mail goes, or why it does not.
fn recipient(values: &Value) -> Result<String, &'static str> {
    let customer = &values["customer"];
    if customer["active"] != json!(true) {
        return Err("the customer is not active");
    }
    match customer["email"].as_str() {
        None | Some("") => Err("the customer has no mail address"),
        Some(_) if customer["emailOk"] == json!(false) => Err("the mail address is marked as not working"),
        Some(address) => Ok(address.to_owned()),
    }
}

/// Writes down what the mail server said.
fn record(work: &mut Work<'_>, job: &Claimed, message: Message, sent: Result<(), &MailError>) -> Result<(), Error> {
    match sent {
        Ok(()) => end(work, job, Message { state: State::Sent, sent_at: Some(work.now), ..message }),
        Err(MailError::Permanent(problem)) => end(work, job, Message { state: State::Failed, problem: Some(problem.clone()), ..message }),
        Err(MailError::Passing(problem)) => {
            let state = match jobs::after_failure(work.now, job.attempts) {
                Next::RetryAt(_) => State::Queued,
                Next::Bury => State::Failed,
            };
            count(state);
            store::move_message(work, &Message { state, problem: Some(problem.clone()), ..message })?;
            jobs::fail(work, job.id, job.attempts, problem)
        }
    }
}

fn end(work: &mut Work<'_>, job: &Claimed, message: Message) -> Result<(), Error> {
    if message.state == State::Failed {
        // Not the reason: mail servers like to repeat the address.
        tracing::warn!(message.id = message.id.0, "a mail could not be sent");
    }
    count(message.state);
    store::move_message(work, &message)?;
    jobs::finish(work, job.id, &json!({"message": message.state}))
}

fn count(state: State) {
    metrics::counter!("regulars_messages", "state" => state.as_str()).increment(1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_gets_no_mail() {
        check(json!({"active": true, "email": "ada@example.org"}), Ok("ada@example.org"));
        check(json!({"active": true, "email": "ada@example.org", "emailOk": true}), Ok("ada@example.org"));
        check(json!({"active": true, "email": "ada@example.org", "emailOk": false}), Err("the mail address is marked as not working"));
        check(json!({"active": true}), Err("the customer has no mail address"));
        check(json!({"active": true, "email": ""}), Err("the customer has no mail address"));
        check(json!({"active": false, "email": "ada@example.org"}), Err("the customer is not active"));

        #[track_caller]
        fn check(customer: Value, expected: Result<&str, &'static str>) {
            assert_eq!(recipient(&json!({"customer": customer})), expected.map(str::to_owned));
        }
    }
}
