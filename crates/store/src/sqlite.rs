//! SQLite: one writer thread that commits many units at once, reader threads with a snapshot each.

mod checkpoint;
mod durable;
mod exact;
mod patterns;

use crate::ids::Ids;
use crate::lane::{Lane, Task, Verdict};
use crate::row::Row;
use crate::tx::{Driver, Reserved, Rows, Tx};
use crate::{Options, StoreError, Synchronous};
use checkpoint::Checkpoints;
use crossbeam_channel::Receiver;
use durable::{Durability, Trust};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags, ToSql, params_from_iter};
use sql::Value;
use sql::dialect::Dialect;
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Units that share one commit at most, and how long the first may wait for the last.
const UNITS_MAX: usize = 512;
const GATHER_MAX: Duration = Duration::from_millis(20);
/// Prepared statements kept by each connection.
const STATEMENTS_MAX: usize = 512;
/// Steps of SQLite's machine between two looks at the clock.
const STEPS_PER_LOOK: i32 = 10_000;

/// A connection with its statements and the time a unit has left.
pub struct Session {
    connection: Connection,
    translated: RefCell<HashMap<String, Arc<str>>>,
    deadline: Arc<Deadline>,
}

/// The lanes of a database file: writing, reading.
pub fn open(path: &Path, synchronous: Synchronous, options: &Options) -> Result<(Lane, Lane), StoreError> {
    let mut writer = connect(path, synchronous, options, false)?;
    // WAL is a property of the file: set once, by the writer, before readers open it.
    let mode: String = writer.query_row("pragma journal_mode = wal", [], |row| row.get(0)).map_err(|error| failure(&error))?;
    if mode != "wal" {
        tracing::warn!(mode, "the database does not keep a write-ahead log; readers will wait for writers");
    }
    let mut readers = Vec::new();
    for _ in 0..options.readers.max(1) {
        readers.push(connect(path, synchronous, options, true)?);
    }
    let timeout = options.statement_timeout;
    let checkpoints = Checkpoints::start(&mut writer, connect(path, synchronous, options, false)?)?;
    let trust = Trust::default();
    let (durability, thread) = match mode.as_str() {
        "wal" if synchronous == Synchronous::Full => {
            beside_writer(&writer, trust.clone()).map(|(durability, thread)| (Some(durability), Some(thread)))?
        }
        _ => (None, None),
    };
    let trusted = trust.clone();
    let body = move |queue: Receiver<Task>| write_units(&Session::new(writer), &queue, checkpoints, durability, &trusted, timeout);
    let mut writing = Lane::start("sqlite-writer", [body])?;
    thread.into_iter().for_each(|thread| writing.own(thread));
    let bodies = readers.into_iter().map(|reader| {
        let trust = trust.clone();
        move |queue: Receiver<Task>| read_units(&Session::new(reader), &queue, &trust, timeout)
    });
    Ok((writing, Lane::start("sqlite-reader", bodies)?))
}

/// The writer does not wait for the disk any more: a thread beside it does.
fn beside_writer(writer: &Connection, trust: Trust) -> Result<(Durability, JoinHandle<()>), StoreError> {
    writer.execute_batch("pragma synchronous = normal").map_err(|error| failure(&error))?;
    // SQLite has followed symbolic links by now; its log lies beside the file itself.
    let file = writer.path().ok_or_else(|| StoreError::Unavailable("the path of the database is no Unicode".to_owned()))?;
    Durability::start(format!("{file}-wal").into(), trust)
}

fn connect(path: &Path, synchronous: Synchronous, options: &Options, read_only: bool) -> Result<Connection, StoreError> {
    let mut flags = OpenFlags::SQLITE_OPEN_NO_MUTEX;
    flags |= match read_only {
        true => OpenFlags::SQLITE_OPEN_READ_ONLY,
        false => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
    };
    let connection = Connection::open_with_flags(path, flags)
        .map_err(|error| StoreError::Unavailable(format!("cannot open {}: {error}", path.display())))?;
    rusqlite::vtab::array::load_module(&connection).map_err(|error| failure(&error))?;
    patterns::add_function(&connection).map_err(|error| failure(&error))?;
    exact::add_functions(&connection).map_err(|error| failure(&error))?;
    // A plan that depends on bound values would be made anew whenever they change.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(|error| failure(&error))?;
    connection.busy_timeout(Duration::from_secs(5)).map_err(|error| failure(&error))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    let synchronous = match synchronous {
        Synchronous::Full => "full",
        Synchronous::Normal => "normal",
        Synchronous::Off => "off",
    };
    connection
        .execute_batch(&format!(
            "pragma synchronous = {synchronous}; pragma foreign_keys = on; pragma temp_store = memory;
             pragma cache_size = -{}; pragma journal_size_limit = 402653184;",
            options.cache_kib
        ))
        .map_err(|error| failure(&error))?;
    Ok(connection)
}

/// Takes what is queued, never waits for more: one commit for all. The first unit has the transaction to itself until others
/// join, each of them in a savepoint, for which SQLite copies every page before it is changed. A unit that does the work of
/// many joins none: that would cost it more than a commit.
fn write_units(
    session: &Session,
    queue: &Receiver<Task>,
    checkpoints: Checkpoints,
    durability: Option<Durability>,
    trust: &Trust,
    timeout: Duration,
) {
    // Also what is refused may rest on a commit that is not durable yet.
    let answer = |units: Vec<Task>| match &durability {
        Some(durability) => durability.answer(units),
        None => units.into_iter().for_each(|unit| unit.answer(None)),
    };
    let ids = Ids::default();
    let mut next = None;
    while let Some(mut first) = next.take().or_else(|| queue.recv().ok()) {
        if let Err(error) = trust.check().and_then(|()| session.control("begin immediate")) {
            first.answer(Some(error));
            continue;
        }
        let started = Instant::now();
        let (verdict, unit_reserved) = run_unit(session, &ids, &mut first, timeout);
        if verdict != Verdict::Commit {
            session.undo();
            answer(vec![first]);
            continue;
        }
        let mut waiting = vec![first];
        let mut reserved = unit_reserved.into_inner();
        while waiting.len() < UNITS_MAX
            && started.elapsed() < GATHER_MAX
            && let Ok(mut task) = queue.try_recv()
        {
            if task.is_many {
                next = Some(task);
                break;
            }
            match run_in_savepoint(session, &ids, &mut task, timeout) {
                Ok(unit_reserved) => reserved.extend(unit_reserved.into_inner()),
                Err(error) => {
                    task.answer(Some(error));
                    break;
                }
            }
            waiting.push(task);
        }
        match session.control("commit") {
            Ok(()) => {
                reserved.into_iter().for_each(|(kind, rest)| ids.give(kind, rest));
                answer(waiting);
                checkpoints.committed(&session.connection);
            }
            Err(error) => {
                session.undo();
                let text = error.to_string();
                let kind = || same(&error, &text);
                waiting.into_iter().for_each(|task| task.answer(Some(kind())));
            }
        }
    }
    if let Err(error) = trust.check().and_then(|()| session.control("pragma optimize")) {
        tracing::warn!(%error, "cannot refresh the statistics of the database");
    }
    checkpoints.end();
}

fn run_unit(session: &Session, ids: &Ids, task: &mut Task, timeout: Duration) -> (Verdict, Reserved) {
    session.deadline.set(timeout);
    let reserved = Reserved::default();
    let verdict = task.run(&mut Tx::new(Driver::Sqlite(session), ids, &reserved));
    session.deadline.clear();
    (verdict, reserved)
}

fn run_in_savepoint(session: &Session, ids: &Ids, task: &mut Task, timeout: Duration) -> Result<Reserved, StoreError> {
    session.control("savepoint unit")?;
    let (verdict, reserved) = run_unit(session, ids, task, timeout);
    if verdict == Verdict::Commit {
        session.control("release unit")?;
        return Ok(reserved);
    }
    session.control("rollback to unit")?;
    session.control("release unit")?;
    Ok(Reserved::default())
}

fn read_units(session: &Session, queue: &Receiver<Task>, trust: &Trust, timeout: Duration) {
    let ids = Ids::default();
    while let Ok(mut task) = queue.recv() {
        if let Err(error) = trust.check().and_then(|()| session.control("begin")) {
            task.answer(Some(error));
            continue;
        }
        session.deadline.set(timeout);
        task.run(&mut Tx::new(Driver::Sqlite(session), &ids, &Reserved::default()));
        session.deadline.clear();
        session.undo();
        task.answer(None);
    }
}

impl Session {
    fn new(mut connection: Connection) -> Session {
        let deadline = Arc::new(Deadline { origin: Instant::now(), passes_after_ms: AtomicU64::new(u64::MAX) });
        let seen = deadline.clone();
        let look = move || seen.has_passed();
        if let Err(error) = connection.progress_handler(STEPS_PER_LOOK, Some(look)) {
            tracing::warn!(%error, "statements on this connection cannot be stopped");
        }
        Session { connection, translated: RefCell::default(), deadline }
    }

    pub fn each(&self, text: &str, values: &[Value], mut take: impl FnMut(&Row<'_>) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let mut statement = self.prepare(text)?;
        let mut rows = statement.query(params_from_iter(values.iter().map(Bound))).map_err(|error| named(&error, text))?;
        while let Some(row) = rows.next().map_err(|error| named(&error, text))? {
            take(&Row::Sqlite(row))?;
        }
        Ok(())
    }

    pub fn execute(&self, text: &str, values: &[Value]) -> Result<u64, StoreError> {
        let mut statement = self.prepare(text)?;
        let touched = statement.execute(params_from_iter(values.iter().map(Bound))).map_err(|error| named(&error, text))?;
        Ok(touched as u64)
    }

    /// A prepared loop: faster here than one statement with many rows.
    pub fn insert(&self, into: &str, rows: &Rows, suffix: &str) -> Result<u64, StoreError> {
        let places: Vec<String> = (1..=rows.width()).map(|place| format!("${place}")).collect();
        let text = format!("{into} values ({}) {suffix}", places.join(", "));
        let mut statement = self.prepare(&text)?;
        let mut touched = 0;
        for row in rows.iter() {
            touched += statement.execute(params_from_iter(row.iter().map(Bound))).map_err(|error| named(&error, &text))?;
        }
        Ok(touched as u64)
    }

    /// [`Session::insert`] of a statement that answers rows.
    pub fn insert_each(
        &self,
        into: &str,
        rows: &Rows,
        suffix: &str,
        mut take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let places: Vec<String> = (1..=rows.width()).map(|place| format!("${place}")).collect();
        let text = format!("{into} values ({}) {suffix}", places.join(", "));
        rows.iter().try_for_each(|row| self.each(&text, row, &mut take))
    }

    fn prepare(&self, text: &str) -> Result<CachedStatement<'_>, StoreError> {
        let known = self.translated.borrow().get(text).cloned();
        let translated = known.unwrap_or_else(|| {
            let translated: Arc<str> = Dialect::Sqlite.translate(text).into();
            let mut all = self.translated.borrow_mut();
            if STATEMENTS_MAX * 4 < all.len() {
                all.clear();
            }
            all.insert(text.to_owned(), translated.clone());
            translated
        });
        self.connection.prepare_cached(&translated).map_err(|error| named(&error, text))
    }

    fn control(&self, text: &str) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(text).map_err(|error| failure(&error))?;
        statement.raw_query().next().map(drop).map_err(|error| failure(&error))
    }

    /// Ends the transaction without keeping anything; SQLite may have ended it already.
    fn undo(&self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.control("rollback")
        {
            tracing::error!(%error, "cannot roll back");
        }
    }
}

/// When the running unit is to be stopped, shared with SQLite's progress callback.
struct Deadline {
    origin: Instant,
    passes_after_ms: AtomicU64,
}

impl Deadline {
    fn set(&self, timeout: Duration) {
        self.passes_after_ms.store((self.origin.elapsed() + timeout).as_millis() as u64, Ordering::Relaxed);
    }

    fn clear(&self) {
        self.passes_after_ms.store(u64::MAX, Ordering::Relaxed);
    }

    fn has_passed(&self) -> bool {
        self.passes_after_ms.load(Ordering::Relaxed) < self.origin.elapsed().as_millis() as u64
    }
}

struct Bound<'v>(&'v Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let list = |values: Vec<rusqlite::types::Value>| Ok(ToSqlOutput::from_rc(Rc::new(values), c"rarray"));
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Ints(ints) => return list(ints.iter().map(|int| (*int).into()).collect()),
            Value::Texts(texts) => return list(texts.iter().map(|text| text.clone().into()).collect()),
            Value::Null => ValueRef::Null,
            Value::Bool(bool) => ValueRef::Integer(i64::from(*bool)),
            Value::Int(int) => ValueRef::Integer(*int),
            Value::Real(real) => ValueRef::Real(*real),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn named(error: &rusqlite::Error, text: &str) -> StoreError {
    match failure(error) {
        StoreError::Bug { context } => StoreError::bug(format!("{context}, in: {text}")),
        error => error,
    }
}

fn failure(error: &rusqlite::Error) -> StoreError {
    let text = error.to_string();
    let rusqlite::Error::SqliteFailure(code, _) = error else { return StoreError::bug(text) };
    match (code.code, code.extended_code) {
        (ErrorCode::ConstraintViolation, rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => {
            StoreError::Duplicate
        }
        (ErrorCode::DiskFull, _) => StoreError::Full,
        (ErrorCode::ReadOnly, _) => StoreError::ReadOnly(text),
        (ErrorCode::OperationInterrupted, _) => StoreError::Timeout,
        (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::CannotOpen | ErrorCode::SystemIoFailure, _) => {
            StoreError::Unavailable(text)
        }
        _ => StoreError::bug(text),
    }
}

/// The same failure once more, for each unit that shared the commit.
fn same(error: &StoreError, text: &str) -> StoreError {
    match error {
        StoreError::Full => StoreError::Full,
        StoreError::ReadOnly(text) => StoreError::ReadOnly(text.clone()),
        StoreError::Timeout => StoreError::Timeout,
        StoreError::Unavailable(text) => StoreError::Unavailable(text.clone()),
        _ => StoreError::bug(format!("cannot commit: {text}")),
    }
}
