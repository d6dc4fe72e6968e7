//! SQL of the versions of definitions.

use ::store::{StoreError, Tx};
use std::collections::HashMap;

pub fn versions(tx: &mut Tx<'_>) -> Result<HashMap<String, i64>, StoreError> {
    let versions: Vec<(String, i64)> = tx.all("select kind, version from definition_versions", &[])?;
    Ok(versions.into_iter().collect())
}

pub fn next_version(tx: &mut Tx<'_>, kind: &str) -> Result<(), StoreError> {
    tx.execute(
        "insert into definition_versions (kind, version) values ($1, 1)
         on conflict (kind) do update set version = definition_versions.version + 1",
        &[kind.into()],
    )?;
    Ok(())
}
