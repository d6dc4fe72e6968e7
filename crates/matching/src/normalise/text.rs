//! Any text as lower-case ASCII. What follows compares bytes and need not know of scripts, accents or spellings of umlauts.

use std::borrow::Cow;

use deunicode::deunicode_char;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower-case ASCII letters and digits, in words parted by one space. Apostrophes join, all other punctuation parts.
pub fn text(raw: &str) -> String {
    let folded = fold(raw);
    let mut words = String::with_capacity(folded.len());
    let mut parted = false;
    for byte in folded.bytes() {
        if byte.is_ascii_alphanumeric() {
            if parted && !words.is_empty() {
                words.push(' ');
            }
            parted = false;
            words.push(char::from(byte));
        } else if byte != b'\'' {
            parted = true;
        }
    }
    words
}

/// Lower-case ASCII in which the punctuation still stands. German umlauts are spelled out, other accents taken away, other
/// scripts transliterated. What has no sound (an emoji, a box) becomes a space.
pub fn fold(raw: &str) -> Cow<'_, str> {
    if raw.is_ascii() {
        return match raw.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => Cow::Owned(raw.to_ascii_lowercase()),
            false => Cow::Borrowed(raw),
        };
    }
    let mut folded = String::with_capacity(raw.len() + 4);
    composed(raw).chars().for_each(|char| push(char, &mut folded));
    Cow::Owned(folded)
}

/// A letter and its accent as one character.
pub fn composed(raw: &str) -> Cow<'_, str> {
    match raw.chars().all(|char| char < FIRST_COMBINING) {
        true => Cow::Borrowed(raw),
        false => Cow::Owned(raw.nfc().collect()),
    }
}

/// Before it no two characters are one letter, and composing, which is slow, can be left out.
const FIRST_COMBINING: char = '\u{300}';

fn push(char: char, folded: &mut String) {
    match char {
        '\0'..='\x7f' => folded.push(char.to_ascii_lowercase()),
        'ä' | 'Ä' | 'æ' | 'Æ' => folded.push_str("ae"),
        'ö' | 'Ö' | 'œ' | 'Œ' => folded.push_str("oe"),
        'ü' | 'Ü' => folded.push_str("ue"),
        'ß' | 'ẞ' => folded.push_str("ss"),
        '‘' | '’' | '‛' | '´' | '′' | 'ʻ' | 'ʼ' | 'ʹ' | 'ˈ' => folded.push('\''),
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => {}
        '‐'..='―' | '−' => folded.push('-'),
        _ if char.is_alphanumeric() => {
            folded.extend(deunicode_char(char).unwrap_or_default().chars().map(|char| char.to_ascii_lowercase()));
        }
        _ if is_combining_mark(char) => {}
        _ => folded.push(' '),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_text_meet() {
        check("", "");
        check("  \t\u{a0} ", "");
        check("MÜLLER", "mueller");
        check("Mu\u{308}ller", "mueller");
        check("Mueller", "mueller");
        check("Straße", "strasse");
        check("STRAẞE", "strasse");
        check("Björk Ångström", "bjoerk angstroem");
        check("Łódź, Čapek & Søn", "lodz capek son");
        check("Jean-Luc  d’Arc", "jean luc darc");
        check("O'Neil", "oneil");
        check("Αθήνα", "athena");
        check("Иван", "ivan");
        check("Ｆｕｌｌ１２", "full12");
        check("a\u{200b}b", "ab");
        check("a🙂b", "a b");
        check("0", "0");

        #[track_caller]
        fn check(raw: &str, expected: &str) {
            assert_eq!(text(raw), expected);
        }
    }

    #[test]
    fn folding_keeps_punctuation() {
        check("Hauptstr. 5/3", "hauptstr. 5/3");
        check("Dr.–Öl", "dr.-oel");

        #[track_caller]
        fn check(raw: &str, expected: &str) {
            assert_eq!(fold(raw), expected);
        }
    }

    proptest! {
        #[test]
        fn any_text_becomes_words_and_stays_so(raw in "(?s)([ -~]|[À-ž]|.){0,60}") {
            let words = text(&raw);
            prop_assert!(words.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b' '));
            prop_assert_eq!(text(&words), words);
            prop_assert!(fold(&raw).is_ascii());
        }
    }
}
