//! SQL of admin users, sessions and keys.

use crate::access::{Actor, ActorKind, Caller};
use crate::error::Error;
use crate::ids::ApiKeyId;
use crate::time::Instant;
use crate::work::Work;
use serde_json::Value;

pub fn caller_of_key(work: &mut Work<'_>, hash: &str) -> Result<Option<Caller>, Error> {
    let found: Option<(ApiKeyId, String, Value, Option<Instant>)> = work.tx.first(
        "select id, name, scopes, expires_at from api_keys
         where key_hash = $1 and revoked_at is null and (expires_at is null or expires_at > $2)",
        &[hash.into(), work.now.into()],
    )?;
    Ok(found.map(|(id, name, scopes, expires_at)| Caller {
        actor: Actor { kind: ActorKind::ApiKey, id: Some(id.0), name },
        permissions: serde_json::from_value(scopes).unwrap_or_default(),
        csrf_token: None,
        expires_at,
    }))
}

pub fn caller_of_session(_work: &mut Work<'_>, _hash: &str) -> Result<Option<Caller>, Error> {
    Ok(None)
}

pub fn insert_key(
    work: &mut Work<'_>,
    id: ApiKeyId,
    name: &str,
    prefix: &str,
    hash: &str,
    scopes: &[String],
    expires_at: Option<Instant>,
) -> Result<(), Error> {
    let created_by = work.actor.name.clone();
    work.tx.execute(
        "insert into api_keys (id, name, key_hash, prefix, scopes, created_by, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            id.into(),
            name.into(),
            hash.into(),
            prefix.into(),
            serde_json::json!(scopes).into(),
            created_by.into(),
            work.now.into(),
            expires_at.into(),
        ],
    )?;
    Ok(())
}
