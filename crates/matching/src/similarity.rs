//! How alike two texts are. Nothing is like nothing: an empty text is like no other, not even like an empty one.

use rapidfuzz::distance;

/// Longer texts are compared up to here, because the work grows faster than their length.
pub const BYTES_MAX: usize = 256;

/// Words beyond this many are not looked at.
const WORDS_MAX: usize = 16;

/// Words less alike than this are two different words.
const WORD_SIMILARITY_MIN: f64 = 0.8;

/// 0..1, kind to equal beginnings: made for names.
pub fn jaro_winkler(a: &str, b: &str) -> f64 {
    match (cut(a), cut(b)) {
        ("", _) | (_, "") => 0.0,
        (a, b) if a == b => 1.0,
        (a, b) if a.is_ascii() && b.is_ascii() => distance::jaro_winkler::similarity(a.bytes(), b.bytes()),
        (a, b) => distance::jaro_winkler::similarity(a.chars(), b.chars()),
    }
}

/// 0..1: one minus the typing errors (two letters swapped are one) by the length of the longer text.
pub fn damerau_levenshtein(a: &str, b: &str) -> f64 {
    match (cut(a), cut(b)) {
        ("", _) | (_, "") => 0.0,
        (a, b) if a == b => 1.0,
        (a, b) if a.is_ascii() && b.is_ascii() => distance::damerau_levenshtein::normalized_similarity(a.bytes(), b.bytes()),
        (a, b) => distance::damerau_levenshtein::normalized_similarity(a.chars(), b.chars()),
    }
}

/// 0..1, whatever the order of the words: pairs of words, the most alike first, weighed by their letters.
pub fn token_set(a: &str, b: &str) -> f64 {
    let (a, b) = if a <= b { (cut(a), cut(b)) } else { (cut(b), cut(a)) };
    if a == b {
        return if a.is_empty() { 0.0 } else { 1.0 };
    }
    let (mut left, mut right) = (words(a), words(b));
    let letters = |words: &[&str]| words.iter().map(|word| word.len()).sum::<usize>();
    let total = letters(&left) + letters(&right);
    let mut alike = 0.0;
    // Equal words are the most alike; most pairs are found without looking for the best one.
    left.retain(|word| {
        let equal = right.iter().position(|other| other == word);
        alike += equal.map_or(0.0, |at| length(2 * right.swap_remove(at).len()));
        equal.is_none()
    });
    while let Some((score, at_left, at_right)) = best(&left, &right) {
        let pair = left.swap_remove(at_left).len() + right.swap_remove(at_right).len();
        alike += score * length(pair);
    }
    if total == 0 { 0.0 } else { alike / length(total) }
}

fn best(left: &[&str], right: &[&str]) -> Option<(f64, usize, usize)> {
    let mut best: Option<(f64, usize, usize)> = None;
    for (at_left, a) in left.iter().enumerate() {
        for (at_right, b) in right.iter().enumerate() {
            let score = jaro_winkler(a, b);
            if score >= WORD_SIMILARITY_MIN && best.is_none_or(|(highest, ..)| score > highest) {
                best = Some((score, at_left, at_right));
            }
        }
    }
    best
}

/// The words in alphabetical order, each once.
fn words(text: &str) -> Vec<&str> {
    let mut words: Vec<&str> = text.split_whitespace().take(WORDS_MAX).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// PHP's percentage: twice the bytes in common substrings, by the bytes of both texts. The longest common substring counts
/// (the first of several), then what stands left of it on both sides, then what stands right. Not symmetric.
pub fn similar_text(a: &str, b: &str) -> f64 {
    let (a, b) = (cut(a).as_bytes(), cut(b).as_bytes());
    if a.is_empty() && b.is_empty() {
        return 0.0;
    }
    let shared = if a == b { a.len() } else { shared(a, b) };
    length(shared * 2) * 100.0 / length(a.len() + b.len())
}

fn shared(a: &[u8], b: &[u8]) -> usize {
    if a.is_empty() || b.is_empty() {
        return 0;
    }
    let (from_a, from_b, length) = longest(a, b);
    if length == 0 {
        return 0;
    }
    length + shared(&a[..from_a], &b[..from_b]) + shared(&a[from_a + length..], &b[from_b + length..])
}

/// The first longest common substring: where it begins in both, and its length.
fn longest(a: &[u8], b: &[u8]) -> (usize, usize, usize) {
    let mut longest = (0, 0, 0);
    for from_a in 0..a.len() {
        for from_b in 0..b.len() {
            let rest = (a.len() - from_a).min(b.len() - from_b);
            if rest <= longest.2 {
                break;
            }
            // What does not reach the longest one is not worth walking along.
            if a[from_a] != b[from_b] || a[from_a + longest.2] != b[from_b + longest.2] {
                continue;
            }
            let length = a[from_a..].iter().zip(&b[from_b..]).take_while(|(a, b)| a == b).count();
            if length > longest.2 {
                longest = (from_a, from_b, length);
            }
        }
    }
    longest
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(BYTES_MAX)]
}

fn length(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn similar_text_is_phps() {
        check("World", "Word", 88.8889);
        check("markus", "marcus", 83.3333);
        check("5020", "5021", 75.0);
        check("5020", "5012", 75.0);
        check("john@x.com", "jon@x.com", 94.7368);
        check("", "", 0.0);
        check("a", "", 0.0);
        check("bafoobar", "mafoorar", 75.0);
        check("aaa", "aaa", 100.0);
        check("test", "wert", 25.0);
        check("wert", "test", 50.0);

        #[track_caller]
        fn check(a: &str, b: &str, expected: f64) {
            assert!((similar_text(a, b) - expected).abs() < 0.0001, "{a} {b} {}", similar_text(a, b));
        }
    }

    #[test]
    fn jaro_winkler_of_names() {
        check("martha", "marhta", 0.9611);
        check("dwayne", "duane", 0.84);
        check("dixon", "dicksonx", 0.8133);
        check("müller", "müller", 1.0);
        check("abc", "xyz", 0.0);
        check("", "", 0.0);
        check("", "a", 0.0);

        #[track_caller]
        fn check(a: &str, b: &str, expected: f64) {
            assert!((jaro_winkler(a, b) - expected).abs() < 0.0001, "{a} {b} {}", jaro_winkler(a, b));
        }
    }

    #[test]
    fn typing_errors() {
        check("huber", "hubre", 0.8);
        check("huber", "hubr", 0.8);
        check("huber", "huder", 0.8);
        check("mü", "me", 0.5);
        check("ab", "cd", 0.0);
        check("a", "a", 1.0);
        check("", "", 0.0);

        #[track_caller]
        fn check(a: &str, b: &str, expected: f64) {
            assert!((damerau_levenshtein(a, b) - expected).abs() < 0.0001, "{a} {b} {}", damerau_levenshtein(a, b));
        }
    }

    #[test]
    fn words_in_any_order() {
        check("anna maria", "maria anna", 1.0);
        check("anna maria", "maria", 0.7143);
        check("anna", "bernd", 0.0);
        check("haupt str", "haupt str", 1.0);
        check("", "", 0.0);
        check(" ", "a", 0.0);

        #[track_caller]
        fn check(a: &str, b: &str, expected: f64) {
            assert!((token_set(a, b) - expected).abs() < 0.0001, "{a} {b} {}", token_set(a, b));
        }
    }

    #[test]
    fn long_texts_are_cut_between_letters() {
        assert_eq!(cut(&"ü".repeat(200)).len(), BYTES_MAX);
        assert_eq!(cut(&format!("a{}", "ü".repeat(200))).len(), BYTES_MAX - 1);
    }

    proptest! {
        #[test]
        fn any_texts_are_more_or_less_alike(a in "(?s)([ -~]|[À-ž]|.){0,60}", b in "(?s)([ -~]|[À-ž]|.){0,60}") {
            for (score, mirrored) in [
                (jaro_winkler(&a, &b), jaro_winkler(&b, &a)),
                (damerau_levenshtein(&a, &b), damerau_levenshtein(&b, &a)),
                (token_set(&a, &b), token_set(&b, &a)),
            ] {
                prop_assert!((0.0..=1.0).contains(&score));
                prop_assert!((score - mirrored).abs() < 1e-9);
            }
            prop_assert!((0.0..=100.0).contains(&similar_text(&a, &b)));
        }

        #[test]
        fn a_text_is_like_itself(a in ".{1,80}") {
            prop_assert!(jaro_winkler(&a, &a) == 1.0 && damerau_levenshtein(&a, &a) == 1.0);
            prop_assert!(similar_text(&a, &a) == 100.0);
        }
    }
}
