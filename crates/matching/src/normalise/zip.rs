//! Postal codes by country, without the letters that say the country and without inner spaces.

use super::text::fold;

/// No country known here has longer codes.
const LETTERS_MAX: usize = 12;

/// How a country writes its codes.
enum Form {
    /// So many digits, of which tables of spreadsheets may have eaten a leading zero.
    Digits(usize),
    /// Letters and digits, at most so many.
    Letters(usize),
}

/// The code of an address in the country (two letters): `A-1010` is `1010`, `sw1a 1aa` is `SW1A1AA`.
pub fn zip(raw: &str, country: &str) -> String {
    let folded = fold(raw);
    match form(country) {
        Form::Digits(length) => digits(&folded, length),
        Form::Letters(length) => {
            let mut code: String = folded.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_uppercase()).collect();
            let prefix = prefix_length(&folded, country);
            code.drain(..prefix.min(code.len()));
            code.truncate(length);
            code
        }
    }
}

fn form(country: &str) -> Form {
    let &[first, second] = country.trim().as_bytes() else { return Form::Letters(LETTERS_MAX) };
    match &[first.to_ascii_uppercase(), second.to_ascii_uppercase()] {
        b"AT" | b"AU" | b"BE" | b"BG" | b"CH" | b"DK" | b"HU" | b"LI" | b"LU" | b"LV" | b"NO" | b"NZ" | b"SI" | b"ZA" => Form::Digits(4),
        b"CZ" | b"DE" | b"EE" | b"ES" | b"FI" | b"FR" | b"GR" | b"HR" | b"IT" | b"LT" | b"MX" | b"PL" | b"RS" | b"SE" | b"SK" | b"TR"
        | b"UA" | b"US" => Form::Digits(5),
        b"CN" | b"IN" | b"RO" | b"RU" | b"SG" => Form::Digits(6),
        b"JP" | b"PT" => Form::Digits(7),
        b"BR" => Form::Digits(8),
        b"CA" | b"NL" => Form::Letters(6),
        b"GB" => Form::Letters(7),
        _ => Form::Letters(LETTERS_MAX),
    }
}

fn digits(folded: &str, length: usize) -> String {
    let mut code: String = folded.chars().filter(char::is_ascii_digit).take(length).collect();
    if length == 5 && code.len() == 4 && !code.starts_with('0') {
        code.insert(0, '0');
    }
    code
}

/// Letters in front of a hyphen that are the country: `NL-1234 AB`.
fn prefix_length(folded: &str, country: &str) -> usize {
    match folded.trim_start().split_once('-') {
        Some((prefix, _)) if prefix.trim_end().eq_ignore_ascii_case(country.trim()) => country.trim().len(),
        Some(_) | None => 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_by_country() {
        check("AT", "A-1010", "1010");
        check("AT", "A1010", "1010");
        check("AT", "1010 Wien", "1010");
        check("DE", "1234", "01234");
        check("DE", "D-80331 M", "80331");
        check("DE", "DE 01067", "01067");
        check("CH", "CH-8001", "8001");
        check("NL", "nl-1234ab", "1234AB");
        check("nl", "1234 AB", "1234AB");
        check("SE", "S-123 45", "12345");
        check("PL", "00-950", "00950");
        check("GB", "sw1a 1aa", "SW1A1AA");
        check("GB", "M1 1AE", "M11AE");
        check("GB", "gb-b338th", "B338TH");
        check("CA", "k1a-0b1", "K1A0B1");
        check("US", "02134-1234", "02134");
        check("US", "2134", "02134");
        check("AU", "2000", "2000");
        check("XX", "ab 12", "AB12");
        check("", "12-34", "1234");
        check("AT", "Wien", "");
        check("AT", "", "");

        #[track_caller]
        fn check(country: &str, raw: &str, expected: &str) {
            assert_eq!(zip(raw, country), expected);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_code_or_none(raw in "(?s)([ -~]|[À-ž]|.){0,60}", country in "[A-Z]{2}|.*") {
            prop_assert!(zip(&raw, &country).bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()));
        }

        #[test]
        fn a_code_of_its_country_stays(code in "[1-9][0-9]{4}") {
            prop_assert_eq!(zip(&code, "DE"), code);
        }
    }
}
