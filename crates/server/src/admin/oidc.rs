//! What is said to the provider (OpenID Connect with the authorization code flow and PKCE), and whether what it says of somebody
//! can be believed. Decides nothing about users, and writes nothing.

mod keys;

use super::provider::{Identity, Refusal, Trip};
use crate::app::App;
use crate::config::Oidc;
use crate::time::Instant;
use crate::webhooks::Wire;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::Validation;
use keys::Keys;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Client, RequestBuilder};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::time::Duration;
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

const ANSWER_WITHIN: Duration = Duration::from_secs(10);
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// Random bytes of what only we and the provider know of one trip.
const STATE_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
const VERIFIER_BYTES: usize = 32;
/// Clocks may be so far apart.
const LEEWAY_S: i64 = 60;

/// Somebody on his way to the provider.
pub struct Departure {
    pub address: Url,
    pub state: String,
    pub trip: Trip,
}

/// What the provider publishes about itself.
#[derive(Debug, Deserialize)]
struct Metadata {
    issuer: String,
    #[serde(deserialize_with = "address")]
    authorization_endpoint: Url,
    #[serde(deserialize_with = "address")]
    token_endpoint: Url,
    #[serde(deserialize_with = "address")]
    jwks_uri: Url,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

fn address<'de, D: Deserializer<'de>>(from: D) -> Result<Url, D::Error> {
    Url::parse(&String::deserialize(from)?).map_err(serde::de::Error::custom)
}

#[derive(Debug, Deserialize)]
struct Tokens {
    id_token: String,
}

/// What an ID token says. Of what is missing here nothing is believed.
#[derive(Debug, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: OneOrMore,
    exp: i64,
    iat: i64,
    nonce: String,
    email: Option<String>,
    email_verified: Option<Flag>,
    name: Option<String>,
    #[serde(flatten)]
    others: serde_json::Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

/// Some providers write it as a text.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Flag {
    Plain(bool),
    Text(String),
}

/// The address at which somebody signs in, with what has to be known when he comes back.
pub async fn depart(app: &App, back_to: String) -> Result<Departure, Refusal> {
    let settings = &app.config.oidc;
    let metadata = discover(&client(app)?, settings).await.map_err(failed)?;
    let (state, nonce, verifier) = (app.random_token(STATE_BYTES), app.random_token(NONCE_BYTES), app.random_token(VERIFIER_BYTES));
    let scopes = std::iter::once("openid").chain(settings.scopes.iter().map(String::as_str)).collect::<Vec<_>>().join(" ");
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    let mut address = metadata.authorization_endpoint;
    address
        .query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &settings.client_id)
        .append_pair("redirect_uri", &redirect_uri(app))
        .append_pair("scope", &scopes)
        .append_pair("state", &state)
        .append_pair("nonce", &nonce)
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256");
    Ok(Departure { address, state, trip: Trip { nonce, verifier, back_to } })
}

/// Who came back with this code.
pub async fn identity(app: &App, code: String, trip: &Trip) -> Result<Identity, Refusal> {
    let (settings, client) = (&app.config.oidc, client(app)?);
    let metadata = discover(&client, settings).await.map_err(failed)?;
    let tokens: Tokens = answer(token_request(app, &client, &metadata, &code, trip)).await.map_err(failed)?;
    let keys: Keys = answer(client.get(metadata.jwks_uri)).await.map_err(failed)?;
    let mut validation = Validation::default();
    validation.set_audience(&[&settings.client_id]);
    validation.set_issuer(&[&settings.issuer]);
    // Looked at below, by our own clock.
    validation.validate_exp = false;
    let claims: Claims = keys.claims(&tokens.id_token, validation).map_err(unbelievable)?;
    believed(settings, claims, &trip.nonce, app.clock.now()).map_err(unbelievable)
}

/// Whether the provider publishes what is needed to sign in; if not, why.
pub async fn check(settings: &Oidc) -> Result<(), String> {
    let client = Wire::default().client().map_err(|error| error.to_string())?;
    discover(&client, settings).await.map(drop)
}

/// What the signature and the library have left to be looked at.
fn believed(settings: &Oidc, claims: Claims, nonce: &str, now: Instant) -> Result<Identity, &'static str> {
    let now_s = now.timestamp().as_second();
    let require = |holds: bool, otherwise: &'static str| if holds { Ok(()) } else { Err(otherwise) };
    require(claims.iss == settings.issuer, "it is of another issuer")?;
    let for_us = match &claims.aud {
        OneOrMore::One(one) => *one == settings.client_id,
        OneOrMore::More(all) => !all.is_empty() && all.iter().all(|one| *one == settings.client_id),
    };
    require(for_us, "it is for others too")?;
    require(now_s < claims.exp.saturating_add(LEEWAY_S), "it has expired")?;
    require(claims.iat <= now_s.saturating_add(LEEWAY_S), "it comes from the future")?;
    require(bool::from(subtle::ConstantTimeEq::ct_eq(claims.nonce.as_bytes(), nonce.as_bytes())), "it belongs to another trip")?;
    require(!claims.sub.is_empty(), "it names nobody")?;
    let is_verified = match claims.email_verified {
        Some(Flag::Plain(flag)) => flag,
        Some(Flag::Text(text)) => text == "true",
        None => false,
    };
    Ok(Identity {
        values: values(claims.others.get(&settings.role_claim)),
        issuer: claims.iss,
        subject: claims.sub,
        verified_email: claims.email.filter(|email| is_verified && !email.trim().is_empty()),
        name: claims.name,
    })
}

/// The values of a claim, of which there may be one or many.
fn values(claim: Option<&Value>) -> Vec<String> {
    match claim {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// Asked anew each time: people sign in rarely, and whatever the provider changes counts at once.
async fn discover(client: &Client, settings: &Oidc) -> Result<Metadata, String> {
    let address = format!("{}/.well-known/openid-configuration", settings.issuer.trim_end_matches('/'));
    let metadata: Metadata = answer(client.get(address)).await?;
    if metadata.issuer != settings.issuer {
        return Err(format!("the provider calls itself {:?}, otherwise than oidc.issuer does", metadata.issuer));
    }
    let is_secure = settings.issuer.starts_with("https://");
    let endpoints = [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri];
    if is_secure && endpoints.iter().any(|endpoint| endpoint.scheme() != "https") {
        return Err("the provider has addresses without TLS".to_owned());
    }
    Ok(metadata)
}

fn token_request(app: &App, client: &Client, metadata: &Metadata, code: &str, trip: &Trip) -> RequestBuilder {
    let settings = &app.config.oidc;
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("code", code)
        .append_pair("redirect_uri", &redirect_uri(app))
        .append_pair("code_verifier", &trip.verifier);
    let mut request = client.post(metadata.token_endpoint.clone());
    let methods = metadata.token_endpoint_auth_methods_supported.as_deref();
    let takes_basic = methods.is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic"));
    if settings.client_secret.is_empty() {
        form.append_pair("client_id", &settings.client_id);
    } else if takes_basic {
        // RFC 6749, 2.3.1: both are written as in a form before they are put together.
        let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let both = format!("{}:{}", encoded(&settings.client_id), encoded(&settings.client_secret));
        request = request.header(AUTHORIZATION, format!("Basic {}", STANDARD.encode(both)));
    } else {
        form.append_pair("client_id", &settings.client_id).append_pair("client_secret", &settings.client_secret);
    }
    request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form.finish())
}

/// The client of webhooks: it follows no redirects, which here could lead a secret elsewhere.
fn client(app: &App) -> Result<Client, Refusal> {
    app.webhooks.client().map_err(|error| {
        error.log();
        Refusal::Provider
    })
}

/// What it answered, or why that is of no use.
async fn answer<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, String> {
    let why = |error: reqwest::Error| format!("{:#}", anyhow::Error::new(error));
    let sent = request.header(ACCEPT, "application/json").timeout(ANSWER_WITHIN).send().await;
    let mut response = sent.map_err(why)?;
    if !response.status().is_success() {
        return Err(format!("{} answered with status {}", response.url(), response.status()));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(why)? {
        if ANSWER_BYTES_MAX < bytes.len() + chunk.len() {
            return Err("the answer is too long".to_owned());
        }
        bytes.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&bytes).map_err(|error| format!("the answer cannot be read: {error}"))
}

fn failed(reason: String) -> Refusal {
    tracing::warn!(reason, "the provider did not answer as it should");
    Refusal::Provider
}

fn unbelievable(reason: impl std::fmt::Display) -> Refusal {
    tracing::warn!(%reason, "an ID token was refused");
    Refusal::Token
}

fn redirect_uri(app: &App) -> String {
    format!("{}/api/oidc/callback", app.config.server.public_url.trim_end_matches('/'))
}
