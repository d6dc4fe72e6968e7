//! Who acts, and what he may do. A route names its permission in its signature: `May<EditSegments>` exists only when the
//! caller was recognised and holds it, and it is the only way for a route to a unit of work.

use crate::admin::CameBy;
use crate::app::App;
use crate::config::Config;
use crate::error::Error;
use crate::ids::{ApiKeyId, SessionId};
use crate::time::Instant;
use crate::work::{self, Work};
use crate::{admin, http};
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use condition::Shown;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::convert::Infallible;
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
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
    /// Someone who has not signed in; only failed attempts to do so are written under this name.
    Anonymous,
}

impl ActorKind {
    pub fn as_str(self) -> &'static str {
        match self {
            ActorKind::System => "system",
            ActorKind::AdminUser => "admin_user",
            ActorKind::ApiKey => "api_key",
            ActorKind::Operator => "operator",
            ActorKind::Anonymous => "anonymous",
        }
    }

    pub fn parse(text: &str) -> ActorKind {
        match text {
            "admin_user" => ActorKind::AdminUser,
            "api_key" => ActorKind::ApiKey,
            "operator" => ActorKind::Operator,
            "anonymous" => ActorKind::Anonymous,
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

    pub fn anonymous() -> Actor {
        Actor { kind: ActorKind::Anonymous, id: None, name: "someone".to_owned() }
    }

    /// Whether this is a person or a key, whose changes are audited.
    pub fn is_outside(&self) -> bool {
        self.kind != ActorKind::System
    }
}

/// A permission as a type.
pub trait Permission: Send + Sync + 'static {
    const NAME: &'static str;

    fn is_held_by(caller: &Caller) -> bool {
        caller.holds(Self::NAME)
    }
}

macro_rules! permissions {
    ($($name:ident $text:tt $(with $($needed:ident)+)?: $allows:literal),* $(,)?) => {
        $(pub struct $name;
        impl Permission for $name {
            const NAME: &'static str = $text;
        })*

        /// A permission by its name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        #[schema(as = Permission)]
        pub enum PermissionName {
            $(#[serde(rename = $text)] $name),*
        }

        /// All permissions there are.
        pub const PERMISSIONS: &[PermissionName] = &[$(PermissionName::$name),*];

        impl PermissionName {
            pub fn as_str(self) -> &'static str {
                match self { $(PermissionName::$name => $text),* }
            }

            /// What whoever holds it may do.
            pub fn allows(self) -> &'static str {
                match self { $(PermissionName::$name => $allows),* }
            }

            /// What it is of little use without.
            pub fn needs(self) -> &'static [PermissionName] {
                match self { $(PermissionName::$name => &[$($(PermissionName::$needed),+)?]),* }
            }
        }
    };
}

impl PermissionName {
    pub fn parse(text: &str) -> Option<PermissionName> {
        PERMISSIONS.iter().copied().find(|permission| permission.as_str() == text)
    }
}

permissions! {
    ReadCustomers "customers:read": "see customers with their fields, companies, consents and notes, and the dashboard",
    EditCustomers "customers:write" with ReadCustomers: "add and change customers, companies, consents, subscriptions and notes",
    DeleteCustomers "customers:delete" with ReadCustomers: "delete customers with everything that belongs to them",
    RunBulk "bulk:write" with ReadCustomers: "do one thing to many customers at once, as far as one may do it to one",
    EditExports "exports:write" with ReadCustomers: "take lists of customers out as files",
    EditImports "imports:write": "bring in customers, activities and lists of members from files, also without the permission to change them one by one",
    ShareViews "views:share" with ReadCustomers: "share saved views with other users and roles",
    EditViews "views:write" with ReadCustomers: "see, change and delete the saved views of everybody",
    ReadActivities "activities:read": "see what customers did",
    EditActivities "activities:write": "add, change and delete activities",
    ReadDuplicates "duplicates:read" with ReadCustomers: "see customers who may be one person",
    EditDuplicates "duplicates:write" with ReadDuplicates: "decline pairs and have everybody compared",
    ReadMerges "merging:read" with ReadCustomers: "see which customers were merged",
    EditMerges "merging:write" with ReadMerges: "merge two customers and take it back",
    ReadSegments "segments:read": "see segments, their conditions and members",
    EditSegments "segments:write" with ReadSegments: "make and change segments, and put customers into them",
    ReadRules "rules:read": "see rules, what they did and what they have planned",
    EditRules "rules:write" with ReadRules: "make, change, switch and run rules, which do whatever they are told to, also what one may not do oneself",
    ReadMail "mail:read": "see templates, messages, links and suppressed addresses",
    EditMail "mail:write" with ReadMail: "make and change templates and links, send again, suppress addresses",
    ReadWebhooks "webhooks:read": "see webhooks and what they were told",
    EditWebhooks "webhooks:write" with ReadWebhooks: "send what happens to other systems",
    ReadSettings "settings:read": "see settings and types of activities",
    EditSettings "settings:write" with ReadSettings: "change settings, custom fields and types of activities",
    ReadJobs "jobs:read": "see the work that is done in the background",
    EditJobs "jobs:write" with ReadJobs: "retry and stop work that is done in the background",
    ReadUsers "users:read": "see who may sign in, roles and API keys",
    EditUsers "users:write" with ReadUsers: "add and change users, roles and API keys, as far as one's own permissions reach",
    ReadAudit "audit:read": "see who changed what",
}

/// Custom fields are defined with the settings and filled with the customers: either is enough to see how they are defined.
pub struct ReadFields;

impl Permission for ReadFields {
    const NAME: &'static str = ReadSettings::NAME;

    fn is_held_by(caller: &Caller) -> bool {
        caller.holds(ReadSettings::NAME) || caller.holds(ReadCustomers::NAME)
    }
}

/// A recognised caller.
#[derive(Debug, Clone)]
pub struct Caller {
    pub actor: Actor,
    pub permissions: Vec<String>,
    /// Set for a person who signed in.
    pub session: Option<Session>,
    pub expires_at: Option<Instant>,
}

/// What is known of a signed-in admin user's session.
#[derive(Debug, Clone)]
pub struct Session {
    pub id: SessionId,
    pub hash: String,
    /// What a writing request must repeat in `X-CSRF-Token`.
    pub csrf_token: String,
    pub begun_at: Instant,
    pub came_by: CameBy,
    /// When use of it was last written down.
    pub seen_at: Instant,
    /// Whether he has to set up a second factor before he may do anything else.
    pub owes_second_factor: bool,
}

impl Caller {
    pub fn holds(&self, permission: &str) -> bool {
        self.permissions.iter().any(|held| held == permission || held == "all")
    }

    /// How much of what explains an answer he may see.
    pub fn shown(&self) -> Shown {
        if self.holds(ReadActivities::NAME) { Shown::Everything } else { Shown::NoActivities }
    }
}

/// How the caller says who he is; only hashes are kept and compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Credential {
    Key { hash: String },
    Session { hash: String },
}

pub const SESSION_COOKIE: &str = "regulars_session";
/// Browsers take a cookie of this name only over TLS, for this host alone, so that no neighbour can plant one.
const SECURE_SESSION_COOKIE: &str = "__Host-regulars_session";
const CSRF_HEADER: &str = "x-csrf-token";

/// The name of the session cookie under the configured address.
pub fn session_cookie(config: &Config) -> &'static str {
    if config.server.is_secure() { SECURE_SESSION_COOKIE } else { SESSION_COOKIE }
}

impl Credential {
    pub fn of(headers: &HeaderMap, config: &Config) -> Option<Credential> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let bearer = text("authorization").and_then(|value| value.strip_prefix("Bearer "));
        if let Some(key) = text("x-api-key").or(bearer) {
            return Some(Credential::Key { hash: hash(key.trim()) });
        }
        http::cookie(headers, session_cookie(config)).map(|token| Credential::Session { hash: hash(token) })
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
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    callers: HashMap<Credential, (Arc<Caller>, Instant)>,
    /// Keys used since the last call of [`Callers::take_used`], and when.
    used: HashMap<ApiKeyId, Instant>,
    /// How often everybody was forgotten. What was read before the last time is not remembered.
    forgotten: u64,
}

const REMEMBERED_S: i64 = 5;
const REMEMBERED_MAX: usize = 10_000;
/// Keys whose use is noted between two writes; of more than these, some show an earlier use.
const USED_MAX: usize = 5_000;

impl Callers {
    pub fn forget_all(&self) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.callers.clear();
        known.forgotten += 1;
    }

    /// The keys used since the last call.
    pub fn take_used(&self) -> Vec<(ApiKeyId, Instant)> {
        std::mem::take(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner).used).into_iter().collect()
    }

    /// The caller if he is remembered, and how often everybody was forgotten so far.
    fn get(&self, credential: &Credential, now: Instant) -> (Option<Arc<Caller>>, u64) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.callers.get(credential).filter(|(_, until)| now < *until).map(|(caller, _)| caller.clone());
        if let Some(caller) = &found {
            known.note_use(caller, now);
        }
        (found, known.forgotten)
    }

    fn put(&self, credential: Credential, caller: Arc<Caller>, now: Instant, forgotten: u64) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.note_use(&caller, now);
        if known.forgotten != forgotten {
            return;
        }
        if REMEMBERED_MAX <= known.callers.len() {
            known.callers.clear();
        }
        let remembered = now.plus_seconds(REMEMBERED_S);
        let until = caller.expires_at.map_or(remembered, |expires| expires.min(remembered));
        known.callers.insert(credential, (caller, until));
    }
}

impl Known {
    fn note_use(&mut self, caller: &Caller, now: Instant) {
        if let (ActorKind::ApiKey, Some(id)) = (caller.actor.kind, caller.actor.id)
            && self.used.len() < USED_MAX
        {
            self.used.insert(ApiKeyId(id), now);
        }
    }
}

/// Finds out who calls.
pub async fn recognise(app: &App, headers: &HeaderMap) -> Result<Arc<Caller>, Error> {
    let credential = Credential::of(headers, &app.config).ok_or(Error::Unauthorized)?;
    let now = app.clock.now();
    let (remembered, forgotten) = app.callers.get(&credential, now);
    if let Some(caller) = remembered {
        return Ok(caller);
    }
    let asked = credential.clone();
    let found = work::read(app, Actor::system(), move |work| admin::caller(work, &asked)).await?;
    let caller = Arc::new(found.ok_or(Error::Unauthorized)?);
    if let Some(session) = &caller.session
        && admin::is_stale(session, now)
        && let Err(error) = admin::keep_session(app, session.hash.clone()).await
    {
        // Whoever only reads may go on while the database cannot be written.
        error.log();
    }
    app.callers.put(credential, caller.clone(), now, forgotten);
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

    /// The same caller with another permission, if he holds it too.
    pub fn also<Q: Permission>(&self) -> Result<May<Q>, Error> {
        if !Q::is_held_by(&self.caller) {
            return Err(Error::Forbidden(Q::NAME));
        }
        Ok(May { app: self.app.clone(), caller: self.caller.clone(), permission: PhantomData })
    }

    pub async fn write<T: Send + 'static>(
        &self,
        operation: impl FnMut(&mut Work<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        work::write(&self.app, self.actor(), operation).await
    }

    /// Runs an operation and keeps nothing of what it wrote.
    pub async fn rehearse<T: Send + 'static>(
        &self,
        operation: impl FnMut(&mut Work<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        work::rehearse(&self.app, self.actor(), operation).await
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
        if caller.session.as_ref().is_some_and(|session| session.owes_second_factor) {
            return Err(Error::SecondFactorMissing);
        }
        if !P::is_held_by(&caller) {
            return Err(Error::Forbidden(P::NAME));
        }
        Ok(May { app: app.clone(), caller, permission: PhantomData })
    }
}

/// Any recognised caller, whatever he may do, and also if he still has to set up a second factor.
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
    let Some(session) = &caller.session else { return Ok(()) };
    if method.is_safe() {
        return Ok(());
    }
    let sent = headers.get(CSRF_HEADER).map(|value| value.as_bytes()).unwrap_or_default();
    match bool::from(subtle::ConstantTimeEq::ct_eq(sent, session.csrf_token.as_bytes())) {
        true => Ok(()),
        false => Err(Error::Forbidden("a valid X-CSRF-Token header")),
    }
}

/// The address a request came from, for throttling. What a caller writes into headers himself counts for nothing: only
/// behind a proxy is the last `X-Forwarded-For` taken, which is the one the proxy wrote.
pub struct Origin(pub String);

impl FromRequestParts<App> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let forwarded = parts.headers.get_all("x-forwarded-for").into_iter().next_back().and_then(|value| value.to_str().ok());
        let address = match app.config.server.behind_proxy {
            true => forwarded.and_then(|all| all.rsplit(',').next()).and_then(|last| last.trim().parse().ok()),
            false => None,
        };
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
        Ok(Origin(address.or(peer).map_or_else(|| "unknown".to_owned(), household)))
    }
}

/// Whoever has one address of an IPv6 network of 64 bits has all of them.
fn household(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
    }
}
