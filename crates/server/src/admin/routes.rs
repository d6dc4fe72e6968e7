//! HTTP of admin users, roles, keys, and signing in; and what those routes share by which somebody shows once more who he is.

mod keys;
mod oidc;
mod roles;
mod second_factor;
mod session;
mod sessions;
mod users;

use super::model::Password;
use super::second_factor::{self as factor, Proof};
use super::sessions::{Candidate, begin, own_email, refuse, still_right};
use crate::access::SignedIn;
use crate::app::App;
use crate::error::Error;
use crate::work;
use utoipa_axum::router::OpenApiRouter;

pub fn router() -> OpenApiRouter<App> {
    let signing_in = session::router().merge(sessions::router()).merge(second_factor::router()).merge(oidc::router());
    signing_in.merge(users::router()).merge(roles::router()).merge(keys::router())
}

/// Whether whoever is signed in has shown that it is he: with his password, which counts as an attempt to sign in; or, if he
/// has none, by having signed in a moment ago.
async fn proven(signed_in: &SignedIn, origin: &str, password: Option<&Password>) -> Result<(), Error> {
    let (app, actor) = (&signed_in.app, signed_in.caller.actor.clone());
    let session = signed_in.caller.session.clone().ok_or(Error::Unauthorized)?;
    match work::read(app, actor.clone(), move |work| factor::proof(work, &session)).await? {
        Proof::Recent => Ok(()),
        Proof::SignInAgain => {
            let detail = "sign out and in again, then you have ten minutes for this".to_owned();
            Err(Error::Refused { code: "sign_in_again", detail })
        }
        Proof::Password => {
            let password = password.ok_or_else(|| Error::invalid("/password", "required", "give your password"))?;
            let (subject, candidate) = with_password(signed_in, origin, password, "/password").await?;
            work::write(app, actor, move |work| still_right(work, &subject, &candidate)).await.map(drop)
        }
    }
}

/// Whoever is signed in, if this is his password; `path` is where he gave it.
async fn with_password(signed_in: &SignedIn, origin: &str, password: &Password, path: &str) -> Result<(String, Candidate), Error> {
    let (app, actor, from) = (&signed_in.app, signed_in.caller.actor.clone(), origin.to_owned());
    let attempt = work::write(app, actor.clone(), move |work| {
        let email = own_email(work)?;
        begin(work, &email, &from)
    })
    .await?;
    let standing = attempt.candidate.as_ref().and_then(|candidate| candidate.password_hash.clone());
    let is_right = app.passwords.is_right(password, standing).await?;
    if let Some(candidate) = attempt.candidate.clone().filter(|_| is_right) {
        return Ok((attempt.subject, candidate));
    }
    let (user, from) = (attempt.candidate.map(|candidate| candidate.id), origin.to_owned());
    work::write(app, actor, move |work| refuse(work, user, &from)).await?;
    Err(Error::invalid(path, "wrong_password", "this is not your current password"))
}

fn wrong_code() -> Error {
    Error::invalid("/code", "wrong_code", "this is not the present code, or it was used already")
}
