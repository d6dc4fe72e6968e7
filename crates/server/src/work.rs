//! A unit of work: who acts, when, the open transaction, and what has happened so far. First parameter of every operation.

mod store;

use crate::access::Actor;
use crate::app::App;
use crate::error::Error;
use crate::events::{Cause, Event};
use crate::http::idempotency;
use crate::ids::{ActivityId, CustomerId};
use crate::reactions;
use crate::rollups::{self, Tallies};
use crate::segments::{Knowledge, Learned};
use crate::time::Instant;
use ::store::{StoreError, Tx, UnitError};
use rustc_hash::{FxHashMap, FxHashSet};
use std::any::Any;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

pub struct Work<'w> {
    pub app: App,
    pub actor: Arc<Actor>,
    pub now: Instant,
    pub tx: &'w mut Tx<'w>,
    /// The customers this unit has locked, each with the revision it gave him.
    pub locked: FxHashMap<CustomerId, i64>,
    /// How many rules have led to one another so far.
    pub rule_depth: u32,
    /// Whether rules take no notice of what happens: history that is brought in.
    pub is_quiet: bool,
    /// What versions of customers that are written now are put down to.
    pub cause: Option<Cause>,
    /// Activities that were brought in as history: what follows from them is told to nobody.
    pub unheard: FxHashSet<ActivityId>,
    /// What this unit knows of customers whose segments and rules it looks at.
    pub known: Knowledge,
    /// What this unit changed in the roll-ups.
    pub tallies: Tallies,
    events: Vec<Event>,
    versions: Option<HashMap<String, i64>>,
    redefined: Vec<&'static str>,
    wake_at: Option<Instant>,
}

/// Something small, read by nearly every unit and rarely changed: kept in memory until its version in the database moves.
pub trait Definition: Any + Send + Sync + Sized {
    const KIND: &'static str;
    /// Whether a change waits for the units that use what was in force before: what they write without knowing of the change
    /// is there before anyone goes by it, such as the rebuild of a segment.
    const IS_HELD: bool = false;

    fn load(work: &mut Work<'_>) -> Result<Self, Error>;
}

impl<'w> Work<'w> {
    pub fn new(app: App, actor: Arc<Actor>, tx: &'w mut Tx<'w>) -> Work<'w> {
        let now = app.clock.now();
        Work {
            app,
            actor,
            now,
            tx,
            locked: FxHashMap::default(),
            rule_depth: 0,
            is_quiet: false,
            cause: None,
            unheard: FxHashSet::default(),
            known: Knowledge::default(),
            tallies: Tallies::default(),
            events: Vec::new(),
            versions: None,
            redefined: Vec::new(),
            wake_at: None,
        }
    }

    /// Tells a fact; whoever reacts does so before this unit commits.
    pub fn tell(&mut self, event: Event) {
        self.events.push(event);
    }

    /// What was told and nobody has reacted to yet.
    pub fn told(&self) -> &[Event] {
        &self.events
    }

    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// Asks the worker to look again no later than at this instant, once this unit is committed.
    pub fn wake_worker(&mut self, at: Instant) {
        self.wake_at = Some(self.wake_at.map_or(at, |earlier| earlier.min(at)));
    }

    /// The definitions of a kind as this transaction sees them.
    pub fn definitions<D: Definition>(&mut self) -> Result<Arc<D>, Error> {
        if self.redefined.contains(&D::KIND) {
            return D::load(self).map(Arc::new);
        }
        if self.versions.is_none() {
            self.versions = Some(store::versions(self.tx)?);
        }
        let version = self.versions.as_ref().and_then(|versions| versions.get(D::KIND).copied()).unwrap_or(0);
        if let Some(known) = self.app.definitions.get::<D>(version) {
            return Ok(known);
        }
        let loaded = Arc::new(D::load(self)?);
        self.app.definitions.put(version, loaded.clone());
        Ok(loaded)
    }

    /// Marks the definitions of a kind as changed: everyone reads them anew once this unit is committed.
    pub fn redefine<D: Definition>(&mut self) -> Result<(), Error> {
        if !self.redefined.contains(&D::KIND) {
            self.redefined.push(D::KIND);
            if D::IS_HELD {
                self.tx.hold_definitions()?;
                // Others may have changed what this unit read before it had to wait.
                self.versions = None;
            }
            store::next_version(self.tx, D::KIND)?;
        }
        Ok(())
    }
}

/// Runs an operation and all that follows from it in one transaction, then wakes the worker if there is something to do.
pub async fn write<T: Send + 'static>(
    app: &App,
    actor: Actor,
    mut operation: impl FnMut(&mut Work<'_>) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let reserved = idempotency::reserved();
    let marked = move |work: &mut Work<'_>| {
        let value = operation(work)?;
        if let Some(reservation) = &reserved {
            idempotency::mark(work, reservation)?;
        }
        Ok(value)
    };
    let written = app.store.write(unit_of(app.clone(), actor, marked)).await?;
    Ok(end(app, written))
}

/// [`write()`] of an operation that does the work of many requests.
pub async fn write_many<T: Send + 'static>(
    app: &App,
    actor: Actor,
    operation: impl FnMut(&mut Work<'_>) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let written = app.store.write_many(unit_of(app.clone(), actor, operation)).await?;
    Ok(end(app, written))
}

fn end<T>(app: &App, (value, ending): (T, Ending)) -> T {
    app.memory.keep(ending.learned);
    if let Some(at) = ending.wake_at {
        app.alarm.ring_by(at);
    }
    value
}

/// What is done once a unit is committed.
struct Ending {
    wake_at: Option<Instant>,
    learned: Learned,
}

/// Runs an operation and all that follows from it, gives its answer, and keeps nothing of what it wrote.
pub async fn rehearse<T: Send + 'static>(
    app: &App,
    actor: Actor,
    operation: impl FnMut(&mut Work<'_>) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let mut unit = unit_of(app.clone(), actor, operation);
    let rehearsal = on_transaction(move |tx| -> Result<Infallible, Rehearsal<T>> {
        let (value, _) = unit(tx).map_err(Rehearsal::Failed)?;
        Err(Rehearsal::Over(value))
    });
    match app.store.write(rehearsal).await {
        Ok(never) => match never {},
        Err(Rehearsal::Over(value)) => Ok(value),
        Err(Rehearsal::Failed(error)) => Err(error),
    }
}

/// How a unit that is meant to be undone comes to its end.
enum Rehearsal<T> {
    Over(T),
    Failed(Error),
}

impl<T> From<StoreError> for Rehearsal<T> {
    fn from(error: StoreError) -> Self {
        Rehearsal::Failed(error.into())
    }
}

impl<T: Send + 'static> UnitError for Rehearsal<T> {
    fn as_store(&self) -> Option<&StoreError> {
        match self {
            Rehearsal::Over(_) => None,
            Rehearsal::Failed(error) => error.as_store(),
        }
    }
}

/// Runs an operation on a snapshot.
pub async fn read<T: Send + 'static>(
    app: &App,
    actor: Actor,
    operation: impl FnMut(&mut Work<'_>) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    app.store.read(unit_of(app.clone(), actor, operation)).await.map(|(value, _)| value)
}

fn unit_of<T>(
    app: App,
    actor: Actor,
    mut operation: impl FnMut(&mut Work<'_>) -> Result<T, Error> + Send + 'static,
) -> impl for<'t> FnMut(&'t mut Tx<'t>) -> Result<(T, Ending), Error> + Send + 'static {
    let actor = Arc::new(actor);
    on_transaction(move |tx| {
        let mut work = Work::new(app.clone(), actor.clone(), tx);
        let value = operation(&mut work)?;
        reactions::settle(&mut work)?;
        rollups::write_down(&mut work)?;
        let wake_at = work.wake_at;
        Ok((value, Ending { wake_at, learned: work.known.learned(&work.locked) }))
    })
}

/// Tells the compiler that the closure works for any transaction.
fn on_transaction<R, F: for<'t> FnMut(&'t mut Tx<'t>) -> R>(unit: F) -> F {
    unit
}
