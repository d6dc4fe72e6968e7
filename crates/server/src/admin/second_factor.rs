//! The second factor: a code of six digits that changes every thirty seconds, made from a secret that the user's
//! authenticator app shares with us (RFC 6238), and ten codes for the day on which he has lost it. Like the secrets of
//! webhooks the shared secret lies in the database as it is, because it is needed as it is; recovery codes lie there hashed.

use super::model::must_have_second_factor;
use super::reach::Reach;
use super::sessions::{forget_codes, own};
use super::{store, totp, users};
use crate::access::{Session, hash};
use crate::audit;
use crate::error::Error;
use crate::ids::AdminUserId;
use crate::time::Instant;
use crate::work::Work;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

const RECOVERY_CODES: usize = 10;
/// Characters of a recovery code, each of 5 random bits.
const RECOVERY_CHARS: usize = 16;
/// What it is made of; no letter looks like another one or like a digit.
const RECOVERY_ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// After how many characters a dash is shown.
const RECOVERY_GROUP: usize = 4;
/// Whoever has no password must have signed in so lately to change how he signs in.
const RECENT_S: i64 = 10 * 60;

/// What somebody typed where a code is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    Code(String),
    Recovery(String),
}

impl Given {
    /// Six digits are a code, everything else a recovery code. Blanks and dashes are for people.
    pub fn parse(text: &str) -> Given {
        let plain = text.chars().filter(|char| !char.is_whitespace() && *char != '-').take(64).collect::<String>().to_ascii_lowercase();
        let is_code = plain.len() == totp::DIGITS && plain.bytes().all(|byte| byte.is_ascii_digit());
        if is_code { Given::Code(plain) } else { Given::Recovery(plain) }
    }
}

/// How somebody stands with his second factor.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SecondFactor)]
pub struct Standing {
    /// Since when it is on.
    pub since: Option<Instant>,
    pub recovery_codes_left: i64,
    /// Whether he must have one.
    pub is_required: bool,
    /// Whether his password is wanted to change it. If not, a fresh sign-in is.
    pub asks_password: bool,
}

/// A secret to be put into an authenticator app. Given out once.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = SecondFactorSecret)]
pub struct Enrolment {
    /// To be typed.
    pub secret: String,
    /// The same as an address (otpauth).
    pub uri: String,
    /// The address as a QR code, an SVG document.
    pub qr: String,
}

/// A secret as it is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    pub secret: String,
    pub confirmed_at: Option<Instant>,
}

/// What somebody has to show before he may change how he signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    Password,
    /// He has shown enough by signing in a moment ago.
    Recent,
    SignInAgain,
}

pub fn standing(work: &mut Work<'_>, session: &Session) -> Result<Standing, Error> {
    let user = own(work)?;
    Ok(Standing {
        since: user.second_factor_since,
        recovery_codes_left: store::count_recovery_codes(work, user.id)?,
        is_required: must_have_second_factor(&work.app.config, &user.permissions, session.came_by),
        asks_password: user.has_password && work.app.config.access.passwords,
    })
}

pub fn proof(work: &mut Work<'_>, session: &Session) -> Result<Proof, Error> {
    if own(work)?.has_password && work.app.config.access.passwords {
        return Ok(Proof::Password);
    }
    let is_recent = session.begun_at.seconds_until(work.now) <= RECENT_S;
    Ok(if is_recent { Proof::Recent } else { Proof::SignInAgain })
}

/// Makes a secret, which counts once a code of it was given. An earlier one that never counted is forgotten.
pub fn begin(work: &mut Work<'_>) -> Result<Enrolment, Error> {
    let user = own(work)?;
    let secret = totp::secret(&work.app.random_bytes());
    if !store::put_second_factor(work, user.id, &secret)? {
        return Err(Error::conflict("second_factor_on", "a second factor is set up already; switch it off first"));
    }
    let uri = totp::uri(&secret, &user.email)?;
    let qr = totp::qr(&uri)?;
    Ok(Enrolment { secret, uri, qr })
}

/// The first code was given: from now on one is asked for. His session stays, those elsewhere end. Gives the recovery codes,
/// or `None` if the code is wrong.
pub fn confirm(work: &mut Work<'_>, code: &str, kept: &Session) -> Result<Option<Vec<String>>, Error> {
    let user = own(work)?;
    let waiting = store::second_factor(work, user.id)?.filter(|waiting| waiting.confirmed_at.is_none());
    let waiting = waiting.ok_or_else(|| Error::conflict("no_second_factor", "there is no second factor to be confirmed"))?;
    let Given::Code(code) = Given::parse(code) else { return Ok(None) };
    let Some(step) = totp::step(&waiting.secret, &code, work.now)? else { return Ok(None) };
    if !store::confirm_second_factor(work, user.id, &waiting.secret, step)? {
        return Ok(None);
    }
    store::delete_other_sessions_of(work, user.id, &kept.hash)?;
    audit_change(work, user.id, json!({ "secondFactor": "on" }))?;
    new_recovery_codes(work, user.id).map(Some)
}

/// Whether it is a code of the present step, of the one before or of the next one, that was not given yet; or a recovery code,
/// which is used up.
pub fn accepts(work: &mut Work<'_>, user: AdminUserId, given: &Given) -> Result<bool, Error> {
    let kept = store::second_factor(work, user)?.filter(|kept| kept.confirmed_at.is_some());
    let Some(kept) = kept else { return Ok(false) };
    match given {
        Given::Code(code) => match totp::step(&kept.secret, code, work.now)? {
            Some(step) if store::take_code_step(work, user, step)? => forget_codes(work, user).map(|()| true),
            Some(_) | None => Ok(false),
        },
        Given::Recovery(code) => {
            if !store::take_recovery_code(work, user, &recovery_hash(user, code))? {
                return Ok(false);
            }
            let left = store::count_recovery_codes(work, user)?;
            audit_change(work, user, json!({ "recoveryCodesLeft": left }))?;
            forget_codes(work, user).map(|()| true)
        }
    }
}

/// New recovery codes for old ones.
pub fn renew_recovery_codes(work: &mut Work<'_>, given: &Given) -> Result<Option<Vec<String>>, Error> {
    let user = own(work)?;
    if !accepts(work, user.id, given)? {
        return Ok(None);
    }
    audit_change(work, user.id, json!({ "recoveryCodes": "renewed" }))?;
    new_recovery_codes(work, user.id).map(Some)
}

/// Whoever is signed in signs in without it from now on. Gives whether the code was right.
pub fn switch_off(work: &mut Work<'_>, given: &Given, session: &Session) -> Result<bool, Error> {
    let user = own(work)?;
    if must_have_second_factor(&work.app.config, &user.permissions, session.came_by) {
        return Err(Error::conflict("second_factor_required", "you must have a second factor here"));
    }
    if !accepts(work, user.id, given)? {
        return Ok(false);
    }
    store::delete_second_factor(work, user.id)?;
    audit_change(work, user.id, json!({ "secondFactor": "off" }))?;
    Ok(true)
}

/// Somebody lost his: another one takes it from him and ends his sessions. Whoever has none is left alone.
pub fn take_away(work: &mut Work<'_>, id: AdminUserId, reach: &Reach) -> Result<(), Error> {
    let user = users::user(work, id)?;
    reach.covers(work, &user.permissions)?;
    if user.second_factor_since.is_none() {
        return Ok(());
    }
    store::delete_second_factor(work, id)?;
    store::delete_steps_of(work, id)?;
    store::delete_sessions_of(work, id)?;
    audit_change(work, id, json!({ "secondFactor": "taken_away" }))
}

fn new_recovery_codes(work: &mut Work<'_>, user: AdminUserId) -> Result<Vec<String>, Error> {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| recovery_code(work.app.random_bytes())).collect();
    let hashes: Vec<String> = codes.iter().map(|code| recovery_hash(user, code)).collect();
    store::replace_recovery_codes(work, user, &hashes)?;
    Ok(codes.iter().map(|code| shown(code)).collect())
}

fn recovery_code(random: [u8; RECOVERY_CHARS]) -> String {
    random.iter().map(|byte| char::from(RECOVERY_ALPHABET[usize::from(byte % 32)])).collect()
}

/// In groups that can be copied by hand.
fn shown(code: &str) -> String {
    let chars: Vec<char> = code.chars().collect();
    chars.chunks(RECOVERY_GROUP).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// 80 random bits need no slow hash.
fn recovery_hash(user: AdminUserId, code: &str) -> String {
    hash(&format!("{user}\n{code}"))
}

fn audit_change(work: &mut Work<'_>, user: AdminUserId, changes: Value) -> Result<(), Error> {
    audit::record(work, "update", "admin_user", Some(user.0), &changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_a_code_or_a_recovery_code() {
        check("123456", Given::Code("123456".to_owned()));
        check(" 123 456 ", Given::Code("123456".to_owned()));
        check("1234567", Given::Recovery("1234567".to_owned()));
        check("ABCD-efgh-jkmn-2345", Given::Recovery("abcdefghjkmn2345".to_owned()));
        check("", Given::Recovery(String::new()));

        #[track_caller]
        fn check(text: &str, given: Given) {
            assert_eq!(Given::parse(text), given);
        }
    }

    #[test]
    fn recovery_codes_can_be_read_and_come_back_as_they_were() {
        let code = recovery_code(*b"0123456789abcdef");
        assert_eq!(shown(&code).len(), 19);
        assert_eq!(Given::parse(&shown(&code)), Given::Recovery(code));
    }
}
