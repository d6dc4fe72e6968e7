//! Numbers that look random and are the same on each run (SplitMix64).

pub struct Numbers(pub u64);

impl Numbers {
    /// One below the bound.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    pub fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len() as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_below_their_bound_and_repeat() {
        let series = |seed| {
            let mut numbers = Numbers(seed);
            (0..100).map(|_| numbers.below(7)).collect::<Vec<_>>()
        };
        assert!(series(3).iter().all(|number| *number < 7));
        assert_eq!(series(3), series(3));
        assert_ne!(series(3), series(4));
    }
}
