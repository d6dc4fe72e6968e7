//! Segments by gender: values of a field are gathered into segments, and whoever has none of them is in one of its own.

use super::kind::{Builder, Planned, read_settings};
use super::schema;
use crate::error::Problem;
use condition::{Catalogue, FieldKind};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use utoipa::ToSchema;

pub struct Gender;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct GenderSettings {
    /// The text field; `gender` if absent.
    field: Option<String>,
    /// Which segment a value belongs to; `male` and `female` as they are if absent. Case makes no difference.
    mapping: Option<BTreeMap<String, String>>,
    /// The segment of those whose value is missing or not mapped; `not-set` if absent, no such segment if null.
    #[serde(default = "not_set", deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    not_set: Option<String>,
}

fn not_set() -> Option<String> {
    Some("not-set".to_owned())
}

fn given<'d, D: Deserializer<'d>>(from: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(from)
}

impl Builder for Gender {
    fn kind(&self) -> &'static str {
        "gender"
    }

    fn summary(&self) -> &'static str {
        "One segment for each gender, and one for those whose gender is not known."
    }

    fn schema(&self) -> Value {
        schema::<GenderSettings>()
    }

    fn expand(&self, settings: &Value, catalogue: &Catalogue) -> Result<Vec<Planned>, Vec<Problem>> {
        let settings: GenderSettings = read_settings(settings)?;
        let field = settings.field.unwrap_or_else(|| "gender".to_owned());
        let mapping = settings.mapping.unwrap_or_else(|| ["male", "female"].map(|value| (value.to_owned(), value.to_owned())).into());
        let mut problems = super::field_problems(catalogue, &field, "/field", &[FieldKind::Text, FieldKind::Select]);
        problems.extend(mapping_problems(&mapping, settings.not_set.as_deref()));
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut values_of: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (value, segment) in &mapping {
            values_of.entry(segment).or_default().push(value);
        }
        let is_one_of = |values: &[&str]| json!({ "fact": "field", "name": field, "op": "in", "values": values });
        let told = |values: &[&str]| format!("{field} is {}", values.join(" or "));
        let mut planned: Vec<Planned> =
            values_of.iter().map(|(segment, values)| Planned::new(*segment, told(values), is_one_of(values))).collect();
        if let Some(segment) = settings.not_set {
            let mapped: Vec<&str> = mapping.keys().map(String::as_str).collect();
            planned.push(Planned::new(segment, format!("{field} is none of {}", mapped.join(", ")), json!({ "not": is_one_of(&mapped) })));
        }
        Ok(planned)
    }
}

fn mapping_problems(mapping: &BTreeMap<String, String>, not_set: Option<&str>) -> Vec<Problem> {
    let mut problems = Vec::new();
    if mapping.is_empty() {
        problems.push(Problem::new("/mapping", "empty", "map at least one value"));
    }
    let mut folded: HashMap<String, &str> = HashMap::new();
    for (value, segment) in mapping {
        if let Some(other) = folded.insert(sql::fold(value), segment)
            && other != segment
        {
            let path = format!("/mapping/{}", value.replace('~', "~0").replace('/', "~1"));
            problems.push(Problem::new(path, "duplicate", "case makes no difference, and this value belongs to another segment already"));
        }
    }
    if mapping.values().any(|segment| Some(segment.as_str()) == not_set) {
        problems.push(Problem::new("/notSet", "duplicate", "a value is mapped to this segment; give those without a value their own"));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use condition::{Facts, FieldValue, Text};
    use jiff::tz::TimeZone;

    #[test]
    fn genders() {
        check(json!({}), Some("male"), "male");
        check(json!({}), Some("Female"), "female");
        check(json!({}), Some("divers"), "not-set");
        check(json!({}), None, "not-set");
        let mapping = json!({ "mapping": { "m": "Herren", "male": "Herren", "f": "Damen" }, "notSet": null });
        check(mapping.clone(), Some("M"), "Herren");
        check(mapping.clone(), Some("f"), "Damen");
        check(mapping, None, "");

        #[track_caller]
        fn check(settings: Value, gender: Option<&str>, segments: &str) {
            let catalogue = Catalogue::built_in();
            let mut facts = Facts::new(1, TimeZone::UTC);
            facts.fields.extend(gender.map(|gender| ("gender".into(), FieldValue::Text(Text::new(gender)))));
            let holds = |planned: &Planned| condition::evaluate(&condition::check(&planned.condition, &catalogue).unwrap(), &facts, 0);
            let planned = Gender.expand(&settings, &catalogue).unwrap();
            let names: Vec<&str> = planned.iter().filter(|planned| holds(planned)).map(|planned| planned.name.as_str()).collect();
            assert_eq!(names.join(", "), segments, "{gender:?}");
        }
    }

    #[test]
    fn wrong_settings() {
        check(json!({ "mapping": {} }), "/mapping");
        check(json!({ "mapping": { "male": 1 } }), "/mapping/male");
        check(json!({ "mapping": { "M/": "a", "m/": "b" } }), "/mapping/m~1");
        check(json!({ "mapping": { "x": "not-set" } }), "/notSet");
        check(json!({ "field": "birthDate" }), "/field");

        #[track_caller]
        fn check(settings: Value, path: &str) {
            let problems = Gender.expand(&settings, &Catalogue::built_in()).unwrap_err();
            assert_eq!(problems[0].path, path, "{problems:?}");
        }
    }
}
