//! What a running instance holds: store, clock, configuration, and the small things every unit of work may need.
//! Nothing is global; a second instance in the same process is a second `App`.

use crate::access::Callers;
use crate::activities::Intake;
use crate::admin::Passwords;
use crate::config::Config;
use crate::http::Doorstep;
use crate::mail::Lanes;
use crate::mailer::Mailer;
use crate::segments::Memory;
use crate::segments::builders::Builders;
use crate::time::{Clock, Instant};
use crate::webhooks::Wire;
use crate::work::Definition;
use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::Store;
use tokio::sync::Notify;

/// Cheap to clone.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

pub struct Inner {
    pub store: Store,
    pub clock: Clock,
    pub config: Config,
    pub alarm: Alarm,
    pub definitions: Definitions,
    pub mailer: Mailer,
    /// How webhooks leave.
    pub webhooks: Wire,
    pub callers: Callers,
    pub passwords: Passwords,
    pub doorstep: Doorstep,
    /// Where links of mails lead.
    pub threshold: Doorstep,
    /// Mails under way, by domain.
    pub lanes: Lanes,
    pub intake: Intake,
    pub memory: Memory,
    /// The kinds of segment builders, chosen at start.
    pub builders: Builders,
}

impl App {
    pub fn new(store: Store, clock: Clock, config: Config, mailer: Mailer, builders: Builders) -> App {
        Self {
            inner: Arc::new(Inner {
                store,
                clock,
                memory: Memory::new(config.cache.customers_mib),
                config,
                mailer,
                builders,
                alarm: Alarm::default(),
                webhooks: Wire::default(),
                definitions: Definitions::default(),
                callers: Callers::default(),
                passwords: Passwords::default(),
                doorstep: Doorstep::default(),
                threshold: Doorstep::public(),
                lanes: Lanes::default(),
                intake: Intake::default(),
            }),
        }
    }

    /// Bytes that nobody can guess.
    pub fn random_bytes<const N: usize>(&self) -> [u8; N] {
        rand::random()
    }

    /// Text that nobody can guess: `bytes` random bytes as lower-case hex.
    pub fn random_token(&self, bytes: usize) -> String {
        (0..bytes).map(|_| format!("{:02x}", rand::random::<u8>())).collect()
    }
}

impl std::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.inner
    }
}

/// Wakes the worker when work becomes due earlier than it knows.
#[derive(Default)]
pub struct Alarm {
    due: Mutex<Option<Instant>>,
    changed: Notify,
}

impl Alarm {
    /// Has the worker look by this instant.
    pub fn ring_by(&self, at: Instant) {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        if due.is_none_or(|standing| at < standing) {
            *due = Some(at);
            self.changed.notify_one();
        }
    }

    /// When the worker is to look.
    pub fn due(&self) -> Option<Instant> {
        *self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The worker looks now: what is asked for from here on is for its next look.
    pub fn silence(&self) {
        *self.due.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Returns when someone asked for an earlier instant.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }
}

/// Definitions in memory, each under the version it was read at.
#[derive(Default)]
pub struct Definitions {
    known: Mutex<HashMap<&'static str, Known>>,
}

type Known = (i64, Arc<dyn Any + Send + Sync>);

impl Definitions {
    pub fn get<D: Definition>(&self, version: i64) -> Option<Arc<D>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (standing, definition) = known.get(D::KIND)?;
        if *standing != version {
            return None;
        }
        definition.clone().downcast::<D>().ok()
    }

    pub fn put<D: Definition>(&self, version: i64, definition: Arc<D>) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(D::KIND, (version, definition));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_an_earlier_instant_wakes_the_worker() {
        let alarm = Alarm::default();
        assert!(rings(&alarm, 20).await);
        assert!(!rings(&alarm, 30).await);
        assert!(rings(&alarm, 10).await);
        assert_eq!(alarm.due(), Some(Instant(10)));
        alarm.silence();
        assert!(rings(&alarm, 30).await, "what is asked for while the worker looks is for its next look");

        async fn rings(alarm: &Alarm, at: i64) -> bool {
            alarm.ring_by(Instant(at));
            tokio::time::timeout(std::time::Duration::ZERO, alarm.changed()).await.is_ok()
        }
    }
}
