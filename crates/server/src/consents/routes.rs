//! HTTP of the consents.

use super::model::{Answer, Consent, Given};
use crate::access::{EditCustomers, May, ReadCustomers};
use crate::app::App;
use crate::customers;
use crate::error::Error;
use crate::http::{Body, Listing, NoContent, Page, Path, Query};
use crate::ids::CustomerId;
use crate::time::Instant;
use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(answer, take_back)).routes(routes!(history))
}

/// What a customer allows: the answer in force for each purpose he was asked about.
#[utoipa::path(get, path = "/api/customers/{id}/consents", operation_id = "consents_list", tag = "consents", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<Consent>)))]
async fn list(may: May<ReadCustomers>, Path(customer): Path<CustomerId>) -> Result<Json<Vec<Consent>>, Error> {
    may.read(move |work| super::list(work, customer)).await.map(Json)
}

/// Write down a customer's answer. The latest one is in force; an earlier one only joins the history.
#[utoipa::path(put, path = "/api/customers/{id}/consents/{purpose}", operation_id = "consents_answer", tag = "consents",
    params(("id" = i64, Path), ("purpose" = String, Path, description = "What is asked for, such as `newsletter`.")),
    request_body = Given, responses((status = 200, body = Consent)))]
async fn answer(
    may: May<EditCustomers>,
    Path((customer, purpose)): Path<(CustomerId, String)>,
    Body(given): Body<Given>,
) -> Result<Json<Consent>, Error> {
    may.write(move |work| super::answer(work, customer, &purpose, &given)).await.map(Json)
}

/// Take an answer back: the customer counts as never asked. What he answered stays in the history.
#[utoipa::path(delete, path = "/api/customers/{id}/consents/{purpose}", operation_id = "consents_take_back", tag = "consents",
    params(("id" = i64, Path), ("purpose" = String, Path)), responses((status = 204)))]
async fn take_back(may: May<EditCustomers>, Path((customer, purpose)): Path<(CustomerId, String)>) -> Result<NoContent, Error> {
    may.write(move |work| super::take_back(work, customer, &purpose)).await.map(|()| NoContent)
}

/// Every answer a customer gave, the latest first.
#[utoipa::path(get, path = "/api/customers/{id}/consent-answers", operation_id = "consents_history", tag = "consents",
    params(("id" = i64, Path), Listing), responses((status = 200, body = Page<Answer>)))]
async fn history(may: May<ReadCustomers>, Path(customer): Path<CustomerId>, Query(listing): Query<Listing>) -> Result<Page<Answer>, Error> {
    let limit = listing.limit()?;
    let before = listing.after::<(Instant, i64)>()?;
    let answers = may
        .read(move |work| {
            customers::must_exist(work, customer)?;
            super::answers(work, customer, before, limit)
        })
        .await?;
    Ok(Page::of(answers, limit, None, |answer| (answer.answered_at, answer.id.0)))
}
