//! PostgreSQL: threads with a connection each, prepared statements, `copy` for many rows. Reconnects by itself.

mod lists;
mod session;
mod values;

pub use session::Session;

use crate::ids::Ids;
use crate::lane::{Lane, Task, Verdict};
use crate::tx::{Driver, Reserved, Tx};
use crate::{Options, StoreError};
use crossbeam_channel::Receiver;
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Config, Error};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Times a unit is run again after a deadlock before the caller hears of it.
const AGAIN_MAX: u32 = 8;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The lanes of a database: writing, reading. Fails at once when the server cannot be reached.
pub fn open(url: &str, options: &Options) -> Result<(Lane, Lane), StoreError> {
    let mut config: Config = url.parse().map_err(|_| StoreError::Url("postgres://…".to_owned()))?;
    config.connect_timeout(CONNECT_TIMEOUT).application_name("regulars");
    config.keepalives(true).tcp_user_timeout(Duration::from_secs(30));
    let timeout = options.statement_timeout;
    let connector = Arc::new(Connector { config, timeout });
    // On a thread of its own: the driver blocks, and the caller may be asynchronous.
    let first = std::thread::scope(|scope| scope.spawn(|| connector.connect()).join()).map_err(|_| StoreError::Panicked)??;
    let ids = Arc::new(Ids::default());
    let mut first = Some(first);
    let writers: Vec<_> = (0..options.writers.max(1))
        .map(|_| {
            let (connector, ids, session) = (connector.clone(), ids.clone(), first.take());
            move |queue: Receiver<Task>| serve(&connector, &ids, session, &queue, Use::Writing)
        })
        .collect();
    let readers: Vec<_> = (0..options.readers.max(1))
        .map(|_| {
            let (connector, ids) = (connector.clone(), ids.clone());
            move |queue: Receiver<Task>| serve(&connector, &ids, None, &queue, Use::Reading)
        })
        .collect();
    Ok((Lane::start("postgres-writer", writers)?, Lane::start("postgres-reader", readers)?))
}

/// What the transactions of a connection are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Writing,
    Reading,
}

struct Connector {
    config: Config,
    timeout: Duration,
}

impl Connector {
    fn connect(&self) -> Result<Session, StoreError> {
        let mut roots = rustls::RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| StoreError::bug(format!("cannot set up TLS: {error}")))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| StoreError::bug(format!("cannot set up a connection: {error}")))?;
        let connected = runtime.block_on(self.config.connect(MakeRustlsConnect::new(tls)));
        let (client, connection) = connected.map_err(|error| failure(&error))?;
        runtime.spawn(async {
            if let Err(error) = connection.await {
                tracing::warn!("a connection to PostgreSQL has ended: {error}");
            }
        });
        let mut session = Session::new(runtime, client);
        // `jit` costs tens of milliseconds on statements that take two.
        let setup = format!("set statement_timeout = {}; set jit = off; set timezone = 'UTC'", self.timeout.as_millis());
        session.run_plain(&setup)?;
        Ok(session)
    }
}

fn serve(connector: &Connector, ids: &Ids, mut session: Option<Session>, queue: &Receiver<Task>, purpose: Use) {
    while let Ok(task) = queue.recv() {
        session = run(connector, ids, session.take(), task, purpose);
    }
}

/// Runs one unit in a transaction of its own; gives the connection back if it can be used again.
fn run(connector: &Connector, ids: &Ids, standing: Option<Session>, mut task: Task, purpose: Use) -> Option<Session> {
    // The server may have been restarted since a connection was last used. Nothing of the unit is committed then, and it runs
    // once more on a new one.
    let mut may_be_stale = standing.is_some();
    let mut at_hand = standing;
    let mut attempts = 0;
    // Two who changed definitions waited for one another: whoever runs again asks for them first.
    let mut alone = false;
    loop {
        let mut session = match at_hand.take().map_or_else(|| connector.connect(), Ok) {
            Ok(session) => session,
            Err(error) => {
                task.answer(Some(error));
                return None;
            }
        };
        let reserved = Reserved::default();
        session.begin(purpose, alone);
        let verdict = task.run(&mut Tx::new(Driver::Postgres(&mut session), ids, &reserved));
        attempts += 1;
        alone = session.is_alone();
        let end = end(&mut session, verdict, purpose);
        let is_lost = verdict == Verdict::Reconnect || session.is_closed();
        match end {
            End::Committed => reserved.into_inner().into_iter().for_each(|(kind, rest)| ids.give(kind, rest)),
            End::Unknown(_) => {}
            End::Undone(_) if is_lost && may_be_stale => {
                may_be_stale = false;
                continue;
            }
            End::Undone(ref failed) => {
                let again = verdict == Verdict::Again || matches!(failed, Some(StoreError::Again));
                if again && attempts < AGAIN_MAX && !is_lost {
                    at_hand = Some(session);
                    continue;
                }
            }
        }
        task.answer(end.failure());
        return (!is_lost).then_some(session);
    }
}

/// How a transaction came to its end.
enum End {
    Committed,
    /// Nothing of it is there; with the failure of a statement nobody had waited for.
    Undone(Option<StoreError>),
    /// A commit that got no answer; the caller is told that nobody knows.
    Unknown(StoreError),
}

impl End {
    fn failure(self) -> Option<StoreError> {
        match self {
            End::Committed => None,
            End::Undone(failed) => failed,
            End::Unknown(error) => Some(error),
        }
    }
}

fn end(session: &mut Session, verdict: Verdict, purpose: Use) -> End {
    if purpose == Use::Reading && session.is_answered() {
        session.leave();
        return if verdict == Verdict::Commit { End::Committed } else { End::Undone(None) };
    }
    let ready = match verdict {
        Verdict::Commit => session.prepare_commit(),
        Verdict::Rollback | Verdict::Again | Verdict::Reconnect => return End::Undone(session.roll_back().err()),
    };
    if let Err(failed) = ready {
        // What failed first is what is told.
        return End::Undone(session.roll_back().err().or(Some(failed)));
    }
    match session.commit() {
        Ok(()) => End::Committed,
        Err(StoreError::Unavailable(text)) => End::Unknown(StoreError::Unavailable(text)),
        Err(refused) => End::Undone(Some(refused)),
    }
}

fn named(error: &Error, text: &str) -> StoreError {
    match failure(error) {
        StoreError::Bug { context } => StoreError::bug(format!("{context}, in: {text}")),
        error => error,
    }
}

fn failure(error: &Error) -> StoreError {
    let Some(code) = error.code() else {
        let cause = std::error::Error::source(error).map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"));
        let connection = error.is_closed() || std::error::Error::source(error).is_some_and(|cause| cause.is::<std::io::Error>());
        return if connection || cause.contains("connect") { StoreError::Unavailable(cause) } else { StoreError::bug(cause) };
    };
    let text = error.as_db_error().map_or_else(|| error.to_string(), ToString::to_string);
    match code {
        code if *code == SqlState::UNIQUE_VIOLATION => StoreError::Duplicate,
        code if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED => StoreError::Again,
        code if *code == SqlState::QUERY_CANCELED => StoreError::Timeout,
        code if *code == SqlState::DISK_FULL => StoreError::Full,
        code if *code == SqlState::READ_ONLY_SQL_TRANSACTION => StoreError::ReadOnly(text),
        // Classes 08 (connection), 53 (resources), 57P (shutting down), 28 (login), 3D (no such database).
        code if ["08", "53", "57P", "28", "3D"].iter().any(|class| code.code().starts_with(class)) => StoreError::Unavailable(text),
        _ => StoreError::bug(text),
    }
}
