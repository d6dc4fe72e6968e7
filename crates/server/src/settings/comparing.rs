//! How duplicates are looked for: settings, and what may be set.

use super::model::{FieldKind, Fields};
use super::pipeline::is_comparable;
use crate::error::Problem;
use matching::field::EXTRAS_MAX;
use matching::rules::Rule;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use utoipa::ToSchema;

const RULES_MAX: usize = 20;

/// Who may be one person, and what is done about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct DuplicateSettings {
    /// Whether customers are compared when they are saved. A search can be run all the same.
    pub enabled: bool,
    pub scores: ScoreSettings,
    /// Fields that together say that two customers are one.
    #[schema(value_type = Vec<DuplicateRule>)]
    pub rules: Vec<Rule>,
    /// Names of rules whose exact hits are merged without asking. What speaks against it goes into quarantine.
    pub merge_rules: Vec<String>,
}

/// The model that learns from the customers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct ScoreSettings {
    pub enabled: bool,
    /// From this probability on, above 0 and below 1, a pair is shown.
    pub threshold: f64,
    /// From this probability on, above the threshold, a pair is merged without asking. Absent: never.
    pub merge_from: Option<f64>,
    /// Custom fields that are compared beside the built-in ones: text, select, date.
    pub fields: Vec<String>,
}

impl Default for DuplicateSettings {
    fn default() -> DuplicateSettings {
        DuplicateSettings { enabled: true, scores: ScoreSettings::default(), rules: Vec::new(), merge_rules: Vec::new() }
    }
}

impl Default for ScoreSettings {
    fn default() -> ScoreSettings {
        ScoreSettings { enabled: true, threshold: 0.5, merge_from: None, fields: Vec::new() }
    }
}

/// A rule as the API describes it.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its shape is read, for the description of the API")]
pub struct DuplicateRule {
    name: String,
    fields: Vec<DuplicateRuleField>,
}

/// One field of a rule.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its shape is read, for the description of the API")]
pub struct DuplicateRuleField {
    /// Built-in or custom.
    field: String,
    /// `standard` if absent; also `simplify`, `street`, `date`, `none`.
    transformer: Option<String>,
    /// Whether values that sound alike by Soundex are compared.
    soundex: Option<bool>,
    metaphone: Option<bool>,
    /// `similar_text`, `zip`, `birth_date` or `shoe_size`.
    similarity: Option<String>,
    /// From this score on, 0 to 100, instead of the similarity's own.
    threshold: Option<f64>,
}

impl DuplicateSettings {
    pub fn check(&self, fields: &Fields, problems: &mut Vec<Problem>) {
        const AT: &str = "/duplicates";
        let ScoreSettings { threshold, merge_from, fields: extras, .. } = &self.scores;
        if !(0.0 < *threshold && *threshold < 1.0) {
            problems.push(Problem::new(format!("{AT}/scores/threshold"), "out_of_range", "a threshold lies between 0 and 1"));
        }
        if merge_from.is_some_and(|from| !(*threshold <= from && from < 1.0)) {
            let message = "merging without asking begins between the threshold and 1";
            problems.push(Problem::new(format!("{AT}/scores/mergeFrom"), "out_of_range", message));
        }
        if EXTRAS_MAX < extras.len() {
            problems.push(Problem::new(
                format!("{AT}/scores/fields"),
                "too_long",
                format!("at most {EXTRAS_MAX} custom fields are compared"),
            ));
        }
        let kinds = [FieldKind::Text, FieldKind::Select, FieldKind::Date];
        for (place, name) in extras.iter().enumerate() {
            if !fields.get(name).is_some_and(|field| kinds.contains(&field.kind)) || extras[..place].contains(name) {
                let message = format!("{name:?} is not a custom field of text, select or date, or stands here twice");
                problems.push(Problem::new(format!("{AT}/scores/fields/{place}"), "unknown_field", message));
            }
        }
        check_rules(self, fields, problems);
    }
}

fn check_rules(settings: &DuplicateSettings, fields: &Fields, problems: &mut Vec<Problem>) {
    const AT: &str = "/duplicates/rules";
    if RULES_MAX < settings.rules.len() {
        problems.push(Problem::new(AT, "too_long", format!("there can be at most {RULES_MAX} rules")));
    }
    let mut names = HashSet::new();
    for (place, rule) in settings.rules.iter().enumerate() {
        let found = rule.check().into_iter();
        problems.extend(found.map(|(pointer, message)| Problem::new(format!("{AT}/{place}{pointer}"), "invalid", message)));
        if !names.insert(&rule.name) {
            problems.push(Problem::new(format!("{AT}/{place}/name"), "duplicate", "another rule has this name"));
        }
        for (part, field) in rule.fields.iter().enumerate().filter(|(_, field)| !is_comparable(&field.field, fields)) {
            let message = format!("{:?} is not a field that can be compared", field.field);
            problems.push(Problem::new(format!("{AT}/{place}/fields/{part}/field"), "unknown_field", message));
        }
    }
    for (place, name) in settings.merge_rules.iter().enumerate().filter(|(_, name)| !names.contains(name)) {
        problems.push(Problem::new(format!("/duplicates/mergeRules/{place}"), "unknown", format!("there is no rule {name:?}")));
    }
}
