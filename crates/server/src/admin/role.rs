//! Roles as types: what they are called, what they hold, and what the three that are always there hold. Pure.

use crate::access::{PERMISSIONS, PermissionName};
use crate::error::{Error, Problem};
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use utoipa::ToSchema;

/// By what a role is named wherever it is given: `admin`, `editor`, `viewer`, or one of one's own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, pattern = "^[a-z][a-z0-9_-]{0,39}$", example = "service")]
pub struct RoleKey(String);

const KEY_CHARS_MAX: usize = 40;
const NAME_CHARS_MAX: usize = 60;
const DESCRIPTION_CHARS_MAX: usize = 500;
/// What the key of a role begins with whose name has no letter that a key can have.
const NAMELESS: &str = "role";

impl RoleKey {
    pub fn parse(text: &str) -> Option<RoleKey> {
        let begins_well = text.starts_with(|first: char| first.is_ascii_lowercase());
        let is_plain = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-');
        (begins_well && is_plain && text.len() <= KEY_CHARS_MAX).then(|| RoleKey(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn built_in(&self) -> Option<BuiltIn> {
        BuiltIn::ALL.into_iter().find(|role| role.as_str() == self.0)
    }

    /// A key for a role of this name that is not taken yet.
    pub fn of_name(name: &str, is_taken: impl Fn(&RoleKey) -> bool) -> RoleKey {
        let plain: String = sql::fold_for_search(name).chars().map(|char| if char.is_ascii_alphanumeric() { char } else { '-' }).collect();
        let words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).collect();
        let joined = words.join("-");
        let stem = joined.trim_start_matches(|char: char| !char.is_ascii_lowercase());
        let stem = if stem.is_empty() { NAMELESS } else { stem };
        // Room for a number behind it.
        let stem = stem[..stem.len().min(KEY_CHARS_MAX - 5)].trim_end_matches('-');
        let numbered = (2..).map(|number| RoleKey(format!("{stem}-{number}")));
        let mut keys = std::iter::once(RoleKey(stem.to_owned())).chain(numbered);
        keys.find(|key| !is_taken(key)).expect("there are more numbers than roles")
    }
}

impl FromStr for RoleKey {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<RoleKey, &'static str> {
        RoleKey::parse(text).ok_or("the key of a role begins with a small letter, and has up to 40 small letters, digits, - and _")
    }
}

impl TryFrom<String> for RoleKey {
    type Error = &'static str;

    fn try_from(text: String) -> Result<RoleKey, &'static str> {
        text.parse()
    }
}

impl fmt::Display for RoleKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The roles that are always there and as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BuiltIn {
    /// Everything.
    Admin,
    /// Everything but to say who may what, to change settings, and what looks after all.
    Editor,
    /// Looking, and taking out what can be looked at.
    Viewer,
}

impl BuiltIn {
    pub const ALL: [BuiltIn; 3] = [BuiltIn::Admin, BuiltIn::Editor, BuiltIn::Viewer];

    pub fn as_str(self) -> &'static str {
        match self {
            BuiltIn::Admin => "admin",
            BuiltIn::Editor => "editor",
            BuiltIn::Viewer => "viewer",
        }
    }

    pub fn key(self) -> RoleKey {
        RoleKey(self.as_str().to_owned())
    }

    pub fn name(self) -> &'static str {
        match self {
            BuiltIn::Admin => "Administrator",
            BuiltIn::Editor => "Editor",
            BuiltIn::Viewer => "Viewer",
        }
    }

    fn description(self) -> &'static str {
        match self {
            BuiltIn::Admin => "May do everything.",
            BuiltIn::Editor => "May do everything but keep users and change settings.",
            BuiltIn::Viewer => "May look at everything but users and the audit log, and export what he sees.",
        }
    }

    pub fn permissions(self) -> Vec<PermissionName> {
        PERMISSIONS.iter().copied().filter(|permission| self <= lowest(*permission)).collect()
    }

    pub fn role(self, users: i64) -> Role {
        Role {
            key: self.key(),
            name: self.name().to_owned(),
            description: Some(self.description().to_owned()),
            permissions: self.permissions(),
            is_built_in: true,
            users,
            version: 1,
            created_at: None,
            updated_at: None,
        }
    }
}

/// The last of the built-in roles that holds it; those before it do, too.
fn lowest(permission: PermissionName) -> BuiltIn {
    use PermissionName as P;
    match permission {
        P::ReadCustomers | P::ReadActivities | P::ReadSegments | P::ReadRules | P::ReadDuplicates | P::ReadMerges => BuiltIn::Viewer,
        P::ReadMail | P::ReadWebhooks | P::ReadSettings | P::ReadJobs | P::EditExports | P::ShareViews => BuiltIn::Viewer,
        P::EditCustomers | P::DeleteCustomers | P::RunBulk | P::EditImports | P::EditActivities | P::EditSegments => BuiltIn::Editor,
        P::EditRules | P::EditDuplicates | P::EditMerges | P::EditMail | P::EditWebhooks | P::EditJobs => BuiltIn::Editor,
        P::EditSettings | P::ReadUsers | P::EditUsers | P::ReadAudit | P::EditViews => BuiltIn::Admin,
    }
}

/// What somebody may do who has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Role {
    pub key: RoleKey,
    pub name: String,
    pub description: Option<String>,
    pub permissions: Vec<PermissionName>,
    /// Whether it is always there and as it is.
    pub is_built_in: bool,
    /// How many users have it.
    pub users: i64,
    pub version: i64,
    /// Absent of built-in ones.
    pub created_at: Option<Instant>,
    pub updated_at: Option<Instant>,
}

impl Role {
    /// The built-in ones first, then by name.
    pub fn place(&self) -> (usize, String, RoleKey) {
        let built_in = BuiltIn::ALL.iter().position(|role| role.as_str() == self.key.as_str());
        (built_in.unwrap_or(BuiltIn::ALL.len()), sql::fold(&self.name), self.key.clone())
    }

    pub fn content(&self) -> Content {
        Content { name: self.name.clone(), description: self.description.clone(), permissions: self.permissions.clone() }
    }
}

/// What one writes of a role, its key aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    pub name: String,
    #[serde(default)]
    pub description: Option<String>,
    pub permissions: Vec<PermissionName>,
}

/// A role as it is sent the first time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRole {
    /// Made from the name, if absent; never changes.
    #[serde(default)]
    pub key: Option<RoleKey>,
    /// Unique.
    #[schema(min_length = 1, max_length = 60)]
    pub name: String,
    #[serde(default)]
    #[schema(max_length = 500)]
    pub description: Option<String>,
    pub permissions: Vec<PermissionName>,
}

impl Content {
    /// Trimmed, with each permission once and in the order in which they are listed everywhere.
    pub fn checked(self) -> Result<Content, Error> {
        let name = self.name.trim().to_owned();
        let description = self.description.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let mut permissions = self.permissions;
        permissions.sort_unstable();
        permissions.dedup();
        let mut problems = Vec::new();
        if !(1..=NAME_CHARS_MAX).contains(&name.chars().count()) {
            problems.push(Problem::new("/name", "length", format!("a name has 1 to {NAME_CHARS_MAX} characters")));
        }
        if name.contains(char::is_control) {
            problems.push(Problem::new("/name", "invalid", "this is one line of text, without control characters"));
        }
        if description.as_ref().is_some_and(|text| DESCRIPTION_CHARS_MAX < text.chars().count()) {
            let message = format!("this may have at most {DESCRIPTION_CHARS_MAX} characters");
            problems.push(Problem::new("/description", "too_long", message));
        }
        if problems.is_empty() { Ok(Content { name, description, permissions }) } else { Err(Error::Invalid(problems)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_roles_hold_what_the_contract_says() {
        assert_eq!(BuiltIn::Admin.permissions(), PERMISSIONS);
        let held = |role: BuiltIn| role.permissions().into_iter().map(PermissionName::as_str).collect::<Vec<_>>();
        let editor = held(BuiltIn::Editor);
        for refused in ["users:read", "users:write", "audit:read", "settings:write", "views:write"] {
            assert!(!editor.contains(&refused), "{refused}");
        }
        assert_eq!(editor.len(), PERMISSIONS.len() - 5);
        let viewer = held(BuiltIn::Viewer);
        let beyond_looking: Vec<&str> = viewer.iter().copied().filter(|permission| !permission.ends_with(":read")).collect();
        assert_eq!(beyond_looking, ["exports:write", "views:share"]);
        assert!(!viewer.contains(&"audit:read") && !viewer.contains(&"users:read"));
    }

    #[test]
    fn a_permission_is_known_by_its_name_and_needs_what_comes_with_it_everywhere() {
        for permission in PERMISSIONS {
            assert_eq!(PermissionName::parse(permission.as_str()), Some(*permission));
            let written = serde_json::to_value(permission).unwrap();
            assert_eq!(written, permission.as_str());
            for role in BuiltIn::ALL {
                let held = role.permissions();
                assert!(!held.contains(permission) || permission.needs().iter().all(|needed| held.contains(needed)), "{permission:?}");
            }
        }
        assert_eq!(PermissionName::parse("all"), None);
    }

    #[test]
    fn keys() {
        for good in ["a", "service", "a1_-b", &"a".repeat(40)] {
            assert!(RoleKey::parse(good).is_some(), "{good}");
        }
        for bad in ["", "A", "1a", "-a", "a b", "ä", "a=b", &"a".repeat(41)] {
            assert!(RoleKey::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_name_makes_a_key_that_is_free() {
        check("Service", "service");
        check("  Marketing & Sales ", "marketing-sales");
        check("Büro Wien", "buro-wien");
        check("2nd level", "nd-level");
        check("客服", "role");
        check("Admin", "admin-2");
        check("Taken", "taken-3");
        check(&"x".repeat(60), &"x".repeat(35));

        #[track_caller]
        fn check(name: &str, key: &str) {
            let is_taken = |key: &RoleKey| key.built_in().is_some() || ["taken", "taken-2"].contains(&key.as_str());
            let made = RoleKey::of_name(name, is_taken);
            assert_eq!(made.as_str(), key);
            assert_eq!(RoleKey::parse(made.as_str()), Some(made));
        }
    }

    #[test]
    fn what_is_written_is_trimmed_and_each_permission_stands_once() {
        let content = |name: &str, permissions: &[PermissionName]| Content {
            name: name.to_owned(),
            description: Some("  ".to_owned()),
            permissions: permissions.to_vec(),
        };
        let (first, second) = (PermissionName::ReadCustomers, PermissionName::ReadAudit);
        let checked = content(" Service ", &[second, first, second]).checked().unwrap();
        assert_eq!(checked, Content { name: "Service".to_owned(), description: None, permissions: vec![first, second] });
        assert!(content("", &[]).checked().is_err());
        assert!(content("a\nb", &[]).checked().is_err());
        assert!(content(&"a".repeat(61), &[]).checked().is_err());
    }
}
