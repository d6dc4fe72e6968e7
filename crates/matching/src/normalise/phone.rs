//! Phone numbers: E.164 where the country is known, else bare digits.

use phonenumber::country::Id;

use super::text::fold;

/// Behind these, after the number, stands an extension.
const EXTENSION: &str = ";";

/// Up to so many digits in front of letters, the letters stand for digits: `1-800-FLOWERS`.
const FREE_PREFIX_MAX: usize = 4;

/// Longer is no phone number (E.164 has 15 digits; prefixes for dialling abroad come on top).
const DIGITS_MAX: usize = 20;

/// `+` and all digits where the country (two letters) or the number itself says whose it is; else the digits without
/// leading zeros. Extensions are dropped.
pub fn phone(raw: &str, country: &str) -> String {
    let dialled = dialled(&fold(raw));
    let bare = dialled.trim_start_matches(['+', '0']);
    if bare.is_empty() {
        return String::new();
    }
    let country = country.trim().to_ascii_uppercase().parse::<Id>().ok();
    if country.is_none() && !dialled.starts_with('+') {
        return bare.to_owned();
    }
    // What says its country itself is not read by the rules of the customer's.
    let country = country.filter(|_| !dialled.starts_with('+'));
    match phonenumber::parse(country, &dialled) {
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
            b'#' if digits > 0 => break,
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
        fn any_text_is_a_number_or_none(raw in any::<String>(), country in "[A-Z]{2}|.*") {
            phone(&raw, &country);
        }

        #[test]
        fn any_digits_are_a_number(raw in "[+]?[0-9 ()/-]{0,24}", country in prop::sample::select(vec!["AT", "DE", "US", "AR", "MX", "BR", "IT", "GB", ""])) {
            let number = phone(&raw, country);
            prop_assert!(number.trim_start_matches('+').bytes().all(|byte| byte.is_ascii_digit()));
        }
    }
}
