//! Postal codes in the form of their country. What has no such form is left as it is.

use regex::Regex;
use std::sync::LazyLock;

// Digits and word boundaries are those of ASCII: `A1010` holds no code of four digits, `A-1010` does.
static FOUR: LazyLock<Regex> = LazyLock::new(|| regex(r"(?-u:\b)[0-9]{4}(?-u:\b)"));
static FOUR_OR_FIVE: LazyLock<Regex> = LazyLock::new(|| regex(r"(?-u:\b)[0-9]{4,5}(?-u:\b)"));
static SIX: LazyLock<Regex> = LazyLock::new(|| regex(r"(?-u:\b)[0-9]{6}(?-u:\b)"));
static DUTCH: LazyLock<Regex> = LazyLock::new(|| regex(r"[0-9]{4} {0,1}(?-u:\w){2}"));
static SWEDISH: LazyLock<Regex> = LazyLock::new(|| regex(r"(?-u:\b)[0-9]{3} {0,1}[0-9]{2}(?-u:\b)"));
static BRITISH: LazyLock<Regex> =
    LazyLock::new(|| regex(r"[A-PR-UWYZ0-9][A-HK-Y0-9][AEHMNPRTVXY0-9]?[ABEHMNPRVWXY0-9]? {0,2}[0-9][ABD-HJLN-UW-Z]{2}|GIR 0AA"));

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern written here, built by the tests")
}

/// The code as its country writes it.
pub fn normalize(country: &str, zip: &str) -> String {
    let found = |pattern: &Regex, zip: &str| pattern.find(zip).map_or_else(|| zip.to_owned(), |found| found.as_str().to_owned());
    match country {
        "AT" | "BE" | "CH" | "DK" => found(&FOUR, zip),
        "DE" => {
            let code = found(&FOUR_OR_FIVE, zip);
            let lost_its_zero = code.len() == 4 && code.bytes().all(|byte| byte.is_ascii_digit()) && !code.starts_with('0');
            if lost_its_zero { format!("0{code}") } else { code }
        }
        "RU" => found(&SIX, zip),
        "NL" => with_space(&found(&DUTCH, zip), 6, 4).to_uppercase(),
        "SE" => with_space(&found(&SWEDISH, zip), 5, 3).to_uppercase(),
        "GB" => {
            let code = found(&BRITISH, &zip.to_uppercase());
            let length = code.chars().count();
            // The inner part always has three characters, whatever the length of the outer one.
            if code.contains(' ') || length <= 4 { code } else { with_space(&code, length, length - 3) }
        }
        _ => zip.to_owned(),
    }
}

/// Puts a space after `at` characters if the code has exactly `length`.
fn with_space(code: &str, length: usize, at: usize) -> String {
    if code.chars().count() != length {
        return code.to_owned();
    }
    let (outer, inner): (String, String) = (code.chars().take(at).collect(), code.chars().skip(at).collect());
    format!("{outer} {inner}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        check("AT", "A-1010", "1010");
        check("AT", "A1010", "A1010");
        check("BE", "B-1000 Bruxelles", "1000");
        check("CH", "CH-8001", "8001");
        check("DK", "DK 2100", "2100");
        check("DE", "1234", "01234");
        check("DE", "D-80331 M", "80331");
        check("DE", "123456", "123456");
        check("DE", "0123", "0123");
        check("RU", "RU-101000", "101000");
        check("NL", "nl-1234ab", "1234 AB");
        check("NL", "1234 ab", "1234 AB");
        check("NL", "ab", "AB");
        check("SE", "S-123 45", "123 45");
        check("SE", "12345", "123 45");
        check("GB", "b338th", "B33 8TH");
        check("GB", "sw1a1aa", "SW1A 1AA");
        check("GB", "m11ae", "M1 1AE");
        check("GB", "SW1A 1AA", "SW1A 1AA");
        check("GB", "ab1", "AB1");
        check("FR", " 75001", " 75001");

        #[track_caller]
        fn check(country: &str, zip: &str, normalized: &str) {
            assert_eq!(normalize(country, zip), normalized, "{country} {zip}");
        }
    }
}
