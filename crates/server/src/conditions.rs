//! HTTP of the language of conditions: check one while it is being written, and make one from other ways of writing it.
//! It stores nothing; whoever keeps a condition checks it again.

mod values;

use crate::access::{May, ReadSegments};
use crate::app::App;
use crate::catalogue;
use crate::customers;
use crate::error::{Error, Problem};
use crate::http::Body;
use axum::Json;
use condition::Catalogue;
use condition::search::{self, FIELDS_MAX, SearchProblem};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Where a search looks if it is not told.
const SEARCHED: [&str; 7] = ["id", "token", "firstname", "lastname", "email", "zip", "city"];

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(check)).routes(routes!(parse_search)).routes(routes!(import)).routes(routes!(values::values))
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
    if let Some(problem) = fields_problem(&fields, "/fields", &catalogue) {
        return Err(Error::Invalid(vec![problem]));
    }
    let condition = search::parse(&body.text, &fields, &catalogue).map_err(|problem| Error::Invalid(vec![in_text("/text", &problem)]))?;
    Ok(Json(FoundCondition { condition }))
}

/// What is wrong with the fields a search looks into.
fn fields_problem(fields: &[&str], path: &str, catalogue: &Catalogue) -> Option<Problem> {
    if FIELDS_MAX < fields.len() {
        return Some(Problem::new(path, "too_long", format!("a search looks into {FIELDS_MAX} fields at most")));
    }
    let place = fields.iter().position(|name| !catalogue.fields.contains_key(*name))?;
    Some(Problem::new(format!("{path}/{place}"), "unknown_field", format!("there is no field `{}`", fields[place])))
}

fn in_text(path: &str, problem: &SearchProblem) -> Problem {
    Problem::new(path, problem.code, format!("at character {}: {}", problem.at, problem.message))
}

/// What is wrong with a text that is kept for the search box of the customers, and with the fields it looks into; told
/// below `path`. A text of words alone is looked for as such, every other one is a condition.
pub fn search_problems(text: Option<&str>, fields: &[String], catalogue: &Catalogue, path: &str) -> Vec<Problem> {
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let mut problems: Vec<Problem> = fields_problem(&fields, &format!("{path}/searchFields"), catalogue).into_iter().collect();
    let Some(text) = text else { return problems };
    let spot = format!("{path}/search");
    let is_words =
        !text.contains(['"', '\'', '(', ')', '!', '*']) && !text.split_whitespace().any(|word| ["AND", "OR", "NOT"].contains(&word));
    if let Err(problem) = search::parse(text, &SEARCHED, catalogue) {
        problems.push(in_text(&spot, &problem));
    } else if is_words && let Err(Error::Invalid(found)) = customers::search_words(text) {
        problems.extend(found.into_iter().map(|problem| Problem { path: spot.clone(), ..problem }));
    }
    problems
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
