//! What templates can say: the customer as the API shows him, his segments, the activity that led to the mail, links, the shop.

use super::ledger::Message;
use super::render::{Links, Vocabulary};
use crate::activities;
use crate::app::App;
use crate::catalogue;
use crate::customers::{self, Customer};
use crate::error::Error;
use crate::ids::{ActivityId, CustomerId};
use crate::links::{self, Signer, Use};
use crate::work::Work;
use condition::{Column, FieldKind};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The names there are now.
pub fn vocabulary(work: &mut Work<'_>) -> Result<Vocabulary, Error> {
    let fixed = [
        "activity.id",
        "activity.type",
        "activity.occurredAt",
        "activity.attributes",
        "activity.attributes.",
        "shop.url",
        "segments",
        "links.unsubscribe",
        "links.preferences",
    ];
    let mut names: BTreeSet<String> = fixed.map(str::to_owned).into();
    let (mut customer, mut fields) = (Map::new(), Map::new());
    for (name, field) in catalogue::get(work)?.fields {
        match field.column {
            Column::BuiltIn { .. } => {
                names.insert(format!("customer.{name}"));
                customer.insert(name, example(field.kind));
            }
            Column::Custom => {
                names.insert(format!("customer.fields.{name}"));
                if field.kind == FieldKind::Json {
                    names.insert(format!("customer.fields.{name}."));
                }
                fields.insert(name, example(field.kind));
            }
        }
    }
    customer.insert("fields".to_owned(), Value::Object(fields));
    let activity = json!({"id": 1, "type": "order", "occurredAt": "2026-01-31T09:30:00Z", "attributes": {}});
    let links = Links { named: named_links(work, &links::About::default())?, ..Links::default() };
    let example = json!({
        "customer": customer, "activity": activity, "shop": {"url": "https://example.org"},
        "segments": [{"name": "example", "reference": "example"}], "links": links.standing(),
    });
    Ok(Vocabulary { names, example, links })
}

fn example(kind: FieldKind) -> Value {
    match kind {
        FieldKind::Text | FieldKind::Select => json!("example"),
        FieldKind::Number => json!(1.5),
        FieldKind::Boolean => json!(true),
        FieldKind::Date => json!("2026-01-31"),
        FieldKind::Datetime => json!("2026-01-31T09:30:00Z"),
        FieldKind::Multiselect | FieldKind::List => json!(["example"]),
        FieldKind::Json => json!({}),
    }
}

/// What is known for one mail.
pub struct Context {
    pub customer: Customer,
    pub values: Value,
    pub links: Links,
}

/// What is known of one customer now. An activity that is gone by now leaves its names empty.
pub fn of(work: &mut Work<'_>, customer: CustomerId, activity: Option<ActivityId>) -> Result<Context, Error> {
    let customer = customers::read(work, customer)?;
    let activity = match activity {
        Some(id) => found(activities::read(work, id))?,
        None => None,
    };
    let activity = activity.map(|activity| {
        json!({
            "id": activity.id, "type": activity.kind, "occurredAt": activity.occurred_at, "attributes": activity.attributes,
        })
    });
    let mut shown =
        serde_json::to_value(&customer).map_err(|error| Error::Bug(anyhow::Error::new(error).context("a customer has no JSON form")))?;
    drop_nulls(&mut shown);
    if let Some(fields) = shown.get_mut("fields") {
        drop_nulls(fields);
    }
    let segments: Vec<Value> =
        customer.segments.iter().map(|segment| json!({"name": segment.name, "reference": segment.reference})).collect();
    let links = Links { named: named_links(work, &about(&customer))?, ..Links::default() };
    let values = json!({
        "customer": shown, "activity": activity.unwrap_or(json!({})), "shop": {"url": work.app.config.server.public_url},
        "segments": segments, "links": links.standing(),
    });
    Ok(Context { customer, values, links })
}

impl Context {
    /// With the addresses that belong to one message.
    pub fn addressed(mut self, app: &App, signer: &Signer, message: &Message) -> Context {
        self.links.unsubscribe = address(app, signer, Use::Unsubscribe, message);
        self.links.preferences = address(app, signer, Use::Preferences, message);
        self.values["links"] = self.links.standing();
        self
    }
}

/// A page of ours for one message.
pub fn address(app: &App, signer: &Signer, purpose: Use, message: &Message) -> String {
    let place = match purpose {
        Use::Unsubscribe => "u",
        Use::Preferences => "p",
        Use::Open => "o",
        Use::Click | Use::Bounce => "c",
    };
    let token = signer.sign(purpose, message.customer_id, message.id, "");
    format!("{}/t/{place}/{token}", app.config.server.public_url.trim_end_matches('/'))
}

fn about(customer: &Customer) -> links::About {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    links::About {
        token: customer.token.clone(),
        language: text(&customer.profile.language),
        country_code: text(&customer.profile.country_code),
    }
}

fn named_links(work: &mut Work<'_>, about: &links::About) -> Result<Vec<(String, String, String)>, Error> {
    let links = links::all(work)?;
    let addressed = links.all.iter().filter_map(|link| Some((link.name.clone(), link.code.clone(), link.address(about)?.to_string())));
    Ok(addressed.collect())
}

fn found<T>(read: Result<T, Error>) -> Result<Option<T>, Error> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Absent is what `default` in a template looks for.
fn drop_nulls(object: &mut Value) {
    if let Some(object) = object.as_object_mut() {
        object.retain(|_, value| !value.is_null());
    }
}
