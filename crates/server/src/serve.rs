//! Start-up and shutdown: opens the store, brings the tables up to date, serves HTTP, runs the worker, drains on a signal.

use crate::access;
use crate::app::App;
use crate::config::Config;
use crate::error::Error;
use crate::mailer::Mailer;
use crate::segments::builders::Builders;
use crate::time::Clock;
use crate::{
    activities, admin, audit, automation, bulk, companies, conditions, consents, customers, dashboard, deletions, duplicates, exports,
    http, identities, jobs, links, mail, merging, segments, settings, subscriptions, telemetry, timeline, transfer, views, webhooks,
    worker,
};
use anyhow::Context;
use axum::extract::DefaultBodyLimit;
use axum::http::{Extensions, HeaderMap, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use std::any::Any;
use std::net::SocketAddr;
use std::time::Duration;
use store::{DatabaseUrl, Options, Store, migrate};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;

/// Opens the configured database and brings its tables up to date.
pub async fn open(config: &Config) -> anyhow::Result<App> {
    open_with(config, Clock::Machine, mailer(config)?, Builders::built_in(config)?).await
}

/// The configured mailer.
pub fn mailer(config: &Config) -> anyhow::Result<Mailer> {
    match config.mail.smtp_url.as_str() {
        "" => Ok(Mailer::Absent),
        _ => Mailer::smtp(&config.mail).map_err(anyhow::Error::msg),
    }
}

/// [`open`] with another clock and mailer than the configured ones, and with kinds of segment builders of one's own.
pub async fn open_with(config: &Config, clock: Clock, mailer: Mailer, builders: Builders) -> anyhow::Result<App> {
    let url: DatabaseUrl = config.database.url.parse()?;
    let options = Options {
        readers: config.database.readers,
        writers: config.database.writers,
        statement_timeout: Duration::from_secs(config.database.statement_timeout_s),
        cache_kib: config.database.cache_mib * 1024,
    };
    let store = Store::open(&url, &options).with_context(|| format!("cannot open {url}"))?;
    let applied = migrate::migrate(&store, Clock::Machine.now().0).await.with_context(|| format!("cannot use {url}"))?;
    if !applied.is_empty() {
        tracing::info!(database = %url, migrations = ?applied, "the tables were brought up to date");
    }
    telemetry::metrics();
    Ok(App::new(store, clock, config.clone(), mailer, builders))
}

/// How long requests are still taken after the signal to stop. One that was sent before it may lie unread on an idle
/// connection, and closing that connection at once would leave it without an answer.
const LINGER: Duration = Duration::from_millis(300);

async fn last_requests_read(stop: CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(LINGER).await;
}

/// Serves until told to stop, then lets requests and jobs that are under way finish.
pub async fn run(app: App, listener: TcpListener, stop: CancellationToken) -> anyhow::Result<()> {
    let working = app.config.server.has_role("worker").then(|| tokio::spawn(worker::run(app.clone(), stop.clone())));
    let keeping = tokio::spawn(keep_books(app.clone(), stop.clone()));
    let drain = Duration::from_secs(app.config.server.drain_s);
    let until = stop.clone();
    let router = if app.config.server.has_role("web") { router(app) } else { operators_router(app) };
    let serving = axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>());
    let serving = tokio::spawn(serving.with_graceful_shutdown(last_requests_read(until)).into_future());
    stop.cancelled().await;
    match tokio::time::timeout(drain, serving).await {
        Ok(served) => served.context("the HTTP server panicked")?.context("the HTTP server failed")?,
        Err(_) => tracing::warn!("requests were still under way when the time to drain was over"),
    }
    if let Some(working) = working
        && tokio::time::timeout(drain, working).await.is_err()
    {
        tracing::warn!("jobs were still under way when the time to drain was over; they will be taken up again");
    }
    keeping.await.context("the keeping of books panicked")
}

/// How often what is collected in memory is written down or condensed.
const BOOKS_EVERY: Duration = Duration::from_secs(60);
const METRICS_EVERY: Duration = Duration::from_secs(10);

/// Writes down which keys were used, and condenses the figures for operators, until told to stop and once after.
async fn keep_books(app: App, stop: CancellationToken) {
    let mut books = tokio::time::interval(BOOKS_EVERY);
    let mut figures = tokio::time::interval(METRICS_EVERY);
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => {}
            _ = figures.tick() => { telemetry::metrics().run_upkeep(); continue; }
            _ = books.tick() => {}
        }
        if let Err(error) = admin::write_key_uses(&app).await {
            error.log();
        }
    }
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Regulars", description = "Customers, what they did, and what follows from it.", license(name = "Apache-2.0")),
    // Steps hold steps, and a parameter's type is nobody's body: these are not found by themselves.
    components(schemas(automation::Branch, automation::Part, automation::OnTimeout, automation::Running))
)]
struct Api;

fn api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Api::openapi())
        .merge(jobs::routes::router())
        .merge(activities::routes::router())
        .merge(segments::routes::router())
        .merge(conditions::router())
        .merge(settings::routes::router())
        .merge(identities::routes::router())
        .merge(companies::routes::router())
        .merge(customers::routes::router())
        .merge(consents::routes::router())
        .merge(subscriptions::routes::router())
        .merge(deletions::routes::router())
        .merge(merging::routes::router())
        .merge(links::routes::router())
        .merge(mail::routes::router())
        .merge(duplicates::routes::router())
        .merge(webhooks::routes::router())
        .merge(automation::routes::router())
        .merge(timeline::routes::router())
        .merge(dashboard::routes::router())
        .merge(transfer::routes::router())
        .merge(exports::routes::router())
        .merge(bulk::routes::router())
        .merge(audit::routes::router())
        .merge(admin::routes::router())
        .merge(views::routes::router())
}

/// The description of the API, as served and as kept in the repository.
pub fn openapi() -> utoipa::openapi::OpenApi {
    described(api().split_for_parts().1)
}

/// Adds what holds for all routes: how a caller says who he is.
fn described(mut description: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    let components = description.components.get_or_insert_default();
    let key = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new("X-API-Key")));
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let session = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(access::SESSION_COOKIE)));
    let schemes = [("key", key), ("bearer", bearer), ("session", session)];
    let names = schemes.each_ref().map(|(name, _)| *name);
    components.security_schemes.extend(schemes.map(|(name, scheme)| (name.to_owned(), scheme.into())));
    description.security = Some(names.map(|name| SecurityRequirement::new::<_, [&str; 0], &str>(name, [])).to_vec());
    description
}

/// Everything the server answers.
pub fn router(app: App) -> Router {
    // Before the first request, or it would not be counted.
    telemetry::metrics();
    let (routes, description) = api().split_for_parts();
    let description = serde_json::to_value(described(description)).expect("the description of the API has a JSON form");
    let docs = http::docs::page(&description);
    let answered_once = middleware::from_fn_with_state(app.clone(), http::idempotency::once);
    let router = routes
        // Within the layer that keeps answers: it must learn that a request failed.
        .layer(catch_panics())
        .layer(middleware::from_fn_with_state(app.clone(), merging::redirect::follow))
        .layer(answered_once)
        .merge(operators())
        .merge(links::public::router())
        .merge(mail::public::router())
        .route("/api/openapi.json", get(async move || axum::Json(description)))
        .route("/docs", get(async move || docs))
        .route("/", get(http::assets::home))
        .route("/admin", get(http::assets::home))
        .route("/admin/", get(http::assets::index))
        .route("/admin/{*path}", get(http::assets::file));
    surrounded(router, app)
}

/// What a process answers that only works.
fn operators_router(app: App) -> Router {
    surrounded(operators(), app)
}

fn operators() -> Router<App> {
    Router::new()
        .route("/healthz", get(http::operators::healthz))
        .route("/readyz", get(http::operators::readyz))
        .route("/metrics", get(http::operators::metrics))
}

/// What is the same around every route. Read from the last layer to the first, as a request goes.
fn surrounded(router: Router<App>, app: App) -> Router {
    let mut router = router
        .method_not_allowed_fallback(http::wrong_method)
        .fallback(http::not_found)
        .layer(DefaultBodyLimit::max(http::BODY_BYTES_MAX))
        .layer(catch_panics())
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(is_no_download)))
        .layer(middleware::from_fn_with_state(app.clone(), http::observe));
    for (name, value) in http::security_headers() {
        router = router.layer(SetResponseHeaderLayer::if_not_present(name, value));
    }
    router.with_state(app)
}

/// A file to be kept comes with its length, so that a download that broke off is known for one.
fn is_no_download(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    !headers.contains_key(header::CONTENT_DISPOSITION)
}

type OnPanic = fn(Box<dyn Any + Send>) -> Response;

fn catch_panics() -> CatchPanicLayer<OnPanic> {
    CatchPanicLayer::custom(|_| Error::Bug(anyhow::anyhow!("a request panicked")).into_response())
}
