//! How text is folded before a database compares it. Databases disagree about case and accents, so folding happens here,
//! on write and on every text that is compared with what was written.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Case taken away, accents kept: composed (NFC) lower case. The form in which identities and conditions compare.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfc().collect::<String>().to_lowercase().nfc().collect()
}

/// Letters and their accents as one character where there is one (NFC).
pub fn compose(text: &str) -> String {
    text.nfc().collect()
}

/// Case and accents taken away: `Müller` and `muller` meet. The form in which people search.
pub fn fold_for_search(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let bare: String = text.nfkd().filter(|char| !is_combining_mark(*char)).collect();
    bare.to_lowercase().replace('ß', "ss")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding() {
        check("Ada@Example.org", "ada@example.org", "ada@example.org");
        check("MÜLLER", "müller", "muller");
        check("Mu\u{308}ller", "müller", "muller");
        check("Straße", "straße", "strasse");
        check("ΣΊΣΥΦΟΣ", "σίσυφος", "σισυφος");

        #[track_caller]
        fn check(text: &str, folded: &str, searched: &str) {
            assert_eq!(fold(text), folded);
            assert_eq!(fold_for_search(text), searched);
        }
    }
}
