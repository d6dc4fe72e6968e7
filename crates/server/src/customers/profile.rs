//! What is kept of a customer and can be set: built-in fields, custom fields, ids in other systems. Pure.

use crate::ids::CompanyId;
use crate::settings::BUILT_IN_TEXTS;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use utoipa::ToSchema;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CustomerProfile)]
pub struct Profile {
    /// A draft that is not published is held to no demands and hidden from what works on customers.
    pub published: bool,
    pub active: bool,
    pub email: Option<String>,
    /// Whether mail can be delivered to the address as far as its form tells.
    pub email_ok: Option<bool>,
    pub salutation: Option<String>,
    pub gender: Option<String>,
    pub firstname: Option<String>,
    pub lastname: Option<String>,
    pub street: Option<String>,
    pub zip: Option<String>,
    pub city: Option<String>,
    /// Two letters, ISO 3166.
    pub country_code: Option<String>,
    pub phone: Option<String>,
    pub language: Option<String>,
    /// An IANA name. Calendar days of this customer follow it.
    pub time_zone: Option<String>,
    #[schema(format = Date)]
    pub birth_date: Option<String>,
    pub profiling_consent: bool,
    /// The company he belongs to.
    pub company_id: Option<CompanyId>,
    /// Ids in other systems, by system.
    pub external_ids: BTreeMap<String, String>,
    /// Custom fields by name.
    #[schema(value_type = Object)]
    pub fields: Map<String, Value>,
}

impl Default for Profile {
    /// What a customer is of whom nothing is known.
    fn default() -> Profile {
        Profile {
            published: true,
            active: true,
            email: None,
            email_ok: None,
            salutation: None,
            gender: None,
            firstname: None,
            lastname: None,
            street: None,
            zip: None,
            city: None,
            country_code: None,
            phone: None,
            language: None,
            time_zone: None,
            birth_date: None,
            profiling_consent: false,
            company_id: None,
            external_ids: BTreeMap::new(),
            fields: Map::new(),
        }
    }
}

impl Profile {
    /// A built-in text by its JSON name.
    pub fn text(&self, name: &str) -> Option<&Option<String>> {
        Some(match name {
            "email" => &self.email,
            "salutation" => &self.salutation,
            "gender" => &self.gender,
            "firstname" => &self.firstname,
            "lastname" => &self.lastname,
            "street" => &self.street,
            "zip" => &self.zip,
            "city" => &self.city,
            "countryCode" => &self.country_code,
            "phone" => &self.phone,
            "language" => &self.language,
            "timeZone" => &self.time_zone,
            _ => return None,
        })
    }

    pub fn text_mut(&mut self, name: &str) -> Option<&mut Option<String>> {
        Some(match name {
            "email" => &mut self.email,
            "salutation" => &mut self.salutation,
            "gender" => &mut self.gender,
            "firstname" => &mut self.firstname,
            "lastname" => &mut self.lastname,
            "street" => &mut self.street,
            "zip" => &mut self.zip,
            "city" => &mut self.city,
            "countryCode" => &mut self.country_code,
            "phone" => &mut self.phone,
            "language" => &mut self.language,
            "timeZone" => &mut self.time_zone,
            _ => return None,
        })
    }

    /// Any field by its name in conditions and settings: built-in, else custom. Null when it has no value.
    pub fn get(&self, name: &str) -> Value {
        match name {
            "published" => json!(self.published),
            "active" => json!(self.active),
            "emailOk" => json!(self.email_ok),
            "birthDate" => json!(self.birth_date),
            "profilingConsent" => json!(self.profiling_consent),
            "companyId" => json!(self.company_id),
            _ => match self.text(name) {
                Some(text) => json!(text),
                None => self.fields.get(name).cloned().unwrap_or(Value::Null),
            },
        }
    }

    /// Whether he can be named or reached. Ids in other systems do neither.
    pub fn is_known(&self) -> bool {
        [&self.email, &self.phone, &self.firstname, &self.lastname].into_iter().any(Option::is_some)
    }

    /// What a search finds a customer by: this, and what else he is known by.
    pub fn search_text(&self, known_by: &[String]) -> String {
        const SEARCHED: [&str; 7] = ["email", "firstname", "lastname", "street", "zip", "city", "phone"];
        let built_in = SEARCHED.into_iter().filter_map(|name| self.text(name)?.as_deref());
        let external = self.external_ids.values().map(String::as_str);
        let custom = self.fields.values().filter_map(Value::as_str);
        let mut texts: Vec<&str> = built_in.chain(external).chain(custom).collect();
        for other in known_by {
            if !texts.contains(&other.as_str()) {
                texts.push(other);
            }
        }
        sql::fold_for_search(&texts.join("\n"))
    }
}

/// What differs between two profiles, by JSON pointer: before and after.
pub fn changes(before: &Profile, after: &Profile) -> Map<String, Value> {
    let mut changes = Map::new();
    let mut note = |path: String, old: Value, new: Value| {
        if old != new {
            changes.insert(path, json!([old, new]));
        }
    };
    for name in ["published", "active", "emailOk", "birthDate", "profilingConsent", "companyId"].iter().chain(&BUILT_IN_TEXTS) {
        note(format!("/{name}"), before.get(name), after.get(name));
    }
    let systems: std::collections::BTreeSet<&String> = before.external_ids.keys().chain(after.external_ids.keys()).collect();
    for system in systems {
        let of = |profile: &Profile| json!(profile.external_ids.get(system));
        note(format!("/externalIds/{system}"), of(before), of(after));
    }
    let names: std::collections::BTreeSet<&String> = before.fields.keys().chain(after.fields.keys()).collect();
    for name in names {
        let of = |profile: &Profile| profile.fields.get(name).cloned().unwrap_or(Value::Null);
        note(format!("/fields/{name}"), of(before), of(after));
    }
    changes
}

/// The fields a change touched, as events name them: `firstname`, `fields.tier`, `externalIds`.
pub fn names_of(changes: &Map<String, Value>) -> Vec<String> {
    let name = |path: &String| {
        let path = path.trim_start_matches('/');
        if path.starts_with("externalIds/") { "externalIds".to_owned() } else { path.replace('/', ".") }
    };
    let mut names: Vec<String> = changes.keys().map(name).collect();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_told() {
        let mut before = Profile { firstname: Some("Ada".to_owned()), ..Profile::default() };
        before.fields.insert("tier".to_owned(), json!("gold"));
        before.external_ids.insert("shop".to_owned(), "17".to_owned());
        let mut after = before.clone();
        assert!(changes(&before, &after).is_empty());
        after.firstname = Some("Augusta".to_owned());
        after.active = false;
        after.fields.clear();
        after.external_ids.insert("crm".to_owned(), "4".to_owned());
        let changes = changes(&before, &after);
        let expected = json!({"/active": [true, false], "/firstname": ["Ada", "Augusta"], "/externalIds/crm": [null, "4"],
            "/fields/tier": ["gold", null]});
        assert_eq!(Value::Object(changes.clone()), expected);
        assert_eq!(names_of(&changes), ["active", "firstname", "externalIds", "fields.tier"]);
    }
}
