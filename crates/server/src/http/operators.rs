//! What operators ask: is it alive, can it work, how is it doing.

use super::store;
use crate::access::{self, Actor, Permission, ReadJobs};
use crate::app::App;
use crate::error::Error;
use crate::{jobs, telemetry, work};
use ::store::migrate;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;

/// The process runs. Says nothing about the database, so that a database that is away does not restart the process.
pub async fn healthz() -> &'static str {
    "ok"
}

/// The database answers and has the tables this program needs.
pub async fn readyz(State(app): State<App>) -> Result<&'static str, Error> {
    migrate::check(&app.store).await?;
    Ok("ready")
}

/// The figures of this process in the text form of Prometheus.
pub async fn metrics(State(app): State<App>, headers: HeaderMap) -> Result<impl IntoResponse, Error> {
    if !app.config.metrics.public && !access::recognise(&app, &headers).await?.holds(ReadJobs::NAME) {
        return Err(Error::Forbidden(ReadJobs::NAME));
    }
    let (writing, reading) = app.store.waiting();
    metrics::gauge!("regulars_units_waiting", "lane" => "write").set(writing as f64);
    metrics::gauge!("regulars_units_waiting", "lane" => "read").set(reading as f64);
    metrics::gauge!("regulars_activities_waiting").set(app.intake.waiting() as f64);
    // A database that is away is a figure, too: the others must still be seen.
    let figures = work::read(&app, Actor::system(), |work| Ok((store::database_bytes(work)?, jobs::count_by_state(work)?))).await;
    metrics::gauge!("regulars_database_up").set(if figures.is_ok() { 1.0 } else { 0.0 });
    match figures {
        Ok((bytes, states)) => {
            metrics::gauge!("regulars_database_bytes").set(bytes as f64);
            for state in jobs::State::ALL {
                let count = states.iter().find(|(name, _)| name == state.as_str()).map_or(0, |(_, count)| *count);
                metrics::gauge!("regulars_jobs", "state" => state.as_str()).set(count as f64);
            }
        }
        Err(error) => error.log(),
    }
    if let Some(bytes) = resident_bytes() {
        metrics::gauge!("process_resident_memory_bytes").set(bytes as f64);
    }
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], telemetry::metrics().render()))
}

/// Memory in use, where the system tells (Linux).
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}
