//! Queues of units of work between the callers and the database threads.

use crate::{StoreError, Tx, UnitError};
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// Units that may wait in one lane; past it callers are told to come back later instead of piling up.
const WAITING_MAX: usize = 10_000;

/// What a database thread does with a unit that has run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Commit,
    Rollback,
    Again,
    /// The connection is not to be trusted any more.
    Reconnect,
}

type Answer = Box<dyn FnOnce(Option<StoreError>) + Send>;
type Run = Box<dyn for<'t> FnMut(&'t mut Tx<'t>) -> (Verdict, Answer) + Send>;

/// A unit of work on its way to a thread.
pub struct Task {
    run: Run,
    answer: Option<Answer>,
    refuse: Option<Answer>,
    /// Does the work of many, and has a transaction to itself when it begins.
    pub is_many: bool,
}

impl Task {
    pub fn new<T, E>(
        mut unit: impl for<'t> FnMut(&'t mut Tx<'t>) -> Result<T, E> + Send + 'static,
        reply: oneshot::Sender<Result<T, E>>,
        is_many: bool,
    ) -> Task
    where
        T: Send + 'static,
        E: UnitError,
    {
        let reply = std::sync::Arc::new(Mutex::new(Some(reply)));
        let for_refusal = reply.clone();
        let run: Run = Box::new(on_transaction(move |tx| {
            let mut once = Some(tx);
            let result = catch_unwind(AssertUnwindSafe(|| unit(once.take().expect("a unit runs once per transaction"))))
                .unwrap_or_else(|_| Err(StoreError::Panicked.into()));
            let verdict = match result.as_ref().map_err(|error| error.as_store()) {
                Ok(_) => Verdict::Commit,
                Err(Some(StoreError::Again)) => Verdict::Again,
                Err(Some(StoreError::Unavailable(_))) => Verdict::Reconnect,
                Err(_) => Verdict::Rollback,
            };
            let reply = reply.clone();
            let answer: Answer = Box::new(move |failure| send(&reply, failure.map_or(result, |failure| Err(failure.into()))));
            (verdict, answer)
        }));
        let refuse: Answer = Box::new(move |failure| send(&for_refusal, Err(failure.unwrap_or(StoreError::Closed).into())));
        Task { run, answer: None, refuse: Some(refuse), is_many }
    }

    pub fn run<'t>(&mut self, tx: &'t mut Tx<'t>) -> Verdict {
        let (verdict, answer) = (self.run)(tx);
        self.answer = Some(answer);
        verdict
    }

    /// Gives the caller the unit's own result, or the failure that came after it (a commit that did not happen).
    pub fn answer(self, failure: Option<StoreError>) {
        // What the unit holds (often the instance itself) goes before the caller hears of it, not on this thread at the end.
        drop(self.run);
        if let Some(answer) = self.answer.or(self.refuse) {
            answer(failure);
        }
    }
}

/// Tells the compiler that the closure works for any transaction.
fn on_transaction<F: for<'t> FnMut(&'t mut Tx<'t>) -> (Verdict, Answer) + Send>(run: F) -> F {
    run
}

fn send<T, E>(reply: &Mutex<Option<oneshot::Sender<Result<T, E>>>>, result: Result<T, E>) {
    let waiting = reply.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take();
    if let Some(waiting) = waiting {
        // The caller may have gone away meanwhile; what was committed stays committed.
        drop(waiting.send(result));
    }
}

/// A queue and the threads that serve it. Dropping the lane lets the threads finish what is queued, and waits for them.
pub struct Lane {
    tasks: Option<Sender<Task>>,
    threads: Vec<JoinHandle<()>>,
}

impl Lane {
    /// Starts one thread for each body.
    pub fn start<B>(name: &str, bodies: impl IntoIterator<Item = B>) -> Result<Lane, StoreError>
    where
        B: FnOnce(Receiver<Task>) + Send + 'static,
    {
        let (tasks, queue) = bounded(WAITING_MAX);
        let mut threads = Vec::new();
        for (number, body) in bodies.into_iter().enumerate() {
            let queue = queue.clone();
            let thread = std::thread::Builder::new().name(format!("{name}-{number}")).spawn(move || body(queue));
            threads.push(thread.map_err(|error| StoreError::bug(format!("cannot start a database thread: {error}")))?);
        }
        Ok(Lane { tasks: Some(tasks), threads })
    }

    /// Waits for this thread too, which ends when the others have.
    pub fn own(&mut self, thread: JoinHandle<()>) {
        self.threads.push(thread);
    }

    pub fn send(&self, task: Task) -> Result<(), StoreError> {
        let Some(tasks) = &self.tasks else { return Err(StoreError::Closed) };
        tasks.try_send(task).map_err(|refused| match refused {
            TrySendError::Full(_) => StoreError::Overloaded,
            TrySendError::Disconnected(_) => StoreError::Closed,
        })
    }

    pub fn waiting(&self) -> usize {
        self.tasks.as_ref().map_or(0, Sender::len)
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.tasks = None;
        let here = std::thread::current().id();
        // The last clone of a store may be dropped by a unit of work on one of these very threads, for which others of them may wait.
        if self.threads.iter().any(|thread| thread.thread().id() == here) {
            return;
        }
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a database thread panicked");
            }
        }
    }
}
