//! What every command understands: where the configuration is, which database, and in which form to answer.

use clap::Args;
use server::access::Actor;
use server::app::App;
use server::config::Config;
use server::error::Error;
use server::work::{self, Work};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct Opening {
    /// The database: sqlite:FILE or postgres://user@host/name. Wins over the configuration.
    #[arg(long, global = true, value_name = "URL")]
    pub database: Option<String>,
    /// A configuration file. Environment variables REGULARS__SECTION__KEY win over it.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print what is printed as JSON.
    #[arg(long, global = true)]
    pub json: bool,
}

impl Opening {
    pub fn config(&self) -> anyhow::Result<Config> {
        self.config_with(&[])
    }

    /// The configuration with further settings from the command line, as (`SECTION__KEY`, value).
    pub fn config_with(&self, settings: &[(&str, Option<String>)]) -> anyhow::Result<Config> {
        // Other programs' variables may hold anything; ours are text.
        let environment = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        let database = [("DATABASE__URL", self.database.clone())];
        let given = settings.iter().cloned().chain(database);
        let given = given.filter_map(|(key, value)| Some((format!("REGULARS__{key}"), value?)));
        Ok(Config::read(self.config.as_deref(), environment.chain(given))?)
    }

    /// An instance on the configured database, its tables up to date.
    pub async fn app(&self) -> anyhow::Result<App> {
        server::serve::open(&self.config()?).await
    }
}

/// Runs an operation as the one who commands this machine.
pub async fn write<T: Send + 'static>(
    app: &App,
    operation: impl FnMut(&mut Work<'_>) -> Result<T, Error> + Send + 'static,
) -> anyhow::Result<T> {
    work::write(app, Actor::operator(), operation).await.map_err(told)
}

pub async fn read<T: Send + 'static>(
    app: &App,
    operation: impl FnMut(&mut Work<'_>) -> Result<T, Error> + Send + 'static,
) -> anyhow::Result<T> {
    work::read(app, Actor::operator(), operation).await.map_err(told)
}

/// At the command line the inside of a fault is shown, and of wrong values each one.
pub fn told(error: Error) -> anyhow::Error {
    match error {
        Error::Bug(cause) => cause,
        Error::Store(cause) => cause.into(),
        Error::Invalid(problems) => {
            let lines: Vec<String> = problems
                .iter()
                .map(|problem| match problem.path.trim_start_matches('/') {
                    "" => problem.message.clone(),
                    path => format!("{path}: {}", problem.message),
                })
                .collect();
            anyhow::anyhow!(lines.join("; "))
        }
        Error::Conflict { detail, problems, .. } if !problems.is_empty() => {
            let reasons: Vec<String> = problems.into_iter().map(|problem| problem.message).collect();
            anyhow::anyhow!("{detail}: {}", reasons.join("; "))
        }
        error => error.into(),
    }
}
