//! What merging goes by: whose word counts for more, how much one customer can be known by, and what counts for nothing.

use crate::error::Problem;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use utoipa::ToSchema;

const SOURCES_MAX: usize = 50;
const LIMITS_MAX: usize = 50;
const BLOCKED_MAX: usize = 10_000;
const LIMIT_MAX: i64 = 50;
const SHARED_MAX: i64 = 1_000;
const TEXT_CHARS_MAX: usize = 190;
/// The limit of every system that has none of its own.
const ANY_SYSTEM: &str = "external:*";

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct MergingSettings {
    /// Other systems, the most trusted one first. A customer has those as sources in which he has an id.
    pub trusted_sources: Vec<String>,
    /// How many of a kind one customer can be known by after a merge: `email`, `phone`, `external:` and a system, or
    /// `external:*` for all other systems.
    pub identity_limits: BTreeMap<String, i64>,
    /// Values that many people give and that say nothing: no evidence, and not taken over.
    pub blocked_values: Vec<String>,
    /// A phone number that more customers than this have is no evidence for an automatic merge.
    pub shared_max: i64,
    #[serde(skip)]
    blocked: HashSet<String>,
}

pub fn default_document() -> Value {
    json!({
        "trustedSources": [],
        "identityLimits": {"email": 10, "phone": 10, ANY_SYSTEM: 5},
        "blockedValues": [
            "null", "none", "n/a", "na", "unknown", "undefined", "test", "-", "test@test.com", "test@example.com", "none@none.com",
            "noreply@example.com", "0", "0000", "0000000", "000000000", "0000000000", "1234567", "123456789", "1111111",
        ],
        "sharedMax": 3,
    })
}

impl MergingSettings {
    /// With the blocked values folded.
    pub fn ready(mut self) -> MergingSettings {
        self.blocked = self.blocked_values.iter().map(|value| sql::fold(value.trim())).collect();
        self
    }

    /// Whether a value counts for nothing, however its digits are grouped.
    pub fn blocks(&self, value: &str) -> bool {
        let is_number = !value.contains(|char: char| char.is_alphabetic() || char == '@');
        let digits: String = value.chars().filter(char::is_ascii_digit).collect();
        self.blocked.contains(&sql::fold(value.trim())) || (is_number && self.blocked.contains(&digits))
    }

    /// How many identities of a kind one customer can have, if that is limited.
    pub fn limit_of(&self, kind: &str) -> Option<i64> {
        let any = || if kind.starts_with("external:") { self.identity_limits.get(ANY_SYSTEM) } else { None };
        self.identity_limits.get(kind).or_else(any).copied()
    }

    pub fn check(&self, problems: &mut Vec<Problem>) {
        const AT: &str = "/merging";
        if SOURCES_MAX < self.trusted_sources.len() {
            problems.push(Problem::new(format!("{AT}/trustedSources"), "too_long", format!("at most {SOURCES_MAX} sources")));
        }
        for (place, source) in self.trusted_sources.iter().enumerate() {
            let path = format!("{AT}/trustedSources/{place}");
            if source.trim().is_empty() || TEXT_CHARS_MAX < source.chars().count() {
                problems.push(Problem::new(path, "invalid", "this is the name of another system"));
            } else if self.trusted_sources[..place].contains(source) {
                problems.push(Problem::new(path, "twice", format!("{source:?} is named twice")));
            }
        }
        if LIMITS_MAX < self.identity_limits.len() {
            problems.push(Problem::new(format!("{AT}/identityLimits"), "too_long", format!("at most {LIMITS_MAX} limits")));
        }
        for (kind, limit) in &self.identity_limits {
            let path = format!("{AT}/identityLimits/{}", kind.replace('~', "~0").replace('/', "~1"));
            let is_kind =
                ["email", "phone"].contains(&kind.as_str()) || kind.strip_prefix("external:").is_some_and(|name| !name.is_empty());
            if !is_kind {
                problems.push(Problem::new(path, "unknown_kind", format!("there is no kind {kind:?}")));
            } else if !(1..=LIMIT_MAX).contains(limit) {
                problems.push(Problem::new(path, "out_of_range", format!("this is 1 to {LIMIT_MAX}")));
            }
        }
        if BLOCKED_MAX < self.blocked_values.len() {
            problems.push(Problem::new(format!("{AT}/blockedValues"), "too_long", format!("at most {BLOCKED_MAX} values")));
        }
        for (place, value) in self.blocked_values.iter().enumerate() {
            if value.trim().is_empty() || TEXT_CHARS_MAX < value.chars().count() {
                let message = format!("this has 1 to {TEXT_CHARS_MAX} characters");
                problems.push(Problem::new(format!("{AT}/blockedValues/{place}"), "invalid", message));
            }
        }
        if !(1..=SHARED_MAX).contains(&self.shared_max) {
            problems.push(Problem::new(format!("{AT}/sharedMax"), "out_of_range", format!("this is 1 to {SHARED_MAX}")));
        }
    }
}

#[cfg(test)]
pub fn for_tests() -> MergingSettings {
    serde_json::from_value::<MergingSettings>(default_document()).expect("the defaults fit").ready()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocked_values_are_known_in_any_spelling() {
        let settings = for_tests();
        for value in ["null", " NULL ", "Test@Test.com", "000-0000", "+0000000"] {
            assert!(settings.blocks(value), "{value}");
        }
        for value in ["nullo", "ada@example.org", "+43 660 1234", "user0@x.org", ""] {
            assert!(!settings.blocks(value), "{value}");
        }
    }

    #[test]
    fn limits() {
        let mut settings = for_tests();
        settings.identity_limits.insert("external:shop".to_owned(), 2);
        assert_eq!(
            [settings.limit_of("email"), settings.limit_of("external:crm"), settings.limit_of("external:shop")],
            [Some(10), Some(5), Some(2)]
        );
        assert_eq!(settings.limit_of("token"), None);
    }
}
