//! What signs the addresses in our mails: made at first use, kept in the database, shown to nobody.

use super::store;
use crate::error::Error;
use crate::work::{Definition, Work};
use std::sync::Arc;

const NAME: &str = "links";
const BYTES: usize = 32;

/// The secret, if it was made already.
#[derive(Clone)]
pub struct Secret(pub Option<Arc<str>>);

impl Definition for Secret {
    const KIND: &'static str = "secrets";

    fn load(work: &mut Work<'_>) -> Result<Self, Error> {
        Ok(Secret(store::secret(work, NAME)?.map(Into::into)))
    }
}

/// For checking what was signed: nothing was, if there is no secret.
pub fn secret(work: &mut Work<'_>) -> Result<Option<Arc<str>>, Error> {
    Ok(work.definitions::<Secret>()?.0.clone())
}

/// For signing: made if there is none.
pub fn secret_for_signing(work: &mut Work<'_>) -> Result<Arc<str>, Error> {
    if let Some(secret) = secret(work)? {
        return Ok(secret);
    }
    let made = work.app.random_token(BYTES);
    // First, because it waits for whoever else is making one.
    work.redefine::<Secret>()?;
    store::insert_secret(work, NAME, &made)?;
    secret(work)?.ok_or_else(|| Error::Bug(anyhow::anyhow!("the secret was made and is not there")))
}
