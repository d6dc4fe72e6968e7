//! PostgreSQL: threads with a connection each, prepared statements, `copy` for many rows. Reconnects by itself.

mod lists;

use crate::ids::Ids;
use crate::lane::{Lane, Task, Verdict};
use crate::row::Row;
use crate::tx::{Driver, Reserved, Rows, Tx};
use crate::{Options, StoreError};
use ::postgres::error::SqlState;
use ::postgres::types::{Format, IsNull, ToSql, Type, to_sql_checked};
use ::postgres::{Client, Config, Error, Statement};
use crossbeam_channel::Receiver;
use sql::Value;
use sql::dialect::Dialect;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres_rustls::MakeRustlsConnect;

/// Prepared statements kept by each connection.
const STATEMENTS_MAX: usize = 2_000;
/// Rows from which `copy` is faster than one statement with lists.
const COPY_FROM: usize = 256;
/// Times a unit is run again after a deadlock before the caller hears of it.
const AGAIN_MAX: u32 = 8;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection and the statements it knows.
pub struct Session {
    client: Client,
    statements: HashMap<String, Statement>,
}

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
            move |queue: Receiver<Task>| serve(&connector, &ids, session, &queue, "begin")
        })
        .collect();
    let readers: Vec<_> = (0..options.readers.max(1))
        .map(|_| {
            let (connector, ids) = (connector.clone(), ids.clone());
            move |queue: Receiver<Task>| serve(&connector, &ids, None, &queue, "begin isolation level repeatable read read only")
        })
        .collect();
    Ok((Lane::start("postgres-writer", writers)?, Lane::start("postgres-reader", readers)?))
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
        let mut client = self.config.connect(MakeRustlsConnect::new(tls)).map_err(|error| failure(&error))?;
        // `jit` costs tens of milliseconds on statements that take two.
        let setup = format!("set statement_timeout = {}; set jit = off; set timezone = 'UTC'", self.timeout.as_millis());
        client.batch_execute(&setup).map_err(|error| failure(&error))?;
        Ok(Session { client, statements: HashMap::new() })
    }
}

fn serve(connector: &Connector, ids: &Ids, mut session: Option<Session>, queue: &Receiver<Task>, begin: &str) {
    while let Ok(task) = queue.recv() {
        match begun(connector, session.take(), begin) {
            Ok(mut open) => session = run(&mut open, ids, task, begin).then_some(open),
            Err(error) => task.answer(Some(error)),
        }
    }
}

/// A connection with an open transaction. The server may have been restarted since the connection was last used: nothing
/// was asked of it yet, so a new one serves as well.
fn begun(connector: &Connector, session: Option<Session>, begin: &str) -> Result<Session, StoreError> {
    if let Some(mut open) = session.filter(|open| !open.client.is_closed()) {
        match open.client.batch_execute(begin).map_err(|error| failure(&error)) {
            Ok(()) => return Ok(open),
            Err(StoreError::Unavailable(_)) => {}
            Err(error) => return Err(error),
        }
    }
    let mut open = connector.connect()?;
    open.client.batch_execute(begin).map_err(|error| failure(&error))?;
    Ok(open)
}

/// Runs one unit in its transaction, which is open; says whether the connection can be used again.
fn run(session: &mut Session, ids: &Ids, mut task: Task, begin: &str) -> bool {
    let mut attempts = 0;
    loop {
        if 0 < attempts
            && let Err(error) = session.client.batch_execute(begin)
        {
            task.answer(Some(failure(&error)));
            return false;
        }
        let reserved = Reserved::default();
        let verdict = task.run(&mut Tx::new(Driver::Postgres(session), ids, &reserved));
        attempts += 1;
        let ended = match verdict {
            Verdict::Commit => session.client.batch_execute("commit"),
            Verdict::Rollback | Verdict::Again | Verdict::Reconnect => session.client.batch_execute("rollback"),
        };
        let again = verdict == Verdict::Again || ended.as_ref().err().is_some_and(|error| matches!(failure(error), StoreError::Again));
        if again && attempts < AGAIN_MAX && !session.client.is_closed() {
            continue;
        }
        let lost = verdict == Verdict::Reconnect || session.client.is_closed();
        match (verdict, ended) {
            (Verdict::Commit, Ok(())) => {
                reserved.into_inner().into_iter().for_each(|(kind, rest)| ids.give(kind, rest));
                task.answer(None);
            }
            // Nobody can tell whether a commit that got no answer happened; the caller is told that it is unknown.
            (Verdict::Commit, Err(error)) => task.answer(Some(failure(&error))),
            _ => task.answer(None),
        }
        return !lost;
    }
}

/// Lists of values, one for each column.
type Lists<'r> = Vec<Box<dyn ToSql + Sync + 'r>>;

impl Session {
    pub fn each(
        &mut self,
        text: &str,
        values: &[Value],
        mut take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let statement = self.prepare(text)?;
        let bound: Vec<Bound<'_>> = values.iter().map(Bound).collect();
        let params: Vec<&(dyn ToSql + Sync)> = bound.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        let rows = self.client.query(&statement, &params).map_err(|error| named(&error, text))?;
        rows.iter().try_for_each(|row| take(&Row::Postgres(row)))
    }

    pub fn execute(&mut self, text: &str, values: &[Value]) -> Result<u64, StoreError> {
        let statement = self.prepare(text)?;
        let bound: Vec<Bound<'_>> = values.iter().map(Bound).collect();
        let params: Vec<&(dyn ToSql + Sync)> = bound.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        self.client.execute(&statement, &params).map_err(|error| named(&error, text))
    }

    pub fn insert(&mut self, into: &str, rows: &Rows, suffix: &str) -> Result<u64, StoreError> {
        if suffix.is_empty() && COPY_FROM <= rows.len() {
            return self.copy(into, rows);
        }
        if rows.len() > 1
            && let Some(touched) = self.insert_lists(into, rows, suffix)?
        {
            return Ok(touched);
        }
        // Powers of two, so that any number of rows uses a handful of prepared statements.
        let per_statement = (sql::VALUES_MAX / rows.width()).min(256);
        let mut touched = 0;
        let mut rest = rows.values();
        while !rest.is_empty() {
            let left = rest.len() / rows.width();
            let count = per_statement.min(left);
            let count = 1_usize << count.ilog2();
            let (now, later) = rest.split_at(count * rows.width());
            touched += self.execute(&values_text(into, rows.width(), count, suffix), now)?;
            rest = later;
        }
        Ok(touched)
    }

    /// [`Session::insert`] of a statement that answers rows.
    pub fn insert_each(
        &mut self,
        into: &str,
        rows: &Rows,
        suffix: &str,
        mut take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let Some((statement, bound)) = self.lists(into, rows, suffix)? else {
            let text = values_text(into, rows.width(), 1, suffix);
            return rows.iter().try_for_each(|row| self.each(&text, row, &mut take));
        };
        let params: Vec<&(dyn ToSql + Sync)> = bound.iter().map(|list| &**list as &(dyn ToSql + Sync)).collect();
        let answered = self.client.query(&statement, &params).map_err(|error| named(&error, into))?;
        answered.iter().try_for_each(|row| take(&Row::Postgres(row)))
    }

    fn insert_lists(&mut self, into: &str, rows: &Rows, suffix: &str) -> Result<Option<u64>, StoreError> {
        let Some((statement, bound)) = self.lists(into, rows, suffix)? else { return Ok(None) };
        let params: Vec<&(dyn ToSql + Sync)> = bound.iter().map(|list| &**list as &(dyn ToSql + Sync)).collect();
        self.client.execute(&statement, &params).map(Some).map_err(|error| named(&error, into))
    }

    /// The statement that takes the rows as one list for each column, if their types allow it.
    fn lists<'r>(&mut self, into: &str, rows: &'r Rows, suffix: &str) -> Result<Option<(Statement, Lists<'r>)>, StoreError> {
        // The plain statement says of which types the columns are.
        let columns = self.prepare(&values_text(into, rows.width(), 1, ""))?.params().to_vec();
        let Some(text) = lists::text(into, &columns, suffix) else { return Ok(None) };
        let statement = self.prepare(&text)?;
        let bound = columns.iter().enumerate().map(|(place, column)| lists::column(rows, place, column)).collect::<Result<_, _>>()?;
        Ok(Some((statement, bound)))
    }

    fn copy(&mut self, into: &str, rows: &Rows) -> Result<u64, StoreError> {
        let target = into.trim().strip_prefix("insert into").ok_or_else(|| StoreError::bug(format!("not an insert: {into}")))?;
        let mut text = String::with_capacity(rows.len() * rows.width() * 12);
        for row in rows.iter() {
            for (place, value) in row.iter().enumerate() {
                if place > 0 {
                    text.push('\t');
                }
                write_copied(&mut text, value);
            }
            text.push('\n');
        }
        let statement = format!("copy {} from stdin", target.trim());
        let mut sink = self.client.copy_in(&statement).map_err(|error| named(&error, into))?;
        let written = sink.write_all(text.as_bytes());
        written.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        sink.finish().map_err(|error| named(&error, into))
    }

    fn prepare(&mut self, text: &str) -> Result<Statement, StoreError> {
        if let Some(known) = self.statements.get(text) {
            return Ok(known.clone());
        }
        let statement = self.client.prepare(&Dialect::Postgres.translate(text)).map_err(|error| named(&error, text))?;
        if STATEMENTS_MAX <= self.statements.len() {
            self.statements.clear();
        }
        self.statements.insert(text.to_owned(), statement.clone());
        Ok(statement)
    }
}

fn values_text(into: &str, width: usize, count: usize, suffix: &str) -> String {
    let mut text = format!("{into} values ");
    for row in 0..count {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..width {
            let comma = if column == 0 { "" } else { ", " };
            // Writing to a string cannot fail.
            let _ = write!(text, "{comma}${}", row * width + column + 1);
        }
        text.push(')');
    }
    text.push(' ');
    text.push_str(suffix);
    text
}

/// One value in the text form of `copy`.
fn write_copied(text: &mut String, value: &Value) {
    // Writing to a string cannot fail.
    let _ = match value {
        Value::Null => write!(text, "\\N"),
        Value::Bool(bool) => write!(text, "{}", if *bool { 't' } else { 'f' }),
        Value::Int(int) => write!(text, "{int}"),
        Value::Real(real) => write!(text, "{real}"),
        Value::Text(plain) => {
            for char in plain.chars() {
                match char {
                    '\\' => text.push_str("\\\\"),
                    '\t' => text.push_str("\\t"),
                    '\n' => text.push_str("\\n"),
                    '\r' => text.push_str("\\r"),
                    char => text.push(char),
                }
            }
            Ok(())
        }
        Value::Bytes(bytes) => {
            text.push_str("\\\\x");
            bytes.iter().try_for_each(|byte| write!(text, "{byte:02x}"))
        }
        Value::Ints(_) | Value::Texts(_) => unreachable!("no column holds a list"),
    };
}

#[derive(Debug)]
struct Bound<'v>(&'v Value);

impl ToSql for Bound<'_> {
    fn to_sql(
        &self,
        column: &Type,
        out: &mut ::postgres::types::private::BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (self.0, column) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Bool(bool), &Type::BOOL) => bool.to_sql(column, out),
            (Value::Int(int), &Type::INT8) => int.to_sql(column, out),
            (Value::Int(int), &Type::INT4) => i32::try_from(*int)?.to_sql(column, out),
            (Value::Int(int), &Type::FLOAT8) => (*int as f64).to_sql(column, out),
            (Value::Real(real), &Type::FLOAT8) => real.to_sql(column, out),
            (Value::Text(text), &Type::JSONB) => {
                out.extend_from_slice(&[1]);
                text.as_str().to_sql(&Type::TEXT, out)
            }
            (Value::Text(text), &Type::TEXT | &Type::VARCHAR | &Type::NAME | &Type::UNKNOWN) => text.as_str().to_sql(column, out),
            (Value::Ints(ints), &Type::INT8_ARRAY) => ints.to_sql(column, out),
            (Value::Texts(texts), &Type::TEXT_ARRAY) => texts.to_sql(column, out),
            (Value::Bytes(bytes), &Type::BYTEA) => bytes.as_slice().to_sql(column, out),
            (value, column) => Err(format!("{value:?} cannot be bound as {column}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Binary
    }

    to_sql_checked!();
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
