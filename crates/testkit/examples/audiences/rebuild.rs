//! Every audience as a computed segment, one after the other: how long its rebuild takes until it counts, and how long its
//! sweep takes after that.

use crate::Audience;
use anyhow::{Result, ensure};
use serde_json::{Value, json};
use server::access::Actor;
use server::work::{self, Work};
use server::worker;
use std::time::{Duration, Instant};
use testkit::TestApp;
use tokio_util::sync::CancellationToken;

const LOOK_EVERY: Duration = Duration::from_millis(5);
const BUILT_WITHIN: Duration = Duration::from_secs(3_600);

pub async fn all(test: &TestApp, audiences: &[Audience]) -> Result<Value> {
    let stop = CancellationToken::new();
    let working = tokio::spawn(worker::run(test.app.clone(), stop.clone()));
    let group = test.post("/api/segment-groups", json!({ "name": "Audiences", "reference": "audiences", "calculated": true })).await;
    let group = group.expect(201)["id"].clone();
    let mut rebuilds = Vec::new();
    for audience in audiences {
        let Audience { name, condition, .. } = audience;
        let body = json!({ "groupId": group, "name": name, "reference": name, "calculated": true, "condition": condition });
        let began = Instant::now();
        let segment = format!("/api/segments/{}", test.post("/api/segments", body).await.expect(201)["id"]);
        let built = loop {
            let shown = test.get(&segment).await.expect(200);
            if shown["building"] == false {
                break shown;
            }
            ensure!(began.elapsed() < BUILT_WITHIN, "{name} was not built within {BUILT_WITHIN:?}");
            tokio::time::sleep(LOOK_EVERY).await;
        };
        let seconds = began.elapsed().as_secs_f64();
        wait_for_jobs(test).await?;
        let sweep_seconds = began.elapsed().as_secs_f64() - seconds;
        rebuilds.push(json!({ "name": name, "members": built["size"], "seconds": seconds, "sweepSeconds": sweep_seconds }));
    }
    stop.cancel();
    working.await?;
    Ok(Value::Array(rebuilds))
}

/// What is planned for later stays, for the clock stands still.
async fn wait_for_jobs(test: &TestApp) -> Result<()> {
    const OPEN: &str = "select count(*) from jobs where state in ('queued', 'running') and run_at <= $1";
    let began = Instant::now();
    let open = |work: &mut Work<'_>| Ok(work.tx.one::<i64>(OPEN, &[work.now.into()])?);
    while 0 < work::read(&test.app, Actor::operator(), open).await? {
        ensure!(began.elapsed() < BUILT_WITHIN, "there is work after {BUILT_WITHIN:?}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(())
}
