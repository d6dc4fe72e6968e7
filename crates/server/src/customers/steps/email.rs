//! Mail addresses: cleaned of what cannot belong there, and judged by their form. Unlike its predecessor the clean-up keeps
//! letters of every script, because taking an umlaut away makes another person's address.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Without what cannot belong into an address, and without what people leave at its ends. Case is kept.
pub fn clean(address: &str) -> String {
    const SIGNS: &str = "!#$%&'*+-=?^_`{|}~@.[]";
    let may_stay = |char: &char| char.is_alphanumeric() || is_combining_mark(*char) || SIGNS.contains(*char);
    let kept: String = address.nfc().filter(may_stay).collect();
    kept.trim_matches(|char| ".-_@'$|".contains(char)).to_owned()
}

/// Whether it has the shape of an address at all: something, one `@`, something.
pub fn has_shape(address: &str) -> bool {
    address.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'))
}

const LOCAL_MAX: usize = 64;
const DOMAIN_MAX: usize = 253;
const LABEL_MAX: usize = 63;

/// Whether every mail server would take it: ASCII, dots only between, a domain of at least two names.
pub fn is_valid(address: &str) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    is_local(local) && is_domain(domain)
}

fn is_local(local: &str) -> bool {
    let is_atom =
        |atom: &str| !atom.is_empty() && atom.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte));
    local.len() <= LOCAL_MAX && local.split('.').all(is_atom)
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        let inner = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        inner && !label.is_empty() && label.len() <= LABEL_MAX && !label.starts_with('-') && !label.ends_with('-')
    };
    domain.len() <= DOMAIN_MAX && domain.contains('.') && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleaning() {
        check("john doe@x.com", "johndoe@x.com");
        check("<a@b.com>", "a@b.com");
        check(".a@b.com.", "a@b.com");
        check("'a@b.com'", "a@b.com");
        check("a+b@c.de", "a+b@c.de");
        check("müller@x.at", "müller@x.at");
        check("mu\u{308}ller@x.at", "müller@x.at");
        check("info@café.example", "info@café.example");
        check("आदा@उदाहरण.भारत", "आदा@उदाहरण.भारत");
        check("\"Ada\" <Ada@X.com>\n", "AdaAda@X.com");
        check("\u{200b}a@b.com\0", "a@b.com");
        check("@", "");

        #[track_caller]
        fn check(address: &str, cleaned: &str) {
            assert_eq!(clean(address), cleaned, "{address:?}");
        }
    }

    #[test]
    fn validity() {
        for valid in ["a@b.co", "o'neil@x.com", "a+b@x.co.uk"] {
            assert!(is_valid(valid), "{valid}");
        }
        for invalid in ["a@b", "a@localhost", "müller@x.at", "a..b@x.de", "a@-x.de", "a@x.de.", "", "@x.de", "a@@x.de", "a b@x.de"] {
            assert!(!is_valid(invalid), "{invalid}");
        }
        assert!(!is_valid(&format!("{}@x.de", "a".repeat(65))));
    }
}
