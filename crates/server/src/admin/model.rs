//! Admin users, sessions and keys as types, and the rules about them that need no database.

use super::role::RoleKey;
use crate::access::{EditUsers, Permission, PermissionName};
use crate::config::Config;
use crate::error::{Error, Problem};
use crate::ids::{AdminUserId, ApiKeyId, SessionId};
use crate::time::Instant;
use email_address::EmailAddress;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// A person who may sign in to the web app.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AdminUser)]
pub struct User {
    pub id: AdminUserId,
    pub email: String,
    pub name: String,
    pub role: RoleKey,
    pub role_name: String,
    /// What the role holds.
    #[serde(skip)]
    pub permissions: Vec<PermissionName>,
    pub active: bool,
    pub created_at: Instant,
    pub last_login_at: Option<Instant>,
    pub version: i64,
    /// Whether he has a password to sign in with.
    pub has_password: bool,
    /// Whether he has come by way of the provider before.
    pub has_provider: bool,
    /// Since when he signs in with a second factor.
    pub second_factor_since: Option<Instant>,
    /// How many sessions he has open.
    pub sessions: i64,
}

/// How somebody proved who he is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CameBy {
    Password,
    Provider,
}

impl CameBy {
    pub fn as_str(self) -> &'static str {
        match self {
            CameBy::Password => "password",
            CameBy::Provider => "provider",
        }
    }

    pub fn parse(text: &str) -> Option<CameBy> {
        [CameBy::Password, CameBy::Provider].into_iter().find(|way| way.as_str() == text)
    }
}

impl User {
    pub fn holds(&self, permission: &str) -> bool {
        self.permissions.iter().any(|held| held.as_str() == permission)
    }
}

/// Whether someone with these permissions who came this way needs a second factor. Whoever may say who may what is an admin,
/// whatever his role is called.
pub fn must_have_second_factor(config: &Config, permissions: &[PermissionName], came_by: CameBy) -> bool {
    if is_asked_elsewhere(config, came_by) {
        return false;
    }
    match config.access.require_second_factor.as_str() {
        "everyone" => true,
        "admins" => permissions.iter().any(|held| held.as_str() == EditUsers::NAME),
        _ => false,
    }
}

/// Whether the provider has asked him for a second factor already.
pub fn is_asked_elsewhere(config: &Config, came_by: CameBy) -> bool {
    came_by == CameBy::Provider && config.oidc.has_second_factor
}

/// A session as its owner sees it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OpenSession {
    pub id: SessionId,
    /// What the browser calls itself.
    pub user_agent: String,
    /// Where it was begun from; of an IPv6 address the network.
    pub address: String,
    pub came_by: CameBy,
    pub created_at: Instant,
    /// Written about once a minute.
    pub last_used_at: Instant,
    /// When it ends if it is not used any more.
    pub expires_at: Instant,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

/// What a person is made of, the password aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub email: String,
    pub name: String,
    pub role: RoleKey,
    pub active: bool,
}

const EMAIL_CHARS_MAX: usize = 254;
pub const NAME_CHARS_MAX: usize = 200;

impl Draft {
    /// The draft without blanks around its texts, if they can be accepted.
    pub fn checked(self) -> Result<Draft, Error> {
        let (email, name) = (self.email.trim().to_owned(), self.name.trim().to_owned());
        let mut problems = Vec::new();
        if EMAIL_CHARS_MAX < email.chars().count() || !EmailAddress::is_valid(&email) {
            problems.push(Problem::new("/email", "invalid", "this is not a mail address"));
        }
        if !(1..=NAME_CHARS_MAX).contains(&name.chars().count()) {
            problems.push(Problem::new("/name", "length", format!("a name has 1 to {NAME_CHARS_MAX} characters")));
        }
        if problems.is_empty() { Ok(Draft { email, name, ..self }) } else { Err(Error::Invalid(problems)) }
    }
}

/// A change to a person; what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserPatch {
    #[serde(default, deserialize_with = "present")]
    pub email: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub role: Option<RoleKey>,
    #[serde(default, deserialize_with = "present")]
    pub active: Option<bool>,
    #[serde(default, deserialize_with = "present")]
    pub password: Option<Password>,
}

/// None of these can be taken away, so null is a value of the wrong type and not an absent one.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// A password on its way to being hashed. It can be read, but neither printed nor written.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = Password, min_length = 10, max_length = 1000)]
pub struct Password(String);

const PASSWORD_CHARS_MIN: usize = 10;
/// Hashing a password takes time in proportion to its length.
const PASSWORD_CHARS_MAX: usize = 1_000;

impl Password {
    pub fn new(text: String) -> Password {
        Password(text)
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether it may be chosen; a refusal names this path.
    pub fn check(&self, path: &str) -> Result<(), Error> {
        match self.0.chars().count() {
            PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX => Ok(()),
            _ => {
                let rule = format!("a password has {PASSWORD_CHARS_MIN} to {PASSWORD_CHARS_MAX} characters");
                Err(Error::invalid(path, "length", rule))
            }
        }
    }

    /// Whether it can be anybody's: what is longer was never accepted and need not be hashed.
    pub fn is_possible(&self) -> bool {
        self.0.chars().count() <= PASSWORD_CHARS_MAX
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("(a password)")
    }
}

/// A key by which a program calls the API.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub name: String,
    /// The first characters of the key, to tell keys apart.
    pub prefix: String,
    /// Permissions, or `all`.
    pub scopes: Vec<String>,
    pub created_at: Instant,
    pub created_by: String,
    pub expires_at: Option<Instant>,
    /// Written about once a minute.
    pub last_used_at: Option<Instant>,
    pub revoked_at: Option<Instant>,
}

impl ApiKey {
    pub fn is_valid(&self, now: Instant) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

pub const ALL_SCOPES: &str = "all";

/// Scopes as they can be kept: each known, none twice.
pub fn checked_scopes(scopes: &[String]) -> Result<Vec<String>, Error> {
    let mut kept: Vec<String> = Vec::new();
    let mut problems = Vec::new();
    for (position, scope) in scopes.iter().enumerate() {
        if scope != ALL_SCOPES && PermissionName::parse(scope).is_none() {
            problems.push(Problem::new(format!("/scopes/{position}"), "unknown_scope", format!("{scope:?} is no permission")));
        } else if !kept.contains(scope) {
            kept.push(scope.clone());
        }
    }
    if problems.is_empty() { Ok(kept) } else { Err(Error::Invalid(problems)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_have_a_length_and_no_printed_form() {
        check("123456789", false);
        check("1234567890", true);
        check(&"ä".repeat(1_000), true);
        check(&"a".repeat(1_001), false);
        assert_eq!(format!("{:?}", Password::new("correct horse".to_owned())), "(a password)");

        #[track_caller]
        fn check(text: &str, accepted: bool) {
            assert_eq!(Password::new(text.to_owned()).check("/password").is_ok(), accepted, "{text:?}");
        }
    }
}
