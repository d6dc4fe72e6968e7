//! Rules: what many of them cost the activities that come in, and how fast actions are done that come due at once.

use super::figures::{Column, Figures};
use super::shop::{self, BATCH};
use super::stage::Stage;
use super::{Bench, counted, load};
use crate::client::{Api, Connection, id};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

pub const FIFTY: &str = "batches of 1000, 4 connections, 50 rules";
pub const DUE: &str = "delayed actions due at one instant";
const CONNECTIONS: usize = 4;
/// Rules of the shop itself.
const OWN: usize = 5;
/// Rules that look at types that come in, the shop's own included, and rules in all.
const LOOKING: usize = 25;
const FEW: usize = 50;
const MANY: usize = 550;
/// Actions that come due at once, and the time for their activities to come in before.
const PLANS: usize = 100_000;
const LEAD_MINUTES: u64 = 2;
const DONE_WITHIN: Duration = Duration::from_secs(600);
const TYPES: [&str; 5] = ["page_view", "add_to_cart", "order", "login", "newsletter_open"];

/// The rate with fifty rules, of which half wait for what comes in; and with five hundred more that wait for something else.
pub fn rules(bench: &Bench, stage: &Stage, figures: &mut Figures) -> Result<()> {
    let server = stage.open()?;
    let (api, column) = (server.api(&stage.key), Column::On(stage.kind));
    api.create("/api/activity-types", &json!({ "name": "never" }))?;
    let group = id(&api.create("/api/segment-groups", &json!({ "name": "Rules", "reference": "rules" }))?)?;
    let mark = id(&api.create("/api/segments", &json!({ "groupId": group, "name": "Mark" }))?)?;
    for number in OWN..FEW {
        let kind = if number < LOOKING { TYPES[number % TYPES.len()] } else { "never" };
        define(&api, number, kind, mark)?;
    }
    load::meet_everyone(&api, &stage.customers, shop::activity)?;
    let load = load::batches(&api, &stage.customers, shop::activity, CONNECTIONS, 3);
    let taken = counted(&api, || load.press(&api, bench.measured))?;
    figures.add(FIFTY, "1/s", column, taken.rate);
    figures.add("– half of the batches with 50 rules answered within", "ms", column, taken.latency_ms(0.5));
    for number in FEW..MANY {
        define(&api, number, "never", mark)?;
    }
    load::meet_everyone(&api, &stage.customers, shop::activity)?;
    let taken = counted(&api, || load.press(&api, bench.measured))?;
    figures.add("– with 500 more that wait for other types", "1/s", column, taken.rate);
    server.end()
}

/// One that rarely fires: what is measured is looking.
fn define(api: &Api, number: usize, kind: &str, mark: i64) -> Result<()> {
    let condition = json!({ "all": [
        { "fact": "activity", "type": "order", "within": "90d", "op": "gte", "value": 5 + number % 20 },
        { "fact": "field", "name": "countryCode", "op": "eq", "value": "GB" },
    ] });
    let body = json!({ "name": format!("rule-{number}"), "active": true, "triggers": [{ "type": "new_activity", "activityType": kind }],
        "condition": condition, "actions": [{ "type": "add_segment", "segmentId": mark }] });
    api.create("/api/rules", &body).map(drop)
}

/// Actions that wait for a time of day, all of them for the same.
pub fn plans(_: &Bench, stage: &Stage, figures: &mut Figures) -> Result<()> {
    let server = stage.open()?;
    let (api, column) = (server.api(&stage.key), Column::On(stage.kind));
    api.create("/api/activity-types", &json!({ "name": "sign_up" }))?;
    let group = id(&api.create("/api/segment-groups", &json!({ "name": "Due", "reference": "due" }))?)?;
    let mark = id(&api.create("/api/segments", &json!({ "groupId": group, "name": "Marked" }))?)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let minute = now / 60 + LEAD_MINUTES;
    let at = format!("{:02}:{:02}", minute / 60 % 24, minute % 60);
    let body = json!({ "name": "due", "active": true, "triggers": [{ "type": "new_activity", "activityType": "sign_up" }],
        "actions": [{ "type": "add_segment", "segmentId": mark, "at": at }] });
    let rule = id(&api.create("/api/rules", &body)?)?;
    let mut connection = Connection::open(&api.address)?;
    for first in (0..PLANS).step_by(BATCH) {
        let sign_up = |number: usize| json!({ "customer": { "id": stage.customers[number % stage.customers.len()] }, "type": "sign_up" });
        let batch: Vec<Value> = (first..first + BATCH).map(sign_up).collect();
        let request = api.request("POST", "/api/activities", json!({ "activities": batch }).to_string().as_bytes());
        let answer = connection.exchange(&request)?;
        ensure!(answer.status == 200 && shop::created(answer.body) == BATCH, "{}", answer.status);
    }
    ensure!(waiting(&api, rule)? == PLANS as i64, "the first actions came due before the last activity was in");
    let due = Duration::from_secs(minute * 60);
    std::thread::sleep(due.saturating_sub(SystemTime::now().duration_since(UNIX_EPOCH)?));
    let began = Instant::now();
    while waiting(&api, rule)? > 0 {
        ensure!(began.elapsed() < DONE_WITHIN, "not all actions were done after {DONE_WITHIN:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
    let took = began.elapsed().as_secs_f64();
    let size = api.get(&format!("/api/segments/{mark}"))?["size"].as_i64().context("a segment without a size")?;
    ensure!(size == PLANS.min(stage.customers.len()) as i64, "{size} customers are marked");
    figures.add(DUE, "actions", column, PLANS as f64);
    figures.add("– all of them done after", "s", column, took);
    figures.add("– done per second", "1/s", column, PLANS as f64 / took);
    server.end()
}

fn waiting(api: &Api, rule: i64) -> Result<i64> {
    let places = api.get(&format!("/api/rules/{rule}/places"))?;
    let counts = places["items"].as_array().context("no places")?;
    Ok(counts.iter().filter_map(|place| place["count"].as_i64()).sum())
}
