//! Mails under way, by domain, so that a domain that takes its time does not keep the others waiting: one that was slow gets
//! few places, one that nothing is known of all but a few, one that was fast as many as there are. Kept in memory; each process
//! counts and learns for itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

#[derive(Clone, Default)]
pub struct Lanes {
    lanes: Arc<Mutex<HashMap<String, Lane>>>,
}

#[derive(Default)]
struct Lane {
    under_way: usize,
    /// As the last mail to it was; nothing before the first.
    speed: Option<Speed>,
    /// Turned away while it was slow and not come again yet, as far as is known.
    waiting: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Speed {
    Fast,
    Slow,
}

/// A place in the lane of a domain, until it is dropped.
pub struct Pass {
    lanes: Lanes,
    domain: String,
}

/// Places of a domain that nothing is known of: of the sixteen jobs in hand some stay for others.
const PLACES_AT_FIRST: usize = 12;
/// Who takes longer for a mail is slow.
const SLOW: Duration = Duration::from_millis(500);
/// Seconds after which one that was turned away comes again; where it is slow longer, the more there are that do.
const COME_AGAIN_S: i64 = 1;
const COME_AGAIN_S_MAX: i64 = 30;
/// So many more make it a second longer.
const PER_SECOND: usize = 16;
/// Domains remembered. When there are more, those that nothing is under way to are forgotten.
const LANES_MAX: usize = 10_000;

impl Lanes {
    /// A place among those under way to this domain, or after how many seconds to ask again.
    pub fn enter(&self, domain: &str, places_if_slow: usize) -> Result<Pass, i64> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if LANES_MAX <= lanes.len() {
            lanes.retain(|_, lane| lane.under_way > 0);
        }
        let lane = lanes.entry(domain.to_owned()).or_default();
        let places = match lane.speed {
            None => PLACES_AT_FIRST,
            Some(Speed::Fast) => usize::MAX,
            Some(Speed::Slow) => places_if_slow,
        };
        if lane.under_way < places {
            lane.under_way += 1;
            lane.waiting = lane.waiting.saturating_sub(1);
            return Ok(Pass { lanes: self.clone(), domain: domain.to_owned() });
        }
        if lane.speed != Some(Speed::Slow) {
            return Err(COME_AGAIN_S);
        }
        lane.waiting += 1;
        let longer = i64::try_from(lane.waiting / PER_SECOND).unwrap_or(COME_AGAIN_S_MAX);
        Err((COME_AGAIN_S + longer).min(COME_AGAIN_S_MAX))
    }
}

impl Pass {
    /// How long the mail server took for this one.
    pub fn took(&self, time: Duration) {
        let mut lanes = self.lanes.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lane) = lanes.get_mut(&self.domain) {
            lane.speed = Some(if SLOW < time { Speed::Slow } else { Speed::Fast });
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut lanes = self.lanes.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lane) = lanes.get_mut(&self.domain) {
            lane.under_way = lane.under_way.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_domain_gets_few_places_and_does_not_touch_the_others() {
        let lanes = Lanes::default();
        let enter = |domain: &str| lanes.enter(domain, 2);
        let mut passes: Vec<Pass> = (0..PLACES_AT_FIRST).filter_map(|_| enter("slow.example").ok()).collect();
        assert_eq!(passes.len(), PLACES_AT_FIRST);
        assert!(enter("slow.example").is_err_and(|pause| pause == COME_AGAIN_S));
        assert!(enter("fast.example").is_ok());

        passes[0].took(Duration::from_secs(1));
        passes.truncate(2);
        let pauses: Vec<i64> = (0..1_000).filter_map(|_| enter("slow.example").err()).collect();
        assert_eq!((pauses.first(), pauses.last()), (Some(&COME_AGAIN_S), Some(&COME_AGAIN_S_MAX)));
        passes.clear();
        let again: Vec<Pass> = (0..3).filter_map(|_| enter("slow.example").ok()).collect();
        assert_eq!(again.len(), 2, "it is remembered as slow");

        again[0].took(Duration::from_millis(1));
        let many: Vec<Pass> = (0..100).filter_map(|_| enter("slow.example").ok()).collect();
        assert_eq!(many.len(), 100, "it is fast again");
    }
}
