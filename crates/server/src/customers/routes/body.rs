//! The body that makes or changes a customer, as the description of the API shows it. It is read value by value
//! elsewhere, so that every problem is told with its path and not only the first.

use super::super::model::SaveOptions;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::ToSchema;

#[derive(ToSchema)]
#[schema(rename_all = "camelCase", title = "CustomerDraft")]
#[expect(dead_code, reason = "only described, never built")]
pub struct CustomerDraft {
    published: Option<bool>,
    active: Option<bool>,
    #[schema(max_length = 190)]
    email: Option<String>,
    email_ok: Option<bool>,
    #[schema(max_length = 255)]
    salutation: Option<String>,
    #[schema(max_length = 255)]
    gender: Option<String>,
    #[schema(max_length = 255)]
    firstname: Option<String>,
    #[schema(max_length = 255)]
    lastname: Option<String>,
    #[schema(max_length = 255)]
    street: Option<String>,
    #[schema(max_length = 255)]
    zip: Option<String>,
    #[schema(max_length = 255)]
    city: Option<String>,
    /// Two letters, ISO 3166.
    country_code: Option<String>,
    #[schema(max_length = 255)]
    phone: Option<String>,
    #[schema(max_length = 255)]
    language: Option<String>,
    /// An IANA name.
    time_zone: Option<String>,
    #[schema(format = Date)]
    birth_date: Option<String>,
    profiling_consent: Option<bool>,
    /// The company the customer belongs to.
    company_id: Option<i64>,
    /// Ids in other systems, by system.
    external_ids: Option<BTreeMap<String, Option<String>>>,
    /// Custom fields by name.
    #[schema(value_type = Option<Object>)]
    fields: Option<Map<String, Value>>,
    save_options: Option<SaveOptions>,
}
