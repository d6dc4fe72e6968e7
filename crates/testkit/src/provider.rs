//! A stand-in for a provider of sign-ins (OpenID Connect): discovery, keys, the page where one agrees (which always agrees), and
//! tokens signed with a key of its own. It is as strict as real ones about codes, secrets and PKCE, and says in its ID tokens
//! what the test tells it to.

use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use server::http::merge_patch;
use server::time::Clock;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;

pub const CLIENT: &str = "regulars";
pub const SECRET: &str = "a secret & more";
const KEY_ID: &str = "first";

type Fields = HashMap<String, String>;

struct Inner {
    url: String,
    key: EcdsaKeyPair,
    saying: Mutex<Saying>,
    /// What was asked for under each code that was not used yet.
    codes: Mutex<HashMap<String, Fields>>,
}

/// What the next ID tokens say.
struct Saying {
    clock: Clock,
    /// Laid over the usual claims.
    claims: Value,
    header: Value,
    /// Signs in place of the key that is published.
    foreign: Option<EcdsaKeyPair>,
}

pub struct Provider {
    /// The issuer.
    pub url: String,
    inner: Arc<Inner>,
}

impl Provider {
    pub async fn start() -> Provider {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let saying = Saying { clock: Clock::Machine, claims: json!({}), header: json!({}), foreign: None };
        let inner = Arc::new(Inner { url: url.clone(), key: new_key(), saying: Mutex::new(saying), codes: Mutex::default() });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(configuration))
            .route("/keys", get(keys))
            .route("/authorize", get(authorize))
            .route("/token", post(token));
        let router = router.with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.expect("the provider runs") });
        Provider { url, inner }
    }

    /// From now on it is as late here as by this clock, and what is said is the usual.
    pub fn begin(&self, clock: &Clock) {
        *self.saying() = Saying { clock: clock.clone(), claims: json!({}), header: json!({}), foreign: None };
    }

    /// Says this in ID tokens from now on, beside the usual claims; null takes one away.
    pub fn say(&self, claims: Value) {
        self.saying().claims = claims;
    }

    /// Writes this into the header of ID tokens from now on.
    pub fn write_header(&self, header: Value) {
        self.saying().header = header;
    }

    /// Signs with a key that is not published from now on.
    pub fn sign_with_foreign_key(&self) {
        self.saying().foreign = Some(new_key());
    }

    fn saying(&self) -> std::sync::MutexGuard<'_, Saying> {
        self.inner.saying.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn new_key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).expect("the key that was made")
}

async fn configuration(State(inner): State<Arc<Inner>>) -> Json<Value> {
    let url = &inner.url;
    Json(json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
    }))
}

async fn keys(State(inner): State<Arc<Inner>>) -> Json<Value> {
    // One byte that says that both coordinates follow.
    let point = &inner.key.public_key().as_ref()[1..];
    let (x, y) = point.split_at(point.len() / 2);
    let key = json!({
        "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": KEY_ID,
        "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y),
    });
    Json(json!({ "keys": [key] }))
}

async fn authorize(State(inner): State<Arc<Inner>>, Query(asked): Query<Fields>) -> Response {
    let is = |name: &str, value: &str| asked.get(name).is_some_and(|given| given == value);
    let has_openid = asked.get("scope").is_some_and(|scope| scope.split(' ').any(|one| one == "openid"));
    if !is("response_type", "code") || !is("client_id", CLIENT) || !is("code_challenge_method", "S256") || !has_openid {
        return (StatusCode::BAD_REQUEST, "this cannot be asked").into_response();
    }
    let (Some(back), Some(state)) = (asked.get("redirect_uri"), asked.get("state")) else {
        return (StatusCode::BAD_REQUEST, "where from?").into_response();
    };
    let mut codes = inner.codes.lock().unwrap_or_else(PoisonError::into_inner);
    let code = format!("code-{state}");
    let target = format!("{back}?code={code}&state={state}");
    codes.insert(code, asked);
    Redirect::to(&target).into_response()
}

async fn token(State(inner): State<Arc<Inner>>, headers: HeaderMap, Form(sent): Form<Fields>) -> Response {
    let refused = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response();
    // RFC 6749: both are written as in a form before they are put together.
    let expected = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{}", SECRET.replace('&', "%26").replace(' ', "+"))));
    if headers.get(header::AUTHORIZATION).is_none_or(|given| given != expected.as_str()) {
        return refused("invalid_client");
    }
    let text = |name: &str| sent.get(name).cloned().unwrap_or_default();
    let asked = inner.codes.lock().unwrap_or_else(PoisonError::into_inner).remove(&text("code"));
    let Some(asked) = asked.filter(|_| text("grant_type") == "authorization_code") else { return refused("invalid_grant") };
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, text("code_verifier").as_bytes()));
    if asked.get("code_challenge") != Some(&challenge) || asked.get("redirect_uri") != Some(&text("redirect_uri")) {
        return refused("invalid_grant");
    }
    let id_token = id_token(&inner, asked.get("nonce"));
    Json(json!({ "access_token": "unused", "token_type": "Bearer", "expires_in": 300, "id_token": id_token })).into_response()
}

fn id_token(inner: &Inner, nonce: Option<&String>) -> String {
    let saying = inner.saying.lock().unwrap_or_else(PoisonError::into_inner);
    let now = saying.clock.now().timestamp().as_second();
    let mut claims = json!({
        "iss": inner.url, "sub": "ada-1", "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": nonce,
        "email": "ada@example.org", "email_verified": true, "name": "Ada Byron",
    });
    merge_patch(&mut claims, &saying.claims);
    let mut header = json!({ "alg": "ES256", "typ": "JWT", "kid": KEY_ID });
    merge_patch(&mut header, &saying.header);
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let key = saying.foreign.as_ref().unwrap_or(&inner.key);
    let signature = match header["alg"].as_str() {
        Some("none") => Vec::new(),
        // Whoever takes the public key for a shared secret believes this.
        Some("HS256") => {
            let secret = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, inner.key.public_key().as_ref());
            ring::hmac::sign(&secret, signed.as_bytes()).as_ref().to_vec()
        }
        _ => key.sign(&SystemRandom::new(), signed.as_bytes()).expect("the key signs").as_ref().to_vec(),
    };
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}
