//! How often one place may knock where passwords are tried, and where anybody may come. Kept in memory: a restart forgives, and each process counts
//! for itself. The lock of one mail address stands in the database; see the sessions of the admin users.

use crate::error::Error;
use crate::time::Instant;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Requests of one place per window, where passwords are tried; and where links of mails lead, for many people behind one
/// address.
const REQUESTS_MAX: u32 = 30;
const PUBLIC_REQUESTS_MAX: u32 = 600;
const WINDOW_S: i64 = 60;
/// Places counted at the same time. When there are more, all are forgotten: better than to turn everybody away.
const PLACES_MAX: usize = 50_000;

pub struct Doorstep {
    requests_max: u32,
    windows: Mutex<HashMap<String, (Instant, u32)>>,
}

impl Default for Doorstep {
    fn default() -> Doorstep {
        Doorstep { requests_max: REQUESTS_MAX, windows: Mutex::default() }
    }
}

impl Doorstep {
    /// For what anybody may call.
    pub fn public() -> Doorstep {
        Doorstep { requests_max: PUBLIC_REQUESTS_MAX, windows: Mutex::default() }
    }

    /// Counts a request, or refuses it.
    pub fn take(&self, origin: &str, now: Instant) -> Result<(), Error> {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if PLACES_MAX <= windows.len() {
            windows.retain(|_, (ends, _)| now < *ends);
            if PLACES_MAX <= windows.len() {
                windows.clear();
            }
        }
        let (ends, count) = windows.entry(origin.to_owned()).or_insert((now.plus_seconds(WINDOW_S), 0));
        if *ends <= now {
            (*ends, *count) = (now.plus_seconds(WINDOW_S), 0);
        }
        if self.requests_max <= *count {
            return Err(Error::TooMany { retry_after_s: now.seconds_until(*ends).max(1) });
        }
        *count += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_has_its_own_count_and_gets_a_new_one_with_the_next_window() {
        let (doorstep, now) = (Doorstep::default(), Instant(0));
        for _ in 0..REQUESTS_MAX {
            doorstep.take("here", now).unwrap();
        }
        let refused = doorstep.take("here", now.plus_seconds(20));
        assert!(matches!(refused, Err(Error::TooMany { retry_after_s: 40 })), "{refused:?}");
        doorstep.take("there", now).unwrap();
        doorstep.take("here", now.plus_seconds(WINDOW_S)).unwrap();
    }
}
