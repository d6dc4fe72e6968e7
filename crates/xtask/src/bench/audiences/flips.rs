//! Windows that flip: everybody did something once, within one minute, and leaves a segment exactly a day later, within one
//! minute, while other activities come in without a pause. How late they are, as somebody sees it who asks for the size.

use super::Options;
use super::bases::{Bases, Size};
use crate::bench::figures::{Column, Figures};
use crate::bench::shop::{self, BATCH};
use crate::client::{Api, Connection, id};
use crate::serving::Kind;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub const LATEST: &str = "– the latest one after its instant";
const FLIPS: &str = "flips due within one minute";
const MINUTE_US: usize = 60_000_000;
const DAY_S: u64 = 86_400;
/// Time for the activities to come in before the first of them flips.
const LEAD_S: u64 = 90;
/// Activities in one request of those that come in meanwhile.
const MEANWHILE: usize = 100;
const LOOK_EVERY: Duration = Duration::from_millis(50);
const DONE_WITHIN: Duration = Duration::from_secs(900);

pub fn measure(options: &Options, bases: &Bases, kind: Kind, figures: &mut Figures) -> Result<()> {
    let count = options.flips;
    bases.copy(kind, &Size { customers: count, activities: 0 })?;
    let program = bases.program(kind)?;
    let key = program.key()?;
    let server = program.start()?;
    let api = server.api(&key);
    let segment = define(&api)?;
    let first_s = unix_now()?.as_secs() + LEAD_S;
    send(&api, count, first_s)?;
    ensure!(unix_now()?.as_secs() < first_s, "the activities took longer than {LEAD_S} s, the first flips came in between");
    let is_over = AtomicBool::new(false);
    let (seen, meanwhile) = std::thread::scope(|scope| -> Result<(Lateness, usize)> {
        let coming_in = scope.spawn(|| keep_sending(&api, count, first_s, &is_over));
        let seen = watch(&api, segment, count, first_s);
        is_over.store(true, Ordering::Relaxed);
        let meanwhile = coming_in.join().map_err(|_| anyhow::anyhow!("the sender panicked"))??;
        Ok((seen?, meanwhile))
    })?;
    server.end()?;
    let flipped = bases.query(kind, "select count(*) from membership_changes where not entered")?;
    ensure!(flipped == [count as f64], "{flipped:?} of {count} flipped");
    let column = Column::On(kind);
    figures.add(FLIPS, "flips", column, count as f64);
    figures.add("– activities that came in meanwhile", "1/s", column, meanwhile as f64 / seen.watched.as_secs_f64());
    figures.add("– all of them done, after the last instant", "s", column, seen.done.as_secs_f64());
    figures.add("– after its instant, the median of all looks", "s", column, seen.median.as_secs_f64());
    figures.add(LATEST, "s", column, seen.latest.as_secs_f64());
    Ok(())
}

/// What somebody saw who looked again and again.
struct Lateness {
    watched: Duration,
    done: Duration,
    median: Duration,
    latest: Duration,
}

/// Flips are in order, so the size says which one is the first that has not been seen, and the clock how long it is due.
fn watch(api: &Api, segment: i64, count: usize, first_s: u64) -> Result<Lateness> {
    let first = Duration::from_secs(first_s);
    let last = first + Duration::from_micros(MINUTE_US as u64);
    std::thread::sleep(first.saturating_sub(unix_now()?));
    let mut looks = Vec::new();
    loop {
        let left = usize::try_from(size(api, segment)?)?;
        let now = unix_now()?;
        if left == 0 {
            looks.sort_unstable();
            let (median, latest) = (looks[looks.len() / 2], looks[looks.len() - 1]);
            return Ok(Lateness { watched: now - first, done: now.saturating_sub(last), median, latest });
        }
        looks.push(now.saturating_sub(first + Duration::from_micros(us_of(count - left, count) as u64)));
        ensure!(now < last + DONE_WITHIN, "not all had flipped after {DONE_WITHIN:?}");
        std::thread::sleep(LOOK_EVERY);
    }
}

/// Sends activities that flip nothing, one request after the other; gives how many were taken once the flips had begun.
fn keep_sending(api: &Api, customers: usize, first_s: u64, is_over: &AtomicBool) -> Result<usize> {
    std::thread::sleep(Duration::from_secs(first_s).saturating_sub(unix_now()?));
    let mut connection = Connection::open(&api.address)?;
    let mut sent = 0;
    while !is_over.load(Ordering::Relaxed) {
        let view = |number: usize| json!({ "customer": { "id": number % customers + 1 }, "type": "product_view" });
        let batch: Vec<Value> = (sent..sent + MEANWHILE).map(view).collect();
        create(&mut connection, api, &batch)?;
        sent += MEANWHILE;
    }
    Ok(sent)
}

fn define(api: &Api) -> Result<i64> {
    let group = id(&api.create("/api/segment-groups", &json!({ "name": "Flips", "reference": "flips", "calculated": true }))?)?;
    let condition = json!({ "fact": "activity", "type": "login", "within": "1d", "op": "gte", "value": 1 });
    let segment = id(&api.create("/api/segments", &json!({ "groupId": group, "name": "Logged in", "condition": condition }))?)?;
    api.wait_until_built()?;
    Ok(segment)
}

/// A login of each customer, spread over the minute that lies a day before the flips.
fn send(api: &Api, count: usize, first_s: u64) -> Result<()> {
    let mut connection = Connection::open(&api.address)?;
    for first in (0..count).step_by(BATCH) {
        let login = |number: usize| {
            let us = us_of(number, count);
            let at = shop::timestamp(first_s - DAY_S + us as u64 / 1_000_000).replace('Z', &format!(".{:06}Z", us % 1_000_000));
            json!({ "customer": { "id": number + 1 }, "type": "login", "occurredAt": at })
        };
        let batch: Vec<Value> = (first..count.min(first + BATCH)).map(login).collect();
        create(&mut connection, api, &batch)?;
    }
    Ok(())
}

/// When, within its minute, the one with this number flips.
fn us_of(number: usize, count: usize) -> usize {
    number * (MINUTE_US / count)
}

fn create(connection: &mut Connection, api: &Api, batch: &[Value]) -> Result<()> {
    let answer = connection.exchange(&api.request("POST", "/api/activities", json!({ "activities": batch }).to_string().as_bytes()))?;
    let is_taken = answer.status == 200 && shop::created(answer.body) == batch.len();
    ensure!(is_taken, "{}: {}", answer.status, String::from_utf8_lossy(answer.body));
    Ok(())
}

fn size(api: &Api, segment: i64) -> Result<i64> {
    api.get(&format!("/api/segments/{segment}"))?["size"].as_i64().context("a segment without a size")
}

fn unix_now() -> Result<Duration> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?)
}
