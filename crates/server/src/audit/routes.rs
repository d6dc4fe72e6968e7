//! HTTP of the audit log: reading only.

use super::model::Place;
use super::{Entry, Thing, Wanted, Who, store};
use crate::access::{May, ReadAudit};
use crate::app::App;
use crate::error::Error;
use crate::http::{Listing, Page, Query};
use crate::time::Instant;
use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only what this one did: `admin_user:3`, `api_key:7`, `operator` (the command line), `anonymous`, or `system`.
    actor: Option<String>,
    /// Only entries of this action, such as `delete`.
    action: Option<String>,
    /// Only entries about this kind of thing, such as `segment`.
    entity_type: Option<String>,
    /// Only entries about the thing of that kind with this id.
    entity_id: Option<i64>,
    /// Only entries from this instant on.
    from: Option<Instant>,
    /// Only entries before this instant.
    until: Option<Instant>,
    /// Only entries with this text in what was changed or in the name of who did it, in small or capital letters.
    q: Option<String>,
}

/// Characters of a text that is looked for.
const TEXT_MAX: usize = 200;

impl Filter {
    fn wanted(self) -> Result<Wanted, Error> {
        let who = self.actor.as_deref().map(|actor| {
            let why = "this is \"admin_user:\" or \"api_key:\" with an id, \"operator\", \"anonymous\", or \"system\"";
            Who::parse(actor).ok_or_else(|| Error::invalid("/actor", "invalid", why))
        });
        if let (Some(from), Some(until)) = (self.from, self.until)
            && until <= from
        {
            return Err(Error::invalid("/until", "out_of_range", "this is after \"from\""));
        }
        let text = self.q.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        if text.as_ref().is_some_and(|text| TEXT_MAX < text.chars().count()) {
            return Err(Error::invalid("/q", "too_long", format!("at most {TEXT_MAX} characters")));
        }
        if self.entity_type.is_none() && self.entity_id.is_some() {
            let why = "an id is one of a kind of things: \"entityType\" is missing";
            return Err(Error::invalid("/entityId", "required", why));
        }
        Ok(Wanted {
            who: who.transpose()?,
            action: self.action,
            thing: self.entity_type.map(|kind| Thing { kind, id: self.entity_id }),
            from: self.from,
            until: self.until,
            text,
        })
    }
}

/// A page of the log.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuditPage)]
struct Found {
    items: Vec<Entry>,
    /// Give it back as `cursor` to go on; null on the last page.
    next_cursor: Option<String>,
    /// Always null: the log is not counted.
    total: Option<i64>,
    /// How far back the log has been looked through, where older entries have not been looked at yet.
    looked_back_to: Option<Instant>,
}

/// Who changed what, newest first. A text, or who, what and which thing in one question, is looked for in one entry after the other; a page
/// ends after so and so many, even if it has found nothing yet: `lookedBackTo` says how far it got, `nextCursor` goes on from there.
#[utoipa::path(get, path = "/api/audit", operation_id = "audit_list", tag = "audit", params(Listing, Filter),
    responses((status = 200, body = Found)))]
async fn list(may: May<ReadAudit>, Query(listing): Query<Listing>, Query(filter): Query<Filter>) -> Result<Json<Found>, Error> {
    let limit = listing.limit()?;
    let before = listing.after::<Place>()?.unwrap_or((Instant(i64::MAX), i64::MAX));
    let wanted = filter.wanted()?;
    let (entries, reached) = may.read(move |work| store::page(work, &wanted, before, limit)).await?;
    let page = match reached {
        Some(_) => Page::up_to(entries, reached),
        None => Page::of(entries, limit, None, |entry| (entry.at, entry.id.0)),
    };
    let Page { items, next_cursor, total } = page;
    Ok(Json(Found { items, next_cursor, total, looked_back_to: reached.map(|(at, _)| at) }))
}
