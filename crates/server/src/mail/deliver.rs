//! Handing a message to the mail server: at least once, and recognisable when twice.
//!
//! The first unit of work looks at whether the message may go, renders it for the customer as he is now and marks it as
//! being sent; then it goes out, outside any transaction; the last unit marks what became of it and ends the job, both or
//! neither. A crash between them leaves a message that is being sent by nobody: whether the mail server took it cannot be
//! known. Then the configuration decides: it is sent again under the same Message-ID, or left to a person; and in either
//! case it is marked. What is marked as sent stays unsent by any later attempt.

use super::admit::{self, Verdict};
use super::context::{self, Context};
use super::lanes::Pass;
use super::ledger::{AMBIGUOUS, Message, State, What};
use super::letter;
use super::model::Template;
use super::store::{self, events, messages};
use super::{pace, render};
use crate::access::Actor;
use crate::app::App;
use crate::error::Error;
use crate::ids::{CustomerId, MessageId};
use crate::jobs::{self, Claimed, Next};
use crate::links;
use crate::mailer::{Letter, MailError};
use crate::work::{self, Work};
use crate::worker::Ending;
use serde_json::{Value, json};
use std::ops::RangeInclusive;
use std::time::Duration;

/// Longer than this no mail server may take, so that the job still belongs to this worker when it is written down.
const HAND_OVER_MAX: Duration = Duration::from_secs(jobs::LEASE_S as u64 / 2);
/// While the mail server cannot be reached at all, messages wait between two tries, the longer the older they are, and so
/// long in all.
const UNREACHABLE_PAUSE_MINUTES: RangeInclusive<i64> = 1..=15;
const UNREACHABLE_DAYS_MAX: i64 = 3;

/// A message in the hands of this worker, with its place in the lane of its domain.
struct Going {
    letter: Letter,
    message: Message,
    pass: Pass,
}

/// Brings one message as far as it gets.
pub async fn deliver(app: &App, claimed: &Claimed, customer: CustomerId, message: MessageId) -> Result<Ending, Error> {
    let job = claimed.clone();
    let going = work::write(app, Actor::system(), move |work| prepare(work, &job, customer, message)).await?;
    let Some(Going { letter, message, pass }) = going else { return Ok(Ending::Written) };
    let began = std::time::Instant::now();
    let sent = tokio::time::timeout(HAND_OVER_MAX, app.mailer.send(&letter)).await;
    pass.took(began.elapsed());
    drop(pass);
    let sent = sent.unwrap_or_else(|_| Err(MailError::Unclear(format!("the mail server took longer than {} s", HAND_OVER_MAX.as_secs()))));
    let job = claimed.clone();
    work::write(app, Actor::system(), move |work| record(work, &job, message.clone(), sent.as_ref().map(drop))).await?;
    Ok(Ending::Written)
}

/// The letter to send, if there is one to send now; else the job is over, or waits.
fn prepare(work: &mut Work<'_>, job: &Claimed, customer: CustomerId, id: MessageId) -> Result<Option<Going>, Error> {
    let Some(mut message) = messages::lock_moved(work, customer, id)? else {
        jobs::finish(work, job.id, &json!({"message": "gone"}))?;
        return Ok(None);
    };
    match message.state {
        State::Planned | State::Failed | State::Held => {}
        State::Sending => {
            message.ambiguous += 1;
            events::add(work, &message, What::Ambiguous, &json!({"problem": "it was being sent when the program broke down"}))?;
            if must_hold(work) {
                return end(work, job, held_for_a_person(message)).map(|()| None);
            }
        }
        State::Sent | State::Suppressed => {
            jobs::finish(work, job.id, &json!({"message": message.state}))?;
            return Ok(None);
        }
    }
    let Some(template) = store::template(work, message.template_id)? else {
        return fail(work, job, message, "the template was deleted".to_owned()).map(|()| None);
    };
    let context = context::of(work, message.customer_id, message.activity_id)?;
    let recipient = match admit::judge(work, &message, &template, &context.customer)? {
        Verdict::Go(recipient) => recipient,
        Verdict::Suppressed(reason) => {
            return end(work, job, Message { state: State::Suppressed, problem: Some(reason), ..message }).map(|()| None);
        }
        Verdict::HeldUntil(until, reason) => {
            let held = Message { state: State::Held, problem: Some(reason.to_owned()), held_until: Some(until), ..message };
            moved(work, &held)?;
            return jobs::postpone(work, job, until).map(|()| None);
        }
    };
    message = Message { recipient, problem: None, held_until: None, marketing: template.is_marketing(), ..message };
    let Some(pass) = place(work, job, &mut message)? else { return Ok(None) };
    go(work, job, message, &template, context, pass)
}

/// A place in the lane of the domain; nothing when the message has to wait for it.
fn place(work: &mut Work<'_>, job: &Claimed, message: &mut Message) -> Result<Option<Pass>, Error> {
    let app = work.app.clone();
    let domain = sql::fold(message.recipient.rsplit('@').next().unwrap_or_default());
    if message.slot_at.is_none() && pace::is_kept(&app.config.mail) {
        let slot = pace::slot(work, &domain)?;
        message.slot_at = Some(slot);
    }
    if let Some(slot) = message.slot_at.filter(|slot| work.now < *slot) {
        message.state = State::Planned;
        messages::update(work, message)?;
        jobs::postpone(work, job, slot)?;
        return Ok(None);
    }
    match app.lanes.enter(&domain, usize::try_from(app.config.mail.per_domain).unwrap_or(1)) {
        Ok(pass) => Ok(Some(pass)),
        Err(pause_s) => {
            // Whether it was ambiguous must not be forgotten on the way.
            if message.state == State::Sending || message.slot_at.is_some() {
                message.state = State::Planned;
                messages::update(work, message)?;
            }
            let at = work.now.plus_seconds(pause_s);
            jobs::postpone(work, job, at)?;
            Ok(None)
        }
    }
}

fn go(
    work: &mut Work<'_>,
    job: &Claimed,
    message: Message,
    template: &Template,
    context: Context,
    pass: Pass,
) -> Result<Option<Going>, Error> {
    let signer = links::signer(work)?;
    let context = context.addressed(&work.app, &signer, &message);
    let source = template.in_language(context.customer.profile.language.as_deref());
    match render::render(&source, &context.values, &context.links) {
        Ok(mail) => {
            let message = Message { state: State::Sending, subject: mail.subject.clone(), ..message };
            moved(work, &message)?;
            let letter = letter::letter(&work.app, &signer, template, &message, &context, mail);
            Ok(Some(Going { letter, message, pass }))
        }
        Err(problem) => fail(work, job, message, problem).map(|()| None),
    }
}

/// Writes down what the mail server said.
fn record(work: &mut Work<'_>, job: &Claimed, mut message: Message, sent: Result<(), &MailError>) -> Result<(), Error> {
    // Its customer may have become a part of another one while it was on its way.
    if let Some(standing) = messages::lock_moved(work, message.customer_id, message.id)? {
        message.customer_id = standing.customer_id;
    }
    match sent {
        Ok(()) => end(work, job, Message { state: State::Sent, sent_at: Some(work.now), ..message }),
        Err(MailError::Permanent(problem)) => fail(work, job, message, problem.clone()),
        Err(MailError::Passing(problem)) => try_again(work, job, message, problem),
        Err(MailError::Unreachable(problem)) => {
            if message.created_at.plus_days(UNREACHABLE_DAYS_MAX) <= work.now {
                return fail(work, job, message, problem.clone());
            }
            let created_at = message.created_at;
            moved(work, &Message { state: State::Planned, problem: Some(problem.clone()), ..message })?;
            let age_minutes = created_at.seconds_until(work.now) / 60;
            let at = work.now.plus_minutes(unreachable_pause_minutes(age_minutes));
            jobs::postpone(work, job, at)
        }
        Err(MailError::Unclear(problem)) => {
            message.ambiguous += 1;
            events::add(work, &message, What::Ambiguous, &json!({ "problem": problem }))?;
            if must_hold(work) { end(work, job, held_for_a_person(message)) } else { try_again(work, job, message, problem) }
        }
    }
}

/// A quarter of the time it has waited already: many messages that wait long do not all knock every minute.
fn unreachable_pause_minutes(age_minutes: i64) -> i64 {
    (age_minutes / 4).clamp(*UNREACHABLE_PAUSE_MINUTES.start(), *UNREACHABLE_PAUSE_MINUTES.end())
}

fn try_again(work: &mut Work<'_>, job: &Claimed, message: Message, problem: &str) -> Result<(), Error> {
    let state = match jobs::after_failure(work.now, job.attempts) {
        Next::RetryAt(_) => State::Planned,
        Next::Bury => State::Failed,
    };
    count(state);
    moved(work, &Message { state, problem: Some(problem.to_owned()), ..message })?;
    jobs::fail(work, job.id, job.attempts, problem)
}

/// Whether what is ambiguous is left to a person.
fn must_hold(work: &Work<'_>) -> bool {
    work.app.config.mail.ambiguous == "hold"
}

fn held_for_a_person(message: Message) -> Message {
    Message { state: State::Held, problem: Some(AMBIGUOUS.to_owned()), held_until: None, ..message }
}

fn fail(work: &mut Work<'_>, job: &Claimed, message: Message, problem: String) -> Result<(), Error> {
    // Not the reason: mail servers like to repeat the address.
    tracing::warn!(message.id = message.id.0, "a mail could not be sent");
    end(work, job, Message { state: State::Failed, problem: Some(problem), ..message })
}

fn end(work: &mut Work<'_>, job: &Claimed, message: Message) -> Result<(), Error> {
    count(message.state);
    moved(work, &message)?;
    jobs::finish(work, job.id, &json!({"message": message.state}))
}

/// Writes down the state a message is in now, and that it came to it.
fn moved(work: &mut Work<'_>, message: &Message) -> Result<(), Error> {
    if messages::update(work, message)? == 0 {
        return Ok(());
    }
    let detail = match (&message.problem, message.held_until) {
        (None, _) => Value::Object(serde_json::Map::new()),
        (Some(problem), None) => json!({ "problem": problem }),
        (Some(problem), Some(until)) => json!({ "problem": problem, "until": until }),
    };
    events::add(work, message, What::of(message.state), &detail)
}

fn count(state: State) {
    metrics::counter!("regulars_messages", "state" => state.as_str()).increment(1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_the_mail_server_is_away_the_rarer_are_the_tries() {
        for (age, pause) in [(0, 1), (4, 1), (20, 5), (60, 15), (10_000, 15)] {
            assert_eq!(unreachable_pause_minutes(age), pause, "{age}");
        }
    }
}
