//! HTTP of the messages.

use super::super::ledger::{CameBack, Message, State, Story, Wanted};
use super::super::store::messages as store;
use crate::access::{EditMail, May, ReadMail};
use crate::app::App;
use crate::error::Error;
use crate::http::{Listing, Page, Path, Query};
use crate::ids::{CustomerId, MessageId, RuleId, TemplateId};
use crate::time::Instant;
use axum::Json;
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(messages))
        .routes(routes!(message_counts))
        .routes(routes!(message))
        .routes(routes!(resend))
        .routes(routes!(drop_message))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only messages to this customer.
    customer_id: Option<CustomerId>,
    state: Option<State>,
    template_id: Option<TemplateId>,
    rule_id: Option<RuleId>,
    /// Only messages of which it is not known how often they arrived.
    #[serde(default)]
    ambiguous: bool,
    /// A part of the recipient's address.
    q: Option<String>,
    /// Only messages that came back, or that were complained about.
    #[param(inline)]
    came_back: Option<CameBack>,
    /// Only messages made from this instant on; with `cameBack`, those that first came back from then on.
    from: Option<Instant>,
    /// Only messages made, or come back, before this instant.
    until: Option<Instant>,
}

impl Filter {
    fn wanted(self) -> Wanted {
        Wanted {
            customer: self.customer_id,
            state: self.state,
            template: self.template_id,
            rule: self.rule_id,
            ambiguous: self.ambiguous,
            recipient: self.q.map(|part| sql::fold(part.trim())).filter(|part| !part.is_empty()),
            came_back: self.came_back,
            from: self.from,
            until: self.until,
        }
    }
}

/// Messages, newest first.
#[utoipa::path(get, path = "/api/messages", operation_id = "mail_messages", tag = "mail", params(Listing, Filter),
    responses((status = 200, body = Page<Message>)))]
async fn messages(may: May<ReadMail>, Query(listing): Query<Listing>, Query(filter): Query<Filter>) -> Result<Page<Message>, Error> {
    let limit = listing.limit()?;
    let before = listing.after::<(Instant, i64)>()?.unwrap_or((Instant(i64::MAX), i64::MAX));
    let wanted = filter.wanted();
    let counted = listing.count;
    let (messages, total) = may
        .read(move |work| {
            let total = if counted { Some(store::count(work, &wanted)?) } else { None };
            Ok((store::page(work, &wanted, before, limit)?, total))
        })
        .await?;
    Ok(Page::of(messages, limit, total, |message| (message.created_at, message.id.0)))
}

/// How many messages are in each state.
#[utoipa::path(get, path = "/api/messages/counts", operation_id = "mail_message_counts", tag = "mail", params(Filter),
    responses((status = 200, body = BTreeMap<String, i64>)))]
async fn message_counts(may: May<ReadMail>, Query(filter): Query<Filter>) -> Result<Json<BTreeMap<String, i64>>, Error> {
    let wanted = filter.wanted();
    let found = may.read(move |work| store::counts(work, &wanted)).await?;
    let mut counts: BTreeMap<String, i64> = State::ALL.map(|state| (state.as_str().to_owned(), 0)).into();
    counts.extend(found);
    Ok(Json(counts))
}

/// One message with what happened to it.
#[utoipa::path(get, path = "/api/messages/{id}", operation_id = "mail_message", tag = "mail", params(("id" = i64, Path)),
    responses((status = 200, body = Story)))]
async fn message(may: May<ReadMail>, Path(message): Path<MessageId>) -> Result<Json<Story>, Error> {
    may.read(move |work| crate::mail::story(work, message)).await.map(Json)
}

/// Send a message after all that is held or has failed.
#[utoipa::path(post, path = "/api/messages/{id}/resend", operation_id = "mail_resend", tag = "mail", params(("id" = i64, Path)),
    responses((status = 200, body = Story)))]
async fn resend(may: May<EditMail>, Path(message): Path<MessageId>) -> Result<Json<Story>, Error> {
    may.write(move |work| crate::mail::resend(work, message)).await.map(Json)
}

/// Let go of a message that is held or has failed.
#[utoipa::path(post, path = "/api/messages/{id}/drop", operation_id = "mail_drop", tag = "mail", params(("id" = i64, Path)),
    responses((status = 200, body = Story)))]
async fn drop_message(may: May<EditMail>, Path(message): Path<MessageId>) -> Result<Json<Story>, Error> {
    may.write(move |work| crate::mail::drop_message(work, message)).await.map(Json)
}
