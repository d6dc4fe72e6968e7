//! Signing in by way of a provider (OpenID Connect): the way there and back, and who the one who comes back is here. What is
//! said to the provider, and whether its answer can be believed, stands in `oidc.rs`.

use super::model::{CameBy, Draft, NAME_CHARS_MAX, User, UserPatch};
use super::reach::Reach;
use super::role::RoleKey;
use super::sessions::{self, Entered, Place};
use super::{roles, store, users};
use crate::access::hash;
use crate::audit;
use crate::config::Oidc;
use crate::error::Error;
use crate::http::IfMatch;
use crate::ids::AdminUserId;
use crate::work::Work;
use serde_json::json;

/// How long somebody may stay at the provider.
pub const TRIP_MINUTES: i64 = 10;

/// What is kept of somebody who was sent to the provider.
#[derive(Debug, Clone)]
pub struct Trip {
    /// Must come back in the ID token.
    pub nonce: String,
    /// Shows the provider that who asks for the token is who sent him (PKCE).
    pub verifier: String,
    /// The page of the web app he wanted.
    pub back_to: String,
}

/// Who somebody is, as the provider says.
#[derive(Debug, Clone)]
pub struct Identity {
    pub issuer: String,
    pub subject: String,
    /// His mail address, if the provider has made sure that it is his.
    pub verified_email: Option<String>,
    pub name: Option<String>,
    /// The values of the claim that gives roles.
    pub values: Vec<String>,
}

/// Why somebody is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// He did not come by the way he was sent, or took too long, or comes twice.
    WrongWay,
    /// The provider refused, or cannot be asked.
    Provider,
    /// What the provider said cannot be believed.
    Token,
    Email,
    Domain,
    Role,
    Unknown,
    Inactive,
    /// The user with his mail address comes under another login of the provider.
    OtherLogin,
}

impl Refusal {
    /// As the door is told.
    pub fn code(self) -> &'static str {
        match self {
            Refusal::WrongWay => "wrong_way",
            Refusal::Provider => "provider_failed",
            Refusal::Token => "token_refused",
            Refusal::Email => "email_not_verified",
            Refusal::Domain => "domain_not_allowed",
            Refusal::Role => "no_role",
            Refusal::Unknown => "unknown_user",
            Refusal::Inactive => "inactive_user",
            Refusal::OtherLogin => "other_login",
        }
    }
}

/// Keeps what has to be known when he comes back.
pub fn depart(work: &mut Work<'_>, state: &str, browser: &str, trip: &Trip) -> Result<(), Error> {
    let expires_at = work.now.plus_minutes(TRIP_MINUTES);
    store::insert_trip(work, &hash(state), &hash(browser), trip, expires_at)
}

/// The trip of whoever comes back, if it was this browser that was sent. Nobody comes back a second time.
pub fn come_back(work: &mut Work<'_>, state: &str, browser: &str) -> Result<Option<Trip>, Error> {
    let Some(trip) = store::trip(work, &hash(state), &hash(browser))? else { return Ok(None) };
    Ok(store::end_trip(work, &hash(state))?.then_some(trip))
}

/// The user who came under this login before, or else who has this mail address.
pub fn found(work: &mut Work<'_>, identity: &Identity) -> Result<Option<User>, Error> {
    if let Some(id) = store::login(work, &identity.issuer, &identity.subject)? {
        return users::user(work, id).map(Some);
    }
    match &identity.verified_email {
        Some(email) => store::user_by_email(work, email),
        None => Ok(None),
    }
}

/// Lets somebody in of whom the provider has said who he is, if he has a user here or gets one. The last administrator gets in
/// as what he is, whatever role the provider gives him or does not.
pub fn arrive(work: &mut Work<'_>, identity: &Identity, place: &Place) -> Result<Result<Entered, Refusal>, Error> {
    let app = work.app.clone();
    let settings = &app.config.oidc;
    if let Err(refusal) = checked_domain(settings, identity) {
        return Ok(Err(refusal));
    }
    // First, as by everybody who changes users, so that none of them waits for another one in a ring.
    let admins = store::lock_admins(work)?;
    let found = found(work, identity)?;
    let role = match given_role(settings, identity) {
        _ if found.as_ref().is_some_and(|user| admins == [user.id]) => None,
        Ok(Some(role)) if !is_there(work, &role)? => return Ok(Err(Refusal::Role)),
        Ok(role) => role,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let user = match found {
        Some(user) if !user.active => return Ok(Err(Refusal::Inactive)),
        Some(user) => match connected(work, identity, user)? {
            Some(user) => user,
            None => return Ok(Err(Refusal::OtherLogin)),
        },
        None => match newcomer(work, settings, identity, role.clone())? {
            Ok(user) => user,
            Err(refusal) => return Ok(Err(refusal)),
        },
    };
    let user = with_role(work, user, role)?;
    sessions::enter(work, user, CameBy::Provider, place).map(Ok)
}

/// Somebody came from the provider and was not let in.
pub fn refuse(work: &mut Work<'_>, user: Option<AdminUserId>, refusal: Refusal, origin: &str) -> Result<(), Error> {
    let changes = json!({ "from": origin, "provider": refusal.code() });
    audit::record(work, "sign_in_failed", "admin_user", user.map(|user| user.0), &changes)
}

/// Why he is not let in, whoever he is.
fn checked_domain(settings: &Oidc, identity: &Identity) -> Result<(), Refusal> {
    if !settings.allowed_domains.is_empty() {
        let email = identity.verified_email.as_deref().ok_or(Refusal::Email)?;
        let domain = email.rsplit_once('@').map(|(_, domain)| domain).unwrap_or_default();
        if !settings.allowed_domains.iter().any(|allowed| allowed.eq_ignore_ascii_case(domain)) {
            return Err(Refusal::Domain);
        }
    }
    Ok(())
}

/// The role the provider gives him, if it gives roles.
fn given_role(settings: &Oidc, identity: &Identity) -> Result<Option<RoleKey>, Refusal> {
    if settings.role_map.is_empty() {
        return Ok(None);
    }
    let mapped = settings.role_map.iter().find_map(|entry| given(entry, identity));
    mapped.or_else(|| RoleKey::parse(&settings.new_user_role)).map(Some).ok_or(Refusal::Role)
}

/// The role that an entry of the map, `value=role`, gives him.
fn given(entry: &str, identity: &Identity) -> Option<RoleKey> {
    let (value, role) = entry.rsplit_once('=')?;
    identity.values.iter().any(|own| own == value.trim()).then(|| RoleKey::parse(role.trim()))?
}

/// Whether there is such a role; only the syntax of those in the configuration was looked at before.
fn is_there(work: &mut Work<'_>, role: &RoleKey) -> Result<bool, Error> {
    let is_there = !roles::hold_roles(work, std::slice::from_ref(role))?.is_empty();
    if !is_there {
        tracing::error!(role = role.as_str(), "the configuration of the provider gives a role that is not there; nobody gets in with it");
    }
    Ok(is_there)
}

/// A user for somebody who has none, if the configuration gives new ones a role.
fn newcomer(work: &mut Work<'_>, settings: &Oidc, identity: &Identity, role: Option<RoleKey>) -> Result<Result<User, Refusal>, Error> {
    let Some(email) = identity.verified_email.clone() else { return Ok(Err(Refusal::Email)) };
    let Some(default) = RoleKey::parse(&settings.new_user_role) else { return Ok(Err(Refusal::Unknown)) };
    let role = role.unwrap_or(default);
    if !is_there(work, &role)? {
        return Ok(Err(Refusal::Role));
    }
    let name = identity.name.clone().filter(|name| !name.trim().is_empty()).unwrap_or_else(|| email.clone());
    let name = name.chars().take(NAME_CHARS_MAX).collect();
    let draft = Draft { email, name, role, active: true };
    let user = users::add_user(work, draft, None, &Reach::Everything)?;
    // Somebody with the same login was quicker: nothing of this is kept, and the next attempt finds him.
    connected(work, identity, user)?.ok_or(Error::Changed).map(Ok)
}

/// The user, who comes under this login from now on if he came under none so far; nobody if he has another one. What opened the
/// door before opens it no more: somebody may have set it who was not to have what the provider gives him.
fn connected(work: &mut Work<'_>, identity: &Identity, user: User) -> Result<Option<User>, Error> {
    if store::login(work, &identity.issuer, &identity.subject)? == Some(user.id) {
        return Ok(Some(user));
    }
    if !store::insert_login(work, &identity.issuer, &identity.subject, user.id)? {
        return Ok(None);
    }
    close_other_ways(work, user.id)?;
    store::delete_second_factor(work, user.id)?;
    audit::record(work, "update", "admin_user", Some(user.id.0), &json!({ "provider": "connected" }))?;
    users::user(work, user.id).map(Some)
}

/// The user with the role the provider gives him. What whoever kept a lesser user knows opens nothing more.
fn with_role(work: &mut Work<'_>, user: User, role: Option<RoleKey>) -> Result<User, Error> {
    let Some(role) = role.filter(|role| *role != user.role) else { return Ok(user) };
    let patch = UserPatch { role: Some(role), ..UserPatch::default() };
    users::change_user(work, user.id, &patch, None, &IfMatch(None), &Reach::Everything)?;
    close_other_ways(work, user.id)?;
    users::user(work, user.id)
}

/// Takes his password, his sessions and what he has half done of a sign-in.
fn close_other_ways(work: &mut Work<'_>, user: AdminUserId) -> Result<(), Error> {
    store::delete_password(work, user)?;
    store::delete_steps_of(work, user)?;
    store::delete_sessions_of(work, user).map(drop)
}

/// Lets go of the login of a user, so that he can come under another one.
pub fn disconnect(work: &mut Work<'_>, id: AdminUserId, reach: &Reach) -> Result<(), Error> {
    let user = users::user(work, id)?;
    reach.covers(work, &user.permissions)?;
    if store::delete_logins_of(work, id)? == 0 {
        return Ok(());
    }
    store::delete_steps_of(work, id)?;
    store::delete_sessions_of(work, id)?;
    audit::record(work, "update", "admin_user", Some(id.0), &json!({ "provider": "disconnected" }))
}

/// A page of the web app, and nothing else: what stands in an address can have been written by anybody.
pub fn page(wanted: Option<&str>) -> String {
    let is_plain = |path: &str| path.chars().all(|char| char.is_ascii_graphic() && char != '\\');
    let wanted = wanted.filter(|path| path.starts_with('/') && !path.starts_with("//") && path.len() <= PAGE_CHARS_MAX && is_plain(path));
    wanted.unwrap_or("/").to_owned()
}

const PAGE_CHARS_MAX: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn identity(email: Option<&str>, values: &[&str]) -> Identity {
        Identity {
            issuer: "https://login.example.org".to_owned(),
            subject: "1".to_owned(),
            verified_email: email.map(str::to_owned),
            name: None,
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        }
    }

    #[test]
    fn domains_are_those_of_confirmed_addresses() {
        let mut settings = Config::defaults().oidc;
        assert_eq!(checked_domain(&settings, &identity(None, &[])), Ok(()));
        settings.allowed_domains = vec!["example.org".to_owned()];
        assert_eq!(checked_domain(&settings, &identity(Some("ada@EXAMPLE.org"), &[])), Ok(()));
        assert_eq!(checked_domain(&settings, &identity(Some("ada@sub.example.org"), &[])), Err(Refusal::Domain));
        assert_eq!(checked_domain(&settings, &identity(Some("example.org@evil.net"), &[])), Err(Refusal::Domain));
        assert_eq!(checked_domain(&settings, &identity(None, &[])), Err(Refusal::Email));
    }

    #[test]
    fn the_first_entry_of_the_map_counts_and_none_is_no_way_in() {
        let mut settings = Config::defaults().oidc;
        settings.role_map = ["cn=a,dc=b=admin", "help = service", "crm=viewer"].map(str::to_owned).to_vec();
        check(&settings, &["crm"], Ok("viewer"));
        check(&settings, &["crm", "cn=a,dc=b", "help"], Ok("admin"));
        check(&settings, &["crm", "help"], Ok("service"));
        check(&settings, &["CRM"], Err(Refusal::Role));
        settings.new_user_role = "editor".to_owned();
        check(&settings, &[], Ok("editor"));

        #[track_caller]
        fn check(settings: &Oidc, values: &[&str], role: Result<&str, Refusal>) {
            let role = role.map(RoleKey::parse);
            assert_eq!(given_role(settings, &identity(None, values)), role, "{values:?}");
        }
    }

    #[test]
    fn only_pages_of_our_own_are_come_back_to() {
        check(Some("/customers?search=a%20b"), "/customers?search=a%20b");
        check(Some("//evil.example"), "/");
        check(Some("/\\evil.example"), "/");
        check(Some("https://evil.example"), "/");
        check(None, "/");

        #[track_caller]
        fn check(wanted: Option<&str>, path: &str) {
            assert_eq!(page(wanted), path);
        }
    }
}
