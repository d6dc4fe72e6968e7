//! Makes commits durable beside the writer: while the disk takes one, the next unit runs already. Nobody is answered before
//! the log is on the disk up to the end of his commit.

use crate::StoreError;
use crate::lane::Task;
use crossbeam_channel::{Receiver, Sender, bounded};
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

/// Commits that may wait for the disk; then the writer waits as well.
const COMMITS_MAX: usize = 16;

/// Whether the disk has refused a commit. Then nobody knows what is on it: nothing is written or read any more.
#[derive(Clone, Default)]
pub struct Trust(Arc<AtomicBool>);

impl Trust {
    pub fn check(&self) -> Result<(), StoreError> {
        if self.0.load(Ordering::Acquire) { Err(failure("an earlier one was refused, restart")) } else { Ok(()) }
    }
}

/// The writer's side. His connection must not wait for the disk itself (`synchronous = normal`); SQLite then still sees to it
/// that the log is on the disk before it is copied into the database, so that no part of a commit can be there alone.
pub struct Durability(Sender<Vec<Task>>);

impl Durability {
    /// `log` is there from the first commit on. The thread ends when the writer has, and all commits are durable.
    pub fn start(log: PathBuf, trust: Trust) -> Result<(Durability, JoinHandle<()>), StoreError> {
        let (commits, done) = bounded(COMMITS_MAX);
        let thread = std::thread::Builder::new()
            .name("sqlite-durable".to_owned())
            .spawn(move || answer_when_durable(&log, &done, &trust))
            .map_err(|error| StoreError::Unavailable(format!("cannot start a thread: {error}")))?;
        Ok((Durability(commits), thread))
    }

    /// Hands over units whose answers rest on what was committed so far. They get them when that is durable.
    pub fn answer(&self, units: Vec<Task>) {
        if let Err(lost) = self.0.send(units) {
            lost.into_inner().into_iter().for_each(|unit| unit.answer(Some(failure("its thread has ended"))));
        }
    }
}

fn answer_when_durable(log: &Path, commits: &Receiver<Vec<Task>>, trust: &Trust) {
    let mut file = None;
    while let Ok(mut units) = commits.recv() {
        units.extend(commits.try_iter().flatten());
        let is_durable = trust.check().and_then(|()| {
            sync(log, &mut file).map_err(|error| {
                trust.0.store(true, Ordering::Release);
                tracing::error!(log = %log.display(), %error, "a commit cannot be made durable: nothing is written or read until a restart");
                failure(&error.to_string())
            })
        });
        units.into_iter().for_each(|unit| unit.answer(is_durable.as_ref().err().map(|error| super::same(error, ""))));
    }
}

fn sync(log: &Path, file: &mut Option<File>) -> io::Result<()> {
    let file = match file {
        Some(file) => file,
        None => file.insert(OpenOptions::new().write(true).open(log)?),
    };
    file.sync_data()
}

fn failure(problem: &str) -> StoreError {
    StoreError::Unavailable(format!("cannot make a commit durable: {problem}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;

    /// A log that cannot be opened stands for a disk that refuses.
    #[test]
    fn nobody_is_told_of_a_commit_that_is_not_durable() {
        let folder = tempfile::tempdir().expect("a folder");
        let trust = Trust::default();
        let (durability, thread) = Durability::start(folder.path().join("absent"), trust.clone()).expect("it starts");
        assert!(trust.check().is_ok());
        for _ in 0..2 {
            let (reply, answer) = oneshot::channel::<Result<(), StoreError>>();
            durability.answer(vec![Task::new(|_| Ok(()), reply, false)]);
            assert!(matches!(answer.blocking_recv(), Ok(Err(StoreError::Unavailable(_)))));
        }
        assert!(matches!(trust.check(), Err(StoreError::Unavailable(_))));
        drop(durability);
        thread.join().expect("it ends");
    }
}
