//! Start-up and shutdown: opens the store, brings the tables up to date, serves HTTP, runs the worker, drains on a signal.

use crate::app::App;
use crate::config::Config;
use crate::error::Error;
use crate::mailer::Mailer;
use crate::time::Clock;
use crate::{activities, audit, customers, deletions, http, identities, jobs, segments, settings, telemetry, worker};
use anyhow::Context;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use std::time::Duration;
use store::{DatabaseUrl, Options, Store, migrate};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::trace::TraceLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// Opens the configured database and brings its tables up to date.
pub async fn open(config: &Config) -> anyhow::Result<App> {
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
    let mailer = match config.mail.smtp_url.as_str() {
        "" => Mailer::Absent,
        url => Mailer::smtp(url, &config.mail.from).map_err(anyhow::Error::msg)?,
    };
    Ok(App::new(store, Clock::Machine, config.clone(), mailer))
}

/// Serves until told to stop, then lets requests and jobs that are under way finish.
pub async fn run(app: App, listener: TcpListener, stop: CancellationToken) -> anyhow::Result<()> {
    let works = app.config.server.roles.iter().any(|role| role == "worker");
    let working = works.then(|| tokio::spawn(worker::run(app.clone(), stop.clone())));
    let drain = Duration::from_secs(app.config.server.drain_s);
    let until = stop.clone();
    let serving = axum::serve(listener, router(app)).with_graceful_shutdown(async move { until.cancelled().await });
    let serving = tokio::spawn(serving.into_future());
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
    Ok(())
}

#[derive(OpenApi)]
#[openapi(info(title = "Regulars", description = "Customers, what they did, and what follows from it.", license(name = "Apache-2.0")))]
struct Api;

fn api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Api::openapi())
        .merge(jobs::routes::router())
        .merge(activities::routes::router())
        .merge(segments::routes::router())
        .merge(settings::routes::router())
        .merge(identities::routes::router())
        .merge(customers::routes::router())
        .merge(deletions::routes::router())
        .merge(audit::routes::router())
}

/// The description of the API, as served and as kept in the repository.
pub fn openapi() -> utoipa::openapi::OpenApi {
    api().split_for_parts().1
}

/// Everything the server answers.
pub fn router(app: App) -> Router {
    let (routes, description) = api().split_for_parts();
    let description = axum::Json(description);
    let layers = ServiceBuilder::new()
        .layer(TraceLayer::new_for_http())
        .layer(CatchPanicLayer::custom(|_| Error::Bug(anyhow::anyhow!("a request panicked")).into_response()))
        .layer(CompressionLayer::new())
        .layer(DefaultBodyLimit::max(http::BODY_BYTES_MAX));
    let mut router = routes
        .route("/healthz", get(async || "ok"))
        .route("/readyz", get(ready))
        .route("/metrics", get(async || telemetry::metrics().render()))
        .route("/api/openapi.json", get(async move || description))
        .fallback(http::not_found)
        .layer(layers);
    for (name, value) in http::security_headers() {
        let layer = tower_http::set_header::SetResponseHeaderLayer::if_not_present(name, value);
        router = router.layer(layer);
    }
    router.with_state(app)
}

/// Whether the database answers.
async fn ready(State(app): State<App>) -> Result<(StatusCode, &'static str), Error> {
    migrate::check(&app.store).await?;
    Ok((StatusCode::OK, "ready"))
}
