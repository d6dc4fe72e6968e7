//! Phone numbers: E.164 where the country is known, else bare digits.

use phonenumber::country::Id;

use super::text::fold;

/// Behind these, after the number, stands an extension.
const EXTENSION: &str = ";";

/// Up to so many digits in front of letters, the letters stand for digits: `1-800-FLOWERS`.
const FREE_PREFIX_MAX: usize = 4;

/// Longer is no phone number (E.164 has 15 digits; prefixes for dialling abroad come on top).
const DIGITS_MAX: usize = 20;

/// Countries whose numbers need no library, which is slow and lets one thread in at a time; and their codes.
const PLAIN: [(&str, &str); 8] =
    [("AT", "43"), ("BE", "32"), ("CH", "41"), ("DE", "49"), ("FR", "33"), ("GB", "44"), ("NL", "31"), ("SE", "46")];

/// How long their numbers are without zero and code; others are for the library.
const PLAIN_DIGITS: std::ops::RangeInclusive<usize> = 7..=12;

/// `+` and all digits where the country (two letters) or the number itself says whose it is; else the digits without
/// leading zeros. Extensions are dropped.
pub fn phone(raw: &str, country: &str) -> String {
    let dialled = dialled(&fold(raw));
    if dialled.trim_start_matches(['+', '0']).is_empty() {
        return String::new();
    }
    if let Some(number) = plain(&dialled, country.trim()) {
        return number;
    }
    parsed(&dialled, country.trim())
}

/// The number of a country whose rules are the simplest: one zero in front at home, none behind the country's code.
fn plain(dialled: &str, country: &str) -> Option<String> {
    let (code, national) = match dialled.strip_prefix('+') {
        Some(digits) => PLAIN.iter().find_map(|(_, code)| Some((code, digits.strip_prefix(code)?)))?,
        None => {
            let (_, code) = PLAIN.iter().find(|(plain, _)| country.eq_ignore_ascii_case(plain))?;
            (code, dialled.strip_prefix('0')?)
        }
    };
    let is_plain = PLAIN_DIGITS.contains(&national.len()) && !national.starts_with('0');
    is_plain.then(|| format!("+{code}{national}"))
}

/// Read with the library, which knows every country.
fn parsed(dialled: &str, country: &str) -> String {
    let bare = dialled.trim_start_matches(['+', '0']);
    let country = country.to_ascii_uppercase().parse::<Id>().ok();
    if country.is_none() && !dialled.starts_with('+') {
        return bare.to_owned();
    }
    // What says its country itself is not read by the rules of the customer's.
    let country = country.filter(|_| !dialled.starts_with('+'));
    match phonenumber::parse(country, dialled) {
        Ok(number) => {
            let national = number.national();
            format!("+{}{}{}", number.code().value(), "0".repeat(usize::from(national.zeros())), national.value())
        }
        Err(_) => bare.to_owned(),
    }
}

/// The digits, with `+` in front if the country's code follows.
fn dialled(folded: &str) -> String {
    let number = folded.split(EXTENSION).next().unwrap_or_default();
    let mut dialled = String::with_capacity(DIGITS_MAX);
    let is_abroad = number.trim_start_matches(|char: char| !char.is_ascii_digit() && char != '+').starts_with('+');
    if is_abroad {
        dialled.push('+');
    }
    let bytes = number.as_bytes();
    let (mut at, mut is_spelled) = (0, false);
    while at < bytes.len() && dialled.len() < DIGITS_MAX {
        let digits = dialled.trim_start_matches('+').len();
        match bytes[at] {
            b'(' if digits > 0 && (is_abroad || dialled.starts_with("00")) && number[at..].starts_with("(0)") => at += 2,
            digit @ b'0'..=b'9' => dialled.push(char::from(digit)),
            // An extension, or a second number.
            b'#' | b'+' if digits > 0 => break,
            letter @ b'a'..=b'z' if is_spelled || (1..=FREE_PREFIX_MAX).contains(&digits) => {
                is_spelled = true;
                dialled.push(keypad(letter));
            }
            b'a'..=b'z' if digits > 0 => break,
            _ => {}
        }
        at += 1;
    }
    match dialled.strip_prefix("00") {
        Some(abroad) => format!("+{abroad}"),
        None => dialled,
    }
}

fn keypad(letter: u8) -> char {
    match letter {
        b'a'..=b'c' => '2',
        b'd'..=b'f' => '3',
        b'g'..=b'i' => '4',
        b'j'..=b'l' => '5',
        b'm'..=b'o' => '6',
        b'p'..=b's' => '7',
        b't'..=b'v' => '8',
        _ => '9',
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers() {
        check("AT", "0664 1234567", "+436641234567");
        check("AT", "+43 (0)664 / 123 45 67", "+436641234567");
        check("AT", "0043 664 1234567", "+436641234567");
        check("", "+43 664 1234567", "+436641234567");
        check("de", "+43 664 1234567", "+436641234567");
        check("DE", "030/123456", "+4930123456");
        check("GB", "020 7946 0958", "+442079460958");
        check("US", "(212) 555-0123 ext. 5", "+12125550123");
        check("US", "1-800-FLOWERS", "+18003569377");
        check("US", "011 43 664 1234567", "+436641234567");
        check("AT", "Tel. 0664 1234567 (Hans)", "+436641234567");
        check("AT", "0664 1234567#12", "+436641234567");
        check("AT", "+43 664 1234567 / +43 1 98765", "+436641234567");
        check("IT", "06 1234 5678", "+390612345678");
        check("", "0664 1234567", "6641234567");
        check("XX", "0664 1234567", "6641234567");
        check("AT", "٠٦٦٤ ١٢٣٤٥٦٧", "+436641234567");
        check("AT", "00000000", "");
        check("AT", "none", "");
        check("AT", "", "");

        #[track_caller]
        fn check(country: &str, raw: &str, expected: &str) {
            assert_eq!(phone(raw, country), expected, "{raw}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_number_or_none(raw in "(?s)([ -~]|[À-ž]|.){0,60}", country in "[A-Z]{2}|.*") {
            phone(&raw, &country);
        }

        #[test]
        fn any_digits_are_a_number(raw in "[+]?[0-9 ()/-]{0,24}", country in prop::sample::select(vec!["AT", "DE", "US", "AR", "MX", "BR", "IT", "GB", ""])) {
            let number = phone(&raw, country);
            prop_assert!(number.trim_start_matches('+').bytes().all(|byte| byte.is_ascii_digit()));
        }

        #[test]
        fn plain_numbers_are_those_of_the_library(at in 0..PLAIN.len(), national in "[1-9][0-9]{6,11}", is_abroad in any::<bool>()) {
            let (country, code) = PLAIN[at];
            let dialled = if is_abroad { format!("+{code}{national}") } else { format!("0{national}") };
            prop_assert_eq!(plain(&dialled, country), Some(parsed(&dialled, country)));
        }
    }
}
