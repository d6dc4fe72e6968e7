//! The full run: every block of every way compared, on as many threads as are given, then everybody in each cluster.

use crate::base::Base;
use crate::blocks::{self, BLOCK_MAX, Key, Marks, WAYS};
use crate::clusters::{COMPARED_MAX, each_two, groups};
use crate::compare::compare;
use crate::learn::{self, Patterns};
use crate::model::{Model, Score, Scorer};
use crate::traits::Seen;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Of so many pairs worth comparing, one is counted for learning, when the base is large.
const LEARNED_PAIRS: usize = 4_000_000;

/// Two customers who may be one person. `one` has the smaller id.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    pub one: i64,
    pub other: i64,
    pub score: Score,
}

/// What a run came to.
#[derive(Debug, Default)]
pub struct Found {
    pub pairs: Vec<Pair>,
    /// How often two customers were compared.
    pub compared: u64,
    /// Customers in blocks that could be split no further, of which only neighbours were compared, and in clusters that are
    /// too large for everybody in them to be compared with everybody.
    pub cut: u64,
}

impl Found {
    /// Puts the pairs in order, each once.
    fn put_in_order(&mut self) {
        self.pairs.sort_unstable_by_key(|pair| (pair.one, pair.other));
        self.pairs.dedup_by_key(|pair| (pair.one, pair.other));
    }
}

/// Learns a model from the base.
pub fn learn(base: &Base, threads: usize, stop: &AtomicBool) -> Model {
    let mut model = learn::begin(base);
    let scorer = Scorer::new(&model);
    // About 25 pairs worth comparing come from one customer.
    let every = (25 * base.len()).div_ceil(LEARNED_PAIRS).max(1);
    let marks = base.marks();
    let counted = walk(&marks, threads, stop, |way, entries, found: &mut Patterns| {
        let mut number = 0_usize;
        each_pair(base, entries, |(here, one), (there, other)| {
            number += 1;
            // Everybody is counted once, however many keys he shares with the other one.
            if number.is_multiple_of(every) && !marks[here as usize].have_met(&marks[there as usize], way) {
                let pattern = compare(one, other);
                learn::count(found, pattern, scorer.rarities(pattern, one));
            }
        });
    });
    let mut patterns = Patterns::default();
    for some in counted {
        some.into_iter().for_each(|(pattern, count)| *patterns.entry(pattern).or_insert(0) += count);
    }
    learn::settle(&mut model, &patterns, 1.0 / every as f64);
    model
}

/// Finds every pair that is at least this likely one person: among those who meet in a block, those who are `known` as a
/// pair, and all who hang together by such pairs.
pub fn find(base: &Base, model: &Model, threshold: f64, known: &[(i64, i64)], threads: usize, stop: &AtomicBool) -> Found {
    let mut found = in_blocks(base, model, threshold, threads, stop);
    let scorer = Scorer::new(model);
    compare_more(base, &scorer, threshold, known.iter().copied(), &mut found);
    complete(base, &scorer, threshold, &mut found);
    found
}

/// The pairs of those who meet in a block.
pub fn in_blocks(base: &Base, model: &Model, threshold: f64, threads: usize, stop: &AtomicBool) -> Found {
    let scorer = Scorer::new(model);
    let parts = walk(&base.marks(), threads, stop, |_, entries, found: &mut Found| {
        let mut compared = 0;
        let pairs = &mut found.pairs;
        found.cut += each_pair(base, entries, |(here, one), (there, other)| {
            compared += 1;
            if let Some(score) = scorer.score_from(compare(one, other), one, threshold) {
                let (one, other) = (base.id(here), base.id(there));
                pairs.push(Pair { one: one.min(other), other: one.max(other), score });
            }
        }) as u64;
        found.compared += compared;
    });
    let mut all = Found::default();
    for mut part in parts {
        all.pairs.append(&mut part.pairs);
        all.compared += part.compared;
        all.cut += part.cut;
    }
    all.put_in_order();
    all
}

/// Compares everybody in a cluster with everybody in it, if they are not a pair yet: who is one person with a third one
/// need not share a key. A cluster that is too large stays as it is, and its members count as cut.
pub fn complete(base: &Base, scorer: &Scorer, threshold: f64, found: &mut Found) {
    let groups = groups(found.pairs.iter().map(|pair| (pair.one, pair.other)));
    let (whole, cut): (Vec<Vec<i64>>, Vec<Vec<i64>>) = groups.into_iter().partition(|group| group.len() <= COMPARED_MAX);
    found.cut += cut.iter().map(Vec::len).sum::<usize>() as u64;
    compare_more(base, scorer, threshold, whole.iter().flat_map(|group| each_two(group)), found);
}

/// Adds those of these pairs, the smaller id first, that were not found and are likely enough.
fn compare_more(base: &Base, scorer: &Scorer, threshold: f64, wanted: impl Iterator<Item = (i64, i64)>, found: &mut Found) {
    let mut more = Vec::new();
    for (one, other) in wanted {
        if found.pairs.binary_search_by_key(&(one, other), |pair| (pair.one, pair.other)).is_ok() {
            continue;
        }
        let Some((here, there)) = base.place(one).zip(base.place(other)) else { continue };
        let seen = base.seen(here);
        found.compared += 1;
        if let Some(score) = scorer.score_from(compare(&seen, &base.seen(there)), &seen, threshold) {
            more.push(Pair { one, other, score });
        }
    }
    found.pairs.append(&mut more);
    found.put_in_order();
}

/// Calls `compare` for every two customers that belong together by one way. Each is read once in his block.
fn each_pair<'b>(base: &'b Base, entries: &[(Key, u32)], mut compare: impl FnMut((u32, &Seen<'b>), (u32, &Seen<'b>))) -> usize {
    let mut seen = Vec::new();
    blocks::each_group(entries, |group| {
        if group.len() < 2 {
            return;
        }
        seen.clear();
        seen.extend(group.iter().map(|(_, place)| (*place, base.seen(*place))));
        for (at, (here, one)) in seen.iter().enumerate() {
            seen[at + 1..].iter().take(BLOCK_MAX).for_each(|(there, other)| compare((*here, one), (*there, other)));
        }
    })
}

/// Does something with the sorted entries of every way; one result for each thread.
fn walk<T: Default + Send>(
    marks: &[Marks],
    threads: usize,
    stop: &AtomicBool,
    each: impl Fn(usize, &[(Key, u32)], &mut T) + Sync,
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                let mut result = T::default();
                let mut entries = Vec::new();
                loop {
                    let way = next.fetch_add(1, Ordering::Relaxed);
                    if WAYS <= way || stop.load(Ordering::Relaxed) {
                        break;
                    }
                    entries.clear();
                    entries.extend((0..).zip(marks).filter_map(|(place, marks)| Some((marks.key(way)?, place))));
                    entries.sort_unstable();
                    each(way, &entries, &mut result);
                }
                results.lock().expect("nobody panics while holding it").push(result);
            });
        }
    });
    results.into_inner().expect("all threads have ended")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::describe::{Stored, describe};
    use crate::field::Field;

    const FIRST: [&str; 12] = ["Anna", "Maria", "Peter", "Johannes", "Eva", "Lukas", "Sarah", "Franz", "Julia", "Karl", "Ida", "Tobias"];
    const LAST: [&str; 10] = ["Müller", "Huber", "Steiner", "Novak", "Zimmermann", "Bauer", "Weiss", "Kowalski", "Ebner", "Lang"];

    /// Customers who are all different: their names repeat, their other values hardly do.
    fn strangers(count: usize) -> Vec<[String; 6]> {
        let one = |place: usize| {
            let (year, month, day) = (1950 + place * 7 % 50, 1 + place * 5 % 12, 1 + place * 11 % 28);
            [
                FIRST[place * 7 % 12].to_owned(),
                format!("{}{}", LAST[place * 3 % 10], ["", "er", "mann", "hofer"][place / 10 % 4]),
                format!("{year}-{month:02}-{day:02}"),
                format!("mail{}@shop{}.example", place * 977, place % 5),
                format!("Gasse{} {}", (b'a' + (place % 20) as u8) as char, 1 + place % 31),
                format!("{}", 1_000 + place * 13 % 900),
            ]
        };
        (0..count).map(one).collect()
    }

    fn base_of(people: &[[String; 6]]) -> Base {
        let mut base = Base::default();
        for (place, [firstname, lastname, birth_date, email, street, zip]) in people.iter().enumerate() {
            let stored = Stored { firstname, lastname, birth_date, email, street, zip, country: "AT", ..Stored::default() };
            assert!(base.push(place as i64 + 1, &describe(&stored).encode()));
        }
        base
    }

    fn found(base: &Base, model: &Model, threads: usize) -> Vec<(i64, i64)> {
        let found = find(base, model, 0.5, &[], threads, &AtomicBool::new(false));
        found.pairs.iter().map(|pair| (pair.one, pair.other)).collect()
    }

    #[test]
    fn who_is_there_twice_is_found_and_nobody_else() {
        let mut people = strangers(600);
        let mut twins = Vec::new();
        for place in (0..100).map(|number| number * 6) {
            let mut copy = people[place].clone();
            match place % 4 {
                0 => copy[1].push('s'),
                1 => copy[3] = String::new(),
                2 => copy[0] = copy[0].to_uppercase(),
                _ => copy[5] = String::new(),
            }
            people.push(copy);
            twins.push((place as i64 + 1, people.len() as i64));
        }
        let base = base_of(&people);

        let model = learn(&base, 2, &AtomicBool::new(false));

        assert_eq!(found(&base, &model, 2), twins);
        assert_eq!(found(&base, &model, 1), twins);
        let expected = model.same * 700.0 * 699.0 / 2.0;
        assert!((60.0..160.0).contains(&expected), "{expected} pairs expected");
    }

    #[test]
    fn where_everybody_is_different_nobody_is_found() {
        let base = base_of(&strangers(600));
        let model = learn(&base, 1, &AtomicBool::new(false));
        assert_eq!(found(&base, &model, 1), []);
    }

    #[test]
    fn small_bases_are_judged_by_what_is_usual() {
        let mut people = strangers(3);
        people.push(people[0].clone());
        for people in [&people[..0], &people[..1], &people[..]] {
            let base = base_of(people);
            let model = learn(&base, 1, &AtomicBool::new(false));
            assert_eq!(found(&base, &model, 1), if people.len() == 4 { vec![(1, 4)] } else { Vec::new() });
        }
    }

    #[test]
    fn who_is_one_with_a_third_one_needs_no_key_of_his() {
        let person = |lastname: &str, born: &str, email: &str| ["Anna", lastname, born, email, "", ""].map(str::to_owned);
        let people = [
            person("Zimmermann", "1982-04-17", "anna.zimmermann@shop.example"),
            person("Zimmerkann", "1982-04-18", "anna.zimmermamn@shop.example"),
            person("Zimmermann", "1982-04-17", "anna.zimmermamn@shop.example"),
        ];
        let model = learn::usual(10_000);
        let pairs = |people: &[[String; 6]], known: &[(i64, i64)]| -> Vec<(i64, i64)> {
            let found = find(&base_of(people), &model, 0.5, known, 1, &AtomicBool::new(false));
            found.pairs.iter().map(|pair| (pair.one, pair.other)).collect()
        };

        assert_eq!(pairs(&people[..2], &[]), []);
        assert_eq!(pairs(&people, &[]), [(1, 2), (1, 3), (2, 3)]);
        assert_eq!(pairs(&people[..2], &[(1, 2), (1, 9)]), [(1, 2)], "who is a pair already is one as long as they are alike");
    }

    #[test]
    fn what_hangs_together_is_compared_whole_up_to_a_bound() {
        let check = |members: usize, pairs: usize, cut: u64| {
            let base = base_of(&vec![strangers(1).remove(0); members]);
            let scorer = Scorer::new(&learn::usual(10_000));
            let score = scorer.score(compare(&base.seen(0), &base.seen(1)), &base.seen(0));
            let chain = (1..members as i64).map(|one| Pair { one, other: one + 1, score });
            let mut found = Found { pairs: chain.collect(), ..Found::default() };
            complete(&base, &scorer, 0.5, &mut found);
            assert_eq!((found.pairs.len(), found.cut), (pairs, cut));
        };
        check(2, 1, 0);
        check(COMPARED_MAX, 1_225, 0);
        check(COMPARED_MAX + 1, COMPARED_MAX, 51);
    }

    #[test]
    fn a_household_is_no_person() {
        let mut people = strangers(600);
        for place in 0..60 {
            let mut relative = people[place].clone();
            relative[0] = FIRST[(place * 7 + 5) % 12].to_owned();
            relative[2] = format!("19{:02}-{:02}-2{}", 51 + place * 3 % 47, 1 + place * 7 % 12, place * 5 % 8);
            relative[3] = format!("other{}@else{}.example", place * 311, place % 3);
            people.push(relative);
        }
        let base = base_of(&people);
        let model = learn(&base, 1, &AtomicBool::new(false));
        assert_eq!(found(&base, &model, 1), []);
    }

    #[test]
    fn what_is_refused_early_would_not_have_been_enough() {
        let mut people = strangers(60);
        for place in 0..30 {
            // Half of one and half of somebody else: some of them are hard to tell.
            let (one, other) = (people[place].clone(), people[place + 30].clone());
            people.push(std::array::from_fn(|part| if place >> part & 1 == 1 { other[part].clone() } else { one[part].clone() }));
        }
        let base = base_of(&people);
        let model = learn(&base, 1, &AtomicBool::new(false));
        let scorer = Scorer::new(&model);
        let mut taken = [0; 3];
        for one in 0..base.len() as u32 {
            for other in one + 1..base.len() as u32 {
                let (seen, beside) = (base.seen(one), base.seen(other));
                let pattern = compare(&seen, &beside);
                let score = scorer.score(pattern, &seen);
                for (place, least) in [0.01, 0.5, 0.99].into_iter().enumerate() {
                    let expected = (least <= score.probability).then_some(score);
                    assert_eq!(scorer.score_from(pattern, &seen, least), expected, "{one} {other} {least}");
                    taken[place] += usize::from(expected.is_some());
                }
            }
        }
        assert!(0 < taken[2] && taken[2] < taken[0], "{taken:?}: pairs of all kinds are judged");
    }

    #[test]
    fn reasons_add_up_and_a_stored_model_says_the_same() {
        let mut people = strangers(300);
        people.push(people[7].clone());
        let base = base_of(&people);
        let model = learn(&base, 1, &AtomicBool::new(false));
        let stored: Model = serde_json::from_str(&serde_json::to_string(&model).unwrap()).unwrap();
        assert_eq!(found(&base, &stored, 1), found(&base, &model, 1));

        let scorer = Scorer::new(&model);
        let (one, other) = (base.seen(7), base.seen(300));
        let pattern = compare(&one, &other);
        let reasons = scorer.reasons(pattern, &one);
        let fields: Vec<Field> = reasons.iter().map(|reason| reason.field).collect();
        assert_eq!(fields, [Field::Firstname, Field::Lastname, Field::BirthDate, Field::Street, Field::Place, Field::Email]);
        assert!(reasons.iter().all(|reason| reason.level == "same" && 0.0 < reason.bits));
        let said: f64 = reasons.iter().map(|reason| reason.bits).sum::<f64>() + model.same.log2();
        let score = scorer.score(pattern, &one);
        // That they could be a household takes something off.
        assert!(0.0 < score.bits && score.bits < said + 0.01, "{said} and {}", score.bits);
    }
}
