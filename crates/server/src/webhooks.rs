//! Webhooks: endpoints of other systems, and what they are told, signed as Standard Webhooks says. A delivery is written in
//! the transaction that wants it; what is worth telling is the business of the rules.

mod again;
mod breaker;
mod call;
mod deliver;
mod delivery;
mod model;
pub mod routes;
mod sign;
mod store;

pub use again::{JOBS, clear_step, replay_step};
pub use breaker::{BreakerState, BreakerView};
pub use call::Wire;
pub use deliver::{call_due, deliver, has_due};
pub use delivery::{Attempt, Delivery, DeliveryDetail, Outgoing, State};
pub use model::{Draft, Webhook};

use crate::audit;
use crate::error::{Error, Problem};
use crate::events::Event;
use crate::http::{self, IfMatch};
use crate::ids::{CustomerId, DeliveryId, JobId, WebhookId};
use crate::jobs::{self, Job, Wish};
use crate::personal::{self, Conflict, Joining, Parting};
use crate::time::Instant;
use crate::work::Work;
use ::store::StoreError;
use breaker::Breaker;
use model::Standing;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sign::Secret;
use std::collections::{HashMap, HashSet};
use store::deliveries;

/// Webhooks there may be.
const WEBHOOKS_MAX: i64 = 200;
const KIND_CHARS_MAX: usize = 200;
const INTENT_CHARS_MAX: usize = 500;
const PAYLOAD_BYTES_MAX: usize = 256 * 1024;
/// Deliveries that one unit of work takes away when they are old.
const PRUNED_AT_ONCE: usize = 1_000;
/// Whoever wrote a delivery while the webhook was being removed has ended by then.
const CLEARED_AFTER_S: i64 = 60;
/// In the place of a customer, for a test.
const NOBODY: CustomerId = CustomerId(0);
const TEST_KIND: &str = "webhook.test";

/// Adds a webhook; gives its secret, too.
pub fn create(work: &mut Work<'_>, draft: Draft) -> Result<(Webhook, String), Error> {
    if WEBHOOKS_MAX <= store::count(work)? {
        return Err(Error::conflict("too_many", format!("there are at most {WEBHOOKS_MAX} webhooks")));
    }
    let draft = model::checked(draft)?;
    let standing = Standing {
        id: WebhookId(work.tx.new_id(WebhookId::KIND)?),
        draft,
        secrets: vec![Secret::of(work.app.random_bytes())],
        problem: None,
        breaker: Breaker::default(),
        version: 1,
        created_at: work.now,
        updated_at: work.now,
    };
    if !store::insert(work, &standing)? {
        return Err(name_taken(&standing.draft.name));
    }
    store::insert_breaker(work, standing.id)?;
    let changes = model::for_audit(&json!(standing.draft));
    audit::record(work, "create", "webhook", Some(standing.id.0), &changes)?;
    Ok((standing.shown(work.now), in_force(&standing)?))
}

pub fn read(work: &mut Work<'_>, webhook: WebhookId) -> Result<Webhook, Error> {
    let standing = store::read(work, webhook)?.ok_or(Error::NotFound)?;
    Ok(standing.shown(work.now))
}

/// By name, after the given one, with one more than `limit` if there are more.
pub fn list(work: &mut Work<'_>, after: Option<&str>, limit: usize) -> Result<Vec<Webhook>, Error> {
    let found = store::list(work, after, limit)?;
    Ok(found.iter().map(|standing| standing.shown(work.now)).collect())
}

/// Lays a merge patch over a webhook. Deliveries that wait go where it then says; another address, or being switched on,
/// closes the breaker. A patch that changes nothing makes no new version.
pub fn update(work: &mut Work<'_>, webhook: WebhookId, patch: &Value, if_match: &IfMatch) -> Result<Webhook, Error> {
    let mut standing = lock(work, webhook)?;
    if_match.check(standing.version)?;
    let draft = model::checked(http::patched(&standing.draft, patch)?)?;
    if draft == standing.draft {
        return Ok(standing.shown(work.now));
    }
    if store::named(work, &draft.name)?.is_some_and(|other| other != webhook) {
        return Err(name_taken(&draft.name));
    }
    let is_switched_on = draft.active && !standing.draft.active;
    if is_switched_on || draft.url != standing.draft.url {
        standing.breaker = Breaker::default();
        store::set_breaker(work, webhook, standing.breaker)?;
    }
    if is_switched_on {
        standing.problem = None;
    }
    standing = Standing { draft, version: standing.version + 1, updated_at: work.now, ..standing };
    // Another unit may take the name between the look and the write.
    store::update(work, &standing).map_err(|error| match error {
        Error::Store(StoreError::Duplicate) => name_taken(&standing.draft.name),
        error => error,
    })?;
    audit::record(work, "update", "webhook", Some(webhook.0), &model::for_audit(patch))?;
    work.wake_worker(work.now);
    Ok(standing.shown(work.now))
}

/// Takes a webhook away, and its deliveries in the background. Refused by the rules that use it.
pub fn remove(work: &mut Work<'_>, webhook: WebhookId) -> Result<(), Error> {
    let standing = lock(work, webhook)?;
    store::delete(work, webhook)?;
    store::delete_breaker(work, webhook)?;
    let wish = Wish { run_at: Some(work.now.plus_seconds(CLEARED_AFTER_S)), ..Wish::default() };
    jobs::enqueue(work, &Job::ClearWebhook { webhook }, wish)?;
    work.tell(Event::WebhookDeleted { webhook });
    audit::record(work, "delete", "webhook", Some(webhook.0), &json!({ "name": standing.draft.name }))
}

/// Gives the webhook a new secret and shows it. Those that counted so far sign too for a day.
pub fn rotate(work: &mut Work<'_>, webhook: WebhookId) -> Result<(Webhook, String), Error> {
    let mut standing = lock(work, webhook)?;
    standing.secrets = sign::rotated(&standing.secrets, Secret::of(work.app.random_bytes()), work.now)?;
    standing.version += 1;
    standing.updated_at = work.now;
    store::update(work, &standing)?;
    audit::record(work, "rotate", "webhook", Some(webhook.0), &json!({ "name": standing.draft.name }))?;
    Ok((standing.shown(work.now), in_force(&standing)?))
}

/// Sends something that means nothing, in the way of every delivery.
pub fn test(work: &mut Work<'_>, webhook: WebhookId) -> Result<Delivery, Error> {
    let standing = lock(work, webhook)?;
    if !standing.draft.active {
        return Err(Error::conflict("not_active", "this webhook is switched off; its deliveries wait"));
    }
    let payload = json!({"webhook": {"id": webhook, "name": standing.draft.name}, "message": "This is a test."});
    let kind = TEST_KIND.to_owned();
    let outgoing = Outgoing { webhook, customer: NOBODY, rule: None, activity: None, kind, payload, intent: None };
    let delivery = queue(work, &[outgoing])?;
    audit::record(work, "test", "webhook", Some(webhook.0), &json!({ "deliveryId": delivery }))?;
    let delivery = *delivery.first().ok_or_else(|| Error::Bug(anyhow::anyhow!("one delivery was wanted and none was made")))?;
    Ok(self::delivery(work, delivery)?.delivery)
}

/// Writes deliveries down; the worker sends them. Gives one id for each: where a customer's intent is known already, that of
/// the delivery that has it.
pub fn queue(work: &mut Work<'_>, wanted: &[Outgoing]) -> Result<Vec<DeliveryId>, Error> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    wanted.iter().try_for_each(check)?;
    let first = work.tx.new_ids(DeliveryId::KIND, wanted.len())?.start;
    deliveries::insert(work, first, wanted)?;
    work.wake_worker(work.now);
    let known = with_intents(work, wanted)?;
    let ids = wanted.iter().zip(first..).map(|(outgoing, id)| {
        let intent = outgoing.intent.clone().map(|intent| (outgoing.customer, intent));
        intent.and_then(|intent| known.get(&intent).copied()).unwrap_or(DeliveryId(id))
    });
    Ok(ids.collect())
}

fn check(outgoing: &Outgoing) -> Result<(), Error> {
    let too_long = |path: &str, max: usize| Err(Error::invalid(path, "too_long", format!("this may have at most {max} characters")));
    if KIND_CHARS_MAX < outgoing.kind.chars().count() {
        return too_long("/type", KIND_CHARS_MAX);
    }
    if outgoing.intent.as_ref().is_some_and(|intent| INTENT_CHARS_MAX < intent.chars().count()) {
        return too_long("/intent", INTENT_CHARS_MAX);
    }
    if PAYLOAD_BYTES_MAX < outgoing.payload.to_string().len() { too_long("/payload", PAYLOAD_BYTES_MAX) } else { Ok(()) }
}

fn with_intents(work: &mut Work<'_>, wanted: &[Outgoing]) -> Result<HashMap<(CustomerId, String), DeliveryId>, Error> {
    let with_intent = || wanted.iter().filter_map(|outgoing| Some((outgoing.customer, outgoing.intent.clone()?)));
    let (customers, intents): (Vec<CustomerId>, Vec<String>) = with_intent().unzip();
    if intents.is_empty() {
        return Ok(HashMap::new());
    }
    let found = deliveries::by_intent(work, &customers, &intents)?;
    Ok(found.into_iter().map(|(customer, intent, id)| ((customer, intent), id)).collect())
}

/// The names of those of the webhooks that exist.
pub fn names(work: &mut Work<'_>, webhooks: &[WebhookId]) -> Result<HashMap<WebhookId, String>, Error> {
    Ok(store::names(work, webhooks)?.into_iter().collect())
}

/// The webhook of this name.
pub fn named(work: &mut Work<'_>, name: &str) -> Result<Option<WebhookId>, Error> {
    store::named(work, name)
}

/// Those of the webhooks that exist, by name.
pub fn all_named(work: &mut Work<'_>, names: &[String]) -> Result<HashMap<String, WebhookId>, Error> {
    Ok(store::all_named(work, names)?.into_iter().collect())
}

/// Those of the webhooks that exist and are switched on.
pub fn active(work: &mut Work<'_>, webhooks: &[WebhookId]) -> Result<HashSet<WebhookId>, Error> {
    Ok(store::active(work, webhooks)?.into_iter().collect())
}

pub fn delivery(work: &mut Work<'_>, delivery: DeliveryId) -> Result<DeliveryDetail, Error> {
    deliveries::read(work, delivery)?.ok_or(Error::NotFound)
}

/// Wants a delivery again that has ended, from its first attempt on and under the same `webhook-id`.
pub fn replay(work: &mut Work<'_>, id: DeliveryId) -> Result<Delivery, Error> {
    let customer = delivery(work, id)?.delivery.customer_id.unwrap_or(NOBODY);
    if deliveries::replay(work, customer, id)? == 0 {
        return Err(Error::conflict("delivery_not_ended", "only a delivery that has ended can be wanted again"));
    }
    work.wake_worker(work.now);
    let delivery = delivery(work, id)?.delivery;
    audit::record(work, "replay", "webhook_delivery", Some(id.0), &json!({ "webhookId": delivery.webhook_id }))?;
    Ok(delivery)
}

/// Has all deliveries wanted again that were wanted since the instant and given up; gives the job.
pub fn replay_all(work: &mut Work<'_>, webhook: WebhookId, since: Instant) -> Result<JobId, Error> {
    lock(work, webhook)?;
    let job = jobs::enqueue(work, &Job::ReplayDeliveries { webhook, since }, Wish::default())?;
    audit::record(work, "replay", "webhook", Some(webhook.0), &json!({ "since": since }))?;
    job.ok_or_else(|| Error::Bug(anyhow::anyhow!("a job without a key was not written down")))
}

/// How many deliveries wait for their turn or for another attempt.
pub fn count_waiting(work: &mut Work<'_>) -> Result<i64, Error> {
    deliveries::count_waiting(work)
}

/// Takes away some of the deliveries that arrived longer ago than they are kept; says whether there may be more.
pub fn prune(work: &mut Work<'_>) -> Result<bool, Error> {
    let before = work.now.plus_days(-work.app.config.retention.deliveries_days);
    Ok(deliveries::prune(work, before, PRUNED_AT_ONCE)? == PRUNED_AT_ONCE as u64)
}

/// Takes away the deliveries about customers who are going.
pub fn forget(work: &mut Work<'_>, customers: &[CustomerId]) -> Result<(), Error> {
    deliveries::forget(work, customers)
}

/// The deliveries about a customer who becomes a part of another one are about that one.
pub fn merge(work: &mut Work<'_>, joining: &Joining<'_>) -> Result<Value, Error> {
    let journal = Journal { intents: deliveries::free_intents(work, joining.from, joining.into)?, moved: Vec::new() };
    let moved = personal::move_all(work, &deliveries::TABLE, joining.from, joining.into)?;
    Ok(if moved.is_empty() { Value::Null } else { json!(Journal { moved, ..journal }) })
}

pub fn unmerge(work: &mut Work<'_>, parting: &mut Parting<'_>) -> Result<Vec<Conflict>, Error> {
    let Journal { moved, intents } = parting.journal()?;
    personal::move_some(work, &deliveries::TABLE, parting.into, parting.from, &moved)?;
    deliveries::put_intents(work, parting.from, &intents)?;
    Ok(Vec::new())
}

/// What went over, and the intents that both customers had: of two deliveries for one intent, the survivor's keeps it.
#[derive(Default, Serialize, Deserialize)]
struct Journal {
    moved: Vec<i64>,
    intents: Vec<(DeliveryId, String)>,
}

fn lock(work: &mut Work<'_>, webhook: WebhookId) -> Result<Standing, Error> {
    store::lock(work, webhook)?.ok_or(Error::NotFound)
}

/// At most one unfinished job delivers to an endpoint.
fn job_key(webhook: WebhookId) -> String {
    format!("webhook:{webhook}")
}

fn in_force(standing: &Standing) -> Result<String, Error> {
    let secret = standing.secrets.first().ok_or_else(|| Error::Bug(anyhow::anyhow!("webhook {} has no secret", standing.id)))?;
    Ok(secret.text.clone())
}

fn name_taken(name: &str) -> Error {
    Error::Conflict {
        code: "duplicate_name",
        detail: format!("there is a webhook named {name:?} already"),
        problems: vec![Problem::new("/name", "duplicate", "another webhook has this name")],
        existing: None,
    }
}
