//! A running instance for tests, on each database: started as in production, its clock moved by hand, its worker driven by
//! hand, its mail read from a mailbox. PostgreSQL comes from `REGULARS_TEST_POSTGRES`, set by `cargo xtask check`.

pub mod endpoint;
pub mod person;
pub mod provider;

use reqwest::{Client, Method, StatusCode};
use serde_json::Value;
use server::access::Actor;
use server::app::App;
use server::config::Config;
use server::mailer::{Letter, Mailer};
use server::segments::builders::Builders;
use server::time::{Clock, Instant};
use server::work::{self, Work};
use server::{admin, serve, worker};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use store::{DatabaseUrl, Options, Store, inspect, migrate};
use tokio::net::TcpListener;

/// Where every test's clock starts: a Monday noon.
pub const START: &str = "2026-03-02T12:00:00Z";

/// Runs the story on a fresh SQLite file and in a fresh PostgreSQL schema.
pub async fn on_each_store(story: impl AsyncFn(&TestApp)) {
    on_each_store_with(built_in, story).await;
}

/// [`on_each_store`], with kinds of segment builders of one's own.
pub async fn on_each_store_with(builders: fn(&Config) -> Builders, story: impl AsyncFn(&TestApp)) {
    on_each_store_as(Config::defaults(), builders, story).await;
}

/// [`on_each_store`], configured otherwise.
pub async fn on_each_store_configured(change: impl FnOnce(&mut Config), story: impl AsyncFn(&TestApp)) {
    let mut config = Config::defaults();
    change(&mut config);
    on_each_store_as(config, built_in, story).await;
}

async fn on_each_store_as(config: Config, builders: fn(&Config) -> Builders, story: impl AsyncFn(&TestApp)) {
    let folder = tempfile::tempdir().expect("a folder for the database");
    let file = format!("sqlite:{}?synchronous=off", folder.path().join("test.db").display());
    story(&TestApp::start_at(&file, config.clone(), first_clock(), builders).await).await;

    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let server = std::env::var("REGULARS_TEST_POSTGRES").expect("REGULARS_TEST_POSTGRES is not set: run `cargo xtask check`");
    let schema = format!("test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let owner = open(&server, &Options { readers: 1, writers: 1, ..Options::default() });
    execute(&owner, format!("create schema {schema}")).await;
    let joint = if server.contains('?') { '&' } else { '?' };
    let url = format!("{server}{joint}options=-csearch_path%3D{schema}");
    story(&TestApp::start_at(&url, config, first_clock(), builders).await).await;
    execute(&owner, format!("drop schema {schema} cascade")).await;
}

fn built_in(config: &Config) -> Builders {
    Builders::built_in(config).expect("the configured builders can be used")
}

fn first_clock() -> Clock {
    Clock::by_hand(Instant::parse(START).expect("a time"))
}

fn open(url: &str, options: &Options) -> Store {
    let url: DatabaseUrl = url.parse().expect("a database URL");
    Store::open(&url, options).expect("the database can be opened")
}

async fn execute(store: &Store, text: String) {
    store.write(move |tx| tx.execute(&text, &[])).await.expect("the statement runs");
}

/// An instance that listens, with a key that may do everything.
pub struct TestApp {
    pub app: App,
    pub clock: Clock,
    pub address: String,
    pub client: Client,
    pub key: String,
    /// The database it runs on, for a second process on the same one.
    pub database: String,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Answer {
    /// The body of an answer that must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self.body
    }

    pub fn etag(&self) -> String {
        self.headers.get("etag").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    }
}

impl TestApp {
    /// Starts an instance on the database, with few threads so that many fit on one server.
    pub async fn start(database: &str) -> TestApp {
        Self::start_with(database, Config::defaults()).await
    }

    pub async fn start_with(database: &str, config: Config) -> TestApp {
        Self::start_at(database, config, first_clock(), built_in).await
    }

    /// A second process on the same database, by the same clock.
    pub async fn beside(&self) -> TestApp {
        Self::start_at(&self.database, Config::defaults(), self.clock.clone(), built_in).await
    }

    async fn start_at(database: &str, config: Config, clock: Clock, builders: fn(&Config) -> Builders) -> TestApp {
        // The second of two tests in one process finds it installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let store = open(database, &Options { readers: 2, writers: 3, ..Options::default() });
        migrate::migrate(&store, clock.now().0).await.expect("the tables are made");
        let builders = builders(&config);
        Self::serve(App::new(store, clock, config, Mailer::mailbox(), builders), database).await
    }

    /// Serves an instance that was opened otherwise.
    pub async fn serve(app: App, database: &str) -> TestApp {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let router = serve::router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, router).await.expect("the server runs") });
        let client = Client::builder().no_proxy().build().expect("an HTTP client");
        let clock = app.clock.clone();
        let mut test = TestApp { app, clock, address, client, key: String::new(), database: database.to_owned() };
        test.key = test.new_key(&["all"]).await;
        test
    }

    /// A key with these scopes.
    pub async fn new_key(&self, scopes: &[&str]) -> String {
        let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        self.write(move |work| admin::add_key(work, "test", &scopes, None)).await.expect("a key is made").1
    }

    /// Runs an operation as the operator.
    pub async fn write<T: Send + 'static>(
        &self,
        operation: impl FnMut(&mut Work<'_>) -> Result<T, server::error::Error> + Send + 'static,
    ) -> Result<T, server::error::Error> {
        work::write(&self.app, Actor::operator(), operation).await
    }

    /// Every row of every table but these, as text. Jobs that compare customers come of every change and are left out, and so
    /// are roll-ups, which say how often something was done and undone until they are added up.
    pub async fn contents(&self, except: &[&str]) -> BTreeMap<String, Vec<String>> {
        let mut contents = inspect::contents(&self.app.store).await.expect("the tables can be read");
        contents.retain(|table, _| !except.contains(&table.as_str()) && !table.starts_with("rollup"));
        contents.entry("jobs".to_owned()).and_modify(|rows| rows.retain(|row| !row.contains("compare_customers")));
        contents
    }

    /// Does all that is due now; gives how many jobs ran.
    pub async fn run_due(&self) -> usize {
        worker::run_due(&self.app).await.expect("the worker runs")
    }

    pub fn mails(&self) -> Vec<Letter> {
        self.app.mailer.received()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, Some(&self.key), &[]).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body), Some(&self.key), &[]).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(body), Some(&self.key), &[]).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Some(body), Some(&self.key), &[]).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None, Some(&self.key), &[]).await
    }

    /// Any request, with or without a key and with further headers.
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>, key: Option<&str>, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.client.request(method, format!("{}{path}", self.address));
        if let Some(key) = key {
            request = request.header("x-api-key", key);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.expect("the server answers");
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.expect("the answer is whole");
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Answer { status, headers, body }
    }
}
