//! A merge patch laid over a profile, value by value, each checked: what does not fit is told with its path, and what
//! was not touched is not judged again. Pure.

use super::profile::Profile;
use crate::error::Problem;
use crate::http::merge_patch;
use crate::identities;
use crate::ids::CompanyId;
use crate::settings::{self, FieldKind, Fields};
use condition::calendar;
use serde_json::{Map, Value, json};

/// Characters of a built-in text, and of a mail address.
const TEXT_CHARS_MAX: usize = 255;
const EMAIL_CHARS_MAX: usize = 190;
/// Other systems one customer may be known in.
const EXTERNAL_IDS_MAX: usize = 20;

const READ_ONLY: [&str; 7] = ["id", "token", "identities", "segments", "createdAt", "updatedAt", "version"];

/// Changes the profile as far as the patch can be accepted; gives everything that cannot.
pub fn apply(profile: &mut Profile, patch: &Map<String, Value>, fields: &Fields) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, value) in patch {
        if let Err(problem) = apply_one(profile, name, value, fields, &mut problems) {
            problems.push(problem);
        }
    }
    problems
}

/// The change of a field as the merge patch a person would send.
pub fn field_patch(field: &str, value: &Value) -> Map<String, Value> {
    let patch = match field.strip_prefix("fields.") {
        Some(custom) => json!({"fields": {custom: value}}),
        None => json!({field: value}),
    };
    patch.as_object().cloned().unwrap_or_default()
}

fn apply_one(profile: &mut Profile, name: &str, value: &Value, fields: &Fields, problems: &mut Vec<Problem>) -> Result<(), Problem> {
    let path = format!("/{}", escape(name));
    match name {
        "published" => profile.published = flag(value, true, &path)?,
        "active" => profile.active = flag(value, true, &path)?,
        "profilingConsent" => profile.profiling_consent = flag(value, false, &path)?,
        "emailOk" => profile.email_ok = if value.is_null() { None } else { Some(flag(value, false, &path)?) },
        "birthDate" => profile.birth_date = date(value, &path)?,
        "companyId" => profile.company_id = company(value, &path)?,
        "countryCode" => profile.country_code = country(value, &path)?,
        "timeZone" => profile.time_zone = time_zone(value, &path)?,
        "externalIds" => external_ids(profile, value, &path, problems)?,
        "fields" => custom(profile, value, &path, fields, problems)?,
        _ => match profile.text_mut(name) {
            Some(place) => *place = text(value, &path, if name == "email" { EMAIL_CHARS_MAX } else { TEXT_CHARS_MAX })?,
            None if READ_ONLY.contains(&name) => return Err(Problem::new(path, "read_only", format!("{name} cannot be set"))),
            None => return Err(Problem::new(path, "unknown_field", format!("customers have no {name:?}; custom fields go below fields"))),
        },
    }
    Ok(())
}

/// A name as part of a JSON pointer.
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn wrong(path: &str, wanted: &str) -> Problem {
    Problem::new(path, "wrong_type", format!("this must be {wanted}"))
}

fn flag(value: &Value, default: bool, path: &str) -> Result<bool, Problem> {
    match value {
        Value::Null => Ok(default),
        Value::Bool(flag) => Ok(*flag),
        _ => Err(wrong(path, "true or false")),
    }
}

/// One line of text, trimmed; the empty text is none.
fn text(value: &Value, path: &str, chars_max: usize) -> Result<Option<String>, Problem> {
    let text = match value {
        Value::Null => return Ok(None),
        Value::String(text) => text.trim(),
        _ => return Err(wrong(path, "a text")),
    };
    if text.contains('\0') {
        return Err(Problem::new(path, "nul", "text must not contain the NUL character"));
    }
    if text.contains(char::is_control) {
        return Err(Problem::new(path, "invalid", "this is one line of text, without control characters"));
    }
    if chars_max < text.chars().count() {
        return Err(Problem::new(path, "too_long", format!("this may have at most {chars_max} characters")));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

fn date(value: &Value, path: &str) -> Result<Option<String>, Problem> {
    match text(value, path, TEXT_CHARS_MAX)? {
        None => Ok(None),
        Some(text) => match calendar::parse_date(&text) {
            Some(date) => Ok(Some(date.to_string())),
            None => Err(Problem::new(path, "invalid", "this must be a date that exists, such as 2024-02-29")),
        },
    }
}

/// Whether there is such a company is not known here.
fn company(value: &Value, path: &str) -> Result<Option<CompanyId>, Problem> {
    match value {
        Value::Null => Ok(None),
        _ => value.as_i64().map(|id| Some(CompanyId(id))).ok_or_else(|| wrong(path, "the id of a company")),
    }
}

fn country(value: &Value, path: &str) -> Result<Option<String>, Problem> {
    match text(value, path, TEXT_CHARS_MAX)? {
        None => Ok(None),
        Some(code) if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic()) => Ok(Some(code.to_ascii_uppercase())),
        Some(_) => Err(Problem::new(path, "invalid", "this must be a country code of two letters, such as AT")),
    }
}

fn time_zone(value: &Value, path: &str) -> Result<Option<String>, Problem> {
    match text(value, path, TEXT_CHARS_MAX)? {
        None => Ok(None),
        Some(name) => match jiff::tz::TimeZone::get(&name) {
            Ok(zone) => Ok(Some(zone.iana_name().unwrap_or(&name).to_owned())),
            Err(_) => Err(Problem::new(path, "unknown_time_zone", format!("there is no time zone {name:?}"))),
        },
    }
}

fn external_ids(profile: &mut Profile, value: &Value, path: &str, problems: &mut Vec<Problem>) -> Result<(), Problem> {
    let ids = match value {
        Value::Null => {
            profile.external_ids.clear();
            return Ok(());
        }
        Value::Object(ids) => ids,
        _ => return Err(wrong(path, "an object of ids by system")),
    };
    for (system, id) in ids {
        let path = format!("{path}/{}", escape(system));
        if !identities::is_system(system) {
            problems.push(Problem::new(path, "invalid", "the name of a system has 1 to 40 letters, digits, _ and -"));
            continue;
        }
        // A number is an id as well; other systems number their customers.
        let id = if let Value::Number(number) = id { &Value::String(number.to_string()) } else { id };
        match text(id, &path, identities::VALUE_CHARS_MAX) {
            Ok(Some(id)) => drop(profile.external_ids.insert(system.clone(), id)),
            Ok(None) => drop(profile.external_ids.remove(system)),
            Err(problem) => problems.push(problem),
        }
    }
    if EXTERNAL_IDS_MAX < profile.external_ids.len() {
        return Err(Problem::new(path, "too_long", format!("a customer is known in {EXTERNAL_IDS_MAX} systems at most")));
    }
    Ok(())
}

fn custom(profile: &mut Profile, value: &Value, path: &str, fields: &Fields, problems: &mut Vec<Problem>) -> Result<(), Problem> {
    let values = match value {
        Value::Null => {
            profile.fields.clear();
            return Ok(());
        }
        Value::Object(values) => values,
        _ => return Err(wrong(path, "an object of values by field")),
    };
    for (name, value) in values {
        let path = format!("{path}/{}", escape(name));
        let Some(field) = fields.get(name) else {
            problems.push(Problem::new(path, "unknown_field", format!("there is no custom field {name:?}")));
            continue;
        };
        let wanted = match (field.kind, value) {
            // A document is merged like everything else in a merge patch.
            (FieldKind::Json, Value::Object(_)) => {
                let mut standing = profile.fields.get(name).cloned().unwrap_or(Value::Null);
                if !standing.is_object() {
                    standing = Value::Object(Map::new());
                }
                merge_patch(&mut standing, value);
                standing
            }
            _ => value.clone(),
        };
        let is_none = wanted.is_null() || wanted.as_str().is_some_and(|text| text.trim().is_empty());
        if is_none && field.kind != FieldKind::Json || wanted.is_null() {
            profile.fields.remove(name);
            continue;
        }
        match settings::fits(field, &wanted, &path) {
            Ok(fitting) => drop(profile.fields.insert(name.clone(), fitting)),
            Err(problem) => problems.push(problem),
        }
    }
    Ok(())
}
