//! Two customers beside each other: how well they agree, field by field.

use crate::field::{EXTRAS_MAX, Field, Pattern};
use crate::traits::Seen;
use rapidfuzz::distance::jaro_winkler;

/// Texts that are as similar as this by Jaro-Winkler are close, or sound alike.
const CLOSE: f64 = 0.92;
const ALIKE: f64 = 0.82;

/// Texts shorter than this are close only when they are the same: one letter of three is too much.
const CLOSE_LENGTH: usize = 4;

/// So many digits that are the same make two addresses one person's.
const OWN_DIGITS: usize = 2;

/// Names shorter than this are not looked for in the place of the other one.
const CROSSED_LENGTH: usize = 3;

pub fn compare(one: &Seen<'_>, other: &Seen<'_>) -> Pattern {
    let (first, last) = names(one, other);
    let mut pattern = Pattern::default()
        .with(Field::Firstname, first)
        .with(Field::Lastname, last)
        .with(Field::BirthDate, born(one.born, other.born))
        .with(Field::Street, street(one, other))
        .with(Field::Place, place(one, other))
        .with(Field::Email, email(one, other))
        .with(Field::Phone, phone(one.phone, other.phone));
    for place in 0..EXTRAS_MAX {
        pattern = pattern.with(Field::Extra(place as u8), text(one.extras[place], other.extras[place]));
    }
    pattern
}

/// Given and family names belong together: they are the other way round now and then.
fn names(one: &Seen<'_>, other: &Seen<'_>) -> (usize, usize) {
    let first = first_name(one, other);
    let last = last_name(one, other);
    let is_open = |level: usize| level == 0 || level == 6;
    if !is_open(first) || !is_open(last) || first + last == 0 {
        return (first, last);
    }
    let crosses = |a: &[u8], b: &[u8]| CROSSED_LENGTH <= a.len().min(b.len()) && (a == b || is_one_edit(a, b) || is_part(a, b));
    let swapped = |level: usize| if level == 0 { 0 } else { 5 };
    match (crosses(one.first, other.last), crosses(one.last, other.first)) {
        (true, true) => (swapped(first), swapped(last)),
        // A given name where a family name should be says something even alone.
        (true, false) | (false, true) if first == 0 => (0, 5),
        (true, false) | (false, true) => (5, last),
        (false, false) => (first, last),
    }
}

fn first_name(one: &Seen<'_>, other: &Seen<'_>) -> usize {
    let (a, b) = (one.first, other.first);
    if a.is_empty() || b.is_empty() {
        0
    } else if a == b {
        1
    } else if is_initial(a, b) || is_part(a, b) || (one.first_group != 0 && one.first_group == other.first_group) {
        2
    } else {
        spelling(a, b, one.first_sound != 0 && one.first_sound == other.first_sound)
    }
}

/// The levels of names that are neither the same nor known to belong together.
fn spelling(a: &[u8], b: &[u8], sounds_alike: bool) -> usize {
    let is_long = CLOSE_LENGTH <= a.len().min(b.len());
    if is_long && is_one_edit(a, b) {
        return 3;
    }
    let similarity = similarity(a, b, ALIKE);
    match (is_long && CLOSE <= similarity, sounds_alike || ALIKE <= similarity) {
        (true, _) => 3,
        (false, true) => 4,
        (false, false) => 6,
    }
}

fn last_name(one: &Seen<'_>, other: &Seen<'_>) -> usize {
    let (a, b) = (one.last, other.last);
    if a.is_empty() || b.is_empty() {
        0
    } else if a == b {
        1
    } else if is_part(a, b) {
        2
    } else {
        spelling(a, b, one.last_sound != 0 && one.last_sound == other.last_sound)
    }
}

/// `j` for `johann`.
fn is_initial(a: &[u8], b: &[u8]) -> bool {
    (a.len() == 1 || b.len() == 1) && a[0] == b[0]
}

/// Whether all words of one are among the words of the other.
fn is_part(a: &[u8], b: &[u8]) -> bool {
    let (few, many) = if a.len() < b.len() { (a, b) } else { (b, a) };
    if !many.contains(&b' ') {
        return false;
    }
    let words = |text: &'_ [u8]| text.split(|byte| *byte == b' ').map(<[u8]>::to_vec).collect::<Vec<_>>();
    let there = words(many);
    words(few).iter().all(|word| there.contains(word))
}

fn is_close(a: &[u8], b: &[u8]) -> bool {
    let shorter = a.len().min(b.len());
    CLOSE_LENGTH <= shorter && (is_one_edit(a, b) || CLOSE <= similarity(a, b, CLOSE))
}

/// Jaro-Winkler, or 0 where it is less than `least`.
fn similarity(a: &[u8], b: &[u8], least: f64) -> f64 {
    // Letters that the other one lacks agree with nothing; most pairs are told apart by that alone.
    let letters = |text: &[u8]| text.iter().fold(0_u64, |set, byte| set | 1 << (byte & 63));
    let shared = |text: &[u8], set: u64| text.iter().filter(|byte| set & 1 << (**byte & 63) != 0).count();
    let matching = shared(a, letters(b)).min(shared(b, letters(a))) as f64;
    let jaro = (matching / a.len() as f64 + matching / b.len() as f64 + 1.0) / 3.0;
    // A common start of four letters adds four tenths of what is missing.
    if jaro + 0.4 * (1.0 - jaro) < least {
        return 0.0;
    }
    let limit = jaro_winkler::Args::default().score_cutoff(least);
    jaro_winkler::similarity_with_args(a.iter().copied(), b.iter().copied(), &limit).unwrap_or(0.0)
}

/// Whether at most one letter was added, left out or changed, or two neighbours changed places.
pub fn is_one_edit(a: &[u8], b: &[u8]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if 1 < long.len() - short.len() {
        return false;
    }
    let start = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let (short, long) = (&short[start..], &long[start..]);
    if short.len() < long.len() {
        return *short == long[1..];
    }
    match (short, long) {
        ([], []) => true,
        ([x1, x2, xs @ ..], [y1, y2, ys @ ..]) if x1 == y2 && x2 == y1 && xs == ys => true,
        ([_, xs @ ..], [_, ys @ ..]) => xs == ys,
        _ => false,
    }
}

fn born(a: u32, b: u32) -> usize {
    if a == 0 || b == 0 {
        return 0;
    }
    if a == b {
        return 1;
    }
    let parts = |date: u32| [date / 10_000, date / 100 % 100, date % 100];
    let ([ay, am, ad], [by, bm, bd]) = (parts(a), parts(b));
    let is_turned = ay == by && am == bd && ad == bm;
    if is_turned || is_one_edit(&digits(a), &digits(b)) {
        return 2;
    }
    let equal = usize::from(ay == by) + usize::from(am == bm) + usize::from(ad == bd);
    if equal == 2 { 3 } else { 4 }
}

fn digits(mut number: u32) -> [u8; 8] {
    let mut digits = [b'0'; 8];
    for digit in digits.iter_mut().rev() {
        *digit += (number % 10) as u8;
        number /= 10;
    }
    digits
}

fn street(one: &Seen<'_>, other: &Seen<'_>) -> usize {
    let (a, b) = (one.street, other.street);
    if a.is_empty() || b.is_empty() {
        return 0;
    }
    let is_same_number = !one.number.is_empty() && one.number == other.number;
    let is_unnumbered = one.number.is_empty() || other.number.is_empty();
    if a == b {
        return match (is_same_number, is_unnumbered) {
            (true, _) => 1,
            (false, true) => 2,
            (false, false) => 3,
        };
    }
    let is_near = is_close(a, b) || is_part(a, b);
    match (is_near, is_same_number) {
        (true, true) => 2,
        (true, false) => 3,
        (false, _) => 4,
    }
}

fn place(one: &Seen<'_>, other: &Seen<'_>) -> usize {
    let is_known = |a: &[u8], b: &[u8]| !a.is_empty() && !b.is_empty();
    let (zips, cities) = (is_known(one.zip, other.zip), is_known(one.city, other.city));
    if zips && one.zip == other.zip {
        1
    } else if cities && (one.city == other.city || is_close(one.city, other.city)) {
        2
    } else if zips && is_one_edit(one.zip, other.zip) {
        3
    } else if zips || cities {
        4
    } else {
        0
    }
}

fn email(one: &Seen<'_>, other: &Seen<'_>) -> usize {
    let (a, b) = (one.email_local, other.email_local);
    if a.is_empty() || b.is_empty() {
        0
    } else if a == b && one.email_domain == other.email_domain {
        1
    } else if a == b {
        if are_made_of_names(one, other) { 0 } else { 2 }
    } else if is_close(a, b) && (one.email_domain == other.email_domain || is_one_edit(one.email_domain, other.email_domain)) {
        if are_made_of_names(one, other) { 0 } else { 3 }
    } else {
        4
    }
}

/// Whether two addresses are what people of these names take, so that others of the same names take them too. Two digits or
/// more that are the same make them somebody's own.
fn are_made_of_names(one: &Seen<'_>, other: &Seen<'_>) -> bool {
    let digits = |local: &[u8]| local.iter().copied().filter(u8::is_ascii_digit).collect::<Vec<u8>>();
    let (a, b) = (digits(one.email_local), digits(other.email_local));
    let is_own = OWN_DIGITS <= a.len() && a == b;
    !is_own && [one.email_local, other.email_local].into_iter().all(|local| is_made_of(local, one) || is_made_of(local, other))
}

/// Whether the letters of a local part are a name, or both names or the initial of one in either order, but for a slip.
fn is_made_of(local: &[u8], seen: &Seen<'_>) -> bool {
    let letters: Vec<u8> = local.iter().copied().filter(u8::is_ascii_lowercase).collect();
    let word = |text: &[u8]| text.split(|byte| *byte == b' ').next().unwrap_or_default().to_vec();
    let (first, last) = (word(seen.first), word(seen.last));
    let initial = |text: &[u8]| text.get(..1).unwrap_or_default().to_vec();
    let made = [
        [first.clone(), last.clone()],
        [initial(&first), last.clone()],
        [last.clone(), first.clone()],
        [last.clone(), initial(&first)],
        [first, Vec::new()],
        [last, Vec::new()],
    ];
    CLOSE_LENGTH <= letters.len() && made.iter().any(|parts| is_one_edit(&letters, &parts.concat()))
}

fn phone(a: &[u8], b: &[u8]) -> usize {
    if a.is_empty() || b.is_empty() {
        0
    } else if a == b {
        1
    } else if 7 <= a.len().min(b.len()) && (is_one_edit(a, b) || a.ends_with(&b[1..]) || b.ends_with(&a[1..])) {
        2
    } else {
        3
    }
}

fn text(a: &[u8], b: &[u8]) -> usize {
    if a.is_empty() || b.is_empty() {
        0
    } else if a == b {
        1
    } else if is_close(a, b) || is_part(a, b) {
        2
    } else {
        3
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traits::Traits;

    fn check(one: &Traits, other: &Traits, field: Field, expected: &str) {
        let (a, b) = (one.encode(), other.encode());
        let (a, b) = (Seen::decode(&a).unwrap(), Seen::decode(&b).unwrap());
        let level = compare(&a, &b).level(field);
        assert_eq!(level, compare(&b, &a).level(field), "{one:?} {other:?}: not the same the other way round");
        let name = level.checked_sub(1).map_or("missing", |place| field.levels()[place]);
        assert_eq!(name, expected, "{one:?} {other:?}");
    }

    #[test]
    fn names_agree_better_or_worse() {
        let cases = [
            (("anna", "mayer"), ("anna", "mayer"), "same", "same"),
            (("anna", "mayer"), ("", "mayer"), "missing", "same"),
            (("anna maria", "mayer berg"), ("anna", "berg"), "variant", "part"),
            (("j", "mayer"), ("johann", "meyer"), "variant", "close"),
            (("johanna", "mayer"), ("johnana", "mayr"), "close", "close"),
            (("mayer", "anna"), ("anna", "mayer"), "swapped", "swapped"),
            (("mayer", "ana"), ("anna", "mayer"), "swapped", "swapped"),
            (("anna", ""), ("", "anna"), "missing", "missing"),
            (("anna", "mayer"), ("ulrike", "zweig"), "different", "different"),
        ];
        for ((first, last), (other_first, other_last), firsts, lasts) in cases {
            let person = |first: &str, last: &str| Traits { first: first.to_owned(), last: last.to_owned(), ..Traits::default() };
            let (one, other) = (person(first, last), person(other_first, other_last));
            check(&one, &other, Field::Firstname, firsts);
            check(&one, &other, Field::Lastname, lasts);
        }
    }

    #[test]
    fn short_forms_and_sounds_are_told_apart() {
        let person = |first: &str, first_group: u32, first_sound: u32| Traits {
            first: first.to_owned(),
            first_group,
            first_sound,
            ..Traits::default()
        };
        check(&person("johann", 12, 7), &person("hans", 12, 7), Field::Firstname, "variant");
        check(&person("jerg", 0, 9), &person("joerk", 0, 9), Field::Firstname, "sounds_alike");
        check(&person("johann", 0, 0), &person("erika", 0, 0), Field::Firstname, "different");
    }

    #[test]
    fn birth_dates_agree_better_or_worse() {
        let cases = [
            (19_820_417, 19_820_417, "same"),
            (19_820_417, 0, "missing"),
            (19_820_407, 19_820_704, "close"),
            (19_820_417, 19_820_471, "close"),
            (19_820_417, 19_820_418, "close"),
            (19_820_417, 19_820_928, "different"),
            (19_820_417, 19_910_417, "partly"),
            (19_820_417, 19_751_230, "different"),
        ];
        for (one, other, expected) in cases {
            let person = |born: u32| Traits { born, ..Traits::default() };
            check(&person(one), &person(other), Field::BirthDate, expected);
        }
    }

    #[test]
    fn addresses_agree_better_or_worse() {
        let home = |street: &str, number: &str, zip: &str, city: &str| Traits {
            street: street.to_owned(),
            number: number.to_owned(),
            zip: zip.to_owned(),
            city: city.to_owned(),
            ..Traits::default()
        };
        let one = home("hauptstr", "5", "5020", "salzburg");
        let cases = [
            (home("hauptstr", "5", "5020", ""), "same", "same"),
            (home("hauptsrt", "5", "5012", "salzburg"), "close", "same_city"),
            (home("hauptstr", "7", "5021", "linz"), "same_street", "close"),
            (home("hauptstr", "", "", "salzbrug"), "close", "same_city"),
            (home("am ring", "5", "8010", "graz"), "different", "different"),
            (home("", "", "", ""), "missing", "missing"),
        ];
        for (other, street, place) in cases {
            check(&one, &other, Field::Street, street);
            check(&one, &other, Field::Place, place);
        }
    }

    #[test]
    fn one_edit_is_one() {
        let cases =
            [("", "", true), ("a", "", true), ("ab", "ba", true), ("abc", "abcd", true), ("abc", "xbc", true), ("abcd", "acbe", false)];
        for (one, other, expected) in cases {
            assert_eq!(is_one_edit(one.as_bytes(), other.as_bytes()), expected, "{one} {other}");
            assert_eq!(is_one_edit(other.as_bytes(), one.as_bytes()), expected, "{other} {one}");
        }
    }
}
