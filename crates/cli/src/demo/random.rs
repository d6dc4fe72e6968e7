//! Chance that repeats itself: the same seed gives the same shop on every machine. Not for secrets.

/// SplitMix64 (Steele, Lea, Flood 2014): one addition and three mixes per number, and every seed is a good one.
#[derive(Debug, Clone)]
pub struct Random {
    state: u64,
}

impl Random {
    pub fn new(seed: u64) -> Random {
        Random { state: seed }
    }

    /// A generator of its own for one part of the whole, so that more of one part leaves the others as they were.
    pub fn part(&self, number: u64) -> Random {
        let mut mixed = Random { state: self.state ^ number.wrapping_mul(0xd134_2543_de82_ef95) };
        Random { state: mixed.next() }
    }

    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to and without 1.
    pub fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.share() < probability
    }

    /// From `from` up to and without `to`.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        from + (self.share() * (to - from) as f64) as i64
    }

    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.between(0, list.len() as i64) as usize]
    }

    /// One of the list, its first ones more often than its last: names and wares are not equally common.
    pub fn pick_skewed<T: Copy>(&mut self, list: &[T]) -> T {
        let place = self.share() * self.share() * list.len() as f64;
        list[place as usize]
    }

    /// The place of one of these weights.
    pub fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.share() * weights.iter().sum::<f64>();
        for (place, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return place;
            }
        }
        weights.len() - 1
    }

    /// How long until the next of events that come `mean` apart.
    pub fn wait(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.share()).ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_and_parts_do_not_meet() {
        let (mut one, mut two) = (Random::new(7), Random::new(7));
        assert!((0..100).all(|_| one.next() == two.next()));
        assert_ne!(Random::new(7).part(1).next(), Random::new(7).part(2).next());
    }

    #[test]
    fn shares_are_spread_evenly() {
        let mut random = Random::new(1);
        let mean = (0..10_000).map(|_| random.share()).sum::<f64>() / 10_000.0;
        assert!((0.48..0.52).contains(&mean), "{mean}");
        let long = (0..10_000).map(|_| random.wait(5.0)).sum::<f64>() / 10_000.0;
        assert!((4.7..5.3).contains(&long), "{long}");
        let heavy = (0..10_000).filter(|_| random.weighted(&[1.0, 3.0]) == 1).count();
        assert!((7_200..7_800).contains(&heavy), "{heavy}");
    }
}
