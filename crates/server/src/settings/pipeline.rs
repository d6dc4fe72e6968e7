//! The settings as a document: read, checked with the path of every problem, shown. What the steps do is not here.

use super::DuplicateSettings;
use super::merges::{self, MergingSettings};
use super::model::{BUILT_IN_TEXTS, FieldKind, Fields};
use crate::error::{Error, Problem};
use jiff::civil::Time;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use utoipa::ToSchema;

/// Entries of the lists people may set.
const STEPS_MAX: usize = 50;
const COMBINATIONS_MAX: usize = 10;
const FIELDS_PER_COMBINATION_MAX: usize = 6;
const RULES_MAX: usize = 50;
const BLOCKED_MAX: usize = 10_000;
const CAP_COUNT_MAX: i64 = 1_000;
const CAP_DAYS_MAX: i64 = 366;

/// Everything people set for the instance.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Settings {
    /// Of customers who have none of their own; an IANA name.
    pub time_zone: String,
    #[schema(value_type = SavePipeline)]
    pub save_pipeline: Arc<SavePipeline>,
    /// Mail addresses no customer may have.
    pub blocked_addresses: Vec<String>,
    pub mail: MailSettings,
    pub duplicates: DuplicateSettings,
    pub merging: MergingSettings,
    #[serde(skip)]
    pub version: i64,
    #[serde(skip)]
    blocked: HashSet<String>,
}

impl Settings {
    /// As JSON shows it.
    pub fn document(&self) -> Value {
        serde_json::to_value(self).expect("settings are texts, lists and numbers, which have a JSON form")
    }

    pub fn blocks(&self, address: &str) -> bool {
        self.blocked.contains(&sql::fold(address.trim()))
    }
}

/// What happens to a customer before he is written: the steps in order, then the demands on the outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SavePipeline {
    pub steps: Vec<StepEntry>,
    /// At least one of these combinations must be filled. None at all demands nothing.
    #[serde(default)]
    pub required_fields: Vec<Vec<String>>,
    #[serde(default)]
    pub duplicate_check: DuplicateCheck,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StepEntry {
    pub enabled: bool,
    #[serde(flatten)]
    pub step: Step,
}

impl<'de> Deserialize<'de> for StepEntry {
    /// By hand, because serde does not find unknown members of what it flattens.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<StepEntry, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Entry {
            step: String,
            #[serde(default = "yes")]
            enabled: bool,
            #[serde(default)]
            options: Map<String, Value>,
        }
        let entry = Entry::deserialize(from)?;
        let step = serde_json::from_value(json!({"step": entry.step, "options": entry.options})).map_err(D::Error::custom)?;
        Ok(StepEntry { enabled: entry.enabled, step })
    }
}

fn yes() -> bool {
    true
}

/// A step with its options.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, tag = "step", content = "options", rename_all = "snake_case")]
#[schema(as = SaveStep)]
pub enum Step {
    /// Take out of the mail address what cannot belong there.
    CleanEmail {},
    /// Bring postal codes into the form of their country. Countries that are not listed are left alone.
    NormalizeZip { countries: Vec<String> },
    /// Set the gender where the salutation says it.
    SalutationToGender { map: BTreeMap<String, String> },
    /// Take away mail addresses that are blocked.
    RemoveBlockedEmail {},
    /// Note in `emailOk` whether the mail address can be delivered to.
    MarkEmailValidity {},
    /// Copy one field to another.
    CopyFields { rules: Vec<CopyRule> },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CopyRule {
    pub from: String,
    pub to: String,
    #[serde(default)]
    pub overwrite_if_not_empty: bool,
}

/// Who counts as the same person for certain: the first combination that finds someone decides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct DuplicateCheck {
    #[serde(default)]
    pub enabled: bool,
    #[serde(default)]
    pub combinations: Vec<Vec<String>>,
}

/// When, and how much, marketing mail customers get.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct MailSettings {
    /// Null: at any time.
    #[serde(default)]
    pub quiet_hours: Option<QuietHours>,
    /// Null: as much as is planned.
    #[serde(default)]
    pub cap: Option<Cap>,
}

/// From and to in the customer's local time; over midnight, if `to` is the earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    #[schema(value_type = String, example = "21:00:00")]
    pub from: Time,
    #[schema(value_type = String, example = "08:00:00")]
    pub to: Time,
}

/// At most `count` marketing mails for one customer in any `days` days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    pub count: i64,
    pub days: i64,
}

fn check_mail(mail: &MailSettings, problems: &mut Vec<Problem>) {
    if mail.quiet_hours.is_some_and(|quiet| quiet.from == quiet.to) {
        problems.push(Problem::new("/mail/quietHours/to", "invalid", "quiet hours end at another time than they begin"));
    }
    if let Some(cap) = mail.cap {
        for (path, value, max) in [("/mail/cap/count", cap.count, CAP_COUNT_MAX), ("/mail/cap/days", cap.days, CAP_DAYS_MAX)] {
            if !(1..=max).contains(&value) {
                problems.push(Problem::new(path, "out_of_range", format!("this is 1 to {max}")));
            }
        }
    }
}

/// Countries whose postal codes have a known form.
pub const ZIP_COUNTRIES: [&str; 9] = ["AT", "BE", "CH", "DE", "DK", "GB", "NL", "RU", "SE"];

fn default_document(time_zone: &str) -> Value {
    json!({
        "timeZone": time_zone,
        "savePipeline": {
            "steps": [
                {"enabled": true, "step": "clean_email", "options": {}},
                {"enabled": true, "step": "normalize_zip", "options": {"countries": ZIP_COUNTRIES}},
                {"enabled": true, "step": "salutation_to_gender", "options": {"map": {"mr": "male", "mrs": "female"}}},
                {"enabled": true, "step": "remove_blocked_email", "options": {}},
                {"enabled": true, "step": "copy_fields", "options": {"rules": []}},
                {"enabled": true, "step": "mark_email_validity", "options": {}},
            ],
            "requiredFields": [],
            "duplicateCheck": {"enabled": false, "combinations": [["email"], ["firstname", "lastname", "zip"]]},
        },
        "blockedAddresses": [],
        "mail": {"quietHours": null, "cap": null},
        "duplicates": DuplicateSettings::default(),
        "merging": merges::default_document(),
    })
}

/// What was set laid over the defaults.
pub fn of_stored(stored: Vec<(String, Value)>, version: i64, time_zone: &str) -> Result<Settings, Error> {
    let mut document = default_document(time_zone);
    for (name, value) in stored {
        document[name] = value;
    }
    let mut settings: Settings = serde_json::from_value(document)
        .map_err(|error| Error::Bug(anyhow::Error::new(error).context("a stored setting cannot be read")))?;
    settings.version = version;
    settings.merging = settings.merging.ready();
    settings.blocked = settings.blocked_addresses.iter().map(|address| sql::fold(address.trim())).collect();
    Ok(settings)
}

/// A document someone wants as the settings; what it leaves out is at its default.
pub fn parse(document: &Value, fields: &Fields, time_zone: &str) -> Result<Settings, Error> {
    let mut whole = default_document(time_zone);
    let members = document.as_object().ok_or_else(|| Error::invalid("", "wrong_type", "settings are an object"))?;
    for (name, value) in members {
        whole[name] = value.clone();
    }
    let bytes = whole.to_string();
    let settings: Settings = crate::http::parse(bytes.as_bytes())?;
    let mut problems = Vec::new();
    if TimeZone::get(&settings.time_zone).is_err() {
        problems.push(Problem::new("/timeZone", "unknown_time_zone", format!("there is no time zone {:?}", settings.time_zone)));
    }
    if BLOCKED_MAX < settings.blocked_addresses.len() {
        problems.push(Problem::new("/blockedAddresses", "too_long", format!("at most {BLOCKED_MAX} addresses can be blocked")));
    }
    check_pipeline(&settings.save_pipeline, fields, &mut problems);
    check_mail(&settings.mail, &mut problems);
    settings.duplicates.check(fields, &mut problems);
    settings.merging.check(&mut problems);
    if problems.is_empty() { Ok(settings) } else { Err(Error::Invalid(problems)) }
}

fn check_pipeline(pipeline: &SavePipeline, fields: &Fields, problems: &mut Vec<Problem>) {
    const AT: &str = "/savePipeline";
    if STEPS_MAX < pipeline.steps.len() {
        problems.push(Problem::new(format!("{AT}/steps"), "too_long", format!("there can be at most {STEPS_MAX} steps")));
    }
    for (place, entry) in pipeline.steps.iter().enumerate() {
        check_step(&entry.step, fields, &format!("{AT}/steps/{place}/options"), problems);
    }
    check_combinations(&pipeline.required_fields, &format!("{AT}/requiredFields"), problems, |name| is_settable(name, fields));
    let at = format!("{AT}/duplicateCheck/combinations");
    check_combinations(&pipeline.duplicate_check.combinations, &at, problems, |name| is_comparable(name, fields));
}

fn check_step(step: &Step, fields: &Fields, at: &str, problems: &mut Vec<Problem>) {
    match step {
        Step::CleanEmail {} | Step::RemoveBlockedEmail {} | Step::MarkEmailValidity {} => {}
        Step::NormalizeZip { countries } => {
            for (place, country) in countries.iter().enumerate().filter(|(_, country)| !ZIP_COUNTRIES.contains(&country.as_str())) {
                let message = format!("the postal codes of {country:?} are not known; {} are", ZIP_COUNTRIES.join(", "));
                problems.push(Problem::new(format!("{at}/countries/{place}"), "unknown_country", message));
            }
        }
        Step::SalutationToGender { map } if RULES_MAX < map.len() => {
            problems.push(Problem::new(format!("{at}/map"), "too_long", format!("there can be at most {RULES_MAX} salutations")));
        }
        Step::SalutationToGender { .. } => {}
        Step::CopyFields { rules } => {
            if RULES_MAX < rules.len() {
                problems.push(Problem::new(format!("{at}/rules"), "too_long", format!("there can be at most {RULES_MAX} rules")));
            }
            for (place, rule) in rules.iter().enumerate() {
                for (key, name) in [("from", &rule.from), ("to", &rule.to)] {
                    if !is_settable(name, fields) {
                        problems.push(unknown_field(&format!("{at}/rules/{place}/{key}"), name));
                    }
                }
            }
        }
    }
}

fn check_combinations(combinations: &[Vec<String>], at: &str, problems: &mut Vec<Problem>, is_known: impl Fn(&str) -> bool) {
    if COMBINATIONS_MAX < combinations.len() {
        problems.push(Problem::new(at, "too_long", format!("there can be at most {COMBINATIONS_MAX} combinations")));
    }
    for (place, combination) in combinations.iter().enumerate() {
        if combination.is_empty() || FIELDS_PER_COMBINATION_MAX < combination.len() {
            let message = format!("a combination has 1 to {FIELDS_PER_COMBINATION_MAX} fields");
            problems.push(Problem::new(format!("{at}/{place}"), "out_of_range", message));
        }
        for (part, name) in combination.iter().enumerate().filter(|(_, name)| !is_known(name)) {
            problems.push(unknown_field(&format!("{at}/{place}/{part}"), name));
        }
    }
}

fn unknown_field(at: &str, name: &str) -> Problem {
    Problem::new(at, "unknown_field", format!("{name:?} is not a field that can stand here"))
}

fn is_settable(name: &str, fields: &Fields) -> bool {
    BUILT_IN_TEXTS.contains(&name)
        || ["published", "active", "emailOk", "birthDate", "profilingConsent"].contains(&name)
        || fields.get(name).is_some()
}

/// Fields that are compared as text.
pub fn is_comparable(name: &str, fields: &Fields) -> bool {
    let kinds = [FieldKind::Text, FieldKind::Select, FieldKind::Date, FieldKind::Datetime];
    BUILT_IN_TEXTS.contains(&name) || name == "birthDate" || fields.get(name).is_some_and(|field| kinds.contains(&field.kind))
}
