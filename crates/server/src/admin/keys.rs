//! API keys: given out once, kept as a hash, revoked but never deleted, so that the audit log keeps its names.

use super::model::{ApiKey, checked_scopes};
use super::reach::Reach;
use super::store;
use crate::access::{Actor, hash};
use crate::app::App;
use crate::audit;
use crate::error::Error;
use crate::ids::ApiKeyId;
use crate::time::Instant;
use crate::work::{self, Work};
use serde_json::json;

const NAME_CHARS_MAX: usize = 200;
/// Random bytes of a key.
const KEY_BYTES: usize = 24;
/// Characters of a key that are shown in lists.
const PREFIX_CHARS: usize = 10;

/// Makes an API key. The text is given out once, here; only its hash is kept.
pub fn add_key(work: &mut Work<'_>, name: &str, scopes: &[String], expires_at: Option<Instant>) -> Result<(ApiKeyId, String), Error> {
    let name = name.trim();
    if !(1..=NAME_CHARS_MAX).contains(&name.chars().count()) {
        return Err(Error::invalid("/name", "length", format!("a name has 1 to {NAME_CHARS_MAX} characters")));
    }
    if expires_at.is_some_and(|expires_at| expires_at <= work.now) {
        return Err(Error::invalid("/expiresAt", "past", "this time has passed"));
    }
    let text = format!("rk_{}", work.app.random_token(KEY_BYTES));
    let key = ApiKey {
        id: ApiKeyId(work.tx.new_id(ApiKeyId::KIND)?),
        name: name.to_owned(),
        prefix: text.chars().take(PREFIX_CHARS).collect(),
        scopes: checked_scopes(scopes)?,
        created_at: work.now,
        created_by: work.actor.name.clone(),
        expires_at,
        last_used_at: None,
        revoked_at: None,
    };
    store::insert_key(work, &key, &hash(&text))?;
    let changes = json!({ "name": key.name, "scopes": key.scopes, "expiresAt": key.expires_at });
    audit::record(work, "create", "api_key", Some(key.id.0), &changes)?;
    Ok((key.id, text))
}

/// Keys, newest first, with one more than `limit` if there are more.
pub fn api_keys(work: &mut Work<'_>, before: Option<i64>, limit: usize, count: bool) -> Result<(Vec<ApiKey>, Option<i64>), Error> {
    let total = if count { Some(store::count_keys(work)?) } else { None };
    Ok((store::keys(work, before.unwrap_or(i64::MAX), limit)?, total))
}

pub fn api_key(work: &mut Work<'_>, id: ApiKeyId) -> Result<ApiKey, Error> {
    store::key(work, id)?.ok_or(Error::NotFound)
}

/// The key opens nothing any more. Revoking it again changes nothing.
pub fn revoke_key(work: &mut Work<'_>, id: ApiKeyId, reach: &Reach) -> Result<(), Error> {
    let key = api_key(work, id)?;
    reach.covers_scopes(work, &key.scopes)?;
    if store::revoke_key(work, id)? == 1 {
        audit::record(work, "revoke", "api_key", Some(id.0), &json!({ "name": key.name }))?;
    }
    Ok(())
}

/// Writes down which keys were used since the last call.
pub async fn write_key_uses(app: &App) -> Result<(), Error> {
    let used = app.callers.take_used();
    if used.is_empty() {
        return Ok(());
    }
    work::write(app, Actor::system(), move |work| store::set_last_used(work, &used)).await
}
