//! Keys by sound. Every text is folded to ASCII letters first: the encoders know no others, and so `müller` sounds like
//! `mueller`.

use rphonetic::{Cologne, DoubleMetaphone, Encoder, Metaphone, Soundex};

use crate::normalise::text::fold;

/// More letters than this sound in no name; the encoders are slow on long texts.
const LETTERS_MAX: usize = 64;

/// One letter and three digits; empty without letters.
pub fn soundex(raw: &str) -> String {
    let letters = letters(raw);
    if letters.is_empty() {
        return letters;
    }
    Soundex::default().encode(&letters)
}

/// The code in whole length; `0` is the sound of `th`. The predecessor's variant read `sch` as in German (`schmidt` was
/// `SXMTT`), this one as in `school`: `SKMTT`. Names with the same letters still meet.
pub fn metaphone(raw: &str) -> String {
    Metaphone::new(None).encode(&letters(raw))
}

/// The usual code and the one of another pronunciation; they are often equal.
pub fn double_metaphone(raw: &str) -> (String, String) {
    let both = DoubleMetaphone::new(None).double_metaphone(&letters(raw));
    (both.primary(), both.alternate())
}

/// The Kölner Phonetik: digits, made for German names.
pub fn cologne(raw: &str) -> String {
    Cologne.encode(&letters(raw))
}

fn letters(raw: &str) -> String {
    fold(raw).bytes().filter(u8::is_ascii_alphabetic).take(LETTERS_MAX).map(|letter| char::from(letter.to_ascii_uppercase())).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn soundex_of_names() {
        check("markus marcus", "M622");
        check("moser mosser", "M260");
        check("jörg joerg JÖRG", "J620");
        check("müller mueller", "M460");
        check("schmidt smith", "S530");
        check("thomas", "T520");
        check("123 ' 🙂", "");

        #[track_caller]
        fn check(names: &str, expected: &str) {
            for name in names.split(' ') {
                assert_eq!(soundex(name), expected, "{name}");
            }
        }
    }

    #[test]
    fn metaphone_of_names() {
        check("markus", "MRKS");
        check("marcus", "MRKS");
        check("jörg", "JRK");
        check("joerg", "JRK");
        check("müller", "MLR");
        check("mueller", "MLR");
        check("schmidt", "SKMTT");
        check("smith", "SM0");
        check("o neil", "ONL");
        check("o'neil", "ONL");
        check("", "");

        #[track_caller]
        fn check(name: &str, expected: &str) {
            assert_eq!(metaphone(name), expected, "{name}");
        }
    }

    #[test]
    fn double_metaphone_of_names() {
        check("schmidt", "XMT", "SMT");
        check("smith", "SM0", "XMT");
        check("müller", "MLR", "MLR");
        check("", "", "");

        #[track_caller]
        fn check(name: &str, primary: &str, alternate: &str) {
            assert_eq!(double_metaphone(name), (primary.to_owned(), alternate.to_owned()), "{name}");
        }
    }

    #[test]
    fn cologne_of_names() {
        check("Müller-Lüdenscheidt", "65752682");
        check("Mueller", "657");
        check("Meier Maier Mayr", "67");
        check("Wikipedia", "3412");
        check("Breschnew", "17863");
        check("Schmidt", "862");
        check("Straße", "8278");
        check("", "");

        #[track_caller]
        fn check(names: &str, expected: &str) {
            for name in names.split(' ') {
                assert_eq!(cologne(name), expected, "{name}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_has_a_sound_or_none(raw in "(?s)([ -~]|[À-ž]|.){0,60}") {
            soundex(&raw);
            metaphone(&raw);
            double_metaphone(&raw);
            cologne(&raw);
        }

        #[test]
        fn any_letters_have_a_sound(raw in "[a-z]{0,80}") {
            prop_assert_eq!(soundex(&raw).len(), if raw.is_empty() { 0 } else { 4 });
            metaphone(&raw);
            double_metaphone(&raw);
            cologne(&raw);
        }
    }
}
