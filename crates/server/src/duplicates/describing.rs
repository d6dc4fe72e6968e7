//! Everybody who changed is described anew: a few as after a save, very many together. Keys lie all over their table. Written
//! customer by customer, every few of them touch nearly each of its pages; written in its order, a page is touched once. They
//! are written last of all: who compares everybody in memory needs the traits alone.

use super::compare;
use super::known;
use super::store::{self, Indexed, Noted};
use crate::access::Actor;
use crate::app::App;
use crate::customers;
use crate::error::Error;
use crate::ids::CustomerId;
use crate::jobs::LEASE_S;
use crate::work::{self, Work};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

/// From how many on they are described together, and how many at once: their traits or keys are held in memory.
const MANY: usize = 200;
const TOGETHER: usize = 100_000;
/// Customers in one unit of work, of very many.
const PAGE: usize = 2_000;
/// How many pages are read, or written, at the same time.
const READERS: usize = 2;
const WRITERS: usize = 2;
/// Keys in one unit of work.
const KEYS: usize = 20_000;

/// Is asked in every unit of work whether to go on: told the customer up to whom all are described, and how many were.
pub type Goes = Arc<dyn Fn(&mut Work<'_>, i64, i64) -> Result<bool, Error> + Send + Sync>;

/// What describing came to.
#[derive(Default)]
pub struct Progress {
    /// The last one described, and how many were.
    pub after: i64,
    pub done: i64,
    /// Whether it is to go on.
    pub goes_on: bool,
    /// Whose traits are written and keys are not: [`write_keys`] has to follow, also if it is not to go on.
    owing: Vec<CustomerId>,
}

/// Whether somebody is at it who has yet to write the keys of many.
pub fn is_owed(work: &mut Work<'_>) -> Result<bool, Error> {
    Ok(store::marked(work)?.is_some_and(|until| work.now < until))
}

/// Says that whoever owes keys, if somebody does, is still at it.
pub fn stay_at_it(work: &mut Work<'_>) -> Result<(), Error> {
    store::keep_mark(work, work.now.plus_seconds(LEASE_S))
}

/// Describes those behind a customer who are not yet as they are now, up to the keys of very many.
pub async fn describe_all(app: &App, mut after: i64, goes: &Goes) -> Result<Progress, Error> {
    if start_over(app, goes).await? {
        after = 0;
    }
    let mut progress = Progress { after, goes_on: true, ..Progress::default() };
    let mut chunk = read(app, after).await?;
    while let Some(last) = chunk.stale.last().copied().filter(|_| progress.goes_on) {
        // While some are written, the next ones are read.
        let (written, next) = tokio::join!(write(app, chunk, &mut progress, goes), read(app, last.0));
        written?;
        (progress.after, chunk) = (last.0, next?);
    }
    Ok(progress)
}

/// Writes the keys of those who were described together. A mark stands as long as keys may be missing: where it is found by a
/// next run, this one broke off.
pub async fn write_keys(app: &App, progress: Progress, goes: &Goes) -> Result<(), Error> {
    let (after, done) = (progress.after, progress.done);
    for owing in progress.owing.chunks(TOGETHER) {
        let keys = Arc::new(noted_keys(app, owing).await?);
        let written = pages(keys.len(), KEYS).map(|some| {
            let (keys, goes) = (keys.clone(), goes.clone());
            work::write(app, Actor::system(), move |work| {
                store::put_keys(work, &keys[some.clone()])?;
                goes(work, after, done)
            })
        });
        stream::iter(written).buffer_unordered(WRITERS).try_for_each(async |_| Ok(())).await?;
        mend(app, owing, &keys).await?;
    }
    if !progress.owing.is_empty() {
        let is_whole = |work: &mut Work<'_>| store::take_turn(work).and_then(|_| store::mark(work, None));
        work::write(app, Actor::system(), is_whole).await?;
    }
    Ok(())
}

async fn noted_keys(app: &App, customers: &[CustomerId]) -> Result<Vec<Noted>, Error> {
    let mut keys = Vec::new();
    for page in customers.chunks(PAGE).map(<[CustomerId]>::to_vec) {
        keys.extend(work::read(app, Actor::system(), move |work| store::noted_keys(work, &page)).await?);
    }
    keys.sort_unstable();
    Ok(keys)
}

/// Whoever was taken out since his keys were read, or noted otherwise, has only those that are noted with his traits.
async fn mend(app: &App, customers: &[CustomerId], written: &[Noted]) -> Result<(), Error> {
    // Whoever is at it has not seen all that was written; whoever comes later does.
    work::write(app, Actor::system(), store::take_turn).await?;
    let now = noted_keys(app, customers).await?;
    let is_over = |key: &&Noted| now.binary_search(key).is_err();
    let over: Vec<Noted> = written.iter().filter(is_over).copied().collect();
    if over.is_empty() {
        return Ok(());
    }
    work::write(app, Actor::system(), move |work| {
        store::take_turn(work)?;
        let whose: HashSet<CustomerId> = over.iter().map(|(_, customer)| *customer).collect();
        let again: HashSet<Noted> = store::noted_keys(work, &whose.into_iter().collect::<Vec<_>>())?.into_iter().collect();
        let gone: Vec<Noted> = over.iter().filter(|key| !again.contains(key)).copied().collect();
        store::remove_keys(work, &gone)
    })
    .await
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

async fn write(app: &App, chunk: Chunk, progress: &mut Progress, goes: &Goes) -> Result<(), Error> {
    for page in chunk.described.chunks(PAGE) {
        if !progress.goes_on {
            return Ok(());
        }
        let (page, goes, after, done) = (page.to_vec(), goes.clone(), progress.after, progress.done + page.len() as i64);
        let unit = work::write(app, Actor::system(), move |work| {
            store::take_turn(work)?;
            Ok((write_traits(work, &page)?, goes(work, after, done)?))
        });
        let (written, goes_on) = unit.await?;
        progress.owing.extend(written);
        (progress.done, progress.goes_on) = (done, goes_on);
    }
    for some in chunk.alone.chunks(MANY).map(<[CustomerId]>::to_vec) {
        if !progress.goes_on {
            return Ok(());
        }
        let (goes, after, done) = (goes.clone(), progress.after, progress.done + some.len() as i64);
        let unit = work::write(app, Actor::system(), move |work| {
            store::take_turn(work)?;
            let describer = known::describer(work)?;
            compare::index(work, &describer, &some)?;
            goes(work, after, done)
        });
        (progress.done, progress.goes_on) = (done, unit.await?);
    }
    Ok(())
}

/// Takes all that is stored away where it is of little use: half of it was never written, or most of it was made in another way.
async fn start_over(app: &App, goes: &Goes) -> Result<bool, Error> {
    let is_due = work::read(app, Actor::system(), |work| {
        let basis = known::describer(work)?.basis;
        Ok(store::marked(work)?.is_some() || MANY as i64 <= store::count_of_other_basis(work, basis)?)
    });
    if !is_due.await? {
        return Ok(false);
    }
    loop {
        let goes = goes.clone();
        let unit = work::write(app, Actor::system(), move |work| {
            store::take_turn(work)?;
            store::mark(work, Some(work.now.plus_seconds(LEASE_S)))?;
            let removed = store::remove_some(work)?;
            if removed == 0 {
                store::mark(work, None)?;
            }
            goes(work, 0, 0)?;
            Ok(removed)
        });
        if unit.await? == 0 {
            return Ok(true);
        }
    }
}

fn pages(all: usize, size: usize) -> impl Iterator<Item = Range<usize>> {
    (0..all).step_by(size).map(move |first| first..all.min(first + size))
}

/// Writes the traits of those who are still as they were read, and gives these: the next look finds the others again.
fn write_traits(work: &mut Work<'_>, page: &[Indexed]) -> Result<Vec<CustomerId>, Error> {
    let ids: Vec<CustomerId> = page.iter().map(|one| one.customer).collect();
    let versions = customers::current_versions(work, &ids)?;
    let same: Vec<&Indexed> = page.iter().filter(|one| versions.get(&one.customer) == Some(&one.version)).collect();
    if same.is_empty() {
        return Ok(Vec::new());
    }
    store::mark(work, Some(work.now.plus_seconds(LEASE_S)))?;
    let standing = store::indexed(work, &ids)?;
    let before = same.iter().filter_map(|one| standing.get(&one.customer).filter(|stored| stored.keys != one.keys));
    store::remove_keys(work, &store::keys_of(before))?;
    store::put_traits(work, &same)?;
    Ok(same.into_iter().map(|one| one.customer).collect())
}
