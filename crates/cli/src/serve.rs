//! `regulars serve`: listens, serves and works until it is told to stop, then drains.

use crate::opening::{Opening, told};
use crate::print;
use anyhow::Context;
use clap::Args;
use server::config::Config;
use server::{admin, telemetry};
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

#[derive(Debug, Args)]
pub struct Serve {
    /// Where to listen.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// What this process does: web, worker, or both.
    #[arg(long, value_name = "ROLES")]
    role: Option<String>,
}

pub async fn run(command: Serve, opening: &Opening) -> anyhow::Result<()> {
    let mut config = opening.config_with(&[("SERVER__LISTEN", command.listen), ("SERVER__ROLES", command.role)])?;
    let _telemetry = telemetry::start(&config)?;
    let listener = TcpListener::bind(&config.server.listen).await.with_context(|| format!("cannot listen on {}", config.server.listen))?;
    let address = listener.local_addr()?;
    config.server.public_url = public_url(&config, address);
    let stop = stop_on_signals()?;
    let app = server::serve::open(&config).await?;
    if config.server.has_role("web")
        && let Some(link) = admin::offer_setup(&app).await.map_err(told)?
    {
        eprintln!("There is no admin user yet. Make the first one within 24 hours at {link}");
    }
    print::line(&format!("Regulars listens on http://{address}"))?;
    server::serve::run(app, listener, stop).await
}

/// The configured address, unless nobody configured it and we listen elsewhere: then where we listen.
fn public_url(config: &Config, address: SocketAddr) -> String {
    let defaults = Config::defaults().server;
    if config.server.public_url != defaults.public_url || config.server.listen == defaults.listen {
        return config.server.public_url.clone();
    }
    match address.ip().is_unspecified() {
        true => format!("http://localhost:{}", address.port()),
        false => format!("http://{address}"),
    }
}

/// The first signal asks everybody to finish, the second ends the process where it stands.
pub fn stop_on_signals() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let token = stop.clone();
    tokio::spawn(async move {
        for attempt in 0.. {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if attempt > 0 {
                tracing::warn!("stopped by a second signal; what was under way is lost or will be taken up again");
                std::process::exit(1);
            }
            tracing::info!("asked to stop: finishing what is under way");
            token.cancel();
        }
    });
    Ok(stop)
}
