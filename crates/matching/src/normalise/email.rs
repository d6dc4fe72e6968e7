//! Mail addresses. Not checked for being deliverable: who wants to compare wants to compare typing errors too.

use super::text::composed;

/// An address in its two parts; both are empty, or neither is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Email {
    pub local: String,
    pub domain: String,
}

/// Providers where dots in the local part make no difference.
const WITHOUT_DOTS: [&str; 5] = ["gmail.com", "pm.me", "proton.me", "protonmail.com", "protonmail.ch"];

/// Lower case, without a tag behind `+`, without dots where the provider ignores them.
pub fn email(raw: &str) -> Email {
    let whole = match raw.is_ascii() {
        true => raw.trim().to_ascii_lowercase(),
        false => composed(raw.trim()).to_lowercase(),
    };
    let Some((local, domain)) = whole.rsplit_once('@') else { return Email::default() };
    let (local, domain) = (local.trim(), domain.trim().trim_end_matches('.'));
    let domain = if domain == "googlemail.com" { "gmail.com" } else { domain };
    let local = match local.find('+') {
        Some(at) if at > 0 => &local[..at],
        Some(_) | None => local,
    };
    let local = match WITHOUT_DOTS.contains(&domain) {
        true => local.replace('.', ""),
        false => local.to_owned(),
    };
    if local.is_empty() || domain.is_empty() {
        return Email::default();
    }
    Email { local, domain: domain.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses() {
        check("John@X.com", "john", "x.com");
        check(" john.doe+shop@x.com. ", "john.doe", "x.com");
        check("John.Doe+a+b@GoogleMail.com", "johndoe", "gmail.com");
        check("j.o.h.n@gmail.com", "john", "gmail.com");
        check("+tag@x.com", "+tag", "x.com");
        check("MU\u{308}LLER@x.com", "müller", "x.com");
        check("a@b@c.org", "a@b", "c.org");
        check("...@gmail.com", "", "");
        check("@x.com", "", "");
        check("john@", "", "");
        check("john", "", "");
        check("", "", "");

        #[track_caller]
        fn check(raw: &str, local: &str, domain: &str) {
            assert_eq!(email(raw), Email { local: local.to_owned(), domain: domain.to_owned() });
        }
    }

    proptest! {
        #[test]
        fn any_text_has_both_parts_or_none(local in "(?s)([ -~]|[À-ž]|.){0,60}", domain in "(?s)([ -~]|[À-ž]|.){0,60}") {
            let parts = email(&format!("{local}@{domain}"));
            prop_assert_eq!(parts.local.is_empty(), parts.domain.is_empty());
        }
    }
}
