//! Windows that flip: everybody did something once, within one minute, and leaves a segment exactly a day later, within one
//! minute. How late the last one is, by the real worker and the real clock.

use super::Options;
use super::bases::{Bases, Size};
use crate::bench::figures::{Column, Figures};
use crate::bench::shop::{self, BATCH};
use crate::client::{Api, Connection, id};
use crate::serving::Kind;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub const LATEST: &str = "– the latest one after its instant";
const FLIPS: &str = "flips due within one minute";
const MINUTE_US: usize = 60_000_000;
const DAY_S: u64 = 86_400;
/// Time for the activities to come in before the first of them flips.
const LEAD_S: u64 = 90;
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
    let last = Duration::from_secs(first_s) + Duration::from_micros(MINUTE_US as u64);
    std::thread::sleep(last.saturating_sub(unix_now()?));
    while size(&api, segment)? != 0 {
        ensure!(unix_now()? < last + DONE_WITHIN, "not all had flipped after {DONE_WITHIN:?}");
        std::thread::sleep(LOOK_EVERY);
    }
    let done = unix_now()?.saturating_sub(last);
    server.end()?;
    // Who left is written down with the instant of the unit that found it out.
    let late = bases.query(
        kind,
        "select count(*), avg(c.at - a.occurred_at - 86400000000), max(c.at - a.occurred_at - 86400000000) \
         from membership_changes as c join activities as a on a.customer_id = c.customer_id where not c.entered",
    )?;
    let [flipped, average, latest] = late[..] else { anyhow::bail!("three numbers were expected, not {late:?}") };
    ensure!(flipped as usize == count, "{flipped} of {count} flipped");
    let column = Column::On(kind);
    figures.add(FLIPS, "flips", column, flipped);
    figures.add("– all of them done, after the last instant", "s", column, done.as_secs_f64());
    figures.add("– after its instant, on average", "s", column, average / 1e6);
    figures.add(LATEST, "s", column, latest / 1e6);
    Ok(())
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
            let us = number * (MINUTE_US / count);
            let at = shop::timestamp(first_s - DAY_S + us as u64 / 1_000_000).replace('Z', &format!(".{:06}Z", us % 1_000_000));
            json!({ "customer": { "id": number + 1 }, "type": "login", "occurredAt": at })
        };
        let batch: Vec<Value> = (first..count.min(first + BATCH)).map(login).collect();
        let length = batch.len();
        let answer = connection.exchange(&api.request("POST", "/api/activities", json!({ "activities": batch }).to_string().as_bytes()))?;
        ensure!(
            answer.status == 200 && shop::created(answer.body) == length,
            "{}: {}",
            answer.status,
            String::from_utf8_lossy(answer.body)
        );
    }
    Ok(())
}

fn size(api: &Api, segment: i64) -> Result<i64> {
    api.get(&format!("/api/segments/{segment}"))?["size"].as_i64().context("a segment without a size")
}

fn unix_now() -> Result<Duration> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?)
}
