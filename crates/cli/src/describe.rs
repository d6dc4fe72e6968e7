//! `regulars openapi`, `schema`, `config` and `migrate`: what this program is made of, printed.

use crate::opening::Opening;
use crate::print;
use anyhow::Context;
use clap::Args;
use serde_json::{Value, json};
use server::config::{Config, DEFAULTS};
use store::{DatabaseUrl, Options, Store, inspect, migrate};

#[derive(Debug, Args)]
pub struct Configuration {
    /// Print the commented defaults instead.
    #[arg(long)]
    defaults: bool,
}

pub fn openapi() -> anyhow::Result<()> {
    print::json(&server::serve::openapi())
}

/// Makes the tables in a database that lives as long as it takes, and prints how it keeps them.
pub async fn schema() -> anyhow::Result<()> {
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let url: DatabaseUrl = format!("sqlite:{}?synchronous=off", folder.path().join("schema.db").display()).parse()?;
    let store = Store::open(&url, &Options { readers: 1, writers: 1, ..Options::default() })?;
    migrate::migrate(&store, 0).await?;
    print::line(inspect::schema(&store).await?.trim_end())
}

pub fn configuration(command: &Configuration, opening: &Opening) -> anyhow::Result<()> {
    if command.defaults {
        return print::line(DEFAULTS.trim_end());
    }
    let config = masked(opening.config()?);
    let sections = serde_json::to_value(&config)?;
    if opening.json {
        return print::json(&sections);
    }
    let mut text = String::new();
    for (section, values) in sections.as_object().into_iter().flatten() {
        text.push_str(&format!("[{section}]\n"));
        // Texts, numbers, booleans and lists of texts are written alike in TOML and in JSON.
        let lines = values.as_object().into_iter().flatten().map(|(key, value): (&String, &Value)| format!("{key} = {value}\n"));
        text.extend(lines);
        text.push('\n');
    }
    print::line(text.trim_end())
}

/// The configuration without passwords.
fn masked(mut config: Config) -> Config {
    if let Ok(url) = config.database.url.parse::<DatabaseUrl>() {
        // The form that is shown says where, without a password and without options.
        if url.to_string() != config.database.url && config.database.url.starts_with("postgres") {
            config.database.url = url.to_string();
        }
    }
    config.mail.smtp_url = without_password(&config.mail.smtp_url);
    if !config.oidc.client_secret.is_empty() {
        config.oidc.client_secret = "***".to_owned();
    }
    config.log.otlp_url = without_password(&config.log.otlp_url);
    config
}

/// `scheme://user:secret@host` as `scheme://user:***@host`.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let Some((user, host)) = rest.rsplit_once('@') else { return url.to_owned() };
    match user.split_once(':') {
        Some((user, _)) => format!("{scheme}://{user}:***@{host}"),
        None => url.to_owned(),
    }
}

pub async fn migrate(opening: &Opening) -> anyhow::Result<()> {
    let app = opening.app().await?;
    let standing = migrate::standing(&app.store).await?;
    if opening.json {
        return print::json(&json!({ "applied": standing.applied, "known": standing.known }));
    }
    print::line(&format!("The tables are at migration {}, which is the latest.", standing.applied))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        check("smtp://ada:se:cr@et@mail.example.org:587", "smtp://ada:***@mail.example.org:587");
        check("smtp://mail.example.org", "smtp://mail.example.org");
        check("smtp://ada@mail.example.org", "smtp://ada@mail.example.org");
        check("", "");

        #[track_caller]
        fn check(url: &str, shown: &str) {
            assert_eq!(without_password(url), shown);
        }
    }

    #[test]
    fn what_is_shown_holds_no_secret() {
        let mut config = Config::defaults();
        config.database.url = "postgres://ada:secret@db/shop?options=x".to_owned();
        config.oidc.client_secret = "secret".to_owned();
        let shown = masked(config);
        assert_eq!((shown.database.url.as_str(), shown.oidc.client_secret.as_str()), ("postgres://ada@db/shop", "***"));
    }
}
