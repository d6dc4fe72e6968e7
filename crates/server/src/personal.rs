//! Which slice owns which customer-bound table: who forgets a customer, and where his data can be. A test holds the list
//! against the tables that exist.

use crate::error::Error;
use crate::events::Event;
use crate::ids::CustomerId;
use crate::work::Work;
use crate::{activities, automation, consents, customers, identities, jobs, mail, segments, subscriptions, webhooks};

/// Every table that has a `customer_id`, with the slice that owns it.
pub const TABLES: &[(&str, &str)] = &[
    ("identities", "identities"),
    ("customer_revisions", "customers"),
    ("customer_versions", "customers"),
    ("customer_notes", "customers"),
    ("activities", "activities"),
    ("activity_external_ids", "activities"),
    ("consents", "consents"),
    ("consent_answers", "consents"),
    ("subscriptions", "subscriptions"),
    ("memberships", "segments"),
    ("membership_changes", "segments"),
    ("segment_wakes", "segments"),
    ("messages", "mail"),
    ("webhook_deliveries", "webhooks"),
    ("message_events", "mail"),
    ("mail_bounces", "mail"),
    ("rule_runs", "automation"),
    ("rule_plans", "automation"),
    ("rule_entries", "automation"),
    ("jobs", "jobs"),
];

/// When customers are deleted, every slice takes away what it keeps of them.
pub fn react(work: &mut Work<'_>, events: &[Event]) -> Result<(), Error> {
    let gone: Vec<CustomerId> = events
        .iter()
        .filter_map(|event| match event {
            Event::CustomerDeleted { customer } => Some(*customer),
            _ => None,
        })
        .collect();
    if gone.is_empty() {
        return Ok(());
    }
    forget(work, &gone)
}

fn forget(work: &mut Work<'_>, gone: &[CustomerId]) -> Result<(), Error> {
    jobs::forget(work, gone)?;
    mail::forget(work, gone)?;
    webhooks::forget(work, gone)?;
    automation::forget(work, gone)?;
    activities::forget(work, gone)?;
    segments::forget(work, gone)?;
    subscriptions::forget(work, gone)?;
    consents::forget(work, gone)?;
    identities::forget(work, gone)?;
    customers::forget(work, gone)
}
