//! An identity, and the form in which two of them are the same.

use crate::ids::CustomerId;
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub const EMAIL: &str = "email";
pub const PHONE: &str = "phone";
/// The public token of a customer.
pub const TOKEN: &str = "token";
const EXTERNAL: &str = "external:";

/// Characters of the name of another system, and of a value.
const SYSTEM_CHARS_MAX: usize = 40;
pub const VALUE_CHARS_MAX: usize = 190;

/// Kind and folded value.
pub type Key = (String, String);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub kind: String,
    /// Folded: what is compared.
    pub value: String,
    pub customer: CustomerId,
    pub spelled: String,
    pub created_at: Instant,
}

impl Identity {
    pub fn new(kind: &str, spelled: &str, customer: CustomerId, created_at: Instant) -> Identity {
        Identity { kind: kind.to_owned(), value: fold_value(kind, spelled), customer, spelled: spelled.trim().to_owned(), created_at }
    }

    pub fn key(&self) -> Key {
        (self.kind.clone(), self.value.clone())
    }

    /// The other system this is an id of.
    pub fn system(&self) -> Option<&str> {
        self.kind.strip_prefix(EXTERNAL)
    }
}

/// An identity as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Identity)]
pub struct IdentityView {
    /// `email`, `phone`, or `external:` and the name of another system.
    pub kind: String,
    /// As it is compared.
    pub value: String,
    /// As it was given.
    pub spelled: String,
}

impl From<&Identity> for IdentityView {
    fn from(identity: &Identity) -> IdentityView {
        IdentityView { kind: identity.kind.clone(), value: identity.value.clone(), spelled: identity.spelled.clone() }
    }
}

/// The kind of an id in another system.
pub fn external(system: &str) -> String {
    format!("{EXTERNAL}{system}")
}

/// Whether there is such a kind.
pub fn check_kind(kind: &str) -> bool {
    match kind.strip_prefix(EXTERNAL) {
        Some(system) => is_system(system),
        None => [EMAIL, PHONE, TOKEN].contains(&kind),
    }
}

/// Whether another system can be called this.
pub fn is_system(name: &str) -> bool {
    let fits = |char: char| char.is_ascii_alphanumeric() || char == '_' || char == '-';
    !name.is_empty() && name.len() <= SYSTEM_CHARS_MAX && name.chars().all(fits)
}

/// What is compared: case taken away; of a phone number only its digits, `00` read as `+`.
pub fn fold_value(kind: &str, value: &str) -> String {
    let value = value.trim();
    if kind != PHONE {
        return sql::fold(value);
    }
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() {
        return sql::fold(value);
    }
    match digits.strip_prefix("00") {
        Some(abroad) if !value.starts_with('+') => format!("+{abroad}"),
        _ if value.starts_with('+') => format!("+{digits}"),
        _ => digits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        check(EMAIL, " Ada@Example.org ", "ada@example.org");
        check(EMAIL, "MÜLLER@x.at", "müller@x.at");
        check(PHONE, "+43 (660) 12-34", "+436601234");
        check(PHONE, "0043 660 1234", "+436601234");
        check(PHONE, "0660/1234", "06601234");
        check(PHONE, "n/a", "n/a");
        check("external:shop", "A-17 ", "a-17");

        #[track_caller]
        fn check(kind: &str, value: &str, folded: &str) {
            assert_eq!(fold_value(kind, value), folded, "{value}");
        }
    }

    #[test]
    fn kinds() {
        for kind in ["email", "phone", "token", "external:shop", "external:crm_2"] {
            assert!(check_kind(kind), "{kind}");
        }
        for kind in ["", "mail", "external:", "external:a b", "external:ü"] {
            assert!(!check_kind(kind), "{kind}");
        }
    }
}
