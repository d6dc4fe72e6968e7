//! Whether a message may go out now: looked at when it goes, whatever was known when it was planned.

use super::ledger::Message;
use super::model::{Policy, Template};
use super::quiet;
use super::store::messages;
use super::suppressions;
use crate::consents;
use crate::customers::{self, Customer};
use crate::error::Error;
use crate::settings;
use crate::subscriptions::{self, Status};
use crate::time::Instant;
use crate::work::Work;
use jiff::tz::TimeZone;

/// What is said of a message that wants to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// To this address.
    Go(String),
    Suppressed(String),
    HeldUntil(Instant, &'static str),
}

const QUIET: &str = "quiet hours";
const CAPPED: &str = "the cap is reached";

/// Everything that can stand against it, the final reasons first.
pub fn judge(work: &mut Work<'_>, message: &Message, template: &Template, customer: &Customer) -> Result<Verdict, Error> {
    let recipient = match recipient(customer, message.to.as_deref()) {
        Ok(recipient) => recipient,
        Err(reason) => return Ok(Verdict::Suppressed(reason.to_owned())),
    };
    if let Some(reason) = suppressed(work, &recipient, template)? {
        return Ok(Verdict::Suppressed(reason));
    }
    if let Some(reason) = refused_by_customer(work, message, template)? {
        return Ok(Verdict::Suppressed(reason));
    }
    if let Some((until, reason)) = not_yet(work, template, customer)? {
        return Ok(match template.quiet_hours {
            Policy::Drop => Verdict::Suppressed(reason.to_owned()),
            Policy::Hold | Policy::Ignore => Verdict::HeldUntil(until, reason),
        });
    }
    Ok(Verdict::Go(recipient))
}

/// Where the mail goes, or why it does not.
fn recipient(customer: &Customer, to: Option<&str>) -> Result<String, &'static str> {
    let profile = &customer.profile;
    if !profile.active {
        return Err("the customer is not active");
    }
    if let Some(to) = to {
        return Ok(to.to_owned());
    }
    match profile.email.as_deref() {
        None | Some("") => Err("the customer has no mail address"),
        Some(_) if profile.email_ok == Some(false) => Err("the mail address is marked as not working"),
        Some(address) => Ok(address.to_owned()),
    }
}

fn suppressed(work: &mut Work<'_>, recipient: &str, template: &Template) -> Result<Option<String>, Error> {
    if settings::all(work)?.blocks(recipient) {
        return Ok(Some("the address is blocked in the settings".to_owned()));
    }
    let standing = suppressions::of(work, recipient)?;
    let counts = standing.filter(|standing| template.is_marketing() || standing.reason.is_for_all_mail());
    Ok(counts.map(|standing| format!("the address is suppressed: {}", standing.reason.as_str())))
}

fn refused_by_customer(work: &mut Work<'_>, message: &Message, template: &Template) -> Result<Option<String>, Error> {
    let purposes: Vec<&str> = [&template.purpose, &message.purpose].into_iter().flatten().map(String::as_str).collect();
    if !purposes.is_empty() {
        let answers = consents::granted(work, &[message.customer_id], &purposes)?;
        let is_granted = |purpose: &str| answers.iter().any(|(_, answered, granted)| answered == purpose && *granted);
        if let Some(purpose) = purposes.iter().find(|purpose| !is_granted(purpose)) {
            return Ok(Some(format!("there is no consent to {purpose}")));
        }
    }
    if let Some(list) = template.list.as_deref() {
        let statuses = subscriptions::statuses(work, &[message.customer_id], &[list])?;
        let status = statuses.first().and_then(|(_, _, status)| Status::parse(status));
        // Who was never on the list has not left it.
        if status.is_some_and(|status| status != Status::Subscribed) {
            return Ok(Some(format!("the customer is not subscribed to {list}")));
        }
    }
    Ok(None)
}

/// Until when it has to wait, if it has to.
fn not_yet(work: &mut Work<'_>, template: &Template, customer: &Customer) -> Result<Option<(Instant, &'static str)>, Error> {
    let rules = settings::all(work)?.mail;
    if let Some(hours) = rules.quiet_hours
        && template.quiet_hours != Policy::Ignore
    {
        let own = customer.profile.time_zone.as_deref().and_then(|zone| TimeZone::get(zone).ok());
        let zone = match own {
            Some(zone) => zone,
            None => settings::zone(work)?,
        };
        if let Some(until) = quiet::until(hours, work.now, &zone) {
            return Ok(Some((until, QUIET)));
        }
    }
    if let Some(cap) = rules.cap
        && template.is_marketing()
        && !template.cap_exempt
    {
        // Two mails to one customer that go at the same moment must see each other.
        customers::lock(work, &[customer.id])?;
        let since = work.now.plus_days(-cap.days);
        let got = messages::marketing_since(work, customer.id, since, cap.count)?;
        if cap.count <= got.len() as i64
            && let Some(oldest) = got.last()
        {
            return Ok(Some((oldest.plus_days(cap.days), CAPPED)));
        }
    }
    Ok(None)
}
