//! Mails under way, by domain: so many at a time, so that a domain that takes its time does not keep the others waiting.
//! Kept in memory; each process counts for itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Clone, Default)]
pub struct Lanes {
    lanes: Arc<Mutex<HashMap<String, Lane>>>,
}

#[derive(Default)]
struct Lane {
    under_way: usize,
    /// Turned away and not come again yet, as far as is known.
    waiting: usize,
}

/// A place in the lane of a domain, until it is dropped.
pub struct Pass {
    lanes: Lanes,
    domain: String,
}

/// Seconds after which one that was turned away comes again; longer, the more there are that do.
const COME_AGAIN_S: i64 = 1;
const COME_AGAIN_S_MAX: i64 = 30;
/// So many more make it a second longer.
const PER_SECOND: usize = 16;

impl Lanes {
    /// A place among those under way to this domain, or after how many seconds to ask again.
    pub fn enter(&self, domain: &str, places: usize) -> Result<Pass, i64> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let lane = lanes.entry(domain.to_owned()).or_default();
        if lane.under_way < places {
            lane.under_way += 1;
            lane.waiting = lane.waiting.saturating_sub(1);
            return Ok(Pass { lanes: self.clone(), domain: domain.to_owned() });
        }
        lane.waiting += 1;
        let longer = i64::try_from(lane.waiting / PER_SECOND).unwrap_or(COME_AGAIN_S_MAX);
        Err((COME_AGAIN_S + longer).min(COME_AGAIN_S_MAX))
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut lanes = self.lanes.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lane) = lanes.get_mut(&self.domain) {
            lane.under_way = lane.under_way.saturating_sub(1);
            // A lane that is empty knows nothing of those who will come; it is forgotten, and so are idle domains.
            if lane.under_way == 0 {
                lanes.remove(&self.domain);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_lane_does_not_touch_the_others() {
        let lanes = Lanes::default();
        let first = lanes.enter("slow.example", 2).unwrap_or_else(|_| panic!("a place"));
        let second = lanes.enter("slow.example", 2);
        assert!(second.is_ok());
        assert!(lanes.enter("slow.example", 2).is_err_and(|pause| pause == 1));
        assert!(lanes.enter("fast.example", 2).is_ok());
        let pauses: Vec<i64> = (0..1_000).filter_map(|_| lanes.enter("slow.example", 2).err()).collect();
        assert_eq!(pauses.last(), Some(&COME_AGAIN_S_MAX));

        drop(first);
        assert!(lanes.enter("slow.example", 2).is_ok());
    }
}
