//! Regulars with one kind of segment builder more: configured by the environment, stopped by an interrupt.

use anyhow::Context;
use example_builder::Loyalty;
use server::config::Config;
use server::segments::builders::Builders;
use server::serve;
use server::time::Clock;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    rustls::crypto::ring::default_provider().install_default().ok().context("TLS was set up twice")?;
    let config = Config::read(None, std::env::vars())?;
    let builders = Builders::built_in(&config)?.and(Loyalty);
    let app = serve::open_with(&config, Clock::Machine, serve::mailer(&config)?, builders).await?;
    let listener = TcpListener::bind(&config.server.listen).await?;
    let stop = CancellationToken::new();
    let stopping = stop.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stopping.cancel();
        }
    });
    serve::run(app, listener, stop).await
}
