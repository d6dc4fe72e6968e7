//! `regulars doctor`: looks at everything Regulars depends on and says in one line each what it found.

use crate::opening::Opening;
use crate::print;
use serde::Serialize;
use server::access::Actor;
use server::admin::{self, RoleKey};
use server::app::App;
use server::config::Config;
use server::mailer::Mailer;
use server::segments::builders::Builders;
use server::time::Clock;
use server::work;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use store::{DatabaseUrl, Options, Store, inspect, migrate};

/// Less free space than this is a fault: the next backup or rebuild may not fit.
const FREE_BYTES_MIN: u64 = 1024 * 1024 * 1024;
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

#[derive(Debug, Serialize)]
struct Finding {
    what: &'static str,
    ok: bool,
    found: String,
}

impl Finding {
    fn fine(what: &'static str, found: impl Into<String>) -> Finding {
        Finding { what, ok: true, found: found.into() }
    }

    fn wrong(what: &'static str, found: impl Into<String>) -> Finding {
        Finding { what, ok: false, found: found.into() }
    }
}

pub async fn run(opening: &Opening) -> anyhow::Result<ExitCode> {
    let findings = match opening.config() {
        Ok(config) => examine(&config).await,
        Err(error) => vec![Finding::wrong("configuration", format!("{error:#}"))],
    };
    if opening.json {
        print::json(&findings)?;
    } else {
        for finding in &findings {
            print::line(&format!("{:5} {:14} {}", if finding.ok { "ok" } else { "WRONG" }, finding.what, finding.found))?;
        }
    }
    let is_well = findings.iter().all(|finding| finding.ok);
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn examine(config: &Config) -> Vec<Finding> {
    let mut findings = vec![Finding::fine("configuration", format!("reached under {}", config.server.public_url))];
    findings.push(time_zone(config));
    findings.extend(postal_regions(config));
    match config.database.url.parse::<DatabaseUrl>() {
        Ok(url) => {
            if let DatabaseUrl::Sqlite { path, .. } = &url {
                findings.push(disk_space(path));
            }
            findings.extend(database(&url, config).await);
        }
        Err(error) => findings.push(Finding::wrong("database", error.to_string())),
    }
    findings.push(mail(config).await);
    findings.push(provider(config).await);
    findings
}

fn time_zone(config: &Config) -> Finding {
    let name = &config.shop.time_zone;
    match jiff::Timestamp::now().in_tz(name) {
        Ok(now) => Finding::fine("time zone", format!("{name}, where it is {}", now.strftime("%Y-%m-%d %H:%M"))),
        Err(error) => Finding::wrong("time zone", error.to_string()),
    }
}

/// The file of postal codes, if there is one.
fn postal_regions(config: &Config) -> Option<Finding> {
    let file = &config.segments.postal_regions;
    let found = || match Builders::built_in(config) {
        Ok(_) => Finding::fine("postal codes", file.clone()),
        Err(error) => Finding::wrong("postal codes", format!("{error:#}")),
    };
    (!file.is_empty()).then(found)
}

/// Free space in the folder of the database file.
fn disk_space(file: &Path) -> Finding {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match rustix::fs::statvfs(folder) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let found = format!("{:.1} GiB free in {}", free as f64 / (1u64 << 30) as f64, folder.display());
            Finding { what: "disk space", ok: FREE_BYTES_MIN <= free, found }
        }
        Err(error) => Finding::wrong("disk space", format!("{}: {error}", folder.display())),
    }
}

/// Opens the database as it is; nothing is made or migrated here.
async fn database(url: &DatabaseUrl, config: &Config) -> Vec<Finding> {
    if let DatabaseUrl::Sqlite { path, .. } = url
        && !path.exists()
    {
        return vec![Finding::wrong(
            "database",
            format!("{} does not exist yet; regulars serve or regulars migrate makes it", path.display()),
        )];
    }
    let options = Options { readers: 1, writers: 1, statement_timeout: ANSWER_WITHIN, cache_kib: 1024 };
    let store = match Store::open(url, &options) {
        Ok(store) => store,
        Err(error) => return vec![Finding::wrong("database", format!("{url}: {error}"))],
    };
    let mut findings = Vec::new();
    match migrate::standing(&store).await {
        Ok(standing) => {
            findings.push(Finding::fine("database", format!("{url} answers, at migration {} of {}", standing.applied, standing.known)))
        }
        Err(error) => return vec![Finding::wrong("database", format!("{url}: {error}"))],
    }
    findings.push(match migrate::check(&store).await {
        Ok(()) => Finding::fine("tables", "fit this version"),
        Err(error) => Finding::wrong("tables", error.to_string()),
    });
    findings.push(match inspect::check_writable(&store).await {
        Ok(()) => Finding::fine("writing", "works"),
        Err(error) => Finding::wrong("writing", error.to_string()),
    });
    if findings.iter().all(|finding| finding.ok) {
        let app = App::new(store, Clock::Machine, config.clone(), Mailer::Absent, Builders::default());
        findings.push(someone(&app).await);
        if config.oidc.is_on() {
            findings.push(given_roles(&app).await);
        }
    }
    findings
}

/// Whether the roles are there that the configuration lets the provider give.
async fn given_roles(app: &App) -> Finding {
    let given = app.config.oidc.roles();
    match work::read(app, Actor::operator(), admin::roles).await {
        Ok(roles) => {
            let is_missing = |key: &&RoleKey| roles.iter().all(|role| role.key != **key);
            let missing: Vec<&str> = given.iter().filter(is_missing).map(RoleKey::as_str).collect();
            match missing.is_empty() {
                true => Finding::fine("given roles", "all those that [oidc] names are there"),
                false => Finding::wrong("given roles", format!("[oidc] names roles that are not there: {}", missing.join(", "))),
            }
        }
        Err(error) => Finding::wrong("given roles", error.to_string()),
    }
}

/// Whether anybody can sign in.
async fn someone(app: &App) -> Finding {
    match work::read(app, Actor::operator(), |work| admin::users(work, None, 1, true)).await {
        Ok((_, Some(0) | None)) => {
            Finding::wrong("admin users", "there is none; use the link that regulars serve prints, or regulars user add")
        }
        Ok((_, Some(count))) => Finding::fine("admin users", format!("{count}")),
        Err(error) => Finding::wrong("admin users", error.to_string()),
    }
}

async fn mail(config: &Config) -> Finding {
    if config.mail.smtp_url.is_empty() {
        return Finding::fine("mail", "no server is configured (mail.smtp_url); mails wait until one is");
    }
    let mailer = match Mailer::smtp(&config.mail) {
        Ok(mailer) => mailer,
        Err(error) => return Finding::wrong("mail", error),
    };
    match tokio::time::timeout(ANSWER_WITHIN, mailer.check()).await {
        Ok(Ok(())) => Finding::fine("mail", "the server answers"),
        Ok(Err(error)) => Finding::wrong("mail", error.to_string()),
        Err(_) => Finding::wrong("mail", format!("the server did not answer within {} s", ANSWER_WITHIN.as_secs())),
    }
}

/// Whether the provider of sign-ins tells what is needed to go there.
async fn provider(config: &Config) -> Finding {
    let settings = &config.oidc;
    if !settings.is_on() {
        return Finding::fine("provider", "none is configured (oidc.issuer); people sign in with passwords");
    }
    match admin::check_provider(settings).await {
        Ok(()) => Finding::fine("provider", format!("{} tells how to sign in", settings.issuer)),
        Err(why) => Finding::wrong("provider", format!("{}: {why}", settings.issuer)),
    }
}
