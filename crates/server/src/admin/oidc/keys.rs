//! The keys a provider publishes, and whether one of them has signed a token. Signatures are compared by ring, which is here
//! for TLS anyway; the library is told so once.

use jsonwebtoken::crypto::{CryptoProvider, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result, new_error};
use jsonwebtoken::jwk::{Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::signature::{self, Verifier};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, DecodingKeyKind, Validation, decode, decode_header};
use ring::signature as by_ring;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Once;

/// Keys that are tried at most.
const KEYS_MAX: usize = 100;

#[derive(Debug, Deserialize)]
pub struct Keys {
    /// Read one by one: those of a kind that is not known here do not keep the others from being read.
    keys: Vec<Value>,
}

impl Keys {
    /// What the token says, if one of the keys has signed it. Shared secrets are no keys here: whoever knew the public key could
    /// sign with it.
    pub fn claims<T: DeserializeOwned>(&self, token: &str, mut validation: Validation) -> Result<T> {
        install();
        let header = decode_header(token)?;
        if header.alg.family() == AlgorithmFamily::Hmac {
            return Err(new_error(ErrorKind::InvalidAlgorithm));
        }
        validation.algorithms = vec![header.alg];
        let mut refused = new_error(ErrorKind::InvalidSignature);
        for key in self.known().filter(|key| may_have_signed(key, header.kid.as_deref(), header.alg)) {
            match decode(token, &DecodingKey::from_jwk(&key)?, &validation) {
                Ok(token) => return Ok(token.claims),
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }

    fn known(&self) -> impl Iterator<Item = Jwk> {
        self.keys.iter().take(KEYS_MAX).filter_map(|key| Jwk::deserialize(key).ok())
    }
}

fn may_have_signed(key: &Jwk, kid: Option<&str>, algorithm: Algorithm) -> bool {
    let common = &key.common;
    let is_named = kid.is_none_or(|kid| common.key_id.as_deref().is_none_or(|own| own == kid));
    let is_for_signing = common.public_key_use.as_ref().is_none_or(|purpose| *purpose == PublicKeyUse::Signature);
    let fits = common.key_algorithm.is_none_or(|own| own == KeyAlgorithm::from(algorithm));
    let family = DecodingKey::from_jwk(key).map(|key| key.family());
    is_named && is_for_signing && fits && family.is_ok_and(|family| family == algorithm.family())
}

fn install() {
    static PROVIDER: CryptoProvider = CryptoProvider {
        signer_factory: |_, _| Err(new_error(ErrorKind::InvalidAlgorithm)),
        verifier_factory: |algorithm, key| Ok(Box::new(ByRing { algorithm: *algorithm, key: key.clone() })),
        key_utils: KeyUtils::new_unimplemented(),
    };
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Whoever embeds us may have chosen another one, which is as good.
        if PROVIDER.install_default().is_err() {
            tracing::debug!("signatures of tokens are compared by another library");
        }
    });
}

struct ByRing {
    algorithm: Algorithm,
    key: DecodingKey,
}

impl JwtVerifier for ByRing {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

impl Verifier<Vec<u8>> for ByRing {
    fn verify(&self, message: &[u8], signed: &Vec<u8>) -> std::result::Result<(), signature::Error> {
        let is_right = match self.key.kind() {
            DecodingKeyKind::RsaModulusExponent { n, e } => {
                let algorithm = rsa(self.algorithm).ok_or_else(signature::Error::new)?;
                by_ring::RsaPublicKeyComponents { n, e }.verify(algorithm, message, signed).is_ok()
            }
            DecodingKeyKind::SecretOrDer(point) => {
                let algorithm = curve(self.algorithm).ok_or_else(signature::Error::new)?;
                by_ring::UnparsedPublicKey::new(algorithm, point).verify(message, signed).is_ok()
            }
        };
        if is_right { Ok(()) } else { Err(signature::Error::new()) }
    }
}

fn rsa(algorithm: Algorithm) -> Option<&'static by_ring::RsaParameters> {
    match algorithm {
        Algorithm::RS256 => Some(&by_ring::RSA_PKCS1_2048_8192_SHA256),
        Algorithm::RS384 => Some(&by_ring::RSA_PKCS1_2048_8192_SHA384),
        Algorithm::RS512 => Some(&by_ring::RSA_PKCS1_2048_8192_SHA512),
        Algorithm::PS256 => Some(&by_ring::RSA_PSS_2048_8192_SHA256),
        Algorithm::PS384 => Some(&by_ring::RSA_PSS_2048_8192_SHA384),
        Algorithm::PS512 => Some(&by_ring::RSA_PSS_2048_8192_SHA512),
        _ => None,
    }
}

fn curve(algorithm: Algorithm) -> Option<&'static dyn by_ring::VerificationAlgorithm> {
    match algorithm {
        Algorithm::ES256 => Some(&by_ring::ECDSA_P256_SHA256_FIXED),
        Algorithm::ES384 => Some(&by_ring::ECDSA_P384_SHA384_FIXED),
        Algorithm::EdDSA => Some(&by_ring::ED25519),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// RFC 7515, appendix A.2: a token signed with RS256 and its key.
    const SIGNED: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    const MODULUS: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";

    fn keys(extra: Value) -> Keys {
        let mut key = json!({ "kty": "RSA", "n": MODULUS, "e": "AQAB" });
        crate::http::merge_patch(&mut key, &extra);
        Keys { keys: vec![json!({ "kty": "of tomorrow" }), key] }
    }

    fn free() -> Validation {
        Validation { validate_exp: false, ..Validation::default() }
    }

    #[test]
    fn the_signature_of_the_standard_is_recognised_and_no_other_one() {
        let claims: Value = keys(json!({})).claims(SIGNED, free()).unwrap();
        assert_eq!(claims["iss"], "joe");
        for (extra, is_right) in [
            (json!({ "alg": "RS256", "use": "sig", "kid": "1" }), true),
            (json!({ "alg": "PS256" }), false),
            (json!({ "use": "enc" }), false),
            (json!({ "n": MODULUS.replace("ofgW", "pfgW") }), false),
        ] {
            assert_eq!(keys(extra.clone()).claims::<Value>(SIGNED, free()).is_ok(), is_right, "{extra}");
        }
        let (said, signature) = SIGNED.rsplit_once('.').unwrap();
        let other = format!("{}.{signature}", said.replace("eyJpc3MiOiJqb2UiL", "eyJpc3MiOiJqb2YiL"));
        assert!(keys(json!({})).claims::<Value>(&other, free()).is_err());
    }
}
