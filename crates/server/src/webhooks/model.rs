//! A webhook as people write it and as it is kept, and what may be written. No SQL, no HTTP calls.

use super::breaker::{Breaker, BreakerView};
use super::sign::Secret;
use crate::error::{Error, Problem};
use crate::ids::WebhookId;
use crate::time::Instant;
use reqwest::Url;
use reqwest::header::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::ToSchema;

const NAME_CHARS_MAX: usize = 200;
const URL_CHARS_MAX: usize = 2_000;
const DESCRIPTION_CHARS_MAX: usize = 2_000;
const HEADERS_MAX: usize = 20;
const HEADER_CHARS_MAX: usize = 1_000;
const TIMEOUT_S_MAX: i64 = 30;

/// Headers that belong to one connection, that follow from the request, or that we set.
const RESERVED_HEADERS: [&str; 16] = [
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];
const RESERVED_PREFIX: &str = "webhook-";
/// What is shown instead of the value of a header, which may be a password.
const HIDDEN: &str = "***";

/// What a person writes of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = WebhookDraft)]
pub struct Draft {
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// Where deliveries go: an http or https address without a user name in it.
    pub url: String,
    #[serde(default)]
    pub description: String,
    /// While it is not, deliveries wait.
    #[serde(default = "active")]
    pub active: bool,
    /// Sent with every delivery. Callers who may not change webhooks see no values.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// How long an answer may take, 1 to 30.
    #[serde(default = "timeout_s")]
    pub timeout_s: i64,
}

fn active() -> bool {
    true
}

fn timeout_s() -> i64 {
    10
}

/// A webhook as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Webhook {
    pub id: WebhookId,
    #[serde(flatten)]
    pub draft: Draft,
    /// Why Regulars switched it off, if it did.
    pub problem: Option<String>,
    pub breaker: BreakerView,
    /// Until when an earlier secret signs too.
    pub rotating_until: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Webhook {
    pub fn without_header_values(mut self) -> Webhook {
        self.draft.headers.values_mut().for_each(|value| HIDDEN.clone_into(value));
        self
    }
}

/// A webhook as it is kept, with its secrets.
#[derive(Debug, Clone)]
pub struct Standing {
    pub id: WebhookId,
    pub draft: Draft,
    /// The one in force first, then earlier ones with their end.
    pub secrets: Vec<Secret>,
    pub problem: Option<String>,
    pub breaker: Breaker,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Standing {
    pub fn shown(&self, now: Instant) -> Webhook {
        Webhook {
            id: self.id,
            draft: self.draft.clone(),
            problem: self.problem.clone(),
            breaker: self.breaker.shown(now),
            rotating_until: self.secrets.iter().filter_map(|secret| secret.until).filter(|until| now < *until).max(),
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

/// Trimmed, header names in lower case, and refused with every problem there is.
pub fn checked(draft: Draft) -> Result<Draft, Error> {
    let mut problems = Vec::new();
    let name = draft.name.trim().to_owned();
    if name.is_empty() {
        problems.push(Problem::new("/name", "required", "a webhook has a name"));
    }
    let url = draft.url.trim().to_owned();
    if let Err(why) = check_url(&url) {
        problems.push(Problem::new("/url", "invalid", why));
    }
    let texts =
        [("/name", &name, NAME_CHARS_MAX), ("/url", &url, URL_CHARS_MAX), ("/description", &draft.description, DESCRIPTION_CHARS_MAX)];
    for (path, text, max) in texts {
        if max < text.chars().count() {
            problems.push(Problem::new(path, "too_long", format!("this may have at most {max} characters")));
        }
    }
    if name.contains(char::is_control) {
        problems.push(Problem::new("/name", "invalid", "a name is one line of text, without control characters"));
    }
    if !(1..=TIMEOUT_S_MAX).contains(&draft.timeout_s) {
        problems.push(Problem::new("/timeoutS", "out_of_range", format!("a timeout has 1 to {TIMEOUT_S_MAX} seconds")));
    }
    let headers = checked_headers(draft.headers, &mut problems);
    if problems.is_empty() { Ok(Draft { name, url, headers, ..draft }) } else { Err(Error::Invalid(problems)) }
}

fn check_url(text: &str) -> Result<(), &'static str> {
    let not_an_address = "this is not an http or https address";
    // What reads addresses would leave these out without a word.
    if text.contains(|char: char| char.is_control() || char.is_whitespace()) {
        return Err(not_an_address);
    }
    let url = Url::parse(text).map_err(|_| not_an_address)?;
    if !["http", "https"].contains(&url.scheme()) || !url.has_host() {
        return Err(not_an_address);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("a user name and a password belong into the header authorization, not into the address");
    }
    if url.fragment().is_some() { Err("what follows # is never sent") } else { Ok(()) }
}

fn checked_headers(headers: BTreeMap<String, String>, problems: &mut Vec<Problem>) -> BTreeMap<String, String> {
    let mut checked = BTreeMap::new();
    if HEADERS_MAX < headers.len() {
        problems.push(Problem::new("/headers", "too_many", format!("there are at most {HEADERS_MAX} headers")));
    }
    for (name, value) in headers {
        let path = format!("/headers/{}", name.replace('~', "~0").replace('/', "~1"));
        let folded = name.to_ascii_lowercase();
        let wrong = if HEADER_CHARS_MAX < name.len() || HEADER_CHARS_MAX < value.len() {
            Some(("too_long", format!("name and value may have at most {HEADER_CHARS_MAX} characters")))
        } else if HeaderName::from_bytes(folded.as_bytes()).is_err() {
            Some(("invalid", "this is not the name of a header".to_owned()))
        } else if RESERVED_HEADERS.contains(&folded.as_str()) || folded.starts_with(RESERVED_PREFIX) {
            Some(("reserved", "this header is set by Regulars or belongs to the connection".to_owned()))
        } else if !value.is_ascii() || HeaderValue::from_str(&value).is_err() {
            Some(("invalid", "the value of a header is one line of ASCII characters".to_owned()))
        } else {
            None
        };
        match wrong {
            Some((code, message)) => problems.push(Problem::new(path, code, message)),
            None if checked.insert(folded, value).is_some() => {
                problems.push(Problem::new(path, "duplicate", "this header stands here twice"));
            }
            None => {}
        }
    }
    checked
}

/// What the audit log is told of a draft or a patch: of headers the names, of the address where it is, because both may hold
/// passwords.
pub fn for_audit(sent: &Value) -> Value {
    let mut told = sent.clone();
    if let Some(headers) = told.get_mut("headers").and_then(Value::as_object_mut) {
        headers.values_mut().for_each(|value| *value = json!(HIDDEN));
    }
    if let Some(url) = told.get_mut("url") {
        *url = json!(url.as_str().and_then(|text| Url::parse(text.trim()).ok()).map(|url| url.origin().ascii_serialization()));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Draft {
        Draft {
            name: "Shop".to_owned(),
            url: "https://example.org/in?key=1".to_owned(),
            description: String::new(),
            active: true,
            headers: BTreeMap::new(),
            timeout_s: 10,
        }
    }

    #[track_caller]
    fn check(draft: Draft, expected: &[(&str, &str)]) {
        let found = match checked(draft) {
            Ok(_) => Vec::new(),
            Err(Error::Invalid(problems)) => problems.into_iter().map(|problem| (problem.path, problem.code)).collect(),
            Err(error) => panic!("{error}"),
        };
        let found: Vec<(&str, &str)> = found.iter().map(|(path, code)| (path.as_str(), code.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn addresses() {
        for good in ["http://localhost:9/", "https://example.org", "http://[::1]:80/x?y=z", " https://example.org/a "] {
            check(Draft { url: good.to_owned(), ..draft() }, &[]);
        }
        for bad in [
            "",
            "example.org",
            "ftp://example.org",
            "file:///etc/passwd",
            "https://",
            "http://u:p@example.org",
            "http://a/#b",
            "http://a\tb/",
        ] {
            check(Draft { url: bad.to_owned(), ..draft() }, &[("/url", "invalid")]);
        }
    }

    #[test]
    fn headers() {
        let with = |pairs: &[(&str, &str)]| {
            let headers = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            Draft { headers, ..draft() }
        };
        check(with(&[("Authorization", "Bearer x"), ("X-Shop", "")]), &[]);
        check(with(&[("Host", "x")]), &[("/headers/Host", "reserved")]);
        check(with(&[("webhook-id", "x")]), &[("/headers/webhook-id", "reserved")]);
        check(with(&[("Transfer-Encoding", "chunked")]), &[("/headers/Transfer-Encoding", "reserved")]);
        check(with(&[("a b", "x")]), &[("/headers/a b", "invalid")]);
        check(with(&[("x", "one\r\ntwo")]), &[("/headers/x", "invalid")]);
        check(with(&[("X-A", "1"), ("x-a", "2")]), &[("/headers/x-a", "duplicate")]);
    }

    #[test]
    fn all_problems_come_at_once() {
        let wrong = Draft { name: " ".to_owned(), url: "x".to_owned(), timeout_s: 31, ..draft() };
        check(wrong, &[("/name", "required"), ("/url", "invalid"), ("/timeoutS", "out_of_range")]);
    }

    #[test]
    fn the_audit_log_learns_no_passwords() {
        let sent = json!({"url": "https://example.org/token", "headers": {"authorization": "Bearer x"}, "timeoutS": 3});
        assert_eq!(for_audit(&sent), json!({"url": "https://example.org", "headers": {"authorization": "***"}, "timeoutS": 3}));
    }
}
