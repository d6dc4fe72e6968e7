//! What templates can say: the customer as the API shows him, the activity that led to the mail, the shop.

use super::render::Vocabulary;
use crate::activities;
use crate::catalogue;
use crate::customers;
use crate::error::Error;
use crate::ids::{ActivityId, CustomerId};
use crate::work::Work;
use condition::{Column, FieldKind};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The names there are now.
pub fn vocabulary(work: &mut Work<'_>) -> Result<Vocabulary, Error> {
    let mut names: BTreeSet<String> =
        ["activity.id", "activity.type", "activity.occurredAt", "activity.attributes", "activity.attributes.", "shop.url"]
            .map(str::to_owned)
            .into();
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
    let example = json!({"customer": customer, "activity": activity, "shop": {"url": "https://example.org"}});
    Ok(Vocabulary { names, example })
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

/// The values for one customer as he is now. An activity that is gone by now leaves its names empty.
pub fn values(work: &mut Work<'_>, customer: CustomerId, activity: Option<ActivityId>) -> Result<Value, Error> {
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
    let mut customer =
        serde_json::to_value(customer).map_err(|error| Error::Bug(anyhow::Error::new(error).context("a customer has no JSON form")))?;
    drop_nulls(&mut customer);
    if let Some(fields) = customer.get_mut("fields") {
        drop_nulls(fields);
    }
    Ok(json!({"customer": customer, "activity": activity.unwrap_or(json!({})), "shop": {"url": work.app.config.server.public_url}}))
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
