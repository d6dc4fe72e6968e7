//! Segments by age, exact to the day in each customer's time zone. Where ranges overlap the last one counts, so nobody is in
//! two of them.

use super::kind::{Builder, Planned, read_settings};
use super::schema;
use super::spans::{self, Span};
use crate::error::Problem;
use condition::{Catalogue, FieldKind};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

pub struct Age;

/// The oldest age a range may begin or end with.
const AGE_MAX: u32 = 149;
/// The end of a range that has none.
const NO_END: u32 = u32::MAX;

const DEFAULT_RANGES: [Span; 11] =
    [(0, 10), (11, 15), (16, 18), (18, 25), (26, 30), (31, 40), (41, 50), (51, 60), (61, 70), (71, 80), (81, 120)];

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct AgeSettings {
    /// The date field; `birthDate` if absent.
    field: Option<String>,
    /// From childhood to old age in eleven steps if absent. Of several ranges that hold an age the last one counts.
    #[schema(inline)]
    ranges: Option<Vec<AgeRange>>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct AgeRange {
    /// The first age inside.
    from: u32,
    /// The last age inside; no end if absent.
    to: Option<u32>,
    /// `from - to` if absent.
    name: Option<String>,
}

impl AgeRange {
    fn span(&self) -> Span {
        (self.from, self.to.unwrap_or(NO_END))
    }

    fn reference(&self) -> String {
        self.to.map_or_else(|| format!("{}+", self.from), |to| format!("{} - {to}", self.from))
    }
}

impl Builder for Age {
    fn kind(&self) -> &'static str {
        "age"
    }

    fn summary(&self) -> &'static str {
        "One segment for each range of ages, exact to the birthday."
    }

    fn schema(&self) -> Value {
        schema::<AgeSettings>()
    }

    fn expand(&self, settings: &Value, catalogue: &Catalogue) -> Result<Vec<Planned>, Vec<Problem>> {
        let settings: AgeSettings = read_settings(settings)?;
        let field = settings.field.unwrap_or_else(|| "birthDate".to_owned());
        let default = || DEFAULT_RANGES.map(|(from, to)| AgeRange { from, to: Some(to), name: None }).into();
        let ranges = settings.ranges.unwrap_or_else(default);
        let mut problems = super::field_problems(catalogue, &field, "/field", &[FieldKind::Date]);
        if ranges.is_empty() {
            problems.push(Problem::new("/ranges", "empty", "give at least one range"));
        }
        for (place, range) in ranges.iter().enumerate() {
            problems.extend(range_problem(&ranges, place, range));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(ranges.iter().enumerate().map(|(place, range)| planned(&field, range, counting(&ranges, place))).collect())
    }
}

fn range_problem(ranges: &[AgeRange], place: usize, range: &AgeRange) -> Option<Problem> {
    let path = format!("/ranges/{place}");
    if AGE_MAX < range.from.max(range.to.unwrap_or(0)) {
        return Some(Problem::new(path, "out_of_range", format!("ages are 0 to {AGE_MAX}")));
    }
    if range.to.is_some_and(|to| to < range.from) {
        return Some(Problem::new(format!("{path}/to"), "bad_range", "`to` is lower than `from`"));
    }
    let is_covered = counting(ranges, place).is_empty();
    is_covered.then(|| Problem::new(path, "covered", "later ranges hold every age of this one, and the last one counts"))
}

/// The ages of a range that no later range holds.
fn counting(ranges: &[AgeRange], place: usize) -> Vec<Span> {
    ranges[place + 1..].iter().fold(vec![ranges[place].span()], |left, later| spans::without(left, later.span()))
}

fn planned(field: &str, range: &AgeRange, ages: Vec<Span>) -> Planned {
    let told: Vec<String> =
        ages.iter().map(|(from, to)| if *to == NO_END { format!("{from} and up") } else { format!("{from} to {to}") }).collect();
    let mut parts: Vec<Value> = ages.into_iter().map(|ages| aged(field, ages)).collect();
    let condition = if parts.len() == 1 { parts.remove(0) } else { json!({ "any": parts }) };
    let reference = range.reference();
    let name = range.name.clone().unwrap_or_else(|| reference.clone());
    Planned { reference, name, description: format!("Age {} by {field}", told.join(" or ")), condition }
}

fn aged(field: &str, (from, to): Span) -> Value {
    let at_least = json!({ "fact": "field", "name": field, "op": "age_gte", "value": from });
    match to {
        NO_END => at_least,
        to => json!({ "all": [at_least, { "fact": "field", "name": field, "op": "age_lt", "value": to + 1 }] }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use condition::{Facts, FieldValue};
    use jiff::civil::{Date, date};
    use jiff::tz::TimeZone;

    /// The segments somebody born on a day is in, at noon UTC of 2 March 2026.
    fn segments(settings: Value, born: Date) -> Vec<String> {
        let catalogue = Catalogue::built_in();
        let mut facts = Facts::new(1, TimeZone::UTC);
        facts.fields.insert("birthDate".into(), FieldValue::Date(born));
        let now = date(2026, 3, 2).at(12, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp().as_microsecond();
        let holds = |planned: &Planned| condition::evaluate(&condition::check(&planned.condition, &catalogue).unwrap(), &facts, now);
        Age.expand(&settings, &catalogue).unwrap().iter().filter(|planned| holds(planned)).map(|planned| planned.name.clone()).collect()
    }

    #[test]
    fn ages() {
        check(json!({}), date(2026, 3, 2), &["0 - 10"]);
        check(json!({}), date(2026, 3, 3), &[]);
        check(json!({}), date(2008, 3, 3), &["16 - 18"]);
        check(json!({}), date(2008, 3, 2), &["18 - 25"]);
        check(json!({}), date(2000, 3, 3), &["18 - 25"]);
        check(json!({}), date(2000, 3, 2), &["26 - 30"]);
        check(json!({}), date(1905, 3, 3), &["81 - 120"]);
        check(json!({}), date(1905, 3, 2), &[]);
        let split = json!({ "ranges": [{ "from": 10, "name": "Others" }, { "from": 20, "to": 29 }, { "from": 40, "to": 49 }] });
        check(split.clone(), date(2011, 1, 1), &["Others"]);
        check(split.clone(), date(2001, 1, 1), &["20 - 29"]);
        check(split.clone(), date(1991, 1, 1), &["Others"]);
        check(split.clone(), date(1981, 1, 1), &["40 - 49"]);
        check(split, date(1901, 1, 1), &["Others"]);

        #[track_caller]
        fn check(settings: Value, born: Date, names: &[&str]) {
            assert_eq!(segments(settings, born), names, "born {born}");
        }
    }

    #[test]
    fn wrong_settings() {
        check(json!([]), "");
        check(json!({ "years": 1 }), "/years");
        check(json!({ "ranges": [] }), "/ranges");
        check(json!({ "ranges": [{ "from": -1 }] }), "/ranges/0/from");
        check(json!({ "ranges": [{ "from": 1 }, { "from": 5, "to": 4 }] }), "/ranges/1/to");
        check(json!({ "ranges": [{ "from": 150 }] }), "/ranges/0");
        check(json!({ "ranges": [{ "from": 5, "to": 9 }, { "from": 1, "to": 20 }] }), "/ranges/0");
        check(json!({ "field": "born" }), "/field");
        check(json!({ "field": "createdAt" }), "/field");

        #[track_caller]
        fn check(settings: Value, path: &str) {
            let problems = Age.expand(&settings, &Catalogue::built_in()).unwrap_err();
            assert_eq!(problems[0].path, path, "{problems:?}");
        }
    }
}
