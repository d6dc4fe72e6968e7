//! The link of the first start, by which the first admin user is made.

use super::model::{CameBy, Draft};
use super::reach::Reach;
use super::role::BuiltIn;
use super::sessions::{self, Opened, Place};
use super::{store, users};
use crate::access::{Actor, hash};
use crate::app::App;
use crate::error::Error;
use crate::work::{self, Work};

/// Random bytes of the token in the link.
const TOKEN_BYTES: usize = 32;
const VALID_MINUTES: i64 = 24 * 60;

/// While there is no admin user: the address at which the first one is made, once, within a day. An earlier one ends.
pub async fn offer_setup(app: &App) -> Result<Option<String>, Error> {
    let token = work::write(app, Actor::system(), |work| {
        if store::count_users(work)? > 0 {
            return Ok(None);
        }
        let token = work.app.random_token(TOKEN_BYTES);
        let expires_at = work.now.plus_minutes(VALID_MINUTES);
        store::replace_setup_link(work, &hash(&token), expires_at)?;
        Ok(Some(token))
    })
    .await?;
    let address = app.config.server.public_url.trim_end_matches('/');
    Ok(token.map(|token| format!("{address}/admin/setup?token={token}")))
}

/// Whether the link can be used, asked before a password is hashed for it.
pub fn may_set_up(work: &mut Work<'_>, token: &str) -> Result<bool, Error> {
    Ok(store::has_setup_link(work, &hash(token))? && store::count_users(work)? == 0)
}

/// Makes the first admin user and signs him in. The link is used up.
pub fn set_up(work: &mut Work<'_>, token: &str, draft: Draft, password_hash: &str, place: &Place) -> Result<Opened, Error> {
    if !store::take_setup_link(work, &hash(token))? || store::count_users(work)? > 0 {
        return Err(refused());
    }
    let draft = Draft { role: BuiltIn::Admin.key(), active: true, ..draft };
    let user = users::add_user(work, draft, Some(password_hash), &Reach::Everything)?;
    sessions::open(work, user, CameBy::Password, place)
}

pub fn refused() -> Error {
    Error::invalid("/token", "invalid", "this link has been used, has expired or was replaced; start Regulars again for a new one")
}
