//! One attempt: a signed POST, and how it went. Redirects are not followed, and no proxy of the environment is asked.

use super::delivery::{Answered, Outcome, Taken};
use super::model::Standing;
use super::sign;
use crate::error::Error;
use crate::network;
use crate::time::Instant;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, redirect};
use serde_json::json;
use std::sync::OnceLock;
use std::time::Duration;

/// Bytes of an answer that are read, so that a short one leaves its connection to the next delivery.
const ANSWER_BYTES_READ: usize = 16 * 1024;
/// Bytes of an answer that are kept.
const EXCERPT_BYTES_MAX: usize = 1024;
const PROBLEM_CHARS_MAX: usize = 300;
const CONNECTIONS_IDLE_MAX: usize = 4;
const AGENT: &str = concat!("Regulars/", env!("CARGO_PKG_VERSION"));

/// The HTTP client of all webhooks, made with the first delivery.
#[derive(Default)]
pub struct Wire {
    client: OnceLock<Client>,
}

impl Wire {
    pub fn client(&self) -> Result<Client, Error> {
        if let Some(client) = self.client.get() {
            return Ok(client.clone());
        }
        let builder = Client::builder().user_agent(AGENT).redirect(redirect::Policy::none()).no_proxy();
        let client = builder.pool_max_idle_per_host(CONNECTIONS_IDLE_MAX).build();
        let client = client.map_err(|error| Error::Bug(anyhow::Error::new(error).context("cannot make an HTTP client")))?;
        Ok(self.client.get_or_init(|| client).clone())
    }
}

/// Sends a delivery once. `now` is the instant of the attempt.
pub async fn call(client: &Client, standing: &Standing, taken: &Taken, now: Instant) -> Outcome {
    let begun = std::time::Instant::now();
    let answer = match request(standing, taken, now) {
        Ok((headers, body)) => {
            let timeout = Duration::from_secs(standing.draft.timeout_s.unsigned_abs());
            let sent = client.post(&standing.draft.url).headers(headers).body(body).timeout(timeout).send().await;
            match sent {
                Ok(response) => Ok(read(response, now).await),
                Err(error) => Err(why(&error, standing.draft.timeout_s)),
            }
        }
        Err(error) => {
            error.log();
            Err("the request could not be made".to_owned())
        }
    };
    Outcome { at: now, duration_ms: i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX), answer }
}

fn request(standing: &Standing, taken: &Taken, now: Instant) -> Result<(HeaderMap, Vec<u8>), Error> {
    let no_header = |error: &dyn std::fmt::Display| Error::Bug(anyhow::anyhow!("a header of a webhook cannot be sent: {error}"));
    let body = json!({"type": taken.kind, "timestamp": taken.created_at, "data": taken.payload});
    let body = serde_json::to_vec(&body).map_err(|error| Error::Bug(error.into()))?;
    let (id, timestamp_s) = (taken.message_id(), now.timestamp().as_second());
    let signed = sign::signatures(&standing.secrets, now, &id, timestamp_s, &body)?;
    let mut headers = HeaderMap::new();
    for (name, value) in &standing.draft.headers {
        let mut value = HeaderValue::from_str(value).map_err(|error| no_header(&error))?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_bytes(name.as_bytes()).map_err(|error| no_header(&error))?, value);
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in [("webhook-id", id), ("webhook-timestamp", timestamp_s.to_string()), ("webhook-signature", signed)] {
        headers.insert(HeaderName::from_static(name), HeaderValue::try_from(value).map_err(|error| no_header(&error))?);
    }
    Ok((headers, body))
}

async fn read(mut response: Response, now: Instant) -> Answered {
    let status = response.status().as_u16();
    let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after_s = retry_after.and_then(|text| seconds(text.trim(), now));
    let mut bytes = Vec::new();
    // The status has been said; an answer that breaks off is as good as a short one.
    while bytes.len() < ANSWER_BYTES_READ
        && let Ok(Some(chunk)) = response.chunk().await
    {
        bytes.extend_from_slice(&chunk[..chunk.len().min(ANSWER_BYTES_READ - bytes.len())]);
    }
    Answered { status, excerpt: excerpt(&bytes), retry_after_s }
}

/// `Retry-After` as seconds from now: a number, or a date as HTTP writes it.
fn seconds(text: &str, now: Instant) -> Option<i64> {
    if let Ok(seconds) = text.parse::<i64>() {
        return Some(seconds);
    }
    let date = jiff::fmt::rfc2822::parse(text).ok()?;
    Some(now.seconds_until(Instant(date.timestamp().as_microsecond())))
}

/// The beginning as text that every database can keep.
fn excerpt(bytes: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(&bytes[..bytes.len().min(EXCERPT_BYTES_MAX)]).replace('\0', "\u{fffd}");
    text.truncate(text.floor_char_boundary(EXCERPT_BYTES_MAX));
    text
}

/// Why there was no answer, without the address: it may hold a token.
fn why(error: &reqwest::Error, timeout_s: i64) -> String {
    if error.is_timeout() {
        return format!("no answer within {timeout_s} s");
    }
    // The outermost error alone names the address.
    let told = std::error::Error::source(error).map_or_else(|| "the request failed".to_owned(), network::cause);
    let reason = if error.is_connect() { format!("cannot connect: {told}") } else { format!("no answer: {told}") };
    reason.chars().filter(|char| *char != '\0').take(PROBLEM_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_that_endpoints_ask_for() {
        let now = Instant::parse("2026-03-02T12:00:00Z").unwrap();
        assert_eq!(seconds("120", now), Some(120));
        assert_eq!(seconds("Mon, 02 Mar 2026 12:02:00 GMT", now), Some(120));
        assert_eq!(seconds("Mon, 02 Mar 2026 11:59:00 GMT", now), Some(-60));
        assert_eq!(seconds("soon", now), None);
    }

    #[test]
    fn excerpts_fit_every_database() {
        assert_eq!(excerpt(b"a\0b"), "a\u{fffd}b");
        assert!(excerpt(&[0xff; 5_000]).len() <= EXCERPT_BYTES_MAX);
        let long = "ä".repeat(2_000);
        assert!(excerpt(long.as_bytes()).starts_with('ä') && excerpt(long.as_bytes()).len() <= EXCERPT_BYTES_MAX);
    }
}
