//! The steps of the save pipeline: each changes a profile that is about to be written. Pure.

mod email;
mod zip;

pub use email::has_shape;

use super::profile::Profile;
use crate::settings::{CopyRule, FieldKind, Fields, Settings, Step};
use serde_json::Value;
use std::collections::BTreeMap;

/// Runs the enabled steps in their order. `before` is the customer as he stands, if he does.
pub fn run(settings: &Settings, fields: &Fields, before: Option<&Profile>, profile: &mut Profile) {
    for entry in settings.save_pipeline.steps.iter().filter(|entry| entry.enabled) {
        match &entry.step {
            Step::CleanEmail {} => clean_email(profile),
            Step::NormalizeZip { countries } => normalize_zip(profile, countries),
            Step::SalutationToGender { map } => salutation_to_gender(profile, map),
            Step::RemoveBlockedEmail {} => {
                if profile.email.as_ref().is_some_and(|email| settings.blocks(email)) {
                    profile.email = None;
                }
            }
            Step::MarkEmailValidity {} => profile.email_ok = Some(profile.email.as_deref().is_some_and(email::is_valid)),
            Step::CopyFields { rules } => rules.iter().for_each(|rule| copy(rule, fields, before, profile)),
        }
    }
}

fn clean_email(profile: &mut Profile) {
    profile.email = profile.email.as_deref().map(email::clean).filter(|email| !email.is_empty());
}

fn normalize_zip(profile: &mut Profile, countries: &[String]) {
    if let (Some(country), Some(zip)) = (&profile.country_code, &profile.zip)
        && countries.contains(country)
    {
        profile.zip = Some(zip::normalize(country, zip));
    }
}

fn salutation_to_gender(profile: &mut Profile, map: &BTreeMap<String, String>) {
    if let Some(gender) = profile.salutation.as_ref().and_then(|salutation| map.get(salutation)) {
        profile.gender = Some(gender.clone());
    }
}

/// Copies where the source was changed and the target was not; for a new customer, where the target is empty.
fn copy(rule: &CopyRule, fields: &Fields, before: Option<&Profile>, profile: &mut Profile) {
    let (from, to) = (profile.get(&rule.from), profile.get(&rule.to));
    let may = rule.overwrite_if_not_empty || is_empty(&to);
    let wanted = match before {
        Some(before) => before.get(&rule.from) != from && before.get(&rule.to) == to,
        None => is_empty(&to),
    };
    if may && wanted {
        put(profile, &rule.to, from, fields);
    }
}

/// What counts as empty when fields are copied: also zero, false and the text `0`.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(flag) => !flag,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty() || text == "0",
        Value::Array(entries) => entries.is_empty(),
        Value::Object(members) => members.is_empty(),
    }
}

/// Sets a field if the value fits it; a value that does not fit is not copied.
fn put(profile: &mut Profile, name: &str, value: Value, fields: &Fields) {
    let is_custom = profile.text(name).is_none() && fields.get(name).is_some();
    let as_text = match (&value, fields.get(name).map(|field| field.kind)) {
        (Value::Number(number), None | Some(FieldKind::Text)) => Value::String(number.to_string()),
        _ => value,
    };
    let patch = if is_custom { serde_json::json!({"fields": {name: as_text}}) } else { serde_json::json!({name: as_text}) };
    let mut changed = profile.clone();
    let members = patch.as_object().expect("made as an object above");
    if super::patch::apply(&mut changed, members, fields).is_empty() {
        *profile = changed;
    }
}

/// Whether one of the combinations is filled; zero and false count as filled.
pub fn has_required(combinations: &[Vec<String>], profile: &Profile) -> bool {
    let is_filled = |name: &String| !matches!(profile.get(name), Value::Null) && profile.get(name) != "";
    combinations.is_empty() || combinations.iter().any(|combination| combination.iter().all(is_filled))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(values: &[(&str, &str)]) -> Profile {
        let mut profile = Profile::default();
        for (name, value) in values {
            *profile.text_mut(name).unwrap() = Some((*value).to_owned());
        }
        profile
    }

    #[test]
    fn copies_follow_what_was_changed() {
        // source before and now, target before and now, overwrite -> target after
        check(Some("a"), "a", None, None, false, None);
        check(Some("a"), "b", None, None, false, Some("b"));
        check(Some("a"), "b", Some("x"), Some("x"), false, Some("x"));
        check(Some("a"), "b", Some("x"), Some("x"), true, Some("b"));
        check(Some("a"), "a", Some("x"), Some("x"), true, Some("x"));
        check(Some("a"), "b", Some("x"), Some("y"), true, Some("y"));
        check(Some("a"), "b", None, Some("y"), true, Some("y"));
        check_new("b", None, false, Some("b"));
        check_new("b", Some("0"), false, Some("b"));
        check_new("b", Some("y"), false, Some("y"));
        check_new("b", Some("y"), true, Some("y"));

        #[track_caller]
        fn check(from: Option<&str>, now: &str, to: Option<&str>, to_now: Option<&str>, overwrite: bool, after: Option<&str>) {
            let pairs = |from: Option<&'static str>, to: Option<&'static str>| {
                let mut pairs = Vec::new();
                pairs.extend(from.map(|from| ("firstname", from)));
                pairs.extend(to.map(|to| ("lastname", to)));
                profile(&pairs)
            };
            let leak = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
            let before = pairs(from.map(leak), to.map(leak));
            let mut profile = pairs(Some(leak(now)), to_now.map(leak));
            run(overwrite, Some(&before), &mut profile);
            assert_eq!(profile.lastname.as_deref(), after);
        }

        #[track_caller]
        fn check_new(from: &str, to: Option<&str>, overwrite: bool, after: Option<&str>) {
            let mut new = profile(&[("firstname", from)]);
            new.lastname = to.map(str::to_owned);
            run(overwrite, None, &mut new);
            assert_eq!(new.lastname.as_deref(), after);
        }

        fn run(overwrite: bool, before: Option<&Profile>, profile: &mut Profile) {
            let rule = CopyRule { from: "firstname".to_owned(), to: "lastname".to_owned(), overwrite_if_not_empty: overwrite };
            copy(&rule, &Fields::default(), before, profile);
        }
    }

    #[test]
    fn the_salutation_tells_the_gender_only_where_it_is_mapped() {
        check(Some("mr"), None, Some("male"));
        check(Some("mrs"), None, Some("female"));
        check(Some("mrs"), Some("male"), Some("female"));
        check(Some("dr"), Some("male"), Some("male"));
        check(None, None, None);

        #[track_caller]
        fn check(salutation: Option<&str>, gender: Option<&str>, after: Option<&str>) {
            let map: BTreeMap<String, String> = [("mr", "male"), ("mrs", "female")].map(|(key, value)| (key.into(), value.into())).into();
            let mut profile =
                Profile { salutation: salutation.map(str::to_owned), gender: gender.map(str::to_owned), ..Profile::default() };
            salutation_to_gender(&mut profile, &map);
            assert_eq!(profile.gender.as_deref(), after);
        }
    }

    #[test]
    fn one_filled_combination_suffices() {
        let combinations = [vec!["email".to_owned()], vec!["firstname".to_owned(), "lastname".to_owned()]];
        assert!(has_required(&combinations, &profile(&[("email", "a@b.co")])));
        assert!(has_required(&combinations, &profile(&[("firstname", "0"), ("lastname", "Byron")])));
        assert!(!has_required(&combinations, &profile(&[("firstname", "Ada")])));
        assert!(has_required(&[], &Profile::default()));
        assert!(has_required(&[vec!["profilingConsent".to_owned()]], &Profile::default()), "false counts as filled");
    }
}
