//! Segments by state, canton or region: the postal codes of each country lie in ranges (`regions.rs`), which become patterns
//! that one leaf asks for.

use super::kind::{Builder, Planned, read_settings};
use super::regions::{Country, Regions};
use super::schema;
use super::spans::Span;
use crate::error::Problem;
use condition::Catalogue;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

pub struct State {
    pub regions: Regions,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct StateSettings {
    /// Codes of countries whose regions are known; all of them if absent.
    countries: Option<Vec<String>>,
}

impl Builder for State {
    fn kind(&self) -> &'static str {
        "state"
    }

    fn summary(&self) -> &'static str {
        "One segment for each state or region of a country, by postal code."
    }

    fn schema(&self) -> Value {
        schema::<StateSettings>()
    }

    fn expand(&self, settings: &Value, _: &Catalogue) -> Result<Vec<Planned>, Vec<Problem>> {
        let settings: StateSettings = read_settings(settings)?;
        let Some(wanted) = settings.countries else {
            return Ok(self.regions.countries.iter().flat_map(of_country).collect());
        };
        let (mut planned, mut problems) = (Vec::new(), Vec::new());
        for (place, code) in wanted.iter().enumerate() {
            let mut problem = |kind, message| problems.push(Problem::new(format!("/countries/{place}"), kind, message));
            match self.regions.countries.iter().find(|country| country.code == *code) {
                Some(_) if wanted[..place].contains(code) => problem("duplicate", format!("{code} is named twice")),
                Some(country) => planned.extend(of_country(country)),
                None => {
                    let known: Vec<&str> = self.regions.countries.iter().map(|country| country.code.as_str()).collect();
                    problem("unknown_country", format!("the regions of {code:?} are not known, those of {} are", known.join(", ")));
                }
            }
        }
        if wanted.is_empty() {
            problems.push(Problem::new("/countries", "empty", "give at least one country"));
        }
        if problems.is_empty() { Ok(planned) } else { Err(problems) }
    }
}

fn of_country(country: &Country) -> Vec<Planned> {
    let lives_there = json!({ "fact": "field", "name": "countryCode", "op": "eq", "value": country.code });
    let planned = country.regions.iter().map(|region| {
        let matching = |pattern: &String| json!({ "fact": "field", "name": "zip", "op": "matches", "value": pattern });
        let mut leaves: Vec<Value> = patterns(&region.spans, country.digits).iter().map(matching).collect();
        let coded = if leaves.len() == 1 { leaves.remove(0) } else { json!({ "any": leaves }) };
        let name = format!("{} - {}", country.code, region.name);
        Planned::new(name, "By country and postal code", json!({ "all": [lives_there, coded] }))
    });
    planned.collect()
}

/// A text in a condition has at most 1000 characters.
const PATTERN_BYTES_MAX: usize = 900;

/// Regular expressions for the codes of `digits` digits that lie in the spans: few, and none too long.
fn patterns(spans: &[Span], digits: u32) -> Vec<String> {
    let mut patterns = Vec::new();
    let mut pattern = String::new();
    for alternative in spans.iter().flat_map(|span| alternatives(*span, digits)) {
        if PATTERN_BYTES_MAX < pattern.len() + alternative.len() {
            patterns.push(format!("^(?:{pattern})$"));
            pattern.clear();
        }
        if !pattern.is_empty() {
            pattern.push('|');
        }
        pattern.push_str(&alternative);
    }
    patterns.push(format!("^(?:{pattern})$"));
    patterns
}

/// A span as prefixes with what may follow them: 1998 to 2199 is `199[8-9]`, `2[0-1][0-9]{2}`.
fn alternatives((mut from, to): Span, digits: u32) -> Vec<String> {
    let mut alternatives = Vec::new();
    while from <= to {
        // The largest block of codes that differ in their last digits alone begins here and ends within the span.
        let fits = |free: &u32| from.is_multiple_of(10_u32.pow(*free)) && from + 10_u32.pow(*free) - 1 <= to;
        let free = (0..digits).rev().find(fits).unwrap_or(0);
        let block = 10_u32.pow(free);
        let digit = from / block % 10;
        let more = ((to + 1 - from) / block - 1).min(9 - digit);
        let prefix = match (digits - free - 1) as usize {
            0 => String::new(),
            width => format!("{:0width$}", from / block / 10),
        };
        let class = if more == 0 { digit.to_string() } else { format!("[{digit}-{}]", digit + more) };
        let rest = match free {
            0 => String::new(),
            1 => "[0-9]".to_owned(),
            free => format!("[0-9]{{{free}}}"),
        };
        alternatives.push(format!("{prefix}{class}{rest}"));
        from += block * (more + 1);
    }
    alternatives
}

#[cfg(test)]
mod tests {
    use super::*;
    use condition::{Facts, FieldValue, Text};
    use jiff::tz::TimeZone;
    use regex::RegexSet;

    #[test]
    fn spans_become_prefixes() {
        check((1998, 2199), &["199[8-9]", "2[0-1][0-9]{2}"]);
        check((63_776, 63_928), &["6377[6-9]", "637[8-9][0-9]", "638[0-9]{2}", "639[0-1][0-9]", "6392[0-8]"]);
        check((7, 7), &["00007"]);
        check((0, 99_999), &["[0-9][0-9]{4}"]);

        #[track_caller]
        fn check(span: Span, expected: &[&str]) {
            let digits = if span.0 == 1998 { 4 } else { 5 };
            assert_eq!(alternatives(span, digits), expected);
        }
    }

    /// Every code there can be, against the ranges as they are listed: the first one that holds it wins.
    #[test]
    fn patterns_say_what_the_ranges_say() {
        for country in &Regions::built_in().countries {
            let all = country
                .regions
                .iter()
                .flat_map(|region| patterns(&region.spans, country.digits).into_iter().map(|one| (&region.name, one)));
            let (names, all): (Vec<&String>, Vec<String>) = all.unzip();
            let set = RegexSet::new(all).unwrap();
            for code in 0..10_u32.pow(country.digits) {
                let text = format!("{code:0width$}", width = country.digits as usize);
                let found: Vec<&String> = set.matches(&text).iter().map(|place| names[place]).collect();
                let first = country.regions.iter().find(|region| region.listed.iter().any(|(from, to)| (*from..=*to).contains(&code)));
                assert_eq!(found, first.map(|region| &region.name).into_iter().collect::<Vec<_>>(), "{} {text}", country.code);
            }
        }
    }

    #[test]
    fn states() {
        check("AT", "1010", "AT - Wien");
        check("AT", "2421", "AT - Burgenland");
        check("AT", "2480", "");
        check("AT", "9782", "AT - Tirol");
        check("AT", "A1010", "");
        check("at", "4441", "AT - Niederösterreich");
        check("DE", "01067", "DE - Sachsen");
        check("DE", "80331", "DE - Bayern");
        check("DE", "1067", "");
        check("DE", "010670", "");
        check("DE", "07919", "DE - Sachsen");
        check("DE", "14715", "DE - Brandenburg");
        check("DE", "22113", "DE - Hamburg");
        check("CH", "8001", "CH - Zürich, Thurgau");
        check("CH", "6999", "CH - Zentralschweiz, Tessin");
        check("IT", "1010", "");
        check("", "1010", "");

        #[track_caller]
        fn check(country: &str, zip: &str, states: &str) {
            let catalogue = Catalogue::built_in();
            let mut facts = Facts::new(1, TimeZone::UTC);
            facts.fields.insert("zip".into(), FieldValue::Text(Text::new(zip)));
            facts.fields.insert("countryCode".into(), FieldValue::Text(Text::new(country)));
            let planned = State { regions: Regions::built_in() }.expand(&json!({}), &catalogue).unwrap();
            let holds = |planned: &&Planned| condition::evaluate(&condition::check(&planned.condition, &catalogue).unwrap(), &facts, 0);
            let found: Vec<&str> = planned.iter().filter(holds).map(|planned| planned.reference.as_str()).collect();
            assert_eq!(found.join("; "), states, "{country} {zip}");
        }
    }

    #[test]
    fn wrong_settings() {
        check(json!({ "countries": [] }), "/countries");
        check(json!({ "countries": ["AT", "XX"] }), "/countries/1");
        check(json!({ "countries": ["AT", "AT"] }), "/countries/1");
        check(json!({ "country": "AT" }), "/country");

        #[track_caller]
        fn check(settings: Value, path: &str) {
            let builder = State { regions: Regions::built_in() };
            let problems = builder.expand(&settings, &Catalogue::built_in()).unwrap_err();
            assert_eq!(problems[0].path, path, "{problems:?}");
        }
    }
}
