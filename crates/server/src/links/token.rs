//! Tokens that say which message to whom, signed, so that nobody can make one up and none needs to be stored.

use crate::ids::{CustomerId, MessageId};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What an address is for. A token of one use is worth nothing for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Unsubscribe,
    Preferences,
    Click,
    Open,
    Bounce,
}

impl Use {
    fn letter(self) -> u8 {
        match self {
            Use::Unsubscribe => b'u',
            Use::Preferences => b'p',
            Use::Click => b'c',
            Use::Open => b'o',
            Use::Bounce => b'b',
        }
    }
}

/// Bytes of the signature: 128 bit.
const SIGNATURE_BYTES: usize = 16;
/// Seven bits to the byte, twice.
const IDS_BYTES_MAX: usize = 20;

#[derive(Clone)]
pub struct Signer {
    mac: Hmac<Sha256>,
}

impl Signer {
    pub fn new(secret: &str) -> Signer {
        Signer { mac: Hmac::new_from_slice(secret.as_bytes()).expect("a key may have any length") }
    }

    /// The token, in lower-case hex: mail systems may change the case of an address. `more` is signed with it and not in it.
    pub fn sign(&self, purpose: Use, customer: CustomerId, message: MessageId, more: &str) -> String {
        let mut bytes = Vec::with_capacity(IDS_BYTES_MAX + SIGNATURE_BYTES);
        push(&mut bytes, customer.0);
        push(&mut bytes, message.0);
        let signature = self.over(purpose, &bytes, more).finalize().into_bytes();
        bytes.extend_from_slice(&signature[..SIGNATURE_BYTES]);
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whom and what a token is about, if it is one of ours for this use.
    pub fn read(&self, purpose: Use, token: &str, more: &str) -> Option<(CustomerId, MessageId)> {
        let bytes = of_hex(token)?;
        let (ids, signature) = bytes.split_at_checked(bytes.len().checked_sub(SIGNATURE_BYTES)?)?;
        self.over(purpose, ids, more).verify_truncated_left(signature).ok()?;
        let mut rest = ids;
        let (customer, message) = (pull(&mut rest)?, pull(&mut rest)?);
        rest.is_empty().then_some((CustomerId(customer), MessageId(message)))
    }

    fn over(&self, purpose: Use, ids: &[u8], more: &str) -> Hmac<Sha256> {
        let mut mac = self.mac.clone();
        mac.update(&[purpose.letter(), u8::try_from(ids.len()).unwrap_or(u8::MAX)]);
        mac.update(ids);
        mac.update(more.as_bytes());
        mac
    }
}

/// Seven bits to the byte, the lowest first, the highest bit saying that more follow.
fn push(bytes: &mut Vec<u8>, id: i64) {
    let mut rest = id.cast_unsigned();
    while rest >= 0x80 {
        bytes.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
}

fn pull(bytes: &mut &[u8]) -> Option<i64> {
    let mut id = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        id |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(id.cast_signed());
        }
    }
    None
}

fn of_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || text.len() > 2 * (IDS_BYTES_MAX + SIGNATURE_BYTES) || !text.is_ascii() {
        return None;
    }
    text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_worth_something_for_its_own_use_only() {
        let signer = Signer::new("secret");
        for (customer, message) in [(1, 1), (127, 128), (12_345_678, i64::MAX)] {
            let ids = (CustomerId(customer), MessageId(message));
            let token = signer.sign(Use::Click, ids.0, ids.1, "https://example.org");
            assert_eq!(signer.read(Use::Click, &token, "https://example.org"), Some(ids));
            assert_eq!(signer.read(Use::Click, &token.to_uppercase(), "https://example.org"), Some(ids));
            assert_eq!(signer.read(Use::Click, &token, "https://example.net"), None);
            assert_eq!(signer.read(Use::Open, &token, "https://example.org"), None);
            assert_eq!(Signer::new("other").read(Use::Click, &token, "https://example.org"), None);
            assert_eq!(signer.read(Use::Click, &token[..token.len() - 2], "https://example.org"), None);
        }
        for wrong in ["", "zz", "0", "é", "00", &"00".repeat(16), &"ff".repeat(36), &"ff".repeat(500)] {
            assert_eq!(signer.read(Use::Click, wrong, ""), None, "{wrong}");
        }
    }

    #[test]
    fn a_token_fits_into_the_local_part_of_an_address() {
        let token = Signer::new("secret").sign(Use::Bounce, CustomerId(1 << 34), MessageId(1 << 34), "");
        assert!("bounce+".len() + token.len() <= 64, "{}", token.len());
    }
}
