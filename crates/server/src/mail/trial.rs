//! A template looked at before anybody gets it: as one customer would see it, or sent to oneself.

use super::context::{self, Context};
use super::model::{Rendered, Template};
use super::{read, render};
use crate::access::Actor;
use crate::app::App;
use crate::audit;
use crate::customers;
use crate::error::Error;
use crate::ids::{ActivityId, CustomerId, TemplateId};
use crate::mailer::Letter;
use crate::work::{self, Work};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// Where to send a template, and whom to take for the customer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TestMail {
    pub to: String,
    pub customer_id: CustomerId,
    /// The customer's own if absent.
    pub language: Option<String>,
    pub activity_id: Option<ActivityId>,
}

/// The template as this customer would get it now, in his language or another one. Its own links lead nowhere.
pub fn preview(
    work: &mut Work<'_>,
    template: TemplateId,
    customer: CustomerId,
    activity: Option<ActivityId>,
    language: Option<&str>,
) -> Result<Rendered, Error> {
    let template = read(work, template)?;
    let context = context::of(work, customer, activity).map_err(|error| match error {
        Error::NotFound => Error::invalid("/customerId", "unknown_customer", "there is no such customer"),
        error => error,
    })?;
    filled(&template, &context, language)
}

fn filled(template: &Template, context: &Context, language: Option<&str>) -> Result<Rendered, Error> {
    let source = template.in_language(language.or(context.customer.profile.language.as_deref()));
    render::render(&source, &context.values, &context.links).map_err(|problem| Error::invalid("", "cannot_render", problem))
}

/// Sends the preview to an address, at once and marked. It is no message of the customer: nothing is tracked or counted.
pub async fn test(app: &App, actor: Actor, template: TemplateId, wanted: TestMail) -> Result<Rendered, Error> {
    if !customers::is_address(&wanted.to) {
        return Err(Error::invalid("/to", "invalid", "this is not a mail address"));
    }
    let asked = wanted.clone();
    let (mail, key) = work::write(app, actor, move |work| {
        let mail = preview(work, template, asked.customer_id, asked.activity_id, asked.language.as_deref())?;
        audit::record(work, "test", "template", Some(template.0), &json!({"customerId": asked.customer_id}))?;
        Ok((mail, work.app.random_token(16)))
    })
    .await?;
    let letter = Letter {
        to: wanted.to,
        subject: format!("[Test] {}", mail.subject),
        html: mail.html.clone(),
        text: mail.text.clone(),
        key: format!("test.{key}"),
        headers: vec![("X-Regulars-Test", "yes".to_owned())],
        return_path: None,
    };
    match app.mailer.send(&letter).await {
        Ok(()) => Ok(mail),
        Err(error) => Err(Error::conflict("mail_refused", error.to_string())),
    }
}
