//! Everybody who changed is described anew: a few as after a save, very many together. Keys lie all over their table. Written
//! customer by customer, every few of them touch nearly each of its pages; written in its order, a page is touched once.

use super::compare;
use super::describe::Met;
use super::known;
use super::store::{self, Indexed};
use crate::access::Actor;
use crate::app::App;
use crate::customers;
use crate::error::Error;
use crate::ids::CustomerId;
use crate::work::{self, Work};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

/// From how many on they are described together, and how many at once: their traits and keys are held in memory.
const MANY: usize = 200;
const TOGETHER: usize = 100_000;
/// Customers in one unit of work, of very many.
const PAGE: usize = 2_000;
/// How many pages are read at the same time.
const READERS: usize = 2;
/// Keys in one unit of work.
const KEYS: usize = 20_000;

/// Is asked in every unit of work whether to go on: told the customer up to whom all are described, and how many were.
pub type Goes = Arc<dyn Fn(&mut Work<'_>, i64, i64) -> Result<bool, Error> + Send + Sync>;

/// Describes those behind a customer who are not yet as they are now. Gives how many they were, or nothing when it was not to go on.
pub async fn describe_all(app: &App, mut after: i64, goes: Goes) -> Result<Option<i64>, Error> {
    if start_over(app, goes.clone()).await? {
        after = 0;
    }
    let mut done = 0;
    let mut chunk = read(app, after).await?;
    while let Some(last) = chunk.stale.last().copied() {
        let count = chunk.stale.len() as i64;
        // While some are written, the next ones are read.
        let (written, next) = tokio::join!(write(app, chunk, (after, done), &goes), read(app, last.0));
        if !written? {
            return Ok(None);
        }
        (after, done, chunk) = (last.0, done + count, next?);
    }
    Ok(Some(done))
}

/// Some who are to be described.
struct Chunk {
    stale: Vec<CustomerId>,
    /// What they are compared by, as it will be stored, where they are many.
    described: Vec<Indexed>,
    /// Those of them who are described alone: all, where they are few; otherwise those who are to be compared no more.
    alone: Vec<CustomerId>,
}

async fn read(app: &App, after: i64) -> Result<Chunk, Error> {
    let stale = work::read(app, Actor::system(), move |work| {
        let basis = known::describer(work)?.basis;
        store::stale(work, basis, after, TOGETHER)
    });
    let stale = stale.await?;
    if stale.len() < MANY {
        return Ok(Chunk { alone: stale.clone(), stale, described: Vec::new() });
    }
    let page = |ids: Vec<CustomerId>| {
        work::read(app, Actor::system(), move |work| {
            let describer = known::describer(work)?;
            let profiles = customers::profiles(work, &ids)?;
            let described = profiles.iter().filter_map(|(id, version, profile)| describer.describe(*id, *version, profile));
            Ok(described.map(|one| one.indexed(describer.basis)).collect::<Vec<Indexed>>())
        })
    };
    let pages: Vec<Vec<CustomerId>> = stale.chunks(PAGE).map(<[CustomerId]>::to_vec).collect();
    let read: Vec<Vec<Indexed>> = stream::iter(pages).map(page).buffered(READERS).try_collect().await?;
    let described: Vec<Indexed> = read.into_iter().flatten().collect();
    let found: HashSet<CustomerId> = described.iter().map(|one| one.customer).collect();
    let alone = stale.iter().filter(|customer| !found.contains(customer)).copied().collect();
    Ok(Chunk { stale, described, alone })
}

/// Tells whether to go on.
async fn write(app: &App, chunk: Chunk, (after, mut done): (i64, i64), goes: &Goes) -> Result<bool, Error> {
    let count = chunk.described.len() as i64;
    if 0 < count && !together(app, chunk.described, (after, done), goes).await? {
        return Ok(false);
    }
    done += count;
    for some in chunk.alone.chunks(MANY) {
        done += some.len() as i64;
        if !alone(app, some.to_vec(), (after, done), goes).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Describes a few in one unit of work, as after a save.
async fn alone(app: &App, stale: Vec<CustomerId>, (after, done): (i64, i64), goes: &Goes) -> Result<bool, Error> {
    let goes = goes.clone();
    work::write(app, Actor::system(), move |work| {
        store::take_turn(work)?;
        let describer = known::describer(work)?;
        compare::index(work, &describer, &stale)?;
        goes(work, after, done)
    })
    .await
}

/// Takes all that is stored away where it is of little use: half of it was never written, or most of it was made in another way.
async fn start_over(app: &App, goes: Goes) -> Result<bool, Error> {
    let is_due = work::read(app, Actor::system(), |work| {
        let basis = known::describer(work)?.basis;
        Ok(store::is_marked(work)? || MANY as i64 <= store::count_of_other_basis(work, basis)?)
    });
    if !is_due.await? {
        return Ok(false);
    }
    loop {
        let goes = goes.clone();
        let unit = work::write(app, Actor::system(), move |work| {
            store::take_turn(work)?;
            store::mark(work, true)?;
            let removed = store::remove_some(work)?;
            if removed == 0 {
                store::mark(work, false)?;
            }
            goes(work, 0, 0)?;
            Ok(removed)
        });
        if unit.await? == 0 {
            return Ok(true);
        }
    }
}

/// Traits first, then the keys in their order, then what was changed meanwhile by others. A mark stands as long as keys may be
/// missing: where it is found by a next run, this one broke off. Whoever cancels waits until what was begun is whole.
async fn together(app: &App, described: Vec<Indexed>, (after, done): (i64, i64), goes: &Goes) -> Result<bool, Error> {
    let described = Arc::new(described);
    let mut goes_on = true;
    let mut left_out: HashSet<CustomerId> = HashSet::new();
    for page in pages(described.len(), PAGE) {
        let (described, goes, done) = (described.clone(), goes.clone(), done + page.end as i64);
        let unit = work::write(app, Actor::system(), move |work| {
            store::take_turn(work)?;
            store::mark(work, true)?;
            Ok((write_traits(work, &described[page.clone()])?, goes(work, after, done)?))
        });
        let (changed, went) = unit.await?;
        left_out.extend(changed);
        goes_on &= went;
    }
    let done = done + described.len() as i64;
    let written: Vec<&Indexed> = described.iter().filter(|one| !left_out.contains(&one.customer)).collect();
    let mut keys = store::keys_of(&written);
    keys.sort_unstable();
    let keys: Arc<Vec<(Met, CustomerId)>> = Arc::new(keys);
    for some in pages(keys.len(), KEYS) {
        let (keys, goes) = (keys.clone(), goes.clone());
        let unit = work::write(app, Actor::system(), move |work| {
            store::put_keys(work, &keys[some.clone()])?;
            goes(work, after, done)
        });
        goes_on &= unit.await?;
    }
    let left_out = Arc::new(left_out);
    for page in pages(described.len(), PAGE) {
        let (described, left_out, goes) = (described.clone(), left_out.clone(), goes.clone());
        let unit = work::write(app, Actor::system(), move |work| {
            store::take_turn(work)?;
            let written = described[page.clone()].iter().filter(|one| !left_out.contains(&one.customer));
            mend(work, &written.collect::<Vec<_>>())?;
            goes(work, after, done)
        });
        goes_on &= unit.await?;
    }
    work::write(app, Actor::system(), |work| store::mark(work, false)).await?;
    Ok(goes_on)
}

fn pages(all: usize, size: usize) -> impl Iterator<Item = Range<usize>> {
    (0..all).step_by(size).map(move |first| first..all.min(first + size))
}

/// Writes the traits of those who are still as they were read, and gives the others: the next look finds them again.
fn write_traits(work: &mut Work<'_>, page: &[Indexed]) -> Result<Vec<CustomerId>, Error> {
    let ids: Vec<CustomerId> = page.iter().map(|one| one.customer).collect();
    let versions = customers::current_versions(work, &ids)?;
    let standing = store::indexed(work, &ids)?;
    let (same, changed): (Vec<&Indexed>, Vec<&Indexed>) = page.iter().partition(|one| versions.get(&one.customer) == Some(&one.version));
    let other = |one: &&Indexed| standing.get(&one.customer).filter(|stored| stored.keys != one.keys);
    let before: Vec<&Indexed> = same.iter().filter_map(other).collect();
    store::remove_keys(work, &before)?;
    store::put_traits(work, &same)?;
    Ok(changed.into_iter().map(|one| one.customer).collect())
}

/// Whoever was described otherwise since, or taken out, has only the keys that are noted with his traits.
fn mend(work: &mut Work<'_>, written: &[&Indexed]) -> Result<(), Error> {
    let ids: Vec<CustomerId> = written.iter().map(|one| one.customer).collect();
    let now: HashMap<CustomerId, Indexed> = store::indexed(work, &ids)?;
    let is_other = |one: &&&Indexed| now.get(&one.customer).is_none_or(|stored| stored.keys != one.keys);
    let changed: Vec<&Indexed> = written.iter().filter(is_other).copied().collect();
    store::remove_keys(work, &changed)?;
    let there: Vec<&Indexed> = changed.iter().filter_map(|one| now.get(&one.customer)).collect();
    store::put_keys(work, &store::keys_of(&there))
}
