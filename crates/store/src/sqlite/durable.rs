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

/// The writer's side. His connection must not wait for the disk itself (`synchronous = normal`); SQLite then still sees to it
/// that the log is on the disk before it is copied into the database, so that no part of a commit can be there alone.
pub struct Durability {
    commits: Sender<Vec<Task>>,
    has_failed: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Durability {
    /// `log` is there from the first commit on.
    pub fn start(log: PathBuf) -> Result<Durability, StoreError> {
        let (commits, done) = bounded(COMMITS_MAX);
        let has_failed = Arc::new(AtomicBool::new(false));
        let mark = has_failed.clone();
        let thread = std::thread::Builder::new()
            .name("sqlite-durable".to_owned())
            .spawn(move || answer_when_durable(&log, &done, &mark))
            .map_err(|error| StoreError::Unavailable(format!("cannot start a thread: {error}")))?;
        Ok(Durability { commits, has_failed, thread })
    }

    /// Hands over the units of a commit, which are answered when it is durable.
    pub fn committed(&self, units: Vec<Task>) {
        if let Err(lost) = self.commits.send(units) {
            lost.into_inner().into_iter().for_each(|unit| unit.answer(Some(failure("its thread has ended"))));
        }
    }

    /// Once the disk has refused a commit, nobody knows what is on it: nothing is written any more.
    pub fn check(&self) -> Result<(), StoreError> {
        if self.has_failed.load(Ordering::Acquire) { Err(failure("an earlier commit could not be made durable")) } else { Ok(()) }
    }

    /// Waits until all commits are durable.
    pub fn end(self) {
        drop(self.commits);
        if self.thread.join().is_err() {
            tracing::error!("the thread that makes commits durable has panicked");
        }
    }
}

fn answer_when_durable(log: &Path, commits: &Receiver<Vec<Task>>, has_failed: &AtomicBool) {
    let mut file = None;
    while let Ok(mut units) = commits.recv() {
        units.extend(commits.try_iter().flatten());
        let synced =
            if has_failed.load(Ordering::Acquire) { Err(io::Error::other("an earlier commit failed")) } else { sync(log, &mut file) };
        let problem = synced.err().map(|error| error.to_string());
        if let Some(problem) = &problem {
            has_failed.store(true, Ordering::Release);
            tracing::error!(log = %log.display(), problem, "commits cannot be made durable: nothing is written any more until a restart");
        }
        units.into_iter().for_each(|unit| unit.answer(problem.as_deref().map(failure)));
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
        let durability = Durability::start(folder.path().join("absent")).expect("it starts");
        assert!(durability.check().is_ok());
        for _ in 0..2 {
            let (reply, answer) = oneshot::channel::<Result<(), StoreError>>();
            durability.committed(vec![Task::new(|_| Ok(()), reply, false)]);
            assert!(matches!(answer.blocking_recv(), Ok(Err(StoreError::Unavailable(_)))));
        }
        assert!(matches!(durability.check(), Err(StoreError::Unavailable(_))));
        durability.end();
    }
}
