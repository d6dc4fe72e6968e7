//! Signatures as Standard Webhooks has them: HMAC-SHA256 over id, timestamp and body, in base64, one for each secret that
//! counts. <https://www.standardwebhooks.com>

use crate::error::Error;
use crate::ids::DeliveryId;
use crate::time::Instant;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::fmt;

const PREFIX: &str = "whsec_";
/// Random bytes of a secret.
pub const SECRET_BYTES: usize = 32;
/// How long an earlier secret signs too.
const ROTATION_MINUTES: i64 = 24 * 60;
/// Secrets that can count at a time.
const SECRETS_MAX: usize = 5;

/// What deliveries are signed with. Its text stands in no log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    pub text: String,
    /// The end of one that was replaced.
    pub until: Option<Instant>,
}

impl Secret {
    pub fn of(bytes: [u8; SECRET_BYTES]) -> Secret {
        Secret { text: format!("{PREFIX}{}", STANDARD.encode(bytes)), until: None }
    }

    fn counts_at(&self, now: Instant) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    fn key(&self) -> Result<Vec<u8>, Error> {
        let text = self.text.strip_prefix(PREFIX).unwrap_or(&self.text);
        STANDARD.decode(text).map_err(|_| Error::Bug(anyhow::anyhow!("a secret of a webhook is not base64")))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Secret({PREFIX}***, until {:?})", self.until)
    }
}

/// The new secret in force; those that counted so far sign too for a day, each no longer than it would have anyway.
pub fn rotated(secrets: &[Secret], new: Secret, now: Instant) -> Result<Vec<Secret>, Error> {
    let until = now.plus_minutes(ROTATION_MINUTES);
    let earlier = secrets.iter().filter(|secret| secret.counts_at(now));
    let earlier = earlier.map(|secret| Secret { text: secret.text.clone(), until: Some(secret.until.unwrap_or(until)) });
    let all: Vec<Secret> = std::iter::once(new).chain(earlier).collect();
    if SECRETS_MAX < all.len() {
        return Err(Error::conflict("too_many", format!("{SECRETS_MAX} secrets count already; the earliest ends within a day")));
    }
    Ok(all)
}

/// Names a delivery to the one who gets it, the same at every attempt. The instant keeps two installations apart.
pub fn message_id(delivery: DeliveryId, created_at: Instant) -> String {
    format!("msg_{delivery}_{}", created_at.0)
}

/// The value of `webhook-signature`.
pub fn signatures(secrets: &[Secret], now: Instant, message_id: &str, timestamp_s: i64, body: &[u8]) -> Result<String, Error> {
    let mut all = Vec::new();
    for secret in secrets.iter().filter(|secret| secret.counts_at(now)) {
        let mut mac = Hmac::<Sha256>::new_from_slice(&secret.key()?).map_err(|error| Error::Bug(anyhow::Error::new(error)))?;
        mac.update(format!("{message_id}.{timestamp_s}.").as_bytes());
        mac.update(body);
        all.push(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())));
    }
    Ok(all.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_the_published_example() {
        let secret = Secret { text: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned(), until: None };
        let signed = signatures(&[secret], Instant(0), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signed.unwrap(), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn an_earlier_secret_signs_for_a_day() {
        let (start, next_day) = (Instant(0), Instant(0).plus_days(1));
        let both = rotated(&[Secret::of([1; 32])], Secret::of([2; 32]), start).unwrap();
        let count = |now| signatures(&both, now, "m", 0, b"").unwrap().split(' ').count();
        assert_eq!((count(start), count(next_day.plus_seconds(-1)), count(next_day)), (2, 2, 1));
        assert_eq!(rotated(&both, Secret::of([3; 32]), next_day).unwrap().len(), 2, "what has ended is let go of");
    }

    #[test]
    fn secrets_are_bounded_and_shown_by_no_debug_format() {
        let mut secrets = vec![Secret::of([0; 32])];
        for round in 1..5 {
            secrets = rotated(&secrets, Secret::of([round; 32]), Instant(0)).unwrap();
        }
        assert!(rotated(&secrets, Secret::of([9; 32]), Instant(0)).is_err());
        assert!(!format!("{secrets:?}").contains("AAAA"));
    }
}
