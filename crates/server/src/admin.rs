//! Admin users, sessions, API keys, and the one-time link of the first start.

mod store;

use crate::access::{Caller, Credential, hash};
use crate::error::Error;
use crate::ids::ApiKeyId;
use crate::time::Instant;
use crate::work::Work;

/// The caller behind a credential, if it is known, valid and not expired.
pub fn caller(work: &mut Work<'_>, credential: &Credential) -> Result<Option<Caller>, Error> {
    match credential {
        Credential::Key { hash } => store::caller_of_key(work, hash),
        Credential::Session { hash } => store::caller_of_session(work, hash),
    }
}

/// Makes an API key. The text is given out once, here; only its hash is kept.
pub fn add_key(work: &mut Work<'_>, name: &str, scopes: &[String], expires_at: Option<Instant>) -> Result<(ApiKeyId, String), Error> {
    let id = ApiKeyId(work.tx.new_id(ApiKeyId::KIND)?);
    let key = format!("rk_{}", work.app.random_token(24));
    store::insert_key(work, id, name, &key[..10], &hash(&key), scopes, expires_at)?;
    Ok((id, key))
}
