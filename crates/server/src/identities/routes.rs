//! HTTP of the identities: who is known by what. Giving and taking them belongs to the customers.

use super::model::check_kind;
use crate::access::{May, ReadCustomers};
use crate::app::App;
use crate::error::{Error, Problem};
use crate::http::Body;
use crate::ids::CustomerId;
use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Identities one request may ask for.
const LOOKUP_MAX: usize = 1_000;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(lookup))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Lookup {
    identities: Vec<WantedIdentity>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WantedIdentity {
    /// `email`, `phone`, `token`, or `external:` and the name of another system.
    kind: String,
    value: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct LookupAnswer {
    items: Vec<FoundIdentity>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct FoundIdentity {
    kind: String,
    value: String,
    /// Null when nobody is known by it.
    customer_id: Option<CustomerId>,
}

/// Find customers by what they are known by, many at once; the answer is in the order of the question.
#[utoipa::path(post, path = "/api/customers/lookup", operation_id = "identities_lookup", tag = "identities", request_body = Lookup,
    responses((status = 200, body = LookupAnswer)))]
async fn lookup(may: May<ReadCustomers>, Body(asked): Body<Lookup>) -> Result<Json<LookupAnswer>, Error> {
    if LOOKUP_MAX < asked.identities.len() {
        return Err(Error::invalid("/identities", "too_long", format!("ask for {LOOKUP_MAX} identities at most")));
    }
    let unknown = asked.identities.iter().enumerate().filter(|(_, wanted)| !check_kind(&wanted.kind));
    let problem = |(place, wanted): (usize, &WantedIdentity)| {
        Problem::new(format!("/identities/{place}/kind"), "unknown_kind", format!("there is no kind {:?}", wanted.kind))
    };
    let problems: Vec<Problem> = unknown.map(problem).collect();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let pairs: Vec<(String, String)> = asked.identities.into_iter().map(|wanted| (wanted.kind, wanted.value)).collect();
    let (pairs, found) = may
        .read(move |work| {
            let found = super::find(work, &pairs)?;
            Ok((pairs.clone(), found))
        })
        .await?;
    let item = |(kind, value): (String, String)| {
        let customer_id = found.get(&(kind.clone(), super::fold_value(&kind, &value))).copied();
        FoundIdentity { kind, value, customer_id }
    };
    Ok(Json(LookupAnswer { items: pairs.into_iter().map(item).collect() }))
}
