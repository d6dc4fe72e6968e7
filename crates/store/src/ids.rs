//! Ids made by the application: each process reserves blocks per kind and hands them out without asking the database.
//! Ids of units that were rolled back stay unused; an id is never handed out twice.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Mutex;

/// Ids reserved at a time; a process that ends leaves at most this many unused.
pub const BLOCK: i64 = 1_000;

/// What this process has reserved and committed, by kind.
#[derive(Default)]
pub struct Ids {
    left: Mutex<HashMap<&'static str, Range<i64>>>,
}

impl Ids {
    /// Takes `count` ids if that many are left.
    pub fn take(&self, kind: &'static str, count: i64) -> Option<Range<i64>> {
        let mut left = self.left.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let block = left.get_mut(kind)?;
        take(block, count)
    }

    /// What a committed unit reserved and did not use. The larger rest is kept.
    pub fn give(&self, kind: &'static str, rest: Range<i64>) {
        let mut left = self.left.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let block = left.entry(kind).or_insert(0..0);
        if length(block) < length(&rest) {
            *block = rest;
        }
    }
}

pub fn take(block: &mut Range<i64>, count: i64) -> Option<Range<i64>> {
    if length(block) < count {
        return None;
    }
    let taken = block.start..block.start + count;
    block.start += count;
    Some(taken)
}

fn length(block: &Range<i64>) -> i64 {
    block.end - block.start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_handed_out_without_overlap() {
        let ids = Ids::default();
        assert_eq!(ids.take("customer", 1), None);
        ids.give("customer", 10..13);
        assert_eq!(ids.take("customer", 2), Some(10..12));
        assert_eq!(ids.take("customer", 2), None);
        ids.give("customer", 20..21);
        assert_eq!(ids.take("customer", 1), Some(12..13));
    }
}
