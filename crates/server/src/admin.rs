//! Admin users, their roles, and how they sign in: passwords, second factors, the provider, sessions; API keys, and the one-time
//! link of the first start. What a permission opens is checked in `access.rs`; which
//! roles, users and keys hold it is kept here.

mod keys;
mod model;
mod oidc;
mod passwords;
mod provider;
mod reach;
mod role;
mod roles;
pub mod routes;
mod second_factor;
mod sessions;
mod setup;
mod store;
mod totp;
mod users;

pub use keys::{add_key, api_key, api_keys, revoke_key, write_key_uses};
pub use model::{ApiKey, CameBy, Draft, Password, User, UserPatch};
pub use oidc::check as check_provider;
pub use passwords::Passwords;
pub use reach::Reach;
pub use role::{BuiltIn, NewRole, Role, RoleKey};
pub use roles::{add_role, change_role, hold_roles, remove_role, role, roles};
pub use second_factor::take_away as take_second_factor_away;
pub use sessions::{is_stale, keep_session, sign_out_everywhere};
pub use setup::offer_setup;
pub use users::{add_user, change_user, remove_user, user, user_by_email, users, users_of};

use crate::access::{Actor, ActorKind, Caller, Credential};
use crate::error::Error;
use crate::ids::{AdminUserId, ApiKeyId};
use crate::work::Work;
use model::ALL_SCOPES;

/// The caller behind a credential, if it is known, valid and not expired.
pub fn caller(work: &mut Work<'_>, credential: &Credential) -> Result<Option<Caller>, Error> {
    match credential {
        Credential::Key { hash } => store::caller_of_key(work, hash),
        Credential::Session { hash } => store::caller_of_session(work, hash),
    }
}

/// Whether whoever acted once may do this now, with nobody signed in: a person as long as he is active, a key as long as it is
/// valid. Regulars itself and whoever commands the machine may do everything.
pub fn may_now(work: &mut Work<'_>, actor: &Actor, permission: &str) -> Result<bool, Error> {
    match (actor.kind, actor.id) {
        (ActorKind::System | ActorKind::Operator, _) => Ok(true),
        (ActorKind::AdminUser, Some(id)) => {
            let user = store::user(work, AdminUserId(id))?;
            Ok(user.is_some_and(|user| user.active && user.holds(permission)))
        }
        (ActorKind::ApiKey, Some(id)) => {
            let key = store::key(work, ApiKeyId(id))?;
            Ok(key.is_some_and(|key| key.is_valid(work.now) && key.scopes.iter().any(|held| held == permission || held == ALL_SCOPES)))
        }
        (ActorKind::Anonymous, _) | (ActorKind::AdminUser | ActorKind::ApiKey, None) => Ok(false),
    }
}

/// Takes away sessions that ran out, sign-ins that were not brought to an end, and attempts that no longer count.
pub fn prune(work: &mut Work<'_>) -> Result<(), Error> {
    store::delete_past_sessions(work)?;
    store::delete_past_steps(work)?;
    store::delete_past_trips(work)?;
    store::delete_past_attempts(work)
}
