//! `regulars demo`: a shop that never was, with two years of history, to look around in. It writes into an empty database
//! only, listens on this machine only, and says so wherever it is printed: this is a demo.

pub mod country;
mod history;
mod people;
pub mod random;
pub mod shop;
mod shopping;

use crate::opening::{Opening, told};
use crate::print;
use anyhow::Context;
use clap::Args;
use server::access::Actor;
use server::admin::{self, BuiltIn, Draft, Password, Reach};
use server::app::App;
use server::config::Config;
use server::mailer::Mailer;
use server::segments::builders::Builders;
use server::time::Clock;
use server::{customers, serve, telemetry, work};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Instant;
use store::DatabaseUrl;
use tokio::net::TcpListener;

#[derive(Debug, Args)]
pub struct Demo {
    /// How many customers there are; what they do grows with them.
    #[arg(long, default_value_t = 6_000, value_parser = clap::value_parser!(u32).range(10..=200_000))]
    customers: u32,
    /// The same number gives the same shop.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to listen; only addresses of this machine.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Write the demo data and end, without serving it.
    #[arg(long)]
    no_serve: bool,
    /// Where mails go that the demo sends while it runs, one file each.
    #[arg(long, value_name = "FOLDER", default_value = "regulars-demo-mails")]
    mails: PathBuf,
}

/// Used when neither the command line nor the configuration names a database.
const DATABASE: &str = "sqlite:regulars-demo.db";
/// Everybody knows them: that is why the demo listens on this machine only.
const EMAIL: &str = "demo@regulars.example";
const PASSWORD: &str = "regulars-demo";

pub async fn run(command: Demo, opening: &Opening) -> anyhow::Result<()> {
    anyhow::ensure!(
        command.listen.ip().is_loopback(),
        "the demo has a password that everybody knows, so it only listens on this machine: {} is not an address of it",
        command.listen
    );
    let mut config = config(opening)?;
    config.server.roles = vec!["web".to_owned(), "worker".to_owned()];
    let _telemetry = telemetry::start(&config)?;
    prepare(&command, &config).await?;
    if command.no_serve {
        return Ok(());
    }
    let listener = TcpListener::bind(command.listen).await.with_context(|| format!("cannot listen on {}", command.listen))?;
    let address = listener.local_addr()?;
    config.server.public_url = format!("http://{address}");
    let stop = crate::serve::stop_on_signals()?;
    let app = open(&config, Clock::Machine, mailer(&command, &config)?).await?;
    print::line(&announcement(&command, &config, address))?;
    serve::run(app, listener, stop).await
}

/// The configuration, with a database of the demo's own unless somebody named one.
fn config(opening: &Opening) -> anyhow::Result<Config> {
    let config = opening.config()?;
    if config.database.url != Config::defaults().database.url || opening.database.is_some() {
        return Ok(config);
    }
    opening.config_with(&[("DATABASE__URL", Some(DATABASE.to_owned()))])
}

/// Makes sure that the database holds a demo: this one, or the one that is there.
async fn prepare(command: &Demo, config: &Config) -> anyhow::Result<()> {
    let app = open(config, Clock::Machine, Mailer::Absent).await?;
    if is_demo(&app).await? {
        return Ok(());
    }
    let url = &app.config.database.url.parse::<DatabaseUrl>()?;
    let (people, users) = contents(&app).await?;
    anyhow::ensure!(
        people == 0 && users == 0,
        "{url} is not empty and not a finished demo ({people} customers, {users} users): name another database or remove it"
    );
    drop(app);
    let started = Instant::now();
    let now = Clock::Machine.now();
    let app = open(&fast(config), Clock::by_hand(now), Mailer::mailbox()).await?;
    let count = command.customers as usize;
    let written = history::write(&app, command.seed, count, now, |text| tracing::info!("{text}")).await?;
    // Last of all: whoever finds this user knows that the demo is whole.
    let hash = app.passwords.hash(&Password::new(PASSWORD.to_owned())).await.map_err(told)?;
    let user = Draft { email: EMAIL.to_owned(), name: "Demo".to_owned(), role: BuiltIn::Admin.key(), active: true };
    work::write(&app, Actor::operator(), move |work| admin::add_user(work, user.clone(), Some(&hash), &Reach::Everything))
        .await
        .map_err(told)?;
    let seconds = started.elapsed().as_secs_f64();
    print::line(&format!("{} customers and {} activities made up in {seconds:.1} s", written.customers, written.activities))
}

/// Nothing is lost that could not be made again, so the disk is not waited for.
pub fn fast(config: &Config) -> Config {
    let mut config = config.clone();
    if config.database.url.starts_with("sqlite:") && !config.database.url.contains('?') {
        config.database.url.push_str("?synchronous=off");
    }
    config
}

async fn open(config: &Config, clock: Clock, mailer: Mailer) -> anyhow::Result<App> {
    serve::open_with(config, clock, mailer, Builders::built_in(config)?).await
}

async fn is_demo(app: &App) -> anyhow::Result<bool> {
    let users = work::read(app, Actor::system(), |work| admin::users(work, None, USERS_MAX, false)).await.map_err(told)?;
    Ok(users.0.iter().any(|user| user.email == EMAIL))
}

/// Users looked through for the demo's own; a demo has few.
const USERS_MAX: usize = 500;

pub async fn contents(app: &App) -> anyhow::Result<(i64, usize)> {
    let look = work::read(app, Actor::system(), |work| Ok((customers::count(work)?, admin::users(work, None, 1, false)?.0.len())));
    look.await.map_err(told)
}

/// A configured mail server is used as anywhere else; without one the mails are written into a folder.
fn mailer(command: &Demo, config: &Config) -> anyhow::Result<Mailer> {
    match config.mail.smtp_url.as_str() {
        "" => Mailer::folder(&command.mails, &config.mail).map_err(anyhow::Error::msg),
        _ => Mailer::smtp(&config.mail).map_err(anyhow::Error::msg),
    }
}

fn announcement(command: &Demo, config: &Config, address: SocketAddr) -> String {
    let mails = match config.mail.smtp_url.as_str() {
        "" => format!("no mail server is configured: mails are written into {}/", command.mails.display()),
        _ => "mails go to the configured mail server; all addresses end in .example".to_owned(),
    };
    format!(
        "\nA demo: made-up people, a password that everybody knows. Not for real data.\n\
         \n  address   http://{address}/admin\n  mail      {EMAIL}\n  password  {PASSWORD}\n\
         \n  {mails}\n  mails of the past were only noted as sent, none has left this machine\n\
         \nRegulars listens on http://{address}"
    )
}
