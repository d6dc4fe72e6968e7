//! Copies the write-ahead log into the database file beside the writer, so that the one thread that may write does nothing
//! else. Under load the log is never empty: when it has grown too long, the writer lends a hand, which leaves it nothing
//! to copy and lets the log begin anew.

use super::failure;
use crate::StoreError;
use crossbeam_channel::{Receiver, Sender, bounded};
use rusqlite::Connection;
use rusqlite::hooks::Wal;
use std::os::raw::c_int;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::thread::JoinHandle;

/// Pages in the log from which copying begins, and those from which the writer waits for it: 128 and 320 MiB. A page that was
/// written several times since is copied once.
const BEGIN_PAGES: c_int = 32_768;
const WAIT_PAGES: c_int = 81_920;

/// The writer's side.
pub struct Checkpoints {
    /// Pages in the log after the last commit.
    pages: Arc<AtomicI32>,
    wanted: Sender<()>,
    thread: JoinHandle<()>,
}

impl Checkpoints {
    /// Takes the copying away from the writer's connection and starts a thread that does it on another.
    pub fn start(writer: &mut Connection, beside: Connection) -> Result<Checkpoints, StoreError> {
        let pages = Arc::new(AtomicI32::new(0));
        let told = pages.clone();
        let note = move |_: &mut Wal, pages: c_int| -> rusqlite::Result<()> {
            told.store(pages, Ordering::Relaxed);
            Ok(())
        };
        writer.wal_hook(Some(note)).map_err(|error| failure(&error))?;
        let (wanted, asked) = bounded(1);
        let body = move || copy_when_asked(&beside, &asked);
        let thread = std::thread::Builder::new()
            .name("sqlite-checkpoint".to_owned())
            .spawn(body)
            .map_err(|error| StoreError::Unavailable(format!("cannot start a thread: {error}")))?;
        Ok(Checkpoints { pages, wanted, thread })
    }

    /// Closes the other connection. The writer's is the last one then, and leaves no log behind when it is closed.
    pub fn end(self) {
        drop(self.wanted);
        if self.thread.join().is_err() {
            tracing::warn!("the thread that copies the log has panicked");
        }
    }

    /// To be called after each commit.
    pub fn committed(&self, connection: &Connection) {
        let pages = self.pages.load(Ordering::Relaxed);
        if pages < BEGIN_PAGES {
            return;
        }
        if WAIT_PAGES <= pages {
            copy(connection);
        } else {
            // If it is full, the thread will look once more anyway.
            _ = self.wanted.try_send(());
        }
    }
}

fn copy_when_asked(connection: &Connection, asked: &Receiver<()>) {
    while asked.recv().is_ok() {
        copy(connection);
    }
}

/// Copies what no reader needs in the log any more. Waits for nobody; what is left is for the next time.
fn copy(connection: &Connection) {
    if let Err(error) = connection.query_row("pragma wal_checkpoint(passive)", [], |_| Ok(())) {
        tracing::warn!(error = %failure(&error), "cannot copy the log into the database file");
    }
}
