//! Mails that came back, and complaints: taken to the message they are about, and drawn consequences from. Telling the same
//! one again changes nothing.

use super::dsn;
use super::ledger::{CameBack, Message, What};
use super::store::{bounces as store, events, messages};
use super::suppressions::{self, Reason};
use crate::access::hash;
use crate::customers::{self, SaveOptions};
use crate::error::Error;
use crate::http::IfMatch;
use crate::identities::{self, EMAIL};
use crate::ids::{CustomerId, MessageId};
use crate::links::{self, Use};
use crate::work::Work;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// So many for now within so many days count as for good.
const SOFT_MAX: i64 = 5;
const SOFT_DAYS: i64 = 30;
const TEXT_CHARS_MAX: usize = 1_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BounceKind)]
pub enum Kind {
    /// The address does not take mail.
    Hard,
    /// It does not take mail now.
    Soft,
    /// Whoever reads there calls it unwanted.
    Complaint,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Hard => "hard",
            Kind::Soft => "soft",
            Kind::Complaint => "complaint",
        }
    }

    pub fn came_back(self) -> CameBack {
        match self {
            Kind::Hard | Kind::Soft => CameBack::Bounced,
            Kind::Complaint => CameBack::Complained,
        }
    }
}

/// One mail that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    pub kind: Kind,
    /// As the report says; the message knows better, if it is found.
    pub address: Option<String>,
    pub message: Reference,
    pub status: String,
    pub diagnostic: String,
    /// The same for the same report.
    pub fingerprint: String,
}

/// By what a report names the message it is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reference {
    /// The token in the address it came back to.
    pub token: Option<String>,
    /// Without the angle brackets.
    pub message_id: Option<String>,
}

/// A bounce as other systems tell it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = BounceBody)]
pub struct Told {
    pub kind: Kind,
    #[serde(default)]
    pub address: Option<String>,
    /// The Message-ID of the mail that came back.
    #[serde(default)]
    pub message_id: Option<String>,
    /// Such as `5.1.1`.
    #[serde(default)]
    pub status: String,
    #[serde(default)]
    pub diagnostic: String,
    /// The sender's own id: the same one is taken once.
    #[serde(default)]
    pub id: Option<String>,
}

impl Told {
    pub fn bounce(self) -> Result<Bounce, Error> {
        if self.address.is_none() && self.message_id.is_none() {
            return Err(Error::invalid("", "missing", "name the address or the message"));
        }
        let short = |text: String| text.chars().take(TEXT_CHARS_MAX).collect::<String>();
        let parts = [
            self.kind.as_str(),
            self.address.as_deref().unwrap_or_default(),
            self.message_id.as_deref().unwrap_or_default(),
            &self.status,
            self.id.as_deref().unwrap_or_default(),
        ];
        let fingerprint = hash(&parts.join("\n"));
        let message_id = self.message_id.map(|id| id.trim().trim_matches(['<', '>']).to_owned());
        let message = Reference { token: None, message_id };
        Ok(Bounce {
            kind: self.kind,
            address: self.address,
            message,
            status: short(self.status),
            diagnostic: short(self.diagnostic),
            fingerprint,
        })
    }
}

/// What became of reports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = BounceOutcome)]
pub struct Taken {
    pub hard: usize,
    pub soft: usize,
    pub complaints: usize,
    /// Told before.
    pub known: usize,
    /// About no message and no address, or no report at all.
    pub ignored: usize,
}

impl Taken {
    pub fn plus(self, other: Taken) -> Taken {
        Taken {
            hard: self.hard + other.hard,
            soft: self.soft + other.soft,
            complaints: self.complaints + other.complaints,
            known: self.known + other.known,
            ignored: self.ignored + other.ignored,
        }
    }
}

/// Takes a whole mail that came to the bounce address.
pub fn take_mail(work: &mut Work<'_>, raw: &[u8]) -> Result<Taken, Error> {
    let address = work.app.config.mail.bounce_address.clone();
    let reports = dsn::read(raw, &address);
    if reports.is_empty() {
        return Ok(Taken { ignored: 1, ..Taken::default() });
    }
    // Anybody can write a report and send it there: only the message it proves to know counts, not the address it names.
    let reports: Vec<Bounce> = reports.into_iter().map(|report| Bounce { address: None, ..report }).collect();
    take(work, &reports)
}

/// Takes reports one after the other; there are few in one mail or one call.
pub fn take(work: &mut Work<'_>, bounces: &[Bounce]) -> Result<Taken, Error> {
    bounces.iter().try_fold(Taken::default(), |taken, bounce| Ok(taken.plus(take_one(work, bounce)?)))
}

fn take_one(work: &mut Work<'_>, bounce: &Bounce) -> Result<Taken, Error> {
    let message = find(work, &bounce.message)?;
    let own = message.as_ref().map(|message| message.recipient.clone()).filter(|recipient| !recipient.is_empty());
    let Some(address) = own.or_else(|| bounce.address.clone()).map(|address| sql::fold(address.trim())) else {
        return Ok(Taken { ignored: 1, ..Taken::default() });
    };
    if !customers::is_address(&address) || address.contains('\0') {
        return Ok(Taken { ignored: 1, ..Taken::default() });
    }
    let message = match message {
        Some(message) => messages::lock_moved(work, message.customer_id, message.id)?,
        None => None,
    };
    if !store::insert(work, bounce, &address, message.as_ref())? {
        return Ok(Taken { known: 1, ..Taken::default() });
    }
    if let Some(message) = &message {
        let what = match bounce.kind {
            Kind::Hard => What::HardBounce,
            Kind::Soft => What::SoftBounce,
            Kind::Complaint => What::Complaint,
        };
        let detail = json!({"address": address, "status": bounce.status, "diagnostic": bounce.diagnostic});
        events::add_once(work, message, what, &detail, &format!("bounce {}", bounce.fingerprint))?;
    }
    metrics::counter!("regulars_bounces", "kind" => bounce.kind.as_str()).increment(1);
    let owner = message.map(|message| message.customer_id);
    match bounce.kind {
        Kind::Hard => {
            out_of_use(work, owner, &address, &bounce.status)?;
            Ok(Taken { hard: 1, ..Taken::default() })
        }
        Kind::Soft => {
            let since = work.now.plus_days(-SOFT_DAYS);
            if SOFT_MAX <= store::soft_since(work, &address, since)? {
                out_of_use(work, owner, &address, &format!("{SOFT_MAX} times within {SOFT_DAYS} days, the last time {}", bounce.status))?;
            }
            Ok(Taken { soft: 1, ..Taken::default() })
        }
        Kind::Complaint => {
            suppressions::suppress(work, &address, Reason::Complained, "feedback report", &bounce.diagnostic)?;
            Ok(Taken { complaints: 1, ..Taken::default() })
        }
    }
}

/// The address gets no more mail, and its customer is marked, if he still has it.
fn out_of_use(work: &mut Work<'_>, owner: Option<CustomerId>, address: &str, note: &str) -> Result<(), Error> {
    suppressions::suppress(work, address, Reason::Bounced, "delivery report", note)?;
    let owner = match owner {
        Some(owner) => Some(owner),
        None => identities::find(work, &[(EMAIL.to_owned(), address.to_owned())])?.into_values().next(),
    };
    let Some(owner) = owner else { return Ok(()) };
    let Some(customer) = customers::read_many(work, &[owner])?.pop() else { return Ok(()) };
    let has_it = customer.profile.email.as_deref().is_some_and(|email| sql::fold(email.trim()) == address);
    if has_it && customer.profile.email_ok != Some(false) {
        // Without the steps: one of them judges the address by its form alone.
        let options = SaveOptions { validator: false, duplicate_check: false, save_steps: false };
        customers::update(work, owner, &json!({"emailOk": false}), &IfMatch(None), options)?;
    }
    Ok(())
}

/// The message by the token it came back to, else by its Message-ID.
fn find(work: &mut Work<'_>, reference: &Reference) -> Result<Option<Message>, Error> {
    if let Some(token) = &reference.token
        && let Some(signer) = links::reader(work)?
        && let Some((_, message)) = signer.read(Use::Bounce, token, "")
    {
        return messages::by_id(work, message);
    }
    let Some(key) = reference.message_id.as_deref().and_then(|id| id.rsplit_once('@')).map(|(key, _)| key.to_owned()) else {
        return Ok(None);
    };
    let Some(id) = key.split('.').next().and_then(|id| id.parse().ok()) else { return Ok(None) };
    // The instant in it shows that it is ours, and not of another installation.
    Ok(messages::by_id(work, MessageId(id))?.filter(|message| message.key() == key))
}
