//! Passwords become argon2id hashes here, on threads that may block, few at a time: each takes 19 MiB while it is made.

use super::model::Password;
use crate::error::Error;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::StoreError;
use tokio::sync::Semaphore;

/// Passwords hashed at the same time.
const AT_ONCE: usize = 2;
/// Requests that may wait for their turn; more are told to come back later.
const WAITING_MAX: usize = 64;

/// The turns of those who want a password hashed.
pub struct Passwords {
    turns: Semaphore,
    waiting: AtomicUsize,
}

impl Default for Passwords {
    fn default() -> Self {
        Passwords { turns: Semaphore::new(AT_ONCE), waiting: AtomicUsize::new(0) }
    }
}

impl Passwords {
    /// The hash of a new password, with its parameters and salt.
    pub async fn hash(&self, password: &Password) -> Result<String, Error> {
        password.check("/password")?;
        let password = password.clone();
        self.in_turn(move || hash(&password)).await?
    }

    /// Whether the password is the one that was hashed. Without a hash it takes as long and is wrong, so that nobody
    /// learns from the time of an answer which mail addresses are known.
    pub async fn is_right(&self, password: &Password, standing: Option<String>) -> Result<bool, Error> {
        if !password.is_possible() {
            return Ok(false);
        }
        let password = password.clone();
        self.in_turn(move || match standing {
            Some(standing) => matches(&password, &standing),
            None => matches(&password, stand_in()?).map(|_| false),
        })
        .await?
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let _place = Place::take(&self.waiting)?;
        let _turn = self.turns.acquire().await.map_err(|error| Error::Bug(error.into()))?;
        tokio::task::spawn_blocking(work).await.map_err(|error| Error::Bug(error.into()))
    }
}

/// A place in the queue, given back however the wait ends.
struct Place<'p>(&'p AtomicUsize);

impl<'p> Place<'p> {
    fn take(waiting: &'p AtomicUsize) -> Result<Place<'p>, Error> {
        if waiting.fetch_add(1, Ordering::SeqCst) < WAITING_MAX {
            return Ok(Place(waiting));
        }
        waiting.fetch_sub(1, Ordering::SeqCst);
        Err(Error::Store(StoreError::Overloaded))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn hash(password: &Password) -> Result<String, Error> {
    let hash = Argon2::default().hash_password(password.reveal().as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| Error::Bug(anyhow::anyhow!("a password cannot be hashed: {error}")))
}

fn matches(password: &Password, standing: &str) -> Result<bool, Error> {
    let standing = PasswordHash::new(standing).map_err(|error| Error::Bug(anyhow::anyhow!("a kept hash cannot be read: {error}")))?;
    Ok(Argon2::default().verify_password(password.reveal().as_bytes(), &standing).is_ok())
}

/// The hash of a password that nobody has.
fn stand_in() -> Result<&'static str, Error> {
    static STAND_IN: OnceLock<String> = OnceLock::new();
    if let Some(known) = STAND_IN.get() {
        return Ok(known);
    }
    let made = hash(&Password::new(format!("{:032x}", rand::random::<u128>())))?;
    Ok(STAND_IN.get_or_init(|| made))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_matches_and_an_unknown_person_has_none() {
        let passwords = Passwords::default();
        let right = Password::new("correct horse battery".to_owned());
        let hash = passwords.hash(&right).await.unwrap();
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(passwords.is_right(&right, Some(hash.clone())).await.unwrap());
        assert!(!passwords.is_right(&Password::new("correct horse batterz".to_owned()), Some(hash)).await.unwrap());
        assert!(!passwords.is_right(&right, None).await.unwrap());
    }

    #[tokio::test]
    async fn more_than_can_wait_are_sent_away() {
        let waiting = AtomicUsize::new(0);
        let places: Vec<_> = (0..WAITING_MAX).map(|_| Place::take(&waiting).unwrap()).collect();
        assert!(Place::take(&waiting).is_err());
        drop(places);
        assert!(Place::take(&waiting).is_ok());
    }
}
