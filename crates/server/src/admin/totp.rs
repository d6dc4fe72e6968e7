//! Codes by the time of day (RFC 6238) with the parameters that every authenticator app knows: SHA-1, six digits, thirty seconds;
//! and the picture by which an app gets the secret.

use crate::error::Error;
use crate::time::Instant;
use qrcode::QrCode;
use qrcode::render::svg;
use totp_rs::{Builder, Secret, Totp};

pub const DIGITS: usize = 6;
/// Bytes of a secret, as many as the hash has.
pub const SECRET_BYTES: usize = 20;
const ISSUER: &str = "Regulars";
const STEP_S: u64 = 30;
/// Clocks may be so many steps apart.
const TOLERANCE_STEPS: u16 = 1;
/// Pixels of a picture, when nobody says how large it is to be.
const PICTURE_SIZE: u32 = 200;

/// A secret as people type it: base32.
pub fn secret(random: &[u8; SECRET_BYTES]) -> String {
    Secret::from(random.to_vec()).to_base32()
}

/// The secret as an address that apps understand.
pub fn uri(secret: &str, account: &str) -> Result<String, Error> {
    // A colon parts issuer and account.
    let builder = builder(secret)?.with_issuer(Some(ISSUER)).with_account_name(account.replace(':', " "));
    let totp = builder.build().map_err(bug)?;
    totp.to_url().map_err(bug)
}

/// The step of time whose code this is, if it is one of about now.
pub fn step(secret: &str, code: &str, now: Instant) -> Result<Option<i64>, Error> {
    let totp: Totp = builder(secret)?.build().map_err(bug)?;
    let seconds = u64::try_from(now.timestamp().as_second()).map_err(bug)?;
    Ok(totp.check(code, seconds).and_then(|step| i64::try_from(step).ok()))
}

/// The address as a QR code: an SVG document without anything but rectangles.
pub fn qr(uri: &str) -> Result<String, Error> {
    let code = QrCode::new(uri).map_err(bug)?;
    Ok(code.render::<svg::Color<'_>>().min_dimensions(PICTURE_SIZE, PICTURE_SIZE).build())
}

fn builder(secret: &str) -> Result<Builder, Error> {
    let secret = Secret::try_from_base32(secret).map_err(bug)?;
    Ok(Builder::new().with_secret(secret).with_step_duration(STEP_S).with_skew(TOLERANCE_STEPS))
}

fn bug(error: impl std::fmt::Display) -> Error {
    Error::Bug(anyhow::anyhow!("a second factor cannot be made or read: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret and the times of RFC 6238, appendix B, with the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = secret(b"12345678901234567890");
        assert_eq!(secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")] {
            let now = Instant(seconds * 1_000_000);
            assert_eq!(step(&secret, code, now).unwrap(), Some(seconds / 30), "{seconds}");
            assert_eq!(step(&secret, code, now.plus_seconds(30)).unwrap(), Some(seconds / 30), "one step late");
            assert_eq!(step(&secret, code, now.plus_seconds(60)).unwrap(), None, "two steps late");
        }
    }

    #[test]
    fn apps_get_the_secret_as_an_address_and_as_a_picture() {
        let uri = uri("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "ada@example.org").unwrap();
        assert!(uri.starts_with("otpauth://totp/Regulars:ada%40example.org?"), "{uri}");
        assert!(uri.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ") && uri.contains("issuer=Regulars"), "{uri}");
        let picture = qr(&uri).unwrap();
        assert!(picture.contains("<svg") && picture.contains("</svg>"), "{picture}");
    }
}
