//! Which customers are worth comparing: those who share one of several keys. A block that grows too large is split by a
//! second and then a third trait, so that no number of customers with one name makes the search quadratic.

use crate::traits::Seen;

/// Customers one block may have before it is split.
pub const BLOCK_MAX: usize = 50;

/// Ways in which customers are brought together.
pub const WAYS: usize = 13;

/// A block, and what it is split by when it is too large: first by the upper half of `sub`, then by all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    pub key: i64,
    pub sub: i64,
}

impl Key {
    /// The `sub` of all that differ in the lower half only, from and to.
    pub fn half(self) -> (i64, i64) {
        (self.sub & !0xffff_ffff, self.sub | 0xffff_ffff)
    }
}

/// What keys are made of, each as a number; 0 where there is nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks {
    first: u32,
    last: u32,
    born: u32,
    zip: u32,
    city: u32,
    street: u32,
    number: u32,
    email: u32,
    phone: u32,
}

impl Marks {
    pub fn new(seen: &Seen<'_>) -> Marks {
        let local = text(seen.email_local);
        Marks {
            first: seen.first_sound,
            last: seen.last_sound,
            born: seen.born,
            zip: text(seen.zip),
            city: text(seen.city),
            street: text(seen.street),
            number: text(seen.number),
            email: if local == 0 { 0 } else { fold(mix(&[u64::from(local), u64::from(text(seen.email_domain))])) },
            phone: text(seen.phone),
        }
    }

    /// Given and family name as one: the other way round they are the same two names.
    fn names(&self) -> u32 {
        let (low, high) = (self.first.min(self.last), self.first.max(self.last));
        if low == 0 { 0 } else { fold(mix(&[u64::from(low), u64::from(high)])) }
    }

    /// The two marks a way brings customers together by, and the two it splits large blocks by.
    fn of_way(&self, way: usize) -> ([u32; 2], [u32; 2]) {
        let Marks { first, last, born, zip, city, street, number, email, phone } = *self;
        match way {
            0 => ([email, ANY], [first, last]),
            1 => ([phone, ANY], [first, last]),
            2 => ([born, ANY], [zip, last]),
            3 => ([last, born], [first, zip]),
            4 => ([first, born], [last, zip]),
            5 => ([last, zip], [first, born]),
            6 => ([first, zip], [last, born]),
            7 => ([self.names(), ANY], [born, zip]),
            8 => ([zip, street], [last, first]),
            9 => ([street, city], [last, first]),
            10 => ([zip, number], [last, first]),
            11 => ([last, city], [first, born]),
            _ => ([first, city], [last, born]),
        }
    }

    /// The key of one way, if the customer has what it takes.
    pub fn key(&self, way: usize) -> Option<Key> {
        let ([one, other], [upper, lower]) = self.of_way(way);
        if one == 0 || other == 0 {
            return None;
        }
        let key = mix(&[way as u64, u64::from(one) << 32 | u64::from(other)]);
        let sub = mix(&[u64::from(upper)]) << 32 | mix(&[u64::from(lower)]) & 0xffff_ffff;
        Some(Key { key: key as i64, sub: sub as i64 })
    }

    /// All keys of a customer, in the order of the ways.
    pub fn keys(&self) -> Vec<Key> {
        (0..WAYS).filter_map(|way| self.key(way)).collect()
    }

    /// Whether two customers are brought together by an earlier way as well.
    pub fn have_met(&self, other: &Marks, way: usize) -> bool {
        (0..way).any(|earlier| {
            let ([a, b], _) = self.of_way(earlier);
            a != 0 && b != 0 && other.of_way(earlier).0 == [a, b]
        })
    }
}

/// In the place of a second mark where one is enough.
const ANY: u32 = 1;

fn text(bytes: &[u8]) -> u32 {
    if bytes.is_empty() { 0 } else { fold(short(bytes)) }
}

/// 32 bits, and never 0.
fn fold(bits: u64) -> u32 {
    ((bits >> 32) as u32 ^ bits as u32).max(1)
}

/// A text as a number. Its own and not a library's, because keys are stored.
fn short(bytes: &[u8]) -> u64 {
    let mut sum = bytes.len() as u64;
    for chunk in bytes.chunks(8) {
        let word = chunk.iter().fold(0, |word, byte| (word << 8) | u64::from(*byte));
        sum = mix(&[sum, word]);
    }
    sum
}

/// Spreads numbers over all 64 bits, by the finalizer of SplitMix64 (Steele, Lea and Flood 2014).
fn mix(parts: &[u64]) -> u64 {
    parts.iter().fold(0x9e37_79b9_7f4a_7c15, |sum, part| {
        let mut bits = (sum ^ part).wrapping_add(0x9e37_79b9_7f4a_7c15);
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    })
}

/// Calls `compare` for every group of customers that belong together, given all entries of one way sorted by key, `sub` and
/// place: everybody is to be compared with the [`BLOCK_MAX`] behind him. Gives how many customers stood in a block that
/// could be split no further: there these are not all.
pub fn each_group(entries: &[(Key, u32)], mut compare: impl FnMut(&[(Key, u32)])) -> usize {
    let mut cut = 0;
    for block in entries.chunk_by(|a, b| a.0.key == b.0.key) {
        if block.len() <= BLOCK_MAX {
            compare(block);
            continue;
        }
        for half in block.chunk_by(|a, b| a.0.sub >> 32 == b.0.sub >> 32) {
            if half.len() <= BLOCK_MAX {
                compare(half);
                continue;
            }
            for whole in half.chunk_by(|a, b| a.0.sub == b.0.sub) {
                cut += if BLOCK_MAX < whole.len() { whole.len() } else { 0 };
                compare(whole);
            }
        }
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traits::Traits;

    fn marks(traits: &Traits) -> Marks {
        let bytes = traits.encode();
        Marks::new(&Seen::decode(&bytes).unwrap())
    }

    fn named(first_sound: u32, last_sound: u32) -> Traits {
        Traits { first_sound, last_sound, ..Traits::default() }
    }

    #[test]
    fn who_lacks_what_a_way_takes_has_no_key_of_it() {
        assert_eq!(marks(&Traits::default()).keys(), []);
        assert_eq!(marks(&named(3, 0)).keys(), []);
        assert_eq!(marks(&named(3, 4)).keys().len(), 1);
        assert_eq!(marks(&Traits { born: 19_820_417, ..named(3, 4) }).keys().len(), 4);
    }

    #[test]
    fn names_the_other_way_round_meet() {
        assert_eq!(marks(&named(3, 4)).key(7).unwrap().key, marks(&named(4, 3)).key(7).unwrap().key);
        assert_ne!(marks(&named(3, 4)).key(7).unwrap().key, marks(&named(3, 5)).key(7).unwrap().key);
    }

    #[test]
    fn stored_keys_stay_what_they_are() {
        let traits =
            Traits { email_local: "anna.mayer".to_owned(), email_domain: "shop.example".to_owned(), born: 19_820_417, ..named(3, 4) };
        let keys: Vec<i64> = marks(&traits).keys().iter().map(|key| key.key).collect();
        let expected = [-5778235235795510185, 4192157736900629097, 5963456561251541117, -5443674247324065743, -2736856574396568189_i64];
        assert_eq!(keys, expected);
    }

    #[test]
    fn those_who_met_before_are_known() {
        let born = |born: u32| marks(&Traits { born, ..named(3, 4) });
        assert!(born(19_820_417).have_met(&born(19_820_417), 3));
        assert!(!born(19_820_417).have_met(&born(19_820_418), 7));
        assert!(!born(19_820_417).have_met(&born(19_820_417), 2));
    }

    /// The groups that are compared of blocks with these sizes by `sub`, and how many customers were cut.
    fn check(subs: &[(i64, usize)], sizes: &[usize], cut: usize) {
        let mut entries: Vec<(Key, u32)> = Vec::new();
        for (sub, count) in subs {
            entries.extend((0..*count as u32).map(|place| (Key { key: 1, sub: *sub }, place)));
        }
        entries.sort_unstable();
        let mut found = Vec::new();
        assert_eq!(each_group(&entries, |group| found.push(group.len())), cut);
        assert_eq!(found, sizes);
    }

    #[test]
    fn large_blocks_are_split_and_nobody_is_left_out() {
        let upper = 1 << 32;
        check(&[(0, 30), (upper, 20)], &[50], 0);
        check(&[(0, 30), (upper, 21)], &[30, 21], 0);
        check(&[(0, 30), (1, 30), (upper, 5)], &[30, 30, 5], 0);
        check(&[(0, 80), (upper, 5)], &[80, 5], 80);
    }
}
