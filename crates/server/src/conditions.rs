//! HTTP of the language of conditions: check one while it is being written, and make one from other ways of writing it.
//! It stores nothing; whoever keeps a condition checks it again.

use crate::access::{May, ReadSegments};
use crate::app::App;
use crate::catalogue;
use crate::error::{Error, Problem};
use crate::http::Body;
use axum::Json;
use condition::search::{self, FIELDS_MAX};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Where a search looks if it is not told.
const SEARCHED: [&str; 7] = ["id", "token", "firstname", "lastname", "email", "zip", "city"];

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(check)).routes(routes!(parse_search)).routes(routes!(import))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ConditionToCheck {
    #[schema(value_type = Object)]
    condition: Value,
    /// Whether it belongs to a rule, and so may ask about what fired it.
    #[serde(default)]
    of_rule: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct CheckedCondition {
    /// Empty if the condition is allowed. Paths lead into the condition.
    problems: Vec<Problem>,
}

/// Check a condition without keeping it.
#[utoipa::path(post, path = "/api/conditions/check", operation_id = "conditions_check", tag = "conditions", request_body = ConditionToCheck,
    responses((status = 200, body = CheckedCondition)))]
async fn check(may: May<ReadSegments>, Body(body): Body<ConditionToCheck>) -> Result<Json<CheckedCondition>, Error> {
    let check = if body.of_rule { condition::check_with_trigger } else { condition::check };
    let catalogue = may.read(catalogue::get).await?;
    let problems = check(&body.condition, &catalogue).err().unwrap_or_default();
    Ok(Json(CheckedCondition { problems: problems.into_iter().map(|problem| catalogue::under("", problem)).collect() }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Search {
    text: String,
    /// Names of the customer's fields to look into, at most 10; else id, token, names, mail address, zip and city.
    fields: Option<Vec<String>>,
}

#[derive(Debug, Serialize, ToSchema)]
struct FoundCondition {
    #[schema(value_type = Object)]
    condition: Value,
}

/// Turn the text of a search box into a condition.
#[utoipa::path(post, path = "/api/conditions/search", operation_id = "conditions_search", tag = "conditions", request_body = Search,
    responses((status = 200, body = FoundCondition)))]
async fn parse_search(may: May<ReadSegments>, Body(body): Body<Search>) -> Result<Json<FoundCondition>, Error> {
    let catalogue = may.read(catalogue::get).await?;
    let fields = body.fields.as_ref().map_or_else(|| SEARCHED.to_vec(), |fields| fields.iter().map(String::as_str).collect());
    if fields.len() > FIELDS_MAX {
        return Err(Error::invalid("/fields", "too_long", format!("a search looks into {FIELDS_MAX} fields at most")));
    }
    if let Some(place) = fields.iter().position(|name| !catalogue.fields.contains_key(*name)) {
        return Err(Error::invalid(format!("/fields/{place}"), "unknown_field", format!("there is no field `{}`", fields[place])));
    }
    let condition = search::parse(&body.text, &fields, &catalogue)
        .map_err(|problem| Error::invalid("/text", problem.code, format!("at character {}: {}", problem.at, problem.message)))?;
    Ok(Json(FoundCondition { condition }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FlatConditions {
    /// `{"implementationClass", "options", "operator", "bracketLeft", "bracketRight"}` each.
    #[schema(value_type = Vec<Object>)]
    conditions: Value,
}

/// Turn the flat conditions of the predecessor's rules into one condition.
#[utoipa::path(post, path = "/api/conditions/import", operation_id = "conditions_import", tag = "conditions", request_body = FlatConditions,
    responses((status = 200, body = FoundCondition)))]
async fn import(may: May<ReadSegments>, Body(body): Body<FlatConditions>) -> Result<Json<FoundCondition>, Error> {
    let catalogue = may.read(catalogue::get).await?;
    let under = |problem| catalogue::under("/conditions", problem);
    let condition = condition::flat::parse(&body.conditions, &catalogue)
        .map_err(|problems| Error::Invalid(problems.into_iter().map(under).collect()))?;
    Ok(Json(FoundCondition { condition }))
}
