//! Configuration: the commented defaults compiled in, a file over them, the environment over both. The defaults are the
//! schema: what they do not name does not exist, and a value of another type than theirs is wrong. All problems are
//! reported at once.

use crate::admin::RoleKey;
use serde::{Deserialize, Serialize};
use std::path::Path;
use toml::{Table, Value};

pub const DEFAULTS: &str = include_str!("default.toml");
const PREFIX: &str = "REGULARS__";

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Config {
    pub server: Server,
    pub database: Database,
    pub cache: Cache,
    pub log: Log,
    pub metrics: Metrics,
    pub mail: Mail,
    pub access: Access,
    pub oidc: Oidc,
    pub shop: Shop,
    pub segments: Segments,
    pub exports: Exports,
    pub imports: Imports,
    pub retention: Retention,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Server {
    pub listen: String,
    pub public_url: String,
    pub behind_proxy: bool,
    pub roles: Vec<String>,
    pub drain_s: u64,
}

impl Server {
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|own| own == role)
    }

    /// Whether people reach it over TLS.
    pub fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Database {
    pub url: String,
    pub readers: usize,
    pub writers: usize,
    pub statement_timeout_s: u64,
    pub cache_mib: usize,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Cache {
    pub customers_mib: usize,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Log {
    pub format: String,
    pub level: String,
    pub otlp_url: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Metrics {
    pub public: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Mail {
    pub smtp_url: String,
    pub from: String,
    pub connections: i64,
    pub per_domain: i64,
    pub timeout_s: i64,
    pub ambiguous: String,
    pub per_minute_per_domain: i64,
    pub warmup_start: String,
    pub warmup_first: i64,
    pub warmup_growth_percent: i64,
    pub dkim_selector: String,
    pub dkim_domain: String,
    pub dkim_key_file: String,
    pub bounce_address: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Access {
    pub session_hours: i64,
    pub login_failures: i64,
    pub login_lock_minutes: i64,
    pub passwords: bool,
    pub require_second_factor: String,
}

/// The provider by which admin users sign in elsewhere.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Oidc {
    pub issuer: String,
    pub client_id: String,
    pub client_secret: String,
    pub label: String,
    pub scopes: Vec<String>,
    pub allowed_domains: Vec<String>,
    pub new_user_role: String,
    pub role_claim: String,
    pub role_map: Vec<String>,
    pub has_second_factor: bool,
}

impl Oidc {
    pub fn is_on(&self) -> bool {
        !self.issuer.is_empty()
    }

    /// The roles that people get by way of the provider.
    pub fn roles(&self) -> Vec<RoleKey> {
        let mapped = self.role_map.iter().filter_map(|entry| entry.rsplit_once('=')).map(|(_, role)| role.trim());
        let mut roles: Vec<RoleKey> = mapped.chain([self.new_user_role.as_str()]).filter_map(RoleKey::parse).collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Shop {
    pub time_zone: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Segments {
    pub postal_regions: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Exports {
    pub keep_hours: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Imports {
    pub undo_days: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Retention {
    pub finished_jobs_days: i64,
    pub rule_runs_days: i64,
    pub deliveries_days: i64,
}

/// Everything that is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
#[error("the configuration cannot be used:\n  {}", .0.join("\n  "))]
pub struct ConfigProblems(pub Vec<String>);

impl Config {
    /// Reads the defaults, the file if there is one, and the given environment variables.
    pub fn read(file: Option<&Path>, environment: impl Iterator<Item = (String, String)>) -> Result<Config, ConfigProblems> {
        let mut problems = Vec::new();
        let mut table = defaults();
        if let Some(path) = file {
            match std::fs::read_to_string(path)
                .map_err(|error| error.to_string())
                .and_then(|text| text.parse::<Table>().map_err(|error| error.to_string()))
            {
                Ok(values) => lay_over(&mut table, values, &path.display().to_string(), "", &mut problems),
                Err(error) => problems.push(format!("{}: {}", path.display(), error.trim())),
            }
        }
        for (name, text) in environment {
            if let Some(key) = name.strip_prefix(PREFIX) {
                set_from_environment(&mut table, &name, &key.to_lowercase(), &text, &mut problems);
            }
        }
        match Config::deserialize(Value::Table(table)) {
            Ok(config) => {
                config.check(&mut problems);
                if problems.is_empty() { Ok(config) } else { Err(ConfigProblems(problems)) }
            }
            Err(error) => {
                problems.push(error.to_string());
                Err(ConfigProblems(problems))
            }
        }
    }

    /// The defaults alone.
    pub fn defaults() -> Config {
        Config::read(None, std::iter::empty()).expect("the compiled-in configuration is right")
    }

    pub fn time_zone(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::get(&self.shop.time_zone).unwrap_or(jiff::tz::TimeZone::UTC)
    }

    /// What types cannot say.
    fn check(&self, problems: &mut Vec<String>) {
        let mut require = |holds: bool, problem: String| {
            if !holds {
                problems.push(problem);
            }
        };
        require(
            self.server.listen.parse::<std::net::SocketAddr>().is_ok(),
            format!("server.listen: {:?} is not address:port", self.server.listen),
        );
        for (name, value, max) in self.bounded() {
            require((1..=max).contains(&value), format!("{name}: {value} is not between 1 and {max}"));
        }
        let url = &self.server.public_url;
        require(url.starts_with("http://") || url.starts_with("https://"), format!("server.public_url: {url:?} is not an http address"));
        for role in &self.server.roles {
            require(["web", "worker"].contains(&role.as_str()), format!("server.roles: {role:?} is neither \"web\" nor \"worker\""));
        }
        if let Err(error) = self.database.url.parse::<store::DatabaseUrl>() {
            require(false, format!("database.url: {error}"));
        }
        for (name, value) in [("readers", self.database.readers), ("writers", self.database.writers)] {
            require((1..=256).contains(&value), format!("database.{name}: {value} is not between 1 and 256"));
        }
        require(
            ["text", "json"].contains(&self.log.format.as_str()),
            format!("log.format: {:?} is neither \"text\" nor \"json\"", self.log.format),
        );
        let directives = self.log.level.parse::<tracing_subscriber::EnvFilter>();
        require(directives.is_ok(), format!("log.level: {:?} is not a tracing directive", self.log.level));
        require(
            jiff::tz::TimeZone::get(&self.shop.time_zone).is_ok(),
            format!("shop.time_zone: {:?} is not a time zone", self.shop.time_zone),
        );
        require(
            self.mail.from.parse::<lettre::message::Mailbox>().is_ok(),
            format!("mail.from: {:?} is not a mail address", self.mail.from),
        );
        self.mail.check(&mut require);
        self.check_access(&mut require);
    }
}

impl Mail {
    fn check(&self, require: &mut impl FnMut(bool, String)) {
        let known = ["resend", "hold"].contains(&self.ambiguous.as_str());
        require(known, format!("mail.ambiguous: {:?} is neither \"resend\" nor \"hold\"", self.ambiguous));
        require(
            (0..=100_000).contains(&self.per_minute_per_domain),
            format!("mail.per_minute_per_domain: {} is not between 0 and 100000", self.per_minute_per_domain),
        );
        require(
            (0..=1_000).contains(&self.warmup_growth_percent),
            format!("mail.warmup_growth_percent: {} is not between 0 and 1000", self.warmup_growth_percent),
        );
        require(
            self.warmup_start.is_empty() || self.warmup_start.parse::<jiff::civil::Date>().is_ok(),
            format!("mail.warmup_start: {:?} is not a date", self.warmup_start),
        );
        let dkim = [&self.dkim_selector, &self.dkim_domain, &self.dkim_key_file];
        require(
            dkim.iter().all(|part| part.is_empty()) || dkim.iter().all(|part| !part.is_empty()),
            "mail.dkim_selector, mail.dkim_domain and mail.dkim_key_file are set together or not at all".to_owned(),
        );
        let bounce = &self.bounce_address;
        require(
            bounce.is_empty() || bounce.parse::<lettre::Address>().is_ok(),
            format!("mail.bounce_address: {bounce:?} is not a mail address"),
        );
    }
}

impl Config {
    fn check_access(&self, require: &mut impl FnMut(bool, String)) {
        let (access, oidc) = (&self.access, &self.oidc);
        let wanted = &access.require_second_factor;
        require(
            ["off", "admins", "everyone"].contains(&wanted.as_str()),
            format!("access.require_second_factor: {wanted:?} is neither \"off\" nor \"admins\" nor \"everyone\""),
        );
        require(access.passwords || oidc.is_on(), "access.passwords: without passwords oidc.issuer must be set".to_owned());
        if !oidc.is_on() {
            return;
        }
        let issuer = url::Url::parse(&oidc.issuer);
        let is_http = issuer.is_ok_and(|issuer| ["http", "https"].contains(&issuer.scheme()) && issuer.has_host());
        require(is_http, format!("oidc.issuer: {:?} is not an http address", oidc.issuer));
        require(!oidc.client_id.is_empty(), "oidc.client_id: it must be set with oidc.issuer".to_owned());
        require(!oidc.label.trim().is_empty(), "oidc.label: it must not be empty".to_owned());
        let role = &oidc.new_user_role;
        require(role.is_empty() || RoleKey::parse(role).is_some(), format!("oidc.new_user_role: {role:?} is no key of a role"));
        require(
            oidc.role_claim.is_empty() == oidc.role_map.is_empty(),
            "oidc.role_claim and oidc.role_map are set together or not at all".to_owned(),
        );
        for entry in &oidc.role_map {
            let role = entry.rsplit_once('=').and_then(|(_, role)| RoleKey::parse(role.trim()));
            require(role.is_some(), format!("oidc.role_map: {entry:?} is not written as value=role, with the key of a role"));
        }
    }

    /// Whole numbers with the largest sensible value of each.
    fn bounded(&self) -> [(&'static str, i64, i64); 12] {
        [
            ("access.session_hours", self.access.session_hours, 24 * 365),
            ("access.login_failures", self.access.login_failures, 1_000),
            ("access.login_lock_minutes", self.access.login_lock_minutes, 24 * 60),
            ("mail.connections", self.mail.connections, 256),
            ("mail.per_domain", self.mail.per_domain, 256),
            ("mail.timeout_s", self.mail.timeout_s, 25),
            ("mail.warmup_first", self.mail.warmup_first, 100_000_000),
            ("exports.keep_hours", self.exports.keep_hours, 24 * 365),
            ("imports.undo_days", self.imports.undo_days, 36_500),
            ("retention.finished_jobs_days", self.retention.finished_jobs_days, 36_500),
            ("retention.rule_runs_days", self.retention.rule_runs_days, 36_500),
            ("retention.deliveries_days", self.retention.deliveries_days, 36_500),
        ]
    }
}

fn defaults() -> Table {
    DEFAULTS.parse().expect("the compiled-in configuration is TOML")
}

fn lay_over(table: &mut Table, values: Table, source: &str, path: &str, problems: &mut Vec<String>) {
    for (key, value) in values {
        let name = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match (table.get_mut(&key), value) {
            (None, _) => problems.push(format!("{source}: {name} is not a setting")),
            (Some(Value::Table(inner)), Value::Table(values)) => lay_over(inner, values, source, &name, problems),
            (Some(standing), value) if standing.same_type(&value) => *standing = value,
            (Some(standing), value) => {
                problems.push(format!("{source}: {name} is {} and must be {}", value.type_str(), standing.type_str()));
            }
        }
    }
}

fn set_from_environment(table: &mut Table, name: &str, key: &str, text: &str, problems: &mut Vec<String>) {
    let standing = key.split_once("__").and_then(|(section, key)| table.get_mut(section)?.as_table_mut()?.get_mut(key));
    let Some(standing) = standing else {
        problems.push(format!("{name} is not a setting"));
        return;
    };
    let value = match standing {
        Value::Integer(_) => text.parse().ok().map(Value::Integer),
        Value::Boolean(_) => text.parse().ok().map(Value::Boolean),
        Value::Array(_) => Some(Value::Array(text.split(',').map(|part| Value::String(part.trim().to_owned())).collect())),
        _ => Some(Value::String(text.to_owned())),
    };
    match value {
        Some(value) => *standing = value,
        None => problems.push(format!("{name}: {text:?} must be {}", standing.type_str())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_wins_and_all_problems_come_at_once() {
        let variables =
            |all: &[(&str, &str)]| all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>();
        let set = variables(&[("REGULARS__SERVER__LISTEN", "127.0.0.1:9999"), ("REGULARS__DATABASE__READERS", "7"), ("HOME", "x")]);
        let config = Config::read(None, set.into_iter()).unwrap();
        assert_eq!((config.server.listen.as_str(), config.database.readers), ("127.0.0.1:9999", 7));

        let wrong = variables(&[
            ("REGULARS__SERVER__LISTEN", "nowhere"),
            ("REGULARS__DATABASE__READERS", "many"),
            ("REGULARS__SERVER__COLOUR", "red"),
            ("REGULARS__SHOP__TIME_ZONE", "Mars/Olympus"),
        ]);
        let ConfigProblems(problems) = Config::read(None, wrong.into_iter()).unwrap_err();
        assert_eq!(problems.len(), 4, "{problems:?}");
    }

    #[test]
    fn a_file_may_only_set_what_exists() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.toml");
        std::fs::write(&path, "[server]\nlisten = 7\nshout = true\n[shop]\ntime_zone = \"Europe/Vienna\"\n").unwrap();
        let ConfigProblems(problems) = Config::read(Some(&path), std::iter::empty()).unwrap_err();
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems[0].contains("server.listen is integer and must be string"), "{problems:?}");
    }
}
