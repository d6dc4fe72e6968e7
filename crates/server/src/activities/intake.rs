//! Group commit: requests that arrive at the same time share one transaction. While one transaction runs, the next group
//! gathers by itself. A request that comes alone waits for nobody. Where many come, a transaction waits a moment for half of
//! them: while it runs the other half is answered, comes back and gathers, so that neither side waits for the other.

use super::{NewActivity, Outcome, TrackOptions, track};
use crate::access::Actor;
use crate::app::App;
use crate::error::Error;
use crate::http::idempotency;
use crate::work;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::StoreError;
use tokio::sync::{Notify, oneshot};

/// Activities one transaction takes; a larger request goes alone.
const TOGETHER_MAX: usize = 4_000;
/// Transactions at a time, or one in hand and the next.
const CARRIERS_MAX: usize = 2;
/// How long a transaction waits for its share at most.
const GATHER: Duration = Duration::from_millis(2);
/// Activities that may wait; past it senders are told to slow down.
const WAITING_MAX: usize = 200_000;

/// A request on its way into a transaction.
struct Parcel {
    activities: Arc<Vec<NewActivity>>,
    options: TrackOptions,
    reply: oneshot::Sender<Result<Vec<Outcome>, Error>>,
}

#[derive(Default)]
struct Queue {
    parcels: VecDeque<Parcel>,
    waiting: usize,
    carriers: usize,
    /// Parcels from which a carrier wants to be woken.
    enough: Option<usize>,
}

/// The queue of one instance.
#[derive(Default)]
pub struct Intake {
    queue: Mutex<Queue>,
    gathered: Notify,
}

impl Intake {
    /// Activities that wait for a transaction.
    pub fn waiting(&self) -> usize {
        self.lock().waiting
    }

    /// Waits for half of the senders there seem to be: those who were just answered and those who wait already.
    async fn gather(&self, answered: usize) {
        {
            let mut queue = self.lock();
            let half = (answered + queue.parcels.len()) / 2;
            if half <= queue.parcels.len() {
                return;
            }
            queue.enough = Some(half);
        }
        // Not all of them need come back.
        _ = tokio::time::timeout(GATHER, self.gathered.notified()).await;
    }

    /// Adds a parcel; says whether a carrier must be started for it.
    fn put(&self, parcel: Parcel, carriers_max: usize) -> Result<bool, StoreError> {
        let mut queue = self.lock();
        if WAITING_MAX < queue.waiting + parcel.activities.len() {
            return Err(StoreError::Overloaded);
        }
        queue.waiting += parcel.activities.len();
        queue.parcels.push_back(parcel);
        if queue.enough.is_some_and(|enough| enough <= queue.parcels.len()) {
            queue.enough = None;
            self.gathered.notify_one();
        }
        let start = queue.carriers < carriers_max;
        queue.carriers += usize::from(start);
        Ok(start)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Parcels for one transaction: all with the same options, in the order they came.
    fn take(&self) -> Vec<Parcel> {
        let mut queue = self.lock();
        let mut taken: Vec<Parcel> = Vec::new();
        let mut size = 0;
        while let Some(next) = queue.parcels.front() {
            let too_many = TOGETHER_MAX < size + next.activities.len();
            let differs = taken.first().is_some_and(|first| first.options != next.options);
            if !taken.is_empty() && (too_many || differs) {
                break;
            }
            let Some(next) = queue.parcels.pop_front() else { break };
            size += next.activities.len();
            taken.push(next);
        }
        queue.waiting -= size;
        if taken.is_empty() {
            queue.carriers -= 1;
        }
        taken
    }
}

/// Records activities together with those of other requests; answers when they are durable.
pub async fn send(app: &App, activities: Vec<NewActivity>, options: TrackOptions) -> Result<Vec<Outcome>, Error> {
    // A request that must be done once goes alone: its own transaction carries the mark that it was done.
    if idempotency::reserved().is_some() {
        return work::write(app, Actor::system(), move |work| track(work, &activities, options)).await;
    }
    let (reply, answer) = oneshot::channel();
    // While one group is written, the next one stands ready.
    let carriers_max = match app.store.dialect() {
        sql::dialect::Dialect::Sqlite => CARRIERS_MAX,
        sql::dialect::Dialect::Postgres => app.config.database.writers.clamp(1, CARRIERS_MAX),
    };
    let start = app.intake.put(Parcel { activities: Arc::new(activities), options, reply }, carriers_max)?;
    if start {
        tokio::spawn(carry(app.clone()));
    }
    answer.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
}

/// Carries what is queued into the store until nothing is left.
async fn carry(app: App) {
    let mut answered = 0;
    loop {
        app.intake.gather(answered).await;
        let parcels = app.intake.take();
        if parcels.is_empty() {
            return;
        }
        answered = parcels.len();
        deliver(&app, parcels).await;
    }
}

async fn deliver(app: &App, mut parcels: Vec<Parcel>) {
    let together = match parcels.as_slice() {
        [only] => only.activities.clone(),
        many => Arc::new(many.iter().flat_map(|parcel| parcel.activities.iter().cloned()).collect()),
    };
    let options = parcels[0].options;
    metrics::histogram!("regulars_intake_batch").record(together.len() as f64);
    let result = work::write_many(app, Actor::system(), move |work| track(work, &together, options)).await;
    match result {
        Ok(mut outcomes) => {
            // From the last to the first, so that each takes its outcomes off the end.
            while let Some(parcel) = parcels.pop() {
                let own = outcomes.split_off(outcomes.len() - parcel.activities.len());
                answer(parcel, Ok(own));
            }
        }
        // A fault in one request must not cost the others theirs: each goes alone.
        Err(Error::Bug(_) | Error::Store(StoreError::Bug { .. } | StoreError::Panicked)) if parcels.len() > 1 => {
            for parcel in parcels {
                let alone = parcel.activities.clone();
                let result = work::write(app, Actor::system(), move |work| track(work, &alone, options)).await;
                answer(parcel, result);
            }
        }
        Err(error) => {
            let text = error.to_string();
            let mut error = Some(error);
            for parcel in parcels {
                let told = error.take().unwrap_or_else(|| Error::Store(StoreError::Unavailable(text.clone())));
                answer(parcel, Err(told));
            }
        }
    }
}

fn answer(parcel: Parcel, result: Result<Vec<Outcome>, Error>) {
    // The sender may have gone away; what is committed stays committed.
    drop(parcel.reply.send(result));
}
