//! Admin users, sessions, API keys, and the one-time link of the first start. What a role or a key may do is checked in
//! `access.rs`; here it is kept.

mod keys;
mod model;
mod passwords;
pub mod routes;
mod sessions;
mod store;
mod users;

pub use keys::{add_key, api_key, api_keys, revoke_key, write_key_uses};
pub use model::{ApiKey, Draft, Password, Reach, Role, User, UserPatch};
pub use passwords::Passwords;
pub use sessions::{is_stale, keep_session, offer_setup};
pub use users::{add_user, change_user, remove_user, user, users};

use crate::access::{Caller, Credential};
use crate::error::Error;
use crate::work::Work;

/// The caller behind a credential, if it is known, valid and not expired.
pub fn caller(work: &mut Work<'_>, credential: &Credential) -> Result<Option<Caller>, Error> {
    match credential {
        Credential::Key { hash } => store::caller_of_key(work, hash),
        Credential::Session { hash } => store::caller_of_session(work, hash),
    }
}

/// Takes away sessions that ran out and attempts to sign in that no longer count.
pub fn prune(work: &mut Work<'_>) -> Result<(), Error> {
    store::delete_past_sessions(work)?;
    store::delete_past_attempts(work)
}
