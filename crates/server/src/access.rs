//! Who acts, and what he may do. A route names its permission in its signature: `May<EditSegments>` exists only when the
//! caller was recognised and holds it, and it is the only way for a route to a unit of work.

use crate::app::App;
use crate::error::Error;
use crate::time::Instant;
use crate::work::{self, Work};
use crate::{admin, http};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};
use utoipa::ToSchema;

/// Who did something, as written into versions, notes and the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Actor {
    pub kind: ActorKind,
    pub id: Option<i64>,
    pub name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// Regulars itself: the worker, a rule, a due window.
    System,
    AdminUser,
    ApiKey,
    /// Someone at the command line of the machine.
    Operator,
}

impl ActorKind {
    pub fn as_str(self) -> &'static str {
        match self {
            ActorKind::System => "system",
            ActorKind::AdminUser => "admin_user",
            ActorKind::ApiKey => "api_key",
            ActorKind::Operator => "operator",
        }
    }

    pub fn parse(text: &str) -> ActorKind {
        match text {
            "admin_user" => ActorKind::AdminUser,
            "api_key" => ActorKind::ApiKey,
            "operator" => ActorKind::Operator,
            _ => ActorKind::System,
        }
    }
}

impl Actor {
    pub fn system() -> Actor {
        Actor { kind: ActorKind::System, id: None, name: "Regulars".to_owned() }
    }

    pub fn operator() -> Actor {
        Actor { kind: ActorKind::Operator, id: None, name: "command line".to_owned() }
    }

    /// Whether this is a person or a key, whose changes are audited.
    pub fn is_outside(&self) -> bool {
        self.kind != ActorKind::System
    }
}

/// A permission as a type.
pub trait Permission: Send + Sync + 'static {
    const NAME: &'static str;
}

macro_rules! permissions {
    ($($name:ident $text:literal),* $(,)?) => {
        $(pub struct $name;
        impl Permission for $name {
            const NAME: &'static str = $text;
        })*

        /// All permissions there are.
        pub const PERMISSIONS: &[&str] = &[$($text),*];
    };
}

permissions! {
    ReadCustomers "customers:read",
    EditCustomers "customers:write",
    ReadActivities "activities:read",
    EditActivities "activities:write",
    ReadSegments "segments:read",
    EditSegments "segments:write",
    ReadRules "rules:read",
    EditRules "rules:write",
    ReadMail "mail:read",
    EditMail "mail:write",
    EditImports "imports:write",
    ReadSettings "settings:read",
    EditSettings "settings:write",
    ReadJobs "jobs:read",
    EditJobs "jobs:write",
    ReadUsers "users:read",
    EditUsers "users:write",
    ReadAudit "audit:read",
}

/// A recognised caller.
#[derive(Debug, Clone)]
pub struct Caller {
    pub actor: Actor,
    pub permissions: Vec<String>,
    /// Set for a session: what a writing request must repeat in `X-CSRF-Token`.
    pub csrf_token: Option<String>,
    pub expires_at: Option<Instant>,
}

impl Caller {
    pub fn holds(&self, permission: &str) -> bool {
        self.permissions.iter().any(|held| held == permission || held == "all")
    }
}

/// How the caller says who he is; only hashes are kept and compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Credential {
    Key { hash: String },
    Session { hash: String },
}

pub const SESSION_COOKIE: &str = "regulars_session";
const CSRF_HEADER: &str = "x-csrf-token";

impl Credential {
    pub fn of(headers: &HeaderMap) -> Option<Credential> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let bearer = text("authorization").and_then(|value| value.strip_prefix("Bearer "));
        if let Some(key) = text("x-api-key").or(bearer) {
            return Some(Credential::Key { hash: hash(key.trim()) });
        }
        http::cookie(headers, SESSION_COOKIE).map(|token| Credential::Session { hash: hash(token) })
    }
}

/// SHA-256 as hex. Enough for secrets of 128 random bits and more; passwords go through argon2 instead.
pub fn hash(secret: &str) -> String {
    Sha256::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Callers recognised a moment ago, so that a busy key does not cost a read per request. A revoked key may still be
/// let in for this long by other processes; the one that revokes forgets it at once.
#[derive(Default)]
pub struct Callers {
    known: Mutex<HashMap<Credential, (Arc<Caller>, Instant)>>,
}

const REMEMBERED_S: i64 = 5;
const REMEMBERED_MAX: usize = 10_000;

impl Callers {
    pub fn forget_all(&self) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn get(&self, credential: &Credential, now: Instant) -> Option<Arc<Caller>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(credential).filter(|(_, until)| now < *until).map(|(caller, _)| caller.clone())
    }

    fn put(&self, credential: Credential, caller: Arc<Caller>, until: Instant) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if REMEMBERED_MAX <= known.len() {
            known.clear();
        }
        known.insert(credential, (caller, until));
    }
}

/// Finds out who calls.
pub async fn recognise(app: &App, headers: &HeaderMap) -> Result<Arc<Caller>, Error> {
    let credential = Credential::of(headers).ok_or(Error::Unauthorized)?;
    let now = app.clock.now();
    if let Some(caller) = app.callers.get(&credential, now) {
        return Ok(caller);
    }
    let asked = credential.clone();
    let found = work::read(app, Actor::system(), move |work| admin::caller(work, &asked)).await?;
    let caller = Arc::new(found.ok_or(Error::Unauthorized)?);
    let remembered = now.plus_seconds(REMEMBERED_S);
    app.callers.put(credential, caller.clone(), caller.expires_at.map_or(remembered, |expires| expires.min(remembered)));
    Ok(caller)
}

/// A caller who holds the permission `P`.
pub struct May<P> {
    pub app: App,
    pub caller: Arc<Caller>,
    permission: PhantomData<P>,
}

impl<P: Permission> May<P> {
    pub fn actor(&self) -> Actor {
        self.caller.actor.clone()
    }

    pub async fn write<T: Send + 'static>(
        &self,
        operation: impl FnMut(&mut Work<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        work::write(&self.app, self.actor(), operation).await
    }

    pub async fn read<T: Send + 'static>(
        &self,
        operation: impl FnMut(&mut Work<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        work::read(&self.app, self.actor(), operation).await
    }
}

impl<P: Permission> FromRequestParts<App> for May<P> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let caller = recognise(app, &parts.headers).await?;
        check_csrf(&caller, &parts.method, &parts.headers)?;
        if !caller.holds(P::NAME) {
            return Err(Error::Forbidden(P::NAME));
        }
        Ok(May { app: app.clone(), caller, permission: PhantomData })
    }
}

/// Any recognised caller, whatever he may do.
pub struct SignedIn {
    pub app: App,
    pub caller: Arc<Caller>,
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let caller = recognise(app, &parts.headers).await?;
        check_csrf(&caller, &parts.method, &parts.headers)?;
        Ok(SignedIn { app: app.clone(), caller })
    }
}

/// A browser sends the session cookie by itself, so a writing request must also repeat a token other sites cannot read.
fn check_csrf(caller: &Caller, method: &Method, headers: &HeaderMap) -> Result<(), Error> {
    let Some(expected) = &caller.csrf_token else { return Ok(()) };
    if method.is_safe() {
        return Ok(());
    }
    let sent = headers.get(CSRF_HEADER).map(|value| value.as_bytes()).unwrap_or_default();
    match bool::from(subtle::ConstantTimeEq::ct_eq(sent, expected.as_bytes())) {
        true => Ok(()),
        false => Err(Error::Forbidden("a valid X-CSRF-Token header")),
    }
}

/// The address a request came from as far as headers tell, for throttling.
pub fn origin(headers: &HeaderMap) -> String {
    headers.get(header::FORWARDED).or(headers.get("x-forwarded-for")).and_then(|value| value.to_str().ok()).unwrap_or("direct").to_owned()
}
